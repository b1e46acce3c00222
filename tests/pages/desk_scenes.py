"""The desk as it is photographed: `make screenshots`."""

from playwright.async_api import Page, expect

from tests.pages.desk import at_desk
from tests.pages.people import PHONE, People

NAMES = {(True, "light"): "小雨", (True, "dark"): "阿宁", (False, "light"): "晓晴", (False, "dark"): "老周"}
"""Whom each picture is about: those of the pictures before are still on the desk."""


async def _desk(people: People, size: dict[str, int], theme: str) -> Page:
    """An operator who has taken somebody from the queue, with what the rules would answer."""
    buyer = await people.buyer(name=NAMES[size == PHONE, theme])
    await buyer.say("人工")
    await buyer.sees("这就请客服过来")
    desk = await at_desk(people, "operator", size=size, theme=theme)
    await desk.open(buyer.person, "排队")
    await desk.page.get_by_role("button", name="接待", exact=True).click()
    await desk.say("您好，我是小林，请问怎么帮您？")
    await buyer.sees("请问怎么帮您")
    await buyer.say("运费多少，什么时候发货")
    await expect(desk.page.locator(".desk-suggestion").first).to_be_visible()
    return desk.page


async def _trace(people: People, size: dict[str, int], theme: str) -> Page:
    """Why a rule answered as it did."""
    buyer = await people.buyer(name=NAMES[size == PHONE, theme])
    await buyer.say("什么时候发货？")
    await buyer.sees("16:00 前付款当天发货")
    await buyer.say("人工")
    await buyer.sees("这就请客服过来")
    desk = await at_desk(people, "operator", size=size, theme=theme)
    await desk.open(buyer.person, "排队")
    await desk.line("16:00 前付款当天发货").locator(".desk-why").click()
    await expect(desk.page.locator(".trace mark")).to_be_visible()
    await desk.page.wait_for_timeout(500)  # the drawer slides in
    return desk.page


SCENES = {"desk": _desk, "trace": _trace}
