"""The workbook is a tool: charts of its cells, a first sheet that leads to all others, lists as tables, paper, widths."""

import datetime
import math
import re
import shutil
import sqlite3
import subprocess
import unicodedata
import zipfile
from xml.etree import ElementTree

import openpyxl
import pytest
from openpyxl.utils import get_column_letter, range_boundaries

import reports
import survey_store
from servers import processes

MANAGEMENT, PLATFORM = 5, 9
SAMPLES = [("single", 1), ("single", 2), ("single", 3), ("single", 4), ("single", 6), ("management", MANAGEMENT),
           ("platform", PLATFORM), ("survey", "zh-CN"), ("survey", "en")]
ENGLISH = [("single", "1"), ("management", "3"), ("platform", "9")]  # measured data, told in English
HEAD = "4C555C"  # the colour of a bold head; totals are black
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
# A character of the default font, and what a column has beside its characters, in pixels of 1/96 inch.
CHARACTER_PX, COLUMN_PX, DEFAULT_PX = 7, 5, 64
SMALLEST_SCALE = 0.5  # the platform's list of 23 columns; all others are printed at 0.6 and more
PAGE_PX = {"portrait": (8.27 - 1.1) * 96, "landscape": (11.69 - 1.1) * 96}


def make_survey(program, sample_db, tmp_path, locale):
    path = tmp_path / "survey.xlsx"
    if locale == "zh-CN":
        store, month, now = sample_db, reports.SAMPLE_MONTH, reports.SAMPLE_NOW
    else:
        store, month, now = survey_store.write(tmp_path / "survey.db"), survey_store.MONTH, survey_store.NOW
    program("survey", "--db", store, "--month", month, "--now", now, "-o", path, check=True)
    return path


@pytest.fixture(params=SAMPLES, ids=lambda sample: "-".join(map(str, sample)))
def path(request, program, sample_db, tmp_path):
    edition, which = request.param
    if edition == "survey":
        return make_survey(program, sample_db, tmp_path, which)
    return reports.folder_of(reports.sample_run(program, sample_db), which, edition=edition) / "report.xlsx"


def english_run(program, shared_data):
    def make():
        store = processes.state_folder() / "english.db"
        shutil.copy(reports.real_store(program, shared_data), store)
        with sqlite3.connect(store) as database:
            database.execute("UPDATE tenant SET locale = 'en'")
        out = processes.state_folder() / "english-workbooks"
        program("run", "--month", "2018-03", "--db", store, "--out", out, "--now", "2018-04-03T00:00+09:00", check=True)
        return str(out)

    return processes.once("english-workbooks", make)


# --- charts -----------------------------------------------------------------------------------------------------------

def parse_range(text):
    """'sheet'!$A$1:$A$9 → sheet, (column, first row, column, last row)."""
    name, area = re.fullmatch(r"('(?:[^']|'')+'|[^'!]+)!(.+)", text).groups()
    return name.strip("'").replace("''", "'"), range_boundaries(area.replace("$", ""))


def cells_of(book, text):
    sheet, (left, top, right, bottom) = parse_range(text)
    assert left == right
    return [book[sheet].cell(row, left) for row in range(top, bottom + 1)]


def charts_of(path):
    """Every chart's XML, in the order of the archive."""
    with zipfile.ZipFile(path) as archive:
        names = sorted((name for name in archive.namelist() if name.startswith("xl/charts/chart")),
                       key=lambda name: int(re.search(r"\d+", name).group()))
        return [ElementTree.fromstring(archive.read(name)) for name in names]


def title_of(chart):
    return "".join(chart.find(f"{CHART}chart/{CHART}title").itertext())


def cache_of(reference):
    """The values that the chart was written with, by place; None where there is no cache (rows in pieces)."""
    cache = next((child for child in reference if child.tag.endswith("Cache")), None)
    if cache is None:
        return None
    return {int(point.get("idx")): point.find(f"{CHART}v").text for point in cache.iter(f"{CHART}pt")}


def series_of(chart):
    for series in chart.iter(f"{CHART}ser"):
        categories, values = series.find(f"{CHART}cat")[0], series.find(f"{CHART}val")[0]
        yield series.find(f"{CHART}tx/{CHART}v").text, categories, values


