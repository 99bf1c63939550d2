#!/bin/sh
# What one responder released the next one knows: it is in the journal, signed,
# before it is published; nothing that was stopped is let live by another list;
# and a journal that was made by anyone else is refused.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/short.sh"
. "$ROOT/tests/integration/sealed.sh"
"$ANCHORITE" words plan.ini | tail -n +2 >words
cp words paper/plan.words
must_pass hold
remember_files state-a

release() {
	"$ANCHORITE" revocation release --state state-a "$@"
}
# refused FRAGMENT ARGS...: and nothing is published, or added.
refused() {
	rm -rf kept
	[ ! -e journal ] || cp -a journal kept
	must_refuse 1 "$@"
	[ ! -e out ] || fail "a refused release left a folder"
	[ ! -e journal ] || diff -r journal kept ||
		fail "a refused release is in the journal"
	no_new_files state-a
}

# --- what is released is signed by who opened it ---
must_pass release gateway-release --with night.key --to one
must_say "journal/signed/000001.txt: list "
must_say "signed by night"
sed '/^-----BEGIN/,$d' journal/signed/000001.txt >text
head -n 1 text | grep -qx "anchorite release v1" || fail "no first line"
head=$("$ANCHORITE" state show --state state-a --json |
	sed -n 's/.*"head": *"\([^"]*\)".*/\1/p')
grep -qx "head $head" text || fail "it names another head"
grep -qx "digest $(sha384sum <one/g1.crl.pem | cut -d' ' -f1)" text ||
	fail "it names another list"
grep -qx "again no" text || fail "it was not released before"
stock() {
	openssl cms -verify -binary -inform PEM -in "$1" -content "$2" \
		-certfile inbox/$3.crt -CAfile inbox/$3.crt -purpose any -out said
}
must_pass stock journal/signed/000001.txt text night
sed s/no/yes/ text >altered
run stock journal/signed/000001.txt altered night
[ "$STATUS" -ne 0 ] || fail "a stock tool does not see an altered text"

# --- once, and once more ---
refused "journal: FORMATS 7.23: sealed/000001.p7m was released by night at " \
	release gateway-release --with day.key --to out
grep -q "with --again it is released once more" "$ERR" || fail "no way on"
must_pass release gateway-release --with day.key --to two --again
must_say "signed by day, once more"
cmp one/g1.crl two/g1.crl || fail "two releases publish two lists"
sed '/^-----BEGIN/,$d' journal/signed/000002.txt >text
must_pass stock journal/signed/000002.txt text day
grep -qx "again yes" text || fail "it was released before"

# --- what was stopped stays so (RULES L3) ---
refused "RULES L3: gateway-release was stopped by night at " \
	release sensor --with night.key --to out
