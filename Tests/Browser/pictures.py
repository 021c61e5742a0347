"""The pictures of the README, taken in the demonstration; see GEWU_PICTURES in run.py."""
import os

from house import DESK, PHONE, base


def run(house):
    folder = os.environ["GEWU_PICTURES"]
    path = house.matter("accept", "dispatch", "sign")
    pictures = (
        ("home-desk", "street_dispatcher", "/home", dict(size=DESK)),
        ("cases-desk", "street_dispatcher", "/cases", dict(size=DESK)),
        ("cases-dark", "street_dispatcher", "/cases", dict(size=DESK, theme="dark", language="en")),
        ("case-desk", "street_dispatcher", path, dict(size=DESK)),
        ("report-phone", None, "/report?anonymous=yes", dict(size=PHONE)),
    )
    for name, login, address, look in pictures:
        page = house.page(login, **look)
        page.goto(base + address)
        page.screenshot(path=f"{folder}/{name}.png")
        print(name)
