/* see raw.h */
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/fs.h>

#include "lib/base/reader.h"
#include "lib/crypto/hash.h"
#include "lib/record/parcel.h"
#include "transfer/raw.h"

#define CHUNK ((size_t)65536) /* bytes at a time; n * RAW_BLOCK */
#define BODY_AT (RAW_AT + RAW_BLOCK)
#define MAGIC "anchorite parcel" /* 16 bytes, no NUL */
#define MAGIC_LEN (sizeof(MAGIC) - 1)
#define VERSION_1 1
#define SUMMED (MAGIC_LEN + 4 + 4 + SHA384_LEN) /* of the header */
#define INTERRUPTS_MAX 100

static enum status
refuse(struct diag *d, const char *what)
{
	return diag_set(d, ST_SYSTEM, "FORMATS 10.62: the device %s: %s", what,
	    strerror(errno));
}

static size_t
blocks(size_t len)
{
	return (len + RAW_BLOCK - 1) / RAW_BLOCK * RAW_BLOCK;
}

/* All of ${len} bytes, n * RAW_BLOCK, as O_DIRECT wants it; what a call did of
 * a block in part is done again. */
static enum status
transfer(int fd, uint8_t *buf, size_t len, uint64_t at, bool write,
    struct diag *d)
{
	unsigned tries = 0;
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = write ?
		    pwrite(fd, buf + done, len - done, (off_t)(at + done)) :
		    pread(fd, buf + done, len - done, (off_t)(at + done));
		if (n < 0 && errno == EINTR && ++tries < INTERRUPTS_MAX)
			continue;
		if (n < 0)
			return refuse(d, write ? "cannot be written" :
						 "cannot be read");
		if (n < RAW_BLOCK)
			return diag_set(d, ST_SYSTEM, "FORMATS 10.62: the "
			    "device %s less than a block",
			    write ? "takes" : "gives");
		done += (size_t)n / RAW_BLOCK * RAW_BLOCK;
	}
	return ST_OK;
}

