#!/bin/sh
# sticks.sh [bus|pull|power|all]: sticks in a virtual machine with Debian's kernel.
# bus: vfat, exfat, ext4 and bare sticks on a USB bus, pulled in the middle too.
# power: what a cut leaves of each order of a disk's writes that is possible.
# Wants qemu-system-x86, dosfstools, exfatprogs, mtools, e2fsprogs and python3
# of Debian, and apt-get to download a kernel; where they are not, says so and
# exits 77.  By software emulation: minutes.
set -eu
LC_ALL=C
export LC_ALL
part=${1:-all}
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

for tool in qemu-system-x86_64 mkfs.vfat mkfs.exfat mkfs.ext4 mcopy python3 \
	apt-get dpkg; do
	command -v $tool >/dev/null || {
		echo "sticks in a virtual machine: skipped, as there is no $tool (scripts/setup --sticks)"
		exit 77
	}
done

# --- the machine: a kernel, its modules, our program, and a shell ---

kernel() {
	[ ! -s "$shop/vmlinuz" ] || return 0
	(
		cd "$shop"
		rm -rf debs lin
		mkdir debs lin
		cd debs
		image=$(apt-cache depends linux-image-amd64 |
			sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' |
			head -n 1)
		apt-get -q download "$image" busybox-static >log 2>&1 ||
			exit 1
		for d in *.deb; do
			dpkg -x "$d" ../lin
		done
		cp ../lin/boot/vmlinuz-* ../vmlinuz
	)
}

