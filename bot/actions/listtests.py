"""Trying a list before it is enforced, on what members really wrote in the last days. Writes nothing."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from typing import Annotated

import msgspec
from msgspec import Meta

from bot.actions.filterbook import Compiled, Filterbook
from bot.actions.filters import DAY_MS, Filters, ListDraft, Scope, checked, head_of
from bot.actions.screening import Screened, scanned, spoken
from bot.model.basics import RateLimited, Unavailable, now_ms
from bot.model.people import Actor
from bot.model.talk import BODIES
from bot.model.wording import words_of
from bot.store import filters as store
from bot.store import written
from bot.store.filters import ListRow
from bot.store.held import Spoke
from bot.store.unit import Database
from bot.store.written import Written
from intents.filters import Action

DAYS_MOST, MESSAGES_MOST, EXAMPLES_MOST = 30, 20_000, 50
TESTS_EACH, TESTS = 1, 2
"""Tests that run at once: for one account, and in one process."""

DRAFT = "draft"
"""Under which id the list that is tried stands among the others."""

SHOWN = 500
"""Characters of an example."""


class ListTest(msgspec.Struct, frozen=True, kw_only=True):
    """A list to be tried in the place of another one (`replaces`, its id), or beside all; over how many days."""

    list: ListDraft
    replaces: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    days: Annotated[int, Meta(ge=1, le=DAYS_MOST)] = 7


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """A message that the list hit: what would become of it, and what spoke, with spans of the text."""

    conversation: str
    seq: int
    at: int
    text: str
    action: str
    signals: tuple[Spoke, ...]


class ListTested(msgspec.Struct, frozen=True, kw_only=True):
    """What a test came to: of so many messages, how many the list hit, and what would become of all of them without it and with it.

    `complete`: none was left out for the limit. `since` in milliseconds.
    """

    since: int
    messages: int
    complete: bool
    hits: int
    before: dict[str, int]
    after: dict[str, int]
    examples: tuple[Example, ...]


class ListTests:
    """The verb of trying lists: in threads, few at a time."""

    def __init__(self, *, db: Database, filters: Filters, book: Filterbook) -> None:
        self._db = db
        self._filters = filters
        self._book = book
        self._running: list[str] = []

    async def test(self, actor: Actor, scope: Scope, wanted: ListTest) -> ListTested:
        """Ask the filters of a place, and the same with a list beside them, about what members wrote there and did not take back.

        Raises:
            NotFound, Forbidden: see `Filters.read`. Invalid: a fault in the list. RateLimited: a test of this account is running.
            Unavailable: too many are, or the store cannot tell now.
        """
        place, others = await self._filters.place(actor, scope, wanted.replaces)
        with self._taken(place.account):
            content = await asyncio.to_thread(checked, wanted.list)
            head = head_of(wanted.list, content, DRAFT, place, version=1, by=actor.person, at=now_ms())
            async with self._db.read() as conn:
                rows = await store.some(conn, others)
            before = await self._book.of(place.account, place.conversation, setup=place.setup)
            after = await asyncio.to_thread(self._book.compiled, [*rows, ListRow(head=head, content=content)], setup=place.setup)
            return await self._walk(place.account, place.conversation, now_ms() - wanted.days * DAY_MS, before, after)

    async def _walk(self, account: str, conversation: str | None, since: int, before: Compiled, after: Compiled) -> ListTested:
        tally = _Tally(before, after)
        left, complete = MESSAGES_MOST, True
        async with self._db.read() as conn:
            heads = await written.lately(conn, account, conversation, since)
        for number, (group, head) in enumerate(heads.items()):
            # Each may take its share of what is left, so that one lively group does not hide the others.
            room = max(1, left // (len(heads) - number))
            async with aclosing(self._messages(group, head, since)) as windows:
                async for messages in windows:
                    await asyncio.to_thread(tally.hear, messages[:room])
                    left -= len(messages[:room])
                    room -= len(messages)
                    if room < 0:
                        complete = False
                        break
        return tally.told(since, complete=complete)

    async def _messages(self, group: str, head: int, since: int) -> AsyncGenerator[list[Written], None]:
        last, more = head, head > 0
        while more:
            async with self._db.read() as conn:
                found, more = await written.window(conn, group, last, since)
            last -= written.WINDOW
            yield found

    @contextmanager
    def _taken(self, account: str) -> Iterator[None]:
        """A place among the tests that run."""
        if self._running.count(account) >= TESTS_EACH:
            raise RateLimited("这个账号的测试正在进行，请等它结束。", "A test of this account is running; wait for its end.", retry_after=5)
        if len(self._running) >= TESTS:
            raise Unavailable("正在进行的测试太多，请稍后再试。", "Too many tests are running; try again later.", retry_after=5)
        self._running.append(account)
        try:
            yield
        finally:
            self._running.remove(account)


class _Tally:
    """What a walk has found so far."""

    def __init__(self, before: Compiled, after: Compiled) -> None:
        self._before, self._after = before, after
        self._was: Counter[str] = Counter()
        self._is: Counter[str] = Counter()
        self._messages = self._hits = 0
        self._examples: list[Example] = []

    def hear(self, messages: Sequence[Written]) -> None:
        """In a thread: some tens of milliseconds."""
        for one in messages:
            words = words_of(msgspec.json.decode(one.body, type=BODIES[one.kind]))
            self._messages += 1
            self._was[_action(scanned(self._before, words)) if any(words) else "pass"] += 1
            found = scanned(self._after, words) if any(words) else None
            self._is["pass" if found is None else _action(found)] += 1
            if found is not None and any(sign.kind == "list" and sign.name == DRAFT for sign in found.verdict.signals):
                self._hits += 1
                if len(self._examples) < EXAMPLES_MOST:
                    self._examples.append(_example(one, found))

    def told(self, since: int, *, complete: bool) -> ListTested:
        """All of it."""
        return ListTested(
            since=since,
            messages=self._messages,
            complete=complete,
            hits=self._hits,
            before=dict(self._was),
            after=dict(self._is),
            examples=tuple(self._examples),
        )


def _action(found: Screened) -> str:
    """What would become of a message; `shadow` where lists hit that only count."""
    verdict = found.verdict
    counted = verdict.action is Action.PASS and any(sign.kind == "list" for sign in verdict.signals)
    return str(Action.SHADOW if counted else verdict.action)


def _example(one: Written, found: Screened) -> Example:
    signals = tuple(spoke for spoke in spoken(found) if spoke.end is None or spoke.end <= SHOWN)
    return Example(conversation=one.conversation, seq=one.seq, at=one.at, text=found.text[:SHOWN], action=_action(found), signals=signals)
