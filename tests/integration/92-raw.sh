#!/bin/sh
# Devices without a file system: what may be written, and what is taken.
. "$ROOT/tests/integration/lib.sh"
stick=${HELPER%/helper}/planted/stick
# where it is built with the sanitizers: no look for leaks under strace
export ASAN_OPTIONS=detect_leaks=0

# refused CODE FRAGMENT CMD...: nothing came of it.
refused() {
	must_refuse "$@"
	[ ! -e got ] || fail "something was delivered"
}
receive() {
	"$stick" transfer receive "$@" --to got --label blue-1
}
send() {
	"$stick" transfer send p --label red-1 "$@"
}

openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem \
	2>/dev/null
openssl req -new -key key.pem -subj /CN=gateway -out gateway.csr
must_pass "$ANCHORITE" transfer pack gateway.csr --purpose request \
	--from firmware-team --to p
len=$(wc -c <p)
hex() {
	od -An -v -tx1 | tr -d ' \n'
}

# --- no device at all ---

echo x >file
refused 1 "file: FORMATS 10.60: it is not a block device" send --raw file
refused 1 "file: FORMATS 10.60: it is not a block device" receive raw:file
refused 1 "/dev/null: FORMATS 10.60: it is not a block device" \
	send --raw /dev/null
refused 2 "$WORK/sdx: No such file" send --raw "$WORK/sdx"
[ ! -e sdx ] || fail "a device that is not there was made"

[ "$(id -u)" -eq 0 ] || skip "only root may make a device"
truncate -s 4M image
loop=$(losetup -f --show image 2>/dev/null) || skip "no loop device here"
other=
trap 'umount mnt 2>/dev/null || :; losetup -d "$loop" $other' EXIT

# A device of the name that the kernel would give it.
sys=$WORK/sys/devices/pci0/usb1/1-1/host0/block/sdz
mkdir -p "$sys" "$WORK/sys/dev/block"
shown() {
	ln -sfn "../../devices/pci0/usb1/1-1/host0/block/sdz${1:-}" \
		"$WORK/sys/dev/block/$(stat -c %Hr:%Lr "$loop")"
}
shown
export STICK_SYSFS=$WORK/sys
echo 4C53-77 >"$WORK/sys/devices/pci0/usb1/1-1/serial"

refused 1 "$loop: FORMATS 10.60: it is not a removable device" send --raw "$loop"
echo 0 >"$sys/removable"
refused 1 "$loop: FORMATS 10.60: it is not a removable device" send --raw "$loop"
echo 1 >"$sys/removable"
mkdir "$sys/sdz1"
echo 1 >"$sys/sdz1/partition"
shown /sdz1
refused 1 "$loop: FORMATS 10.60: it is a partition, and not a whole device" \
	send --raw "$loop"
shown
refused 1 "$loop: FORMATS 10.61: no parcel is there" receive "raw:$loop"

# --- out, and in ---

must_pass send --raw "$loop"
must_say "serial        4C53-77"
must_say "capacity      4194304 bytes"
must_say "safe-to-pull"
must_pass receive "raw:$loop"
cmp p got || fail "another parcel came in"
must_say "this stick went out on"
rm got
# as FORMATS 10.61 says
[ "$(head -c 1048592 image | tail -c 16)" = "anchorite parcel" ] ||
	fail "no magic at its place"
tail -c +1052673 image | head -c "$len" | cmp - p || fail "no parcel behind"
[ "$(head -c 1048648 image | tail -c 48 | hex)" = \
	"$(sha384sum p | cut -c 1-96)" ] || fail "another digest in the header"
cp image whole

# --- what is there is not lost ---

