#!/usr/bin/env python3
"""Vector tiles of many buildings, beside PostGIS making the same tiles in the same run.

  script/bench tiles [BUILDINGS] [--engines sqlite,postgres] [--seconds 3] [--browser] [--gewu PROGRAM] [--output FILE]

200,000 buildings without a number: a dense middle, thinner outside, 30 by 30 km. They come in as a county's do: a CSV file with
outlines as well-known text by `gewu import buildings`, and once more, when nothing is new.
Tiles are asked for over HTTP by wrk (C, one thread, 8 connections), each tile of the town once in an order of chance: cold,
because buildings are said to have changed before each round; then warm for some seconds. PostGIS is asked by pgbench (C, 8
connections, one thread, prepared, no HTTP) for random tiles of the same square; it keeps none. Both give the same attributes.
At last Chromium opens the map there and is dragged (map_in_browser.py, from .venv-browser, which script/test makes).
Needs wrk and postgresql-15-postgis-3 (Debian); without PostGIS only Gewu is measured."""
import argparse, gzip, json, math, os, pathlib, random, re, shutil, statistics, struct, subprocess, sys, tempfile, time

from measuring import County, Postgres, load, machine, megabytes, processor_seconds, programs, root, say, section, wrk

options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
options.add_argument('buildings', type=int, nargs='?', default=200_000)
options.add_argument('--engines', default='sqlite,postgres')
options.add_argument('--gewu', default=str(root / '.build/release/gewu'))
options.add_argument('--seconds', type=int, default=3)
options.add_argument('--rounds', type=int, default=3)
options.add_argument('--port', type=int, default=18191)
options.add_argument('--output', default=str(root / 'docs/benchmarks.md'))
options.add_argument('--browser', action='store_true', help='only how long a browser takes to a complete map')
options.add_argument('--keep', action='store_true')
o = options.parse_args()

MIDDLE, HALF = (120.13, 30.26), 15_000.0  # degrees, metres
METRE_NORTH = 1 / 111_320
METRE_EAST = METRE_NORTH / math.cos(math.radians(MIDDLE[1]))
CONNECTIONS = 8
work = pathlib.Path(tempfile.mkdtemp(prefix='gewu-tiles.'))
os.chmod(work, 0o755)
table = []


def unit(longitude, latitude):
    """Web Mercator on the unit square."""
    y = math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))
    return longitude / 360 + 0.5, 0.5 - y / (2 * math.pi)


