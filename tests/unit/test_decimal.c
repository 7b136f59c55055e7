#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/decimal.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Python: (abs(Decimal(x)) * 10**6).to_integral_value(ROUND_HALF_UP), with the sign of x. */
static const struct {
	double value;
	int64_t expected;
} doubles[] = {
	{0x0.0p+0, INT64_C(0)},                                  /* 0.0 */
	{-0x0.0p+0, INT64_C(0)},                                 /* -0.0 */
	{0x1.95c28f5c28f5cp+1, INT64_C(3170000)},                /* 3.17 */
	{-0x1.95c28f5c28f5cp+1, INT64_C(-3170000)},              /* -3.17 */
	{0x1.0c6f7a0b5ed8dp-20, INT64_C(1)},                     /* 1e-06 */
	{0x1.d5c31593e5fb7p-18, INT64_C(7)},                     /* 7e-06 */
	{0x1.0c6f7a0b5ed8dp-21, INT64_C(0)},                     /* 5e-07 */
	{-0x1.0c6f7a0b5ed8dp-21, INT64_C(0)},                    /* -5e-07 */
	{0x1.0c6f7a0b5ed8dp-21, INT64_C(0)},                     /* 5e-07 */
	{0x1.000008637bd06p+0, INT64_C(1000001)},                /* 1.0000005 */
	{0x1.0c6f7a0b5ed8dp-22, INT64_C(0)},                     /* 2.5e-07 */
	{0x1.999999999999ap-4, INT64_C(100000)},                 /* 0.1 */
	{0x1.3333333333333p-2, INT64_C(300000)},                 /* 0.3 */
	{0x1.5555555555555p-2, INT64_C(333333)},                 /* 0.3333333333333333 */
	{-0x1.5555555555555p-2, INT64_C(-333333)},               /* -0.3333333333333333 */
	{0x1.5555555555555p-1, INT64_C(666667)},                 /* 0.6666666666666666 */
	{0x1.2d687e3df208cp+20, INT64_C(1234567890123)},         /* 1234567.8901234 */
	{0x1.f5466a8000000p+32, INT64_C(8410000000000000)},      /* 8410000000.0 */
	{-0x1.f5466a8000000p+32, INT64_C(-8410000000000000)},    /* -8410000000.0 */
	{0x1.d1a94a2000000p+39, INT64_C(1000000000000000000)},   /* 1000000000000.0 */
	{0x1.0bc1576c00000p+43, INT64_C(9200000000000000000)},   /* 9200000000000.0 */
	{-0x1.0bc1576c00000p+43, INT64_C(-9200000000000000000)}, /* -9200000000000.0 */
	{0x1.0bc1576c00000p+43, INT64_C(9200000000000000000)},   /* 9200000000000.0 */
	{0x1.92a737110e454p-20, INT64_C(2)},                     /* 1.5e-06 */
	{0x1.0000000000000p-1, INT64_C(500000)},                 /* 0.5 */
	{0x1.92a737110e454p-20, INT64_C(2)},                     /* 1.5e-06 */
	{0x1.4f8b588e368f1p-19, INT64_C(3)},                     /* 2.5e-06 */
	{0x1.d5c31593e5fb7p-19, INT64_C(3)},                     /* 3.5e-06 */
	{0x1.1cccccccccccdp+0, INT64_C(1112500)},                /* 1.1125 */
	{0x1.0c6f7a0b5ed8dp+32, INT64_C(4503599627370496)},      /* 4503599627.370496 */
	{0x0.0000000000001p-1022, INT64_C(0)},                   /* 5e-324 */
	{0x1.56e1fc2f8f359p-997, INT64_C(0)},                    /* 1e-300 */
	{0x1.5666666666666p+1, INT64_C(2675000)},                /* 2.675 */
	{0x1.e8480000010c7p+19, INT64_C(1000000000001)},         /* 1000000.0000005 */
	{0x1.000000000431cp+17, INT64_C(131072000001)},          /* 131072.0000005 */
	{0x1.0000000000000p-8, INT64_C(3906)},                   /* 0.00390625 */
	{0x1.0000000000000p-7, INT64_C(7813)},                   /* 0.0078125 */
	{0x1.0000000080000p-7, INT64_C(7813)},                   /* 0.007812500000909495 */
	{0x1.0000000000000p-13, INT64_C(122)},                   /* 0.0001220703125 */
	{0x1.b533333333333p+6, INT64_C(109300000)},              /* 109.3 */
	{0x1.5089a02752546p-1, INT64_C(657300)},                 /* 0.6573 */
	{0x1.0000192a73711p+0, INT64_C(1000001)},                /* 1.0000015 */
	{0x1.00000218def41p+2, INT64_C(4000000)},                /* 4.0000005 */
	{0x1.0000000000863p+20, INT64_C(1048576000000)},         /* 1048576.0000005 */
	{0x1.0000000000000p-7, INT64_C(7813)},                   /* 0.0078125 */
	{-0x1.0000000000000p-7, INT64_C(-7813)},                 /* -0.0078125 */
	{0x1.8000000000000p-6, INT64_C(23438)},                  /* 0.0234375 */
	{-0x1.4000000000000p-5, INT64_C(-39063)},                /* -0.0390625 */
	{0x1.fc00000000000p-1, INT64_C(992188)},                 /* 0.9921875 */
	{0x1.81c8100000000p+13, INT64_C(12345007813)},           /* 12345.0078125 */
	{-0x1.2d687e0c00000p+23, INT64_C(-9876543023438)},       /* -9876543.0234375 */
	{0x1.fffffffffffffp-8, INT64_C(7812)},                   /* 0.007812499999999999 */
	{0x1.0000000000001p-7, INT64_C(7813)},                   /* 0.007812500000000002 */
	{0x1.ffffffffe0400p+35, INT64_C(68719476735007813)},     /* 68719476735.00781 */
	{-0x1.cdcfd48bf6a6cp-9, INT64_C(-3523)},                 /* -0.003523344703336753 */
	{-0x1.1a54be2f2ad29p-19, INT64_C(-2)},                   /* -2.1035300715365303e-06 */
	{-0x1.3e8f4e70a7dd0p+36, INT64_C(-85512742666491455)},   /* -85512742666.49146 */
	{-0x1.79fef04eb1451p+39, INT64_C(-811739916120634888)},  /* -811739916120.6349 */
	{-0x1.0774030040c02p+33, INT64_C(-8840021504505863)},    /* -8840021504.505863 */
	{-0x1.dea832c27a9f2p-15, INT64_C(-57)},                  /* -5.7060363832867655e-05 */
	{-0x1.bd4bd8f25004fp-17, INT64_C(-13)},                  /* -1.3270863267522826e-05 */
	{-0x1.827136e4d30a3p+35, INT64_C(-51867399974594994)},   /* -51867399974.59499 */
	{-0x1.19301c5697c6dp+37, INT64_C(-150961621714972076)},  /* -150961621714.97208 */
	{-0x1.e18892c86875ep+2, INT64_C(-7523961)},              /* -7.523960777007089 */
	{0x1.e69e94b53bcb2p+37, INT64_C(261251831463474182)},    /* 261251831463.47418 */
	{0x1.a0f62141e405dp+39, INT64_C(895417884914011353)},    /* 895417884914.0114 */
	{0x1.cb3f3c6e8f4c8p-20, INT64_C(2)},                     /* 1.7108284528077358e-06 */
	{0x1.3f9c010e3434ap-17, INT64_C(10)},                    /* 9.525102111858402e-06 */
	{0x1.291656ad7c633p-10, INT64_C(1133)},                  /* 0.0011332979587418523 */
	{-0x1.13c368b116983p-8, INT64_C(-4208)},                 /* -0.004207814273366475 */
	{0x1.2f222b0b848f2p+36, INT64_C(81371771064284943)},     /* 81371771064.28494 */
	{-0x1.39c88b8d42624p-5, INT64_C(-38304)},                /* -0.03830363517961313 */
	{-0x1.71aee49d11a27p+39, INT64_C(-793888575112817261)},  /* -793888575112.8173 */
	{0x1.b21ac66fa31a3p+14, INT64_C(27782693785)},           /* 27782.69378523681 */
	{-0x1.51b3202250b30p-14, INT64_C(-81)},                  /* -8.051388480105333e-05 */
	{0x1.07a70c1e840b0p-3, INT64_C(128737)},                 /* 0.1287365862667733 */
	{-0x1.55f0bd8a69c41p+29, INT64_C(-717100977301643)},     /* -717100977.3016435 */
	{-0x1.6a09d9473b658p+10, INT64_C(-1448153887)},          /* -1448.1538866119427 */
	{-0x1.055757d5a9eb2p-3, INT64_C(-127608)},               /* -0.127608 */
	{0x1.017c0980b2420p+8, INT64_C(257484520)},              /* 257.48452 */
	{0x1.eb89a2595bbbep+9, INT64_C(983075267)},              /* 983.0752669999999 */
	{-0x1.acb40f66a5508p+4, INT64_C(-26793960)},             /* -26.79396 */
	{-0x1.bf03fdd65a144p+7, INT64_C(-223507796)},            /* -223.50779599999998 */
	{-0x1.644159a30984ep+8, INT64_C(-356255274)},            /* -356.255274 */
	{-0x1.d2820a84be404p+8, INT64_C(-466507973)},            /* -466.507973 */
	{0x1.60f55e84f0952p+9, INT64_C(705916947)},              /* 705.9169469999999 */
};

