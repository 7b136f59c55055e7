"""Whole runs: the figures through every file against figures made elsewhere, the same bytes twice, and the JSON's
contract (docs/contract/findings.md)."""

import csv
import datetime
import json
import re
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

import reports
import sample_reference as reference

SLOTS = reference.SLOTS
SLOT_WORDS = {"sharp": "尖", "peak": "峰", "flat": "平", "valley": "谷", "deep": "深谷"}
PROJECTS = {1: 11, 2: 12, 3: 13, 4: 14, 6: 18}
CUTOFF_MS = int(datetime.datetime(2026, 11, 4, tzinfo=datetime.timezone.utc).timestamp() * 1000)


def exact(folder):
    """report.json with its numbers as decimals, so that nothing is compared through binary fractions."""
    return reports.read_json(folder, parse_float=Decimal, parse_int=Decimal)


def value(scope, name):
    return scope["findings"][name]["value"]


# --- the given bills --------------------------------------------------------------------------------------------------

@pytest.fixture(params=reports.REAL_MONTHS)
def bill(request, program, shared_data):
    """(the row of expected_bills.csv, the folder of that month's report)"""
    with open(shared_data / "expected_bills.csv", encoding="utf-8", newline="") as file:
        rows = {row["month"]: row for row in csv.DictReader(file)}
    assert sorted(rows) == list(reports.REAL_MONTHS)
    return rows[request.param], reports.folder_of(reports.real_run(program, shared_data), 1, request.param)


def expected_figures(row):
    figures = {
        "coverage.expected": row["expected_quarters"], "coverage.measured": row["measured_quarters"],
        "energy.total": row["kwh"], "energy.reactive": row["kvarh"], "bill.energy": row["energy_charge"],
        "demand.max": row["max_demand_kw"], "power_factor.month": row["power_factor"],
        "bill.basic": row["basic_charge"], "bill.pf.percent": row["pf_adjustment_pct"],
        "bill.pf.amount": row["pf_adjustment"], "bill.total": row["total"],
    }
    for slot in SLOTS:
        figures[f"energy.slot.{slot}"] = row[f"kwh_{slot}"]
        figures[f"bill.energy.{slot}"] = row[f"charge_{slot}"]
    return {name: Decimal(text) for name, text in figures.items()}


def test_every_figure_of_the_given_bills_stands_in_the_json(bill):
    row, folder = bill
    report = exact(folder)
    (project,) = report["projects"]
    for scope in (report, project):
        found = {name: value(scope, name) for name in expected_figures(row)}
        assert found == expected_figures(row)
    assert project["id"] == int(row["project_id"])
    at = datetime.datetime.fromisoformat(value_at(project, "demand.max"))
    assert at == datetime.datetime.fromisoformat(row["max_demand_at"])
    assert value(project, "coverage.rate") == Decimal(row["measured_quarters"]) / Decimal(row["expected_quarters"])


def value_at(scope, name):
    return scope["findings"][name]["at"]


def test_every_figure_of_the_given_bills_stands_in_the_pdf(bill):
    row, folder = bill
    pages = reports.page_texts(folder / "report.pdf")
    text = "\n".join(pages)

    def has_line(*parts):
        """A line with these, in this order."""
        pattern = r"(?m)^.*" + r"\s.*?(?<![\d,.])".join(re.escape(part) for part in parts) + r"(?![\d.,]*\d)"
        assert re.search(pattern, text), parts

    for slot in SLOTS:
        energy, charge = Decimal(row[f"kwh_{slot}"]), Decimal(row[f"charge_{slot}"])
        if energy:
            has_line(SLOT_WORDS[slot], f"{energy:,.2f} kWh", "×", "=", f"{charge:,.2f}")
    has_line("电度电费", f"{Decimal(row['energy_charge']):,.2f}")
    has_line("基本电费", f"{Decimal(row['basic_charge']):,.2f}")
    has_line("力率调整电费", f"{Decimal(row['pf_adjustment']):,.2f}")
    has_line("合计", f"{Decimal(row['kwh']):,.2f} kWh", f"{Decimal(row['total']):,.2f}")
    has_line("月功率因数", row["power_factor"])
    at = datetime.datetime.fromisoformat(row["max_demand_at"])
    demand = f"{Decimal(row['max_demand_kw']):.2f}"
    assert re.search(rf"{re.escape(demand)} ?kW，?出现在{at.day}日{at:%H:%M}", text)
    assert f"{Decimal(row['kvarh']):,.2f} kvarh" in text
    assert f"{int(row['measured_quarters']):,}／{int(row['expected_quarters']):,}刻" in pages[0]
    assert re.search(rf"{re.escape(demand)}\s*{at.day}日\s*{at:%H:%M}", pages[0])


