/* SHA-256 (FIPS 180-4) as 64 lower-case hexadecimal digits: says whether two files or texts are the same. */
#ifndef PR_BASE_SHA256_H
#define PR_BASE_SHA256_H

#include <stddef.h>

#define PR_SHA256_TEXT 65 /* with its terminator */

char *pr_sha256(const void *bytes, size_t count, char out[PR_SHA256_TEXT]); /* returns `out` */

#endif
