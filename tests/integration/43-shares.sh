#!/bin/sh
# Shares that are not what they should be: each is refused by name and clause,
# quotes no word, and leaves the state as it was.
. "$ROOT/tests/integration/lib.sh"

must_pass "$ANCHORITE" rehearse --dir r
state=r/state
sheet() {
	echo "r/sheets/g1-e1-sheet0$1-"*
}
for i in 1 2 3 4 5; do
	# shellcheck disable=SC2046
	sed -n 's/^share: //p' $(sheet $i) >share$i
	[ "$(wc -w <share$i)" -eq 33 ] || fail "sheet $i has no share"
done

# refused CODE FRAGMENT COMMAND...: and no word of any share is said.
refused() {
	remember_files r
	must_refuse "$@"
	no_new_files r
	[ ! -s "$OUT" ] || fail "something was said: $(cat "$OUT")"
	for w in $(cat share1 share2 share3 stranger1 2>/dev/null |
		tr ' ' '\n' | awk 'length > 5'); do
		! grep -qw "$w" "$ERR" || fail "a word was quoted: $w"
	done
}
check() {
	"$ANCHORITE" share check "$1" --state "$state"
}
recover() {
	"$ANCHORITE" share recover "$@" --root g1 --state "$state"
}

must_pass check share1
must_say "it is the sheet of record"
must_pass recover share1 share3 share5
must_say "the sheets give the key of record"

# too few, and the same one again
refused 1 "FORMATS 4.8: too few sheets" recover share1 share2
cp share1 again
refused 1 "FORMATS 4.9: sheet 1, anna, was entered already" recover share1 again share2

# one altered word, and which one it may be; two altered words blame nobody
swap() {
	awk -v "n=$2" '{
		for (i = 0; i < n; i++)
			$(7 + i) = $(7 + i) == "academic" ? "acid" : "academic"
		print
	}' "$1"
}
swap share2 1 >altered
refused 1 "if only one word is wrong, it is word 7" check altered
refused 1 "FORMATS 4.6: the checksum" recover share1 altered share3
awk '{ NF = 20; print }' share2 >short
refused 1 "FORMATS 4.4: 20 words, and a sheet has 33" check short
swap share2 2 >worse
refused 1 "FORMATS 4.6: the checksum" check worse
! grep -q "it is word" "$ERR" || fail "two wrong words were blamed on one"

# words of another list, too many, too few, none
sed 's/^[a-z]*/abandon/' share1 >bip39
refused 1 "FORMATS 4.3: word 1" check bip39
(tr -d '\n' <share1 && echo " academic") >long
refused 1 "FORMATS 4.4" check long
cut -d' ' -f1-32 share1 >short
refused 1 "FORMATS 4.4" check short
: >empty
refused 1 "empty: " check empty

# of another set, whose passphrase nobody gives: a recovery would end in another
# secret, and it does not come to that
"$HELPER/slip39" split --secret "$(printf '5a%.0s' $(seq 32))" \
	--group-threshold 1 --groups 3/5 --passphrase TREZOR >stranger
for i in 1 2 3; do
	sed -n "${i}p" stranger >stranger$i
done
must_pass "$HELPER/slip39" recover --passphrase TREZOR <stranger
refused 1 "FORMATS 4.9: a share of another set, not of any root here" check stranger1
refused 1 "FORMATS 4.9" recover stranger1 stranger2 stranger3
refused 1 "FORMATS 4.9" recover share1 share2 stranger3

# another root of the same state is not this one
refused 1 "root g9" "$ANCHORITE" share recover share1 share2 share3 \
	--root g9 --state "$state"
