#!/bin/sh
# Goal: a root is replaced in a ceremony: devices walk from the first bundle to
# the second, stock clients follow by cross certificate or keyring, a second
# machine finds every byte equal; a stolen root is vouched for by nobody; and
# what no device would take is refused before anything is opened.
# shellcheck source=tests/integration/lib.sh
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/short.sh"

# plan NUMBER PREVIOUS: its facts, of now, and what is on stdin.
plan() {
	sed -n '1,/^\[mint/p' "$WORK/base/plan.ini" | sed "\$d
		s/^effective = .*/effective = $(effective_in $(($1 - 1)))/
		s/^number = .*/number = $1/; s/^previous = .*/previous = $2/" \
		>plan.ini
	cat >>plan.ini
	rm -f paper/plan.words
	"$ANCHORITE" words plan.ini | tail -n +2 >paper/plan.words
}
next() {
	plan "$1" "$("$ANCHORITE" state show --state state-a --json |
		sed -n 's/.*"head": *"\([^"]*\)".*/\1/p')"
}
mint() {
	printf '[mint %s]\nalgorithm = %s\nneed = 1 group\n' "$1" "$2"
	echo "group.main = 2 of 2: anna@office, bruno@bank"
}
crl() {
	printf '[crl %s]\nby = %s\ndays = 30\n' "${2:-$1}" "$1"
}
delegate() {
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$1.key" -subj "/CN=$1" -sha256 -out "inbox/$1.csr" \
		2>openssl.err || fail "no request"
	printf '[delegate %s]\nby = %s\nprofile = firmware\n' "$1" "$2"
	printf 'product = %s\nrole = release\nversions = 4.0..\n' "$1"
	printf 'days = 20\nrequest = %s.csr sha384:%s\n' "$1" \
		"$(sha384sum "inbox/$1.csr" | cut -d' ' -f1)"
}
terms='threshold = 1
next-threshold = 1
succession = both
days = 20'

# --- genesis: a root, two to come, a bundle ---
begin life
{
	mint g3 ecdsa-p256
	mint g2 ecdsa-p384
	mint g1 ecdsa-p384
	printf 'subject = root-g1\nyears = 20\nnext = g2\n'
	crl g1
	delegate old g1
	printf '[bundle b1]\nby = g1\nanchors = g1\nnext = g2, g3\n%s\n' "$terms"
} | plan 1 none
must_pass hold
cp -a "$WORK/life" "$WORK/genesis"
cp -a "$WORK/life" "$WORK/cut"

# --- what is refused, before a sheet is asked for ---
certify='[certify g2]
subject = root-g2
years = 20
next = g5'
coming=$(mint g5 ecdsa-p384 && mint g4 ecdsa-p256)
lists=$(crl g1 && crl g2)
rotate="[rotate b2]
by = g1, g2
old = g1
new = g2
reason = routine
next = g4, g5
$terms"
# refused CODE SENTENCE: the plan on stdin, by check and by run; nothing is made
refused() {
	cat >rows
	next 2 <rows
	remember_files .
	must_refuse "$1" "$2" "$ANCHORITE" ceremony check plan.ini \
		--room room.ini
	must_refuse "$1" "$2" hold
	no_new_files .
}
# all of a good plan, but for what sed does to it
but() {
	printf '%s\n' "$coming" "$certify" "$lists" "$rotate" | sed "$1"
}
but '/^reason/d' | refused 1 'FORMATS 3.13: [rotate b2] needs reason'
but 's/^reason = .*/reason = boredom/' | refused 1 'routine|algorithm'
but 's/^old = g1/old = g3/' | refused 1 \
	'FORMATS 3.41: root g3 is no anchor of the last establishment'
but 's/^new = g2/new = g1/' | refused 1 \
	'FORMATS 3.40: [certify g2] wants a [rotate] behind it'
but 's/^by = g1, g2/by = g2/' | refused 1 'FORMATS 3.43: root g1 does not sign'
but 's/^by = g1, g2/by = g1/' | refused 1 \
	'FORMATS 3.41: root g2 comes, and does not sign'
but 's/^by = g1, g2/by = g1, g2, g3/' | refused 1 \
	'FORMATS 9.23: root g3 is neither an anchor nor a new one'
but '/^\[crl g1\]/,/^days/d' | refused 1 \
	'FORMATS 3.42: [rotate b2] wants a [crl] of root g1 above it: its last'
but '/^\[crl g2\]/,/^days/d' | refused 1 \
	'FORMATS 9.52: [rotate b2] wants a [crl] of root g2 above it'
