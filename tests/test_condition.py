"""Sensors, alarms and health of whole runs, against what SQL and exact fractions make of the same store."""

import collections
import datetime
import functools
import math
import pathlib
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

import reports
import sample_reference as bills
from servers import processes

CUTOFF = "2026-11-04T00:00:00Z"
CUTOFF_MS = int(datetime.datetime(2026, 11, 4, tzinfo=datetime.timezone.utc).timestamp() * 1000)
QUARTER_MS, MINUTE_MS, DAY_MS = 900_000, 60_000, 86_400_000
BOUNDS = {"temperature": (-50, 300), "ambient": (-50, 300), "residual_current": (0, 30000)}
DEFAULTS = {"temperature": (None, 90), "ambient": (None, None), "residual_current": (300, 500)}
SAMPLE = [(tenant, "2026-10") for tenant in (1, 2, 3, 4, 6)] + [(3, "2026-09")]
REAL = [(2, f"2019-{number:02d}") for number in (7, 8, 12)]


utc_ms = functools.lru_cache(maxsize=None)(bills.utc_ms)


def rounded(value, digits):
    """Half away from zero, as every finding."""
    if value is None:
        return None
    scaled = abs(Fraction(value)) * 10 ** digits
    whole = math.floor(scaled + Fraction(1, 2))
    return Fraction(whole if value >= 0 else -whole, 10 ** digits)


def rank(values, numerator, denominator):
    ordered = sorted(values)
    return ordered[max(1, -(-numerator * len(ordered) // denominator)) - 1] if ordered else None


def before(month):
    year, number = map(int, month.split("-"))
    return f"{year - (number == 1)}-{(number - 2) % 12 + 1:02d}"


def run_folder(program, store, name, cases):
    def make():
        out = processes.state_folder() / name
        for tenant, month in cases:
            program("run", "--db", store, "--month", month, "--now", CUTOFF, "--out", out, "--format", "json",
                    "--tenant", tenant, check=True)
        return str(out)

    return pathlib.Path(processes.once(name, make))


class Case:
    def __init__(self, folder, store, tenant, month):
        self.report = reports.read_json(reports.folder_of(folder, tenant, month), parse_float=Decimal,
                                        parse_int=Decimal)
        (self.project,) = self.report["projects"]
        self.findings, self.month = self.project["findings"], month
        self.store = bills.open_store(store)
        self.id = int(self.project["id"])
        self.zone = bills.project_zone(self.store, self.id)
        self.from_ms, self.to_ms = bills.month_edges(self.zone, month)
        self.before_ms = bills.month_edges(self.zone, before(month))[0]
        self.notes = {(note["code"], note.get("sensor")): note for note in self.report["notes"]}

    def rows(self, sql, *values):
        cursor = self.store.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row)) for row in cursor]

    def local(self, time_ms):
        return datetime.datetime.fromtimestamp(time_ms / 1000, ZoneInfo(self.zone))

    def is_valid(self, row, time_ms):
        return utc_ms(row["valid_from"]) <= time_ms and (
            row["valid_to"] is None or time_ms < utc_ms(row["valid_to"]))


@pytest.fixture(params=[("sample", *case) for case in SAMPLE] + [("real", *case) for case in REAL],
                ids=lambda case: "-".join(map(str, case)))
def case(request, program):
    kind, tenant, month = request.param
    if kind == "sample":
        store = request.getfixturevalue("sample_db")
        return Case(run_folder(program, store, "condition-sample", SAMPLE), store, tenant, month)
    store = reports.real_store(program, request.getfixturevalue("shared_data"))
    return Case(run_folder(program, store, "condition-real", REAL), store, tenant, month)


def value(findings, name):
    found = findings[name]["value"]
    return None if found is None else Fraction(found) if not isinstance(found, str) else found


# --- sensors ---------------------------------------------------------------------------------------------------------


def limits_of(sensor):
    warn, alarm = (own if own is not None else default for own, default in
                   zip((sensor["warn_limit"], sensor["alarm_limit"]), DEFAULTS[sensor["kind"]]))
    return warn, alarm


