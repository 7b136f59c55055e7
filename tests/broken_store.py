"""An embedded store in which everything that a series or a directory can be stands once, for comparing stores."""

import random
import sqlite3

from servers import processes

START = 1519833600000  # 2018-02-28T16:00:00Z, midnight of 2018-03-01 in Asia/Shanghai
DAY, QUARTER, MINUTE = 86_400_000, 900_000, 60_000
END = START + 7 * DAY
CUTOFF = START + 6 * DAY

VOLTAGES, CURRENTS, POWERS = ("ua", "ub", "uc"), ("ia", "ib", "ic"), ("pa", "pb", "pc")
LINES = ("uab", "ubc", "uca")
DISTORTIONS = tuple(f"thd{kind}{phase}" for kind in "ui" for phase in "abc") + tuple(
    f"hr{order}i{phase}" for order in (3, 5, 7, 9, 11, 13) for phase in "abc")


def insert(store, table, **values):
    store.execute(f"INSERT INTO {table} ({','.join(values)}) VALUES ({','.join('?' * len(values))})",
                  tuple(values.values()))


def directory(store):
    long_ago = "2017-01-01 00:00:00"
    insert(store, "tenant", tenant_id=1, name="O'Brien 电子\\ \"一厂\"", edition="single", locale="zh-CN",
           timezone="Asia/Shanghai", service_from="2017-01-01")
    insert(store, "tenant", tenant_id=2, name="甲乙集团", short_name="甲乙", edition="management", brand="blue",
           locale="en", timezone="UTC", contact_name="王五", contact_email="w@example.com", service_from="2017-06-30",
           service_to="2030-01-01")
    insert(store, "tenant", tenant_id=9, name="平台", edition="platform", locale="zh-CN", timezone="Asia/Shanghai",
           service_from="2017-01-01")
    insert(store, "project", project_id=10, name="一厂 ½ 🏭", address="路 1 号", industry="电子", timezone=None,
           holiday_region="CN", supply_kv=10.5, short_circuit_mva=100.125, area_m2=12345.67)
    insert(store, "project", project_id=11, name="二厂", timezone="America/New_York", holiday_region="US")
    for tenant, project in ((1, 10), (2, 10), (2, 11)):
        insert(store, "tenant_project", tenant_id=tenant, project_id=project)
    insert(store, "transformer", transformer_id=1, project_id=10, name="T1", rated_kva=1000, no_load_loss_kw=1.7,
           load_loss_kw=10.3, valid_from=long_ago)
    insert(store, "transformer", transformer_id=2, project_id=10, name="T2", rated_kva=630.5, valid_from=long_ago,
           valid_to="2018-03-02 03:04:05")
    insert(store, "point", point_id=101, project_id=10, transformer_id=1, name="进线", role="incomer", wiring="3p4w",
           nominal_v=230, rated_current_a=1443.38, valid_from=long_ago)
    insert(store, "point", point_id=102, project_id=10, parent_id=101, name="馈线", role="feeder", wiring="3p3w",
           nominal_v=400, valid_from=long_ago)
    insert(store, "point", point_id=103, project_id=10, parent_id=101, name="空", role="equipment", wiring="1p",
           nominal_v=230, rated_current_a=63, valid_from=long_ago, valid_to="2018-03-04 00:00:00")
    insert(store, "point", point_id=111, project_id=11, name="main", role="incomer", wiring="3p4w", nominal_v=277,
           valid_from=long_ago)
    insert(store, "point_name", point_id=101, name="旧名", valid_from=long_ago)
    insert(store, "point_name", point_id=101, name="进线", valid_from="2018-03-03 00:00:00")
    insert(store, "meter_change", point_id=102, changed_at="2018-03-02 01:02:03", old_serial="A", note="换表")
    insert(store, "sensor", sensor_id=7, project_id=10, point_id=101, name="A 相", kind="temperature", warn_limit=70,
           alarm_limit=90.25, valid_from=long_ago)
    insert(store, "sensor", sensor_id=8, project_id=10, name="漏电", kind="residual_current", valid_from=long_ago)
    insert(store, "tariff", tariff_id=5, project_id=10, valid_from=long_ago, currency="CNY",
           basic_mode="contract_demand", capacity_price=None, demand_price=41.6, contract_kw=525.5,
           demand_discount_kwh_per_kva=260, demand_discount=0.9, pf_standard=0.9, fund_price=0.027125, source="文件")
    insert(store, "tariff_slot", tariff_id=5, month_from=1, month_to=12, day_kind="all", start_minute=0,
           end_minute=480, slot="valley", price=0.312345)
    insert(store, "tariff_slot", tariff_id=5, month_from=1, month_to=12, day_kind="all", start_minute=480,
           end_minute=1440, slot="peak", price=1.1)
    insert(store, "offday", region="CN", calendar_day="2018-03-08", worked=0, name="节")
    insert(store, "offday", region="US", calendar_day="2018-03-11", worked=1)
    insert(store, "alarm_type", code="overload", name_zh="过载", name_en="Overload", category="load", retired=0)
    insert(store, "alarm_type", code="old", name_zh="旧", name_en="Old", category="device", retired=1)
    insert(store, "utility_bill", project_id=10, bill_month="2018-02", energy_kwh=1234.567, amount=98765.43,
           period_from="2018-01-26", period_to="2018-02-26", power_factor=0.91)
    insert(store, "monthly_plan", project_id=10, plan_month="2018-03", amount=1)
    insert(store, "emission_factor", project_id=10, valid_from=long_ago, kg_co2_per_kwh=0.5703, kgce_per_kwh=0.1229,
           source="GB")
    insert(store, "recipient", tenant_id=1, email="b@example.com", kind="cc", active=0)
    insert(store, "recipient", tenant_id=1, email="a@example.com", name="李四", kind="to", active=1)


