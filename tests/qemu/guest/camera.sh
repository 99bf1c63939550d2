# camera.sh: a camera of the kernel's own making (vivid): its test picture, and
# what is written to its output, which it then sees: codes as a camera sees them.
# shellcheck shell=sh disable=SC2154 # must_pass, run, fail, A: guest.sh

must_refuse 2 "camera: there is none" "/dev/video0: No such file or directory" \
	"$A" transfer receive camera --to got
modprobe vivid n_devs=1 node_types=0x101 num_inputs=2 input_types=0xc \
	num_outputs=1 output_types=1 vid_cap_nr=0 vid_out_nr=1 multiplanar=1 \
	ccs_cap_mode=0 ccs_out_mode=0 || fail "camera: no vivid"
for _ in $(seq 50); do
	[ -c /dev/video1 ] && break
	sleep 0.1
done

tell() {
	v4l2-ctl -d /dev/video0 "$@" >/s/tell 2>&1 ||
		say "FAILED: v4l2-ctl $*: $(tail -n 1 /s/tell)"
}
take() {
	"$A" transfer receive camera --to /s/got "$@"
}
# seconds since FROM, in hundredths
since() {
	echo $(($(cut -d ' ' -f 1 /proc/uptime | tr -d .) - $1))
}
now() {
	cut -d ' ' -f 1 /proc/uptime | tr -d .
}

must_refuse 1 "camera: what is none" "/dev/null: not a camera" \
	"$A" transfer receive camera:/dev/null --to got
must_refuse 1 "camera: one that shows" "/dev/video1: not a camera that streams" \
	"$A" transfer receive camera:/dev/video1 --to got

# --- as a webcam: of its forms the first of ours, as large as was asked for ---

tell --set-input 0
must_refuse 2 "camera: a test picture has no code" \
	"interrupted: no code of a parcel is there yet" \
	timeout -s INT 6 "$A" transfer receive camera --to got
v4l2-ctl -d /dev/video0 --list-formats >forms
v4l2-ctl -d /dev/video0 --get-fmt-video >form
if grep -q "Width/Height *: 1920/1080" form && grep -q GREY form; then
	say "ok: camera: of $(grep -c '^	\[' forms) forms GREY was taken," \
		"1920 by 1080"
else
	cat form
	fail "camera: another form"
fi

# --- another program has it ---

v4l2-ctl -d /dev/video0 --stream-mmap >/dev/null 2>&1 &
other=$!
sleep 2
must_refuse 2 "camera: another program has it" \
	"/dev/video0: another program has it" take
kill $other
wait $other 2>/dev/null

# --- codes ---

tell --set-input 1
v4l2-ctl -d /dev/video0 --list-dv-timings >timings
timing=index=$(awk '/Index:/ { i = $2 } /Active width: 1280/ { w = NR }
	/Active height: 720/ { h = NR }
	/Frame format: progressive/ { p = NR }
	/Pixelclock: .*\(30\.00/ && h > w && p > h { print i; exit }' timings)
tell --set-dv-bt-timings "$timing"
v4l2-ctl -d /dev/video1 --set-dv-bt-timings "$timing" >/dev/null
tell -c osd_text_mode=2
# shown: the pictures of the disk, over and over
shown() {
	v4l2-ctl -d /dev/video1 --set-fmt-video-out \
		width=1280,height=720,pixelformat=GREY >/dev/null
	v4l2-ctl -d /dev/video1 --stream-out-mmap --stream-from /dev/vda \
		--stream-loop >/s/shown 2>&1 &
	shower=$!
	tell -c loop_video=1
	sleep 1
}
# received WHAT ARGS...: the parcel, whole, and how fast
received() {
	what=$1
	shift
	from=$(now)
	run timeout 200 "$A" transfer receive camera --to /s/got "$@"
	took=$(since "$from")
	[ "$STATUS" -eq 0 ] || {
		tail -n 2 /s/shown
		fail "camera: $what: not received ($STATUS)"
	}
	read=$(sed -n 's/^codes *\([0-9]*\) read.*/\1/p' out)
	same "camera: $what: $(sed -n 's/^codes *//p' out), in \
$((took / 100)) s, $((read * 1000 / took / 10)).$((read * 1000 / took % 10)) \
pictures with a code a second" /camera
}
shown
received "a parcel"
tell -c percentage_of_dropped_buffers=30
tell -c inject_v4l2_buf_flag_error=1
received "where it loses a third of its pictures"

# --- it breaks, and it is unplugged; what came is kept ---

# slow enough that all of it cannot come before
tell -c percentage_of_dropped_buffers=95
(
	sleep 4
	tell -c inject_fatal_streaming_error=1
) &
must_refuse 2 "camera: it breaks" "/dev/video0: the camera failed" \
	timeout 30 "$A" transfer receive camera --to got --resume kept
(
	sleep 4
	tell -c disconnect=1
) &
must_refuse 2 "camera: unplugged" "/dev/video0: the camera is gone" \
	timeout 30 "$A" transfer receive camera --to got --resume kept
kill $shower 2>/dev/null
wait $shower 2>/dev/null
tell -c percentage_of_dropped_buffers=0
[ -e kept ] || fail "camera: nothing was kept"
shown
received "after it was plugged in again" --resume kept
grep -q 'were there already' err || fail "camera: it began anew"
kill $shower
wait 2>/dev/null
