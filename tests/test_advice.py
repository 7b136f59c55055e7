"""Losses of transformers and next month's forecast, worked out again from the store in fractions and by SQL."""
import datetime
import json
import math
import re
import shutil
import sqlite3
import subprocess
from fractions import Fraction as F

import pytest

import figures_reference as figures
import sample_reference as bills

NOW = "2026-11-04T00:00:00Z"
CUTOFF = 1_793_750_400_000
FAR = 1 << 60
# Transformer without losses of its own → GB/T 6451-2015, the class at or above its rating.
CLASSES = {500: (0.68, 5.41)}


def report_of(program, db, tenant, month, now, out):
    program("run", "--db", db, "--tenant", tenant, "--month", month, "--now", now, "--format", "json",
            "--out", out, check=True)
    path, = (out / month).glob(f"*/{tenant}-*/report.json")
    return json.loads(path.read_text(encoding="utf-8"))


def value(scope, name):
    return scope["findings"][name]["value"]


# --- transformers ---------------------------------------------------------------------------------------------------

def losses_of(store, site, project, month):
    """Transformer → (kWh lost, βe², load rates of its measured quarters)."""
    found = {}
    for number, kva, no_load, load in store.execute(
            "SELECT transformer_id, rated_kva, no_load_loss_kw, load_loss_kw FROM transformer WHERE project_id = ?",
            (project,)):
        if no_load is None:
            no_load, load = CLASSES[kva]
        point, = [p for p in site.incomers if p.transformer == number]
        quarters = site.quarters(point, month)
        rates = {}
        for quarter, kwh in quarters.kwh.items():
            lag, lead = quarters.cells[quarter][:2]
            if lag is not None and lead is not None:
                rates[quarter] = math.hypot(kwh / 1e6, lag - abs(lead)) * 4 / kva
        found[number] = (math.fsum(no_load + load * b * b for b in rates.values()) / 4, no_load / load, rates)
    return found


@pytest.mark.parametrize("tenant, project", [(1, 11), (2, 12), (3, 13), (6, 18)])
def test_transformers_lose_what_sql_says(program, sample_db, tmp_path, tenant, project):
    report = report_of(program, sample_db, tenant, "2026-10", NOW, tmp_path)["projects"][0]
    with bills.open_store(sample_db) as store:
        site = figures.Site(store, tenant, project, CUTOFF)
        expected = losses_of(store, site, project, "2026-10")
    assert {t["id"] for t in report["transformers"]} == set(expected)
    for transformer in report["transformers"]:
        loss, ratio, rates = expected[transformer["id"]]
        assert value(transformer, "savings.transformer.loss") == pytest.approx(loss, abs=1e-3)
        assert value(transformer, "savings.transformer.beta") == pytest.approx(math.sqrt(ratio), abs=1e-6)
        minutes = {name: value(transformer, f"savings.transformer.minutes.{name}") for name in
                   ("under", "inside", "over", "best")}
        assert minutes == {"under": 15 * sum(b < ratio for b in rates.values()),
                           "inside": 15 * sum(ratio <= b <= 1 for b in rates.values()),
                           "over": 15 * sum(b > 1 for b in rates.values()),
                           "best": 15 * sum(1.33 * ratio <= b <= 0.75 for b in rates.values())}
    total = value(report, "savings.transformer.loss")
    assert total == pytest.approx(sum(loss for loss, _, _ in expected.values()), abs=1e-3)
    assert value(report, "savings.transformer.best") <= total
    assert value(report, "savings.transformer.year") == pytest.approx(12 * value(report, "savings.transformer.month"))


# --- next month -----------------------------------------------------------------------------------------------------

KINDS = {"workday": ("workday", "offday", "holiday"), "offday": ("offday", "holiday", "workday"),
         "holiday": ("holiday", "offday", "workday")}


class Day:
    def __init__(self, kind):
        self.kind, self.expected, self.measured, self.kwh, self.peak = kind, 0, 0, 0, 0

    def counts(self):
        return self.measured and self.measured * 100 >= 95 * self.expected

    def figure(self, maximum):
        return F(4 * self.peak) if maximum else F(self.kwh * self.expected, self.measured)


class Days:
    """The days of the thirteen months that end with a month."""

    def __init__(self, store, tenant, project, month, cutoff=FAR):
        self.site = figures.Site(store, tenant, project, cutoff)
        self.store, self.months, self.days = store, figures.months13(month), {}
        for name in self.months:
            self.add(figures.Month(self.site, name))

    def add(self, month):
        for day in month.days:
            self.days[day] = Day(bills.day_kind(self.store, self.site.region, day))
        for quarters in month.each:
            for quarter in quarters.starts:
                day = self.days[self.site.local(quarter).date()]
                day.expected += 1
                day.measured += quarter in quarters.kwh
        for quarter, kwh in month.sums.items():
            day = self.days[self.site.local(quarter).date()]
            day.kwh += kwh
            day.peak = max(day.peak, kwh)

    def of(self, month):
        year, number = map(int, month.split("-"))
        return [day for date, day in sorted(self.days.items()) if (date.year, date.month) == (year, number)]

    def before(self, month, start, end):
        """Counted days from `start` to `end` days before the month's end."""
        last = max(date for date in self.days if date.isoformat()[:7] == month)
        return [day for date, day in sorted(self.days.items())
                if end <= (last - date).days < start and day.counts()]


