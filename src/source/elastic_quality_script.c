#include "source/elastic_quality_script.h"

#include <stddef.h>

#include "model/series.h"

/* The scripts name columns, parameters and figures by number. */
_Static_assert(PR_UA == 0 && PR_UAB == 3 && PR_IA == 6 && PR_PA == 10 && PR_PTTL == 13 && PR_COSTTL == 16 &&
				   PR_FREQ == 17 && PR_THDUA == 18 && PR_THDIA == 21 && PR_HR3IA == 24 && PR_HR13IC == 41 &&
				   PR_MINUTE_FIELD_COUNT == 42,
	"the columns of a minute as the scripts know them");
_Static_assert(PR_QUALITY_DEVIATION == 0 && PR_QUALITY_UNBALANCE == 1 && PR_QUALITY_FREQUENCY == 2 &&
				   PR_QUALITY_THD == 3 && PR_QUALITY_CURRENT == 4 && PR_QUALITY_POWER_FACTOR == 5 &&
				   PR_QUALITY_HARMONIC_3 == 6 && PR_SCRIPT_APPROXIMATION == 12 && PR_SCRIPT_LOAD == 39,
	"the parameters as the scripts know them");
_Static_assert(PR_SCRIPT_COUNTS == 65 && PR_SCRIPT_OUTAGES == 105 && PR_SCRIPT_LEFT_OUT == 108 &&
				   PR_SCRIPT_IDLE == 111 && PR_SCRIPT_HIGHEST == 112 && PR_SCRIPT_HAS_LINES == 114 &&
				   PR_SCRIPT_RANKS == 115 && PR_SCRIPT_COUNT == 155,
	"the figures as the scripts know them");

/*
 * n: the figures, nothing measured yet. tops: of each series the `kept` largest values, a heap with the smallest on top,
 * made when its first value comes. low, high: the bounds of each column.
 */
const char *const pr_script_init[] = {
	"long[] n = new long[155];"
	"for (int s = 0; s < 13; ++s) {"
	" n[5 * s + 2] = Long.MIN_VALUE; n[5 * s + 3] = -1L; n[5 * s + 4] = Long.MIN_VALUE; }"
	"n[106] = n[107] = n[109] = n[110] = n[112] = n[113] = Long.MIN_VALUE;"
	"double[] low = new double[42]; double[] high = new double[42]; boolean[] zero = new boolean[42];"
	"for (int i = 0; i < 42; ++i) {"
	" low[i] = params.low[i]; high[i] = params.high[i]; zero[i] = params.zero[i]; }"
	"state.n = n; state.tops = new def[40]; state.low = low; state.high = high; state.zero = zero;",
	NULL};

/* Keeps a value where it is among the `kept` largest of its series; n[65 + series] is the number of all. */
static const char keep_text[] =
	"void sink(long[] top, int count, long value) {"
	" int at = 0; int down = 1;"
	" while (down < count) {"
	"  if (down + 1 < count && top[down + 1] < top[down]) { down += 1; }"
	"  if (top[down] >= value) { break; }"
	"  top[at] = top[down]; at = down; down = 2 * at + 1; }"
	" top[at] = value; }"
	"void keep(long[] n, def[] tops, int kept, int series, long value) {"
	" long count = n[65 + series]; n[65 + series] = count + 1L;"
	" if (tops[series] == null) { tops[series] = new long[kept]; }"
	" long[] top = (long[])tops[series];"
	" if (count >= kept) { if (value > top[0]) { sink(top, kept, value); } return; }"
	" int at = (int)count;"
	" while (at > 0 && top[(at - 1) / 2] > value) { top[at] = top[(at - 1) / 2]; at = (at - 1) / 2; }"
	" top[at] = value; }";

/*
 * The worst of a parameter: the larger magnitude (the power factor's, number 5, is the smallest); of equal ones the
 * earliest, then the lower phase, then the larger value, whatever the order of the rows and of the shards.
 */
static const char note_text[] =
	"long size(long value) { return value < 0L ? -value : value; }"
	"void note(long[] n, int s, long value, long phase, long time) {"
	" int at = 5 * s + 2;"
	" if (n[at] != Long.MIN_VALUE) {"
	"  long more = s == 5 ? n[at] - value : size(value) - size(n[at]);"
	"  if (more < 0L) { return; }"
	"  if (more == 0L) {"
	"   if (time > n[at + 2]) { return; }"
	"   if (time == n[at + 2] && (phase > n[at + 1] || phase == n[at + 1] && value <= n[at])) { return; } } }"
	" n[at] = value; n[at + 1] = phase; n[at + 2] = time; }";

