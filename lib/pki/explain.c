/* see explain.h */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/pki/explain.h"
#include "lib/pki/profile.h"

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

#define DELTA "X509v3 Delta CRL Indicator" /* as crl_read calls it */
#define EKU_EMAIL "1.3.6.1.5.5.7.3.4"

#define PQ (TRAIT_PQ_KEY | TRAIT_PQ_SIGNED)
#define ED25519 (TRAIT_ED25519_KEY | TRAIT_ED25519_SIGNED)
#define CRITICAL                                                              \
	"every stock client refuses a critical extension it does not know"

#define RAUC "RAUC"
#define RAUC_FROM "tried with RAUC 1.8 (OpenSSL 3.0) and 1.13 (3.5)"
#define SWUPDATE "SWUpdate"
#define SWUPDATE_FROM "tried with SWUpdate 2022.12"
#define OPENSSL "OpenSSL"
#define OPENSSL_FROM "tried with OpenSSL 3.0.22 and 3.5.7"
#define GNUTLS "GnuTLS"
#define GNUTLS_FROM "tried with certtool of GnuTLS 3.7.9"
#define MBEDTLS "mbedTLS"
#define MBEDTLS_FROM "tried with mbedTLS 2.28.3"
#define WOLFSSL "wolfSSL"
#define WOLFSSL_FROM "tried with wolfSSL 5.5.4"
#define SBVERIFY "sbverify"
#define SBVERIFY_FROM "tried with sbsigntool 0.9.4"
#define UNTRIED "not tried"
#define OURS "anchorite"
#define EXPORT "`anchorite trust export` writes what it takes"

