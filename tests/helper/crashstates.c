/* crashstates.c -- all that a power cut may leave of a run.
 *
 *	crashstates [OPTIONS] LOG ROOT OUT
 *
 * LOG is what strace -xx -y -s 9999999 saw of a run in the folder ROOT whose
 * media are ROOT/state-a and ROOT/state-b; ROOT/paper and ROOT/sheets are held
 * by people, and what was written there stays.  For every point of the log
 * each combination of what was not yet synced is made in the folder OUT and
 * read by the code that reads a record.  Pessimistic: a name is pending until
 * the folder that holds it is synced, data until the file is; data may come
 * whole, in part, not at all or as zeros; syncfs writes out all of a medium.
 *
 * A file is promised once the program has gone on to make the next one.
 * Lost: a promised file is not there, or the head on paper not in the record.
 * Corrupt: a promised file is another, or the record cannot be read.
 *
 *	--from DIR         what ROOT held before the run
 *	--forget file      as if no file below record/ had ever been synced
 *	--forget folder    as if no folder had been
 *	--forget N         as if the Nth sync had been left out; says which
 *	--most N           combinations of one point (400), at random when there
 *	                   are more
 *	--every N CMD      run CMD OUT on each Nth state; it must exit 0
 *
 * Exit status: 0 if nothing was lost, corrupt or failed; 1; 2 no answer. */
#include <sys/stat.h>
#include <sys/wait.h>

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/crypto/words.h"
#include "lib/record/chain.h"

#define NODES_MAX 4096
#define OPS_MAX 65536
#define PENDING_MAX 256
#define SEEN_MAX (1u << 20)
#define PATH_SIZE 512
#define NEVER SIZE_MAX

static const char *const media[] = { "state-a", "state-b" };
static const char *const folders[] = { "state-a", "state-b", "paper",
	"sheets" };
#define NMEDIA 2
#define NFOLDERS 4

struct node {
	char path[PATH_SIZE]; /* below ROOT */
	int parent;	      /* -1: ROOT */
	bool dir;
	bool before; /* there before the run */
	bool paper;  /* held by people */
	uint8_t *data;
	size_t len; /* in the end */
	size_t promised; /* the operation from which on it must be there */
};

enum op_kind { OP_NAME, OP_DATA, OP_SYNC, OP_SYNC_ALL, OP_NEXT };

struct op {
	enum op_kind kind;
	int node;
	size_t done; /* the operation that makes it stay */
};

/* What becomes of one operation that nothing made stay. */
enum fate { FATE_GONE, FATE_WHOLE, FATE_PART, FATE_ZEROS };

static struct node node[NODES_MAX];
static int nnodes;
static struct op op[OPS_MAX];
static size_t nops;
static uint64_t seen[SEEN_MAX];

static const char *root, *out, *from, *forget, *cmd;
static size_t every, nsyncs, most = 400;
static size_t states, lost, corrupt, ran, failed;

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "crashstates: %s\n", what);
	exit(2);
}

/* --- the log --- */

static int
find_node(const char *path)
{
	for (int i = 0; i < nnodes; i++) {
		if (strcmp(node[i].path, path) == 0)
			return i;
	}
	return -1;
}

static int
add_node(const char *path, bool dir)
{
	char up[PATH_SIZE];
	struct node *n;
	char *slash;

	if (nnodes == NODES_MAX)
		die("too many files");
	n = &node[nnodes];
	snprintf(n->path, sizeof(n->path), "%s", path);
	snprintf(up, sizeof(up), "%s", path);
	n->parent = -1;
	if ((slash = strrchr(up, '/')) != NULL) {
		*slash = '\0';
		n->parent = find_node(up);
	}
	n->dir = dir;
	n->promised = NEVER;
	n->paper = strncmp(path, "state-", 6) != 0;
	return nnodes++;
}

static void
add_op(enum op_kind kind, int of)
{
	if (nops == OPS_MAX)
		die("too many operations");
	op[nops++] = (struct op) { kind, of, NEVER };
}

/* "\x41\x42" up to the closing mark; returns the bytes. */
static size_t
unhex(const char *at, char mark, uint8_t *to, size_t size)
{
	unsigned byte;
	size_t n = 0;

	for (; *at != mark && n + 1 < size; at += 4) {
		if (sscanf(at, "\\x%2x", &byte) != 1)
			die("not a log of strace -xx");
		to[n++] = (uint8_t)byte;
	}
	to[n] = 0;
	return n;
}

