"""The console's room of groups: what moderators do there holds at the hub, and each act leaves its line."""

import secrets

import pytest
from playwright.async_api import expect

from channels.rest_client import Refused
from tests.pages.circles import XSS, a_group, a_member, an_appeal, peopled, say
from tests.pages.people import DESKTOP, PHONE, People, until
from tests.pages.staff import Hand, at_console, hired, owner_of
from tests.pages.test_looks import findings


async def test_an_owner_makes_a_group_and_ends_it(people: People) -> None:
    """Named, ruled, announced; it ends only for who types its name."""
    hand = await at_console(people, "owner", "groups")
    page, name = hand.page, f"新品 {secrets.token_hex(3)} {XSS}"
    await hand.button("新建小组").click()
    await page.get_by_label("名称").fill(name)
    await page.get_by_label("申请加入").check()
    await hand.button("创建").click()
    await expect(page.get_by_role("heading", name=name)).to_be_visible()
    await page.get_by_label("入组问题").fill("买过什么？")
    await page.get_by_label("组规").fill("不发广告")
    await hand.button("保存").click()
    await hand.told("已保存")
    await page.get_by_role("textbox", name="公告").fill("周五上新")
    await hand.button("发布公告").click()
    rest, group = await owner_of(people), page.url.split("/g/")[1].split("/")[0]

    async def announced() -> bool:
        return bool(((await rest.ask("GET", f"/groups/{group}"))["announcement"] or {}).get("text") == "周五上新")

    await until(announced)
    seen = await rest.ask("GET", f"/groups/{group}")
    assert (seen["joining"], seen["question"], seen["rules"]) == ("approval", "买过什么？", "不发广告")

    await hand.button("解散").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("原因").fill("活动结束")
    await dialog.get_by_label("确认").fill(name[:-1])
    await expect(dialog.get_by_role("button", name="解散")).to_be_disabled()
    await dialog.get_by_label("确认").fill(name)
    await dialog.get_by_role("button", name="解散").click()
    await expect(page.get_by_role("heading", name="小组", exact=True)).to_be_visible()
    assert (await rest.ask("GET", f"/groups/{group}"))["dissolved_at"] is not None
    assert await page.title() != "1"


async def test_a_moderator_mutes_a_member_and_lifts_it(people: People) -> None:
    """With a reason, seen in sanctions and in the log; what the table forbids is not offered."""
    group = await a_group(people, f"闲聊 {secrets.token_hex(3)}")
    await a_member(people, group, f"阿强 {XSS}")
    login, password = await hired(people, "moderator", "小组长")
    hand = await at_console(people, login, "groups", "g", group, "members", password=password)
    page = hand.page
    row = page.get_by_role("list", name="成员").get_by_role("listitem").filter(has_text="阿强")
    await expect(row.get_by_role("button", name="设为管理员")).to_have_count(0)
    await row.get_by_role("button", name="禁言").click()
    await page.get_by_role("dialog").get_by_label("多久").select_option("1 小时")
    await page.get_by_role("dialog").get_by_label("原因").fill("刷屏")
    await page.get_by_role("dialog").get_by_role("button", name="禁言").click()
    await expect(row).to_contain_text("禁言到")

    await _enter(hand, group, "sanctions")
    sanction = page.get_by_role("list", name="处罚").get_by_role("listitem").filter(has_text="阿强")
    await expect(sanction).to_contain_text("刷屏")
    await expect(sanction).to_contain_text("小组长")
    await sanction.get_by_role("button").click()
    await expect(sanction).to_have_count(0)

    await _enter(hand, group, "log")
    log = page.get_by_role("list", name="记录").get_by_role("listitem")
    await expect(log.filter(has_text="刷屏")).to_have_count(1)
    await page.get_by_label("只看哪种操作").select_option("解除禁言")
    await expect(log).to_have_count(1)
    assert await page.title() != "1"