/* A sample that is counted with the first and the last instant. */
static const char mark_text[] = "void mark(long[] n, int at, long count, long first, long last) {"
								" if (count == 0L) { return; } n[at] += count;"
								" if (n[at + 1] == Long.MIN_VALUE || first < n[at + 1]) { n[at + 1] = first; }"
								" if (n[at + 2] == Long.MIN_VALUE || last > n[at + 2]) { n[at + 2] = last; } }";

/* Reading. exact() is pr_micro_from_double: m × 2^e × 10^6 in whole numbers, rounded half away from zero. */
static const char read_text[] =
	"def one(Map doc, String name) {"
	" if (name.length() == 0 || !doc.containsKey(name)) { return null; }"
	" List values = (List)doc.get(name);"
	" if (values.size() > 1) { throw new IllegalArgumentException("
	"'field ' + name + ' of a row holds several values; expected one'); }"
	" return values.size() == 0 ? null : values.get(0); }"
	"double number(Map doc, String name) {"
	" def value = one(doc, name); return value == null ? Double.NaN : ((Number)value).doubleValue(); }"
	"long exact(double value) {"
	" double size = Math.abs(value);"
	" if (!(size <= 9.2e12)) { return Long.MIN_VALUE; }"
	" long bits = Double.doubleToLongBits(size); int shift = 1075 - (int)(bits >>> 52);"
	" if (shift > 74) { return 0L; }"
	" long mantissa = (bits & 0xfffffffffffffL) | 0x10000000000000L;"
	" long low = (mantissa & 0x3ffffffL) * 1000000L;"
	" long high = (mantissa >>> 26) * 1000000L + (low >>> 26); low = low & 0x3ffffffL;"
	" long whole = shift > 26 ? (high + (1L << (shift - 27))) >>> (shift - 26)"
	" : (high << (26 - shift)) + ((low + (1L << (shift - 1))) >>> shift);"
	" return value < 0.0 ? -whole : whole; }";

/* pr_cells_clean */
static const char clean_text[] =
	"boolean wrong(double[] c, int p, double share) {"
	" return c[6 + p] == 0.0 && (c[6 + (p + 1) % 3] > 0.0 || c[6 + (p + 2) % 3] > 0.0)"
	" && Math.abs(c[10 + p]) > share * Math.abs(c[13]); }"
	"void clean(double[] c, double[] low, double[] high, boolean[] zero, def share) {"
	" if (share != null) {"
	"  double idle = share;"
	"  boolean a = wrong(c, 0, idle); boolean b = wrong(c, 1, idle); boolean d = wrong(c, 2, idle);"
	"  if (a) { c[6] = Double.NaN; } if (b) { c[7] = Double.NaN; } if (d) { c[8] = Double.NaN; } }"
	" for (int i = 0; i < 42; ++i) {"
	"  double v = c[i];"
	"  if (v < low[i] || v > high[i] || (v == 0.0 && zero[i])) { c[i] = Double.NaN; } } }";

/* A value without phases; three values that are a sample together, each phase with a series of its own. */
static const char add_text[] =
	"void single(long[] n, def[] tops, int kept, int s, double limit, double value, long time) {"
	" long v = exact(value);"
	" n[5 * s] += 1L; if (Math.abs(value) <= limit) { n[5 * s + 1] += 1L; }"
	" note(n, s, v, -1L, time); keep(n, tops, kept, 3 * s, size(v)); }"
	"void phases(long[] n, def[] tops, int kept, int s, double limit, double[] c, int at, long time) {"
	" boolean any = false; boolean inside = true;"
	" for (int p = 0; p < 3; ++p) {"
	"  long v = exact(c[at + p]); if (v == Long.MIN_VALUE) { continue; }"
	"  any = true; inside = inside && c[at + p] <= limit;"
	"  note(n, s, v, p, time); keep(n, tops, kept, 3 * s + p, v); }"
	" if (any) { n[5 * s] += 1L; if (inside) { n[5 * s + 1] += 1L; } } }";

