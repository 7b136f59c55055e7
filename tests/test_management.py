"""The management edition: totals are the sums of their parts to the cent, in JSON, PDF and workbook alike; what changed
adds up; the order of the projects changes nothing."""

import pathlib
import re
import shutil
from decimal import ROUND_HALF_UP, Decimal

import pytest

import management_store
import reports
import sample_reference as reference
from servers import processes

SAMPLE = 5
CUTOFF_MS = 1_793_750_400_000  # 2026-11-04T00:00Z
PARTS = ("days", "volume", "slots", "price", "demand", "power_factor", "rounding")
ONE_CURRENCY = (1, 2, 4, 5, 6, 7, 8)
SUMMED = re.compile(r"energy\.(total|working|off|plan|carbon|reactive(\.(lag|lead))?|slot\.\w+|phase\.\w)|"
                    r"bill\.(energy(\.\w+)?|funds|basic|total|pf\.(base|amount)|(utility\.total|plan)\.difference)|"
                    r"change\.(total|" + "|".join(PARTS) + r")|savings\.\w+\.(month|year)|attention\.\w+|"
                    r"contribution\.\w+|alarms\.(total|level\.\d|type\.\w+|open|carried|excluded)|"
                    r"safety\.over_limit_sensors")


def exact(folder):
    return reports.read_json(folder, parse_float=Decimal, parse_int=Decimal)


def value(scope, name):
    return scope["findings"].get(name, {}).get("value")


def sum_of(scopes, name):
    values = [value(scope, name) for scope in scopes]
    values = [number for number in values if number is not None]
    return sum(values) if values else None


def rounded(number, digits):
    return number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


@pytest.fixture(scope="module")
def small(program):
    """The folder with the reports of every customer of management_store."""

    def make():
        store = processes.state_folder() / "management.db"
        store.unlink(missing_ok=True)
        management_store.make(store)
        out = processes.state_folder() / "management-reports"
        done = program("run", "--db", store, "--month", management_store.MONTH, "--now", management_store.NOW, "--out",
                       out)
        assert done.returncode == 0, done.stdout + done.stderr
        return str(out)

    return pathlib.Path(processes.once("management-reports", make))


def small_folder(small, tenant):
    return reports.folder_of(small, tenant, management_store.MONTH, "management")


@pytest.fixture(params=["sample", *management_store.TENANTS])
def folder(request, program, sample_db, small):
    if request.param == "sample":
        return reports.folder_of(reports.sample_run(program, sample_db), SAMPLE, edition="management")
    return small_folder(small, request.param)


def is_mixed(report):
    return any(note["code"] == "currency.mixed" for note in report["notes"])


# --- sums -------------------------------------------------------------------------------------------------------------

def test_totals_are_the_sums_of_the_projects(folder):
    report = exact(folder)
    names = {name for scope in (report, *report["projects"]) for name in scope["findings"] if SUMMED.fullmatch(name)}
    assert {"energy.total", "attention.projects", "contribution.energy"} <= names
    for name in sorted(names):
        units = {scope["findings"][name]["unit"] for scope in report["projects"] if name in scope["findings"]
                 and value(scope, name) is not None}
        if len(units) > 1:
            assert value(report, name) is None, name
        else:
            assert value(report, name) == sum_of(report["projects"], name), name


def test_the_mean_price_is_of_the_projects_with_a_price(folder):
    report = exact(folder)
    priced = [project for project in report["projects"] if value(project, "bill.price") is not None]
    if is_mixed(report) or not priced:
        assert value(report, "bill.price") is None
        return
    price = sum_of(priced, "bill.total") / sum_of(priced, "energy.total")
    assert value(report, "bill.price") == rounded(price, 6)


def test_coverage_is_of_the_projects_with_quarters(folder):
    report = exact(folder)
    by_minutes = {note["project"] for note in report["notes"] if note["code"] == "coverage.of_minutes"}
    projects = [project for project in report["projects"] if project["id"] not in by_minutes]
    expected, measured = sum_of(projects, "coverage.expected"), sum_of(projects, "coverage.measured")
    assert (value(report, "coverage.expected"), value(report, "coverage.measured")) == (expected, measured)
    assert abs(value(report, "coverage.rate") - measured / expected) <= Decimal("0.0000005")


def test_printed_shares_add_up(folder):
    report = exact(folder)
    for name in ("energy.share", "bill.share"):
        texts = [project["findings"][name]["text"] for project in report["projects"]
                 if value(project, name) is not None]
        assert not texts or sum(Decimal(text.rstrip("%")) for text in texts) == 100, texts
        assert texts or name == "bill.share"


