"""Each row of the contract's table of broken data (series.md): the figure that is kept right, the note in the JSON and
its sentence in the PDF; and what is missing costs its own section a sentence and nothing else.

The plant is sound but for what a test breaks. March 2018 in Shanghai has 2976 quarters, of 10 kWh (40 kW) each:
29,760 kWh, at 0.6 CNY 17,856.00. A minute and a reading of the sensor stand at the start of every quarter.
"""

import datetime
import os
import pathlib
import re
import sqlite3
from zoneinfo import ZoneInfo

import pytest

import reports

ZONE = ZoneInfo("Asia/Shanghai")
MONTH, NOW = "2018-03", "2018-04-03T00:00:00+08:00"
START, QUARTER, MINUTE, DAY = 1519833600000, 900_000, 60_000, 86_400_000  # 2018-03-01T00:00+08:00
QUARTERS = 31 * 96
LONG_AGO = "2010-01-01 00:00:00"
INCOMER, FEEDER, SENSOR = 101, 102, 201
SOUND = {"ua": 220, "ub": 220, "uc": 220, "uab": 381, "ubc": 381, "uca": 381, "ia": 60, "ib": 60, "ic": 60,
         "pa": 13, "pb": 13, "pc": 13, "pttl": 39, "qttl": 10, "sttl": 40.3, "costtl": 0.96, "freq": 50,
         "thdua": 1.5, "thdub": 1.5, "thduc": 1.5}


def when(quarter, shift_ms=0):
    return START + quarter * QUARTER + shift_ms


def iso(quarter, shift_ms=0):
    return datetime.datetime.fromtimestamp(when(quarter, shift_ms) / 1000, ZONE).isoformat()


class Plant:
    """One tenant, one project, one incomer; every part may be left out."""

    def __init__(self, path, transformer=True, losses=True, tariff=True, sensor=True, minutes=True, history=True,
                 locale="zh-CN", **project):
        self.path = path
        self.store = sqlite3.connect(path)
        self.store.executescript((reports.ROOT / "samples" / "schema.sql").read_text(encoding="utf-8"))
        self.row("tenant", tenant_id=1, name="一厂", edition="single", locale=locale, timezone="Asia/Shanghai",
                 service_from="2017-01-01")
        self.row("project", project_id=1, name="一厂", timezone="Asia/Shanghai", holiday_region="CN", supply_kv=10,
                 **project)
        self.row("tenant_project", tenant_id=1, project_id=1)
        if transformer:
            self.row("transformer", transformer_id=1, project_id=1, name="T1", rated_kva=100, valid_from=LONG_AGO,
                     **({"no_load_loss_kw": 0.2, "load_loss_kw": 1.3} if losses else {}))
        self.point(INCOMER, "进线", "incomer", transformer_id=1 if transformer else None)
        if tariff:
            self.row("tariff", tariff_id=1, project_id=1, valid_from=LONG_AGO, currency="CNY", basic_mode="none",
                     fund_price=0, source="测试电价")
            self.row("tariff_slot", tariff_id=1, month_from=1, month_to=12, day_kind="all", start_minute=0,
                     end_minute=1440, slot="flat", price=0.6)
        if sensor:
            self.row("sensor", sensor_id=SENSOR, project_id=1, point_id=INCOMER, name="触头", kind="temperature",
                     warn_limit=70, alarm_limit=90, valid_from=LONG_AGO)
        for code, retired in (("overload", 0), ("old", 1), ("test_all", 0)):
            self.row("alarm_type", code=code, name_zh=code, name_en=code, category="load", retired=retired)
        self.has_minutes, self.has_sensor = minutes, sensor
        if history:
            for quarter in range(-28 * 96, 0):
                self.quarter(quarter)

    def row(self, table, **values):
        self.store.execute(f"INSERT OR REPLACE INTO {table} ({','.join(values)}) VALUES "
                           f"({','.join('?' * len(values))})", tuple(values.values()))

    def point(self, number, name, role, **more):
        self.row("point", point_id=number, project_id=1, name=name, role=role, wiring="3p4w", nominal_v=220,
                 **{"rated_current_a": 150, "valid_from": LONG_AGO, **more})

    def quarter(self, quarter, shift_ms=0, point=INCOMER, **more):
        self.row("point_15min_electric", point_id=point, project_id=1, time=when(quarter, shift_ms),
                 **{"kwh": 10, "kvarh_lag": 2, "kvarh_lead": 0, **more})

    def minute(self, quarter, shift_ms=0, **more):
        self.row("point_1min_index", point_id=INCOMER, project_id=1, time=when(quarter, shift_ms), **{**SOUND, **more})

    def reading(self, quarter, value=40.0, shift_ms=0):
        self.row("location_1min_aiao", sensor_id=SENSOR, project_id=1, time=when(quarter, shift_ms), value=value)

    def event(self, name, quarter, minutes=30, **more):
        start = when(quarter)
        self.row("soe_event", event_id=name, project_id=1, started_at=start,
                 **{"point_id": INCOMER, "code": "overload", "level": 2, "point_name": "进线",
                    "ended_at": None if minutes is None else start + minutes * MINUTE, **more})

    def fill(self, leave_out=(), point=INCOMER):
        """The month, but for the quarters that are left out."""
        for quarter in range(QUARTERS):
            if quarter in leave_out:
                continue
            self.quarter(quarter, point=point)
            if point == INCOMER and self.has_minutes:
                self.minute(quarter)
            if point == INCOMER and self.has_sensor:
                self.reading(quarter)
        return self


