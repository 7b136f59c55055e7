"""An embedded store of awkward customers: names too long, points too many, data too few, prices below 0.

    python3 tests/edge_store.py FILE

Every tenant has one project; REPORTS lists which months of which tenant there is something to report on.
"""

import datetime
import pathlib
import sqlite3
import sys
from zoneinfo import ZoneInfo

ROOT = pathlib.Path(__file__).resolve().parent.parent
LONG_AGO = "2010-01-01 00:00:00"
QUARTER_MS, HOUR_MS, DAY_MS = 900_000, 3_600_000, 86_400_000
MONTH, NOW = "2018-03", "2018-12-03T00:00:00Z"

LONG_HAN = "江苏省苏州市工业园区新能源汽车动力电池与电驱动系统集成制造（示范）基地二期扩建工程第三标段配电房" * 3
LONG_LATIN = "Vereinigte Oberrheinische Elektrizitaets- und Waermeversorgungsgesellschaft Sankt Georgen " * 2
LONG_WORD = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft" * 2

# Tenant: (name, months to report on)
REPORTS = {
    1: ("一", ("2018-02", MONTH)),
    2: (LONG_HAN[:120], (MONTH,)),
    3: (LONG_LATIN[:120].strip(), (MONTH,)),
    4: ("一百二十个计量点", (MONTH,)),
    5: ("Sixty-one points", (MONTH,)),
    6: ("只有一刻钟", (MONTH,)),
    7: ("只有一天", (MONTH,)),
    8: ("千分之一度电", (MONTH,)),
    9: ("三十亿韩元", (MONTH,)),
    10: ("Negative prices", (MONTH,)),
    11: ("四十行账单", (MONTH,)),
    12: ("Sixty gaps", (MONTH,)),
    13: ("没有电价没有变压器", (MONTH,)),
    14: ("No contract entered", (MONTH,)),
    15: ("全月零电量", (MONTH,)),
    16: ("Clocks change in Berlin", (MONTH, "2018-10")),
    17: ("只有尖段", (MONTH,)),
    18: ("月中开始服务", (MONTH,)),
    19: ("No incomer", (MONTH,)),
    20: (LONG_WORD[:120], (MONTH,)),
    21: ("Zero in English", (MONTH,)),
    22: ("停用的计量点", (MONTH,)),
}


