#!/bin/sh
# Goal: of 200 random histories of trust bundles the program and a model in
# another language say the same; `make histories` runs 10 000.
# shellcheck source=tests/integration/lib.sh
. "$ROOT/tests/integration/lib.sh"

command -v python3 >/dev/null || skip "no python3"

must_pass python3 -B "$ROOT/tests/histories/histories.py" "$HELPER/histories" \
	200
must_say 'no disagreement'
