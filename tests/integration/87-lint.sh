#!/bin/sh
# Every check of the profile, on certificates and lists of anybody: what holds,
# what does not and by which clause, and the exit status says whether all do.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/short.sh"
begin lint
must_pass hold

lint() {
	"$ANCHORITE" delegation lint "$@"
}
cert=$(echo state-a/issued/*)

# --- ours: all of it holds, with the state and without ---
for file in "$cert" state-a/roots/*.crt state-a/lists/000001.crl; do
	must_pass lint "$file"
	must_say "checks hold"
	! grep -q '^wrong' "$OUT" || fail "$file is found wanting"
	must_pass lint "$file" --state state-a
done
must_pass lint "$cert" --json
python3 -c '
import json, sys
said = json.load(open(sys.argv[1]))
assert said["examined-as"] == "delegation", said
assert "scope-subject: FORMATS 8.9" in said["holds"], said
assert said["verdict"] == "all %d checks hold" % len(said["holds"]), said
' "$OUT" || fail "JSON says something else"
# what the plan's own lint looked at is what this one looks at
must_pass openssl x509 -in "$cert" -outform DER -out der.crt
must_pass lint der.crt

# wanting FRAGMENT FILE [OPTIONS...]: refused, with the report.
wanting() {
	fragment=$1
	shift
	run lint "$@"
	[ "$STATUS" -eq 1 ] || complain "exit status 1 was expected" lint "$@"
	must_say "$fragment"
	[ "$(wc -l <"$ERR")" -eq 1 ] && grep -q "$1: [0-9]* of [0-9]* checks fail" \
		"$ERR" || complain "it is not refused by its name" lint "$@"
}

# --- what others make ---
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	-keyout other.key -out other.crt -subj /CN=other -days 30000 \
	2>openssl.err || fail "no certificate"
wanting 'key-usage-critical: FORMATS 8.5: key usage is missing' other.crt
must_say 'validity: FORMATS 8.2'
must_say 'examined-as  root that was minted'
wanting 'adopted-usage: FORMATS 8.60' other.crt --as adopted
wanting 'basic-constraints-delegation: FORMATS 8.4' other.crt --as delegation
wanting 'authority-key-id-plain' state-a/roots/*.crt --as cross
openssl req -new -key other.key -subj /CN=leaf -out leaf.csr
echo 'keyUsage = digitalSignature' >leaf.cnf
openssl x509 -req -in leaf.csr -CA other.crt -CAkey other.key -days 9 \
	-set_serial 7 -extfile leaf.cnf -out leaf.crt 2>openssl.err
wanting 'scope-form: FORMATS 8.9' leaf.crt
must_say 'serial: FORMATS 8.3'
must_say 'eku-critical: FORMATS 8.6'

# --- what is none ---
must_refuse 2 "examined as one of: root adopted cross delegation" lint \
	"$cert" --as leaf
must_refuse 2 "a list is examined as a list" lint state-a/lists/000001.crl \
	--as root
must_refuse 1 "leaf.csr" lint leaf.csr
head -c 300 der.crt >torn.crt
must_refuse 1 "torn.crt" lint torn.crt
