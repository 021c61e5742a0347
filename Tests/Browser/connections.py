"""Who connects other systems: destinations, secrets of sensors, keys of feeds."""
from house import base, see, test


def run(house):
    def send(page, form):
        page.locator(form + " button").last.click()
        page.wait_for_load_state()

    @test("A destination is refused with what is wrong, then added; its secret is shown once; it is stopped and removed")
    def _():
        page = house.page("coordination_officer")
        page.goto(base + "/channels")
        page.locator("summary", has_text="新增目的地").click()
        form = 'form[action="/channels/destinations"]'
        page.fill(form + " [name=name]", "市平台")
        page.fill(form + " [name=url]", "https://10.0.0.1/hook")
        page.check(form + ' input[value="cases.accept"]')
        send(page, form)
        see(page, "该地址属于内网或保留网段", "allowPrivate")
        assert page.input_value(form + " [name=url]") == "https://10.0.0.1/hook"
        assert page.is_checked(form + ' input[value="cases.accept"]')
        # Nobody listens there; the tests allow this machine.
        page.fill(form + " [name=url]", "http://127.0.0.1:9/hook")
        send(page, form)
        secret = page.locator("code.wrap").inner_text()
        assert secret.startswith("whsec_")
        page.goto(base + "/channels")
        see(page, "市平台", "http://127.0.0.1:9/hook", "正常")
        assert secret not in page.content()
        row = page.locator("tr", has_text="市平台")
        row.locator("button", has_text="停止").click()
        page.wait_for_load_state()
        see(page, "已停止")
        row.locator("button", has_text="恢复（补发）").click()
        page.wait_for_load_state()
        row.locator("button", has_text="删除").click()
        page.wait_for_load_state()
        assert page.locator("tr", has_text="市平台").count() == 0
        # The browser tells of the answer that refused the first address, and of nothing else.
        assert [f for f in page.faults if "422" not in f] == []

    @test("A source of sensors gets a secret and another one; a key of a feed opens the feed until it is revoked")
    def _():
        page = house.page("coordination_officer")
        page.goto(base + "/channels")
        secrets = []
        for _ in range(2):
            page.locator("tr", has_text="道路积水监测").locator("button", has_text="密钥").click()
            page.wait_for_load_state()
            secrets.append(page.locator("code.wrap").inner_text())
        assert len(set(secrets)) == 2
        page.locator("tr", has_text="道路积水监测").locator("button", has_text="停用").click()
        page.wait_for_load_state()
        page.fill("[name=feed-name]", "社区公示屏")
        send(page, 'form[action="/channels/feeds"]')
        key = page.locator("code.wrap").inner_text()
        address = f"{base}/feeds/areas/330106.atom?key={key}"
        assert page.request.get(address).ok
        page.locator("tr", has_text="社区公示屏").locator("button", has_text="吊销").click()
        page.wait_for_load_state()
        assert page.request.get(address).status == 403
        assert page.faults == []

    @test("Whoever has no right to connect systems finds neither entry nor page")
    def _():
        page = house.page("street_dispatcher")
        page.goto(base + "/home")
        assert page.locator('nav a[href="/channels"]').count() == 0
        assert page.goto(base + "/channels").status == 403
