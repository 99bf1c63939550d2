#!/bin/sh
# prep.sh DIR: a folder with a short rehearsal that is ready to be held: plan,
# request, room with two sticks, and the plan's words on paper.
set -eu
: "${ANCHORITE:?}"

mkdir "$1"
cd "$1"
mkdir inbox paper sheets
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	-keyout team.key -subj "/CN=gateway team" -sha256 \
	-out inbox/gateway.csr 2>openssl.err || {
	cat openssl.err
	exit 1
}
rm openssl.err
# an hour back: faults are tried under a clock that runs on
now=$(date -u -d '-1 hour' +%Y-%m-%dT%H:%M:00Z)
later=$(date -u -d '+1 day' +%Y-%m-%dT%H:%M:00Z)
cat >plan.ini <<INI
# TEST: a short rehearsal that is cut again and again.
[ceremony]
format = 1
org = example
mode = rehearsal
number = 1
previous = none
effective = $now
latest = $later
oid-arc = 1.3.6.1.4.1.32473
officer = anna
witness = bruno
entropy = system

[person anna]
name = Anna

[person bruno]
name = Bruno

[profile firmware]
base = fw-pki-v1
keys = ecdsa-p256, ecdsa-p384
most-days = 400

[mint g1]
algorithm = ecdsa-p384
subject = example-firmware-root-g1
years = 20
need = 1 group
group.main = 2 of 2: anna@office, bruno@bank

[crl g1]
by = g1
days = 30

[delegate gateway-release]
by = g1
profile = firmware
product = gateway
role = release
versions = 4.0..
request = gateway.csr sha384:$(sha384sum inbox/gateway.csr | cut -d' ' -f1)
days = 90
INI
cat >room.ini <<INI
[room]
state-a = state-a
state-b = state-b
inbox = inbox
paper = paper
sheets = sheets
INI
"$ANCHORITE" words plan.ini | tail -n +2 >paper/plan.words
