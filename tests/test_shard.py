"""A month made by several machines: the shards' reports and the platform's are those of one run, whatever happens to a
shard, and `status` says what all ledgers together know."""

import collections
import contextlib
import json
import os
import random
import re
import signal
import socket
import sqlite3
import subprocess
import time

import pytest

import reports
from test_month import Place as MonthPlace, meet_worker

PLATFORM, TENANTS = 9, (1, 2, 3, 4, 5, 6)
MONTH = reports.SMALL_MONTH
FLAT = "UPDATE tariff_slot SET price = {} WHERE tariff_id = {}"


class Place(MonthPlace):
    def __init__(self, program, folder):
        super().__init__(program, folder, TENANTS)
        with sqlite3.connect(self.store) as store:
            reports.insert(store, "tenant", tenant_id=PLATFORM, name="平台", edition="platform", locale="zh-CN",
                           timezone="Asia/Shanghai", service_from="2017-01-01")
        store.close()

    def shard(self, index, count, *options, **more):
        return self.run("--shard", f"{index}/{count}", *options, **more)

    def shards(self, count, *options, **more):
        """Every shard, then the platform; the states of all."""
        states = {}
        for index in range(count):
            events, summary, _ = self.shard(index, count, *options, **more)
            assert summary["shard"] == f"{index}/{count}" and PLATFORM not in events
            assert not states.keys() & events.keys()
            states |= {tenant: event["state"] for tenant, event in events.items()}
        events, _, _ = self.run("--edition", "platform", *options, **more)
        return states | {tenant: event["state"] for tenant, event in events.items()}

    def files(self, out=None):
        """What is no ledger, lock or page."""
        return {name: data for name, data in reports.tree(out or self.out).items()
                if "/" in name and not name.endswith(("summary.txt", "index.html"))}

    def whole(self, name, *options, **more):
        out = self.folder / name
        self.run(*options, out=out, **more)
        return self.files(out)

    def change(self, *statements):
        reports.change_store(self.store, *statements)

    def status(self, *options, code=0):
        done = self.program("status", "--config", self.settings, "--out", self.out, "--json", *options)
        assert done.returncode == code, done.stdout + done.stderr
        answer = json.loads(done.stdout)
        return answer, {row["tenant"]: row for row in answer["tenants"]}

    def text(self, *options, code=0):
        done = self.program("status", "--config", self.settings, "--out", self.out, *options)
        assert done.returncode == code and done.stderr == "", done.stdout + done.stderr
        return done.stdout

    def in_ledger(self, name, sql, *values):
        with contextlib.closing(sqlite3.connect(self.out / name)) as ledger:
            rows = ledger.execute(sql, values).fetchall()
            ledger.commit()
        return rows


@pytest.fixture
def place(program, tmp_path):
    return Place(program, tmp_path)


# --- the split --------------------------------------------------------------------------------------------------------

def shard_of(tenant, count):
    """The fraction of id * golden ratio in 64 bits, cut into equal parts (batch/shard.h), in whole numbers of Python."""
    return ((tenant * 0x9E3779B97F4A7C15 % 2 ** 64) >> 32) * count >> 32


def test_the_split_is_even_for_ids_as_they_come():
    """Of 100 neighbours and of tens, hundreds and thousands no shard has twice its part; no id is in two."""
    for step in (1, 2, 5, 10, 100, 1000):
        for count in (2, 3, 4, 8):
            sizes = collections.Counter(shard_of(step * number, count) for number in range(1, 101))
            assert set(sizes) == set(range(count)) and max(sizes.values()) < 2 * 100 / count, (step, count, sizes)
    numbers = random.Random(9)
    sizes = collections.Counter(shard_of(numbers.randrange(1, 10 ** 12), 16) for _ in range(16000))
    assert 850 < min(sizes.values()) and max(sizes.values()) < 1150


