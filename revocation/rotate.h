/* rotate.h -- the row [rotate]: a root goes, another comes, and devices are
 * told by an establishment.  FORMATS 3.41 to 3.44, 9.57; RULES B3, B11.
 *
 * Items: a cross certificate of each new root by the old one, where that signs;
 * one of the old root by each new one, unless it is stolen; the bundle; the old
 * root's retirement.  Certificates and lists are the rows above: [certify] and
 * [crl]. */
#ifndef ANCHORITE_ROTATE_H
#define ANCHORITE_ROTATE_H

#include "lib/record/step.h"

extern const struct step_kind rotate_step;

#endif