def check_charts(path):
    book = openpyxl.load_workbook(path, data_only=True)
    charts = charts_of(path)
    for chart in charts:
        assert title_of(chart).strip() and not re.search(r"[*{}]|^=", title_of(chart))
        assert chart.find(f".//{CHART}dispBlanksAs") is None or \
            chart.find(f".//{CHART}dispBlanksAs").get("val") == "gap"
        assert not any(tag in element.tag for element in chart.iter() for tag in ("gradFill", "view3D", "bar3D", "pie3D"))
        series = list(series_of(chart))
        assert series
        pie = chart.find(f".//{CHART}pieChart") is not None
        assert (chart.find(f".//{CHART}legend") is not None) == (len(series) > 1)
        for label, categories, values in series:
            assert label
            named = cells_of(book, categories.find(f"{CHART}f").text)
            numbers = cells_of(book, values.find(f"{CHART}f").text)
            assert len(named) == len(numbers) > 0 and not (pie and len(named) > 6)
            assert named[0].row == numbers[0].row and named[0].parent.title == numbers[0].parent.title
            assert all(cell.value is not None for cell in named)
            assert all(cell.value is None or isinstance(cell.value, (int, float)) for cell in numbers)
            assert any(cell.value for cell in numbers)
            assert isinstance(numbers[0].offset(-1, 0).value, str), "the head stands above"
            cached = cache_of(values)
            # What stands in no cell stands not in the chart either, not even as 0.
            assert cached is None or {place: float(value) for place, value in cached.items()} == pytest.approx(
                {place: cell.value for place, cell in enumerate(numbers) if cell.value is not None})
    return book, charts


def check_places(book):
    """A chart lies on no cell that holds something, and on no other chart."""
    for sheet in book:
        boxes = []
        for chart in sheet._charts:  # pylint: disable=protected-access
            start, end = chart.anchor._from, chart.anchor.to  # pylint: disable=protected-access
            covered = [cell.coordinate for row in sheet.iter_rows(start.row + 1, end.row + 1, start.col + 1, end.col + 1)
                       for cell in row if cell.value is not None]
            assert covered == [], (sheet.title, covered)
            boxes.append(((start.row, start.rowOff), (start.col, start.colOff), (end.row, end.rowOff),
                          (end.col, end.colOff)))
        for place, one in enumerate(boxes):
            for other in boxes[place + 1:]:
                assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1], sheet.title


def test_charts_show_cells(path):
    book, charts = check_charts(path)
    assert len(charts) == sum(len(sheet._charts) for sheet in book) >= 1  # pylint: disable=protected-access
    check_places(book)


@pytest.mark.parametrize("edition, tenant", ENGLISH)
def test_charts_show_cells_in_english(program, shared_data, edition, tenant):
    folder = reports.folder_of(reports.pathlib.Path(english_run(program, shared_data)), tenant, "2018-03", edition)
    book, charts = check_charts(folder / "report.xlsx")
    check_places(book)
    assert charts and book.sheetnames[0] == "Summary"
    labels = {label for chart in charts for label, _, _ in series_of(chart)}
    assert labels and not re.search(r"[\u4e00-\u9fff]", " ".join(labels))


def drawn(path):
    """{(sheet, head of the column): values} of every chart's series."""
    book = openpyxl.load_workbook(path, data_only=True)
    found = {}
    for chart in charts_of(path):
        for label, _, values in series_of(chart):
            cells = cells_of(book, values.find(f"{CHART}f").text)
            found[title_of(chart), label] = [cell.value for cell in cells]
    return found


def values_named(found, label, length):
    return next(values for (_, name), values in found.items() if name == label and len(values) == length)


@pytest.mark.parametrize("tenant, words", [
    (1, {"energy": "电量", "charge": "电费", "demand": "最大需量", "work": "工作日均值", "peak": "峰", "score": "得分",
         "critical": "危急"}),
    (6, {"energy": "Energy", "charge": "Charge", "demand": "Max. demand", "work": "Mean working day", "peak": "Peak",
         "score": "Score", "critical": "Critical"})])
