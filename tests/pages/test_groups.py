"""A buyer in groups, with a real browser and a real hub: coming in, being muted, called by name, leaving."""

import asyncio
import re
import secrets
from typing import Any

from playwright.async_api import expect

from channels.rest_client import Rest
from tests.journeys.voices import signed_in
from tests.pages.people import DESKTOP, BuyerPage, People

STRANGE = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>'


class Moderator:
    """The owner of the demo, by REST, in charge of one group made for a test."""

    def __init__(self, rest: Rest, group: str, token: str) -> None:
        self.rest = rest
        self.group = group
        self.token = token

    async def say(self, text: str, **more: Any) -> int:
        """Write in the group; the seq of what was written."""
        body = {"key": secrets.token_hex(8), "kind": "text", "body": {"text": text, **more}}
        return int((await self.rest.ask("POST", f"/conversations/{self.group}/messages", body))["seq"])

    async def do(self, method: str, path: str, body: Any = None) -> Any:
        """Something with the group."""
        return await self.rest.ask(method, f"/groups/{self.group}{path}", body)

    async def mute(self, person: str, seconds: int = 3_600, reason: str = "连续发广告") -> None:
        """Mute a member."""
        await self.do("PUT", f"/sanctions/{person}/mute", {"seconds": seconds, "reason": reason})

    async def alone(self) -> "Moderator":
        """Who moderates in other tests has gone: nobody else hears appeals."""
        for one in (await self.rest.ask("GET", "/accounts/demo/staff"))["items"]:
            if one["role"] == "moderator":
                await self.rest.ask("DELETE", f"/accounts/demo/staff/{one['person']['id']}")
        return self


async def in_charge(people: People, **new: Any) -> Moderator:
    """The owner of the demo, with a new group."""
    token = await signed_in(people.hub, "owner")
    rest = await people.rest(token)
    made = await rest.ask("POST", "/accounts/demo/groups", {"name": f"茶友 {secrets.token_hex(2)}", **new})
    return Moderator(rest, str(made["id"]), token)


async def show(buyer: BuyerPage, group: str, part: str = "") -> None:
    """Go to a group's page."""
    await buyer.page.evaluate(f"location.hash = '#/g/{group}{part}'")


async def join(buyer: BuyerPage, group: str) -> None:
    """Come in through the door."""
    await show(buyer, group)
    await buyer.page.locator(".choice-box .main").click()
    await expect(buyer.box).to_be_visible()


async def test_a_follower_joins_is_muted_reads_until_when_and_why_and_writes_again(people: People) -> None:
    """By their own choice, with the rules before their eyes; the mute replaces where one writes, and goes by itself, or when it is lifted."""
    moderator = await in_charge(people, rules="1. 不发广告", about="喝茶聊天")
    await moderator.say("欢迎")
    buyer = await people.buyer(name="小雨")
    await buyer.page.evaluate("location.hash = '#/a/demo'")
    await expect(buyer.page.locator(".account-groups")).to_contain_text("茶友")
    await show(buyer, moderator.group)
    await expect(buyer.page.locator(".panel")).to_contain_text("1. 不发广告")
    assert (await (await people.rest(buyer.token)).ask("GET", "/groups"))["items"] == [], "looking joins nothing"
    await buyer.page.get_by_role("button", name="同意规则并加入").click()
    await buyer.sees("欢迎")
    await buyer.say("大家好")
    await buyer.sent("大家好")
    await expect(buyer.line("欢迎").locator(".tag")).to_have_text("掌柜")

    await moderator.mute(buyer.person)
    barred = buyer.page.locator(".barred")
    await expect(barred).to_contain_text(re.compile("你被禁言到.*[0-9]{2}:[0-9]{2}"))
    await expect(barred).to_contain_text("原因：连续发广告")
    await expect(buyer.box).to_have_count(0)
    await buyer.page.reload()
    await expect(barred).to_contain_text("连续发广告")
    await moderator.do("DELETE", f"/sanctions/{buyer.person}/mute")
    await buyer.say("我知道了")
    await buyer.sent("我知道了")

    # Told a near end, the page lets one write again by itself: nothing is pushed when a mute ends.
    await buyer.page.clock.install()
    await moderator.mute(buyer.person, 60, "冷静一下")
    await expect(barred).to_contain_text("冷静一下")
    await buyer.page.context.set_offline(True)  # a new connection would set the page's clock by the hub's again, which nobody put forward
    await buyer.page.clock.fast_forward(61_000)
    await expect(buyer.box).to_be_visible()
    await expect(barred).to_have_count(0)


