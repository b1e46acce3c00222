"""Buyers at their pages and staff behind theirs, as a test sees them."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self

import socketio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from bot.actions.tokens import shared_secret
from channels.rest_client import Rest
from tests.journeys.hub import HubProcess
from tests.journeys.voices import signed_in

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1440, "height": 900}

expect.set_options(timeout=15_000)


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait until the hub's state is so, asking again and again."""
    async with asyncio.timeout(15):
        while not await holds():  # noqa: ASYNC110 - the state is the hub's, in another process: nobody can set an event here
            await asyncio.sleep(0.05)


class BuyerPage:
    """The buyer's page, driven by what a person sees."""

    def __init__(self, page: Page, person: str, token: str) -> None:
        self.page = page
        self.person = person
        self.token = token

    @property
    def box(self) -> Locator:
        """Where one writes."""
        return self.page.get_by_role("textbox", name="输入消息")

    @property
    def lines(self) -> Locator:
        """The messages that are drawn."""
        return self.page.locator("article.line")

    @property
    def desk(self) -> Locator:
        """Who looks after the conversation."""
        return self.page.locator(".desk")

    async def say(self, text: str) -> None:
        """Write and send."""
        await self.box.fill(text)
        await self.box.press("Enter")

    def line(self, text: str) -> Locator:
        """The lines that hold this text."""
        return self.lines.filter(has_text=text)

    async def sees(self, text: str, times: int = 1) -> None:
        """Wait until so many messages hold this text."""
        await expect(self.line(text)).to_have_count(times)

    async def sent(self, text: str) -> None:
        """Wait until one's message is stored."""
        await expect(self.line(text).locator(".read-mark")).to_have_count(1)


class Operator:
    """A member of the demo's staff, by REST."""

    def __init__(self, rest: Rest) -> None:
        self.rest = rest

    async def conversation_of(self, person: str) -> str:
        """The conversation of a buyer with the demo."""
        page = await self.rest.ask("GET", "/accounts/demo/desk?limit=200")
        return next(str(one["desk"]["conversation"]) for one in page["items"] if one["buyer"]["id"] == person)

    async def answer(self, person: str, text: str) -> None:
        """Write to a buyer; this claims the conversation."""
        conversation = await self.conversation_of(person)
        body = {"key": secrets.token_hex(8), "kind": "text", "body": {"text": text}}
        await self.rest.ask("POST", f"/conversations/{conversation}/messages", body)

    async def send(self, person: str, kind: str, body: dict[str, Any]) -> None:
        """Send a message of any kind."""
        conversation = await self.conversation_of(person)
        await self.rest.ask("POST", f"/conversations/{conversation}/messages", {"key": secrets.token_hex(8), "kind": kind, "body": body})

    async def read(self, person: str) -> None:
        """Have read all that a buyer wrote."""
        conversation = await self.conversation_of(person)
        found = await self.rest.ask("GET", f"/conversations/{conversation}/messages")
        await self.rest.ask("PUT", f"/conversations/{conversation}/read", {"seq": found["messages"][-1]["seq"]})


class People:
    """Everybody of one test; `complaints` is what their pages wrote to the console or threw."""

    def __init__(self, browser: Browser, hub: HubProcess) -> None:
        self._browser = browser
        self.hub = hub
        self._rests: list[Rest] = []
        self._clients: list[socketio.AsyncClient] = []
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []
        self.expected: tuple[str, ...] = ("net::ERR_", "WebSocket connection to")
        """What a browser says of a connection that was cut; a test that cuts none hears none."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for context in self._contexts:
            await context.close()
        for client in self._clients:
            await client.disconnect()
        for rest in self._rests:
            await rest.__aexit__(None, None, None)

    def token(self, person: str, name: str = "") -> str:
        """A token as the shop app signs it."""
        return shared_secret(self.hub.secret).mint(person, name or f"买家{person[-4:]}", 3_600)

    async def rest(self, token: str) -> Rest:
        """REST as whoever this token is for."""
        rest = await Rest(self.hub.url, token=token).__aenter__()
        self._rests.append(rest)
        return rest

    async def change(self, token: str, method: str, path: str, body: object, version: int) -> None:
        """Change what has versions by REST, on top of the one that was read."""
        page = await self.page()
        headers = {"Authorization": f"Bearer {token}", "If-Match": f'"{version}"'}
        answer = await page.request.fetch(f"{self.hub.url}/api/v1{path}", method=method, data=body, headers=headers)
        assert answer.ok, await answer.text()

    async def fill(self, token: str, conversation: str, texts: list[str]) -> None:
        """Write many messages at once, in order, as a client of the socket does."""
        client = socketio.AsyncClient(handle_sigint=False)
        await client.connect(self.hub.url, auth={"token": token}, transports=["websocket"])
        for begin in range(0, len(texts), 100):
            asked = [
                client.call("send", {"conversation": conversation, "key": secrets.token_hex(8), "kind": "text", "body": {"text": text}}, timeout=30)
                for text in texts[begin : begin + 100]
            ]
            answers = await asyncio.gather(*asked)
            assert all(answer["ok"] for answer in answers)
        await client.disconnect()

    async def hears(self, token: str, event: str) -> asyncio.Queue[Any]:
        """What is pushed to a device of somebody, as it comes."""
        client = socketio.AsyncClient(handle_sigint=False)
        heard: asyncio.Queue[Any] = asyncio.Queue()
        client.on(event, heard.put_nowait)
        await client.connect(self.hub.url, auth={"token": token}, transports=["websocket"])
        self._clients.append(client)
        return heard

    async def operator(self, login: str = "operator") -> Operator:
        """Somebody of the staff."""
        return Operator(await self.rest(await signed_in(self.hub, login)))

    async def page(self, size: dict[str, int] | None = None, *, theme: str = "light", touch: bool = False) -> Page:
        """An empty page of a new browser profile."""
        context = await self._browser.new_context(
            viewport={"width": (size or PHONE)["width"], "height": (size or PHONE)["height"]},
            color_scheme="dark" if theme == "dark" else "light",
            has_touch=touch,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            permissions=["clipboard-read", "clipboard-write"],
        )
        self._contexts.append(context)
        page = await context.new_page()
        self.watch(page)
        return page

    @staticmethod
    async def slow(page: Page, bytes_per_s: int) -> None:
        """Let a page hear no more than so much in a second; 0 for as fast as can be."""
        tools = await page.context.new_cdp_session(page)
        line = {"offline": False, "latency": 0, "downloadThroughput": bytes_per_s or -1, "uploadThroughput": -1}
        await tools.send("Network.emulateNetworkConditions", line)

    def watch(self, page: Page) -> None:
        """Hear what a page complains of."""
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"{error.name}: {error.message}"))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(part in message.text for part in self.expected):
            self.complaints.append(message.text)

    async def buyer(
        self,
        *,
        size: dict[str, int] | None = None,
        theme: str = "light",
        person: str = "",
        name: str = "",
        follows: bool = True,
        page: Page | None = None,
    ) -> BuyerPage:
        """A buyer who has just come from the shop app into the conversation with the demo."""
        person = person or f"b-{secrets.token_hex(6)}"
        token = self.token(person, name)
        if follows:
            await (await self.rest(token)).ask("PUT", "/accounts/demo/follow", {"source": "test"})
        page = page or await self.page(size, theme=theme, touch=(size or PHONE) == PHONE)
        buyer = BuyerPage(page, person, token)
        await page.goto(f"{self.hub.url}/#token={token}&account=demo")
        await expect(page.locator("main.chat h1")).to_have_text("小满衣橱")
        if follows:
            await buyer.sees("欢迎关注")
        return buyer
