#!/bin/sh
# From a request to a certificate through the air gap: in by codes as a parcel
# that lies in the inbox, out as a parcel of what the ceremony made, by codes and
# on a stick; and what is refused on the way, whatever is cut.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/short.sh"
stick=${HELPER%/helper}/planted/stick
people=$HELPER/people
export STICK_SYSFS="$WORK/none"

# room [KEY...]: the room's file, of two sticks, its people folders
room() {
	printf '[room]\nstate-a = state-a\nstate-b = state-b\ninbox = inbox\n' \
		>room.ini
	for key; do
		echo "$key = $key" >>room.ini
	done
	[ ! -d paper ] || anchorite_words
}
anchorite_words() {
	"$ANCHORITE" words plan.ini | tail -n +2 >paper/plan.words
}
# send_section TEXT...: a [send team] of these lines at the end of the plan
send_section() {
	printf '[send team]\n' >>plan.ini
	printf '%s\n' "$@" >>plan.ini
}
# ready NAME LINE...: a rehearsal of that name that sends so, into an outbox
ready() {
	begin "$1"
	shift
	mkdir outbox
	send_section "$@"
	room outbox paper sheets
}
# refused CODE FRAGMENT CMD...: before anything is written or asked
refused() {
	remember_files .
	must_refuse "$@"
	no_new_files .
}
says() {
	grep -qF -- "$1" "$ERR" || complain "stderr does not hold: $1" hold
}
whole='what = mint, crl, delegate'

# --- a request comes in by codes, and stays in its parcel ---

ready way "$whole" 'to = Firmware team'
must_pass "$ANCHORITE" transfer pack inbox/gateway.csr --purpose request \
	--from firmware-team --to desk.parcel
must_pass "$ANCHORITE" transfer send desk.parcel --qr png:screen
must_pass "$ANCHORITE" transfer receive screen --to inbox/request.parcel
rm inbox/gateway.csr
must_pass "$ANCHORITE" ceremony check plan.ini --room room.ini
! grep -q passed-over "$OUT" || fail "a good parcel is passed over"
must_pass hold
says 'pack the parcel team for Firmware team: files: 3, of [mint] [crl] [delegate]'
says 'parcel: outbox/team.parcel'
[ "$(ls outbox)" = team.parcel ] || fail "there is more in the outbox"
must_pass "$ANCHORITE" ceremony verify --state state-a
must_pass "$ANCHORITE" ceremony reproduce --after state-a sheets/*
must_say 'every byte is equal'
must_pass "$ANCHORITE" state show --state state-a
must_say 'team: ceremony 1, files: 3, '
must_pass "$ANCHORITE" transfer show outbox/team.parcel
must_say 'from          rehearsal-1'
must_say 'purpose       result'
grep -q "$(sed -n 's/^parcel  *//p' "$OUT")" state-a/record/*.json ||
	fail "the record has another digest"

# --- the result goes out by codes, and is good without us ---

# good DIR: what the team has
good() {
	openssl verify -x509_strict -crl_check -purpose any \
		-CAfile "$1/roots-000001.crt" -CRLfile "$1/lists-000001.crl" \
		"$1"/issued-*.crt >/dev/null || fail "openssl does not take it"
	openssl x509 -in "$1"/issued-*.crt -noout -pubkey >pub
	openssl pkey -in team.key -pubout | cmp - pub || fail "another key"
	[ "$(find "$1" -type f | wc -l)" -eq 4 ] || fail "there is more in $1"
}
must_pass "$ANCHORITE" transfer send outbox/team.parcel --qr png:out
must_pass "$ANCHORITE" transfer receive out --to got.parcel
cmp got.parcel outbox/team.parcel || fail "another parcel came"
must_pass "$ANCHORITE" transfer unpack got.parcel --to got
good got
mkdir mnt
STICK=vfat must_pass "$stick" transfer send outbox/team.parcel --usb mnt \
	--label blue-1
STICK=vfat STICK_MOUNT=ro,nosuid,nodev,noexec must_pass "$stick" transfer \
	receive usb:mnt --label blue-1 --to again.parcel
must_pass "$ANCHORITE" transfer unpack again.parcel --to again
good again

# --- made again of the record, by whoever has it ---

must_pass "$ANCHORITE" transfer result team --state state-b --to b.parcel
must_say 'TEST'
cmp b.parcel outbox/team.parcel || fail "the record gives another parcel"
! grep -q not-signed "$OUT" || fail "it is signed, and not said to be"
must_pass "$ANCHORITE" state publish --state state-a --to desk
must_pass "$ANCHORITE" transfer result team --ceremony 1 --state desk \
	--to c.parcel
