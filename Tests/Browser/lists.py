"""The queue: filters in the address, tabs that count, views that are kept, several acts at once, Excel."""
import io
import re
import zipfile

from house import base, department, see, test


def run(house):
    @test("Filters stand in the address, and the tabs count what they hold")
    def _():
        page = house.page("street_dispatcher")
        page.goto(base + "/cases")
        counts = [int(n) for n in page.locator(".tabs b").all_inner_texts()]
        assert counts[0] == sum(counts[1:]) > 0, counts
        page.locator(".tabs a[href*='state=handling']").click()
        page.wait_for_load_state()
        assert page.inner_text(".tabs:not(.kinds) a[aria-current]").startswith("处置中")
        page.select_option("select[name=order]", "due")
        page.select_option("select[name=due]", "overdue")
        page.locator("form.filters button").first.click()
        page.wait_for_load_state()
        for part in ("state=handling", "order=due", "due=overdue"):
            assert part in page.url, page.url
        states = set(page.locator("table.list td[data-label=状态]").all_inner_texts())
        assert states <= {"处置中"}, states
        page.reload()
        assert page.input_value("select[name=due]") == "overdue"

    @test("A matter is found by the last six digits of its number")
    def _():
        path = house.matter()
        page = house.page("street_dispatcher")
        page.goto(base + path)
        number = page.inner_text("dl.facts code").strip()
        page.goto(base + "/cases")
        page.fill("input[name=number]", number[-6:])
        page.press("input[name=number]", "Enter")
        page.wait_for_load_state()
        assert number in page.locator("table.list tbody tr").all_inner_texts()[0]
        assert page.locator("table.list tbody tr").count() < 4

    @test("A filter is kept as a view, used and deleted")
    def _():
        page = house.page("street_dispatcher")
        page.goto(base + "/cases?state=handling&order=due")
        views = page.locator("details", has=page.locator('form[action="/cases/views"]'))
        views.locator("summary").click()
        views.locator("input[name=name]").fill("处置中最急")
        views.locator('form[action="/cases/views"] button').click()
        page.wait_for_load_state()
        page.goto(base + "/cases")
        views = page.locator("details:has(ul.rows)")
        views.locator("summary").click()
        views.locator("a", has_text="处置中最急").click()
        page.wait_for_load_state()
        assert "state=handling" in page.url and "order=due" in page.url, page.url
        views = page.locator("details:has(ul.rows)")
        views.locator("summary").click()
        views.locator("li", has_text="处置中最急").locator("button").click()
        page.wait_for_load_state()
        assert page.locator("li", has_text="处置中最急").count() == 0

    @test("Several are dispatched at once, with what came of each")
    def _():
        ready = [house.matter("accept"), house.matter("accept")]
        unready = house.matter()
        page = house.page("street_dispatcher")
        page.goto(base + "/cases")
        for path in ready + [unready]:
            page.check(f'input[name=select][value="{path.rsplit("/", 1)[1]}"]')
        see(page, "已选 3 项")
        page.locator(".bulk summary").click()
        page.select_option("select[name=bulk-body]", label=department())
        page.locator(".bulk button[value=dispatch]").click()
        page.wait_for_load_state()
        see(page, "完成 2 件", "未办 1 件")
        row = page.locator("tr", has=page.locator(f'a[href="{unready}"]')).inner_text()
        assert "未办" in row and len(row.split("未办", 1)[1].strip()) > 5, row
        page.goto(base + ready[0])
        see(page, "待签收", department())

    @test("All results of a filter are acted on at once, on whichever page they stand, with and without scripts")
    def _():
        for scripts in (True, False):
            page = house.page("street_dispatcher", java_script_enabled=scripts)
            page.goto(base + "/cases?state=handling&limit=5")
            number = int(page.inner_text(".tabs:not(.kinds) a[aria-current] b"))
            assert number > 5, number
            page.locator(".bulk summary").click()
            see(page, f"全选符合条件的 {number} 件")
            page.check("input[name=all]")
            if scripts:
                see(page, f"已选全部 {number} 项")
                assert page.locator("input[name=select]:checked").count() == 5
            page.locator(".bulk button[value=urge]").click()
            page.wait_for_load_state()
            see(page, f"完成 {number} 件", "未办 0 件")
            assert page.locator("table.list tbody tr").count() == number
            assert page.locator('a[href*="state=handling"]').count() == 1, "no way back to the same list"

    @test("A selection is printed, one sheet for each, and exported; too many are refused before anything is done")
    def _():
        page = house.page("street_dispatcher")
        page.goto(base + "/cases?state=handling&limit=5")
        number = int(page.inner_text(".tabs:not(.kinds) a[aria-current] b"))
        chosen = page.locator("input[name=select]").all()[:3]
        for box in chosen:
            box.check()
        page.locator(".bulk summary").click()
        with page.expect_download() as download:
            page.locator('.bulk button[formaction$="/export"]').click()
        with zipfile.ZipFile(io.BytesIO(open(download.value.path(), "rb").read())) as book:
            assert len(re.findall(r"<row ", book.read("xl/worksheets/sheet1.xml").decode())) == 3 + 1
        page.goto(base + "/cases?state=handling&limit=5")
        page.locator(".bulk summary").click()
        page.check("input[name=all]")
        page.locator('.bulk button[formaction$="/print"]').click()
        page.wait_for_load_state()
        assert page.locator("article.sheet").count() == number
        assert page.locator("article.sheet form").count() == 0
        assert page.locator("[data-print]").is_visible()
        page.goto(base + "/cases")
        page.locator(".bulk summary").click()
        page.check("input[name=all]")
        page.locator('.bulk button[formaction$="/print"]').click()
        page.wait_for_load_state()
        see(page, "超过 100 件", "缩小范围")

    @test("The filter used last is offered again, and the list says how fresh it is")
    def _():
        page = house.page("street_dispatcher")
        page.goto(base + "/cases?state=handling&order=due")
        see(page, "数据更新于")
        page.goto(base + "/cases")
        page.locator("a", has_text="上次的条件").click()
        page.wait_for_load_state()
        assert "state=handling" in page.url and "order=due" in page.url, page.url

    @test("Excel gets every row of the filter, phone numbers masked")
    def _():
        page = house.page("street_dispatcher")
        page.goto(base + "/cases")
        number_of_all = int(page.locator(".tabs b").first.inner_text())
        with page.expect_download() as download:
            page.locator("a[href^='/cases/export']").click()
        data = open(download.value.path(), "rb").read()
        assert download.value.suggested_filename.endswith(".xlsx"), download.value.suggested_filename
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            assert book.testzip() is None
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
            strings = book.read("xl/sharedStrings.xml").decode() if "xl/sharedStrings.xml" in book.namelist() else ""
        # Only words: the fractions of times are long rows of digits, too.
        text = strings + "".join(re.findall(r"<t[ >].*?</t>", sheet))
        assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", text), "a phone number in full"
        assert re.search(r"1\d\d\*{4}\d{4}", text), "no masked number at all"
        assert "联系电话" in text
        rows = len(re.findall(r"<row ", sheet))
        assert rows > number_of_all, f"{rows} rows for {number_of_all} matters"

    @test("Looking at a phone number in full asks why, and the ledger knows")
    def _():
        path = house.matter(reporterName="测试", reporterPhone="19900007777")
        detail = house.page("street_dispatcher")
        detail.goto(base + path)
        form = detail.locator('form[action$="/reveal"]')
        assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", detail.inner_text("main"))
        form.locator("xpath=ancestor::details[1]").locator("summary").click()
        form.locator("input[type=text], textarea").first.fill("回访核实情况")
        form.locator("button:not([type=button])").click()
        detail.wait_for_load_state()
        assert re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", detail.inner_text("main")), detail.inner_text("main")[:300]
        auditor = house.page("auditor")
        auditor.goto(f"{base}/ledger?act=cases.")
        see(auditor, "查看反映人原文", "回访核实情况")
