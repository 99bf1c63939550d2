#!/bin/sh
# sticks.sh [all | short | PART...]: sticks, cameras and consoles in a virtual
# machine with Debian's kernel, which the one that is used may not have.
#
#	bus     vfat, exfat, ext4 and bare sticks on a USB bus, full ones, names
#	pull    sticks that are pulled in the middle
#	eio     a stick that fails each of its writes
#	camera  a driver's camera that sees codes, is busy, fails, is unplugged
#	screen  codes on a console, in its fonts, and its picture read
#	power   what a cut leaves of each order of a disk's writes that is
#	        possible; STATES= how many for each file system (200)
#
# short has no pull and no eio.  Wants what scripts/setup --sticks installs, and
# apt-get to download a kernel; where they are not, says so, and that it is
# skipped.  By software emulation: minutes.  The last line is `N passed, N
# failed, N skipped`.
set -eu
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/../.."
ROOT=$(pwd)
build=${BUILD:-build}
case $build in
/*) ;;
*) build=$ROOT/$build ;;
esac
ANCHORITE=$build/anchorite
stick=$build/tests/planted/stick
shop=$build/qemu
mkdir -p "$shop"
PATH=$PATH:/usr/sbin:/sbin

parts=${*:-all}
case $parts in
all) parts="bus pull eio camera screen power" ;;
short)
	parts="bus camera screen power"
	STATES=${STATES:-100}
	;;
esac
for p in $parts; do
	case $p in
	bus | pull | eio | camera | screen | power) ;;
	*)
		echo "usage: sticks.sh [all | short | bus pull eio camera screen power]" >&2
		exit 2
		;;
	esac
done

skip() {
	echo "sticks in a virtual machine: skipped, as $1"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
}
for tool in qemu-system-x86_64 mkfs.vfat mkfs.exfat mkfs.ext4 mcopy python3 \
	v4l2-ctl ldd apt-get dpkg; do
	command -v $tool >/dev/null ||
		skip "there is no $tool (scripts/setup --sticks)"
done
# what the program loads where it is wanted, and is not linked to
loaded=$(find /usr/lib -name libzbar.so.0 -o -name libpng16.so.16 \
	-o -name libqrencode.so.4 -o -name libturbojpeg.so.0 \
	-o -name libseccomp.so.2)
[ "$(echo "$loaded" | wc -l)" -eq 5 ] ||
	skip "not all libraries of codes and pictures are there"

# --- the machine: a kernel, its modules, our program, and a shell ---

kernel() {
	[ ! -e "$shop/lin/done" ] || return 0
	(
		cd "$shop"
		rm -rf debs lin
		mkdir debs lin
		cd debs
		image=$(apt-cache depends linux-image-amd64 |
			sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' |
			head -n 1)
		apt-get -q download "$image" busybox-static \
			console-setup-linux >log 2>&1 || exit 1
		for d in *.deb; do
			dpkg -x "$d" ../lin
		done
		cp ../lin/boot/vmlinuz-* ../vmlinuz
		touch ../lin/done
	)
}

# linked FILE: with what it is linked to, in the machine's folder of libraries
linked() {
	ldd "$1" | awk '$2 == "=>" { print $3 }' |
		while read -r lib; do
			cp -L "$lib" "$shop/root/lib/$(basename "$lib")"
		done
}

modules() {
	version=$(basename "$shop"/lin/lib/modules/*)
	from=$shop/lin/lib/modules/$version
	to=$shop/root/lib/modules/$version
	mkdir -p "$to"
	cp "$from"/modules.* "$to"
	for m in drivers/usb/core drivers/usb/common drivers/usb/host \
		drivers/usb/storage/usb-storage.ko drivers/scsi/scsi_common.ko \
		drivers/scsi/scsi_mod.ko drivers/scsi/sd_mod.ko drivers/virtio \
		drivers/block/virtio_blk.ko fs/fat fs/exfat fs/ext4 fs/jbd2 \
		fs/mbcache.ko fs/nls block lib arch/x86/crypto crypto \
		drivers/media/mc drivers/media/v4l2-core \
		drivers/media/common/videobuf2 drivers/media/common/v4l2-tpg \
		drivers/media/test-drivers/vivid drivers/media/cec/core \
		drivers/media/rc/rc-core.ko; do
		[ -e "$from/kernel/$m" ] || continue
		mkdir -p "$to/kernel/$(dirname $m)"
		cp -r "$from/kernel/$m" "$to/kernel/$m"
	done
	"$busybox" depmod -b "$shop/root" "$version"
}

root() {
	rm -rf "$shop/root"
	mkdir -p "$shop/root/bin" "$shop/root/lib/locale" "$shop/root/lib64" \
		"$shop/root/proc" "$shop/root/sys" "$shop/root/dev" \
		"$shop/root/s" "$shop/root/etc" "$shop/root/tmp"
	busybox=$shop/lin/bin/busybox
	cp "$busybox" "$shop/root/bin/busybox"
	modules
	cp "$ANCHORITE" "$shop/root/anchorite"
	cp "$(command -v v4l2-ctl)" "$shop/root/bin"
	linked "$ANCHORITE"
	linked "$shop/root/bin/v4l2-ctl"
	for lib in $loaded; do
		linked "$lib"
		cp -L "$lib" "$shop/root/lib"
	done
	cp -L /lib64/ld-linux-x86-64.so.2 "$shop/root/lib64"
	cp -r /usr/lib/locale/C.* "$shop/root/lib/locale"
	cp "$shop/lin/usr/share/consolefonts/Lat15-Fixed16.psf.gz" \
		"$shop/root/font.gz"
	cp tests/qemu/guest.sh "$shop/root/init"
	cp -r tests/qemu/guest "$shop/root/guest"
	chmod +x "$shop/root/init"
	cp "$shop/p1" "$shop/p2" "$shop/large" "$shop/camera" "$shop/root"
	# the disk that is no stick: the camera's part fills it
	image pictures 4
	(cd "$shop/root" && find . | "$busybox" cpio -o -H newc) \
		>"$shop/root.cpio" 2>/dev/null
}

parcels() {
	rm -f "$shop/p1" "$shop/p2" "$shop/large" "$shop/camera"
	(
		cd "$shop"
		openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
			-out key.pem 2>/dev/null
		for cn in gateway sensor; do
			openssl req -new -key key.pem -subj /CN=$cn -out $cn.csr
		done
		"$ANCHORITE" transfer pack gateway.csr --purpose request \
			--from team --to p1
		"$ANCHORITE" transfer pack gateway.csr sensor.csr \
			--purpose request --from team --to p2
		printf '[x y]\n' >plan.ini
		rm -f note*.txt
		for n in $(seq 40); do
			openssl rand -base64 40000 >note"$n".txt
		done
		"$ANCHORITE" transfer pack plan.ini note*.txt --purpose plan \
			--from team --to large
		openssl rand -base64 14000 >note1.txt
		"$ANCHORITE" transfer pack plan.ini note1.txt --purpose plan \
			--from team --to camera
	) >/dev/null
}

# --- what it is given ---

# image NAME MIB: to be made a file system of
image() {
	rm -f "$shop/$1.img"
	truncate -s "$2M" "$shop/$1.img"
}

# formatted NAME MIB MKFS...
formatted() {
	name=$1
	image "$1" "$2"
	shift 2
	"$@" "$shop/$name.img" >/dev/null
}

# as another program than Linux writes it
made() {
	formatted made 64 mkfs.exfat
	rm -rf "$shop/sent"
	mkdir -p "$shop/sent/mnt"
	STICK=vfat "$stick" transfer send "$shop/p1" --usb "$shop/sent/mnt" \
		--label out-1 --media "$shop/sent/media" >/dev/null
	python3 -B tests/qemu/exfat.py "$shop/made.img" "$shop"/sent/mnt/*
}

# pictures.img: the camera's parcel as codes, as a camera sees them, row on row
pictures() {
	rm -rf "$shop/png"
	"$ANCHORITE" transfer send "$shop/camera" --qr "png:$shop/png" >/dev/null
	"$build/tests/helper/degrade" -l good -s 1280x720 -r 24 \
		"$shop"/png/*.png | python3 -c '
import sys
video = sys.stdin.buffer
video.readline()
while video.readline():
	sys.stdout.buffer.write(video.read(1280 * 720))' >"$shop/pictures.img"
}

# --- running it ---

: >"$shop/ok"
failed=0
# machine SECONDS APPEND ARGS...
machine() {
	python3 -B tests/qemu/machine.py "$shop" "$@" ||
		echo "FAILED" >>"$shop/said"
	grep '^ok: ' "$shop/said" >>"$shop/ok" || :
	failed=$((failed + $(grep -c '^FAILED' "$shop/said" || :)))
}

# guest PART SECONDS STICK...: that part, with these sticks on its bus
guest() {
	part=$1
	seconds=$2
	shift 2
	for s; do
		shift
		set -- "$@" -blockdev \
			"driver=file,filename=$shop/$s.img,node-name=f-$s" \
			-blockdev "driver=raw,file=f-$s,node-name=n-$s" \
			-device "usb-storage,bus=x.0,drive=n-$s,serial=STICK-$s,removable=on,id=$s"
	done
	machine "$seconds" "parts=$part vga=791" -vga std \
		-device qemu-xhci,id=x,p2=8,p3=8 "$@" \
		-drive if=virtio,format=raw,readonly=on,file="$shop/pictures.img"
}

bus() {
	formatted vfat 64 mkfs.vfat -F 32
	formatted exfat 64 mkfs.exfat
	formatted ext4 64 mkfs.ext4 -q
	image raw 64
	made
	guest bus 600 vfat exfat ext4 raw made
}
pull() {
	formatted pull 128 mkfs.vfat -F 32
	guest pull 900 pull
}
eio() {
	formatted eio 64 mkfs.vfat -F 32
	cp "$shop/eio.img" "$shop/eio.fresh"
	guest eio 1500
}
camera() {
	pictures
	guest camera 400
}
screen() {
	rm -f "$shop"/*.ppm
	guest screen 400
	screens
}

# screens: the console's pictures are read by the program itself
screens() {
	for font in kernel debian; do
		rm -rf "$shop/screen" "$shop/got"
		mkdir "$shop/screen"
		cp "$shop/$font"-*.ppm "$shop/screen" || :
		if "$ANCHORITE" transfer receive "$shop/screen" \
			--to "$shop/got" >"$shop/received" 2>&1 &&
			cmp -s "$shop/got" "$shop/p2"; then
			echo "ok: screen: $font: received from its pictures:" \
				"$(sed -n 's/^codes *//p' "$shop/received")" |
				tee -a "$shop/ok"
		else
			echo "FAILED: screen: $font: $(tail -n 1 "$shop/received")"
			failed=$((failed + 1))
		fi
	done
}

