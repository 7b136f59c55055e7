#include "base/base64.h"

void pr_base64_add(struct pr_buffer *out, const void *bytes, size_t count)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *at = bytes;

	for (size_t i = 0; i < count; i += 3) {
		size_t rest = count - i;
		unsigned long three = (unsigned long)at[i] << 16 | (rest > 1 ? (unsigned long)at[i + 1] << 8 : 0) |
		                      (rest > 2 ? (unsigned long)at[i + 2] : 0);
		char four[4] = {digits[three >> 18], digits[three >> 12 & 63], rest > 1 ? digits[three >> 6 & 63] : '=',
			rest > 2 ? digits[three & 63] : '='};
		pr_buffer_add_n(out, four, sizeof four);
	}
}
