"""Cases as rows: signals gathered by offender and place, with evidence that outlives what it shows."""

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.basics import new_id
from bot.model.cases import AROUND, EXCERPT_LIMIT, HUB_QUEUE, IDLE_MS, KEPT_MS, SIGNALS_KEPT, TOLD_EVERY_MS, Shown, Signal, SignalKind
from bot.model.talk import BODIES, Message, fallback
from bot.store import talk
from bot.store.case_tables import CASE_HOURS, CASE_REPORTS, CASES, SIGNALS
from bot.store.dialects import both

BESIDE_LIMIT = 4_000
"""Characters of a body beside the point that are kept; of a longer one only the beginning of its text is."""

HOUR_MS = 3_600_000
COUNTS_KEPT_MS = 400 * 86_400_000
_BESIDE_TEXT = 1_000
_TRIES = 5
_PURGED_AT_ONCE = 50


class Noted(msgspec.Struct, frozen=True):
    """A case that took in a signal. `fresh`: it was new to it; the same report twice is one."""

    case: str
    fresh: bool


class CaseRow(msgspec.Struct, frozen=True, kw_only=True):
    """A case as it is stored. `counts` is by kind of signal; a claim holds until `claimed_until`. Times in milliseconds."""

    id: str
    queue: str
    account: str
    conversation: str | None
    offender: str
    state: str
    opened_at: int
    latest_at: int
    reporters: int
    signals: int
    kept: int
    counts: dict[SignalKind, int]
    claimed_by: str | None = None
    claimed_until: int | None = None
    decided_by: str | None = None
    decided_at: int | None = None
    act: str | None = None
    until: int | None = None
    reason: str = ""
    did: dict[str, Any] = {}
    undone_by: str | None = None
    undone_at: int | None = None

    def claimant(self, now: int) -> str | None:
        """Who holds it now: a claim ends by itself."""
        return self.claimed_by if self.claimed_until is not None and self.claimed_until > now else None


_K, _S, _R = CASES.c, SIGNALS.c, CASE_REPORTS.c
_OPEN = both(lambda insert: insert(CASES).on_conflict_do_nothing(index_elements=["open_key"]))
_LOCK = sa.select(CASES).where(_K.open_key == sa.bindparam("key_of")).with_for_update()
_REPORTED = both(lambda insert: insert(CASE_REPORTS).on_conflict_do_nothing())
_REPORTS_OF = sa.select(sa.func.count()).select_from(CASE_REPORTS).where(_R.case == sa.bindparam("id_of"), _R.person == sa.bindparam("who"))
_HAS_EVIDENCE = sa.select(_S.id).where(_S.case == sa.bindparam("id_of"), _S.seq == sa.bindparam("of_seq"), _S.evidence.is_not(None)).limit(1)
_SPARE = sa.select(_S.id).where(_S.case == sa.bindparam("id_of"), _S.kind != "report", _S.held.is_(None)).order_by(_S.id).limit(1)
_COUNTED = both(
    lambda insert: insert(CASE_HOURS).on_conflict_do_update(index_elements=["conversation", "hour", "what"], set_={"count": CASE_HOURS.c.count + 1})
)
_REPORTED_AT = sa.select(_R.at).where(_R.person == sa.bindparam("who")).order_by(_R.at.desc()).limit(sa.bindparam("count"))
_COUNTS = msgspec.json.Decoder(dict[SignalKind, int])


async def note(conn: AsyncConnection, signal: Signal) -> str:
    """Add a signal to the open case of its offender and place, which is opened if there is none; the case's id.

    At most 200 signals of a case are kept, and the count goes on; a report takes the place of something else where they are all taken.
    What the signal's message and those around it say is kept with it, whatever becomes of them.
    """
    return (await take(conn, signal)).case


async def take(conn: AsyncConnection, signal: Signal) -> Noted:
    """As `note`, and whether the signal was new: somebody's second report of the same thing changes nothing."""
    row = await _open_case(conn, signal)
    newcomer = False
    if signal.kind == "report" and signal.by is not None:
        earlier = (await conn.execute(_REPORTS_OF, {"id_of": row.id, "who": signal.by})).scalar_one()
        made = await conn.execute(_REPORTED[conn.dialect.name], {"case": row.id, "person": signal.by, "seq": signal.seq or 0, "at": signal.at})
        if made.rowcount != 1:
            return Noted(row.id, fresh=False)
        newcomer = earlier == 0
    await _count(conn, signal)
    kept = await _keep(conn, row, signal)
    counts = {**row.counts, signal.kind: row.counts.get(signal.kind, 0) + 1}
    values: dict[str, Any] = {"signals": row.signals + 1, "reporters": row.reporters + newcomer, "kept": row.kept + kept}
    values |= {"latest_at": max(row.latest_at, signal.at), "counts": msgspec.json.encode(counts).decode()}
    await conn.execute(sa.update(CASES).where(_K.id == row.id).values(**values))
    return Noted(row.id, fresh=True)


def open_key(queue: str, place: str | None, offender: str) -> str:
    """What the undecided case of an offender in a place is found by."""
    return f"{queue}:{place or ''}:{offender}"


async def _open_case(conn: AsyncConnection, signal: Signal) -> CaseRow:
    """The open case, locked. One that is decided in the very moment gives way to a new one."""
    key = open_key(signal.queue, signal.place, signal.offender)
    values = {"id": new_id(), "queue": signal.queue, "account": signal.account, "conversation": signal.place, "offender": signal.offender}
    for _ in range(_TRIES):
        await conn.execute(_OPEN[conn.dialect.name], {**values, "open_key": key, "opened_at": signal.at, "latest_at": signal.at})
        row = (await conn.execute(_LOCK, {"key_of": key})).mappings().first()
        if row is not None:
            return case_row(row)
    raise LookupError(key)