async def test_a_muted_member_appeals_and_writes_again_when_it_is_lifted(people: People) -> None:
    """Where one would write: a text, the thread with its state, one more word; what is decided comes by itself, after a reload too."""
    moderator = await (await in_charge(people)).alone()
    buyer = await people.buyer(name="小雨")
    await join(buyer, moderator.group)
    await moderator.mute(buyer.person)
    await buyer.page.get_by_role("button", name="申诉", exact=True).click()
    dialog = buyer.page.get_by_role("dialog")
    await expect(dialog.get_by_role("button", name="提交申诉")).to_be_disabled()
    await dialog.get_by_label("你的理由").fill(STRANGE)
    await dialog.get_by_role("button", name="提交申诉").click()
    await expect(dialog.get_by_role("status")).to_contain_text("等待管理员处理")
    await expect(dialog.get_by_role("status")).to_contain_text("只有一位管理员")
    await expect(dialog.locator(".appeal-said li")).to_have_text([re.compile("<script>window.hit=1</script>")])
    await buyer.page.reload()
    await buyer.page.get_by_role("button", name="查看申诉：处理中").click()
    await dialog.get_by_label("补充一句").fill("请再看一下")
    await dialog.get_by_role("button", name="发送", exact=True).click()
    await expect(dialog.locator(".appeal-said li")).to_have_count(2)

    (waiting,) = [one for one in (await moderator.rest.ask("GET", "/accounts/demo/appeals"))["items"] if one["group"] == moderator.group]
    said = await moderator.rest.ask("GET", f"/appeals/{waiting['id']}/messages")
    assert [one["text"] for one in said["items"]] == [STRANGE, "请再看一下"]
    await moderator.rest.ask("POST", f"/appeals/{waiting['id']}/messages", {"text": "我看看"})
    await expect(dialog.locator(".appeal-said li").last).to_contain_text("我看看")
    await moderator.rest.ask("POST", f"/appeals/{waiting['id']}/decide", {"verdict": "lift", "reason": "看错了"})
    await expect(buyer.page.locator(".note")).to_contain_text("申诉成功，处罚已取消。 原因：看错了")
    await buyer.say("谢谢")
    await buyer.sent("谢谢")
    assert await buyer.page.evaluate("window.hit") is None

    # Against the next one one appeals anew; upheld, it stays, and says why.
    await moderator.mute(buyer.person, 7_200, "又来了")
    await buyer.page.get_by_role("button", name="申诉", exact=True).click()
    await dialog.get_by_label("你的理由").fill("不是我")
    await dialog.get_by_role("button", name="提交申诉").click()
    await expect(dialog.get_by_role("status")).to_contain_text("等待管理员处理")
    (waiting,) = [one for one in (await moderator.rest.ask("GET", "/accounts/demo/appeals"))["items"] if one["group"] == moderator.group]
    await moderator.rest.ask("POST", f"/appeals/{waiting['id']}/decide", {"verdict": "uphold", "reason": "证据清楚"})
    await expect(dialog.get_by_role("status")).to_contain_text(re.compile("维持处罚.*证据清楚"))
    await expect(dialog.get_by_label("补充一句")).to_have_count(0)
    await expect(buyer.box).to_have_count(0)


async def test_who_is_banned_appeals_at_the_door(people: People) -> None:
    """What was told is forgotten by a reload, and told again where one would come in; the appeal is found again, and what became of it shown."""
    people.expected = (*people.expected, "404", "403")
    moderator = await (await in_charge(people)).alone()
    buyer = await people.buyer(name="阿木")
    await join(buyer, moderator.group)
    await moderator.do("PUT", f"/sanctions/{buyer.person}/ban", {"reason": "骚扰"})
    await expect(buyer.page.locator(".told")).to_contain_text("骚扰")
    await buyer.page.reload()
    await buyer.page.locator(".choice-box .main").click()
    await expect(buyer.page.locator(".told")).to_contain_text("骚扰")
    await buyer.page.get_by_role("button", name="申诉", exact=True).click()
    dialog = buyer.page.get_by_role("dialog")
    await dialog.get_by_label("你的理由").fill("不是我")
    await dialog.get_by_role("button", name="提交申诉").click()
    await expect(dialog.get_by_role("status")).to_contain_text("等待管理员处理")
    await buyer.page.reload()
    await buyer.page.get_by_role("button", name="查看申诉：处理中").click()
    await expect(dialog.locator(".appeal-said")).to_contain_text("不是我")
    (waiting,) = [one for one in (await moderator.rest.ask("GET", "/accounts/demo/appeals"))["items"] if one["group"] == moderator.group]
    await moderator.rest.ask("POST", f"/appeals/{waiting['id']}/decide", {"verdict": "lift", "reason": "看错了"})
    await expect(dialog.get_by_role("status")).to_contain_text("申诉成功")


