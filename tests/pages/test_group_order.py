"""The order of a group in the console: what is counted, the guard against a raid, two who change it at once, and the log as a file."""

import csv
import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.async_api import expect

from tests.pages.circles import a_group, a_member
from tests.pages.people import People
from tests.pages.staff import at_console, owner_of


async def test_what_is_counted_in_a_group_is_set(people: People) -> None:
    """A guard is switched off; a number of another changes; what was not touched stays, and is not said anew."""
    group = await a_group(people, f"节奏 {secrets.token_hex(3)}")
    hand = await at_console(people, "owner", "groups", "g", group, "order")
    page = hand.page
    await page.get_by_label("限制发言太快的人").uncheck()
    await page.get_by_role("group", name="防重复").get_by_label("一人最多条数").fill("7")
    await hand.button("保存").click()
    await hand.told("已保存")
    rest = await owner_of(people)
    order = (await rest.ask("GET", f"/groups/{group}"))["order"]
    assert (order["flood"]["messages"], order["repeat"]["messages"], order["raid"]) == (0, 7, {})
    assert "raid" not in (await rest.ask("GET", f"/groups/{group}/log"))["items"][0]["ref"]
    await page.get_by_label("限制发言太快的人").check()
    await expect(page.get_by_role("group", name="防刷屏").get_by_label("最多条数")).to_have_value("20")


async def test_an_order_that_somebody_else_changed_is_read_anew(people: People) -> None:
    """The second to save is told so and overwrites nothing: one click shows what is there now, and then it can be saved."""
    people.expected = (*people.expected, "409")
    group = await a_group(people, f"两人改 {secrets.token_hex(3)}")
    first, second = [await at_console(people, "owner", "groups", "g", group, "order") for _ in range(2)]
    theirs, ours = (hand.page.get_by_label("慢速模式") for hand in (first, second))
    await expect(ours).to_be_visible()
    await theirs.select_option("10 秒")
    await first.button("保存").click()
    await first.told("已保存")
    await ours.select_option("1 分钟")
    await second.button("保存").click()
    await second.button("再试一次").click()
    await expect(ours).to_have_value("10")
    await ours.select_option("1 分钟")
    await second.button("保存").click()
    await second.told("已保存")
    assert (await (await owner_of(people)).ask("GET", f"/groups/{group}"))["order"]["slow_s"] == 60


async def test_a_guard_against_a_raid_is_shown_with_its_end(people: People) -> None:
    """Who comes next has to be let in, and the page says until when; another idea of what a raid is ends it."""
    group, rest = await a_group(people, f"涌入 {secrets.token_hex(3)}"), await owner_of(people)
    hand = await at_console(people, "owner", "groups", "g", group, "order")
    page = hand.page
    most = page.get_by_role("group", name="防涌入").get_by_label("最多人数")
    await most.fill("2")
    await hand.button("保存").click()
    await hand.told("已保存")
    for name in ("阿一", "阿二", "阿三"):
        await a_member(people, group, name)
    await page.reload()
    await expect(page.locator(".muted-until")).to_contain_text("之前，新来的人都要管理员同意才能加入")
    until_then = (await rest.ask("GET", f"/groups/{group}"))["order"]["guarded_until"]
    clock = datetime.fromisoformat(until_then).astimezone(ZoneInfo("Asia/Shanghai"))
    await expect(page.locator(".muted-until")).to_contain_text(f"{clock:%H:%M}")
    await hand.enter("groups", "g", group, "requests")
    await expect(page.get_by_role("list", name="入组申请").get_by_role("listitem").filter(has_text="阿三")).to_have_count(1)
    await hand.enter("groups", "g", group, "order")
    await most.fill("60")
    await hand.button("保存").click()
    await expect(page.locator(".muted-until")).to_have_count(0)


async def test_the_log_is_fetched_as_a_file(people: People) -> None:
    """Every line of it, the oldest first, under the group's name; what would be a formula for a spreadsheet is none."""
    name = f"账本 {secrets.token_hex(3)}"
    group, rest = await a_group(people, name), await owner_of(people)
    member = await a_member(people, group, "阿强")
    await rest.ask("PUT", f"/groups/{group}/sanctions/{member}/mute", {"seconds": 600, "reason": "=1+1"})
    hand = await at_console(people, "owner", "groups", "g", group, "log")
    async with hand.page.expect_download() as download:
        await hand.button("导出 CSV").click()
    saved = await download.value
    assert saved.suggested_filename == f"{name}.csv"
    lines = list(csv.DictReader((await saved.path()).read_text("utf-8-sig").splitlines()))
    assert [(line["act"], line["target"]) for line in lines] == [("create", ""), ("join", member), ("mute", member)]
    assert lines[-1]["reason"] == "'=1+1"
