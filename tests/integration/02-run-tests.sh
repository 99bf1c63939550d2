#!/bin/sh
# The runner of the tests tells failing from passing: given programs that die,
# hang back, repeat themselves or run nothing at all.
. "$ROOT/tests/integration/lib.sh"

mkdir -p fake/tests/unit

# unit BODY: the only test program is this shell script.
unit() {
	printf '#!/bin/sh\n%s\n' "$1" >fake/tests/unit/test_fake
	chmod +x fake/tests/unit/test_fake
	run "$ROOT/scripts/run-tests" unit "$WORK/fake"
}

# counts CODE LINE: its exit status and its last line.
counts() {
	last=$(tail -n 1 "$OUT")
	[ "$STATUS/$last" = "$1/$2" ] ||
		complain "expected exit status $1 and $2" run-tests
}

head='[==========] Running 2 test(s).'
tail='[==========] 2 test(s) run.'
one='[ RUN      ] one
[       OK ] one'

unit "echo '$head
$one
[ RUN      ] two
[       OK ] two
$tail
[  PASSED  ] 2 test(s).'"
counts 0 "2 passed, 0 failed, 0 skipped"

# a failure is listed twice and counted once
unit "echo '$head
$one
[ RUN      ] two
[  FAILED  ] two
$tail
[  PASSED  ] 1 test(s).
[  FAILED  ] 1 test(s), listed below:
[  FAILED  ] two
 1 FAILED TEST(S)'; exit 1"
counts 1 "1 passed, 1 failed, 0 skipped"

unit "echo '$head
$one
[ RUN      ] two
no such device
[  SKIPPED ] two
$tail
[  PASSED  ] 1 test(s).
[  SKIPPED ] 1 test(s), listed below:
[  SKIPPED ] two'"
counts 0 "1 passed, 0 failed, 1 skipped"
must_say "two (no such device)"

# it dies in the second
unit "echo '$head
$one
[ RUN      ] two'; kill -SEGV \$\$"
counts 1 "1 passed, 1 failed, 0 skipped"

# it never says the second, and claims to be well
unit "echo '$head
$one'"
counts 1 "1 passed, 1 failed, 0 skipped"

# all well, then it dies
unit "echo '$head
$one
[ RUN      ] two
[       OK ] two
$tail'; exit 3"
counts 1 "2 passed, 1 failed, 0 skipped"

# a child of it prints all again
unit "echo '$head
$one
$one
$one
$tail'"
counts 1 "3 passed, 1 failed, 0 skipped"

unit "exit 0"
counts 1 "0 passed, 1 failed, 0 skipped"

rm fake/tests/unit/test_fake
run "$ROOT/scripts/run-tests" unit "$WORK/fake"
counts 1 "0 passed, 1 failed, 0 skipped"
must_say "no test was run"

# nothing of it is left lying about
[ "$(find fake | wc -l)" -eq 3 ] || fail "the runner left files"
