"""What happens to matters that do not go straight: returned, longer, hung, supervised, refused."""
from house import act_form, base, department, do, see, test


def run(house):
    @test("A department returns a matter with its reason, and the street gives it to another")
    def _():
        path = house.matter("accept", "dispatch")
        page = house.page("department_handler")
        page.goto(base + path)
        do(page, "return", choose={"reason": "不属本单位职责"}, fill={"opinion": "井盖归城市管理部门养护。"})
        street = house.page("street_dispatcher")
        street.goto(base + path)
        see(street, "退回待重派", "不属本单位职责", "井盖归城市管理部门养护。")
        options = act_form(street, "dispatch").locator("optgroup").first.locator("option").all_inner_texts()
        other = next(name for name in options if name != department())
        do(street, "dispatch", choose={"body": other})
        street.goto(base + path)
        see(street, "待签收", other)

    @test("More time is asked for with a reason, and the street grants it")
    def _():
        path = house.matter("accept", "dispatch", "sign")
        page = house.page("department_handler")
        page.goto(base + path)
        words = {"workdays": "3", "opinion": "需等新井盖到货。"}
        do(page, "ask-extension", choose={"reason": "需采购材料或招标"}, fill=words)
        see(page, "3 个工作日，待批")
        street = house.page("street_dispatcher")
        street.goto(base + path)
        due = "dl.facts dt:has-text('全程时限') + dd time"
        before = street.get_attribute(due, "datetime")
        do(street, "grant-extension")
        see(street, "同意延期")
        assert street.get_attribute(due, "datetime") > before, "the deadline stayed"
        assert "待批" not in street.inner_text("dl.facts")

    @test("What cannot be finished now is put on the listed account and taken up again")
    def _():
        path = house.matter("accept", "dispatch", "sign")
        page = house.page("street_dispatcher")
        page.goto(base + path)
        do(page, "hang", choose={"reason": "已列入改造或建设计划"}, fill={"opinion": "随明年管网改造一并更换。"})
        see(page, "挂账")
        handler = house.page("department_handler")
        handler.goto(base + path)
        do(handler, "resume")
        see(handler, "处置中", "恢复办理")

    @test("A supervised matter is marked wherever it stands")
    def _():
        path = house.matter("accept", "dispatch")
        page = house.page("street_dispatcher")
        page.goto(base + path)
        do(page, "supervise", fill={"opinion": "请今日内到场处置。"})
        see(page, "督办", "请今日内到场处置。")
        handler = house.page("department_handler")
        handler.goto(base + "/cases?state=dispatched")
        row = handler.locator("tr", has=handler.locator(f'a[href^="{path}"]'))
        assert row.locator(".badge.danger").count() == 1, row.inner_text()

    @test("Nobody verifies what they themselves reported done, and the page says why")
    def _():
        path = house.matter("accept")
        page = house.page("street_leader")
        page.goto(base + path)
        do(page, "settle-directly", fill={"result": "已现场告知并处理完毕。"})
        page.goto(base + path)
        see(page, "待核查")
        button = page.locator("button[aria-describedby=pass-why]")
        assert button.is_disabled()
        why = page.inner_text("#pass-why")
        assert "本人" in why or "自己" in why or "另" in why, why
        assert page.locator('form:has(input[name=act][value="pass"])').count() == 0

    @test("A refused form keeps what was typed, and says beside the field what is wrong")
    def _():
        path = house.matter("accept", "dispatch", "sign")
        page = house.page("department_handler")
        page.goto(base + path)
        words = {"workdays": "999", "opinion": "这段说明不能丢。"}
        do(page, "ask-extension", choose={"reason": "需采购材料或招标"}, fill=words)
        form = act_form(page, "ask-extension")
        assert form.locator("[name=opinion]").input_value() == "这段说明不能丢。"
        assert form.locator("[name=workdays]").input_value() == "999"
        assert form.locator("select[name=reason]").input_value() == "procurement"
        assert page.locator("main .notice.danger").count() == 1
        assert form.locator("[name=workdays][aria-invalid=true]").count() == 1
        assert "待批" not in page.inner_text("dl.facts")

    @test("Of two tabs the second is told that the matter changed, and keeps its text")
    def _():
        path = house.matter("accept")
        first = house.page("street_dispatcher")
        first.goto(base + path)
        second = first.context.new_page()
        second.goto(base + path)
        do(first, "remark", fill={"opinion": "先记一笔"})
        do(second, "remark", fill={"opinion": "这句话不能丢"})
        assert act_form(second, "remark").locator("[name=opinion]").input_value() == "这句话不能丢"
        notice = second.inner_text("main .notice.danger")
        assert "刚被他人处理过" in notice, notice
        do(second, "remark")
        see(second, "先记一笔", "这句话不能丢")

    @test("A form that is sent twice does its act once")
    def _():
        path = house.matter("accept")
        page = house.page("street_dispatcher")
        page.goto(base + path)
        form = act_form(page, "remark")
        form.locator("[name=opinion]").fill("只记一次")
        form.evaluate("f => { const data = new FormData(f); window.both = Promise.all([1, 2].map(() => "
                      "fetch(f.action, {method: 'POST', body: data}).then(r => r.status))) }")
        both = page.evaluate("window.both")
        assert both == [200, 200], both
        page.goto(base + path)
        assert page.inner_text("ol.timeline").count("只记一次") == 1

    @test("What was just done is taken back within ten seconds, with and without scripts; then the offer goes")
    def _():
        for scripts in (True, False):
            path = house.matter("accept")
            page = house.page("street_dispatcher", java_script_enabled=scripts)
            page.goto(base + path)
            do(page, "dispatch", choose={"body": department()})
            see(page, "待签收", "撤销“派单”")
            page.locator("form.undo button").click()
            page.wait_for_load_state()
            see(page, "已撤销，恢复到操作之前", "待派单")
            assert page.locator("form.undo").count() == 0
            timeline = page.inner_text("ol.timeline")
            assert "派单" in timeline and "撤销" in timeline, timeline
        page = house.page("street_dispatcher")
        page.clock.install()
        page.goto(base + path)
        do(page, "dispatch", choose={"body": department()})
        assert page.locator("form.undo").count() == 1
        page.clock.run_for(11_000)
        assert page.locator("form.undo").count() == 0
        handler = house.page("department_handler")
        handler.goto(base + "/messages")
        see(handler, "撤销“派单”")
