"""The log: dense order, retries, acknowledgement after the commit, poison, back-pressure."""

import asyncio
import random
from collections.abc import Callable
from contextlib import AsyncExitStack

import pytest
import sqlalchemy as sa

from bot.live.metrics import Metrics
from bot.model.basics import Conflict, HubError, Invalid, NotFound, Unavailable, now_ms
from bot.model.talk import AuthorRole, Auto
from bot.store import talk
from bot.store.batch import Appended, Draft, Outcome, Settled
from bot.store.log import Log
from bot.store.tables import ACCOUNTS, CONVERSATIONS, MEDIA_USES, MESSAGES, OUTBOX, REPLY_MEMORY, TRACES
from bot.store.unit import Database


async def conversations(db: Database, count: int) -> list[str]:
    """Direct conversations of one account with so many people."""
    async with db.write() as conn:
        await conn.execute(
            sa.insert(ACCOUNTS).values(id="shop", handle="shop", name="小店", kind="seller", about="", chat_open="everyone", version=1, created_at=0)
        )
        return [await talk.make_direct(conn, "shop", f"buyer-{number}", now_ms()) for number in range(count)]


def draft(conversation: str, key: str, text: str = '{"text":"在吗"}', **other: object) -> Draft:
    """A text of buyer-0."""
    values: dict[str, object] = {"author": "buyer-0", "author_name": "小张", "role": AuthorRole.FOLLOWER, "kind": "text", "body": text}
    return Draft(conversation=conversation, key=key, **{**values, **other})  # type: ignore[arg-type] # a test's shorthand


async def stored(db: Database, conversation: str) -> list[tuple[int, str, str]]:
    """What the store holds of a conversation: (seq, author, key)."""
    async with db.read() as conn:
        rows = await conn.execute(
            sa.select(MESSAGES.c.seq, MESSAGES.c.author, MESSAGES.c.key).where(MESSAGES.c.conversation == conversation).order_by(MESSAGES.c.seq)
        )
        return [(row[0], row[1], row[2]) for row in rows]


async def count(db: Database, table: sa.Table) -> int:
    """How many rows a table has."""
    async with db.read() as conn:
        return int((await conn.execute(sa.select(sa.func.count()).select_from(table))).scalar() or 0)


@pytest.fixture
def metrics() -> Metrics:
    """A registry of its own."""
    return Metrics()


