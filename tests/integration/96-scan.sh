#!/bin/sh
# Codes that another program made are read from its pictures, and from what a
# camera makes of them; the program itself has no reader of codes in it.
. "$ROOT/tests/integration/lib.sh"

# What opens roots maps no library that reads or makes pictures, nor the one
# that locks their readers in.
command -v ldd >/dev/null || skip "there is no ldd"
ldd "$ANCHORITE" >libraries
grep -q libcrypto libraries || fail "ldd says nothing"
! grep -E 'libzbar|libX11|libdbus|libv4l|libpng|jpeg|qrencode|seccomp' \
	libraries ||
	fail "the program is linked with what few of its processes need"

command -v qrencode >/dev/null || skip "there is no qrencode"

# the_texts: what was read are the texts that were drawn, each once.
the_texts() {
	LC_ALL=C sort "$OUT" >got
	cmp -s texts got || {
		diff texts got | cut -c 1-80
		fail "other texts were read: $1"
	}
}

mkdir png
i=0
while [ $i -lt 5 ]; do
	awk -v seed=$((i + 1)) 'BEGIN {
		srand(seed)
		printf "AN1:"
		for (i = 0; i < 1500; i++)
			printf "%d", rand() * 10
	}' >"text$i"
	qrencode -v 20 -l L -s 6 -m 4 -o png/$i.png -r "text$i"
	cat "text$i"
	echo
	i=$((i + 1))
done | LC_ALL=C sort >texts
[ "$(wc -l <texts)" -eq 5 ] || fail "five texts were to be drawn"

must_pass "$HELPER/scan" png/3.png 1
must_pass "$HELPER/scan" png 5
the_texts "a folder"
must_pass sh -c "tac texts | '$HELPER/scan' lines:-"
the_texts "lines"

# a camera sees each for a fifth of a second
for level in good typical shake noisy; do
	"$HELPER/degrade" -l $level -s 960x720 -r 20 png/*.png >video
	must_pass sh -c "'$HELPER/scan' y4m:- 5 <video"
	the_texts "a video, $level"
done

# one that does not come is waited for to the end, and said to be missing
must_refuse_scan() {
	run "$@"
	[ "$STATUS" -eq 1 ] || complain "exit status 1 was expected" "$@"
	grep -qF -- '5 of 6 texts came' "$ERR" ||
		complain "it does not say how many came" "$@"
}
must_refuse_scan "$HELPER/scan" png 6
