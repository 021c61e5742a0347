"""Full disks, disks that take no writing, damaged files, missing and wrong keys: nothing acknowledged is lost, what is wrong is said,
and the server goes on by itself when there is room again."""
import json, os, pathlib, resource, shutil, signal, subprocess, time
import house
from house import check, County, OwnPostgres, Stream, limited, small_disk, wait_for
from settings import refuses, as_json


def full_of(stream):
    """Waits until the disk is full for the stream."""
    return wait_for(lambda: any(answer.code == 'storage.full' for answer in list(stream.refused.values())), 40)


def fills(what, county, fill, make_room, follow=lambda: None):
    """Reports go on while the disk fills, stays full for a while, and has room again."""
    stream = Stream(county, what.replace(' ', '-'), length=1500)
    wait_for(lambda: len(stream.acknowledged) >= 20)
    fill()
    check(f'{what}: reports are refused at last', full_of(stream), f'{len(stream.acknowledged)} taken; {[str(answer) for answer in list(stream.refused.values())[:2]]}')
    told = wait_for(lambda: (lambda answer: answer.status == 503 and answer)(county.ask('GET', '/readyz')), 10)
    check(f'{what}: /readyz tells it, with the reason', told and told.json.get('reason') == 'storage.full', told)
    read = county.ask('GET', '/api/v1/cases?limit=5')
    check(f'{what}: reading goes on', read.status == 200 and read.json.get('cases'), read)
    check(f'{what}: the process lives', county.ask('GET', '/healthz').status == 200)
    time.sleep(1)
    follow()
    make_room()
    count = len(stream.acknowledged)
    check(f'{what}: with room again it goes on by itself', wait_for(lambda: len(stream.acknowledged) > count + 20, 30), f'{len(stream.acknowledged) - count} since')
    check(f'{what}: /readyz is well again', wait_for(lambda: county.ask('GET', '/readyz').status == 200, 10))
    stream.stop()
    others = [str(answer) for answer in stream.refused.values() if not (answer.status == 503 and answer.code in ('storage.full', 'storage.busy', 'web.busy'))]
    full = next((answer for answer in stream.refused.values() if answer.code == 'storage.full'), None)
    check(f'{what}: every refusal is a 503 that says what to do', not others and full and full.json.get('detail') and full.json.get('wayOn') and full.headers['Retry-After'] and full.headers['Content-Type'].startswith('application/problem+json'), f'{len(others)} others {others[:2]} {full}')
    check(f'{what}: no connection was lost over it', not stream.unanswered, list(stream.unanswered.items())[:2])
    stream.kept(what)
    check(f'{what}: the server stops cleanly', county.stop() == 0)
    if county.database.startswith('sqlite:'):
        stored = county.query("SELECT COUNT(*) FROM cases WHERE detail LIKE ?", f'试验 {stream.name}-%')[0][0]
        check(f'{what}: nothing is stored twice', stored == len(stream.acknowledged) + min(60, len(stream.refused) + len(stream.unanswered)), stored)
    county.sound(what)


class Ballast:
    """Takes all the room of a disk but so many KB, and gives it back."""

    def __init__(self, folder): self.path = pathlib.Path(folder) / 'ballast'

    def take(self, leave=0):
        room = os.statvfs(self.path.parent)
        free = room.f_bavail * room.f_frsize - leave * 1024
        with open(self.path, 'ab', buffering=0) as file:
            try:
                while free > 0:
                    count = min(free, 1 << 20)
                    file.write(bytes(count))
                    free -= count
            except OSError: pass

    def give(self): self.path.unlink()


def full_disk(template):
    disk = small_disk('full-disk', 64)
    if disk:
        county = County('full', like=template, folder=disk, outbox=house.work / 'full-outbox.jsonl').start()
        ballast = Ballast(disk)
        fills('full disk', county, lambda: ballast.take(700), ballast.give)
        full_at_the_terminal(template, disk, ballast)
    else:
        print('     no file system could be mounted: a limit on the size of files stands in for a full disk', flush=True)
    county = County('limited', like=template)
    county.start(prepare=limited())
    process = county.server.pid
    wide = resource.prlimit(process, resource.RLIMIT_FSIZE)
    narrow = lambda: resource.prlimit(process, resource.RLIMIT_FSIZE, (max(os.path.getsize(county.file), os.path.getsize(f'{county.file}-wal')) + 300_000, wide[1]))
    fills('limit on the size of files', county, narrow, lambda: resource.prlimit(process, resource.RLIMIT_FSIZE, wide))


