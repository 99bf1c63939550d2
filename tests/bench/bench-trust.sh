#!/bin/sh
# bench-trust BUILD [ROUNDS]: what lists and bundles cost who takes them, and
# the lists for the bad day who makes them, against openssl in the same run:
#
#   a list of 10, 1 000 and 100 000 entries
#     verify        a delegation held against it: `delegation verify --crl`;
#                   openssl verify -crl_check -check_ss_sig, which verifies the
#                   anchor's own signature too (FORMATS 8.44), and without it
#     of a store    --store that holds it, and took the anchor when
#                   it was verified; openssl verify -crl_check
#     take          `trust apply` of the list; openssl crl -CAfile, which checks
#                   its signature
#     bundle        `trust apply` of a bundle where a store holds that list;
#                   openssl cms -verify of it, and openssl crl to have the list
#   a chain of 10, 100 and 1 000 bundles, eras among them, walked by one
#     `trust apply`; openssl cms -verify of each (of 25 of them)
#   a year of lists for 40 keys: 12 ceremonies, each with a list and 41 sealed
#     ones; openssl ca -gencrl and openssl cms -encrypt for each (25 of them).
#     Beside it what the ceremonies cost without the sealed ones.
#
# The machine may be busy, so what counts is processor time; the two take turns,
# and a ratio is the median of those of all rounds, with the least and the
# greatest behind it: how many times as fast as openssl.  Half of what a small
# thing costs is to start, so that ratio stands there too without what
# `anchorite version` and `openssl version` cost in the same round.  All is in
# memory, but for the last line of
# the chains: there a medium is synced.
set -eu
LC_ALL=C
export LC_ALL

# A list of ${serial}, sealed to who is in ${memory}: see `loop`.
seal_list() {
	printf 'R\t%s\t%s,keyCompromise\t%s\tunknown\t/CN=x\n' \
		"$(date -u -d '+1 year' +%y%m%d%H%M%SZ)" \
		"$(date -u +%y%m%d%H%M%SZ)" "$1" >"$memory/index"
	openssl ca -gencrl -config "$memory/ca.cnf" -md sha256 -crldays 30 \
		-cert "$memory/ca.crt" -keyfile "$memory/ca.key" \
		-out "$memory/crl" 2>/dev/null
	openssl cms -encrypt -binary -aes-256-gcm -outform DER \
		-in "$memory/crl" -out "$memory/p7m" "$memory/night.crt" \
		"$memory/day.crt"
}

