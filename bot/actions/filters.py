"""Working on lists of words: those of an account and those of one of its groups; and what a text would get."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from bot.actions import footing
from bot.actions.access import Access
from bot.actions.filterbook import Filterbook
from bot.actions.footing import ACTS
from bot.actions.staff import checked_name
from bot.live.ports import Bus, Limiter
from bot.model.basics import Conflict, Invalid, NotFound, new_id, now_ms
from bot.model.facts import HUB_TOPIC, FiltersChanged, Ring
from bot.model.groups import Deed
from bot.model.people import Actor, Verb
from bot.store import filters as store
from bot.store import sanctions
from bot.store.filters import Enforced, ListHead, ListRow
from bot.store.sanctions import Line
from bot.store.unit import Connection, Database
from intents.filters import Filter, Verdict
from intents.lexicon import PATTERNS_LIMIT, WORDS_LIMIT, LexiconFault, Way, Words, check, looks_like_pattern

LISTS_EACH = 40
"""Lists of an account as a whole, and of each of its groups."""

LISTS_LIMIT = 500
"""Lists of an account with all its groups."""

FAULTS_LIMIT = 100
COUNTED_DAYS = 7
"""Over how many days, today among them, the hits of a list are counted for its view."""

DAY_MS = 86_400_000


class ListDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A list as somebody writes it. `way`: how its words are compared; `allow`: words that pass, here and in every list beside it."""

    name: Annotated[str, Meta(min_length=1, max_length=64)]
    action: Enforced
    way: Way = Way.SOUND
    words: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    note: Annotated[str, Meta(max_length=500)] = ""
    enabled: bool = True


class Scope(msgspec.Struct, frozen=True):
    """Whose lists: those of an account as a whole, by handle or id, or those of one group."""

    kind: Literal["account", "group"]
    ref: str


class Listed(msgspec.Struct, frozen=True):
    """A list without its words, and how many messages it hit in the last seven days."""

    head: ListHead
    hits: int


class Tried(msgspec.Struct, frozen=True):
    """What a text would get; `heads`: the lists that its signs name by id."""

    verdict: Verdict
    heads: dict[str, ListHead]


class Entered(msgspec.Struct, frozen=True):
    """A scope that the caller may enter: the account's id, the conversation if it is one's, and whether the hub's own filters are asked there."""

    account: str
    conversation: str | None
    setup: bool = True


