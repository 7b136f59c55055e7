#include <math.h>

#include "sample.h"

/* SplitMix64 (Steele, Lea, Flood 2014): every state is a good one, so that streams can be named by a hash. */
static uint64_t next(struct pr_sample_random *random)
{
	uint64_t z = random->state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

struct pr_sample_random pr_sample_random_open(uint64_t seed, const char *kind, int64_t id)
{
	struct pr_sample_random random = {seed};

	for (; *kind; kind++)
		random.state = next(&random) ^ (unsigned char)*kind;
	random.state = next(&random) ^ (uint64_t)id;
	random.state = next(&random);
	return random;
}

double pr_sample_uniform(struct pr_sample_random *random)
{
	return (double)(next(random) >> 11) * 0x1p-53;
}

/* Four uniform numbers: close enough to a bell, and no function of libm whose last bit could differ. */
double pr_sample_normal(struct pr_sample_random *random)
{
	double sum = -2;

	for (int i = 0; i < 4; i++)
		sum += pr_sample_uniform(random);
	return sum * 1.7320508075688772;
}

double pr_sample_drift(struct pr_sample_random *random, double last, double memory)
{
	return memory * last + sqrt(1 - memory * memory) * pr_sample_normal(random);
}

double pr_sample_round(double value, double steps_a_unit)
{
	double rounded = round(value * steps_a_unit) / steps_a_unit;

	return rounded == 0 ? 0 : rounded; /* no -0 */
}