@pytest.mark.parametrize("count", (1, 2, 3, 7))
def test_the_shards_and_the_platform_make_what_one_run_makes(place, count):
    states = place.shards(count)
    assert states == dict.fromkeys((*TENANTS, PLATFORM), "done")
    assert place.files() == place.whole("whole")
    for index in range(count):
        rows = place.in_ledger(f"ledger-{index}-of-{count}.db", "SELECT tenant_id FROM tenant ORDER BY tenant_id")
        assert rows == [(tenant,) for tenant in TENANTS if shard_of(tenant, count) == index]
    assert {name for name in os.listdir(place.out) if not name.startswith("ledger")} == {MONTH}
    page = place.page()
    assert f"{len(TENANTS) + 1} customers: {len(TENANTS) + 1} done." in page


def test_pages_and_workbooks_of_shards_are_those_of_one_run(place):
    place.change("DELETE FROM tenant WHERE tenant_id NOT IN (1, 2, 9)")
    whole = place.whole("whole", "--format", "pdf,xlsx,json")
    place.shards(2, "--format", "pdf,xlsx,json")
    assert place.files() == whole and sum(name.endswith(".pdf") for name in whole) == 3
    # Another split takes over what the index page shows: figures and the picture of the first page.
    card = "SELECT figures, picture FROM card WHERE tenant_id = 1"
    before = place.in_ledger(f"ledger-{shard_of(1, 2)}-of-2.db", card)
    place.shards(3, "--format", "pdf,xlsx,json")
    assert place.in_ledger(f"ledger-{shard_of(1, 3)}-of-3.db", card) == before and len(before) == 1 and before[0][1]


def test_a_shard_is_made_again_and_combined_with_what_run_knows(place):
    place.shards(3)
    before = place.files()
    events, _, _ = place.shard(0, 3)
    mine = {tenant for tenant in TENANTS if shard_of(tenant, 3) == 0}
    assert set(events) == mine and place.files() == before
    assert set(place.shard(0, 3, "--retry-failed")[0]) == set()
    assert set(place.shard(0, 3, "--force")[0]) == mine and place.files() == before
    one = min(mine)
    assert set(place.shard(0, 3, "--tenant", str(one))[0]) == {one}
    assert set(place.shard(1, 3, "--tenant", str(one))[0]) == set(), "another shard's tenant is none of this one's"
    assert {event["state"] for event in place.shard(0, 3, "--dry-run")[0].values()} == {"skipped"}
    assert set(place.shard(0, 3, "--edition", "single", "--edition", "platform")[0]) == mine
    assert place.shard(0, 3, "--edition", "management")[0] == {}
    assert place.files() == before


@pytest.mark.parametrize("options, said", (
    (("--shard", "2/2"), "--shard: '2/2' is no shard; expected I/N with I from 0 to N - 1 and N from 1 to 1000, or auto/N"),
    (("--shard", "-1/2"), "--shard: '-1/2' is no shard"),
    (("--shard", "0/0"), "--shard: '0/0' is no shard"),
    (("--shard", "0/1001"), "--shard: '0/1001' is no shard"),
    (("--shard", "1"), "--shard: '1' is no shard"),
    (("--shard", "00/2"), "--shard: '00/2' is no shard"),
    (("--shard", "0/2x"), "--shard: '0/2x' is no shard"),
    (("--shard", "auto/"), "--shard: 'auto/' is no shard"),
    (("--shard", "0/2", "--edition", "platform"), "--shard leaves the platform's report out"),
    (("--shard", "0/2", "--tenant", str(PLATFORM)), "--shard leaves the platform's report out"),
    (("--shard", "0/2", "--tenant", "77"), "tenant 77 is not in the directory"),
))
def test_what_is_no_shard_is_refused_and_nothing_is_done(place, options, said):
    done = place.program(*place.command(*options)[1:])
    assert done.returncode == 2 and f"powerreport: {said}" in done.stderr and done.stdout == ""
    assert not place.out.exists()


