"""tools/deploy: what it says is what runs. The manifests' own command lines make a month; the scripts' are those that
sbatch gets. That they work on a real Slurm is shown in test_slurm.py."""

import os
import re
import signal
import subprocess
import time

import pytest
import yaml

import reports
from test_shard import Place, TENANTS, PLATFORM

DEPLOY = reports.ROOT / "tools" / "deploy"
SCRIPTS = sorted(path.name for path in DEPLOY.glob("*.sh"))


@pytest.fixture
def place(program, tmp_path):
    return Place(program, tmp_path)


def manifest(name):
    job, = yaml.safe_load_all((DEPLOY / name).read_text(encoding="utf-8"))
    assert (job["apiVersion"], job["kind"]) == ("batch/v1", "Job")
    return job["spec"], job["spec"]["template"]["spec"]


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_are_sound(tool, name):
    for command in (["bash", "-n"], [tool("shellcheck")]):
        subprocess.run([*command, DEPLOY / name], check=True)
    assert os.access(DEPLOY / name, os.X_OK)


def test_the_indexed_job_has_a_pod_a_shard():
    month, pod = manifest("kubernetes-month.yaml")
    assert month["completionMode"] == "Indexed" and month["backoffLimitPerIndex"] > 0
    assert f"--shard=auto/{month['completions']}" in pod["containers"][0]["args"]
    assert pod["restartPolicy"] == "Never", "podFailurePolicy wants it"
    # Workers have 30 seconds to end (STOP_AFTER_MS in schedule.c).
    assert pod["terminationGracePeriodSeconds"] > 30
    rules = [(rule["action"], tuple(rule.get("onExitCodes", {}).get("values", ()))) for rule in
             month["podFailurePolicy"]["rules"]]
    assert rules == [("Ignore", ()), ("FailJob", (2,)), ("FailIndex", (1,))]
    for rule in month["podFailurePolicy"]["rules"]:
        assert rule.get("onExitCodes", {}).get("containerName", "powerreport") == pod["containers"][0]["name"]
    assert {mount["name"] for mount in pod["containers"][0]["volumeMounts"]} == {volume["name"] for volume in pod["volumes"]}


def test_the_platforms_job_differs_in_what_it_makes_alone():
    (_, month), (job, last) = manifest("kubernetes-month.yaml"), manifest("kubernetes-platform.yaml")
    shards, platform = month["containers"][0].pop("args"), last["containers"][0].pop("args")
    assert [word for word in shards if not re.match("--(shard|jobs)=", word)] == \
        [word for word in platform if word != "--edition=platform"]
    for pod in (month, last):
        del pod["containers"][0]["resources"]
    assert month == last and "completions" not in job and job["template"]["spec"]["restartPolicy"] == "Never"


def test_the_manifests_command_lines_make_a_month(place):
    """With the paths, month and cut-off of the small store in place of theirs."""
    ours = {"--month": place.command()[place.command().index("--month") + 1], "--now": reports.SMALL_NOW,
            "--config": place.settings, "--out": place.out}

    def run(name, **environment):
        args = manifest(name)[1]["containers"][0]["args"]
        args = [f"{key}={ours.get(key, value)}" if value else key
                for key, _, value in (word.partition("=") for word in args)]
        done = place.program(*args, "--db", place.store, "--format", "json", env=environment)
        assert done.returncode == 0 and done.stderr == "", done.stderr

    count = manifest("kubernetes-month.yaml")[0]["completions"]
    for index in range(count):
        run("kubernetes-month.yaml", JOB_COMPLETION_INDEX=str(index), SLURM_ARRAY_TASK_ID="")
    run("kubernetes-platform.yaml")
    assert place.files() == place.whole("whole")
    answer, rows = place.status()
    assert answer["all done"] and set(rows) == {*TENANTS, PLATFORM}


# --- the scripts, with a scheduler that only writes down ------------------------------------------------------------------

