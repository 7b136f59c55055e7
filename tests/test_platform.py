"""The platform's edition: every project once, sums to the cent, out of the ledger and in memory that does not grow."""

import collections
import csv
import decimal
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import time
import zlib

import openpyxl
import pytest

from live import secrets, write_config
from reports import SAMPLE_MONTH, SAMPLE_NOW, folder_of, read_json, sample_run, tree
from test_parity import assert_same_reports, shared_db  # noqa: F401  (a fixture)

PLATFORM = 9
CUSTOMERS = {11: 1, 12: 2, 13: 3, 14: 4, 15: 5, 16: 5, 17: 5, 19: 5, 18: 6}  # 14 is 5's too; 20's tenant 7 has left
SURVEY = ("low_power_factor", "high_thd_u", "high_thd_i")


def read(out, month=SAMPLE_MONTH, tenant=PLATFORM):
    """The platform's report with exact numbers."""
    return read_json(folder_of(out, tenant, month, "platform"), parse_float=decimal.Decimal, parse_int=decimal.Decimal)


def value(report, finding):
    return report["findings"][finding]["value"]


def customers_projects(out):
    """The projects' findings in their customers' own reports, by project."""
    found = {}
    for project, tenant in CUSTOMERS.items():
        edition = "management" if tenant == 5 else "single"
        report = read_json(folder_of(out, tenant, edition=edition), parse_float=decimal.Decimal,
                           parse_int=decimal.Decimal)
        found[project] = next(one for one in report["projects"] if one["id"] == project)
    return found


def numbers(projects, finding):
    found = (project["findings"].get(finding, {}).get("value") for project in projects.values())
    return [one for one in found if one is not None]


def rounded(number, digits):
    return number.quantize(decimal.Decimal(1).scaleb(-digits), rounding=decimal.ROUND_HALF_UP)


@pytest.fixture(scope="module")
def sample(program, sample_db):
    return sample_run(program, sample_db)


def run(program, db, out, *more, now=SAMPLE_NOW, month=SAMPLE_MONTH, **options):
    return program("run", "--db", db, "--month", month, "--now", now, "--out", out, *more, **options)


# --- what the sample comes to ----------------------------------------------------------------------------------------


def test_a_project_counts_once_and_has_the_figures_of_its_customers_report(sample):
    report = read(sample)
    own = customers_projects(sample)
    assert {int(project["id"]) for project in report["projects"]} == set(CUSTOMERS)
    assert value(report, "platform.projects") == len(CUSTOMERS)
    assert value(report, "platform.customers") == len(set(CUSTOMERS.values()))
    for project in report["projects"]:
        assert set(project) == {"id", "name", "findings"}
        theirs = own[int(project["id"])]["findings"]
        assert len(project["findings"]) > 60
        for name, finding in project["findings"].items():
            if name in theirs:
                assert (finding["value"], finding["unit"]) == (theirs[name]["value"], theirs[name]["unit"]), name
        missing = set(theirs) - set(project["findings"])
        assert all(name in ("energy.share", "bill.share") or name.startswith("contribution.") for name in missing), missing


@pytest.mark.parametrize("finding", ["energy.total", "energy.reactive", "energy.slot.peak", "energy.phase.a",
                                     "energy.working", "energy.carbon", "energy.plan"])
def test_quantities_are_the_sum_of_the_projects(sample, finding):
    assert value(read(sample), finding) == sum(numbers(customers_projects(sample), finding))


def test_money_is_summed_by_currency_to_the_cent_and_never_across(sample):
    report, charges = read(sample), collections.defaultdict(decimal.Decimal)
    for project in customers_projects(sample).values():
        bill = project["findings"].get("bill.total", {"value": None})
        if bill["value"] is not None:
            charges[bill["unit"]] += bill["value"]
    assert set(charges) == {"CNY", "EUR"}
    for currency, charge in charges.items():
        assert value(report, f"bill.currency.{currency}") == charge
    assert value(report, "bill.total") is None and value(report, "bill.price") is None
    assert "currency.mixed" in {note["code"] for note in report["notes"]}


