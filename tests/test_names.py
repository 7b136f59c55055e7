"""Names that do harm elsewhere (hostile_names.py), in everything that a report, a plot, a survey, an explanation, an
import or a log is made of."""

import contextlib
import csv
import email
import email.policy
import html.parser
import json
import re
import sqlite3
import urllib.parse
from xml.etree import ElementTree

import pytest

import hostile_names
import reports
from hostile_names import ALL, HARMFUL, IDS, NAMES, NOT_DRAWN, assert_harmless_lines, assert_harmless_table, cleaned

RUN = ("--month", reports.SMALL_MONTH, "--now", reports.SMALL_NOW)
DRAWN = [what for what in ALL if what not in NOT_DRAWN]


class Made:
    """A folder with the store, settings and what a run made of them."""

    def __init__(self, program, folder):
        self.program, self.folder, self.out = program, folder, folder / "out"
        self.store = hostile_names.make_store(folder / "store.db")
        reports.write_settings(folder, output={"metrics": "metrics.prom"})
        self.before = sorted(path.name for path in folder.iterdir())
        self.done = self("run", *RUN, "--jobs", "2", "--json")

    def __call__(self, command, *options, **more):
        return self.program(command, "--db", self.store, "--out", "out", *options, cwd=self.folder, **more)

    def report(self, what, edition="single"):
        number = what if isinstance(what, int) else IDS[what]
        return reports.folder_of(self.out, number, reports.SMALL_MONTH, edition)


@pytest.fixture(scope="module")
def plain(made):
    return hostile_names.workbook_parts(made.report("plain") / "report.xlsx")


@pytest.fixture(scope="module")
def plain_lines(made):
    return explained(made, "plain").count("\n")


def explained(made, what):
    done = made("explain", "energy.total", "--tenant", IDS[what], *RUN)
    assert (done.returncode, done.stderr) == (0, ""), (what, done.stderr)
    assert_harmless_lines(done.stdout)
    return done.stdout


@pytest.fixture(scope="module")
def made(program, tmp_path_factory):
    return Made(program, tmp_path_factory.mktemp("names"))


# --- a run ------------------------------------------------------------------------------------------------------------

def test_every_customer_has_a_report_but_those_whose_name_no_font_can_draw(made):
    events = [json.loads(line) for line in made.done.stdout.splitlines()]
    states = {event["tenant"]: event["state"] for event in events[:-1]}
    expected = {IDS[what]: "failed" if what in NOT_DRAWN else "done" for what in ALL}
    assert states == {**expected, hostile_names.MANAGEMENT: "done", hostile_names.FEW: "done", hostile_names.PLATFORM: "done"}, made.done.stderr
    assert events[-1]["failed"] == len(NOT_DRAWN) and made.done.returncode == 1


def test_folders_stay_in_their_place_and_can_be_made_and_copied_anywhere(made):
    assert sorted(path.name for path in made.folder.iterdir()) == sorted([*made.before, "out", "metrics.prom"])
    month = made.out / "2018-03"
    assert {path.name for path in month.iterdir()} >= {"single", "management", "platform", "summary.txt"}
    names = {path.name for path in (month / "single").iterdir()}
    assert len(names) == len(DRAWN)
    for name in names:
        assert re.match(r"\d+-", name) and not re.search(r'[\\/:*?"<>|]', name) and not HARMFUL.search(name), name
        assert len(name.encode()) <= 255 and name[-1] not in ". ", name
    for what in DRAWN:
        assert sorted(path.name for path in made.report(what).iterdir()) == list(reports.FILES), what


def test_what_a_log_or_a_terminal_gets_is_one_line_a_message(made):
    assert_harmless_lines(made.done.stderr)
    lines = made.done.stderr.splitlines()
    assert len(lines) == len(NOT_DRAWN)
    assert all(re.match(r"powerreport: tenant \d+ '.*', 2018-03: .*no glyph for U\+", line) for line in lines), lines
    told = made("run", *RUN, "--dry-run")
    assert_harmless_lines(told.stdout)
    assert len(told.stdout.splitlines()) == len(ALL) + 4 and told.stderr == ""
    for what in ALL:
        assert f"2018-03  {IDS[what]} {cleaned(ALL[what])}: " in told.stdout, what


def test_the_summary_is_lines_of_its_own(made):
    text = (made.out / "2018-03" / "summary.txt").read_text(encoding="utf-8")
    assert_harmless_lines(text)
    for what in NOT_DRAWN:
        assert sum(cleaned(ALL[what]) in line for line in text.splitlines()) >= 1, what


