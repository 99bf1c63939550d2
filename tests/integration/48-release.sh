#!/bin/sh
# At three in the morning: one command opens the sealed list of one key, proves
# it and says what it does; with it stock clients refuse that key and no other.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/short.sh"
. "$ROOT/tests/integration/sealed.sh"
"$ANCHORITE" words plan.ini | tail -n +2 >words
cp words paper/plan.words
must_pass hold
gateway=$("$ANCHORITE" delegation list --state state-a --json |
	grep -o 'gateway-release:[^"]*serial [0-9a-f]*' | sed 's/.* //')
sensor=$("$ANCHORITE" delegation list --state state-a --json |
	grep -o '"sensor:[^"]*serial [0-9a-f]*' | sed 's/.* //')
ca=state-a/roots/000001.crt
remember_files state-a

# each by itself: what the journal makes of several is another scenario
release() {
	rm -rf fresh
	"$ANCHORITE" revocation release --state state-a --journal fresh "$@"
}
# stopped LIST CERT: a stock client says so, and that it is revoked.
stopped() {
	run check "$1" "$2"
	[ "$STATUS" -ne 0 ] || fail "$1 lets $2 live"
	grep -q "certificate revoked" "$OUT" "$ERR" ||
		complain "$1 is refused" check "$1" "$2"
}
# refused CODE FRAGMENT ARGS...: and nothing is left.
refused() {
	must_refuse "$@"
	[ ! -e out ] || fail "a refused release left a folder"
	[ ! -e journal ] && [ ! -e fresh ] ||
		fail "a refused release is in a journal"
	no_new_files state-a
}

# --- one key, by its name ---
before=$(date +%s%N)
must_pass release gateway-release --with night.key --to one
took=$((($(date +%s%N) - before) / 1000000))
echo "one key released in $took ms"
[ $took -lt 1000 ] || fail "it took $took ms"
must_say "gateway-release: release of gateway, slot "
must_say "release of gateway: none"
must_say " days, to "
# the list of the other key alone takes it back: it is to be withheld
must_pass release gateway-release --with day.key --to two --json
for file in g1.crl.pem g1.crl; do
	cmp one/$file two/$file || fail "two responders publish two lists"
done
[ "$(ls one | wc -l)" -eq 2 ] || fail "more than two files are published"
# said FACT LINES: that fact of the JSON begins with these values.
said() {
	n=$(echo "$2" | wc -l)
	[ "$(sed -n "/\"$1\": /,/\]/p" "$OUT" | sed -n "2,$((n + 1))p" |
		sed 's/^ *"//; s/",*$//')" = "$2" ] || fail "$1 does not say: $2"
}
said withhold "sealed/000002.p7m: revokes sensor"
said may-follow "sealed/000003.p7m: revokes gateway-release and sensor
sealed/000004.p7m: revokes all"
stopped one/g1.crl.pem "state-a/issued/$gateway.crt"
must_pass check one/g1.crl.pem "state-a/issued/$sensor.crt"
openssl crl -inform DER -in one/g1.crl | cmp - one/g1.crl.pem ||
	fail "the two forms differ"
must_refuse 1 "revoked" "$ANCHORITE" delegation verify \
	"state-a/issued/$gateway.crt" --ca $ca --crl one/g1.crl --rehearsal
must_pass "$ANCHORITE" delegation verify "state-a/issued/$sensor.crt" \
	--ca $ca --crl one/g1.crl --rehearsal

# --- by number as openssl prints it, by certificate, and all ---
must_pass release "$(echo "$sensor" | tr a-f A-F)" --with night.key --to three
must_pass release "state-a/issued/$sensor.crt" --with night.key --to four
cmp three/g1.crl four/g1.crl || fail "number and certificate are two keys"
stopped four/g1.crl.pem "state-a/issued/$sensor.crt"
must_pass check four/g1.crl.pem "state-a/issued/$gateway.crt"
# when one was released before, both stay stopped, and what comes later wins
must_pass release sensor+gateway-release --with night.key --to both
must_say "sealed/000003.p7m: number"
must_say "sealed/000002.p7m: revokes sensor"
stopped both/g1.crl.pem "state-a/issued/$gateway.crt"
stopped both/g1.crl.pem "state-a/issued/$sensor.crt"
cat one/g1.crl.pem both/g1.crl.pem >twice.pem
stopped twice.pem "state-a/issued/$sensor.crt"
must_pass release all --with night.key --to five
must_say "sealed/000003.p7m: revokes gateway-release and sensor"
! grep -q "may-follow\|goes-on" "$OUT" || fail "something revokes more than all"
stopped five/g1.crl.pem "state-a/issued/$sensor.crt"
stopped five/g1.crl.pem "state-a/issued/$gateway.crt"

# --- RAUC, where it is: the bundle that was good is refused ---
# rauc_says LIST: with the root and that list on the device.
rauc_says() {
	cat $ca "$1" >keyring.pem
	rauc -c system.conf info good.raucb
}
if command -v rauc >rauc.path && command -v mksquashfs >rauc.path; then
	printf '[system]\ncompatible=Example\nbootloader=noop\n[keyring]\n%s' \
		"path=keyring.pem