def test_charts_of_a_site_show_what_the_json_holds(program, sample_db, tenant, words):
    folder = reports.folder_of(reports.sample_run(program, sample_db), tenant)
    (project,) = reports.read_json(folder)["projects"]
    series = {name: one["values"] for name, one in project["series"].items()}
    found = drawn(folder / "report.xlsx")
    for label, name, digits in (("energy", "months13.energy", 2), ("charge", "months13.charge", 2),
                                ("demand", "demand_day", 4), ("work", "typical_workday", 4),
                                ("peak", "energy_slot_day.peak", 4)):
        shown = values_named(found, words[label], len(series[name]))
        assert [value for value in shown if value is not None] == pytest.approx(
            [value for value in series[name] if value is not None], abs=10 ** -digits), name
        assert [value is None for value in shown] == [value is None for value in series[name]], name
    days = len(series["demand_day"])
    assert sum(value or 0 for value in values_named(found, words["critical"], days)) == \
        project["findings"]["alarms.level.1"]["value"]
    scores = next(values for (_, name), values in found.items() if name == words["score"])
    wanted = [finding["value"] for name, finding in project["findings"].items()
              if name.startswith("health.score.") and finding["value"] is not None]
    assert sorted(value for value in scores if value is not None) == pytest.approx(sorted(wanted), abs=0.05)


def test_charts_of_all_sites_show_what_the_json_holds(program, sample_db):
    folder = reports.folder_of(reports.sample_run(program, sample_db), MANAGEMENT, edition="management")
    found = drawn(folder / "report.xlsx")
    projects = reports.read_json(folder)["projects"]
    for name, digits in (("bill.total", 2), ("energy.total", 2)):
        wanted = sorted(project["findings"][name]["value"] for project in projects
                        if project["findings"].get(name, {}).get("value") is not None)
        assert any(sorted(value for value in values if value is not None) == pytest.approx(wanted, abs=10 ** -digits)
                   for values in found.values()), name


def test_charts_of_the_platform_show_what_the_json_holds(program, sample_db):
    folder = reports.folder_of(reports.sample_run(program, sample_db), PLATFORM, edition="platform")
    findings = reports.read_json(folder)["findings"]
    found = list(drawn(folder / "report.xlsx").values())
    for group, keys in (("grade", "excellent good fair poor none"),
                        ("coverage", "complete high enough low poor none unknown")):
        assert [findings[f"platform.{group}.{key}"]["value"] for key in keys.split()] in found


# --- sheets -----------------------------------------------------------------------------------------------------------

def test_the_first_sheet_leads_to_every_other_one(path):
    book = openpyxl.load_workbook(path)
    first, *others = book.worksheets
    links = [cell.hyperlink for row in first.iter_rows() for cell in row if cell.hyperlink]
    targets = [link.location for link in links]
    assert [re.fullmatch(r"'?(.*?)'?!A1", target).group(1).replace("''", "'") for target in targets] == \
        [sheet.title for sheet in others]
    described = {row[0].value: row[1].value for row in first.iter_rows(max_col=2) if row[0].hyperlink}
    assert all(described.values()), described


def test_the_first_sheet_says_whose_month_it_is(path):
    if path.name != "report.xlsx":
        pytest.skip("a survey has no customer")
    report = reports.read_json(path.parent)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    texts = [str(cell.value) for row in sheet.iter_rows(max_row=12) for cell in row if cell.value is not None]
    index = (report["findings"] | report["projects"][0]["findings"] if report["projects"] else report["findings"])
    assert report["tenant"]["name"] in texts
    assert any(report["month"] in text for text in texts)
    for wanted in ("coverage.rate", "health.index"):
        if index.get(wanted, {}).get("text") and report["tenant"]["edition"] == "single":
            assert any(index[wanted]["text"] in text for text in texts), wanted


def is_streamed(book):
    return not any(sheet.tables for sheet in book)


def sheet_names(sheet, top):
    """How many columns name a row: up to the widest of the first three."""
    widths = [sheet.column_dimensions[letter].width for letter in "ABC"]
    return 1 + widths.index(max(widths))


def test_lists_are_tables_with_heads_that_stay(path):
    book = openpyxl.load_workbook(path)
    lists = 0
    for sheet in book:
        frozen = sheet.freeze_panes
        for table in sheet.tables.values():
            left, top, right, bottom = range_boundaries(table.ref)
            assert table.autoFilter is not None and left == 1 and bottom > top
            # Of a list wider than a screen its names stay, too, at the left.
            names = {2: "C", 3: "D"}.get(sheet_names(sheet, top)) if right >= 17 else "A"
            assert frozen == f"{names}{top + 1}" and sheet.print_title_rows == f"${top}:${top}"
            assert [column.name for column in table.tableColumns] == \
                [sheet.cell(top, column).value for column in range(left, right + 1)]
            lists += 1
        if sheet.auto_filter.ref:
            lists += 1
            assert frozen
    assert lists >= 2


