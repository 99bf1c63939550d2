#!/bin/sh
# run.sh FOLDER: secrets of shares decide no branch and no address.
# Builds the code with both compilers at four levels of optimisation and runs
# it under memcheck with the secrets marked as never written.  In each build
# the controls must be reported, or its silence would mean nothing.
# The last line is `N passed, N failed, N skipped`.
set -eu

dir=$1
sources='lib/base/diag.c lib/base/secret.c lib/crypto/gf256.c
lib/crypto/hash.c lib/crypto/slip39_cipher.c lib/crypto/slip39_gather.c
lib/crypto/slip39_points.c lib/crypto/slip39_sum.c lib/crypto/slip39_text.c
lib/crypto/slip39_words.c lib/record/sheet.c tests/ct/ct_shares.c'
cases='gf256 points gather text suspect words commitment cipher hkdf'
controls='control-address control-branch control-compare control-search'
clean=0
caught=0
failed=0
skipped=0

# memcheck CASE...: 0 nothing reported, 9 reported, else it did not run.
memcheck() {
	timeout 120 valgrind -q --error-exitcode=9 "$dir/ct" "$@" \
	    >"$dir/log" 2>&1
}

try_controls() {
	for control in $controls; do
		status=0
		memcheck "$control" || status=$?
		if [ $status -ne 9 ]; then
			echo "$1: $control was not reported ($status)"
			failed=$((failed + 1))
			return
		fi
		caught=$((caught + 1))
	done
}

try_build() {
	# clang 14 writes DWARF 5 by itself, which valgrind 3.19 cannot read
	# shellcheck disable=SC2086
	"$1" -std=c11 -I. -D_GNU_SOURCE "$2" -gdwarf-4 -fno-strict-aliasing \
	    -ffunction-sections -Wl,--gc-sections -Wl,--wrap=sodium_memcmp \
	    -o "$dir/ct" $sources -lcrypto -lsodium
	status=0
	# shellcheck disable=SC2086
	memcheck $cases || status=$?
	if [ $status -ne 0 ]; then
		echo "$1 $2: reported ($status)"
		grep -v '^--' "$dir/log" || :
		failed=$((failed + 1))
		return
	fi
	clean=$((clean + 1))
	try_controls "$1 $2"
	echo "$1 $2: clean, controls reported"
}

if ! command -v valgrind >/dev/null; then
	echo "constant time: skipped, no valgrind"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
fi
mkdir -p "$dir"
for cc in gcc clang; do
	if ! command -v "$cc" >/dev/null; then
		echo "$cc: skipped, not here"
		skipped=$((skipped + 1))
		continue
	fi
	for level in -O0 -O2 -O3 -Os; do
		try_build "$cc" "$level"
	done
done
echo "constant time: $clean builds clean, $caught controls reported," \
    "$failed failed"
echo "$((clean + caught)) passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ] && [ $clean -gt 0 ]
