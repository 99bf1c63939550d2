#!/bin/sh
# alice.sh all|short: every state that a power cut may leave on the sticks, of
# a ceremony and of one that is resumed; and the same with syncs left out, in
# the log and in a program that makes none, where losses must be found, or
# these eyes are blind.
. "$(dirname "$0")/lib.sh"

calls=openat,mkdir,mkdirat,write,pwrite64,fsync,fdatasync,syncfs,rename
calls=$calls,renameat,renameat2,unlink,unlinkat,ftruncate,truncate
case $1 in
all) every=2 ;;
*) every=40 ;;
esac

# seen FROM NAME: hold the ceremony from there in a folder of that name; all
# that it did to the sticks is then in NAME.log.
seen() {
	rm -rf "${SHOP:?}/$2"
	cp -a "$1" "$SHOP/$2"
	cd "$SHOP/$2" || exit
	hold strace -o "$SHOP/$2.log" -xx -y -s 9999999 -e trace=$calls ||
		fail "$2: it did not end well under strace"
}

# states NAME [OPTIONS...]: what may be left of it, in $SHOP/found; $found is
# 1 when anything was lost.
states() {
	name=$1
	shift
	rm -rf "$SHOP/state"
	mkdir "$SHOP/state"
	found=0
	"$HELPER/crashstates" "$@" "$SHOP/$name.log" "$SHOP/$name" \
		"$SHOP/state" >"$SHOP/found" 2>&1 || found=$?
}

# all_well WHAT NAME [OPTIONS...]
all_well() {
	what=$1
	shift
	states "$@" --every $every "$HERE/resume1.sh"
	sed "s/^/crash states: $what: /" "$SHOP/found"
	# states, and those that were held to the end
	# shellcheck disable=SC2046
	set -- $(tail -n 1 "$SHOP/found" | tr -cs '0-9\n' ' ')
	[ $# -eq 5 ] || fail "no answer about $what"
	tally $(($1 + $4)) $(($2 + $3 + $5)) 0
	[ $found -eq 0 ] || fail "states are lost or corrupt"
}

# must_find WHAT NAME [OPTIONS...]: a control; few states are enough.
must_find() {
	what=$1
	shift
	states "$@" --most 20
	line=$(tail -n 1 "$SHOP/found")
	if [ $found -ne 1 ] || [ "${line%% 0 lost*}" != "$line" ]; then
		cat "$SHOP/found"
		fail "not found: $what"
	fi
	tally 1 0 0
}

seen "$BASE" first
all_well "a ceremony" first

# Cut in the middle, then gone on with: what the second run may leave.
rm -rf "$SHOP/second.cut"
cp -a "$BASE" "$SHOP/second.cut"
cd "$SHOP/second.cut" || exit
hold strace -o /dev/null -e trace=mkdirat \
	-e inject=mkdirat:signal=KILL:when=14 && fail "it was not cut"
seen "$SHOP/second.cut" second
all_well "a resumed one" second --from "$SHOP/second.cut"

for kind in file folder; do
	must_find "no $kind synced" first --forget $kind
	echo "crash states: had no $kind been synced: $line"
	sane=$ANCHORITE
	ANCHORITE=$SHOP/planted
	DEAF=syncs-no-$kind
	export DEAF
	seen "$BASE" deaf
	ANCHORITE=$sane
	unset DEAF
	must_find "a program that syncs no $kind" deaf
	echo "crash states: of a program that syncs no $kind: $line"
done
[ "$1" = all ] || exit 0

# Each sync of a file on a stick, and of the folder that got it, must be missed
# when it alone is left out.
n=$(grep -c '^[0-9 ]*\(fsync\|syncfs\)(' "$SHOP/first.log")
seq 1 "$n" >"$SHOP/chosen"
try_each "one sync left out" forget1.sh
echo "crash states: each of $(results needed) syncs left out alone: \
found each time; $(results spare) others are made again, or of what people hold"
tally "$(results needed)" "$(results FAILED)" 0
[ "$(results needed)" -gt 50 ] && [ "$(results FAILED)" -eq 0 ]
