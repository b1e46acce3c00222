"""How the databases go about our queries when there is much in them: by index, never through a whole table."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from bot.live.metrics import Metrics
from bot.model.cases import IDLE_MS, KEPT_MS, UNDO_MS, Signal, State
from bot.model.groups import GroupRole
from bot.model.people import Role
from bot.model.talk import AuthorRole, DeskState
from bot.store import (
    admission,
    answers,
    appeals,
    cases,
    changes,
    counts,
    desk,
    desk_lists,
    docket,
    filters,
    groups,
    held,
    history,
    media,
    members,
    notes,
    outbox,
    people,
    profile,
    purges,
    rules,
    sanctions,
    staff,
    tags,
    talk,
    tallies,
    teams,
    timeline,
    written,
)
from bot.store.batch import Draft, Settled
from bot.store.cursor import encode
from bot.store.log import Log
from bot.store.unit import Database
from replies.tally import RuleCount, Tally
from tests.bot.conftest import migrate
from tests.servers import PostgresServer

CONVERSATIONS = 20_000
MESSAGES_EACH = 5
ACCOUNTS = 3
WAITING_EVERY, HELD_EVERY, CLOSED_EVERY = 50, 40, 3
SMALL = frozenset(
    {"accounts", "roles", "staff", "teams", "team_members", "canned", "rule_versions", "rule_drafts", "sessions", "groups", "alembic_version"}
)
"""Tables whose size does not follow the number of buyers: a plan may read them as it likes."""

_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {last})"


def _fill(conn: sa.Connection) -> None:
    """A hundred thousand messages of twenty thousand buyers, by statements both databases understand."""
    numbers, thousand = _NUMBERS.format(last=CONVERSATIONS - 1), _NUMBERS.format(last=999)
    pad = "lpad(cast({} AS text), 6, '0')" if conn.dialect.name == "postgresql" else "substr('000000' || {}, -6)"
    i = pad.format("i")
    shop = f"'a' || (i % {ACCOUNTS})"
    state = f"CASE WHEN i % {WAITING_EVERY} = 0 THEN 'waiting' WHEN i % {HELD_EVERY} = 0 THEN 'operator' WHEN i % {CLOSED_EVERY} = 0 THEN 'closed' ELSE 'bot' END"
    operator = f"CASE WHEN i % {WAITING_EVERY} <> 0 AND i % {HELD_EVERY} = 0 THEN 'staff:' || (i % 10) END"
    into_conversations = "INSERT INTO conversations (id, kind, account, person, created_at, head, last_at, desk, operator, waiting_since)"
    into_messages = "INSERT INTO messages (conversation, seq, author, author_name, role, key, kind, body, at)"
    into_outbox = "INSERT INTO outbox (kind, subject, token, payload, created_at, due_at, attempts)"
    into_desk_log = "INSERT INTO desk_log (account, conversation, at, move, before, after, actor, waited_ms)"
    message = pad.format(f"(i / {MESSAGES_EACH})")
    statements = [
        f"INSERT INTO people (id, name, created_at) {numbers} SELECT 'u' || {i}, 'x', 1 FROM n",
        f"INSERT INTO people (id, name, created_at) {_NUMBERS.format(last=9)} SELECT 'staff:' || i, 'x', 1 FROM n",
        f"INSERT INTO staff (person, login, password, created_at) {_NUMBERS.format(last=9)} SELECT 'staff:' || i, 'l' || i, 'x', 1 FROM n",
        f"INSERT INTO roles (account, person, role, at) {_NUMBERS.format(last=9)} SELECT {shop}, 'staff:' || i, 'operator', 1 FROM n",
        f"INSERT INTO accounts (id, handle, name, kind, chat_open, created_at) {thousand} SELECT 'a' || i, 'shop' || i, '小店', 'seller', 'everyone', 1 FROM n",
        f"INSERT INTO follows (account, person, at) {numbers} SELECT {shop}, 'u' || {i}, 1000 + i / 3 FROM n",
        (
            f"{into_conversations} {numbers} SELECT 'c' || {i}, 'direct', {shop}, 'u' || {i}, 1, {MESSAGES_EACH}, 1000 + (i * 7919) % 100000, "
            f"{state}, {operator}, CASE WHEN i % {WAITING_EVERY} = 0 THEN 1000 + i END FROM n"
        ),
        (
            f"{into_messages} {_NUMBERS.format(last=CONVERSATIONS * MESSAGES_EACH - 1)} SELECT 'c' || {message}, 1 + i % {MESSAGES_EACH}, "
            f"'u' || {message}, 'x', 'follower', 'k' || i, 'text', '{{\"text\":\"x\"}}', i FROM n"
        ),
        f"INSERT INTO reads (conversation, person, seq, at) {numbers} SELECT 'c' || {i}, 'u' || {i}, 2, 1 FROM n",
        (
            f"{into_outbox} {numbers} SELECT CASE WHEN i % 4 = 0 THEN 'answer' ELSE 'timer' END, 'c' || {i}, 't' || i, '{{}}', 1, "
            "CASE WHEN i % 40 = 0 THEN i ELSE 1000000 + i END, 0 FROM n"
        ),
        f"INSERT INTO traces (conversation, seq, at, trace) {numbers} SELECT 'c' || {i}, 1, i, '{{}}' FROM n",
        f"INSERT INTO reply_memory (conversation, memory) {numbers} SELECT 'c' || {i}, '{{}}' FROM n",
        (
            f"{into_desk_log} {numbers} SELECT {shop}, 'c' || {i}, i, 'claim', 'waiting', 'operator', 'staff:1', "
            "CASE WHEN i % 2 = 0 THEN 1000 END FROM n"
        ),
        f"INSERT INTO media (id, owner, kind, type, size, at) {numbers} SELECT 'm' || {i}, 'u' || {i}, 'image', 'image/png', 1, 1 FROM n",
        f"INSERT INTO media_uses (media, conversation) {numbers} SELECT CASE WHEN i % 2 = 0 THEN 'm000000' ELSE 'm' || {i} END, 'c' || {i} FROM n",
        f"INSERT INTO notes (id, account, person, author, text, at) {numbers} SELECT 'n' || {i}, {shop}, 'u' || {i}, 'x', 'x', i FROM n",
        f"INSERT INTO tags (account, tag, at) {numbers} SELECT 'a' || (i / 200), 't' || (i % 200), 1 FROM n",
        (
            f"INSERT INTO rule_days (account, rule, day, heard) {numbers} SELECT {shop}, 'r' || (i % 500), "
            "'2026-01-' || (10 + i / 1000), 1 FROM n WHERE i % 1000 < 500"
        ),
        (
            f"INSERT INTO unanswered_days (account, day, question, text, asked) {numbers} "
            f"SELECT {shop}, '2026-01-' || (10 + i / 1000), 'q' || i, 'x', 1 FROM n"
        ),
        f"INSERT INTO reply_days (account, day, heard) {numbers} SELECT 'a' || (i % 1000), '2026-01-' || (10 + i / 1000), 1 FROM n",
        f"INSERT INTO follower_tags (account, person, tag, at, author) {numbers} SELECT {shop}, 'u' || {i}, 't' || (i % 200), 1, 'x' FROM n",
        (
            f"INSERT INTO groups (id, account, name, joining, capacity, members, created_at) {numbers} "
            f"SELECT 'c' || {i}, 'a' || (i / 200), 'x', 'open', 500, 1, 1 FROM n WHERE i % 10 = 0"
        ),
        (
            f"INSERT INTO members (conversation, person, role, joined_at, joined_seq, visible_after) {numbers} "
            f"SELECT 'c' || {pad.format('(i % 10 * 10)')}, 'u' || {i}, 'member', i, 0, 0 FROM n"
        ),
        f"INSERT INTO sanctions (conversation, person, kind, reason, by, at) {numbers} SELECT 'c000000', 'u' || {i}, 'mute', 'x', 'x', i FROM n",
        f"INSERT INTO invitations (conversation, person, by, at, expires_at) {numbers} SELECT 'c000000', 'u' || {i}, 'x', i, 1000 + i FROM n",
        f"INSERT INTO join_requests (conversation, person, at) {numbers} SELECT 'c000000', 'u' || {i}, i FROM n",
        f"INSERT INTO turns (conversation, person, last_at) {numbers} SELECT 'c000000', 'u' || {i}, 1000 + i FROM n",
        f"INSERT INTO group_log (account, conversation, at, act, actor) {numbers} SELECT 'a0', 'c000000', i, 'join', 'u' || {i} FROM n",
        (
            "INSERT INTO cases (id, queue, account, conversation, offender, open_key, opened_at, latest_at, decided_at) "
            f"{numbers} SELECT 'k' || {i}, 'a' || (i / 200), 'a' || (i / 200), 'c000000', 'u' || {i}, 'a:c000000:u' || {i}, i, i, i FROM n"
        ),
        f"INSERT INTO signals (\"case\", kind, at, seq) {numbers} SELECT 'k' || {pad.format('(i / 10)')}, 'filter', i, i FROM n",
        (
            'INSERT INTO filter_lists (id, account, conversation, name, action, way, words, patterns, allow, word_count, pattern_count, "by", at) '
            f"{numbers} SELECT 'l' || {i}, 'a' || (i / 200), CASE WHEN i % 2 = 0 THEN 'c' || {i} END, 'x', 'block', 'sound', '[]', '[]', '[]', 1, 0, 'x', i FROM n"
        ),
        (
            "INSERT INTO held (id, account, conversation, author, author_name, role, key, kind, body, signals, score, at, state, decided_at) "
            f"{numbers} SELECT 'h' || {i}, 'a0', 'c000000', 'u' || {i}, 'x', 'member', 'k', 'text', '{{}}', '[]', 1, i, "
            "CASE WHEN i % 40 = 0 THEN 'waiting' WHEN i % 41 = 0 THEN 'releasing' ELSE 'refused' END, i FROM n"
        ),
        (
            "INSERT INTO filter_hits (id, account, conversation, author, key, action, score, text, signals, at) "
            f"{numbers} SELECT 'f' || {i}, 'a0', 'c000000', 'u' || {i}, 'k' || i, 'block', 1, 'x', '[]', i FROM n"
        ),
        f"INSERT INTO filter_days (list, conversation, day, hits) {numbers} SELECT 'l' || {i}, 'c' || {i}, '2026-01-' || (10 + i / 1000), 1 FROM n",
        f"INSERT INTO case_reports (\"case\", person, seq, at) {numbers} SELECT 'k' || {pad.format('(i / 10)')}, 'u' || {i}, 0, i FROM n",
        (
            "INSERT INTO appeals (id, account, conversation, person, kind, sanctioned_at, imposed_by, at, decided_at) "
            f"{numbers} SELECT 'q' || {i}, 'a' || (i / 200), 'c000000', 'u' || {i}, 'ban', 1, 'x', i, i FROM n"
        ),
        f"INSERT INTO appeal_messages (appeal, number, author, text, at) {numbers} SELECT 'q' || {i}, 1, 'x', 'x', i FROM n",
        f"INSERT INTO case_hours (conversation, hour, what, count) {numbers} SELECT 'c' || {pad.format('(i / 24)')}, i % 24 + 9600, 'report', 1 FROM n",
        (
            f'INSERT INTO purges (id, account, conversation, person, "by", at, seqs, touched_at, settled) {numbers} '
            f"SELECT 'p' || {i}, 'a0', 'c' || {pad.format('(i / 10)')}, 'u' || {i}, 'x', i, '[1]', i, i % 100 > 0 FROM n"
        ),
    ]
    for statement in statements:
        conn.exec_driver_sql(statement)


def _prepare(url: str) -> None:
    async def run() -> None:
        async with Database.at(url) as db, db.overhaul() as conn:
            await conn.run_sync(_fill)
            if db.dialect == "postgresql":
                await conn.exec_driver_sql("ANALYZE")

    migrate(url)
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, run()).result()


@pytest.fixture(scope="module")
def full_sqlite(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A large SQLite database."""
    path: Path = tmp_path_factory.mktemp("plans") / "full.db"
    _prepare(f"sqlite:///{path}")
    return f"sqlite:///{path}"


