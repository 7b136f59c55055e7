"""powerreport check: a good set-up, and each failure once, with real servers."""

import contextlib
import email.utils
import json
import pathlib
import shutil
import sqlite3
import subprocess
import time
import urllib.parse

import pytest

import broken_store
from live import secrets, write_config
from servers import smtp, tls
from servers.canned import Response

NOW = "2018-03-08T00:00:00Z"
FAST = ("request_timeout_s = 5",)
SECRETS = ("reader-secret", "admin-secret", "geheim", "IDENTIFIED")


@pytest.fixture(scope="session")
def printable_db(tmp_path_factory):
    return broken_store.write_printable(tmp_path_factory.mktemp("check") / "printable.db")


@pytest.fixture(scope="session")
def stores(loaded, opensearch, printable_db):
    return loaded("printable", opensearch, sqlite=printable_db)


@pytest.fixture
def configure(tmp_path, mariadb, stores):
    def write(url, **more):
        return write_config(tmp_path, url=url, mariadb=more.pop("mariadb", mariadb),
                            database=more.pop("database", stores.database),
                            prefix=more.pop("prefix", stores.prefix), elasticsearch=more.pop("elasticsearch", FAST),
                            **more)

    return write


@pytest.fixture
def check(program, tmp_path, mariadb):
    """check(config, …) → (exit code, [(status, what, found, todo)]); nothing is left behind, no secret told."""

    def run(config, *arguments, out=None, env=None, now=NOW):
        out = out or tmp_path / "out"
        before = sorted(out.rglob("*")) if out.is_dir() else out.exists()
        done = program("check", "--config", config, "--out", out, "--now", now, "--json", *arguments,
                       env=secrets(mariadb) if env is None else env, timeout=120)
        assert (sorted(out.rglob("*")) if out.is_dir() else out.exists()) == before
        for secret in SECRETS:
            assert secret not in done.stdout + done.stderr
        assert done.stdout, done.stderr
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        said = [(line["status"], line["what"], line["found"], line["todo"]) for line in lines[:-1]]
        counts = {status: sum(line[0] == status for line in said) for status in ("ok", "warn", "fail")}
        assert lines[-1] == {"event": "summary", **counts}
        assert done.returncode == (1 if counts["fail"] else 0), done.stdout
        return done.returncode, said

    return run


def found(said, status, what, text=""):
    """The line of that kind; and that there is advice where something is wrong."""
    lines = [line for line in said if line[:2] == (status, what) and text in line[2]]
    assert lines, f"no line {status} {what}: {text}\n" + "\n".join(map(str, said))
    assert status == "ok" or lines[0][3]
    return lines[0][2]


def failures(said):
    return [line[1] for line in said if line[0] == "fail"]


# --- a good set-up ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def certificates_of_ages(certificates):
    """Of the host: one that lasts, and one that is over."""
    for name, days in (("lasting", "400"), ("over", "-1")):
        if not (certificates.folder / f"{name}.pem").exists():
            tls._certificate(certificates.folder, "ca", name, "DNS:localhost,IP:127.0.0.1", days)
    return certificates


