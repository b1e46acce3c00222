"""One way to drive the two official clients, so that both make the very same journey."""

import asyncio
import time
from collections import defaultdict
from typing import Any, Protocol

import socketio

from bot.actions.tokens import shared_secret
from channels.rest_client import Rest, insist
from tests.journeys.hub import HubProcess
from tests.js.driver import JsClient


class Voice(Protocol):
    """A connected official client."""

    async def connect(self, url: str, token: str, transports: list[str]) -> None:
        """Connect with `auth: {token}`."""

    async def call(self, event: str, data: Any) -> Any:
        """Emit and wait for the acknowledgement."""

    async def hears(self, event: str) -> Any:
        """The next event of this name, waited for."""

    async def drop(self) -> None:
        """Lose the connection, and come back."""

    async def leave(self) -> None:
        """Disconnect."""


class PythonVoice:
    """`socketio.AsyncClient`."""

    def __init__(self) -> None:
        self.client = socketio.AsyncClient(reconnection_delay=0.05, reconnection_delay_max=0.2, handle_sigint=False)
        self.how: dict[str, Any] = {}
        self.heard: defaultdict[str, asyncio.Queue[Any]] = defaultdict(asyncio.Queue)
        self.client.on("*", self._hear)
        self.client.on("connect_error", lambda data=None: self.heard["connect_error"].put_nowait(data))
        self.client.on("connect", lambda: self.heard["$connect"].put_nowait(None))

    def _hear(self, event: str, *data: Any) -> None:
        self.heard[event].put_nowait(data[0] if data else None)

    async def connect(self, url: str, token: str, transports: list[str]) -> None:
        self.how = {"url": url, "auth": {"token": token}, "transports": transports, "wait_timeout": 5}
        await self.client.connect(**self.how)
        await self.hears("$connect")

    async def call(self, event: str, data: Any) -> Any:
        return await self.client.call(event, data, timeout=5)

    async def hears(self, event: str) -> Any:
        return await asyncio.wait_for(self.heard[event].get(), 5)

    async def drop(self) -> None:
        """The library cannot lose a polling connection on purpose, so it leaves and comes back by itself."""
        await self.client.disconnect()
        await self.client.connect(**self.how)
        await self.hears("$connect")

    async def leave(self) -> None:
        await self.client.disconnect()
        await asyncio.sleep(0.05)


class JavaScriptVoice:
    """`socket.io-client`, under its own name among the sockets of one node process."""

    def __init__(self, js: JsClient, name: str) -> None:
        self.js = js
        self.name = name

    async def connect(self, url: str, token: str, transports: list[str]) -> None:
        await self.js.ask("connect", socket=self.name, url=url, options={"transports": transports, "auth": {"token": token}})

    async def call(self, event: str, data: Any) -> Any:
        return await self.js.ask("call", socket=self.name, event=event, args=[data])

    async def hears(self, event: str) -> Any:
        return (await self.js.ask("expect", socket=self.name, event=event))[0]

    async def drop(self) -> None:
        await self.js.ask("drop", socket=self.name)
        await self.js.ask("expect", socket=self.name, event="$connect")

    async def leave(self) -> None:
        await self.js.ask("disconnect", socket=self.name)


_followed: set[tuple[str, str]] = set()


async def follower(hub: HubProcess, person: str) -> str:
    """The token of a buyer who follows the demo shop; asked again, they have followed already."""
    token = shared_secret(hub.secret).mint(person, f"买家 {person}", 3_600)
    if (hub.url, person) not in _followed:
        async with Rest(hub.url, token=token) as rest:
            await rest.ask("PUT", "/accounts/demo/follow", {"source": "journey"})
        _followed.add((hub.url, person))
    return token


_tokens: dict[tuple[str, str, str], tuple[float, str]] = {}
KEPT_S = 300.0
"""A token lives three times as long."""


async def signed_in(hub: HubProcess, login: str) -> str:
    """The token of a member of the demo's staff; one is kept for a while and otherwise waited for, because a login may not sign in often."""
    key = hub.url, login, hub.passwords[login]
    until, token = _tokens.get(key, (0.0, ""))
    if time.monotonic() < until:
        return token
    async with Rest(hub.url) as rest:
        answer = await insist(lambda: rest.ask("POST", "/sessions", {"login": login, "password": hub.passwords[login]}))
    _tokens[key] = time.monotonic() + KEPT_S, str(answer["token"])
    return str(answer["token"])
