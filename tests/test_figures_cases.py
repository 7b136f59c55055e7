"""Figures of awkward months: small companies written as CSV, imported, and reported on. What is expected is worked out
in the comments."""

import csv
import datetime
import pathlib
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

import reports
from servers import processes

MONTH, NOW = "2026-03", "2026-05-01T00:00:00Z"  # March 2026 has 2,976 quarters; the 1st is a Sunday
LONG_AGO = "2020-01-01 00:00:00"
SHANGHAI = "Asia/Shanghai"
CASES = {}


class Company:
    """One tenant with one project; its number is its tenant's, its project's and its first point's id."""

    def __init__(self, books, number):
        self.books, self.number, self.zone = books, number, SHANGHAI

    def add(self, table, **values):
        self.books.setdefault(table, []).append(values)

    def tenant(self, zone=SHANGHAI, service_from="2020-01-01", service_to="", project_zone=""):
        self.zone = project_zone or zone
        self.add("tenant", tenant_id=self.number, name=f"客户{self.number}", edition="single", locale="zh-CN",
                 timezone=zone, service_from=service_from, service_to=service_to)
        self.add("project", project_id=self.number, name=f"厂区{self.number}", timezone=project_zone,
                 holiday_region="CN")
        self.add("tenant_project", tenant_id=self.number, project_id=self.number)
        return self

    def point(self, place=0, role="incomer", kva=800, valid_from=LONG_AGO, **more):
        number = self.number * 1000 + place
        if kva:
            self.add("transformer", transformer_id=number, project_id=self.number, name="T", rated_kva=kva,
                     valid_from=LONG_AGO)
        self.add("point", **{"point_id": number, "project_id": self.number, "transformer_id": number if kva else "",
                             "name": f"P{place}", "role": role, "wiring": "3p4w", "nominal_v": 220,
                             "valid_from": valid_from, **more})
        return self

    def row(self, local, kwh, place=0, **more):
        time = datetime.datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(self.zone))
        self.add("point_15min_electric", point_id=self.number * 1000 + place, project_id=self.number,
                 time=time.isoformat(), kwh=kwh, **more)
        return self

    def fill(self, first="2026-03-01T00:00", last="2026-04-01T00:00", kwh=10, place=0, **more):
        """A row for every quarter of [first, last), both local."""
        moment, end = (datetime.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(self.zone)).astimezone(
            datetime.timezone.utc) for text in (first, last))
        while moment < end:
            self.add("point_15min_electric", point_id=self.number * 1000 + place, project_id=self.number,
                     time=moment.isoformat(), kwh=kwh, **more)
            moment += datetime.timedelta(minutes=15)
        return self

    def tariff(self, number=0, valid_from=LONG_AGO, slots=(("all", 0, 1440, "flat", "0.5"),), **more):
        tariff = self.number * 10 + number
        self.add("tariff", **{"tariff_id": tariff, "project_id": self.number, "valid_from": valid_from,
                              "currency": "CNY", "basic_mode": "none", "fund_price": 0, "source": "测试", **more})
        for kind, start, end, slot, price in slots:
            self.add("tariff_slot", tariff_id=tariff, month_from=1, month_to=12, day_kind=kind, start_minute=start,
                     end_minute=end, slot=slot, price=price)
        return self


def company(build):
    """Registers a case: its number is the order in the file."""
    CASES[build.__name__] = (len(CASES) + 1, build)
    return build