@pytest.fixture
def scheduler(tmp_path):
    """A folder with an sbatch and a scontrol that write their arguments down, a line a call."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, answer in (("sbatch", "echo '7;cluster'"), ("scontrol", "true")):
        (tools / name).write_text(f"#!/bin/bash\nprintf '%s|' {name} \"$@\" >> {tools}/calls\necho >> {tools}/calls\n{answer}\n",
                                  encoding="utf-8")
        (tools / name).chmod(0o755)
    return tools


def call(scheduler, script, *arguments, **environment):
    return subprocess.run([DEPLOY / script, *arguments], capture_output=True, text=True, check=False, timeout=60,
                          env=dict(os.environ, PATH=f"{scheduler}:{os.environ['PATH']}", **environment))


def calls(scheduler):
    path = scheduler / "calls"
    return [line.split("|")[:-1] for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def test_the_array_and_what_depends_on_it(scheduler):
    done = call(scheduler, "slurm-month.sh", "12", "--month", "2026-10", "--retry-failed", "--out", "/srv/my reports")
    assert done.returncode == 0 and done.stdout == "7 7\n", done.stderr
    array, last = calls(scheduler)
    now = array[array.index("--now") + 1]
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", now)
    options = ["--month", "2026-10", "--out", "/srv/my reports"]
    task = str(DEPLOY / "slurm-task.sh")
    assert array[1:] == ["--parsable", "--job-name=powerreport", "--array=0-11", task, "run", "--shard", "auto/12",
                         "--now", now, *options[:2], "--retry-failed", *options[2:]]
    assert last[1:] == ["--parsable", "--job-name=powerreport-platform", "--dependency=afterany:7", task, "run",
                        "--edition", "platform", "--now", now, *options]


@pytest.mark.parametrize("arguments", ((), ("0",), ("x",), ("2", "--tenant", "3"), ("2", "--shard=0/2"), ("2", "--edition", "single")))
def test_what_makes_no_month_is_refused(scheduler, arguments):
    done = call(scheduler, "slurm-month.sh", *arguments)
    assert done.returncode == 2 and done.stderr and not calls(scheduler)


SLURM = {"SLURM_JOB_ID": "7", "SLURM_ARRAY_JOB_ID": "7", "SLURM_ARRAY_TASK_ID": "2"}


@pytest.mark.parametrize("program, environment, code, requeued", (
    ("exit 0", SLURM, 0, None),
    ("exit 1", SLURM, 1, None),
    ("kill -9 $$", SLURM | {"SLURM_RESTART_COUNT": "2"}, 137, "7_2"),
    ("kill -9 $$", SLURM | {"SLURM_RESTART_COUNT": "3"}, 137, None),
    ("kill -9 $$", {"SLURM_JOB_ID": "8"}, 137, "8"),
))
def test_a_task_is_queued_again_where_its_program_was_killed(scheduler, program, environment, code, requeued):
    (scheduler / "powerreport").write_text(f"#!/bin/bash\n{program}\n", encoding="utf-8")
    (scheduler / "powerreport").chmod(0o755)
    (scheduler / "sleep").symlink_to("/bin/true")
    done = call(scheduler, "slurm-task.sh", "run", **environment)
    assert done.returncode == code
    assert calls(scheduler) == ([["scontrol", "requeue", requeued]] if requeued else [])


@pytest.mark.parametrize("number, requeued", ((signal.SIGUSR1, True), (signal.SIGTERM, False)))
def test_a_task_passes_signals_on_and_one_that_is_cancelled_stays_so(scheduler, number, requeued):
    (scheduler / "powerreport").write_text(
        f"#!/bin/bash\ntrap 'echo ended > {scheduler}/ended; exit 1' TERM\ntouch {scheduler}/begun\n"
        f"while :; do read -rt 0.1 <> <(:); done\n", encoding="utf-8")
    (scheduler / "powerreport").chmod(0o755)
    (scheduler / "sleep").symlink_to("/bin/true")
    with subprocess.Popen([DEPLOY / "slurm-task.sh", "run"], stderr=subprocess.PIPE,
                          env=dict(os.environ, PATH=f"{scheduler}:{os.environ['PATH']}", **SLURM)) as process:
        until = time.monotonic() + 20
        while not (scheduler / "begun").exists() and time.monotonic() < until:
            time.sleep(0.02)
        process.send_signal(number)
        process.communicate(timeout=20)
    assert process.returncode == 1 and (scheduler / "ended").exists()
    assert calls(scheduler) == ([["scontrol", "requeue", "7_2"]] if requeued else [])
