"""The live store against real servers and against one that does what real ones won't do on demand."""

import json
import socket
import threading
import time

import pytest

import broken_store
from live import (CONFIG, DATA_SETS, STORE, UNKNOWN, UNREACHABLE, assert_same_dump, dump, secrets, whole_dump,
                  write_config)
from servers.canned import CannedServer, Response

WINDOW = (broken_store.START, broken_store.START + broken_store.DAY, broken_store.CUTOFF)
FAST = ("max_retries = 2", "deadline_s = 20", "request_timeout_s = 5")


@pytest.fixture(scope="session")
def broken_db(tmp_path_factory):
    return broken_store.write(tmp_path_factory.mktemp("broken-live") / "broken.db")


@pytest.fixture(scope="session")
def stores(loaded, opensearch, broken_db):
    return loaded("broken", opensearch, sqlite=broken_db)


@pytest.fixture
def configure(tmp_path, mariadb, stores):
    """configure(url, …) → report.ini of the broken store's copies in the servers."""

    def write(url, **more):
        return write_config(tmp_path, url=url, mariadb=more.pop("mariadb", mariadb), database=stores.database,
                            prefix=stores.prefix, elasticsearch=more.pop("elasticsearch", FAST), **more)

    return write


def refused(done, code, *texts):
    assert done.returncode == code, done.stdout[-500:] + done.stderr
    for text in texts:
        assert text in done.stderr, done.stderr
    for secret in ("reader-secret", "geheim", "a2V5"):
        assert secret not in done.stderr
    return done.stderr


# --- the canned server before the real one ---------------------------------------------------------------------------


def is_search(request):
    return request.path.startswith("/_msearch")


def tampered(canned, opensearch, change):
    """Every answer to a search goes through change(answer) → answer, or a Response."""

    def tamper(request, response):
        if not is_search(request):
            return None
        changed = change(json.loads(response.body))
        return changed if isinstance(changed, Response) else Response.json(changed)

    canned.forward(opensearch.url, tamper)


def in_turn(canned, opensearch, *responses):
    """The first searches get these answers, the others the real server's."""
    left = list(responses)

    def tamper(request, response):
        return left.pop(0) if is_search(request) and left else None

    canned.forward(opensearch.url, tamper)
    return left


@pytest.mark.parametrize("trouble", [
    Response(429, '{"error":{"type":"es_rejected_execution_exception"},"status":429}'), Response(502, "<html>"),
    Response(503), Response(504), Response.half({"responses": [1, 2, 3]}), Response.dropped(),
    Response.json({"responses": [{"status": 429, "error": {"type": "es_rejected_execution_exception"}}]}),
], ids=["429", "502", "503", "504", "half a body", "a reset", "429 inside"])
def test_passing_trouble_is_tried_again(canned, opensearch, configure, mariadb, broken_db, trouble):
    left = in_turn(canned, opensearch, trouble, trouble)
    config = configure(canned.url)
    live = whole_dump(config, 1, *WINDOW, env=secrets(mariadb))
    assert not left
    assert_same_dump(live, whole_dump(config, 1, *WINDOW, broken_db, env=secrets(mariadb)))


def test_a_busy_server_is_given_up_in_time(canned, opensearch, configure, mariadb):
    in_turn(canned, opensearch, *[Response(503)] * 50)
    refused(dump(configure(canned.url), 1, *WINDOW, env=secrets(mariadb)), STORE, "HTTP 503",
            f"'{'broken_opensearch-'}point_15min_electric'")
    assert sum(map(is_search, canned.requests)) == 3  # once, and max_retries = 2 times again


def test_a_server_error_is_not_tried_again(canned, opensearch, configure, mariadb):
    in_turn(canned, opensearch, Response(500, '{"error":{"type":"boom","reason":"disk on fire"},"status":500}'))
    refused(dump(configure(canned.url), 1, *WINDOW, env=secrets(mariadb)), STORE, "HTTP 500: boom: disk on fire")
    assert sum(map(is_search, canned.requests)) == 1


