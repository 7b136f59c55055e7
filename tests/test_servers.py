"""The servers that other tests rely on do what those tests take for granted."""

import gzip
import http.client
import json
import ssl
import sqlite3
import time
import urllib.error
import urllib.request

import pytest

from servers import load, processes
from servers.canned import CannedServer, Response

OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def get(url, context=None, **headers):
    opener = OPENER if context is None else urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    return opener.open(urllib.request.Request(url, headers=headers), timeout=5)


def test_mariadb_answers_its_administrator_in_utf8(mariadb):
    mariadb.create("probe")
    mariadb.run("INSERT INTO alarm_type VALUES ('x', '温度越限', 'Over-temperature', 'safety', 0)", "probe")
    assert mariadb.run("SELECT name_zh FROM alarm_type", "probe") == [["温度越限"]]


def test_mariadb_lets_the_reader_select_and_nothing_else(mariadb):
    mariadb.create("probe_reader")
    select = mariadb.client("SELECT COUNT(*) FROM tenant", "probe_reader", mariadb.reader, mariadb.reader_password)
    assert (select.returncode, select.stdout) == (0, "0\n")
    insert = mariadb.client("DELETE FROM tenant", "probe_reader", mariadb.reader, mariadb.reader_password)
    assert insert.returncode != 0 and "denied" in insert.stderr
    wrong = mariadb.client("SELECT 1", None, mariadb.reader, "wrong")
    assert wrong.returncode != 0 and "Access denied" in wrong.stderr


def test_mariadb_tls_account_needs_tls(mariadb, certificates):
    plain = mariadb.client("SELECT 1", None, mariadb.tls_reader, mariadb.tls_reader_password, ["--skip-ssl"])
    assert plain.returncode != 0
    secure = ["--ssl-verify-server-cert", f"--ssl-ca={certificates.ca}"]
    done = mariadb.client("SHOW STATUS LIKE 'Ssl_version'", None, mariadb.tls_reader, mariadb.tls_reader_password,
                          secure)
    assert done.returncode == 0 and "TLS" in done.stdout, done.stderr


def test_mariadb_certificate_is_refused_by_another_authority(mariadb, certificates):
    unknown = ["--ssl-verify-server-cert", f"--ssl-ca={certificates.other_ca}"]
    done = mariadb.client("SELECT 1", None, mariadb.reader, mariadb.reader_password, unknown)
    assert done.returncode != 0 and "certificate" in done.stderr.lower()


def test_search_server_is_the_version_that_the_tests_are_about(search_server):
    version = search_server.request("GET", "/")["version"]
    wanted = {"opensearch": "2.17.1", "elasticsearch": "7.10.2"}
    assert version["number"] == wanted[search_server.kind]
    assert (version.get("distribution") == "opensearch") == (search_server.kind == "opensearch")


def test_search_server_runs_scripts(search_server):
    index = "/probe-scripts"
    search_server.request("PUT", index, {"settings": {"number_of_replicas": 0},
                                         "mappings": {"properties": {"ua": {"type": "double"}}}})
    search_server.request("POST", f"{index}/_doc/1?refresh=true", {"ua": 230.5})
    answer = search_server.request("POST", f"{index}/_search", {
        "size": 0, "aggs": {"twice": {"sum": {"script": {"source": "doc['ua'].value * 2"}}}}})
    assert answer["aggregations"]["twice"]["value"] == 461.0
    search_server.request("DELETE", index)


def test_tls_front_answers_those_who_know_its_authority(opensearch, tls_front, certificates):
    url = tls_front(opensearch.port)
    with get(url, ssl.create_default_context(cafile=certificates.ca)) as answer:
        assert json.load(answer)["version"]["number"] == "2.17.1"
    assert tls_front(opensearch.port) == url  # one terminator a server


@pytest.mark.parametrize("certificate, authority", [("server", "other_ca"), ("elsewhere", "ca")])
def test_tls_front_is_refused(opensearch, tls_front, certificates, certificate, authority):
    context = ssl.create_default_context(cafile=getattr(certificates, authority))
    with pytest.raises(urllib.error.URLError) as refused:
        get(tls_front(opensearch.port, certificate), context)
    assert isinstance(refused.value.reason, ssl.SSLCertVerificationError)


