#!/usr/bin/env python3
"""What a register of residents and the forms over it cost: coming in, one fact's change, opening a form, all from nothing;
and DuckDB and PostgreSQL computing the same counts of the same people, in the same run.

  script/bench forms [RESIDENTS] [--engines sqlite,postgres] [--seconds 5] [--forms 200] [--gewu PROGRAM] [--output FILE]

200,000 residents without a number. Everything goes through the program's own commands and its HTTP interface; only the grids
come in by SQL, as no demonstration county has so many. Needs wrk and PostgreSQL (Debian) and duckdb and PyYAML (PyPI)."""
import argparse, datetime, json, os, pathlib, random, shutil, statistics, subprocess, sys, tempfile, time

import yaml

from measuring import County, Postgres, load, machine, megabytes, processor_seconds, root, say, section, spread, today, wrk
import form_conditions, residents

options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
options.add_argument('residents', type=int, nargs='?', default=200_000)
options.add_argument('--engines', default='sqlite,postgres')
options.add_argument('--gewu', default=str(root / '.build/release/gewu'))
options.add_argument('--forms', type=int, default=200)
options.add_argument('--seconds', type=int, default=5)
options.add_argument('--opens', type=int, default=300)
options.add_argument('--port', type=int, default=18190)
options.add_argument('--output', default=str(root / 'docs/benchmarks.md'))
options.add_argument('--keep', action='store_true')
o = options.parse_args()

work = pathlib.Path(tempfile.mkdtemp(prefix='gewu-forms.'))
os.chmod(work, 0o755)
chance = random.Random(1)
shipped = form_conditions.shipped(root / 'Rules')
counted = form_conditions.of_residents(shipped)
table, facts = [], {}


def row(engine, what, figure):
    table.append((engine, what, figure, load()))
    say(f'{engine}: {what}: {figure} (load {load()})')


def rules(kind):
    """A folder of own rules with no forms, or with so many; None for the shipped ones alone."""
    if kind == 'shipped': return None
    folder = work / f'rules-{kind}'
    (folder / 'forms').mkdir(parents=True, exist_ok=True)
    if kind == 'none':
        for path in (root / 'Rules/forms').glob('*.yaml'): (folder / 'forms' / path.name).write_text('forms: []\n')
        # What is made from a list cannot be without it.
        for name, key in (('systems.yaml', 'systems'), ('care-groups.yaml', 'groups')):
            content = yaml.safe_load((root / 'Rules' / name).read_text())
            for one in content[key]: one.pop('form', None); one.pop('layout', None)
            (folder / name).write_text(json.dumps(content, ensure_ascii=False, default=str))
    else:
        # JSON is YAML.
        made = form_conditions.more(shipped, o.forms)
        (folder / 'forms/generated.yaml').write_text(json.dumps({'forms': made}, ensure_ascii=False))
    return folder


# Computing

def waiting(county):
    return int(county.sql('SELECT count(*) FROM form_states WHERE next_horizon IS NOT NULL OR horizon IS NULL')[0][0])


def computed(county, forms):
    """Waits until so many forms are computed."""
    end = time.time() + 3600
    while time.time() < end:
        done = int(county.sql('SELECT count(*) FROM form_states WHERE next_horizon IS NULL AND horizon IS NOT NULL')[0][0])
        if done >= forms and waiting(county) == 0: return
        if county.server.poll() is not None: sys.exit('the server ended: ' + (county.folder / 'server.log').read_text()[-1000:])
        time.sleep(0.1)
    sys.exit('the forms were not computed within an hour')


def from_nothing(county, kind, forms):
    """Everything that forms keep is thrown away, as after a loss; the server computes it again when it starts.
    -> seconds on the clock, seconds of processor."""
    county.stop()
    county.rules(rules(kind))
    county.sql_write(*[f'DELETE FROM {name}' for name in ('form_states', 'form_steps', 'form_totals', 'form_rows')],
                     'UPDATE form_generation SET number = number + 1')
    county.serve()
    while not county.sql('SELECT form FROM form_states LIMIT 1'): time.sleep(0.02)
    begin, before = time.time(), processor_seconds(county.server.pid)
    computed(county, forms)
    return time.time() - begin, processor_seconds(county.server.pid) - before


# Asking

