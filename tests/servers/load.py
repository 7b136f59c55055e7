"""Loads a data set (an embedded store, or a folder of CSV files) into a MariaDB database and a search server.

    stores = load_embedded("build/sample.db", search, mariadb, "sample", tenants=[1, 2])
    stores = load_csv_folder(folder, search, mariadb, "real")
    stores.database, stores.prefix       the indices are <prefix>point_15min_electric and so on

The mappings are those of docs/contract/mappings.json, the document ids those of the contract: "<point or sensor
id>-<time in ms>", for an event its event_id; a later row of the same id replaces the earlier.
"""

import collections
import csv
import datetime
import json
import pathlib
import sqlite3
import threading

from . import processes

MAPPINGS = processes.ROOT / "docs" / "contract" / "mappings.json"
DIRECTORY_TABLES = ("tenant", "project", "tenant_project", "transformer", "point", "point_name", "meter_change",
                    "sensor", "tariff", "tariff_slot", "offday", "alarm_type", "utility_bill", "monthly_plan",
                    "emission_factor", "recipient")
# What a document's id begins with; None: event_id alone.
ID_COLUMN = {"point_15min_electric": "point_id", "point_1min_index": "point_id", "location_1min_aiao": "sensor_id",
             "soe_event": None}
TIME_COLUMNS = ("time", "ingested_at", "started_at", "ended_at", "confirmed_at", "closed_at")
TEXT_COLUMNS = ("event_id", "code", "slot", "phase", "point_name", "message")
BULK_BYTES = 6 << 20

Stores = collections.namedtuple("Stores", "database prefix")


