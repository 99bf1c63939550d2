#!/bin/sh
# Goal: a root that was there before becomes a split one. Its certificate and
# what it vouched for stay; its key lies in a file that the sheets open, with
# this program or with openssl alone; and nothing else opens it.
. "$ROOT/tests/integration/lib.sh"

people=$HELPER/people
from=$(date -u +%Y-%m-%d)
to=$(date -u -d '+2 days' +%Y-%m-%dT00:00:00Z)

# head_of_plan NUMBER PREVIOUS
head_of_plan() {
	cat <<INI
[ceremony]
format = 1
org = example
mode = production
number = $1
previous = $2
effective = ${from}T00:0$1:00Z
latest = $to
oid-arc = 1.3.6.1.4.1.55555
officer = anna
witness = bruno

[person anna]
name = Anna

[person bruno]
name = Bruno

[person clara]
name = Clara

[profile firmware]
base = fw-pki-v1
keys = ecdsa-p256, ecdsa-p384
most-days = 90
INI
}

file() {
	echo "$1 sha384:$(sha384sum "inbox/$1" | cut -d' ' -f1)"
}

# adopt NAME ALGORITHM KEY LINE...: its lines say which certificate.
adopt() {
	printf '\n[adopt %s]\nalgorithm = %s\nkey = %s\n' "$1" "$2" \
		"$(file "$3")"
	shift 3
	printf '%s\n' "$@"
	cat <<INI
need = 1 group
group.main = 2 of 3: anna@office, bruno@bank, clara@notary
INI
}

# crl ROOT; delegate NAME ROOT
crl() {
	printf '\n[crl %s]\nby = %s\ndays = 90\n' "$1" "$1"
}

delegate() {
	cat <<INI

[delegate $1]
by = $2
profile = firmware
product = $1
role = release
versions = 4.0..
request = $(file "$1.csr")
days = 60
INI
}

plan_words() {
	must_pass "$ANCHORITE" words "$1"
	tail -n +2 "$OUT"
}

room() {
	printf '[room]\nstate-a = %s\ninbox = inbox\n' "$1"
}

fact() {
	must_pass "$ANCHORITE" state show --state "$1" --json
	sed -n 's/.*"'"$2"'": *"\([^"]*\)".*/\1/p' "$OUT" | head -n 1
}

# check PLAN FRAGMENT: the desk refuses it, and makes nothing.
check() {
	cp "$1" inbox/plan.ini
	remember_files .
	must_refuse 1 "$2" "$ANCHORITE" ceremony check inbox/plan.ini
	no_new_files .
}

# hold NAME [OPTIONS...]: the ceremony of NAME.ini into the state NAME.
hold() {
	name=$1
	shift
	plan_words "$name.ini" >"$name.words"
	room "$name" >"$name.room"
	must_pass "$people" --words "$name.words" --shown shown "$@" \
		"keep-$name" "$ANCHORITE" ceremony run "$name.ini" \
		--room "$name.room"
}

