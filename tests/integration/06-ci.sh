#!/bin/sh
# What the watching machine says is the sum of its parts: nothing that failed,
# was skipped or gave no answer gets lost on the way.  The parts are made up.
. "$ROOT/tests/integration/lib.sh"

command -v bash >/dev/null || skip "there is no bash"
mkdir .ci scripts bin
cp "$ROOT/.ci/run" .ci/run
cp "$ROOT/scripts/check-suite" scripts/check-suite

# made NAME BODY: a program of that name.
made() {
	printf '%s\n' '#!/bin/sh' "$2" >"$1"
	chmod +x "$1"
}

# sum STATUS LINE: how it ends, and what it counts.
sum() {
	run .ci/run
	[ "$STATUS" -eq "$1" ] || complain "exit status $1 was expected" .ci/run
	[ "$(tail -n 1 "$OUT")" = "$2" ] || complain "the sum is not $2" .ci/run
	[ "$(grep -c 'passed, .* failed, .* skipped$' "$OUT")" -eq 1 ] ||
		complain "a part's closing line is shown" .ci/run
}

made bin/make 'echo "1 passed, 0 failed, 0 skipped"'
made bin/id 'echo 1000'
made scripts/setup ''
made scripts/check 'echo "10 passed, 0 failed, 2 skipped"'
PATH=$WORK/bin:$PATH
export PATH

# a chroot that cannot be made is skipped in so many words
sum 0 "15 passed, 0 failed, 3 skipped"
must_say '== trixie skipped: only root makes a chroot'

made scripts/check 'echo "10 passed, 3 failed, 2 skipped"; exit 1'
sum 1 "15 passed, 3 failed, 3 skipped"
made scripts/check 'echo "10 passed, 0 failed, 2 skipped"; exit 1'
sum 1 "15 passed, 1 failed, 3 skipped"
made scripts/check ''
sum 1 "5 passed, 1 failed, 1 skipped"
made scripts/check 'kill -9 $$'
sum 1 "5 passed, 1 failed, 1 skipped"

# nor is a virtual machine that there is not
mkdir few
for tool in sh dirname mkdir; do
	ln -s "$(command -v $tool)" few/$tool
done
must_pass env PATH="$WORK/few" BUILD="$WORK/build" sh \
	"$ROOT/tests/qemu/sticks.sh" short
must_say "sticks in a virtual machine: skipped, as there is no "
[ "$(tail -n 1 "$OUT")" = "0 passed, 0 failed, 1 skipped" ] ||
	fail "it is not counted"
run sh "$ROOT/tests/qemu/sticks.sh" long
[ "$STATUS" -eq 2 ] || complain "an unknown part passes" sticks.sh
