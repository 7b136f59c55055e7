"""powerreport plot: values against the rows, periods, names, files, and the same from every store."""

import csv
import datetime
import io
import re
import sqlite3
import subprocess
import xml.etree.ElementTree as ElementTree

import openpyxl
import pytest

import plot_store
import reports
from live import secrets, write_config
from plot_store import MINUTE_MS, instant


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return plot_store.write(tmp_path_factory.mktemp("plot") / "plot.db")


def plot(program, store, path, *arguments, check=True, env=None):
    source = ("--db", store) if str(store).endswith(".db") else ("--config", store)
    return program("plot", *source, "--now", plot_store.NOW, *arguments, "-o", path, check=check, env=env)


def table(program, store, tmp_path, *arguments, env=None):
    path = tmp_path / "plot.csv"
    plot(program, store, path, *arguments, env=env)
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and data.count(b"\n") == data.count(b"\r\n")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def number(text):
    return float(text) if text else None


def period(point, metric, start, end, step):
    return ("--point", str(point), "--metric", metric, "--from", start, "--to", end, "--step", step)


# --- values ------------------------------------------------------------------------------------------------------------


STEPS = {"1m": 1, "7m": 7, "15m": 15, "1h": 60, "6h": 360, "1d": 1440, "2d": 2880}


def assert_values(lines, point, metric, start, end, step):
    zone = plot_store.ZONES[plot_store.POINTS[point][0]]
    reference = plot_store.expected(point, metric, instant(start, zone), instant(end, zone), STEPS[step])
    given = {(int(datetime.datetime.fromisoformat(line["time"]).timestamp() * 1000), line["series"]): line
             for line in lines}
    assert len(lines) == len(given) and given.keys() == reference.keys()
    for key, (mean, minimum, maximum, samples, implausible) in reference.items():
        line = given[key]
        assert int(line["samples"]) == samples and int(line["implausible"]) == implausible, key
        for name, value in (("minimum", minimum), ("maximum", maximum)):
            assert number(line[name]) == (None if value is None else float(value)), (key, name)
        assert (number(line["mean"]) is None) == (mean is None)
        assert mean is None or abs(float(line["mean"]) - mean) <= 1e-6, key
    return reference


@pytest.mark.parametrize("metric", plot_store.METRICS)
@pytest.mark.parametrize("step", ["1m", "15m", "1h", "1d"])
def test_mean_minimum_and_maximum_are_those_of_the_plausible_rows(program, store, tmp_path, metric, step):
    lines = table(program, store, tmp_path, *period(101, metric, "2026-10-03T08:07", "2026-10-06", step))
    reference = assert_values(lines, 101, metric, "2026-10-03T08:07", "2026-10-06", step)
    assert step == "1d" or any(values[3] == 0 for values in reference.values())  # the gap is there, and empty


@pytest.mark.parametrize("point, start, end", [(201, "2026-10-24", "2026-10-27"), (202, "2026-03-28", "2026-03-31"),
                                               (201, "2026-10-25T01:30", "2026-10-25T04:10")])
@pytest.mark.parametrize("step", ["15m", "1h", "6h", "1d", "2d", "7m"])
def test_buckets_follow_the_local_clock_where_it_changes(program, store, tmp_path, point, start, end, step):
    lines = table(program, store, tmp_path, *period(point, "power", start, end, step))
    assert_values(lines, point, "power", start, end, step)


def test_a_day_of_25_hours_has_25_and_one_of_23_hours_23(program, store, tmp_path):
    """25 October 2026: 02:00 stands twice, with +02:00 and +01:00; 29 March: 02:00 is not there."""
    autumn = table(program, store, tmp_path, *period(201, "reactive", "2026-10-25", "2026-10-26", "1h"))
    times = [line["time"] for line in autumn]
    assert len(times) == 25 and "2026-10-25T02:00:00+02:00" in times and "2026-10-25T02:00:00+01:00" in times
    spring = table(program, store, tmp_path, *period(202, "reactive", "2026-03-29", "2026-03-30", "1h"))
    times = [line["time"] for line in spring]
    assert len(times) == 23 and not any("T02:" in time for time in times)
    assert [int(line["samples"]) for line in autumn + spring] == [60] * 48 or \
        sum(int(line["samples"]) for line in autumn + spring) > 48 * 60 - 30


