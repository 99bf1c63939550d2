#!/bin/sh
# What stops everything takes two responders, at one desk or at two: one alone
# opens nothing, any two do, and by openssl alone as well (RULES L6).
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/short.sh"
. "$ROOT/tests/integration/sealed.sh"
responder late ec "-pkeyopt ec_paramgen_curve:P-384"
sed -i '/^open-all/d; s/^open = 1 of night, day/&, late/' plan.ini
printf '[responder late]\ncert = late.crt sha384:%s\n' \
	"$(sha384sum <inbox/late.crt | cut -d' ' -f1)" >>plan.ini
cp plan.ini good.ini
words() {
	rm -f paper/plan.words
	"$ANCHORITE" words plan.ini | tail -n +2 >paper/plan.words
}
# refused FRAGMENT SED: the plan, so edited, is.
refused() {
	sed "$2" good.ini >plan.ini
	words
	must_refuse 1 "$1" hold
	[ ! -e state-a ] || fail "a refused ceremony left a state"
}
refused 'FORMATS 3.28: open is "1 of NAME, ..." or "2 of' 's/^open = 1/open = 3/'
refused "FORMATS 3.28: open names too few" 's/^open = .*/open = 2 of night/'
refused "FORMATS 3.28: open-all without also" \
	's/^also = .*/open-all = 2 of night, day/'
refused "FORMATS 3.28: night and night have one key" \
	's/^open = .*/open = 2 of night, night/'

# --- two by default for all, one for each key ---
cp good.ini plan.ini
words
must_pass hold
must_pass "$ANCHORITE" ceremony verify --state state-a
must_pass "$ANCHORITE" ceremony reproduce --after state-a sheets/*
[ "$(ls state-a/sealed | tr '\n' ' ')" = "000001.p7m 000002.p7m 000003.p7m 000004.day.p7m 000004.night.p7m " ] ||
	fail "other envelopes: $(ls state-a/sealed)"
must_pass "$ANCHORITE" revocation card --state state-a
must_say "That of all takes two together."
cert=$(ls state-a/issued | head -n 1)
release() {
	"$ANCHORITE" revocation release "$@" --state state-a
}
# halves WHO FOR...: who begins; for whom is what comes out.
halves() {
	rm -rf half journal
	must_pass release all --with "$1.key" --to half
	shift
	must_say "nothing is released yet"
	[ ! -e journal ] || fail "half of a release is in the journal"
	printf 'g1.%s.half\n' "$@" | sort >want
	ls half | cmp - want || fail "other halves"
}
# second WHO: it goes on, and both keys stop.
second() {
	rm -rf out
	must_pass release all --with "$1.key" --half "half/g1.$1.half" --to out
	grep -q "signed by $1" "$OUT" || fail "not signed by $1"
	for c in state-a/issued/*; do
		run check out/g1.crl.pem "$c"
		[ "$STATUS" -ne 0 ] || fail "all of two lets $c live"
	done
}
halves day night
second night
halves late day night
second night
rm -rf journal
second day

# --- one alone ---
rm -rf out journal half
must_refuse 1 "FORMATS 8.37: it takes two, and night is the one who opens last" \
	release all --with night.key --to out
halves late day night
rm -rf out
# not by the one who began, by another than it is for, or altered
must_refuse 1 "it is not sealed to this key, or was altered" \
	release all --with late.key --half half/g1.day.half --to out
must_refuse 1 "it is not sealed to this key, or was altered" \
	release all --with day.key --half half/g1.night.half --to out
cp half/g1.day.half bad
printf '\377' | dd of=bad bs=1 seek=$(($(stat -c %s bad) - 20)) conv=notrunc 2>dd.err
must_refuse 1 "it is not sealed to this key, or was altered" \
	release all --with day.key --half bad --to out
must_refuse 1 "FORMATS 8.37: sealed/000001.p7m takes one responder" \
	release gateway-release --with day.key --half half/g1.day.half --to out
openssl ecparam -name prime256v1 -genkey -noout -out thief.key
must_refuse 1 "thief.key: it is the key of no responder of ceremony 1" \
	release all --with thief.key --half half/g1.day.half --to out
[ ! -e out ] || fail "a refused release left a folder"
[ ! -e journal ] || fail "a refused release is in the journal"
# a half of another list, made by a responder who has seen one
"$ANCHORITE" revocation release gateway-release --state state-a --with day.key \
	--to one --journal other >said
must_pass openssl cms -encrypt -binary -outform DER -aes-256-gcm \
	-in one/g1.crl.pem -out forged.half inbox/day.crt
must_refuse 1 "sealed/000004.night.p7m: FORMATS 8.36: its list is not the one" \
	release all --with day.key --half forged.half --to out
# the journal knows what was released before the half
must_pass release all --with day.key --half half/g1.day.half --to out
must_refuse 1 "FORMATS 7.23: sealed/000004.night.p7m was released by day" \
	release all --with day.key --half half/g1.day.half --to out2
must_refuse 1 "FORMATS 7.23" release all --with late.key --to out2

# --- by openssl alone ---
for pair in "night day" "night late" "day late"; do
	set -- $pair
	must_pass openssl cms -decrypt -inform DER -in "state-a/sealed/000004.$1.p7m" \
		-inkey "$2.key" -recip "inbox/$2.crt" -binary -out inner
	must_pass openssl cms -decrypt -inform DER -in inner -inkey "$1.key" \
		-recip "inbox/$1.crt" -out list.pem
	cmp list.pem out/g1.crl.pem || fail "$pair open another list"
	run openssl cms -decrypt -inform DER -in "state-a/sealed/000004.$1.p7m" \
		-inkey "$1.key" -recip "inbox/$1.crt" -binary -out alone
	[ "$STATUS" -ne 0 ] || fail "$1 opens it alone"
	run openssl cms -decrypt -inform DER -in inner -inkey "$2.key" \
		-recip "inbox/$2.crt" -out alone
	[ "$STATUS" -ne 0 ] || fail "$2 opens it alone"
done

# --- a drill opens one half, and the next ceremony takes what two released ---
must_pass "$ANCHORITE" revocation drill --state state-a --with late.key all
must_say "open half of it, for it takes two; nothing was written"
must_pass "$ANCHORITE" revocation drill --state state-a --with day.key all
head=$("$ANCHORITE" state show --state state-a --json |
	sed -n 's/.*"head": *"\([^"]*\)".*/\1/p')
sed -n '1,/^\[mint/p' good.ini | sed "\$d
	s/^effective = .*/effective = $(effective_in 2)/
		s/^number = .*/number = 2/; s/^previous = .*/previous = $head/" >plan.ini
cp journal/signed/000001.txt inbox/two.txt
printf '[account g1]\nby = g1\nintact = 000001-000003\njournal.two = two.txt sha384:%s\n[crl g1]\nby = g1\ndays = 30\n' \
	"$(sha384sum <inbox/two.txt | cut -d' ' -f1)" >>plan.ini
words
must_pass "$ANCHORITE" ceremony check plan.ini --room room.ini
must_say "sealed/000004.night.p7m was released by day: revokes for good: gateway-release, sensor"
must_pass hold
run check state-a/lists/000002.crl "state-a/issued/$cert"
[ "$STATUS" -ne 0 ] || fail "the next list takes it back"
must_pass "$ANCHORITE" ceremony reproduce --after state-a sheets/*
