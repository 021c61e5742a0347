"""The demonstration server that is tested, the people who use it, and the count of what passed."""
import json
import os
import re
import struct
import sys
import time
import traceback
from html.parser import HTMLParser

base = os.environ["GEWU_URL"].rstrip("/")
county = json.load(open(os.environ["GEWU_COUNTY"], encoding="utf-8"))
outbox = os.environ["GEWU_OUTBOX"]
password = county["password"]

DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}

passed = 0
failed = 0


def test(name):
    """Runs the function below it at once; one failure hides no other."""

    def run(body):
        global passed, failed
        began = time.monotonic()
        try:
            body()
            passed += 1
            print(f"ok   {name} ({time.monotonic() - began:.1f} s)", flush=True)
        except Exception as error:  # Whatever it is, it is this test's.
            failed += 1
            places = [f for f in traceback.extract_tb(error.__traceback__) if "/Tests/Browser/" in f.filename]
            where = ", ".join(f"{os.path.basename(f.filename)}:{f.lineno}" for f in places[-2:])
            print(f"FAIL {name}: {type(error).__name__}: {str(error)[:1200]} ({where})", flush=True)

    return run


def end():
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


def account(role):
    return next(a for a in county["accounts"] if a["role"] == role)


def street_name():
    return re.match(r".*?(街道|镇|乡)", account("street_dispatcher")["body"]).group(0)


def department():
    """The body that the demonstration's handler of a department works for."""
    return account("department_handler")["body"]


def see(page, *texts, where="main"):
    content = page.inner_text(where)
    for text in texts:
        assert text in content, f"“{text}” is not on {page.url}: {content[:400]}"


# ---- Forms as a browser without a screen sends them: quick, to bring a matter where a test begins --------------------


class Forms(HTMLParser):
    """The forms of a page: where each goes and what it sends when nobody types anything."""

    def __init__(self, text):
        super().__init__()
        self.all = []
        self.select = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if tag == "form":
            self.all.append((a.get("action"), {}))
        elif self.all and tag == "input" and a.get("type") == "hidden":
            self.all[-1][1][a["name"]] = a.get("value") or ""
        elif self.all and tag == "select":
            self.select = a.get("name")
        elif self.all and tag == "option" and self.select and "selected" in a:
            self.all[-1][1][self.select] = a["value"]

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = None


class House:
    """The browser and everybody's log-ins. Who logged in once stays so, as people do."""

    def __init__(self, playwright):
        self.playwright = playwright
        path = "/usr/bin/chromium" if os.path.exists("/usr/bin/chromium") else None
        self.browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"])
        self.sessions = {}
        self.requests = {}

    def close(self):
        self.browser.close()

    # ---- Log-ins

    def session(self, login):
        if login not in self.sessions:
            context = self.browser.new_context(locale="zh-CN")
            page = context.new_page()
            page.goto(base + "/login")
            page.fill("input[name=login]", login)
            page.fill("input[type=password]", password)
            page.click("main form button")
            page.wait_for_load_state()
            assert "/login" not in page.url, f"{login} could not log in: {page.inner_text('main')[:200]}"
            self.sessions[login] = context.storage_state()
            context.close()
        return self.sessions[login]

    def page(self, login=None, *, size=DESK, language="zh-Hans", theme="light", text="standard", state=None, **options):
        """A page of somebody; `faults` on it holds what the browser complained about."""
        context = self.browser.new_context(
            locale="zh-CN" if language == "zh-Hans" else "en-GB",
            viewport=size,
            storage_state=state or (self.session(login) if login else None),
            **options,
        )
        choices = {"language": language, "theme": theme, "size": text}
        context.add_cookies([{"name": n, "value": v, "url": base} for n, v in choices.items()])
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda said: page.faults.append(said.text) if said.type in ("error", "warning") else None)
        page.on(
            "request",
            lambda asked: None
            if asked.url.startswith((base, "data:", "blob:"))
            else page.faults.append("asks " + asked.url),
        )
        return page

    def resident(self, phone, path="/report", **options):
        """Proves the number with the code that the demonstration would have sent by text."""
        page = self.page(**{"size": PHONE, "has_touch": True, "is_mobile": True} | options)
        known = texts_sent()
        page.goto(f"{base}/resident/login?next={path}")
        page.fill("input[name=phone]", phone)
        page.click("main form button")
        page.wait_for_load_state()
        page.fill("input[name=code]", code_after(known))
        page.click("main form button")
        page.wait_for_url("**" + path)
        return page

    # ---- Without a screen

    def request(self, login):
        if login not in self.requests:
            self.requests[login] = self.playwright.request.new_context(
                base_url=base, storage_state=self.session(login), extra_http_headers={"Accept-Language": "zh-CN"}
            )
        return self.requests[login]

    def send(self, login, path, action, fields, act=None):
        """Fills in the form of a page that goes to `action` (and does `act`), and sends it. The page that follows."""
        request = self.request(login)
        forms = Forms(request.get(path).text()).all
        chosen = [f for to, f in forms if to == action and (act is None or f.get("act") == act)]
        assert chosen, f"{login} has no form for {act or action} on {path}"
        answer = request.post(action, multipart=chosen[0] | fields)
        assert answer.ok, f"{login} {act or action} on {path}: {answer.status} {answer.text()[:300]}"
        return answer

    def matter(self, *steps, detail="小区东门外的井盖松动，车辆经过有响声。", **more):
        """A new matter of the dispatcher's street, brought so far: accept, dispatch, sign, finish. Its path."""
        answer = self.send("street_dispatcher", "/cases/new", "/cases/new", {"detail": detail} | more)
        path = answer.url[len(base) :].split("?")[0]
        for step in steps:
            self.act(path, step)
        return path

    def act(self, path, name, **fields):
        doers = {"sign": "department_handler", "finish": "department_handler", "pass": "verifier"}
        if name == "accept":
            fields.setdefault("category", self.category(path))
        if name == "dispatch":
            fields.setdefault("body", self.body(path, department()))
        if name == "finish":
            fields.setdefault("result", "已更换井盖并复查。")
        self.send(doers.get(name, "street_dispatcher"), path, path + "/acts", fields, act=name)

    def category(self, path):
        return re.search(r'<option value="(\d{6})"', self.request("street_dispatcher").get(path).text()).group(1)

    def body(self, path, name):
        text = self.request("street_dispatcher").get(path).text()
        return re.search(r'<option value="(\w+)"[^>]*>' + re.escape(name) + "</option>", text).group(1)


