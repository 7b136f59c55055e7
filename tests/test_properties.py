"""What must hold of any customer's month, whatever was measured: made-up companies of a fixed seed, and the same
companies with their rows in another order, with rows taken away, and with a price raised."""

import csv
import json
import random
from decimal import Decimal

import pytest

from test_figures_cases import Company

MONTH, NOW = "2026-03", "2026-05-01T00:00:00Z"
NUMBERS = (1, 2, 3, 4)
SLOTS = ("sharp", "peak", "flat", "valley", "deep")
PRICES = {"sharp": "1.2873", "peak": "1.0421", "flat": "0.6519", "valley": "0.3107", "deep": "0.2014"}
EXACT = Decimal


def decimals(finding):
    return None if finding["value"] is None else EXACT(str(finding["value"]))


# --- made-up companies ------------------------------------------------------------------------------------------------


def day_of_slots(random_, prices):
    """A day cut into pieces of whole hours, each with a slot of its own."""
    edges = sorted(random_.sample(range(1, 24), random_.randint(2, 8)))
    names = [random_.choice(SLOTS) for _ in range(len(edges) + 1)]
    names[0] = "valley"
    return tuple(("all", 60 * start, 60 * end, name, prices[name])
                 for start, end, name in zip([0, *edges], [*edges, 24], names, strict=True))


def mode(random_):
    kind = random_.choice(("none", "capacity", "actual_demand", "contract_demand"))
    return {"basic_mode": kind, "capacity_price": 23.5, "demand_price": 37.25,
            "contract_kw": random_.choice((200, 400, 700)), "pf_standard": random_.choice(("", 0.8, 0.85, 0.9)),
            "fund_price": random_.choice((0, 0.0271))}


def measure(company, random_, place, size):
    """Two months of a point's quarters: a shape by the hour, gaps, zeros, nonsense, rows off the grid."""
    start = len(company.books.get("point_15min_electric", []))
    company.fill("2026-02-01T00:00", "2026-04-01T00:00", kwh=0, place=place)
    rows = company.books["point_15min_electric"]
    kept = []
    for number, row in enumerate(rows[start:]):
        hour = number // 4 % 24
        row["kwh"] = round(size * (0.3 + 0.7 * (8 <= hour < 20)) * random_.uniform(0.5, 1.5), random_.choice((0, 2, 4)))
        row["kvarh_lag"] = round(row["kwh"] * random_.uniform(0.1, 0.8), 3)
        row["kvarh_lead"] = round(random_.choice((0, 0, 0.1)) * row["kwh"], 3)
        luck = random_.random()
        if luck < 0.004:
            row["kwh"] = random_.choice((-5, 1_000_000, ""))
        elif luck < 0.008:
            row["time"] = row["time"].replace(":00+00:00", ":41+00:00")
        if luck < 0.97:
            kept.append(row)
        if luck > 0.996:
            kept.append({**row, "time": row["time"].replace(":00+00:00", ":33+00:00"), "kwh": round(size / 3, 2)})
    rows[start:] = kept


def alarm(company, random_, number):
    day, hour = random_.randint(1, 28), random_.randint(0, 23)
    start = f"2026-03-{day:02d}T{hour:02d}:{random_.randint(0, 59):02d}:{number % 60:02d}+08:00"
    company.add("soe_event", event_id=f"e{company.number}-{number}", project_id=company.number,
                point_id=company.number * 1000 + random_.randint(0, 1), sensor_id="",
                code=random_.choice(("overload", "over_voltage", "low_power_factor", "test_call", "unheard_of")),
                level=random_.randint(1, 3), started_at=start,
                ended_at=random_.choice(("", start.replace("2026-03", "2026-04"))))


def books(seed, prices=None):
    tables = {}
    for number in NUMBERS:
        random_ = random.Random(f"{seed} {number}")
        company = Company(tables, number).tenant()
        company.point(0, kva=1600).point(1, kva=1000)
        company.point(2, role="feeder", kva=0, rated_current_a=900, parent_id=1000 * number)
        company.tariff(slots=day_of_slots(random_, {**PRICES, **(prices or {})}), **mode(random_))
        for place, size in ((0, 90), (1, 30), (2, 12)):
            measure(company, random_, place, size)
        for event in range(random_.randint(0, 60)):
            alarm(company, random_, event)
    for code, category in (("overload", "load"), ("over_voltage", "quality"), ("low_power_factor", "quality")):
        tables.setdefault("alarm_type", []).append({"code": code, "name_zh": code, "name_en": code,
                                                    "category": category, "retired": 0})
    return tables


