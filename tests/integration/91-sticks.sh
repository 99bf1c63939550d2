#!/bin/sh
# Sticks: the one whole parcel is taken, and nothing else is believed, opened
# or followed.
. "$ROOT/tests/integration/lib.sh"
stick=${HELPER%/helper}/planted/stick
READ=ro,nosuid,nodev,noexec
export STICK=vfat

# A device with a serial number for the folder we are in.
device=$(stat -c %Hd:%Ld .)
usb=$WORK/sys/devices/pci0/usb1/1-1
disk=$usb/1-1:1.0/host0/block/sdz
mkdir -p "$disk/sdz1" "$WORK/sys/dev/block"
echo 1 >"$disk/sdz1/partition"
echo 1 >"$disk/removable"
echo 15728640 >"$disk/size"
echo 0781 >"$usb/idVendor"
echo '4C530001 180928' >"$usb/serial"
echo hub >"${usb%/*}/serial"
ln -s ../../devices/pci0/usb1/1-1/1-1:1.0/host0/block/sdz/sdz1 \
	"$WORK/sys/dev/block/$device"
export STICK_SYSFS=$WORK/sys

openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem \
	2>/dev/null
openssl req -new -key key.pem -subj /CN=gateway -out gateway.csr
openssl req -new -key key.pem -subj /CN=sensor -out sensor.csr
must_pass "$ANCHORITE" transfer pack gateway.csr sensor.csr \
	--purpose request --from firmware-team --to p
id=$(sed -n 's/^parcel  *//p' "$OUT")
folder=$(echo "$id" | cut -c 1-8)

send() {
	"$stick" transfer send "$@" --label red-1
}
receive() {
	STICK_MOUNT=${STICK_MOUNT-$READ} \
		"$stick" transfer receive "$@" --label blue-1
}

# refused CODE FRAGMENT CMD...: no parcel came of it, and the stick is as it
# was.
refused() {
	find mnt -printf '%p %y %s %T@ %i\n' | sort >before
	must_refuse "$@"
	find mnt -printf '%p %y %s %T@ %i\n' | sort >after
	cmp before after || fail "the stick is not as it was"
	[ ! -e got ] || fail "something was delivered"
}

# --- out, and in ---

mkdir mnt
must_pass send p --usb mnt
must_say "parcel        $id"
must_say "label         red-1"
must_say "serial        4C530001_180928"
must_say "capacity      8053063680 bytes"
must_say "folder        mnt/$folder"
must_say "safe-to-pull  all of it was read back from the stick"
[ "$(cat "mnt/$folder/DONE")" = "$id" ] || fail "DONE is not the digest"
(cd "mnt/$folder" && sha256sum --strict -c MANIFEST && [ "$(ls | wc -l)" -eq 4 ]) \
	>/dev/null || fail "stock tools do not take what is on the stick"
must_pass receive usb:mnt --to got
must_say "parcel        $id"
cmp p got || fail "another parcel came in"
rm got
must_pass receive "usb:mnt/$folder" --to got
cmp p got || fail "another parcel came in"
refused_there() {
	must_refuse 1 "got: it is there already" receive usb:mnt --to got
}
refused_there
rm got

# --- the book ---

must_say_not() {
	! grep -qF -- "$1" "$OUT" || fail "it says: $1"
}
must_pass receive usb:mnt --to got
must_say "warning       this stick went out on "
must_say "this stick was called red-1 on "
rm -r media got
must_pass receive usb:mnt --to got
must_say_not warning
rm got
echo 15728641 >"$disk/size"
echo 4C530009 >"$usb/serial"
must_pass receive usb:mnt --to got
must_say "was another stick, with serial number 4C530001_180928"
rm -r media got
# without a serial number by label and size
rm "$usb/serial"
must_pass "$stick" transfer send p --usb mnt --label blue-1
must_say "serial        none"
must_say "folder        mnt/$folder-2"
rm -r "mnt/$folder-2"
must_pass receive usb:mnt --to got
must_say "warning       this stick went out on "
rm got
# what a cut left in it is passed over, aloud, and its number not used again
head -c 20 media/000002.ini >media/000003.ini
must_pass receive usb:mnt --to got
must_say "warning       000003.ini in the book of media is not whole"
[ -s media/000004.ini ] || fail "the book has no fourth page"
rm got
refused 2 '"Red 1" is no label' "$stick" transfer send p --usb mnt \
	--label 'Red 1'
