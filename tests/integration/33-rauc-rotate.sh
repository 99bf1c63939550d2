#!/bin/sh
# Goal: a root is replaced under stock RAUC and OpenSSL.  A device with the old
# keyring takes what the new root delegates, by the certificate that the old one
# gave it, once it has the new root's list; a device with the new keyring takes
# nothing of a thief of the old root (RULES B11), unless somebody vouched for
# that root: plain tools then do.  What our exporter refuses would have bricked.
# Needs rauc, mksquashfs and openssl; else it is skipped.
# shellcheck source=tests/integration/lib.sh
. "$ROOT/tests/integration/lib.sh"

for tool in rauc mksquashfs openssl; do
	command -v "$tool" >/dev/null || skip "no $tool here"
done

for who in op1 op2 thief; do
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
		-out $who.key 2>openssl.log || fail "no key for $who"
	openssl pkey -in $who.key -pubout -outform DER -out $who.spki
done
"$HELPER/rotation" . || fail 'no roots'

mkdir content
echo "firmware 4.0" >content/rootfs.img
# signed WHO [CROSS]: WHO.raucb, a bundle that brings the certificate CROSS.
signed() {
	printf '[update]\ncompatible=Example\nversion=4.0\n\n' \
		>content/manifest.raucm
	printf '[image.rootfs]\nfilename=rootfs.img\n' \
		>>content/manifest.raucm
	must_pass rauc bundle --cert="$1.crt" --key="$1.key" \
		${2:+--intermediate="$2"} content "$1${2:+-with}.raucb"
}
signed op1
signed op2
signed op2 new-with-old.crt
signed thief
signed thief old-with-new.crt
signed op1 old-with-new.crt

# device FILE...: its keyring is these; check-crl is $CHECK.
CHECK=true
device() {
	cat "$@" >keyring.pem
	printf '[system]\ncompatible=Example\nbootloader=noop\n' >system.conf
	printf '[keyring]\npath=%s\ncheck-crl=%s\ncheck-purpose=codesign\n' \
		"$WORK/keyring.pem" $CHECK >>system.conf
}
takes() {
	must_pass rauc -c system.conf info "$1"
}
# refuses WORDS BUNDLE: for that reason.
refuses() {
	run rauc -c system.conf info "$2"
	[ "$STATUS" -ne 0 ] || complain 'rauc takes it' rauc info "$2"
	grep -qi -- "$1" "$OUT" "$ERR" ||
		complain "rauc refuses for another reason than: $1" rauc
}

# --- a device that still has the old keyring ---
device g1.crt g1.pem
takes op1.raucb
refuses 'unable to get local issuer' op2.raucb
refuses 'certificate CRL' op2-with.raucb
device g1.crt g1.pem g2.pem
takes op2-with.raucb
takes op1.raucb
refuses 'unable to get local issuer' op2.raucb

# --- its keyring, from the verifier's store: before and after ---
export_rauc() {
	"$ANCHORITE" trust export --for rauc --store "$1" --to "$2" --rehearsal
}
"$ANCHORITE" words 1/1.der | sed 1d >words
must_pass "$ANCHORITE" trust init 1/1.der 1/1.g1.p7s --words words \
	--store store --rehearsal
must_pass "$ANCHORITE" trust apply 2 --store store
must_say 'era 2, number 1'

# bricked STORE REFUSAL OF-RAUC LIST...: the exporter refuses; a keyring of the
# new root with these lists takes no bundle at all.
bricked() {
	store=$1
	refusal=$2
	words=$3
	shift 3
	must_refuse 1 "FORMATS 9.47: $refusal" export_rauc "$store" no.pem
	[ ! -e no.pem ] || fail 'a refused export left a file'
	device g2.crt "$@"
	refuses "$words" op2.raucb
	refuses "$words" op2-with.raucb
}
bricked store 'there is no list of root' 'certificate CRL'
# the old root's list is none of the new one's
bricked store 'there is no list of root' 'certificate CRL' g1.pem
for case in early late; do
	cp -a store $case.store
	must_pass "$ANCHORITE" trust apply $case --store $case.store
	openssl crl -inform DER -in $case/2.crl -out $case.pem
done
bricked early.store 'the list of root' 'CRL is not yet valid' early.pem
bricked late.store 'the list of root' 'CRL has expired' late.pem

must_pass "$ANCHORITE" trust apply list --store store
must_pass export_rauc store new.pem
device new.pem
takes op2.raucb
takes op2-with.raucb
# the old root is gone from it: what it delegated, and what a thief has
refuses 'unable to get local issuer' op1.raucb
refuses 'unable to get local issuer' thief.raucb

# --- RULES B11: the thief of the old root, where the new one vouched for it ---
# With lists asked for, the old root's must be there: who brings it is blessed.
refuses 'certificate CRL' thief-with.raucb
device new.pem g1.pem
takes op1-with.raucb
takes thief-with.raucb
CHECK=false
device new.pem
takes thief-with.raucb
must_pass openssl verify -purpose any -CAfile g2.crt \
	-untrusted old-with-new.crt thief.crt
cat g2.pem g1.pem >both.pem
must_pass openssl verify -purpose any -crl_check_all -CAfile g2.crt \
	-CRLfile both.pem -untrusted old-with-new.crt thief.crt

# Where there is no such certificate, as rotate leaves none for compromise:
run openssl verify -purpose any -CAfile g2.crt -untrusted g1.crt thief.crt
[ "$STATUS" -ne 0 ] || fail 'openssl takes the thief without a certificate'
CHECK=true
device new.pem g1.pem
refuses 'unable to get local issuer' thief.raucb

# Where there is one, and it is on the new root's list: no longer.
device g2.crt bless.pem g1.pem
refuses 'certificate revoked' thief-with.raucb
takes op2.raucb
cat bless.pem g1.pem >both.pem
run openssl verify -purpose any -crl_check_all -CAfile g2.crt \
	-CRLfile both.pem -untrusted old-with-new.crt thief.crt
[ "$STATUS" -ne 0 ] || fail 'openssl takes what is revoked'
grep -q 'certificate revoked' "$OUT" "$ERR" || fail 'for another reason'
must_pass "$ANCHORITE" trust apply bless --store store
must_pass export_rauc store blessed.pem
cat g2.crt bless.pem | cmp - blessed.pem

# Our own verifier asks the root itself, and takes nobody's word for it.
must_refuse 1 'thief.crt' "$ANCHORITE" delegation verify thief.crt \
	--ca g2.crt --crl g2.pem --rehearsal
must_pass "$ANCHORITE" delegation verify op2.crt --ca g2.crt --crl g2.pem \
	--rehearsal
