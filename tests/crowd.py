"""A crowd of made-up customers, each odd in its own way: the same seed gives the same crowd.

    python3 tests/crowd.py FOLDER SEED COUNT

makes their reports' layouts and prints what is wrong on any page.

Customers of one site, of up to 30 of these sites, and a platform of all; two languages, two brands. Names of 1 to 120
characters of several scripts, 1 to 400 points, 0 to 5,000 alarms, energy from 0.001 to 10⁹ kWh,
prices below zero, five ways of the basic charge, and every kind of missing and broken data.
"""

import concurrent.futures
import contextlib
import datetime
import os
import pathlib
import random
import re
import sqlite3
import subprocess
import sys
import tempfile

import layout
from edge_store import DAY_MS, LONG_AGO, QUARTER_MS, ROOT, month_bounds

MONTH, BEFORE, YEAR_AGO, NOW = "2026-03", "2026-02", "2025-03", "2026-05-04T00:00:00Z"
ZONES = ("Asia/Shanghai", "Asia/Kolkata", "Europe/Berlin", "America/St_Johns", "Pacific/Auckland", "Asia/Seoul", "UTC")
SLOTS = ("sharp", "peak", "flat", "valley", "deep")
CURRENCIES = ("CNY", "KRW", "EUR", "USD", "INR")
CODES = (("overload", "过载", "load"), ("over_voltage", "过压", "quality"), ("low_power_factor", "功率因数低", "quality"),
         ("high_thd_u", "电压谐波", "quality"), ("over_temperature", "超温", "safety"),
         ("over_residual_current", "剩余电流超限", "safety"), ("offline", "离线", "device"), ("gone", "已停用", "device"))
HAN = "苏州新能源汽车动力电池系统集成制造示范基地二期扩建工程变配电所甲乙丙丁"
RARE = "堃喆赟龘瀞鑫淼焱垚㙍䶮"
LATIN = ("Oberrheinische", "Werk", "GmbH", "Ltd.", "Switchgear", "No. 7", "&", "Søndre", "Łódź", "Usine-d'Épinal", "A",
         "Donaudampfschifffahrtsgesellschaft", "(East)", "“quoted”", "50/60Hz", "=SUM(A1)", "<b>", "%s%n")
SOAK_PART = 50
MANY_SITES, EVERY_SITE = 100_000, 200_000  # numbers of customers with several sites, and of platforms
SITES = (1, 2, 3, 5, 8, 12, 20, 30)
PHASES = ("", "a", "b", "c")


def name_of(rng):
    return re.sub(r" +(?=[.,;:]| |$)|，，", "", one_name(rng)).strip() or "X"


def one_name(rng):
    kind, length = rng.randrange(5), rng.choice((1, 2, 4, 8, 16, 40, 120))
    if kind == 0:
        return "".join(rng.choice(LATIN) + " " for _ in range(length))[:length]
    if kind == 1:
        return "".join(rng.choice(HAN + RARE) for _ in range(length))
    if kind == 2:
        return "".join(rng.choice((rng.choice(HAN), rng.choice("0123456789"), rng.choice("-#·（"))) for _ in
                       range(length)) or "一"
    if kind == 3:
        return (rng.choice(HAN) + rng.choice(LATIN) * 20)[:length]
    return "W" * length