def test_every_figure_of_the_given_bills_stands_in_the_workbook(bill):
    row, folder = bill
    book = reports.workbook(folder, data_only=True)
    lines = {}
    for cells in reports.sheet_rows(book["电费"]):
        for place, cell in enumerate(cells):
            if isinstance(cell, str):
                lines.setdefault(cell.split("\u3000")[0], [Decimal(repr(c)) for c in cells[place + 1:]
                                                           if isinstance(c, (int, float))])
    for slot in SLOTS:
        energy, charge = Decimal(row[f"kwh_{slot}"]), Decimal(row[f"charge_{slot}"])
        found = lines[SLOT_WORDS[slot]]
        assert (found[0], found[2]) == (energy, charge) if energy else found == [], slot
    assert lines["电度电费"][0] == Decimal(row["energy_charge"])
    assert lines["基本电费"][0] == Decimal(row["basic_charge"])
    assert lines["力率调整电费"][0] == Decimal(row["pf_adjustment"])
    assert lines["合计"][0] == Decimal(row["kwh"]) and Decimal(row["total"]) in lines["合计"]
    figures = {cells[1]: Decimal(repr(cells[2])) for cells in reports.sheet_rows(book["全部指标"])
               if len(cells) > 2 and isinstance(cells[2], (int, float))}
    assert {name: figures[name] for name in expected_figures(row)} == expected_figures(row)


def test_the_lines_of_march_2018_show_both_parts_of_the_contract_demand_charge(program, shared_data):
    """525 kW at 8,320 and 80.24 kW above 105 % of 500 kW at twice that: by hand, 605.24 - 525 = 80.24."""
    folder = reports.folder_of(reports.real_run(program, shared_data), 1, "2018-03")
    lines = exact(folder)["projects"][0]["bill_lines"]
    basic = [(line["quantity"], line["unit"], line["price"], line["amount"]) for line in lines
             if line["line"].startswith("basic.")]
    assert basic == [(525, "kW", 8320, 4368000), (Decimal("80.24"), "kW", 16640, Decimal("1335193.6"))]
    text = "\n".join(reports.page_texts(folder / "report.pdf"))
    assert re.search(r"525\.00 kW\s+×\s+8,320\s+=\s+4,368,000\.00", text)
    assert re.search(r"80\.24 kW\s+×\s+16,640\s+=\s+1,335,193\.60", text)


# --- the sample store -------------------------------------------------------------------------------------------------

@pytest.fixture(params=reports.SAMPLE_TENANTS)
def sample(request, program, sample_db):
    """(the tenant, its folder)"""
    return request.param, reports.folder_of(reports.sample_run(program, sample_db), request.param)


def reactive_energy(store, project):
    """kvarh of the incomers' measured quarters: one without a plausible kWh is not measured."""
    edges = reference.month_edges(reference.project_zone(store, project), reports.SAMPLE_MONTH)
    sums = [0, 0]
    for (point,) in store.execute("SELECT point_id FROM point WHERE project_id = ? AND role = 'incomer'",
                                  (project,)).fetchall():
        bound = reference.energy_bound(store, point)
        for row in reference.settled_quarters(store, point, *edges, CUTOFF_MS).values():
            if row[0] is None or not 0 <= row[0] <= bound:
                continue
            for place, kvarh in enumerate(row[1:3]):
                sums[place] += reference.micro(kvarh) if kvarh is not None and abs(kvarh) <= bound else 0
    return {"energy.reactive": sum(sums), "energy.reactive.lag": sums[0], "energy.reactive.lead": sums[1]}


