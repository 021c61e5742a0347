"""One entry, as one story: a department asks for a form of 36 columns of which 32 are held, the data bureau lets two new ones
be asked and refuses two, the Excel comes filled, what is missing is asked at a visit without a network, and the form is
current when the phone is back."""
import io
import re
import time
import zipfile
from xml.etree import ElementTree

from house import DESK, PHONE, base, see, test
from looks import AXE, BARRIERS, TOO_WIDE
from phone import until
from visits import online, phone

NAME = f"适老化改造对象登记表（第 {int(time.time())} 次）"
HELD = """姓名 性别（男/女） 年龄 身份证号码 备用电话 联系电话 手机号 现住址 所属社区 户籍地 是否志愿者 与户主关系 婚姻状况 特长 救助类别 是否独居
是否空巢 是否低保 是否特困 生活自理能力（能自理/轻度失能/中度失能/重度失能） 残疾类别 残疾等级 残疾证号 是否需要康复 是否享受高龄津贴 是否享受居家养老服务
服务需求 紧急联系人 紧急联系人电话 监护人姓名 家庭收入 是否低收入家庭""".split()
ADMITTED = {"沟通要人转述": "language-help", "能否发讯息通知": "we-contact"}
REFUSED = ["窗帘颜色", "每周散步次数"]
COLUMNS = HELD + list(ADMITTED) + REFUSED
OPEN = """() => [...document.querySelectorAll('#visits [name]')].map(f => f.name)
  .filter(n => n.endsWith('.language-help') || n.endsWith('.we-contact'))"""
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def ask(house, name, columns, age):
    """A department's request; its page."""
    page = house.page("department_handler")
    page.goto(base + "/forms/proposals/new")
    page.fill("[name=name]", name)
    page.select_option("[name=purpose]", "civil-affairs")
    page.fill("[name=filter]", f"age >= {age}")
    page.fill("[name=basis]", "老年人权益保障法")
    page.fill("[name=ground]", "B0303")
    page.fill("[name=columns]", "\n".join(columns))
    page.click("button[value=ask]")
    page.wait_for_url(re.compile(r"/forms/proposals/[0-9a-z]{26}$"))
    return page


def decide(house, address, decision, reason=None, form=None, admit=None):
    """The data bureau's word; its page."""
    page = house.page("data_officer")
    page.goto(address)
    for column, element in (admit or {}).items():
        page.select_option(f"[name=admit-{COLUMNS.index(column)}]", element)
    if form:
        page.select_option("[name=form]", form)
    if reason:
        page.fill("[name=reason]", reason)
    page.click(f"button[value={decision}]")
    page.wait_for_load_state()
    return page


def sheet(data):
    """The rows of the first sheet, by the letter of the column."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        shared = []
        if "xl/sharedStrings.xml" in book.namelist():
            strings = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
            shared = ["".join(t.text or "" for t in one.iter(MAIN + "t")) for one in strings.findall(MAIN + "si")]
        rows = []
        for row in ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml")).iter(MAIN + "row"):
            line = {}
            for cell in row.findall(MAIN + "c"):
                value = cell.find(MAIN + "v")
                text = "".join(t.text or "" for t in cell.iter(MAIN + "t")) if value is None else value.text or ""
                line[re.match("[A-Z]+", cell.get("r")).group(0)] = shared[int(text)] if cell.get("t") == "s" else text
            rows.append(line)
        return rows


def filled(house, form):
    """The department's Excel in clear: one dictionary by column title for each person."""
    page = house.page("department_handler")
    page.goto(f"{base}/forms/{form}")
    with page.expect_download() as download:
        page.click(f'form[action^="/forms/{form}/export"] button')
    rows = sheet(open(download.value.path(), "rb").read())
    head = next(i for i, row in enumerate(rows) if "姓名" in row.values())
    return [{title: row.get(letter, "") for letter, title in rows[head].items()} for row in rows[head + 1 :]]


def shown(house, form, subject, element):
    """How the masked list has it: empty while nobody knows."""
    request, after = house.request("department_handler"), ""
    while True:
        told = request.get(f"/api/v1/forms/{form}/rows{after}").json()
        for item in told["items"]:
            if item["id"] == subject:
                return item["values"][told["columns"].index(element)]
        assert told["next"], f"{subject} is not in {form}"
        after = "?after=" + told["next"]