@pytest.fixture(scope="module")
def full_postgres(postgres_server: PostgresServer) -> Iterator[str]:
    """A large PostgreSQL database with fresh statistics."""
    with postgres_server.database() as url:
        _prepare(url)
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
async def full(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """A large database of each kind."""
    url: str = request.getfixturevalue("full_sqlite" if request.param == "sqlite" else "full_postgres")
    async with Database.at(url) as db:
        yield db


@contextmanager
def recorded(db: Database) -> Iterator[dict[str, Any]]:
    """The statements that are executed inside the block, with one set of parameters each."""
    found: dict[str, Any] = {}
    threads = [one._engine for one in (db._threads, db._thread) if one is not None]
    engines = [db._writer.sync_engine, *(threads or [db._reader.sync_engine])]

    def note(_conn: object, _cursor: object, statement: str, parameters: Any, _context: object, executemany: bool) -> None:
        if statement.split(None, 1)[0] in {"SELECT", "UPDATE", "DELETE", "INSERT", "WITH"}:
            found[statement] = parameters[0] if executemany else parameters

    for engine in engines:
        sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        for engine in engines:
            sa.event.remove(engine, "before_cursor_execute", note)


async def scans(db: Database, statement: str, parameters: Any) -> list[str]:
    """Where a statement's plan goes through a whole large table, or a whole index of one."""
    async with db.write() as conn:
        if db.dialect == "sqlite":
            rows = (await conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)).mappings().all()
            return [row["detail"] for row in rows if row["detail"].startswith("SCAN ") and row["detail"].split()[1] in _LARGE]
        plan = (await conn.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)).scalar_one()
        return list(_postgres_scans((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]))


