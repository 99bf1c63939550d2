#!/bin/sh
# bench-delegate BUILD [N [ROUNDS]]: what N (1000) delegations cost, for a root
# of P-384 and one of P-256, against two peers in the same run:
#
#   ceremonies   as they are held, 250 certificates each: `ceremony run` with
#                all it does, from its start to the closing line.  In memory
#                (tmpfs) it is the processor that is measured; on disk each
#                file is synced, and the medium rules.
#   bare loop    the least that any program has to do for the same requests
#                (tests/bench/bench_delegate.c): as many signatures and
#                verifications, and the requests read and checked.
#   openssl      one `openssl x509 -req` for each certificate; and with our
#                checks: `openssl req -verify` before it, `openssl verify
#                -crl_check` after it.
#
# The machine may be busy with other work, so what counts is processor time,
# of all processes; wall time stands beside it.  The peers take turns: each
# batch of 250 is done by the bare loop, by a ceremony and (a sample of it) by
# openssl, and a ratio is the median of those of all batches, with the least
# and the greatest behind it.  "At most" is the bare loop against openssl: no
# program that makes and verifies these signatures with this library gets
# beyond it.  Signatures and verifications are counted, in a program that is
# linked to count them: a ceremony makes a few more, for the self-test at its
# start and its closing line.
set -eu
LC_ALL=C
export LC_ALL

# What openssl does for the request ${csr}; see `loop`.
openssl_x509() {
	serial=$((serial + 1))
	openssl x509 -req -in "$csr" -CA "$ca/ca.crt" -CAkey "$ca/ca.key" \
		-set_serial $serial -days 30 -"$digest" \
		-extfile "$ca/ext" -out "$ca/crt" 2>/dev/null
}

openssl_checked() {
	openssl req -in "$csr" -noout -verify 2>/dev/null
	openssl_x509
	openssl verify -x509_strict -crl_check -CAfile "$ca/ca.crt" \
		-CRLfile "$ca/crl" "$ca/crt" >/dev/null
}

# loop FUNCTION CA DIGEST INBOX NAME...: a shell of its own, to be measured.
if [ "${1:-}" = loop ]; then
	function=$2 ca=$3 digest=$4 inbox=$5 serial=1000
	shift 5
	for name; do
		csr=$inbox/$name
		"$function"
	done
	exit
fi

build=${1:?the folder of the build}
n=${2:-1000}
rounds=${3:-2}
each=250  # delegations a plan: it has at most 64 KiB
sample=25 # of them, by openssl
. "$(dirname "$0")/lib.sh"

# batch DIR PROGRAM FIRST LAST: one more ceremony; DIR/cost.
batch() {
	ceremony=$((ceremony + 1))
	{
		plan_head $ceremony "$(head_of "$1")"
		plan_delegations "$3" "$4"
	} >"$1/plan.ini"
	hold "$1" "$2" "$1/cost" $(($4 - $3 + 1))
}

# by_openssl DIR FUNCTION FIRST ALG: a sample of the batch; DIR/FUNCTION.
by_openssl() {
	cost=$1/$2 function=$2 digest=$(digest_of "$4")
	# shellcheck disable=SC2046
	set -- $(sed -n "$(($3 + 1)),$(($3 + sample))s,[^ ]* ,,p" \
		"$disk/digests")
	"$bench" run "$cost" $# sh "$0" loop "$function" "$memory" "$digest" \
		"$disk/inbox" "$@"
}

digest_of() {
	case $1 in
	*384) echo sha384 ;;
	*) echo sha256 ;;
	esac
}

# make_ca ALG: a root for openssl, and an empty list of its.
make_ca() {
	case $1 in
	*384) curve=secp384r1 ;;
	*) curve=prime256v1 ;;
	esac
	openssl ecparam -name $curve -genkey -noout -out "$memory/ca.key"
	openssl req -new -x509 -key "$memory/ca.key" -subj /O=example/CN=root \
		-days 30 -"$(digest_of "$1")" -out "$memory/ca.crt" \
		-addext keyUsage=critical,keyCertSign,cRLSign
	cat >"$memory/ext" <<-EXT
		basicConstraints=critical,CA:FALSE
		keyUsage=critical,digitalSignature
		subjectKeyIdentifier=hash
		authorityKeyIdentifier=keyid:always
		extendedKeyUsage=critical,codeSigning
	EXT
	printf '[ca]\ndefault_ca = c\n[c]\ndatabase = %s/index\n' "$memory" \
		>"$memory/ca.cnf"
	: >"$memory/index"
	openssl ca -gencrl -config "$memory/ca.cnf" -md "$(digest_of "$1")" \
		-crldays 30 -cert "$memory/ca.crt" -keyfile "$memory/ca.key" \
		-out "$memory/crl" 2>/dev/null
}

