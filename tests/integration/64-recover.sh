#!/bin/sh
# A recovery that cannot be wrong: with a record, with a public key alone, with
# neither; and a root's key into a file, confirmed, encrypted and noted.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/machine.sh"
. "$ROOT/tests/integration/typed.sh"

must_pass "$ANCHORITE" rehearse --dir r
for i in 1 2 3 4 5; do
	sed -n 's/^share: //p' r/sheets/g1-e1-sheet0$i-* >share$i
done
# three words in a row are nobody's sentence
for n in 1 4 7 10 13 16 19 22 25 28 31; do
	cut -d' ' -f$n-$((n + 2)) share?
done >fake/pieces
cp r/state/roots/000003.crt g1.crt
openssl x509 -in g1.crt -noout -pubkey >g1.pem
openssl pkey -pubin -in g1.pem -outform DER -out g1.der
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out other.key 2>/dev/null
openssl pkey -in other.key -pubout -out other.pem
openssl genrsa -out rsa.key 3072 2>/dev/null
openssl pkey -in rsa.key -pubout -out rsa.pem

# refused CODE FRAGMENT COMMAND...: no word is quoted, no file is left.
refused() {
	remember_files .
	must_refuse "$@"
	no_new_files .
	! grep -qF -f fake/pieces "$ERR" "$OUT" || fail "words were quoted"
}
recover() {
	"$ANCHORITE" share recover "$@"
}
bare() {
	recover --public g1.crt "$@"
}

# --- the record is lost, a public key is not ---
must_pass recover --root g1 --state r/state share1 share2 share3
grep '^root-' "$OUT" >of-record
for public in g1.crt g1.pem g1.der; do
	must_pass recover --public $public share5 share2 share4
	must_say 'TEST (rehearsal)'
	must_say 'the sheets give this public key'
	grep '^root-' "$OUT" >bare
	[ "$(tr -s ' ' <bare)" = "$(tr -s ' ' <of-record)" ] ||
		fail "another key with $public"
done
refused 1 "FORMATS 4.8: too few shares: 2 of 3 shares of group 1" \
	bare share1 share2
refused 1 "FORMATS 4.14: share share1 is share share1 once more" \
	bare share1 share2 share1
"$HELPER/slip39" forge <share2 >forged
refused 1 "FORMATS 4.15: the digest of group 1 does not match: one of these shares" \
	bare share1 forged share3
refused 1 "FORMATS 4.15: share forged does not belong with the others of group 1" \
	bare share1 forged share3 share4
cat share1 share3 share4 >three
refused 1 "FORMATS 4.15: share forged does not belong" bare three forged
cat share1 forged share3 share4 >four
refused 1 "FORMATS 4.15: share four:2 does not belong" bare four
refused 1 "FORMATS 4.14: shares share2 and forged have the same place" \
	bare share1 share2 forged share3
awk '{ $9 = $9 == "academic" ? "acid" : "academic"; print }' share2 >slip
refused 1 "slip: FORMATS 4.6: the checksum of the share does not hold; if only one word is wrong, it is word 9" \
	bare share1 slip share3
"$HELPER/slip39" split --secret "$(printf '5a%.0s' $(seq 32))" \
	--group-threshold 1 --groups 3/5 --passphrase TREZOR >strangers
sed -n 1p strangers >stranger
head -n 3 strangers >strange
refused 1 "FORMATS 4.13: share stranger is of another set than share share1: their identifiers differ" \
	bare share1 share2 stranger
refused 1 "g1.crt: FORMATS 4.10: the shares combine, but not to this key: a passphrase is missing" \
	bare strange

# the root's own seed, under a passphrase that no record knows
cat share1 share2 share3 >three
"$HELPER/slip39" split --secret "$("$HELPER/slip39" recover <three)" \
	--group-threshold 1 --groups 2/3 --passphrase 'a word of mine' |
	head -n 2 >under
refused 1 "g1.crt: FORMATS 4.10: the shares combine, but not to this key: a passphrase is missing" \
	bare under
echo 'a word of yours' >yours
refused 1 "g1.crt: FORMATS 4.10: the shares combine, but not to this key" \
	bare under --passphrase yours
echo 'a word of mine' | cat yours - >both
must_pass bare under --passphrase both
must_say 'the sheets give this public key'
must_pass bare three --passphrase both # they have none
refused 2 "--passphrase is for --root or --public" recover --passphrase both under
refused 2 "--passphrase goes with shares from files" bare --passphrase both

# sixteen bytes are no seed, and not every key comes from one
"$HELPER/slip39" split --secret "$(printf '5a%.0s' $(seq 16))" \
	--group-threshold 1 --groups 2/2 >small
refused 1 "FORMATS 5.1: the shares give 16 bytes" bare small
on_quiet() {
	machine quiet none "$ANCHORITE" share recover "$@"
}
refused 1 "rsa.pem: FORMATS 5.2: no root's key of rsa-3072 comes from a seed" \
	on_quiet --public rsa.pem share1 share2 share3