/* Below ROOT and of interest: the part behind ROOT/; else NULL. */
static const char *
below(const char *path)
{
	const size_t len = strlen(root);

	if (strncmp(path, root, len) != 0 || path[len] != '/')
		return NULL;
	path += len + 1;
	for (size_t i = 0; i < NFOLDERS; i++) {
		const size_t n = strlen(folders[i]);

		if (strncmp(path, folders[i], n) == 0 &&
		    (path[n] == '\0' || path[n] == '/'))
			return path;
	}
	return NULL;
}

/* dirfd<path>, "name": the whole path. */
static bool
whole_path(const char *args, char path[PATH_SIZE * 2])
{
	uint8_t dir[PATH_SIZE] = "", name[PATH_SIZE] = "";
	const char *open = strchr(args, '<'), *quote = strchr(args, '"');

	if (open == NULL || quote == NULL)
		return false;
	unhex(open + 1, '>', dir, sizeof(dir));
	unhex(quote + 1, '"', name, sizeof(name));
	if (name[0] == '/')
		snprintf(path, PATH_SIZE * 2, "%s", (char *)name);
	else
		snprintf(path, PATH_SIZE * 2, "%s/%s", (char *)dir,
		    (char *)name);
	return true;
}

/* fd<path>, ... */
static bool
fd_path(const char *args, char path[PATH_SIZE * 2])
{
	const char *open = strchr(args, '<');

	if (open == NULL)
		return false;
	unhex(open + 1, '>', (uint8_t *)path, PATH_SIZE);
	return true;
}

static size_t
read_in(const char *path, uint8_t *to, size_t len)
{
	FILE *f = fopen(path, "r");
	size_t n;

	if (f == NULL)
		return 0;
	n = fread(to, 1, len, f);
	fclose(f);
	return n;
}

static void
saw_write(const char *args, size_t len)
{
	char path[PATH_SIZE * 2];
	const char *name, *quote = strchr(args, '"');
	struct node *n;
	int i;

	if (!fd_path(args, path) || (name = below(path)) == NULL ||
	    (i = find_node(name)) < 0)
		return;
	n = &node[i];
	if (n->data != NULL || (n->data = malloc(len + 1)) == NULL)
		die("a file is written in more than one piece");
	/* what is written out of secret memory, strace cannot see */
	if (quote == NULL)
		n->len = read_in(path, n->data, len);
	else
		n->len = unhex(quote + 1, '"', n->data, len + 1);
	if (n->len != len)
		die("a write is not whole in the log");
	add_op(OP_DATA, i);
}

/* Whether this sync is to be left out. */
static bool
forgotten(const char *call, const char *name, int i)
{
	const bool dir = i < 0 || node[i].dir;

	nsyncs++;
	if (forget == NULL)
		return false;
	if (strcmp(forget, "file") == 0)
		return !dir && strstr(name, "/record/") != NULL;
	if (strcmp(forget, "folder") == 0)
		return dir;
	if (nsyncs != strtoul(forget, NULL, 10))
		return false;
	printf("left out: %s of %s\n", call, i < 0 ? "." : name);
	return true;
}

static void
saw_sync(const char *call, const char *args)
{
	char path[PATH_SIZE * 2];
	const char *name;
	int i = -1;

	if (!fd_path(args, path))
		return;
	name = below(path);
	if (name == NULL && strcmp(path, root) != 0)
		return;
	if (name != NULL && (i = find_node(name)) < 0)
		return;
	if (!forgotten(call, name, i))
		add_op(strcmp(call, "syncfs") == 0 ? OP_SYNC_ALL : OP_SYNC, i);
}

static void
saw_make(const char *call, const char *args, long result)
{
	char path[PATH_SIZE * 2];
	const char *name;
	int i;

	if (strcmp(call, "openat") == 0 && strstr(args, "O_CREAT") == NULL)
		return;
	if (!whole_path(args, path) || (name = below(path)) == NULL)
		return;
	/* made or not: the program has gone on */
	add_op(OP_NEXT, -1);
	if (result < 0 || find_node(name) >= 0)
		return;
	i = add_node(name, strncmp(call, "mkdir", 5) == 0);
	add_op(OP_NAME, i);
}

/* Whether a call of another kind is about a file of interest. */
static bool
concerns_us(const char *args)
{
	char path[PATH_SIZE * 2];

	return (strchr(args, '"') != NULL && whole_path(args, path) &&
	    below(path) != NULL) || (fd_path(args, path) && below(path) !=
	    NULL && strcmp(path, root) != 0);
}

