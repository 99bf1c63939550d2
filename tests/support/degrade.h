/* degrade.h -- what a camera makes of a screen: a picture in perspective,
 * blurred, unevenly lit, noisy, pressed through JPEG; and where the screen
 * changes meanwhile, rows of one picture above rows of the next.  A model; its
 * levels are guesses, the same as those that our choices were made with. */
#ifndef ANCHORITE_TESTS_DEGRADE_H
#define ANCHORITE_TESTS_DEGRADE_H

#include <stdint.h>

#include "lib/code/picture.h"

struct degrade_level {
	const char *name;
	double turn;	/* degrees at most, either way */
	double lean;	/* perspective: how much shorter one side is, at most */
	double blur;	/* sigma, pixels */
	double noise;	/* sigma, levels */
	double dark, bright; /* levels of black and white */
	double shade;	/* how much darker the right edge is */
	int jpeg;	/* quality; 0: none */
	unsigned shake; /* pixels that a picture is smeared across */
};

/* "clean", "good", "typical", "shake", "noisy", "poor"; NULL: none such. */
const struct degrade_level *degrade_level(const char *name);

/* Where a camera stands, and its chance. */
struct degrade_camera {
	const struct degrade_level *level;
	unsigned width, height; /* pixels of its pictures */
	double cover;		/* of its height, by the screen */
	uint64_t chance;	/* state of the generator, not 0 */
	double turn, lean;	/* this time */
};

/* A camera that stands somewhere, the same for the same ${seed}. */
void degrade_start(struct degrade_camera *c, const struct degrade_level *level,
    unsigned width, unsigned height, double cover, unsigned seed);

/* From 0 to less than 1. */
double degrade_draw(struct degrade_camera *c);

/**
 * degrade_look(c, screen, share, out):
 * A picture of ${screen[0]} and ${screen[1]}, which are of one size: row y of
 * the camera has ${share[y]} of the first, 0 to 1, and the rest of the second.
 * ${share} may be NULL: all of the first.  ${out} is the caller's to free.
 */
void degrade_look(struct degrade_camera *c,
    const struct picture *const screen[2], const float *share,
    struct picture *out);

#endif
