"""A month's ledger with customers in every state, made of the sample month's: the page of it is what people see on a bad
day. Also thousands of them, for size and time."""

import contextlib
import json
import pathlib
import shutil
import sqlite3

import reports

MONTH = reports.SAMPLE_MONTH
RUN_MS = 1793772000000  # 2026-11-04T06:00:00Z
HOSTILE = {
    101: "<script>alert(1)</script>",
    102: "\" onmouseover='alert(1)' x=\"",
    103: "=cmd|'/C calc'!A0 & <b>浦东</b>",
    104: "../../etc/passwd",
    105: "شركة الكهرباء Ltd. 12",
    106: "W" * 120,
    107: "苏州工业园区" * 20,
    108: "a\u202eb\r\nSet-Cookie: c",
}
BAD = (  # id, name, edition, state, reason, whose report is shown (0 = none), revision
    (110, "常熟精密铸造有限公司", "single", "held",
     "revision 2 is held until it is released; coverage of 91.2% is below the gate of 95%", 1, 2),
    (111, "南京江北冷链物流园", "single", "held", "coverage of 88.0% is below the gate of 95%", 2, 1),
    (112, "扬州金陵医院", "single", "failed",
     "cannot reach 'https://es.example:9200': Connection refused; expected a server there", 3, 1),
    (113, "无锡锡山纺织厂", "single", "failed", "its worker was ended by signal 9", 0, 0),
    (114, "昆山集成电路产业园", "management", "no data",
     "no data: not one row of its points in 2026-10; expected rows in the store for that month", 0, 0),
    (115, "镇江新区水务", "single", "interrupted", "its run was killed", 0, 0),
    (116, "Nordsee Kühlhaus AG", "single", "waiting", "2026-10 is not settled before 2026-11-04T00:00:00+01:00", 0, 0),
)


def place(out, edition, tenant, name):
    """The report's folder as a run makes it, but for its name, which is the tenant's id alone and what a path can hold."""
    safe = "".join("_" if c in '/\\:*?"<>|\r\n\u202e' else c for c in name).encode()[:80].decode(errors="ignore").lstrip(".")
    folder = out / MONTH / edition / f"{tenant}-{safe}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def add(ledger, out, tenant, name, edition, state, reason, shown, revision, files=True):
    folder = place(out, edition, tenant, name) if shown else None
    if shown:
        source = ledger.execute("SELECT * FROM revision WHERE month = ? AND tenant_id = ? AND intent = 0", (MONTH, shown)).fetchone()
        row = dict(source) | {"tenant_id": tenant, "revision": revision, "edition": edition,
                              "state": "held" if state == "held" else "done", "reason": reason,
                              "folder": str(folder.relative_to(out))}
        insert(ledger, "revision", row)
        for file in ledger.execute("SELECT * FROM file WHERE month = ? AND tenant_id = ? AND intent = 0", (MONTH, shown)).fetchall():
            insert(ledger, "file", dict(file) | {"tenant_id": tenant, "revision": revision})
            if files:
                (folder / file["name"]).touch()
        for card in ledger.execute("SELECT * FROM card WHERE month = ? AND tenant_id = ? AND intent = 0", (MONTH, shown)).fetchall():
            insert(ledger, "card", dict(card) | {"tenant_id": tenant, "revision": revision})
    coverage = ledger.execute("SELECT coverage FROM tenant WHERE month = ? AND tenant_id = ?", (MONTH, shown)).fetchone() if shown else None
    insert(ledger, "tenant", dict(
        month=MONTH, tenant_id=tenant, name=name, edition=edition, run=1, state=state, reason=reason,
        coverage=coverage["coverage"] if coverage else None, revision=revision, folder=str(folder) if folder else None,
        cutoff_ms=RUN_MS, began_ms=RUN_MS, ended_ms=RUN_MS, duration_ms=1200, attempts=1, version="0.1.0"))


def insert(ledger, table, row):
    ledger.execute(f"INSERT OR REPLACE INTO {table}({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
                   tuple(row.values()))


def change_card(ledger, tenant, **figures):
    card = json.loads(ledger.execute("SELECT figures FROM card WHERE tenant_id = ?", (tenant,)).fetchone()[0])
    ledger.execute("UPDATE card SET figures = ? WHERE tenant_id = ?", (json.dumps(card | figures), tenant))


@contextlib.contextmanager
def opened(out):
    with contextlib.closing(sqlite3.connect(out / "ledger.db")) as ledger:
        ledger.row_factory = sqlite3.Row
        yield ledger
        ledger.commit()


def bad_day(out):
    """Every state, hostile names, mail of every kind."""
    with opened(out) as ledger:
        for row in BAD:
            add(ledger, out, *row)
        for number, (tenant, name) in enumerate(HOSTILE.items()):
            add(ledger, out, tenant, name, "single", "done", None, 1 + number % 4, 1)
        change_card(ledger, 110, coverage="0.912345", health="58.2", grade="poor",
                    cost=[["1234567.8", "CNY", "0.31", "day"]])
        change_card(ledger, 111, coverage="0.88", cost=[["99.5", "CNY", None, "new"]])
        ledger.execute(
            "CREATE TABLE IF NOT EXISTS mail(sending INTEGER PRIMARY KEY AUTOINCREMENT, month TEXT NOT NULL,"
            " tenant_id INTEGER NOT NULL, edition TEXT NOT NULL, revision INTEGER NOT NULL, address_key TEXT NOT NULL,"
            " address TEXT NOT NULL, name TEXT, kind TEXT NOT NULL, state TEXT NOT NULL, reply TEXT,"
            " attempts INTEGER NOT NULL, began_ms INTEGER NOT NULL, ended_ms INTEGER, message_id TEXT NOT NULL,"
            " UNIQUE(month, tenant_id, edition, revision, address_key))")
        for tenant, revision, states in ((1, 1, ("sent",)), (2, 1, ("sent", "sent", "failed")), (3, 1, ("unknown",)),
                                         (4, 1, ("sent", "sent")), (110, 1, ("sent",))):
            for number, state in enumerate(states):
                insert(ledger, "mail", dict(
                    month=MONTH, tenant_id=tenant, edition="single", revision=revision, address_key=f"a{number}",
                    address=f"a{number}@example.com", kind="to", state=state, attempts=1, began_ms=RUN_MS,
                    message_id="<1@example.com>"))


def crowd(out, count):
    """`count` customers more, with the sample's pages as theirs."""
    with opened(out) as ledger:
        for number in range(count):
            add(ledger, out, 10_000 + number, f"客户{number:05d}有限公司", "single", "done", None, 1 + number % 4, 1)


def copy(source, out):
    """The reports of a run elsewhere; the ledger's folders are looked up by their last two names."""
    shutil.copytree(source, out)
    return pathlib.Path(out)
