/* SHA-256 (FIPS 180-4) as 64 lower-case hexadecimal digits: says whether two files or texts are the same. */
#ifndef PR_BASE_SHA256_H
#define PR_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define PR_SHA256_TEXT 65 /* with its terminator */

char *pr_sha256(const void *bytes, size_t count, char out[PR_SHA256_TEXT]); /* returns `out` */

/* The same of bytes that come in pieces: begin, add …, end. */
struct pr_sha256 {
	uint32_t state[8];
	uint64_t count;
	unsigned char rest[64];
};
void pr_sha256_begin(struct pr_sha256 *sum);
void pr_sha256_add(struct pr_sha256 *sum, const void *bytes, size_t count);
char *pr_sha256_end(struct pr_sha256 *sum, char out[PR_SHA256_TEXT]);

#endif
