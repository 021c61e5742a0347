"""Puts real things into what schemathesis makes up, so that it gets past "not there": ids that the holder of the token may
see, areas, categories and bodies of the county. Loaded by script/schemathesis through SCHEMATHESIS_HOOKS.

    GEWU_URL, GEWU_TOKEN    where the server is, and as whom to look
"""
import json
import os
import random
import re
import urllib.error
import urllib.request

import schemathesis

URL = os.environ["GEWU_URL"].rstrip("/") + "/api/v1"
TOKEN = os.environ.get("GEWU_TOKEN", "")
IDENTIFIER = re.compile("^[0-9a-hjkmnp-tv-z]{26}$")
chance = random.Random(1)


def get(path):
    """What stands there, or nothing for who may not look."""
    request = urllib.request.Request(URL + path, headers={"Authorization": "Bearer " + TOKEN} if TOKEN else {})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)
    except urllib.error.HTTPError:
        return {}


def ids(answer):
    """Of the members of its first list."""
    lists = [value for value in answer.values() if isinstance(value, list)]
    return [one["id"] for one in (lists[0] if lists else []) if isinstance(one, dict) and "id" in one]


categories = get("/categories").get("categories", [])
cases = get("/cases?limit=200").get("cases", [])
REAL = {
    "cases": [one["id"] for one in cases],
    "bodies": ids(get("/bodies?limit=200")),
    "staff": ids(get("/staff?limit=200")),
    "messages": ids(get("/messages?limit=50")),
    "ledger": ids(get("/ledger?limit=50")),
}
VALUES = {
    "area": ["330106", "330106002", "330106002051"],
    "code": ["330106", "330106002", "330106002051"],
    "category": [one["code"] for one in categories if one["isLeaf"]],
    "body": REAL["bodies"],
}
# What could be done next in a state, so that some acts are really done.
MOVES = {
    "reported": lambda one: {"act": "accept", "category": one["category"] or "010101", "area": one["area"]},
    "accepted": lambda one: {"act": "dispatch", "body": chance.choice(VALUES["body"])},
    "dispatched": lambda one: {"act": "sign"},
    "handling": lambda one: {"act": "finish", "result": "已处理"},
    "returned": lambda one: {"act": "settle-directly", "result": "已处理"},
    "verifying": lambda one: {"act": "pass"},
}
MOVABLE = [one for one in cases if one["state"] in MOVES and VALUES["body"]]
print("real things: " + ", ".join(f"{len(found)} {name}" for name, found in (REAL | VALUES).items()))


def real(name, value):
    """A real value in place of one that was made up, most of the time."""
    known = VALUES.get(name)
    return chance.choice(known) if known and isinstance(value, str) and chance.random() < 0.7 else value


def filled(value, kind):
    if isinstance(value, list):
        return [filled(one, kind) for one in value]
    if not isinstance(value, dict):
        return value
    result = {}
    for name, member in value.items():
        if name == "ids" and isinstance(member, list) and REAL["cases"]:
            member = chance.sample(REAL["cases"], min(len(member), 3, len(REAL["cases"])))
        result[name] = filled(member, kind) if isinstance(member, (dict, list)) else real(name, member)
    return result


@schemathesis.hook
def before_call(ctx, case, kwargs):
    kind = case.path.split("/")[1]
    parameters = dict(case.path_parameters or {})
    # Only what could be one is replaced: that nonsense is refused is tried as well.
    if IDENTIFIER.match(str(parameters.get("id", ""))) and REAL.get(kind) and chance.random() < 0.8:
        parameters["id"] = chance.choice(REAL[kind])
    if "code" in parameters:
        parameters["code"] = real("code", parameters["code"])
    if parameters:
        case.path_parameters = parameters
    if isinstance(case.query, dict):
        case.query = {name: real(name, value) for name, value in case.query.items()}
    # A stream goes on for hours: what is tried here ends after its first event.
    if case.path in ("/command/stream", "/map/stream"):
        query = case.query if isinstance(case.query, dict) else {}
        if re.fullmatch("[0-9]{1,6}", str(query.get("events", 1))) and 1 <= int(query.get("events", 1)) <= 100_000:
            case.query = query | {"events": 1}
    if isinstance(case.body, (dict, list)):
        case.body = filled(case.body, kind)
    if case.path == "/cases/{id}/acts" and isinstance(case.body, dict) and MOVABLE and chance.random() < 0.3:
        one = chance.choice(MOVABLE)
        case.path_parameters = {"id": one["id"]}
        case.body = MOVES[one["state"]](one)
        case.headers = {name: value for name, value in (case.headers or {}).items() if name not in ("If-Match", "Idempotency-Key")}
    # A version that nobody has, or a key that was used before, would end nearly every write before it began.
    for name, rest in (("If-Match", ['"1"', '"2"']), ("Idempotency-Key", [])):
        if case.headers and name in case.headers and chance.random() < 0.7:
            headers = {key: value for key, value in case.headers.items() if key != name}
            if rest:
                headers[name] = chance.choice(rest)
            case.headers = headers
