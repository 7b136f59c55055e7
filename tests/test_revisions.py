"""Revisions: what a later run does to published reports. The stores are small and their rows arrive at known times; what
must have changed is worked out from the store in SQL, and from two reports that know nothing of each other."""

import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from decimal import Decimal

import pytest

import reports
import truth

EARLY, LATE, LATER = "2018-04-05T00:00:00Z", "2018-04-08T00:00:00Z", "2018-04-11T00:00:00Z"
ARRIVES = 1_522_972_800_000  # 2018-04-06T00:00Z: between the first two
ARRIVES_AGAIN = 1_523_232_000_000  # 2018-04-09T00:00Z: between the last two
MARCH_20, MARCH_21 = 1_521_475_200_000, 1_521_561_600_000  # by the wall clock of Shanghai
DAY = 86_400_000


class Place:
    """One customer's store, whose 20 March arrives late, and a folder for its reports."""

    def __init__(self, program, folder):
        self.program, self.folder, self.out = program, folder, folder / "out"
        self.store = reports.small_store(folder / "store.db", tenants=(1,))
        self.change(("UPDATE point_15min_electric SET ingested_at = ? WHERE time >= ? AND time < ?",
                     (ARRIVES, MARCH_20, MARCH_21)))
        self.settings = reports.write_settings(folder)

    def change(self, *statements):
        reports.change_store(self.store, *statements)

    def start(self, now, *options, out=None):
        return [str(part) for part in (self.program.path, "run", "--config", self.settings, "--db", self.store,
                                       "--month", reports.SMALL_MONTH, "--now", now, "--out", out or self.out,
                                       "--json", *options)]

    def run(self, now, *options, out=None, code=0):
        done = self.program(*self.start(now, *options, out=out)[1:])
        assert (done.returncode, done.stderr) == (code, ""), done.stdout + done.stderr
        return json.loads(done.stdout.splitlines()[0])

    def report(self, out=None):
        return reports.folder_of(out or self.out, 1, month=reports.SMALL_MONTH)

    def json(self, out=None):
        return reports.read_json(self.report(out))

    def ledger(self, sql, *values):
        with sqlite3.connect(self.out / "ledger.db") as ledger:
            rows = ledger.execute(sql, values).fetchall()
        ledger.close()
        return rows

    def revisions(self):
        return self.ledger("SELECT revision, intent, state FROM revision WHERE tenant_id = 1 ORDER BY revision, intent")

    def alone(self, now, name, *options):
        """The report of a run into a folder of its own."""
        self.run(now, *options, out=self.folder / name)
        return self.report(self.folder / name)


@pytest.fixture
def place(program, tmp_path):
    return Place(program, tmp_path)


def times(folder):
    """Bytes and times of every file, and what folders there are."""
    return {str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes()) if path.is_file() else None
            for path in sorted(folder.rglob("*"))}


def figures(report):
    """Every measured figure of a report by its path: (value, unit)."""
    found = {}

    def take(path, subject):
        for key, finding in subject["findings"].items():
            if finding["value"] is not None:
                # A verdict's unit says nothing.
                unit = None if isinstance(finding["value"], str) else finding["unit"]
                found[f"{path}{key}"] = (finding["value"], unit)
    take("", report)
    for project in report["projects"]:
        path = f"projects/{project['id']}/"
        take(path, project)
        for kind in ("points", "transformers", "sensors"):
            for subject in project.get(kind, []):
                take(f"{path}{kind}/{subject['id']}/", subject)
    return found


def difference(before, after):
    old, new = figures(before), figures(after)
    nothing = (None, None)
    return {path: (old.get(path, nothing), new.get(path, nothing)) for path in {*old, *new}
            if old.get(path) != new.get(path)}


def told(report):
    """The changes that a report lists, in the shape of difference()."""
    found = {}
    for change in report["changes"]:
        assert change["path"] not in found, "listed once"
        old_unit = change.get("old_unit", change.get("unit")) if not isinstance(change["old"], str) else None
        unit = change.get("unit") if not isinstance(change["new"], str) else None
        found[change["path"]] = ((change["old"], old_unit if change["old"] is not None else None),
                                 (change["new"], unit if change["new"] is not None else None))
    return found


