#!/bin/sh
# Goal: paper outlives programs.  What we split, the npm package slip39 opens,
# and what it splits, we open: with and without the ext flag, one group and
# two, with and without a passphrase.
# Needs node, npm and its registry; else it is skipped.
set -eu

: "${HELPER:?the folder of the test programs}"
slip39=$HELPER/slip39

fail() {
	echo "$1"
	exit 1
}

command -v node >/dev/null || { echo "skipped: no node"; exit 77; }
command -v npm >/dev/null || { echo "skipped: no npm"; exit 77; }
echo '{"private":true}' >package.json
timeout 120 npm install --ignore-scripts --no-audit --no-fund slip39@0.1.9 \
    >npm.log 2>&1 || { echo "skipped: no slip39@0.1.9 from npm"; exit 77; }
[ -f node_modules/slip39/package.json ] || fail "npm installed nothing"

# Arguments: seed, passphrase, ext, exponent, threshold, groups as 2/3,3/5.
cat >split.js <<'EOF'
const slip39 = require("slip39");
const [seed, pass, ext, exponent, threshold, shapes] = process.argv.slice(2);
const groups = shapes.split(",").map((s) => [...s.split("/").map(Number), s]);
const all = slip39.fromArray([...Buffer.from(seed, "hex")], {
	passphrase: pass, threshold: Number(threshold), groups,
	iterationExponent: Number(exponent),
	extendableBackupFlag: Number(ext) });
groups.forEach((g, i) => {
	if (i > 0)
		console.log("");
	console.log(all.fromPath("r/" + i).mnemonics.join("\n"));
});
EOF
cat >recover.js <<'EOF'
const slip39 = require("slip39");
const lines = require("fs").readFileSync(0, "utf8").split("\n")
    .filter((l) => l !== "");
console.log(Buffer.from(slip39.recoverSecret(lines, process.argv[2] || ""))
    .toString("hex"));
EOF

seed=8dc652d6d6cd370d8c963141f6d79ba440300f25c467302c1d966bff8f62300d
count=0

# Both directions over given quorums, each a sed script of line numbers.
both() {
	pass=$1 ext=$2 exponent=$3 threshold=$4 shapes=$5
	shift 5
	"$slip39" split --secret $seed --group-threshold "$threshold" \
	    --groups "$shapes" --ext "$ext" --exponent "$exponent" \
	    --passphrase "$pass" >ours || fail "we do not split $shapes"
	node split.js $seed "$pass" "$ext" "$exponent" "$threshold" \
	    "$shapes" >theirs || fail "slip39-js does not split $shapes"
	[ "$(grep -c . ours)" = "$(grep -c . theirs)" ] ||
	    fail "we and slip39-js give different numbers of shares"
	for quorum in "$@"; do
		got=$(sed -n "$quorum" ours | node recover.js "$pass") ||
		    fail "slip39-js refuses ours: $shapes ext $ext: $quorum"
		[ "$got" = $seed ] || fail "slip39-js finds another secret"
		got=$(sed -n "$quorum" theirs | "$slip39" recover \
		    --passphrase "$pass") ||
		    fail "we refuse slip39-js: $shapes ext $ext: $quorum"
		[ "$got" = $seed ] || fail "we find another secret"
		count=$((count + 2))
	done
	# one line less of the same quorum opens nothing, here or there
	if sed -n "$1" ours | sed '$d' | node recover.js "$pass" \
	    >/dev/null 2>&1; then
		fail "slip39-js opens less than a quorum"
	fi
	if sed -n "$1" theirs | sed '$d' | "$slip39" recover >/dev/null 2>&1
	then
		fail "we open less than a quorum"
	fi
}

for ext in 0 1; do
	both "" "$ext" 0 1 3/5 '1p;3p;5p' '4p;2p;3p'
	both "TREZOR" "$ext" 1 1 3/5 '2p;4p;5p'
	both "" "$ext" 1 2 2/3,3/5 '1p;3p;5p;6p;9p' '2p;3p;7,9p'
	both "two words ~!" "$ext" 0 2 2/3,3/5 '1,2p;5,7p'
	both "" "$ext" 0 1 8/16 '1,4p;13,16p'
done

# a 128-bit secret too
seed=bb54aac4b89dc868ba37d9cc21b2cece
both "" 1 0 1 2/3 '1p;3p'
# Sheets of a rehearsal, in groups and with a passphrase, for programs that know
# the ext flag and for those from before it: any SLIP-39 program gives the seed.
: "${ANCHORITE:?the program}"
seed=$(printf 'anchorite public rehearsal seed v1/0' | sha256sum | cut -d' ' -f1)
# from_sheets EXTENDABLE PASSPHRASE: what the plan says of both.
from_sheets() {
	dir=sheets-$1
	today=$(date -u +%Y-%m-%d)
	cat >plan.ini <<INI
[ceremony]
format = 1
org = example
mode = rehearsal
number = 1
previous = none
effective = $today
latest = $(date -u -d '+2 days' +%Y-%m-%d)
oid-arc = 1.3.6.1.4.1.55555
officer = anna
witness = bruno

[person anna]
name = Anna

[person bruno]
name = Bruno

[person clara]
name = Clara

[mint g1]
algorithm = ecdsa-p256
need = 2 groups
group.first = 2 of 3: anna@office, bruno@bank, clara@notary
group.second = 1 of 1: clara@home
group.third = 2 of 2: anna@vault, clara@abroad
extendable = $1
$2
INI
	"$ANCHORITE" rehearse --plan plan.ini --dir "$dir" >rehearse.log 2>&1 ||
	    fail "no rehearsal: $(cat rehearse.log)"
	pass=
	[ -z "$2" ] || pass='rehearsal passphrase of root g1'
	for quorum in '1 2 5 6' '4 5 6' '1 3 4'; do
		for i in $quorum; do
			sed -n 's/^share: //p' "$dir"/sheets/g1-e1-sheet0"$i"-*
		done >quorum
		got=$(node recover.js "$pass" <quorum) ||
		    fail "slip39-js refuses sheets $quorum of $dir"
		[ "$got" = "$seed" ] || fail "slip39-js: sheets $quorum of $dir"
		count=$((count + 1))
	done
	[ -z "$pass" ] || [ "$(node recover.js '' <quorum)" != "$seed" ] ||
	    fail "the passphrase has no say"
}
from_sheets yes ''
from_sheets no 'passphrase = bruno'
echo "$count recoveries agree with slip39-js 0.1.9"
