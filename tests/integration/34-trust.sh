#!/bin/sh
# Goal: a device starts with a bundle whose words are on paper, walks to later
# ones, and takes nothing from a thief that the next establishment does not
# end; what it gives to stock clients does not brick them.
# shellcheck source=tests/integration/lib.sh
. "$ROOT/tests/integration/lib.sh"

NOW=2027-03-14T00:00:00Z
mkdir given
"$HELPER/bundles" given
one=given/first/1-1.der
must_pass "$ANCHORITE" words $one
words=$(sed 1d "$OUT" | tr -s ' \n' '  ')
short=$(echo "$words" | cut -d ' ' -f 1-16)

init() {
	store=$1
	shift
	"$ANCHORITE" trust init $one given/first/1-1.0.p7s --words "$short" \
		--store "$store" --at $NOW "$@"
}
apply() {
	store=$1
	shift
	"$ANCHORITE" trust apply "$@" --store "$store" --at $NOW
}
export_for() {
	store=$1
	client=$2
	shift 2
	"$ANCHORITE" trust export --for "$client" --store "$store" \
		--rehearsal --at "${AT:-$NOW}" "$@"
}

# --- the start ---
remember_files .
must_refuse 1 'anyone can sign with it (--rehearsal takes it for a test)' init store
must_refuse 1 'nofile: FORMATS 9.6: no file has that name, and words are 16 to 32' \
	"$ANCHORITE" trust init $one given/first/1-1.0.p7s --store store \
	--words nofile --rehearsal
must_refuse 1 'FORMATS 9.28: 0 of its own' "$ANCHORITE" trust init $one \
	given/chain/1-2.0.p7s --words "$short" --store store --rehearsal
must_refuse 1 'FORMATS 9.28: a device starts' "$ANCHORITE" trust init \
	given/chain/1-2.der given/chain/1-2.0.p7s --store store --rehearsal \
	--words "$("$ANCHORITE" words given/chain/1-2.der | sed 1d | tr '\n' ' ')"
must_refuse 1 'FORMATS 9.6: 15 words' "$ANCHORITE" trust init $one \
	given/first/1-1.0.p7s --store store --rehearsal \
	--words "${short% *}"
must_refuse 1 'FORMATS 9.6: these are not the words' "$ANCHORITE" trust init \
	$one given/first/1-1.0.p7s --store store --rehearsal \
	--words "$("$ANCHORITE" words given/0.crt | sed 1d | tr '\n' ' ')"
no_new_files .
must_pass init store --rehearsal
must_say 'TEST (rehearsal)'
must_say 'era 1, number 1'
# the words stand in rows of four, as on paper
sed -n '/^words /,/^[^ w]/p' "$OUT" | sed '$d; s/^words//' >rows
awk 'NF != 4 { exit 1 } END { exit NR != 8 }' rows ||
	fail "the bundle's words are not in eight rows of four"
must_refuse 1 'FORMATS 9.42: there is a store already' init store --rehearsal
echo "$words" >paper
must_pass "$ANCHORITE" trust init $one given/first/1-1.0.p7s --words paper \
	--store second --rehearsal --at $NOW --json

# --- the stock check, as it is written down ---
if command -v openssl >/dev/null; then
	must_pass openssl cms -verify -binary -inform DER \
		-in given/chain/2-1.1.p7s -content given/chain/2-1.der \
		-certfile given/1.crt -CAfile given/1.crt -purpose any \
		-out /dev/null
	run openssl cms -verify -binary -inform DER \
		-in given/chain/2-1.1.p7s -content given/chain/2-2.der \
		-certfile given/1.crt -CAfile given/1.crt -purpose any \
		-out /dev/null
	[ "$STATUS" -ne 0 ] || fail 'openssl takes a signature of another'
fi

# --- what is refused leaves nothing ---
remember_files store
must_refuse 1 'FORMATS 9.28: bundle 3 of era 1 does not follow' \
	apply store given/gap
must_refuse 1 'FORMATS 9.23: 1 anchors and 0 committed' \
	apply store given/present
must_refuse 1 'FORMATS 9.23: 0 anchors and 1 committed' \
	apply store given/next
must_refuse 1 'FORMATS 9.22: 0 of its anchors' \
	apply store given/chain/1-2.der given/first/1-1.0.p7s
must_refuse 1 'FORMATS 9.45' apply store given/strange
mkdir both && cp given/chain/1-2.* both && cp given/fork/1-2.der both/f.der &&
	cp given/fork/1-2.0.p7s both/f.0.p7s
must_refuse 1 'FORMATS 9.28: two bundles say' apply store both
must_refuse 1 'FORMATS 9.27: it has expired' "$ANCHORITE" trust apply \
	given/chain --store store --at 2029-01-01
must_refuse 1 'FORMATS 9.27: it begins at' "$ANCHORITE" trust apply \
	given/thief --store store --at $NOW --trusted-clock
no_new_files store