def test_sensors_are_plotted_by_their_kind_and_their_implausible_values_counted(program, store, tmp_path):
    lines = table(program, store, tmp_path, "--sensor", "11", "--from", "2026-10-03", "--to", "2026-10-05",
                  "--step", "1h")
    rows = plot_store.sensor_rows(11)
    for line in lines:
        start = int(datetime.datetime.fromisoformat(line["time"]).timestamp() * 1000)
        own = [row["value"] for row in rows if start <= row["time"] < start + 60 * MINUTE_MS]
        good = [value for value in own if value <= 300]
        assert (int(line["samples"]), int(line["implausible"])) == (len(good), len(own) - len(good))
        assert number(line["maximum"]) == max(good) and abs(number(line["mean"]) - sum(good) / len(good)) < 1e-6
    assert {line["metric"] for line in lines} == {"temperature"} and any(line["implausible"] != "0" for line in lines)
    of_point = table(program, store, tmp_path, *period(101, "residual_current", "2026-10-03", "2026-10-05", "1h"))
    assert {line["sensor_id"] for line in of_point} == {"13"}
    of_project = table(program, store, tmp_path, "--project", "1", "--metric", "temperature", "--from", "2026-10-03",
                       "--to", "2026-10-05", "--step", "1h")
    assert {line["sensor_id"] for line in of_project} == {"11", "12"}


def test_power_without_minutes_comes_from_the_energy_of_quarters(program, store, tmp_path):
    """(10, 11, 12, 13 kWh) × 4 = 40 to 52 kW, mean 46; the 41st quarter (10:00, 5000 kWh) is beyond 100 kVA × 1.5."""
    lines = [line for line in table(program, store, tmp_path, *period(104, "power", "2026-10-03", "2026-10-04", "1h"))
             if line["series"] == "total"]
    assert len(lines) == 24
    for hour, line in enumerate(lines):
        figures = [number(line[name]) for name in ("mean", "minimum", "maximum", "samples")]
        assert figures == ([48, 44, 52, 3] if hour == 10 else [46, 40, 52, 4])
    done = plot(program, store, tmp_path / "p.csv", *period(104, "power", "2026-10-03", "2026-10-04", "5m"), check=False)
    assert done.returncode == 1 and "15m or more" in done.stderr


def test_the_samples_days_are_those_of_plain_sql(program, sample_db, tmp_path):
    """Point 1101, phase A: nothing of it is implausible in these days."""
    path = tmp_path / "s.csv"
    program("plot", "--db", sample_db, "--now", reports.SAMPLE_NOW, *period(1101, "current", "2026-10-05", "2026-10-12", "1d"),
            "-o", path, check=True)
    lines = [line for line in csv.DictReader(path.open(encoding="utf-8-sig", newline="")) if line["series"] == "a"]
    with sqlite3.connect(f"file:{sample_db}?mode=ro", uri=True) as sample:
        rows = sample.execute(
            "SELECT (time + 28800000) / 86400000, avg(ia), min(ia), max(ia), count(ia) FROM point_1min_index WHERE"
            " point_id = 1101 AND time >= ? AND time < ? GROUP BY 1 ORDER BY 1",
            (instant("2026-10-05", "Asia/Shanghai"), instant("2026-10-12", "Asia/Shanghai"))).fetchall()
    assert len(lines) == len(rows) == 7
    for line, (_, mean, minimum, maximum, samples) in zip(lines, rows):
        assert abs(number(line["mean"]) - mean) < 1e-6 and int(line["samples"]) == samples
        assert (number(line["minimum"]), number(line["maximum"])) == (minimum, maximum)


# --- the same from every store -----------------------------------------------------------------------------------------


