#!/bin/sh
# Sticks that fail, lie, are full, or are pulled: at every call, of either way,
# nothing half-delivered is taken, and each case has its sentence.
. "$ROOT/tests/integration/lib.sh"
stick=${HELPER%/helper}/planted/stick
export STICK=vfat STICK_SYSFS="$WORK/none"
# where it is built with the sanitizers: no look for leaks under strace
export ASAN_OPTIONS=detect_leaks=0
command -v strace >/dev/null || skip "no strace"

openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem \
	2>/dev/null
openssl req -new -key key.pem -subj /CN=gateway -out gateway.csr
openssl req -new -key key.pem -subj /CN=sensor -out sensor.csr
must_pass "$ANCHORITE" transfer pack gateway.csr sensor.csr \
	--purpose request --from firmware-team --to p
mkdir mnt

fresh() {
	rm -rf mnt/* media got
	mkdir media
}
receive() {
	STICK_MOUNT=ro,nosuid,nodev,noexec "$@" "$stick" transfer receive \
		usb:mnt --to got --label blue-1
}
send() {
	"$@" "$stick" transfer send p --usb mnt --label red-1
}

# never_half WHAT: what the stick now has is refused with a sentence, or it is
# the parcel, all of it.
never_half() {
	rm -f got
	run receive env
	case $STATUS in
	0) cmp p got || fail "$1: another parcel was taken" ;;
	1) [ ! -e got ] && grep -q 'FORMATS 10\.5[345]' "$ERR" ||
		complain "$1: refused without its sentence" receive ;;
	*) complain "$1: neither taken nor refused" receive ;;
	esac
	rm -f got
}

# places CALL: which of them come once the stick was opened.
places() {
	awk -v call="$1" '
	/"mnt"/ { open = 1 }
	index($0, call "(") == 1 { n++; if (open) print n }' calls
}

# --- out: each call fails, once, or from then on as when it was pulled ---

fresh
must_pass send strace -o calls \
	-e trace=openat,mkdirat,write,fsync,syncfs,close,pread64
tried=0
for fault in openat:EIO mkdirat:EIO mkdirat:EROFS write:EIO write:ENOSPC \
	fsync:EIO syncfs:EIO pread64:EIO openat:ENODEV write:ENODEV+ \
	fsync:EIO+; do
	call=${fault%:*}
	error=${fault#*:}
	for place in $(places $call); do
		fresh
		run send timeout 20 strace -o /dev/null -e trace=$call \
			-e inject=$call:error=${error%+}:when="$place${error##*[A-Z]}"
		what="$fault at $place"
		case $STATUS in
		0) receive env >/dev/null && cmp p got || fail "$what: sent" ;;
		2) # nothing can be said where no write succeeds
			[ "$fault" = write:ENODEV+ ] ||
				grep -q '^anchorite: ' "$ERR" ||
				complain "$what: no sentence" send
			;;
		*) complain "$what: exit status" send ;;
		esac
		[ "$call" != write ] || [ "$STATUS" -eq 2 ] ||
			[ "$place" = "$(places write | tail -n 1)" ] ||
			complain "$what: it went unheard" send
		never_half "$what"
		tried=$((tried + 1))
	done
done
[ "$tried" -gt 60 ] || fail "only $tried places were tried"

# the sentences that people see
# said CALL ERROR WHICH FRAGMENT: the WHICHth of these on the stick fails so.
said() {
	fresh
	must_refuse 2 "$4" send strace -o /dev/null -e trace="$1" \
		-e inject="$1:error=$2:when=$(places "$1" | sed -n "$3p")"
}
first=$(places mkdirat | head -n 1)
fresh
send env >"$OUT" 2>&1
folder=$(ls mnt)
awk '/^openat.*O_EXCL/ { n++; w[n] = 1 } /^write\(/ { print n }' calls |
	head -n 3 | tail -n 1 >which
said write ENOSPC "$(cat which)" "mnt: FORMATS 10.53: the stick failed, and \
$folder on it is not proven whole; take another stick: "
grep -q 'cannot be written (No space left on device)' "$ERR" || complain full x
said write EIO "$(cat which)" "cannot be written (Input/output error)"
said mkdirat EROFS 1 "Read-only file system"

# --- out: writes that the stick takes in part are gone on with ---

fresh
STICK_TAKES=7 must_pass send strace -o calls -e trace=write
[ "$(grep -c ' = 7$' calls)" -gt 100 ] || fail "no write was short"
must_pass receive env
cmp p got || fail "short writes made another parcel"
must_pass send strace -o calls \
	-e trace=openat,mkdirat,write,fsync,syncfs,close,pread64

# --- out: writes that the stick takes and loses ---

n=$(places write | wc -l)
for place in $(seq 2 "$n"); do # the first one is the book's
	fresh
	STICK_LOSES=$place run send env
	[ "$STATUS" -eq 2 ] || [ "$place" -eq "$n" ] ||
		complain "write $place was lost" send
	[ "$STATUS" -eq 0 ] || grep -q 'the medium does not give back what was' \
		"$ERR" || complain "no sentence" send
	never_half "write $place was lost"
done

# --- out: the power goes ---

for call in openat write fsync pread64 syncfs; do
	for place in $(places $call); do
		fresh
		run send timeout 20 strace -o /dev/null -e trace=$call \
			-e inject=$call:signal=KILL:when="$place"
		never_half "cut at $call $place"
	done
done

# --- in: each call fails ---

fresh
must_pass send env
rm -r media
mkdir media
must_pass receive strace -o calls \
	-e trace=openat,read,write,fstatfs,getdents64,memfd_create,mmap,fcntl
for fault in openat:EIO read:EIO read:EIO+ read:ENODEV fstatfs:EIO getdents64:EIO \
	memfd_create:ENOSYS write:ENOSPC; do
	call=${fault%:*}
	error=${fault#*:}
	for place in $(places $call); do
		rm -rf got media
		mkdir media
		run receive timeout 20 strace -o /dev/null -e trace=$call \
			-e inject=$call:error=${error%+}:when="$place${error##*[A-Z]}"
		# where only the report went nowhere, the parcel is there
		[ "$STATUS" -ne 0 ] || [ -e got ] ||
			complain "$fault at $place: nothing" receive
		[ ! -e got ] || cmp p got || fail "$fault at $place: half of it"
		[ "$STATUS" -eq 0 ] || grep -q '^anchorite: ' "$ERR" ||
			complain "$fault at $place: no sentence" receive
	done
done
# short reads are no shorter parcels
for place in $(places read); do
	rm -rf got media
	mkdir media
	run receive strace -o /dev/null -e trace=read \
		-e inject=read:retval=0:when="$place"
	[ ! -e got ] || cmp p got || fail "a short read was believed"
done

# --- real media, where they can be made: full, read only ---

[ "$(id -u)" -eq 0 ] || skip "all but real media: only root may mount"
truncate -s 2M image
mkfs.ext4 -q image 2>/dev/null || skip "all but real media: no mkfs.ext4"
fresh
mount -o loop image mnt 2>/dev/null ||
	skip "all but real media: nothing can be mounted here"
trap 'umount mnt' EXIT
rmdir mnt/lost+found
must_refuse 1 "mnt: FORMATS 10.51: its file system is ext4" \
	env -u STICK "$stick" transfer send p --usb mnt --label red-1
# another mount over a folder of the stick is none of it
must_pass send env
mkdir elsewhere
cp -a mnt/* elsewhere
mount --bind "elsewhere/$folder" "mnt/$folder"
must_refuse 1 "mnt: $folder: FORMATS 10.51: $folder is on another medium" \
	receive env
umount "mnt/$folder"
rm -r "mnt/$folder"
dd if=/dev/zero of=mnt/stuff bs=1k 2>/dev/null || :
rm -rf media
must_refuse 2 "mnt: FORMATS 10.52: " send env
grep -q 'bytes are free, and room for [0-9]* is wanted' "$ERR" ||
	fail "it does not say how much"
[ "$(ls mnt)" = stuff ] || fail "something was written to a full stick"
rm mnt/stuff
mount -o remount,ro mnt
must_refuse 2 "mnt: FORMATS 10.51: it is mounted read only" send env
must_refuse 1 "mnt: FORMATS 10.51: it is mounted without nosuid" \
	"$stick" transfer receive usb:mnt --to got --label blue-1
mount -o remount,rw mnt
must_pass send env
umount mnt
mount -o loop,ro,nosuid,nodev,noexec image mnt
must_pass "$stick" transfer receive usb:mnt --to got --label blue-1
cmp p got || fail "another parcel came in"
