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

# --- attacks on the program itself, at the desk and in the plan ---

show() {
	"$ANCHORITE" delegation show "$1"
}
# What a plan names is the file, and that digest is the first; PEM and DER of one
# request have the other in common.
must_pass show p256.der
openssl req -inform DER -in p256.der -out p256-again.csr
digest() {
	sha384sum "$1" | cut -d' ' -f1
}
for file in p256.der p256-again.csr; do
	must_pass show $file
	must_say "file-sha384      $(digest $file)"
	must_say "der-sha384       $(digest p256.der)"
done

hex() {
	od -An -v -tx1 "$1" | tr -d ' \n'
}
# unhex HEX: the bytes.
unhex() {
	printf 'asn1=FORMAT:HEX,OCTETSTRING:%s\n' "$1" >unhex.cnf
	openssl asn1parse -genconf unhex.cnf -noout -out unhex.der
	tail -c $((${#1} / 2)) unhex.der
}

# What is malformed is refused as what it is, before anyone reads on.
must_pass openssl ecparam -name prime256v1 -genkey -noout -out ec.pem
must_pass openssl ec -in ec.pem -conv_form compressed -out short.pem
must_pass openssl req -new -key short.pem -subj /CN=x -out compressed.csr
must_pass openssl req -in compressed.csr -noout -verify
must_refuse 1 'FORMATS 6.5: its point is compressed' show compressed.csr
must_refuse 1 'FORMATS 6.5: its curve is not named' show explicit.csr
must_refuse 1 'FORMATS 6.5: its curve is none of' show p224.csr
must_refuse 1 'FORMATS 6.2: not exactly one PEM block' show two.csr
must_refuse 1 'FORMATS 6.3' show tail.der
must_refuse 1 'FORMATS 6.10: it is not signed with its own key' show bad.der
must_refuse 1 'weaker than SHA-256' show sha1.csr
must_pass new md5.csr -newkey rsa:3072 -md5
must_refuse 1 'weaker than SHA-256' show md5.csr
must_pass openssl genpkey -algorithm RSA-PSS -out pss.pem
must_pass openssl req -new -key pss.pem -subj /CN=pss -out pss.csr
must_refuse 1 'FORMATS 6.4: not a key algorithm' show pss.csr
(cat p256.csr && echo) | tr '\n' '\0' >nul.csr
must_refuse 1 'FORMATS 6.2' show nul.csr
(echo "who reads this" && cat p256.csr) >before.csr
must_refuse 1 'FORMATS 6.2: something stands before' show before.csr
must_pass openssl req -x509 -new -key ed.pem -subj /CN=x -out crt.pem
cat p256.csr crt.pem >both.csr
must_refuse 1 'PEM block' show both.csr
must_refuse 1 'FORMATS 6.2: its PEM block is no certificate request' \
	show ed.pem
must_pass new long.csr -newkey ec -pkeyopt ec_paramgen_curve:P-256 -addext \
	"nsComment=$(head -c 52000 /dev/zero | tr '\0' a)"
[ "$(wc -c <long.csr)" -gt 70000 ] || fail "long.csr should be longer"
must_refuse 1 'long.csr: larger than 65536 bytes' show long.csr

# --- requests that no tool makes, with signatures that hold ---

# der TAG HEX: one element.
der() {
	n=$((${#2} / 2))
	if [ $n -lt 128 ]; then
		printf '%s%02x%s' "$1" $n "$2"
	elif [ $n -lt 256 ]; then
		printf '%s81%02x%s' "$1" $n "$2"
	else
		printf '%s82%04x%s' "$1" $n "$2"
	fi
}
# forge FILE VERSION ATTRIBUTES: by ec.pem, whose subject is empty.
forge() {
	key=$(openssl pkey -in ec.pem -pubout -outform DER | hex /dev/stdin)
	tbs=$(der 30 "0201${2}3000$key$(der a0 "$3")")
	unhex "$tbs" >signed
	openssl dgst -sha256 -sign ec.pem -out sig signed
	unhex "$(der 30 "${tbs}300a06082a8648ce3d040302$(der 03 \
		"00$(hex sig)")")" >"$1"
	openssl pkey -in ec.pem -pubout -out ec.pub
	openssl dgst -sha256 -verify ec.pub -signature sig signed
}
# unstructuredName with those values
named() {
	der 30 "06092a864886f70d010902$(der 31 "$1")"
}
a=0c0161
b=0c0162
must_pass forge plain.der 00 ""
must_pass show plain.der
must_pass forge one.der 00 "$(named $a)"
must_pass show one.der
must_pass forge v2.der 01 ""
must_refuse 1 'FORMATS 6.1: not version 1' show v2.der
must_pass forge twice.der 00 "$(named $a)$(named $b)"
must_refuse 1 'FORMATS 6.1: an attribute is there twice' show twice.der
must_pass forge two.der 00 "$(named $a$b)"
must_refuse 1 'FORMATS 6.1: an attribute without exactly one value' \
	show two.der
must_pass forge unsorted.der 00 "$(named $b)$(named $a)"
must_refuse 1 'FORMATS 6.3' show unsorted.der
many=
for i in 1 2 3 4 5 6 7 8 9 a b c d e f 10 11; do
	many=$many$(der 30 "06022a$(printf %02x $((0x$i)))$(der 31 $a)")
done
must_pass forge many.der 00 "$many"
must_refuse 1 'FORMATS 6.1: more than 16 attributes' show many.der

# A key of low order: one signature is good for every message.
zeros=$(printf %062d 0)
unhex "$(der 30 "$(der 30 "0201003000302a300506032b657003210001${zeros}a000"
	)300506032b6570$(der 03 "0058$(printf %062d 0 | tr 0 6)01$zeros")")" \
	>low.der
must_pass openssl req -inform DER -in low.der -noout -verify
must_refuse 1 "FORMATS 6.7: not a point of Ed25519's large group" show low.der

# --- weak RSA keys: well formed, so shown, and refused by the plan ---

calc() {
	BC_LINE_LENGTH=0 bc -q
}
# rsa FILE P Q E: a request by the key of two primes.
rsa() {
	calc >rsa.cnf <<EOF
define inv(a, m) {
	auto r, q, t, u, v
	r = m
	u = 0
	v = 1
	while (a != 0) {
		q = r / a
		t = r - q * a
		r = a
		a = t
		t = u - q * v
		u = v
		v = t
	}
	if (u < 0) u += m
	return u
}
p = $2
q = $3
d = inv($4, (p - 1) * (q - 1))
print "asn1=SEQUENCE:k\n[k]\nv=INTEGER:0\nn=INTEGER:", p * q, "\n"
print "e=INTEGER:", $4, "\nd=INTEGER:", d, "\np=INTEGER:", p, "\n"
print "q=INTEGER:", q, "\ndp=INTEGER:", d % (p - 1), "\n"
print "dq=INTEGER:", d % (q - 1), "\nqi=INTEGER:", inv(q, p), "\n"
EOF
	openssl asn1parse -genconf rsa.cnf -noout -out rsa.der
	openssl req -new -key rsa.der -keyform DER -subj /CN=rsa -out "$1"
	openssl req -in "$1" -noout -verify
}
# 1536 bits each; with 3 as an exponent too
prime() {
	while :; do
		n=$(openssl prime -generate -bits 1536)
		[ "$(echo "$n % 3" | calc)" -ne 2 ] || break
	done
	echo "$n"
}
p=$(prime)
q=$(prime)
must_pass rsa strong.csr "$p" "$q" 65537
must_pass rsa e1.csr "$p" "$q" 1
must_pass rsa e3.csr "$p" "$q" 3
# primes that are neighbours but for 2^300
n=$(echo "$p + 2 ^ 300" | calc)
near=$(echo "for (i = 0; i < 6000; i += 2) $n + i" | calc |
	xargs -n 200 openssl prime | sed -n 's/.*(\(.*\)) is prime$/\1/p' |
	head -n 1)
must_pass rsa near.csr "$p" "$near" 65537
# k * M + (65537^a mod M), M the product of the primes below 168
calc >roca.txt <<'EOF'
m = 1
for (f = 2; f < 168; f++) {
	p = 1
	for (g = 2; g * g <= f; g++) if (f % g == 0) p = 0
	if (p) m *= f
}
r = 1
for (i = 0; i < 1234; i++) r = r * 65537 % m
for (i = 1; i < 3000; i++) print (2 ^ 1536 / m - i) * m + r, "\n"
EOF
roca=$(xargs -n 200 openssl prime <roca.txt |
	sed -n 's/.*(\(.*\)) is prime$/\1/p' | head -n 2)
# shellcheck disable=SC2086
must_pass rsa roca.csr $roca 65537
must_pass new 1024.csr -newkey rsa:1024
must_pass new 2048.csr -newkey rsa:2048

"$ROOT/tests/crash/prep.sh" "$WORK/desk" || fail "no plan to begin with"
cp desk/plan.ini plan.kept
# checked FILE: the plan that delegates to it.
checked() {
	cp "$1" desk/inbox/
	sed "s/^request = .*/request = $1 sha384:$(sha384sum "$1" |
		cut -d' ' -f1)/; s/^keys = .*/&, rsa-3072/" plan.kept \
		>desk/plan.ini
	remember_files desk
	(cd desk && "$ANCHORITE" ceremony check plan.ini --room room.ini)
}
# weak FILE WORDS: as said above.
weak() {
	must_pass show "$1"
	must_refuse 1 "$2" checked "$1"
	no_new_files desk
}
must_pass checked strong.csr
weak e1.csr 'FORMATS 6.9: the exponent of an RSA key is not odd, from 65537'
weak e3.csr 'FORMATS 6.9: the exponent of an RSA key is not odd, from 65537'
weak near.csr 'FORMATS 6.9: the primes of an RSA key are too close'
weak roca.csr 'FORMATS 6.9: an RSA key of the ROCA family (CVE-2017-15361)'
weak 1024.csr 'FORMATS 8.30: the profile takes no key of rsa-1024'
weak 2048.csr 'FORMATS 8.30: the profile takes no key of rsa-2048'
weak ed.csr 'FORMATS 8.30: the profile takes no key of ed25519'
for bad in compressed.csr explicit.csr two.csr tail.der v2.der twice.der \
	low.der md5.csr sha1.csr long.csr; do
	must_refuse 1 "$bad: " checked "$bad"
	no_new_files desk
done

# --- a prime in common: with a key of the same plan, and of one before ---

other=$(prime)
must_pass rsa shared.csr "$p" "$other" 65537
cp shared.csr desk/inbox
checked strong.csr >/dev/null || fail "a strong key is refused"
cp desk/plan.ini one.ini
cat >>desk/plan.ini <<INI

[delegate second]
by = g1
profile = firmware
product = sensor
role = release
versions = ..
request = shared.csr sha384:$(sha384sum shared.csr | cut -d' ' -f1)
days = 90
INI
cd desk || exit
remember_files .
must_refuse 1 'FORMATS 8.31: its key has a prime in common with that of [delegate gateway-release]: anyone can compute both' \
	"$ANCHORITE" ceremony check plan.ini --room room.ini
no_new_files .
cp ../one.ini plan.ini
"$ANCHORITE" words plan.ini | tail -n +2 >paper/plan.words
must_pass "$ANCHORITE" ceremony run plan.ini --room room.ini
must_pass "$ANCHORITE" state show --state state-a --json
head=$(sed -n 's/.*"head": "\([0-9a-f]*\)".*/\1/p' "$OUT")
later=$(sed -n 's/^effective = //p' plan.ini)
sed -e "s/^number = .*/number = 2/; s/^previous = .*/previous = $head/" \
	-e "s/^effective = .*/effective = $(date -u -d "$later 5 minutes" \
		+%Y-%m-%dT%H:%M:00Z)/" \
	-e '/^\[mint/,/^\[delegate/{/^\[delegate/!d}' \
	-e 's/^\[delegate .*/[delegate second]/; s/^product = .*/product = sensor/' \
	-e "s/^request = .*/request = shared.csr sha384:$(sha384sum ../shared.csr |
		cut -d' ' -f1)/" plan.ini >two.ini
remember_files .
must_refuse 1 'shared.csr: FORMATS 8.31: its key has a prime in common with that of delegation gateway-release: anyone can compute both' \
	"$ANCHORITE" ceremony check two.ini --room room.ini --state state-a
no_new_files .
# another key of the same size has none
must_pass rsa ../fresh.csr "$(prime)" "$(prime)" 65537
cp ../fresh.csr inbox
sed "s/^request = .*/request = fresh.csr sha384:$(sha384sum ../fresh.csr |
	cut -d' ' -f1)/" two.ini >three.ini
must_pass "$ANCHORITE" ceremony check three.ini --room room.ini --state state-a
