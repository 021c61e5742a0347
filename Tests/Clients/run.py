#!/usr/bin/env python3
"""Other people's clients against a demonstration server, unchanged: georeport (Open311), feedparser (Atom),
standardwebhooks (signed messages, in and out),
icalendar (rosters), capvalidator (CAP 1.2), OWSLib and GDAL (OGC API Features), mapbox-vector-tile. script/test starts the server and says where it is (GEWU_URL), which
accounts there are (GEWU_COUNTY), and what makes tokens (GEWU_PROGRAM, GEWU_FOLDER).
Ends with 'N passed, N failed' and a status that is not zero when something failed."""
import datetime
import http.server
import json
import math
import os
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import xml.etree.ElementTree

import capvalidator
import feedparser
import georeport
import icalendar
import mapbox_vector_tile
import owslib.ogcapi.features
import pyogrio
import requests
import standardwebhooks
import xmltodict

base = os.environ["GEWU_URL"].rstrip("/")
county = json.load(open(os.environ["GEWU_COUNTY"], encoding="utf-8"))
passed = failed = 0


def test(name):
    """Runs the function below it at once; one failure hides no other."""

    def run(body):
        global passed, failed
        try:
            body()
            passed += 1
            print(f"ok   {name}", flush=True)
        except Exception as error:  # Whatever it is, it is this test's.
            failed += 1
            line = traceback.extract_tb(error.__traceback__)[-1]
            print(f"FAIL {name}: {type(error).__name__}: {str(error)[:1000]} (line {line.lineno})", flush=True)

    return run


def same(found, expected):
    assert found == expected, f"{found!r} is not {expected!r}"


def token(role):
    login = next(account["login"] for account in county["accounts"] if account["role"] == role)
    made = subprocess.run(
        [os.environ["GEWU_PROGRAM"], "staff", "add-token", "--config", os.environ["GEWU_FOLDER"] + "/gewu.yaml",
         "--login", login, "--name", "clients", "--days", "1", "--json"],
        check=True, capture_output=True, text=True)
    return json.loads(made.stdout)["secret"]


officer = token("coordination_officer")
bearer = {"Authorization": "Bearer " + officer}


def call(method, path, **body):
    answer = requests.request(method, base + "/api/v1" + path, json=body or None, headers=bearer, timeout=20)
    assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text[:300]}"
    return answer.json()


# ---- Open311 ------------------------------------------------------------------------------------------------------

root = base + "/open311/v2"
clients = {form: georeport.GeoReport(root, output_format=form) for form in ("json", "xml")}


@test("georeport reads services and their attributes, alike in both forms")
def _():
    lists = {form: client.get_service_list() for form, client in clients.items()}
    same([s["service_code"] for s in lists["json"]], [s["service_code"] for s in lists["xml"]])
    assert len(lists["json"]) > 40
    for form, client in clients.items():
        definition = client.get_service_definition("010302")
        same(definition["service_code"], "010302")
        assert definition["attributes"], form


@test("georeport reads requests and one of them, alike in both forms")
def _():
    found = {form: client.get_service_requests() for form, client in clients.items()}
    assert len(found["json"]) > 50, len(found["json"])
    same([r["service_request_id"] for r in found["json"]], [r["service_request_id"] for r in found["xml"]])
    for left, right in zip(found["json"][:200], found["xml"]):
        for name, value in left.items():
            same(None if value is None else str(value), right[name])
    number = found["json"][0]["service_request_id"]
    for form, client in clients.items():
        same(client.get_service_request(number)["service_request_id"], number)


@test("georeport asks by status, service and days")
def _():
    client = clients["json"]
    for status in ("open", "closed"):
        assert {r["status"] for r in client.get_service_requests(status=status)} == {status}
    some = client.get_service_requests()[0]
    assert {r["service_code"] for r in client.get_service_requests(service_code=some["service_code"])} == {
        some["service_code"]}
    newest = datetime.datetime.fromisoformat(some["requested_datetime"].replace("Z", "+00:00"))
    day = datetime.timedelta(days=1)
    within = client.get_service_requests(
        start_date=(newest - day).isoformat(), end_date=(newest + datetime.timedelta(seconds=1)).isoformat())
    assert some["service_request_id"] in {r["service_request_id"] for r in within}
    # Of the newest page all may be of one day: what a span leaves out is told by one that ends before.
    before = client.get_service_requests(
        start_date=(newest - 30 * day).isoformat(), end_date=(newest - day).isoformat())
    assert some["service_request_id"] not in {r["service_request_id"] for r in before}


