"""Whether each number that a PDF prints stands in the report's JSON and workbook (docs/truth.md).

A layout (tests/tools/dump_layout) says of every text with digits where its value stands: a place in the JSON, or why it
is no figure. Both are taken at their word here and looked up; what is found is printed again, by rules written down
here once more, and compared.
"""

import collections
import decimal
import json
import re

import openpyxl

import layout

D = decimal.Decimal
NUMBER = re.compile(r"[+\-−]?\d[\d,]*(?:\.\d+)?")

Fault = collections.namedtuple("Fault", "page text tag what")

# Numbers that stand in the words themselves: what they look like; the fact that says the same, where the method's files
# have it; why the words may say it.
RULES = [
    (r"105\s?%", "facts/rule.contract_tolerance", "what the notice tolerates over the contract"),
    (r"40\s?%", "facts/rule.contract_floor", "the notice's least contract"),
    (r"(?<![\d.])2%( of|。)", "facts/rule.running_share", "from which load on it runs"),
    (r"(?<=低于)10%|(?<=below )10%", "facts/rule.outage_voltage_share", "below which voltage it is out"),
    (r"95\s?%|(?<!\d)5\s?%", None, "the ranks that quality is judged by: what the figures are called"),
    (r"90\s?%", None, "the rank of times to confirm and close: what the figures are called"),
    (r"99\s?%", None, "the rank of the past that energy is held against: what it is called"),
    (r"(?<!\d)80\s?%", None, "what the forecast's interval holds of past errors: what it is called"),
    (r"(?<!\d)(15|1)[\s-]?(个)?(分钟|minutes?|min)", None, "the steps of the data sets"),
    (r"(?<!\d)(12|13)\s?(个月|months|mo\.)|(最近|last )8\s?(周|weeks)|每2小时", None, "how far a sum or a mean reaches"),
    (r"[×] ?12(?!\d)", None, "a year of months"),
    (r"(?<!\d)4倍|four times", None, "quarters of an hour to the hour"),
    (r"0\.01", None, "the cent that a line is rounded to"),
    (r"100\.0%", None, "what shares add up to"),
    (r"(记作|counted as |, not |never )0(?!\d)|from 0 to|电量0至|÷计划−1|plan − 1", None, "part of a rule's formula"),
    (r"满分100|[Oo]f 100|得分，100|Score, 100", None, "what a score is of"),
    (r"(红底为不到|below )60|60(分为| just)|90以上、80至90、60至80、60以下|90 or more, 80 to 90, 60 to 80", None, "the grades"),
    (r"24\s?(小时|h\b)", None, "in what time an alarm should be closed"),
    (r"(of )?7(项| items)", None, "the rows of the table of quality"),
    (r"100−10×|−5×危急|最低0|÷2×100|100 − 10 ×|− 5 ×|at least 0|= 100 × \(|÷ 2\.", None, "the formula of a score"),
    (r"平方至100%|1\.33|75%", None, "the economic band of a transformer"),
    (r"\(83\)|第215号", None, "a notice's number"),
    (r"OFL 1\.1", None, "a licence's version"),
    (r"3秒、10分钟|3 s, 10 min", None, "the standards' own windows"),
    (r"(前|至多|最多列|first |most )(5|6|15|40|60|200|300)(?!\d)", None, "how many rows a page shows"),
    (r":00", None, "a full hour"),
    (r"31天|31 days", None, "how long an alarm may last"),
]