check-crl=true
check-purpose=codesign
" >system.conf
	mkdir content
	echo "firmware 4.0" >content/rootfs.img
	printf '[update]\ncompatible=Example\nversion=4.0\n[image.rootfs]\n%s\n' \
		filename=rootfs.img >content/manifest.raucm
	must_pass rauc bundle --cert="state-a/issued/$gateway.crt" \
		--key=team.key content good.raucb
	must_pass rauc_says state-a/lists/000001.crl
	must_pass rauc_says three/g1.crl.pem
	run rauc_says one/g1.crl.pem
	[ "$STATUS" -ne 0 ] || fail "rauc takes a bundle by a stopped key"
	grep -q "certificate revoked" "$OUT" "$ERR" ||
		complain "rauc refuses for another reason" rauc_says one/g1.crl.pem
else
	echo "no rauc here: nothing said of it"
fi

# --- a key under a passphrase, which is asked for at the terminal alone ---
rm -r fresh
openssl pkcs8 -topk8 -in night.key -out locked.key -passout pass:moonlight
refused 2 "the terminal cannot be opened" setsid -w "$ANCHORITE" revocation release sensor \
	--state state-a --with locked.key --to out
# at DIR PASSPHRASE: somebody types that.
at() {
	(
		sleep 1
		printf '%s\n' "$2"
		sleep 1
	) | script -qec "'$ANCHORITE' revocation release sensor \
		--state state-a --with locked.key --to $1" typed >/dev/null
}
run at out daylight
[ "$STATUS" -eq 1 ] || complain "another passphrase is taken" at out
grep -q "locked.key: the passphrase is another" typed ||
	fail "it does not say what is wrong with the passphrase"
[ ! -e out ] || fail "a refused release left a folder"
[ ! -e journal ] || fail "a refused release is in the journal"
must_pass at six moonlight
rm -r journal
! grep -q moonlight typed || fail "the passphrase is on the screen"
cmp six/g1.crl four/g1.crl || fail "the same key opens another list"

# --- refused ---
refused 1 'there is no delegation "gatewy" in this state' \
	release gatewy --with night.key --to out
refused 1 "sensor+$sensor is one key, not two" \
	release "sensor+$sensor" --with night.key --to out
refused 2 "nothing.crt: " release ./nothing.crt --with night.key --to out
# a certificate that has the number, and another key
openssl req -x509 -new -key day.key -subj /CN=x -days 3 \
	-set_serial "0x$sensor" -out same.crt
refused 1 'there is no delegation "same.crt" in this state' \
	release same.crt --with night.key --to out
openssl ecparam -name prime256v1 -genkey -noout -out thief.key
refused 1 "thief.key: it is the key of no responder of ceremony 1" \
	release sensor --with thief.key --to out
refused 1 "plan.ini: not a private key in PEM" \
	release sensor --with plan.ini --to out
mkdir there
must_refuse 1 "there: a release wants a folder of its own" \
	release sensor --with night.key --to there
[ -z "$(ls there)" ] || fail "it wrote into a folder that was there"

# a medium that fails at any sync of any file: all of it is published or none,
# and none that is not in the journal
n=0
while [ $((n += 1)) -le 40 ]; do
	rm -rf journal
	run strace -o calls -e trace=fsync,write \
		-e inject=fsync:error=EIO:when=$n "$ANCHORITE" revocation \
		release sensor --state state-a --with night.key --to out
	[ "$STATUS" -ne 0 ] || break
	[ "$STATUS" -eq 2 ] || complain "a failing medium is exit status 2" $n
	[ ! -e out ] || fail "half of a release is left after sync $n"
	must_pass "$ANCHORITE" revocation release sensor --state state-a \
		--with night.key --to out --again
	[ -e journal/signed/000001.txt ] || fail "it is not in the journal"
	rm -r out
done
echo "$n syncs tried"
[ "$n" -gt 8 ] || fail "files or folders are not synced"
rm -r out journal
must_refuse 2 "noted in journal, and not published (repeat it with --again): nowhere/out: a release wants a folder of its own" \
	"$ANCHORITE" revocation release sensor --state state-a --with night.key --to nowhere/out
rm -r journal

# altered FRAGMENT: the state in bad is refused.
altered() {
	refused 1 "$1" "$ANCHORITE" revocation release sensor --state bad \
		--with night.key --to out
	rm -r bad
}
# one byte of the envelope, and a whole other one in its place
cp -a state-a bad
chmod u+w bad/sealed/000002.p7m
printf '\377' | dd of=bad/sealed/000002.p7m bs=1 seek=700 conv=notrunc 2>dd.err
altered "sealed/000002.p7m: FORMATS 7.3: its digest is not the one"
cp -a state-a bad
cp -f state-a/sealed/000001.p7m bad/sealed/000002.p7m
altered "sealed/000002.p7m: FORMATS 7.3: its digest is not the one"
# even where the record was made anew to commit it, what it holds is known
kill=$("$ANCHORITE" ceremony log --state state-a | grep -n '"kind":"kill"' |
	cut -d: -f1)
cp -a state-a bad
cp -f state-a/sealed/000001.p7m bad/sealed/000002.p7m
"$HELPER/forge" object bad "$kill"
altered "sealed/000002.p7m: FORMATS 8.36: its list is not the one whose digest"
cp -a state-a bad
chmod u+w bad/sealed/000002.p7m
printf '\377' | dd of=bad/sealed/000002.p7m bs=1 seek=$(($(stat -c %s \
	bad/sealed/000002.p7m) - 20)) conv=notrunc 2>dd.err
"$HELPER/forge" object bad "$kill"
altered "sealed/000002.p7m: it is not sealed to this key, or was altered"
# a record that does not replay
cp -a state-a bad
chmod u+w bad/record/000003.json
printf ' ' >>bad/record/000003.json
altered "000003"
