#!/bin/sh
# A holder's yearly check of a real sheet: not on a machine with a way out, not
# where another holder's words were typed, and each verdict by name.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/plans.sh"
. "$ROOT/tests/integration/machine.sh"
. "$ROOT/tests/integration/typed.sh"

# a real root, held by three
mkdir inbox
{
	head_of_plan 1 none 'entropy = system'
	mint g1 ecdsa-p384
} >plan.ini
printf '[room]\nstate-a = state\nstate-b = state-b\ninbox = inbox\n' >room.ini
plan_words plan.ini >plan.words
must_pass "$people" --words plan.words keep "$ANCHORITE" ceremony run \
	plan.ini --room room.ini
for i in 1 2 3; do
	sed -n 's/^share: //p' "keep/sheets/g1-e1-sheet0$i.txt" | tr -d '\r' \
		>share$i
done

# three words in a row are nobody's sentence
for n in 1 4 7 10 13 16 19 22 25 28 31; do
	cut -d' ' -f$n-$((n + 2)) share1 share2 share3
done >fake/pieces

# refused CODE FRAGMENT COMMAND...: neither a word nor a file comes of it.
refused() {
	remember_files .
	must_refuse "$@"
	no_new_files .
	[ ! -s "$OUT" ] || fail "something was said: $(cat "$OUT")"
	! grep -qF -f fake/pieces "$ERR" || fail "words were quoted"
}
# check NET SWAP ARGS...
check() {
	net=$1
	swap=$2
	shift 2
	machine "$net" "$swap" "$ANCHORITE" share check --marks marks "$@"
}
mkdir marks

# --- the machine ---
refused 1 "RULES S4: network: eth0 is up: no word of a sheet is taken here" \
	check loud none share1
refused 1 "RULES S4: swap: /dev/sda2 is on" check quiet some share1
refused 1 "--waive network,swap:REASON" check loud some share1
refused 1 "RULES S4: swap" check loud some --waive "network:unplugged soon" share1
refused 2 '--waive takes NAMES:REASON' check loud none --waive network share1
refused 2 'there is no check "clock"' check loud none --waive clock:broken share1
refused 2 'of printable ASCII' check loud none --waive "network:$(printf '\033')" share1
# what the kernel does not say is not taken for good
: >fake/hollow
refused 2 "RULES S4: swap: it cannot be told" check quiet hollow share1
must_pass check quiet none share1
must_say "it is the sheet of record"
grep -q '^holder *anna$' "$OUT" || fail "not anna's"
must_say "network: no interface is up"
! grep -q waived "$OUT" || fail "something was waived"
must_pass check loud some --waive "swap,network:the desk's machine, Anna" share1
must_say "network: eth0 is up: waived"
must_say "swap,network: the desk's machine, Anna"

# the real thing, where the kernel gives a network of one's own
if unshare -n -m sh -c 'mount -t sysfs none /sys' 2>/dev/null &&
	[ "$(wc -l </proc/swaps)" -eq 1 ]; then
	must_pass unshare -n -m sh -c 'mount -t sysfs none /sys && exec "$@"' \
		sh "$ANCHORITE" share check --marks marks share1
	must_say "network: no interface is up"
fi

# --- two holders, one system ---
[ "$(ls marks | wc -l)" -eq 1 ] || fail "not one mark"
refused 1 "RULES S4: another holder's words of the same set of root g1" \
	check quiet none share2
