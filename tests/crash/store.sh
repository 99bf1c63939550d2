#!/bin/sh
# store.sh: every state that a power cut may leave of a verifier's
# store while it walks and takes a list: what it held before, the establishment
# it walked to, or all of it, and it goes on from there.  And the same with
# syncs left out, where losses must be found.
. "$(dirname "$0")/lib.sh"

calls=openat,mkdir,mkdirat,write,pwrite64,fsync,fdatasync,syncfs,rename
calls=$calls,renameat,renameat2,unlink,unlinkat,ftruncate,truncate

GIVEN=$SHOP/given
export GIVEN
mkdir "$GIVEN" "$SHOP/old"
"$HELPER/bundles" "$GIVEN"
cp "$GIVEN/new/1.crl" "$GIVEN/chain"
"$ANCHORITE" words "$GIVEN/first/1-1.der" | sed 1d >"$SHOP/words"
"$ANCHORITE" trust init "$GIVEN/first/1-1.der" "$GIVEN/first/1-1.0.p7s" \
	--words "$SHOP/words" --store "$SHOP/old/state-a" --rehearsal \
	--at 2027-03-14 >"$SHOP/said"

cp -a "$SHOP/old" "$SHOP/walked"
strace -o "$SHOP/walked.log" -xx -y -s 9999999 -e trace=$calls \
	"$ANCHORITE" trust apply "$GIVEN/chain" --store \
	"$SHOP/walked/state-a" --at 2027-03-14 >"$SHOP/said" 2>&1 ||
	fail "a walk did not end well under strace"

# states [OPTIONS...]: what may be left, in $SHOP/found.
states() {
	rm -rf "$SHOP/left"
	mkdir "$SHOP/left"
	found=0
	"$HELPER/crashstates" --from "$SHOP/old" "$@" "$SHOP/walked.log" \
		"$SHOP/walked" "$SHOP/left" >"$SHOP/found" 2>&1 || found=$?
}

states --every 1 "$HERE/store1.sh"
sed "s/^/crash states: a walk: /" "$SHOP/found"
# shellcheck disable=SC2046
set -- "$1" $(tail -n 1 "$SHOP/found" | tr -cs '0-9\n' ' ')
[ $# -eq 6 ] || fail "no answer about a walk"
tally $(($2 + $5)) $(($3 + $4 + $6)) 0
[ $found -eq 0 ] || fail "states are lost or corrupt"
[ "$5" -gt 20 ] || fail "only $5 states were held to the end"

for kind in file folder; do
	states --forget $kind --most 20
	line=$(tail -n 1 "$SHOP/found")
	if [ $found -ne 1 ] || [ "${line%% 0 lost*}" != "$line" ]; then
		cat "$SHOP/found"
		fail "not found: no $kind synced"
	fi
	echo "crash states: had no $kind of a store been synced: $line"
	tally 1 0 0
done
