#!/bin/sh
# The next ceremony accounts for every list that was sealed: what was released,
# or may have been, stays revoked in all lists from then on; openssl agrees.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/short.sh"
. "$ROOT/tests/integration/sealed.sh"
words() {
	rm -f paper/plan.words
	"$ANCHORITE" words plan.ini | tail -n +2 >paper/plan.words
}
words
must_pass hold
gateway=$("$ANCHORITE" delegation list --state state-a --json |
	grep -o 'gateway-release:[^"]*serial [0-9a-f]*' | sed 's/.* //')
sensor=$("$ANCHORITE" delegation list --state state-a --json |
	grep -o '"sensor:[^"]*serial [0-9a-f]*' | sed 's/.* //')
must_pass "$ANCHORITE" state show --state state-a
must_say "4 lists of root g1, not accounted for: its next [crl] wants an [account] above it"
must_pass "$ANCHORITE" revocation release gateway-release --state state-a \
	--with night.key --to one
must_pass "$ANCHORITE" revocation release gateway-release --state state-a \
	--with day.key --to two --again

# --- plans of the next ceremony ---
head=$("$ANCHORITE" state show --state state-a --json |
	sed -n 's/.*"head": *"\([^"]*\)".*/\1/p')
cp plan.ini first.ini
# next: the head of a plan that continues this state; its rows on stdin.
next() {
	sed -n '1,/^\[mint/p' first.ini | sed "\$d
		s/^effective = .*/effective = $(effective_in 2)/
		s/^number = .*/number = 2/; s/^previous = .*/previous = $head/" \
		>plan.ini
	cat >>plan.ini
	sed -n '/^\[responder/,/^cert/p' first.ini >>plan.ini
	words
}
# named FILE NAME: into the inbox, and how a plan names it.
named() {
	cp -f "$1" "inbox/$2"
	echo "$2 sha384:$(sha384sum <"$1" | cut -d' ' -f1)"
}
# account INTACT LINES...: the rows.
account() {
	echo "[account g1]
by = g1
intact = $1"
	shift
	for line; do echo "$line"; done
	echo "[crl g1]
by = g1
days = 30"
}
check_plan() {
	"$ANCHORITE" ceremony check plan.ini --room room.ini
}
# refused FRAGMENT: at the desk and in the room, and nothing is written.
refused() {
	remember_files state-a
	must_refuse 1 "$1" check_plan
	must_refuse 1 "$1" hold
	no_new_files state-a
}
night=$(named journal/signed/000001.txt night.txt)
day=$(named journal/signed/000002.txt day.txt)

printf '[crl g1]\nby = g1\ndays = 30\n' | next
refused "RULES L4: 4 sealed lists of root g1 are not accounted for"
printf '[crl g1]\nby = g1\ndays = 30\n[account g1]\nby = g1\nintact = all\n' | next
refused "RULES L4: 4 sealed lists"
printf '[account g1]\nby = g1\nintact = all\n' | next
refused "FORMATS 3.27: [account g1] wants a [crl] by the same root behind it"
account all "journal.night = $night" | next
refused "night.txt: FORMATS 3.52: night released sealed/000001.p7m, which the plan says is intact"

{
	account all | sed '/^\[crl/,$d'
	account none | sed 's/^\[account g1/[account again/'
} | next
refused "FORMATS 3.50: [account g1] has accounted for the lists of root g1"

# a list of the ceremony before may be dated later: clients would take it for the
# newer one, and what the next ceremony revokes would live again
account all | next
sed -i "s/^effective = .*/$(grep '^effective' first.ini)/" plan.ini
words
refused "RULES L1: the last list of root g1 is dated "

# an envelope is left out: that of all, and it costs all; said before any key
# is opened
account 000002-000003 "journal.night = $night" | next
must_pass check_plan
must_say "sealed/000001.p7m was released by night: revokes for good: gateway-release"
must_say "sealed/000004.p7m is not accounted for, and is taken for released: revokes for good: gateway-release, sensor"
must_say "root g1: 2 intact; in all, revoked for good: "

# --- forged notices ---
# forged FRAGMENT FILE: that is refused.
forged() {
	account 000002-000004 "journal.x = $(named "$2" forged.txt)" | next
	refused "forged.txt: FORMATS 7.21: $1"
	rm -f inbox/forged.txt
}
sed 's/^again no/again yes/' journal/signed/000001.txt >forged
forged "it is signed by no responder who can open that list" forged
sed '/^-----BEGIN/,$d' journal/signed/000001.txt >text
forged "not a responder's notice of a release" text
openssl req -x509 -new -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
	-subj /CN=night -days 30 -keyout thief.key -out thief.crt 2>openssl.err
openssl cms -sign -binary -in text -signer thief.crt -inkey thief.key -keyid \
	-nocerts -nosmimecap -md sha256 -econtent_type 1.3.6.1.4.1.32473.6 \
	-outform PEM -out text.pem
