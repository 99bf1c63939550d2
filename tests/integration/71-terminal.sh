#!/bin/sh
# At the terminal: what is shown fits a console of 24 rows, "none" is an answer
# only where it can be one, and no signal leaves a sheet on the screen.
. "$ROOT/tests/integration/lib.sh"
people=$HELPER/people

# practice DIR: a rehearsal to be typed, its plan's words on paper, and no
# ceremony held yet: the first question is where it was cut.
practice() {
	must_pass "$ANCHORITE" rehearse --dir made-"$1"
	mkdir "$1" "$1/paper"
	cp -r "made-$1/plan.ini" "made-$1/inbox" "$1"
	printf '[room]\nstate-a = state\ninbox = inbox\n' >"$1/room.ini"
	cp "made-$1/paper/plan.words" "$1"
	rm -r "made-$1"
}

practice whole
cd whole
# the people refuse a sheet that does not fit, and copy it by its numbers
must_pass "$people" --words plan.words --shown ../shown keep \
	"$ANCHORITE" ceremony run plan.ini --room room.ini
cat "$ERR" ../shown | grep -q 'closed: seal the sheets, and keep the last' ||
	fail "nobody is told what to do with the sheets"
must_pass "$ANCHORITE" ceremony verify
must_pass "$ANCHORITE" share recover --root g1 \
	keep/sheets/g1-*01.txt keep/sheets/g1-*02.txt keep/sheets/g1-*03.txt
[ "$(ls keep/sheets | wc -l)" -eq 11 ] || fail "not eleven sheets were written"
! grep -q 'share: ' ../shown || fail "the words are shown twice"
tr -s ' \r\n' ' ' <../shown | grep -q 'not kept: to compute the ceremony again, write it' ||
	fail "nobody is told to write down what is rolled"
# what a killed program left is gone before the first question
head -c 60 ../shown | grep -q "$(printf '\033')\[3J" ||
	fail "the screen is not wiped when a run begins"
# what is shown before is what is made
tr -d '\r' <../shown | grep '^Step' >../steps
grep -q 'certificate of root g1, for 30 days, cut from 20 years: a rehearsal; it names the next, g2$' \
	../steps || fail "the root's line does not say how long it lasts"
grep -q '2[0-9]*Q[1-4], 30 days, cut from 90 days: a rehearsal, key' ../steps ||
	fail "the delegation's line does not say how long it lasts"
cd ..

# people_end CODE ARGS...: people hold the ceremony here, and it ends so.
people_end() {
	code=$1
	shift
	run "$people" "$@" keep "$ANCHORITE" ceremony run plan.ini \
		--room room.ini
	[ "$STATUS" -eq "$code" ] || complain "status $code was expected" "$@"
}

# --- there always is a plan ---
practice none
cd none
echo none >nothing
people_end 137 --words nothing --words nothing --words plan.words \
	--shown ../shown --stop-after 'words of the head'
[ "$(grep -c 'Refused: there always are words of the plan\.' ../shown)" -eq 2 ] ||
	fail "none was taken for the words of a plan"
! tr -d '\n' <../shown | grep -q 'words of the plan.*Enter "none".*Refused' ||
	fail "none is offered where it is no answer"

# ^C is not the answer "none"
printf '\003' >interrupt
remember_files state
people_end 2 --words plan.words --head interrupt
grep -q 'anchorite: interrupted by ^C' "$ERR" || fail "^C was not an end"
no_new_files state
# where no head can be noted yet, none is one
people_end 0 --words plan.words --head nothing
must_pass "$ANCHORITE" ceremony verify
cd ..

# --- a sheet that was wiped before it was written is shown again ---
practice again
cd again
people_end 0 --words plan.words --mistake early --mistake read-back \
	--mistake line --shown ../shown
# a line of words is judged when it ends, and asked for alone
tr -d '\r' <../shown | sed -n '/Refused/,/words/p' >../refused
grep -q 'Refused: FORMATS 2.6: 3 words where there are 8' ../refused &&
	sed '1,/Try again/d' ../refused | grep -q '^  words 9 to 16 of 32: ' ||
	fail "a short line was not asked for again"
[ "$(grep -c 'words 1 to 8 of 32: ' ../shown)" -eq 1 ] ||
	fail "lines that were right were asked for again"
grep -q 'or more where several' ../shown ||
	fail "four letters are said to be enough of every word"
[ "$(grep -c 'is for .* looks away' ../shown)" -eq 12 ] ||
	fail "a sheet was not shown again, or more than one was"
grep -q '"show" to see the sheet again' ../shown ||
	fail "nobody is told how to see a sheet again"
must_pass "$ANCHORITE" ceremony verify
must_pass "$ANCHORITE" share recover --root g1 \
	keep/sheets/g1-*01.txt keep/sheets/g1-*02.txt keep/sheets/g1-*03.txt
cd ..

# --- signals, while a sheet is shown and while it is typed ---
practice signals
cd signals
for signal in 1 2 3 15; do
	people_end $((128 + signal)) --words plan.words --signal $signal \
		--stop-after 'Check words' --screen ../screen
	! grep -q 'SHEET\|Check' ../screen || fail "a sheet is on the screen"
	[ "$(wc -c <../screen)" -le 4 ] || fail "it is not wiped: $signal"
	people_end $((128 + signal)) --words plan.words --signal $signal \
		--stop-after 'enter all its words' --screen ../screen
	! grep -q 'words' ../screen || fail "it is not wiped: $signal"
done
# one that would stop it does nothing
people_end 0 --words plan.words --signal 20 --stop-after 'Check words'
must_pass "$ANCHORITE" ceremony verify
cd ..
