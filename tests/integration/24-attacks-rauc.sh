#!/bin/sh
# Attacks on revocation that work against stock RAUC, and fail against us; one
# that RAUC withstands, and a setting with which a good list bricks it.
# Needs rauc, mksquashfs and openssl; else it is skipped.
# shellcheck source=tests/integration/lib.sh
. "$ROOT/tests/integration/lib.sh"

for tool in rauc mksquashfs openssl; do
	command -v "$tool" >/dev/null || skip "no $tool here"
done
. "$ROOT/tests/integration/short.sh"
. "$ROOT/tests/integration/sealed.sh"
. "$ROOT/tests/integration/attacks.sh"

mkdir content
echo "firmware 4.0" >content/rootfs.img
# bundle CERT KEY FILE [OPTION...]
bundle() {
	cert=$1 key=$2 file=$3
	shift 3
	printf '[update]\ncompatible=Example\nversion=4.0\n\n' \
		>content/manifest.raucm
	printf '[image.rootfs]\nfilename=rootfs.img\n' \
		>>content/manifest.raucm
	must_pass rauc bundle --cert="$cert" --key="$key" "$@" content "$file"
}
# keyring FILE...: what the device trusts.
keyring() {
	cat $ca "$@" >keyring.pem
	printf '[system]\ncompatible=Example\nbootloader=noop\n' >system.conf
	printf '[keyring]\npath=%s\ncheck-crl=true\ncheck-purpose=codesign\n' \
		"$PWD/keyring.pem" >>system.conf
}
rauc_takes() {
	must_pass rauc -c system.conf info "$1"
}
# rauc_refuses FILE WORDS
rauc_refuses() {
	run rauc -c system.conf info "$1"
	[ "$STATUS" -ne 0 ] || complain "rauc takes it" rauc info "$1"
	grep -qi -- "$2" "$OUT" "$ERR" ||
		complain "rauc refuses for another reason" rauc info "$1"
}
bundle "$gateway" team.key good.raucb
keyring $regular
rauc_takes good.raucb

echo "L1: a later regular list that does not name the key"
make_list later.pem 0200000001 '-10 minutes' '+20 days'
keyring gateway-release.pem
rauc_refuses good.raucb 'certificate revoked'
keyring gateway-release.pem later.pem
rauc_takes good.raucb
device gateway-release.pem later.pem
ours_refuses "$gateway" "RULES L5: certificate revoked"
no_export "RULES L5: list"

echo "L3: a second sealed list, of another key"
keyring gateway-release.pem sensor.pem
rauc_takes good.raucb
device gateway-release.pem sensor.pem
ours_refuses "$gateway" "RULES L5: certificate revoked"
no_export "RULES L5: list"

echo "L5: the highest number, and an earlier date"
make_list highest.pem 0900000001 '-3 hours' '+20 days' "$gateway"
keyring highest.pem
rauc_refuses good.raucb 'certificate revoked'
keyring highest.pem $regular
rauc_takes good.raucb
device highest.pem $regular
ours_refuses "$gateway" "RULES L5: certificate revoked"
# what the exporter writes for that device has one list, and stops the key
must_pass "$ANCHORITE" trust export --for rauc --store device \
	--to exported.pem --rehearsal
sed 's,/keyring.pem,/exported.pem,' system.conf >exported.conf
run rauc -c exported.conf info good.raucb
[ "$STATUS" -ne 0 ] || fail "rauc takes a stopped key under our export"
grep -qi 'certificate revoked' "$OUT" "$ERR" || complain "why" rauc

echo "4.4: a list inside the bundle's signature, which RAUC withstands"
size=$(wc -c <good.raucb)
signature=$((0x$(tail -c 8 good.raucb | od -An -tx1 | tr -d ' \n')))
head -c $((size - 8 - signature)) good.raucb >smuggled.raucb
tail -c $((signature + 8)) good.raucb | head -c $signature >signature.p7s
"$HELPER/attacks" smuggle signature.p7s $regular listed.p7s
cat listed.p7s >>smuggled.raucb
# 8 bytes, the greatest first
for byte in $(printf %016x "$(wc -c <listed.p7s)" | sed 's/../& /g'); do
	# shellcheck disable=SC2059
	printf "\\$(printf %03o 0x"$byte")"
done >>smuggled.raucb
keyring $regular
rauc_takes smuggled.raucb
keyring gateway-release.pem
rauc_refuses smuggled.raucb 'certificate revoked'

echo "L7: a Product CA that issues for another product"
product_ca
bundle sold.crt sold.key sold.raucb --intermediate=product.crt
keyring $regular product.pem
rauc_takes sold.raucb
must_say 'CN = fw.sensor.release.2027Q1'
device $regular
ours_refuses sold.crt "FORMATS 8.41: sold.crt: no anchor issued it"

echo "4.4: use-bundle-signing-time, and a list that is newer than the bundle"
sleep 1
make_list newer.pem 0200000009 now '+20 days'
keyring newer.pem
rauc_takes good.raucb
echo 'use-bundle-signing-time=true' >>system.conf
rauc_refuses good.raucb 'CRL is not yet valid'
must_pass "$ANCHORITE" explain newer.pem
must_say "RAUC, check-crl=true, use-bundle-signing-time=true: a list that is newer"
