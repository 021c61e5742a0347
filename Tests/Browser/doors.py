"""In and out: the way out for residents on every page, and the language that a log-in keeps."""
from house import DESK, PHONE, account, base, password, see, test


def run(house):
    @test("A resident leaves by one button on any page, in both languages, and is out")
    def _():
        for language, way_out, staff in (("zh-Hans", "退出", "工作人员登录"), ("en", "Log out", "Staff log-in")):
            page = house.resident("19900007777" if language == "en" else "19900007776", "/mine", language=language)
            for address in ("/mine", "/report", "/"):
                page.goto(base + address)
                bar = page.inner_text("header.top")
                assert way_out in bar and staff not in bar, f"{address}: {bar}"
                assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address
            page.goto(base + "/mine")
            with page.expect_navigation():
                page.get_by_role("button", name=way_out, exact=True).click()
            assert staff in page.inner_text("header.top")
            page.goto(base + "/mine")
            assert page.locator('form[action="/logout"]').count() == 0
            assert not page.faults, page.faults
            page.context.close()

    @test("A browser that asks for English stays English after the log-in")
    def _():
        context = house.browser.new_context(locale="en-GB", viewport=DESK)
        page = context.new_page()
        page.goto(base + "/login")
        assert page.get_attribute("html", "lang") == "en"
        page.fill("input[name=login]", account("auditor")["login"])
        page.fill("input[type=password]", password)
        page.click("main form button")
        page.wait_for_load_state()
        assert "/login" not in page.url, page.url
        assert page.get_attribute("html", "lang") == "en"
        context.close()

    @test("The staff list names areas, and each of these lists leads to its sheet")
    def _():
        page = house.page("administrator")
        page.goto(base + "/staff")
        areas = page.locator("table.list td[data-label=辖区]").all_inner_texts()
        assert areas and not [area for area in areas if area.strip().isdigit()], areas[:5]
        for address in ("/staff", "/tokens", "/messages", "/messages/texts?state=sent", "/ledger/verify"):
            page.goto(base + address)
            with page.expect_download() as download:
                page.get_by_text("导出 Excel").first.click()
            assert download.value.suggested_filename.endswith(".xlsx"), address

    @test("A department's head sees in the ledger what the department did")
    def _():
        page = house.page("department_leader")
        page.goto(base + "/ledger")
        see(page, "台账")
        whole = house.page("auditor")
        whole.goto(base + "/ledger")
        assert page.locator("table.list tbody tr").count() <= whole.locator("table.list tbody tr").count()
        streets = [row for row in page.locator("table.list tbody tr").all_inner_texts() if "街道指挥中心" in row]
        assert not streets, streets[:2]