refused 1 "$loop: FORMATS 10.63: it holds a parcel; --erase would make it lose \
that" send --raw "$loop"
cmp image whole || fail "a refusal wrote to the device"
# holds WHAT OFFSET BYTES
holds() {
	truncate -s 0 image
	truncate -s 4M image
	printf "$3" | dd of=image bs=1 seek="$2" conv=notrunc status=none
	blockdev --flushbufs "$loop"
	cp image was
	refused 1 "$loop: FORMATS 10.63: it holds $1; --erase" send --raw "$loop"
	cmp image was || fail "a refusal wrote to the device"
}
holds 'a partition table, or a file system' 510 '\125\252'
holds 'a partition table (GPT)' 512 'EFI PART'
holds something 1048575 x
holds something 1048600 x
holds something 4194303 x
refused 2 "the terminal cannot be opened" setsid "$stick" transfer send p --raw "$loop" --erase \
	--label red-1
cmp image was || fail "a refusal wrote to the device"

# typed ANSWER: the question for the serial number is answered so.
typed() {
	code=0
	(sleep 1; echo "$1"; sleep 1) | SHELL=/bin/sh script -qec "'$stick' transfer \
send p --raw $loop --erase --label red-1" /dev/null >asked || code=$?
}
if command -v script >/dev/null; then
	typed 4C53-78
	grep -q 'another serial number was typed; nothing was erased' asked ||
		fail "another number was taken: $(cat asked)"
	cmp image was || fail "a refusal wrote to the device"
	typed 4C53-77
	[ $code -eq 0 ] || fail "it was not erased: $(cat asked)"
	must_pass receive "raw:$loop"
	cmp p got && rm got || fail "another parcel came in"
	[ "$(tail -c 1 image | hex)" = 00 ] || fail "the end was not erased"
	rm "$WORK/sys/devices/pci0/usb1/1-1/serial"
	typed 4194305
	grep -q 'another size was typed' asked || fail "any size was taken"
	typed 4194304
	[ $code -eq 0 ] || fail "its size was not taken: $(cat asked)"
fi

# --- mounted, held ---

blank() {
	truncate -s 0 image
	truncate -s 4M image
	blockdev --flushbufs "$loop"
}
blank
mkdir mnt
mkfs.ext4 -q image && mount "$loop" mnt 2>/dev/null && {
	refused 1 "$loop: FORMATS 10.60: it, or a part of it, is mounted or in \
use" send --raw "$loop" --erase
	umount mnt
}
truncate -s 1M tiny
other=$(losetup -f --show tiny)
ln -sfn ../../devices/pci0/usb1/1-1/host0/block/sdz \
	"$WORK/sys/dev/block/$(stat -c %Hr:%Lr "$other")"
refused 1 "$other: FORMATS 10.60: the device has 1048576 bytes, and that is too \
few" send --raw "$other"
refused 1 "$other: FORMATS 10.61: no parcel is there; the device has 1048576" \
	receive "raw:$other"

# --- what was not finished, or altered, is no parcel ---

spoil() {
	cp whole image
	eval "$2"
	blockdev --flushbufs "$loop"
	refused 1 "$1" receive "raw:$loop"
}
put() {
	printf "$2" | dd of=image bs=1 seek="$1" conv=notrunc status=none
}
spoil "$loop: FORMATS 10.61: no parcel is there, or one that was not finished" \
	"put 1048576 X"
spoil "$loop: FORMATS 10.61: its header is torn" "put 1048595 '\002'"
spoil "$loop: FORMATS 10.61: its header is torn" "put 1048650 X"
spoil "$loop: FORMATS 10.61: something stands behind its header" \
	"put 1052671 X"
spoil "$loop: FORMATS 10.61: its bytes have not the digest" \
	"put 1052680 '\377'"
spoil "$loop: FORMATS 10.61: its bytes have not the digest" \
	"put $((1052671 + len)) '\377'"
# a header that is whole and lies
lie() { # LENGTH, as printf takes it
	cp whole image
	{
		printf 'anchorite parcel\0\0\0\1'
		printf "$1"
		head -c 1048648 whole | tail -c 48
	} >head
	{ cat head; openssl dgst -sha384 -binary head; } |
		dd of=image bs=1 seek=1048576 conv=notrunc status=none
	blockdev --flushbufs "$loop"
}
lie '\0\0\0\0'
refused 1 "FORMATS 10.61: version 1 with 0 bytes; version 1 has 1 to" \
	receive "raw:$loop"