/* clang-format off */
static const struct explain_row rows[] = {
	/* --- an authority: in the device's keyring, or between --- */
	{ EXPLAIN_AUTHORITY, RAUC, "in the keyring", TRAIT_UNKNOWN_CRITICAL,
	    EXPLAIN_REFUSES, CRITICAL, RAUC_FROM },
	{ EXPLAIN_AUTHORITY, RAUC, "in the keyring", TRAIT_BELOW_A_ROOT,
	    EXPLAIN_ACCEPTS, "in a bundle, as --intermediate; with check-crl "
	    "its own list must be in the keyring too, and it is no anchor "
	    "without its root's list", RAUC_FROM },
	{ EXPLAIN_AUTHORITY, RAUC, "in the keyring", PQ,
	    EXPLAIN_ACCEPTS, "from OpenSSL 3.5 on, with ECDSA or RSA keys "
	    "below it", "tried with RAUC 1.13 on OpenSSL 3.5.7" },
	{ EXPLAIN_AUTHORITY, RAUC, "in the keyring", 0,
	    EXPLAIN_ACCEPTS, "with check-crl, its list must lie beside it",
	    RAUC_FROM },
	{ EXPLAIN_AUTHORITY, SWUPDATE, "-k FILE", TRAIT_UNKNOWN_CRITICAL,
	    EXPLAIN_REFUSES, CRITICAL, SWUPDATE_FROM },
	{ EXPLAIN_AUTHORITY, SWUPDATE, "-k FILE", PQ,
	    EXPLAIN_UNMEASURED, "its OpenSSL would have to be 3.5", UNTRIED },
	{ EXPLAIN_AUTHORITY, SWUPDATE, "-k FILE",
	    TRAIT_ED25519_SIGNED,
	    EXPLAIN_UNMEASURED, "", UNTRIED },
	{ EXPLAIN_AUTHORITY, SWUPDATE, "-k FILE", 0,
	    EXPLAIN_ACCEPTS, "no list can take it or what it issued away",
	    SWUPDATE_FROM },
	{ EXPLAIN_AUTHORITY, OPENSSL, "-CAfile", TRAIT_UNKNOWN_CRITICAL,
	    EXPLAIN_REFUSES, CRITICAL ": error 34", OPENSSL_FROM },
	{ EXPLAIN_AUTHORITY, OPENSSL, "-CAfile", PQ,
	    EXPLAIN_ACCEPTS, "from 3.5 on; before, its key cannot be loaded",
	    OPENSSL_FROM },
	{ EXPLAIN_AUTHORITY, OPENSSL, "-CAfile", TRAIT_NO_SIGNATURES,
	    EXPLAIN_ACCEPTS, "as an anchor; what it signs itself by CMS is "
	    "refused for the default purpose", OPENSSL_FROM },
	{ EXPLAIN_AUTHORITY, OPENSSL, "-CAfile", 0,
	    EXPLAIN_ACCEPTS, "-x509_strict too", OPENSSL_FROM },
	{ EXPLAIN_AUTHORITY, GNUTLS, "--load-ca-certificate",
	    TRAIT_UNKNOWN_CRITICAL | TRAIT_CONSTRAINTS_CRITICAL,
	    EXPLAIN_REFUSES, "it knows neither that extension nor "
	    "policy constraints",
	    GNUTLS_FROM },
	{ EXPLAIN_AUTHORITY, GNUTLS, "--load-ca-certificate", PQ,
	    EXPLAIN_REFUSES, "it has no such signatures",
	    "tried with GnuTLS 3.8.9" },
	{ EXPLAIN_AUTHORITY, GNUTLS, "--load-ca-certificate",
	    TRAIT_NAMES_CRITICAL,
	    EXPLAIN_ACCEPTS, "and does not look at what its name constraints "
	    "forbid", GNUTLS_FROM },
	{ EXPLAIN_AUTHORITY, GNUTLS, "--load-ca-certificate",
	    TRAIT_ED25519_SIGNED,
	    EXPLAIN_UNMEASURED, "", UNTRIED },
	{ EXPLAIN_AUTHORITY, GNUTLS, "--load-ca-certificate", 0,
	    EXPLAIN_ACCEPTS, "without a list too", GNUTLS_FROM },
	{ EXPLAIN_AUTHORITY, MBEDTLS, "trusted", TRAIT_UNKNOWN_CRITICAL |
	    TRAIT_POLICIES_CRITICAL | TRAIT_CONSTRAINTS_CRITICAL |
	    TRAIT_NAMES_CRITICAL,
	    EXPLAIN_REFUSES, "it cannot be parsed", MBEDTLS_FROM },
	{ EXPLAIN_AUTHORITY, MBEDTLS, "trusted", ED25519,
	    EXPLAIN_REFUSES, "it has no Ed25519 at all", MBEDTLS_FROM },
	{ EXPLAIN_AUTHORITY, MBEDTLS, "trusted", PQ,
	    EXPLAIN_UNMEASURED, "", UNTRIED },
	{ EXPLAIN_AUTHORITY, MBEDTLS, "trusted", 0,
	    EXPLAIN_ACCEPTS, "without a list too", MBEDTLS_FROM },
	{ EXPLAIN_AUTHORITY, WOLFSSL, "trusted", TRAIT_UNKNOWN_CRITICAL,
	    EXPLAIN_REFUSES, CRITICAL, WOLFSSL_FROM },
	{ EXPLAIN_AUTHORITY, WOLFSSL, "trusted", PQ,
	    EXPLAIN_UNMEASURED, "", UNTRIED },
	{ EXPLAIN_AUTHORITY, WOLFSSL, "trusted",
	    TRAIT_ED25519_SIGNED,
	    EXPLAIN_UNMEASURED, "", UNTRIED },
	{ EXPLAIN_AUTHORITY, WOLFSSL, "trusted", 0,
	    EXPLAIN_ACCEPTS, "", WOLFSSL_FROM },
	{ EXPLAIN_AUTHORITY, SBVERIFY, "--cert", TRAIT_UNKNOWN_CRITICAL,
	    EXPLAIN_REFUSES, CRITICAL, SBVERIFY_FROM },
	{ EXPLAIN_AUTHORITY, SBVERIFY, "--cert", PQ,
	    EXPLAIN_UNMEASURED, "", UNTRIED },
	{ EXPLAIN_AUTHORITY, SBVERIFY, "--cert", 0,
	    EXPLAIN_ACCEPTS, "an Ed25519 root too", SBVERIFY_FROM },

	/* --- a key that signs software --- */
	{ EXPLAIN_KEY, RAUC, "check-purpose=codesign", TRAIT_UNKNOWN_CRITICAL,
	    EXPLAIN_REFUSES, CRITICAL, RAUC_FROM },
	{ EXPLAIN_KEY, RAUC, "check-purpose=codesign",
	    TRAIT_ED25519_KEY | TRAIT_PQ_KEY,
	    EXPLAIN_REFUSES, "no bundle can be signed with such a key",
	    RAUC_FROM },
	{ EXPLAIN_KEY, RAUC, "check-purpose=codesign",
	    TRAIT_NO_EKU | TRAIT_NO_CODE_SIGNING,
	    EXPLAIN_REFUSES, "codeSigning is not among its extended key "
	    "usages", RAUC_FROM },
	{ EXPLAIN_KEY, RAUC, "check-purpose=codesign", TRAIT_PQ_SIGNED,
	    EXPLAIN_ACCEPTS, "from OpenSSL 3.5 on",
	    "tried with RAUC 1.13 on OpenSSL 3.5.7" },
	{ EXPLAIN_KEY, RAUC, "check-purpose=codesign", 0,
	    EXPLAIN_ACCEPTS, "product, role and versions are not looked at; "
	    "from 1.15 on allowed-signer-cns compares the common name",
	    RAUC_FROM "; tests/integration/20-rauc.sh" },
	{ EXPLAIN_KEY, RAUC, "no check-purpose", TRAIT_UNKNOWN_CRITICAL,
	    EXPLAIN_REFUSES, CRITICAL, RAUC_FROM },
	{ EXPLAIN_KEY, RAUC, "no check-purpose",
	    TRAIT_ED25519_KEY | TRAIT_PQ_KEY,
	    EXPLAIN_REFUSES, "no bundle can be signed with such a key",
	    RAUC_FROM },
	{ EXPLAIN_KEY, RAUC, "no check-purpose", TRAIT_NO_EKU | TRAIT_EMAIL,
	    EXPLAIN_ACCEPTS, "its default purpose is S/MIME", RAUC_FROM },
	{ EXPLAIN_KEY, RAUC, "no check-purpose", 0,
	    EXPLAIN_REFUSES, "its default purpose is S/MIME: set "
	    "check-purpose=codesign on the device",
	    RAUC_FROM "; tests/integration/20-rauc.sh" },
	{ EXPLAIN_KEY, SWUPDATE, "--cert-purpose codeSigning",
	    TRAIT_UNKNOWN_CRITICAL,
	    EXPLAIN_REFUSES, CRITICAL, SWUPDATE_FROM },
	{ EXPLAIN_KEY, SWUPDATE, "--cert-purpose codeSigning",
	    TRAIT_NO_EKU | TRAIT_NO_CODE_SIGNING,
	    EXPLAIN_REFUSES, "codeSigning is not among its extended key "
	    "usages", SWUPDATE_FROM },
	{ EXPLAIN_KEY, SWUPDATE, "--cert-purpose codeSigning",
	    ED25519 | PQ,
	    EXPLAIN_UNMEASURED, "", UNTRIED },
	{ EXPLAIN_KEY, SWUPDATE, "--cert-purpose codeSigning", 0,
	    EXPLAIN_ACCEPTS, "product, role and versions are not looked at; "
	    "--forced-signer-name compares the common name", SWUPDATE_FROM },
	{ EXPLAIN_KEY, OPENSSL, "cms -verify -purpose any",
	    TRAIT_UNKNOWN_CRITICAL,
	    EXPLAIN_REFUSES, CRITICAL ": error 34", OPENSSL_FROM },
	{ EXPLAIN_KEY, OPENSSL, "cms -verify -purpose any",
	    TRAIT_ED25519_KEY,
	    EXPLAIN_REFUSES, "3.0 makes and checks no CMS signature of it; "
	    "3.5 does", OPENSSL_FROM },
	{ EXPLAIN_KEY, OPENSSL, "cms -verify -purpose any", PQ,
	    EXPLAIN_ACCEPTS, "from 3.5 on; before, the key cannot be loaded",
	    OPENSSL_FROM },
	{ EXPLAIN_KEY, OPENSSL, "cms -verify -purpose any", 0,
	    EXPLAIN_ACCEPTS, "policies, product, role and versions are not "
	    "looked at",
	    OPENSSL_FROM "; tests/integration/21-openssl-verify.sh" },
	{ EXPLAIN_KEY, GNUTLS, "certtool --verify",
	    TRAIT_UNKNOWN_CRITICAL | TRAIT_CONSTRAINTS_CRITICAL,
	    EXPLAIN_REFUSES, "it knows neither that extension nor "
	    "policy constraints",
	    GNUTLS_FROM },
	{ EXPLAIN_KEY, GNUTLS, "certtool --verify", PQ,
	    EXPLAIN_REFUSES, "it has no such signatures",
	    "tried with GnuTLS 3.8.9" },
	{ EXPLAIN_KEY, GNUTLS, "certtool --verify", TRAIT_NO_CODE_SIGNING,
	    EXPLAIN_REFUSES, "where code signing is asked for", GNUTLS_FROM },
	{ EXPLAIN_KEY, GNUTLS, "certtool --verify", ED25519,
	    EXPLAIN_UNMEASURED, "", UNTRIED },
	{ EXPLAIN_KEY, GNUTLS, "certtool --verify", 0,
	    EXPLAIN_ACCEPTS, "",
	    GNUTLS_FROM "; tests/integration/14-gnutls.sh" },
	{ EXPLAIN_KEY, MBEDTLS, "x509_crt_verify", TRAIT_UNKNOWN_CRITICAL |
	    TRAIT_POLICIES_CRITICAL | TRAIT_CONSTRAINTS_CRITICAL |
	    TRAIT_NAMES_CRITICAL,
	    EXPLAIN_REFUSES, "it cannot be parsed", MBEDTLS_FROM },
	{ EXPLAIN_KEY, MBEDTLS, "x509_crt_verify", ED25519,
	    EXPLAIN_REFUSES, "it has no Ed25519 at all", MBEDTLS_FROM },
	{ EXPLAIN_KEY, MBEDTLS, "x509_crt_verify", PQ,
	    EXPLAIN_UNMEASURED, "", UNTRIED },
	{ EXPLAIN_KEY, MBEDTLS, "x509_crt_verify", TRAIT_NO_CODE_SIGNING,
	    EXPLAIN_REFUSES, "the path holds, the check of its extended key "
	    "usage does not", MBEDTLS_FROM },
	{ EXPLAIN_KEY, MBEDTLS, "x509_crt_verify", 0,
	    EXPLAIN_ACCEPTS, "", MBEDTLS_FROM },
	{ EXPLAIN_KEY, WOLFSSL, "CertManagerVerify", TRAIT_UNKNOWN_CRITICAL,
	    EXPLAIN_REFUSES, CRITICAL, WOLFSSL_FROM },
	{ EXPLAIN_KEY, WOLFSSL, "CertManagerVerify", PQ,
	    EXPLAIN_UNMEASURED, "", UNTRIED },
	{ EXPLAIN_KEY, WOLFSSL, "CertManagerVerify", ED25519,
	    EXPLAIN_UNMEASURED, "", UNTRIED },
	{ EXPLAIN_KEY, WOLFSSL, "CertManagerVerify", 0,
	    EXPLAIN_ACCEPTS, "whatever its extended key usages are",
	    WOLFSSL_FROM },
	{ EXPLAIN_KEY, SBVERIFY, "--cert ROOT", TRAIT_UNKNOWN_CRITICAL,
	    EXPLAIN_REFUSES, CRITICAL, SBVERIFY_FROM },
	{ EXPLAIN_KEY, SBVERIFY, "--cert ROOT", TRAIT_ED25519_KEY,
	    EXPLAIN_REFUSES, "nothing can be signed with such a key",
	    SBVERIFY_FROM },
	{ EXPLAIN_KEY, SBVERIFY, "--cert ROOT", PQ | TRAIT_NO_EKU |
	    TRAIT_NO_CODE_SIGNING | TRAIT_POLICIES_CRITICAL |
	    TRAIT_CONSTRAINTS_CRITICAL | TRAIT_NAMES_CRITICAL,
	    EXPLAIN_UNMEASURED, "", UNTRIED },
	{ EXPLAIN_KEY, SBVERIFY, "--cert ROOT", 0,
	    EXPLAIN_ACCEPTS, "RSA, P-256 and P-384 keys; firmware has its own "
	    "rules", SBVERIFY_FROM },

	/* --- a revocation list --- */
	{ EXPLAIN_LIST, RAUC, "check-crl=true", TRAIT_DELTA,
	    EXPLAIN_UNMEASURED, "OpenSSL 3.5.7 below it takes a delta for the "
	    "whole list", UNTRIED },
	{ EXPLAIN_LIST, RAUC, "check-crl=true", TRAIT_PARTIAL,
	    EXPLAIN_REFUSES, "it finds no list that is not complete and "
	    "direct, and then refuses every bundle", RAUC_FROM },
	{ EXPLAIN_LIST, RAUC, "check-crl=true", TRAIT_EARLY,
	    EXPLAIN_REFUSES, "it is not valid yet, and as long as it lies in "
	    "the keyring every bundle is refused", RAUC_FROM },
	{ EXPLAIN_LIST, RAUC, "check-crl=true", TRAIT_EXPIRED,
	    EXPLAIN_REFUSES, "it is over, and until a newer one lies in the "
	    "keyring every bundle is refused; no bundle can bring it",
	    RAUC_FROM "; rauc issue 1649" },
	{ EXPLAIN_LIST, RAUC, "check-crl=true", 0,
	    EXPLAIN_ACCEPTS, "from the keyring alone; of two lists of one "
	    "issuer the one with the later thisUpdate counts, whatever its "
	    "number",
	    RAUC_FROM "; tests/integration/20-rauc.sh" },
	{ EXPLAIN_LIST, RAUC, "check-crl=true, use-bundle-signing-time=true",
	    0, EXPLAIN_REFUSES, "a list that is newer than a bundle is not "
	    "valid yet when that was signed: every older bundle is refused",
	    RAUC_FROM },
	{ EXPLAIN_LIST, RAUC, "no check-crl", 0,
	    EXPLAIN_IGNORES, "a revoked key goes on signing",
	    "rauc issues 556 and 561" },
	{ EXPLAIN_LIST, SWUPDATE, "before 2026", 0,
	    EXPLAIN_IGNORES, "it knows no lists: a revoked key goes on signing",
	    SWUPDATE_FROM },
	{ EXPLAIN_LIST, SWUPDATE, "--crl-path, git of July 2026 and later", 0,
	    EXPLAIN_UNMEASURED, "it asks about the signer alone, not about "
	    "authorities between", "read in its commit 3dc458f5" },
	{ EXPLAIN_LIST, OPENSSL, "verify -crl_check", TRAIT_DELTA,
	    EXPLAIN_IGNORES, "without -use_deltas, but 3.0.19 and 3.5.7 take "
	    "it for the whole list: it un-revokes",
	    OPENSSL_FROM "; tests/integration/23-attacks.sh" },
	{ EXPLAIN_LIST, OPENSSL, "verify -crl_check", TRAIT_PARTIAL,
	    EXPLAIN_REFUSES, "error 3 for an indirect one, without "
	    "-extended_crl", OPENSSL_FROM },
	{ EXPLAIN_LIST, OPENSSL, "verify -crl_check", TRAIT_EARLY,
	    EXPLAIN_REFUSES, "error 11: it is not valid yet", OPENSSL_FROM },
	{ EXPLAIN_LIST, OPENSSL, "verify -crl_check", TRAIT_EXPIRED,
	    EXPLAIN_REFUSES, "error 12: it is over", OPENSSL_FROM },
	{ EXPLAIN_LIST, OPENSSL, "verify -crl_check", 0,
	    EXPLAIN_ACCEPTS, "no list is error 3, a revoked key error 23; of "
	    "two the one with the later thisUpdate counts, whatever its number",
	    OPENSSL_FROM "; tests/integration/31-explain.sh" },
	{ EXPLAIN_LIST, OPENSSL, "cms -verify -crl_check", TRAIT_DELTA,
	    EXPLAIN_IGNORES, "as verify does", OPENSSL_FROM },
	{ EXPLAIN_LIST, OPENSSL, "cms -verify -crl_check", TRAIT_EARLY |
	    TRAIT_EXPIRED | TRAIT_PARTIAL,
	    EXPLAIN_REFUSES, "as verify does", OPENSSL_FROM },
	{ EXPLAIN_LIST, OPENSSL, "cms -verify -crl_check", 0,
	    EXPLAIN_ACCEPTS, "and lets a list inside the message win, so that "
	    "an old one which is still valid un-revokes; programs set "
	    "CMS_NOCRL", OPENSSL_FROM },
	{ EXPLAIN_LIST, OPENSSL, "no -crl_check", 0,
	    EXPLAIN_IGNORES, "a revoked key goes on signing", OPENSSL_FROM },
	{ EXPLAIN_LIST, GNUTLS, "certtool --load-crl", TRAIT_PARTIAL,
	    EXPLAIN_IGNORES, "it fails open: such a list counts as none, and "
	    "without one every key is trusted", GNUTLS_FROM },
	{ EXPLAIN_LIST, GNUTLS, "certtool --load-crl", 0,
	    EXPLAIN_ACCEPTS, "it fails open: it looks at no date of a list, so "
	    "that an old one is as good as a new one for ever, and without a "
	    "list every key is trusted",
	    GNUTLS_FROM "; tests/integration/31-explain.sh" },
	{ EXPLAIN_LIST, MBEDTLS, "x509_crt_verify", TRAIT_PARTIAL,
	    EXPLAIN_REFUSES, "it cannot be parsed", MBEDTLS_FROM },
	{ EXPLAIN_LIST, MBEDTLS, "x509_crt_verify", TRAIT_EXPIRED,
	    EXPLAIN_REFUSES, "it is over", MBEDTLS_FROM },
	{ EXPLAIN_LIST, MBEDTLS, "x509_crt_verify", TRAIT_EARLY,
	    EXPLAIN_UNMEASURED, "", UNTRIED },
	{ EXPLAIN_LIST, MBEDTLS, "x509_crt_verify", 0,
	    EXPLAIN_ACCEPTS, "of several lists every entry counts; it fails "
	    "open: without a list every key is trusted", MBEDTLS_FROM },
	{ EXPLAIN_LIST, WOLFSSL, "LoadCRL", TRAIT_PARTIAL,
	    EXPLAIN_REFUSES, "error -190 for an indirect one", WOLFSSL_FROM },
	{ EXPLAIN_LIST, WOLFSSL, "LoadCRL", TRAIT_EXPIRED,
	    EXPLAIN_REFUSES, "it is not loaded", WOLFSSL_FROM },
	{ EXPLAIN_LIST, WOLFSSL, "LoadCRL", TRAIT_EARLY,
	    EXPLAIN_UNMEASURED, "", UNTRIED },
	{ EXPLAIN_LIST, WOLFSSL, "LoadCRL", 0,
	    EXPLAIN_ACCEPTS, "a revoked key is refused", WOLFSSL_FROM },
	{ EXPLAIN_LIST, SBVERIFY, "", 0,
	    EXPLAIN_IGNORES, "it has no option for a list",
	    "read in --help of sbsigntool 0.9.4" },

	/* --- a trust bundle --- */
	{ EXPLAIN_BUNDLE, OURS, "trust apply", TRAIT_EXPIRED,
	    EXPLAIN_REFUSES, "it has expired; on the way to a later one it is "
	    "walked over", "tests/integration/34-trust.sh" },
	{ EXPLAIN_BUNDLE, OURS, "trust apply", TRAIT_EARLY,
	    EXPLAIN_ACCEPTS, "behind the one that it follows, with enough "
	    "signatures; that it has not begun is told by a trusted clock "
	    "alone", "tests/integration/34-trust.sh" },
	{ EXPLAIN_BUNDLE, OURS, "trust apply", 0,
	    EXPLAIN_ACCEPTS, "behind the one that it follows, with enough "
	    "signatures", "tests/integration/34-trust.sh" },
	{ EXPLAIN_BUNDLE, OURS, "trust init", TRAIT_RENEWAL | TRAIT_EXPIRED,
	    EXPLAIN_REFUSES, "a device starts with an establishment that has "
	    "not expired", "tests/integration/34-trust.sh" },
	{ EXPLAIN_BUNDLE, OURS, "trust init", 0,
	    EXPLAIN_ACCEPTS, "by its words, from paper",
	    "tests/integration/34-trust.sh" },
	{ EXPLAIN_BUNDLE, OPENSSL, "cms -verify -content", 0,
	    EXPLAIN_ACCEPTS, "with one signature of a root that it is told to "
	    "trust, however many must sign; of order, dates and next keys it "
	    "knows nothing", "tests/integration/34-trust.sh" },
	{ EXPLAIN_BUNDLE, OPENSSL, "-CAfile", 0,
	    EXPLAIN_REFUSES, "it finds no certificate in it: " EXPORT,
	    "tests/integration/31-explain.sh" },
	{ EXPLAIN_BUNDLE, RAUC, "in the keyring", 0,
	    EXPLAIN_REFUSES, "it finds no certificate in it: " EXPORT,
	    "tests/integration/22-rauc-store.sh" },
	{ EXPLAIN_BUNDLE, SWUPDATE, "-k FILE", 0,
	    EXPLAIN_UNMEASURED, EXPORT, UNTRIED },
	{ EXPLAIN_BUNDLE, GNUTLS, "--load-ca-certificate", 0,
	    EXPLAIN_REFUSES, "it cannot be parsed: " EXPORT,
	    "tests/integration/31-explain.sh" },
	{ EXPLAIN_BUNDLE, MBEDTLS, "trusted", 0,
	    EXPLAIN_UNMEASURED, EXPORT, UNTRIED },
	{ EXPLAIN_BUNDLE, WOLFSSL, "trusted", 0,
	    EXPLAIN_UNMEASURED, EXPORT, UNTRIED },
	{ EXPLAIN_BUNDLE, SBVERIFY, "--cert", 0,
	    EXPLAIN_UNMEASURED, EXPORT, UNTRIED },
};

