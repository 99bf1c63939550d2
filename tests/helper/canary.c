/* canary -- whether a secret is left where none may be.
 *
 *	canary watch DIR CMD [ARGS...]
 *	canary scan NEEDLES FILE...
 *
 * watch: run CMD, and keep what is in its memory, and in that of each of its
 * children, when it is about to end: all it ever could write to, a file for
 * each mapping, DIR/exit-PID/START-PERMS-NAME.  On SIGUSR1 instead what is in
 * it now, in DIR/now-PID, and the end of it; on SIGUSR2 its end by SIGABRT, and
 * a line if there is a core then.  CMD has no memfd_secret(2): what that hides,
 * nobody can look at.  It takes root.  Exit status: CMD's; 97 if it cannot be
 * watched.
 *
 * scan: look for what the program needles says; each place is a line.  A word
 * is a word in any case, whole or its first four letters, whatever stands
 * between it and the next; three in a row count.  Of bytes eight in a row
 * count, forwards and backwards and in hex.
 * Exit status: 0 nothing, 1 something, 97 wrong use. */
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "lib/crypto/slip39.h"
#include "lib/crypto/slip39_words.h"

#define BAD 97
#define PATH_SIZE 4096
#define BLOCK ((size_t)1 << 16)

static _Noreturn void __attribute__((format(printf, 1, 2)))
die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fprintf(stderr, "canary: ");
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, "\n");
	va_end(ap);
	exit(BAD);
}

/* ---- watch ---- */

static volatile sig_atomic_t asked;

static void
ask(int signal)
{
	asked = signal;
}

/* One mapping, to a file of its own.  What cannot be read is no part of it. */
static void
keep_mapping(int dir, const char *line, int mem)
{
	char path[256], perms[8] = "", name[128] = "";
	unsigned long long from, to;
	static char block[BLOCK];
	ssize_t n;
	int out;

	if (sscanf(line, "%llx-%llx %7s %*s %*s %*s %127[^\n]", &from, &to,
	    perms, name) < 3)
		die("no mapping: %s", line);
	/* a file that it only reads is none of its own, nor is the kernel's */
	if ((perms[1] != 'w' && name[0] == '/') ||
	    strncmp(name, "[v", 2) == 0)
		return;
	for (char *c = name; *c != '\0'; c++)
		if (*c == '/' || *c == ' ')
			*c = '_';
	snprintf(path, sizeof(path), "%llx-%s-%s", from, perms, name);
	if ((out = openat(dir, path, O_WRONLY | O_CREAT | O_EXCL, 0600)) < 0)
		die("%s: %s", path, strerror(errno));
	for (; from < to; from += (unsigned long long)n) {
		n = pread(mem, block, to - from < BLOCK ? (size_t)(to - from) :
		    BLOCK, (off_t)from);
		if (n <= 0)
			n = 4096; /* a page of a guard */
		else if (write(out, block, (size_t)n) != n)
			die("%s: %s", path, strerror(errno));
	}
	close(out);
}

static void
keep(const char *dir, const char *when, pid_t pid)
{
	char path[PATH_SIZE], line[PATH_SIZE];
	FILE *maps;
	int mem, to;

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	if ((mem = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		die("%s: %s", path, strerror(errno));
	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	if ((maps = fopen(path, "re")) == NULL)
		die("%s: %s", path, strerror(errno));
	snprintf(path, sizeof(path), "%s/%s-%d", dir, when, pid);
	if (mkdir(path, 0700) != 0 || (to = open(path, O_DIRECTORY |
	    O_RDONLY | O_CLOEXEC)) < 0)
		die("%s: %s", path, strerror(errno));
	while (fgets(line, sizeof(line), maps) != NULL)
		keep_mapping(to, line, mem);
	fclose(maps);
	close(to);
	close(mem);
}

/* memfd_secret is answered with ENOSYS, here and in what is started here. */
static bool
forget_memfd_secret(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_memfd_secret, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog prog = {
		sizeof(code) / sizeof(code[0]), code
	};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) == 0;
}

static _Noreturn void
be_watched(char **argv)
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0 ||
	    raise(SIGSTOP) != 0 || !forget_memfd_secret())
		_exit(BAD);
	execvp(argv[0], argv);
	_exit(127);
}

