"""English is as complete as Chinese, and counts right: reports with none, one and two of everything, all names in Latin
letters, have no Chinese word or mark, no "1 alarms", no "2 site", and no trace of a template."""

import json
import pathlib
import re
import subprocess

import pytest

import management_store
import reports
from edge_store import DAY_MS, QUARTER_MS, month_bounds
from management_store import BEFORE, MONTH, NOW
from servers import processes

ZONE = "Europe/London"
# What is quoted as its issuer wrote it.
QUOTED = ("(83)水电财字第215号", "发改办价格〔2016〕1583号", "GB/T 6451-2015 表1", "工程惯例:由额定值推出的物理界限", "工程惯例",
          "平台评价方法")
NOUNS = ("advice|alarm|bill|cell|code|customer|day|event|figure|gap|hour|incomer|item|kind|line|minute|month|note|"
         "order|page|period|phase|place|point|problem|project|quarter|quarter-hour|reading|record|row|sample|"
         "sensor|site|tariff|time|transformer|type|value|way|week")
ONE_OF_MANY = re.compile(rf"(?<![\w.,−–-])(?:1|[Oo]ne)\s+(?:{NOUNS})s(?![\w'])")
MANY_OF_ONE = re.compile(rf"(?<![\w.,:/−–-])(?:0|[2-9]|[1-9]\d+|1,\d+)\s+(?:alarm|bill|code|customer|day|event|gap|"
                         r"incomer|item|note|point|problem|project|quarter-hour|reading|record|row|sample|sensor|site|"
                         r"tariff|transformer|type|value|week)(?![\w'-])")
VERBS = re.compile(r"(?<![\w.,])(?:1|[Oo]ne) (?:alarm|customer|gap|item|point|project|record|sensor|site|"
                   r"transformer) (?:are|have|were|need)\b|"
                   r"(?<![\w.,])(?<!of )(?:0|[2-9]|\d\d+) (?:alarms|customers|gaps|items|points|projects|"
                   r"records|sensors|sites|transformers) (?:is|has|was|needs)\b")
TRACES = re.compile(r"[{}]|\$[a-z]|,,|,\.|;\.|\.\.(?!\.)|\( | \)|\(\)| [,;](?! )|\b(?:null|nan|NaN)\b|"
                    r"\b([a-z]{2,}) \1\b|[“”‘’]|\b(?:finding|management|platform|overview|note|site|word|row)\.[a-z_]+")
HAN = re.compile(r"[　-〃々〈-】〜㐀-鿿豈-﫿！-～]")
ITEM_SPACE = "\u3000"  # parts items in a line


class Store(management_store.Store):
    def few(self, tenant, count, name):
        """A customer of `count` sites, each with as many transformers, sensors, alarms, gaps and broken rows."""
        self.customer(tenant, "en", ZONE, ("Nothing to count", "One of each", "Two of each")[count])
        for site in range(max(count, 1)):
            project = 100 * tenant + site
            self.project(tenant, project, f"{name} {chr(65 + site)}", ZONE, kva=800 if count else 0)
            self.store.execute("UPDATE point SET name = 'Main incomer' WHERE project_id = ?", (project,))
            if count:
                self.tariff(project, basic_mode="contract_demand", demand_price=38, contract_kw=180 + 60 * site,
                            pf_standard=0.9, source="Test tariff")
            gaps = {96 * (3 + 2 * i) for i in range(count)}
            self.fill(project, kwh=50, lag=0.2 + 0.5 * site, zone=ZONE, keep=lambda i, gaps=gaps: i not in gaps)
            if count:
                self.fill(project, BEFORE, kwh=45, zone=ZONE)
            for i in range(count):
                self.alarm(project, i, "over_voltage", 1 + i, 4 + i)
                self.row("sensor", sensor_id=10 * project + i, project_id=project, point_id=10 * project,
                         name=f"Cable lug {i + 1}", kind="temperature", warn_limit=60, alarm_limit=70,
                         valid_from="2010-01-01T00:00:00Z")
                start = month_bounds(MONTH, ZONE)[0] + i * DAY_MS
                for minute in range(30):
                    self.row("location_1min_aiao", sensor_id=10 * project + i, project_id=project,
                             time=start + 60_000 * minute, value=75 if minute == 3 else 40)
                self.row("point_15min_electric", point_id=10 * project, project_id=project,
                         time=start + 60_000 + QUARTER_MS, kwh=1, kvarh_lag=0, kvarh_lead=0)
                self.row("point_15min_electric", point_id=10 * project, project_id=project,
                         time=start + 120_000 + 4 * QUARTER_MS, kwh=9e9, kvarh_lag=0, kvarh_lead=0)

    def single(self, tenant, project):
        self.row("tenant", tenant_id=tenant, name=f"Single of {project}", edition="single", locale="en", timezone=ZONE,
                 service_from="2010-01-01")
        self.row("tenant_project", tenant_id=tenant, project_id=project)


