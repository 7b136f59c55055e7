"""Brands: a logo, an accent and names of one's own on the pages; what would harm a report is refused."""

import base64
import struct
import zlib

import pytest

import reports

SVG = ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 100"><rect width="400" height="100" fill="#5B3A8C"/>'
       '</svg>')
BRAND = "[brand]\naccent = #5B3A8C\nlogo = {logo}\nname = Harbour\ncontact = Harbour, line 1\n"


def png(width, height):
    """A PNG of one half-transparent colour."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\x5b\x3a\x8c\x80" * width) * height
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


class House:
    """A small store whose tenants have a brand of their own."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.templates = reports.copy_templates(folder)
        reports.write_settings(folder, templates={"folder": "templates", "charts": "charts"})
        reports.small_store(folder / "store.db", tenants=(1,))
        reports.change_store(folder / "store.db", "UPDATE tenant SET brand = 'own'")
        (self.templates / "brands" / "own").mkdir()

    def brand(self, text, **files):
        own = self.templates / "brands" / "own"
        (own / "brand.ini").write_text(text, encoding="utf-8")
        for ending, content in files.items():
            (own / f"logo.{ending}").write_bytes(content.encode() if isinstance(content, str) else content)

    def run(self):
        return self.program("run", "--config", self.folder / "report.ini", "--db", self.folder / "store.db", "--month",
                            reports.SMALL_MONTH, "--now", reports.SMALL_NOW, "--format", "pdf", "--out",
                            self.folder / "out", cwd=self.folder)

    def pdf(self):
        done = self.run()
        assert done.returncode == 0, done.stderr
        return reports.folder_of(self.folder / "out", 1, reports.SMALL_MONTH) / "report.pdf"

    def refused(self):
        done = self.run()
        assert done.returncode == 2 and not (self.folder / "out").exists(), done.stdout + done.stderr
        return done.stderr


@pytest.fixture
def house(program, tmp_path):
    return House(program, tmp_path)


def images(pdf):
    """(kind, width, height, dots an inch) of each image, by page."""
    lines = reports.run_tool("pdfimages", "-list", pdf).splitlines()[2:]
    return [(int(line.split()[0]), line.split()[2].decode(), *map(int, line.split()[3:5]), int(line.split()[12])) for line in lines]


def test_a_drawn_logo_stands_on_the_cover(house):
    house.brand(BRAND.format(logo="logo.svg"), svg=SVG)
    pdf = house.pdf()
    # 4 : 1 within 156 x 28 pt: 112 x 28 pt, 600 dots an inch.
    assert images(pdf) == [(1, "image", 933, 233, 600)]
    pages = reports.page_texts(pdf)
    assert "Harbour, line 1" in pages[0] and "Harbour, line 1" in pages[1]
    assert reports.run_tool("qpdf", "--check", pdf)


def test_a_logo_of_pixels_keeps_its_transparency(house):
    house.brand(BRAND.format(logo="logo.png"), png=png(400, 100))
    # 400 pixels over 112 pt are 257 an inch: taken as they are.
    assert images(house.pdf()) == [(1, "image", 400, 100, 257), (1, "smask", 400, 100, 257)]


def test_too_many_pixels_are_scaled_down(house):
    house.brand(BRAND.format(logo="logo.png"), png=png(4000, 1000))
    assert [image[2:] for image in images(house.pdf())] == [(933, 233, 600)] * 2


def test_a_title_and_no_tag(house):
    house.brand("[brand]\nname = Harbour\ntitle = Energy report\ntag = no\n")
    pages = reports.page_texts(house.pdf())
    assert "Energy report" in pages[0] and "Energy report" in pages[2]


@pytest.mark.parametrize("files, said", [
    ({"svg": "<svg"}, "logo.svg: is no SVG drawing that can be read"),
    ({"svg": '<svg xmlns="http://www.w3.org/2000/svg"/>'}, "logo.svg: has neither a viewBox nor a width and height"),
    ({"png": b"GIF89a"}, "logo.png: is no PNG picture that can be read"),
    ({"png": png(100, 50)[:60]}, "logo.png: is no PNG picture that can be read"),
    ({"gif": base64.b64decode("R0lGODlhAQABAAAAACwAAAAAAQABAAA=")}, "logo.gif: has another ending"),
    ({"png": png(200, 100)}, "'logo' in [brand] is 'logo.png', with 257 dots an inch"),
])
def test_a_broken_logo_is_refused(house, files, said):
    house.brand(BRAND.format(logo=f"logo.{next(iter(files))}"), **files)
    if "257" in said:  # fine enough: 200 pixels over 56 pt
        assert images(house.pdf())
        house.brand(BRAND.format(logo="logo.png"), png=png(150, 75))
        assert "'logo' in [brand] is 'logo.png', with 193 dots an inch at its 56 x 28 pt; expected at least 200" in \
            house.run().stderr
        return
    assert f"templates/brands/own/{said}" in house.refused()


def test_a_logo_that_is_not_there_is_refused(house):
    house.brand(BRAND.format(logo="logo.svg"))
    assert "logo.svg" in house.refused()


@pytest.mark.parametrize("key, text", [("name", "N" * 60), ("contact", "线" * 50), ("disclaimer", "D" * 80),
                                       ("title", "T" * 40), ("tagline", "字" * 30)])
def test_words_that_do_not_fit_are_refused(house, key, text):
    name = "" if key == "name" else "name = A\n"
    house.brand(f"[brand]\n{name}{key} = {text}\n")
    said = house.refused()
    assert f"templates/brands/own/brand.ini: '{key}' for " in said and "expected at most" in said


def test_what_an_svg_refers_to_is_not_loaded(house):
    """A logo is drawn alone: no file and no address is opened for it."""
    (house.folder / "secret.png").write_bytes(png(40, 10))
    house.brand(BRAND.format(logo="logo.svg"),
                svg=SVG.replace("<rect", f'<image href="file://{house.folder}/secret.png" width="9" height="9"/><rect'))
    assert len(images(house.pdf())) == 1