def test_no_table_is_empty(path):
    """A head with nothing below it: neither a row nor a sentence."""
    for sheet in openpyxl.load_workbook(path):
        for row in range(1, sheet.max_row + 1):
            cell = sheet.cell(row, 1)
            if cell.value and cell.font.b and cell.font.color.rgb.endswith(HEAD):
                assert any(sheet.cell(row + 1, column).value is not None for column in range(1, sheet.max_column + 1)), \
                    (sheet.title, cell.coordinate)


# --- paper ------------------------------------------------------------------------------------------------------------

def width_px(sheet, columns):
    widths = {}
    for letter, dimension in sheet.column_dimensions.items():
        first = dimension.min or openpyxl.utils.column_index_from_string(letter)
        for column in range(first, (dimension.max or first) + 1):
            widths[column] = dimension.width
    return sum(widths[column] * CHARACTER_PX if column in widths else DEFAULT_PX for column in range(1, columns + 1))


def test_sheets_are_printed_on_a4_as_wide_as_the_paper(path):
    book = openpyxl.load_workbook(path)
    for sheet in book:
        setup = sheet.page_setup
        assert int(setup.paperSize) == 9 and sheet.sheet_properties.pageSetUpPr.fitToPage
        # As wide as the paper and as long as it is; a long list as wide as two, its names on both; a sheet of several
        # tables that is little longer than a page fits it.
        wide, high = setup.fitToWidth or 1, 1 if setup.fitToHeight is None else int(setup.fitToHeight)
        assert wide in (1, 2) and high in (0, 1) and (wide, high) != (2, 1), sheet.title
        assert wide == 1 or (sheet.print_title_cols and sheet.print_title_cols[-1] == chr(
            openpyxl.utils.cell.coordinate_from_string(sheet.freeze_panes)[0].encode()[0] - 1)), sheet.title
        assert high == 0 or not (sheet.tables or sheet.freeze_panes), sheet.title
        assert sheet.oddHeader.right.text == sheet.title.replace("&", "&&") and "&P" in sheet.oddFooter.right.text
        area = sheet.print_area[0] if isinstance(sheet.print_area, list) else sheet.print_area
        _, _, right, bottom = range_boundaries(area.split("!")[-1].replace("$", ""))
        assert right >= sheet.max_column and bottom >= sheet.max_row
        for chart in sheet._charts:  # pylint: disable=protected-access
            assert chart.anchor.to.col < right, sheet.title
        scale = wide * PAGE_PX[setup.orientation or "portrait"] / width_px(sheet, right)
        assert scale >= (SMALLEST_SCALE if sheet.max_column > 18 else 0.6), (sheet.title, round(scale, 2))


def shown(value, number_format):
    """How long a number is when it is printed by its format; by hand, not by the program's rule."""
    if isinstance(value, datetime.datetime):
        return len("2026-10-01 00:00") if "hh" in number_format else len("2026-10-01") if "dd" in number_format else 7
    part = number_format.split(";")[0 if value >= 0 else min(1, number_format.count(";"))]
    literal = "".join(re.findall(r'"([^"]*)"', part))
    bare = re.sub(r'"[^"]*"', "", part)
    if bare.startswith("General"):
        return len(repr(value)) if isinstance(value, int) else len(f"{value:.6f}".rstrip("0"))
    digits = len(re.search(r"\.(0*)", bare).group(1)) if "." in bare else 0
    text = f"{abs(value) * (100 if '%' in bare else 1):{',' if ',' in bare else ''}.{digits}f}"
    sign = 1 if value < 0 or bare.startswith("+") else 0
    return len(text) + sign + bare.count("%") + sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in literal)


def test_no_number_is_wider_than_its_column(path):
    book = openpyxl.load_workbook(path, data_only=True)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if not isinstance(cell.value, (int, float, datetime.datetime)) or isinstance(cell.value, bool):
                    continue
                width = sheet.column_dimensions[get_column_letter(cell.column)].width
                assert shown(cell.value, cell.number_format) <= width, (sheet.title, cell.coordinate, cell.value)


