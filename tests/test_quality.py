"""Power quality of whole runs: against measured data worked out elsewhere, and against quality_reference.py."""

import ast
import datetime
import pathlib
import re

import pytest

import figures_reference as figures
import quality_reference
import reports
import sample_reference as bills
from live import secrets, write_config
from servers import processes

CUTOFF = "2026-11-04T00:00:00Z"
CUTOFF_MS = int(datetime.datetime(2026, 11, 4, tzinfo=datetime.timezone.utc).timestamp() * 1000)
REAL_MONTHS = ("2019-09", "2019-11")
LINE = re.compile(r"^(?P<month>\S+) samples (?P<samples>\d+) outage (?P<outage>\d+) dev\.compliance (?P<dev>\S+) "
                  r"dev\.worst (?P<dev_worst>\(.*?\)) dev\.p95 (?P<dev_p95>\S+) unb\.compliance (?P<unb>\S+) "
                  r"unb\.worst (?P<unb_worst>\(.*?\)) unb\.p95 (?P<unb_p95>\S+) iunb\.compliance (?P<iunb>\S+)$")


def point_findings(folder, tenant, month, point):
    (project,) = reports.read_json(reports.folder_of(folder, tenant, month))["projects"]
    return next(item["findings"] for item in project["points"] if item["id"] == point)


def expect_measured(found, line):
    """Compliance and worst value to the last digit that is given, the 95 % value within 0.05 %."""
    expected = LINE.match(line)
    assert expected, line
    assert found["quality.outage_samples"]["value"] == int(expected["outage"])
    for name, short in (("voltage_deviation", "dev"), ("voltage_unbalance", "unb")):
        worst, at = ast.literal_eval(expected[f"{short}_worst"])
        assert round(found[f"quality.{name}.compliance"]["value"], 6) == float(expected[short])
        assert round(found[f"quality.{name}.worst"]["value"], 4) == worst
        assert found[f"quality.{name}.worst"]["at"] == at
        assert abs(found[f"quality.{name}.p95"]["value"] - float(expected[f"{short}_p95"])) <= 0.05
    assert round(found["quality.current_unbalance.compliance"]["value"], 6) == float(expected["iunb"])
    # Under three quarters of the month were measured.
    assert found["quality.voltage_deviation.verdict"]["value"] == "insufficient"
    assert found["quality.frequency.p95"]["value"] is None and found["quality.frequency.verdict"]["value"] is None


def measured_lines(shared_data):
    lines = (shared_data / "expected_quality.txt").read_text(encoding="utf-8").splitlines()
    assert [line.split()[0] for line in lines] == list(REAL_MONTHS)
    return lines


def test_measured_voltages_have_the_quality_worked_out_elsewhere(program, shared_data, tmp_path):
    store = reports.real_store(program, shared_data)
    for line in measured_lines(shared_data):
        month = line.split()[0]
        program("run", "--db", store, "--month", month, "--tenant", 2, "--now", CUTOFF, "--out", tmp_path, "--format",
                "json", check=True)
        expect_measured(point_findings(tmp_path, 2, month, 201), line)


def test_measured_voltages_have_the_same_quality_live(search_server, mariadb, loaded, program, shared_data, tmp_path):
    stores = loaded("real", search_server, csv=shared_data)
    config = write_config(tmp_path, url=search_server.url, mariadb=mariadb, database=stores.database,
                          prefix=stores.prefix)
    store = reports.real_store(program, shared_data)
    for line in measured_lines(shared_data):
        month = line.split()[0]
        made = ("run", "--config", config, "--month", month, "--tenant", 2, "--now", CUTOFF, "--format", "json")
        program(*made, "--out", tmp_path / "live", check=True, env=secrets(mariadb))
        program(*made, "--out", tmp_path / "embedded", "--db", store, check=True)
        expect_measured(point_findings(tmp_path / "live", 2, month, 201), line)
        live, embedded = (reports.folder_of(tmp_path / name, 2, month) / "report.json" for name in ("live", "embedded"))
        assert live.read_bytes() == embedded.read_bytes()


# --- the sample store against the reference ---------------------------------------------------------------------------

@pytest.fixture(scope="session")
def sample_folder(program, sample_db):
    def make():
        out = processes.state_folder() / "quality-reports"
        program("run", "--db", sample_db, "--month", "2026-10", "--now", CUTOFF, "--out", out, "--format", "json",
                *(option for tenant in (1, 2, 3, 4, 6) for option in ("--tenant", tenant)), check=True)
        return str(out)

    return pathlib.Path(processes.once("quality-reports", make))