@pytest.mark.parametrize("environment, shard, said", (
    ({"SLURM_ARRAY_TASK_ID": "1"}, 1, None),
    ({"SLURM_ARRAY_TASK_ID": "0", "SLURM_ARRAY_TASK_MIN": "0", "SLURM_ARRAY_TASK_MAX": "2"}, 0, None),
    ({"JOB_COMPLETION_INDEX": "2"}, 2, None),
    ({"SLURM_ARRAY_TASK_ID": "1", "JOB_COMPLETION_INDEX": "2"}, 1, None),
    ({"SLURM_ARRAY_TASK_ID": "", "JOB_COMPLETION_INDEX": "2"}, 2, None),
    ({}, None, "neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX is set"),
    ({"JOB_COMPLETION_INDEX": "3"}, None, "JOB_COMPLETION_INDEX is 3; expected 0 to 2"),
    ({"SLURM_ARRAY_TASK_ID": "x"}, None, "SLURM_ARRAY_TASK_ID is 'x'; expected a number from 0 to 2"),
    ({"SLURM_ARRAY_TASK_ID": "2", "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_MAX": "3"}, None,
     "the array's tasks are 1 to 3; expected 0 to 2 (sbatch --array=0-2), or a shard by its number, such as --shard 2/3"),
    ({"SLURM_ARRAY_TASK_ID": "0", "SLURM_ARRAY_TASK_MIN": "0", "SLURM_ARRAY_TASK_MAX": "3"}, None,
     "the array's tasks are 0 to 3; expected 0 to 2"),
))
def test_a_shard_is_taken_from_slurm_or_kubernetes(place, environment, shard, said):
    names = ("SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_MAX", "JOB_COMPLETION_INDEX")
    done = place.program(*place.command("--json", "--dry-run", "--shard", "auto/3")[1:],
                         env=dict.fromkeys(names, "") | environment)
    if said:
        assert done.returncode == 2 and f"powerreport: --shard auto/3: {said}" in done.stderr
    else:
        assert done.returncode == 0 and json.loads(done.stdout.splitlines()[-1])["shard"] == f"{shard}/3"


# --- what ledgers know of one another -----------------------------------------------------------------------------------

def revisions(place, tenant=1):
    out = place.out / MONTH / "single"
    folder = next(out.glob(f"{tenant}-*"))
    return json.loads((folder / "report.json").read_text(encoding="utf-8"))["revision"], \
        sorted(path.name for path in folder.glob("revisions/*"))


def test_another_number_of_shards_finds_the_earlier_revisions_and_summaries(place):
    """Made without shards, then by two, by three, and without: four times other figures, each the next revision; the
    platform's sums are those of the newest each time."""
    apart = place.folder / "apart"
    for number, count in enumerate((0, 2, 3, 0), 1):
        if number > 1:
            place.change(FLAT.format(0.5 + number / 10, 1), FLAT.format(0.6 + number / 10, 4))
        if count:
            place.shards(count)
        else:
            place.run()
        place.run(out=apart)  # the same changes, without shards all the time
        assert revisions(place) == (number, [f"r{earlier}" for earlier in range(1, number)])
        assert revisions(place, 2) == (1, [])
        assert place.files() == place.files(apart), count
    answer, rows = place.status()
    assert answer["shards"] is None and rows[1]["revision"] == 4 and rows[1]["state"] == "held"
    assert "Revisions: 9 reports of the month were published again" in place.page()  # of 1, 4 and the platform, each once


def test_newest_is_what_was_written_last_also_where_now_goes_back(place):
    """The platform counts what the last run left, whatever its cut-off was."""
    place.run(now="2018-04-20T00:00:00Z")
    place.change(FLAT.format(0.9, 1))
    place.shards(2, now="2018-04-10T00:00:00Z")
    out = place.folder / "apart"
    place.run(out=out, now="2018-04-10T00:00:00Z")
    cost = [json.loads(next((folder / MONTH / "platform").glob("*/report.json")).read_text(encoding="utf-8"))["findings"]
            for folder in (place.out, out)]
    assert cost[0] == cost[1]


