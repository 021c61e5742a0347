"""With the keyboard alone."""
from house import act_form, base, county, see, test

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

    @test("The bar is one row at 1366 for every post in both languages; the rest opens with Enter and is left with Escape")
    def _():
        # As many entries as a post with all rights has when every room brings one.
        extra = """() => { const box = document.querySelector('header.top details.more > div');
          for (let n = 0; n < 8; n += 1) box.querySelector('section:last-child').append(box.querySelector('section:last-child a').cloneNode(true)); }"""
        known = [account["login"] for account in county["accounts"]]
        for role in [r for r in ("grid_worker", "street_dispatcher", "street_leader", "coordination_officer", "data_officer") if r in known]:
            for language in ("zh-Hans", "en"):
                page = house.page(role, size={"width": 1366, "height": 768}, language=language)
                page.goto(base + "/home")
                height = page.evaluate("document.querySelector('header.top').getBoundingClientRect().height")
                assert height < 66, f"{role} {language}: {height}"
                if not page.locator("header.top details.more:not(.phone)").count():
                    continue
                page.evaluate(extra)
                page.focus("header.top details.more summary")
                page.keyboard.press("Enter")
                box = page.evaluate("(() => { const r = document.querySelector('header.top details.more > div').getBoundingClientRect(); return [r.left, r.right, r.bottom, innerWidth, innerHeight] })()")
                assert 0 <= box[0] and box[1] <= box[3] and box[2] <= box[4], f"{role} {language}: {box}"
                page.keyboard.press("Tab")
                assert page.evaluate(FOCUS + ".closest('details.more') !== null")
                page.keyboard.press("Escape")
                assert page.locator("header.top details.more[open]").count() == 0
