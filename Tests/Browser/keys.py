"""With the keyboard alone."""
from house import act_form, base, see, test

FOCUS = "document.activeElement"


def run(house):
    @test("/ goes to the search, j and x choose rows, Enter opens, ? explains")
    def _():
        page = house.page("street_dispatcher")
        page.goto(base + "/cases")
        page.keyboard.press("/")
        assert page.evaluate(FOCUS + ".name") == "number"
        page.keyboard.press("Escape")
        page.evaluate(FOCUS + ".blur()")
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("x")
        see(page, "已选 1 项")
        page.keyboard.press("?")
        assert page.locator("dialog[open]").is_visible()
        page.keyboard.press("Escape")
        assert page.locator("dialog[open]").count() == 0
        href = page.get_attribute("tr.here a", "href")
        page.focus("tr.here a")
        page.keyboard.press("Enter")
        page.wait_for_url("**" + href)

    @test("Tab first offers to skip to the content, and reaches the main act with the focus always seen")
    def _():
        path = house.matter()
        page = house.page("street_dispatcher")
        page.goto(base + path)
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS + ".className") == "skip"
        page.keyboard.press("Enter")
        for presses in range(1, 30):
            page.keyboard.press("Tab")
            shown = page.evaluate(
                f"(() => {{ const e = {FOCUS}, r = e.getBoundingClientRect(), s = getComputedStyle(e);"
                " return [r.width > 0 && r.bottom > 0 && r.top < innerHeight, s.outlineStyle, e.outerHTML.slice(0, 99)] })()"
            )
            assert shown[0] and shown[1] != "none", f"the focus is not seen: {shown}"
            if page.evaluate(f"!!{FOCUS}.closest('form') && {FOCUS}.closest('form').elements.act?.value === 'accept'"):
                break
        else:
            raise AssertionError("30 times Tab, and not in the form of the act")

    @test("e opens the act, which is filled in and sent without a mouse")
    def _():
        path = house.matter("accept")
        page = house.page("street_dispatcher")
        page.goto(base + path)
        page.keyboard.press("e")
        assert page.evaluate(FOCUS + ".closest('form').elements.act.value") == "dispatch"
        act_form(page, "dispatch").locator("select[name=body]").focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        while page.evaluate(FOCUS + ".tagName + " + FOCUS + ".type") != "BUTTONsubmit":
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**done=dispatch*")
        see(page, "待签收")