def test_a_release_is_known_to_the_next_split(place):
    place.run()
    place.change(FLAT.format(0.7, 1))
    place.run()
    assert place.ledger("SELECT state FROM tenant WHERE tenant_id = 1") == [("held",)]
    release = ("release", "--config", place.settings, "--out", place.out, "--tenant", "1", "--month", MONTH, "--by", "me")
    place.program(*release, check=True)
    assert place.shards(2)[1] == "done"
    name, by = f"ledger-{shard_of(1, 2)}-of-2.db", "SELECT revision, released_by FROM revision WHERE tenant_id = 1"
    assert place.in_ledger(name, f"{by} ORDER BY revision") == [(1, None), (2, "me")]
    # Both know of revision 2 now; a release that stands in one of them alone is enough.
    place.in_ledger(name, "UPDATE revision SET released_ms = NULL, released_by = NULL WHERE tenant_id = 1")
    place.in_ledger(name, "UPDATE revision SET written_ms = written_ms + 1000 WHERE tenant_id = 1")
    assert place.shards(2)[1] == "done"
    # The next one is released where it stands: in the shard's ledger.
    place.change(FLAT.format(0.8, 1))
    assert place.shards(2)[1] == "held"
    place.program(*release, check=True)
    assert place.in_ledger(name, f"{by} AND revision = 3") == [(3, "me")]
    assert place.ledger(f"{by} AND revision = 3") == []
    assert place.status()[1][1]["state"] == "done"
    place.run()
    assert place.status()[1][1]["state"] == "done" and place.ledger(f"{by} AND revision = 3") == [(3, "me")]


def test_explain_finds_the_cutoff_in_a_shards_ledger(place):
    place.shards(2, now="2018-04-09T00:00:00Z")
    done = place.program("explain", "energy.total", "--config", place.settings, "--db", place.store, "--out", place.out,
                         "--tenant", "1", "--month", MONTH, check=True)
    assert "2018-04-09" in done.stdout


def test_an_intent_of_another_split_counts_where_its_files_lie(place):
    """Killed between publishing and the ledger's last word, then made by another number of shards."""
    place.shards(2)
    before = place.files()
    name = f"ledger-{shard_of(1, 2)}-of-2.db"
    for table in ("revision", "file"):
        place.in_ledger(name, f"UPDATE {table} SET intent = 1 WHERE tenant_id = 1")
    place.shards(3)
    assert place.files() == before and revisions(place) == (1, [])
    other = f"ledger-{shard_of(1, 3)}-of-3.db"
    assert place.in_ledger(other, "SELECT revision, intent FROM revision WHERE tenant_id = 1") == [(1, 0)]


def test_only_what_no_ledger_calls_done_is_tried_again(place):
    place.change("UPDATE point_15min_electric SET kwh = 'x' WHERE project_id = 20")
    events, _, _ = place.run(code=1)
    assert events[2]["state"] == "failed"
    place.change("UPDATE point_15min_electric SET kwh = 10 WHERE project_id = 20")
    again = {}
    for index in range(2):
        again |= place.shard(index, 2, "--retry-failed")[0]
    assert again.keys() == {2} and again[2]["state"] == "done"
    answer, rows = place.status()
    assert rows[2]["state"] == "done" and rows[2]["shard"] == f"{shard_of(2, 2)}/2"
    assert rows[1]["shard"] is None and rows[1]["ledger"] == "ledger.db"
    assert answer["counts"]["done"] == len(TENANTS) + 1


def test_the_platform_tries_again_whom_a_shard_failed(place):
    """An older summary is there; the shard of the project's customer failed: as in one run it is said, not kept quiet."""
    out = place.folder / "apart"
    place.run()
    place.run(out=out)
    place.change("UPDATE point_15min_electric SET kwh = 'x' WHERE project_id = 20")
    later = "2018-04-06T00:00:00Z"
    for index in range(2):
        place.shard(index, 2, now=later, code=int(index == shard_of(2, 2)))
    _, _, said = place.run("--edition", "platform", now=later)
    _, _, said_apart = place.run(out=out, now=later, code=1)
    warning = re.search(r"project 20 .*figures of an earlier run.*", said)
    assert warning and warning[0] in said_apart
    assert place.files() == place.files(out)


