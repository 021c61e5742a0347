"""Requests that are too large, too slow, too many or no requests at all: each is refused or let go, the others go on being answered."""
import http.client, json, os, random, socket, struct, threading, time
from house import check, County, wait_for

BLOCK = b'x' * 65536
TWO_GIGABYTES = 2 << 30


def connect(county, timeout=30):
    connection = socket.create_connection(('127.0.0.1', county.port), timeout=timeout)
    return connection


def read_all(connection, seconds=10, limit=1 << 20):
    """Everything until the other side closes, and whether it did."""
    answer, end = b'', time.monotonic() + seconds
    while len(answer) < limit:
        left = end - time.monotonic()
        if left <= 0: return answer, False
        connection.settimeout(left)
        try: piece = connection.recv(65536)
        except TimeoutError: return answer, False
        except OSError: return answer, True
        if not piece: return answer, True
        answer += piece
    return answer, False


def statuses(answer): return [int(line.split(b' ')[1]) for line in answer.split(b'\r\n') if line.startswith(b'HTTP/1.') and line.count(b' ') >= 1]


def problem(answer):
    try: return json.loads(answer[answer.index(b'{'):answer.rindex(b'}') + 1])
    except ValueError: return {}


class Watch:
    """Asks for something ordinary again and again meanwhile."""

    def __init__(self, county):
        self.county, self.over, self.slowest, self.wrong, self.count = county, threading.Event(), 0, [], 0
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.over.is_set():
            begun = time.monotonic()
            try:
                answer = self.county.ask('GET', '/api/v1/cases/counts', timeout=15)
                if answer.status != 200: self.wrong.append(str(answer))
            except (OSError, http.client.HTTPException) as error: self.wrong.append(repr(error))
            self.slowest, self.count = max(self.slowest, time.monotonic() - begun), self.count + 1
            time.sleep(0.03)

    def stop(self, what):
        self.over.set()
        self.thread.join(20)
        check(f'{what}: {self.count} other requests were answered meanwhile, none later than 5 s', self.count and not self.wrong and self.slowest < 5, f'{self.slowest:.1f} s {self.wrong[:2]}')


def upload(county, path, chunked, kind='application/json', expect=False, results=None, deaf=False):
    """Sends two gigabytes, made on the way, until the server answers ; a deaf one goes on until it closes. Status, problem, MB
    sent until then, seconds until the answer."""
    connection, begun, sent, answer = connect(county), time.monotonic(), 0, b''
    head = f'POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nAuthorization: Bearer {county.token}\r\nAccept-Language: en\r\n'
    head += 'Transfer-Encoding: chunked\r\n' if chunked else f'Content-Length: {TWO_GIGABYTES}\r\n'
    if expect: head += 'Expect: 100-continue\r\n'
    seconds = None
    try:
        connection.sendall(head.encode() + b'\r\n')
        if expect:
            answer, _ = read_all(connection, 3, 4096)
            if answer: seconds = time.monotonic() - begun
        while sent < TWO_GIGABYTES and not expect:
            connection.setblocking(False)
            try: piece = connection.recv(65536)
            except BlockingIOError: piece = None
            connection.settimeout(10)
            if piece == b'': break
            if piece and seconds is None: seconds = time.monotonic() - begun
            answer += piece or b''
            if answer and not deaf: break
            connection.sendall(b'%x\r\n%s\r\n' % (len(BLOCK), BLOCK) if chunked else BLOCK)
            sent += len(BLOCK)
    except OSError: pass
    if not answer: answer, _ = read_all(connection, 5)
    connection.close()
    result = ((statuses(answer) or [None])[-1], problem(answer), sent / (1 << 20), seconds if seconds is not None else time.monotonic() - begun)
    if results is not None: results.append(result)
    return result


