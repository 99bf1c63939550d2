#!/bin/sh
# The check of the manual finds what it is there to find: a verb, an option or
# a word of the usage that no page has, and a page that says more.
. "$ROOT/tests/integration/lib.sh"
command -v mandoc >/dev/null || skip "no mandoc"

mkdir scripts
cp "$ROOT/scripts/check-man" scripts
cp -r "$ROOT/man" .
must_pass scripts/check-man "$ANCHORITE"

# found PAGE EDIT WHY: with that edit the page is found wanting.
found() {
	cp "man/$1" keep
	sed -i -E "$2" "man/$1"
	cmp -s keep "man/$1" && fail "the edit changes nothing: $2"
	run scripts/check-man "$ANCHORITE"
	[ "$STATUS" -eq 1 ] || complain "not found: $2" check-man
	must_say "$3"
	mv keep "man/$1"
}

found anchorite-share.1 '/^\.Nm anchorite Cm share check/d' \
	'man: no page has a line for: anchorite share check '
found anchorite-revocation.1 's/^(\.Nm anchorite Cm revocation release).*/\1/' \
	'man: no page has a line for: anchorite revocation release --with KEYFILE'
found anchorite-ceremony.1 '/^\.Nm/s/ Oo Fl -against Ar OLDER Oc//' \
	'man: no page has a line for: anchorite ceremony verify '
found anchorite-ceremony.1 '/^\.Nm/s/Fl -room Ar ROOM Ar PLAN/Ar PLAN/' \
	'man: no page has a line for: anchorite ceremony run --room ROOM PLAN'
found anchorite-ceremony.1 '/^\.It Fl -against/d' \
	'man: man/anchorite-ceremony.1 does not say what --against is'
found anchorite.1 's/^\.It Fl -hands-on/.It Fl -hands/' \
	'man: man/anchorite.1 does not say what --hands-on is'
found anchorite.1 's/^(\.Nm anchorite Cm )version/&\n\1vanish/' \
	'man: man/anchorite.1: there is no such verb: anchorite vanish'
found anchorite.1 's/^\.Sh EXAMPLES/.Sh\n.Xyzzy/' 'anchorite.1:'

# A verb that the manual has never heard of.
cat >program <<'SH'
#!/bin/sh
"$ANCHORITE" --help
echo '  anchorite ceremony vanish --trace'
SH
chmod +x program
run scripts/check-man ./program
[ "$STATUS" -eq 1 ] || complain "a new verb is not missed" check-man
must_say 'man: no page has a line for: anchorite ceremony vanish --trace'

# A program that says nothing proves nothing.
run scripts/check-man true
[ "$STATUS" -eq 1 ] || complain "no verbs at all pass" check-man

# Every page has the sections that a tired person looks for.
for page in man/*.1; do
	for section in NAME SYNOPSIS DESCRIPTION FILES 'EXIT STATUS' EXAMPLES \
		'SEE ALSO'; do
		grep -qx "\.Sh $section" "$page" ||
			fail "$page has no section $section"
	done
done