static pid_t
start(char **argv)
{
	const long options = PTRACE_O_TRACEEXIT | PTRACE_O_TRACEFORK |
	    PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL;
	const pid_t pid = fork();
	int how;

	if (pid == 0)
		be_watched(argv);
	if (pid < 0 || waitpid(pid, &how, 0) != pid || !WIFSTOPPED(how) ||
	    ptrace(PTRACE_SETOPTIONS, pid, NULL, options) != 0 ||
	    ptrace(PTRACE_CONT, pid, NULL, 0L) != 0)
		die("it cannot be watched: %s", strerror(errno));
	return pid;
}

/* One that stopped goes on; a signal that is its own reaches it. */
static void
go_on(const char *dir, pid_t pid, int how)
{
	const int event = how >> 16;
	long signal = 0;

	if (event == PTRACE_EVENT_EXIT)
		keep(dir, "exit", pid);
	else if (event == 0 && WSTOPSIG(how) != SIGSTOP &&
	    WSTOPSIG(how) != SIGTRAP)
		signal = WSTOPSIG(how);
	/* one that was killed meanwhile is not there to go on */
	(void)ptrace(PTRACE_CONT, pid, NULL, signal);
}

static int
watch(const char *dir, char **argv)
{
	const struct sigaction on_ask = { .sa_handler = ask };
	pid_t main, pid;
	int how, status = BAD;

	sigaction(SIGUSR1, &on_ask, NULL);
	sigaction(SIGUSR2, &on_ask, NULL);
	if (mkdir(dir, 0700) != 0)
		die("%s: %s", dir, strerror(errno));
	main = start(argv);
	for (;;) {
		pid = waitpid(-1, &how, __WALL);
		if (pid < 0 && errno == EINTR && asked != 0) {
			if (asked == SIGUSR1)
				keep(dir, "now", main);
			kill(main, asked == SIGUSR1 ? SIGKILL : SIGABRT);
			asked = 0;
			continue;
		}
		if (pid < 0 && errno != EINTR)
			break;
		if (pid > 0 && WIFSTOPPED(how))
			go_on(dir, pid, how);
		if (pid == main && WIFEXITED(how))
			status = WEXITSTATUS(how);
		if (pid == main && WIFSIGNALED(how))
			status = 128 + WTERMSIG(how);
		if (pid == main && WIFSIGNALED(how) && WCOREDUMP(how))
			printf("canary: it left a core\n");
	}
	return status;
}

/* ---- scan ---- */

#define LABEL_SIZE 96
#define WINDOW_MAX 16 /* bytes */
#define RUN 3	      /* words */
#define GAP_MAX 48    /* bytes from a word to the next */
#define LETTERS 4     /* that tell a word */

/* So many bytes in a row; ${first} are the first four. */
struct window {
	uint32_t first;
	uint8_t len;
	uint8_t bytes[WINDOW_MAX];
	const char *label;
	struct window *next;
};

/* Three words in a row, by their first letters. */
struct run {
	uint32_t word[RUN];
	const char *label;
};

#define BUCKETS 65536
static struct window *bucket[BUCKETS];
static struct run *runs;
static size_t nruns;
static size_t found;

static uint32_t
head_of(const uint8_t *at)
{
	uint32_t v;

	memcpy(&v, at, sizeof(v));
	return v;
}

static unsigned
bucket_of(uint32_t first)
{
	return (first ^ first >> 15) & (BUCKETS - 1);
}

