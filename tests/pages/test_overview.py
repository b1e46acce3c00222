"""The console's overview, as those who run an account see it."""

import secrets

from playwright.async_api import expect

from tests.pages.people import People
from tests.pages.staff import at_console
from tests.pages.test_looks import findings


async def test_what_no_rule_knows_is_seen_by_the_owner(people: People) -> None:
    """A question asked in vain stands on the overview, as text; whoever waits is counted; the plot has its figures as a table."""
    asked = f"<b>{secrets.token_hex(4)}</b> 你们会唱歌吗"
    buyer = await people.buyer()
    await buyer.say(asked)
    await buyer.sent(asked)
    await buyer.say("人工")
    await expect(buyer.desk).to_contain_text("排队中")

    page = (await at_console(people, "owner", "overview", theme="dark")).page
    await expect(page.locator(".in-vain")).to_contain_text(asked)
    await expect(page.locator(".figure").first).to_contain_text("最久的等了")
    assert await findings(page) == []

    await page.get_by_role("button", name="看数字").click()
    await expect(page.get_by_role("columnheader", name="转人工")).to_be_visible()
