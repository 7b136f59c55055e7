"""Coverage, energy, load, changes, series and notes of whole runs against figures_reference.py, which works them out
from the store by the method alone."""

import contextlib
import datetime
import functools
import pathlib
import shutil
import sqlite3
from decimal import Decimal
from fractions import Fraction

import pytest

import figures_reference as reference
import reports
import sample_reference as bills
from servers import processes

CUTOFF = "2026-11-04T00:00:00Z"
CUTOFF_MS = int(datetime.datetime(2026, 11, 4, tzinfo=datetime.timezone.utc).timestamp() * 1000)
SAMPLE = [(tenant, month) for month in ("2026-10", "2026-09", "2026-03") for tenant in (1, 2, 3, 4, 6)]
SAMPLE.append((7, "2026-03"))  # which left on 1 July
REAL = [(1, f"2018-{number:02d}") for number in range(2, 10)] + [(2, f"2019-{number:02d}") for number in range(9, 13)]
MICRO = Fraction(1, 10 ** 6)
RATIO, QUANTITY = 6, 4
NOTES = {"quarter.duplicate": "duplicates", "quarter.off_grid": "off_grid", "quarter.outside_validity": "outside",
         "quarter.implausible.energy": "implausible"}


def units(value):
    """Millionths as a fraction of the unit."""
    return None if value is None else Fraction(value) * MICRO


def run_folder(program, store, name, cases):
    """One JSON report of each (tenant, month), made once a session."""

    def make():
        out = processes.state_folder() / name
        for month in sorted({month for _, month in cases}):
            chosen = [option for tenant, of in cases if of == month for option in ("--tenant", tenant)]
            program("run", "--db", store, "--month", month, "--now", CUTOFF, "--out", out, "--format", "json", *chosen,
                    check=True)
        return str(out)

    return pathlib.Path(processes.once(name, make))


class Case:
    """A report, its project in the reference, and what differs."""

    def __init__(self, folder, store, tenant, month):
        self.report = reports.read_json(reports.folder_of(folder, tenant, month), parse_float=Decimal,
                                        parse_int=Decimal)
        (self.project,) = self.report["projects"]
        self.findings = self.project["findings"]
        self.store = bills.open_store(store)
        self.tenant, self.name = tenant, month
        self.site = reference.Site(self.store, tenant, int(self.project["id"]), CUTOFF_MS)
        self.month = reference.Month(self.site, month)
        self.differences = []

    def same(self, what, found, wanted, digits=None, tolerance=0):
        if digits is not None:
            wanted = reference.rounded(wanted, digits)
        near = None not in (found, wanted) and tolerance and abs(found - wanted) <= tolerance
        if found != wanted and not near:
            self.differences.append((what, found, wanted))

    def finding(self, name, wanted, digits=QUANTITY, scope=None):
        findings = self.findings if scope is None else scope
        self.same(name, findings[name]["value"] if name in findings else None, wanted, digits)

    def at(self, name, time):
        self.same(f"{name} at", self.findings[name].get("at"), self.site.iso(time))

    def series(self, name, wanted):
        """Wanted are millionths."""
        found = self.project["series"][name]["values"] if name in self.project["series"] else [None] * len(wanted)
        exact = [reference.rounded(units(value), QUANTITY) for value in wanted]
        if found != exact:
            places = [i for i in range(max(len(found), len(exact))) if found[i:i + 1] != exact[i:i + 1]]
            self.differences.append((name, len(places), places[0], found[places[0]:][:3], exact[places[0]:][:3]))


@pytest.fixture(scope="session")
def case_of(program):
    """case_of("sample" or "real", its data, tenant, month), kept for the tests of one report."""

    @functools.lru_cache(maxsize=1)
    def make(kind, data, tenant, month):
        if kind == "sample":
            return Case(run_folder(program, data, "figures-sample", SAMPLE), data, tenant, month)
        store = reports.real_store(program, data)
        return Case(run_folder(program, store, "figures-real", REAL), store, tenant, month)

    return make


@pytest.fixture(params=[("sample", *case) for case in SAMPLE] + [("real", *case) for case in REAL],
                ids=lambda case: "-".join(map(str, case)))
def case(request, case_of):
    kind, tenant, month = request.param
    data = request.getfixturevalue("sample_db" if kind == "sample" else "shared_data")
    made = case_of(kind, data, tenant, month)
    made.differences = []
    return made


def test_coverage(case):
    month, of_minutes = case.month, not case.site.had_quarters
    expected, held = month.minute_coverage()
    measured = held if of_minutes else month.measured
    case.finding("coverage.expected", month.expected, 0)
    case.finding("coverage.measured", measured, 0)
    case.finding("coverage.rate", Fraction(measured, expected), RATIO)
    case.finding("coverage.minute.rate", Fraction(held, expected) if held else None, RATIO)
    assert case.differences == []


