"""REST: the operators' desk."""

import msgspec

from bot.actions.desk import Listed
from bot.model.basics import Conflict, Forbidden, Invalid
from bot.model.talk import DeskState
from channels.rest_sessions import PersonView
from channels.route import Call, Page, Route, Time
from channels.wire import DeskView, Id, rfc3339, show_desk


class DeskQuery(Page, frozen=True):
    """Conversations in one state, or in any."""

    state: DeskState | None = None


class DeskEntry(msgspec.Struct, frozen=True):
    """A conversation of the desk: how it stands, whose it is, its last seq, when somebody last wrote."""

    desk: DeskView
    buyer: PersonView
    head: int
    last_at: Time
    waiting_since: Time | None


class DeskPage(msgspec.Struct, frozen=True):
    """A page of an account's conversations, the latest message first."""

    items: list[DeskEntry]
    cursor: str | None


class To(msgspec.Struct, frozen=True):
    """An operator; by `transfer` also a team."""

    to: Id | None = None


def _entry(listed: Listed) -> DeskEntry:
    buyer = PersonView(listed.buyer, listed.buyer_name, listed.buyer_avatar)
    waiting = None if listed.waiting_since is None else rfc3339(listed.waiting_since)
    return DeskEntry(show_desk(listed.desk), buyer, listed.head, rfc3339(listed.last_at), waiting)


async def queue(call: Call[None, DeskQuery]) -> DeskPage:
    """For the desk of the account."""
    query = call.query
    page = await call.services.desks.queue(call.actor, call.at("account"), state=query.state, cursor=query.cursor, limit=query.limit)
    return DeskPage([_entry(listed) for listed in page.items], page.cursor)


async def view(call: Call[None, None]) -> DeskView:
    """For whoever reads the conversation, the buyer too: an honest place in the queue."""
    conversation = call.at("conversation")
    await call.services.talk.check_readable(call.actor, conversation)
    return show_desk(await call.services.desks.view(conversation))


async def claim(call: Call[None, None]) -> DeskView:
    """Of two at once one wins."""
    return show_desk(await call.services.desks.claim(call.actor, call.at("conversation")))


async def assign(call: Call[To, None]) -> DeskView:
    """To the least loaded of those present when nobody is named."""
    return show_desk(await call.services.desks.assign(call.actor, call.at("conversation"), call.body.to))


async def transfer(call: Call[To, None]) -> DeskView:
    """By who holds it, or the owner."""
    if call.body.to is None:
        raise Invalid("请写明转接给谁。", "Say whom to transfer it to.", path="to")
    return show_desk(await call.services.desks.transfer(call.actor, call.at("conversation"), call.body.to))


async def hand_back(call: Call[None, None]) -> DeskView:
    """The bot answers again."""
    return show_desk(await call.services.desks.hand_back(call.actor, call.at("conversation")))


async def close(call: Call[None, None]) -> DeskView:
    """The buyer's next message opens it again."""
    return show_desk(await call.services.desks.close(call.actor, call.at("conversation")))


_ONE = "/conversations/{conversation}"

ROUTES = (
    Route(
        method="GET",
        path="/accounts/{account}/desk",
        summary="List an account's conversations by state, the latest message first; the desk.",
        tag="desk",
        handler=queue,
        query=DeskQuery,
        response=DeskPage,
        errors=(Forbidden,),
    ),
    Route(
        method="GET",
        path=f"{_ONE}/desk",
        summary="Who looks after a conversation, its place in the queue, and how long that may take.",
        tag="desk",
        handler=view,
        response=DeskView,
        errors=(Forbidden,),
    ),
    Route(
        method="POST",
        path=f"{_ONE}/claim",
        summary="Take a conversation nobody holds; the desk.",
        tag="desk",
        handler=claim,
        response=DeskView,
        errors=(Forbidden, Conflict),
    ),
    Route(
        method="POST",
        path=f"{_ONE}/assign",
        summary="Give a conversation to an operator who is present; the desk.",
        tag="desk",
        handler=assign,
        request=To,
        body_optional=True,
        response=DeskView,
        errors=(Forbidden, Conflict),
    ),
    Route(
        method="POST",
        path=f"{_ONE}/transfer",
        summary="Pass a held conversation to an operator or a team's queue; the desk.",
        tag="desk",
        handler=transfer,
        request=To,
        response=DeskView,
        errors=(Forbidden, Conflict),
    ),
    Route(
        method="POST",
        path=f"{_ONE}/hand_back",
        summary="Give a conversation back to the bot; the desk.",
        tag="desk",
        handler=hand_back,
        response=DeskView,
        errors=(Forbidden, Conflict),
    ),
    Route(
        method="POST",
        path=f"{_ONE}/close",
        summary="Close a conversation; the desk.",
        tag="desk",
        handler=close,
        response=DeskView,
        errors=(Forbidden, Conflict),
    ),
)
