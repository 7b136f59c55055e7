"""Power quality worked out in the cluster: the same as from rows and from the embedded store, whatever the rules."""

import json

import pytest

import broken_store
import quality_store
from live import STORE, dump, secrets, whole_dump, write_config
from servers.canned import Response

WINDOW = (quality_store.START, quality_store.END)


@pytest.fixture(scope="session")
def quality_db(tmp_path_factory):
    return quality_store.write(tmp_path_factory.mktemp("quality") / "quality.db")


@pytest.fixture
def configure(tmp_path, mariadb):
    """configure(server, stores, mode) → report.ini"""

    def write(url, stores, mode, **more):
        folder = tmp_path / f"config-{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        return write_config(folder, url=url, mariadb=mariadb, database=stores.database, prefix=stores.prefix,
                            elasticsearch=[f"minutes = {mode}", "max_retries = 0"], **more)

    return write


def quality(config, point, mariadb, *db, window=WINDOW):
    return whole_dump(config, point, *window, *db, env=secrets(mariadb), tool="dump_quality")


@pytest.mark.parametrize("point", quality_store.POINTS)
@pytest.mark.parametrize("shards", [1, 3])
def test_quality_is_the_same_from_the_cluster_from_rows_and_embedded(search_server, mariadb, loaded, quality_db,
                                                                     configure, shards, point):
    stores = loaded(f"quality{shards}", search_server, sqlite=quality_db, shards=shards)
    embedded = quality(configure(search_server.url, stores, "auto"), point, mariadb, quality_db)
    assert embedded.count("\nvoltage_deviation ") == 24
    for mode in ("cluster", "rows") if shards == 1 else ("cluster",):
        assert quality(configure(search_server.url, stores, mode), point, mariadb) == embedded, mode


def test_broken_rows_have_the_same_quality_by_any_rules(search_server, mariadb, loaded, configure, tmp_path):
    db = broken_store.write(tmp_path / "broken.db")
    stores = loaded("broken", search_server, sqlite=db)
    window = (broken_store.START + 12_345, broken_store.END - 54_321)
    for point in (101, 102, 103):
        live = quality(configure(search_server.url, stores, "cluster"), point, mariadb, window=window)
        assert live == quality(configure(search_server.url, stores, "auto"), point, mariadb, db, window=window)


def count(dumped, name):
    """The samples of a parameter by the first rules."""
    return int(next(line for line in dumped.splitlines() if line.startswith(name + " ")).split()[1].split("=")[1])


# --- an existing platform's indices ----------------------------------------------------------------------------------


def reindex(server, source, target, mapping, script, shards=1, query=None):
    server.request("PUT", f"/{target}", {"settings": {"number_of_replicas": 0, "number_of_shards": shards},
                                         "mappings": {"properties": mapping}})
    server.request("POST", "/_reindex?refresh=true&wait_for_completion=true", {
        "source": {"index": source, **({"query": query} if query else {})}, "dest": {"index": target},
        "script": {"lang": "painless", "source": script}})


COLUMNS = ("ua", "ub", "uc", "uab", "ubc", "uca", "ia", "ib", "ic", "pa", "pb", "pc", "pttl", "costtl", "freq",
           *broken_store.DISTORTIONS)


