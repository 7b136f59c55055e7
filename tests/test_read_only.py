"""Nothing that reads a store ever writes to it: by the accounts, by what is asked, by the bytes of a file."""

import hashlib
import os
import re
import shutil
import subprocess

import pytest

import broken_store
from live import secrets, write_config
from test_live import CutProxy

MONTH = ("--month", "2018-03", "--now", broken_store.NOW)


def commands(tmp_path):
    """Every command that reads a store, with what it needs."""
    return {
        "run": ("run", *MONTH, "--tenant", 1, "--tenant", 9, "--out", tmp_path / "out"),
        "plot": ("plot", "--point", 101, "--from", "2018-03-01", "--to", "2018-03-03", "--step", "1h", "--metric",
                 "current", "-o", tmp_path / "plot.csv"),
        "survey": ("survey", *MONTH, "--codes", "overload", "-o", tmp_path / "survey.csv"),
        "explain": ("explain", "energy.total", "--tenant", 1, "--project", 10, *MONTH, "--out", tmp_path / "out"),
        "check": ("check", "--now", "2018-03-08", "--out", tmp_path / "out"),
        "snapshot": ("snapshot", *MONTH, "--tenant", 1, "-o", tmp_path / "snapshot.db"),
    }


@pytest.fixture(scope="session")
def printable_db(tmp_path_factory):
    return broken_store.write_printable(tmp_path_factory.mktemp("read-only") / "printable.db")


class Recorder(CutProxy):
    """Stands before MariaDB and keeps what is asked."""

    def __init__(self, mariadb):
        self.heard, self.reader = [], mariadb.reader
        super().__init__(mariadb.port, asked=self._hear)

    def _hear(self, data):
        self.heard.append(data)
        return data


def statements(heard):
    """COM_QUERY packets: length, number, 3, the text; one that was read in parts is put together."""
    data, found = b"".join(heard), []
    for match in re.finditer(rb"(...)\x00\x03", data, re.DOTALL):
        size = int.from_bytes(match[1], "little")
        text = data[match.end():match.end() + size - 1]
        if 5 < size < 65_536 and len(text) == size - 1 and text.isascii():
            found.append(text.decode())
    return found


def test_servers_are_only_asked(opensearch, mariadb, loaded, printable_db, canned, program, tmp_path):
    """With an account that has SELECT alone; every request and every statement is looked at."""
    stores = loaded("printable", opensearch, sqlite=printable_db)
    canned.forward(opensearch.url)
    recorder = Recorder(mariadb)
    config = write_config(tmp_path, url=canned.url, mariadb=recorder, database=stores.database, prefix=stores.prefix)
    before = opensearch.request("GET", f"/{stores.prefix}*/_stats/indexing")["_all"]["primaries"]["indexing"]
    assert mariadb.run("SHOW GRANTS FOR 'reader'@'127.0.0.1'")[0][0].startswith("GRANT SELECT ON *.* TO ")
    for name, arguments in commands(tmp_path).items():
        asked = len(canned.requests)
        done = program(*arguments, "--config", config, env=secrets(mariadb))
        assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"
        assert len(canned.requests) > asked, name
    recorder.listener.close()
    for request in canned.requests:
        path = request.path.split("?")[0]
        assert (request.method == "POST" and path == "/_msearch") or (request.method == "GET" and re.fullmatch(
            r"/|/[^_/][^/]*/_mapping|/[^_/][^/]*/_settings/index\.max_result_window|/_cluster/settings|"
            r"/_cat/count/[^/]+|/_security/user/_has_privileges|/_plugins/_security/authinfo", path)), request
    said = statements(recorder.heard)
    assert sum(text.startswith("SELECT ") for text in said) > 100
    for text in said:
        assert re.match(r"SELECT |SHOW (GRANTS|STATUS)\b|SET SESSION (time_zone|max_statement_time|character)|"
                        r"SET NAMES|START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY$|ROLLBACK$", text), text
        assert not re.search(r"\bINTO\b|\bFOR UPDATE\b", text), text
    after = opensearch.request("GET", f"/{stores.prefix}*/_stats/indexing")["_all"]["primaries"]["indexing"]
    assert (after["index_total"], after["delete_total"]) == (before["index_total"], before["delete_total"])


def test_the_bytes_of_an_embedded_store_stay(printable_db, program, tmp_path):
    """In a folder and a file system where nothing may be written, if there may be one; never a journal beside it."""
    folder = tmp_path / "store"
    folder.mkdir()
    db = shutil.copy(printable_db, folder / "plant.db")
    os.chmod(db, 0o444)
    os.chmod(folder, 0o555)
    bound = os.geteuid() == 0 and subprocess.run(["mount", "--bind", folder, folder], check=False).returncode == 0
    try:
        if bound:
            subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
        seen = (hashlib.sha256(db.read_bytes()).hexdigest(), db.stat().st_mtime_ns, db.stat().st_ino)
        for name, arguments in commands(tmp_path).items():
            done = program(*arguments, "--db", db)
            assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"
            assert [path.name for path in folder.iterdir()] == ["plant.db"], name
        assert (hashlib.sha256(db.read_bytes()).hexdigest(), db.stat().st_mtime_ns, db.stat().st_ino) == seen
    finally:
        if bound:
            subprocess.run(["umount", folder], check=True)
        os.chmod(folder, 0o755)
