"""The same data in each store is the same to the program: rows and buckets here, whole reports below."""

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