static void rounds_doubles_as_python_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(doubles); i++) {
		if (pr_micro_from_double(doubles[i].value) != doubles[i].expected)
			print_message("row %zu: %a\n", i, doubles[i].value);
		assert_int_equal(pr_micro_from_double(doubles[i].value), doubles[i].expected);
	}
}

static void refuses_what_is_no_number(void **state)
{
	(void)state;
	static const double values[] = {(double)NAN, (double)INFINITY, -(double)INFINITY, 9.2000001e12, -9.3e12, 1e300};
	for (size_t i = 0; i < COUNT(values); i++)
		assert_int_equal(pr_micro_from_double(values[i]), PR_MICRO_MISSING);
	assert_true(isnan(pr_micro_to_double(PR_MICRO_MISSING)));
	assert_true(pr_micro_to_double(3170000) == 3.17);
	assert_true(pr_micro_to_double(-1) == -0.000001);
}

static void keeps_every_thousandth_exactly(void **state)
{
	(void)state;
	for (int64_t i = 0; i <= 100000; i++) {
		assert_int_equal(pr_micro_from_double((double)i / 1e6), i);
		assert_int_equal(pr_micro_from_double(-(double)i / 1e3), -i * 1000);
	}
}

static void reads_plain_decimals(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool is_good;
		int64_t expected;
	} rows[] = {
		{"-12.5", true, -12500000},
		{"109.300000", true, 109300000},
		{"0", true, 0},
		{"-0", true, 0},
		{"007", true, 7000000},
		{"0.0000005", true, 1},
		{"0.00000049999999999", true, 0},
		{"-0.0000005", true, -1},
		{"0.9999995", true, 1000000},
		{"9223372036854.775807", true, INT64_MAX},
		{"-9223372036854.775807", true, -INT64_MAX},
		{"9223372036854.775808", false, 0},
		{"9223372036854.7758075", false, 0},
		{"-9223372036854.775808", false, 0},
		{"99999999999999999999999999999999999999999999", false, 0},
		{"", false, 0},
		{"-", false, 0},
		{".5", false, 0},
		{"5.", false, 0},
		{"+5", false, 0},
		{" 5", false, 0},
		{"5 ", false, 0},
		{"1e3", false, 0},
		{"0x10", false, 0},
		{"1,5", false, 0},
		{"nan", false, 0},
		{"1.2.3", false, 0},
		{"1.5kWh", false, 0},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		pr_micro value = 42;
		bool is_good = pr_micro_from_text(rows[i].text, &value);
		if (is_good != rows[i].is_good)
			print_message("'%s'\n", rows[i].text);
		assert_int_equal(is_good, rows[i].is_good);
		assert_int_equal(value, is_good ? rows[i].expected : 42);
	}
}