class Report:
    def __init__(self, folder):
        self.json = reports.read_json(folder)
        (self.project,) = self.json["projects"]
        self.pages = "".join(reports.run_tool("pdftotext", "-raw", folder / "report.pdf", "-").decode("utf-8").split())
        self.pdf = folder / "report.pdf"

    def value(self, finding, kind=None, number=None):
        findings = self.project["findings"]
        if kind:
            (findings,) = [subject["findings"] for subject in self.project[kind] if subject["id"] == number]
        return findings[finding]["value"]

    def note(self, code):
        """The only note of that code, whose sentence stands in the PDF, too."""
        found = [note for note in self.json["notes"] if note["code"] == code]
        assert len(found) == 1, (code, [note["code"] for note in self.json["notes"]])
        assert "".join(found[0]["text"].split()) in self.pages, found[0]["text"]
        return found[0]

    def assert_no_page_is_nearly_empty(self):
        """On each page but the last something stands below its upper fifth."""
        boxes = reports.run_tool("pdftotext", "-bbox", self.pdf, "-").decode("utf-8").split("<page ")[1:]
        for number, page in enumerate(boxes[:-1], 1):
            lowest = max(float(top) for top in re.findall(r'yMin="([0-9.]+)"', page) if float(top) < 790)
            assert lowest > 240, f"page {number} ends at {lowest}"

    def codes(self):
        return {note["code"] for note in self.json["notes"]}

    def says(self, text):
        assert "".join(text.split()) in self.pages, text


@pytest.fixture
def plant(tmp_path):
    return lambda **parts: Plant(tmp_path / "plant.db", **parts)


@pytest.fixture
def report_of(program, tmp_path):
    def make(plant, now=NOW, out="out"):
        plant.store.commit()
        program("run", "--db", plant.path, "--month", MONTH, "--now", now, "--out", tmp_path / out, check=True)
        return Report(reports.folder_of(tmp_path / out, 1, MONTH))

    return make


# --- what is broken ---------------------------------------------------------------------------------------------------

def test_a_sound_plant_has_its_figures_and_no_note_of_what_is_broken(plant, report_of):
    report = report_of(plant().fill())
    assert report.value("energy.total") == 29760
    assert report.value("bill.total") == 17856
    assert report.value("coverage.rate") == 1
    assert report.value("demand.max") == 40
    assert report.value("quality.voltage_deviation.compliance") == 1
    assert report.value("safety.over_limit_sensors") == 0
    broken = [code for code in report.codes() if code.startswith(
        ("quarter.", "minute.", "coverage.", "point.", "alarm.", "sensor.", "quality.", "health."))]
    assert broken == ["alarm.none"]  # none began, so no times to confirm or close
    report.says("29,760")
    report.assert_no_page_is_nearly_empty()


