#!/bin/sh
# Requests are read by a child that is locked in.  One that was taken over can
# refuse, and claim another subject, and no more; a machine that cannot lock it
# in reads no request.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/short.sh"
reader=${HELPER%/helper}/planted/reader
cd "$WORK"

new() {
	openssl req -new -nodes -keyout key.pem -subj "/O=x/CN=$1 team" \
		-newkey ec -pkeyopt ec_paramgen_curve:P-256 -out "$1.csr" \
		2>/dev/null
}
new first
new second
cp base/inbox/gateway.csr gateway.csr

# as READER PROGRAM...: with its reader so.
as() {
	how=$1
	shift
	READER=$how "$@"
}
show() {
	as "$1" "$reader" delegation show "$2"
}

# --- whatever becomes of the child is a refusal of that request ---

# either FRAGMENT FRAGMENT HOW: one of the two is said, in one line.
either() {
	run show "$3" first.csr
	[ "$STATUS" -eq 1 ] || complain "exit status 1 was expected" show "$3"
	[ "$(wc -l <"$ERR")" -eq 1 ] ||
		complain "one line on stderr was expected" show "$3"
	grep -q "^anchorite: first.csr: the request reader $1$" "$ERR" ||
		grep -q "^anchorite: first.csr: the request reader $2$" \
			"$ERR" || complain "it does not say why" show "$3"
	[ ! -s "$OUT" ] || complain "something was shown" show "$3"
}
stopped='made a call that is forbidden to it, and was stopped'
must_pass show none first.csr
must_say 'claimed-subject  O=x, CN=first team'
# a sanitizer would report it, and may not
either 'ended by signal 11' "$stopped" crash
either "$stopped" "$stopped" open
either 'ended without an answer' "$stopped" silent
must_refuse 1 'first.csr: FORMATS 6.21: answer of the request reader: it has' \
	show answer first.csr
[ ! -s "$OUT" ] || fail "something was shown of an answer that is none"

# --- where it reads, and with what ---

READER=loop "$reader" delegation show first.csr >out 2>err &
parent=$!
child=
while [ -z "$child" ] && kill -0 $parent 2>/dev/null; do
	child=$(grep -l "^PPid:.$parent\$" /proc/[0-9]*/status 2>/dev/null |
		xargs -r grep -l '^Seccomp:.2' 2>/dev/null |
		sed 's,/proc/,,; s,/status,,') || child=
done
[ -n "$child" ] || fail "no child with a filter of calls was seen"
grep -q '^Seccomp:.0' /proc/$parent/status ||
	fail "it is the parent that is locked in"
grep -q '^NoNewPrivs:.1' "/proc/$child/status" ||
	fail "the child could get new privileges"
if [ "$(id -u)" -eq 0 ]; then
	[ "$(ls "/proc/$child/fd")" = 0 ] ||
		fail "the child has more than its socket"
	case $(readlink "/proc/$child/fd/0") in
	socket:*) ;;
	*) fail "the child has a file" ;;
	esac
fi
STATUS=0
wait $parent || STATUS=$?
[ $STATUS -eq 1 ] || fail "a reader without an end: exit status $STATUS"
grep -q '^anchorite: first.csr: the request reader took more than 2 s of processor time, and was stopped$' err ||
	fail "it does not say that it took too long: $(cat err)"
! kill -0 "$child" 2>/dev/null || fail "the child is still there"

# --- what a reader that was taken over says of another request ---

must_pass show same second.csr
must_pass show subject first.csr
must_say 'claimed-subject  O=x, CN=first XXXX'
sed '/^claimed-subject/d' "$OUT" >claimed
must_pass show none first.csr
sed '/^claimed-subject/d' "$OUT" >honest
cmp -s claimed honest || fail "more than the subject was another"

# two DIR: the plan, with two delegations more, in a fresh folder
two() {
	begin "$1"
	cp "$WORK/first.csr" "$WORK/second.csr" inbox
	for name in first second; do
		cat <<-INI

			[delegate $name]
			by = g1
			profile = firmware
			product = $name
			role = release
			versions = 1.0..
			request = $name.csr sha384:$(sha384sum \
			inbox/$name.csr | cut -d' ' -f1)
			days = 30
		INI
	done >>plan.ini
	"$ANCHORITE" words plan.ini | sed -n '2,$p' >paper/plan.words
}
check() {
	as "$1" "$reader" ceremony check plan.ini --room room.ini
}
hold_as() {
	as "$1" "$reader" ceremony run plan.ini --room room.ini
}

two refused
must_pass check none
for how in same crash answer free; do
	code=1 why='the request reader'
	case $how in
	same) why='first.csr: FORMATS 6.22: the request reader answered for another request than this one' ;;
	free) code=2 why='gateway.csr: request reader: seccomp: Function not implemented' ;;
	esac
	remember_files .
	must_refuse "$code" "$why" check $how
	must_refuse "$code" "$why" hold_as $how
	no_new_files .
	[ ! -e state-a ] || fail "$how: there is a state"
done

# a claim changes nothing in what is signed
two claimed
must_pass hold_as subject
must_pass "$ANCHORITE" ceremony verify --state state-a
must_refuse 2 'request reader: seccomp: Function not implemented' \
	as free "$reader" ceremony verify --state state-a
must_refuse 2 'request reader: seccomp: Function not implemented' \
	as free "$reader" ceremony reproduce --after state-a sheets/*
must_refuse 1 'the request reader' \
	as crash "$reader" ceremony verify --state state-a
must_refuse 1 'the request reader' \
	as crash "$reader" ceremony reproduce --after state-a sheets/*
must_pass "$ANCHORITE" ceremony reproduce --after state-a sheets/*

# a parcel of requests goes the same way
cd "$WORK"
must_refuse 1 'first.csr: the request reader' as crash "$reader" \
	transfer pack --purpose request --from desk first.csr --to parcel
[ ! -e parcel ] || fail "a parcel of a request that was refused"

# --- no secret while it is there, and the other way round ---

command -v strace >/dev/null || skip "no strace: the rest was not looked at"
# what keeps a child from being set apart is said, and not to our terminal
echo nothing >stdin
must_refuse 2 'first.csr: request reader: a child cannot be set apart: Operation not permitted' \
	strace -f -o /dev/null -e trace=setsid -e inject=setsid:error=EPERM \
	"$ANCHORITE" delegation show first.csr 0<>stdin
[ "$(cat stdin)" = nothing ] || fail "it was said to our stdin"
two traced
must_pass strace -f -o "$WORK/calls" -e trace=memfd_secret,clone,clone3,fork \
	"$ANCHORITE" ceremony run plan.ini --room room.ini
awk '
	/memfd_secret\(/ {
		secrets++
		if (child != "")
			bad = "a secret was made while a reader was there"
	}
	/(clone|clone3|fork)(\(| resumed).*= [0-9]+$/ { child = $NF; children++ }
	/\+\+\+ (killed by|exited with)/ && $1 == child { child = "" }
	END {
		if (!children || !secrets)
			bad = "no reader or no secret was seen"
		if (bad) {
			print bad
			exit 1
		}
	}' "$WORK/calls" || fail "see above"
