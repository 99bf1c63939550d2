#!/bin/sh
# What stops every key leaves one alive, where the plan names a spare: a fleet
# that can still be mended.  It is stopped alone like any other (RULES L6).
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/short.sh"
. "$ROOT/tests/integration/sealed.sh"
cp plan.ini good.ini
# refused FRAGMENT SED: the plan, so edited, is; before anybody is asked.
refused() {
	sed "$2" good.ini >plan.ini
	must_refuse 1 "$1" hold
	[ ! -e state-a ] || fail "a refused ceremony left a state"
}
refused "FORMATS 3.28: root g1 has no key camera to be spared" \
	's/^also = .*/&\nspare = camera/'
refused "FORMATS 3.28: spare without also = revoke-all" \
	's/^also = .*/spare = sensor/; /^open-all/d'

sed 's/^also = .*/&\nspare = sensor/' good.ini >plan.ini
"$ANCHORITE" words plan.ini | tail -n +2 >paper/plan.words
must_pass hold
must_pass "$ANCHORITE" ceremony verify --state state-a
must_pass "$ANCHORITE" ceremony reproduce --after state-a sheets/*
must_pass "$ANCHORITE" revocation card --state state-a
must_say "stops every key above but sensor"
for c in state-a/issued/*; do
	case $(openssl x509 -in "$c" -noout -subject) in
	*sensor*) sensor=$c ;;
	*) gateway=$c ;;
	esac
done

must_pass "$ANCHORITE" revocation release all --state state-a \
	--with night.key --to all
must_say "all/g1.crl.pem"
run check all/g1.crl.pem "$gateway"
[ "$STATUS" -ne 0 ] || fail "all but the spare leaves the gateway alive"
must_pass check all/g1.crl.pem "$sensor"

# it would take the others back, and nothing that stops all three is sealed
must_refuse 1 "RULES L3" "$ANCHORITE" revocation release sensor \
	--state state-a --with night.key --to both
[ ! -e both ] || fail "a refused release left files"
