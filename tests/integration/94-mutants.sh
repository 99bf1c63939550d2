#!/bin/sh
# Frames and parcels that somebody changed: no crash, no wrong delivery, memory
# bounded.  `make mutants` does a million, with the sanitizers too.
. "$ROOT/tests/integration/lib.sh"

must_pass "$ROOT/tests/mutants/run.sh" "${HELPER%/tests/helper}" 100000
must_say "100000 mutants: no crash, no wrong delivery"