static void rounds_half_away_from_zero(void **state)
{
	(void)state;
	assert_int_equal(pr_micro_round(1005000, 2), 1010000);
	assert_int_equal(pr_micro_round(-1005000, 2), -1010000);
	assert_int_equal(pr_micro_round(1004999, 2), 1000000);
	assert_int_equal(pr_micro_round(2500000, 0), 3000000);
	assert_int_equal(pr_micro_round(-499999, 0), 0);
	assert_int_equal(pr_micro_round(1234567, 6), 1234567);
	assert_int_equal(pr_micro_round(1234567, 9), 1234567);
	assert_int_equal(pr_micro_round(1234567, -1), 1000000);
	assert_int_equal(pr_micro_round(PR_MICRO_MISSING, 2), PR_MICRO_MISSING);
	/* 9,223,372,036,854.775807 to whole ones would be …855, which does not fit. */
	assert_int_equal(pr_micro_round(INT64_MAX, 0), PR_MICRO_MISSING);
	assert_int_equal(pr_micro_round(-INT64_MAX, 0), PR_MICRO_MISSING);
}

static void multiplies_without_loss(void **state)
{
	(void)state;
	/* By hand: 1234.567891 kWh × 0.657312 yuan = 811.496249569... : 1234567891 × 657312 = 811500289568... is left to
	 * factors that are plain: 3 × 0.333333 = 0.999999; 100.005 × 1 = 100.005 → 100.01; −0.005 × 1 → −0.01. */
	assert_int_equal(pr_wide_round(pr_wide_product(3000000, 333333), 6), 999999);
	assert_int_equal(pr_wide_round(pr_wide_product(100005000, PR_MICRO_ONE), 2), 100010000);
	assert_int_equal(pr_wide_round(pr_wide_product(-5000, PR_MICRO_ONE), 2), -10000);
	assert_int_equal(pr_wide_round(pr_wide_product(-4999, PR_MICRO_ONE), 2), 0);
	/* 0.000001 × 0.5 = 0.0000005 → 0.000001 */
	assert_int_equal(pr_wide_round(pr_wide_product(1, 500000), 6), 1);
	/* 9.2e12 × 9.2e12 has no place in 64 bits. */
	assert_int_equal(pr_wide_round(pr_wide_product(INT64_MAX, INT64_MAX), 2), PR_MICRO_MISSING);
	assert_int_equal(pr_wide_round(pr_wide_product(INT64_MAX, PR_MICRO_ONE), 6), INT64_MAX);
}

