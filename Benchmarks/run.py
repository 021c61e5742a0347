#!/usr/bin/env python3
"""Measures a Gewu server on this machine and writes docs/benchmarks.md.

  script/bench [--sizes 10000,200000,1000000] [--engines sqlite,postgres] [--seconds 15] [--keep]
  script/bench --walls 200 [--sizes 10000]     only how soon a change is on so many open walls, at one server and at two

Everything stays on loopback and in one scratch folder. For each engine and size: start time, lives of matters (50 users),
durable creates, reads and lists (32 connections), a ten-fold spike, 500 phones that come back online at once with 20
reports and photos each, and the server's memory. Divisions and matters come
in through `gewu import`, so its rates are measured too. One run, one after the other, nothing else running."""
import argparse, csv, json, os, pathlib, platform, random, shutil, signal, subprocess, sys, tempfile, time, urllib.request

root = pathlib.Path(__file__).resolve().parent.parent
options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
options.add_argument('--sizes', default='10000,200000,1000000')
options.add_argument('--engines', default='sqlite,postgres')
options.add_argument('--seconds', type=int, default=15)
options.add_argument('--gewu', default=str(root / '.build/release/gewu'))
options.add_argument('--load', default=str(root / 'Benchmarks/.build/release/caseload'))
options.add_argument('--divisions', default=str(root.parent / 'shared/data/divisions-2020/villages.csv.gz'))
options.add_argument('--output', default=str(root / 'docs/benchmarks.md'))
options.add_argument('--port', type=int, default=18090)
options.add_argument('--spike-seconds', type=int, default=45)
options.add_argument('--phones', type=int, default=500)
options.add_argument('--photo-kilobytes', type=int, default=100)
options.add_argument('--walls', type=int, default=0)
options.add_argument('--acts', type=int, default=40)
options.add_argument('--keep', action='store_true')
o = options.parse_args()
work = pathlib.Path(tempfile.mkdtemp(prefix='gewu-bench.'))
os.chmod(work, 0o755)
results, processes = [], []

def say(text): print(f'[{time.strftime("%H:%M:%S")}] {text}', flush=True)
def gewu(*words, database, **more):
    begin = time.time()
    done = subprocess.run([o.gewu, *words, '--database', database, '--json', '--config', str(work / 'gewu.yaml')],
                          capture_output=True, text=True, cwd=root, **more)
    if done.returncode: sys.exit(f'gewu {" ".join(words)}: {done.stderr[-2000:]}')
    last = [l for l in done.stdout.splitlines() if l.startswith('{')]
    return (json.loads(last[-1]) if last else {}), time.time() - begin

def memory(pid, name='VmHWM'):
    for line in open(f'/proc/{pid}/status'):
        if line.startswith(name): return int(line.split()[1]) // 1024
def get(path, port=None):
    with urllib.request.urlopen(f'http://127.0.0.1:{port or o.port}{path}', timeout=30) as answer: return answer.read()

class Server:
    def __init__(self, database, port=None):
        begin = time.time()
        port = port or o.port
        self.process = subprocess.Popen([o.gewu, 'serve', '--database', database, '--config', str(work / 'gewu.yaml'), '--port', str(port)],
                                        stdout=subprocess.DEVNULL, stderr=open(work / 'server.log', 'a'), cwd=root)
        processes.append(self.process)
        while True:
            try: get('/readyz', port); break
            except OSError:
                if self.process.poll() is not None: sys.exit('the server did not start: ' + open(work / 'server.log').read()[-2000:])
                time.sleep(0.01)
        self.ready = time.time() - begin
    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)

def load(mode, users, tokens, extra=(), seconds=None):
    out = subprocess.run([o.load, '--port', str(o.port), '--mode', mode, '--users', str(users), '--seconds', str(seconds or o.seconds),
                          '--dispatcher', tokens['dispatcher'], '--handler', tokens['handler'], '--area', tokens['area'],
                          '--category', tokens['category'], '--body', tokens['body'], *extra], capture_output=True, text=True)
    if out.returncode: sys.exit(out.stderr)
    return json.loads(out.stdout)

