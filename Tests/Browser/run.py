#!/usr/bin/env python3
"""Walks through a demonstration server as people would, in a real headless Chromium. script/test starts it and says
where the server is (GEWU_URL), which accounts there are (GEWU_COUNTY) and where texts to residents go (GEWU_OUTBOX).
With GEWU_PICTURES, a folder, it only takes the pictures of the README. Names as arguments run only those modules.
Ends with 'N passed, N failed' and a status that is not zero when something failed."""
import importlib
import os
import sys

from playwright.sync_api import sync_playwright

import house

MODULES = ("walk", "handling", "lists", "places", "walls", "without_scripts", "keys", "phone", "languages", "looks", "doors", "connections", "emergencies", "visits", "entry", "peace", "commands", "menus", "map")

with sync_playwright() as playwright:
    browser_house = house.House(playwright)
    for name in ("pictures",) if os.environ.get("GEWU_PICTURES") else sys.argv[1:] or MODULES:
        importlib.import_module(name).run(browser_house)
        # Pages left open go on listening and drawing.
        for context in browser_house.browser.contexts:
            context.close()
    browser_house.close()
house.end()
