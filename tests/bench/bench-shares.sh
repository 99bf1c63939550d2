#!/bin/sh
# bench-shares BUILD [ROUNDS]: what it costs to prove every quorum of a set, and
# how many sheets can be looked at in a second, against the npm package slip39
# in the same run:
#
#   check	one sheet of 16: what `share check` does with its words, to the
#		sheet of record; slip39's validateMnemonic, which has no record
#		and looks at the checksum
#   recover	the seed from 8 of 16 sheets; slip39's recoverSecret
#
# Processor time in a process that is warm; the two take turns, and a ratio is
# the median of those of all rounds, with the least and the greatest behind it:
# how many times as fast as slip39.  Ours pays for what it does not leave behind:
# each copy lies in pages of its own that are locked and wiped, words are looked
# up without telling which (FORMATS 4.20), and PBKDF2 is libsodium's, whose
# state is in such pages too; theirs is OpenSSL's.
set -eu
LC_ALL=C
export LC_ALL
build=${1:?the folder of the build}
rounds=${2:-7}
case $build in
/*) ;;
*) build=$PWD/$build ;;
esac
bench=$build/tests/bench/bench_shares

"$bench"
room=$(mktemp -d "$build/bench.XXXXXX")
trap 'rm -rf "$room"' EXIT
trap 'exit 130' INT TERM HUP
cd "$room"
echo '{"private":true}' >package.json
if ! command -v npm >/dev/null || ! timeout 120 npm install --ignore-scripts \
	--no-audit --no-fund slip39@0.1.9 >npm.log 2>&1; then
	echo "no slip39@0.1.9 from npm: nothing to compare with"
	exit 0
fi
cat >peer.js <<'EOF'
const slip39 = require("slip39");
const [what, file, n] = process.argv.slice(2);
const lines = require("fs").readFileSync(file, "utf8").trim().split("\n");
const one = what === "check" ?
    (i) => slip39.validateMnemonic(lines[i % lines.length]) :
    () => slip39.recoverSecret(lines.slice(0, 8), "").length === 32;
const run = (n) => {
	const before = process.cpuUsage();
	for (let i = 0; i < n; i++)
		if (!one(i))
			throw new Error("it does not hold");
	const used = process.cpuUsage(before);
	return (used.user + used.system) / n;
};
run(n / 4);
console.log(run(Number(n)).toFixed(3));
EOF

# ratio TITLE WHAT N: of them, in so many rounds.
ratio() {
	"$bench" sheets sheets
	for _ in $(seq "$rounds"); do
		"$bench" "$2" sheets "$3"
		node peer.js "$2" sheets "$3"
	done | paste -d ' ' - - | awk '{ print $2 / $1, $1, $2 }' | sort -g |
		awk -v title="$1" '
		{ ratio[NR] = $1; ours[NR] = $2; theirs[NR] = $3 }
		END {
			m = int((NR + 1) / 2)
			printf "%s: %.1f us, %.0f a second; slip39 %.1f us; " \
			    "%.2f (%.2f to %.2f)\n", title, ours[m],
			    1e6 / ours[m], theirs[m], ratio[m], ratio[1],
			    ratio[NR]
		}'
}
ratio "check a sheet" check 2000
ratio "recover from 8 of 16" recover 20
