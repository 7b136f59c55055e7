"""A month's power quality of an incomer, worked out from a SQLite store by the method alone (section 5)."""

import math

import sample_reference as bills
from figures_reference import MINUTE_CELLS, QUARTER, nearest_rank

TOLERANCE = 1e-9
PHASES = "abc"
ORDERS = (3, 5, 7, 9, 11, 13)
# GB/T 14549-1993, table 2: amperes at the base capacity, by class and order.
HARMONIC = {0.38: (10, {3: 62, 5: 62, 7: 44, 9: 21, 11: 28, 13: 24}),
            10: (100, {3: 20, 5: 20, 7: 15, 9: 6.8, 11: 9.3, 13: 7.9})}
THD = {0.38: 5, 10: 4}


def class_of(kv):
    return 0.38 if kv <= 1 else 10 if 8 < kv <= 25 else None


class Samples:
    """The samples of one parameter: their signed values a phase, and whether each sample is inside."""

    def __init__(self):
        self.values = []  # (time, phase or None, signed value)
        self.inside = self.count = 0

    def add(self, time, values, inside):
        self.count += 1
        self.inside += inside
        self.values += [(time, phase, value) for phase, value in values]

    def summary(self, percent=95, weigh=abs):
        if not self.count:
            return None
        micro = [(time, phase, round(value * 1e6)) for time, phase, value in self.values]
        pick = min if percent == 5 else max
        worst = pick(abs(value) for _, _, value in micro)
        time, phase, value = next(item for item in micro if abs(item[2]) == worst)
        ranks = [nearest_rank([weigh(value) for _, of, value in micro if of == phase_of], percent)
                 for phase_of in {of for _, of, _ in micro}]
        return {"compliance": self.inside / self.count, "samples": self.count, "worst": value / 1e6, "phase": phase,
                "at": time, "p95": pick(ranks) / 1e6}


def clean(point, kva, row):
    """A row's cells by name; implausible ones are None."""
    cells = dict(zip(MINUTE_CELLS, row))
    phase = point.nominal / math.sqrt(3) if point.wiring == "3p3w" else point.nominal
    bounds = {}
    for name in MINUTE_CELLS:
        if name in ("ua", "ub", "uc"):
            bounds[name] = (0, 1.5 * phase)
        elif name in ("uab", "ubc", "uca"):
            bounds[name] = (0, 1.5 * phase * math.sqrt(3))
        elif name in ("ia", "ib", "ic", "i_n"):
            bounds[name] = (0, 10 * point.rated if point.rated is not None else math.inf)
        elif name in ("pa", "pb", "pc", "pttl", "qttl", "sttl"):
            most = 2 * kva if kva is not None else math.inf
            bounds[name] = (-most, most)
        elif name == "costtl":
            bounds[name] = (-1, 1)
        elif name == "freq":
            bounds[name] = (40, 70)
        else:
            bounds[name] = (0, 400)
    good = {}
    for name, value in cells.items():
        low, high = bounds[name]
        holds = value is not None and low - abs(low) * TOLERANCE <= value <= high + abs(high) * TOLERANCE
        good[name] = value if holds and not (name == "costtl" and value == 0) else None
    for one in PHASES:
        power, total = cells["p" + one], cells["pttl"]
        runs = any((cells["i" + other] or 0) > 0 for other in PHASES if other != one)
        if cells["i" + one] == 0 and runs and None not in (power, total) and abs(power) > 0.02 * abs(total):
            good["i" + one] = None
    return good


def from_mean(values):
    """Largest deviation from the mean ÷ mean, in percent."""
    if None in values or sum(values) <= 0:
        return None
    mean = sum(values) / 3
    return max(abs(value - mean) for value in values) / mean * 100


def of_lines(a, b, c):
    squares = a ** 2 + b ** 2 + c ** 2
    root = math.sqrt(min(1, max(0, 3 - 6 * (a ** 4 + b ** 4 + c ** 4) / squares ** 2)))
    return math.sqrt((1 - root) / (1 + root)) * 100


