#!/bin/sh
# Requests by openssl: what it verifies is read, what it does not is refused.
. "$ROOT/tests/integration/lib.sh"

request() {
	"$HELPER/pkix" request "$1"
}
# agree FILE: openssl and we are of one opinion.
agree() {
	run openssl req -in "$1" -noout -verify
	theirs=$STATUS
	! grep -qi 'verif.*fail' "$ERR" || theirs=1
	run request "$1"
	[ $((theirs != 0)) -eq $((STATUS != 0)) ] ||
		complain "openssl says $theirs of $1" request
}

new() {
	name=$1
	shift
	openssl req -new -nodes -keyout key.pem -subj "/O=x/CN=$name" \
		-out "$name" "$@"
}
must_pass new p256.csr -newkey ec -pkeyopt ec_paramgen_curve:P-256
must_pass new p384.csr -newkey ec -pkeyopt ec_paramgen_curve:P-384
must_pass new rsa.csr -newkey rsa:3072 -sha256
must_pass openssl genpkey -algorithm ed25519 -out ed.pem
must_pass openssl req -new -key ed.pem -subj /CN=ed -out ed.csr
for name in p256 p384 rsa ed; do
	must_pass request "$name.csr"
	agree "$name.csr"
	must_pass openssl req -in "$name.csr" -outform DER -out "$name.der"
	must_pass request "$name.der"
	must_pass openssl req -in "$name.csr" -text -out "$name.txt"
	must_pass request "$name.txt"
done
must_pass request p384.csr
must_say 'ecdsa-p384 signed by ecdsa-p256: O=x, CN=p384.csr'

# One that is signed with another key: a flipped last byte of its signature.
cp p256.der bad.der
size=$(wc -c <bad.der)
last=$(tail -c 1 bad.der | od -An -tu1 | tr -d ' ')
# shellcheck disable=SC2059
printf "\\$(printf '%03o' $((last ^ 1)))" |
	dd of=bad.der bs=1 seek=$((size - 1)) conv=notrunc 2>/dev/null
must_pass openssl req -inform DER -in bad.der -out bad.csr
agree bad.csr
must_refuse 1 'FORMATS 6.10' request bad.der

# What openssl passes and we do not.
must_pass new explicit.csr -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
	-pkeyopt ec_param_enc:explicit
must_refuse 1 'FORMATS 6.5: its curve is not named' request explicit.csr
must_pass new p224.csr -newkey ec -pkeyopt ec_paramgen_curve:P-224
must_refuse 1 'FORMATS 6.5: its curve is none of' request p224.csr
must_pass new sha1.csr -newkey rsa:2048 -sha1
must_refuse 1 'weaker than SHA-256' request sha1.csr
cat p256.csr p384.csr >two.csr
must_refuse 1 'FORMATS 6.2: not exactly one PEM block' request two.csr
(cat p256.der && printf x) >tail.der
must_refuse 1 'FORMATS 6.3' request tail.der
