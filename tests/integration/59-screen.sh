#!/bin/sh
# From a screen to a camera, with a program at each end: the sender runs in a
# window of tmux, what stands there is seen by a camera that shakes, blurs,
# misses some and stutters, and the receiver takes its video.  `make
# bench-transfer` does so with 200 KB too.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/parcels.sh"
. "$ROOT/tests/integration/window.sh"
. "$ROOT/tests/integration/screen.sh"

sent two 2048 12
sent twenty 20480 44
for loss in 0 20 40; do
	seen_through two $loss typical 10
	seen_through twenty $loss typical 10
done