static enum status
new_buffer(uint8_t **out, struct diag *d)
{
	if ((*out = aligned_alloc(RAW_BLOCK, CHUNK)) == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	memset(*out, 0, CHUNK);
	return ST_OK;
}

/* --- which devices --- */

static enum status
check_writable(const struct medium *m, struct diag *d)
{
	if (!m->whole)
		return diag_set(d, ST_POLICY, "FORMATS 10.60: it is a "
		    "partition, and not a whole device");
	if (!m->removable)
		return diag_set(d, ST_POLICY, "FORMATS 10.60: it is not a "
		    "removable device");
	if (m->capacity < RAW_MIN)
		return diag_set(d, ST_POLICY, "FORMATS 10.60: the device has "
		    "%llu bytes, and that is too few",
		    (unsigned long long)m->capacity);
	return ST_OK;
}

enum status
raw_open(const char *path, bool write, int *fd, struct medium *m,
    struct diag *d)
{
	struct stat st;
	enum status rc;

	*fd = -1;
	/* before it is opened, which alone does things to some devices */
	if (stat(path, &st) != 0)
		FAIL(d, ST_SYSTEM, "%s", strerror(errno));
	if (!S_ISBLK(st.st_mode))
		FAIL(d, ST_POLICY, "FORMATS 10.60: it is not a block device");
	/* O_EXCL without O_CREAT: nobody has mounted it, or holds it */
	*fd = open(path, write ? O_RDWR | O_EXCL | O_DIRECT | O_CLOEXEC :
				 O_RDONLY | O_DIRECT | O_CLOEXEC);
	if (*fd < 0 && errno == EBUSY)
		FAIL(d, ST_POLICY, "FORMATS 10.60: it, or a part of it, is "
		    "mounted or in use");
	if (*fd < 0)
		FAIL(d, ST_SYSTEM, "%s", strerror(errno));
	TRY(medium_of_device(*fd, m, d));
	if (write)
		TRY(check_writable(m, d));
out:
	if (rc != ST_OK) {
		diag_prefix(d, "%s", path);
		if (*fd >= 0)
			close(*fd);
		*fd = -1;
	}
	return rc;
}

/* --- what lies there --- */

/* Zeros in [from, to)? */
static enum status
is_zero(int fd, uint8_t *buf, uint64_t from, uint64_t to, bool *zero,
    struct diag *d)
{
	enum status rc = ST_OK;
	size_t n;

	for (*zero = true; *zero && from < to; from += n) {
		n = to - from < CHUNK ? (size_t)(to - from) : CHUNK;
		TRY(transfer(fd, buf, n, from, false, d));
		for (size_t i = 0; i < n && *zero; i++)
			*zero = buf[i] == 0;
	}
out:
	return rc;
}

/* The last whole block ends here. */
static uint64_t
end_of(const struct medium *m)
{
	return m->capacity / RAW_BLOCK * RAW_BLOCK;
}

static uint64_t
tail_of(const struct medium *m)
{
	const uint64_t end = end_of(m);

	/* of a small device, what lies behind the header's MiB */
	return end - RAW_AT < RAW_AT ? RAW_AT : end - RAW_AT;
}

enum status
raw_empty(int fd, const struct medium *m, const char **what, struct diag *d)
{
	uint8_t *buf = NULL;
	bool zero = false;
	enum status rc;

	*what = NULL;
	TRY(new_buffer(&buf, d));
	TRY(transfer(fd, buf, CHUNK, 0, false, d));
	if (buf[510] == 0x55 && buf[511] == 0xaa)
		*what = "a partition table, or a file system";
	else if (memcmp(buf + 512, "EFI PART", 8) == 0 ||
	    memcmp(buf + 4096, "EFI PART", 8) == 0)
		*what = "a partition table (GPT)";
	if (*what != NULL)
		goto out;
	*what = "something";
	TRY(is_zero(fd, buf, 0, RAW_AT, &zero, d));
	if (!zero)
		goto out;
	TRY(transfer(fd, buf, RAW_BLOCK, RAW_AT, false, d));
	if (memcmp(buf, MAGIC, MAGIC_LEN) == 0) {
		*what = "a parcel";
		goto out;
	}
	TRY(is_zero(fd, buf, RAW_AT, BODY_AT, &zero, d));
	if (zero)
		TRY(is_zero(fd, buf, tail_of(m), end_of(m), &zero, d));
	if (zero)
		*what = NULL;
out:
	free(buf);
	return rc;
}

/* --- the header --- */

static void
put_u32(uint8_t *out, uint32_t n)
{
	for (int i = 0; i < 4; i++)
		out[i] = (uint8_t)(n >> (24 - 8 * i));
}

static void
write_header(uint8_t block[RAW_BLOCK], const void *data, size_t len)
{
	memset(block, 0, RAW_BLOCK);
	memcpy(block, MAGIC, MAGIC_LEN);
	put_u32(block + MAGIC_LEN, VERSION_1);
	put_u32(block + MAGIC_LEN + 4, (uint32_t)len);
	hash_sha384(data, len, block + MAGIC_LEN + 8);
	hash_sha384(block, SUMMED, block + SUMMED);
}

/* Shape: how many bytes there are, and their digest. */
static enum status
read_header(const uint8_t block[RAW_BLOCK], uint32_t *len,
    uint8_t digest[SHA384_LEN], struct diag *d)
{
	uint8_t magic[MAGIC_LEN], sum[SHA384_LEN], want[SHA384_LEN];
	uint32_t version = 0;
	struct reader r;
	enum status rc;

	reader_init(&r, "header", block, RAW_BLOCK);
	TRY(reader_bytes(&r, magic, sizeof(magic), d));
	if (memcmp(magic, MAGIC, MAGIC_LEN) != 0)
		FAIL(d, ST_FORMAT, "FORMATS 10.61: no parcel is there, or one "
		    "that was not finished");
	TRY(reader_u32(&r, &version, d));
	TRY(reader_u32(&r, len, d));
	TRY(reader_bytes(&r, digest, SHA384_LEN, d));
	TRY(reader_bytes(&r, sum, sizeof(sum), d));
	hash_sha384(block, SUMMED, want);
	if (memcmp(sum, want, sizeof(sum)) != 0)
		FAIL(d, ST_FORMAT, "FORMATS 10.61: its header is torn");
	for (size_t i = r.at; i < RAW_BLOCK; i++) {
		if (block[i] != 0)
			FAIL(d, ST_FORMAT, "FORMATS 10.61: something stands "
			    "behind its header");
	}
	if (version != VERSION_1 || *len < 1 || *len > PARCEL_MAX)
		FAIL(d, ST_FORMAT, "FORMATS 10.61: version %u with %u bytes; "
		    "version 1 has 1 to %zu", version, *len, PARCEL_MAX);
out:
	return rc;
}

/* --- send --- */

static enum status
flush(int fd, struct diag *d)
{
	/* a sync that failed has lost data, and a second one would not say */
	if (fsync(fd) != 0)
		return refuse(d, "cannot be synced");
	if (ioctl(fd, BLKFLSBUF, 0) != 0)
		return refuse(d, "keeps its cache");
	return ST_OK;
}

static enum status
write_zeros(int fd, uint8_t *buf, uint64_t from, uint64_t to, struct diag *d)
{
	enum status rc = ST_OK;
	size_t n;

	memset(buf, 0, CHUNK);
	for (; from < to; from += n) {
		n = to - from < CHUNK ? (size_t)(to - from) : CHUNK;
		TRY(transfer(fd, buf, n, from, true, d));
	}
out:
	return rc;
}

/* Write, or with ${compare} read back, ${len} bytes and zeros to the end of
 * their last block. */
static enum status
each_chunk(int fd, uint8_t *buf, const uint8_t *data, size_t len, uint64_t at,
    bool compare, struct diag *d)
{
	enum status rc = ST_OK;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		n = len - i < CHUNK ? len - i : CHUNK;
		if (!compare) {
			memset(buf, 0, CHUNK);
			memcpy(buf, data + i, n);
		}
		TRY(transfer(fd, buf, blocks(n), at + i, !compare, d));
		if (compare && memcmp(buf, data + i, n) != 0)
			FAIL(d, ST_SYSTEM, "FORMATS 10.62: the device does not "
			    "give back what was written");
	}
out:
	return rc;
}

