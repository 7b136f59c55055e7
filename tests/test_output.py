"""The painters, looked at with other programs: qpdf and poppler, librsvg, openpyxl and LibreOffice. The small document
of tests/unit/painted.c is painted by build/tools/paint_sample."""

import csv
import datetime
import json
import os
import pathlib
import re
import shutil
import subprocess

import openpyxl
from PIL import Image, ImageChops, ImageDraw
import pytest

from servers import processes

ROOT = processes.ROOT
WENQUANYI = pathlib.Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")
RESOLUTION = 150  # as paint_sample's PICTURE_SCALE
TOLERANCE = 40    # of 255, mean of a cell: two renderers differ by 20, a missing glyph by more than 100
CELL = 12         # pixels

LINES = [
    "电能质量月报 2026年10月",
    "23日用电4,757 kWh最多，（峰谷差）605.24 kW。",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz",
    "0123456789 +−±×÷ %‰ ℃ ²³ ≤≥",
    "Ω \u2126 \u00b5 \u03bc kgce/kWh \\ ( ) < > [ ] { } / #",
    "\U00020087字 U+20087 缅甸",
    "变压器、互感器、断路器、隔离开关、避雷器、电容器、电抗器、母线、电缆、绝缘子",
    "粗体and regular细体 12.5%",
    "and regular细体",
]


def run(*command, **more):
    done = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, timeout=300, check=False,
                          **more)
    assert done.returncode == 0, f"{command}: {done.stderr.decode(errors='replace')}"
    return done


def quiet(*command):
    """Standard output of a command that must have nothing to complain of."""
    done = run(*command)
    assert done.stderr == b"", done.stderr.decode(errors="replace")
    return done.stdout.decode("utf-8")


def paint(build, folder, *font):
    folder.mkdir(parents=True, exist_ok=True)
    run(build / "tools" / "paint_sample", folder, *font, env={**os.environ, "BUILD": str(build)})
    return folder


@pytest.fixture(scope="module")
def sample(build, tmp_path_factory):
    return paint(build, tmp_path_factory.mktemp("painted"))


@pytest.fixture(scope="module", params=["noto", "wenquanyi"])
def painted(request, build, sample, tmp_path_factory):
    """Also from a TTC whose glyphs are made of others, which libharu's own loader leaves blank."""
    if request.param == "noto":
        return sample
    assert WENQUANYI.exists(), f"{WENQUANYI} is missing: make deps installs fonts-wqy-microhei"
    return paint(build, tmp_path_factory.mktemp("wenquanyi"), WENQUANYI)


def test_the_same_document_makes_the_same_bytes(build, sample, tmp_path):
    again = paint(build, tmp_path / "again")
    names = sorted(path.name for path in sample.iterdir())
    assert names == ["page1.png", "page1.svg", "page2.png", "page2.svg", "sample.pdf", "sample.xlsx"]
    for name in names:
        assert (sample / name).read_bytes() == (again / name).read_bytes(), name


# --- PDF --------------------------------------------------------------------------------------------------------------

def test_the_pdf_is_well_formed(painted):
    said = quiet("qpdf", "--check", painted / "sample.pdf")
    assert "No syntax or stream encoding errors found" in said


def test_every_font_is_an_embedded_subset_with_a_map_to_unicode(painted):
    rows = quiet("pdffonts", painted / "sample.pdf").splitlines()[2:]
    assert len(rows) == 2
    for row in rows:
        assert re.match(r"[A-Z]{6}\+\S+\s+CID TrueType\s+Identity-H\s+yes yes yes ", row), row


def test_the_texts_come_back_exactly(painted):
    said = quiet("pdftotext", painted / "sample.pdf", "-")
    assert [line for line in said.replace("\f", "").splitlines() if line] == LINES


def difference(a, b):
    """The largest difference of two pages' mean darkness in any cell."""
    assert a.size == b.size
    return ImageChops.difference(a.reduce(CELL), b.reduce(CELL)).getextrema()[1]


def pages(painted, tmp_path, number):
    quiet("pdftoppm", "-r", RESOLUTION, "-png", painted / "sample.pdf", tmp_path / "pdf")
    return Image.open(painted / f"page{number}.png").convert("L"), Image.open(tmp_path / f"pdf-{number}.png").convert("L")


@pytest.mark.parametrize("number", [1, 2])
def test_the_pdf_shows_what_the_picture_shows(painted, tmp_path, number):
    picture, page = pages(painted, tmp_path, number)
    assert difference(picture, page) <= TOLERANCE


