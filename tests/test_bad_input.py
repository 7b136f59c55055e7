"""Bad input through the whole program: the exact words on standard error, the exit code (docs/contract/commands.md),
and nothing half written."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import time
import zipfile

import openpyxl
import pytest

import reports
from servers import processes

ROOT = reports.ROOT
TIBETAN = "\u0f40"  # KA: in neither font


@pytest.fixture(scope="module")
def master(tmp_path_factory):
    """Two tenants with all of March 2018."""
    return reports.small_store(tmp_path_factory.mktemp("small") / "store.db")


RUNS_OWN = {"ledger.db", "2018-03/summary.txt", "2018-03/index.html"}  # what a run writes beside the reports


class Place:
    """A folder with a store, a report.ini and an empty out/, and runs there."""

    def __init__(self, program, folder, master):
        self.program, self.folder, self.out = program, folder, folder / "out"
        self.store = folder / "store.db"
        shutil.copy(master, self.store)
        reports.write_settings(folder)

    def settings(self, **changes):
        reports.write_settings(self.folder, **changes)

    def change(self, *statements):
        reports.change_store(self.store, *statements)

    def run(self, *options, month=reports.SMALL_MONTH, now=reports.SMALL_NOW, db="store.db", **more):
        arguments = ["run", "--out", "out", "--now", now]
        arguments += ["--month", month] if month else []
        arguments += ["--db", db] if db else []
        return self.program(*arguments, *options, cwd=self.folder, **more)

    def made(self):
        """Every file and folder below out/ but the ledger and the run's page, the hidden ones too."""
        found = sorted(str(path.relative_to(self.out)) for path in self.out.rglob("*")) if self.out.exists() else []
        return [name for name in found if name not in RUNS_OWN]

    def refused(self, said, *options, code=2, **more):
        """Nothing was done, and that is why."""
        done = self.run(*options, **more)
        assert (done.stderr, done.returncode) == (f"powerreport: {said}\n", code)
        assert done.stdout == "" and not self.out.exists()

    def costs_tenant_1(self, why, state="failed", code=1, others=("2-客户2",)):
        """Tenant 1 fails for this reason and leaves nothing, tenant 2 is made whole."""
        done = self.run()
        name = self.name_of_tenant_1()
        assert done.stderr == f"powerreport: tenant 1 '{name}', 2018-03: {why}\n"
        assert done.returncode == code
        assert f"{state} 1" in done.stdout.splitlines()[-1] and "done 1" in done.stdout.splitlines()[-1]
        assert self.made() == files_of(*others)

    def name_of_tenant_1(self):
        with contextlib.closing(sqlite3.connect(self.store)) as store:
            return store.execute("SELECT name FROM tenant WHERE tenant_id = 1").fetchone()[0]


def files_of(*folders):
    paths = ["2018-03", "2018-03/single"]
    for folder in folders:
        paths += [f"2018-03/single/{folder}", *(f"2018-03/single/{folder}/{name}" for name in reports.FILES)]
    return sorted(paths)


@pytest.fixture
def place(program, tmp_path, master):
    return Place(program, tmp_path, master)


# --- the command line -------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("options, said", [
    (["--colour"], "unknown option '--colour'; see 'powerreport run --help'"),
    (["--month", "March"], "--month: 'March' is not a month; expected such as 2018-03"),
    (["--month", "2018-13"], "--month: '2018-13' is not a month; expected such as 2018-03"),
    (["--now", "yesterday"],
     "--now: 'yesterday' is not a time; expected such as 2018-04-03T00:00+09:00 (UTC without an offset)"),
    (["--tenant", "one"], "--tenant: 'one' is not an id; expected a whole number above 0"),
    (["--format", "pdf,docx"], "--format: 'docx' is unknown; expected pdf, xlsx, json, png, svg or layout"),
    (["--jobs", "0"], "--jobs: '0' is not a number of workers; expected 1 to 256"),
    (["--tenant"], "--tenant: a value is expected"),
    (["2018-03"], "unexpected argument '2018-03'; see 'powerreport run --help'"),
    (["--tenant", "2", "--tenant", "99"], "tenant 99 is not in the directory; expected an id of its table 'tenant'"),
])
def test_a_wrong_option_is_refused_before_anything_is_done(place, options, said):
    place.refused(said, *options)


def test_an_unknown_command_is_told_with_the_usage(program):
    done = program("rum")
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("powerreport: unknown command 'rum'\nusage: powerreport COMMAND [options]\n")
    done = program()
    assert done.returncode == 2 and done.stderr.startswith("usage: powerreport COMMAND [options]\n")


