#!/bin/sh
# Goal: a sheet on paper is that sheet.  Its code and its text are the words, in
# order; nothing of another holder is on it; names of any script and the longest
# of everything keep their rows; and a real one is in one place, for as long as
# it takes to print it, or nowhere.
. "$ROOT/tests/integration/lib.sh"
for tool in pdftotext pdftoppm pdfinfo pdffonts zbarimg; do
	command -v $tool >/dev/null || skip "no $tool"
done
people=$HELPER/people
from=$(date -u +%Y-%m-%d)
to=$(date -u -d '+2 days' +%Y-%m-%dT00:00:00Z)

greek='Ευανθία Παπαδοπούλου Ξενοφώντος Ζαχαρίου'
hebrew='אברהם יצחק בן־ציון מזרחי־גולדשטיין לבית א'
chinese='歐陽司馬諸葛上官夏侯東方皇甫尉遲公孫慕容令狐宇文長孫鮮于司徒軒轅鍾離端木百里南宮'

# plan MODE WAY: three people with names of forty letters, a root, its list.
plan() {
	cat <<INI
[ceremony]
format = 1
org = example
mode = $1
number = 1
previous = none
effective = ${from}T00:01:00Z
latest = $to
oid-arc = 1.3.6.1.4.1.55555
officer = anna
witness = bruno
sheets = $2
entropy = system+dice

[person anna]
name = $greek

[person bruno]
name = $hebrew

[person clara]
name = $chinese

[mint g1]
algorithm = ecdsa-p384
subject = example-firmware-root-g1
years = 20
need = 1 group
group.main = 2 of 3: anna@office, bruno@bank, clara@notary

[crl g1]
by = g1
days = 400
INI
}

# numbered TEXT: the words that stand behind the numbers 1 to 33, in order.
numbered() {
	sed -n '/The words, in this order/,$p' "$1" | tr -s ' ' '\n' | awk '$1 == n + 1 { want = 1; n++; next }
		want { printf "%s%s", (n == 1 ? "" : " "), $1; want = 0 }
		n == 33 && !want { exit } END { print "" }'
}

# seen PDF: what a camera reads on its first page, in lower case.
seen() {
	pdftoppm -f 1 -l 1 -singlefile -r 150 -gray "$1" page
	zbarimg --nodbus -q --raw -Sdisable -Sqrcode.enable page.pgm |
		tr A-Z a-z
}

# apart PDF: no two words on a page of it touch, and none leaves it.
apart() {
	pdftotext -bbox "$1" boxes
	awk -F'"' '
	/<page/ { n = 0; high = $4 }
	/<word/ {
		if ($4 < 10 || $8 > high - 10)
			bad = "at the edge: " $9
		for (i = 0; i < n; i++)
			if ($2 < r[i] - 1 && l[i] < $6 - 1 &&
			    $4 < b[i] - 3 && t[i] < $8 - 3)
				bad = $9 " touches " w[i]
		l[n] = $2; t[n] = $4; r[n] = $6; b[n] = $8; w[n++] = $9
	}
	END { if (bad != "") { print bad; exit 1 } }' boxes ||
		fail "$1: words touch"
}

# --- a rehearsal leaves its sheets as pages too ---
plan rehearsal handwrite >plan.ini
must_pass "$ANCHORITE" rehearse --plan plan.ini --dir r
[ "$(ls r/sheets/pdf | wc -l)" -eq 3 ] || fail "not three sheets"
for pdf in r/sheets/pdf/*.pdf; do
	name=${pdf##*/}
	share=$(sed -n 's/^share: //p' "r/sheets/${name%.pdf}.txt")
	[ "$(echo "$share" | wc -w)" -eq 33 ] || fail "no text of $name"
	[ "$(seen "$pdf")" = "$share" ] || fail "$name: another code"
	pdftotext -layout -f 1 -l 1 "$pdf" first
	pdftotext -layout -f 2 "$pdf" second
	[ "$(numbered first)" = "$share" ] || fail "$name: other words"
	[ "$(pdfinfo "$pdf" | sed -n 's/^Pages: *//p')" -eq 2 ] ||
		fail "$name: not two pages"
	for page in first second; do
		[ "$(grep -c 'TEST.*not a real key' $page)" -eq 2 ] ||
			fail "$name: no mark at head and foot"
		grep -q 'of root g1' $page || fail "$name: of what?"
	done
	# what leads to the key has no word of the share
	numbered second | grep -q . && fail "$name: words on the second page"
	grep -q "If you found this" first || fail "$name: not for a layman"
	grep -q "Any 2 of the 3 sheets together open the root" first ||
		fail "$name: how many?"
	check=$(sed -n 's/^Check words .*: //p' "r/sheets/${name%.pdf}.txt")
	for word in $check; do
		grep -q "$word" first || fail "$name: check words"
	done
	for half in $(sed -n 's/^   \([0-9a-f]\{48\}\)$/\1/p' \
		"r/sheets/${name%.pdf}.txt"); do
		grep -q "$half" first || fail "$name: another key"
	done
	apart "$pdf"
