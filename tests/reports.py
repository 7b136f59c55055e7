"""What the tests of whole runs share: runs made once a session, report.ini files, small stores."""

import datetime
import json
import pathlib
import shutil
import sqlite3
import subprocess
from zoneinfo import ZoneInfo

import openpyxl

from servers import processes

ROOT = processes.ROOT
SAMPLE_MONTH, SAMPLE_NOW = "2026-10", "2026-11-04T00:00:00Z"
SAMPLE_TENANTS = (1, 2, 3, 4, 6)  # those of the single edition that are in service in the sample month
REAL_MONTHS = ("2018-02", "2018-03", "2018-08")
FILES = ("report.json", "report.pdf", "report.xlsx")
NOTO = {weight: ROOT / "build" / "fonts" / f"NotoSansSC-{weight}.ttf" for weight in ("Regular", "Bold")}
WENQUANYI = pathlib.Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")


# --- runs made once ---------------------------------------------------------------------------------------------------

def sample_run(program, sample_db):
    """The folder that holds the sample month's reports of every tenant."""

    def make():
        out = processes.state_folder() / "sample-reports"
        program("run", "--db", sample_db, "--month", SAMPLE_MONTH, "--now", SAMPLE_NOW, "--out", out, check=True)
        return str(out)

    return pathlib.Path(processes.once("sample-reports", make))


def real_store(program, shared_data):
    def make():
        path = processes.state_folder() / "real.db"
        program("import", shared_data, "--db", path, check=True)
        return str(path)

    return pathlib.Path(processes.once("real-store", make))


def real_run(program, shared_data):
    """The folder that holds tenant 1's reports of the months with a known bill, each made on the third of the next."""

    def make():
        out = processes.state_folder() / "real-reports"
        store = real_store(program, shared_data)
        for month in REAL_MONTHS:
            year, number = map(int, month.split("-"))
            program("run", "--month", month, "--tenant", "1", "--db", store, "--out", out,
                    "--now", f"{year}-{number + 1:02d}-03T00:00+09:00", check=True)
        return str(out)

    return pathlib.Path(processes.once("real-reports", make))


def folder_of(out, tenant, month=SAMPLE_MONTH, edition="single"):
    found = sorted((out / month / edition).glob(f"{tenant}-*"))
    assert len(found) == 1, f"tenant {tenant}: {found}"
    return found[0]


def read_json(folder, **more):
    return json.loads((folder / "report.json").read_text(encoding="utf-8"), **more)


def tree(folder):
    """Every file and folder below, hidden ones too, with the files' bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
            for path in sorted(folder.rglob("*"))}


# --- other programs' views --------------------------------------------------------------------------------------------

def run_tool(*command):
    """Standard output of a tool that must succeed without a word on standard error."""
    done = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, timeout=300, check=False)
    assert done.returncode == 0 and done.stderr == b"", f"{command}: {done.stderr.decode(errors='replace')}"
    return done.stdout


def page_texts(pdf):
    pages = run_tool("pdftotext", "-layout", pdf, "-").decode("utf-8").split("\f")
    assert pages[-1] == "", "pdftotext ends each page with a form feed"
    return pages[:-1]


def workbook(folder, data_only=False):
    return openpyxl.load_workbook(folder / "report.xlsx", data_only=data_only)


def sheet_rows(sheet):
    """Each row's cells that hold something."""
    return [[cell.value for cell in row if cell.value is not None] for row in sheet.iter_rows()]


# --- settings ---------------------------------------------------------------------------------------------------------

def settings(**changes):
    """The lines of a report.ini by section; templates, charts and fonts are the repository's. A value of None leaves
    the key out, as in settings(report={"gate": 0.5}, fonts={"bold": None})."""
    sections = {
        "store": {"kind": "embedded"},
        "templates": {"folder": ROOT / "templates", "charts": ROOT / "charts"},
        "fonts": {"regular": f"{NOTO['Regular']}, {WENQUANYI}", "bold": f"{NOTO['Bold']}, {WENQUANYI}"},
    }
    for section, keys in changes.items():
        sections.setdefault(section, {}).update(keys)
    lines = []
    for section, keys in sections.items():
        lines.append(f"[{section}]")
        lines += [f"{key} = {value}" for key, value in keys.items() if value is not None]
    return "\n".join(lines) + "\n"