def test_help_and_version_go_to_standard_output(program):
    for arguments, begins in ((["--help"], "usage: powerreport COMMAND"), (["run", "--help"], "usage: powerreport run"),
                              (["import", "--help"], "usage: powerreport import"), (["--version"], "powerreport "),
                              (["run", "--version"], "powerreport ")):
        done = program(*arguments)
        assert done.returncode == 0 and done.stderr == "" and done.stdout.startswith(begins)


# --- report.ini -------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("text, said", [
    ("[report]\ngat = 1\n", "report.ini:2: unknown key 'gat' in [report]; expected one of: gate, settle_hours, "
                            "day_share, test_codes, shift_percent; did you mean 'gate'?"),
    ("[report]\ngate = lots\n", "report.ini:2: 'gate' in [report] is 'lots'; expected a number from 0 to 1"),
    ("[report]\n\ngate = 1.5\n", "report.ini:3: 'gate' in [report] is '1.5'; expected a number from 0 to 1"),
    ("[report]\nday_share = 28\n", "report.ini:2: 'day_share' in [report] is '28'; expected one of: month, 30"),
    ("[reports]\ngate = 1\n", "report.ini:1: unknown section [reports]; expected one of: store, elasticsearch, index, "
                              "mysql, output, templates, fonts, mail, run, report, method, health; did you mean 'report'?"),
    ("[store]\nkind = oracle\n", "report.ini:2: 'kind' in [store] is 'oracle'; expected one of: embedded, live"),
    ("[report]\ngate\n", "report.ini:2: no '=' in 'gate'; expected 'key = value' or '[section]'"),
    ("gate = 1\n", "report.ini:1: entry before the first section; expected '[section]'"),
    ("[report\n", "report.ini:1: section header without ']'; expected '[kind]' or '[kind name]'"),
    ("[report]\ngate = 0.9\ngate = 0.8\n", "report.ini:3: key 'gate' again; it is in line 2 already"),
    ("[output]\nfolder_name = {name}\n", "report.ini:2: 'folder_name' in [output] is '{name}'; expected it to begin "
                                         "with '{id}-', by which a customer's folder is found again"),
    ("[output]\nfile_name = a/b\n", "report.ini:2: 'file_name' in [output] is 'a/b', which leads to another folder or "
                                    "hides the name; expected text with {id}, {name}, {short_name}, {month} or "
                                    "{edition} in it"),
], ids=["key", "value", "range", "choice", "section", "store", "no value", "no section", "header", "twice", "folder",
        "file"])
def test_a_mistake_in_the_settings_is_refused_with_its_line(place, text, said):
    fonts = f"[fonts]\nregular = {reports.NOTO['Regular']}\nbold = {reports.NOTO['Bold']}\n"  # no word on missing ones
    (place.folder / "report.ini").write_text(text + fonts, encoding="utf-8")
    place.refused(said)


def test_settings_that_are_missing_are_refused(place):
    place.refused("cannot read 'other.ini': no such file or directory", "--config", "other.ini")
    place.refused("cannot read '.': it is a folder; expected a file", "--config", ".")
    (place.folder / "report.ini").unlink()
    done = place.run()
    if not pathlib.Path("/etc/powerreport/report.ini").exists():
        assert done.stderr == "powerreport: cannot read '/etc/powerreport/report.ini': no such file or directory\n"
        assert done.returncode == 2 and not place.out.exists()


def test_a_store_without_a_path_is_refused(place):
    (place.folder / "report.ini").write_text("[store]\nkind = live\n", encoding="utf-8")
    done = place.run(db=None)
    assert done.returncode == 2 and "report.ini" in done.stderr and "'url' in [elasticsearch]" in done.stderr
    assert not place.out.exists()


# --- templates --------------------------------------------------------------------------------------------------------

EDITION = "templates/editions/single.ini"


@pytest.mark.parametrize("file, old, new, said", [
    (EDITION, "[chapter overview]\n", "[chapter overview]\ntitel = overview.title\n",
     "unknown key 'titel' in [chapter overview]; expected one of: title, lede, when, for, scope, start, listed; did "
     "you mean 'title'?"),
    (EDITION, "title = overview.title\n", "title = overview.nothing\n",
     "no word with the key 'overview.nothing'; expected it in templates/words"),
    (EDITION, "when = measured(energy.total)\n", "when = measured(energy.total\n", None),
    (EDITION, "when = measured(energy.total)\n", "when = energy.total >\n", None),
    (EDITION, "chart = fingerprint\n", "chart = cake\n", None),
    ("templates/words/zh-CN.ini", "[overview]\n", "[overview]\nbroken = {if bill.total}x\n", None),
    ("templates/brands/default/brand.ini", "#0E4A66", "#D9822B",
     "'accent' in [brand] is '#D9822B', with a contrast of 2.9 on white; expected at least 4.5"),
    ("charts/energy_by_day.ini", "kind = stack\n", "kind = cake\n", None),
    ("templates/method/power_factor.ini", "[", "[[", None),
])
def test_a_mistake_in_a_template_is_refused_before_the_night(place, file, old, new, said):
    """With file and line; the words of every kind of mistake are in tests/unit/test_templates.c."""
    reports.copy_templates(place.folder)
    place.settings(templates={"folder": "templates", "charts": "charts"})
    path = place.folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    line = text[:text.index(old)].count("\n") + 1 + new.count("\n", 0, len(os.path.commonprefix([old, new])))
    done = place.run()
    assert done.returncode == 2 and done.stdout == "" and not place.out.exists(), done.stderr
    assert done.stderr.startswith(f"powerreport: {file}:{line}: "), (line, done.stderr)
    assert said is None or done.stderr == f"powerreport: {file}:{line}: {said}\n"
    assert "expected" in done.stderr and done.stderr.count("\n") == 1