def buildings(count):
    """Yields (longitude, latitude, corners): rows of buildings in turned blocks, a third of them L-shaped."""
    chance, made = random.Random(5), 0
    r = chance.random
    while made < count:
        east, north = (max(-1, min(1, chance.gauss(0, 0.45))) * HALF for _ in range(2))
        number, turn = chance.randrange(40, 240), r() * math.pi / 2
        across, cosine, sine = math.ceil(math.sqrt(number)), math.cos(turn), math.sin(turn)
        for index in range(min(number, count - made)):
            x, y = (index % across - across / 2) * 32 + r() * 4, (index // across - across / 2) * 32 + r() * 4
            length, width = 8 + r() * 18, 7 + r() * 9
            outline = [(0, 0), (length, 0), (length, width), (0, width)]
            if r() < 0.3: outline = [(0, 0), (length, 0), (length, width / 2), (length * 0.6, width / 2), (length * 0.6, width), (0, width)]
            corners = [(MIDDLE[0] + (east + (x + a) * cosine - (y + b) * sine) * METRE_EAST,
                        MIDDLE[1] + (north + (x + a) * sine + (y + b) * cosine) * METRE_NORTH) for a, b in outline]
            made += 1
            yield sum(c[0] for c in corners) / len(corners), sum(c[1] for c in corners) / len(corners), corners + corners[:1]


def outline_bytes(corners):
    return struct.pack('<BIII', 1, 3, 1, len(corners)) + b''.join(struct.pack('<dd', *c) for c in corners)


def file_of(made, communities):
    """The buildings as a county's own file has them."""
    path = work / 'buildings.csv'
    if not path.exists():
        with open(path, 'w', encoding='utf-8') as file:
            file.write('id,community,name,compound,households,geometry\n')
            for i, (_, _, corners) in enumerate(made):
                outline = ', '.join(f'{x:.7f} {y:.7f}' for x, y in corners)
                community = communities[i * len(communities) // len(made)]
                file.write(f'bench-{i},{community},{i % 60 + 1}号楼,{i // 60}小区,{i % 48 + 1},"POLYGON (({outline}))"\n')
    return path


def come_in(county, engine, made, communities):
    path, figures = file_of(made, communities), []
    for _ in range(1 if o.browser else 2):
        begin = time.time()
        _, peak = county.program('import', 'buildings', str(path), '--partial', '--errors', str(county.folder / 'errors.csv'))
        took = time.time() - begin
        figures.append(f'**{len(made) / took:,.0f} rows/s**: {took:.1f} s, {peak} MB at most')
    kept = int(county.sql("SELECT COUNT(*) FROM buildings WHERE id LIKE 'bench-%'")[0][0])
    if kept != len(made): sys.exit(f'of {len(made)} buildings {kept} came in: ' + (county.folder / 'errors.csv').read_text()[:1000])
    row(f'Gewu, {engine}', f'import of {len(made):,} buildings from CSV; again, with nothing new', *figures, *[''] * (2 - len(figures)), f'{path.stat().st_size // 1_000_000} MB of file')


def in_browser(county, engine):
    """Chromium draws by the processor here, on the same two cores as the server."""
    python = root / '.venv-browser/bin/python'
    if not python.exists():
        say('no .venv-browser (script/test makes it): the browser is left out')
        return
    for zoom in (13.5, 14.5, 16.5):
        done = subprocess.run([python, root / 'Benchmarks/map_in_browser.py', f'http://127.0.0.1:{county.port}', f'{MIDDLE[0]},{MIDDLE[1]},{zoom}'],
                              capture_output=True, text=True)
        if done.returncode: sys.exit('the browser: ' + done.stderr[-2000:])
        r = json.loads(done.stdout)
        row(f'Chromium, Gewu on {engine}', f'/map complete at zoom {zoom}, a screen of 1366 × 768', f"**{r['first']:.1f} s**", f"**{r['again']:.1f} s**",
            f"{r['tiles']} answers of the map, {r['bytes'] / 1000:,.0f} KB; dragged for {r['seconds']:.0f} s: {r['frames'] / r['seconds']:.0f} frames/s, longest {r['longest']:.0f} ms")


def square(zoom):
    """First and last column and row of the middle 18 by 18 km, as peers.md has it."""
    size, reach = 1 << zoom, HALF * 0.6
    west, north = unit(MIDDLE[0] - reach * METRE_EAST, MIDDLE[1] + reach * METRE_NORTH)
    east, south = unit(MIDDLE[0] + reach * METRE_EAST, MIDDLE[1] - reach * METRE_NORTH)
    return int(west * size), int(east * size), int(north * size), int(south * size)


def addresses(zoom):
    x0, x1, y0, y1 = square(zoom)
    found = [(x, y) for x in range(x0, x1 + 1) for y in range(y0, y1 + 1)]
    random.Random(zoom).shuffle(found)
    return found


def row(who, what, *cells):
    table.append((who, what, *cells, load()))
    say(f'{who}: {what}: {" | ".join(cells)} (load {load()})')


def features(tile):
    """How many a tile holds: field 2 of its layers (MVT 2.1), whatever they are."""
    if tile[:2] == b'\x1f\x8b': tile = gzip.decompress(tile)
    def number(at):
        value = shift = 0
        while True:
            byte = tile[at]; at += 1
            value |= (byte & 127) << shift; shift += 7
            if byte < 128: return value, at
    def count(at, end, deep):
        found = 0
        while at < end:
            key, at = number(at)
            if key & 7 == 0: _, at = number(at); continue
            if key & 7 != 2: at += 8 if key & 7 == 1 else 4; continue
            length, at = number(at)
            if deep and key >> 3 == 2: found += 1
            if not deep and key >> 3 == 3: found += count(at, at + length, True)
            at += length
        return found
    return count(0, len(tile), False)


# wrk sleeps for the time it was given whatever happens, so this ends it when every tile has come, with its own clock.
ONCE = '''
local ffi = require('ffi')
ffi.cdef[[ typedef struct { long seconds; long microseconds; } moment; int gettimeofday(moment *now, void *zone); ]]
local function now()
  local moment = ffi.new('moment')
  ffi.C.gettimeofday(moment, nil)
  return tonumber(moment.seconds) * 1e6 + tonumber(moment.microseconds)
end
local paths = {%s}
local asked, answered, wrong, begin = 0, 0, 0, nil
local headers = {['Authorization'] = 'Bearer %s', ['Accept-Encoding'] = 'gzip'}
request = function()
  begin = begin or now()
  asked = asked + 1
  return wrk.format('GET', paths[(asked - 1) %% #paths + 1], headers)
end
response = function(status)
  answered = answered + 1
  if status ~= 200 then wrong = wrong + 1 end
  if answered >= #paths then
    io.write(string.format('ONCE {"n":%%d,"microseconds":%%d,"wrong":%%d}\\n', answered, now() - begin, wrong))
    io.flush()
    os.exit(0)
  end
end
'''
AGAIN = '''
local paths = {%s}
local headers = {['Authorization'] = 'Bearer %s', ['Accept-Encoding'] = 'gzip'}
request = function() return wrk.format('GET', paths[math.random(#paths)], headers) end
'''


def once(county, script):
    path = county.folder / 'once.lua'
    path.write_text(script)
    done = subprocess.run(['wrk', '-t1', f'-c{CONNECTIONS}', '-d300s', '--timeout', '30s', '-s', str(path), f'http://127.0.0.1:{county.port}'],
                          capture_output=True, text=True)
    found = re.search(r'ONCE (\{.*\})', done.stdout)
    if not found: sys.exit(f'wrk: {done.stdout[-500:]} {done.stderr[-1000:]}')
    r = json.loads(found[1])
    if r['wrong']: sys.exit(f"{r['wrong']} of {r['n']} tiles were refused")
    return r | {'perSecond': r['n'] / r['microseconds'] * 1e6, 'mean': r['microseconds'] / r['n'] * CONNECTIONS / 1000}


def ask(county, token, layer, zoom):
    paths = ','.join(f"'/api/v1/map/tiles/{layer}/{zoom}/{x}/{y}'" for x, y in addresses(zoom))
    cold, processor = [], []
    for _ in range(o.rounds):
        county.sql_write('UPDATE grid_changes SET count = count + 1 WHERE id = 1')
        time.sleep(0.5)
        # The stamp of a minute is in every tile: a round does not begin at the end of one.
        if time.time() % 60 > 50: time.sleep(61 - time.time() % 60)
        before = processor_seconds(county.server.pid)
        cold.append(once(county, ONCE % (paths, token)))
        processor.append((processor_seconds(county.server.pid) - before) / cold[-1]['n'])
    cold.sort(key=lambda r: r['perSecond'])
    warm = wrk(county.folder, county.port, AGAIN % (paths, token), CONNECTIONS, o.seconds)
    return cold[len(cold) // 2], statistics.median(processor) * 1000, warm


def sample(county, token, layer, zoom):
    """-> of 12 tiles the mean and the most bytes, gzipped, and what is in them."""
    sizes, found, client = [], {}, county.client(token)
    client.headers['Accept-Encoding'] = 'gzip'
    for x, y in addresses(zoom)[:12]:
        _, body, _ = client.ask(f'/api/v1/map/tiles/{layer}/{zoom}/{x}/{y}')
        sizes.append(len(body))
        found[x, y] = features(body) if body else 0
    return sizes, found


def measure(engine, made):
    folder = work / engine
    folder.mkdir()
    os.chmod(folder, 0o755)
    county = County(o.gewu, folder, engine, o.port)
    found = {}
    try:
        communities = [r[0] for r in county.sql("SELECT code FROM divisions WHERE level = 'community' ORDER BY code")]
        come_in(county, engine, made, communities)
        chance = random.Random(2)
        county.grids(2_000, lambda: (MIDDLE[0] + chance.uniform(-1, 1) * HALF * METRE_EAST, MIDDLE[1] + chance.uniform(-1, 1) * HALF * METRE_NORTH))
        token = county.token('coordination_officer')
        county.serve()
        for zoom, layer in () if o.browser else ((13, 'areas'), (14, 'buildings'), (15, 'buildings'), (16, 'buildings')):
            cold, processor, warm = ask(county, token, layer, zoom)
            sizes, found[zoom] = sample(county, token, layer, zoom)
            row(f'Gewu, {engine}', f'z{zoom} {layer}', f"**{cold['perSecond']:,.0f}/s**, mean {cold['mean']:.1f} ms, {processor:.2f} ms of processor",
                f"**{warm['perSecond']:,.0f}/s**, p95 {warm['p95']:.1f} ms" + (f", {warm['errors']} errors" if warm['errors'] else ''),
                f'{statistics.mean(sizes) / 1000:.1f} KB, most {max(sizes) / 1000:.1f} (gzip)')
        in_browser(county, engine)
        row(f'Gewu, {engine}', 'memory of the server at most', f'{megabytes(county.server.pid)} MB', '', '')
    finally: county.close()
    if not o.keep: shutil.rmtree(folder, ignore_errors=True)
    return found


def postgis(made, ours):
    base = Postgres(work / 'postgis')
    try:
        try: base.sql('CREATE EXTENSION postgis')
        except SystemExit:
            say('PostGIS is not installed (apt-get install postgresql-15-postgis-3): left out')
            return
        base.sql('CREATE TABLE buildings (id INT PRIMARY KEY, name TEXT, compound TEXT, area TEXT, households INT, geom geometry(Polygon, 3857));'
                 'CREATE TABLE incoming (id INT, name TEXT, compound TEXT, area TEXT, households INT, wkb TEXT)')
        path = work / 'postgis.csv'
        with open(path, 'w') as file:
            for i, (_, _, corners) in enumerate(made): file.write(f'{i},{i % 60 + 1}号楼,{i // 60}小区,330106002051,{i % 48 + 1},{outline_bytes(corners).hex()}\n')
        base.copy('incoming', path, options='FORMAT csv')
        base.sql('INSERT INTO buildings SELECT id, name, compound, area, households, ST_Transform(ST_GeomFromWKB(decode(wkb, \'hex\'), 4326), 3857) FROM incoming; DROP TABLE incoming')
        base.sql('CREATE INDEX buildings_place ON buildings USING gist (geom)')
        base.sql('CLUSTER buildings USING buildings_place')
        base.sql('VACUUM ANALYZE buildings')
        version = 'PostGIS ' + base.sql('SELECT postgis_lib_version()').strip()
        def query(zoom, x, y):
            values = 'households' if zoom < 15 else 'id, name, compound, area, households'
            return (f"SELECT ST_AsMVT(q, 'buildings', 4096, 'g') FROM (SELECT {values}, ST_AsMVTGeom(geom, ST_TileEnvelope({zoom}, {x}, {y}), 4096, 64, true) g "
                    f"FROM buildings WHERE geom && ST_TileEnvelope({zoom}, {x}, {y}, margin => 64.0 / 4096)) q WHERE g IS NOT NULL")
        for zoom in (13, 14, 15, 16):
            x0, x1, y0, y1 = square(zoom)
            sizes, theirs = [], {}
            for x, y in addresses(zoom)[:12]:
                tile = bytes.fromhex(base.sql(query(zoom, x, y)).strip()[2:])
                sizes.append(len(gzip.compress(tile, 4)) if tile else 0)
                theirs[x, y] = features(tile)
            script = work / 'tiles.sql'
            script.write_text(f'\\set x random({x0}, {x1})\n\\set y random({y0}, {y1})\n' + query(zoom, ':x', ':y') + ';\n')
            rates = []
            for _ in range(o.rounds):
                done = subprocess.run(['pgbench', '-n', '-M', 'prepared', '-h', str(base.folder), '-U', 'gewu', '-f', str(script), '-c', '8', '-j', '1', '-T', str(o.seconds), 'postgres'],
                                      capture_output=True, text=True)
                rate = re.search(r'tps = ([\d.]+)', done.stdout)
                if not rate: sys.exit(f'pgbench: {done.stderr[-1000:]}')
                rates.append(float(rate[1]))
            row(version, f'z{zoom} buildings', f'**{statistics.median(rates):,.1f}/s**', 'keeps none', f'{statistics.mean(sizes) / 1000:.1f} KB, most {max(sizes) / 1000:.1f} (gzip)')
            for engine, found in ours.items():
                if zoom in found and zoom > 13:
                    pairs = [(found[zoom][k], theirs[k]) for k in theirs]
                    row(f'Gewu, {engine}', f'z{zoom}: buildings in 12 tiles, beside PostGIS', f'{sum(a for a, _ in pairs):,} and {sum(b for _, b in pairs):,}', '', '')
    finally: base.stop()


begin, began = time.time(), time.strftime('%Y-%m-%d %H:%M', time.gmtime())
try:
    say(f'inventing {o.buildings:,} buildings')
    made = list(buildings(o.buildings))
    ours = {engine: measure(engine, made) for engine in o.engines.split(',') if engine}
    if not o.browser: postgis(made, ours)
finally:
    if table:
        section(o.output, 'Vector tiles', [
            f'{began} UTC, {machine()}, {time.time() - begin:.0f} s in all; `script/bench tiles {o.buildings}`: {o.buildings:,} invented buildings, dense in the middle of',
            '30 by 30 km; tiles of the middle 18 by 18 km. Gewu over HTTP with a token, rights and gzip, asked by wrk; PostGIS by pgbench,',
            'without HTTP and without gzip. Cold: each tile once after everything kept became invalid; 8 connections each. At z13 Gewu',
            'shows areas with their counts by design, not single buildings, so that line and PostGIS’s are not the same picture. A building',
            'is in each tile that it touches; Gewu looks for middles within a margin, PostGIS for boxes that touch. In the browser, cold is',
            'a first visit, warm the next page of the same visit; both wait for the page’s own word that the map is complete.', '',
            '| who | what | cold | warm | a tile | load |', '| --- | --- | --- | --- | --- | --- |'] + ['| ' + ' | '.join(r) + ' |' for r in table])
    if not o.keep: shutil.rmtree(work, ignore_errors=True)