def full_at_the_terminal(template, disk, ballast):
    """Commands on the full disk: a sentence, a status, and nothing half-written."""
    from imports import table
    county = County('full-commands', like=template, folder=disk / 'commands')
    county.gewu('import', 'cases', put(house.work / 'first.csv', table('D', 3)))
    before = county.count('cases')
    ballast.take(60)
    long = put(house.work / 'long.csv', table('E', 3000))
    done = county.gewu('import', 'cases', long)
    refuses('an import on a full disk', done, 'disk is full', 'room')
    as_json('an import on a full disk', done)
    check('an import on a full disk: only whole chunks were kept', (county.count('cases') - before) % 500 == 0)
    done = county.gewu('backup', disk / 'no-room.backup')
    refuses('a backup to a full disk', done, 'no-room.backup', 'space')
    check('a backup to a full disk: no file is left', not [name for name in os.listdir(disk) if 'no-room' in name], os.listdir(disk))
    done = county.gewu('demo', '--households', 50, '--database', f'sqlite:{disk}/new.sqlite')
    refuses('a county made on a full disk', done, 'disk is full')
    ballast.give()
    result = county.gewu('import', 'cases', long)
    check('the same import with room again completes', (result.json or {}).get('created', 0) + (result.json or {}).get('unchanged', 0) == 3000 and county.count('cases') == before + 3000, result)
    county.sound('after commands on a full disk')


def put(path, text):
    path.write_text(text)
    return path


def outbox(template):
    """The file that takes texts for residents lies on a full disk, the database does not."""
    disk = small_disk('full-outbox', 1)
    county = County('outbox', like=template, outbox=(disk or house.work / 'outbox') / 'outbox.jsonl')
    if disk:
        county.start()
        ballast = Ballast(disk)
        full, room = lambda: ballast.take(), ballast.give
    else:
        (house.work / 'outbox').mkdir()
        county.start(prepare=limited())
        wide = resource.prlimit(county.server.pid, resource.RLIMIT_FSIZE)
        # So narrow a limit stops the database too, so it is set only while texts are sent.
        print('     no file system could be mounted: the full outbox is not tried', flush=True)
        county.kill()
        return
    file = disk / 'outbox.jsonl'
    sent_before = county.query('SELECT COUNT(*) FROM texts WHERE sent_at IS NOT NULL')[0][0]
    codes = lambda: len([line for line in file.read_text(errors='replace').splitlines() if line.strip()]) if file.exists() else 0
    ask = lambda number: county.ask('POST', '/resident/login', f'phone=1990000{number:04}', headers={'Content-Type': 'application/x-www-form-urlencoded', 'Origin': f'http://127.0.0.1:{county.port}'})
    answers = [ask(number) for number in range(3)]
    check('outbox: texts go out', all(answer.status < 400 for answer in answers) and wait_for(lambda: codes() == 3, 15), f'{answers[0]} {codes()}')
    # Half a line fits: that is the worst that can happen.
    ballast.take(0)
    with open(ballast.path, 'r+b') as one: one.truncate(os.path.getsize(ballast.path) - 4096)
    with open(file, 'ab') as one: one.write(b'\n' * (4096 * 2 - 60 - os.path.getsize(file) % 4096 - (4096 if os.path.getsize(file) % 4096 > 4036 else 0)))
    answers = [ask(number) for number in range(3, 6)]
    check('outbox on a full disk: residents are still answered', all(answer.status < 400 for answer in answers), answers[0])
    failing = wait_for(lambda: county.query("SELECT COUNT(*) FROM texts WHERE tries > 0 AND sent_at IS NULL")[0][0] == 3, 20)
    check('outbox on a full disk: the texts wait for another try', failing, county.query('SELECT * FROM texts ORDER BY id DESC LIMIT 1'))
    ballast.give()
    sent = wait_for(lambda: county.query("SELECT COUNT(*) FROM texts WHERE sent_at IS NOT NULL")[0][0] - sent_before >= 6, 30, 0.3)
    check('outbox: with room again they go out by themselves', sent)
    lines = [line for line in file.read_bytes().split(b'\n') if line.strip()]
    def whole(line):
        try: return json.loads(line)['id']
        except ValueError: return None
    ids = [whole(line) for line in lines]
    check('outbox: every line is whole, and each text stands there once', None not in ids and len(set(ids)) == len(ids) == 6, [line[:200] for line, id in zip(lines, ids) if id is None] or ids)
    check('outbox: the server stops cleanly', county.stop() == 0)
    county.sound('outbox')


