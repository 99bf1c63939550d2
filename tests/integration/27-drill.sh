#!/bin/sh
# The bad day is tried on a good one: from cold in a rehearsal, and with one's
# own key on the lists that there are, of which nothing then leaves memory.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/short.sh"

# --- a rehearsal of its own ---
must_pass "$ANCHORITE" revocation drill --dir cold
must_say "TEST (rehearsal)"
must_say "four hours"
must_say "gateway-release: release of gateway"
must_say " days, to "
took=$(sed -n 's/^took *\([0-9]*\) ms.*/\1/p' "$OUT")
echo "released from cold in $took ms"
[ "$took" -gt 0 ] && [ "$took" -lt 1000 ] || fail "it took $took ms"
[ -s cold/drill/g1.crl.pem ] && [ -s cold/drill-journal/signed/000001.txt ] ||
	fail "nothing was released"
must_pass "$ANCHORITE" revocation drill --dir other --json all
grep -q '"drill": "all"' "$OUT" || fail "not all"
must_refuse 1 "a rehearsal wants a folder of its own" \
	"$ANCHORITE" revocation drill --dir cold
must_refuse 1 'there is no delegation "gatewy"' sh -c \
	"'$ANCHORITE' revocation drill --dir third gatewy 2>err; s=\$?; tail -n 1 err >&2; exit \$s"

# --- one's own key ---
. "$ROOT/tests/integration/sealed.sh"
"$ANCHORITE" words plan.ini | tail -n +2 >paper/plan.words
must_pass hold
drill() {
	"$ANCHORITE" revocation drill --state state-a "$@"
}
remember_files .
must_pass drill --with night.key gateway-release
no_new_files .
must_say "nothing was written, and nothing is released"
must_say "gateway-release: release of gateway"
must_pass drill --with day.key gateway-release+sensor
must_pass drill --with day.key all
no_new_files .
# a list that was opened in a drill is not in a journal
must_pass "$ANCHORITE" revocation release gateway-release --state state-a \
	--with night.key --to out
openssl ecparam -name prime256v1 -genkey -noout -out thief.key
must_refuse 1 "thief.key: it is the key of no responder of ceremony 1" \
	drill --with thief.key all
must_refuse 1 'there is no delegation "gatewy"' drill --with night.key gatewy

# --- what is no drill ---
must_refuse 2 "a drill is a rehearsal in a new folder --dir, or of a --state" \
	"$ANCHORITE" revocation drill
must_refuse 2 "a drill is a rehearsal in a new folder --dir, or of a --state" \
	drill --dir there --with night.key all
must_refuse 2 "--state and --with go together" drill all
must_refuse 2 "--state and --with go together" \
	"$ANCHORITE" revocation drill --dir there --with night.key
must_refuse 2 "a drill of a state is of a KEY" drill --with night.key
[ ! -e there ] || fail "a refused drill left a folder"
