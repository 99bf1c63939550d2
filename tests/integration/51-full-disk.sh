#!/bin/sh
# A full medium, and one that is read only.
. "$ROOT/tests/integration/lib.sh"

exec "$ROOT/tests/crash/disk.sh" short
