#!/bin/sh
# The desk copy, which has all but what is private, and two copies compared.
. "$ROOT/tests/integration/lib.sh"

export HELPER ANCHORITE
ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0
export ASAN_OPTIONS
"$ROOT/tests/crash/prep.sh" "$WORK/base" || fail "no rehearsal to begin with"
cp -a base second
cd base || exit
must_pass "$ANCHORITE" ceremony run plan.ini --room room.ini
cd ..
mv base/state-a state
last=$("$ANCHORITE" ceremony log --state state | wc -l)
closing=$(printf %06d "$last")

# refused CODE FRAGMENT CMD...: and nothing was made.
refused() {
	remember_files "$WORK"
	must_refuse "$@"
	no_new_files "$WORK"
}

# --- a state without private files: its desk copy is all of it ---

must_pass "$ANCHORITE" state publish --state state --to desk
must_say "entries     $last"
! grep -q "^desk-copy" "$OUT" || fail "something is said to be withheld"
! grep -q "^reproduce" "$OUT" || fail "a second machine is asked for"
(cd state && find . -type f -exec sha384sum {} + | sort) >a
(cd desk && find . -type f -exec sha384sum {} + | sort) >b
cmp a b || fail "the desk copy has other files"
must_pass "$ANCHORITE" ceremony verify --state desk --against state
must_pass "$ANCHORITE" state compare state desk
must_say "equal"

refused 1 "desk: it is there already; a desk copy is a new folder" \
	"$ANCHORITE" state publish --state state --to desk
ln -s nowhere link
refused 1 "link: it is there already" "$ANCHORITE" state publish \
	--state state --to link
refused 2 "nowhere" "$ANCHORITE" state publish --state nowhere --to new
refused 2 "no/new" "$ANCHORITE" state publish --state state --to no/new
refused 2 "--to DIR is needed" "$ANCHORITE" state publish --state state

# Not into a stick, where it would be a stray for ever.
refused 1 "state/desk: FORMATS 7.1: it would lie inside the state" \
	"$ANCHORITE" state publish --state state --to state/desk
refused 1 "state/lists/desk: FORMATS 7.1: it would lie inside the state" \
	"$ANCHORITE" state publish --state state --to state/lists/desk
# A disk that is full half way: nothing half made is left.
remember_files "$WORK"
must_refuse 2 "cannot be written (File too large)" \
	sh -c 'ulimit -f 1; exec "$@"' sh "$ANCHORITE" state publish \
	--state state --to new
no_new_files "$WORK"

# Nothing leaves the room before the closing entry.
cp -a state open
rm open/record/"$closing".*
refused 1 "RULES C3: ceremony 1 is not closed; nothing leaves the room before" \
	"$ANCHORITE" state publish --state open --to new

# What is not of record is not given out, and nothing is left half made.
cp -a state spoilt
printf x >>spoilt/lists/000001.crl
refused 1 "lists/000001.crl: FORMATS 7.3: its digest is not the one" \
	"$ANCHORITE" state publish --state spoilt --to new

# --- a state with a private file ---

# Its ceremony was ended early: a planted file has no signature to stand under.
cp -a open held
"$HELPER/forge" private held 3 seals.json || fail "no private file"
"$HELPER/forge" early held "we went home" || fail "no early end"
must_pass "$ANCHORITE" ceremony verify --state held
! grep -q "^desk-copy" "$OUT" || fail "a stick is taken for a desk copy"
must_pass "$ANCHORITE" state publish --state held --to public
must_say "desk-copy   without 1 private file(s), which are on the sticks alone"
[ ! -e public/private ] || fail "it was published"
if find public -type f -exec grep -l "who keeps it" {} + | grep -q .; then
	fail "what it says was published"
fi

# Every reader knows it for what it is.
for verb in "ceremony verify" "state show"; do
	# shellcheck disable=SC2086
	must_pass "$ANCHORITE" $verb --state public
	must_say "without 1 private file(s), which are on the sticks alone"
	# shellcheck disable=SC2086
	must_pass "$ANCHORITE" $verb --state public --json
	must_say '"desk-copy": "without 1 private file(s)'