@test("Request updates read as FixMyStreet's client reads them: alike in both forms, each once, states of the extension")
def _():
    known = {"open", "closed", "fixed", "in_progress", "action_scheduled", "investigating", "duplicate",
             "not_councils_responsibility", "no_further_action", "internal_referral", "reopen"}
    deadline = time.monotonic() + 60
    while True:
        answers = {form: requests.get(f"{root}/servicerequestupdates.{form}", timeout=20) for form in ("json", "xml")}
        updates = answers["json"].json()
        # A job reads them from the sealed ledger.
        if len(updates) > 50 or time.monotonic() > deadline:
            break
        time.sleep(1)
    same(answers["json"].headers["Content-Type"], "application/json; charset=utf-8")
    same(answers["xml"].headers["Content-Type"], "text/xml; charset=utf-8")
    assert len(updates) > 50, len(updates)
    tree = xml.etree.ElementTree.fromstring(answers["xml"].content)
    same(tree.tag, "service_request_updates")
    first = {one.findtext("update_id"): one for one in tree.findall("request_update")}
    for update in updates[:200]:
        same(set(update) >= {"update_id", "service_request_id", "status", "updated_datetime", "description"}, True)
        assert update["status"] in known, update
        assert datetime.datetime.fromisoformat(update["updated_datetime"].replace("Z", "+00:00")).tzinfo
        if update["update_id"] in first:
            for name, value in update.items():
                same(first[update["update_id"]].findtext(name) or "", value or "")
    same(len({u["update_id"] for u in updates}), len(updates))
    times = [u["updated_datetime"] for u in updates]
    same(times, sorted(times))
    shown = clients["json"].get_service_request(updates[-1]["service_request_id"])
    same(shown["service_request_id"], updates[-1]["service_request_id"])


@test("An update that FixMyStreet posts is taken once, and shows in no public answer")
def _():
    sent = clients["json"].get_service_requests(status="open")[0]
    words = "fixmystreet-" + str(time.time_ns())
    form = {"api_key": officer, "jurisdiction_id": "gewu", "service_request_id": sent["service_request_id"],
            "update_id": words, "status": "OPEN", "description": "Still there, " + words, "email": "a@example.org",
            "first_name": "A", "last_name": "B", "public_anonymity_required": "TRUE",
            "updated_datetime": datetime.datetime.now(datetime.timezone.utc).isoformat()}
    answers = [requests.post(root + "/servicerequestupdates.xml", data=form, timeout=20) for _ in range(2)]
    assert answers[0].ok, answers[0].text
    same(answers[0].content, answers[1].content)
    found = xml.etree.ElementTree.fromstring(answers[0].content).findtext("request_update/update_id")
    assert found and found.startswith(sent["service_request_id"]), answers[0].text
    assert words not in requests.get(root + "/servicerequestupdates.json", timeout=20).text
    same(requests.post(root + "/servicerequestupdates.json", data=form | {"api_key": "x"}, timeout=20).status_code, 403)


def of_the_map():
    return {"Authorization": "Bearer " + token("street_dispatcher")}


@test("OWSLib reads the features of the map, page by page")
def _():
    service = owslib.ogcapi.features.Features(base + "/api/v1/features", headers=of_the_map())
    assert any(one.endswith("/conf/geojson") for one in service.conformance()["conformsTo"])
    names = [one["id"] for one in service.collections()["collections"]]
    same(names, ["outlines", "buildings", "landmarks", "areas", "matters", "staffing", "loads", "burdens", "warnings", "whistles"])
    first = service.collection_items("areas", limit=2)
    same((first["type"], first["numberReturned"]), ("FeatureCollection", 2))
    further = next(link["href"] for link in first["links"] if link["rel"] == "next")
    second = requests.get(further, headers=of_the_map(), timeout=20).json()
    ids = [one["id"] for one in first["features"] + second["features"]]
    assert len(ids) > 2 and len(ids) == len(set(ids)), ids
    one = service.collection_item("areas", first["features"][0]["id"])
    same(one["properties"]["name"], first["features"][0]["properties"]["name"])


