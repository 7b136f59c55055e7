"""The same data in each store is the same to the program: rows and buckets here, whole reports below."""

import hashlib
import os

import pytest

import broken_store
from live import assert_same_dump, secrets, whole_dump, write_config

MONTH = (1518188400000, 1522508400000)  # 2018-02-10 … 2018-04-01, Asia/Seoul: three pages of quarters
JULY = (1561910400000, 1564588800000)  # 2019-07, UTC


@pytest.fixture(scope="session")
def shared_db(program, shared_data, tmp_path_factory):
    path = tmp_path_factory.mktemp("shared") / "shared.db"
    program("import", shared_data, "--db", path, check=True)
    return path


@pytest.mark.parametrize("minutes", ["auto", "rows"])
@pytest.mark.parametrize("tenant, window", [(1, MONTH), (2, JULY), (9, JULY)])
def test_measured_data_reads_the_same_from_every_store(search_server, mariadb, loaded, shared_data, shared_db, tmp_path,
                                                       tenant, window, minutes):
    stores = loaded("real", search_server, csv=shared_data)
    config = write_config(tmp_path, url=search_server.url, mariadb=mariadb, database=stores.database,
                          prefix=stores.prefix, elasticsearch=[f"minutes = {minutes}"])
    live = whole_dump(config, tenant, *window, 1893456000000, env=secrets(mariadb))
    embedded = whole_dump(config, tenant, *window, 1893456000000, shared_db, env=secrets(mariadb))
    assert live.count("\nq ") > 1000 or live.count("\nb ") > 1000
    assert_same_dump(live, embedded)


@pytest.fixture(scope="session")
def broken_db(tmp_path_factory):
    return broken_store.write(tmp_path_factory.mktemp("broken") / "broken.db")


@pytest.mark.parametrize("minutes", ["auto", "rows"])
@pytest.mark.parametrize("tenant", [1, 2, 9])
def test_broken_data_reads_the_same_from_every_store(search_server, mariadb, loaded, broken_db, tmp_path, tenant,
                                                     minutes):
    stores = loaded("broken", search_server, sqlite=broken_db)
    config = write_config(tmp_path, url=search_server.url, mariadb=mariadb, database=stores.database,
                          prefix=stores.prefix, elasticsearch=[f"minutes = {minutes}"])
    window = (broken_store.START, broken_store.END, broken_store.CUTOFF)
    live = whole_dump(config, tenant, *window, env=secrets(mariadb))
    embedded = whole_dump(config, tenant, *window, broken_db, env=secrets(mariadb))
    assert live.count("\nq ") > 900 and live.count("\nb ") > 10_000 and live.count("\ne ") > 10_000
    assert_same_dump(live, embedded)


# --- whole reports ---------------------------------------------------------------------------------------------------


def reports(program, config, out, month, tenants, now, *more, env=None):
    """The files of a run, by their path under `out`, as digests."""
    chosen = [argument for tenant in tenants for argument in ("--tenant", tenant)]
    program("run", "--config", config, "--month", month, *chosen, "--now", now, "--out", out, *more, check=True,
            env=env)
    files = {path.relative_to(out): hashlib.sha256(path.read_bytes()).hexdigest()
             for path in sorted(out.rglob("report.*")) if path.is_file()}
    assert len(files) == 3 * len(tenants), files
    return files


def assert_same_reports(program, tmp_path, live_config, db, month, tenants, now, env):
    live = reports(program, live_config, tmp_path / "live", month, tenants, now, env=env)
    embedded = reports(program, live_config, tmp_path / "embedded", month, tenants, now, "--db", db)
    differ = [str(path) for path in embedded if embedded[path] != live.get(path)]
    assert not differ and embedded.keys() == live.keys(), differ


@pytest.mark.parametrize("tenants, month", [([1, 3, 9], "2018-03"), ([2, 3, 9], "2019-07")])
def test_reports_of_measured_data_are_the_same_bytes(search_server, mariadb, loaded, shared_data, shared_db, program,
                                                     tmp_path, tenants, month):
    """All three editions: a site, the group that it belongs to, the operator's platform."""
    stores = loaded("real", search_server, csv=shared_data)
    config = write_config(tmp_path, url=search_server.url, mariadb=mariadb, database=stores.database,
                          prefix=stores.prefix)
    assert_same_reports(program, tmp_path, config, shared_db, month, tenants, "2026-01-01T00:00:00Z",
                        secrets(mariadb))


def test_reports_of_the_sample_store_are_the_same_bytes(search_server, mariadb, loaded, sample_db, program, tmp_path):
    """A month in which the clocks change (tenant 6 is in Europe), from the month before it on, in two shards; tenant 5 is
    a group of five sites."""
    stores = loaded("sample", search_server, sqlite=sample_db, tenants=[1, 5, 6], from_ms=1788192000000, shards=2)
    config = write_config(tmp_path, url=search_server.url, mariadb=mariadb, database=stores.database,
                          prefix=stores.prefix)
    assert_same_reports(program, tmp_path, config, sample_db, os.environ.get("SAMPLE_MONTH", "2026-10"), [1, 5, 6],
                        os.environ.get("SAMPLE_NOW", "2026-11-04T00:00:00Z"), secrets(mariadb))
