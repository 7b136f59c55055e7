"""The gallery shows the reports as they are: every page of four sample reports against its picture."""

import shutil
import subprocess
import sys

import pytest
from PIL import Image, ImageDraw

import reports
from test_document import need_pinned_fonts

GALLERY = reports.ROOT / "samples" / "gallery"


def compare(reports_folder, gallery, kept):
    done = subprocess.run([sys.executable, reports.ROOT / "tools" / "make-gallery", "--compare", kept, reports_folder,
                           gallery], capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def test_every_page_of_the_gallery_is_what_the_reports_show(program, sample_db, build):
    need_pinned_fonts()
    code, said = compare(reports.sample_run(program, sample_db) / reports.SAMPLE_MONTH, GALLERY, build / "gallery-now")
    if code:
        pytest.fail(said, pytrace=False)


def test_a_page_that_is_missing_or_differs_is_named(program, sample_db, tmp_path):
    need_pinned_fonts()
    gallery = tmp_path / "gallery"
    shutil.copytree(GALLERY, gallery)
    (gallery / "platform" / "02.png").unlink()
    shutil.copy(gallery / "single" / "01.png", gallery / "single" / "99.png")
    with Image.open(gallery / "management" / "01.png") as picture:
        altered = picture.convert("RGB")
    ImageDraw.Draw(altered).rectangle((100, 100, 119, 119), fill="red")
    altered.save(gallery / "management" / "01.png")
    code, said = compare(reports.sample_run(program, sample_db) / reports.SAMPLE_MONTH, gallery, tmp_path / "kept")
    assert code == 1
    assert "platform/02.png: the gallery has no such page" in said
    assert "single/99.png: the report has no such page any more" in said
    assert f"management/01.png: 400 pixels differ; as it is now: {tmp_path / 'kept' / 'management' / '01.png'}" in said
    assert (tmp_path / "kept" / "management" / "01.png").exists()