def run(house):
    story = {}

    @test("A department asks for 36 columns: 32 are held, four must justify themselves")
    def _():
        page = ask(house, NAME, COLUMNS, 60)
        see(page, NAME, "36 个栏目中 32 个已有", "新采 4 项", "窗帘颜色")
        assert page.locator("[name=decision]").count() == 0, "a department decides over its own request"
        story["address"] = page.url

    @test("The data bureau lets two be asked and refuses two; another request is merged, a third refused")
    def _():
        worker = phone(house, "grid_worker")
        story["before"] = set(worker.evaluate(OPEN))
        page = decide(house, story["address"], "approve", "窗帘颜色、每周散步次数与改造无关，不采集", admit=ADMITTED)
        see(page, "已批准", "新采", "不采集", "窗帘颜色")
        story["form"] = re.search(r"/forms/(asked-[0-9a-z]+)", page.content()).group(1)
        same = ask(house, NAME + "之二", HELD[:12], 70)
        see(decide(house, same.url, "merge", form="oldest-people"), "并入已有表")
        curious = ask(house, NAME + "之三", HELD[:3] + REFUSED, 70)
        see(decide(house, curious.url, "refuse", "与职责无关"), "未批准", "与职责无关")
        assert not page.faults, page.faults

    @test("The department's Excel comes filled, with nobody asked for what is held")
    def _():
        page = house.page("department_handler")
        end = time.monotonic() + 60
        page.goto(f"{base}/forms/{story['form']}")
        while "正在首次计算" in page.inner_text("main"):
            assert time.monotonic() < end, "the form is never computed"
            page.wait_for_timeout(500)
            page.goto(f"{base}/forms/{story['form']}")
        people = filled(house, story["form"])
        assert len(people) > 10, people
        story["people"] = people
        # Of some nobody knows the number or the home: those are asked, not the others.
        full = [one for one in people if one["姓名"] and one["公民身份号码"] and one["标准地址"]]
        assert len(full) > 0.8 * len(people), (len(full), len(people))
        assert all(not one["需语言或手语协助"] and not one["愿接受短信"] for one in people if int(one["年龄"]) < 80), people[0]

    @test("What is missing is asked at a visit without a network, once, and the form is current when the phone is back")
    def _():
        page = phone(house, "grid_worker")
        new = [name for name in page.evaluate(OPEN) if name not in story["before"]]
        assert new, "nothing of the new form is asked at any home"
        name = new[0]
        _, subject, element = name.split(".")
        assert shown(house, story["form"], subject, element) == ""
        page.context.set_offline(True)
        page.reload()
        see(page, "没有网络")
        field = page.locator(f'[name="{name}"]')
        card = page.locator("[data-home]", has=field)
        card.locator("summary").first.tap()
        if not field.is_visible():
            card.locator("details", has=field).locator("summary").first.tap()
        field.select_option("1")
        card.locator("form button.p").tap()
        until(page, "document.querySelectorAll('[data-outbox-list] li').length === 1")
        online(page)
        assert shown(house, story["form"], subject, element) != "", "the form does not follow the visit"
        assert name not in page.evaluate(OPEN) or not page.locator(f'[name="{name}"]').is_visible(), "it is asked again"
        title = "需语言或手语协助" if element == "language-help" else "愿接受短信"
        known = sum(one[title] == "是" for one in story["people"])
        assert sum(one[title] == "是" for one in filled(house, story["form"])) == known + 1

    @test("axe finds no barrier on the pages of the story, at a desk and on a phone")
    def _():
        waiting = ask(house, NAME + "之四", COLUMNS, 75)
        for role, look in (("data_officer", {"size": DESK}), ("data_officer", {"size": PHONE, "language": "en", "theme": "dark"}),
                           ("department_handler", {"size": PHONE, "text": "care"})):
            page = house.page(role, **look)
            # A head of 34 columns must not make the page wider than the phone.
            forms = (f"{base}/forms/{story['form']}",) if role == "department_handler" else ()
            for address in (story["address"], waiting.url, *forms):
                page.goto(address)
                page.evaluate(AXE + ";0")
                found = page.evaluate(BARRIERS) + page.evaluate(TOO_WIDE) + page.faults
                assert not found, f"{role} {address} {look}: {found}"
        decide(house, waiting.url, "refuse", "已有同类表")

    @test("The data bureau sends a register in and sees what became of it; the page has no barrier on a phone in the dark")
    def _():
        page = house.page("data_officer", size=PHONE, language="zh-Hans", theme="dark")
        page.goto(base + "/registry")
        page.click("a[href='/registry/exchange']")
        page.wait_for_url("**/registry/exchange")
        page.evaluate(AXE + ";0")
        found = page.evaluate(BARRIERS) + page.evaluate(TOO_WIDE)
        assert not found, found
        area = house.request("grid_worker").get("/api/v1/visits").json()["area"]
        rows = f"姓名,住址,网格\n测试甲,演练路 {int(time.time())} 号,{area}\n测试乙,演练路 2 号,330199999999999\n"
        page.set_input_files("[name=file]", {"name": "名册.csv", "mimeType": "text/csv", "buffer": rows.encode()})
        page.click('form[action$="/uploads"] button')
        page.wait_for_url("**/uploads/*")
        address, end = page.url, time.monotonic() + 30
        while "已导入" not in page.inner_text("main"):
            assert time.monotonic() < end, page.inner_text("main")
            page.wait_for_timeout(300)
            page.goto(address)
        see(page, "新增人员", "未采纳")
        with page.expect_download() as download:
            page.click("a[download]")
        assert "测试乙" in open(download.value.path(), encoding="utf-8-sig").read()
        page.evaluate(AXE + ";0")
        found = page.evaluate(BARRIERS) + page.evaluate(TOO_WIDE) + page.faults
        assert not found, found

    @test("A resident is told who read their data only with the number's end; the page has no barrier")
    def _():
        for look in ({"text": "care"}, {"language": "en", "theme": "dark"}):
            page = house.resident("19900007775" if "text" in look else "19900007774", "/my-data", **look)
            page.fill("[name=numberEnd]", "0000")
            page.click("main form button.p")
            page.wait_for_load_state()
            see(page, "没有找到" if "text" in look else "Nothing was found")
            page.evaluate(AXE + ";0")
            found = page.evaluate(BARRIERS) + page.evaluate(TOO_WIDE)
            assert not found, f"{look}: {found}"
