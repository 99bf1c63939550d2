# attacks.sh: what attacks on revocation are mounted on: a ceremony that sealed
# lists for two delegations, gateway-release and sensor, the keys of both, the
# root's key (a rehearsal's, which everybody has), and a device.  After
# short.sh and sealed.sh, whose folder this stays in:
#
#	. "$ROOT/tests/integration/attacks.sh"
#
# shellcheck shell=sh disable=SC2034,SC2154
"$ANCHORITE" words plan.ini | tail -n +2 >words
cp words paper/plan.words
must_pass hold
ca=state-a/roots/000001.crt
regular=state-a/lists/000001.crl
gateway=state-a/issued/$("$ANCHORITE" delegation list --state state-a --json |
	grep -o 'gateway-release:[^"]*serial [0-9a-f]*' | sed 's/.* //').crt
sensor=state-a/issued/$("$ANCHORITE" delegation list --state state-a --json |
	grep -o '"sensor:[^"]*serial [0-9a-f]*' | sed 's/.* //').crt
for key in gateway-release sensor; do
	# a desk of its own each: one journal would not let the second out (RULES L3)
	must_pass "$ANCHORITE" revocation release $key --state state-a --journal journal-$key \
		--with night.key --to opened
	mv opened/g1.crl.pem $key.pem
	rm -r opened
done
"$HELPER/attacks" key $ca >root.key
mkdir given
"$HELPER/bundles" rehearsal $ca given

# at DATE: as openssl ca wants it.
at() {
	date -u -d "$1" +%Y%m%d%H%M%SZ
}

# list_by CA KEY OUT NUMBER FROM UNTIL [CERT...]: a list that no ceremony makes,
# by openssl: its number in hex, its dates as `date -d` reads them, and whom it
# revokes.  $DELTA: one more extension.
list_by() {
	by=$1 key=$2 out=$3 from=$(at "$5") until=$(at "$6")
	echo "$4" >number
	shift 6
	: >index
	for cert; do
		printf 'R\t%s\t%s,keyCompromise\t%s\tunknown\t/CN=x\n' \
			"$(at '+9 days' | cut -c 3-)" \
			"$(at '-2 hours' | cut -c 3-)" \
			"$(serial "$cert" | tr a-f A-F)" >>index
	done
	printf '%s\n' '[ca]' 'default_ca = c' '[c]' 'database = index' \
		'crlnumber = number' 'crl_extensions = e' '[e]' \
		'authorityKeyIdentifier = keyid:always' "${DELTA-}" >ca.cnf
	openssl ca -gencrl -config ca.cnf -md sha384 -cert "$by" \
		-keyfile "$key" -crl_lastupdate "$from" \
		-crl_nextupdate "$until" -out "$out" 2>openssl.err || {
		cat openssl.err
		fail "openssl makes no list"
	}
}
make_list() {
	list_by $ca root.key "$@"
}

# device LIST...: a device of ours that has taken these, in this order.
device() {
	rm -rf device
	"$ANCHORITE" words given/first/1-1.der | sed 1d >device.words
	must_pass "$ANCHORITE" trust init given/first/1-1.der \
		given/first/1-1.0.p7s --words device.words --store device \
		--rehearsal
	for list; do
		rm -rf taken
		mkdir taken
		cp "$list" taken/1.crl
		must_pass "$ANCHORITE" trust apply taken --store device
	done
}

# ours_refuses CERT FRAGMENT: what that device says.
ours_refuses() {
	must_refuse 1 "$2" "$ANCHORITE" delegation verify "$1" --store device \
		--rehearsal
}

# no_export FRAGMENT: what would un-revoke on stock clients is not written.
no_export() {
	must_refuse 1 "$1" "$ANCHORITE" trust export --for rauc \
		--store device --to keyring.no --rehearsal
	[ ! -e keyring.no ] || fail "a refused export left a file"
}

# --- a Product CA (RULES L7) ---
# issued NAME SUBJECT CA KEY EXTENSIONS
issued() {
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$1.key" -subj "$2" -out "$1.csr" 2>/dev/null
	openssl x509 -req -in "$1.csr" -CA "$3" -CAkey "$4" -days 9 \
		-set_serial "0x$(openssl rand -hex 15)" -extfile ext.cnf \
		-extensions "$5" -out "$1.crt" 2>/dev/null
}

# product_ca: product.crt for gateway, with its list product.pem, and sold.crt,
# which it issued for another product.
product_ca() {
	cat >ext.cnf <<-'CNF'
		[authority]
		basicConstraints = critical,CA:TRUE,pathlen:0
		keyUsage = critical,keyCertSign,cRLSign
		subjectKeyIdentifier = hash
		authorityKeyIdentifier = keyid
		[leaf]
		basicConstraints = critical,CA:FALSE
		keyUsage = critical,digitalSignature
		extendedKeyUsage = critical,codeSigning
		subjectKeyIdentifier = hash
		authorityKeyIdentifier = keyid
	CNF
	issued product /O=example/OU=gateway/CN=fw-ca.gateway.G1 $ca \
		root.key authority
	issued sold /O=example/OU=sensor/CN=fw.sensor.release.2027Q1 product.crt \
		product.key leaf
	list_by product.crt product.key product.pem 0100000001 '-1 hour' \
		'+9 days'
}
