"""Colours that must be told apart are: in colour, to the colour-blind, and on a grey printer.

The palette is read from src/draw/theme.c, the formulas are tools/colours.py's own. Targets: 20 in colour, 14 to the
colour-blind, 10 in grey (CAM02-UCS, whole units)."""

import configparser
import itertools
import pathlib
import re
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import colours  # noqa: E402 (of tools)

TARGETS = {"colour": 20, "deuteranopia": 14, "protanopia": 14, "tritanopia": 14, "grey": 10}
SETS = {
    "slots": ("slot.sharp", "slot.peak", "slot.flat", "slot.valley", "slot.deep"),
    "phases": ("phase.a", "phase.b", "phase.c", "phase.n"),
    "alarms": ("alarm.1", "alarm.2", "alarm.3"),
    "judgements": ("good", "fair", "poor"),
}
BRANDS = sorted(path.parent.name for path in (ROOT / "templates" / "brands").glob("*/brand.ini"))
# Areas beside each other; in lines a dash or a width tells them apart too.
AREAS = ("stack", "pie", "rows")


def roles(accent):
    """Every role's colour; shades of the accent are shares of it over white."""
    found = {}
    text = (ROOT / "src" / "draw" / "theme.c").read_text(encoding="utf-8")
    for name, red, green, blue, percent in re.findall(
            r'\{"([a-z0-9.]+)", \{(\w+), (\w+), (\w+)\}, (\d+)\}', text):
        own = tuple(int(byte, 16) for byte in (red, green, blue))
        found[name] = colours.mixed(accent, int(percent)) if int(percent) else own
    return found


def accent_of(brand):
    parser = configparser.ConfigParser(comment_prefixes="#", inline_comment_prefixes=None)
    parser.read(ROOT / "templates" / "brands" / brand / "brand.ini", encoding="utf-8")
    return colours.parse(parser["brand"]["accent"])


def charts():
    """Name, kind and series of every definition."""
    for path in sorted((ROOT / "charts").glob("*.ini")):
        parser = configparser.ConfigParser(comment_prefixes="#", inline_comment_prefixes=None)
        parser.read(path, encoding="utf-8")
        series = [parser[name] for name in parser.sections() if name.startswith("series ")]
        yield path.stem, parser["chart"]["kind"], series


def too_near(palette, pairs):
    """The pairs below a target, as sentences."""
    return [f"{a} and {b} are {colours.difference(palette[a], palette[b], sight):.1f} apart in {sight}, expected {least}"
            for a, b in pairs for sight, least in TARGETS.items()
            if round(colours.difference(palette[a], palette[b], sight)) < least]


def test_formulas_agree_with_published_figures():
    """The distances of the visual system's table, in whole units, which another program worked out."""
    palette = roles(colours.parse("#0E4A66"))
    for a, b, sight, expected in (("slot.valley", "slot.deep", "colour", 28), ("slot.flat", "slot.valley", "protanopia", 24),
                                  ("slot.valley", "slot.deep", "tritanopia", 26), ("slot.sharp", "slot.deep", "grey", 12),
                                  ("phase.b", "phase.c", "deuteranopia", 19), ("phase.c", "phase.n", "protanopia", 14),
                                  ("alarm.1", "alarm.2", "deuteranopia", 28), ("alarm.2", "alarm.3", "grey", 11),
                                  ("good", "poor", "deuteranopia", 16), ("good", "fair", "grey", 10)):
        assert abs(colours.difference(palette[a], palette[b], sight) - expected) < 0.6, (a, b, sight)
    assert colours.seen((255, 255, 255), "deuteranopia") == (255, 255, 255)
    assert colours.difference((9, 99, 199), (9, 99, 199)) == 0
    assert round(colours.contrast((0, 0, 0), (255, 255, 255)), 6) == 21


@pytest.mark.parametrize("name", SETS)
def test_colours_with_a_meaning_are_told_apart(name):
    assert too_near(roles(colours.parse("#0E4A66")), itertools.combinations(SETS[name], 2)) == []


@pytest.mark.parametrize("brand", BRANDS)
def test_a_brand_keeps_what_the_accent_must_tell(brand):
    """Text in it is read (4.5 : 1); it is no limit, no phase; its shades for bands and bars stay apart from it."""
    accent = accent_of(brand)
    palette = roles(accent)
    assert colours.contrast(accent, (255, 255, 255)) >= 4.5
    for role in ("poor", "phase.a", "phase.b", "phase.c"):
        assert colours.difference(accent, palette[role]) >= 12, role
    assert too_near(palette, [("accent", "accent.light"), ("accent", "accent.pale"), ("accent.light", "accent.pale")]) == []


@pytest.mark.parametrize("brand", BRANDS)
def test_shades_of_one_accent_rise_in_steps(brand):
    """Parts without a meaning and the steps of maps: each is lighter or darker than the one beside it by a step that is
    seen on a grey printer too; beyond that white seams, names at the parts and keys tell them apart."""
    palette = roles(accent_of(brand))
    for prefix, count in (("part", 6), ("heat", 7)):
        shades = [palette[f"{prefix}.{i}"] for i in range(1, count + 1)]
        greys = [colours.luminance(shade) for shade in shades]
        assert greys in (sorted(greys), sorted(greys, reverse=True)), prefix
        for a, b in zip(shades, shades[1:]):
            for sight in colours.SIGHTS:
                assert colours.difference(a, b, sight) >= 6, (prefix, a, b, sight)


@pytest.mark.parametrize("brand", BRANDS)
@pytest.mark.parametrize("name, kind, series", list(charts()), ids=lambda value: value if isinstance(value, str) else "")
def test_series_of_one_chart_are_told_apart(brand, name, kind, series):
    """By colour in areas; in lines by colour, a dash or half a point of width."""
    palette = roles(accent_of(brand))
    marked = [one for one in series if one.get("role")]
    pairs = []
    for a, b in itertools.combinations(marked, 2):
        told = kind not in AREAS and (a.get("dashed") != b.get("dashed") or
                                      abs(float(a.get("width", "1")) - float(b.get("width", "1"))) >= 0.5)
        shades = a["role"].startswith("part.") and b["role"].startswith("part.")
        if a["role"] != b["role"] and not told and not shades:
            pairs.append((a["role"], b["role"]))
    assert all(one["role"] in palette for one in marked), name
    assert too_near(palette, pairs) == []