power() {
	for fs in vfat exfat; do
		image power 64
		if [ $fs = vfat ]; then
			mkfs.vfat -F 32 "$shop/power.img" 61440 >/dev/null 2>&1
		else
			# up to the sector where marks are
			truncate -s 60M "$shop/power.img"
			mkfs.exfat "$shop/power.img" >/dev/null
			truncate -s 64M "$shop/power.img"
		fi
		cp "$shop/power.img" "$shop/before.img"
		image log 64
		machine 300 "parts=power fs=$fs" \
			-blockdev driver=file,filename="$shop/power.img",node-name=f0 \
			-blockdev driver=raw,file=f0,node-name=r0 \
			-blockdev driver=file,filename="$shop/log.img",node-name=lg \
			-blockdev driver=blklogwrites,file=r0,log=lg,node-name=bl,log-sector-size=512 \
			-device virtio-blk-pci,drive=bl,write-cache=on
		python3 -B tests/qemu/replay.py "$shop" "$stick" $fs \
			"${STATES:-200}" >"$shop/replayed" 2>&1 ||
			failed=$((failed + 1))
		cat "$shop/replayed"
		grep '^ok: ' "$shop/replayed" >>"$shop/ok" || :
	done
}

# --- where each fault of a stick is shown ---

# Fault, part or scenario, and what is said there, or what is asked there.
faults() {
	cat <<'END'
full|bus|vfat: full: anchorite: mnt: FORMATS 10.52: 
full, half way|93-stick-faults|cannot be written (No space left on device)
read only|bus|FORMATS 10.51: it is mounted read only
short write|93-stick-faults|short writes made another parcel
EIO at each write, by the call|93-stick-faults|fsync:EIO+
EIO at each write, by the stick|eio|is not proven whole; take another stick: 
pulled, not taken|pull|FORMATS 10.53: it is not complete
pulled while it is written|pull|take another stick: 
pulled while it is read|pull|pulled while read
lying cache: writes are lost|93-stick-faults|the medium does not give back what was
lying cache: the power goes|power|flushes that did nothing
power cut|power|none lost that was safe
name: case|bus|Gateway.csr is not gateway.csr
name: trailing dot|bus|gateway.csr. is not gateway.csr
name: 8.3|bus|vfat: gateway.csr-of-the-north is not gateway.csr
name: a link|91-sticks|10.55: gateway.csr is a link, and not a file
name: a device file|91-sticks|10.55: gateway.csr is a device, and not a file
10^5 files|bus|100000 names in one folder, and at most 8192
a 5 GB file|bus|gateway.csr has 5368709120 bytes
END
}

table() {
	printf '\n%-32s %-16s %s\n' fault 'shown in' 'what is said or asked there'
	while IFS='|' read -r fault where said; do
		case " $parts " in
		*" $where "*) files=$shop/ok ;;
		*) files=tests/integration/$where.sh ;;
		esac
		if [ ! -e "$files" ]; then
			said="(not in this run)"
		elif ! grep -qF -- "$said" "$files"; then
			said="FAILED: it is not shown"
			failed=$((failed + 1))
		fi
		printf '%-32s %-16s %s\n' "$fault" "$where" "$said"
	done <<END
$(faults)
END
	echo "(NN-name is a scenario of make test, which runs in no machine)"
}

# lists that are old name packages which are gone
kernel || { apt-get -q update >/dev/null 2>&1 && kernel; } ||
	skip "no kernel can be had"
parcels
root
begun=$(date +%s)
for p in $parts; do
	from=$(date +%s)
	$p
	echo "$p: $(($(date +%s) - from)) s"
done
table
echo "$parts: $(($(date +%s) - begun)) s"
echo "$(grep -c '^ok: ' "$shop/ok" || :) passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
