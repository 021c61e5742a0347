"""The grid worker's phone: one page, three taps, works without a network, arrives once."""
import json
import re
import time

from playwright.sync_api import Error

from house import PHONE, account, base, password, photo, see, test
from looks import AXE, BARRIERS

# Told from those of an earlier run on the same server.
RUN = f"第{int(time.time())}次"
OFFSIDE = "document.documentElement.scrollWidth - innerWidth"
SMALL = """() => [...document.querySelectorAll('#day a.btn, #day button, #day summary, #day input:not([type=hidden]), #day select')]
  .filter(e => e.offsetParent && !e.closest('[hidden]')).filter(e => {
    const box = (e.type === 'radio' || e.type === 'checkbox' ? e.closest('label') : e).getBoundingClientRect();
    return box.width > 0 && (box.height < 44 || box.width < 44);
  }).map(e => e.outerHTML.slice(0, 90) + ' ' + e.getBoundingClientRect().height)"""


def axe(page):
    page.evaluate(AXE + ";0")
    return page.evaluate(BARRIERS)


class Thumb:
    """Counts what is tapped; typing is no tap."""

    def __init__(self, page):
        self.page = page
        self.count = 0

    def tap(self, target):
        self.count += 1
        (self.page.locator(target).first if isinstance(target, str) else target).tap()


def phone(house, login="grid_worker", **options):
    page = house.page(login, **({"size": PHONE, "has_touch": True, "is_mobile": True} | options))
    page.goto(base + "/day")
    page.wait_for_selector("html[data-day=ready]", state="attached")
    until(page, "navigator.serviceWorker.ready.then(() => true)")
    return page


def ready_offline(page):
    """The worker has the page in its hands only from the second load on."""
    page.reload()
    until(page, "navigator.serviceWorker.controller !== null")
    page.wait_for_selector("html[data-day=ready]", state="attached")


def pending(page):
    return page.locator("[data-outbox-list] li").count()


def until(page, question, seconds=10):
    """Asks again and again; the page's policy allows no waiting of the browser's own."""
    def answer():
        try:
            return page.evaluate(question)
        except Error:  # The page is just being changed for another.
            return None

    end = time.monotonic() + seconds
    while not answer():
        assert time.monotonic() < end, f"never: {question}; {page.inner_text('main')[:400]}"
        page.wait_for_timeout(50)


def wait_count(page, count):
    until(page, f"document.querySelectorAll('[data-outbox-list] li').length === {count}")


SENT = """(() => { const said = document.querySelector('[data-day-said]').textContent;
  return document.querySelector('[data-outbox]').hidden && /收到|没有办成|Received/.test(said); })()"""


def wait_sent(page, seconds=10):
    """Everything has left the phone, and the page said what came of it."""
    until(page, SENT, seconds)
    page.wait_for_timeout(200)
    page.evaluate("document.querySelector('[data-day-said]').textContent = ''")


def stored(house, text):
    """How many matters hold these words, asked as the street's dispatcher."""
    request = house.request("street_dispatcher")
    after, count = "", 0
    while True:
        answer = request.get("/api/v1/cases?limit=200" + (f"&after={after}" if after else "")).json()
        count += sum(text in one["detail"] for one in answer["cases"])
        after = answer["next"]
        if not after or count:
            return count


def own_matter(house, detail):
    """A matter of the worker's own grid, given to the worker's own body and not yet taken. Its id."""
    reported = house.send("grid_worker", "/cases/new", "/cases/new", {"detail": detail})
    path = reported.url[len(base):].split("?")[0]
    answer = house.request("street_dispatcher").get("/api/v1" + path).json()
    house.act(path, "accept", area=answer["area"])
    body = re.search(
        r'<option value="(\w+)"[^>]*>[^<]*' + re.escape(account("grid_worker")["body"]) + "</option>",
        house.request("street_dispatcher").get(path).text(),
    )
    assert body, "the worker's body is not among those that can be given a matter"
    house.act(path, "dispatch", body=body.group(1))
    return path.rsplit("/", 1)[1]


