/* see degrade.h */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <turbojpeg.h>

#include "tests/support/degrade.h"

#define FINE 3 /* samples a pixel, each way */
#define DESK 0.45F /* around the screen: between black and white */
#define DRAWS 65536 /* of the noise, a power of two */

static const struct degrade_level levels[] = {
	{ "clean", 0, 0, 0, 0, 0, 255, 0, 0, 0 },
	{ "good", 2, 0.03, 0.6, 3, 30, 220, 0.1, 90, 0 },
	{ "typical", 5, 0.06, 1.0, 6, 50, 190, 0.2, 80, 0 },
	{ "shake", 5, 0.06, 1.0, 6, 50, 190, 0.2, 80, 3 },
	{ "noisy", 5, 0.06, 0.7, 10, 50, 190, 0.2, 80, 0 },
	{ "poor", 10, 0.12, 1.5, 10, 70, 160, 0.3, 60, 0 },
};

const struct degrade_level *
degrade_level(const char *name)
{
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		if (strcmp(levels[i].name, name) == 0)
			return &levels[i];
	return NULL;
}

static uint32_t
draw_bits(struct degrade_camera *c)
{
	c->chance ^= c->chance << 13;
	c->chance ^= c->chance >> 7;
	c->chance ^= c->chance << 17;
	return (uint32_t)((c->chance * UINT64_C(0x2545f4914f6cdd1d)) >> 32);
}

double
degrade_draw(struct degrade_camera *c)
{
	return draw_bits(c) / 4294967296.0;
}

void
degrade_start(struct degrade_camera *c, const struct degrade_level *level,
    unsigned width, unsigned height, double cover, unsigned seed)
{
	c->level = level;
	c->width = width;
	c->height = height;
	c->cover = cover;
	c->chance = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15);
	for (unsigned i = 0; i < 8; i++)
		draw_bits(c);
	c->turn = level->turn * (2 * degrade_draw(c) - 1);
	c->lean = level->lean * degrade_draw(c);
}

/* Where the screen's corners lie in the camera's picture. */
static void
corners(struct degrade_camera *c, double wide, double high, double at[4][2])
{
	const double pi = acos(-1.0);
	const double tall = c->height * c->cover / (1 + fabs(c->turn) / 50);
	const double x = tall / high * wide / 2, y = tall / 2, k = c->lean;
	const double co = cos(c->turn * pi / 180), si = sin(c->turn * pi / 180);
	const double mx = c->width / 2.0 + 6 * (degrade_draw(c) - 0.5);
	const double my = c->height / 2.0 + 6 * (degrade_draw(c) - 0.5);
	const double flat[4][2] = { { -x * (1 - k), -y },
		{ x * (1 - 0.6 * k), -y * (1 - 0.3 * k) }, { x, y },
		{ -x, y * (1 - 0.2 * k) } };

	for (unsigned i = 0; i < 4; i++) {
		at[i][0] = mx + flat[i][0] * co - flat[i][1] * si;
		at[i][1] = my + flat[i][0] * si + flat[i][1] * co;
	}
}

/* Solve eight equations in eight unknowns; the last column is the right side.
 * Gauss and Jordan, with the largest pivot. */
static void
solve(double m[8][9])
{
	double factor, swap;
	unsigned best;

	for (unsigned i = 0; i < 8; i++) {
		best = i;
		for (unsigned r = i + 1; r < 8; r++)
			if (fabs(m[r][i]) > fabs(m[best][i]))
				best = r;
		for (unsigned k = 0; k < 9; k++) {
			swap = m[i][k];
			m[i][k] = m[best][k];
			m[best][k] = swap;
		}
		for (unsigned r = 0; r < 8; r++) {
			if (r == i)
				continue;
			factor = m[r][i] / m[i][i];
			for (unsigned k = i; k < 9; k++)
				m[r][k] -= factor * m[i][k];
		}
	}
	for (unsigned i = 0; i < 8; i++)
		m[i][8] /= m[i][i];
}

/* The projection that takes a pixel of the camera to one of the screen. */
static void
projection(const double at[4][2], double wide, double high, double h[8])
{
	const double to[4][2] = { { 0, 0 }, { wide, 0 }, { wide, high },
		{ 0, high } };
	double m[8][9];

	memset(m, 0, sizeof(m));
	for (unsigned i = 0; i < 4; i++)
		for (unsigned k = 0; k < 2; k++) {
			double *row = m[2 * i + k];

			row[3 * k] = at[i][0];
			row[3 * k + 1] = at[i][1];
			row[3 * k + 2] = 1;
			row[6] = -to[i][k] * at[i][0];
			row[7] = -to[i][k] * at[i][1];
			row[8] = to[i][k];
		}
	solve(m);
	for (unsigned i = 0; i < 8; i++)
		h[i] = m[i][8];
}

/* One pixel: the mean of FINE x FINE points of the screens, 0 to 1. */
static float
pixel(const struct picture *const screen[2], const double h[8], double x,
    double y, float share)
{
	const struct picture *s = screen[0];
	const int wide = (int)s->width, high = (int)s->height;
	unsigned sum[2] = { 0, 0 }, desk = 0;
	double px, py, w;
	int u, v;

	for (unsigned j = 0; j < FINE * FINE; j++) {
		px = x + (j % FINE + 0.5) / FINE;
		py = y + (j / FINE + 0.5) / FINE;
		w = 1 / (h[6] * px + h[7] * py + 1);
		/* one more, for what is less than 0 is rounded up */
		u = (int)((h[0] * px + h[1] * py + h[2]) * w + 1) - 1;
		v = (int)((h[3] * px + h[4] * py + h[5]) * w + 1) - 1;
		if (u < 0 || v < 0 || u >= wide || v >= high) {
			desk++;
			continue;
		}
		sum[0] += s->gray[v * wide + u];
		if (share < 1)
			sum[1] += screen[1]->gray[v * wide + u];
	}
	return (DESK * (float)desk + (share * (float)sum[0] + (1 - share) *
	    (float)sum[1]) / 255) / (FINE * FINE);
}