async def test_approval_and_invitation_are_told_as_they_are(people: People) -> None:
    """An answer is asked for and waits; an invitation stands in the list, and joins nobody until it is accepted; who is put out reads why."""
    people.expected = (*people.expected, "404", "403")  # a group that is not for somebody is not there; who is put out may be asking just then
    strict = await in_charge(people, joining="approval", question="买过什么？")
    secret = await in_charge(people, joining="invitation")
    buyer = await people.buyer(size=DESKTOP)
    rest = await people.rest(buyer.token)
    await show(buyer, strict.group)
    await buyer.page.get_by_label("买过什么").fill("一件亚麻衬衫")
    await buyer.page.get_by_role("button", name="申请加入").click()
    await expect(buyer.page.get_by_text("等待管理员审核")).to_be_visible()
    asking = (await strict.do("GET", "/requests"))["items"]
    assert [(one["person"]["id"], one["answer"]) for one in asking] == [(buyer.person, "一件亚麻衬衫")]
    await strict.do("POST", f"/requests/{buyer.person}", {"approve": True})
    await expect(buyer.box).to_be_visible()
    await strict.do("POST", f"/members/{buyer.person}/removal", {"reason": "多次刷屏"})
    await expect(buyer.page.locator(".told")).to_contain_text("你被移出了小组。 原因：多次刷屏")

    await show(buyer, secret.group)
    await expect(buyer.page.get_by_role("alert")).to_contain_text("没有这个小组")
    await buyer.page.evaluate("location.hash = '#/'")
    await secret.do("PUT", f"/invitations/{buyer.person}")
    await buyer.page.locator("a.invitation").click()
    await expect(buyer.page.get_by_text("接受了才会加入")).to_be_visible()
    assert (await rest.ask("GET", "/groups"))["items"] == []
    await buyer.page.get_by_role("button", name="接受邀请并加入").click()
    await expect(buyer.box).to_be_visible()
    await expect(buyer.page.locator("a.invitation")).to_have_count(0)
    await show(buyer, secret.group, "/about")
    await buyer.page.get_by_role("button", name="退出小组").click()
    await buyer.page.get_by_role("dialog").get_by_role("button", name="退出小组").click()
    await expect(buyer.page.locator(".told, [role=alert]")).to_contain_text(re.compile("退出|没有这个小组"))
    assert (await rest.ask("GET", "/groups"))["items"] == []


async def test_members_call_each_other_by_name(people: People) -> None:
    """Chosen from a list by the keyboard; whoever is called finds it in the list, marked in the chat, and is led there; two tabs agree."""
    moderator = await in_charge(people)
    ann = await people.buyer(size=DESKTOP, name="小雨")
    bob = await people.buyer(size=DESKTOP, name="阿木")
    for one in (ann, bob):
        await join(one, moderator.group)
    await bob.page.evaluate("location.hash = '#/settings'")
    other = await people.buyer(size=DESKTOP, person=bob.person, name="阿木")
    await other.page.evaluate("location.hash = '#/settings'")

    await ann.box.press_sequentially("问一下@阿")
    await expect(ann.page.get_by_role("option", name="阿木")).to_be_visible()
    await ann.box.press("Enter")
    await expect(ann.box).to_have_value("问一下@阿木 ")
    await ann.box.press_sequentially("尺码准吗")
    await ann.box.press("Enter")
    await ann.sent("尺码准吗")
    for number in range(40):
        await moderator.say(f"后来的话 {number}")

    for tab in (bob, other):
        row = tab.page.locator("nav a.row", has_text="茶友")
        await expect(row.locator(".row-called")).to_have_text("[有人@你]")
        await expect(row.locator(".badge")).to_contain_text("41")
    await bob.page.locator("nav a.row", has_text="茶友").click()
    await expect(bob.line("尺码准吗")).to_have_attribute("data-called", "true")
    await bob.page.get_by_role("button", name="回到最新").or_(bob.page.get_by_role("button", name=re.compile("条新消息"))).last.click()
    await bob.sees("后来的话 39")
    for tab in (bob, other):
        await expect(tab.page.locator("nav .row-called")).to_have_count(0)
        await expect(tab.page.locator("nav a.row", has_text="茶友").locator(".badge")).to_have_count(0)


