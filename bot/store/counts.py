"""What became of rules and messages, counted by day of the account's zone.

Counts are added in the transaction that settles the decision they are about, and only if it is that transaction that deletes the
decision's row of the outbox: a crash neither loses nor doubles them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.cursor import Page, bounded, decode, page
from bot.store.dialects import both
from bot.store.tables import REPLY_DAYS, RULE_DAYS, UNANSWERED_DAYS
from replies.tally import Tally

DAYS_LIMIT = 400
"""Days that one question may span; older counts are not kept."""

UNANSWERED_KEPT_DAYS = 30
"""Days for which it is kept what was asked in vain, as long as the traces."""

_R, _D, _U = RULE_DAYS.c, REPLY_DAYS.c, UNANSWERED_DAYS.c
_RULE = ("heard", "answered", "handed_off", "asked_again")
_DAY = ("heard", "answered", "choices", "handed_off", "silent", "unanswered")


class RuleTotal(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one rule: on `day`, or on all days that were asked for where that is None."""

    rule: str
    heard: int
    answered: int
    handed_off: int
    asked_again: int
    day: str | None = None


class ReplyDay(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the messages of one day. Each that was `heard` is one of the four that follow; `unanswered` cuts across them."""

    day: str
    heard: int
    answered: int
    choices: int
    handed_off: int
    silent: int
    unanswered: int


class Unanswered(msgspec.Struct, frozen=True, kw_only=True):
    """A question that no rule answered, as somebody wrote it, and how often it was asked."""

    question: str
    text: str
    asked: int


def _adding(table: sa.Table, keys: Sequence[str], names: Sequence[str]) -> Any:
    def build(insert: Any) -> Any:
        made = insert(table)
        return made.on_conflict_do_update(index_elements=list(keys), set_={name: table.c[name] + made.excluded[name] for name in names})

    return both(build)


_ADD_RULES = _adding(RULE_DAYS, ("account", "rule", "day"), _RULE)
_ADD_DAYS = _adding(REPLY_DAYS, ("account", "day"), _DAY)


def _asking(insert: Any) -> Any:
    made = insert(UNANSWERED_DAYS)
    adds = {"asked": _U.asked + made.excluded.asked, "text": made.excluded.text}
    return made.on_conflict_do_update(index_elements=["account", "day", "question"], set_=adds)


_ADD_UNANSWERED = both(_asking)
_WITHIN: tuple[sa.BindParameter[str], sa.BindParameter[str]] = (sa.bindparam("first"), sa.bindparam("last"))
_DAYS = sa.select(_D.day, *(_D[name] for name in _DAY)).where(_D.account == sa.bindparam("of"), _D.day.between(*_WITHIN)).order_by(_D.day)
_TOTALS = (
    sa.select(_R.rule, *(sa.cast(sa.func.sum(_R[name]), sa.BigInteger).label(name) for name in _RULE))
    .where(_R.account == sa.bindparam("of"), _R.rule > sa.bindparam("after"), _R.day.between(*_WITHIN))
    .group_by(_R.rule)
    .order_by(_R.rule)
    .limit(sa.bindparam("count"))
)
_DAILY = (
    sa.select(_R.rule, _R.day, *(_R[name] for name in _RULE))
    .where(
        _R.account == sa.bindparam("of"),
        sa.tuple_(_R.rule, _R.day) > sa.tuple_(sa.bindparam("after"), sa.bindparam("after_day")),
        _R.day.between(*_WITHIN),
    )
    .order_by(_R.rule, _R.day)
    .limit(sa.bindparam("count"))
)
_IN_VAIN = (
    sa.select(_U.question, sa.func.max(_U.text).label("text"), sa.cast(sa.func.sum(_U.asked), sa.BigInteger).label("asked"))
    .where(_U.account == sa.bindparam("of"), _U.day.between(*_WITHIN))
    .group_by(_U.question)
    .order_by(sa.desc("asked"), _U.question)
    .limit(sa.bindparam("count"))
)
_OLD_UNANSWERED = sa.select(_U.account, _U.day, _U.question).where(_U.day < sa.bindparam("before")).order_by(_U.day).limit(sa.bindparam("count"))
_PURGE_UNANSWERED = sa.delete(UNANSWERED_DAYS).where(sa.tuple_(_U.account, _U.day, _U.question).in_(_OLD_UNANSWERED))
_OLD_RULES = sa.select(_R.account, _R.rule, _R.day).where(_R.day < sa.bindparam("before")).order_by(_R.day).limit(sa.bindparam("count"))
_OLD_DAYS = sa.select(_D.account, _D.day).where(_D.day < sa.bindparam("before")).order_by(_D.day).limit(sa.bindparam("count"))
_PURGE = (
    sa.delete(RULE_DAYS).where(sa.tuple_(_R.account, _R.rule, _R.day).in_(_OLD_RULES)),
    sa.delete(REPLY_DAYS).where(sa.tuple_(_D.account, _D.day).in_(_OLD_DAYS)),
)


def add(conn: sa.Connection, tallies: Sequence[Tally]) -> None:
    """Add what several decisions count for, each row once and in the order of its key, so that no two writers wait in a circle."""
    rules: dict[tuple[str, ...], list[int]] = {}
    days: dict[tuple[str, ...], list[int]] = {}
    for tally in tallies:
        if tally.outcome is not None:
            row = days.setdefault((tally.account, tally.day), [0] * len(_DAY))
            row[0] += 1
            row[_DAY.index(tally.outcome)] += 1
            row[-1] += tally.unanswered
        for one in tally.rules:
            row = rules.setdefault((tally.account, one.rule, one.day), [0] * len(_RULE))
            for place, name in enumerate(_RULE):
                row[place] += getattr(one, name)
    _add_unanswered(conn, [tally for tally in tallies if tally.question])
    if days:
        conn.execute(_ADD_DAYS[conn.dialect.name], _rows(days, ("account", "day", *_DAY)))
    if rules:
        conn.execute(_ADD_RULES[conn.dialect.name], _rows(rules, ("account", "rule", "day", *_RULE)))


def _add_unanswered(conn: sa.Connection, tallies: Sequence[Tally]) -> None:
    asked: dict[tuple[str, str, str], tuple[int, str]] = {}
    for tally in tallies:
        key = (tally.account, tally.day, tally.question)
        asked[key] = (asked.get(key, (0, ""))[0] + 1, tally.text)
    if asked:
        names = ("account", "day", "question", "asked", "text")
        conn.execute(_ADD_UNANSWERED[conn.dialect.name], [dict(zip(names, (*key, *asked[key]), strict=True)) for key in sorted(asked)])


def _rows(counted: Mapping[tuple[str, ...], Sequence[int]], names: Sequence[str]) -> list[dict[str, Any]]:
    return [dict(zip(names, (*key, *counted[key]), strict=True)) for key in sorted(counted)]


async def days(conn: AsyncConnection, account: str, first: str, last: str) -> list[ReplyDay]:
    """An account's days from `first` to `last`, both included, those with no message left out."""
    rows = await conn.execute(_DAYS, {"of": account, "first": first, "last": last})
    return [ReplyDay(**row) for row in rows.mappings()]


async def totals(conn: AsyncConnection, account: str, first: str, last: str, cursor: str | None, limit: int) -> Page[RuleTotal]:
    """A page of what became of the account's rules over these days, in the order of their ids.

    Raises:
        Invalid: a bad cursor.
    """
    after = decode(cursor, str)[0] if cursor else ""
    rows = await conn.execute(_TOTALS, {"of": account, "after": after, "first": first, "last": last, "count": bounded(limit) + 1})
    return page([RuleTotal(**row) for row in rows.mappings()], bounded(limit), lambda one: (one.rule,))


async def daily(conn: AsyncConnection, account: str, first: str, last: str, cursor: str | None, limit: int) -> Page[RuleTotal]:
    """The same day by day, in the order of ids and then days.

    Raises:
        Invalid: a bad cursor.
    """
    after, day = decode(cursor, str, str) if cursor else ("", "")
    values = {"of": account, "after": after, "after_day": day, "first": first, "last": last, "count": bounded(limit) + 1}
    rows = await conn.execute(_DAILY, values)
    return page([RuleTotal(**row) for row in rows.mappings()], bounded(limit), lambda one: (one.rule, one.day or ""))


async def unanswered(conn: AsyncConnection, account: str, first: str, last: str, limit: int) -> list[Unanswered]:
    """What was asked in vain over these days, both included, the most asked first."""
    rows = await conn.execute(_IN_VAIN, {"of": account, "first": first, "last": last, "count": bounded(limit)})
    return [Unanswered(**row) for row in rows.mappings()]


async def purge_unanswered(conn: AsyncConnection, before: str, limit: int) -> int:
    """Delete at most `limit` questions older than the day `before`, the oldest first; how many."""
    return (await conn.execute(_PURGE_UNANSWERED, {"before": before, "count": limit})).rowcount


async def purge(conn: AsyncConnection, before: str, limit: int) -> int:
    """Delete at most `limit` rows of each kind older than the day `before`, the oldest first; how many of the kind that had more."""
    return max([(await conn.execute(statement, {"before": before, "count": limit})).rowcount for statement in _PURGE])