async def test_sequence_numbers_are_dense_and_follow_the_order_of_submission(db: Database, metrics: Metrics) -> None:
    """Messages of several conversations, submitted at once, are numbered from 1 without a gap, in order."""
    rooms = await conversations(db, 3)
    async with Log(db, metrics, batch_limit=7) as log:
        places = await asyncio.gather(*(log.append(draft(rooms[number % 3], f"k{number}")) for number in range(60)))
    assert [place.seq for place in places] == [number // 3 + 1 for number in range(60)]
    assert await stored(db, rooms[0]) == [(seq, "buyer-0", f"k{3 * (seq - 1)}") for seq in range(1, 21)]


async def test_a_retry_finds_the_first_and_makes_no_second(db: Database, metrics: Metrics) -> None:
    """The same author, key and body answer the same place, in the same batch and in a later one."""
    (room,) = await conversations(db, 1)
    async with Log(db, metrics) as log:
        first, again = await asyncio.gather(log.append(draft(room, "k")), log.append(draft(room, "k")))
        later = await log.append(draft(room, "k"))
    assert (first.duplicate, again.duplicate, later.duplicate) == (False, True, True)
    assert {(place.seq, place.at) for place in (first, again, later)} == {(1, first.at)}
    assert await stored(db, room) == [(1, "buyer-0", "k")]


@pytest.mark.parametrize("other", [{"text": '{"text":"别的"}'}, {"kind": "card"}, {"reply_to": 1}])
async def test_the_same_key_for_another_message_is_a_conflict(db: Database, metrics: Metrics, other: dict[str, object]) -> None:
    """Body, kind and reply_to all count."""
    (room,) = await conversations(db, 1)
    async with Log(db, metrics) as log:
        await log.append(draft(room, "k"))
        with pytest.raises(Conflict) as caught:
            await log.append(draft(room, "k", **other))  # type: ignore[arg-type] # a test's shorthand
    assert caught.value.data == {"path": "key"}


async def test_the_same_key_in_another_conversation_is_a_conflict(db: Database, metrics: Metrics) -> None:
    """A key names one message of its author, wherever it was sent."""
    one, two = await conversations(db, 2)
    async with Log(db, metrics) as log:
        await log.append(draft(one, "k"))
        with pytest.raises(Conflict):
            await log.append(draft(two, "k"))
    assert await stored(db, two) == []


async def test_two_people_may_use_the_same_key(db: Database, metrics: Metrics) -> None:
    """Keys belong to their author."""
    (room,) = await conversations(db, 1)
    async with Log(db, metrics) as log:
        await asyncio.gather(log.append(draft(room, "k")), log.append(draft(room, "k", author="staff:1")))
    assert len(await stored(db, room)) == 2


async def test_the_answer_comes_after_the_commit(db: Database, metrics: Metrics) -> None:
    """When `done` is called, another connection can already see the message."""
    (room,) = await conversations(db, 1)
    seen: asyncio.Future[list[tuple[int, str, str]]] = asyncio.get_running_loop().create_future()
    tasks: list[asyncio.Task[None]] = []

    async def look() -> None:
        seen.set_result(await stored(db, room))

    async with Log(db, metrics) as log:
        log.submit(draft(room, "k"), lambda _: tasks.append(asyncio.create_task(look())))
        assert await seen == [(1, "buyer-0", "k")]


@pytest.mark.parametrize("poison", ["\ud800", None])
async def test_a_poisoned_draft_fails_alone(db: Database, metrics: Metrics, poison: str | None) -> None:
    """One draft that the database refuses is `invalid`; the rest of its batch is stored, dense."""
    (room,) = await conversations(db, 1)
    async with Log(db, metrics) as log:
        good = [log.append(draft(room, f"k{number}")) for number in range(5)]
        bad = log.append(draft(room, "bad", poison))  # type: ignore[arg-type] # None is the poison
        results = await asyncio.gather(*good[:2], bad, *good[2:], return_exceptions=True)
    assert isinstance(results[2], Invalid)
    assert [place.seq for place in results if isinstance(place, Appended)] == [1, 2, 3, 4, 5]
    assert len(await stored(db, room)) == 5


async def test_replying_to_a_message_that_is_not_there_is_invalid(db: Database, metrics: Metrics) -> None:
    """reply_to must name a seq that exists; one earlier in the same batch counts."""
    (room,) = await conversations(db, 1)
    async with Log(db, metrics) as log:
        first, second = await asyncio.gather(log.append(draft(room, "a")), log.append(draft(room, "b", reply_to=1)))
        with pytest.raises(Invalid) as caught:
            await log.append(draft(room, "c", reply_to=3))
    assert (first.seq, second.seq, caught.value.data) == (1, 2, {"path": "reply_to"})


async def test_a_conversation_that_is_not_there_is_not_found(db: Database, metrics: Metrics) -> None:
    """Its neighbours in the batch are stored all the same."""
    (room,) = await conversations(db, 1)
    async with Log(db, metrics) as log:
        lost, kept = await asyncio.gather(log.append(draft("nowhere", "a")), log.append(draft(room, "b")), return_exceptions=True)
    assert isinstance(lost, NotFound)
    assert isinstance(kept, Appended)


async def test_a_full_queue_answers_unavailable_with_a_time_to_wait(db: Database, metrics: Metrics) -> None:
    """The bound holds, and what was taken before is stored."""
    (room,) = await conversations(db, 1)
    outcomes: list[Outcome] = []
    async with Log(db, metrics, queue_limit=3) as log:
        for number in range(3):
            log.submit(draft(room, f"k{number}"), outcomes.append)
        with pytest.raises(Unavailable) as caught:
            log.submit(draft(room, "k3"), outcomes.append)
    assert caught.value.data == {"retry_after": 1}
    assert len(await stored(db, room)) == 3 == len(outcomes)


async def test_a_closed_log_takes_nothing_and_has_stored_everything(db: Database, metrics: Metrics) -> None:
    """Leaving the context commits what waits; after it, `unavailable`."""
    (room,) = await conversations(db, 1)
    async with Log(db, metrics, batch_limit=4) as log:
        for number in range(30):
            log.submit(draft(room, f"k{number}"))
    assert len(await stored(db, room)) == 30
    with pytest.raises(Unavailable):
        log.submit(draft(room, "late"))


async def test_work_is_recorded_with_the_message_and_settled_with_the_answer(db: Database, metrics: Metrics) -> None:
    """The outbox row is made in the transaction of the message, and goes in that of the answer, with memory and trace."""
    (room,) = await conversations(db, 1)
    async with Log(db, metrics, lease_ms=30_000) as log:
        asked = await log.append(draft(room, "q", work="answer"))
        async with db.read() as conn:
            row = (await conn.execute(sa.select(OUTBOX.c.kind, OUTBOX.c.subject, OUTBOX.c.token, OUTBOX.c.due_at))).one()
        assert tuple(row) == ("answer", room, f"answer:{room}:1", asked.at + 30_000)
        settles = Settled(conversation=room, tokens=(f"answer:{room}:1",), memory='{"a":1}', traces=((1, "{}"),))
        auto = Auto("r", "规则", 1, 1)
        await log.append(draft(room, f"a:{room}:1:0", author="bot:shop", role=AuthorRole.BOT, auto=auto, settles=settles))
    assert await count(db, OUTBOX) == 0
    assert (await count(db, REPLY_MEMORY), await count(db, TRACES)) == (1, 1)


async def test_no_work_is_made_while_an_operator_holds_the_conversation(db: Database, metrics: Metrics) -> None:
    """As the row says at the commit, whatever the sender believed; the message tells why nobody answered by itself."""
    (room,) = await conversations(db, 1)
    async with db.write() as conn:
        await conn.execute(sa.update(CONVERSATIONS).values(desk="operator", operator="staff:1"))
    async with Log(db, metrics) as log:
        assert (await log.append(draft(room, "q", work="answer"))).unheard == "operator"
        assert (await log.append(draft(room, "o", author="staff:1"))).unheard is None
        async with db.write() as conn:
            await conn.execute(sa.update(CONVERSATIONS).values(desk="bot", operator=None))
        assert (await log.append(draft(room, "r", work="answer"))).unheard is None
    assert await count(db, OUTBOX) == 1
    async with db.read() as conn:
        assert [row[0] for row in await conn.execute(sa.select(MESSAGES.c.unheard).order_by(MESSAGES.c.seq))] == ["operator", None, None]


async def test_a_retry_makes_no_second_work_and_a_refused_answer_settles_nothing(db: Database, metrics: Metrics) -> None:
    """Work belongs to the first storing; a conflict leaves the work to be done."""
    (room,) = await conversations(db, 1)
    async with Log(db, metrics) as log:
        await asyncio.gather(log.append(draft(room, "q", work="answer")), log.append(draft(room, "q", work="answer")))
        settles = Settled(conversation=room, tokens=(f"answer:{room}:1",))
        with pytest.raises(Conflict):
            await log.append(draft(room, "q", '{"text":"x"}', settles=settles))
        assert await count(db, OUTBOX) == 1
        await log.settle(settles)
    assert await count(db, OUTBOX) == 0


async def test_media_shown_are_recorded_with_the_message(db: Database, metrics: Metrics) -> None:
    """Twice in one conversation is one use."""
    (room,) = await conversations(db, 1)
    async with Log(db, metrics) as log:
        await asyncio.gather(log.append(draft(room, "a", media=("m1",))), log.append(draft(room, "b", media=("m1", "m2"))))
    assert await count(db, MEDIA_USES) == 2


async def test_listeners_hear_each_fresh_message_once_and_a_failing_one_hurts_nobody(db: Database, metrics: Metrics) -> None:
    """Retries are not told again; an exception in a listener does not keep the acks."""
    (room,) = await conversations(db, 1)
    heard: list[int] = []

    def fail(_: object) -> None:
        raise RuntimeError("a listener's fault")

    async with Log(db, metrics) as log:
        log.on_committed(fail)
        log.on_committed(lambda fresh: heard.extend(place.seq for _, place in fresh))
        await asyncio.gather(log.append(draft(room, "a")), log.append(draft(room, "a")), log.append(draft(room, "b")))
    assert heard == [1, 2]


async def test_several_writers_on_one_database_keep_one_dense_order(second: Callable[[], Database], db: Database, metrics: Metrics) -> None:
    """Two logs append to the same conversations at once, with retries crossing: dense, once each, no deadlock."""
    rooms = await conversations(db, 4)
    rng = random.Random(7)
    async with AsyncExitStack() as stack:
        logs = [await stack.enter_async_context(Log(one, metrics, batch_limit=20)) for one in (db, second())]
        names = [(rng.choice(rooms), f"k{number}") for number in range(400)]
        attempts = [(log, room, key) for room, key in names for log in logs]
        rng.shuffle(attempts)
        results = await asyncio.gather(*(log.append(draft(room, key)) for log, room, key in attempts))
    places = {(room, key): set[int]() for room, key in names}
    for (_, room, key), place in zip(attempts, results, strict=True):
        places[room, key].add(place.seq)
    assert all(len(seqs) == 1 for seqs in places.values())
    for room in rooms:
        held = await stored(db, room)
        assert [seq for seq, _, _ in held] == list(range(1, len(held) + 1))
    assert sum(not place.duplicate for place in results) == len(names)


async def test_the_same_key_raced_into_two_conversations_is_stored_once(second: Callable[[], Database], db: Database, metrics: Metrics) -> None:
    """Two logs, one key, two conversations: one wins, the other is told `conflict`."""
    one, two = await conversations(db, 2)
    async with Log(db, metrics) as left, Log(second(), metrics) as right:
        for number in range(20):
            results = await asyncio.gather(left.append(draft(one, f"k{number}")), right.append(draft(two, f"k{number}")), return_exceptions=True)
            assert sorted(isinstance(result, HubError) for result in results) == [False, True]
    assert len(await stored(db, one)) + len(await stored(db, two)) == 20
    async with db.read() as conn:
        heads = (await conn.execute(sa.select(sa.func.sum(CONVERSATIONS.c.head)))).scalar()
    assert heads == 20
