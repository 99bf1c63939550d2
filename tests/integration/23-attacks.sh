#!/bin/sh
# Attacks on revocation that work against plain openssl, and fail against us:
# each first does what it is to do there.  docs/THREATS.md names them.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/short.sh"
. "$ROOT/tests/integration/sealed.sh"
. "$ROOT/tests/integration/attacks.sh"

# keyring LIST...: what a stock client is given.
keyring() {
	cat "$@" >keyring.pem
}
# stock_takes CERT, stock_refuses CERT: with that keyring.
stock_takes() {
	must_pass check keyring.pem "$1"
}
stock_refuses() {
	run check keyring.pem "$1"
	[ "$STATUS" -ne 0 ] || fail "openssl takes $1"
	grep -q "certificate revoked" "$OUT" "$ERR" ||
		complain "openssl refuses for another reason" check
}

echo "L1: a later regular list that does not name the key"
make_list later.pem 0200000001 '-10 minutes' '+20 days'
keyring gateway-release.pem
stock_refuses "$gateway"
keyring gateway-release.pem later.pem
stock_takes "$gateway"
device gateway-release.pem later.pem
ours_refuses "$gateway" "RULES L5: certificate revoked"
no_export "RULES L5: list"
# not even the other way round, which is how a thief would send them
device later.pem gateway-release.pem
ours_refuses "$gateway" "RULES L5: certificate revoked"

echo "L3: a second sealed list, of another key"
keyring gateway-release.pem sensor.pem
stock_takes "$gateway"
stock_refuses "$sensor"
device gateway-release.pem sensor.pem
ours_refuses "$gateway" "RULES L5: certificate revoked"
ours_refuses "$sensor" "RULES L5: certificate revoked"
no_export "RULES L5: list"

echo "L5: the highest number, and an earlier date"
make_list highest.pem 0900000001 '-3 hours' '+20 days' "$gateway"
keyring highest.pem
stock_refuses "$gateway"
keyring highest.pem $regular
stock_takes "$gateway"
device highest.pem $regular
ours_refuses "$gateway" "RULES L5: certificate revoked"
must_refuse 1 "certificate revoked, says list 38654705665" "$ANCHORITE" \
	delegation verify "$gateway" --ca $ca --crl highest.pem --rehearsal

echo "4.4, L2: a list inside the message"
echo "firmware 4.0" >firmware
# signed_by CERT KEY: the message, in DER.
signed_by() {
	must_pass openssl cms -sign -binary -nosmimecap -in firmware \
		-signer "$1" -inkey "$2" -outform DER -out message.p7s
}
stock_message() {
	openssl cms -verify -binary -inform DER -in "$1" -content firmware \
		-CAfile trusted.pem -crl_check -purpose any -out out
}
# smuggled LIST: without it the message is refused; with it it is taken.
smuggled() {
	run stock_message message.p7s
	[ "$STATUS" -ne 0 ] || fail "openssl takes the message as it is"
	grep -q "certificate revoked" "$ERR" || complain "for another reason" cms
	"$HELPER/attacks" smuggle message.p7s "$1" smuggled.p7s
	must_pass stock_message smuggled.p7s
}
# the regular list from before the key was stopped, still valid
cat $ca gateway-release.pem >trusted.pem
signed_by "$gateway" team.key
smuggled $regular
device gateway-release.pem $regular
ours_refuses "$gateway" "RULES L5: certificate revoked"
# the sealed list of one key un-revokes the other: it must not outlive that
make_list both.pem 0200000002 '-10 minutes' '+20 days' "$gateway" "$sensor"
cat $ca both.pem >trusted.pem
signed_by "$sensor" sensor.key
smuggled gateway-release.pem
device both.pem gateway-release.pem
ours_refuses "$sensor" "RULES L5: certificate revoked"
ends() {
	openssl crl -in "$1" -noout -nextupdate
}
[ "$(ends gateway-release.pem)" = "$(ends $regular)" ] ||
	fail "a sealed list outlives the last regular one of its ceremony"

