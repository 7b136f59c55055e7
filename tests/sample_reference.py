"""A month's figures of a project, worked out from a SQLite store by SQL and exact fractions.

It follows the product's method, not its code: the tests compare the two. Nothing here is shared with src/.
"""
import datetime
import sqlite3
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

QUARTER_MS = 900_000
SLOTS = ("sharp", "peak", "flat", "valley", "deep")


def micro(value):
    """The nearest multiple of a millionth, as a fraction."""
    return Fraction(Decimal(repr(value)).quantize(Decimal("0.000001"), ROUND_HALF_UP))


def money(value):
    """Rounded to a cent, half away from zero."""
    sign = -1 if value < 0 else 1
    return Decimal(sign * ((abs(value) * 200 + 1) // 2)) / 100


def utc_ms(text):
    """A directory's DATETIME."""
    if text is None:
        return None
    moment = datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc)
    return int(moment.timestamp() * 1000)


def month_edges(zone, month):
    """[from, to) of a month in milliseconds."""
    year, number = map(int, month.split("-"))
    edges = []
    for y, m in ((year, number), (year + number // 12, number % 12 + 1)):
        edges.append(int(datetime.datetime(y, m, 1, tzinfo=ZoneInfo(zone)).timestamp() * 1000))
    return edges


def local_ms(zone, text):
    """'2026-10-05T08:00' in a zone."""
    return int(datetime.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def project_zone(store, project):
    row = store.execute(
        "SELECT coalesce(p.timezone, (SELECT t.timezone FROM tenant t JOIN tenant_project USING (tenant_id) "
        "WHERE project_id = p.project_id ORDER BY tenant_id LIMIT 1)) FROM project p WHERE project_id = ?",
        (project,)).fetchone()
    return row[0]


def settled_quarters(store, point, from_ms, to_ms, cutoff_ms):
    """Quarter's start → (kwh, lag, lead, charge, mdp_max), one row a quarter, before plausibility."""
    chosen = {}
    for time, kwh, lag, lead, charge, mdp, ingested in store.execute(
            "SELECT time, kwh, kvarh_lag, kvarh_lead, charge, mdp_max, ingested_at FROM point_15min_electric "
            "WHERE point_id = ? AND time >= ? AND time < ? AND (ingested_at IS NULL OR ingested_at <= ?)",
            (point, from_ms - 120_000, to_ms, cutoff_ms)):
        quarter = (time + 120_000) // QUARTER_MS * QUARTER_MS
        if time % QUARTER_MS < QUARTER_MS - 120_000:
            quarter = time // QUARTER_MS * QUARTER_MS
        if not from_ms <= quarter < to_ms:
            continue
        rank = (time == quarter, ingested or 0, kwh if kwh is not None else -1e300)
        if quarter not in chosen or rank > chosen[quarter][0]:
            chosen[quarter] = (rank, (kwh, lag, lead, charge, mdp))
    return {quarter: row for quarter, (_, row) in sorted(chosen.items())}


def energy_bound(store, point):
    """The largest kWh a quarter can hold, where a rating says so; else 10^6."""
    kva, wiring, nominal, rated = store.execute(
        "SELECT rated_kva, wiring, nominal_v, rated_current_a FROM point p "
        "LEFT JOIN transformer t USING (transformer_id) WHERE point_id = ?", (point,)).fetchone()
    if kva is not None:
        return 0.25 * 1.5 * kva
    if rated is None:
        return 1e6
    volts = {"3p4w": 3 * nominal, "3p3w": 3 ** 0.5 * nominal, "1p": nominal}[wiring]
    return 0.25 * 1.5 * volts * rated / 1000


def day_kind(store, region, day):
    row = store.execute("SELECT worked FROM offday WHERE region = ? AND calendar_day = ?",
                        (region, day.isoformat())).fetchone()
    if row:
        return "workday" if row[0] else "holiday"
    return "offday" if day.isoweekday() >= 6 else "workday"


class Prices:
    """The price of a quarter, by the tariff's table."""

    def __init__(self, store, project):
        self.store = store
        self.zone = ZoneInfo(project_zone(store, project))
        self.region = store.execute("SELECT holiday_region FROM project WHERE project_id = ?", (project,)).fetchone()[0]
        columns = ("tariff_id valid_from valid_to currency basic_mode capacity_price demand_price contract_kw "
                   "demand_discount_kwh_per_kva demand_discount pf_standard fund_price").split()
        self.tariffs = [dict(zip(columns, row)) for row in store.execute(
            f"SELECT {', '.join(columns)} FROM tariff WHERE project_id = ? ORDER BY valid_from", (project,))]
        for tariff in self.tariffs:
            tariff["from_ms"] = utc_ms(tariff["valid_from"])
            tariff["to_ms"] = utc_ms(tariff["valid_to"]) or 1 << 60
            tariff["slots"] = store.execute(
                "SELECT month_from, month_to, day_kind, start_minute, end_minute, slot, price FROM tariff_slot "
                "WHERE tariff_id = ?", (tariff["tariff_id"],)).fetchall()
        self.kinds = {}

    def at(self, quarter):
        """(tariff, slot, price) or None."""
        tariff = next((t for t in self.tariffs if t["from_ms"] <= quarter < t["to_ms"]), None)
        if not tariff:
            return None
        local = datetime.datetime.fromtimestamp(quarter / 1000, self.zone)
        day = local.date()
        if day not in self.kinds:
            self.kinds[day] = day_kind(self.store, self.region, day)
        slot = slot_of(tariff["slots"], local.month, self.kinds[day], local.hour * 60 + local.minute)
        return slot and (tariff, slot[0], micro(slot[1]))


def slot_of(rows, month, kind, minute):
    """(slot, price) of a minute: holiday rows, else offday, else workday; 'all' for any."""
    wanted = {"holiday": ("holiday", "offday", "workday"), "offday": ("offday", "workday"), "workday": ("workday",)}
    for name in ("all",) + wanted[kind]:
        for month_from, month_to, day, start, end, slot, price in rows:
            if day == name and month_from <= month <= month_to and start <= minute < end:
                return slot, price
    return None


def factor_percent(standard, hundredths):
    """The adjustment in percent of (83)水电财字第215号, from its table's steps."""
    if standard == 90:
        reward = {91: -15, 92: -30, 93: -45, 94: -60}.get(hundredths, -75 if hundredths >= 95 else 0)
    elif standard == 85:
        reward = {91: -65, 92: -80, 93: -95}.get(hundredths, -110 if hundredths >= 94 else -10 * (hundredths - 85))
    else:
        reward = {91: -115}.get(hundredths, -130 if hundredths >= 92 else -10 * (hundredths - 80))
    if hundredths >= standard:
        return Fraction(reward, 100)
    half_to = standard - 20  # +0.5 % a step to here, +1 % for five more, then +2 %
    steps_half = standard - max(hundredths, half_to)
    steps_one = max(0, half_to - max(hundredths, half_to - 5))
    steps_two = max(0, half_to - 5 - hundredths)
    return Fraction(steps_half, 2) + steps_one + 2 * steps_two


def rounded_factor(active, reactive):
    """cos φ in hundredths, by integers."""
    for hundredths in range(100, 0, -1):
        if 40_000 * active ** 2 >= (2 * hundredths - 1) ** 2 * (active ** 2 + reactive ** 2):
            return hundredths
    return 0


def month_days(zone, edges):
    first, last = (datetime.datetime.fromtimestamp(e / 1000, ZoneInfo(zone)).date() for e in edges)
    return (last - first).days


def days_in_force(zone, edges, from_ms, to_ms):
    """Calendar days of the month that [from, to) touches."""
    start, end = max(edges[0], from_ms), min(edges[1], to_ms)
    if start >= end:
        return 0
    days = [datetime.datetime.fromtimestamp(t / 1000, ZoneInfo(zone)).date() for t in (start, end - 1)]
    return (days[1] - days[0]).days + 1


def basic_charge(tariff, share, demand_kw, kva, kwh):
    price = micro(tariff["demand_price"]) if tariff["demand_price"] is not None else None
    if tariff["basic_mode"] == "none":
        return None
    if tariff["basic_mode"] == "capacity":
        return money(kva * micro(tariff["capacity_price"]) * share)
    threshold = tariff["demand_discount_kwh_per_kva"]
    if threshold is not None and kva and kwh >= micro(threshold) * kva:
        price *= micro(tariff["demand_discount"])
    if tariff["basic_mode"] == "actual_demand":
        return money(demand_kw * price * share)
    contract = max(micro(tariff["contract_kw"]), kva * Fraction(2, 5))
    over = max(Fraction(0), demand_kw - contract * Fraction(105, 100))
    billed = contract if over == 0 else contract * Fraction(105, 100) + 2 * over
    return money(billed * price * share)


def project_month(store, project, month, cutoff_ms):
    """Every headline figure of a project's month as a dict; None where it isn't measured."""
    zone = project_zone(store, project)
    edges = month_edges(zone, month)
    service = store.execute(
        "SELECT min(service_from) FROM tenant JOIN tenant_project USING (tenant_id) WHERE project_id = ?",
        (project,)).fetchone()[0]
    incomers = store.execute(
        "SELECT point_id, valid_from, valid_to FROM point WHERE project_id = ? AND role = 'incomer' ORDER BY 1",
        (project,)).fetchall()
    prices = Prices(store, project)
    energy = {}   # (tariff id, slot, price) → kWh
    sums = {}     # quarter → kWh of the incomers
    reactive = [Fraction(0), Fraction(0), Fraction(0)]
    expected = measured = 0
    total = charge = unpriced = Fraction(0)
    from_service = local_ms(zone, service + "T00:00")
    for point, valid_from, valid_to in incomers:
        first = max(edges[0], utc_ms(valid_from), from_service)
        last = min(edges[1], utc_ms(valid_to) or 1 << 60)
        expected += max(0, -(-(last - first) // QUARTER_MS))
        bound = energy_bound(store, point)
        for quarter, (kwh, lag, lead, ingest, _) in settled_quarters(store, point, first, last, cutoff_ms).items():
            if kwh is None or not 0 <= kwh <= bound:
                continue
            kwh = micro(kwh)
            measured += 1
            total += kwh
            sums[quarter] = sums.get(quarter, Fraction(0)) + kwh
            charge += micro(ingest) if ingest is not None else 0
            if lag is not None and lead is not None:
                for i, value in enumerate((kwh, micro(lag), micro(lead))):
                    reactive[i] += value
            line = prices.at(quarter)
            if line:
                key = (line[0]["tariff_id"], line[1], line[2])
                energy[key] = energy.get(key, Fraction(0)) + kwh
            else:
                unpriced += kwh
    figures = {"project": project, "expected": expected, "measured": measured, "kwh": total, "unpriced": unpriced,
               "ingest_charge": charge, "kvarh_lag": reactive[1], "kvarh_lead": reactive[2]}
    if sums:
        peak = max(sums.items(), key=lambda item: (item[1], -item[0]))
        figures["demand_kw"], figures["demand_at"] = 4 * peak[1], peak[0]
        hundredths = rounded_factor(reactive[0], reactive[1] + reactive[2])
        figures["power_factor"] = Decimal(hundredths) / 100
    if prices.tariffs and sums:
        add_bill(store, project, zone, edges, prices, energy, figures)
    return figures


def add_bill(store, project, zone, edges, prices, energy, figures):
    lines = {key: money(kwh * key[2]) for key, kwh in energy.items()}
    kva = sum((micro(row[0]) for row in store.execute(
        "SELECT rated_kva FROM transformer WHERE project_id = ?", (project,))), Fraction(0))
    funds = basic = Fraction(0)
    standards = set()
    for tariff in prices.tariffs:
        days = days_in_force(zone, edges, tariff["from_ms"], tariff["to_ms"])
        if not days:
            continue
        funds += micro(tariff["fund_price"]) * sum(k for key, k in energy.items() if key[0] == tariff["tariff_id"])
        share = Fraction(days, month_days(zone, edges))
        basic += Fraction(basic_charge(tariff, share, figures["demand_kw"], kva, figures["kwh"]) or 0)
        standards.add(tariff["pf_standard"])
    figures["slots_kwh"] = {s: sum((k for key, k in energy.items() if key[1] == s), Fraction(0)) for s in SLOTS}
    figures["energy_charge"] = sum(lines.values(), Decimal(0))
    figures["basic_charge"] = money(basic)
    base = Fraction(figures["energy_charge"]) + basic - funds
    (standard,) = standards
    figures["pf_percent"] = None
    adjustment = Decimal(0)
    if standard is not None:
        percent = factor_percent(round(100 * standard), int(100 * figures["power_factor"]))
        figures["pf_percent"] = percent
        adjustment = money(base * percent / 100)
    figures["pf_adjustment"] = adjustment
    figures["total"] = figures["energy_charge"] + figures["basic_charge"] + adjustment


def open_store(path):
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)
