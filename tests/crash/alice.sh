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

# must_find WHAT NAME [OPTIONS...]: a control.
must_find() {
	what=$1
	shift
	states "$@"
	line=$(tail -n 1 "$SHOP/found")
	if [ $found -ne 1 ] || [ "${line%% 0 lost*}" != "$line" ]; then
		cat "$SHOP/found"
		fail "it is not found that $what"
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
	must_find "no $kind was synced" first --forget $kind
	echo "crash states: had no $kind been synced: $line"
	sane=$ANCHORITE
	ANCHORITE=$SHOP/deaf
	DEAF=syncs-no-$kind
	export DEAF
	seen "$BASE" deaf
	ANCHORITE=$sane
	unset DEAF
	must_find "a program syncs no $kind" deaf
	echo "crash states: of a program that syncs no $kind: $line"
done
[ "$1" = all ] || exit 0

# Each sync of a file on a stick, and of the folder that got it, must be missed
# when it alone is left out.  A stick's own folder is synced again and again,
# and what is on paper and sheets, people hold.
n=1
needed=0
spare=0
while states first --forget $n; [ $found -le 1 ]; do
	left_out=$(head -n 1 "$SHOP/found")
	case $left_out in
	*" of state-"?/*)
		must_find "one is ${left_out}" first --forget $n
		needed=$((needed + 1))
		;;
	*) spare=$((spare + 1)) ;;
	esac
	n=$((n + 1))
done
grep -q 'fewer syncs' "$SHOP/found" || fail "no answer about sync $n"
[ $needed -gt 50 ] || fail "only $needed syncs were seen"
echo "crash states: each of $needed syncs left out alone: found each time; \
$spare others are not promises"
