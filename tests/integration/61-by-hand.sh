#!/bin/sh
# Goal: twenty years on, without this program.  The lines of FORMATS 5.9 are
# taken from the page and run as they stand there, on sheets of rehearsals, and
# give the public key that the root's certificate has.
. "$ROOT/tests/integration/lib.sh"
command -v bc >/dev/null || skip "no bc"
formats=$ROOT/docs/FORMATS.md

# lines ALG: the block of 5.9 for that algorithm.
lines() {
	awk -v alg="\`$1\`" '
	/^- \*\*/ { on = 0 }
	/^- \*\*5\.9\*\*/ { here = 1 }
	/^- \*\*5\.10\*\*/ { here = 0 }
	here && /For a root of/ { on = index($0, alg) > 0; next }
	on && /^        / { sub(/^        /, ""); print; next }
	on && NF > 0 { on = 0 }
	' "$formats"
}

# The salts are said in 5.2 and 5.4; a TEST sheet takes the second.
salt=$(sed -n 's/.*uses the salt `\([^`]*\)`.*/\1/p' "$formats")
[ "$salt" = 'anchorite rehearsal seed v1' ] || fail "which salt? $salt"
grep -qxF '        SALT="anchorite root seed v1"' "$formats" ||
	fail "5.9 does not say the salt"

# arrive ALG REHEARSAL: from its sheets to its root's key, by the page alone.
arrive() {
	mkdir "$1"
	cd "$1"
	lines "$1" >recipe.sh
	[ "$(wc -l <recipe.sh)" -eq 8 ] || fail "not eight lines for $1"
	S=$(sed -n 's/^share: //p' "$WORK/$2"/sheets/g1-* | head -n 3 |
		"$HELPER/slip39" recover)
	SALT=$salt
	export S SALT
	must_pass sh recipe.sh
	cp "$OUT" digest

	# on the sheet, in the record, in the certificate
	digest=$(cut -d' ' -f1 digest)
	[ ${#digest} -eq 96 ] || fail "no digest: $digest"
	half=$(printf %.48s "$digest")
	for sheet in "$WORK/$2"/sheets/g1-*; do
		grep -q "^   $half\$" "$sheet" || fail "$sheet: another key"
	done
	openssl x509 -in "$WORK/$2"/state/roots/*.crt -noout -pubkey \
		>certificate.pub
	openssl pkey -in key.pem -pubout -out ours.pub
	cmp certificate.pub ours.pub || fail "$1: the page leads elsewhere"

	# and it signs what the certificate verifies
	echo hello >text
	openssl dgst -sha384 -sign key.pem -out signature text
	must_pass openssl dgst -sha384 -verify certificate.pub \
		-signature signature text
	cd ..
}

must_pass "$ANCHORITE" rehearse --dir p384
arrive ecdsa-p384 p384

must_pass "$ANCHORITE" ceremony example two-people
sed -e 's/^algorithm = .*/algorithm = ecdsa-p256/' -e '/^\[delegate/,$d' \
	-e '/^# the request and/d' "$OUT" | sed '$d' >plan.ini
must_pass "$ANCHORITE" rehearse --plan plan.ini --dir p256
arrive ecdsa-p256 p256

# The lines prove something: another salt leads elsewhere.
cd ecdsa-p384
SALT='anchorite root seed v1'
must_pass sh recipe.sh
cmp -s "$OUT" digest && fail "the salt has no say"
exit 0
