#!/bin/sh
# whole.sh DIR: hold the rehearsal in DIR to its end, whatever befell it, and
# look whether all of it is there, once, and nothing is lost.  One line on
# stdout says what is wrong; exit 1 then.
set -eu
: "${ANCHORITE:?}" "${BASE:?}"
cd "$1"

bad() {
	echo "$1"
	[ ! -e said ] || sed 's/^/	/' said
	exit 1
}

log() {
	"$ANCHORITE" ceremony log --state "$1" 2>/dev/null
}

# How it lies there after the fault, for comparison.
rm -rf was-a was-b
closed=
for s in a b; do
	[ ! -d "state-$s" ] || cp -a "state-$s" "was-$s"
	log "state-$s" >"was-$s.log" || : >"was-$s.log"
	case $(tail -n 1 "was-$s.log") in
	*'"kind":"closed"'*) closed=$s ;;
	esac
done

if "$ANCHORITE" ceremony run plan.ini --room room.ini >said 2>&1; then
	[ -z "$closed" ] || bad "a closed ceremony ran again"
else
	[ -n "$closed" ] || bad "it could not be resumed"
	grep -q 'RULES C1: ceremony 1 has run already' said ||
		bad "it is closed, and another reason is given"
	# the cut came between the two sticks: the shorter is brought forward
	for s in a b; do
		[ "$s" = "$closed" ] || "$ANCHORITE" state copy \
			--from "state-$closed" --to "state-$s" >said 2>&1 ||
			bad "the other stick cannot be brought forward"
	done
fi

# A stick that is the other one, file by file, need not be verified too.
log state-a >after.log
both="a b"
! diff -rq state-a state-b >/dev/null || both=a
for s in $both; do
	set -- --state state-$s
	[ ! -s was-$s.log ] || set -- "$@" --against was-$s
	"$ANCHORITE" ceremony verify "$@" >said 2>&1 ||
		bad "stick $s does not verify"
done
[ "$both" = a ] || log state-b | cmp -s - after.log ||
	bad "the sticks differ"

# RULES C3: nothing is ever deleted, and nothing is written over.
for s in a b; do
	[ -d was-$s ] || continue
	! diff -rq was-$s state-$s >files || continue
	lost=$(grep -v "^Only in state-$s[/:]" files) || continue
	bad "stick $s no longer has all as it was: $lost"
done

# What the record says of it, by kind.
eval "$(awk '
match($0, /"kind":"[a-z-]*"/) {
	kind = substr($0, RSTART + 8, RLENGTH - 9)
	n[kind]++
	void += kind == "void" && /"root":/
	if (kind == "root" && match($0, /"epoch":"[0-9]*"/))
		epoch = substr($0, RSTART + 9, RLENGTH - 10)
	if (kind == "certificate" && match($0, /"name":"roots[^"]*"/))
		root = substr($0, RSTART + 8, RLENGTH - 9)
}
END {
	printf "delegations=%d lists=%d roots=%d closings=%d drawn=%d void=%d",
	    n["delegation"], n["list"], n["root"], n["closed"], n["drawn"],
	    void
	printf " epoch=%d root=%s\n", epoch, root
}' after.log)"
# shellcheck disable=SC2154 # eval sets them
{
	[ "$delegations" -eq 1 ] || bad "not one delegation in the record"
	[ "$lists" -eq 1 ] || bad "not one list in the record"
	[ "$roots" -eq 1 ] || bad "not one root in the record"
	[ "$closings" -eq 1 ] || bad "not one closing entry"
}

# same FILE...: they are the same bytes, all of them.
same() {
	sha256sum "$@" | awk '$1 != first { n++; first = $1 } END { exit n != 1 }'
}
# Where they are not, by content: a torn file is no certificate.
same state-[ab]/issued/* || {
	for f in state-[ab]/issued/*; do
		openssl x509 -in "$f" -outform DER 2>/dev/null | sha256sum
	done | grep -v '^e3b0c44298fc' | sort -u >certs
	[ "$(wc -l <certs)" -eq 1 ] ||
		bad "more than one certificate for a request"
}
same state-[ab]/lists/* || {
	for f in state-[ab]/lists/*; do
		openssl crl -in "$f" -outform DER 2>/dev/null | sha256sum
	done | grep -v '^e3b0c44298fc' | sort -u >crls
	for f in state-[ab]/lists/*; do
		openssl crl -in "$f" -noout -crlnumber 2>/dev/null || :
	done | sort -u >numbers
	[ "$(wc -l <crls)" -eq "$(wc -l <numbers)" ] ||
		bad "two lists with one number"
}

# The seed of a rehearsal is public: the root is the same in every epoch, and
# each epoch before the last was set void.
# shellcheck disable=SC2154
cmp -s "state-a/$root" "$BASE.uncut/state-a/roots/000001.crt" ||
	bad "the root's certificate is another"
[ "$epoch" -eq "$drawn" ] && [ "$void" -eq $((drawn - 1)) ] ||
	bad "epoch $epoch of $drawn drawn, $void set void"
