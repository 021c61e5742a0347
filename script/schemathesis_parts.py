"""Writes for each post the part of the interface's description that its rights open, so that nobody asks a thousand times
what is refused at the door. Called by script/schemathesis.

    schemathesis_parts.py DESCRIPTION ROLES FOLDER LOGIN…

Each operation goes to the first two of the logins (keys of roles.yaml) that hold its right; one that needs no right goes to
the first of them. What can end a post or a token goes only to the last login, which asks when the others are done: else they
would go on as somebody who may nothing, and every answer after that would be a refusal. Prints what is left over, which is a
fault, and ends with a status that is not zero then."""
import copy
import json
import re
import sys

import yaml

METHODS = ("get", "post", "put", "patch", "delete")
HOLDERS = 2
ENDING = {"staff.manage", "tokens.manage"}

description, roles, folder, *logins = sys.argv[1:]
with open(description, encoding="utf-8") as file:
    whole = json.load(file)
with open(roles, encoding="utf-8") as file:
    rights = {role["key"]: set(role.get("rights", [])) for role in yaml.safe_load(file)["roles"]}

parts = {login: copy.deepcopy(whole) | {"paths": {}} for login in logins}
left = []
for path, operations in whole["paths"].items():
    for method in METHODS:
        if method not in operations:
            continue
        named = re.match(r"right: (\S+)", operations[method].get("description", ""))
        right = named[1] if named else None
        able = [login for login in (logins[-1:] if right in ENDING else logins) if right in rights.get(login, ())]
        askers = able[:HOLDERS] if named else logins[:1]
        if not askers:
            left.append(f"{method.upper()} {path} ({right})")
        for login in askers:
            # What is said once for a path (its parameters) belongs to each part of it.
            about = {name: value for name, value in operations.items() if name not in METHODS}
            parts[login]["paths"].setdefault(path, about)[method] = operations[method]
for login, part in parts.items():
    with open(f"{folder}/{login}.json", "w", encoding="utf-8") as file:
        json.dump(part, file)
for one in left:
    print(f"!! Nobody who asks may {one}: name a login in script/schemathesis that holds the right.")
sys.exit(1 if left else 0)