def large(county):
    county.report('before')
    before = county.memory()
    watch = Watch(county)
    for what, path, chunked, kind in [
        ('2 GB with its length told', '/api/v1/cases', False, 'application/json'),
        ('2 GB in chunks', '/api/v1/cases', True, 'application/json'),
        ('2 GB in chunks as a form, by nobody', '/login', True, 'application/x-www-form-urlencoded'),
        ('2 GB told as a file, by nobody', '/report', False, 'multipart/form-data; boundary=x'),
        ('2 GB to an address that is not there', '/api/v1/none', False, 'application/json'),
    ]:
        status, told, sent, seconds = upload(county, path, chunked, kind)
        if not chunked: check(f'{what}: before the body is read', sent < 20, f'{sent:.0f} MB')
        right = status == 413 and (told.get('code') == 'web.too-large' and told.get('wayOn') and told.get('status') == 413 or kind != 'application/json') or 'not there' in what and status in (404, 413)
        check(f'{what}: refused', right, f'{status} {told}')
        # In chunks the size shows only when the limit (20 MB) has passed.
        check(f'{what}: at once, after {sent:.0f} MB and {seconds:.1f} s', seconds < (8 if chunked else 3) and sent < TWO_GIGABYTES / (1 << 20), f'{sent:.0f} MB {seconds:.1f} s')
    status, told, sent, seconds = upload(county, '/api/v1/cases', False, expect=True)
    check('2 GB that ask first (Expect: 100-continue): refused before a byte is sent', status == 413 and seconds < 3, f'{status} {told} {seconds:.1f}')
    grown = county.memory() - before
    check(f'the server kept its memory over 2 GB uploads ({grown:.0f} MB more)', grown < 120, f'{before:.0f} MB before, {grown:.0f} MB more')
    status, told, sent, seconds = upload(county, '/api/v1/cases', False, deaf=True)
    check('2 GB from one who does not listen: cut off', status == 413 and sent < TWO_GIGABYTES / (1 << 20), f'{status} {sent:.0f} MB')
    results = []
    together = [threading.Thread(target=upload, args=(county, '/api/v1/cases', bool(number % 2)), kwargs={'results': results}) for number in range(6)]
    for thread in together: thread.start()
    for thread in together: thread.join(60)
    check('six such at once: all refused', [result[0] for result in results] == [413] * 6, results)
    watch.stop('under 2 GB uploads')
    grown = county.memory() - before
    check(f'six at once: the memory has its bound ({grown:.0f} MB more)', grown < 300, f'{grown:.0f} MB more')


def slow(county):
    """1 KiB a second is expected of a body after 10 s; a head has 60 s."""
    begun = time.monotonic()
    body_heads = [f'POST /api/v1/cases HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer {county.token}\r\nContent-Length: 1000\r\n\r\n'.encode() for _ in range(20)]
    drips = [(connect(county), 'body', head) for head in body_heads] + [(connect(county), 'head', b'GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ') for _ in range(20)]
    for connection, _, head in drips: connection.sendall(head)
    idle = [connect(county) for _ in range(300)]
    half = [connect(county) for _ in range(30)]
    for connection in half: connection.sendall(b'POST /api/v1/cases HTTP/1.1\r\nContent-Le')
    torn = [connect(county) for _ in range(30)]
    for connection in torn:
        connection.sendall(body_heads[0] + b'{"detail"')
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        connection.close()
    check('300 idle and 60 broken connections: a report is taken', county.report('among-idle').status == 201)
    ended = {}
    while len(ended) < len(drips) and time.monotonic() - begun < 75:
        for number, (connection, kind, _) in enumerate(drips):
            if number in ended: continue
            try:
                connection.setblocking(False)
                try: answer = connection.recv(65536)
                except BlockingIOError: answer = None
                if answer is not None: ended[number] = (kind, answer, time.monotonic() - begun)
                else:
                    connection.settimeout(2)
                    connection.sendall(b'x')
            except OSError: ended[number] = (kind, b'', time.monotonic() - begun)
        time.sleep(1)
        if round(time.monotonic() - begun) % 10 == 0:
            slowest = time.monotonic()
            check('a report is taken among them', county.report(f'among-{len(ended)}-{slowest}').status == 201 and time.monotonic() - slowest < 5)
    bodies = [answer for kind, answer, _ in ended.values() if kind == 'body']
    check('a body at one byte a second: 408 with a sentence, and closed', len(bodies) == 20 and all(statuses(answer) == [408] and problem(answer).get('detail') for answer in bodies), f'{len(bodies)} ended; {bodies[:1]}')
    heads = [seconds for kind, _, seconds in ended.values() if kind == 'head']
    check('a head at one byte a second: closed after a minute', len(heads) == 20, f'{len(heads)} of 20 ended within 75 s: {heads[:2]}')
    quick = [seconds for kind, _, seconds in ended.values() if kind == 'body']
    check('a body at one byte a second: not borne longer than 20 s', quick and max(quick) < 20, quick[:3])
    quiet = idle[::10]
    for connection in [one for one, *_ in drips] + half: connection.close()
    check('300 idle connections: closed after a minute of silence', all(read_all(connection, 5)[1] for connection in quiet))
    county.kill()


