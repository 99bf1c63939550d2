#!/bin/sh
# Goal: the program gets into a room without a network: `make kit` makes a
# folder whose words go on paper, the same package from the same commit; what
# is not that kit, to the byte and to the file, is not installed; and nothing
# that was not finished passes for a kit.  The package tools are made up but in
# the last part, which needs a mirror of Debian; scripts/check-suite installs
# the kit on a bare Debian.  What is packed is the program of the tests; with
# KIT=real, as in .ci/run, it is compiled from the commit, twice, which takes
# minutes.
. "$ROOT/tests/integration/lib.sh"
for tool in git apt-get dpkg-deb dpkg-scanpackages; do
	command -v $tool >/dev/null || skip "there is no $tool here"
done
git clone -q "$ROOT" one || skip "no clone of the project: no commit to build"
git clone -q one "another place"

# refused CODE PROGRAM FRAGMENT CMD...: one line of that program says so, last.
refused() {
	code=$1
	who=$2
	fragment=$3
	shift 3
	run "$@"
	[ "$STATUS" -eq "$code" ] ||
		complain "exit status $code was expected" "$@"
	tail -n 1 "$ERR" | grep -qF -- "$who: " ||
		complain "it does not say who refuses" "$@"
	tail -n 1 "$ERR" | grep -qF -- "$fragment" ||
		complain "it does not say: $fragment" "$@"
}

# tool FOLDER NAME: a program of that name, from stdin.
tool() {
	mkdir -p "$1"
	{
		printf '#!/bin/sh\n'
		cat
	} >"$1/$2"
	chmod +x "$1/$2"
}

# kit TOOLS FOLDER [ENV...]: one's kit, with the tools of these folders first.
kit() {
	tools=$1
	folder=$2
	shift 2
	env PATH="$tools:$PATH" "$@" one/scripts/kit "$folder"
}
no_shop() {
	for shop in one/build/kit.*; do
		[ ! -e "$shop" ] || fail "$1 left $shop"
	done
}

# --- the desk: made up is what is downloaded, and later what is built ---

mkdir -p wares/a/DEBIAN wares/b/DEBIAN
printf '%s\n' "Package: liba" "Version: 1:1.0" "Architecture: all" \
	"Maintainer: nobody <nobody@localhost>" "Description: a" \
	>wares/a/DEBIAN/control
sed 's/liba/libb/' wares/a/DEBIAN/control >wares/b/DEBIAN/control
dpkg-deb -b wares/a wares/liba_1%3a1.0_all.deb >/dev/null
dpkg-deb -b wares/b wares/libb_1%3a1.0_all.deb >/dev/null
tool "$WORK/desk" apt-get <<TOOL
for o; do
	case \$o in
	Dir::Cache::archives=*) cp '$WORK'/wares/*.deb "\${o#*=}" ;;
	esac
done
TOOL
# takes the program as it is, where scripts/kit would compile it
tool "$WORK/hand" make <<TOOL
while [ \$# -gt 0 ]; do
	case \$1 in
	-C) cd "\$2" ;;
	DESTDIR=*) to=\${1#*=}/usr ;;
	esac
	shift
done
mkdir -p "\$to/bin" "\$to/share/man/man1"
cp '$ANCHORITE' "\$to/bin/anchorite"
cp man/*.1 "\$to/share/man/man1"
TOOL
hand=$WORK/hand:
[ "${KIT:-}" != real ] || hand=
tool "$WORK/offline" apt-get <<'TOOL'
echo "Could not resolve the mirror" >&2
exit 100
TOOL
# counts its calls, and at the one in $AT does what $DO says
tool "$WORK/cut" sync <<TOOL
n=\$((\$(cat '$WORK/syncs') + 1))
echo \$n >'$WORK/syncs'
/bin/sync "\$@"
[ \$n -ne "\${AT:-0}" ] || eval "\$DO"
TOOL

# --- what is there already, or nowhere, is left alone ---

refused 2 kit "usage: make kit TO=FOLDER" one/scripts/kit
run make -C one kit
grep -qx 'kit: usage: make kit TO=FOLDER' "$ERR" ||
	fail "it does not say how: $(cat "$ERR")"
mkdir there
echo mine >there/file
ln -s nowhere dangling
remember_files "$WORK"
refused 1 kit "there is there already" kit desk "$WORK/there"
refused 1 kit "is there already" kit desk there/file
refused 1 kit "is there already" kit desk dangling
refused 1 kit "there is no folder $WORK/no to put it into" kit desk no/kit
no_new_files "$WORK"
git init -q -b main empty
cp -r one/scripts empty/scripts
refused 2 kit "no commit names what is built" \
	env PATH="desk:$PATH" empty/scripts/kit kit
mkdir bare
for name in sh env dirname apt-get dpkg-deb git; do
	ln -s "$(command -v $name)" bare/$name
done
refused 2 kit "scripts/setup --kit gets it" \
	env PATH="$WORK/bare" one/scripts/kit kit
[ ! -e kit ] || fail "a kit was begun"

# --- a kit ---

must_pass kit "$hand$WORK/desk" kit
no_shop "a kit"
cp "$OUT" paper
(cd kit && ls -A) >names
deb=$(ls kit/anchorite_*.deb)
deb_name=${deb##*/}
[ "$(tr '\n' ' ' <names)" = "Packages README.txt SHA256SUMS $deb_name install \
liba_1.0_all.deb libb_1.0_all.deb " ] || fail "it holds: $(cat names)"
must_pass sh -c 'cd kit && sha256sum -c --strict SHA256SUMS'
[ "$(grep -c ': OK$' "$OUT")" -eq "$(($(wc -l <names) - 1))" ] ||
	fail "SHA256SUMS does not name all"