def quarters(store, chance):
    for point, project in ((101, 10), (102, 10), (111, 11)):
        for number in range(7 * 96):
            time = START + number * QUARTER
            row = {"kwh": chance.uniform(0, 300), "kvarh_lag": chance.uniform(0, 60), "kvarh_lead": None,
                   "charge": round(chance.uniform(0, 300), 2), "slot": chance.choice(["peak", "valley", None, "峰"]),
                   "mdp_max": chance.choice([9_999_999, None, 512.25]), "kwh_a": 1 / 3, "kwh_b": 1e-300, "kwh_c": 1e15,
                   "ingested_at": time + chance.choice([QUARTER, 2 * DAY + 1])}
            if number % 97 == 5:
                continue  # missing
            if number % 89 == 3:
                row["kwh"] = chance.choice([-1.5, 1e6, None, 0.0, -0.0])
            if number % 83 == 7:
                time += 41_250  # off the grid, beside the row that is on it
                row["ingested_at"] = None
                insert(store, "point_15min_electric", point_id=point, project_id=project, time=time - 41_250, **row)
            if number % 79 == 11:
                row = {"ingested_at": CUTOFF}  # nothing else is known
            if number % 79 == 12:
                row["ingested_at"] = CUTOFF + 1
            insert(store, "point_15min_electric", point_id=point, project_id=project, time=time, **row)


def minute(number, chance):
    row = {name: chance.gauss(230, 5) for name in VOLTAGES}
    row.update({name: chance.gauss(400, 8) for name in LINES})
    row.update({name: abs(chance.gauss(100, 40)) for name in CURRENTS})
    row.update({name: chance.gauss(20, 5) for name in POWERS})
    row.update({name: abs(chance.gauss(3, 2)) for name in DISTORTIONS})
    row.update(i_n=chance.uniform(0, 3), pttl=60.0, qttl=chance.gauss(0, 30), sttl=chance.uniform(0, 80),
               costtl=chance.uniform(-1, 1), freq=chance.gauss(50, 0.1))
    broken = {
        3: {"ia": 0.0},  # a phase that draws power: implausible
        5: {"ia": 0.0, "pa": 0.0},  # an idle phase
        7: {"ia": -0.0, "pa": 1.2000001},  # 2 % of 60 is 1.2: implausible
        11: {"ia": -0.0, "pa": 1.2},  # not above it
        13: {"ia": 0.0, "ib": 0.0, "ic": 0.0},  # nothing runs
        17: {"ia": 0.0, "ib": None, "ic": -1.0},  # no other phase above 0
        19: {"ib": 0.0, "pttl": None},
        23: {"ic": 0.0, "pc": -5.0, "pttl": -60.0},
        29: {"costtl": 0.0}, 31: {"costtl": 1.0000000005}, 37: {"costtl": 1.0000000015}, 41: {"costtl": -0.0},
        43: {"ua": 345.0}, 47: {"ua": 345.0000001}, 53: {"ua": 345.000001}, 59: {"ua": -0.0}, 61: {"ua": -1e-12},
        67: {"freq": 40.0}, 71: {"freq": 39.99999999}, 73: {"freq": 70.1}, 79: {"pa": 2000.0}, 83: {"pa": 2000.1},
        89: {"pttl": -2000.0000001}, 97: {"qttl": -1e9}, 101: {"sttl": 1e300}, 103: {"thdua": 401.0},
        107: {name: None for name in row}, 109: {name: 1e6 for name in row},
        113: {"ia": 14433.8, "ib": 14433.80001, "ic": 14433.9},
    }
    for period, changes in broken.items():
        if number % period == period - 1:
            row.update(changes)
    return {name: value for name, value in row.items() if value is not None}