class Filters:
    """The verbs of lists. A list with a fault changes nothing; a sound one is obeyed everywhere at the next message."""

    def __init__(self, *, db: Database, access: Access, bus: Bus, limiter: Limiter, book: Filterbook, setup: Filter) -> None:
        self._db = db
        self._access = access
        self._bus = bus
        self._limiter = limiter
        self._book = book
        self._setup = setup.size

    async def lists(self, actor: Actor, scope: Scope) -> list[Listed]:
        """The lists of an account as a whole, or of a group; the oldest first, at most 40.

        Raises:
            NotFound, Forbidden: see `Access.account` and `footing.doing`.
        """
        async with self._db.read() as conn:
            place = await self._enter(conn, actor, scope)
            found = await store.heads(conn, place.account, place.conversation)
            hits = await store.hits(conn, [one.id for one in found], day_of(now_ms() - (COUNTED_DAYS - 1) * DAY_MS))
        return [Listed(one, hits.get(one.id, 0)) for one in found]

    async def read(self, actor: Actor, scope: Scope, list_id: str) -> ListRow:
        """One list with its words.

        Raises:
            NotFound, Forbidden: see `Access.account` and `footing.doing`; or there is no such list there.
        """
        async with self._db.read() as conn:
            return await _found(conn, await self._enter(conn, actor, scope), list_id)

    async def create(self, actor: Actor, scope: Scope, draft: ListDraft) -> ListRow:
        """Add a list.

        Raises:
            NotFound, Forbidden, Closed: see `Access.account` and `footing.doing`. Invalid: a fault in it, `faults` lists up to a hundred; or together they would be too much.
            Conflict: there are too many lists. RateLimited: too often.
        """
        await footing.allow(self._limiter, "acts", actor, ACTS)
        content, now = await asyncio.to_thread(checked, draft), now_ms()
        async with self._db.write() as conn:
            place = await self._enter(conn, actor, scope, change=True)
            head = head_of(draft, content, new_id(), place, version=1, by=actor.person, at=now)
            await self._check_room(conn, place, head, fresh=True)
            await store.create(conn, head, content)
            await _log(conn, place, actor, "list_add", head.name, now)
        self._tell(place)
        return ListRow(head=head, content=content)

    async def change(self, actor: Actor, scope: Scope, list_id: str, version: int, draft: ListDraft) -> ListRow:
        """Put a list in the place of one that still is as the caller saw it.

        Raises:
            NotFound, Forbidden, Closed, Invalid, RateLimited: as `create`. Conflict: somebody changed it meanwhile.
        """
        await footing.allow(self._limiter, "acts", actor, ACTS)
        content, now = await asyncio.to_thread(checked, draft), now_ms()
        async with self._db.write() as conn:
            place = await self._enter(conn, actor, scope, change=True)
            known = (await _found(conn, place, list_id)).head
            head = head_of(draft, content, list_id, place, version=version, by=actor.person, at=now)
            await self._check_room(conn, place, head, fresh=False)
            if version != known.version or not await store.change(conn, head, content):
                raise _stale(known)
            await _log(conn, place, actor, "list_change", head.name, now)
        self._tell(place)
        return ListRow(head=msgspec.structs.replace(head, version=version + 1), content=content)

    async def delete(self, actor: Actor, scope: Scope, list_id: str, version: int | None = None) -> None:
        """Delete a list; with a version, only one that still has it.

        Raises:
            NotFound, Forbidden, Closed: see `Access.account` and `footing.doing`. Conflict: somebody changed it meanwhile. RateLimited: too often.
        """
        await footing.allow(self._limiter, "acts", actor, ACTS)
        async with self._db.write() as conn:
            place = await self._enter(conn, actor, scope, change=True)
            known = (await _found(conn, place, list_id)).head
            if version not in {None, known.version} or not await store.delete(conn, list_id, known.version):
                raise _stale(known)
            await _log(conn, place, actor, "list_drop", known.name, now_ms())
        self._tell(place)

    async def attempt(self, actor: Actor, scope: Scope, text: str) -> Tried:
        """What a text would get there from somebody who does not moderate. Nothing is counted.

        Raises:
            NotFound, Forbidden: see `Access.account` and `footing.doing`. Unavailable: the store cannot tell now.
        """
        async with self._db.read() as conn:
            place = await self._enter(conn, actor, scope)
        compiled = await self._book.of(place.account, place.conversation, setup=place.setup)
        return Tried(await asyncio.to_thread(compiled.filter.scan, text), dict(compiled.heads))

    async def place(self, actor: Actor, scope: Scope, replaces: str | None) -> tuple[Entered, list[str]]:
        """A scope that the caller may look into, and the enforced lists that hold there, but for one of its own.

        Raises:
            NotFound, Forbidden: see `Access.account` and `footing.doing`; or there is no list to be replaced.
        """
        async with self._db.read() as conn:
            place = await self._enter(conn, actor, scope)
            if replaces is not None:
                await _found(conn, place, replaces)
            return place, [mark.id for mark in await store.marks(conn, place.account, place.conversation) if mark.id != replaces]

    async def _enter(self, conn: Connection, actor: Actor, scope: Scope, *, change: bool = False) -> Entered:
        """The scope, if the caller may read or change it; while they change it nobody else changes lists of the account."""
        if scope.kind == "account":
            account, _ = await self._access.account_in(conn, actor, scope.ref, Verb.FILTERS_EDIT if change else Verb.FILTERS_READ)
            place = Entered(account.id, None)
        else:
            mine = await footing.doing(conn, actor, scope.ref, Deed.ORDER if change else Deed.OVERSEE, now_ms(), lock=change)
            place = Entered(mine.row.account, mine.row.id, mine.row.order.filters)
        if change:
            await store.lock(conn, place.account)
        return place

    async def _check_room(self, conn: Connection, place: Entered, head: ListHead, *, fresh: bool) -> None:
        """That all lists that hold in one place stay within what one filter takes."""
        sizes = await store.sizes(conn, place.account, head.id)
        here = sizes.get(place.conversation, store.Size())
        if fresh and (here.lists >= LISTS_EACH or sum(size.lists for size in sizes.values()) >= LISTS_LIMIT):
            en = f"At most {LISTS_EACH} lists here, and {LISTS_LIMIT} in the account with its groups."
            raise Conflict(f"词库太多：这里最多 {LISTS_EACH} 个，全部小组加起来最多 {LISTS_LIMIT} 个。", en)
        beside = [sizes.get(None, store.Size())] if place.conversation else [size for name, size in sizes.items() if name is not None]
        for part, most in (("words", WORDS_LIMIT), ("patterns", PATTERNS_LIMIT)):
            others = max((getattr(size, part) for size in beside), default=0)
            total = getattr(self._setup, part) + getattr(here, part) + getattr(head, part) + others
            if total > most:
                zh = f"和其他词库加起来太多：共 {total} 个，最多 {most} 个。"
                raise Invalid(zh, f"Too many {part} together with the other lists: {total}, at most {most}.", path=part)

    def _tell(self, place: Entered) -> None:
        self._bus.publish([Ring(new_id(), (HUB_TOPIC,), FiltersChanged(place.account, place.conversation))])


