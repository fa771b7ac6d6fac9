"""Runs the published queries in DuckDB or SQLite over the tables of a folder, and prints one JSON line a query.

    sql_queries.py duckdb|sqlite FOLDER [--rounds N] [--digests] [--only NAME]

A line has the name, the units of each verdict, the microseconds of each verdict for queries over stretches, the median
time over the rounds after one to warm up, and the most memory of the process so far. --digests adds the SHA-256 of
the sorted verdict rows, which takes time of its own and is no part of the median.

The schema serves the database as well as a schema can: numbers for keys and people, enumerations for words, rows in order
of (key, time) or of time. DuckDB keeps them in memory and uses two threads. SQLite has the indexes below and a cache that
holds everything. Exit status 3 says that the database is not installed.
"""

import hashlib
import json
import os
import re
import statistics
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
# Over stretches a record is one unit; elsewhere each row is.
QUERIES = {
    "rescan": "unit", "state": "stretch", "age": "stretch", "sod": "unit", "cadence": "unit", "response": "unit",
    "ratio": "unit", "recon": "stretch", "access": "unit",
}
FLAGS = {"encrypted", "public", "logging", "phi", "enabled", "mfa", "admin", "succeeded", "off_account", "up", "verified",
         "checks_passed", "covered"}
WORDS = {"name", "unit", "purpose", "system", "severity", "account_type", "worker_type", "role", "region"}
INDEXES = [
    "CREATE INDEX resource_key ON resource (kind, key, v0)",
    "CREATE INDEX account_key ON idp_account (key, v0)",
    "CREATE INDEX employment_key ON hr_employment (person_id, v0)",
    "CREATE INDEX store_key ON cloud_store (key, v0)",
    "CREATE INDEX fixed_finding ON vuln_fixed (finding, instant)",
    "CREATE INDEX backup_store ON backup_job (store, instant)",
    "CREATE INDEX probe_time ON uptime_probe (instant)",
    "CREATE INDEX calendar_unit ON calendar (unit, w0)",
    "CREATE INDEX coverage_kind ON coverage (kind, s0)",
]

ROLL_UP = {
    "unit": "SELECT verdict, count(*), 0 FROM answer GROUP BY verdict",
    "stretch": """SELECT verdict, sum(units), sum(span) FROM (
        SELECT verdict, 0 AS units, sum("end" - start) AS span FROM answer WHERE verdict <> 'n/a' GROUP BY verdict
        UNION ALL
        SELECT CASE worst WHEN 4 THEN 'fail' WHEN 3 THEN 'pass' WHEN 2 THEN 'none' ELSE 'n/a' END, count(*), 0
        FROM (
            SELECT max(CASE verdict WHEN 'fail' THEN 4 WHEN 'pass' THEN 3 WHEN 'tolerated' THEN 3
                WHEN 'none' THEN 2 ELSE 0 END) AS worst
            FROM answer GROUP BY kind, key
        ) AS unit GROUP BY worst
    ) AS both_sums GROUP BY verdict""",
}


def text(name, engine):
    path = os.path.join(HERE, "queries", f"{name}.{engine}.sql")
    if not os.path.exists(path):
        path = os.path.join(HERE, "queries", f"{name}.sql")
    with open(path, encoding="utf-8") as file:
        query = re.sub(r"--[^\n]*", "", file.read())
    # What stands before the last statement makes temporary tables; it belongs to the query and its time.
    *before, query = [part for part in query.split(";") if part.strip()]
    if engine == "sqlite":
        query = query.replace("greatest(", "max(").replace("least(", "min(")
        before = [part.replace("greatest(", "max(").replace("least(", "min(") for part in before]
    return before, query


def peak_kilobytes():
    """The most memory that this process held; what the kernel says of children would count the parent's too."""
    with open("/proc/self/status", encoding="ascii") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def tables(folder):
    for file in sorted(os.listdir(folder)):
        if file.endswith(".csv"):
            path = os.path.join(folder, file)
            with open(path, encoding="utf-8") as lines:
                yield file.removesuffix(".csv"), path, lines.readline().strip().split(",")


