"""Every page that stands in anybody's menu, so that no room is forgotten: it opens, axe finds no barrier, nothing scrolls
sideways, in both languages. With GEWU_LOOKS, a folder, a picture of each is kept. (languages.py reads what pages say.)"""
import os
import pathlib
import re

from house import DESK, PHONE, base, county, test
from looks import AXE, BARRIERS, TOO_WIDE

LINKS = "[...document.querySelectorAll('header.top nav a')].map(a => a.getAttribute('href')).filter(h => h.startsWith('/'))"
PICTURES = os.environ.get("GEWU_LOOKS")


def menus(house):
    """Who has which pages; each page once, as the first who has it."""
    seen, found = set(), {}
    for account in county["accounts"]:
        page = house.page(account["role"])
        if page.goto(base + "/home").status != 200:
            page.goto(base + "/")
        new = [path for path in dict.fromkeys(page.evaluate(LINKS)) if path.split("?")[0] not in seen]
        seen |= {path.split("?")[0] for path in new}
        if new:
            found[account["role"]] = new
        page.context.close()
    return found


def run(house):
    everybody = menus(house)
    count = sum(map(len, everybody.values()))
    looks = (
        ("Chinese, light, at a desk", dict(size=DESK)),
        ("English, dark, on a phone", dict(size=PHONE, language="en", theme="dark", has_touch=True, is_mobile=True)),
    )
    for name, look in looks:

        @test(f"Every page of every menu ({count}) opens without a barrier: {name}")
        def _():
            assert count > 30, everybody
            found = []
            for role, paths in everybody.items():
                page = house.page(role, **look)
                # The self-audit reads the whole program the first time it is asked for.
                page.set_default_navigation_timeout(60_000)
                for path in paths:
                    status = page.goto(base + path).status
                    if status != 200:
                        found.append(f"{role} {path}: status {status}")
                        continue
                    page.evaluate(AXE + ";0")
                    faults = page.evaluate(BARRIERS) + page.evaluate(TOO_WIDE) + page.faults
                    found += [f"{role} {path}: {fault}" for fault in faults]
                    page.faults.clear()
                    if PICTURES:
                        file = re.sub(r"\W+", "-", f"{path}{'-phone' if look['size'] is PHONE else ''}").strip("-")
                        page.screenshot(path=pathlib.Path(PICTURES) / f"{file}.png", full_page=True)
                page.context.close()
            assert not found, f"{len(found)}: " + "; ".join(found[:30])

    @test("A matter drawn to be looked at, how it was drawn, and a call stand behind their lists without a barrier")
    def _():
        found = []
        for role, path in (("verifier", "/site-checks"), ("verifier", "/site-checks/draws"), ("hotline_agent", "/follow-ups")):
            page = house.page(role, **looks[1][1])
            page.goto(base + path)
            if path == "/follow-ups" and page.locator("table a").count() == 0:
                page.click("form[action='/follow-ups/take'] button.p")
                page.wait_for_url("**/follow-ups?done=take")
            page.locator("table a").first.click()
            page.wait_for_url(re.compile(re.escape(path) + "/[0-9a-z]{26}$"))
            page.evaluate(AXE + ";0")
            found += [f"{path}: {fault}" for fault in page.evaluate(BARRIERS) + page.evaluate(TOO_WIDE) + page.faults]
            page.context.close()
        assert not found, f"{len(found)}: " + "; ".join(found[:30])
