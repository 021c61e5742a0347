"""Everything works without JavaScript; scripts only make it quicker."""
from house import PHONE, base, do, see, test


def run(house):
    @test("A resident without scripts reports without a phone number")
    def _():
        page = house.page(size=PHONE, java_script_enabled=False)
        page.goto(base + "/")
        page.click('main a[href="/report"]')
        page.click('a[href="/report?anonymous=yes"]')
        page.fill("textarea[name=detail]", "没有脚本也能反映：路灯不亮。")
        page.locator("main form button.p").click()
        page.wait_for_load_state()
        see(page, "已收到", "请记下编号")

    @test("Staff without scripts report, accept, dispatch and act on several")
    def _():
        page = house.page("street_dispatcher", java_script_enabled=False)
        page.goto(base + "/cases/new")
        page.fill("textarea[name=detail]", "没有脚本也能上报：路灯不亮。")
        page.locator("main form button.p").click()
        page.wait_for_load_state()
        see(page, "路灯不亮", "待受理")
        path = page.url[len(base) :].split("?")[0]
        do(page, "accept", choose={"category": 2})
        see(page, "待派单")
        page.goto(base + "/cases")
        page.check(f'input[name=select][value="{path.rsplit("/", 1)[1]}"]')
        page.locator(".bulk summary").click()
        page.locator(".bulk button[value=urge]").click()
        page.wait_for_load_state()
        see(page, "完成 1 件")