def test_a_good_set_up_with_tls_on_both_sides(search_server, mariadb, loaded, printable_db, tls_front, tmp_path,
                                              certificates_of_ages, check):
    ca = certificates_of_ages.ca
    stores = loaded("printable", search_server, sqlite=printable_db)
    config = write_config(tmp_path, url=tls_front(search_server.port, "lasting"), mariadb=mariadb,
                          database=stores.database, prefix=stores.prefix, user=mariadb.tls_reader,
                          elasticsearch=(f"ca_file = {ca}",), mysql=("tls = yes", f"ca_file = {ca}"))
    (tmp_path / "out").mkdir()
    code, said = check(config, env={"POWERREPORT_MYSQL_PASSWORD": mariadb.tls_reader_password})
    assert code == 0
    assert "MariaDB" in found(said, "ok", "mysql: connection", "logged in as 'tls_reader'")
    # those of the tests end within the week; so do real ones, some day
    assert "6 days" in found(said, "warn", "mysql: certificate")
    assert "399 days" in found(said, "ok", "search: certificate", "trusted, valid until")
    for what in ("mysql: clock", "search: clock"):
        found(said, "ok", what, "this machine's clock")
    found(said, "ok", "mysql: rights", "may read and nothing else")
    found(said, "warn", "search: rights", "no security: everybody can write")
    found(said, "ok", "mysql: tables", "16 tables can be read, with the contract's columns and types")
    assert found(said, "ok", "directory") == ("every value can be read: 3 tenants, 2 projects, 5 points, 2 sensors, "
                                              "1 tariffs")
    found(said, "ok", "time zones", "3 of the directory")
    found(said, "ok", "names")
    version = {"opensearch": "OpenSearch 2.", "elasticsearch": "Elasticsearch 7.10"}[search_server.kind]
    found(said, "ok", "search: connection", version)
    for name, fields in (("quarters", 13), ("minutes", 45), ("sensors", 4), ("events", 15)):
        found(said, "ok", f"search: {name}", f"can be read, {fields} fields of the contract's types")
    found(said, "ok", "search: quarters", "the latest row is of 2018-03-07T15:45:41.250Z, 0.3 days before --now")
    found(said, "ok", "search: scripts", "minutes: worked out in the cluster")
    found(said, "ok", "search: scripts", "power quality: worked out in the cluster")
    found(said, "ok", "search: settings", "search.max_buckets is ")
    for what in ("settings", "method tables", "templates", "fonts", "words", "brands", "disk", "inodes",
                 "output folder", "lock", "ledger"):
        found(said, "ok", what)
    code, said = check(config, env={"POWERREPORT_MYSQL_PASSWORD": mariadb.tls_reader_password},
                       now="2018-03-12T00:00:00Z")
    found(said, "warn", "search: quarters", "4.3 days before --now")