def test_missing_quarters_and_a_silent_point_are_a_gap_and_lower_the_coverage(plant, report_of):
    # 200 of 2976 are missing: 2776 ÷ 2976 = 0.932796, printed cut as 93.2 %; 2776 × 10 kWh.
    broken = plant().fill(leave_out=range(300, 500))
    broken.point(FEEDER, "馈线", "feeder", parent_id=INCOMER)
    report = report_of(broken)
    assert report.value("energy.total") == 27760
    assert report.value("coverage.rate") == 0.932796
    load = report.project["series"]["load"]["values"]
    assert load[299:301] == [40, None] and load[499:501] == [None, 40] and load.count(None) == 200
    note = report.note("coverage.low")
    assert (note["count"], note["first"], note["last"]) == (200, iso(300), iso(499))
    assert report.value("energy.total", "points", FEEDER) is None
    assert report.note("point.silent")["count"] == 2976
    report.says("93.2%")
    report.says("缺测1段")


def test_late_data_wait_for_a_later_run_that_makes_a_revision_with_its_changes(plant, report_of):
    # 100 quarters were ingested a day after the first run.
    late = plant()
    for quarter in range(QUARTERS):
        arrived = "2018-04-04T00:00:00+08:00" if 2000 <= quarter < 2100 else "2018-04-01T06:00:00+08:00"
        arrived_ms = int(datetime.datetime.fromisoformat(arrived).timestamp() * 1000)
        late.quarter(quarter, ingested_at=arrived_ms)
    first = report_of(late)
    assert (first.json["revision"], first.value("energy.total")) == (1, 28760)
    first.says("2018-04-03 00:00")
    # One-minute data and readings have no time of arrival in the contract: the page must not claim that they were cut.
    first.says("15分钟电量带有入库时间，截止时间已生效；1分钟数据与传感器读数不带，无法按截止时间取舍")
    second = report_of(late, now="2018-04-05T00:00:00+08:00")
    assert (second.json["revision"], second.value("energy.total")) == (2, 29760)
    changes = {change["path"]: (change["old"], change["new"]) for change in second.json["changes"]}
    assert changes["projects/1/energy.total"] == (28760, 29760)
    second.says("2018-04-05 00:00")
    second.says("28,760")


def test_a_quarter_under_two_times_counts_once(plant, report_of):
    broken = plant().fill()
    broken.quarter(1000, shift_ms=41_000, kwh=9)
    report = report_of(broken)
    assert report.value("energy.total") == 29760
    note = report.note("quarter.duplicate")
    assert (note["count"], note["first"]) == (1, iso(1000, 41_000))


def test_rows_off_the_grid_belong_to_their_quarter(plant, report_of):
    # One comes a minute early; four stand 17 minutes apart and fall into four quarters one after the other.
    broken = plant().fill(leave_out=(700, 1200, 1201, 1202, 1203))
    broken.quarter(700, shift_ms=-MINUTE, kwh=7)
    for number in range(4):
        broken.quarter(1200, shift_ms=number * 17 * MINUTE + 5 * MINUTE, kwh=6)
    report = report_of(broken)
    assert report.value("energy.total") == 29760 - 5 * 10 + 7 + 4 * 6
    load = report.project["series"]["load"]["values"]
    assert load[700] == 28 and load[1200:1204] == [24, 24, 24, 24]
    assert report.note("quarter.off_grid")["count"] == 5


def test_energy_that_cannot_be_is_left_out_and_a_zero_current_under_load_too(plant, report_of):
    # The bound is 0.25 h × 1.5 × 100 kVA = 37.5 kWh.
    broken = plant().fill()
    broken.quarter(10, kwh=-3)
    broken.quarter(11, kwh=1_000_000)
    for quarter in range(40, 50):
        broken.minute(quarter, ia=0)  # phase A still draws 13 of 39 kW
    report = report_of(broken)
    assert report.value("energy.total") == 29740
    assert report.value("coverage.measured") == 2974
    note = report.note("quarter.implausible.energy")
    assert (note["count"], note["first"], note["last"]) == (2, iso(10), iso(11))
    report.says("1,000,000")
    assert report.note("minute.implausible.current")["count"] == 10
    # A phase at 0 beside 60 and 60 would be an unbalance of 100 %.
    assert report.value("quality.current_unbalance.worst") == 0


