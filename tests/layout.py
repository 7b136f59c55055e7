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
NOT_FIRST = "。，、；：？！）》」』】〉”’…—％%℃°.,;:?!)]}"
NOT_LAST = "（《「『【〈“‘([{"
HAN = r"[\u3400-\u9fff]"
UNIT = re.compile(r"(kWh|kW|kvarh|kvar|kVA|MVA|MWh|Hz|℃|°C|[VAhK]\b|min\b|[万亿元天日月年个次条处台项页]|小时|分钟|韩元|%)")
NUMBER_ALONE = re.compile(r"[+−±]?[\d,]+(\.\d+)?%?$")
PAGE_WORD = re.compile(r"第(\d+)页|[Pp]age (\d+)")

# `boxes`: those that a text stands in, outermost first.
Text = collections.namedtuple("Text", "x y width size weight colour face finding text boxes")
Text.box = property(lambda text: text.boxes[0] if text.boxes else None)
Box = collections.namedtuple("Box", "x y width height name inner", defaults=((),))
Link = collections.namedtuple("Link", "x y width height name")
Page = collections.namedtuple("Page", "number texts boxes links anchors")

NUMBER = r"(-?[\d.]+)"
TEXT = re.compile(rf'\s*text {NUMBER} {NUMBER} {NUMBER} {NUMBER} (\w+) (#\w+) face (\d+)(?: halo [\d.]+)?'
                  r'(?: = (\S+))? "(.*)"$')
BOX = re.compile(rf'\s*box {NUMBER} {NUMBER} {NUMBER} {NUMBER} "(.*)"$')
LINK = re.compile(rf'\s*link {NUMBER} {NUMBER} {NUMBER} {NUMBER} "(.*)"$')
ANCHOR = re.compile(rf'\s*anchor {NUMBER} "(.*)"$')


def unquote(text):
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] == "n" else match[1], text)


def read(dump):
    pages, open_boxes = [], []
    for line in dump.splitlines():
        if line.startswith("page "):
            pages.append(Page(int(line.split()[1]), [], [], [], []))
        elif match := TEXT.match(line):
            *numbers, weight, colour, face, finding, text = match.groups()
            pages[-1].texts.append(Text(*map(float, numbers), weight, colour, int(face), finding, unquote(text),
                                        tuple(open_boxes)))
        elif match := ANCHOR.match(line):
            pages[-1].anchors.append(unquote(match[2]))
        elif match := LINK.match(line):
            pages[-1].links.append(Link(*map(float, match.groups()[:4]), unquote(match[5])))
        elif match := BOX.match(line):
            box = Box(*map(float, match.groups()[:4]), unquote(match[5]), [])
            (open_boxes[-1].inner if open_boxes else pages[-1].boxes).append(box)
            open_boxes.append(box)
        elif line.strip() == "unbox":
            open_boxes.pop()
        else:
            assert re.match(r"\s*(document|outline|picture) ", line), f"not a line of a layout: {line}"
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
        begin = one.y + (20 if one.name == "chapter" else 0)  # a chapter's title stands on the grid
        if abs(begin / GRID - round(begin / GRID)) > 0.01:
            yield f"block '{one.name}' begins at {one.y}, off the grid"
        for other in blocks[i + 1:]:
            width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
            height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
            space = 0 if "chapter" in (one.name, other.name) else 10
            if width > NEARLY and height > NEARLY - space:
                yield f"blocks '{one.name}' and '{other.name}' are {-height:.1f} apart"


# --- lines ------------------------------------------------------------------------------------------------------------

def lines_of(page):
    """Lists of texts that were set as one line, outside charts, in the order in which they were placed."""
    lines = []
    for text in page.texts:
        if any(box.name.startswith("chart ") for box in text.boxes) or not text.text:
            continue
        before = lines[-1][-1] if lines else None
        if before and before.y == text.y and before.boxes == text.boxes and \
                -0.6 * text.size <= text.x - before.x - before.width <= 0.3 * (before.size + text.size) / 2:
            lines[-1].append(text)
        else:
            lines.append([text])
    return lines


def words_of(line):
    return "".join(text.text for text in line)


def visible(text):
    return [character for character in text if character in "%％℃°" or character not in NOT_FIRST + NOT_LAST + " \u3000"]


def goes_on(line, following):
    """Whether a line may be the next one of the same paragraph: below it, at the same left edge, in the same type."""
    one, other = line[0], following[0]
    room = one.size / 2 + 0.1  # an opening mark stands out by its empty half
    return (one.boxes == other.boxes and one.boxes and one.size == other.size and abs(one.x - other.x) <= room and
            9 < other.y - one.y <= 2 * one.size)


def lines_broken_well(page):
    lines = lines_of(page)
    for index, (line, following) in enumerate(zip(lines, lines[1:])):
        if not goes_on(line, following) or line[-1].x + line[-1].width < line[0].x + 4 * line[0].size:
            continue  # so narrow: a list, or a column of single words
        one, other = words_of(line), words_of(following)
        if other[0] in NOT_FIRST and not re.match("%[a-z]", other) and following[0].finding != "@name":
            yield f"'{other}' begins a line"
        if one[-1] in NOT_LAST and line[-1].finding != "@name":
            yield f"'{one}' ends a line"
        if re.search(r"\d$", one) and re.search(f"{HAN}| ", one) and UNIT.match(other) and "@name" not in (line[-1].finding, following[0].finding):
            yield f"'{one}' and '{other}': a number is parted from its unit"
        last = index + 2 == len(lines) or not goes_on(following, lines[index + 2])
        within_word = not re.search(HAN, one[-1] + other[0])  # one that is longer than a line
        one_word = not re.search(f"{HAN}| ", one)  # which nothing can be taken from
        if last and len(visible(other)) < 2 and len(visible(one)) > 12 and not within_word and not one_word:
            yield f"'{other}' stands alone in the last line behind '{one}'"


