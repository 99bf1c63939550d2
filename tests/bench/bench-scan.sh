#!/bin/sh
# bench-scan BUILD [CODES [ROUNDS]]: how fast a video of codes is read.
# A screen shows the CODES (10) codes of version 25 that a parcel has, five a
# second; a camera of 1920 x 1080 makes thirty pictures a second of it, as a
# test program of ours models one (tests/support/degrade.h).  At each level the
# same pictures go through
#
#   zbarimg      as it comes, over files of them, one after another; once
#   plain        libzbar as it comes, each picture as a whole, in one process
#   receive      our reader, with one child and with one a processor
#   the verb     transfer receive y4m:-, from its start to the parcel, with as
#                many pictures as it wants
#
# The machine may be busy with other work, so what counts is processor time,
# of all processes; wall time stands beside it, the best of all rounds.  The
# parties take turns, and a ratio is the median of those of all rounds, with
# the least and the greatest behind it.  "Codes" is how many of the different
# ones were read, "pictures" in how many of them: where the screen changed
# within a picture there is none.
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
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/bench/aims.sh
. "$here/aims.sh"
# shellcheck source=tests/integration/parcels.sh
. "$here/../integration/parcels.sh"
tmp=$(mktemp -d "$build/bench.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM HUP
cd "$tmp"

fail() {
	echo "bench-scan: $1" >&2
	exit 1
}

if command -v zbarimg >/dev/null; then
	zbarimg=zbarimg
else
	zbarimg=
	echo "scan: no zbarimg (scripts/setup --tests): left out"
fi

# What was made and is one picture: a head and its rows.
row_bytes=$((1920 * 1080))
head_bytes=0

# the_video: of the pictures, as the camera gave them
the_video() {
	echo "YUV4MPEG2 W1920 H1080 F30:1 Ip A1:1 Cmono"
	for picture in pictures/*.pgm; do
		echo FRAME
		tail -c $row_bytes "$picture"
	done
}

# clocked CMD...: seconds of wall, and of processor time of all of it
clocked() {
	from=$(date +%s.%N)
	(
		"$@"
		# no pipe: that would be another shell, with times of its own
		times >took
	) || return
	until=$(date +%s.%N)
	awk -v from="$from" -v until="$until" '
	function seconds(t,    part) {
		split(t, part, /[ms]/)
		return part[1] * 60 + part[2]
	}
	NR == 2 { # of what was waited for
		printf "%.3f %.3f\n", until - from, seconds($1) + seconds($2)
	}' took
}

# turn PARTY: a line of pictures, those with a code, codes, wall, processor
zbarimg_all() {
	zbarimg --nodbus -q --raw -Sdisable -Sqrcode.enable pictures/*.pgm \
		>texts 2>/dev/null || :
}
turn_zbarimg() {
	took=$(clocked zbarimg_all)
	echo "$pictures $(grep -c . texts) $(sort -u texts | grep -c .) $took"
}
verb() {
	"$build/anchorite" transfer receive y4m:- --to got <&3 >report 2>log
}
turn_verb() {
	exec 3<video
	took=$(clocked verb) || fail "the verb says: $(cat log)"
	cmp parcel got || fail "the verb delivers something else"
	rm got
	at=$(sed -n 's/^pos:[[:space:]]*//p' /proc/$$/fdinfo/3)
	exec 3<&-
	sed -n 's/^codes *\([0-9]*\) read, \([0-9]*\) were wanted$/\1 \2/p' \
		report >counts
	read -r with wanted <counts
	echo "$(((at - head_bytes) / (row_bytes + 6))) $with $wanted $took"
}
turn() {
	case $1 in
	zbarimg) turn_zbarimg ;;
	verb) turn_verb ;;
	*) "$build/tests/bench/bench_scan" "$1" <video ;;
	esac >>"turns-$1"
}

