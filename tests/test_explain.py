"""`powerreport explain`: every finding is explained, each explanation gives its figure when it is recomputed out of what
it prints (tests/explain_reference.py), and its rows are those of the store."""

import bisect
import collections
import json
import math
import pathlib
import sqlite3
from decimal import Decimal
from fractions import Fraction

import pytest

import edge_store
import explain_reference as explanations
import reports
import sample_reference as reference
from servers import processes

SAMPLE = [("sample", tenant, reports.SAMPLE_MONTH) for tenant in (1, 2, 3, 4, 6, 5, 9)]
REAL = [("real", 1, month) for month in reports.REAL_MONTHS] + [("real", tenant, "2018-03") for tenant in (2, 3)]
SUBJECTS = ("points", "transformers", "sensors")


def now_of(kind, month):
    if kind == "sample":
        return reports.SAMPLE_NOW
    year, number = map(int, month.split("-"))
    return f"{year}-{number + 1:02d}-03T00:00+09:00"


class Case:
    def __init__(self, kind, tenant, month, program, store):
        self.kind, self.tenant, self.month, self.program, self.store = kind, tenant, month, program, store
        self.now = now_of(kind, month)

        def make():
            path = processes.state_folder() / f"explained-{kind}-{tenant}-{month}.jsonl"
            path.write_text(self.run("all", "--json", check=True).stdout, encoding="utf-8")
            return str(path)

        path = processes.once(f"explained-{kind}-{tenant}-{month}", make)
        self.explanation = explanations.Explanation(pathlib.Path(path).read_text(encoding="utf-8"))
        assert self.explanation.nodes and self.explanation.head["explain"] == "all"

    def run(self, finding, *options, **more):
        out = () if "--out" in options else ("--out", processes.state_folder() / "explained")
        return self.program("explain", finding, "--tenant", self.tenant, "--month", self.month, "--now", self.now,
                            "--db", self.store, *out, *options, **more)


def store_of(request, program, kind):
    if kind == "sample":
        return request.getfixturevalue("sample_db")
    return reports.real_store(program, request.getfixturevalue("shared_data"))


@pytest.fixture(scope="module", params=SAMPLE + REAL, ids=lambda case: "-".join(map(str, case)))
def case(request, program):
    return Case(*request.param, program, store_of(request, program, request.param[0]))


@pytest.fixture(scope="module")
def published(request, program):
    """Paths and values of every finding in the published reports, by tenant and month."""

    def findings(case):
        out = reports.sample_run(program, case.store) if case.kind == "sample" \
            else reports.real_run(program, request.getfixturevalue("shared_data"))
        folders = sorted((out / case.month).glob(f"*/{case.tenant}-*"))
        if not folders:
            return {}
        report = reports.read_json(folders[0], parse_float=Decimal, parse_int=Decimal)
        # The platform passes on its customers' projects: theirs are explained as the customers'.
        return found_in(report | {"projects": []} if report["tenant"]["edition"] == "platform" else report)

    return findings


def found_in(report):
    """Every finding and bill line of a report by its path."""
    found = {name: finding["value"] for name, finding in report["findings"].items()}
    for project in report["projects"]:
        path = f"projects/{project['id']}"
        found.update({f"{path}/{name}": finding["value"] for name, finding in project["findings"].items()})
        for kind in SUBJECTS:
            for subject in project.get(kind, ()):
                found.update({f"{path}/{kind}/{subject['id']}/{name}": finding["value"]
                              for name, finding in subject["findings"].items()})
        for number, line in enumerate(project.get("bill_lines", ()), 1):
            found[f"{path}/bill_lines/{number}"] = line["amount"]
    return found


# --- all of them -----------------------------------------------------------------------------------------------------

def test_every_finding_of_the_published_report_is_explained_with_its_value(case, published):
    nodes = case.explanation.nodes
    for path, value in published(case).items():
        assert path in nodes, f"no explanation of {path}"
        assert nodes[path]["value"] == value, path


