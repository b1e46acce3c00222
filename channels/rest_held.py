"""REST: messages that wait for a moderator, and what filters found in a group."""

from typing import Any, Literal

import msgspec

from bot.actions.decisions import Decision
from bot.model.basics import Closed, Conflict, Forbidden, NotFound, RateLimited, Unavailable
from bot.store.held import HeldRow, HitRow
from channels.rest_filters import SignalView, spoke_views
from channels.route import Call, Page, Route, Time
from channels.wire import rfc3339


class HeldView(msgspec.Struct, frozen=True, kw_only=True):
    """A message that waits, or waited: what its author wrote, and why it waits. `seq`: where it stands since it was released."""

    id: str
    author: str
    author_name: str
    kind: str
    body: msgspec.Raw
    reply_to: int | None
    text: str
    signals: tuple[SignalView, ...]
    score: float
    at: Time
    state: Literal["waiting", "releasing", "released", "refused"]
    decided_by: str | None
    decided_at: Time | None
    reason: str
    seq: int | None


class HeldPage(msgspec.Struct, frozen=True):
    """A page of messages that wait, the longest wait first."""

    items: list[HeldView]
    cursor: str | None


class HitView(msgspec.Struct, frozen=True, kw_only=True):
    """A message that filters spoke about, as it was written. `action`: what became of it, or `shadow`. `held`: it waits, or waited, under this id.

    `case`: the undecided case against its author that it is in, where the caller judges it.
    """

    id: str
    author: str
    action: str
    score: float
    text: str
    signals: tuple[SignalView, ...]
    at: Time
    held: str | None
    seq: int | None
    case: str | None


class HitPage(msgspec.Struct, frozen=True):
    """A page of what filters found, the newest first. `counts`: messages in the last seven days by list (own ones by id), `adverts` for the classifier."""

    items: list[HitView]
    cursor: str | None
    counts: dict[str, int]


def _held(row: HeldRow) -> HeldView:
    plain = {name: getattr(row, name) for name in HeldView.__struct_fields__ if name in HeldRow.__struct_fields__}
    plain |= {"body": msgspec.Raw(row.body.encode()), "signals": spoke_views(row.signals), "at": rfc3339(row.at)}
    plain["decided_at"] = None if row.decided_at is None else rfc3339(row.decided_at)
    return HeldView(**plain)


def _hit(row: HitRow, case: str | None) -> HitView:
    plain: dict[str, Any] = {name: getattr(row, name) for name in HitView.__struct_fields__ if name != "case"}
    return HitView(**{**plain, "signals": spoke_views(row.signals), "at": rfc3339(row.at)}, case=case)


async def held(call: Call[None, Page]) -> HeldPage:
    """With signals and their spans."""
    page = await call.services.decisions.waiting(call.actor, call.at("group"), call.query.cursor, call.query.limit)
    return HeldPage([_held(row) for row in page.items], page.cursor)


async def decide(call: Call[Decision, None]) -> HeldView:
    """The same again changes nothing."""
    return _held(await call.services.decisions.decide(call.actor, call.at("group"), call.at("held"), call.body))


async def hits(call: Call[None, Page]) -> HitPage:
    """Also of lists that only count."""
    found = await call.services.decisions.hits(call.actor, call.at("group"), call.query.cursor, call.query.limit)
    return HitPage([_hit(row, found.cases.get(row.id)) for row in found.page.items], found.page.cursor, found.counts)


ROUTES = (
    Route(
        method="GET",
        path="/groups/{group}/held",
        summary="Messages that wait for a moderator, the longest wait first; its moderators.",
        tag="filters",
        handler=held,
        query=Page,
        response=HeldPage,
        errors=(Forbidden,),
    ),
    Route(
        method="POST",
        path="/groups/{group}/held/{held}",
        summary="Release a message that waits, or refuse it with a reason; its moderators.",
        tag="filters",
        handler=decide,
        request=Decision,
        response=HeldView,
        errors=(Forbidden, NotFound, Conflict, Closed, RateLimited, Unavailable),
    ),
    Route(
        method="GET",
        path="/groups/{group}/filters/hits",
        summary="What filters found in a group, the newest first; its moderators.",
        tag="filters",
        handler=hits,
        query=Page,
        response=HitPage,
        errors=(Forbidden,),
    ),
)