def checked(draft: ListDraft) -> Words:
    """The words of a draft. Takes a tenth of a second for a large list: run it in a thread.

    Raises:
        Invalid: a fault in it; `path` says where, `faults` lists up to a hundred.
    """
    checked_name(draft.name)
    content = Words(draft.words, draft.patterns, draft.allow, draft.way)
    if not (content.words or content.patterns or content.allow):
        raise Invalid("空词库：请写词、正则或放行词。", "An empty list: give words, patterns, or words to allow.", path="words")
    faults: list[dict[str, str]] = []
    crowded = "words" if len(content.words) + len(content.allow) > WORDS_LIMIT else "patterns"
    try:
        check([content])
    except LexiconFault as fault:
        faults = [_told(one.path.removeprefix("[0]").removeprefix(".") or crowded, one.zh, one.en) for one in fault.every]
    for place, word in enumerate(content.words):
        if len(faults) >= FAULTS_LIMIT:
            break
        if looks_like_pattern(word):
            faults.append(
                _told(f"words[{place}]", "像是正则表达式，请写在 patterns 里", "looks like a regular expression: write it among the patterns")
            )
    if faults:
        raise Invalid(faults[0]["zh"], faults[0]["en"], path=faults[0]["path"], faults=faults)
    return content


def _told(path: str, zh: str, en: str) -> dict[str, str]:
    return {"path": path, "zh": zh, "en": en}


def head_of(draft: ListDraft, content: Words, list_id: str, place: Entered, *, version: int, by: str, at: int) -> ListHead:
    """A draft as it is listed in a place."""
    counts: dict[str, Any] = {"words": len(content.words) + len(content.allow), "patterns": len(content.patterns)}
    told = {name: getattr(draft, name) for name in ("action", "way", "note", "enabled")}
    name = checked_name(draft.name)
    return ListHead(id=list_id, account=place.account, conversation=place.conversation, name=name, version=version, by=by, at=at, **told, **counts)


async def _found(conn: Connection, place: Entered, list_id: str) -> ListRow:
    row = await store.get(conn, list_id)
    if row is None or (row.head.account, row.head.conversation) != (place.account, place.conversation):
        raise NotFound("没有这个词库。", "There is no such list.", path="list")
    return row


async def _log(conn: Connection, place: Entered, actor: Actor, act: str, name: str, now: int) -> None:
    """Lists of a group are in its log; those of the account tell themselves who changed them last."""
    if place.conversation is not None:
        await sanctions.write(conn, Line(account=place.account, conversation=place.conversation, at=now, act=act, actor=actor.person, ref=name))


def _stale(known: ListHead) -> Conflict:
    return Conflict("内容已被别人修改，请刷新后再试。", "Somebody changed it meanwhile: read it again.", version=known.version)


def day_of(ms: int) -> str:
    """The day of a moment, in UTC, such as `2026-11-23`."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d")
