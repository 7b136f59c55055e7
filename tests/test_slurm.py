"""A month on a real Slurm: an array of shards on two nodes, a task whose program is killed, and the platform at the end.
What lies there then is what one run makes."""

import os
import pathlib
import signal
import sys
import time

import pytest

import reports
from servers import slurm
from test_shard import MONTH, PLATFORM, TENANTS, Place, shard_of

SHARDS = 3
KILLED = SHARDS - 1  # the shard whose program is killed
MONTH_SCRIPT = reports.ROOT / "tools" / "deploy" / "slurm-month.sh"

# The program; but in the first start of one shard it is met when it works on a tenant, and told of.
WRAPPER = """#!{python}
import os, pathlib, subprocess, sys
if os.environ.get("SLURM_ARRAY_TASK_ID") != "{killed}" or os.environ.get("SLURM_RESTART_COUNT"):
    os.execv("{program}", ["{program}", *sys.argv[1:]])
sys.path.insert(0, "{tests}")
from test_month import meet_worker
process = subprocess.Popen(["{program}", *sys.argv[1:]])
worker = meet_worker(process)
pathlib.Path("{folder}/met.part").write_text(str(process.pid))
os.rename("{folder}/met.part", "{folder}/met")
code = process.wait()
sys.exit(128 - code if code < 0 else code)
"""


@pytest.fixture(scope="module")
def cluster():
    why = slurm.lacking()
    if why:
        pytest.skip(why)
    return slurm.start()


@pytest.fixture
def place(program, tmp_path):
    return Place(program, tmp_path)


def wait_for(what, seconds=40):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = what()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come to pass")


def test_an_array_of_shards_with_a_killed_task_makes_what_one_run_makes(cluster, place):
    assert any(shard_of(tenant, SHARDS) == KILLED for tenant in TENANTS)
    wrapper, met = place.folder / "powerreport", place.folder / "met"
    wrapper.write_text(WRAPPER.format(python=sys.executable, killed=KILLED, program=place.program.path,
                                      tests=pathlib.Path(__file__).parent, folder=place.folder), encoding="utf-8")
    wrapper.chmod(0o755)
    options = place.command()[2:]  # without the program and "run"
    array, last = cluster.run(MONTH_SCRIPT, SHARDS, *options, cwd=place.folder, POWERREPORT=str(wrapper)).split()

    # The others end; the platform waits for the one that is held.
    wait_for(met.exists)
    for index in set(range(SHARDS)) - {KILLED}:
        assert cluster.wait(f"{array}_{index}", "COMPLETED")["ExitCode"] == "0:0"
    assert cluster.job(last)["JobState"] == "PENDING" and not (place.out / MONTH / "platform").exists()
    answer, _ = place.status(code=1)
    assert {run["shard"]: run["state"] for run in answer["runs"]} == \
        {f"{index}/{SHARDS}": "at work" if index == KILLED else "done" for index in range(SHARDS)}

    os.kill(int(met.read_text()), signal.SIGKILL)
    platform = cluster.wait(last, "COMPLETED", "FAILED", "CANCELLED")
    tasks = [cluster.job(f"{array}_{index}") for index in range(SHARDS)]
    assert [(task["JobState"], task["Restarts"]) for task in tasks] == \
        [("COMPLETED", "1" if index == KILLED else "0") for index in range(SHARDS)]
    assert platform["JobState"] == "COMPLETED" and platform["StartTime"] >= max(task["EndTime"] for task in tasks)
    assert {task["NodeList"] for task in tasks} <= set(slurm.NODES)
    said = (place.folder / f"slurm-{array}_{KILLED}.out").read_text(encoding="utf-8")
    assert "powerreport ended with exit code 137; the task is queued again" in said
    assert "goes on with the run that began at " in said.partition("queued again")[2]

    assert place.files() == place.whole("whole")
    answer, rows = place.status()
    assert answer["shards"] == {"of": SHARDS, "missing": [], "platform lacks": False} and answer["all done"]
    assert {tenant: row["shard"] for tenant, row in rows.items()} == \
        {tenant: f"{shard_of(tenant, SHARDS)}/{SHARDS}" for tenant in TENANTS} | {PLATFORM: None}
