# machine.sh: a command on a machine that has another network or swap than this
# one, by mounts of its own: the program looks where it always does.
# shellcheck shell=sh
mkdir -p fake/quiet/lo fake/loud/lo fake/loud/eth0
echo 0x9 | tee fake/quiet/lo/flags >fake/loud/lo/flags
echo 0x1003 >fake/loud/eth0/flags
printf 'Filename\tType\tSize\tUsed\tPriority\n' >fake/none
{
	cat fake/none
	printf '/dev/sda2 partition 1000 0 -2\n'
} >fake/some
fake=$(pwd)/fake
if unshare -m true 2>/dev/null; then
	apart="unshare -m"
elif unshare -rm true 2>/dev/null; then
	apart="unshare -rm"
else
	skip "no mount of its own can be had here"
fi

# machine quiet|loud none|some CMD...: that network, that swap.
machine() {
	net=$fake/$1
	swaps=$fake/$2
	shift 2
	# shellcheck disable=SC2086
	$apart sh -c 'mount --bind "$1" /sys/class/net &&
		mount --bind "$2" /proc/swaps && shift 2 && exec "$@"' \
		sh "$net" "$swaps" "$@"
}
