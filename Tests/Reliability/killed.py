"""Commands killed in the middle, and servers asked to stop under load: no half of anything stays, the second run completes."""
import contextlib, http.client, json, os, random, shutil, signal, socket, sqlite3, subprocess, time
from house import check, County, OwnPostgres, Stream, wait_for
from imports import table
from settings import refuses
import house


def killed_when(process, holds, seconds=240):
    """Kills with SIGKILL as soon as `holds`; whether it was still at work then."""
    def look():
        if process.poll() is not None: return None
        try: return holds()
        except (sqlite3.Error, OSError): return False
    reached = wait_for(look, seconds, 0.002)
    process.kill()
    process.communicate()
    return bool(reached) and process.returncode == -signal.SIGKILL


def imports(template):
    county = County('killed', like=template)
    rows, before = 1200, county.count('cases')
    file = county.folder / 'orders.csv'
    file.write_text(table('K', rows))
    was = killed_when(county.popen('import', 'cases', file), lambda: county.count('cases') - before >= 500)
    kept = county.count('cases') - before
    check(f'an import killed after {kept} of {rows}: whole chunks are kept', was and 0 < kept < rows and kept % 500 == 0, f'{was} {kept}')
    county.sound('after a killed import')
    result = county.gewu('import', 'cases', file)
    check('the next run completes it', result.status == 0 and result.json['created'] + result.json['unchanged'] == rows and result.json['rejected'] == 0, result)
    check('nothing is doubled', county.count('cases') - before == rows == county.query("SELECT COUNT(DISTINCT detail) FROM cases WHERE detail LIKE 'K0%'")[0][0], county.count('cases') - before)
    county.sound('after the completed import')
    backups(county)


