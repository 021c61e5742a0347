"""The pictures of the README, taken in the demonstration; see GEWU_PICTURES in run.py."""
import os

from house import DESK, PHONE, base

WALL = {"width": 1920, "height": 1080}


def run(house):
    folder = os.environ["GEWU_PICTURES"]
    path = house.matter("accept", "dispatch", "sign")
    pictures = (
        ("home-desk", "street_dispatcher", "/home", dict(size=DESK)),
        ("cases-desk", "street_dispatcher", "/cases", dict(size=DESK)),
        ("cases-dark", "street_dispatcher", "/cases", dict(size=DESK, theme="dark", language="en")),
        ("case-desk", "street_dispatcher", path, dict(size=DESK)),
        ("map-county", "coordination_officer", "/map", dict(size=DESK)),
        ("map-dark", "coordination_officer", "/map", dict(size=DESK, theme="dark")),
        ("map-wall", "coordination_officer", "/map?mode=wall", dict(size=WALL, theme="dark")),
        ("report-phone", None, "/report?anonymous=yes", dict(size=PHONE)),
    )
    for name, login, address, look in pictures:
        page = house.page(login, **look)
        page.goto(base + address)
        if address.startswith("/map"):
            page.wait_for_selector("html[data-map=ready]", state="attached", timeout=60_000)
        page.screenshot(path=f"{folder}/{name}.png")
        print(name)