class Quality:
    """A point's month; `limits` are those of GB/T."""

    def __init__(self, site, point, month):
        self.site, self.point = site, point
        edges = bills.month_edges(site.zone_name, month)
        first = max(edges[0], point.from_ms, site.service[0])
        self.first = edges[0] + -(-(first - edges[0]) // QUARTER) * QUARTER
        self.last = min(edges[1], point.to_ms, site.service[1])
        self.line = point.nominal * (1 if point.wiring == "3p3w" else math.sqrt(3))
        self.kind = class_of(self.line / 1000)
        self.samples = {name: Samples() for name in
                        ("voltage_deviation", "voltage_unbalance", "frequency", "voltage_thd", "current_unbalance",
                         "power_factor", *(f"harmonic.{order}" for order in ORDERS))}
        self.limits = {"voltage_deviation": 7, "voltage_unbalance": 2, "frequency": 0.2, "voltage_thd": THD[self.kind],
                       "current_unbalance": 15, "power_factor": self._standard(edges)}
        self._harmonic_limits()
        self.outages = 0
        kva = site.rated_kva(point)
        self.rows = [(row[0], clean(point, kva, row[1:])) for row in site.store.execute(
            f"SELECT time, {', '.join(MINUTE_CELLS)} FROM point_1min_index WHERE point_id = ? AND time >= ? AND "
            "time < ? ORDER BY time", (point.id, self.first, self.last))]
        self.held = len({(time - edges[0]) // QUARTER for time, cells in self.rows
                         if any(value is not None for value in cells.values())})
        self.expected = -(-(self.last - self.first) // QUARTER)
        frequencies = [cells["freq"] for _, cells in self.rows if cells["freq"] is not None]
        self.hertz = 60 if frequencies and sum(frequencies) / len(frequencies) > 55 else 50
        loads = [abs(cells["pttl"]) for _, cells in self.rows if cells["pttl"] is not None]
        self.floor = 0.02 * nearest_rank(loads, 95) if loads else 0
        for time, cells in self.rows:
            self._take(time, cells)

    def _standard(self, edges):
        standards = [row[0] for row in self.site.store.execute(
            "SELECT pf_standard, valid_from, valid_to FROM tariff WHERE project_id = ? ORDER BY valid_from, tariff_id",
            (self.site.project,)) if row[0] is not None and bills.utc_ms(row[1]) < edges[1] and
            (bills.utc_ms(row[2]) or 1 << 60) > edges[0]]
        return float(standards[-1]) if standards else 0.9

    def _harmonic_limits(self):
        supply, capacity = self.site.store.execute(
            "SELECT supply_kv, short_circuit_mva FROM project WHERE project_id = ?", (self.site.project,)).fetchone()
        base, table = HARMONIC[self.kind]
        at_supply = supply is not None and class_of(supply) == self.kind and capacity
        for order in ORDERS:
            self.limits[f"harmonic.{order}"] = table[order] * (capacity / base if at_supply else 1)

    def _add(self, name, time, values):
        values = [(phase, value) for phase, value in values if value is not None]
        if values:
            limit = self.limits[name] * (1 + TOLERANCE)
            self.samples[name].add(time, values, all(abs(value) <= limit for _, value in values))

    def _take(self, time, cells):
        point, nominal = self.point, self.point.nominal
        names = ("uab", "ubc", "uca") if point.wiring == "3p3w" else ("ua", "ub", "uc")
        voltages = [cells[name] for name in names]
        neutral = nominal / math.sqrt(3) if point.wiring == "3p3w" else nominal
        if any(value is not None and value < 0.1 * nominal for value in voltages) or any(
                cells[name] is not None and cells[name] < 0.1 * neutral for name in ("ua", "ub", "uc")):
            self.outages += 1
        else:
            present = [(phase, value) for phase, value in zip(PHASES, voltages) if value is not None]
            if present:
                inside = all(0.93 * nominal * (1 - TOLERANCE) <= value <= 1.07 * nominal * (1 + TOLERANCE)
                             for _, value in present)
                self.samples["voltage_deviation"].add(
                    time, [(phase, (value - nominal) * 100 / nominal) for phase, value in present], inside)
            lines = [cells[name] for name in ("uab", "ubc", "uca")]
            if None not in lines and min(lines) >= 0.1 * self.line:
                self._add("voltage_unbalance", time, [(None, of_lines(*lines))])
            self._add("voltage_thd", time, [(phase, cells["thdu" + phase]) for phase in PHASES])
        if cells["freq"] is not None:
            self._add("frequency", time, [(None, cells["freq"] - self.hertz)])
        self._add("current_unbalance", time, [(None, from_mean([cells["i" + phase] for phase in PHASES]))])
        for order in ORDERS:
            self._add(f"harmonic.{order}", time, [(phase, self._amperes(cells, order, phase)) for phase in PHASES])
        cosine, load = cells["costtl"], cells["pttl"]
        if cosine is not None and (load is None or abs(load) >= self.floor):
            self.samples["power_factor"].add(
                time, [(None, abs(cosine))], abs(cosine) >= self.limits["power_factor"] * (1 - TOLERANCE))

    @staticmethod
    def _amperes(cells, order, phase):
        share, current, thd = cells[f"hr{order}i{phase}"], cells["i" + phase], cells["thdi" + phase]
        if share is None or current is None:
            return None
        return share / 100 * current / math.sqrt(1 + ((thd or 0) / 100) ** 2)

    def summary(self, name):
        return self.samples[name].summary(5 if name == "power_factor" else 95)

    def verdict(self, name, summary):
        if summary is None:
            return None
        if summary["samples"] < 1000 or self.held * 100 < self.expected * 95:
            return "insufficient"
        if name == "power_factor":
            return "pass" if summary["p95"] >= self.limits[name] else "fail"
        good = summary["p95"] <= self.limits[name] and (name != "voltage_unbalance" or summary["worst"] <= 4)
        return "pass" if good else "attention" if name == "current_unbalance" else "fail"
