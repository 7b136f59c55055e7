"""A store with everything that an alarm can be, over several zones, and the survey worked out again from its rows."""

import collections
import datetime
import fractions
import random
import sqlite3
from zoneinfo import ZoneInfo

from servers import processes

MONTH, NOW = "2026-03", "2026-04-03T00:00:00Z"
HOUR, DAY = 3_600_000, 86_400_000
CODES = ("low_power_factor", "high_thd_u", "high_thd_i")
ALL_CODES = (*CODES, "over_temperature", "old", "test_x", "strange")
REASONS = ("test", "retired", "outside_validity", "implausible", "duplicate", "out_of_service", "unknown_project")
BOUNDS = {"temperature": (-50, 300), "residual_current": (0, 30000), "ambient": (-50, 300)}

# zone in the directory, zone that holds, customer, in service
PROJECTS = {
    10: (None, "Asia/Shanghai", 1, True),
    11: ("America/New_York", "America/New_York", 2, True),  # clocks change on 8 March
    12: ("Pacific/Kiritimati", "Pacific/Kiritimati", None, True),  # UTC+14
    13: (None, "Asia/Tokyo", None, True),  # nobody's: the operator's zone
    14: (None, "Asia/Shanghai", 3, False),
    15: ("UTC", "UTC", 2, True),  # without alarms
    16: ("Pacific/Pago_Pago", "Pacific/Pago_Pago", 4, True),  # UTC-11
}


def at(text):
    time = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return round((time - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)).total_seconds()) * 1000


START = at("2026-03-01T00:00:00Z")
POINTS = {(project, project * 10 + number): (None, None) for project in PROJECTS for number in (1, 2, 3)}
POINTS[10, 102] = (None, "2026-03-15 00:00:00")
POINTS[10, 103] = ("2026-02-20 12:00:00", None)
POINTS[11, 112] = ("2026-03-10 05:00:00", "2026-03-20 05:00:00")
SENSORS = {(10, 7): ("temperature", None, None), (11, 8): ("residual_current", None, "2026-03-18 00:00:00")}


def insert(store, table, **values):
    store.execute(f"INSERT INTO {table} ({','.join(values)}) VALUES ({','.join('?' * len(values))})",
                  tuple(values.values()))


def directory(store, operator="en"):
    long_ago = "2020-01-01 00:00:00"
    for tenant, edition, service in ((1, "single", None), (2, "management", None), (3, "single", "2026-01-01"),
                                     (4, "management", None)):
        insert(store, "tenant", tenant_id=tenant, name=f"Customer {tenant}, \"{edition}\"", edition=edition,
               locale="zh-CN", timezone="Asia/Shanghai", service_from="2020-01-01", service_to=service)
    if operator:
        insert(store, "tenant", tenant_id=9, name="Operator", edition="platform", locale=operator,
               timezone="Asia/Tokyo", service_from="2020-01-01")
    for project, (zone, _, _, _) in PROJECTS.items():
        name = {15: "=1+2", 12: "Zwölf, \"die\" 十二厂"}.get(project, f"Project {project}")
        insert(store, "project", project_id=project, name=name, industry="-weaving" if project == 15 else None,
               timezone=zone, holiday_region="CN")
    for tenant, project in ((1, 10), (2, 10), (2, 11), (4, 11), (3, 14), (2, 15), (4, 16)):
        insert(store, "tenant_project", tenant_id=tenant, project_id=project)
    for (project, point), (since, until) in POINTS.items():
        insert(store, "point", point_id=point, project_id=project, name=f"Point {point}", role="incomer",
               wiring="3p4w", nominal_v=230, valid_from=since or long_ago, valid_to=until)
    insert(store, "point_name", point_id=121, name="first name", valid_from="2026-02-01 00:00:00")
    insert(store, "point_name", point_id=121, name="name of March", valid_from="2026-03-10 00:00:00")
    insert(store, "point_name", point_id=121, name="name of April", valid_from="2026-04-01 00:00:00")
    for (project, sensor), (kind, since, until) in SENSORS.items():
        insert(store, "sensor", sensor_id=sensor, project_id=project, name=f"Sensor {sensor}", kind=kind,
               valid_from=since or long_ago, valid_to=until)
    for code in (*CODES, "over_temperature", "old"):
        insert(store, "alarm_type", code=code, name_zh=f"告警 {code}", name_en=f"Alarm {code}", category="quality",
               retired=int(code == "old"))