struct wide {
	bool is_negative;
	uint64_t high, low;
};

static pr_wide wide(struct wide parts)
{
	/* The magnitude of the smallest value has no positive counterpart: build it from below. */
	pr_wide value = -(pr_wide)(parts.high >> 1) * ((pr_wide)1 << 65) - (pr_wide)(parts.high & 1) * ((pr_wide)1 << 64) -
	                (pr_wide)parts.low;
	return parts.is_negative ? value : -value;
}

/* Python's integers, half away from zero: divmod(|n| * 10**digits, |d|), plus one where 2 * rest >= |d|. */
static const struct {
	struct wide numerator, denominator;
	int digits;
	int64_t expected;
} ratios[] = {
	{{false, UINT64_C(0), UINT64_C(1)}, {false, UINT64_C(0), UINT64_C(3)}, 6, INT64_C(333333)},   /* 1 / 3 */
	{{false, UINT64_C(0), UINT64_C(2)}, {false, UINT64_C(0), UINT64_C(3)}, 6, INT64_C(666667)},   /* 2 / 3 */
	{{true, UINT64_C(0), UINT64_C(2)}, {false, UINT64_C(0), UINT64_C(3)}, 4, INT64_C(-666700)},   /* -2 / 3 */
	{{false, UINT64_C(0), UINT64_C(1)}, {false, UINT64_C(0), UINT64_C(8)}, 2, INT64_C(130000)},   /* 1 / 8 */
	{{true, UINT64_C(0), UINT64_C(1)}, {false, UINT64_C(0), UINT64_C(8)}, 2, INT64_C(-130000)},   /* -1 / 8 */
	{{false, UINT64_C(0), UINT64_C(5)}, {true, UINT64_C(0), UINT64_C(1000000)}, 5, INT64_C(-10)}, /* 5 / -1000000 */
	{{false, UINT64_C(0), UINT64_C(0)}, {false, UINT64_C(0), UINT64_C(7)}, 3, INT64_C(0)},        /* 0 / 7 */
	{{false, UINT64_C(0), UINT64_C(1)}, {false, UINT64_C(0), UINT64_C(1)}, 0, INT64_C(1000000)},  /* 1 / 1 */
	{{false, UINT64_C(4611686018427387904), UINT64_C(0)},
		{false, UINT64_C(9223372036854775807), UINT64_C(18446744073709551615)}, 6,
		INT64_C(500000)}, /* 85070591730234615865843651857942052864 / 170141183460469231731687303715884105727 */
	{{true, UINT64_C(9223372036854775808), UINT64_C(0)},
		{false, UINT64_C(9223372036854775807), UINT64_C(18446744073709551615)}, 6,
		INT64_C(-1000000)}, /* -170141183460469231731687303715884105728 / 170141183460469231731687303715884105727 */
	{{false, UINT64_C(9223372036854775807), UINT64_C(18446744073709551615)},
		{true, UINT64_C(9223372036854775808), UINT64_C(0)}, 3,
		INT64_C(-1000000)}, /* 170141183460469231731687303715884105727 / -170141183460469231731687303715884105728 */
	{{false, UINT64_C(54210108624), UINT64_C(5076944270305263616)},
		{false, UINT64_C(162630325872), UINT64_C(15230832810915790848)}, 6,
		INT64_C(333333)}, /* 1000000000000000000000000000000 / 3000000000000000000000000000000 */
	{{false, UINT64_C(0), UINT64_C(9223372036854)}, {false, UINT64_C(0), UINT64_C(1)}, 6,
		INT64_C(9223372036854000000)}, /* 9223372036854 / 1 */
	{{false, UINT64_C(0), UINT64_C(9223372036855)}, {false, UINT64_C(0), UINT64_C(1)}, 6,
		PR_MICRO_MISSING}, /* 9223372036855 / 1 */
	{{true, UINT64_C(0), UINT64_C(9223372036854)}, {false, UINT64_C(0), UINT64_C(1)}, 0,
		INT64_C(-9223372036854000000)}, /* -9223372036854 / 1 */
	{{false, UINT64_C(9223372036854775807), UINT64_C(18446744073709551615)}, {false, UINT64_C(0), UINT64_C(1)}, 0,
		PR_MICRO_MISSING}, /* 170141183460469231731687303715884105727 / 1 */
	{{false, UINT64_C(0), UINT64_C(1)}, {false, UINT64_C(9223372036854775807), UINT64_C(18446744073709551615)}, 6,
		INT64_C(0)}, /* 1 / 170141183460469231731687303715884105727 */
	{{false, UINT64_C(0), UINT64_C(15)}, {false, UINT64_C(0), UINT64_C(10)}, 0, INT64_C(2000000)}, /* 15 / 10 */
	{{false, UINT64_C(0), UINT64_C(25)}, {false, UINT64_C(0), UINT64_C(10)}, 0, INT64_C(3000000)}, /* 25 / 10 */
	{{true, UINT64_C(0), UINT64_C(25)}, {false, UINT64_C(0), UINT64_C(10)}, 0, INT64_C(-3000000)}, /* -25 / 10 */
	{{false, UINT64_C(6692605942), UINT64_C(14083847773837265618)},
		{false, UINT64_C(5354084802), UINT64_C(18444665141527514289)}, 5,
		INT64_C(1250000)}, /* 123456789012345678901234567890 / 98765432109876543210987654321 */
};

