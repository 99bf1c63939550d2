#!/bin/sh
# Standard streams that are closed, full or broken, and names that lead to no
# file: a sentence and an exit status, no death, no wait, and no word in a file
# where it does not belong.
. "$ROOT/tests/integration/lib.sh"
# shellcheck disable=SC2016 # $@ is for the other shell

"$ROOT/tests/crash/prep.sh" "$WORK/fresh" || fail "no rehearsal to begin with"
cp -a fresh held
cd held
must_pass "$ANCHORITE" ceremony run plan.ini --room room.ini
cd ..
state=held/state-a
cert=$(find "$state/issued" -name '*.crt')

# shell LINE ARGS...: the program with them as LINE says it.
shell() {
	line=$1
	shift
	sh -c "$line" shell "$ANCHORITE" "$@"
}

# --- a report that does not go out is no report ---

# reports CMD...: CMD with the words of each verb that prints one.
reports() {
	"$@" --help
	"$@" ceremony --help
	"$@" --verbs
	"$@" version
	"$@" version --json
	"$@" words fresh/plan.ini
	"$@" ceremony example
	"$@" ceremony check fresh/plan.ini --room fresh/room.ini
	"$@" ceremony verify --state "$state"
	"$@" ceremony log --state "$state"
	"$@" ceremony reproduce --after "$state" held/sheets/*
	"$@" state show --state "$state"
	"$@" state show --state "$state" --json
	"$@" share check "$(echo held/sheets/*01-*)" --state "$state"
	"$@" share recover --root g1 --state "$state" held/sheets/*
	"$@" delegation show "$cert"
	"$@" delegation list --state "$state"
	"$@" delegation verify "$cert" --state "$state"
}
reports must_pass "$ANCHORITE"
lost='the output could not be written'
reports must_refuse 2 "$lost" shell '"$@" >/dev/full'
reports must_refuse 2 "$lost" shell '"$@" >&-'
mkfifo pipe
reports must_refuse 2 "$lost" shell \
	'cat pipe >&2 & (ulimit -f 0; exec "$@") >grown 2>pipe; c=$?; wait; exit $c'
reports must_refuse 2 "$lost" shell 'exec 3<>pipe 4>pipe 3<&-; "$@" >&4'

# what asks nothing of stdout does not need it
cp -a fresh quiet
cd quiet
must_pass shell '"$@" >&- <&-' ceremony run plan.ini --room room.ini
must_pass "$ANCHORITE" ceremony verify --state state-a
cd ..

# ends_with WORDS CMD...: exit status 2, and the last line says that, whatever
# was said of progress before.
ends_with() {
	words=$1
	shift
	run "$@"
	[ "$STATUS" -eq 2 ] && tail -n 1 "$ERR" | grep -qF "$words" ||
		complain "the last line was to say: $words" "$@"
}
ends_with "$lost" shell '"$@" >/dev/full' rehearse --dir practice

# --- no stream gets into a file ---

# Each way to close them: the record is that of any ceremony, and whatever was
# said went nowhere else.
for close in '<&-' '>&-' '2>&-' '<&- >&-' '>&- 2>&-' '<&- >&- 2>&-'; do
	rm -rf mute
	cp -a fresh mute
	cd mute
	shell "\"\$@\" $close" ceremony run plan.ini --room room.ini \
		2>"$ERR" || fail "no ceremony with $close"
	for s in a b; do
		must_pass "$ANCHORITE" ceremony verify --state state-$s
	done
	! grep -rlE 'step [0-9]+ of|is closed' . || fail "a word went astray"

	# refused: exit status alone, and nothing is made or changed
	remember_files .
	code=0
	shell "\"\$@\" $close" ceremony run plan.ini --room room.ini \
		2>"$ERR" || code=$?
	[ "$code" -eq 1 ] || fail "exit status $code with $close"
	no_new_files .
	cd ..
done

# --- a pipe that breaks, a file that may not grow: in the middle ---
cp -a fresh broken
cd broken
must_pass shell 'exec 3<>../pipe 4>../pipe 3<&-; exec "$@" 2>&4' \
	ceremony run plan.ini --room room.ini
must_pass "$ANCHORITE" ceremony verify --state state-a
cd ..
cp -a fresh small
cd small
ends_with 'cannot be written (File too large)' shell \
	'cat ../pipe >&2 & (ulimit -f 0; exec "$@") 2>../pipe; c=$?; wait; exit $c' \
	ceremony run plan.ini --room room.ini
must_pass "$ANCHORITE" ceremony run plan.ini --room room.ini
must_pass "$ANCHORITE" ceremony verify --state state-a
cd ..

# a tool of the system gets its signals as it expects them
mkdir bin
real=$(command -v openssl)
cat >bin/openssl <<SH
#!/bin/sh
grep SigIgn /proc/\$\$/status >>"$WORK/ignored"
exec "$real" "\$@"
SH
chmod +x bin/openssl
must_pass env PATH="$WORK/bin:$PATH" "$ANCHORITE" rehearse --dir tools
[ "$(sort -u ignored)" = "$(grep SigIgn /proc/$$/status)" ] ||
	fail "openssl runs with signals ignored"

# --- what is named must be a file ---
ln -s /dev/zero device
for what in pipe device held; do
	no='not a regular file'
	must_refuse 1 "$no" "$ANCHORITE" words "$what"
	must_refuse 1 "$no" "$ANCHORITE" ceremony check "$what"
	must_refuse 1 "$no" "$ANCHORITE" ceremony run "$what" --room \
		fresh/room.ini
	must_refuse 1 "$no" "$ANCHORITE" ceremony run fresh/plan.ini --room \
		"$what"
	must_refuse 1 "$no" "$ANCHORITE" rehearse --plan "$what" --dir new
	must_refuse 1 "$no" "$ANCHORITE" share check "$what" --state "$state"
	must_refuse 1 "$no" "$ANCHORITE" share recover --root g1 \
		--state "$state" "$what"
	must_refuse 1 "$no" "$ANCHORITE" ceremony reproduce --after "$state" \
		"$what"
	must_refuse 1 "$no" "$ANCHORITE" ceremony reproduce --after "$state" \
		--people "$what" held/sheets/*
	must_refuse 1 "$no" "$ANCHORITE" ceremony reproduce --after "$state" \
		--noted "$what" held/sheets/*
	must_refuse 1 "$no" "$ANCHORITE" delegation show "$what"
	must_refuse 1 "$no" "$ANCHORITE" delegation verify "$what" \
		--state "$state"
	must_refuse 1 "$no" "$ANCHORITE" delegation verify "$cert" --ca "$what"
	must_refuse 1 "$no" "$ANCHORITE" delegation verify "$cert" \
		--ca "$state/roots/000001.crt" --crl "$what"
	[ ! -e new ] || fail "a refused rehearsal leaves its folder"
done
must_pass shell 'cat held/sheets/*01-* | "$@"' \
	share check - --state "$state"
must_refuse 2 'standard input: cannot be read' shell '"$@" <&-' share check - \
	--state "$state"
must_refuse 2 'standard input: cannot be read' shell '"$@" <held' share \
	check - --state "$state"

# --- too few files may be open: nothing is made ---
for n in 8 16 63; do
	remember_files fresh
	must_refuse 2 '64 files must be allowed to be open (see ulimit -n)' \
		shell "ulimit -n $n; exec \"\$@\"" ceremony run \
		fresh/plan.ini --room fresh/room.ini
	no_new_files fresh
	must_refuse 2 'see ulimit -n' shell "ulimit -n $n; exec \"\$@\"" \
		rehearse --dir new
	[ ! -e new ] || fail "a refused rehearsal leaves its folder"
done
cp -a fresh few
must_pass shell 'ulimit -S -n 8; exec "$@"' ceremony run few/plan.ini \
	--room few/room.ini

# --- a rehearsal that comes to nothing leaves nothing ---
mkdir none
must_refuse_rehearsal() {
	words=$1
	shift
	ends_with "$words" "$@"
	[ ! -e new ] || fail "a refused rehearsal leaves its folder"
}
must_refuse_rehearsal 'openssl could not be run' env PATH="$WORK/none" \
	"$ANCHORITE" rehearse --dir new
must_refuse_rehearsal 'the terminal cannot be opened' setsid \
	"$ANCHORITE" rehearse --hands-on --dir new
mkdir there
must_refuse 1 'a rehearsal wants a folder of its own' "$ANCHORITE" rehearse \
	--dir there
[ -d there ] || fail "a folder that was there is gone"

# nor does a room whose people have no folders
cp -a fresh bare
rm -r bare/sheets
remember_files bare
must_refuse 2 'sheets: not a folder that can be opened' "$ANCHORITE" \
	ceremony run bare/plan.ini --room bare/room.ini
no_new_files bare

# nor one whose second stick is not there
cp -a fresh alone
sed -i 's,^state-b = .*,state-b = absent/state-b,' alone/room.ini
remember_files alone
must_refuse 2 'no state can be written there' "$ANCHORITE" ceremony run \
	alone/plan.ini --room alone/room.ini
no_new_files alone
