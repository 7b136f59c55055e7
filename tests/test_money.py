"""Why the bill changed and what can be saved, worked out again from the report's own bills and demands, exactly."""
import json
import math
import sqlite3
from fractions import Fraction as F

import pytest

SLOTS = ("sharp", "peak", "flat", "valley", "deep")
REAL_CHANGE = {"days": "1180127.48", "volume": "-2536449.54", "slots": "974803.81", "price": "-3303697.23",
               "demand": "386048", "power_factor": "113829.18", "rounding": "-0.01", "total": "-3185338.31"}


def rounded(value, digits=2):
    """Half away from zero."""
    scaled = abs(value) * 10 ** digits
    whole = math.floor(scaled + F(1, 2))
    return F(-whole if value < 0 else whole, 10 ** digits)


def report_of(program, db, tenant, month, now, out):
    program("run", "--db", db, "--tenant", tenant, "--month", month, "--now", now, "--format", "json",
            "--out", out, check=True)
    path, = (out / month).glob(f"*/{tenant}-*/report.json")
    return json.loads(path.read_text(encoding="utf-8"), parse_float=F, parse_int=F)


def values(project):
    return {name: finding["value"] for name, finding in project["findings"].items()}


def tariff_price(db, project, day, slot):
    """The slot's price by the tariff in force on a day (of a month that has one tariff), None without such a slot."""
    with sqlite3.connect(db) as store:
        rows = store.execute(
            "SELECT DISTINCT s.price FROM tariff t JOIN tariff_slot s USING (tariff_id) WHERE t.project_id = ? AND "
            "t.valid_from <= ? AND (t.valid_to IS NULL OR t.valid_to > ?) AND s.slot = ? AND "
            "? BETWEEN s.month_from AND s.month_to", (int(project), day, day, slot, int(day[5:7]))).fetchall()
    assert len(rows) <= 1, rows
    return F(str(rows[0][0])) if rows else None


def change_of(now, before, days_now, days_before, price_before):
    """The parts by the method; price_before(slot) is asked for a slot that was not used last month."""
    energy_before = before["bill.energy"]
    kwh, kwh_before = now["energy.total"], before["energy.total"]
    at_old = at_new = F(0)
    for slot in SLOTS:
        k1, k0 = now[f"energy.slot.{slot}"], before[f"energy.slot.{slot}"]
        if not k1:
            continue
        price = rounded(now[f"bill.energy.{slot}"] / k1, 6)
        old = rounded(before[f"bill.energy.{slot}"] / k0, 6) if k0 else price_before(slot)
        at_new += k1 * price
        at_old += k1 * (price if old is None else old)
    ratio = F(days_now, days_before)
    parts = {"days": rounded(energy_before * (ratio - 1)),
             "volume": rounded(energy_before / kwh_before * (kwh - kwh_before * ratio)),
             "slots": rounded(at_old - energy_before / kwh_before * kwh),
             "price": rounded(at_new - at_old),
             "demand": now["bill.basic"] - before["bill.basic"],
             "power_factor": (now.get("bill.pf.amount") or 0) - (before.get("bill.pf.amount") or 0)}
    parts["total"] = now["bill.total"] - before["bill.total"]
    parts["rounding"] = parts["total"] - sum(value for name, value in parts.items() if name != "total")
    return parts


@pytest.fixture(scope="module")
def real_store(program, shared_data, tmp_path_factory):
    db = tmp_path_factory.mktemp("money") / "real.db"
    program("import", shared_data, "--db", db, check=True)
    return db


def test_the_change_of_a_real_plants_bill_is_the_one_computed_independently(program, real_store, tmp_path):
    report = report_of(program, real_store, 1, "2018-03", "2018-04-10T00:00:00Z", tmp_path)
    found = values(report["projects"][0])
    assert {name: found[f"change.{name}"] for name in REAL_CHANGE} == {k: F(v) for k, v in REAL_CHANGE.items()}
    assert sum(F(v) for k, v in REAL_CHANGE.items() if k != "total") == F(REAL_CHANGE["total"])


def test_a_real_plants_best_contract_and_shift(program, real_store, tmp_path):
    report = report_of(program, real_store, 1, "2018-08", "2018-09-10T00:00:00Z", tmp_path)
    project = report["projects"][0]
    found = values(project)
    demands = [value for value in project["series"]["months13.demand"]["values"] if value is not None]
    assert len(demands) == 8

    def cost(contract, demand, price=8320):
        within = F(105, 100) * contract
        return rounded(contract * price if demand <= within else within * price + (demand - within) * 2 * price)

    sums = {kw: sum(cost(kw, d) for d in demands) for kw in range(320, 1300)}
    best = min(sums, key=lambda kw: (sums[kw], kw))
    actual = sum(rounded(d * 8320) for d in demands)
    assert found["savings.basic.best_contract_kw"] == best
    assert found["savings.basic.cost.best_contract"] == sums[best]
    assert found["savings.basic.cost.contract_demand"] == sums[500]
    assert found["savings.basic.cost.actual_demand"] == actual
    assert found["savings.basic.cost.capacity"] is None
    assert found["savings.basic.year"] == sums[500] - min(actual, sums[best])
    moved = rounded(F(5, 100) * found["energy.total"], 6)
    peak = rounded(found["bill.energy.peak"] / found["energy.slot.peak"], 6)
    assert found["savings.shift.month"] == rounded(moved * (peak - F("56.1")))
    assert found["savings.shift.year"] == 12 * found["savings.shift.month"]


@pytest.mark.parametrize("tenant", [1, 2, 6])
def test_the_sample_customers_changes_add_up(program, sample_db, tmp_path, tenant):
    project, earlier = (report_of(program, sample_db, tenant, month, "2026-11-10T00:00:00Z", tmp_path)["projects"][0]
                        for month in ("2026-10", "2026-09"))
    now, before = values(project), values(earlier)
    expected = change_of(now, before, 31, 30,
                         lambda slot: tariff_price(sample_db, project["id"], "2026-09-15 00:00:00", slot))
    assert {name: now[f"change.{name}"] for name in expected} == expected
    costs = [now[f"savings.basic.cost.{name}"] for name in ("capacity", "best_contract", "actual_demand")]
    assert now["savings.basic.year"] >= 0 and any(cost is not None for cost in costs)
    if now["savings.basic.cost.contract_demand"] is not None:
        assert now["savings.basic.cost.best_contract"] <= now["savings.basic.cost.contract_demand"]