but '/^\[certify/,/^next/d' | refused 1 \
	'FORMATS 8.18: root g2 has no certificate'
but 's/^next = g4, g5/next = g4/' | refused 1 'FORMATS 9.11: one next key'
but 's/^next = g4, g5/next = g4, g2/' | refused 1 \
	'FORMATS 3.30: root g2 has a certificate: it is no root to come'
but 's/^reason = routine/reason = lost/' | refused 1 \
	'FORMATS 3.43: root g1 signs: it is not lost'
# what no device would take: without the old root, and too few of the next
but 's/^by = g1, g2/by = g2/; s/^reason = routine/reason = lost/' |
	refused 1 'FORMATS 9.23: 0 anchors and 1 committed keys signed it, and 1 and 1 must'
but 's/^by = g1, g2/by = g2/; s/^reason = routine/reason = compromise/' |
	refused 1 'FORMATS 9.23: 0 anchors and 1 committed keys'
but 's/^threshold = 1/threshold = 2/' | refused 1 'FORMATS 9.11'
but 's/^level = .*//; s/^threshold/level = 2\n&/' | refused 1 \
	'FORMATS 9.12: ecdsa-p256 is below its level 2'
{
	but '/^\[rotate/,$d'
	echo "$rotate" | sed 's/b2/b3/; s/^new = g2/new = g2, g4/; s/^by.*/&, g4/'
} | refused 1 'FORMATS 3.41: no root g4 is there from a ceremony before'
{
	but ''
	printf '[bundle b3]\nby = g2\ndays = 20\n'
} | refused 1 'FORMATS 3.31: a ceremony makes one bundle, and b2 is above'
{
	but ''
	delegate again g1
} | refused 1 'FORMATS 8.51: root g1 is retired'
but '/^\[rotate/,$d' | refused 1 'FORMATS 3.40: [certify g2] wants a [rotate]'
printf "%s\n" "${certify%next*}" "$coming" "$lists" "$rotate" | refused 1 \
	'RULES B10: [mint g5], a root to come, stands below g2'
# a root that exists and was committed nowhere
{
	mint g6 ecdsa-p384
	crl g1
} | next 2
cp -a "$WORK/life" "$WORK/stranger"
cd "$WORK/stranger" || exit
must_pass hold
but 's/g2/g6/g; s/number = 2/number = 3/' >rows
next 3 <rows
must_refuse 1 'FORMATS 9.23: root g6 is not committed in the last establishment: no device would take it' hold
cd "$WORK/life" || exit

# --- the plan to begin with, made ours, is one that can run ---
but '' | next 2
must_pass "$ANCHORITE" ceremony example rotate
sed "s/^mode = .*/mode = rehearsal/
	s/^previous = .*/previous = $(sed -n 's/^previous = //p' plan.ini)/
	s/^effective = .*/effective = $(sed -n 's/^effective = //p' plan.ini)/
	s/^latest = .*/latest = $(sed -n 's/^latest = //p' plan.ini)/
	s/sha384:0*\$/sha384:$(sha384sum inbox/gateway.csr | cut -d' ' -f1)/" \
	"$OUT" >inbox/example.ini
must_pass "$ANCHORITE" ceremony check inbox/example.ini --state state-a
must_say 'it can run'

# a root to come has no name and no end yet, and a list's number is explained
must_pass "$ANCHORITE" state show --state state-a
grep -q ' g2: [a-z0-9-]*, to come, not certified$' "$OUT" ||
	fail "a root to come is not said to be one"
must_say 'lists/000001.crl: number 4294967297 (ceremony 1, list 1) of root g1, '

