"""Places and the bodies in them."""
from house import PHONE, base, see, test


def run(house):
    @test("An unknown area is not found; the breadcrumb leads from one area to its neighbour and down")
    def _():
        page = house.page("street_dispatcher")
        assert page.goto(base + "/places/330106999").status == 404
        page.goto(base + "/cases")
        street = page.locator("nav.crumb li").first.inner_text().strip()
        page.locator("nav.crumb details.switch summary").last.click()
        links = page.locator("nav.crumb details.switch[open] a")
        first, second = links.nth(0).inner_text(), links.nth(1).inner_text()
        links.nth(0).click()
        page.wait_for_load_state()
        see(page, street, first, where="nav.crumb")
        # Without a mouse, and away again with Escape.
        page.locator("nav.crumb details.switch summary").first.focus()
        page.keyboard.press("Enter")
        assert page.locator("nav.crumb details.switch[open]").count() == 1
        page.keyboard.press("Escape")
        assert page.locator("nav.crumb details.switch[open]").count() == 0
        page.locator("nav.crumb details.switch summary").first.click()
        page.locator("nav.crumb details.switch[open] a", has_text=second).click()
        page.wait_for_load_state()
        see(page, second, where="nav.crumb")
        assert page.locator("select[name=area] option:checked").inner_text().endswith(second)

    @test("A body is entered, changed and ended, and what is refused stays as it was typed")
    def _():
        page = house.page("administrator")
        page.goto(base + "/places/bodies")
        page.locator("a", has_text="登记机构").click()
        page.wait_for_load_state()
        page.fill("input[name=name]", "测试志愿队")
        page.select_option("select[name=kind]", "volunteers")
        page.select_option("select[name=area]", index=2)
        page.evaluate("document.querySelector('select[name=level]').innerHTML += '<option value=nowhere selected>'")
        page.locator("main form button.p").click()
        page.wait_for_load_state()
        assert page.input_value("input[name=name]") == "测试志愿队"
        assert page.locator("#level-error").count() == 1
        page.select_option("select[name=level]", "street")
        page.locator("main form button.p").click()
        page.wait_for_url("**done=entered")
        see(page, "已登记", "测试志愿队", "志愿队伍", "乡镇（街道）")
        address = page.url.split("?")[0]
        page.locator("details.act summary", has_text="修改").click()
        page.fill("input[name=name]", "测试志愿服务队")
        page.locator('details.act[open] button.p').click()
        page.wait_for_url("**done=changed")
        see(page, "已保存", "测试志愿服务队")
        page.locator("details.act summary", has_text="撤销机构").click()
        page.fill("#end-validTo", "2020-01-01")
        page.locator("details.act[open] button.danger").click()
        page.wait_for_load_state()
        see(page, "失效日期须晚于生效日期")
        # It began today, so it ends tomorrow at the earliest.
        later = page.evaluate("new Date(Date.now() + 2 * 864e5).toISOString().slice(0, 10)")
        page.fill("#end-validTo", later)
        page.locator("details.act[open] button.danger").click()
        page.wait_for_url("**done=ended")
        see(page, "已撤销", later)
        page.goto(f"{base}/places/bodies?q=志愿服务&at={later}")
        see(page, "没有符合条件的机构")
        page.goto(base + "/places/bodies?q=志愿服务")
        see(page, "测试志愿服务队")
        ledger = house.page("auditor")
        ledger.goto(base + "/ledger?act=places.")
        see(ledger, "登记机构", "修改机构", "测试志愿服务队", "志愿队伍")
        stranger = house.page("street_dispatcher")
        stranger.goto(address)
        assert stranger.locator("details.act").count() == 0
        assert stranger.goto(base + "/places/bodies/new").status == 403

    @test("Without scripts a body is entered on a phone, and its area's page names it")
    def _():
        page = house.page("street_leader", size=PHONE, java_script_enabled=False)
        page.goto(base + "/places/bodies/new")
        page.fill("input[name=name]", "测试物业")
        page.select_option("select[name=kind]", "property_firm")
        page.select_option("select[name=area]", index=1)
        page.locator("main form button.p").click()
        page.wait_for_load_state()
        see(page, "已登记", "物业企业")
        page.locator('dl.facts a[href^="/places/"]').first.click()
        page.wait_for_load_state()
        see(page, "测试物业")
