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

count() {
	grep -c "\"kind\":\"$1\"" after.log || :
}

# How it lies there after the fault, for comparison.
rm -rf was-a was-b
for s in a b; do
	[ ! -d "state-$s" ] || cp -a "state-$s" "was-$s"
	log "state-$s" >"was-$s.log" || : >"was-$s.log"
done

closed=
for s in a b; do
	if tail -n 1 was-$s.log | grep -q '"kind":"closed"'; then
		closed=$s
	fi
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

for s in a b; do
	set -- --state state-$s
	[ ! -s was-$s.log ] || set -- "$@" --against was-$s
	"$ANCHORITE" ceremony verify "$@" >said 2>&1 ||
		bad "stick $s does not verify"
done
log state-a >after.log
log state-b | cmp -s - after.log || bad "the sticks differ"

# RULES C3: nothing is ever deleted, and nothing is written over.
for s in a b; do
	[ -d was-$s ] || continue
	diff -rq was-$s state-$s | grep -v "^Only in state-$s[/:]" >files ||
		continue
	bad "stick $s no longer has all as it was: $(head -n 1 files)"
done

[ "$(count delegation)" -eq 1 ] || bad "not one delegation in the record"
[ "$(count list)" -eq 1 ] || bad "not one list in the record"
[ "$(count root)" -eq 1 ] || bad "not one root in the record"
[ "$(count closed)" -eq 1 ] || bad "not one closing entry"

# Certificates and lists by content: a torn file is no certificate.
for f in state-[ab]/issued/*; do
	openssl x509 -in "$f" -outform DER 2>/dev/null | sha256sum
done | grep -v '^e3b0c44298fc' | sort -u >certs
[ "$(wc -l <certs)" -eq 1 ] || bad "more than one certificate for a request"
for f in state-[ab]/lists/*; do
	openssl crl -in "$f" -outform DER 2>/dev/null | sha256sum
done | grep -v '^e3b0c44298fc' | sort -u >lists
for f in state-[ab]/lists/*; do
	openssl crl -in "$f" -noout -crlnumber 2>/dev/null || :
done | sort -u >numbers
[ "$(wc -l <lists)" -eq "$(wc -l <numbers)" ] ||
	bad "two lists with one number"

# The seed of a rehearsal is public: the root is the same in every epoch, and
# each epoch before the last was set void.
root=$(sed -n 's/.*"kind":"certificate".*"name":"\([^"]*\)".*/\1/p' after.log)
cmp -s "state-a/$root" "$BASE.uncut/state-a/roots/000001.crt" ||
	bad "the root's certificate is another"
epoch=$(sed -n 's/.*"kind":"root".*"epoch":"\([0-9]*\)".*/\1/p' after.log)
drawn=$(count drawn)
void=$(grep '"kind":"void"' after.log | grep -c '"root":' || :)
[ "$epoch" -eq "$drawn" ] && [ "$void" -eq $((drawn - 1)) ] ||
	bad "epoch $epoch of $drawn drawn, $void set void"
