"""What the tests of the live store share: report.ini of a store, and tests/tools/dump_source."""

import os
import re
import subprocess

from servers import processes

ROOT = processes.ROOT
DATA_SETS = {"quarters": "point_15min_electric", "minutes": "point_1min_index", "sensors": "location_1min_aiao",
             "events": "soe_event"}
# dump_source's exit codes: 10 + enum pr_code.
UNREACHABLE, STORE, CONFIG, UNKNOWN = 14, 15, 12, 13


def tool_path(name):
    """The tool built with the sanitizers where there is one."""
    build = processes.build_folder()
    for path in (build / "asan" / "tools" / name, build / "tools" / name):
        if path.exists():
            return path
    raise AssertionError(f"{path} is missing: run make unit")


def write_config(folder, *, url=None, mariadb=None, database=None, prefix="", user=None, elasticsearch=(), mysql=(),
                 store=(), indices=None, path=None):
    """report.ini of a live store (or of the embedded one at `path`); the tuples hold further lines of a section."""
    lines = ["[store]", *store]
    if path is not None:
        lines += ["kind = embedded", f"path = {path}"]
    else:
        lines += ["kind = live", "[elasticsearch]", f"url = {url}", "connect_timeout_s = 5", *elasticsearch, "[mysql]",
                  f"host = {mariadb.host}", f"port = {mariadb.port}", f"database = {database}",
                  f"user = {user or mariadb.reader}", "connect_timeout_s = 5",
                  *([] if any(line.startswith("tls") for line in mysql) else ["tls = no"]), *mysql]
        for name, data_set in DATA_SETS.items():
            given = (indices or {}).get(name, ())
            lines.append(f"[index {name}]")
            if not any(line.startswith("index") for line in given):
                lines.append(f"index = {prefix}{data_set}")
            lines += given
    fonts = [f"{processes.build_folder()}/fonts/NotoSansSC-{weight}.ttf" for weight in ("Regular", "Bold")]
    lines += ["[templates]", f"folder = {ROOT}/templates", f"charts = {ROOT}/charts", "[fonts]",
              f"regular = {fonts[0]}", f"bold = {fonts[1]}"]
    path = folder / "report.ini"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def dump(config, *arguments, env=None, timeout=120, tool="dump_source"):
    """Runs dump_source, or dump_quality; secrets come by `env` only."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("POWERREPORT_")}
    # A proxy of the environment must not be used.
    environment.update({"LC_ALL": "C.UTF-8", "http_proxy": "http://127.0.0.1:1",
                        "LSAN_OPTIONS": f"suppressions={ROOT / 'tests' / 'lsan.supp'}:print_suppressions=0",
                        **(env or {})})
    return subprocess.run([str(tool_path(tool)), str(config), *map(str, arguments)], cwd=ROOT, env=environment,
                          capture_output=True, text=True, encoding="utf-8", timeout=timeout, check=False)


def secrets(mariadb, **more):
    return {"POWERREPORT_MYSQL_PASSWORD": mariadb.reader_password, **more}


def whole_dump(config, *arguments, env=None, tool="dump_source"):
    done = dump(config, *arguments, env=env, tool=tool)
    assert done.returncode == 0, done.stderr
    return done.stdout


SUM = re.compile(r"^sum =(\S+)$", re.MULTILINE)


def assert_same_dump(a, b):
    """Equal line for line; sums of cells within 1e-9 of each other."""
    left, right = a.splitlines(), b.splitlines()
    for number, (one, other) in enumerate(zip(left, right), 1):
        if one == other:
            continue
        x, y = SUM.match(one), SUM.match(other)
        assert x and y, f"line {number}:\n{one}\n{other}"
        x, y = float(x[1]), float(y[1])
        assert abs(x - y) <= 1e-9 * max(abs(x), abs(y)), f"line {number}: sums {x!r} and {y!r}"
    assert len(left) == len(right)
