"""REST: what people report, and what moderators remove at once."""

import msgspec

from bot.actions.purges import Purged, Purging, Undoable
from bot.actions.reports import AccountReport, Report
from bot.model.basics import Closed, Conflict, Forbidden
from bot.model.cases import UNDO_MS
from bot.model.groups import Reason
from bot.store.purges import Purge
from channels.rest_groups import ONE
from channels.rest_sessions import PersonView, named
from channels.route import Call, Page, Route, Time
from channels.wire import rfc3339


class ReasonRequest(msgspec.Struct, frozen=True):
    """Why."""

    reason: Reason


class PurgeView(msgspec.Struct, frozen=True):
    """What was removed: how many messages, `more` where one purge does not take them all; and until when it may be undone."""

    id: str
    person: str
    messages: int
    more: bool
    at: Time
    undo_until: Time


class PurgeShown(msgspec.Struct, frozen=True):
    """Whose messages were removed, by whom and how many; it may be undone until then."""

    id: str
    person: PersonView
    by: PersonView
    messages: int
    at: Time
    undo_until: Time


class PurgePage(msgspec.Struct, frozen=True):
    """A page of purges that can be undone, the newest first."""

    items: list[PurgeShown]
    cursor: str | None


def show_purge(purged: Purged) -> PurgeView:
    """A purge as it goes out."""
    purge = purged.purge
    return PurgeView(purge.id, purge.person, len(purge.seqs), purged.more, rfc3339(purge.at), rfc3339(purge.at + UNDO_MS))


def show_purges(found: Undoable) -> PurgePage:
    """Purges as they go out."""
    return PurgePage([_shown(found, one) for one in found.page.items], found.page.cursor)


def _shown(found: Undoable, one: Purge) -> PurgeShown:
    who, by = named(found.names, one.person), named(found.names, one.by)
    return PurgeShown(one.id, who, by, len(one.seqs), rfc3339(one.at), rfc3339(one.at + UNDO_MS))


async def report(call: Call[Report, None]) -> None:
    """Again changes nothing."""
    await call.services.reports.report(call.actor, call.at("group"), call.body)


async def report_account(call: Call[AccountReport, None]) -> None:
    """To the operator of the hub; the account does not hear of it."""
    await call.services.reports.report_account(call.actor, call.at("account"), call.body)


async def purge(call: Call[Purging, None]) -> PurgeView:
    """Told to the room."""
    return show_purge(await call.services.purges.purge(call.actor, call.at("group"), call.body))


async def purges(call: Call[None, Page]) -> PurgePage:
    """So that one of them is undone later."""
    return show_purges(await call.services.purges.undoable(call.actor, call.at("group"), call.query.cursor, call.query.limit))


async def undo(call: Call[ReasonRequest, None]) -> None:
    """Within 24 hours."""
    await call.services.purges.undo(call.actor, call.at("purge"), call.body.reason)


async def warn(call: Call[ReasonRequest, None]) -> None:
    """Told to the person alone."""
    await call.services.moderation.warn(call.actor, call.at("group"), call.at("person"), call.body.reason)


ROUTES = (
    Route(
        method="POST",
        path=f"{ONE}/reports",
        summary="Report a message, a member, or the group itself, to those who keep order there.",
        tag="order",
        handler=report,
        request=Report,
    ),
    Route(
        method="POST",
        path="/accounts/{account}/reports",
        summary="Report an account, or what it wrote to the caller, to the operator of the hub.",
        tag="order",
        handler=report_account,
        request=AccountReport,
    ),
    Route(
        method="POST",
        path=f"{ONE}/members/{{person}}/warning",
        summary="Warn a member; the group's moderators.",
        tag="order",
        handler=warn,
        request=ReasonRequest,
        errors=(Forbidden, Closed),
    ),
    Route(
        method="GET",
        path=f"{ONE}/purges",
        summary="Purges of the last 24 hours that can be undone, the newest first; the group's moderators.",
        tag="order",
        handler=purges,
        query=Page,
        response=PurgePage,
        errors=(Forbidden,),
    ),
    Route(
        method="POST",
        path=f"{ONE}/purges",
        summary="Remove what somebody wrote lately, 1,000 messages at most; the group's moderators.",
        tag="order",
        handler=purge,
        request=Purging,
        response=PurgeView,
        status=201,
        errors=(Forbidden, Closed),
    ),
    Route(
        method="POST",
        path="/purges/{purge}/undo",
        summary="Bring back what was purged, within 24 hours; the group's moderators.",
        tag="order",
        handler=undo,
        request=ReasonRequest,
        errors=(Forbidden, Closed, Conflict),
    ),
)