def test_a_hanging_server_is_given_up_at_the_deadline(canned, opensearch, configure, mariadb):
    in_turn(canned, opensearch, *[Response.hang()] * 50)
    started = time.monotonic()
    done = dump(configure(canned.url, elasticsearch=("request_timeout_s = 1", "deadline_s = 3")), 1, *WINDOW,
                env=secrets(mariadb))
    refused(done, UNREACHABLE, "timed out")
    assert 1 < time.monotonic() - started < 8


def first_with_hits(answer):
    return next(item for item in answer["responses"] if item["hits"].get("hits"))


def with_failed_shards(answer):
    answer["responses"][0]["_shards"].update(failed=1)
    return answer


def without_shards(answer):
    del answer["responses"][0]["_shards"]
    return answer


def timed_out(answer):
    answer["responses"][-1]["timed_out"] = True
    return answer


def silent_about_time(answer):
    del answer["responses"][0]["timed_out"]
    return answer


def terminated_early(answer):
    answer["responses"][0]["terminated_early"] = True
    return answer


def error_inside(answer):
    answer["responses"][0] = {"status": 500, "error": {"type": "search_phase_execution_exception", "reason": "all "
                              "shards failed", "root_cause": [{"type": "io_exception", "reason": "bad block"}]}}
    return answer


def one_missing(answer):
    answer["responses"].pop()
    return answer


def cut_page(answer):
    if any(item["hits"].get("hits") for item in answer["responses"]):
        first_with_hits(answer)["hits"]["hits"].pop()
    return answer


def inexact_total(answer):
    answer["responses"][0]["hits"]["total"]["relation"] = "gte"
    return answer


def changed_cell(field, value):
    def change(answer):
        for item in answer["responses"]:
            for hit in item["hits"].get("hits", ()):
                if field in hit["fields"]:
                    hit["fields"][field] = value
                    return answer
        return answer

    change.__name__ = f"{field} {value}"
    return change


def without_time(answer):
    if any(item["hits"].get("hits") for item in answer["responses"]):
        first_with_hits(answer)["hits"]["hits"][0]["fields"].pop("time", None)
    return answer


@pytest.mark.parametrize("change, text", [
    (with_failed_shards, "1 of 1 shards failed"),
    (without_shards, "does not say whether shards failed"),
    (timed_out, "timed out in the cluster"),
    (silent_about_time, "does not say whether it timed out"),
    (terminated_early, "terminated early"),
    (error_inside, "io_exception: bad block"),
    (one_missing, "as many responses as searches"),
    (cut_page, "a page of "),
    (inexact_total, "without an exact number of hits"),
    (changed_cell("kwh", ["abc"]), "field 'kwh' of a row holds 'abc'; expected a number"),
    (changed_cell("kwh", [{"a": 1}]), "field 'kwh' of a row holds something else; expected a number"),
    (changed_cell("kwh", [1, 2]), "field 'kwh' of a row holds several values"),
    (changed_cell("kwh", 7), "field 'kwh' of a row holds several values; expected one"),
    (changed_cell("time", ["yesterday"]), "expected milliseconds since 1970"),
    (changed_cell("ingested_at", [True]), "field 'ingested_at' of a row"),
    (without_time, "a row without field 'time'"),
    (lambda answer: Response(200, "<html>welcome</html>"), "no JSON at byte"),
    (lambda answer: Response(200, '{"responses":[],"responses":[]}'), "no JSON at byte"),
    (lambda answer: Response.json({"error": {"type": "parsing_exception", "reason": "odd"}, "status": 400}),
     "parsing_exception: odd"),
    (lambda answer: Response.json([]), "as many responses as searches"),
    (lambda answer: Response(200, '{"responses":[{"status":200,"timed_out":false,"x":1e999}]}'), "no JSON at byte"),
    (lambda answer: Response(301, headers={"Location": "http://127.0.0.1:1/"}), "HTTP 301"),
], ids=lambda value: getattr(value, "__name__", "answer") if callable(value) else None)
def test_an_answer_that_is_not_whole_is_refused(canned, opensearch, configure, mariadb, change, text):
    tampered(canned, opensearch, change)
    refused(dump(configure(canned.url), 1, *WINDOW, env=secrets(mariadb)), STORE, text, "point_15min_electric")
    assert sum(map(is_search, canned.requests)) <= 3


