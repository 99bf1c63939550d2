#!/bin/sh
# What a record cannot be made to say, and what is said of a record that no
# signature covers; two programs at one state.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/short.sh"

entries() {
	"$ANCHORITE" ceremony log --state "$1" | wc -l
}

# --- two programs at one state ---

begin locked
mkdir state-a
flock -o state-a sleep 20 >/dev/null 2>&1 &
holder=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
	flock -n state-a true || break
	sleep 0.1
done
remember_files .
must_refuse 1 "FORMATS 7.10: another program writes to it" hold
no_new_files .
kill $holder
wait $holder || :
must_pass hold

# Each of many pairs: one holds the ceremony, the other is refused.
for i in 1 2 3 4 5 6; do
	begin pair
	hold 2>one &
	first=$!
	second=0
	hold 2>two || second=$?
	wait $first && first=0 || first=$?
	case $first$second in
	01 | 02 | 10 | 20) ;;
	*)
		cat one two
		fail "pair $i ended with $first and $second"
		;;
	esac
	must_pass "$ANCHORITE" ceremony verify --state state-a
	must_pass "$ANCHORITE" ceremony verify --state state-b --against state-a
done

# --- what a record says of itself ---

begin whole
must_pass hold
must_pass "$ANCHORITE" ceremony verify --state state-a
must_say "mode        TEST (rehearsal)"
must_say "head-words"
# words stand in rows of four, as on paper
"$ANCHORITE" ceremony verify --state state-a |
	sed -n '/^head-words/,/^signed/p' | sed '$d; s/^head-words//' >rows
awk 'NF != 4 { exit 1 } END { exit NR != 8 }' rows ||
	fail "the head's words are not in eight rows of four"
must_say "signed      entries 1 to $(entries state-a)"
must_say "signed-by   root g1: entries 1 to $(entries state-a)"
must_say "every entry, file and signature holds"
last=$(entries state-a)

# forged FRAGMENT VERB N [WORD...]: the record so altered is refused.
forged() {
	fragment=$1
	verb=$2
	shift 2
	cp -a state-a forged
	"$HELPER/forge" "$verb" forged "$@" || fail "no forgery"
	must_refuse 1 "$fragment" "$ANCHORITE" ceremony verify --state forged
	rm -r forged
}

# The closing entry is what follows from the line that is signed.
forged "FORMATS 7.5: it says \"note\"" fact "$last" note "all is well"
forged "FORMATS 7.8: it is not of ceremony 1" fact "$last" ceremony 2
forged "FORMATS 7.8: a closing entry names no leftovers" \
	leftover "$last" record/evil.json
forged "entry $last (closed): FORMATS 7.5: bruno is not the officer of the plan" \
	actor "$last" bruno
# Nor is anything taken that the plan does not say.
forged "entry 1 (open): FORMATS 7.9: \"org\" is not what was computed again" \
	fact 1 org other
forged "entry 1 (open): FORMATS 7.5: bruno is not the officer of the plan" \
	actor 1 bruno
forged "entry 2 (drawn): FORMATS 7.5: it says \"note\"" fact 2 note x

# --- an early end needs no key, and is told from a signed one ---

cp -a state-a early
rm early/record/"$(printf %06d "$last")".*
must_refuse 1 "ceremony 1 is not closed" "$ANCHORITE" ceremony verify \
	--state early
"$HELPER/forge" early early "we went home" || fail "no forgery"
must_pass "$ANCHORITE" ceremony verify --state early
must_say "signed      no entry"
must_say "not-signed  entries 1 to $((last + 1))"
must_say "compare the head's words with paper"
! grep -q "signature holds" "$OUT" || fail "signatures are said to hold"

# --- the second machine ---

must_pass "$ANCHORITE" ceremony reproduce --after early sheets/*
must_say "early ends (ceremonies: 1), for no signature covers them"

cp -a state-a open
rm open/record/"$(printf %06d "$last")".*
must_refuse 1 "RULES C7: open: its ceremony 1 is not closed" "$ANCHORITE" \
	ceremony reproduce --after state-a --before open sheets/*
must_refuse 1 "there is no ceremony to compute again" "$ANCHORITE" \
	ceremony reproduce --after state-a --before state-b sheets/*

# --- a plan that is over is told so at the desk ---

begin over
cp plan.ini inbox
must_pass "$ANCHORITE" ceremony check inbox/plan.ini
must_pass faketime -f -2d "$ANCHORITE" ceremony check inbox/plan.ini
must_refuse 1 "and the plan ended at" faketime -f +3d "$ANCHORITE" ceremony \
	check inbox/plan.ini
