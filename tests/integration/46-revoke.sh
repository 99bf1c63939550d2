#!/bin/sh
# A delegation is taken out of service at a ceremony: openssl refuses it with the
# new list, it never comes back, and its slot is free again.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/short.sh"

begin life
must_pass hold
cert=$(cd state-a && ls issued/*.crt)
with_list() {
	openssl verify -x509_strict -crl_check -purpose any \
		-CAfile state-a/roots/000001.crt -CRLfile "state-a/lists/$1.crl" \
		"state-a/$2"
}
must_pass with_list 000001 "$cert"

# next NUMBER: the head of a plan that continues this state; its rows on stdin.
next() {
	head=$("$ANCHORITE" state show --state state-a --json |
		sed -n 's/.*"head": *"\([^"]*\)".*/\1/p')
	sed -n '1,/^\[mint/p' "$WORK/base/plan.ini" | sed "\$d
		s/^effective = .*/effective = $(effective_in $1)/
		s/^number = .*/number = $1/; s/^previous = .*/previous = $head/" \
		>plan.ini
	cat >>plan.ini
	rm -f paper/plan.words
	"$ANCHORITE" words plan.ini | tail -n +2 >paper/plan.words
}
delegate() {
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout team2.key -subj "/CN=gateway team" -sha256 \
		-out inbox/again.csr 2>openssl.err || fail "no request"
	cat <<-INI
		[delegate gateway-again]
		by = g1
		profile = firmware
		product = gateway
		role = release
		versions = 4.0..
		request = again.csr sha384:$(sha384sum inbox/again.csr | cut -d' ' -f1)
		days = 90
	INI
}
revoke='[revoke gateway-release]
by = g1
reason = key-compromise
asked = bruno'
list='[crl g1]
by = g1
days = 30'

# its slot is taken
delegate | next 2
must_refuse 1 "FORMATS 8.34: gateway release has a delegation for" hold

# what is in no list is not revoked
echo "$revoke" | next 2
must_refuse 1 "FORMATS 3.27: [revoke gateway-release] wants a [crl] by the same root behind it" hold
printf '%s\n%s\n' "$list" "$revoke" | next 2
must_refuse 1 "FORMATS 3.27" hold
printf '%s\n%s\n' "$revoke" "$list" | sed 's/bruno/nobody/' | next 2
must_refuse 1 "FORMATS 3.15: there is no [person nobody]" hold

echo "the key was on a laptop that is gone" >inbox/report.txt
{
	echo "$revoke"
	echo "evidence = report.txt sha384:$(sha384sum inbox/report.txt |
		cut -d' ' -f1)"
	delegate
	echo "$list"
} | next 2
cp -r state-a before
must_pass hold
new=$(cd state-a && for c in issued/*.crt; do
	[ "$c" = "$cert" ] || echo "$c"
done)
must_pass with_list 000002 "$new"
run with_list 000002 "$cert"
[ "$STATUS" -ne 0 ] || fail "openssl takes what is revoked"
grep -q "certificate revoked" "$OUT" "$ERR" || fail "for another reason"
must_pass "$ANCHORITE" ceremony verify --state state-a --against before
must_pass "$ANCHORITE" ceremony reproduce --after state-a sheets/*
must_refuse 1 "revoked" "$ANCHORITE" delegation verify \
	--state state-a "state-a/$cert"
must_pass "$ANCHORITE" delegation verify --state state-a \
	"state-a/$new"
must_pass "$ANCHORITE" ceremony log --state state-a
must_say "\"evidence\":\"$(sha384sum inbox/report.txt | cut -d' ' -f1)\""
must_pass "$ANCHORITE" delegation list --state state-a
must_say "revoked"

# for good: not twice, and in each list that follows
printf '%s\n%s\n' "$revoke" "$list" | next 3
must_refuse 1 "FORMATS 3.26: root g1 has no delegation gateway-release that is not revoked yet" hold
echo "$list" | next 3
must_pass hold
run with_list 000003 "$cert"
[ "$STATUS" -ne 0 ] || fail "a later list took it back"
must_pass with_list 000003 "$new"
