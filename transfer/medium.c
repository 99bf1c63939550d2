/* see medium.h */
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/fs.h>

#include "lib/base/file.h"
#include "lib/base/text.h"
#include "transfer/medium.h"

#define SECTOR 512 /* bytes, the kernel's unit of a device's size */
#define ATTRIBUTE_MAX 4096 /* bytes of a file of sysfs */

/* statfs(2) f_type.  ext2, ext3 and ext4 are told apart by nobody. */
static const struct {
	uint32_t magic;
	const char *name;
} types[] = {
	{ 0x4d44, "vfat" },	    { 0x2011bab0, "exfat" },
	{ 0xef53, "ext4" },	    { 0x58465342, "xfs" },
	{ 0x9123683e, "btrfs" },    { 0xf2f52010, "f2fs" },
	{ 0x7366746e, "ntfs3" },    { 0x5346544e, "ntfs" },
	{ 0x9660, "iso9660" },	    { 0x15013346, "udf" },
	{ 0x482b, "hfsplus" },	    { 0x73717368, "squashfs" },
	{ 0xe0f5e1e2, "erofs" },    { 0x65735546, "fuse" },
	{ 0x6969, "nfs" },	    { 0x794c7630, "overlay" },
	{ 0x01021994, "tmpfs" },    { 0x858458f6, "ramfs" },
};

static void
type_name(uint32_t magic, char *out, size_t size)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (types[i].magic == magic) {
			snprintf(out, size, "%s", types[i].name);
			return;
		}
	}
	snprintf(out, size, "of a kind 0x%08x", (unsigned)magic);
}

/* One file of a device's folder, without its line feed; false: not there. */
static bool
attribute(const char *folder, const char *name, struct bytes *out)
{
	struct bytes path = { 0 };
	bool there;

	there = text_format(&path, NULL, "%s/%s", folder, name) == ST_OK &&
	    file_read((const char *)path.data, ATTRIBUTE_MAX, out, NULL) ==
	    ST_OK;
	bytes_free(&path);
	while (there && out->len > 0 && strchr("\n ",
	    out->data[out->len - 1]) != NULL)
		out->data[--out->len] = '\0';
	return there;
}

/* What a device calls itself is foreign text. */
static void
take_serial(const struct bytes *text, char out[MEDIUM_SERIAL_SIZE])
{
	if (text->len == 0)
		return;
	text_escape(text->data, text->len, out, MEDIUM_SERIAL_SIZE);
	for (char *c = out; *c != '\0'; c++) {
		if (*c == ' ')
			*c = '_';
	}
}

/* The first of a disk's folder and those above that has a serial number; what
 * is above the USB device itself is a hub's, or the machine's. */
static void
find_serial(char *folder, char out[MEDIUM_SERIAL_SIZE])
{
	const size_t root = strlen(medium_sysfs());
	struct bytes text = { 0 };
	bool found = false;
	char *slash;

	while (!found && strlen(folder) > root) {
		found = attribute(folder, "serial", &text);
		if (found)
			take_serial(&text, out);
		found |= attribute(folder, "idVendor", &text);
		if ((slash = strrchr(folder, '/')) == NULL)
			break;
		*slash = '\0';
	}
	bytes_free(&text);
}

/* What sysfs has of block device ${dev}; nothing, where it has nothing. */
static void
look(dev_t dev, struct medium *out)
{
	struct bytes text = { 0 }, link = { 0 };
	char *folder = NULL;
	uint64_t sectors;

	snprintf(out->serial, sizeof(out->serial), "none");
	out->whole = true;
	if (text_format(&link, NULL, "%s/dev/block/%u:%u", medium_sysfs(),
	    major(dev), minor(dev)) != ST_OK ||
	    (folder = realpath((const char *)link.data, NULL)) == NULL)
		goto done;
	out->whole = !attribute(folder, "partition", &text);
	if (!out->whole && strrchr(folder, '/') != NULL)
		*strrchr(folder, '/') = '\0';
	out->removable = attribute(folder, "removable", &text) &&
	    strcmp((const char *)text.data, "1") == 0;
	if (attribute(folder, "size", &text) &&
	    text_number((const char *)text.data, 0, UINT64_MAX / SECTOR,
	    &sectors, NULL) == ST_OK)
		out->capacity = sectors * SECTOR;
	find_serial(folder, out->serial);
done:
	free(folder);
	bytes_free(&link);
	bytes_free(&text);
}

enum status
medium_of_folder(int fd, struct medium *out, struct diag *d)
{
	struct statfs fs;
	struct stat st;

	memset(out, 0, sizeof(*out));
	if (fstatfs(fd, &fs) != 0 || fstat(fd, &st) != 0)
		return diag_set(d, ST_SYSTEM, "the file system does not "
		    "answer: %s", strerror(errno));
	type_name((uint32_t)fs.f_type, out->fs, sizeof(out->fs));
	out->capacity = (uint64_t)fs.f_blocks * (uint64_t)fs.f_frsize;
	look(st.st_dev, out);
	out->room = (uint64_t)fs.f_bavail * (uint64_t)fs.f_frsize;
	out->readonly = (fs.f_flags & ST_RDONLY) != 0;
	out->nosuid = (fs.f_flags & ST_NOSUID) != 0;
	out->nodev = (fs.f_flags & ST_NODEV) != 0;
	out->noexec = (fs.f_flags & ST_NOEXEC) != 0;
	return ST_OK;
}

enum status
medium_of_device(int fd, struct medium *out, struct diag *d)
{
	uint64_t size = 0;
	struct stat st;

	memset(out, 0, sizeof(*out));
	if (fstat(fd, &st) != 0 || !S_ISBLK(st.st_mode))
		return diag_set(d, ST_POLICY, "FORMATS 10.60: it is not a "
		    "block device");
	look(st.st_rdev, out);
	/* the device's own word on how far it can be written */
	if (ioctl(fd, BLKGETSIZE64, &size) != 0)
		return diag_set(d, ST_SYSTEM, "the device does not answer: %s",
		    strerror(errno));
	out->capacity = size;
	return ST_OK;
}
