"""Trying a list on what members wrote: what it would have done, told with examples, and nothing written."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.actions import listtests as module
from bot.actions.filters import ListDraft, Scope
from bot.actions.listtests import ListTest, ListTested, ListTests
from bot.model.basics import Forbidden, Invalid, NotFound, RateLimited, Unavailable
from bot.model.people import Actor
from bot.store import written
from bot.store.tables import MESSAGES
from tests.circle import AMY, BOB, CAT
from tests.screens import Screens, screens
from tests.world import OPERATOR, OWNER, SHOP

DRAFT = ListDraft(name="团", action="review", words=("团建",))


class Bench:
    """The verb, on a group where something was said."""

    def __init__(self, room: Screens) -> None:
        self.room = room
        self.tests = ListTests(db=room.room.hub.db, filters=room.filters, book=room.book)

    async def test(self, scope: Scope | None = None, actor: Actor = OWNER, **wanted: object) -> ListTested:
        """Try the list."""
        asked = ListTest(**{"list": DRAFT, **wanted})  # type: ignore[arg-type]  # members of it
        return await self.tests.test(actor, scope or Scope("group", self.room.group), asked)


@pytest.fixture
async def bench(data_dir: Path) -> AsyncIterator[Bench]:
    async with screens(data_dir) as room:
        for actor, text in ((AMY, "去团-建吗"), (CAT, "好呀"), (BOB, "团建"), (AMY, "发优惠券团建"), (CAT, "笨蛋")):
            await room.post(actor, text)
        yield Bench(room)


async def test_what_a_list_would_have_done(bench: Bench) -> None:
    """Members' messages alone, with what the other lists say beside; the newest example first, its spans those of its text."""
    tested = await bench.test()
    assert (tested.messages, tested.hits, tested.complete) == (4, 2, True)
    assert tested.before == {"pass": 3, "shadow": 1}
    assert tested.after == {"pass": 2, "review": 2}
    assert [(one.seq, one.text, one.action) for one in tested.examples] == [(4, "发优惠券团建", "review"), (1, "去团-建吗", "review")]
    sign = tested.examples[1].signals[0]
    assert (sign.name, sign.word, tested.examples[1].text[sign.start : sign.end]) == ("团", "团建", "团-建")
    assert await bench.room.filters.lists(OWNER, Scope("account", "shop")) == []
    assert len(await bench.room.hits()) == 2


async def test_a_list_is_tried_in_the_place_of_another(bench: Bench) -> None:
    """And over all groups of the account."""
    tested = await bench.test(replaces=bench.room.lists["shadow"])
    assert tested.before == {"pass": 3, "shadow": 1}
    assert all(spoke.word == "团建" for one in tested.examples for spoke in one.signals)
    whole = await bench.test(Scope("account", "shop"))
    assert (whole.messages, whole.hits, whole.before) == (4, 2, {"pass": 4})
    with pytest.raises(NotFound):
        await bench.test(replaces="nothing")


async def test_only_what_is_recent_and_stands_is_looked_at(bench: Bench) -> None:
    """Not what is older than so many days, nor what was recalled."""
    await bench.room.talk.recall(AMY, bench.room.group, 4)
    async with bench.room.room.hub.db.write() as conn:
        await conn.execute(sa.update(MESSAGES).where(MESSAGES.c.seq == 1).values(at=MESSAGES.c.at - 2 * 86_400_000))
    assert (await bench.test(days=1)).messages == 2
    assert (await bench.test(days=3)).messages == 3


async def test_a_test_is_bounded(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """In messages, in examples, in windows, and in how many run at once."""
    monkeypatch.setattr(written, "WINDOW", 200)
    monkeypatch.setattr(module, "EXAMPLES_MOST", 1)
    assert len((await bench.test()).examples) == 1
    monkeypatch.setattr(module, "MESSAGES_MOST", 3)
    tested = await bench.test()
    assert (tested.messages, tested.complete) == (3, False)
    with bench.tests._taken(SHOP), pytest.raises(RateLimited):
        await bench.test()
    with bench.tests._taken("one"), bench.tests._taken("two"), pytest.raises(Unavailable):
        await bench.test()
    assert (await bench.test()).messages == 3


async def test_windows_meet_without_a_gap(bench: Bench) -> None:
    """More than one window of messages: each is looked at once."""
    async with bench.room.room.hub.db.read() as conn:
        row = (await conn.execute(sa.select(MESSAGES).where(MESSAGES.c.seq == 2))).mappings().one()
    many = [{**row, "seq": number, "key": f"m{number}"} for number in range(6, 451)]
    async with bench.room.room.hub.db.write() as conn:
        await conn.execute(sa.insert(MESSAGES), many)
        await conn.execute(sa.text("UPDATE conversations SET head = 450 WHERE id = :group"), {"group": bench.room.group})
    assert (await bench.test()).messages == 4 + 445


@pytest.mark.parametrize("actor", [AMY, OPERATOR])
async def test_only_moderators_look_back(bench: Bench, actor: Actor) -> None:
    """Nobody else, and a bad list is told as when it is made."""
    with pytest.raises(Forbidden):
        await bench.test(actor=actor)
    with pytest.raises(Invalid):
        await bench.test(list=ListDraft(name="x", action="block", words=("\u200b",)))