static const struct explain_note notes[] = {
	{ EXPLAIN_AUTHORITY, 0, "no list takes a root back: it ends with its "
	    "last date, or when it is taken out of every device" },
	{ EXPLAIN_AUTHORITY, TRAIT_BELOW_A_ROOT, "as another root's word for "
	    "it, a list of that root ends it sooner, for clients that ask for "
	    "the lists of the whole chain (RAUC does; openssl with "
	    "-crl_check_all)" },
	{ EXPLAIN_AUTHORITY, TRAIT_BELOW_A_ROOT, "it can issue a certificate "
	    "with the common name of any product, and clients that pick "
	    "signers by that name do not notice" },
	{ EXPLAIN_KEY, 0, "stock clients compare its common name at the most; "
	    "`anchorite delegation verify` compares product, role and "
	    "versions" },
	{ EXPLAIN_LIST, 0, "whoever can hand a client this list in place of a "
	    "newer one hides what the newer one revokes, until this one is "
	    "over" },
	{ EXPLAIN_LIST, 0, "stock clients go by thisUpdate and not by number: "
	    "a newer list that lacks an entry un-revokes it" },
	{ EXPLAIN_LIST, TRAIT_EARLY, "given out before its time it stops "
	    "every update of the clients that ask for lists" },
	{ EXPLAIN_BUNDLE, 0, "whatever a thief of present roots made a device "
	    "apply, it takes the next lawful establishment, with its dates, "
	    "numbers and floors" },
	{ EXPLAIN_BUNDLE, 0, "whether it is the right one is told by its "
	    "words from paper, or by the one that it follows; not by itself" },
	{ EXPLAIN_BUNDLE, TRAIT_NEXT_ALONE, "its horizon does not move with "
	    "renewals: be rotated before it, or the next keys are enough" },
};

