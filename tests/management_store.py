"""An embedded store of customers with several projects: one, forty, several currencies and zones, projects without
tariff, data or service, and customers whose data are not enough.

    python3 tests/management_store.py FILE
"""

import pathlib
import sqlite3
import sys

import edge_store
from edge_store import DAY_MS, FIVE_SLOTS, LONG_HAN, LONG_LATIN, LONG_WORD, MONTH, QUARTER_MS, month_bounds

BEFORE, NOW = "2018-02", edge_store.NOW
LONG_AGO = edge_store.LONG_AGO
TENANTS = {
    1: "一个项目的客户",
    2: "四十个项目的客户",
    3: "Several currencies and zones",
    4: "完整率不足的客户",
    5: "各有各缺的客户",
    6: "Three sites in English",
    7: "没有电价的客户",
    8: LONG_HAN[:80],
}


class Store(edge_store.Store):
    """Projects are numbered by hand; their incomer is point 10 × project."""

    def customer(self, number, locale="zh-CN", zone="Asia/Shanghai", name=None):
        self.row("tenant", tenant_id=number, name=name or TENANTS[number], edition="management", locale=locale, timezone=zone,
                 service_from="2010-01-01")

    def project(self, tenant, project, name, zone=None, kva=2000, point_from=LONG_AGO, point_to=None):
        self.row("project", project_id=project, name=name, timezone=zone, holiday_region="CN", supply_kv=10,
                 area_m2=1000)
        self.row("tenant_project", tenant_id=tenant, project_id=project)
        if kva:
            self.row("transformer", transformer_id=project, project_id=project, name="T1", rated_kva=kva,
                     no_load_loss_kw=1, load_loss_kw=8, valid_from=LONG_AGO)
        self.row("point", point_id=10 * project, project_id=project, name="进线柜", role="incomer", wiring="3p4w",
                 nominal_v=220, transformer_id=project if kva else None, valid_from=point_from, valid_to=point_to)

    def tariff(self, project, tariff_id=None, slots=FIVE_SLOTS, **changes):
        super().tariff(project, tariff_id, slots, **changes)

    def fill(self, project, month=MONTH, kwh=50.0, lag=0.3, zone="Asia/Shanghai", keep=lambda number: True):
        first, last = month_bounds(month, zone)
        rows = []
        for i, time in enumerate(range(first, last, QUARTER_MS)):
            if keep(i):
                value = round(kwh * (1 + 0.5 * (32 <= i % 96 < 72)) * (1 if (i // 96) % 7 < 5 else 0.4), 3)
                rows.append((10 * project, project, time, value, round(value * lag, 3), 0))
        self.store.executemany("INSERT INTO point_15min_electric (point_id, project_id, time, kwh, kvarh_lag, "
                               "kvarh_lead) VALUES (?,?,?,?,?,?)", rows)

    def alarm(self, project, number, code, level, day, minutes=30):
        start = month_bounds(MONTH, "Asia/Shanghai")[0] + day * DAY_MS
        self.row("soe_event", event_id=f"ev{project:04d}{number:04d}", project_id=project, point_id=10 * project,
                 code=code, level=level, started_at=start, ended_at=start + minutes * 60_000)


def one(store):
    store.customer(1)
    store.project(1, 101, "唯一的项目")
    store.tariff(101, basic_mode="contract_demand", demand_price=38, contract_kw=250, pf_standard=0.9)
    for month in (BEFORE, MONTH):
        store.fill(101, month)


def forty(store):
    """Names short and long, contracts kept and exceeded; every fourth without the month before."""
    store.customer(2)
    for i in range(40):
        project = 201 + i
        store.project(2, project, f"{i + 1}号" + (LONG_HAN[i:i + 60] if i % 9 == 4 else "厂区" * (1 + i % 3)))
        store.tariff(project, basic_mode="contract_demand", demand_price=38, contract_kw=300 - 4 * i, pf_standard=0.9)
        store.fill(project, kwh=30 + i, lag=0.2 + 0.02 * i)
        if i % 4:
            store.fill(project, BEFORE, kwh=29 + i)


def several(store):
    store.customer(3, "en", "Europe/Berlin")
    for project, name, zone, currency, price in (
            (301, "Berlin", "Europe/Berlin", "EUR", 0.2), (302, "Seoul", "Asia/Seoul", "KRW", 120),
            (303, LONG_LATIN[:90].strip(), "Europe/London", "EUR", 0.3)):
        store.project(3, project, name, zone)
        store.tariff(project, slots=(("flat", price), ("peak", 2 * price)), currency=currency,
                     basic_mode="actual_demand", demand_price=10 * price, pf_standard=0.9)
        for month in (BEFORE, MONTH):
            store.fill(project, month, zone=zone)


def too_little(store):
    store.customer(4)
    for project in (401, 402):
        store.project(4, project, f"缺数据的项目{project - 400}")
        store.tariff(project, basic_mode="capacity", capacity_price=28, pf_standard=0.85)
        store.fill(project, BEFORE)
        store.fill(project, keep=lambda i: i % 96 < 60)


def lacking(store):
    """Whole; without a tariff; without data this month; out of service; never any data; new this month."""
    store.customer(5)
    for project, name in ((501, "齐全"), (502, "没有电价"), (503, "本月没有数据"), (504, "上月停用"), (505, "从无数据"),
                          (506, "本月新增")):
        store.project(5, project, name, point_to="2018-02-28 16:00:00" if project == 504 else None,
                      point_from="2018-02-28 16:00:00" if project == 506 else LONG_AGO)
        if project != 502:
            store.tariff(project, basic_mode="actual_demand", demand_price=38, pf_standard=0.9)
    for project in (501, 502, 503, 504):
        store.fill(project, BEFORE)
    for project, kwh in ((501, 60), (502, 50), (506, 20)):
        store.fill(project, kwh=kwh)
    store.alarm(501, 1, "over_voltage", 2, 3)
    store.alarm(506, 1, "over_voltage", 1, 5)
    store.alarm(506, 2, "unheard_of", 3, 6)


def english(store):
    store.customer(6, "en", "Europe/London")
    for i, name in enumerate(("Manchester works", "Leeds", LONG_WORD[:70])):
        project = 601 + i
        store.project(6, project, name, "Europe/London")
        store.tariff(project, currency="EUR", basic_mode="contract_demand", demand_price=9, contract_kw=(180, 300, 305)[i],
                     pf_standard=0.9)
        for month in (BEFORE, MONTH):
            store.fill(project, month, kwh=50, zone="Europe/London", lag=(0.9, 0.3, 0.3)[i])


def free(store):
    store.customer(7)
    for project in (701, 702):
        store.project(7, project, f"项目{project}", kva=0)
        store.fill(project, kwh=project - 690)


def long_names(store):
    store.customer(8)
    for project in (801, 802):
        store.project(8, project, LONG_HAN[project - 800:project - 700])
        store.tariff(project, currency="JPY", slots=(("sharp", 30.5),), basic_mode="contract_demand", demand_price=2000,
                     contract_kw=240, pf_standard=0.9, source=LONG_HAN[:120])
        for month in (BEFORE, MONTH):
            store.fill(project, month, kwh=55)


def make(path, parts=(one, forty, several, too_little, lacking, english, free, long_names)):
    store = Store(path)
    with store.store:
        store.row("alarm_type", code="over_voltage", name_zh="电压越上限", name_en="Overvoltage", category="quality",
                  retired=0)
        for part in parts:
            part(store)
    store.store.close()
    return pathlib.Path(path)


def renumber(path, pairs):
    """Gives projects other numbers, so that they stand in another order; a transformer goes by its project's."""
    store = sqlite3.connect(path)
    tables = ("project", "tenant_project", "transformer", "point", "tariff", "point_15min_electric",
              "soe_event")
    with store:
        for old, new in pairs:
            for table in tables:
                store.execute(f"UPDATE {table} SET project_id=? WHERE project_id=?", (-new, old))
        for table in tables:
            store.execute(f"UPDATE {table} SET project_id=-project_id WHERE project_id<0")
    store.close()


def copy_customer(source, path, tenant, **changes):
    """A store of one customer of another store, with changes to its row: copy_customer(sample, path, 5, locale="en")."""
    store = sqlite3.connect(path, uri=True)
    store.execute("ATTACH ? AS source", (f"file:{source}?mode=ro",))
    for (statement,) in store.execute("SELECT sql FROM source.sqlite_master WHERE type = 'table'").fetchall():
        store.execute(statement)
    owners = {"project_id": f"(SELECT project_id FROM source.tenant_project WHERE tenant_id = {tenant})",
              "tenant_id": f"({tenant})",
              "point_id": "(SELECT point_id FROM main.point)", "tariff_id": "(SELECT tariff_id FROM main.tariff)"}
    tables = [row[0] for row in store.execute("SELECT name FROM source.sqlite_master WHERE type = 'table'")]
    with store:
        for table in sorted(tables, key=lambda name: name not in ("point", "tariff")):
            columns = [row[1] for row in store.execute(f"PRAGMA source.table_info({table})")]
            owner = next((name for name in owners if name in columns), None)
            where = f"WHERE {owner} IN {owners[owner]}" if owner else ""
            store.execute(f"INSERT INTO main.{table} SELECT * FROM source.{table} {where}")
        for column, value in changes.items():
            store.execute(f"UPDATE tenant SET {column} = ?", (value,))
    store.close()
    return pathlib.Path(path)


if __name__ == "__main__":
    make(sys.argv[1])