def of_minutes(request):
    return b"point_1min_index" in request.body


def broken_buckets(name):
    def change(answer):
        for item in answer["responses"]:
            buckets = item.get("aggregations", {}).get("h", {}).get("buckets")
            if not buckets:
                continue
            if name == "key":
                buckets[0]["key"] += 1
            elif name == "lost":
                buckets.pop()
            elif name == "min":
                cell = next(value for value in buckets[0].values() if isinstance(value, dict))
                cell.get("s", cell)["min"] = "x"
            return answer
        for item in answer["responses"]:
            if name == "counts" and "p0" in item.get("aggregations", {}):
                del item["aggregations"]["p0"]
        return answer

    return change


@pytest.mark.parametrize("name, text", [("key", "off the grid"), ("lost", "expected"), ("min", "without minimum"),
                                        ("counts", "without the counts of field 'ua'")])
def test_buckets_that_are_not_whole_are_refused(canned, opensearch, configure, mariadb, name, text):
    change = broken_buckets(name)

    def tamper(request, response):
        if not is_search(request) or not of_minutes(request):
            return None
        return Response.json(change(json.loads(response.body)))

    canned.forward(opensearch.url, tamper)
    refused(dump(configure(canned.url), 1, *WINDOW, env=secrets(mariadb)), STORE, text, "point_1min_index")


def test_a_bomb_is_stopped_at_the_cap(canned, opensearch, configure, mariadb):
    in_turn(canned, opensearch, *[Response.bomb(64 << 20)] * 20)
    refused(dump(configure(canned.url), 1, *WINDOW, env=secrets(mariadb)), STORE, "is over 32 MiB")


def test_answers_over_the_cap_come_in_smaller_requests(opensearch, configure, mariadb, broken_db):
    """A day of minutes is more than a megabyte as rows; asked for in one request it would not go through."""
    config = configure(opensearch.url, elasticsearch=("response_cap_mib = 1", "batch = 64", "minutes = rows"))
    live = whole_dump(config, 2, *WINDOW, env=secrets(mariadb))
    assert_same_dump(live, whole_dump(config, 2, *WINDOW, broken_db, env=secrets(mariadb)))


def test_a_redirect_is_not_followed(canned, opensearch, configure, mariadb):
    with CannedServer() as elsewhere:
        in_turn(canned, opensearch, Response(302, headers={"Location": elsewhere.url + "/"}))
        refused(dump(configure(canned.url), 1, *WINDOW, env=secrets(mariadb)), STORE, "HTTP 302")
        assert not elsewhere.requests


def test_a_packed_answer_is_read(canned, opensearch, configure, mariadb, broken_db):
    tampered(canned, opensearch, Response.gzip)
    config = configure(canned.url)
    live = whole_dump(config, 1, *WINDOW, env=secrets(mariadb))
    assert_same_dump(live, whole_dump(config, 1, *WINDOW, broken_db, env=secrets(mariadb)))


def test_nothing_but_reading_is_asked_for(canned, opensearch, configure, mariadb):
    canned.forward(opensearch.url)
    whole_dump(configure(canned.url), 2, *WINDOW, env=secrets(mariadb))
    asked = {(request.method, request.path.split("?")[0]) for request in canned.requests}
    assert asked == {("GET", "/"), ("POST", "/_msearch"),
                     *(("GET", f"/broken_opensearch-{data_set}/_mapping") for data_set in DATA_SETS.values())}
    for request in filter(is_search, canned.requests):
        heads = [json.loads(line) for line in request.body.decode().splitlines()[::2]]
        assert len(heads) <= 8
        assert all(head["allow_partial_search_results"] is False and head["allow_no_indices"] is False and
                   head["ignore_unavailable"] is False for head in heads)


