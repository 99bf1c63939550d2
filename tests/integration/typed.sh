# typed.sh: somebody types at a terminal, each line when it is asked for.
# shellcheck shell=sh

# over SEEN: the command has ended.
over() {
	grep -q 'Script done' "$1"
}

# asked SEEN HAD: more is on the screen than before, and it ends in a prompt, or
# in the first number of a sheet's rows; or nobody will ask any more.
asked() {
	{ [ "$(wc -c <"$1")" -gt "$2" ] &&
		case $(tail -c 8 "$1" | tr -d '\033') in
		*': ' | *' 1  ' | *' 1  [K') ;;
		*) false ;;
		esac; } ||
		over "$1"
}

# patiently CMD...: until it succeeds, a minute at most.
patiently() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] || return 0
		sleep 0.1
	done
}

# typed SEEN COMMAND LINES...: its exit status; what was on the screen, in SEEN.
typed() {
	seen=$1
	command=$2
	shift 2
	: >"$seen"
	(
		had=0
		for line in "$@"; do
			patiently asked "$seen" "$had"
			had=$(wc -c <"$seen")
			printf '%s\n' "$line"
		done
		patiently over "$seen"
	) | SHELL=/bin/sh script -qfec "$command" "$seen" >/dev/null
}