_LARGE = frozenset(
    {"people", "follows", "conversations", "messages", "reads", "outbox", "traces", "reply_memory", "desk_log", "media", "media_uses"}
    | {"tags", "follower_tags", "rule_days", "reply_days"}
    | {"members", "turns", "sanctions", "invitations", "join_requests", "group_log"}
    | {"cases", "signals", "case_reports", "case_hours", "purges", "appeals", "appeal_messages"}
    | {"filter_lists", "filter_days", "held", "filter_hits"}
)


def _postgres_scans(node: dict[str, Any]) -> Iterator[str]:
    relation = node.get("Relation Name")
    whole = node["Node Type"] == "Seq Scan" or (node["Node Type"] in {"Index Scan", "Index Only Scan"} and "Index Cond" not in node)
    if whole and relation in _LARGE:
        yield f"{node['Node Type']} on {relation}"
    for child in node.get("Plans", []):
        yield from _postgres_scans(child)


async def _append(db: Database) -> None:
    """Fresh messages, a retry, an answer that settles its work: all that the hot path ever says."""
    async with Log(db, Metrics()) as log:
        for number in range(2):
            for _ in range(2):
                key = f"new-{time.monotonic_ns() if number else 'same'}"
                await log.append(
                    Draft(
                        conversation="c000123",
                        author="u000123",
                        author_name="x",
                        role=AuthorRole.FOLLOWER,
                        key=key,
                        kind="text",
                        body="{}",
                        reply_to=1,
                        work="answer",
                        media=("m000001",),
                    )
                )
        told = Tally("a0", "2026-01-10", "answered", False, (RuleCount("r0", "2026-01-10", 1, 1),))
        put = (tags.Tagging(account="a0", person="u000123", tag="t123", author="x", at=5),)
        done = Settled(conversation="c000123", tokens=("answer:c000123:6",), memory="{}", traces=((6, "{}"),))
        await log.settle(msgspec.structs.replace(done, tally=told, taggings=put))


