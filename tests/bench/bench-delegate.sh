#!/bin/sh
# bench-delegate BUILD [N]: what N (1000) delegations cost, three ways in one
# run: (a) ceremonies as they are held, on memory and on disk, (b) a bare loop
# that signs and verifies as often and does nothing else, (c) one `openssl x509
# -req` each, and the commands that would also check what it did, on a sample.
set -eu
LC_ALL=C
export LC_ALL

build=${1:?the folder of the build}
n=${2:-1000}
each=250   # delegations a plan: it has at most 64 KiB
sample=100 # openssl commands
case $build in
/*) ;;
*) build=$PWD/$build ;;
esac
bench=$build/tests/bench/bench_delegate
anchorite=$build/anchorite
disk=$(mktemp -d "$build/bench.XXXXXX")
memory=$(mktemp -d /dev/shm/bench.XXXXXX)
trap 'rm -rf "$disk" "$memory"' EXIT
trap 'exit 130' INT TERM HUP

now=$(date -u +%FT%H:%M:00Z)
tomorrow=$(date -u -d '+1 day' +%F)

plan_head() {
	cat <<-INI
		[ceremony]
		format = 1
		org = example
		mode = rehearsal
		number = $1
		previous = $2
		effective = $now
		latest = $tomorrow
		oid-arc = 1.3.6.1.4.1.32473
		officer = anna
		witness = bruno
		entropy = system
		[person anna]
		name = Anna
		[person bruno]
		name = Bruno
		[person clara]
		name = Clara
		[profile p]
		base = fw-pki-v1
		keys = ecdsa-p256
		most-days = 30
	INI
}

plan_genesis() {
	plan_head 1 none
	cat <<-INI
		[mint g1]
		algorithm = ecdsa-p384
		subject = example-root-g1
		years = 20
		need = 1 group
		group.main = 2 of 3: anna, bruno, clara
		[crl g1]
		by = g1
		days = 30
	INI
}

# plan_batch NUMBER PREVIOUS FIRST LAST
plan_batch() {
	plan_head "$1" "$2"
	sed -n "$(($3 + 1)),$(($4 + 1))p" "$disk/digests" |
		while read -r digest name; do
			i=${name%.csr}
			cat <<-INI
				[delegate $i]
				by = g1
				profile = p
				product = p$i
				role = release
				versions = 1..
				request = $name sha384:$digest
				days = 30
			INI
		done
}

# hold DIR: the ceremony of DIR/plan.ini; its cost is added to DIR/cost.
hold() {
	"$anchorite" words "$1/plan.ini" | sed 1d >"$1/paper/plan.words"
	"$bench" run "$1/cost" "$anchorite" ceremony run "$1/plan.ini" \
		--room "$1/room.ini" 2>"$1/log" || {
		tail -n 3 "$1/log"
		exit 1
	}
}

# ceremonies DIR: one that mints, then the batches that are measured.
ceremonies() {
	mkdir -p "$1/paper" "$1/sheets" "$1/state"
	printf '[room]\nstate-a = state\ninbox = %s\npaper = paper\nsheets = sheets\n' \
		"$disk/inbox" >"$1/room.ini"
	plan_genesis >"$1/plan.ini"
	hold "$1"
	mv "$1/cost" "$1/cost.genesis"
	first=0
	number=1
	while [ $first -lt "$n" ]; do
		number=$((number + 1))
		last=$((first + each - 1))
		[ $last -lt "$n" ] || last=$((n - 1))
		head=$("$anchorite" state show --json --state "$1/state" |
			sed -n 's/.*"head": "\(.*\)".*/\1/p')
		plan_batch $number "$head" $first $last >"$1/plan.ini"
		hold "$1"
		first=$((last + 1))
	done
	[ "$(find "$1/state/issued" -type f | wc -l)" -eq "$n" ]
}