def figures(county, token):
    """The whole county's counts of each form today; None where a figure is withheld."""
    client = county.client(token)
    return {f['key']: client.json(f"/api/v1/forms/{f['key']}/figures?area=330106")['counts'] for f in counted}


def opens(county, token, forms, grids):
    """Any form of any area on any day since 2020: the page as a browser gets it."""
    client, days = county.client(token), (today() - datetime.date(2020, 1, 1)).days
    pages, numbers, bytes = [], [], []
    for index in range(o.opens):
        grid = chance.choice(grids)
        area = grid[:chance.choice((6, 9, 12, 15))]
        day = today() - datetime.timedelta(days=0 if index % 2 else chance.randrange(days))
        key = chance.choice(forms)['key']
        status, body, seconds = client.ask(f'/forms/{key}?area={area}&day={day}')
        if status != 200: sys.exit(f'/forms/{key}?area={area}&day={day}: {status} {body[:300]}')
        pages.append(seconds); bytes.append(len(body))
        status, body, seconds = client.ask(f'/api/v1/forms/{key}/figures?area={area}&day={day}')
        if status == 200: numbers.append(seconds)
    return pages, numbers, int(statistics.mean(bytes))


def people(county, token, grids, most=2_000):
    """Some of those who are registered."""
    client, found = county.client(token), []
    for grid in chance.sample(grids, min(len(grids), 120)):
        found += [one['id'] for one in client.json(f'/api/v1/registry/subjects?kind=person&area={grid}')['items']]
        if len(found) >= most: break
    return found[:most]


CHANGES = '''
local ids = {%s}
local seed = os.time()
math.randomseed(seed)
local number = 0
request = function()
  number = number + 1
  local body = string.format('{"facts":[{"element":"employment","value":"%%d"}]}', math.random(1, 3))
  return wrk.format('POST', '/api/v1/registry/subjects/' .. ids[math.random(#ids)] .. '/entries',
    {['Authorization'] = 'Bearer %s', ['Content-Type'] = 'application/json', ['Idempotency-Key'] = string.format('%s-%%d-%%d', seed, number)}, body)
end
'''


def changes(county, token, ids, label):
    """One fact after another by one user, then by 32 at once; each durable before it is answered. Two of three differ from
    what was known and move counts of forms."""
    engine, client, times = county.engine, county.client(token), []
    for index in range(300):
        status, body, seconds = client.ask(f'/api/v1/registry/subjects/{ids[index % len(ids)]}/entries',
                                           {'facts': [{'element': 'employment', 'value': chance.choice('123')}]})
        if status not in (200, 201): sys.exit(f'a change: {status} {body[:300]}')
        times.append(seconds)
    before = processor_seconds(county.server.pid)
    many = wrk(county.folder, county.port, CHANGES % (','.join(f'"{i}"' for i in ids), token, label.replace(' ', '')), 32, o.seconds)
    used = (processor_seconds(county.server.pid) - before) / max(1, many['n']) * 1000
    row(engine, f'one fact changed, {label}: one user', spread(times, 2))
    row(engine, f'one fact changed, {label}: 32 at once',
        f"**{many['perSecond']:,.0f}/s**, p95 {many['p95']:.1f} ms, {used:.2f} ms of processor each" + (f", {many['errors']} errors" if many['errors'] else ''))
    return statistics.median(times) * 1000, used


def invent(grids):
    register = work / 'residents.csv'
    if not register.exists():
        say(f'inventing {o.residents:,} residents in {len(grids):,} grids')
        facts['right'] = residents.write(register, o.residents, grids, today=today(), also=work / 'others.csv')
    return register


def settled(county):
    """wrk leaves while its last requests are still being answered: waits until nothing more is written."""
    before = None
    while True:
        now = county.sql('SELECT count(*) FROM registry_entries')
        if now == before: return
        before = now
        time.sleep(2)