/* clang-format on */

/* --- what its parts say --- */

static void
authority_value(const struct cert_spec *s, char *out, size_t size)
{
	snprintf(out, size, "%s", s->ca ? "it may" : "it may not");
}

/* One more of a list with commas; what does not fit is left out. */
static void
add_word(char *out, size_t size, const char *word)
{
	const size_t at = strlen(out);

	snprintf(out + at, size - at, "%s%s", at == 0 ? "" : ", ", word);
}

static void
usage_value(const struct cert_spec *s, char *out, size_t size)
{
	static const struct {
		unsigned bit;
		const char *word;
	} usages[] = {
		{ USAGE_DIGITAL_SIGNATURE, "of messages" },
		{ USAGE_KEY_CERT_SIGN, "of certificates" },
		{ USAGE_CRL_SIGN, "of lists" },
	};

	out[0] = '\0';
	for (size_t i = 0; i < ROWS(usages); i++) {
		if ((s->usage & usages[i].bit) != 0)
			add_word(out, size, usages[i].word);
	}
}

static void
purpose_value(const struct cert_spec *s, char *out, size_t size)
{
	out[0] = '\0';
	for (size_t i = 0; i < s->ekus; i++)
		add_word(out, size, strcmp(s->eku[i],
		    PROFILE_EKU_CODE_SIGNING) == 0 ? "code signing" :
		    strcmp(s->eku[i], EKU_EMAIL) == 0 ? "e-mail" :
		    "one of its issuer's own");
}

