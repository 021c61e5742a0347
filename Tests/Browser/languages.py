"""Both languages, on every page."""
from house import base, see, test

# What the frame, the forms and the lists say of themselves. What people wrote, and names of places, bodies and people,
# stay in the language they were given in.
CHROME = """() => {
  const own = 'header.top nav, .foot a, th, caption, legend, label, summary, .lead, .hint, .tabs, button, .badge, dt, h2';
  const found = [];
  const chinese = /[\\u4e00-\\u9fff]/;
  const isData = e => e.closest('[lang|=zh], .who, .opinions, .timeline, option, .choice.data');
  for (const e of document.querySelectorAll(own)) {
    if (isData(e)) continue;
    const text = e.cloneNode(true);
    text.querySelectorAll('[lang|=zh], option, select, textarea, time, a[href^="/places/"]').forEach(x => x.remove());
    if (chinese.test(text.textContent)) found.push(e.tagName + ' “' + text.textContent.trim().slice(0, 40) + '”');
  }
  for (const e of document.querySelectorAll('[placeholder], [aria-label], [title], img[alt]')) {
    for (const name of ['placeholder', 'aria-label', 'title']) {
      const value = e.getAttribute(name);
      if (value && chinese.test(value) && !isData(e)) found.push(e.tagName + ' ' + name + ' “' + value.slice(0, 40) + '”');
    }
  }
  return [...new Set(found)];
}"""


def run(house):
    @test("Switching the language keeps the page and its filter")
    def _():
        page = house.page("street_dispatcher")
        page.goto(base + "/cases?state=handling&order=due")
        page.click('form[action="/language"] button')
        page.wait_for_load_state()
        assert "state=handling" in page.url and "order=due" in page.url, page.url
        assert page.get_attribute("html", "lang") == "en"
        see(page, "Matters", "Being handled", "Most pressing first")
        page.click('form[action="/language"] button')
        page.wait_for_load_state()
        assert page.get_attribute("html", "lang") == "zh-Hans"
        see(page, "诉求", "处置中")

    @test("The English pages say nothing of their own in Chinese")
    def _():
        path = house.matter("accept", "dispatch", "sign", detail="A lamp is out.")
        found = []
        everybody = {
            "street_dispatcher": ["/home", "/home?mode=wall", "/cases", "/cases?state=handling", path, "/cases/new", "/messages",
                                  "/ledger", "/account", "/appearance", "/complaint", "/messages/texts", "/whistles", "/cases?kind=report-in",
                                  "/cases/begin/invitation"],
            "data_officer": ["/cases/import"],
            "department_handler": [path],
            "administrator": ["/staff", "/staff/new", "/tokens", "/channels", "/places/import", "/places/bodies", "/places/bodies/new"],
            None: ["/", "/login", "/report", "/report?anonymous=yes", "/resident/login", "/demo/outbox", "/nothing"],
        }
        for login, paths in everybody.items():
            page = house.page(login, language="en")
            for address in paths:
                page.goto(base + address)
                assert page.get_attribute("html", "lang") == "en", address
                found += [f"{login} {address}: {fault}" for fault in page.evaluate(CHROME)]
        assert not found, f"{len(found)}: " + "; ".join(found[:25])