def test_a_word_that_one_language_lacks_is_refused(place):
    templates = reports.copy_templates(place.folder)
    place.settings(templates={"folder": "templates", "charts": "charts"})
    path = templates / "words" / "en.ini"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    at = lines.index("[contents]\n")
    assert lines[at + 1].startswith("title = ")
    path.write_text("".join(lines[:at + 1] + lines[at + 2:]), encoding="utf-8")
    other = (templates / "words" / "zh-CN.ini").read_text(encoding="utf-8").splitlines()
    place.refused(f"templates/words/zh-CN.ini:{other.index('[contents]') + 2}: word 'contents.title' is missing in the "
                  "words of 'en'; expected every locale to have the same keys")


def test_templates_that_are_not_there_are_refused(place):
    place.settings(templates={"folder": "nowhere"})
    done = place.run()
    assert done.returncode == 2 and done.stderr.startswith("powerreport: cannot read 'nowhere/method/")
    place.settings(templates={"charts": "nowhere"})
    place.refused("nowhere: cannot read the folder; expected templates there")


# --- fonts ------------------------------------------------------------------------------------------------------------

def test_a_font_that_is_missing_is_refused_or_another_stands_in(place):
    place.settings(fonts={"regular": "no.ttf", "bold": "no.ttf"})
    done = place.run()
    assert done.stderr.lower() == "powerreport: cannot open font 'no.ttf': no such file or directory\n"
    assert done.returncode == 2 and done.stdout == "" and not place.out.exists()
    place.settings(fonts={"regular": f"no.ttf, {reports.WENQUANYI}", "bold": f"no.ttf, {reports.WENQUANYI}"})
    done = place.run()
    assert done.stderr == f"powerreport: font 'no.ttf' is missing: reports are set in '{reports.WENQUANYI}'\n"
    assert done.returncode == 0 and place.made() == files_of("1-客户1", "2-客户2")


def test_a_file_that_is_no_font_is_refused(place):
    place.settings(fonts={"regular": "report.ini", "bold": "report.ini"})
    place.refused("cannot read font 'report.ini': not a font that FreeType knows (error 2)")
    (place.folder / "empty.ttf").touch()
    place.settings(fonts={"regular": "empty.ttf", "bold": "empty.ttf"})
    place.refused("cannot read font 'empty.ttf'; expected a TrueType file")


def test_fonts_of_regular_and_bold_go_in_pairs(place):
    place.settings(fonts={"bold": reports.NOTO["Bold"]})
    done = place.run()
    assert done.returncode == 2 and not place.out.exists()
    assert done.stderr.endswith("'bold' in [fonts] names 1 files; expected 2, as many as 'regular'\n")


def test_a_character_that_no_font_has_is_named_and_costs_its_tenant_alone(place):
    place.settings(fonts={"regular": reports.WENQUANYI, "bold": reports.WENQUANYI})
    place.change(("UPDATE tenant SET name = ? WHERE tenant_id = 1", (f"厂{TIBETAN}",)))
    place.costs_tenant_1(f"cover: no glyph for U+0F40 '{TIBETAN}' in the text '厂{TIBETAN}'; "
                         f"fonts tried: {reports.WENQUANYI}")
    place.change("UPDATE tenant SET name = '\U0002a6d6' WHERE tenant_id = 1")
    place.costs_tenant_1("cover: no glyph for U+2A6D6 '\U0002a6d6' in the text '\U0002a6d6'; "
                         f"fonts tried: {reports.WENQUANYI}")


# --- stores -----------------------------------------------------------------------------------------------------------

MADE_BY = "expected an embedded store made by 'powerreport import' or 'make samples'"