def test_a_server_of_another_kind_is_refused(canned, configure, mariadb):
    canned.answer(Response.json({"name": "something else"}))
    refused(dump(configure(canned.url), 1, *WINDOW, env=secrets(mariadb)), UNREACHABLE,
            "is no Elasticsearch and no OpenSearch")


# --- scripts ---------------------------------------------------------------------------------------------------------

FORBIDDEN = {"status": 400, "error": {"type": "search_phase_execution_exception", "reason": "all shards failed",
             "root_cause": [{"type": "illegal_argument_exception", "reason": "cannot execute [inline] scripts"}]}}


def forbid_scripts(canned, opensearch):
    def tamper(request, response):
        if is_search(request) and b'"script"' in request.body:
            answer = json.loads(response.body)
            answer["responses"][0] = FORBIDDEN
            return Response.json(answer)
        return None

    canned.forward(opensearch.url, tamper)


def test_a_cluster_without_scripts_gives_rows(canned, opensearch, configure, mariadb, broken_db):
    forbid_scripts(canned, opensearch)
    config = configure(canned.url)
    done = dump(config, 2, *WINDOW, env=secrets(mariadb))
    assert done.returncode == 0 and done.stderr.count("forbids scripts: minutes are aggregated here") == 1
    # with two projects: the second one does not ask for scripts again
    assert sum(b'"script"' in request.body for request in canned.requests) == 1
    assert_same_dump(done.stdout, whole_dump(config, 2, *WINDOW, broken_db, env=secrets(mariadb)))


def test_a_cluster_that_must_aggregate_needs_scripts(canned, opensearch, configure, mariadb):
    forbid_scripts(canned, opensearch)
    refused(dump(configure(canned.url, elasticsearch=("minutes = cluster",)), 1, *WINDOW, env=secrets(mariadb)), STORE,
            "minutes = cluster needs scripts", "cannot execute [inline] scripts")


# --- names of an existing platform -----------------------------------------------------------------------------------


def test_index_and_field_names_can_be_a_platforms(search_server, mariadb, loaded, broken_db, tmp_path):
    """The same rows under other names, quarters stamped by their end, behind an alias."""
    stores = loaded("broken", search_server, sqlite=broken_db)
    source, platform = f"{stores.prefix}point_15min_electric", f"platform-{stores.prefix}meter_q"
    numbers = ("active_energy", "kvarh_lag", "charge", "mdp_max", "kwh_a", "kwh_b", "kwh_c")
    search_server.request("PUT", f"/{platform}", {"settings": {"number_of_replicas": 0}, "mappings": {"properties": {
        "meter": {"properties": {"id": {"type": "long"}}}, "stamp": {"type": "date"}, "ingested_at": {"type": "date"},
        "label": {"type": "text", "fields": {"keyword": {"type": "keyword"}}},
        **{name: {"type": "double"} for name in numbers}}}})
    search_server.request("POST", "/_reindex?refresh=true&wait_for_completion=true", {
        "source": {"index": source}, "dest": {"index": platform}, "script": {"lang": "painless", "source": """
            def s = ctx._source; def t = new HashMap();
            t.meter = ['id': s.point_id]; t.stamp = s.time + 900000L; t.active_energy = s.kwh; t.label = s.slot;
            for (def name : ['kvarh_lag', 'charge', 'mdp_max', 'kwh_a', 'kwh_b', 'kwh_c', 'ingested_at'])
                if (s.containsKey(name)) t[name] = s[name];
            if (t.active_energy == null) t.remove('active_energy'); if (t.label == null) t.remove('label');
            ctx._source = t"""}})
    search_server.request("POST", "/_aliases", {"actions": [{"add": {"index": platform, "alias": f"{platform}-now"}}]})
    config = write_config(tmp_path, url=search_server.url, mariadb=mariadb, database=stores.database,
                          prefix=stores.prefix, store=["quarter_stamp = end"], indices={"quarters": [
                              f"index = {platform}-now", "point_id = meter.id", "time = stamp", "kwh = active_energy",
                              "slot = label"]})
    live = whole_dump(config, 1, *WINDOW, env=secrets(mariadb))
    plain = tmp_path / "plain"
    plain.mkdir()
    embedded = whole_dump(write_config(plain, path=broken_db), 1, *WINDOW)
    assert live.count("\nq ") > 100
    assert_same_dump(live, embedded)