def test_a_missing_glyph_would_be_seen(sample, tmp_path):
    picture, page = pages(sample, tmp_path, 1)
    # poppler writes the title into this form as it is in the file, in UTF-16.
    words = run("pdftotext", "-bbox", sample / "sample.pdf", "-").stdout.decode("utf-8", errors="replace")
    box = re.search(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">变压器', words)
    left, top, right, bottom = (float(part) * RESOLUTION / 72 for part in box.groups())
    one = (right - left) / 38  # of its 38 characters
    ImageDraw.Draw(picture).rectangle((left + one, top, left + 2 * one, bottom), fill=255)
    assert difference(picture, page) > TOLERANCE


def test_the_svg_shows_what_the_png_shows(sample, tmp_path):
    for number in (1, 2):
        quiet("rsvg-convert", "-d", RESOLUTION, "-p", RESOLUTION, sample / f"page{number}.svg", "-o", tmp_path / "page.png")
        drawn = Image.open(tmp_path / "page.png").convert("L")
        picture = Image.open(sample / f"page{number}.png").convert("L")
        assert difference(picture, drawn.crop((0, 0, *picture.size))) <= TOLERANCE


def test_metadata_links_and_outline(sample):
    said = quiet("pdfinfo", sample / "sample.pdf")
    fields = dict(re.split(r":\s+", line, maxsplit=1) for line in said.splitlines() if ": " in line)
    assert fields["Title"] == "电能质量月报 \U00020087"
    assert fields["Author"] == "某电力服务公司"
    assert fields["Subject"] == "2026-10"
    assert re.fullmatch(r"powerreport \d+\.\d+\.\d+", fields["Creator"])
    assert fields["CreationDate"].startswith("Wed Nov  4 00:00:00 2026")
    assert fields["Pages"] == "2"
    assert "595.28 x 841.89 pts (A4)" in fields["Page size"]

    objects = json.loads(quiet("qpdf", "--json=1", "--json-key=objects", sample / "sample.pdf"))["objects"]
    found = [value for value in objects.values() if isinstance(value, dict)]
    (catalog,) = [value for value in found if value.get("/Type") == "/Catalog"]
    assert catalog["/Lang"] == "zh-CN" and catalog["/PageMode"] == "/UseOutlines"
    # The link on page 1: no border, to the anchor at y = 80 of page 2, with the reader's zoom.
    (link,) = [value for value in found if value.get("/Subtype") == "/Link"]
    assert link["/Border"] == [0, 0, 0]
    assert link["/Rect"] == pytest.approx([56, 841.89 - 84, 256, 841.89 - 60], abs=0.01)
    place = objects[link["/Dest"]]
    assert place[1:3] == ["/XYZ", None] and place[4] is None and place[3] == pytest.approx(841.89 - 80, abs=0.01)
    assert place[0] == objects[catalog["/Pages"]]["/Kids"][1]

    outline = quiet("qpdf", "--json=1", "--json-key=outlines", sample / "sample.pdf")
    tree = json.loads(outline)["outlines"]
    assert [(entry["title"], entry["destpageposfrom1"], entry["dest"][1:3] + entry["dest"][4:]) for entry in tree] == [
        ("第一章 \U00020087 overview", 1, ["/XYZ", None, None]), ("第二章", 2, ["/XYZ", None, None])]
    assert [(kid["title"], kid["destpageposfrom1"]) for kid in tree[0]["kids"]] == [("图形", 2)]
    assert tree[1]["kids"] == []


# --- the workbook -----------------------------------------------------------------------------------------------------

def test_the_workbook_holds_the_cells(sample):
    book = openpyxl.load_workbook(sample / "sample.xlsx")
    assert book.sheetnames == ["概览", "明细"]
    assert book.properties.title == "电能质量月报 \U00020087"
    assert book.properties.created == datetime.datetime(2026, 11, 4)

    first, second = book["概览"], book["明细"]
    assert [cell.value for cell in first[3]] == ["日期", "电量 (kWh)", "说明", "时刻"]
    assert [cell.value for cell in first[4]] == [
        "2026-10-01", 1000.25, "\U00020087 <&>", datetime.datetime(2026, 10, 1, 12)]
    assert first["C5"].value == "=1+1" and first["C5"].data_type == "s"
    assert first["A17"].value == '=HYPERLINK("x")' and first["A17"].data_type == "s"
    assert first["B4"].number_format == "#,##0.00" and first["D4"].number_format == "yyyy-mm-dd hh:mm"
    assert first["A8"].font.bold and first["A8"].border.top.style == "thin" and not first["A7"].font.bold
    assert first["B3"].font.bold and first["B3"].alignment.horizontal == "right"
    assert first.freeze_panes is None and not first.tables

    assert second.freeze_panes == "A4" and second.print_title_rows == "$3:$3"
    (table,) = second.tables.values()
    assert table.ref == "A3:D43" and table.autoFilter.ref == "A3:D43"
    assert second["B8"].value is None  # not a number
    assert [second.cell(row, 2).value for row in (4, 43)] == [1000.25, 1039.25]
    assert second.page_setup.paperSize == 9 and second.page_setup.fitToHeight == 0
    assert second.oddHeader.left.text == "电能质量月报 \U00020087" and second.oddFooter.right.text == "&P / &N"


def test_libreoffice_reads_the_workbook(sample, tmp_path):
    office = shutil.which("soffice")
    assert office, "soffice is missing: make deps-check installs libreoffice-calc-nogui"
    run(office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to",
        'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2', "--outdir", tmp_path,
        sample / "sample.xlsx")
    (path,) = tmp_path.glob("*.csv")
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    assert rows[2] == ["日期", "电量 (kWh)", "说明", "时刻"]
    assert [rows[3][0], float(rows[3][1]), rows[3][2]] == ["2026-10-01", 1000.25, "\U00020087 <&>"]
    assert rows[3][3].startswith("2026-10-01 12:00")
    assert rows[7][1] == ""  # not a number
    assert rows[4][2] == "=1+1"
    assert len(rows) == 43
