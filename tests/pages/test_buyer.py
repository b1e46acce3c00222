"""A buyer at the page, with a real browser and a real hub."""

import asyncio
import re
from itertools import pairwise

import pytest
from playwright.async_api import Page, expect

from channels.rest_client import Rest
from tests.pages.people import DESKTOP, PHONE, BuyerPage, People, until

SIZES = [pytest.param(PHONE, id="phone"), pytest.param(DESKTOP, id="desktop")]
STRANGE = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>"\'&amp;{{name}}javascript:alert(1)'


@pytest.mark.parametrize("size", SIZES)
async def test_a_buyer_asks_and_is_answered_by_a_rule(people: People, size: dict[str, int]) -> None:
    """Tapping a choice asks as writing does; the answers say that they are automatic; the page never scrolls sideways."""
    buyer = await people.buyer(size=size)
    await expect(buyer.desk).to_contain_text("自动回复")
    await buyer.page.get_by_role("button", name="选择“运费多少”").click()
    await buyer.sent("运费多少")
    await buyer.say("什麼時候發貨？")
    await buyer.sees("16:00 前付款当天发货")

    await expect(buyer.line("16:00 前付款当天发货").locator(".words")).to_be_visible()
    assert await buyer.page.locator(".line-author .tag", has_text="自动回复").count() > 0
    assert await buyer.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_the_token_leaves_the_address_at_once(people: People) -> None:
    """It stays in this tab, so that a reload needs no other; another tab has none."""
    buyer = await people.buyer()
    assert buyer.token not in buyer.page.url
    assert buyer.page.url.endswith("#/c/demo")
    assert "token" not in await buyer.page.evaluate("JSON.stringify(history.state) + location.href")

    await buyer.page.reload()
    await buyer.sees("欢迎关注")


async def test_who_does_not_follow_is_asked_and_follows_by_their_own_act(people: People) -> None:
    """Nothing is followed by looking; one tap follows, and the shop greets."""
    buyer = await people.buyer(follows=False)
    await expect(buyer.page.get_by_text("关注后才能和这个账号聊天。")).to_be_visible()
    rest = await people.rest(buyer.token)
    assert (await rest.ask("GET", "/me/following"))["items"] == []

    await buyer.page.get_by_role("button", name="关注", exact=True).click()
    await buyer.sees("欢迎关注")


async def test_a_buyer_asks_for_a_person_and_reads_marks(people: People) -> None:
    """The queue is told honestly; then who answers, by name; what the operator has read is marked, also on a new page; what the buyer sees is read."""
    buyer = await people.buyer()
    await buyer.say("人工")
    await expect(buyer.desk).to_contain_text("排队中")
    await buyer.sent("人工")

    operator = await people.operator()
    await operator.answer(buyer.person, "您好，我是小林，请问怎么帮您？")
    await buyer.sees("请问怎么帮您？")
    await expect(buyer.desk).to_have_text("客服小林 正在为你服务")
    await operator.read(buyer.person)
    await expect(buyer.line("人工").locator(".read-mark").first).to_have_text("已读")

    rest = await people.rest(buyer.token)
    await until(lambda: _nothing_unread(rest))
    await buyer.page.reload()
    await expect(buyer.line("人工").locator(".read-mark").first).to_have_text("已读")


async def _nothing_unread(rest: Rest) -> bool:
    inbox = await rest.ask("GET", "/conversations")
    return bool(inbox["items"][0]["unread"] == 0)


async def test_what_a_buyer_writes_while_the_hub_is_dead_arrives_once(mortals: People) -> None:
    """The hub is killed in the middle and started again: nothing lost, nothing doubled, in order, without a hand's turn."""
    buyer = await mortals.buyer()
    await buyer.say("断线前")
    await buyer.sent("断线前")
    await asyncio.to_thread(mortals.hub.kill)
    await expect(buyer.page.locator(".banner")).to_contain_text("正在重新连接")
    for number in range(5):
        await buyer.say(f"断线中 {number}")
    await expect(buyer.page.locator("article[data-pending=sending]")).to_have_count(5)

    await asyncio.to_thread(mortals.hub.start)
    await expect(buyer.page.locator("article[data-pending]")).to_have_count(0, timeout=40_000)
    await expect(buyer.page.locator(".banner")).to_have_count(0)
    await buyer.say("重连后")
    await buyer.sent("重连后")

    rest = await mortals.rest(buyer.token)
    inbox = await rest.ask("GET", "/conversations")
    stored = (await rest.ask("GET", f"/conversations/{inbox['items'][0]['conversation']}/messages?limit=200"))["messages"]
    mine = [one["body"]["text"] for one in stored if one["author"]["id"] == buyer.person]
    assert mine == ["断线前", *(f"断线中 {number}" for number in range(5)), "重连后"]
    await _shows_all(buyer, [one["seq"] for one in stored])


async def _shows_all(buyer: BuyerPage, seqs: list[int]) -> None:
    await expect(buyer.page.get_by_test_id("talk")).to_have_attribute("data-head", str(seqs[-1]))
    assert seqs == list(range(1, len(seqs) + 1))
    shown = await buyer.page.locator("article[data-seq]").evaluate_all("all => all.map((one) => Number(one.dataset.seq))")
    assert shown == sorted(set(shown))