static void
read_line(char *line)
{
	char call[32] = "", *args, *end;
	int used = 0;
	long result;

	while (*line >= '0' && *line <= '9')
		line++;
	line += strspn(line, " ");
	if (sscanf(line, "%31[a-z0-9_](%n", call, &used) != 1 || used == 0)
		return;
	args = line + used;
	if ((end = strstr(args, ") = ")) == NULL)
		return;
	for (char *more; (more = strstr(end + 1, ") = ")) != NULL;)
		end = more;
	result = strtol(end + 4, NULL, 10);
	if (strcmp(call, "openat") == 0 || strncmp(call, "mkdir", 5) == 0)
		saw_make(call, args, result);
	else if (strcmp(call, "write") == 0 && result > 0)
		saw_write(args, (size_t)result);
	else if (result == 0 && (strcmp(call, "fsync") == 0 ||
	    strcmp(call, "fdatasync") == 0 || strcmp(call, "syncfs") == 0))
		saw_sync(call, args);
	else if (strcmp(call, "write") != 0 && concerns_us(args))
		die("a call that no state folder should see");
}

static void
read_log(const char *path)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;

	if (f == NULL)
		die("the log cannot be read");
	while (getline(&line, &size, f) > 0)
		read_line(line);
	free(line);
	fclose(f);
}

static int
take_before(const char *path, const struct stat *st, int type, struct FTW *w)
{
	const char *name = path + strlen(from) + (w->level > 0);
	char full[PATH_SIZE * 2];
	int i;

	snprintf(full, sizeof(full), "%s/%s", root, name);
	if (w->level == 0 || below(full) == NULL)
		return 0;
	i = add_node(name, type == FTW_D);
	node[i].before = true;
	if (type == FTW_D)
		return 0;
	node[i].len = (size_t)st->st_size;
	if ((node[i].data = malloc(node[i].len + 1)) == NULL ||
	    read_in(path, node[i].data, node[i].len) != node[i].len)
		die("what was there before cannot be read");
	node[i].promised = 0;
	return 0;
}

/* Which later operation makes each one stay, and which promises a file. */
static void
settle(void)
{
	for (size_t i = 0; i < nops; i++) {
		struct node *n = op[i].node < 0 ? NULL : &node[op[i].node];
		const char *path = n == NULL ? "" : n->path;

		if (op[i].kind != OP_NAME && op[i].kind != OP_DATA)
			continue;
		for (size_t j = i + 1; j < nops && op[i].done == NEVER; j++) {
			const bool own = op[j].kind == OP_SYNC && op[j].node ==
			    (op[i].kind == OP_NAME ? n->parent : op[i].node);
			const bool all = op[j].kind == OP_SYNC_ALL &&
			    op[j].node >= 0 && strncmp(path,
			    node[op[j].node].path,
			    strlen(node[op[j].node].path)) == 0;

			if (own || all)
				op[i].done = j;
		}
		if (n->paper)
			op[i].done = i; /* people keep it */
		for (size_t j = i + 1; op[i].kind == OP_NAME && j < nops &&
		    n->promised == NEVER; j++) {
			if (op[j].kind == OP_NEXT)
				n->promised = j;
		}
	}
}

/* --- one state --- */

static enum fate node_name[NODES_MAX];
static enum fate node_data[NODES_MAX];

static void
write_out(const char *path, const void *data, size_t len)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, data, len) != (ssize_t)len || close(fd) != 0)
		die("a state cannot be made");
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *w)
{
	(void)st;
	(void)type;
	(void)w;
	return remove(path);
}

static bool
there(int i)
{
	for (; i >= 0; i = node[i].parent) {
		if (!node[i].before && node_name[i] == FATE_GONE)
			return false;
	}
	return true;
}

/* The bytes that the medium has of it. */
static size_t
bytes_of(int i, uint8_t *to)
{
	const struct node *n = &node[i];

	if (n->data == NULL || (!n->before && node_data[i] == FATE_GONE))
		return 0;
	if (!n->before && node_data[i] == FATE_ZEROS) {
		memset(to, 0, n->len);
		return n->len;
	}
	memcpy(to, n->data, n->len);
	return !n->before && node_data[i] == FATE_PART ? n->len / 2 : n->len;
}

static uint8_t buffer[FILE_MAX + 1];