cp -r marks marks-was
must_pass check quiet none --waive "holder:only this machine is left, Bruno" share2
grep -q '^holder *bruno$' "$OUT" || fail "not bruno's"
must_say "holder: only this machine is left, Bruno"
cmp marks/* marks-was/* || fail "a mark was changed"
must_pass check quiet none share1
# another installed system knows nothing of it
echo ffffffffffffffffffffffffffffffff >fake/id
elsewhere() {
	# shellcheck disable=SC2086
	$apart sh -c 'mount --bind "$1" /etc/machine-id && shift && exec "$@"' \
		sh "$fake/id" "$@"
}
if [ -f /etc/machine-id ]; then
	must_pass elsewhere "$ANCHORITE" share check --marks marks \
		--waive network,swap:test share2
	[ "$(ls marks | wc -l)" -eq 2 ] || fail "not two marks"
fi
# the marks know no name
! grep -rqi 'anna\|bruno\|g1' marks || fail "a mark tells who"
refused 1 "FORMATS 4.40: marks would lie inside the state" machine quiet none \
	"$ANCHORITE" share check --marks state/marks share3
refused 2 "RULES S4: no mark of whose words were taken can be left" \
	machine quiet none "$ANCHORITE" share check --marks none/marks share3

# --- at the terminal: whose sheet it is comes before its secret words ---
quietly() {
	file=$1
	shift
	typed "$file" "$apart sh -c '
		mount --bind $fake/quiet /sys/class/net
		mount --bind $fake/none /proc/swaps
		exec $ANCHORITE share check --marks marks'" "$@"
}
run quietly seen "$(cut -d' ' -f1-4 share3)" "$(cat share3)"
[ "$STATUS" -eq 1 ] || complain "a second holder was let in" quietly
grep -q "RULES S4: another holder's words" seen ||
	fail "it does not say why: $(cat seen)"
! grep -q "all words of the sheet" seen ||
	fail "the secret words were asked for"
must_pass quietly seen "$(cut -d' ' -f1-4 share1)" "$(cat share1)"
grep -q 'it is the sheet of record' seen || fail "anna was not let in"

# --- each verdict ---
anew() {
	rm -rf marks
	mkdir marks
}
anew
swap() {
	awk -v "n=$2" -v "at=$3" '{
		for (i = 0; i < n; i++)
			$(at + i) = $(at + i) == "academic" ? "acid" : "academic"
		print
	}' "$1"
}
swap share2 1 9 >wrong
refused 1 "if only one word is wrong, it is word 9; by its first four words it is sheet 2 of 3 of root g1, epoch 1, bruno" \
	check quiet none wrong
swap share2 2 9 >wrong
refused 1 "more than one word is wrong; by its first four words it is sheet 2 of 3 of root g1, epoch 1, bruno" \
	check quiet none wrong
sed 's/[a-z]*$/abandon/' share2 >wrong
refused 1 "FORMATS 4.3: word 33 is not of the list" check quiet none wrong
# a share in that very place, checksum and all, that is not the sheet
"$HELPER/slip39" forge <share2 >forged
check_forged() {
	check quiet none forged
}
must_refuse 1 "FORMATS 4.9: sheet 2 of 3, bruno, is not the sheet of record: its words were altered (root g1, epoch 1)" \
	check_forged
[ "$(ls marks | wc -l)" -eq 1 ] || fail "most of his words were taken"
must_refuse 1 "RULES S4: another holder's" check quiet none share1
anew
"$HELPER/slip39" split --secret "$(printf '5a%.0s' $(seq 32))" \
	--group-threshold 1 --groups 2/3 >strangers
sed -n 1p strangers >stranger
refused 1 "FORMATS 4.9: a share of another set, not of any root here" \
	check quiet none stranger

# --- a rehearsal is told, and not refused; it leaves no mark ---
must_pass "$ANCHORITE" rehearse --dir r
must_pass machine loud some "$ANCHORITE" share check --state r/state \
	--marks marks "$(echo r/sheets/g1-*01-*)"
must_say "network: eth0 is up: refused, but for a rehearsal"
must_pass machine loud some "$ANCHORITE" share check --state r/state \
	--marks marks "$(echo r/sheets/g1-*02-*)"
[ -z "$(ls marks)" ] || fail "a rehearsal left a mark"

# --- a recovery is asked the same of its machine ---
refused 1 "RULES S4: network: eth0 is up" machine loud none "$ANCHORITE" \
	share recover --root g1 share1 share2
must_pass machine quiet none "$ANCHORITE" share recover --root g1 share1 share2
must_say "the sheets give the key of record"

# --- a real record that says of itself that it is a rehearsal's ---
cp -a state lie
"$HELPER/forge" fact lie 1 mode rehearsal
anew
refused 1 "RULES C6: the record says that it is a rehearsal's, and the sheets of root g1, epoch 1, come from no public seed" \
	machine loud some "$ANCHORITE" share check --state lie --marks marks share1
refused 1 "RULES C6: the record says" machine loud some "$ANCHORITE" \
	share recover --root g1 --state lie share1 share2
