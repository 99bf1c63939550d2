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

# --- what stops all but one takes two, where the plan does not say otherwise ---
# by_two NAMES...: the ceremony again, with the spare and those; the last begins,
# and the first goes on.
by_two() {
	rm -rf state-a state-b sheets/* paper/* all half journal
	names=$(echo "$*" | sed 's/ /, /g')
	sed "s/^also = .*/&\nspare = sensor/; /^open-all/d
		s/^open = .*/open = 1 of $names/" good.ini >plan.ini
	for name; do
		grep -q "^\[responder $name\]" plan.ini ||
			printf '[responder %s]\ncert = %s.crt sha384:%s\n' $name \
				$name "$(sha384sum <inbox/$name.crt | cut -d' ' -f1)" >>plan.ini
	done
	"$ANCHORITE" words plan.ini | tail -n +2 >paper/plan.words
	must_pass hold
	must_pass "$ANCHORITE" ceremony verify --state state-a
	must_pass "$ANCHORITE" revocation card --state state-a
	must_say "That of all takes two together."
	must_pass "$ANCHORITE" revocation release all --state state-a \
		--with "$name.key" --to half
	must_pass "$ANCHORITE" revocation release all --state state-a \
		--with "$1.key" --half "half/g1.$1.half" --to all
	for c in state-a/issued/*; do
		case $(openssl x509 -in "$c" -noout -subject) in
		*sensor*) must_pass check all/g1.crl.pem "$c" ;;
		*)
			run check all/g1.crl.pem "$c"
			[ "$STATUS" -ne 0 ] || fail "two let $c live"
			;;
		esac
	done
}
responder late ec "-pkeyopt ec_paramgen_curve:P-384"
by_two night day
by_two night day late