def test_an_embedded_store(check, program, printable_db, tmp_path, root):
    code, said = check(root / "report.ini", "--db", printable_db, now=broken_store.NOW)
    assert code == 0
    found(said, "ok", "store: file", "is whole")
    assert "672 rows" not in found(said, "ok", "store: quarters", "rows in 2018-03")
    found(said, "ok", "output folder", "is not there yet: the first run makes it")
    people = program("check", "--db", printable_db, "--out", tmp_path / "out", "--now", broken_store.NOW, check=True)
    assert people.stdout.startswith("ok    settings: report.ini can be read\n")
    assert people.stdout.endswith(f"ok {len(said)}, warn 0, fail 0\n")
    assert program("check", "--db", printable_db, "--out", tmp_path / "out", "--now", broken_store.NOW, "--quiet",
                   check=True).stdout == ""
    damaged = pathlib.Path(shutil.copy(printable_db, tmp_path / "damaged.db"))
    with open(damaged, "r+b") as file:
        file.seek(damaged.stat().st_size // 4096 // 2 * 4096)
        file.write(b"\xff" * 4096 * 8)
    _, said = check(root / "report.ini", "--db", damaged, now=broken_store.NOW)
    assert "store: file" in failures(said)
    _, said = check(root / "report.ini", "--db", tmp_path / "none.db", now=broken_store.NOW)
    assert failures(said) == ["store: tables"]


# --- connections and accounts ----------------------------------------------------------------------------------------


def test_a_server_that_is_down_does_not_hide_the_other(check, configure, opensearch, mariadb):
    class Nowhere:
        host, port, reader = "127.0.0.1", 1, mariadb.reader

    _, said = check(configure(opensearch.url, mariadb=Nowhere))
    assert failures(said) == ["mysql: connection"]
    found(said, "ok", "search: minutes")
    _, said = check(configure("http://127.0.0.1:1"))
    assert failures(said) == ["search: connection"]
    found(said, "ok", "mysql: tables")


def test_passwords_that_are_wrong(check, configure, opensearch, canned):
    canned.credentials = "Basic cmVwb3J0OmdlaGVpbQ=="
    canned.forward(opensearch.url)
    config = configure(canned.url, elasticsearch=(*FAST, "user = report"))
    _, said = check(config, env={"POWERREPORT_MYSQL_PASSWORD": "geheim", "POWERREPORT_ES_PASSWORD": "geheimer"})
    assert failures(said) == ["mysql: connection", "search: connection"]
    found(said, "fail", "mysql: connection", "access denied")
    found(said, "fail", "search: connection", "HTTP 401")


@pytest.mark.parametrize("certificate, authority, text", [
    ("server", "other_ca", "cannot trust"), ("elsewhere", "ca", "cannot trust"), ("over", "ca", "expired"),
])
def test_certificates_that_are_not_to_be_trusted(check, configure, opensearch, mariadb, certificates_of_ages, tls_front,
                                                 certificate, authority, text):
    ca = getattr(certificates_of_ages, authority)
    config = configure(tls_front(opensearch.port, certificate), elasticsearch=(*FAST, f"ca_file = {ca}"),
                       user=mariadb.tls_reader, mysql=("tls = yes", f"ca_file = {ca}"))
    _, said = check(config, env={"POWERREPORT_MYSQL_PASSWORD": mariadb.tls_reader_password})
    found(said, "fail", "search: connection", text)
    if authority == "other_ca":
        found(said, "fail", "mysql: connection", "by TLS")


def test_a_certificate_that_ends_soon_is_warned_of(check, configure, opensearch, certificates, tls_front):
    config = configure(tls_front(opensearch.port), elasticsearch=(*FAST, f"ca_file = {certificates.ca}"))
    code, said = check(config)
    assert code == 0 and "6 days" in found(said, "warn", "search: certificate")


def test_accounts_that_may_write_are_warned_of(check, configure, opensearch, elasticsearch, mariadb, canned):
    code, said = check(configure(opensearch.url, user=mariadb.admin),
                       env={"POWERREPORT_MYSQL_PASSWORD": mariadb.admin_password})
    assert code == 0
    assert found(said, "warn", "mysql: rights") == (
        "the account may do more than read: ALL PRIVILEGES, GRANT OPTION")
    mariadb.run("CREATE USER IF NOT EXISTS 'clerk'@'127.0.0.1' IDENTIFIED BY 'geheim'; "
                "GRANT SELECT ON *.* TO 'clerk'@'127.0.0.1'; "
                "GRANT SELECT, INSERT, DELETE ON mysql.* TO 'clerk'@'127.0.0.1'; "
                "GRANT UPDATE (Host, User), SELECT (Host, User) ON mysql.proxies_priv TO 'clerk'@'127.0.0.1';")
    _, said = check(configure(opensearch.url, user="clerk"), env={"POWERREPORT_MYSQL_PASSWORD": "geheim"})
    assert found(said, "warn", "mysql: rights") == "the account may do more than read: INSERT, DELETE, UPDATE"

    held = {"write": True, "create_index": False, "delete_index": False, "manage": False}

    def privileges(request, response):
        if not request.path.startswith("/_security/user/_has_privileges"):
            return None
        asked = json.loads(urllib.parse.parse_qs(urllib.parse.urlsplit(request.path).query)["source"][0])
        assert request.method == "GET" and asked["index"][0]["privileges"] == list(held)
        return Response.json({"username": "u", "index": {name: held for name in asked["index"][0]["names"]}})

    canned.forward(elasticsearch.url, privileges)
    _, said = check(configure(canned.url))  # its indices are the other server's: only rights are looked at
    assert found(said, "warn", "search: rights") == "the account may do more than read: write"
    held["write"] = False
    _, said = check(configure(canned.url))
    found(said, "ok", "search: rights", "may read and nothing else")

    roles = ["readall", "all_access"]
    canned.forward(opensearch.url, lambda request, response: Response.json({"user": "u", "roles": roles})
                   if request.path == "/_plugins/_security/authinfo" else None)
    _, said = check(configure(canned.url))
    found(said, "warn", "search: rights", "readall, all_access; by their names they may write")
    roles.pop()
    _, said = check(configure(canned.url))
    found(said, "ok", "search: rights", "the account's roles: readall")


def test_an_index_that_may_not_be_read_and_a_clock_that_is_wrong(check, configure, opensearch, canned):
    late = {"Date": email.utils.formatdate(time.time() - 3600, usegmt=True)}

    def tamper(request, response):
        if "soe_event/_mapping" in request.path:
            return Response(403, "{}")
        response.headers.update(late)
        return None

    canned.forward(opensearch.url, tamper)
    _, said = check(configure(canned.url))
    assert failures(said) == ["search: events"]
    found(said, "fail", "search: events", "may not be read: HTTP 403")
    assert "s behind this machine's clock" in found(said, "warn", "search: clock")


# --- tables and indices ----------------------------------------------------------------------------------------------


def test_tables_and_columns_that_are_wrong(check, configure, opensearch, mariadb):
    mariadb.create("check_tables")
    mariadb.run("DROP TABLE tariff; ALTER TABLE point DROP COLUMN wiring; "
                "ALTER TABLE sensor MODIFY warn_limit VARCHAR(20) NULL; "
                "ALTER TABLE project MODIFY supply_kv DOUBLE NULL;", "check_tables")
    _, said = check(configure(opensearch.url, database="check_tables"))
    assert failures(said) == ["mysql: tables"] * 3  # the slots are asked for by their tariffs
    found(said, "fail", "mysql: tables", "table 'tariff'")
    found(said, "fail", "mysql: tables", "Unknown column 'wiring'")
    found(said, "warn", "mysql: tables", "table 'sensor', column 'warn_limit' is a text; expected a number")
    found(said, "ok", "search: minutes")


def test_values_and_names_that_are_wrong(check, configure, opensearch, mariadb):
    mariadb.create("check_values")
    mariadb.run("""INSERT INTO tenant VALUES (1, '甲', NULL, 'single', 'mauve', 'en', 'Asia/Nowhere', NULL, NULL, '2018-01-01',
                   NULL);
                   INSERT INTO project VALUES (10, '一厂 🏭', NULL, NULL, 'Mars/Olympus', 'CN', NULL, NULL, NULL);
                   INSERT INTO point VALUES (101, 10, NULL, NULL, 'p', 'boss', '3p4w', 230, NULL, '2018-01-01', NULL);
                   """, "check_values")
    _, said = check(configure(opensearch.url, database="check_values"))
    assert "point_id 101" in found(said, "fail", "directory", "'boss'")
    found(said, "fail", "directory", "the row of tenant 1 cannot be read")
    zones = found(said, "fail", "time zones")
    assert "tenant 1: " in zones and "project 10: " in zones and "Mars/Olympus" in zones
    assert "project 10: no glyph for U+1F3ED" in found(said, "fail", "names")
    found(said, "fail", "brands", "some that are not there: tenant 1: mauve")


def test_queries_that_are_limited_to_a_tenant_need_no_others_without_a_platform(check, configure, opensearch, mariadb,
                                                                                tmp_path):
    mariadb.create("check_queries")
    mariadb.run("""INSERT INTO tenant VALUES (1, '甲', NULL, 'single', NULL, 'en', 'UTC', NULL, NULL, '2018-01-01', NULL);
                   INSERT INTO project VALUES (10, '一厂', NULL, NULL, NULL, 'CN', NULL, NULL, NULL);
                   INSERT INTO tenant_project VALUES (1, 10);
                   INSERT INTO point VALUES (101, 10, NULL, NULL, 'p', 'incomer', '3p4w', 230, NULL, '2018-01-01', NULL);
                   """, "check_queries")
    (tmp_path / "project.sql").write_text(
        "SELECT project_id, name, address, industry, timezone, holiday_region, supply_kv, short_circuit_mva, area_m2 "
        "FROM project WHERE project_id IN (SELECT project_id FROM tenant_project WHERE tenant_id = ?) -- own",
        encoding="utf-8")
    config = configure(opensearch.url, database="check_queries", mysql=(f"sql_folder = {tmp_path}",))
    _, said = check(config)
    assert failures(said) == []
    assert found(said, "ok", "directory") == ("every value can be read: 1 tenants, 1 projects, 1 points, 0 sensors, "
                                              "0 tariffs")
    mariadb.run("UPDATE point SET role = 'boss'", "check_queries")
    _, said = check(config)
    found(said, "fail", "directory", "tenant 1: ")
    mariadb.run("INSERT INTO tenant VALUES (9, '乙', NULL, 'platform', NULL, 'en', 'UTC', NULL, NULL, '2018-01-01', NULL)",
                "check_queries")
    _, said = check(config)
    found(said, "fail", "directory", "expected project.platform.sql beside it")


def test_indices_and_fields_that_are_wrong(check, configure, opensearch):
    mappings = json.loads((pathlib.Path(__file__).parent.parent / "docs/contract/mappings.json").read_text())
    prefix = "check-wrong-"
    for name, definition in mappings.items():
        definition["settings"]["number_of_replicas"] = 0
        if name == "point_15min_electric":
            definition["mappings"]["properties"]["kwh"] = {"type": "keyword"}
            definition["mappings"]["properties"]["charge"] = {"type": "date"}
        if name == "point_1min_index":
            del definition["mappings"]["properties"]["ua"], definition["mappings"]["properties"]["freq"]
            definition["settings"]["index.max_result_window"] = 5000
        if name == "soe_event":
            del definition["mappings"]["properties"]["code"]
        try:
            opensearch.request("DELETE", f"/{prefix}{name}")
        except RuntimeError:
            pass
        if name != "location_1min_aiao":
            opensearch.request("PUT", f"/{prefix}{name}", definition)
    _, said = check(configure(opensearch.url, prefix=prefix))
    assert failures(said) == ["search: quarters", "search: quarters", "search: sensors", "search: events",
                              "search: settings"]
    found(said, "fail", "search: quarters", "field 'kwh' of index 'check-wrong-point_15min_electric' is of type keyword")
    found(said, "fail", "search: quarters", "field 'charge'")
    found(said, "warn", "search: minutes", "has no field ua, freq: not measured")
    found(said, "warn", "search: minutes", "not one row")
    found(said, "fail", "search: sensors", "no such index")
    found(said, "fail", "search: events", "has no field 'code'")
    found(said, "fail", "search: settings", "is 5000; expected at least 10000")
    opensearch.request("DELETE", f"/{prefix}*")


@pytest.mark.parametrize("minutes, status", [("auto", "warn"), ("cluster", "fail"), ("rows", "ok")])
def test_a_cluster_that_forbids_scripts_and_large_answers(check, configure, opensearch, canned, minutes, status):
    def tamper(request, response):
        if request.path.startswith("/_cluster/settings"):
            return Response.json({"persistent": {"search.max_buckets": "1000"}, "transient": {}, "defaults": {}})
        if b"script" in request.body:
            answer = json.loads(response.body)
            answer["responses"][0] = {"status": 400, "error": {
                "type": "search_phase_execution_exception", "reason": "all shards failed",
                "root_cause": [{"type": "illegal_argument_exception", "reason": "cannot execute [inline] scripts"}]}}
            return Response.json(answer)
        return None

    canned.forward(opensearch.url, tamper)
    _, said = check(configure(canned.url, elasticsearch=(*FAST, f"minutes = {minutes}")))
    if minutes == "rows":
        assert failures(said) == []
        found(said, "ok", "search: scripts", "not needed")
    else:
        found(said, status, "search: scripts", "minutes: the cluster forbids them")
        found(said, status, "search: scripts", "power quality: the cluster forbids them")
        found(said, "fail", "search: settings", "search.max_buckets is 1000; expected at least 20000")


# --- files -----------------------------------------------------------------------------------------------------------


def edited(config, **changes):
    text = config.read_text(encoding="utf-8")
    for key, value in changes.items():
        lines = [f"{key} = {value}" if line.startswith(f"{key} = ") else line for line in text.splitlines()]
        text = "\n".join(lines) + "\n"
    config.write_text(text, encoding="utf-8")
    return config


def test_settings_that_cannot_be_read_end_it(program, tmp_path):
    (tmp_path / "report.ini").write_text("[store]\nkind = nonsense\n", encoding="utf-8")
    done = program("check", "--config", tmp_path / "report.ini")
    assert done.returncode == 2 and done.stdout == "" and "report.ini:2" in done.stderr
    assert program("check", "--config", tmp_path / "none.ini").returncode == 2


def test_templates_brands_and_fonts_that_are_wrong(check, printable_db, tmp_path, root, build):
    def config():
        return write_config(tmp_path, path=printable_db)

    fonts = build / "fonts"
    _, said = check(edited(config(), regular=f"{fonts}/none.ttf, {fonts}/NotoSansSC-Regular.ttf",
                           bold=f"{fonts}/none.ttf, {fonts}/NotoSansSC-Bold.ttf"))
    assert failures(said) == []
    found(said, "warn", "fonts", "none.ttf' is missing")
    _, said = check(edited(config(), regular=f"{fonts}/none.ttf", bold=f"{fonts}/none.ttf"))
    found(said, "fail", "fonts", "none.ttf")
    found(said, "ok", "store: file")
    templates = tmp_path / "templates"
    shutil.copytree(root / "templates", templates)
    words = templates / "words" / "en.extra.ini"
    words.write_text("[words]\nextra.rune = ᚠ\n", encoding="utf-8")
    (templates / "words" / "zh-CN.extra.ini").write_text("[words]\nextra.rune = 字\n", encoding="utf-8")
    _, said = check(edited(config(), folder=templates))
    assert "extra.rune" in found(said, "fail", "words", "no glyph for U+16A0")
    words.unlink()
    (templates / "words" / "zh-CN.extra.ini").unlink()
    brand = next((templates / "brands").glob("*/brand.ini"))
    brand.write_text(brand.read_text(encoding="utf-8") + "\n[nonsense]\n", encoding="utf-8")
    _, said = check(edited(config(), folder=templates))
    found(said, "fail", "templates", "nonsense")
    found(said, "ok", "store: file")


def test_forms_of_the_page_and_the_mail_that_are_wrong(check, printable_db, tmp_path, root):
    templates = shutil.copytree(root / "templates", tmp_path / "templates")
    config = edited(write_config(tmp_path, path=printable_db), folder=templates)
    for name, text in (("index.html", "{{if $row.id}}"), ("mail/message.txt", "[[nonsense]]")):
        before = (templates / name).read_text(encoding="utf-8")
        (templates / name).write_text(f"{before}\n{text}\n", encoding="utf-8")
        _, said = check(config)
        found(said, "fail", "templates", name)
        assert failures(said) == ["templates"]
        (templates / name).write_text(before, encoding="utf-8")


def test_a_recipient_that_cannot_be_read_is_found_before_its_report_fails(check, printable_db, tmp_path):
    store = pathlib.Path(shutil.copy(printable_db, tmp_path / "store.db"))
    for number, (kind, status) in enumerate((("to", "ok"), ("boss", "fail"))):
        with contextlib.closing(sqlite3.connect(store)) as connection, connection:
            connection.execute("INSERT INTO recipient VALUES (2, ?, '印刷 🏭', ?, 1)", (f"{number}@b.example", kind))
        _, said = check(write_config(tmp_path, path=store))
        found(said, status, "directory", "email 1@b.example" if status == "fail" else "every value can be read")
        found(said, "ok", "names")  # those of recipients stand on no page


# --- the output folder -----------------------------------------------------------------------------------------------


@contextlib.contextmanager
def mounted(folder, options):
    folder.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "powerreport-test", folder], capture_output=True,
                           text=True, check=False)
    if mount.returncode != 0:
        pytest.skip(f"nothing may be mounted here: {mount.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def test_output_folders_that_will_not_do(check, printable_db, tmp_path):
    config = write_config(tmp_path, path=printable_db)
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    _, said = check(config, out=tmp_path / "file")
    assert "output folder" in failures(said)
    _, said = check(config, out=tmp_path / "file" / "out")
    assert "output folder" in failures(said)
    (tmp_path / "ledgers").mkdir()
    (tmp_path / "ledgers" / "ledger.db").write_text("no ledger", encoding="utf-8")
    _, said = check(config, out=tmp_path / "ledgers")
    assert failures(said) == ["ledger"]
    with mounted(tmp_path / "small", "size=64k,nr_inodes=20") as out:
        _, said = check(config, out=out)
        found(said, "fail", "disk", "0 MiB free")
        found(said, "fail", "inodes")
    with mounted(tmp_path / "locked", "size=1m,ro") as out:
        _, said = check(config, out=out)
        found(said, "fail", "output folder", "read-only file system")


@pytest.mark.parametrize("how", ["-x", "-s"], ids=["a run", "a shard"])
def test_a_run_at_work_is_told(check, printable_db, tmp_path, how):
    config = write_config(tmp_path, path=printable_db)
    out = tmp_path / "out"
    out.mkdir()
    holder = subprocess.Popen(["flock", how, out / ".lock", "sleep", "60"])
    try:
        deadline = time.monotonic() + 10
        while not (out / ".lock").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.2)
        code, said = check(config, out=out)
        assert code == 0
        found(said, "warn", "lock", "another run is at work there")
    finally:
        holder.kill()
        holder.wait()


