#!/bin/sh
# What goes wrong around a ceremony is refused by name, and leaves things as
# they were: plans, requests, clocks, words, sticks; tails that were edited.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/short.sh"

# refused FRAGMENT [CODE]: holding the ceremony is.
refused() {
	must_refuse "${2:-1}" "$1" "$ANCHORITE" ceremony run plan.ini \
		--room room.ini
}

# Everything but what the command itself wrote.
as_it_was() {
	remember_files .
	"$@"
	no_new_files .
}

# other_words FILE: those of another thing, on paper.
other_words() {
	must_pass "$ANCHORITE" words "$WORK/base/inbox/gateway.csr"
	tail -n +2 "$OUT" >"$1"
}

newest_head() {
	find paper -name 'head-*' | sort | tail -n 1
}

entries() {
	"$ANCHORITE" ceremony log --state "$1" | wc -l
}

# The calls of a whole run, to be cut at the making of a file.
begin whole
must_pass strace -o "$WORK/calls" -y -s 999 -e trace=openat \
	"$ANCHORITE" ceremony run plan.ini --room room.ini

# cut_before FILE: hold the ceremony, and kill it before it makes FILE.
cut_before() {
	n=$(awk -v file="${1##*/}" '
	/^openat\(/ { n++ }
	/O_CREAT/ && index($0, "\"" file "\"") { print n; exit }
	' "$WORK/calls")
	[ -n "$n" ] || fail "an uncut ceremony never makes $1"
	run strace -o "$WORK/cut" -e trace=openat \
		-e inject=openat:signal=KILL:when="$n" \
		"$ANCHORITE" ceremony run plan.ini --room room.ini
	[ "$STATUS" -eq 137 ] || complain "it was not cut" "hold"
	[ ! -e "$1" ] || fail "$1 is there after the cut"
}

# --- a plan runs once, with the files that were reviewed ---

as_it_was refused "RULES C1: ceremony 1 has run already; a plan runs once"
nothing=$(printf '%096d' 0)
sed "s/^number = 1/number = 3/; s/^previous = .*/previous = $nothing/" \
	"$WORK/base/plan.ini" >plan.ini
as_it_was refused "RULES C1: the next ceremony of this state is 2, not 3"
sed -i 's/^number = 3/number = 2/' plan.ini
as_it_was refused "RULES C1: the plan continues another state"

begin swapped
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	-keyout thief.key -subj "/CN=gateway team" -out inbox/gateway.csr \
	2>/dev/null
as_it_was refused "plan.ini:43: FORMATS 3.17: gateway.csr is not the file"
rm inbox/gateway.csr
as_it_was refused "plan.ini:43: FORMATS 3.17: gateway.csr" 2

begin typo
sed 's/^years = /yeers = /' "$WORK/base/plan.ini" >plan.ini
as_it_was refused "plan.ini:29: FORMATS 3.11: [mint] has no key yeers"
grep -q 'did you mean years' "$ERR" ||
	complain "the nearest key is not named" hold
rm plan.ini
as_it_was refused "plan.ini" 2
rm -r inbox
cp "$WORK/base/plan.ini" .
as_it_was refused "inbox" 2

begin words
other_words paper/plan.words
as_it_was refused "RULES C4: these are not the words of this plan"
rm paper/plan.words
as_it_was refused "plan.words" 2

# --- clocks ---

begin clock
as_it_was must_refuse 1 "the plan is not effective before" faketime -f -3h \
	"$ANCHORITE" ceremony run plan.ini --room room.ini
as_it_was must_refuse 1 "and the plan ended at" faketime -f +3d \
	"$ANCHORITE" ceremony run plan.ini --room room.ini
cut_before paper/head-0002.words
n=$(entries state-a)
must_refuse 1 "FORMATS 7.4: the clock says" faketime -f -30m \
	"$ANCHORITE" ceremony run plan.ini --room room.ini
[ "$(entries state-a)" -eq "$n" ] || fail "an entry was dated back"

# --- the check in the room says what the ceremony would say ---

# both CODE FRAGMENT [CMD...]: neither of the two gets by, before any question.
both() {
	code=$1
	words=$2
	shift 2
	for verb in check run; do
		as_it_was must_refuse "$code" "$words" "$@" "$ANCHORITE" \
			ceremony $verb plan.ini --room room.ini
	done
}
begin room
rm paper/plan.words
both 1 "the plan is not effective before" faketime -f -3h
both 1 "and the plan ended at" faketime -f +3d
mkdir state-a
sed -i 's,^state-b = .*,state-b = gone/state,' room.ini
both 2 "gone/state: FORMATS 7.1: no state can be written there (No such file or directory): is the stick in, and mounted?"
echo sand >gone
both 2 "gone/state"
rm gone
mkdir -p gone/state
echo sand >gone/state/holiday.txt
both 1 "gone/state: FORMATS 7.1: it is there, and is no state folder"
rm gone/state/holiday.txt
# an empty folder has no record yet
as_it_was must_pass "$ANCHORITE" ceremony check plan.ini --room room.ini
sed -i 's,^state-a = .*,&/,' room.ini
rmdir state-a
as_it_was must_pass "$ANCHORITE" ceremony check plan.ini --room room.ini
cp "$WORK/base/paper/plan.words" paper
must_pass hold
# two histories
cp -a "$WORK/base" other
sed -i 's/^years = .*/years = 19/' other/plan.ini
"$ANCHORITE" words other/plan.ini | tail -n +2 >other/paper/plan.words
must_pass "$ANCHORITE" ceremony run other/plan.ini --room other/room.ini
sed -i 's,^state-b = .*,state-b = other/state-a,' room.ini
both 1 "FORMATS 7.4: two different histories"

# --- sheets in one place ---

# told FILE: the notes that its check has, once the arc, dates and request that
# everybody must put in are there.
told() {
	sed -i "s/^oid-arc = .*/oid-arc = 1.3.6.1.4.1.55555/
		s/sha384:0*\$/sha384:$(sha384sum gateway.csr | cut -d' ' -f1)/
		s/^effective = .*/effective = 2099-01-01T00:00:00Z/
		s/^latest = .*/latest = 2099-01-02/" "$1"
	must_pass "$ANCHORITE" ceremony check "$1"
}
begin places
cp inbox/gateway.csr .
for name in two-people company; do
	"$ANCHORITE" ceremony example $name >$name.ini
	told $name.ini
	! grep -q '^note' "$OUT" || fail "$name breaks its own rules"
done
sed 's/^group.main = .*/group.main = 2 of 3: founder@vault, trustee@home, notary@vault/' \
	company.ini >near.ini
told near.ini
must_say "note     at vault lie enough sheets to open root g3"
must_say "         at vault lie enough sheets to open root g2"
# two groups of one place are needed, and one alone is not enough
sed '/^group.security/s/officer@vault, deputy@bank/officer@v, deputy@v/' \
	company.ini >one-group.ini
told one-group.ini
! grep -q '^note' "$OUT" || fail "one group of two opens nothing"
sed '/^group.board/s/auditor@safe, counsel@bank/auditor@v, counsel@v/' \
	one-group.ini >both-groups.ini
told both-groups.ini
must_say "note     at v lie enough sheets to open root g1"
# two words for one name may be one person
sed 's/^name = .*/name = Anna Weber/' company.ini >names.ini
told names.ini
must_say "have one name, Anna Weber: what one person has is counted by the words"
# of a sheet whose place is not said nobody knows
sed 's/@[a-z]*//g' company.ini >nowhere.ini
told nowhere.ini
! grep -q '^note' "$OUT" || fail "sheets of no place lie in one"

# --- a folder that is no state ---

begin folder
mkdir state-a
echo sand >state-a/holiday.txt
as_it_was refused "FORMATS 7.1: it is there, and is no state folder"
rm -r state-a
echo sand >state-a
as_it_was refused "state-a" 2

# --- a rehearsal's key asks for a real delegation ---

begin public
"$HELPER/forge" key 0 >public.der
openssl ec -inform DER -in public.der -out public.key 2>/dev/null
openssl req -new -key public.key -subj "/CN=gateway team" -sha384 \
	-out inbox/public.csr
sed "s/^mode = .*/mode = production/
	s/^oid-arc = .*/oid-arc = 1.3.6.1.4.1.55555/
	s/^request = .*/request = public.csr sha384:$(sha384sum inbox/public.csr |
		cut -d' ' -f1)/" "$WORK/base/plan.ini" >plan.ini
printf '[room]\nstate-a = state\ninbox = inbox\n' >real.ini
as_it_was must_refuse 1 "from a public rehearsal seed" \
	"$ANCHORITE" ceremony check plan.ini --room real.ini
# and its state takes no real plan
cp "$WORK/base/plan.ini" .
must_pass hold
sed "s/^mode = .*/mode = production/; s/^number = 1/number = 2/
	s/^previous = .*/previous = $nothing/
	s/^oid-arc = .*/oid-arc = 1.3.6.1.4.1.55555/" plan.ini >real-plan.ini
must_refuse 1 "RULES C6" "$ANCHORITE" ceremony run real-plan.ini \
	--room room.ini

# --- once open, the same plan alone, and the head on paper ---

begin open
cut_before paper/head-0003.words
cp -a . "$WORK/open.kept"
sed '1s/.*/# another/' "$WORK/base/plan.ini" >plan.ini
"$ANCHORITE" words plan.ini | tail -n +2 >paper/plan.words
as_it_was refused "RULES C3: ceremony 1 is open under another plan, which alone can"

begin head
cp -a "$WORK/open.kept/." .
other_words "$(newest_head)"
as_it_was refused "RULES C3: the head on paper is not in this state"

# The end of the record is gone from both sticks: a chain cannot tell, paper
# can. That both stay as they are lets the whole one be found again.
begin truncated
cp -a "$WORK/open.kept/." .
noted=$(newest_head)
next=paper/head-$(printf %04d $(($(basename "$noted" .words |
	sed 's/head-0*//') + 1))).words
"$ANCHORITE" state show --state state-a --json |
	sed -n 's/.*"head-words": *"\([^"]*\)".*/\1/p' >"$next"
[ -s "$next" ] || fail "the head's words are not shown"
last=$(printf 'record/%06d.json' "$(entries state-a)")
for s in a b; do
	head -c 200 "state-$s/$last" >torn
	cat torn >"state-$s/$last"
done
rm torn
as_it_was refused "RULES C3: the head on paper is not in this state"
rm "state-a/$last" "state-b/$last"
as_it_was refused "RULES C3: the head on paper is not in this state"
# nor does a refusal that comes before the words write to such sticks
other_words paper/plan.words
as_it_was refused "RULES C4: these are not the words of this plan"
sed -i '1s/.*/# another/' plan.ini
as_it_was refused "RULES C3: ceremony 1 is open under another plan, which alone can"

# --- an edited tail ---

# both COMMAND...: on each stick.
both() {
	verb=$1
	shift
	for s in a b; do
		"$HELPER/forge" "$verb" "state-$s" "$@" || fail "no forgery"
	done
}

# A head that is on paper covers it.
begin edited
cp -a "$WORK/open.kept/." .
both fact 2 set-id 4242
as_it_was refused "RULES C3: the head on paper is not in this state"

# Nothing on paper covers it yet: it is computed again.
begin edited
cut_before roots/000001.crt
root=$(entries state-a)
both fact "$root" quorums 2
refused "entry $root (root): FORMATS 7.9: \"quorums\" is not what was computed"

begin edited
cp -a "$WORK/open.kept/." .
list=$(entries state-a)
both fact "$list" number 77
refused "entry $list (list): FORMATS 7.9: \"number\" is not what was computed"

begin edited
cp -a "$WORK/open.kept/." .
for s in a b; do
	openssl crl -in state-$s/lists/000001.crl -outform DER -out list.der
	printf '\377' | dd of=list.der bs=1 seek=60 conv=notrunc 2>/dev/null
	openssl base64 -in list.der | sed '1i-----BEGIN X509 CRL-----
$a-----END X509 CRL-----' >state-$s/lists/000001.crl
done
both object "$list"
refused "entry $list (list): FORMATS 7.9: lists/000001.crl is not what was computed"

# --- an early end ---

begin ended
cp -a "$WORK/open.kept/." .
must_pass "$ANCHORITE" ceremony end plan.ini --room room.ini \
	--reason "the safe did not open"
! grep -q 'burn' "$ERR" || fail "sheets of a root that lives are to be burnt"
must_pass "$ANCHORITE" ceremony verify --state state-a
must_pass "$ANCHORITE" ceremony verify --state state-b
must_pass "$ANCHORITE" ceremony log --state state-a
must_say '"kind":"undone"'
must_say 'the safe did not open'
must_say 'delegate gateway-release: 0 of 1 done'
must_pass "$ANCHORITE" state show --state state-a
must_say "closed early"
as_it_was refused "RULES C1: ceremony 1 has run already"
must_refuse 1 "no ceremony is open" "$ANCHORITE" ceremony end plan.ini \
	--room room.ini --reason again

# What a plan decides is not taken from a record, signed or not.

# forged KIND KEY VALUE FRAGMENT: the record, its first entry of that kind so
# altered, is refused.
forged() {
	cp -a state-a forged
	n=$("$ANCHORITE" ceremony log --state forged |
		grep -n "\"kind\":\"$1\"" | head -n 1 | cut -d: -f1)
	"$HELPER/forge" fact forged "$n" "$2" "$3" || fail "no forgery"
	must_refuse 1 "$4" "$ANCHORITE" ceremony verify --state forged
	rm -r forged
}
forged open org other "FORMATS 7.9: \"org\" is not what was computed"
forged open mode rehearsals "mode is neither rehearsal nor production"
forged drawn algorithm ecdsa-p256 "root g1 was not split as the plan says: algorithm"
forged drawn quorums 9 "root g1 was not split as the plan says: quorums"
forged drawn sheets "1 main 0 1 anna - $(printf %064d 1)" "FORMATS 7.5: sheet 1 has no place"
forged drawn entropy system 'FORMATS 5.8: the seed is of "system", and the plan says "public rehearsal seed"'
forged read-back holder bruno "it is not sheet 1 of root g1, read back by its holder"
forged root algorithm ecdsa-p256 "algorithm is not that of the public key"
forged root key-id "$(printf %096d 0)" "another key-id than the key and the scheme of root g1"
forged root quorums 9 "another quorums than the key and the scheme of root g1"
forged certificate not-after 2047-03-15T00:00:00Z "the record gives another not-after"

begin early
cut_before sheets/g1-e1-sheet02-bruno.txt
must_pass "$ANCHORITE" ceremony end plan.ini --room room.ini \
	--reason "bruno is ill"
# whoever has a sheet of it is told there and then
grep -q '^these sheets are void, and can only do harm: burn those that were written$' "$ERR" &&
	grep -q '^  root g1, epoch 1: sheet 1 of anna' "$ERR" ||
	fail "nobody is told which sheets to burn"
must_pass "$ANCHORITE" ceremony verify --state state-a
must_pass "$ANCHORITE" ceremony log --state state-a
must_say '"kind":"void"'
must_say 'mint g1: 0 of 5 done'

# --- two sticks ---

begin stale
cp -a "$WORK/open.kept/." .
cp -a state-b old
must_pass hold
rm -r state-b
cp -a old state-b
cp -a state-a good
must_refuse 1 "FORMATS 7.4" "$ANCHORITE" state copy --from state-b --to state-a
diff -r state-a good || fail "a state went back"
must_pass "$ANCHORITE" state copy --from state-a --to state-b
must_pass "$ANCHORITE" ceremony verify --state state-b --against state-a
must_pass "$ANCHORITE" state copy --from state-a --to state-c
must_pass "$ANCHORITE" ceremony verify --state state-c --against state-a
must_refuse 1 "ceremony 1 is not closed" "$ANCHORITE" ceremony verify \
	--state old --against good

begin behind
cp -a "$WORK/open.kept/." .
rm state-b/record/"$(printf %06d "$(entries state-a)")".json
must_pass hold
must_pass "$ANCHORITE" ceremony verify --state state-b --against state-a

begin torn
cp -a "$WORK/open.kept/." .
last=state-b/record/$(printf %06d "$(entries state-a)").json
head -c 99 "$last" >part
cat part >"$last"
must_pass hold
must_pass "$ANCHORITE" ceremony verify --state state-a
must_pass "$ANCHORITE" ceremony verify --state state-b --against state-a
must_pass "$ANCHORITE" ceremony log --state state-b
must_say '"leftovers":["record/'

begin forked
cp -a "$WORK/open.kept/." .
"$HELPER/forge" fact state-b "$(entries state-b)" number 77
as_it_was refused "two different histories; neither is written to"
rm -r state-b
ln -s state-a state-b
refused "state-b" 2

begin gap
cp -a "$WORK/open.kept/." .
for s in a b; do
	rm state-$s/record/000002.json
done
as_it_was refused "FORMATS 7.4: missing or altered, and later entries are there"