/* FNV-1a over names and bytes: a state that was seen is not made again. */
static bool
is_new(size_t cut)
{
	uint64_t h = 14695981039346656037u;
	size_t slot, len;

	for (int i = 0; i < nnodes; i++) {
		if (!there(i))
			continue;
		h = (h ^ (uint64_t)i) * 1099511628211u;
		len = bytes_of(i, buffer);
		for (size_t j = 0; j < len; j++)
			h = (h ^ buffer[j]) * 1099511628211u;
		h = (h ^ (node[i].promised < cut)) * 1099511628211u;
	}
	h |= 1;
	for (slot = h % SEEN_MAX; seen[slot] != 0; slot = (slot + 1) % SEEN_MAX)
		if (seen[slot] == h)
			return false;
	seen[slot] = h;
	return true;
}

static void
make_state(void)
{
	char path[PATH_SIZE * 2];

	for (size_t i = 0; i < NFOLDERS; i++) {
		snprintf(path, sizeof(path), "%s/%s", out, folders[i]);
		nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	}
	for (int i = 0; i < nnodes; i++) {
		if (!there(i))
			continue;
		snprintf(path, sizeof(path), "%.*s/%.*s", PATH_SIZE - 1, out,
		    PATH_SIZE - 1, node[i].path);
		if (node[i].dir && mkdir(path, 0700) != 0)
			die("a state cannot be made");
		if (!node[i].dir)
			write_out(path, buffer, bytes_of(i, buffer));
	}
}

static void
bad(size_t *count, size_t cut, const char *name, const char *what)
{
	/* a control expects many: a few are enough to read */
	if ((*count)++ < 5)
		printf("state %zu, operation %zu: %s: %s\n", states, cut, name,
		    what);
}

static bool
is_entry(const char *path)
{
	return strstr(path, "/record/") != NULL &&
	    strcmp(path + strlen(path) - 5, ".json") == 0;
}

/* What was promised on this medium is there. */
static void
check_files(size_t cut, const char *medium, size_t *entries, bool *missing)
{
	const size_t n = strlen(medium);

	for (int i = 0; i < nnodes; i++) {
		if (strncmp(node[i].path, medium, n) != 0 ||
		    node[i].path[n] != '/' || node[i].dir ||
		    node[i].promised >= cut)
			continue;
		*entries += is_entry(node[i].path);
		if (!there(i)) {
			*missing = true;
			bad(&lost, cut, node[i].path, "lost");
		} else if (bytes_of(i, buffer) != node[i].len ||
		    memcmp(buffer, node[i].data, node[i].len) != 0) {
			*missing = true;
			bad(&lost, cut, node[i].path, "not what was promised");
		}
	}
}

/* The newest head on paper is one of the record. */
static bool
has_head(const struct chain *c)
{
	uint8_t noted[WORDS_FULL], head[SHA384_LEN];
	int newest = -1;

	for (int i = 0; i < nnodes; i++) {
		if (strncmp(node[i].path, "paper/head-", 11) == 0 &&
		    there(i) && bytes_of(i, buffer) == node[i].len &&
		    (newest < 0 || strcmp(node[i].path, node[newest].path) > 0))
			newest = i;
	}
	if (newest < 0)
		return true;
	node[newest].data[node[newest].len] = '\0';
	if (words_read((char *)node[newest].data, WORDS_FULL, noted, NULL) !=
	    ST_OK)
		return false;
	for (size_t i = c->n; i-- > 0;) {
		if (text_unhex(c->entry[i].digest, head, sizeof(head), NULL) ==
		    ST_OK && memcmp(head, noted, sizeof(noted)) == 0)
			return true;
	}
	return false;
}

static void
check_state(size_t cut)
{
	struct chain c[NMEDIA] = { 0 };
	char path[PATH_SIZE * 2];
	bool missing = false;
	struct diag d = { 0 };
	size_t entries;
	int fd;

	for (size_t i = 0; i < NMEDIA; i++) {
		entries = 0;
		check_files(cut, media[i], &entries, &missing);
		snprintf(path, sizeof(path), "%s/%s", out, media[i]);
		if (access(path, F_OK) != 0)
			continue;
		if (file_open_dir(path, false, &fd, &d) != ST_OK)
			die(d.text);
		if (chain_read(fd, media[i], &c[i], &d) != ST_OK)
			bad(&corrupt, cut, media[i], d.text);
		else if (c[i].n < entries && !missing)
			bad(&lost, cut, media[i], "entries are not read");
		close(fd);
		diag_clear(&d);
	}
	if (!chain_prefix(&c[0], &c[1]) && !chain_prefix(&c[1], &c[0]))
		bad(&corrupt, cut, "the media", "two histories");
	if (!has_head(c[0].n > c[1].n ? &c[0] : &c[1]) && !missing)
		bad(&lost, cut, "the record", "the head on paper is lost");
	for (size_t i = 0; i < NMEDIA; i++)
		chain_clear(&c[i]);
}