def readings(case, sensor, from_ms, to_ms):
    """(plausible, implausible), as (time, value)."""
    low, high = BOUNDS[sensor["kind"]]
    rows = [(row["time"], Fraction(row["value"])) for row in
            case.rows("SELECT time, value FROM location_1min_aiao WHERE sensor_id = ? AND time >= ? AND time < ? "
                      "AND value IS NOT NULL ORDER BY time", sensor["sensor_id"], from_ms, to_ms)
            if case.is_valid(sensor, row["time"])]
    good = [row for row in rows if low <= row[1] <= high]
    return good, [row for row in rows if not low <= row[1] <= high]


def test_sensors_are_what_their_readings_say(case):
    sensors = {row["sensor_id"]: row for row in case.rows("SELECT * FROM sensor WHERE project_id = ?", case.id)}
    margins, over_limit, scored, samples, above = {}, 0, 0, 0, 0
    for subject in case.project["sensors"]:
        sensor, found = sensors[int(subject["id"])], subject["findings"]
        good, bad = readings(case, sensor, case.from_ms, case.to_ms)
        warn, alarm = limits_of(sensor)
        quarters = collections.defaultdict(list)
        for time, number in good:
            quarters[(time - case.from_ms) // QUARTER_MS].append(number)
        numbers = [number for _, number in good]
        if not numbers:
            assert all(value(found, name) is None for name in found)
            assert ("sensor.silent", subject["id"]) in case.notes
            continue
        mean, largest = sum(numbers) / len(numbers), max(numbers)
        assert value(found, "safety.min") == rounded(min(numbers), 4)
        assert abs(value(found, "safety.mean") - mean) <= Fraction(1, 10 ** 4)
        assert value(found, "safety.max") == rounded(largest, 4)
        assert found["safety.max"]["at"] == case.local(
            min(time for time, number in good if number == largest)).isoformat()
        assert ("sensor.implausible", subject["id"]) in case.notes if bad else True
        if bad:
            note = case.notes["sensor.implausible", subject["id"]]
            assert (note["count"], note["first"], note["last"]) == (
                len(bad), case.local(bad[0][0]).isoformat(), case.local(bad[-1][0]).isoformat())
        for name, limit in (("warn", warn), ("alarm", alarm)):
            if limit is None:
                assert sensor["kind"] == "ambient" or value(found, f"safety.{name}_minutes") is None
                continue
            share = Fraction(sum(number > Fraction(limit) for number in numbers), len(numbers))
            assert value(found, f"safety.{name}_minutes") == rounded(share * len(quarters) * 15, 4)
        line = case.project["series"][f"sensor.{int(subject['id'])}"]["values"]
        assert len(line) == (case.to_ms - case.from_ms) // QUARTER_MS
        for index, number in enumerate(line):
            held = quarters.get(index)
            assert (number is None) == (held is None)
            assert held is None or abs(Fraction(number) - sum(held) / len(held)) <= Fraction(1, 10 ** 4)
        last = [number for _, number in readings(case, sensor, case.before_ms, case.from_ms)[0]]
        change = Fraction(found["safety.max"]["change_month"]) if "change_month" in found["safety.max"] else None
        assert change == (rounded((rounded(max(numbers), 4) - rounded(max(last), 4)) / rounded(max(last), 4), 6)
                          if last and max(last) > 0 else None)
        if sensor["kind"] == "ambient":
            assert "safety.margin" not in found
            continue
        margin = (Fraction(alarm) - max(numbers)) / Fraction(alarm)
        assert value(found, "safety.margin") == rounded(margin, 6)
        margins[subject["id"]] = (margin, int(found["safety.margin"]["rank"]))
        scored, over_limit = scored + 1, over_limit + (max(numbers) > alarm)
        samples, above = samples + len(numbers), above + sum(number > alarm for number in numbers)
    assert [place for _, place in sorted(margins.values())] == list(range(1, len(margins) + 1))
    assert value(case.findings, "safety.over_limit_sensors") == (over_limit if scored else None)
    critical = value(case.findings, "alarms.level.1")
    if samples or value(case.findings, "alarms.total"):
        share = Fraction(above, samples) if samples else 0
        assert value(case.findings, "health.score.safety") == rounded(max(0, 100 - 1000 * share - 5 * critical), 1)
    else:
        assert value(case.findings, "health.score.safety") is None


# --- alarms ----------------------------------------------------------------------------------------------------------


def judged(case):
    """The project's events with why each is left out (None = it counts), by the method's words."""
    points = {row["point_id"]: row for row in case.rows("SELECT * FROM point WHERE project_id = ?", case.id)}
    sensors = {row["sensor_id"]: row for row in case.rows("SELECT * FROM sensor WHERE project_id = ?", case.id)}
    types = {row["code"]: row for row in case.rows("SELECT * FROM alarm_type")}
    events = case.rows("SELECT * FROM soe_event WHERE project_id = ? AND started_at <= ?", case.id, CUTOFF_MS)
    for event in events:
        for name in ("ended_at", "confirmed_at", "closed_at"):
            if event[name] is not None and event[name] > CUTOFF_MS:
                event[name] = None
        point, sensor = points.get(event["point_id"]), sensors.get(event["sensor_id"])
        low, high = BOUNDS[sensor["kind"]] if sensor else (-math.inf, math.inf)
        event["why"] = None
        if event["code"].startswith("test"):
            event["why"] = "test"
        elif event["code"] in types and types[event["code"]]["retired"]:
            event["why"] = "retired"
        elif any(owner and not case.is_valid(owner, event["started_at"]) for owner in (point, sensor)):
            event["why"] = "outside_validity"
        elif sensor and event["value"] is not None and not low <= event["value"] <= high:
            event["why"] = "implausible"
        event["category"] = types[event["code"]]["category"] if event["code"] in types else "other"
        event["is_known"] = event["code"] in types
    same = collections.defaultdict(list)
    for event in events:
        if event["why"] is None:
            same[tuple(event[name] for name in ("point_id", "sensor_id", "code", "phase", "started_at"))].append(event)
    for group in same.values():
        kept = max(group, key=lambda event: (event["ended_at"] is not None, event["ended_at"] or 0, event["event_id"]))
        for event in group:
            if event is not kept:
                event["why"] = "duplicate"
    return events


def counted(case, from_ms, to_ms, events):
    counts = collections.Counter()
    for event in events:
        if event["why"] is not None or not from_ms <= event["started_at"] < to_ms:
            continue
        counts["alarms.total"] += 1
        counts[f"alarms.type.{event['code']}"] += 1
        counts[f"alarms.category.{event['category']}"] += 1
        if event["level"] in (1, 2, 3):
            counts[f"alarms.level.{event['level']}"] += 1
        if event["point_id"]:
            counts[f"alarms.point.{event['point_id']}"] += 1
    return counts


def minutes_between(events, name):
    spans = [event[name] - event["started_at"] for event in events if event[name] is not None]
    return [Fraction(span, MINUTE_MS) for span in spans if 0 <= span <= 31 * DAY_MS]


def test_alarms_are_what_the_events_say(case):
    events = judged(case)
    now, last = (counted(case, *edges, events) for edges in
                 ((case.from_ms, case.to_ms), (case.before_ms, case.from_ms)))
    month = [event for event in events if case.from_ms <= event["started_at"] < case.to_ms]
    kept = [event for event in month if event["why"] is None]
    carried = [event for event in events if event["why"] is None and event["started_at"] < case.from_ms
               and (event["ended_at"] is None or event["ended_at"] > case.from_ms)]
    names = ("alarms.total", "alarms.level.", "alarms.type.", "alarms.category.", "alarms.point.")
    found = {name: int(finding["value"]) for name, finding in case.findings.items() if name.startswith(names)}
    assert found == {"alarms.total": 0, "alarms.level.1": 0, "alarms.level.2": 0, "alarms.level.3": 0} | now
    for name in found:
        change = case.findings[name].get("change_month")
        assert (None if change is None else Fraction(change)) == (
            rounded(Fraction(found[name], last[name]) - 1, 6) if last[name] else None), name
    assert value(case.findings, "alarms.open") == sum(event["ended_at"] is None for event in kept)
    assert value(case.findings, "alarms.carried") == len(carried)
    assert value(case.findings, "alarms.excluded") == len(month) - len(kept)
    for name in ("confirm", "close"):
        times = minutes_between(kept, {"confirm": "confirmed_at", "close": "closed_at"}[name])
        assert value(case.findings, f"alarms.{name}_minutes.median") == rounded(rank(times, 5, 10), 4)
        assert value(case.findings, f"alarms.{name}_minutes.p90") == rounded(rank(times, 9, 10), 4)
    reasons = collections.Counter(event["why"] for event in month if event["why"])
    assert {code[6:]: note["count"] for (code, _), note in case.notes.items()
            if code[6:] in ("test", "retired", "outside_validity", "implausible", "duplicate")
            and code.startswith("alarm.")} == reasons
    days = collections.Counter(case.local(event["started_at"]).day for event in kept)
    hours = collections.Counter(case.local(event["started_at"]).hour for event in kept)
    series = case.project["series"]
    assert series["alarms_day"]["values"] == [days[day + 1] for day in range(len(series["alarms_day"]["values"]))]
    assert series["alarms_hour"]["values"] == [hours[hour] for hour in range(24)]
    order = [event["event_id"] for group in (kept, carried) for event in sorted(group, key=lambda event: (
        event["level"] or 99, -lasted(event, event in carried), event["started_at"], event["event_id"]))]
    assert [event["id"] for event in case.project["events"]] == order
    in_time = sum(span <= 24 * 60 for span in minutes_between(kept, "closed_at"))
    coverage = value(case.findings, "coverage.rate")
    share = Fraction(in_time, len(kept)) if kept else 1
    service = value(case.findings, "health.score.service")
    assert coverage is None and service is None or abs(service - 50 * (share + coverage)) <= Fraction(6, 100)


def lasted(event, is_carried):
    if event["ended_at"] is None:
        return CUTOFF_MS - event["started_at"]
    span = event["ended_at"] - event["started_at"]
    return span if 0 <= span and (span <= 31 * DAY_MS or is_carried) else -1


# --- health ----------------------------------------------------------------------------------------------------------

TABLES = {"small": ((Fraction(1, 2), 100), (1, 60), (2, 0)),
          "power_factor": ((Fraction(-1, 10), 0), (0, 60), (Fraction(1, 20), 100))}


def score(table, at):
    points = TABLES[table]
    if at <= points[0][0]:
        return Fraction(points[0][1])
    for (low, low_score), (high, high_score) in zip(points, points[1:]):
        if at <= high:
            return low_score + (high_score - low_score) * (at - low) / Fraction(high - low)
    return Fraction(points[-1][1])


def test_health_follows_from_the_incomers_quality(case):
    incomers = {row["point_id"] for row in
                case.rows("SELECT point_id FROM point WHERE project_id = ? AND role = 'incomer'", case.id)}
    scores = {}
    for axis in ("frequency", "voltage_deviation", "voltage_unbalance", "voltage_thd", "power_factor"):
        worst = []
        for point in case.project["points"]:
            finding = point["findings"].get(f"quality.{axis}.p95")
            if int(point["id"]) not in incomers or finding is None or finding["value"] is None:
                continue
            number, limit = Fraction(finding["value"]), Fraction(finding["limit"])
            worst.append(score("power_factor", number - limit) if axis == "power_factor"
                         else score("small", abs(number) / limit))
        found = value(case.findings, f"health.score.{axis}")
        assert (found is None) == (not worst), axis
        if worst:
            assert abs(found - min(worst)) <= Fraction(6, 100), axis
            scores[axis] = min(worst)
    if value(case.findings, "health.score.load_rate") is not None:
        scores["load_rate"] = value(case.findings, "health.score.load_rate")
    index, grade = value(case.findings, "health.index"), value(case.findings, "health.grade")
    if len(scores) < 3:
        assert index is None and grade is None and ("health.no_index", None) in case.notes
        return
    assert abs(index - sum(scores.values()) / len(scores)) <= Fraction(12, 100)
    assert grade == ("excellent" if index >= 90 else "good" if index >= 80 else "fair" if index >= 60 else "poor")