def test_an_absurd_demand_of_the_meter_is_none(plant, report_of):
    broken = plant().fill()
    for quarter in range(QUARTERS):
        broken.quarter(quarter, mdp_max=9_999_999 if quarter == 5 else 40.5)
    report = report_of(broken)
    assert report.value("demand.max") == 40
    assert report.value("demand.reported") == 40.5
    assert report.note("demand.reported_implausible")["count"] == 1
    report.says("9,999,999")
    report.says("40.50")


def test_an_outage_is_told_from_a_low_load(plant, report_of):
    # A day without power, and another at 4 kW: the base load (5 % value of running time) is 4 kW, not 0.
    broken = plant().fill()
    for quarter in range(96, 192):
        broken.quarter(quarter, kwh=0, kvarh_lag=0)
        broken.minute(quarter, **{name: 0 for name in SOUND})
    for quarter in range(960, 960 + 2 * 96):
        broken.quarter(quarter, kwh=1)
    report = report_of(broken)
    assert report.value("load.outage_minutes") == 96 * 15
    assert report.value("load.base") == 4
    assert report.value("load.peak_valley") == 36
    assert report.value("load.peak_valley") <= report.value("load.max") == 40
    assert report.note("quality.outage")["count"] == 96
    assert report.value("quality.voltage_deviation.compliance") == 1
    report.says("运行：负荷高于本月95%值的2%")


def test_rows_after_a_points_removal_do_not_count(plant, report_of):
    broken = plant().fill()
    broken.point(FEEDER, "馈线", "feeder", parent_id=INCOMER, valid_to="2018-03-11 00:00:00")
    for quarter in range(12 * 96):
        broken.quarter(quarter, point=FEEDER, kwh=2)
    report = report_of(broken)
    # valid_to is UTC: 2018-03-11T08:00+08:00, after 10 days and 32 quarters.
    assert report.value("energy.total", "points", FEEDER) == (10 * 96 + 32) * 2
    note = report.note("quarter.outside_validity")
    assert (note["count"], note["first"]) == (2 * 96 - 32, iso(10 * 96 + 32))


def test_events_follow_the_point_when_names_are_exchanged(plant, report_of):
    broken = plant().fill()
    broken.point(FEEDER, "乙线", "feeder", parent_id=INCOMER)
    broken.fill(point=FEEDER)
    for point, before, after in ((INCOMER, "甲线", "乙线"), (FEEDER, "乙线", "甲线")):
        broken.row("point_name", point_id=point, name=before, valid_from=LONG_AGO)
        broken.row("point_name", point_id=point, name=after, valid_from="2018-03-15 00:00:00")
    broken.event("e1", 100, point_name="甲线")
    broken.event("e2", 2000, point_name="乙线")
    report = report_of(broken)
    assert [point["name"] for point in report.project["points"]] == ["乙线", "甲线"]
    assert report.value(f"alarms.point.{INCOMER}") == 2
    renamed = [note for note in report.json["notes"] if note["code"] == "point.renamed"]
    assert {note["point"] for note in renamed} == {INCOMER, FEEDER}
    for note in renamed:
        report.says(note["text"])


def test_retired_tested_and_repeated_events_are_left_out_and_counted(plant, report_of):
    broken = plant().fill()
    broken.event("e1", 100)
    broken.event("e1-again", 100)
    broken.event("e2", 200, code="old")
    broken.event("e3", 300, code="test_all")
    report = report_of(broken)
    assert report.value("alarms.total") == 1
    assert report.value("alarms.excluded") == 3
    for code in ("alarm.duplicate", "alarm.retired", "alarm.test"):
        assert report.note(code)["count"] == 1
    report.says("已剔除3条")


def test_where_nothing_is_known_beside_energy_each_section_says_so(plant, report_of):
    report = report_of(plant(transformer=False, tariff=False, sensor=False, minutes=False, history=False).fill())
    assert report.value("energy.total") == 29760
    assert report.value("demand.max") == 40
    for code in ("base.month_new", "transformer.none", "tariff.missing", "sensor.none", "load.no_minutes"):
        report.note(code)
    report.says("没有录入电价，本月不计算电费")
    report.says("没有安装温度或剩余电流传感器，安全读数未测。")
    report.says("进线本月没有分钟数据，供电质量未测。")


