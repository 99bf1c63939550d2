#!/bin/sh
# Goal of this test: a second machine finds every byte of a rehearsal equal,
# under another clock, and finds out a program that chose one nonce.
. "$ROOT/tests/integration/lib.sh"

planted=$(dirname "$HELPER")/planted/anchorite

# one machine, then the other: only sheets, the record and the plan go over
must_pass "$ANCHORITE" rehearse --dir first
must_pass "$ANCHORITE" ceremony reproduce --after first/state \
    first/sheets/*sheet01* first/sheets/*sheet03* first/sheets/*sheet05*

# any other quorum gives the same
must_pass "$ANCHORITE" ceremony reproduce --after first/state \
    first/sheets/*sheet02* first/sheets/*sheet03* first/sheets/*sheet04*

# nobody takes what was rolled for proven: a rehearsal's seed is public
printf '%060d\n' 0 | tr 0 3 >rolls
must_pass "$ANCHORITE" ceremony reproduce --after first/state --people rolls \
    first/sheets/*sheet0[135]*
must_say "TEST (rehearsal)"
must_say "people      not looked at: the seed of a rehearsal is public"
must_refuse 1 "rolls: RULES C6: the seed of a rehearsal is public" \
    "$ANCHORITE" ceremony reproduce --after first/state --noted rolls \
    first/sheets/*sheet0[135]*

# another clock changes nothing (the sanitizers' library must be loaded first,
# and so must faketime's: not both)
if command -v faketime >/dev/null && ! ldd "$ANCHORITE" | grep -q libasan; then
	must_pass faketime '2031-02-03 04:05:06' "$ANCHORITE" ceremony \
	    reproduce --after first/state first/sheets/*sheet0[135]*
fi

# too few sheets are no second machine
must_refuse 1 'FORMATS 4.8: too few sheets' "$ANCHORITE" ceremony reproduce \
    --after first/state first/sheets/*sheet0[13]*

# the subverted program satisfies everybody in the room ...
must_pass "$planted" rehearse --dir planted
must_pass "$ANCHORITE" ceremony verify --state planted/state

# ... and the second machine names what it touched
bad=$(cd planted/state && ls issued/*.crt)
must_refuse 1 "FORMATS 7.9: $bad is not what was computed again" \
    "$ANCHORITE" ceremony reproduce --after planted/state \
    planted/sheets/*sheet0[135]*

# what another state says is no beginning of it
must_refuse 1 'planted/state does not continue first/state' "$ANCHORITE" \
    ceremony reproduce --after planted/state --before first/state \
    planted/sheets/*sheet0[135]*
