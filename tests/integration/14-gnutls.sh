#!/bin/sh
# A second implementation reads what we write.
. "$ROOT/tests/integration/lib.sh"

command -v certtool >/dev/null || skip "there is no certtool"

for alg in ecdsa-p256 ecdsa-p384; do
	mkdir "$alg"
	must_pass "$HELPER/pkix" "$alg" "$alg"
	cd "$alg" || fail "no folder $alg"
	must_pass certtool --certificate-info --infile leaf.pem
	must_say 'Code signing'
	must_pass certtool --crl-info --infile list.pem
	must_pass certtool --verify-crl --infile list.pem \
		--load-ca-certificate root.pem \
		--attime='2027-03-14 00:00:00 UTC'
	must_pass certtool --verify --infile leaf.pem \
		--load-ca-certificate root.pem --load-crl list.pem \
		--attime='2027-03-14 00:00:00 UTC'
	must_say 'Chain verification output: Verified.'
	cd .. || fail "no way back"
done