done
pdftotext -raw r/sheets/pdf/*01-anna.pdf text
grep -qF "$greek" text || fail "another name than anna's"
pdftotext -raw r/sheets/pdf/*03-clara.pdf text
grep -qF "$chinese" text || fail "another name than clara's"
pdffonts r/sheets/pdf/*03-clara.pdf | awk 'NR > 2 && $(NF - 4) != "yes" { exit 1 }' ||
	fail "a font is not in the file"
# nothing of another holder
for name in 'anna' 'bruno' "$hebrew" "$chinese" bank notary; do
	pdftotext -raw r/sheets/pdf/*01-anna.pdf - | grep -v "$greek" |
		grep -qF "$name" && fail "anna's sheet says $name"
done
# the program reads its own text, and a second machine does
must_pass "$ANCHORITE" share check r/sheets/*02-bruno.txt --state r/state
must_pass "$ANCHORITE" ceremony reproduce --after r/state r/sheets/*.txt

# --- the longest of everything ---
mkdir long
"$HELPER/sheet" draw long ecdsa-p384 >words
for name in greek hebrew chinese latin; do
	[ "$(seen long/$name.pdf)" = "$(cat words)" ] ||
		fail "$name: the longest words are not in the code"
	pdftotext -layout -f 1 -l 1 long/$name.pdf first
	[ "$(numbered first)" = "$(cat words)" ] ||
		fail "$name: a row is broken"
	apart long/$name.pdf
	grep -v '^For \|^share: ' long/$name.txt >text
	[ "$(wc -L <text)" -le 76 ] || fail "$name: a line is too long"
done
for name in greek hebrew chinese; do
	[ "$(pdfinfo long/$name.pdf | sed -n 's/^Pages: *//p')" -eq 2 ] ||
		fail "$name: more than two pages"
done

# --- a machine that cannot: before anybody is asked anything ---
mkdir inbox print
room() {
	printf '[room]\nstate-a = %s\ninbox = inbox\n' "$1"
	shift
	for line in "$@"; do echo "$line"; done
}
plan production print >plan.ini
room state 'print = print' >room.ini
cat >few-fonts <<'XML'
<fontconfig><dir>/usr/share/fonts/truetype/dejavu</dir></fontconfig>
XML
remember_files .
must_refuse 2 "no font of this machine has every letter" \
	env FONTCONFIG_FILE="$WORK/few-fonts" \
	"$ANCHORITE" ceremony check plan.ini --room room.ini
echo '<fontconfig></fontconfig>' >no-fonts
remember_files .
must_refuse 2 "no font to write with" env FONTCONFIG_FILE="$WORK/no-fonts" \
	"$ANCHORITE" ceremony check plan.ini --room room.ini
no_new_files .

# --- and a room that has no place for them ---
room state >none.ini
must_refuse 1 "FORMATS 4.22: the plan has its sheets printed" \
	"$ANCHORITE" ceremony check plan.ini --room none.ini
room state 'print = nowhere' >none.ini
must_refuse 2 "nowhere" \
	"$ANCHORITE" ceremony check plan.ini --room none.ini
room state 'print = inbox' >none.ini
must_refuse 1 "FORMATS 4.22: the folder for sheets lies in the inbox" \
	"$ANCHORITE" ceremony check plan.ini --room none.ini
mkdir out out/deep
room state 'outbox = out' 'print = out/deep' >none.ini
must_refuse 1 "FORMATS 4.22: the folder for sheets lies in the outbox" \
	"$ANCHORITE" ceremony check plan.ini --room none.ini
mkdir shots
room state 'scan = shots' 'print = shots' >none.ini
must_refuse 1 "FORMATS 4.22: the folder for sheets lies in scan" \
	"$ANCHORITE" ceremony check plan.ini --room none.ini
echo "somebody's" >print/old.pdf
must_refuse 1 "FORMATS 4.22: a PDF file is there" \
	"$ANCHORITE" ceremony check plan.ini --room room.ini
rm print/old.pdf
must_pass "$ANCHORITE" ceremony check plan.ini --room room.ini
sed 's/^sheets = print/sheets = fax/' plan.ini >fax.ini
must_refuse 1 "FORMATS 3.12: sheets: one of handwrite|print" \
	"$ANCHORITE" ceremony check fax.ini
must_pass "$ANCHORITE" words plan.ini
tail -n +2 "$OUT" >plan.words

# hold KEEP OPTIONS...: people hold the ceremony, and see what is printed.
hold() {
	keep=$1
	shift
	run "$people" --words plan.words --printed "$WORK/print" \
		--shown shown "$@" "$keep" \
		"$ANCHORITE" ceremony run plan.ini --room room.ini
}

# --- cut while a sheet is there: it is found before the next is made ---
hold keep-b --stop-after 'Is it printed'
[ "$(ls print)" = g1-e1-sheet01-anna.pdf ] || fail "what did it leave?"
must_refuse 1 "FORMATS 4.22: a PDF file is there" \
	"$ANCHORITE" ceremony check plan.ini --room room.ini