async def _talk(db: Database) -> None:
    async with db.write() as conn:
        await talk.standing(conn, "c000123")
        await talk.make_direct(conn, "a0", "u000123", 5)
        await talk.head_and_marks(conn, "c000123", "u000123")
        await talk.after(conn, "c000123", 2, 50)
        await talk.before(conn, "c000123", 4, 50)
        await talk.message(conn, "c000123", 2)
        await talk.unheard(conn, "c000123", 2)
        await talk.recall(conn, "c000123", 2, "u000123")
        await changes.missed(conn, "c000123", 4, 200)
        await talk.mark_read(conn, "c000123", "u000123", 4, 5)
        await talk.last_messages(conn, [("c000123", 5), ("c000124", 5)])


async def _inbox(db: Database) -> None:
    async with db.read() as conn:
        assert len(await talk.inbox(conn, "u000123", count=50)) == 2
        assert len(await talk.inbox(conn, "staff:0", count=50)) > 10
        await talk.inbox(conn, "staff:0", before_at=50_000, before_id="c000123", count=50)
        await talk.summaries(conn, "u000123", ["c000123", "c000124"])


async def _outbox(db: Database) -> None:
    jobs = await outbox.claim(db, kinds=["answer", "timer"], now=500_000, lease_ms=1_000_000, limit=20)
    assert len(jobs) == 20
    await outbox.gauge(db, 500_000)
    await outbox.retry(db, jobs[0].id, now=1, due_at=5, error="x")
    await outbox.park(db, jobs[1].id, "x")
    await outbox.renew(db, ["t40", "t80"], 5)
    await outbox.fail(db, "t120", attempts=1, due_at=5, error="x")
    await outbox.let_go(db, ["t160"], 5)
    await outbox.take_back(db, kinds=["answer"], now=500_000, lease_ms=30_000)
    await outbox.keep_all(db, [outbox.Note("t200", "{}", "{}")])
    async with db.write() as conn:
        await outbox.add(conn, [outbox.Work(kind="answer", subject="c1", token="t1")], 5)
        await outbox.keep(conn, "t1", "{}", expect="{}")
        await outbox.parked(conn, "answer", None, 10)
        await outbox.unpark(conn, jobs[1].id, 5)
        await outbox.cancel(conn, kind="answer", subject="c1")
        await outbox.settle(conn, [job.id for job in jobs])