def events():
    """Rows of soe_event: most at random, the months' edges in every zone among them; then copies of some."""
    chance = random.Random(20260301)
    rows = []

    def event(project, code, start, **more):
        row = dict.fromkeys(("point_id", "sensor_id", "ended_at", "value", "limit_value", "phase"))
        row |= {"event_id": f"e{len(rows):05d}", "project_id": project, "code": code, "started_at": start} | more
        rows.append(row)

    alarmed = [project for project in PROJECTS if project != 15]
    for _ in range(4000):
        project = chance.choice(alarmed)
        start = START + chance.randrange(-45 * DAY, 40 * DAY)
        end = chance.choice((None, start + chance.randrange(3 * DAY), start - HOUR, start + 40 * DAY))
        limit = chance.choice((None, 0.9, 5))
        points = [point for owner, point in POINTS if owner == project]
        event(project, chance.choice(ALL_CODES), start, ended_at=end, point_id=chance.choice((None, *points, 999)),
              limit_value=limit, value=chance.choice((None, round(chance.uniform(0, 9), 3))),
              phase=chance.choice((None, "A", "B", "C")))
    for project in alarmed:
        for edge in edges(PROJECTS[project][1]):
            for step in (-1, 0, 1):
                event(project, "high_thd_u", edge + step, point_id=project * 10 + 1, ended_at=edge + HOUR)
    for number in range(60):  # of sensors: some values cannot be
        project, sensor = chance.choice(list(SENSORS))
        event(project, "high_thd_i", START + number * 11 * HOUR, sensor_id=sensor, limit_value=90,
              value=chance.choice((91.5, 400, -60, 31000, None)))
    for number in range(50):
        event(99, "low_power_factor", START + number * DAY)
    for row in chance.sample(rows, 300):  # sent again under another id; the end or the value may differ
        copy = dict(row, event_id=f"c{row['event_id']}")
        if chance.random() < 0.5:
            copy["ended_at"] = row["started_at"] + chance.randrange(5 * DAY)
        if chance.random() < 0.3:
            copy["value"] = chance.choice((None, 7.25, 500))
        rows.append(copy)
    return rows


def repeats(rows):
    """Rows that repeat an id: with another start, of another code, in the month before; and ids that read 0."""
    chance = random.Random(7)
    extra = []
    for row in chance.sample([row for row in rows if row["project_id"] in (11, 16)], 40):
        extra.append(dict(row, started_at=row["started_at"] + chance.choice((0, HOUR, -20 * DAY)),
                          code=chance.choice(ALL_CODES)))
    for row in chance.sample([row for row in rows if row["project_id"] == 12], 10):
        extra.append(dict(row, event_id=f"z{row['event_id']}", point_id=0, sensor_id=0))
    return extra


def own_tenants(store):
    """Each project gets a customer of its own, with a quarter of energy, so that each has a report."""
    store.execute("DELETE FROM tenant_project")
    for project, (_, zone, _, in_service) in PROJECTS.items():
        insert(store, "tenant", tenant_id=100 + project, name=f"Own {project}", edition="single", locale="en",
               timezone=zone, service_from="2020-01-01", service_to=None if in_service else "2026-01-01")
        insert(store, "tenant_project", tenant_id=100 + project, project_id=project)
        insert(store, "point_15min_electric", point_id=project * 10 + 1, project_id=project, time=START + 9 * DAY,
               kwh=10)


def write(path, rows=None, operator="en", keyed=True, own=False):
    """keyed=False: a table without a key, in which an id may stand twice."""
    with sqlite3.connect(path) as store:
        store.executescript(processes.ROOT.joinpath("samples", "schema.sql").read_text(encoding="utf-8"))
        if not keyed:
            store.execute("CREATE TABLE other AS SELECT * FROM soe_event")
            store.execute("DROP TABLE soe_event")
            store.execute("ALTER TABLE other RENAME TO soe_event")
            store.execute("CREATE INDEX by_project ON soe_event (project_id, started_at)")
        directory(store, operator)
        if own:
            own_tenants(store)
        for row in events() if rows is None else rows:
            insert(store, "soe_event", **row)
    store.close()
    return path


# --- the survey, worked out again --------------------------------------------------------------------------------------


