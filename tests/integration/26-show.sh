#!/bin/sh
# A list is shown as a person reads it, with names where a state is given; and
# one that no root of the state signed is not shown for one of its own.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/short.sh"
. "$ROOT/tests/integration/sealed.sh"
"$ANCHORITE" words plan.ini | tail -n +2 >paper/plan.words
must_pass hold
show() {
	"$ANCHORITE" revocation show "$@"
}
must_pass show state-a/lists/000001.crl
must_say "number       4294967297 (ceremony 1, list 1)"
must_say "is           valid, if its signature is"
must_say "entries      0"
must_pass show state-a/lists/000001.crl --state state-a
must_say "root g1"
must_say "lists/000001.crl"
must_pass "$ANCHORITE" revocation release all --state state-a --with night.key --to all
must_pass show all/g1.crl --state state-a
must_say "sealed/000004.p7m"
must_say " gateway-release: key-compromise, "
must_say " sensor: key-compromise, "
# what openssl sees in it
openssl crl -inform DER -in all/g1.crl -noout -text | sed -n 's/ *Serial Number: //p' |
	tr A-F a-f >serials
[ "$(wc -l <serials)" -eq 2 ] || fail "not two serial numbers"
while read -r serial; do
	must_say "$serial "
done <serials
must_pass show all/g1.crl.pem --json
[ "$(grep -c '": key-compromise, \|: key-compromise, ' "$OUT")" -eq 2 ] || fail "not two entries in JSON"
openssl ecparam -name secp384r1 -genkey -noout -out other.key
openssl req -x509 -new -key other.key -subj "/O=TEST example/CN=TEST-example-firmware-root-g1" \
	-days 3 -out other.crt
: >index
echo 01 >number
printf '[ca]\ndefault_ca=c\n[c]\ndatabase=index\ncrlnumber=number\ndefault_md=sha384\ndefault_crl_days=9\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n' >ca.cnf
must_pass openssl ca -config ca.cnf -gencrl -keyfile other.key -cert other.crt -out other.crl
must_pass show other.crl
must_say "(ceremony 0, list 1)"
must_refuse 1 "other.crl: no root of this state signed it" show other.crl --state state-a
must_refuse 1 "state-a/roots/000001.crt" show state-a/roots/000001.crt
printf x >>all/g1.crl
must_refuse 1 "all/g1.crl" show all/g1.crl