@pytest.fixture(scope="session")
def report_of(program):
    """report_of(case) → its report.json with decimals; every case is in one store and one run."""

    def make():
        folder = processes.state_folder() / "figure-cases"
        (folder / "csv").mkdir(parents=True)
        books = {}
        for number, build in CASES.values():
            build(Company(books, number))
        books["offday"] = [{"region": "CN", "calendar_day": "2026-03-04", "worked": 0, "name": "节"}]
        for table, rows in books.items():
            names = list(dict.fromkeys(name for row in rows for name in row))
            with open(folder / "csv" / f"{table}.csv", "w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, names, restval="", lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
        program("import", folder / "csv", "--db", folder / "store.db", check=True)
        done = program("run", "--db", folder / "store.db", "--month", MONTH, "--now", NOW, "--out", folder / "out",
                       "--format", "json")
        assert "AddressSanitizer" not in done.stderr and done.returncode in (0, 1), done.stderr
        (folder / "said.txt").write_text(done.stdout + "\n" + done.stderr, encoding="utf-8")
        return str(folder)

    def report(build):
        folder = pathlib.Path(processes.once("figure-cases", make))
        number = CASES[build.__name__][0]
        return reports.read_json(reports.folder_of(folder / "out", number, MONTH), parse_float=Decimal,
                                 parse_int=Decimal)

    report.said = lambda: (pathlib.Path(processes.once("figure-cases", make)) / "said.txt").read_text(encoding="utf-8")
    return report


def expect(report, **wanted):
    """Values of the project's findings, dots written as two underscores; a text is a decimal, None is null."""
    findings = report["projects"][0]["findings"]
    found = {name: findings[name.replace("__", ".")]["value"] for name in wanted}
    assert found == {name: None if text is None else Decimal(text) for name, text in wanted.items()}


def codes(report):
    return {note["code"] for note in report["notes"]}


def note(report, code):
    (found,) = [note for note in report["notes"] if note["code"] == code]
    return found


def lines(report, kind="energy"):
    return [(line["slot"], line["quantity"], line["price"], line["amount"])
            for line in report["projects"][0]["bill_lines"] if line["line"].startswith(kind)]


# --- coverage and quarters --------------------------------------------------------------------------------------------

@company
def one_row(made):
    made.tenant().point().tariff().row("2026-03-05T10:00", 10)


def test_a_month_with_a_single_row(report_of):
    report = report_of(one_row)
    # 1 ÷ 2,976 = 0.00033602; one quarter of 40 kW is mean, maximum, minimum and base.
    expect(report, coverage__measured="1", coverage__rate="0.000336", energy__total="10", demand__max="40",
           load__mean="40", load__rate="1", load__min="40", load__base="40", load__peak_valley="0",
           load__running_minutes="15", load__outage_minutes=None, bill__total="5")
    assert report["findings"]["coverage.rate"]["text"] == "0.0%"
    assert {"coverage.tenant_low", "load.no_minutes"} <= codes(report)


@company
def one_of_two(made):
    made.tenant().point().point(1).tariff().fill()


def test_only_one_of_two_incomers_ever_came(report_of):
    report = report_of(one_of_two)
    expect(report, coverage__expected="5952", coverage__measured="2976", coverage__rate="0.5", energy__total="29760",
           demand__max="40", demand__reported=None, load__mean=None)
    assert {"point.silent", "demand.partial", "coverage.project_low"} <= codes(report)


@company
def from_mid_month(made):
    # 15 March 10:07 in Shanghai: the first quarter that begins in the validity is 10:15, so 16 days 13:45 h = 1,591.
    made.tenant().point(valid_from="2026-03-15 02:07:00").tariff().fill()


def test_a_point_valid_from_the_middle_of_the_month(report_of):
    report = report_of(from_mid_month)
    expect(report, coverage__expected="1591", coverage__measured="1591", coverage__rate="1", energy__total="15910")
    assert note(report, "quarter.outside_validity")["count"] == 2976 - 1591


@company
def first_instant(made):
    made.tenant().point().tariff()
    made.row("2026-02-28T23:59", 1).row("2026-02-28T23:57:59", 2)    # March's; February's
    made.row("2026-03-31T23:59", 4).row("2026-03-31T23:57:59", 8)    # April's; March's
    made.row("2026-03-10T10:13", 16).row("2026-03-10T10:00", 32)     # 10:15; 10:00


def test_rows_around_the_months_instants(report_of):
    report = report_of(first_instant)
    expect(report, energy__total="57", coverage__measured="4")  # 1 + 8 + 16 + 32
    assert note(report, "quarter.off_grid")["count"] == 3
    energy = report["projects"][0]["series"]["energy_day"]["values"]
    assert (energy[0], energy[9], energy[30], energy[1]) == (1, 48, 8, None)


@company
def ties(made):
    made.tenant().point().tariff()
    same = {"ingested_at": "2026-03-20T00:00Z"}
    made.row("2026-03-05T10:01", 3, **same).row("2026-03-05T10:02", 5, **same)  # the larger: 5
    made.row("2026-03-05T11:00", 7).row("2026-03-05T11:01", 70, **same)        # on the grid: 7
    made.row("2026-03-05T12:01", 11, **same).row("2026-03-05T12:02", 2, ingested_at="2026-03-20T00:01Z")  # later: 2
    made.row("2026-03-05T13:01", 13).row("2026-03-05T13:02", 1, **same)        # missing is the earliest: 1


def test_ties_are_settled_by_the_methods_order(report_of):
    report = report_of(ties)
    expect(report, energy__total="15")  # 5 + 7 + 2 + 1
    assert note(report, "quarter.duplicate")["count"] == 4


@company
def at_the_bound(made):
    # 0.25 h × 1.5 × 800 kVA = 300 kWh; reactive by its magnitude.
    made.tenant().point().tariff()
    made.row("2026-03-05T10:00", 300, kvarh_lag=300, kvarh_lead=-300).row("2026-03-05T10:15", "300.000001")
    made.row("2026-03-05T10:30", -1).row("2026-03-05T10:45", 0).row("2026-03-05T11:00", 1, kvarh_lag="300.01")


def test_the_bound_itself_is_plausible(report_of):
    report = report_of(at_the_bound)
    expect(report, energy__total="301", coverage__measured="3", energy__reactive__lag="300",
           energy__reactive__lead="300")
    assert note(report, "quarter.implausible.energy")["count"] == 2
    assert note(report, "quarter.implausible.reactive")["count"] == 1


@company
def three_wire(made):
    # 0.25 h × 1.5 × √3 × 10 kV × 100 A = 649.519 kWh; one phase: 0.25 × 1.5 × 220 × 100 ÷ 1000 = 8.25 kWh.
    made.tenant().point(kva=0, wiring="3p3w", nominal_v=10000, rated_current_a=100)
    made.point(1, role="feeder", kva=0, wiring="1p", rated_current_a=100)
    made.row("2026-03-05T10:00", "649.51").row("2026-03-05T10:15", "649.53")
    made.row("2026-03-05T10:00", "8.25", place=1).row("2026-03-05T10:15", "8.26", place=1)


def test_bounds_by_current_and_wiring(report_of):
    report = report_of(three_wire)
    expect(report, energy__total="649.51")
    feeder = report["projects"][0]["points"][1]["findings"]
    assert feeder["energy.total"]["value"] == Decimal("8.25")


@company
def unrated(made):
    made.tenant().point(kva=0).tariff()
    made.row("2026-03-05T10:00", 1_000_000).row("2026-03-05T10:15", "1000000.01").row("2026-03-05T10:30", "1e9")


def test_a_million_kwh_bound_what_has_no_rating(report_of):
    report = report_of(unrated)
    expect(report, energy__total="1000000", demand__max="4000000", bill__total="500000")
    assert note(report, "quarter.implausible.energy")["count"] == 2
    assert {"load.no_rating", "transformer.none"} <= codes(report)


@company
def almost_at_the_gate(made):
    made.tenant().point().tariff().fill("2026-03-01T00:00", "2026-03-30T10:30")  # 29 × 96 + 42 = 2,826


def test_printed_coverage_is_cut(report_of):
    report = report_of(almost_at_the_gate)
    # 2,826 ÷ 2,976 = 0.949596…: below the gate, and never printed as 95.0 %.
    expect(report, coverage__rate="0.949597")
    assert report["findings"]["coverage.rate"]["text"] == "94.9%"
    assert "coverage.tenant_low" in codes(report)


@company
def removed(made):
    # Valid to 10 March 12:07: the quarter of 12:00 is the last; a sample an hour, also before and after; 50 A of 100 A.
    made.tenant().point(kva=0, rated_current_a=100, valid_from="2026-03-04 16:00:00", valid_to="2026-03-10 04:07:00")
    moment = datetime.datetime(2026, 3, 1, tzinfo=ZoneInfo(SHANGHAI))
    while moment.month == 3:
        valid = (5, 0, 0) <= (moment.day, moment.hour, moment.minute) < (10, 12, 7)
        made.add("point_1min_index", point_id=made.number * 1000, project_id=made.number, time=moment.isoformat(),
                 ua=220 if valid else 999, ia=50 if valid else 90)
        moment += datetime.timedelta(hours=1)
    made.add("point_1min_index", point_id=made.number * 1000, project_id=made.number,
             time="2026-03-10T12:08:00+08:00", ua=999, ia=90)


def test_samples_outside_the_validity_do_not_count(report_of):
    report = report_of(removed)
    # 5 days and 49 quarters are expected; 5 × 24 + 13 hold a sample: 133 ÷ 529.
    expect(report, coverage__expected="529", coverage__measured="133", coverage__rate="0.251418", energy__total=None)
    findings = report["projects"][0]["points"][0]["findings"]
    assert findings["load.beta.max"]["value"] == findings["load.beta.mean"]["value"] == Decimal("0.5")
    assert "minute.implausible.voltage" not in codes(report) and "coverage.of_minutes" in codes(report)


# --- zones and service ------------------------------------------------------------------------------------------------

@company
def project_zone(made):
    # Berlin's March has an hour less: 2,972 quarters.
    made.tenant(project_zone="Europe/Berlin").point().tariff().fill()


def test_the_projects_zone_decides_the_month(report_of):
    report = report_of(project_zone)
    expect(report, coverage__expected="2972", coverage__rate="1", energy__total="29720")
    days = report["projects"][0]["series"]["energy_day"]
    assert days["start"] == "2026-03-01T00:00:00+01:00" and days["values"][28] == 920 and len(days["values"]) == 31
    assert len(report["projects"][0]["series"]["load"]["values"]) == 2972
    # 02:00 to 03:00 of the 29th does not exist: the typical offday holds 9 days there, as many as it has.
    assert report["projects"][0]["series"]["typical_offday"]["values"] == [40] * 96
    assert report["cutoff"] == "2026-05-01T08:00:00+08:00"


@company
def served_from_the_tenth(made):
    made.tenant(service_from="2026-03-10").point().tariff().fill()


def test_service_from_the_middle_of_the_month(report_of):
    report = report_of(served_from_the_tenth)
    expect(report, coverage__expected=str(22 * 96), coverage__rate="1", energy__total="21120")
    assert note(report, "quarter.outside_service")["count"] == 9 * 96
    assert report["projects"][0]["series"]["energy_day"]["values"][:10] == [None] * 9 + [960]


@company
def out_of_service(made):
    made.tenant(service_to="2026-03-01").point().tariff().fill()


def test_a_tenant_out_of_service_is_skipped(report_of):
    number = CASES["out_of_service"][0]
    (line,) = [line for line in report_of.said().splitlines() if f"客户{number}:" in line]
    assert "not in service in 2026-03" in line


@company
def feeder_only(made):
    made.tenant().point(role="feeder").tariff().fill()


def test_a_project_without_an_incomer(report_of):
    """Nothing is expected of it, though its feeder is measured."""
    report = report_of(feeder_only)
    expect(report, coverage__expected="0", coverage__rate=None, energy__total=None, demand__max=None, bill__total=None)
    assert "coverage.none" in codes(report)
    assert {"coverage.tenant_low", "coverage.project_low"} & codes(report) == set()
    assert report["projects"][0]["points"][0]["findings"]["energy.total"]["value"] == 29760


@company
def many_points(made):
    made.tenant().tariff()
    for place in range(400):
        made.point(place, role="incomer", kva=10).row("2026-03-05T10:00", 1, place=place)


def test_four_hundred_incomers(report_of):
    report = report_of(many_points)
    expect(report, energy__total="400", demand__max="1600", coverage__measured="400", coverage__expected="1190400",
           load__mean="1600")
    # 400 equal shares of 0.25 %: by largest remainder 200 times 0.3 % (the first in the list) and 200 times 0.2 %.
    texts = [point["findings"]["energy.share"]["text"] for point in report["projects"][0]["points"]]
    assert texts == ["0.3%"] * 200 + ["0.2%"] * 200


# --- the bill ---------------------------------------------------------------------------------------------------------

KINDS = (("workday", 0, 1440, "peak", "1"), ("offday", 0, 1440, "flat", "0.5"), ("holiday", 0, 1440, "deep", "0"))


@company
def holiday_rows(made):
    made.tenant().point().fill().tariff(slots=KINDS)


def test_holidays_have_their_rows_and_a_price_of_nothing(report_of):
    # The 4th is a holiday; 9 days of weekends (1, 7, 8, 14, 15, 21, 22, 28, 29), 21 workdays; 960 kWh a day.
    report = report_of(holiday_rows)
    assert lines(report) == [("peak", 20160, 1, 20160), ("flat", 8640, Decimal("0.5"), 4320), ("deep", 960, 0, 0)]
    expect(report, bill__energy__deep="0", energy__slot__deep="960", energy__working="20160", energy__off="9600",
           bill__total="24480")


@company
def no_holiday_rows(made):
    made.tenant().point().fill().tariff(slots=KINDS[:2])


def test_without_holiday_rows_a_holiday_is_an_offday(report_of):
    assert [line[:2] for line in lines(report_of(no_holiday_rows))] == [("peak", 20160), ("flat", 9600)]


@company
def only_workday_rows(made):
    made.tenant().point().fill().tariff(slots=KINDS[:1])


def test_with_workday_rows_alone_every_day_is_one(report_of):
    assert [line[:2] for line in lines(report_of(only_workday_rows))] == [("peak", 29760)]


@company
def table_gap(made):
    # 06:00 to 07:00 has no row: 31 × 4 × 10 kWh. The fixed line stands, the base of the adjustment is unknown.
    made.tenant().point().fill(kvarh_lag=0, kvarh_lead=0)
    made.tariff(slots=(("all", 0, 360, "valley", "0.3"), ("all", 420, 1440, "flat", "0.5")), pf_standard="0.90",
                basic_mode="capacity", capacity_price=30)


def test_a_gap_in_the_tariffs_table(report_of):
    report = report_of(table_gap)
    assert lines(report) == [("flat", 21080, Decimal("0.5"), 10540), ("valley", 7440, Decimal("0.3"), 2232),
                             (None, 1240, None, None)]
    expect(report, bill__basic="24000", bill__pf__percent="-0.75", bill__pf__amount=None, bill__total="36772",
           bill__price=None)
    assert note(report, "tariff.incomplete")["count"] == 124


@company
def between_tariffs(made):
    made.tenant().point().fill()
    made.tariff(0, valid_to="2026-03-09 16:00:00").tariff(1, valid_from="2026-03-10 16:00:00")


def test_a_day_without_a_tariff(report_of):
    report = report_of(between_tariffs)
    assert lines(report) == [("flat", 8640, Decimal("0.5"), 4320), ("flat", 20160, Decimal("0.5"), 10080),
                             (None, 960, None, None)]
    assert note(report, "tariff.incomplete")["count"] == 96
    expect(report, bill__total="14400", bill__price=None)


@company
def inside_a_quarter(made):
    # The price changes at 10:07 of the 11th: the quarter of 10:00 is still the old tariff's, 10 days 10:15 h = 1,001.
    made.tenant().point().fill()
    made.tariff(0, valid_to="2026-03-11 02:07:00")
    made.tariff(1, valid_from="2026-03-11 02:07:00", slots=(("all", 0, 1440, "flat", "-0.333333"),))


def test_a_price_changes_at_a_quarters_start_and_may_be_negative(report_of):
    report = report_of(inside_a_quarter)
    # 19,750 kWh × −0.333333 = −6,583.32675 → −6,583.33.
    assert lines(report) == [("flat", 10010, Decimal("0.5"), 5005),
                             ("flat", 19750, Decimal("-0.333333"), Decimal("-6583.33"))]
    expect(report, bill__energy="-1578.33", bill__total="-1578.33", bill__price="-0.053035")


@company
def no_contract(made):
    made.tenant().point().fill(kvarh_lag=0).tariff(basic_mode="contract_demand", demand_price=40)


def test_a_contract_that_nobody_entered(report_of):
    report = report_of(no_contract)
    expect(report, bill__energy="14880", bill__basic=None, bill__total="14880", bill__price=None)
    assert lines(report, "basic") == [(None, None, 40, None)]
    assert note(report, "tariff.incomplete")["text"]


@company
def no_transformer(made):
    made.tenant().point(kva=0, rated_current_a=1000).fill().tariff(basic_mode="capacity", capacity_price=30)


def test_capacity_without_a_transformer(report_of):
    report = report_of(no_transformer)
    expect(report, bill__basic=None, bill__total="14880", bill__price=None)
    assert {"tariff.incomplete", "transformer.none"} <= codes(report)


@company
def no_lead(made):
    # cos φ = 10 ÷ √(100 + 25) = 0.8944 → 0.89: +0.5 % of 14,880 − 0.02 × 29,760 = 14,284.80 → 71.42.
    made.tenant().point().fill(kvarh_lag=5).tariff(pf_standard="0.90", fund_price="0.02")


def test_a_lead_that_is_missing_all_month_is_nothing(report_of):
    report = report_of(no_lead)
    expect(report, power_factor__month="0.89", bill__pf__base="14284.8", bill__pf__percent="0.5",
           bill__pf__amount="71.42", bill__total="14951.42", energy__reactive__lead=None, energy__reactive="14880")
    assert "power_factor.no_lead" in codes(report)


@company
def no_reactive(made):
    made.tenant().point().fill().tariff(pf_standard="0.90")


def test_without_reactive_energy_there_is_no_power_factor(report_of):
    report = report_of(no_reactive)
    expect(report, power_factor__month=None, bill__pf__percent=None, bill__pf__amount=None, energy__reactive=None,
           bill__total="14880", bill__price=None)
    assert {"power_factor.unmeasured", "load.no_reactive", "tariff.incomplete"} <= codes(report)


@company
def some_reactive(made):
    made.tenant().point().fill("2026-03-01T00:00", "2026-03-29T00:00", kvarh_lag=0, kvarh_lead=0)
    made.fill("2026-03-29T00:00", "2026-04-01T00:00").tariff(pf_standard="0.90")


def test_an_adjustment_under_the_gate_is_provisional(report_of):
    # 28 of 31 days hold kvarh: 90.3 %. The base is the whole bill: 14,880 × −0.75 % = −111.60.
    report = report_of(some_reactive)
    expect(report, power_factor__month="1", bill__pf__amount="-111.6", bill__total="14768.4")
    assert note(report, "power_factor.provisional")["count"] == 28 * 96


@company
def own_period(made):
    # The utility reads on the 25th: 28 days of 960 kWh at 0.5, D = 40 kW at 30; a spike of 50 kWh on the 30th is ours.
    made.tenant().point().fill("2026-02-20T00:00").row("2026-03-30T10:00", 50)
    made.tariff(basic_mode="actual_demand", demand_price=30)
    made.add("utility_bill", project_id=made.number, bill_month="2026-03", period_from="2026-02-25",
             period_to="2026-03-25", amount=14300, energy_amount=13000, basic_amount=1200)


def test_the_utilitys_bill_is_compared_over_its_own_period(report_of):
    report = report_of(own_period)
    expect(report, energy__total="29800", bill__basic="6000", bill__utility__energy__difference="440",
           bill__utility__energy__difference__rate="0.033846", bill__utility__basic__difference="0",
           bill__utility__basic__difference__rate="0", bill__utility__total__difference="340",
           bill__utility__total__difference__rate="0.023776")
    assert {"bill.utility_period", "bill.utility_difference"} <= codes(report)
    # The later line of a file wins where a point and a time are the same: the row of 30 March is 50 kWh alone.
    assert "quarter.duplicate" not in codes(report)


@company
def half_a_month(made):
    # February whole, March's first 14 days: as much a day. What is not a sum is compared as it is.
    made.tenant().point().tariff().fill("2026-02-01T00:00", "2026-03-01T00:00", kwh=5)
    made.fill("2026-03-01T00:00", "2026-03-15T00:00")


def test_under_the_gate_changes_are_per_measured_day(report_of):
    report = report_of(half_a_month)
    findings = report["projects"][0]["findings"]
    # 13,440 ÷ 14 against 13,440 ÷ 28; the maximum 40 against 20 kW.
    assert findings["energy.total"]["change_month"] == 1 and findings["bill.total"]["change_month"] == 1
    assert findings["demand.max"]["change_month"] == 1 and "change_year" not in findings["energy.total"]
    assert {"base.per_day", "base.year_new"} <= codes(report)
    assert report["projects"][0]["series"]["months13.energy"]["values"] == [None] * 11 + [13440, 13440]


@company
def base_in_part(made):
    made.tenant().point().fill("2026-02-01T00:00")
    made.tariff(valid_from="2026-02-14 16:00:00")


def test_a_part_of_a_bill_is_compared_with_nothing(report_of):
    report = report_of(base_in_part)
    findings = report["projects"][0]["findings"]
    assert findings["energy.total"]["change_month"] == Decimal("0.107143")  # 31 ÷ 28 − 1
    assert "change_month" not in findings["bill.total"] and findings["bill.total"]["value"] == 14880
    assert report["projects"][0]["series"]["months13.charge"]["values"] == [None] * 12 + [14880]


@company
def meters_maximum(made):
    # D = 40 kW; the meter's sliding window saw 44 kW, and once 9,999,999.
    made.tenant().point().fill().row("2026-03-11T10:00", 10, mdp_max=44).row("2026-03-12T10:00", 10, mdp_max=9999999)
    made.tariff(basic_mode="contract_demand", demand_price=30, contract_kw=40)
    made.books["transformer"][-1]["rated_kva"] = 100


def test_the_basic_charge_at_the_meters_own_maximum(report_of):
    report = report_of(meters_maximum)
    # C = 40 kW is 40 % of 100 kVA. Ours: 40 × 30; by the meter 42 × 30 + 2 × 60.
    expect(report, demand__max="40", demand__reported="44", demand__contract="40", bill__basic="1200",
           bill__basic__reported="1380")
    assert note(report, "demand.reported_implausible")["count"] == 1
    assert report["projects"][0]["findings"]["demand.max"]["limit"] == 40


@company
def later_month(made):
    made.tenant().point().tariff().fill("2026-05-01T00:00", "2026-05-02T00:00")


def test_a_month_without_a_row_is_no_data(report_of):
    number = CASES["later_month"][0]
    (line,) = [line for line in report_of.said().splitlines() if line.startswith(f"powerreport: tenant {number} ")]
    assert "no data" in line


def test_a_month_that_has_not_ended_waits(program, report_of, tmp_path):
    report_of(one_row)
    store = processes.state_folder() / "figure-cases" / "store.db"
    number = CASES["later_month"][0]
    done = program("run", "--db", store, "--month", "2026-05", "--now", NOW, "--tenant", number, "--out", tmp_path,
                   "--format", "json")
    assert "waiting" in done.stdout and list(tmp_path.rglob("report.json")) == [], done.stdout + done.stderr
