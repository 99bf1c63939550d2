/* link: -Wl,--wrap=ioctl,--wrap=mmap,--wrap=munmap,--wrap=poll */
/* A camera that answers as V4L2 says that one does, and cameras that do not:
 * /dev/null stands for the device, which poll always finds ready. */
#include <sys/mman.h>

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <linux/videodev2.h>

#include "tests/support/codes.h"
#include "transfer/receive.h"

#define BUFFERS 4
#define BYTES 1000000 /* of a buffer */

/* What the camera is like, and what it was told. */
static struct {
	uint32_t caps;
	uint32_t format[3];	/* that it gives, and how fast */
	unsigned rate[3];
	unsigned width, height, stride;
	uint32_t set;		/* the form in use */
	uint8_t buffer[BUFFERS][BYTES];
	bool queued[BUFFERS];
	bool on;
	unsigned given;		/* pictures */
	unsigned damaged;	/* the first so many have the flag of error */
	size_t bytes;		/* that a picture has */
	int fails;		/* number of the call that fails, or 0 */
	int error;		/* what it says then; 0: EIO, or of a picture
				 * ENODEV */
	int fd;
	unsigned mapped;
} camera;

/* The linker's names for the two sides of --wrap. */
void *real_mmap(void *at, size_t len, int prot, int flags, int fd, off_t off)
    __asm__("__real_mmap");
void *fake_mmap(void *at, size_t len, int prot, int flags, int fd, off_t off)
    __asm__("__wrap_mmap");
int real_munmap(void *at, size_t len) __asm__("__real_munmap");
int fake_munmap(void *at, size_t len) __asm__("__wrap_munmap");
int fake_ioctl(int fd, unsigned long what, void *arg) __asm__("__wrap_ioctl");
int real_poll(struct pollfd *p, nfds_t n, int ms) __asm__("__real_poll");
int fake_poll(struct pollfd *p, nfds_t n, int ms) __asm__("__wrap_poll");

void *
fake_mmap(void *at, size_t len, int prot, int flags, int fd, off_t off)
{
	if (fd < 0)
		return real_mmap(at, len, prot, flags, fd, off);
	assert_int_equal(len, BYTES);
	camera.mapped++;
	return camera.buffer[off / 4096];
}

int
fake_munmap(void *at, size_t len)
{
	const uint8_t *p = at;

	if (p < camera.buffer[0] || p > camera.buffer[BUFFERS - 1])
		return real_munmap(at, len);
	camera.mapped--;
	return 0;
}

static int
set_format(struct v4l2_format *f)
{
	assert_int_equal(f->type, V4L2_BUF_TYPE_VIDEO_CAPTURE);
	f->fmt.pix.width = camera.width;
	f->fmt.pix.height = camera.height;
	f->fmt.pix.bytesperline = camera.stride;
	for (size_t i = 0; i < 3; i++)
		if (camera.format[i] == f->fmt.pix.pixelformat) {
			camera.set = camera.format[i];
			return 0;
		}
	/* a driver puts what it has in place of what it has not */
	f->fmt.pix.pixelformat = camera.format[0];
	camera.set = camera.format[0];
	return 0;
}

static int
set_rate(struct v4l2_streamparm *p)
{
	for (size_t i = 0; i < 3; i++)
		if (camera.format[i] == camera.set) {
			p->parm.capture.timeperframe.numerator = 1;
			p->parm.capture.timeperframe.denominator =
			    camera.rate[i];
		}
	return 0;
}

static int
dequeue(struct v4l2_buffer *b)
{
	for (unsigned i = 0; i < BUFFERS; i++) {
		if (!camera.on || !camera.queued[i])
			continue;
		camera.queued[i] = false;
		b->index = i;
		b->bytesused = (uint32_t)camera.bytes;
		b->flags = camera.given++ < camera.damaged ?
		    V4L2_BUF_FLAG_ERROR : 0;
		return 0;
	}
	errno = EAGAIN;
	return -1;
}

/* In the order of their calls; 1 is the first. */
static const unsigned long calls[] = { 0, VIDIOC_QUERYCAP, VIDIOC_S_FMT,
	VIDIOC_S_PARM, VIDIOC_REQBUFS, VIDIOC_QUERYBUF, VIDIOC_QBUF,
	VIDIOC_STREAMON, VIDIOC_DQBUF };

