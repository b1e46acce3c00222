"""The pictures of docs/pages, of the real pages on a real hub: `make screenshots`, or `python -m tests.pages.screenshots NAME…` for some."""

import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from playwright.async_api import Page, expect

from tests.journeys.hub import ROOT, HubProcess
from tests.pages import browser as browsers
from tests.pages import desk_scenes, overview_scenes, room_scenes, rule_scenes
from tests.pages.people import DESKTOP, PHONE, BuyerPage, People

FOLDER = ROOT / "docs" / "pages"
SIZES = {"phone": PHONE, "desktop": DESKTOP}
THEMES = ("light", "dark")

Scene = Callable[[People, dict[str, int], str], Awaitable[Page]]


async def _chat(people: People, size: dict[str, int], theme: str) -> Page:
    """A buyer in the middle of things: a rule answered, a person took over, a card came."""
    buyer = await _asked(people, size, theme)
    operator = await people.operator()
    await operator.answer(buyer.person, "您好，我是小林，这就帮您看。")
    await operator.send(
        buyer.person, "card", {"title": "亚麻衬衫 白色 M", "text": "今天付款，明天发出", "price": "129.00", "url": "https://shop.example/linen"}
    )
    await operator.read(buyer.person)
    await expect(buyer.page.locator(".CardTitle")).to_be_visible()
    await expect(buyer.page.locator(".read-mark").last).to_have_text("已读")
    return buyer.page


async def _asked(people: People, size: dict[str, int], theme: str) -> BuyerPage:
    buyer = await people.buyer(size=size, theme=theme, name="小雨")
    await buyer.say("什么时候发货？")
    await buyer.sees("16:00 前付款当天发货")
    await buyer.say("人工")
    await expect(buyer.desk).to_contain_text("排队中")
    await buyer.sees("这就请客服过来")
    return buyer


async def _waiting(people: People, size: dict[str, int], theme: str) -> Page:
    """In the queue."""
    return (await _asked(people, size, theme)).page


async def _list(people: People, size: dict[str, int], theme: str) -> Page:
    """The list, with something unread."""
    buyer = await _asked(people, size, theme)
    await buyer.page.evaluate("location.hash = '#/'")
    await (await people.operator()).answer(buyer.person, "您好，我是小林，请问怎么帮您？")
    await expect(buyer.page.locator(".badge")).to_be_visible()
    return buyer.page


async def _account(people: People, size: dict[str, int], theme: str) -> Page:
    """The account's page."""
    buyer = await people.buyer(size=size, theme=theme, name="小雨")
    await buyer.page.evaluate("location.hash = '#/a/demo'")
    await expect(buyer.page.locator(".opening")).to_be_visible()
    return buyer.page


async def _joining(people: People, size: dict[str, int], theme: str) -> Page:
    """The door of a group that asks a question."""
    buyer = await people.buyer(size=size, theme=theme, name="小雨")
    await buyer.page.evaluate("location.hash = '#/a/demo'")
    await buyer.page.locator(".account-groups a").last.click()
    await buyer.page.get_by_label("您在小满买过什么").fill("一件亚麻衬衫，一条半裙")
    return buyer.page


async def _demo(people: People, size: dict[str, int], theme: str) -> Page:
    """The demo's front door."""
    page = await people.page(size, theme=theme)
    await page.goto(f"{people.hub.url}/demo")
    await expect(page.locator(".choice").first).to_be_visible()
    return page


SCENES: dict[str, Scene] = {
    "chat": _chat,
    "waiting": _waiting,
    "list": _list,
    "account": _account,
    "joining": _joining,
    "demo": _demo,
    **rule_scenes.SCENES,
    **desk_scenes.SCENES,
    **room_scenes.SCENES,
    **overview_scenes.SCENES,
}


async def take(folder: Path, names: list[str]) -> None:
    """Take the pictures of these scenes anew."""
    program = await asyncio.to_thread(browsers.ensure)
    for name in names:
        scene = SCENES[name]
        with HubProcess(demo=True) as hub:  # each scene on an empty shop, so that nobody else waits in the queue
            for size_name, size in SIZES.items():
                for theme in THEMES:
                    async with browsers.chromium(program) as browser, People(browser, hub) as people:
                        page = await scene(people, size, theme)
                        await page.evaluate("document.activeElement?.blur()")
                        await page.screenshot(path=folder / f"{name}-{size_name}-{theme}.png", animations="disabled")
                        print(f"{name}-{size_name}-{theme}.png", flush=True)  # noqa: T201 - progress for a person


if __name__ == "__main__":
    wanted = sys.argv[1:]
    if not wanted:
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(FOLDER, wanted or list(SCENES)))