echo "a delta taken for a whole list"
make_list whole.pem 0200000003 '-20 minutes' '+20 days' "$gateway"
DELTA='2.5.29.27 = critical,DER:02050200000003'
make_list delta.pem 0200000004 '-10 minutes' '+20 days'
unset DELTA
keyring whole.pem delta.pem
# 3.0.19 and 3.5.7 do, 3.0.22 does not
run check keyring.pem "$gateway"
[ "$STATUS" -ne 0 ] || echo "$(openssl version) takes what was revoked"
[ "$STATUS" -eq 0 ] || stock_refuses "$gateway"
device whole.pem
mkdir deltas
cp delta.pem deltas/1.crl
remember_files device
must_refuse 1 "FORMATS 9.45: the list of" "$ANCHORITE" trust apply deltas \
	--store device
no_new_files device
ours_refuses "$gateway" "RULES L5: certificate revoked"
must_refuse 1 "X509v3 Delta CRL Indicator" "$ANCHORITE" delegation verify \
	"$sensor" --ca $ca --crl delta.pem --rehearsal

echo "L7: a Product CA that issues for another product"
product_ca
keyring $regular product.pem
openssl_path() {
	openssl verify -x509_strict -crl_check_all -purpose any \
		-CAfile $ca -untrusted product.crt -CRLfile keyring.pem "$@"
}
must_pass openssl_path sold.crt
[ "$(openssl x509 -in sold.crt -noout -subject -nameopt multiline |
	sed -n 's/^ *commonName *= //p')" = fw.sensor.release.2027Q1 ] ||
	fail "a client that picks signers by name would not take it"
device $regular
ours_refuses sold.crt "FORMATS 8.41: sold.crt: no anchor issued it"
must_refuse 1 "FORMATS 8.1" "$ANCHORITE" delegation verify sold.crt \
	--ca product.crt --crl product.pem --rehearsal
must_pass "$ANCHORITE" explain product.crt
must_say "clients that pick signers by that name do not notice"

echo "B3, B5: one signature of a bundle that needs more, and one with a list"
mkdir b
"$HELPER/bundles" b
stock_bundle() {
	openssl cms -verify -binary -inform DER -in "$1" -content "$2" \
		-certfile "$3" -CAfile "$3" -purpose any -out /dev/null
}
"$ANCHORITE" words b/first/1-1.der | sed 1d >device.words
must_pass "$ANCHORITE" trust init b/first/1-1.der b/first/1-1.0.p7s \
	--words device.words --store walker --rehearsal --at 2027-03-14
# a thief of the present root roots his own
must_pass stock_bundle b/present/2-1.0.p7s b/present/2-1.der b/0.crt
must_refuse 1 "FORMATS 9.23: 1 anchors and 0 committed" "$ANCHORITE" trust \
	apply b/present --store walker --at 2027-03-14
must_pass stock_bundle b/chain/1-2.0.p7s b/chain/1-2.der b/0.crt
"$HELPER/attacks" smuggle b/chain/1-2.0.p7s $regular listed.p7s
must_pass stock_bundle listed.p7s b/chain/1-2.der b/0.crt
must_refuse 1 "FORMATS 9.22: 0 of its anchors" "$ANCHORITE" trust apply \
	b/chain/1-2.der listed.p7s --store walker --at 2027-03-14
# his renewal is older than the one here, and signed as well
must_pass "$ANCHORITE" trust apply b/chain/1-2.der b/chain/1-2.0.p7s \
	--store walker --at 2027-03-14
must_pass stock_bundle b/fork/1-2.0.p7s b/fork/1-2.der b/0.crt
must_refuse 1 "FORMATS 9.20: it is another bundle 2" "$ANCHORITE" trust apply \
	b/fork --store walker --at 2027-03-14
