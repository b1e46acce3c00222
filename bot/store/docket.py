"""Cases as those who judge them read and decide them: pages by weight, claims, decisions, and who the judges are."""

from collections.abc import Collection, Mapping
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.cases import Earlier, Shown, SignalKind, State, Verdict
from bot.model.people import Role
from bot.store.case_tables import CASES, GROUP_LOG, SIGNALS
from bot.store.cases import CaseRow, case_row, open_key
from bot.store.cursor import Page, bounded, decode, page
from bot.store.tables import GROUPS, MEMBERS, MESSAGES, PEOPLE, ROLES

POSTS_LIMIT = 1_000
"""Posts of an offender are counted up to here."""

JUDGES_LIMIT = 200
EARLIER_LIMIT = 200
LATEST = 3


class SignalRow(msgspec.Struct, frozen=True, kw_only=True):
    """A signal as it is kept. `by_name` is the reporter's, where the hub knows it."""

    id: int
    kind: SignalKind
    at: int
    by: str | None
    by_name: str | None
    conversation: str | None
    seq: int | None
    held: str | None
    text: str
    detail: dict[str, Any]
    evidence: list[Shown]


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """Which cases of an account somebody judges: all of them (an owner), or those of people below in some groups; `None` is every group.

    `above` are the account's staff whom they do not judge.
    """

    person: str
    groups: Collection[str] | None
    everyone: bool
    above: Collection[str] = ()


