#!/bin/sh
# resume1.sh DIR: DIR holds what a cut left; beside what people have, it must
# be held to its end.
set -eu
: "${HERE:?}" "${SHOP:?}" "${BASE:?}"

dir=$(mktemp -d "$SHOP/resume.XXXXXX")
cp -a "$BASE/." "$dir"
for part in state-a state-b paper sheets; do
	[ ! -d "$1/$part" ] || {
		mkdir -p "$dir/$part"
		cp -a "$1/$part/." "$dir/$part"
	}
done
"$HERE/whole.sh" "$dir"
rm -rf "$dir"