def test_recomputing_each_explanation_out_of_its_inputs_gives_its_figure(case):
    wrong = [f"{node['node']} = {node['value']}, but {node['formula']} gives {case.explanation.recomputed(node)}"
             for node in case.explanation.nodes.values() if not case.explanation.agrees(node)]
    assert not wrong, "\n".join(wrong)


def test_every_explanation_has_a_rule_in_words_and_ends_in_rows_or_values_with_their_source(case):
    for node in case.explanation.nodes.values():
        assert node["rule_text"] != node["rule"], f"{node['node']}: no words for {node['rule']}"
        assert node["formula"]
        for taken in node["inputs"]:
            if "node" in taken:
                assert taken["node"] in case.explanation.nodes, node["node"]
            elif "nodes" in taken:
                assert set(taken["nodes"]) <= set(case.explanation.nodes), node["node"]
            elif "table" in taken:
                assert taken["table"] in case.explanation.tables, node["node"]
            else:
                assert taken["source"], f"{node['node']}: {taken['name']} stands nowhere"


def test_money_stands_on_quarters(case):
    """Every printed total leads down to the rows of its project's quarters."""
    for path, node in case.explanation.nodes.items():
        if not path.endswith("/bill.total") or "#" in path or node["value"] is None:
            continue
        tables = {taken["table"] for below in case.explanation.follows(path).values()
                  for taken in below["inputs"] if "table" in taken}
        assert path.replace("bill.total", "quarters") in tables, path


@pytest.mark.parametrize("tenant, month", [(t, m) for t, (_, months) in edge_store.REPORTS.items() for m in months])
def test_figures_of_awkward_customers_follow_too(tenant, month, program):
    """Prices below 0, one quarter-hour, sixty-one points, no data of a kind at all."""

    def make():
        path = processes.state_folder() / "edge-explained.db"
        edge_store.make(path)
        return str(path)

    done = program("explain", "all", "--json", "--tenant", tenant, "--month", month, "--now", edge_store.NOW, "--db",
                   processes.once("edge-explained", make), check=True)
    found = explanations.Explanation(done.stdout)
    assert found.nodes
    wrong = [node["node"] for node in found.nodes.values() if not found.agrees(node)]
    assert not wrong


# --- rows against the store ------------------------------------------------------------------------------------------

@pytest.fixture
def store(case):
    return reference.open_store(case.store)


def cutoff_ms(case):
    return int(explanations.instant(case.explanation.head["cutoff"]))


def quarter_tables(case):
    """(kind of point, table) of the month's quarters, forecasts left out."""
    for name, table in case.explanation.tables.items():
        if name.endswith("/quarters") and table.rows and "row" in table.columns and "/forecast" not in name:
            yield name, table


def test_each_counted_quarter_is_the_right_row_of_the_store(case, store):
    """On the grid before off it, ingested last, the larger kWh; and the row has the kWh that is counted."""
    checked = 0
    for name, table in quarter_tables(case):
        rows = table.records()
        held = collections.defaultdict(list)
        points = sorted({int(row["point"]) for row in rows})
        first, last = min(int(r["start"]) for r in rows), max(int(r["start"]) for r in rows)
        marks = ",".join("?" * len(points))
        for point, time, kwh, ingested in store.execute(
                f"SELECT point_id, time, kwh, ingested_at FROM point_15min_electric WHERE point_id IN ({marks}) "
                "AND time >= ? AND time < ? AND (ingested_at IS NULL OR ingested_at <= ?)",
                (*points, first - 120_000, last + 900_000, cutoff_ms(case))):
            before = -time % 900_000
            start = time + before if before <= 120_000 else time - time % 900_000
            held[point, start].append((time == start, -math.inf if ingested is None else ingested,
                                       -math.inf if kwh is None else kwh, time))
        for row in rows:
            key = int(row["point"]), int(row["start"])
            assert row["rows"] == len(held[key]), f"{name} {key}"
            if not held[key]:
                assert row["row"] is None and row["state"] == "missing", f"{name} {key}"
                continue
            _, _, kwh, time = max(held[key])
            assert row["row"] == time, f"{name} {key}"
            if row["state"] == "measured" and "kwh" in row:
                assert Fraction(row["kwh"]) == reference.micro(kwh), f"{name} {key}"
            checked += 1
    assert checked or (case.kind, case.tenant) in (("real", 2), ("sample", 9)), "no quarter was compared"


