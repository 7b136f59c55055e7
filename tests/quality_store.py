"""An embedded store of minutes in which what power quality must tell apart arises, point by point.

    301  everything, with ties: values that stand still, that rise, halves of a millionth, one value in all phases
    302  currents and powers alone
    303  phase voltages alone, a third of them outages
    304  one row
    305  no row
    306  rows closer than a minute, more of them than the window has minutes
"""

import random
import sqlite3

import broken_store
from servers import processes

START, MINUTE = broken_store.START, broken_store.MINUTE
END = START + 1300 * MINUTE
POINTS = (301, 302, 303, 304, 305, 306)


def everything(number, chance):
    row = broken_store.minute(number, chance)
    step = number // 100
    if step % 6 == 1:  # nothing moves: of equal values the earliest is the worst
        row.update(ua=246.1, ub=246.1, uc=213.9, uab=400, ubc=400, uca=410, freq=50.2, ia=100, ib=100, ic=115, thdua=5,
                   thdub=5, thduc=5, costtl=-0.9, pttl=60)
    elif step % 6 == 2:  # each value is the largest so far
        row.update({name: number / 9 for name in broken_store.DISTORTIONS}, freq=49 + number / 1300, pttl=number / 10)
    elif step % 6 == 3:  # halves of a millionth: k ÷ 128 has seven digits
        row.update({name: (number * 7 + at) % 640 / 128 for at, name in enumerate(broken_store.DISTORTIONS)},
                   freq=50 + (number % 51 - 25) / 128, costtl=(number % 128 or 1) / 128, pttl=number % 999 / 128)
    elif step % 6 == 4:  # line voltages come and go, one phase carries nothing
        row = {name: value for name, value in row.items() if name not in broken_store.LINES or number % 3}
        row.update(ia=0, pa=0, ic=chance.choice([0, 5e-7, 12.5]))
    return row


def rows(chance):
    for number in range(1300):
        if number % 700 < 5:
            continue
        time = START + number * MINUTE
        yield 301, time, everything(number, chance)
        yield 302, time, {name: chance.choice([0, -0.0, chance.uniform(0, 90)]) for name in ("ia", "ib", "ic", "pa",
                                                                                            "pb", "pttl")}
        if number % 2:
            yield 303, time, {name: chance.gauss(230, 9) * chance.choice([1, 1, 0.05]) for name in ("ua", "ub", "uc")}
    yield 304, START + 7 * MINUTE, broken_store.minute(1, chance)
    for number in range(1900):
        yield 306, START + number * 41_000, {"ua": chance.gauss(230, 9), "uab": chance.gauss(400, 9),
                                             "costtl": chance.uniform(-1, 1), "pttl": chance.uniform(-40, 40)}


def write(path):
    chance = random.Random(20260301)
    with sqlite3.connect(path) as store:
        store.executescript(processes.ROOT.joinpath("samples", "schema.sql").read_text(encoding="utf-8"))
        broken_store.directory(store)
        for point, time, cells in rows(chance):
            broken_store.insert(store, "point_1min_index", point_id=point, project_id=10, time=time, **cells)
    store.close()
    return path
