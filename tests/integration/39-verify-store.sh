#!/bin/sh
# Goal: what a device trusts answers whether a delegation is good; what any list
# ever revoked stays revoked, also where openssl lets a newer list forget it.
# shellcheck source=tests/integration/lib.sh
. "$ROOT/tests/integration/lib.sh"

must_pass "$ANCHORITE" rehearse --dir ceremony
state=ceremony/state
root=$(ls $state/roots/*.crt)
cp $state/issued/*.crt op.crt
mkdir given list killed
"$HELPER/bundles" rehearsal $root given
cp $state/lists/000001.crl list
cp ceremony/publish/*.crl killed

verify() {
	"$ANCHORITE" delegation verify op.crt --store "$@"
}
# begin STORE BUNDLE
begin() {
	"$ANCHORITE" words "given/$2/1-1.der" | sed 1d >words
	must_pass "$ANCHORITE" trust init "given/$2/1-1.der" \
		"given/$2/1-1.0.p7s" --words words --store "$1" --rehearsal
}
in_36_hours=$(date -u -d '+36 hours' +%FT%TZ)

begin store first
begin strict strict
must_refuse 1 'FORMATS 8.41: op.crt: no list of its issuer' verify store --rehearsal
for store in store strict; do
	must_pass "$ANCHORITE" trust apply list --store $store
done
remember_files .
must_refuse 1 "op.crt: RULES C6: the store is a rehearsal's" verify store
must_refuse 2 '--crl goes with --ca alone' verify store --crl $root
must_refuse 2 '--state and --store do not go' verify store --state $state
must_refuse 2 '--ca goes with neither' verify store --ca $root
must_refuse 2 'nowhere' verify nowhere --rehearsal
no_new_files .
must_pass verify store --rehearsal
must_say 'TEST'
must_say 'era 1, number 1'
must_say 'it is good'

# --- an expired bundle (RULES B8) ---
must_pass verify store --rehearsal --at "$in_36_hours"
must_say 'it has expired'
must_say 'it is good'
must_refuse 1 'op.crt: FORMATS 9.27: it has expired' \
	verify strict --rehearsal --at "$in_36_hours"
must_pass verify strict --rehearsal

# --- revoked, and for good (RULES L5) ---
cp -a store clean
must_pass "$ANCHORITE" trust apply killed --store store
must_refuse 1 'op.crt: RULES L5: certificate revoked' verify store --rehearsal
must_pass "$ANCHORITE" trust apply given/newer --store store
must_refuse 1 'op.crt: RULES L5: certificate revoked' verify store --rehearsal
# the other way round: the newer one came first
must_pass "$ANCHORITE" trust apply given/newer --store clean
must_pass verify clean --rehearsal
must_pass "$ANCHORITE" trust apply killed --store clean
must_refuse 1 'op.crt: RULES L5: certificate revoked' verify clean --rehearsal
