#!/bin/sh
# Goal: twenty years on, without this program.  The lines on a rehearsal's sheet
# are run as they stand there, on the paper and in its text, with openssl, bc
# and somebody else's SLIP-39 program, and give the public key that the root's
# certificate has.  FORMATS 5.9 has the same lines.
. "$ROOT/tests/integration/lib.sh"
command -v bc >/dev/null || skip "no bc"
formats=$ROOT/docs/FORMATS.md

# --- one table: what the page says is what stands on a sheet ---
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
"$HELPER/sheet" algs >algs
[ "$(wc -l <algs)" -eq "$(grep -c '^  For a root of `' "$formats")" ] ||
	fail "the page has other algorithms"
while read -r alg; do
	"$HELPER/sheet" recipe "$alg" >table
	lines "$alg" >page
	cmp table page || fail "FORMATS 5.9 has other lines for $alg"
	[ "$(wc -L <table)" -le 76 ] || fail "$alg: a line is too long"
done <algs
[ "$(sed -n 's/.*uses the salt `\([^`]*\)`.*/\1/p' "$formats")" = \
	'anchorite rehearsal seed v1' ] || fail "5.4 has another salt"
grep -qxF '        SALT="anchorite root seed v1"' "$formats" ||
	fail "5.9 does not say the salt"

# --- Ed25519, whose roots want a newer OpenSSL than its lines do ---
vector=$(awk '$1 == "seed:" { seed = $2 } $1 == "alg:" { alg = $2 }
	$1 == "public:" && alg == "ed25519" { print seed, $2; exit }' \
	"$ROOT/tests/vectors/derivation.txt")
mkdir vector
cd vector
{
	echo "S=${vector% *}"
	echo 'SALT="anchorite root seed v1"'
	"$HELPER/sheet" recipe ed25519
} >recipe.sh
must_pass sh recipe.sh
openssl pkey -in key.pem -pubout -outform DER | tail -c 32 | od -An -v -tx1 |
	tr -d ' \n' >public
[ "$(cat public)" = "${vector#* }" ] || fail "ed25519: another public key"
cd ..

# --- somebody else's program for SLIP-39, or ours where there is none ---
theirs=
echo '{"private":true}' >package.json
if [ -d "${NPM_MODULES:-}/slip39" ]; then
	ln -s "$NPM_MODULES" node_modules
	theirs=yes
elif command -v npm >/dev/null && timeout 120 npm install --ignore-scripts \
	--no-audit --no-fund slip39@0.1.9 >npm.log 2>&1; then
	theirs=yes
fi
[ -n "$theirs" ] || echo "no slip39@0.1.9 from npm: our own is asked"
cat >recover.js <<'JS'
const slip39 = require(process.argv[2] + "/node_modules/slip39");
const lines = require("fs").readFileSync(0, "utf8").split("\n")
    .filter((l) => l !== "");
console.log(Buffer.from(slip39.recoverSecret(lines, "")).toString("hex"));
JS
combine() {
	if [ -n "$theirs" ]; then
		node "$WORK/recover.js" "$WORK"
	else
		"$HELPER/slip39" recover
	fi
}

# recipe: the lines of a text from the salt to the digest, as they stand.
recipe() {
	sed -n '/^SALT=/,/^ && sha384sum key.pub$/p'
}

# arrive ALG REHEARSAL: from the sheets of its root g1 to its key.
arrive() {
	mkdir "by-$1"
	cd "by-$1"
	set -- "$1" "$WORK/$2"
	sheet=$(echo "$2"/sheets/g1-*01-*.txt)
	recipe <"$sheet" >recipe.sh
	[ -s recipe.sh ] || fail "there is no recipe on the sheet of $1"
	# the paper has the same
	pdf=$(echo "$2"/sheets/pdf/g1-*01-*.pdf)
	pdftotext -layout "$pdf" paper.txt
	recipe <paper.txt >paper.sh
	cmp recipe.sh paper.sh || fail "$1: another recipe is on paper"
	# and the pages for whoever wrote by hand
	must_pass "$ANCHORITE" share recovery g1 --state "$2/state" \
		--to recovery.pdf
	pdftotext -layout recovery.pdf pages.txt
	recipe <pages.txt >pages.sh
	cmp recipe.sh pages.sh || fail "$1: another recipe is on the pages"

	# just as many sheets as it says
	need=$(sed -n 's/^Any \([0-9]*\) of the .*/\1/p' "$sheet")
	S=$(sed -n 's/^share: //p' "$2"/sheets/g1-*.txt | head -n "$need" |
		combine)
	[ ${#S} -eq 64 ] || fail "no seed"
	export S
	must_pass sh recipe.sh
	cp "$OUT" digest

	# on every sheet, and in the certificate
	digest=$(cut -d' ' -f1 digest)
	[ ${#digest} -eq 96 ] || fail "no digest: $digest"
	half=$(printf %.48s "$digest")
	for sheet in "$2"/sheets/g1-*; do
		grep -q "^   $half\$" "$sheet" || fail "$sheet: another key"
	done
	grep -q "^ *$half\$" pages.txt || fail "another key on the pages"
	grep -qF "not a real key" pages.txt ||
		fail "the pages do not say that it is a rehearsal"
	openssl x509 -in "$(grep -l . "$2"/state/roots/*.crt | head -n 1)" \
		-noout -pubkey >certificate.pub
	openssl pkey -in key.pem -pubout -out ours.pub
	cmp certificate.pub ours.pub || fail "$1: the sheet leads elsewhere"

	# another salt leads elsewhere: the lines prove something
	sed 's/^SALT=.*/SALT="anchorite root seed v1"/' recipe.sh >wrong.sh
	must_pass sh wrong.sh
	cmp -s "$OUT" digest && fail "the salt has no say"
	cd ..
}

command -v pdftotext >/dev/null || skip "no pdftotext"
must_pass "$ANCHORITE" rehearse --dir p384
arrive ecdsa-p384 p384

must_pass "$ANCHORITE" ceremony example two-people
sed -e '/^\[delegate/,$d' -e '/^# the request and/d' "$OUT" | sed '$d' >base.ini
while read -r alg; do
	[ "$alg" != ecdsa-p384 ] || continue
	sed -e "s/^algorithm = .*/algorithm = $alg/" base.ini >plan.ini
	run "$ANCHORITE" rehearse --plan plan.ini --dir "$alg"
	if grep -q 'need OpenSSL 3.5 or newer' "$ERR"; then
		echo "$alg: not of this OpenSSL"
		continue
	fi
	[ "$STATUS" -eq 0 ] || complain "it should have passed" rehearse "$alg"
	arrive "$alg" "$alg"
done <algs
exit 0
