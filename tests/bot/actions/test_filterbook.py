"""Compiled filters: whose lists are in them, made once, and never believed longer than a fact allows."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.actions.filterbook import Filterbook
from bot.actions.filters import Filters, ListDraft, Scope
from bot.model.facts import FiltersChanged, Ring
from bot.store import filters as store
from intents.filters import Action, Contact, Filter, FilterList, On
from intents.lexicon import Words
from tests.circle import Circle, Generous, circle
from tests.world import OWNER, SHOP

SETUP = Filter([FilterList("house", Action.REVIEW, Words(("代开发票",)))], [Contact("digits", On.NORMAL, r"\d{9}")])


class Shelf:
    """A book, the verbs that write into it, and a group."""

    def __init__(self, room: Circle, group: str, words: int = 1_000) -> None:
        self.room = room
        self.group = group
        self.book = Filterbook(db=room.hub.db, bus=room.hub.bus, setup=SETUP, words=words)
        self.filters = Filters(db=room.hub.db, access=room.hub.access, bus=room.hub.bus, limiter=Generous(), book=self.book, setup=SETUP)

    async def put(self, word: str, *, account: bool = False) -> str:
        """Add a blocking list of one word."""
        draft = ListDraft(name=word, action="block", words=(word,))
        return (await self.filters.create(OWNER, Scope("account", "shop") if account else Scope("group", self.group), draft)).head.id

    async def says(self, text: str, group: str | None = "", *, setup: bool = True) -> Action:
        """What the group's filter says, or another one's."""
        place = self.group if group == "" else group
        return (await self.book.of(SHOP, place, setup=setup)).filter.scan(text).action


@pytest.fixture
async def shelf(data_dir: Path) -> AsyncIterator[Shelf]:
    async with circle(data_dir) as room:
        yield Shelf(room, await room.make())


async def test_a_place_has_its_own_lists_those_of_its_account_and_the_hubs(shelf: Shelf) -> None:
    """Another group has not the first one's; the hub's own are left out where that is wanted."""
    other = await shelf.room.make()
    await shelf.put("水军", account=True)
    await shelf.put("黄牛")

    assert [await shelf.says(text) for text in ("水军", "黄牛", "代开发票", "你好")] == [Action.BLOCK, Action.BLOCK, Action.REVIEW, Action.PASS]
    assert [await shelf.says(text, other) for text in ("水军", "黄牛")] == [Action.BLOCK, Action.PASS]
    assert [await shelf.says(text, None) for text in ("水军", "黄牛")] == [Action.BLOCK, Action.PASS]
    assert [await shelf.says(text, setup=False) for text in ("水军", "黄牛", "代开发票")] == [Action.BLOCK, Action.BLOCK, Action.PASS]


async def test_where_nothing_could_hit_nothing_is_asked(shelf: Shelf) -> None:
    """Neither own lists nor the hub's."""
    assert not (await shelf.book.of(SHOP, shelf.group, setup=False)).asks
    assert (await shelf.book.of(SHOP, shelf.group, setup=True)).asks


async def test_a_new_word_is_obeyed_at_the_next_look(shelf: Shelf) -> None:
    """Added, changed, switched off, deleted: each drops what was compiled, of the group or of the whole account."""
    assert await shelf.says("黄牛") is Action.PASS
    made = await shelf.put("黄牛")
    assert shelf.book.peek(SHOP, shelf.group, setup=True) is None
    assert await shelf.says("黄牛") is Action.BLOCK

    await shelf.put("水军", account=True)
    assert shelf.book.peek(SHOP, shelf.group, setup=True) is None
    assert await shelf.says("水军") is Action.BLOCK
    off = ListDraft(name="黄牛", action="block", words=("黄牛",), enabled=False)
    await shelf.filters.change(OWNER, Scope("group", shelf.group), made, 1, off)
    assert await shelf.says("黄牛") is Action.PASS
    await shelf.filters.delete(OWNER, Scope("group", shelf.group), made)
    assert await shelf.says("黄牛") is Action.PASS


async def test_a_fact_about_one_group_leaves_the_others_compiled(shelf: Shelf) -> None:
    """Of another group, of another account."""
    await shelf.says("你好")
    for fact in (FiltersChanged(SHOP, "another"), FiltersChanged("other-id", None)):
        shelf.book.hear(Ring("r", ("hub",), fact))
        assert shelf.book.peek(SHOP, shelf.group, setup=True) is not None
    shelf.book.hear(Ring("r", ("hub",), FiltersChanged(SHOP, None)))
    assert shelf.book.peek(SHOP, shelf.group, setup=True) is None


async def test_what_changes_while_it_is_compiled_is_not_kept(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asked hears the old; the next one the new."""
    await shelf.put("黄牛")
    plain = shelf.book._made

    async def overtaken(key: object, last: object) -> object:
        made = await plain(key, last)  # type: ignore[arg-type]  # what it was called with
        shelf.book.hear(Ring("r", ("hub",), FiltersChanged(SHOP, shelf.group)))
        return made

    monkeypatch.setattr(shelf.book, "_made", overtaken)
    assert await shelf.says("黄牛") is Action.BLOCK
    assert shelf.book.peek(SHOP, shelf.group, setup=True) is None


async def test_many_who_ask_at_once_compile_once(shelf: Shelf) -> None:
    """And what did not change is not compiled again when its time is over."""
    await shelf.put("黄牛")
    found = await asyncio.gather(*(shelf.book.of(SHOP, shelf.group, setup=True) for _ in range(20)))
    assert len({id(one) for one in found}) == 1

    brief = Filterbook(db=shelf.room.hub.db, bus=shelf.room.hub.bus, setup=SETUP, ttl_s=-1.0)
    first = await brief.of(SHOP, shelf.group, setup=True)
    assert brief.peek(SHOP, shelf.group, setup=True) is None
    assert await brief.of(SHOP, shelf.group, setup=True) is first
    await shelf.put("倒票")
    assert await brief.of(SHOP, shelf.group, setup=True) is not first


async def test_what_is_kept_is_bounded_by_its_words(data_dir: Path) -> None:
    """Filters shared with the account weigh next to nothing; own ones push each other out."""
    async with circle(data_dir) as room:
        shelf = Shelf(room, await room.make(), words=10)
        others = [await room.make() for _ in range(3)]
        await shelf.put("水军", account=True)
        await shelf.says("水军", None)
        for other in others:
            await shelf.says("水军", other)
        assert all(shelf.book.peek(SHOP, other, setup=True) for other in others)
        draft = ListDraft(name="多", action="block", words=tuple(f"词{number}" for number in range(9)))
        await shelf.filters.create(OWNER, Scope("group", shelf.group), draft)
        await shelf.says("词1")
        assert [shelf.book.peek(SHOP, other, setup=True) for other in others] == [None, None, None]


async def test_lists_that_do_not_compile_together_keep_nobody_from_speaking(shelf: Shelf) -> None:
    """As after a release with stricter limits: the hub's own filters still hold."""
    made = await shelf.put("黄牛")
    async with shelf.room.hub.db.write() as conn:
        row = await store.get(conn, made)
        assert row is not None
        await store.change(conn, row.head, Words(patterns=("(",)))
    shelf.book.hear(Ring("r", ("hub",), FiltersChanged(SHOP, shelf.group)))
    assert [await shelf.says(text) for text in ("黄牛", "代开发票")] == [Action.PASS, Action.REVIEW]