async def test_a_member_is_found_warned_and_purged(people: People) -> None:
    """By name; what was removed comes back by the way that is offered there."""
    group = await a_group(people, f"清理 {secrets.token_hex(3)}")
    await a_member(people, group, "阿芳", says="大家好")
    await a_member(people, group, f"阿广 {XSS}", says="加我买便宜货")
    hand = await at_console(people, "owner", "groups", "g", group, "members")
    page, rest = hand.page, await owner_of(people)
    rows = page.get_by_role("list", name="成员").get_by_role("listitem")
    row = rows.filter(has_text="阿广")
    await expect(row).to_have_count(1)
    await page.get_by_role("searchbox", name="按名字查找成员").fill("阿广")
    await hand.button("查找").click()
    await expect(rows).to_have_count(1)
    dialog = page.get_by_role("dialog")
    await row.get_by_role("button", name="警告").click()
    await dialog.get_by_label("原因").fill("别发广告")
    await dialog.get_by_role("button", name="警告").click()
    await expect(dialog).to_have_count(0)
    await row.get_by_role("button", name="清除").click()
    await dialog.get_by_label("原因").fill("广告")
    await dialog.get_by_role("button", name="清除发言").click()
    await expect(dialog.get_by_role("status")).to_contain_text("已清除 1 条")

    async def written() -> list[str]:
        return [one["body"].get("text", "") for one in (await rest.ask("GET", f"/conversations/{group}/messages"))["messages"] if one.get("body")]

    assert "加我买便宜货" not in await written()
    await dialog.get_by_label("恢复的原因").fill("看错了")
    await dialog.get_by_role("button", name="恢复发言").click()
    await expect(dialog).to_have_count(0)
    assert "加我买便宜货" in await written()
    acts = [line["act"] for line in (await rest.ask("GET", f"/groups/{group}/log"))["items"]]
    assert acts[:3] == ["restore", "purge", "warn"]

    await row.get_by_role("button", name="清除").click()
    await dialog.get_by_label("原因").fill("还是广告")
    await dialog.get_by_role("button", name="清除发言").click()
    await dialog.get_by_role("button", name="关闭").last.click()
    await _enter(hand, group, "sanctions")
    purged = page.get_by_role("list", name="可以恢复的清除").get_by_role("listitem")
    await expect(purged).to_contain_text(["清除了 1 条发言"])
    await purged.get_by_role("button").click()
    await dialog.get_by_label("恢复的原因").fill("申诉有理")
    await dialog.get_by_role("button", name="恢复发言").click()
    await expect(purged).to_have_count(0)
    assert "加我买便宜货" in await written()
    assert await page.title() != "1"


async def test_a_moderator_lets_somebody_in_and_reads_what_they_say(people: People) -> None:
    """The answer to the question is shown as it was written; the message comes while one looks."""
    group = await a_group(people, f"老客 {secrets.token_hex(3)}", joining="approval", question="买过什么？")
    person = await a_member(people, group, "阿敏")
    hand = await at_console(people, "owner", "groups", "g", group, "requests")
    page = hand.page
    asking = page.get_by_role("list", name="入组申请").get_by_role("listitem")
    await expect(asking).to_contain_text(XSS)
    await asking.get_by_role("button", name="同意").click()
    await expect(asking).to_have_count(0)
    await _enter(hand, group, "chat")
    await page.get_by_role("textbox", name="输入消息").fill(f"欢迎 {XSS}")
    await page.keyboard.press("Enter")
    await expect(page.locator("article.line").filter(has_text=f"欢迎 {XSS}")).to_have_count(1)
    await _enter(hand, group, "order")
    await page.get_by_label("慢速模式").select_option("10 秒")
    await hand.button("保存").click()
    await hand.told("已保存")
    assert (await (await owner_of(people)).ask("GET", f"/groups/{group}"))["order"]["slow_s"] == 10
    await _enter(hand, group, "chat")
    rest = await people.rest(people.token(person, "阿敏"))
    await say(rest, group, "大家好，我是新来的")
    await expect(page.locator("article.line").filter(has_text="我是新来的")).to_have_count(1)
    assert await page.title() != "1"


async def test_the_chat_of_a_group_opens_by_its_address(people: People) -> None:
    """Though the page stands before its connection does."""
    group = await a_group(people, f"直达 {secrets.token_hex(3)}")
    await a_member(people, group, "阿芳", says="大家好")
    hand = await at_console(people, "owner", "groups", "g", group, "chat")
    await expect(hand.page.locator("article.line").filter(has_text="大家好")).to_have_count(1)
    await expect(hand.page.get_by_role("alert")).to_have_count(0)


