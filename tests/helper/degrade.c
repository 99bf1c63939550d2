/* link: -lm */
/* degrade [OPTION]... PICTURE... >VIDEO: what a camera sees of a screen that
 * shows these pictures one after another, as a Y4M video on standard output.
 * The camera reads its rows one after another, so that a change of the screen
 * falls into one picture, and is mixed over the time of exposure.
 *
 *	-l LEVEL   clean, good, typical, shake, noisy, poor (typical)
 *	-s WxH     of the camera (1920x1080)
 *	-c COVER   of its height, by the screen, in percent (90)
 *	-r RATE    pictures a second of the camera (30)
 *	-d RATE    pictures a second of the screen (5)
 *	-x LOSS    of the screen's pictures that nobody sees, percent (0)
 *	-k REPEATS of the camera's pictures that are the one before once more,
 *	           and the new one is lost, percent (0)
 *	-n SEED    chance (1)
 *	-o DIR     PGM files there, and no video
 */
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/bytes.h"
#include "lib/base/file.h"
#include "lib/code/picture.h"
#include "tests/support/degrade.h"

#define READOUT 0.9 /* of a camera's period, first row to last */
#define EXPOSURE 0.6 /* of it, for one row */

static const char *level = "typical", *dir;
static unsigned width = 1920, height = 1080, cover = 90, seed = 1;
static unsigned loss, repeats; /* percent */
static unsigned camera_rate = 30, screen_rate = 5, screen_width;

static unsigned
number(const char *s, unsigned least, unsigned most)
{
	char *end;
	unsigned long v;

	errno = 0;
	v = strtoul(s, &end, 10);
	if (errno != 0 || *end != 0 || end == s || v < least || v > most) {
		fprintf(stderr, "degrade: %s: not in %u..%u\n", s, least,
		    most);
		exit(2);
	}
	return (unsigned)v;
}

static void
size(char *s)
{
	char *x = strchr(s, 'x');

	if (x == NULL) {
		fprintf(stderr, "degrade: %s: not WxH\n", s);
		exit(2);
	}
	*x = 0;
	width = number(s, 16, 4096);
	height = number(x + 1, 16, 4096);
}

static void
options(int argc, char **argv)
{
	int o;

	while ((o = getopt(argc, argv, "l:s:c:r:d:x:k:n:o:")) != -1)
		switch (o) {
		case 'l': level = optarg; break;
		case 's': size(optarg); break;
		case 'c': cover = number(optarg, 1, 200); break;
		case 'r': camera_rate = number(optarg, 1, 240); break;
		case 'd': screen_rate = number(optarg, 1, 240); break;
		case 'x': loss = number(optarg, 0, 99); break;
		case 'k': repeats = number(optarg, 0, 99); break;
		case 'n': seed = number(optarg, 0, 1000000); break;
		case 'o': dir = optarg; break;
		default: exit(2);
		}
	if (degrade_level(level) == NULL || optind == argc) {
		fprintf(stderr, "usage: degrade [-l LEVEL] [OPTION]... "
		    "PICTURE... (see its source)\n");
		exit(2);
	}
}

static void
load(const char *name, struct picture *p)
{
	struct bytes all = { NULL, 0 };
	struct diag d = { 0 };

	if (file_read(name, FILE_MAX, &all, &d) != ST_OK ||
	    picture_warm(&d) != ST_OK ||
	    picture_read(all.data, all.len, p, &d) != ST_OK) {
		fprintf(stderr, "degrade: %s: %s\n", name, d.text);
		exit(2);
	}
	bytes_free(&all);
	if (p->width != screen_width && screen_width != 0) {
		fprintf(stderr, "degrade: %s: of another size\n", name);
		exit(2);
	}
	screen_width = p->width;
}

static void
put(const struct picture *p, unsigned n)
{
	char name[4096];
	FILE *f = stdout;

	if (dir != NULL) {
		snprintf(name, sizeof(name), "%s/%06u.pgm", dir, n);
		if ((f = fopen(name, "wx")) == NULL) {
			fprintf(stderr, "degrade: %s: %s\n", name,
			    strerror(errno));
			exit(2);
		}
		fprintf(f, "P5\n%u %u\n255\n", width, height);
	} else
		fprintf(f, "FRAME\n");
	fwrite(p->gray, width, height, f);
	if (ferror(f) || (dir != NULL && fclose(f) != 0)) {
		fprintf(stderr, "degrade: cannot write\n");
		exit(2);
	}
}

/* When the camera takes picture ${n}: the screen's picture then, and how much
 * of it each row has. */
static unsigned
timing(unsigned n, float *share)
{
	const double per = (double)screen_rate / camera_rate;
	const unsigned first = (unsigned)floor(n * per + 1e-9);
	double from, until;

	for (unsigned y = 0; y < height; y++) {
		from = (n + READOUT * y / height) * per - first;
		until = from + EXPOSURE * per;
		share[y] = until <= 1 ? 1 : from >= 1 ? 0 :
		    (float)((1 - from) / (until - from));
	}
	return first;
}

/* Whether the camera gives its picture before picture ${n} once more. */
static bool
again(struct degrade_camera *camera, unsigned n)
{
	return repeats > 0 && n > 0 && degrade_draw(camera) * 100 < repeats;
}

int
main(int argc, char **argv)
{
	struct picture *screen, shown = { 0 };
	struct degrade_camera camera;
	unsigned n, at, frames;
	float *share;

	options(argc, argv);
	n = (unsigned)(argc - optind);
	screen = calloc(n + 1, sizeof(*screen));
	share = calloc(height, sizeof(*share));
	if (screen == NULL || share == NULL)
		return 2;
	for (unsigned i = 0; i < n; i++)
		load(argv[optind + (int)i], &screen[i]);
	degrade_start(&camera, degrade_level(level), width, height,
	    cover / 100.0, seed);
	for (unsigned i = 0; i < n; i++)
		if (degrade_draw(&camera) * 100 < loss)
			memset(screen[i].gray, 128, (size_t)screen[i].width *
			    screen[i].height);

	if (dir == NULL)
		printf("YUV4MPEG2 W%u H%u F%u:1 Ip A1:1 Cmono\n", width,
		    height, camera_rate);
	frames = n * camera_rate / screen_rate;
	for (unsigned i = 0; i < frames; i++) {
		at = timing(i, share);
		if (at >= n)
			break;
		if (!again(&camera, i)) {
			picture_free(&shown);
			degrade_look(&camera, (const struct picture *const[]){
			    &screen[at], &screen[at + 1 < n ? at + 1 : at] },
			    share, &shown);
		}
		put(&shown, i);
	}
	picture_free(&shown);
	for (unsigned i = 0; i < n; i++)
		picture_free(&screen[i]);
	free(screen);
	free(share);
	return fflush(stdout) == 0 ? 0 : 2;
}
