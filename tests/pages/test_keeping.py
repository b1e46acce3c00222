"""A follower who moderates one group has the tools where they are: in its chat and on its page, on a phone; and what a member sees of order."""

import re
from typing import Any

from playwright.async_api import Locator, Page, expect

from tests.pages.people import BuyerPage, People, until
from tests.pages.test_groups import Moderator, in_charge, join, show
from tests.pages.test_looks import findings

REASON = "连续发广告"


async def keeper_of(people: People, owner: Moderator, name: str = "阿木") -> BuyerPage:
    """A follower whom the owner made a moderator of this group, on their phone."""
    keeper = await people.buyer(name=name)
    await join(keeper, owner.group)
    await owner.do("PUT", f"/members/{keeper.person}/moderator")
    return keeper


async def menu_of(buyer: BuyerPage, text: str) -> Locator:
    """What can be done with a message."""
    await buyer.line(text).get_by_role("button", name="更多操作").click()
    return buyer.page.get_by_role("menu")


async def tend(page: Page, what: str, *, long: str | None = None) -> Locator:
    """Choose a measure, say why, and do it; the dialog as it then is."""
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("radio", name=what).check()
    if long is not None:
        await dialog.get_by_role("combobox").select_option(long)
    await expect(dialog.get_by_role("button", name=what)).to_be_disabled()
    await dialog.get_by_label("原因").fill(REASON)
    await dialog.get_by_role("button", name=what).click()
    await expect(dialog.get_by_role("status")).to_be_visible()
    return dialog


async def log_of(owner: Moderator, act: str) -> list[dict[str, Any]]:
    """The lines of the group's log about an act, the newest first."""
    return [line for line in (await owner.do("GET", "/log"))["items"] if line["act"] == act]


async def test_a_follower_who_moderates_mutes_from_the_message_and_takes_it_back(people: People) -> None:
    """For ten minutes, an hour or a day, with a reason they are told; undone at once, or later from the list of members."""
    owner = await in_charge(people)
    keeper = await keeper_of(people, owner)
    member = await people.buyer(name="大刘")
    await join(member, owner.group)
    await member.say("加我微信有优惠")
    await keeper.sees("加我微信有优惠")

    menu = await menu_of(keeper, "加我微信有优惠")
    await menu.get_by_role("menuitem", name="管理").click()
    dialog = keeper.page.get_by_role("dialog", name="管理大刘")
    await expect(dialog).to_contain_text("加我微信有优惠")
    await expect(dialog.get_by_role("option")).to_have_text(["10 分钟", "1 小时", "1 天"])
    assert await findings(keeper.page) == []
    await tend(keeper.page, "禁言", long="1 小时")
    await expect(dialog.get_by_role("status")).to_have_text(re.compile("已禁言大刘，到 .*[0-9]{2}:[0-9]{2}。"))
    barred = member.page.locator(".barred")
    await expect(barred).to_contain_text(f"原因：{REASON}")
    await dialog.get_by_role("button", name="撤销").click()
    await expect(dialog.get_by_role("status")).to_have_text("已撤销。")
    await expect(barred).to_have_count(0)
    await dialog.get_by_role("button", name="关闭").last.click()

    await show(keeper, owner.group, "/about")
    row = keeper.page.locator(".member", has_text="大刘")
    await row.get_by_role("button", name="管理大刘").press("Enter")
    await tend(keeper.page, "禁言", long="1 天")
    await keeper.page.keyboard.press("Escape")
    await expect(row).to_contain_text("禁言到")
    await expect(barred).to_be_visible()
    assert await findings(keeper.page) == []
    assert await keeper.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await row.get_by_role("button", name="解除禁言：大刘").click()
    await expect(row.get_by_text("禁言到")).to_have_count(0)
    await expect(barred).to_have_count(0)
    acts = [(line["actor"], line["reason"]) for line in await log_of(owner, "mute")]
    assert acts == [(keeper.person, REASON), (keeper.person, REASON)]
    assert len(await log_of(owner, "unmute")) == 2