async def test_a_list_is_written_tried_and_enforced(people: People) -> None:
    """What is found is marked in a sentence that is tried; at first a list only counts."""
    group = await a_group(people, f"词库 {secrets.token_hex(3)}")
    rest = await people.rest(people.token(await a_member(people, group, "阿东"), "阿东"))
    hand = await at_console(people, "owner", "groups", "g", group, "filters")
    page = hand.page
    await hand.button("新建词库").click()
    await page.get_by_label("名称").fill("竞品")
    await page.get_by_label("词", exact=True).fill("隔壁老王店\n天天特卖")
    await hand.button("保存").click()
    row = page.get_by_role("list", name="敏感词").get_by_role("listitem").filter(has_text="竞品")
    await expect(row).to_contain_text("只计数")
    await page.get_by_label("输入一句话").fill(f"去 隔壁老王店 看看 {XSS}")
    await hand.button("试一试").click()
    await expect(page.locator(".verdict mark")).to_have_text("隔壁老王店")
    await expect(page.locator(".verdict")).to_contain_text(XSS)

    await row.get_by_role("button", name="修改").click()
    await page.get_by_label("拦截").check()
    await hand.button("保存").click()
    await expect(row).to_contain_text("拦截")
    with pytest.raises(Refused) as refused:
        await say(rest, group, "去隔壁老王店看看吧")
    assert refused.value.code == "blocked"


async def test_a_report_becomes_a_case_that_is_decided_and_undone(people: People) -> None:
    """The evidence is shown as it was written; the mute is in force, then it is not."""
    group = await a_group(people, f"案件 {secrets.token_hex(3)}")
    rude = await a_member(people, group, f"阿坏{secrets.token_hex(3)}", says="你怎么这样说话呀")
    hurt = await a_member(people, group, "阿好")
    rest = await people.rest(people.token(hurt, "阿好"))
    await rest.ask("POST", f"/groups/{group}/reports", {"seq": 1, "reason": "abuse", "note": f"他骂人 {XSS}"})
    hand = await at_console(people, "owner", "groups", "cases")
    page = hand.page
    case = page.get_by_role("list", name="处理台").get_by_role("listitem").filter(has_text="你怎么这样说话呀")
    await case.get_by_role("button", name="证据").click()
    await expect(case.locator(".evidence")).to_contain_text(XSS)
    await case.get_by_role("button", name="认领").click()
    await expect(case).to_have_count(0)
    await page.get_by_label("看哪些案件").select_option("处理中")
    await case.get_by_role("button", name="处理").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("禁言").check()
    await dialog.get_by_label("原因").fill("骂人")
    await dialog.get_by_role("button", name="处理").click()
    await expect(dialog).to_have_count(0)
    assert await _muted(people, group) == [rude]

    await page.get_by_label("看哪些案件").select_option("已处理")
    await case.get_by_role("button", name="撤销处理").click()
    await dialog.get_by_label("原因").fill("弄错了")
    await dialog.get_by_role("button", name="撤销处理").click()
    await expect(dialog).to_have_count(0)
    assert await _muted(people, group) == []
    assert await page.title() != "1"


async def test_a_decision_lets_through_what_waits(people: People) -> None:
    """From what a filter found to the case; who is warned is heard, and nothing is let through of whom a mute silences."""
    group = await a_group(people, f"待审 {secrets.token_hex(3)}")
    owner = await owner_of(people)
    await owner.ask("POST", f"/groups/{group}/filters", {"name": "优惠", "action": "review", "words": ["内部优惠价"]})
    name = f"阿东{secrets.token_hex(3)}"
    await a_member(people, group, name, says="有没有内部优惠价呀，发我一份")
    hand = await at_console(people, "owner", "groups", "g", group, "hits")
    page = hand.page
    await page.get_by_role("list", name="命中记录").get_by_role("link", name="去处理台").click()
    case = page.get_by_role("list", name="处理台").get_by_role("listitem").filter(has_text=name)
    await case.get_by_role("button", name="认领").click()
    await expect(case).to_have_count(0)
    await page.get_by_label("看哪些案件").select_option("处理中")
    await case.get_by_role("button", name="处理").click()
    dialog = page.get_by_role("dialog")
    waits = dialog.get_by_role("group", name="还在待审的 1 条消息")
    await dialog.get_by_label("禁言").check()
    await expect(waits.get_by_label("放行", exact=True)).to_have_count(0)
    await dialog.get_by_label("警告").check()
    await waits.get_by_label("放行", exact=True).check()
    await dialog.get_by_label("原因").fill("下次先问管理员")
    await dialog.get_by_role("button", name="处理").click()
    await expect(dialog).to_have_count(0)
    written = (await owner.ask("GET", f"/conversations/{group}/messages"))["messages"]
    assert [one["body"]["text"] for one in written if one["kind"] == "text"] == ["有没有内部优惠价呀，发我一份"]