def test_a_store_that_is_none_is_refused(place):
    place.refused(f"cannot open store 'no.db': no such file; {MADE_BY}", db="no.db")
    place.refused("cannot open store '.': not a regular file; expected an embedded store", db=".")
    place.refused("cannot open store 'report.ini': file is not a database", db="report.ini")
    (place.folder / "empty.db").touch()
    place.refused(f"cannot open store 'empty.db': no table 'tenant'; {MADE_BY}", db="empty.db")
    assert (place.folder / "empty.db").stat().st_size == 0


def test_a_store_that_lacks_a_table_or_a_column_is_refused(place):
    place.change("ALTER TABLE tariff RENAME COLUMN source TO origin")
    place.refused("cannot open store 'store.db': table 'tariff' has no column 'source'; expected the contract's "
                  "columns")
    place.change("DROP TABLE point_name")
    place.refused(f"cannot open store 'store.db': no table 'point_name'; {MADE_BY}")


def test_a_store_that_was_cut_off_fails_without_half_a_report(place):
    bytes_ = place.store.read_bytes()
    place.store.write_bytes(bytes_[:len(bytes_) // 2])
    done = place.run()
    assert done.returncode in (1, 2) and "database disk image is malformed" in done.stderr
    assert not any(name.endswith(reports.FILES) or "/." in name for name in place.made())


def live_settings(place, mariadb_port, url, **mysql):
    place.settings(store={"kind": "live"},
                   elasticsearch={"url": url, "max_retries": 0, "connect_timeout_s": 5},
                   mysql={"host": "127.0.0.1", "port": mariadb_port, "database": "directory", "user": "reader",
                          "tls": "no", "connect_timeout_s": 5, **mysql})


def test_a_live_store_that_is_down_is_refused(place):
    port = processes.free_port()
    live_settings(place, port, f"http://127.0.0.1:{processes.free_port()}")
    place.refused(f"cannot reach MySQL at 127.0.0.1:{port}: Can't connect to server on '127.0.0.1' (115); "
                  "expected [mysql] host and port to name a running server",
                  db=None, env={"POWERREPORT_MYSQL_PASSWORD": "x"})


def small_directory(mariadb, name):
    """The directory of the small store, without any row of what was measured."""
    mariadb.create(name)
    mariadb.run("INSERT INTO tenant (tenant_id, name, edition, locale, timezone, service_from) VALUES "
                "(1, '客户1', 'single', 'zh-CN', 'Asia/Shanghai', '2017-01-01');"
                "INSERT INTO project (project_id, name, holiday_region) VALUES (10, '厂区', 'CN');"
                "INSERT INTO tenant_project (tenant_id, project_id) VALUES (1, 10);"
                "INSERT INTO point (point_id, project_id, name, role, wiring, nominal_v, valid_from) VALUES "
                "(101, 10, '进线', 'incomer', '3p4w', 220, '2017-01-01 00:00:00');", name)


def test_a_wrong_password_is_refused_and_not_shown(place, mariadb):
    mariadb.create("directory")
    live_settings(place, mariadb.port, f"http://127.0.0.1:{processes.free_port()}", user=mariadb.reader)
    place.refused(f"cannot log in to MySQL at 127.0.0.1:{mariadb.port} as '{mariadb.reader}': access denied; expected "
                  "POWERREPORT_MYSQL_PASSWORD or [mysql] password_file to hold its password",
                  db=None, env={"POWERREPORT_MYSQL_PASSWORD": "not-the-secret"})


def test_a_search_server_that_is_down_is_refused_before_the_first_tenant(place, mariadb):
    small_directory(mariadb, "directory_without_search")
    port = processes.free_port()
    live_settings(place, mariadb.port, f"http://127.0.0.1:{port}", user=mariadb.reader,
                  database="directory_without_search")
    done = place.run(db=None, env={"POWERREPORT_MYSQL_PASSWORD": mariadb.reader_password})
    assert f"127.0.0.1:{port}" in done.stderr and done.returncode == 2, done.stderr
    assert not place.out.exists()


# --- a tenant that fails alone ----------------------------------------------------------------------------------------

@pytest.mark.parametrize("statement, why", [
    ("UPDATE tenant SET edition = 'gold' WHERE tenant_id = 1",
     "table 'tenant', tenant_id 1, column 'edition': 'gold' is not one of single, management, platform"),
    ("UPDATE tenant SET service_from = 'yesterday' WHERE tenant_id = 1",
     "table 'tenant', tenant_id 1, column 'service_from': 'yesterday' is not a date; expected YYYY-MM-DD"),
    ("UPDATE tariff_slot SET price = 'x' WHERE tariff_id = 1",
     "table 'tariff_slot', tariff_id 1, month_from 1, day_kind all, start_minute 0, column 'price': 'x' is not a "
     "decimal"),
    ("UPDATE point_15min_electric SET kwh = 'x' WHERE point_id = 101 AND time = 1519833600000",
     "store 'store.db', table 'point_15min_electric', point_id 101, time 2018-02-28T16:00:00Z, column 'kwh': 'x' is "
     "not a number"),
    ("DELETE FROM tenant_project WHERE tenant_id = 1",
     "tenant 1 is of the single edition and has 0 projects in table 'tenant_project'; expected exactly one"),
    ("INSERT INTO tenant_project VALUES (1, 20)",
     "tenant 1 is of the single edition and has 2 projects in table 'tenant_project'; expected exactly one"),
    ("UPDATE tenant SET brand = 'gone' WHERE tenant_id = 1",
     f"no brand 'gone'; expected {ROOT}/templates/brands/gone/brand.ini"),
])
def test_a_poisoned_row_costs_its_tenant_alone(place, statement, why):
    place.change(statement)
    place.costs_tenant_1(why)


def test_a_time_zone_that_is_unknown_costs_its_tenant_alone(place):
    place.change("UPDATE tenant SET timezone = 'Mars/Olympus' WHERE tenant_id = 1")
    done = place.run()
    assert done.returncode == 1 and place.made() == files_of("2-客户2")
    assert done.stderr.startswith("powerreport: tenant 1 '客户1', 2018-03: ")
    assert "unknown time zone 'Mars/Olympus'" in done.stderr
    assert done.stderr.endswith("; expected an IANA name like Asia/Shanghai\n")


def test_a_month_without_a_row_is_no_data_and_costs_its_tenant_alone(place):
    place.change("DELETE FROM point_15min_electric WHERE point_id = 101")
    place.costs_tenant_1("no data: not one row of its points in 2018-03; expected rows in the store for that month",
                         state="no data")


def test_a_tenant_in_service_without_a_point_is_no_data(place):
    place.change("DELETE FROM point WHERE point_id = 101")
    place.costs_tenant_1("no data: not one row of its points in 2018-03; expected rows in the store for that month",
                         state="no data")


def test_a_tenant_that_is_not_in_service_is_skipped(place):
    for column, day in (("service_to", "2018-03-01"), ("service_from", "2018-04-01")):
        place.change("UPDATE tenant SET service_from = '2017-01-01', service_to = NULL",
                     f"UPDATE tenant SET {column} = '{day}' WHERE tenant_id = 1")
        done = place.run()
        assert (done.returncode, done.stderr) == (0, "")
        assert "2018-03  1 客户1: skipped: not in service in 2018-03\n" in done.stdout
        assert done.stdout.endswith("done 1, held 0, waiting 0, skipped 1, no data 0, failed 0\n")
        assert place.made() == files_of("2-客户2")


def test_a_report_below_the_gate_is_made_and_held(place):
    place.change("DELETE FROM point_15min_electric WHERE point_id = 101 AND time > 1520000000000")
    done = place.run("--json")
    state = json.loads(done.stdout.splitlines()[0])
    assert (done.returncode, done.stderr, state["state"]) == (0, "", "held")
    # From 2018-02-28T16:00Z to 1,520,000,000 s (2018-03-02T14:13:20Z) are 185 quarters of 2,976.
    assert state["coverage"] == pytest.approx(185 / 2976, abs=1e-6)
    assert place.made() == files_of("1-客户1", "2-客户2")


# --- what help tells --------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("command, options", [
    ("run", "--month --tenant --edition --format --jobs --force --dry-run"),
    ("survey", "--month --codes -o"),
    ("explain", "--tenant --month --project --point --transformer --sensor --verbose"),
    ("import", "--db"),
])
def test_every_option_of_a_command_stands_in_its_help(program, command, options):
    """The contract's options, and those of all commands."""
    done = program(command, "--help", check=True)
    words = done.stdout.replace("[", " ").replace("]", " ").split()
    common = "--config --db --out --now --json --quiet --verbose --help --version"
    assert [option for option in f"{options} {common}".split() if option not in words] == []
    assert done.stderr == ""