# --- late data --------------------------------------------------------------------------------------------------------

def test_late_data_make_the_next_revision_with_every_changed_figure(place):
    event = place.run(EARLY)
    assert (event["state"], event["revision"], event["reason"]) == ("done", 1, None)
    first = times(place.report())
    assert "changes" not in place.json() and place.json()["revision"] == 1

    event = place.run(LATE)
    assert (event["state"], event["revision"]) == ("held", 2)
    assert event["reason"] == "revision 2 is held until it is released"
    report, before = place.json(), json.loads(first["report.json"][1])
    assert (report["revision"], report["cutoff"]) == (2, "2018-04-08T08:00:00+08:00")
    assert list(report) == ["schema", "tenant", "month", "revision", "cutoff", "findings", "projects", "changes", "notes",
                            "letter", "facts"]

    # All of them, and no other: by the two JSON files.
    assert told(report) == difference(before, report)
    # The headlines by SQL: flat 0.5 a kWh; the fund is 0 and there is no basic charge.
    with sqlite3.connect(place.store) as store:
        sums = [store.execute("SELECT sum(kwh), count(kwh) FROM point_15min_electric WHERE ingested_at IS NULL OR "
                              "ingested_at <= ?", (cutoff,)).fetchone() for cutoff in (0, ARRIVES)]
    store.close()
    changes = {change["path"]: change for change in report["changes"]}
    assert sums[1][1] - sums[0][1] == 96
    for path in ("energy.total", "projects/10/energy.total", "projects/10/points/101/energy.total"):
        assert (changes[path]["old"], changes[path]["new"]) == (sums[0][0], sums[1][0])
        assert changes[path]["unit"] == "kWh"
    assert (changes["projects/10/bill.energy"]["old"], changes["projects/10/bill.energy"]["new"]) == \
        (sums[0][0] / 2, sums[1][0] / 2)
    assert (changes["coverage.measured"]["old"], changes["coverage.measured"]["new"]) == (sums[0][1], sums[1][1])

    # The earlier revision is kept as it was, times included.
    after = times(place.report())
    assert {name: after[f"revisions/r1/{name}"] for name in reports.FILES} == {name: first[name] for name in reports.FILES}
    assert set(after) == {*reports.FILES, "revisions", "revisions/r1", *(f"revisions/r1/{name}" for name in reports.FILES)}


def test_the_cover_a_page_and_a_sheet_say_what_changed(place):
    place.run(EARLY)
    place.run(LATE)
    pages = reports.page_texts(place.report() / "report.pdf")
    count = sum("/" in change["path"] for change in place.json()["changes"])  # the tenant repeats its only project
    assert f"第2版，取代第1版：有{count}个数字与上一版不同" in pages[0].replace(" ", "")
    page = next(text for text in pages[3:] if "与上一版的不同" in text.replace(" ", ""))
    lines = [line.split() for line in page.splitlines()]
    # March has 31 days of 32 quarters of 5 kWh and 64 of 10 kWh: 800 kWh a day.
    assert ["用电量", "厂区1", "24,000.00", "24,800.00", "+800.00", "kWh"] in lines
    assert ["数据完整率", "厂区1", "96.7", "100.0", "+3.2", "%"] in lines  # 2,880 of 2,976 is 96.77 %: cut
    rows = reports.sheet_rows(reports.workbook(place.report())["修订"])
    changes = place.json()["changes"]
    assert rows[1] == ["对象", "项目", "上一版", "本版", "差", "单位", "标识"]
    assert [row[-1] for row in rows[2:]] == [change["path"] for change in changes]
    by_path = {row[-1]: row for row in rows[2:]}
    assert by_path["projects/10/energy.total"] == ["厂区1", "用电量", 24000, 24800, 800, "kWh", "projects/10/energy.total"]


