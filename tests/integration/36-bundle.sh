#!/bin/sh
# Goal: from the first ceremony's bundle and its words on paper a device walks to
# what later ceremonies make; stock tools check each signature; what no device
# would take is refused before a key is open, and a cut in the row costs nothing.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/short.sh"

# --- the first ceremony: two roots to come, then the present one ---
begin first
{
	sed '/^\[mint g1/,$d' "$WORK/base/plan.ini"
	for next in g3 g2; do
		cat <<-INI
			[mint $next]
			algorithm = ecdsa-p256
			need = 1 group
			group.main = 2 of 2: anna@vault, bruno@home
		INI
	done
	sed -n '/^\[mint g1/,/^$/p' "$WORK/base/plan.ini" |
		sed 's/^years.*/&\nnext = g2/'
	printf '[crl g1]\nby = g1\ndays = 30\n'
	cat <<-INI
		[bundle b1]
		by = g1
		anchors = g1
		threshold = 1
		next = g2, g3
		next-threshold = 1
		days = 20
		succession = both
	INI
} >good.ini
note_plan() {
	rm -f paper/plan.words
	"$ANCHORITE" words plan.ini | sed 1d >paper/plan.words
}

# refused FRAGMENT SED: the plan, so edited, is, at the desk and in the
# room, and nothing is left.
refused() {
	sed "$2" good.ini >plan.ini
	cmp -s plan.ini good.ini && fail "the edit changes nothing: $2"
	note_plan
	remember_files .
	must_refuse 1 "$1" "$ANCHORITE" ceremony check plan.ini --room room.ini
	must_refuse 1 "$1" hold
	no_new_files .
	[ ! -e state-a ] || fail "a refused ceremony left a state"
}
refused 'FORMATS 9.11: one next key is too few' 's/^next = g2, g3/next = g2/'
refused 'FORMATS 9.11: a threshold that nobody needs' \
	's/^threshold = 1/threshold = 2/'
refused 'FORMATS 8.18: no root g9 is there' 's/^anchors = g1/anchors = g1, g9/'
refused 'FORMATS 3.30: no root g9 is there' 's/^next = g2, g3/next = g2, g9/'
refused 'FORMATS 3.30: root g1 has a certificate' \
	's/^next = g2, g3/next = g2, g1/'
refused 'FORMATS 8.18: root g2 has no certificate' 's/^by = g1/by = g2/'
refused 'FORMATS 9.52: [bundle b1] wants a [crl] of root g1 above it' \
	'/^\[crl/,/^days/d'
refused 'FORMATS 9.5: 20 days are beyond its horizon of 10' \
	's/^days = 20/&\nhorizon-days = 10/'
refused 'FORMATS 3.31: [bundle b1], the first of its state, says no succession' \
	'/^succession/d'
refused 'RULES B10: [mint g4], a root to come, stands below g1' \
	'$a[mint g4]\nalgorithm = ecdsa-p256\nneed = 1 group\ngroup.main = 2 of 2: anna, bruno'
refused 'FORMATS 3.33: a key made elsewhere is its algorithm and' \
	'$anext-key.far = ecdsa-p384'

cp good.ini plan.ini
note_plan
must_pass hold
# said while it is held, so that people know
grep -q 'sign trust bundle 1 of era 1: g1; to come: ' "$ERR" ||
	complain 'nobody is told what is signed' hold
root=state-a/roots/000003.crt
must_pass "$ANCHORITE" ceremony verify --state state-a
must_pass "$ANCHORITE" ceremony reproduce --after state-a sheets/*
must_say 'every byte is equal'

# --- what the root's certificate says of the next: RFC 8649 ---
must_pass openssl verify -x509_strict -CAfile $root $root
must_pass openssl x509 -in $root -noout -text
grep -A 1 '1\.3\.6\.1\.4\.1\.51483\.2\.1: *$' "$OUT" | grep -qv critical ||
	fail 'the next root is not named, or critically'
next=$("$ANCHORITE" state show --state state-a --json |
	sed -n 's/.*"g2: \([0-9a-f]\{96\}\)".*/\1/p')
