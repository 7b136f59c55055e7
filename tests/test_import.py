"""powerreport import: each folder tests/cases/import-* is an input (in/) with what the program must say about it."""

import contextlib
import csv
import datetime
import json
import pathlib
import shutil
import sqlite3

import pytest

import reports

CASES = sorted((pathlib.Path(__file__).parent / "cases").glob("import-*"))
REFUSED = [case for case in CASES if (case / "exit.txt").exists()]

QUERIES = {
    "point_15min_electric": "SELECT point_id, project_id, time, kwh FROM point_15min_electric ORDER BY point_id, time",
    "project": "SELECT project_id, name, timezone FROM project",
    "soe_event": "SELECT event_id, started_at, ended_at FROM soe_event",
}


def rows_of(db):
    with sqlite3.connect(f"file:{db}?mode=ro", uri=True) as store:
        return "".join("|".join([table, *("NULL" if cell is None else str(cell) for cell in row)]) + "\n"
                       for table, query in sorted(QUERIES.items()) for row in store.execute(query))


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_a_bad_folder_is_refused_with_its_reason_and_nothing_is_made(case, program, tmp_path):
    done = program("import", case / "in", "--db", tmp_path / "new.db")
    assert done.stderr == (case / "stderr.txt").read_text(encoding="utf-8")
    assert done.returncode == int((case / "exit.txt").read_text())
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_a_good_folder_goes_in(program, tmp_path):
    case = pathlib.Path(__file__).parent / "cases" / "import-good"
    db = tmp_path / "new.db"
    done = program("import", case / "in", "--db", db, check=True)
    assert done.stdout == (case / "stdout.txt").read_text(encoding="utf-8") + f"made {db}\n"
    assert done.stderr == ""
    assert rows_of(db) == (case / "rows.txt").read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["new.db"]


def test_json_says_what_was_read_and_quiet_says_nothing(program, tmp_path):
    folder = pathlib.Path(__file__).parent / "cases" / "import-good" / "in"
    done = program("import", folder, "--db", tmp_path / "a.db", "--json", check=True)
    files = {entry["name"]: entry for entry in json.loads(done.stdout)["files"]}
    assert files["point_15min_electric.csv"] == {
        "name": "point_15min_electric.csv", "rows": 4, "replaced": 1, "repeated_keys": 1}
    assert files["notes.md"] == {"name": "notes.md", "ignored": True}
    done = program("import", folder, "--db", tmp_path / "b.db", "--quiet", check=True)
    assert done.stdout == ""
    assert (tmp_path / "a.db").read_bytes() == (tmp_path / "b.db").read_bytes()


@pytest.mark.parametrize("arguments, reason", [
    (["import", "--db", "x.db"], "import: no folder is named; expected powerreport import DIR --db FILE"),
    (["import", "a", "b", "--db", "x.db"], "import: more than one folder is named; expected powerreport import DIR --db FILE"),
    (["import", "a"], "import: no store is named; expected powerreport import DIR --db FILE"),
    (["import", "nowhere", "--db", "x.db"],
     "cannot read folder 'nowhere': no such file or directory; expected a folder of CSV files"),
])
def test_wrong_usage_is_told(program, tmp_path, arguments, reason):
    done = program(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, f"powerreport: {reason}\n")


def test_an_existing_store_and_a_missing_folder_are_refused(program, tmp_path):
    folder = pathlib.Path(__file__).parent / "cases" / "import-good" / "in"
    db = tmp_path / "here.db"
    db.write_bytes(b"precious")
    done = program("import", folder, "--db", db)
    assert (done.returncode, done.stderr) == (
        2, f"powerreport: cannot make store '{db}': it exists; expected the name of a new file\n")
    assert db.read_bytes() == b"precious"
    done = program("import", folder, "--db", tmp_path / "no" / "new.db")
    assert done.returncode == 2
    assert f"no folder '{tmp_path / 'no'}'" in done.stderr


def test_the_measured_set_is_what_its_files_say(program, shared_data, tmp_path):
    """Every cell of the two large sets, read here with Python's csv: the later line of a key wins."""
    db = tmp_path / "real.db"
    program("import", shared_data, "--db", db, check=True)

    def milliseconds(text):
        return int(datetime.datetime.fromisoformat(text).timestamp() * 1000)

    with sqlite3.connect(f"file:{db}?mode=ro", uri=True) as store:
        for table, key in (("point_1min_index", "point_id"), ("location_1min_aiao", "sensor_id"),
                           ("point_15min_electric", "point_id")):
            with open(shared_data / f"{table}.csv", encoding="utf-8", newline="") as file:
                lines = list(csv.DictReader(file))
            columns = list(lines[0])
            expected = {(int(line[key]), milliseconds(line["time"])): line for line in lines}
            stored = {}
            for row in store.execute(f"SELECT {', '.join(columns)} FROM {table}"):
                cells = dict(zip(columns, row))
                stored[cells[key], cells["time"]] = cells
            assert stored.keys() == expected.keys()
            for where, line in expected.items():
                for column in columns:
                    if column not in (key, "time"):
                        cell = line[column]
                        assert stored[where][column] == (float(cell) if cell else None), (table, where, column)


def test_a_store_without_columns_that_may_be_missing_gives_the_same_report(program, shared_data, tmp_path):
    """Another program's store with fewer columns reads as if they were empty; without `kwh` it is refused."""
    whole, fewer, none = tmp_path / "whole.db", tmp_path / "fewer.db", tmp_path / "none.db"
    for path in (whole, fewer, none):
        shutil.copy(reports.real_store(program, shared_data), path)
    with contextlib.closing(sqlite3.connect(fewer)) as store:
        for table, columns in (("point_15min_electric", ("charge", "mdp_max", "slot", "ingested_at", "kwh_a")),
                               ("point_1min_index", ("freq", "thdua", "hr13ic")), ("tariff", ("contract_kw",)),
                               ("soe_event", ("message",))):
            for column in columns:
                store.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        store.commit()
    with contextlib.closing(sqlite3.connect(whole)) as store:
        store.execute("UPDATE tariff SET contract_kw = NULL")
        store.commit()
    with contextlib.closing(sqlite3.connect(none)) as store:
        store.execute("ALTER TABLE point_15min_electric DROP COLUMN kwh")
        store.commit()
    texts = []
    for path in (whole, fewer):
        program("run", "--db", path, "--month", "2018-03", "--tenant", "1", "--now", "2018-04-03T00:00Z", "--format", "json",
                "--out", tmp_path / path.stem, check=True)
        texts.append(next((tmp_path / path.stem).glob("2018-03/single/1-*/report.json")).read_bytes())
    assert texts[0] == texts[1] and b'"value": 80230.41' in texts[0]
    refused = program("run", "--db", none, "--month", "2018-03")
    assert (refused.returncode, refused.stderr) == (
        2, f"powerreport: cannot open store '{none}': table 'point_15min_electric' has no column 'kwh'; expected the "
           "contract's columns\n")