class Offender(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of who is reported: since when they are a member, and what they wrote, counted up to 1,000."""

    name: str | None
    member_since: int | None
    posts: int


_K, _S, _M, _L = CASES.c, SIGNALS.c, MEMBERS.c, GROUP_LOG.c
_BY_ID = sa.select(CASES).where(_K.id == sa.bindparam("id_of"))
_EVIDENCE = msgspec.json.Decoder(list[Shown])
_APPOINTED = sa.select(_M.person).where(
    _M.conversation == sa.bindparam("group"), _M.role == sa.literal_column("'moderator'"), _M.person != sa.bindparam("who")
)
_STAFF = sa.select(ROLES.c.person, ROLES.c.role).where(
    ROLES.c.account == sa.bindparam("of"), ROLES.c.role.in_([str(Role.OWNER), str(Role.MODERATOR)])
)
_MODERATED = (
    sa.select(_M.conversation)
    .select_from(MEMBERS.join(GROUPS, GROUPS.c.id == _M.conversation))
    .where(_M.person == sa.bindparam("who"), _M.role == "moderator", GROUPS.c.account == sa.bindparam("of"), GROUPS.c.dissolved_at.is_(None))
)


async def staff(conn: AsyncConnection, account: str) -> dict[str, Role]:
    """The owners and moderators of an account."""
    return {row.person: Role(row.role) for row in await conn.execute(_STAFF, {"of": account})}


async def judges(conn: AsyncConnection, account: str, group: str, offender: str) -> list[str]:
    """Who may judge an offender in a group, at most 200: owners; and moderators, unless it is the group itself or one of them."""
    found = await staff(conn, account)
    owners = [person for person, role in found.items() if role is Role.OWNER]
    appointed = list((await conn.execute(_APPOINTED.limit(JUDGES_LIMIT), {"group": group, "who": ""})).scalars())
    if offender == group or offender in found or offender in appointed:
        return owners[:JUDGES_LIMIT]
    return list(dict.fromkeys([*found, *appointed]))[:JUDGES_LIMIT]


async def moderated(conn: AsyncConnection, account: str, person: str) -> list[str]:
    """The groups of an account in which somebody was appointed."""
    return list((await conn.execute(_MODERATED, {"of": account, "who": person})).scalars())


def _visible(sight: Sight) -> list[sa.ColumnElement[bool]]:
    conditions = [_K.offender != sight.person]
    if sight.groups is not None:
        conditions.append(_K.conversation.in_(list(sight.groups)))
    if not sight.everyone:
        appointed = sa.select(_M.person).where(_M.conversation == _K.conversation, _M.person == _K.offender, _M.role == "moderator").exists()
        conditions += [_K.offender.not_in(list(sight.above)), sa.or_(_K.conversation.is_(None), _K.offender != _K.conversation), ~appointed]
    return conditions


async def cases(
    conn: AsyncConnection, queue: str, sight: Sight, state: State, group: str | None, now: int, cursor: str | None, limit: int
) -> Page[CaseRow]:
    """A page of cases, the weightiest first: by distinct reporters, then signals, then the latest; of decided ones the last decided first.

    Raises:
        Invalid: a bad cursor.
    """
    conditions = [_K.queue == queue, _K.state == ("decided" if state == "decided" else "open"), *_visible(sight)]
    held = sa.and_(_K.claimed_until.is_not(None), _K.claimed_until > now)
    if state != "decided":
        conditions.append(held if state == "claimed" else ~held)
    if group is not None:
        conditions.append(_K.conversation == group)
    columns: tuple[Any, ...] = (_K.decided_at, _K.id) if state == "decided" else (_K.reporters, _K.signals, _K.latest_at, _K.id)
    if cursor is not None:
        conditions.append(sa.tuple_(*columns) < sa.tuple_(*decode(cursor, *[int] * (len(columns) - 1), str)))
    query = sa.select(CASES).where(*conditions).order_by(*(column.desc() for column in columns)).limit(bounded(limit) + 1)
    rows = [case_row(row) for row in (await conn.execute(query)).mappings()]
    names = [column.name for column in columns]
    return page(rows, bounded(limit), lambda row: [getattr(row, name) or 0 for name in names])


def hub_sight() -> Sight:
    """Who reads the hub's own queue sees all of it."""
    return Sight(person="", groups=None, everyone=True)


async def case(conn: AsyncConnection, case_id: str, *, lock: bool = False) -> CaseRow | None:
    """One case; with `lock` nobody else changes it until the transaction ends."""
    row = (await conn.execute(_BY_ID.with_for_update() if lock else _BY_ID, {"id_of": case_id})).mappings().first()
    return None if row is None else case_row(row)


async def undecided(conn: AsyncConnection, account: str, group: str, sight: Sight, offenders: Collection[str]) -> dict[str, CaseRow]:
    """The undecided cases against some people in a group, as far as somebody judges them, by offender."""
    keys = sorted({open_key(account, group, one) for one in offenders})
    rows = (await conn.execute(sa.select(CASES).where(_K.open_key.in_(keys), *_visible(sight)))).mappings()
    return {row["offender"]: case_row(row) for row in rows}


async def shows(conn: AsyncConnection, sight: Sight, case_id: str) -> bool:
    """Whether this case is among those that somebody judges."""
    return (await conn.execute(sa.select(_K.id).where(_K.id == case_id, *_visible(sight)))).first() is not None


async def change(conn: AsyncConnection, case_id: str, values: Mapping[str, Any]) -> None:
    """Change a locked case."""
    await conn.execute(sa.update(CASES).where(_K.id == case_id).values(**values))


async def decide(
    conn: AsyncConnection,
    case_id: str,
    by: str,
    act: Verdict,
    reason: str,
    now: int,
    *,
    until: int | None = None,
    did: Mapping[str, Any] | None = None,
) -> None:
    """End a locked case: it is in nobody's hands, and what is noted next opens another one."""
    ended = {"state": "decided", "open_key": None, "claimed_by": None, "claimed_until": None, "decided_by": by, "decided_at": now}
    await change(conn, case_id, {**ended, "act": act, "until": until, "reason": reason, "did": msgspec.json.encode(did or {}).decode()})


def _signals(*, whole: bool) -> sa.Select[Any]:
    columns = [_S.id, _S.kind, _S.at, _S.by, PEOPLE.c.name.label("by_name"), _S.conversation, _S.seq, _S.held, _S.text, _S.detail]
    return (
        sa.select(*columns, _S.evidence if whole else sa.null().label("evidence"))
        .select_from(SIGNALS.outerjoin(PEOPLE, PEOPLE.c.id == _S.by))
        .where(_S.case == sa.bindparam("id_of"), _S.id < sa.bindparam("before"))
        .order_by(_S.id.desc())
        .limit(sa.bindparam("count"))
    )


_WHOLE, _BRIEF = _signals(whole=True), _signals(whole=False)


def _signal(row: sa.RowMapping) -> SignalRow:
    plain = {name: row[name] for name in SignalRow.__struct_fields__ if name not in {"detail", "evidence"}}
    evidence = [] if row["evidence"] is None else _EVIDENCE.decode(row["evidence"])
    return SignalRow(**plain, detail=msgspec.json.decode(row["detail"]), evidence=evidence)


async def signals(conn: AsyncConnection, case_id: str, cursor: str | None, limit: int) -> Page[SignalRow]:
    """A page of what is kept of a case, the newest first, with the evidence.

    Raises:
        Invalid: a bad cursor.
    """
    before = decode(cursor, int)[0] if cursor else 2**62
    rows = (await conn.execute(_WHOLE, {"id_of": case_id, "before": before, "count": bounded(limit) + 1})).mappings()
    return page([_signal(row) for row in rows], bounded(limit), lambda one: (one.id,))


async def latest(conn: AsyncConnection, case_id: str) -> list[SignalRow]:
    """The last few signals of a case, without the evidence."""
    rows = (await conn.execute(_BRIEF, {"id_of": case_id, "before": 2**62, "count": LATEST})).mappings()
    return [_signal(row) for row in rows]


_NAME = sa.select(PEOPLE.c.name).where(PEOPLE.c.id == sa.bindparam("who"))
_SINCE = sa.select(_M.joined_at).where(_M.conversation == sa.bindparam("group"), _M.person == sa.bindparam("who"))
# By author, whatever the planner knows of how many that is: an offender wrote less than the group did.
_WRITTEN = (
    sa.select(MESSAGES.c.seq)
    .where(MESSAGES.c.author == sa.bindparam("who"), MESSAGES.c.conversation.concat("") == sa.bindparam("group"))
    .limit(POSTS_LIMIT)
    .subquery()
)
_POSTS = sa.select(sa.func.count()).select_from(_WRITTEN)
_EARLIER_ACTS = ("warn", "mute", "remove", "ban", "undo", "overturn")
_DONE_TO = (
    sa.select(_L.at, _L.act, _L.until, _L.ref)
    .where(_L.conversation == sa.bindparam("group"), _L.target == sa.bindparam("who"), _L.at > sa.bindparam("since"), _L.act.in_(_EARLIER_ACTS))
    .order_by(_L.at.desc(), _L.id.desc())
    .limit(EARLIER_LIMIT)
)


async def offender(conn: AsyncConnection, group: str | None, person: str) -> Offender:
    """What is known of somebody in a group."""
    name: str | None = (await conn.execute(_NAME, {"who": person})).scalar()
    if group is None:
        return Offender(name=name, member_since=None, posts=0)
    values = {"group": group, "who": person}
    since: int | None = (await conn.execute(_SINCE, values)).scalar()
    return Offender(name=name, member_since=since, posts=(await conn.execute(_POSTS, values)).scalar_one())


async def earlier(conn: AsyncConnection, group: str, person: str, since: int) -> list[Earlier]:
    """What was done to somebody in a group since then, the latest first; without what was undone or overturned."""
    rows = (await conn.execute(_DONE_TO, {"group": group, "who": person, "since": since})).all()
    void = {row.ref for row in rows if row.act in {"undo", "overturn"}}
    done = [row for row in rows if row.act not in {"undo", "overturn"} and row.ref not in void - {""} and f"{row.act}:{row.at}" not in void]
    return [Earlier(row.act, None if row.until is None else (row.until - row.at) // 1_000, row.at) for row in done]
