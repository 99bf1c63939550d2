#!/bin/sh
# Goal: stock RAUC takes a bundle signed by the delegated key under root and
# list, and refuses it without the list, without the purpose, or under another
# root.  No code of ours runs on the device.
# Needs rauc, mksquashfs and openssl; else it is skipped.
# shellcheck source=tests/integration/lib.sh
. "$ROOT/tests/integration/lib.sh"

for tool in rauc mksquashfs openssl; do
	command -v "$tool" >/dev/null || skip "no $tool here"
done

must_pass "$ANCHORITE" rehearse --dir ceremony
state=ceremony/state
op=$(ls $state/issued/*.crt)
cp "$op" op.crt

# What the signing team does with what it got.
mkdir content
echo "firmware 4.0" >content/rootfs.img
cat >content/manifest.raucm <<'EOF'
[update]
compatible=Example
version=4.0

[image.rootfs]
filename=rootfs.img
EOF
must_pass rauc bundle --cert=op.crt --key=ceremony/team/gateway.key \
	content good.raucb

# device KEYRING PURPOSE: the system.conf of a device that trusts this file.
device() {
	printf '[system]\ncompatible=Example\nbootloader=noop\n' >system.conf
	printf '[keyring]\npath=%s\ncheck-crl=true\ncheck-purpose=%s\n' \
		"$WORK/$1" "$2" >>system.conf
}

# refused_by_rauc FRAGMENT: the bundle, on the device as it is.
refused_by_rauc() {
	run rauc -c system.conf info good.raucb
	[ "$STATUS" -ne 0 ] || complain "rauc should have refused" rauc info
	grep -qi -- "$1" "$OUT" "$ERR" ||
		complain "rauc refuses for another reason than: $1" rauc info
}

cat $state/roots/000003.crt $state/lists/000001.crl >keyring.pem
device keyring.pem codesign
must_pass rauc -c system.conf info good.raucb

# the purpose RAUC takes when none is set: a code-signing key is no mail key
device keyring.pem smimesign
refused_by_rauc 'certificate purpose'

cp $state/roots/000003.crt no-list.pem
device no-list.pem codesign
refused_by_rauc 'certificate CRL'

# another root, made here, of the same name of nobody
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes \
	-keyout other.key -out other.pem -days 5 -subj /O=other/CN=other \
	2>other.log
device other.pem codesign
refused_by_rauc 'unable to get local issuer'