def act_form(page, name):
    """The form of an act on a matter's page, opened."""
    form = page.locator(f'form:has(input[name=act][value="{name}"])').first
    details = form.locator("xpath=ancestor::details[1]")
    if details.get_attribute("open") is None:
        details.locator("summary").first.click()
    return form


def do(page, name, fill=None, choose=None):
    """Fills in an act's form and sends it, as somebody at the screen does."""
    form = act_form(page, name)
    for field, value in (fill or {}).items():
        form.locator(f"[name={field}]").fill(value)
    for field, choice in (choose or {}).items():
        box = form.locator(f"select[name={field}]")
        if isinstance(choice, int):
            box.select_option(index=choice)
        else:
            box.select_option(label=choice)
    form.locator("button:not([type=button])").last.click()
    page.wait_for_load_state()


# ---- Texts and pictures ----------------------------------------------------------------------------------------------


def texts_sent():
    return len(open(outbox, encoding="utf-8").read().splitlines()) if os.path.exists(outbox) else 0


def code_after(known):
    """The code of the first text that came after `known` texts."""
    for _ in range(50):
        lines = open(outbox, encoding="utf-8").read().splitlines() if os.path.exists(outbox) else []
        for line in lines[known:]:
            found = re.findall(r"(?<!\d)\d{6}(?!\d)", json.dumps(json.loads(line), ensure_ascii=False))
            if found:
                return found[-1]
        time.sleep(0.2)
    raise AssertionError("no code came")


CORRIDOR = """<body style="margin:0"><svg viewBox="0 0 80 60" width="800" height="600"><path d="M0 0h80v60H0z" fill="#c9c3b6"/>
<path d="M0 0l26 16v26L0 60M80 0L54 16v26l26 18" fill="#aea797"/><path d="M26 16h28v26H26z" fill="#7d8791"/>
<path d="M0 60l26-18h28l26 18" fill="#8d8a84"/><path d="M36 22h9v20h-9z" fill="#3f5c4a"/>
<g fill="#b58a55" stroke="#7a5a33" stroke-width=".5"><path d="M8 38h16v14H8zM12 27h13v11H12zM22 42h13v12H22zM52 37h13v13H52z"/>
<path d="M8 44h16M12 32h13M22 47h13M52 43h13" stroke="#dcc08f"/></g></svg>"""

SECRET = b"Exif\0\0N30.2741 E120.1551"


def photo(page):
    """A picture of a corridor full of boxes, with a place in its EXIF such as a phone writes."""
    studio = page.context.browser.new_context(viewport={"width": 800, "height": 600})
    stage = studio.new_page()
    stage.set_content(CORRIDOR)
    picture = stage.screenshot(type="jpeg", quality=35)
    studio.close()
    return picture[:2] + b"\xff\xe1" + struct.pack(">H", len(SECRET) + 2) + SECRET + picture[2:]
