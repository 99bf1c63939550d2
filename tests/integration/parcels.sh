# parcels.sh: parcels of any size, for what carries them.
# shellcheck shell=sh

# words_of REPORT: the lines with the words
words_of() {
	sed -n '/^parcel-words/,/^purpose/p' "$1"
}

# element BYTES: a SEQUENCE of DER, 260 to 60000 bytes, that holds chance
element() {
	n=$(($1 - 4))
	# shellcheck disable=SC2059
	printf "$(printf '\\060\\202\\%03o\\%03o' $((n / 256)) $((n % 256)))"
	head -c $n /dev/urandom
}

# pack NAME BYTES: NAME.parcel with so many bytes in files, and what was said
# of its words in NAME.parcel.words
pack() {
	rm -f "$1"-*.p7s
	rest=$2
	part=0
	while [ "$rest" -gt 0 ]; do
		size=$((rest > 60000 ? 50000 : rest))
		element $size >"$1-$part.p7s"
		part=$((part + 1))
		rest=$((rest - size))
	done
	must_pass "$ANCHORITE" transfer pack "$1"-*.p7s --purpose countersign \
		--from notary --to "$1.parcel"
	words_of "$OUT" >"$1.parcel.words"
	[ -s "$1.parcel.words" ] || fail "no words were said"
}

# equal PARCEL GOT: the bytes, and the words that were said last; GOT goes
equal() {
	cmp "$1" "$2" || fail "$1 is not what came"
	words_of "$OUT" | cmp - "$1.words" || fail "both sides say other words"
	rm "$2"
}