def files(template):
    """Files that may not be written, are damaged, or are missing."""
    less = limited(without_power=True)
    county = County('read-only', like=template)
    county.start().report('x')
    county.stop()
    serve = lambda county, prepare=None, *words: county.gewu('serve', '--port', '0', *words, prepare=prepare, timeout=20)

    county.file.chmod(0o444)
    refuses('a database file that is read-only', serve(county, less), 'read-only', 'county.sqlite')
    county.file.chmod(0)
    refuses('a database file that may not be read', serve(county, less), 'county.sqlite')
    county.file.chmod(0o644)
    county.folder.chmod(0o555)
    refuses('a database in a folder that is read-only', serve(county, less), 'county.sqlite')
    county.folder.chmod(0o755)
    (county.folder / 'keys').chmod(0)
    refuses('a key file that may not be read', serve(county, less), f'{county.folder}/keys', 'ermission')
    (county.folder / 'keys').chmod(0o600)
    disk = small_disk('read-only-disk', 24)
    if disk:
        locked = County('locked', like=template, folder=disk, outbox=house.work / 'locked.jsonl')
        subprocess.run(['mount', '-o', 'remount,ro', disk], check=True)
        refuses('a database on a disk that is mounted read-only', serve(locked), 'county.sqlite')
        subprocess.run(['mount', '-o', 'remount,rw', disk], check=True)
    check('after all these refusals the database serves again', county.start().report('y').status == 201 and county.stop() == 0)
    county.sound('after refusals')

    # ---- Damage
    whole = county.gathered()
    for what, bytes_ in [
        ('a database whose head is gone', b'\0' * 4096 + whole[4096:]), ('a database that is a text', '这不是数据库\n'.encode() * 500),
        ('a database cut in half', whole[:len(whole) // 2 // 4096 * 4096 + 100]),
    ]:
        county.without_log()
        county.file.write_bytes(bytes_)
        done = serve(county)
        refuses(what, done, 'damaged', 'county.sqlite')
        check(f'{what}: the file was left as it is', county.file.read_bytes() == bytes_)
        refuses(f'{what}, to a backup', county.gewu('backup', county.folder / 'x.backup'), 'damaged')
    check('no backup of a damaged database lies about', not list(county.folder.glob('x.backup*')))
    root = county_root(whole)
    holed = bytearray(whole)
    for page in root: holed[(page - 1) * 4096:page * 4096] = os.urandom(4096)
    county.without_log()
    county.file.write_bytes(holed)
    county.start(wait=False)
    came = wait_for(lambda: county.server.poll() is not None or 'serving' in county.told(), 20)
    if county.server.poll() is None:
        answer = county.ask('GET', '/api/v1/cases?limit=5')
        check('a database with a damaged table: what needs it is refused with a sentence', answer.status in (500, 503) and answer.code in ('storage.damaged', 'storage.fault') and answer.json.get('wayOn'), answer)
        check('a database with a damaged table: the process lives', county.ask('GET', '/healthz').status == 200)
        county.stop()
    else: check('a database with a damaged table: refused at the start with a sentence', came and 'damaged' in county.told(), county.told()[-300:])
    county.without_log()
    county.file.write_bytes(whole)

    # ---- Keys
    keys = (county.folder / 'keys').read_bytes()
    (county.folder / 'keys').unlink()
    for command in (['serve', '--port', '0'], ['import', 'cases', put(county.folder / 'a.csv', 'a\n')]):
        done = county.gewu(*command, timeout=20)
        refuses(f'a database without its key file (gewu {command[0]})', done, f'{county.folder}/keys', 'restore')
        check(f'a database without its key file (gewu {command[0]}): no new key is made', not (county.folder / 'keys').exists())
        (county.folder / 'keys').unlink(missing_ok=True)
    (county.folder / 'keys').write_bytes(b'gewu-key-1 ' + b'ab' * 32 + b'\n')
    refuses('a database with the keys of another', serve(county), f'{county.folder}/keys', 'another')
    (county.folder / 'keys').write_bytes(keys[:20])
    refuses('a key file cut off', serve(county), f'{county.folder}/keys', 'damaged')
    (county.folder / 'keys').write_bytes(b'')
    refuses('an empty key file', serve(county), f'{county.folder}/keys', 'damaged')
    (county.folder / 'keys').write_bytes(keys)
    check('with its own keys it serves again', county.start().report('z').status == 201 and county.stop() == 0)


def county_root(whole):
    """The pages of the table of cases."""
    import sqlite3, tempfile
    with tempfile.NamedTemporaryFile(dir=house.work) as file:
        file.write(whole)
        file.flush()
        connection = sqlite3.connect(file.name)
        pages = [page for page, in connection.execute("SELECT rootpage FROM sqlite_schema WHERE tbl_name = 'cases'")]
        connection.close()
        return pages


def postgres(template, url):
    """PostgreSQL on a full disk: its tables on a small one, its log elsewhere."""
    disk = small_disk('full-postgres', 64)
    if not disk:
        print('     no file system could be mounted: a full disk under PostgreSQL is not tried', flush=True)
        return
    data = OwnPostgres(url, 'x').ask('SHOW data_directory', own=False)
    os.chown(disk, os.stat(data).st_uid, os.stat(data).st_gid)
    os.chmod(house.work, 0o711)
    with OwnPostgres(url, 'full', disk) as database:
        county = County('full-postgres-county', database=database.url).settle().start()
        try:
            ballast = Ballast(disk)
            fills('PostgreSQL on a full disk', county, lambda: ballast.take(200), ballast.give)
        finally: county.kill()