refused 1 "other.pem: FORMATS 4.10" on_quiet --public other.pem share1 share2 share3
refused 1 "other.key: neither a certificate nor a public key" \
	on_quiet --public other.key share1 share2 share3
# what may be real words is taken on no machine with a way out
refused 1 "RULES S4: network: eth0 is up" machine loud none "$ANCHORITE" \
	share recover --public other.pem share1 share2 share3

# an altered share of a group of one
"$HELPER/slip39" split --secret "$(printf '5a%.0s' $(seq 32))" \
	--group-threshold 2 --groups 2/3,1/1 | sed '/^$/d' >two
sed -n 1,2p two >pair
sed -n 4p two | "$HELPER/slip39" forge >alone
refused 1 "FORMATS 4.15: the digest over the groups does not match" bare pair alone

# --- neither record nor key: what is known, and that it cannot be told whose ---
unknown() {
	refused 2 "FORMATS 4.41: it cannot be told whose key these shares give" \
		on_quiet "$@"
	must_say "nothing here says whose key this is"
	! grep -q recovered "$OUT" || fail "something was called recovered"
}
unknown share1 share2 share3
must_say "share1: member 1 of group 1, 33 words, checksum holds; its group needs 3"
must_say "3 shares combine, and the digest holds"
must_say "1 of 1 are needed"
unknown share1
must_say "too few shares: 1 of 3 shares of group 1"
unknown strange
refused 1 "FORMATS 4.15: share forged does not belong" \
	on_quiet share1 forged share3 share4

refused 2 "either --root, of a state, or --public" recover --root g1 --public g1.crt
refused 2 "--root NAME is needed where --state is" recover --state r/state share1
refused 2 "--root NAME is needed where --export-key is" recover --export-key out
refused 2 "--journal is for --export-key" recover --root g1 --journal j

# --- at the terminal ---
# what no words can help is said before any is typed
run typed seen "'$ANCHORITE' share recover --public rsa.pem --waive 'network,swap:a test'" \
	"$(cat share1)" "$(cat share2)" "$(cat share3)"
[ "$STATUS" -eq 1 ] || complain "a key of RSA came from a seed" typed
tr -d '\r\n' <seen >flat
grep -q 'rsa.pem: FORMATS 5.2: no root' flat || fail "it was not refused"
! grep -q 'All words' flat || fail "words were asked for in vain"
bare_typed="'$ANCHORITE' share recover --public g1.crt"
must_pass typed seen "$bare_typed" "$(cat share2)" "$(cat slip)" \
	"$(cat share2)" "$(cat share5)" "$(cat share1)"
tr -d '\r\n' <seen >flat
grep -q "All words of the first TEST sheet (no real one's)" flat ||
	fail "it is not said that real words are not wanted"
grep -q 'Refused: FORMATS 4.6:.*it is word 9' flat || fail "no word was named"
grep -q 'Refused: FORMATS 4.14:' flat || fail "the same twice was taken"
grep -q 'the sheets give this public key' seen || fail "it was not recovered"
# and with a passphrase, asked for until it is right
sed -n 1p under >under1
sed -n 2p under >under2
must_pass typed seen "$bare_typed" "$(cat under1)" "$(cat under2)" \
	'a word of yours' 'a word of mine'
tr -d '\r\n' <seen >flat
grep -q 'FORMATS 4.10: the shares combine, but not.*passphrase:.*FORMATS 4.10' \
	flat || fail "nobody was asked once more"
grep -q 'the sheets give this public key' seen || fail "it was not recovered"
! grep -q 'a word of' seen || fail "a passphrase is on the screen"
# one is forged: one sheet more tells which, by its number
run typed seen "$bare_typed" "$(cat share1)" "$(cat forged)" "$(cat share3)" \
	"$(cat share4)"
[ "$STATUS" -eq 1 ] || complain "a forged sheet was taken" typed
tr -d '\r\n' <seen >flat
grep -q 'one of these shares is not of the set.*number 4' flat ||
	fail "no further sheet was asked for"
grep -q 'FORMATS 4.15: share 2 does not belong with the others' flat ||
	fail "the forged sheet was not named"

# --- the key, into a file ---
out_typed="'$ANCHORITE' share recover --root g1 --state r/state share1 share2 share3 --journal journal --export-key"
pass='a passphrase of a rehearsal'
must_pass typed seen "$out_typed g1.key" g1 short "$pass" "$pass." "$pass" "$pass"
tr -d '\r' <seen >plain
grep -q 'Refused: FORMATS 5.17: a passphrase of 5 characters' plain ||
	fail "a short passphrase was taken"