/* What could stand anywhere is no needle. */
static bool
is_plain(const uint8_t *at, size_t len)
{
	bool seen[256] = { false };
	unsigned n = 0;

	for (size_t i = 0; i < len; i++) {
		n += !seen[at[i]];
		seen[at[i]] = true;
	}
	return n < 5;
}

static void
add_window(const char *label, const uint8_t *at, size_t len)
{
	struct window *w;

	if (is_plain(at, len))
		return;
	if ((w = calloc(1, sizeof(*w))) == NULL)
		die("out of memory");
	w->first = head_of(at);
	w->len = (uint8_t)len;
	memcpy(w->bytes, at, len);
	w->label = label;
	w->next = bucket[bucket_of(w->first)];
	bucket[bucket_of(w->first)] = w;
}

static void
add_windows(const char *label, const uint8_t *at, size_t len, size_t each)
{
	for (size_t i = 0; i + each <= len; i++)
		add_window(label, at + i, each);
}

static const char *
label_of(const char *kind, const char *name)
{
	char *label = malloc(LABEL_SIZE);

	if (label == NULL)
		die("out of memory");
	snprintf(label, LABEL_SIZE, "%s %s", kind, name);
	return label;
}

static void
add_bytes(const char *name, const char *hex)
{
	uint8_t data[512], back[512];
	char text[1025];
	size_t len;

	if (sodium_hex2bin(data, sizeof(data), hex, strlen(hex), NULL, &len,
	    NULL) != 0)
		die("no hex: %s", name);
	for (size_t i = 0; i < len; i++)
		back[i] = data[len - 1 - i];
	add_windows(label_of("bytes", name), data, len, 8);
	add_windows(label_of("bytes-backwards", name), back, len, 8);
	sodium_bin2hex(text, sizeof(text), data, len);
	add_windows(label_of("hex", name), (uint8_t *)text, 2 * len, 16);
	for (char *c = text; *c != '\0'; c++)
		*c = (char)toupper((unsigned char)*c);
	add_windows(label_of("hex", name), (uint8_t *)text, 2 * len, 16);
}

static void
add_text(const char *name, const char *text)
{
	const size_t len = strlen(text);

	add_windows(label_of("text", name), (const uint8_t *)text, len,
	    len < 12 ? len : 12);
}

/* What stands at ${*list} up to a blank, which becomes its end; NULL: nothing
 * more. */
static char *
next_of(char **list)
{
	char *at = *list + strspn(*list, " ");

	*list = at + strcspn(at, " ");
	if (**list != '\0')
		*(*list)++ = '\0';
	return *at == '\0' ? NULL : at;
}

/* The first three say of which set it is, and are no secret. */
static void
add_numbers(const char *name, char *list)
{
	uint16_t small[SLIP39_WORDS_MAX];
	uint32_t wide[SLIP39_WORDS_MAX];
	size_t n = 0;
	char *at;

	while (n < SLIP39_WORDS_MAX && (at = next_of(&list)) != NULL) {
		wide[n] = (uint32_t)strtoul(at, NULL, 10);
		small[n] = (uint16_t)wide[n];
		n++;
	}
	for (size_t i = 3; i + 4 <= n; i++) {
		add_window(label_of("numbers", name), (uint8_t *)(small + i),
		    8);
		add_window(label_of("numbers", name), (uint8_t *)(wide + i),
		    16);
	}
}

/* The first letters, in lower case; 0: too few, or more than a word has. */
static uint32_t
letters(const uint8_t *at, size_t len)
{
	uint32_t v = 0;

	if (len < LETTERS || len > SLIP39_WORD_MAX)
		return 0;
	for (size_t i = 0; i < LETTERS; i++)
		v = v << 8 | (uint32_t)tolower(at[i]);
	return v;
}

