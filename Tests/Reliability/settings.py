"""Wrong configuration, wrong options, and a county's own rules with mistakes: told with place and reason, nothing started."""
import os, shutil, socket, subprocess
import house
from house import check, County, Done


def refuses(what, done, *words, status=None):
    text = done.err.lower()
    missing = [word for word in words if str(word).lower() not in text]
    check(f'{what}: refused in a plain sentence', (done.status not in (0, None) if status is None else done.status == status) and done.plain and not missing and len(done.err.splitlines()) <= 12, f'missing {missing}; {done}')


def as_json(what, done):
    error = (done.json or {}).get('error', {})
    check(f'{what}: with --json the refusal stands on standard output', error.get('code') and error.get('detail'), done)


def run(template):
    county = County('settings', like=template)
    good = county.config.read_text()

    # ---- The file
    for what, text, words in [
        ('an unknown name in the file', good + 'databse: x\n', ['gewu.yaml:7', 'databse', 'database']),
        ('a port above 65535', good + 'listen: 127.0.0.1:99999\n', ['gewu.yaml:7', '99999', 'address:port']),
        ('a port that is no number', good + 'listen: 127.0.0.1:http\n', ['gewu.yaml:7', 'address:port']),
        ('a switch that is neither on nor off', good.replace('demonstration: true', 'demonstration: perhaps'), ['gewu.yaml:5', 'perhaps', 'true or false']),
        ('a limit of nothing', good + 'limits:\n  inFlight: 0\n', ['limits.inFlight', 'above zero']),
        ('a size that is none', good + 'uploadLimit: viel\n', ['uploadLimit', 'viel']),
        ('a file that is no YAML', 'database: [\n', ['gewu.yaml']),
        ('a file in another encoding', '标题: 西湖'.encode('gb18030'), ['gewu.yaml', 'UTF-8']),
        ('a database of an unknown kind', 'database: mysql://x/y\n', ['sqlite:']),
        ('TLS without its key', good + 'tls:\n  certificate: a.pem\n', ['tls.key']),
        ('certificates that are not there', good + f'tls:\n  certificate: {county.folder}/a.pem\n  key: {county.folder}/b.pem\n', ['a.pem']),
    ]:
        county.config.write_bytes(text if isinstance(text, bytes) else text.encode())
        done = county.gewu('serve', '--port', '0', timeout=20)
        refuses(what, done, *words)
    as_json('a refused configuration', done)
    county.configure()

    missing = county.gewu('serve', '--config', county.folder / 'none.yaml', config=False)
    refuses('a configuration file that is not there', missing, 'none.yaml')
    done = county.gewu('config', env={'GEWU_DATABSE': 'x'})
    check('a variable that means nothing is told, with the one that was meant', done.status == 0 and 'GEWU_DATABSE' in done.err and 'GEWU_DATABASE' in done.err, done)

    # ---- Options
    for what, words, told in [
        ('an unknown command', ['srve'], ['srve']), ('an unknown option', ['serve', '--prot', '1'], ['--prot']),
        ('an option without its value', ['serve', '--port'], ['--port']), ('a port that is a word', ['serve', '--port', 'http'], ['http']),
        ('a command without its file', ['import', 'cases'], ['file']), ('a file too many', ['backup', 'a', 'b'], ['b']),
    ]:
        refuses(what, county.gewu(*words, json=False, config=False), *told)

    # ---- The port
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))
        taken.listen()
        refuses('a port that is taken', county.gewu('serve', '--port', taken.getsockname()[1], timeout=20), 'port', 'taken', '--port')

    # ---- The database
    far = county.gewu('serve', '--port', '0', '--database', 'postgres://gewu:Geheim-4711@127.0.0.1:1/x?connect_timeout=3', timeout=20)
    refuses('a PostgreSQL that cannot be reached', far, 'cannot be reached', '--database')
    check('the password of a database is never shown', 'Geheim' not in far.err + far.out, far)
    refuses('a folder for the database that is not there', county.gewu('serve', '--port', '0', '--database', f'sqlite:{county.folder}/none/x.sqlite'), 'x.sqlite')
    refuses('a database that is a folder', county.gewu('serve', '--port', '0', '--database', f'sqlite:{county.folder}'))

    own_rules(county)


