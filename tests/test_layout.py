"""Every page of the sample's, the measured and the awkward customers' reports, checked as a layout."""

import concurrent.futures
import json
import os
import pathlib
import re
import subprocess

import pytest

import edge_store
import layout
import management_store
import reports
from servers import processes

SAMPLE_TENANTS = (1, 2, 3, 4, 5, 6)
SAMPLE_MONTHS = ("2025-10", "2026-02", "2026-03", "2026-10")
SAMPLE_NOW = "2026-11-04T00:00:00Z"
REAL_MONTHS = ((1, "2018-01"), (1, "2018-03"), (1, "2018-08"), (1, "2018-09"), (2, "2019-06"), (2, "2019-09"),
               (2, "2019-11"))
REAL_NOW = "2020-01-03T00:00:00Z"


@pytest.fixture(scope="module")
def edge_db():
    def make():
        path = processes.state_folder() / "edge.db"
        path.unlink(missing_ok=True)
        return str(edge_store.make(path))

    return pathlib.Path(processes.once("edge-store", make))


@pytest.fixture
def dump(build, root):
    tool = build / "tools" / "dump_layout"
    assert tool.exists(), f"{tool} is missing: run make unit"

    def run(store, tenant, month, now):
        done = subprocess.run([tool, "report.ini", store, str(tenant), month, now], cwd=root, capture_output=True,
                              text=True, encoding="utf-8", timeout=120, check=False)
        assert done.returncode == 0, f"tenant {tenant}, {month}: {done.stderr}"
        return done.stdout

    return run


def check(dump, jobs):
    """Dumps two at a time; every fault of every report in one message."""
    with concurrent.futures.ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        dumps = list(pool.map(lambda job: dump(*job), jobs))
    faults = []
    for (_, tenant, month, _), text in zip(jobs, dumps):
        pages = layout.read(text)
        assert len(pages) >= 3, f"tenant {tenant}, {month}: {len(pages)} pages"
        faults += [f"tenant {tenant}, {month}, {fault}" for fault in layout.faults(pages)]
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults[:30])


@pytest.mark.parametrize("month", SAMPLE_MONTHS)
def test_the_samples_pages_are_good(dump, sample_db, month):
    check(dump, [(sample_db, tenant, month, SAMPLE_NOW) for tenant in SAMPLE_TENANTS])


def test_the_samples_pages_are_full(dump, sample_db):
    """All of them but the last nine tenths on average, none less than three fifths; a plant of ten points in 12 to 20
    pages."""
    fills, lengths = [], {}
    for tenant in SAMPLE_TENANTS:
        pages = layout.read(dump(sample_db, tenant, "2026-10", SAMPLE_NOW))
        fills += layout.fill_of(pages)
        lengths[tenant] = len(pages)
    assert sum(fills) / len(fills) > 0.9, f"mean {sum(fills) / len(fills):.3f}"
    assert min(fills) >= 0.6, sorted(fills)[:5]
    assert all(12 <= length <= 20 for length in lengths.values()), lengths


def test_words_point_to_what_the_editions_have(root):
    names = set()
    for path in [*root.glob("templates/editions/*.ini"), root / "templates/survey.ini"]:
        chapter = None
        for kind, name in re.findall(r"^\[(chapter|block) (\w+)\]", path.read_text(encoding="utf-8"), re.M):
            chapter = name if kind == "chapter" else chapter
            names.add(name if kind == "chapter" else f"{chapter}.{name}")
    asked = [(path.name, target) for path in root.glob("templates/words/*.ini")
             for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")
             for target in re.findall(r"\{see ([^}]*)\}", line)]
    assert len(asked) >= 10
    assert not [found for found in asked if found[1] not in names]


def test_words_type_no_space_between_scripts(root):
    found = [f"{path.name}: {line}" for path in root.glob("templates/words/zh-CN*.ini")
             if "explain" not in path.name and "index" not in path.name  # a browser sets no space of its own
             for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")
             for text in [re.sub(r"\{[^}]*\}", "", line.partition(" = ")[2] or line.strip())]
             if re.search(f"{layout.HAN} [A-Za-z0-9]|[A-Za-z0-9] {layout.HAN}", text)]
    assert not found, "\n".join(found)


def annotations(path):
    """Of a PDF: what its links lead to, as (page of the link, page that it leads to)."""
    done = subprocess.run(["qpdf", "--json=2", "--json-key=qpdf", "--json-key=pages", path], capture_output=True, text=True,
                          check=True)
    whole = json.loads(done.stdout)
    objects = {key[4:]: value.get("value", value.get("stream", {}).get("dict"))
               for key, value in whole["qpdf"][1].items() if key.startswith("obj:")}
    numbers = {page["object"]: index + 1 for index, page in enumerate(whole["pages"])}

    def resolve(value):
        return objects[value] if isinstance(value, str) and re.fullmatch(r"\d+ \d+ R", value) else value

    for page, number in numbers.items():
        for annotation in resolve(resolve(page).get("/Annots", [])):
            yield number, numbers[resolve(resolve(annotation)["/Dest"])[0]]


