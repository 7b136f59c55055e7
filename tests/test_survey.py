"""powerreport survey: alarms across every project, counted by the stores, against the projects' own reports and rows."""

import csv
import io
import json
import re
import sqlite3
import time

import openpyxl
import pytest

import reports
import survey_store
from live import secrets, write_config

SAMPLE = ("--month", reports.SAMPLE_MONTH, "--now", reports.SAMPLE_NOW)
MONTH = ("--month", survey_store.MONTH, "--now", survey_store.NOW)


def survey(program, *arguments, env=None):
    return json.loads(program("survey", *arguments, "--json", check=True, env=env).stdout)


def by_project(answer):
    return {project["project"]: project for project in answer["projects"]}


def assert_survey(answer, rows, codes=survey_store.CODES, now=survey_store.NOW):
    """Every count of every project, and every row that was left out, as worked out from the rows."""
    expected, excluded = survey_store.survey(rows, codes, now)
    given = by_project(answer)
    assert given.keys() == expected.keys()
    for number, project in expected.items():
        for code in codes:
            tally = given[number]["codes"].get(code, {"alarms": 0, "before": 0, "open": 0, "minutes": 0, "points": 0})
            for key, value in project[code].items():
                if key == "minutes":
                    assert abs(tally[key] - value) <= 0.000051, (number, code, key)
                else:
                    assert tally[key] == value, (number, code, key)
        for key in ("alarms", "before", "open"):
            assert given[number][key] == sum(project[code][key] for code in codes), (number, key)
        assert given[number]["days"] == project["days"] and given[number]["points"] == project["points"]
        top = given[number]["top_point"]
        assert (top and (top["point"], top["alarms"])) == project["top"]
    assert {reason: answer["excluded"][reason] for reason in survey_store.REASONS} == excluded
    assert answer["excluded"]["sum"] == sum(excluded.values())


# --- against the projects' own reports -------------------------------------------------------------------------------


def compare_with_reports(program, out, codes, *arguments):
    """How many counts were compared; each is that of the project's report."""
    program("run", *arguments, "--format", "json", "--out", out)
    whole = survey(program, *arguments, "--codes", ",".join(codes))
    answer, compared = by_project(whole), 0
    (platform,) = out.glob("*/platform/*/report.json")
    findings = json.loads(platform.read_text(encoding="utf-8"))["findings"]
    for code in whole["codes"]:
        if code["code"] in survey_store.CODES:
            for key, given in (("alarms", code["alarms"]), ("projects", code["projects"])):
                own = findings.get(f"platform.survey.{key}.{code['code']}", {"value": 0})["value"]
                assert own == given, (code["code"], key)
    for path in sorted(out.glob("*/*/*/report.json")):
        for project in json.loads(path.read_text(encoding="utf-8"))["projects"]:
            for code in codes:
                own = project["findings"].get(f"alarms.type.{code}", {"value": 0})["value"]
                tally = answer[project["id"]]["codes"].get(code, {"alarms": 0})
                assert tally["alarms"] == own, (project["id"], code)
                compared += 1
    return compared


def test_each_projects_count_is_that_of_its_own_report(program, sample_db, tmp_path):
    """Of the five tenants of the single edition at least."""
    assert compare_with_reports(program, tmp_path / "out", survey_store.CODES, "--db", sample_db, *SAMPLE) >= 15


def test_counts_of_dirty_alarms_are_those_of_the_projects_own_reports(program, tmp_path):
    rows = survey_store.events()
    rows += survey_store.repeats(rows)
    store = survey_store.write(tmp_path / "own.db", rows, keyed=False, own=True)
    compared = compare_with_reports(program, tmp_path / "out", survey_store.ALL_CODES, "--db", store, *MONTH)
    assert compared >= (len(survey_store.PROJECTS) - 1) * len(survey_store.ALL_CODES)