# --- the walk, one by one and all at once ---
must_pass apply second given/chain/1-2.der given/chain/1-2.0.p7s
must_say 'era 1, number 2'
must_refuse 1 'FORMATS 9.20: it is another bundle 2' apply second given/fork
must_pass apply second given/first
must_say 'new-bundles   0'
must_pass apply second given/chain
must_say 'era 2, number 2'
must_say 'new-bundles   3'
# what was walked over is asked for nothing again, and not kept
[ "$(ls second/bundles)" = "1-1.1.p7s
1-1.der
1-2.1.p7s
1-2.der
2-1.1.p7s
2-1.2.p7s
2-1.der
2-2.1.p7s
2-2.der" ] || fail 'a walk keeps other bundles than those of its end'
must_pass apply second given/chain
must_say 'new-bundles   0'

# --- the thief, and what ends him (RULES B4) ---
must_pass apply store given/thief
must_say 'time-floor    2029'
must_refuse 1 'FORMATS 9.27: it has expired' "$ANCHORITE" trust apply \
	given/thief --store store --at 2029-02-01
mkdir lawful && cp given/chain/2-1.* lawful
must_pass apply store lawful
must_say 'era 2, number 1'
must_say 'time-floor    2027-01-15'
must_say '(revoked)'

# --- a store that was altered, and one that a cut left torn ---
cp -a second torn
printf '{"entry":5' >torn/record/000005.json
must_pass "$ANCHORITE" trust show --store torn --at $NOW
must_say 'era 2, number 2'
must_pass apply torn given/new
must_say 'new-lists     1'
# Cut while 2-1 was written, at each of its files: absent, torn, whole.
for cut in '' 2-1.der 2-1.1.p7s 2-1.2.p7s; do
	for how in absent torn whole; do
		rm -rf cut
		cp -a second cut
		rm cut/record/000003.json cut/record/000004.json \
			cut/bundles/2-2.*
		for file in 2-1.2.p7s 2-1.1.p7s 2-1.der; do
			[ -n "$cut" ] && [ "$file" != "$cut" ] || break
			rm cut/bundles/$file
		done
		case $cut,$how in
		,absent) ;;
		,torn) head -c 200 second/record/000003.json \
			>cut/record/000003.json ;;
		,whole) cp second/record/000003.json cut/record ;;
		*,absent) rm "cut/bundles/$cut" ;;
		*,torn) head -c 100 "second/bundles/$cut" \
			>"cut/bundles/$cut" ;;
		esac
		must_pass "$ANCHORITE" trust show --store cut --at $NOW
		case $cut,$how in
		,whole) must_say 'era 2, number 1' ;;
		*) must_say 'era 1, number 2' ;;
		esac
		must_pass apply cut given/chain
		must_say 'era 2, number 2'
		must_pass "$ANCHORITE" trust show --store cut --at $NOW
	done
done
# Killed anywhere: what is there is a beginning, and goes on.
must_pass init young --rehearsal
for ms in 000 005 010 015 020 030 040 050 070 090 110 140; do
	rm -rf killed
	cp -a young killed
	# in the foreground it waits for who was killed, and so for his lock
	timeout --foreground -s KILL 0.$ms "$ANCHORITE" trust apply given/chain \
		--store killed --at $NOW >/dev/null 2>&1 || :
	must_pass "$ANCHORITE" trust show --store killed --at $NOW
	must_pass apply killed given/chain
	must_say 'era 2, number 2'
done
cp -a second altered
printf x >>altered/bundles/2-2.der
must_refuse 1 'FORMATS 7.3' "$ANCHORITE" trust show --store altered
rm altered/record/000002.json
must_refuse 1 'FORMATS 7.4' "$ANCHORITE" trust show --store altered

# --- exports, and what would brick a client ---
must_pass init clients --rehearsal
remember_files .
must_refuse 1 '(--rehearsal takes it for a test)' "$ANCHORITE" trust export --for rauc \
	--store clients --to k.pem --at $NOW
must_refuse 1 'FORMATS 9.47: there is no list' export_for clients rauc --to k
must_refuse 2 'did you mean rauc' export_for clients rauk --to k
no_new_files .
must_pass export_for clients swupdate --to roots.pem
must_pass export_for clients p7b --to roots.p7b
mkdir l1 l2 l3 l4
cp given/lists/1.crl l1
cp given/lists/2.crl l2
cp given/lists/3.crl l3
cp given/lists/4.crl l4
must_pass apply clients l1
must_pass export_for clients rauc --to k1.pem
must_pass apply clients l2
must_pass export_for clients openssl --to k2.pem
must_refuse 1 'k2.pem' export_for clients rauc --to k2.pem
AT=2026-01-01 must_refuse 1 'begins at 2027-01-15T08:00:01Z' \
	export_for clients rauc --to k
AT=2028-01-01 must_refuse 1 'FORMATS 9.47: the list of root' \
	export_for clients rauc --to k

# A list that forgets a revoked key proves nothing good, whatever its number.
cp -a clients forgetful
must_pass apply forgetful l3
must_refuse 1 'RULES L5' export_for forgetful rauc --to k
must_pass apply forgetful l4
must_pass export_for forgetful rauc --to k4.pem
cp -a clients twice
must_pass apply twice given/twice
must_refuse 1 'FORMATS 9.46: two lists' export_for twice rauc --to k
cp -a clients early
mkdir l5 && cp given/lists/5.crl l5
must_pass apply early l5
must_refuse 1 'begins at' export_for early rauc --to k
cp -a clients old
mkdir l6 && cp given/lists/6.crl l6
must_pass apply old l6
must_refuse 1 'has expired at' export_for old rauc --to k
[ ! -e k ] || fail 'a refused export left a file'

if command -v openssl >/dev/null; then
	[ "$(grep -c 'BEGIN X509 CRL' k4.pem)" -eq 1 ] ||
		fail 'not one list of a root'
	must_pass openssl crl -in k4.pem -noout -CAfile given/0.crt
	must_pass openssl pkcs7 -inform DER -in roots.p7b -print_certs
	must_say 'example-firmware-root-g1'
	cmp roots.pem given/0.crt
fi