def means(days, maximum):
    kinds = {}
    for day in days:
        kinds.setdefault(day.kind, []).append(day.figure(maximum))
    return {kind: sum(values) / len(values) for kind, values in kinds.items()}


def mean_for(known, kind):
    return next(known[other] for other in KINDS[kind] if other in known)


def against(later, earlier, maximum):
    known = means(earlier, maximum)
    return sum(d.figure(maximum) for d in later) / sum(mean_for(known, d.kind) for d in later)


def basis(days, origin, maximum, season):
    """(means, factor) after a month; None where under four weeks of the last eight are there."""
    weeks = days.before(origin, 56, 0)
    if len(weeks) < 28:
        return None
    last, earlier = days.before(origin, 28, 0), days.before(origin, 56, 28)
    factor = F(1)
    if len(last) >= 14 and len(earlier) >= 14:
        factor += (min(max(against(last, earlier, maximum), F(8, 10)), F(125, 100)) - 1) / 2
    if season:
        then, after = ([d for d in days.of(name) if d.counts()] for name in days.months[:2])
        if then and after:
            factor *= against(after, then, maximum)
    if maximum:
        peaks = []
        for name in days.months[:days.months.index(origin) + 1]:
            counted = [d for d in days.of(name) if d.counts()]
            if len(counted) >= 20:
                peaks.append(max(4 * d.peak for d in days.of(name)) / max(means(counted, True).values()))
        factor *= sum(peaks) / len(peaks)
    return means(weeks, maximum), factor


def errors(days, maximum):
    """Actual ÷ forecast of each month that the ones before it forecast."""
    found = []
    for origin, month in zip(days.months, days.months[1:]):
        target = [d for d in days.of(month) if d.counts()]
        known = basis(days, origin, maximum, False)
        whole = sum(d.measured for d in days.of(month)) * 100 >= 95 * sum(d.expected for d in days.of(month)) > 0
        if not known or not whole:
            found.append(None)
            continue
        forecast = [mean_for(known[0], d.kind) * known[1] for d in target]
        actual = max(4 * d.peak for d in days.of(month)) if maximum else sum(d.figure(False) for d in target)
        found.append(actual / (max(forecast) if maximum else sum(forecast)))
    return found