/* clang-format off */
static const struct explain_part parts[] = {
	{ "2.5.29.14", "subject key identifier",
	    "how others point to this key", NULL },
	{ "2.5.29.15", "key usage", "what its signatures may be",
	    usage_value },
	{ "2.5.29.17", "alternative names", "other names of its holder",
	    NULL },
	{ "2.5.29.19", "basic constraints", "whether it may issue "
	    "certificates", authority_value },
	{ "2.5.29.30", "name constraints", "which names it may certify; most "
	    "clients do not enforce it", NULL },
	{ "2.5.29.31", "distribution points", "where its list can be had",
	    NULL },
	{ "2.5.29.32", "policies", "what it was issued for; no stock client "
	    "looks at it unless told to", NULL },
	{ "2.5.29.35", "authority key identifier", "which key signed it",
	    NULL },
	{ "2.5.29.36", "policy constraints", "which policies must be named "
	    "below it", NULL },
	{ "2.5.29.37", "extended key usage", "what the key may be used for",
	    purpose_value },
	{ "1.3.6.1.4.1.51483.2.1", "hash of the root to come", "the key that "
	    "will follow this one; evidence for people, no stock client looks "
	    "at it", NULL },
};
/* clang-format on */

const struct explain_row *
explain_row(size_t i)
{
	return i < ROWS(rows) ? &rows[i] : NULL;
}