def test_the_sample_months_headlines_are_those_of_the_independent_reference(sample, sample_db):
    tenant, folder = sample
    store = reference.open_store(sample_db)
    figures = reference.project_month(store, PROJECTS[tenant], reports.SAMPLE_MONTH, CUTOFF_MS)
    reactive = reactive_energy(store, PROJECTS[tenant])
    store.close()
    report = exact(folder)
    (project,) = report["projects"]
    wanted = {
        "coverage.expected": figures["expected"], "coverage.measured": figures["measured"],
        "energy.total": figures["kwh"], "demand.max": figures["demand_kw"], **reactive,
        "power_factor.month": figures["power_factor"], "bill.energy": figures["energy_charge"],
        "bill.basic": figures["basic_charge"], "bill.pf.amount": figures["pf_adjustment"],
        "bill.total": figures["total"],
        **{f"energy.slot.{slot}": kwh for slot, kwh in figures["slots_kwh"].items()},
    }
    for name, figure in wanted.items():
        for scope in (report, project):
            found = value(scope, name) if name in scope["findings"] else None
            if name in ("bill.basic", "bill.pf.amount") and not figure:
                assert not found, name
            else:
                assert found == printed(figure, scope["findings"][name]["unit"], name), name
    percent = project["findings"].get("bill.pf.percent", {}).get("value")
    assert percent == (None if figures["pf_percent"] is None else printed(figures["pf_percent"], "%", ""))
    at = datetime.datetime.fromisoformat(value_at(project, "demand.max"))
    assert at.timestamp() * 1000 == figures["demand_at"]


def printed(figure, unit, name):
    """A reference's fraction at the precision of findings.md, half away from zero."""
    places = places_of(name, unit)
    scaled = abs(figure) * 10 ** places
    whole = int(scaled * 2 + 1) // 2
    return Decimal(whole if figure >= 0 else -whole).scaleb(-places)


# --- twice is the same ------------------------------------------------------------------------------------------------

def assert_same_files(one, other):
    """Of the reports: ledger and page say when the run was, and how long it took."""
    left, right = reports.tree(one), reports.tree(other)
    for name in ("ledger.db", f"{reports.SAMPLE_MONTH}/summary.txt", f"{reports.SAMPLE_MONTH}/index.html"):
        assert left.pop(name) and right.pop(name)
    assert list(left) == list(right)
    assert [name for name in left if left[name] != right[name]] == []
    assert sum(name.endswith(reports.FILES) for name in left) == 3 * (len(reports.SAMPLE_TENANTS) + 2)  # management, platform