@test("GDAL's own driver reads the same features, all of them")
def _():
    headers = of_the_map()
    known, address = [], base + "/api/v1/features/collections/matters/items?limit=1000"
    while address:
        page = requests.get(address, headers=headers, timeout=20).json()
        known += [one["properties"]["number"] for one in page["features"]]
        address = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    pyogrio.set_gdal_config_options(
        {"GDAL_HTTP_AUTH": "BEARER", "GDAL_HTTP_BEARER": headers["Authorization"].removeprefix("Bearer ")})
    found = pyogrio.raw.read("OAPIF:" + base + "/api/v1/features/collections/matters", columns=["number"])
    same(sorted(found[3][0]), sorted(known))
    same(len(found[2]), len(known))


@test("GDAL reads the map's GeoPackage, with the features that the interface names")
def _():
    headers = of_the_map()
    for layers in ("matters", "staffing", "outlines,areas"):
        answer = requests.get(base + "/api/v1/map/package", params={"layers": layers}, headers=headers, timeout=60)
        assert answer.ok, answer.text[:300]
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "map.gpkg")
            with open(path, "wb") as file:
                file.write(answer.content)
            same(sorted(pyogrio.list_layers(path)[:, 0]), sorted(layers.split(",")))
            for layer in layers.split(","):
                known, address = [], base + f"/api/v1/features/collections/{layer}/items?limit=1000"
                while address:
                    page = requests.get(address, headers=headers, timeout=20).json()
                    known += [one["id"] for one in page["features"]]
                    address = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
                facts, _, shapes, columns = pyogrio.raw.read(path, layer=layer, columns=["id"])
                assert "4490" in facts["crs"], facts["crs"]
                same(sorted(columns[0]), sorted(known))
                assert known and all(shape is not None for shape in shapes), layer


@test("An independent reader of vector tiles finds in them what the features say")
def _():
    headers = of_the_map()
    described = requests.get(base + "/api/v1/map/tiles/matters", headers=headers, timeout=20).json()
    items = requests.get(base + "/api/v1/features/collections/matters/items?limit=10000", headers=headers, timeout=20)
    west, south, east, north = described["bounds"]
    zoom = 10

    def place(longitude, latitude):
        turned = math.asinh(math.tan(math.radians(latitude)))
        return int((longitude + 180) / 360 * 2**zoom), int((1 - turned / math.pi) / 2 * 2**zoom)

    (left, top), (right, bottom) = place(west, north), place(east, south)
    total = 0
    for x in range(left - 1, right + 2):
        for y in range(top - 1, bottom + 2):
            address = described["tiles"][0].format(z=zoom, x=x, y=y)
            answer = requests.get(address, headers=headers, timeout=20)
            same((answer.status_code, answer.headers["Content-Type"]), (200, "application/vnd.mapbox-vector-tile"))
            layer = mapbox_vector_tile.decode(answer.content).get("matters", {"features": []})
            total += sum(one["properties"]["count"] for one in layer["features"])
    same(total, len(items.json()["features"]))


@test("No answer holds anything of a reporter")
def _():
    text = requests.get(root + "/requests.json", timeout=20).text
    names = {a["name"] for a in county["accounts"]} if "name" in county["accounts"][0] else set()
    for request in json.loads(text):
        assert request["description"] is None and request["media_url"] is None
    assert not any(name in text for name in names)


@test("Every answer has exactly the content type that the standard names, refusals too")
def _():
    for path, status in [("discovery", 200), ("services", 200), ("requests", 200), ("services/000000", 404),
                         ("requests/0000000000000000", 404)]:
        for form, kind in [("json", "application/json; charset=utf-8"), ("xml", "text/xml; charset=utf-8")]:
            answer = requests.get(f"{root}/{path}.{form}", timeout=20)
            same((answer.status_code, answer.headers["Content-Type"]), (status, kind))
            if status == 404:
                error = (answer.json()[0] if form == "json" else xmltodict.parse(answer.content)["errors"]["error"])
                same(str(error["code"]), "404")


report = {"service_code": "010302", "address_id": "330106",
          "description": "井盖松动，车过有响声", "address_string": "测试路口"}


