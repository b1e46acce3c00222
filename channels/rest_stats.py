"""REST: what the rules of an account did."""

from typing import Annotated

import msgspec
from msgspec import Meta

from bot.live.ports import Rate
from bot.model.basics import Forbidden
from bot.store.counts import ReplyDay
from channels.route import Call, Page, Route

READING = Rate(burst=30, per_s=2)
"""A page may sum up some ten thousand rows."""

Day = Annotated[str, Meta(extra_json_schema={"format": "date"})]
AskedDay = Annotated[str, Meta(min_length=10, max_length=10, extra_json_schema={"format": "date"})]


class StatsQuery(Page, frozen=True, rename={"first": "from", "last": "to"}):
    """Which days, at most 400, the last seven when none are named; and whether each day of a rule stands for itself."""

    first: Annotated[AskedDay, Meta(description="The first day, such as 2026-11-01.")] | None = None
    last: Annotated[AskedDay, Meta(description="The last day.")] | None = None
    daily: Annotated[bool, Meta(description="One item for each rule and day instead of one for each rule.")] = False


class DayView(msgspec.Struct, frozen=True):
    """What became of the messages of one day. Each that was `heard` is one of the four that follow; `unanswered`: no rule knew the answer."""

    day: Day
    heard: int
    answered: int
    choices: int
    handed_off: int
    silent: int
    unanswered: int


class RuleStatsView(msgspec.Struct, frozen=True):
    """What one rule did: on a day, or on all days asked for where `day` is null. `name` is null of a rule that is no more."""

    rule: str
    name: str | None
    day: Day | None
    heard: int
    answered: int
    handed_off: int
    asked_again: int


class StatsView(msgspec.Struct, frozen=True, rename={"first": "from", "last": "to"}):
    """From one day to another, both included, of the account's `zone`. `days`: on the first page only, days without messages left out."""

    first: Day
    last: Day
    zone: str
    days: list[DayView]
    items: list[RuleStatsView]
    cursor: str | None


def show_day(day: ReplyDay) -> DayView:
    """As the wire has it."""
    return DayView(day.day, day.heard, day.answered, day.choices, day.handed_off, day.silent, day.unanswered)


async def read(call: Call[None, StatsQuery]) -> StatsView:
    """Rules in the order of their ids; those that were not heard are left out."""
    asked = call.query
    found = await call.services.stats.read(
        call.actor, call.at("account"), asked.first, asked.last, daily=asked.daily, cursor=asked.cursor, limit=asked.limit
    )
    items = [
        RuleStatsView(one.rule, found.names.get(one.rule), one.day, one.heard, one.answered, one.handed_off, one.asked_again) for one in found.rules
    ]
    return StatsView(found.first, found.last, found.zone, [show_day(day) for day in found.days], items, found.cursor)


ROUTES = (
    Route(
        method="GET",
        path="/accounts/{account}/rules/stats",
        summary="What the rules did, and what became of the messages, by day; the desk.",
        tag="rules",
        handler=read,
        query=StatsQuery,
        response=StatsView,
        errors=(Forbidden,),
        rate=READING,
    ),
)
