"""The documents of whole runs as other programs see them: qpdf, poppler, openpyxl, LibreOffice; and their layout
against tests/cases/run-*."""

import datetime
import difflib
import hashlib
import io
import json
import os
import pathlib
import re
import subprocess
from decimal import Decimal

from PIL import Image, ImageChops
import openpyxl
import pytest

import reports

ROOT = reports.ROOT
CASES = ROOT / "tests" / "cases"
PAPER_PT = (595.28, 841.89)
HEADER_PT, FOOTER_PT = 60, 780     # between them is the page's own
SIZE_MAX = {"report.pdf": 500_000, "report.xlsx": 600_000}  # bytes; a row a quarter of every incomer takes 90
QUARTERS = {6: 2980}               # the end of summer time; 2976 otherwise


@pytest.fixture(params=[*reports.SAMPLE_TENANTS, "real"])
def folder(request, program, sample_db):
    """The folder of a report: the sample month of a tenant, or March 2018 of the measured data."""
    if request.param != "real":
        return reports.folder_of(reports.sample_run(program, sample_db), request.param)
    data = request.getfixturevalue("shared_data")
    return reports.folder_of(reports.real_run(program, data), 1, "2018-03")


@pytest.fixture
def pdf(folder):
    return folder / "report.pdf"


def squeezed(text):
    """Without any white space: line breaks are the layout's."""
    return re.sub(r"\s+", "", text)


# --- PDF --------------------------------------------------------------------------------------------------------------

def structure(pdf):
    """Of qpdf's JSON: pages in order (object names), the outline flattened, and every object."""
    read = json.loads(reports.run_tool("qpdf", "--json=2", pdf))
    objects = {name: part for name, part in read["qpdf"][1].items() if name.startswith("obj:")}
    pages = [page["object"] for page in read["pages"]]

    def flatten(entries):
        for entry in entries:
            yield entry["title"], entry["destpageposfrom1"], bool(entry["kids"])
            yield from flatten(entry["kids"])

    return pages, list(flatten(read["outlines"])), objects


def test_qpdf_and_poppler_have_nothing_to_complain_of(pdf):
    said = reports.run_tool("qpdf", "--check", pdf).decode("utf-8")
    assert "No syntax or stream encoding errors found" in said and "WARNING" not in said
    info = dict(line.split(":", 1) for line in reports.run_tool("pdfinfo", pdf).decode("utf-8").splitlines())
    report = reports.read_json(pdf.parent)
    assert report["tenant"]["name"] in info["Title"] and info["Author"].strip()
    assert info["Encrypted"].strip() == "no" and "A4" in info["Page size"]
    cutoff = datetime.datetime.fromisoformat(report["cutoff"]).astimezone(datetime.timezone.utc)
    made = reports.run_tool("pdfinfo", "-isodates", pdf).decode("utf-8")
    (created,) = re.findall(r"(?m)^CreationDate:\s+(\S+)$", made)
    created = re.sub(r"([+-]\d\d)$", r"\1:00", created.replace("Z", "+00:00"))
    assert datetime.datetime.fromisoformat(created).astimezone(datetime.timezone.utc) == cutoff


def test_every_font_is_embedded_as_a_subset_with_a_way_back_to_unicode(pdf):
    lines = reports.run_tool("pdffonts", pdf).decode("utf-8").splitlines()[2:]
    assert lines
    for line in lines:
        assert re.match(r"^[A-Z]{6}\+", line), line
        assert re.search(r"\syes yes yes\s", line), line


def test_every_page_but_the_cover_says_its_number_of_all(pdf):
    pages = reports.page_texts(pdf)
    assert len(pages) >= 5
    assert not re.search(rf"\b1\s*/\s*{len(pages)}\b", pages[0])
    for number, page in enumerate(pages[1:], 2):
        assert re.search(rf"\s{number}\s*/\s*{len(pages)}$", page.rstrip()), number
    name = reports.read_json(pdf.parent)["tenant"]["name"]
    assert all(name in page.lstrip().splitlines()[0] for page in pages[1:])


