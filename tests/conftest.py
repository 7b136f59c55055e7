"""What the integration tests share: the program, the sample store, measured data, and real servers."""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from servers import canned as canned_server  # noqa: E402  (the path above comes first)
from servers import load, mariadb as mariadb_server, processes, search, tls  # noqa: E402

ROOT = processes.ROOT


def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        processes.begin()


def pytest_unconfigure(config):
    if not hasattr(config, "workerinput"):
        processes.end()


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def build():
    return processes.build_folder()


@pytest.fixture(scope="session")
def shared_data():
    """The folder of measured data; tests that use it skip where it is absent."""
    folder = pathlib.Path(os.environ.get("POWERREPORT_SHARED") or ROOT.parent / "shared") / "data" / "real"
    if not folder.is_dir():
        pytest.skip("no measured data here: POWERREPORT_SHARED names no folder with data/real")
    return folder


class Program:
    """Runs build/powerreport in the repository's root; .asan is the one built with the sanitizers."""

    def __init__(self, path):
        self.path = path

    def __call__(self, *arguments, check=False, env=None, cwd=ROOT, timeout=600, **more):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("POWERREPORT_")}
        environment.update({"LC_ALL": "C.UTF-8",
                            "ASAN_OPTIONS": "detect_leaks=1",
                            "LSAN_OPTIONS": f"suppressions={ROOT / 'tests' / 'lsan.supp'}:print_suppressions=0",
                            "UBSAN_OPTIONS": "print_stacktrace=1"})
        environment.update(env or {})
        done = subprocess.run([str(self.path), *map(str, arguments)], cwd=cwd, env=environment, capture_output=True,
                              text=True, encoding="utf-8", errors="replace", timeout=timeout, check=False, **more)
        assert not check or done.returncode == 0, f"exit code {done.returncode}:\n{done.stdout}{done.stderr}"
        return done


@pytest.fixture(scope="session")
def program(build):
    path = build / "powerreport"
    assert path.exists(), f"{path} is missing: run make"
    return Program(path)


@pytest.fixture(scope="session")
def asan_program(build):
    path = build / "asan" / "powerreport"
    assert path.exists(), f"{path} is missing: run make check-asan"
    return Program(path)


@pytest.fixture(scope="session")
def sample_db(build):
    path = build / "sample.db"
    assert path.exists(), f"{path} is missing: run make samples"
    return path


@pytest.fixture(scope="session")
def certificates():
    """certificates.ca signs .server; .other_ca signs nothing that runs here (tests/servers/tls.py)."""
    return tls.certificates()


@pytest.fixture(scope="session")
def mariadb():
    return mariadb_server.start()


@pytest.fixture(scope="session")
def opensearch():
    return search.start("opensearch")


@pytest.fixture(scope="session")
def elasticsearch():
    return search.start("elasticsearch")


@pytest.fixture(scope="session", params=["opensearch", "elasticsearch"])
def search_server(request):
    """A test that takes this runs once against each."""
    return search.start(request.param)


@pytest.fixture(scope="session")
def tls_front():
    """tls_front(port) → the https URL of a TLS terminator before 127.0.0.1:port; certificate="elsewhere" shows one
    of another host."""

    def front(port, certificate="server"):
        return f"https://127.0.0.1:{tls.terminator(port, certificate)}"

    return front


@pytest.fixture
def canned():
    with canned_server.CannedServer() as server:
        yield server


@pytest.fixture(scope="session")
def loaded(mariadb):
    """loaded(name, search, sqlite=FILE or csv=FOLDER, **filters) → Stores(database, prefix), loaded once a session."""

    def load_once(name, server, sqlite=None, csv=None, **filters):
        name = f"{name}_{server.kind}"

        def make():
            if sqlite is not None:
                return list(load.load_embedded(sqlite, server, mariadb, name, **filters))
            return list(load.load_csv_folder(csv, server, mariadb, name))

        return load.Stores(*processes.once(f"loaded-{name}", make))

    return load_once


@pytest.fixture(scope="session")
def tool():
    """tool("qpdf") → its path; a tool that is missing is a failure, since make check installs them all."""

    def find(name):
        path = shutil.which(name)
        assert path is not None, f"{name} is missing: see tools/packages/check.txt"
        return path

    return find
