#!/usr/bin/env python3
"""Walks through a demonstration server as people would, in a real headless Chromium. Started by script/test, which says
where the server is (GEWU_URL), which accounts there are (GEWU_COUNTY) and where texts go (GEWU_OUTBOX).
Ends with 'N passed, N failed'."""
import json, os, re, struct, sys, time, traceback
from playwright.sync_api import sync_playwright

base = os.environ['GEWU_URL']
county = json.load(open(os.environ['GEWU_COUNTY']))
outbox = os.environ['GEWU_OUTBOX']
pictures = os.environ.get('GEWU_PICTURES')
password = county['password']
passed = failed = 0

def test(name):
    """Runs at once; one failure hides no other."""
    def run(body):
        global passed, failed
        try:
            body()
            passed += 1
            print(f'ok   {name}', flush=True)
        except Exception as error:
            failed += 1
            place = traceback.extract_tb(error.__traceback__)[-1]
            print(f'FAIL {name}: {type(error).__name__}: {str(error)[:600]} ({place.name}:{place.lineno})', flush=True)
    return run

def jpeg_with_place(page):
    """A real picture, with an EXIF segment such as a phone writes."""
    exif = b'Exif\0\0SECRET-PLACE'
    picture = page.screenshot(type='jpeg', quality=40)
    return picture[:2] + b'\xff\xe1' + struct.pack('>H', len(exif) + 2) + exif + picture[2:]

def see(page, text, where='body'):
    content = page.inner_text(where)
    assert text in content, f'“{text}” is not on {page.url}: {content[:300]}'

def open_staff(browser, login, **options):
    context = browser.new_context(locale='zh-CN', viewport={'width': 1366, 'height': 768}, **options)
    page = context.new_page()
    page.goto(base + '/login')
    page.fill('input[name=login]', login)
    page.fill('input[type=password]', password)
    page.click('main form button')
    page.wait_for_load_state()
    assert '/login' not in page.url, f'{login} could not log in: {page.inner_text("main")[:200]}'
    return page

def code_from_outbox(known):
    for _ in range(60):
        lines = open(outbox, encoding='utf-8').read().splitlines() if os.path.exists(outbox) else []
        if len(lines) > known:
            found = re.findall(r'(?<!\d)(\d{6})(?!\d)', json.dumps(json.loads(lines[-1]), ensure_ascii=False))
            if found: return found[-1]
        time.sleep(0.2)
    raise AssertionError('no code came')

def open_resident(browser, phone, **options):
    context = browser.new_context(locale='zh-CN', viewport={'width': 390, 'height': 844}, **options)
    page = context.new_page()
    known = len(open(outbox, encoding='utf-8').read().splitlines()) if os.path.exists(outbox) else 0
    page.goto(base + '/resident/login?next=/report')
    page.fill('input[name=phone]', phone)
    page.click('main form button')
    page.wait_for_load_state()
    page.fill('input[name=code]', code_from_outbox(known))
    page.click('main form button')
    page.wait_for_load_state()
    assert page.url.endswith('/report'), page.url
    return page

def act(page, name, fill=None, choose=None):
    """Opens the act's form and sends it."""
    form = page.locator(f'form:has(input[name=act][value="{name}"]), form:has(button[name=act][value="{name}"])').first
    details = form.locator('xpath=ancestor::details[1]')
    if details.count() and details.get_attribute('open') is None: details.locator('summary').first.click()
    for field, value in (fill or {}).items(): form.locator(f'[name={field}]').fill(value)
    for field, index in (choose or {}).items():
        box = form.locator(f'select[name={field}]')
        if isinstance(index, str): box.select_option(label=index)
        else: box.select_option(index=index)
    form.locator('button[type=submit], button:not([type=button])').last.click()
    page.wait_for_load_state()

