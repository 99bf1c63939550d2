/* see arc.h */
#include <stdio.h>
#include <string.h>

#include "lib/pki/arc.h"

enum status
arc_oid(const char *arc, enum arc_use use, const char *word,
    char out[CERT_OID_SIZE], struct diag *d)
{
	const size_t chars = word == NULL ? 0 : strlen(word);
	size_t at;

	out[0] = '\0';
	/* the worst case: "." and three digits, for the length and each one */
	if (strlen(arc) + sizeof(".4") + 4 * (chars + 1) > CERT_OID_SIZE)
		return diag_set(d, ST_POLICY, "FORMATS 8.15: the object "
		    "identifier of %.40s would be too long",
		    word == NULL ? "the arc" : word);
	at = (size_t)snprintf(out, CERT_OID_SIZE, "%s.%d", arc, (int)use);
	if (word == NULL)
		return ST_OK;
	at += (size_t)snprintf(out + at, CERT_OID_SIZE - at, ".%zu", chars);
	for (size_t i = 0; i < chars; i++)
		at += (size_t)snprintf(out + at, CERT_OID_SIZE - at, ".%u",
		    (unsigned)(unsigned char)word[i]);
	return ST_OK;
}