@pytest.mark.parametrize("lines, code, text", [
    (["kwh = aktive"], STORE, "has no field 'aktive'; expected the contract's 'kwh' under that name"),
    (["kwh = slot"], STORE, "field 'slot' of index 'broken_opensearch-point_15min_electric' is of type keyword; "
                            "expected a number"),
    (["time = kwh"], STORE, "is of type double; expected a date"),
    (["index = nowhere"], STORE, "index_not_found_exception: no such index [nowhere]"),
    (["index = nowhere-*"], STORE, "no such index [nowhere-*]"),
])
def test_a_wrong_name_is_refused(opensearch, configure, mariadb, lines, code, text):
    refused(dump(configure(opensearch.url, indices={"quarters": lines}), 1, *WINDOW, env=secrets(mariadb)), code, text)


# --- accounts and TLS ------------------------------------------------------------------------------------------------


def test_user_and_password_are_sent(opensearch, configure, mariadb):
    # base64 of "report:geheim"
    with CannedServer(credentials="Basic cmVwb3J0OmdlaGVpbQ==") as server:
        server.forward(opensearch.url)
        config = configure(server.url, elasticsearch=(*FAST, "user = report"))
        whole_dump(config, 1, *WINDOW, env=secrets(mariadb, POWERREPORT_ES_PASSWORD="geheim"))
        refused(dump(config, 1, *WINDOW, env=secrets(mariadb, POWERREPORT_ES_PASSWORD="geheimer")), UNREACHABLE,
                "refuses user 'report': HTTP 401; expected POWERREPORT_ES_PASSWORD or [elasticsearch] password_file")


def test_an_api_key_is_sent(opensearch, configure, mariadb):
    with CannedServer(credentials="ApiKey a2V5OnNlY3JldA==") as server:
        server.forward(opensearch.url)
        config = configure(server.url)
        whole_dump(config, 1, *WINDOW, env=secrets(mariadb, POWERREPORT_ES_API_KEY="a2V5OnNlY3JldA=="))
        refused(dump(config, 1, *WINDOW, env=secrets(mariadb, POWERREPORT_ES_API_KEY="a2V5Og==")), UNREACHABLE,
                "refuses the API key: HTTP 401; expected POWERREPORT_ES_API_KEY or [elasticsearch] api_key_file")
        refused(dump(config, 1, *WINDOW, env=secrets(mariadb)), UNREACHABLE, "asks for an account: HTTP 401")


def test_an_account_that_may_not_read_an_index_is_refused(canned, opensearch, configure, mariadb):
    canned.forward(opensearch.url,
                   lambda request, response: Response(403, "{}") if "_mapping" in request.path else None)
    refused(dump(configure(canned.url), 1, *WINDOW, env=secrets(mariadb)), UNREACHABLE, "may not read the mapping",
            "HTTP 403")


def test_elasticsearch_by_tls_with_its_authority(opensearch, configure, mariadb, tls_front, certificates):
    config = configure(tls_front(opensearch.port), elasticsearch=(*FAST, f"ca_file = {certificates.ca}"))
    whole_dump(config, 1, *WINDOW, env=secrets(mariadb))


@pytest.mark.parametrize("certificate, authority", [("server", "other_ca"), ("elsewhere", "ca"), ("server", None)])
def test_elasticsearch_with_a_certificate_not_to_be_trusted(opensearch, configure, mariadb, tls_front, certificates,
                                                            certificate, authority):
    lines = (f"ca_file = {getattr(certificates, authority)}",) if authority else ()
    config = configure(tls_front(opensearch.port, certificate), elasticsearch=(*FAST, *lines))
    refused(dump(config, 1, *WINDOW, env=secrets(mariadb)), UNREACHABLE, "cannot trust https://127.0.0.1:",
            "expected a certificate of its host")