def test_rows_left_out_say_why(case, store):
    for name, table in case.explanation.tables.items():
        if not name.endswith("/left_out"):
            continue
        for row in table.records():
            assert row["reason"] in ("duplicate", "outside_validity", "outside_service", "implausible")
            point = int(row["point"])
            times = [t for (t,) in store.execute(
                "SELECT time FROM point_15min_electric WHERE point_id = ? AND time >= ? AND time < ?",
                (point, int(row["quarter"]) - 120_000, int(row["quarter"]) + 780_000))]
            assert row["time"] in times, f"{name}: no row at {row['time']}"
            if row["reason"] == "duplicate":
                assert len(times) > 1, f"{name}: {row}"


def test_energy_of_the_bills_lines_is_the_stores_by_slot(case, store):
    """Σ kWh of each slot out of the store's own rows, by the reference's tariff table."""
    for path, node in case.explanation.nodes.items():
        if "/bill_lines/" not in path or not path.endswith("/#kwh") or "/forecast" in path or "/period" in path:
            continue
        project = int(path.split("/")[1])
        month = reference.project_month(store, project, case.month, cutoff_ms(case))
        slot = next(w["is"] for w in node["inputs"][0]["where"] if w["column"] == "slot")
        lines = [n for p, n in case.explanation.nodes.items()
                 if p.startswith(f"projects/{project}/bill_lines/") and p.endswith("/#kwh") and
                 any(w.get("is") == slot for w in n["inputs"][0]["where"])]
        assert Fraction(sum(line["value"] for line in lines)) == month["slots_kwh"][slot], path


def test_alarms_are_counted_out_of_the_stores_events(case, store):
    for name, table in case.explanation.tables.items():
        if not name.endswith("/events"):
            continue
        project = int(name.split("/")[1])
        rows = [row for row in table.records() if row["month"] == 1]
        zone = reference.project_zone(store, project)
        from_ms, to_ms = reference.month_edges(zone, case.month)
        told = collections.Counter(row["code"] for row in rows)
        held = collections.Counter(code for (code,) in store.execute(
            "SELECT code FROM soe_event WHERE project_id = ? AND started_at >= ? AND started_at < ? "
            "AND started_at <= ?", (project, from_ms, to_ms, cutoff_ms(case))))
        assert told == held, name
        counted = sum(row["state"] == "counts" for row in rows)
        assert case.explanation.nodes[f"projects/{project}/alarms.total"]["value"] == counted
        assert case.explanation.nodes[f"projects/{project}/alarms.excluded"]["value"] == len(rows) - counted


def test_sensors_readings_are_the_stores(case, store):
    for path, node in case.explanation.nodes.items():
        if "/sensors/" not in path or not path.endswith("/safety.max") or node["value"] is None:
            continue
        sensor = int(path.split("/")[3])
        table = case.explanation.tables[path.replace("safety.max", "buckets")]
        starts = [int(row["start"]) for row in table.records()]
        per_quarter = collections.Counter()
        largest = {}
        for time, value in store.execute(
                "SELECT time, value FROM location_1min_aiao WHERE sensor_id = ? AND time >= ? AND time < ? "
                "AND value IS NOT NULL", (sensor, starts[0], starts[-1] + 900_000)):
            at = bisect.bisect_right(starts, time) - 1
            if not -50 <= value <= 30_000 or time >= starts[at] + 900_000:
                continue
            per_quarter[starts[at]] += 1
            largest[starts[at]] = max(largest.get(starts[at], -math.inf), value)
        for row in table.records():
            assert row["readings"] == per_quarter[int(row["start"])], path
            assert float(row["largest"]) == largest[int(row["start"])], path