def test_texts_have_the_lines_they_need(path):
    """What is wider than its cell wraps, in a row that is high enough or as high as it needs."""
    for sheet in openpyxl.load_workbook(path):
        merged = {area.start_cell.coordinate: area for area in sheet.merged_cells.ranges}
        for row in sheet.iter_rows():
            for cell in row:
                if not isinstance(cell.value, str) or not cell.alignment.wrap_text:
                    continue
                area = merged.get(cell.coordinate)
                last = area.max_col if area else cell.column
                width = sum(sheet.column_dimensions[get_column_letter(column)].width
                            for column in range(cell.column, last + 1))
                length = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in cell.value)
                size = cell.font.sz / 11
                lines = math.floor(length * size / width)
                height = sheet.row_dimensions[cell.row].height
                assert height is None or height >= min(409, lines * 12 * size), (sheet.title, cell.coordinate)


@pytest.mark.parametrize("sample", [("single", 6), ("platform", PLATFORM), ("survey", "zh-CN")],
                         ids=lambda sample: "-".join(map(str, sample)))
def test_libreoffice_prints_every_sheet_whole(program, sample_db, tool, tmp_path, sample):
    edition, which = sample
    path = make_survey(program, sample_db, tmp_path, which) if edition == "survey" else \
        reports.folder_of(reports.sample_run(program, sample_db), which, edition=edition) / "report.xlsx"
    subprocess.run([tool("soffice"), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to",
                    "pdf:calc_pdf_Export", "--outdir", tmp_path, path], capture_output=True, timeout=300, check=True)
    text = subprocess.run(["pdftotext", "-layout", tmp_path / f"{path.stem}.pdf", "-"], capture_output=True, check=True,
                          encoding="utf-8").stdout
    assert "###" not in text and "Err:" not in text and "#REF!" not in text
    pages = [page.splitlines()[0] for page in text.split("\f") if page.strip()]
    book = openpyxl.load_workbook(path)
    for sheet in book:
        count = sum(re.sub(r"\s", "", page).endswith(re.sub(r"\s", "", sheet.title)) for page in pages)
        # A page holds some 30 rows at least; a sheet of several tables may begin some of them on a new page.
        assert 1 <= count <= 3 + sheet.max_row / 30, (sheet.title, count)


# --- mistakes ---------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("file, right, wrong, said", [
    ("sheet_charts.ini", "kind = stack", "kind = layers", "sheet_charts.ini:6: 'kind' in [sheet_chart energy_by_day] is"),
    ("sheet_charts.ini", "table = days", "table = dayz", "'table' in [sheet_chart energy_by_day] names no table"),
    ("sheet_charts.ini", "categories = date", "categories = dates",
     "'categories' in [sheet_chart energy_by_day] is 'dates', which is no column of table 'days'"),
    ("sheet_charts.ini", "title = energy.by_day", "title = energy.by_dog", "energy.by_dog"),
    ("sheet_charts.ini", "[series energy_by_day.deep]", "[series energy_by_day.deeper]",
     "series 'energy_by_day.deeper': expected a chart's name and a column of its table"),
    ("sheet_charts.ini", "role = slot.deep", "role = slot.deeper", "'role' in [series energy_by_day.deep] names no colour"),
    ("sheet_charts.ini", "[series slot_share.energy]\nrole = accent\n", "", "chart 'slot_share' has no [series slot_share"),
    ("editions/single.ini", "charts = bill_months, bill_parts", "charts = bill_months, bill_bits",
     "'charts' in [sheet bill] names no chart 'bill_bits' of sheet_charts.ini"),
    ("editions/single.ini", "charts_above = basic_ways", "charts_above = figures",
     "'charts_above' in [sheet savings] is 'figures', which is none of its tables")])
def test_mistakes_in_charts_are_refused_by_file_and_key(program, sample_db, tmp_path, file, right, wrong, said):
    path = reports.copy_templates(tmp_path) / file
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    settings = reports.write_settings(tmp_path, templates={"folder": "templates", "charts": "charts"})
    done = program("run", "--config", settings or tmp_path / "report.ini", "--db", sample_db, "--month",
                   reports.SAMPLE_MONTH, "--now", reports.SAMPLE_NOW, "--tenant", "1", "--out", tmp_path / "out")
    assert done.returncode == 2 and said in done.stderr, done.stderr
