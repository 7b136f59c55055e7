"""powerreport snapshot: the report made of the copy is the one made of the store, to the byte."""

import hashlib
import json
import os
import shutil
import sqlite3
import stat

import pytest

import broken_store
from broken_store import NOW, NOW_MS
from live import secrets, write_config


@pytest.fixture(scope="session")
def broken_db(tmp_path_factory):
    return broken_store.write_printable(tmp_path_factory.mktemp("broken-snapshot") / "broken.db")


def digests(program, config, out, tenant, month, now, *more, env=None):
    program("run", "--config", config, "--tenant", tenant, "--month", month, "--now", now, "--out", out, "--quiet",
            *more, check=True, env=env)
    files = {path.relative_to(out): hashlib.sha256(path.read_bytes()).hexdigest()
             for path in sorted(out.rglob("report.*")) if path.is_file()}
    assert {path.suffix for path in files} == {".pdf", ".xlsx", ".json"}
    return files


def snapshot(program, config, tenant, month, now, path, *more, env=None):
    done = program("snapshot", "--config", config, "--tenant", tenant, "--month", month, "--now", now, "-o", path,
                   "--json", *more, check=True, env=env)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    said = json.loads(done.stdout)
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as store:
        for table, rows in said["rows"].items():
            where = " WHERE point_id > 0" if table == "point_15min_electric" else ""
            assert store.execute(f"SELECT count(*) FROM {table}{where}").fetchone()[0] == rows
    store.close()
    return said


def assert_same_rows(one, other, tables):
    with sqlite3.connect(f"file:{one}?mode=ro", uri=True) as store:
        store.execute("ATTACH ? AS other", (f"file:{other}?mode=ro",))
        for table in tables:
            for left, right in (("main", "other"), ("other", "main")):
                assert not store.execute(
                    f"SELECT * FROM {left}.{table} EXCEPT SELECT * FROM {right}.{table} LIMIT 1").fetchall(), table
    store.close()


def assert_same(program, config, tmp_path, tenant, month, now, env=None, *source):
    """The report from the store and from the snapshot; the snapshot of the snapshot has the same rows."""
    copy, again = tmp_path / "copy.db", tmp_path / "again.db"
    rows = snapshot(program, config, tenant, month, now, copy, *source, env=env)["rows"]
    of_store = digests(program, config, tmp_path / "store", tenant, month, now, *source, env=env)
    of_copy = digests(program, config, tmp_path / "copy", tenant, month, now, "--db", copy)
    assert of_copy == of_store
    assert snapshot(program, config, tenant, month, now, again, "--db", copy)["rows"] == rows
    assert_same_rows(copy, again, rows)
    return rows, copy


@pytest.mark.parametrize("tenant, month", [(1, "2018-03"), (3, "2019-07")])
def test_a_report_of_measured_data_is_the_same_from_its_snapshot(search_server, mariadb, loaded, shared_data, program,
                                                                 tmp_path, tenant, month):
    stores = loaded("real", search_server, csv=shared_data)
    config = write_config(tmp_path, url=search_server.url, mariadb=mariadb, database=stores.database,
                          prefix=stores.prefix)
    rows, _ = assert_same(program, config, tmp_path, tenant, month, "2026-01-01T00:00:00Z", secrets(mariadb))
    assert rows["tenant"] == 1 and rows["point_15min_electric"] > 1000


DUPLICATES = {
    "point_15min_electric": {"point_id": 101, "project_id": 10, "time": broken_store.START + broken_store.DAY,
                             "kwh": 77.5},
    "point_1min_index": {"point_id": 101, "project_id": 10, "time": broken_store.START + broken_store.DAY, "ua": 231.5},
    "location_1min_aiao": {"sensor_id": 7, "project_id": 10, "time": broken_store.START + broken_store.DAY,
                           "value": 33.25},
    "soe_event": {"event_id": "carried", "project_id": 10, "point_id": 101, "code": "overload", "level": 1,
                  "started_at": broken_store.START + 9},
}