def differences(site, found, quality, prefix):
    wrong = []
    for name in quality.samples:
        expected = quality.summary(name)
        verdict = quality.verdict(name, expected)
        finding = {key: found.get(f"quality.{name}.{key}") for key in ("compliance", "worst", "p95", "verdict")}
        if expected is None:
            if any(item is not None and item["value"] is not None for item in finding.values()):
                wrong.append((prefix, name, "is not measured", finding))
            continue
        digits = 4 if name == "frequency" or name.startswith("harmonic") else 6
        near = 0.6 * 10 ** -digits
        pairs = [("compliance", expected["compliance"], 0.6e-6), ("p95", expected["p95"], near)]
        if not name.startswith("harmonic"):
            pairs.append(("worst", expected["worst"], near))
            if site.iso(expected["at"]) != finding["worst"]["at"] or expected["phase"] != finding["worst"].get("phase"):
                wrong.append((prefix, name, expected, finding["worst"]))
        wrong += [(prefix, name, key, value, finding[key]) for key, value, tolerance in pairs
                  if finding[key]["value"] is None or abs(finding[key]["value"] - value) > tolerance]
        limit = finding["p95"].get("limit")
        if limit is None or abs(limit - quality.limits[name]) > 1e-6 or finding["verdict"]["value"] != verdict:
            wrong.append((prefix, name, quality.limits[name], verdict, finding))
    if found["quality.outage_samples"]["value"] != quality.outages:
        wrong.append((prefix, "outages", quality.outages, found["quality.outage_samples"]))
    return wrong


@pytest.mark.parametrize("tenant", [1, 2, 3, 4, 6])
def test_the_sample_months_quality_is_the_references(sample_folder, sample_db, tenant):
    """Every incomer, parameter by parameter; the project has its incomers' samples together and the worst of them."""
    (project,) = reports.read_json(reports.folder_of(sample_folder, tenant, "2026-10"))["projects"]
    site = figures.Site(bills.open_store(sample_db), tenant, int(project["id"]), CUTOFF_MS)
    points = {item["id"]: item["findings"] for item in project["points"]}
    wrong, all_of = [], []
    for point in site.incomers:
        if point.id not in points:
            continue
        quality = quality_reference.Quality(site, point, "2026-10")
        all_of.append(quality)
        wrong += differences(site, points[point.id], quality, point.id)
    assert all_of and not wrong, wrong
    for name in all_of[0].samples:
        summaries = [summary for summary in (quality.summary(name) for quality in all_of) if summary]
        if not summaries:
            continue
        pick = min if name == "power_factor" else max
        inside = sum(quality.samples[name].inside for quality in all_of)
        found = project["findings"]
        compliance = found[f"quality.{name}.compliance"]["value"]
        assert abs(compliance - inside / sum(summary["samples"] for summary in summaries)) < 0.6e-6, name
        digits = 4 if name == "frequency" or name.startswith("harmonic") else 6
        assert abs(found[f"quality.{name}.p95"]["value"] - pick(summary["p95"] for summary in summaries)) <= 10 ** -digits
    assert project["findings"]["quality.outage_samples"]["value"] == sum(quality.outages for quality in all_of)


@pytest.fixture(scope="session")
def month_before(program, sample_db):
    """The same tenants' reports of the month before."""
    def make():
        out = processes.state_folder() / "quality-before"
        program("run", "--db", sample_db, "--month", "2026-09", "--now", CUTOFF, "--out", out, "--format", "json",
                *(option for tenant in (1, 2, 3, 4, 6) for option in ("--tenant", tenant)), check=True)
        return str(out)

    return pathlib.Path(processes.once("quality-before", make))


@pytest.mark.parametrize("tenant", [1, 2, 3, 4, 6])
def test_a_change_is_against_what_the_month_befores_report_said(sample_folder, month_before, tenant):
    """health.index and each compliance, of the project and of its points: this ÷ that report's − 1."""
    (now,) = reports.read_json(reports.folder_of(sample_folder, tenant, "2026-10"))["projects"]
    (before,) = reports.read_json(reports.folder_of(month_before, tenant, "2026-09"))["projects"]
    bases = {None: before["findings"], **{point["id"]: point["findings"] for point in before["points"]}}
    seen = 0
    for key, found in [(None, now["findings"]), *((point["id"], point["findings"]) for point in now["points"])]:
        for name, finding in found.items():
            if name != "health.index" and not re.fullmatch(r"quality\..*\.compliance", name):
                continue
            base = bases.get(key, {}).get(name, {"value": None})["value"]
            if not base or finding["value"] is None:
                assert finding.get("change_month") is None, (key, name)
                continue
            assert abs(finding["change_month"] - (finding["value"] / base - 1)) < 0.6e-6, (key, name, finding, base)
            seen += 1
    assert seen > 8 and now["findings"]["health.index"]["change_month"] is not None


def test_another_set_of_limits_is_chosen_in_the_settings(program, sample_db, tmp_path):
    """IEEE 519 for point 1101 at 0.38 kV: 8 % for distortion instead of 5 %; harmonic currents without a verdict."""
    config = write_config(tmp_path, path=sample_db)
    with config.open("a", encoding="utf-8") as file:
        file.write("[method]\nlimits = ieee519\n")
    program("run", "--config", config, "--month", "2026-10", "--tenant", 1, "--now", CUTOFF, "--out", tmp_path / "out",
            "--format", "json", check=True)
    found = point_findings(tmp_path / "out", 1, "2026-10", 1101)
    assert found["quality.voltage_thd.p95"]["limit"] == 8
    assert found["quality.voltage_thd.p95"]["source"] == "IEEE 519"
    assert found["quality.voltage_deviation.p95"]["source"] == "GB/T 12325-2008"
    assert found["quality.harmonic.5.p95"]["value"] > 0
    assert found["quality.harmonic.5.verdict"]["value"] is None
    assert found["quality.harmonic.5.compliance"]["value"] is None