def strange(county):
    def send(text, seconds=5):
        connection = connect(county)
        with connection:
            try: connection.sendall(text)
            except OSError: pass
            return read_all(connection, seconds)

    def refused(what, text, *allowed):
        """Refused or let go; in any case one answer at most, and the connection is over."""
        answer, closed = send(text)
        found = statuses(answer)
        check(f'{what}: refused and closed', closed and len(found) <= 1 and all(status in (allowed or (400,)) for status in found) and b'smuggled' not in answer, f'closed {closed} {answer[:300]}')

    great = b'GET /healthz HTTP/1.1\r\nHost: x\r\nX-Great: ' + b'a' * (1 << 20) + b'\r\n\r\n'
    refused('a header of 1 MB', great, 400, 431)
    refused('an address of 1 MB', b'GET /' + b'a' * (1 << 20) + b' HTTP/1.1\r\nHost: x\r\n\r\n', 400, 414, 431)
    refused('100,000 headers', b'GET /healthz HTTP/1.1\r\nHost: x\r\n' + b''.join(b'X-%d: a\r\n' % number for number in range(100_000)) + b'\r\n', 400, 431)
    noise = random.Random(4)
    for number in range(5): refused(f'noise {number + 1}', noise.randbytes(3000) + b'\r\n\r\n')
    refused('the beginning of TLS', b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' + noise.randbytes(300) + b'\r\n\r\n')
    refused('a version that does not exist', b'GET /healthz HTTP/9.9\r\nHost: x\r\n\r\n', 400, 505)
    refused('a NUL in a header', b'GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n')
    answer, closed = send(b'GET /healthz HTTP/1.0\r\n\r\n')
    check('HTTP/1.0: answered, with its length', statuses(answer) == [200] and answer.endswith(b'\r\n\r\n{"alive":true}') and b'\nContent-Length: 14\r' in answer, answer[:300])
    check('HTTP/1.0: closed after the answer', closed, answer[:300])

    after = b'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n'
    post = b'POST /api/v1/cases HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'
    refused('a length and chunks at once', post + b'Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n' % (5 + len(after)) + after)
    refused('chunks and a length at once', post + b'Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n' + b'%x\r\n%s\r\n0\r\n\r\n' % (len(after), after))
    refused('two lengths', post + b'Content-Length: 0\r\nContent-Length: %d\r\n\r\n' % len(after) + after)
    refused('a length below zero', post + b'Content-Length: -1\r\n\r\n' + after)
    refused('a length with a plus', post + b'Content-Length: +0\r\n\r\n' + after)
    refused('an unknown encoding', post + b'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n' + after, 400, 401, 501)
    refused('chunked not last', post + b'Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n' + after, 400, 501)
    refused('a blank before the colon', post + b'Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n' + after)
    refused('a chunk of impossible size', post + b'Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n' + after, 400, 401)
    refused('a folded header', post + b'X: a\r\n Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n' + after)


def run_slow(template):
    """Takes over a minute, nearly all of it waiting: meant to run beside the others."""
    slow(County('slow', like=template).start())


def run(template):
    county = County('uploads', like=template).start()
    strange(county)
    large(county)
    check('after all of it the same server takes a report', county.server.poll() is None and county.report('after').status == 201)
    text = county.told()
    check('its log has no crash in it', 'Fatal' not in text and 'crash' not in text, text[-300:])
    check('it stops cleanly', county.stop() == 0)
    county.sound('after strange requests')
