#!/bin/sh
# Goal: scripts/rehearse finds its own project from wherever it is called,
# whatever the folder is called, and whatever CDPATH says.
# shellcheck source=tests/integration/lib.sh
. "$ROOT/tests/integration/lib.sh"

# A project whose parts only say who they are, and another one that CDPATH
# would lead to.
project() {
	mkdir -p "$1/scripts" "$1/build"
	cp "$ROOT/scripts/rehearse" "$1/scripts"
	printf '#!/bin/sh\n' >"$1/scripts/setup"
	# shellcheck disable=SC2016
	printf '#!/bin/sh\necho "%s: $*"\n' "$1" >"$1/build/anchorite"
	chmod +x "$1/scripts/setup" "$1/build/anchorite"
}
# What else lies in a build folder is none of make's business
mkdir -p b/root/usr/sbin
echo 'this is (no rule' >b/root/usr/sbin/invoke-rc.d
cp "$(dirname "$ANCHORITE")/flags.mk" b
must_pass make -s -C "$ROOT" BUILD="$WORK/b" help

mkdir bin other
printf '#!/bin/sh\n' >bin/make
chmod +x bin/make
PATH=$PWD/bin:$PATH
export PATH
project "an odd ünï folder"
(cd other && project wrong && mv wrong/* .)

there=$PWD/other
cd "an odd ünï folder"
for cdpath in '' .:.. "$there:." "$there"; do
	must_pass env CDPATH="$cdpath" sh scripts/rehearse --dir new
	must_say "an odd ünï folder: rehearse --dir new"
done
cd ..
must_pass env CDPATH=.:.. "an odd ünï folder/scripts/rehearse" \
	--dir "a b"
must_say "an odd ünï folder: rehearse --dir a b"