def orders(path, first, count, street, seed):
    """Ended hotline orders in the 21-column layout; invented."""
    chance = random.Random(seed)
    head = ['工单编号', '工单类型', '问题分类', '标签', '标题', '主要内容', '工单状态', '来电人', '电话/账号', '被反映区', '被反映街乡镇', '办理结果', '回复内容',
            '受理方式', '办结时间', '企业名称', '是否解决', '是否满意', '工单性质', '村/社区', '小区点位']
    subjects = ['楼道堆物', '路灯不亮', '井盖破损', '夜间施工噪声', '垃圾未清', '占道经营', '水压不足', '电梯故障', '违规停车', '绿化缺株']
    with open(path, 'w', newline='', encoding='utf-8') as file:
        rows = csv.writer(file)
        rows.writerow(head)
        for number in range(first, first + count):
            subject = chance.choice(subjects)
            rows.writerow([f'BENCH{number:09d}', '投诉', '', '', f'{subject}问题', f'{chance.randint(1, 60)}号楼{chance.randint(1, 6)}单元附近{subject}，已持续{chance.randint(1, 30)}天，请核实处理。',
                           '已办结', '', '', '', street, '已处理', f'已安排处理{subject}。', '电话', f'2026-{chance.randint(1, 9):02d}-{chance.randint(1, 28):02d} 10:00:00', '',
                           '是', chance.choice(['满意', '基本满意', '不满意']), '主办', '', ''])

def postgres(folder):
    programs = sorted(pathlib.Path('/usr/lib/postgresql').glob('*/bin'))[-1]
    folder.mkdir(); shutil.chown(folder, 'postgres') if os.getuid() == 0 else None
    owner = ['runuser', '-u', 'postgres', '--'] if os.getuid() == 0 else []
    subprocess.run([*owner, str(programs / 'initdb'), '-D', str(folder / 'data'), '-U', 'gewu', '--auth=trust', '--locale=C.UTF-8', '-E', 'UTF8'], check=True, stdout=subprocess.DEVNULL)
    settings = f"-k {folder} -c listen_addresses= -c shared_buffers=1GB -c max_wal_size=4GB -c checkpoint_timeout=15min"
    subprocess.run([*owner, str(programs / 'pg_ctl'), '-D', str(folder / 'data'), '-o', settings, '-l', str(folder / 'log'), '-w', 'start'], check=True, stdout=subprocess.DEVNULL)
    def stop(): subprocess.run([*owner, str(programs / 'pg_ctl'), '-D', str(folder / 'data'), '-m', 'immediate', 'stop'], stdout=subprocess.DEVNULL)
    return f'postgres://gewu@/postgres?host={folder}', stop

def reported(tokens):
    """How many matters of the worker's street wait to be accepted, as maintained."""
    request = urllib.request.Request(f'http://127.0.0.1:{o.port}/api/v1/cases/counts', headers={'Authorization': 'Bearer ' + tokens['dispatcher']})
    with urllib.request.urlopen(request) as answer: return json.loads(answer.read())['counts']['reported']

def phones(engine, size, tokens):
    before, entries = reported(tokens), 20
    result = load('phones', o.phones, tokens | {'handler': tokens['worker']}, ('--entries', str(entries), '--photo', str(o.photo_kilobytes)))
    arrived, meant = reported(tokens) - before, o.phones * entries
    result['arrived'], result['meant'] = arrived, meant
    result['itemsPerSecond'] = round(arrived / result['seconds'], 1)
    results.append(dict(engine=engine, size=size, what='phones', users=o.phones, result=result))
    say(f"{engine} {size} {o.phones} phones: {result['itemsPerSecond']} items/s with {o.photo_kilobytes} KB photos; {arrived} of {meant} arrived")
    if arrived != meant: sys.exit(f'{meant} entries were sent, {arrived} arrived')

