"""The pictures of docs/pages, of the real pages on a real hub: `make screenshots`, or `python -m tests.pages.screenshots NAME…` for some."""

import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from playwright.async_api import Page, expect

from tests.journeys.hub import ROOT, HubProcess
from tests.journeys.voices import signed_in
from tests.pages import browser as browsers
from tests.pages import desk_scenes, overview_scenes, room_scenes, rule_scenes
from tests.pages.circles import a_member
from tests.pages.people import DESKTOP, PHONE, BuyerPage, People
from tests.pages.test_groups import Moderator, in_charge, join
from tests.pages.test_rules import put_draft

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


async def _settings(people: People, size: dict[str, int], theme: str) -> Page:
    """Notices, sound, language, light and dark."""
    buyer = await people.buyer(size=size, theme=theme, name="小雨")
    await buyer.page.evaluate("location.hash = '#/settings'")
    await expect(buyer.page.get_by_role("heading").first).to_be_visible()
    return buyer.page


async def _joining(people: People, size: dict[str, int], theme: str) -> Page:
    """The door of a group that asks a question."""
    buyer = await people.buyer(size=size, theme=theme, name="小雨")
    await buyer.page.evaluate("location.hash = '#/a/demo'")
    await buyer.page.locator(".account-groups a").last.click()
    await buyer.page.get_by_label("您在小满买过什么").fill("一件亚麻衬衫，一条半裙")
    return buyer.page


async def _inside(people: People, size: dict[str, int], theme: str) -> tuple[BuyerPage, Moderator]:
    """A buyer in a group of their own picture, which announces something."""
    moderator = await in_charge(people, name="亚麻穿搭群", about="每周五上新。", rules="1. 友善聊天\n2. 不发广告")
    await moderator.do("PUT", "/announcement", {"text": "这周五晚上 8 点上新：亚麻衬衫三个颜色，尺码拿不准可以直接问。"})
    await moderator.say("欢迎大家！进群先看一眼群规，然后随便聊。")
    buyer = await people.buyer(size=size, theme=theme, name="小雨")
    await join(buyer, moderator.group)
    await buyer.say("周五几点上新呀")
    await buyer.sent("周五几点上新呀")
    return buyer, moderator


async def _answers_groups(people: People) -> None:
    """Have the rule about sizes speak in groups too."""
    token = await signed_in(people.hub, "owner")
    rest = await people.rest(token)
    rules = (await rest.ask("GET", "/accounts/demo/rules"))["rules"]
    size = next(rule for rule in rules if rule["id"] == "size")
    if "group" not in size.get("where", []):
        size["where"] = ["direct", "group"]
        await put_draft(people, token, rules)
        await rest.ask("POST", "/accounts/demo/rules:publish", {"note": "群里也答尺码"})


async def _group(people: People, size: dict[str, int], theme: str) -> Page:
    """The chat of a group: its announcement, who is who, somebody called by name, and the account answering by itself."""
    await _answers_groups(people)
    buyer, moderator = await _inside(people, size, theme)
    await moderator.say("@小雨 晚上 8 点，上身图当天先发在群里。", mentions=[buyer.person])
    await buyer.sees("上身图当天先发在群里")
    await buyer.say("@小满衣橱 偏大还是偏小呀")
    await buyer.sees("商品页往下滑就有尺码表")
    return buyer.page


async def _keeping(people: People, size: dict[str, int], theme: str) -> Page:
    """What a member who moderates a group does to whom, from a message."""
    buyer, moderator = await _inside(people, size, theme)
    await moderator.do("PUT", f"/members/{buyer.person}/moderator")
    await a_member(people, moderator.group, "大刘", says="这也有人买？笑死我了")
    await buyer.line("笑死我了").get_by_role("button", name="更多操作").click()
    await buyer.page.get_by_role("menuitem", name="管理").click()
    await buyer.page.get_by_role("dialog").get_by_label("原因").fill("请好好说话")
    return buyer.page


async def _muted(people: People, size: dict[str, int], theme: str) -> Page:
    """One's own mute, and the appeal against it."""
    buyer, moderator = await _inside(people, size, theme)
    await moderator.mute(buyer.person)
    await buyer.page.get_by_role("button", name="申诉").click()
    dialog = buyer.page.get_by_role("dialog")
    await dialog.get_by_label("你的理由").fill("那是我自己穿的照片，不是广告，麻烦再看一下。")
    await dialog.get_by_role("button", name="提交申诉").click()
    await expect(dialog.locator(".appeal-said")).to_be_visible()
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
    "settings": _settings,
    "joining": _joining,
    "group": _group,
    "keeping": _keeping,
    "muted": _muted,
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
