"""The quick linters and the build's own promises; clang-tidy and -fanalyzer are in `make lint`."""

import os
import shutil
import subprocess

import pytest

from servers import processes

ROOT = processes.ROOT


def make(*arguments, **environment):
    clean = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    return subprocess.run(["make", "--no-print-directory", *arguments], cwd=ROOT, env={**clean, **environment},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


@pytest.mark.parametrize("linter", ["format", "cppcheck", "codespell", "shellcheck"])
def test_linter_finds_nothing(linter):
    done = make(f"lint-{linter}")
    assert done.returncode == 0, done.stdout


def test_a_call_to_a_banned_function_does_not_compile(tmp_path):
    for call in ('strcpy(text, "x")', 'sprintf(text, "x")', 'atoi("1")', 'gmtime(&when)', 'setlocale(LC_ALL, "")',
                 'strtok(text, "x")', "mktime(localtime(&when))"):
        source = tmp_path / "banned.c"
        source.write_text("#include <locale.h>\n#include <stdio.h>\n#include <string.h>\n#include <time.h>\n"
                          "int main(void)\n{\n\tchar text[9] = {0};\n\ttime_t when = 0;\n"
                          f"\t(void)text;\n\t(void)when;\n\t(void){call};\n\treturn 0;\n}}\n", encoding="utf-8")
        done = subprocess.run(["gcc", "-std=c11", "-include", "src/base/banned.h", "-fsyntax-only", str(source)],
                              cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode != 0 and "_is_banned_" in done.stderr, call


def test_help_names_every_target_that_people_type():
    said = make("help").stdout
    for target in ("all", "deps", "fonts", "samples", "demo", "check", "check-unit", "check-asan", "check-valgrind",
                   "lint", "bench", "golden", "clean"):
        assert f"\n  {target} " in said, target


def test_the_fonts_are_the_pinned_ones(build):
    if not (build / "fonts" / "NotoSansSC-Regular.ttf").exists():
        pytest.skip("no Noto Sans SC here: npm could not be had")
    done = subprocess.run(["sha256sum", "-c", str(ROOT / "fonts" / "SHA256SUMS")], cwd=build / "fonts",
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_other_fonts_than_the_pinned_ones_are_refused(tmp_path):
    """A registry that serves other bytes: an error that says so, and nothing installed."""
    package = tmp_path / "package" / "400Regular"
    package.mkdir(parents=True)
    (package / "NotoSansSC_400Regular.ttf").write_bytes(b"other")
    (package / "NotoSansSC_700Bold.ttf").write_bytes(b"other")
    subprocess.run(["tar", "-czf", "served.tgz", "package"], cwd=tmp_path, check=True)
    _tool(tmp_path, "npm", f'cp "{tmp_path}/served.tgz" .')
    done = _fetch(tmp_path)
    assert done.returncode == 1 and "nothing was installed" in done.stderr, done.stderr
    assert list((tmp_path / "fonts").iterdir()) == []


def test_without_npm_the_fallback_is_said_aloud(tmp_path):
    _tool(tmp_path, "npm", "exit 1")
    done = _fetch(tmp_path)
    assert done.returncode == 0 and "WenQuanYi Micro Hei" in done.stderr, done.stderr


def _tool(folder, name, body):
    (folder / "bin").mkdir(exist_ok=True)
    tool = folder / "bin" / name
    tool.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    tool.chmod(0o755)


def _fetch(folder):
    return subprocess.run([str(ROOT / "tools" / "fetch-fonts"), str(folder / "fonts")], capture_output=True, text=True,
                          env={**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}, check=False)


def test_packages_that_are_there_are_not_asked_for_again(tmp_path):
    """apt-get is not called at all where nothing is missing."""
    (tmp_path / "list.txt").write_text("# a comment\nlibc6\nno-such-package unless sh\n", encoding="utf-8")
    _tool(tmp_path, "apt-get", "echo called >&2; exit 1")
    _tool(tmp_path, "sudo", "echo called >&2; exit 1")
    done = _install(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_packages_that_are_missing_are_installed(tmp_path):
    (tmp_path / "list.txt").write_text("libc6\nno-such-package\n", encoding="utf-8")
    _tool(tmp_path, "apt-get", 'echo "apt-get $*"')
    _tool(tmp_path, "sudo", '[ "$1" != -E ] || shift\nexec "$@"')
    done = _install(tmp_path)
    assert done.returncode == 0
    assert done.stderr.splitlines()[1:] == ["apt-get update -q",
                                            "apt-get install -q -y --no-install-recommends no-such-package"]


def test_a_list_that_cannot_be_read_is_refused(tmp_path):
    (tmp_path / "list.txt").write_text("libc6 when sh\n", encoding="utf-8")
    done = _install(tmp_path)
    assert done.returncode == 2 and "libc6" in done.stderr


def _install(folder):
    assert shutil.which("dpkg-query")
    return subprocess.run([str(ROOT / "tools" / "install-packages"), str(folder / "list.txt")], capture_output=True,
                          text=True, env={**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}, check=False)
