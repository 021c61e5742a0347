"""Text that is none: U+0000 and bytes that are no UTF-8, in addresses, forms and JSON. Refused with the field's name, never a fault."""
import os, stat
from house import check, County

PLACES = ['/api/v1/cases?area={}', '/api/v1/cases?state={}', '/api/v1/cases?category={}', '/api/v1/cases?after={}', '/api/v1/bodies?area={}', '/api/v1/areas?q={}',
          '/api/v1/ledger?actor={}', '/api/v1/ledger?subject={}', '/login?next={}', '/?x={}', '/report?area={}', '/places?q={}']


def run(template):
    county = County('texts', like=template).start()
    for text, what in (('%00', 'U+0000'), ('a%00b', 'U+0000 inside'), ('%ff%fe', 'no UTF-8'), ('%C0%80', 'U+0000 in two bytes')):
        answers = {place: county.ask('GET', place.format(text)) for place in PLACES}
        wrong = {place: str(answer) for place, answer in answers.items() if answer.status not in (400, 422)}
        check(f'{what} in an address: refused everywhere', not wrong, wrong)
        fields = {place: answer.json.get('field') for place, answer in answers.items() if place.startswith('/api/')}
        check(f'{what} in an address: the field is named', all(field and f'?{field}=' in place for place, field in fields.items()), fields)
    for place in ('/api/v1/cases/%00', '/api/v1/areas/%00', '/cases/%00', '/places/%00', '/assets/0/%00', '/open/%00'):
        answer = county.ask('GET', place)
        check(f'U+0000 in the path of {place}: refused', 400 <= answer.status < 500 or answer.status == 303, answer)
    bodies = {'detail': {'detail': 'a\0b', 'area': county.area}, 'reporter.name': {'detail': 'a', 'area': county.area, 'reporter': {'name': '\0', 'phone': '13800001234'}},
              'address': {'detail': 'a', 'area': county.area, 'address': '\0'}, 'sourceNumber': {'detail': 'a', 'area': county.area, 'source': 'x', 'sourceNumber': 'n\0'},
              'photos.0.name': {'detail': 'a', 'area': county.area, 'photos': [{'name': '\0.png', 'content': ''}]}}
    for field, body in bodies.items():
        answer = county.ask('POST', '/api/v1/cases', body)
        check(f'U+0000 in JSON, in {field}: refused by name', answer.status == 400 and answer.json.get('field') == field, answer)
    json_type = {'Content-Type': 'application/json'}
    for what, body in (('no UTF-8', b'{"detail":"\xff"}'), ('UTF-16', '{"detail":"a"}'.encode('utf-16')), ('half of a pair', b'{"detail":"\\ud800"}')):
        answer = county.ask('POST', '/api/v1/cases', body, headers=json_type)
        check(f'JSON with {what}: refused', answer.status in (400, 422), answer)
    form = {'Content-Type': 'application/x-www-form-urlencoded', 'Accept': 'application/json'}
    for body, field in ((b'login=a%00&password=x', 'login'), (b'login=a&password=%ff', 'password'), (b'login=\xc4', 'login')):
        answer = county.ask('POST', '/login', body, headers=form)
        check(f'a form with {body!r}: refused by name', answer.status == 400 and answer.json.get('field') == field, answer)
    parts = b'--b\r\nContent-Disposition: form-data; name="detail"\r\n\r\na\0b\r\n--b--\r\n'
    answer = county.ask('POST', '/report', parts, headers={'Content-Type': 'multipart/form-data; boundary=b', 'Accept': 'application/json'})
    check('a form with files: refused by name', answer.status == 400 and answer.json.get('field') == 'detail', answer)
    check('after all of it the same server takes a report', county.report('after').status == 201)
    faults = [line for line in county.told().splitlines() if '"status":"5' in line]
    check('none of it was a fault of the server', not faults, faults[:3])
    check('it stops cleanly', county.stop() == 0)
    log = f'{county.file}-wal'
    check('a clean stop leaves no log beside the file', not os.path.exists(log) or os.path.getsize(log) == 0, os.path.exists(log) and os.path.getsize(log))
    made = County('modes')
    made.must('demo', '--households', 20, '--seed', 1)
    check('a new database is for its owner only', stat.S_IMODE(os.stat(made.file).st_mode) == 0o600, oct(os.stat(made.file).st_mode))