def write_store(path):
    """A store with one point, three quarters (one of them without kvarh), a minute and an event."""
    with sqlite3.connect(path) as store:
        store.executescript(load.processes.ROOT.joinpath("docs/contract/directory.sql").read_text(encoding="utf-8"))
        store.executescript("""
            CREATE TABLE point_15min_electric (point_id, project_id, time, kwh, kvarh_lag, slot, ingested_at,
                PRIMARY KEY (point_id, time));
            CREATE TABLE point_1min_index (point_id, project_id, time, ua, PRIMARY KEY (point_id, time));
            CREATE TABLE soe_event (event_id PRIMARY KEY, project_id, code, level, started_at, message);
            INSERT INTO tenant (tenant_id, name, edition, locale, timezone, service_from)
                VALUES (1, 'O''Brien 电子 \\ 1', 'single', 'en', 'Asia/Shanghai', '2026-01-01'),
                       (2, 'other', 'single', 'en', 'Asia/Shanghai', '2026-01-01');
            INSERT INTO tenant_project VALUES (1, 10), (2, 20);
            INSERT INTO tariff_slot VALUES (1, 1, 12, 'all', 0, 1440, 'flat', 0.123456);
            INSERT INTO point_15min_electric VALUES (101, 10, 900000, 0.1, 2.5, 'flat', 1000000),
                (101, 10, 1800000, 12345.678901234567, NULL, NULL, NULL), (201, 20, 900000, 3, 1, 'peak', 1);
            INSERT INTO point_1min_index VALUES (101, 10, 60000, 230.1), (101, 10, 120000, 230.2);
            INSERT INTO soe_event VALUES ('ev1', 10, 'overload', 2, 900000, '过载');
        """)


def test_load_embedded_carries_every_value_over(search_server, mariadb, tmp_path):
    write_store(tmp_path / "store.db")
    name = f"probe_load_{search_server.kind}"
    stores = load.load_embedded(tmp_path / "store.db", search_server, mariadb, name, tenants=[1], to_ms=120000)
    assert mariadb.run("SELECT name FROM tenant WHERE tenant_id = 1", stores.database)[0][0] == "O'Brien 电子 \\\\ 1"
    assert mariadb.run("SELECT price FROM tariff_slot", stores.database) == [["0.123456"]]

    def documents(data_set):
        hits = search_server.request("POST", f"/{stores.prefix}{data_set}/_search",
                                     {"size": 100, "sort": [{"_id": "asc"}] if data_set == "soe_event"
                                      else [{"time": "asc"}]})["hits"]["hits"]
        return [(hit["_id"], hit["_source"]) for hit in hits]

    assert documents("point_15min_electric") == [
        ("101-900000", {"point_id": 101, "project_id": 10, "time": 900000, "kwh": 0.1, "kvarh_lag": 2.5,
                        "slot": "flat", "ingested_at": 1000000}),
        ("101-1800000", {"point_id": 101, "project_id": 10, "time": 1800000, "kwh": 12345.678901234567})]
    assert documents("point_1min_index") == [
        ("101-60000", {"point_id": 101, "project_id": 10, "time": 60000, "ua": 230.1})]
    assert documents("soe_event") == [
        ("ev1", {"event_id": "ev1", "project_id": 10, "code": "overload", "level": 2, "started_at": 900000,
                 "message": "过载"})]


def test_load_csv_folder_lets_the_later_line_win(opensearch, mariadb, tmp_path):
    (tmp_path / "tenant.csv").write_text("tenant_id,name,edition,locale,timezone,service_from,service_to\n"
                                         "1,甲,single,zh-CN,Asia/Seoul,2018-01-01,\n", encoding="utf-8")
    (tmp_path / "location_1min_aiao.csv").write_text(
        "sensor_id,project_id,time,value\n7,1,2018-03-01T09:00+09:00,1.5\n7,1,2018-03-01T00:00Z,2.5\n"
        "7,1,2018-03-01T09:01+09:00,\n", encoding="utf-8")
    stores = load.load_csv_folder(tmp_path, opensearch, mariadb, "probe_csv")
    assert mariadb.run("SELECT name, service_to FROM tenant", "probe_csv") == [["甲", "NULL"]]
    hits = opensearch.request("POST", f"/{stores.prefix}location_1min_aiao/_search",
                              {"sort": [{"time": "asc"}]})["hits"]["hits"]
    # 2018-03-01T00:00:00Z is 17591 days after the epoch
    assert [(hit["_id"], hit["_source"].get("value")) for hit in hits] == [
        (f"7-{17591 * 86_400_000}", 2.5), (f"7-{17591 * 86_400_000 + 60_000}", None)]