@test("A report in the form of the standard becomes a request that georeport finds; sent again it is the same")
def _():
    headers = {"Idempotency-Key": f"clients-{time.time()}"}
    answers = [requests.post(root + "/requests.xml", {**report, "api_key": officer}, headers=headers, timeout=20)
               for _ in range(2)]
    same([a.status_code for a in answers], [201, 201])
    same(answers[0].content, answers[1].content)
    number = xmltodict.parse(answers[0].content)["service_requests"]["request"]["service_request_id"]
    found = clients["json"].get_service_request(number)
    same((found["status"], found["service_code"]), ("open", "010302"))
    case = call("GET", f"/cases?number={number}")["cases"][0]
    same((case["channel"], case["detail"]), ("open311", report["description"]))


@test("A report without a key, without a place or for no service is refused with the standard's codes")
def _():
    for changes, status in [({"api_key": ""}, 403), ({"api_key": "gewu_x"}, 403), ({"service_code": "x"}, 400),
                            ({"address_id": "", "address_string": ""}, 400), ({"lat": "39.9", "long": "116.4"}, 400),
                            ({"description": "长" * 1_700_000}, 400)]:
        answer = requests.post(root + "/requests.json", {**report, "api_key": officer, **changes}, timeout=60)
        same((answer.status_code, answer.json()[0]["code"]), (status, status))


# ---- Feeds --------------------------------------------------------------------------------------------------------


@test("feedparser accepts the feed of an area; the key opens nothing beyond it, and nothing once revoked")
def _():
    made = call("POST", "/channels/feeds", name="feedparser")
    address = f"{base}/feeds/areas/330106.atom?key={made['secret']}"
    answer = requests.get(address, timeout=20)
    same((answer.status_code, answer.headers["Content-Type"]), (200, "application/atom+xml; charset=utf-8"))
    feed = feedparser.parse(answer.content)
    assert not feed.bozo, feed.get("bozo_exception")
    same((feed.version, len(feed.entries) > 20), ("atom10", True))
    for entry in feed.entries:
        assert entry.id.startswith("urn:gewu:case:") and entry.updated_parsed and entry.title and entry.link
    same(requests.get(address, headers={"If-None-Match": answer.headers["ETag"]}, timeout=20).status_code in (200, 304),
         True)
    same(requests.get(f"{base}/feeds/areas/330106.atom", timeout=20).status_code, 403)
    call("DELETE", f"/channels/feeds/{made['id']}")
    same(requests.get(address, timeout=20).status_code, 403)


# ---- Sensors ------------------------------------------------------------------------------------------------------


@test("What standardwebhooks signs is taken once; forged, old and altered messages are refused")
def _():
    secret = call("POST", "/channels/sensors/manhole/secret")["secret"]
    device = f"MH-{time.time()}"
    body = json.dumps({"id": device, "tilt": 31.5, "battery": 80, "ts": int(time.time()), "place": "测试路口"})

    def send(message, body=body, at=None, key=secret, sent=None):
        now = at or datetime.datetime.now(datetime.timezone.utc)
        signature = standardwebhooks.Webhook(key).sign(message, now, body)
        return requests.post(
            base + "/api/v1/sensors/manhole", (sent or body).encode(), timeout=20,
            headers={"Content-Type": "application/json", "webhook-id": message, "webhook-signature": signature,
                     "webhook-timestamp": str(int(now.timestamp()))})

    first, again = send(f"a-{device}"), send(f"a-{device}")
    same((first.status_code, first.json()["outcome"]), (200, "raised"))
    same(again.content, first.content)
    second = send(f"b-{device}")
    same((second.json()["outcome"], second.json()["number"]), ("counted", first.json()["number"]))
    case = call("GET", f"/cases?number={first.json()['number']}")["cases"][0]
    same((case["channel"], case["title"]), ("sensor", f"井盖异常：{device}"))
    late = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=6)
    same(send(f"c-{device}", at=late).status_code, 403)
    same(send(f"c-{device}", key="whsec_" + "A" * 43 + "=").status_code, 403)
    same(send(f"c-{device}", sent=body.replace("31.5", "3.5")).status_code, 403)


# ---- Webhooks -----------------------------------------------------------------------------------------------------


class Receiver(http.server.BaseHTTPRequestHandler):
    told = []
    refusals = 2

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if Receiver.refusals:
            Receiver.refusals -= 1
            status = 503
        else:
            Receiver.told.append((dict(self.headers), body))
            status = 204
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_):
        pass