class Report:
    def __init__(self, text):
        self.root = json.loads(text, parse_float=D, parse_int=D)
        self.projects = {str(project["id"]): project for project in self.root.get("projects", []) if "id" in project}
        self.names = sorted({bare(name) for name in names(self.root) if re.search(r"\d", name)}, key=len, reverse=True)

    def subject(self, owner, parts):
        """The object that a path's beginning names, and what is left of the path."""
        if parts[:1] == ["projects"] and parts[1] in self.projects:
            return self.subject(self.projects[parts[1]], parts[2:])
        if len(parts) > 2 and parts[0] in ("points", "transformers", "sensors"):
            found = [item for item in owner[parts[0]] if str(item["id"]) == parts[1]]
            if len(found) == 1:
                return found[0], parts[2:]
        return owner, parts

    def value(self, tag):
        """(value, unit, finding or None) of a tag; LookupError where nothing stands there."""
        if tag.startswith("("):
            return self.formula(tag)
        if re.fullmatch(r"[\d.]+", tag):
            return D(tag), None, None
        path, _, attribute = tag.partition("@")
        owner, parts = self.subject(self.root, path.split("/"))
        if parts[0] == "facts":
            fact = owner["facts"]["/".join(parts[1:])]
            return fact["value"], fact["unit"], None
        if parts[0] == "series":
            series = owner["series"][parts[1]]
            return series["values"][int(parts[2])], series["unit"], None
        if len(parts) == 1 and parts[0] in owner.get("findings", {}):
            return attribute_of(owner["findings"][parts[0]], attribute)
        for part in parts:
            owner = owner[int(part)] if isinstance(owner, list) else owner[part]
        if parts[0] == "changes":
            return owner, self.root["changes"][int(parts[1])].get("unit"), None
        return owner, "1" if parts[-1] in ("share", "half_share") else None, None

    def formula(self, tag):
        left, sign, right = split(tag)
        (a, unit, _), (b, other, _) = self.value(left), self.value(right)
        if sign == "+":
            return a + b, unit, None
        if sign == "-":
            return a - b, unit or other, None
        if sign == "*":
            return a * b, unit or other, None
        return a / b, "1" if unit and unit == other else unit, None


def names(node, key=None):
    if isinstance(node, str):
        if key in ("name", "name_then", "customer", "timezone", "code", "value", "source", "name_zh", "name_en"):
            yield node
    elif isinstance(node, dict):
        for inner, value in node.items():
            yield from names(value, inner)
    elif isinstance(node, list):
        for value in node:
            yield from names(value, key)


def bare(text):
    return re.sub(r"\s", "", text)


def attribute_of(finding, attribute):
    if not attribute:
        return finding["value"], finding["unit"], finding
    unit = "1" if attribute.startswith("change_") or attribute == "coverage" else \
        None if attribute == "rank" else finding["unit"]
    return finding[attribute], unit, None


def split(tag):
    """'((a|+|b)|/|100)' → '(a|+|b)', '/', '100'"""
    depth = 0
    for at, character in enumerate(tag):
        depth += (character == "(") - (character == ")")
        if character == "|" and depth == 1:
            return tag[1:at], tag[at + 1], tag[at + 3:-1]
    raise LookupError(f"no formula: {tag}")


def places(tag):
    """The paths in a tag."""
    if tag.startswith("("):
        left, _, right = split(tag)
        return places(left) + places(right)
    return [] if re.fullmatch(r"[\d.]+", tag) else [tag]


def stands(tag):
    """Whether a tag names one figure, in another unit or with the other sign, or the sum of a pie's small parts."""
    found = {place.rsplit("/", 1)[0] if place.startswith("changes/") else place
             for place in places(tag) if place != "facts/money.factor"}   # of a change the JSON has both values
    return len(found) == 1 or not re.search(r"\|[-*/]\|", tag)


# --- printed again ----------------------------------------------------------------------------------------------------

DECIMALS = {"kWh": (0, 2), "kvarh": (0, 2), "kW": (0, 2), "kvar": (0,), "kg": (0,), "kgce": (0,), "V": (1,),
            "Hz": (2, 3), "kWh/m2": (2,)}


def printed_as(value, unit, finding, tag, printed, text, large):
    """Whether `printed` ("1,234.50") is how a value may be printed."""
    digits = len(printed.partition(".")[2])
    shown = D(printed.replace(",", "").replace("−", "-").replace("+", ""))
    if re.search(r"(?<![\d,])\d{4,}(?!\d)", printed) and "." not in printed and abs(value) >= 1000:
        return False    # thousands are grouped
    if unit in DECIMALS and not tag.startswith("(") and digits not in DECIMALS[unit] and value != value.quantize(D(1).scaleb(-digits)):
        return False
    if finding and finding.get("text") and printed.lstrip("+") == NUMBER.search(finding["text"] + " 0")[0]:
        return True     # tenths of shares add up to 100.0 %: the finding says how it is printed
    scales = [D(1)]
    if unit == "1" or "%" in text:
        scales = [D(100)] if "%" in text and unit == "1" else [D(1), D(100)] if unit == "1" else [D(1)]
    # What stands beside a large amount is printed in its unit, too, and names it.
    if abs(value) >= large[1] or abs(value) >= large[0] / 10 and re.search("万|million", text):
        scales.append(1 / large[0])
    for scale in scales:
        exact = value * scale
        step = D(1).scaleb(-digits)
        if exact.quantize(step, decimal.ROUND_HALF_UP) == shown:
            return True
        if is_cut(tag) and exact.quantize(step, decimal.ROUND_FLOOR) == shown:
            return True     # what lacks a little is never 100.0 %
    return False


