"""Conversations, their messages and read marks, as queries."""

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.basics import new_id
from bot.model.people import Role
from bot.model.talk import AuthorRole, Auto, ChatOpen, DeskState, Message, Standing
from bot.store.tables import ACCOUNTS, CONVERSATIONS, FOLLOWS, GROUPS, MEMBERS, MESSAGES, PEOPLE, READS, ROLES

UNREAD_LIMIT = 9_999
UNREAD_IN_GROUP = 999
"""Unread messages are counted up to here; more are "many"."""

_C, _M, _R = CONVERSATIONS.c, MESSAGES.c, READS.c
_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_AUTO = msgspec.json.Decoder(Auto)
_MESSAGE_COLUMNS = (
    _M.conversation,
    _M.seq,
    _M.author,
    _M.author_name,
    _M.role,
    _M.key,
    _M.kind,
    _M.body,
    _M.at,
    _M.reply_to,
    _M.auto,
    _M.recalled_by,
)


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation in somebody's list. `read` is that person's mark; `unread` counts up to 9,999, in a group up to 999.

    `seen`: up to where the other side of a direct conversation has read; 0 in a group, where nobody is told that. `floor`: the seq after which they see messages, in a group they joined later.
    """

    conversation: str
    kind: str
    account: str
    handle: str
    title: str
    head: int
    read: int
    unread: int
    last_at: int
    muted: bool
    seen: int = 0
    floor: int = 0


_STANDING = (
    sa.select(
        _C.account,
        ACCOUNTS.c.name,
        _C.person,
        FOLLOWS.c.person.is_not(None).label("following"),
        ACCOUNTS.c.chat_open,
        _C.desk,
        _C.operator,
    )
    .select_from(
        CONVERSATIONS.join(ACCOUNTS, ACCOUNTS.c.id == _C.account).outerjoin(
            FOLLOWS, sa.and_(FOLLOWS.c.account == _C.account, FOLLOWS.c.person == _C.person)
        )
    )
    .where(_C.id == sa.bindparam("conversation"), _C.kind == "direct")
)
_STAFF = sa.select(ROLES.c.person, ROLES.c.role).where(ROLES.c.account == sa.bindparam("account"))
_DIRECT = sa.select(_C.id).where(_C.account == sa.bindparam("account"), _C.person == sa.bindparam("person"))


async def standing(conn: AsyncConnection, conversation: str) -> Standing | None:
    """All that decides who may speak in a direct conversation; None where there is none."""
    row = (await conn.execute(_STANDING, {"conversation": conversation})).first()
    if row is None:
        return None
    staff = {person: Role(role) for person, role in await conn.execute(_STAFF, {"account": row.account})}
    return Standing(
        conversation=conversation,
        account=row.account,
        account_name=row.name,
        buyer=row.person,
        following=row.following,
        chat_open=ChatOpen(row.chat_open),
        staff=staff,
        desk=DeskState(row.desk),
        operator=row.operator,
    )


async def find_direct(conn: AsyncConnection, account: str, person: str) -> str | None:
    """The direct conversation of a person with an account."""
    found: str | None = (await conn.execute(_DIRECT, {"account": account, "person": person})).scalar()
    return found


async def make_direct(conn: AsyncConnection, account: str, person: str, now: int) -> str:
    """The direct conversation of a person with an account, made if it is new; two makers at once get the same."""
    insert = _INSERTS[conn.dialect.name]
    values = {"id": new_id(), "kind": "direct", "account": account, "person": person, "created_at": now, "last_at": now, "head": 0}
    await conn.execute(insert(CONVERSATIONS).values(desk=str(DeskState.BOT), **values).on_conflict_do_nothing())
    found = await find_direct(conn, account, person)
    if found is None:
        raise LookupError(account)
    return found


_ME: sa.BindParameter[str] = sa.bindparam("me")
_OTHERS = READS.alias("others")
_SEEN = (
    sa.select(sa.func.coalesce(sa.func.max(_OTHERS.c.seq), 0))
    # The buyer is one side; whoever of the staff has read is the other.
    .where(_OTHERS.c.conversation == _C.id, sa.case((_C.person == _ME, _OTHERS.c.person != _ME), else_=_OTHERS.c.person == _C.person))
    .correlate(CONVERSATIONS)
    .scalar_subquery()
)
_HEAD_AND_MARKS = (
    sa.select(_C.head, sa.func.coalesce(_R.seq, 0), _SEEN)
    .select_from(CONVERSATIONS.outerjoin(READS, sa.and_(_R.conversation == _C.id, _R.person == _ME)))
    .where(_C.id == sa.bindparam("conversation"))
)


async def head_and_marks(conn: AsyncConnection, conversation: str, person: str) -> tuple[int, int, int]:
    """The last seq, this person's read mark and the other side's, of a direct conversation; zeros where there is nothing."""
    row = (await conn.execute(_HEAD_AND_MARKS, {"conversation": conversation, "me": person})).first()
    return (0, 0, 0) if row is None else (row[0], row[1], row[2])


def _message(row: Any) -> Message:
    return Message(
        conversation=row.conversation,
        seq=row.seq,
        author=row.author,
        author_name=row.author_name,
        role=AuthorRole(row.role),
        key=row.key,
        kind=row.kind,
        body=msgspec.Raw(row.body.encode()),
        at=row.at,
        reply_to=row.reply_to,
        auto=None if row.auto is None else _AUTO.decode(row.auto),
        recalled_by=row.recalled_by,
    )


_IN = _M.conversation == sa.bindparam("conversation")
_MESSAGES = sa.select(*_MESSAGE_COLUMNS).where(_IN)
_AFTER = _MESSAGES.where(_M.seq > sa.bindparam("seq")).order_by(_M.seq).limit(sa.bindparam("count"))
_BEFORE = _MESSAGES.where(_M.seq < sa.bindparam("seq"), _M.seq > sa.bindparam("floor")).order_by(_M.seq.desc()).limit(sa.bindparam("count"))
_ONE = _MESSAGES.where(_M.seq == sa.bindparam("seq"))
_KEPT = sa.select(_M.seq).where(_IN, _M.author == sa.bindparam("author"), _M.key == sa.bindparam("key"))
_BODY_OF = sa.select(_M.body).where(_M.author == sa.bindparam("author"), _M.key == sa.bindparam("key"))
_UNHEARD = sa.select(_M.unheard).where(_IN, _M.seq == sa.bindparam("seq"))


async def after(conn: AsyncConnection, conversation: str, seq: int, count: int) -> list[Message]:
    """At most `count` messages after a seq, ascending."""
    rows = await conn.execute(_AFTER, {"conversation": conversation, "seq": seq, "count": count})
    return [_message(row) for row in rows]


async def before(conn: AsyncConnection, conversation: str, seq: int, count: int, *, floor: int = 0) -> list[Message]:
    """The `count` messages just before a seq, ascending; none up to `floor`."""
    rows = await conn.execute(_BEFORE, {"conversation": conversation, "seq": seq, "floor": floor, "count": count})
    return [_message(row) for row in rows][::-1]


async def message(conn: AsyncConnection, conversation: str, seq: int) -> Message | None:
    """One message."""
    row = (await conn.execute(_ONE, {"conversation": conversation, "seq": seq})).first()
    return None if row is None else _message(row)


async def is_kept(conn: AsyncConnection, conversation: str, author: str, key: str) -> bool:
    """Whether a message was stored here under this key of its author."""
    return (await conn.execute(_KEPT, {"conversation": conversation, "author": author, "key": key})).first() is not None


async def stored_body(conn: AsyncConnection, author: str, key: str) -> str | None:
    """The body that was stored under this key of its author, wherever that was."""
    found: str | None = (await conn.execute(_BODY_OF, {"author": author, "key": key})).scalar()
    return found


async def stored_at(conn: AsyncConnection, conversation: str, author: str, key: str) -> int | None:
    """Where a message stands that was stored here under this key of its author."""
    found: int | None = (await conn.execute(_KEPT, {"conversation": conversation, "author": author, "key": key})).scalar()
    return found


async def unheard(conn: AsyncConnection, conversation: str, seq: int) -> str | None:
    """The guard that kept a message from the reply engine, if one did."""
    found: str | None = (await conn.execute(_UNHEARD, {"conversation": conversation, "seq": seq})).scalar()
    return found


async def recall(conn: AsyncConnection, conversation: str, seq: int, by: str) -> bool:
    """Mark a message as recalled by its author, also one that was removed; False if it was already. What was written stays in the store."""
    fresh = sa.or_(_M.recalled_by.is_(None), _M.recalled_by != by)
    statement = sa.update(MESSAGES).where(_M.conversation == conversation, _M.seq == seq, fresh).values(recalled_by=by)
    return (await conn.execute(statement)).rowcount == 1


async def mark_read(conn: AsyncConnection, conversation: str, person: str, seq: int, now: int) -> int | None:
    """Move a read mark forward, never back and never past the head; where it stands then, None if it did not move."""
    head = sa.select(sa.func.min(_C.head, seq) if conn.dialect.name == "sqlite" else sa.func.least(_C.head, seq)).where(_C.id == conversation)
    mark: int = (await conn.execute(head)).scalar() or 0
    if mark == 0:
        return None
    insert = _INSERTS[conn.dialect.name](READS).values(conversation=conversation, person=person, seq=mark, at=now)
    fresh = insert.excluded
    upsert = insert.on_conflict_do_update(
        index_elements=["conversation", "person"], set_={"seq": fresh.seq, "at": fresh.at}, where=_R.seq < fresh.seq
    )
    return mark if (await conn.execute(upsert)).rowcount == 1 else None


_MARK = sa.func.coalesce(_R.seq, 0)
_COUNTED = sa.case((_C.kind == "group", UNREAD_IN_GROUP), else_=UNREAD_LIMIT)
_FLOOR = sa.case((MEMBERS.c.role == "moderator", 0), else_=sa.func.coalesce(MEMBERS.c.visible_after, 0))
_COUNT = (
    sa.select(sa.func.count())
    .select_from(MESSAGES)
    .where(_M.conversation == _C.id, _M.seq > _MARK, _M.seq <= _MARK + _COUNTED, _M.author != _ME)
    .correlate(CONVERSATIONS, READS)
    .scalar_subquery()
)
_SUMMARIES = sa.select(
    _C.id,
    _C.kind,
    _C.account,
    ACCOUNTS.c.handle,
    sa.case((_C.kind == "group", GROUPS.c.name), (_C.person == _ME, ACCOUNTS.c.name), else_=PEOPLE.c.name).label("title"),
    _C.head,
    _MARK.label("read"),
    _COUNT.label("unread"),
    _C.last_at,
    sa.case(
        (_C.kind == "group", sa.func.coalesce(MEMBERS.c.hushed, sa.false())),
        else_=sa.and_(_C.person == _ME, sa.func.coalesce(FOLLOWS.c.muted, sa.false())),
    ).label("muted"),
    # Not worked out for groups: in a large one there are thousands of marks.
    sa.case((_C.kind == "group", 0), else_=_SEEN).label("seen"),
    _FLOOR.label("floor"),
).select_from(
    CONVERSATIONS.join(ACCOUNTS, ACCOUNTS.c.id == _C.account)
    .outerjoin(PEOPLE, PEOPLE.c.id == _C.person)
    .outerjoin(READS, sa.and_(_R.conversation == _C.id, _R.person == _ME))
    .outerjoin(FOLLOWS, sa.and_(FOLLOWS.c.account == _C.account, FOLLOWS.c.person == _ME))
    .outerjoin(GROUPS, GROUPS.c.id == _C.id)
    .outerjoin(MEMBERS, sa.and_(MEMBERS.c.conversation == _C.id, MEMBERS.c.person == _ME))
)
_MINE = sa.union_all(
    sa.select(_C.id, _C.last_at).where(_C.person == _ME),
    sa.select(_C.id, _C.last_at).where(_C.operator == _ME, _C.desk == str(DeskState.OPERATOR)),
    sa.select(_C.id, _C.last_at)
    .select_from(MEMBERS.join(CONVERSATIONS, _C.id == MEMBERS.c.conversation).join(GROUPS, GROUPS.c.id == _C.id))
    .where(MEMBERS.c.person == _ME, GROUPS.c.dissolved_at.is_(None)),
).subquery()
_PAGE = (
    sa.select(_MINE.c.id)
    .where(sa.tuple_(_MINE.c.last_at, _MINE.c.id) < sa.tuple_(sa.bindparam("at"), sa.bindparam("id")))
    .order_by(_MINE.c.last_at.desc(), _MINE.c.id.desc())
    .limit(sa.bindparam("count"))
)
_BY_IDS = _SUMMARIES.where(_C.id.in_(sa.bindparam("ids", expanding=True)))
_NEWEST = 2**62


async def summaries(conn: AsyncConnection, person: str, conversations: list[str]) -> list[Summary]:
    """The given conversations as this person sees them, newest first."""
    if not conversations:
        return []
    rows = await conn.execute(_BY_IDS, {"me": person, "ids": conversations})
    found = [
        Summary(
            conversation=row.id,
            kind=row.kind,
            account=row.account,
            handle=row.handle,
            title=row.title or row.handle,
            head=row.head,
            read=row.read,
            unread=row.unread,
            last_at=row.last_at,
            muted=bool(row.muted),
            seen=row.seen,
            floor=row.floor,
        )
        for row in rows
    ]
    return sorted(found, key=lambda summary: (summary.last_at, summary.conversation), reverse=True)


async def inbox(conn: AsyncConnection, person: str, *, before_at: int = _NEWEST, before_id: str = "~", count: int) -> list[Summary]:
    """A page of a person's conversations, newest first: their own, those they hold on a desk, and the groups they are in."""
    rows = await conn.execute(_PAGE, {"me": person, "at": before_at, "id": before_id, "count": count})
    return await summaries(conn, person, [row.id for row in rows])


async def last_messages(conn: AsyncConnection, places: list[tuple[str, int]]) -> dict[str, Message]:
    """The last message of each of these conversations, where that still is the (conversation, seq) given, keyed by conversation."""
    if not places:
        return {}
    rows = await conn.execute(_LAST, {"ids": [conversation for conversation, _ in places]})
    wanted = set(places)
    return {row.conversation: _message(row) for row in rows if (row.conversation, row.seq) in wanted}


# Pairs in a list of values would do, but SQLite goes through all messages for them: their numbers have no affinity there.
_LAST = (
    sa.select(*_MESSAGE_COLUMNS)
    .select_from(CONVERSATIONS.join(MESSAGES, sa.and_(_M.conversation == _C.id, _M.seq == _C.head)))
    .where(_C.id.in_(sa.bindparam("ids", expanding=True)))
)