async def _desk(db: Database) -> None:
    async with db.write() as conn:
        row = await desk.desk_row(conn, "c000100", lock=True)
        assert row is not None
        assert row.state is DeskState.WAITING
        assert len(await desk.queue(conn, row.account, None, 100)) == 100
        await desk.queue(conn, row.account, "t1", 100)
        await desk.desk_rows(conn, ["c000123", "c000124"])
        await desk.place(conn, row)
        await desk.all_waiting(conn)
        await desk.buyers(conn, ["c000100", "c000101"])
        await desk.held_by(conn, "staff:0")
        await desk.loads(conn, "a0", ["staff:0", "staff:1"])
        await desk.held_by_operators(conn, "c000500", 100)
        await desk.idle(conn, 50_000, 100, after="c000500")
        await desk.missed(conn, "c000040", "staff:0", 5)
        await desk.back(conn, "c000040", "staff:0")
        await desk.move(conn, msgspec.structs.replace(row, state=DeskState.CLOSED, waiting_since=None), expect=row)
        await desk.recent_waits_s(conn, "a0", 15_000, 50)
        first = await desk.history(conn, "c000100", None, 1)
        await desk.history(conn, "c000100", first.cursor, 1)


async def _desk_lists(db: Database) -> None:
    async with db.read() as conn:
        page = await desk.conversations_of_desk(conn, "a1", None, None, 50)
        assert len(page.items) == 50
        await desk.conversations_of_desk(conn, "a1", None, page.cursor, 50)
        waiting = await desk_lists.longest_waiting(conn, "a1", None, 50)
        assert len(waiting.items) == 50
        await desk_lists.longest_waiting(conn, "a1", waiting.cursor, 50)
        held = await desk_lists.held_by(conn, "a1", "staff:0", None, 2)
        await desk_lists.held_by(conn, "a1", "staff:0", held.cursor, 2)
        await desk_lists.named(conn, "a1", "x", DeskState.BOT, page.cursor, 50)


async def _buyers(db: Database) -> None:
    async with db.write() as conn:
        assert (found := await profile.profile(conn, "a0", "u000123")) is not None
        assert found.notes == 1
        first = await notes.listed(conn, "a0", "u000123", None, 1)
        await notes.listed(conn, "a0", "u000123", encode(2**40, "x"), 1)
        await notes.edit(conn, first.items[0], "y", 5)
        assert await notes.get(conn, "a0", "u000123", first.items[0].id) is not None
        await notes.drop(conn, first.items[0])


async def _follows(db: Database) -> None:
    async with db.write() as conn:
        page = await people.followers(conn, "a0", None, 50)
        assert len(page.items) == 50
        await people.followers(conn, "a0", page.cursor, 50)
        await people.followed_by(conn, "u000123", None, 50)
        await people.follow(conn, "a1", "u000123", "", 5)
        await people.mute(conn, "a1", "u000123", True)
        await people.follow_of(conn, "a1", "u000123")
        await people.unfollow(conn, "a1", "u000123")


async def _tags(db: Database) -> None:
    taggings = [tags.Tagging(account="a0", person="u000123", tag=tag, author="x", at=5) for tag in ("t123", "new")]
    async with db.write() as conn:
        assert await conn.run_sync(lambda plain: tags.put(plain, taggings)) == [tags.Put.STANDS, tags.Put.ACCOUNT_FULL]
        await tags.put_one(conn, msgspec.structs.replace(taggings[1], account="a1", person="u000124"))
        await tags.of(conn, "a0", "u000123")
        await tags.of_many(conn, "a0", ["u000123", "u000124"])
        await tags.listed(conn, "a0")
        await tags.drop(conn, "a0", "u000123", "t123")
        await tags.forget(conn, "a0", "t120")
        assert await tags.clear(conn, "a0", "t120", 10) == 10


async def _counts(db: Database) -> None:
    added = Tally("a0", "2026-01-10", "answered", True, (RuleCount("r0", "2026-01-10", 1),), "问", "问？")
    await db.batch(lambda conn: counts.add(conn, [added]))
    async with db.write() as conn:
        assert len(await counts.days(conn, "a0", "2026-01-12", "2026-01-14")) == 3
        for read in (counts.totals, counts.daily):
            page = await read(conn, "a0", "2026-01-12", "2026-01-14", None, 20)
            assert len(page.items) == 20
            await read(conn, "a0", "2026-01-12", "2026-01-14", page.cursor, 20)
        assert await counts.purge(conn, "2026-01-12", 10) == 10
        assert len(await counts.unanswered(conn, "a0", "2026-01-12", "2026-01-14", 10)) == 10
        assert await counts.purge_unanswered(conn, "2026-01-12", 10) == 10


