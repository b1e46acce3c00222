"""REST: how an account stands today."""

import msgspec

from bot.model.basics import Forbidden
from channels.rest_groups import when
from channels.rest_stats import READING, Day, DayView, show_day
from channels.route import Call, Route, Time
from channels.wire import rfc3339


class UnansweredView(msgspec.Struct, frozen=True):
    """A question that no rule answered, as somebody wrote it, and how often it was asked in the days shown."""

    text: str
    asked: int


class OverviewView(msgspec.Struct, frozen=True, kw_only=True):
    """An account at this moment, on its day `today` of `zone`.

    `waiting`, `held`: conversations that wait for people, and that people look after; `waiting_since`: since when the longest
    waits. `taken`: how often people took over today, after `median_wait_s` and at most `longest_wait_s` seconds. `followed`: who
    came to follow today, up to 10,000. `days`: the last seven, today the last. `unanswered`: of these days, the most asked first.
    """

    at: Time
    today: Day
    zone: str
    waiting: int
    held: int
    waiting_since: Time | None
    taken: int
    median_wait_s: float | None
    longest_wait_s: float | None
    followed: int
    days: list[DayView]
    unanswered: list[UnansweredView]


async def read(call: Call[None, None]) -> OverviewView:
    """Counts, and nobody's name."""
    found = await call.services.overview.read(call.actor, call.at("account"))
    return OverviewView(
        at=rfc3339(found.at),
        today=found.today,
        zone=found.zone,
        waiting=found.desk.waiting,
        held=found.desk.held,
        waiting_since=when(found.desk.waiting_since),
        taken=found.waits.taken,
        median_wait_s=found.waits.median_s,
        longest_wait_s=found.waits.longest_s,
        followed=found.followed,
        days=[show_day(day) for day in found.days],
        unanswered=[UnansweredView(one.text, one.asked) for one in found.unanswered],
    )


ROUTES = (
    Route(
        method="GET",
        path="/accounts/{account}/overview",
        summary="How the account stands today: who waits, how soon people answer, what rules answer and what they could not; the desk.",
        tag="rules",
        handler=read,
        response=OverviewView,
        errors=(Forbidden,),
        rate=READING,
    ),
)