# --- when -------------------------------------------------------------------------------------------------------------

def test_a_month_that_has_not_ended_is_waiting(place):
    done = place.run(now="2018-03-31T15:59:59Z")  # a second before April in Shanghai
    assert (done.returncode, done.stderr) == (0, "") and place.made() == []
    assert "2018-03  1 客户1: waiting: 2018-03 does not end before 2018-04-01T00:00:00+08:00\n" in done.stdout
    assert done.stdout.endswith("done 0, held 0, waiting 2, skipped 0, no data 0, failed 0\n")
    assert place.run(now="2018-03-31T16:00:00Z").stdout.endswith(
        "done 2, held 0, waiting 0, skipped 0, no data 0, failed 0\n")


def test_a_tenant_waits_until_the_month_of_its_western_project_has_ended(place):
    place.change("UPDATE project SET timezone = 'Europe/Berlin' WHERE project_id = 10")
    done = place.run(now="2018-03-31T21:59:59Z")  # April in Shanghai, a second before it in Berlin
    assert (done.returncode, done.stderr) == (0, "") and place.made() == files_of("2-客户2")
    assert ("2018-03  1 客户1: waiting: 2018-03 of project 10 does not end before 2018-04-01T00:00:00+02:00\n"
            in done.stdout)
    assert place.run(now="2018-03-31T22:00:00Z").stdout.endswith(
        "done 2, held 0, waiting 0, skipped 0, no data 0, failed 0\n")