def test_the_samples_counts_are_those_of_plain_sql(program, sample_db):
    """All of the sample's projects but 18 (Europe/Berlin) are in Asia/Shanghai; none of these alarms is dirty."""
    with sqlite3.connect(f"file:{sample_db}?mode=ro", uri=True) as store:
        rows = store.execute(
            "SELECT project_id, code, COUNT(*) FROM (SELECT DISTINCT project_id, point_id, sensor_id, code, phase,"
            " started_at FROM soe_event WHERE code IN ('low_power_factor', 'high_thd_u', 'high_thd_i')"
            " AND started_at >= 1790784000000 AND started_at < 1793462400000 AND project_id <> 18)"
            " GROUP BY 1, 2").fetchall()
    answer = by_project(survey(program, "--db", sample_db, *SAMPLE))
    given = {(number, code): tally["alarms"] for number, project in answer.items() if number != 18
             for code, tally in project["codes"].items() if tally["alarms"]}
    assert given == {(project, code): count for project, code, count in rows} and len(given) >= 5


# --- against the rows ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return survey_store.write(tmp_path_factory.mktemp("survey") / "survey.db")


@pytest.mark.parametrize("codes, now", [(survey_store.CODES, survey_store.NOW),
                                        (survey_store.ALL_CODES, survey_store.NOW),
                                        (("high_thd_u",), "2026-03-20T10:00:00Z")])
def test_alarms_of_every_kind_are_counted_as_the_method_says(program, store, codes, now):
    answer = survey(program, "--db", store, "--month", survey_store.MONTH, "--now", now, "--codes", ",".join(codes))
    assert_survey(answer, survey_store.events(), codes, now)
    assert answer["sum"]["alarms"] > 50
    if codes == survey_store.ALL_CODES:
        assert all(answer["excluded"].values())


def test_an_id_that_stands_twice_counts_once(program, tmp_path):
    rows = survey_store.events()
    rows += survey_store.repeats(rows)
    store = survey_store.write(tmp_path / "repeats.db", rows, keyed=False)
    answer = survey(program, "--db", store, *MONTH)
    assert_survey(answer, rows)
    without = survey_store.survey(survey_store.events())[0]
    assert any(by_project(answer)[number]["alarms"] != sum(without[number][code]["alarms"]
                                                           for code in survey_store.CODES) for number in (11, 16))


def test_projects_have_customers_names_and_worst_values(program, store):
    answer = by_project(survey(program, "--db", store, *MONTH))
    assert {number: answer[number]["tenant"] for number in answer} == {
        number: customer or 0 for number, (_, _, customer, _) in survey_store.PROJECTS.items()}
    assert [number for number in answer if not answer[number]["in_service"]] == [14]
    assert answer[12]["customer"] is None and answer[11]["customer"] == 'Customer 2, "management"'
    tops = {project["top_point"]["point"]: project["top_point"]["name"] for project in answer.values()
            if project["top_point"]}
    for point, name in tops.items():
        assert name == ("name of March" if point == 121 else None if point == 999 else f"Point {point}")
    # Farthest from its limit; the rows again, without duplicates being anything else here.
    kept = [row for row in survey_store.events() if row["project_id"] == 16 and row["code"] == "low_power_factor"]
    _, first, end = survey_store.edges("Pacific/Pago_Pago")
    both = [(abs(row["value"] - row["limit_value"]), -row["value"]) for row in kept
            if first <= row["started_at"] < end and None not in (row["value"], row["limit_value"])
            and survey_store.reason_of(row) is None and row["started_at"] <= survey_store.at(survey_store.NOW)]
    assert answer[16]["codes"]["low_power_factor"]["worst"] == -max(both)[1]


def test_ranks_and_shares_follow_from_the_counts(program, store):
    answer = survey(program, "--db", store, *MONTH)
    order = [(-project["alarms"], project["project"]) for project in answer["projects"]]
    assert order == sorted(order)
    assert sum(round(1000 * project["share"]) for project in answer["projects"] if project["share"]) == 1000
    assert sum(round(1000 * code["share"]) for code in answer["codes"]) == 1000
    assert answer["sum"]["alarms"] == sum(project["alarms"] for project in answer["projects"])


# --- counted by the cluster ------------------------------------------------------------------------------------------


def live_config(tmp_path, server, mariadb, stores, **more):
    return write_config(tmp_path, url=server.url, mariadb=mariadb, database=stores.database, prefix=stores.prefix, **more)