# report LEVEL: of all turns; figures for the table are kept.
report() {
	for party in $zbarimg plain 1 0 verb; do
		sed "s/^/$party /" "turns-$party"
	done | awk -v level="$1" -v rounds="$rounds" -v zbarimg="$zbarimg" '
	function sorted(list, n,    i, j, t) {
		for (i = 1; i <= n; i++)
			for (j = i; j > 1 && list[j] < list[j - 1]; j--) {
				t = list[j]
				list[j] = list[j - 1]
				list[j - 1] = t
			}
	}
	# a picture of what the peer needs, in what ours needs
	function ratio(need, peer, ours,    i, j, list) {
		for (i = 1; i <= rounds; i++) {
			j = i < n[peer] ? i : n[peer]
			list[i] = need[peer, j] / need[ours, i]
		}
		sorted(list, rounds)
		median = list[int((rounds + 1) / 2)]
		return sprintf("%.1f (%.1f to %.1f)", median, list[1],
		    list[rounds])
	}
	function line(name, party,    i, fast, busy) {
		for (i = 1; i <= n[party]; i++) {
			if (!fast || wall[party, i] < fast)
				fast = wall[party, i]
			if (!busy || cpu[party, i] < busy)
				busy = cpu[party, i]
		}
		printf "  %-22s %3d of %3d pictures, %2d codes; " \
		    "%5.1f ms of processor a picture; %5.1f pictures/s wall\n",
		    name, with[party], all[party], codes[party], busy * 1000,
		    1 / fast
		return 1 / fast
	}
	{
		turn = ++n[$1]
		all[$1] = $2
		with[$1] = $3
		codes[$1] = $4
		wall[$1, turn] = $5 / $2
		cpu[$1, turn] = $6 / $2
	}
	END {
		print level ":"
		if (zbarimg)
			line("zbarimg", "zbarimg")
		line("libzbar, whole picture", "plain")
		line("receive, one reader", 1)
		line("receive, all readers", 0)
		rate = line("the verb", "verb")
		if (zbarimg)
			print "  processor time: zbarimg / verb " \
			    ratio(cpu, "zbarimg", "verb")
		print "  processor time: libzbar / receive " \
		    ratio(cpu, "plain", 0) ", libzbar / verb " \
		    ratio(cpu, "plain", "verb")
		figures = rate " " median
		print "  wall: one reader / all " ratio(wall, 1, 0) \
		    ", libzbar / verb " ratio(wall, "plain", "verb")
		print level, figures, median >>"figures"
	}'
}

# A parcel of as many codes, each of other digits.
element $((codes * 1200 - 300)) >chance.p7s
"$build/anchorite" transfer pack chance.p7s --purpose countersign \
	--from notary --to parcel >report
"$build/anchorite" transfer send parcel --qr png:all --qr-version 25 >report
mkdir shown
i=0
for code in all/*.png; do
	[ $i -ge "$codes" ] || mv "$code" shown
	i=$((i + 1))
done
[ "$(find shown -name '*.png' | grep -c .)" -eq "$codes" ] ||
	fail "a parcel of $codes codes cannot be had"

echo "1080p video of codes of version 25, $(nproc) processors, load" \
	"$(cut -d ' ' -f 1 /proc/loadavg)"
for level in good typical noisy; do
	mkdir pictures
	rm -f turns-*
	"$build/tests/helper/degrade" -l $level -o pictures shown/*.png
	the_video >video
	head_bytes=$(head -n 1 video | wc -c)
	pictures=$(find pictures -name '*.pgm' | grep -c .)
	[ -z "$zbarimg" ] || turn zbarimg
	round=0
	while [ $round -lt "$rounds" ]; do
		round=$((round + 1))
		for party in plain 1 0 verb; do
			turn $party
		done
	done
	report $level
	rm -r pictures
done

# summary COLUMN LEAST: the worst level, and whether it is enough
summary() {
	awk -v column="$1" -v least="$2" '
	!n++ || $column < worst {
		worst = $column
		level = $1
	}
	END {
		printf "%.1f %s %s\n", worst, level,
		    (worst >= least ? "yes" : "NO")
	}' figures
}
summary 2 30 >summed
read -r worst level answer <summed
aim "1080p, version 25: 30 pictures a second (wall)" "$worst, $level" "$answer"
summary 3 3 >summed
read -r worst level answer <summed
aim "  3 times what plain zbar reads, by processor" "$worst times, $level" \
	"$answer"
summary 4 3 >summed
read -r worst level answer <summed
aim "  and by wall, on $(nproc) processors" "$worst times, $level" "$answer"
