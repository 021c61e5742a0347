"""The map beside its list: `/map`."""
import re

from house import DESK, PHONE, base, see, test
from looks import AXE, BARRIERS, TOO_WIDE

WALL = {"width": 1920, "height": 1080}
READY = "html[data-map=ready]"
# Drawn by the processor: the map says itself when it is complete.
PATIENCE = 60_000


def opened(house, login, address="/map", **look):
    page = house.page(login, **look)
    page.goto(base + address)
    page.wait_for_selector(READY, state="attached", timeout=PATIENCE)
    return page


def run(house):
    @test("The map draws itself under the strict policy, asks nobody else, and the list stands beside it")
    def _():
        for login in ("street_dispatcher", "coordination_officer"):
            page = opened(house, login)
            assert page.locator("#map canvas").count() == 1
            assert page.locator("#map-list .map-sum").count() == 1
            assert page.locator("[data-map-tools]").is_visible()
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
            assert not page.faults, page.faults
            page.close()

    @test("What is in view can be listed alone, and the address says so to whoever gets it")
    def _():
        page = opened(house, "street_dispatcher")
        with page.expect_response("**/map/list?*"):
            page.click("[data-tool=view]")
        assert re.search(r"[?&]box=", page.url) and re.search(r"[?&]at=", page.url), page.url
        other = opened(house, "street_dispatcher", page.url[len(base):])
        assert other.inner_text("#map-list .map-sum") == page.inner_text("#map-list .map-sum")

    @test("A part drawn with the mouse becomes the list, and Excel holds the same part")
    def _():
        page = opened(house, "street_dispatcher")
        page.click("[data-tool=box]")
        # The map may begin low on the page: a mouse cannot go where nothing is seen.
        page.locator("#map").scroll_into_view_if_needed()
        area = page.locator("#map canvas").bounding_box()
        page.mouse.move(area["x"] + 60, area["y"] + 60)
        page.mouse.down()
        page.mouse.move(area["x"] + 300, area["y"] + 300, steps=4)
        page.mouse.up()
        page.wait_for_url("**box=*")
        page.wait_for_selector("a[href^='/map/export'][href*='box=']")

    @test("What somebody does elsewhere is on an open map without loading it anew")
    def _():
        page = opened(house, "street_dispatcher")
        page.wait_for_selector("html[data-map-heard]", state="attached")
        tiles = []
        page.on("request", lambda asked: tiles.append(asked.url) if "/areas/" in asked.url else None)
        open_before = int(re.search(r"在办共 (\d+)", page.inner_text("#map-list .map-sum")).group(1))
        house.matter()
        page.wait_for_function(
            "before => Number(document.querySelector('#map-list .map-sum')?.innerText.match(/在办共 (\\d+)/)?.[1]) > before",
            arg=open_before)
        assert not tiles, tiles

    @test("Without WebGL and without scripts the list is the page")
    def _():
        for options in ({"java_script_enabled": False}, {}):
            page = house.page("street_dispatcher", **options)
            if not options:
                page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
            page.goto(base + "/map")
            if not options:
                page.wait_for_selector("html[data-map=none]", state="attached")
                assert page.locator("[data-map-missing]").is_visible()
            assert page.locator("#map-list .map-sum").is_visible()

    @test("On a wall the map fills the screen and holds no number of a matter; on a phone nothing is cut off")
    def _():
        wall = opened(house, "street_dispatcher", "/map?mode=wall", size=WALL, theme="dark")
        assert wall.locator("header, footer, nav.crumb, form").count() == 0
        assert not re.search(r"\d{16}", wall.inner_text("main"))
        assert wall.evaluate("document.documentElement.scrollWidth") <= 1920
        phone = opened(house, "street_dispatcher", size=PHONE, has_touch=True)
        assert phone.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    @test("What the map is about is chosen by a link; each theme draws itself with its legend and its list")
    def _():
        page = opened(house, "street_dispatcher")
        themes = page.locator("main nav.tabs a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
        assert len(themes) >= 4, themes
        for address in themes[1:]:
            page.goto(base + address)
            page.wait_for_selector(READY, state="attached", timeout=PATIENCE)
            assert page.locator(".map-legend .mark").count() >= 1, address
            assert page.locator("#map-list .map-sum").count() == 1, address
            assert page.locator("main nav.tabs a[aria-current=page]").count() == 1, address
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, address
            assert not page.faults, (address, page.faults)
        page.close()

    @test("A past day is chosen by keyboard on the slider, stands in the address, and without scripts by its date")
    def _():
        page = opened(house, "street_dispatcher")
        slider = page.locator("[data-map-slider] input")
        assert slider.is_visible()
        slider.focus()
        with page.expect_response("**/map/list?*day=*"):
            for _ in range(3):
                page.keyboard.press("ArrowLeft")
        page.wait_for_url("**day=*")
        day = re.search(r"day=(\d{4}-\d\d-\d\d)", page.url).group(1)
        assert slider.get_attribute("aria-valuetext") == day
        assert page.evaluate("document.activeElement.id") == "map-slider"
        other = opened(house, "street_dispatcher", page.url[len(base):])
        assert day in other.inner_text("#map-list caption"), other.inner_text("#map-list caption")
        assert other.input_value("#day") == day and other.locator(f"#map[data-day='{day}']").count() == 1
        with page.expect_response(re.compile(r"/map/list(?!.*day=)")):
            page.keyboard.press("End")
        page.wait_for_function("() => !location.search.includes('day=')")
        page.wait_for_function("day => !document.querySelector('#map-list caption').innerText.includes(day)", arg=day)
        plain = house.page("street_dispatcher", java_script_enabled=False)
        plain.goto(base + "/map")
        plain.fill("#day", day)
        plain.click("[data-map-time] button")
        assert f"day={day}" in plain.url and plain.input_value("#day") == day

    @test("The map is moved and left by keyboard")
    def _():
        page = opened(house, "street_dispatcher", size=DESK)
        canvas = page.locator("#map canvas")
        canvas.focus()
        before = page.url
        page.keyboard.press("ArrowRight")
        page.wait_for_function("before => location.href !== before", arg=before)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement !== document.querySelector('#map canvas')")

    @test("A file of buildings comes in, its bad row is told and downloaded, and the page has no barrier on a phone in the dark")
    def _():
        held = house.request("coordination_officer").get("/api/v1/grid-buildings").json()["buildings"]
        one = held[0]
        rows = (
            "编号,名称,社区,经度,纬度,户数\n"
            f"browser-1,测试新楼,{one['community']},{one['longitude']},{one['latitude']},3\n"
            f",无编号,{one['community']},{one['longitude']},{one['latitude']},3\n"
        )
        page = house.page("data_officer", size=PHONE, theme="dark")
        for button in ("button.p", "button[value=errors]"):
            page.goto(base + "/grids/buildings")
            page.click("details.act summary")
            page.set_input_files("[name=file]", {"name": "楼栋.csv", "mimeType": "text/csv", "buffer": rows.encode()})
            page.check("[name=partial]")
            if button == "button.p":
                page.click("details.act " + button)
                page.wait_for_load_state()
                see(page, "第 3 行", "没有编号")
                page.evaluate(AXE + ";0")
                found = page.evaluate(BARRIERS) + page.evaluate(TOO_WIDE) + page.faults
                assert not found, found
            else:
                with page.expect_download() as download:
                    page.click("details.act " + button)
                assert "无编号" in open(download.value.path(), encoding="utf-8-sig").read()
        page.goto(base + "/grids/buildings?show=ungridded")
        see(page, "测试新楼", "尚未入格")

    @test("A file of barriers comes in, one is taken out and put back, and the page has no barrier on a phone in the dark")
    def _():
        held = house.request("coordination_officer").get("/api/v1/grid-buildings").json()["buildings"][0]
        x, y = held["longitude"], held["latitude"]
        rows = (
            "名称,类型,geometry\n"
            f"测试河,河流,\"LINESTRING ({x - 0.01} {y}, {x + 0.01} {y})\"\n"
            f"测试桥,桥梁,POINT ({x} {y})\n"
            f"围墙,围墙,POINT ({x} {y})\n"
        )
        page = house.page("coordination_officer", size=PHONE, theme="dark")
        page.goto(base + "/grids/barriers")
        page.click("details.act summary")
        page.set_input_files("[name=file]", {"name": "障碍.csv", "mimeType": "text/csv", "buffer": rows.encode()})
        page.click("details.act button.p")
        page.wait_for_load_state()
        see(page, "第 4 行", "类别不认识", "测试河", "1.9 公里")
        page.evaluate(AXE + ";0")
        found = page.evaluate(BARRIERS) + page.evaluate(TOO_WIDE) + page.faults
        assert not found, found
        page.locator("form[action$='/remove'] button", has_text="障碍.csv").click()
        page.wait_for_url("**removed=*")
        see(page, "已取出 2 处")
        page.locator("form[action$='/undo'] button").first.click()
        page.wait_for_url("**restored=*")
        see(page, "已恢复 2 处", "测试桥")
        page.locator("form[action$='/remove'] button", has_text="障碍.csv").click()
        page.wait_for_url("**removed=*")

    @test("A building of the map leads to its own homes")
    def _():
        reader = house.request("street_leader")
        for one in reader.get("/api/v1/grid-buildings").json()["buildings"][:3]:
            if one["grid"] is None or one["households"] < 10:
                continue
            page = house.page("street_leader")
            page.goto(f"{base}/registry?kind=household&near={one['longitude']},{one['latitude']}")
            rows = page.locator("main table.list tbody tr")
            assert rows.count() >= 5, page.inner_text("main")[:300]
            for place in range(5):
                assert one["name"] in rows.nth(place).inner_text(), (one["name"], rows.nth(place).inner_text())
            page.close()
