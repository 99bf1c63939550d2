# sealed.sh: a plan that seals lists for two delegations, gateway-release and
# sensor, to two responders, night and day, in $WORK/sealed, and into it.  After
# short.sh:
#
#	. "$ROOT/tests/integration/sealed.sh"
#
# shellcheck shell=sh disable=SC2034
responder() {
	openssl req -x509 -new -nodes -newkey "$2" ${3:-} -subj "/CN=$1" -days 30 \
		-keyout "$1.key" -out "inbox/$1.crt" 2>openssl.err ||
		fail "no responder"
}
begin sealed
responder night ec "-pkeyopt ec_paramgen_curve:P-256"
responder day rsa:3072
openssl req -new -newkey rsa:3072 -nodes -keyout sensor.key -subj "/CN=sensor" \
	-out inbox/sensor.csr 2>openssl.err || fail "no request"
{
	sed 's/^keys = .*/keys = ecdsa-p256, rsa-3072/' "$WORK/base/plan.ini"
	cat <<-INI
		[delegate sensor]
		by = g1
		profile = firmware
		product = sensor
		role = release
		versions = 1..
		request = sensor.csr sha384:$(sha384sum inbox/sensor.csr | cut -d' ' -f1)
		days = 90
		[responder night]
		cert = night.crt sha384:$(sha384sum inbox/night.crt | cut -d' ' -f1)
		[responder day]
		cert = day.crt sha256:$(sha256sum inbox/day.crt | cut -d' ' -f1)
		[kill g1]
		by = g1
		keys = all
		also = revoke-all
		open = 1 of night, day
		open-all = 1 of night, day
	INI
} >plan.ini

# check LIST CERT: what a stock client says.
check() {
	openssl verify -x509_strict -crl_check -purpose any \
		-CAfile state-a/roots/000001.crt -CRLfile "$1" "$2"
}
serial() {
	openssl x509 -in "$1" -noout -serial | cut -d= -f2 | tr A-F a-f
}
