"""The month's run as the night sees it: killed, ended by a signal, hanging, crashing, twice at a time, without a store for
a while. What must be there afterwards is what an undisturbed run made."""

import contextlib
import json
import os
import pathlib
import pty
import random
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time

import pytest

import reports
from live import secrets, write_config

TENANTS = (1, 2, 3, 4)
MONTH, NOW = reports.SMALL_MONTH, reports.SMALL_NOW
OWN = ("ledger.db", f"{MONTH}/summary.txt", f"{MONTH}/index.html", ".lock")  # what a run writes beside the reports


class Place:
    """A store of a few customers, and runs in a folder of its own. JSON alone is quick."""

    def __init__(self, program, folder, tenants=TENANTS):
        self.program, self.folder, self.out = program, folder, folder / "out"
        self.store = reports.small_store(folder / "store.db", tenants=tenants)
        self.settings = reports.write_settings(folder)

    def command(self, *options, out=None, now=NOW, month=MONTH):
        return [str(part) for part in (self.program.path, "run", "--config", self.settings, "--db", self.store, "--out",
                                       out or self.out, "--format", "json", *(("--month", month) if month else ()),
                                       *(("--now", now) if now else ()), *options)]

    def run(self, *options, code=0, **more):
        """The events of tenants, the summary, and what was said on standard error."""
        done = self.program(*self.command("--json", *options, **more)[1:])
        assert done.returncode == code, done.stdout + done.stderr
        events = [json.loads(line) for line in done.stdout.splitlines()]
        return {event["tenant"]: event for event in events[:-1]}, events[-1], done.stderr

    @contextlib.contextmanager
    def begun(self, *options, **more):
        with subprocess.Popen(self.command("--json", *options, **more), cwd=reports.ROOT, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, encoding="utf-8") as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.kill()

    def files(self, out=None):
        return {name: data for name, data in reports.tree(out or self.out).items() if name not in OWN}

    def ledger(self, sql, *values):
        with contextlib.closing(sqlite3.connect(self.out / "ledger.db")) as ledger:
            rows = ledger.execute(sql, values).fetchall()
            ledger.commit()
        return rows

    def states(self):
        return dict(self.ledger("SELECT tenant_id, state FROM tenant ORDER BY tenant_id"))

    def page(self):
        return (self.out / MONTH / "summary.txt").read_text(encoding="utf-8")


@pytest.fixture
def place(program, tmp_path):
    return Place(program, tmp_path)


@pytest.fixture
def undisturbed(place):
    out = place.folder / "undisturbed"
    place.run(out=out)
    return place.files(out)


def children(pid):
    with contextlib.suppress(OSError):
        return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def is_at_work(pid):
    """Whether a child has become a worker: it ignores what ends the run (SIGHUP may be ignored before: nohup)."""
    with contextlib.suppress(OSError):
        ignored = re.search(r"SigIgn:\s*(\w+)", pathlib.Path(f"/proc/{pid}/status").read_text())
        return bool(int(ignored[1], 16) & 1 << signal.SIGTERM - 1)
    return False