static void divides_any_two_wide_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(ratios); i++) {
		pr_micro got = pr_micro_ratio(wide(ratios[i].numerator), wide(ratios[i].denominator), ratios[i].digits);
		if (got != ratios[i].expected)
			print_message("row %zu\n", i);
		assert_int_equal(got, ratios[i].expected);
	}
	assert_int_equal(pr_micro_ratio(1, 0, 2), PR_MICRO_MISSING);
}

static void adds_within_its_range(void **state)
{
	(void)state;
	pr_micro sum = 7;
	assert_true(pr_micro_add(INT64_MAX - 1, 1, &sum));
	assert_int_equal(sum, INT64_MAX);
	sum = 7;
	assert_false(pr_micro_add(INT64_MAX, 1, &sum));
	assert_false(pr_micro_add(-INT64_MAX, -1, &sum));
	assert_false(pr_micro_add(PR_MICRO_MISSING, 1, &sum));
	assert_false(pr_micro_add(1, PR_MICRO_MISSING, &sum));
	assert_int_equal(sum, 7);
}

static void writes_plain_numbers(void **state)
{
	(void)state;
	char out[32];
	assert_string_equal(pr_micro_plain(-1234500000, out), "-1234.5");
	assert_string_equal(pr_micro_plain(0, out), "0");
	assert_string_equal(pr_micro_plain(100000000, out), "100");
	assert_string_equal(pr_micro_plain(1, out), "0.000001");
	assert_string_equal(pr_micro_plain(-1, out), "-0.000001");
	assert_string_equal(pr_micro_plain(INT64_MAX, out), "9223372036854.775807");
	assert_string_equal(pr_micro_plain(-INT64_MAX, out), "-9223372036854.775807");
	assert_string_equal(pr_micro_plain(PR_MICRO_MISSING, out), "null");
}