# x509 COMMAND...: for each request of the sample, $csr and $crt.
loop() {
	for csr in $(find "$disk/inbox" -name '*.csr' | sort |
		head -n $sample); do
		crt=${csr##*/}
		crt=$memory/${crt%.csr}.crt
		"$1"
	done
}

x509() {
	serial=0x$(openssl rand -hex 15)
	openssl x509 -req -in "$csr" -CA "$memory/ca.crt" \
		-CAkey "$memory/ca.key" -set_serial "$serial" -days 30 \
		-sha384 -extfile "$memory/ext" -out "$crt" 2>/dev/null
}

# The same, and a look at what came in and what went out.
x509_checked() {
	openssl req -in "$csr" -noout -verify 2>/dev/null
	openssl req -in "$csr" -noout -pubkey | openssl pkey -pubin \
		-pubcheck -noout >/dev/null 2>&1
	x509
	openssl verify -x509_strict -purpose any -CAfile "$memory/ca.crt" \
		"$crt" >/dev/null
	openssl x509 -in "$crt" -noout -text >/dev/null
}

by_openssl() {
	openssl ecparam -name secp384r1 -genkey -noout -out "$memory/ca.key"
	openssl req -new -x509 -key "$memory/ca.key" -subj /O=example/CN=root \
		-days 30 -sha384 -addext keyUsage=critical,keyCertSign,cRLSign \
		-out "$memory/ca.crt"
	cat >"$memory/ext" <<-EXT
		basicConstraints=critical,CA:FALSE
		keyUsage=critical,digitalSignature
		subjectKeyIdentifier=hash
		authorityKeyIdentifier=keyid:always
		extendedKeyUsage=critical,codeSigning
	EXT
	export disk memory sample
	t=$(date +%s%N)
	loop x509
	one=$((($(date +%s%N) - t) / 1000 / sample))
	t=$(date +%s%N)
	loop x509_checked
	checked=$((($(date +%s%N) - t) / 1000 / sample))
}

# sum FILE: wall ms, CPU ms, most KiB of all its lines
sum() {
	awk '{ w += $1; c += $2; if ($3 > m) m = $3 }
		END { print w, c, m }' "$1"
}

mkdir "$disk/inbox"
"$bench" requests "$disk/inbox" "$n"
(cd "$disk/inbox" && sha384sum ./*.csr | sed 's,  \./, ,') >"$disk/digests"

# the bare loop before and after, as other work may be going on
"$bench" bare "$disk/inbox" "$n" >"$disk/bare"
ceremonies "$memory"
"$bench" bare "$disk/inbox" "$n" >>"$disk/bare"
ceremonies "$disk/on-disk"
"$bench" bare "$disk/inbox" "$n" >>"$disk/bare"
by_openssl

sum "$memory/cost" >"$disk/sums"
sum "$disk/on-disk/cost" >>"$disk/sums"
cat "$disk/bare" >>"$disk/sums"
awk -v n="$n" -v one="$one" -v checked="$checked" '
{ wall[NR] = $1 / n; cpu[NR] = $2 / n; peak[NR] = $3 }
END {
	for (i = 3; i <= NR; i++)
		if (i == 3 || cpu[i] < cpu[b])
			b = i
	printf "%d delegations, per certificate:\n", n
	printf "  (a) ceremonies, in memory  %6.2f ms (CPU %.2f), peak %d KiB\n",
	    wall[1], cpu[1], peak[1]
	printf "  (a) ceremonies, on disk    %6.2f ms (CPU %.2f), peak %d KiB\n",
	    wall[2], cpu[2], peak[2]
	printf "  (b) bare loop, best of %d   %6.2f ms (CPU %.2f), peak %d KiB\n",
	    NR - 2, wall[b], cpu[b], peak[b]
	printf "  (c) openssl x509 -req      %6.2f ms\n", one / 1000
	printf "  (c) and its checks         %6.2f ms\n", checked / 1000
	printf "of the bare loop: in memory %.2f (by CPU %.2f), on disk %.2f\n",
	    wall[b] / wall[1], cpu[b] / cpu[1], wall[b] / wall[2]
	printf "as fast as openssl x509 -req: in memory %.1f times, on disk %.1f\n",
	    one / 1000 / wall[1], one / 1000 / wall[2]
	printf "as fast as openssl with checks: in memory %.1f times, on disk %.1f\n",
	    checked / 1000 / wall[1], checked / 1000 / wall[2]
}' "$disk/sums"
