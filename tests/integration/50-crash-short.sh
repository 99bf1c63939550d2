#!/bin/sh
# Cuts and faults at a sample of all places; `make crash` takes every one.
. "$ROOT/tests/integration/lib.sh"

exec "$ROOT/tests/crash/run.sh" short
