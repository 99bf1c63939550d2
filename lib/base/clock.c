/* see clock.h */
#include <stdbool.h>
#include <string.h>

#include "lib/base/clock.h"

#define LAST 253402300799 /* 9999-12-31T23:59:59Z */
#define YEAR_FIRST 1970

struct date {
	int64_t year, month, day; /* 1970.., 1..12, 1..31 */
};

static bool
is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int64_t
month_days(int64_t year, int64_t month)
{
	static const int64_t days[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days from year 1 to the first of January of ${year}, 29ths included. */
static int64_t
year_start(int64_t year)
{
	const int64_t past = year - 1;

	return past * 365 + past / 4 - past / 100 + past / 400;
}

static int64_t
date_days(const struct date *date)
{
	int64_t days = year_start(date->year) - year_start(YEAR_FIRST);

	for (int64_t m = 1; m < date->month; m++)
		days += month_days(date->year, m);
	return days + date->day - 1;
}

static struct date
days_date(int64_t days)
{
	struct date date = { YEAR_FIRST + days / 366, 1, 1 };

	/* 366 is too long a year, so the guess is early by a few at most */
	while (year_start(date.year + 1) - year_start(YEAR_FIRST) <= days)
		date.year++;
	days -= year_start(date.year) - year_start(YEAR_FIRST);
	while (days >= month_days(date.year, date.month))
		days -= month_days(date.year, date.month++);
	date.day = days + 1;
	return date;
}

/* ${n} decimal digits of ${v} at ${out}. */
static void
put(char *out, int n, int64_t v)
{
	for (; n > 0; n--, v /= 10)
		out[n - 1] = (char)('0' + v % 10);
}

void
clock_text(int64_t t, char out[CLOCK_TEXT_SIZE])
{
	struct date date;

	/* a date that no reader takes, this one neither */
	memcpy(out, "0000-00-00T00:00:00Z", CLOCK_TEXT_SIZE);
	if (t < 0 || t > LAST)
		return;
	date = days_date(t / CLOCK_DAY);
	put(out, 4, date.year);
	put(out + 5, 2, date.month);
	put(out + 8, 2, date.day);
	put(out + 11, 2, t % CLOCK_DAY / 3600);
	put(out + 14, 2, t % 3600 / 60);
	put(out + 17, 2, t % 60);
}

/* Whether ${s} has digits where ${shape} has 0, else the same characters. */
static bool
is_shape(const char *s, const char *shape)
{
	for (; *shape != '\0'; s++, shape++) {
		if (*shape == '0' ? *s < '0' || *s > '9' : *s != *shape)
			return false;
	}
	return *s == '\0';
}

static int64_t
get(const char *s, int n)
{
	int64_t v = 0;

	for (; n > 0; n--, s++)
		v = 10 * v + (*s - '0');
	return v;
}

enum status
clock_read(const char *s, int64_t *out, struct diag *d)
{
	const bool full = is_shape(s, "0000-00-00T00:00:00Z");
	int64_t h = 0, m = 0, sec = 0;
	struct date date;

	if (!full && !is_shape(s, "0000-00-00"))
		return diag_set(d, ST_FORMAT, "not a time like "
		    "2027-03-01T00:00:00Z or a date like 2027-03-01");
	date.year = get(s, 4);
	date.month = get(s + 5, 2);
	date.day = get(s + 8, 2);
	if (date.year < YEAR_FIRST)
		return diag_set(d, ST_FORMAT, "%s: before %d", s, YEAR_FIRST);
	if (date.month < 1 || date.month > 12 || date.day < 1 ||
	    date.day > month_days(date.year, date.month))
		return diag_set(d, ST_FORMAT, "%s: no such day", s);
	if (full) {
		h = get(s + 11, 2);
		m = get(s + 14, 2);
		sec = get(s + 17, 2);
	}
	if (h > 23 || m > 59 || sec > 59)
		return diag_set(d, ST_FORMAT, "%s: no such time of day", s);
	*out = date_days(&date) * CLOCK_DAY + h * 3600 + m * 60 + sec;
	return ST_OK;
}

void
clock_quarter(int64_t t, char out[7])
{
	struct date date;

	memcpy(out, "0000Q0", sizeof("0000Q0"));
	if (t < 0 || t > LAST)
		return;
	date = days_date(t / CLOCK_DAY);
	put(out, 4, date.year);
	put(out + 5, 1, (date.month - 1) / 3 + 1);
}