def own_rules(county):
    """A county's own folder of rules: a mistake in it stops `gewu serve` and `gewu config` with file, line and reason."""
    shipped = next(folder for folder in candidates() if (folder / 'workflows' / 'matter.yaml').is_file())
    matter = (shipped / 'workflows' / 'matter.yaml').read_text()
    county.configure(rules=county.folder / 'rules')

    def line(text, word): return next(number for number, one in enumerate(text.splitlines(), 1) if word in one)

    def trial(what, path, text, *words):
        shutil.rmtree(county.folder / 'rules', ignore_errors=True)
        target = county.folder / 'rules' / path
        target.parent.mkdir(parents=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
        for command in (['serve', '--port', '0'], ['config']):
            refuses(f'{what} (gewu {command[0]})', county.gewu(*command, timeout=20), target.name, *words)

    endless = matter.replace('end: true', 'end: false')
    trial('a workflow without an end', 'workflows/matter.yaml', endless, 'end')
    lonely = matter.replace('owner: { who: area, right: case.accept }', 'owner: { who: nobody, right: case.accept }', 1)
    trial('a state that waits for nobody', 'workflows/matter.yaml', lonely, f'matter.yaml:{line(lonely, "who: nobody")}', 'nobody')
    ownerless = matter.replace('    owner: { who: area, right: case.accept }\n', '', 1)
    trial('a state without an owner', 'workflows/matter.yaml', ownerless, f'matter.yaml:', 'reported', 'owner')
    stranger = matter.replace('right: case.dispatch }', 'right: case.dispach }', 1)
    trial('a right that does not exist', 'workflows/matter.yaml', stranger, f'matter.yaml:{line(stranger, "  accepted:")}', 'accepted', 'case.dispach')
    powerless = matter.replace('right: case.hang\n', 'right: case.hnag\n', 1)
    trial('an act with a right that does not exist', 'workflows/matter.yaml', powerless, 'matter.yaml:', 'hang', 'case.hnag')
    limitless = matter.replace('limit: 4 working hours', 'limit: 4 working moons', 1)
    trial('a limit that is no length of time', 'workflows/matter.yaml', limitless, f'matter.yaml:{line(limitless, "moons")}', 'moons')
    broken = matter.replace('states:\n', 'states: [\n', 1)
    trial('a workflow that is no YAML', 'workflows/matter.yaml', broken, 'matter.yaml:')
    trial('an empty workflow', 'workflows/matter.yaml', '', 'matter.yaml')
    trial('rules in another encoding', 'workflows/matter.yaml', matter.encode('gb18030'), 'UTF-8')
    roles = (shipped / 'roles.yaml').read_text()
    wrong = roles.replace('case.accept', 'case.acept', 1)
    trial('a role with a right that does not exist', 'roles.yaml', wrong, f'roles.yaml:{line(wrong, "case.acept")}', 'case.acept')
    trial('times of sessions that are words', 'sessions.yaml', (shipped / 'sessions.yaml').read_text().replace('480', 'long'), 'sessions.yaml:', 'staffIdleMinutes')
    shutil.rmtree(county.folder / 'rules')
    refuses('a folder of rules that is not there', county.gewu('serve', '--port', '0'), 'rules')
    refuses('a folder of rules that is not there, to gewu config', county.gewu('config'), 'rules')


def candidates():
    """Where the program looks for the rules that ship."""
    folder = house.pathlib.Path(house.program).resolve().parent
    for place in [folder, *folder.parents, house.pathlib.Path('/usr/share/gewu')]: yield place / 'Rules'
