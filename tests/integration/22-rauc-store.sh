#!/bin/sh
# Goal: the keyring that a verifier's store exports works in stock RAUC; and
# what the exporter refuses to write would have bricked the device.
# Needs rauc, mksquashfs and openssl; else it is skipped.
# shellcheck source=tests/integration/lib.sh
. "$ROOT/tests/integration/lib.sh"

for tool in rauc mksquashfs openssl; do
	command -v "$tool" >/dev/null || skip "no $tool here"
done

must_pass "$ANCHORITE" rehearse --dir ceremony
state=ceremony/state
root=$state/roots/000003.crt
cp $state/issued/*.crt op.crt
mkdir given content list
"$HELPER/bundles" rehearsal $root given
cp $state/lists/000001.crl list/1.crl
echo "firmware 4.0" >content/rootfs.img
printf '[update]\ncompatible=Example\nversion=4.0\n\n' >content/manifest.raucm
printf '[image.rootfs]\nfilename=rootfs.img\n' >>content/manifest.raucm
must_pass rauc bundle --cert=op.crt --key=ceremony/team/gateway.key \
	content good.raucb

# device KEYRING: the system.conf of a device that trusts this file.
device() {
	printf '[system]\ncompatible=Example\nbootloader=noop\n' >system.conf
	printf '[keyring]\npath=%s\ncheck-crl=true\ncheck-purpose=codesign\n' \
		"$WORK/$1" >>system.conf
}
export_rauc() {
	"$ANCHORITE" trust export --for rauc --store "$1" --to "$2" --rehearsal
}

must_pass "$ANCHORITE" trust init $state/bundles/000001.der \
	$state/bundles/000001.g1.p7s --words ceremony/paper/bundle.words \
	--store store --rehearsal
cp -a store none
must_pass "$ANCHORITE" trust apply list --store store
must_pass export_rauc store keyring.pem
device keyring.pem
must_pass rauc -c system.conf info good.raucb

# bricked REFUSAL OF-RAUC STORE LIST...: the exporter refuses, and rightly so.
bricked() {
	refusal=$1
	words=$2
	store=$3
	shift 3
	must_refuse 1 "FORMATS 9.47: $refusal" export_rauc "$store" no.pem
	[ ! -e no.pem ] || fail 'a refused export left a file'
	cat $root "$@" >brick.pem
	device brick.pem
	run rauc -c system.conf info good.raucb
	[ "$STATUS" -ne 0 ] || complain 'rauc takes it after all' rauc info
	grep -qi -- "$words" "$OUT" "$ERR" ||
		complain "rauc refuses for another reason than: $words" rauc
}

# A bundle is no keyring.
device given/first/1-1.der
run rauc -c system.conf info good.raucb
[ "$STATUS" -ne 0 ] || fail 'rauc takes a trust bundle for a keyring'

bricked 'there is no list' 'certificate CRL' none
for case in early late; do
	cp -a store $case
	must_pass "$ANCHORITE" trust apply given/$case --store $case
	for list in given/$case/*.crl; do
		openssl crl -inform DER -in "$list" -out $case.pem
	done
done
bricked 'the list of root' 'CRL is not yet valid' early early.pem
bricked 'the list of root' 'CRL has expired' late late.pem