def test_the_worst_samples_cells_are_the_stores(case, store):
    checked = 0
    for path, node in case.explanation.nodes.items():
        if "#quality." not in path or not path.endswith(".worst"):
            continue
        for taken in node["inputs"]:
            words = taken.get("source", "").split()
            if len(words) != 5 or words[1] != "point_1min_index":
                continue
            rows = store.execute(f"SELECT {words[4]} FROM point_1min_index WHERE point_id = ? AND time = ?",
                                 (int(words[2]), int(explanations.instant(words[3])))).fetchall()
            assert float(taken["value"]) in [value for (value,) in rows], path
            checked += 1
    assert checked or not any("#quality." in path for path in case.explanation.nodes) or case.kind == "real"


def test_the_95_percent_value_of_the_frequency_stands_at_its_place(case, store):
    for path, node in case.explanation.nodes.items():
        if not path.endswith("/#quality.frequency.p95") or node["value"] is None:
            continue
        point = int(path.split("/")[3])
        zone = reference.project_zone(store, int(path.split("/")[1]))
        place = case.explanation.nodes[path.replace(".p95", ".place")]["value"]
        samples = sorted(abs(Decimal(repr(f)) - (60 if f > 55 else 50)) for (f,) in store.execute(
            "SELECT freq FROM point_1min_index WHERE point_id = ? AND time >= ? AND time < ? AND freq BETWEEN 40 AND 70",
            (point, *reference.month_edges(zone, case.month))))
        assert samples[int(place) - 1] == node["value"], path


# --- comparisons -----------------------------------------------------------------------------------------------------

def test_the_base_of_a_change_is_the_earlier_months_figure(program, shared_data):
    store = reports.real_store(program, shared_data)
    now = Case("real", 1, "2018-03", program, store)
    before = Case("real", 1, "2018-02", program, store)
    checked = 0
    for path, node in now.explanation.nodes.items():
        if not path.startswith("projects/10/") or not path.endswith("@change_month") or "/sensors/" in path:
            continue
        (base,) = [taken for taken in node["inputs"] if taken["name"] == "base"]
        assert base["source"] == "month 2018-02"
        assert base["value"] == before.explanation.nodes[path.partition("@")[0]]["value"], path
        checked += 1
    assert checked > 10


# --- the command -----------------------------------------------------------------------------------------------------

@pytest.fixture
def real(program, shared_data):
    return Case("real", 1, "2018-03", program, reports.real_store(program, shared_data))


def test_the_customers_question_is_answered_down_to_the_quarters(real):
    """Where does 13,227,988.76 come from? Of the given bill: 7,329,307.64 + 5,703,193.60 + 195,487.52."""
    text = real.run("bill.total", check=True).stdout
    for figure in ("13,227,988.76 KRW", "7,329,307.64 KRW", "5,703,193.60 KRW", "195,487.52 KRW"):
        assert figure in text, text
    assert "kwh = 41,580.88 kWh" in text and "price = 109.3 KRW  ← tariff 1 slot peak" in text
    assert "start 2018-03-23 09:00  point 101  kwh 151.31" in text, "the quarter of the maximum demand, 605.24 ÷ 4"
    assert "(83)水电财字第215号" in text


def test_a_line_of_the_bill_is_explained_by_its_number(real):
    found = explanations.Explanation(real.run("bill_lines/1", "--json", check=True).stdout)
    assert found.head["explain"] == "projects/10/bill_lines/1"
    assert found.nodes["projects/10/bill_lines/1"]["value"] == Decimal("4544790.18")


def test_subjects_are_named_by_options_or_by_a_path(real):
    by_option = real.run("energy.total", "--project", 10, "--point", 101, "--json", check=True).stdout
    by_path = real.run("projects/10/points/101/energy.total", "--json", check=True).stdout
    assert by_option == by_path
    assert json.loads(by_option.splitlines()[0])["explain"] == "projects/10/points/101/energy.total"


def test_verbose_lists_every_row(real):
    text = real.run("energy.total", "--verbose", check=True).stdout
    assert sum(line.strip().startswith("start 2018-03-") for line in text.splitlines()) == 2976


