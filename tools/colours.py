"""How colours look to whom, worked out from the published formulas alone (nothing of it is the program's code).

CAM02-UCS: Moroney et al., The CIECAM02 color appearance model (2002); Luo, Cui, Li, Uniform colour spaces based on
CIECAM02 (2006); sRGB's viewing conditions (64 lux, background 20, average surround).
Colour blindness: Machado, Oliveira, Fernandes, A physiologically-based model for simulation of color vision deficiency
(2009), full severity, on linear light. Grey: the luminance, as a grey printer gives it.
"""

import math

SIGHTS = ("colour", "deuteranopia", "protanopia", "tritanopia", "grey")

DICHROMACY = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
TO_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
CAT02 = ((0.7328, 0.4296, -0.1624), (-0.7036, 1.6975, 0.0061), (0.0030, 0.0136, 0.9834))
FROM_CAT02 = ((1.096124, -0.278869, 0.182745), (0.454369, 0.473533, 0.072098), (-0.009628, -0.005698, 1.015326))
HPE = ((0.38971, 0.68898, -0.07868), (-0.22981, 1.18340, 0.04641), (0.0, 0.0, 1.0))
WHITE = (95.047, 100.0, 108.883)
ADAPTING = 64 / math.pi / 5
BACKGROUND = 20.0


def times(matrix, vector):
    return tuple(sum(row[i] * vector[i] for i in range(3)) for row in matrix)


def linear(byte):
    value = byte / 255
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def encoded(value):
    value = min(1.0, max(0.0, value))
    return round(255 * (12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055))


def luminance(colour):
    return sum(share * linear(byte) for share, byte in zip((0.2126, 0.7152, 0.0722), colour))


def contrast(a, b):
    lighter, darker = sorted((luminance(a), luminance(b)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def seen(colour, sight):
    """The colour (three bytes) as somebody sees it."""
    if sight == "colour":
        return tuple(colour)
    if sight == "grey":
        return (encoded(luminance(colour)),) * 3
    return tuple(encoded(value) for value in times(DICHROMACY[sight], tuple(linear(byte) for byte in colour)))


def compressed(value, level):
    part = (level * abs(value) / 100) ** 0.42
    return math.copysign(400 * part / (part + 27.13), value) + 0.1


def appearance(colour):
    """J', a', b' of CAM02-UCS."""
    k = 1 / (5 * ADAPTING + 1)
    level = 0.2 * k ** 4 * 5 * ADAPTING + 0.1 * (1 - k ** 4) ** 2 * (5 * ADAPTING) ** (1 / 3)
    n = BACKGROUND / WHITE[1]
    brightness_factor = 0.725 * (1 / n) ** 0.2
    z = 1.48 + math.sqrt(n)
    adaptation = 1 - math.exp((-ADAPTING - 42) / 92) / 3.6
    white = times(CAT02, WHITE)

    def cones(xyz):
        sharp = times(CAT02, xyz)
        adapted = tuple((WHITE[1] * adaptation / white[i] + 1 - adaptation) * sharp[i] for i in range(3))
        return tuple(compressed(value, level) for value in times(HPE, times(FROM_CAT02, adapted)))

    def achromatic(response):
        return (2 * response[0] + response[1] + response[2] / 20 - 0.305) * brightness_factor

    red, green, blue = cones(tuple(100 * value for value in times(TO_XYZ, tuple(linear(byte) for byte in colour))))
    a, b = red - 12 * green / 11 + blue / 11, (red + green - 2 * blue) / 9
    hue = math.atan2(b, a)
    lightness = 100 * (max(0.0, achromatic((red, green, blue))) / achromatic(cones(WHITE))) ** (0.69 * z)
    eccentricity = (math.cos(hue + 2) + 3.8) / 4
    t = 50000 / 13 * brightness_factor * eccentricity * math.hypot(a, b) / (red + green + 21 * blue / 20)
    chroma = t ** 0.9 * math.sqrt(lightness / 100) * (1.64 - 0.29 ** n) ** 0.73
    colourfulness = math.log(1 + 0.0228 * chroma * level ** 0.25) / 0.0228
    return (1.7 * lightness / (1 + 0.007 * lightness), colourfulness * math.cos(hue), colourfulness * math.sin(hue))


def difference(a, b, sight="colour"):
    """How far apart two colours look; about 1 is just seen, side by side."""
    return math.dist(appearance(seen(a, sight)), appearance(seen(b, sight)))


def parse(text):
    return tuple(int(text[i:i + 2], 16) for i in (1, 3, 5))


def mixed(colour, percent):
    """A shade over white, in whole bytes."""
    return tuple(int(255 - (255 - byte) * percent / 100 + 0.5) for byte in colour)
