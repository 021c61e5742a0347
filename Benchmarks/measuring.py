"""What the scripts of this folder share: a scratch county, the program, its server, a durable PostgreSQL, wrk, and a section
of docs/benchmarks.md. Nothing leaves this machine."""
import datetime, http.client, json, os, pathlib, platform, re, shutil, signal, sqlite3, subprocess, sys, time

root = pathlib.Path(__file__).resolve().parent.parent
CHINA = datetime.timezone(datetime.timedelta(hours=8))


# Ended from outside, a script still ends what it has started.
signal.signal(signal.SIGTERM, lambda *_: sys.exit('ended'))


def say(text): print(f'[{time.strftime("%H:%M:%S")}] {text}', flush=True)
def load(): return f'{os.getloadavg()[0]:.1f}'
def today(): return datetime.datetime.now(CHINA).date()


def spread(times, digits=1):
    """Seconds -> milliseconds."""
    times = sorted(times)
    def at(share): return times[min(len(times) - 1, int(len(times) * share))] * 1000
    return f'{at(0.5):.{digits}f} ms (p95 {at(0.95):.{digits}f}, n {len(times)})'


def megabytes(pid, name='VmHWM'):
    for line in open(f'/proc/{pid}/status'):
        if line.startswith(name): return int(line.split()[1]) // 1024
    return 0


def processor_seconds(pid):
    """Used by a process so far, by all its threads: what other work on the machine does not change."""
    fields = open(f'/proc/{pid}/stat').read().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def programs(name):
    """A program of the newest PostgreSQL here."""
    found = sorted(pathlib.Path('/usr/lib/postgresql').glob(f'*/bin/{name}'))
    if not found: sys.exit(f'no {name} found (Debian: apt-get install postgresql)')
    return str(found[-1])


class Postgres:
    """Its own cluster on a socket in a folder, durable: fsync and synchronous_commit are on."""
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.owner = ['runuser', '-u', 'postgres', '--'] if os.getuid() == 0 else []
        if self.owner: shutil.chown(self.folder, 'postgres')
        self.run('initdb', '-D', self.folder / 'data', '-U', 'gewu', '--auth=trust', '--locale=C.UTF-8', '-E', 'UTF8')
        settings = (f'-k {self.folder} -c listen_addresses= -c shared_buffers=1GB -c max_wal_size=4GB '
                    '-c checkpoint_timeout=15min -c jit=off')
        self.run('pg_ctl', '-D', self.folder / 'data', '-o', settings, '-l', self.folder / 'log', '-w', 'start')

    def run(self, program, *arguments):
        subprocess.run([*self.owner, programs(program), *map(str, arguments)], check=True, stdout=subprocess.DEVNULL, cwd='/')

    def url(self, database='postgres'): return f'postgres://gewu@/{database}?host={self.folder}'

    def sql(self, text, database='postgres', stdin=None):
        """-> what psql prints, unaligned."""
        done = subprocess.run(['psql', '-qAtX', '-v', 'ON_ERROR_STOP=1', '-h', str(self.folder), '-U', 'gewu', database, '-c', text],
                              capture_output=True, text=True, stdin=stdin)
        if done.returncode: sys.exit(f'psql: {done.stderr[-2000:]}')
        return done.stdout

    def copy(self, table, path, database='postgres', options='FORMAT csv, HEADER'):
        with open(path) as file: self.sql(f'COPY {table} FROM STDIN ({options})', database, file)

    def stop(self):
        subprocess.run([*self.owner, programs('pg_ctl'), '-D', str(self.folder / 'data'), '-m', 'immediate', 'stop'],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd='/')


