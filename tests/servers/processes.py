"""What a test session shares between its workers: a state folder, things made once, processes stopped at its end.

    begin()                       in the controlling process, before workers start
    once("mariadb", start)        start() in whichever worker comes first; its answer (a dict) for all
    spawn("mariadb", command)     a process that lives until end(), or until the session is gone
    end()                         in the controlling process: stops everything, removes the folder
"""

import contextlib
import fcntl
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
STATE = "POWERREPORT_TEST_STATE"
OWNER = "POWERREPORT_TEST_OWNER"
STOP_S = 30


def build_folder():
    return (ROOT / os.environ.get("BUILD", "build")).resolve()


def state_folder():
    return pathlib.Path(os.environ[STATE])


def begin():
    servers = build_folder() / "servers"
    servers.mkdir(parents=True, exist_ok=True)
    os.environ[STATE] = tempfile.mkdtemp(prefix="session-", dir=servers)
    os.environ[OWNER] = str(os.getpid())


def end():
    folder = os.environ.pop(STATE, None)
    if folder is None:
        return
    pids = []
    for path in sorted(pathlib.Path(folder).glob("*.pid")):
        with contextlib.suppress(ValueError, OSError):
            pids.append(int(path.read_text(encoding="utf-8")))
    for pid in pids:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_S
    for pid in pids:
        while _alive(pid) and time.monotonic() < deadline:
            time.sleep(0.1)
        if _alive(pid):
            with contextlib.suppress(OSError):
                os.killpg(pid, signal.SIGKILL)  # keep.py leads its own group
    for path in pathlib.Path(folder).glob("mount-*"):
        point = path.read_text(encoding="utf-8")
        if is_mounted(point):
            subprocess.run(["umount", "--lazy", point], check=False)
    shutil.rmtree(folder, ignore_errors=True)


def is_mounted(point):
    with open("/proc/self/mounts", encoding="utf-8") as mounts:
        return any(line.split()[1] == str(point) for line in mounts)


def undo_mount(point):
    """end() unmounts what a server mounts there, should the machine pass mounts on between name spaces."""
    if not is_mounted(point):
        (state_folder() / f"mount-{len(point)}").write_text(point, encoding="utf-8")


def _alive(pid):
    with contextlib.suppress(OSError):
        os.waitpid(pid, os.WNOHANG)  # where it is a child of this very process
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except (OSError, IndexError):
        return False


@contextlib.contextmanager
def lock(name, folder=None):
    """One worker at a time; `folder` outlives the session where what is guarded does (downloads)."""
    with open((folder or state_folder()) / f"{name}.lock", "w", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def once(name, make):
    """make()'s dict, made by the first worker that asks. A failure is remembered too, and raised for each."""
    path = state_folder() / f"{name}.json"
    with lock(name):
        if not path.exists():
            try:
                answer = {"made": make()}
            except Exception as error:  # whatever it is, the other workers must hear of it
                answer = {"error": f"{type(error).__name__}: {error}"}
            path.write_text(json.dumps(answer), encoding="utf-8")
        answer = json.loads(path.read_text(encoding="utf-8"))
    if "error" in answer:
        raise RuntimeError(f"{name}: {answer['error']}")
    return answer["made"]


def spawn(name, command, environment=None):
    """Starts a process whose output goes to <state>/<name>.log; returns its pid."""
    state = state_folder()
    keeper = [sys.executable, str(pathlib.Path(__file__).with_name("keep.py")), os.environ[OWNER],
              str(state / f"{name}.log"), *map(str, command)]
    process = subprocess.Popen(keeper, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL)
    (state / f"{name}-{process.pid}.pid").write_text(str(process.pid), encoding="utf-8")
    return process.pid


def log_of(name):
    path = state_folder() / f"{name}.log"
    return path.read_text(encoding="utf-8", errors="replace")[-4000:] if path.exists() else ""


def free_port(first=20000, last=29999):
    """A port of 127.0.0.1 on which nobody listens; the range is below the system's ephemeral ports."""
    start = first + (os.getpid() * 37) % (last - first + 1)
    for number in range(last - first + 1):
        port = first + (start - first + number) % (last - first + 1)
        with socket.socket() as probe:
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    raise RuntimeError(f"no free port from {first} to {last}")


def wait_until(ready, what, pid, seconds):
    """Polls ready() until it is true; a process that ends, or the deadline, is an error with the log's end."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if ready():
            return
        if not _alive(pid):
            raise RuntimeError(f"{what} ended while starting:\n{log_of(what)}")
        time.sleep(0.2)
    raise RuntimeError(f"{what} did not answer within {seconds} s:\n{log_of(what)}")