def test_a_second_run_elsewhere_with_two_workers_makes_the_same_bytes(program, sample_db, tmp_path):
    """Another working folder, time zone, locale and home; the same instant written otherwise; two workers."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    program("run", "--config", reports.ROOT / "report.ini", "--db", sample_db, "--month", reports.SAMPLE_MONTH,
            "--now", "2026-11-04T08:00+08:00", "--out", "reports", "--jobs", "2", check=True, cwd=elsewhere,
            env={"TZ": "America/St_Johns", "LANG": "de_DE.UTF-8", "LC_ALL": "tr_TR.UTF-8", "LC_NUMERIC": "de_DE",
                 "HOME": str(elsewhere), "LANGUAGE": "zh"})
    assert_same_files(reports.sample_run(program, sample_db), elsewhere / "reports")


def test_a_run_over_finished_reports_writes_the_same_bytes_and_leaves_nothing_else(program, sample_db, tmp_path):
    first = reports.sample_run(program, sample_db)
    folder = tmp_path / "out" / reports.SAMPLE_MONTH / "single" / "6-earlier name"
    folder.mkdir(parents=True)
    (folder / "report.pdf").write_bytes(b"old")
    for _ in range(2):
        program("run", "--db", sample_db, "--month", reports.SAMPLE_MONTH, "--now", reports.SAMPLE_NOW, "--out",
                tmp_path / "out", "--tenant", "6", check=True)
        assert [path.name for path in folder.parent.iterdir()] == ["6-earlier name"]
        assert reports.tree(folder) == reports.tree(reports.folder_of(first, 6))


def test_a_format_alone_is_written_with_the_same_bytes(program, sample_db, tmp_path):
    first = reports.folder_of(reports.sample_run(program, sample_db), 6)
    for name in ("pdf", "xlsx", "json"):
        out = tmp_path / name
        program("run", "--db", sample_db, "--month", reports.SAMPLE_MONTH, "--now", reports.SAMPLE_NOW, "--out", out,
                "--tenant", "6", "--format", name, check=True)
        folder = reports.folder_of(out, 6)
        assert reports.tree(folder) == {f"report.{name}": (first / f"report.{name}").read_bytes()}


def test_a_run_of_one_format_keeps_the_others_while_the_findings_are_the_same(program, sample_db, tmp_path):
    """--format json over a finished report leaves its PDF and workbook, at a later time too."""
    def run(*options):
        program("run", "--db", sample_db, "--month", reports.SAMPLE_MONTH, "--out", tmp_path, "--tenant", "6", *options,
                check=True)
        return reports.folder_of(tmp_path, 6)
    whole = reports.tree(run("--now", reports.SAMPLE_NOW))
    assert len(whole) == 3
    assert reports.tree(run("--now", reports.SAMPLE_NOW, "--format", "json")) == whole
    assert reports.tree(run("--now", "2026-11-05T00:00Z", "--format", "json")) == whole


# --- the JSON's contract ----------------------------------------------------------------------------------------------

FINDING_KEYS = ["value", "unit", "coverage", "at", "phase", "limit", "source", "change_month", "change_year", "rank",
                "text", "base_month", "base_year", "difference_month", "difference_year"]
# findings.md's table: which unit an id has; None = a currency.
SENSOR_UNITS = ("°C", "mA")
UNITS = [
    (r"coverage\.(expected|measured|rate|minute\.rate)", "1"),
    (r"energy\.(total|slot\.\w+|phase\.[abc]|largest_day|working|off|unmetered|plan)", "kWh"),
    (r"energy\.reactive(\.lag|\.lead)?", "kvarh"),
    (r"energy\.share(\.\w+)?", "1"),  # of a slot; of a point: its part of the project's energy
    (r"energy\.per_area", "kWh/m2"),
    (r"energy\.carbon", "kg"),
    (r"energy\.coal", "kgce"),
    (r"bill\.(energy(\.\w+)?|funds|basic(\.reported)?|pf\.base|pf\.amount|total|price)", None),
    (r"bill\.pf\.percent", "%"),
    (r"bill\.(ingest|plan|utility\.(energy|basic|total))\.difference", None),
    (r"bill\.(ingest|plan|utility\.(energy|basic|total))\.difference\.rate", "1"),
    (r"demand\.(max|reported|contract)", "kW"),
    (r"power_factor\.month", "1"),
    (r"load\.(max|min|mean|base|peak_valley)", "kW"),
    (r"load\.(rate|beta\.(mean|max))", "1"),
    (r"load\.(running|outage)_minutes", "min"),
    (r"quality\.(voltage_deviation|voltage_unbalance|voltage_thd|current_unbalance)\.(worst|p95)", "%"),
    (r"quality\.frequency\.(worst|p95)", "Hz"),
    (r"quality\.power_factor\.(worst|p95)", "1"),
    (r"quality\.harmonic\.(3|5|7|9|11|13)\.p95", "A"),
    (r"quality\.(\w+|harmonic\.\d+)\.(compliance|verdict)", "1"),
    (r"quality\.outage_samples", "1"),
    (r"safety\.over_limit_sensors", "1"),
    (r"safety\.(warn|alarm)_minutes", "min"),
    (r"safety\.margin", "1"),
    (r"safety\.(min|mean|max)", SENSOR_UNITS),
    (r"alarms\.(total|open|carried|excluded|type\.\w+|level\.[123]|category\.\w+|point\.\d+)", "1"),
    (r"alarms\.(confirm|close)_minutes\.(median|p90)", "min"),
    (r"health\.(compliance|score)\.\w+|health\.(index|grade|load_rate\.fair)", "1"),
    (r"savings\.basic\.cost\.\w+|savings\.(basic|power_factor|shift|transformer)\.(month|year)", None),
    (r"savings\.transformer\.(loss|best)", "kWh"),
    (r"savings\.transformer\.(no_load_loss|load_loss)", "kW"),
    (r"savings\.transformer\.(beta|chosen)", "1"),
    (r"savings\.transformer\.minutes\.(under|inside|over|best)", "min"),
    (r"savings\.power_factor\.(next|best)", None),
    (r"savings\.power_factor\.kvar(\.mean)?", "kvar"),
    (r"savings\.basic\.best_contract_kw", "kW"),
    (r"savings\.shift_percent", "%"),
    (r"forecast\.(energy|last\.energy)(\.low|\.high)?", "kWh"),
    (r"forecast\.charge(\.low|\.high)?", None),
    (r"forecast\.demand(\.low|\.high)?", "kW"),
    (r"forecast\.(last\.error|trend|season|errors)", "1"),
    (r"change\.(days|volume|slots|price|demand|power_factor|rounding|total)", None),
]
GRADES = ("excellent", "good", "fair", "poor")
VERDICTS = ("pass", "fail", "attention", "insufficient")
SERIES = {
    "load": ("kW", "PT15M"), "energy_day": ("kWh", "P1D"), "demand_day": ("kW", "P1D"),
    "typical_workday": ("kW", "PT15M"), "typical_offday": ("kW", "PT15M"), "peak_day": ("kW", "PT15M"),
    "largest_day": ("kW", "PT15M"), "months13.energy": ("kWh", "P1M"), "months13.charge": (None, "P1M"),
    "months13.demand": ("kW", "P1M"), "months13.basic": (None, "P1M"), "months13.energy_charge": (None, "P1M"),
    "months13.pf": (None, "P1M"), "months13.power_factor": ("1", "P1M"), "alarms_day": ("1", "P1D"), "alarms_hour": ("1", "PT1H"),
    **{f"energy_slot_day.{slot}": ("kWh", "P1D") for slot in SLOTS},
}
CURRENCIES = ("CNY", "EUR")


def unit_of(name):
    for pattern, unit in UNITS:
        if re.fullmatch(pattern, name):
            return unit
    raise AssertionError(f"'{name}' is not a finding of the contract")


def places_of(name, unit):
    """Digits after the point."""
    if name == "power_factor.month":
        return 2
    if name in ("coverage.expected", "coverage.measured", "quality.outage_samples"):
        return 0
    if name == "bill.price":
        return 6
    if unit in CURRENCIES:
        return 2
    return 6 if unit in ("1", "%") else 4


class Number(str):
    """A number as it is written."""


def as_written(folder):
    return reports.read_json(folder, parse_float=Number, parse_int=Number)


def assert_plain(number, places, where):
    assert isinstance(number, Number), (where, number)
    assert re.fullmatch(r"-?(0|[1-9]\d*)(\.\d*[1-9])?", number), (where, number)
    assert number != "-0" and len(number.partition(".")[2]) <= places, (where, number)


def check_findings(scope, zone):
    for name, finding in scope["findings"].items():
        keys = list(finding)
        assert keys == [key for key in FINDING_KEYS if key in keys] and {"value", "unit", "text"} <= set(keys), name
        unit = unit_of(name)
        assert finding["unit"] in (CURRENCIES if unit is None else unit if isinstance(unit, tuple) else (unit,)), name
        places = places_of(name, finding["unit"])
        if finding["value"] is None:
            assert finding["text"] == "—", name
        elif name.startswith("quality.") and name.endswith(".verdict"):
            assert finding["value"] in VERDICTS and finding["text"], name
        elif name == "health.grade":
            assert finding["value"] in GRADES and finding["text"] != finding["value"], name
        else:
            assert_plain(finding["value"], places, name)
            assert isinstance(finding["text"], str) and re.search(r"\d", finding["text"]), name
        if finding.get("limit") is not None:
            assert_plain(finding["limit"], places, name)
        for key in ("coverage", "change_month", "change_year"):
            if finding.get(key) is not None:
                assert_plain(finding[key], 6, name)
        if "rank" in finding:
            assert_plain(finding["rank"], 0, name)
        if finding.get("at") is not None:
            check_time(finding["at"], zone)


def check_time(text, zone):
    """ISO 8601 to the second with the offset that the zone has then."""
    moment = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z")
    assert text[-3] == ":" and moment.utcoffset() == moment.astimezone(zone).utcoffset(), text


def local(zone, *parts):
    return datetime.datetime(*parts, tzinfo=zone)


def test_the_jsons_keys_stand_in_the_contracts_order(sample):
    _, folder = sample
    report = as_written(folder)
    assert list(report) == ["schema", "tenant", "month", "revision", "cutoff", "findings", "projects", "notes",
                            "letter", "facts"]
    assert report["schema"] == "powerreport/findings/1" and report["revision"] == "1"
    assert list(report["tenant"]) == ["id", "name", "edition", "timezone", "locale"]
    (project,) = report["projects"]
    assert list(project) == ["id", "name", "findings", "points", "transformers", "sensors", "bill_lines", "series",
                             "events", "facts"]
    for part in ("points", "transformers", "sensors"):
        for item in project[part]:
            assert list(item) == ["id", "name", "findings"]
    for line in project["bill_lines"]:
        keys = ["line", "tariff", "slot", "quantity", "unit", "price", "amount"]
        assert list(line) == keys or list(line) == keys + ["share"], "share: the part of the month in force"
    for series in project["series"].values():
        assert list(series) == ["unit", "step", "start", "values"]
    for event in project["events"]:
        keys = ["id", "point", "sensor", "code", "level", "start", "end", "value", "limit", "phase", "name_then",
                "confirmed", "closed"]
        assert list(event) == keys + ["minutes"] * ("minutes" in event), "minutes: of one that ended"
    for note in report["notes"]:
        keys = ["code", "project", "point", "text", "count", "first", "last"]
        assert list(note) == (keys[:3] + ["sensor"] + keys[3:] if "sensor" in note else keys)
    bytes_ = (folder / "report.json").read_bytes()
    assert not bytes_.startswith(b"\xef\xbb\xbf") and bytes_.endswith(b"}\n") and b"\r" not in bytes_
    assert "\ufffd" not in bytes_.decode("utf-8") and b"\\u" not in bytes_


def test_the_jsons_findings_have_the_contracts_units_and_precisions(sample, sample_db):
    tenant, folder = sample
    report = as_written(folder)
    zone = ZoneInfo(report["tenant"]["timezone"])
    (project,) = report["projects"]
    scopes = [report, project, *project["points"], *project["transformers"], *project["sensors"]]
    for scope in scopes:
        check_findings(scope, zone)
    assert int(project["id"]) == PROJECTS[tenant]
    store = reference.open_store(sample_db)
    points = [row[0] for row in store.execute(
        "SELECT point_id FROM point WHERE project_id = ? AND valid_from < '2026-10-31 16:00:00' AND "
        "coalesce(valid_to, '9') > '2026-09-30 22:00:00' ORDER BY 1", (PROJECTS[tenant],))]
    store.close()
    assert [int(point["id"]) for point in project["points"]] == points
    assert all(point["findings"] for point in project["points"])


def test_the_jsons_bill_lines_add_up_to_the_total(sample):
    _, folder = sample
    (project,) = exact(folder)["projects"]
    lines = project["bill_lines"]
    assert sum(line["amount"] for line in lines) == value(project, "bill.total")
    for slot in SLOTS:
        energy = [line for line in lines if line["line"] == "energy" and line["slot"] == slot]
        assert sum(line["amount"] for line in energy) == value(project, f"bill.energy.{slot}")
        assert sum(line["quantity"] for line in energy) == value(project, f"energy.slot.{slot}")
    for line in lines:
        percent = 100 if line["unit"] in CURRENCIES else 1
        if "share" not in line:
            exactly = line["quantity"] * line["price"] / percent
            assert abs(exactly - line["amount"]) <= Decimal("0.005"), line


def test_the_jsons_series_have_the_months_lengths(sample):
    """Tenant 6's October ends summer time: four quarters more than 31 × 96."""
    tenant, folder = sample
    report = as_written(folder)
    zone = ZoneInfo(report["tenant"]["timezone"])
    (project,) = report["projects"]
    lengths = {"load": 2980 if tenant == 6 else 2976, **{name: 13 for name in SERIES if name.startswith("months13.")},
               "typical_workday": 96, "typical_offday": 96, "peak_day": 96, "largest_day": 96,
               "alarms_hour": 24}
    currency = project["findings"]["bill.total"]["unit"]
    assert {"load", "energy_day", "demand_day", "typical_workday", "typical_offday", "peak_day", "largest_day",
            "months13.energy", "months13.charge", "months13.demand"} <= set(project["series"])
    for name, series in project["series"].items():
        unit, step = ("sensor", "PT15M") if name.startswith("sensor.") else SERIES[name]
        assert series["step"] == step, name
        assert series["unit"] in SENSOR_UNITS if unit == "sensor" else series["unit"] == (unit or currency), name
        assert len(series["values"]) == lengths.get("load" if unit == "sensor" else name, 31), name
        check_time(series["start"], zone)
        start = datetime.datetime.fromisoformat(series["start"])
        if name in ("peak_day", "largest_day"):
            assert start.month == 10 and start == local(zone, 2026, 10, start.day)
        elif name.startswith("months13"):
            assert start == local(zone, 2025, 10, 1)
        else:
            assert start == local(zone, 2026, 10, 1), name
        for number in series["values"]:
            if number is not None:
                assert_plain(number, 2 if series["unit"] in CURRENCIES else 4, name)
    energy = Decimal(project["findings"]["energy.total"]["value"])
    days = [Decimal(number) for number in project["series"]["energy_day"]["values"] if number is not None]
    assert sum(days) == energy
    assert sum(Decimal(number) for name, series in project["series"].items() if name.startswith("energy_slot_day.")
               for number in series["values"] if number is not None) == energy
    assert max(Decimal(number) for number in project["series"]["load"]["values"] if number is not None) == \
        Decimal(project["findings"]["demand.max"]["value"])