[ ${#next} -eq 96 ] || fail 'no key of g2'
openssl x509 -in $root -outform DER | od -An -tx1 | tr -d ' \n' >der.hex
grep -q "300b06096086480165030402020430$next" der.hex ||
	fail 'another key than that of g2 is named'
if command -v certtool >/dev/null; then
	must_pass certtool --verify --infile $root --load-ca-certificate $root
	must_say 'Chain verification output: Verified.'
fi

# --- the stock check of the bundle, word for word ---
stock() {
	openssl cms -verify -binary -inform DER -in "$1" -content "$2" \
		-certfile $root -CAfile $root -purpose any -out /dev/null
}
bundles=state-a/bundles
must_pass stock $bundles/000001.g1.p7s $bundles/000001.der
must_refuse 1 'FORMATS 9.28: 0 of its own anchors' "$ANCHORITE" trust init \
	$bundles/000001.der state-a/record/*.g1.p7s --rehearsal --store no \
	--words "$("$ANCHORITE" words $bundles/000001.der | sed 1d | tr '\n' ' ')"

# --- a device begins with its words; a second ceremony renews ---
"$ANCHORITE" words $bundles/000001.der | sed 1d >bundle.words
must_pass "$ANCHORITE" trust init $bundles/000001.der \
	$bundles/000001.g1.p7s --words bundle.words --store device --rehearsal
must_say 'to-establish  1 of 1 roots and 1 of 2 next keys'

# second ROWS: the plan of the ceremony after; its rows on stdin.
second() {
	head=$("$ANCHORITE" state show --state state-a --json |
		sed -n 's/.*"head": *"\([^"]*\)".*/\1/p')
	sed "s/^effective = .*/effective = $(effective_in 2)/
		s/^number = .*/number = 2/; s/^previous = .*/previous = $head/
		/^\[mint/,\$d" good.ini >plan.ini
	cat >>plan.ini
	note_plan
}
renewal='[bundle b2]
by = g1
days = 25'
refused_then() {
	second
	remember_files state-a
	must_refuse 1 "$1" hold
	no_new_files state-a
}
printf '%s\nthreshold = 1\n' "$renewal" | refused_then \
	'FORMATS 3.32: [bundle b2] is a renewal, for this state has a bundle: it cannot say threshold'
sed -n '/^\[bundle/,$p' good.ini | refused_then \
	'FORMATS 3.32: [bundle b1] is a renewal'
printf '%s\n[bundle b3]\nby = g1\ndays = 3\n' "$renewal" | refused_then \
	'FORMATS 3.31: a ceremony makes one bundle, and b2 is above'
printf '%s\n' "$renewal" | sed 's/g1/g2/' | refused_then \
	'FORMATS 8.18: root g2 has no certificate'

printf '[crl g1]\nby = g1\ndays = 30\n%s\n' "$renewal" | second
must_pass hold
must_pass stock $bundles/000002.g1.p7s $bundles/000002.der
must_pass "$ANCHORITE" ceremony verify --state state-a
must_pass "$ANCHORITE" ceremony reproduce --after state-a sheets/*
must_pass "$ANCHORITE" state publish --state state-a --to desk
# a signature that a cut left with another number than its bundle is found
mkdir odd
cp $bundles/000002.der odd/000002-2.der
cp $bundles/000002.g1.p7s odd/000020.g1.p7s
cp -a device other
must_refuse 1 'FORMATS 9.22: 0 of its anchors' "$ANCHORITE" trust apply odd \
	--store other
mv odd/000020.g1.p7s odd/000002-3.g1.p7s
must_pass "$ANCHORITE" trust apply odd --store other
must_say 'era 1, number 2'
must_pass "$ANCHORITE" trust apply desk/bundles --store device
must_say 'era 1, number 2'
must_say 'new-bundles   1'
# the renewal's floor: the list before it proves no key good any more
must_pass "$ANCHORITE" trust apply desk/lists --store device
must_pass "$ANCHORITE" trust show --store device
must_say 'number 8589934593, 0 revoked'
must_say 'floor 8589934593'
must_pass "$ANCHORITE" state show --state desk
must_say 'bundles/000002.der: era 1, number 2'
must_pass "$ANCHORITE" trust export --for rauc --store device --rehearsal \
	--to keyring.pem

# --- a record that says otherwise ---
n=$("$ANCHORITE" ceremony log --state state-a | grep -n '"kind":"bundle"' |
	head -n 1 | cut -d: -f1)
cp -a state-a forged
must_pass "$HELPER/forge" fact forged "$n" seq 2
must_refuse 1 "entry $n (bundle): era 1, number 2 does not follow" \
	"$ANCHORITE" ceremony verify --state forged
rm -rf forged
cp -a state-a forged
must_pass "$HELPER/forge" fact forged "$n" anchors g2
must_refuse 1 "entry $n (bundle): the record gives another anchors" \
	"$ANCHORITE" ceremony verify --state forged

# --- cut in the row: at each of its files, absent or torn ---
n=$(printf %06d "$n")
for cut in der g1.p7s json; do
	for how in absent torn; do
		rm -rf "$WORK/cut"
		cp -a "$WORK/first" "$WORK/cut"
		cd "$WORK/cut"
		rm -rf state-b device
		cp good.ini plan.ini
		note_plan
		for f in state-a/record/*; do
			[ "$(basename "$f" | cut -c1-6)" -lt "$n" ] || rm "$f"
		done
		rm -f state-a/bundles/* state-a/plans/000002* state-a/lists/000002*
		was=$WORK/first/state-a/bundles/000001
		case $cut,$how in
		der,torn) head -c 200 $was.der >state-a/bundles/000001.der ;;
		g1.p7s,*) cp $was.der state-a/bundles ;;
		json,*) cp $was.* state-a/bundles ;;
		esac
		case $cut,$how in
		g1.p7s,torn) head -c 99 $was.g1.p7s \
			>state-a/bundles/000001.g1.p7s ;;
		json,torn) head -c 300 "$WORK/first/state-a/record/$n.json" \
			>"state-a/record/$n.json" ;;
		esac
		# the head of the opening alone is on paper
		find paper -name 'head-*' ! -name 'head-0001*' -delete
		must_pass hold
		must_pass "$ANCHORITE" ceremony verify --state state-a
		must_pass "$ANCHORITE" state publish --state state-a --to desk2
		# whatever its files are called now, a device finds all of it
		set -- desk2/bundles/*.der
		[ $# -eq 1 ] || fail "not one bundle after a cut at $cut"
		cmp "$1" $was.der || fail "another bundle after a cut at $cut"
		must_pass "$ANCHORITE" trust init "$1" desk2/bundles/*.p7s \
			--words bundle.words --store device --rehearsal
		must_pass "$ANCHORITE" trust apply desk2/bundles --store device
		must_say 'new-bundles   0'
	done
done