def test_quality_of_a_platforms_indices(search_server, mariadb, loaded, quality_db, configure):
    """Other names and types, an index without harmonics beside one with two shards, every row twice in a third."""
    stores = loaded("quality1", search_server, sqlite=quality_db, shards=1)
    source = f"{stores.prefix}point_1min_index"
    name = f"platform-{stores.prefix}minutes"
    middle = quality_store.START + 650 * quality_store.MINUTE
    plain = {"meter": {"properties": {"id": {"type": "integer"}}}, "stamp": {"type": "date"},
             **{column: {"type": "double"} for column in COLUMNS if not column.startswith("hr") and column != "freq"},
             "hertz": {"type": "double"}}
    script = """
        def s = ctx._source; s.meter = ['id': s.remove('point_id')]; s.stamp = s.remove('time');
        for (def name : ['project_id', 'sttl', 'qttl', 'i_n']) { s.remove(name) }
        if (s.containsKey('freq')) { s.hertz = s.remove('freq') }"""
    without = script + " s.keySet().removeIf(key -> key.startsWith('hr'));"
    reindex(search_server, source, f"{name}-1", plain, without, query={"range": {"time": {"lt": middle}}})
    whole = {**plain, **{column: {"type": "double"} for column in COLUMNS if column.startswith("hr")}}
    reindex(search_server, source, f"{name}-2", whole, script, 2, {"range": {"time": {"gte": middle}}})
    reindex(search_server, source, f"{name}-3", whole, script + " ctx._id = 'again-' + ctx._id;", 2)
    reindex(search_server, source, f"{name}-4", {**whole, "thdua": {"type": "long"}}, script + " s.remove('thdua');")
    try:
        for index in (f"{name}-1,{name}-2", f"{name}-2,{name}-3,{name}-1"):
            lines = {"minutes": [f"index = {index}", "point_id = meter.id", "time = stamp", "freq = hertz"]}
            for point in (301, 303):
                live, rows = (quality(configure(search_server.url, stores, mode, indices=lines), point, mariadb)
                              for mode in ("cluster", "rows"))
                assert live == rows
                # The first index has no harmonics, so that its half of the samples is missing among them.
                assert (count(live, "harmonic.3") > 0) == (point == 301)
                assert count(live, "harmonic.3") < count(live, "voltage_thd") or point == 303
        lines = {"minutes": [f"index = {name}-1,{name}-4", "point_id = meter.id", "time = stamp"]}
        done = dump(configure(search_server.url, stores, "cluster", indices=lines), 301, *WINDOW, env=secrets(mariadb),
                    tool="dump_quality")
        assert done.returncode == STORE and "field 'thdua' of index" in done.stderr
    finally:
        search_server.request("DELETE", f"/{name}-1,{name}-2,{name}-3,{name}-4")


def test_several_values_in_a_field_are_refused_in_the_cluster_as_in_rows(search_server, mariadb, loaded, quality_db,
                                                                         configure):
    stores = loaded("quality1", search_server, sqlite=quality_db, shards=1)
    name = f"several-{stores.prefix}minutes"
    reindex(search_server, f"{stores.prefix}point_1min_index", name,
            {"point_id": {"type": "long"}, "time": {"type": "date"},
             **{field: {"type": "double"} for field in COLUMNS}},
            "ctx._source.freq = [50, 50.5]; ctx._source.remove('sttl');", query={"term": {"point_id": 304}})
    try:
        for mode in ("cluster", "rows"):
            config = configure(search_server.url, stores, mode, indices={"minutes": [f"index = {name}"]})
            done = dump(config, 304, *WINDOW, env=secrets(mariadb), tool="dump_quality")
            assert done.returncode == STORE and name in done.stderr
            assert "of a row holds several values; expected one" in done.stderr
    finally:
        search_server.request("DELETE", f"/{name}")


# --- clusters that won't, and answers that are none ------------------------------------------------------------------


def is_metric(request):
    return b'"scripted_metric"' in request.body


FORBIDDEN = {
    "inline": "cannot execute [inline] scripts",
    "context": "cannot execute scripts using [aggs] context",
    "list": "[init_script] contains not allowed script: [long[] n = new long[155];]",
}