refused 2 '--label is needed where nobody can be asked' setsid \
	"$stick" transfer send p --usb mnt
rm -r media
echo x >media
refused 2 "media: the book of media: media: not a folder" send p --usb mnt
rm media
if command -v script >/dev/null; then
	(sleep 1; echo green-2; sleep 1) | SHELL=/bin/sh script -qec \
		"'$stick' transfer send p --usb mnt" /dev/null >asked || :
	grep -q 'What is written on this stick' asked || fail "nobody was asked"
	grep -q 'label  *green-2' asked || fail "the label was not taken"
	rm -r "mnt/$folder-2"
fi

# --- which sticks ---

for fs in ext4 ntfs3; do
	STICK=$fs refused 1 "mnt: FORMATS 10.51: its file system is $fs; a \
stick has vfat or exfat" receive usb:mnt --to got
	STICK=$fs refused 1 "its file system is $fs" send p --usb mnt
done
STICK=odd refused 1 "its file system is of a kind 0x00001234" \
	receive usb:mnt --to got
for flag in ro nosuid nodev noexec; do
	STICK_MOUNT=$(echo $READ | sed "s/$flag//") refused 1 "mnt: FORMATS \
10.51: it is mounted without $flag; a stick is read only when mounted -o $READ" \
		receive usb:mnt --to got
done
STICK_MOUNT=ro refused 2 "mnt: FORMATS 10.51: it is mounted read only" \
	send p --usb mnt
STICK=exfat must_pass receive usb:mnt --to got
rm got
ln -s mnt link
refused 2 "link: not a folder that can be opened" receive usb:link --to got
refused 2 "absent: not a folder that can be opened" receive usb:absent --to got
refused 2 "mtp:x: from where? " "$stick" transfer receive mtp:x --to got
refused 2 "mtp:x: --label does not go with it" receive mtp:x --to got
refused 2 "which way? one of --qr, --usb and --raw is needed" send p
refused 2 "which way?" send p --usb mnt --raw /dev/null
refused 2 "--erase goes with --raw only" send p --usb mnt --erase

# --- what else lies there is named, and left alone ---

mkdir mnt/stuff "mnt/deadbeef"
echo x >mnt/autorun.inf
echo x >mnt/manifest
echo x >"mnt/$(printf 'a\033[2Jb')"
echo x >"mnt/$folder/extra.csr"
echo x >"mnt/$folder/done"
ln -s /etc/passwd mnt/12345678
mkfifo mnt/00000000
must_pass receive usb:mnt --to got
for name in stuff deadbeef autorun.inf manifest 12345678 00000000 extra.csr \
	done; do
	grep -qE "^(ignored)? +$name\$" "$OUT" || fail "$name is not named"
done
must_say '\u{1b}[2Jb'
cmp p got || fail "another parcel came in"
rm got
must_pass receive usb:mnt --to got --json
rm -r got mnt/stuff mnt/deadbeef mnt/12345678 mnt/00000000 mnt/autorun.inf \
	mnt/manifest "mnt/$(printf 'a\033[2Jb')" "mnt/$folder/extra.csr" \
	"mnt/$folder/done"

# --- names, and what is behind them ---

# spoil FRAGMENT CMD: with the parcel's folder changed so, it is refused.
spoil() {
	cp -a "mnt/$folder" keep
	(cd "mnt/$folder" && eval "$2")
	refused 1 "$1" receive usb:mnt --to got
	rm -rf "mnt/$folder"
	mv keep "mnt/$folder"
}
at="mnt: $folder: FORMATS"
spoil "mnt: $folder: FORMATS 10.53: it is not complete, as DONE is not there; \
it was pulled too early" 'rm DONE'
spoil "$at 10.55: DONE has 0 bytes, and 97 are promised" ': >DONE'
spoil "$at 10.55: DONE has 98 bytes" 'echo >>DONE'
spoil "$at 10.53: DONE does not name this MANIFEST" 'tr 0-9 1-90 <DONE >D &&
	cat D >DONE && rm D'