async def _count(conn: AsyncConnection, signal: Signal) -> None:
    """For the statistics of the group; `detail.action` says what a filter did."""
    if signal.conversation is None:
        return
    sorts = [signal.kind, *(["held"] if signal.held is not None else []), *(["blocked"] if signal.detail.get("action") == "block" else [])]
    hour = signal.at // HOUR_MS
    await conn.execute(_COUNTED[conn.dialect.name], [{"conversation": signal.conversation, "hour": hour, "what": sort, "count": 1} for sort in sorts])


async def _keep(conn: AsyncConnection, row: CaseRow, signal: Signal) -> int:
    """Store the signal while there is room; by how much there are more then."""
    grown = 1
    if row.kept >= SIGNALS_KEPT:
        spare = (await conn.execute(_SPARE, {"id_of": row.id})).scalar() if signal.kind == "report" else None
        if spare is None:
            return 0
        await conn.execute(sa.delete(SIGNALS).where(_S.id == spare))
        grown = 0
    shown = await _evidence(conn, row.id, signal)
    values = {name: getattr(signal, name) for name in ("kind", "at", "by", "conversation", "seq", "held")}
    texts = {"text": signal.text[:EXCERPT_LIMIT], "detail": msgspec.json.encode(signal.detail).decode()}
    evidence = None if shown is None else msgspec.json.encode(shown).decode()
    await conn.execute(sa.insert(SIGNALS).values(case=row.id, evidence=evidence, **values, **texts))
    return grown


async def _evidence(conn: AsyncConnection, case: str, signal: Signal) -> list[Shown] | None:
    if signal.seq is None or signal.conversation is None:
        return None
    if (await conn.execute(_HAS_EVIDENCE, {"id_of": case, "of_seq": signal.seq})).first() is not None:
        return None
    before = await talk.before(conn, signal.conversation, signal.seq + 1, AROUND + 1)
    after = await talk.after(conn, signal.conversation, signal.seq, AROUND)
    return [_shown(message, whole=message.seq == signal.seq) for message in (*before, *after)] or None


def _shown(message: Message, *, whole: bool) -> Shown:
    raw = bytes(message.body)
    fits = whole or len(raw) <= BESIDE_LIMIT
    text = fallback(msgspec.json.decode(raw, type=BODIES[message.kind]))
    values = {name: getattr(message, name) for name in ("seq", "author", "author_name", "kind", "at")}
    body = msgspec.json.decode(raw) if fits else None
    recalled = message.recalled_by is not None
    return Shown(**values, role=str(message.role), text=text if fits else text[:_BESIDE_TEXT], body=body, recalled=recalled)


async def reported_at(conn: AsyncConnection, person: str, count: int) -> list[int]:
    """When somebody made their last reports, the latest first."""
    return list((await conn.execute(_REPORTED_AT, {"who": person, "count": count})).scalars())


def case_row(row: Any) -> CaseRow:
    """A case from the columns of its table."""
    plain = {name: row[name] for name in CaseRow.__struct_fields__ if name not in {"counts", "did"}}
    return CaseRow(**plain, counts=_COUNTS.decode(row["counts"]), did=msgspec.json.decode(row["did"]))


_TOLD = sa.update(CASES).where(_K.id == sa.bindparam("id_of"), _K.told_at <= sa.bindparam("since"))


async def may_tell(conn: AsyncConnection, case: str, now: int) -> bool:
    """Whether moderators may be told of a case now: at most once a minute, over all processes. True takes the turn."""
    taken = await conn.execute(_TOLD.values(told_at=now), {"id_of": case, "since": now - TOLD_EVERY_MS})
    return taken.rowcount == 1


# Only what is undecided has a key, and that is indexed.
_IDLE = (
    sa.select(CASES)
    .where(
        _K.open_key > "",
        _K.queue != HUB_QUEUE,
        _K.latest_at < sa.bindparam("before"),
        sa.or_(_K.claimed_until.is_(None), _K.claimed_until <= sa.bindparam("now")),
    )
    .order_by(_K.open_key)
    .limit(_PURGED_AT_ONCE)
    .with_for_update(skip_locked=True)
)


async def idle(conn: AsyncConnection, now: int) -> list[CaseRow]:
    """Undecided cases of accounts that are in nobody's hands and have nothing new since 30 days, locked, at most 50."""
    rows = (await conn.execute(_IDLE, {"before": now - IDLE_MS, "now": now})).mappings()
    return [case_row(row) for row in rows]


_PAST = sa.select(_K.id).where(_K.decided_at < sa.bindparam("before")).order_by(_K.decided_at).limit(_PURGED_AT_ONCE)


async def purge(conn: AsyncConnection, now: int) -> bool:
    """Delete cases that were decided 180 days ago, at most 50 at once, with all that was kept in them; whether that was all."""
    ids = list((await conn.execute(_PAST, {"before": now - KEPT_MS})).scalars())
    for column in (_S.case, _R.case, _K.id):
        await conn.execute(sa.delete(column.table).where(column.in_(ids)))
    await conn.execute(sa.delete(CASE_HOURS).where(CASE_HOURS.c.hour < (now - COUNTS_KEPT_MS) // HOUR_MS))
    return len(ids) < _PURGED_AT_ONCE
