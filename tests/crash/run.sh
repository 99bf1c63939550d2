#!/bin/sh
# run.sh all|short: every cut and fault that is mounted here, or a sample of
# them in about two minutes.  The last line of each part says what was found.
set -u
here=$(cd "$(dirname "$0")" && pwd)
how=${1:-short}
status=0

# part SCRIPT MOST: MOST limits the short form
part() {
	MOST=
	[ "$how" = all ] || MOST=$2
	export MOST
	"$here/$1" "$how"
	case $? in
	0 | 77) ;;
	*) status=1 ;;
	esac
}

part kill.sh 40
part errors.sh 60
part alice.sh ''
# a scenario of its own in the short form, that says when it is skipped
[ "$how" = short ] || part disk.sh ''
exit $status