def index_rows(server, index, rows, rename=lambda document: document):
    """Documents whose ids are their numbers, as on a platform that does not know the contract's."""
    lines = []
    for number, row in enumerate(rows):
        lines.append(json.dumps({"index": {"_id": f"row-{number}"}}))
        lines.append(json.dumps(rename({key: value for key, value in row.items() if value is not None})))
    answer = server.request("POST", f"/{index}/_bulk?refresh=true&filter_path=errors,items.*.error",
                            ("\n".join(lines) + "\n").encode(), "application/x-ndjson")
    assert not answer["errors"], answer


def test_every_store_gives_the_same_survey(search_server, mariadb, loaded, store, program, tmp_path):
    """Five shards, so that no alarm's rows lie together."""
    stores = loaded("survey", search_server, sqlite=store, shards=5)
    config = live_config(tmp_path, search_server, mariadb, stores)
    for codes in (survey_store.CODES, survey_store.ALL_CODES):
        arguments = (*MONTH, "--codes", ",".join(codes))
        live = survey(program, "--config", config, *arguments, env=secrets(mariadb))
        assert live == survey(program, "--db", store, *arguments)
        assert_survey(live, survey_store.events(), codes)


def test_renamed_fields_and_repeated_ids_of_a_cluster_are_counted(search_server, mariadb, loaded, store, program,
                                                                  tmp_path):
    stores = loaded("survey", search_server, sqlite=store, shards=5)
    names = {"event_id": "uid", "project_id": "site", "point_id": "meter.id", "sensor_id": "probe", "code": "kind",
             "started_at": "@begin", "ended_at": "@end", "phase": "wire", "value": "reading", "limit_value": "bound"}
    types = {"uid": "keyword", "site": "integer", "probe": "long", "kind": "keyword", "@begin": "date", "@end": "date",
             "wire": "keyword", "reading": "double", "bound": "double"}
    rows = survey_store.events()
    rows += survey_store.repeats(rows)

    def rename(row):
        document = {names[key]: value for key, value in row.items() if key != "point_id"}
        return document | ({"meter": {"id": row["point_id"]}} if "point_id" in row else {})

    mapping = {"properties": {name: {"type": kind} for name, kind in types.items()} |
               {"meter": {"properties": {"id": {"type": "long"}}}}}
    for part in (0, 1):
        index = f"survey_own_{search_server.kind}-{part}"
        search_server.request("PUT", f"/{index}", {"settings": {"number_of_shards": 3, "number_of_replicas": 0},
                                                   "mappings": mapping})
        index_rows(search_server, index, rows[part::2], rename)
    config = live_config(tmp_path, search_server, mariadb, stores, indices={
        "events": [f"index = survey_own_{search_server.kind}-*", *(f"{key} = {name}" for key, name in names.items())]})
    answer = survey(program, "--config", config, *MONTH, env=secrets(mariadb))
    assert_survey(answer, rows)
    unkeyed = survey_store.write(tmp_path / "repeats.db", rows, keyed=False)
    assert answer == survey(program, "--db", unkeyed, *MONTH)


def test_a_partial_answer_is_an_error_and_never_a_smaller_count(opensearch, mariadb, loaded, store, program, canned,
                                                                tmp_path):
    stores = loaded("survey", opensearch, sqlite=store, shards=5)

    def lose_a_bucket(request, response):
        if "_msearch" not in request.path or b'"5":{"date_histogram"' not in request.body:
            return None
        answer = json.loads(response.body)
        del answer["responses"][0]["aggregations"]["alarms"]["buckets"][3]
        return type(response).json(answer)

    canned.forward(opensearch.url, tamper=lose_a_bucket)
    config = write_config(tmp_path, url=canned.url, mariadb=mariadb, database=stores.database, prefix=stores.prefix)
    done = program("survey", "--config", config, *MONTH, "-o", tmp_path / "s.csv", env=secrets(mariadb))
    assert done.returncode == 1 and re.search(r"hold \d+ rows; expected \d+", done.stderr), done.stderr
    assert not (tmp_path / "s.csv").exists()


# --- files -----------------------------------------------------------------------------------------------------------


def written(program, tmp_path, name, *arguments):
    path = tmp_path / name
    program("survey", *arguments, "-o", path, check=True)
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".")] == []
    return path


