#!/usr/bin/env python3
"""See bench.sh. Each row: the command's wall time, CPU time and peak memory, over RUNS runs: min, median, max."""

import os
import pathlib
import shutil
import re
import statistics
import subprocess
import sys
import tempfile
import time

BUILD = pathlib.Path(os.environ.get("BUILD", "build"))
RUNS = int(os.environ.get("RUNS", "5"))
MONTH = os.environ.get("SAMPLE_MONTH", "2026-10")
NOW = os.environ.get("SAMPLE_NOW", "2026-11-04T00:00:00Z")
DATABASE = BUILD / "sample.db"


def measure(command):
    """Wall seconds, CPU seconds and peak kilobytes of the command and its children; its output is kept for errors."""
    with tempfile.TemporaryFile() as out:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        code = os.waitstatus_to_exitcode(status)
        process.returncode = code
        if code != 0:
            out.seek(0)
            sys.exit(f"bench: {' '.join(command)}: exit code {code}\n{out.read().decode(errors='replace')}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def row(label, command, before=lambda: None):
    if shutil.which(command[0]) is None:
        print(f"{label:<34} {command[0]} is missing")
        return
    walls, cpus, peaks = [], [], []
    for _ in range(RUNS):
        before()
        wall, cpu, peak = measure(command)
        walls.append(wall)
        cpus.append(cpu)
        peaks.append(peak / 1024)

    def three(values, digits):
        return " / ".join(f"{value:.{digits}f}" for value in (min(values), statistics.median(values), max(values)))

    print(f"{label:<34} {three(walls, 3):>23} {three(cpus, 3):>23} {three(peaks, 1):>23}", flush=True)


def own_peak_mb():
    """A child starts as a copy of this process, whose peak the kernel counts as the child's."""
    return measure(["true"])[2] / 1024


def profile(command, work):
    """Where the instructions of a run go: functions with all that they call, and libraries by themselves."""
    if shutil.which("valgrind") is None:
        print("where the time goes: not told without valgrind")
        return
    measure(["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={work / 'calls.%p'}", *command])
    calls = max(work.glob("calls.*"), key=lambda path: path.stat().st_size)  # the worker that made the report
    line = re.compile(r"^ *[\d,]+ \( *([\d.]+)%\) +\S*?:(\S+?)(?:'2)?(?: \[(.*)\])?$")

    def annotated(inclusive):
        text = subprocess.run(["callgrind_annotate", f"--inclusive={inclusive}", "--threshold=100", str(calls)],
                              capture_output=True, text=True, check=True).stdout
        return [match.groups() for match in map(line.match, text.splitlines()) if match]

    shares = {}
    for share, function, _ in annotated("yes"):
        if function.startswith("pr_") and float(share) >= 2:
            shares[function] = max(float(share), shares.get(function, 0))
    print("where the instructions of one report go, with all that a function calls:")
    for function, share in sorted(shares.items(), key=lambda item: (-item[1], item[0]))[:24]:
        print(f"  {share:5.1f} %  {function}")
    objects = {}
    for share, _, library in annotated("no"):
        if library:
            name = pathlib.Path(library).name
            objects[name] = objects.get(name, 0) + float(share)
    print("by program and library:")
    for name, share in sorted(objects.items(), key=lambda item: (-item[1], item[0]))[:8]:
        print(f"  {share:5.1f} %  {name}")


def main():
    tenant = sys.argv[1] if len(sys.argv) > 1 else "1"
    work = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir=BUILD))
    try:
        bench(tenant, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def bench(tenant, work):
    out = work / "out"
    run = [str(BUILD / "powerreport"), "run", "--quiet", "--config", "report.ini", "--db", str(DATABASE),
           "--month", MONTH, "--tenant", tenant, "--now", NOW, "--out", str(out)]
    print(f"one report: tenant {tenant}, {MONTH}, {RUNS} runs, min / median / max")
    print(f"{'':<34} {'wall s':>23} {'CPU s':>23} {'peak MB':>23}")

    def fresh():
        shutil.rmtree(out, ignore_errors=True)

    for formats in ("json", "pdf", "xlsx", "pdf,xlsx,json"):
        row(f"powerreport --format {formats}", [*run, "--format", formats], fresh)

    print(f"(memory below {own_peak_mb():.0f} MB, this script's own, cannot be told)")
    print("beside them:")
    quarters = (f"SELECT point_id, COUNT(*), SUM(kwh), SUM(kvarh_lag), MAX(kwh) FROM point_15min_electric "
                f"WHERE project_id IN (SELECT project_id FROM tenant_project WHERE tenant_id = {int(tenant)}) "
                f"GROUP BY point_id;")
    row("sqlite3: its quarters summed", ["sqlite3", "-readonly", str(DATABASE), quarters])
    row("sha256sum of the store", ["sha256sum", str(DATABASE)])
    pdf = next(iter(sorted(out.rglob("*.pdf"))), None)
    if pdf is None:
        sys.exit(f"bench: no PDF under {out}")
    row("qpdf: the same PDF rewritten", ["qpdf", str(pdf), str(work / "rewritten.pdf")])
    row("pdftoppm: the same PDF at 80 dpi", ["pdftoppm", "-r", "80", "-png", str(pdf), str(work / "page")])
    print(f"the files: {', '.join(f'{path.name} {path.stat().st_size:,} bytes' for path in sorted(pdf.parent.iterdir()))}")

    fresh()
    profile(run, work)


if __name__ == "__main__":
    main()