def test_the_bill_is_the_tariffs_where_the_ingest_priced_otherwise(plant, report_of):
    # 29,760 kWh at 0.6 are 17,856.00; the ingest took 0.5 and made 14,880.00: 2,976.00 more, 20 % of theirs.
    broken = plant().fill()
    for quarter in range(QUARTERS):
        broken.quarter(quarter, charge=5)
    report = report_of(broken)
    assert report.value("bill.total") == 17856
    assert report.value("bill.ingest.difference") == 2976
    assert report.value("bill.ingest.difference.rate") == 0.2
    report.note("bill.ingest_difference")
    report.says("2,976.00")
    report.says("应核对")


def test_power_factors_of_an_idle_machine_are_none(plant, report_of):
    broken = plant().fill()
    for quarter in range(0, 300):
        broken.minute(quarter, costtl=0)
    for quarter in range(300, 310):
        broken.minute(quarter, costtl=1.7)
    report = report_of(broken)
    assert report.value("quality.power_factor.worst") == 0.96
    assert report.value("quality.power_factor.compliance") == 1
    assert report.note("minute.implausible.power_factor")["count"] == 310


def test_an_event_without_a_possible_duration_counts_without_one(plant, report_of):
    broken = plant().fill()
    broken.event("e1", 100, minutes=-45)
    broken.event("e2", 200, minutes=32 * 1440)
    broken.event("e3", 300, minutes=30)
    report = report_of(broken, now="2018-05-05T00:00:00+08:00")
    assert report.value("alarms.total") == 3
    assert report.note("alarm.time_left_out")["count"] == 2
    listed = [event["id"] for event in report.project["events"]]
    assert listed == ["e3", "e1", "e2"], "those without a duration stand last"


def test_line_voltages_of_zero_leave_the_unbalance_unmeasured(plant, report_of):
    broken = plant().fill()
    for quarter in range(400, 420):
        broken.minute(quarter, uab=0, ubc=0, uca=0)
    report = report_of(broken)
    assert report.value("quality.voltage_unbalance.worst") == 0
    assert report.value("quality.voltage_unbalance.verdict") == "pass"
    assert report.note("quality.unbalance_left_out")["count"] == 20


def test_readings_that_a_sensor_cannot_make_and_their_events_are_left_out(plant, report_of):
    broken = plant().fill()
    for quarter in range(500, 512):
        broken.reading(quarter, value=999)
    broken.reading(1500, value=71.5)
    broken.event("e1", 500, sensor_id=SENSOR, value=999)
    report = report_of(broken)
    assert report.value("safety.max", "sensors", SENSOR) == 71.5
    assert report.value("safety.over_limit_sensors") == 0
    assert report.note("sensor.implausible")["count"] == 12
    assert report.value("alarms.total") == 0
    assert report.note("alarm.implausible")["count"] == 1
    report.says("71.5")


def test_reverse_power_is_noted(plant, report_of):
    broken = plant().fill()
    for quarter in range(50, 58):
        broken.minute(quarter, pttl=-12.5)
    report = report_of(broken)
    assert report.value("energy.total") == 29760
    assert report.note("minute.reverse_power")["count"] == 8
    report.says("−12.50 kW")


def test_another_factorys_rows_are_listed_where_they_cannot_be(plant, report_of):
    # Beside the own row of a quarter, off the grid; and alone, but over the rating of 37.5 kWh.
    broken = plant().fill(leave_out=(900,))
    for quarter in range(800, 820):
        broken.quarter(quarter, shift_ms=90_000, kwh=30)
    broken.quarter(900, kwh=80)
    report = report_of(broken)
    assert report.value("energy.total") == 29750
    assert report.note("quarter.duplicate")["count"] == 20
    assert report.note("quarter.implausible.energy")["count"] == 1


