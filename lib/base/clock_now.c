/* see clock.h; alone here so that a test may put others in their place */
#include <time.h>

#include "lib/base/clock.h"

int64_t
clock_now(void)
{
	return (int64_t)time(NULL);
}

int64_t
clock_steady(void)
{
	struct timespec t;

	/* it cannot fail: the kernel has had this clock for ever */
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}
