"""One matter from the resident's phone to the resident's rating, and its way in the ledger."""
import io
import re
import time
import zipfile

from house import SECRET, base, county, department, do, photo, see, street_name, test


def run(house):
    walk = {}

    @test("A resident on a phone reports with a photo and a place, and gets a number")
    def _():
        page = walk["resident"] = house.resident("19900001234")
        page.fill("textarea[name=detail]", "三号楼二单元楼道堆满纸箱，消防通道过不去人，已经一周了。")
        option = page.locator("select[name=area] option", has_text=street_name()).first
        # Of twelve streets only those are offered where somebody takes matters in.
        groups = page.locator("select[name=area] optgroup").count()
        assert groups == county["streets"], f"{groups} streets are offered, {county['streets']} have staff"
        page.select_option("select[name=area]", value=option.get_attribute("value"))
        page.fill("input[name=address]", "三号楼二单元")
        picture = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photo(page)}
        page.set_input_files("input[name=photos]", picture)
        page.wait_for_selector(".photos img")
        page.locator("main form button.p").click()
        page.wait_for_url("**/report/done/*")
        walk["number"] = page.inner_text("main h2").strip()
        assert walk["number"].isdigit() and len(walk["number"]) == 16, walk["number"]
        see(page, "已收到", "受理时限", "接下来")
        assert not page.faults, page.faults

    @test("The dispatcher finds it by the end of its number, and what the camera wrote is gone")
    def _():
        page = walk["dispatcher"] = house.page("street_dispatcher")
        page.goto(f"{base}/cases?number={walk['number'][-6:]}")
        page.locator("table.list tbody a", has_text="纸箱").first.click()
        page.wait_for_load_state()
        walk["path"] = page.url[len(base) :].split("?")[0]
        see(page, "纸箱", "三号楼二单元", "199****1234", "待受理", "居民自报")
        answer = page.request.get(base + page.locator(".photos img").first.get_attribute("src"))
        assert answer.ok and answer.body()[:2] == b"\xff\xd8", answer.status
        assert SECRET not in answer.body(), "the place in the picture's EXIF was kept"

    @test("The dispatcher accepts it and gives it to a department")
    def _():
        page = walk["dispatcher"]
        do(page, "accept", choose={"category": 3})
        see(page, "待派单", "首接责任人", "全程时限")
        do(page, "dispatch", choose={"body": department()})
        page.goto(base + walk["path"])
        see(page, "待签收", department())

    @test("The department is told, takes it and reports it done")
    def _():
        page = house.page("department_handler")
        page.goto(base + "/messages")
        see(page, "纸箱")
        page.goto(base + walk["path"])
        do(page, "sign")
        see(page, "处置中")
        do(page, "finish", fill={"result": "已清理楼道堆物，并告知物业加强巡查。"})
        page.goto(base + walk["path"])
        see(page, "待核查", "已清理楼道堆物")

    @test("The resident is not told a result before somebody else has verified it")
    def _():
        page = walk["resident"]
        page.goto(base + "/mine")
        see(page, "待核查")
        page.locator("table.list tbody a").first.click()
        page.wait_for_load_state()
        assert "已清理楼道堆物" not in page.inner_text("main")

    @test("A verifier, who is someone else, passes it")
    def _():
        page = house.page("verifier")
        page.goto(base + walk["path"])
        do(page, "pass")
        page.goto(base + walk["path"])
        see(page, "待评价")

    @test("The resident sees the result and rates it; another resident sees nothing of it")
    def _():
        page = walk["resident"]
        page.goto(base + "/mine")
        page.locator("table.list tbody a").first.click()
        page.wait_for_load_state()
        see(page, "已清理楼道堆物", "请您评价")
        other = walk["other"] = house.resident("19900004321")
        assert other.goto(page.url).status == 404
        page.check("input[name=solved][value=yes]")
        page.check('input[name=satisfaction][value="5"]')
        page.locator('form[action$="/rate"] button:not([type=button])').click()
        page.wait_for_load_state()
        see(page, "已归档", "已提交")

    @test("The resident takes away what they reported as Excel; another's workbook has nothing of it")
    def _():
        def taken(page):
            page.goto(base + "/mine")
            link = page.locator('a[href="/mine/export"]')
            if not link.count():
                return ""
            with page.expect_download() as download:
                link.click()
            with zipfile.ZipFile(io.BytesIO(open(download.value.path(), "rb").read())) as book:
                return "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))

        own = taken(walk["resident"])
        assert walk["number"] in own and "已归档" in own and "纸箱" in own, own[:2000]
        assert walk["number"] not in taken(walk["other"])

    @test("The demonstration shows each text that the resident would have got")
    def _():
        page = house.page()
        # A text about an act that can be taken back leaves when it no longer can.
        for _ in range(30):
            page.goto(base + "/demo/outbox")
            if "已受理" in page.inner_text("main"):
                break
            time.sleep(0.5)
        see(page, "已受理", "已办理", walk["number"], "199****1234", "验证码")
        shown = page.inner_text("main")
        assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", shown), "a phone number in full"
        assert re.search(r"验证码\D{0,4}\d{6}", shown), "the code cannot be read"

    @test("The auditor finds each step in the ledger in words, by the matter's number, with the codes at hand")
    def _():
        page = house.page("auditor")
        page.goto(base + "/ledger")
        page.fill("input[name=subject]", walk["number"])
        page.press("input[name=subject]", "Enter")
        page.wait_for_load_state()
        acts = page.locator("table.list td[data-label=操作] span")
        assert acts.all_inner_texts() == ["评价", "核查通过", "办结反馈", "签收", "派单", "受理", "上报"]
        codes = [act.get_attribute("title") for act in acts.all()]
        assert codes == ["cases." + name for name in ("rate", "pass", "finish", "sign", "dispatch", "accept", "report")]
        see(page, "现状态：待签收", "来源：居民自报", department(), "居民 199****1234", walk["number"])
        assert not re.search(r"\b(dispatched|handling|archived)\b", page.inner_text("tbody")), "a raw code"
        page.locator("details.raw summary").first.click()
        see(page, "cases.rate", '"from":"rating"')
        english = house.page("auditor", language="en")
        english.goto(page.url)
        see(english, "Verified", "Matter", "To: To take")
        page.locator("table.list td[data-label=对象] a").first.click()
        page.wait_for_load_state()
        assert walk["path"] in page.url and walk["number"] in page.inner_text("main")

    @test("The ledger proves itself")
    def _():
        page = house.page("auditor")
        page.goto(base + "/ledger/verify")
        page.locator('form[action="/ledger/verify"] button').click()
        page.wait_for_load_state()
        assert page.locator("main .notice.danger, main .badge.danger").count() == 0, page.inner_text("main")[:400]