# --- what is asked ---------------------------------------------------------------------------------------------------


def test_nothing_is_asked_that_writes(check, configure, opensearch, elasticsearch, canned):
    for server in (opensearch, elasticsearch):
        canned.forward(server.url)
        check(configure(canned.url))
    asked = {(request.method, urllib.parse.urlsplit(request.path).path.rsplit("/", 1)[-1])
             for request in canned.requests}
    assert asked == {("GET", ""), ("GET", "authinfo"), ("GET", "_has_privileges"), ("GET", "_mapping"),
                     ("GET", "index.max_result_window"), ("GET", "settings"), ("POST", "_msearch")}


# --- the mail --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("server, mail, status, text", [
    ({}, {}, "ok", "answers over TLS, and takes the login; no message was sent"),
    ({"implicit": True, "starttls": False}, {"security": "tls"}, "ok", "answers over TLS, and takes the login"),
    ({}, {"password": "wrong"}, "fail", "535"),
    ({"starttls": False, "login": False}, {}, "fail", "offers no STARTTLS"),
    ({"certificate": "elsewhere"}, {}, "fail", "cannot trust the server"),
    ({"certificate": "over"}, {}, "fail", "expired"),
    (None, {}, "fail", "127.0.0.1:1: "),
    (None, {"host": ""}, "ok", "not set up"),
    ({}, {"from": ""}, "fail", "[mail] from is empty"),
], ids=["good", "tls", "password", "no STARTTLS", "another host", "expired", "down", "none", "no sender"])
def test_the_mails_server_is_tried_and_gets_no_message(check, printable_db, tmp_path, certificates_of_ages, server, mail,
                                                       status, text):
    config = write_config(tmp_path, path=printable_db)
    with contextlib.ExitStack() as stack:
        running = stack.enter_context(smtp.Server(**server)) if server is not None else None
        settings = {"host": "127.0.0.1", "port": running.port if running else 1, "user": smtp.USER,
                    "from": "reports@brand.example", "ca_file": certificates_of_ages.ca, "connect_timeout_s": 5, **mail}
        password = settings.pop("password", smtp.PASSWORD)
        with open(config, "a", encoding="utf-8") as file:
            file.write("[mail]\n" + "".join(f"{key} = {value}\n" for key, value in settings.items()))
        _, said = check(config, env={"POWERREPORT_SMTP_PASSWORD": password})
        found(said, status, "mail", text)
        assert failures(said) == (["mail"] if status == "fail" else [])
        if status == "ok" and running:
            assert "6 days" in found(said, "warn", "mail: certificate")
            assert running.logins == [True]
        assert running is None or (not running.accepted and not running.handler.seen)
    assert all(smtp.PASSWORD not in str(line) for line in said)
