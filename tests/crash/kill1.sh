#!/bin/sh
# kill1.sh CALL NUMBER: cut the ceremony dead at that system call, go on after
# it, and look.  One line on stdout: ok, missed or FAILED.
set -eu
: "${HERE:?}" "${SHOP:?}" "${BASE:?}" "${START:?}"

dir=$(mktemp -d "$SHOP/kill.XXXXXX")
cp -a "$START/." "$dir"
cd "$dir"
code=0
timeout -k 1 60 strace -o /dev/null -e trace="$1" \
	-e inject="$1:signal=KILL:when=$2" \
	"$ANCHORITE" ceremony run plan.ini --room room.ini >first 2>&1 ||
	code=$?
case $code in
0) word=missed ;; # that many calls were not made this time
137) word=ok ;;
*) word=FAILED ;;
esac
why=$(timeout -k 1 60 "$HERE/whole.sh" "$dir") || word=FAILED
echo "$word: killed at $1 $2, exit status $code${why:+: $why}"
[ $word = FAILED ] || rm -rf "$dir"