grep -q ": release gateway-release+sensor$" "$ERR" || fail "no way on"
must_pass release gateway-release+sensor --with day.key --to both
for cert in state-a/issued/*.crt; do
	run check both/g1.crl.pem "$cert"
	[ "$STATUS" -ne 0 ] || fail "what was offered lets $cert live"
done
refused "RULES L3: sensor was stopped by day at " \
	release gateway-release --with night.key --to out --again
must_pass release all --with night.key --to all
refused "RULES L3: sensor was stopped" \
	release gateway-release --with night.key --to out --again
# it stops the same two
must_pass release gateway-release+sensor --with night.key --to again --again
[ "$(ls journal/record | wc -l)" -eq 5 ] || fail "not five entries"
# "all" is told from what the record has of it, too
must_pass release all --with night.key --to all-2 --journal alone
refused "RULES L3: gateway-release was stopped by night at " \
	release sensor --with night.key --to out --journal alone
rm -r alone all-2
# another journal knows nothing of it: it is the desk's, not the state's
must_pass release sensor --with night.key --to three --journal other
rm -r other three

# --- a journal that is not one, or lies in the state ---
mkdir other
echo "dear diary" >other/diary.txt
refused "other: FORMATS 7.1: it is there, and is no state folder" \
	release sensor --with night.key --to out --journal other
[ "$(ls other)" = diary.txt ] || fail "it wrote into somebody's folder"
rm -r other
refused "FORMATS 7.20: it would lie inside the state" \
	release sensor --with night.key --to out --journal state-a/journal
run flock journal "$ANCHORITE" revocation release all --state state-a \
	--with night.key --to out --again
[ "$STATUS" -eq 1 ] || complain "two write to one journal" flock
grep -q "FORMATS 7.10: another program writes to it" "$ERR" ||
	fail "it does not say that it is locked"

# --- forged ---
mv journal true
# forged FRAGMENT: the journal there is refused, even to do it once more.
forged() {
	refused "$1" release all --with night.key --to out --again
	rm -rf journal
}
forge() {
	"$HELPER/forge" "$@"
}
cp -a true journal
chmod u+w journal/signed/000003.txt
sed -i 's/^again no/again yes/' journal/signed/000003.txt
forged "journal: entry 3: signed/000003.txt: FORMATS 7.3: its digest is not the one"
cp -a true journal
rm -f journal/record/000002.json
forged "record/000002.json"
cp -a true journal
rm -f journal/signed/000002.txt
run release all --with night.key --to out --again
[ "$STATUS" -ne 0 ] || fail "a journal without one of its files is taken"
rm -r journal
# the entry says what its file does not
cp -a true journal
forge fact journal 1 revokes all
forged "journal: entry 1: FORMATS 7.22: it says another revokes than the file"
# cut at any line, and with a line more
lines=$(wc -l <true/signed/000001.txt)
n=0
while [ $((n += 1)) -lt "$lines" ]; do
	cp -a true journal
	chmod u+w journal/signed/000001.txt
	head -n $n true/signed/000001.txt >journal/signed/000001.txt
	forge object journal 1
	forged "journal: entry 1: signed/000001.txt: FORMATS 7.21: "
done
cp -a true journal
chmod u+w journal/signed/000001.txt
echo >>journal/signed/000001.txt
forge object journal 1
forged "journal: entry 1: signed/000001.txt: FORMATS 7.21: "
# a text without its signature, of more lines, by a key of nobody's
cp -a true journal
chmod u+w journal/signed/000001.txt
sed -i '/^-----BEGIN/,$d' journal/signed/000001.txt
forge object journal 1
forged "journal: entry 1: signed/000001.txt: FORMATS 7.21: not a responder's notice"
cp -a true journal
chmod u+w journal/signed/000001.txt
sed -i 's/^again no/&\nby night/' journal/signed/000001.txt
forge object journal 1
forged "FORMATS 7.21: not the lines of a notice"
cp -a true journal
chmod u+w journal/signed/000001.txt
sed -i 's/^again no/again maybe/' journal/signed/000001.txt
forge object journal 1
forged "FORMATS 7.21: its lines say more than a notice, or spell it otherwise"
cp -a true journal
chmod u+w journal/signed/000001.txt
sed -i 's/^again no/again yes/' journal/signed/000001.txt
forge object journal 1
forged "FORMATS 7.21: it is signed by no responder who can open that list"
openssl req -x509 -new -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
	-subj /CN=night -days 30 -keyout thief.key -out thief.crt 2>openssl.err
cp -a true journal
chmod u+w journal/signed/000001.txt
sed '/^-----BEGIN/,$d' journal/signed/000001.txt >text
openssl cms -sign -binary -in text -signer thief.crt -inkey thief.key -keyid \
	-nocerts -nosmimecap -md sha256 -econtent_type 1.3.6.1.4.1.32473.6 \
	-outform PEM -out text.pem
cat text text.pem >journal/signed/000001.txt
forge object journal 1
forged "FORMATS 7.21: it is signed by no responder who can open that list"
# the same signature under another entry's text; a list that is not sealed here
cp -a true journal
cp -f true/signed/000002.txt journal/signed/000001.txt
forge object journal 1
forged "journal: entry 1: FORMATS 7.22: it says another again than the file"
cp -a true journal
chmod u+w journal/signed/000001.txt
sed -i 's/^list .*/list 4294967399/' journal/signed/000001.txt
forge object journal 1
forged "FORMATS 7.21: no such list is sealed in this state"
# the state is older than the journal: its head is not known
cp -a true journal
chmod u+w journal/signed/000001.txt
sed -i "s/^head .*/head $(printf '%096d' 0)/" journal/signed/000001.txt
forge object journal 1
forged "FORMATS 7.21: it names a head that this state never had"

# --- of another state ---
mv true ../true
begin another
cp ../sealed/*.key .
cp ../sealed/inbox/* inbox
cp ../sealed/plan.ini .
echo "# another" >>plan.ini
"$ANCHORITE" words plan.ini | tail -n +2 >paper/plan.words
must_pass hold
cp -a ../true journal
remember_files state-a
forged "journal: entry 1: signed/000001.txt: FORMATS 7.21: it is of another state"

# --- cut anywhere: what is published is in the journal ---
cuts=0
for call in fsync mkdir,mkdirat; do
	n=0
	while [ $((n += 1)) -le 40 ]; do
		rm -rf journal out
		run strace -o calls -e trace=$call -e inject=$call:signal=KILL:when=$n \
			"$ANCHORITE" revocation release sensor --state state-a \
			--with night.key --to out
		[ "$STATUS" -ne 0 ] || break
		cuts=$((cuts + 1))
		[ ! -e out ] || [ -e journal/record/000001.json ] ||
			fail "published before it was in the journal: $call $n"
		must_pass release sensor --with night.key --to again --again
		[ "$(ls again | wc -l)" -eq 2 ] || fail "not all is published"
		rm -r again
	done
done
echo "$cuts cuts tried"
[ "$cuts" -gt 10 ] || fail "nothing was cut"