# --- the second ceremony ---
{
	but ''
	delegate new g2
} | next 2
cp -a state-a before
must_pass hold
must_pass "$ANCHORITE" ceremony verify --state state-a --against before
must_pass "$ANCHORITE" ceremony reproduce --after state-a sheets/*
must_pass "$ANCHORITE" ceremony reproduce --after state-a --before before \
	sheets/*g[1245]*
must_pass "$ANCHORITE" state show --state state-a
must_say 'destroy the sheets of root g1: it was retired in ceremony 2'
must_say 'g1, in ceremony 2: routine; g2 came'
for file in cross/000001.crt cross/000002.crt bundles/000002.der \
	bundles/000002.g1.p7s bundles/000002.g2.p7s; do
	[ -e state-a/$file ] || fail "there is no $file"
done
# a copy for everybody, and one on another stick
must_pass "$ANCHORITE" state publish --state state-a --to desk
must_pass "$ANCHORITE" ceremony verify --state desk
must_pass "$ANCHORITE" state copy --from state-a --to media
must_pass "$ANCHORITE" state compare state-a media
must_say equal
# altered, it is found
cp -a state-a forged
printf x >>forged/cross/000001.crt
must_refuse 1 'cross/000001.crt' "$ANCHORITE" ceremony verify --state forged

# --- a device walks ---
"$ANCHORITE" words state-a/bundles/000001.der | sed 1d >words
must_pass "$ANCHORITE" trust init state-a/bundles/000001.der \
	state-a/bundles/000001.g1.p7s --words words --store store --rehearsal
mkdir given
cp state-a/bundles/* state-a/lists/*.crl given
must_pass "$ANCHORITE" trust apply given --store store
must_say 'era 2, number 1'
must_say 'new-lists     3'
must_pass "$ANCHORITE" trust show --store store
must_say 'TEST-root-g2'
for client in rauc openssl swupdate p7b; do
	must_pass "$ANCHORITE" trust export --for $client --store store \
		--to keyring.$client --rehearsal
done
# neither half of it is enough (RULES B3)
for half in g1 g2; do
	"$ANCHORITE" trust init state-a/bundles/000001.der \
		state-a/bundles/000001.g1.p7s --words words --store $half \
		--rehearsal >/dev/null
	must_refuse 1 'FORMATS 9.23' "$ANCHORITE" trust apply \
		state-a/bundles/000002.der state-a/bundles/000002.$half.p7s \
		--store $half
done

# --- stock clients ---
root1=state-a/roots/000003.crt # the third that was minted
root2=state-a/roots/000002.crt
for cert in state-a/issued/*.crt; do
	name=$(openssl x509 -in "$cert" -noout -subject)
	case $name in
	*fw.old.*) cp "$cert" old.crt ;;
	*fw.new.*) cp "$cert" new.crt ;;
	esac
done
openssl_takes() {
	must_pass openssl verify -x509_strict -purpose any -CAfile "$1" \
		${3:+-untrusted "$3"} "$2"
}
openssl_refuses() {
	run openssl verify -x509_strict -purpose any -CAfile "$1" \
		${3:+-untrusted "$3"} "$2"
	[ "$STATUS" -ne 0 ] || fail "openssl takes $2 under $1"
}
openssl_takes $root1 new.crt state-a/cross/000001.crt
openssl_refuses $root1 new.crt
openssl_takes $root2 old.crt state-a/cross/000002.crt
openssl_refuses $root2 old.crt
openssl_takes $root2 new.crt
must_pass openssl verify -x509_strict -purpose any -crl_check_all \
	-CAfile keyring.openssl -CRLfile keyring.openssl new.crt

# by the state, both are good: the old root's lists go on till its keys end
must_pass "$ANCHORITE" delegation verify old.crt --state state-a
must_pass "$ANCHORITE" delegation verify new.crt --state state-a

# --- the old root is retired: it signs lists, and nothing else ---
bundle3='[bundle b3]
by = g2
days = 10'
echo "$bundle3" | sed 's/g2/g1/' | next 3
must_refuse 1 'FORMATS 9.22: root g1 is no anchor of the bundle before' hold
delegate again g1 | next 3
must_refuse 1 'FORMATS 8.51: root g1 is retired: it signs lists, and nothing else' hold
{
	crl g2
	printf '%s\n' "$rotate" | sed 's/^old = g1/old = g2/; s/^new = g2/new = g4/
		s/^by.*/by = g1, g2, g4/; s/b2/b3/; s/^next = .*/next = g5, g3/'
} >rows
{
	printf '[certify g4]\nsubject = root-g4\nyears = 20\n'
	crl g4
	cat rows
} | next 3
must_refuse 1 'FORMATS 8.51: root g1 is retired' hold

