"""What moderators oversee in a group: its whole log as a file, and what happened there day by day."""

import statistics
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta, tzinfo

import msgspec

from bot.actions import footing
from bot.actions.hearing import zone_of
from bot.actions.rulesets import RuleSets
from bot.model.basics import Invalid, now_ms
from bot.model.groups import Deed
from bot.model.people import Actor
from bot.store import people, tallies
from bot.store.sanctions import Logged
from bot.store.tallies import HOUR_MS
from bot.store.unit import Connection, Database

DAYS_LIMIT = 90
LINES_AT_ONCE = 500
END = 2**62
_COMINGS = frozenset({"join", "approve"})
_OWN = frozenset({"join", "ask", "withdraw", "leave", "turn_down"})
"""What people do of themselves is no act of a moderator."""


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """What happened on one day of the account's zone. `acts`: what moderators did."""

    day: str
    messages: int
    joins: int
    leaves: int
    reports: int
    filtered: int
    held: int
    blocked: int
    floods: int
    acts: int


class ByModerator(msgspec.Struct, frozen=True, kw_only=True):
    """What one moderator did, by act; how many cases they decided, and after what time, in seconds, half of them."""

    person: str
    name: str
    acts: dict[str, int]
    decided: int
    median_decision_s: int | None


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """A group's days, the oldest first, and its moderators, the busiest first."""

    zone: str
    days: list[Day]
    moderators: list[ByModerator]
    decided: int
    median_decision_s: int | None


class Oversight:
    """The verbs of those who may oversee a group."""

    def __init__(self, *, db: Database, rulesets: RuleSets) -> None:
        self._db = db
        self._rulesets = rulesets

    async def export(self, actor: Actor, group: str, begin: int | None, end: int | None) -> AsyncIterator[list[Logged]]:
        """A group's log from a moment to before another, the oldest line first, in portions; who loses the right meanwhile gets no more.

        Raises:
            NotFound, Forbidden: see `footing.doing`. Invalid: an end before its beginning.
        """
        first, last = begin or 0, END if end is None else end
        if last < first:
            raise Invalid("结束早于开始。", "The end is before the beginning.", path="until")
        head = await self._lines(actor, group, first, last, (0, 0))
        return self._portions(actor, group, first, last, head)

    async def _portions(self, actor: Actor, group: str, begin: int, end: int, head: list[Logged]) -> AsyncIterator[list[Logged]]:
        while head:
            yield head
            head = await self._lines(actor, group, begin, end, (head[-1].at, head[-1].id)) if len(head) == LINES_AT_ONCE else []

    async def _lines(self, actor: Actor, group: str, begin: int, end: int, after: tuple[int, int]) -> list[Logged]:
        async with self._db.read() as conn:
            await footing.doing(conn, actor, group, Deed.OVERSEE, now_ms())
            return await tallies.lines(conn, group, begin, end, after, LINES_AT_ONCE)

    async def stats(self, actor: Actor, group: str, days: int) -> Figures:
        """What happened in the last so many days, today included, at most 90, in the zone of the account.

        Raises:
            NotFound, Forbidden: see `footing.doing`.
        """
        async with self._db.read() as conn:
            mine = await footing.doing(conn, actor, group, Deed.OVERSEE, now_ms())
        zone = zone_of(await self._rulesets.of(mine.row.account))
        bounds = _bounds(zone, min(days, DAYS_LIMIT), now_ms())
        async with self._db.read() as conn:
            return await _figures(conn, group, zone, bounds)


async def _figures(conn: Connection, group: str, zone: tzinfo, bounds: list[int]) -> Figures:
    begin, end = bounds[0], bounds[-1]
    acts = await tallies.acts(conn, group, begin, end)
    signals = await tallies.counted(conn, group, begin // HOUR_MS, -(-end // HOUR_MS))
    decided = await tallies.decided(conn, group, begin, end)
    messages = await tallies.messages(conn, group, bounds)
    by_day: dict[str, Counter[str]] = {}
    for one in acts:
        sort = "joins" if one.act in _COMINGS else "leaves" if one.act == "leave" else ""
        counts = by_day.setdefault(_day(zone, one.hour * HOUR_MS), Counter())
        counts[sort] += one.count
        counts["acts"] += one.count if one.act not in _OWN else 0
    for signal in signals:
        by_day.setdefault(_day(zone, signal.hour * HOUR_MS), Counter())[f"signal {signal.what}"] += signal.count
    days = []
    for start, posted in zip(bounds, messages, strict=False):
        counts = by_day.get(_day(zone, start), Counter())
        days.append(
            Day(
                day=_day(zone, start),
                messages=posted,
                joins=counts["joins"],
                leaves=counts["leaves"],
                reports=counts["signal report"],
                filtered=counts["signal filter"],
                held=counts["signal held"],
                blocked=counts["signal blocked"],
                floods=counts["signal flood"] + counts["signal repeat"] + counts["signal raid"],
                acts=counts["acts"],
            )
        )
    return Figures(
        zone=str(zone), days=days, moderators=await _moderators(conn, acts, decided), decided=len(decided), median_decision_s=_median(decided)
    )


async def _moderators(conn: Connection, acts: list[tallies.Acts], decided: list[tallies.Decided]) -> list[ByModerator]:
    done: dict[str, Counter[str]] = {}
    for one in acts:
        if one.act not in _OWN:
            done.setdefault(one.actor, Counter())[one.act] += one.count
    cases: dict[str, list[tallies.Decided]] = {}
    for case in decided:
        cases.setdefault(case.by, []).append(case)
    names = await people.people(conn, [*done, *cases])
    found = [
        ByModerator(
            person=person,
            name=names[person].name if person in names else "",
            acts=dict(sorted(done.get(person, Counter()).items())),
            decided=len(cases.get(person, [])),
            median_decision_s=_median(cases.get(person, [])),
        )
        for person in sorted(done.keys() | cases.keys())
    ]
    return sorted(found, key=lambda one: (-sum(one.acts.values()), one.person))


def _median(decided: list[tallies.Decided]) -> int | None:
    return round(statistics.median(one.took_ms for one in decided) / 1_000) if decided else None


def _bounds(zone: tzinfo, days: int, now: int) -> list[int]:
    """The beginnings of so many days, today's last, and of tomorrow."""
    today = datetime.fromtimestamp(now / 1_000, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return [round((today - timedelta(days=back)).timestamp() * 1_000) for back in range(days - 1, -2, -1)]


def _day(zone: tzinfo, at: int) -> str:
    return datetime.fromtimestamp(at / 1_000, zone).date().isoformat()