# measure DIR ALG [openssl]: all N, batch by batch, the peers in turn.
measure() {
	genesis "$1" "$2"
	first=0
	while [ $first -lt "$n" ]; do
		last=$((first + each - 1))
		[ $last -lt "$n" ] || last=$((n - 1))
		"$bench" bare "$2" "$disk/inbox" $first \
			$((last - first + 1)) >>"$1/bare"
		batch "$1" "$build/anchorite" $first $last
		if [ $# -gt 2 ]; then
			by_openssl "$1" openssl_x509 $first "$2"
			by_openssl "$1" openssl_checked $first "$2"
		fi
		first=$((last + 1))
	done
	[ "$(find "$1/state/issued" -type f | wc -l)" -eq "$n" ]
}

# count ALG: "SIGNATURES VERIFICATIONS" of one ceremony, and how many made.
count() {
	few=$((n < each ? n : each))
	genesis "$memory/count" "$1"
	batch "$memory/count" "$build/tests/planted/counted" 0 $((few - 1))
	echo "$(tail -n 1 "$memory/count/log") $few"
	rm -rf "$memory/count"
}

# On stdin a line for each batch: where it was done; CPU, wall and peak of the
# bare loop, with its signatures and verifications; those of the ceremony; in
# memory those of the two openssl loops.
print() {
	awk -v alg="$1" -v n="$n" -v counted="$2" '
	function add(what, value) {
		list[what, ++many[what]] = value
	}
	function swap_back(what, j, t) {
		t = list[what, j]
		list[what, j] = list[what, j - 1]
		list[what, j - 1] = t
	}
	function median(what, i, j, m) {
		m = many[what]
		for (i = 2; i <= m; i++)
			for (j = i; j > 1; j--)
				if (list[what, j] < list[what, j - 1])
					swap_back(what, j)
		i = int((m + 1) / 2)
		j = int(m / 2) + 1
		return (list[what, i] + list[what, j]) / 2
	}
	function cost(title, what) {
		printf "  %-26s CPU %6.2f ms, wall %6.2f ms", title,
		    median(what " cpu"), median(what " wall")
	}
	function ratio(title, what, m) {
		m = median(what)
		printf "  %-44s %5.2f  (%.2f to %.2f)\n", title, m,
		    list[what, 1], list[what, many[what]]
	}
	function take(what, i) {
		add(what " cpu", $i)
		add(what " wall", $(i + 1))
		if ($(i + 2) > peak[what])
			peak[what] = $(i + 2)
	}
	{
		take("bare", 2)
		take($1, 7)
		add($1 " of bare", $2 / $7)
		add($1 " of bare by wall", $3 / $8)
	}
	NR == 1 {
		signed = $5
		verified = $6
	}
	$1 == "memory" {
		batch[(NR - 1) % batches + 1] += $7
		take("x509", 10)
		take("checked", 13)
		add("of x509", $10 / $7)
		add("of checked", $13 / $7)
		add("x509 bound", $10 / $2)
		add("checked bound", $13 / $2)
	}
	END {
		split(counted, c, " ")
		printf "%d delegations by a root of %s, each:\n", n, alg
		cost("bare loop", "bare")
		printf ", peak %d KiB\n", peak["bare"]
		cost("ceremonies, in memory", "memory")
		printf ", peak %d KiB\n", peak["memory"]
		cost("ceremonies, on disk", "disk")
		printf ", peak %d KiB\n", peak["disk"]
		cost("openssl x509 -req", "x509")
		print ""
		cost("openssl with our checks", "checked")
		print ""
		printf "  signatures %.2f, verifications %.2f; bare loop %.2f " \
		    "and %.2f\n", c[1] / c[3], c[2] / c[3], signed / c[3],
		    verified / c[3]
		printf "  the last batch costs %.2f of the first\n",
		    batch[batches] / batch[1]
		ratio("of the speed of the bare loop, in memory",
		    "memory of bare")
		ratio("  by wall", "memory of bare by wall")
		ratio("of the speed of the bare loop, on disk",
		    "disk of bare")
		ratio("  by wall", "disk of bare by wall")
		ratio("times as fast as openssl x509 -req", "of x509")
		ratio("  at most", "x509 bound")
		ratio("times as fast as openssl with our checks", "of checked")
		ratio("  at most", "checked bound")
	}' batches=$(((n + each - 1) / each))
}

make_requests "$n"

for alg in ecdsa-p384 ecdsa-p256; do
	make_ca "$alg"
	: >"$disk/lines"
	round=0
	while [ $round -lt "$rounds" ]; do
		d=$memory/$alg
		measure "$d" "$alg" openssl
		paste -d ' ' "$d/bare" "$d/cost" "$d/openssl_x509" \
			"$d/openssl_checked" | sed 's/^/memory /' \
			>>"$disk/lines"
		rm -rf "$d"
		round=$((round + 1))
	done
	d=$disk/$alg
	measure "$d" "$alg"
	paste -d ' ' "$d/bare" "$d/cost" | sed 's/^/disk /' >>"$disk/lines"
	print "$alg" "$(count "$alg")" <"$disk/lines"
done