cat text text.pem >forged
forged "it is signed by no responder who can open that list" forged
sed 's/^state .*/state 00000000000000000000000000000000/' \
	journal/signed/000001.txt >forged
forged "it is of another state" forged
head -c 700 journal/signed/000001.txt >forged
must_pass test -s forged
account 000002-000004 "journal.x = $(named forged forged.txt)" | next
must_refuse 1 "forged.txt: FORMATS 7.21" check_plan

# --- a list that the root never published ---
openssl req -x509 -new -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-384 \
	-subj "/O=TEST example/CN=TEST-example-firmware-root-g1" -days 30 -keyout other.key \
	-out other.crt 2>openssl.err
: >index
echo 01 >number
printf '[ca]\ndefault_ca=c\n[c]\ndatabase=index\ncrlnumber=number\ndefault_md=sha384\ndefault_crl_days=9\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n' >ca.cnf
must_pass openssl ca -config ca.cnf -gencrl -keyfile other.key -cert other.crt \
	-out other.crl
account all "published = $(named other.crl other.crl)" | next
refused "other.crl: FORMATS 3.53"

# --- held: one key was released, the rest is intact; its slot is free again ---
cp -a state-a before
cp -a paper before-paper
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	-keyout team2.key -subj "/CN=gateway team" -sha256 \
	-out inbox/again.csr 2>openssl.err || fail "no request"
{
	account 000002-000004 "journal.night = $night" "journal.day = $day" \
		"published = $(named one/g1.crl out.crl)" | sed '/^\[crl/,$d'
	cat <<-INI
		[delegate gateway-again]
		by = g1
		profile = firmware
		product = gateway
		role = release
		versions = 4.0..
		request = again.csr sha384:$(sha384sum inbox/again.csr | cut -d' ' -f1)
		days = 90
		[crl g1]
		by = g1
		days = 30
		[kill g1]
		by = g1
		keys = all
		also = revoke-all
		open = 1 of night, day
	INI
} | next
cp plan.ini held.ini
must_pass check_plan
must_say "root g1: 3 intact; in all, revoked for good: gateway-release ($gateway)"
must_pass hold
must_pass "$ANCHORITE" ceremony log --state state-a
must_say '"released":["000001 night '
must_say '"intact":["000002","000003","000004"]'
must_say "\"revoked\":[\"$gateway key-compromise "
must_pass "$ANCHORITE" ceremony verify --state state-a --against before
must_pass "$ANCHORITE" ceremony reproduce --after state-a sheets/*
must_pass "$ANCHORITE" ceremony reproduce --after state-a --before before sheets/*
run check state-a/lists/000002.crl "state-a/issued/$gateway.crt"
[ "$STATUS" -ne 0 ] || fail "the next list takes back what was released"
grep -q "certificate revoked" "$OUT" "$ERR" || fail "for another reason"
must_pass check state-a/lists/000002.crl "state-a/issued/$sensor.crt"
# in stock clients the newest list wins, and it lost nothing of the released one
cat one/g1.crl.pem state-a/lists/000002.crl >both.pem
run check both.pem "state-a/issued/$gateway.crt"
[ "$STATUS" -ne 0 ] || fail "both lists together let it live"
[ "$(find state-a/sealed -name '*.p7m' | wc -l)" -eq 8 ] ||
	fail "not four lists more are sealed for two live keys"
# what was released before is accounted for, and is in the way of nobody
must_pass "$ANCHORITE" revocation release sensor --state state-a \
	--with night.key --to three
must_refuse 1 "is revoked already" "$ANCHORITE" revocation release \
	gateway-release --state state-a --with night.key --to four

# a record that says otherwise is refused
at=$("$ANCHORITE" ceremony log --state state-a | grep -n '"kind":"account"' |
	cut -d: -f1)
cp -a state-a forged-state
"$HELPER/forge" fact forged-state "$at" root g2
run "$ANCHORITE" ceremony verify --state forged-state
[ "$STATUS" -eq 1 ] || complain "a forged account is taken" verify
rm -r forged-state
cp -a state-a forged-state
"$HELPER/forge" fact forged-state "$at" published "1 $(printf '%096d' 0)"
must_refuse 1 "entry $at (account): the record gives another published than the plan" \
	"$ANCHORITE" ceremony verify --state forged-state

# --- the other way: nothing was brought, so all that was sealed is out ---
rm -rf state-a state-b paper
cp -a before-paper paper
cp -a before state-a
cp -a before state-b
account none | next
must_pass check_plan
must_say "sealed/000004.p7m is not accounted for"
must_pass hold
for cert in "$gateway" "$sensor"; do
	run check state-a/lists/000002.crl "state-a/issued/$cert.crt"
	[ "$STATUS" -ne 0 ] || fail "what may be released is not revoked"
done
must_pass "$ANCHORITE" ceremony verify --state state-a
must_pass "$ANCHORITE" ceremony reproduce --after state-a sheets/*
