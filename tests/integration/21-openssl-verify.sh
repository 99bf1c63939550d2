#!/bin/sh
# Goal: stock openssl agrees with us about root, delegation and list: what we
# take it takes, and what lacks a list, is out of time, or is under another
# root both refuse.
# shellcheck source=tests/integration/lib.sh
. "$ROOT/tests/integration/lib.sh"

command -v openssl >/dev/null || skip "no openssl here"

must_pass "$ANCHORITE" rehearse --dir ceremony
state=ceremony/state
root=$state/roots/000003.crt
list=$state/lists/000001.crl
op=$(ls $state/issued/*.crt)

# refused_by_openssl FRAGMENT ARGS...
refused_by_openssl() {
	fragment=$1
	shift
	run openssl verify -x509_strict -purpose any "$@" "$op"
	[ "$STATUS" -ne 0 ] || complain "openssl should have refused" "$@"
	grep -qi -- "$fragment" "$OUT" "$ERR" ||
		complain "openssl refuses for another reason" "$@"
}

# Good, by both.
must_pass openssl verify -x509_strict -crl_check_all -purpose any \
	-CAfile "$root" -CRLfile "$list" "$op"
must_pass "$ANCHORITE" delegation verify "$op" --state $state
must_say "verdict     it is good"
must_say TEST

# Without a list, by both.
refused_by_openssl 'unable to get certificate CRL' -crl_check \
	-CAfile "$root"
must_refuse 1 'FORMATS 8.41' "$ANCHORITE" delegation verify "$op" \
	--ca "$root" --rehearsal

# A list of a file goes with a root of a file.  Where the root is a state's it
# must not be passed over: it may be the one that revokes.
for with in "--crl $list" --rehearsal; do
	# shellcheck disable=SC2086
	must_refuse 2 'goes with --ca' "$ANCHORITE" delegation verify \
		"$op" --state $state $with
done

# A rehearsal's root is nobody's anchor by default, however it is named.
must_refuse 1 '(--rehearsal takes it for a test)' "$ANCHORITE" delegation verify "$op" \
	--ca "$root" --crl "$list"

# An anchor is believed as it was signed: openssl takes one whose signature is
# spoilt, and we do not, nor one that was never a root.
openssl x509 -in "$root" -outform DER -out spoilt.der
size=$(wc -c <spoilt.der)
last=$(tail -c 1 spoilt.der | od -An -tu1 | tr -d ' ')
# shellcheck disable=SC2059
printf "\\$(printf '%03o' $((last ^ 1)))" |
	dd of=spoilt.der bs=1 seek=$((size - 1)) conv=notrunc 2>/dev/null
must_pass openssl x509 -inform DER -in spoilt.der -out spoilt.crt
must_pass openssl verify -x509_strict -crl_check_all -purpose any \
	-CAfile spoilt.crt -CRLfile "$list" "$op"
remember_files .
for form in der crt; do
	must_refuse 1 'FORMATS 8.44: anchor O=TEST' "$ANCHORITE" delegation \
		verify "$op" --ca spoilt.$form --crl "$list" --rehearsal
done
cp -a $state forged
cp spoilt.crt forged/roots/000003.crt
n=$("$ANCHORITE" ceremony log --state forged |
	grep -n '"kind":"certificate"' | cut -d: -f1)
must_pass "$HELPER/forge" object forged "$n"
must_refuse 1 'FORMATS 8.44: anchor O=TEST' "$ANCHORITE" delegation verify \
	"$op" --state forged
rm -r forged
must_refuse 1 'FORMATS 8.1: ' "$ANCHORITE" delegation verify "$op" \
	--ca "$op" --crl "$list" --rehearsal
no_new_files .

# Out of time, by both: thirty days are the most a rehearsal gets.
later=$(date -u -d '+40 days' +%s)
refused_by_openssl 'expired' -crl_check -CAfile "$root" -CRLfile "$list" \
	-attime "$later"
must_refuse 1 'FORMATS 8.44' "$ANCHORITE" delegation verify "$op" \
	--state $state --at "$(date -u -d "@$later" +%Y-%m-%dT%H:%M:%SZ)"

# Names, purposes and numbers as an outsider reads them.
# one way of writing names: the default is another from OpenSSL 3.2 on
must_pass openssl x509 -in "$op" -noout -text -nameopt RFC2253
must_say 'Digital Signature'
must_say 'Code Signing'
must_say 'CA:FALSE'
must_say 'OU=gateway'
must_pass openssl x509 -in "$root" -noout -text
must_say 'CA:TRUE'
must_say 'CRL Sign'
must_pass openssl crl -in "$list" -noout -text -CAfile "$root"
must_say 'No Revoked Certificates'
# ceremony 1, list 1
must_pass openssl crl -in "$list" -noout -crlnumber
must_say 'crlNumber=0x0100000001'
