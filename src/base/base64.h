/* Base64 (RFC 4648, section 4) with padding and without line breaks. */
#ifndef PR_BASE_BASE64_H
#define PR_BASE_BASE64_H

#include "base/text.h"

void pr_base64_add(struct pr_buffer *out, const void *bytes, size_t count);

#endif
