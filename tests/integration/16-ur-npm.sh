#!/bin/sh
# Goal: what we show as UR is read by desks and phones without our program, and
# what they show by us: both ways with the npm package @ngraveio/bc-ur, from
# the start and late, with frames lost, in one part and in many.
# Needs node, npm and its registry; else it is skipped.
set -eu

: "${HELPER:?the folder of the test programs}"
frames=$HELPER/frames

fail() {
	echo "$1"
	exit 1
}

command -v node >/dev/null || { echo "skipped: no node"; exit 77; }
command -v npm >/dev/null || { echo "skipped: no npm"; exit 77; }
echo '{"private":true}' >package.json
timeout 120 npm install --ignore-scripts --no-audit --no-fund \
    @ngraveio/bc-ur@1.1.13 >npm.log 2>&1 ||
	{ echo "skipped: no @ngraveio/bc-ur@1.1.13 from npm"; exit 77; }
[ -f node_modules/@ngraveio/bc-ur/package.json ] ||
	fail "npm installed nothing"

# The message on standard output; exit 1 where the lines do not suffice.
cat >receive.js <<'EOF'
const { URDecoder } = require("@ngraveio/bc-ur");
const d = new URDecoder();
for (const line of require("fs").readFileSync(0, "utf8").split("\n"))
	if (line !== "" && !d.isComplete())
		d.receivePart(line);
if (!d.isComplete() || !d.isSuccess())
	process.exit(1);
if (d.resultUR().type !== "x-anchorite")
	process.exit(2);
process.stdout.write(d.resultUR().decodeCBOR());
EOF
# Arguments: largest piece, parts, first part.  The message on standard input.
cat >send.js <<'EOF'
const { UR, UREncoder } = require("@ngraveio/bc-ur");
const [piece, count, first] = process.argv.slice(2).map(Number);
const bytes = UR.fromBuffer(require("fs").readFileSync(0));
const e = new UREncoder(new UR(bytes.cbor, "x-anchorite"), piece, first);
for (let i = 0; i < count; i++)
	console.log(e.nextPart());
EOF

# The message that carries what is on standard input.
cat >seal.js <<'EOF'
const body = require("fs").readFileSync(0);
process.stdout.write(require("crypto").createHash("sha256").update(body)
    .digest());
process.stdout.write(body);
EOF

# Every third line lost.
lose() {
	sed 'n;n;d'
}

# both SIZE PIECE: as many parts as are always enough, also late.
count=0
both() {
	head -c "$1" /dev/urandom >body
	node seal.js <body >message
	parts=$((($1 + 40) * 6 / $2 + 60))
	for first in 0 3 700; do
		"$frames" send ur "$2" $parts $first <body | lose |
			node receive.js >theirs ||
			fail "bc-ur gets nothing from ours: $1 bytes in $2"
		cmp theirs message || fail "bc-ur reads something else"
		tail -c +33 theirs | sha256sum | cut -d ' ' -f 1 >digest
		head -c 32 theirs | od -A n -v -t x1 | tr -d ' \n' |
			cmp -n 64 - digest ||
			fail "the digest does not tell the body"
		node send.js "$2" $parts $first <message | lose |
			"$frames" receive >ours ||
			fail "we get nothing from bc-ur: $1 bytes in $2"
		cmp ours body || fail "we read something else"
		count=$((count + 2))
	done
}

both 1 1000
both 900 1000
both 900 50
both 20000 1000
both 20000 100
both 100000 900

# the same texts, but for the case of letters
"$frames" send ur 100 50 <body >ours
node send.js 100 50 0 <message | tr '[:lower:]' '[:upper:]' | cmp - ours ||
	fail "bc-ur writes other parts"
# one of another message, and one of another type, are not ours
node send.js 100 900 0 <body | "$frames" receive >/dev/null 2>&1 &&
	fail "a message without its digest was delivered"
sed 's/X-ANCHORITE/BYTES/' ours | "$frames" receive >/dev/null 2>&1 &&
	fail "another type was taken"
echo "$count messages went both ways with bc-ur 1.1.13"
