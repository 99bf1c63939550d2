#!/bin/sh
# The responders' card: each command on it does what it says, whoever prints it
# prints the same, and when nothing is sealed any more there is none.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/short.sh"
. "$ROOT/tests/integration/sealed.sh"
sed -i 's/^cert = night.*/&\ncall = extension 112, or tell the gate/
	s/^open = .*/&\npublish = whoever keeps the server/' plan.ini
"$ANCHORITE" words plan.ini | tail -n +2 >paper/plan.words
must_pass hold
grep -q "anchorite revocation card --state .*state-a" "$ERR" ||
	fail "the ceremony does not say that there is a card"
card() {
	"$ANCHORITE" revocation card --state "$@"
}
must_pass card state-a
cp "$OUT" card
must_say "TEST: a rehearsal"
must_say "  night: extension 112, or tell the gate"
must_say "  day"
must_say "Who must publish: whoever keeps the server"
must_say "stops both, at once or the second after the first (pairs: 1)"
[ "$(awk '{ if (length($0) > n) n = length($0) } END { print n }' card)" -le 76 ] ||
	fail "it is wider than a page"
! grep -q "PRIVATE\|BEGIN" card || fail "a secret is on it"

# the same from a desk copy, on another day
must_pass "$ANCHORITE" state publish --state state-a --to desk
if command -v faketime >faketime.path; then
	must_pass faketime -f +20d "$ANCHORITE" revocation card --state desk
else
	must_pass card desk
fi
cmp card "$OUT" || fail "two cards of one state"

# --- each command works, typed as it stands there, in its two lines ---
sed -n 's/^  anchorite revocation release \([^ ]*\) \\$/\1/p' card |
	grep -v KEY >keys
[ "$(wc -l <keys)" -eq 3 ] || fail "not two keys and all"
sed -n 's/^      serial \([0-9a-f]*\), \(.*\)$/\1 \2/p' card >serials
n=0
while read -r key; do
	n=$((n + 1))
	sed -n "/^  anchorite revocation release $key /{N;p;}" card |
		sed "s,^  anchorite,\"\$ANCHORITE\",; s/YOUR.key/night.key/
			s/--to publish/--to publish$n --journal journal$n/
			s/--state state\$/--state state-a/" >typed.sh
	[ "$(wc -l <typed.sh)" -eq 2 ] || fail "$key is not one command"
	must_pass sh typed.sh
	[ "$key" != all ] || continue
	read -r serial object <<-EOT
		$(sed -n "${n}p" serials)
	EOT
	must_say "$object: number"
	run check "publish$n/g1.crl.pem" "state-a/issued/$serial.crt"
	[ "$STATUS" -ne 0 ] || fail "$key does not stop $serial"
done <keys

# --- when all are accounted for there is none ---
head=$("$ANCHORITE" state show --state state-a --json |
	sed -n 's/.*"head": *"\([^"]*\)".*/\1/p')
sed -n '1,/^\[mint/p' plan.ini | sed "\$d
	s/^effective = .*/effective = $(effective_in 2)/
		s/^number = .*/number = 2/; s/^previous = .*/previous = $head/" >next.ini
printf '[account g1]\nby = g1\nintact = all\n[crl g1]\nby = g1\ndays = 30\n' >>next.ini
mv next.ini plan.ini
rm -f paper/plan.words
"$ANCHORITE" words plan.ini | tail -n +2 >paper/plan.words
must_pass hold
! grep -q "revocation card" "$ERR" || fail "there is no card to print"
must_refuse 1 "no list is sealed in this state that is not accounted for" card state-a
