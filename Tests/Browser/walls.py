"""Screens that nobody touches: `?mode=wall`."""
import re

from house import base, test

WALL = {"width": 1920, "height": 1080}
SMALL = """() => [...document.querySelectorAll('main *')].filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())
  && e.getBoundingClientRect().width > 2 && parseFloat(getComputedStyle(e).fontSize) < 28).map(e => e.outerHTML.slice(0, 80))"""


def run(house):
    @test("On a wall there are no bars, nothing under 28 pixels, and nothing of a person")
    def _():
        path = house.matter("accept", detail="住户赵铁柱反映路灯不亮。", reporterName="赵铁柱", reporterPhone="19900008888")
        for address in ("/home?mode=wall", "/cases?mode=wall&order=due", "/cases?mode=wall"):
            page = house.page("street_dispatcher", size=WALL)
            page.goto(base + address)
            assert page.get_attribute("html", "data-size") == "wall"
            assert page.locator("header, footer, nav.crumb, form, button, input").count() == 0
            assert not page.evaluate(SMALL), page.evaluate(SMALL)
            assert page.evaluate("document.documentElement.scrollWidth") <= 1920
            text = page.content()
            for name in ("赵铁柱", "199****8888"):
                assert name not in text, f"{name} on {address}"
            labels = page.locator("th").all_inner_texts()
            assert "标题" not in labels and "首接责任人" not in labels and "编号" in labels, labels
            assert not page.faults, page.faults
        # The same matter stands there by its number.
        number = re.search(r"<code>(\d{16})</code>", house.request("street_dispatcher").get(path).text()).group(1)
        assert number in page.content()

    @test("A wall renews itself, part after part, and says nothing when the network is gone")
    def _():
        page = house.page("street_dispatcher", size=WALL)
        page.clock.install()
        page.goto(base + "/cases?mode=wall")
        first = page.inner_text("tbody")
        with page.expect_response("**/cases?*"):
            page.clock.fast_forward(31_000)
        page.wait_for_function("first => document.querySelector('tbody').innerText !== first", arg=first)
        second = page.inner_text("tbody")
        page.context.set_offline(True)
        page.clock.fast_forward(31_000)
        page.wait_for_selector("main.stale")
        assert page.inner_text("tbody") == second
        page.context.set_offline(False)
        page.clock.fast_forward(31_000)
        page.wait_for_selector("main:not(.stale)")
        assert page.inner_text("tbody") != second

    @test("Without scripts the browser itself loads the next part")
    def _():
        page = house.page("street_dispatcher", size=WALL, java_script_enabled=False)
        page.goto(base + "/cases?mode=wall")
        refresh = page.locator("meta[http-equiv=refresh]").get_attribute("content")
        assert re.match(r"30;url=/cases\?mode=wall&after=", refresh), refresh

    @test("A wall of 1366 x 768 shows the same as a large one, nothing cut off, in both languages")
    def _():
        for language in ("zh-Hans", "en"):
            for address in ("/home?mode=wall", "/cases?mode=wall&order=due"):
                page = house.page("street_dispatcher", size={"width": 1366, "height": 768}, language=language)
                page.goto(base + address)
                over = page.evaluate("""() => [document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight,
                  ...[...document.querySelectorAll('.scroll')].map(e => e.scrollWidth - e.clientWidth)]""")
                assert max(over) <= 0, f"{address} {language}: {over}"

    @test("On a phone no tab lies over the next, in any size of text")
    def _():
        for text in ("standard", "care", "care2"):
            page = house.page("street_dispatcher", size={"width": 375, "height": 812}, text=text)
            page.goto(base + "/cases")
            over = page.evaluate("[...document.querySelectorAll('.tabs a')].filter(e => e.scrollWidth > e.clientWidth).map(e => e.innerText)")
            assert not over, over

    @test("A list fits on paper")
    def _():
        page = house.page("street_dispatcher", size={"width": 794, "height": 1123})
        page.emulate_media(media="print")
        page.goto(base + "/cases")
        assert page.evaluate("document.documentElement.scrollWidth") <= 794