cmp c.parcel outbox/team.parcel || fail "a desk copy gives another parcel"
refused 1 'FORMATS 3.60: no ceremony of this state gave out a parcel others' \
	"$ANCHORITE" transfer result others --state state-a --to d.parcel
refused 1 'FORMATS 3.60: that ceremony gave out no parcel team' "$ANCHORITE" \
	transfer result team --ceremony 2 --state state-a --to d.parcel
refused 2 '--ceremony 0: not the number of one' "$ANCHORITE" \
	transfer result team --ceremony 0 --state state-a --to d.parcel
refused 1 'b.parcel: is there already' \
	"$ANCHORITE" transfer result team --state state-a --to b.parcel
cp -r state-a spoilt
printf 'x' >>spoilt/lists/000001.crl
refused 1 'lists/000001.crl: FORMATS 7.3' \
	"$ANCHORITE" transfer result team --state spoilt --to d.parcel
# nor can a record say that it sent something else, whoever closes it
sent=$(grep -l '"kind":"sent"' state-a/record/*.json)
sent=$(basename "$sent" .json)
for last in state-a/record/*.json; do :; done
last=$(basename "$last" .json)
# forged KEY VALUE: the entry says so, in a chain and with a closing that hold
forged() {
	rm -rf spoilt
	cp -r state-a spoilt
	rm spoilt/record/"$last".*
	"$HELPER/forge" fact spoilt "$sent" "$@" || fail "no forgery"
	"$HELPER/forge" close spoilt || fail "no closing"
	must_refuse 1 "the record gives another $1 than its files for parcel" \
		"$ANCHORITE" ceremony verify --state spoilt
}
forged parcel "$(printf %096d 1)"
forged name tean
forged files plans/000001.ini

# --- run once more: what is there stays, and what is not is made ---

must_pass hold
says 'the ceremony was closed before: nothing was signed now'
says 'parcel: outbox/team.parcel, which was there already'
mv outbox/team.parcel there
must_pass hold
cmp there outbox/team.parcel || fail "another parcel was made"
# a closed ceremony that is not the one in the room gives nothing out
rm outbox/team.parcel
cp -r paper paper.ours
for head in paper/head-*; do
	"$ANCHORITE" words plan.ini | tail -n +2 >"$head"
done
refused 1 'RULES C3: the head on paper is not in this state' hold
[ -z "$(ls outbox)" ] || fail "it was given out"
rm -r paper
mv paper.ours paper
# nor one that does not hold, in what it sends or elsewhere
for state in state-a state-b; do
	cp -r $state $state.ours
	printf x >>$state/requests/000001-gateway.csr
done
refused 1 'requests/000001-gateway.csr: FORMATS 7.3' hold
for state in state-a state-b; do
	rm -r $state
	mv $state.ours $state
done
head -c 100 there >outbox/team.parcel
refused_at_the_end() {
	run hold
	[ "$STATUS" -eq 2 ] || complain "exit status 2 was expected" hold
	says "$1"
}
remember_files .
# shellcheck disable=SC2016
refused_at_the_end 'anchorite: outbox/team.parcel: FORMATS 3.61: it is there, and is another or not whole; the ceremony is closed: make the parcel with `anchorite transfer result team --state state-a --to FILE`'
no_new_files .
mv outbox away
refused_at_the_end 'anchorite: FORMATS 3.61: outbox: not a folder that can be opened'
says 'the same command brings its parcels, once that is mended'
mkdir outbox
must_pass hold
cmp there outbox/team.parcel || fail "another parcel was made"
room paper sheets
must_pass hold
says 'parcel team: the room has no outbox: make it with'
says '  anchorite transfer result team --state state-a --to team.parcel'
cd ..

# --- what a plan cannot send ---

# plan_refused CODE FRAGMENT LINE...
plan_refused() {
	code=$1
	words=$2
	shift 2
	ready plan "$@"
	refused "$code" "$words" "$ANCHORITE" ceremony check plan.ini \
		--room room.ini
	refused "$code" "$words" hold
	cd ..
}
plan_refused 1 'FORMATS 3.60: [send team]: no [kill] above it makes anything that could be sent' \
	'what = kill'
plan_refused 1 'FORMATS 3.60: delegates makes nothing that can be sent; did you mean delegate?' \
	'what = delegates'
plan_refused 1 'FORMATS 3.60: crl is there twice' 'what = crl, mint, crl'
plan_refused 1 'FORMATS 3.12: what: words with commas between' 'what = CRL'
plan_refused 1 'FORMATS 3.13: [send team] needs what' 'to = Team'
plan_refused 1 'FORMATS 3.11: [send] has no key by' "$whole" 'by = g1'
plan_refused 1 'FORMATS 3.6: ' 'what = crl' '[send team]' 'what = crl'
ready early
sed -i '/^\[send team\]/d; s/^\[crl g1\]/[send team]\nwhat = crl\n[crl g1]/' \
	plan.ini
anchorite_words
refused 1 '[send team]: no [crl] above it' hold
cd ..
. "$ROOT/tests/integration/sealed.sh"
mkdir outbox
send_section 'what = crl, kill'
room outbox paper sheets
refused 1 'FORMATS 3.60: [send team]: what [kill] seals is for those who open it' \
	hold
# alone it goes, to the responders
sed -i 's/^what = crl, kill/what = kill/' plan.ini
anchorite_words
must_pass hold
must_pass "$ANCHORITE" transfer unpack outbox/team.parcel --to envelopes
[ "$(find envelopes -name '*.p7m' | wc -l)" -eq \
	"$(find state-a/sealed -type f | wc -l)" ] ||
	fail "not all envelopes went out"
cd ..

# --- an outbox that is not ready is found before the first question ---

ready not-ready "$whole"
echo other >outbox/team.parcel
refused 1 'outbox/team.parcel: FORMATS 3.61: it is there already, and a parcel is written new' \
	hold
refused 1 'outbox/team.parcel: FORMATS 3.61: it is there already' \
	"$ANCHORITE" ceremony check plan.ini --room room.ini
rm -r outbox
refused 2 'outbox: not a folder that can be opened' hold
sed -i 's,^outbox = .*,outbox = inbox,' room.ini
must_pass hold
[ -s inbox/team.parcel ] || fail "nothing came out"
sed -i 's,^outbox = .*,outbox = state-b/lists,' room.ini
refused 1 'state-b/lists: FORMATS 3.61: the outbox lies in the state state-b' \
	hold
cd ..

# --- parcels in the inbox that are not good ---

ready passed "$whole"
must_pass "$ANCHORITE" transfer pack inbox/gateway.csr --purpose request \
	--from team --to inbox/good.parcel
must_pass "$ANCHORITE" transfer pack inbox/gateway.csr --purpose request \
	--from team --not-before 2099-01-01 --to late.parcel
openssl req -new -key team.key -subj /CN=other -out gateway.csr
must_pass "$ANCHORITE" transfer pack gateway.csr --purpose request \
	--from team --to inbox/another.parcel
echo junk >inbox/junk.parcel
# beside what is wanted they are named, and do no harm
must_pass "$ANCHORITE" ceremony check plan.ini --room room.ini
must_say 'junk.parcel: FORMATS 10.1'
! grep -q another.parcel "$OUT" || fail "a good parcel is passed over"
mv inbox/gateway.csr kept
must_pass "$ANCHORITE" ceremony check plan.ini --room room.ini
# another file of that name is no match, in the folder or in a parcel
mv inbox/good.parcel good
refused 2 'FORMATS 3.17: gateway.csr: cannot be opened (No such file or directory), and it is in none of the parcels there; passed over: junk.parcel: FORMATS 10.1' \
	hold
cp gateway.csr inbox
refused 1 'FORMATS 3.17: gateway.csr is not the file that was reviewed: its digest is another, and it is in none of the parcels there; passed over: junk.parcel: ' \
	hold
# nor is one in a parcel that is not to be used yet, or has a bad digest
rm inbox/junk.parcel inbox/gateway.csr
mv late.parcel inbox
refused 2 'passed over: late.parcel: FORMATS 10.7: not to be used before 2099-01-01' \
	hold
sed 's/^# from: team/# from: tean/' inbox/late.parcel | head -c -1 >inbox/cut.parcel
rm inbox/late.parcel
refused 2 'passed over: cut.parcel: FORMATS 10.1: ' hold
cp kept gateway.csr
mv good inbox/good.parcel
must_pass hold
says 'A parcel in the inbox is passed over: cut.parcel: FORMATS 10.1: '
# the record has the file itself, for who has no inbox
cmp kept state-a/requests/000001-gateway.csr || fail "the record has another"
cd ..

# --- at the desk, beside the plan; and a rehearsal of it ---

ready beside "$whole"
mv inbox/gateway.csr .
must_pass "$ANCHORITE" transfer pack gateway.csr --purpose request \
	--from team --to request.parcel
rm gateway.csr
must_pass "$ANCHORITE" ceremony check plan.ini
must_pass "$ANCHORITE" rehearse --plan plan.ini --dir r
must_say 'Result parcel team, files: 3'
must_say '  file:          r/outbox/team.parcel'
[ -s r/outbox/team.parcel ] || fail "the rehearsal sends nothing"
cd ..

# --- only what was closed and signed goes out ---

# people_end CODE ARG...: people at a terminal hold it, and it ends so
people_end() {
	code=$1
	shift
	run "$people" --words plan.words "$@"
	[ "$STATUS" -eq "$code" ] || complain "status $code was expected" "$@"
}
run_it='ceremony run plan.ini --room room.ini'
# typed NAME LINE...: a room whose people type
typed() {
	ready "$@"
	sed -i '/^paper/d; /^sheets/d' room.ini
	mv paper/plan.words .
	rm -r paper sheets
}
typed ended 'what = crl' '[send second]' "$whole"
# shellcheck disable=SC2086
people_end 137 --stop-after 'after [send team]' keep "$ANCHORITE" $run_it
[ -z "$(ls outbox)" ] || fail "something left the room before the end"
refused 1 'RULES C3: ceremony 1 is not closed: nothing of it leaves the room' \
	"$ANCHORITE" transfer result team --state state-a --to early.parcel
people_end 0 keep "$ANCHORITE" ceremony end plan.ini --room room.ini \
	--reason 'it is a test'
[ -z "$(ls outbox)" ] || fail "an early end gives something out"
# shellcheck disable=SC2086
people_end 1 keep "$ANCHORITE" $run_it
says 'RULES C1: ceremony 1 has run already; a plan runs once'
[ -z "$(ls outbox)" ] || fail "an early end gives something out"
# by hand it is made, and said to be nobody's word
must_pass "$ANCHORITE" transfer result team --state state-a --to early.parcel
must_say 'not-signed    ceremony 1 was ended early: no root has signed for this; compare the words of the head with paper'
cd ..

# cut behind it, it is computed again and goes on
typed resumed 'what = mint, crl'
# shellcheck disable=SC2086
people_end 137 --stop-after 'after [send team]' keep "$ANCHORITE" $run_it
# shellcheck disable=SC2086
people_end 0 keep "$ANCHORITE" $run_it
[ "$(grep -l '"kind":"sent"' state-a/record/*.json | wc -l)" -eq 1 ] ||
	fail "it was sent twice"
must_pass "$ANCHORITE" transfer result team --state state-b --to t.parcel
cmp t.parcel outbox/team.parcel || fail "another parcel"
# what devices get is in a form that they take
cd ..
must_pass "$ANCHORITE" rehearse --dir device
must_pass "$ANCHORITE" transfer unpack device/outbox/firmware-team.parcel \
	--to got
must_pass "$ANCHORITE" words got/bundles-000001.der
must_pass "$ANCHORITE" trust init got/bundles-000001.der \
	got/bundles-000001.g1.p7s --words "$(sed 1d "$OUT" | tr '\n' ' ')" \
	--store store --rehearsal
must_pass "$ANCHORITE" trust apply got --store store

# --- and only what the room made ---

# as_cut: the sticks and the paper as a cut behind the opening left them
as_cut() {
	find state-? -type f ! -path '*/plans/*' ! -path '*/requests/*' \
		! -name 000001.json -delete
	find state-? -mindepth 1 -type d -empty -delete
	rm paper/head-000[2-9].words sheets/* outbox/*
}
ready forged "$whole"
must_pass hold
as_cut
# who has the sticks then goes on by himself, with a root of his own
cp -a . ../theirs
cd ../theirs || exit
must_pass hold
cd ../forged || exit
rm -r state-a state-b
cp -a ../theirs/state-a ../theirs/state-b .
must_pass "$ANCHORITE" ceremony verify --state state-a
refused 1 'RULES C3: the head on paper is older than any root that signed what is behind it' \
	hold
[ -z "$(ls outbox)" ] || fail "a root that nobody here made is given out"
# where it is on paper that the root was made, it is the one of the room
cp ../theirs/paper/head-0003.words paper/head-0002.words
must_pass hold
cmp ../theirs/outbox/team.parcel outbox/team.parcel || fail "another parcel"
cd ..

# --- and only after the second machine's word, where that is wanted ---

ready second "$whole"
sed -i 's/^entropy = system/&\nreproduce = required/' plan.ini
anchorite_words
must_pass hold
mv outbox/team.parcel first.parcel
rm paper/head-*
remember_files outbox
refused_at_the_end 'no head is noted'
no_new_files outbox
must_pass "$ANCHORITE" transfer result team --state state-a --to t.parcel
must_say 'required by the plan of ceremony 1: give this to nobody before'
cd ..

# --- at a terminal it is offered: by codes, on a stick, or not ---

typed offered "$whole" 'to = Firmware team'
mkdir mnt
# shellcheck disable=SC2086
STICK=vfat people_end 0 --way paper --way stick --way codes --stick nowhere \
	--window 160x60 --shown ../shown keep "$stick" $run_it
tr -d '\r' <../shown >shown
for text in 'Parcel team for Firmware team goes out' '  roots/000001.crt' \
	'outbox/team.parcel' 'Refused: nowhere: not a folder that can be opened' \
	'That is none of these words.' 'A parcel from rehearsal-1'; do
	grep -qF "$text" shown || fail "it is not shown: $text"
done
[ "$(grep -cF 'Enter "codes" to show it' shown)" -ge 4 ] ||
	fail "it is not asked again"
must_pass "$ANCHORITE" transfer show outbox/team.parcel
# shellcheck disable=SC2013 # words it shall be
for word in $(sed -n '/^parcel-words/,/^purpose/p' "$OUT" |
	sed '/^purpose/d; s/^parcel-words//'); do
	grep -qw "$word" shown || fail "its words are not all shown: $word"
done
must_pass "$ANCHORITE" ceremony verify --state state-a
# the same command offers it once more: on a stick, which is noted
# shellcheck disable=SC2086
STICK=vfat people_end 0 --way stick --stick mnt --label blue-1 keep "$stick" \
	$run_it
must_say 'safe-to-pull'
STICK=vfat STICK_MOUNT=ro,nosuid,nodev,noexec must_pass "$stick" transfer \
	receive usb:mnt --label blue-1 --to got.parcel
cmp got.parcel outbox/team.parcel || fail "another parcel is on the stick"
# the stick of a state has a folder for the record alone
for dir in state-a state-b/lists; do
	# shellcheck disable=SC2086
	STICK=vfat people_end 0 --way stick --stick $dir --label blue-1 \
		--shown ../shown keep "$stick" $run_it
	grep -qF "Refused: $dir: FORMATS 3.61: it lies in the state ${dir%/*}" \
		../shown || fail "it does not say that $dir is a state's"
	must_pass "$ANCHORITE" ceremony verify --state "${dir%/*}"
done
# ^C is no answer, and takes nothing back
# shellcheck disable=SC2086
people_end 0 --way "$(printf '\003')" keep "$ANCHORITE" $run_it
says 'anchorite transfer send PARCEL --qr screen|--usb DIR'
cd ..

# --- an outbox that comes to lie in a state while the ceremony runs ---

command -v strace >/dev/null || skip "all but changes and cuts: no strace"
ready moved "$whole"
mkdir -p box/lists
ln -s box way
sed -i 's,^outbox = .*,outbox = way/lists,' room.ini
must_pass strace -o calls -e trace=openat \
	"$ANCHORITE" ceremony run plan.ini --room room.ini
n=$(awk '/^openat/ { n++ } /^openat.*way\/lists/ { last = n }
	END { print last }' calls)
rm -rf state-a state-b paper/head* box/lists/* sheets/*
strace -o /dev/null -e trace=openat -e inject=openat:delay_enter=3000000:when="$n" \
	"$ANCHORITE" ceremony run plan.ini --room room.ini 2>err &
pid=$!
until ls state-b/record/*.line >/dev/null 2>&1; do
	kill -0 $pid 2>/dev/null || fail "it never closed: $(cat err)"
	sleep 0.1
done
# and what follows it: the entry, and the words on paper
sleep 1
ln -sfn state-b way
STATUS=0
wait $pid || STATUS=$?
[ $STATUS -eq 2 ] || fail "exit status $STATUS instead of 2: $(cat err)"
grep -qF 'FORMATS 3.61: way/lists: the outbox lies in the state state-b' err ||
	fail "it does not say why: $(cat err)"
must_pass "$ANCHORITE" ceremony verify --state state-b
ln -sfn box way
must_pass hold
[ -s box/lists/team.parcel ] || fail "the same command brings nothing"
cd ..

# --- a parcel that becomes another one between its words and the way out ---

typed changed "$whole"
mkdir mnt
# shellcheck disable=SC2086
people_end 0 keep "$ANCHORITE" $run_it
must_pass "$ANCHORITE" transfer unpack outbox/team.parcel --to files
must_pass "$ANCHORITE" transfer pack files/roots-000001.crt \
	--purpose result --from rehearsal-1 --to other.parcel
# shellcheck disable=SC2086
STICK=vfat people_end 0 --way stick --stick mnt --label blue-1 keep \
	strace -o calls -e trace=openat "$stick" $run_it
must_say 'safe-to-pull'
rm -r mnt/*
n=$(awk '/^openat/ { n++ } /^openat.*"outbox\/team\.parcel"/ { last = n }
	END { print last }' calls)
{
	until grep -q 'which was there already' "$ERR"; do
		sleep 0.1
	done
	sleep 1
	mv outbox/team.parcel kept
	cp other.parcel outbox/team.parcel
} &
: >"$ERR"
# shellcheck disable=SC2086
STICK=vfat people_end 0 --way stick --stick mnt --label blue-1 \
	--shown shown keep strace -o /dev/null -e trace=openat \
	-e inject=openat:delay_enter=5000000:when="$n" "$stick" $run_it
wait
cmp -s outbox/team.parcel other.parcel || fail "it is the same one still"
grep -qF 'Refused: outbox/team.parcel: FORMATS 3.61: it is another parcel than the record has' \
	shown || fail "it does not say that it is another"
[ -z "$(ls mnt)" ] || fail "another parcel went out under those words"
mv kept outbox/team.parcel
cd ..

# --- cut between the closing and the outbox, and within it ---

ready cuts "$whole"
must_pass strace -o calls -e trace=openat,write,fsync \
	"$ANCHORITE" ceremony run plan.ini --room room.ini
# place CALL: which of them is the first that has to do with the parcel
place() {
	awk -v call="$1" '
	index($0, call "(") == 1 { n++; if (out) { print n; exit } }
	/openat.*"team\.parcel", O_WRONLY/ {
		out = 1
		if (call == "openat") { print n; exit }
	}' calls
}
# begin_anew: the room as it was, in a folder of its own
begin_anew() {
	rm -rf cut
	cp -a cuts cut
	cd cut || exit
	rm -rf state-a state-b paper/head* outbox/* sheets/*
}
cp outbox/team.parcel ../whole.parcel
cd ..
for call in openat write fsync; do
	n=$(cd cuts && place $call)
	[ -n "$n" ] || fail "no $call was seen"
	begin_anew
	run strace -o /dev/null -e trace=$call -e inject=$call:signal=KILL:when="$n" \
		"$ANCHORITE" ceremony run plan.ini --room room.ini
	[ "$STATUS" -eq 137 ] || complain "it was not cut at $call" hold
	must_pass "$ANCHORITE" ceremony verify --state state-a
	if [ -e outbox/team.parcel ] &&
		! cmp -s outbox/team.parcel ../whole.parcel; then
		refused_at_the_end 'it is there, and is another or not whole'
		must_pass "$ANCHORITE" transfer result team --state state-a \
			--to made.parcel
		cmp made.parcel ../whole.parcel || fail "another parcel"
		rm outbox/team.parcel
	fi
	must_pass hold
	cmp outbox/team.parcel ../whole.parcel || fail "another parcel"
	cd ..
done

# a stick that goes once the ceremony is closed: nothing is lost with it
# (the last call that opens it only looks whether the outbox lies in it)
n=$(awk '/^openat\(/ { n++ }
	/^openat\(.*"state-a"/ { make = look; look = n }
	END { print make }' cuts/calls)
begin_anew
run strace -o /dev/null -e trace=openat -e inject=openat:error=EIO:when="$n" \
	"$ANCHORITE" ceremony run plan.ini --room room.ini
[ "$STATUS" -eq 2 ] || complain "exit status 2 was expected" hold
says 'anchorite: the ceremony is closed, and its parcels are not made: state-a'
says 'the same command makes them, once that is mended'
[ -z "$(ls outbox)" ] || fail "something was given out"
must_pass hold
cmp outbox/team.parcel ../whole.parcel || fail "another parcel"