@pytest.mark.parametrize("reason", FORBIDDEN.values(), ids=FORBIDDEN)
def test_a_cluster_without_scripted_metrics_gives_rows(canned, opensearch, mariadb, loaded, quality_db, configure,
                                                       reason):
    stores = loaded("quality1", opensearch, sqlite=quality_db, shards=1)
    error = {"status": 400, "error": {"type": "search_phase_execution_exception", "reason": "all shards failed",
                                      "root_cause": [{"type": "illegal_argument_exception", "reason": reason}]}}

    def tamper(request, response):
        if not is_metric(request):
            return None
        return Response.json({"responses": [error] * len(json.loads(response.body)["responses"])})

    canned.forward(opensearch.url, tamper)
    config = configure(canned.url, stores, "auto")
    done = dump(config, 301, *WINDOW, env=secrets(mariadb), tool="dump_quality")
    assert done.returncode == 0 and done.stdout == quality(config, 301, mariadb, quality_db)
    assert done.stderr.count("forbids scripted metrics: power quality is worked out here") == 1
    assert sum(map(is_metric, canned.requests)) == 1
    done = dump(configure(canned.url, stores, "cluster"), 301, *WINDOW, env=secrets(mariadb), tool="dump_quality")
    assert done.returncode == STORE
    assert "minutes = cluster needs scripted metrics" in done.stderr and reason[:30] in done.stderr


def figures(answer):
    return [item["aggregations"]["quality"] for item in answer["responses"]]


def short(answer):
    figures(answer)[0]["value"].pop()


def nothing(answer):
    figures(answer)[0]["value"] = None


def a_fraction(answer):
    figures(answer)[0]["value"][3] = 0.5


def a_text(answer):
    figures(answer)[0]["value"][3] = "1"


def a_failed_shard(answer):
    answer["responses"][0]["_shards"]["failed"] = 1


def a_lower_total(answer):
    answer["responses"][0]["hits"]["total"]["relation"] = "gte"


def a_script_error(answer):
    answer["responses"][0] = {"status": 400, "error": {"type": "search_phase_execution_exception", "root_cause": [
        {"type": "script_exception", "reason": "runtime error"}], "failed_shards": [{"reason": {
            "type": "script_exception", "caused_by": {"type": "x", "reason": "index 7 out of bounds"}}}]}}


@pytest.mark.parametrize("change, text", [
    (short, "an answer of 154 figures of quality; expected 155"), (nothing, "an answer of 0 figures of quality"),
    (a_fraction, "a figure of quality that is no whole number"),
    (a_text, "a figure of quality that is no whole number"),
    (a_failed_shard, "1 of 1 shards failed"), (a_lower_total, "without an exact number of hits"),
    (a_script_error, "script_exception: runtime error: index 7 out of bounds"),
], ids=lambda value: getattr(value, "__name__", ""))
def test_an_answer_of_quality_that_is_not_whole_is_refused(canned, opensearch, mariadb, loaded, quality_db, configure,
                                                           change, text):
    stores = loaded("quality1", opensearch, sqlite=quality_db, shards=1)

    def tamper(request, response):
        if not is_metric(request):
            return None
        answer = json.loads(response.body)
        change(answer)
        return Response.json(answer)

    canned.forward(opensearch.url, tamper)
    done = dump(configure(canned.url, stores, "auto"), 301, *WINDOW, env=secrets(mariadb), tool="dump_quality")
    assert done.returncode == STORE and text in done.stderr and "point_1min_index" in done.stderr, done.stderr


def test_a_load_that_changes_between_answers_is_asked_for_again_and_given_up(canned, opensearch, mariadb, loaded,
                                                                             quality_db, configure):
    stores = loaded("quality1", opensearch, sqlite=quality_db, shards=1)
    seen = []

    def tamper(request, response, times):
        if not is_metric(request):
            return None
        answer = json.loads(response.body)
        seen.append(len(answer["responses"]))
        if len(seen) <= times:
            for value in figures(answer):
                value["value"][154] += len(seen)
        return Response.json(answer)

    config = configure(canned.url, stores, "auto")
    canned.forward(opensearch.url, lambda request, response: tamper(request, response, 3))
    # Three requests of eight searches ask for the load of 24 sets of rules; what it is not makes three more.
    assert quality(config, 301, mariadb) == quality(config, 301, mariadb, quality_db)
    assert sum(seen) == 24 * 3
    seen.clear()
    canned.forward(opensearch.url, lambda request, response: tamper(request, response, 1000))
    done = dump(config, 301, *WINDOW, env=secrets(mariadb), tool="dump_quality")
    assert done.returncode == STORE and "changes while its power quality is worked out" in done.stderr
    assert sum(seen) == 24 * 7
