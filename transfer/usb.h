/* usb.h -- a parcel on a stick with a file system.  FORMATS 10.50. */
#ifndef ANCHORITE_USB_H
#define ANCHORITE_USB_H

#include <stdbool.h>

#include "lib/base/diag.h"
#include "lib/base/frozen.h"
#include "lib/record/facts.h"
#include "lib/record/parcel.h"
#include "transfer/medium.h"

#define USB_FOLDER_SIZE 16    /* "1a2b3c4d-2" */
#define USB_NAMES_MAX 8192    /* entries of a folder that is looked at */

/**
 * usb_open(path, write, fd, m, d):
 * The folder ${path}, of a stick with vfat or exfat; the caller closes.
 * To be read it is mounted ro,nosuid,nodev,noexec; to be written it is not
 * read only.  ST_POLICY: not so, by name.
 */
MUST_USE enum status usb_open(const char *path, bool write, int *fd,
    struct medium *m, struct diag *d);

/**
 * usb_send(fd, m, p, data, folder, d):
 * The parcel ${p} with bytes ${data} into a new folder of ${fd}, whose name is
 * given: files, MANIFEST, then DONE, each under its final name, synced and
 * read back past the cache; then all of it read once more.
 * ST_SYSTEM: there is no room, before anything is written; or the medium
 * failed, and what is there lacks a whole DONE and is never taken.
 */
MUST_USE enum status usb_send(int fd, const struct medium *m,
    const struct parcel *p, const void *data, char folder[USB_FOLDER_SIZE],
    struct diag *d);

/**
 * usb_receive(fd, m, out, f, d):
 * The one complete parcel in the open folder, or in a folder below it, copied
 * once into sealed memory (${out} is FROZEN_NONE before); what else lies there
 * is named in ${f}, as `ignored`, and not opened.
 * The bytes are of the stated sizes and DONE names their manifest; all else is
 * for parcel_read, parcel_check and parcel_policy to say of the sealed copy.
 * ST_FORMAT, ST_POLICY: nothing complete is there, or too much.
 */
MUST_USE enum status usb_receive(int fd, const struct medium *m,
    struct frozen *out, struct facts *f, struct diag *d);

#endif
