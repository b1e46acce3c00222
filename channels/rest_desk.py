"""REST: the operators' desk."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from bot.actions.desk import Listed
from bot.actions.suggestions import Suggested
from bot.model.basics import Conflict, Forbidden, Invalid
from bot.model.talk import DeskState, Message
from channels.rest_sessions import PersonView
from channels.route import Call, Page, Route, Time
from channels.wire import DeskView, Id, LookingView, Person, rfc3339, show, show_desk, show_looking
from intents.keywords import Mode
from replies.decision import Outgoing

SAID_SHOWN = 120
"""So many characters of the last message are shown in a list."""


class DeskQuery(Page, frozen=True):
    """Conversations in one state or in any, of buyers whose name holds `name`; or `of=mine`: held by the caller; or `of=waiting`: who waits, the longest first."""

    state: DeskState | None = None
    name: Annotated[str, Meta(max_length=64, description="Letters of the buyer's name.")] = ""
    of: Annotated[Literal["all", "mine", "waiting"], Meta(description="Whose: all, held by the caller, or in the queue.")] = "all"


class LastSaid(msgspec.Struct, frozen=True):
    """The beginning of the last message, and in what capacity its author wrote it."""

    text: str
    role: str


class DeskEntry(msgspec.Struct, frozen=True):
    """A conversation of the desk: how it stands, whose it is, its last seq, when somebody last wrote, and what."""

    desk: DeskView
    buyer: PersonView
    head: int
    last_at: Time
    waiting_since: Time | None
    last: LastSaid | None


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
    last = None if listed.last is None else _said(listed.last)
    return DeskEntry(show_desk(listed.desk), buyer, listed.head, rfc3339(listed.last_at), waiting, last)


def _said(message: Message) -> LastSaid:
    return LastSaid(show(message).fallback[:SAID_SHOWN], str(message.role))


class MoveView(msgspec.Struct, frozen=True):
    """A move on the desk: from where to where, by whom (null: the hub by itself), and how long the buyer had waited."""

    at: Time
    move: str
    before: DeskState
    after: DeskState
    by: Person | None
    operator: Person | None
    team: str | None
    waited_s: int | None
    reason: str


class MovePage(msgspec.Struct, frozen=True):
    """A page of what happened to a conversation on the desk, the newest first."""

    items: list[MoveView]
    cursor: str | None


class SuggestionView(msgspec.Struct, frozen=True):
    """What a rule would say to the message at `seq`; `sure`: the engine might answer by it by itself."""

    seq: int
    rule: str
    rule_name: str
    mode: Mode
    score: float
    sure: bool
    messages: list[Outgoing]


class SuggestionList(msgspec.Struct, frozen=True):
    """At most 5, the likeliest for the latest message first."""

    items: list[SuggestionView]


def _suggested(one: Suggested) -> SuggestionView:
    found = one.suggestion
    return SuggestionView(one.seq, found.rule, found.rule_name, found.mode, found.score, found.sure, list(found.messages))


async def queue(call: Call[None, DeskQuery]) -> DeskPage:
    """For the desk of the account."""
    query = call.query
    desks, account = call.services.desks, call.at("account")
    if query.of == "mine":
        page = await desks.held(call.actor, account, cursor=query.cursor, limit=query.limit)
    elif query.of == "waiting":
        page = await desks.waiting(call.actor, account, cursor=query.cursor, limit=query.limit)
    else:
        page = await desks.queue(call.actor, account, state=query.state, name=query.name.strip(), cursor=query.cursor, limit=query.limit)
    return DeskPage([_entry(listed) for listed in page.items], page.cursor)


async def view(call: Call[None, None]) -> DeskView:
    """For whoever reads the conversation, the buyer too: an honest place in the queue."""
    conversation = call.at("conversation")
    await call.services.talk.check_readable(call.actor, conversation)
    return show_desk(await call.services.desks.view(conversation))


async def moves(call: Call[None, Page]) -> MovePage:
    """For the desk."""
    past = await call.services.desks.past(call.actor, call.at("conversation"), cursor=call.query.cursor, limit=call.query.limit)

    def person(id: str | None) -> Person | None:  # noqa: A002 # the wire's name
        return None if id is None or id not in past.people else Person(id, past.people[id].name)

    return MovePage(
        [
            MoveView(
                at=rfc3339(move.at),
                move=move.move,
                before=move.before,
                after=move.after,
                by=person(move.actor),
                operator=person(move.operator),
                team=move.team,
                waited_s=None if move.waited_ms is None else round(move.waited_ms / 1_000),
                reason=move.reason,
            )
            for move in past.moves.items
        ],
        past.moves.cursor,
    )


async def suggestions(call: Call[None, None]) -> SuggestionList:
    """Nothing is sent, and nothing remembered."""
    return SuggestionList([_suggested(one) for one in await call.services.suggestions.of(call.actor, call.at("conversation"))])


async def looking(call: Call[None, None]) -> LookingView:
    """Colleagues, for each other; one looks oneself by the socket."""
    conversation = call.at("conversation")
    return show_looking(conversation, await call.services.looking.at(call.actor, conversation))


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
        summary="List an account's conversations by state, the latest message first, one's own, or who waits; the desk.",
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
        method="GET",
        path=f"{_ONE}/moves",
        summary="What happened to a conversation on the desk, the newest first; the desk.",
        tag="desk",
        handler=moves,
        query=Page,
        response=MovePage,
        errors=(Forbidden,),
    ),
    Route(
        method="GET",
        path=f"{_ONE}/suggestions",
        summary="What the rules would answer to the buyer's latest messages; the desk.",
        tag="desk",
        handler=suggestions,
        response=SuggestionList,
        errors=(Forbidden,),
    ),
    Route(
        method="GET",
        path=f"{_ONE}/looking",
        summary="Who of the staff looks at a conversation now; the desk.",
        tag="desk",
        handler=looking,
        response=LookingView,
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
