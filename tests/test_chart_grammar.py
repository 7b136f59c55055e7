"""The grammar of charts (docs/charts.md), checked on every chart of the sample's and the measured reports as it is placed:
what the titles say, round ticks, axes from zero or a word about it, limits with names, extremes, labels apart."""

import collections
import concurrent.futures
import re
import shutil
import sqlite3
import subprocess

import pytest

import layout
import management_store
import reports

SAMPLE_NOW = "2026-11-04T00:00:00Z"
SAMPLE = [(tenant, month, SAMPLE_NOW) for tenant in (1, 2, 3, 4, 6) for month in ("2026-03", "2026-10")]
REAL = [(1, "2018-03", "2020-01-03T00:00:00Z"), (1, "2018-08", "2020-01-03T00:00:00Z"), (2, "2019-07", "2020-01-03T00:00:00Z"),
        (2, "2019-11", "2020-01-03T00:00:00Z")]

AXES = ("energy_by_day", "energy_months", "load_month", "typical_day", "bill_composition", "change_waterfall",
        "demand_by_day", "savings_demand", "savings_ways", "savings_curve", "forecast_energy", "quality_hours", "harmonics",
        "alarms_by_day")
FROM_ZERO = ("energy_by_day", "energy_months", "bill_composition", "change_waterfall", "demand_by_day", "quality_hours",
             "harmonics", "alarms_by_day", "load_month")
# A finding in words alone: who is weakest, nearest to the limit, cheapest, longest.
IN_WORDS = ("health_radar", "sensors", "sensor_months", "savings_ways", "harmonics", "alarm_hours", "typical_day")
AXIS_NOTE = re.compile(r"(?:纵轴自|axis from )([−\d,.]+)")
FIGURE = re.compile(r"^[−+]?[\d,]+(?:\.\d+)?$")
RED = "#A31621"
DAY_MS = 86_400_000
FIRST_MS = 1_790_805_600_000  # 1 October 2026, 00:00 in Berlin

Line = collections.namedtuple("Line", "x y right size weight colour text")
Chart = collections.namedtuple("Chart", "name left top right bottom title lines")


def joined(texts):
    """Runs of one baseline, size, weight and colour that follow each other, as a reader sees them: one text."""
    lines = []
    for text in texts:
        last = lines[-1] if lines else None
        same = last and (last.y, last.size, last.weight, last.colour) == (text.y, text.size, text.weight, text.colour)
        if same and -0.1 <= text.x - last.right < 4:
            gap = " " if last.text[-1:].isascii() and text.text[:1].isascii() and text.x - last.right > 1 else ""
            lines[-1] = last._replace(right=text.x + text.width, text=last.text + gap + text.text)
        else:
            lines.append(Line(text.x, text.y, text.x + text.width, text.size, text.weight, text.colour, text.text))
    return lines


def charts_of(dump):
    """Every placed chart with the title of its block."""
    found, stack, block_texts, chart_texts = [], [], [], []
    for line in dump.splitlines():
        if match := layout.BOX.match(line):
            box = layout.Box(*map(float, match.groups()[:4]), layout.unquote(match[5]))
            stack.append(box)
            if len(stack) == 1:
                block_texts = []
            elif box.name.startswith("chart "):
                chart_texts = []
        elif match := layout.TEXT.match(line):
            *numbers, weight, colour, face, finding, text = match.groups()
            one = layout.Text(*map(float, numbers), weight, colour, int(face), finding, layout.unquote(text), None)
            (chart_texts if len(stack) > 1 and stack[-1].name.startswith("chart ") else block_texts).append(one)
        elif line.strip() == "unbox":
            box = stack.pop()
            if box.name.startswith("chart "):
                title = "".join(text.text for text in block_texts if text.size == 9.5)
                found.append(Chart(box.name[len("chart "):], box.x, box.y, box.x + box.width, box.y + box.height, title,
                                   joined(chart_texts)))
    return found


def number(text):
    return float(text.replace(",", "").replace("−", "-"))


def ticks_of(chart):
    """The figures at the left edge, from below."""
    return [number(line.text) for line in sorted(chart.lines, key=lambda line: -line.y)
            if abs(line.x - chart.left) < 0.1 and line.size == 7 and line.weight == "regular" and FIGURE.match(line.text)]


