"""Groups as rows: what they are called, how one comes in, their order, their pins. Who is in them is in `members`."""

from collections.abc import Mapping
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.basics import Closed, NotFound
from bot.model.groups import GroupStanding, Joining
from bot.model.order import Order
from bot.model.people import Role
from bot.store.case_tables import APPEAL_MESSAGES, APPEALS
from bot.store.cursor import Page, bounded, decode, page
from bot.store.dialects import both
from bot.store.filter_tables import FILTER_DAYS, FILTER_HITS, FILTER_LISTS, HELD
from bot.store.tables import (
    ACCOUNTS,
    CONVERSATIONS,
    GROUPS,
    INVITATIONS,
    JOIN_REQUESTS,
    MEDIA_USES,
    MEMBERS,
    MESSAGES,
    PINS,
    READS,
    REPLY_MEMORY,
    ROLES,
    SANCTIONS,
    TRACES,
    TURNS,
)

GROUP = "group"
NO_DESK = "none"
"""What stands in the `desk` of a conversation that is on none."""


class GroupRow(msgspec.Struct, frozen=True, kw_only=True):
    """A group as it is stored. `version` grows with every change but comings and goings. Times in milliseconds."""

    id: str
    account: str
    name: str
    joining: Joining
    capacity: int
    created_at: int
    about: str = ""
    cover: str | None = None
    rules: str = ""
    announcement: str = ""
    announced_by: str | None = None
    announced_at: int | None = None
    question: str = ""
    members: int = 0
    order: Order = Order()
    version: int = 1
    dissolved_at: int | None = None


class Pin(msgspec.Struct, frozen=True, kw_only=True):
    """A message kept at the top: by whom, since when."""

    seq: int
    by: str
    at: int


_G, _C, _P = GROUPS.c, CONVERSATIONS.c, PINS.c
_ORDER = msgspec.json.Decoder(Order)
_OPEN = _G.dissolved_at.is_(None)
_BY_ID = sa.select(GROUPS).where(_G.id == sa.bindparam("group"))
_LOCKED = _BY_ID.with_for_update()
_SOME = sa.select(GROUPS).where(_G.id.in_(sa.bindparam("ids", expanding=True)))
_COUNT = sa.select(sa.func.count()).select_from(GROUPS).where(_G.account == sa.bindparam("of"), _OPEN)
_IDS = sa.select(_G.id).where(_G.account == sa.bindparam("of"), _OPEN).order_by(_G.id).limit(1_000)
_OF_ACCOUNT = (
    sa.select(GROUPS).where(_G.account == sa.bindparam("of"), _OPEN, _G.id > sa.bindparam("after")).order_by(_G.id).limit(sa.bindparam("count"))
)
_VISIBLE_OF_ACCOUNT = _OF_ACCOUNT.where(
    sa.or_(
        _G.joining != str(Joining.INVITATION),
        _G.id.in_(sa.select(MEMBERS.c.conversation).where(MEMBERS.c.person == sa.bindparam("who"))),
        _G.id.in_(
            sa.select(INVITATIONS.c.conversation).where(INVITATIONS.c.person == sa.bindparam("who"), INVITATIONS.c.expires_at > sa.bindparam("now"))
        ),
    )
)
_COLUMNS = frozenset({"name", "about", "cover", "rules", "announcement", "announced_by", "announced_at", "joining", "question", "capacity", "order"})
_STANDING = (
    sa.select(_G.id, _G.account, ACCOUNTS.c.name.label("account_name"), _G.name, _G.joining, _G.members, _G.ordering, _G.dissolved_at)
    .select_from(GROUPS.join(ACCOUNTS, ACCOUNTS.c.id == _G.account))
    .where(_G.id == sa.bindparam("group"))
)
_STAFF = sa.select(ROLES.c.person, ROLES.c.role).where(ROLES.c.account == sa.bindparam("of"))
_HEAD = sa.select(_C.head).where(_C.id == sa.bindparam("group"))