def test_the_metrics_are_what_prometheus_reads(made):
    label = r'[a-z_]+="(?:[^"\\\n]|\\[\\"n])*"'
    for line in (made.folder / "metrics.prom").read_text(encoding="utf-8").splitlines():
        assert re.fullmatch(rf"# (HELP|TYPE) powerreport_\w+ .*|powerreport_\w+(\{{{label}(,{label})*\}})? [0-9.e+-]+", line), line


@pytest.mark.parametrize("what", DRAWN)
def test_a_report_holds_the_name_as_text_and_nothing_of_it_works(made, plain, what):
    folder, name = made.report(what), cleaned(ALL[what])
    raw = (folder / "report.json").read_text(encoding="utf-8")
    assert_harmless_lines(raw)
    assert json.loads(raw)["tenant"]["name"] == name
    # As with an ordinary name: so none of it is in a formula, a link, a chart, the name of a sheet or a column.
    assert hostile_names.workbook_parts(folder / "report.xlsx") == plain
    page = reports.run_tool("qpdf", "--qdf", "--object-streams=disable", folder / "report.pdf", "-")
    assert not re.search(rb"/(JS|JavaScript|Launch|URI|GoToR|SubmitForm|ImportData|EmbeddedFiles?|RichMedia|AA|AcroForm)\b",
                         re.sub(rb"\((?:[^()\\]|\\.)*\)", b"", page))
    assert page.count(b"/Type /Catalog") == 1
    title = reports.run_tool("pdfinfo", "-enc", "UTF-8", folder / "report.pdf").decode("utf-8")
    assert len(re.findall("^Title:", title, re.MULTILINE)) == 1 and not re.search("^(JavaScript: +yes|Bcc)", title, re.MULTILINE)


def test_the_plain_workbook_has_what_is_compared(plain):
    parts = plain
    formulas = [formula for name, part in parts.items() if name.startswith("xl/worksheets/sheet") for formula in part[0]]
    assert len(formulas) > 100 and any(part[1] for name, part in parts.items() if name.startswith("xl/worksheets/sheet"))
    assert any(name.startswith("xl/charts/") for name in parts) and any(name.startswith("xl/tables/") for name in parts)


@pytest.mark.parametrize("number, edition, names", [
    (hostile_names.MANAGEMENT, "management", NAMES), (hostile_names.FEW, "management", hostile_names.OF_FEW),
    (hostile_names.PLATFORM, "platform", NAMES)], ids=["many", "few", "platform"])
def test_reports_of_many_customers_hold_all_their_names(made, number, edition, names):
    folder = made.report(number, edition)
    parts = hostile_names.workbook_parts(folder / "report.xlsx")
    texts = hostile_names.shared_texts(folder / "report.xlsx") if edition != "platform" else None
    live = hostile_names.without_sheets(parts)
    assert number != hostile_names.FEW or sum("SUMIFS" in text for text in live) > len(names)
    for what in names:
        name = cleaned(NAMES[what])
        assert texts is None or name in texts or not name.strip(), what
        if len(name) > 3 and what not in ("plain", "history"):  # others are in ordinary words, too
            assert not any(name in text for text in live), what
    raw = (folder / "report.json").read_text(encoding="utf-8")
    assert_harmless_lines(raw)
    json.loads(raw)
    reports.run_tool("qpdf", "--check", folder / "report.pdf")


def test_the_platforms_report_is_made_of_names_that_no_font_can_draw(made):
    """With a mark for what cannot be drawn, and in workbook and JSON as they are."""
    folder = made.report(hostile_names.PLATFORM, "platform")
    text = (folder / "report.json").read_text(encoding="utf-8")
    for what in NOT_DRAWN:
        assert json.dumps(cleaned(ALL[what]), ensure_ascii=False)[1:-1] in text, what


# --- names in patterns, and words that the program has to know -------------------------------------------------------

@pytest.mark.parametrize("name, file", [("CON", "CON_.pdf"), ("-rf", "_rf.pdf"), ("..", "__.pdf"), ("nul.txt", "nul_.txt.pdf"),
                                        ("../x", "___x.pdf"), ("a.", "a_.pdf")])
