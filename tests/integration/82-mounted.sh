#!/bin/sh
# A folder of a state that lies elsewhere than the state: no entry goes there.
. "$ROOT/tests/integration/lib.sh"

export HELPER ANCHORITE
"$ROOT/tests/crash/prep.sh" "$WORK/base" || fail "no rehearsal to begin with"
cd base
mkdir -p state-a/record
mount -t tmpfs none state-a/record 2>/dev/null ||
	skip "nothing can be mounted here"
run "$ANCHORITE" ceremony run plan.ini --room room.ini
umount state-a/record
[ "$STATUS" -eq 1 ] || complain "it went into memory" hold
grep -q "FORMATS 7.1: record is on another medium than its state" "$ERR" ||
	complain "it does not say why" hold
[ -z "$(find state-a state-b -type f 2>/dev/null)" ] || fail "files are left"
must_pass "$ANCHORITE" ceremony run plan.ini --room room.ini
must_pass "$ANCHORITE" ceremony verify --state state-a