def test_the_csv_holds_every_project_and_is_safe_to_open(program, store, tmp_path):
    data = written(program, tmp_path, "s.csv", "--db", store, *MONTH).read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and data.count(b"\n") == data.count(b"\r\n") == 8
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    head, lines = rows[0], {row[1]: row for row in rows[1:]}
    answer = by_project(survey(program, "--db", store, *MONTH))
    assert lines.keys() == {str(number) for number in answer}
    for number, project in answer.items():
        line = dict(zip(head, lines[str(number)]))
        assert int(line["Total"]) == project["alarms"] and int(line["Month before"]) == project["before"]
        assert int(line["Alarm high_thd_u"]) == project["codes"].get("high_thd_u", {"alarms": 0})["alarms"]
        assert float(line["Minutes"]) == project["minutes"]
    assert lines["15"][2] == "'=1+2" and lines["15"][4] == "'-weaving"
    assert lines["12"][2] == 'Zwölf, "die" 十二厂'


def test_the_workbook_and_the_pdf_say_the_same(program, sample_db, tmp_path):
    answer = survey(program, "--db", sample_db, *SAMPLE)
    book = openpyxl.load_workbook(written(program, tmp_path, "s.xlsx", "--db", sample_db, *SAMPLE))
    assert book.sheetnames == ["汇总", "项目", "项目与类型"]
    rows = list(book["项目"].iter_rows(values_only=True))
    found = [{str(head): value for head, value in zip(rows[0], row)} for row in rows[1:]]
    assert [(int(row["项目编号"]), row["合计"], row["上月"]) for row in found] == [
        (project["project"], project["alarms"], project["before"]) for project in answer["projects"]]
    lines = list(book["项目与类型"].iter_rows(values_only=True))[1:]
    assert {(int(row[1]), row[4]): (row[6], row[12]) for row in lines} == {
        (project["project"], code): (tally["alarms"], tally["worst"]) for project in answer["projects"]
        for code, tally in project["codes"].items() if tally["alarms"] + tally["before"]}
    pages = reports.page_texts(written(program, tmp_path, "s.pdf", "--db", sample_db, *SAMPLE))
    text = re.sub(r"\s", "", "".join(pages))
    assert f"共{answer['sum']['alarms']}次" in text and "功率因数越限、电压谐波畸变越限、电流谐波畸变越限" in text
    for project in answer["projects"]:
        assert (project["name"] in text) == (project["alarms"] > 0)


def test_the_survey_is_in_the_operators_language_and_the_same_bytes_each_time(program, store, tmp_path):
    (tmp_path / "again").mkdir()
    for name in ("s.pdf", "s.xlsx", "s.csv"):
        first = written(program, tmp_path, name, "--db", store, *MONTH).read_bytes()
        assert written(program, tmp_path / "again", name, "--db", store, *MONTH).read_bytes() == first
    text = "".join(reports.page_texts(tmp_path / "s.pdf"))
    assert "Survey of alarms" in text and "Sent again" in text and "Alarm high_thd_u" in text
    nobody = survey_store.write(tmp_path / "nobody.db", operator=None)
    text = "".join(reports.page_texts(written(program, tmp_path, "n.pdf", "--db", nobody, *MONTH)))
    assert "告警普查" in text


def test_a_month_without_alarms_is_an_answer(program, store, tmp_path):
    quiet = ("--db", store, "--month", "2025-06", "--now", survey_store.NOW)
    assert survey(program, *quiet)["sum"]["alarms"] == 0
    assert len(written(program, tmp_path, "s.csv", *quiet).read_bytes().splitlines()) == 8
    text = "".join(reports.page_texts(written(program, tmp_path, "s.pdf", *quiet)))
    assert "None of 7 projects" in text.replace("\n", " ")
    openpyxl.load_workbook(written(program, tmp_path, "s.xlsx", *quiet))


def test_eight_codes_and_one_fit_every_file(program, store, tmp_path):
    known = ",".join((*survey_store.ALL_CODES,))
    for codes in (known, "high_thd_u"):
        for name in ("s.pdf", "s.xlsx", "s.csv"):
            written(program, tmp_path, name, "--db", store, *MONTH, "--codes", codes)
        head = (tmp_path / "s.csv").read_text(encoding="utf-8-sig").splitlines()[0]
        assert head.count("high_thd_u") == 1 and head.count("strange") == (codes == known)


