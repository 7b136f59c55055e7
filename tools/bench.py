#!/usr/bin/env python3
"""See bench.sh. Each row: the command's wall time, CPU time and peak memory, over RUNS runs: min, median, max."""

import os
import pathlib
import shutil
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


if __name__ == "__main__":
    main()
