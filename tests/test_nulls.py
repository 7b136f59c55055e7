"""What is null in the findings has a note that says why, by the table of docs/notes.md."""

import re

import pytest

import reports

MEASURED_MONTHS = ("2018-02", "2018-03", "2018-08")


def covering():
    """[(the beginning of an id, the beginnings of codes)], the longest ids first."""
    text = (reports.ROOT / "docs" / "notes.md").read_text(encoding="utf-8").partition("## What covers a null")[2]
    found = []
    for line in text.splitlines():
        if line.startswith("| of `"):
            ids, codes = line.strip("| ").split(" | ")
            found += [(name, tuple(re.findall(r"`([^`]+)`", codes))) for name in re.findall(r"`([^`]+)`", ids)]
    assert len(found) > 20
    return sorted(found, key=lambda row: -len(row[0]))


# What attention is asked for is judged by these: where a project has none, there is nothing to exceed.
JUDGED = {"attention.demand": "demand.contract", "attention.power_factor": "bill.pf.amount"}


def uncovered(report, notes, table):
    """The null findings without a note. `notes`: every note that may speak of the report's projects."""
    faults = []

    def look(path, subject, spoken, below=()):
        for name, finding in subject["findings"].items():
            if finding["value"] is not None or (name in JUDGED and JUDGED[name] not in subject["findings"]):
                continue
            codes = next((codes for begin, codes in table if name.startswith(begin)), ())
            if not any(note["code"].startswith(codes) for note in (below if name == "energy.unmetered" else spoken)):
                faults.append(f"{path}{name}")

    look("", report, notes, notes)
    tenants = [note for note in notes if note["project"] is None and not note.get("point") and not note.get("sensor")]
    for project in report["projects"]:
        own = [note for note in notes if note["project"] == project["id"]]
        look(f"projects/{project['id']}/", project, own + tenants, own)
        for kind, key in (("points", "point"), ("transformers", None), ("sensors", "sensor")):
            for item in project.get(kind, []):
                spoken = [note for note in own if not (note.get("point") or note.get("sensor")) or
                          (key and note.get(key) == item["id"])]
                look(f"projects/{project['id']}/{kind}/{item['id']}/", item, spoken + tenants, own)
    return faults


def check(out, month):
    table = covering()
    found = [reports.read_json(path.parent) for path in sorted((out / month).glob("*/*/report.json"))]
    assert found
    projects = [note for report in found if report["tenant"]["edition"] != "platform" for note in report["notes"]]
    faults = []
    for report in found:
        edition = report["tenant"]["edition"]
        notes = report["notes"] + (projects if edition == "platform" else [])
        faults += [f"tenant {report['tenant']['id']}: {fault}" for fault in uncovered(report, notes, table)]
    return faults


def test_each_null_of_the_sample_has_a_note(program, sample_db):
    faults = check(reports.sample_run(program, sample_db), reports.SAMPLE_MONTH)
    assert not faults, f"{len(faults)}:\n" + "\n".join(faults[:60])


@pytest.mark.parametrize("month", MEASURED_MONTHS)
def test_each_null_of_the_measured_site_has_a_note(program, shared_data, month):
    faults = check(reports.real_run(program, shared_data), month)
    assert not faults, f"{len(faults)}:\n" + "\n".join(faults[:60])


def test_a_null_without_a_note_is_found(program, sample_db):
    folder = reports.folder_of(reports.sample_run(program, sample_db), 3)
    report = reports.read_json(folder)
    assert not uncovered(report, report["notes"], covering())
    report["projects"][0]["findings"]["alarms.confirm_minutes.median"]["value"] = None
    assert uncovered(report, report["notes"], covering()) == ["projects/13/alarms.confirm_minutes.median"]