def _row(row: Any) -> GroupRow:
    values = {name: row[name] for name in GroupRow.__struct_fields__ if name not in {"order", "joining"}}
    return GroupRow(**values, joining=Joining(row["joining"]), order=_ORDER.decode(row["ordering"]))


async def create(conn: AsyncConnection, row: GroupRow) -> None:
    """Add a group and its conversation."""
    conversation = {"id": row.id, "kind": GROUP, "account": row.account, "created_at": row.created_at, "last_at": row.created_at, "desk": NO_DESK}
    await conn.execute(sa.insert(CONVERSATIONS).values(head=0, **conversation))
    values = {**msgspec.structs.asdict(row), "joining": str(row.joining)}
    values["ordering"] = _json(values.pop("order"))
    await conn.execute(sa.insert(GROUPS).values(**values))


def _json(order: Order) -> str:
    return msgspec.json.encode(order).decode()


async def get(conn: AsyncConnection, group: str) -> GroupRow | None:
    """One group, also one that was dissolved."""
    row = (await conn.execute(_BY_ID, {"group": group})).mappings().first()
    return None if row is None else _row(row)


async def lock(conn: AsyncConnection, group: str) -> GroupRow:
    """A group whose row stays locked until the transaction ends: whoever adds, puts out or sanctions somebody goes through here.

    Raises:
        NotFound: there is none. Closed: it was dissolved.
    """
    row = (await conn.execute(_LOCKED, {"group": group})).mappings().first()
    if row is None:
        raise NotFound("没有这个小组。", "There is no such group.")
    if row["dissolved_at"] is not None:
        raise Closed("小组已解散。", "The group was dissolved.")
    return _row(row)


async def some(conn: AsyncConnection, groups: list[str]) -> dict[str, GroupRow]:
    """The given groups, by id."""
    if not groups:
        return {}
    return {row["id"]: _row(row) for row in (await conn.execute(_SOME, {"ids": groups})).mappings()}


async def ids_of_account(conn: AsyncConnection, account: str) -> set[str]:
    """The groups of an account that were not dissolved; it has at most 500."""
    return {row[0] for row in await conn.execute(_IDS, {"of": account})}


async def count_of_account(conn: AsyncConnection, account: str) -> int:
    """How many groups an account has that were not dissolved."""
    return int((await conn.execute(_COUNT, {"of": account})).scalar_one())


async def of_account(conn: AsyncConnection, account: str, person: str | None, cursor: str | None, limit: int, *, now: int) -> Page[GroupRow]:
    """A page of an account's groups, oldest first. For a `person`: those only to be entered by invitation, if they are in or invited; None sees all.

    An invitation that has ended by `now` shows nothing.

    Raises:
        Invalid: a bad cursor.
    """
    values: dict[str, Any] = {"of": account, "after": decode(cursor, str)[0] if cursor else "", "count": bounded(limit) + 1}
    rows = await (conn.execute(_OF_ACCOUNT, values) if person is None else conn.execute(_VISIBLE_OF_ACCOUNT, {**values, "who": person, "now": now}))
    return page([_row(row) for row in rows.mappings()], bounded(limit), lambda group: (group.id,))


async def change(conn: AsyncConnection, group: str, changes: Mapping[str, Any]) -> None:
    """Change a locked group; its version grows by one.

    Raises:
        ValueError: a change of something that cannot be changed: the caller's mistake.
    """
    if not changes.keys() <= _COLUMNS:
        raise ValueError(f"not to be changed: {sorted(changes.keys() - _COLUMNS)}")
    values = dict(changes)
    if "order" in values:
        values["ordering"] = _json(values.pop("order"))
    await conn.execute(sa.update(GROUPS).where(_G.id == group).values(version=_G.version + 1, **values))


async def dissolve(conn: AsyncConnection, group: str, now: int) -> None:
    """End a locked group. Its rows stay until they are purged."""
    await conn.execute(sa.update(GROUPS).where(_G.id == group).values(dissolved_at=now, version=_G.version + 1))


