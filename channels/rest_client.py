"""The REST door from the outside, and what a caller must know of any answer: a refusal, or a loss that is worth another try."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

import aiohttp
import msgspec

PATIENCE_S = 60.0
ANSWER_S = 10.0
TOKEN_KEPT_S = 300.0
AGAIN = frozenset({"unavailable", "rate_limited"})
"""Errors that mean: the same again, a little later."""

Answer = TypeVar("Answer")


class Refused(Exception):
    """The hub answered with an error of its closed set; `data` may hold `path`, `retry_after` (seconds) and others."""

    def __init__(self, code: str, message: str, data: dict[str, Any]) -> None:
        super().__init__(message)
        self.code = code
        self.data = data

    @classmethod
    def of(cls, error: object) -> Self:
        """From the error object of an answer."""
        found = error if isinstance(error, dict) else {}
        return cls(str(found.get("code", "unavailable")), str(found.get("message", "The hub gave no reason.")), found)

    @property
    def retry_after_s(self) -> float:
        """How long the hub asked to wait."""
        return float(self.data.get("retry_after", 1))


class Lost(Exception):
    """No answer came: nobody knows whether the hub has done what was asked. Ask again under the same key."""


async def insist(question: Callable[[], Awaitable[Answer]], patience_s: float = PATIENCE_S) -> Answer:
    """Ask again while the hub is away or busy, as long as the patience lasts.

    Raises:
        Refused: the hub said no, for another reason than being busy or away.
        Lost: the patience is at its end.
    """
    try:
        async with asyncio.timeout(patience_s):
            while True:
                try:
                    return await question()
                except Lost:
                    await asyncio.sleep(random.uniform(0, 0.2))  # noqa: S311 - spreads load, guards nothing
                except Refused as refusal:
                    if refusal.code not in AGAIN:
                        raise
                    await asyncio.sleep(refusal.retry_after_s * random.uniform(1, 1.3))  # noqa: S311 - the same
    except TimeoutError:
        raise Lost(f"No answer within {patience_s:g} s.") from None


class Rest:
    """The REST door, as one caller. An asynchronous context manager."""

    def __init__(self, url: str, *, token: str | None = None, lang: str = "en") -> None:
        self._base = url.rstrip("/")
        self._headers = {"Accept-Language": lang} | ({} if token is None else {"Authorization": f"Bearer {token}"})
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open a pool of connections."""
        self._session = aiohttp.ClientSession(headers=self._headers, timeout=aiohttp.ClientTimeout(total=ANSWER_S))
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close it."""
        if self._session is not None:
            await self._session.close()

    async def ask(self, method: str, path: str, json: object = None) -> Any:
        """Call `/api/v1` + path; the parsed answer, or None where there is none.

        Raises:
            Refused: the hub said no.
            Lost: the hub cannot be reached, or what answers is not the hub.
        """
        if self._session is None:
            raise RuntimeError("Enter the context first.")
        try:
            async with self._session.request(method, f"{self._base}/api/v1{path}", json=json) as answer:
                content = await answer.read()
                parsed = msgspec.json.decode(content) if content else None
                if not answer.ok:
                    raise Refused.of(parsed.get("error") if isinstance(parsed, dict) else None)
                return parsed
        except (aiohttp.ClientError, TimeoutError) as fault:
            raise Lost(f"{self._base} cannot be reached: {fault or type(fault).__name__}") from fault
        except msgspec.DecodeError as fault:
            raise Lost(f"What answers at {self._base} is not a hub.") from fault


class Staff:
    """A member of staff: signs in with a password when a token is needed, and keeps the token until shortly before its end.

    Attributes:
        person: the id of who signed in; empty before the first token.
    """

    def __init__(self, urls: Sequence[str], login: str, password: str) -> None:
        self._urls = tuple(urls)
        self.login = login
        self._password = password
        self._turn = asyncio.Lock()
        self._token = ""
        self._until = 0.0
        self.person = ""

    async def token(self) -> str:
        """A token that is good for a while yet.

        Raises:
            Refused: wrong login or password, or too many attempts.
            Lost: the hub cannot be reached.
        """
        async with self._turn:
            if time.monotonic() > self._until:
                await self._sign_in()
            return self._token

    async def _sign_in(self) -> None:
        answer = await ask_any(self._urls, None, "POST", "/sessions", {"login": self.login, "password": self._password})
        self._token = str(answer["token"])
        self._until = time.monotonic() + TOKEN_KEPT_S
        self.person = str(answer["person"]["id"])


async def ask_any(urls: Sequence[str], token: str | None, method: str, path: str, json: object = None) -> Any:
    """A REST call to the first of several addresses of one hub that answers.

    Raises:
        Refused: the hub said no.
        Lost: none of them can be reached.
    """
    lost = Lost("There is no address to call.")
    for url in urls:
        try:
            async with Rest(url, token=token) as rest:
                return await rest.ask(method, path, json)
        except Lost as fault:
            lost = fault
    raise lost