async def test_a_follower_who_moderates_removes_messages_and_people(people: People) -> None:
    """What somebody wrote lately goes and is brought back; who is put out reads why, and so does who is warned and who is banned."""
    people.expected = (*people.expected, "403")
    owner = await in_charge(people)
    keeper = await keeper_of(people, owner)
    member = await people.buyer(name="大刘")
    await join(member, owner.group)
    await member.say("一条广告")
    await keeper.sees("一条广告")

    await (await menu_of(keeper, "一条广告")).get_by_role("menuitem", name="管理").click()
    dialog = await tend(keeper.page, "删除消息")
    await expect(dialog.get_by_role("status")).to_contain_text("已删除大刘的 1 条消息")
    await member.sees("一条广告", times=0)
    await dialog.get_by_role("button", name="撤销").click()
    await expect(dialog.get_by_role("status")).to_have_text("已撤销。")
    await member.sees("一条广告")
    await dialog.get_by_role("button", name="关闭").last.click()

    await (await menu_of(keeper, "一条广告")).get_by_role("menuitem", name="管理").click()
    await tend(keeper.page, "提醒")
    await expect(member.page.locator(".note.warning")).to_contain_text(REASON)
    await keeper.page.keyboard.press("Escape")
    await (await menu_of(keeper, "一条广告")).get_by_role("menuitem", name="管理").click()
    await tend(keeper.page, "移出小组")
    await expect(member.page.locator(".told")).to_contain_text(f"你被移出了小组。 原因：{REASON}")
    await keeper.page.keyboard.press("Escape")

    # Who is out already cannot be put out again, and the page says so; they can be kept out.
    await (await menu_of(keeper, "一条广告")).get_by_role("menuitem", name="管理").click()
    people.expected = (*people.expected, "404")
    dialog = keeper.page.get_by_role("dialog")
    await dialog.get_by_role("radio", name="移出小组").check()
    await dialog.get_by_label("原因").fill(REASON)
    await dialog.get_by_role("button", name="移出小组").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("小组里没有这个人")
    await tend(keeper.page, "封禁", long="一直有效")
    await expect(dialog.get_by_role("status")).to_have_text("已封禁大刘。")
    assert [(line["act"], line["actor"]) for line in (await owner.do("GET", "/log"))["items"]][:5] == [
        (act, keeper.person) for act in ("ban", "remove", "warn", "restore", "purge")
    ]


async def test_tools_are_offered_only_to_whom_the_hub_obeys(people: People) -> None:
    """Nothing against owners, moderators and oneself; to members nothing at all; and they come and go with the role."""
    owner = await in_charge(people)
    await owner.say("掌柜的话")
    keeper = await keeper_of(people, owner)
    other = await keeper_of(people, owner, "阿东")
    await other.say("另一位管理员的话")
    member = await people.buyer(name="大刘")
    await join(member, owner.group)
    await member.say("成员的话")
    await keeper.say("我的话")
    await keeper.sent("我的话")
    offered = {"掌柜的话": 0, "另一位管理员的话": 0, "我的话": 0, "成员的话": 1}
    for text, count in offered.items():
        menu = await menu_of(keeper, text)
        await expect(menu.get_by_role("menuitem", name="回复")).to_be_visible()
        await expect(menu.get_by_role("menuitem", name="管理")).to_have_count(count)
        await keeper.page.keyboard.press("Escape")
    menu = await menu_of(member, "我的话")
    await expect(menu.get_by_role("menuitem", name="举报")).to_be_visible()
    await expect(menu.get_by_role("menuitem", name="管理")).to_have_count(0)
    await member.page.keyboard.press("Escape")
    await show(member, owner.group, "/about")
    await expect(member.page.locator(".member", has_text="掌柜小满").locator(".tag")).to_have_text("掌柜")
    await expect(member.page.locator(".keeping")).to_have_count(0)
    await expect(member.page.locator(".member").get_by_role("button", name=re.compile("管理"))).to_have_count(0)
    await show(keeper, owner.group, "/about")
    await expect(keeper.page.locator(".member").get_by_role("button", name=re.compile("管理"))).to_have_count(1)
    await owner.do("DELETE", f"/members/{keeper.person}/moderator")
    await expect(keeper.page.locator(".keeping")).to_have_count(0)
    await expect(keeper.page.locator(".member").get_by_role("button", name=re.compile("管理"))).to_have_count(0)