def load_embedded(path, search, mariadb, name, tenants=None, from_ms=None, to_ms=None, shards=1):
    """tenants: only their projects' series; from_ms, to_ms: only the minutes and sensor samples within."""
    with sqlite3.connect(f"file:{pathlib.Path(path).resolve()}?mode=ro", uri=True) as store:
        stores = _create(name, search, mariadb, shards)
        present = {row[0] for row in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for table in DIRECTORY_TABLES:
            if table in present:
                cursor = store.execute(f'SELECT * FROM "{table}" ORDER BY rowid')
                _insert(mariadb, name, table, [column[0] for column in cursor.description], cursor)
        projects = _projects(store, tenants)
        for data_set in ID_COLUMN:
            if data_set not in present:
                continue
            conditions, values = [], []
            if projects is not None:
                conditions.append(f"project_id IN ({','.join('?' * len(projects))})")
                values.extend(projects)
            if data_set in ("point_1min_index", "location_1min_aiao"):
                if from_ms is not None:
                    conditions.append("time >= ?")
                    values.append(from_ms)
                if to_ms is not None:
                    conditions.append("time < ?")
                    values.append(to_ms)
            where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
            cursor = store.execute(f'SELECT * FROM "{data_set}"{where}', values)
            columns = [column[0] for column in cursor.description]
            _index(search, stores.prefix, data_set, (dict(zip(columns, row)) for row in cursor))
    _settle(search, stores.prefix)
    return stores


def load_csv_folder(folder, search, mariadb, name):
    """Every file of the contract that the folder holds; other files are left alone."""
    folder = pathlib.Path(folder)
    stores = _create(name, search, mariadb)
    for table in DIRECTORY_TABLES:
        path = folder / f"{table}.csv"
        if path.exists():
            with open(path, encoding="utf-8-sig", newline="") as lines:
                reader = csv.reader(lines)
                columns = next(reader)
                _insert(mariadb, name, table, columns, ([cell or None for cell in row] for row in reader if row))
    for data_set in ID_COLUMN:
        path = folder / f"{data_set}.csv"
        if path.exists():
            with open(path, encoding="utf-8-sig", newline="") as lines:
                _index(search, stores.prefix, data_set, map(_typed, csv.DictReader(lines)))
    _settle(search, stores.prefix)
    return stores


def milliseconds(text):
    """ISO 8601 with an offset or Z → milliseconds since the epoch."""
    time = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    if time.tzinfo is None:
        raise ValueError(f"no offset in the time {text!r}")
    span = time - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    return (span.days * 86_400 + span.seconds) * 1000 + span.microseconds // 1000


def _typed(row):
    typed = {}
    for column, cell in row.items():
        if cell == "" or cell is None:
            continue
        if column in TIME_COLUMNS:
            typed[column] = milliseconds(cell)
        elif column in TEXT_COLUMNS:
            typed[column] = cell
        elif column.endswith("_id") or column == "level":
            typed[column] = int(cell)
        else:
            typed[column] = float(cell)
    return typed


def _projects(store, tenants):
    """The projects of the tenants; None = all (asked for, or a platform tenant is among them)."""
    if tenants is None:
        return None
    marks = ",".join("?" * len(tenants))
    editions = [row[0] for row in store.execute(f"SELECT edition FROM tenant WHERE tenant_id IN ({marks})", tenants)]
    if "platform" in editions:
        return None
    return [row[0] for row in store.execute(
        f"SELECT DISTINCT project_id FROM tenant_project WHERE tenant_id IN ({marks}) ORDER BY project_id", tenants)]


def _create(name, search, mariadb, shards=1):
    mariadb.create(name)
    stores = Stores(name, f"{name}-")
    for data_set, definition in json.loads(MAPPINGS.read_text(encoding="utf-8")).items():
        definition = json.loads(json.dumps(definition))
        definition["settings"].update({"number_of_shards": shards, "number_of_replicas": 0, "refresh_interval": "-1",
                                       "translog.durability": "async", "translog.flush_threshold_size": "1gb"})
        try:
            search.request("DELETE", f"/{stores.prefix}{data_set}")
        except RuntimeError as missing:
            if "HTTP 404" not in str(missing):
                raise
        search.request("PUT", f"/{stores.prefix}{data_set}", definition)
    return stores


def _insert(mariadb, database, table, columns, rows):
    head = f"REPLACE INTO `{table}` ({','.join(f'`{column}`' for column in columns)}) VALUES\n"
    lines = [f"({','.join(map(_literal, row))})" for row in rows]
    statements = [head + ",\n".join(lines[at:at + 1000]) + ";\n" for at in range(0, len(lines), 1000)]
    if statements:
        mariadb.run("SET sql_mode='STRICT_ALL_TABLES';\n" + "".join(statements), database)


def _literal(value):
    if value is None:
        return "NULL"
    if isinstance(value, (int, float)):
        return repr(value)
    return "'" + str(value).replace("\\", "\\\\").replace("'", "''") + "'"


def _index(search, prefix, data_set, rows):
    """Two requests are under way at a time, so that the server works while the next body is written."""
    id_column, index = ID_COLUMN[data_set], prefix + data_set
    slots, failures = threading.BoundedSemaphore(2), []

    def send(body):
        try:
            answer = search.request("POST", f"/{index}/_bulk?filter_path=errors,items.*.error", body,
                                    "application/x-ndjson")
            if answer["errors"]:
                failures.append(json.dumps(answer)[:1000])
        except Exception as error:  # told to the caller below, whatever it is
            failures.append(str(error))
        finally:
            slots.release()

    threads, lines, size = [], [], 0
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode

    def flush():
        nonlocal lines, size
        if lines:
            slots.acquire()
            thread = threading.Thread(target=send, args=("".join(lines).encode(),))
            thread.start()
            threads.append(thread)
            lines, size = [], 0
            in_body.clear()

    seen, in_body = set(), set()
    for row in rows:
        document = {column: value for column, value in row.items() if value is not None}
        key = document["event_id"] if id_column is None else f"{document[id_column]}-{document['time']}"
        if key in seen and key not in in_body:  # a replacement must come after what it replaces, not beside it
            for thread in threads:
                thread.join()
        seen.add(key)
        in_body.add(key)
        line = f'{{"index":{{"_id":{encode(key)}}}}}\n{encode(document)}\n'
        lines.append(line)
        size += len(line)
        if size >= BULK_BYTES:
            flush()
        if failures:
            break
    flush()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(f"cannot load {index}: {failures[0]}")


def _settle(search, prefix):
    search.request("POST", f"/{prefix}*/_refresh")
    search.request("PUT", f"/{prefix}*/_settings", {"index": {"refresh_interval": "1s"}})
