"""How soon a change is on every open wall: opens so many walls as browsers do (server-sent events), lets somebody act, and
takes the time from the answer of the act to its arrival on each wall. Used by run.py (`--walls 200`)."""
import json, selectors, socket, time, urllib.request


class Wall:
    """One open stream. Reads what comes and says when a new state had arrived whole."""

    def __init__(self, port, token, path):
        self.socket = socket.create_connection(('127.0.0.1', port), timeout=30)
        self.socket.sendall(f'GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\nAuthorization: Bearer {token}\r\n\r\n'.encode())
        self.pending, self.arrivals, self.signs, self.bytes = b'', [], 0, 0

    def read(self, now):
        got = self.socket.recv(1 << 16)
        if not got: raise SystemExit('a wall was cut off')
        self.bytes += len(got)
        self.pending += got
        # A chunk's size may stand between two lines, never inside one of ours: each event is one chunk.
        while b'\n\n' in self.pending:
            event, self.pending = self.pending.split(b'\n\n', 1)
            if b'event: wall' in event: self.arrivals.append((now, event))
            elif b'event: alive' in event: self.signs += 1


class Walls:
    def __init__(self, count, doors):
        """doors: (port, token, path) in turn."""
        self.all, self.selector = [], selectors.DefaultSelector()
        for number in range(count):
            wall = Wall(*doors[number % len(doors)])
            self.all.append(wall)
            self.selector.register(wall.socket, selectors.EVENT_READ, wall)

    def watch(self, until, is_enough=lambda: False):
        while time.monotonic() < until and not is_enough():
            for key, _ in self.selector.select(timeout=0.05): key.data.read(time.monotonic())

    def close(self):
        for wall in self.all: wall.socket.close()


def post(port, path, token, content):
    request = urllib.request.Request(f'http://127.0.0.1:{port}/api/v1{path}', json.dumps(content).encode(),
                                     {'Authorization': 'Bearer ' + token, 'Content-Type': 'application/json'})
    with urllib.request.urlopen(request, timeout=30) as answer: return json.loads(answer.read())


def measure(count, doors, act, acts=40, pause=0.4):
    """-> delays in ms of every act on every wall, and what the streams carried."""
    walls = Walls(count, doors)
    walls.watch(time.monotonic() + 60, lambda: all(w.arrivals for w in walls.all))
    if not all(w.arrivals for w in walls.all): raise SystemExit('some walls got no state at all')
    opened = sum(w.bytes for w in walls.all)
    delays, lost = [], 0
    for _ in range(acts):
        walls.watch(time.monotonic() + pause)
        for wall in walls.all: wall.arrivals.clear()
        act()
        answered = time.monotonic()
        walls.watch(answered + 10, lambda: all(w.arrivals for w in walls.all))
        for wall in walls.all:
            if wall.arrivals: delays.append(max(0.0, (wall.arrivals[0][0] - answered) * 1000))
            else: lost += 1
    sent = sum(w.bytes for w in walls.all) - opened
    walls.close()
    delays.sort()
    at = lambda share: round(delays[min(len(delays) - 1, int(len(delays) * share))], 1)
    return dict(walls=count, acts=acts, arrived=len(delays), lost=lost, p50ms=at(0.5), p95ms=at(0.95), p99ms=at(0.99),
                maxms=round(delays[-1], 1), bytesAtOpening=opened // count, bytesPerAct=sent // count // acts)


def lines(results):
    """The section of docs/benchmarks.md."""
    text = ['', '## Walls', '',
            'From the answer of an act to its arrival on every open wall, each act on each wall. Made by `Benchmarks/run.py --walls`.', '',
            '| engine | servers | stored | walls | acts | arrived | p50 ms | p95 ms | p99 ms | max ms | memory before, with all walls, at the end | bytes per act and wall | load |',
            '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |']
    for r in results:
        text.append(f"| {r['engine']} | {r['servers']} | {r['stored']:,} | {r['walls']} | {r['acts']} | {r['arrived']:,} of {r['walls'] * r['acts']:,} | {r['p50ms']} | {r['p95ms']} | {r['p99ms']} | {r['maxms']} "
                    f"| {', '.join(str(m) for m in r['memoryMB'])} MB | {r['bytesPerAct']:,} | {r['load']} |")
    return '\n'.join(text) + '\n'