async def _people(db: Database) -> None:
    async with db.write() as conn:
        await people.remember_person(conn, "u000123", "y", None, 5)
        await people.people(conn, [f"u{number:06}" for number in range(300)])
        await people.staff_of(conn, "a0")
        await people.accounts_of(conn, "staff:0")
        await people.account_by_handle(conn, "shop5")
        await people.role_of(conn, "a0", "staff:0")
        await people.owners(conn, "a0")
        await people.hold_role(conn, "a0", "staff:0")
        await people.hold_account(conn, "a0")
        await people.hold_person(conn, "u000123")
        await people.set_role(conn, "a0", "staff:0", Role.OPERATOR, 5)
        await people.edit_account(conn, "a5", 1, {"name": "x"})
        await people.drop_role(conn, "a7", "staff:7")
        await people.find_accounts(conn, "99", None, 50)


async def _answers(db: Database) -> None:
    async with db.write() as conn:
        await answers.memory(conn, "c000123")
        await answers.memories(conn, ["c000123", "c000124"])
        await answers.remember(conn, "c000123", "{}")
        await answers.trace(conn, "c000123", 1)
        await answers.wrote_before(conn, "c000123", "u000123", 4)
        await answers.put_traces(conn, [answers.TraceRow(conversation="c000123", seq=1, at=5, trace="{}")])
        assert await answers.purge_traces(conn, 5_000, 10) == 10
        await rules.publish(conn, "a0", "[]", "amy", "", 5)
        await rules.published(conn, "a0")


async def _media(db: Database) -> None:
    async with db.read() as conn:
        await media.get(conn, "m000001")
        await media.shown_in(conn, "m000001", "c000001")
        await media.conversations_showing(conn, "m000000", 50)
        for person in ("u000001", "u000002", "staff:0"):
            await media.visible_to(conn, "m000000", person, {Role.OPERATOR})
    async with db.write() as conn:
        await media.unshow(conn, "m000001", "c000001")


async def _sessions(db: Database) -> None:
    async with db.write() as conn:
        await staff.purge_sessions(conn, 5)
        await staff.sessions_of(conn, "staff:0", 5)
        await staff.staff_by_login(conn, "l1")
        await teams.teams_of_person(conn, "a0", "staff:0")
        await teams.create_team(conn, teams.TeamRow(id="t1", account="a0", name="x"))
        await teams.drop_team(conn, "a0", "t1")


async def _groups(db: Database) -> None:
    async with db.write() as conn:
        await groups.standing(conn, "c000000")
        await groups.lock(conn, "c000000")
        await groups.some(conn, ["c000000", "c000010"])
        await groups.count_of_account(conn, "a0")
        page = await groups.of_account(conn, "a0", "u000123", None, 10, now=5)
        assert len(page.items) == 10
        await groups.of_account(conn, "a0", None, page.cursor, 10, now=5)
        await groups.change(conn, "c000010", {"name": "y"})
        await groups.pin(conn, "c000000", 1, "x", 5)
        await groups.pins(conn, "c000000")
        await groups.dissolve(conn, "c000050", 5)
        await groups.dissolved_before(conn, 9, 10)
        assert not await groups.purge(conn, "c000050", 3)


async def _members(db: Database) -> None:
    async with db.write() as conn:
        mine = await members.membership(conn, "c000030", "u000123")
        assert mine is not None
        await members.follows(conn, "a0", "u000123")
        await members.take_turn(conn, "c000030", "u000123", 5, 1)
        assert await members.drop(conn, "c000030", "u000123")
        assert await members.add(conn, mine)
        assert await members.has_heard_of(conn, "c000030", "u000123")
        assert not await members.has_heard_of(conn, "c000030", "nobody")
        assert await members.purge_turns(conn, 1_010) > 1
        first = await members.members(conn, "c000030", None, 50)
        assert len((await members.members(conn, "c000030", first.cursor, 50)).items) == 50
        await members.members(conn, "c000030", first.cursor, 50, query="12")
        await members.heard_by(conn, [f"u{number:06}" for number in range(100)])
        await members.those_in(conn, "c000030", ["u000123", "u000124"])
        await members.take_turn(conn, "c000030", "u000123", 5, 1)
        await members.set_role(conn, "c000030", "u000123", GroupRole.MODERATOR)
        await members.drop_all(conn, "a0", "u000123")
        await members.groups_of(conn, "u000124")
        await members.memberships(conn, "u000124")


