#!/bin/sh
# bench-scan BUILD [CODES [ROUNDS]]: how fast a video of codes is read.
# A screen shows CODES (10) codes of version 25, five a second; a camera of
# 1920 x 1080 makes thirty pictures a second of it, as a test program of ours
# models one (tests/support/degrade.h).  At each level the same pictures go
# through
#
#   zbarimg      as it comes, over files of them, one after another
#   plain        libzbar as it comes, each picture as a whole, in one process
#   receive      our reader, with one child and with one a processor
#
# The machine may be busy with other work, so what counts is processor time,
# of all processes; wall time stands beside it.  The parties take turns, and a
# ratio is the median of those of all rounds, with the least and the greatest
# behind it.  "Codes" is how many of the different ones were read, "pictures"
# in how many of them: where the screen changed within a picture there is none.
set -eu
LC_ALL=C
export LC_ALL

build=${1:?the folder of the build}
codes=${2:-10}
rounds=${3:-3}
case $build in
/*) ;;
*) build=$PWD/$build ;;
esac
for tool in qrencode zbarimg; do
	command -v $tool >/dev/null || {
		echo "bench-scan: no $tool (scripts/setup --tests)" >&2
		exit 2
	}
done
tmp=$(mktemp -d "$build/bench.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM HUP

# Digits that are the same each time, as many as version 25-L takes.
code() {
	awk -v seed="$1" 'BEGIN {
		srand(seed)
		printf "AN1:"
		for (i = 0; i < 3040; i++)
			printf "%d", rand() * 10
	}' | qrencode -v 25 -l L -s 8 -m 4 -o "$tmp/code-$1.png"
}

# zbarimg's turn: as bench_scan says it.
zbarimg_turn() {
	from=$(date +%s.%N)
	(
		zbarimg --nodbus -q --raw -Sdisable -Sqrcode.enable \
			"$tmp"/pictures/*.pgm >"$tmp/texts" 2>/dev/null || :
		# no pipe: that would be another shell, with times of its own
		times >"$tmp/times"
	)
	awk -v from="$from" -v until="$(date +%s.%N)" -v n="$pictures" \
		-v codes="$(sort -u "$tmp/texts" | grep -c .)" \
		-v with="$(grep -c . "$tmp/texts")" '
	function seconds(t,    part) {
		split(t, part, /[ms]/)
		return part[1] * 60 + part[2]
	}
	NR == 2 { # of what was waited for
		printf "%d %d %d %.3f %.3f %.1f\n", n, with, codes,
		    until - from, seconds($1) + seconds($2),
		    n / (until - from)
	}' "$tmp/times"
}

turn() {
	case $1 in
	zbarimg) zbarimg_turn ;;
	*) "$build/tests/bench/bench_scan" "$1" <"$tmp/video" ;;
	esac >>"$tmp/turns-$1"
}

# report LEVEL: the medians of all turns.
report() {
	for party in zbarimg plain 1 0; do
		sed "s/^/$party /" "$tmp/turns-$party"
	done | awk -v level="$1" -v rounds="$rounds" '
	function sorted(list, n,    i, j, t) {
		for (i = 1; i <= n; i++)
			for (j = i; j > 1 && list[j] < list[j - 1]; j--) {
				t = list[j]
				list[j] = list[j - 1]
				list[j - 1] = t
			}
	}
	function ratio(peer,    i, list) {
		for (i = 1; i <= rounds; i++)
			list[i] = cpu[peer, i] / cpu[0, i]
		sorted(list, rounds)
		return sprintf("%.1f (%.1f to %.1f)",
		    list[int((rounds + 1) / 2)], list[1], list[rounds])
	}
	function line(name, party,    i, fast, busy) {
		for (i = 1; i <= rounds; i++) {
			if (rate[party, i] > fast)
				fast = rate[party, i]
			if (!busy || cpu[party, i] < busy)
				busy = cpu[party, i]
		}
		printf "  %-22s %3d of %3d pictures, %2d codes; " \
		    "%5.1f ms of processor a picture; %5.1f pictures/s wall\n",
		    name, with[party], all[party], codes[party],
		    busy * 1000 / all[party], fast
	}
	{
		turn = ++n[$1]
		all[$1] = $2
		with[$1] = $3
		codes[$1] = $4
		cpu[$1, turn] = $6
		rate[$1, turn] = $7
	}
	END {
		print level ":"
		line("zbarimg", "zbarimg")
		line("libzbar, whole picture", "plain")
		line("receive, one reader", 1)
		line("receive, all readers", 0)
		printf "  processor time: zbarimg / receive %s, " \
		    "libzbar / receive %s\n", ratio("zbarimg"), ratio("plain")
	}'
}

i=0
while [ $i -lt "$codes" ]; do
	i=$((i + 1))
	code $i
done
echo "1080p video of codes of version 25, $(nproc) processors, load" \
	"$(cut -d ' ' -f 1 /proc/loadavg)"
for level in good typical noisy; do
	mkdir "$tmp/pictures"
	rm -f "$tmp"/turns-*
	"$build/tests/helper/degrade" -l $level "$tmp"/code-*.png >"$tmp/video"
	"$build/tests/helper/degrade" -l $level -o "$tmp/pictures" \
		"$tmp"/code-*.png
	pictures=$(find "$tmp/pictures" -name '*.pgm' | grep -c .)
	round=0
	while [ $round -lt "$rounds" ]; do
		round=$((round + 1))
		for party in zbarimg plain 1 0; do
			turn $party
		done
	done
	report $level
	rm -r "$tmp/pictures"
done