async def test_held_messages_are_decided_from_the_groups_page(people: People) -> None:
    """Their author reads that they wait; who moderates is told so in the chat, lets one through and refuses the other, whose author reads why."""
    owner = await in_charge(people)
    await owner.do("POST", "/filters", {"name": "优惠", "action": "review", "words": ["内部优惠价"]})
    keeper = await keeper_of(people, owner)
    member = await people.buyer(name="大刘")
    await join(member, owner.group)
    waiting = member.page.locator("article[data-pending=held]")
    for number, text in enumerate(("内部优惠价找我", "内部优惠价有吗")):
        await member.say(text)
        await expect(waiting.nth(number)).to_contain_text("等待管理员审核，暂时只有你能看到")
    await keeper.sees("内部优惠价", times=0)
    await keeper.page.get_by_role("link", name="2 条消息等待审核").click()
    held = keeper.page.get_by_role("region", name="待审核的消息").locator("li")
    await expect(held).to_have_count(2)
    assert await findings(keeper.page) == []
    await held.filter(has_text="内部优惠价有吗").get_by_role("button", name="放行").click()
    await expect(held).to_have_count(1)
    await expect(waiting).to_have_count(1)
    await member.sent("内部优惠价有吗")

    await held.get_by_role("button", name="不通过").click()
    dialog = keeper.page.get_by_role("dialog")
    await dialog.get_by_label("原因").fill("不在群里卖东西")
    await dialog.get_by_role("button", name="不通过").click()
    await expect(keeper.page.get_by_text("没有等待审核的消息。")).to_be_visible()
    failed = member.page.locator(".line-failed")
    await expect(failed).to_have_text(re.compile("没有发出：管理员没有通过这条消息。 原因：不在群里卖东西"))
    await expect(failed.get_by_role("button", name="点此重发")).to_have_count(0)
    await failed.get_by_role("button", name="重新编辑").click()
    await expect(member.box).to_have_value("内部优惠价找我")
    await expect(failed).to_have_count(0)
    await show(keeper, owner.group)
    await keeper.sees("内部优惠价有吗")
    await expect(keeper.page.get_by_role("link", name=re.compile("等待审核"))).to_have_count(0)


async def test_what_a_filter_blocks_or_the_order_forbids_says_so(people: People) -> None:
    """And not the word; a blocked text is edited, not sent again; a link where there are none is told as such."""
    owner = await in_charge(people)
    await owner.do("POST", "/filters", {"name": "脏话", "action": "block", "words": ["臭鸡蛋"]})
    order = {"links": {"mode": "none"}, "media": False}
    await people.change(owner.token, "PATCH", f"/groups/{owner.group}/order", order, (await owner.do("GET", ""))["version"])
    member = await people.buyer(name="大刘")
    await join(member, owner.group)
    await member.say("你这个臭鸡蛋")
    failed = member.page.locator(".line-failed")
    await expect(failed).to_contain_text("没有发出：这条消息不能发送，请修改后再试。")
    await expect(failed).not_to_contain_text("臭鸡蛋")
    await expect(failed.get_by_role("button", name="点此重发")).to_have_count(0)
    await failed.get_by_role("button", name="删除").click()
    await expect(failed).to_have_count(0)
    await member.say("看 https://shop.example/1")
    await expect(failed).to_contain_text("没有发出：这里不能发这个链接。")
    await expect(member.page.get_by_role("button", name="图片")).to_have_count(0)


async def test_slow_mode_and_quiet_are_set_and_told_with_their_end(people: People) -> None:
    """By who moderates from their phone; members read how long they wait, and until when and why nobody writes; both go by themselves."""
    owner = await in_charge(people)
    keeper = await keeper_of(people, owner)
    member = await people.buyer(name="大刘")
    await join(member, owner.group)
    await show(keeper, owner.group, "/about")
    slow = keeper.page.get_by_label("慢速模式")
    await slow.select_option("每 10 秒一条")
    timer = member.page.locator(".slow")
    await expect(timer).to_have_text("慢速模式：每人每 10 秒可以发一条")
    await member.say("第一句")
    await member.sent("第一句")
    await expect(timer).to_have_text(re.compile("慢速模式：[0-9]+ 秒后可以再发"))
    await member.box.fill("第二句")
    await expect(member.page.get_by_role("button", name="发送")).to_be_disabled()
    await member.box.press("Enter")
    await expect(member.box).to_have_value("第二句")
    await expect(member.page.get_by_role("button", name="发送")).to_be_enabled()
    await member.page.get_by_role("button", name="发送").click()
    await member.sent("第二句")
    await slow.select_option("关闭")
    await expect(timer).to_have_count(0)

    await keeper.page.get_by_role("button", name="全员禁言").click()
    dialog = keeper.page.get_by_role("dialog")
    await dialog.get_by_label("多久").select_option("10 分钟")
    await dialog.get_by_label("原因").fill("先冷静一下")
    await dialog.get_by_role("button", name="全员禁言").click()
    barred = member.page.locator(".barred")
    await expect(barred).to_contain_text(re.compile("全员禁言到.*[0-9]{2}:[0-9]{2}"))
    await expect(barred).to_contain_text("原因：先冷静一下")
    await expect(barred.get_by_role("button")).to_have_count(0)
    await expect(keeper.page.locator(".keeping .told")).to_contain_text("先冷静一下")
    assert await findings(keeper.page) == []
    await show(keeper, owner.group)
    await keeper.say("管理员还能说话")
    await keeper.sent("管理员还能说话")
    await show(keeper, owner.group, "/about")
    await keeper.page.get_by_role("button", name="解除全员禁言").click()
    await expect(member.box).to_be_visible()

    async def is_over() -> bool:
        return bool((await owner.do("GET", ""))["order"]["silent_until"] is None)

    await until(is_over)
    assert [line["actor"] for line in await log_of(owner, "silence")][:1] == [keeper.person]


