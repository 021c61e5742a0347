"""How long Chromium takes to a complete map, and how evenly it is dragged: map_in_browser.py ADDRESS LONGITUDE,LATITUDE,ZOOM.
Prints one line of JSON. For Benchmarks/tiles.py."""
import json, os, sys, time

from playwright.sync_api import sync_playwright

base, place = sys.argv[1:]
READY = 'html[data-map=ready]'
FRAMES = """() => { window.frames_ = []; let last = performance.now();
    const next = now => { window.frames_.push(now - last); last = now; requestAnimationFrame(next); }; requestAnimationFrame(next); }"""


def opened(page):
    begin = time.time()
    page.goto(f'{base}/map?at={place}')
    page.wait_for_selector(READY, state='attached', timeout=300_000)
    return time.time() - begin


with sync_playwright() as playwright:
    path = '/usr/bin/chromium' if os.path.exists('/usr/bin/chromium') else None
    browser = playwright.chromium.launch(executable_path=path, args=['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'])
    page = browser.new_context(locale='zh-CN', viewport={'width': 1366, 'height': 768}).new_page()
    page.goto(base + '/login')
    page.fill('input[name=login]', 'coordination_officer')
    page.fill('input[type=password]', 'Gewu-demo-2026')
    page.click('main form button')
    page.wait_for_load_state()
    answers = []
    page.on('response', lambda answer: answers.append(answer) if '/map/' in answer.url else None)
    first = opened(page)
    heard = list(answers)
    bytes_ = 0
    for answer in heard:
        if '/stream' in answer.url: continue  # It has no end, and its body would be waited for as long.
        bytes_ += int(answer.header_value('content-length') or len(answer.body()))
    again = opened(page)
    page.locator('#map').scroll_into_view_if_needed()
    area = page.locator('#map canvas').bounding_box()
    x, y = area['x'] + area['width'] / 2, area['y'] + area['height'] / 2
    page.evaluate(FRAMES)
    begin = time.time()
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(60):
        page.mouse.move(x - 4 * step if step < 30 else x - 4 * (60 - step), y + step)
    page.mouse.up()
    page.wait_for_timeout(500)
    seconds = time.time() - begin
    frames = page.evaluate('window.frames_')
    browser.close()
print(json.dumps({'first': first, 'again': again, 'tiles': len(heard), 'bytes': bytes_, 'seconds': seconds, 'frames': len(frames),
                  'longest': max(frames)}))