def test_nothing_new_leaves_every_byte_and_time_and_the_ledger_notes_the_check(place):
    for now, later in ((EARLY, "2018-04-05T12:00:00Z"), (LATE, LATER)):
        event = place.run(now)
        before = times(place.report())
        again = place.run(later)
        assert times(place.report()) == before
        assert {**again, "duration_ms": 0} == {**event, "duration_ms": 0}
    checked = place.ledger("SELECT revision, cutoff_ms, checked_ms FROM revision ORDER BY revision")
    assert checked == [(1, 1_522_886_400_000, 1_522_929_600_000), (2, 1_523_145_600_000, 1_523_404_800_000)]


def test_a_third_revision_carries_both_earlier_ones(place):
    place.change(("UPDATE point_15min_electric SET ingested_at = ? WHERE time >= ? AND time < ?",
                  (ARRIVES_AGAIN, MARCH_21, MARCH_21 + DAY // 2)))  # 144 of 2,976 quarters lack at first: above the gate
    kept = {}
    for number, now in enumerate((EARLY, LATE, LATER), 1):
        place.run(now)
        report = place.json()
        assert report["revision"] == number
        after = times(place.report())
        for earlier, files in kept.items():
            assert {name: after[f"revisions/r{earlier}/{name}"] for name in reports.FILES} == files
        kept[number] = {name: after[name] for name in reports.FILES}
    assert told(report) == difference(json.loads(kept[2]["report.json"][1]), report)
    assert place.revisions() == [(1, 0, "done"), (2, 0, "held"), (3, 0, "held")]


def test_a_report_knows_no_difference_between_one_folder_and_another(place):
    """Revision and changes apart, the second revision says what a first one at its cut-off says."""
    place.run(EARLY)
    place.run(LATE)
    alone, report = reports.read_json(place.alone(LATE, "alone")), place.json()
    for key in ("revision", "changes"):
        report.pop(key)
        alone.pop(key, None)
    report["facts"] = {name: fact for name, fact in report["facts"].items() if not name.startswith("changed.")}
    assert report == alone


def test_each_number_of_a_second_revision_stands_in_its_json_and_its_workbook(place):
    place.run(EARLY)
    place.run(LATE, "--format", "pdf,xlsx,json,layout")
    faults, checker = truth.check(place.report(), reports.ROOT, (Decimal(10000), Decimal(100000)))
    assert not faults, "\n".join(map(str, faults[:20]))
    assert any(" = changes/" in line for line in (place.report() / "report.layout").read_text("utf-8").splitlines())
    assert checker.seen["value"] > 60


def test_the_other_editions_have_revisions_too(place):
    """Three projects of three customers, one of them late, and one that leaves the directory: both are told."""
    with sqlite3.connect(place.store) as store:
        for number in (2, 3):
            reports.add_tenant(store, number)
            reports.add_quarters(store, number)
        for number, edition, name in ((5, "management", "集团"), (9, "platform", "平台")):
            reports.insert(store, "tenant", tenant_id=number, name=name, edition=edition, locale="zh-CN",
                           timezone="Asia/Shanghai", service_from="2017-01-01")
        for project in (10, 20, 30):
            reports.insert(store, "tenant_project", tenant_id=5, project_id=project)
    store.close()
    place.run(EARLY)
    editions = {"management": "5-集团", "platform": "9-平台"}
    folders = {name: place.out / reports.SMALL_MONTH / name / folder for name, folder in editions.items()}
    before = {name: reports.read_json(folder) for name, folder in folders.items()}
    times_before = {name: times(folder) for name, folder in folders.items()}
    place.run("2018-04-05T12:00:00Z")
    assert {name: times(folder) for name, folder in folders.items()} == times_before
    place.change("DELETE FROM tenant WHERE tenant_id = 3", *(
        f"DELETE FROM {table} WHERE project_id = 30"
        for table in ("tenant_project", "transformer", "tariff", "point", "project")))
    done = place.program(*place.start(LATE)[1:])
    states = {event["tenant"]: event["state"] for event in map(json.loads, done.stdout.splitlines()[:-1])}
    assert states == {1: "held", 2: "done", 5: "held", 9: "done"}, "a platform's is never held"
    for name, folder in folders.items():
        report = reports.read_json(folder)
        assert report["revision"] == 2
        assert told(report) == difference(before[name], report), name
        changes = {change["path"]: change for change in report["changes"]}
        assert (changes["energy.total"]["old"], changes["energy.total"]["new"]) == (73_600, 49_600)
        late, gone = changes["projects/10/energy.total"], changes["projects/30/energy.total"]
        assert (late["old"], late["new"], gone["old"], gone["new"]) == (24_000, 24_800, 24_800, None)
        assert gone["name"] == "厂区3" and "projects/20/energy.total" not in changes
        assert (folder / "revisions" / "r1" / "report.json").exists()


# --- what is a change, and what is none -------------------------------------------------------------------------------

def test_a_dearer_price_changes_money_alone(place):
    place.run(LATE)
    before = place.json()
    place.change("UPDATE tariff_slot SET price = 0.500001")
    place.run(LATE)
    report = place.json()
    assert told(report) == difference(before, report)
    ids = {path.rsplit("/", 1)[-1] for path in told(report)}
    assert {"bill.energy", "bill.total", "bill.price"} <= ids
    assert all(name.split(".")[0] in ("bill", "savings", "change", "forecast") for name in ids), ids
    change = next(change for change in report["changes"] if change["path"] == "projects/10/bill.energy")
    assert (change["old"], change["new"]) == (12400, 12400.02)  # 24,800 kWh: 12,400.0248 rounded


def test_another_currency_changes_units(place):
    place.run(LATE)
    before = place.json()
    place.change("UPDATE tariff SET currency = 'EUR'")
    place.run(LATE)
    report = place.json()
    assert told(report) == difference(before, report)
    change = next(change for change in report["changes"] if change["path"] == "projects/10/bill.total")
    assert (change["old"], change["old_unit"], change["unit"]) == (change["new"], "CNY", "EUR")


def test_points_and_sensors_that_come_or_go_are_changes(place):
    month = (reports.SMALL_MONTH, 1_521_000_000_000)
    place.change("INSERT INTO point (point_id, project_id, parent_id, name, role, wiring, nominal_v, valid_from) "
                 "VALUES (102, 10, 101, '锅炉', 'feeder', '3p4w', 220, '2017-01-01 00:00:00')",
                 ("INSERT INTO point_15min_electric (point_id, project_id, time, kwh) VALUES (102, 10, ?, 3)",
                  (month[1] // 900_000 * 900_000,)))
    place.run(LATE)
    before = place.json()
    place.change("UPDATE point SET valid_to = '2018-01-01 00:00:00' WHERE point_id = 102",
                 "INSERT INTO sensor (sensor_id, project_id, point_id, name, kind, valid_from) "
                 "VALUES (901, 10, 101, '接头A', 'temperature', '2017-01-01 00:00:00')",
                 ("INSERT INTO location_1min_aiao (sensor_id, project_id, time, value) VALUES (901, 10, ?, 41.5)",
                  month[1:]))
    place.run(LATE)
    report = place.json()
    assert told(report) == difference(before, report)
    changes = {change["path"]: change for change in report["changes"]}
    gone, new = changes["projects/10/points/102/energy.total"], changes["projects/10/sensors/901/safety.max"]
    assert (gone["old"], gone["new"], gone["unit"], gone["name"]) == (3, None, "kWh", "锅炉")
    assert (new["old"], new["new"], new["unit"]) == (None, 41.5, "°C")
    rows = {row[-1]: row for row in reports.sheet_rows(reports.workbook(place.report())["修订"])}
    assert rows["projects/10/points/102/energy.total"] == ["锅炉", "用电量", 3, "kWh", gone["path"]]
    assert rows["projects/10/sensors/901/safety.max"] == ["接头A", "最大值", 41.5, "°C", new["path"]]


def test_names_texts_templates_and_fonts_make_no_revision(place):
    place.run(LATE)
    before = times(place.report())
    place.change("UPDATE tenant SET name = '改名', contact_name = '某人'", "UPDATE project SET name = '厂'",
                 "UPDATE point SET name = '进线柜'")
    templates = reports.copy_templates(place.folder)
    words = templates / "words" / "zh-CN.ini"
    words.write_text(words.read_text(encoding="utf-8").replace("用电服务月报", "用电月报"), encoding="utf-8")
    reports.write_settings(place.folder, templates={"folder": templates, "charts": place.folder / "charts"})
    assert place.run(LATER)["state"] == "done"
    assert times(place.report()) == before


def test_every_finding_has_a_name_in_both_languages(program, sample_db):
    """By the words' own lists: the id, or one with a part that is `any`."""
    out = reports.sample_run(program, sample_db)
    ids = {path.rsplit("/", 1)[-1] for report in out.glob("*/*/*/report.json")
           for path in figures(json.loads(report.read_text(encoding="utf-8")))}
    assert len(ids) > 150
    for locale in ("zh-CN", "en"):
        known, section = set(), ""
        for path in (reports.ROOT / "templates" / "words").glob(f"{locale}*.ini"):
            for line in path.read_text(encoding="utf-8").splitlines():
                if line.startswith("["):
                    section = line[1:-1]
                elif section in ("finding", "figure") and "=" in line and not line.startswith((" ", "#")):
                    known.add(line.split("=")[0].strip())
        nameless = [name for name in sorted(ids) if name not in known and not any(
            ".".join([*name.split(".")[:at], "any", *name.split(".")[at + 1:]]) in known
            for at in range(1, len(name.split("."))))]
        assert nameless == [], locale


# --- formats, force, releases -----------------------------------------------------------------------------------------

def test_formats_that_lack_are_added_as_of_the_revisions_own_cutoff(place):
    whole = reports.tree(place.alone(EARLY, "whole", "--format", "pdf,xlsx,json,svg"))
    place.run(EARLY, "--format", "json")
    before = times(place.report())
    place.run("2018-04-05T12:00:00Z", "--format", "pdf")
    assert times(place.report())["report.json"] == before["report.json"]
    place.run("2018-04-05T13:00:00Z", "--format", "xlsx,svg")
    assert reports.tree(place.report()) == whole
    assert times(place.report())["report.json"] == before["report.json"]
    assert place.ledger("SELECT revision, cutoff_ms, formats FROM revision") == [(1, 1_522_886_400_000, 1 + 2 + 4 + 16)]


def test_formats_added_to_a_later_revision_say_what_changed_in_it(place):
    place.run(EARLY)
    whole = place.folder / "whole"
    for now in (EARLY, LATE):
        place.run(now, out=whole)
    place.run(LATE, "--format", "json")
    assert [name for name in reports.tree(place.report()) if "/" not in name] == ["report.json", "revisions"]
    place.run(LATER)
    assert reports.tree(place.report()) == reports.tree(place.report(whole))


@pytest.mark.parametrize("harm", ["gone", "cut", "no folder"])
def test_a_published_file_that_was_harmed_is_made_again_the_same(place, harm):
    place.run(EARLY)
    before = reports.tree(place.report())
    path = place.report() / "report.pdf"
    if harm == "gone":
        path.unlink()
    elif harm == "cut":
        path.write_bytes(path.read_bytes()[:1000])
    else:
        shutil.rmtree(place.report())
    place.run("2018-04-05T12:00:00Z")
    assert reports.tree(place.report()) == before
    assert place.revisions() == [(1, 0, "done")]


def test_force_makes_the_same_revision_again_as_of_now(place):
    place.run(EARLY)
    place.run(LATE)
    changes, first = told(place.json()), reports.tree(place.report() / "revisions")
    assert place.run(LATER, "--force")["state"] == "held"
    report = place.json()
    assert (report["revision"], report["cutoff"], told(report)) == (2, "2018-04-11T08:00:00+08:00", changes)
    assert reports.tree(place.report() / "revisions") == first
    assert place.revisions() == [(1, 0, "done"), (2, 0, "held")]
    # Of one format: the others are of another cut-off now, and go; at the same time they stay.
    whole = reports.tree(place.report())
    place.run(LATER, "--force", "--format", "json")
    assert reports.tree(place.report()) == whole
    place.run("2018-04-12T00:00:00Z", "--force", "--format", "json")
    assert [path.name for path in place.report().iterdir() if path.is_file()] == ["report.json"]
    place.run("2018-04-13T00:00:00Z")
    assert reports.read_json(place.report())["cutoff"] == "2018-04-12T08:00:00+08:00"
    assert {path.name for path in place.report().iterdir() if path.is_file()} == set(reports.FILES)


def test_a_released_revision_is_done_until_the_next_one(place):
    place.change(("UPDATE point_15min_electric SET ingested_at = ? WHERE time >= ? AND time < ?",
                  (ARRIVES_AGAIN, MARCH_21, MARCH_21 + DAY // 2)))  # 144 of 2,976 quarters lack at first: above the gate
    place.run(EARLY)
    place.run(LATE)
    place.ledger("UPDATE revision SET released_ms = 1523150000000 WHERE revision = 2")
    assert place.run(LATE)["state"] == "done"
    assert place.run(LATE, "--force")["state"] == "done"
    event = place.run(LATER)
    assert (event["state"], event["reason"]) == ("held", "revision 3 is held until it is released")


def test_a_report_below_the_gate_says_why_it_is_held(place):
    place.change("DELETE FROM point_15min_electric WHERE time > 1520000000000")
    event = place.run(LATE)  # 185 of 2,976 quarters: 6.216 %
    assert (event["state"], event["reason"]) == ("held", "coverage of 6.2% is below the gate of 95%")
    assert place.revisions() == [(1, 0, "held")]


def test_the_ledger_knows_every_file_by_its_hash(place):
    place.run(EARLY, "--format", "pdf,xlsx,json,png")
    files = dict(place.ledger("SELECT name, hash FROM file WHERE revision = 1"))
    assert files == {name: hashlib.sha256(content).hexdigest()
                     for name, content in reports.tree(place.report()).items() if content is not None}
    assert len(files) > 5


# --- ledgers that are lost, broken, or of others ----------------------------------------------------------------------

def test_a_lost_ledger_comes_back_from_the_folders(place):
    undisturbed = place.folder / "undisturbed"
    for now in (EARLY, LATE):
        place.run(now, out=undisturbed)
    place.run(EARLY)
    (place.out / "ledger.db").unlink()
    before = times(place.report())
    place.run("2018-04-05T12:00:00Z")  # equal: nothing is touched
    assert times(place.report()) == before and place.revisions() == [(1, 0, "done")]
    (place.out / "ledger.db").unlink()
    place.run(LATE)  # different: the next one
    assert reports.tree(place.report()) == reports.tree(place.report(undisturbed))
    before = times(place.report())
    (place.out / "ledger.db").unlink()
    event = place.run(LATER)
    assert times(place.report()) == before and event["state"] == "held"
    assert place.revisions() == [(1, 0, "done"), (2, 0, "held")]
    # What is made from the recovered one says what it said.
    (place.out / "ledger.db").unlink()
    (place.report() / "report.xlsx").unlink()
    place.run(LATER)
    assert reports.tree(place.report()) == reports.tree(place.report(undisturbed))


def test_without_ledger_and_findings_the_first_revision_is_made_again(place):
    place.run(EARLY, "--format", "pdf")
    (place.out / "ledger.db").unlink()
    place.run(LATE)
    assert set(reports.tree(place.report())) == set(reports.FILES)
    assert place.json()["revision"] == 1


@pytest.mark.parametrize("harm, said", [
    ("text", "file is not a database"),
    ("schema", "its schema is 99; expected 1 to"),
    ("other", "an SQLite file of another program; expected a ledger or no file")])
def test_a_ledger_that_cannot_be_used_stops_the_run_and_nothing_is_touched(place, harm, said):
    place.run(EARLY)
    ledger = place.out / "ledger.db"
    if harm == "text":
        ledger.write_bytes(b"no database, but long enough to be taken for one; " * 20)
    elif harm == "schema":
        place.ledger("PRAGMA user_version = 99")
    else:
        place.ledger("PRAGMA application_id = 7")
    before = times(place.out)
    for options in ((), ("--dry-run",), ("--force",)):
        done = place.program(*place.start(LATE, *options)[1:])
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("powerreport: cannot ") and str(ledger) in done.stderr and said in done.stderr
    assert times(place.out) == before


# --- runs that are killed ---------------------------------------------------------------------------------------------

def kill_all(process):
    """The run and its worker, and waits until both are gone."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    until = time.monotonic() + 10
    with contextlib.suppress(ProcessLookupError):
        while time.monotonic() < until:
            os.killpg(process.pid, 0)
            time.sleep(0.01)


@pytest.fixture
def undisturbed(place):
    """What two runs make that nobody disturbs."""
    out = place.folder / "undisturbed"
    for now in (EARLY, LATE):
        place.run(now, out=out)
    return reports.tree(place.report(out))


def test_an_intent_without_its_files_comes_to_nothing(place, undisturbed):
    place.run(EARLY)
    first = place.folder / "first"
    shutil.copytree(place.report(), first)
    place.run(LATE)
    place.ledger("UPDATE revision SET intent = 1 WHERE revision = 2")
    place.ledger("UPDATE file SET intent = 1 WHERE revision = 2")
    target = place.report()
    shutil.rmtree(target)
    shutil.copytree(first, target)  # killed before the folders changed places
    place.run(LATE)
    assert reports.tree(place.report()) == undisturbed
    assert place.revisions() == [(1, 0, "done"), (2, 0, "held")]


def test_an_intent_whose_files_are_there_is_the_revision(place, undisturbed):
    place.run(EARLY)
    place.run(LATE)
    before = times(place.report())
    place.ledger("UPDATE revision SET intent = 1 WHERE revision = 2")
    place.ledger("UPDATE file SET intent = 1 WHERE revision = 2")
    assert place.run(LATER)["state"] == "held"  # killed behind that, before the ledger knew
    assert times(place.report()) == before and reports.tree(place.report()) == undisturbed
    assert place.revisions() == [(1, 0, "done"), (2, 0, "held")]


def test_a_run_that_is_killed_at_any_moment_is_made_good_by_the_next(place, undisturbed):
    place.run(EARLY)
    start = place.folder / "start"
    shutil.copytree(place.out, start)
    began = time.monotonic()
    place.run(LATE)
    whole_s = time.monotonic() - began
    moments = random.Random(20180408)
    ended = 0
    for _ in range(14):
        shutil.rmtree(place.out)
        shutil.copytree(start, place.out)
        with subprocess.Popen(place.start(LATE), cwd=reports.ROOT, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, start_new_session=True) as process:
            time.sleep(moments.uniform(0.3, 1.05) * whole_s)
            ended += process.poll() is not None
            kill_all(process)
        place.run(LATE)
        assert reports.tree(place.report()) == undisturbed
        assert [path.name for path in place.report().parent.iterdir()] == [place.report().name]
        assert place.revisions() == [(1, 0, "done"), (2, 0, "held")]
        assert place.ledger("PRAGMA integrity_check") == [("ok",)]
    assert ended < 14, "none was killed"


def test_a_full_disk_leaves_the_published_revision_and_the_next_run_makes_the_other(place, undisturbed):
    if os.geteuid() != 0:
        pytest.skip("nothing may be mounted here: not root")
    place.out.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "powerreport-test", place.out],
                           capture_output=True, text=True, check=False)
    if mount.returncode != 0:
        pytest.skip(f"nothing may be mounted here: {mount.stderr.strip()}")
    try:
        place.run(EARLY)
        before = times(place.report())
        room = os.statvfs(place.out)
        (place.out / "ballast").write_bytes(b"x" * (room.f_bavail * room.f_frsize - 150_000))
        done = place.program(*place.start(LATE)[1:])
        assert done.returncode == 1
        assert "no space left on device" in done.stderr or "KiB free; expected" in done.stderr, done.stderr
        assert times(place.report()) == before
        (place.out / "ballast").unlink()
        place.run(LATE)
        assert reports.tree(place.report()) == undisturbed
    finally:
        subprocess.run(["umount", place.out], check=True)
