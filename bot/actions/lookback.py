"""Walking through what an account's buyers wrote, newest conversations first, without holding anything up."""

import asyncio
from collections.abc import AsyncGenerator

import msgspec

from bot.model.talk import DeskState
from bot.store import history
from bot.store.history import NEWEST, WINDOW, Sent
from bot.store.unit import Database

LISTED = 500
BATCH = 10
"""Conversations listed, and read, in one go: few enough that the event loop hardly notices."""


class Stretch(msgspec.Struct, frozen=True):
    """A part of the walk: messages, and how many conversations of how many are behind. `cut`: it ends here, though there is more."""

    messages: list[Sent]
    done: int
    of: int
    cut: bool = False


async def look_back(db: Database, account: str, since: int, limit: int) -> AsyncGenerator[Stretch, None]:
    """The messages of an account's buyers from a moment on, in milliseconds UTC, but no more than `limit`.

    The first stretch comes before anything is read. A message that arrives meanwhile may be missed, none comes twice.

    Raises:
        Unavailable: the store cannot tell now.
    """
    names = await _recent(db, account, since, limit)
    yield Stretch([], 0, len(names))
    left = limit
    for start in range(0, len(names), BATCH):
        async for messages, more in _of(db, names[start : start + BATCH], since):
            done = start if more else min(start + BATCH, len(names))
            cut = len(messages) > left
            yield Stretch(messages[:left], done, len(names), cut)
            left -= len(messages)
            if cut:
                return


async def _recent(db: Database, account: str, since: int, limit: int) -> list[str]:
    """The newest conversations; one that changes its state meanwhile is listed once."""
    found: dict[str, int] = {}
    for state in DeskState:
        place, listed, full = NEWEST, 0, True
        while full and listed < limit:
            async with db.read() as conn:
                page = await history.recent(conn, account, state, since, place, LISTED)
            found |= {one.conversation: one.last_at for one in page}
            listed, full = listed + len(page), len(page) == LISTED
            place = (page[-1].last_at, page[-1].conversation) if page else place
    return await asyncio.to_thread(lambda: sorted(found, key=found.__getitem__, reverse=True)[:limit])


async def _of(db: Database, names: list[str], since: int) -> AsyncGenerator[tuple[list[Sent], bool], None]:
    """The messages of a few conversations, window by window from their ends, and whether there are more."""
    passed = 0
    lowest: dict[str, int] = {}
    while names:
        async with db.read() as conn:
            messages = await history.sent(conn, names, since, passed)
            passed += WINDOW
            names = await history.deeper(conn, names, since, passed)
        # What is written meanwhile moves the windows, so that they overlap.
        fresh = [one for one in messages if one.seq < lowest.get(one.conversation, one.seq + 1)]
        for one in reversed(fresh):
            lowest[one.conversation] = one.seq
        yield fresh, bool(names)