def test_every_store_gives_the_same_plot(search_server, mariadb, loaded, store, program, tmp_path):
    stores = loaded("plot", search_server, sqlite=store, shards=3)
    config = write_config(tmp_path, url=search_server.url, mariadb=mariadb, database=stores.database,
                          prefix=stores.prefix)
    cases = [period(101, "current,power_factor", "2026-10-03T08:07", "2026-10-06", "15m"),
             period(101, "voltage", "2026-10-03", "2026-10-04", "1m"),
             period(201, "power", "2026-10-23", "2026-10-27", "1d"), period(202, "thd_u", "2026-03-28", "2026-03-30", "1h"),
             period(104, "power", "2026-10-03", "2026-10-04", "1h"),
             ("--project", "1", "--metric", "temperature", "--from", "2026-10-03", "--to", "2026-10-05", "--step", "1h")]
    for arguments in cases:
        for ending in ("csv", "svg"):
            plot(program, config, tmp_path / f"live.{ending}", *arguments, env=secrets(mariadb))
            plot(program, store, tmp_path / f"own.{ending}", *arguments)
            assert (tmp_path / f"live.{ending}").read_bytes() == (tmp_path / f"own.{ending}").read_bytes(), arguments
    done = plot(program, config, tmp_path / "x.csv", *period("进线", "current", "2026-10-03", "2026-10-04", "1h"),
                env=secrets(mariadb), check=False)
    assert done.returncode == 2 and "means 3 of them" in done.stderr


def test_a_long_period_costs_buckets_and_no_rows(opensearch, mariadb, loaded, store, program, canned, tmp_path):
    """Thirteen months by days: no search of minutes asks for a row, and the answers stay small."""
    stores = loaded("plot", opensearch, sqlite=store, shards=3)
    searches = []

    def note(request, response):
        if "_msearch" in request.path and b"point_1min_index" in request.body:
            searches.append((request.body, len(response.body)))
        return None

    canned.forward(opensearch.url, tamper=note)
    config = write_config(tmp_path, url=canned.url, mariadb=mariadb, database=stores.database, prefix=stores.prefix)
    plot(program, config, tmp_path / "p.csv", *period(101, "voltage", "2025-10-01", "2026-11-01", "1d"),
         env=secrets(mariadb))
    bodies = b"".join(body for body, _ in searches)
    assert bodies.count(b'"size":0') == bodies.count(b'"query"') > 0 and b'"search_after"' not in bodies
    assert sum(size for _, size in searches) < 1_000_000


# --- names -------------------------------------------------------------------------------------------------------------


def ids(lines):
    return {line["point_id"] for line in lines}


def test_a_point_goes_by_its_id_its_name_or_a_part_of_it(program, store, tmp_path):
    rest = ("current", "2026-10-03", "2026-10-04", "1h")
    for text, point in (("101", "101"), ("1# 进线柜", "101"), ("1#", "101"), ("老进线", "102"), ("进线柜", "103")):
        assert ids(table(program, store, tmp_path, *period(text, *rest))) == {point}, text
    rest = ("current", "2026-10-25", "2026-10-26", "1h")
    for text in ("Main Incomer", "201"):
        assert ids(table(program, store, tmp_path, *period(text, *rest))) == {"201"}
    assert ids(table(program, store, tmp_path, *period("INCOMER WEST", "current", "2026-03-28", "2026-03-29", "1h"))) == {"202"}


def test_an_ambiguous_name_lists_whom_it_may_mean(program, store, tmp_path):
    done = plot(program, store, tmp_path / "p.csv", *period("进线", "current", "2026-10-03", "2026-10-04", "1h"), check=False)
    assert done.returncode == 2 and not (tmp_path / "p.csv").exists()
    assert "means 3 of them" in done.stderr
    assert re.findall(r"^  point (\d+)  (.+)  project (\d+) (.+)  tenant (\d+) (.+)$", done.stderr, re.M) == [
        ("101", "1# 进线柜", "1", "甲厂配电房", "1", "甲厂"), ("102", "2# 进线柜", "1", "甲厂配电房", "1", "甲厂"),
        ("103", "进线柜", "1", "甲厂配电房", "1", "甲厂")]


def test_tenants_narrow_whom_a_name_may_mean(program, store, tmp_path):
    arguments = period("201", "current", "2026-10-25", "2026-10-26", "1h")
    assert ids(table(program, store, tmp_path, *arguments, "--tenant", "2")) == {"201"}
    done = plot(program, store, tmp_path / "q.csv", *arguments, "--tenant", "1", check=False)
    assert done.returncode == 2 and "of the tenants given" in done.stderr