def test_the_pdfs_links_lead_where_the_layout_says(dump, sample_db, program, tmp_path):
    pages = layout.read(dump(sample_db, 1, "2026-10", SAMPLE_NOW))
    where = {anchor: page.number for page in pages for anchor in page.anchors}
    wanted = sorted((page.number, where[link.name]) for page in pages for link in page.links)
    done = program("run", "--db", sample_db, "--month", "2026-10", "--now", SAMPLE_NOW, "--tenant", "1", "--format", "pdf",
                   "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    path = next(tmp_path.rglob("report.pdf"))
    assert sorted(annotations(path)) == wanted
    assert len([link for link in wanted if link[0] != 2]) >= 3, "words that point to pages"
    told = subprocess.run(["pdfinfo", path], capture_output=True, text=True, check=True).stdout
    assert re.search(rf"^Pages: +{len(pages)}$", told, re.M)
    assert re.search(r"^Title: +\S", told, re.M) and re.search(r"^Subject: +\S", told, re.M)


def test_the_measured_sites_pages_are_good(dump, program, shared_data):
    store = reports.real_store(program, shared_data)
    check(dump, [(store, tenant, month, REAL_NOW) for tenant, month in REAL_MONTHS])


@pytest.mark.parametrize("part", range(3))
def test_awkward_customers_pages_are_good(dump, edge_db, part):
    jobs = [(edge_db, tenant, month, edge_store.NOW) for tenant, (_, months) in edge_store.REPORTS.items()
            for month in months]
    check(dump, jobs[part::3])


def test_customers_with_several_projects_have_good_pages(dump, sample_db, tmp_path):
    store = management_store.make(tmp_path / "several.db")
    check(dump, [(store, tenant, management_store.MONTH, management_store.NOW) for tenant in management_store.TENANTS])
    english = management_store.copy_customer(sample_db, tmp_path / "english.db", 5, locale="en")
    check(dump, [(english, 5, "2026-10", SAMPLE_NOW)])
    english.unlink()


def test_awkward_customers_all_get_their_reports(program, edge_db, tmp_path):
    done = program("run", "--db", edge_db, "--month", edge_store.MONTH, "--now", edge_store.NOW, "--out", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    folders = sorted(path.name.split("-")[0] for path in (tmp_path / edge_store.MONTH / "single").iterdir())
    assert folders == sorted(str(tenant) for tenant in edge_store.REPORTS)
    for path in (tmp_path / edge_store.MONTH / "single").glob("*/report.pdf"):
        checked = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, f"{path}: {checked.stdout}{checked.stderr}"


# --- that the rules find what they are for ----------------------------------------------------------------------------

GOOD = """document "title"
page 1 595.28 841.89
text 56.00 91.00 40.00 34.00 bold #14191D face 2 "月报"
page 2 595.28 841.89
link 56.00 81.00 496.00 14.00 "block-1-bill"
text 56.00 91.00 40.00 8.50 regular #14191D face 0 "账单"
text 548.00 91.00 4.00 8.50 regular #14191D face 0 "3"
page 3 595.28 841.89
box 56.00 71.00 496.00 60.00 "chapter"
  text 56.00 91.00 12.00 20.00 regular #0E4A66 face 0 "1"
unbox
box 56.00 154.00 496.00 400.00 "bill"
  text 56.00 168.00 40.00 9.50 bold #14191D face 2 "账单"
  anchor 154.00 "block-1-bill"
  text 500.00 186.00 52.00 8.50 regular #14191D face 0 = projects/1/bill.total "1,322.80"
  text 56.00 200.00 90.00 9.00 regular #14191D face 0 "电费共六十一万元，其中"
  text 148.25 200.00 5.00 9.00 regular #14191D face 0 "7"
  text 155.50 200.00 100.00 9.00 regular #14191D face 0 "天没有测到的数据不计入"
  text 56.00 214.00 60.00 9.00 regular #14191D face 0 "账单的合计"
  link 56.00 220.00 60.00 12.00 "block-1-bill"
  text 56.00 228.00 27.00 9.00 regular #14191D face 0 "（见第"
  text 85.25 228.00 5.00 9.00 regular #14191D face 0 "3"
  text 92.50 228.00 18.00 9.00 regular #14191D face 0 "页）"
unbox
box 56.00 567.00 496.00 100.00 "parts"
  text 56.00 581.00 40.00 9.50 bold #14191D face 2 "各部分"
  box 56.00 599.00 496.00 14.00 "heads"
    box 500.00 599.00 52.00 14.00 "column amount"
    unbox
  unbox
  box 56.00 613.00 496.00 14.00 "row"
    text 532.00 622.50 20.00 8.50 regular #14191D face 0 = a "1.50"
  unbox
  box 56.00 627.00 496.00 14.00 "row"
    text 522.00 636.50 30.00 8.50 regular #14191D face 0 = a "121.50"
  unbox
  box 56.00 641.00 496.00 14.00 "total"
  unbox
unbox
page 4 595.28 841.89
box 56.00 70.00 496.00 98.00 "parts"
  text 56.00 84.00 40.00 7.50 regular #14191D face 0 "（续）"
  box 56.00 91.00 496.00 14.00 "heads"
  unbox
  box 56.00 105.00 496.00 14.00 "row"
  unbox
  box 56.00 119.00 496.00 14.00 "row"
  unbox
  box 56.00 133.00 496.00 14.00 "row"
  unbox
unbox
box 56.00 182.00 496.00 70.00 "tariffs"
  text 56.00 196.00 40.00 9.50 bold #14191D face 2 halo 2.40 "电价"
unbox
"""


def faults_with(old, new):
    assert old in GOOD
    return "\n".join(layout.faults(layout.read(GOOD.replace(old, new))))


def test_a_good_layout_has_no_faults():
    assert faults_with("账单", "账单") == ""


def test_a_character_may_stand_alone_behind_one_word_that_fills_its_line():
    """Found by the thousand: a list of sites whose last name has one character, behind one of 120 letters."""
    first, last = GOOD.index("  text 56.00 200.00"), GOOD.index("unbox\nbox 56.00 567.00")
    line = '  text 56.00 {}.00 {}.00 9.00 regular #14191D face 0 "{}"\n'

    def faults_of(words):
        return list(layout.faults(layout.read(GOOD[:first] + line.format(200, 496, words) + line.format(214, 18, "工。") +
                                              GOOD[last:])))

    assert faults_of("W" * 50 + "、") == []
    assert "stands alone in the last line" in "".join(faults_of("W" * 50 + " " + "W" * 9 + "、"))


@pytest.mark.parametrize("old, new, told", [
    ("text 500.00 186.00 52.00", "text 510.00 186.00 52.00", "leaves the margins"),
    ("text 500.00 186.00 52.00", "text 500.00 600.00 52.00", "leaves its box 'bill'"),
    ("text 500.00 186.00 52.00", "text 80.00 170.00 52.00", "overlap"),
    ('"账单的合计"', '"，账单的合计"', "begins a line"),
    ('"天没有测到的数据不计入"', '"天没有测到的数据不计入（"', "ends a line"),
    ('"天没有测到的数据不计入"', '"天没有测到的数据不计入12"', "has no space between scripts"),
    ('text 155.50 200.00 100.00 9.00 regular #14191D face 0 "天没有测到的数据不计入"\n  text 56.00 214.00 60.00 9.00 '
     'regular #14191D face 0 "账单的合计"', 'text 56.00 214.00 60.00 9.00 regular #14191D face 0 "天"',
     "a number is parted from its unit"),
    ('"账单的合计"\n  link 56.00 220.00 60.00 12.00 "block-1-bill"\n  text 56.00 228.00', '"账。"\n  text 70.00 248.00',
     "stands alone in the last line"),
    ("text 155.50 200.00", "text 154.00 200.00", "not a quarter em"),
    ("text 522.00 636.50", "text 510.00 636.50", "numbers not on one line"),
    ("text 522.00 636.50", "text 522.00 642.50", "leaves its row"),
    ('  box 56.00 627.00 496.00 14.00 "row"', '  box 56.00 627.00 496.00 14.00 "note"', "fewer than three rows of 'parts'"),
    ('  box 56.00 91.00 496.00 14.00 "heads"', '  box 56.00 91.00 496.00 14.00 "note"', "goes on without its heads"),
    ('text 56.00 91.00 40.00 34.00 bold #14191D face 2 "月报"\n', "", "page 1: is empty"),
    ('link 56.00 81.00 496.00 14.00 "block-1-bill"', 'link 56.00 81.00 496.00 14.00 "block-2-bill"', "which is nowhere"),
    ('8.50 regular #14191D face 0 "3"', '8.50 regular #14191D face 0 "4"', "账单4 leads to page 3"),
    ('9.00 regular #14191D face 0 "3"', '9.00 regular #14191D face 0 "4"', "leads to page 3"),
    ('box 56.00 71.00 496.00 60.00 "chapter"', 'box 56.00 72.00 496.00 60.00 "chapter"', "off the grid"),
    ("52.00 8.50 regular", "52.00 6.50 regular", "is set in 6.5 pt"),
    ('"1,322.80"', '"nan kWh"', "is not a text to print"),
    ('"1,322.80"', '"a  b"', "is not a text to print"),
    ("box 56.00 154.00 496.00 400.00", "box 56.00 155.00 496.00 400.00", "off the grid"),
    ("box 56.00 154.00 496.00 400.00", "box 56.00 154.00 496.00 640.00", "block 'bill' ends at 794.0"),
    ("box 56.00 567.00 496.00 100.00", "box 56.00 560.00 496.00 100.00", "are 6.0 apart"),
    ('unbox\nbox 56.00 154.00 496.00 400.00 "bill"', "unbox\npage 9 595.28 841.89\nbox 56.00 70.00 496.00 400.00 \"bill\"",
     "filled to 131 only"),
    ('box 56.00 71.00 496.00 60.00 "chapter"', 'box 56.00 700.00 496.00 60.00 "chapter"', "stands alone at the foot"),
])
def test_a_fault_is_found(old, new, told):
    assert told in faults_with(old, new)