async def test_what_was_on_its_way_survives_a_reload_of_the_page(people: People) -> None:
    """A message that no answer came for is sent again by the next page of this tab, under its key."""
    buyer = await people.buyer()
    await buyer.page.context.set_offline(True)
    await buyer.page.evaluate("() => globalThis.dispatchEvent(new Event('offline'))")
    kept = "JSON.stringify([{key:'kept-1',conversation:%s,kind:'text',body:{text:'没发出去的话'},reply_to:null,at:1,state:'sending',fault:null}])"
    rest = await people.rest(buyer.token)
    conversation = (await rest.ask("GET", "/conversations"))["items"][0]["conversation"]
    await buyer.page.evaluate(f"sessionStorage.setItem('weihub.outbox.{buyer.person}', {kept % repr(conversation)})")
    await buyer.page.context.set_offline(False)
    await buyer.page.reload()

    await buyer.sent("没发出去的话")
    assert await buyer.page.evaluate(f"sessionStorage.getItem('weihub.outbox.{buyer.person}')") is None


async def test_two_tabs_of_one_person_agree_on_what_is_unread(people: People) -> None:
    """What comes while neither looks at the chat counts in both lists; opening it in one empties both."""
    first = await people.buyer(size=DESKTOP)
    second = await people.buyer(size=DESKTOP, person=first.person)
    operator = await people.operator()
    for one in (first, second):
        await one.page.evaluate("location.hash = '#/settings'")
        await expect(one.page.get_by_role("heading", name="设置")).to_be_visible()
    for number in range(3):
        await operator.answer(first.person, f"新消息 {number}")
    for one in (first, second):
        await expect(one.page.locator(".badge")).to_contain_text("3")
        await expect(one.page).to_have_title(re.compile(r"^\(3\) "))

    await first.page.locator("nav a.row").click()
    await first.sees("新消息 2")
    await expect(first.page.locator(".unread-border")).to_be_visible()
    for one in (first, second):
        await expect(one.page.locator(".badge")).to_have_count(0)


async def test_strange_strings_stay_text_everywhere(people: People) -> None:
    """In messages, names, cards, choices, quotes: nothing runs, nothing is drawn but the characters."""
    buyer = await people.buyer(name=STRANGE[:60])
    await buyer.say(STRANGE)
    await buyer.sent(STRANGE)
    operator = await people.operator("owner")
    await operator.send(
        buyer.person, "card", {"title": STRANGE, "text": STRANGE, "price": STRANGE[:40], "url": "https://shop.example/?q=%3Cscript%3E"}
    )
    await operator.send(buyer.person, "choices", {"text": STRANGE, "choices": [{"label": STRANGE[:80], "send": STRANGE}]})
    await expect(buyer.page.locator(".CardTitle")).to_contain_text("<img src=x onerror")
    await expect(buyer.page.locator(".choices").last).to_contain_text("<script>window.hit=1</script>")
    await buyer.page.evaluate("location.hash = '#/'")
    await expect(buyer.page.locator("nav .row-text")).to_contain_text("<img src=x")

    assert await buyer.page.evaluate("window.hit") is None
    assert await buyer.page.locator("#root script, #root img[src=x]").count() == 0


async def test_an_address_is_a_link_that_leads_out_safely(people: People) -> None:
    """It opens beside the page, tells nothing about it, and ends where the address does; other schemes stay text."""
    buyer = await people.buyer()
    await buyer.say("看 https://shop.example/a?b=1，还有 javascript:alert(1)")
    link = buyer.line("还有").get_by_role("link")
    await expect(link).to_have_attribute("href", "https://shop.example/a?b=1")
    assert (await link.get_attribute("rel"), await link.get_attribute("target")) == ("noopener noreferrer", "_blank")


async def test_reply_and_recall(people: People) -> None:
    """A reply shows what it answers; one's own message can be taken back, on both sides, with the keyboard alone."""
    buyer = await people.buyer(size=DESKTOP)
    await buyer.say("第一句话")
    await buyer.sent("第一句话")
    await buyer.line("第一句话").hover()
    await buyer.line("第一句话").get_by_role("button", name="更多操作").press("Enter")
    await buyer.page.keyboard.press("Enter")
    await expect(buyer.page.locator(".reply-to")).to_contain_text("第一句话")
    await buyer.say("回你一句")
    await expect(buyer.line("回你一句").locator("blockquote")).to_contain_text("第一句话")
    await buyer.sent("回你一句")

    own = buyer.page.locator("article", has=buyer.page.locator(".Bubble", has_text="第一句话"))
    await own.get_by_role("button", name="更多操作").press("Enter")
    for _ in range(2):
        await buyer.page.keyboard.press("ArrowDown")
    await buyer.page.keyboard.press("Enter")
    await expect(buyer.page.get_by_text("你撤回了一条消息")).to_be_visible()