def edges(zone, month=MONTH):
    """The first instants of the month before, the month and the month after."""
    year, number = map(int, month.split("-"))
    marks = []
    for step in (-1, 0, 1):
        months = year * 12 + number - 1 + step
        local = datetime.datetime(months // 12, months % 12 + 1, 1, tzinfo=ZoneInfo(zone))
        marks.append(at(local.astimezone(datetime.timezone.utc).isoformat()))
    return marks


def instant(text):
    return None if text is None else at(text.replace(" ", "T") + "Z")


def is_valid(validity, time):
    since, until = map(instant, validity)
    return (since is None or time >= since) and (until is None or time < until)


def reason_of(row):
    """Method 7, without the duplicates; None: it counts."""
    project, time = row["project_id"], row["started_at"]
    if row["code"].startswith("test"):
        return "test"
    if row["code"] == "old":
        return "retired"
    point, sensor = POINTS.get((project, row["point_id"])), SENSORS.get((project, row["sensor_id"]))
    if (point and not is_valid(point, time)) or (sensor and not is_valid(sensor[1:], time)):
        return "outside_validity"
    if sensor and row["value"] is not None:
        low, high = BOUNDS[sensor[0]]
        if not low <= row["value"] <= high:
            return "implausible"
    return None


def worth(row):
    """The larger is kept: with an end, the later end, the larger id."""
    return (row["ended_at"] is not None, row["ended_at"] or 0, row["event_id"], row["started_at"], row["code"])


def drop(rows, key):
    groups = collections.defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    kept, dropped = [], []
    for group in groups.values():
        group.sort(key=worth, reverse=True)
        kept.append(group[0])
        dropped += group[1:]
    return kept, dropped


def alarm_key(row):
    return (row["started_at"], row["point_id"] or 0, row["sensor_id"] or 0, row["code"], row["phase"] or None)


def survey(rows, codes=CODES, now=NOW):
    """{project: {code: counts}}, and how many rows of the month were left out by reason."""
    cutoff, result, excluded = at(now), {}, collections.Counter()
    settled = [dict(row, ended_at=None if row["ended_at"] is None or row["ended_at"] > cutoff else row["ended_at"])
               for row in rows if row["started_at"] <= cutoff]
    for project, (_, zone, _, in_service) in PROJECTS.items():
        before, first, end = edges(zone)
        own = [row for row in settled if row["project_id"] == project and row["started_at"] < end and
               (row["started_at"] >= before or row["ended_at"] is None or row["ended_at"] >= before)]
        reasons = [(row, reason_of(row)) for row in own]
        kept, dropped = drop([row for row, reason in reasons if reason is None], lambda row: row["event_id"])
        kept, more = drop(kept, alarm_key)
        left_out = [(row, reason) for row, reason in reasons if reason] + [(row, "duplicate") for row in dropped + more]
        if not in_service:
            kept, left_out = [], [(row, "out_of_service") for row in own]
        for row, reason in left_out:
            excluded[reason] += row["code"] in codes and first <= row["started_at"] < end
        result[project] = {code: counts([row for row in kept if row["code"] == code], before, first, end)
                           for code in codes}
        month = [row for row in kept if row["code"] in codes and first <= row["started_at"] < end]
        result[project]["days"] = len({local_day(row["started_at"], zone) for row in month})
        by_point = collections.Counter(row["point_id"] for row in month if row["point_id"])
        result[project]["top"] = max(by_point.items(), key=lambda item: (item[1], -item[0]), default=None)
        result[project]["points"] = len(by_point)
    _, first, end = edges("Asia/Tokyo")
    excluded["unknown_project"] = sum(row["project_id"] == 99 and row["code"] in codes and
                                      first <= row["started_at"] < end for row in settled)
    return result, {reason: excluded[reason] for reason in REASONS}


def local_day(time, zone):
    return datetime.datetime.fromtimestamp(time / 1000, ZoneInfo(zone)).date()


def counts(rows, before, first, end):
    month = [row for row in rows if first <= row["started_at"] < end]
    spans = [row["ended_at"] - row["started_at"] for row in month if row["ended_at"] is not None]
    return {"alarms": len(month), "before": sum(before <= row["started_at"] < first for row in rows),
            "open": sum(row["ended_at"] is None for row in month),
            "minutes": fractions.Fraction(sum(span for span in spans if 0 <= span <= 31 * DAY), 60_000),
            "points": len({row["point_id"] for row in month if row["point_id"]})}