static void writes_grouped_numbers(void **state)
{
	(void)state;
	char out[64];
	assert_string_equal(pr_micro_group(-1234500000, 2, ",", "\xE2\x88\x92", out), "\xE2\x88\x92"
																				  "1,234.50");
	assert_string_equal(pr_micro_group(999995000, 2, ",", "-", out), "1,000.00");
	assert_string_equal(pr_micro_group(999999000000, 0, ",", "-", out), "999,999");
	assert_string_equal(pr_micro_group(100000000, 0, ",", "-", out), "100");
	assert_string_equal(pr_micro_group(1234567891234, 3, "", "-", out), "1234567.891");
	assert_string_equal(pr_micro_group(-4999, 2, ",", "-", out), "0.00");
	assert_string_equal(pr_micro_group(-INT64_MAX, 6, "\xE2\x80\xAF", "\xE2\x88\x92", out), "\xE2\x88\x92"
																							"9\xE2\x80\xAF"
																							"223\xE2\x80\xAF"
																							"372\xE2\x80\xAF"
																							"036\xE2\x80\xAF"
																							"854.775807");
	assert_string_equal(pr_micro_group(PR_MICRO_MISSING, 2, ",", "-", out), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"doubles become millionths as Python's Decimal rounds them", rounds_doubles_as_python_does, NULL, NULL, NULL},
		{"NaN, infinities and values out of range are missing", refuses_what_is_no_number, NULL, NULL, NULL},
		{"every whole thousandth and millionth survives the double", keeps_every_thousandth_exactly, NULL, NULL, NULL},
		{"plain decimals are read, anything else is refused", reads_plain_decimals, NULL, NULL, NULL},
		{"rounding is half away from zero", rounds_half_away_from_zero, NULL, NULL, NULL},
		{"products are exact in 128 bits and rounded once", multiplies_without_loss, NULL, NULL, NULL},
		{"ratios are exact up to the widest values", divides_any_two_wide_values, NULL, NULL, NULL},
		{"a sum out of range is refused", adds_within_its_range, NULL, NULL, NULL},
		{"plain numbers have no exponent, no trailing zeros, no minus zero", writes_plain_numbers, NULL, NULL, NULL},
		{"grouped numbers have all digits, the group and the minus sign", writes_grouped_numbers, NULL, NULL, NULL},
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