static void
add_words(const char *name, char *list)
{
	const char *label = label_of("words", name);
	uint32_t word[SLIP39_WORDS_MAX];
	size_t n = 0;
	char *at;

	while (n < SLIP39_WORDS_MAX && (at = next_of(&list)) != NULL)
		word[n++] = letters((uint8_t *)at, strlen(at));
	/* from the first that is a secret */
	for (size_t i = 2; i + RUN <= n; i++) {
		runs = realloc(runs, (nruns + 1) * sizeof(*runs));
		if (runs == NULL)
			die("out of memory");
		memcpy(runs[nruns].word, word + i, sizeof(runs[0].word));
		runs[nruns++].label = label;
	}
}

static void
read_needles(const char *path)
{
	char line[PATH_SIZE], kind[16], name[64];
	FILE *f = fopen(path, "re");
	int at;

	if (f == NULL)
		die("%s: %s", path, strerror(errno));
	while (fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (sscanf(line, "%15s %63s %n", kind, name, &at) != 2)
			die("no needle: %s", line);
		if (strcmp(kind, "words") == 0)
			add_words(name, line + at);
		else if (strcmp(kind, "numbers") == 0)
			add_numbers(name, line + at);
		else if (strcmp(kind, "bytes") == 0)
			add_bytes(name, line + at);
		else if (strcmp(kind, "text") == 0)
			add_text(name, line + at);
		else
			die("no such needle: %s", kind);
	}
	fclose(f);
	if (nruns == 0)
		die("%s: nothing to look for", path);
}

static void
report(const char *path, size_t at, const char *label)
{
	printf("%s: at 0x%zx: %s\n", path, at, label);
	found++;
}

static void
scan_bytes(const char *path, const uint8_t *data, size_t len)
{
	const struct window *w;
	uint32_t first;

	for (size_t i = 0; i + WINDOW_MAX <= len; i++) {
		first = head_of(data + i);
		for (w = bucket[bucket_of(first)]; w != NULL; w = w->next)
			if (w->first == first &&
			    memcmp(w->bytes, data + i, w->len) == 0)
				report(path, i, w->label);
	}
}

static void
look_up_run(const char *path, size_t at, const uint32_t last[RUN])
{
	for (size_t i = 0; i < nruns; i++)
		if (memcmp(runs[i].word, last, sizeof(runs[i].word)) == 0)
			report(path, at, runs[i].label);
}

static void
scan_words(const char *path, const uint8_t *data, size_t len)
{
	uint32_t last[RUN] = { 0 };
	size_t end = 0, from;

	for (size_t i = 0; i < len; i++) {
		if (!isalpha(data[i]))
			continue;
		for (from = i; i < len && isalpha(data[i]); i++)
			;
		if (from - end > GAP_MAX)
			memset(last, 0, sizeof(last));
		end = i;
		memmove(last, last + 1, sizeof(last) - sizeof(last[0]));
		last[RUN - 1] = letters(data + from, i - from);
		if (last[0] != 0 && last[RUN - 1] != 0)
			look_up_run(path, from, last);
	}
}

/* Its end is followed by zeros, so that a window never ends behind it. */
static void
scan_file(const char *path)
{
	struct stat st;
	uint8_t *data;
	size_t have = 0;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) != 0)
		die("%s: %s", path, strerror(errno));
	if ((data = calloc(1, (size_t)st.st_size + WINDOW_MAX)) == NULL)
		die("out of memory");
	while ((n = read(fd, data + have, (size_t)st.st_size - have)) > 0)
		have += (size_t)n;
	close(fd);
	scan_bytes(path, data, have + WINDOW_MAX);
	scan_words(path, data, have);
	free(data);
}

int
main(int argc, char **argv)
{
	if (argc >= 4 && strcmp(argv[1], "watch") == 0)
		return watch(argv[2], argv + 3);
	if (argc < 4 || strcmp(argv[1], "scan") != 0)
		die("watch DIR CMD [ARGS...], or scan NEEDLES FILE...");
	read_needles(argv[2]);
	for (int i = 3; i < argc; i++)
		scan_file(argv[i]);
	return found > 0;
}