const struct explain_note *
explain_note(size_t i)
{
	return i < ROWS(notes) ? &notes[i] : NULL;
}

const struct explain_part *
explain_part(const char *oid)
{
	for (size_t i = 0; i < ROWS(parts); i++) {
		if (strcmp(parts[i].oid, oid) == 0)
			return &parts[i];
	}
	return NULL;
}

const char *
explain_kind_text(enum explain_kind kind)
{
	static const char *const text[EXPLAIN_KINDS] = {
		"authority: a root, or one below it",
		"key that signs software",
		"revocation list",
		"trust bundle",
	};

	return text[kind];
}

const char *
explain_answer_text(enum explain_answer answer)
{
	static const char *const text[EXPLAIN_ANSWERS] = { "accepts",
		"refuses", "ignores", "not-measured" };

	return text[answer];
}

const char *
explain_trait_text(size_t bit)
{
	static const char *const text[EXPLAIN_TRAITS] = {
		"an extension that nobody knows is critical",
		"certificate policies are critical",
		"policy constraints are critical",
		"name constraints are critical",
		"no extended key usage",
		"extended key usages without codeSigning",
		"emailProtection among its extended key usages",
		"an Ed25519 key",
		"signed with Ed25519",
		"an ML-DSA or SLH-DSA key",
		"signed with ML-DSA or SLH-DSA",
		"issued by another authority",
		"no digitalSignature in its key usage",
		"indirect, a delta, or of a part",
		"not valid yet",
		"over",
		"a delta",
		"a renewal",
		"several present roots must sign",
		"present roots and next keys must sign",
		"next keys alone are enough after the horizon",
		"all present roots are enough",
		"warns when it has expired",
		"refuses when it has expired",
	};

	return text[bit];
}