int
fake_ioctl(int fd, unsigned long what, void *arg)
{
	struct v4l2_capability *cap = arg;
	struct v4l2_buffer *b = arg;

	assert_true(fd >= 0);
	camera.fd = fd;
	if (camera.fails > 0 && what == calls[camera.fails]) {
		errno = camera.error != 0 ? camera.error :
		    what == VIDIOC_DQBUF ? ENODEV : EIO;
		return -1;
	}
	switch (what) {
	case VIDIOC_QUERYCAP:
		cap->capabilities = V4L2_CAP_DEVICE_CAPS;
		cap->device_caps = camera.caps;
		return 0;
	case VIDIOC_S_FMT:
		return set_format(arg);
	case VIDIOC_S_PARM:
		return set_rate(arg);
	case VIDIOC_REQBUFS:
		((struct v4l2_requestbuffers *)arg)->count = BUFFERS;
		return 0;
	case VIDIOC_QUERYBUF:
		b->length = BYTES;
		b->m.offset = b->index * 4096;
		return 0;
	case VIDIOC_QBUF:
		assert_false(camera.queued[b->index]);
		camera.queued[b->index] = true;
		return 0;
	case VIDIOC_STREAMON:
		camera.on = true;
		return 0;
	case VIDIOC_STREAMOFF:
		camera.on = false;
		return 0;
	case VIDIOC_DQBUF:
		return dequeue(b);
	default:
		errno = ENOTTY;
		return -1;
	}
}

/* One whose pictures fail for good is ready for ever, and has an error. */
int
fake_poll(struct pollfd *p, nfds_t n, int ms)
{
	if (n != 1 || p->fd != camera.fd || camera.error == 0)
		return real_poll(p, n, ms);
	p->revents = POLLERR;
	return 1;
}

/* A code in every buffer, ${step} bytes from pixel to pixel. */
static void
show(const char *text, unsigned step)
{
	struct picture p = { 0 };

	assert_int_equal(picture_new(camera.width, camera.height, &p, NULL),
	    ST_OK);
	memset(p.gray, 200, (size_t)p.width * p.height);
	codes_draw(&p, text, 7, 30, 20, 4);
	for (unsigned i = 0; i < BUFFERS; i++)
		for (unsigned y = 0; y < p.height; y++)
			for (unsigned x = 0; x < p.width; x++)
				camera.buffer[i][y * camera.stride +
				    x * step] = p.gray[y * p.width + x];
	picture_free(&p);
	camera.bytes = (size_t)camera.stride * camera.height;
}

static void
new_camera(uint32_t format)
{
	memset(&camera, 0, sizeof(camera));
	camera.caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
	camera.format[0] = format;
	camera.rate[0] = 30;
	camera.width = 400;
	camera.height = 300;
	camera.stride = 1024;
}

struct told {
	const char *want;
	struct receive_count count;
	char refused[DIAG_TEXT_MAX];
};

static enum status
on_text(void *self, const char *text, size_t len, bool *enough,
    struct diag *d)
{
	struct told *t = self;

	(void)d;
	*enough = len == strlen(t->want) && memcmp(text, t->want, len) == 0;
	return ST_OK;
}

static bool
on_look(void *self, const struct receive_count *count,
    const struct diag *refused)
{
	struct told *t = self;

	t->count = *count;
	if (refused != NULL)
		snprintf(t->refused, sizeof(t->refused), "%s", refused->text);
	return count->pictures < 50 && count->refused < 50;
}

static enum status
receive(struct told *t, bool *enough, struct diag *d)
{
	const struct receive_front front = { t, on_text, on_look };
	struct source *s = NULL;
	enum status rc;

	*enough = false;
	TRY(source_open("camera:/dev/null", &s, d));
	assert_true(source_live(s));
	TRY(receive_run(s, 1, &front, enough, d));
out:
	source_close(s);
	/* everything is given back */
	assert_false(camera.on);
	assert_int_equal(camera.mapped, 0);
	return rc;
}

static void
must_receive(const char *text)
{
	struct told t = { .want = text };
	struct diag d = { 0 };
	bool enough;

	if (receive(&t, &enough, &d) != ST_OK)
		fail_msg("%s", d.text);
	assert_true(enough);
}

static void
camera_gives_codes_in_each_form(void **state)
{
	static const struct {
		uint32_t format;
		unsigned step;
	} forms[] = {
		{ V4L2_PIX_FMT_GREY, 1 },
		{ V4L2_PIX_FMT_NV12, 1 },
		{ V4L2_PIX_FMT_YUV420, 1 },
		{ V4L2_PIX_FMT_YUYV, 2 },
	};
	char text[200];

	(void)state;
	for (unsigned i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		codes_text(i, 150, text);
		new_camera(forms[i].format);
		show(text, forms[i].step);
		must_receive(text);
	}
}

static void
camera_takes_the_fastest_form(void **state)
{
	char text[200];

	(void)state;
	codes_text(7, 150, text);
	new_camera(V4L2_PIX_FMT_YUYV);
	camera.rate[0] = 5;
	camera.format[1] = V4L2_PIX_FMT_NV12;
	camera.rate[1] = 30;
	camera.format[2] = V4L2_PIX_FMT_MJPEG;
	camera.rate[2] = 30;
	show(text, 1);
	must_receive(text);
	assert_int_equal(camera.set, V4L2_PIX_FMT_NV12);
}

