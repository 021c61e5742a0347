"""Emergencies and duty: from the start of a plan to its end, with two sides of a hand-over, and what paper brings later."""
import re

from house import PHONE, base, see, test
from looks import AXE, BARRIERS, TOO_WIDE
from phone import until


def commander(house):
    return house.page("coordination_officer")


def open_form(page, action):
    form = page.locator(f'form[action$="/{action}"]').first
    details = form.locator("xpath=ancestor::details[1]")
    if details.count() and details.first.get_attribute("open") is None:
        details.first.locator("summary").first.click()
    return form


def send(page, action, fill=None, choose=None):
    form = open_form(page, action)
    for name, value in (fill or {}).items():
        form.locator(f"[name={name}]").fill(value)
    for name, value in (choose or {}).items():
        box = form.locator(f"select[name={name}]")
        box.select_option(index=value) if isinstance(value, int) else box.select_option(label=value)
    form.locator("button:not([type=button])").last.click()
    page.wait_for_load_state()


def start(house):
    page = commander(house)
    page.goto(base + "/emergencies/new")
    page.select_option("[name=plan]", "evacuation")
    page.select_option("[name=level]", "IV")
    page.fill("[name=title]", "河边转移")
    page.check("[name=exercise]")
    page.click("main form button.danger")
    page.wait_for_url(re.compile("/emergencies/[0-9a-z]{26}$"))
    for name in ("河边点", "体育馆"):
        send(page, "site", {"name": name})
        see(page, "点位已设")
    send(page, "lot", {"label": "三幢住户", "count": "30", "unit": "人"}, {"site": "河边点"})
    see(page, "总数相符", "三幢住户")
    return page, page.url.split("?")[0]