street = next(a for a in county['accounts'] if a['role'] == 'street_dispatcher')
street_name = re.match(r'.*?(街道|镇|乡)', street['body']).group(0)
department = next(a for a in county['accounts'] if a['role'] == 'department_handler')['body']

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path='/usr/bin/chromium' if os.path.exists('/usr/bin/chromium') else None, args=['--no-sandbox'])
    walk = {}

    @test('a resident on a phone reports with a photo, and gets a number')
    def _():
        page = walk['resident'] = open_resident(browser, '19900001234')
        page.fill('textarea[name=detail]', '三号楼二单元楼道堆满纸箱，消防通道过不去人，已经一周了。')
        option = page.locator('select[name=area] option', has_text=street_name).first
        page.select_option('select[name=area]', value=option.get_attribute('value'))
        page.set_input_files('input[name=photos]', {'name': 'photo.jpg', 'mimeType': 'image/jpeg', 'buffer': jpeg_with_place(page)})
        page.locator('main form button.p').click()
        page.wait_for_url('**/report/done/*')
        walk['number'] = re.search(r'\b[0-9]{16}\b', page.inner_text('main')).group(0)

    @test('the dispatcher finds it by the end of its number, accepts it and gives it to a department')
    def _():
        page = walk['dispatcher'] = open_staff(browser, 'street_dispatcher')
        page.goto(f"{base}/cases?number={walk['number'][-6:]}")
        page.locator('table.list tbody a').first.click()
        page.wait_for_load_state()
        walk['path'] = page.url[len(base):].split('?')[0]
        see(page, '纸箱')
        photo = page.request.get(base + page.locator('.photos img').first.get_attribute('src'))
        assert photo.ok and b'SECRET-PLACE' not in photo.body(), 'what the camera wrote must be gone'
        act(page, 'accept', choose={'category': 3})
        see(page, '待派单')
        box = page.locator('form:has(input[name=act][value=dispatch]) select[name=body], form:has(button[value=dispatch]) select[name=body]').first
        wanted = box.locator('option', has_text=department).first.get_attribute('value')
        form = page.locator('form:has(select[name=body])').first
        details = form.locator('xpath=ancestor::details[1]')
        if details.count() and details.get_attribute('open') is None: details.locator('summary').first.click()
        box.select_option(value=wanted)
        form.locator('button:not([type=button])').last.click()
        page.wait_for_load_state()
        see(page, '待签收')

    @test('the department takes it and reports it done; what it typed stays when it is refused')
    def _():
        page = open_staff(browser, 'department_handler')
        page.goto(base + walk['path'])
        act(page, 'sign')
        see(page, '处置中')
        act(page, 'finish', fill={'result': '已清理楼道堆物，并告知物业加强巡查。'})
        page.goto(base + walk['path'])
        see(page, '待核查')

    @test('a verifier, who is someone else, passes it')
    def _():
        page = open_staff(browser, 'verifier')
        page.goto(base + walk['path'])
        act(page, 'pass')
        page.goto(base + walk['path'])
        see(page, '待评价')

    @test('the resident sees the result and rates it; another resident sees nothing of it')
    def _():
        page = walk['resident']
        page.goto(base + '/mine')
        page.locator('table.list tbody a').first.click()
        page.wait_for_load_state()
        see(page, '已清理楼道堆物')
        other = open_resident(browser, '19900004321')
        assert other.goto(page.url).status == 404
        page.check('input[name=solved][value=yes]')
        page.check('input[name=satisfaction][value="5"]')
        page.locator('form[action$="/rate"] button:not([type=button])').click()
        page.wait_for_load_state()
        see(page, '已归档')

    @test('the auditor finds each step in the ledger')
    def _():
        page = open_staff(browser, 'auditor')
        page.goto(f"{base}/ledger?subject={walk['path'].rsplit('/', 1)[1]}")
        for name in ('cases.report', 'cases.accept', 'cases.dispatch', 'cases.sign', 'cases.finish', 'cases.pass', 'cases.rate'): see(page, name)

    @test('an old page is refused with what was typed kept')
    def _():
        page = walk['dispatcher']
        page.goto(base + '/cases?state=reported')
        address = page.locator('table.list tbody a').first.get_attribute('href')
        page.goto(base + address)
        second = page.context.new_page()
        second.goto(base + address)
        act(page, 'remark', fill={'opinion': '先记一笔'})
        act(second, 'remark', fill={'opinion': '这句话不能丢'})
        assert '这句话不能丢' in second.content(), 'what was typed is gone'

    @test('a list is exported to Excel, a view is saved, several are urged with a result for each')
    def _():
        page = walk['dispatcher']
        answer = page.request.get(base + '/cases/export')
        assert answer.ok and answer.body()[:2] == b'PK', answer.status
        page.goto(base + '/cases?order=due')
        for box in page.locator('input[name=select]').all()[:2]: box.check()
        page.locator('details:has(button[name=act][value=urge]) > summary').last.click()
        page.locator('button[name=act][value=urge]').click()
        page.wait_for_load_state()
        see(page, '已办')
        see(page, '返回列表')

    @test('every page is free of barriers that axe finds, in both languages, light and dark, on desk and phone')
    def _():
        import axe_playwright_python, pathlib
        source = (pathlib.Path(axe_playwright_python.__file__).parent / 'axe.min.js').read_text()
        found = []
        looks = (('desk', {'width': 1366, 'height': 768}, 'light', 'zh-Hans', 'standard'), ('dark', {'width': 1366, 'height': 768}, 'dark', 'en', 'standard'),
                 ('phone', {'width': 390, 'height': 844}, 'light', 'zh-Hans', 'care'))
        staff = ['/home', '/cases', walk.get('path', '/cases'), '/cases/new', '/messages', '/places', '/ledger', '/account', '/appearance', '/complaint']
        for login, paths in (('street_dispatcher', staff), ('administrator', ['/staff', '/tokens']), (None, ['/', '/login', '/report', '/report?anonymous=yes', '/resident/login'])):
            state = open_staff(browser, login).context.storage_state() if login else None
            for look, size, theme, language, text in looks:
                context = browser.new_context(viewport=size, storage_state=state, locale='zh-CN')
                context.add_cookies([{'name': n, 'value': v, 'url': base} for n, v in (('theme', theme), ('language', language), ('size', text))])
                page = context.new_page()
                errors = []
                page.on('console', lambda message: errors.append(message.text) if message.type == 'error' else None)
                page.on('request', lambda request: errors.append('asks ' + request.url) if not request.url.startswith((base, 'data:', 'blob:')) else None)
                for path in paths:
                    page.goto(base + path)
                    page.evaluate(source + ';0')
                    faults = page.evaluate("axe.run(document,{runOnly:['wcag2a','wcag2aa','wcag21aa','wcag22aa']}).then(r=>r.violations.map(v=>v.id+' '+v.nodes.slice(0,2).map(n=>n.target.join(' ')).join(' | ')))")
                    wide = page.evaluate('document.documentElement.scrollWidth - innerWidth')
                    found += [f'{look} {path}: {fault}' for fault in faults] + ([f'{look} {path}: {wide} px too wide'] if wide > 0 else []) + [f'{look} {path}: {error}' for error in errors]
                    errors.clear()
                    if pictures and login != 'administrator': page.screenshot(path=f"{pictures}/{path.split('/')[1].split('?')[0] or 'start'}{'-case' if path.count('/') > 1 and 'cases/0' in path else ''}-{look}.png")
                context.close()
        assert not found, '; '.join(found[:12])

    @test('a report and an act work without scripts')
    def _():
        page = open_staff(browser, 'street_dispatcher', java_script_enabled=False)
        page.goto(base + '/cases/new')
        page.fill('textarea[name=detail]', '没有脚本也能上报：路灯不亮。')
        page.locator('main form button.p').click()
        page.wait_for_load_state()
        see(page, '路灯不亮')

    browser.close()
print(f'{passed} passed, {failed} failed')
sys.exit(1 if failed else 0)