def test_a_report_of_broken_data_is_the_same_from_its_snapshot(search_server, mariadb, loaded, broken_db, program,
                                                               tmp_path):
    """A group of two sites; cells that are implausible, off the grid, late, missing, and rows twice: the notes about
    them are equal, too."""
    stores = loaded("printable", search_server, sqlite=broken_db)
    for index, row in DUPLICATES.items():
        search_server.request("PUT", f"/{stores.prefix}{index}/_doc/twice?refresh=true", row)
    config = write_config(tmp_path, url=search_server.url, mariadb=mariadb, database=stores.database,
                          prefix=stores.prefix)
    rows, copy = assert_same(program, config, tmp_path, 2, "2018-03", NOW, secrets(mariadb))
    assert rows["project"] == 2 and rows["soe_event"] > 10_000
    with sqlite3.connect(f"file:{copy}?mode=ro", uri=True) as store:
        def count(sql):
            return store.execute(f"SELECT count(*) FROM {sql}").fetchone()[0]

        assert count(f"point_15min_electric WHERE ingested_at > {NOW_MS}") == 0
        assert count("point_15min_electric WHERE ingested_at IS NOT NULL") > 500
        assert count("point_15min_electric WHERE point_id = 104") == 1
        assert count("soe_event WHERE event_id = 'carried'") == 2
        assert count("point_15min_electric WHERE point_id = 101 AND kwh = 77.5") == 1
        assert count(f"soe_event WHERE ended_at = {NOW_MS + 1}") > 0
        assert count("tenant") == 1 and count("project") == 2
    store.close()


def test_a_report_of_an_embedded_store_is_the_same_from_its_snapshot(program, sample_db, tmp_path, root):
    """A group of five sites, with all that a report can say."""
    month = (os.environ.get("SAMPLE_MONTH", "2026-10"), os.environ.get("SAMPLE_NOW", "2026-11-04T00:00:00Z"))
    copy = tmp_path / "copy.db"
    assert snapshot(program, root / "report.ini", 5, *month, copy, "--db", sample_db)["rows"]["project"] == 5
    assert digests(program, root / "report.ini", tmp_path / "copy", 5, *month, "--db", copy) == digests(
        program, root / "report.ini", tmp_path / "store", 5, *month, "--db", sample_db)


def test_quarters_that_are_stamped_at_their_end_keep_their_stamps(program, broken_db, tmp_path):
    config = write_config(tmp_path, path=broken_db, store=("quarter_stamp = end",))
    assert_same(program, config, tmp_path, 1, "2018-03", NOW)


def test_a_store_whose_other_tenants_know_times_of_arrival_says_so_in_the_snapshot(program, broken_db, tmp_path):
    db = shutil.copy(broken_db, tmp_path / "broken.db")
    with sqlite3.connect(db) as store:
        store.execute("UPDATE point_15min_electric SET ingested_at = NULL WHERE point_id < 111")
    store.close()
    config = write_config(tmp_path, path=db)
    _, copy = assert_same(program, config, tmp_path, 1, "2018-03", NOW)
    with sqlite3.connect(f"file:{copy}?mode=ro", uri=True) as store:
        assert store.execute("SELECT point_id FROM point_15min_electric WHERE ingested_at IS NOT NULL").fetchall() == [
            (0,)]
    store.close()


def test_what_a_snapshot_refuses(program, broken_db, tmp_path):
    config = write_config(tmp_path, path=broken_db)

    def refused(*arguments):
        done = program("snapshot", "--config", config, *arguments)
        assert done.returncode == 2, done.stderr
        return done.stderr

    whole = ("--tenant", 1, "--month", "2018-03", "--now", NOW, "-o", tmp_path / "copy.db")
    assert "--tenant is missing" in refused(*whole[2:])
    assert "--tenant is given more than once" in refused("--tenant", 2, *whole)
    assert "--month is missing" in refused("--tenant", 1, "-o", tmp_path / "copy.db")
    assert "-o is missing" in refused(*whole[:6])
    assert "tenant 9 is the platform's" in refused("--tenant", 9, *whole[2:])
    assert "4711" in refused("--tenant", 4711, *whole[2:])
    assert not (tmp_path / "copy.db").exists()
    (tmp_path / "copy.db").write_text("mine")
    assert "it exists" in refused(*whole)
    assert (tmp_path / "copy.db").read_text() == "mine"
    done = program("snapshot", "--config", config, *whole, "--force", check=True)
    assert "point_15min_electric" in done.stdout and "powerreport run --db" in done.stdout
    assert (tmp_path / "copy.db").read_bytes().startswith(b"SQLite format 3")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "report.ini"]
    # What is read is never replaced, whatever it is called.
    (tmp_path / "own.db").symlink_to(tmp_path / "copy.db")
    before = (tmp_path / "copy.db").read_bytes()
    assert "is the store that is read" in refused(*whole[:-1], tmp_path / "own.db", "--db", tmp_path / "copy.db", "--force")
    assert (tmp_path / "copy.db").read_bytes() == before
