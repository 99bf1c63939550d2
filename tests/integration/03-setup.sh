#!/bin/sh
# Setting up installs what is missing and nothing else, as root or by sudo, and
# where it cannot, says what is wanted.  The package tools here are made up.
. "$ROOT/tests/integration/lib.sh"

mkdir bin
for tool in sh env grep; do
	ln -s "$(command -v $tool)" bin/$tool
done

# tool NAME BODY: a program of that name that notes how it was called.
tool() {
	printf '%s\n' '#!/bin/sh' \
		"printf '%s\\n' \"$1 \$*\" >>'$WORK/calls'" "$2" >"bin/$1"
	chmod +x "bin/$1"
}

# setup ARGS...: with these tools alone; $CALLS is what it did.
setup() {
	: >calls
	run env PATH="$WORK/bin" "$ROOT/scripts/setup" "$@"
	CALLS=$(grep -v '^dpkg-query\|^id ' calls || :)
}

# does CODE CALLS
does() {
	[ "$STATUS" -eq "$1" ] || complain "exit status $1 was expected" setup
	[ "$CALLS" = "$2" ] || complain "it did: $CALLS" setup
}

tool id 'echo 0'

# another system: names, and no guessing
setup
does 2 ""
grep -q '^	libsodium-dev$' "$ERR" || complain "no list of names" setup

tool apt-get ''
tool dpkg-query 'echo installed'
setup --tests
does 0 ""
[ ! -s "$OUT" ] || complain "it is not silent" setup

# shellcheck disable=SC2016
tool dpkg-query 'for p; do :; done; case $p in make | bc) echo not-installed;;
dpkg-dev | strace | debootstrap) exit 1;; *) echo installed;; esac'
setup
get="apt-get -q -y -o DPkg::Lock::Timeout=600"
does 0 "$get update
$get install --no-install-recommends make bc"
must_say "make bc"
setup --kit
does 0 "$get update
$get install --no-install-recommends make bc dpkg-dev"
setup --tests
does 0 "$get update
$get install --no-install-recommends make bc dpkg-dev strace"
setup --ci
does 0 "$get update
$get install --no-install-recommends make bc dpkg-dev strace debootstrap"

# not root
tool id 'echo 1000'
setup
does 2 ""
grep -q 'apt-get install --no-install-recommends make bc' "$ERR" ||
	complain "it does not say what to run" setup
# shellcheck disable=SC2016
tool sudo 'exec "$@"'
setup
does 0 "sudo env DEBIAN_FRONTEND=noninteractive $get update
$get update
sudo env DEBIAN_FRONTEND=noninteractive $get install --no-install-recommends \
make bc
$get install --no-install-recommends make bc"

# what fails is not passed over
tool apt-get 'exit 100'
setup
[ "$STATUS" -ne 0 ] || complain "a failed update passes" setup
[ "$(grep -c '^apt-get' calls)" -eq 1 ] || fail "it went on after a failure"

setup --test
[ "$STATUS" -eq 2 ] || complain "an unknown option passes" setup