ROWS = (
    ("Quarters missing", test_missing_quarters_and_a_silent_point_are_a_gap_and_lower_the_coverage),
    ("Data that arrives", test_late_data_wait_for_a_later_run_that_makes_a_revision_with_its_changes),
    ("The same quarter twice", test_a_quarter_under_two_times_counts_once),
    ("Time stamps", test_rows_off_the_grid_belong_to_their_quarter),
    ("Negative energy", test_energy_that_cannot_be_is_left_out_and_a_zero_current_under_load_too),
    ("`mdp_max`", test_an_absurd_demand_of_the_meter_is_none),
    ("`pttl` 0", test_an_outage_is_told_from_a_low_load),
    ("A point removed", test_rows_after_a_points_removal_do_not_count),
    ("A point renamed", test_events_follow_the_point_when_names_are_exchanged),
    ("Events of retired", test_retired_tested_and_repeated_events_are_left_out_and_counted),
    ("No history", test_where_nothing_is_known_beside_energy_each_section_says_so),
    ("`charge` from ingest", test_the_bill_is_the_tariffs_where_the_ingest_priced_otherwise),
    ("`costtl`", test_power_factors_of_an_idle_machine_are_none),
    ("An event that ends", test_an_event_without_a_possible_duration_counts_without_one),
    ("Line voltages 0", test_line_voltages_of_zero_leave_the_unbalance_unmeasured),
    ("Temperatures", test_readings_that_a_sensor_cannot_make_and_their_events_are_left_out),
    ("Reverse energy", test_reverse_power_is_noted),
    ("A wrong work order", test_another_factorys_rows_are_listed_where_they_cannot_be),
)


def test_every_row_of_the_contracts_table_has_a_test():
    shared = pathlib.Path(os.environ.get("POWERREPORT_SHARED") or reports.ROOT.parent / "shared")
    contract = shared / "contract" / "series.md"
    if not contract.is_file():
        pytest.skip("no contract here: POWERREPORT_SHARED names no folder with contract/series.md")
    table = contract.read_text(encoding="utf-8").split("## How the real data is broken")[1]
    rows = re.findall(r"(?m)^\| (?!what \||---)(.+?) \|", table)
    assert len(rows) == len(ROWS)
    for row, (start, test) in zip(rows, ROWS):
        assert row.startswith(start) and callable(test), row


# --- what is missing --------------------------------------------------------------------------------------------------

FIGURES = {"energy.total": 29760, "demand.max": 40, "coverage.rate": 1}
BILL = {"bill.total": 17856}
QUALITY = {"quality.voltage_deviation.compliance": 1, "quality.frequency.verdict": "pass"}
SAFETY = {"safety.over_limit_sensors": 0}


@pytest.mark.parametrize("without,stays,note,sentence", [
    ("sensor", {**FIGURES, **BILL, **QUALITY}, "sensor.none", "没有安装温度或剩余电流传感器，安全读数未测。"),
    ("transformer", {**FIGURES, **BILL, **QUALITY, **SAFETY}, "transformer.none", None),
    ("tariff", {**FIGURES, **QUALITY, **SAFETY}, "tariff.missing", "没有录入电价，本月不计算电费"),
    ("history", {**FIGURES, **BILL, **QUALITY, **SAFETY}, "base.month_new", None),
    ("minutes", {**FIGURES, **BILL, **SAFETY}, "load.no_minutes", "进线本月没有分钟数据，供电质量未测。"),
    ("losses", {**FIGURES, **BILL, **QUALITY, **SAFETY}, None, None),
])
def test_what_is_missing_costs_its_own_section_a_sentence(plant, report_of, without, stays, note, sentence):
    report = report_of(plant(**{without: False}).fill())
    assert {name: report.value(name) for name in stays} == stays
    if note:
        report.note(note)
    if sentence:
        report.says(sentence)
    report.assert_no_page_is_nearly_empty()


def test_without_any_quarter_coverage_is_of_minutes_and_quality_stands(plant, report_of):
    alone = plant(history=False)
    for quarter in range(QUARTERS):
        alone.minute(quarter)
        alone.reading(quarter)
    report = report_of(alone)
    assert report.value("energy.total") is None
    assert report.value("coverage.rate") == 1
    assert {name: report.value(name) for name in {**QUALITY, **SAFETY}} == {**QUALITY, **SAFETY}
    report.note("coverage.of_minutes")
    report.says("本月只有分钟数据，没有15分钟电量。")
