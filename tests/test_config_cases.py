"""report.ini: each folder tests/cases/config-* is a wrong one, with what the program must say about it."""

import pathlib

import pytest

CASES = sorted(pathlib.Path(__file__).parent.glob("cases/config-*"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_wrong_configuration_is_refused_and_nothing_is_made(case, program, root, tmp_path):
    config = (case / "report.ini").relative_to(root)
    done = program("run", "--config", config, "--month", "2018-03", "--out", tmp_path / "out")
    assert done.stderr == (case / "stderr.txt").read_text(encoding="utf-8")
    assert done.returncode == int((case / "exit.txt").read_text())
    assert done.stdout == ""
    assert not (tmp_path / "out").exists()


def test_a_secret_is_never_repeated():
    for case in CASES:
        assert "geheim" not in (case / "stderr.txt").read_text(encoding="utf-8")
