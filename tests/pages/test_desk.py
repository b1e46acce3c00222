"""The desk of the console with real browsers: a buyer on one side, operators on the other."""

import asyncio
import re
import time

from playwright.async_api import expect

from tests.pages.desk import DeskPage, at_desk
from tests.pages.people import DESKTOP, PHONE, BuyerPage, People
from tests.pages.staff import at_console, hired
from tests.pages.test_looks import findings

STRANGE = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>"\'&amp;{{name}}'


async def calls_for_people(people: People, name: str = "") -> BuyerPage:
    """A buyer whom a rule has answered and who then asked for a person."""
    buyer = await people.buyer(name=name)
    await buyer.say("什么时候发货？")
    await buyer.sees("16:00 前付款当天发货")
    await buyer.say("人工")
    await buyer.sees("这就请客服过来")
    return buyer


async def test_an_operator_takes_a_buyer_from_the_queue_and_answers(people: People) -> None:
    """On a phone, from the queue to the answer: why the rule answered, a note, a claim; read marks move on both sides."""
    people.expected = (*people.expected, "401")
    buyer = await calls_for_people(people)
    desk = await at_desk(people, "operator", size=PHONE)
    await expect(desk.row(buyer.person)).to_contain_text("等了")
    await expect(desk.page).to_have_title(re.compile(r"^\(\d+\) "))
    await desk.row(buyer.person).click()
    await desk.sees("这就请客服过来")
    await expect(buyer.line("人工").locator(".read-mark").first).to_have_text("已发送")

    await desk.line("16:00 前付款当天发货").get_by_role("button", name="为什么这样回答？").click()
    await expect(desk.page.locator(".trace mark")).to_have_text("什么时候发货")
    await expect(desk.page.locator(".trace-rules li[data-won=true]")).to_have_count(2)
    await desk.page.keyboard.press("Escape")
    await desk.page.get_by_role("button", name="接待", exact=True).click()
    await expect(desk.standing).to_contain_text("你正在接待")
    await expect(buyer.desk).to_have_text("客服小林 正在为你服务")
    await expect(buyer.line("人工").locator(".read-mark").first).to_have_text("已读")

    await desk.say("您好，我来帮您看")
    await buyer.sees("您好，我来帮您看")
    await expect(desk.line("您好，我来帮您看").locator(".read-mark")).to_have_text("已读")
    assert await desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_somebody_new_signs_in_by_the_form(people: People) -> None:
    """With the login and the first password that the owner was shown."""
    people.expected = (*people.expected, "401")  # nobody is signed in yet: the console asks and is told so
    login, password = await hired(people, "operator", "新来的")
    page = await people.page(DESKTOP)
    await page.goto(f"{people.hub.url}/console#/demo/desk")
    await page.locator("input[name=login]").fill(login)
    await page.locator("input[name=password]").fill(password)
    await page.get_by_role("button", name="登录").click()
    await expect(page.get_by_role("heading", name="接待台")).to_be_visible()


async def test_keys_take_canned_replies_and_suggestions(people: People) -> None:
    """Down to the buyer, Enter, c; a prepared reply by its name; what a rule would say by Alt+1, though a person holds it."""
    people.expected = (*people.expected, "401")
    desk = await at_desk(people, "operator")
    buyer = await people.buyer()
    await buyer.say("人工")
    await buyer.sees("这就请客服过来")
    await desk.row(buyer.person).focus()
    await desk.page.keyboard.press("Enter")
    await desk.sees("这就请客服过来")
    await desk.page.keyboard.press("c")
    await expect(desk.standing).to_contain_text("你正在接待")
    await desk.page.keyboard.press("/")
    await expect(desk.box).to_have_value("/")
    chosen = desk.page.locator(".desk-canned button[data-chosen=true] span")
    words = await chosen.inner_text()
    await desk.box.press("Enter")
    await expect(desk.box).to_have_value(words)
    await desk.box.fill("")

    await buyer.say("运费多少")
    await expect(desk.page.locator(".desk-suggestion").first).to_contain_text("Alt+1")
    await desk.box.press("Alt+1")
    await buyer.sees("59 元")
    await expect(buyer.line("59 元").locator(".tag")).to_have_count(0)
    await expect(desk.page.locator(".desk-suggestion")).to_have_count(0)
    await desk.page.keyboard.press("Escape")
    await desk.page.keyboard.press("?")
    await expect(desk.page.locator(".desk-keys")).to_be_visible()


