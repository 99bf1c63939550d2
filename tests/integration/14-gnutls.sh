#!/bin/sh
# A second implementation reads and verifies what we write.
. "$ROOT/tests/integration/lib.sh"

command -v certtool >/dev/null || skip "there is no certtool"
command -v faketime >/dev/null || skip "there is no faketime"

# certtool has no option for the day; all of it is valid on this one.
tool() {
	faketime -f '@2027-03-14 00:00:00' certtool "$@"
}
chain() {
	tool --verify --infile leaf.pem --load-ca-certificate root.pem \
		--load-crl "$1"
}

for alg in ecdsa-p256 ecdsa-p384; do
	mkdir "$alg"
	must_pass "$HELPER/pkix" "$alg" "$alg"
	cd "$alg" || fail "no folder $alg"
	must_pass tool --certificate-info --infile leaf.pem
	must_say 'Code signing'
	must_pass tool --crl-info --infile list.pem
	must_pass tool --verify-crl --infile list.pem \
		--load-ca-certificate root.pem
	must_say 'Verification output: Verified.'
	must_pass chain list.pem
	must_say 'Chain verification output: Verified.'
	run chain kill.pem
	[ "$STATUS" -ne 0 ] || complain "a revoked leaf passes" chain
	must_say 'revoked'
	cd .. || fail "no way back"
done