def test_a_project_gives_every_incomer(program, store, tmp_path):
    lines = table(program, store, tmp_path, "--project", "1", "--metric", "current", "--from", "2026-10-03", "--to",
                  "2026-10-04", "--step", "1h")
    assert ids(lines) == {"101", "102", "104"}


# --- errors ------------------------------------------------------------------------------------------------------------


GOOD = {"--point": "101", "--metric": "current", "--from": "2026-10-03", "--to": "2026-10-04", "--step": "1h", "-o": "p.csv"}


@pytest.mark.parametrize("changes, code, message", [
    ({"--point": None}, 2, "--point is missing"), ({"--metric": None}, 2, "--metric is missing"),
    ({"--metric": "amps"}, 2, "'amps' is unknown; expected current, voltage, line_voltage, power, reactive, "
                              "power_factor, thd_u, thd_i, temperature or residual_current"),
    ({"--from": None}, 2, "--from is missing"), ({"--to": None}, 2, "--to is missing"),
    ({"--step": None}, 2, "--step is missing"), ({"--step": "0m"}, 2, "'0m' is not a step"),
    ({"--step": "15"}, 2, "'15' is not a step"), ({"--step": "25h"}, 2, "'25h' is not a step"),
    ({"--step": "-1h"}, 2, "'-1h' is not a step"), ({"--from": "yesterday"}, 2, "--from: 'yesterday' is not a time"),
    ({"--to": "2026-13-01"}, 2, "--to: '2026-13-01' is not a time"),
    ({"--to": "2026-10-03"}, 2, "is not after --from"), ({"--point": "999"}, 2, "'999' is no point of the directory"),
    ({"--point": "nobody"}, 2, "'nobody' is no point"), ({"-o": "p.gif"}, 2, "expected a file that ends in .png"),
    ({"-o": None}, 2, "-o is missing"), ({"-o": "/nowhere/p.png"}, 2, "is no folder"),
    ({"--metric": "temperature", "--point": "102"}, 2, "point 102 '2# 进线柜' has no sensor of temperature"),
    ({"--from": "2020-01-01", "--to": "2020-02-01"}, 1, "no data: current of point '1# 进线柜' was not measured"),
    ({"--from": "2027-01-01", "--to": "2027-01-02"}, 1, "no data"),
    ({"--from": "1900-01-01", "--to": "2026-10-04", "--step": "1m"}, 2, "--step: too fine for the period"),
    ({"--scale": "9"}, 2, "--scale: '9' is not"), ({"--locale": "xx", "-o": "p.svg"}, 2, "no words for the locale 'xx'"),
])
def test_what_cannot_be_plotted_is_said(program, store, tmp_path, changes, code, message):
    given = {**GOOD, **changes}
    arguments = [part for option, value in given.items() if value is not None
                 for part in (option, str(tmp_path / value) if option == "-o" else value)]
    done = program("plot", "--db", store, "--now", plot_store.NOW, *arguments)
    assert done.returncode == code and message in done.stderr, done.stderr
    assert list(tmp_path.iterdir()) == []


# --- files -------------------------------------------------------------------------------------------------------------


def pdf_text(path):
    return re.sub(r"\s+", "", subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True,
                                             text=True).stdout)


@pytest.mark.parametrize("ending", ["png", "svg", "pdf", "xlsx", "csv"])
def test_the_same_plot_twice_is_the_same_bytes(program, store, tmp_path, ending):
    for name in ("a", "b"):
        plot(program, store, tmp_path / f"{name}.{ending}", *period(101, "current", "2026-10-03", "2026-10-05", "15m"))
    assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [f"a.{ending}", f"b.{ending}"]


