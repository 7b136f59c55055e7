"""A Slurm cluster on this machine: munged, slurmctld and two slurmd on free ports of the loopback interface, with
settings and folders of their own. Works without systemd and control groups, as root (as slurmd wants it)."""

import os
import pathlib
import pwd
import secrets
import shutil
import socket
import subprocess
import time

from . import processes

NODES = ("node1", "node2")

SETTINGS = """\
ClusterName=tests
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
AuthType=auth/munge
# A task that is queued again waits for as long as its credential lives: 5 s at least.
AuthInfo=socket={folder}/munge/socket,cred_expire=5
CredType=cred/munge
SlurmUser={user}
SlurmdUser={user}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
# No control groups, no accounting: nothing that a container lacks.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
# At once, and again every second.
SchedulerType=sched/builtin
SchedulerParameters=sched_interval=1,sched_min_interval=0,batch_sched_delay=1
ReturnToService=2
KillWait=5
SlurmctldTimeout=30
SlurmdTimeout=60
{nodes}
PartitionName=tests Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


class Slurm:
    def __init__(self, folder, pids):
        self.folder, self.pids = pathlib.Path(folder), pids
        self.environment = dict(os.environ, SLURM_CONF=str(self.folder / "slurm.conf"))

    def run(self, *command, cwd=None, **environment):
        """Standard output of one of Slurm's programs, or of one that calls them."""
        done = subprocess.run([str(part) for part in command], env=self.environment | environment, capture_output=True,
                              text=True, timeout=60, cwd=cwd or self.folder, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{command}: {done.stdout}{done.stderr}")
        return done.stdout

    def job(self, number):
        """What slurmctld knows of a job, or of a task ("12_3")."""
        return dict(word.split("=", 1) for word in self.run("scontrol", "--oneliner", "show", "job", number).split()
                    if "=" in word)

    def wait(self, number, *states, seconds=60):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            job = self.job(number)
            if job["JobState"] in states:
                return job
            time.sleep(0.1)
        raise RuntimeError(f"job {number} is {job['JobState']} after {seconds} s: {job}\n{processes.log_of('slurmctld')}")


def program(name):
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin")


def lacking():
    """Why there can be no Slurm here; None = there can."""
    names = [name for name in ("munged", "slurmctld", "slurmd", "sbatch", "scontrol") if program(name) is None]
    if names:
        return f"no {', '.join(names)} here: see tools/packages/check.txt"
    return None if os.geteuid() == 0 else "slurmd runs as root alone"


def _start():
    folder = processes.state_folder() / "slurm"
    host = socket.gethostname().split(".")[0]
    ports = []
    for _ in range(1 + len(NODES)):
        ports.append(processes.free_port(ports[-1] + 1 if ports else 20000))
    for name in ("munge", "state", *(f"spool-{node}" for node in NODES)):
        (folder / name).mkdir(parents=True, mode=0o755)
    key = folder / "munge" / "key"
    key.write_bytes(secrets.token_bytes(128))
    key.chmod(0o600)
    nodes = "\n".join(f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} CPUs=1 State=UNKNOWN"
                      for node, port in zip(NODES, ports[1:]))
    (folder / "slurm.conf").write_text(
        SETTINGS.format(folder=folder, host=host, ports=ports, nodes=nodes, user=pwd.getpwuid(os.geteuid()).pw_name),
        encoding="utf-8")
    environment = dict(os.environ, SLURM_CONF=str(folder / "slurm.conf"))
    socket_path = folder / "munge" / "socket"
    pids = {"munged": processes.spawn("munged", [
        program("munged"), "--foreground", "--force", f"--socket={socket_path}", f"--key-file={key}",
        f"--pid-file={folder / 'munge' / 'pid'}", f"--seed-file={folder / 'munge' / 'seed'}",
        f"--log-file={folder / 'munge' / 'log'}"])}
    processes.wait_until(socket_path.exists, "munged", pids["munged"], 20)
    pids["slurmctld"] = processes.spawn("slurmctld", [program("slurmctld"), "-D"], environment)
    for node in NODES:
        pids[node] = processes.spawn(node, [program("slurmd"), "-D", "-N", node], environment)
    slurm = Slurm(folder, pids)

    def is_ready():
        done = subprocess.run([program("sinfo"), "--noheader", "--Node", "--format=%T"], env=environment,
                              capture_output=True, text=True, timeout=30, check=False)
        return done.stdout.split() == ["idle"] * len(NODES)

    processes.wait_until(is_ready, "slurmctld", pids["slurmctld"], 30)
    return {"folder": str(folder), "pids": slurm.pids}


def start():
    return Slurm(**processes.once("slurm", _start))