def test_without_a_month_the_last_whole_one_is_made_72_hours_after_its_end(place):
    place.change("UPDATE tenant SET timezone = 'Europe/London' WHERE tenant_id = 2")
    done = place.run(month=None, now="2018-04-03T15:59:59Z")
    assert "2018-03  1 客户1: waiting: 2018-03 is not settled before 2018-04-04T00:00:00+08:00\n" in done.stdout
    assert "2018-03  2 客户2: waiting: 2018-03 is not settled before 2018-04-04T00:00:00+01:00\n" in done.stdout
    assert (done.returncode, place.made()) == (0, [])
    done = place.run(month=None, now="2018-04-03T16:00:00Z")  # 72 h in Shanghai, 65 h in London
    assert done.stdout.endswith("done 1, held 0, waiting 1, skipped 0, no data 0, failed 0\n")
    assert place.made() == files_of("1-客户1")
    place.settings(report={"settle_hours": 0})
    done = place.run(month=None, now="2018-03-31T23:00:00Z")  # in London the first of April: summer time
    assert done.stdout.endswith("done 2, held 0, waiting 0, skipped 0, no data 0, failed 0\n")


def test_a_dry_run_makes_nothing(place):
    done = place.run("--dry-run")
    assert (done.returncode, done.stderr) == (0, "") and not place.out.exists()
    assert "2018-03  1 客户1: skipped: would be made\n" in done.stdout


# --- where ------------------------------------------------------------------------------------------------------------

def both_fail(place, why, **more):
    done = place.run(**more)
    assert done.stderr == "".join(f"powerreport: tenant {number} '客户{number}', 2018-03: {why}\n" for number in (1, 2))
    assert done.returncode == 1 and "failed 2" in done.stdout


def test_an_out_folder_that_is_a_file_is_told(place):
    place.out.write_text("mine", encoding="utf-8")
    both_fail(place, "cannot make 'out': a file is in its place; expected a folder")
    assert place.out.read_text(encoding="utf-8") == "mine"
    place.out.unlink()
    (place.out / "2018-03").mkdir(parents=True)
    (place.out / "2018-03" / "single").write_text("mine", encoding="utf-8")
    both_fail(place, "cannot make 'out/2018-03/single': a file is in its place; expected a folder")
    assert place.made() == ["2018-03", "2018-03/single"]