async def test_two_of_the_staff_never_answer_at_once_without_knowing(people: People) -> None:
    """Each sees that the other looks, and types; who comes second sees who holds it and has nothing to write with; the owner is warned."""
    people.expected = (*people.expected, "401")
    buyer = await calls_for_people(people)
    first, owner = await at_desk(people, "operator"), await at_desk(people, "owner")
    for one in (first, owner):
        await one.open(buyer.person)
        await one.sees("这就请客服过来")
    await expect(first.standing).to_contain_text("掌柜小满 也在看")
    await expect(owner.standing).to_contain_text("客服小林 也在看")
    await owner.box.press_sequentially("我来")
    await expect(first.standing).to_contain_text("掌柜小满 正在输入")

    await first.page.get_by_role("button", name="接待", exact=True).click()
    await expect(owner.page.locator(".desk-held")).to_contain_text("客服小林 正在接待")
    await owner.page.get_by_role("button", name="由我接待").click()
    await expect(first.page.locator(".desk-held")).to_contain_text("掌柜小满 正在接待这个会话，你现在只能看")
    await expect(first.box).to_have_count(0)
    await owner.page.close()
    await expect(first.standing).not_to_contain_text("也在看")


async def two_operators(people: People) -> tuple[DeskPage, DeskPage]:
    """Two new colleagues of the same role, each at the desk."""
    desks = []
    for name in ("阿文", "阿武"):
        login, password = await hired(people, "operator", name)
        desks.append(DeskPage((await at_console(people, login, "desk", password=password)).page))
    return desks[0], desks[1]


async def test_two_operators_see_each_other_and_pass_a_buyer_on(people: People) -> None:
    """Both see who looks and who types; the one tags and passes on, the other has it then, with the tag and what happened."""
    buyer = await calls_for_people(people)
    first, second = await two_operators(people)
    for one in (first, second):
        await one.open(buyer.person)
        await one.sees("这就请客服过来")
    await expect(first.standing).to_contain_text("阿武 也在看")
    await expect(second.standing).to_contain_text("阿文 也在看")
    await first.box.press_sequentially("我")
    await expect(second.standing).to_contain_text("阿文 正在输入")
    await second.box.press_sequentially("我")
    await expect(first.standing).to_contain_text("阿武 正在输入")
    await first.box.fill("")
    await second.box.fill("")

    await first.page.get_by_role("button", name="接待", exact=True).click()
    await expect(second.page.locator(".desk-held")).to_contain_text("阿文 正在接待")
    side = first.page.get_by_role("complementary")
    await side.get_by_role("combobox", name="加标签，按回车").fill("急单")
    await first.page.keyboard.press("Enter")
    await expect(side.locator(".desk-tags")).to_contain_text("急单")
    await first.page.locator(".desk-moves").get_by_role("button", name="更多操作").click()
    await first.page.get_by_role("menuitem", name="转接").click()
    dialog = first.page.get_by_role("dialog", name="转接")
    await dialog.get_by_label("转给谁").select_option(label="阿武（客服）")
    await dialog.get_by_role("button", name="转交").click()
    await expect(second.standing).to_contain_text("你正在接待")
    await expect(first.page.locator(".desk-held")).to_contain_text("阿武 正在接待这个会话，你现在只能看")

    await second.say("您好，接下来由我跟进")
    await buyer.sees("接下来由我跟进")
    await second.page.reload()
    theirs = second.page.get_by_role("complementary")
    await expect(theirs.locator(".desk-tags")).to_contain_text("急单")
    await expect(theirs).to_contain_text("阿文 转给 阿武")


PRESSED_AT = """(box, at) => setTimeout(
    () => box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true })), at - Date.now(),
)"""
"""By the clock that all pages here share: pressed one after the other, the second box may be gone already."""


async def test_of_two_who_answer_at_once_one_knows_that_it_was_not_sent(people: People) -> None:
    """Both press Enter in a conversation that nobody has: the buyer hears one of them, and the other reads why theirs did not go out."""
    buyer = await calls_for_people(people)
    first, second = await two_operators(people)
    for one, text in ((first, "我是阿文，在的"), (second, "我是阿武，在的")):
        await one.open(buyer.person)
        await one.sees("这就请客服过来")
        await one.box.fill(text)
    at = time.time() * 1_000 + 500
    await asyncio.gather(*(one.box.evaluate(PRESSED_AT, at) for one in (first, second)))
    await expect(buyer.line("在的")).to_have_count(1)
    said = await buyer.line("在的").inner_text()
    winner, loser = (first, second) if "阿文" in said else (second, first)
    await expect(loser.page.locator(".line-failed")).to_contain_text("接待")
    await expect(loser.page.locator(".desk-held")).to_contain_text("正在接待")
    await expect(loser.box).to_have_count(0)
    await expect(winner.standing).to_contain_text("你正在接待")
    await expect(buyer.line("在的")).to_have_count(1)