def test_the_pictures_title_names_the_largest_value_and_its_minute(program, store, tmp_path):
    plot(program, store, tmp_path / "p.pdf", *period(101, "current", "2026-10-03", "2026-10-05", "1d"))
    start, end = instant("2026-10-03", "Asia/Shanghai"), instant("2026-10-05", "Asia/Shanghai")
    value, time, phase = max((row[f"i{phase}"], -(row["time"] // MINUTE_MS), phase) for row in plot_store.rows(101)
                             for phase in "abc" if start <= row["time"] < end and row[f"i{phase}"] is not None
                             and plot_store.is_plausible(f"i{phase}", row))
    at = datetime.datetime.fromtimestamp(-time * 60, datetime.timezone(datetime.timedelta(hours=8)))
    text = pdf_text(tmp_path / "p.pdf")
    assert f"{phase.upper()}相电流最高{value:.1f}A，2026年10月{at.day}日{at:%H:%M}" in text, text


def test_the_picture_counts_gaps_alarms_and_implausible_values(program, store, tmp_path):
    plot(program, store, tmp_path / "p.pdf", *period(101, "current", "2026-10-03", "2026-10-05", "15m"))
    reference = plot_store.expected(101, "current", instant("2026-10-03", "Asia/Shanghai"),
                                    instant("2026-10-05", "Asia/Shanghai"), 15)
    empty = sum(1 for key, values in reference.items() if key[1] == "a" and values[3] == 0)
    implausible = sum(values[4] for values in reference.values())
    text = pdf_text(tmp_path / "p.pdf")
    assert f"{192 - empty}／192个时段有数据" in text and empty == 16  # 02:00 to 06:00; 06:00 to 06:10 is half a bucket
    assert f"{implausible}个不合理值以空心圈标出" in text and implausible > 0
    assert "告警2次" in text and "过载" in text and "电压畸变3日15:00" in text and "缺测" in text  # e1 and e2; e7 is e1 sent again


def test_locale_and_page_can_be_chosen(program, store, tmp_path):
    plot(program, store, tmp_path / "p.pdf", *period(201, "voltage", "2026-10-24", "2026-10-26", "1h"), "--locale", "zh-CN")
    assert "电压" in pdf_text(tmp_path / "p.pdf")
    plot(program, store, tmp_path / "p.pdf", *period(201, "voltage", "2026-10-24", "2026-10-26", "1h"))
    text = pdf_text(tmp_path / "p.pdf")
    assert "Voltage" in text and "Upper235.4" in text and "Lower204.6" in text  # 220 × 1.07, 220 × 0.93


def test_a_png_is_as_large_as_asked_for_and_an_svg_well_formed(program, store, tmp_path):
    arguments = period(101, "current", "2026-10-03", "2026-10-05", "15m")
    for scale in (1, 3):
        plot(program, store, tmp_path / "p.png", *arguments, "--scale", str(scale))
        data = (tmp_path / "p.png").read_bytes()
        assert data[:8] == b"\x89PNG\r\n\x1a\n" and int.from_bytes(data[16:20], "big") == 680 * scale
    plot(program, store, tmp_path / "p.svg", *arguments)
    assert ElementTree.parse(tmp_path / "p.svg").getroot().tag.endswith("svg")


def test_the_workbook_holds_the_values_of_the_csv(program, store, tmp_path):
    arguments = period(101, "current", "2026-10-03", "2026-10-05", "1h")
    lines = [line for line in table(program, store, tmp_path, *arguments) if line["series"] == "b"]
    plot(program, store, tmp_path / "p.xlsx", *arguments)
    book = openpyxl.load_workbook(tmp_path / "p.xlsx")
    summary, values = book.worksheets
    cells = list(values.iter_rows(values_only=True))
    head = next(i for i, row in enumerate(cells) if row[0] == "时间")
    column = next(i for i, name in enumerate(cells[head]) if name and name.startswith("B相 均值"))
    given = cells[head + 1:head + 1 + len(lines)]
    assert [row[column] for row in given] == [pytest.approx(number(line["mean"]), abs=1e-6) if line["mean"] else None
                                              for line in lines]
    assert given[5][0] == datetime.datetime(2026, 10, 3, 5)
    shown = {str(cell) for row in summary.iter_rows(values_only=True) for cell in row if cell is not None}
    assert {"A相", "B相", "C相", "过载", "电压畸变"} <= shown and "测试" not in shown
