"""Appeals as rows: one for each sanction, with the thread between who is sanctioned and who judges it."""

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.cases import KEPT_MS
from bot.store.case_tables import APPEAL_MESSAGES, APPEALS
from bot.store.cursor import Page, bounded, decode, page
from bot.store.dialects import both
from bot.store.docket import Sight
from bot.store.sanctions import Kind
from bot.store.tables import MEMBERS, PEOPLE

_PURGED_AT_ONCE = 50


class Appeal(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody says against a sanction. `state`: open, upheld, lifted. `until` and `why` are the sanction's, `reason` the decision's."""

    id: str
    account: str
    conversation: str
    person: str
    kind: Kind
    sanctioned_at: int
    imposed_by: str
    until: int | None
    why: str
    at: int
    state: str = "open"
    messages: int = 0
    decided_by: str | None = None
    decided_at: int | None = None
    reason: str = ""

    @property
    def ref(self) -> str:
        """The sanction, as the log names it."""
        return f"{self.kind}:{self.sanctioned_at}"


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A message of a thread; `name` is the author's, where the hub knows it."""

    number: int
    author: str
    name: str | None
    text: str
    at: int


_A, _T, _M = APPEALS.c, APPEAL_MESSAGES.c, MEMBERS.c
_BY_ID = sa.select(APPEALS).where(_A.id == sa.bindparam("id_of"))
_OPEN = both(lambda insert: insert(APPEALS).on_conflict_do_nothing())
_THREAD = (
    sa.select(_T.number, _T.author, PEOPLE.c.name, _T.text, _T.at)
    .select_from(APPEAL_MESSAGES.outerjoin(PEOPLE, PEOPLE.c.id == _T.author))
    .where(_T.appeal == sa.bindparam("of"))
    .order_by(_T.number)
)
_MINE = (
    sa.select(APPEALS)
    .where(
        _A.person == sa.bindparam("who"),
        _A.account == sa.bindparam("of"),
        sa.tuple_(_A.at, _A.id) < sa.tuple_(sa.bindparam("before"), sa.bindparam("before_id")),
    )
    .order_by(_A.at.desc(), _A.id.desc())
    .limit(sa.bindparam("count"))
)


async def create(conn: AsyncConnection, appeal: Appeal) -> bool:
    """Begin an appeal; False where there was one against the same sanction."""
    return (await conn.execute(_OPEN[conn.dialect.name], msgspec.structs.asdict(appeal))).rowcount == 1


async def get(conn: AsyncConnection, appeal: str, *, lock: bool = False) -> Appeal | None:
    """One appeal; with `lock` nobody else changes it until the transaction ends."""
    row = (await conn.execute(_BY_ID.with_for_update() if lock else _BY_ID, {"id_of": appeal})).mappings().first()
    return None if row is None else Appeal(**row)


async def say(conn: AsyncConnection, appeal: Appeal, author: str, text: str, now: int) -> None:
    """Add a message to a locked appeal."""
    number = appeal.messages + 1
    await conn.execute(sa.insert(APPEAL_MESSAGES).values(appeal=appeal.id, number=number, author=author, text=text, at=now))
    await conn.execute(sa.update(APPEALS).where(_A.id == appeal.id).values(messages=number))


async def thread(conn: AsyncConnection, appeal: str) -> list[Said]:
    """Everything that was said, in order."""
    return [Said(**row) for row in (await conn.execute(_THREAD, {"of": appeal})).mappings()]


async def decide(conn: AsyncConnection, appeal: str, state: str, by: str, reason: str, now: int) -> None:
    """End a locked appeal."""
    await conn.execute(sa.update(APPEALS).where(_A.id == appeal).values(state=state, decided_by=by, reason=reason, decided_at=now))


def _visible(sight: Sight) -> list[sa.ColumnElement[bool]]:
    conditions = [_A.person != sight.person]
    if sight.groups is not None:
        conditions.append(_A.conversation.in_(list(sight.groups)))
    if not sight.everyone:
        appointed = sa.select(_M.person).where(_M.conversation == _A.conversation, _M.person == _A.person, _M.role == "moderator").exists()
        conditions += [_A.person.not_in(list(sight.above)), ~appointed]
    return conditions


async def shows(conn: AsyncConnection, sight: Sight, appeal: str) -> bool:
    """Whether this appeal is among those that somebody judges."""
    return (await conn.execute(sa.select(_A.id).where(_A.id == appeal, *_visible(sight)))).first() is not None


async def judged(conn: AsyncConnection, account: str, sight: Sight, state: str, cursor: str | None, limit: int) -> Page[Appeal]:
    """A page of the appeals in one state that somebody judges, the longest wait first.

    Raises:
        Invalid: a bad cursor.
    """
    conditions: list[Any] = [_A.account == account, _A.state == state, *_visible(sight)]
    if cursor is not None:
        conditions.append(sa.tuple_(_A.at, _A.id) > sa.tuple_(*decode(cursor, int, str)))
    rows = await conn.execute(sa.select(APPEALS).where(*conditions).order_by(_A.at, _A.id).limit(bounded(limit) + 1))
    return page([Appeal(**row) for row in rows.mappings()], bounded(limit), lambda one: (one.at, one.id))


async def own(conn: AsyncConnection, account: str, person: str, cursor: str | None, limit: int) -> Page[Appeal]:
    """A page of somebody's own appeals at an account, the newest first.

    Raises:
        Invalid: a bad cursor.
    """
    before, before_id = decode(cursor, int, str) if cursor else (2**62, "")
    values = {"who": person, "of": account, "before": before, "before_id": before_id, "count": bounded(limit) + 1}
    rows = await conn.execute(_MINE, values)
    return page([Appeal(**row) for row in rows.mappings()], bounded(limit), lambda one: (one.at, one.id))


_PAST = sa.select(_A.id).where(_A.decided_at < sa.bindparam("before")).order_by(_A.decided_at).limit(_PURGED_AT_ONCE)


async def purge(conn: AsyncConnection, now: int) -> bool:
    """Delete appeals that were decided 180 days ago, at most 50 at once, with their threads; whether that was all."""
    ids = list((await conn.execute(_PAST, {"before": now - KEPT_MS})).scalars())
    for column in (_T.appeal, _A.id):
        await conn.execute(sa.delete(column.table).where(column.in_(ids)))
    return len(ids) < _PURGED_AT_ONCE