def test_an_unknown_finding_names_the_nearest(real):
    done = real.run("energy.totel")
    assert done.returncode == 2 and done.stdout == ""
    assert "no finding 'energy.totel'; nearest are energy.total" in done.stderr


def test_a_finding_that_only_projects_have_names_them(program, sample_db):
    many = Case("sample", 5, reports.SAMPLE_MONTH, program, sample_db)
    done = many.run("load.max")
    assert done.returncode == 2
    for project in (14, 15, 16):
        assert f"projects/{project}/load.max" in done.stderr
    assert many.run("energy.total", check=True).stdout


def test_a_project_of_the_platform_is_explained_as_its_customers(program, sample_db):
    platform = Case("sample", 9, reports.SAMPLE_MONTH, program, sample_db)
    lines = platform.run("projects/12/energy.total", "--json", check=True).stdout.splitlines()
    head = json.loads(lines[0])
    assert (head["tenant"], head["explain"]) == (2, "projects/12/energy.total")
    done = platform.run("projects/77/energy.total")
    assert done.returncode == 2 and "projects/77/energy.total" in done.stderr


def test_a_tenant_must_be_named_and_known(real):
    done = real.program("explain", "energy.total", "--month", "2018-03", "--db", real.store)
    assert done.returncode == 2 and "--tenant" in done.stderr
    done = real.program("explain", "energy.total", "--tenant", 77, "--month", "2018-03", "--db", real.store)
    assert done.returncode == 2 and "77" in done.stderr


def test_a_missing_figure_says_why(real):
    """The real data has no minutes before 2018-04: outages are unknown."""
    found = explanations.Explanation(real.run("load.outage_minutes", "--project", 10, "--json", check=True).stdout)
    node = found.nodes["projects/10/load.outage_minutes"]
    assert node["value"] is None
    assert "load.no_minutes" in {note["code"] for note in node["notes"]}


def test_a_bill_of_a_month_without_a_row_is_explained_as_missing(program, shared_data):
    """A contract is in force and nothing was measured: no demand, so no line of the basic charge."""
    done = program("explain", "all", "--tenant", 1, "--month", "2018-10", "--now", "2018-11-03T00:00+09:00", "--json",
                   "--db", reports.real_store(program, shared_data), "--out",
                   processes.state_folder() / "explained", check=True)
    nodes = explanations.Explanation(done.stdout)
    assert {nodes.nodes[f"projects/10/{name}"]["value"] for name in ("bill_lines/1", "bill.total", "energy.total")} == {None}
    assert all(nodes.agrees(node) for node in nodes.nodes.values())


def test_the_published_reports_cut_off_is_taken_and_what_differs_is_told(program, shared_data, tmp_path):
    """Rows that came later: the report was made before them, a look with a later --now sees another figure."""
    store = reports.real_store(program, shared_data)
    out = tmp_path / "out"
    program("run", "--db", store, "--tenant", 1, "--month", "2018-03", "--now", "2018-04-03T00:00+09:00", "--out", out,
            "--format", "json", check=True)
    done = program("explain", "energy.total", "--db", store, "--tenant", 1, "--month", "2018-03", "--out", out,
                   "--json", check=True)
    head = json.loads(done.stdout.splitlines()[0])
    assert head["cutoff"] == "2018-04-03T00:00:00+09:00" and head["revision"] == 1 and "published" not in head
    copy = tmp_path / "later.db"
    copy.write_bytes(store.read_bytes())
    with sqlite3.connect(copy) as changed:
        changed.execute("UPDATE point_15min_electric SET kwh = kwh + 1 WHERE point_id = 101 AND time = ?",
                        (int(explanations.instant("2018-03-10T10:00:00+09:00")),))
    done = program("explain", "energy.total", "--db", copy, "--tenant", 1, "--month", "2018-03", "--out", out,
                   "--json", check=True)
    head = json.loads(done.stdout.splitlines()[0])
    assert head["published"] == "80230.41"
    assert "80,231.41" in program("explain", "energy.total", "--db", copy, "--tenant", 1, "--month", "2018-03", "--out",
                                  out, check=True).stdout