static const char deviation_text[] =
	"void deviation(long[] n, def[] tops, Map params, double[] c, long time) {"
	" double nominal = params.nominal; double factor = params.factor; int kept = params.kept;"
	" double low = params.inside_low; double high = params.inside_high; int first = params.first;"
	" boolean any = false; boolean inside = true;"
	" for (int p = 0; p < 3; ++p) {"
	"  double u = c[first + p]; if (Double.isNaN(u) || !(nominal > 0.0)) { continue; }"
	"  long v = exact((u - nominal) * 100.0 / nominal); any = true;"
	"  inside = inside && !(u < low) && !(u > high);"
	"  note(n, 0, v, p, time);"
	"  keep(n, tops, kept, p, v < 0L ? exact(-((double)v / 1000000.0) * factor) : v);"
	"  if (n[112] == Long.MIN_VALUE || v > n[112]) { n[112] = v; }"
	"  if (n[113] == Long.MIN_VALUE || v < n[113]) { n[113] = v; } }"
	" if (any) { n[0] += 1L; if (inside) { n[1] += 1L; } } }";

/* uneven: the largest deviation from the mean; of_lines: ε of GB/T 15543. */
static const char unbalance_text[] =
	"double uneven(double[] c, int at) {"
	" double mean = (c[at] + c[at + 1] + c[at + 2]) / 3.0;"
	" if (!(mean > 0.0)) { return Double.NaN; }"
	" double most = 0.0;"
	" for (int p = 0; p < 3; ++p) { most = Math.max(most, Math.abs(c[at + p] - mean)); }"
	" return most / mean * 100.0; }"
	"double of_lines(double a, double b, double c) {"
	" double squares = a * a + b * b + c * c;"
	" double l = (a * a * a * a + b * b * b * b + c * c * c * c) / (squares * squares);"
	" double inner = 3.0 - 6.0 * l;"
	" double root = Math.sqrt(inner < 0.0 ? 0.0 : inner > 1.0 ? 1.0 : inner);"
	" return Math.sqrt((1.0 - root) / (1.0 + root)) * 100.0; }"
	"void unbalance(long[] n, def[] tops, Map params, double[] c, long time) {"
	" double least = params.least_line; double limit = params.limits[1]; int kept = params.kept;"
	" double rough = uneven(c, 0);"
	" boolean whole = c[3] >= least && c[4] >= least && c[5] >= least;"
	" if (whole) { single(n, tops, kept, 1, limit, of_lines(c[3], c[4], c[5]), time); }"
	" if (!Double.isNaN(rough)) { single(n, tops, kept, 12, limit, rough, time); }"
	" if (!whole && !(Double.isNaN(c[0]) && Double.isNaN(c[1]) && Double.isNaN(c[2]))) {"
	"  mark(n, 108, 1L, time, time); } }";

static const char harmonics_text[] =
	"void harmonics(long[] n, def[] tops, Map params, double[] c, long time) {"
	" int kept = params.kept;"
	" for (int p = 0; p < 3; ++p) {"
	"  double thd = c[21 + p] / 100.0; double i = c[6 + p];"
	"  if (!Double.isNaN(thd)) { i = i / Math.sqrt(1.0 + thd * thd); }"
	"  for (int at = 24 + p; at < 42; at += 3) { c[at] = c[at] * i / 100.0; } }"
	" for (int s = 6; s < 12; ++s) {"
	"  double limit = params.limits[s]; phases(n, tops, kept, s, limit, c, 3 * s + 6, time); } }";

static const char power_factor_text[] =
	"void factor(long[] n, def[] tops, Map params, double[] c, long time) {"
	" int kept = params.kept; double least = params.limits[5]; double floor = params.floor;"
	" double load = Math.abs(c[13]); long exactly = exact(load);"
	" if (exactly != Long.MIN_VALUE) { keep(n, tops, kept, 39, exactly); }"
	" if (Double.isNaN(c[16])) { return; }"
	" if (load < floor) { n[111] += 1L; return; }"
	" double value = Math.abs(c[16]); long v = exact(value);"
	" n[25] += 1L; if (value >= least) { n[26] += 1L; }"
	" note(n, 5, v, -1L, time); keep(n, tops, kept, 15, -v); }";

