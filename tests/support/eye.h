/* eye.h -- a reader of codes that is not ours: zbar as it is. */
#ifndef ANCHORITE_TESTS_EYE_H
#define ANCHORITE_TESTS_EYE_H

#include "lib/code/qr.h"

/* A qr_reader; its cookie is not used.  The last code of several counts. */
enum status eye_read(void *cookie, unsigned width, unsigned height,
    const uint8_t *gray, struct bytes *out, struct diag *d);

#endif