def test_a_waiting_month_does_not_make_a_report_forgotten(place):
    place.run()
    place.change(FLAT.format(0.7, 1))
    events = {}
    for index in range(2):  # two hours after the month's end: it has not settled
        events |= place.shard(index, 2, month=None, now="2018-03-31T18:00:00Z")[0]
    assert {event["state"] for event in events.values()} == {"waiting"}
    _, rows = place.status("--month", MONTH)
    assert {(row["state"], row["revision"]) for row in rows.values()} == {("done", 1)}
    # A failure counts, but the report that is there is not forgotten.
    place.change("UPDATE point_15min_electric SET kwh = 'x' WHERE project_id = 20")
    place.shard(shard_of(2, 2), 2, "--tenant", "2", code=1)
    row = place.status("--month", MONTH, code=1)[1][2]
    assert row["state"] == "failed" and row["revision"] == 1 and row["folder"].endswith("2-客户2")


def test_a_ledger_of_another_split_that_is_broken_stops_the_run_but_a_sisters_does_not(place):
    place.shards(2)
    (place.out / "ledger-1-of-2.db").write_bytes(b"no ledger at all, but longer than an SQLite header is wide" * 3)
    place.shard(0, 2)
    done = place.program(*place.command("--shard", "0/3")[1:])
    assert done.returncode == 2 and "ledger-1-of-2.db" in done.stderr and not (place.out / "ledger-0-of-3.db").exists()
    assert place.program("status", "--config", place.settings, "--out", place.out).returncode == 2


# --- at the same time ---------------------------------------------------------------------------------------------------

@contextlib.contextmanager
def at_work(place, *options):
    """A run whose first worker is stopped, so that it stays at work."""
    with place.begun(*options) as process:
        worker = meet_worker(process)
        try:
            yield process, worker
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGCONT)


def refused(place, *options):
    done = place.program(*place.command(*options)[1:])
    assert done.returncode == 2 and done.stdout == "", done.stdout + done.stderr
    return done.stderr


def test_shards_work_side_by_side_and_nobody_else_does(place):
    whole = place.whole("whole")
    with at_work(place, "--shard", "0/2") as (process, _):
        who = rf"process {process.pid} on {re.escape(socket.gethostname())} since 20\S+Z"
        assert re.search(rf"shard 0/2 is at work there: {who}; expected each shard once", refused(place, "--shard", "0/2"))
        assert re.search(rf"shard 0/2 is at work there: {who}; expected one run at a time", refused(place))
        assert re.search(rf"with 3 shards: shard 0/2 is at work there: {who}; expected shards of one number",
                         refused(place, "--shard", "1/3"))
        place.shard(1, 2)
        answer, rows = place.status(code=1)
        states = {(run["shard"], run["state"]) for run in answer["runs"]}
        assert states == {("0/2", "at work"), ("1/2", "done")}
        assert collections.Counter(row["state"] for row in rows.values())["running"] == 1
        assert "at work" in place.text(code=1)
    with contextlib.suppress(ProcessLookupError):
        process.wait(60)
    place.shard(0, 2)
    place.run("--edition", "platform")
    assert place.files() == whole
    with at_work(place, "--force"):
        assert "another run is at work there" in refused(place, "--shard", "0/2")
    place.shard(0, 2)


