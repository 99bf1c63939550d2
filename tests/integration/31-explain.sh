#!/bin/sh
# What a certificate or a list is worth: the answers, and that those of them
# which the tools of this machine can show are so.
. "$ROOT/tests/integration/lib.sh"
command -v faketime >/dev/null || skip "there is no faketime"

# faketime comes before the sanitizers' own library
ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0
TZ=UTC
export ASAN_OPTIONS TZ

# The page is what the table says.
"$HELPER/clients" >page || fail "the page cannot be printed"
cmp page "$ROOT/docs/CLIENTS.md" || fail "docs/CLIENTS.md is old: make clients"
for client in RAUC SWUpdate OpenSSL GnuTLS mbedTLS wolfSSL sbverify; do
	[ "$(grep -c "^| ${client}[: ]" page)" -ge 3 ] ||
		fail "the page has no $client"
done

"$HELPER/clients" cases >page || fail "the cases cannot be printed"
cmp page "$ROOT/docs/CASES.md" || fail "docs/CASES.md is old: make cases"

# A root is lost or stolen: case by case, and by no other word.
must_pass "$ANCHORITE" explain cases
sed -n 's/^## //p' page >words
[ "$(wc -l <words)" -eq "$(wc -l <"$OUT")" ] || fail "not every case is named"
while read -r word; do
	must_pass "$ANCHORITE" explain cases
	must_say "$word: "
	must_pass "$ANCHORITE" explain "$word"
	must_say "case      $word: "
	must_say "do        "
	must_say "plan      "
	must_say "beyond    "
done <words
must_pass "$ANCHORITE" explain root-stolen --json
must_say '"plan": "reason = compromise: the new root does not vouch'
must_refuse 2 "root-stole" "$ANCHORITE" explain root-stole
must_refuse 2 "./root-stolen" "$ANCHORITE" explain ./root-stolen

mkdir made
must_pass "$HELPER/pkix" ecdsa-p384 made
cd made || exit

# on DAY FILE [OPTION]: explained on that day; nothing is written.
on() {
	day=$1
	shift
	remember_files .
	must_pass faketime -f "@$day 00:00:00" "$ANCHORITE" explain "$@"
	no_new_files .
}

# --- answers ---

on 2027-03-14 leaf.pem
must_say "kind         key that signs software"
must_say "key          ecdsa-p256"
must_say "extended key usage, critical: what the key may be used for: code signing, one of its issuer's own"
must_say "until        2027-09-03T19:33:20Z"
must_say "exposure     174 days: until it is over where no list is asked for; elsewhere as long as a list without it is valid"
must_say "accepts      RAUC, check-purpose=codesign: "
must_say "refuses      RAUC, no check-purpose: its default purpose is S/MIME"
must_say "is           valid, if its signature is"
on 2027-03-14 leaf.pem --json
must_say '"exposure": "174 days: '
must_say '"refuses": ['
on 2030-01-01 leaf.pem
must_say "is           over"
must_say "exposure     0 days"

on 2027-03-14 root.pem
must_say "authority: a root, or one below it"
must_say "whether it may issue certificates: it may"
must_say "no list takes a root back"

on 2027-03-14 list.pem
must_say "kind          revocation list"
must_say "number 4294967303: list 7 of ceremony 1"
must_say "2 certificate(s) taken back"
must_say "exposure      174 days: until it is over it can stand in place of a newer one"
must_say "ignores       RAUC, no check-crl"
must_say "SWUpdate, before 2026: it knows no lists"
must_say "it fails open: it looks at no date of a list"
must_say "a newer list that lacks an entry un-revokes it"
on 2030-01-01 list.pem
must_say "until a newer one lies in the keyring every bundle is refused"
must_say "exposure      0 days"
on 2026-01-01 list.pem
must_say "given out before its time it stops every update"

openssl x509 -in leaf.pem -outform DER -out leaf.der
openssl crl -in list.pem -outform DER -out list.der
on 2027-03-14 leaf.der
must_say "key that signs software"
on 2027-03-14 list.der
must_say "revocation list"

# What others make is explained too: a foreign leaf, a delta, a Product CA.
cat >ext.cnf <<'CNF'
[ca]
database = index
default_md = sha256
crlnumber = number
[delta]
2.5.29.27 = critical,DER:020101
authorityKeyIdentifier = keyid
[secret]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = emailProtection
1.2.3.4 = critical,DER:0500
[product]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
CNF
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	-keyout x.key -subj /O=Other/CN=x -days 10 -out x.pem 2>/dev/null
for what in secret product; do
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout y.key -subj /O=Other/CN=$what -out y.csr 2>/dev/null
	openssl x509 -req -in y.csr -CA x.pem -CAkey x.key -set_serial 7 \
		-extfile ext.cnf -extensions $what -days 9 -out $what.pem \
		2>/dev/null
done
must_pass "$ANCHORITE" explain secret.pem
must_say "the issuer's own, 1.2.3.4, critical"
for client in RAUC SWUpdate OpenSSL wolfSSL sbverify; do
	grep -q "$client, .*every stock client refuses a critical extension" \
		"$OUT" || fail "$client is said to take it"
done
! grep -q ^accepts "$OUT" || fail "somebody is said to take it"
run openssl verify -CAfile x.pem secret.pem
grep -q "error 34" "$ERR" ||
	fail "OpenSSL takes it"
must_pass "$ANCHORITE" explain product.pem
must_say "it can issue a certificate with the common name of any product"