def measure(engine, database):
    say(f'{engine}: county')
    made, took = gewu('demo', '--households', '20000', '--seed', '1', database=database)
    results.append(dict(engine=engine, what='demo', seconds=round(took, 1), result=made))
    if pathlib.Path(o.divisions).exists():
        made, took = gewu('import', 'divisions', o.divisions, '--valid-from', '2020-06-30', database=database)
        rows = made.get('rows') or made.get('rowCount') or 679599
        results.append(dict(engine=engine, what='import divisions', seconds=round(took, 2), rows=rows, perSecond=round(rows / took)))
        say(f'{engine}: divisions {took:.1f} s')
    tokens = {}
    for role in ('street_dispatcher', 'department_handler', 'grid_worker'):
        made, _ = gewu('staff', 'add-token', '--login', role, '--name', 'bench', database=database)
        if role == 'grid_worker': tokens['worker'] = made['secret']; continue
        tokens['dispatcher' if role == 'street_dispatcher' else 'handler'] = made['secret']
        tokens['area' if role == 'street_dispatcher' else 'body'] = made['area' if role == 'street_dispatcher' else 'body']
    server = Server(database)
    request = urllib.request.Request(f"http://127.0.0.1:{o.port}/api/v1/areas/{tokens['area']}", headers={'Authorization': 'Bearer ' + tokens['dispatcher']})
    with urllib.request.urlopen(request) as answer: street = json.loads(answer.read())['area']['name']
    server.stop()
    stored = 0
    for size in map(int, o.sizes.split(',')):
        file = work / f'orders-{size}.csv'
        orders(file, stored, size - stored, street, size)
        made, took = gewu('import', 'cases', str(file), database=database)
        results.append(dict(engine=engine, size=size, what='import cases', seconds=round(took, 1), rows=size - stored, perSecond=round((size - stored) / took)))
        say(f'{engine} {size}: import {(size - stored) / took:.0f} rows/s')
        stored = size
        file.unlink()
        server = Server(database)
        tokens['category'] = next(c['code'] for c in json.loads(get('/api/v1/categories'))['categories'] if c['isLeaf'])
        results.append(dict(engine=engine, size=size, what='start', seconds=round(server.ready, 3), idleMB=memory(server.process.pid, 'VmRSS')))
        load('create', 8, tokens, seconds=2)
        for mode, users in (('lives', 50), ('create', 32), ('create', 8), ('read', 32), ('list', 32)):
            result = load(mode, users, tokens)
            results.append(dict(engine=engine, size=size, what=mode, users=users, result=result))
            one = result['operations'].get(mode) or result['operations'].get('create')
            say(f"{engine} {size} {mode} x{users}: {result['livesPerSecond'] if mode == 'lives' else one['perSecond']}/s p95 {one['p95ms']} ms")
        result = load('lives', 50, tokens, ('--spike', '10'), seconds=o.spike_seconds)
        results.append(dict(engine=engine, size=size, what='spike', users=500, result=result))
        phones(engine, size, tokens)
        results.append(dict(engine=engine, size=size, what='memory', peakMB=memory(server.process.pid)))
        say(f"{engine} {size}: peak {memory(server.process.pid)} MB; spike statuses {({k: v['statuses'] for k, v in result['operations'].items()})}")
        server.stop()

def measure_walls(engine, database):
    import walls
    say(f'{engine}: county')
    gewu('demo', '--households', '20000', '--seed', '1', database=database)
    tokens = {role: gewu('staff', 'add-token', '--login', role, '--name', 'bench', database=database)[0]
              for role in ('street_dispatcher', 'coordination_officer', 'department_leader')}
    area = tokens['street_dispatcher']['area']
    secret = {role: made['secret'] for role, made in tokens.items()}
    stored = 0
    for size in map(int, o.sizes.split(',')):
        server = Server(database)
        request = urllib.request.Request(f"http://127.0.0.1:{o.port}/api/v1/areas/{area}", headers={'Authorization': 'Bearer ' + secret['street_dispatcher']})
        with urllib.request.urlopen(request) as answer: street = json.loads(answer.read())['area']['name']
        server.stop()
        if size > stored:
            file = work / f'orders-{size}.csv'
            orders(file, stored, size - stored, street, size)
            gewu('import', 'cases', str(file), database=database)
            file.unlink()
            stored = size
        # SQLite is one server's; PostgreSQL may have several.
        for servers in (1, 2) if engine == 'postgres' else (1,):
            running = [Server(database, o.port + number) for number in range(servers)]
            time.sleep(5)
            before = [memory(s.process.pid, 'VmRSS') for s in running]
            streams = [(o.port + number, secret[role], path) for number in range(servers)
                       for role, path in (('street_dispatcher', '/command/stream?mode=wall'), ('coordination_officer', '/command/stream?mode=wall'),
                                          ('street_dispatcher', '/command/stream'), ('coordination_officer', f'/command/stream?mode=wall&area={area}'))]
            peak = []
            def act():
                walls.post(o.port, '/cases', secret['street_dispatcher'], dict(title='路灯不亮', detail='3号楼东侧路灯不亮，请核实处理。', area=area))
                peak.append(max(memory(s.process.pid, 'VmRSS') for s in running))
            result = walls.measure(o.walls, streams, act, o.acts)
            result |= dict(engine=engine, servers=servers, stored=stored, what='walls', load=f'{os.getloadavg()[0]:.1f}',
                           memoryMB=[max(before), peak[0], max(memory(s.process.pid) for s in running)])
            results.append(result)
            say(f"{engine}, {servers} servers, {stored} stored, {o.walls} walls: p50 {result['p50ms']} p95 {result['p95ms']} max {result['maxms']} ms; {result['lost']} lost; memory {result['memoryMB']} MB")
            for s in running: s.stop()

