#include "draw/appearance.h"

#include <math.h>

#include "draw/theme.h"

#define PI 3.14159265358979323846
#define BACKGROUND 20.0         /* Y_b: a grey surround of a fifth of the white's luminance */
#define LUMINANCE (64 / PI / 5) /* L_A in cd/m²: a fifth of a white at 64 lux */
#define SURROUND_C 0.69         /* an average surround */
#define SURROUND_F 1.0

struct triple {
	double a, b, c;
};

static const struct triple white = {95.047, 100, 108.883}; /* D65, XYZ */
static const double srgb_to_xyz[3][3] = {
	{0.4124564, 0.3575761, 0.1804375}, {0.2126729, 0.7151522, 0.0721750}, {0.0193339, 0.1191920, 0.9503041}};
static const double cat02[3][3] = {{0.7328, 0.4296, -0.1624}, {-0.7036, 1.6975, 0.0061}, {0.0030, 0.0136, 0.9834}};
static const double cat02_inverse[3][3] = {
	{1.096124, -0.278869, 0.182745}, {0.454369, 0.473533, 0.072098}, {-0.009628, -0.005698, 1.015326}};
static const double hunt[3][3] = {{0.38971, 0.68898, -0.07868}, {-0.22981, 1.18340, 0.04641}, {0, 0, 1}};

static struct triple times(const double matrix[3][3], struct triple v)
{
	return (struct triple){matrix[0][0] * v.a + matrix[0][1] * v.b + matrix[0][2] * v.c,
		matrix[1][0] * v.a + matrix[1][1] * v.b + matrix[1][2] * v.c,
		matrix[2][0] * v.a + matrix[2][1] * v.b + matrix[2][2] * v.c};
}

/* The level to which the eye has adapted, F_L. */
static double adaptation_level(void)
{
	const double k = 1 / (5 * LUMINANCE + 1);
	const double rest = 1 - pow(k, 4);

	return 0.2 * pow(k, 4) * 5 * LUMINANCE + 0.1 * rest * rest * cbrt(5 * LUMINANCE);
}

static double compress(double response)
{
	const double power = pow(adaptation_level() * fabs(response) / 100, 0.42);

	return copysign(400 * power / (27.13 + power), response) + 0.1;
}

/* The cones' responses to an XYZ colour, adapted to the white and compressed. */
static struct triple respond(struct triple xyz)
{
	const double degree = SURROUND_F * (1 - exp((-LUMINANCE - 42) / 92) / 3.6);
	const struct triple sharp = times(cat02, xyz), of_white = times(cat02, white);
	const struct triple adapted = {(degree * 100 / of_white.a + 1 - degree) * sharp.a,
		(degree * 100 / of_white.b + 1 - degree) * sharp.b, (degree * 100 / of_white.c + 1 - degree) * sharp.c};
	const struct triple cones = times(hunt, times(cat02_inverse, adapted));

	return (struct triple){compress(cones.a), compress(cones.b), compress(cones.c)};
}

static double induction(void)
{
	return 0.725 * pow(100 / BACKGROUND, 0.2);
}

static double achromatic(struct triple response)
{
	return (2 * response.a + response.b + response.c / 20 - 0.305) * induction();
}

/* J′, a′, b′ of a colour. */
static struct triple appearance(struct pr_colour colour)
{
	const struct triple rgb = {
		pr_colour_linear(colour.red), pr_colour_linear(colour.green), pr_colour_linear(colour.blue)};
	struct triple xyz = times(srgb_to_xyz, rgb);
	xyz = (struct triple){100 * xyz.a, 100 * xyz.b, 100 * xyz.c};
	const struct triple response = respond(xyz);
	const double a = response.a - 12 * response.b / 11 + response.c / 11;
	const double b = (response.a + response.b - 2 * response.c) / 9;
	const double hue = atan2(b, a), n = BACKGROUND / 100;
	const double eccentricity = (cos(hue + 2) + 3.8) / 4;
	const double lightness =
		100 * pow(achromatic(response) / achromatic(respond(white)), SURROUND_C * (1.48 + sqrt(n)));
	const double strength =
		50000.0 / 13 * induction() * eccentricity * hypot(a, b) / (response.a + response.b + 21 * response.c / 20);
	const double chroma = pow(strength, 0.9) * sqrt(lightness / 100) * pow(1.64 - pow(0.29, n), 0.73);
	const double colourfulness = log(1 + 0.0228 * chroma * pow(adaptation_level(), 0.25)) / 0.0228;

	return (struct triple){
		1.7 * lightness / (1 + 0.007 * lightness), colourfulness * cos(hue), colourfulness * sin(hue)};
}

double pr_colour_difference(struct pr_colour a, struct pr_colour b)
{
	const struct triple one = appearance(a), other = appearance(b);

	return hypot(one.a - other.a, hypot(one.b - other.b, one.c - other.c));
}