def test_a_file_that_is_called_as_the_customer_is_a_file(program, tmp_path, name, file):
    reports.small_store(tmp_path / "store.db", tenants=(1,), name=name)
    reports.write_settings(tmp_path, output={"file_name": "{name}"})
    done = program("run", "--db", "store.db", "--out", "out", *RUN, "--format", "pdf", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    (made_file,) = (tmp_path / "out" / "2018-03" / "single").glob("1-*/*")
    assert made_file.name == file


@pytest.mark.parametrize("column", ["brand", "locale", "timezone", "edition"])
def test_a_word_that_is_no_word_costs_its_customer_and_harms_no_log(program, tmp_path, column):
    names = ["../../../../etc", "/etc/passwd", "a\r\nb\x1b]0;title\x07\u202e\u2028c", "%s%n{x}", "长" * 120, "<b>", "-rf", "../brands"]
    path = reports.small_store(tmp_path / "store.db", tenants=range(1, len(names) + 2))
    reports.change_store(path, *((f"UPDATE tenant SET {column} = ? WHERE tenant_id = ?", (name, 1 + i))
                                 for i, name in enumerate(names)))
    reports.write_settings(tmp_path)
    done = program("run", "--db", "store.db", "--out", "out", *RUN, "--format", "pdf", cwd=tmp_path)
    assert done.returncode == 1 and f"done 1, held 0, waiting 0, skipped 0, no data 0, failed {len(names)}\n" in done.stdout
    assert_harmless_lines(done.stderr)
    assert [line.split(" '")[0] for line in done.stderr.splitlines()] == [
        f"powerreport: tenant {1 + i}" for i in range(len(names))], done.stderr


# --- plot -------------------------------------------------------------------------------------------------------------

PERIOD = ("--from", "2018-03-01T00:00", "--to", "2018-03-01T04:00", "--step", "15m")


@pytest.mark.parametrize("what", ["formula", "markup", "attribute", "entity", "terminal", "csv", "long", "directions"])
def test_a_plot_shows_a_name_as_text(made, tmp_path, what):
    files = [tmp_path / f"plot.{ending}" for ending in ("csv", "svg", "xlsx")]
    for file in files:
        done = made("plot", "--project", 10 * IDS[what], *PERIOD, "--metric", "current,power", "-o", file)
        assert done.returncode == 0, done.stderr
        assert_harmless_lines(done.stderr + done.stdout)
    table, drawing, book = files
    with open(table, encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.reader(lines, strict=True))
    assert_harmless_table(rows)
    picture = ElementTree.parse(drawing)
    for element in picture.iter():
        assert element.tag.rpartition("}")[2] in ("svg", "g", "path", "rect", "use", "defs", "symbol", "clipPath", "text", "tspan",
                                                  "title", "desc", "line", "circle", "style", "linearGradient", "stop"), element.tag
        for key, value in element.attrib.items():
            assert not key.lower().startswith("on"), key
            assert not key.endswith("href") or value.startswith("#"), value
    parts = hostile_names.workbook_parts(book)
    assert not any(cleaned(ALL[what]) in str(part) for name, part in parts.items()), parts


def test_a_point_is_found_by_any_name_and_an_ambiguous_one_is_listed_in_clean_lines(made, tmp_path):
    for what in ("formula", "markup", "format", "sql", "option", "placeholder"):
        done = made("plot", f"--point={NAMES[what]}", *PERIOD, "--metric", "current", "-o", tmp_path / "a.csv")
        assert done.returncode == 0, (what, done.stderr)
    done = made("plot", "--point", "e", *PERIOD, "--metric", "current", "-o", tmp_path / "b.csv")
    assert done.returncode == 2
    first, *others = done.stderr.splitlines()
    assert first.startswith("powerreport: --point: ") and len(others) > 3
    assert all(re.match("  (point [0-9]+  |and [0-9]+ more)", line) for line in others), others
    assert_harmless_lines(done.stderr)
    done = made("plot", "--point", "x\x1b]0;evil\x07\n\u202ey", *PERIOD, "--metric", "current", "-o", tmp_path / "c.csv")
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1
    assert_harmless_lines(done.stderr)


# --- survey -----------------------------------------------------------------------------------------------------------

def test_a_survey_of_all_of_them_is_made_and_its_table_works_nothing_out(made, tmp_path):
    made_of = {}
    for ending in ("csv", "xlsx", "pdf"):
        file = tmp_path / f"survey.{ending}"
        done = made("survey", "--month", reports.SMALL_MONTH, "--now", reports.SMALL_NOW, "-o", file)
        assert done.returncode == 0, done.stderr
        assert_harmless_lines(done.stderr + done.stdout)
        made_of[ending] = file
    with open(made_of["csv"], encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.reader(lines, strict=True))
    assert_harmless_table(rows)
    assert len({len(row) for row in rows}) == 1 and len(rows) > len(ALL)
    held = {shown for row in rows for cell in row for shown in (cell, cell.removeprefix("'"))}
    for what, name in ALL.items():
        assert cleaned(name) in held or not cleaned(name).strip(), what
    hostile_names.workbook_parts(made_of["xlsx"])
    reports.run_tool("qpdf", "--check", made_of["pdf"])
    done = made("survey", "--month", reports.SMALL_MONTH, "--now", reports.SMALL_NOW, "--json", check=True)
    json.loads(done.stdout)
    assert_harmless_lines(done.stdout)


# --- explain ----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("what", ["formula", "format", "placeholder", "controls", "json", "long", "ill-formed", "emoji"])
def test_an_explanation_has_the_lines_that_it_has_for_an_ordinary_name(made, plain_lines, what):
    assert explained(made, what).count("\n") == plain_lines > 10
    done = made("explain", "energy.total", "--tenant", IDS[what], *RUN, "--json", check=True)
    assert len([json.loads(line) for line in done.stdout.splitlines()]) > 3
    assert_harmless_lines(done.stdout)


def test_a_finding_that_is_none_is_refused_in_a_line(made):
    done = made("explain", "../x\x1b[2J\n\u202e%s", "--tenant", "1", *RUN)
    assert done.returncode == 2 and done.stdout == "" and len(done.stderr.splitlines()) == 1
    assert_harmless_lines(done.stderr)


# --- import -----------------------------------------------------------------------------------------------------------

def export(store, folder, *tables):
    folder.mkdir()
    with contextlib.closing(sqlite3.connect(store)) as opened:
        for table in tables:
            rows = opened.execute(f"SELECT * FROM {table}")
            with open(folder / f"{table}.csv", "w", encoding="utf-8", newline="") as out:
                writer = csv.writer(out)
                writer.writerow([column[0] for column in rows.description])
                writer.writerows(rows)
    return folder


TABLES = ("tenant", "project", "tenant_project", "point", "transformer", "tariff", "tariff_slot")


def test_names_come_through_an_import_as_they_are(program, tmp_path):
    names = {what: name for what, name in {**NAMES, **NOT_DRAWN}.items() if len(name) <= 64}
    store = hostile_names.make_store(tmp_path / "from.db", {what: names[what] for what in names}, False, False)
    folder = export(store, tmp_path / "csv", *TABLES)
    done = program("import", folder, "--db", tmp_path / "to.db")
    assert (done.returncode, done.stderr) == (0, "")
    with contextlib.closing(sqlite3.connect(tmp_path / "to.db")) as opened:
        read = dict(opened.execute("SELECT tenant_id, name FROM tenant"))
        assert opened.execute("SELECT count(*) FROM point").fetchone()[0] == len(names)
    for what, name in names.items():
        assert cleaned(read[IDS[what]]) == cleaned(name), what


def test_a_bad_line_and_a_file_with_a_hostile_name_are_told_in_clean_lines(program, tmp_path):
    folder = export(reports.small_store(tmp_path / "from.db"), tmp_path / "csv", *TABLES)
    (folder / "a\x1b]0;title\x07\n\u202e\u2028b.csv").write_text("x\n", encoding="utf-8")
    done = program("import", folder, "--db", tmp_path / "to.db")
    assert done.returncode == 0, done.stderr
    assert_harmless_lines(done.stderr + done.stdout)
    text = (folder / "point.csv").read_text(encoding="utf-8")
    assert ",220," in text
    (folder / "point.csv").write_text(text.replace(",220,", ",\"2\x1b]0;t\x07\n\u202e0\",", 1), encoding="utf-8")
    done = program("import", folder, "--db", tmp_path / "again.db")
    assert done.returncode != 0 and not (tmp_path / "again.db").exists()
    assert len(done.stderr.splitlines()) == 1
    assert_harmless_lines(done.stderr)


# --- the month's page, the mail, the ledgers' word, a snapshot --------------------------------------------------------

class Page(html.parser.HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.texts, self.scripts = set(), [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data):
        (self.scripts if self.lasttag in ("script", "style") else self.texts).append(data)


def assert_harmless_page(page, other_tags=()):
    allowed = {"html", "head", "meta", "title", "body", "h1", "h2", "h3", "p", "a", "b", "strong", "em", "span", "div", "img", "table",
               "thead", "tbody", "tr", "th", "td", "ul", "ol", "li", "br", "hr", "style", "small", *other_tags}
    assert page.tags <= allowed, page.tags - allowed
    for tag, name, value in page.attributes:
        assert not name.startswith("on") and not HARMFUL.search(value.replace("\n", " ")), (tag, name, value)
        if name in ("href", "src", "action"):
            assert not re.match(r"\s*(javascript|vbscript|http|//)", value, re.IGNORECASE), (tag, name, value)
            assert not value.startswith("data:") or re.match("data:(image/|,$)", value), value[:40]
    for text in page.scripts:
        assert "alert(" not in text and "display:none}" not in text.replace(" ", "").partition("*{")[2][:20], text


def test_the_months_page_shows_names_as_text_and_leads_to_files_that_are_there(made):
    text = (made.out / "2018-03" / "index.html").read_text(encoding="utf-8")
    page = Page(text)
    assert_harmless_page(page, ("script", "header", "footer", "main", "nav", "section", "article", "input", "button", "label", "select",
                                "option", "form", "details", "summary", "noscript", "figure", "figcaption", "dl", "dt", "dd",
                                "template", "svg", "path", "time", "caption", "output", "bdi", "link"))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]", text)
    shown = re.sub(r"\s+", " ", " ".join(page.texts))
    for what, name in ALL.items():
        assert re.sub(r"\s+", " ", cleaned(name)).strip() in shown, what
    for tag, name, value in page.attributes:
        if tag == "a" and name == "href" and not value.startswith("#") and not value.startswith("mailto:"):
            file = (made.out / "2018-03" / urllib.parse.unquote(value)).resolve()
            assert file.exists() and made.out.resolve() in file.parents, value


def test_what_the_ledgers_say_is_told_in_clean_lines(made):
    done = made("status", "--month", reports.SMALL_MONTH)
    assert done.returncode == 1 and done.stderr == ""
    assert_harmless_lines(done.stdout)
    for what in NOT_DRAWN:
        assert cleaned(ALL[what]) in done.stdout, what
    done = made("status", "--month", reports.SMALL_MONTH, "--json")
    assert_harmless_lines(done.stdout)
    json.loads(done.stdout)


def test_drafts_have_the_headers_that_they_have_for_ordinary_names(made, tmp_path):
    reports.write_settings(made.folder, output={"metrics": "metrics.prom"}, mail={"from": "reports@example.com"})
    done = made("mail", "--month", reports.SMALL_MONTH, "--now", reports.SMALL_NOW, "--draft", tmp_path)
    assert_harmless_lines(done.stdout + done.stderr)
    drafts = sorted(tmp_path.rglob("*.eml"))
    assert len(drafts) == len(DRAWN), done.stderr
    headers = set()
    for path in drafts:
        assert not HARMFUL.search(path.name) and path.parent == tmp_path, path
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert not message.defects and [len(message.get_all(name)) for name in message.keys()] == [1] * len(message.keys())
        headers.add(tuple(sorted(name.lower() for name in message.keys())))
        assert re.fullmatch(r"customer\d+@example.com", message["to"].addresses[0].addr_spec) and len(message["to"].addresses) == 1
        for name, value in message.items():
            assert not HARMFUL.search(str(value)), (name, value)
        for part in message.walk():
            assert part.get_filename() is None or not re.search(r'[\\/:*?"<>|]', part.get_filename()), part.get_filename()
            if part.get_content_type() == "text/html":
                assert_harmless_page(Page(part.get_content()))
            elif part.get_content_type() == "text/plain":
                assert_harmless_lines(part.get_content().replace("\r\n", "\n"))
    assert len(headers) == 1, headers


def test_a_check_and_a_snapshot_take_any_name(made, tmp_path):
    done = made("check")
    assert_harmless_lines(done.stdout + done.stderr)
    assert "U+1F3ED" in done.stdout or "names" in done.stdout
    for what in ("path", "sql", "ill-formed", "terminal"):
        done = made("snapshot", "--tenant", IDS[what], *RUN, "-o", tmp_path / f"{what}.db")
        assert (done.returncode, done.stderr) == (0, ""), what
        assert_harmless_lines(done.stdout)
        with contextlib.closing(sqlite3.connect(tmp_path / f"{what}.db")) as store:
            store.text_factory = bytes
            (name,) = store.execute("SELECT name FROM tenant").fetchone()
        assert cleaned(name) == cleaned(ALL[what]), what
