/* see source.h: a camera, by the streaming interface of V4L2 (the kernel's
 * Documentation/userspace-api/media/v4l) */
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/videodev2.h>

#include "lib/code/picture.h"
#include "transfer/source_kind.h"

#define DEVICE "/dev/video0"
#define WIDTH 1920
#define HEIGHT 1080
#define RATE 30	  /* pictures a second that are asked for */
#define BUFFERS 4
#define WAIT_MS 5000 /* for a picture */

/* Forms of pictures that are taken.  Of those that are equally fast the first
 * is; a packed one is often the only fast one. */
static const struct form {
	uint32_t code;
	unsigned step; /* bytes from one luma to the next; 0: JPEG files */
} forms[] = {
	{ V4L2_PIX_FMT_GREY, 1 },
	{ V4L2_PIX_FMT_NV12, 1 },
	{ V4L2_PIX_FMT_YUV420, 1 },
	{ V4L2_PIX_FMT_YUYV, 2 },
	{ V4L2_PIX_FMT_MJPEG, 0 },
	{ V4L2_PIX_FMT_JPEG, 0 },
};
#define NFORMS (sizeof(forms) / sizeof(forms[0]))

struct camera {
	char name[128];
	int fd;
	const struct form *form;
	int error; /* of the last form that it would not take */
	unsigned width, height, stride; /* pixels, pixels, bytes */
	struct {
		uint8_t *data;
		size_t len;
	} buffer[BUFFERS];
	unsigned buffers;
};

static int
ask(const struct camera *c, unsigned long what, void *arg)
{
	int rc;

	do
		rc = ioctl(c->fd, what, arg);
	while (rc < 0 && errno == EINTR);
	return rc;
}

/* Errors that say the same of each call; NULL: the call is what says more. */
static const char *
plainly(int error)
{
	static const struct {
		int error;
		const char *says;
	} rows[] = {
		{ EBUSY, "another program has it" },
		{ ENODEV, "the camera is gone" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].error == error)
			return rows[i].says;
	}
	return NULL;
}

static enum status
broken(const struct camera *c, const char *what, struct diag *d)
{
	const char *says = plainly(errno);

	if (says != NULL)
		return diag_set(d, ST_SYSTEM, "%s: %s", c->name, says);
	return diag_set(d, ST_SYSTEM, "%s: %s: %s", c->name, what,
	    strerror(errno));
}

static void
camera_close(void *self)
{
	struct camera *c = self;
	int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;

	if (c == NULL)
		return;
	if (c->buffers > 0)
		ask(c, VIDIOC_STREAMOFF, &type);
	for (unsigned i = 0; i < c->buffers; i++)
		munmap(c->buffer[i].data, c->buffer[i].len);
	if (c->fd >= 0)
		close(c->fd);
	free(c);
}