def test_elasticsearch_that_is_down(configure, mariadb):
    config = configure("http://127.0.0.1:1", elasticsearch=("max_retries = 1",))
    refused(dump(config, 1, *WINDOW, env=secrets(mariadb)), UNREACHABLE, "cannot reach http://127.0.0.1:1",
            "expected [elasticsearch] url to name a running Elasticsearch or OpenSearch")


def test_mysql_by_tls_with_its_authority(opensearch, configure, mariadb, certificates):
    config = configure(opensearch.url, user=mariadb.tls_reader, mysql=("tls = yes", f"ca_file = {certificates.ca}"))
    whole_dump(config, 1, *WINDOW, env={"POWERREPORT_MYSQL_PASSWORD": mariadb.tls_reader_password})


@pytest.mark.parametrize("authority", ["other_ca", None])
def test_mysql_with_a_certificate_not_to_be_trusted(opensearch, configure, mariadb, certificates, authority):
    lines = (f"ca_file = {getattr(certificates, authority)}",) if authority else ()
    config = configure(opensearch.url, user=mariadb.tls_reader, mysql=("tls = yes", *lines))
    refused(dump(config, 1, *WINDOW, env={"POWERREPORT_MYSQL_PASSWORD": mariadb.tls_reader_password}), UNREACHABLE,
            f"cannot reach MySQL at 127.0.0.1:{mariadb.port} by TLS")


def test_mysql_by_tls_with_an_authority_of_the_systems(opensearch, configure, mariadb, certificates):
    config = configure(opensearch.url, user=mariadb.tls_reader, mysql=("tls = yes",))
    whole_dump(config, 1, *WINDOW, env={"POWERREPORT_MYSQL_PASSWORD": mariadb.tls_reader_password,
                                        "SSL_CERT_FILE": str(certificates.ca)})


def test_mysql_account_that_needs_tls_and_gets_none(opensearch, configure, mariadb):
    config = configure(opensearch.url, user=mariadb.tls_reader, mysql=("tls = no",))
    refused(dump(config, 1, *WINDOW, env={"POWERREPORT_MYSQL_PASSWORD": mariadb.tls_reader_password}), UNREACHABLE,
            "cannot log in to MySQL")


def test_mysql_password_that_is_wrong(opensearch, configure, mariadb):
    message = refused(dump(configure(opensearch.url), 1, *WINDOW, env={"POWERREPORT_MYSQL_PASSWORD": "geheim"}),
                      UNREACHABLE)
    assert message == (f"dump_source: cannot log in to MySQL at 127.0.0.1:{mariadb.port} as 'reader': access denied; "
                       "expected POWERREPORT_MYSQL_PASSWORD or [mysql] password_file to hold its password\n")


def test_mysql_that_is_down(opensearch, configure, mariadb):
    class Nowhere:
        host, port, reader = "127.0.0.1", 1, mariadb.reader

    refused(dump(configure(opensearch.url, mariadb=Nowhere), 1, *WINDOW, env=secrets(mariadb)), UNREACHABLE,
            "cannot reach MySQL at 127.0.0.1:1", "expected [mysql] host and port to name a running server")


class CutProxy:
    """Stands before a server and hangs up on both sides after so many bytes of answers.

    asked(bytes) → what goes on to the server in their place; None hangs up.
    """

    def __init__(self, port, allowed=1 << 40, asked=lambda data: data):
        self.target, self.allowed, self.asked, self.sent = port, allowed, asked, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.host, self.port = self.listener.getsockname()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.target))
            threading.Thread(target=self._pump, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self._pump, args=(server, client, True), daemon=True).start()

    def _pump(self, source, target, counts):
        try:
            while data := source.recv(4096):
                if counts:
                    data = data[:max(0, self.allowed - self.sent)]
                    self.sent += len(data)
                elif (data := self.asked(data)) is None:
                    break
                target.sendall(data)
                if counts and self.sent >= self.allowed:
                    break
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