async def _muted(people: People, group: str) -> list[str]:
    page = await (await owner_of(people)).ask("GET", f"/groups/{group}/sanctions")
    return [str(one["person"]["id"]) for one in page["items"]]


async def test_a_mute_is_appealed_against_answered_and_lifted(people: People) -> None:
    """By somebody else than who imposed it, who reads that it is not theirs to decide; what comes meanwhile is shown at once."""
    group = await a_group(people, f"申诉 {secrets.token_hex(3)}")
    login, password = await hired(people, "moderator", "小组长")
    hand = await at_console(people, login, "groups", "appeals", password=password)
    page, name = hand.page, f"阿冤{secrets.token_hex(3)}"
    rest = await an_appeal(people, group, name)
    appeal = page.get_by_role("list", name="申诉", exact=True).get_by_role("listitem").filter(has_text=name)
    await expect(appeal).to_contain_text("刷屏")
    await appeal.get_by_role("button", name="对话").click()
    thread = page.get_by_role("list", name=f"{name} 的申诉")
    await expect(thread).to_contain_text(XSS)
    await page.get_by_label("回复", exact=True).fill("那你发了什么？")
    await hand.button("发送回复").click()
    await expect(thread.get_by_role("listitem")).to_have_count(2)
    mine = (await rest.ask("GET", "/accounts/demo/appeals"))["items"][0]
    await rest.ask("POST", f"/appeals/{mine['id']}/messages", {"text": "只发了一条"})
    await expect(thread).to_contain_text("只发了一条")

    owner = await at_console(people, "owner", "groups", "appeals")
    theirs = owner.page.get_by_role("list", name="申诉", exact=True).get_by_role("listitem").filter(has_text=name)
    await expect(theirs).to_contain_text("处罚是你作出的")
    await expect(theirs.get_by_role("button", name="决定")).to_have_count(0)

    await appeal.get_by_role("button", name="决定").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("button", name="决定")).to_be_disabled()
    await dialog.get_by_label("解除处罚").check()
    await dialog.get_by_label("原因").fill("误会")
    await dialog.get_by_role("button", name="决定").click()
    await expect(appeal).to_have_count(0)
    assert await _muted(people, group) == []
    assert (await rest.ask("GET", "/accounts/demo/appeals"))["items"][0]["state"] == "lifted"
    assert await page.title() != "1"


async def test_a_held_message_is_released(people: People) -> None:
    """What was found is marked; members see it only after a moderator let it through."""
    group = await a_group(people, f"待审 {secrets.token_hex(3)}")
    await (await owner_of(people)).ask("POST", f"/groups/{group}/filters", {"name": "优惠", "action": "review", "words": ["内部优惠价"]})
    person = await a_member(people, group, "阿东")
    rest = await people.rest(people.token(person, "阿东"))
    await say(rest, group, f"有内部优惠价吗 {XSS}")
    hand = await at_console(people, "owner", "groups", "g", group, "held")
    held = hand.page.get_by_role("list", name="待审消息").get_by_role("listitem")
    await expect(held.locator("mark")).to_have_text("内部优惠价")
    assert (await rest.ask("GET", f"/conversations/{group}/messages"))["messages"] == []
    await held.get_by_role("button", name="放行", exact=True).click()
    await expect(held).to_have_count(0)

    async def seen() -> bool:
        return bool((await rest.ask("GET", f"/conversations/{group}/messages"))["messages"])

    await until(seen)


