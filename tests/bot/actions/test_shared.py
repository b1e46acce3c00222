"""Asking for many at once."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.actions.shared import Shared
from bot.model.basics import Unavailable


class Desk:
    """Answers with the length of a word; 短 has none, 坏 breaks it. Notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.open = asyncio.Event()

    async def work(self, words: Sequence[str]) -> dict[str, int]:
        """Answer when it is open."""
        self.asked.append(list(words))
        await self.open.wait()
        if "坏" in words:
            raise ValueError("broken")
        return {word: len(word) for word in words if word != "短"}


async def test_those_who_come_while_it_works_are_served_together() -> None:
    """The first alone, all others in one call; each gets their own answer."""
    desk = Desk()
    shared = Shared(desk.work)
    asking = [asyncio.create_task(shared.ask(word)) for word in ("甲", "乙乙", "短", "乙乙")]
    await asyncio.sleep(0.01)
    later = [asyncio.create_task(shared.ask(word)) for word in ("丁丁丁", "戊")]
    await asyncio.sleep(0.01)
    desk.open.set()
    assert await asyncio.gather(*asking, *later) == [1, 2, None, 2, 3, 1]
    assert desk.asked == [["甲", "乙乙", "短"], ["丁丁丁", "戊"]]


async def test_an_answer_is_never_older_than_the_question() -> None:
    """Who asks for the same thing while it is being answered is answered anew."""
    desk = Desk()
    shared = Shared(desk.work)
    first = asyncio.create_task(shared.ask("甲"))
    await asyncio.sleep(0.01)
    second = asyncio.create_task(shared.ask("甲"))
    await asyncio.sleep(0.01)
    desk.open.set()
    await asyncio.gather(first, second)
    assert desk.asked == [["甲"], ["甲"]]


async def test_a_batch_is_bounded() -> None:
    """More than the limit begin another one."""
    desk = Desk()
    desk.open.set()
    shared = Shared(desk.work, limit=2)
    assert await asyncio.gather(*(shared.ask(word) for word in "甲乙丙丁戊")) == [1] * 5
    assert [len(words) for words in desk.asked] == [2, 2, 1]


async def test_a_failure_fails_its_batch_alone() -> None:
    """The first is told what happened, the others that they may try again; the next batch is not touched."""
    desk = Desk()
    desk.open.set()
    shared = Shared(desk.work)
    first, second = await asyncio.gather(shared.ask("坏"), shared.ask("甲"), return_exceptions=True)
    assert isinstance(first, ValueError)
    assert isinstance(second, Unavailable)
    assert await shared.ask("甲") == 1


@pytest.mark.parametrize("begun", [True, False])
async def test_who_gives_up_leaves_nobody_waiting(begun: bool) -> None:
    """The one who works for the others is cancelled, at work or waiting for their turn: the others hear of it."""
    desk = Desk()
    shared = Shared(desk.work)
    before = None if begun else asyncio.create_task(shared.ask("先"))
    await asyncio.sleep(0.01)
    leader = asyncio.create_task(shared.ask("甲"))
    other = asyncio.create_task(shared.ask("乙"))
    await asyncio.sleep(0.01)
    leader.cancel()
    with pytest.raises(Unavailable):
        await asyncio.wait_for(other, 1)
    desk.open.set()
    assert await shared.ask("丙") == 1
    if before is not None:
        assert await before == 1