spoil "$at 10.53: DONE does not name this MANIFEST" \
	'sed -i s/firmware-team/firmware-tean/ MANIFEST'
spoil "$at 10.55: MANIFEST is not there" 'rm MANIFEST'
spoil "$at 10.55: MANIFEST is not there" 'mv MANIFEST manifest'
spoil "$at 10.55: gateway.csr is not there" 'rm gateway.csr'
spoil "$at 10.55: gateway.csr is not there" 'mv gateway.csr Gateway.csr'
spoil "$at 10.55: gateway.csr is not there" 'mv gateway.csr gateway.csr.'
spoil "$at 10.55: gateway.csr is not there" 'mv gateway.csr GATEWA~1.CSR'
spoil "$at 10.55: gateway.csr is a link, and not a file" \
	'ln -sf ../../gateway.csr gateway.csr'
spoil "$at 10.55: gateway.csr is a folder, and not a file" \
	'rm gateway.csr; mkdir gateway.csr'
spoil "$at 10.55: gateway.csr is a pipe or a socket, and not a file" \
	'rm gateway.csr; mkfifo gateway.csr'
spoil "$at 10.55: DONE is a link, and not a file" \
	'mv DONE ../../D; ln -s ../../D DONE'
spoil "$at 10.55: gateway.csr has 5368709120 bytes, and " \
	'truncate -s 5G gateway.csr'
spoil "$at 10.55: MANIFEST has 5368709120 bytes, and 1048576 are the most" \
	'truncate -s 5G MANIFEST'
spoil "$at 10.55: gateway.csr has 1 bytes" 'echo >gateway.csr'
spoil "usb:mnt: FORMATS 10.1: gateway.csr has not the digest" \
	'tr A-Z B-ZA <gateway.csr >g; cat g >gateway.csr; rm g'
spoil "usb:mnt: FORMATS 10.1: gateway.csr has not the digest" \
	'n=$(wc -c <gateway.csr); : >gateway.csr; truncate -s $n gateway.csr'
if [ "$(id -u)" -eq 0 ] && mknod dev b 7 0 2>/dev/null; then
	rm dev
	spoil "$at 10.55: gateway.csr is a device, and not a file" \
		'rm gateway.csr; mknod gateway.csr b 7 0'
	spoil "$at 10.55: gateway.csr is a device, and not a file" \
		'rm gateway.csr; mknod gateway.csr c 1 5'
fi
# no purpose to hide behind
spoil "mnt: $folder: MANIFEST: gateway.csr: FORMATS 10.6: " 'sed -i "s/purpose: request/purpose: release/" MANIFEST
	sha384sum MANIFEST | cut -c 1-96 >DONE'

# --- which folder ---

cp -a "mnt/$folder" mnt/00000001
refused 1 "mnt: FORMATS 10.54: both 00000001 and $folder are parcels; name the \
one that is wanted" receive usb:mnt --to got
must_pass receive "usb:mnt/$folder" --to got
rm -r got mnt/00000001
mkdir mnt/00000001
cp "mnt/$folder/MANIFEST" mnt/00000001
must_pass receive usb:mnt --to got
rm -r got mnt/00000001
mkdir empty
refused 1 "empty: FORMATS 10.54: no parcel is there" receive usb:empty --to got
for n in 2 3 4 5 6 7 8 9; do
	mkdir "mnt/$folder-$n"
done
refused 1 "mnt: FORMATS 10.52: it has $folder to $folder-9 already" \
	send p --usb mnt
rmdir "mnt/$folder-"?
# a hundred thousand names
mkdir many
(cd many && seq 100000 | xargs touch)
refused 1 "many: FORMATS 10.54: 100000 names in one folder, and at most 8192" \
	receive usb:many --to got
mv many "mnt/$folder/x" && mkdir mnt/m && mv "mnt/$folder/x" mnt/m/x
must_pass receive usb:mnt --to got
