#!/bin/sh
# err1.sh CALL FAULT WHEN: hold the ceremony while that call fails, once (WHEN
# is N) or from then on (N+).  It must not hang, not crash, and not end well
# when a medium has said no.  Without the fault it must then be held to its end;
# where many faults leave the very same bytes, that is tried once.
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

# The first call about a medium that failed and may not be passed over: not one
# that was interrupted once, nor one look whether a name is free, as making it
# tells too, nor the end of what was only read.
denied() {
	awk -v fault="$2" -v when="$3" '
	function medium() { return /\/(state-[ab]|paper|sheets)[\/>"]/ }
	/^openat\(.*O_CREAT/ && match($0, / = [0-9]+</) {
		made[substr($0, RSTART + 3, RLENGTH - 4)] = 1
	}
	match($0, /^close\([0-9]+/) {
		fd = substr($0, 7, RLENGTH - 6)
		was_made = fd in made
		delete made[fd]
		if (!was_made)
			next
	}
	!/\(INJECTED\)$/ || !medium() { next }
	fault ~ /EINTR/ && when !~ /\+/ && /^(openat|read|pread64|write)\(/ {
		next
	}
	/^openat\(/ && !/O_CREAT/ && when !~ /\+/ { next }
	{ print; exit }' calls
}

code=0
timeout -k 1 60 strace -y -s 0 -o calls \
	-e trace="openat,$1" -e inject="$1:$2:when=$3" \
	"$ANCHORITE" ceremony run plan.ini --room room.ini >first 2>&1 ||
	code=$?
# a sanitizer could not even read that it is not to look for leaks: what counts
# is what the program said before
if [ $code -eq 1 ] && grep -q 'LeakSanitizer has encountered' first; then
	code=2
	! grep -q '^the ceremony is closed' first || code=0
fi
case $code in
0)
	why=$(denied "$@")
	[ -z "$why" ] || bad "$@" "it ended well in spite of $why"
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
ANCHORITE=$SHOP/anchorite
left=$(find state-a state-b paper sheets -type f -exec sha256sum {} + -o -print \
	2>/dev/null | sort | sha256sum | cut -d' ' -f1)
mkdir -p "$SHOP/held"
[ -e "$SHOP/held/$left" ] || why=$(timeout -k 1 60 "$HERE/whole.sh" "$dir") ||
	bad "$@" "${why:-no answer}"
: >"$SHOP/held/$left"
echo "$word: $*"
cd /
rm -rf "$dir"