class Customer:
    """Tenant, project and everything below them under one number; `rng` is its own."""

    def __init__(self, store, number, seed):
        self.store, self.number = store, number
        self.rng = random.Random(f"{seed} {number}")
        self.zone = self.rng.choice(ZONES)
        self.size = self.rng.choice((0.001, 0.7, 12, 60, 300, 40_000, 3_000_000))  # kWh a quarter
        self.kva = round(self.size * 4 * self.rng.uniform(0.8, 3) + 0.05, 2)
        self.points = []

    def row(self, table, **values):
        self.store.execute(f"INSERT INTO {table} ({','.join(values)}) VALUES ({','.join('?' * len(values))})",
                           tuple(values.values()))

    def maybe(self, chance, value, other=None):
        return value if self.rng.random() < chance else other

    def directory(self):
        rng = self.rng
        self.row("tenant", tenant_id=self.number, name=name_of(rng), short_name=self.maybe(0.5, "短名"),
                 edition="single", brand=self.maybe(0.4, "harbour"), locale=rng.choice(("zh-CN", "zh-CN", "en")),
                 timezone=self.zone, service_from=self.maybe(0.9, "2010-01-01", "2026-03-17"))
        self.row("project", project_id=self.number, name=name_of(rng), address=self.maybe(0.5, name_of(rng)),
                 timezone=self.maybe(0.7, self.zone), holiday_region="CN", supply_kv=self.maybe(0.8, 10),
                 short_circuit_mva=self.maybe(0.3, 120), area_m2=self.maybe(0.4, 5200.5))
        self.row("tenant_project", tenant_id=self.number, project_id=self.number)
        for index in range(rng.choice((0, 1, 1, 1, 2, 5))):
            self.row("transformer", transformer_id=self.number * 1000 + index, project_id=self.number,
                     name=name_of(rng), rated_kva=self.kva, no_load_loss_kw=self.maybe(0.6, round(self.kva / 700, 4)),
                     load_loss_kw=self.maybe(0.6, round(self.kva / 110, 4)),
                     valid_from=self.maybe(0.9, LONG_AGO, "2026-03-11 00:00:00"))
        if rng.random() < 0.3:
            self.row("emission_factor", project_id=self.number, valid_from=LONG_AGO, kg_co2_per_kwh=0.5366,
                     kgce_per_kwh=0.1229, source=name_of(rng))
        if rng.random() < 0.3:
            self.row("monthly_plan", project_id=self.number, plan_month=MONTH, energy_kwh=round(self.size * 2500, 3),
                     amount=self.maybe(0.5, round(self.size * 1800, 2)))
        if rng.random() < 0.3:
            self.row("utility_bill", project_id=self.number, bill_month=MONTH, amount=round(self.size * 2000, 2),
                     energy_kwh=self.maybe(0.5, round(self.size * 2500, 3)),
                     energy_amount=self.maybe(0.5, round(self.size * 1500, 2)))

    def tariffs(self):
        rng = self.rng
        if rng.random() < 0.15:
            return
        changes = rng.choice((1, 1, 1, 2, 4))
        currency = rng.choice(CURRENCIES)
        starts = [LONG_AGO] + [f"2026-03-{4 + 6 * i:02d} 16:00:00" for i in range(changes - 1)]
        for index, start in enumerate(starts):
            mode = rng.choice(("none", "capacity", "contract_demand", "actual_demand"))
            self.row("tariff", tariff_id=self.number * 10 + index, project_id=self.number, valid_from=start,
                     valid_to=starts[index + 1] if index + 1 < changes else None, currency=currency, basic_mode=mode,
                     capacity_price=self.maybe(0.9, 23.5), demand_price=self.maybe(0.9, 37.25),
                     contract_kw=self.maybe(0.8, round(self.kva * rng.uniform(0.2, 1.1))),
                     demand_discount_kwh_per_kva=self.maybe(0.3, 260), demand_discount=0.9,
                     pf_standard=rng.choice((None, 0.8, 0.85, 0.9)), fund_price=rng.choice((0, 0.0271)),
                     source=name_of(rng))
            self.day_of_slots(self.number * 10 + index)

    def day_of_slots(self, tariff):
        edges = sorted(self.rng.sample(range(1, 24), self.rng.randint(0, 9)))
        for start, end in zip([0, *edges], [*edges, 24]):
            if self.rng.random() < 0.99:
                self.row("tariff_slot", tariff_id=tariff, month_from=1, month_to=12, day_kind="all",
                         start_minute=60 * start, end_minute=60 * end, slot=self.rng.choice(SLOTS),
                         price=self.rng.choice((-0.08, 0, 0.2, 0.65, 1.3, 104.25)))

    def measured(self):
        rng = self.rng
        count = rng.choice((1, 1, 2, 3, 8, 11, 40, 400))
        incomers = rng.choice((0, 1, 1, 1, 1, 2, 3))
        wiring = rng.choice(("3p4w", "3p4w", "3p3w", "1p"))
        for index in range(count):
            point = self.number * 1000 + index
            incomer = index < incomers
            self.points.append(point)
            self.row("point", point_id=point, project_id=self.number, transformer_id=self.transformer(incomer),
                     parent_id=self.number * 1000 if index and self.maybe(0.7, True) else None, name=name_of(rng),
                     role="incomer" if incomer else rng.choice(("feeder", "equipment")), wiring=wiring,
                     nominal_v=10_000 if wiring == "3p3w" else 220,
                     rated_current_a=self.maybe(0.6, round(self.size * 8 + 1)),
                     valid_from=self.maybe(0.95, LONG_AGO, "2026-03-05 00:00:00"),
                     valid_to=self.maybe(0.03, "2026-03-20 00:00:00"))
            for month in [MONTH] + [BEFORE, YEAR_AGO][:rng.choice((0, 1, 2))]:
                self.quarters(point, month, 1 if incomer else 1 / count, None if incomer or count < 12 else 96)
            if incomer:
                self.minutes(point, wiring)

    def transformer(self, incomer):
        if not incomer:
            return None
        found = self.store.execute("SELECT min(transformer_id) FROM transformer WHERE project_id = ?", (self.number,))
        return found.fetchone()[0]

    def quarters(self, point, month, share, most):
        rng = self.rng
        first, last = month_bounds(month, self.zone)
        gaps = rng.choice((0, 0, 0, 0.02, 0.3, 0.97))
        silent = rng.randrange(first, last, DAY_MS) if rng.random() < 0.3 else last
        zero, phases, reactive = rng.random() < 0.05, rng.random() < 0.3, rng.random() < 0.8
        rows = []
        for i, time in enumerate(range(first, last, QUARTER_MS)):
            if rng.random() < gaps or silent <= time < silent + 3 * DAY_MS or (most and i >= most):
                continue
            value = 0 if zero else self.size * share * (0.4 + 0.6 * (32 <= i % 96 < 76)) * rng.uniform(0.6, 1.2)
            luck = rng.random()
            value = -value if luck < 0.001 else 1e9 if luck < 0.002 else None if luck < 0.003 else round(value, 4)
            shift = 41_000 if luck > 0.998 else -60_000 if luck > 0.996 else 0
            lag = abs(value or 0) * rng.uniform(0, 0.9) if reactive else None
            rows.append((point, self.number, time + shift, value, lag, 0 if reactive else None,
                         value / 3 if phases and value else None))
        self.store.executemany("INSERT OR REPLACE INTO point_15min_electric (point_id, project_id, time, kwh, "
                               "kvarh_lag, kvarh_lead, kwh_a) VALUES (?,?,?,?,?,?,?)", rows)

    def minutes(self, point, wiring):
        """A sample in a quarter of an hour is enough for every figure."""
        rng = self.rng
        if rng.random() < 0.3:
            return
        first, last = month_bounds(MONTH, self.zone)
        line = wiring == "3p3w"
        names = ("uab", "ubc", "uca") if line else ("ua", "ub", "uc")
        nominal, off = 10_000 if line else 220, rng.choice((0, 0.02, 0.09))
        level, idle = rng.choice((0.9, 0.5, 0.1)), rng.random() < 0.1
        rows = []
        for time in range(first, last, QUARTER_MS):
            volts = [nominal * (1 + off + rng.gauss(0, 0.01)) for _ in range(3)]
            amperes = 0 if idle else self.size * 6 * rng.uniform(0.5, 1)
            rows.append((point, self.number, time, *volts, amperes, amperes * 1.05, amperes * level,
                         self.size * 4 * level, 0 if idle else level, 50 + rng.gauss(0, 0.03),
                         *(rng.uniform(0.5, 6) for _ in range(3)),
                         rng.uniform(0, 9)))
        self.store.executemany(
            f"INSERT INTO point_1min_index (point_id, project_id, time, {', '.join(names)}, ia, ib, ic, pttl, costtl, "
            f"freq, thdua, thdub, thduc, hr5ia) VALUES ({','.join('?' * 16)})", rows)

    def sensors(self):
        rng = self.rng
        first, last = month_bounds(MONTH, self.zone)
        for index in range(rng.choice((0, 0, 1, 3, 12, 60))):
            sensor, kind = self.number * 1000 + index, rng.choice(("temperature", "residual_current", "ambient"))
            self.row("sensor", sensor_id=sensor, project_id=self.number, point_id=rng.choice(self.points),
                     name=name_of(rng), kind=kind, warn_limit=self.maybe(0.5, 70), alarm_limit=self.maybe(0.5, 90),
                     valid_from=LONG_AGO)
            middle, step = rng.choice((20, 60, 95, 400)), rng.choice((QUARTER_MS, 4 * QUARTER_MS))
            self.store.executemany("INSERT INTO location_1min_aiao (sensor_id, project_id, time, value) VALUES "
                                   "(?,?,?,?)", [(sensor, self.number, time, round(rng.gauss(middle, 6), 2))
                                    for time in range(first, last, step) if rng.random() > 0.05])

    def alarms(self):
        rng = self.rng
        first, last = month_bounds(MONTH, self.zone)
        rows = []
        for index in range(rng.choice((0, 0, 1, 2, 30, 250, 5000))):
            start = rng.randrange(first - 20 * DAY_MS, last)
            end = rng.choice((None, start + 60_000 * rng.randrange(1, 9000), start - 60_000, start + 90 * DAY_MS))
            rows.append((f"{self.number}-{index}", self.number, rng.choice(self.points), rng.choice(CODES)[0] if
                         rng.random() < 0.97 else rng.choice(("test_call", "never_heard_of")), rng.randint(1, 3), start,
                         end, rng.choice((None, 1.5, -3, 1234.5)), rng.choice((None, 1.2)), rng.choice(PHASES) or None,
                         rng.choice((None, start + 600_000)), rng.choice((None, start + 1_200_000))))
        self.store.executemany("INSERT INTO soe_event (event_id, project_id, point_id, code, level, started_at, "
                               "ended_at, value, limit_value, phase, confirmed_at, closed_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
                               rows)

    def write(self):
        for part in (self.directory, self.tariffs, self.measured, self.sensors, self.alarms):
            part()