async def standing(conn: AsyncConnection, group: str) -> GroupStanding | None:
    """All that decides about a group as a whole; None where there is none."""
    row = (await conn.execute(_STANDING, {"group": group})).first()
    if row is None:
        return None
    return GroupStanding(
        conversation=group,
        account=row.account,
        account_name=row.account_name,
        name=row.name,
        joining=Joining(row.joining),
        members=row.members,
        order=_ORDER.decode(row.ordering),
        dissolved=row.dissolved_at is not None,
        staff={person: Role(role) for person, role in await conn.execute(_STAFF, {"of": row.account})},
    )


async def head(conn: AsyncConnection, group: str) -> int:
    """The last seq of a group."""
    return int((await conn.execute(_HEAD, {"group": group})).scalar_one())


_PIN = both(lambda insert: insert(PINS).on_conflict_do_nothing())
_PINS = sa.select(_P.seq, _P.by, _P.at).where(_P.conversation == sa.bindparam("group")).order_by(_P.at.desc(), _P.seq.desc())


async def pin(conn: AsyncConnection, group: str, seq: int, by: str, now: int) -> bool:
    """Keep a message at the top; False if it is there already."""
    return (await conn.execute(_PIN[conn.dialect.name], {"conversation": group, "seq": seq, "by": by, "at": now})).rowcount == 1


async def unpin(conn: AsyncConnection, group: str, seq: int) -> bool:
    """Keep it there no more; whether it was."""
    return (await conn.execute(sa.delete(PINS).where(_P.conversation == group, _P.seq == seq))).rowcount == 1


async def pins(conn: AsyncConnection, group: str) -> list[Pin]:
    """What is kept at the top, the newest first."""
    return [Pin(seq=row.seq, by=row.by, at=row.at) for row in await conn.execute(_PINS, {"group": group})]


_LEFT = (
    MESSAGES,
    MEMBERS,
    READS,
    SANCTIONS,
    INVITATIONS,
    JOIN_REQUESTS,
    PINS,
    MEDIA_USES,
    FILTER_LISTS,
    FILTER_HITS,
    FILTER_DAYS,
    HELD,
    TURNS,
    TRACES,
)
_UNHEARD = sa.select(APPEALS.c.id).where(APPEALS.c.conversation == sa.bindparam("group"), APPEALS.c.decided_at.is_(None)).limit(sa.bindparam("count"))
_OVER = sa.select(_G.id).where(_G.dissolved_at < sa.bindparam("before")).order_by(_G.dissolved_at, _G.id).limit(sa.bindparam("count"))


async def dissolved_before(conn: AsyncConnection, before: int, limit: int) -> list[str]:
    """Groups that were dissolved before a moment, the first ones first."""
    return [row[0] for row in await conn.execute(_OVER, {"before": before, "count": limit})]


async def purge(conn: AsyncConnection, group: str, limit: int) -> bool:
    """Delete at most `limit` rows of each sort that a dissolved group left; whether all are gone, and then the group is too.

    Its log stays; and what was decided, cases and appeals, for as long as that is kept. An appeal that nobody heard can be heard no more.
    """
    unheard = list((await conn.execute(_UNHEARD, {"group": group, "count": limit})).scalars())
    for column in (APPEAL_MESSAGES.c.appeal, APPEALS.c.id):
        await conn.execute(sa.delete(column.table).where(column.in_(unheard)))
    left = int(len(unheard) == limit)
    for table in _LEFT:
        keys = [column for column in table.primary_key if column.name != "conversation"]
        some_keys = sa.select(*keys).where(table.c.conversation == group).order_by(*keys).limit(limit)
        chosen = sa.tuple_(*keys).in_(some_keys) if len(keys) > 1 else keys[0].in_(some_keys)
        left += (await conn.execute(sa.delete(table).where(table.c.conversation == group, chosen))).rowcount == limit
    if not left:
        await conn.execute(sa.delete(REPLY_MEMORY).where(REPLY_MEMORY.c.conversation == group))
        await conn.execute(sa.delete(CONVERSATIONS).where(_C.id == group))
        await conn.execute(sa.delete(GROUPS).where(_G.id == group))
    return not left