must_pass sort -c -k2 kit/SHA256SUMS
# the paper has what a stock machine shows, and what ours does
grep -qx "$(sha384sum kit/SHA256SUMS | cut -d' ' -f1)" paper ||
	fail "the paper has another digest"
"$ANCHORITE" words kit/SHA256SUMS | sed 1d | while read -r line; do
	grep -qxF "    $line" paper || fail "not on the paper: $line"
done
if grep -q '[^ -~]' kit/README.txt; then
	fail "README.txt is not plain"
fi
if grep -q '@[A-Z]' kit/README.txt kit/install; then
	fail "it does not say for which machine it is"
fi

# the package: root's, and nobody's else; what it needs is named by packages
dpkg-deb -c "$deb" | awk '$1 !~ /^(-rw-r--r--|[d-]rwxr-xr-x)$/ ||
	$2 != "root/root"' >odd
[ ! -s odd ] || fail "in the package: $(cat odd)"
dpkg-deb -x "$deb" unpacked
[ "$(unpacked/usr/bin/anchorite version | head -n 1)" = \
	"anchorite  $(cat one/VERSION)" ] || fail "it does not run"
cmp one/LICENSE unpacked/usr/share/doc/anchorite/copyright
[ "$(find unpacked/usr/share/man/man1 -name '*.1.gz' | wc -l)" -eq \
	"$(find one/man -name '*.1' | wc -l)" ] || fail "pages are missing"
needs=$(dpkg-deb -f "$deb" Depends | tr ',' '\n' | sed 's/^ *//; s/ .*//')
for name in libc6 fonts-dejavu-core fonts-droid-fallback openssl; do
	echo "$needs" | grep -qx "$name" || fail "it does not need $name"
done
for name in $needs; do
	dpkg-query -W "$name" >/dev/null || fail "no package is called $name"
done
triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
# what is loaded by name too, wherever the source says it
(cd one && cat lib/*/*.c cmd/*.c ceremony/*.c transfer/*.c) |
	grep -oE '"lib[^" ]*\.so\.[0-9]+"' | tr -d '"' | sort -u >by-name
for name in libzbar.so.0 libpangocairo-1.0.so.0; do
	grep -qxF "$name" by-name ||
		fail "the source says otherwise what it loads"
done
while read -r name; do
	dpkg-query -S "*/$triplet/$name" | cut -d: -f1 | sort -u >owner
	echo "$needs" | grep -qxFf owner || fail "it does not need $name"
done <by-name

# --- the room: what is not the kit is not installed ---

tool "$WORK/room" apt-get <<TOOL
echo "\$*" >>'$WORK/calls'
case "\$*" in
*'[trusted'*) exit 1 ;;
*' update') ;;
*' install '*) dpkg-deb -x '$WORK/$deb' '$WORK/installed' ;;
esac
TOOL
tool "$WORK/room" id <<'TOOL'
echo 0
TOOL
tool "$WORK/guest" id <<'TOOL'
echo 1000
TOOL
tool "$WORK/foreign" dpkg <<'TOOL'
echo riscv64
TOOL
room=$WORK/room:$PATH:$WORK/installed/usr/bin