def make_store(path, counts=range(3)):
    path.unlink(missing_ok=True)
    store = Store(path)
    with store.store:
        store.row("alarm_type", code="over_voltage", name_zh="电压越上限", name_en="Over-voltage", category="quality",
                  retired=0)
        for count in counts:
            store.few(30 + count, count, "Works")
            store.single(40 + count, 100 * (30 + count))
        store.row("tenant", tenant_id=9, name="Operator", edition="platform", locale="en", timezone=ZONE,
                  service_from="2010-01-01")
    store.store.close()
    return path


@pytest.fixture(scope="module")
def english(program):
    """The folder with the reports, and the store."""

    def make():
        store = make_store(processes.state_folder() / "english.db")
        out = processes.state_folder() / "english-reports"
        program("run", "--db", store, "--month", MONTH, "--now", NOW, "--out", out, check=True)
        return str(out)

    return pathlib.Path(processes.once("english-reports", make))


@pytest.fixture(scope="module")
def alone(program):
    """A platform of one customer with one project."""

    def make():
        store = make_store(processes.state_folder() / "english-alone.db", counts=[1])
        out = processes.state_folder() / "english-alone"
        program("run", "--db", store, "--month", MONTH, "--now", NOW, "--out", out, check=True)
        return str(out)

    return pathlib.Path(processes.once("english-alone", make))


REPORTS = [(30 + count, "management") for count in range(3)] + [(40 + count, "single") for count in range(3)] + [
    (9, "platform")]


def paragraphs(pdf):
    """Text by blocks, its lines joined."""
    done = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True, check=True)
    return [" ".join(block.split("\n")) for block in done.stdout.replace("\f", "\n\n").split("\n\n")]


def texts_of(folder):
    report = reports.read_json(folder)
    yield from paragraphs(folder / "report.pdf")
    yield from (note["text"] for note in report["notes"])
    workbook = reports.workbook(folder)
    yield from workbook.sheetnames
    for sheet in workbook:
        for row in sheet.iter_rows(values_only=True):
            yield from (cell for cell in row if isinstance(cell, str) and not cell.startswith("="))


def wrong_in(text):
    if re.fullmatch(r"[a-z][A-Za-z0-9_/.-]+", text):
        return  # a finding's path
    for quoted in QUOTED:
        text = text.replace(quoted, "")
    text = text.replace(ITEM_SPACE, "  ")
    for name, pattern in (("number", ONE_OF_MANY), ("number", MANY_OF_ONE), ("verb", VERBS), ("Chinese", HAN),
                          ("trace", TRACES)):
        match = pattern.search(text)
        if match:
            yield f"{name}: {text[max(match.start() - 40, 0):match.end() + 30]!r}"


@pytest.mark.parametrize("tenant,edition", REPORTS)
def test_an_english_report_has_no_chinese_and_counts_right(english, tenant, edition):
    folder = reports.folder_of(english, tenant, MONTH, edition)
    wrong = sorted({complaint for text in texts_of(folder) for complaint in wrong_in(text)})
    assert not wrong, "\n".join(wrong)


def test_a_platform_of_one_project_counts_right(alone):
    texts = list(texts_of(reports.folder_of(alone, 9, MONTH, "platform")))
    wrong = sorted({complaint for text in texts for complaint in wrong_in(text)})
    assert not wrong, "\n".join(wrong)
    assert any(re.search(r"\b1 project\b", text) for text in texts)


def test_one_and_two_are_told_apart(english):
    """What the check reads is there to be read: both numbers of the same noun, in the same place."""
    one, two = (" ".join(texts_of(reports.folder_of(english, tenant, MONTH, "management"))) for tenant in (31, 32))
    for single, plural in (("1 site", "2 sites"), ("one sensor over its limit", "sensors over their limits"),
                           ("one critical alarm", "2 critical alarms")):
        assert single in one and plural in two, (single, plural)


def test_an_explanation_reads_in_english(english, program):
    store = processes.state_folder() / "english.db"
    for tenant, finding in ((31, "bill.total"), (32, "alarms.total"), (42, "health.index"), (41, "savings.shift.year")):
        done = program("explain", finding, "--db", store, "--month", MONTH, "--now", NOW, "--tenant", tenant)
        if done.returncode != 0:
            assert "no finding" in done.stderr, done.stderr
            continue
        prose = [line for line in done.stdout.splitlines() if re.search("[a-z]{3} [a-z]{2}", line)]
        assert prose and not [complaint for line in prose for complaint in wrong_in(line) if "number" in complaint
                              or "Chinese" in complaint]


def test_what_the_check_refuses():
    for bad in ("There are 1 alarms.", "One sites has", "2 site need", "11 day of", "0 alarm.", "1 site need attention",
                "2 sites needs", "告警", "a，b", "the the bill", "{if x}", "more,."):
        assert list(wrong_in(bad)), bad
    for good in ("There is 1 alarm.", "2 sites need", "1.5 days", "21 Oct, 15:00 point", "0 alarms", "2018-03-01 day",
                 json.dumps("a  b")):
        assert not list(wrong_in(good)), good
