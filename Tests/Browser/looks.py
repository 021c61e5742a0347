"""What every page keeps to, in each look: no barrier that axe finds, no sideways scrolling, nothing from elsewhere,
no complaint of the browser, targets that a thumb can hit, and few bytes."""
import pathlib
import re

import axe_playwright_python
from house import DESK, PHONE, base, test

AXE = (pathlib.Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RULES = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']"
# Rows far down a table are built like those above them; axe would look at each word of two hundred.
BARRIERS = (
    "axe.run({include: [['html']], exclude: [['tbody tr:nth-child(n+13)']]}, {runOnly: " + RULES + ", "
    "resultTypes: ['violations']}).then(r => r.violations.map(v => v.id + ' at ' + "
    "v.nodes.slice(0, 3).map(n => n.target.join(' ')).join(' | ')))"
)
TOO_WIDE = """() => {
  const by = document.documentElement.scrollWidth - innerWidth;
  if (by <= 0) return [];
  const wide = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1
    && !e.closest('.scroll, .tabs, nav')).slice(0, 2);
  return [by + ' px too wide: ' + wide.map(e => e.outerHTML.slice(0, 80)).join(' | ')];
}"""
# Links inside sentences and lists are text; what one aims at with a thumb is at least 44 pixels high and wide.
TOO_SMALL = """() => {
  const aims = 'button, .btn, select, textarea, input:not([type=hidden]), summary, header.top nav a, .tabs a, .way';
  const found = [];
  for (const e of document.querySelectorAll(aims)) {
    const isBox = e.matches('[type=checkbox], [type=radio]');
    const target = isBox ? e.closest('label') || e : e;
    const r = target.getBoundingClientRect();
    if (!r.width || !r.height || r.right < 0 || r.bottom < 0 || e.closest('.skip, .hide')) continue;
    if (r.height < 43.5 || r.width < 43.5) found.push(`${Math.round(r.width)}×${Math.round(r.height)} ${e.outerHTML.slice(0, 90)}`);
  }
  return found;
}"""
BYTES = """() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
  .filter(e => !/\\/photos\\//.test(e.name)).reduce((sum, e) => sum + e.encodedBodySize + 300, 0)"""
MOST_BYTES = 100 * 1024


def places(house):
    path = house.matter("accept", "dispatch")
    bodies = house.request("administrator").get("/places/bodies").text()
    body = re.search(r"/places/bodies/\w{26}", bodies).group(0)
    return {
        "street_dispatcher": ["/home", "/cases", path, "/cases/new", "/messages", "/places", "/ledger", "/account",
                              "/appearance", "/complaint", "/ledger/verify", "/whistles", "/cases?kind=whistle",
                              "/cases/begin/whistle"],
        "data_officer": ["/cases/import"],
        "department_handler": [path],
        "administrator": ["/staff", "/tokens", "/channels", "/places/bodies", "/places/bodies/new", body],
        None: ["/", "/login", "/report", "/report?anonymous=yes", "/resident/login", "/demo/outbox", "/nothing"],
    }


def visit(house, check, addresses, resident, **look):
    """Every page in a look; what `check` finds on each, and what the browser complained about."""
    found = []
    for login, paths in addresses.items():
        page = house.page(login, **look)
        for path in paths:
            page.goto(base + path)
            found += [f"{path}: {fault}" for fault in check(page)]
            found += [f"{path}: {fault}" for fault in page.faults if "404" not in fault]
            page.faults.clear()
        page.context.close()
    page = house.page(state=resident["state"], **look)
    for path in resident["paths"]:
        page.goto(base + path)
        found += [f"{path}: {fault}" for fault in check(page)] + [f"{path}: {fault}" for fault in page.faults]
        page.faults.clear()
    page.context.close()
    assert not found, f"{len(found)}: " + "; ".join(found[:20])


def run(house):
    addresses = places(house)
    page = house.resident("19900005678")
    page.fill("textarea[name=detail]", "健身器材的螺丝松了。")
    page.locator("main form button.p").click()
    page.wait_for_url("**/report/done/*")
    done = page.url[len(base) :]
    resident = {
        "state": page.context.storage_state(),
        "paths": ["/report", done, "/mine", done.replace("/report/done/", "/mine/")],
    }

    def barriers(page):
        page.evaluate(AXE + ";0")
        return page.evaluate(BARRIERS) + page.evaluate(TOO_WIDE)

    looks = (
        ("Chinese, light, at a desk", dict(size=DESK)),
        ("English, dark, at a desk", dict(size=DESK, language="en", theme="dark")),
        ("the care edition on a phone", dict(size=PHONE, text="care")),
        ("the largest care edition on a phone, in English", dict(size=PHONE, text="care2", language="en")),
    )
    for name, look in looks:

        @test(f"axe finds no barrier on any page: {name}")
        def _():
            visit(house, barriers, addresses, resident, **look)

    @test("On a narrow phone nothing scrolls sideways, targets are 44 pixels, a page is at most 100 kB")
    def _():
        def check(page):
            size = page.evaluate(BYTES)
            heavy = [f"{size} bytes"] if size > MOST_BYTES else []
            return page.evaluate(TOO_WIDE) + page.evaluate(TOO_SMALL) + heavy

        narrow = {"width": 360, "height": 740}
        visit(house, check, addresses, resident, size=narrow, has_touch=True, is_mobile=True)

    @test("In English on a narrow phone nothing scrolls sideways")
    def _():
        visit(house, lambda page: page.evaluate(TOO_WIDE), addresses, resident,
              size={"width": 360, "height": 740}, language="en")