async def test_a_held_message_is_refused_with_a_reason(people: People) -> None:
    """Without one the hub would not; it is in the log, and the message in nobody's sight."""
    group = await a_group(people, f"拒绝 {secrets.token_hex(3)}")
    await (await owner_of(people)).ask("POST", f"/groups/{group}/filters", {"name": "优惠", "action": "review", "words": ["内部优惠价"]})
    person = await a_member(people, group, "阿东")
    rest = await people.rest(people.token(person, "阿东"))
    await say(rest, group, "有内部优惠价吗")
    hand = await at_console(people, "owner", "groups", "g", group, "held")
    held = hand.page.get_by_role("list", name="待审消息").get_by_role("listitem")
    await held.get_by_role("button", name="不放行").click()
    dialog = hand.page.get_by_role("dialog")
    await dialog.get_by_label("原因").fill(f"不卖东西 {XSS}")
    await dialog.get_by_role("button", name="不放行").click()
    await expect(held).to_have_count(0)
    log = (await (await owner_of(people)).ask("GET", f"/groups/{group}/log"))["items"]
    assert [(line["target"], line["reason"]) for line in log if line["act"] == "refuse"] == [(person, f"不卖东西 {XSS}")]
    assert (await rest.ask("GET", f"/conversations/{group}/messages"))["messages"] == []


async def test_what_a_list_that_only_counts_found_is_seen(people: People) -> None:
    """First it is tested on what was written, and nothing is kept; then it counts, the message stands, and the hit is seen with its span."""
    group = await a_group(people, f"命中 {secrets.token_hex(3)}")
    person = await a_member(people, group, f"阿影 {XSS}", says="隔壁老王店你们去过吗")
    rest = await people.rest(people.token(person, f"阿影 {XSS}"))
    hand = await at_console(people, "owner", "groups", "g", group, "filters")
    page = hand.page
    await hand.button("新建词库").click()
    await page.get_by_label("词", exact=True).fill("隔壁老王店")
    panel = page.get_by_role("region", name="用最近的消息测试")
    await panel.get_by_role("button", name="测试").click()
    await expect(panel).to_contain_text("命中 1 条，占 100%")
    await expect(panel).to_contain_text("看了 1 条消息")
    await expect(panel.locator("mark")).to_have_text("隔壁老王店")
    await expect(panel.get_by_role("row", name="只计数")).to_have_text("只计数01")
    assert (await (await owner_of(people)).ask("GET", f"/groups/{group}/filters"))["items"] == []
    await page.get_by_label("名称").fill("竞品")
    await hand.button("保存").click()
    await expect(page.get_by_role("list", name="敏感词")).to_contain_text("竞品")

    await say(rest, group, "我周末去了隔壁老王店")
    await _enter(hand, group, "stats")
    await expect(page.get_by_role("figure", name="消息")).to_be_visible()
    await expect(page.get_by_role("row").filter(has_text="新建词库 1")).to_have_count(1)
    await _enter(hand, group, "hits")
    hit = page.get_by_role("list", name="命中记录").get_by_role("listitem").filter(has_text=f"阿影 {XSS}")
    await expect(hit.locator("mark")).to_have_text("隔壁老王店")
    await expect(hit).to_contain_text("只计数")
    await expect(hit).to_contain_text("竞品")
    await expect(hit).to_contain_text("第 2 条消息")
    assert await page.title() != "1"


async def _enter(hand: Hand, group: str, view: str) -> None:
    await hand.enter("groups", "g", group, view)


@pytest.mark.parametrize(("size", "theme"), [pytest.param(PHONE, "light", id="phone-light"), pytest.param(DESKTOP, "dark", id="desktop-dark")])
async def test_the_groups_are_open_to_everybody(people: People, size: dict[str, int], theme: str) -> None:
    """No serious or critical finding in any view, none of them empty; nothing is wider than the page."""
    group = await peopled(people, "看得见的小组")
    hand = await at_console(people, "owner", "groups", size=size, theme=theme)
    found = {}
    for view, sign in VIEWS.items():
        await hand.enter("groups", *(view.format(group=group).split("/")))
        await hand.page.locator(sign).first.wait_for()
        found[view] = await findings(hand.page)
        assert await hand.page.evaluate("document.querySelector('.page-body').scrollWidth <= innerWidth"), view
    assert {view: told for view, told in found.items() if told} == {}


VIEWS = {
    "list": ".group-card",
    "filters": "form",
    "cases": ".case",
    "appeals": ".case",
    "g/{group}/held": ".rows mark",
    "g/{group}/chat": "article.line",
    "g/{group}/members": ".rows li",
    "g/{group}/requests": ".rows li",
    "g/{group}/sanctions": ".rows li",
    "g/{group}/order": "form",
    "g/{group}/filters": ".rows li",
    "g/{group}/hits": ".rows mark",
    "g/{group}/stats": ".figures-table td",
    "g/{group}/log": ".rows li",
    "g/{group}/settings": "form",
}
