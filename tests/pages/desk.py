"""Somebody of the staff at the desk of the console, as a test sees them."""

from playwright.async_api import Locator, Page, expect

from tests.pages.people import People
from tests.pages.staff import at_console


class DeskPage:
    """The desk, driven by what a person sees."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def box(self) -> Locator:
        """Where one answers."""
        return self.page.get_by_role("textbox", name="输入消息")

    @property
    def standing(self) -> Locator:
        """Who has the conversation, who looks, who types."""
        return self.page.locator(".desk-standing")

    def row(self, person: str) -> Locator:
        """A buyer in the list."""
        return self.page.locator(f'.desk-row[href$="/{person}"]')

    def line(self, text: str) -> Locator:
        """The lines that hold this text."""
        return self.page.locator("article.line").filter(has_text=text)

    async def show(self, name: str) -> None:
        """One of the lists: 排队, 我的, 全部."""
        await self.page.get_by_role("tab", name=name).click()

    async def open(self, person: str, name: str = "全部") -> None:
        """Open the conversation of a buyer."""
        await self.show(name)
        await self.row(person).click()
        await expect(self.page.locator(".desk-talk")).to_be_visible()

    async def say(self, text: str) -> None:
        """Write and send."""
        await self.box.fill(text)
        await self.box.press("Enter")

    async def sees(self, text: str, times: int = 1) -> None:
        """Wait until so many messages hold this text."""
        await expect(self.line(text)).to_have_count(times)


async def at_desk(people: People, login: str, *, size: dict[str, int] | None = None, theme: str = "light") -> DeskPage:
    """Somebody of the demo's staff at the desk; a login that signed in too often is waited for."""
    return DeskPage((await at_console(people, login, "desk", size=size, theme=theme)).page)