class DuckDB:
    def __init__(self, folder):
        import duckdb

        self.connection = duckdb.connect()
        self.connection.execute("SET threads = 2")
        for table, path, columns in tables(folder):
            types = {}
            for column in columns:
                kind = "BOOLEAN" if column in FLAGS else "VARCHAR" if column in WORDS | {"prefix"} else "BIGINT"
                types[column] = kind
            source = f"read_csv('{path}', header = true, columns = {types})"
            shown = []
            for column in columns:
                if column in WORDS and table not in ("setting", "kind"):
                    name = f"{table}_{column}"
                    self.connection.execute(
                        f"CREATE TYPE {name} AS ENUM (SELECT DISTINCT {column} FROM {source} WHERE {column} IS NOT NULL)")
                    shown.append(f"CAST({column} AS {name}) AS {column}")
                elif types[column] == "BIGINT" and column not in ("instant", "v0", "v1", "known", "superseded", "s0", "s1",
                        "w0", "w1", "value", "created_at", "started_at", "ended_at", "rotated_at", "bytes"):
                    shown.append(f"CAST({column} AS INTEGER) AS {column}")
                else:
                    shown.append(column)
            self.connection.execute(f"CREATE TABLE {table} AS SELECT {', '.join(shown)} FROM {source}")

    def all(self, query):
        return self.connection.execute(query).fetchall()


class SQLite:
    def __init__(self, folder):
        import csv
        import sqlite3

        self.connection = sqlite3.connect(":memory:")
        self.connection.execute("PRAGMA temp_store = MEMORY")
        for table, path, columns in tables(folder):
            kinds = [f"{column} {'TEXT' if column in WORDS | {'prefix'} else 'INTEGER'}" for column in columns]
            self.connection.execute(f"CREATE TABLE {table} ({', '.join(kinds)})")
            with open(path, encoding="utf-8", newline="") as lines:
                reader = csv.reader(lines)
                next(reader)
                marks = ", ".join("?" * len(columns))
                self.connection.executemany(
                    f"INSERT INTO {table} VALUES ({marks})", ([v if v else None for v in row] for row in reader))
        for index in INDEXES:
            self.connection.execute(index)
        self.connection.execute("ANALYZE")

    def all(self, query):
        return self.connection.execute(query).fetchall()


def digest(name, rows, names):
    """The SHA-256 over the sorted lines `key, start, end, verdict`. Passing rows of unit queries and stretches to which
    nothing applies are left out, and stretches that touch are one."""
    found = []
    for kind, key, start, end, verdict in rows:
        prefix, digits = names.get(kind, ("svc-", 3))
        found.append((f"{prefix}{key:0{digits}}", verdict, start, end))
    lines = []
    if QUERIES[name] == "unit":
        lines = [f"{key}\t{start}\t{end}\t{verdict}\n" for key, verdict, start, end in found if verdict != "pass"]
    else:
        found = sorted(row for row in found if row[1] != "n/a")
        while found:
            key, verdict, start, end = found.pop()
            while found and found[-1][:2] == (key, verdict) and found[-1][3] == start:
                start = found.pop()[2]
            lines.append(f"{key}\t{start}\t{end}\t{verdict}\n")
    return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()


def main(arguments):
    engine, folder = arguments[0], arguments[1]
    rounds = int(arguments[arguments.index("--rounds") + 1]) if "--rounds" in arguments else 5
    only = arguments[arguments.index("--only") + 1] if "--only" in arguments else ""
    started = time.perf_counter()
    try:
        database = {"duckdb": DuckDB, "sqlite": SQLite}[engine](folder)
    except ImportError:
        sys.exit(3)
    names = {row[0]: (row[1], row[2]) for row in database.all("SELECT kind, prefix, digits FROM kind")}
    print(json.dumps({"loaded_microseconds": round((time.perf_counter() - started) * 1_000_000)}), flush=True)
    for name, shape in QUERIES.items():
        if only not in name:
            continue
        before, query = text(name, engine)
        timed = f"SELECT * FROM (WITH answer AS (SELECT * FROM ({query}) AS rows_) {ROLL_UP[shape]}) AS counted"
        taken, answer = [], []
        for _ in range(rounds + 1):
            begun = time.perf_counter()
            for statement in before:
                database.all(statement)
            answer = database.all(timed)
            taken.append(time.perf_counter() - begun)
        line = {
            "query": name,
            "units": {verdict: int(units) for verdict, units, _ in sorted(answer) if units},
            "spans": {verdict: int(span) for verdict, _, span in sorted(answer) if span},
            "microseconds": round(statistics.median(taken[1:] or taken) * 1_000_000),
            "peak_kilobytes": peak_kilobytes(),
        }
        if "--digests" in arguments:
            rows = f"SELECT * FROM ({query}) AS rows_"
            if shape == "unit":
                rows += " WHERE verdict <> 'pass'"
            line["digest"] = digest(name, database.all(rows), names)
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
