"""The sources keep to the project's own rules: who may include whom, sizes, and what never stands in code."""

import re
import subprocess

import pytest

from servers import processes

ROOT = processes.ROOT
SOURCES = sorted([*ROOT.glob("src/*/*.c"), *ROOT.glob("src/*/*.h")])
HEADERS = sorted(ROOT.glob("src/*/*.h"))

# A room may include itself, base, and these. model and config are plain data; output's JSON shows findings.
ROOMS = {
    "base": set(),
    "config": {"model"},
    "model": set(),
    "source": {"model", "config"},
    "analysis": {"model"},
    "draw": set(),
    "chart": {"draw", "model", "config"},
    "document": {"analysis", "chart", "draw", "config", "model"},
    "output": {"document", "draw", "analysis"},
    "batch": {"config", "model", "source", "analysis", "draw", "chart", "document", "output"},
    "command": {"config", "model", "source", "analysis", "draw", "chart", "document", "output", "batch"},
}

# A library's header is included in one file, so that it can be replaced there; sqlite also in the ledger, curl also in
# the mail: what reads the stores must know nothing that writes.
LIBRARIES = {
    r"curl/": (2, "src/(source/http|batch/smtp)"),
    r"jansson\.h": (1, "src/source/"),
    r"(mysql|mariadb)[./]": (1, "src/source/"),
    r"sqlite3\.h": (7, "src/(source/embedded|batch/ledger)"),
    r"cairo": (2, "src/(output/image|draw/picture)"),
    r"librsvg": (1, "src/draw/picture"),
    r"hpdf": (1, "src/output/pdf"),
    r"xlsxwriter": (1, "src/output/xlsx_part"),
    r"ini\.h": (1, "src/config/"),
    r"(ft2build|freetype)": (1, "src/draw/"),
    r"hb": (1, "src/output/"),
    r"unicode/": (1, "src/draw/"),
}


def name(path):
    return str(path.relative_to(ROOT))


def text_of(path):
    return path.read_text(encoding="utf-8")


def code_of(text):
    """The text without comments; string literals stay."""
    pattern = r'("(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\')|/\*.*?\*/|//[^\n]*'
    return re.sub(pattern, lambda match: match.group(1) or " ", text, flags=re.DOTALL)


def test_the_rooms_are_known():
    assert SOURCES
    assert {path.parent.name for path in SOURCES} <= set(ROOMS)


def test_a_room_includes_only_the_rooms_before_it():
    wrong = []
    for path in SOURCES:
        room = path.parent.name
        for included in re.findall(r'^#include "([^"]+)"', text_of(path), re.MULTILINE):
            other = included.split("/")[0]
            if "/" not in included or other not in {room, "base", *ROOMS[room]}:
                wrong.append(f"{name(path)} includes {included}")
    assert not wrong


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_is_included_in_its_one_place(library):
    most, place = LIBRARIES[library]
    users = [name(path) for path in SOURCES if re.search(rf"^#include <{library}", text_of(path), re.MULTILINE)]
    assert len(users) <= most, users
    assert all(re.match(place, user) for user in users), users


def test_no_file_is_longer_than_800_lines():
    assert [name(path) for path in SOURCES if text_of(path).count("\n") > 800] == []


def test_no_words_for_readers_stand_in_strings():
    strings = r'"(?:\\.|[^"\\\n])*"'
    han = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
    found = [f"{name(path)}: {literal}" for path in SOURCES
             for literal in re.findall(strings, code_of(text_of(path))) if han.search(literal)]
    assert not found, "they belong in templates/words"


def test_nothing_is_left_for_later():
    words = re.compile("TO" + "DO|FIX" + r"ME|\bXX" + "X\\b|not imple" + "mented")
    paths = [*SOURCES, *ROOT.glob("tests/**/*.py"), *ROOT.glob("tests/**/*.c"), *ROOT.glob("samples/*.[ch]")]
    assert [name(path) for path in paths if words.search(text_of(path))] == []


def test_only_main_prints_and_exits():
    """Results go through main.c's print, errors through struct pr_error, what happens along the way to the log."""
    calls = re.compile(r"(?<![\w.>])(printf|fprintf|puts|fputs|putchar|exit|_exit)\s*\(")
    allowed = {"src/command/main.c", "src/base/log.c", "src/base/banned.h"}
    found = [f"{name(path)}: {match.group(1)}" for path in SOURCES if name(path) not in allowed
             for match in calls.finditer(code_of(text_of(path)))]
    # A worker is a process of its own and ends with _exit.
    found = [one for one in found if not (one.startswith("src/batch/") and one.endswith(" _exit"))]
    assert not found


def test_every_header_compiles_alone(tmp_path):
    for header in HEADERS:
        include = f"{header.parent.name}/{header.name}"
        source = tmp_path / "alone.c"
        source.write_text(f'#include "{include}"\n#include "{include}"\nextern int unused;\n', encoding="utf-8")
        done = subprocess.run(["gcc", "-std=c11", "-D_POSIX_C_SOURCE=200809L", "-Wall", "-Wextra", "-Wpedantic",
                               "-Werror", "-fsyntax-only", "-Isrc", str(source)], cwd=ROOT, capture_output=True,
                              text=True, check=False)
        assert done.returncode == 0, f"{include}:\n{done.stderr}"


def test_what_is_visible_outside_begins_with_pr(build):
    done = subprocess.run(["nm", "--defined-only", "--extern-only", "--format=posix",
                           str(build / "libpowerreport.a")], capture_output=True, text=True, check=True)
    symbols = {line.split()[0] for line in done.stdout.splitlines() if len(line.split()) >= 2}
    assert symbols
    assert sorted(symbol for symbol in symbols if not symbol.startswith(("pr_", "_"))) == []
