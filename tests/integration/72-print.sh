#!/bin/sh
# What is printed moves no cursor and says the thing once: records and names of
# strangers as JSON and as text; refusals of a plan with file and line.
. "$ROOT/tests/integration/lib.sh"
command -v python3 >/dev/null || skip "no python3"

# harmless: stdout is printable ASCII, line by line
harmless() {
	! LC_ALL=C grep -q '[^ -~]' "$OUT" || fail "$1 moves the cursor"
}

# --- a record that says what would ---
"$ROOT/tests/crash/prep.sh" "$WORK/held" || fail "no rehearsal to begin with"
cd held
# bidi, C1 and DEL, beyond the first plane, a quote and what looks like an
# escape
mkdir bin
printf '#!/bin/sh\nexit 1\n' >bin/lp
chmod +x bin/lp
cp room.ini whole.ini
echo "print = lp" >>room.ini
run env PATH="$PWD/bin:$PATH" "$ANCHORITE" ceremony run plan.ini \
	--room room.ini
grep -q "print: lp did not take the sheet" "$ERR" ||
	complain "it was not cut" ceremony run
mv whole.ini room.ini
reason=$(printf 'a\342\200\256b\302\233c\177d\360\237\224\221"\\u202e')
must_pass "$ANCHORITE" ceremony end plan.ini --room room.ini --reason "$reason"
must_pass "$ANCHORITE" ceremony log --state state-a
harmless "the log"
cp "$OUT" printed
cat state-a/record/*.json >files
must_pass python3 - "$reason" <<'PY'
import json, sys
files = [json.loads(l) for l in open("files", encoding="utf-8")]
printed = [json.loads(l) for l in open("printed", encoding="ascii")]
assert files == printed, "not what the files say"
assert json.dumps(sys.argv[1]) in json.dumps(printed), "no reason"
PY
grep -qF 'a\u202eb\u009bc\u007fd\ud83d\udd11\"\\u202e' printed ||
	fail "the log is not escaped"
must_pass "$ANCHORITE" state show --state state-a --json
harmless "state show --json"
must_pass "$ANCHORITE" state show --state state-a
harmless "state show"
cd ..

# --- a stranger's name, once escaped ---
name=$(printf 'g\303\251, \342\200\256x\\\\y')
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	-keyout team.key -utf8 -subj "/CN=$name" -sha256 -out team.csr \
	2>openssl.err || fail "no request"
must_pass "$ANCHORITE" delegation show team.csr
must_say 'CN=g\u{e9}\u{2c} \u{202e}x\\y'
must_pass "$ANCHORITE" delegation show team.csr --json
harmless "delegation show --json"
python3 -c 'import json, sys
said = json.load(open(sys.argv[1]))["claimed-subject"]
assert said == r"CN=g\u{e9}\u{2c} \u{202e}x\\y", said' "$OUT" ||
	fail "JSON says another name"

# --- what a plan asks for and nobody has, with file and line ---
cp -r "$WORK/held/inbox" .
line=$(grep -n '^algorithm' held/plan.ini | cut -d: -f1)
with() {
	sed "s/^algorithm = .*/algorithm = $1/" held/plan.ini >plan.ini
	cp inbox/gateway.csr .
}
with ecdsa-p348
must_refuse 1 "plan.ini:$line: FORMATS 3.19: no root key algorithm is called \
ecdsa-p348: did you mean ecdsa-p384" "$ANCHORITE" ceremony check plan.ini
with ml-dsa-65
run "$HELPER/pkix" known ml-dsa-65
if [ "$STATUS" -ne 0 ]; then
	must_refuse 1 "plan.ini:$line: FORMATS 3.19: ml-dsa-65 roots need \
OpenSSL 3.5 or newer; this is 3." "$ANCHORITE" ceremony check plan.ini
fi
sed 's/^keys = .*/keys = ed25519/' held/plan.ini >plan.ini
line=$(grep -n '^keys' plan.ini | cut -d: -f1)
must_refuse 1 "plan.ini:$line: FORMATS 8.12" "$ANCHORITE" ceremony check plan.ini
