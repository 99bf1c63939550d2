/* kind.h -- what bytes from outside mean to be, before they are read: so a
 * refusal is about the right thing. */
#ifndef ANCHORITE_KIND_H
#define ANCHORITE_KIND_H

#include "lib/base/bytes.h"

enum pki_kind { PKI_OTHER, PKI_CERTIFICATE, PKI_LIST, PKI_BUNDLE };

/* By the label of its PEM, or by how DER of that kind begins; a bundle by its
 * outer form.  Nothing else is looked at: cert_read, crl_read and bundle_read
 * are still to say whether it is one. */
enum pki_kind pki_kind(const struct bytes *data);

#endif