: >index
echo 01 >number
openssl ca -gencrl -config ext.cnf -name ca -cert x.pem -keyfile x.key \
	-crldays 5 -crlexts delta -out delta.pem 2>/dev/null
must_pass "$ANCHORITE" explain delta.pem
must_say "no complete, direct list has that"
must_say "ignores       RAUC, no check-crl"
must_say "3.0.19 and 3.5.7 take it for the whole list: it un-revokes"
must_say "GnuTLS, certtool --load-crl: it fails open: such a list counts as none"

# A bundle: who can do what with it, until when.
mkdir given
"$HELPER/bundles" given
on 2027-03-14 given/first/1-1.der
must_say "kind          trust bundle"
must_say "era 1, number 1"
must_say "exposure      308 days: until it has expired a device can be held"
must_say "with next keys: nothing: present roots must sign too"
must_say "with as many present roots as must sign: signs keys and lists"
must_say "until the next establishment (RULES B2, B4"
must_say "it takes the next lawful establishment"
must_say "anchorite, trust init: by its words"
must_say "refuses       OpenSSL, -CAfile: it finds no certificate in it"
on 2027-03-14 given/chain/1-2.der
must_say "refuses       anchorite, trust init: a device starts"
on 2030-03-14 given/first/1-1.der
must_say "refuses       anchorite, trust apply: it has expired"
on 2027-03-14 given/alone.der
must_say "with all next keys: makes an establishment of his own"
must_say "from the horizon on, 2029-01-14T08:00:00Z"
must_say "with all present roots: makes an establishment"
must_say "verification refuses; until it has expired, 2028-01-15T08:00:00Z"
must_say "at the latest the horizon, 2029-01-14T08:00:00Z"
must_refuse 1 "1-1.0.p7s: neither a certificate" \
	"$ANCHORITE" explain given/first/1-1.0.p7s
run openssl verify -CAfile given/first/1-1.der given/0.crt
# the sentence is another from OpenSSL 3.5 on
[ "$STATUS" -ne 0 ] && ! grep -q ": OK" "$OUT" || fail "openssl finds an anchor"
if command -v certtool >/dev/null; then
	run certtool --verify --infile given/0.crt \
		--load-ca-certificate given/first/1-1.der
	[ "$STATUS" -ne 0 ] || fail "certtool finds an anchor"
fi

# --- refusals ---

# refused CODE FRAGMENT CMD...: and nothing was made.
refused() {
	remember_files .
	must_refuse "$@"
	no_new_files .
}
echo hello >text
refused 1 "text: neither a certificate, nor a revocation list, nor a trust bundle" \
	"$ANCHORITE" explain text
refused 1 "y.csr: neither a certificate" \
	"$ANCHORITE" explain y.csr
: >empty
refused 1 "empty: neither a certificate" "$ANCHORITE" explain empty
head -c 300 leaf.der >torn
refused 1 "torn: neither a certificate" "$ANCHORITE" explain torn
(cat leaf.der && echo) >longer
refused 1 "longer: " "$ANCHORITE" explain longer
(cat list.der && echo) >longer
refused 1 "longer: " "$ANCHORITE" explain longer
refused 2 "nowhere: cannot be opened (No such file or directory), and no case has that word: anchorite explain cases" "$ANCHORITE" explain nowhere
refused 2 "explain takes FILE" "$ANCHORITE" explain

# --- so it is: OpenSSL ---

# openssl_says ERROR DAY LIST: what it says of the leaf.
openssl_says() {
	run openssl verify -attime "$(date -u -d "$2" +%s)" -crl_check \
		-purpose any -CAfile root.pem -CRLfile "$3" leaf.pem
	case $1 in
	0) [ "$STATUS" -eq 0 ] || complain "it should hold" openssl ;;
	*) grep -q "error $1 at" "$ERR" || complain "no error $1" openssl ;;
	esac
}
openssl_says 0 2027-03-14 list.pem
openssl_says 23 2027-03-14 kill.pem
openssl_says 3 2027-03-14 delta.pem # of another issuer
# leaf and list have the same dates: each is complained of
openssl_says 11 2027-01-10 list.pem
openssl_says 12 2027-09-10 list.pem

# --- so it is: GnuTLS fails open, and looks at no date ---

command -v certtool >/dev/null || exit 0
openssl x509 -req -in y.csr -CA x.pem -CAkey x.key -set_serial 9 -days 9 \
	-out fresh.pem 2>/dev/null
list() {
	openssl ca -gencrl -config ext.cnf -name ca -cert x.pem -keyfile x.key \
		-crldays 2 -out "$1" 2>/dev/null || fail "no list $1"
}
list clean.pem
printf 'R\t%s\t%s\t09\tunknown\t/CN=y\n' \
	"$(date -u -d '+9 days' +%y%m%d%H%M%SZ)" \
	"$(date -u +%y%m%d%H%M%SZ)" >index
list kills.pem

# gnutls_says WORD DAYS [LIST]: what it says of the leaf so many days on.
gnutls_says() {
	word=$1
	days=$2
	shift 2
	[ $# -eq 0 ] || set -- --load-crl "$1"
	run faketime -f "+${days}d" certtool --verify --infile fresh.pem \
		--load-ca-certificate x.pem "$@"
	grep -q "^Chain verification output: .*$word" "$OUT" ||
		complain "it does not say $word" certtool "$@"
}
gnutls_says revoked 1 kills.pem
gnutls_says revoked 5 kills.pem # over
gnutls_says 'is trusted' 5 clean.pem # over, and it takes it
gnutls_says 'is trusted' 1 # none
gnutls_says 'is trusted' 1 delta.pem