@pytest.mark.parametrize("allowed", [0, 60, 400, 2500])
def test_mysql_that_stops_in_the_middle(opensearch, configure, mariadb, allowed):
    """0: before it greets; 60: while it does; then between and inside the directory's answers."""
    proxy = CutProxy(mariadb.port, allowed)
    proxy.reader = mariadb.reader
    done = dump(configure(opensearch.url, mariadb=proxy), 1, *WINDOW, env=secrets(mariadb))
    proxy.listener.close()
    refused(done, UNREACHABLE, f"MySQL at 127.0.0.1:{proxy.port}")
    assert "tenant" not in done.stdout


BEGIN = b"START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"


def test_mysql_that_closed_an_idle_connection_is_asked_again(opensearch, configure, mariadb):
    begun = []

    def asked(data):
        if BEGIN in data:
            begun.append(data)
        return None if BEGIN in data and len(begun) == 1 else data

    proxy = CutProxy(mariadb.port, asked=asked)
    proxy.reader = mariadb.reader
    assert "tenant 1 " in whole_dump(configure(opensearch.url, mariadb=proxy), "tenants", env=secrets(mariadb))
    proxy.listener.close()
    assert len(begun) == 2


def test_mysql_without_read_only_snapshots_is_read_with_a_warning(opensearch, configure, mariadb):
    """TiDB answers 1235, not supported; so does MariaDB to the statement put in place."""
    unsupported = b"SELECT 1 IN (SELECT 1 LIMIT 1)".ljust(len(BEGIN))
    proxy = CutProxy(mariadb.port, asked=lambda data: data.replace(BEGIN, unsupported))
    proxy.reader = mariadb.reader
    done = dump(configure(opensearch.url, mariadb=proxy), "tenants", env=secrets(mariadb))
    proxy.listener.close()
    assert done.returncode == 0 and "tenant 1 " in done.stdout
    assert "has no read-only snapshots" in done.stderr


def test_mysql_database_that_is_not_there(opensearch, mariadb, tmp_path):
    config = write_config(tmp_path, url=opensearch.url, mariadb=mariadb, database="nowhere")
    refused(dump(config, "tenants", env=secrets(mariadb)), UNREACHABLE, "cannot open database 'nowhere'")


def test_a_tenant_that_is_not_there(opensearch, configure, mariadb):
    refused(dump(configure(opensearch.url), 4711, *WINDOW, env=secrets(mariadb)), UNKNOWN, "4711")


def test_tenants_are_listed_by_id(opensearch, configure, mariadb):
    lines = whole_dump(configure(opensearch.url), "tenants", env=secrets(mariadb)).splitlines()
    assert [line.split()[1] for line in lines] == ["1", "2", "9"]
    assert "name=O'Brien 电子\\ \"一厂\" " in lines[0]


# --- the directory's queries -----------------------------------------------------------------------------------------


def sql_config(configure, opensearch, folder, name, sql):
    (folder / name).write_text(sql, encoding="utf-8")
    return configure(opensearch.url, mysql=(f"sql_folder = {folder}",))


ALARM_TYPES = "SELECT code, name_zh, name_en, category, retired FROM alarm_type"


def test_a_query_can_be_replaced_by_a_file(opensearch, configure, mariadb, broken_db, tmp_path):
    config = sql_config(configure, opensearch, tmp_path, "recipient.sql", """
        -- who? everybody of this tenant but b
        SELECT tenant_id, email, CONCAT('to ', COALESCE(name, '?')) AS name, kind, active /* ? */
        FROM recipient WHERE tenant_id = ? AND email <> 'b@example.com';
        """)
    live = whole_dump(config, 1, *WINDOW, env=secrets(mariadb))
    assert "recipient a@example.com kind=to active=1 name=to 李四\n" in live
    assert "b@example.com" not in live


