#!/bin/sh
# Goal: what README.md and CEREMONY.md tell people to type can be typed.  Each
# command of the two, in blocks and in running text, is run as it stands there,
# in order, in one folder for each page: a real ceremony, with people at a
# terminal.  A command that this test does not know fails it.
. "$ROOT/tests/integration/lib.sh"
[ -x "$HELPER/people" ] || skip "no people: make tests"

# --- what is put in the place of what ---

# One line each: how it stands on the page, what it is here.
substitutions() {
	serial=$(ls state/issued 2>/dev/null | sed 's/\.crt$//')
	last=$(ls state/record/*.json 2>/dev/null | tail -n 1 |
		sed 's,.*/,,; s,\.json,,')
	cat <<-EOT
		SERIAL.crt	$serial.crt
		000012	$last
		SHARES...	sheet*.txt
		--from A	--from media/a/state
		--to NEW	--to media/c/state
		/media/	$PWD/media/
		DESTDIR as usual	DESTDIR=$WORK/installed
		--dir DIR	--dir $PWD/by-name
		--qr screen	--qr png:screen
		receive camera	receive screen
		"..."	"it is a test"
	EOT
}

# The command as it is run: with the table applied, and nothing else.
here() {
	command=$1
	substitutions >table
	while IFS='	' read -r stands is; do
		from=$(printf '%s' "$stands" | sed 's,[].*[\\/],\\&,g')
		to=$(printf '%s' "$is" | sed 's,[&\\/],\\&,g')
		command=$(printf '%s' "$command" | sed "s/$from/$to/g")
	done <table
	printf '%s\n' "$command"
}

# --- what a page tells people to type ---

# Commands in order, one a line: lines set in by four blanks or more, without
# the remark behind two blanks and #; and in running text what stands between
# backquotes and begins like a command.  Lines of room.ini are marked so.
commands() {
	awk '
	function spans(    part, n, i) {
		n = split(text, part, "`")
		for (i = 2; i <= n; i += 2)
			if (part[i] ~ /^(anchorite|m?man|sha384sum|scripts\/[a-z]+|make) /)
				print part[i]
		text = ""
	}
	/^```/ { spans(); fenced = !fenced; next }
	fenced || /^    / {
		if (text ~ /[^ ]/)
			spans()
		sub(/^ +/, "")
		sub(/  +#.*/, "")
		if ($0 ~ /^\[|^[a-z-]+ = /)
			print "room.ini: " $0
		else if ($0 != "")
			print
		next
	}
	/^ *$/ || /^#/ { spans(); next }
	{ sub(/^ +/, ""); text = text " " $0 }
	END { spans() }
	' "$1"
}

# --- the room ---

# Nothing is installed by a test, and our program is the one that is meant.
mkdir bin installed
for tool in apt-get sudo; do
	printf '#!/bin/sh\necho "a test installs nothing" >&2\nexit 1\n' \
		>bin/$tool
	chmod +x bin/$tool
done
ln -s "$ANCHORITE" bin/anchorite
PATH=$PWD/bin:$PATH
export PATH
unset MAKEFLAGS MAKELEVEL MFLAGS || :

# The example, made ours: our arc, our dates, our request.
make_it_yours() {
	[ -f gateway.csr ] ||
		openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
			-nodes -keyout gateway.key -subj /CN=gateway \
			-out gateway.csr 2>/dev/null
	digest=$(sha384sum gateway.csr | cut -d' ' -f1)
	sed -i -e 's/^oid-arc = .*/oid-arc = 1.3.6.1.4.1.99999/' \
		-e "s/^effective = .*/effective = $(date -u +%FT00:00:00Z)/" \
		-e "s/^latest = .*/latest = $(date -u -d '+1 day' +%F)/" \
		-e "s/sha384:0*$/sha384:$digest/" plan.ini
	mkdir -p media/a media/b media/c media/in media/out
	cp gateway.csr media/in
}

# What is taken away from the room: a copy of the state, sheets, notes.
leave_the_room() {
	[ ! -d state ] || return 0
	cp -r media/a/state state
	n=0
	for sheet in kept/sheets/*; do
		n=$((n + 1))
		cp "$sheet" "sheet$n.txt"
	done
	cat kept/paper/dice-000[123].txt >digits.txt
	cp kept/paper/system-0001.words words.txt
}

# held SENTENCE CMD: with people at a terminal.
held() {
	must_pass "$HELPER/people" --words plan.words kept sh -c "$1"
}

# A rehearsal that sealed lists, in $WORK/sealed.
seal() {
	. "$ROOT/tests/integration/short.sh"
	. "$ROOT/tests/integration/sealed.sh"
	rm paper/plan.words
	anchorite words plan.ini | sed 1d >paper/plan.words
	must_pass hold
	mv state-a state
}

# --- each command, and how it is run ---

# a machine that tests run on is none to type words into
waived="--waive 'network,swap:a test, whose sheets are burnt'"

try() {
	command=$(here "$1")
	case $1 in
	'room.ini: '*)
		printf '%s\n' "${command#room.ini: }" >>room.ini
		;;
	# they run this test; here only that they can be asked for
	'scripts/check' | '.ci/run')
		[ -x "$ROOT/$1" ] || fail "there is no $1"
		;;
	# 58-kit.sh types them, by that section
	'make kit TO='* | 'cp -r /media/kit/anchorite '* | \
	'cd /root/anchorite-kit' | 'sh install' | 'sha384sum SHA256SUMS' | \
	'sha256sum -c SHA256SUMS' | 'anchorite words SHA256SUMS')
		grep -q 'How the program gets into the room' \
			"$ROOT/tests/integration/58-kit.sh" ||
			fail "nobody types $1"
		;;
	'make test')
		must_pass make -n -C "$ROOT" test BUILD="${HELPER%/tests/helper}"
		;;
	scripts/*)
		must_pass sh -c "$ROOT/$command"
		;;
	make | 'make '*)
		must_pass sh -c "$command -C $ROOT BUILD=${HELPER%/tests/helper} \
		    DESTDIR=$WORK/installed"
		;;
	'mman -l '*)
		must_pass mandoc -T ascii "$ROOT/${1#mman -l }"
		;;
	'mman '*)
		must_pass mandoc -T ascii "$ROOT/man/${1#mman }.1"
		;;
	'man '*)
		must_pass mandoc -T ascii "$ROOT/man/${1#man }.1"
		;;
	'anchorite ceremony example two-people'*)
		must_pass sh -c "$command"
		[ -f plan.ini ] || cp "$OUT" plan.ini
		make_it_yours
		;;
	# 76-checkup.sh says that it can run
	'anchorite ceremony example checkup')
		must_pass sh -c "$command"
		must_say '[checkup g1-first]'
		;;
	# 37-rotate.sh says that it can run
	'anchorite ceremony example rotate')
		must_pass sh -c "$command"
		must_say '[rotate b2]'
		;;
	# 68-destroy.sh holds it
	'anchorite ceremony example reshare')
		must_pass sh -c "$command"
		must_say '[reshare g1]'
		;;
	'anchorite words plan.ini')
		must_pass sh -c "$command"
		sed 1d "$OUT" >plan.words
		[ "$(wc -w <plan.words)" -eq 32 ] || fail "words are missing"
		;;
	# cut by pulling the plug, and then once more
	'anchorite ceremony run plan.ini --room room.ini')
		[ -f room.ini ] || printf '[room]\n%s\n%s\n%s\n' \
			"state-a = $PWD/media/a/state" \
			"state-b = $PWD/media/b/state" \
			"inbox = $PWD/media/in" >room.ini
		run "$HELPER/people" --words plan.words \
			--stop-after 'after [crl g1]' kept sh -c "$command"
		[ "$STATUS" -ne 0 ] || fail "the plug was not pulled"
		held "$command"
		leave_the_room
		;;
	# another ceremony, which cannot be finished
	'anchorite ceremony end plan.ini --room room.ini'*)
		mkdir early
		cp plan.ini plan.words gateway.csr early
		sed "s,/media/,/early/media/," room.ini >early/room.ini
		(
			cd early
			mkdir -p media/a media/b media/c media/in media/out
			cp gateway.csr media/in
			run "$HELPER/people" --words plan.words \
				--stop-after 'after [crl g1]' kept anchorite \
				ceremony run plan.ini --room room.ini
			held "$command"
			must_pass anchorite state show --state media/a/state
			must_say 'closed early'
		)
		;;
	'anchorite ceremony reproduce --after state SHARES...')
		must_pass sh -c "$command"
		must_say 'every byte is equal'
		;;
	'anchorite ceremony reproduce '*)
		must_pass sh -c "$command"
		must_say 'every byte is equal'
		;;
	'anchorite ceremony verify '*)
		must_pass sh -c "$command"
		must_say 'every entry, file and signature holds'
		;;
	# the holder types; here the paper is handed in
	'anchorite share check --state state')
		must_pass sh -c "$command --marks marks $waived sheet1.txt"
		must_say 'it is the sheet of record'
		;;
	'anchorite share recovery g1 --to recovery-g1.pdf')
		must_pass sh -c "$command"
		must_say 'recovery-g1.pdf'
		rm recovery-g1.pdf
		;;
	'anchorite share recover --root g1 --state state')
		held "$command $waived"
		;;
	'anchorite state publish '*)
		rm -rf state
		must_pass sh -c "$command"
		;;
	# the words were written down from the report
	'anchorite trust init '*)
		anchorite words state/bundles/000001.der | sed 1d \
			>words-of-bundle.txt
		must_pass anchorite state show --state state
		head -n 1 words-of-bundle.txt | cut -c1-30 >first
		must_say "$(tr -s ' ' <first)"
		must_pass sh -c "$command"
		must_say 'era 1, number 1'
		;;
	'anchorite trust apply '* | 'anchorite trust export '*)
		# what the officer puts into one folder
		mkdir -p out
		cp state/bundles/* state/lists/* out
		must_pass sh -c "$command"
		;;
	# of a rehearsal that sealed lists
	'anchorite revocation release '* | 'anchorite revocation card '* | \
	'anchorite revocation drill '*--state*)
		[ -d "$WORK/sealed" ] || (seal)
		must_pass sh -c "cd '$WORK/sealed' && $command"
		;;
	# a folder of pictures is the screen that the camera sees
	'anchorite transfer send '*' --qr '*)
		rm -rf screen
		must_pass sh -c "$command"
		sent=$(echo "$command" | cut -d' ' -f4)
		must_say 'parcel-words'
		;;
	'anchorite transfer receive camera --to '*)
		must_pass sh -c "$command"
		cmp "$sent" "${command##* }" || fail "another parcel"
		# what lies in the inbox as a parcel need not be unpacked
		[ ! -e media/in/seen.parcel ] || rm -f media/in/gateway.csr
		;;
	'anchorite transfer result '*)
		must_pass sh -c "$command"
		! grep -q '^outbox' room.ini ||
			cmp media/out/firmware-team.parcel "${command##* }" ||
			fail "another parcel"
		;;
	# what is mounted in this folder is no stick: the folder is taken for one
	'anchorite transfer send '* | 'anchorite transfer receive '*)
		mkdir -p media/red
		must_pass env STICK=vfat STICK_MOUNT="$mount" sh -c \
			"${HELPER%/helper}/planted/stick ${command#anchorite }"
		mount=ro,nosuid,nodev,noexec
		;;
	'anchorite transfer unpack '*)
		must_pass sh -c "$command"
		openssl x509 -in result/issued-*.crt -noout -pubkey >team.pub
		openssl req -in gateway.csr -noout -pubkey |
			cmp - team.pub || fail "another key"
		;;
	# what the officer reads out
	'anchorite delegation show result/'*)
		must_pass sh -c "$command"
		id=$(sed -n 's/^key-id  *//p' "$OUT")
		must_pass anchorite state show --state state
		must_say "g1: $id"
		;;
	'anchorite words result/'*)
		must_pass sh -c "$command"
		sed 1d "$OUT" | tr -s ' ' >read-out
		must_pass anchorite state show --state state
		tr -s ' ' <"$OUT" | sed 's/^bundle-words//; s/^ //' |
			grep -cxFf read-out >rows
		[ "$(cat rows)" -ge 8 ] || fail "other words of the bundle"
		;;
	'anchorite transfer pack '* | 'anchorite revocation drill --dir drill' | \
	'anchorite --help' | 'anchorite version' | 'anchorite ceremony check plan.ini' | \
	'anchorite ceremony check plan.ini --room room.ini' | \
	'anchorite rehearse --plan plan.ini --dir rehearsal' | \
	'anchorite state show --state state' | 'anchorite explain '* | \
	'anchorite state copy --from A --to NEW' | \
	'anchorite state compare state /media/b/state' | \
	'openssl req -new '* | 'openssl req -x509 '* | 'openssl verify -x509_strict '* | \
	'openssl cms -verify '* | 'sha384sum gateway.csr')
		must_pass sh -c "$command"
		;;
	'S=$(tr '*)
		# what it gives is 18-entropy.sh's
		must_pass sh -c "echo 1234561ht | { $command && [ \${#S} -eq 64 ]; }"
		;;
	*)
		fail "$page tells people to type what nobody tries: $1"
		;;
	esac
	tried=$((tried + 1))
}

for page in README.md CEREMONY.md; do
	mkdir "$WORK/$page"
	cd "$WORK/$page"
	commands "$ROOT/$page" >all
	tried=0
	mount=
	while read -r line <&3; do
		try "$line"
	done 3<all
	[ "$tried" -ge 10 ] || fail "$page: only $tried commands were found"
	echo "$page: $tried commands"
done
[ -x "$WORK/installed/usr/local/bin/anchorite" ] || fail "it is not installed"
[ -f "$WORK/installed/usr/local/share/man/man1/anchorite-share.1" ] ||
	fail "the manual is not installed"

# An unknown command is found: the extractor sees blocks and running text.
cat >strange.md <<'MD'
Say `anchorite vanish now` and

    anchorite vanish twice  # please

or

```
anchorite vanish
```
MD
[ "$(commands strange.md | tr '\n' ,)" = \
	'anchorite vanish now,anchorite vanish twice,anchorite vanish,' ] ||
	fail "the extractor is blind"
if (try 'anchorite vanish now') >/dev/null 2>&1; then
	fail "a command that nobody knows passes"
fi

# Files and tests that the pages name are there.
cd "$ROOT"
grep -ohE '`(tests|scripts|docs|lib|cmd|ceremony|delegation|revocation|transfer)/[A-Za-z0-9_./-]+`' \
	README.md CEREMONY.md CONTRIBUTING.md docs/*.md | tr -d "\`" |
	grep -v /NN- | sort -u |
	while read -r name; do
		[ -e "$name" ] || [ -e "$name.c" ] || [ -e "$name.h" ] ||
			fail "a page names $name, which is not there"
	done
# `test_file: name_of_a_test` and `NN-name.sh`
grep -ohE '`test_[a-z0-9_]+: [a-z0-9_]+`' docs/*.md | tr -d '`' | sort -u |
	while IFS=': ' read -r file name; do
		grep -qrw "$name" --include="$file.c" tests ||
			fail "a page names a test that is not there: $file: $name"
	done
grep -ohE '`([a-z]+/)*[0-9][0-9]-[a-z0-9-]+\.sh`' docs/*.md | tr -d '`' |
	sort -u | while read -r name; do
		[ -e "tests/integration/${name##*/}" ] ||
			fail "a page names $name, which is not there"
	done
