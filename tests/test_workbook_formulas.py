"""The workbook is a tool: its bill and its health index are formulas that a spreadsheet works out to the printed digit."""

import csv
import decimal
import re
import subprocess
import zipfile
from decimal import Decimal

import openpyxl
import pytest

import reports
from servers import processes

MANAGEMENT = 5
REAL = [(tenant, month) for tenant in (1, 2) for month in ("2018-03", "2019-07")]
# What spreadsheets of 2007 know; IFERROR and SUMIFS came with that one.
KNOWN = {"ABS", "COUNT", "IF", "IFERROR", "INDEX", "MATCH", "MAX", "MIN", "ROUND", "SQRT", "SUM", "SUMIF", "SUMIFS",
         "SUMPRODUCT", "COUNTIF", "LARGE", "ROUNDUP", "SMALL"}
CENT = Decimal("0.01")


def rounded(value, step=CENT):
    return value.quantize(step, decimal.ROUND_HALF_UP)


def exact(number):
    return Decimal(repr(number))


# --- files ------------------------------------------------------------------------------------------------------------

def copy(source, target, change=None):
    """The workbook without any cached value of a formula; change(sheet's XML) → the same with other raw figures."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                data, count = re.subn(rb"(</f>)<v>[^<]*</v>", rb"\1", data)
                assert count == data.count(b"<f>")
                data = change(name, data) if change else data
            new.writestr(name, data)


def set_cell(sheet_file, cell, number):
    """A change for copy(): the number in one cell of one sheet."""

    def change(name, data):
        if name != f"xl/worksheets/{sheet_file}":
            return data
        data, count = re.subn(rf'(<c r="{cell}"[^>]*><v>)[^<]*(</v>)'.encode(), rf"\g<1>{number}\g<2>".encode(), data)
        assert count == 1, (sheet_file, cell)
        return data

    return change


def recalculate(files, folder, tool):
    """LibreOffice's own figures of all of them."""
    done = subprocess.run([tool("soffice"), f"-env:UserInstallation=file://{folder}/profile", "--headless",
                           "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", folder / "again", *files],
                          capture_output=True, timeout=550, check=False)
    assert done.returncode == 0, done.stderr


def target_of(book, name):
    """The sheet and the range that a defined name stands for."""
    found = [item for item in book.defined_names.definedName if item.name == name]
    assert len(found) == 1, name
    (sheet, cells), = found[0].destinations
    return sheet, cells.replace("$", "")


def named(book, name):
    sheet, cell = target_of(book, name)
    return book[sheet][cell].value


class Book:
    """A report's workbook: its formulas, the values that stand in it, and what LibreOffice makes of them."""

    def __init__(self, folder, again):
        self.json = reports.read_json(folder)
        self.formulas = openpyxl.load_workbook(folder / "report.xlsx")
        self.cached = openpyxl.load_workbook(folder / "report.xlsx", data_only=True)
        self.again = openpyxl.load_workbook(again, data_only=True)

    def cells(self):
        for sheet in self.formulas:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "f":
                        yield sheet.title, cell.coordinate, cell.value

    def suffix(self, project):
        return f"_{project['id']}" if len(self.json["projects"]) > 1 else ""


def head_of(book, cells):
    """Column letter and rows of "D3:D2978"."""
    first, last = cells.split(":")
    letter = re.match("[A-Z]+", first)[0]
    return letter, int(first[len(letter):]), int(last[len(letter):])


def sheet_file(book, title):
    return f"sheet{book.sheetnames.index(title) + 1}.xml"


@pytest.fixture(scope="module")
def folders(program, sample_db):
    out = reports.sample_run(program, sample_db)
    found = {("sample", tenant): reports.folder_of(out, tenant) for tenant in reports.SAMPLE_TENANTS}
    found["sample", MANAGEMENT] = reports.folder_of(out, MANAGEMENT, edition="management")
    return found


def real_folders(program, shared_data):
    def make():
        out = processes.state_folder() / "real-workbooks"
        for month in ("2018-03", "2019-07"):
            year, number = map(int, month.split("-"))
            for tenant in (1, 2):
                program("run", "--month", month, "--tenant", tenant, "--db", reports.real_store(program, shared_data),
                        "--out", out, "--now", f"{year}-{number + 1:02d}-03T00:00+09:00", "--format", "xlsx,json")
        return str(out)

    out = processes.ROOT / processes.once("real-workbooks", make)
    return {(month, tenant): reports.folder_of(out, tenant, month) for tenant, month in REAL
            if list((out / month).glob(f"*/{tenant}-*"))}


# What is changed in tenant 1's: a quarter's kWh, the first rate's price, and a quarter that becomes the highest.
MORE_KWH, MORE_PRICE, PEAK_KWH = Decimal("10"), Decimal("0.1"), Decimal("900")