static void
camera_passes_damaged_pictures_over(void **state)
{
	char text[200];

	(void)state;
	codes_text(8, 150, text);
	new_camera(V4L2_PIX_FMT_GREY);
	camera.damaged = 9;
	show(text, 1);
	must_receive(text);
}

static void
camera_passes_short_pictures_over(void **state)
{
	struct told t = { .want = "" };
	struct diag d = { 0 };
	bool enough;

	(void)state;
	new_camera(V4L2_PIX_FMT_GREY);
	show("AN1:5", 1);
	camera.bytes--;
	assert_int_equal(receive(&t, &enough, &d), ST_OK);
	assert_false(enough);
	assert_string_equal(t.refused, "the camera's picture: 307199 bytes of "
	    "307200");
	/* more than its buffer has */
	camera.bytes = BYTES + 1;
	new_camera(V4L2_PIX_FMT_MJPEG);
	assert_int_equal(receive(&t, &enough, &d), ST_OK);
	assert_string_equal(t.refused, "the camera's picture: FORMATS 10.74: "
	    "neither PNG, JPEG, PGM nor PPM");
}

static void
camera_refuses_what_is_none(void **state)
{
	static const char *const says[] = { "",
		"/dev/null: not a camera",
		("/dev/null: gives no pictures that are read: grey, NV12, "
		    "YUV420, YUYV or JPEG, of at most 4194304 pixels"),
		"",
		"/dev/null: VIDIOC_REQBUFS: Input/output error",
		"/dev/null: VIDIOC_QUERYBUF: Input/output error",
		"/dev/null: VIDIOC_QBUF: Input/output error",
		"/dev/null: VIDIOC_STREAMON: Input/output error",
		"/dev/null: the camera is gone" };
	struct told t = { .want = "" };
	struct diag d;
	bool enough;

	(void)state;
	for (int i = 1; i < (int)(sizeof(says) / sizeof(says[0])); i++) {
		memset(&d, 0, sizeof(d));
		new_camera(V4L2_PIX_FMT_GREY);
		show("AN1:5", 1);
		camera.fails = i;
		/* a rate that is not told is none that is missed */
		assert_int_equal(receive(&t, &enough, &d), i == 3 ? ST_OK :
		    i < 3 ? ST_POLICY : ST_SYSTEM);
		assert_string_equal(d.text, says[i]);
	}
	memset(&d, 0, sizeof(d));
	new_camera(V4L2_PIX_FMT_GREY);
	camera.caps = V4L2_CAP_VIDEO_OUTPUT | V4L2_CAP_STREAMING;
	assert_int_equal(receive(&t, &enough, &d), ST_POLICY);
	assert_string_equal(d.text, "/dev/null: not a camera that streams "
	    "pictures");
	diag_clear(&d);
	new_camera(V4L2_PIX_FMT_GREY);
	camera.width = 16000;
	assert_int_equal(receive(&t, &enough, &d), ST_POLICY);
}

/* Another program may take it before any of our calls, and a stream may end for
 * good: neither is a camera of no form, and none is asked again for ever. */
static void
camera_says_who_has_it_and_that_it_failed(void **state)
{
	static const struct {
		int call, error;
		const char *says;
	} rows[] = {
		{ 2, EBUSY, "/dev/null: another program has it" },
		{ 2, ENODEV, "/dev/null: the camera is gone" },
		{ 4, EBUSY, "/dev/null: another program has it" },
		{ 7, EBUSY, "/dev/null: another program has it" },
		{ 7, EPIPE, "/dev/null: VIDIOC_STREAMON: Broken pipe" },
		{ 8, EIO, "/dev/null: the camera failed, and gives no more "
		    "pictures" },
		{ 8, EPIPE, "/dev/null: VIDIOC_DQBUF: Broken pipe" },
	};
	struct told t = { .want = "" };
	struct diag d;
	bool enough;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(&d, 0, sizeof(d));
		new_camera(V4L2_PIX_FMT_GREY);
		show("AN1:5", 1);
		camera.fails = rows[i].call;
		camera.error = rows[i].error;
		assert_int_equal(receive(&t, &enough, &d), ST_SYSTEM);
		assert_string_equal(d.text, rows[i].says);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(camera_gives_codes_in_each_form),
		cmocka_unit_test(camera_takes_the_fastest_form),
		cmocka_unit_test(camera_passes_damaged_pictures_over),
		cmocka_unit_test(camera_passes_short_pictures_over),
		cmocka_unit_test(camera_refuses_what_is_none),
		cmocka_unit_test(camera_says_who_has_it_and_that_it_failed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
