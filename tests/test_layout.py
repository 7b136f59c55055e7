"""Every page of the sample's, the measured and the awkward customers' reports, checked as a layout."""

import concurrent.futures
import os
import pathlib
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
page 2 595.28 841.89
page 3 595.28 841.89
box 56.00 71.00 496.00 60.00 "chapter"
  text 56.00 91.00 12.00 20.00 regular #0E4A66 face 0 "1"
unbox
box 56.00 154.00 496.00 400.00 "bill"
  text 56.00 168.00 40.00 9.50 bold #14191D face 2 "账单"
  text 500.00 186.00 52.00 8.50 regular #14191D face 0 = projects/1/bill.total "1,322.80"
unbox
page 4 595.28 841.89
box 56.00 70.00 496.00 70.00 "tariffs"
  text 56.00 84.00 40.00 9.50 bold #14191D face 2 halo 2.40 "电价"
unbox
"""


def faults_with(old, new):
    assert old in GOOD
    return "\n".join(layout.faults(layout.read(GOOD.replace(old, new))))


def test_a_good_layout_has_no_faults():
    assert faults_with("账单", "账单") == ""


@pytest.mark.parametrize("old, new, told", [
    ("text 500.00 186.00 52.00", "text 510.00 186.00 52.00", "leaves the margins"),
    ("text 500.00 186.00 52.00", "text 500.00 600.00 52.00", "leaves its box 'bill'"),
    ("text 500.00 186.00 52.00", "text 80.00 170.00 52.00", "overlap"),
    ("52.00 8.50 regular", "52.00 6.50 regular", "is set in 6.5 pt"),
    ('"1,322.80"', '"nan kWh"', "is not a text to print"),
    ('"1,322.80"', '"a  b"', "is not a text to print"),
    ("box 56.00 154.00 496.00 400.00", "box 56.00 155.00 496.00 400.00", "off the grid"),
    ("box 56.00 154.00 496.00 400.00", "box 56.00 154.00 496.00 640.00", "block 'bill' ends at 794.0"),
    ("box 56.00 154.00 496.00 400.00", "box 56.00 154.00 496.00 100.00", "filled to 254 only"),
    ("unbox\npage 4 595.28 841.89\n", "unbox\n", "apart"),
    ('unbox\nbox 56.00 154.00 496.00 400.00 "bill"', "unbox\npage 9 595.28 841.89\nbox 56.00 70.00 496.00 600.00 \"bill\"",
     "filled to 131 only"),
    ('box 56.00 71.00 496.00 60.00 "chapter"', 'box 56.00 700.00 496.00 60.00 "chapter"', "stands alone at the foot"),
])
def test_a_fault_is_found(old, new, told):
    assert told in faults_with(old, new)
