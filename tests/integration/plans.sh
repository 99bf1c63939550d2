# plans.sh: plans of anna, bruno and clara, who hold ceremonies at a terminal,
# each a minute after the one before.  After lib.sh:
#
#	. "$ROOT/tests/integration/plans.sh"
#
# shellcheck shell=sh disable=SC2034
people=$HELPER/people
from=$(date -u +%Y-%m-%d)
to=$(date -u -d '+2 days' +%Y-%m-%dT00:00:00Z)

# head_of_plan NUMBER PREVIOUS [LINE...]: what it begins with, and lines more.
head_of_plan() {
	cat <<-INI
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
	INI
	shift 2
	[ $# -eq 0 ] || printf '%s\n' "$@"
	cat <<-INI
		[person anna]
		name = Anna
		[person bruno]
		name = Bruno
		[person clara]
		name = Clara
	INI
}

# mint NAME ALGORITHM [LINE...]; crl ROOT DAYS; delegate NAME ROOT DAYS
mint() {
	cat <<-INI
		[mint $1]
		algorithm = $2
		subject = example-firmware-root-$1
		years = 20
		need = 1 group
		group.main = 2 of 3: anna@office, bruno@bank, clara@notary
	INI
	shift 2
	[ $# -eq 0 ] || printf '%s\n' "$@"
}
crl() {
	printf '[crl %s]\nby = %s\ndays = %s\n' "$1" "$1" "$2"
}
delegate() {
	cat <<-INI
		[profile firmware]
		base = fw-pki-v1
		keys = ecdsa-p256, ecdsa-p384
		most-days = 400
		[delegate $1]
		by = $2
		profile = firmware
		product = $1
		role = release
		versions = 4.0..
		request = $(in_inbox "$1.csr")
		days = $3
	INI
}

# in_inbox FILE: it, as a plan names it.
in_inbox() {
	echo "$1 sha384:$(sha384sum "inbox/$1" | cut -d' ' -f1)"
}

# request NAME: what a delegation of that name is for.
request() {
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$1.key" -subj "/CN=$1 team" -sha256 \
		-out "inbox/$1.csr" 2>openssl.err || fail "no request"
}

# plan_words PLAN: what the reviewers wrote down.
plan_words() {
	must_pass "$ANCHORITE" words "$1"
	tail -n +2 "$OUT"
}

# fact STATE NAME: what "state show" says.
fact() {
	must_pass "$ANCHORITE" state show --state "$1" --json
	sed -n 's/.*"'"$2"'": *"\([^"]*\)".*/\1/p' "$OUT" | head -n 1
}