def rank(values, percent):
    ordered = sorted(values)
    return ordered[-(-percent * len(ordered) // 100) - 1]


def next_days(days, month):
    edges = bills.month_edges(days.site.zone_name, month)
    first, last = (days.site.local(t).date() for t in edges)
    return edges, [first + datetime.timedelta(n) for n in range((last - first).days)]


def check_forecast(report, days, month):
    _, dates = next_days(days, month)
    kinds = {date: bills.day_kind(days.store, days.site.region, date) for date in dates}
    for maximum, name in ((False, "energy"), (True, "demand")):
        known, factor = basis(days, days.months[-1], maximum, True)
        each = [mean_for(known, kinds[date]) * factor for date in dates]
        expected = (max(each) if maximum else sum(each)) / 10 ** 6
        assert value(report, f"forecast.{name}") == pytest.approx(float(expected), rel=1e-7)
        past = [ratio for ratio in errors(days, maximum) if ratio is not None]
        if len(past) >= 6:
            assert value(report, f"forecast.{name}.low") == pytest.approx(
                float(expected * min(1, rank(past, 10))), rel=1e-6)
            assert value(report, f"forecast.{name}.high") == pytest.approx(
                float(expected * max(1, rank(past, 90))), rel=1e-6)
        if not maximum:
            assert value(report, "forecast.errors") == (len(past) if len(past) >= 6 else 0)
    assert value(report, "forecast.last.error") == pytest.approx(float(1 / errors(days, False)[-1] - 1), abs=1e-6)


def charge_of(days, project, month, demand):
    """Next month's bill: the energy of its days in the shape of the last 56, at the tariff of each quarter."""
    store, site = days.store, days.site
    edges, dates = next_days(days, month)
    known, factor = basis(days, days.months[-1], False, True)
    shapes = {}
    last = max(days.days)
    now = figures.Month(site, days.months[-1])
    for name in days.months[-2:]:
        for quarter, kwh in figures.Month(site, name).sums.items():
            local = site.local(quarter)
            if (last - local.date()).days < 56:
                kind = bills.day_kind(store, site.region, local.date())
                shapes.setdefault(kind, {}).setdefault((local.hour, local.minute), []).append(kwh)
    prices, energy, total = bills.Prices(store, project), {}, F(0)
    for date in dates:
        kind = bills.day_kind(store, site.region, date)
        shape = {at: F(sum(v), len(v)) for at, v in mean_for(shapes, kind).items()}
        quarters = [q for q in range(*edges, figures.QUARTER) if site.local(q).date() == date]
        weights = [shape[site.local(q).hour, site.local(q).minute] for q in quarters]
        for quarter, weight in zip(quarters, weights):
            kwh = mean_for(known, kind) * factor * weight / sum(weights) / 10 ** 6
            tariff, slot, price = prices.at(quarter)
            key = tariff["tariff_id"], slot, price
            energy[key] = energy.get(key, F(0)) + kwh
            total += kwh
    lag, lead, kwh = F(0), F(0), F(0)
    for quarters in now.each:
        for quarter, cells in quarters.cells.items():
            if cells[0] is not None and cells[1] is not None:
                kwh += F(quarters.kwh[quarter])
                lag += F(figures.micro(cells[0]))
                lead += F(figures.micro(abs(cells[1])))
    found = {"kwh": total, "demand_kw": demand,
             "power_factor": F(bills.rounded_factor(kwh, lag + lead), 100)}
    bills.add_bill(store, project, site.zone_name, edges, prices, energy, found)
    return found["total"]


@pytest.mark.parametrize("tenant, project", [(1, 11), (2, 12), (6, 18)])
def test_next_month_of_the_samples_customers(program, sample_db, tmp_path, tenant, project):
    report = report_of(program, sample_db, tenant, "2026-10", NOW, tmp_path)["projects"][0]
    with bills.open_store(sample_db) as store:
        days = Days(store, tenant, project, "2026-10", CUTOFF)
        check_forecast(report, days, "2026-11")
        demand = F(str(value(report, "forecast.demand")))
        expected = charge_of(days, project, "2026-11", demand)
    assert value(report, "forecast.charge") == pytest.approx(float(expected), abs=0.02)
    assert value(report, "forecast.charge.low") <= value(report, "forecast.charge") <= value(
        report, "forecast.charge.high")


def test_next_month_of_a_real_plant(program, shared_data, tmp_path):
    db = tmp_path / "real.db"
    program("import", shared_data, "--db", db, check=True)
    report = report_of(program, db, 1, "2018-08", "2018-12-01T00:00:00Z", tmp_path)["projects"][0]
    with bills.open_store(db) as store:
        days = Days(store, 1, 10, "2018-08")
        check_forecast(report, days, "2018-09")
        expected = charge_of(days, 10, "2018-09", F(str(value(report, "forecast.demand"))))
    assert value(report, "forecast.charge") == pytest.approx(float(expected), abs=0.02)


def test_what_cannot_be_forecast_is_said(program, sample_db, tmp_path):
    """The first month of a customer has four weeks of days and no month to be scored by."""
    report = report_of(program, sample_db, 1, "2025-10", "2025-11-04T00:00:00Z", tmp_path)
    assert {n["code"] for n in report["notes"]} >= {"forecast.interval"}
    assert value(report["projects"][0], "forecast.errors") == 0
    assert value(report["projects"][0], "forecast.last.error") is None
    assert value(report["projects"][0], "forecast.energy.low") < value(report["projects"][0], "forecast.energy")


# --- on the page -----------------------------------------------------------------------------------------------------

def pages_of(program, db, tenant, month, now, out):
    program("run", "--db", db, "--tenant", tenant, "--month", month, "--now", now, "--format", "pdf", "--out", out,
            check=True)
    path, = (out / month).glob(f"*/{tenant}-*/report.pdf")
    text = subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True, text=True).stdout
    return text.split("\f")


@pytest.mark.parametrize("tenant, see, title", [(1, r"详见第(\d+)页，建议1", "节费建议"),
                                                (6, r"See page (\d+), advice 1", "Savings")])
def test_the_first_advice_names_the_page_where_it_stands_in_full(program, sample_db, tmp_path, tenant, see, title):
    pages = pages_of(program, sample_db, tenant, "2026-10", NOW, tmp_path)
    overview, = [page for page in pages if re.search(see, page)]
    number = int(re.search(see, overview)[1])
    assert re.search(rf"^\s*\d+\s+{title}\s*$", pages[number - 1], re.MULTILINE)
    assert re.search(rf"\b{number} / \d+", pages[number - 1])


def test_without_a_tariff_the_first_advice_is_what_to_enter(program, sample_db, tmp_path):
    """Project 14 used energy, had no critical alarm, and now has no tariff."""
    db = tmp_path / "no-tariff.db"
    shutil.copyfile(sample_db, db)
    with sqlite3.connect(db) as store:
        store.execute("DELETE FROM tariff_slot WHERE tariff_id IN (SELECT tariff_id FROM tariff WHERE project_id = 14)")
        store.execute("DELETE FROM tariff WHERE project_id = 14")
    pages = pages_of(program, db, 4, "2026-10", NOW, tmp_path)
    db.unlink()
    overview, = [page for page in pages if "首要建议" in page]
    assert "录入电价，才算得出可省的钱" in overview and "元／年" not in overview
