"""Reads a layout as tests/tools/dump_layout prints it, and finds what no page may show."""

import collections
import re

LEFT, RIGHT, TOP, BOTTOM = 56.0, 552.0, 70.0, 784.0
GRID = 7.0
NEARLY = 0.6            # points that rounding and side bearings may take
FILLED = TOP + 0.35 * (BOTTOM - TOP)
CLOSING = tuple("。，、；：）》」』】〉”’")
OPENING = tuple("（《「『【〈“‘")
DECORATION = ("running", "foot")

Text = collections.namedtuple("Text", "x y width size weight colour face finding text box")
Box = collections.namedtuple("Box", "x y width height name")
Page = collections.namedtuple("Page", "number texts boxes")

NUMBER = r"(-?[\d.]+)"
TEXT = re.compile(rf'\s*text {NUMBER} {NUMBER} {NUMBER} {NUMBER} (\w+) (#\w+) face (\d+)(?: halo [\d.]+)?'
                  r'(?: = (\S+))? "(.*)"$')
BOX = re.compile(rf'\s*box {NUMBER} {NUMBER} {NUMBER} {NUMBER} "(.*)"$')


def unquote(text):
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] == "n" else match[1], text)


def read(dump):
    pages, open_boxes = [], []
    for line in dump.splitlines():
        if line.startswith("page "):
            pages.append(Page(int(line.split()[1]), [], []))
        elif match := TEXT.match(line):
            *numbers, weight, colour, face, finding, text = match.groups()
            pages[-1].texts.append(Text(*map(float, numbers), weight, colour, int(face), finding, unquote(text),
                                        open_boxes[0] if open_boxes else None))
        elif match := BOX.match(line):
            open_boxes.append(Box(*map(float, match.groups()[:4]), unquote(match[5])))
            if len(open_boxes) == 1:  # boxes inside a block are a chart's own
                pages[-1].boxes.append(open_boxes[0])
        elif line.strip() == "unbox":
            open_boxes.pop()
        else:
            assert re.match(r"\s*(document|outline|link|anchor|picture) ", line), f"not a line of a layout: {line}"
    return pages


# --- one page ---------------------------------------------------------------------------------------------------------

def ink(text):
    """Left, top, right, bottom of what is printed; a full-width closing mark ends in an empty half, an opening one
    begins with it."""
    han = any(ord(character) > 0x2E80 for character in text.text)
    empty = text.size / 2 if text.text.endswith(CLOSING) else 0
    before = text.size / 2 if text.text.startswith(OPENING) else 0
    return (text.x + before, text.y - (0.80 if han else 0.70) * text.size, text.x + text.width - empty,
            text.y + (0.06 if han else 0.0) * text.size)


def overlap(a, b):
    return min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])


def texts_apart(page):
    texts = sorted((text for text in page.texts if text.text.strip()), key=lambda text: ink(text)[1])
    for i, one in enumerate(texts):
        for other in texts[i + 1:]:
            if ink(other)[1] >= ink(one)[3]:
                break
            width, height = overlap(ink(one), ink(other))
            if width > NEARLY and height > NEARLY:
                yield f"'{one.text}' and '{other.text}' overlap by {width:.1f} × {height:.1f}"


def texts_inside(page):
    for text in page.texts:
        left, top, right, bottom = ink(text)
        if text.text.strip() and (left < LEFT - 1.2 or right > RIGHT + NEARLY):
            yield f"'{text.text}' leaves the margins: {left:.1f} to {right:.1f}"
        decoration = page.number == 1 or (text.box and text.box.name in DECORATION)
        if not decoration and (top < TOP - NEARLY or bottom > BOTTOM + 2):
            yield f"'{text.text}' leaves the content: {top:.1f} to {bottom:.1f}"
        box = text.box
        if box and (left < box.x - 1.2 or right > box.x + box.width + NEARLY or top < box.y - 2 or
                    bottom > box.y + box.height + 2.5):
            yield f"'{text.text}' leaves its box '{box.name}': {left:.1f} {top:.1f} {right:.1f} {bottom:.1f} of {box}"


def texts_readable(page):
    for text in page.texts:
        if text.size < 7:
            yield f"'{text.text}' is set in {text.size} pt"
        if re.search(r"\bnan\b|\binf\b|  |\{|\}|,,|，，|。。| [,.;:]|\(\)|（）", text.text):
            yield f"'{text.text}' is not a text to print"


def blocks_of(page):
    return [box for box in page.boxes if box.name not in DECORATION]


def blocks_apart(page):
    blocks = [] if page.number == 1 else blocks_of(page)
    for i, one in enumerate(blocks):
        if one.y + one.height > BOTTOM + 1:
            yield f"block '{one.name}' ends at {one.y + one.height:.1f}"
        if one.name != "chapter" and abs(one.y / GRID - round(one.y / GRID)) > 0.01:
            yield f"block '{one.name}' begins at {one.y}, off the grid"
        for other in blocks[i + 1:]:
            width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
            height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
            space = 0 if "chapter" in (one.name, other.name) else 10
            if width > NEARLY and height > NEARLY - space:
                yield f"blocks '{one.name}' and '{other.name}' are {-height:.1f} apart"


# --- all pages --------------------------------------------------------------------------------------------------------

def content_of(pages):
    return [page for page in pages if blocks_of(page) and page.number > 1]


def pages_filled(pages):
    """But for the cover, the contents, the last pages of chapters (the next one begins a page), and where what comes
    next is too high for the room that is left."""
    chapters = content_of(pages)
    for page, following in zip(chapters, chapters[1:]):
        bottom = max(box.y + box.height for box in blocks_of(page))
        after = blocks_of(following)[0]
        if bottom < FILLED and after.name != "chapter" and bottom + 14 + after.height < BOTTOM:
            yield f"page {page.number}: filled to {bottom:.0f} only, and the chapter goes on"


def headings_held(pages):
    """A chapter that is a sentence alone may end a page: then another one begins the next."""
    chapters = content_of(pages)
    for page, following in zip(chapters, chapters[1:]):
        lowest = max(blocks_of(page), key=lambda box: box.y)
        if lowest.name == "chapter" and blocks_of(following)[0].name != "chapter":
            yield f"page {page.number}: a chapter's title stands alone at the foot"


PAGE_RULES = (texts_apart, texts_inside, texts_readable, blocks_apart)


def faults(pages):
    for page in pages:
        for rule in PAGE_RULES:
            yield from (f"page {page.number}: {fault}" for fault in rule(page))
    yield from pages_filled(pages)
    yield from headings_held(pages)
