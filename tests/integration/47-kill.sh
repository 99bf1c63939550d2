#!/bin/sh
# Lists for the bad day: sealed at the ceremony, opened by openssl alone, each
# revokes what it says and nothing else; whoever opens one later wins.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/short.sh"
. "$ROOT/tests/integration/sealed.sh"
cp plan.ini good.ini

# refused FRAGMENT SED: the plan, so edited, is.
refused() {
	sed "$2" good.ini >plan.ini
	"$ANCHORITE" words plan.ini | tail -n +2 >words
	cat words >paper/plan.words
	must_refuse 1 "$1" hold
	[ ! -e state-a ] || fail "a refused ceremony left a state"
}
refused "RULES L2: [kill g1] wants a [crl] of root g1 above it" '/^\[crl/,/^days/d'
refused "FORMATS 3.15: there is no [responder owl]" 's/night, day/owl/'
refused "FORMATS 3.28: open is \"1 of NAME, ...\"" 's/1 of night, day/3 of night, day/'
refused "FORMATS 3.17: day.crt is not the file" \
	"s/^cert = day.crt .*/cert = day.crt sha256:$(printf %064d 0)/"
refused "RULES L1: a list behind [kill g1] would take back what that revokes" \
	'$a[crl late]\nby = g1\ndays = 30'

cp good.ini plan.ini
"$ANCHORITE" words plan.ini | tail -n +2 >words
cat words >paper/plan.words
must_pass hold
must_pass "$ANCHORITE" ceremony verify --state state-a
must_pass "$ANCHORITE" ceremony reproduce --after state-a sheets/*
[ "$(find state-a/sealed -name '*.p7m' | wc -l)" -eq 4 ] ||
	fail "not a list for each of two keys, for both and for all"

set -- state-a/issued/*.crt
# what the record says of each, in order: target, number, time, digest
"$ANCHORITE" ceremony log --state state-a | grep '"kind":"kill"' |
	sed 's/.*"lists":\["\([^]]*\)"\].*/\1/; s/","/\n/g' >lists
i=0
last=0
while read -r target number _ digest; do
	i=$((i + 1))
	for who in night day; do
		must_pass openssl cms -decrypt -inform DER -in \
			"state-a/sealed/00000$i.p7m" -inkey $who.key \
			-recip inbox/$who.crt -out list$i.pem
		[ "$(sha384sum <list$i.pem | cut -d' ' -f1)" = "$digest" ] ||
			fail "envelope $i holds another list than was recorded"
	done
	[ "$number" -gt "$last" ] || fail "numbers do not grow"
	last=$number
	for cert; do
		case $target in
		all | *"$(serial "$cert")"*)
			run check list$i.pem "$cert"
			[ "$STATUS" -ne 0 ] || fail "list $i lets $cert live"
			grep -q "certificate revoked" "$OUT" "$ERR" ||
				complain "list $i is refused" check
			;;
		*) must_pass check list$i.pem "$cert" ;;
		esac
	done
done <lists
[ $i -eq 4 ] || fail "not four lists are recorded"

# the newest date wins in stock clients: the later list of two is obeyed
cat state-a/lists/000001.crl list4.pem >both.pem
run check both.pem "$1"
[ "$STATUS" -ne 0 ] || fail "the regular list took back what is revoked"

# nobody else opens it
openssl ecparam -name prime256v1 -genkey -noout -out thief.key 2>/dev/null
run openssl cms -decrypt -inform DER -in state-a/sealed/000001.p7m \
	-inkey thief.key -out thief.pem
[ "$STATUS" -ne 0 ] || fail "a thief opened it"

# a record that says other lists is refused
kill=$("$ANCHORITE" ceremony log --state state-a | grep -n '"kind":"kill"' |
	cut -d: -f1)
cp -a state-a forged
"$HELPER/forge" fact forged "$kill" lists "all 4294967299 2027-03-01T00:00:02Z $(printf 'a%.0s' $(seq 96))"
must_refuse 1 "entry $kill (kill): sealed list 1 of root g1 is not the one that revokes" \
	"$ANCHORITE" ceremony verify --state forged
