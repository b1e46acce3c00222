"""Reply memory and traces."""

from bot.store import answers
from bot.store.answers import TraceRow
from bot.store.unit import Database


async def test_memory_is_replaced(db: Database) -> None:
    """One of each conversation, None before the first."""
    async with db.write() as conn:
        assert await answers.memory(conn, "c1") is None
        await answers.remember(conn, "c1", '{"streak":1}')
        await answers.remember(conn, "c1", '{"streak":2}')

        assert await answers.memory(conn, "c1") == '{"streak":2}'
        assert await answers.memory(conn, "c2") is None


async def test_memories_of_many_are_read_at_once(db: Database) -> None:
    """Only of those that have any."""
    async with db.write() as conn:
        await answers.remember(conn, "c1", "{}")
        await answers.remember(conn, "c2", '{"streak":1}')

        assert await answers.memories(conn, ["c1", "c2", "c3"]) == {"c1": "{}", "c2": '{"streak":1}'}
        assert await answers.memories(conn, []) == {}


async def test_a_trace_is_found_by_its_message(db: Database) -> None:
    """A second decision about one message replaces the first."""
    async with db.write() as conn:
        await answers.put_traces(conn, [TraceRow(conversation="c1", seq=1, at=10, trace="a"), TraceRow(conversation="c1", seq=2, at=10, trace="b")])
        await answers.put_traces(conn, [TraceRow(conversation="c1", seq=2, at=20, trace="c")])
        await answers.put_traces(conn, [])

        assert [await answers.trace(conn, "c1", seq) for seq in (1, 2, 3)] == ["a", "c", None]


async def test_old_traces_are_purged_in_portions(db: Database) -> None:
    """The oldest first, a bounded number at a time, nothing younger."""
    async with db.write() as conn:
        await answers.put_traces(conn, [TraceRow(conversation="c1", seq=seq, at=seq * 10, trace="x") for seq in range(1, 6)])

        assert await answers.purge_traces(conn, 40, 2) == 2
        assert [await answers.trace(conn, "c1", seq) for seq in range(1, 6)] == [None, None, "x", "x", "x"]
        assert await answers.purge_traces(conn, 40, 2) == 1
        assert await answers.purge_traces(conn, 40, 2) == 0
