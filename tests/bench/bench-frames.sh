#!/bin/sh
# bench-frames BUILD [SCALE]: how many frames must be shown until a message is
# there, at the same size of code (version 27, level L: 3506 digits or 2132
# capitals behind the prefix), in one run:
#
#   ours      native frames, 7 bytes in 17 digits
#   ours, ur  UR, read by our receiver, which solves equations
#   bc-ur     npm @ngraveio/bc-ur 1.1.13, sender and receiver
#   bbqr      npm bbqr 1.2.0, base32: parts again and again, until each was
#             seen
#
# Mean, and in brackets the 95th percentile, over random losses; from the first
# frame, or joined at any later one.  `limit` is k / (1 - loss) for our k, what
# no code with pieces of that size can be better than in the mean; `over` is
# how much more ours took than the k-th frame that was not lost, of the very
# same losses, which leaves chance out.  Then what it costs to receive, in
# processor time, where all frames are sums: no piece comes as it is.
#
# SCALE (1) multiplies the trials.  Without npm, or its registry, the two peers
# are left out, and a line says so.
set -eu

build=${1:?the folder of the build}
scale=${2:-1}
bench=$build/tests/bench/bench_frames
case $bench in
/*) ;;
*) bench=$PWD/$bench ;;
esac
digits=3506
letters=2132
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
cd "$work"

peers=
get_peers() {
	command -v node >/dev/null && command -v npm >/dev/null || return 1
	echo '{"private":true}' >package.json
	timeout 120 npm install --ignore-scripts --no-audit --no-fund \
		@ngraveio/bc-ur@1.1.13 bbqr@1.2.0 >npm.log 2>&1
}
if get_peers; then
	peers=yes
else
	echo "frames: no npm, or no bc-ur and bbqr from it: peers left out"
fi

# Arguments: peer, size, letters, loss, late or start, trials.
cat >peers.mjs <<'EOF'
import { createRequire } from "module";
import { randomBytes } from "crypto";
import { splitQRs, joinQRs } from "bbqr";
const { UR, UREncoder, URDecoder } =
    createRequire(import.meta.url)("@ngraveio/bc-ur");
const [peer, ...rest] = process.argv.slice(2);
const [size, letters, loss] = rest.slice(0, 3).map(Number);
const late = rest[3] === "late", trials = Number(rest[4]);
const lost = () => Math.random() * 100 < loss;
const any = (n) => Math.floor(Math.random() * n);

// The largest pieces whose late parts still fit the code.
function largest() {
	const message = UR.fromBuffer(randomBytes(size));
	for (let piece = letters / 2; ; piece--)
		if (new UREncoder(message, piece, 99999).nextPart().length <=
		    letters)
			return piece;
}

function ur(piece) {
	const message = randomBytes(size);
	const k = new UREncoder(UR.fromBuffer(message), piece).fragmentsLength;
	const e = new UREncoder(UR.fromBuffer(message), piece,
	    late ? 1 + any(3 * k) : 0);
	const d = new URDecoder();
	let shown = 0;
	while (!d.isComplete()) {
		const part = e.nextPart();
		shown++;
		if (!lost())
			d.receivePart(part);
	}
	if (!d.isSuccess() || d.resultUR().decodeCBOR().compare(message) !== 0)
		throw new Error("bc-ur gives something else");
	return [k, shown];
}

function bbqr() {
	const message = randomBytes(size);
	const { parts } = splitQRs(new Uint8Array(message), "B",
	    { encoding: "2", minVersion: 27, maxVersion: 27 });
	const from = late ? any(parts.length) : 0, seen = new Set();
	let shown = 0;
	while (seen.size < parts.length) {
		const part = parts[(from + shown++) % parts.length];
		if (!lost())
			seen.add(part);
	}
	if (Buffer.from(joinQRs([...seen]).raw).compare(message) !== 0)
		throw new Error("bbqr gives something else");
	return [parts.length, shown];
}

const piece = peer === "ur" ? largest() : 0;
const all = [];
let k = 0;
for (let i = 0; i < trials; i++) {
	const [pieces, shown] = peer === "ur" ? ur(piece) : bbqr();
	k = pieces;
	all.push(shown);
}
all.sort((a, b) => a - b);
console.log(k, (all.reduce((a, b) => a + b) / trials).toFixed(2),
    all[Math.floor(trials * 0.95)]);
EOF

# line SIZE LOSS JOIN TRIALS PEER_TRIALS
line() {
	# k, mean, 95th percentile and, for ours, the ratio to the least
	ours=$("$bench" need native "$1" $digits "$2" "$3" "$4")
	ur=$("$bench" need ur "$1" $letters "$2" "$3" "$4")
	bcur="- - -"
	bbqr="- - -"
	if [ -n "$peers" ]; then
		bcur=$(node peers.mjs ur "$1" $letters "$2" "$3" "$5")
		bbqr=$(node peers.mjs bbqr "$1" $letters "$2" "$3" "$4")
	fi
	echo "$2 $3 $ours $ur $bcur $bbqr" | awk '
	function cell(mean, high) {
		if (mean == "-")
			return mean
		return sprintf("%.1f (%d)", mean, high)
	}
	{
		printf "  %2d %%  %-5s  %6.1f  %-13s %+.2f %%  %-13s %-13s " \
		    "%-13s", $1, $2, $3 / (1 - $1 / 100), cell($4, $5),
		    100 * ($6 - 1), cell($8, $9), cell($12, $13),
		    cell($15, $16)
		if ($12 != "-")
			printf " %.2f %.2f", $12 / $4, $15 / $4
		printf "\n"
	}'
}

table() {
	echo "$1 bytes: frames shown, mean (95th percentile); the last two" \
		"are bc-ur and bbqr in ours"
	echo "  loss  join    limit  ours          over     ours, ur     " \
		"bc-ur         bbqr          ratios"
	for join in start late; do
		for loss in 0 10 20 40; do
			line "$1" $loss $join $(($2 * scale)) $(($3 * scale))
		done
	done
}

table 2000 1000 200
table 20000 1000 100
table 200000 40 4
for size in 20000 200000 1000000; do
	"$bench" cost $size $digits
done