def reports_of(program, folder, tables):
    folder.mkdir()
    for name, rows in tables.items():
        with open(folder / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
            heads = list(dict.fromkeys(key for row in rows for key in row))
            table = csv.DictWriter(file, heads, restval="")
            table.writeheader()
            table.writerows(rows)
    program("import", folder, "--db", folder / "books.db", check=True)
    program("run", "--db", folder / "books.db", "--month", MONTH, "--now", NOW, "--format", "json", "--out",
            folder / "out", check=True)
    texts = {int(path.parent.name.split("-")[0]): path.read_text(encoding="utf-8")
             for path in (folder / "out").rglob("report.json")}
    assert sorted(texts) == list(NUMBERS)
    return texts


@pytest.fixture(scope="module", params=["spring", "summer"])
def made(request, program, tmp_path_factory):
    """The companies of a seed with their reports, and a way to have them reported on with other books."""
    folder = tmp_path_factory.mktemp(request.param)
    texts = reports_of(program, folder / "as-it-is", books(request.param))

    def again(name, tables):
        return reports_of(program, folder / name, tables)

    return request.param, texts, again


@pytest.fixture(params=NUMBERS)
def company_report(request, made):
    return json.loads(made[1][request.param])


# --- parts and wholes -------------------------------------------------------------------------------------------------


def total(findings, ids):
    values = [decimals(findings[name]) for name in ids if name in findings]
    return sum((value for value in values if value is not None), EXACT(0))


def test_energy_is_the_sum_of_its_parts(company_report):
    project = company_report["projects"][0]
    findings = project["findings"]
    whole = decimals(findings["energy.total"])
    incomers = [point["findings"] for point in project["points"] if point["id"] % 1000 < 2]
    assert whole == total(findings, [f"energy.slot.{slot}" for slot in SLOTS])
    assert whole == total(findings, ["energy.working", "energy.off"])
    assert whole == sum(decimals(point["energy.total"]) for point in incomers)
    days = [EXACT(str(value)) for value in project["series"]["energy_day"]["values"] if value is not None]
    assert whole == sum(days)


def test_shares_add_up_to_the_whole(company_report):
    findings = company_report["projects"][0]["findings"]
    shares = [findings[f"energy.share.{slot}"] for slot in SLOTS if f"energy.share.{slot}" in findings]
    assert sum(decimals(share) for share in shares if share["value"] is not None) == 1
    printed = [EXACT(share["text"].rstrip("%")) for share in shares if share["value"] is not None]
    assert sum(printed) == 100
    assert all(-text.as_tuple().exponent == 1 for text in printed)


def test_the_bill_is_the_sum_of_its_lines(company_report):
    project = company_report["projects"][0]
    findings = project["findings"]
    amounts = [EXACT(str(line["amount"])) for line in project["bill_lines"]]
    assert decimals(findings["bill.total"]) == sum(amounts)
    assert decimals(findings["bill.total"]) == total(findings, ["bill.energy", "bill.basic", "bill.pf.amount"])
    assert decimals(findings["bill.energy"]) == total(findings, [f"bill.energy.{slot}" for slot in SLOTS])


def test_the_change_is_the_sum_of_its_parts(company_report):
    findings = company_report["projects"][0]["findings"]
    parts = [name for name in findings if name.startswith("change.") and name != "change.total"]
    assert len(parts) == 7
    assert decimals(findings["change.total"]) == total(findings, parts)


def test_alarms_are_counted_alike_however_they_are_sorted(company_report):
    project = company_report["projects"][0]
    findings, whole = project["findings"], decimals(project["findings"]["alarms.total"])
    for kind in ("type", "level", "category", "point"):
        assert total(findings, [name for name in findings if name.startswith(f"alarms.{kind}.")]) == whole, kind
    for series in ("alarms_day", "alarms_hour"):
        assert sum(EXACT(str(value)) for value in project["series"][series]["values"]) == whole, series


def test_loads_stand_in_their_order(company_report):
    findings = company_report["projects"][0]["findings"]
    low, base, mean, high = (decimals(findings[f"load.{name}"]) for name in ("min", "base", "mean", "max"))
    assert low <= base <= high and low <= mean <= high
    assert 0 <= decimals(findings["load.peak_valley"]) <= high
    assert 0 < decimals(findings["load.rate"]) <= 1


# --- the same companies, otherwise ------------------------------------------------------------------------------------


def test_the_order_of_rows_changes_nothing(made):
    seed, texts, again = made
    tables = books(seed)
    for name, rows in tables.items():
        random.Random(f"{seed} {name}").shuffle(rows)
    assert again("shuffled", tables) == texts


def test_taking_rows_away_never_raises_coverage(made):
    seed, texts, again = made
    tables, random_ = books(seed), random.Random(f"{seed} away")
    rows = tables["point_15min_electric"]
    tables["point_15min_electric"] = [row for row in rows if random_.random() > 0.08]
    for number, text in again("fewer", tables).items():
        now, before = json.loads(text), json.loads(texts[number])
        assert decimals(now["findings"]["coverage.measured"]) < decimals(before["findings"]["coverage.measured"])
        assert now["findings"]["coverage.expected"] == before["findings"]["coverage.expected"]
        for point, earlier in zip(now["projects"][0]["points"], before["projects"][0]["points"], strict=True):
            assert decimals(point["findings"]["coverage.rate"]) <= decimals(earlier["findings"]["coverage.rate"])


@pytest.mark.parametrize("slot", SLOTS)
def test_a_dearer_slot_never_makes_a_cheaper_bill(made, slot):
    seed, texts, again = made
    dearer = again(f"dearer-{slot}", books(seed, {slot: str(EXACT(PRICES[slot]) * EXACT("1.07"))}))
    for number, text in dearer.items():
        now, before = (json.loads(each)["findings"] for each in (text, texts[number]))
        assert decimals(now["bill.total"]) >= decimals(before["bill.total"])
        used = decimals(before.get(f"energy.slot.{slot}", {"value": 0})) or 0
        rises = decimals(now["bill.total"]) > decimals(before["bill.total"])
        assert rises == (used > 1), (number, used)
        for other in SLOTS:
            if other != slot and f"bill.energy.{other}" in before:
                assert now[f"bill.energy.{other}"]["value"] == before[f"bill.energy.{other}"]["value"]
