#!/bin/sh
# What openssl says of certificates, lists and signatures of ours.
. "$ROOT/tests/integration/lib.sh"

at=1805000000 # 2027-03-14, when all of it is valid

verify() {
	openssl verify -x509_strict -crl_check -crl_check_all -purpose any \
		-attime "$at" -CAfile root.pem "$@" leaf.pem
}
cms() {
	openssl cms -verify -binary -inform DER -in content.p7s \
		-content "$1" -certfile root.pem -CAfile root.pem \
		-purpose any -attime "$at" -out /dev/null
}

# judge FOLDER: all that openssl has to say of it.
judge() {
	cd "$1" || fail "no folder $1"
	must_pass verify -CRLfile list.pem
	must_say 'leaf.pem: OK'
	run verify -CRLfile kill.pem
	[ "$STATUS" -ne 0 ] || complain "a revoked leaf passes" verify
	grep -q 'certificate revoked' "$OUT" "$ERR" ||
		complain "it is refused for another reason" verify
	run verify
	[ "$STATUS" -ne 0 ] || complain "no list is no obstacle" verify

	must_pass cms content
	echo other >other
	run cms other
	[ "$STATUS" -ne 0 ] || complain "other content passes" cms

	# one way of writing names: the default is another from OpenSSL 3.2 on
	must_pass openssl x509 -in leaf.pem -noout -text -nameopt RFC2253
	must_say 'Subject: CN=fw.gateway.release.2027Q1,OU=gateway,O=Example Works'
	must_say 'X509v3 Basic Constraints: critical'
	must_say 'X509v3 Key Usage: critical'
	must_say 'X509v3 Extended Key Usage: critical'
	must_pass openssl crl -in list.pem -noout -text
	must_say 'Key Compromise'
	must_say 'Invalidity Date'
	must_pass openssl asn1parse -in root.pem
	cd .. || fail "no way back"
}

seen=0
for alg in ecdsa-p256 ecdsa-p384 ed25519 ml-dsa-65 slh-dsa-sha2-128s; do
	run "$HELPER/pkix" known "$alg"
	if [ "$STATUS" -ne 0 ]; then
		grep -q 'roots need OpenSSL 3.5 or newer; this is' "$ERR" ||
			complain "it does not say what is missing" known
		continue
	fi
	mkdir "$alg" "$alg.again"
	must_pass "$HELPER/pkix" "$alg" "$alg"
	must_pass "$HELPER/pkix" "$alg" "$alg.again"
	must_pass diff -r "$alg" "$alg.again"

	judge "$alg"
	seen=$((seen + 1))
done
[ "$seen" -ge 2 ] || fail "no algorithm could be tried"

# A machine's openssl.cnf has no say: with this one openssl has no SHA-2.
printf '%s\n' 'openssl_conf = all' '[all]' 'providers = some' '[some]' \
	'base = only' '[only]' 'activate = 1' >bad.cnf
! OPENSSL_CONF=$PWD/bad.cnf openssl dgst -sha384 bad.cnf 2>/dev/null ||
	fail "openssl does not mind its settings"
OPENSSL_CONF=$PWD/bad.cnf "$ANCHORITE" words bad.cnf >words
[ "$(head -n 1 words)" = "$(sha384sum bad.cnf | cut -d' ' -f1)" ]
