#!/bin/sh
# Goal: a team without a device gets a key and a request by one command: the key
# encrypted so that plain openssl opens it, with the request's words on both
# sides, and nothing left of what failed.
. "$ROOT/tests/integration/lib.sh"
. "$ROOT/tests/integration/typed.sh"
. "$ROOT/tests/integration/short.sh"

pass='a passphrase of the team'
printf '%s\n' "$pass" >pass

# --- each algorithm; openssl sees the key, and the request signed by it ---
for alg in ecdsa-p256 ecdsa-p384 ecdsa-p521 rsa-3072 rsa-4096; do
	must_pass "$ANCHORITE" delegation request --alg "$alg" \
		--key "$alg.key" --to "$alg.csr" --passphrase pass
	must_say "key              $alg"
	sed -n '/^request-words/,/^file-sha384/p' "$OUT" | sed '$d' >words
	[ "$(wc -l <words)" -eq 4 ] || fail "not 16 words"
	must_pass openssl pkey -in "$alg.key" -passin "pass:$pass" -pubout \
		-out key.pub
	must_pass openssl req -in "$alg.csr" -verify -noout -pubkey -out csr.pub
	cmp key.pub csr.pub || fail "$alg: it is the request of another key"
	[ "$(stat -c %a "$alg.key")" = 600 ] || fail "others may read the key"
	openssl asn1parse -in "$alg.key" >shape
	grep -q PBES2 shape && grep -q hmacWithSHA512 shape &&
		grep -q aes-256-cbc shape && grep -q ':0F4240$' shape ||
		fail "not the encryption that was promised"
	# the officer's side shows the same words, of PEM as of DER
	must_pass openssl req -in "$alg.csr" -outform DER -out other.csr
	must_pass "$ANCHORITE" delegation show other.csr
	sed -n '/^request-words/,/^file-sha384/p' "$OUT" | sed '$d' |
		cmp - words || fail "other words over the telephone"
done
must_pass "$ANCHORITE" delegation request --alg ecdsa-p256 --key named.key \
	--to named.csr --passphrase pass --name gateway_team.1
must_say 'claimed-subject  CN=gateway_team.1'
# never twice the same, nor the same salt
! cmp -s named.key ecdsa-p256.key || fail "it drew the same key"
run openssl pkey -in named.key -passin "pass:$pass." -noout
[ "$STATUS" -ne 0 ] || fail "another passphrase opens it"

# --- a ceremony takes it ---
begin taken
cp ../ecdsa-p256.csr inbox/gateway.csr
sed "s/^request = .*/request = gateway.csr sha384:$(sha384sum inbox/gateway.csr |
	cut -d' ' -f1)/" plan.ini >new.ini
mv new.ini plan.ini
"$ANCHORITE" words plan.ini | tail -n +2 >paper/plan.words
must_pass hold
openssl x509 -in state-a/issued/*.crt -noout -pubkey >cert.pub
openssl pkey -in ../ecdsa-p256.key -passin "pass:$pass" -pubout >key.pub
cmp cert.pub key.pub || fail "the certificate is for another key"
cd ..

# --- typed, wrong ones first ---
must_pass typed seen "'$ANCHORITE' delegation request --alg ecdsa-p384 \
--key typed.key --to typed.csr" short "$pass" "$pass." "$pass" "$pass"
tr -d '\r' <seen >plain
grep -q 'Refused: FORMATS 5.17: a passphrase of 5 characters' plain ||
	fail "a short passphrase was taken"
grep -q 'Refused: the two differ' plain || fail "two passphrases were taken"
! grep -q "of the team\|short" plain || fail "a passphrase is on the screen"
must_pass openssl pkey -in typed.key -passin "pass:$pass" -noout
# a name is shown, and does nothing to the terminal
harsh=$(printf 'k\033[2Jey')
export harsh
# shellcheck disable=SC2016 # for the shell that is typed to
must_pass typed seen "'$ANCHORITE' delegation request --alg ecdsa-p256 \
--key \"\$harsh\" --to harsh.csr" "$pass" "$pass"
[ -s "$harsh" ] || fail "no key of that name"
! grep -qF "$harsh" seen || fail "a name clears the screen"

# --- refused, and nothing is there ---
remember_files .
# nothing CODE FRAGMENT OPTIONS...
nothing() {
	code=$1
	fragment=$2
	shift 2
	must_refuse "$code" "$fragment" "$ANCHORITE" delegation request "$@"
	no_new_files .
}
for alg in rsa-2048 ed25519 ml-dsa-65 ecdsa-p224 ''; do
	nothing 2 "FORMATS 8.12: an operational key is one of" --alg "$alg" \
		--key new.key --to new.csr --passphrase pass
done
for name in '' 'a b' 'a/b' "$(printf 'a\033[2Jb')" "$(printf '%065d' 0)"; do
	nothing 2 "FORMATS 5.20: a name is" --alg ecdsa-p256 --key new.key \
		--to new.csr --passphrase pass --name "$name"
done
nothing 1 "ecdsa-p256.key: it is there already" --alg ecdsa-p256 \
	--key ecdsa-p256.key --to new.csr --passphrase pass
nothing 1 "ecdsa-p256.csr: it is there already" --alg ecdsa-p256 \
	--key new.key --to ecdsa-p256.csr --passphrase pass
nothing 2 "no/new.csr: its folder is not there" --alg ecdsa-p256 --key new.key --to no/new.csr \
	--passphrase pass
nothing 2 "no/new.key: its folder is not there" --alg ecdsa-p256 --key no/new.key --to new.csr \
	--passphrase pass
nothing 2 "not the name of a file" --alg ecdsa-p256 --key '' --to new.csr \
	--passphrase pass
# before a passphrase is read, which there is none of
nothing 2 "new.key: the key and its request are two files" --alg ecdsa-p256 \
	--key new.key --to new.key --passphrase nowhere
echo short >short
printf 'a passphrase\tof tabs\n' >tabs
printf '%s\n' "$pass" "$pass" >two
: >empty
echo >blank
remember_files .
nothing 1 "FORMATS 5.17: a passphrase of 5 characters" --alg ecdsa-p256 \
	--key new.key --to new.csr --passphrase short
nothing 1 "FORMATS 5.17: character 13" --alg ecdsa-p256 --key new.key \
	--to new.csr --passphrase tabs
nothing 1 "two: more than 1 lines" --alg ecdsa-p256 --key new.key \
	--to new.csr --passphrase two
nothing 1 "empty: empty" --alg ecdsa-p256 --key new.key --to new.csr \
	--passphrase empty
nothing 1 "blank: there is no line in it" --alg ecdsa-p256 --key new.key \
	--to new.csr --passphrase blank
nothing 2 "" --alg ecdsa-p256 --key new.key --to new.csr --passphrase nowhere
nothing 1 "new.key: is there already" --alg ecdsa-p256 --key new.key --to ./new.key \
	--passphrase pass
# the medium fills up behind the key: no key without its request
run strace -f -o /dev/null -e trace=openat -P new.csr \
	-e inject=openat:error=ENOSPC "$ANCHORITE" delegation request \
	--alg ecdsa-p256 --key new.key --to new.csr --passphrase pass
[ "$STATUS" -eq 2 ] || complain "exit status 2 was expected" request
no_new_files .