def measure(engine):
    folder = work / engine
    folder.mkdir()
    os.chmod(folder, 0o755)
    county = County(o.gewu, folder, engine, o.port)
    try:
        grids = county.grids(max(2, min(2_000, o.residents // 500)))
        token = county.token('data_officer')
        county.serve()
        computed(county, len(shipped))
        before = figures(county, token)
        county.stop()
        size = county.size()

        register = invent(grids)
        say(f'{engine}: import of {o.residents:,} residents')
        begin = time.time()
        result, peak = county.program('import', 'residents', str(register), '--errors', str(folder / 'errors.csv'))
        took = time.time() - begin
        told = sum(1 for _ in open(folder / 'errors.csv', encoding='utf-8')) - 1 - result['lookAlikes']
        wrong = o.residents - facts['right']
        if (result['created'], result['rejected'], told) != (facts['right'], wrong, wrong):
            sys.exit(f'of {o.residents} rows {wrong} are wrong; the program says {result} and tells of {told}')
        row(engine, f"import, all checks, {len(shipped)} forms kept current", f"**{o.residents / took:,.0f} rows/s**: {took:.1f} s, {peak} MB at most, "
            f"{county.size() - size:,} MB stored; {result['households']:,} households, {wrong:,} wrong rows in the file of errors")

        ready = county.serve()
        row(engine, 'ready after start', f'{ready:.1f} s, {megabytes(county.server.pid, "VmRSS")} MB')
        after = figures(county, token)
        facts[engine] = {key: [None if a is None or b is None else a - b for a, b in zip(after[key], before[key])] for key in after}
        pages, numbers, bytes = opens(county, token, shipped, grids)
        row(engine, 'any form of any area, half of them on a day in the past: the page', f'**{spread(pages)}**, {bytes / 1000:.0f} KB')
        row(engine, 'the same as figures, over the interface', spread(numbers))
        ids = people(county, token, grids)
        with_forms = changes(county, token, ids, f'{len(shipped)} forms')
        settled(county)
        kept = figures(county, token)
        row(engine, 'memory of the server at most', f'{megabytes(county.server.pid)} MB')

        took, used = from_nothing(county, 'shipped', len(shipped))
        row(engine, f'{len(shipped)} forms from nothing, every day since 2020', f'**{took:.1f} s**, {used:.1f} s of processor')
        anew = figures(county, token)
        wrong = [key for key in kept if kept[key] != anew[key]]
        if wrong: sys.exit('kept and computed anew differ: ' + '; '.join(f'{key} {kept[key]} {anew[key]}' for key in wrong))
        row(engine, 'forms whose kept figures differ from those computed anew', f'none of {len(kept)}')

        county.stop(); county.rules(rules('none')); county.serve()
        without = changes(county, token, ids, 'no forms')
        took, used = from_nothing(county, 'many', o.forms)
        row(engine, f'{o.forms} forms from nothing', f'{took:.1f} s, {used:.1f} s of processor')
        with_many = changes(county, token, ids, f'{o.forms} forms')
        for label, (clock, processor) in ((f'{len(shipped)} forms', with_forms), (f'{o.forms} forms', with_many)):
            row(engine, f'extra cost of a change with {label}', f'{clock - without[0]:+.2f} ms on the clock (medians of one user), {processor - without[1]:+.2f} ms of processor')
        pages, _, _ = opens(county, token, shipped + form_conditions.more(shipped, o.forms), grids)
        row(engine, f'any of {o.forms} forms: the page', spread(pages))
        row(engine, f'memory of the server at most, {o.forms} forms', f'{megabytes(county.server.pid)} MB')
    finally: county.close()
    if not o.keep: shutil.rmtree(folder, ignore_errors=True)


# The others

def peer_table():
    """-> CREATE TABLE and the queries of all forms that count residents where they live."""
    named, queries = set(), []
    for form in counted:
        text, columns = form_conditions.query(form)
        named |= columns
        queries.append((form['key'], text))
    listed = ['age', 'sex', *residents.COLUMNS]
    known = [form_conditions.column(c) for c in listed]
    absent = [form_conditions.column(c) for c in sorted(named - set(listed))]
    kinds = ', '.join(f"{name} {'INT' if name == 'age' else 'TEXT'}" for name in known + absent)
    return f'CREATE TABLE residents (grid_code TEXT, {kinds})', ['grid_code', *known], queries


def within(query, grid): return query.replace('FROM residents WHERE', f"FROM residents WHERE grid_code = '{grid}' AND")


def compare(engine, counts):
    """The sums over all grids against what the program says of the county."""
    compared = 0
    for ours in [e for e in o.engines.split(',') if e in facts]:
        for key, theirs in counts.items():
            for a, b in zip(facts[ours][key], theirs):
                if a is None: continue
                compared += 1
                if a != b: sys.exit(f'{key}: {ours} {facts[ours][key]}, {engine} {theirs}')
    if compared: row(engine, 'figures of the county that differ from Gewu’s', f'none of {compared:,}')


def duckdb_run():
    try: import duckdb
    except ImportError:
        say('DuckDB is not installed (pip install duckdb): left out')
        return
    create, columns, queries = peer_table()
    base = duckdb.connect()
    base.execute(create)
    begin = time.perf_counter()
    base.execute(f"COPY residents ({', '.join(columns)}) FROM '{work}/others.csv' (HEADER, NULLSTR '')")
    row(f'DuckDB {duckdb.__version__}', 'load of the same residents, no checks, no history', f'{time.perf_counter() - begin:.1f} s')
    times, counts = [], {}
    for _ in range(5):
        begin = time.perf_counter()
        for key, text in queries:
            rows = base.execute(text).fetchall()
            counts[key] = [sum(r[c] for r in rows) for c in range(1, len(rows[0]))] if rows else None
        times.append(time.perf_counter() - begin)
    compare('DuckDB', {k: v for k, v in counts.items() if v})
    row(f'DuckDB {duckdb.__version__}', f'{len(queries)} forms from nothing, today only, all grids', f'**{statistics.median(times):.2f} s**')
    grid = base.execute('SELECT grid_code FROM residents LIMIT 1').fetchone()[0]
    times = []
    for _ in range(20):
        begin = time.perf_counter()
        for key, text in queries: base.execute(within(text, grid)).fetchall()
        times.append(time.perf_counter() - begin)
    row(f'DuckDB {duckdb.__version__}', f'{len(queries)} forms of one grid, computed when asked', spread(times))


def postgres_run():
    create, columns, queries = peer_table()
    base = Postgres(work / 'peer')
    try:
        base.sql(create)
        begin = time.perf_counter()
        base.copy(f"residents ({', '.join(columns)})", work / 'others.csv')
        base.sql('CREATE INDEX residents_by_grid ON residents (grid_code)')
        took = time.perf_counter() - begin
        base.sql('VACUUM ANALYZE residents')
        name = 'PostgreSQL ' + base.sql('SHOW server_version').split()[0]
        row(name, 'load of the same residents, no checks, no history', f'{took:.1f} s')
        def all_of(grid=None):
            path = work / 'forms.sql'
            path.write_text(';\n'.join(within(text, grid) if grid else text for _, text in queries) + ';\n')
            begin = time.perf_counter()
            subprocess.run(['psql', '-qAtX', '-v', 'ON_ERROR_STOP=1', '-h', str(base.folder), '-U', 'gewu', 'postgres', '-f', str(path)],
                           check=True, stdout=subprocess.DEVNULL)
            return time.perf_counter() - begin
        row(name, f'{len(queries)} forms from nothing, today only, all grids', f'**{statistics.median(all_of() for _ in range(3)):.2f} s**')
        grid = base.sql('SELECT grid_code FROM residents LIMIT 1').strip()
        row(name, f'{len(queries)} forms of one grid, computed when asked', spread([all_of(grid) for _ in range(20)]))
    finally: base.stop()


begin, began = time.time(), time.strftime('%Y-%m-%d %H:%M', time.gmtime())
try:
    for engine in filter(None, o.engines.split(',')): measure(engine)
    # Without an engine only the others are measured.
    invent([f'330106001{c:03d}{g:03d}' for c in range(1, 41) for g in range(101, 151)])
    duckdb_run()
    postgres_run()
finally:
    if table:
        section(o.output, 'Residents and forms', [
            f'{began} UTC, {machine()}, {time.time() - begin:.0f} s in all; `script/bench forms {o.residents}`: {o.residents:,} invented residents,',
            f'{min(2_000, max(2, o.residents // 500)):,} grids, {len(shipped)} shipped forms, client and server on the same machine. Every change is durable before it is',
            'answered. The load average of the machine stands beside each figure: two is this run alone on two cores, what is above',
            'is other work. Gewu keeps lists and counts of every day since 2020, with who knew what when; DuckDB and PostgreSQL compute',
            f'the counts of today of the {len(counted)} forms that count residents where they live, which is all that a register holds. The past',
            'of imported people begins on the day of the import.', '',
            '| engine | what | measured | load |', '| --- | --- | --- | --- |'] + [f'| {a} | {b} | {c} | {d} |' for a, b, c, d in table])
    if not o.keep: shutil.rmtree(work, ignore_errors=True)