def test_the_samples_totals_are_those_of_the_rows(program, sample_db):
    report = exact(reports.folder_of(reports.sample_run(program, sample_db), SAMPLE, edition="management"))
    store = reference.open_store(sample_db)
    months = [reference.project_month(store, int(project["id"]), reports.SAMPLE_MONTH, CUTOFF_MS)
              for project in report["projects"]]
    for name, key in (("energy.total", "kwh"), ("bill.total", "total"), ("bill.energy", "energy_charge"),
                      ("bill.basic", "basic_charge"), ("bill.pf.amount", "pf_adjustment")):
        total = sum(Decimal(month[key].numerator) / month[key].denominator if hasattr(month[key], "numerator")
                    else month[key] for month in months if month.get(key) is not None)
        assert value(report, name) == total, name
    assert sum("total" in month for month in months) == 3


def test_a_sum_of_some_projects_says_of_how_many(program, sample_db):
    report = exact(reports.folder_of(reports.sample_run(program, sample_db), SAMPLE, edition="management"))
    store = reference.open_store(sample_db)
    of_customer = "project_id IN (SELECT project_id FROM tenant_project WHERE tenant_id = ?)"
    plans = [kwh for kwh, in store.execute(f"SELECT energy_kwh FROM monthly_plan WHERE plan_month = ? AND {of_customer} "
                                           "AND energy_kwh IS NOT NULL", (reports.SAMPLE_MONTH, SAMPLE))]
    bills = store.execute(f"SELECT count(*) FROM utility_bill WHERE bill_month = ? AND {of_customer}",
                          (reports.SAMPLE_MONTH, SAMPLE)).fetchone()[0]
    notes = {note["code"]: note for note in report["notes"]}
    assert 0 < len(plans) < len(report["projects"]) and value(report, "energy.plan") == sum(plans)
    assert notes["energy.plan_partial"]["count"] == len(plans)
    assert notes["bill.utility_partial"]["count"] == bills
    assert f"{len(report['projects'])}个项目中{len(plans)}个" in notes["energy.plan_partial"]["text"]


# --- what changed -----------------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def month_before(program, sample_db):
    """The sample customer's report of the month before, made on its own."""

    def make():
        out = processes.state_folder() / "management-before"
        program("run", "--db", sample_db, "--month", "2026-09", "--now", reports.SAMPLE_NOW, "--tenant", SAMPLE, "--out",
                out, check=True)
        return str(out)

    return exact(reports.folder_of(pathlib.Path(processes.once("management-before", make)), SAMPLE, "2026-09",
                                   "management"))


def test_contributions_are_the_differences_of_two_months(program, sample_db, month_before):
    report = exact(reports.folder_of(reports.sample_run(program, sample_db), SAMPLE, edition="management"))
    before = {project["id"]: project for project in month_before["projects"]}
    for name, figure in (("contribution.energy", "energy.total"), ("contribution.bill", "bill.total")):
        for project in report["projects"]:
            now, then = value(project, figure), value(before[project["id"]], figure)
            assert value(project, name) == (None if now is None and then is None else (now or 0) - (then or 0))
        assert value(report, name) == value(report, figure) - value(month_before, figure)


def test_the_parts_lead_from_one_bill_to_the_next(program, sample_db, month_before):
    report = exact(reports.folder_of(reports.sample_run(program, sample_db), SAMPLE, edition="management"))
    change = sum(value(report, f"change.{part}") for part in PARTS)
    assert change == value(report, "change.total")
    assert change + value(report, "change.projects") == value(report, "bill.total") - value(month_before, "bill.total")
    for project in report["projects"]:
        if value(project, "change.total") is not None:
            assert sum(value(project, f"change.{part}") for part in PARTS) == value(project, "contribution.bill")


def test_new_and_ended_projects_are_the_rest_of_the_change(small):
    """504 ended with February, 506 began with March; 503, silent in March, has no bill to compare."""
    report = exact(small_folder(small, 5))
    bills = {project["id"]: value(project, "contribution.bill") for project in report["projects"]}
    assert bills[502] is None and bills[503] is None and bills[505] is None
    assert bills[504] < 0 < bills[506]
    assert value(report, "change.projects") == bills[504] + bills[506]
    assert bills[501] == value(report, "change.total")
    energies = {project["id"]: value(project, "contribution.energy") for project in report["projects"]}
    # February: 20 days of 96 × 50 + 40 × 25 = 5,800 kWh, and 8 of 0.4 times that.
    assert energies[503] == energies[504] == -134560


def test_what_needs_attention_is_counted(small):
    """503 and 505 sent nothing, 506 has a critical alarm; of 6 the first is over its contract and below its standard."""
    counts = {name: value(exact(small_folder(small, 5)), f"attention.{name}")
              for name in ("projects", "coverage", "alarms", "power_factor")}
    assert counts == {"projects": 3, "coverage": 2, "alarms": 1, "power_factor": 0}
    report = exact(small_folder(small, 6))
    assert [value(project, "attention.demand") for project in report["projects"]] == [1, 0, 0]
    assert [value(project, "attention.power_factor") for project in report["projects"]] == [1, 0, 0]
    assert value(report, "attention.projects") == 1


