"""A month's coverage, energy, load and changes of a project, worked out from a SQLite store in whole millionths.

It follows the product's method, not its code, and stands beside sample_reference.py, which works out the bill: the
tests compare both with report.json. Amounts are integers of a millionth of the unit; None is "not measured".
"""
import datetime
import functools
import math
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import sample_reference as bills

QUARTER = 900_000
DAY_QUARTERS = 96
GATE = Fraction(95, 100)
PHASES = ("a", "b", "c")
MINUTE_CELLS = ("ua ub uc uab ubc uca ia ib ic i_n pa pb pc pttl qttl sttl costtl freq thdua thdub thduc thdia thdib "
                "thdic").split() + [f"hr{n}i{p}" for n in (3, 5, 7, 9, 11, 13) for p in PHASES]


@functools.lru_cache(maxsize=1 << 18)
def micro(value):
    """The nearest multiple of a millionth, as an integer."""
    return int(Decimal(repr(value)).scaleb(6).quantize(Decimal(1), ROUND_HALF_UP))


def rounded(value, digits):
    """A fraction to so many digits, half away from zero."""
    if value is None:
        return None
    value = Fraction(value)
    scaled = abs(value) * 10 ** digits
    whole = math.floor(scaled + Fraction(1, 2))
    return Decimal(-whole if value < 0 else whole).scaleb(-digits)