/* --- a thing --- */

static bool
is_pq(const char *alg)
{
	return strncmp(alg, "ml-dsa-", 7) == 0 ||
	    strncmp(alg, "slh-dsa-", 8) == 0;
}

/* Extensions that clients know, and which trait they are when critical. */
static unsigned
critical_trait(const char *oid)
{
	static const struct {
		const char *oid;
		unsigned trait;
	} known[] = {
		{ "2.5.29.15", 0 },
		{ "2.5.29.17", 0 },
		{ "2.5.29.19", 0 },
		{ "2.5.29.30", TRAIT_NAMES_CRITICAL },
		{ "2.5.29.32", TRAIT_POLICIES_CRITICAL },
		{ "2.5.29.36", TRAIT_CONSTRAINTS_CRITICAL },
		{ "2.5.29.37", 0 },
	};

	for (size_t i = 0; i < ROWS(known); i++) {
		if (strcmp(known[i].oid, oid) == 0)
			return known[i].trait;
	}
	return TRAIT_UNKNOWN_CRITICAL;
}

static unsigned
usage_traits(const struct cert_spec *s)
{
	unsigned traits = TRAIT_NO_CODE_SIGNING;

	if (s->ekus == 0)
		return TRAIT_NO_EKU;
	for (size_t i = 0; i < s->ekus; i++) {
		if (strcmp(s->eku[i], PROFILE_EKU_CODE_SIGNING) == 0)
			traits &= ~(unsigned)TRAIT_NO_CODE_SIGNING;
		if (strcmp(s->eku[i], EKU_EMAIL) == 0)
			traits |= TRAIT_EMAIL;
	}
	return traits;
}