@pytest.fixture(scope="module")
def books(folders, program, tool, tmp_path_factory, request):
    """Every workbook, worked out again by LibreOffice in one go, with three changed ones of tenant 1."""
    folder = tmp_path_factory.mktemp("formulas")
    folders = dict(folders)
    try:
        folders.update(real_folders(program, request.getfixturevalue("shared_data")))
    except pytest.skip.Exception:
        pass
    files = {}
    for index, (key, place) in enumerate(folders.items()):
        files[key] = folder / f"{index}.xlsx"
        copy(place / "report.xlsx", files[key])
    one = folders["sample", 1] / "report.xlsx"
    plain = openpyxl.load_workbook(one, data_only=True)
    quarters, kwh = target_of(plain, "QuarterEnergy")
    rates, prices = target_of(plain, "RatePrices")
    column, first, _ = head_of(plain, kwh)
    price, price_row, _ = head_of(plain, prices)
    for name, sheet, cell, value in (
            ("quarter", quarters, f"{column}{first}", exact(plain[quarters][f"{column}{first}"].value) + MORE_KWH),
            ("price", rates, f"{price}{price_row}", exact(plain[rates][f"{price}{price_row}"].value) + MORE_PRICE),
            ("peak", quarters, f"{column}{first}", PEAK_KWH)):
        files[name] = folder / f"{name}.xlsx"
        copy(one, files[name], set_cell(sheet_file(plain, sheet), cell, value))
    recalculate(files.values(), folder, tool)
    again = {key: folder / "again" / path.name for key, path in files.items()}
    made = {key: Book(place, again[key]) for key, place in folders.items()}
    made.update({name: Book(folders["sample", 1], again[name]) for name in ("quarter", "price", "peak")})
    return made


@pytest.fixture(scope="module")
def whole(books):
    return {key: book for key, book in books.items() if isinstance(key, tuple)}


# --- the printed cents ------------------------------------------------------------------------------------------------

def test_libreoffice_gives_every_figure_that_stands_in_its_cell(whole):
    for key, book in whole.items():
        count = 0
        for sheet, cell, formula in book.cells():
            cached, again = book.cached[sheet][cell].value, book.again[sheet][cell].value
            same = cached == again or (isinstance(cached, (int, float)) and isinstance(again, (int, float)) and
                                       abs(cached - again) <= 1e-9 * max(1, abs(cached)))
            assert same, (key, sheet, cell, formula, cached, again)
            count += 1
        assert count > 2900, (key, count)


FINDINGS = {"BillTotal": "bill.total", "EnergyCharge": "bill.energy", "BasicCharge": "bill.basic",
            "PowerFactorAdjustment": "bill.pf.amount", "MeanPrice": "bill.price", "MaxDemand": "demand.max",
            "EnergyTotal": "energy.total", "PowerFactor": "power_factor.month"}


def test_the_names_hold_the_findings_of_the_json(whole):
    for key, book in whole.items():
        for project in book.json["projects"]:
            findings = {name: finding["value"] for name, finding in project["findings"].items()}
            there = {item.name for item in book.again.defined_names.definedName}
            for name, finding in FINDINGS.items():
                if name + book.suffix(project) in there:
                    again = named(book.again, name + book.suffix(project))
                    assert round(again, 6) == findings[finding], (key, name)
            if findings.get("bill.total") is not None:
                assert {f"{name}{book.suffix(project)}" for name in ("BillTotal", "MaxDemand", "EnergyTotal")} <= there
            if "BestContract" in there:
                assert named(book.again, "BestContract") == findings["savings.basic.best_contract_kw"], key
            if findings.get("health.index") is not None and not book.suffix(project):
                assert named(book.again, "HealthIndex") == findings["health.index"], key


def test_every_line_of_the_bill_is_there_to_the_cent(whole):
    for key, book in whole.items():
        for project in book.json["projects"]:
            if f"BillTotal{book.suffix(project)}" not in {n.name for n in book.again.defined_names.definedName}:
                continue
            sheet, cell = target_of(book.again, f"BillTotal{book.suffix(project)}")
            letter = re.match("[A-Z]+", cell)[0]
            amounts = [cells[0].value for cells in book.again[sheet][f"{letter}1:{cell}"]]
            formulas = [cells[0].value for cells in book.formulas[sheet][f"{letter}1:{cell}"]]
            for line in project["bill_lines"]:
                if line["amount"] is None:
                    continue
                places = [i for i, amount in enumerate(amounts) if amount == line["amount"]]
                assert any(str(formulas[i]).startswith("=") for i in places), (key, line)
                if line["line"] == "energy":
                    assert any(str(formulas[i]).startswith("=ROUND(ROUND(SUMIFS(") for i in places), (key, line)


