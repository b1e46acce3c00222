"""A client of the hub, for the terminal chat and for replay: a Socket.IO connection that comes back by itself.

It does what any good client of the wire does: it sends each message under a key of its own, repeats it under the same
key until it is acknowledged, and after every reconnection asks for what it missed.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from types import TracebackType
from typing import Any, Self

import aiohttp
import msgspec
import socketio
from socketio.exceptions import SocketIOError

from channels.rest_client import AGAIN, ANSWER_S, PATIENCE_S, Lost, Refused, insist
from channels.wire import Author, AutoMark

CONNECT_S = 10.0
MAX_BACK_OFF_S = 5.0
PAGE = 200

Token = Callable[[], Awaitable[str]]
Ear = Callable[[Any], None]


class Heard(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message as this client got it, pushed or pulled."""

    conversation: str
    seq: int
    author: Author
    kind: str
    body: dict[str, Any]
    at: str
    fallback: str
    key: str | None = None
    auto: AutoMark | None = None
    reply_to: int | None = None


class Receipt(msgspec.Struct, frozen=True):
    """The acknowledgement of a message: durable, at this place."""

    conversation: str
    seq: int
    at: str
    duplicate: bool


class Opened(msgspec.Struct, frozen=True):
    """The answer to `open`; `desk` and `account` as they are on the wire."""

    conversation: str
    head: int
    read: int
    seen: int
    desk: dict[str, Any]
    account: dict[str, Any]