class Store:
    def __init__(self, path):
        self.store = sqlite3.connect(path)
        self.store.executescript((ROOT / "samples" / "schema.sql").read_text(encoding="utf-8"))

    def row(self, table, **values):
        self.store.execute(f"INSERT INTO {table} ({','.join(values)}) VALUES ({','.join('?' * len(values))})",
                           tuple(values.values()))

    def tenant(self, number, locale="zh-CN", zone="Asia/Shanghai", project=None, kva=2000, service="2010-01-01",
               incomer="进线柜"):
        """Tenant, project, transformer (none where kva is 0) and incomer (none where it has no name)."""
        name = REPORTS[number][0]
        self.row("tenant", tenant_id=number, name=name, edition="single", locale=locale, timezone=zone,
                 service_from=service)
        self.row("project", project_id=number, name=project or name, timezone=zone, holiday_region="CN",
                 supply_kv=10)
        self.row("tenant_project", tenant_id=number, project_id=number)
        if kva:
            self.row("transformer", transformer_id=number, project_id=number, name=project or "T1", rated_kva=kva,
                     no_load_loss_kw=1, load_loss_kw=8, valid_from=LONG_AGO)
        if incomer:
            self.point(number, 0, incomer, "incomer", transformer_id=number if kva else None)

    def point(self, number, index, name, role="feeder", **more):
        self.row("point", point_id=1000 * number + index, project_id=number, name=name, role=role, wiring="3p4w",
                 nominal_v=220, **{"valid_from": LONG_AGO, **more})

    def tariff(self, number, tariff_id=None, slots=(("flat", 0.6),), **changes):
        """The slots share the day evenly."""
        tariff_id = tariff_id or number
        self.row("tariff", tariff_id=tariff_id, project_id=number,
                 **{"valid_from": LONG_AGO, "currency": "CNY", "basic_mode": "none", "fund_price": 0,
                    "source": "测试用电价", **changes})
        for i, (slot, price) in enumerate(slots):
            self.row("tariff_slot", tariff_id=tariff_id, month_from=1, month_to=12, day_kind="all",
                     start_minute=1440 // len(slots) // 15 * 15 * i,
                     end_minute=1440 // len(slots) // 15 * 15 * (i + 1) if i + 1 < len(slots) else 1440, slot=slot,
                     price=price)

    def quarters(self, number, month=MONTH, index=0, kwh=50.0, keep=lambda number_in_month: True, zone="Asia/Shanghai",
                 count=None, shift_ms=0):
        first, last = month_bounds(month, zone)
        if count is not None:
            last = first + count * QUARTER_MS
        rows = []
        for i, time in enumerate(range(first, last, QUARTER_MS)):
            if keep(i):
                value = kwh * (1 + 0.5 * (32 <= i % 96 < 72)) * (1 if (i // 96) % 7 < 5 else 0.4)
                rows.append((1000 * number + index, number, time + shift_ms, value, value * 0.3, 0))
        self.store.executemany("INSERT INTO point_15min_electric (point_id, project_id, time, kwh, kvarh_lag, "
                               "kvarh_lead) VALUES (?,?,?,?,?,?)", rows)


def month_bounds(month, zone):
    year, number = map(int, month.split("-"))
    start = datetime.datetime(year, number, 1, tzinfo=ZoneInfo(zone))
    end = datetime.datetime(year + number // 12, number % 12 + 1, 1, tzinfo=ZoneInfo(zone))
    return int(start.timestamp() * 1000), int(end.timestamp() * 1000)


FIVE_SLOTS = (("deep", 0.2), ("valley", 0.3), ("flat", 0.6), ("peak", 1.0), ("sharp", 1.3))


def names(store):
    store.tenant(1)
    store.tariff(1, slots=FIVE_SLOTS, basic_mode="actual_demand", demand_price=38, pf_standard=0.9)
    for month in ("2018-01", "2018-02", MONTH):
        store.quarters(1, month)
    store.tenant(2, project=LONG_HAN[1:121], incomer=LONG_HAN[2:122])
    store.tariff(2, slots=FIVE_SLOTS, basic_mode="contract_demand", demand_price=38, contract_kw=200, pf_standard=0.9,
                 source=LONG_HAN[:120])
    store.tenant(3, "en", "Europe/London", project=LONG_LATIN[1:121], incomer=LONG_LATIN[2:122])
    store.tariff(3, slots=FIVE_SLOTS, basic_mode="contract_demand", demand_price=38, contract_kw=200, pf_standard=0.9,
                 currency="EUR", source=LONG_LATIN[:120])
    store.tenant(20, "en", "Europe/London", project=LONG_WORD[1:121], incomer=LONG_WORD[2:122])
    store.tariff(20, currency="EUR", source=LONG_WORD[:120])
    for number, zone in ((2, "Asia/Shanghai"), (3, "Europe/London"), (20, "Europe/London")):
        store.quarters(number, zone=zone)
        store.quarters(number, "2018-02", zone=zone, kwh=60)


def many_points(store):
    """Each point has one day and one row off the grid: two notes a point, more than 200 in all."""
    store.tenant(4)
    store.tenant(5, "en", "Asia/Kolkata")
    for number, count, name in ((4, 119, LONG_HAN), (5, 60, LONG_LATIN)):
        zone = "Asia/Shanghai" if number == 4 else "Asia/Kolkata"
        store.tariff(number, slots=FIVE_SLOTS, currency="CNY" if number == 4 else "INR")
        store.quarters(number, zone=zone)
        for index in range(1, count + 1):
            store.point(number, index, f"{index} {name}"[:120])
            store.quarters(number, index=index, kwh=index / 10, count=96, zone=zone)
            store.quarters(number, index=index, kwh=index / 10, count=1, zone=zone, shift_ms=DAY_MS + 120_000)


def few_data(store):
    store.tenant(6)
    store.quarters(6, count=1)
    store.tariff(6, slots=FIVE_SLOTS)
    store.tenant(7)
    store.quarters(7, keep=lambda i: 14 * 96 <= i < 15 * 96)
    store.tariff(7, slots=FIVE_SLOTS, basic_mode="capacity", capacity_price=28, pf_standard=0.85)
    store.tenant(12, "en")
    store.quarters(12, keep=lambda i: i % 49 > 1)
    store.tariff(12, slots=FIVE_SLOTS)
    store.tenant(18, service="2018-03-20")
    store.quarters(18)
    store.tariff(18, slots=FIVE_SLOTS, basic_mode="capacity", capacity_price=28)
    store.tenant(19, "en", incomer=None)
    store.point(19, 1, "Only a feeder")
    store.quarters(19, index=1)
    store.tariff(19)
    store.tenant(22)
    store.point(22, 1, "馈线一", valid_to="2018-03-11 00:00:00")
    store.quarters(22)
    store.quarters(22, index=1)
    store.tariff(22)


def figures(store):
    store.tenant(8, kva=30)
    store.quarters(8, kwh=0.001)
    store.tariff(8, slots=FIVE_SLOTS, pf_standard=0.9)
    store.tenant(9, zone="Asia/Seoul", kva=10_000)
    store.quarters(9, kwh=1000, zone="Asia/Seoul")
    store.quarters(9, "2018-02", kwh=1100, zone="Asia/Seoul")
    store.tariff(9, slots=(("valley", 456.1), ("flat", 878.6), ("peak", 1409.3)), currency="KRW",
                 basic_mode="contract_demand", demand_price=8320, contract_kw=4000, pf_standard=0.9)
    store.tenant(10, "en", "Europe/Paris")
    store.quarters(10, zone="Europe/Paris")
    store.tariff(10, slots=(("valley", -0.25), ("flat", -0.05), ("peak", 0.1)), currency="EUR",
                 basic_mode="actual_demand", demand_price=2.5, pf_standard=0.9)
    store.tenant(15)
    store.quarters(15, kwh=0)
    store.tariff(15, slots=FIVE_SLOTS, basic_mode="actual_demand", demand_price=38, pf_standard=0.9)
    store.tenant(21, "en")
    store.quarters(21, kwh=0)
    store.tariff(21, slots=FIVE_SLOTS, currency="USD", pf_standard=0.9)


def bills(store):
    store.tenant(11)
    store.quarters(11)
    for i in range(8):
        store.tariff(11, 1100 + i, [(slot, price + i / 100) for slot, price in FIVE_SLOTS],
                     basic_mode="contract_demand", demand_price=38 + i, contract_kw=150 + i, pf_standard=0.9,
                     fund_price=0.02, valid_from=LONG_AGO if i == 0 else f"2018-03-{4 * i - 1:02d} 16:00:00",
                     valid_to=f"2018-03-{4 * i + 3:02d} 16:00:00" if i < 7 else None)
    store.tenant(13, kva=0)
    store.quarters(13)
    store.tenant(14, "en")
    store.quarters(14)
    store.tariff(14, slots=FIVE_SLOTS, basic_mode="contract_demand", demand_price=38, pf_standard=0.9, currency="USD")
    store.tenant(16, "en", "Europe/Berlin")
    for month in ("2018-02", MONTH, "2018-09", "2018-10"):
        store.quarters(16, month, zone="Europe/Berlin")
    store.tariff(16, slots=FIVE_SLOTS, currency="EUR")
    store.tenant(17)
    store.quarters(17)
    store.tariff(17, slots=(("sharp", 1.2),), pf_standard=0.9)


def make(path):
    store = Store(path)
    with store.store:
        for part in (names, many_points, few_data, figures, bills):
            part(store)
    store.store.close()
    return path


if __name__ == "__main__":
    make(sys.argv[1])
