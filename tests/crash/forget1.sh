#!/bin/sh
# forget1.sh N: what a power cut leaves of the ceremony in $SHOP/first.log if
# its Nth sync is left out.  One line on stdout: needed, spare or FAILED.  A
# stick's own folder is synced again and again, and what is on paper and
# sheets, people hold: only those may be spared.
set -eu
: "${HELPER:?}" "${SHOP:?}"

dir=$(mktemp -d "$SHOP/forget.XXXXXX")
mkdir "$dir/state"
found=0
"$HELPER/crashstates" --forget "$1" --most 20 "$SHOP/first.log" \
	"$SHOP/first" "$dir/state" >"$dir/found" 2>&1 || found=$?
left_out=$(head -n 1 "$dir/found")
lost=$(tail -n 1 "$dir/found" | sed -n 's/.* states, \([0-9]*\) lost.*/\1/p')
case $found,$left_out in
[01],*" of state-"?/*)
	word=needed
	[ "${lost:-0}" -gt 0 ] || word=FAILED
	;;
[01],"left out: "*) word=spare ;;
*) word=FAILED ;;
esac
echo "$word: $left_out: $(tail -n 1 "$dir/found")"
rm -rf "$dir"