def backups(county):
    target = county.folder / 'all.backup'
    partial = county.folder / 'all.backup.partial'
    was = killed_when(county.popen('backup', target), lambda: partial.exists() and partial.stat().st_size > 0)
    check('a backup killed in the middle: no file has its name', was and not target.exists(), f'{was} {os.listdir(county.folder)}')
    if partial.exists():
        refuses('the half of a backup, to restore', county.gewu('restore', partial, '--database', f'sqlite:{county.folder}/half.sqlite'), 'partial')
        check('the half of a backup: nothing was restored from it', not (county.folder / 'half.sqlite').exists() or count(county.folder / 'half.sqlite', 'sqlite_schema') == 0)
    done = county.gewu('backup', target)
    check('the next backup is made in spite of it', done.status == 0 and target.exists() and not partial.exists(), done)
    whole = target.read_bytes()
    for what, content in [('cut off', whole[:len(whole) // 2]), ('with one bit changed', whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:]), ('that is empty', b'')]:
        spoilt = county.folder / 'spoilt.backup'
        spoilt.write_bytes(content)
        refuses(f'a backup {what}', county.gewu('restore', spoilt, '--database', f'sqlite:{county.folder}/spoilt.sqlite'), 'spoilt.backup')
    refuses('a backup that is not there', county.gewu('restore', county.folder / 'none.backup', '--database', f'sqlite:{county.folder}/none.sqlite'), 'none.backup')
    refuses('a restore over data', county.gewu('restore', target), 'not empty')
    refuses('a backup over a file', county.gewu('backup', target), 'all.backup', 'exists')
    check('the file was not overwritten', target.read_bytes() == whole)

    fresh = county.folder / 'fresh.sqlite'
    expected = county.count('cases')
    was = killed_when(county.popen('restore', target, '--database', f'sqlite:{fresh}'), lambda: count(fresh, 'sqlite_schema') > 0)
    there = count(fresh, 'cases')
    check(f'a restore killed in the middle: no part of the rows stays ({there} of {expected})', was and there == 0, f'{was} {there}')
    again = county.gewu('restore', target, '--database', f'sqlite:{fresh}')
    check('the next restore into the same file completes', again.status == 0 and count(fresh, 'cases') == expected, again)
    done = county.gewu('restore', target, '--database', f'sqlite:{county.folder}/second.sqlite')
    verified = county.gewu('audit', 'verify', '--database', f'sqlite:{county.folder}/second.sqlite')
    check('into a new file it is restored whole, and its ledger verifies', done.status == 0 and verified.status == 0 and count(county.folder / 'second.sqlite', 'cases') == expected, f'{done} {verified}')


def count(path, table):
    with contextlib.closing(sqlite3.connect(f'file:{path}?mode=ro', uri=True, timeout=10)) as connection:
        try: return connection.execute(f'SELECT COUNT(*) FROM {table}').fetchone()[0]
        except sqlite3.OperationalError as error:
            if 'no such table' in str(error): return 0
            raise


def schemas(template):
    """Killed while the schema grows, at several moments of one start."""
    county = County('schema')
    chance = random.Random(5)
    seen = set()
    for _ in range(8):
        process = county.popen('serve', '--port', '0')
        moment = chance.uniform(0.02, 0.5)
        killed_when(process, lambda: False, moment)
        if county.file.exists(): seen.add(count(county.file, 'schema_steps'))
        if len(seen) < 4:
            for path in county.folder.glob('county.sqlite*'): path.unlink()
    county.start()
    check(f'the schema, killed while it grew (after {sorted(seen)} steps): the next start completes it', county.ask('GET', '/readyz').status == 200 and county.count('schema_steps') == template.count('schema_steps'))
    check('it stops cleanly', county.stop() == 0)
    county.sound('after starts that were killed')


def counties(template):
    county = County('half-county')
    was = killed_when(county.popen('demo', '--households', 600, '--seed', 5), lambda: county.count('cases') > 60)
    kept = county.count('cases')
    check(f'a county killed while it was made ({kept} matters)', was and kept > 0)
    county.sound('a half-made county')
    refuses('making one on top of it', county.gewu('demo', '--households', 20, '--seed', 5), 'not empty', '--reset')
    check('... leaves it as it was', county.count('cases') == kept)
    made = county.gewu('demo', '--households', 20, '--seed', 5, '--reset')
    check('with --reset it is made whole', made.status == 0 and made.json and county.count('cases') == made.json['cases'], made)
    county.sound('a county made anew')


def stopping(template):
    county = County('stopping', like=template, limits='{ stopSeconds: 6 }').start()
    before = county.count('cases')
    stream = Stream(county, 'stop', workers=8)
    wait_for(lambda: len(stream.acknowledged) > 60, 20)
    late = socket.create_connection(('127.0.0.1', county.port), timeout=15)
    body = json.dumps({'detail': '停机前开始上报', 'area': county.area, 'category': '010101'}).encode()
    late.sendall(f'POST /api/v1/cases HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {county.token}\r\nIdempotency-Key: late-one\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n'.encode() + body[:10])
    idle = [socket.create_connection(('127.0.0.1', county.port)) for _ in range(20)]
    time.sleep(0.3)
    begun = time.monotonic()
    county.server.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    late.sendall(body[10:])
    answer = b''
    with contextlib.suppress(OSError):
        while piece := late.recv(65536): answer += piece
    status = county.server.wait(timeout=30)
    seconds = time.monotonic() - begun
    stream.stop()
    check(f'SIGTERM under load: status 0 after {seconds:.1f} s', status == 0 and seconds < 60, status)
    check('SIGTERM: a request half sent before is taken and answered', answer.startswith(b'HTTP/1.1 201'), answer[:200])
    stored = county.count('cases') - before
    check(f'SIGTERM: {stored} stored, every one of them answered', stored == len(stream.acknowledged) + answer.startswith(b'HTTP/1.1 201'), f'{stored} stored, {len(stream.acknowledged)} acknowledged')
    wrong = [str(one) for one in stream.refused.values() if one.status != 503]
    check('SIGTERM: who was not taken was refused or found nobody', not wrong, wrong[:2])
    for connection in idle: connection.close()
    county.sound('after SIGTERM under load')

    county.start()
    stuck = socket.create_connection(('127.0.0.1', county.port))
    stuck.sendall(f'POST /api/v1/cases HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {county.token}\r\nContent-Length: 100\r\n\r\n{{'.encode())
    time.sleep(0.2)
    begun = time.monotonic()
    status = county.stop()
    check(f'SIGTERM with a request that never ends: stopped by itself ({time.monotonic() - begun:.0f} s), status 0', status == 0 and time.monotonic() - begun < 60, status)


def two_servers(template):
    """Two servers over one file: either the second is refused, or both are right."""
    first = County('two', like=template).start()
    second = County('two-second', database=first.database, keys=first.folder / 'keys', outbox=first.folder / 'outbox.jsonl')
    second.token, second.area = first.token, first.area
    second.start(wait=False)
    came = second.wait_ready()
    if not came:
        text = second.told()
        check('two servers on one file: the second is refused in a sentence', second.server.poll() not in (0, None) and 'county.sqlite' in text, text[-300:])
        first.kill()
        return
    streams = [Stream(first, 'two-a', workers=3), Stream(second, 'two-b', workers=3)]
    time.sleep(2)
    for stream in streams: stream.stop()
    wrong = [str(one) for stream in streams for one in stream.refused.values() if one.code not in ('storage.busy', 'web.busy')]
    check('two servers on one file: both take reports', all(stream.acknowledged for stream in streams) and not wrong, wrong[:2])
    ids = [id for stream in streams for id in stream.acknowledged.values()]
    check('two servers on one file: every id is new', len(set(ids)) == len(ids))
    # What one took, the other shows.
    for stream, other in zip(streams, (second, first)):
        stream.county = other
        stream.kept('two servers on one file')
    counted = sum(first.ask('GET', '/api/v1/cases/counts').json['counts'].values())
    check('two servers on one file: the counts agree', counted == sum(second.ask('GET', '/api/v1/cases/counts').json['counts'].values()))
    check('two servers on one file: both stop cleanly', first.stop() == 0 and second.stop() == 0)
    first.sound('two servers on one file')


def postgres(template, url):
    """The same on PostgreSQL: the schema and an import killed in the middle."""
    with OwnPostgres(url, 'killed') as database:
        county = County('killed-postgres', database=database.url)
        whole, moment, step, seen = template.count('schema_steps'), 0.2, 0.1, set()
        for _ in range(12):
            # Looking costs more time than the steps take, so the moment is found by trying.
            killed_when(county.popen('serve', '--port', '0'), lambda: False, moment)
            steps = database.count('schema_steps')
            seen.add(steps)
            if 0 < steps < whole: break
            if steps == whole: database.ask('DROP SCHEMA public CASCADE; CREATE SCHEMA public')
            moment = max(0.02, moment + (step if steps == 0 else -step))
            step = max(0.01, step * 0.75)
        county.settle()
        check(f'PostgreSQL: the schema, killed while it grew (after {sorted(seen)} steps), is completed by the next run', database.count('schema_steps') == whole and steps < whole)
        rows, before = 1500, database.count('cases')
        file = county.folder / 'orders.csv'
        file.write_text(table('P', rows))
        was = killed_when(county.popen('import', 'cases', file), lambda: database.count('cases') - before >= 500)
        # PostgreSQL notices a lost client only when it next speaks to it.
        wait_for(lambda: database.ask(f"SELECT COUNT(*) FROM pg_stat_activity WHERE datname = '{database.name}' AND pid <> pg_backend_pid()") == '0', 15)
        kept = database.count('cases') - before
        check(f'PostgreSQL: an import killed after {kept} of {rows}: whole chunks are kept', was and 0 < kept < rows and kept % 500 == 0, f'{was} {kept}')
        result = county.gewu('import', 'cases', file)
        check('PostgreSQL: the next run completes it, and nothing is doubled', result.status == 0 and result.json['created'] == rows - kept and database.count('cases') - before == rows, result)
        county.sound('PostgreSQL after killed runs')