async def _cases(db: Database) -> None:
    reported = Signal(account="a", conversation="c000000", offender="u000123", kind="report", at=5, by="u000124", seq=3)
    async with db.write() as conn:
        assert await cases.may_tell(conn, await cases.note(conn, reported), 100_000)
        assert len(await cases.reported_at(conn, "u005000", 24)) == 1
        assert not await cases.purge(conn, KEPT_MS + 1_000)
        assert len(await cases.idle(conn, IDLE_MS + 5_000)) == 50
        await docket.judges(conn, "a0", "c000000", "u000123")
        await docket.moderated(conn, "a0", "u000123")
        await docket.shows(conn, docket.hub_sight(), "k000010")


async def _docket(db: Database) -> None:
    below = docket.Sight(person="x", groups=["c000000"], everyone=False, above=["y"])
    async with db.write() as conn:
        for sight in (docket.hub_sight(), below):
            states: tuple[State, ...] = ("open", "claimed", "decided")
            for state in states:
                page = await docket.cases(conn, "a10", sight, state, None, 5, None, 10)
                await docket.cases(conn, "a10", sight, state, "c000000", 5, page.cursor, 10)
            assert set(await docket.undecided(conn, "a", "c000000", sight, ["u002001", "u002002"])) == {"u002001", "u002002"}
        first = await docket.signals(conn, "k001000", None, 5)
        assert len((await docket.signals(conn, "k001000", first.cursor, 5)).items) == 5
        await docket.latest(conn, "k001000")
        await docket.case(conn, "k001000", lock=True)
        await docket.change(conn, "k001000", {"reason": "x"})
        await docket.offender(conn, "c000123", "u000123")
        await docket.earlier(conn, "c000000", "u000123", 5)


async def _appeals(db: Database) -> None:
    below = docket.Sight(person="x", groups=["c000000"], everyone=False, above=["y"])
    made = appeals.Appeal(
        id="new", account="a10", conversation="c000123", person="u000123", kind="ban", sanctioned_at=5, imposed_by="x", until=None, why="x", at=5
    )
    async with db.write() as conn:
        assert await appeals.create(conn, made)
        await appeals.get(conn, "new", lock=True)
        await appeals.say(conn, made, "x", "y", 5)
        await appeals.thread(conn, "new")
        for sight in (docket.hub_sight(), below):
            page = await appeals.judged(conn, "a10", sight, "open", None, 10)
            await appeals.judged(conn, "a10", sight, "open", page.cursor, 10)
            await appeals.shows(conn, sight, "new")
        page = await appeals.own(conn, "a10", "u002000", None, 10)
        await appeals.own(conn, "a10", "u002000", page.cursor, 10)
        await appeals.decide(conn, "new", "lifted", "x", "y", 5)
        await appeals.purge(conn, KEPT_MS + 1_000)


async def _tallies(db: Database) -> None:
    async with db.read() as conn:
        assert len(await tallies.lines(conn, "c000000", 100, 10_000, (500, 0), 50)) == 50
        assert len(await tallies.acts(conn, "c000000", 100, 200)) == 100
        assert len(await tallies.counted(conn, "c000123", 9_600, 9_700)) == 24
        await tallies.decided(conn, "c000000", 100, 200)
        assert await tallies.messages(conn, "c000300", [0, 1_502, 9_000]) == [2, 3]


async def _purges(db: Database) -> None:
    async with db.write() as conn:
        assert await timeline.last_before(conn, "c000200", [900, 1_002, 9_000]) == [0, 2, 5]
        assert await purges.written(conn, "c000200", "u000200", 1_002) == [3, 4, 5]
        made = await purges.remove(conn, "a0", "c000200", "u000200", "x", [3, 4], 20_000)
        await changes.missed(conn, "c000200", 5, 200)
        await purges.restore(conn, made, "x", 20_001)
        await purges.get(conn, made.id, lock=True)
        assert [one.at for one in (await purges.undoable(conn, "c000200", UNDO_MS + 2_000, None, 10)).items] == [2_000]
        assert not await purges.empty(conn, UNDO_MS + 19_000)


async def _moderation(db: Database) -> None:
    async with db.write() as conn:
        await admission.invite(conn, admission.Invitation(group="c000000", person="u000123", by="x", at=5, expires_at=9))
        await admission.is_invited(conn, "c000000", "u000123", 5)
        await admission.invitations(conn, "u000123", 5)
        await admission.ask(conn, "c000010", "u000123", "", 5)
        first = await admission.requests(conn, "c000000", None, 10)
        await admission.requests(conn, "c000000", first.cursor, 10)
        await admission.forget(conn, "a0", "u000123")
        assert await admission.purge(conn, 1_010) > 1
        await sanctions.sanction(conn, "c000000", "u000123", "mute", 5)
        assert await sanctions.impose(conn, "c000010", sanctions.Sanction(person="u000999", kind="ban", until=None, reason="x", by="x", at=5))
        listed = await sanctions.sanctions(conn, "c000000", 5, None, 10)
        await sanctions.sanctions(conn, "c000000", 5, listed.cursor, 10)
        await sanctions.lift(conn, "c000000", "u000123", "mute")
        told = await sanctions.log(conn, "c000000", None, 10)
        await sanctions.log(conn, "c000000", told.cursor, 10)
        await sanctions.done_since(conn, "c000000", "call_all", 5, 3)