lie '\1\0\0\1'
refused 1 "FORMATS 10.61: version 1 with 16777217 bytes" receive "raw:$loop"
lie '\0\100\0\0'
refused 1 "FORMATS 10.61: its header promises more than the device has" \
	receive "raw:$loop"
lie '\0\0\0\20'
refused 1 "FORMATS 10.61: its bytes have not the digest" receive "raw:$loop"

# --- a device that fails, at every place ---

blank
must_pass strace -o calls -e trace=openat,pwrite64,pread64,fsync \
	"$stick" transfer send p --raw "$loop" --label red-1
for call in pwrite64 fsync pread64; do
	# those before the device is opened are not about it
	awk -v call="$call" -v dev="$loop" '
		index($0, dev) && /O_RDWR/ { open = 1 }
		index($0, call "(") == 1 { n++; if (open) print n }' calls >places
	[ -s places ] || fail "no $call is there to fail"
	for when in $(cat places); do
		blank
		run timeout 20 strace -o /dev/null -e trace=$call \
			-e inject=$call:error=EIO:when="$when" \
			"$stick" transfer send p --raw "$loop" --label red-1
		[ "$STATUS" -eq 2 ] || complain "$call $when: no failure" send
		grep -q '^anchorite: .*Input/output error' "$ERR" ||
			complain "$call $when: no sentence" send
		blockdev --flushbufs "$loop"
		run receive "raw:$loop"
		[ ! -e got ] || {
			cmp p got || fail "$call $when: half of it was taken"
			[ "$call" != pwrite64 ] || fail "$when: it is whole?"
			rm got
		}
	done
done
# lost writes, and short ones
for when in $(seq "$(grep -c '^pwrite64(' calls)"); do
	blank
	[ "$when" -eq 1 ] || { # zeros over zeros are no loss
		STICK_LOSES=$((when + 1)) run send --raw "$loop"
		[ "$STATUS" -eq 2 ] || complain "write $when was lost" send
		run receive "raw:$loop"
		[ ! -e got ] || fail "$when: half of it was taken"
	}
done
blank
must_refuse 2 "FORMATS 10.62: the device takes less than a block" strace \
	-o /dev/null -e trace=pwrite64 -e inject=pwrite64:retval=512:when=2 \
	"$stick" transfer send p --raw "$loop" --label red-1
# writes that are taken in part are gone on with, by whole blocks
printf '[x y]\n' >plan.ini
openssl rand -base64 40000 >note.txt
must_pass "$ANCHORITE" transfer pack plan.ini note.txt --purpose plan \
	--from firmware-team --to large
for takes in 4096 12288; do
	blank
	STICK_TAKES=$takes must_pass strace -o calls -e trace=pwrite64 "$stick" \
		transfer send large --raw "$loop" --label red-1
	[ "$(grep -c " = $takes\$" calls)" -gt 3 ] || fail "no write was short"
	must_pass receive "raw:$loop"
	cmp large got || fail "short writes made another parcel"
	rm got
done
# one that is too large for the device
openssl rand -base64 40000 >note2.txt
set -- note.txt note2.txt
for n in $(seq 3 60); do
	ln note2.txt note$n.txt
	set -- "$@" note$n.txt
done
must_pass "$ANCHORITE" transfer pack plan.ini "$@" --purpose plan \
	--from firmware-team --to huge
blank
cp image was
refused 1 "$loop: FORMATS 10.60: the device has 4194304 bytes, and that is too \
few" "$stick" transfer send huge --raw "$loop" --label red-1
cmp image was || fail "a refusal wrote to the device"
# cut in the middle
for when in 1 2 3; do
	blank
	run strace -o /dev/null -e trace=pwrite64 \
		-e inject=pwrite64:signal=KILL:when=$when \
		"$stick" transfer send p --raw "$loop" --label red-1
	blockdev --flushbufs "$loop"
	refused 1 "$loop: FORMATS 10.61: no parcel is there" receive "raw:$loop"
done
# a device that is shorter than it was
cp whole image
truncate -s 1M image
blockdev --flushbufs "$loop"
refused 2 "$loop: FORMATS 10.62: the device" receive "raw:$loop"
