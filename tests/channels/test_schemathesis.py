"""Whatever can be made from the API document is answered as the document says: no crash, no answer it does not name."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Self, TypeVar

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from channels.http import STATUS
from channels.openapi import document
from channels.routes import ROUTES
from tests.bot.actions.media.test_library import pieces, png
from tests.channels.door import PASSWORD, Door, door
from tests.world import BUYER, MODERATOR, OPERATOR, OWNER

T = TypeVar("T")
EXAMPLES = 3
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance, response_headers_conformance]

schema = schemathesis.openapi.from_dict(msgspec.json.decode(msgspec.json.encode(document(ROUTES, STATUS))))


class Server:
    """A door in a thread of its own, since these tests are no coroutines."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened = threading.Event()
        self._closing = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._run()))
        self.url = ""
        self.door: Door

    async def _run(self) -> None:
        async with AsyncExitStack() as stack:
            self.door = await stack.enter_async_context(door(self._folder))
            self.url = str(self.door.client.make_url("")).rstrip("/")
            self._opened.set()
            await self._closing.wait()

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._opened.wait(20)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join(20)
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something over there."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    def owner(self) -> str:
        """A fresh session of the owner: an earlier example may have ended its own."""
        return self.run(self.door.services.identity.sign_in("owner", PASSWORD, "test")).token


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.fixture(scope="module")
def real(server: Server) -> dict[str, object]:
    """Names of things that exist, by the parameter that asks for them."""
    return server.run(furnish(server.door))


async def furnish(hub: Door) -> dict[str, object]:
    room = (await hub.get(BUYER, "POST", "/accounts/shop/conversation"))["conversation"]
    await hub.get(BUYER, "POST", f"/conversations/{room}/messages", {"key": "k", "kind": "text", "body": {"text": "在吗"}})
    await hub.get(OPERATOR, "PUT", f"/accounts/shop/followers/{BUYER.person}/tags/老客")
    group = (await hub.get(OWNER, "POST", "/accounts/shop/groups", {"name": "茶友"}))["id"]
    return {
        **await quarrel(hub),
        "account": "shop",
        "tag": "老客",
        "note": (await hub.get(OWNER, "POST", f"/accounts/shop/followers/{BUYER.person}/notes", {"text": "要发票"}))["id"],
        "conversation": room,
        "seq": 1,
        "person": OPERATOR.person,
        "team": (await hub.get(OWNER, "POST", "/accounts/shop/teams", {"name": "售前"}))["id"],
        "canned": (await hub.get(OWNER, "POST", "/accounts/shop/canned", {"title": "你好", "text": "您好"}))["id"],
        "version": (await hub.services.rulebook.import_(OWNER, "shop", "[]")).version,
        "group": group,
        "media": (await hub.services.media.upload(BUYER, pieces(png()))).id,
        "session": (await hub.get(OWNER, "GET", "/sessions"))["items"][0]["id"],
        "buyer": await hub.token(BUYER),
    }


async def quarrel(hub: Door) -> dict[str, object]:
    """A group in which somebody was reported, purged and banned, and appeals."""
    group = (await hub.get(OWNER, "POST", "/accounts/shop/groups", {"name": "吵架"}))["id"]
    await hub.get(BUYER, "PUT", f"/groups/{group}/membership")
    await hub.get(BUYER, "POST", f"/conversations/{group}/messages", {"key": "q", "kind": "text", "body": {"text": "哼"}})
    await hub.get(MODERATOR, "POST", f"/groups/{group}/reports", {"seq": 1, "reason": "abuse"})
    purge = await hub.get(MODERATOR, "POST", f"/groups/{group}/purges", {"person": BUYER.person, "seconds": 600, "reason": "骂人"})
    await hub.get(MODERATOR, "PUT", f"/groups/{group}/sanctions/{BUYER.person}/ban", {"reason": "骂人"})
    return {
        "list": (await hub.get(OWNER, "POST", "/accounts/shop/filters", {"name": "脏话", "action": "review", "words": ["蠢货"]}))["id"],
        "held": "none",
        "case": (await hub.get(OWNER, "GET", "/accounts/shop/cases"))["items"][0]["id"],
        "purge": purge["id"],
        "appeal": (await hub.get(BUYER, "POST", f"/groups/{group}/appeals", {"text": "不服"}))["id"],
    }


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), derandomize=True)
def test_every_answer_is_one_the_document_names(case: schemathesis.Case[Any], server: Server, real: dict[str, object]) -> None:
    """As the owner and as a buyer, with names made up and with names that exist."""
    made_up = dict(case.path_parameters)
    existing = {name: real[name] for name in made_up}
    for token, names in ((server.owner(), made_up), (server.owner(), existing), (str(real["buyer"]), existing)):
        case.path_parameters = names
        case.headers.pop("Authorization", None)
        if "If-Match" in case.headers and names is existing:
            case.headers["If-Match"] = "0" if case.path.endswith("/rules") else "1"
        case.call_and_validate(base_url=server.url, headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)