@pytest.fixture(scope="session")
def draw(build, root):
    tool = build / "tools" / "dump_layout"
    assert tool.exists(), f"{tool} is missing: run make unit"

    def run(store, tenant, month, now):
        done = subprocess.run([tool, "report.ini", str(store), str(tenant), month, now], cwd=root, capture_output=True,
                              text=True, encoding="utf-8", timeout=120, check=False)
        assert done.returncode == 0, f"tenant {tenant}, {month}: {done.stderr}"
        return done.stdout

    return run


@pytest.fixture(scope="module")
def placed(draw, sample_db):
    """Every chart of the sample's reports: (tenant and month, chart)."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        dumps = list(pool.map(lambda job: draw(sample_db, *job), SAMPLE))
    return [(f"tenant {job[0]}, {job[1]}, {chart.name}", chart) for job, dump in zip(SAMPLE, dumps)
            for chart in charts_of(dump)]


@pytest.fixture(scope="module")
def measured(draw, program, shared_data):
    store = reports.real_store(program, shared_data)
    return [(f"measured {job[0]}, {job[1]}, {chart.name}", chart) for job in REAL for chart in charts_of(draw(store, *job))]


def faults_of_title(chart):
    numbered = any(character.isdigit() for character in chart.title)
    if chart.title and not numbered and chart.name not in IN_WORDS and not chart.name.startswith("spark_"):
        yield f"the title '{chart.title}' tells no figure"


def faults_of_axis(chart):
    if chart.name not in AXES:
        return
    ticks = ticks_of(chart)
    words = " ".join(line.text for line in chart.lines)
    if len(ticks) < 2:
        if ticks != [0]:  # nothing but zeros has the zero line alone
            yield f"{len(ticks)} ticks, expected some"
        return
    steps = {round((b - a) / (ticks[1] - ticks[0]), 6) for a, b in zip(ticks, ticks[1:])}
    step = ticks[1] - ticks[0]
    digits = f"{step:e}".split("e")[0].rstrip("0").rstrip(".")
    if steps != {1.0} or digits not in ("1", "2", "2.5", "5"):
        yield f"ticks {ticks}, expected equal steps of 1, 2, 2.5 or 5 × 10ⁿ"
    # A low plot thins them out; three to five beside the first one.
    if len(ticks) > 6:
        yield f"{len(ticks)} ticks, expected at most six"
    if chart.name in FROM_ZERO and 0 not in ticks:
        yield f"ticks {ticks} of bars, expected zero among them"
    if 0 not in ticks:
        note = AXIS_NOTE.search(words)
        if not note or number(note[1]) != ticks[0]:
            yield f"an axis from {ticks[0]} that does not say so"
    elif AXIS_NOTE.search(words):
        yield "an axis with zero that says it begins elsewhere"


def faults_of_labels(chart):
    """Names right of a plot, in one column, are 8.5 apart or more (a note below its name), 9 else."""
    columns = collections.defaultdict(list)
    for line in chart.lines:
        if chart.name in AXES and line.x > chart.left + 0.8 * (chart.right - chart.left) and line.size <= 7.5:
            columns[round(line.x, 1)].append(line)
    for lines in columns.values():
        lines.sort(key=lambda line: line.y)
        for above, below in zip(lines, lines[1:]):
            if 0.1 < below.y - above.y < 8.4:
                yield f"'{above.text}' and '{below.text}' are {below.y - above.y:.1f} apart"


def faults_of_limits(chart, has_contract):
    red = [line.text for line in chart.lines if line.colour == RED and line.size == 7]
    if chart.name in ("load_month", "demand_by_day", "savings_demand") and has_contract and \
            not any(word in " ".join(red) for word in ("合同", "contract")):
        yield "a contract's limit without its name"
    if chart.name == "quality_voltage":
        panels = sum(line.text.startswith(("95%", "95 %")) for line in chart.lines)
        for words in (("上限", "high "), ("下限", "low ")):
            named = sum(text.startswith(words) for text in red)
            if named != panels:
                yield f"{named} limits named {words[0]} in {panels} panels"


def faults_of_extremes(chart):
    """The most is marked with its value, in bold; where the axis is time, with its time."""
    if chart.name in ("energy_by_day", "demand_by_day", "harmonics", "quality_hours", "alarms_by_day"):
        if not any(line.size == 7 and re.search(r"\d", line.text) and line.weight == "bold" and
                   line.y < chart.top + 0.75 * (chart.bottom - chart.top) for line in chart.lines):
            yield "no extreme with its value"
    if chart.name in ("load_month", "quality_currents", "quality_voltage"):
        times = [line.text for line in chart.lines if re.search(r"\d\d:\d\d", line.text)]
        if not times and len(chart.lines) > 8:
            yield "no extreme with its time"


def faults_of_legend(chart):
    """A stack's legend stands right of every day's name."""
    if chart.name not in ("energy_by_day", "alarms_by_day"):
        return
    names = [line for line in chart.lines if line.size == 7.5]
    axis = [line.right for line in chart.lines if line.size == 7 and line.y > chart.bottom - 16]
    for name in names:
        if axis and name.x < max(axis):
            yield f"the legend's '{name.text}' stands over the plot"


def faults_of_pie(chart):
    if chart.name not in ("slot_share", "alarm_types"):
        return
    values = [line for line in chart.lines if FIGURE.match(line.text)]
    if not values and len(chart.lines) == 0:
        yield "a pie without a word"
    if len(values) > 6:
        yield f"{len(values)} parts, expected at most six"
    if len(values) == 1 and chart.bottom - chart.top > 40:
        yield "a pie of one part, expected a sentence"
    whole = sum(number(line.text) for line in values)
    small = [line.text for line in values if len(values) > 2 and number(line.text) < 0.02 * whole]
    if len(small) > 1:
        yield f"the parts {small} under 2 % were not taken together"


def faults(charts):
    contracts = {place.rsplit(", ", 1)[0] for place, chart in charts
                 if any("合同" in line.text or "contract" in line.text for line in chart.lines if line.colour == RED)}
    found = []
    for place, chart in charts:
        has_contract = place.rsplit(", ", 1)[0] in contracts
        for fault in (*faults_of_title(chart), *faults_of_axis(chart), *faults_of_labels(chart), *faults_of_legend(chart),
                      *faults_of_limits(chart, has_contract), *faults_of_extremes(chart), *faults_of_pie(chart)):
            found.append(f"{place}: {fault}")
    return found


def test_the_samples_charts_keep_the_grammar(placed):
    drawn = {chart.name for _, chart in placed}
    assert {*AXES, "slot_share", "alarm_types", "quality_voltage"} - drawn <= {"energy_months", "harmonics", "quality_hours"}
    assert faults(placed) == []


def test_the_measured_sites_charts_keep_the_grammar(measured):
    assert len(measured) > 20
    assert faults(measured) == []


def crowded_store(sample_db, path):
    """Tenant 6 with 45 sensors and 6 incomers that have minutes."""
    store = sqlite3.connect(management_store.copy_customer(sample_db, path, 6))
    with store:
        store.execute("DELETE FROM location_1min_aiao WHERE time < ? OR time >= ?", (FIRST_MS, FIRST_MS + 7 * DAY_MS))
        for sensor in range(1900, 1942):
            store.execute("INSERT INTO sensor SELECT ?, project_id, point_id, ?, kind, warn_limit, alarm_limit + ?, valid_from,"
                          " valid_to FROM sensor WHERE sensor_id = 1801", (sensor, f"Winding {sensor}", sensor - 1899))
            store.execute("INSERT INTO location_1min_aiao SELECT ?, project_id, time, value FROM location_1min_aiao"
                          " WHERE sensor_id = 1801", (sensor,))
        for table in ("point", "point_1min_index"):
            columns = [row[1] for row in store.execute(f"PRAGMA table_info({table})")]
            for point in range(1811, 1816):
                values = ", ".join(str(point) if name == "point_id" else f"'Incomer {point}'" if name == "name" else name
                                   for name in columns)
                store.execute(f"INSERT INTO {table} SELECT {values} FROM {table} WHERE point_id = 1801")
        store.execute("UPDATE point_1min_index SET ua = ua * 1.02 WHERE point_id = 1814")
    store.close()
    return path


def test_what_a_picture_leaves_out_is_named(draw, sample_db, tmp_path):
    """45 sensors: 40 in the picture, 5 more; 6 incomers: the 4 that need most attention and 2 more. Both in the line below the title."""
    dump = draw(crowded_store(sample_db, tmp_path / "crowded.db"), 6, "2026-10", SAMPLE_NOW)
    words = " ".join(line.text for line in joined(text for page in layout.read(dump) for text in page.texts))
    charts = {chart.name: chart for chart in charts_of(dump)}
    named = [line for line in charts["sensors"].lines if re.match(r"Winding|T1|CNC|Coating", line.text)]
    assert len(named) == 40
    assert re.search(r'The 40 smallest margins, 5 more in the workbook\'s sheet "Safety"', words), words[:2000]
    assert words.count("the 4 incomers that need most attention, 2 more in the workbook's sheet") == 2
    assert [line.text for line in charts["quality_voltage"].lines if line.weight == "bold" and "ncomer" in line.text] == [
        "Main incomer", "Incomer 1811", "Incomer 1812", "Incomer 1814"]  # 1814's voltage lies highest
    assert sum(line.text.startswith("95%") for line in charts["quality_voltage"].lines) == 4
    (tmp_path / "crowded.db").unlink()


OWN_CHARTS = {
    "own_hours": "[chart]\nkind = columns\nheight = 84\n[series starts]\ndata = alarms_hour\nrole = accent.light\n"
                 "[mark most]\nseries = starts\nat = maximum\n[limit ten]\nvalue = 10\nlabel = own.limit\n"
                 "when = alarms.total > 1000\n",
    "own_months": "[chart]\nkind = months\nheight = 120\n[axis]\nzero = no\nnote = chart.axis.from\n"
                  "[series demand]\ndata = months13.demand\nrole = accent\n[limit contract]\nvalue = demand.contract\n"
                  "label = chart.limit.contract\n[limit never]\nvalue = 1\nwhen = demand.max < 0\n",
}


def test_a_chart_of_ones_own_needs_a_file_its_words_and_a_block(build, root, sample_db, tmp_path):
    """By docs/charts.md: hours and months from the report's own series; a limit is there by its `when`."""
    for folder in ("charts", "templates"):
        shutil.copytree(root / folder, tmp_path / folder)
    shutil.copy(root / "report.ini", tmp_path)
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "fonts").symlink_to(build / "fonts")
    edition = tmp_path / "templates" / "editions" / "single.ini"
    blocks = ""
    for name, text in OWN_CHARTS.items():
        (tmp_path / "charts" / f"{name}.ini").write_text(text, encoding="utf-8")
        blocks += f"[block {name}]\nkind = chart\nchart = {name}\ntitle = own.title\nwhen = alarms.total > 9\n\n"
    for locale in ("zh-CN", "en"):
        (tmp_path / "templates" / "words" / f"{locale}.own.ini").write_text(
            "[own]\ntitle = {alarms.total|0} began\nlimit = limit {$limit.value|0}\n", encoding="utf-8")
    text = edition.read_text(encoding="utf-8")
    assert text.count("[block alarm_points]") == 1
    edition.write_text(text.replace("[block alarm_points]", blocks + "[block alarm_points]"), encoding="utf-8")
    done = subprocess.run([build / "tools" / "dump_layout", "report.ini", sample_db, "1", "2026-10", SAMPLE_NOW], cwd=tmp_path,
                          capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    charts = {chart.name: chart for chart in charts_of(done.stdout)}
    hours = [line.text for line in charts["own_hours"].lines]
    assert {"0", "3", "21"} <= set(hours) and not any(text.startswith("limit") for text in hours)
    assert ticks_of(charts["own_hours"]) == [0, 2, 4, 6] and charts["own_hours"].title == "64 began"
    months = [line.text for line in charts["own_months"].lines]
    assert {"25-10", "26-01", "10", "合同 1,750", "纵轴自 1,600 起"} <= {re.sub(r"(?<=[同自])(?=\d)|(?<=\d)(?=起)", " ", text)
                                                                for text in months}, months
    assert faults([("own", chart) for chart in charts.values() if chart.name in OWN_CHARTS]) == []


@pytest.mark.parametrize("change, told", [
    (lambda chart: chart._replace(title="用电量分析"), "tells no figure"),
    (lambda chart: chart._replace(lines=[line for line in chart.lines if line.text != "0"]), "expected zero among them"),
    (lambda chart: chart._replace(lines=[line._replace(text="9,000") if line.text == "10,000" else line
                                         for line in chart.lines]), "expected equal steps"),
    (lambda chart: chart._replace(lines=[line for line in chart.lines if line.weight != "bold"]), "no extreme"),
    (lambda chart: chart._replace(lines=[line._replace(x=chart.left + 90) if line.size == 7.5 else line
                                         for line in chart.lines]), "stands over the plot"),
    (lambda chart: chart._replace(lines=[line._replace(y=line.y * 0.4) if line.size == 7.5 else line
                                         for line in chart.lines]), "apart"),
])
def test_a_fault_of_grammar_is_found(placed, change, told):
    chart = next(chart for place, chart in placed if place == "tenant 1, 2026-10, energy_by_day")
    assert any(told in fault for fault in faults([("a chart", change(chart))]))
