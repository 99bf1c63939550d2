/* see recipe.h */
#include <stddef.h>
#include <string.h>

#include "ceremony/recipe.h"

/* HKDF-SHA-512 of the seed (FORMATS 5.2), as digits alone. */
#define DERIVE(alg, len)                                                      \
	"I=anchorite/v1/" alg "/root/0",                                      \
	"K=$(openssl kdf -keylen " len " -kdfopt digest:SHA512 "              \
	"-kdfopt hexkey:$S \\",                                               \
	" -kdfopt salt:\"$SALT\" -kdfopt info:$I HKDF | tr -d ':\\n')"
/* d = K mod (n - 1) + 1, in so many digits. */
#define SCALAR(digits)                                                        \
	"D=$(echo \"obase=16;ibase=16;($K % ($N-1))+1\" | BC_LINE_LENGTH=0 "  \
	"bc)",                                                                \
	"D=$(printf %" digits "s $D | tr ' ' 0)"
/* RFC 5915. */
#define CURVE(oid)                                                            \
	"printf '%s\\n' asn1=SEQUENCE:key '[key]' version=INTEGER:1 \\",      \
	" private=FORMAT:HEX,OCTETSTRING:$D curve=EXPLICIT:0,OID:" oid        \
	" >key.cnf"
#define FROM_DER                                                              \
	"openssl asn1parse -genconf key.cnf -noout -out key.der",             \
	"openssl pkey -inform DER -in key.der -out key.pem"
#define FROM_SEED(name)                                                       \
	"openssl genpkey -algorithm " name " -out key.pem \\",               \
	" -pkeyopt hexseed:$K"
#define SHOW                                                                  \
	"openssl pkey -in key.pem -pubout -outform DER -out key.pub \\",      \
	" && sha384sum key.pub", NULL

/* clang-format off */
static const char *const p256[] = {
	DERIVE("ecdsa-p256", "40"),
	"N=FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551",
	SCALAR("64"), CURVE("prime256v1"), FROM_DER, SHOW
};
static const char *const p384[] = {
	DERIVE("ecdsa-p384", "56"),
	"N=FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
	"N=${N}C7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973",
	SCALAR("96"), CURVE("secp384r1"), FROM_DER, SHOW
};
/* RFC 8410: an OCTET STRING in an OCTET STRING. */
static const char *const ed25519[] = {
	/* NOLINTNEXTLINE(bugprone-suspicious-missing-comma): of a macro */
	DERIVE("ed25519", "32"),
	"printf '%s\\n' asn1=SEQUENCE:key '[key]' version=INTEGER:0 \\",
	" alg=SEQUENCE:alg private=OCTWRAP,FORMAT:HEX,OCTETSTRING:$K \\",
	" '[alg]' oid=OID:ED25519 >key.cnf",
	FROM_DER, SHOW
};
static const char *const mldsa65[] = {
	DERIVE("ml-dsa-65", "32"), FROM_SEED("ML-DSA-65"), SHOW
};
static const char *const mldsa87[] = {
	DERIVE("ml-dsa-87", "32"), FROM_SEED("ML-DSA-87"), SHOW
};
static const char *const slhdsa128s[] = {
	DERIVE("slh-dsa-sha2-128s", "48"), FROM_SEED("SLH-DSA-SHA2-128s"), SHOW
};
static const char *const slhdsa192s[] = {
	DERIVE("slh-dsa-sha2-192s", "72"), FROM_SEED("SLH-DSA-SHA2-192s"), SHOW
};

#define WITH_BC "openssl (3.0 or later) and bc"
#define ALONE "openssl (3.0 or later)"
#define NEWER "openssl (3.5 or later)"

static const struct recipe recipes[] = {
	{ "ecdsa-p256", WITH_BC, p256 },
	{ "ecdsa-p384", WITH_BC, p384 },
	{ "ed25519", ALONE, ed25519 },
	{ "ml-dsa-65", NEWER, mldsa65 },
	{ "ml-dsa-87", NEWER, mldsa87 },
	{ "slh-dsa-sha2-128s", NEWER, slhdsa128s },
	{ "slh-dsa-sha2-192s", NEWER, slhdsa192s },
};
/* clang-format on */
#define NRECIPES (sizeof(recipes) / sizeof(recipes[0]))

static const char *const adopted[] = {
	"P=$(openssl kdf -keylen 32 -kdfopt digest:SHA512 "
	"-kdfopt hexkey:$S \\",
	" -kdfopt salt:\"anchorite seed labels v1\" "
	"-kdfopt info:adopt-password \\",
	" HKDF | tr -d ':\\n')",
	"openssl pkey -in $F -passin pass:$P -out key.pem", SHOW
};
const struct recipe recipe_adopted = { "", "openssl (3.0 or later)", adopted };

const struct recipe *
recipe_at(unsigned i)
{
	return i < NRECIPES ? &recipes[i] : NULL;
}

const struct recipe *
recipe_of(const char *alg)
{
	for (size_t i = 0; i < NRECIPES; i++) {
		if (strcmp(recipes[i].alg, alg) == 0)
			return &recipes[i];
	}
	return NULL;
}

const char *
recipe_salt(bool test)
{
	return test ? "SALT=\"anchorite rehearsal seed v1\"" :
		      "SALT=\"anchorite root seed v1\"";
}