def test_the_real_plants_bill_is_the_one_that_was_worked_out_elsewhere(whole, shared_data):
    with open(shared_data / "expected_bills.csv", encoding="utf-8") as file:
        given = {row["month"]: row for row in csv.DictReader(file)}["2018-03"]
    again = whole["2018-03", 1].again
    assert named(again, "BillTotal") == float(given["total"])
    assert named(again, "EnergyCharge") == float(given["energy_charge"])
    assert named(again, "BasicCharge") == float(given["basic_charge"])
    assert named(again, "PowerFactorAdjustment") == float(given["pf_adjustment"])
    assert named(again, "MaxDemand") == float(given["max_demand_kw"])
    assert named(again, "PowerFactor") == float(given["power_factor"])
    assert f"{named(again, 'MaxDemandTime'):%Y-%m-%dT%H:%M}" == given["max_demand_at"][:16]


# --- it lives ---------------------------------------------------------------------------------------------------------

def lines_of(book):
    return {(line["line"], line["slot"]): line for line in book.json["projects"][0]["bill_lines"]}


def by_hand(book, line, kwh, price):
    """Tenant 1's bill with another first rate: the line, the charge, and the adjustment of what it is based on. The
    funds are left out of the base; percentages and basic charge stay."""
    findings = book.json["projects"][0]["findings"]
    lines = lines_of(book)
    amount = rounded(kwh * price)
    energy = exact(findings["bill.energy"]["value"]) - exact(line["amount"]) + amount
    basic = exact(findings["bill.basic"]["value"])
    all_kwh = exact(findings["energy.total"]["value"]) - exact(line["quantity"]) + kwh
    fund = exact(0.0294)  # a kWh: tenant 1's tariff in the sample store
    percent = exact(lines["power_factor", None]["price"])
    adjustment = rounded((energy + basic - fund * all_kwh) * percent / 100)
    return energy, adjustment, energy + basic + adjustment


def test_another_quarter_gives_another_bill(books):
    book = books["quarter"]
    first = book.json["projects"][0]["bill_lines"]
    valley = next(line for line in first if line["slot"] == "valley")  # the month's first quarter is at midnight
    energy, adjustment, total = by_hand(book, valley, exact(valley["quantity"]) + MORE_KWH, exact(valley["price"]))
    assert named(book.again, "EnergyCharge") == float(energy)
    assert named(book.again, "PowerFactorAdjustment") == float(adjustment)
    assert named(book.again, "BillTotal") == float(total) != book.json["projects"][0]["findings"]["bill.total"]["value"]


def test_another_price_gives_another_bill(books):
    book = books["price"]
    sharp = book.json["projects"][0]["bill_lines"][0]  # the first rate
    energy, adjustment, total = by_hand(book, sharp, exact(sharp["quantity"]), exact(sharp["price"]) + MORE_PRICE)
    assert named(book.again, "EnergyCharge") == float(energy)
    assert named(book.again, "PowerFactorAdjustment") == float(adjustment)
    assert named(book.again, "BillTotal") == float(total)


def test_a_higher_demand_costs_the_higher_price(books):
    """Contract 1,750 kW at 48: to 1,837.5 kW at 48, what is above at 96."""
    book = books["peak"]
    sheet, cells = target_of(book.cached, "QuarterEnergy")
    column, first, _ = head_of(book.cached, cells)
    other = exact(book.cached[sheet][f"{column}{first + 1}"].value)  # the second incomer's, of the same quarter
    demand = (PEAK_KWH + other) * 4
    assert named(book.again, "MaxDemand") == float(demand)
    assert named(book.again, "BasicCharge") == float(rounded(Decimal("1837.5") * 48 + (demand - Decimal("1837.5")) * 96))


# --- what older spreadsheets know -------------------------------------------------------------------------------------

def test_no_function_is_younger_than_2007(whole):
    used = set()
    for book in whole.values():
        for _, _, formula in book.cells():
            used |= set(re.findall(r"([A-Z][A-Z0-9.]*)\(", re.sub(r"'[^']*'!|\"[^\"]*\"", "", formula)))
            assert "_xlfn" not in formula and "[" not in formula and "{" not in formula
    assert used <= KNOWN and {"SUMIFS", "SUMPRODUCT", "INDEX"} <= used


def test_the_quarters_are_a_real_table_with_a_filter_and_a_head_that_stays(whole):
    book = whole["sample", 1].formulas
    sheet, cells = target_of(book, "QuarterEnergy")
    (table,) = book[sheet].tables.values()
    _, first, last = head_of(book, cells)
    assert table.autoFilter is not None and book[sheet].freeze_panes == f"A{first}"
    assert last - first + 1 == 2 * 31 * 96, "two incomers, a quarter each"


def test_the_workbook_stays_small(folders):
    for key, folder in folders.items():
        assert (folder / "report.xlsx").stat().st_size < 1_200_000, key