async def test_sound_and_title_call_in_every_room(mortals: People) -> None:
    """In the rules, far from the desk: a buyer comes into the queue, is counted in the title of the tab, and is heard unless sound is off."""
    people = mortals
    hand = await at_console(people, "owner", "rules")
    page = hand.page
    await page.evaluate(HEARD)
    await page.locator("main.room h1").click()  # before a touch no browser makes a sound
    await calls_for_people(people)
    await expect(page).to_have_title(re.compile(r"^\(1\) "))
    assert await page.evaluate("globalThis.tones") == 2

    await hand.enter("desk")
    await page.get_by_role("button", name="提示音已开，点一下关闭").click()
    await hand.enter("account", "staff")
    await calls_for_people(people)
    await expect(page).to_have_title(re.compile(r"^\(2\) "))
    assert await page.evaluate("globalThis.tones") == 2


HEARD = """
    globalThis.tones = 0;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...when) { globalThis.tones += 1; return start.apply(this, when); };
    true  // a function at the end would be called
"""


async def test_both_pages_catch_up_after_the_hub_was_killed(mortals: People) -> None:
    """What both wrote while it was dead arrives once and in one order on both sides, and the desk hears on."""
    mortals.expected = (*mortals.expected, "401", "503")
    buyer = await calls_for_people(mortals)
    desk = await at_desk(mortals, "operator")
    await desk.open(buyer.person)
    await desk.say("在的")
    await buyer.sees("在的")
    await asyncio.to_thread(mortals.hub.kill)
    await expect(desk.page.locator(".link-banner")).to_be_visible()
    await expect(buyer.page.locator(".banner")).to_be_visible()
    await buyer.say("买家断线时写的")
    await desk.say("客服断线时写的")
    await asyncio.to_thread(mortals.hub.start)
    for one in (buyer, desk):
        await expect(one.page.locator("article[data-pending]")).to_have_count(0, timeout=40_000)
        for text in ("买家断线时写的", "客服断线时写的"):
            await one.sees(text)
    await buyer.say("恢复了吗")
    await desk.sees("恢复了吗")
    await desk.say("都好了")
    await buyer.sees("都好了")

    theirs, ours = await _texts(buyer), await _texts(desk)
    drawn = min(len(theirs), len(ours))  # a list draws no more than fits
    assert drawn >= 5
    assert theirs[-drawn:] == ours[-drawn:]
    assert [seq for seq, _ in ours] == list(range(ours[0][0], ours[-1][0] + 1))


async def _texts(one: BuyerPage | DeskPage) -> list[tuple[int, str]]:
    found: list[list[str]] = await one.page.locator("article[data-seq]").evaluate_all(
        "all => all.map((one) => [one.dataset.seq, one.querySelector('.words')?.textContent ?? ''])"
    )
    return [(int(seq), text) for seq, text in found]


async def test_strange_words_stay_words_and_the_desk_is_open_to_everybody(people: People) -> None:
    """Names, messages, notes and tags with markup, on both themes: text everywhere, and nothing serious for axe-core."""
    people.expected = (*people.expected, "401")
    buyer = await people.buyer(name="<b>客</b>")
    await buyer.say(STRANGE)
    await buyer.say("人工")
    await buyer.sees("这就请客服过来")
    found = {}
    for theme, size in (("light", DESKTOP), ("dark", PHONE)):
        desk = await at_desk(people, "operator", theme=theme, size=size)
        found[f"list {theme}"] = await findings(desk.page)
        await desk.open(buyer.person)
        await desk.sees("<script>")
        if theme == "light":
            await desk.page.get_by_role("textbox", name="写一条备注").fill(STRANGE)
            await desk.page.get_by_role("button", name="保存备注").click()
            await expect(desk.page.locator(".desk-note")).to_have_text(STRANGE)
        await expect(desk.page.get_by_role("heading", name="<b>客</b>").first).to_be_visible()
        found[f"conversation {theme}"] = await findings(desk.page)
        await desk.page.locator(".desk-why").last.click()
        await expect(desk.page.locator(".trace-rules").first).to_be_visible()
        await desk.page.wait_for_timeout(500)  # the drawer slides in, half transparent
        found[f"why {theme}"] = await findings(desk.page)
        assert await desk.page.evaluate("window.hit") is None
    assert {view: told for view, told in found.items() if told} == {}