# authority KEY CERT [EXTENSIONS [SUBJECT [OPTIONS...]]]: as people made one with
# openssl, long ago.
authority() {
	key=$1
	cert=$2
	ext=${3:-plain}
	subject=${4:-/O=example/CN=old-root}
	[ $# -lt 4 ] && shift $# || shift 4
	rm -rf ca && mkdir ca && : >ca/index
	openssl req -new -key "$key" -subj "$subject" -config req.cnf -utf8 \
		-out ca/csr && openssl ca -config req.cnf -selfsign -batch -notext \
		-keyfile "$key" -in ca/csr -out "$cert" \
		-extensions "$ext" -preserveDN -md sha256 \
		-startdate 20200101000000Z -enddate 20401231235959Z "$@" \
		2>openssl.err || fail "no certificate: $(cat openssl.err)"
}

request() {
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$1.key" -subj "/CN=$1 team" -sha256 \
		-out "inbox/$1.csr" 2>openssl.err || fail "no request"
}

cat >req.cnf <<'CNF'
[req]
prompt = no
string_mask = utf8only
distinguished_name = dn
[dn]
[ca]
default_ca = local
[local]
database = ca/index
new_certs_dir = ca
rand_serial = yes
policy = any
email_in_dn = no
[any]
countryName = optional
organizationName = optional
commonName = optional
[plain]
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
[no_crl]
subjectKeyIdentifier = hash
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[no_ca]
subjectKeyIdentifier = hash
basicConstraints = critical, CA:false
keyUsage = critical, keyCertSign, cRLSign
[path]
subjectKeyIdentifier = hash
basicConstraints = critical, CA:true, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
[no_id]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
[eku]
subjectKeyIdentifier = hash
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
extendedKeyUsage = codeSigning
CNF

mkdir inbox
request gateway
request sensor
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 \
	-out old.pem 2>openssl.err
authority old.pem inbox/old.crt
# what people have: a key that openssl encrypted, by its own defaults
openssl pkey -in old.pem -aes-256-cbc -passout pass:'open sesame' \
	-out inbox/old.key 2>openssl.err

# --- a real ceremony: the passphrase is asked for, and asked again ---

{
	head_of_plan 1 none
	adopt g1 ecdsa-p384 old.key "certificate = $(file old.crt)"
	crl g1
	delegate gateway g1
} >ec.ini
cp ec.ini inbox/plan.ini
must_pass "$ANCHORITE" ceremony check inbox/plan.ini
must_say "every copy of that file is to be destroyed"
hold ec --file-passphrase 'open sesam' --file-passphrase 'open sesame'
grep -q 'old.key: it does not open with this passphrase' shown ||
	fail "a wrong passphrase was not refused"
grep -q 'Destroy old.key in the inbox now' shown ||
	fail "nobody is told to destroy the file"
[ "$(grep -l '"kind":"refused"' ec/record/*.json | wc -l)" -eq 1 ] ||
	fail "the wrong passphrase is not in the record"
must_pass "$ANCHORITE" ceremony verify --state ec

# neither the file nor what is in it is in the state, on the screen, or in print
openssl pkey -in old.pem -text -noout | sed -n '/priv:/,/pub:/p' |
	tr -d ' :\n' | cut -c5-68 >scalar
for bad in "$(sed -n 2p inbox/old.key)" "$(sed -n 2p old.pem)" \
	'open sesame' "$(cat scalar)"; do
	! grep -rqF -- "$bad" ec shown "$OUT" "$ERR" ||
		fail "the key was left behind"
done
[ -f ec/adopted/000001.p8 ] || fail "there is no file with the key"
cmp inbox/old.crt ec/roots/000001.crt || fail "another certificate"
rm inbox/old.key

# the OLD certificate vouches for what was issued: openssl, and our verifier
must_pass openssl verify -x509_strict -crl_check -purpose any \
	-CAfile inbox/old.crt -CRLfile ec/lists/000001.crl ec/issued/*.crt
must_pass "$ANCHORITE" delegation verify ec/issued/*.crt --ca inbox/old.crt \
	--crl ec/lists/000001.crl
# what it signs stands below no other root
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 \
	-out other.pem 2>openssl.err
authority other.pem other.crt
must_refuse 1 "FORMATS 8.41" "$ANCHORITE" delegation verify \
	ec/issued/*.crt --ca other.crt --crl ec/lists/000001.crl
# the line that closes the ceremony is signed by it: our verifier and openssl
must_pass openssl cms -verify -binary -inform DER -purpose any \
	-in ec/record/*.g1.p7s -content ec/record/*.line -CAfile inbox/old.crt \
	-certfile inbox/old.crt -out /dev/null

# --- the second machine: no key file, and the same bytes ---

remember_files ec
must_pass "$ANCHORITE" ceremony reproduce --after ec \
	keep-ec/sheets/g1-e1-sheet01.txt keep-ec/sheets/g1-e1-sheet03.txt
must_say "every byte is equal"
no_new_files ec

# --- any quorum gives the key of record, and each sheet says what it needs ---

must_pass "$ANCHORITE" share recover --root g1 --state ec \
	keep-ec/sheets/g1-e1-sheet02.txt keep-ec/sheets/g1-e1-sheet03.txt
must_say "the sheets give the key of record"
digest=$(sha256sum ec/adopted/000001.p8 | cut -d' ' -f1)
for sheet in keep-ec/sheets/*; do
	grep -q "^Opens only with adopted/000001.p8, SHA-256 $(printf %.16s \
	    "$digest")" "$sheet" || fail "$sheet does not say what it needs"
done

# --- by hand: the seed, and openssl ---

# recipe: the lines of FORMATS 5.15, as they stand there
recipe() {
	awk '/^- \*\*5\.15\*\*/ { here = 1; next } /^- \*\*/ { here = 0 }
	    here && /^        / { sub(/^        /, ""); print }' \
	    "$ROOT/docs/FORMATS.md"
}
# by_hand FILE SHEETS: ends with the root's key in key.pem.
by_hand() {
	cp "$1" 000001.p8
	shift
	S=$(sed -n 's/^share: //p' "$@" | "$HELPER/slip39" recover)
	export S
	recipe >recipe.sh
	[ "$(wc -l <recipe.sh)" -eq 3 ] || fail "5.15 has not three lines"
	must_pass sh recipe.sh
}
by_hand ec/adopted/000001.p8 keep-ec/sheets/g1-e1-sheet01.txt keep-ec/sheets/g1-e1-sheet02.txt
openssl pkey -in key.pem -outform DER -out hand.der
openssl pkey -in old.pem -outform DER -out old.der
cmp hand.der old.der || fail "by hand it is another key"
openssl pkey -in old.pem -pubout -outform DER | sha384sum | cut -d' ' -f1 \
	>old.digest
must_pass sh recipe.sh
grep -qF "$(cat old.digest)" "$OUT" || fail "by hand it is another digest"
S=$(printf %064d 1)
rm key.pem
run sh recipe.sh
[ ! -s key.pem ] || fail "another seed opened the file"

