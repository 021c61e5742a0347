"""What the checks of bad input share: the count of checks, a small county to try things on, and servers over it."""
import contextlib, ctypes, http.client, json, os, pathlib, re, resource, shutil, signal, socket, sqlite3, subprocess, tempfile, threading, time

work = pathlib.Path(tempfile.mkdtemp(prefix='gewu-bad.'))
program = ''
passed = failed = 0
started = []
mounted = []
lock = threading.Lock()

# What no person at a terminal should see: the insides of the program.
INSIDES = re.compile(r'Fatal error|Thread \d+ crashed|Backtrace|\.swift:\d|0x[0-9a-f]{8}|DatabaseError\(|NIOCore|Optional\(|Error Domain|SWIFT_BACKTRACE')


def check(what, holds, more=''):
    global passed, failed
    with lock:
        passed, failed = passed + bool(holds), failed + (not holds)
        print(('ok   ' if holds else 'FAIL ') + what + ('' if holds else f'   -- {str(more)[:700]}'), flush=True)
    return bool(holds)


def part(name, body, *words):
    """One part of the checks; that it broke off is a failure, and the others go on."""
    begun = time.monotonic()
    try:
        body(*words)
    except Exception as error:
        place = error.__traceback__
        while place.tb_next: place = place.tb_next
        check(f'{name} ran to its end', False, f'{type(error).__name__}: {error} ({place.tb_frame.f_code.co_filename}:{place.tb_lineno})')
    print(f'     {name}: {time.monotonic() - begun:.0f} s', flush=True)


class Done:
    """How a command ended."""

    def __init__(self, words, status, out, err, seconds):
        self.words, self.status, self.out, self.err, self.seconds = words, status, out, err, seconds

    @property
    def json(self):
        """The one JSON object on standard output; nothing when what stands there is not exactly that."""
        try: return json.loads(self.out)
        except ValueError: return None

    @property
    def plain(self):
        return bool(self.err.strip()) and not INSIDES.search(self.err + self.out)

    def __str__(self): return f'{" ".join(map(str, self.words))}: status {self.status}, out {self.out[-300:]!r}, err {self.err[-500:]!r}'


def limited(largest_file=None, without_power=False):
    """What a child does before it becomes the program: a limit on files, or root without its power over permissions."""
    def prepare():
        if largest_file: resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, resource.RLIM_INFINITY))
        if without_power and os.getuid() == 0:
            for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
                if ctypes.CDLL(None, use_errno=True).prctl(24, capability, 0, 0, 0): os._exit(97)  # PR_CAPBSET_DROP
    return prepare


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Answer:
    def __init__(self, status, headers, body): self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        try: return json.loads(self.body)
        except ValueError: return {}

    @property
    def code(self): return self.json.get('code') if isinstance(self.json, dict) else None

    def __str__(self): return f'{self.status} {self.body[:400].decode(errors="replace")}'