def test_energy(case):
    month = case.month
    case.finding("energy.total", units(month.total()))
    for place, name in enumerate(("lag", "lead")):
        case.finding(f"energy.reactive.{name}", units(month.reactive(place)))
    for place, phase in enumerate(reference.PHASES):
        case.finding(f"energy.phase.{phase}", units(month.phase(place)))
    largest = month.largest_day()
    case.finding("energy.largest_day", units(largest[1]) if largest else None)
    if largest:
        case.same("largest day", case.findings["energy.largest_day"]["at"][:10], largest[0].isoformat())
    case.finding("energy.working", units(month.working(True)))
    case.finding("energy.off", units(month.working(False)))
    assert case.differences == []


def test_load(case):
    month, peak = case.month, case.month.maximum()
    if not peak:
        assert [name for name in case.findings if name.startswith("load.") and case.findings[name]["value"] is not None
                ] == []
        assert case.findings["demand.max"]["value"] is None
        return
    running = month.running()
    mean = Fraction(4 * sum(month.whole.values()), len(month.whole))
    smallest = min(running.items(), key=lambda item: (item[1], item[0]))
    for name in ("demand.max", "load.max"):
        case.finding(name, units(4 * peak[1]))
        case.at(name, peak[0])
    case.finding("load.mean", units(mean))
    case.finding("load.rate", mean / (4 * peak[1]), RATIO)
    case.finding("load.min", units(4 * smallest[1]))
    case.at("load.min", smallest[0])
    case.finding("load.base", units(4 * reference.nearest_rank(running.values(), 5)))
    case.finding("load.peak_valley", units(4 * (peak[1] - smallest[1])))
    case.finding("load.running_minutes", 15 * len(running), 0)
    outages = month.outage_quarters()
    case.finding("load.outage_minutes", None if outages is None else 15 * outages, 0)
    assert case.differences == []


def test_transformers(case):
    rated = dict(case.site.transformers)
    for transformer in case.project["transformers"]:
        number, findings = int(transformer["id"]), transformer["findings"]
        beta = case.month.beta(number, rated[number])
        mean, largest = (findings[name]["value"] for name in ("load.beta.mean", "load.beta.max"))
        if beta is None:
            case.same(f"{number}", (mean, largest), (None, None))
            continue
        case.same(f"{number} mean", mean, Fraction(beta[0]), RATIO, Decimal("0.000001"))
        case.same(f"{number} max", largest, Fraction(beta[1]), RATIO, Decimal("0.000001"))
        case.same(f"{number} at", findings["load.beta.max"]["at"], case.site.iso(beta[2]))
    assert case.differences == []


def test_points(case):
    for entry in case.project["points"]:
        point = next(p for p in case.site.points if p.id == int(entry["id"]))
        quarters, findings = case.site.quarters(point, case.name), entry["findings"]
        total, largest = reference.total_and_largest(quarters)
        case.finding("energy.total", units(total), scope=findings)
        case.finding("demand.max", units(4 * largest) if largest is not None else None, scope=findings)
        case.finding("load.rate", Fraction(total, largest * len(quarters.kwh)) if largest else None, RATIO, findings)
        if case.site.had_quarters:
            case.finding("coverage.expected", quarters.expected, 0, findings)
            case.finding("coverage.measured", len(quarters.kwh), 0, findings)
        for key, back in (("change_month", 1), ("change_year", 12)):
            base = case.site.quarters(point, reference.month_before(case.name, back))
            low = any(q.expected and Fraction(len(q.kwh), q.expected) < reference.GATE for q in (quarters, base))
            before = reference.total_and_largest(base)[0]
            change = reference.change(total, before, len(quarters.kwh), len(base.kwh), low)
            case.same(f"{point.id} {key}", findings["energy.total"].get(key), change, RATIO)
    assert case.differences == []


def test_balance(case):
    """Incomers less their direct children, over the quarters that all of them hold."""
    sums = []
    for incomer in case.site.incomers:
        children = [case.site.quarters(p, case.name) for p in case.site.points if p.parent == incomer.id]
        children = [quarters for quarters in children if quarters.expected]
        own = case.site.quarters(incomer, case.name)
        both = [q for q in own.kwh if all(q in c.kwh for c in children if q in c.starts)
                and any(q in c.starts for c in children)]
        if both:
            sums.append(sum(own.kwh[q] - sum(c.kwh[q] for c in children if q in c.starts) for q in both))
    case.finding("energy.unmetered", units(sum(sums)) if sums else None)
    assert case.differences == []