def run(house):
    @test("A plan is set in motion, people go from one site to another, and every count agrees")
    def _():
        page, address = start(house)
        send(page, "send", {"count": "12"}, {"lot": 0, "from": "河边点", "to": "体育馆"})
        see(page, "等待对方签收", "在途待签收")
        # Who sent has no button to acknowledge; somebody else does.
        assert page.locator('form[action$="/receive"]').count() == 0
        send(page, "end")
        see(page, "1 次交接未了结")
        send(page, "give-back", {"count": "12"})
        see(page, "已退回", "总数相符")
        send(page, "end")
        see(page, "应急响应已结束")
        assert [f for f in page.faults if "409" not in f] == [], page.faults

    @test("The paper list has running numbers and boxes; what is entered from it counts once")
    def _():
        page, address = start(house)
        page.goto(address + "/paper")
        page.locator('form[action$="/slips"] button').click()
        page.wait_for_url("**/paper")
        number = page.locator(".sheet table").nth(1).locator("td.n").first.inner_text()
        assert "☐" in page.inner_text(".sheet")
        page.emulate_media(media="print")
        assert not page.locator('form[action$="/slips"]').is_visible()
        page.emulate_media(media="screen")
        for _ in range(2):
            page.goto(address + "/paper-entry")
            send(
                page,
                "send",
                {"slip": number, "count": "5", "happenedAt": page.evaluate(
                    "new Date(Date.now()+8*36e5-60e3).toISOString().slice(0,16).replace('T',' ')")},
                {"lot": 1, "from": "河边点", "to": "体育馆"},
            )
            see(page, "已补录")
        page.goto(address)
        assert page.locator('tr:has(td[data-label="编号"]):has-text("在途待签收")').count() == 1
        send(page, "give-back", {"count": "5"})
        send(page, "end")

    @test("Duty is planned, shown, exported and read by a calendar until its key is revoked")
    def _():
        page = house.page("street_dispatcher")
        page.goto(base + "/duty")
        see(page, "值班表")
        page.goto(base + "/duty/mine")
        page.locator('form[action="/duty/calendars"] button').click()
        page.wait_for_load_state()
        path = re.search(r"/calendars/duty\.ics\?key=\S+", page.inner_text("main")).group(0)
        answer = page.request.get(base + path)
        assert answer.status == 200 and answer.text().startswith("BEGIN:VCALENDAR"), answer.text()[:100]
        page.goto(base + "/duty/mine")
        page.locator('form[action$="/revoke"] button').last.click()
        page.wait_for_load_state()
        assert page.request.get(base + path).status == 403
        assert not page.faults, page.faults

    @test("Without a network: people are sent and acknowledged under one number, an alarm is raised; all of it arrives once")
    def _():
        page, address = start(house)
        event = address.rsplit("/", 1)[1]
        giver = house.page("coordination_officer", size=PHONE, has_touch=True, is_mobile=True)
        taker = house.page("department_handler", size=PHONE, has_touch=True, is_mobile=True)
        for one in (giver, taker):
            one.goto(base + "/scene")
            one.wait_for_selector("html[data-day=ready]", state="attached")
            until(one, "navigator.serviceWorker.ready.then(() => true)")
            one.reload()
            until(one, "navigator.serviceWorker.controller !== null")
        until(giver, f"JSON.parse(localStorage.getItem(Object.keys(localStorage).find(k => k.endsWith('{event}'))) || '[]').length === 3")
        part = f'section[data-event="{event}"] '
        giver.context.set_offline(True)
        giver.reload()
        see(giver, "没有网络", "河边转移")
        form = giver.locator(part + 'form[action$="/send"]')
        form.locator("xpath=ancestor::details[1]").locator("summary").first.tap()
        form.locator("[name=from]").select_option(label="河边点")
        form.locator("[name=to]").select_option(label="体育馆")
        form.locator("[name=count]").fill("7")
        form.locator("button").tap()
        until(giver, "/交接编号 [0-9]+/.test(document.querySelector('[data-day-said]').textContent)")
        number = re.search("交接编号 ([0-9]+)", giver.inner_text("[data-day-said]")).group(1)
        form = giver.locator(part + 'form[action$="/alarm"]')
        form.locator("xpath=ancestor::details[1]").locator("summary").first.tap()
        form.locator("textarea").fill("桥面积水，车过不去")
        form.locator("button").tap()
        until(giver, "document.querySelectorAll('[data-outbox-list] li').length === 2")
        # The other side hears the number over the radio, and its receipt is there first.
        form = taker.locator(part + 'form[action$="/receive"]:has([name=slip]:not([type=hidden]))')
        form.locator("xpath=ancestor::details[1]").locator("summary").first.tap()
        form.locator("[name=slip]").fill(number)
        form.locator("[name=count]").fill("7")
        form.locator("button").tap()
        until(taker, "/待指挥人员核定/.test(document.querySelector('[data-day-said]').textContent)")
        page.goto(address)
        see(page, "待核定的矛盾", "还没有交出记录")
        giver.context.set_offline(False)
        giver.evaluate("dispatchEvent(new Event('online'))")
        until(giver, "document.querySelector('[data-outbox]').hidden")
        page.goto(address)
        see(page, "桥面积水", "报警")
        text = page.inner_text("main")
        assert "待核定的矛盾" not in text, "the receipt found its sending"
        answer = page.request.get(base + f"/api/v1/emergencies/{event}").json()
        assert [(h["slip"], h["sent"], h["received"], h["state"]) for h in answer["handOvers"]] == [(int(number), 7, 7, "received")], answer["handOvers"]
        raised = [alarm for alarm in answer["alarms"] if alarm["about"].startswith("raised:")]
        assert len(raised) == 1 and answer["balanced"], raised
        send(page, "answer", {"note": "已绕行"})
        see(page, "报警已处理")
        send(page, "end")

    @test("axe finds no barrier on the pages of emergencies, and phones need not scroll sideways")
    def _():
        page, address = start(house)
        send(page, "send", {"count": "12"}, {"lot": 0, "from": "河边点", "to": "体育馆"})
        path = address[len(base):]
        for look in ({}, {"theme": "dark"}, {"language": "en"}, {"size": PHONE, "has_touch": True, "is_mobile": True}):
            page = house.page("coordination_officer", **look)
            for one in ("/emergencies", "/emergencies/plans", "/emergencies/new", path, path + "/paper",
                        path + "/paper-entry", "/duty", "/duty/mine", "/scene"):
                page.goto(base + one)
                page.evaluate(AXE)
                found = page.evaluate(BARRIERS)
                assert not found, f"{one} {look}: {found}"
                if "size" in look:
                    assert not page.evaluate(TOO_WIDE), f"{one} is too wide: {page.evaluate(TOO_WIDE)}"
            page.context.close()