class County:
    """A folder with a configuration, a database, keys and an outbox; perhaps a server over it."""

    def __init__(self, name, like=None, folder=None, database=None, **settings):
        self.folder = pathlib.Path(folder or work / name)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.database = database or f'sqlite:{self.folder}/county.sqlite'
        self.settings = {
            'database': self.database, 'area': '"330106"', 'keys': self.folder / 'keys', 'outbox': self.folder / 'outbox.jsonl',
            'demonstration': 'true', 'secureCookies': 'false'} | settings
        self.configure()
        self.server = self.port = self.token = self.area = None
        if like:
            with contextlib.closing(sqlite3.connect(like.file)) as source, contextlib.closing(sqlite3.connect(self.file)) as target: source.backup(target)
            shutil.copy(like.folder / 'keys', self.folder / 'keys')
            self.token, self.area = like.token, like.area

    @property
    def config(self): return self.folder / 'gewu.yaml'

    @property
    def file(self): return self.folder / 'county.sqlite'

    def configure(self, **settings):
        self.settings |= settings
        self.config.write_text(''.join(f'{name}: {value}\n' for name, value in self.settings.items()))

    # ---- Commands

    def popen(self, *words, json=True, **options):
        return subprocess.Popen(
            [program, *map(str, words), '--config', str(self.config)] + (['--json'] if json else []), cwd=self.folder, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)

    def gewu(self, *words, json=True, env=None, prepare=None, timeout=60, config=True):
        begun = time.monotonic()
        done = subprocess.run(
            [program, *map(str, words)] + (['--config', str(self.config)] if config else []) + (['--json'] if json else []),
            cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout,
            env=os.environ | {'LANG': 'en_US.UTF-8'} | (env or {}), preexec_fn=prepare, restore_signals=prepare is None)
        return Done(words, done.returncode, done.stdout.decode(errors='replace'), done.stderr.decode(errors='replace'), time.monotonic() - begun)

    def must(self, *words, **options):
        done = self.gewu(*words, **options)
        if done.status or done.json is None: raise RuntimeError(f'gewu {done}')
        return done.json

    def settle(self, households=300):
        self.must('demo', '--households', households, '--seed', '3')
        made = self.must('staff', 'add-token', '--login', 'street_dispatcher', '--name', 'bad-input')
        self.token, self.area = made['secret'], made['area']
        return self

    # ---- Server

    def start(self, wait=True, env=None, prepare=None, through=()):
        self.port = free_port()
        self.log = self.folder / 'server.log'
        self.log_before = self.log.stat().st_size if self.log.exists() else 0
        self.server = subprocess.Popen(
            [*through, program, 'serve', '--config', str(self.config), '--port', str(self.port)], cwd=self.folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=open(self.log, 'ab'),
            env=os.environ | {'LANG': 'en_US.UTF-8'} | (env or {}), preexec_fn=prepare, restore_signals=prepare is None)
        started.append(self.server)
        if wait and not self.wait_ready(): raise RuntimeError('the server did not come: ' + self.told()[-600:])
        return self

    def told(self):
        """The log since the last start."""
        return self.log.read_bytes()[self.log_before:].decode(errors='replace')

    def wait_ready(self, seconds=30):
        def ready():
            if self.server.poll() is not None: return None
            with contextlib.suppress(OSError, http.client.HTTPException): return self.ask('GET', '/readyz').status == 200
            return False
        return wait_for(ready, seconds)

    def stop(self, seconds=40):
        self.server.send_signal(signal.SIGTERM)
        return self.server.wait(timeout=seconds)

    def kill(self):
        if self.server and self.server.poll() is None:
            self.server.kill()
            self.server.wait()

    def memory(self, name='VmHWM'):
        """MB."""
        for line in open(f'/proc/{self.server.pid}/status'):
            if line.startswith(name): return int(line.split()[1]) / 1024
        return 0

    def ask(self, method, path, body=None, key=None, headers=None, timeout=20):
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=timeout)
        try:
            head = {'Accept-Language': 'en'} | (headers or {})
            if path.startswith('/api/') and self.token: head.setdefault('Authorization', 'Bearer ' + self.token)
            if key: head['Idempotency-Key'] = key
            if isinstance(body, (dict, list)):
                head['Content-Type'], body = 'application/json', json.dumps(body).encode()
            connection.request(method, path, body, head)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def report(self, key, length=0, **options):
        body = {'detail': f'试验 {key} ' + '长' * length, 'area': self.area, 'category': '010101'}
        return self.ask('POST', '/api/v1/cases', body, key, **options)

    # ---- What is stored

    def query(self, sql, *values):
        with contextlib.closing(sqlite3.connect(f'file:{self.file}?mode=ro', uri=True, timeout=10)) as connection:
            return connection.execute(sql, values).fetchall()

    def count(self, table): return self.query(f'SELECT COUNT(*) FROM {table}')[0][0]

    def gathered(self):
        """Everything in the one file, none left in the log beside it; its bytes."""
        with contextlib.closing(sqlite3.connect(self.file)) as connection: connection.execute('PRAGMA wal_checkpoint(TRUNCATE)').fetchall()
        self.without_log()
        return self.file.read_bytes()

    def without_log(self):
        for end in ('-wal', '-shm'): pathlib.Path(f'{self.file}{end}').unlink(missing_ok=True)

    def sound(self, what):
        """The file is whole and the ledger verifies; with no server over it."""
        if self.database.startswith('sqlite:'):
            check(f'{what}: the database file is sound', self.query('PRAGMA integrity_check') == [('ok',)] and not self.query('PRAGMA foreign_key_check'))
        done = self.gewu('audit', 'verify')
        check(f'{what}: the ledger verifies', done.status == 0 and done.json, done)


