#include "model/series.h"

const int pr_before_months[PR_BEFORE_COUNT] = {-1, -12};

/* A line a quantity, as in the header. */
/* clang-format off */
const char *const pr_minute_field_names[PR_MINUTE_FIELD_COUNT] = {
	"ua", "ub", "uc", "uab", "ubc", "uca", "ia", "ib", "ic", "i_n",
	"pa", "pb", "pc", "pttl", "qttl", "sttl", "costtl", "freq",
	"thdua", "thdub", "thduc", "thdia", "thdib", "thdic",
	"hr3ia", "hr3ib", "hr3ic", "hr5ia", "hr5ib", "hr5ic", "hr7ia", "hr7ib", "hr7ic",
	"hr9ia", "hr9ib", "hr9ic", "hr11ia", "hr11ib", "hr11ic", "hr13ia", "hr13ib", "hr13ic",
};
/* clang-format on */