@test("What happens is told in order to a receiver that failed before; standardwebhooks verifies each")
def _():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        made = call("POST", "/channels/destinations", name="standardwebhooks",
                    url=f"http://127.0.0.1:{server.server_port}/hook")
        case = call("POST", "/cases", detail="张三反映路口井盖松动", category="010302")
        call("POST", f"/cases/{case['id']}/acts", act="remark", opinion="已联系张三")
        verifier = standardwebhooks.Webhook(made["secret"])
        until = time.monotonic() + 60
        mine = []
        while len(mine) < 2 and time.monotonic() < until:
            time.sleep(0.5)
            events = [verifier.verify(body, headers) for headers, body in list(Receiver.told)]
            mine = [event for event in events if event["data"]["case"] == case["id"]]
        same([event["type"] for event in mine], ["cases.report", "cases.remark"])
        same([event["data"]["number"] for event in mine], [case["number"]] * 2)
        assert not any("张三".encode() in body or b"detail" in body for _, body in Receiver.told)
        # What the receiver answered is counted a moment later.
        until = time.monotonic() + 30
        while True:
            ids = [headers["webhook-id"] for headers, _ in list(Receiver.told)]
            state = next(d for d in call("GET", "/channels/destinations")["items"] if d["id"] == made["id"])
            if state["delivered"] == len(ids) or time.monotonic() > until: break
            time.sleep(0.2)
        same(len(ids), len(set(ids)))
        same((state["state"], state["failures"], state["delivered"]), ("active", 0, len(ids)))
        call("DELETE", f"/channels/destinations/{made['id']}")
    finally:
        server.shutdown()


@test("Addresses of private networks are refused as destinations")
def _():
    for address in ("http://10.0.0.1/", "http://169.254.169.254/latest", "http://[fd00::1]/"):
        answer = requests.post(base + "/api/v1/channels/destinations", json={"name": "x", "url": address},
                               headers=bearer, timeout=20)
        same((answer.status_code, answer.json()["code"]), (422, "channels.private-address"))


@test("icalendar reads one's own roster; with the key revoked there is nothing to read")
def _():
    dispatcher = {"Authorization": "Bearer " + token("street_dispatcher")}
    path = requests.post(base + "/api/v1/duty/calendars", json={}, headers=dispatcher, timeout=20).json()["path"]
    answer = requests.get(base + path, timeout=20)
    same(answer.headers["Content-Type"], "text/calendar; charset=utf-8")
    shifts = list(icalendar.Calendar.from_ical(answer.content).walk("VEVENT"))
    assert shifts, "the demonstration's dispatcher has shifts"
    assert all(shift["DTEND"].dt > shift["DTSTART"].dt and shift["SUMMARY"] for shift in shifts)
    for key in requests.get(base + "/api/v1/duty/calendars", headers=dispatcher, timeout=20).json()["items"]:
        requests.delete(base + f"/api/v1/duty/calendars/{key['id']}", headers=dispatcher, timeout=20)
    same(requests.get(base + path, timeout=20).status_code, 403)


@test("icalendar reads the roster of an area, every shift with who answers; nobody reads it without a right")
def _():
    dispatcher = {"Authorization": "Bearer " + token("street_dispatcher")}
    answer = requests.get(base + "/duty/export.ics", headers=dispatcher, timeout=20)
    same(answer.headers["Content-Type"], "text/calendar; charset=utf-8")
    shifts = list(icalendar.Calendar.from_ical(answer.content).walk("VEVENT"))
    assert shifts, "the demonstration has a roster this week"
    assert all(shift["DTEND"].dt > shift["DTSTART"].dt and shift["SUMMARY"].count(" · ") == 2 for shift in shifts)
    assert requests.get(base + "/duty/export.ics", timeout=20, allow_redirects=False).status_code in (302, 303)


@test("capvalidator accepts every emergency as CAP 1.2")
def _():
    events = requests.get(base + "/api/v1/emergencies", headers=bearer, timeout=20).json()["items"]
    assert events, "the demonstration has an exercise"
    for event in events:
        answer = requests.get(base + f"/emergencies/{event['id']}/cap.xml", headers=bearer, timeout=20)
        same(answer.headers["Content-Type"], "application/cap+xml; charset=utf-8")
        result = capvalidator.check_schema(answer.content)
        assert result.passed, result.message


print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
