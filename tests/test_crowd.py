"""No bad page in a crowd: sixty made-up customers of a fixed seed. `make soak` tries a thousand."""

import pathlib

import pytest

import crowd
from servers import processes

SEED, COUNT, PARTS = "crowd", 60, 4


@pytest.fixture(scope="module")
def crowd_db():
    def make():
        path = processes.state_folder() / "crowd.db"
        path.unlink(missing_ok=True)
        return str(crowd.make(path, SEED, COUNT))

    return pathlib.Path(processes.once("crowd", make))


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_of_the_crowd_is_good(crowd_db, build, part):
    tenants = crowd.tenants_of(crowd_db)[part::PARTS]
    faults, pages = crowd.faults_of(crowd_db, tenants, build)
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults[:30])
    assert pages > 5 * len(tenants)


def test_the_whole_crowd_gets_its_reports(crowd_db, program, tmp_path):
    done = program("run", "--db", crowd_db, "--month", crowd.MONTH, "--now", crowd.NOW, "--jobs", "2", "--out",
                   tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    customers = len(crowd.tenants_of(crowd_db))
    assert customers > COUNT
    assert len(list(tmp_path.rglob("report.pdf"))) == len(list(tmp_path.rglob("report.xlsx"))) == customers
