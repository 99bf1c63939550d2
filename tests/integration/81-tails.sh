#!/bin/sh
# What is done to the sticks between a cut and the next run, and what an early
# end does when it is cut itself.
. "$ROOT/tests/integration/lib.sh"

export HELPER ANCHORITE
ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0
export ASAN_OPTIONS
"$ROOT/tests/crash/prep.sh" "$WORK/base" || fail "no rehearsal to begin with"

# begin NAME: a fresh copy of the rehearsal, and into it.
begin() {
	rm -rf "${WORK:?}/$1"
	cp -a "$WORK/base" "$WORK/$1"
	cd "$WORK/$1" || exit
}

hold() {
	"$ANCHORITE" ceremony run plan.ini --room room.ini
}

end() {
	"$ANCHORITE" ceremony end plan.ini --room room.ini --reason "$1"
}

verify() {
	must_pass "$ANCHORITE" ceremony verify --state state-a
	must_pass "$ANCHORITE" ceremony verify --state state-b --against state-a
}

entries() {
	"$ANCHORITE" ceremony log --state "$1" | wc -l
}

both() {
	verb=$1
	shift
	for s in a b; do
		"$HELPER/forge" "$verb" "state-$s" "$@" || fail "no forgery"
	done
}

begin whole
must_pass hold
mints=$("$ANCHORITE" ceremony log --state state-a | grep -c '"step":"mint g1"')

# cut_at N: the ceremony as it was when entry N was the last, and the head of
# the opening alone on paper.
cut_at() {
	rm -rf "$WORK/cut"
	cp -a "$WORK/whole" "$WORK/cut"
	cd "$WORK/cut" || exit
	for f in state-?/record/*; do
		n=$(basename "$f" | cut -c1-6)
		[ "$n" -le "$(printf %06d "$1")" ] || rm "$f"
	done
	[ "$1" -gt $((mints + 1)) ] ||
		rm -rf state-?/lists state-?/issued
	[ "$1" -gt "$mints" ] || rm -rf state-?/roots
	rm -f paper/head-000[2-9].words
}
last=$(entries state-a)
open=$((last - 1))

# --- an edited tail is not gone on with ---

cut_at $open
both actor 4 bruno
must_refuse 1 "entry 4 (read-back): FORMATS 7.5: bruno is not the officer" hold
cut_at $open
both event resumed program "another program"
both actor "$last" bruno
must_refuse 1 "entry $last (resumed): FORMATS 7.5: bruno is not the officer" hold
cut_at $open
both event void step "mint g1"
must_refuse 1 "entry $last (void): nothing could be void here" hold

# Nor is it ended: the end would be that of an edited one.
cut_at $open
both fact "$open" serial 77
remember_files .
must_refuse 1 "entry $open (delegation): the record gives another serial" \
	end "we are tired"
no_new_files .
cut_at $open
both actor 4 bruno
must_refuse 1 "entry 4 (read-back): FORMATS 7.5" end "we are tired"

# What a cut made void follows from what was there.
cut_at 4
must_pass end "anna is ill"
void=$("$ANCHORITE" ceremony log --state state-a |
	grep -n '"kind":"void"' | cut -d: -f1)
for fact in "root g2" "entries 9" "sheets none"; do
	cp -a state-a x
	"$HELPER/forge" fact x "$void" "${fact% *}" "${fact#* }"
	must_refuse 1 "entry $void (void): FORMATS 7.5: \"${fact% *}\" is not what" \
		"$ANCHORITE" ceremony verify --state x
	rm -r x
done
must_pass "$ANCHORITE" ceremony reproduce --after state-a sheets/*
must_say "void entries (3), for their seed is gone"

# --- an early end ---

# One that somebody wrote to the sticks is not taken for the people's.
cut_at $open
both event undone reason "not ours"
remember_files .
must_refuse 1 "RULES C3: the record says that ceremony 1 was ended early" hold
no_new_files .
must_refuse 1 "was ended early" "$ANCHORITE" ceremony check plan.ini \
	--room room.ini

# One that was cut is brought to its end, however often, and computed again.
for n in 1 2 3; do
	cut_at $open
	both event undone reason "the safe did not open"
	for _ in $(seq 2 $n); do
		both event resumed program "the one before"
	done
	must_pass end "the same again"
	verify
	must_pass "$ANCHORITE" ceremony log --state state-a
	[ "$(grep -c '"kind":"undone"' "$OUT")" -eq 1 ] || fail "ended twice"
	must_pass "$ANCHORITE" ceremony reproduce --after state-a sheets/*
done

# Nothing follows it.
cut_at $open
cp -a state-a x
"$HELPER/forge" event x undone reason once
run "$HELPER/forge" event x undone reason twice
grep -q "FORMATS 7.5: it was ended early already" "$ERR" ||
	fail "it was ended twice"

# A reason that cannot be recorded is refused before anything is.
for reason in "" "$(printf 'a\377')" "$(printf '%01001d' 0)"; do
	cut_at 4
	remember_files .
	must_refuse 2 "reason" end "$reason"
	no_new_files .
done

# --- nothing leaves the room before the second machine spoke ---

begin second
sed -i 's/^entropy = .*/&\nreproduce = required/' plan.ini
"$ANCHORITE" words plan.ini | tail -n +2 >paper/plan.words
must_pass hold
cp -a . "$WORK/second.kept"
# not after a cut that closed one of the sticks only
rm state-b/record/"$(printf %06d "$last")".*
must_pass hold
verify
# not where they are two histories
rm -r state-b
cp -a state-a state-b
"$HELPER/forge" leftover state-b 8 record/note
must_refuse 1 "two different histories" hold
# and not after an early end that gave something out
cp -a "$WORK/second.kept/." .
rm -r state-a state-b
cp -a "$WORK/second.kept/state-a" state-a
rm state-a/record/"$(printf %06d "$last")".*
cp -a state-a state-b
rm paper/head-0005.words
must_pass end "we are tired"
"$ANCHORITE" words "$WORK/base/inbox/gateway.csr" | tail -n +2 \
	>paper/head-0006.words
must_refuse 1 "RULES C7: the second machine came to another head" hold

# --- sticks ---

# Names of leftovers fill an entry: refused before a file is written.
begin many
mkdir -p state-a/issued
seq -f "state-a/issued/%0200.0f" 1 6000 | xargs touch
remember_files .
must_refuse 1 "FORMATS 7.2: more than 1048576 bytes" hold
rmdir state-b
no_new_files .

begin inside
sed -i 's,^state-b = .*,state-b = state-a/private,' room.ini
remember_files .
must_refuse 1 "are one folder, or one lies in the other" hold
no_new_files .
sed -i 's,^state-b = .*,state-b = state-b,' room.ini
must_pass hold
remember_files .
must_refuse 1 "are one folder, or one lies in the other" "$ANCHORITE" state \
	copy --from state-a --to state-a/private
must_refuse 1 "are one folder, or one lies in the other" "$ANCHORITE" state \
	copy --from state-a --to state-a
no_new_files .
