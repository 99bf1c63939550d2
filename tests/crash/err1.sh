#!/bin/sh
# err1.sh CALL FAULT WHEN: hold the ceremony while that call fails, once (WHEN
# is N) or from then on (N+).  It must not hang, not crash, and not end well
# with a state that is not.  Without the fault it must then be held to its end.
set -eu
: "${HERE:?}" "${SHOP:?}" "${BASE:?}"

dir=$(mktemp -d "$SHOP/err.XXXXXX")
cp -a "$BASE/." "$dir"
cd "$dir"

bad() {
	echo "FAILED: $1 $2 $3: $4"
	sed 's/^/	/' first
	exit 0
}

code=0
timeout -k 1 10 strace -o /dev/null -e trace="$1" \
	-e inject="$1:$2:when=$3" \
	"$ANCHORITE" ceremony run plan.ini --room room.ini >first 2>&1 ||
	code=$?
case $code in
0)
	for s in a b; do
		"$ANCHORITE" ceremony verify --state state-$s >verdict 2>&1 ||
			bad "$@" "it ended well, and stick $s does not verify"
	done
	word=unharmed
	;;
1) bad "$@" "a fault of the machine is called a refusal" ;;
2)
	grep -q '^anchorite: ' first || [ "$1" = write ] ||
		bad "$@" "it ended without a sentence"
	word=stopped
	;;
127) word=unstarted ;; # the program's libraries could not be loaded
*) bad "$@" "exit status $code" ;;
esac
why=$("$HERE/whole.sh" "$dir") || bad "$@" "$why"
echo "$word: $*"
cd /
rm -rf "$dir"