def meet_worker(process, seconds=20):
    """A worker of the run, stopped where it is."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        for child in filter(is_at_work, children(process.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGSTOP)
                return child
    raise AssertionError("no worker was met")


def is_alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


# --- killed -----------------------------------------------------------------------------------------------------------

def test_a_run_that_is_killed_at_any_of_50_moments_is_made_good_by_the_next(place, undisturbed):
    began = time.monotonic()
    place.run(out=place.folder / "timed")
    whole_s = time.monotonic() - began
    moments, killed, resumed = random.Random(20261104), 0, 0
    for moment in range(50):
        out = place.folder / f"out-{moment}"
        with place.begun("--jobs", "2", out=out) as process:
            time.sleep(moments.uniform(0.1, 0.95) * whole_s)
            killed += process.poll() is None
            process.kill()
            process.wait()
        events, summary, stderr = place.run("--jobs", "2", out=out)
        assert [event["state"] for event in events.values()] == ["done"] * len(TENANTS) and stderr == ""
        assert place.files(out) == undisturbed, moment
        resumed += "resumed" in summary
        with contextlib.closing(sqlite3.connect(out / "ledger.db")) as ledger:
            assert ledger.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert set(ledger.execute("SELECT state, revision FROM tenant")) == {("done", 1)}
            assert ledger.execute("SELECT count(*) FROM run WHERE ended_ms IS NULL").fetchone() == (0,)
    assert killed >= 25 and resumed >= 10, (killed, resumed)


def test_workers_die_with_their_run_and_a_stale_lock_is_taken_over(place, undisturbed):
    with place.begun() as process:
        worker = meet_worker(process)
        process.kill()
        process.wait()
        until = time.monotonic() + 10
        while is_alive(worker) and time.monotonic() < until:
            time.sleep(0.01)
        assert not is_alive(worker)
    assert (place.out / ".lock").exists()
    place.run()
    assert place.files() == undisturbed and not (place.out / ".lock").exists()


def test_an_interrupted_run_of_today_goes_on_with_its_own_cut_off(place):
    """Called without --now, as by cron: all reports show the same data, as if nothing had happened."""
    place.settings.write_text(reports.settings(report={"settle_hours": 0}), encoding="utf-8")
    with place.begun(now=None) as process:
        until = time.monotonic() + 30
        while not list(place.out.glob(f"{MONTH}/single/1-*")) and time.monotonic() < until:
            time.sleep(0.002)
        process.kill()
    first = reports.read_json(reports.folder_of(place.out, 1, MONTH))["cutoff"]
    before = {path: path.stat().st_mtime_ns for path in place.out.rglob("report.json")}
    assert len(before) < len(TENANTS)
    events, summary, _ = place.run(now=None)
    assert "resumed" in summary and len(events) == len(TENANTS)
    cutoffs = {reports.read_json(reports.folder_of(place.out, tenant, MONTH))["cutoff"] for tenant in TENANTS}
    assert cutoffs == {first}
    assert all(path.stat().st_mtime_ns == time_ns for path, time_ns in before.items())
    # Done is done: the next one is a run of its own.
    assert "resumed" not in place.run(now=None)[1]
    assert place.ledger("SELECT count(*), count(DISTINCT now_ms) FROM run") == [(2, 2)]


def test_a_run_of_another_wish_does_not_go_on_with_it(place):
    with place.begun() as process:
        meet_worker(process)
        process.kill()
    assert "resumed" not in place.run("--tenant", "2")[1]
    assert "resumed" not in place.run()[1], "another run has been at work since"


# --- signals ----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_what_is_at_work_end_and_the_next_call_goes_on(place, undisturbed, number):
    with place.begun() as process:
        worker = meet_worker(process)
        process.send_signal(number)
        time.sleep(0.2)
        assert process.poll() is None
        os.kill(worker, signal.SIGCONT)
        stdout, stderr = process.communicate(timeout=60)
    events = [json.loads(line) for line in stdout.splitlines()]
    assert process.returncode == 1
    assert (events[-1]["interrupted"], events[-1]["done"]) == (number, len(events) - 1)
    assert events[-1]["not begun"] == len(TENANTS) - events[-1]["done"] > 0
    assert f"{signal.Signals(number).name}: no further tenant is begun" in stderr
    times = {path: path.stat().st_mtime_ns for path in place.out.rglob("report.json")}
    assert len(times) == events[-1]["done"] and set(place.states().values()) == {"done"}
    assert place.ledger("SELECT outcome FROM run") == [("interrupted",)]
    _, summary, _ = place.run()
    assert "resumed" in summary and place.files() == undisturbed
    assert all(path.stat().st_mtime_ns == time_ns for path, time_ns in times.items()), "made again"


def test_a_second_signal_abandons_what_is_at_work_and_says_so(place, undisturbed):
    with place.begun() as process:
        meet_worker(process)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        stdout, stderr = process.communicate(timeout=60)
    failed = [json.loads(line) for line in stdout.splitlines()][:-1]
    assert process.returncode == 1 and failed[-1]["state"] == "failed"
    assert failed[-1]["reason"] == "abandoned: the run was ended by a signal" and failed[-1]["reason"] in stderr
    place.run()
    assert place.files() == undisturbed


# --- a worker that crashes, hangs, or wants too much ------------------------------------------------------------------

def test_a_worker_that_crashes_costs_its_tenant_alone_and_is_made_by_retry_failed(place, undisturbed):
    with place.begun() as process:
        worker = meet_worker(process)
        os.kill(worker, signal.SIGSEGV)
        os.kill(worker, signal.SIGCONT)
        stdout, stderr = process.communicate(timeout=60)
    events = {event["tenant"]: event for event in map(json.loads, stdout.splitlines()[:-1])}
    (crashed,) = [tenant for tenant, event in events.items() if event["state"] == "failed"]
    assert process.returncode == 1 and len(events) == len(TENANTS)
    assert events[crashed]["reason"] == f"its worker was ended by signal {signal.SIGSEGV.value}"
    assert place.states() == {tenant: "failed" if tenant == crashed else "done" for tenant in TENANTS}
    page = place.page()
    assert f"  {crashed} 客户{crashed} (single): its worker was ended by signal 11" in page
    assert "4 customers: 3 done, 1 failed." in page and "--retry-failed" in page
    events, summary, _ = place.run("--retry-failed")
    assert list(events) == [crashed] and summary["done"] == 1
    assert place.files() == undisturbed and place.ledger("SELECT attempts FROM tenant WHERE tenant_id = ?", crashed) == [(2,)]
    assert place.run("--retry-failed")[0] == {}


def test_a_worker_that_hangs_is_killed_at_its_time_limit(place, undisturbed):
    place.settings.write_text(reports.settings(run={"time_limit_s": 2}), encoding="utf-8")
    with place.begun() as process:
        worker = meet_worker(process)
        stdout, _ = process.communicate(timeout=60)
    assert not is_alive(worker)
    events = {event["tenant"]: event for event in map(json.loads, stdout.splitlines()[:-1])}
    (hung,) = [tenant for tenant, event in events.items() if event["state"] == "failed"]
    assert events[hung]["reason"] == "its worker gave no sign of life for 2 s and was killed; see [run] time_limit_s"
    assert sum(event["state"] == "done" for event in events.values()) == len(TENANTS) - 1
    place.run()
    assert place.files() == undisturbed


def test_a_worker_that_runs_out_of_memory_costs_its_tenant_alone(place):
    """What the others need is found out; the first customer's project has a source of prices of 200 MB."""
    with contextlib.closing(sqlite3.connect(place.store)) as store:
        store.execute("UPDATE tariff SET source = CAST(zeroblob(200000000) AS TEXT) || replace(hex(zeroblob(100000000)), "
                      "'0', 'x') WHERE tariff_id = 1")
        store.commit()
    place.settings.write_text(reports.settings(run={"memory_limit_mib": 300}), encoding="utf-8")
    events, _, stderr = place.run(code=1)
    assert {tenant: event["state"] for tenant, event in events.items()} == {1: "failed", 2: "done", 3: "done", 4: "done"}
    assert stderr.count("\n") == 1