def is_cut(tag):
    return "coverage" in tag or "compliance" in tag


# --- texts ------------------------------------------------------------------------------------------------------------

def joined(pages):
    """The runs of a page's text that belong together: (page, box, tag, text)."""
    for page in pages:
        last = None
        for text in page.texts:
            tag = text.finding
            same = last is not None and last[1].finding == tag and last[1].box is text.box
            if same:
                gap = text.x - last[1].x - last[1].width
                beside = abs(last[1].y - text.y) < 0.1 and (is_text(tag or "") or -0.1 < gap < 0.6 * text.size)
                below = tag is not None and tag != "@place" and 0 < text.y - last[1].y < 20 and is_text(tag)
                same = beside or below
            if same:
                last = (last[0] + text.text, text)
                continue
            if last is not None:
                yield page.number, last[1].box, last[1].finding, last[0]
            last = (text.text, text)
        if last is not None:
            yield page.number, last[1].box, last[1].finding, last[0]


def is_text(tag):
    return ";" in tag or tag.startswith("@") or tag.split("@")[0].endswith("/text")


# --- checks -----------------------------------------------------------------------------------------------------------

class Checker:
    def __init__(self, report, workbook, brands, large):
        self.report, self.workbook, self.brands, self.large = report, workbook, brands, large
        self.titles = ""
        self.seen = collections.Counter()

    def faults(self, pages):
        self.titles = bare("".join(text for _, _, tag, text in joined(pages) if tag != "@title"))
        for page, _, tag, text in joined(pages):
            what = self.fault(tag, text) if re.search(r"\d", text) else None
            if what:
                yield Fault(page, text, tag, what)

    def fault(self, tag, text):
        if tag is None:
            return "a number without a tag"
        if ";" in tag:
            return self.fault_of_list(tag.split(";"), text)
        if tag.startswith("@"):
            return self.fault_of_kind(tag, text)
        return self.fault_of_value(tag, text)

    def fault_of_kind(self, tag, text):
        kind, _, key = tag.partition(":")
        self.seen[kind] += 1
        if kind == "@name":
            left = text = bare(text).rstrip("…")
            for name in self.report.names:
                left = left.replace(name, "")
            if re.search(r"\d", left) and not any(name.startswith(text) for name in self.report.names):
                return f"no name of the report: {left!r}"
        elif kind == "@brand":
            if not any(bare(text) in brand for brand in self.brands):
                return "no text of a brand"
        elif kind == "@place":
            if not re.fullmatch(r"[^\d]*\d+(\.\d+)?[^\d]*(\d+[^\d]*)?", text):
                return "no number of a place"
        elif kind == "@words":
            return self.fault_of_words(key, text)
        elif kind == "@time":
            if re.search(r"\d[.,]\d|%", text):
                return "no time"
        elif kind == "@title":
            return None if bare(text).rstrip("…") in self.titles else "no title of the report"
        elif kind != "@tick":
            return "no such kind of tag"
        return None

    def fault_of_words(self, key, text):
        left = text
        for pattern, path, _ in RULES:
            left, count = re.subn(pattern, "", left)
            if count and path:
                value = self.report.value(path)[0]
                digits = NUMBER.search(re.search(pattern, text)[0])[0]
                if value * 100 != D(digits) and value != D(digits):
                    return f"the rule says {value}"
        return f"a number in the words '{key}' that is on no list: {left!r}" if re.search(r"\d", left) else None

    def fault_of_list(self, tags, text):
        """Each tag's value in its order; between them what is no figure."""
        at = 0
        for tag in tags:
            if tag.startswith("@"):
                continue
            for match in NUMBER.finditer(text, at):
                unit = re.match(r"\s?[^\d\s，；、]{0,8}", text[match.end():])[0]
                if self.fault_of_value(tag, match[0] + unit) is None:
                    at = match.end()
                    break
            else:
                return f"'{tag}' is not printed"
        return None

    def fault_of_value(self, tag, text):
        self.seen["value"] += 1
        try:
            value, unit, finding = self.report.value(tag)
        except (LookupError, ValueError, TypeError) as error:
            return f"nothing stands there: {error!r}"
        if isinstance(value, str):
            text, value = bare(text), bare(value)
            return None if text in value or value in text else f"it says {value!r}"
        if value is None:
            return "it is null"
        if isinstance(value, (dict, list)):
            return "it is no value"
        numbers = NUMBER.findall(text)
        if len(numbers) != 1:
            return f"{len(numbers)} numbers in the text"
        told = "".join(f"{tag} {self.report.root['changes'][int(index)]['path']}"
                       for index in re.findall(r"changes/(\d+)/", tag)) or tag
        if not printed_as(value, unit, finding, told, numbers[0], text, self.large):
            return f"it is {value} {unit}"
        if not stands(tag):
            return "it is worked out of several figures, and stands nowhere itself"
        missing = [place for place in places(tag) if not self.workbook.holds_place(place, self.report)]
        if missing and not (tag.startswith("(") and self.workbook.holds(value)):
            return f"{missing[0]} is not in the workbook"
        return None