rm -r print/*.pdf state keep-b

# --- a real ceremony ---
hold keep
[ "$STATUS" -eq 0 ] || complain "it was not held" hold
[ -z "$(ls -A print)" ] || fail "left behind: $(ls print)"
[ "$(ls keep/printed | wc -l)" -eq 3 ] || fail "not three sheets were printed"
for pdf in keep/printed/*.pdf; do
	pdftotext -layout "$pdf" text
	! grep -q TEST text || fail "a real sheet says TEST"
	grep -q 'SALT="anchorite root seed v1"' text || fail "another salt"
done
# the words were on paper, and are not in the record
sed -n 's/^share: //p' keep/sheets/*.txt >shares
[ "$(wc -l <shares)" -eq 3 ] || fail "no shares"
cut -d' ' -f5-8 shares >pieces
! grep -rlF -f pieces state print || fail "words are left behind"
must_pass "$ANCHORITE" ceremony verify --state state
# on a machine that has a network, and is one for tests
here="network,swap:a test, where nothing is real"
must_pass "$ANCHORITE" share recover --root g1 --state state --waive "$here" \
	keep/sheets/g1-e1-sheet01.txt keep/sheets/g1-e1-sheet03.txt

# --- through lp, which has it from us and from no file of ours ---
mkdir bin tray
cat >bin/lp <<'EOF'
#!/bin/sh
[ ! -e "$WORK/no-paper" ] || exit 1
echo "$*" >>"$WORK/lp-args"
ls -l /proc/$$/fd | grep -c 'socket\|pipe' >>"$WORK/lp-fds"
rm -f "$WORK"/tray/*.pdf
exec cat >"$WORK/tray/$3"
EOF
chmod +x bin/lp
for bad in 'lp:' 'lp:-o' 'lp:a b' 'lp:a/b' "lp:$(printf '%0128d' 0)"; do
	room state "print = $bad" >none.ini
	must_refuse 1 "FORMATS 4.22: a printer's name is of letters" \
		env PATH="$WORK/bin:$PATH" "$ANCHORITE" ceremony check \
		plan.ini --room none.ini
done
room state 'print = lp:vault_1' >room.ini
must_refuse 2 "there is no program lp" env PATH=/nowhere "$ANCHORITE" \
	ceremony check plan.ini --room room.ini
rm -r state keep
usual=$PATH
export PATH="$WORK/bin:$PATH" WORK
must_pass "$ANCHORITE" ceremony check plan.ini --room room.ini
[ ! -e lp-args ] || fail "a check printed something"
# hold_lp KEEP OPTIONS...: likewise, from the printer's tray
hold_lp() {
	keep=$1
	shift
	run "$people" --words plan.words --printed "$WORK/tray" \
		--shown shown "$@" "$keep" \
		"$ANCHORITE" ceremony run plan.ini --room room.ini
}
touch no-paper
hold_lp keep-b
[ "$STATUS" -eq 2 ] || complain "lp took nothing, and it went on" hold_lp
grep -q 'lp did not take the sheet' "$ERR" || complain "it says else" hold_lp
[ ! -e lp-args ] || fail "something was printed"
rm -r no-paper state keep-b
hold_lp keep
[ "$STATUS" -eq 0 ] || complain "it was not held" hold_lp
[ "$(cat lp-args)" = "$(printf -- '-s -t g1-e1-sheet0%s.pdf -d vault_1 -\n' \
	1-anna 2-bruno 3-clara)" ] ||
	fail "lp was called otherwise: $(cat lp-args)"
# its standard input, and nothing else that leads anywhere
sort -u lp-fds | grep -qx 1 || fail "lp had more of ours: $(cat lp-fds)"
[ -z "$(ls -A print)" ] || fail "a file was left"
grep -q 'It went to the printer lp:vault_1' shown || fail "nobody was told"
sed -n 's/^share: //p' keep/sheets/*.txt | cut -d' ' -f5-8 >pieces
! grep -rlF -f pieces state lp-args || fail "words are left behind"
must_pass "$ANCHORITE" ceremony verify --state state
PATH=$usual

# --- by hand nothing is ever there ---
rm -r state keep
plan production handwrite >plan.ini
must_pass "$ANCHORITE" words plan.ini
tail -n +2 "$OUT" >plan.words
# should it be built with the sanitizers: they cannot look for leaks under strace
ASAN_OPTIONS=detect_leaks=0
export ASAN_OPTIONS
strace -f -qq -e trace=openat,creat,rename -o calls true 2>/dev/null &&
	set -- strace -f -qq -e trace=openat -o calls
run "$people" --words plan.words keep "$@" \
	"$ANCHORITE" ceremony run plan.ini --room room.ini
[ "$STATUS" -eq 0 ] || complain "it was not held" by hand
[ -z "$(ls -A print)" ] || fail "by hand, and a file"
! grep -q '/print\|"print\|\.pdf' calls 2>/dev/null ||
	fail "by hand, and the folder for sheets was looked at"