@contextlib.contextmanager
def mounted(folder, options):
    """A file system in memory; skips where nothing may be mounted."""
    folder.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "powerreport-test", folder], capture_output=True,
                           text=True, check=False)
    if mount.returncode != 0:
        pytest.skip(f"nothing may be mounted here: {mount.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def test_an_out_folder_that_may_not_be_written_is_told(place):
    with mounted(place.out, "size=1m,ro"):
        both_fail(place, "cannot make 'out/2018-03': read-only file system; expected a writable folder")
        assert place.made() == []


def test_an_out_folder_that_is_full_is_told_and_what_was_there_stays(place):
    """Room for one file or two of a report, then for none; the month before lies there already."""
    kept = {}
    for size in (40, 120, 200, 280):
        with mounted(place.out, f"size={size}k"):
            old = place.out / "2018-03" / "single" / "1-客户1"
            old.mkdir(parents=True)
            (old / "report.pdf").write_bytes(b"the report of an earlier run")
            done = place.run()
            made = place.made()
            kept[size] = (old / "report.pdf").read_bytes()
            whole = [name for name in made if name.endswith(reports.FILES)]
        shutil.rmtree(place.out)
        assert done.returncode == 1, done.stdout
        assert "'out/2018-03/single" in done.stderr or "'out/ledger.db'" in done.stderr, done.stderr
        assert "expected" in done.stderr, done.stderr
        for line in done.stderr.splitlines():
            assert line.startswith(("powerreport: tenant 1 '客户1', 2018-03: ", "powerreport: tenant 2 '客户2', 2018-03: "))
            assert "no space left on device" in line or "KiB free; expected" in line, line
        assert not any(part.startswith(".") for name in made for part in name.split("/")), made
        assert len(whole) == 1 or len(whole) == 3, whole
    assert kept[40] == b"the report of an earlier run"


def test_a_standard_output_that_takes_nothing_is_told_and_the_reports_are_made(place):
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([place.program.path, "run", "--db", "store.db", "--month", "2018-03", "--now",
                               reports.SMALL_NOW, "--out", "out", "--json"], cwd=place.folder, stdout=full,
                              stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "powerreport: cannot write to standard output\n")
    assert place.made() == files_of("1-客户1", "2-客户2")


# --- a worker that dies -----------------------------------------------------------------------------------------------

def children(pid):
    with contextlib.suppress(OSError):
        return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def test_a_worker_that_is_killed_costs_its_tenant_alone_and_its_stage_is_swept(program, sample_db, tmp_path):
    """Stopped while its hidden folder is there, then killed as the system's memory keeper would."""
    out = tmp_path / "out"
    command = [str(program.path), "run", "--db", str(sample_db), "--month", reports.SAMPLE_MONTH, "--now",
               reports.SAMPLE_NOW, "--out", str(out), "--json"]
    killed = None
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          encoding="utf-8") as run:
        single = out / reports.SAMPLE_MONTH / "single"
        while run.poll() is None and killed is None:
            stages = list(single.glob(".*.part")) if single.exists() else []
            for child in children(run.pid) if stages else []:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGSTOP)
                    if stages[0].exists():
                        killed = int(stages[0].name[1:].split("-")[0])
                        os.kill(child, signal.SIGKILL)
                    else:
                        os.kill(child, signal.SIGCONT)
            time.sleep(0.0005)
        stdout, stderr = run.communicate(timeout=300)
    assert killed is not None, "no worker was met while it wrote"
    states = {event["tenant"]: event["state"] for event in map(json.loads, stdout.splitlines()[:-1])}
    assert {tenant: state for tenant, state in states.items() if state != "skipped"} == {
        tenant: "failed" if tenant == killed else "done" for tenant in (*reports.SAMPLE_TENANTS, 5, 9)}
    assert run.returncode == 1
    assert stderr.startswith(f"powerreport: tenant {killed} '") and \
        stderr.endswith(", 2026-10: its worker was ended by signal 9\n") and stderr.count("\n") == 1
    # The next tenant's worker swept it, or, where it was the last, the next run does.
    program("run", "--db", sample_db, "--month", reports.SAMPLE_MONTH, "--now", reports.SAMPLE_NOW, "--out", out,
            "--tenant", "6", check=True)
    assert [path.name for path in single.iterdir() if path.name.startswith(".")] == []