async def _history(db: Database) -> None:
    async with db.read() as conn:
        found = await history.recent(conn, "a1", DeskState.BOT, 50_000, history.NEWEST, 50)
        assert len(found) == 50
        await history.recent(conn, "a1", DeskState.BOT, 50_000, (found[-1].last_at, found[-1].conversation), 50)
        assert len(await history.sent(conn, [f"c{number:06}" for number in range(10)], 0)) == 10 * MESSAGES_EACH
        assert len(await history.deeper(conn, [f"c{number:06}" for number in range(10)], 0, 2)) == 10


async def _filters(db: Database) -> None:
    async with db.write() as conn:
        row = await filters.get(conn, "l000000")
        assert row is not None
        await filters.lock(conn, "a0")
        assert len(await filters.heads(conn, "a0", None)) == 100
        await filters.heads(conn, "a0", "c000000")
        await filters.some(conn, ["l000000", "l000001"])
        await filters.marks(conn, "a0", "c000000")
        await filters.sizes(conn, "a0")
        await filters.hits(conn, ["l000000", "l000001"], "2026-01-01")
        assert await filters.change(conn, row.head, row.content)
        assert await filters.delete(conn, "l000001", 1)


async def _held(db: Database) -> None:
    async with db.write() as conn:
        row = await held.get(conn, "h000000", lock=True)
        assert row is not None
        assert await held.by_key(conn, "u000000", "k") == row
        await held.lock(conn, ["c000000"])
        assert await held.waiting(conn, "c000000", "u000000") == 1
        assert not await held.hold(conn, row)
        first = await held.listed(conn, "c000000", None, 10)
        assert len((await held.listed(conn, "c000000", first.cursor, 10)).items) == 10
        found = await held.hits(conn, "c000000", None, 10)
        await held.hits(conn, "c000000", found.cursor, 10)
        await held.hit(conn, msgspec.structs.replace(found.items[0], id="fresh", key="fresh"))
        await held.counts(conn, "c000000", "2026-01-01")
        await held.count(conn, Counter({("l000000", "c000000", "2026-01-10"): 2}))
        await held.claim(conn, row.id, "x", 5)
        assert len(await held.overdue(conn, "releasing", 5_000, 10)) == 10
        assert await held.settle(conn, msgspec.structs.replace(row, state="releasing"), "released", seq=1)
        assert not await held.purge(conn, 5_000, "2026-01-15", 10)
        await members.moderators(conn, "c000030")
        await written.lately(conn, "a0", None, 5)
        await written.lately(conn, "a0", "c000030", 5)
        await written.window(conn, "c000030", 3, 0)
        await members.came_since(conn, "c000030", 100, 60)


Use = Callable[[Database], Awaitable[None]]


@pytest.mark.parametrize(
    "use",
    [
        _append,
        _talk,
        _inbox,
        _outbox,
        _desk,
        _desk_lists,
        _buyers,
        _follows,
        _tags,
        _counts,
        _people,
        _answers,
        _media,
        _sessions,
        _history,
        _groups,
        _members,
        _moderation,
        _filters,
        _cases,
        _docket,
        _purges,
        _held,
        _appeals,
        _tallies,
    ],
)
async def test_no_query_goes_through_a_whole_table(full: Database, use: Use) -> None:
    """Every statement these verbs of the store execute is explained with the very values it was given."""
    with recorded(full) as statements:
        await use(full)

    assert statements
    found = {statement: where for statement, parameters in statements.items() if (where := await scans(full, statement, parameters))}
    assert found == {}


async def test_the_plans_would_tell_of_a_scan(full: Database) -> None:
    """The test above can fail: a query without an index is seen."""
    with recorded(full) as statements:
        async with full.read() as conn:
            await conn.execute(sa.text("SELECT count(*) FROM messages WHERE author_name = 'y'"))
            await conn.execute(sa.text("SELECT id FROM outbox WHERE due_at < 5 ORDER BY id LIMIT 5"))

    assert [bool(await scans(full, statement, parameters)) for statement, parameters in statements.items()] == [True, True]