def test_the_outline_and_the_contents_lead_to_the_pages_where_the_titles_stand(pdf):
    pages, outline, objects = structure(pdf)
    texts = reports.page_texts(pdf)
    raw = [squeezed(page) for page in reports.run_tool("pdftotext", "-raw", pdf, "-").decode("utf-8").split("\f")]
    assert len(outline) >= 10 and outline == sorted(outline, key=lambda entry: entry[1])
    links = {name: part["value"] for name, part in objects.items()
             if isinstance(part.get("value"), dict) and part["value"].get("/Subtype") == "/Link"}
    targets = []
    listed = []
    for number, page in enumerate(pages, 1):
        annotations = objects[f"obj:{page}"]["value"].get("/Annots", [])
        if annotations:
            listed.append(number)
        for annotation in annotations:
            destination = links.pop(f"obj:{annotation}")["/Dest"]
            if isinstance(destination, str):
                destination = objects[f"obj:{destination}"]["value"]
            targets.append(pages.index(destination[0]) + 1)
    assert not links, "a link on no page"
    # The contents' come first; those behind them stand in sentences (tests/test_layout.py reads what these say).
    assert targets[:len(outline)] == [page for _, page, _ in outline] and listed[0] == 2
    front = range(2, min(outline, key=lambda entry: entry[1])[1])
    contents = "".join(raw[number - 1] for number in front)  # each entry as it was drawn: number, lines, page
    for title, page, _ in outline:
        assert squeezed(title) + str(page) in contents, title
        words = squeezed(title.split(" ", 2)[2] if re.match(r"(Table|Figure) ", title) else title.split(" ", 1)[1])
        assert words in raw[page - 1], (title, page)


def test_the_text_is_words_and_figures_alone(pdf):
    text = "\n".join(reports.page_texts(pdf))
    assert "\ufffd" not in text
    assert not re.search(r"[\x00-\x08\x0b\x0e-\x1f]", text)
    wrong = re.findall(r"(?m)^.*(?:[{}$]|\bnan\b|\binf\b|\bnull\b|\(null\)|%[sd]\b|\b-0\.0).*$", text, re.IGNORECASE)
    assert wrong == []
    empty_brackets = re.findall(r"（\s*）|\(\s*\)|，\s*，|,\s*,|。\s*。", text)
    assert empty_brackets == []


def test_no_page_is_empty(pdf):
    """Ink between header and footer, at 20 dots an inch."""
    pictures = render(pdf, 20)
    assert len(pictures) == len(reports.page_texts(pdf))
    for number, picture in enumerate(pictures, 1):
        grey = picture.convert("L")
        width, height = grey.size
        band = grey.crop((0, round(height * HEADER_PT / PAPER_PT[1]), width, round(height * FOOTER_PT / PAPER_PT[1])))
        ink = sum(band.histogram()[:200])
        assert ink > 0.005 * band.width * band.height, f"page {number}: {ink} dark pixels"


def render(pdf, resolution, first=1, last=None):
    """Pages as pictures, by poppler."""
    count = last - first + 1 if last else int(re.search(
        r"Pages:\s+(\d+)", reports.run_tool("pdfinfo", pdf).decode("utf-8"))[1])
    return [Image.open(io.BytesIO(reports.run_tool("pdftoppm", "-r", resolution, "-f", number, "-l", number, pdf)))
            for number in range(first, first + count)]


def test_each_file_is_small_enough_to_send(folder):
    """The PDF and the workbook, which are mailed; the JSON holds every quarter-hour of every series."""
    for name, most in SIZE_MAX.items():
        assert (folder / name).stat().st_size <= most, name


@pytest.mark.parametrize("tenant", (1, 2, 3, 4, 6))
def test_a_site_is_told_in_twelve_to_twenty_pages_and_two_fonts(program, sample_db, tenant):
    """Plants of 6 to 11 points with everything measured; regular and bold, both embedded."""
    pdf = reports.folder_of(reports.sample_run(program, sample_db), tenant) / "report.pdf"
    assert 12 <= int(re.search(r"Pages:\s+(\d+)", reports.run_tool("pdfinfo", pdf).decode("utf-8"))[1]) <= 20
    fonts = reports.run_tool("pdffonts", pdf).decode("utf-8").splitlines()[2:]
    assert sorted(font.split()[0].split("+")[-1] for font in fonts) == ["NotoSansSC-Bold", "NotoSansSC-Regular"]
    assert all(font.split()[-5:-2] == ["yes", "yes", "yes"] for font in fonts), fonts  # embedded, subset, with Unicode