# --- several currencies, too little data ------------------------------------------------------------------------------

def test_several_currencies_have_no_sum_and_are_told_apart(small):
    folder = small_folder(small, 3)
    report = exact(folder)
    assert is_mixed(report)
    text = "\n".join(reports.page_texts(folder / "report.pdf"))
    for currency in ("EUR", "KRW"):
        bills = [value(project, "bill.total") for project in report["projects"]
                 if project["findings"]["bill.total"]["unit"] == currency]
        assert value(report, f"bill.currency.{currency}") == sum(bills)
        assert re.search(rf"{currency} +{re.escape(f'{sum(bills):,.2f}')}", text)
    for name in ("bill.total", "bill.price", "contribution.bill"):
        assert value(report, name) is None
    assert not any(name.startswith(("change.", "savings.")) for name in report["findings"])
    assert all(project["findings"]["bill.total"].get("rank") is None for project in report["projects"])


def test_a_customer_below_the_gate_is_held(small, program):
    report = exact(small_folder(small, 4))
    assert value(report, "coverage.rate") == Decimal("0.625")  # 60 of 96 quarters of every day
    assert any(note["code"] == "coverage.tenant_low" for note in report["notes"])
    assert "本报告暂缓发出" in reports.page_texts(small_folder(small, 4) / "report.pdf")[0]


# --- the same figures everywhere --------------------------------------------------------------------------------------

@pytest.fixture(params=["sample", 2, 6])
def printed(request, program, sample_db, small):
    """(report, page text, workbook) of customers with one currency"""
    where = (reports.folder_of(reports.sample_run(program, sample_db), SAMPLE, edition="management")
             if request.param == "sample" else small_folder(small, request.param))
    return exact(where), "\n".join(reports.page_texts(where / "report.pdf")), reports.workbook(where)


def plain(number, digits=2, sign=False):
    text = f"{abs(rounded(number, digits)):,}"
    return ("−" if number < 0 else "+" if sign and number > 0 else "") + text


def has_line(text, *parts):
    """Whether a line holds these figures in this order, among others."""
    pattern = r"(?m)^.*" + r"\s.*?(?<![\d,.−+])".join(re.escape(part) for part in parts) + r"(?![\d.,]*\d)"
    return re.search(pattern, text)


def test_the_pdf_prints_the_totals(printed):
    report, text, _ = printed
    figures = [plain(value(report, "energy.total"), 0)]
    figures += [plain(value(report, name)) for name in ("bill.energy", "bill.basic", "bill.pf.amount", "bill.total")]
    assert has_line(text, *figures), figures
    assert has_line(text, plain(value(report, "contribution.energy"), 0, sign=True),
                    plain(value(report, "contribution.bill"), sign=True))
    assert has_line(text, *(plain(value(report, f"change.{part}"), sign=True) for part in (*PARTS, "total")))


def test_the_pdf_prints_every_projects_part(printed):
    report, text, _ = printed
    for project in report["projects"]:
        if value(project, "bill.total") is None:
            continue
        figures = [plain(value(project, "energy.total"), 0), plain(value(project, "bill.energy")),
                   plain(value(project, "bill.total"))]
        assert has_line(text, *figures), (project["name"], figures)


def columns_of(sheet, heads):
    """{head: cells below it} of the first table whose row of heads has all of these, down to its total."""
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    top = next(i for i, row in enumerate(rows) if all(any(str(cell).startswith(head) for cell in row) for head in heads))
    bottom = next(i for i in range(top + 1, len(rows)) if rows[i][0] in ("合计", "Total") or rows[i][1] in
                  ("合计", "Total"))
    places = {head: next(i for i, cell in enumerate(rows[top]) if str(cell).startswith(head)) for head in heads}
    return {head: [rows[i][place] for i in range(top + 1, bottom + 1)] for head, place in places.items()}


def cells(column):
    return [None if cell is None else Decimal(repr(cell)) for cell in column]


HEADS = {"zh": {"sites": ("各项目", "项目", "用电", "电费"), "changes": ("变化的贡献", "项目", "用电增减", "电费增减")},
         "en": {"sites": ("Sites", "Site", "Energy", "Bill"),
                "changes": ("Contributions", "Site", "Change", "Bill")}}