@pytest.mark.parametrize("sql, text", [
    ("SELECT code, name_zh, name_en, category FROM alarm_type",
     "gives 4 columns; expected 5, number 5 being 'retired'"),
    ("SELECT code, name_en, name_zh, category, retired FROM alarm_type",
     "gives 'name_en' as column 2; expected 'name_zh'"),
    (ALARM_TYPES.replace(" FROM", ", 1 AS more FROM"), "gives 6 columns; expected 5, 'retired' being the last"),
    ("SET @a = 1", "gives no rows at all; expected a SELECT"),
    (" ;", "no statement; expected a SELECT"),
])
def test_a_replaced_query_with_other_columns_is_refused(opensearch, configure, mariadb, tmp_path, sql, text):
    config = sql_config(configure, opensearch, tmp_path, "alarm_type.sql", sql)
    refused(dump(config, 1, *WINDOW, env=secrets(mariadb)), CONFIG, str(tmp_path / "alarm_type.sql"), text)


def test_a_replaced_query_that_the_server_refuses_names_its_file(opensearch, configure, mariadb, tmp_path):
    config = sql_config(configure, opensearch, tmp_path, "alarm_type.sql", "SELECT nonsense FROM")
    refused(dump(config, 1, *WINDOW, env=secrets(mariadb)), STORE, str(tmp_path / "alarm_type.sql"), "SQL syntax")


def test_a_replaced_query_of_one_tenant_is_not_for_the_platform(opensearch, configure, mariadb, tmp_path):
    select = ("SELECT project_id, name, address, industry, timezone, holiday_region, supply_kv, short_circuit_mva, "
              "area_m2 FROM project")
    config = sql_config(configure, opensearch, tmp_path, "project.sql",
                        select + " WHERE project_id IN (SELECT project_id FROM tenant_project WHERE tenant_id = ?)")
    refused(dump(config, 9, *WINDOW, env=secrets(mariadb)), CONFIG, "project.sql", "expected project.platform.sql")
    (tmp_path / "project.platform.sql").write_text(select, encoding="utf-8")
    assert whole_dump(config, 9, *WINDOW, env=secrets(mariadb)).count("\nproject ") == 2


def test_a_statement_that_takes_too_long_is_an_error(opensearch, configure, mariadb, tmp_path):
    """A time-out in the middle of the rows ends them as if there were no more."""
    slow = ALARM_TYPES.replace(" FROM alarm_type", " FROM alarm_type UNION ALL SELECT CONCAT('x', seq), 'a', 'b', 'c', "
                               "SLEEP(seq > 50000) FROM seq_1_to_100000")
    (tmp_path / "alarm_type.sql").write_text(slow, encoding="utf-8")
    config = configure(opensearch.url, mysql=(f"sql_folder = {tmp_path}", "statement_timeout_s = 1"))
    refused(dump(config, 1, *WINDOW, env=secrets(mariadb)), STORE, "took longer than 1 s")


def test_a_snapshot_is_read_only_and_in_utc(opensearch, configure, mariadb, tmp_path):
    config = sql_config(configure, opensearch, tmp_path, "alarm_type.sql",
                        "SELECT @@session.time_zone AS code, @@session.character_set_client AS name_zh, "
                        "@@session.max_statement_time AS name_en, 'safety' AS category, @@in_transaction AS retired")
    live = whole_dump(config, 1, *WINDOW, env=secrets(mariadb))
    assert "alarm_type +00:00 zh=utf8mb4 en=30.000000 category=safety retired=1\n" in live
    (tmp_path / "alarm_type.sql").write_text("INSERT INTO alarm_type VALUES ('x','x','x','x',0)", encoding="utf-8")
    done = dump(config, 1, *WINDOW, env={"POWERREPORT_MYSQL_PASSWORD": mariadb.admin_password})
    assert done.returncode != 0
    admin = configure(opensearch.url, user=mariadb.admin, mysql=(f"sql_folder = {tmp_path}",))
    done = dump(admin, 1, *WINDOW, env={"POWERREPORT_MYSQL_PASSWORD": mariadb.admin_password})
    refused_text = done.stderr
    assert done.returncode == STORE and "READ ONLY transaction" in refused_text
