"""The clock of the server jumps by an hour and back by a day while it works (libfaketime): ids stay unique and in order, sessions
neither die nor live for ever, due times are sane, the ledger verifies."""
import datetime, glob, json, os, re, time, urllib.parse
from house import check, County, Stream, wait_for

HOUR, DAY = 3600, 86400


def instant(text): return datetime.datetime.fromisoformat(text.replace('Z', '+00:00')).timestamp()


class Browser:
    """A person of the staff, logged in with a password."""

    def __init__(self, county, login, password):
        self.county, self.cookie = county, ''
        form = urllib.parse.urlencode({'login': login, 'password': password})
        answer = county.ask('POST', '/login', form, headers={'Content-Type': 'application/x-www-form-urlencoded', 'Origin': f'http://127.0.0.1:{county.port}'})
        self.cookie = '; '.join(part.split(';')[0] for part in answer.headers.get_all('Set-Cookie') or [])
        self.answer = answer

    def is_in(self):
        answer = self.county.ask('GET', '/home', headers={'Cookie': self.cookie})
        return answer.status == 200 and b'name="password"' not in answer.body


def run(template):
    library = next(iter(glob.glob('/usr/lib/*/faketime/libfaketimeMT.so.1') + glob.glob('/usr/lib/faketime/libfaketimeMT.so.1')), None)
    if not library:
        print('     libfaketime is not installed (script/set-up test does it): the clock is not moved', flush=True)
        return
    county = County('clock', like=template)
    offset = county.folder / 'offset'

    def move(seconds):
        fresh = county.folder / 'offset.new'
        fresh.write_text(f'{seconds:+d}\n')
        os.replace(fresh, offset)

    move(0)
    # Through another program: libfaketime sets up what it shares in the first, and a Swift program would lose its arguments over it.
    county.start(through=['env'], env={'LD_PRELOAD': library, 'FAKETIME_TIMESTAMP_FILE': str(offset), 'FAKETIME_NO_CACHE': '1', 'FAKETIME_DONT_FAKE_MONOTONIC': '1'})
    person = Browser(county, 'street_leader', 'Gewu-demo-2026')
    check('clock: a person of the staff is logged in', person.is_in(), person.answer)
    stream = Stream(county, 'clock', workers=3, pause=0.02)
    seen = []
    for name, seconds in [('as it is', 0), ('an hour ahead', HOUR), ('an hour behind', -HOUR), ('as it is again', 0), ('a day behind', -DAY), ('right at last', 0)]:
        move(seconds)
        time.sleep(0.3)
        count = len(stream.order)
        wait_for(lambda: len(stream.order) >= count + 15, 20)
        with stream.lock: fresh = [answer for _, answer in stream.order[count + 6:]]
        moved = [abs(instant(answer['reportedAt']) - (time.time() + seconds)) for answer in fresh]
        check(f'clock {name}: reports are taken, at the time it shows', fresh and max(moved) < 120, f'{len(fresh)} taken, off by {moved[:3]}')
        check(f'clock {name}: the session lives', person.is_in())
        check(f'clock {name}: /readyz is well', county.ask('GET', '/readyz').status == 200)
        seen += [(seconds, answer) for answer in fresh]
    stream.stop()
    check('clock: no report was refused or lost over it', not stream.refused and not stream.unanswered, [str(one) for one in list(stream.refused.values())[:2]] + list(stream.unanswered.values())[:2])
    ids = [answer['id'] for _, answer in stream.order]
    numbers = [answer['number'] for _, answer in stream.order]
    check(f'clock: {len(ids)} ids and numbers are unique', len(set(ids)) == len(ids) and len(set(numbers)) == len(numbers))
    by_worker = {}
    for worker, answer in stream.order: by_worker.setdefault(worker, []).append(answer['id'])
    check('clock: ids stand in the order in which they were made', all(own == sorted(own) for own in by_worker.values()))
    spans = [instant(answer['due']['at']) - instant(answer['reportedAt']) for _, answer in seen if answer.get('due')]
    # Four working hours: over the longest holiday that is less than twelve days.
    check('clock: due times lie after the report, and not far', len(spans) == len(seen) and min(spans) > 0 and max(spans) < 12 * DAY, (len(spans), len(seen), min(spans or [0]), max(spans or [0])))

    # ---- Sessions end when they should, whatever was before.
    move(7 * HOUR)
    time.sleep(0.2)
    check('clock: within eight hours the session lives', person.is_in())
    move(26 * HOUR)
    time.sleep(0.2)
    check('clock: after more than a day it is over', not person.is_in())
    move(0)
    time.sleep(0.2)
    check('clock: an ended session does not come back when the clock does', not person.is_in())
    other = Browser(county, 'street_leader', 'Gewu-demo-2026')
    check('clock: logging in works again', other.is_in(), other.answer)
    move(9 * HOUR)
    time.sleep(0.2)
    check('clock: after nine hours without a request a session is over', not other.is_in())
    move(0)
    check('clock: it stops cleanly', county.stop() == 0)
    county.sound('after the jumps of the clock')
    county.start()
    stream.kept('clock, after a start with the right one')
    again = [county.report(f'clock-again-{number}').json['id'] for number in range(5)]
    check('clock: ids of the next start are new', not set(again) & set(ids) and len(set(again)) == 5)
    check('clock: it stops cleanly again', county.stop() == 0)
    county.sound('after the start with the right clock')
