"""A small embedded store for plots, and its rows worked out again: days on which clocks change, gaps, implausible
samples, names that stand for several points, sensors, alarms that count and alarms that do not.

    python3 tests/plot_store.py FILE
"""

import datetime
import math
import random
import sqlite3
import sys
from fractions import Fraction
from zoneinfo import ZoneInfo

from servers import processes

MINUTE_MS = 60_000
NOW = "2026-11-04T00:00:00Z"
ZONES = {1: "Asia/Shanghai", 2: "Europe/Berlin"}
# Point: (project, name, first and last local day of its minutes)
POINTS = {
    101: (1, "1# 进线柜", "2026-10-03", "2026-10-06"),
    102: (1, "2# 进线柜", "2026-10-03", "2026-10-04"),
    103: (1, "进线柜", "2026-10-03", "2026-10-04"),
    104: (1, "只有电量", None, None),
    201: (2, "Main Incomer", "2026-10-23", "2026-10-27"),
    202: (2, "Main incomer west", "2026-03-28", "2026-03-30"),
}
FEEDERS = (103,)
RATED_A, NOMINAL_V, RATED_KVA = 100, 220, 100
SENSORS = {11: (1, 101, "柜内触头", "temperature", 75, 90), 12: (1, None, "配电室", "ambient", None, 40),
           13: (1, 101, "漏电流", "residual_current", 300, 500)}
SENSOR_STEP = 5  # minutes
FIELDS = ("ua", "ub", "uc", "uab", "ubc", "uca", "ia", "ib", "ic", "i_n", "pa", "pb", "pc", "pttl", "qttl", "costtl",
          "thdua", "thdub", "thduc", "thdia", "thdib", "thdic")
METRICS = {
    "current": {"a": "ia", "b": "ib", "c": "ic", "n": "i_n"}, "voltage": {"a": "ua", "b": "ub", "c": "uc"},
    "line_voltage": {"ab": "uab", "bc": "ubc", "ca": "uca"},
    "power": {"total": "pttl", "a": "pa", "b": "pb", "c": "pc"}, "reactive": {"total": "qttl"},
    "power_factor": {"total": "costtl"}, "thd_u": {"a": "thdua", "b": "thdub", "c": "thduc"},
    "thd_i": {"a": "thdia", "b": "thdib", "c": "thdic"},
}