async def test_who_asks_to_join_is_let_in_from_the_groups_page(people: People) -> None:
    """With what they answered; who is declined reads why."""
    owner = await in_charge(people, joining="approval", question="买过什么？")
    keeper, ann, bob = [await people.buyer(name=name) for name in ("阿木", "小雨", "大刘")]
    for one, answer in ((keeper, "裙子"), (ann, "一件亚麻衬衫"), (bob, "加我微信")):
        await show(one, owner.group)
        await one.page.get_by_label("买过什么").fill(answer)
        await one.page.get_by_role("button", name="申请加入").click()
        await expect(one.page.get_by_text("等待管理员审核")).to_be_visible()
    await owner.do("POST", f"/requests/{keeper.person}", {"approve": True})
    await owner.do("PUT", f"/members/{keeper.person}/moderator")
    await expect(keeper.box).to_be_visible()
    await keeper.page.reload()  # nobody is told of who asks: it is read when one looks
    await keeper.page.get_by_role("link", name="2 人申请加入").click()
    asking = keeper.page.locator(".waiting li")
    await expect(asking).to_have_count(2)
    assert await findings(keeper.page) == []
    await asking.filter(has_text="一件亚麻衬衫").get_by_role("button", name="同意小雨加入").click()
    await expect(ann.box).to_be_visible()
    await asking.get_by_role("button", name="拒绝大刘加入").click()
    dialog = keeper.page.get_by_role("dialog")
    await dialog.get_by_label("原因").fill("看着像广告号")
    await dialog.get_by_role("button", name="拒绝").click()
    await expect(bob.page.locator(".told")).to_contain_text("看着像广告号")
    await expect(asking).to_have_count(0)
    assert await keeper.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_reports_are_decided_from_the_groups_page(people: People) -> None:
    """What was written, by whom, and why it was reported; a mute with a reason, and its undo; another case comes to nothing. The account reads who decided."""
    owner = await in_charge(people)
    keeper = await keeper_of(people, owner)
    member, other = await people.buyer(name="大刘"), await people.buyer(name="小雨")
    for one, text in ((member, "你们都是傻瓜"), (other, "今天天气不错")):
        await join(one, owner.group)
        await one.say(text)
        await keeper.sees(text)
    for reporter, seq, note in ((other, 1, "骂人"), (member, 2, "无聊")):
        rest = await people.rest(reporter.token)
        await rest.ask("POST", f"/groups/{owner.group}/reports", {"seq": seq, "reason": "abuse", "note": note})

    await keeper.page.get_by_role("link", name="2 人被举报或有异常").click()
    case = keeper.page.locator(".waiting li", has_text="你们都是傻瓜")
    await expect(case).to_contain_text("辱骂、骚扰：骂人")
    await expect(case).to_contain_text("1 人举报")
    assert await findings(keeper.page) == []
    await case.get_by_role("button", name="处理大刘").press("Enter")
    dialog = keeper.page.get_by_role("dialog")
    await expect(dialog.get_by_role("radio", name="不处理")).to_be_checked()
    await tend(keeper.page, "禁言", long="1 小时")
    barred = member.page.locator(".barred")
    await expect(barred).to_contain_text(f"原因：{REASON}")
    await expect(case).to_have_count(0)
    await dialog.get_by_role("button", name="撤销").click()
    await expect(dialog.get_by_role("status")).to_have_text("已撤销。")
    await expect(barred).to_have_count(0)
    await dialog.get_by_role("button", name="关闭").last.click()

    await keeper.page.get_by_role("button", name="处理小雨").click()
    dialog = await tend(keeper.page, "不处理")
    await expect(dialog.get_by_role("button", name="撤销")).to_have_count(0)
    await dialog.get_by_role("button", name="关闭").last.click()
    await expect(keeper.page.get_by_role("heading", name="举报和异常")).to_have_count(0)
    decided = (await owner.rest.ask("GET", f"/accounts/demo/cases?state=decided&group={owner.group}"))["items"]
    assert [(one["decision"]["act"], one["decision"]["by"]["id"]) for one in decided] == [("dismiss", keeper.person), ("mute", keeper.person)]
    assert await keeper.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