# root.cpio: the modules that are wanted, and what the program is linked to.
root() {
	rm -rf "$shop/root"
	mkdir -p "$shop/root/bin" "$shop/root/lib" "$shop/root/lib64" \
		"$shop/root/proc" "$shop/root/sys" "$shop/root/dev" \
		"$shop/root/s" "$shop/root/etc" "$shop/root/lib/modules"
	busybox=$(find "$shop/lin" -name busybox -type f | head -n 1)
	cp "$busybox" "$shop/root/bin/busybox"
	version=$(basename "$shop"/lin/lib/modules/*)
	from=$shop/lin/lib/modules/$version
	to=$shop/root/lib/modules/$version
	mkdir -p "$to"
	cp "$from"/modules.* "$to"
	for m in drivers/usb/core drivers/usb/common drivers/usb/host \
		drivers/usb/storage/usb-storage.ko drivers/scsi/scsi_common.ko \
		drivers/scsi/scsi_mod.ko drivers/scsi/sd_mod.ko drivers/virtio \
		drivers/block/virtio_blk.ko fs/fat fs/exfat fs/ext4 fs/jbd2 \
		fs/mbcache.ko fs/nls block lib arch/x86/crypto crypto; do
		[ -e "$from/kernel/$m" ] || continue
		mkdir -p "$to/kernel/$(dirname $m)"
		cp -r "$from/kernel/$m" "$to/kernel/$m"
	done
	"$busybox" depmod -b "$shop/root" "$version"
	cp "$ANCHORITE" "$shop/root/anchorite"
	ldd "$ANCHORITE" | awk '$2 == "=>" { print $3 }' |
		while read -r lib; do
			cp -L "$lib" "$shop/root/lib/$(basename "$lib")"
		done
	cp -L /lib64/ld-linux-x86-64.so.2 "$shop/root/lib64"
	cp tests/qemu/guest.sh "$shop/root/init"
	chmod +x "$shop/root/init"
	cp "$shop/p1" "$shop/p2" "$shop/large" "$shop/root"
	(cd "$shop/root" && find . | "$busybox" cpio -o -H newc) \
		>"$shop/root.cpio" 2>/dev/null
}

parcels() {
	rm -f "$shop/p1" "$shop/p2" "$shop/large"
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
	) >/dev/null
}

# monitor COMMAND: tell the machine.
monitor() {
	python3 -c '
import socket, sys, time
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.recv(4096)
s.sendall((sys.argv[2] + "\n").encode())
time.sleep(0.2)
print(s.recv(65536).decode(errors="replace"))' "$shop/mon" "$1" \
		>>"$shop/mon.log"
}

# machine APPEND ARGS...: boot it, with its monitor in mon and what it says in
# the file said; sticks are pulled and plugged as it asks for it.
machine() {
	append=$1
	shift
	rm -f "$shop"/mon* "$shop"/ser.*
	mkfifo "$shop/ser.in" "$shop/ser.out"
	timeout 900 qemu-system-x86_64 -accel tcg,thread=multi -cpu max \
		-smp 2 -m 768 -display none -nic none -no-reboot \
		-kernel "$shop/vmlinuz" -initrd "$shop/root.cpio" \
		-append "console=ttyS0 quiet panic=-1 $append" \
		-serial pipe:"$shop/ser" \
		-monitor unix:"$shop/mon",server=on,wait=off "$@" \
		>"$shop/qemu.log" 2>&1 &
	pid=$!
	exec 7<>"$shop/ser.in"
	: >"$shop/said"
	# unbuffered: what it asks for is wanted now
	sed -u 's/\r$//' <"$shop/ser.out" | while read -r line; do
		echo "$line" >>"$shop/said"
		case $line in
		'PULL '*)
			sleep "${line#PULL }"
			monitor 'device_del pull'
			;;
		PLUG)
			monitor "$PULL"
			;;
		'ok: '* | 'FAILED: '*) echo "$line" ;;
		'guest: done') break ;;
		esac
	done
	wait $pid || :
	exec 7>&-
	grep -qx 'guest: done' "$shop/said" || {
		tail -n 20 "$shop/said" "$shop/qemu.log"
		echo "FAILED: the machine did not get to its end"
		exit 1
	}
	! grep -q '^FAILED' "$shop/said" || exit 1
}

# image NAME MIB, then what makes a file system of it
image() {
	rm -f "$shop/$1.img"
	truncate -s "$2M" "$shop/$1.img"
}

# bus [only=pull]
bus() {
	only=${1:-}
	image vfat 64
	mkfs.vfat -F 32 "$shop/vfat.img" >/dev/null
	image exfat 64
	mkfs.exfat "$shop/exfat.img" >/dev/null
	image ext4 64
	mkfs.ext4 -q "$shop/ext4.img"
	image raw 64
	image pull 128
	mkfs.vfat -F 32 "$shop/pull.img" >/dev/null
	image disk 16
	PULL="device_add usb-storage,bus=x.0,drive=n-pull,serial=STICK-pull,\
removable=on,id=pull"
	set -- -device qemu-xhci,id=x,p2=8,p3=8
	for s in vfat exfat ext4 raw pull; do
		set -- "$@" -blockdev \
			driver=file,filename="$shop/$s.img",node-name=f-$s \
			-blockdev driver=raw,file=f-$s,node-name=n-$s \
			-device usb-storage,bus=x.0,drive=n-$s,serial=STICK-$s,removable=on,id=$s
	done
	machine "$only" "$@" -drive if=virtio,format=raw,file="$shop/disk.img"
	echo "sticks on a bus: $(grep -c '^ok: ' "$shop/said") passed"
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
		PULL=
		machine "power=1 fs=$fs" \
			-blockdev driver=file,filename="$shop/power.img",node-name=f0 \
			-blockdev driver=raw,file=f0,node-name=r0 \
			-blockdev driver=file,filename="$shop/log.img",node-name=lg \
			-blockdev driver=blklogwrites,file=r0,log=lg,node-name=bl,log-sector-size=512 \
			-device virtio-blk-pci,drive=bl,write-cache=on
		python3 -B tests/qemu/replay.py "$shop" "$stick" $fs \
			"${STATES:-200}"
	done
}

kernel || {
	echo "sticks in a virtual machine: skipped, as no kernel can be had"
	exit 77
}
parcels
root
case $part in
bus) bus ;;
pull) bus only=pull ;;
power) power ;;
all)
	bus
	power
	;;
*)
	echo "usage: sticks.sh [bus|pull|power|all]" >&2
	exit 2
	;;
esac