def test_eight_shards_at_once(place):
    whole = place.whole("whole")
    running = [subprocess.Popen(place.command("--json", "--shard", f"{index}/8"), cwd=reports.ROOT,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for index in range(8)]
    for process in running:
        said = process.communicate(timeout=120)
        assert process.returncode == 0 and said[1] == "", said
    assert f"{len(TENANTS)} customers: {len(TENANTS)} done." in place.page(), "the last page knows all"
    place.run("--edition", "platform")
    assert place.files() == whole
    assert not [name for name in os.listdir(place.out) if name.startswith(".lock")]


def test_a_killed_shard_is_gone_on_with_and_the_others_do_not_care(place):
    whole = place.whole("whole")
    with at_work(place, "--shard", "0/2", "--jobs", "2") as (process, _):
        place.shard(1, 2)
        process.kill()
        process.wait()
    answer, rows = place.status(code=1)
    assert {run["shard"]: run["state"] for run in answer["runs"]} == {"0/2": "killed", "1/2": "done"}
    assert "interrupted" in {row["state"] for row in rows.values()}
    _, summary, _ = place.shard(0, 2, "--jobs", "2")
    assert "resumed" in summary
    place.run("--edition", "platform")
    assert place.files() == whole and place.status()[0]["all done"]


def test_containers_with_the_machines_name_do_not_sweep_each_others_stages(place, tool):
    """In a name space of processes of its own nobody knows whether process 4711 of the same machine is alive."""
    unshare = [tool("unshare"), "--pid", "--fork", "--mount-proc"]
    if subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("no name space of processes can be made here")
    place.shard(0, 2)
    single = place.out / MONTH / "single"
    stage = single / f".7-x.{socket.gethostname().split('.')[0]}.{os.getpid()}.part"
    stage.mkdir()
    subprocess.run([*unshare, *place.command("--shard", "1/2")], cwd=reports.ROOT, capture_output=True, check=True)
    assert stage.is_dir()
    gone = subprocess.Popen(["true"])
    gone.wait()
    stage.rename(single / stage.name.replace(str(os.getpid()), str(gone.pid)))
    place.shard(1, 2, "--force")
    assert not list(single.glob(".7-x*")), "the machine itself takes what a dead process has left"


# --- status ---------------------------------------------------------------------------------------------------------------

def test_status_tells_each_tenants_state_and_what_lacks(place):
    place.change("UPDATE point_15min_electric SET kwh = 'x' WHERE project_id = 20",
                 "DELETE FROM point_15min_electric WHERE project_id = 30",
                 "DELETE FROM point_15min_electric WHERE project_id = 40 AND time % 86400000 < 14400000",
                 "UPDATE tenant SET service_to = '2018-01-01' WHERE tenant_id = 5")
    place.shard(0, 3, code=int(any(shard_of(tenant, 3) == 0 for tenant in (2, 3))))
    place.shard(2, 3, code=int(any(shard_of(tenant, 3) == 2 for tenant in (2, 3))))
    answer, _ = place.status(code=1)
    assert answer["shards"] == {"of": 3, "missing": [1], "platform lacks": True} and not answer["all done"]
    assert "made by 3 shards; not run: 1/3\n" in place.text(code=1)
    place.shard(1, 3, code=int(any(shard_of(tenant, 3) == 1 for tenant in (2, 3))))
    place.run("--edition", "platform")
    for state, revision in (("sent", 1), ("sent", 1), ("unknown", 1), ("sent", 7)):
        place.ledger("INSERT INTO mail(month, tenant_id, edition, revision, address_key, address, kind, state, attempts, "
                     "began_ms, message_id) SELECT ?, 4, 'single', ?, 'a' || count(*), 'a', 'to', ?, 1, 0, '' FROM mail",
                     MONTH, revision, state)
    answer, rows = place.status(code=1)
    assert rows[4]["mail"] == {"sending": 0, "sent": 2, "failed": 0, "unknown": 1} and not any(rows[1]["mail"].values())
    assert "2 sent, 1 unknown" in place.text(code=1)
    assert {tenant: row["state"] for tenant, row in rows.items()} == \
        {1: "done", 2: "failed", 3: "no data", 4: "held", 5: "skipped", 6: "done", 9: "done"}
    assert answer["shards"] == {"of": 3, "missing": [], "platform lacks": False}
    assert answer["counts"] == {"done": 3, "held": 1, "waiting": 0, "skipped": 1, "no data": 1, "failed": 1, "running": 0,
                                "interrupted": 0}
    row = rows[4]
    assert (row["shard"], row["ledger"], row["host"], row["attempts"], row["revision"]) == \
        (f"{shard_of(4, 3)}/3", f"ledger-{shard_of(4, 3)}-of-3.db", socket.gethostname(), 1, 1)
    assert row["coverage"] < 0.95 and "below the gate" in row["reason"] and row["duration_ms"] > 0
    # cut as on the pages, not rounded: below a gate is not at it
    place.in_ledger(row["ledger"], "UPDATE tenant SET coverage = 0.94967 WHERE tenant_id = 4")
    assert " 94.9% " in place.text(code=1)
    assert row["cutoff"] == reports.SMALL_NOW and row["began"] <= row["ended"] and row["edition"] == "single"
    assert [month["month"] for month in answer["months"]] == [MONTH]
    text = place.text(code=1)
    lines = text.splitlines()
    assert lines[0] == f"Power reports of {MONTH} in {place.out}"
    assert lines[1] == "7 customers: 1 failed, 1 no data, 1 held, 1 skipped, 3 done"
    states = [line.split("  ")[0] for line in lines if re.match(r"(failed|no data|held|skipped|done) ", line)]
    assert states == ["failed", "no data", "held", "skipped", "done", "done", "done"]
    assert not any(line != line.rstrip() for line in lines)


def cells(text):
    """How many cells of a terminal a text takes: two for a Chinese character."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)


def test_status_sets_columns_and_lets_no_name_do_harm(place):
    names = {1: "a\x1b[31mred\x07", 2: "长名字的客户有限公司", 3: "\u202ecnat\u2066", 4: "=cmd|' /C calc'!A0", 6: "x\r\ny"}
    place.change(*(("UPDATE tenant SET name = ? WHERE tenant_id = ?", (name, tenant)) for tenant, name in names.items()))
    place.shards(2)
    for index in range(2):  # what no program of ours would write
        place.in_ledger(f"ledger-{index}-of-2.db", "UPDATE tenant SET name = ? WHERE tenant_id = 5", "\x1b]0;title\x07x")
        place.in_ledger(f"ledger-{index}-of-2.db", "UPDATE tenant SET reason = ? WHERE tenant_id = 5", "a\nb\x1b[2J")
    text = place.text()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f]", text)
    lines = text.splitlines()
    head = next(line for line in lines if line.startswith("state "))
    rows = lines[lines.index(head) + 1:][:len(TENANTS) + 1]
    at = head.index("edition")
    for row in rows:
        edition = "platform" if "platform" in row else "single"
        assert cells(row[:row.index(edition)]) == at, row
    assert json.loads(json.dumps(place.status()[0])) == place.status()[0]


def test_status_of_months(place):
    with sqlite3.connect(place.store) as store:
        for tenant in TENANTS:
            reports.add_quarters(store, tenant, month="2018-02", hours=24 * 28)
    store.close()
    place.run(month="2018-02", now="2018-03-05T00:00:00Z")
    place.shards(2)
    answer, rows = place.status()
    assert answer["month"] == MONTH and [month["month"] for month in answer["months"]] == [MONTH, "2018-02"]
    assert all(month["counts"]["done"] == len(TENANTS) + 1 for month in answer["months"])
    answer, rows = place.status("--month", "2018-02")
    assert answer["shards"] is None and {row["ledger"] for row in rows.values()} == {"ledger.db"}
    assert place.status("--month", "2018-01", code=1)[1] == {}
    assert place.program("status", "--config", place.settings, "--out", place.out, "--quiet").stdout == ""


def test_status_without_a_ledger_is_refused(place):
    for out in (place.out, place.folder):
        done = place.program("status", "--config", place.settings, "--out", out)
        assert done.returncode == 2 and f"powerreport: no ledger in '{out}'" in done.stderr and done.stdout == ""


def test_status_writes_nothing(place):
    place.shards(2)
    before = {path: path.stat().st_mtime_ns for path in place.out.rglob("*")}
    time.sleep(0.02)
    place.text()
    assert {path: path.stat().st_mtime_ns for path in place.out.rglob("*")} == before
