#!/bin/sh
# store1.sh DIR: DIR/state-a is what a cut left of a store; it holds one of the
# three things that it may, and takes the rest.
set -eu
: "${ANCHORITE:?}" "${GIVEN:?}"

store=$1.store
rm -rf "$store"
cp -a "$1/state-a" "$store"
held=$("$ANCHORITE" trust show --store "$store" --at 2027-03-14 |
	sed -n 's/^bundle *//p')
case $held in
"era 1, number 1" | "era 2, number 1" | "era 2, number 2") ;;
*)
	echo "it holds $held"
	exit 1
	;;
esac
"$ANCHORITE" trust apply "$GIVEN/chain" --store "$store" --at 2027-03-14 |
	grep -q '^bundle *era 2, number 2$'
"$ANCHORITE" trust show --store "$store" --at 2027-03-14 |
	grep -q 'number 1, 0 revoked'
rm -rf "$store"