def nearest_rank(values, percent):
    """The value at ⌈percent · n⌉ of the sorted values."""
    ordered = sorted(values)
    return ordered[max(1, -(-percent * len(ordered) // 100)) - 1]


def quarter_of(time):
    """A row at most two minutes before a quarter's start belongs to that quarter."""
    before = -time % QUARTER
    return time + before if before <= 120_000 else time - time % QUARTER


def month_before(month, months=1):
    year, number = map(int, month.split("-"))
    count = year * 12 + number - 1 - months
    return f"{count // 12}-{count % 12 + 1:02d}"


class Point:
    def __init__(self, row):
        (self.id, self.project, self.parent, self.transformer, self.role, self.wiring, self.nominal, self.rated,
         valid_from, valid_to) = row
        self.from_ms = bills.utc_ms(valid_from)
        self.to_ms = bills.utc_ms(valid_to) or 1 << 60


class Quarters:
    """A point's quarters of [from, to): chosen rows, which are measured, and what was left out."""

    def __init__(self, site, point, edges):
        self.point = point
        self.first = max(edges[0], point.from_ms, site.service[0])
        self.last = min(edges[1], point.to_ms, site.service[1])
        grid_from = -(-self.first // QUARTER)
        grid_to = -(-self.last // QUARTER)
        self.starts = range(grid_from * QUARTER, max(grid_from, grid_to) * QUARTER, QUARTER)
        self.expected = len(self.starts)
        self.outside = self.duplicates = self.off_grid = self.implausible = 0
        self.bound = site.energy_bound(point, edges[0])
        self.kwh = {}    # measured quarter → micro kWh
        self.cells = {}  # measured quarter → (lag, lead, a, b, c) in doubles, implausible ones None
        self.mdp = {}
        self._choose(site, edges)

    def _choose(self, site, edges):
        chosen = {}
        for row in site.store.execute(
                "SELECT time, kwh, kvarh_lag, kvarh_lead, kwh_a, kwh_b, kwh_c, mdp_max, ingested_at "
                "FROM point_15min_electric WHERE point_id = ? AND time >= ? AND time < ? "
                "AND (ingested_at IS NULL OR ingested_at <= ?)",
                (self.point.id, edges[0] - 120_000, edges[1], site.cutoff)):
            time, kwh, ingested = row[0], row[1], row[8]
            quarter = quarter_of(time)
            if not edges[0] <= quarter < edges[1]:
                continue
            if quarter not in self.starts:
                self.outside += 1
                continue
            self.off_grid += time != quarter
            rank = (time == quarter, -math.inf if ingested is None else ingested, -math.inf if kwh is None else kwh)
            if quarter in chosen:
                self.duplicates += 1
            if quarter not in chosen or rank > chosen[quarter][0]:
                chosen[quarter] = (rank, row)
        for quarter in sorted(chosen):
            self._take(quarter, chosen[quarter][1])

    def _take(self, quarter, row):
        kwh = row[1]
        if kwh is None:
            return
        if not 0 <= kwh <= self.bound:
            self.implausible += 1
            return
        self.kwh[quarter] = micro(kwh)
        reactive = [v if v is not None and abs(v) <= self.bound else None for v in row[2:4]]
        phases = [v if v is not None and 0 <= v <= self.bound else None for v in row[4:7]]
        self.cells[quarter] = (*reactive, *phases)
        if row[7] is not None:
            self.mdp[quarter] = row[7]


class Site:
    """A project as one tenant's report sees it."""

    def __init__(self, store, tenant, project, cutoff):
        self.store, self.project, self.cutoff = store, project, cutoff
        zone, service_from, service_to = store.execute(
            "SELECT timezone, service_from, service_to FROM tenant WHERE tenant_id = ?", (tenant,)).fetchone()
        own, self.region, self.area = store.execute(
            "SELECT timezone, holiday_region, area_m2 FROM project WHERE project_id = ?", (project,)).fetchone()
        self.zone_name = own or zone
        self.zone = ZoneInfo(self.zone_name)
        self.service = (bills.local_ms(self.zone_name, service_from + "T00:00"),
                        bills.local_ms(self.zone_name, service_to + "T00:00") if service_to else 1 << 60)
        self.points = [Point(row) for row in store.execute(
            "SELECT point_id, project_id, parent_id, transformer_id, role, wiring, nominal_v, rated_current_a, "
            "valid_from, valid_to FROM point WHERE project_id = ? ORDER BY point_id", (project,))]
        self.incomers = [p for p in self.points if p.role == "incomer"]
        self.transformers = store.execute(
            "SELECT transformer_id, rated_kva FROM transformer WHERE project_id = ? ORDER BY 1", (project,)).fetchall()
        self.offdays = dict(store.execute("SELECT calendar_day, worked FROM offday WHERE region = ?", (self.region,)))
        self.had_quarters = any(store.execute(
            "SELECT 1 FROM point_15min_electric WHERE point_id = ? LIMIT 1", (p.id,)).fetchone() for p in self.incomers)
        self._quarters = {}

    def local(self, time):
        return datetime.datetime.fromtimestamp(time / 1000, self.zone)

    def iso(self, time):
        return self.local(time).isoformat()

    def is_workday(self, day):
        worked = self.offdays.get(day.isoformat())
        return bool(worked) if worked is not None else day.isoweekday() <= 5

    def quarters(self, point, month):
        key = point.id, month
        if key not in self._quarters:
            self._quarters[key] = Quarters(self, point, bills.month_edges(self.zone_name, month))
        return self._quarters[key]

    def rated_kva(self, point):
        return next((kva for number, kva in self.transformers if number == point.transformer), None)

    def energy_bound(self, point, start):
        kva = self.rated_kva(point)
        if kva is not None:
            return 0.25 * 1.5 * kva
        if point.rated is not None:
            volts = {"3p4w": 3 * point.nominal, "3p3w": math.sqrt(3) * point.nominal, "1p": point.nominal}
            return 0.25 * 1.5 * volts[point.wiring] * point.rated / 1000
        local = self.local(start)
        begin = (datetime.datetime(local.year, local.month, local.day) - datetime.timedelta(days=92)).replace(
            tzinfo=self.zone)
        past = [kwh for (kwh,) in self.store.execute(
            "SELECT kwh FROM point_15min_electric WHERE point_id = ? AND time >= ? AND time < ? AND kwh BETWEEN 0 AND "
            "1e6 AND (ingested_at IS NULL OR ingested_at <= ?)",
            (point.id, max(int(begin.timestamp() * 1000), point.from_ms), start, self.cutoff))]
        return 5 * nearest_rank(past, 99) if len(past) >= 2000 else 1e6


def share(part, whole):
    return Fraction(part, whole) if whole else None


def quarter_coverage(site, points, month):
    each = [site.quarters(p, month) for p in points]
    expected = sum(q.expected for q in each)
    return expected, sum(len(q.kwh) for q in each)


def minute_bounds(site, point):
    """Cell → (low, high) of what is plausible; a missing rating bounds nothing."""
    line = point.nominal * (1 if point.wiring == "3p3w" else math.sqrt(3))
    phase = point.nominal / (math.sqrt(3) if point.wiring == "3p3w" else 1)
    bounds = {c: (0, 1.5 * phase) for c in ("ua", "ub", "uc")} | {c: (0, 1.5 * line) for c in ("uab", "ubc", "uca")}
    if point.rated is not None:
        bounds |= {c: (0, 10 * point.rated) for c in ("ia", "ib", "ic", "i_n")}
    else:
        bounds |= {c: (0, math.inf) for c in ("ia", "ib", "ic", "i_n")}
    kva = site.rated_kva(point)
    if kva is not None:
        bounds |= {c: (-2 * kva, 2 * kva) for c in ("pa", "pb", "pc", "pttl", "qttl", "sttl")}
    bounds["freq"] = (40, 70)
    for cell in MINUTE_CELLS:
        if cell.startswith(("thd", "hr")):
            bounds[cell] = (0, 400)
    return bounds


@functools.lru_cache(maxsize=4)
def minutes(site, point, month):
    """Quarter → [holds a sample, largest current, smallest voltage as a share of nominal]."""
    edges = bills.month_edges(site.zone_name, month)
    bounds = minute_bounds(site, point)
    found = {}
    first, last = max(edges[0], point.from_ms, site.service[0]), min(edges[1], point.to_ms, site.service[1])
    have = {row[1] for row in site.store.execute("PRAGMA table_info(point_1min_index)")}
    cells = [c for c in MINUTE_CELLS if c in have]
    nominal = {c: bounds[c][1] / 1.5 for c in ("ua", "ub", "uc", "uab", "ubc", "uca")}
    for row in site.store.execute(
            f"SELECT time, {', '.join(cells)} FROM point_1min_index WHERE point_id = ? AND time >= ? AND time < ?",
            (point.id, first, last)):
        state = found.setdefault(row[0] // QUARTER * QUARTER, [False, None, None])
        for cell, value in zip(cells, row[1:]):
            if value is None:
                continue
            if cell == "costtl":
                state[0] |= value != 0 and abs(value) <= 1
                continue
            low, high = bounds.get(cell, (-math.inf, math.inf))
            if not low <= value <= high:
                continue
            state[0] = True
            if cell in ("ia", "ib", "ic"):
                state[1] = value if state[1] is None else max(state[1], value)
            elif cell in nominal:
                part = value / nominal[cell]
                if cell in ("ua", "ub", "uc") or point.wiring == "3p3w":
                    state[2] = part if state[2] is None else min(state[2], part)
    return {q: s for q, s in found.items() if s[0]}


class Month:
    """A project's month: quarters of all incomers added up."""

    def __init__(self, site, month):
        self.site, self.month = site, month
        self.edges = bills.month_edges(site.zone_name, month)
        self.each = [site.quarters(p, month) for p in site.incomers]
        self.sums, self.whole = {}, {}
        for quarters in self.each:
            for quarter, kwh in quarters.kwh.items():
                self.sums[quarter] = self.sums.get(quarter, 0) + kwh
        for quarter, kwh in self.sums.items():
            if all(quarter in q.kwh for q in self.each if quarter in q.starts):
                self.whole[quarter] = kwh
        self.expected, self.measured = quarter_coverage(site, site.incomers, month)
        self.coverage = share(self.measured, self.expected)
        start, end = (site.local(e).date() for e in self.edges)
        self.days = [start + datetime.timedelta(n) for n in range((end - start).days)]

    def total(self):
        return sum(self.sums.values()) if self.sums else None

    def reactive(self, index):
        values = [micro(c[index]) for q in self.each for c in q.cells.values() if c[index] is not None]
        return sum(abs(v) for v in values) if values else None

    def phase(self, index):
        values = [micro(c[2 + index]) for q in self.each for c in q.cells.values() if c[2 + index] is not None]
        return sum(values) if values else None

    def by_day(self):
        days = {}
        for quarter, kwh in self.sums.items():
            day = self.site.local(quarter).date()
            days[day] = days.get(day, 0) + kwh
        return days

    def day_maxima(self):
        days = {}
        for quarter, kwh in self.sums.items():
            day = self.site.local(quarter).date()
            days[day] = max(days.get(day, 0), 4 * kwh)
        return days

    def largest_day(self):
        days = self.by_day()
        return max(days.items(), key=lambda item: (item[1], -item[0].toordinal())) if days else None

    def working(self, wanted):
        parts = [kwh for day, kwh in self.by_day().items() if self.site.is_workday(day) == wanted]
        return sum(parts) if parts else None

    def maximum(self):
        return max(self.sums.items(), key=lambda item: (item[1], -item[0])) if self.sums else None

    def typical(self, wanted):
        """96 means in kW of the quarters of the day."""
        parts = [[] for _ in range(DAY_QUARTERS)]
        for quarter, kwh in self.whole.items():
            local = self.site.local(quarter)
            if self.site.is_workday(local.date()) == wanted:
                parts[(local.hour * 60 + local.minute) // 15].append(4 * kwh)
        return [Fraction(sum(p), len(p)) if p else None for p in parts]

    def day_curve(self, day):
        return [4 * self.sums[q] if q in self.sums else None for q in range(*self.edges, QUARTER)
                if self.site.local(q).date() == day]

    def slot_days(self, prices, slot):
        """kWh a day; 0 where a measured day has no quarter of the slot, None where it has some and measured none."""
        sums, occurs = {}, set()
        for quarter in range(*self.edges, QUARTER):
            found, day = prices.at(quarter), self.site.local(quarter).date()
            if not found or found[1] != slot:
                continue
            occurs.add(day)
            if quarter in self.sums:
                sums[day] = sums.get(day, 0) + self.sums[quarter]
        measured = self.by_day()
        return [sums.get(day) if day in occurs or day not in measured else 0 for day in self.days]

    def measured_days(self):
        """What the measured quarters amount to: those of one incomer ÷ 96; of several, coverage × days expected."""
        spans = set().union(*(q.starts for q in self.each)) if self.each else ()
        return Fraction(self.measured * len(spans), self.expected * DAY_QUARTERS) if self.expected else None

    def running_threshold(self):
        return Fraction(2, 100) * nearest_rank(self.whole.values(), 95) if self.whole else None

    def running(self):
        limit = self.running_threshold()
        return {q: kwh for q, kwh in self.whole.items() if kwh > limit}

    def outage_quarters(self):
        """None without minutes."""
        each = [(q.point, minutes(self.site, q.point, self.month)) for q in self.each]
        if not any(found for _, found in each):
            return None
        limit = self.running_threshold()
        quiet = [q for q, kwh in self.whole.items() if kwh <= limit]
        return sum(any(q in found for _, found in each)
                   and all(self._dead(point, found[q]) for point, found in each if q in found) for q in quiet)

    @staticmethod
    def _dead(point, state):
        limit = 0.1 if point.rated is None else 0.005 * point.rated
        return (state[1] is not None and state[1] <= limit) or (state[2] is not None and state[2] < 0.10)

    def minute_coverage(self):
        each = [(q, minutes(self.site, q.point, self.month)) for q in self.each]
        return sum(q.expected for q, _ in each), sum(len(found) for _, found in each)

    def beta(self, transformer, kva):
        """(mean, max, at) of S ÷ rated kVA."""
        naming = [p for p in self.site.points if p.transformer == transformer]
        points = [p for p in naming if p.role == "incomer"] or naming
        each = [self.site.quarters(p, self.month) for p in points]
        if not any(c[0] is not None for q in each for c in q.cells.values()):
            return None
        no_lead = not any(c[1] is not None for q in each for c in q.cells.values())
        values = []
        for quarter in sorted(set().union(*(q.starts for q in each))):
            active, reactive = 0, 0
            for q in (q for q in each if quarter in q.starts):
                cells = q.cells.get(quarter)
                if cells is None or cells[0] is None or (cells[1] is None and not no_lead):
                    break
                active += q.kwh[quarter]
                reactive += micro(cells[0]) - abs(micro(cells[1]) if cells[1] is not None else 0)
            else:
                square = Decimal(active) ** 2 + Decimal(reactive) ** 2
                values.append((square.sqrt() * 4 / 10 ** 6 / Decimal(repr(kva)), quarter))
        if not values:
            return None
        top = max(values, key=lambda item: (item[0], -item[1]))
        return sum(v for v, _ in values) / len(values), top[0], top[1]


def change(this, base, this_days, base_days, per_day):
    """this ÷ base − 1, of means a measured day where one of the months is below the gate."""
    if this is None or not base:
        return None
    ratio = Fraction(this) / Fraction(base)
    if per_day:
        ratio *= Fraction(base_days) / Fraction(this_days)
    return ratio - 1


def total_and_largest(quarters):
    """Of a point's measured quarters, in millionths of a kWh."""
    values = quarters.kwh.values()
    return (sum(values), max(values)) if values else (None, None)


def months13(month):
    return [month_before(month, n) for n in range(12, -1, -1)]
