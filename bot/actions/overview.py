"""Today at a glance: who waits, how soon people answer, what the rules answer by themselves, and what they could not."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from statistics import median

import msgspec

from bot.actions.access import Access
from bot.actions.hearing import zone_of
from bot.actions.rulesets import RuleSets
from bot.model.basics import now_ms
from bot.model.people import Actor, Verb
from bot.store import counts, desk, overview
from bot.store.counts import ReplyDay, Unanswered
from bot.store.overview import DeskNow
from bot.store.unit import Database

DAYS = 7
UNANSWERED = 10
WAITS = 1_000
"""Hand-overs of a day that the waiting times are taken from, the latest."""


class Waits(msgspec.Struct, frozen=True, kw_only=True):
    """How long buyers waited today before a person took over, in seconds; None where nobody did. `taken`: how often somebody did."""

    taken: int
    median_s: float | None
    longest_s: float | None


class Glance(msgspec.Struct, frozen=True, kw_only=True):
    """How an account stands at `at` (milliseconds UTC), on its day `today` of `zone`.

    `days`: what became of the messages of the last seven days, today the last, each day there. `unanswered`: the questions of
    these days that no rule answered, the most asked first, at most ten.
    """

    at: int
    today: str
    zone: str
    desk: DeskNow
    waits: Waits
    followed: int
    days: Sequence[ReplyDay]
    unanswered: Sequence[Unanswered]


class Overview:
    """The verb of looking at all of it."""

    def __init__(self, *, db: Database, access: Access, rulesets: RuleSets) -> None:
        self._db = db
        self._access = access
        self._rulesets = rulesets

    async def read(self, actor: Actor, ref: str) -> Glance:
        """How an account stands.

        Raises:
            NotFound, Forbidden: see `Access.account`.
        """
        account = await self._access.account(actor, ref, Verb.STATS_READ)
        zone, now = zone_of(await self._rulesets.of(account.id)), now_ms()
        names = _days(zone, now)
        since = _midnight(zone, now)
        async with self._db.read() as conn:
            stands = await overview.desk_now(conn, account.id)
            waited = await desk.recent_waits_s(conn, account.id, since, WAITS)
            followed = await overview.followed_since(conn, account.id, since)
            told = {day.day: day for day in await counts.days(conn, account.id, names[0], names[-1])}
            unanswered = await counts.unanswered(conn, account.id, names[0], names[-1], UNANSWERED)
        return Glance(
            at=now,
            today=names[-1],
            zone=str(zone),
            desk=stands,
            waits=_waits(waited),
            followed=followed,
            days=[told.get(name) or _empty(name) for name in names],
            unanswered=unanswered,
        )


def _midnight(zone: tzinfo, now: int) -> int:
    local = datetime.fromtimestamp(now / 1_000, zone)
    return round(local.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1_000)


def _days(zone: tzinfo, now: int) -> list[str]:
    today = datetime.fromtimestamp(now / 1_000, zone).date()
    return [(today - timedelta(days=back)).isoformat() for back in reversed(range(DAYS))]


def _waits(waited: Sequence[float]) -> Waits:
    return Waits(taken=len(waited), median_s=median(waited) if waited else None, longest_s=max(waited, default=None))


def _empty(day: str) -> ReplyDay:
    return ReplyDay(day=day, heard=0, answered=0, choices=0, handed_off=0, silent=0, unanswered=0)