async def test_the_menu_of_a_message_is_never_covered_nor_cut_off(people: People) -> None:
    """Of one's own with an answer below it, tapped; of the last one, whole within the page; Escape gives the focus back."""
    buyer = await people.buyer()
    await buyer.say("运费多少")
    await buyer.sees("满 59 元包邮")
    last = buyer.lines.last.get_by_role("button", name="更多操作")
    await last.click()
    menu = buyer.page.get_by_role("menu")
    for item in await menu.get_by_role("menuitem").all():
        box = await item.bounding_box()
        assert box is not None
        assert 0 <= box["y"] <= PHONE["height"] - box["height"]
        assert 0 <= box["x"] <= PHONE["width"] - box["width"]
    await buyer.page.keyboard.press("Escape")
    await expect(menu).to_have_count(0)
    await expect(last).to_be_focused()
    await buyer.page.locator('article[data-mine="true"]').get_by_role("button", name="更多操作").click()
    await menu.get_by_role("menuitem", name="撤回").click()
    await expect(buyer.page.get_by_text("你撤回了一条消息")).to_be_visible()


OUTSIDE = """() => [...document.querySelectorAll("main *")].filter((one) => {
    const { left, right, width } = one.getBoundingClientRect();
    return width > 0 && (right > innerWidth + 1 || left < -1) && !one.closest(".hidden");
}).map((one) => one.outerHTML.slice(0, 120))"""


async def test_in_english_nothing_of_a_chat_is_cut_off_on_a_phone(people: People) -> None:
    """Its sentences are longer: they are shortened or wrapped, and push nothing out of sight."""
    buyer = await people.buyer()
    await buyer.page.evaluate("localStorage.setItem('weihub.lang', 'en')")
    await buyer.page.reload()
    await expect(buyer.desk).to_contain_text("The bot answers here")
    assert await buyer.page.evaluate(OUTSIDE) == []
    box = buyer.page.get_by_role("textbox", name="Message", exact=True)
    await box.fill("x" * 4_001)
    await expect(buyer.page.get_by_text("1 characters too many")).to_be_visible()
    assert await buyer.page.evaluate(OUTSIDE) == []
    await box.fill("人工")
    await buyer.page.get_by_role("button", name="Send", exact=True).click()
    await expect(buyer.desk).to_contain_text("In the queue")
    assert await buyer.page.evaluate(OUTSIDE) == []


async def test_a_refused_message_says_why_and_waits(people: People) -> None:
    """Unfollowed meanwhile: the message is kept as failed; after following again one tap sends it, once."""
    buyer = await people.buyer()
    rest = await people.rest(buyer.token)
    await rest.ask("DELETE", "/accounts/demo/follow")
    await buyer.say("还在吗")
    await expect(buyer.page.locator(".line-failed")).to_contain_text("关注后才能")

    await rest.ask("PUT", "/accounts/demo/follow", {"source": "test"})
    await buyer.page.get_by_role("button", name="点此重发").click()
    await buyer.sent("还在吗")
    await buyer.sees("还在吗")


async def test_history_is_drawn_where_one_looks_and_does_not_jump(people: People) -> None:
    """A long conversation: few lines are drawn, earlier ones come while scrolling up, and what one reads stays where it is."""
    buyer = await people.buyer(size=DESKTOP)
    await _write_history(people, buyer, 700)
    await buyer.page.evaluate("location.hash = '#/c/demo'")
    await buyer.page.reload()
    await buyer.sees("历史 700")
    assert await buyer.lines.count() < 60

    await buyer.page.locator(".messages-list").hover()
    seen = [await _topmost(buyer.page)]

    async def scrolled_up() -> bool:
        await buyer.page.mouse.wheel(0, -1_500)
        await buyer.page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
        seen.append(await _topmost(buyer.page))
        return seen[-1] == 1

    await until(scrolled_up)
    steps = [before - after for before, after in pairwise(seq for seq in seen if seq < 1e9)]
    assert max(steps) < 60, "it jumped: a step of the wheel is some 25 lines"
    assert min(steps) >= 0, "it went back"

    async def at_the_beginning() -> bool:
        await buyer.page.mouse.wheel(0, -1_500)
        return await buyer.page.get_by_text("会话从这里开始").is_visible()

    await until(at_the_beginning)
    assert await buyer.lines.count() < 60
    await buyer.page.get_by_role("button", name="回到最新").click()
    await expect(buyer.line("历史 700")).to_be_visible()


_TOPMOST = """() => {
    const top = document.querySelector(".messages-list").getBoundingClientRect().top;
    const seen = [...document.querySelectorAll(".messages-list article")].filter((one) => one.getBoundingClientRect().bottom > top);
    return Math.min(...seen.map((one) => Number(one.dataset.seq)), 1e9);
}"""


async def _topmost(page: Page) -> int:
    """The first message that one sees; a billion while the next frame is being drawn."""
    return int(await page.evaluate(_TOPMOST))


async def _write_history(people: People, buyer: BuyerPage, count: int) -> None:
    rest = await people.rest(buyer.token)
    conversation = (await rest.ask("GET", "/conversations"))["items"][0]["conversation"]
    await buyer.page.evaluate("location.hash = '#/settings'")
    await people.fill(buyer.token, conversation, [f"历史 {number}" for number in range(1, count + 1)])