class Stream:
    """Reports matter after matter from several threads, and remembers what was acknowledged."""

    def __init__(self, county, name, workers=4, length=0, pause=0.0):
        self.county, self.name, self.length, self.pause = county, name, length, pause
        self.acknowledged, self.refused, self.unanswered, self.order = {}, {}, {}, []
        self.lock, self.over = threading.Lock(), threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(worker,), daemon=True) for worker in range(workers)]
        for thread in self.threads: thread.start()

    def run(self, worker):
        number = 0
        while not self.over.is_set():
            number += 1
            key = f'{self.name}-{worker}-{number}'
            try: answer = self.county.report(key, self.length)
            except (OSError, http.client.HTTPException) as error:
                with self.lock: self.unanswered[key] = repr(error)
                time.sleep(0.02)
                continue
            with self.lock:
                if answer.status in (200, 201):
                    self.acknowledged[key] = answer.json['id']
                    self.order.append((worker, answer.json))
                else: self.refused[key] = answer
            if answer.status >= 400: time.sleep(0.02)
            if self.pause: time.sleep(self.pause)

    def stop(self):
        self.over.set()
        for thread in self.threads: thread.join(30)
        return self

    def kept(self, what):
        """Everything acknowledged is there, and what was not is taken exactly once when sent again."""
        lost = [key for key, id in self.acknowledged.items() if self.county.ask('GET', f'/api/v1/cases/{id}').status != 200]
        check(f'{what}: {len(self.acknowledged)} acknowledged matters are all there', self.acknowledged and not lost, lost[:3])
        open_keys = (list(self.refused) + list(self.unanswered))[:60]
        again = [self.county.report(key, self.length) for key in open_keys]
        ids = [answer.json.get('id') for answer in again]
        taken = set(ids) | set(self.acknowledged.values())
        check(f'{what}: {len(open_keys)} not acknowledged are taken once when sent again', None not in ids and len(taken) == len(ids) + len(self.acknowledged),
              [str(answer) for answer in again if answer.status >= 400][:2])


def wait_for(what, seconds=20, step=0.05):
    """What `what` answers as soon as it is true; None at once ends the waiting when it answers None."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = what()
        if answer or answer is None: return answer
        time.sleep(step)
    return False


def small_disk(name, megabytes):
    """A file system of so many megabytes, where this user may mount one; else nothing."""
    folder = work / name
    folder.mkdir()
    if os.getuid() != 0 or not shutil.which('mount'): return None
    done = subprocess.run(['mount', '-t', 'tmpfs', '-o', f'size={megabytes}m,mode=0755', 'gewu-bad-input', folder], capture_output=True)
    if done.returncode: return None
    mounted.append(folder)
    return folder


class OwnPostgres:
    """A database of its own on a PostgreSQL server, dropped at the end; `place` is a folder for its tables."""

    def __init__(self, url, name, place=None):
        self.server, self.name, self.place = url, f'gewu_bad_{name}_{os.getpid()}', place
        head, _, options = url.partition('?')
        self.url = head.rsplit('/', 1)[0] + f'/{self.name}' + (f'?{options}' if options else '')

    def ask(self, statement, own=True):
        done = subprocess.run(['psql', self.url if own else self.server, '-v', 'ON_ERROR_STOP=1', '-qAt', '-c', statement], capture_output=True, text=True)
        if done.returncode: raise OSError(done.stderr)
        return done.stdout.strip()

    def count(self, table):
        try: return int(self.ask(f'SELECT COUNT(*) FROM {table}'))
        except OSError: return 0

    def __enter__(self):
        if self.place: self.ask(f"CREATE TABLESPACE {self.name} LOCATION '{self.place}'", own=False)
        self.ask(f'CREATE DATABASE {self.name}' + (f' TABLESPACE {self.name}' if self.place else ''), own=False)
        return self

    def __exit__(self, *error):
        self.ask(f'DROP DATABASE IF EXISTS {self.name} WITH (FORCE)', own=False)
        if self.place: self.ask(f'DROP TABLESPACE IF EXISTS {self.name}', own=False)


def clean_up():
    for server in started:
        if server.poll() is None:
            server.kill()
            server.wait()
        # What libfaketime shares under the process's number outlives it.
        for shared in pathlib.Path('/dev/shm').glob(f'*faketime*_{server.pid}'): shared.unlink()
    for folder in mounted: subprocess.run(['umount', '-l', folder], capture_output=True)
    shutil.rmtree(work, ignore_errors=True)
