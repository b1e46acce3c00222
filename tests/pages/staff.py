"""Staff at the console, as a test sees them."""

import asyncio
import secrets
from dataclasses import dataclass

from playwright.async_api import Locator, Page, expect

from channels.rest_client import Rest
from tests.journeys.voices import signed_in
from tests.pages.people import DESKTOP, People

PATIENCE_S = 60
TOO_MANY = 429
"""What a login gets that signs in many times a minute; it is let in a little later."""


@dataclass(frozen=True)
class Hand:
    """A member of staff with a page of their own."""

    page: Page
    account: str

    async def enter(self, *view: str) -> None:
        """Go to a view of a room, such as `account`, `staff`."""
        await self.page.evaluate("(hash) => { location.hash = hash }", "#/" + "/".join([self.account, *view]))

    def button(self, name: str) -> Locator:
        """A button by its name."""
        return self.page.get_by_role("button", name=name, exact=True)

    async def told(self, text: str) -> None:
        """Wait until the page says so."""
        await expect(self.page.get_by_text(text).first).to_be_visible()


async def at_console(
    people: People,
    login: str,
    *view: str,
    size: dict[str, int] | None = None,
    theme: str = "light",
    password: str | None = None,
    account: str = "demo",
) -> Hand:
    """Sign in without the form, and enter a view of an account's console."""
    page = await people.page(size or DESKTOP, theme=theme)
    secret = password or people.hub.passwords[login]
    async with asyncio.timeout(PATIENCE_S):
        while not await _signed(page, people.hub.url, login, secret):
            pass
    await page.goto(f"{people.hub.url}/console#/" + "/".join([account, *view]))
    await expect(page.locator("main.room h1")).to_be_visible()
    return Hand(page, account)


def elsewhere() -> dict[str, str]:
    """As if through a proxy from an address of its own, where the hub believes proxies: one address may not sign in often."""
    return {"X-Forwarded-For": ".".join(["10", *(str(secrets.randbelow(254) + 1) for _ in range(3))])}


async def _signed(page: Page, url: str, login: str, secret: str) -> bool:
    """Sign in; asked to wait, wait as long as one is told: asking meanwhile would only make it longer."""
    answer = await page.request.post(f"{url}/api/v1/sessions", data={"login": login, "password": secret}, headers=elsewhere())
    if answer.status == TOO_MANY:
        await asyncio.sleep((await answer.json())["error"]["retry_after"])
        return False
    assert answer.ok, await answer.text()
    return True


async def hired(people: People, role: str, name: str) -> tuple[str, str]:
    """Login and first password of somebody new on the demo's staff."""
    login = f"{role}-{secrets.token_hex(4)}"
    owner = await owner_of(people)
    answer = await owner.ask("POST", "/accounts/demo/staff", {"login": login, "name": name, "role": role})
    return login, str(answer["password"])


async def owner_of(people: People) -> Rest:
    """The demo's owner, by REST."""
    return await people.rest(await signed_in(people.hub, "owner"))


async def new_account(people: People) -> str:
    """The handle of an account that the demo's owner has just made."""
    handle = f"shop-{secrets.token_hex(4)}"
    await (await owner_of(people)).ask("POST", "/accounts", {"handle": handle, "name": "新店"})
    return handle