grep -q 'Refused: the two differ' plain || fail "two passphrases were taken"
grep -q '^exported *g1.key' plain || fail "it does not say what was written"
grep -q "journal/signed/000001.txt: the key of root g1 was written out" plain ||
	fail "it does not say where it was noted"
! grep -q "passphrase of a rehearsal\|short" plain ||
	fail "a passphrase is on the screen"
[ "$(stat -c %a g1.key)" = 600 ] || fail "others may read it"
grep -q '^-----BEGIN ENCRYPTED PRIVATE KEY-----$' g1.key || fail "not encrypted"
must_pass openssl pkey -in g1.key -passin "pass:$pass" -pubout -out got.pem
cmp got.pem g1.pem || fail "it is another key"
run openssl pkey -in g1.key -passin "pass:$pass." -noout
[ "$STATUS" -ne 0 ] || fail "another passphrase opens it"
openssl asn1parse -in g1.key >shape
grep -q PBES2 shape && grep -q hmacWithSHA512 shape &&
	grep -q aes-256-cbc shape && grep -q ':0F4240$' shape ||
	fail "not the encryption that was promised"
note=journal/signed/000001.txt
grep -q "^file $(sha384sum g1.key | cut -d' ' -f1)\$" $note &&
	grep -q '^mac [0-9a-f]\{64\}$' $note || fail "the note says another file"
# of another curve, and of a root that has no certificate: the sheets say so
must_pass typed seen "'$ANCHORITE' share recover --root g3 --state r/state --export-key g3.key $(echo r/sheets/g3-*0[12]-*)" \
	g3 "$pass" "$pass"
[ -d r/journal ] || fail "the journal is not beside the state"
must_pass openssl pkey -in g3.key -passin "pass:$pass" -pubout -out g3.pem
openssl pkey -pubin -in g3.pem -noout -text | grep -q 'prime256v1' ||
	fail "not of P-256"
must_pass recover --public g3.pem r/sheets/g3-*0[23]-*
# a second one, and the first is told
must_pass typed seen "$out_typed second.key" g1 "$pass" "$pass"
cmp g1.key second.key || fail "one key and passphrase gave two files"
tr -d '\r\n' <seen >flat
grep -q "exported-before.*file $(sha384sum g1.key | cut -d' ' -f1)" flat ||
	fail "the first one was forgotten"

# no: another name, no terminal, a file that is there, the state's own folder
remember_files .
run typed ../typing "$out_typed third.key" g2
[ "$STATUS" -eq 1 ] || complain "it was not confirmed" typed
run typed ../typing "$out_typed third.key" "$(printf 'g1\003')"
[ "$STATUS" -ne 0 ] || complain "it was interrupted" typed
no_new_files .
tr -d '\r' <../typing >/dev/null
export_to() {
	setsid -w "$ANCHORITE" share recover --root g1 --state r/state share1 \
		share2 share3 --journal journal --export-key "$1"
}
refused 2 "the terminal cannot be opened" export_to third.key
refused 1 "g1.key: it is there already" export_to g1.key
refused 1 "FORMATS 7.1: it would lie inside the state" export_to r/state/lists/g1.key
refused 2 "its folder is not there" export_to nowhere/g1.key
# what can be no file is said before anything is typed
refused 2 "--export-key: not the name of a file" export_to ''
if unshare -m true 2>/dev/null; then
	mkdir read-only
	echo "mount -t tmpfs -o ro none read-only && exec $out_typed read-only/g1.key" >export.sh
	run typed ../typing "unshare -m sh export.sh" g1 "$pass" "$pass"
	tr -d '\r\n' <../typing >../flat
	grep -q 'read-only/g1.key: its folder cannot be written to' ../flat ||
		fail "a folder that is read only was taken"
	! grep -q "Type the root" ../flat || fail "the name was typed in vain"
	rm export.sh
	rmdir read-only
fi
# a note that says what nobody who had the sheets wrote
cp -r journal kept
sed -i 's/^mac ./mac x/' journal/signed/000002.txt
refused 1 "journal: entry 2: " export_to third.key
rm -r journal
cp -r kept journal

# a disk that is full keeps the note, and no file
if [ -c /dev/full ] && unshare -m true 2>/dev/null; then
	mkdir small-disk
	cat >export.sh <<SH
mount -t tmpfs -o size=4k none small-disk
head -c 4096 /dev/zero >small-disk/filler
exec $out_typed small-disk/g1.key
SH
	run typed seen "unshare -m sh export.sh" g1 "$pass" "$pass"
	[ "$STATUS" -eq 2 ] || complain "a full disk took it" typed
	tr -d '\r\n' <seen >flat
	grep -q 'noted in journal, and not written: ' flat ||
		fail "it does not say that it was noted: $(cat flat)"
	[ -f journal/signed/000003.txt ] || fail "it was not noted"
fi

# --- a record with the passphrase of nobody ---
refused 1 "FORMATS 4.9" recover --root g1 --state r/state strange