async def test_a_member_reports_what_another_wrote(people: People) -> None:
    """From the menu of the message, with a reason; whoever keeps order is told; done is said when the hub has it."""
    moderator = await in_charge(people)
    ann, bob = await people.buyer(name="小雨"), await people.buyer(name="阿木")
    for one in (ann, bob):
        await join(one, moderator.group)
    await bob.say("这茶真难喝")
    await ann.sees("这茶真难喝")
    heard = await people.hears(moderator.token, "notice")
    await ann.line("这茶真难喝").get_by_role("button", name="更多操作").click()
    await ann.page.get_by_role("menuitem", name="举报").click()
    dialog = ann.page.get_by_role("dialog")
    await expect(dialog).to_contain_text("这茶真难喝")
    await expect(dialog.get_by_role("button", name="提交举报")).to_be_disabled()
    await dialog.get_by_label("广告").check()
    await dialog.get_by_role("button", name="提交举报").click()
    await expect(dialog).to_contain_text("已收到")
    async with asyncio.timeout(15):
        told = await heard.get()
        while told["kind"] != "report":
            told = await heard.get()
    assert told["group"] == moderator.group


TELLTALE = """
    document.hasFocus = () => false;  // as if one looked at another window: without a screen nobody does
    globalThis.told = [];
    const Shown = globalThis.Notification;
    globalThis.Notification = class extends Shown {
        constructor(title, more) { super(title, more); globalThis.told.push([title, more.body]); }
    };
"""


async def test_notices_are_shown_once_and_not_of_what_is_hushed(people: People) -> None:
    """Permission is asked by a click alone; of two tabs of one browser one tells; a hushed group is silent, and its count is grey."""
    moderator = await in_charge(people)
    buyer = await people.buyer(size=DESKTOP)
    await join(buyer, moderator.group)
    context = buyer.page.context
    await context.grant_permissions(["notifications"], origin=people.hub.url)
    await context.add_init_script(TELLTALE)
    second = await context.new_page()
    people.watch(second)
    await second.goto(f"{people.hub.url}/#token={buyer.token}")
    await buyer.page.evaluate("location.hash = '#/settings'")
    await buyer.page.reload()
    await second.evaluate("location.hash = '#/settings'")
    assert await buyer.page.evaluate("localStorage.getItem('weihub.notify')") is None
    await buyer.page.get_by_role("switch", name="桌面通知").check()

    await moderator.say("第一条")
    rows = [page.locator("nav a.row", has_text="茶友") for page in (buyer.page, second)]
    for row in rows:
        await expect(row.locator(".badge")).to_contain_text("1")
    told = [one for page in (buyer.page, second) for one in await page.evaluate("globalThis.told")]
    assert [body for _, body in told] == ["掌柜小满：第一条"]

    await buyer.page.get_by_role("switch", name="茶友").click()
    await expect(rows[1].locator(".badge")).to_have_attribute("data-muted", "false")
    await expect(rows[0].locator(".badge")).to_have_attribute("data-muted", "true")
    await moderator.say("第二条")
    await expect(rows[0].locator(".badge")).to_contain_text("2")
    assert "第二条" not in await buyer.page.evaluate("JSON.stringify(globalThis.told)")


async def test_what_a_group_announces_and_pins_is_shown_and_leads_there(people: People) -> None:
    """Strange strings in its name, rules, announcement, pins, and names of members stay text; a card of a rule leads to its door."""
    moderator = await in_charge(people, name=STRANGE[:64], about=STRANGE, rules=STRANGE)
    first = await moderator.say(STRANGE)
    await moderator.do("PUT", f"/pins/{first}")
    await moderator.do("PUT", "/announcement", {"text": STRANGE})
    for number in range(60):
        await moderator.say(f"话 {number}")
    buyer = await people.buyer(name=STRANGE[:60])
    operator = await people.operator()
    await operator.send(buyer.person, "card", {"title": "来小组聊", "ref": f"group:{moderator.group}"})
    await buyer.page.get_by_role("link", name="查看小组").click()
    await expect(buyer.page.locator(".panel")).to_contain_text("<script>window.hit=1</script>")
    await buyer.page.locator(".choice-box .main").click()
    await buyer.sees("话 59")
    await expect(buyer.page.locator(".note").first).to_contain_text("<img src=x")
    await buyer.page.locator(".pins .note-text").click()
    await expect(buyer.page.locator(f'article[data-seq="{first}"]')).to_be_focused()
    await moderator.do("DELETE", f"/pins/{first}")
    await expect(buyer.page.locator(".pins")).to_have_count(0)
    await show(buyer, moderator.group, "/about")
    await expect(buyer.page.locator(".members")).to_contain_text("<img src=x")
    assert await buyer.page.evaluate("window.hit") is None
    assert await buyer.page.locator("#root script, #root img[src=x]").count() == 0
    assert await buyer.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