# --- the workbook -----------------------------------------------------------------------------------------------------

LOOKS_LIKE_A_NUMBER = re.compile(r"[-−+]?[\d,]+(\.\d+)?\s*%?")


def test_the_workbooks_numbers_are_numbers_with_formats(folder):
    book = openpyxl.load_workbook(folder / "report.xlsx", data_only=True)
    tariffs = {str(line["tariff"]) for project in reports.read_json(folder)["projects"]
               for line in project["bill_lines"]}  # ids stay texts
    for sheet in book:  # those of earlier months, too
        for column in sheet.iter_cols(values_only=True):
            heads = [row for row, value in enumerate(column) if value in ("Tariff", "电价编号")]
            tariffs.update(value for value in column[heads[0]:] if value) if heads else None
    names = book.sheetnames
    assert len(names) >= 8 and len(set(name.casefold() for name in names)) == len(names)
    findings = names[-2]
    for sheet in book:
        assert 1 <= len(sheet.title) <= 31 and not set(sheet.title) & set("[]:*?/\\")
        assert sheet.max_row > 1
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "e", (sheet.title, cell.coordinate)
                if isinstance(cell.value, datetime.datetime):
                    assert "yy" in cell.number_format, (sheet.title, cell.coordinate)
                elif isinstance(cell.value, str) and sheet.title != findings and cell.value not in tariffs:
                    assert not LOOKS_LIKE_A_NUMBER.fullmatch(cell.value), (sheet.title, cell.coordinate, cell.value)
    formats = {cell.number_format for row in book[names[2]].iter_rows() for cell in row
               if isinstance(cell.value, float)}
    assert any(number_format.startswith("#,##0.00") for number_format in formats)


def test_the_workbooks_quarters_add_up_to_the_month(folder):
    report = reports.read_json(folder, parse_float=Decimal, parse_int=Decimal)
    sheet = openpyxl.load_workbook(folder / "report.xlsx", data_only=True).worksheets[-3]
    rows = list(sheet.iter_rows(min_row=3, values_only=True))  # one a quarter of every incomer
    expected = QUARTERS.get(report["tenant"]["id"], 2976)
    quarters = {row[0]: row[1] for row in rows}
    assert sorted(quarters) == list(range(1, expected + 1))
    figures = report["findings"]
    for column, name in ((3, "energy.total"), (4, "energy.reactive.lag"), (5, "energy.reactive.lead")):
        total = sum(Decimal(repr(row[column])) for row in rows if row[column] is not None)
        if name == "energy.total" or figures["coverage.rate"]["value"] == 1:
            assert total == figures[name]["value"], name
    assert max(row[6] for row in rows if row[6] is not None) == float(figures["demand.max"]["value"])
    assert len(rows) == figures["coverage.expected"]["value"]
    assert sum(row[3] is not None for row in rows) == figures["coverage.measured"]["value"]
    times = [quarters[number] for number in sorted(quarters)]
    assert times[0].time() == datetime.time(0, 0) and times[0].day == 1 and times[-1].time() == datetime.time(23, 45)
    steps = [round((after - before).total_seconds() / 60) for before, after in zip(times, times[1:])]
    assert sorted(steps)[1:] == [15] * (len(steps) - 1) and steps.count(-45) == (1 if expected == 2980 else 0)


def test_the_workbook_lists_every_finding_of_the_json(folder):
    report = reports.read_json(folder)
    (project,) = report["projects"]
    wanted = [(name, finding["value"], finding["unit"], finding["text"])
              for scope in (report, *project["points"], *project["transformers"], *project["sensors"])
              for name, finding in scope["findings"].items()]
    assert len(wanted) > 50
    rows = list(reports.workbook(folder).worksheets[-2].iter_rows(min_row=3, values_only=True))
    found = [(row[1], row[2], row[3], row[-1]) for row in rows]  # the printed text stands last
    missing = [finding for finding in wanted if finding not in found]
    assert missing == []