def test_a_file_that_may_not_grow_fails_its_tenant_and_leaves_nothing(program, tmp_path, master):
    """The workbook's library writes through files of its own: a limit on their size must not leave half a workbook."""
    place = Place(program, tmp_path, master)
    command = f"trap '' XFSZ; ulimit -f 90; exec '{program.path}' run --db store.db --month 2018-03 --out out --now " \
              f"{reports.SMALL_NOW}"
    done = subprocess.run(["bash", "-c", command], cwd=place.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and done.stderr.count("\n") == 2, done.stderr
    for line in done.stderr.splitlines():
        assert "file too large" in line.lower(), line
    assert place.made() == ["2018-03", "2018-03/single"]


# --- names ------------------------------------------------------------------------------------------------------------

def live_parts(path):
    """What a spreadsheet works out, opens or runs: every formula with its cell, the sheets' and the defined names, the
    cells that charts show, the targets of links."""
    book = openpyxl.load_workbook(path)
    formulas = {(sheet.title, cell.coordinate): cell.value for sheet in book for row in sheet.iter_rows()
                for cell in row if cell.data_type == "f"}
    links = {(sheet.title, link.ref, link.location, link.target) for sheet in book for row in sheet.iter_rows()
             for link in (cell.hyperlink for cell in row) if link is not None}
    charts = []
    with zipfile.ZipFile(path) as archive:
        for part in sorted(archive.namelist()):
            if part.startswith("xl/charts/"):
                charts.append((part, re.findall(r"<c:f>([^<]*)</c:f>", archive.read(part).decode("utf-8"))))
            elif part.startswith("xl/externalLinks") or part.endswith((".bin", ".vml")):
                charts.append(part)
        names = re.findall(r"<definedName [^>]*>[^<]*", archive.read("xl/workbook.xml").decode("utf-8"))
    return {"sheets": book.sheetnames, "formulas": formulas, "names": names, "links": links, "charts": charts}


@pytest.fixture(scope="module")
def plain_parts(program, tmp_path_factory, master):
    """Those of the workbook that the tests below make, where the names are ordinary ones."""
    place = Place(program, tmp_path_factory.mktemp("plain"), master)
    assert place.run("--tenant", "1").returncode == 0
    parts = live_parts(next((place.out / "2018-03" / "single").iterdir()) / "report.xlsx")
    assert len(parts["formulas"]) > 100 and parts["charts"] and parts["names"] and parts["links"]
    return parts


@pytest.mark.parametrize("name, folder", [
    ("../../etc/passwd", "1-.._.._etc_passwd"),
    ("=cmd|' /C calc'!A0", None),
    ("<script>alert('x') & \"y\"</script>", None),
    ("CON", "1-CON"),
    ("a\r\nb\tc", None),
    ("甲\u202e乙\u200f丙\u2066丁", None),
    ("-rf", "1--rf"),
    ("长" * 120, None),
    (" ", None),
    ("%s%n{energy.total}$row", None),
    ("\\\\server\\share", None),
], ids=["path", "formula", "markup", "device", "controls", "directions", "option", "long", "blank", "placeholders",
        "share"])
def test_whatever_a_tenant_is_called_its_files_are_sound_and_stay_in_their_place(place, plain_parts, name, folder):
    place.change(("UPDATE tenant SET name = ? WHERE tenant_id = 1", (name,)),
                 ("UPDATE project SET name = ? WHERE project_id = 10", (name,)),
                 ("UPDATE point SET name = ? WHERE point_id = 101", (name,)))
    done = place.run("--tenant", "1")
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert not set("\r\t\u202e\u200f\u2066") & set(done.stdout) and done.stdout.count("\n") == 2
    single = place.out / "2018-03" / "single"
    (made,) = single.iterdir()
    assert made.name.startswith("1-") and (folder is None or made.name == folder), made.name
    assert len(made.name.encode()) <= 255 and not set(made.name) & set("/\\<>:|\"?*\r\n\t\u202e\u200f\u2066"), made.name
    assert sorted(path.name for path in made.iterdir()) == list(reports.FILES)
    assert sorted(path.name for path in place.folder.iterdir()) == ["out", "report.ini", "store.db"]
    report = reports.read_json(made)
    assert report["tenant"]["name"] == name.strip() or set(name) & set("\r\t\u202e\u200f\u2066")
    assert live_parts(made / "report.xlsx") == plain_parts  # as with ordinary names: so none of these is in a formula
    with zipfile.ZipFile(made / "report.xlsx") as archive:
        assert archive.testzip() is None
    assert b"No syntax or stream encoding errors" in reports.run_tool("qpdf", "--check", made / "report.pdf")
    assert reports.page_texts(made / "report.pdf")


# --- a folder that is there already -----------------------------------------------------------------------------------

def test_a_customer_who_is_renamed_keeps_its_folder(place):
    assert place.run().returncode == 0
    before = reports.tree(place.out)
    place.change("UPDATE tenant SET name = '新名' WHERE tenant_id = 1")
    (place.out / "2018-03" / "single" / "11-另一家").mkdir()  # another's, though it begins with a 1
    (place.out / "2018-03" / "single" / "1-a file").write_text("mine", encoding="utf-8")
    done = place.run()  # a name is no figure: what is published stays
    assert (done.returncode, done.stderr) == (0, "")
    assert all(reports.tree(place.out)[name] == before[name] for name in before if name not in RUNS_OWN)
    done = place.run("--force")
    assert (done.returncode, done.stderr) == (0, "")
    assert "2018-03  1 新名: done: out/2018-03/single/1-客户1\n" in done.stdout
    after = reports.tree(place.out)
    assert set(after) - set(before) == {"2018-03/single/11-另一家", "2018-03/single/1-a file"}
    assert set(before) <= set(after)
    changed = {name for name in before if before[name] != after[name]} - RUNS_OWN
    assert changed == {f"2018-03/single/1-客户1/{name}" for name in reports.FILES}
    assert reports.read_json(place.out / "2018-03" / "single" / "1-客户1")["tenant"]["name"] == "新名"


def test_names_of_folders_and_files_follow_the_settings_patterns(place):
    place.change("UPDATE tenant SET short_name = '甲/乙' WHERE tenant_id = 1")
    place.settings(output={"folder": "elsewhere", "folder_name": "{id}-{short_name} {month}",
                           "file_name": "{edition}-{id}-{month}"})
    done = place.program("run", "--db", "store.db", "--month", "2018-03", "--now", reports.SMALL_NOW, "--tenant", "1",
                         cwd=place.folder)
    assert (done.returncode, done.stderr) == (0, "")
    single = place.folder / "elsewhere" / "2018-03" / "single"
    assert reports.tree(single).keys() == {"1-甲_乙 2018-03", *(
        f"1-甲_乙 2018-03/single-1-2018-03.{ending}" for ending in ("json", "pdf", "xlsx"))}