# --- what is compared with --------------------------------------------------------------------------------------------

class Workbook:
    """Every number of a workbook, and its list of findings by id."""

    def __init__(self, path):
        self.numbers = {2: set(), 4: set(), 6: set()}
        self.texts, self.listed = set(), collections.defaultdict(set)
        for sheet in openpyxl.load_workbook(path, read_only=True, data_only=True).worksheets:
            for row in sheet.iter_rows(values_only=True):
                cells = [near(cell) if isinstance(cell, (int, float)) and not isinstance(cell, bool) else cell
                         for cell in row]
                for digits, numbers in self.numbers.items():
                    numbers.update(near(cell, digits) for cell in cells if isinstance(cell, D))
                self.texts.update(printed_number(cell) for cell in cells if isinstance(cell, str))
                if len(cells) > 2 and isinstance(cells[1], str):
                    self.listed[cells[1]].update(cell for cell in cells[2:] if isinstance(cell, D))

    def holds_place(self, tag, report):
        """A finding or a fact stands in the list under its id; all else somewhere."""
        value = report.value(tag)[0]
        path, _, _ = tag.partition("@")
        parts = path.split("/")
        name = "facts/" + "/".join(parts[parts.index("facts") + 1:]) if "facts" in parts else parts[-1]
        of_platform = parts[0] == "projects" and report.root.get("tenant", {}).get("edition") == "platform"
        if name in self.listed and not of_platform:
            return near(value) in self.listed[name]
        if self.holds(value):
            return True
        return is_cut(tag) and value.quantize(D("0.001"), decimal.ROUND_FLOOR).normalize() + 0 in self.numbers[4]

    def holds(self, value):
        # A series is rounded to 4 digits in the JSON, to 2 where it is money; words are rounded as they are printed.
        digits = len(str(value).partition(".")[2])
        return near(value) in self.numbers[2 if digits <= 2 else 4 if digits <= 4 else 6] or any(
            value.quantize(cell, decimal.ROUND_HALF_UP) == cell for cell in self.texts if cell is not None)


def printed_number(text):
    match = re.fullmatch(rf"({NUMBER.pattern})\s?(\D{{0,6}})", text)
    if not match:
        return None
    number = D(match[1].replace(",", "").replace("−", "-"))
    return number / 100 if match[2] == "%" else number


def near(number, digits=6):
    """As far as a double and a JSON number are the same."""
    return D(str(number)).quantize(D(1).scaleb(-digits), decimal.ROUND_HALF_UP).normalize() + 0


def check(folder, root, large):
    """The faults of one report's folder: report.layout, report.json, report.xlsx."""
    pages = layout.read((folder / "report.layout").read_text(encoding="utf-8"))
    report = Report((folder / "report.json").read_text(encoding="utf-8"))
    brands = set()
    for path in (root / "templates" / "brands").glob("*/brand.ini"):
        for line in path.read_text(encoding="utf-8").splitlines():
            brands.add(bare(line.partition("=")[2]))
    checker = Checker(report, Workbook(folder / "report.xlsx"), brands, large)
    return list(checker.faults(pages)), checker
