"""What is photographed of the console's overview."""

from playwright.async_api import Page, expect

from tests.pages.people import People
from tests.pages.staff import at_console

ASKED = ("什么时候发货？", "运费多少", "你们招不招实习生", "人工")


async def _overview(people: People, size: dict[str, int], theme: str) -> Page:
    """After a buyer who was answered, asked something nobody knows, and waits."""
    buyer = await people.buyer(name="小雨")
    for text in ASKED:
        await buyer.say(text)
        await buyer.sent(text)
    await expect(buyer.desk).to_contain_text("排队中")
    owner = await at_console(people, "owner", "overview", size=size, theme=theme)
    await expect(owner.page.locator(".in-vain li").first).to_be_visible()
    await expect(owner.page.locator(".plot-drawn .recharts-surface").first).to_be_visible()
    await owner.page.wait_for_timeout(600)  # the bars grow
    return owner.page


SCENES = {"overview": _overview}
