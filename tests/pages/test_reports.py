"""What a buyer reports at the page of an account, and in the conversation with it, comes to whoever runs the hub."""

import asyncio
import json
from typing import Any

from playwright.async_api import Locator, Page, expect

from tests.pages.people import BuyerPage, People
from tests.pages.test_looks import findings


async def complaints(people: People, person: str) -> list[dict[str, Any]]:
    """What one person reported of accounts, as `weihub reports export` tells it."""
    printed = await asyncio.to_thread(people.hub.weihub, "reports", "export")
    assert printed.returncode == 0, printed.stderr
    cases = [json.loads(line) for line in printed.stdout.splitlines()]
    return [report for case in cases for report in case["kept"] if report["by"] == person]


def dialog_of(page: Page) -> Locator:
    """What one is asked before it is sent."""
    return page.get_by_role("dialog", name="举报")


async def file_by_keys(buyer: BuyerPage, note: str) -> None:
    """Say what is wrong with the keyboard alone."""
    dialog = dialog_of(buyer.page)
    await dialog.get_by_role("radio", name="诈骗").press("Space")
    await buyer.page.keyboard.press("Tab")
    await buyer.page.keyboard.type(note)
    await dialog.get_by_role("button", name="提交举报").press("Enter")
    await expect(dialog.get_by_role("status")).to_have_text("已收到，平台会尽快处理。")
    await buyer.page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)


async def test_a_buyer_reports_what_an_account_wrote(people: People) -> None:
    """From the menu of its message, and of no message of one's own; who runs the hub reads what was written, why, and in whose words."""
    buyer = await people.buyer(name="小雨")
    await buyer.say("人工")
    await buyer.sent("人工")
    await (await people.operator()).answer(buyer.person, "先把钱转到我的私人账户")
    await buyer.sees("先把钱转到我的私人账户")
    own = buyer.line("人工").filter(has=buyer.page.locator(".read-mark")).get_by_role("button", name="更多操作")
    await own.click()
    await expect(buyer.page.get_by_role("menuitem", name="回复")).to_be_visible()
    await expect(buyer.page.get_by_role("menuitem", name="举报")).to_have_count(0)
    await buyer.page.keyboard.press("Escape")

    await buyer.line("先把钱转到我的私人账户").get_by_role("button", name="更多操作").press("Enter")
    await buyer.page.get_by_role("menuitem", name="举报").press("Enter")
    dialog = dialog_of(buyer.page)
    await expect(dialog).to_contain_text("先把钱转到我的私人账户")
    await expect(dialog).to_contain_text("不经过这个账号的人")
    await expect(dialog.get_by_role("button", name="提交举报")).to_be_disabled()
    assert await findings(buyer.page) == []
    await file_by_keys(buyer, "要我私下转账")
    (report,) = await complaints(people, buyer.person)
    assert (report["text"], report["detail"]) == ("先把钱转到我的私人账户", {"reason": "fraud", "note": "要我私下转账"})


async def test_a_buyer_reports_an_account(people: People) -> None:
    """At its page and beside the chat; again too soon is told so, with what was written kept."""
    people.expected = (*people.expected, "429")
    buyer = await people.buyer(name="阿木")
    await buyer.page.evaluate("location.hash = '#/a/demo'")
    await buyer.page.get_by_role("button", name="举报账号").press("Enter")
    await expect(dialog_of(buyer.page)).to_contain_text("小满衣橱 @demo")
    await file_by_keys(buyer, "卖假货")
    (report,) = await complaints(people, buyer.person)
    assert (report["seq"], report["detail"]) == (None, {"reason": "fraud", "note": "卖假货"})

    await buyer.page.evaluate("location.hash = '#/c/demo'")
    await buyer.page.get_by_role("button", name="举报账号").click()
    dialog = dialog_of(buyer.page)
    await dialog.get_by_label("广告").check()
    await dialog.get_by_label("补充说明").fill("还是假货")
    await dialog.get_by_role("button", name="提交举报").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("举报得太频繁")
    await expect(dialog.get_by_label("补充说明")).to_have_value("还是假货")
    assert await buyer.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
