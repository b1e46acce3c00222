"""The filters of accounts and of their conversations, compiled and at hand: read, compiled in a thread, dropped by the fact that lists changed."""

import asyncio
from collections.abc import Mapping, Sequence
from weakref import WeakValueDictionary

import msgspec
import structlog

from bot.actions.fresh import Fresh
from bot.live.ports import Bus
from bot.model.facts import FiltersChanged, Ring
from bot.store import filters as store
from bot.store.filters import ListHead, ListRow, Mark, filter_list
from bot.store.unit import Database
from intents.filters import Filter, FilterList
from intents.lexicon import LexiconFault

WORDS_KEPT = 400_000
"""Words in all the filters that one process keeps compiled: some hundred megabytes."""

_log = structlog.get_logger(__name__)

Key = tuple[str, str | None, bool]


class Compiled(msgspec.Struct, frozen=True):
    """A filter that is asked. `heads`: its own lists by id, which is the name a `Sign` tells; `marks`: of which versions it is made.

    `asks`: whether there is anything in it that could hit. `shared`: it is that of the account as a whole, and weighs there.
    """

    filter: Filter
    heads: Mapping[str, ListHead] = {}
    marks: tuple[Mark, ...] = ()
    asks: bool = True
    shared: bool = False

    @property
    def weight(self) -> int:
        """Its share of `WORDS_KEPT`."""
        return 1 if self.shared else 1 + sum(head.words + head.patterns for head in self.heads.values())


class Filterbook:
    """Finds the filter for an account, or for one conversation of it.

    Facts that this process hears drop what they made stale at once, so that a new word is obeyed at the next message. `ttl_s` bounds how long a
    lost fact can hurt, `blind_s` while other processes cannot be heard; what did not change meanwhile is not compiled again.
    """

    def __init__(self, *, db: Database, bus: Bus, setup: Filter, ttl_s: float = 30.0, blind_s: float = 3.0, words: int = WORDS_KEPT) -> None:
        def believed_s() -> float:
            return ttl_s if bus.healthy else blind_s

        self._db = db
        self._bare = {True: Compiled(setup), False: Compiled(Filter(), asks=False)}
        self._kept: Fresh[Key, Compiled] = Fresh(believed_s, words, lambda compiled: compiled.weight)
        self._locks: WeakValueDictionary[Key, asyncio.Lock] = WeakValueDictionary()
        bus.attach(self.hear, FiltersChanged)
        bus.on_restored(self._kept.clear)

    def peek(self, account: str, conversation: str | None, *, setup: bool) -> Compiled | None:
        """The filter, if it is known and fresh. `setup`: with the lists and the classifier that come with the hub."""
        return self._kept.peek((account, conversation, setup))

    async def of(self, account: str, conversation: str | None, *, setup: bool) -> Compiled:
        """The filter; made once, however many ask for it at the same time.

        Raises:
            Unavailable: it is not known, and the store cannot tell.
        """
        key = (account, conversation, setup)
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            known = self._kept.peek(key)
            if known is None:
                last = self._kept.last(key)
                known = await self._kept.load(key, lambda: self._made(key, last))
            return known or self._bare[setup]

    def hear(self, ring: Ring) -> None:
        """Drop what a fact made stale."""
        if isinstance(ring.fact, FiltersChanged):
            account, conversation = ring.fact.account, ring.fact.conversation
            self._kept.forget_keys(lambda key: key[0] == account and conversation in {None, key[1]})

    async def _made(self, key: Key, last: Compiled | None) -> Compiled:
        account, conversation, setup = key
        async with self._db.read() as conn:
            marks = tuple(await store.marks(conn, account, conversation))
            if last is not None and last.marks == marks:
                return last
            rows = await store.some(conn, [mark.id for mark in marks]) if _has_own(marks, conversation) else []
        if not marks:
            return self._bare[setup]
        if not rows:
            return msgspec.structs.replace(await self.of(account, None, setup=setup), shared=True)
        return await asyncio.to_thread(self.compiled, rows, marks, setup=setup)

    def compiled(self, rows: Sequence[ListRow], marks: tuple[Mark, ...] = (), *, setup: bool) -> Compiled:
        """A filter out of these lists, in the order of their ids. Takes up to half a second: run it in a thread.

        Lists that this release cannot compile together say nothing, rather than keeping everybody from speaking.
        """
        lists = [FilterList(*filter_list(row)) for row in rows]
        try:
            made = self._bare[setup].filter.beside(lists)
        except LexiconFault as fault:
            _log.error("filters.unreadable", account=rows[0].head.account, path=fault.path)
            return Compiled(self._bare[setup].filter, marks=marks, asks=setup)
        return Compiled(made, {row.head.id: row.head for row in rows}, marks)


def _has_own(marks: Sequence[Mark], conversation: str | None) -> bool:
    """Whether a place has lists that the account as a whole has not."""
    return any(mark.conversation == conversation for mark in marks)
