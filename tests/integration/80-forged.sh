#!/bin/sh
# What whoever has the stick, a compiler and, in a rehearsal, the root's key
# cannot make a record say: neither to who replays it nor to a second machine.
. "$ROOT/tests/integration/lib.sh"

export HELPER ANCHORITE
ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0
export ASAN_OPTIONS
"$ROOT/tests/crash/prep.sh" "$WORK/base" || fail "no rehearsal to begin with"
cp -a base whole
cd whole
must_pass "$ANCHORITE" ceremony run plan.ini --room room.ini

entries() {
	"$ANCHORITE" ceremony log --state "$1" | wc -l
}

# The number of the first entry of a kind.
number() {
	"$ANCHORITE" ceremony log --state state-a | grep -n "\"kind\":\"$1\"" |
		head -n 1 | cut -d: -f1
}

# reopen: x is the record without its closing, open again.
reopen() {
	rm -rf x
	cp -a state-a x
	rm x/record/"$(printf %06d "$(entries x)")".*
}

forge() {
	verb=$1
	shift
	"$HELPER/forge" "$verb" x "$@" || fail "no forgery"
}

# both_refuse FRAGMENT: who replays x, and who computes it again.
both_refuse() {
	must_refuse 1 "$1" "$ANCHORITE" ceremony verify --state x
	must_refuse 1 "$1" "$ANCHORITE" ceremony reproduce --after x sheets/*
}

# --- a closing that is signed by the root itself is none to be afraid of ---

reopen
forge close
must_pass "$ANCHORITE" ceremony verify --state x
must_pass "$ANCHORITE" ceremony reproduce --after x sheets/*

# --- the files themselves, and what lies beside them ---

issued=$(cd state-a && ls issued/*.crt)
rm -rf x
cp -a state-a x
printf X | dd of="x/$issued" bs=1 seek=100 conv=notrunc 2>/dev/null
both_refuse "$issued: FORMATS 7.3: its digest is not the one the record has"
rm "x/$issued"
must_refuse 2 "cannot be opened" "$ANCHORITE" ceremony reproduce --after x \
	sheets/*

rm -rf x
cp -a state-a x
echo note >x/issued/note.txt
both_refuse "x: FORMATS 7.6: issued/note.txt is not covered by the record"

# --- how a sheet was read back: in one of the ways that there are ---

for way in 'by heart' 'scanned' 'scanned, 0 of 33 words typed' 'from files'; do
	reopen
	forge fact 4 how "$way"
	forge close
	both_refuse "entry 4 (read-back): FORMATS 7.5: a sheet is typed, or scanned and a third of it typed"
done
for tries in 0 -1 often; do
	reopen
	forge fact 4 tries "$tries"
	forge close
	both_refuse "entry 4 (read-back): FORMATS 7.5: tries"
done
reopen
forge fact 4 how 'scanned, 11 of 33 words typed'
forge fact 4 tries 7
forge close
must_pass "$ANCHORITE" ceremony verify --state x

# --- who, when, and in which order ---

reopen
forge actor 4 bruno
forge close
both_refuse "entry 4 (read-back): FORMATS 7.5: bruno is not the officer"
reopen
forge turn "$(number list)"
forge close
both_refuse "(list): FORMATS 7.5: step and item are not its last facts"
rm -rf x
cp -a state-a x
forge leftover "$(entries x)" record/note
both_refuse "FORMATS 7.8: a closing entry names no leftovers"

# --- a file that bears another name ---

for one in certificate:roots/note.crt list:lists/note.crl \
	delegation:issued/note.crt; do
	reopen
	forge rename "$(number "${one%:*}")" "${one#*:}"
	forge close
	both_refuse "(${one%:*}): FORMATS 7.5: its one file should be "
done

# --- a plan that would have been refused ---

# planned SED FRAGMENT: the plan so changed, the record is refused.
planned() {
	reopen
	sed -i "$1" x/plans/000001.ini
	forge fact 1 plan "$(sha384sum x/plans/000001.ini | cut -d' ' -f1)"
	forge object 1
	forge close
	both_refuse "$2"
}
planned 's/^most-days = .*/most-days = 30/' "FORMATS 8.35: 90 days, and profile"
planned 's/^keys = .*/keys = ecdsa-p384/' "FORMATS 8.30: the profile takes no key"

# --- nothing is void that no cut made void ---

reopen
forge event void step "mint g1"
forge close
both_refuse "[mint g1] has nothing that could be void here"
reopen
forge event void step "crl g1"
forge close
both_refuse "(void): the plan has no such step"

# --- what is left on trust is said ---

reopen
forge event resumed program "another program"
forge leftover "$(entries x)" issued/left
echo anything >x/issued/left
forge close
must_pass "$ANCHORITE" ceremony verify --state x
must_pass "$ANCHORITE" ceremony reproduce --after x sheets/*
must_say "what cuts left (files: 1), names and bytes"