# other CODE FRAGMENT CMD [TOOLS]: a copy with which that was done is refused,
# before any tool is asked.
other() {
	rm -rf copy
	cp -r kit copy
	(cd copy && eval "$3")
	: >calls
	refused "$1" install "$2" \
		env PATH="${4:+$WORK/$4:}$room" sh copy/install
	[ ! -s calls ] || fail "it went on all the same: $3"
	[ ! -e installed ] || fail "it is installed"
}
again='ls | grep -v SHA256SUMS | xargs sha256sum >../s; mv ../s SHA256SUMS'
for name in README.txt Packages liba_1.0_all.deb "$deb_name"; do
	other 1 "$name is not what SHA256SUMS says" \
		"printf x | dd of=$name bs=1 seek=99 conv=notrunc status=none"
	other 1 "$name is missing" "rm $name"
	other 1 "$name is not what SHA256SUMS says" ": >$name"
	other 1 "$name is no file" "mv $name ../moved; ln -s ../moved $name"
done
other 1 "install is not what SHA256SUMS says" "echo >>install"
other 1 "more is not of the kit" "echo >more"
other 1 ".more is not of the kit" "echo >.more"
other 1 "a b is not of the kit" "echo >'a b'"
other 1 "folder is not of the kit" "mkdir folder"
other 1 "SHA256SUMS is missing" "rm SHA256SUMS"
other 1 "is not of the kit" ": >SHA256SUMS"
other 1 "is not of the kit" "sed -i 2d SHA256SUMS"
other 1 "none of a kit's" "sed -i '2s,  ,  ../copy/,' SHA256SUMS"
other 1 "none of a kit's" "sed -i '2s,  , *,' SHA256SUMS"
other 1 "none of a kit's" "echo strange >>SHA256SUMS"
other 1 "the kit is for debian 99, this is " \
	"sed -i \"s/^system=.*/system='debian 99'/\" install; $again"
other 1 ", this is riscv64" : foreign
other 2 "only root installs" : guest