done
must_pass "$ANCHORITE" ceremony log --state public
[ "$(wc -l <"$OUT")" -eq $((last + 1)) ] || fail "the log is not whole"
grep -qF "a desk copy: 1 private file(s)" "$ERR" || fail "it is not said"
must_pass "$ANCHORITE" ceremony verify --state public --against held
must_pass "$ANCHORITE" state compare public held
must_say "equal"
must_pass "$ANCHORITE" state publish --state public --to twice
must_pass "$ANCHORITE" ceremony verify --state twice

# No stick comes from one, or takes its place.
refused 1 "public: FORMATS 7.12: private/seals.json is not in it: it is a desk copy, and no stick is made of one" \
	"$ANCHORITE" state copy --from public --to new
refused 1 "public: FORMATS 7.12: private/seals.json is not in it" \
	"$ANCHORITE" state copy --from held --to public
cp -a open older
refused 1 "public: FORMATS 7.12: private/seals.json is not in it" \
	"$ANCHORITE" state copy --from public --to older
cp -a base room
rm -rf room/state-b
cp -a open room/state-a
"$HELPER/forge" private room/state-a 3 seals.json || fail "no private file"
rm -r room/state-a/private
cd room || exit
rm paper/head-*
"$ANCHORITE" words "state-a/record/$(printf %06d $((last - 1))).json" |
	tail -n +2 >paper/head-0001.words
refused 1 "state-a: FORMATS 7.12: private/seals.json is not in it" \
	"$ANCHORITE" ceremony run plan.ini --room room.ini
cd ..
refused 1 "public: FORMATS 7.12: it is a desk copy; a second machine needs all of a stick" \
	"$ANCHORITE" ceremony reproduce --after public base/sheets/*

# A stick that lost one private file is no desk copy.
mkdir public/private
must_refuse 2 "seals.json" "$ANCHORITE" ceremony verify --state public
printf other >public/private/seals.json
must_refuse 1 "private/seals.json: FORMATS 7.3: its digest is not the one" \
	"$ANCHORITE" ceremony verify --state public

# --- compare ---

must_pass "$ANCHORITE" state compare open state
must_say "open is the beginning of state: 1 entries less"
must_pass "$ANCHORITE" state compare state open --json
must_say '"verdict": "open is the beginning of state: 1 entries less"'

# Two histories: the first entry that differs, as both have it.
remember_files "$WORK"
run "$ANCHORITE" state compare state held
no_new_files "$WORK"
[ "$STATUS" -eq 1 ] || fail "two histories are not told apart"
[ "$(cat "$ERR")" = "anchorite: state and held: FORMATS 7.4: two histories from entry 3 on; neither is ever merged into the other" ] ||
	fail "it says: $(cat "$ERR")"
must_say "in-common     2 entries"
must_say "first         state: read-back by anna at "
must_say "second        held: read-back by anna at "
must_say "verdict       two histories from entry 3 on"
for s in state held; do
	must_say "$(sha384sum <$s/record/000003.json | cut -d' ' -f1)"
	"$ANCHORITE" words $s/record/000003.json | tail -n +2 >words
	[ "$(sed 's/^[a-z-]* *//' "$OUT" | grep -cxF -f words)" -eq 8 ] ||
		fail "not all words of $s are there"
done

# Entries that agree, and a file that does not.
cp -a state lost
rm lost/issued/*.crt
refused 1 "state and spoilt: FORMATS 7.3: the entries agree, and 1 file(s) are not those of record" \
	"$ANCHORITE" state compare state spoilt
must_say "not-of-record  spoilt/lists/000001.crl, of entry "
refused 1 "lost and state: FORMATS 7.3: the entries agree, and 1 file(s)" \
	"$ANCHORITE" state compare lost state
must_say "not-of-record  lost/issued/"
refused 2 "nowhere" "$ANCHORITE" state compare state nowhere
refused 2 "takes DIR DIR" "$ANCHORITE" state compare state

# --- a plan that wants a second machine's word says so at the desk ---

cd second || exit
sed -i 's/^entropy = .*/&\nreproduce = required/' plan.ini
"$ANCHORITE" words plan.ini | tail -n +2 >paper/plan.words
run "$ANCHORITE" ceremony run plan.ini --room room.ini
must_pass "$ANCHORITE" state publish --state state-a --to desk
must_say "reproduce   required by the plan of ceremony 1: give this to nobody before a second machine showed the same head"