def test_the_workbooks_columns_add_up_to_their_totals(printed):
    report, _, book = printed
    heads = HEADS[report["tenant"]["locale"][:2]]
    sheet, name, energy, bill = heads["sites"]
    table = columns_of(book[sheet], (name, energy, bill))
    by_name = {project["name"]: project for project in report["projects"]}
    assert sorted(table[name][:-1]) == sorted(by_name)
    for head, figure in ((energy, "energy.total"), (bill, "bill.total")):
        column = cells(table[head])
        assert column[:-1] == [value(by_name[project], figure) for project in table[name][:-1]]
        assert column[-1] == value(report, figure) == sum(cell for cell in column[:-1] if cell is not None)


def test_the_workbooks_contributions_add_up(printed):
    report, _, book = printed
    if report["tenant"]["locale"] == "en":
        return  # two columns have the head "Change" there; the figures are the same
    sheet, name, energy, bill = HEADS["zh"]["changes"]
    table = columns_of(book[sheet], (name, energy, bill))
    for head, figure in ((energy, "contribution.energy"), (bill, "contribution.bill")):
        column = cells(table[head])
        assert column[-1] == value(report, figure) == sum(cell for cell in column[:-1] if cell is not None)


def test_the_workbook_has_every_projects_bill_lines(printed):
    report, _, book = printed
    sheet = book["各项目账单" if report["tenant"]["locale"] == "zh-CN" else "Bills"]
    amounts = {}
    for project, _, _, _, amount, _ in sheet.iter_rows(min_row=2, values_only=True):
        amounts.setdefault(project, []).append(amount)
    for project in report["projects"]:
        for line in project["bill_lines"]:
            if line["amount"] is not None:
                assert float(line["amount"]) in amounts[project["name"]], (project["name"], line)


# --- order ------------------------------------------------------------------------------------------------------------

def by_name(report):
    """What the report says of each project, by name, without the numbers that were given to it."""
    return {project["name"]: {key: project[key] for key in ("findings", "bill_lines", "series")}
            for project in report["projects"]}


def test_the_order_of_the_projects_changes_nothing_but_the_order(program, small, tmp_path):
    """Other numbers are another order of the same projects."""
    store = tmp_path / "renumbered.db"
    management_store.make(store, parts=(management_store.english, management_store.lacking))
    management_store.renumber(store, ((601, 613), (602, 611), (603, 612), (501, 519), (506, 511)))
    program("run", "--db", store, "--month", management_store.MONTH, "--now", management_store.NOW, "--out",
            tmp_path / "out")
    for tenant in (5, 6):
        first, second = exact(small_folder(small, tenant)), exact(small_folder(tmp_path / "out", tenant))
        assert [p["name"] for p in first["projects"]] != [p["name"] for p in second["projects"]]
        assert strip_ids(first["findings"]) == strip_ids(second["findings"])
        ours, theirs = by_name(first), by_name(second)
        assert ours.keys() == theirs.keys()
        for name in ours:
            for key in ("bill_lines", "series"):
                assert strip_ids(ours[name][key]) == strip_ids(theirs[name][key]), (name, key)
            assert figures_of(ours[name]) == figures_of(theirs[name]), name


def figures_of(project):
    """Values: of projects that tie, as two of customer 6 do, ranks and the last tenth of a share go by order."""
    return {name: finding["value"] for name, finding in project["findings"].items()
            if not name.startswith(("alarms.point.", "energy.share", "bill.share"))}


def strip_ids(what):
    return re.sub(r"'(tariff|point)': Decimal\('\d+'\)|alarms\.point\.\d+", "", str(what)) if not isinstance(
        what, dict) else {name: finding.get("value") for name, finding in what.items()
                          if isinstance(finding, dict) and not name.startswith("alarms.point.")}


# --- English ----------------------------------------------------------------------------------------------------------

def test_the_sample_customer_reads_in_english_too(program, sample_db, tmp_path):
    """All but names, sources of tariffs and the words of standards is English."""
    store = management_store.copy_customer(sample_db, tmp_path / "english.db", SAMPLE, locale="en")
    program("run", "--db", store, "--month", reports.SAMPLE_MONTH, "--now", reports.SAMPLE_NOW, "--out", tmp_path / "out",
            check=True)
    folder = reports.folder_of(tmp_path / "out", SAMPLE, edition="management")
    theirs = exact(reports.folder_of(reports.sample_run(program, sample_db), SAMPLE, edition="management"))
    ours = exact(folder)
    assert {name: finding["value"] for name, finding in ours["findings"].items()} == {
        name: finding["value"] for name, finding in theirs["findings"].items()}
    text = "\n".join(reports.page_texts(folder / "report.pdf"))
    for heading in ("All sites", "Why the bill changed", "Energy and cost", "Supply and safety", "What to do this month"):
        assert heading in text
    text = text[:text.rindex("Tariffs in force this month")] + text[text.rindex("Rules for data"):]
    assert not re.search("[，。；：]", text), "Chinese punctuation on an English page"
    shutil.rmtree(tmp_path / "out")
    store.unlink()