# Bundle ${1} of the chain in ${2}, as its root signed it.
verify_bundle() {
	for sig in "$2/chain/$1".*.p7s; do
		key=${sig%.p7s}
		key=$2/${key##*.}.crt
		openssl cms -verify -binary -inform DER -in "$sig" \
			-content "$2/chain/$1.der" -certfile "$key" \
			-CAfile "$key" -purpose any -out /dev/null 2>/dev/null
	done
}

# loop FUNCTION DIR NAME...: a shell of its own, to be measured.
if [ "${1:-}" = loop ]; then
	function=$2 memory=$3
	shift 3
	for name; do
		"$function" "$name" "$memory"
	done
	exit
fi

build=${1:?the folder of the build}
rounds=${2:-7}
sample=25 # of what openssl does one by one
. "$(dirname "$0")/lib.sh"
anchorite=$build/anchorite
trust=$build/tests/bench/bench_trust

# cost FILE N CMD...: a line of FILE, the share of each of N.
cost() {
	"$bench" run "$@" >"$memory/said" 2>&1 || {
		cat "$memory/said"
		exit 1
	}
}

# start: what it costs to start, in $memory/start.
start() {
	cost "$memory/start.ours" 1 "$anchorite" version
	cost "$memory/start.peer" 1 openssl version
}

# fresh STORE: a copy of it to write to, in $memory/store.
fresh() {
	rm -rf "$memory/store"
	cp -a "$1" "$memory/store"
}

# print TITLE: of the lines in the files ours, peer, start.ours, start.peer.
print() {
	set -- "$1" "$memory/ours" "$memory/peer"
	[ ! -e "$memory/start.ours" ] ||
		set -- "$@" "$memory/start.ours" "$memory/start.peer"
	title=$1
	shift
	paste -d ' ' "$@" | awk -v title="$title" '
	function add(what, value, j, t) {
		list[what, j = ++many[what]] = value
		for (; j > 1 && list[what, j] < list[what, j - 1]; j--) {
			t = list[what, j]
			list[what, j] = list[what, j - 1]
			list[what, j - 1] = t
		}
	}
	function median(what, i, j) {
		i = int((many[what] + 1) / 2)
		j = int(many[what] / 2) + 1
		return (list[what, i] + list[what, j]) / 2
	}
	{
		add("ours", $1)
		add("peer", $4)
		add("ratio", $4 / $1)
		peak = $3 > peak ? $3 : peak
		theirs = $6 > theirs ? $6 : theirs
		if (NF == 12 && $1 > $7)
			add("net", ($4 > $10 ? $4 - $10 : 0) / ($1 - $7))
	}
	END {
		printf "  %-34s %8.2f ms %6d KiB; openssl %8.2f ms " \
		    "%6d KiB; %5.2f (%.2f to %.2f)", title, median("ours"),
		    peak, median("peer"), theirs, median("ratio"),
		    list["ratio", 1], list["ratio", many["ratio"]]
		if (many["net"] > 0)
			printf "; without the start %5.2f (%.2f to %.2f)",
			    median("net"), list["net", 1],
			    list["net", many["net"]]
		print ""
	}'
	rm -f "$memory/ours" "$memory/peer" "$memory"/start.*
}

# --- what is there: a root, a delegation, a store ---
prepare() {
	"$anchorite" rehearse --dir "$memory/r" >"$memory/said" 2>&1
	set -- "$memory/r/state/roots/"*.crt "$memory/r/state/issued/"*.crt
	root=$1
	leaf=$2
	"$trust" chain "$root" "$memory/c1" 1
	begin "$memory/c1" "$memory/begun"
}

# begin CHAIN STORE
begin() {
	"$anchorite" words "$1/first/000000.der" | sed 1d >"$memory/words"
	"$anchorite" trust init "$1/first/000000.der" \
		"$1/first/000000.0.p7s" --words "$memory/words" \
		--store "$2" --rehearsal >"$memory/said"
}

# openssl_verify LIST [OPTION]
openssl_verify() {
	list_pem=$1.pem
	shift
	cost "$memory/peer" 1 openssl verify -x509_strict -crl_check "$@" \
		-purpose any -CAfile "$root" -CRLfile "$list_pem" "$leaf"
}

# verify_files LIST TITLE [OPTION]
verify_files() {
	files_list=$1 files_title=$2
	shift 2
	for round in $(seq "$rounds"); do
		start
		cost "$memory/ours" 1 "$anchorite" delegation verify "$leaf" \
			--ca "$root" --crl "$files_list.crl" --rehearsal
		openssl_verify "$files_list" "$@"
	done
	print "$files_title"
}

lists_of() {
	n=$1
	list=$memory/l$n/$n
	"$trust" lists "$root" "$memory/l$n" "$n"
	mkdir "$memory/only$n"
	cp "$list.crl" "$memory/only$n"
	fresh "$memory/begun"
	"$anchorite" trust apply "$memory/only$n" --store "$memory/store" \
		>"$memory/said"
	mv "$memory/store" "$memory/holds$n"
	verify_files "$list" "$n entries: verify, of files" -check_ss_sig
	verify_files "$list" "  openssl without the anchor's"
	for round in $(seq "$rounds"); do
		start
		cost "$memory/ours" 1 "$anchorite" delegation verify "$leaf" \
			--store "$memory/holds$n" --rehearsal
		openssl_verify "$list"
	done
	print "$n entries: verify, of a store"
	for round in $(seq "$rounds"); do
		start
		fresh "$memory/begun"
		cost "$memory/ours" 1 "$anchorite" trust apply \
			"$memory/only$n" --store "$memory/store"
		cost "$memory/peer" 1 openssl crl -inform DER \
			-in "$list.crl" -CAfile "$root" -noout
	done
	print "$n entries: take the list"
	for round in $(seq "$rounds"); do
		start
		fresh "$memory/holds$n"
		cost "$memory/ours" 1 "$anchorite" trust apply \
			"$memory/c1/chain/000001.der" \
			"$memory/c1/chain/000001.0.p7s" \
			--store "$memory/store"
		# shellcheck disable=SC2016
		cost "$memory/peer" 1 sh -c 'sh "$1" loop verify_bundle \
			"$2" 000001
			openssl crl -inform DER -in "$3" -noout' sh "$0" \
			"$memory/c1" "$list.crl"
	done
	print "$n entries: take a bundle"
	rm -rf "$memory/holds$n" "$memory/only$n" "$memory/l$n"
}

# walk N WHERE WORDS: a chain of N bundles, into a store there.
walk() {
	title="$1 bundles$3: each"
	begin "$memory/chain" "$2/young"
	step=$(($1 > sample ? $1 / sample : 1))
	for round in $(seq "$rounds"); do
		rm -rf "$2/store"
		cp -a "$2/young" "$2/store"
		cost "$memory/ours" "$1" "$anchorite" trust apply \
			"$memory/chain/chain" --store "$2/store"
		# shellcheck disable=SC2046
		set -- "$1" "$2" $(seq -f %06.0f 1 "$step" "$1")
		count=$(($# - 2))
		one=$1 where=$2
		shift 2
		cost "$memory/peer" "$count" sh "$0" loop verify_bundle \
			"$memory/chain" "$@"
		set -- "$one" "$where"
	done
	print "$title"
	rm -rf "$2/young" "$2/store"
}

# --- a year of lists for the bad day ---

# responder NAME
responder() {
	openssl req -x509 -new -nodes -newkey ec \
		-pkeyopt ec_paramgen_curve:P-256 -subj "/CN=$1" -days 30 \
		-keyout "$memory/$1.key" -out "$disk/inbox/$1.crt" 2>/dev/null
	cp "$disk/inbox/$1.crt" "$memory"
	cat <<-INI
		[responder $1]
		cert = $1.crt sha384:$(sha384sum "$memory/$1.crt" | cut -d' ' -f1)
	INI
}

make_ca() {
	openssl req -new -x509 -nodes -newkey ec \
		-pkeyopt ec_paramgen_curve:P-256 -subj /O=example/CN=root \
		-days 30 -keyout "$memory/ca.key" -out "$memory/ca.crt" \
		-addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
	printf '[ca]\ndefault_ca = c\n[c]\ndatabase = %s/index\n' "$memory" \
		>"$memory/ca.cnf"
}

# month DIR COST SEALED?: one more ceremony.
month() {
	ceremony=$((ceremony + 1))
	{
		plan_head $ceremony "$(head_of "$1")"
		# what the month before sealed (RULES L4)
		[ -z "${3:-}" ] || [ $ceremony -eq 3 ] ||
			printf '[account g1]\nby = g1\nintact = all\n'
		plan_list
		[ -z "${3:-}" ] || cat "$memory/responders" - <<-INI
			[kill g1]
			by = g1
			keys = all
			also = revoke-all
			open = 1 of night, day
		INI
	} >"$1/plan.ini"
	hold "$1" "$anchorite" "$2" 41
}

year() {
	d=$memory/year
	make_requests 40
	{
		responder night
		responder day
	} >"$memory/responders"
	make_ca
	genesis "$d" ecdsa-p256
	ceremony=2
	{
		plan_head 2 "$(head_of "$d")"
		plan_delegations 0 39
	} >"$d/plan.ini"
	hold "$d" "$anchorite" "$d/cost" 40
	cp -a "$d" "$memory/plain"
	ceremony=2
	for round in $(seq 12); do
		month "$d" "$memory/ours" sealed
		# shellcheck disable=SC2046
		cost "$memory/peer" $sample sh "$0" loop seal_list "$memory" \
			$(seq -f %032.0f "$sample")
	done
	[ "$(find "$d/state/sealed" -name '*.p7m' | wc -l)" -eq $((12 * 41)) ]
	echo "  the last month costs $(awk 'NR == 1 { first = $1 }
		END { printf "%.2f", $1 / first }' "$memory/ours") of the first"
	print "12 x 41 sealed lists: each"
	ceremony=2
	for round in $(seq 12); do
		month "$memory/plain" "$memory/without"
	done
	awk '{ n += $1 * 41 } END { printf "  without the sealed lists a " \
	    "ceremony costs %.1f ms\n", n / NR }' "$memory/without"
}

prepare
echo "a list, by processor time; how many times as fast as openssl:"
for n in 10 1000 100000; do
	lists_of $n
done
echo "a chain of bundles:"
for n in 10 100 1000; do
	"$trust" chain "$root" "$memory/chain" $n
	walk $n "$memory" ""
	[ $n -lt 1000 ] || walk $n "$disk" ", on disk"
	rm -rf "$memory/chain"
done
echo "a year of lists for 40 keys:"
year
