"""What is photographed of the console's rooms of the account and of groups."""

from collections.abc import Awaitable, Callable

from playwright.async_api import Locator, Page, expect

from tests.pages.circles import peopled
from tests.pages.people import People
from tests.pages.staff import at_console, hired, owner_of

Scene = Callable[[People, dict[str, int], str], Awaitable[Page]]


async def _begin(people: People, size: dict[str, int], theme: str) -> Page:
    """A new owner's first steps."""
    page = (await at_console(people, "owner", "account", "begin", size=size, theme=theme)).page
    await expect(page.get_by_role("img", name="已完成").first).to_be_visible()
    return page


def _account(view: str, sign: str) -> Scene:
    """A view of the account."""

    async def scene(people: People, size: dict[str, int], theme: str) -> Page:
        page = (await at_console(people, "owner", "account", view, size=size, theme=theme)).page
        await expect(page.locator(sign).first).to_be_visible()
        return page

    return scene


async def _tags(people: People, size: dict[str, int], theme: str) -> Page:
    """Words that followers are sorted by."""
    owner = await owner_of(people)
    for name, tags in (("小雨", ("老客户", "M 码")), ("阿梅", ("老客户", "爱亚麻")), ("小北", ("第一次来",))):
        person = f"b-tagged-{len(name)}-{ord(name[-1])}"
        await (await people.rest(people.token(person, name))).ask("PUT", "/accounts/demo/follow", {"source": "test"})
        for tag in tags:
            await owner.ask("PUT", f"/accounts/demo/followers/{person}/tags/{tag}")
    return await _account("tags", ".rows li")(people, size, theme)


async def _groups(people: People, size: dict[str, int], theme: str) -> Page:
    """The groups of an account."""
    await peopled(people, GROUP)
    page = (await at_console(people, "owner", "groups", "list", size=size, theme=theme)).page
    await expect(page.locator(".group-card").first).to_be_visible()
    return page


async def _sign_in(people: People, size: dict[str, int], theme: str) -> Page:
    """The door of staff."""
    page = await people.page(size, theme=theme)
    await page.goto(f"{people.hub.url}/console")
    await page.get_by_label("登录名").fill("owner")
    return page


GROUP = "新品尝鲜群"


def _in_group(view: str, sign: str) -> Scene:
    """A view of a group in which much happened."""

    async def scene(people: People, size: dict[str, int], theme: str) -> Page:
        group = await peopled(people, GROUP)
        page = (await at_console(people, "owner", "groups", "g", group, view, size=size, theme=theme)).page
        await expect(page.locator(sign).first).to_be_visible()
        return page

    return scene


async def _list_of_words(people: People, size: dict[str, int], theme: str) -> Page:
    """A list as it is written, tested on what was said."""
    page = await _in_group("filters", ".rows li")(people, size, theme)
    await page.get_by_role("list", name="敏感词").get_by_role("listitem").filter(has_text="竞品").get_by_role("button", name="修改").click()
    panel = page.get_by_role("region", name="用最近的消息测试")
    await panel.get_by_role("button", name="测试").click()
    await expect(panel.locator("mark").first).to_be_visible()
    await _to_the_top(panel)
    return page


async def _tempo(people: People, size: dict[str, int], theme: str) -> Page:
    """What is counted in a group: floods, repeated text, raids."""
    page = await _in_group("order", "form")(people, size, theme)
    await _to_the_top(page.get_by_role("group", name="防刷屏"))
    return page


async def _to_the_top(part: Locator) -> None:
    await part.evaluate("(part) => part.scrollIntoView({ block: 'start' })")


async def _filters(people: People, size: dict[str, int], theme: str) -> Page:
    """Word lists, and a sentence tried on them."""
    page = await _in_group("filters", ".rows li")(people, size, theme)
    await page.get_by_label("输入一句话").fill("去隔壁老王店看看，有内部优惠价")
    await page.get_by_role("button", name="试一试").click()
    await expect(page.locator(".verdict mark").first).to_be_visible()
    return page


async def _stats(people: People, size: dict[str, int], theme: str) -> Page:
    """What happened in a group, and what each moderator did."""
    page = await _in_group("stats", ".plot-drawn .recharts-surface")(people, size, theme)
    await page.wait_for_timeout(600)  # the bars grow
    return page


async def _cases(people: People, size: dict[str, int], theme: str) -> Page:
    """The workbench, with the evidence of a case."""
    await peopled(people, GROUP)
    page = (await at_console(people, "owner", "groups", "cases", size=size, theme=theme)).page
    await page.get_by_role("button", name="证据").first.click()
    await expect(page.locator(".evidence mark").first).to_be_visible()
    return page


async def _appeals(people: People, size: dict[str, int], theme: str) -> Page:
    """An appeal with what was said, before somebody who may decide it."""
    await peopled(people, GROUP)
    login, password = await hired(people, "moderator", "小组长")
    hand = await at_console(people, login, "groups", "appeals", size=size, theme=theme, password=password)
    await hand.page.get_by_role("button", name="对话").first.click()
    await expect(hand.page.get_by_label("回复", exact=True)).to_be_visible()
    return hand.page


SCENES = {
    "account-begin": _begin,
    "account-profile": _account("profile", ".preview"),
    "account-hours": _account("hours", ".week-day"),
    "account-staff": _account("staff", ".rows li"),
    "account-teams": _account("teams", ".rows li"),
    "account-tags": _tags,
    "account-canned": _account("canned", ".rows li"),
    "account-link": _account("link", ".qr svg"),
    "account-self": _account("self", ".rows li"),
    "sign-in": _sign_in,
    "groups": _groups,
    "group-cases": _cases,
    "group-appeals": _appeals,
    "group-chat": _in_group("chat", "article.line"),
    "group-requests": _in_group("requests", ".rows li"),
    "group-sanctions": _in_group("sanctions", ".rows li"),
    "group-settings": _in_group("settings", "form"),
    "group-members": _in_group("members", ".rows li"),
    "group-filters": _filters,
    "group-words": _list_of_words,
    "group-hits": _in_group("hits", ".rows mark"),
    "group-held": _in_group("held", ".rows mark"),
    "group-order": _in_group("order", "form"),
    "group-tempo": _tempo,
    "group-stats": _stats,
    "group-log": _in_group("log", ".rows li"),
}