def table():
    lines = ['# What was measured', '',
             f'{time.strftime("%Y-%m-%d")}, {os.cpu_count()} cores ({platform.machine()}), client and server on the same machine, load average {os.getloadavg()[0]:.1f} at the end.',
             'Made by `script/bench`; absolute figures drift on shared machines, ratios within one run are what counts. Every write is durable',
             '(SQLite `synchronous=FULL`, PostgreSQL `fsync=on`) before it is answered. A life is report, accept, dispatch, take, finish, search: six requests.', '',
             '| engine | stored | what | users | per second | p50 ms | p95 ms | p99 ms | answers |', '| --- | --- | --- | --- | --- | --- | --- | --- | --- |']
    for r in results:
        if r['what'] in ('lives', 'create', 'read', 'list', 'spike', 'phones'):
            for name, one in sorted(r['result']['operations'].items()):
                answers = ', '.join(f'{k}: {v}' for k, v in sorted(one['statuses'].items()))
                lines.append(f"| {r['engine']} | {r['size']:,} | {r['what']}: {name} | {r['users']} | {one['perSecond']:,.0f} | {one['p50ms']:.1f} | {one['p95ms']:.1f} | {one['p99ms']:.1f} | {answers} |")
            if r['what'] == 'phones':
                lines.append(f"| {r['engine']} | {r['size']:,} | **phones: entries that arrived, once each: {r['result']['arrived']:,} of {r['result']['meant']:,}** | {r['users']} | **{r['result']['itemsPerSecond']:,}** | | | | |")
            if r['what'] in ('lives', 'spike'):
                lines.append(f"| {r['engine']} | {r['size']:,} | **{r['what']}: whole lives** | {r['users']} | **{r['result']['livesPerSecond']:,}** | | | | |")
    lines += ['', '| engine | stored | what | figure |', '| --- | --- | --- | --- |']
    for r in results:
        size = f"{r['size']:,}" if 'size' in r else ''
        if r['what'].startswith('import'): lines.append(f"| {r['engine']} | {size} | {r['what']} | {r['rows']:,} rows in {r['seconds']} s = {r['perSecond']:,}/s |")
        elif r['what'] == 'start': lines.append(f"| {r['engine']} | {size} | ready after start | {r['seconds']} s, {r['idleMB']} MB resident |")
        elif r['what'] == 'memory': lines.append(f"| {r['engine']} | {size} | peak resident after all of the above | {r['peakMB']} MB |")
        elif r['what'] == 'demo': lines.append(f"| {r['engine']} | {size} | `gewu demo --households 20000` | {r['seconds']} s |")
    return '\n'.join(lines) + '\n'

(work / 'gewu.yaml').write_text(f"keys: {work}/keys\noutbox: {work}/outbox.jsonl\narea: \"330106\"\ndemonstration: true\nsecureCookies: false\nlogLevel: warning\n")
try:
    for engine in o.engines.split(','):
        part = measure_walls if o.walls else measure
        if engine == 'sqlite': part(engine, f'sqlite:{work}/bench.sqlite')
        else:
            database, stop = postgres(work / 'pg')
            try: part(engine, database)
            finally: stop()
finally:
    for process in processes:
        if process.poll() is None: process.kill()
    if results:
        # Each section of the page is measured apart and leaves the others' lines as they are; these come before the first.
        if o.walls:
            import measuring, walls
            measuring.section(o.output, 'Walls', walls.lines(results).split('\n')[3:])
        else:
            written = pathlib.Path(o.output).read_text() if pathlib.Path(o.output).exists() else ''
            _, mark, sections = written.partition('\n## ')
            pathlib.Path(o.output).write_text(table() + mark + sections)
        say(f'wrote {o.output}')
    if not o.keep: shutil.rmtree(work, ignore_errors=True)
