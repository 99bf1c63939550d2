#!/bin/sh
# Goal: a root that was there before becomes a split one. Its certificate and
# what it vouched for stay; its key lies in a file that the sheets open, with
# this program or with openssl alone; and nothing else opens it.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/plans.sh"

# adopt NAME ALGORITHM KEY LINE...: its lines say which certificate.
adopt() {
	printf '\n[adopt %s]\nalgorithm = %s\nkey = %s\n' "$1" "$2" \
		"$(in_inbox "$3")"
	shift 3
	printf '%s\n' "$@"
	cat <<INI
need = 1 group
group.main = 2 of 3: anna@office, bruno@bank, clara@notary
INI
}

room() {
	printf '[room]\nstate-a = %s\ninbox = inbox\n' "$1"
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
subjectKeyIdentifier = none
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
	adopt g1 ecdsa-p384 old.key "certificate = $(in_inbox old.crt)"
	crl g1 90
	delegate gateway g1 60
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

here="network,swap:a test, where nothing is real"
must_pass "$ANCHORITE" share recover --waive "$here" --root g1 --state ec \
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
	[ "$(wc -l <recipe.sh)" -eq 4 ] || fail "5.15 has not four lines"
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
rm key.pem key.pub
run sh recipe.sh
[ ! -s key.pem ] || fail "another seed opened the file"
[ ! -s "$OUT" ] || fail "a digest of nothing is shown"

# --- on paper: any reader of codes makes the file again ---

# printed STATE FILE CODES: the pages of its recovery, seen as pictures.
printed() {
	rm -f page-*
	must_pass "$ANCHORITE" share recovery g1 --state "$1" --to "$1.pdf"
	must_say "$2"
	pdftoppm -r 150 -gray "$1.pdf" page
	pdftotext -layout "$1.pdf" text
	for word in "$(sha256sum "$1/$2" | cut -c1-32)" "F=${2##*/}" \
		"code $3 of $3" "Put the file into that folder" \
		"If it shows another, or nothing"; do
		grep -qF -- "$word" text || fail "the pages do not say $word"
	done
	[ "$(ls page-* | wc -l)" -eq "$(($3 + 2))" ] || fail "other pages"
	# as it stands there
	sed -n "s/^ *zbarimg -q --raw PICTURE... >.*/zbarimg -q --raw page-* \
>again.p8/p" text >scan.sh
	rm page-*1.pgm page-*2.pgm
	must_pass sh scan.sh
	cmp again.p8 "$1/$2" || fail "the codes are not the file"
}
printed ec adopted/000001.p8 1
must_refuse 1 "ec.pdf: it is there already; nothing is ever replaced" \
	"$ANCHORITE" share recovery g1 --state ec --to ec.pdf
must_refuse 1 "FORMATS 7.1: it would lie inside the state" "$ANCHORITE" \
	share recovery g1 --state ec --to ec/lists/g1.pdf
[ ! -e ec/lists/g1.pdf ] || fail "it lies inside the state"
must_refuse 1 "this state has no root of that name" "$ANCHORITE" share \
	recovery g2 --state ec --to g2.pdf
[ ! -e g2.pdf ] || fail "pages of no root"

# --- the next ceremony opens it; another file does not ---

{
	head_of_plan 2 "$(fact ec head)"
	crl g1 90
	delegate sensor g1 60
} >ec2.ini
plan_words ec2.ini >ec2.words
cp -r ec altered
chmod u+w altered/adopted/000001.p8
sed -i '3s/./A/' altered/adopted/000001.p8
room altered >altered.room
cp -r keep-ec keep-altered
must_refuse 1 "adopted/000001.p8: FORMATS 7.3: its digest is not" \
	"$ANCHORITE" share recover --waive "$here" --root g1 --state altered \
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
	crl g1 90
	delegate gateway g1 60
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

[send paper]
what = adopt

[send team]
what = crl, delegate, bundle
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
must_refuse 1 "FORMATS 3.93: rsa.der is not the file that was reviewed" \
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
printed rsa adopted/000003.p8 3
by_hand rsa/adopted/000003.p8 keep-rsa/sheets/g1-e2-sheet0[12].txt
openssl pkey -in key.pem -traditional -outform DER -out hand.der 2>openssl.err
openssl rsa -in rsa.pem -traditional -outform DER -out rsa.der 2>openssl.err
cmp hand.der rsa.der || fail "by hand it is another RSA key"

# --- devices take the old certificate by a bundle, whatever its key is called ---

openssl pkey -in old.pem -out inbox/old.key
{
	head_of_plan 1 none
	to_come g2
	to_come g3
	adopt g1 ecdsa-p384 old.key "certificate = $(in_inbox old.crt)"
	crl g1 90
	delegate gateway g1 60
	sed -n '/^\[bundle b1\]/,/^succession/p' rsa.ini
} >fleet.ini
hold fleet
"$ANCHORITE" words fleet/bundles/000001.der | sed 1d >bundle.words
must_pass "$ANCHORITE" trust init fleet/bundles/000001.der \
	fleet/bundles/000001.g1.p7s --words bundle.words --store device
must_pass "$ANCHORITE" trust apply fleet/lists --store device
must_pass "$ANCHORITE" delegation verify fleet/issued/*.crt --store device
must_say "it is good"
must_pass "$ANCHORITE" trust export --for rauc --store device --to exported

# --- the file goes on paper as codes, and comes back from them ---

must_pass "$ANCHORITE" transfer send rsa-out/paper.parcel --qr png:codes
must_pass "$ANCHORITE" transfer receive codes --to again.parcel
must_pass "$ANCHORITE" transfer unpack again.parcel --to again
cmp again/adopted-000003.p8 rsa/adopted/000003.p8 || fail "another file"
sed 's/^what = crl, delegate, bundle/what = adopt, crl/' rsa.ini >mixed.ini
cp "$WORK/rsa.der" inbox/rsa.der
check mixed.ini "FORMATS 3.60: [send team]: what [adopt] seals is for those"

# --- what is refused before anybody comes ---

# plan LINE...: a plan that adopts old.pem by these lines
openssl pkey -in old.pem -out inbox/old.key
plan() {
	head_of_plan 1 none
	adopt g1 ecdsa-p384 old.key "$@"
	crl g1 90
}
# no CERTIFICATE FRAGMENT: that certificate is refused so
no() {
	plan "certificate = $(in_inbox "$1")" >no.ini
	check no.ini "FORMATS $2"
}
plan "certificate = $(in_inbox old.crt)" "subject = new" "years = 9" >no.ini
check no.ini "FORMATS 3.92: the root's certificate is a file, or subject and"
plan >no.ini
check no.ini "FORMATS 3.92: the root's certificate is a file, or subject and"
plan "certificate = $(in_inbox old.crt)" "next = g2" >no.ini
check no.ini "FORMATS 3.92: a certificate that is there already names no next"

made() {
	name=$1
	shift
	authority old.pem "inbox/$name.crt" "$@"
}
made no-crl no_crl
no no-crl.crt "8.60: it may not sign lists (cRLSign)"
made no-ca no_ca
no no-ca.crt "8.4: basic constraints is not what the profile says"
made path path
no path.crt "8.4: basic constraints is not what the profile says"
made no-id no_id
no no-id.crt "8.7: subject key identifier is missing"
made eku eku
no eku.crt "8.60: it has an extended key usage"
made country plain '/C=DE/O=example/CN=old-root'
no country.crt "8.1: the issuer's name is not of the form O, OU, CN"
made foreign plain '/O=other/CN=old-root'
no foreign.crt "8.60: it is of another organisation than the plan"
made test plain '/O=TEST example/CN=TEST-old-root'
no test.crt "8.14: "
made sha1 plain /O=example/CN=old-root -md sha1
no sha1.crt "8.60: it is signed by an algorithm that is not known here, or is"
made expired plain /O=example/CN=old-root -enddate 20210101000000Z
no expired.crt "8.60: it is not valid on the day"
# it says that it is its own, and somebody else has signed it
authority other.pem stranger.crt
openssl x509 -in inbox/old.crt -out inbox/forged.crt -CA stranger.crt \
	-CAkey other.pem -CAcreateserial -days 3650 -clrext -extfile req.cnf \
	-extensions plain 2>openssl.err || fail "no forged certificate"
plan "certificate = $(in_inbox forged.crt)" >no.ini
sed -i "s/^effective = .*/effective = $(date -u -d tomorrow \
	+%Y-%m-%dT00:00:00Z)/" no.ini
check no.ini "FORMATS 8.60: it is not signed by its own key"

# kinds of keys, by name
for alg in rsa-2048 rsa-16384 ecdsa-p521 ml-dsa-65 dsa; do
	{
		head_of_plan 1 none
		adopt g1 $alg old.key "subject = new" "years = 9"
		crl g1 90
	} >no.ini
	check no.ini "FORMATS 3.92: "
	grep -qF "$alg" "$ERR" || fail "$alg is not named"
done
{
	head_of_plan 1 none
	adopt g1 ecdsa-p256 old.key "certificate = $(in_inbox old.crt)"
} >no.ini
check no.ini "FORMATS 3.92: the key of root g1 is ecdsa-p384, and the plan says"
{
	head_of_plan 1 none
	adopt g1 ecdsa-p384 old.key "certificate = $(in_inbox old.crt)"
	adopt g1 ecdsa-p384 old.key "certificate = $(in_inbox old.crt)" |
		sed 's/adopt g1/mint g1/; /^key/d; s/^certificate.*/subject = a\
years = 9/'
} >no.ini
check no.ini "FORMATS 3.19: root g1 is there already"

# a key that the state knows
{
	head_of_plan 3 "$(fact ec head)"
	adopt g9 ecdsa-p384 old.key "certificate = $(in_inbox old.crt)"
} >inbox/again.ini
remember_files ec
must_refuse 1 "FORMATS 3.95: the key of root g9 is known already, from root g1" \
	"$ANCHORITE" ceremony check inbox/again.ini --state ec
no_new_files ec

# --- what is found in the room, when the file is read ---

# in_room NAME FRAGMENT ALGORITHM KEY LINE...: nothing but the plan is recorded
in_room() {
	name=$1
	says=$2
	shift 2
	{
		head_of_plan 1 none
		adopt g1 "$@"
	} >"$name.ini"
	plan_words "$name.ini" >"$name.words"
	room "$name" >"$name.room"
	must_refuse 1 "$says" "$people" --words "$name.words" "keep-$name" \
		"$ANCHORITE" ceremony run "$name.ini" --room "$name.room"
	! grep -q '"kind":"drawn"' "$name"/record/*.json ||
		fail "$name: a set was drawn"
	[ -z "$(find "$name" -name '*.p8')" ] || fail "$name: a key was kept"
	[ -z "$(find "keep-$name/sheets" -type f)" ] ||
		fail "$name: a sheet was written"
}
cp other.crt inbox/other.crt
in_room pair "FORMATS 3.94: the certificate is not of the key of root g1" \
	ecdsa-p384 old.key "certificate = $(in_inbox other.crt)"
cp other.crt inbox/none.key
in_room none "FORMATS 3.93: not one private key in DER" \
	ecdsa-p384 none.key "certificate = $(in_inbox old.crt)"
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521 \
	-out inbox/p521.key 2>openssl.err
in_room p521 "FORMATS 3.93: a root of ecdsa-p521 cannot be adopted" \
	ecdsa-p384 p521.key "subject = new" "years = 9"
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 \
	-out inbox/short.key 2>openssl.err
in_room short "FORMATS 3.93: a root cannot be of rsa-2048" \
	rsa-3072 short.key "subject = new" "years = 9"
openssl genpkey -genparam -algorithm DSA -pkeyopt dsa_paramgen_bits:1024 \
	-out dsa.par 2>openssl.err
openssl genpkey -paramfile dsa.par -out inbox/dsa.key 2>openssl.err
in_room dsa "FORMATS 3.93: of an algorithm that no root is adopted with" \
	rsa-3072 dsa.key "subject = new" "years = 9"

# --- a rehearsal: another key in the place of the real one, and none else ---

{
	plan "certificate = $(in_inbox old.crt)"
	delegate gateway g1 60
} >inbox/real.ini
must_pass "$ANCHORITE" rehearse --plan inbox/real.ini --dir test
must_say "TEST rehearsal done"
must_pass "$ANCHORITE" ceremony verify --state test/state
must_pass "$ANCHORITE" ceremony reproduce --after test/state \
	test/sheets/*sheet0[12]*
must_say "every byte is equal"
[ ! -e test/inbox/old.key ] || fail "the real key is in the rehearsal"
for sheet in test/sheets/*.txt; do
	sha256sum test/state/adopted/000001.p8 | cut -d' ' -f1 >digest
	grep -qF "$(cat digest)" "$sheet" ||
		fail "$sheet does not say which file it needs"
	awk '!/^share: / && length > 76 { exit 1 }' "$sheet" || fail "$sheet is too wide"
done
# what stands on the sheet is run as it stands there
sed -n '/^F=/,/^$/p' "$sheet" >recipe.sh
cp test/state/adopted/000001.p8 .
S=$(sed -n 's/^share: //p' test/sheets/*sheet0[12]* | "$HELPER/slip39" recover)
must_pass sh recipe.sh
half=$(cut -c1-48 "$OUT")
grep -q "^   $half" "$sheet" || fail "the sheet leads to another key"
# that key is no root's; and a rehearsal takes no other
cp test/inbox/rehearsal.key inbox
in_room public "FORMATS 8.33: the key of root g1 comes from a public" \
	ecdsa-p384 rehearsal.key "subject = new" "years = 9"
{
	plan "subject = new" "years = 1" |
		sed 's/^mode = .*/mode = rehearsal/'
} >tested.ini
mkdir paper sheets
plan_words tested.ini >paper/plan.words
{
	room tested
	printf 'paper = paper\nsheets = sheets\n'
} >tested.room
run "$ANCHORITE" ceremony run tested.ini --room tested.room
[ "$STATUS" -eq 1 ] || complain "exit status 1 was expected" run
grep -qF "FORMATS 3.96: the key of root g1 may be a real one" "$ERR" ||
	complain "a rehearsal took a real key" run
[ -z "$(find tested -name '*.p8')" ] || fail "a real key under a public seed"
