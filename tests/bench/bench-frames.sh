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
# SCALE (1) multiplies the trials; as many are made at a time as there are
# processors, for it is frames that count and not time.  Without npm, or its
# registry, the two peers are left out, and a line says so.
set -eu
LC_ALL=C
export LC_ALL

build=${1:?the folder of the build}
scale=${2:-1}
bench=$build/tests/bench/bench_frames
case $bench in
/*) ;;
*) bench=$PWD/$bench ;;
esac
# shellcheck source=tests/bench/aims.sh
. "$(dirname "$0")/aims.sh"
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

losses="0 10 20 40"
joins="start late"

# jobs SIZE TRIALS BC-UR'S: a line of file and command for each measure
jobs() {
	for join in $joins; do
		for loss in $losses; do
			of=$1-$loss-$join
			[ -z "$peers" ] || cat <<-EOF
				bcur-$of node peers.mjs ur $1 $letters $loss $join $3
				bbqr-$of node peers.mjs bbqr $1 $letters $loss $join $2
			EOF
			cat <<-EOF
				ur-$of $bench need ur $1 $letters $loss $join $2
				ours-$of $bench need native $1 $digits $loss $join $2
			EOF
		done
	done
}

# table SIZE TRIALS BC-UR'S: rows of size, loss, join; k, mean, 95th percentile
# and ratio to the least for ours (4) and UR by ours (8); k, mean and 95th
# percentile for bc-ur (12) and bbqr (15)
table() {
	echo "$1 bytes: frames shown, mean (95th percentile) of $2 trials, of" \
		"bc-ur $3; last: bc-ur and bbqr in ours"
	echo "  loss  join    limit  ours          over     ours, ur     " \
		"bc-ur         bbqr          ratios"
	for join in $joins; do
		for loss in $losses; do
			of=$1-$loss-$join
			for party in ours ur bcur bbqr; do
				cat $party-"$of" 2>/dev/null || echo "- - -"
			done | tr '\n' ' ' | sed "s/^/$1 $loss $join /"
			echo
		done
	done | tee -a rows | awk '
	function cell(mean, high) {
		if (mean == "-")
			return mean
		return sprintf("%.1f (%d)", mean, high)
	}
	{
		printf "  %2d %%  %-5s  %6.1f  %-13s %+.2f %%  %-13s %-13s " \
		    "%-13s", $2, $3, $4 / (1 - $2 / 100), cell($5, $6),
		    100 * ($7 - 1), cell($9, $10), cell($13, $14),
		    cell($16, $17)
		if ($13 != "-")
			printf " %.2f %.2f", $13 / $5, $16 / $5
		printf "\n"
	}'
}

# measure SIZE TRIALS BC-UR'S: in any order, then said in one
measure() {
	# shellcheck disable=SC2016 # for the inner shell
	jobs "$@" | tac | xargs -P "$(nproc)" -L 1 \
		sh -c 'out=$1; shift; "$@" >"$out"' sh || {
		echo "frames: a measure failed" >&2
		exit 1
	}
	table "$@"
}

measure 2000 $((1000 * scale)) $((200 * scale))
measure 20000 $((1000 * scale)) $((100 * scale))
measure 200000 $((40 * scale)) $((10 * scale))
for size in 20000 200000 1000000; do
	"$bench" cost $size $digits
done

# over: the worst of 20 KB and more, from the least that there can be
awk '
$1 >= 20000 && 100 * ($7 - 1) >= worst {
	worst = 100 * ($7 - 1)
	at = sprintf("%d KB, %d %% lost, %s", $1 / 1000, $2, $3)
}
END {
	printf "%+.2f %%\t%s\t%s\n", worst, at, (worst <= 1 ? "yes" : "NO")
}' rows >summed
IFS='	' read -r worst at answer <summed
aim "frames, 20 KB and more: within 1 % of the least" "$worst ($at)" "$answer"

# against NAME COLUMN: least and most of what a peer needs in ours
against() {
	if [ -z "$peers" ]; then
		aim "  $1 in ours" "no peer from npm" "not measured"
		return
	fi
	awk -v column="$2" '
	$1 >= 20000 {
		ratio = $column / $5
		if (!n++ || ratio < least)
			least = ratio
		if (ratio > most)
			most = ratio
	}
	END {
		printf "%.2f to %.2f times as many\n", least, most
	}' rows >summed
	read -r figure <summed
	aim "  $1 needs, in ours" "$figure" "-"
}
against "UR (npm bc-ur)" 13
against "BBQr (npm bbqr)" 16
