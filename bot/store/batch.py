"""One batch of the log: from drafts to rows, inside one transaction."""

import functools
from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.model.basics import Conflict, HubError, Invalid, NotFound
from bot.model.talk import AuthorRole, Auto
from bot.store import counts, tags
from bot.store.tables import CONVERSATIONS, MEDIA_USES, MEMBERS, MESSAGES, OUTBOX, REPLY_MEMORY, TRACES
from bot.store.tags import Tagging
from replies.tally import Tally


class Settled(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Work that is done: the outbox rows to delete by token, and what the answer leaves behind.

    `traces` are (seq, JSON) pairs of `conversation`, with 0 for the seq of the message this is stored with; `memory` replaces the reply
    memory when given. `tally` and `taggings` count only where this transaction is the one that deletes the rows: once for ever.
    """

    conversation: str
    tokens: tuple[str, ...] = ()
    memory: str | None = None
    traces: tuple[tuple[int, str], ...] = ()
    tally: Tally | None = None
    taggings: tuple[Tagging, ...] = ()


class Draft(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A message to be stored. `body` is canonical JSON text.

    `work` names the kind of outbox row to make with it (token `<work>:<conversation>:<seq>`), due after the lease: the
    appending process does the work at once, another one only if it died. None is made while an operator holds the
    conversation, which is seen under the lock of its row and noted on the message; `unheard` names another guard that is known before. `settles` is committed with the message. `topics`
    name who is to be told; the store only carries them to those who listen for commits. `counts`: its author is a newcomer, whose messages are counted
    in their membership.
    """

    conversation: str
    author: str
    author_name: str
    role: AuthorRole
    key: str
    kind: str
    body: str
    reply_to: int | None = None
    auto: Auto | None = None
    media: tuple[str, ...] = ()
    work: str | None = None
    unheard: str | None = None
    settles: Settled | None = None
    topics: tuple[str, ...] = ()
    counts: bool = False


class Appended(msgspec.Struct, frozen=True, gc=False):
    """Where a message stands: its sequence number, its time in milliseconds, and whether it was there already.

    `unheard` names the guard that kept the work its draft asked for from being made. `held`: it stands nowhere yet (`seq` is 0), but waits for a
    moderator under this id.
    """

    seq: int
    at: int
    duplicate: bool
    unheard: str | None = None
    held: str | None = None


Outcome = Appended | HubError | None

_HEADS = (
    sa.select(CONVERSATIONS.c.id, CONVERSATIONS.c.head, CONVERSATIONS.c.last_at, CONVERSATIONS.c.desk)
    .where(CONVERSATIONS.c.id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(CONVERSATIONS.c.id)
    .with_for_update()
)
_KNOWN = sa.select(
    MESSAGES.c.author,
    MESSAGES.c.key,
    MESSAGES.c.conversation,
    MESSAGES.c.seq,
    MESSAGES.c.at,
    MESSAGES.c.kind,
    MESSAGES.c.body,
    MESSAGES.c.reply_to,
).where(sa.tuple_(MESSAGES.c.author, MESSAGES.c.key).in_(sa.bindparam("pairs", expanding=True)))
_COLUMNS = tuple(column.name for column in MESSAGES.columns)
_AUTHOR, _KEY = _COLUMNS.index("author"), _COLUMNS.index("key")
_ADVANCE = (
    sa.update(CONVERSATIONS).values(head=sa.bindparam("b_head"), last_at=sa.bindparam("b_at")).where(CONVERSATIONS.c.id == sa.bindparam("b_id"))
)
_POSTED = (
    sa.update(MEMBERS)
    .values(posts=MEMBERS.c.posts + sa.bindparam("b_more"))
    .where(MEMBERS.c.conversation == sa.bindparam("b_id"), MEMBERS.c.person == sa.bindparam("b_who"))
)
_WORK = sa.insert(OUTBOX)
_DONE = sa.delete(OUTBOX).where(OUTBOX.c.token.in_(sa.bindparam("tokens", expanding=True))).returning(OUTBOX.c.token)


class _Upserts(msgspec.Struct, frozen=True):
    """Statements whose spelling differs between the dialects."""

    uses: sa.Insert
    memory: sa.Insert
    trace: sa.Insert


def _upserts(insert: Any) -> _Upserts:
    memory = insert(REPLY_MEMORY)
    trace = insert(TRACES)
    return _Upserts(
        uses=insert(MEDIA_USES).on_conflict_do_nothing(),
        memory=memory.on_conflict_do_update(index_elements=["conversation"], set_={"memory": memory.excluded.memory}),
        trace=trace.on_conflict_do_update(index_elements=["conversation", "seq"], set_={"trace": trace.excluded.trace, "at": trace.excluded.at}),
    )


_UPSERTS = {"sqlite": _upserts(sqlite.insert), "postgresql": _upserts(postgresql.insert)}


@functools.cache
def _spelled(dialect: sa.Dialect) -> tuple[str, str]:
    """The insert of a message and the advance of a head, spelled for the driver: their rows go in as tuples, without SQLAlchemy's
    work on each value. A head's tuple is (seq, time, conversation).
    """
    return str(sa.insert(MESSAGES).compile(dialect=dialect, column_keys=list(_COLUMNS))), str(_ADVANCE.compile(dialect=dialect))


class _Head:
    __slots__ = ("at", "held", "moved", "seq")

    def __init__(self, seq: int, at: int, desk: str) -> None:
        self.seq = seq
        self.at = at
        self.held = desk == "operator"
        self.moved = False


class Batch:
    """Gives every draft its place or its error, and writes them all.

    Retries are rare, so a batch first relies on the unique index of (author, key) to refuse them; only a `careful` batch
    looks its keys up, at a third of the cost of storing them.

    Conversations are locked first and in the order of their ids, messages are inserted in the order of (author, key):
    two processes can then never wait for each other in a circle. A retry by another process is seen because the look-up
    comes after the lock.
    """

    def __init__(self, items: list[Draft | Settled], *, now: int, lease_ms: int, dialect: str, careful: bool) -> None:
        self._items = items
        self._careful = careful
        self._now = now
        self._lease_ms = lease_ms
        self._upserts = _UPSERTS[dialect]
        self.outcomes: list[Outcome] = []

    def write(self, conn: sa.Connection) -> None:
        """Do the work on an open transaction; may be called again on another one after a failure."""
        drafts = [item for item in self._items if isinstance(item, Draft)]
        heads = self._lock(conn)
        places = self._known(conn, drafts) if drafts and self._careful else {}
        rows: list[tuple[Any, ...]] = []
        self.outcomes = [self._place(item, heads, places, rows) if isinstance(item, Draft) else None for item in self._items]
        self._store(conn, heads, rows)
        self._settle(conn)

    def _lock(self, conn: sa.Connection) -> dict[str, _Head]:
        ids = sorted({item.conversation for item in self._items})
        return {row[0]: _Head(row[1], row[2], row[3]) for row in conn.execute(_HEADS, {"ids": ids})}

    @staticmethod
    def _known(conn: sa.Connection, drafts: list[Draft]) -> dict[tuple[str, str], tuple[Any, ...]]:
        pairs = [(draft.author, draft.key) for draft in drafts]
        return {(row[0], row[1]): tuple(row[2:]) for row in conn.execute(_KNOWN, {"pairs": pairs})}

    def _place(
        self, draft: Draft, heads: dict[str, _Head], places: dict[tuple[str, str], tuple[Any, ...]], rows: list[tuple[Any, ...]]
    ) -> Appended | HubError:
        name = (draft.author, draft.key)
        known = places.get(name)
        if known is not None:
            return _again(draft, known)
        head = heads.get(draft.conversation)
        if head is None:
            return NotFound("没有这个会话。", "There is no such conversation.")
        if draft.reply_to is not None and not 0 < draft.reply_to <= head.seq:
            return Invalid("要回复的消息不存在。", "There is no such message to reply to.", path="reply_to")
        head.seq += 1
        head.at = max(self._now, head.at)
        head.moved = True
        unheard = "operator" if head.held and draft.work is not None else draft.unheard
        rows.append(_row(draft, head.seq, head.at, unheard))
        places[name] = (draft.conversation, head.seq, head.at, draft.kind, draft.body, draft.reply_to)
        return Appended(head.seq, head.at, False, unheard)

    def _store(self, conn: sa.Connection, heads: dict[str, _Head], rows: list[tuple[Any, ...]]) -> None:
        if not rows:
            return
        rows.sort(key=lambda row: (row[_AUTHOR], row[_KEY]))
        insert, advance = _spelled(conn.dialect)
        conn.exec_driver_sql(insert, rows)
        conn.exec_driver_sql(advance, [(head.seq, head.at, name) for name, head in heads.items() if head.moved])
        fresh = [
            (draft, place)
            for draft, place in zip(self._items, self.outcomes, strict=True)
            if isinstance(draft, Draft) and isinstance(place, Appended) and not place.duplicate
        ]
        uses = sorted({(media, draft.conversation) for draft, _ in fresh for media in draft.media})
        posted = Counter((draft.conversation, draft.author) for draft, _ in fresh if draft.counts)
        if posted:
            conn.execute(_POSTED, [{"b_id": conversation, "b_who": who, "b_more": posted[conversation, who]} for conversation, who in sorted(posted)])
        if uses:
            conn.execute(self._upserts.uses, [{"media": media, "conversation": conversation} for media, conversation in uses])
        works = [self._work(draft.work, draft.conversation, place) for draft, place in fresh if draft.work is not None and place.unheard is None]
        if works:
            conn.execute(_WORK, works)

    def _work(self, kind: str, conversation: str, place: Appended) -> dict[str, Any]:
        return {
            "kind": kind,
            "subject": conversation,
            "token": work_token(kind, conversation, place.seq),
            "payload": f'{{"seq":{place.seq}}}',
            "created_at": self._now,
            "due_at": self._now + self._lease_ms,
            "attempts": 0,
        }

    def _settle(self, conn: sa.Connection) -> None:
        placed = [(done, seq) for done, seq in map(self._settled, self._items, self.outcomes) if done is not None]
        if not placed:
            return
        settled = [done for done, _ in placed]
        tokens = [token for done in settled for token in done.tokens]
        fresh = {row[0] for row in conn.execute(_DONE, {"tokens": tokens})} if tokens else set()
        memories = {done.conversation: done.memory for done in settled if done.memory is not None}
        if memories:
            conn.execute(self._upserts.memory, [{"conversation": name, "memory": memory} for name, memory in memories.items()])
        traces = {(done.conversation, seq or own): trace for done, own in placed for seq, trace in done.traces if seq or own}
        if traces:
            conn.execute(
                self._upserts.trace, [{"conversation": name, "seq": seq, "at": self._now, "trace": trace} for (name, seq), trace in traces.items()]
            )
        _count(conn, settled, fresh)

    @staticmethod
    def _settled(item: Draft | Settled, outcome: Outcome) -> tuple[Settled | None, int]:
        """What an item settles, and the seq of the message it does so with; a draft that was refused settles nothing, so its work comes back."""
        if isinstance(item, Settled):
            return item, 0
        return (item.settles, outcome.seq) if isinstance(outcome, Appended) else (None, 0)


def _count(conn: sa.Connection, settled: Sequence[Settled], fresh: set[str]) -> None:
    """Put the tags and add the counts of what is settled here for the first time; `fresh` are the rows that were deleted just now."""
    first: list[Settled] = []
    for done in settled:
        if done.tokens and fresh.issuperset(done.tokens):
            fresh.difference_update(done.tokens)
            first.append(done)
    if taggings := [tagging for done in first for tagging in done.taggings]:
        tags.put(conn, taggings)
    if tallies := [done.tally for done in first if done.tally is not None]:
        # Last of all: whoever counts for the same account waits from here to the commit, no longer.
        counts.add(conn, tallies)


def work_token(kind: str, conversation: str, seq: int) -> str:
    """The name of the work a message makes: the same message can make it only once."""
    return f"{kind}:{conversation}:{seq}"


def _again(draft: Draft, known: tuple[Any, ...]) -> Appended | Conflict:
    conversation, seq, at, kind, body, reply_to = known
    if (conversation, kind, body, reply_to) == (draft.conversation, draft.kind, draft.body, draft.reply_to):
        return Appended(seq, at, True)
    return Conflict("这个 key 已用于另一条消息。", "This key was used for another message.", path="key")


def _row(draft: Draft, seq: int, at: int, unheard: str | None) -> tuple[Any, ...]:
    """A row of `messages`, in the order of its columns."""
    auto = None if draft.auto is None else msgspec.json.encode(draft.auto).decode()
    who = (draft.author, draft.author_name, draft.role.value, draft.key)
    return (draft.conversation, seq, *who, draft.kind, draft.body, at, draft.reply_to, auto, None, unheard)