def test_libreoffice_makes_a_pdf_of_the_workbook(program, sample_db, tool, tmp_path):
    folder = reports.folder_of(reports.sample_run(program, sample_db), 1)
    done = subprocess.run([tool("soffice"), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
                           "--convert-to", "pdf:calc_pdf_Export", "--outdir", tmp_path, folder / "report.xlsx"],
                          capture_output=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    text = subprocess.run(["pdftotext", "-layout", tmp_path / "report.pdf", "-"], capture_output=True, check=True,
                          encoding="utf-8").stdout
    total = reports.read_json(folder)["findings"]["bill.total"]["text"]
    assert total in text and "###" not in text and "Err:" not in text and "#VALUE!" not in text


# --- layout and pictures against what was expected (make golden writes them anew) -------------------------------------

GOLDEN = bool(os.environ.get("POWERREPORT_GOLDEN"))
LAYOUTS = {"run-plant": 1, "run-berlin": 6}
PICTURED = {"run-plant": (1, 3, 4)}  # pages
RESOLUTION = 40                      # dots an inch
PIXEL_TOLERANCE = 24                 # of 255: what another build of the same rasteriser may differ in a pixel
PIXELS_ALLOWED = 20                  # of some 150,000


def need_pinned_fonts():
    """Places and pictures are those of the pinned fonts."""
    pinned = dict(reversed(line.split()) for line in (ROOT / "fonts" / "SHA256SUMS").read_text().splitlines() if line)
    for path in reports.NOTO.values():
        if not path.exists():
            pytest.skip(f"{path.name} is not there: the fallback font is in use, whose places differ")
        assert hashlib.sha256(path.read_bytes()).hexdigest() == pinned[path.name], path


@pytest.mark.parametrize("case", LAYOUTS)
def test_golden_layout(case, build, sample_db, tmp_path):
    need_pinned_fonts()
    path = CASES / case / "layout.txt"
    done = subprocess.run([build / "tools" / "dump_layout", reports.write_settings(tmp_path), sample_db,
                           str(LAYOUTS[case]), reports.SAMPLE_MONTH, reports.SAMPLE_NOW],
                          capture_output=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    found = done.stdout.decode("utf-8").replace(str(ROOT), "ROOT")
    if GOLDEN:
        path.parent.mkdir(exist_ok=True)
        path.write_text(found, encoding="utf-8")
    expected = path.read_text(encoding="utf-8")
    difference = list(difflib.unified_diff(expected.splitlines(), found.splitlines(), "expected", "found", n=2,
                                           lineterm="")) if found != expected else []
    if difference:
        pytest.fail("\n".join([*difference[:60], f"… {len(difference)} lines; make golden writes it anew"]),
                    pytrace=False)


@pytest.mark.parametrize("case, page", [(case, page) for case, pages in PICTURED.items() for page in pages])
def test_golden_picture(case, page, program, sample_db):
    need_pinned_fonts()
    folder = reports.folder_of(reports.sample_run(program, sample_db), LAYOUTS[case])
    (picture,) = render(folder / "report.pdf", RESOLUTION, page, page)
    path = CASES / case / f"page-{page}.png"
    if GOLDEN:
        path.parent.mkdir(exist_ok=True)
        picture.save(path, optimize=True)
    expected = Image.open(path).convert("RGB")
    picture = picture.convert("RGB")
    assert picture.size == expected.size
    differences = ImageChops.difference(picture, expected)
    largest = max(high for _, high in differences.getextrema())
    red, green, blue = differences.split()
    worst = ImageChops.lighter(ImageChops.lighter(red, green), blue).histogram()
    wrong = sum(worst[PIXEL_TOLERANCE + 1:])
    if wrong > PIXELS_ALLOWED:
        kept = pathlib.Path(os.environ.get("BUILD", ROOT / "build")) / f"{case}-page-{page}.png"
        picture.save(kept)
        pytest.fail(f"{wrong} pixels differ by more than {PIXEL_TOLERANCE}, the worst by {largest}: see {kept}")
