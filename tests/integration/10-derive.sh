#!/bin/sh
# Goal: a root's key outlives this program.  Every figure of the derivation is
# computed again by openssl and bc alone, from the seed to the public key, and,
# where the helper is built, by ourselves.
set -eu

: "${HELPER:?the folder of the test programs}"
vectors=${ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/vectors

fail() {
	echo "$1"
	exit 1
}

command -v bc >/dev/null || { echo "skipped: no bc"; exit 77; }
command -v perl >/dev/null || { echo "skipped: no perl"; exit 77; }

# Hex digits to bytes.
unhex() {
	perl -ne 's/\s//g; print pack("H*", $_)'
}

# hkdf SEED ALG PURPOSE COUNTER LENGTH
hkdf() {
	openssl kdf -keylen "$5" -kdfopt digest:SHA512 -kdfopt "hexkey:$1" \
	    -kdfopt "salt:anchorite root seed v1" \
	    -kdfopt "info:anchorite/v1/$2/$3/$4" HKDF | tr -d ':\n' |
	    tr 'A-F' 'a-f'
}

# scalar OKM ORDER DIGITS: FIPS 186-5 A.2.1; bc prints no leading zeros
scalar() {
	k=$(echo "obase=16;ibase=16;($(echo "$1" | tr a-f A-F)%($2-1))+1" |
	    BC_LINE_LENGTH=0 bc | tr 'A-F' 'a-f')
	while [ ${#k} -lt "$3" ]; do
		k=0$k
	done
	echo "$k"
}

# The last bytes of the public key that openssl makes of a private one.
public() {
	unhex | openssl pkey -inform DER -pubout -outform DER |
	    tail -c "$1" | od -An -v -tx1 | tr -d ' \n'
}

check() {
	case $alg in
	ecdsa-p256)
		order=FFFFFFFF00000000FFFFFFFFFFFFFFFF
		order=${order}BCE6FAADA7179E84F3B9CAC2FC632551
		k=$(scalar "$okm" $order 64)
		# SEC 1 key, version 1, the scalar, prime256v1
		p=$(echo "30310201010420${k}a00a06082a8648ce3d030107" |
		    public 64)
		;;
	ecdsa-p384)
		order=FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF
		order=${order}C7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973
		k=$(scalar "$okm" $order 96)
		# the same with secp384r1
		p=$(echo "303e0201010430${k}a00706052b81040022" | public 96)
		;;
	ed25519)
		k=$okm
		# PKCS#8 of RFC 8410
		p=$(echo "302e020100300506032b657004220420$k" | public 32)
		;;
	*)
		k=$okm
		p=
		;;
	esac
	got=$(hkdf "$seed" "$alg" "$purpose" "$counter" $((${#okm} / 2)))
	[ "$got" = "$okm" ] || fail "$alg: openssl kdf says $got"
	[ "$k" = "$key" ] || fail "$alg: bc says $k"
	[ "$p" = "$public" ] || fail "$alg: openssl pkey says $p"
	count=$((count + 1))
	if [ -n "$public" ] && [ -x "$HELPER/derive" ]; then
		ours
	fi
}

# The program's own answer; an algorithm that the linked OpenSSL cannot sign
# with is refused as such.
ours() {
	if got=$("$HELPER/derive" --seed "$seed" --alg "$alg" \
	    --purpose "$purpose" --counter "$counter" 2>why); then
		[ "$got" = "$public" ] || fail "$alg: we say $got"
		own=$((own + 1))
	elif ! grep -q "OpenSSL" why; then
		fail "$alg: $(cat why)"
	fi
}

count=0
own=0
seed=
public=
while IFS=': ' read -r name value; do
	case $name in
	\#* | '') ;;
	seed)
		[ -z "$seed" ] || check
		seed=$value
		public=
		;;
	alg) alg=$value ;;
	purpose) purpose=$value ;;
	counter) counter=$value ;;
	okm) okm=$value ;;
	key) key=$value ;;
	public) public=$value ;;
	*) fail "$name: not a key of derivation.txt" ;;
	esac
done <"$vectors/derivation.txt"
check
[ $count -eq 14 ] || fail "$count figures, not 14"
if [ -x "$HELPER/derive" ] && [ $own -eq 0 ]; then
	fail "no key of ours was compared"
fi
echo "$count figures by openssl and bc, $own of them by us"