# --- the command line ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments, words", [
    (("-o", "{}/s.csv"), "--month is missing"),
    (("--month", "2026-03"), "-o is missing"),
    (("--month", "2026-03", "-o", "{}/s.txt"), "expected a file that ends in .xlsx, .csv, .pdf or .layout"),
    (("--month", "2026-03", "-o", "{}/csv"), "expected a file that ends in .xlsx, .csv, .pdf or .layout"),
    (("--month", "2026-03", "-o", "{}/none/s.csv"), "is no folder"),
    (("--month", "2026-03", "-o", "{}/s.csv", "--codes", "high_thd_u,,"), "empty code"),
    (("--month", "2026-03", "-o", "{}/s.csv", "--codes", "a,b,c,d,e,f,g,h,i"), "more than 8 codes"),
    (("--month", "2026-03", "-o", "{}/s.csv", "--codes", "high_thd"),
     "'high_thd' is no type of alarm, and no event of these months has it; expected one of high_thd_i, high_thd_u, "
     "low_power_factor, old, over_temperature"),
    (("--month", "2026-03", "-o", "{}/s.csv", "--db", "{}/none.db"), "no such file"),
])
def test_what_cannot_be_done_is_refused_before_anything_is_written(program, store, tmp_path, arguments, words):
    arguments = [argument.format(tmp_path) for argument in arguments]
    done = program("survey", *(() if "--db" in arguments else ("--db", store)), *arguments)
    assert done.returncode == 2 and words in done.stderr and done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_a_code_that_only_events_know_is_counted_under_its_own_name(program, store, tmp_path):
    path = written(program, tmp_path, "s.csv", "--db", store, *MONTH, "--codes", " strange , high_thd_u,strange")
    assert ",strange,Alarm high_thd_u,Total," in path.read_text(encoding="utf-8-sig").splitlines()[0]