def test_changes(case):
    """This ÷ base − 1 of the figures as they stand in the JSON; per measured day where a month is under the gate."""
    wanted = {"energy.total": (True, lambda m: m.total()), "energy.reactive.lag": (True, lambda m: m.reactive(0)),
              "energy.phase.a": (True, lambda m: m.phase(0)), "energy.working": (True, lambda m: m.working(True)),
              "energy.off": (True, lambda m: m.working(False)),
              "energy.largest_day": (False, lambda m: m.largest_day() and m.largest_day()[1]),
              "demand.max": (False, lambda m: m.maximum() and 4 * m.maximum()[1]),
              "load.running_minutes": (True, lambda m: 15 * 10 ** 6 * len(m.running()) if m.whole else None),
              "load.mean": (False, lambda m: Fraction(4 * sum(m.whole.values()), len(m.whole)) if m.whole else None)}
    for key, back in (("change_month", 1), ("change_year", 12)):
        base = reference.Month(case.site, reference.month_before(case.name, back))
        low = any(m.coverage is not None and m.coverage < reference.GATE for m in (case.month, base))
        for name, (adds_up, figure) in wanted.items():
            now, before = (reference.rounded(units(figure(m)), QUANTITY) for m in (case.month, base))
            change = reference.change(now, before, case.month.measured_days(), base.measured_days(), low and adds_up)
            case.same(f"{name} {key}", case.findings.get(name, {}).get(key), change, RATIO)
    assert case.differences == []


def test_series(case):
    month, site = case.month, case.site
    by_day, maxima, peak, largest = month.by_day(), month.day_maxima(), month.maximum(), month.largest_day()
    case.series("energy_day", [by_day.get(day) for day in month.days])
    case.series("demand_day", [maxima.get(day) for day in month.days])
    case.series("load", [4 * month.whole[q] if q in month.whole else None
                         for q in range(*month.edges, reference.QUARTER)])
    case.series("typical_workday", month.typical(True))
    case.series("typical_offday", month.typical(False))
    if peak:
        case.series("peak_day", month.day_curve(site.local(peak[0]).date()))
        case.series("largest_day", month.day_curve(largest[0]))
    months = [reference.Month(site, name) for name in reference.months13(case.name)]
    case.series("months13.energy", [m.total() for m in months])
    case.series("months13.demand", [4 * m.maximum()[1] if m.maximum() else None for m in months])
    prices = bills.Prices(case.store, site.project)
    for slot in bills.SLOTS:
        if f"energy_slot_day.{slot}" in case.project["series"]:
            case.series(f"energy_slot_day.{slot}", month.slot_days(prices, slot))
    assert case.differences == []


def test_thirteen_months_of_bills(case):
    if case.name not in ("2026-10", "2018-09"):
        pytest.skip("the bills of thirteen months are worked out for two months")
    found = case.project["series"]["months13.charge"]["values"]
    first = bills.month_edges(case.site.zone_name, case.name)[0]
    assert case.project["series"]["months13.charge"]["start"] == case.site.iso(bills.month_edges(
        case.site.zone_name, reference.month_before(case.name, 12))[0])
    wanted = [bills.project_month(case.store, case.site.project, name, CUTOFF_MS).get("total")
              for name in reference.months13(case.name)]
    assert found == wanted and first == case.month.edges[0]


def test_notes(case):
    counts = {(note["code"], int(note["point"])): int(note["count"]) for note in case.report["notes"] if note["point"]}
    for point in case.site.points:
        quarters = case.site.quarters(point, case.name)
        for code, attribute in NOTES.items():
            case.same(f"{code} {point.id}", counts.get((code, point.id), 0), getattr(quarters, attribute))
        missing = quarters.expected - len(quarters.kwh)
        low = quarters.expected and Fraction(len(quarters.kwh), quarters.expected) < reference.GATE
        if case.site.had_quarters:
            code = "coverage.low" if quarters.kwh else "point.silent"
            case.same(f"{code} {point.id}", counts.get((code, point.id), 0), missing if low else 0)
    assert case.differences == []


def test_a_transformer_is_expected_to_be_measured_while_the_customer_is_one(program, shared_data, tmp_path):
    """The measured plant is complete: a service that begins on the 16th leaves no figure that is measured in part."""
    store = tmp_path / "store.db"
    shutil.copy(reports.real_store(program, shared_data), store)
    with contextlib.closing(sqlite3.connect(store)) as database:
        database.execute("UPDATE tenant SET service_from = '2018-03-16' WHERE tenant_id = 1")
        database.commit()
    program("run", "--db", store, "--month", "2018-03", "--tenant", 1, "--now", "2018-04-03T00:00Z", "--format", "json",
            "--out", tmp_path / "out", check=True)
    (folder,) = (tmp_path / "out").glob("2018-03/single/1-*")
    (project,) = reports.read_json(folder)["projects"]
    assert project["findings"]["coverage.expected"]["value"] == 16 * 96
    (transformer,) = project["transformers"]
    assert {"load.beta.mean", "savings.transformer.loss"} <= transformer["findings"].keys()
    for subject in (project, transformer):
        partly = {name: finding["coverage"] for name, finding in subject["findings"].items()
                  if finding.get("coverage", 1) != 1}
        assert partly == {}
