#!/bin/sh
# bench-screen BUILD: from a screen to a camera, with a program at each end.
# The sender runs in a window of tmux; what stands there is captured, made a
# picture of, and seen by a camera of 960 x 720 and 15 pictures a second (10 of
# 200 KB), as a test program of ours models one (tests/support/degrade.h): in
# perspective, blurred, noisy, pressed through JPEG, with rows of two codes
# where the screen changes.  Of the screen's codes nobody sees the loss; of the
# camera's pictures one in twenty is lost, and the one before comes again.  The
# receiver takes the video.  2, 20 and 200 KB at three losses, and 20 KB at the
# other levels.
set -eu

build=${1:?the folder of the build}
case $build in
/*) ;;
*) build=$PWD/$build ;;
esac
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/bench/aims.sh
. "$ROOT/tests/bench/aims.sh"
bench=$(mktemp -d "$build/bench.XXXXXX")
WORK=$bench/work
ANCHORITE=$build/anchorite
HELPER=$build/tests/helper
mkdir "$WORK"
cd "$WORK"

close() {
	mux kill-server 2>/dev/null || :
	rm -rf "$TMUX_TMPDIR" "$bench"
}
sentence="screen to camera: 2, 20 and 200 KB whole at 0, 20 and 40 % lost"
command -v tmux >/dev/null || {
	echo "screen: no tmux: not measured"
	aim "$sentence" "no tmux" "not measured"
	rm -rf "$bench"
	exit
}
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/parcels.sh"
. "$ROOT/tests/integration/window.sh"
. "$ROOT/tests/integration/screen.sh"
trap close EXIT
trap 'exit 130' INT TERM HUP

# cells NAME RATE [LOSS LEVEL]...: all of them at a time
whole=0
cells() {
	name=$1
	rate=$2
	shift 2
	pids=
	while [ $# -gt 0 ]; do
		(
			trap - EXIT
			OUT=$bench/out-$1-$2
			ERR=$bench/err-$1-$2
			seen_through "$name" "$1" "$2" "$rate"
		) &
		pids="$pids $!"
		shift 2
	done
	for pid in $pids; do
		wait "$pid" || fail "$name does not come"
		whole=$((whole + 1))
	done
}

sent two 2048 16
cells two 15 0 typical 20 typical 40 typical
sent twenty 20480 44
cells twenty 15 0 typical 20 typical 40 typical
cells twenty 15 20 good 20 shake 20 noisy
sent two-hundred 204800 340
cells two-hundred 10 0 typical 20 typical 40 typical
answer=NO
[ $whole -ne 12 ] || answer=yes
aim "$sentence" "$whole of 12, with good, shake and noisy" $answer