def run(house):
    kept = {}

    @test("The day stands on one phone page: installable, no more than a thumb wide, every target 44 pixels")
    def _():
        page = phone(house, size={"width": 360, "height": 740})
        see(page, "等我办理", "应看的地方", "上报", "请求支援", "不在清单")
        assert page.evaluate(OFFSIDE) <= 0, page.evaluate(OFFSIDE)
        for box in page.locator("#day details.act").all():
            box.evaluate("e => { e.open = true }")
        assert not page.evaluate(SMALL), page.evaluate(SMALL)
        assert page.evaluate(OFFSIDE) <= 0
        manifest = page.request.get(base + page.evaluate("document.querySelector('link[rel=manifest]').getAttribute('href')")).json()
        assert manifest["start_url"] == "/day" and manifest["display"] == "standalone"
        sizes = [icon["sizes"] for icon in manifest["icons"]]
        assert {"192x192", "512x512"} <= set(sizes)
        for icon in manifest["icons"]:
            answer = page.request.get(base + icon["src"])
            assert answer.ok and answer.headers["content-type"] == "image/png", icon
        assert page.locator(".foot a[href='/complaint']").count() == 1, "the complaint box"
        assert page.locator("#day a[href='/complaint']").count() == 1
        total = page.evaluate("performance.getEntriesByType('resource').reduce((s, r) => s + r.encodedBodySize, performance.getEntriesByType('navigation')[0].encodedBodySize)")
        assert total <= 100_000, total
        assert not page.faults, page.faults

    @test("Axe finds nothing: light, dark, 关怀版, English; conflicts, patrols, figures, the self-audit")
    def _():
        for options in ({}, {"theme": "dark"}, {"text": "care"}, {"text": "care2"}, {"language": "en"}):
            page = phone(house, **options)
            for box in page.locator("#day details.act").all():
                box.evaluate("e => { e.open = true }")
            found = axe(page)
            assert not found, (options, found)
            assert page.evaluate(OFFSIDE) <= 0, (options, page.evaluate(OFFSIDE))
        page = house.page("street_dispatcher", size=PHONE)
        for path in ("/patrols", "/patrols/figures", "/burden"):
            page.goto(base + path)
            found = axe(page)
            assert not found, (path, found)

    @test("A report, no photo asked for, is three taps at most, and sent at once")
    def _():
        page = phone(house)
        thumb = Thumb(page)
        thumb.tap("#day-report > summary")
        page.fill("#report-detail", "巡查手机测试一：垃圾桶满溢" + RUN)
        thumb.tap("#day-report form button.p")
        wait_sent(page)
        assert thumb.count <= 3, thumb.count
        assert stored(house, "巡查手机测试一：垃圾桶满溢" + RUN) == 1

    @test("Take, finish, ask for help, refuse, patrol: each at most three taps")
    def _():
        page = phone(house)
        matter = own_matter(house, "手机测试二：楼道堆物")
        page.reload()
        page.wait_for_selector("html[data-day=ready]", state="attached")
        card = f"[data-matter='{matter}']"
        thumb = Thumb(page)
        thumb.tap(f"{card} > summary")
        thumb.tap(page.locator(f"{card} form:has(input[name=act][value=sign]) button").first)
        wait_sent(page)
        assert thumb.count <= 3, thumb.count
        page.reload()
        page.wait_for_selector("html[data-day=ready]", state="attached")
        thumb = Thumb(page)
        thumb.tap(f"{card} > summary")
        finish = page.locator(f"{card} > details.act:has(input[value=finish])").first
        thumb.tap(finish.locator("summary").first)
        finish.locator("textarea[name=result]").fill("已清理")
        thumb.tap(finish.locator("button.p").first)
        wait_sent(page)
        assert thumb.count <= 3, thumb.count
        state = house.request("street_dispatcher").get(f"/api/v1/cases/{matter}").json()["state"]
        assert state == "verifying", state
        thumb = Thumb(page)
        thumb.tap("[data-day-fresh] > details:has(#any-help) > summary")
        page.fill("#any-help", "手机测试：需要社区一起上门")
        thumb.tap("[data-day-fresh] > details:has(#any-help) button.p")
        wait_sent(page)
        assert thumb.count <= 3, thumb.count
        thumb = Thumb(page)
        thumb.tap("#day-refuse > summary")
        page.fill("#refuse-detail", "要求网格推销保险")
        thumb.tap("#day-refuse label.choice")
        thumb.tap("#day-refuse button.p")
        wait_sent(page)
        assert thumb.count <= 3, thumb.count

    @test("A patrol planned by the street is on the phone at once: one tap for a whole stretch, three for what was found")
    def _():
        matter = own_matter(house, "手机测试：网格代码")
        grid = house.request("street_dispatcher").get(f"/api/v1/cases/{matter}").json()["area"]
        for name in ("看甲处", "看乙处"):
            house.send("street_dispatcher", "/patrols", "/patrols", {"title": name + RUN, "area": grid, "everyDays": "7", "category": "010601"})
        page = phone(house)
        thumb = Thumb(page)
        first = page.locator("[data-check]", has_text="看甲处" + RUN)
        thumb.tap(first.locator("form button.p").first)
        wait_sent(page)
        assert thumb.count == 1 and page.locator("[data-check]", has_text="看甲处" + RUN).count() == 0
        second = page.locator("[data-check]", has_text="看乙处" + RUN)
        thumb = Thumb(page)
        thumb.tap(second.locator("details summary").first)
        second.locator("textarea").fill("巡查发现：树枝折断" + RUN)
        thumb.tap(second.locator("details button.p"))
        wait_sent(page)
        assert thumb.count <= 3, thumb.count
        cases = house.request("street_dispatcher").get("/api/v1/cases?limit=20").json()["cases"]
        found = next(c for c in cases if "树枝折断" + RUN in c["detail"])
        assert found["channel"] == "patrol" and found["photoCount"] == 0, found

    @test("Offline: the page opens again, a report with photos and an act wait on the phone, and arrive once")
    def _():
        page = phone(house)
        matter = own_matter(house, "手机测试三：路灯不亮")
        ready_offline(page)
        context = page.context
        context.set_offline(True)
        page.reload()
        page.wait_for_selector("[data-day-offline]:not([hidden])")
        see(page, "没有网络", "路灯不亮")
        page.locator("#day-report > summary").tap()
        page.fill("#report-detail", "手机离线测试：河边护栏松动" + RUN)
        picture = photo(page)
        page.set_input_files("#report-photos", [
            {"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": picture} for n in range(11)])
        page.locator("#day-report form button.p").tap()
        wait_count(page, 2)
        card = f"[data-matter='{matter}']"
        page.locator(f"{card} > summary").tap()
        page.locator(f"{card} form:has(input[name=act][value=sign]) button").first.tap()
        wait_count(page, 3)
        # Taken on the phone, so finishing is offered though nobody else knows of it yet.
        page.locator(f"{card} > summary").tap()
        follow = page.locator(f"{card} [data-then=sign]:not([hidden]) details:has(input[value=finish])").first
        follow.locator("summary").tap()
        follow.locator("textarea[name=result]").fill("离线时已修好")
        follow.locator("button.p").tap()
        wait_count(page, 4)
        # Nothing of it lies open on the phone.
        raw = page.evaluate("""() => new Promise(done => { const o = indexedDB.open('gewu-day'); o.onsuccess = () => {
            const a = o.result.transaction('entries').objectStore('entries').getAll();
            a.onsuccess = () => done(a.result.map(r => JSON.stringify(r) + (r.sealed ? 'sealed' : 'open')).join('|')); }; })""")
        assert "护栏" not in raw and "sealed" in raw and "open" not in raw.replace("opened", ""), raw[:200]
        page.close()
        again = context.new_page()
        again.goto(base + "/day")
        again.wait_for_selector("[data-outbox]:not([hidden])")
        assert pending(again) == 4, pending(again)
        see(again, "护栏松动", "离线时已修好", "待上传")
        posts = []
        context.on("request", lambda r: posts.append(r.headers.get("idempotency-key")) if r.method == "POST" and r.url.endswith("/day/entries") else None)
        context.set_offline(False)
        again.evaluate("dispatchEvent(new Event('online'))")
        wait_sent(again)
        assert len(set(posts)) == 4, posts
        assert stored(house, "手机离线测试：河边护栏松动" + RUN) == 1
        request = house.request("street_dispatcher")
        record = next(c for c in request.get("/api/v1/cases?limit=50").json()["cases"] if "护栏松动" + RUN in c["detail"])
        assert record["photoCount"] == 11, record["photoCount"]
        after = request.get(f"/api/v1/cases/{matter}").json()
        assert after["state"] == "verifying" and after["result"] == "离线时已修好", after["state"]

    @test("The answer is lost on its way back: it is sent again and arrives once")
    def _():
        page = phone(house)
        lost = []

        def lose(route):
            if not lost:
                lost.append(route.request.headers["idempotency-key"])
                route.fetch()
                route.abort()
            else:
                route.continue_()

        page.route("**/api/v1/day/entries", lose)
        page.locator("#day-report > summary").tap()
        page.fill("#report-detail", "手机测试：答复丢失" + RUN)
        page.locator("#day-report form button.p").tap()
        page.wait_for_selector("[data-outbox]:not([hidden])")
        wait_sent(page, 20)
        assert lost and stored(house, "手机测试：答复丢失" + RUN) == 1

    @test("Somebody else went on while the phone was offline: both sides on a page, and the person decides")
    def _():
        page = phone(house)
        matter = own_matter(house, "手机测试四：两边都动了")
        ready_offline(page)
        page.context.set_offline(True)
        card = f"[data-matter='{matter}']"
        page.locator(f"{card} > summary").tap()
        page.locator(f"{card} form:has(input[name=act][value=sign]) button").first.tap()
        page.wait_for_selector("[data-outbox]:not([hidden])")
        house.send("grid_worker", f"/cases/{matter}", f"/cases/{matter}/acts", {}, act="sign")
        page.context.set_offline(False)
        page.evaluate("dispatchEvent(new Event('online'))")
        wait_sent(page)
        page.wait_for_selector("[data-day-fresh] a[href='/day/conflicts']")
        page.locator("[data-day-fresh] a[href='/day/conflicts']").tap()
        page.wait_for_load_state()
        see(page, "手机上写的", "现在的情况", "处置中", "签收")
        found = axe(page)
        assert not found, found
        assert page.evaluate(OFFSIDE) <= 0
        with page.expect_navigation():
            page.locator("button[name=decision][value=remark]").first.tap()
        see(page, "已按您的决定办理")

    @test("The session ends while offline: entries stay, the page asks for a log-in and goes on after it")
    def _():
        page = phone(house)
        ready_offline(page)
        page.context.set_offline(True)
        page.locator("#day-report > summary").tap()
        page.fill("#report-detail", "手机测试：登录过期" + RUN)
        page.locator("#day-report form button.p").tap()
        page.wait_for_selector("[data-outbox]:not([hidden])")
        cookies = [c for c in page.context.cookies() if c["name"] != "gewu"]
        page.context.clear_cookies()
        page.context.add_cookies(cookies)
        page.context.set_offline(False)
        page.evaluate("dispatchEvent(new Event('online'))")
        page.wait_for_selector("[data-day-login]:not([hidden])")
        assert pending(page) == 1
        page.locator("[data-day-login] a").tap()
        page.wait_for_load_state()
        page.fill("input[name=login]", "grid_worker")
        page.fill("input[type=password]", password)
        page.locator("main form button").first.tap()
        page.wait_for_url("**/day")
        wait_sent(page)
        assert stored(house, "手机测试：登录过期" + RUN) == 1
        kept["state"] = page.context.storage_state()

    @test("Another person on the same phone sends and reads nothing of the first; after log-out no page is kept")
    def _():
        page = phone(house, state=kept.get("state"))
        ready_offline(page)
        page.context.set_offline(True)
        page.locator("#day-report > summary").tap()
        page.fill("#report-detail", "手机测试：只许本人上传" + RUN)
        page.locator("#day-report form button.p").tap()
        page.wait_for_selector("[data-outbox]:not([hidden])")
        page.route("**/api/v1/day/entries", lambda route: route.abort())
        page.context.set_offline(False)
        page.goto(base + "/account")
        asked = []
        page.on("dialog", lambda box: (asked.append(box.message), box.accept()))
        page.locator("form[action='/logout'] button").tap()
        page.wait_for_url(lambda url: "/account" not in url)
        assert asked and "未上传" in asked[0], asked
        assert not page.evaluate("caches.has('gewu-day-page')"), "the page of today is gone with the session"
        page.unroute("**/api/v1/day/entries")
        page.context.set_offline(True)
        page.goto(base + "/day")
        see(page, "没有网络", "联网登录后自动上传")
        assert "等我办理" not in page.inner_text("main")
        page.context.set_offline(False)
        page.goto(base + "/login?next=/day")
        page.fill("input[name=login]", "community_clerk")
        page.fill("input[type=password]", password)
        page.locator("main form button").first.tap()
        page.wait_for_url("**/day")
        page.wait_for_selector("[data-day-others]:not([hidden])")
        see(page, "其他同事的 1 条记录")
        page.wait_for_timeout(1500)
        assert "只许本人" not in page.content()
        assert stored(house, "手机测试：只许本人上传" + RUN) == 0
        page.goto(base + "/account")
        page.locator("form[action='/logout'] button").tap()
        page.wait_for_url(lambda url: "/account" not in url)
        page.goto(base + "/login?next=/day")
        page.fill("input[name=login]", "grid_worker")
        page.fill("input[type=password]", password)
        page.locator("main form button").first.tap()
        page.wait_for_url("**/day")
        wait_sent(page)
        assert stored(house, "手机测试：只许本人上传" + RUN) == 1
        house.sessions.pop("grid_worker", None)

    @test("Without scripts every form of the page works as well")
    def _():
        page = house.page("grid_worker", size=PHONE, java_script_enabled=False)
        page.goto(base + "/day")
        page.locator("#day-report > summary").click()
        page.fill("#report-detail", "手机测试：没有脚本" + RUN)
        page.locator("#day-report form button.p").click()
        page.wait_for_load_state()
        see(page, "已收到")
        assert stored(house, "手机测试：没有脚本" + RUN) == 1

    @test("The self-audit stands on a page, for every member of staff, and is clean")
    def _():
        page = house.page("grid_worker", size=PHONE)
        page.goto(base + "/burden")
        see(page, "自查通过", "打卡", "轨迹", "国办函〔2026〕12号", "不是人的轨迹")
        answer = house.request("grid_worker").get("/api/v1/burden").json()
        assert answer["clean"] and answer["routes"] > 100 and answer["columns"] > 200, json.dumps(answer)[:300]