/* pr_quality_add */
const char *const pr_script_map[] = {keep_text, note_text, mark_text, read_text, clean_text, add_text, deviation_text,
	unbalance_text, harmonics_text, power_factor_text,
	"long[] n = (long[])state.n; def[] tops = (def[])state.tops; int kept = params.kept;"
	"double[] c = new double[42];"
	"for (int i = 0; i < 42; ++i) { c[i] = number(doc, params.fields[i]); }"
	"long time = one(doc, params.time).toInstant().toEpochMilli();"
	"clean(c, (double[])state.low, (double[])state.high, (boolean[])state.zero, params.idle);"
	"if (!(Double.isNaN(c[3]) && Double.isNaN(c[4]) && Double.isNaN(c[5]))) { n[114] = 1L; }"
	"double phase = params.outage_phase; double line = params.outage_line; double limit = params.limits[3];"
	"if (c[0] < phase || c[1] < phase || c[2] < phase || c[3] < line || c[4] < line || c[5] < line) {"
	" mark(n, 105, 1L, time, time);"
	"} else {"
	" deviation(n, tops, params, c, time);"
	" if (!params.single) { unbalance(n, tops, params, c, time); }"
	" phases(n, tops, kept, 3, limit, c, 18, time); }"
	"limit = params.limits[2]; double nominal = params.hz;"
	"if (!Double.isNaN(c[17])) { single(n, tops, kept, 2, limit, c[17] - nominal, time); }"
	"double current = params.single ? Double.NaN : uneven(c, 6); limit = params.limits[4];"
	"if (!Double.isNaN(current)) { single(n, tops, kept, 4, limit, current, time); }"
	"harmonics(n, tops, params, c, time); factor(n, tops, params, c, time);",
	NULL};

const char *const pr_script_combine[] = {"return ['n': state.n, 'tops': state.tops];", NULL};

/* Shards together: `all` adds up what they counted, `held` counts what its own heaps were given. */
static const char merge_text[] =
	"void merge(long[] all, long[] n) {"
	" for (int s = 0; s < 13; ++s) {"
	"  all[5 * s] += n[5 * s]; all[5 * s + 1] += n[5 * s + 1];"
	"  if (n[5 * s + 2] != Long.MIN_VALUE) { note(all, s, n[5 * s + 2], n[5 * s + 3], n[5 * s + 4]); } }"
	" for (int i = 65; i < 105; ++i) { all[i] += n[i]; }"
	" mark(all, 105, n[105], n[106], n[107]); mark(all, 108, n[108], n[109], n[110]);"
	" all[111] += n[111]; all[114] |= n[114];"
	" if (n[112] != Long.MIN_VALUE) {"
	"  if (all[112] == Long.MIN_VALUE || n[112] > all[112]) { all[112] = n[112]; }"
	"  if (all[113] == Long.MIN_VALUE || n[113] < all[113]) { all[113] = n[113]; } } }"
	"void join(long[] held, def[] tops, int kept, int series, def top, long count) {"
	" if (top == null) { return; }"
	" long[] values = (long[])top; int end = count < kept ? (int)count : kept;"
	" for (int i = 0; i < end; ++i) { keep(held, tops, kept, series, values[i]); } }";

/* The value of the rank ⌈percent × count ÷ 100⌉ from the smallest, at least 1; the power factor's values are negative. */
static const char pick_text[] =
	"long pick(def top, long count, int series, int kept, Map params) {"
	" if (count == 0L) { return Long.MIN_VALUE; }"
	" long percent = series == 39 ? params.load_rank : series == 15 ? 100 - params.rank : params.rank;"
	" long rank = (count * percent + 99L) / 100L; if (rank < 1L) { rank = 1L; }"
	" int wanted = (int)(series == 15 ? rank : count - rank + 1L);"
	" int held = count < kept ? (int)count : kept;"
	" if (wanted > held) { return Long.MIN_VALUE; }"
	" long[] values = (long[])top;"
	" while (held > wanted) { held -= 1; sink(values, held, values[held]); }"
	" return series == 15 ? -values[0] : values[0]; }";

const char *const pr_script_reduce[] = {keep_text, note_text, mark_text, merge_text, pick_text,
	"long[] all = new long[155]; long[] held = new long[155]; def[] tops = new def[40]; int kept = params.kept;"
	"for (int s = 0; s < 13; ++s) {"
	" all[5 * s + 2] = Long.MIN_VALUE; all[5 * s + 3] = -1L; all[5 * s + 4] = Long.MIN_VALUE; }"
	"all[106] = all[107] = all[109] = all[110] = all[112] = all[113] = Long.MIN_VALUE;"
	"for (def one : states) {"
	" if (one == null) { continue; }"
	" long[] n = (long[])one.n; def[] parts = (def[])one.tops; merge(all, n);"
	" for (int i = 0; i < 40; ++i) { join(held, tops, kept, i, parts[i], n[65 + i]); } }"
	"for (int i = 0; i < 40; ++i) { all[115 + i] = pick(tops[i], all[65 + i], i, kept, params); }"
	"return all;",
	NULL};