def test_a_file_that_is_there_stays_whole_until_the_new_one_is(program, store, tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("old", encoding="utf-8")
    done = program("survey", "--db", store, *MONTH, "-o", path, "--codes", "no_such")
    assert done.returncode == 2 and path.read_text(encoding="utf-8") == "old"
    program("survey", "--db", store, *MONTH, "-o", path, "--quiet", check=True)
    assert path.read_text(encoding="utf-8-sig").startswith("Rank,")


# --- many projects ---------------------------------------------------------------------------------------------------


def many(path, projects):
    """Projects of ten points and two sensors, with twenty alarms each in two months."""
    with sqlite3.connect(path) as store:
        store.executescript(survey_store.processes.ROOT.joinpath("samples", "schema.sql").read_text(encoding="utf-8"))
        for code in survey_store.CODES:
            survey_store.insert(store, "alarm_type", code=code, name_zh=code, name_en=code, category="quality",
                                retired=0)
        span = range(1, projects + 1)
        store.executemany("INSERT INTO tenant (tenant_id, name, edition, locale, timezone, service_from) VALUES"
                          " (?, ?, 'single', 'zh-CN', 'Asia/Shanghai', '2020-01-01')",
                          ((number, f"客户{number}有限公司") for number in span))
        store.executemany("INSERT INTO project (project_id, name, industry, holiday_region) VALUES (?, ?, '纺织', 'CN')",
                          ((number, f"第{number}工厂") for number in span))
        store.executemany("INSERT INTO tenant_project VALUES (?, ?)", ((number, number) for number in span))
        store.executemany("INSERT INTO point (point_id, project_id, name, role, wiring, nominal_v, valid_from) VALUES"
                          " (?, ?, ?, 'incomer', '3p4w', 230, '2020-01-01 00:00:00')",
                          ((number * 100 + i, number, f"{number}号厂{i}号进线柜") for number in span for i in range(10)))
        store.executemany("INSERT INTO sensor (sensor_id, project_id, name, kind, valid_from) VALUES"
                          " (?, ?, '温度', 'temperature', '2020-01-01 00:00:00')",
                          ((number * 100 + i, number) for number in span for i in range(2)))
        store.executemany(
            "INSERT INTO soe_event (event_id, project_id, point_id, code, level, started_at, ended_at, value,"
            " limit_value) VALUES (?, ?, ?, ?, 3, ?, ?, 0.7, 0.9)",
            ((f"{number}-{i}", number, number * 100 + i % 10, survey_store.CODES[(number + i) % 3], start,
              start + 600_000) for number in span for i in range(20)
             for start in [survey_store.START + (i - 10) * 2 * survey_store.DAY + number * 1000]))
    store.close()
    return path


def measured(program, tmp_path, store, name):
    """Seconds and the most memory of a whole run."""
    peak = tmp_path / "peak"
    began = time.monotonic()
    done = reports.subprocess.run(["/usr/bin/time", "-f", "%M", "-o", peak, program.path, "survey", "--db", store, *MONTH,
                                   "-o", tmp_path / name, "--quiet"], capture_output=True, text=True, check=False,
                                  cwd=reports.ROOT, timeout=600)
    assert done.returncode == 0, done.stderr
    return time.monotonic() - began, int(peak.read_text(encoding="utf-8").split()[-1])


def test_five_thousand_projects_take_seconds_and_little_memory(program, tmp_path):
    few, all_of_them = many(tmp_path / "few.db", 100), many(tmp_path / "many.db", 5000)
    answer = survey(program, "--db", all_of_them, *MONTH)
    assert answer["sum"] == {"alarms": 5000 * 10, "before": 5000 * 10, "change": 0, "open": 0, "minutes": 5000 * 10 * 10,
                             "points": 5000 * 10, "projects": 5000, "projects_with_alarms": 5000,
                             "projects_without_alarms": 0, "codes": answer["sum"]["codes"], "half_projects": 2500,
                             "half_share": 0.5, "power_factor_alarms": answer["sum"]["power_factor_alarms"],
                             "harmonics_alarms": answer["sum"]["harmonics_alarms"]}
    for name in ("s.csv", "s.xlsx", "s.pdf"):
        _, base_kib = measured(program, tmp_path, few, name)
        seconds, memory_kib = measured(program, tmp_path, all_of_them, name)
        print(f"{name}: {seconds:.1f} s, {base_kib} KiB for 100 projects, {memory_kib} KiB for 5000")
        assert seconds < 60
        assert memory_kib < 1.4 * base_kib, (name, base_kib, memory_kib)  # fifty times the projects
    given = [(project["project"], project["alarms"]) for project in answer["projects"]]
    lines = list(csv.reader(io.StringIO((tmp_path / "s.csv").read_text(encoding="utf-8-sig"))))[1:]
    assert [(int(line[1]), int(line[8])) for line in lines] == given
    sheets = openpyxl.load_workbook(tmp_path / "s.xlsx", read_only=True)
    rows = list(sheets["项目"].iter_rows(min_row=2, values_only=True))
    assert [(int(row[1]), row[8]) for row in rows] == given
    assert sum(row[6] for row in sheets["项目与类型"].iter_rows(min_row=2, values_only=True)) == 50_000
    pages = reports.page_texts(tmp_path / "s.pdf")
    assert len(pages) < 20 and "另有4,700个有告警的项目见工作簿" in re.sub(r"\s", "", "".join(pages))


# --- templates -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change, code, words", [
    (None, 2, "no template for the survey; expected"),
    ("[cover]\ntitle = survey.title\n", 2, "unknown section [cover]; expected one of: edition, chapter, block, sheet"),
    ("[chapter more]\ntitle = survey.none\nwhen = $survey.nothing\nscope = tenant\n", 2,
     "unknown variable '$survey.nothing'"),
])
def test_a_template_that_is_wrong_or_gone_is_told(program, store, tmp_path, change, code, words):
    folder = tmp_path / "templates"
    reports.shutil.copytree(reports.ROOT / "templates", folder)
    if change is None:
        (folder / "survey.ini").unlink()
    else:
        with open(folder / "survey.ini", "a", encoding="utf-8") as lines:
            lines.write(f"\n{change}")
    config = write_config(tmp_path, path=store)
    config.write_text(config.read_text(encoding="utf-8").replace(f"folder = {reports.ROOT}/templates",
                                                                 f"folder = {folder}"), encoding="utf-8")
    done = program("survey", "--config", config, *MONTH, "-o", tmp_path / "s.pdf")
    assert done.returncode == code and words in done.stderr, done.stderr
    assert not (tmp_path / "s.pdf").exists()
