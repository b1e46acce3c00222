"""Pictures of the room of automatic replies, on a shop that has been asked a few things."""

from playwright.async_api import Page, expect

from tests.pages.people import DESKTOP, People
from tests.pages.test_rules import RuleRoom, put_draft, room

ASKED = ("什么时候发货？", "运费多少", "怎么退货", "你们招不招实习生", "会不会缩水", "几天能到", "招实习生吗", "谢谢")


async def table(people: People, size: dict[str, int], theme: str) -> Page:
    """The table, with something new, changed, and doubtful."""
    seller = await _begun(people, size, theme)
    await expect(seller.page.locator(".rule-found").first).to_be_visible()
    return seller.page


async def editor(people: People, size: dict[str, int], theme: str) -> Page:
    """A rule while it is written, with a finding beside its field."""
    seller = await _begun(people, size, theme, "interns")
    found = seller.page.locator(".remarks").first
    await expect(found).to_be_visible()
    await found.scroll_into_view_if_needed()
    return seller.page


async def trying(people: People, size: dict[str, int], theme: str) -> Page:
    """A sentence tried on the draft."""
    seller = await _begun(people, size, theme)
    await seller.button("试一试").click()
    await seller.page.get_by_label("买家可能会说的话").fill("亲，什麼時候能發貨呀，运费多少？")
    await seller.page.keyboard.press("Enter")
    await expect(seller.page.locator(".tried")).to_be_visible()
    return seller.page


async def replay(people: People, size: dict[str, int], theme: str) -> Page:
    """What the draft would have changed."""
    seller = await _begun(people, size, theme, "~replay")
    await seller.button("开始回放").click()
    await seller.page.locator(".replay-rows summary").first.click()
    return seller.page


async def versions(people: People, size: dict[str, int], theme: str) -> Page:
    """What was published, and what the draft has more."""
    seller = await _begun(people, size, theme, "~versions")
    await expect(seller.page.locator(".diff-rule").first).to_be_visible()
    return seller.page


async def stats(people: People, size: dict[str, int], theme: str) -> Page:
    """What became of the messages."""
    seller = await _begun(people, size, theme, "~stats")
    await expect(seller.page.locator(".plot-drawn .recharts-surface").first).to_be_visible()
    await seller.page.wait_for_timeout(600)  # the bars grow
    return seller.page


async def files(people: People, size: dict[str, int], theme: str) -> Page:
    """A file that was looked at, with what is wrong in it."""
    seller = await _begun(people, size, theme, "~files")
    table = "名称,关键词,回复\n尺码,尺码表，多大,看详情页的尺码表哦\n坏的一行,正则：(,再见\n"
    await seller.page.get_by_label("选择文件").set_input_files({"name": "规则.csv", "mimeType": "text/csv", "buffer": table.encode()})
    await expect(seller.page.locator(".report tbody tr").first).to_be_visible()
    return seller.page


async def words(people: People, size: dict[str, int], theme: str) -> Page:
    """The shop's own words, while they are written."""
    seller = await _begun(people, size, theme, "~words")
    await seller.page.get_by_label("自己的词").fill("雪绒毯\n亚麻西装\n小满会员日")
    await seller.page.get_by_label("同义的说法").fill("雪绒毯、毛毛毯、那个毯子\n退差价、价保")
    return seller.page


async def _begun(people: People, size: dict[str, int], theme: str, *path: str) -> RuleRoom:
    """The owner in the room; the first time, buyers ask first and the draft is begun."""
    seller = await room(people, "owner", *path, size=size, theme=theme)
    draft = await (await people.rest(seller.token)).ask("GET", "/accounts/demo/rules")
    if all(rule["id"] != "interns" for rule in draft["rules"]):
        buyer = await people.buyer(size=DESKTOP, name="小雨")
        for text in ASKED:
            await buyer.say(text)
            await buyer.sent(text)
        await put_draft(people, seller.token, [_changed(rule) for rule in draft["rules"]] + [INTERNS])
        await seller.page.reload()
    return seller


def _changed(rule: dict[str, object]) -> dict[str, object]:
    if rule["id"] != "shipping-time":
        return rule
    return {**rule, "reply": {"messages": [{"kind": "text", "text": "亲{{name|}}，22:00 前付款当天发货～"}]}}


INTERNS = {
    "id": "interns",
    "name": "实习与招聘",
    "priority": 20,
    "layer": "keyword",
    "when": {
        "any": [{"mode": "contains", "text": "实习生"}, {"mode": "all", "text": "招 人"}, {"mode": "contains", "text": "招"}],
        "similar": ["你们还招人吗"],
    },
    "reply": {
        "messages": [
            {"kind": "text", "text": "亲{{name|}}，招的！简历发到这里就可以～"},
            {
                "kind": "choices",
                "text": "想了解哪个岗位？",
                "choices": [{"label": "客服", "send": "客服岗位"}, {"label": "打包", "send": "打包岗位"}],
            },
        ]
    },
    "then": {"tag": ["求职"]},
}

SCENES = {
    "rules": table,
    "rule": editor,
    "rules-try": trying,
    "rules-replay": replay,
    "rules-versions": versions,
    "rules-stats": stats,
    "rules-files": files,
    "rules-words": words,
}
