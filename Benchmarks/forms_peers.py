#!/usr/bin/env python3
"""DuckDB and PostgreSQL compute the counts of the same forms over the same residents, for today only; Gewu computes them for
every day since 2020 and keeps them. FOLDER holds residents.csv, table.sql and forms.sql, as FormMeasurement wrote them."""
import os
import subprocess
import sys
import time

folder, location = sys.argv[1], sys.argv[2]
queries = [line for line in open(f"{folder}/forms.sql").read().split("\n") if line]


def say(engine, what, times):
    times = sorted(times)
    print(f"PEER | {engine} | {len(queries)} forms | {what} | median {times[len(times) // 2]:.3f} s, "
          f"n {len(times)} | load {os.getloadavg()[0]:.1f}", flush=True)


def duckdb_run():
    try:
        import duckdb
    except ImportError:
        print("PEER | duckdb | not installed (pip install duckdb)")
        return
    base = duckdb.connect()
    base.execute(open(f"{folder}/table.sql").read())
    base.execute(f"COPY residents FROM '{folder}/residents.csv' (HEADER, FORCE_NOT_NULL (grid_code))")
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        for query in queries:
            base.execute(query).fetchall()
        times.append(time.perf_counter() - begin)
    say("duckdb", "all counts, all grids", times)


def postgres_run():
    def psql(*arguments):
        return subprocess.run(["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", location, *arguments], check=True,
                              capture_output=True, text=True).stdout
    psql("-c", "DROP TABLE IF EXISTS residents", "-f", f"{folder}/table.sql", "-c",
         f"\\copy residents FROM '{folder}/residents.csv' (FORMAT csv, HEADER, FORCE_NOT_NULL (grid_code))", "-c",
         "VACUUM ANALYZE residents")
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        psql("-f", f"{folder}/forms.sql")
        times.append(time.perf_counter() - begin)
    say("postgresql", "all counts, all grids", times)


duckdb_run()
postgres_run()
