"""Looking back over what buyers wrote."""

from typing import Any

import pytest
import sqlalchemy as sa

from bot.model.talk import DeskState
from bot.store import history
from bot.store.history import NEWEST, WINDOW
from bot.store.tables import CONVERSATIONS, MESSAGES
from bot.store.unit import Database


async def conversation(db: Database, name: str, *authors: str, account: str = "a1", state: str = "bot", at: int = 1_000, **more: Any) -> None:
    """A conversation of the buyer `u-NAME`, with a message of each of these authors (`b` the buyer, `s` staff), a millisecond apart from `at`."""
    values = {"id": name, "kind": "direct", "account": account, "person": f"u-{name}", "created_at": 1, "desk": state, **more}
    rows = [
        {
            "conversation": name,
            "seq": seq,
            "author": f"u-{name}" if author == "b" else "staff:1",
            "author_name": "x",
            "role": "follower",
            "key": f"{name}-{seq}",
            "kind": "text",
            "body": f'{{"text":"{seq}"}}',
            "at": at + seq,
        }
        for seq, author in enumerate(authors, 1)
    ]
    async with db.write() as conn:
        await conn.execute(sa.insert(CONVERSATIONS).values(head=len(authors), last_at=at + len(authors), **values))
        if rows:
            await conn.execute(sa.insert(MESSAGES), rows)


async def seqs(db: Database, *names: str, since: int = 0, passed: int = 0) -> list[tuple[str, int]]:
    async with db.read() as conn:
        return [(one.conversation, one.seq) for one in await history.sent(conn, names, since, passed)]


async def test_recent_conversations_of_an_account_newest_first(db: Database) -> None:
    """In one state of the desk, page by page, none older than asked; those of other accounts and groups never."""
    for number in range(5):
        await conversation(db, f"c{number}", "b", at=1_000 * number)
    await conversation(db, "held", "b", state="operator")
    await conversation(db, "theirs", "b", account="a2")
    await conversation(db, "group", "b", kind="group")
    async with db.read() as conn:
        first = await history.recent(conn, "a1", DeskState.BOT, 1_001, NEWEST, 2)
        assert [(one.conversation, one.last_at) for one in first] == [("c4", 4_001), ("c3", 3_001)]
        rest = await history.recent(conn, "a1", DeskState.BOT, 1_001, (first[-1].last_at, first[-1].conversation), 10)
        assert [one.conversation for one in rest] == ["c2", "c1"]
        assert [one.conversation for one in await history.recent(conn, "a1", DeskState.OPERATOR, 0, NEWEST, 10)] == ["held"]


async def test_only_what_the_buyer_wrote_and_did_not_take_back(db: Database) -> None:
    """Of several conversations, in order, from a moment on."""
    await conversation(db, "c1", "b", "s", "b", "b")
    await conversation(db, "c2", "s", "b")
    async with db.write() as conn:
        await conn.execute(sa.update(MESSAGES).where(MESSAGES.c.conversation == "c1", MESSAGES.c.seq == 3).values(recalled_by="u-c1"))
    assert await seqs(db, "c2", "c1") == [("c1", 1), ("c1", 4), ("c2", 2)]
    assert await seqs(db, "c1", "c2", since=1_002) == [("c1", 4), ("c2", 2)]
    assert await seqs(db) == []


async def test_a_message_tells_who_wrote_it_and_whether_it_is_their_first(db: Database) -> None:
    """What staff wrote before does not count."""
    await conversation(db, "c1", "s", "b", "b")
    async with db.read() as conn:
        found = await history.sent(conn, ["c1"], 0)
    assert [(one.seq, one.person, one.first, one.kind, one.body, one.at) for one in found] == [
        (2, "u-c1", True, "text", '{"text":"2"}', 1_002),
        (3, "u-c1", False, "text", '{"text":"3"}', 1_003),
    ]


@pytest.mark.parametrize("since", [0, 1_000 + 2 * WINDOW])
async def test_a_long_conversation_is_read_window_by_window(db: Database, since: int) -> None:
    """Backwards from its end, as long as there is more that is recent enough; the windows meet without gap or overlap."""
    total = 3 * WINDOW + 7
    await conversation(db, "long", *"b" * total)
    await conversation(db, "short", "b", "b")
    found: list[int] = []
    windows, left = 0, ["long", "short"]
    while left:
        page = await seqs(db, *left, since=since, passed=windows * WINDOW)
        assert len([seq for name, seq in page if name == "long"]) <= WINDOW
        found += [seq for name, seq in page if name == "long"]
        windows += 1
        async with db.read() as conn:
            left = await history.deeper(conn, left, since, windows * WINDOW)
    assert sorted(found) == [seq for seq in range(1, total + 1) if 1_000 + seq >= since]
    assert windows == (4 if since == 0 else 2)
