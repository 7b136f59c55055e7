"""Runs a command until it ends, or until its owner has gone: `keep.py OWNER_PID LOG COMMAND ...`.

A test session that is killed cannot stop its servers; this does it then. SIGTERM and SIGINT stop the command.
"""

import os
import signal
import subprocess
import sys

GRACE_S = 20


def started(pid):
    """The time a process started, in ticks, so that a pid that is used again is not taken for its first bearer."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
            return stat.read().rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return None


def main():
    owner, log, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    birth = started(owner)
    with open(log, "ab") as out:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: child.terminate())
    while child.poll() is None:
        try:
            child.wait(timeout=1)
        except subprocess.TimeoutExpired:
            if started(owner) != birth:
                child.terminate()
                try:
                    child.wait(timeout=GRACE_S)
                except subprocess.TimeoutExpired:
                    child.kill()
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


if __name__ == "__main__":
    os.setsid()
    sys.exit(main())
