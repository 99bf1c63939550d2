# checkups.sh: a rehearsal whose people type, for scenarios about sheets that
# are looked at again.  After lib.sh:
#
#	. "$ROOT/tests/integration/checkups.sh"
#
# shellcheck shell=sh
people=$HELPER/people
ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0
export HELPER ANCHORITE ASAN_OPTIONS
start=$(date -u -d '-1 hour' +%Y-%m-%dT%H:%M:00Z)
MORE= # lines more in [ceremony]
ANNA=  # in [person anna]
CLARA= # in [person clara]

# head_of_plan NUMBER PREVIOUS: what every plan here begins with.
head_of_plan() {
	cat <<INI
[ceremony]
format = 1
org = example
mode = rehearsal
number = $1
previous = $2
effective = $(date -u -d "$start $1 minutes" +%Y-%m-%dT%H:%M:00Z)
latest = $(date -u -d '+2 years' +%Y-%m-%dT%H:%M:00Z)
oid-arc = 1.3.6.1.4.1.32473
officer = anna
witness = bruno
entropy = system
$MORE
[person anna]
name = Anna
$ANNA
[person bruno]
name = Bruno

[person clara]
name = Clara
$CLARA
[person dario]
name = Dario
INI
}

genesis() {
	head_of_plan 1 none
	cat <<INI

[mint g1]
algorithm = ecdsa-p256
subject = example-firmware-root-g1
years = 20
need = 1 group
group.main = ${SCHEME:-2 of 3: anna@office, bruno@bank, clara@notary}
INI
}

# next NUMBER STATE: the head of the plan that follows.
next() {
	must_pass "$ANCHORITE" state show --state "$2" --json
	head_of_plan "$1" "$(sed -n 's/.*"head": *"\([^"]*\)".*/\1/p' "$OUT" |
		head -n 1)"
}

# hold PLAN [OPTIONS of people...]: by the people of keep, on the stick "state".
mkdir inbox
printf '[room]\nstate-a = state\ninbox = inbox\n' >room.ini
hold() {
	plan=$1
	shift
	"$ANCHORITE" words "$plan" | tail -n +2 >written
	"$people" --words written --shown shown "$@" keep "$ANCHORITE" \
		ceremony run "$plan" --room room.ini
}

must_verify() {
	must_pass "$ANCHORITE" ceremony verify --state state
}

# log_has TEXT: some entry says that.
log_has() {
	"$ANCHORITE" ceremony log --state state >logged
	grep -qF -- "$1" logged || fail "the record does not say $1"
}

log_hasnt() {
	"$ANCHORITE" ceremony log --state state >logged
	! grep -qF -- "$1" logged || fail "the record says $1"
}

# number TEXT: of the first entry that says that.
number() {
	"$ANCHORITE" ceremony log --state state | grep -nF -- "$1" |
		head -n 1 | cut -d: -f1
}

# forged FRAGMENT VERB N [WORD...]: the record so altered is refused.
forged() {
	fragment=$1
	verb=$2
	shift 2
	rm -rf forged
	cp -a state forged
	"$HELPER/forge" "$verb" forged "$@" || fail "no forgery"
	must_refuse 1 "$fragment" "$ANCHORITE" ceremony verify --state forged
}
