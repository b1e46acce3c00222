"""Values are believed for a while, and never longer than a fact allows."""

import asyncio
from functools import partial

import pytest

from bot.actions.fresh import Fresh


async def value(text: str) -> str:
    """A value from the store."""
    return text


async def test_a_value_is_believed_until_its_time_is_over() -> None:
    """And read again then."""
    ttl = [60.0]
    fresh: Fresh[str, str] = Fresh(lambda: ttl[0], 10)
    assert await fresh.load("a", lambda: value("1")) == "1"
    assert fresh.peek("a") == "1"

    ttl[0] = -1.0
    assert fresh.peek("a") is None


async def test_nothing_is_kept_of_what_is_not_there() -> None:
    """Absence is asked about each time."""

    async def none() -> str | None:
        return None

    fresh: Fresh[str, str] = Fresh(lambda: 60.0, 10)
    assert await fresh.load("a", none) is None
    assert len(fresh) == 0


@pytest.mark.parametrize("forget", ["forget", "forget_where", "clear"])
async def test_what_changes_while_it_is_read_is_not_kept(forget: str) -> None:
    """The reader gets what they read; the next one reads again."""
    fresh: Fresh[str, str] = Fresh(lambda: 60.0, 10)
    gate = asyncio.Event()

    async def slow() -> str:
        await gate.wait()
        return "old"

    reading = asyncio.create_task(fresh.load("a", slow))
    await asyncio.sleep(0)
    {"forget": lambda: fresh.forget("a"), "forget_where": lambda: fresh.forget_where(bool), "clear": fresh.clear}[forget]()
    gate.set()

    assert await reading == "old"
    assert fresh.peek("a") is None
    assert await fresh.load("a", lambda: value("new")) == "new"
    assert fresh.peek("a") == "new"


async def test_a_reading_that_fails_leaves_nothing_behind() -> None:
    """The next one is kept as if nothing had been."""

    async def broken() -> str:
        raise OSError

    fresh: Fresh[str, str] = Fresh(lambda: 60.0, 10)
    with pytest.raises(OSError):
        await fresh.load("a", broken)
    fresh.forget("a")
    await fresh.load("a", lambda: value("1"))
    assert fresh.peek("a") == "1"


async def test_the_oldest_go_first() -> None:
    """Memory is bounded."""
    fresh: Fresh[int, str] = Fresh(lambda: 60.0, 3)
    for number in range(5):
        await fresh.load(number, lambda: value("x"))
    assert [fresh.peek(number) is not None for number in range(5)] == [False, False, True, True, True]


async def test_a_kept_value_can_be_amended_and_picked_out() -> None:
    """One that is not kept cannot."""
    fresh: Fresh[str, str] = Fresh(lambda: 60.0, 3)
    await fresh.load("a", lambda: value("1"))
    await fresh.load("b", lambda: value("2"))
    fresh.amend("a", "3")
    fresh.amend("c", "4")
    assert [fresh.peek(key) for key in "abc"] == ["3", "2", None]

    fresh.forget_where(lambda kept: kept == "3")
    assert [fresh.peek(key) for key in "abc"] == [None, "2", None]


async def test_values_are_bounded_by_their_weight() -> None:
    """The oldest go first; the last one stays however heavy it is, and what is amended or forgotten weighs no more."""
    fresh: Fresh[str, str] = Fresh(lambda: 60.0, 6, len)
    for key, text in (("a", "11"), ("b", "2222"), ("c", "33")):
        await fresh.load(key, partial(value, text))
    assert [fresh.peek(key) for key in "abc"] == [None, "2222", "33"]

    fresh.amend("b", "2")
    await fresh.load("d", lambda: value("444"))
    assert [fresh.peek(key) for key in "bcd"] == ["2", "33", "444"]
    fresh.forget("c")
    await fresh.load("e", lambda: value("55"))
    assert [fresh.peek(key) for key in "bde"] == ["2", "444", "55"]
    await fresh.load("f", lambda: value("7777777"))
    assert (len(fresh), fresh.peek("f")) == (1, "7777777")


async def test_keys_are_forgotten_together() -> None:
    """Those that match, also while they are read; a value that is too old can still be looked at."""
    ttl = [60.0]
    fresh: Fresh[str, str] = Fresh(lambda: ttl[0], 10)

    async def overtaken() -> str:
        fresh.forget_keys(lambda key: key.startswith("a"))
        return "old"

    await fresh.load("a1", lambda: value("1"))
    await fresh.load("b1", lambda: value("2"))
    assert await fresh.load("a2", overtaken) == "old"
    assert [fresh.peek(key) for key in ("a1", "a2", "b1")] == [None, None, "2"]

    ttl[0] = -1.0
    assert (fresh.peek("b1"), fresh.last("b1"), fresh.last("a1")) == (None, "2", None)
