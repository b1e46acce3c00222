"""What an account's rules did, and what became of its buyers' messages, day by day."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from bot.actions.access import Access
from bot.actions.hearing import zone_of
from bot.actions.rulesets import RuleSets
from bot.model.basics import Invalid, now_ms
from bot.model.people import Actor, Verb
from bot.store import counts as store
from bot.store.counts import DAYS_LIMIT, ReplyDay, RuleTotal
from bot.store.unit import Database
from replies.tally import day_of

USUAL_DAYS = 7


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """From the day `first` to the day `last`, both included, of the account's `zone`.

    `days`: what became of the messages, on the first page only, days without any left out. `rules`: a page of the rules, and
    `names` of those of them that the account speaks by now.
    """

    first: str
    last: str
    zone: str
    days: Sequence[ReplyDay]
    rules: Sequence[RuleTotal]
    names: dict[str, str]
    cursor: str | None


class Stats:
    """The verb of statistics."""

    def __init__(self, *, db: Database, access: Access, rulesets: RuleSets) -> None:
        self._db = db
        self._access = access
        self._rulesets = rulesets

    async def read(
        self,
        actor: Actor,
        ref: str,
        first: str | None = None,
        last: str | None = None,
        *,
        daily: bool = False,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Figures:
        """The figures of some days, of the last seven when none are named; of each rule together, or `daily`.

        Raises:
            NotFound, Forbidden: see `Access.account`.
            Invalid: a day that is none, an end before its beginning, more than 400 days, or a bad cursor.
        """
        account = await self._access.account(actor, ref, Verb.STATS_READ)
        voice = await self._rulesets.of(account.id)
        zone = zone_of(voice)
        begin, end = _days(first, last, day_of(zone, now_ms()))
        async with self._db.read() as conn:
            days = await store.days(conn, account.id, begin, end) if cursor is None else []
            page = await (store.daily if daily else store.totals)(conn, account.id, begin, end, cursor, limit)
        wanted = {one.rule for one in page.items}
        names = {ready.rule.id: ready.rule.name for ready in voice.rules.rules if ready.rule.id in wanted}
        return Figures(first=begin, last=end, zone=str(zone), days=days, rules=page.items, names=names, cursor=page.cursor)


def _days(first: str | None, last: str | None, today: str) -> tuple[str, str]:
    end = _day(last, "to") if last is not None else None
    begin = _day(first, "from") if first is not None else None
    if end is None:
        end = max(date.fromisoformat(today), begin) if begin is not None else date.fromisoformat(today)
    if begin is None:
        begin = end - min(timedelta(days=USUAL_DAYS - 1), end - date.min)
    if begin > end:
        raise Invalid("结束日期早于开始日期。", "The last day is before the first.", path="to")
    if (end - begin).days >= DAYS_LIMIT:
        raise Invalid(f"一次最多看 {DAYS_LIMIT} 天。", f"At most {DAYS_LIMIT} days at once.", path="from")
    return begin.isoformat(), end.isoformat()


def _day(text: str, path: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text:
        raise Invalid("日期应写成 2026-11-23。", "A day is written 2026-11-23.", path=path)
    return found