class County:
    """A demonstration county in a scratch folder, on SQLite or PostgreSQL, with what measuring does past the program: more
    grids and buildings than a demonstration has come in by SQL."""
    def __init__(self, gewu, folder, engine, port, households=500):
        self.gewu, self.folder, self.engine, self.port, self.server = gewu, pathlib.Path(folder), engine, port, None
        self.postgres = Postgres(self.folder / 'pg') if engine == 'postgres' else None
        self.file = self.folder / 'gewu.sqlite'
        self.database = self.postgres.url() if self.postgres else f'sqlite:{self.file}'
        self.rules(None)
        say(f'{engine}: a demonstration county')
        self.program('demo', '--households', str(households), '--seed', '1')

    def rules(self, folder):
        """Another folder of the county's own rules, over the shipped ones; holds from the next start."""
        own = f'rules: {folder}\n' if folder else ''
        (self.folder / 'gewu.yaml').write_text(
            f'keys: {self.folder}/keys\noutbox: {self.folder}/outbox.jsonl\narea: "330106"\ndemonstration: true\n'
            f'secureCookies: false\nlogLevel: warning\n{own}')

    def program(self, *words):
        """-> its result, and the most memory it had at once, in megabytes."""
        errors = open(self.folder / 'program.log', 'a+')
        process = subprocess.Popen([self.gewu, *words, '--database', self.database, '--json', '--config', str(self.folder / 'gewu.yaml')],
                                   stdout=subprocess.PIPE, stderr=errors, text=True, cwd=root)
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        lines = [line for line in output.splitlines() if line.startswith('{')]
        if process.returncode: sys.exit(f'gewu {" ".join(words)}: {(self.folder / "program.log").read_text()[-2000:]} {output[-2000:]}')
        return (json.loads(lines[-1]) if lines else {}), usage.ru_maxrss // 1024

    def token(self, login): return self.program('staff', 'add-token', '--login', login, '--name', 'bench')[0]['secret']

    def sql(self, text):
        """-> rows, each a list of texts."""
        if self.postgres: return [line.split('|') for line in self.postgres.sql(text).splitlines()]
        with sqlite3.connect(self.file, timeout=60) as base:
            return [['' if v is None else str(v) for v in row] for row in base.execute(text).fetchall()]

    def insert(self, table, columns, rows):
        if self.postgres:
            path = self.folder / f'{table}.csv'
            import csv
            with open(path, 'w', newline='') as file:
                csv.writer(file).writerows([['\\x' + v.hex() if isinstance(v, bytes) else v for v in row] for row in rows])
            self.postgres.copy(f'{table} ({columns})', path, options='FORMAT csv')
            path.unlink()
        else:
            with sqlite3.connect(self.file) as base:
                base.executemany(f'INSERT INTO {table} ({columns}) VALUES ({", ".join("?" * len(columns.split(",")))})', rows)

    def size(self):
        """Of the database, in megabytes."""
        if self.postgres: return int(self.sql("SELECT pg_database_size('postgres')")[0][0]) // 1_000_000
        return sum(p.stat().st_size for p in self.folder.glob('gewu.sqlite*')) // 1_000_000

    def grids(self, count, place=lambda: (None, None)):
        """So many base grids more, spread over all communities, each at a place that is asked for; -> their codes."""
        communities = [row[0] for row in self.sql("SELECT code FROM divisions WHERE level = 'community' ORDER BY code")]
        codes = []
        for index, community in enumerate(communities):
            share = count * (index + 1) // len(communities) - count * index // len(communities)
            codes += [(community, f'{community}{101 + number:03d}') for number in range(share)]
        self.insert('grids', 'code, community, name, kind, households, longitude, latitude, valid_from',
                    [(code, community, f'第{code[-3:]}网格', 'base', 200, *place(), '2020-01-01') for community, code in codes])
        self.sql_write('UPDATE place_changes SET count = count + 1 WHERE id = 1')
        return [code for _, code in codes]

    def sql_write(self, *statements):
        if self.postgres:
            for text in statements: self.postgres.sql(text)
        else:
            with sqlite3.connect(self.file, timeout=60) as base:
                for text in statements: base.execute(text)

    def serve(self):
        begin = time.time()
        self.server = subprocess.Popen(
            [self.gewu, 'serve', '--database', self.database, '--config', str(self.folder / 'gewu.yaml'), '--port', str(self.port)],
            stdout=subprocess.DEVNULL, stderr=open(self.folder / 'server.log', 'a'), cwd=root)
        while True:
            try:
                if self.get('/readyz')[0] == 200: break
            except OSError:
                if self.server.poll() is not None: sys.exit('the server did not start: ' + (self.folder / 'server.log').read_text()[-2000:])
            time.sleep(0.02)
        return time.time() - begin

    def stop(self):
        if self.server and self.server.poll() is None:
            self.server.send_signal(signal.SIGTERM)
            try: self.server.wait(timeout=60)
            except subprocess.TimeoutExpired: self.server.kill(); self.server.wait()
        self.server = None

    def close(self):
        self.stop()
        if self.postgres: self.postgres.stop()

    def get(self, path, token=None):
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=60)
        try:
            connection.request('GET', path, headers={'Authorization': f'Bearer {token}'} if token else {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally: connection.close()

    def client(self, token): return Client(self.port, token)


class Client:
    """One user on one connection who waits for each answer."""
    def __init__(self, port, token):
        self.connection = http.client.HTTPConnection('127.0.0.1', port, timeout=60)
        self.headers = {'Authorization': f'Bearer {token}'}

    def ask(self, path, content=None, method=None):
        """-> status, body, seconds."""
        body = None if content is None else json.dumps(content).encode()
        headers = self.headers | ({'Content-Type': 'application/json'} if body else {})
        begin = time.perf_counter()
        self.connection.request(method or ('POST' if body else 'GET'), path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        return answer.status, text, time.perf_counter() - begin

    def json(self, path):
        status, body, _ = self.ask(path)
        if status != 200: sys.exit(f'{path}: {status} {body[:400]}')
        return json.loads(body)


WRK_END = '''
done = function(summary, latency, requests)
  io.write(string.format('RESULT {"n":%d,"microseconds":%d,"bytes":%d,"wrong":%d,"failed":%d,"p50":%d,"p95":%d,"p99":%d}\\n',
    summary.requests, summary.duration, summary.bytes, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50), latency:percentile(95), latency:percentile(99)))
end
'''


def wrk(folder, port, script, connections, seconds):
    """Runs a Lua script of wrk (Debian: apt-get install wrk), one thread; -> requests a second, ms, errors."""
    path = pathlib.Path(folder) / 'wrk.lua'
    path.write_text(script + WRK_END)
    done = subprocess.run(['wrk', '-t1', f'-c{connections}', f'-d{seconds}s', '--timeout', '30s', '-s', str(path), f'http://127.0.0.1:{port}'],
                          capture_output=True, text=True)
    found = re.search(r'RESULT (\{.*\})', done.stdout)
    if not found: sys.exit(f'wrk: {done.stdout[-500:]} {done.stderr[-1000:]}')
    r = json.loads(found[1])
    return {'perSecond': r['n'] / max(1, r['microseconds']) * 1e6, 'p50': r['p50'] / 1000, 'p95': r['p95'] / 1000, 'p99': r['p99'] / 1000,
            'errors': r['wrong'] + r['failed'], 'n': r['n'], 'bytes': r['bytes'], 'seconds': r['microseconds'] / 1e6}


def machine():
    memory = next(int(l.split()[1]) for l in open('/proc/meminfo') if l.startswith('MemTotal')) // 1_048_576
    return f'{os.cpu_count()} cores ({platform.machine()}), {memory} GiB'


def section(path, title, lines):
    """Puts a section into docs/benchmarks.md, instead of the one of this title if there is any."""
    path = pathlib.Path(path)
    text = path.read_text() if path.exists() else '# What was measured\n'
    new = f'## {title}\n\n' + '\n'.join(lines).strip() + '\n'
    found = re.search(rf'^## {re.escape(title)}\n.*?(?=^## |\Z)', text, re.M | re.S)
    text = text[:found.start()] + new + ('\n' if text[found.end():] else '') + text[found.end():] if found else text.rstrip() + '\n\n' + new
    path.write_text(text)
    say(f'wrote “{title}” into {path}')