def scripts_spaced(page):
    """A quarter em between Han and Latin letters or digits, made by place."""
    for text in page.texts:
        if re.search(rf"{HAN}[A-Za-z0-9]|[A-Za-z0-9]{HAN}", text.text):
            yield f"'{text.text}' has no space between scripts"
    for line in lines_of(page):
        for one, other in zip(line, line[1:]):
            pair = one.text[-1] + other.text[0]
            gap, wanted = other.x - one.x - one.width, (one.size + other.size) / 8
            if re.match(rf"{HAN}[A-Za-z0-9]|[A-Za-z0-9]{HAN}", pair) and abs(gap - wanted) > 0.1 and \
                    len(other.text) < 16:  # else two texts that nearly meet
                yield f"'{one.text}' and '{other.text}' are {gap:.2f} apart, not a quarter em"


# --- tables -----------------------------------------------------------------------------------------------------------

def inner(box, *names):
    return [part for part in box.inner if part.name in names]


def tables_of(page):
    return [box for box in blocks_of(page) if inner(box, "heads")]


def columns_aligned(page):
    """Numbers of a column, each the value of a finding, end at one place (or stand in the middle of their cells)."""
    for table in tables_of(page):
        for column in inner(table, "heads")[0].inner:
            numbers = [text for text in page.texts if text.box is table and len(text.boxes) == 2 and
                       text.boxes[1].name == "row" and text.finding and not text.finding.startswith("@") and
                       NUMBER_ALONE.match(text.text) and text.size == 8.5 and
                       column.x - 1 < text.x and text.x + text.width < column.x + column.width + 1]
            alone = [text for text in numbers if not any(
                other is not text and other.y == text.y and other.boxes[-1:] == text.boxes[-1:] and
                -1 < other.x - text.x - text.width < 2.9 or -1 < text.x - other.x - other.width < 2.9 and
                other.y == text.y and other.boxes[-1:] == text.boxes[-1:] for other in page.texts)]
            for place in (lambda text: text.x + text.width, lambda text: text.x, lambda text: text.x + text.width / 2):
                places = [place(text) for text in alone]
                if not places or max(places) - min(places) <= NEARLY:
                    break
            else:
                yield f"table '{table.name}', '{column.name}': numbers not on one line: {[text.text for text in alone]}"


def rows_hold_their_texts(page):
    for text in page.texts:
        row = next((box for box in text.boxes if box.name in ("row", "total", "heads")), None)
        left, top, right, bottom = ink(text)
        if row and (top < row.y - 1 or bottom > row.y + row.height + 1):
            yield f"'{text.text}' leaves its row: {top:.1f} to {bottom:.1f} of {row.y:.1f} to {row.y + row.height:.1f}"


# --- all pages --------------------------------------------------------------------------------------------------------

def content_of(pages):
    return [page for page in pages if blocks_of(page) and page.number > 1]


def pages_filled(pages):
    """But for the cover, the contents, pages before a chapter that begins one, and where what comes next is too high for
    the room that is left."""
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


def tables_broken_well(pages):
    """Three rows on either side, and the heads again."""
    for page, following in zip(pages, pages[1:]):
        for table in blocks_of(following):
            began = [box for box in blocks_of(page) if box.name == table.name]
            first = next((text.text for text in following.texts if text.box is table), "")
            words = "".join(text.text for text in following.texts if text.box is table and len(text.boxes) == 1 and
                            text.y < table.y + 21)
            if not began or not re.search("续|continued", words):
                continue
            if inner(began[-1], "heads") and not inner(table, "heads"):
                yield f"page {following.number}: '{table.name}' goes on without its heads ('{first}')"
            for side, box in ((page, began[-1]), (following, table)):
                if inner(box, "heads") and len(inner(box, "row", "total")) < 3:
                    yield f"page {side.number}: fewer than three rows of '{table.name}' on this side of a break"


def pages_not_empty(pages):
    for page in pages:
        if not [text for text in page.texts if not text.box or text.box.name not in DECORATION]:
            yield f"page {page.number}: is empty"


def links_lead(pages):
    """Every link leads to a place that there is, and the page number printed in it is that place's."""
    where = {anchor: page.number for page in pages for anchor in page.anchors}
    for page in pages:
        for link in page.links:
            printed = [text.text for text in page.texts if link.x - 1 <= text.x and text.x + text.width <=
                       link.x + link.width + 1 and link.y - 1 <= text.y <= link.y + link.height + 1]
            named = PAGE_WORD.search("".join(printed))
            number = int(named[1] or named[2]) if named else \
                int(printed[-1]) if printed and printed[-1].isdigit() and page.number == 2 else None
            if link.name not in where:
                yield f"page {page.number}: a link leads to '{link.name}', which is nowhere"
            elif number is not None and number != where[link.name]:
                yield f"page {page.number}: {''.join(printed)} leads to page {where[link.name]}"


PAGE_RULES = (texts_apart, texts_inside, texts_readable, blocks_apart, lines_broken_well, scripts_spaced, columns_aligned,
              rows_hold_their_texts)
REPORT_RULES = (pages_filled, headings_held, tables_broken_well, pages_not_empty, links_lead)


def fill_of(pages):
    """What part of the height of every page of chapters but the last is used."""
    return [(max(box.y + box.height for box in blocks_of(page)) - TOP) / (BOTTOM - TOP) for page in content_of(pages)][:-1]


def faults(pages):
    for page in pages:
        for rule in PAGE_RULES:
            yield from (f"page {page.number}: {fault}" for fault in rule(page))
    for rule in REPORT_RULES:
        yield from rule(pages)