# --- the next ceremony opens it; another file does not ---

{
	head_of_plan 2 "$(fact ec head)"
	crl g1
	delegate sensor g1
} >ec2.ini
plan_words ec2.ini >ec2.words
cp -r ec altered
chmod u+w altered/adopted/000001.p8
sed -i '3s/./A/' altered/adopted/000001.p8
room altered >altered.room
cp -r keep-ec keep-altered
must_refuse 1 "adopted/000001.p8: FORMATS 7.3: its digest is not" \
	"$ANCHORITE" share recover --root g1 --state altered \
	keep-ec/sheets/g1-e1-sheet02.txt keep-ec/sheets/g1-e1-sheet03.txt
must_refuse 1 "adopted/000001.p8" "$ANCHORITE" ceremony verify --state altered
must_refuse 1 "adopted/000001.p8" "$people" --words ec2.words keep-altered \
	"$ANCHORITE" ceremony run ec2.ini --room altered.room
must_refuse 1 "adopted/000001.p8" "$ANCHORITE" ceremony reproduce \
	--after altered keep-ec/sheets/g1-e1-sheet0[12].txt
must_pass "$people" --words ec2.words --shown shown keep-ec \
	"$ANCHORITE" ceremony run ec2.ini --room ec.room
must_pass openssl verify -x509_strict -crl_check -purpose any \
	-CAfile inbox/old.crt -CRLfile ec/lists/000002.crl ec/issued/*.crt
must_pass "$ANCHORITE" ceremony verify --state ec
must_pass "$ANCHORITE" ceremony reproduce --after ec \
	keep-ec/sheets/g1-e1-sheet02.txt keep-ec/sheets/g1-e1-sheet03.txt
must_say "every byte is equal"

# --- RSA, a new certificate, roots to come and a bundle; a cut in between ---

openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out rsa.pem \
	2>openssl.err
openssl rsa -in rsa.pem -traditional -outform DER -out inbox/rsa.der \
	2>openssl.err
to_come() {
	cat <<INI

[mint $1]
algorithm = ecdsa-p256
need = 1 group
group.main = 2 of 2: anna@office, clara@notary
INI
}
{
	head_of_plan 1 none
	to_come g2
	to_come g3
	adopt g1 rsa-3072 rsa.der "subject = example-firmware-root-g1" \
		"years = 20" "next = g2"
	crl g1
	delegate gateway g1
	cat <<INI

[bundle b1]
by = g1
anchors = g1
threshold = 1
next = g2, g3
next-threshold = 1
days = 730
horizon-days = 1460
succession = both

[send team]
what = adopt, crl, delegate, bundle
INI
} >rsa.ini
plan_words rsa.ini >rsa.words
room rsa >rsa.room
mkdir rsa-out
echo 'outbox = rsa-out' >>rsa.room
run "$people" --words rsa.words --stop-after "sheet 2 of 3, bruno" keep-rsa \
	"$ANCHORITE" ceremony run rsa.ini --room rsa.room
[ "$STATUS" -eq 137 ] || complain "it was not cut" people
# without the file it does not go on; with another one neither
mv inbox/rsa.der rsa.der
must_refuse 2 "rsa.der" "$people" --words rsa.words keep-rsa \
	"$ANCHORITE" ceremony run rsa.ini --room rsa.room
cp inbox/old.crt inbox/rsa.der
must_refuse 1 "FORMATS 3.71: rsa.der is not the file that was reviewed" \
	"$people" --words rsa.words keep-rsa \
	"$ANCHORITE" ceremony run rsa.ini --room rsa.room
mv rsa.der inbox/rsa.der
must_pass "$people" --words rsa.words --shown shown keep-rsa \
	"$ANCHORITE" ceremony run rsa.ini --room rsa.room
rm inbox/rsa.der
must_pass "$ANCHORITE" ceremony verify --state rsa
must_pass "$ANCHORITE" ceremony reproduce --after rsa keep-rsa/sheets/g[23]-* \
	keep-rsa/sheets/g1-e2-sheet01.txt keep-rsa/sheets/g1-e2-sheet03.txt
must_say "every byte is equal"
must_pass openssl verify -x509_strict -crl_check -purpose any \
	-CAfile rsa/roots/000003.crt -CRLfile rsa/lists/000001.crl \
	rsa/issued/*.crt
must_pass "$ANCHORITE" delegation verify rsa/issued/*.crt \
	--ca rsa/roots/000003.crt --crl rsa/lists/000001.crl
by_hand rsa/adopted/000003.p8 keep-rsa/sheets/g1-e2-sheet0[12].txt
openssl pkey -in key.pem -traditional -outform DER -out hand.der 2>openssl.err
openssl rsa -in rsa.pem -traditional -outform DER -out rsa.der 2>openssl.err
cmp hand.der rsa.der || fail "by hand it is another RSA key"
exit 0
