"""REST: appeals against mutes and bans."""

import msgspec

from bot.actions.appeals import Appealing, Ruling, Shown, Standing, Text
from bot.model.basics import Closed, Conflict, Forbidden, Quota
from bot.model.people import Actor
from bot.store.appeals import Said
from bot.store.sanctions import Kind
from channels.rest_groups import ONE, when
from channels.rest_sessions import PersonView
from channels.route import Call, Page, Route, Time
from channels.wire import rfc3339


class AppealsQuery(Page, frozen=True):
    """Which appeals: of those the caller judges the ones in this state; or `mine`, their own in any state, as for who judges nothing."""

    state: Standing = "open"
    mine: bool = False


class SanctionedView(msgspec.Struct, frozen=True):
    """The sanction it is against; without `until` it has no end."""

    kind: Kind
    at: Time
    until: Time | None
    reason: str


class RulingView(msgspec.Struct, frozen=True):
    """What became of it, and why."""

    at: Time
    reason: str


class AppealView(msgspec.Struct, frozen=True, kw_only=True):
    """An appeal. `imposed_by`: by whose hand the sanction is, the id, for who judges; null for the person themselves. `sole`: whoever imposed it is the only one who could hear it. `may_judge`: the caller may answer and decide."""

    id: str
    group: str
    group_name: str
    person: PersonView
    against: SanctionedView
    imposed_by: str | None
    state: Standing
    at: Time
    messages: int
    sole: bool
    may_judge: bool
    decided: RulingView | None


class AppealPage(msgspec.Struct, frozen=True):
    """A page of appeals."""

    items: list[AppealView]
    cursor: str | None


class SaidView(msgspec.Struct, frozen=True):
    """A message of the thread."""

    number: int
    author: PersonView
    text: str
    at: Time


class AppealThread(msgspec.Struct, frozen=True):
    """An appeal with everything that was said, at most 20 messages."""

    appeal: AppealView
    items: list[SaidView]


class SaidPage(msgspec.Struct, frozen=True):
    """Everything that was said, at most 20 messages."""

    items: list[SaidView]


class SayRequest(msgspec.Struct, frozen=True):
    """A message of the thread."""

    text: Text


def show(found: Shown, actor: Actor) -> AppealView:
    """An appeal as it goes out: the person themselves is not told who imposed the sanction."""
    one = found.appeal
    decided = None if one.decided_at is None else RulingView(rfc3339(one.decided_at), one.reason)
    return AppealView(
        id=one.id,
        group=one.conversation,
        group_name=found.group_name,
        person=PersonView(one.person, "" if found.person is None else found.person.name),
        against=SanctionedView(one.kind, rfc3339(one.sanctioned_at), when(one.until), one.why),
        imposed_by=None if actor.person == one.person else one.imposed_by,
        state=msgspec.convert(one.state, Standing),
        at=rfc3339(one.at),
        messages=one.messages,
        sole=found.sole,
        may_judge=found.may_judge,
        decided=decided,
    )


def _said(thread: list[Said]) -> list[SaidView]:
    return [SaidView(one.number, PersonView(one.author, one.name or ""), one.text, rfc3339(one.at)) for one in thread]


async def appeal(call: Call[Appealing, None]) -> AppealView:
    """Once for each sanction."""
    return show(await call.services.appeals.appeal(call.actor, call.at("group"), call.body), call.actor)


async def appeals(call: Call[None, AppealsQuery]) -> AppealPage:
    """To judge, or one's own."""
    query = call.query
    page = await call.services.appeals.appeals(call.actor, call.at("account"), query.state, query.mine, query.cursor, query.limit)
    return AppealPage([show(one, call.actor) for one in page.items], page.cursor)


async def thread(call: Call[None, None]) -> AppealThread:
    """For both sides."""
    found, said = await call.services.appeals.thread(call.actor, call.at("appeal"))
    return AppealThread(show(found, call.actor), _said(said))


async def say(call: Call[SayRequest, None]) -> SaidPage:
    """For both sides."""
    return SaidPage(_said(await call.services.appeals.say(call.actor, call.at("appeal"), call.body.text)))


async def decide(call: Call[Ruling, None]) -> AppealView:
    """Told to the person."""
    return show(await call.services.appeals.decide(call.actor, call.at("appeal"), call.body), call.actor)


_ONE = "/appeals/{appeal}"

ROUTES = (
    Route(
        method="POST",
        path=f"{ONE}/appeals",
        summary="Appeal against one's own mute or ban, once for each.",
        tag="order",
        handler=appeal,
        request=Appealing,
        response=AppealView,
        status=201,
        errors=(Conflict,),
    ),
    Route(
        method="GET",
        path="/accounts/{account}/appeals",
        summary="Appeals that the caller judges, the longest wait first; or one's own, the newest first.",
        tag="order",
        handler=appeals,
        query=AppealsQuery,
        response=AppealPage,
    ),
    Route(
        method="GET",
        path=f"{_ONE}/messages",
        summary="Read an appeal with everything that was said; both sides.",
        tag="order",
        handler=thread,
        response=AppealThread,
    ),
    Route(
        method="POST",
        path=f"{_ONE}/messages",
        summary="Say something in an appeal; both sides, not whoever imposed the sanction.",
        tag="order",
        handler=say,
        request=SayRequest,
        response=SaidPage,
        errors=(Forbidden, Closed, Quota),
    ),
    Route(
        method="POST",
        path=f"{_ONE}/decide",
        summary="Uphold a sanction or lift it; who judges, not whoever imposed it.",
        tag="order",
        handler=decide,
        request=Ruling,
        response=AppealView,
        errors=(Forbidden, Conflict, Closed),
    ),
)
