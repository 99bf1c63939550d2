#!/bin/sh
# run.sh BUILD [COUNT [SEED]]: COUNT (1000000) frames and parcels that somebody
# changed, through all that receives them.  Of five parts
#
#	two    frames, among good ones of six senders, are gathered, ours and UR
#	one    frames too, are lines into the verb itself, which gets a parcel
#	       at the end
#	two    parcels, through the three gates
#
# and nothing may crash, be delivered that was not sent, or take more memory
# than LIMIT.  Prints counts and the memory at its peak; exit 1 at the first
# fault.  SEED (1) is where chance begins.
set -eu
LC_ALL=C
export LC_ALL

build=${1:?the folder of the build}
count=${2:-1000000}
seed=${3:-1}
LIMIT=100000 # KiB; frames allow themselves 65536 of rows
case $build in
/*) ;;
*) build=$PWD/$build ;;
esac
helper=$build/tests/helper
work=$(mktemp -d "$build/mutants.XXXXXX")
receiver=
trap '[ -z "$receiver" ] || kill $receiver 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
cd "$work"

fail() {
	echo "mutants: $1"
	exit 1
}

# the sanitizers have memory of their own, which is not judged
sanitized=
if grep -qa __asan_init "$build/anchorite"; then
	sanitized=", under the sanitizers"
fi
ASAN_OPTIONS=quarantine_size_mb=16
export ASAN_OPTIONS

# bounded KIB: less than is allowed
bounded() {
	[ -n "$sanitized" ] || [ "$1" -lt $LIMIT ] ||
		fail "$1 KiB are more than $LIMIT"
}

# peak_of FILE: the memory that a program says it had at most, in KiB
peak_of() {
	sed -n 's/.*at most \([0-9]*\) KiB.*/\1/p' "$1"
}

# --- frames that are gathered ---

frames=$((count * 2 / 5))
"$helper/frames" mutate $frames "$seed" >said 2>&1 || fail "$(cat said)"
grep -q "^$frames bad frames among" said || fail "$(cat said)"
for what in 'native of 20' 'native of 900' 'native of 9000' 'ur of 20' \
	'ur of 900' 'ur of 9000'; do
	grep -q "$what bytes [1-9]" said || fail "none whole: $(cat said)"
done
bounded "$(peak_of said)"
cat said

# --- frames into the verb ---

lines=$((count / 5))
printf '[a]\nb = 1\n' >a.ini
"$build/anchorite" transfer pack a.ini --purpose plan --from notary \
	--to parcel >packed || fail "no parcel"
mkfifo pipe
"$build/anchorite" transfer receive lines:- --to got <pipe >report 2>log &
receiver=$!
exec 9>pipe
"$helper/frames" mutants $lines "$seed" >&9 || fail "no lines"
# what it had at most by now: all but a pipe's rest went through it
high=$(sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\) kB$/\1/p' /proc/$receiver/status)
"$helper/frames" send native 100 40 <parcel >&9
exec 9>&-
status=0
wait $receiver || status=$?
receiver=
[ $status -eq 0 ] || fail "the verb ends with $status: $(tail -n 3 log)"
cmp parcel got || fail "the verb delivers something else"
grep -q '^refused .*FORMATS 10.1' report || fail "nothing else was whole"
bounded "${high:?the kernel says nothing of its memory}"
echo "$lines bad frames as lines to the verb: at most $high KiB;" \
	"$(grep -c 'FORMATS 10.28' log) times spoiled, then the parcel," \
	"to the byte"

# --- parcels ---

parcels=$((count - frames - lines))
"$helper/parcels" $parcels "$seed" >said 2>&1 || fail "$(cat said)"
grep -q "^$parcels mutants: " said || fail "$(cat said)"
bounded "$(peak_of said)"
cat said
echo "$count mutants: no crash, no wrong delivery$sanitized"
