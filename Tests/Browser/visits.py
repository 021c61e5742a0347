"""One visit: what all forms need is asked at a home once, on a phone without a network; two who saw it differently; care."""
import re

from house import DESK, PHONE, base, see, test
from looks import AXE, BARRIERS, MOST_BYTES, BYTES, TOO_SMALL, TOO_WIDE
from phone import until

# A question that is answered with yes or no, of the first home that has one: its name and the home.
YES_NO = """() => {
  const field = [...document.querySelectorAll('#visits select')].find(s => s.name.startsWith('a.') && s.querySelector('option[value="1"]')
    && s.querySelector('option[value="0"]') && s.options.length === 4 && !s.closest('details details'));
  return field && { name: field.name, home: field.closest('[data-home]').dataset.home };
}"""


def phone(house, login, path="/visits"):
    page = house.page(login, size=PHONE, has_touch=True, is_mobile=True)
    page.goto(base + path)
    page.wait_for_selector("html[data-day=ready]", state="attached")
    until(page, "navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    until(page, "navigator.serviceWorker.controller !== null")
    page.wait_for_selector("html[data-day=ready]", state="attached")
    return page


def answer(page, question, value):
    card = page.locator(f'[data-home="{question["home"]}"]')
    card.locator("summary").first.tap()
    card.locator(f'[name="{question["name"]}"]').select_option(value)
    card.locator("form button.p").tap()
    until(page, "document.querySelectorAll('[data-outbox-list] li').length === 1 && !document.querySelector('[data-outbox]').hidden")


def online(page):
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    until(page, "document.querySelector('[data-outbox]').hidden")


def asked(page, question):
    _, subject, element = question["name"].split(".")
    told = page.request.get(base + f"/api/v1/visits/homes/{question['home']}").json()
    return any(q["subject"] == subject and q["element"] == element for q in told["questions"])


def run(house):
    @test("Without a network a home is asked what forms need; the answer is a fact once, and asked no more")
    def _():
        page = phone(house, "grid_worker")
        see(page, "要上门", "不再问")
        question = page.evaluate(YES_NO)
        assert question and asked(page, question), question
        page.context.set_offline(True)
        page.reload()
        see(page, "没有网络")
        answer(page, question, "1")
        page.get_by_text("待上传").first.wait_for()
        see(page, "待上传", "1 项")
        assert not page.locator(f'[data-home="{question["home"]}"] form').is_visible(), "a home that waits asks nothing more"
        page.reload()
        page.get_by_text("待上传").first.wait_for()
        online(page)
        assert not asked(page, question)
        subject = question["name"].split(".")[1]
        entries = page.request.get(base + f"/api/v1/registry/subjects/{subject}/entries").json()["items"]
        last = entries[-1]
        assert last["source"] == "visit" and question["name"].split(".")[2] in last["elements"], last
        assert last["seenAt"] < last["knownSince"], last
        assert sum(e["elements"] == last["elements"] for e in entries if e["source"] == "visit") == 1, entries

    @test("Two phones that saw a fact differently: both are kept, the later sighting holds, the community decides")
    def _():
        worker = phone(house, "grid_worker")
        area = worker.request.get(base + "/api/v1/visits").json()["area"]
        clerk = phone(house, "community_clerk", "/visits?area=" + area)
        question = worker.evaluate(YES_NO)
        for page, value in ((worker, "1"), (clerk, "0")):
            page.context.set_offline(True)
            answer(page, question, value)
        # What was seen later arrives first.
        online(clerk)
        online(worker)
        desk = house.page("community_clerk")
        desk.goto(base + "/visits/answers?area=" + area)
        see(desk, "先见", "后见（现在为准）", "看到于")
        subject = question["name"].split(".")[1]
        desk.locator("section.panel form button[value=later]").first.click()
        desk.wait_for_load_state()
        see(desk, "已按您的决定登记")
        assert not asked(worker, question)
        told = desk.request.get(base + f"/api/v1/registry/subjects/{subject}/entries").json()["items"]
        element = question["name"].split(".")[2]
        assert sum(element in e["elements"] and e["source"] == "visit" for e in told) == 2, told
        assert not desk.faults, desk.faults

    @test("Nobody at home: the home leaves the walk for some days")
    def _():
        page = phone(house, "grid_worker")
        card = page.locator("[data-home]").nth(1)
        home = card.get_attribute("data-home")
        card.locator("summary").first.tap()
        card.locator("button[value=nobody]").tap()
        until(page, f"document.querySelector('[data-outbox]').hidden && !document.querySelector('[data-home=\"{home}\"]')")

    @test("Care: a missed visit is a task, its page leads to the person, a visit is noted, labels are masked")
    def _():
        page = house.page("community_clerk")
        page.goto(base + "/visits/care")
        see(page, "关怀群体", "责任人")
        rows = page.locator("main table tbody tr")
        assert rows.count() > 0, "the demonstration looks in on nobody"
        page.locator("main table tbody a").first.click()
        page.wait_for_load_state()
        see(page, "应走访", "人员档案")
        page.select_option("[name=outcome]", "well")
        page.locator("form button[value=look]").click()
        page.wait_for_load_state()
        see(page, "已保存", "见到，一切正常")
        other = house.page("street_handler")
        other.goto(base + "/visits/care")
        names = other.inner_text("main")
        assert "独居老年人" not in names and "残疾人" not in names, names[:300]

    @test("axe finds no barrier on the pages of visits; on a phone nothing is too wide, too small or too heavy")
    def _():
        for look in ({"size": DESK}, {"size": DESK, "theme": "dark", "language": "en"}, {"size": PHONE, "text": "care"}):
            for login, paths in {"grid_worker": ["/visits", "/visits/care"],
                                 "community_clerk": ["/visits", "/visits/answers", "/visits/care", "/visits/care/new?group=old-alone"]}.items():
                page = house.page(login, **look)
                for path in paths:
                    page.goto(base + path)
                    for card in page.locator("details.act").all()[:2]:
                        card.locator("summary").first.click()
                    page.evaluate(AXE + ";0")
                    found = page.evaluate(BARRIERS) + page.evaluate(TOO_WIDE)
                    assert not found, f"{path} {look}: {found}"
                page.context.close()
        page = house.page("grid_worker", size={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
        for path in ("/visits", "/visits/care"):
            page.goto(base + path)
            for card in page.locator("details.act").all()[:2]:
                card.locator("summary").first.tap()
            size = page.evaluate(BYTES)
            found = page.evaluate(TOO_WIDE) + page.evaluate(TOO_SMALL) + ([size] if size > MOST_BYTES else [])
            assert not found, f"{path}: {found}"
