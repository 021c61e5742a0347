"""Unified command: the wall that changes while nobody touches it, at a desk, on a phone, on a screen and on paper."""
import re
import socket
import threading
from urllib.parse import urlsplit

from house import DESK, PHONE, base, see, test
from looks import AXE, BARRIERS, TOO_SMALL, TOO_WIDE
from walls import SMALL, WALL

OPEN = "#wall-counts a:nth-child({}) strong"


class Line:
    """A way to the server that can be cut and mended, as a network is: the same pages at another port."""

    def __init__(self):
        there = urlsplit(base)
        self.there = (there.hostname, there.port or 80)
        self.pairs = []
        self.listener = None
        self.port = None

    def mend(self):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", self.port or 0))
        self.port = self.listener.getsockname()[1]
        self.listener.listen(64)
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def accept(self, listener):
        while True:
            try:
                near, _ = listener.accept()
                far = socket.create_connection(self.there)
            except OSError:
                return
            self.pairs.append((near, far))
            for a, b in ((near, far), (far, near)):
                threading.Thread(target=self.carry, args=(a, b), daemon=True).start()

    @staticmethod
    def carry(a, b):
        try:
            while data := a.recv(65536):
                b.sendall(data)
        except OSError:
            pass
        for end in (a, b):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def cut(self):
        # Both: a listener that is only closed goes on taking connections while a thread waits in it.
        for end in [self.listener, *(end for pair in self.pairs for end in pair)]:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()
        self.pairs = []


def total(page):
    return sum(int(page.inner_text(OPEN.format(place))) for place in range(1, 5))


def run(house):
    @test("What somebody reports is on the open wall within a second, without a reload")
    def _():
        for size, mode in ((WALL, "?mode=wall"), (DESK, "")):
            page = house.page("street_dispatcher", size=size)
            page.goto(base + "/command" + mode)
            before = total(page)
            page.evaluate("window.untouched = true")
            house.matter()
            page.wait_for_function(
                """before => [1, 2, 3, 4].reduce((sum, place) => sum
                     + Number(document.querySelector(`#wall-counts a:nth-child(${place}) strong`).textContent), 0) === before + 1""",
                arg=before, timeout=3000)
            assert page.evaluate("window.untouched"), "the page was loaded anew"
            assert not page.faults, page.faults

    @test("Another street's wall does not change, and shows nothing of it")
    def _():
        page = house.page("street_dispatcher")
        answer = page.goto(base + "/command?area=330106")
        assert answer.status == 404, answer.status

    @test("When the line is cut the wall says that it is stale; when it is back, the wall is up to date by itself")
    def _():
        line = Line()
        line.mend()
        page = house.page("street_dispatcher", size=WALL)
        page.set_default_timeout(60_000)
        page.goto(f"http://127.0.0.1:{line.port}/command?mode=wall")
        page.wait_for_function("document.querySelector('.asof time').textContent.length > 16")
        assert not page.is_visible("[data-stale]")
        before = total(page)
        line.cut()
        page.wait_for_selector("[data-stale]", state="visible")
        assert total(page) == before
        house.matter()
        line.mend()
        page.wait_for_selector("[data-stale]", state="hidden")
        assert total(page) == before + 1
        line.cut()

    @test("Every figure of the wall leads to a list of as many")
    def _():
        page = house.page("street_dispatcher")
        page.goto(base + "/command")
        figures = [(a.get_attribute("href"), int(re.sub(r"\D", "", a.inner_text()) or 0))
                   for a in page.locator("#wall-areas td a").all()]
        figures += [(a.get_attribute("href"), int(a.locator("strong").inner_text())) for a in page.locator("#wall-counts a").all()]
        assert len(figures) > 8, figures
        for address, count in figures:
            if count > 50:
                continue
            page.goto(base + address)
            rows = page.locator("table.list tbody tr").count()
            assert rows == count, f"{address}: {rows} rows for {count}"

    @test("The lists of the wall can be taken along")
    def _():
        for path in ("/command/matters/export?of=matter", "/command/hand-overs/export", "/command/emergencies/export",
                     "/command/shifts/export", "/command/alarms/export"):
            answer = house.request("street_dispatcher").get(path)
            assert answer.ok and answer.body()[:2] == b"PK", f"{path}: {answer.status}"

    @test("Whoever is nearest to a matter and able to help stands first, and nobody's place is kept")
    def _():
        path = house.matter("accept")
        page = house.page("street_dispatcher")
        page.goto(base + "/command/nearest?matter=" + path.split("/")[-1])
        see(page, "就近力量", "职责")
        assert page.locator("table.list tbody tr").count() >= 1
        assert not page.evaluate(TOO_WIDE)

    @test("The wall can be read from five metres, in light and dark, in both languages, and nothing is cut off")
    def _():
        for theme in ("light", "dark"):
            for language in ("zh-Hans", "en"):
                for size in (WALL, {"width": 1366, "height": 768}):
                    page = house.page("street_dispatcher", size=size, theme=theme, language=language)
                    page.goto(base + "/command?mode=wall")
                    if size is WALL:
                        assert not page.evaluate(SMALL), page.evaluate(SMALL)
                    assert page.locator("header, footer, nav.crumb, form, button, input").count() == 0
                    over = page.evaluate("[document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]")
                    assert max(over) <= 0, f"{theme} {language} {size['width']}: {over}"

    @test("No barrier on the pages of command, at a desk and on a phone, in light and dark")
    def _():
        found = []
        for theme in ("light", "dark"):
            for size, options in ((DESK, {}), (PHONE, {"has_touch": True, "is_mobile": True})):
                for path in ("/command", "/command?mode=wall", "/command/matters", "/command/matters?of=whistle", "/command/hand-overs", "/command/alarms",
                             "/command/emergencies", "/command/shifts", "/command/nearest?area=" + house_area(house)):
                    page = house.page("street_dispatcher", size=size, theme=theme, **options)
                    page.goto(base + path)
                    page.evaluate(AXE + ";0")
                    found += [f"{path} {theme} {size['width']}: {one}" for one in page.evaluate(BARRIERS) + page.evaluate(TOO_WIDE)]
                    if size is PHONE and "wall" not in path:
                        found += [f"{path}: {one}" for one in page.evaluate(TOO_SMALL)]
                    page.context.close()
        assert not found, "\n".join(found)

    @test("Without scripts the wall stands there whole, and the browser loads it anew")
    def _():
        page = house.page("street_dispatcher", size=WALL, java_script_enabled=False)
        page.goto(base + "/command?mode=wall")
        assert page.locator("#wall-counts strong").count() >= 6
        refresh = page.locator("meta[http-equiv=refresh]").get_attribute("content")
        assert re.match(r"30;url=/command\?mode=wall", refresh), refresh

    @test("The wall fits on paper")
    def _():
        page = house.page("street_dispatcher", size={"width": 794, "height": 1123})
        page.emulate_media(media="print")
        page.goto(base + "/command")
        assert page.evaluate("document.documentElement.scrollWidth") <= 794


def house_area(house):
    text = house.request("street_dispatcher").get("/command").text()
    return re.search(r"/command/stream\?area=(\d+)", text).group(1)