static void
run_cmd(size_t cut)
{
	int status = 0;
	const pid_t pid = fork();

	if (pid == 0) {
		execl(cmd, cmd, out, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		die("the command cannot be run");
	ran++;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		bad(&failed, cut, cmd, "not well");
}

/* --- all states --- */

static void
try_state(size_t cut)
{
	if (!is_new(cut))
		return;
	states++;
	make_state();
	check_state(cut);
	if (every > 0 && states % every == 0)
		run_cmd(cut);
}

/* Set what is sure at this point; list what is not. */
static size_t
pending_at(size_t cut, size_t pending[PENDING_MAX])
{
	size_t n = 0;

	for (int i = 0; i < nnodes; i++)
		node_name[i] = node_data[i] = FATE_GONE;
	for (size_t i = 0; i < cut; i++) {
		if (op[i].kind != OP_NAME && op[i].kind != OP_DATA)
			continue;
		if (op[i].done >= cut && op[i].done != i) {
			if (n == PENDING_MAX)
				die("too much is pending");
			pending[n++] = i;
		} else if (op[i].kind == OP_NAME) {
			node_name[op[i].node] = FATE_WHOLE;
		} else {
			node_data[op[i].node] = FATE_WHOLE;
		}
	}
	return n;
}

static void
apply(size_t i, enum fate fate)
{
	if (op[i].kind == OP_NAME)
		node_name[op[i].node] = fate;
	else
		node_data[op[i].node] = fate;
}

static size_t
fates(size_t i)
{
	return op[i].kind == OP_NAME ? 2 : 4;
}

/* The choice of this number, or one at random among too many. */
static void
choose(const size_t *pending, size_t n, size_t choice, uint32_t *x)
{
	for (size_t i = 0; i < n; i++) {
		if (x != NULL) {
			*x ^= *x << 13;
			*x ^= *x >> 17;
			*x ^= *x << 5;
			apply(pending[i], (enum fate)(*x % fates(pending[i])));
			continue;
		}
		apply(pending[i], (enum fate)(choice % fates(pending[i])));
		choice /= fates(pending[i]);
	}
}

static void
try_point(size_t cut)
{
	size_t pending[PENDING_MAX], n, choices = 1;
	uint32_t x = 2463534242u + (uint32_t)cut;

	n = pending_at(cut, pending);
	for (size_t i = 0; i < n && choices <= most; i++)
		choices *= fates(pending[i]);
	for (size_t k = 0; k < choices && k < most; k++) {
		choose(pending, n, k, choices > most ? &x : NULL);
		try_state(cut);
	}
}

static int
read_options(int argc, char **argv)
{
	int i = 1;

	for (; i + 1 < argc && strncmp(argv[i], "--", 2) == 0; i += 2) {
		if (strcmp(argv[i], "--from") == 0) {
			from = argv[i + 1];
		} else if (strcmp(argv[i], "--forget") == 0) {
			forget = argv[i + 1];
		} else if (strcmp(argv[i], "--most") == 0) {
			most = (size_t)strtoul(argv[i + 1], NULL, 10);
		} else if (strcmp(argv[i], "--every") == 0 && i + 2 < argc) {
			every = (size_t)strtoul(argv[i + 1], NULL, 10);
			cmd = argv[++i + 1];
		} else {
			die("no such option");
		}
	}
	return i;
}

int
main(int argc, char **argv)
{
	const int i = read_options(argc, argv);

	if (i + 3 != argc)
		die("crashstates [OPTIONS] LOG ROOT OUT");
	root = argv[i + 1];
	out = argv[i + 2];
	for (size_t k = 2; from == NULL && k < NFOLDERS; k++)
		node[add_node(folders[k], true)].before = true;
	if (from != NULL && nftw(from, take_before, 16, FTW_PHYS) != 0)
		die("what was there before cannot be read");
	read_log(argv[i]);
	settle();
	if (nops < 10)
		die("there is nothing in the log");
	if (forget != NULL && strtoul(forget, NULL, 10) > nsyncs)
		die("there were fewer syncs");
	for (size_t cut = 0; cut <= nops; cut++)
		try_point(cut);
	printf("%zu states, %zu lost, %zu corrupt", states, lost, corrupt);
	if (every > 0)
		printf("; %zu of them held to the end, %zu failed", ran,
		    failed);
	printf("\n");
	return lost + corrupt + failed == 0 ? 0 : 1;
}
