"""Disputes from the first meeting to a kept agreement, and clues that only the police see."""
import re

from emergencies import send
from house import PHONE, base, see, test
from looks import AXE, BARRIERS, TOO_WIDE


def enter(house, kind="neighbours"):
    page = house.page("mediator")
    page.goto(base + "/disputes/new")
    page.select_option("[name=kind]", kind)
    for name, value in {
        "title": "楼道照明费用分担", "detail": "一层住户不愿分担楼道照明费用，双方多次争执。", "first-name": "测试甲",
        "first-phone": "19900008881", "second-name": "测试乙",
    }.items():
        page.fill(f"[name={name}]", value)
    page.click("main form button:not([type=button])")
    page.wait_for_url(re.compile("/disputes/[0-9a-z]{26}"))
    return page, page.url.split("?")[0]


def run(house):
    @test("A dispute is entered, mediated with a proposed mediator, agreed on, confirmed and revisited")
    def _():
        page, address = enter(house)
        see(page, "测*", "推荐调解员", "随时可以走的其他途径", "向有管辖权的人民法院起诉")
        assert "测试甲" not in page.content()
        page.locator('form[action$="/mediator"] button').first.click()
        page.wait_for_load_state()
        see(page, "本件调解员")
        send(page, "sessions", {"note": "双方到场，约定明日再谈。"}, {"outcome": "继续调解"})
        see(page, "约定明日再谈")
        send(page, "agreement", {
            "text": "照明费用按户均摊，自本月起执行。", "duty1-text": "补交上月费用", "duty1-due": page.input_value("[name=effectiveOn]")})
        see(page, "已达成协议", "共同向法院申请", "首次回访")
        form = page.locator('form[action$="/confirmation"]')
        page.locator('details:has(form[action$="/confirmation"]) summary').click()
        form.locator("button").click()
        page.wait_for_load_state()
        see(page, "司法确认须由双方当事人共同申请")
        page.goto(address)
        page.locator('details:has(form[action$="/confirmation"]) summary').click()
        page.locator("[name=byBoth]").check()
        page.locator('form[action$="/confirmation"] button').click()
        page.wait_for_load_state()
        see(page, "已共同申请")
        page.goto(address + "/paper")
        see(page, "人民调解协议书", "测试甲", "补交上月费用", where=".sheet")
        assert [f for f in page.faults if "422" not in f] == [], page.faults

    @test("A dispute that fails climbs to the street, whose mediators go on with it")
    def _():
        page, address = enter(house)
        send(page, "sessions", {"note": "差距较大。"}, {"outcome": "本级调解不成"})
        see(page, "街道调解员办理")
        page = house.page("street_mediator")
        page.goto(address)
        see(page, "记录一次调解")

    @test("A clue gives a code once; the sender, and only the police, see where it stands")
    def _():
        page = house.page()
        page.goto(base + "/clue")
        page.fill("[name=text]", "有人长期强收摊位费，每月三百。")
        page.click("main form button:not([type=button])")
        page.wait_for_load_state()
        code = page.inner_text("main h2.code")
        assert re.fullmatch("([0-9a-f]{6}-){3}[0-9a-f]{6}", code) and code not in page.url, code
        assert page.evaluate("Object.keys(localStorage).filter(k => k.includes('clue')).length") == 0
        police = house.page("police")
        police.goto(base + "/clues")
        police.locator("main table a").first.click()
        police.fill("[name=purpose]", "初步核查")
        police.click("main form button")
        police.wait_for_load_state()
        see(police, "强收摊位费")
        police.select_option("[name=act]", "take")
        police.locator('form[action$="/acts"] button').click()
        police.wait_for_url("**/clues")
        page.goto(base + "/clue/status")
        page.fill("[name=code]", code)
        page.click("main form button")
        page.wait_for_load_state()
        see(page, "正在核查")
        for login in ("administrator", "auditor", "coordination_officer"):
            other = house.page(login)
            assert other.goto(base + "/clues").status == 403
        auditor = house.page("police_auditor")
        auditor.goto(base + "/clues/journal")
        see(auditor, "初步核查", "查阅")
        assert "摊位费" not in auditor.content()

    @test("axe finds no barrier on the pages of disputes and clues, and phones need not scroll sideways")
    def _():
        _, address = enter(house)
        path = address[len(base):]
        for look in ({}, {"theme": "dark"}, {"language": "en"}, {"size": PHONE, "has_touch": True, "is_mobile": True}):
            for login, addresses in (
                ("county_mediator", ("/disputes", "/disputes?outcome=agreed", "/disputes/new", path, "/mediators",
                                     "/mediators/new", "/disputes/figures")),
                ("mediator", (path,)),
                (None, ("/clue", "/clue/status")),
                ("police", ("/clues", "/clues/1")),
                ("police_auditor", ("/clues/journal",)),
            ):
                page = house.page(login, **look)
                for one in addresses:
                    page.goto(base + one)
                    page.evaluate(AXE)
                    found = page.evaluate(BARRIERS)
                    assert not found, f"{one} {look}: {found}"
                    if "size" in look:
                        assert not page.evaluate(TOO_WIDE), f"{one} is too wide: {page.evaluate(TOO_WIDE)}"
                page.context.close()
