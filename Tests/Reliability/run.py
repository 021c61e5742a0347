#!/usr/bin/env python3
"""Kills the server with SIGKILL under load, again and again: nothing acknowledged is lost, nothing is stored twice, the
ledger verifies, and the counts are those of a recount.

  run.py PROGRAM [ROUNDS] [DATABASE]     ends with 'N passed, N failed'; loopback only, in a folder of its own"""
import json, os, pathlib, random, shutil, signal, subprocess, sys, tempfile, threading, time, urllib.error, urllib.request

program = sys.argv[1]
rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 4
work = pathlib.Path(tempfile.mkdtemp(prefix='gewu-kill.'))
database = sys.argv[3] if len(sys.argv) > 3 else f'sqlite:{work}/kill.sqlite'
port = random.randint(20000, 40000)
base = f'http://127.0.0.1:{port}'
(work / 'gewu.yaml').write_text(f'database: {database}\narea: "330106"\nkeys: {work}/keys\noutbox: {work}/outbox.jsonl\ndemonstration: true\nsecureCookies: false\n')
passed = failed = 0
server = None

def check(what, holds, more=''):
    global passed, failed
    passed, failed = passed + bool(holds), failed + (not holds)
    print(('ok   ' if holds else 'FAIL ') + what + ('' if holds else f' {more}'), flush=True)

def gewu(*words):
    done = subprocess.run([program, *words, '--config', work / 'gewu.yaml', '--json'], capture_output=True, text=True)
    if done.returncode: raise SystemExit(f'gewu {" ".join(words)}: {done.stderr[-1500:]}')
    return json.loads([line for line in done.stdout.splitlines() if line.startswith('{')][-1])

def start():
    global server
    server = subprocess.Popen([program, 'serve', '--config', work / 'gewu.yaml', '--port', str(port)], stdout=subprocess.DEVNULL, stderr=open(work / 'log', 'a'))
    for _ in range(600):
        try:
            urllib.request.urlopen(base + '/readyz', timeout=2)
            return
        except OSError: time.sleep(0.05)
    raise SystemExit('the server did not come back: ' + (work / 'log').read_text()[-1500:])

def ask(method, path, body=None, key=None):
    headers = {'Authorization': 'Bearer ' + token, 'Content-Type': 'application/json'}
    if key: headers['Idempotency-Key'] = key
    request = urllib.request.Request(base + '/api/v1' + path, method=method, headers=headers, data=json.dumps(body).encode() if body else None)
    with urllib.request.urlopen(request, timeout=10) as answer: return json.loads(answer.read())

try:
    gewu('demo', '--households', '2000', '--seed', '3')
    token = gewu('staff', 'add-token', '--login', 'street_dispatcher', '--name', 'kill')
    area, token = token['area'], token['secret']
    acknowledged, unanswered, lock = {}, [], threading.Lock()
    for number in range(rounds):
        start()
        stop = threading.Event()
        def send(worker):
            count = 0
            while not stop.is_set():
                count += 1
                key = f'{number}-{worker}-{count}'
                body = {'detail': f'断电试验 {key}', 'area': area, 'category': '010101'}
                try: answer = ask('POST', '/cases', body, key)
                except Exception:
                    with lock: unanswered.append((key, body))
                    continue
                with lock: acknowledged[key] = answer['id']
                try: ask('POST', f"/cases/{answer['id']}/acts", {'act': 'accept'}, key + '-accept')
                except Exception: pass
        threads = [threading.Thread(target=send, args=(worker,)) for worker in range(8)]
        for thread in threads: thread.start()
        time.sleep(random.uniform(0.8, 2.0))
        server.send_signal(signal.SIGKILL)
        server.wait()
        stop.set()
        for thread in threads: thread.join()
    start()
    lost = [key for key, id in acknowledged.items() if ask('GET', f'/cases/{id}')['id'] != id]
    check(f'{len(acknowledged)} acknowledged matters are all there after {rounds} kills', not lost and acknowledged, lost[:3])
    again = {key: ask('POST', '/cases', body, key)['id'] for key, body in unanswered}
    check(f'{len(unanswered)} that got no answer are taken once when sent again', len(set(again.values()) | set(acknowledged.values())) == len(again) + len(acknowledged))
    sample = random.sample(sorted(acknowledged), min(20, len(acknowledged)))
    repeated = [ask('POST', '/cases', {'detail': f'断电试验 {key}', 'area': area, 'category': '010101'}, key)['id'] == acknowledged[key] for key in sample]
    check('a repeat of an acknowledged request gets the same matter', all(repeated))
    counted = sum(ask('GET', '/cases/counts')['counts'].values())
    listed, after = 0, ''
    while after is not None:
        page = ask('GET', '/cases?limit=200' + (f'&after={after}' if after else ''))
        listed, after = listed + len(page['cases']), page['next']
    check('the maintained counts are those of the list', counted == listed, f'{counted} {listed}')
    server.send_signal(signal.SIGTERM)
    check('it stops cleanly at the end', server.wait(timeout=30) == 0)
    verified = gewu('audit', 'verify')
    check('the ledger verifies from its first block', verified, verified)
except urllib.error.HTTPError as error:
    check('no refusal on the way', False, error.read()[:300])
finally:
    if server and server.poll() is None: server.kill()
    shutil.rmtree(work, ignore_errors=True)
    print(f'{passed} passed, {failed} failed')
sys.exit(1 if failed else 0)
