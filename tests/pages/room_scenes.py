"""What is photographed of the console's rooms of the account and of groups."""

from playwright.async_api import Page, expect

from tests.pages.people import People
from tests.pages.staff import at_console, owner_of
from tests.pages.test_group_room import a_group, a_member


async def _begin(people: People, size: dict[str, int], theme: str) -> Page:
    """A new owner's first steps."""
    page = (await at_console(people, "owner", "account", "begin", size=size, theme=theme)).page
    await expect(page.get_by_role("img", name="已完成").first).to_be_visible()
    return page


async def _link(people: People, size: dict[str, int], theme: str) -> Page:
    """The follow link and its code."""
    page = (await at_console(people, "owner", "account", "link", size=size, theme=theme)).page
    await expect(page.locator(".qr svg")).to_be_visible()
    return page


async def _peopled(people: People) -> str:
    """A group in which somebody was reported, somebody waits to be let through, and somebody is muted."""
    rest, group = await owner_of(people), await a_group(people, "新品尝鲜群", about="每周五上新，先看先买。")
    await rest.ask("POST", f"/groups/{group}/filters", {"name": "优惠", "action": "review", "words": ["内部优惠价"]})
    await a_member(people, group, "大刘", says="你怎么这样说话呀")
    mei = await a_member(people, group, "小敏", says="周五几点上新呀")
    muted = await a_member(people, group, "阿强")
    await a_member(people, group, "阿东", says="有没有内部优惠价呀")
    await rest.ask("PUT", f"/groups/{group}/sanctions/{muted}/mute", {"seconds": 86_400, "reason": "刷屏"})
    reporter = await people.rest(people.token(mei, "小敏"))
    await reporter.ask("POST", f"/groups/{group}/reports", {"seq": 1, "reason": "abuse", "note": "说话难听"})
    return group


async def _members(people: People, size: dict[str, int], theme: str) -> Page:
    """Members, and what may be done to each."""
    group = await _peopled(people)
    page = (await at_console(people, "owner", "groups", "g", group, "members", size=size, theme=theme)).page
    await expect(page.get_by_text("禁言到")).to_be_visible()
    return page


async def _cases(people: People, size: dict[str, int], theme: str) -> Page:
    """The workbench, with the evidence of a case."""
    await _peopled(people)
    page = (await at_console(people, "owner", "groups", "cases", size=size, theme=theme)).page
    await page.get_by_role("button", name="证据").first.click()
    await expect(page.locator(".evidence mark").first).to_be_visible()
    return page


SCENES = {"account-begin": _begin, "account-link": _link, "group-members": _members, "group-cases": _cases}