/* Means of ${n} neighbours in each row. */
static void
smear(float *p, unsigned width, unsigned height, unsigned n)
{
	float *row = malloc(width * sizeof(*row));
	float sum;

	for (unsigned y = 0; row != NULL && y < height; y++, p += width) {
		for (unsigned x = 0; x < width; x++) {
			sum = 0;
			for (unsigned i = 0; i < n; i++)
				sum += p[x + i < width ? x + i : width - 1];
			row[x] = sum / (float)n;
		}
		memcpy(p, row, width * sizeof(*row));
	}
	free(row);
}

#define RADIUS_MAX 6

/* Weights 0..2r of a Gauss curve; ${r}. */
static unsigned
weights(double sigma, float w[2 * RADIUS_MAX + 1])
{
	unsigned r = (unsigned)ceil(3 * sigma);
	float sum = 0;

	r = r < RADIUS_MAX ? r : RADIUS_MAX;
	for (unsigned i = 0; i <= 2 * r; i++) {
		const double d = (double)i - r;

		w[i] = (float)exp(-d * d / (2 * sigma * sigma));
		sum += w[i];
	}
	for (unsigned i = 0; i <= 2 * r; i++)
		w[i] /= sum;
	return r;
}

static void
blur(float *p, unsigned width, unsigned height, double sigma)
{
	const size_t n = (size_t)width * height;
	float *q = calloc(n, sizeof(*q)), w[2 * RADIUS_MAX + 1];
	const unsigned r = weights(sigma, w);

	if (q == NULL)
		abort();
	/* edges stay as they are: nothing of the screen is there */
	memcpy(q, p, n * sizeof(*q));
	for (unsigned y = 0; y < height; y++)
		for (unsigned x = r; x + r < width; x++) {
			const float *from = p + (size_t)y * width + x - r;
			float sum = 0;

			for (unsigned i = 0; i <= 2 * r; i++)
				sum += w[i] * from[i];
			q[(size_t)y * width + x] = sum;
		}
	for (unsigned y = r; y + r < height; y++) {
		float *to = p + (size_t)y * width;

		memset(to, 0, width * sizeof(*to));
		for (unsigned i = 0; i <= 2 * r; i++) {
			const float *from = q + (size_t)(y + i - r) * width;

			for (unsigned x = 0; x < width; x++)
				to[x] += w[i] * from[x];
		}
	}
	free(q);
}

/* A table of the normal distribution, by Box and Muller. */
static const float *
noise(void)
{
	static float table[DRAWS];
	struct degrade_camera c = { .chance = 88172645463325252 };
	const double pi = acos(-1.0);

	for (unsigned i = 0; table[0] == 0 && i < DRAWS; i++)
		table[DRAWS - 1 - i] = (float)(sqrt(-2 *
		    log(degrade_draw(&c) + 1e-12)) *
		    cos(2 * pi * degrade_draw(&c)));
	return table;
}

/* Light, noise, and levels. */
static void
expose(struct degrade_camera *c, const float *p, struct picture *out)
{
	const struct degrade_level *l = c->level;
	const float *draws = noise();
	uint32_t at;
	double v;

	for (unsigned y = 0; y < out->height; y++) {
		at = draw_bits(c);
		for (unsigned x = 0; x < out->width; x++) {
			const size_t i = (size_t)y * out->width + x;

			v = l->dark + (l->bright - l->dark) * p[i];
			v *= 1 - l->shade * x / out->width;
			v += l->noise * draws[(at + x * 7) % DRAWS];
			out->gray[i] = v < 0 ? 0 : v > 255 ? 255 :
			    (uint8_t)(v + 0.5);
		}
	}
}

static void
press(struct picture *p, int quality)
{
	const int w = (int)p->width, h = (int)p->height;
	tjhandle in = tjInitCompress(), out = tjInitDecompress();
	unsigned char *file = NULL;
	unsigned long len = 0;

	if (tjCompress2(in, p->gray, w, 0, h, TJPF_GRAY, &file, &len,
	    TJSAMP_GRAY, quality, 0) != 0 ||
	    tjDecompress2(out, file, len, p->gray, w, 0, h, TJPF_GRAY, 0) != 0)
		abort();
	tjFree(file);
	tjDestroy(in);
	tjDestroy(out);
}

void
degrade_look(struct degrade_camera *c, const struct picture *const screen[2],
    const float *share, struct picture *out)
{
	const struct degrade_level *l = c->level;
	const size_t n = (size_t)c->width * c->height;
	float *p = malloc(n * sizeof(*p));
	double at[4][2], h[8];

	if (p == NULL || picture_new(c->width, c->height, out, NULL) != ST_OK)
		abort();
	corners(c, screen[0]->width, screen[0]->height, at);
	projection((const double (*)[2])at, screen[0]->width,
	    screen[0]->height, h);
	for (unsigned y = 0; y < c->height; y++)
		for (unsigned x = 0; x < c->width; x++)
			p[(size_t)y * c->width + x] = pixel(screen, h, x, y,
			    share == NULL ? 1 : share[y]);
	if (l->shake > 1)
		smear(p, c->width, c->height, l->shake);
	if (l->blur > 0)
		blur(p, c->width, c->height, l->blur);
	expose(c, p, out);
	free(p);
	if (l->jpeg > 0)
		press(out, l->jpeg);
}