def test_load_csv_folder_takes_the_measured_data(opensearch, loaded, shared_data):
    stores = loaded("real", opensearch, csv=shared_data)
    with open(shared_data / "point_15min_electric.csv", encoding="utf-8") as lines:
        rows = sum(1 for _ in lines) - 1
    assert opensearch.request("GET", f"/{stores.prefix}point_15min_electric/_count")["count"] == rows


def test_canned_server_answers_in_turn_and_keeps_the_last(canned):
    canned.answer(Response(429, headers={"Retry-After": "1"}), Response(503), Response.json({"ok": True}))
    codes = []
    for _ in range(4):
        try:
            with get(canned.url) as answer:
                codes.append(answer.status)
                assert json.load(answer) == {"ok": True}
        except urllib.error.HTTPError as error:
            codes.append(error.code)
    assert codes == [429, 503, 200, 200]
    assert [(request.method, request.path) for request in canned.requests] == [("GET", "/")] * 4


def test_canned_server_cuts_a_body_in_half(canned):
    canned.answer(Response.half({"hits": list(range(100))}))
    with pytest.raises(http.client.IncompleteRead):
        get(canned.url).read()


def test_canned_server_sends_a_bomb(canned):
    canned.answer(Response.bomb(64 << 20))
    with get(canned.url) as answer:
        packed = answer.read()
    assert len(packed) < 100_000
    assert len(gzip.decompress(packed)) > 64 << 20


def test_canned_server_hangs_and_drops(canned):
    canned.answer(Response.hang(), Response.dropped())
    started = time.monotonic()
    with pytest.raises((TimeoutError, urllib.error.URLError)):
        OPENER.open(canned.url, timeout=0.5)
    assert 0.4 < time.monotonic() - started < 5
    with pytest.raises((ConnectionResetError, urllib.error.URLError, http.client.RemoteDisconnected)):
        get(canned.url)


def test_canned_server_reports_failures_inside_200(canned):
    canned.answer(Response.failed_shards({"hits": {}, "_shards": {"total": 3, "successful": 3, "failed": 0}}),
                  Response.error_inside())
    with get(canned.url) as answer:
        assert json.load(answer)["_shards"] == {"total": 3, "successful": 2, "failed": 1}
    with get(canned.url) as answer:
        body = json.load(answer)
    assert answer.status == 200 and body["error"]["type"] and body["responses"][0]["status"] == 503


def test_canned_server_insists_on_credentials_and_tls(certificates):
    with CannedServer(certificates.server_context(), credentials="ApiKey c2VjcmV0") as server:
        server.answer(Response.json({}))
        context = ssl.create_default_context(cafile=certificates.ca)
        with pytest.raises(urllib.error.HTTPError) as refused:
            get(server.url, context)
        assert refused.value.code == 401
        with get(server.url, context, Authorization="ApiKey c2VjcmV0") as answer:
            assert answer.status == 200
        with pytest.raises(urllib.error.URLError):
            get(server.url, ssl.create_default_context(cafile=certificates.other_ca))


def test_canned_server_stands_before_a_real_one(canned, opensearch):
    def tamper(request, response):
        if request.path.startswith("/_cluster"):
            return Response(503)
        return None

    canned.forward(opensearch.url, tamper)
    with get(canned.url + "/") as answer:
        assert json.load(answer)["version"]["number"] == "2.17.1"
    with pytest.raises(urllib.error.HTTPError) as refused:
        get(canned.url + "/_cluster/health")
    assert refused.value.code == 503


def test_what_is_made_once_is_made_once():
    calls = []
    first = processes.once("probe-once", lambda: calls.append(1) or {"n": 1})
    second = processes.once("probe-once", lambda: calls.append(1) or {"n": 2})
    assert first == second == {"n": 1} and calls == [1]