# Its theft comes to light: what vouched for it is revoked (RULES B11), its list
# is renewed once more, and the next bundle is a renewal of the new root's.
{
	printf '[revoke g1]\nby = g2\nreason = key-compromise\nasked = bruno\n'
	crl g2
	crl g1
	echo "$bundle3"
} | next 3
must_pass hold
must_pass "$ANCHORITE" ceremony verify --state state-a
must_pass "$ANCHORITE" ceremony reproduce --after state-a sheets/*
cat state-a/lists/000004.crl state-a/lists/000005.crl >both.pem
run openssl verify -purpose any -crl_check_all -CAfile $root2 \
	-CRLfile both.pem -untrusted state-a/cross/000002.crt old.crt
[ "$STATUS" -ne 0 ] || fail 'openssl takes what a revoked root signed'
grep -q 'certificate revoked' "$OUT" "$ERR" || fail 'for another reason'
must_refuse 1 old.crt "$ANCHORITE" delegation verify old.crt --state state-a
must_pass "$ANCHORITE" delegation verify new.crt --state state-a
# all that is published, again and again: the lists of a root that went are
# passed over, and hold back nothing; nor do they come in by that
cp state-a/bundles/* state-a/lists/*.crl given
must_pass "$ANCHORITE" trust apply given --store store
must_say 'era 2, number 2'
must_say 'new-lists     1'
must_pass "$ANCHORITE" trust apply given --store store
must_say 'new-lists     0'
must_say 'lists, of none of the roots of now'

# and the establishment after it calls it revoked
{
	printf '[certify g4]\nsubject = root-g4\nyears = 20\n'
	mint g7 ecdsa-p384 | cat - rows
} | sed 's/^by = g1, g2, g4/by = g2, g4/; s/^next = .*/next = g5, g7/' >late
{
	sed -n '/^\[mint/,/^group/p' late
	sed '/^\[mint/,/^group/d' late | sed '/^\[rotate/,$d'
	crl g4
	sed -n '/^\[rotate/,$p' late
} | next 4
must_pass hold
must_pass "$ANCHORITE" ceremony verify --state state-a
must_pass "$ANCHORITE" trust apply state-a/bundles --store store
must_say 'era 3, number 1'
must_pass "$ANCHORITE" trust show --store store
must_say '(revoked)'

# --- stolen: nobody vouches for it (RULES B11) ---
cd "$WORK/genesis" || exit
but 's/^reason = routine/reason = compromise/' | next 2
must_pass hold
must_pass "$ANCHORITE" ceremony verify --state state-a
must_pass "$ANCHORITE" ceremony reproduce --after state-a sheets/*
[ -e state-a/cross/000001.crt ] || fail 'the new root is vouched for by nobody'
[ ! -e state-a/cross/000002.crt ] || fail 'somebody vouches for a stolen root'
must_pass "$ANCHORITE" state show --state state-a
must_say 'g1, in ceremony 2: compromise; g2 came'
"$ANCHORITE" words state-a/bundles/000001.der | sed 1d >words
must_pass "$ANCHORITE" trust init state-a/bundles/000001.der \
	state-a/bundles/000001.g1.p7s --words words --store store --rehearsal
must_pass "$ANCHORITE" trust apply state-a/bundles --store store
must_pass "$ANCHORITE" trust show --store store
must_say '(revoked)'
# what the old root issued cannot be told from what the thief does: ours takes
# neither, nor openssl under the new root
for cert in state-a/issued/*.crt; do
	must_refuse 1 "$cert" "$ANCHORITE" delegation verify "$cert" \
		--state state-a
	run openssl verify -purpose any -CAfile state-a/roots/000002.crt \
		-untrusted state-a/roots/000003.crt "$cert"
	[ "$STATUS" -ne 0 ] || fail "openssl takes $cert under the new root"
done

# --- cut when the new root has its certificate and the old one is not open ---
cd "$WORK/cut" || exit
but '' | next 2
mkdir away
mv sheets/*g1* away
run hold
[ "$STATUS" -ne 0 ] || fail 'it was held without the sheets of the old root'
mv away/* sheets
cp -a "$WORK/cut" "$WORK/ended"
must_pass hold
must_pass "$ANCHORITE" ceremony verify --state state-a
must_pass "$ANCHORITE" ceremony reproduce --after state-a sheets/*

# or ended there: the next ceremony goes on with what there is
cd "$WORK/ended" || exit
must_pass "$ANCHORITE" ceremony end plan.ini --room room.ini \
	--reason 'the bank was closed'
but '/^\[mint/,/^group/d; /^\[certify/,/^next/d' | next 3
must_pass hold
must_pass "$ANCHORITE" ceremony verify --state state-a
must_pass "$ANCHORITE" ceremony reproduce --after state-a sheets/*
"$ANCHORITE" words state-a/bundles/000001.der | sed 1d >words
must_pass "$ANCHORITE" trust init state-a/bundles/000001.der \
	state-a/bundles/000001.g1.p7s --words words --store store --rehearsal
must_pass "$ANCHORITE" trust apply state-a/bundles --store store
must_say 'era 2, number 1'