def minutes(store, chance):
    for number in range(7 * 1440):
        if number % 500 < 20:
            continue
        time = START + number * MINUTE - (30_000 if number % 211 == 0 else 0)
        insert(store, "point_1min_index", point_id=101, project_id=10, time=time, **minute(number, chance))
    # 102: more rows than a page holds in the span that is asked for at once; it has two of the fields
    for number in range(12_960):
        insert(store, "point_1min_index", point_id=102, project_id=10, time=START + number * 20_000,
               ia=chance.uniform(0, 100), uab=chance.uniform(0, 1000))
    for number in range(7 * 1440):
        value = chance.choice([25.5, -50.0, 300.0, 300.0001, -60.0, 0.0, None, chance.gauss(60, 9)])
        insert(store, "location_1min_aiao", sensor_id=7, project_id=10, time=START + number * MINUTE, value=value)
    for number in range(2000):
        insert(store, "location_1min_aiao", sensor_id=8, project_id=10, time=START + number * 3 * MINUTE,
               value=chance.choice([0.0, 30_000.0, 30_001.0, 12.5]))


def events(store, chance):
    def event(name, start, end=None, **more):
        insert(store, "soe_event", event_id=name, project_id=10, started_at=start, ended_at=end,
               **{"code": "overload", "level": 2, "point_id": 101, **more})

    event("before", START - 9 * DAY, START - 1)
    event("carried", START - 9 * DAY, START, message="跨月\t持续\n两行\u200e 完")
    event("open-long", START - 300 * DAY, None, sensor_id=7, value=91.25, limit_value=90, phase="A", point_name="旧名")
    event("ends-early", START + DAY, START - 5 * DAY)
    event("late-end", START - DAY, CUTOFF + 1, confirmed_at=CUTOFF, closed_at=CUTOFF + 2)
    event("late-end-before", START - DAY, END + DAY)
    event("at-cutoff", CUTOFF, CUTOFF)
    event("after-cutoff", CUTOFF + 1)
    event("at-end", END)
    event("same-b", START + 5, START + 6, level=None, code="测试", phase="", message="")
    event("same-a", START + 5, START + 6, message="长" * 1000)
    for number in range(10_300):  # more than a page
        event(f"n{number:05d}", START + chance.randrange(5 * DAY), None, code="device", level=3, point_id=None)


def write(path):
    """Same bytes every time; a point-in-time of 7 days, four points, two sensors."""
    chance = random.Random(20180301)
    with sqlite3.connect(path) as store:
        store.executescript(processes.ROOT.joinpath("samples", "schema.sql").read_text(encoding="utf-8"))
        directory(store)
        quarters(store, chance)
        minutes(store, chance)
        events(store, chance)
    store.close()
    return path


NOW = "2018-04-05T00:00:00Z"
NOW_MS = 1522886400000


def write_printable(path):
    """The same with names that can be printed, and rows and ends of events that came after NOW: for whole reports."""
    write(path)
    with sqlite3.connect(path) as store:
        store.execute("UPDATE tenant SET brand = NULL")
        store.execute("UPDATE project SET name = '一厂' WHERE project_id = 10")
        store.execute("UPDATE point_15min_electric SET ingested_at = ? WHERE time / 900000 % 11 = 0", (NOW_MS + 1,))
        store.execute("UPDATE soe_event SET ended_at = ? WHERE event_id LIKE 'n0001%'", (NOW_MS + 1,))
        # A point whose quarters lie outside of all that the report reads: it had some, once.
        insert(store, "point", point_id=104, project_id=10, parent_id=101, name="旧点", role="feeder", wiring="3p4w",
               nominal_v=230, valid_from="2017-01-01 00:00:00")
        insert(store, "point_15min_electric", point_id=104, project_id=10, time=1483920000000, kwh=1.5)
    store.close()
    return path