def instant(text, zone):
    return int(datetime.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def minute(point, time, chance):
    """One row; a few of its cells are implausible (method, section 1)."""
    hour = time / 3_600_000
    swing = 40 + 25 * math.sin(hour / 24 * 2 * math.pi + point)
    row = {"point_id": point, "project_id": POINTS[point][0], "time": time + chance.choice((0, 0, 0, 17_000))}
    for i, phase in enumerate("abc"):
        row[f"i{phase}"] = round(swing * (1 + 0.05 * i) + chance.uniform(0, 9), 2)
        row[f"u{phase}"] = round(225 + 3 * math.sin(hour) + i + chance.uniform(-1, 1), 1)
        row[f"p{phase}"] = round(row[f"i{phase}"] * row[f"u{phase}"] * 0.9 / 1000, 3)
        row[f"thdu{phase}"] = round(chance.uniform(1, 4), 2)
        row[f"thdi{phase}"] = round(chance.uniform(5, 15), 2)
    for pair in ("uab", "ubc", "uca"):
        row[pair] = round(390 + chance.uniform(-3, 3), 1)
    row["i_n"] = round(chance.uniform(1, 6), 2)
    row["pttl"] = round(row["pa"] + row["pb"] + row["pc"], 3)
    row["qttl"] = round(row["pttl"] * 0.4, 3)
    row["costtl"] = round(chance.uniform(0.85, 0.99), 3)
    if chance.random() < 0.004:
        row.update(chance.choice(({"ia": 1000.5}, {"ib": 0.0}, {"costtl": 0.0}, {"costtl": 1.2}, {"ua": 400.0},
                                  {"pttl": 250.0}, {"thdub": 999.0}, {"uab": -5.0})))
    if chance.random() < 0.002:
        row[chance.choice(FIELDS)] = None
    return row


def rows(point):
    """The point's minutes; of point 101 a stretch of four hours and one of two minutes are not there."""
    project, _, first, last = POINTS[point]
    if first is None:
        return []
    zone, chance = ZONES[project], random.Random(point)
    end = datetime.date.fromisoformat(last) + datetime.timedelta(days=1)
    holes = [(instant("2026-10-04T02:00", "Asia/Shanghai"), instant("2026-10-04T06:10", "Asia/Shanghai")),
             (instant("2026-10-04T12:00", "Asia/Shanghai"), instant("2026-10-04T12:02", "Asia/Shanghai"))]
    made = [minute(point, time, chance)
            for time in range(instant(first, zone), instant(end.isoformat(), zone), MINUTE_MS)]
    return [row for row in made if point != 101 or not any(a <= row["time"] < b for a, b in holes)]


def sensor_rows(sensor):
    chance = random.Random(sensor)
    start, end = instant("2026-10-03", "Asia/Shanghai"), instant("2026-10-05", "Asia/Shanghai")
    made = []
    for time in range(start, end, SENSOR_STEP * MINUTE_MS):
        value = round(chance.uniform(30, 95) if SENSORS[sensor][3] != "residual_current" else chance.uniform(50, 450), 1)
        made.append({"sensor_id": sensor, "project_id": 1, "time": time,
                     "value": 850.0 if chance.random() < 0.01 and SENSORS[sensor][3] != "residual_current" else value})
    return made


def events():
    """The first three count; a test, a retired type, one of another point and one sent twice don't, or once."""
    zone = "Asia/Shanghai"
    base = {"project_id": 1, "point_id": 101, "level": 2}
    return [
        {**base, "event_id": "e1", "code": "overload", "started_at": instant("2026-10-03T10:00", zone),
         "ended_at": instant("2026-10-03T11:00", zone)},
        {**base, "event_id": "e2", "code": "high_thd_u", "level": 3, "started_at": instant("2026-10-03T15:00", zone)},
        {**base, "event_id": "e3", "code": "over_temperature", "level": 1, "sensor_id": 11,
         "started_at": instant("2026-10-03T16:00", zone), "ended_at": instant("2026-10-03T17:00", zone)},
        {**base, "event_id": "e4", "code": "test_relay", "started_at": instant("2026-10-03T12:00", zone)},
        {**base, "event_id": "e5", "code": "smoke_legacy", "started_at": instant("2026-10-03T12:30", zone)},
        {**base, "event_id": "e6", "code": "overload", "point_id": 102, "started_at": instant("2026-10-03T13:00", zone)},
        {**base, "event_id": "e7", "code": "overload", "started_at": instant("2026-10-03T10:00", zone),
         "ended_at": instant("2026-10-03T10:30", zone)},
    ]


def insert(store, table, items):
    for row in items:
        store.execute(f"INSERT INTO {table} ({','.join(row)}) VALUES ({','.join('?' * len(row))})", tuple(row.values()))


def directory(store):
    valid = {"valid_from": "2020-01-01 00:00:00"}
    insert(store, "tenant", [
        {"tenant_id": 1, "name": "甲厂", "edition": "single", "locale": "zh-CN", "timezone": ZONES[1],
         "service_from": "2026-01-01"},
        {"tenant_id": 2, "name": "Werk B", "edition": "single", "locale": "en", "timezone": ZONES[2],
         "service_from": "2026-01-01"}])
    insert(store, "project", [{"project_id": n, "name": name, "timezone": ZONES[n], "holiday_region": "CN",
                               "supply_kv": 10}
                              for n, name in ((1, "甲厂配电房"), (2, "Werk B"))])
    insert(store, "tenant_project", [{"tenant_id": n, "project_id": n} for n in (1, 2)])
    insert(store, "transformer", [{"transformer_id": n, "project_id": n, "name": "T", "rated_kva": RATED_KVA, **valid}
                                  for n in (1, 2)])
    insert(store, "point", [
        {"point_id": point, "project_id": project, "transformer_id": project, "name": name,
         "role": "feeder" if point in FEEDERS else "incomer", "wiring": "3p4w", "nominal_v": NOMINAL_V,
         "rated_current_a": RATED_A, **valid} for point, (project, name, _, _) in POINTS.items()])
    insert(store, "point_name", [{"point_id": 102, "name": "老进线", "valid_from": "2020-01-01 00:00:00"},
                                 {"point_id": 102, "name": "2# 进线柜", "valid_from": "2026-02-01 00:00:00"}])
    insert(store, "sensor", [
        {"sensor_id": sensor, "project_id": project, "point_id": point, "name": name, "kind": kind,
         "warn_limit": warn, "alarm_limit": alarm, **valid}
        for sensor, (project, point, name, kind, warn, alarm) in SENSORS.items()])
    insert(store, "alarm_type", [
        {"code": code, "name_zh": zh, "name_en": en, "category": "load", "retired": retired}
        for code, zh, en, retired in (("overload", "过载", "Overload", 0), ("high_thd_u", "电压畸变", "Voltage THD", 0),
                                      ("over_temperature", "超温", "Over temperature", 0),
                                      ("test_relay", "测试", "Test", 0), ("smoke_legacy", "烟感", "Smoke", 1))])


def quarters():
    """Point 104 has energy alone: 12 kWh a quarter, and a jump that no transformer of 100 kVA allows."""
    start, end = instant("2026-10-03", ZONES[1]), instant("2026-10-04", ZONES[1])
    return [{"point_id": 104, "project_id": 1, "time": time,
             "kwh": 5000.0 if number == 40 else 10.0 + number % 4} for number, time in
            enumerate(range(start, end, 15 * MINUTE_MS))]


def write(path):
    with sqlite3.connect(path) as store:
        store.executescript(processes.ROOT.joinpath("samples", "schema.sql").read_text(encoding="utf-8"))
        directory(store)
        for point in POINTS:
            insert(store, "point_1min_index", rows(point))
        for sensor in SENSORS:
            insert(store, "location_1min_aiao", sensor_rows(sensor))
        insert(store, "soe_event", events())
        insert(store, "point_15min_electric", quarters())
    store.close()
    return path


# --- worked out again --------------------------------------------------------------------------------------------------


def is_plausible(field, row):
    value = row[field]
    if field in ("ia", "ib", "ic"):
        phase, others = field[1], [row[f"i{p}"] for p in "abc" if f"i{p}" != field]
        power, total = row[f"p{phase}"], row["pttl"]
        runs = any(other is not None and other > 0 for other in others)
        if value == 0 and runs and None not in (power, total) and abs(power) > 0.02 * abs(total):
            return False
    bounds = {"i": (0, 10 * RATED_A), "u": (0, 1.5 * NOMINAL_V), "p": (-2 * RATED_KVA, 2 * RATED_KVA),
              "q": (-2 * RATED_KVA, 2 * RATED_KVA), "c": (-1, 1), "t": (0, 400)}
    low, high = bounds[field[0]]
    if field in ("uab", "ubc", "uca"):
        high *= math.sqrt(3)
    return low <= value <= high and not (field == "costtl" and value == 0)


def edges(zone, start, end, step):
    """Instants at which buckets begin; step in minutes. A day starts anew at its midnight."""
    tz, found = ZoneInfo(zone), {start}
    day = datetime.datetime.fromtimestamp(start / 1000, tz).date()

    def wall(date, minutes):
        """The first instant at which the clock shows it; behind a gap, the end of the gap."""
        naive = datetime.datetime.combine(date, datetime.time()) + datetime.timedelta(minutes=minutes)
        at = int(naive.replace(tzinfo=tz, fold=0).timestamp() * 1000)
        shown = datetime.datetime.fromtimestamp(at / 1000, tz).replace(tzinfo=None)
        while shown < naive:
            at += MINUTE_MS
            shown = datetime.datetime.fromtimestamp(at / 1000, tz).replace(tzinfo=None)
        if shown > naive:  # fold 0 in a gap lands behind it: go back to its first instant
            while datetime.datetime.fromtimestamp((at - MINUTE_MS) / 1000, tz).replace(tzinfo=None) > naive:
                at -= MINUTE_MS
        return at

    number = 0
    while wall(day, 0) < end:
        midnight, following = wall(day, 0), wall(day + datetime.timedelta(days=1), 0)
        if step >= 1440:
            found.update([midnight] if number % (step // 1440) == 0 else [])
        elif step <= 60:
            found.update(range(midnight, following, step * MINUTE_MS))
        else:
            found.update(wall(day, minutes) for minutes in range(0, 1440, step))
        day += datetime.timedelta(days=1)
        number += 1
    return sorted(edge for edge in found if start <= edge < end) + [end]


def expected(point, metric, start, end, step):
    """{(bucket's start, series): (mean, minimum, maximum, samples, implausible)}, as exact as the samples."""
    grid = edges(ZONES[POINTS[point][0]], start, end, step)
    answer = {}
    for name, field in METRICS[metric].items():
        cells = [(row["time"], row[field], is_plausible(field, row)) for row in rows(point)
                 if row[field] is not None and start <= row["time"] < end]
        at = 0
        for first, last in zip(grid, grid[1:]):
            good, bad = [], 0
            while at < len(cells) and cells[at][0] < last:
                good += [Fraction(str(cells[at][1]))] if cells[at][2] else []
                bad += not cells[at][2]
                at += 1
            answer[first, name] = (sum(good) / len(good) if good else None, min(good, default=None),
                                   max(good, default=None), len(good), bad)
    return answer


if __name__ == "__main__":
    write(sys.argv[1])
