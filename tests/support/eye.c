/* see eye.h */
#include <zbar.h>

#include "tests/support/eye.h"

static enum status
look(zbar_image_scanner_t *scanner, zbar_image_t *image, struct bytes *out,
    struct diag *d)
{
	const zbar_symbol_t *s;
	enum status rc = ST_FORMAT;

	if (zbar_scan_image(scanner, image) < 0)
		return diag_set(d, ST_SYSTEM, "zbar cannot scan");
	for (s = zbar_image_first_symbol(image); s != NULL;
	    s = zbar_symbol_next(s))
		rc = bytes_set(out, zbar_symbol_get_data(s),
		    zbar_symbol_get_data_length(s), d);
	if (rc == ST_FORMAT)
		return diag_set(d, ST_FORMAT, "there is no code in it");
	return rc;
}

enum status
eye_read(void *cookie, unsigned width, unsigned height, const uint8_t *gray,
    struct bytes *out, struct diag *d)
{
	zbar_image_scanner_t *scanner = zbar_image_scanner_create();
	zbar_image_t *image = zbar_image_create();
	enum status rc;

	(void)cookie;
	zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
	zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE,
	    1);
	zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_BINARY,
	    1);
	zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
	zbar_image_set_size(image, width, height);
	zbar_image_set_data(image, gray, (unsigned long)width * height, NULL);
	rc = look(scanner, image, out, d);
	zbar_image_destroy(image);
	zbar_image_scanner_destroy(scanner);
	return rc;
}