static enum status
put(int fd, uint8_t *buf, const uint8_t *data, size_t len, uint64_t at,
    struct diag *d)
{
	enum status rc;

	TRY(each_chunk(fd, buf, data, len, at, false, d));
	TRY(flush(fd, d));
	TRY(each_chunk(fd, buf, data, len, at, true, d));
out:
	return rc;
}

enum status
raw_send(int fd, const struct medium *m, bool erase, const void *data,
    size_t len, struct diag *d)
{
	uint8_t *buf = NULL, header[RAW_BLOCK];
	enum status rc;

	if (len < 1 || len > PARCEL_MAX)
		return diag_set(d, ST_BUG, "%zu bytes of a parcel", len);
	if (BODY_AT + blocks(len) > end_of(m))
		return diag_set(d, ST_POLICY, "FORMATS 10.60: the device has "
		    "%llu bytes, and that is too few",
		    (unsigned long long)m->capacity);
	TRY(new_buffer(&buf, d));
	/* what was there ends before anything new begins */
	TRY(write_zeros(fd, buf, RAW_AT, BODY_AT, d));
	if (erase) {
		TRY(write_zeros(fd, buf, 0, RAW_AT, d));
		TRY(write_zeros(fd, buf, tail_of(m), end_of(m), d));
	}
	TRY(flush(fd, d));
	TRY(put(fd, buf, data, len, BODY_AT, d));
	write_header(header, data, len);
	TRY(put(fd, buf, header, RAW_BLOCK, RAW_AT, d));
	/* once more, all of it: see usb_send */
	TRY(each_chunk(fd, buf, data, len, BODY_AT, true, d));
out:
	if (rc == ST_SYSTEM)
		diag_prefix(d, "the device failed, and what is on it is not "
		    "proven whole; take another");
	free(buf);
	return rc;
}

/* --- receive --- */

static enum status
copy(int fd, uint8_t *buf, size_t len, struct frozen *out, struct diag *d)
{
	enum status rc;
	size_t n;

	TRY(frozen_new(out, d));
	for (size_t i = 0; i < len; i += n) {
		n = len - i < CHUNK ? len - i : CHUNK;
		TRY(transfer(fd, buf, blocks(n), BODY_AT + i, false, d));
		TRY(frozen_add(out, buf, n, d));
	}
	TRY(frozen_close(out, d));
out:
	return rc;
}

enum status
raw_receive(int fd, const struct medium *m, struct frozen *out,
    struct diag *d)
{
	uint8_t *buf = NULL, digest[SHA384_LEN], is[SHA384_LEN];
	uint32_t len = 0;
	enum status rc;

	TRY(new_buffer(&buf, d));
	if (m->capacity < RAW_MIN)
		FAIL(d, ST_FORMAT, "FORMATS 10.61: no parcel is there; the "
		    "device has %llu bytes", (unsigned long long)m->capacity);
	TRY(transfer(fd, buf, RAW_BLOCK, RAW_AT, false, d));
	TRY(read_header(buf, &len, digest, d));
	if (BODY_AT + blocks(len) > end_of(m))
		FAIL(d, ST_FORMAT, "FORMATS 10.61: its header promises more "
		    "than the device has");
	TRY(copy(fd, buf, len, out, d));
	hash_sha384(out->data, out->len, is);
	if (memcmp(is, digest, sizeof(is)) != 0)
		FAIL(d, ST_AUTH, "FORMATS 10.61: its bytes have not the digest "
		    "that the header says");
out:
	if (rc != ST_OK)
		frozen_free(out);
	free(buf);
	return rc;
}
