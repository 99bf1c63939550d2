#!/bin/sh
# Goal: bad frames by the thousand, among good ones of several senders, with
# good check sums and without, deliver nothing but what was sent, and hold no
# more memory than was allowed.  Any file of frames is received, whatever else
# stands in it.
set -eu

: "${HELPER:?the folder of the test programs}"
frames=$HELPER/frames

fail() {
	echo "$1"
	exit 1
}

# 65 MiB of rows is what the receiver allows itself; the rest is the program.
# Sanitizers keep what was freed, so there it is not counted.
"$frames" mutate 30000 anchorite >said || fail "bad frames: $(cat said)"
peak=$(sed 's/.*at most \([0-9]*\) KiB.*/\1/' said)
if ! grep -qa __asan_init "$frames"; then
	[ "$peak" -lt 100000 ] || fail "bad frames take memory: $(cat said)"
fi
for what in 'native of 20' 'native of 900' 'native of 9000' 'ur of 20' \
	'ur of 900' 'ur of 9000'; do
	grep -q "$what bytes [1-9]" said || fail "none whole: $(cat said)"
done

head -c 5000 /dev/urandom >body
for way in native ur; do
	{
		"$frames" send $way 300 12 4 <body
		printf 'something else\nAN1:\nUR:X-ANCHORITE/\n\n'
		"$frames" send $way 300 60 90 <body
	} | sed 'n;n;d' | sort -r >lines
	"$frames" receive <lines | cmp - body || fail "$way: not the body"
	"$frames" send $way 300 12 4 <body | "$frames" receive >out 2>err &&
		fail "$way: less than enough was enough"
	[ ! -s out ] || fail "$way: something was given out"
	grep -q 'frames: [0-9]* of 1[78]$' err || fail "$way: $(cat err)"
done
cat said
