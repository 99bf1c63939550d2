#!/bin/sh
# Parcels: what goes in comes out, stock tools check it, and what is not wanted
# is refused before anything is written.
. "$ROOT/tests/integration/lib.sh"
planted=${HELPER%/helper}/planted/stick
# where it is built with the sanitizers: no look for leaks under strace
export ASAN_OPTIONS=detect_leaks=0

# refused CODE FRAGMENT CMD...: and nothing was made.
refused() {
	remember_files "$WORK"
	must_refuse "$@"
	no_new_files "$WORK"
}

key() {
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 2>/dev/null
}
key >key.pem
openssl req -new -key key.pem -subj /CN=gateway -out gateway.csr
openssl req -new -key key.pem -subj /CN=Sensor -outform DER -out Sensor.csr
openssl req -x509 -new -key key.pem -subj /CN=x -days 9 -outform DER -out a.crt

# --- in and out ---

must_pass "$ANCHORITE" transfer pack gateway.csr ./Sensor.csr \
	--purpose request --from firmware-team --to request.parcel
must_say "purpose       request"
must_say "not-before    none"
cp "$OUT" packed
must_pass "$ANCHORITE" transfer show request.parcel
cmp packed "$OUT" || fail "both sides do not read the same"
must_pass "$ANCHORITE" transfer unpack request.parcel --to inbox
cmp packed "$OUT" || fail "both sides do not read the same"
cmp gateway.csr inbox/gateway.csr || fail "another request came out"
cmp Sensor.csr inbox/Sensor.csr || fail "another request came out"
[ "$(ls inbox | wc -l)" -eq 3 ] || fail "there is more in it"
(cd inbox && sha256sum --strict -c MANIFEST) >/dev/null ||
	fail "sha256sum does not take the manifest"
# the digest and its words are those of the manifest
must_pass "$ANCHORITE" words inbox/MANIFEST
grep -qF "parcel        $(head -n 1 "$OUT")" packed || fail "another digest"
sed -n 2p "$OUT" >line
grep -qF "parcel-words  $(cat line)" packed || fail "other words"
# a parcel is its manifest and what follows, and nothing else
cat inbox/MANIFEST gateway.csr Sensor.csr | cmp - request.parcel ||
	fail "a parcel is not what FORMATS 10.1 says"
must_pass "$ANCHORITE" transfer pack Sensor.csr gateway.csr \
	--purpose request --from firmware-team --to again.parcel
cmp request.parcel again.parcel || fail "the same files give another parcel"

# --- refusals ---

refused 1 "inbox: it is there already; a parcel is unpacked into a new folder" \
	"$ANCHORITE" transfer unpack request.parcel --to inbox
refused 1 "request.parcel: is there already" "$ANCHORITE" transfer pack \
	gateway.csr --purpose request --from a --to request.parcel
refused 1 "a.crt: FORMATS 10.6: a parcel of purpose request has files in .csr only" \
	"$ANCHORITE" transfer pack a.crt --purpose request --from a --to p
cp a.crt b.csr
refused 1 "b.csr: FORMATS 6." \
	"$ANCHORITE" transfer pack b.csr --purpose request --from a --to p
refused 1 "gateway.csr is out of order, or a name that was there already" \
	"$ANCHORITE" transfer pack gateway.csr inbox/gateway.csr \
	--purpose request --from a --to p
cp gateway.csr Gateway.CSR.csr
cp gateway.csr gateway.csr.csr
refused 1 "FORMATS 10.4: " "$ANCHORITE" transfer pack Gateway.CSR.csr \
	gateway.csr.csr --purpose request --from a --to p
for name in .hidden.csr -dash.csr 'a b.csr' a~1.csr con.csr trailing.; do
	cp gateway.csr "./$name"
	refused 1 "FORMATS 10.3: no name that a file of a parcel can have" \
		"$ANCHORITE" transfer pack --purpose request --from a --to p \
		-- "./$name"
done
refused 2 "--purpose gift: FORMATS 10.6: it is none of plan, request, result, countersign, release, state" \
	"$ANCHORITE" transfer pack gateway.csr --purpose gift --from a --to p
refused 2 '--from A: not a word' \
	"$ANCHORITE" transfer pack gateway.csr --purpose request --from A --to p
refused 2 '--not-before soon: a date is YYYY-MM-DD' "$ANCHORITE" transfer pack \
	gateway.csr --purpose request --from a --not-before soon --to p
mkfifo pipe.csr
refused 1 "pipe.csr: not a regular file" "$ANCHORITE" transfer pack pipe.csr \
	--purpose request --from a --to p
refused 2 "absent: cannot be opened" "$ANCHORITE" transfer show absent
refused 1 "key.pem: FORMATS 10.1: no parcel" "$ANCHORITE" transfer show key.pem
truncate -s 17M large
refused 1 "large: larger than 16777216 bytes" "$ANCHORITE" transfer show large
head -c -1 request.parcel >cut
refused 1 "cut: FORMATS 10.1: " "$ANCHORITE" transfer unpack cut --to p
(cat request.parcel && echo) >more
refused 1 "more: FORMATS 10.1: " "$ANCHORITE" transfer unpack more --to p
# what is another parcel has another digest, and that is what the words are for
sed 's/firmware-team/firmware-tean/' request.parcel >other
must_pass "$ANCHORITE" transfer show other
! cmp -s "$OUT" packed || fail "another parcel has the same words"
! grep -qF "$(sed -n 's/^parcel  *//p' packed)" "$OUT" ||
	fail "another parcel has the same digest"
printf '\0' | dd of=again.parcel bs=1 conv=notrunc status=none \
	seek=$(($(wc -c <again.parcel) - 1))
refused 1 "again.parcel: FORMATS 10.1: Sensor.csr has not the digest" \
	"$ANCHORITE" transfer unpack again.parcel --to p

# --- not before its day ---

must_pass "$ANCHORITE" transfer pack gateway.csr --purpose request --from a \
	--not-before 2027-03-01 --to later
must_say "not-before    2027-03-01T00:00:00Z"
export STICK_CLOCK=1803859199
refused 1 "later: FORMATS 10.7: not to be used before 2027-03-01T00:00:00Z, \
and the clock says 2027-02-28T23:59:59Z" \
	"$planted" transfer unpack later --to p
must_pass "$planted" transfer show later
STICK_CLOCK=1803859200 must_pass "$planted" transfer unpack later --to p

# --- what was killed left no MANIFEST ---

command -v strace >/dev/null || skip "all but the cuts: no strace"
for when in 1 2 3; do
	run strace -o "$WORK/../calls" -e trace=write -e inject=write:signal=KILL:when=$when \
		"$ANCHORITE" transfer unpack request.parcel --to cut-$when
	[ ! -e cut-$when/MANIFEST ] || [ ! -s cut-$when/MANIFEST ] ||
		fail "a cut left a manifest"
done