def several_sites(store, seed, count, first):
    """A customer of several sites for ten of one site (at least one), and a platform: their numbers."""
    rng, last = random.Random(f"{seed} several {first}"), first + count - 1
    numbers = [MANY_SITES + first + index for index in range(max(1, count // 10))] + [EVERY_SITE + first]
    for number in numbers:
        store.execute("INSERT INTO tenant (tenant_id, name, edition, brand, locale, timezone, service_from) VALUES "
                      "(?,?,?,?,?,?,?)",
                      (number, name_of(rng), "platform" if number >= EVERY_SITE else "management",
                       rng.choice((None, "harbour")), rng.choice(("zh-CN", "en")), rng.choice(ZONES), "2010-01-01"))
        if number < EVERY_SITE:
            sites = rng.sample(range(first, last + 1), min(count, rng.choice(SITES)))
            store.executemany("INSERT INTO tenant_project (tenant_id, project_id) VALUES (?,?)",
                              [(number, site) for site in sites])
    return numbers


def make(path, seed, count, first=1):
    """Tenants first … first + count − 1, each with a project of the same number, and those that several_sites adds."""
    store = sqlite3.connect(path)
    store.executescript((ROOT / "samples" / "schema.sql").read_text(encoding="utf-8"))
    with store:
        for code, name, category in CODES:
            store.execute("INSERT INTO alarm_type VALUES (?,?,?,?,?)", (code, name, code, category, code == "gone"))
        for day in range(1, 4):
            store.execute("INSERT INTO offday VALUES ('CN', ?, 0, '节')",
                          (datetime.date(2026, 3, day).isoformat(),))
        for number in range(first, first + count):
            Customer(store, number, seed).write()
        several_sites(store, seed, count, first)
    store.close()
    return path


def tenants_of(store):
    with contextlib.closing(sqlite3.connect(store)) as opened:
        return [number for number, in opened.execute("SELECT tenant_id FROM tenant ORDER BY tenant_id")]


def faults_of(store, tenants, build):
    """What is wrong on the pages of these tenants, and how many pages they have."""

    with tempfile.TemporaryDirectory() as out, \
            concurrent.futures.ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        def dump(tenant):
            return subprocess.run([build / "tools" / "dump_layout", "report.ini", store, str(tenant), MONTH, NOW, out],
                                  cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=600, check=False)

        dumps = list(pool.map(dump, tenants))
    faults, count = [], 0
    for tenant, done in zip(tenants, dumps):
        pages = layout.read(done.stdout) if done.returncode == 0 else []
        count += len(pages)
        faults += [f"tenant {tenant}, {fault}" for fault in layout.faults(pages)]
        if not pages:
            faults.append(f"tenant {tenant}: {done.stderr.strip()}")
    return faults, count


def soak(folder, seed, count, build):
    """Fifty at a time, so that the store stays small; every fault is printed."""
    folder.mkdir(parents=True, exist_ok=True)
    total, pages, reports = 0, 0, 0
    for first in range(1, count + 1, SOAK_PART):
        part = range(first, min(first + SOAK_PART, count + 1))
        store = folder / "soak.db"
        store.unlink(missing_ok=True)
        make(store, seed, len(part), first)
        tenants = tenants_of(store)
        faults, more = faults_of(store, tenants, build)
        total, pages, reports = total + len(faults), pages + more, reports + len(tenants)
        print("".join(f"{fault}\n" for fault in faults) + f"customers {first} to {part[-1]}: {more} pages, "
              f"{len(faults)} faults", flush=True)
    print(f"{reports} reports of {count} sites of the seed '{seed}': {pages} pages, {total} faults")
    return total


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: crowd.py FOLDER SEED COUNT")
    home = pathlib.Path(os.environ.get("BUILD", "build"))
    sys.exit(1 if soak(pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), ROOT / home) else 0)