# as the page says it, with the folders of this test
awk '/^## / { on = /How the program gets into the room/ }
	on && /^    / { sub(/^ */, ""); sub(/  +#.*/, ""); print }' \
	"$ROOT/CEREMONY.md" >lines
[ "$(sed -n 2p lines)" = 'make kit TO=/media/kit/anchorite' ] ||
	fail "the page begins with $(head -n 2 lines)"
mkdir -p media/kit root
cp -r kit media/kit/anchorite
sed -e 1,2d -e "s, /media/, $WORK/media/,; s, /root/, $WORK/root/,g" lines \
	>typed
: >calls
must_pass env PATH="$room" sh -e typed
[ "$(wc -l <typed)" -ge 7 ] || fail "the page has few lines"
must_say "anchorite  $(cat one/VERSION)"
[ "$(grep -c "$(sha384sum kit/SHA256SUMS | cut -d' ' -f1)" "$OUT")" -ge 2 ] ||
	fail "it does not show the digest twice"
[ "$(wc -l <calls)" -eq 2 ] || fail "apt-get was called: $(cat calls)"
if grep -v 'SourceParts=/dev/null' calls; then
	fail "apt-get may ask others"
fi
# the same lines are in the kit
sed -n '3,$p' typed | while read -r line; do
	grep -qxF "       $line" kit/README.txt ||
		fail "README.txt does not say: $line"
done
tool "$WORK/room" apt-get <<'TOOL'
exit 100
TOOL
rm -r installed
refused 2 install "apt-get cannot read the kit" env PATH="$room" sh kit/install

# --- what fails leaves nothing; what is cut short is no kit ---

# from here on what is built is a small program that was built by others
tool "$WORK/built" make <<'TOOL'
while [ $# -gt 0 ]; do
	case $1 in
	-C) cd "$2" ;;
	DESTDIR=*) to=${1#*=} ;;
	esac
	shift
done
mkdir -p "$to/usr/bin" "$to/usr/share/man/man1"
cp /bin/true "$to/usr/bin/anchorite"
cp /bin/true "$to/usr/share/man/man1/anchorite.1"
TOOL
tool "$WORK/broken" make <<'TOOL'
echo "main.c: no semicolon"
exit 2
TOOL
tool "$WORK/full" tar <<'TOOL'
echo "tar: no space left" >&2
exit 2
TOOL
desk=$WORK/built:$WORK/desk

# nothing CODE FRAGMENT TOOLS [ENV...]
nothing() {
	code=$1
	fragment=$2
	tools=$3
	shift 3
	refused "$code" kit "$fragment" kit "$tools" new "$@"
	[ ! -e new ] || fail "a kit that failed is there"
	no_shop "a kit that failed"
}
nothing 2 "it does not build" "$WORK/broken:$WORK/desk"
grep -q 'no semicolon' "$ERR" || fail "it does not say why"
nothing 2 "it cannot be made, for the reason above" "$WORK/full:$desk"
nothing 2 "is there a network" "$WORK/built:$WORK/offline"
grep -q 'Could not resolve' "$ERR" || fail "it does not say why"

must_pass env PATH="$desk:$PATH" "$(command -v make)" -C one kit \
	TO="$WORK/it's small"
mv "it's small" small
echo 0 >syncs
must_pass kit "$WORK/cut:$desk" whole
diff -r small whole || fail "the same commit, another kit"
all=$(cat syncs)
[ "$all" -ge "$(wc -l <names)" ] || fail "only $all were synced"
at=0
while [ "$at" -lt "$all" ]; do
	at=$((at + 1))
	echo 0 >syncs
	nothing 2 'cannot be synced' "$WORK/cut:$desk" AT=$at DO='exit 1'
	# power fails: of what was to be synced the half is there
	echo 0 >syncs
	# shellcheck disable=SC2016 # for the inner shell
	run kit "$WORK/cut:$desk" new AT=$at \
		DO='[ -d "$1" ] || truncate -s $(($(wc -c <"$1") / 2)) "$1"
		kill -KILL $PPID'
	[ "$STATUS" -eq 137 ] || fail "it was not cut short: $STATUS"
	rm -rf one/build/kit.*
	[ ! -e new/install ] || run env PATH="$room" sh new/install
	if ! diff -r small new >/dev/null; then
		[ ! -e new/install ] || [ "$STATUS" -eq 1 ] ||
			fail "what a power cut left at $at passes for a kit"
		(cd new && ! sha256sum -c --strict --status SHA256SUMS \
			2>/dev/null) || fail "it has sums of its own at $at"
	fi
	rm -r new
done
# a medium that keeps something else
echo 0 >syncs
# shellcheck disable=SC2016 # for the inner shell
nothing 2 "gives other bytes back" "$WORK/cut:$desk" AT=2 DO='echo >>"$1"'

# --- the same package, elsewhere; and apt-get as it is ---

# another place, person, clock, habits; and changes that nobody committed
chmod g+s "another place"
echo '#error' >>"another place/cmd/main.c"
elsewhere() {
	(
		umask 077
		export TZ=Asia/Tokyo LC_ALL=C.UTF-8 CFLAGS=-O0 \
			BUILD="$WORK/else where"
		PATH="$hand$PATH" "another place/scripts/kit" "$WORK/real"
	)
}
run elsewhere
offline=
if [ "$STATUS" -eq 2 ] && grep -q "is there a network" "$ERR"; then
	offline=yes
	[ ! -e real ] || fail "a kit that failed is there"
	PATH=$WORK/desk:$PATH
	must_pass elsewhere
fi
[ "$STATUS" -eq 0 ] || complain "it should have passed" elsewhere
grep -qx 'kit: what is not committed is not in it' "$ERR" ||
	fail "it does not say what is left out"
cmp "$deb" "real/$deb_name" || fail "the same commit, another package"
[ -z "$offline" ] ||
	skip "all but one part passed: apt-get downloads nothing here"

# all that it needs is in it: to who has nothing else, it can be installed
mkdir -p lists/partial cache/archives/partial
: >status
echo "deb [trusted=yes] file:$WORK/real ./" >sources
apt() {
	apt-get -q -o Dir::Etc::SourceList="$WORK/sources" \
		-o Dir::Etc::SourceParts=/dev/null \
		-o Dir::State::Lists="$WORK/lists" \
		-o Dir::State::status="$WORK/status" \
		-o Dir::Cache="$WORK/cache" -o Debug::NoLocking=1 \
		-o APT::Sandbox::User="$(id -un)" "$@"
}
must_pass apt update
must_pass apt --no-install-recommends -s install anchorite
[ "$(grep -c '^Inst ' "$OUT")" -eq \
	"$(find real -name '*.deb' | wc -l)" ] ||
	fail "the kit has packages that nobody needs"
must_pass sh -c 'cd real && sha256sum -c --strict --quiet SHA256SUMS'

# and without a network
if unshare -rn true 2>/dev/null; then
	refused 2 kit "is there a network" \
		unshare -rn env PATH="$WORK/built:$PATH" one/scripts/kit new
	[ ! -e new ] || fail "a kit that failed is there"
	no_shop "a kit that failed"
fi