def test_the_jsons_notes_have_a_code_a_text_in_the_tenants_language_and_times_with_offset(sample):
    tenant, folder = sample
    report = as_written(folder)
    zone = ZoneInfo(report["tenant"]["timezone"])
    assert report["tenant"]["locale"] == ("en" if tenant == 6 else "zh-CN")
    check_time(report["cutoff"], zone)
    assert datetime.datetime.fromisoformat(report["cutoff"]) == local(datetime.timezone.utc, 2026, 11, 4)
    assert report["notes"], "every sample tenant has faults to tell of"
    for note in report["notes"]:
        assert re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)+", note["code"]), note
        assert bool(re.search("[\u4e00-\u9fff]", note["text"])) == (tenant != 6) or "'" in note["text"], note
        assert "{" not in note["text"] and "$" not in note["text"] and note["text"].strip() == note["text"] != ""
        assert_plain(note["count"], 0, note["code"])
        for key in ("first", "last"):
            if note[key] is not None:
                check_time(note[key], zone)
    measured = {name for name, finding in report["findings"].items() if finding["value"] is None}
    assert not measured & {"energy.total", "bill.total", "demand.max"}


def test_a_machine_readable_run_says_each_tenants_end_and_a_summary(program, sample_db, tmp_path):
    done = program("run", "--db", sample_db, "--month", reports.SAMPLE_MONTH, "--now", reports.SAMPLE_NOW, "--out",
                   tmp_path, "--json", "--format", "json", check=True)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(event["tenant"], event["state"]) for event in events[:-1]] == [
        (1, "done"), (2, "done"), (3, "done"), (4, "done"), (5, "done"), (6, "done"), (7, "skipped"), (9, "done")]
    assert events[-1] == {"event": "summary", "done": 7, "held": 0, "waiting": 0, "skipped": 1, "no data": 0,
                          "failed": 0}
    for event in events[:-1]:
        assert list(event) == ["event", "tenant", "month", "edition", "state", "coverage", "revision", "folder",
                               "reason", "duration_ms"]
        assert (event["folder"] is None) == (event["state"] == "skipped") == (event["reason"] is not None)
        assert event["folder"] is None or (tmp_path.parent / event["folder"] / "report.json").exists()
    assert done.stderr == ""


def test_editions_and_tenants_choose_who_is_made(program, sample_db, tmp_path):
    def chosen(*options):
        done = program("run", "--db", sample_db, "--month", reports.SAMPLE_MONTH, "--now", reports.SAMPLE_NOW, "--out",
                       tmp_path, "--json", "--dry-run", *options, check=True)
        return [json.loads(line)["tenant"] for line in done.stdout.splitlines()[:-1]]

    assert chosen() == [1, 2, 3, 4, 5, 6, 7, 9]
    assert chosen("--edition", "platform") == [9]
    assert chosen("--edition", "management,platform") == [5, 9]
    assert chosen("--tenant", "6", "--tenant", "2", "--tenant", "6") == [2, 6]
    done = program("run", "--db", sample_db, "--tenant", "6", "--edition", "management", "--dry-run")
    assert (done.returncode, done.stdout, done.stderr) == (
        2, "", "powerreport: none of the tenants is of the edition that --edition names\n")
