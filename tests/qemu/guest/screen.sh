# screen.sh: codes on the console, in the kernel's own font, which has half
# blocks, and in the one that Debian takes, which has none.
# shellcheck shell=sh disable=SC2154 # say, fail, A: guest.sh

# pictures NAME N: so many, of one code after the other
pictures() {
	LC_ALL=C.UTF-8 TERM=linux setsid -c "$A" transfer send /p2 --qr screen \
		--rate 1 </dev/tty1 >/dev/tty1 2>/s/err &
	sender=$!
	sleep 4
	for n in $(seq "$2"); do
		say "HOST: screen $1-$n"
		sleep 1
	done
	say "HOST: key q"
	wait $sender || fail "screen: $1: exit status $?"
	say "ok: screen: $1: shown on $(cat /sys/class/graphics/fb0/name)," \
		"$(stty -F /dev/tty1 size)"
}
export LOCPATH=/lib/locale
chvt 1
pictures kernel 5
zcat /font.gz | loadfont || fail "screen: no other font"
pictures debian 18