class _Link:
    """One connection from its opening to its end; never reused."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.socket = socketio.AsyncClient(reconnection=False, handle_sigint=False, http_session=session)
        self.closed = asyncio.Event()
        self.refusal: Refused | None = None
        self._waiting: set[asyncio.Future[dict[str, Any]]] = set()
        self.socket.on("disconnect", self._end)
        self.socket.on("connect_error", self._refuse)

    async def open(self, url: str, token: str, lang: str, transports: Sequence[str]) -> None:
        auth = {"token": token, "lang": lang}
        try:
            await self.socket.connect(
                url, auth=auth, headers={"Accept-Language": lang}, transports=list(transports), namespaces=["/"], wait_timeout=CONNECT_S
            )
        except SocketIOError as fault:
            await self.close()
            if self.refusal is not None:
                raise self.refusal from None
            raise Lost(f"{url} cannot be reached: {fault}") from fault

    async def close(self) -> None:
        await self.socket.disconnect()
        self._end()

    def _end(self, _reason: object = None) -> None:
        self.closed.set()
        for future in self._waiting:
            if not future.done():
                future.set_exception(Lost("The connection ended before the answer."))

    def _refuse(self, said: object = None) -> None:
        data = said.get("data") if isinstance(said, dict) else None
        if isinstance(data, dict) and "code" in data:
            self.refusal = Refused.of(data)

    async def ask(self, event: str, data: dict[str, Any], timeout_s: float) -> dict[str, Any]:
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            async with asyncio.timeout(timeout_s):
                await self.socket.emit(event, data, callback=partial(_answered, future))
                answer = await future
        except TimeoutError:
            raise Lost(f"No answer to {event} within {timeout_s:g} s.") from None
        except SocketIOError as fault:
            raise Lost(str(fault)) from fault
        finally:
            self._waiting.discard(future)
            future.cancel()
        if not answer.get("ok"):
            raise Refused.of(answer.get("error"))
        return answer


def _answered(future: asyncio.Future[dict[str, Any]], *said: Any) -> None:
    if not future.done():
        future.set_result(said[0] if said and isinstance(said[0], dict) else {})


class Client:
    """One device of one person. Stays connected, to the next of several addresses when one fails, until it is left.

    Args:
        urls: addresses of one hub; the first is tried first.
        token: gives a token for every new connection.
        transports: `websocket`, or `polling` then `websocket` for an upgrade.
        patience_s: How long to try again before giving up.
    """

    def __init__(
        self,
        urls: Sequence[str],
        token: Token,
        *,
        lang: str = "en",
        transports: Sequence[str] = ("websocket",),
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._urls = tuple(urls)
        self._token = token
        self._lang = lang
        self._transports = transports
        self._patience_s = patience_s
        self._ears: defaultdict[str, list[Ear]] = defaultdict(list)
        self._link: _Link | None = None
        self._changed = asyncio.Condition()
        self._final: Refused | None = None
        self._pause_s = 0.0
        self._group = asyncio.TaskGroup()
        self._keeper: asyncio.Task[None] | None = None
        self.connections = 0

    def on(self, event: str, ear: Ear) -> None:
        """Call `ear(data)` for every event of this name; `connected` and `disconnected` are told with None.

        Register before entering. Ears are plain functions: they are called in the order of the frames.
        """
        self._ears[event].append(ear)

    async def __aenter__(self) -> Self:
        """Begin to connect, and wait for the first connection.

        Raises:
            Refused: the hub does not take this token.
            Lost: no connection within the patience.
        """
        await self._group.__aenter__()
        self._keeper = self._group.create_task(self._stay(), name="connection")
        try:
            await self._ready(self._patience_s)
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Disconnect for good."""
        if self._keeper is not None:
            self._keeper.cancel()
        await self._group.__aexit__(None, None, None)

    async def _stay(self) -> None:
        async with aiohttp.ClientSession() as session:
            await self._keep(session)

    async def _keep(self, session: aiohttp.ClientSession) -> None:
        failures = 0
        while True:
            link = self._new_link(session)
            try:
                await link.open(self._urls[(self.connections + failures) % len(self._urls)], await self._token(), self._lang, self._transports)
                await self._serve(link)
                failures = 0
            except Refused as refusal:
                if refusal.code not in AGAIN:
                    await self._give_up(refusal)
                    return
                failures += 1
            except Lost:
                failures += 1
            finally:
                await link.close()
            await asyncio.sleep(self._back_off(failures))

    def _back_off(self, failures: int) -> float:
        """Full jitter, so that clients of a hub that fell do not all come back at one moment."""
        asked, self._pause_s = self._pause_s, 0.0
        return asked + random.uniform(0, min(MAX_BACK_OFF_S, 0.1 * 2 ** min(failures, 10)))  # noqa: S311 - spreads load, guards nothing

    def _new_link(self, session: aiohttp.ClientSession) -> _Link:
        link = _Link(session)
        for event, ears in self._ears.items():
            if event not in {"connected", "disconnected"}:
                link.socket.on(event, lambda data=None, ears=ears: self._tell(ears, data))
        link.socket.on("drain", self._drain)
        return link

    def _drain(self, data: Any = None) -> None:
        self._pause_s = float(data.get("retry_after_ms", 0)) / 1000 if isinstance(data, dict) else 0.0
        self._tell(self._ears["drain"], data)

    @staticmethod
    def _tell(ears: Sequence[Ear], data: Any) -> None:
        for ear in ears:
            ear(data)

    async def _serve(self, link: _Link) -> None:
        self.connections += 1
        async with self._changed:
            self._link = link
            self._changed.notify_all()
        self._tell(self._ears["connected"], None)
        try:
            await link.closed.wait()
        finally:
            self._link = None
        self._tell(self._ears["disconnected"], None)

    async def _give_up(self, refusal: Refused) -> None:
        async with self._changed:
            self._final = refusal
            self._changed.notify_all()

    async def _ready(self, patience_s: float) -> _Link:
        try:
            async with asyncio.timeout(patience_s), self._changed:
                await self._changed.wait_for(lambda: self._link is not None or self._final is not None)
        except TimeoutError:
            raise Lost(f"No connection to {', '.join(self._urls)} within {patience_s:g} s.") from None
        if self._link is None:
            raise self._final or Lost("The connection ended.")
        return self._link

    @property
    def connected(self) -> bool:
        """Whether there is a connection now."""
        return self._link is not None

    async def ready(self) -> None:
        """Wait for a connection.

        Raises:
            Refused: the hub does not take this token.
            Lost: there was none within the time an answer may take.
        """
        await self._ready(ANSWER_S)

    async def ask(self, event: str, data: dict[str, Any], *, timeout_s: float = ANSWER_S) -> dict[str, Any]:
        """One question, one answer.

        Raises:
            Refused: the hub said no.
            Lost: no answer came; the hub may or may not have done it.
        """
        link = await self._ready(timeout_s)
        return await link.ask(event, data, timeout_s)

    async def insist(self, event: str, data: dict[str, Any]) -> dict[str, Any]:
        """Ask the same again until there is an answer; for verbs that do the same when they are asked twice.

        Raises:
            Refused: the hub said no, for another reason than being busy or away.
            Lost: the patience is at its end.
        """
        return await insist(lambda: self.ask(event, data), self._patience_s)

    async def open(self, account: str) -> Opened:
        """The direct conversation with an account, made when it is new."""
        return msgspec.convert(await self.insist("open", {"account": account}), Opened)

    async def send(self, conversation: str, key: str, text: str) -> Receipt:
        """Say a text, under a key that is never used for another one; returns when it is durable."""
        data = {"conversation": conversation, "key": key, "kind": "text", "body": {"text": text}}
        return msgspec.convert(await self.insist("send", data), Receipt)

    async def pull(self, conversation: str, after: int = 0) -> list[Heard]:
        """Every message after a seq, in order."""
        found: list[Heard] = []
        more = True
        while more:
            answer = await self.insist("pull", {"conversation": conversation, "after": after, "limit": PAGE})
            found += msgspec.convert(answer["messages"], list[Heard])
            more = bool(answer["more"]) and bool(answer["messages"])
            after = found[-1].seq if found else after
        return found