static unsigned
alg_traits(const char *alg, unsigned ed25519, unsigned pq)
{
	return strcmp(alg, "ed25519") == 0 ? ed25519 : is_pq(alg) ? pq : 0;
}

static unsigned
time_traits(int64_t from, int64_t until, int64_t now)
{
	return now < from ? TRAIT_EARLY : now > until ? TRAIT_EXPIRED : 0;
}

void
explain_cert(const struct cert *c, int64_t now, struct explain_thing *out)
{
	const struct cert_spec *s = &c->spec;

	memset(out, 0, sizeof(*out));
	out->kind = s->ca ? EXPLAIN_AUTHORITY : EXPLAIN_KEY;
	out->from = s->not_before;
	out->until = s->not_after;
	out->traits = time_traits(out->from, out->until, now) |
	    alg_traits(c->key.alg, TRAIT_ED25519_KEY, TRAIT_PQ_KEY) |
	    alg_traits(c->alg, TRAIT_ED25519_SIGNED, TRAIT_PQ_SIGNED) |
	    usage_traits(s);
	if (s->ca && !s->self_issued)
		out->traits |= TRAIT_BELOW_A_ROOT;
	if ((s->usage & USAGE_DIGITAL_SIGNATURE) == 0)
		out->traits |= TRAIT_NO_SIGNATURES;
	for (size_t i = 0; i < c->nseen; i++) {
		if (c->seen[i].critical)
			out->traits |= critical_trait(c->seen[i].oid);
	}
}

void
explain_list(const struct crl *l, int64_t now, struct explain_thing *out)
{
	memset(out, 0, sizeof(*out));
	out->kind = EXPLAIN_LIST;
	out->from = l->spec.this_update;
	out->until = l->spec.next_update;
	out->traits = time_traits(out->from, out->until, now);
	if (l->foreign_ext[0] != '\0')
		out->traits |= TRAIT_PARTIAL;
	if (strcmp(l->foreign_ext, DELTA) == 0)
		out->traits |= TRAIT_DELTA;
}

void
explain_bundle(const struct bundle *b, int64_t now, struct explain_thing *out)
{
	memset(out, 0, sizeof(*out));
	out->kind = EXPLAIN_BUNDLE;
	out->from = b->not_before;
	out->until = b->not_after;
	out->horizon = b->horizon;
	out->traits = time_traits(out->from, out->until, now) |
	    (b->seq > 1 ? TRAIT_RENEWAL : 0) |
	    (b->threshold > 1 ? TRAIT_SEVERAL_SIGN : 0) |
	    (b->succession == NEXT_BOTH ? TRAIT_BOTH : TRAIT_NEXT_ALONE) |
	    (b->break_glass ? TRAIT_BREAK_GLASS : 0) |
	    (b->expiry == EXPIRY_WARNS ? TRAIT_WARNS : TRAIT_REFUSES);
}

static bool
same_group(const struct explain_row *a, const struct explain_row *b)
{
	return a->kind == b->kind && strcmp(a->client, b->client) == 0 &&
	    strcmp(a->setting, b->setting) == 0;
}

const struct explain_row *
explain_next(const struct explain_thing *thing, size_t *i)
{
	const struct explain_row *first, *found = NULL;

	while (*i < ROWS(rows) && rows[*i].kind != thing->kind)
		++*i;
	if (*i == ROWS(rows))
		return NULL;
	for (first = &rows[*i]; *i < ROWS(rows) && same_group(first, &rows[*i]);
	     ++*i) {
		if (found == NULL && (rows[*i].traits == 0 ||
		    (rows[*i].traits & thing->traits) != 0))
			found = &rows[*i];
	}
	return found;
}

bool
explain_holds(const struct explain_note *n, const struct explain_thing *thing)
{
	return n->kind == thing->kind &&
	    (n->traits == 0 || (n->traits & thing->traits) != 0);
}

int64_t
explain_days(const struct explain_thing *thing, int64_t now)
{
	if (now >= thing->until)
		return 0;
	return (thing->until - now + CLOCK_DAY - 1) / CLOCK_DAY;
}