static enum status
open_device(struct camera *c, struct diag *d)
{
	struct v4l2_capability cap;
	struct stat st;
	uint32_t can;

	memset(&cap, 0, sizeof(cap));
	c->fd = open(c->name, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (c->fd < 0)
		return diag_set(d, ST_SYSTEM, "%s: %s", c->name,
		    strerror(errno));
	if (fstat(c->fd, &st) != 0 || !S_ISCHR(st.st_mode) ||
	    ask(c, VIDIOC_QUERYCAP, &cap) != 0)
		return diag_set(d, ST_POLICY, "%s: not a camera", c->name);
	can = (cap.capabilities & V4L2_CAP_DEVICE_CAPS) != 0 ?
	    cap.device_caps : cap.capabilities;
	if ((can & V4L2_CAP_VIDEO_CAPTURE) == 0 ||
	    (can & V4L2_CAP_STREAMING) == 0)
		return diag_set(d, ST_POLICY, "%s: not a camera that streams "
		    "pictures", c->name);
	return ST_OK;
}

/* Ask for that form; how many pictures in 1000 s it then gives, 0: not it. */
static unsigned
try_form(struct camera *c, const struct form *form)
{
	struct v4l2_format f;
	struct v4l2_streamparm p;
	const struct v4l2_fract *each = &p.parm.capture.timeperframe;

	memset(&f, 0, sizeof(f));
	f.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	f.fmt.pix.width = WIDTH;
	f.fmt.pix.height = HEIGHT;
	f.fmt.pix.pixelformat = form->code;
	f.fmt.pix.field = V4L2_FIELD_NONE;
	if (ask(c, VIDIOC_S_FMT, &f) != 0) {
		c->error = errno;
		return 0;
	}
	if (f.fmt.pix.pixelformat != form->code || f.fmt.pix.width == 0 ||
	    f.fmt.pix.width > PICTURE_SIDE_MAX || f.fmt.pix.height == 0 ||
	    f.fmt.pix.height > PICTURE_SIDE_MAX ||
	    f.fmt.pix.width * f.fmt.pix.height > PICTURE_PIXELS_MAX)
		return 0;
	c->form = form;
	c->width = f.fmt.pix.width;
	c->height = f.fmt.pix.height;
	c->stride = f.fmt.pix.bytesperline;
	if (c->stride < c->width * form->step)
		c->stride = c->width * form->step;

	memset(&p, 0, sizeof(p));
	p.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	p.parm.capture.timeperframe.numerator = 1;
	p.parm.capture.timeperframe.denominator = RATE;
	/* one that does not say is taken to be slow */
	if (ask(c, VIDIOC_S_PARM, &p) != 0 || each->numerator == 0 ||
	    each->denominator == 0)
		return 1;
	return (unsigned)(1000ULL * each->denominator / each->numerator) + 1;
}

static enum status
choose_form(struct camera *c, struct diag *d)
{
	const struct form *best = NULL;
	unsigned rate, most = 0;

	for (size_t i = 0; i < NFORMS; i++)
		if ((rate = try_form(c, &forms[i])) > most) {
			most = rate;
			best = &forms[i];
		}
	if (best != NULL && try_form(c, best) > 0)
		return ST_OK;
	errno = c->error;
	if (plainly(errno) != NULL)
		return broken(c, "VIDIOC_S_FMT", d);
	return diag_set(d, ST_POLICY, "%s: gives no pictures that are read: "
	    "grey, NV12, YUV420, YUYV or JPEG, of at most %u pixels", c->name,
	    PICTURE_PIXELS_MAX);
}

static enum status
give_back(struct camera *c, struct v4l2_buffer *b, struct diag *d)
{
	return ask(c, VIDIOC_QBUF, b) != 0 ? broken(c, "VIDIOC_QBUF", d) :
	    ST_OK;
}

static struct v4l2_buffer
number(unsigned i)
{
	struct v4l2_buffer b;

	memset(&b, 0, sizeof(b));
	b.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	b.memory = V4L2_MEMORY_MMAP;
	b.index = i;
	return b;
}

static enum status
start(struct camera *c, struct diag *d)
{
	int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	struct v4l2_requestbuffers r;
	struct v4l2_buffer b;
	void *at;
	enum status rc;

	memset(&r, 0, sizeof(r));
	r.count = BUFFERS;
	r.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	r.memory = V4L2_MEMORY_MMAP;
	if (ask(c, VIDIOC_REQBUFS, &r) != 0 || r.count == 0)
		return broken(c, "VIDIOC_REQBUFS", d);
	for (unsigned i = 0; i < r.count && i < BUFFERS; i++) {
		b = number(i);
		if (ask(c, VIDIOC_QUERYBUF, &b) != 0)
			return broken(c, "VIDIOC_QUERYBUF", d);
		at = mmap(NULL, b.length, PROT_READ | PROT_WRITE, MAP_SHARED,
		    c->fd, (off_t)b.m.offset);
		if (at == MAP_FAILED)
			return broken(c, "a buffer", d);
		c->buffer[i].data = at;
		c->buffer[i].len = b.length;
		c->buffers++;
		TRY(give_back(c, &b, d));
	}
	if (ask(c, VIDIOC_STREAMON, &type) != 0)
		return broken(c, "VIDIOC_STREAMON", d);
	rc = ST_OK;
out:
	return rc;
}

static enum status
camera_open(const char *rest, void **self, struct diag *d)
{
	struct camera *c = calloc(1, sizeof(*c));
	enum status rc;

	if (c == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	c->fd = -1;
	if (rest == NULL)
		rest = DEVICE;
	if (strlen(rest) >= sizeof(c->name))
		FAIL(d, ST_USAGE, "%s: no name of a camera", rest);
	snprintf(c->name, sizeof(c->name), "%s", rest);
	TRY(open_device(c, d));
	TRY(choose_form(c, d));
	TRY(start(c, d));

	*self = c;
	c = NULL;
out:
	camera_close(c);
	return rc;
}

/* The newest whole picture that is there; older ones are given back. */
static enum status
newest(struct camera *c, struct v4l2_buffer *out, bool *got, struct diag *d)
{
	struct v4l2_buffer b;
	enum status rc = ST_OK;

	*got = false;
	for (unsigned i = 0; i < BUFFERS; i++) {
		b = number(0);
		if (ask(c, VIDIOC_DQBUF, &b) != 0) {
			if (errno != EAGAIN && errno != EIO)
				rc = broken(c, "VIDIOC_DQBUF", d);
			break;
		}
		if (b.index >= c->buffers)
			FAIL(d, ST_SYSTEM, "%s: a buffer that there is not",
			    c->name);
		if (*got)
			TRY(give_back(c, out, d));
		*out = b;
		*got = true;
		if ((b.flags & V4L2_BUF_FLAG_ERROR) != 0) {
			TRY(give_back(c, &b, d));
			*got = false;
		}
	}
out:
	return rc;
}

/* From the camera's memory to ours, once. */
static enum status
copy(const struct camera *c, const struct v4l2_buffer *b, uint8_t *room,
    size_t size, struct source_item *item, struct diag *d)
{
	const uint8_t *row = c->buffer[b->index].data;
	const size_t rows = (size_t)c->stride * c->height;
	const size_t have = b->bytesused < c->buffer[b->index].len ?
	    b->bytesused : c->buffer[b->index].len;

	item->gives = c->form->step == 0 ? SOURCE_FILE : SOURCE_GRAY;
	item->width = c->width;
	item->height = c->height;
	item->len = c->form->step == 0 ? have : (size_t)c->width * c->height;
	if (item->len > size)
		return diag_set(d, ST_SYSTEM, "%s: a picture of %zu bytes, at "
		    "most are %zu", c->name, item->len, size);
	if (c->form->step == 0) {
		memcpy(room, row, item->len);
		return ST_OK;
	}
	if (have < rows) {
		item->gives = SOURCE_BAD;
		diag_note(&item->why, ST_FORMAT, "%zu bytes of %zu", have,
		    rows);
		return ST_OK;
	}
	for (unsigned y = 0; y < c->height; y++, row += c->stride)
		for (unsigned x = 0; x < c->width; x++)
			*room++ = row[(size_t)x * c->form->step];
	return ST_OK;
}

static enum status
camera_next(void *self, uint8_t *room, size_t size, struct source_item *item,
    struct diag *d)
{
	struct camera *c = self;
	struct pollfd p = { c->fd, POLLIN, 0 };
	struct v4l2_buffer b;
	bool got;
	enum status rc;

	snprintf(item->name, sizeof(item->name), "%s", "the camera's picture");
	TRY(newest(c, &b, &got, d));
	if (!got && poll(&p, 1, WAIT_MS) == 0)
		FAIL(d, ST_SYSTEM, "%s: no picture for %d s", c->name,
		    WAIT_MS / 1000);
	if (!got)
		TRY(newest(c, &b, &got, d));
	/* EIO may pass; where waiting for it is an error too, it will not */
	if (!got && (p.revents & POLLERR) != 0)
		FAIL(d, ST_SYSTEM, "%s: the camera failed, and gives no more "
		    "pictures", c->name);
	if (!got) {
		/* a damaged one, or a signal: the caller comes again */
		item->gives = SOURCE_BAD;
		diag_note(&item->why, ST_FORMAT, "no whole picture");
		goto out;
	}
	TRY(copy(c, &b, room, size, item, d));
	TRY(give_back(c, &b, d));
out:
	return rc;
}

static int
camera_fd(const void *self)
{
	const struct camera *c = self;

	return c->fd;
}

const struct source_kind source_camera = { "camera", false, true, false,
	camera_open, camera_fd, camera_next, NULL, camera_close };
