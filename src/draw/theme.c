#include "draw/theme.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

const struct pr_theme pr_theme_default = {.accent = {0x0E, 0x4A, 0x66}};

/* A colour of its own, or (accent_percent > 0) a share of the accent over white. */
static const struct role {
	const char *name;
	struct pr_colour colour;
	int accent_percent;
} roles[] = {
	{"ink", {0x14, 0x19, 0x1D}, 0},
	{"text2", {0x4C, 0x55, 0x5C}, 0},
	{"text3", {0x69, 0x73, 0x7B}, 0},
	{"rule", {0x9A, 0xA3, 0xA9}, 0},
	{"grid", {0xDD, 0xE1, 0xE3}, 0},
	{"tint", {0xF2, 0xF4, 0xF4}, 0},
	{"white", {0xFF, 0xFF, 0xFF}, 0},
	{"accent", {0, 0, 0}, 100},
	{"accent.light", {0, 0, 0}, 52},
	{"accent.pale", {0, 0, 0}, 22},
	{"slot.sharp", {0x7A, 0x12, 0x30}, 0},
	{"slot.peak", {0xCF, 0x5A, 0x20}, 0},
	{"slot.flat", {0xC6, 0xC1, 0xB4}, 0},
	{"slot.valley", {0x6F, 0xA3, 0xC8}, 0},
	{"slot.deep", {0x2B, 0x5C, 0x8E}, 0},
	{"phase.a", {0xC0, 0x8A, 0x00}, 0},
	{"phase.b", {0x00, 0x85, 0x6A}, 0},
	{"phase.c", {0x86, 0x12, 0x2B}, 0},
	{"phase.n", {0x14, 0x19, 0x1D}, 0},
	{"alarm.1", {0xA3, 0x16, 0x21}, 0},
	{"alarm.2", {0xD9, 0x82, 0x2B}, 0},
	{"alarm.3", {0xAD, 0xB8, 0xC0}, 0},
	{"good", {0x1F, 0x7A, 0x5C}, 0},
	{"fair", {0xB9, 0x77, 0x0E}, 0},
	{"poor", {0xA3, 0x16, 0x21}, 0},
	{"heat.1", {0, 0, 0}, 6},
	{"heat.2", {0, 0, 0}, 18},
	{"heat.3", {0, 0, 0}, 33},
	{"heat.4", {0, 0, 0}, 51},
	{"heat.5", {0, 0, 0}, 70},
	{"heat.6", {0, 0, 0}, 88},
	{"heat.7", {0, 0, 0}, 100},
	{"part.1", {0, 0, 0}, 100},
	{"part.2", {0, 0, 0}, 80},
	{"part.3", {0, 0, 0}, 60},
	{"part.4", {0, 0, 0}, 40},
	{"part.5", {0, 0, 0}, 24},
	{"part.6", {0, 0, 0}, 12},
};

bool pr_theme_role(const struct pr_theme *theme, const char *role, struct pr_colour *colour)
{
	for (size_t i = 0; role && i < COUNT(roles); i++) {
		if (strcmp(role, roles[i].name) != 0)
			continue;
		*colour = roles[i].accent_percent > 0 ? pr_colour_mix(theme->accent, roles[i].accent_percent / 100.0)
		                                      : roles[i].colour;
		return true;
	}
	return false;
}

struct pr_colour pr_theme_colour(const struct pr_theme *theme, const char *role)
{
	struct pr_colour colour = {0, 0, 0};
	if (!pr_theme_role(theme, role, &colour))
		abort();
	return colour;
}

static uint8_t mix_byte(uint8_t byte, double share)
{
	double mixed = round(255.0 - (255.0 - byte) * share);
	return (uint8_t)(mixed < 0 ? 0 : mixed > 255 ? 255 : mixed);
}

struct pr_colour pr_colour_mix(struct pr_colour colour, double share)
{
	return (struct pr_colour){mix_byte(colour.red, share), mix_byte(colour.green, share), mix_byte(colour.blue, share)};
}

/* 0..15; -1 for anything but a hexadecimal digit. */
static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

bool pr_colour_parse(const char *text, struct pr_colour *colour)
{
	if (!text || text[0] != '#' || strlen(text) != 7)
		return false;
	uint8_t bytes[3];
	for (size_t i = 0; i < 3; i++) {
		int high = digit_value(text[1 + 2 * i]), low = digit_value(text[2 + 2 * i]);
		if (high < 0 || low < 0)
			return false;
		bytes[i] = (uint8_t)(high * 16 + low);
	}
	*colour = (struct pr_colour){bytes[0], bytes[1], bytes[2]};
	return true;
}

double pr_colour_linear(uint8_t byte)
{
	double value = byte / 255.0;
	return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

/* WCAG 2: relative luminance. */
double pr_colour_contrast_on_white(struct pr_colour colour)
{
	double luminance = 0.2126 * pr_colour_linear(colour.red) + 0.7152 * pr_colour_linear(colour.green) +
	                   0.0722 * pr_colour_linear(colour.blue);
	return 1.05 / (luminance + 0.05);
}
