"""The month's index page: what stands in it, how it looks for what one asks, and that it harms nobody. In headless
Chromium, over the sample month with a bad day's customers beside it (tests/index_store.py)."""

import base64
import contextlib
import decimal
import html.parser
import io
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import urllib.parse

import pytest
from PIL import Image, ImageChops, ImageStat

import browser as chromium
import index_store
import reports
from test_month import Place

MONTH, NOW = reports.SAMPLE_MONTH, reports.SAMPLE_NOW
STATES = ("held", "failed", "no data", "interrupted", "waiting", "done", "skipped")
TIMES = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d|(\d+小时)?(\d+分)?\d+秒")


class Reader(html.parser.HTMLParser):
    """The page as a reader without styles and script has it: rows of cells, links, pictures."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.links, self.pictures, self.inside, self.tags = [], [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append(tag)
        if tag == "tr" and "data-i" in attributes:
            self.rows.append({"id": int(attributes["data-i"]), "cells": [], "links": [], "picture": None,
                              "class": attributes["class"].split()})
        elif self.rows and tag in ("td", "th") and "scope" not in attributes or attributes.get("scope") == "row":
            self.rows[-1]["cells"].append("")
        elif tag == "a" and self.rows:
            self.rows[-1]["links"].append(attributes["href"])
        elif tag == "img":
            self.rows[-1]["picture"] = base64.b64decode(attributes["src"].removeprefix("data:image/png;base64,"))
        self.inside.append((tag, attributes))

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if self.rows and self.rows[-1]["cells"] and any(tag in ("td", "th") for tag, _ in self.inside):
            if not any(attributes.get("class") == "l" for _, attributes in self.inside):
                self.rows[-1]["cells"][-1] += data + " "

    def row(self, tenant):
        return next(row for row in self.rows if row["id"] == tenant)


def write_page(program, sample_db, out, *options, tenant=7):
    """Any run writes the page again; tenant 7 is out of service, so that this one makes nothing."""
    return program("run", *options, "--db", sample_db, "--month", MONTH, "--now", NOW, "--tenant", tenant, "--out", out,
                   check=True)


def page_of(out):
    return (out / MONTH / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def sample(program, sample_db):
    return reports.sample_run(program, sample_db)


@pytest.fixture(scope="module")
def bad_day(program, sample_db, sample, tmp_path_factory):
    out = index_store.copy(sample, tmp_path_factory.mktemp("index") / "out")
    index_store.bad_day(out)
    next((out / MONTH / "single").glob("112-*/report.xlsx")).unlink()
    write_page(program, sample_db, out)
    return out


@pytest.fixture(scope="module")
def english(program, sample_db, bad_day, tmp_path_factory):
    folder = tmp_path_factory.mktemp("english")
    shutil.copytree(bad_day, folder / "out")
    write_page(program, sample_db, folder / "out", "--config",
               reports.write_settings(folder, output={"index_language": "en"}))
    return folder / "out"


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with chromium.opened(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


# --- what stands in it ------------------------------------------------------------------------------------------------

def percent(text):
    return f"{abs(decimal.Decimal(text) * 100).quantize(decimal.Decimal('0.1'), decimal.ROUND_HALF_UP)}%"


def test_the_figures_are_those_of_the_reports(sample):
    page = Reader(page_of(sample))
    for tenant in (1, 2, 3, 4):
        findings = reports.read_json(reports.folder_of(sample, tenant), parse_float=decimal.Decimal)["findings"]
        cells = page.row(tenant)["cells"]
        assert cells[3].split() == [findings["health.index"]["text"], findings["health.grade"]["text"]]
        assert cells[4].split() == [findings["bill.total"]["text"] + "元"]
        change = findings["bill.total"]["change_month"]
        assert cells[5].split() == ["增加" if change > 0 else "减少", percent(change)]
        assert cells[6].split() == [findings["coverage.rate"]["text"]]
    findings = reports.read_json(reports.folder_of(sample, 9, edition="platform"))["findings"]
    assert page.row(9)["cells"][4].split() == [findings["bill.currency.CNY"]["text"] + "元",
                                               findings["bill.currency.EUR"]["text"] + "欧元"]


def test_held_ones_stand_first_and_every_customer_of_the_month_is_there(bad_day):
    page = Reader(page_of(bad_day))
    with index_store.opened(bad_day) as ledger:
        expected = [tuple(row) for row in ledger.execute("SELECT tenant_id, state FROM tenant WHERE month = ?", (MONTH,))]
    expected.sort(key=lambda row: (STATES.index(row[1]), row[0]))
    assert [row["id"] for row in page.rows] == [tenant for tenant, _ in expected]
    assert [row["class"][0] for row in page.rows] == ["s-" + state.replace(" ", "-") for _, state in expected]
    assert "暂缓发送 第2版待人工放行；数据完整率低于95%" in " ".join(page.row(110)["cells"][2].split())
    assert "此前的第1版" in page.row(112)["cells"][7], "a failed customer keeps the report that it has"


def test_the_mail_of_the_revision_at_hand_is_told(bad_day):
    page = Reader(page_of(bad_day))
    told = {tenant: page.row(tenant)["cells"][8].split() for tenant in (1, 2, 3, 4, 5, 110, 113)}
    assert told == {1: ["已发送", "1/1个地址"], 2: ["失败", "2/3个地址"], 3: ["不明", "0/1个地址"], 4: ["已发送", "2/2个地址"],
                    5: ["未发送"], 110: ["暂缓"], 113: ["—"]}, "of 110 only revision 1 was sent"


def test_links_lead_to_files_that_are_there(bad_day):
    for row in Reader(page_of(bad_day)).rows:
        names = [urllib.parse.unquote(link) for link in row["links"]]
        assert all((bad_day / MONTH / name).is_file() for name in names), names
        assert not any(re.search(r"[^A-Za-z0-9\-._~/%]", link) for link in row["links"])
        kinds = [name.rsplit(".")[-1] for name in names]
        if row["id"] in (113, 114, 115, 116, 7):
            assert kinds == []
        else:
            assert kinds == ["pdf", "pdf", *(["json"] if row["id"] == 112 else ["xlsx", "json"])], "112 lost its workbook"


def test_the_picture_is_the_first_page_and_small(sample, tmp_path):
    page = Reader(page_of(sample))
    for tenant, edition in ((1, "single"), (5, "management"), (6, "single"), (9, "platform")):
        data = page.row(tenant)["picture"]
        picture = Image.open(io.BytesIO(data))
        assert (picture.size, picture.mode, len(data) < 5000) == ((144, 204), "P", True)
        subprocess.run(["pdftoppm", "-r", "72", "-png", "-l", "2", reports.folder_of(sample, tenant, edition=edition) /
                        "report.pdf", tmp_path / f"{tenant}"], check=True)
        distances = [sum(ImageStat.Stat(ImageChops.difference(
            picture.convert("RGB"), Image.open(path).convert("RGB").resize(picture.size, Image.Resampling.BOX))).mean)
            for path in sorted(tmp_path.glob(f"{tenant}-*.png"))]
        assert distances[0] < 20 and distances[0] < distances[1] / 3, distances


def test_the_html_is_valid(bad_day, english):
    for out in (bad_day, english):
        done = subprocess.run(["tidy", "-q", "-e", "-utf8", out / MONTH / "index.html"], capture_output=True, text=True,
                              check=False)
        # This tidy is older than two attributes of HTML's living standard, and takes empty elements for mistakes.
        left = [line for line in done.stderr.splitlines()
                if not re.search(r'<img> proprietary attribute "(loading|decoding)"|trimming empty <(span|option)>', line)]
        assert left == []


def test_the_page_is_the_same_for_the_same_ledger(program, sample_db, bad_day, tmp_path):
    shutil.copytree(bad_day, tmp_path / "out")
    write_page(program, sample_db, tmp_path / "out")
    assert TIMES.sub("", page_of(tmp_path / "out")) == TIMES.sub("", page_of(bad_day))
    assert [path.name for path in (bad_day / MONTH).iterdir() if path.name.startswith(".")] == []


def test_ledgers_of_shards_make_one_page(program, sample_db, bad_day, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(bad_day, out)
    shutil.copy(out / "ledger.db", out / "ledger-1-of-2.db")
    for name, rest in (("ledger.db", 0), ("ledger-1-of-2.db", 1)):
        with contextlib.closing(sqlite3.connect(out / name)) as ledger:
            for table in ("tenant", "revision", "file", "card"):
                ledger.execute(f"DELETE FROM {table} WHERE tenant_id % 2 = ? AND tenant_id <> 7", (rest,))
            if rest:
                ledger.execute("DROP TABLE mail")
            ledger.commit()
    write_page(program, sample_db, out)
    assert TIMES.sub("", page_of(out)) == TIMES.sub("", page_of(bad_day))


def test_a_ledger_of_an_earlier_program_gets_its_figures_with_the_next_run(program, sample_db, sample, tmp_path):
    out = index_store.copy(sample, tmp_path / "out")
    with index_store.opened(out) as ledger:
        ledger.execute("DELETE FROM card")
    write_page(program, sample_db, out, tenant=1)
    page, before = Reader(page_of(out)), Reader(page_of(sample))
    assert page.row(1)["cells"] == before.row(1)["cells"]
    assert (page.row(1)["picture"], page.row(2)["cells"][4].split()) == (None, ["—"])
    write_page(program, sample_db, out, "--force", tenant=1)
    assert Reader(page_of(out)).row(1)["picture"] == before.row(1)["picture"]


# --- runs -------------------------------------------------------------------------------------------------------------

def cards(out):
    with contextlib.closing(sqlite3.connect(out / "ledger.db")) as ledger:
        return ledger.execute("SELECT tenant_id, revision, intent, figures, picture FROM card ORDER BY 1, 2").fetchall()


def test_a_run_that_was_killed_ends_with_the_pictures_of_an_undisturbed_one(program, tmp_path):
    place = Place(program, tmp_path)
    undisturbed = tmp_path / "undisturbed"
    place.run("--format", "pdf", out=undisturbed)
    with place.begun("--format", "pdf") as process:
        process.stdout.readline()
        process.kill()
        process.wait()
    place.run("--format", "pdf")
    assert cards(place.out) == cards(undisturbed) and len(cards(place.out)) == 4
    place.run("--format", "xlsx")
    assert cards(place.out) == cards(undisturbed), "a format that is added keeps the card"


def test_a_run_that_was_ended_by_a_signal_leaves_the_page(program, tmp_path):
    place = Place(program, tmp_path)
    with place.begun() as process:
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
    page = (place.out / reports.SMALL_MONTH / "index.html").read_text(encoding="utf-8")
    assert "这次运行没有结束" in page and Reader(page).row(1)["cells"][2].split() == ["完成"]
    place.run()
    page = (place.out / reports.SMALL_MONTH / "index.html").read_text(encoding="utf-8")
    assert "这次运行没有结束" not in page and len(Reader(page).rows) == 4


def test_the_page_can_be_left_out(program, tmp_path):
    place = Place(program, tmp_path, tenants=(1,))
    reports.write_settings(tmp_path, output={"index": "no"})
    place.run()
    assert not (place.out / reports.SMALL_MONTH / "index.html").exists()


def test_a_wrong_language_or_template_ends_the_run_before_it_begins(program, tmp_path):
    place = Place(program, tmp_path, tenants=(1,))
    reports.write_settings(tmp_path, output={"index_language": "fr"})
    done = program(*place.command()[1:])
    assert done.returncode == 2 and "index_language is 'fr'; expected a file of that name in" in done.stderr
    template = reports.copy_templates(tmp_path) / "index.html"
    reports.write_settings(tmp_path, templates={"folder": tmp_path / "templates"})
    text = template.read_text(encoding="utf-8")
    for wrong, expected in ((text.replace("{{part row}}", ""), "part 'row' is missing"),
                            (text.replace("{{if $row.first}}", "", 1), "expected an {{if}} before"),
                            (text.replace("{{$row.id}}", "{{$row.id|loud}}", 1), "expected a number style behind '|'"),
                            (text + "{{if $row.id}}", "expected an {{end}} for every {{if}}"),
                            (text.replace("{{$row.id}}", "{{$row.id +}}", 1), "index.html")):
        template.write_text(wrong, encoding="utf-8")
        done = program(*place.command()[1:])
        assert done.returncode == 2 and expected in done.stderr and "templates/index.html" in done.stderr, done.stderr
    assert not place.out.exists()


def test_five_thousand_customers(program, sample_db, sample, browser, tmp_path):
    out = index_store.copy(sample, tmp_path / "out")

    def memory():
        with subprocess.Popen([program.path, "run", "--db", sample_db, "--month", MONTH, "--now", NOW, "--tenant", "7",
                               "--out", out], cwd=reports.ROOT, stdout=subprocess.DEVNULL) as process:
            return resource_of(process)

    few, _ = memory()
    index_store.crowd(out, 5000)
    many, seconds = memory()
    size = (out / MONTH / "index.html").stat().st_size
    print(f"5,000 customers: {size / 1e6:.1f} MB, {seconds:.2f} s CPU, {few} → {many} KiB")
    assert many < few * 1.15 and size < 30e6 and seconds < 10
    browser.open(out / MONTH / "index.html", "#q=客户04999")
    assert browser.rows() == [14999]
    browser.ask("const form = document.querySelector('.tools'); form.q.value = '客户049';"
                "form.dispatchEvent(new Event('input', {bubbles: true}));")
    assert browser.rows() == [14900 + number for number in range(100)]


def resource_of(process):
    _, status, usage = __import__("os").wait4(process.pid, 0)
    process.returncode = status >> 8
    assert process.returncode == 0 and isinstance(usage, resource.struct_rusage)
    return usage.ru_maxrss, usage.ru_utime + usage.ru_stime


def test_a_release_is_seen_at_once(program, bad_day, tmp_path):
    shutil.copytree(bad_day, tmp_path / "out")
    page = Reader(page_of(tmp_path / "out"))
    assert (page.row(110)["class"][0], page.row(110)["class"][2]) == ("s-held", "m-held")
    program("release", "--tenant", "110", "--month", MONTH, "--out", tmp_path / "out", check=True)
    page = Reader(page_of(tmp_path / "out"))
    assert (page.row(110)["class"][0], page.row(110)["class"][2]) == ("s-done", "m-none")
    assert page.rows[0]["id"] == 111


# --- in the browser ---------------------------------------------------------------------------------------------------

def choose(browser, **fields):
    for name, value in fields.items():
        browser.ask("const form = document.querySelector('.tools'); form[arguments[0]].value = arguments[1];"
                    "form[arguments[0]].dispatchEvent(new Event('input', {bubbles: true}));", name, value)
    return browser.rows()


def sort(browser, by):
    browser.ask("document.querySelector(`th[data-by=${arguments[0]}] button`).click()", by)
    return browser.rows()


def shown(browser):
    return browser.ask("return document.getElementById('shown').textContent")


def test_search_looks_in_name_id_and_reason(bad_day, browser):
    browser.open(bad_day / MONTH / "index.html")
    total = len(browser.rows())
    assert shown(browser) == f"显示 {total} 个，共 {total} 个"
    assert choose(browser, q="冷链") == [111, 2]
    assert shown(browser) == f"显示 2 个，共 {total} 个"
    assert choose(browser, q="116") == [116]
    assert choose(browser, q="SIGNAL 9") == [113], "the program's own words, without case, in any order"
    assert choose(browser, q="ＧＭＢＨ rheintal") == [6], "full-width letters are letters"
    assert choose(browser, q="<script>") == [101]
    assert choose(browser, q="nobody at all") == []
    assert browser.ask("return document.querySelector('.empty').checkVisibility()")
    browser.ask("document.querySelector('.tools button').click()")
    assert len(browser.rows()) == total


def test_filters_go_together_and_the_address_keeps_them(bad_day, browser):
    path = bad_day / MONTH / "index.html"
    browser.open(path)
    assert choose(browser, state="held") == [110, 111]
    assert choose(browser, health="poor") == [110]
    assert choose(browser, state="", health="", mail="unknown") == [3]
    assert choose(browser, mail="", edition="platform") == [9]
    assert choose(browser, edition="", state="no-data") == [114]
    assert choose(browser, state="", q="a&b=c#d") == []
    assert browser.ask("return location.hash") == "#q=a%26b%3Dc%23d"
    browser.open(path, "#state=failed&sort=-name&mail=none")
    assert browser.rows() == [112]
    browser.open(path, "#state=nonsense&sort=nothing&q=1")
    assert browser.ask("return document.getElementById('state').value") == ""
    browser.open(path)
    browser.ask("document.querySelector('.counts .s-failed a').click()")
    browser.ask("return new Promise(done => setTimeout(done, 50))")
    assert browser.rows() == [112, 113]
    assert browser.ask("return document.querySelector('.counts [aria-current]').hash") == "#state=failed"


def test_sorting_puts_what_is_not_measured_last_and_money_by_currency(bad_day, browser):
    browser.open(bad_day / MONTH / "index.html")
    before = browser.rows()
    with index_store.opened(bad_day) as ledger:
        costs = {tenant: (currency, amount) for tenant, currency, amount in ledger.execute(
            "SELECT tenant_id, json_extract(figures, '$.cost[0][1]'), json_extract(figures, '$.cost[0][0]') + 0 FROM card"
            " WHERE json_array_length(figures, '$.cost') = 1")}
    by_cost = sort(browser, "cost")
    measured = [tenant for tenant in by_cost if tenant in costs]
    assert measured == sorted(measured, key=lambda tenant: (costs[tenant][0], -costs[tenant][1], before.index(tenant)))
    assert by_cost[len(measured):] == [tenant for tenant in before if tenant not in costs]
    assert browser.ask("return document.querySelector('th[data-by=cost]').getAttribute('aria-sort')") == "descending"
    upwards = sort(browser, "cost")
    assert upwards[:len(measured)] == sorted(measured, key=lambda tenant: (*costs[tenant], before.index(tenant)))
    assert sort(browser, "cost") == before, "the third time it is the page's own order"
    assert sort(browser, "health")[0] == 110
    sort(browser, "health")
    assert browser.ask("return location.hash") == "#sort=-health"


def test_the_keyboard_is_enough(bad_day, browser):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    browser.open(bad_day / MONTH / "index.html")
    browser.driver.find_element(By.TAG_NAME, "body").send_keys("/")
    active = browser.driver.switch_to.active_element
    assert active.get_attribute("id") == "q"
    active.send_keys("南京")
    assert browser.rows() == [111]
    active.send_keys(Keys.ESCAPE)
    seen = []
    for _ in range(20):
        browser.driver.switch_to.active_element.send_keys(Keys.TAB)
        seen.append(browser.ask("const e = document.activeElement; return e.name || e.type || e.textContent.trim()"))
    assert seen[:4] == ["state", "edition", "health", "mail"] and seen.count("button") >= 8, seen
    browser.ask("document.querySelector('th[data-by=name] button').focus()")
    browser.driver.switch_to.active_element.send_keys(Keys.ENTER)
    assert browser.ask("return location.hash") == "#sort=name"


def test_nothing_is_asked_of_the_network_and_nothing_is_refused(bad_day, browser):
    browser.open(bad_day / MONTH / "index.html")
    browser.ask("scrollTo(0, document.body.scrollHeight); return new Promise(done => setTimeout(done, 200))")
    urls = browser.requests()
    assert urls and all(url.startswith("data:") or url == (bad_day / MONTH / "index.html").as_uri() for url in urls)
    assert browser.complaints() == [], "the page's own policy forbids nothing that it does"
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", page_of(bad_day))
    assert re.search(r"default-src 'none'; img-src data:; style-src 'sha256-[\w+/]{43}='; script-src 'sha256-", page_of(bad_day))


def test_without_script_everything_can_be_read(bad_day, browser):
    browser.open(bad_day / MONTH / "index.html", script=False)
    assert browser.rows() == [row["id"] for row in Reader(page_of(bad_day)).rows]
    assert not browser.ask("return document.querySelector('.tools').checkVisibility()")
    assert browser.ask("return document.querySelectorAll('th button').length") == 0
    assert browser.ask("return document.getElementById(document.querySelector('.counts .s-failed a').hash.slice(1))"
                       ".dataset.i") == "112", "a state's link leads to its first customer"


def test_names_stay_names(bad_day, browser):
    browser.open(bad_day / MONTH / "index.html")
    names = dict(browser.ask("return Array.from(document.querySelectorAll('tbody tr'), row => [Number(row.dataset.i),"
                             " row.querySelector('bdi.name').textContent])"))
    assert {tenant: names[tenant] for tenant in index_store.HOSTILE} == index_store.HOSTILE | {
        108: "ab Set-Cookie: c"}, "controls go, the rest is text"
    assert browser.ask("return document.querySelectorAll('script').length") == 1
    assert browser.ask("return document.querySelectorAll('[onmouseover], tbody b').length") == 0
    assert browser.complaints() == []


@pytest.mark.parametrize("width", (1280, 768, 390, 320))
def test_it_fits_wide_and_narrow_and_can_be_read(bad_day, english, browser, width):
    for out in (bad_day, english):
        for scheme in ("light", "dark"):
            browser.open(out / MONTH / "index.html", width=width, scheme=scheme)
            assert browser.ask("return document.documentElement.scrollWidth") <= width
            cut = browser.ask(
                "return Array.from(document.querySelectorAll('td, tbody th, .counts li, h1, .run'))"
                ".filter(cell => cell.scrollWidth > cell.clientWidth + 1).map(cell => cell.textContent)")
            assert cut == [], "nothing runs out of its cell"
            assert browser.low_contrast() == []
        assert browser.ask("return document.documentElement.lang") == ("zh-CN" if out == bad_day else "en")
