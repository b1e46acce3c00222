"""Rings to send and ears that remember, for tests of the bus."""

import asyncio
import time
from collections.abc import Callable

import msgspec

from bot.model.desk import Desk
from bot.model.facts import (
    AccountChanged,
    DeskMoved,
    Fact,
    FiltersChanged,
    FollowChanged,
    MessagePosted,
    MessageRecalled,
    ReadMoved,
    Ring,
    RulesPublished,
    SessionRevoked,
    Typed,
)
from bot.model.talk import AuthorRole, Auto, DeskState, Message

MESSAGE = Message(
    conversation="talk",
    seq=7,
    author="buyer-1",
    author_name="王小二",
    role=AuthorRole.FOLLOWER,
    key="k-1",
    kind="text",
    body=msgspec.Raw('{"text":"什么时候发货呀 😊 \\u0000 \\"亲\\""}'.encode()),
    at=1_700_000_000_123,
    reply_to=3,
    auto=Auto("shipping-time", "发货时间", 6, 12),
)
FACTS: list[Fact] = [
    MessagePosted(MESSAGE),
    MessageRecalled("talk", 7, "buyer-1"),
    ReadMoved("talk", "buyer-1", 7),
    Typed("talk", "buyer-1"),
    DeskMoved(Desk(conversation="talk", account="shop", state=DeskState.WAITING, position=2, expected_wait_s=30)),
    FollowChanged("shop", "buyer-1", following=True),
    AccountChanged("shop"),
    RulesPublished("shop", 12),
    FiltersChanged("shop", None),
    SessionRevoked("s-1"),
]


def ring(number: int, *topics: str, fact: Fact | None = None) -> Ring:
    """A ring with an id made of its number."""
    return Ring(f"ring-{number}", topics, fact or Typed("talk", "buyer-1"))


class Ear:
    """Remembers what it heard."""

    def __init__(self) -> None:
        self.rings: list[Ring] = []

    def __call__(self, heard: Ring) -> None:
        self.rings.append(heard)

    @property
    def ids(self) -> list[str]:
        """Ids in the order they came."""
        return [heard.id for heard in self.rings]


async def until(holds: Callable[[], bool], *, within_s: float = 10.0) -> None:
    """Wait for something to become true.

    Raises:
        AssertionError: it did not.
    """
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "it did not come true"
        await asyncio.sleep(0.005)