def test_coverage_is_sum_over_sum_of_projects_with_quarters(sample):
    report = read(sample)
    projects = {key: one for key, one in customers_projects(sample).items() if key != 19}  # 19 has minutes only
    expected, measured = (sum(numbers(projects, f"coverage.{name}")) for name in ("expected", "measured"))
    assert (value(report, "coverage.expected"), value(report, "coverage.measured")) == (expected, measured)
    assert abs(value(report, "coverage.rate") - measured / expected) < decimal.Decimal("0.000001")
    assert value(report, "platform.of_minutes") == 1


def test_health_is_the_mean_of_the_indexes_and_every_project_stands_in_one_bin(sample):
    report, projects = read(sample), customers_projects(sample)
    indexes = numbers(projects, "health.index")
    assert value(report, "health.index") == rounded(sum(indexes) / len(indexes), 1)
    grades = collections.Counter(project["findings"]["health.grade"]["value"] or "none" for project in projects.values())
    for grade in ("excellent", "good", "fair", "poor", "none"):
        assert value(report, f"platform.grade.{grade}") == grades[grade]
    bins = [value(report, f"platform.index.{10 * low}") for low in range(10)]
    assert bins == [sum(1 for one in indexes if min(int(one // 10), 9) == low) for low in range(10)]
    rates = {project: one["findings"]["coverage.rate"]["value"] for project, one in projects.items()}
    below = sum(1 for rate in rates.values() if rate < decimal.Decimal("0.95"))
    assert sum(value(report, f"platform.coverage.{name}") for name in ("low", "poor", "none")) == below
    names = ("complete", "high", "enough", "low", "poor", "none", "unknown")
    assert sum(value(report, f"platform.coverage.{name}") for name in names) == len(CUSTOMERS)


def test_alarms_add_up_by_type_and_the_survey_is_those_of_its_codes(sample):
    report, projects = read(sample), customers_projects(sample)
    codes = {name for project in projects.values() for name in project["findings"] if name.startswith("alarms.type.")}
    for name in codes | {"alarms.total", "alarms.level.1", "alarms.open", "alarms.carried", "alarms.excluded"}:
        assert value(report, name) == sum(numbers(projects, name)), name
    assert not [name for name in report["findings"] if name.startswith("alarms.point.")]
    for code in SURVEY:
        counts = numbers(projects, f"alarms.type.{code}")
        assert value(report, f"platform.survey.alarms.{code}") == sum(counts)
        assert value(report, f"platform.survey.projects.{code}") == len([one for one in counts if one > 0])


def test_the_survey_is_that_of_the_sub_command(program, sample, sample_db, tmp_path):
    """powerreport survey counts in the store, the platform adds up the projects' own reports."""
    path = tmp_path / "survey.csv"
    program("survey", "--db", sample_db, "--month", SAMPLE_MONTH, "--now", SAMPLE_NOW, "-o", path, check=True)
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    names = ["功率因数越限", "电压谐波畸变越限", "电流谐波畸变越限"]  # those of SURVEY
    columns = [rows[0].index(name) for name in names]
    counts = {int(row[1]): [int(row[column]) for column in columns] for row in rows[1:]}
    report = read(sample)
    for project in report["projects"]:
        own = [project["findings"].get(f"alarms.type.{code}", {"value": 0})["value"] for code in SURVEY]
        assert counts[int(project["id"])] == own, project["name"]
    for index, code in enumerate(SURVEY):
        assert value(report, f"platform.survey.alarms.{code}") == sum(row[index] for row in counts.values())


def test_confirm_and_close_times_are_ranked_over_every_alarm(sample, sample_db):
    """By nearest rank, from the store: the times of the events that the customers' reports list."""
    store, times = sqlite3.connect(sample_db), {"confirmed": [], "closed": []}
    for project in customers_projects(sample).values():
        from_iso, to_iso = f"{SAMPLE_MONTH}-01", "2026-11-01"
        for event in project["events"]:
            if not from_iso <= event["start"][:10] < to_iso:
                continue
            for name, found in times.items():
                if event[name] is not None:
                    start, end = (decimal.Decimal(str(milliseconds(event[key]))) for key in ("start", name))
                    if 0 <= end - start <= 31 * 86_400_000:
                        found.append((end - start) / 60000)
    store.close()
    for name, found in (("confirm", times["confirmed"]), ("close", times["closed"])):
        found.sort()
        for which, share in (("median", decimal.Decimal("0.5")), ("p90", decimal.Decimal("0.9"))):
            rank = int((share * len(found)).to_integral_value(decimal.ROUND_CEILING))
            assert value(read(sample), f"alarms.{name}_minutes.{which}") == rounded(found[rank - 1], 4).normalize() + 0


def milliseconds(iso):
    import datetime
    return int(datetime.datetime.fromisoformat(iso).timestamp() * 1000)


def test_the_workbook_lists_every_project_and_every_problem(sample):
    report = read(sample)
    workbook = openpyxl.load_workbook(folder_of(sample, PLATFORM, edition="platform") / "report.xlsx")
    rows = [row for row in workbook["全部项目"].values if row[0] and str(row[0]).isdigit()]
    assert [int(row[0]) for row in rows] == sorted(CUSTOMERS)
    assert [int(row[2]) for row in rows] == [CUSTOMERS[project] for project in sorted(CUSTOMERS)]
    energies = {int(row[0]): row[5] for row in rows}
    for project in report["projects"]:
        energy = value(project, "energy.total")
        assert energies[int(project["id"])] == (None if energy is None else pytest.approx(float(energy), abs=1e-4))
    problems = list(workbook["待处理的数据问题"].values)[2:]
    counted = sum(number["value"] for name, number in report["findings"].items()
                  if name.startswith("platform.problems."))
    assert len(problems) == counted > 10
    assert all(workbook[name].auto_filter.ref for name in ("全部项目", "待处理的数据问题"))


def test_the_report_says_what_the_findings_say(sample, tool):
    report = read(sample)
    path = folder_of(sample, PLATFORM, edition="platform") / "report.pdf"
    text = subprocess.run([tool("pdftotext"), str(path), "-"], capture_output=True, text=True, check=True).stdout
    flat = re.sub(r"\s+", "", text)
    assert f"{value(report, 'platform.projects')}个项目用电" in flat
    assert (f"{value(report, 'attention.alarms')}个项目有危急告警，共{value(report, 'alarms.level.1')}次；"
            f"{value(report, 'attention.sensors')}个项目有传感器超过报警限值") in flat
    assert f"个项目中{value(report, 'attention.projects')}个需要处理" in flat
    assert "健康指数最高" not in flat  # nine projects: the lowest are all there are
    assert "电费涉及2种" in flat and "不相加，分币种列出" in flat
    assert "1,548,931.80" in flat and "26,279.03" in flat and "1,575,210.83" not in flat
    assert f"共{value(report, 'platform.survey.alarms')}次" in flat
    for project in ("华澄电子一厂", "WerkRheintal", "启明停车楼充电站"):
        assert project in flat


# --- where the summaries come from -----------------------------------------------------------------------------------


def test_run_alone_the_platform_works_out_what_is_missing_and_says_the_same(program, sample, sample_db, tmp_path):
    run(program, sample_db, tmp_path, "--edition", "platform", check=True)
    alone, together = (folder_of(out, PLATFORM, edition="platform") for out in (tmp_path, sample))
    for name in ("report.json", "report.pdf"):
        assert (alone / name).read_bytes() == (together / name).read_bytes(), name
    with sqlite3.connect(tmp_path / "ledger.db") as ledger:
        assert dict(ledger.execute("SELECT project_id, tenant_id FROM summary")) == CUSTOMERS


def test_platforms_are_made_last(program, sample_db, tmp_path):
    done = run(program, sample_db, tmp_path, "--tenant", "9", "--tenant", "6", "--json", "--format", "json", check=True)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event.get("tenant") for event in events] == [6, 9, None]


@pytest.fixture
def store(sample_db, tmp_path):
    """A copy of the sample store to put mistakes into."""
    path = tmp_path / "store.db"
    shutil.copy(sample_db, path)

    def change(*statements):
        with sqlite3.connect(path) as connection:
            for statement in statements:
                connection.execute(statement)
        return path

    return change


def test_a_broken_project_is_named_and_costs_itself_alone(program, store, sample, tmp_path):
    db = store("UPDATE point SET wiring = 'star' WHERE project_id = 12")
    done = run(program, db, tmp_path / "out", "--edition", "platform", "--format", "json,pdf")
    assert done.returncode == 0 and "project 12" in done.stderr and "'star'" in done.stderr
    report, whole = read(tmp_path / "out"), read(sample)
    assert value(report, "platform.missing") == 1 and value(report, "platform.projects") == len(CUSTOMERS) - 1
    theirs = customers_projects(sample)[12]["findings"]["energy.total"]["value"]
    assert value(report, "energy.total") == value(whole, "energy.total") - theirs
    note = next(note for note in report["notes"] if note["code"] == "platform.missing")
    assert "海晏北仑冷库" in note["text"] and note["count"] == 1


def test_a_tenant_that_fails_keeps_its_older_figures_and_the_report_says_so(program, store, sample, tmp_path):
    db, out = store(), tmp_path / "out"
    run(program, db, out, "--tenant", "1", "--tenant", "2", "--format", "json", check=True)
    store("UPDATE point SET wiring = 'star' WHERE project_id = 12")
    done = run(program, db, out, "--tenant", "2", "--tenant", "9", "--format", "json", now="2026-11-05T00:00:00Z")
    assert done.returncode == 1
    report = read(out)
    assert value(report, "platform.older") == 1 and value(report, "platform.missing") == 0
    older = next(project for project in report["projects"] if project["id"] == 12)
    assert value(older, "energy.total") == value(customers_projects(sample)[12], "energy.total")
    assert value(report, "energy.total") == sum(numbers({one["id"]: one for one in report["projects"]}, "energy.total"))
    codes = {note["code"]: note for note in report["notes"]}
    assert "海晏北仑冷库" in codes["platform.older"]["text"] and "platform.cutoffs" in codes
    assert codes["platform.cutoffs"]["first"] == "2026-11-04T08:00:00+08:00"


def test_a_project_without_a_customer_counts_under_the_operator(program, store, sample, tmp_path):
    db = store("DELETE FROM tenant_project WHERE project_id = 13")
    run(program, db, tmp_path / "out", "--edition", "platform", "--format", "json", check=True)
    report = read(tmp_path / "out")
    assert value(report, "platform.without_customer") == 1
    assert value(report, "platform.customers") == len(set(CUSTOMERS.values())) - 1
    assert value(report, "energy.total") == value(read(sample), "energy.total")
    assert "platform.no_customer" in {note["code"] for note in report["notes"]}


def test_a_silent_customer_lowers_the_coverage_and_does_not_vanish(program, store, tmp_path, sample):
    tables = ("point_15min_electric",)
    db = store(*(f"DELETE FROM {table} WHERE point_id IN (SELECT point_id FROM point WHERE project_id = 12)"
                 for table in tables))
    run(program, db, tmp_path / "out", "--edition", "platform", "--format", "json", check=True)
    report, whole = read(tmp_path / "out"), read(sample)
    assert value(report, "platform.projects") == len(CUSTOMERS)
    assert value(report, "platform.missing") == 0
    assert value(report, "energy.total") < value(whole, "energy.total")


def test_force_makes_every_summary_again(program, store, tmp_path):
    out = tmp_path / "out"
    db = store()
    run(program, db, out, "--edition", "platform", "--format", "json", check=True)
    first = value(read(out), "energy.total")
    store("UPDATE point_15min_electric SET kwh = 0 WHERE point_id IN "
          "(SELECT point_id FROM point WHERE project_id = 11 AND role = 'incomer')")
    run(program, db, out, "--edition", "platform", "--format", "json", check=True)
    assert value(read(out), "energy.total") == first
    run(program, db, out, "--edition", "platform", "--format", "json", "--force", check=True)
    assert value(read(out), "energy.total") < first


def test_a_projects_changed_figures_make_the_platforms_next_revision(program, store, tmp_path):
    db, out, chosen = store(), tmp_path / "out", ("--tenant", "1", "--tenant", "9")
    run(program, db, out, *chosen, check=True)
    before = read(out)
    first = tree(folder_of(out, PLATFORM, edition="platform"))
    run(program, db, out, *chosen, check=True)
    assert tree(folder_of(out, PLATFORM, edition="platform")) == first  # nothing changed: not a byte
    store("UPDATE point_15min_electric SET kwh = kwh + 1 WHERE point_id IN "
          "(SELECT point_id FROM point WHERE project_id = 11 AND role = 'incomer')")
    run(program, db, out, *chosen, check=True)
    after = read(out)
    assert (before["revision"], after["revision"]) == (1, 2)
    changed = {change["path"]: (change["old"], change["new"]) for change in after["changes"]}
    assert changed["energy.total"] == (value(before, "energy.total"), value(after, "energy.total"))
    assert "projects/11/energy.total" in changed and not [path for path in changed if path.startswith("projects/12/")]
    workbook = openpyxl.load_workbook(folder_of(out, PLATFORM, edition="platform") / "report.xlsx")
    assert "projects/11/energy.total" in {cell for row in workbook["修订"].values for cell in row}


def test_one_currency_has_a_charge_and_a_price(program, store, tmp_path):
    db = store("DELETE FROM tenant_project WHERE project_id = 18", "DELETE FROM project WHERE project_id = 18")
    run(program, db, tmp_path / "out", "--edition", "platform", "--format", "json,pdf", check=True)
    report = read(tmp_path / "out")
    priced = [project for project in report["projects"]
              if project["findings"].get("bill.price", {}).get("value") is not None]
    money, energy = (sum(value(project, name) for project in priced) for name in ("bill.total", "energy.total"))
    assert value(report, "bill.total") == sum(numbers({one["id"]: one for one in report["projects"]}, "bill.total"))
    assert abs(value(report, "bill.price") - money / energy) < decimal.Decimal("0.000001")


def test_a_platform_without_projects_has_a_report(program, store, tmp_path):
    db = store("DELETE FROM tenant_project", "DELETE FROM project")
    run(program, db, tmp_path / "out", "--edition", "platform", check=True)
    report = read(tmp_path / "out")
    assert value(report, "platform.projects") == 0 and report["projects"] == []
    assert value(report, "energy.total") is None if "energy.total" in report["findings"] else True


def test_the_same_run_gives_the_same_bytes(program, sample_db, sample, tmp_path):
    run(program, sample_db, tmp_path, "--edition", "platform", check=True)
    again = tmp_path / "again"
    run(program, sample_db, again, "--edition", "platform", check=True)
    first, second = (tree(folder_of(out, PLATFORM, edition="platform")) for out in (tmp_path, again))
    assert first == second


def test_the_platform_speaks_english_too(program, store, tmp_path, tool):
    db = store("UPDATE tenant SET locale = 'en' WHERE tenant_id = 9")
    run(program, db, tmp_path / "out", "--edition", "platform", check=True)
    path = folder_of(tmp_path / "out", PLATFORM, edition="platform") / "report.pdf"
    text = subprocess.run([tool("pdftotext"), "-layout", str(path), "-"], capture_output=True, text=True,
                          check=True).stdout
    assert "9 projects used" in text and "Survey of power-factor and harmonic alarms" in text
    for word in ("用电量", "告警", "健康", "完整率", "合计", "上月"):
        assert word not in text


@pytest.mark.parametrize("month", ["2018-03", "2019-07"])
def test_the_platform_is_the_same_from_every_store(search_server, mariadb, loaded, shared_data, shared_db,  # noqa: F811
                                                   program, tmp_path, month):
    stores = loaded("real", search_server, csv=shared_data)
    config = write_config(tmp_path, url=search_server.url, mariadb=mariadb, database=stores.database,
                          prefix=stores.prefix)
    assert_same_reports(program, tmp_path, config, shared_db, month, [PLATFORM], "2026-01-01T00:00:00Z",
                        secrets(mariadb))


# --- memory ----------------------------------------------------------------------------------------------------------


SHOWN = ("energy.total", "bill.total", "bill.price", "coverage.", "health.index", "health.grade", "alarms.total",
         "alarms.level.", "alarms.type.", "power_factor.month", "demand.max", "attention.")


def crowd(sample, folder, count):
    """A store of `count` projects, a customer each, and their summaries: those of the sample, scaled and renamed."""
    folder.mkdir()
    db, first = folder / "store.db", 100_000
    with sqlite3.connect(sample / "ledger.db") as ledger:
        kept = [(project, cutoff, zlib.decompress(packed).decode()) for project, cutoff, packed in
                ledger.execute("SELECT project_id, cutoff_ms, packed FROM summary WHERE tenant_id IN (1, 2, 3, 4)")]
    shutil.copy(sample / "ledger.db", folder / "ledger.db")
    with sqlite3.connect(folder / "ledger.db") as ledger:
        for table in ("summary", "revision", "file"):
            ledger.execute(f"DELETE FROM {table}")
        energies = []
        for number in range(count):
            _, cutoff, text = kept[number % len(kept)]
            summary = json.loads(text)
            summary["project"] = summary["tenant"] = first + number
            summary["name"], summary["tenant_name"] = f"项目{number:05d}", f"客户{number:05d}"
            summary["findings"] = [one for one in summary["findings"] if one["id"].startswith(SHOWN)]
            for when in ("month_before", "year_before"):
                summary[when]["findings"] = [one for one in summary[when]["findings"] if one["id"] == "energy.total"]
            for finding in summary["findings"]:
                if finding["id"] == "energy.total":
                    finding["value"] += number * 1000
                    energies.append(finding["value"])
            text = json.dumps(summary, ensure_ascii=False, separators=(",", ":"))
            text = '{"version":' + str(summary["version"]) + "," + text[text.index(",") + 1:]
            raw = text.encode()
            ledger.execute("INSERT INTO summary(month, project_id, tenant_id, cutoff_ms, unpacked_bytes, packed)"
                           " VALUES (?, ?, ?, ?, ?, ?)",
                           (SAMPLE_MONTH, first + number, first + number, cutoff, len(raw), zlib.compress(raw)))
    return db, energies, first


def peak_kilobytes(program, *arguments):
    """The largest resident set of the program and of its workers."""
    child = subprocess.Popen([str(program.path), *map(str, arguments)], cwd=pathlib.Path(__file__).parent.parent,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    output = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, output
    return usage.ru_maxrss


def test_five_thousand_projects_take_no_more_memory_than_a_hundred(program, sample, sample_db, tmp_path):
    peaks = {}
    for count in (100, 5000):
        db, energies, first = crowd(sample, tmp_path / str(count), count)
        shutil.copy(sample_db, db)
        with sqlite3.connect(db) as store:
            store.executescript("DELETE FROM tenant_project; DELETE FROM project; DELETE FROM tenant WHERE tenant_id <> 9;")
            for number in range(count):
                store.execute("INSERT INTO tenant (tenant_id, name, edition, locale, timezone, service_from) "
                              "VALUES (?, ?, 'single', 'zh-CN', 'Asia/Shanghai', '2025-10-01')",
                              (first + number, f"客户{number:05d}"))
                store.execute("INSERT INTO project (project_id, name, timezone, holiday_region) "
                              "VALUES (?, ?, 'Asia/Shanghai', 'CN')", (first + number, f"项目{number:05d}"))
                store.execute("INSERT INTO tenant_project VALUES (?, ?)", (first + number, first + number))
        began = time.monotonic()
        peaks[count] = peak_kilobytes(program, "run", "--db", db, "--month", SAMPLE_MONTH, "--now", SAMPLE_NOW, "--out",
                                      db.parent, "--edition", "platform")
        assert time.monotonic() - began < 300
        report = read(db.parent)
        assert value(report, "platform.projects") == value(report, "platform.customers") == count
        assert value(report, "platform.missing") == 0
        assert value(report, "energy.total") == decimal.Decimal(sum(energies)) / 1_000_000
        assert len(report["projects"]) == count
        assert [value(one, "energy.total") for one in report["projects"]] == \
            [decimal.Decimal(one) / 1_000_000 for one in energies]
        workbook = openpyxl.load_workbook(folder_of(db.parent, PLATFORM, edition="platform") / "report.xlsx",
                                          read_only=True)
        assert sum(1 for _ in workbook["全部项目"].rows) == count + 2
        shutil.rmtree(db.parent)
    assert peaks[5000] < 1.5 * peaks[100], peaks
