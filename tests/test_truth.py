"""Each number of the PDF stands in the JSON and in the workbook (docs/truth.md, tests/truth.py)."""

import pathlib
import shutil
import sqlite3
from decimal import Decimal

import pytest

import layout
import reports
import truth
from servers import processes

FORMATS = ("--format", "xlsx,json,layout")
LARGE = {"zh-CN": (Decimal(10000), Decimal(100000)), "en": (Decimal(1000000), Decimal(1000000))}  # words' [locale]
SAMPLES = (("single", 1), ("single", 2), ("single", 3), ("single", 4), ("management", 5), ("single", 6),
           ("platform", 9))
MEASURED = (("single", 1, "2018-03"), ("management", 3, "2018-03"), ("platform", 9, "2018-03"),
            ("single", 2, "2019-06"))


def once(name, make):
    def folder():
        out = processes.state_folder() / name
        make(out)
        return str(out)

    return pathlib.Path(processes.once(name, folder))


@pytest.fixture(scope="session")
def own(program, sample_db):
    """The sample month's reports, each in its tenant's language."""
    return once("truth-own", lambda out: program(
        "run", "--db", sample_db, "--month", reports.SAMPLE_MONTH, "--now", reports.SAMPLE_NOW, *FORMATS, "--out", out,
        check=True))


@pytest.fixture(scope="session")
def other(program, sample_db):
    """The same, each in the other language."""

    def make(out):
        out.mkdir(parents=True)
        store = out / "swapped.db"
        shutil.copy(sample_db, store)
        with sqlite3.connect(store) as connection:
            connection.execute("UPDATE tenant SET locale = CASE locale WHEN 'en' THEN 'zh-CN' ELSE 'en' END")
        program("run", "--db", store, "--month", reports.SAMPLE_MONTH, "--now", reports.SAMPLE_NOW, *FORMATS, "--out",
                out, check=True)

    return once("truth-other", make)


@pytest.fixture(scope="session")
def measured(program, shared_data):
    def make(out):
        store = reports.real_store(program, shared_data)
        for month in sorted({month for _, _, month in MEASURED}):
            for tenant in (tenant for _, tenant, own in MEASURED if own == month):
                program("run", "--month", month, "--tenant", tenant, "--db", store, "--now", "2020-01-03T00:00:00Z",
                        *FORMATS, "--out", out, "--force")

    return once("truth-measured", make)


def locale_of(folder):
    return reports.read_json(folder).get("tenant", {}).get("locale", "zh-CN")


def assert_true(folder):
    faults, checker = truth.check(folder, reports.ROOT, LARGE[locale_of(folder)])
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(
        f"page {fault.page}, {fault.text!r}, tag {fault.tag}: {fault.what}" for fault in faults[:40])
    assert checker.seen["value"] > 60, "as many numbers as that have a place in the JSON"
    return checker


@pytest.mark.parametrize("edition, tenant", SAMPLES)
def test_each_number_of_a_sample_stands_in_the_json_and_the_workbook(own, edition, tenant):
    assert_true(reports.folder_of(own, tenant, edition=edition))


@pytest.mark.parametrize("edition, tenant", SAMPLES)
def test_and_in_the_other_language(other, edition, tenant):
    assert_true(reports.folder_of(other, tenant, edition=edition))


@pytest.mark.parametrize("edition, tenant, month", MEASURED)
def test_and_where_the_site_was_measured(measured, edition, tenant, month):
    assert_true(reports.folder_of(measured, tenant, month=month, edition=edition))


@pytest.mark.parametrize("codes", ["low_power_factor,high_thd_u,high_thd_i", "over_temperature"])
def test_each_number_of_a_survey_stands_in_its_json_and_its_workbook(program, sample_db, tmp_path, codes):
    arguments = ("survey", "--db", sample_db, "--month", reports.SAMPLE_MONTH, "--now", reports.SAMPLE_NOW, "--codes",
                 codes)
    for ending in ("layout", "xlsx"):
        program(*arguments, "-o", tmp_path / f"report.{ending}", check=True)
    (tmp_path / "report.json").write_text(program(*arguments, "--json", check=True).stdout, encoding="utf-8")
    faults, checker = truth.check(tmp_path, reports.ROOT, LARGE["zh-CN"])
    assert not faults, "\n".join(map(str, faults[:20]))
    assert checker.seen["value"] > 20


def altered(folder, tmp_path, change):
    """The faults of a report whose layout was changed by `change(line)` at the first line that it changes."""
    lines = (folder / "report.layout").read_text(encoding="utf-8").splitlines()
    for at, line in enumerate(lines):
        changed = change(line)
        if changed is not None and changed != line:
            lines[at] = changed
            break
    else:
        pytest.fail("nothing to change")
    for name in ("report.json", "report.xlsx"):
        shutil.copy(folder / name, tmp_path / name)
    (tmp_path / "report.layout").write_text("\n".join(lines) + "\n", encoding="utf-8")
    faults, _ = truth.check(tmp_path, reports.ROOT, LARGE["zh-CN"])
    return faults


def of_value(line):
    match = layout.TEXT.match(line)
    return match and match[8] and match[8].startswith("projects/") and "/bill_lines/" in match[8] and match[9]


def test_one_digit_changed_is_a_fault(own, tmp_path):
    def change(line):
        text = of_value(line)
        return line.replace(f'"{text}"', '"' + text[:-1] + str((int(text[-1]) + 1) % 10) + '"') if text else None

    (fault,) = altered(reports.folder_of(own, 1), tmp_path, change)
    assert "bill_lines" in fault.tag and fault.what.startswith("it is ")


def test_one_tag_that_is_lost_is_a_fault(own, tmp_path):
    (fault,) = altered(reports.folder_of(own, 1), tmp_path,
                       lambda line: line.replace(f" = {layout.TEXT.match(line)[8]}", "") if of_value(line) else None)
    assert fault.what == "a number without a tag"


def test_one_tag_that_names_another_figure_is_a_fault(own, tmp_path):
    def change(line):
        return line.replace("bill_lines/1/", "bill_lines/2/") if of_value(line) and "bill_lines/1/" in line else None

    (fault,) = altered(reports.folder_of(own, 1), tmp_path, change)
    assert fault.what.startswith("it is ")


def test_one_tag_that_leads_nowhere_is_a_fault(own, tmp_path):
    (fault,) = altered(reports.folder_of(own, 1), tmp_path,
                       lambda line: line.replace("bill_lines/", "bill_rows/") if of_value(line) else None)
    assert fault.what.startswith("nothing stands there")


def test_a_figure_that_is_passed_off_as_a_name_or_a_tick_s_words_is_a_fault(own, tmp_path):
    for number, tag in enumerate(("@name", "@words:bill.lines_sub", "@time", "@brand", "@other")):
        folder = tmp_path / str(number)
        folder.mkdir()

        def change(line, tag=tag):
            text = of_value(line)
            return line.replace(f" = {layout.TEXT.match(line)[8]}", f" = {tag}") if text and "." in text else None

        assert altered(reports.folder_of(own, 1), folder, change), tag


def test_a_figure_that_the_workbook_lacks_is_a_fault(own):
    folder = reports.folder_of(own, 1)
    report = truth.Report((folder / "report.json").read_text(encoding="utf-8"))
    workbook = truth.Workbook(folder / "report.xlsx")
    assert workbook.holds_place("projects/11/energy.total", report)
    workbook.listed["energy.total"].clear()
    assert not workbook.holds_place("projects/11/energy.total", report)