# --- two at a time ----------------------------------------------------------------------------------------------------

def test_the_second_of_two_runs_refuses_and_says_who_is_at_work(place, undisturbed):
    with place.begun() as process:
        worker = meet_worker(process)
        done = place.program(*place.command("--force")[1:])
        assert (done.returncode, done.stdout) == (2, "")
        said = re.fullmatch(rf"powerreport: cannot run into '{place.out}': another run is at work there: process (\d+) on "
                            r"(\S+) since (\S+Z); expected one at a time\n", done.stderr)
        assert said and (int(said[1]), said[2]) == (process.pid, socket.gethostname()), done.stderr
        dry = place.program(*place.command("--dry-run")[1:])
        assert dry.returncode == 0, "looking is free"
        os.kill(worker, signal.SIGCONT)
        process.communicate(timeout=60)
    assert process.returncode == 0 and place.files() == undisturbed


# --- a store that is gone for a while ---------------------------------------------------------------------------------

class Door:
    """A port before a server that can be shut: connections are then refused, and open ones end."""

    def __init__(self, port):
        self.behind, self.listener, self.open, self.seen = port, None, [], 0
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.unlock()

    def unlock(self):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", self.port))
        self.listener.listen(64)
        threading.Thread(target=self.serve, args=(self.listener,), daemon=True).start()

    def shut(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for end in self.open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def serve(self, listener):
        with contextlib.suppress(OSError):
            while True:
                client = listener.accept()[0]
                server = socket.create_connection(("127.0.0.1", self.behind))
                self.open += [client, server]
                self.seen += 1
                for ends in ((client, server), (server, client)):
                    threading.Thread(target=self.pump, args=ends, daemon=True).start()

    @staticmethod
    def pump(source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def live_place(program, tmp_path, search_server, mariadb, loaded):
    place = Place(program, tmp_path)
    stores = loaded("month", search_server, sqlite=str(place.store))
    place.door = Door(search_server.port)

    def configure(*lines):
        place.settings = write_config(tmp_path, url=f"http://127.0.0.1:{place.door.port}", mariadb=mariadb,
                                      database=stores.database, prefix=stores.prefix, elasticsearch=("max_retries = 0",))
        with open(place.settings, "a", encoding="utf-8") as file:
            file.write("\n".join(("[run]", *lines)) + "\n")

    place.configure, place.env = configure, secrets(mariadb)
    yield place
    place.door.shut()


def live_command(place, *options):
    return [str(part) for part in (place.program.path, "run", "--config", place.settings, "--out", place.out, "--format",
                                   "json", "--month", MONTH, "--now", NOW, "--json", *options)]


def live_begun(place):
    return subprocess.Popen(live_command(place), cwd=reports.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True, encoding="utf-8", env={**os.environ, **place.env})


def test_a_search_server_that_comes_back_in_mid_run_costs_nothing_but_time(live_place):
    place = live_place
    place.configure("retry_wait_s = 1", "attempts = 5")
    with live_begun(place) as process:
        worker = meet_worker(process)
        place.door.shut()
        os.kill(worker, signal.SIGCONT)
        time.sleep(2.5)
        place.door.unlock()
        stdout, stderr = process.communicate(timeout=120)
    events = [json.loads(line) for line in stdout.splitlines()]
    assert process.returncode == 0 and events[-1]["done"] == len(TENANTS), stderr
    assert "tried again in 1 s, attempt 2 of 5" in stderr
    assert max(attempts for attempts, in place.ledger("SELECT attempts FROM tenant")) > 1
    assert all("not begun" not in event for event in events)


def test_a_search_server_that_stays_away_ends_the_run_soon_and_retry_failed_makes_the_rest(live_place):
    place = live_place
    place.configure("retry_wait_s = 0", "attempts = 2")
    with live_begun(place) as process:
        worker = meet_worker(process)
        place.door.shut()
        os.kill(worker, signal.SIGCONT)
        stdout, stderr = process.communicate(timeout=120)
    events = {event["tenant"]: event for event in map(json.loads, stdout.splitlines()[:-1])}
    assert process.returncode == 1 and len(events) == len(TENANTS)
    assert {event["state"] for event in events.values()} == {"failed"}, stdout
    assert events[4]["reason"].startswith("not tried: the store is in trouble: cannot reach http://127.0.0.1:")
    place.door.unlock()
    done = place.program(*live_command(place, "--retry-failed")[1:], env=place.env)
    assert done.returncode == 0 and json.loads(done.stdout.splitlines()[-1])["done"] == len(TENANTS), done.stderr


# --- what a person and a machine are told -----------------------------------------------------------------------------

def test_the_bar_stands_on_a_terminal_alone(place):
    controller, terminal = pty.openpty()
    with subprocess.Popen([part for part in place.command() if part != "--json"], cwd=reports.ROOT,
                          stdout=subprocess.PIPE, stderr=terminal, text=True) as process:
        os.close(terminal)
        shown = b""
        with contextlib.suppress(OSError):
            while piece := os.read(controller, 65536):
                shown += piece
        stdout = process.stdout.read()
    os.close(controller)
    lines = re.findall(r"\[([#.]+)\] (\d+) of 4, \d+\.\d/s, (\?|\d+:\d\d) left", shown.decode())
    assert {int(line[1]) for line in lines} >= {0, 2, 4} and len({len(line[0]) for line in lines}) <= 3
    assert all(len(part) < 80 for part in re.split(r"\r|\x1b\[K|\n", shown.decode()))
    assert stdout.count("\n") == len(TENANTS) + 1 and "\x1b" not in stdout
    done = place.program(*[part for part in place.command() if part != "--json"][1:])
    assert done.stderr == "" and "\r" not in done.stdout


def test_the_metrics_are_those_of_the_ledger_and_replaced_whole(place):
    metrics = place.folder / "powerreport.prom"
    place.settings.write_text(reports.settings(output={"metrics": metrics}), encoding="utf-8")
    reports.change_store(place.store, "DELETE FROM point_15min_electric WHERE point_id = 201")
    place.run(code=1)
    values = {}
    text = metrics.read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            name, number = re.fullmatch(r"(powerreport_\w+(?:\{[^}]*\})?) (\d+(?:\.\d+)?)", line).groups()
            assert name not in values
            values[name] = float(number)
            family = name.split("{")[0]
            assert f"# HELP {family} " in text and f"# TYPE {family} gauge" in text
    state = "powerreport_tenants{{month=\"2018-03\",state=\"{}\"}}".format
    assert (values[state("done")], values[state("no data")], values[state("failed")]) == (3, 1, 0)
    assert values['powerreport_revisions{month="2018-03"}'] == 3
    assert "powerreport_last_success_timestamp_seconds" not in values
    assert "No data: in service" in place.page() and "  2 客户2 (single): no data: not one row" in place.page()
    assert metrics.stat().st_mode & 0o444 == 0o444 and not list(place.folder.glob(".*.tmp"))
    place.run("--tenant", "1")
    assert "powerreport_last_success_timestamp_seconds" in metrics.read_text(encoding="utf-8")
    assert "4 customers: 3 done, 1 no data." in place.page(), "the page is the month's, not the call's"


def make_first_schema(path):
    """A ledger as the first program made it: three tables, of which later steps have added columns to two."""
    first = {"revision": 19, "file": 8, "summary": 6}
    with contextlib.closing(sqlite3.connect(path)) as ledger:
        for name, in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
                                    ).fetchall():
            columns = [row[1] for row in ledger.execute(f"PRAGMA table_info({name})")]
            if name not in first:
                ledger.execute(f"DROP TABLE {name}")
            for column in columns[first.get(name, len(columns)):]:
                ledger.execute(f"ALTER TABLE {name} DROP COLUMN {column}")
        ledger.execute("PRAGMA user_version = 1")


def test_a_ledger_of_the_first_schema_is_brought_up_and_keeps_its_revisions(place):
    place.run()
    before = place.ledger("SELECT tenant_id, revision, hash FROM revision ORDER BY tenant_id")
    newest = place.ledger("PRAGMA user_version")
    make_first_schema(place.out / "ledger.db")
    assert place.ledger("PRAGMA user_version") == [(1,)] != newest
    place.run()
    assert place.ledger("PRAGMA user_version") == newest and len(before) == len(TENANTS)
    assert place.ledger("SELECT tenant_id, revision, hash FROM revision ORDER BY tenant_id") == before
    rows = place.ledger("SELECT tenant_id, state, attempts, revision, version FROM tenant ORDER BY tenant_id")
    version = place.program("--version").stdout.split()[1]
    assert rows == [(tenant, "done", 1, 1, version) for tenant in TENANTS]


# --- many tenants -----------------------------------------------------------------------------------------------------

MEASURE = """
import os, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(done.returncode, usage.ru_maxrss)
sys.stderr.buffer.write(done.stderr[-2000:])
"""


def peak_kib(program, folder, count):
    """The largest process of a run over many tenants: a few with data, the others not in service any more."""
    folder.mkdir()
    place = Place(program, folder, tenants=(1, 2))
    with contextlib.closing(sqlite3.connect(place.store)) as store:
        store.executemany(
            "INSERT INTO tenant (tenant_id, name, edition, locale, timezone, service_from) VALUES (?, ?, 'single', "
            "'zh-CN', 'Asia/Shanghai', '2018-05-01')", [(1000 + i, f"客户{i}") for i in range(count)])
        store.executemany("INSERT INTO project (project_id, name, holiday_region) VALUES (?, '厂区', 'CN')",
                          [(1000 + i,) for i in range(count)])
        store.executemany("INSERT INTO tenant_project (tenant_id, project_id) VALUES (?, ?)",
                          [(1000 + i, 1000 + i) for i in range(count)])
        store.commit()
    measured = subprocess.run([sys.executable, "-c", MEASURE, *place.command("--jobs", "2")], capture_output=True,
                              text=True, check=True)
    code, peak = map(int, measured.stdout.split())
    assert code == 0, measured.stderr
    assert place.ledger("SELECT count(*) FROM tenant") == [(count + 2,)]
    return peak


def test_memory_stays_flat_from_10_tenants_to_5000(program, tmp_path):
    few, many = (peak_kib(program, tmp_path / str(count), count) for count in (10, 5000))
    assert many < 1.25 * few, (few, many)
