# lib.sh: what the benches share.  Each has the folder of the build in $build, and
# finds: its measure in $bench, a folder on disk in $disk and one in memory in
# $memory, and ceremonies, whose requests lie in $disk/inbox.
# shellcheck shell=sh
case $build in
/*) ;;
*) build=$PWD/$build ;;
esac
bench=$build/tests/bench/bench_delegate
disk=$(mktemp -d "$build/bench.XXXXXX")
memory=$(mktemp -d /dev/shm/bench.XXXXXX)
trap 'rm -rf "$disk" "$memory"' EXIT
trap 'exit 130' INT TERM HUP

# a ceremony a minute, for none may be dated as the one before
now=$(date -u -d '-20 minutes' +%FT%H:%M:00Z)
tomorrow=$(date -u -d '+1 day' +%F)

# make_requests N: of P-256, in the inbox, with their digests.
make_requests() {
	mkdir "$disk/inbox"
	"$bench" requests "$disk/inbox" "$1"
	(cd "$disk/inbox" && sha384sum ./*.csr | sed 's,  \./, ,') \
		>"$disk/digests"
}

# plan_head NUMBER PREVIOUS
plan_head() {
	cat <<-INI
		[ceremony]
		format = 1
		org = example
		mode = rehearsal
		number = $1
		previous = $2
		effective = $(date -u -d "$now $1 minutes" +%FT%H:%M:00Z)
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

# plan_genesis ALG
plan_genesis() {
	plan_head 1 none
	cat <<-INI
		[mint g1]
		algorithm = $1
		subject = example-root-g1
		years = 20
		need = 1 group
		group.main = 2 of 3: anna, bruno, clara
	INI
	plan_list
}

plan_list() {
	cat <<-INI
		[crl g1]
		by = g1
		days = 30
	INI
}

# plan_delegations FIRST LAST: rows for these requests, counted from 0.
plan_delegations() {
	sed -n "$(($1 + 1)),$(($2 + 1))p" "$disk/digests" |
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

# head_of DIR: where its record ends.
head_of() {
	"$build/anchorite" state show --json --state "$1/state" |
		sed -n 's/.*"head": "\(.*\)".*/\1/p'
}

# hold DIR PROGRAM COST N: the ceremony of DIR/plan.ini, of N certificates.
hold() {
	"$2" words "$1/plan.ini" 2>/dev/null | sed 1d >"$1/paper/plan.words"
	"$bench" run "$3" "$4" "$2" ceremony run "$1/plan.ini" \
		--room "$1/room.ini" 2>"$1/log" || {
		tail -n 3 "$1/log"
		exit 1
	}
}

# genesis DIR ALG: an empty state with a root.
genesis() {
	mkdir -p "$1/paper" "$1/sheets" "$1/state"
	printf '[room]\nstate-a = state\ninbox = %s\npaper = paper\nsheets = sheets\n' \
		"$disk/inbox" >"$1/room.ini"
	plan_genesis "$2" >"$1/plan.ini"
	hold "$1" "$build/anchorite" "$1/genesis" 1
	ceremony=1
}