def write_settings(folder, **changes):
    path = folder / "report.ini"
    path.write_text(settings(**changes), encoding="utf-8")
    return path


def copy_templates(folder):
    """templates/ and charts/ of one's own, to put mistakes into."""
    for name in ("templates", "charts"):
        shutil.copytree(ROOT / name, folder / name)
    return folder / "templates"


# --- small stores -----------------------------------------------------------------------------------------------------

SMALL_MONTH, SMALL_NOW = "2018-03", "2018-04-05T00:00:00Z"
QUARTER = datetime.timedelta(minutes=15)


def insert(store, table, **values):
    store.execute(f"INSERT INTO {table} ({','.join(values)}) VALUES ({','.join('?' * len(values))})",
                  tuple(values.values()))


def add_tenant(store, number, **changes):
    """A tenant with one project, one incomer, and a flat tariff."""
    tenant = {"name": f"客户{number}", "edition": "single", "locale": "zh-CN", "timezone": "Asia/Shanghai",
              "service_from": "2017-01-01", **changes}
    project, point, long_ago = 10 * number, 100 * number + 1, "2017-01-01 00:00:00"
    insert(store, "tenant", tenant_id=number, **tenant)
    insert(store, "project", project_id=project, name=f"厂区{number}", holiday_region="CN")
    insert(store, "tenant_project", tenant_id=number, project_id=project)
    insert(store, "transformer", transformer_id=point, project_id=project, name="T1", rated_kva=800,
           valid_from=long_ago)
    insert(store, "point", point_id=point, project_id=project, transformer_id=point, name="进线", role="incomer",
           wiring="3p4w", nominal_v=220, valid_from=long_ago)
    insert(store, "tariff", tariff_id=number, project_id=project, valid_from=long_ago, currency="CNY",
           basic_mode="none", pf_standard=0.9, fund_price=0, source="测试")
    insert(store, "tariff_slot", tariff_id=number, month_from=1, month_to=12, day_kind="all", start_minute=0,
           end_minute=1440, slot="flat", price=0.5)


def add_quarters(store, number, month=SMALL_MONTH, zone="Asia/Shanghai", hours=None):
    """10 kWh a quarter, half that at night; all of the month, or its first hours."""
    year, month_number = map(int, month.split("-"))
    start = datetime.datetime(year, month_number, 1, tzinfo=ZoneInfo(zone))
    end = datetime.datetime(year + month_number // 12, month_number % 12 + 1, 1, tzinfo=ZoneInfo(zone))
    first, last = (int(moment.timestamp() * 1000) for moment in (start, end))
    if hours is not None:
        last = first + hours * 3_600_000
    store.executemany(
        "INSERT INTO point_15min_electric (point_id, project_id, time, kwh, kvarh_lag, kvarh_lead) "
        "VALUES (?,?,?,?,?,0)",
        [(100 * number + 1, 10 * number, time, 10 if (time - first) % 86_400_000 >= 28_800_000 else 5, 2)
         for time in range(first, last, 900_000)])


def small_store(path, tenants=(1, 2), **changes):
    """A store of a few tenants with March 2018; `changes` go to tenant 1's row."""
    with sqlite3.connect(path) as store:
        store.executescript((ROOT / "samples" / "schema.sql").read_text(encoding="utf-8"))
        for number in tenants:
            add_tenant(store, number, **(changes if number == 1 else {}))
            add_quarters(store, number)
    store.close()
    return path


def change_store(path, *statements):
    with sqlite3.connect(path) as store:
        for statement in statements:
            store.execute(*statement) if isinstance(statement, tuple) else store.execute(statement)
    store.close()
