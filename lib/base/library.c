/* see library.h */
#include <dlfcn.h>
#include <string.h>

#include "lib/base/library.h"

enum status
library_load(const struct library *l, void *to, struct diag *d)
{
	void *library = dlopen(l->file, RTLD_NOW | RTLD_LOCAL), *p;

	if (library == NULL)
		return diag_set(d, ST_SYSTEM, "%s cannot be loaded: %s "
		    "(package %s)", l->file, dlerror(), l->package);
	for (size_t i = 0; i < l->n; i++) {
		if ((p = dlsym(library, l->entries[i].symbol)) == NULL)
			return diag_set(d, ST_SYSTEM, "%s has no %s", l->file,
			    l->entries[i].symbol);
		memcpy((char *)to + l->entries[i].at, &p, sizeof(p));
	}
	return ST_OK;
}
