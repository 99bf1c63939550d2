#!/bin/sh
# Parcels that somebody changed: no crash, no wrong delivery, memory bounded.
# By hand with 1000000, in a build with the sanitizers.
. "$ROOT/tests/integration/lib.sh"

must_pass "$HELPER/parcels" 50000
must_say "50000 mutants: "
must_pass "$HELPER/parcels" 20000 2
