"""REST: conversations and their messages, the same verbs as on the socket."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from bot.actions.drafts import Posting
from bot.actions.talk import Caught, Listed
from bot.live.ports import Rate
from bot.model.basics import Banned, Blocked, Closed, Conflict, Forbidden, Invalid, Muted, NotFollowing, NotFound, NotMember, Quota, SlowMode
from bot.model.talk import PULL_LIMIT, Message, Seq
from channels.route import Call, Page, Route, Time
from channels.wire import (
    AccountView,
    Changed,
    DeskView,
    MessageRequest,
    WireMessage,
    parse_body,
    rfc3339,
    show,
    show_account,
    show_changes,
    show_desk,
)
from replies.decision import Trace

SYNCS = Rate(burst=10, per_s=1)


class Opened(msgspec.Struct, frozen=True):
    """A direct conversation as its buyer finds it: the last seq, their read mark and the other side's (`seen`), who looks after it."""

    conversation: str
    head: int
    read: int
    seen: int
    desk: DeskView
    account: AccountView


class ConversationView(msgspec.Struct, frozen=True):
    """A conversation in the caller's list; `account` is a handle, `unread` counts up to 9,999. `seen`: up to where the other side has read; 0 in a group."""

    conversation: str
    kind: Literal["direct", "group"]
    account: str
    title: str
    head: int
    read: int
    seen: int
    unread: int
    last: WireMessage | None
    muted: bool


class ConversationPage(msgspec.Struct, frozen=True):
    """A page of the caller's conversations, newest first."""

    items: list[ConversationView]
    cursor: str | None


class Span(msgspec.Struct, frozen=True):
    """Which messages: after a seq, or before one, or the newest."""

    after: Seq | None = None
    before: Seq | None = None
    limit: Annotated[int, Meta(ge=1, le=PULL_LIMIT, description="How many messages at most.")] = 50


class MessageList(msgspec.Struct, frozen=True):
    """Messages, ascending by seq; `more` in the direction that was asked for."""

    messages: list[WireMessage]
    more: bool


class Placed(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a message stands; `duplicate`: it was there already, under the same key. `held`: it waits for a moderator, and stands nowhere yet."""

    conversation: str
    seq: int | None
    at: Time
    duplicate: bool
    held: bool = False


class ReadRequest(msgspec.Struct, frozen=True):
    """Up to which message the caller has read."""

    seq: Seq


class SyncRequest(msgspec.Struct, frozen=True):
    """What the client has: the last seq of each conversation."""

    cursors: Annotated[dict[str, Seq], Meta(max_length=200)]


class CaughtUp(msgspec.Struct, frozen=True):
    """A conversation brought up to date; `limited`: there is more to pull. `changed`: what may have become of messages up to the cursor."""

    conversation: str
    head: int
    read: int
    seen: int
    unread: int
    messages: list[WireMessage]
    limited: bool
    changed: list[Changed]


class Synced(msgspec.Struct, frozen=True):
    """Everything after each cursor, and other conversations with anything unread."""

    conversations: list[CaughtUp]


def _messages(messages: list[Message], person: str) -> list[WireMessage]:
    return [show(message, own=message.author == person) for message in messages]


def _listed(listed: Listed, person: str) -> ConversationView:
    summary, last = listed.summary, listed.last
    return ConversationView(
        conversation=summary.conversation,
        kind="group" if summary.kind == "group" else "direct",
        account=summary.handle,
        title=summary.title,
        head=summary.head,
        read=summary.read,
        seen=summary.seen,
        unread=summary.unread,
        last=None if last is None else show(last, own=last.author == person),
        muted=summary.muted,
    )


def _caught(caught: Caught, person: str) -> CaughtUp:
    summary = caught.summary
    return CaughtUp(
        conversation=summary.conversation,
        head=summary.head,
        read=summary.read,
        seen=summary.seen,
        unread=summary.unread,
        messages=_messages(caught.messages, person),
        limited=caught.limited,
        changed=show_changes(summary.conversation, caught.changes),
    )


async def open_(call: Call[None, None]) -> Opened:
    """Made if it is new."""
    opened = await call.services.talk.open(call.actor, call.at("account"))
    desk = await call.services.desks.view(opened.conversation)
    return Opened(opened.conversation, opened.head, opened.read, opened.seen, show_desk(desk), show_account(opened.account))


async def inbox(call: Call[None, Page]) -> ConversationPage:
    """For buyers and staff alike: their own."""
    page = await call.services.talk.inbox(call.actor, call.query.cursor, call.query.limit)
    return ConversationPage([_listed(one, call.actor.person) for one in page.items], page.cursor)


async def pull(call: Call[None, Span]) -> MessageList:
    """`key` only on the caller's own."""
    span = call.query
    found = await call.services.talk.pull(call.actor, call.at("conversation"), after=span.after, before=span.before, limit=span.limit)
    return MessageList(_messages(found.messages, call.actor.person), found.more)


async def send(call: Call[MessageRequest, None]) -> Placed:
    """Answered after the message is durable; a retry with the same key is safe."""
    request = call.body
    body = parse_body(request.kind, request.body)
    posting = Posting(conversation=call.at("conversation"), key=request.key, body=body, reply_to=request.reply_to)
    place = await call.services.talk.send(call.actor, posting)
    held = place.held is not None
    return Placed(posting.conversation, None if held else place.seq, rfc3339(place.at), place.duplicate, held)


async def recall(call: Call[None, None]) -> None:
    """One's own, within two minutes."""
    await call.services.talk.recall(call.actor, call.at("conversation"), call.number("seq"))


async def trace(call: Call[None, None]) -> Trace:
    """For the desk: buyers never see it."""
    return await call.services.rulebook.trace(call.actor, call.at("conversation"), call.number("seq"))


async def read(call: Call[ReadRequest, None]) -> None:
    """The mark never goes back."""
    await call.services.talk.read(call.actor, call.at("conversation"), call.body.seq)


async def typing(call: Call[None, None]) -> None:
    """At most one each three seconds is passed on."""
    await call.services.talk.typing(call.actor, call.at("conversation"))


async def sync(call: Call[SyncRequest, None]) -> Synced:
    """What a client asks after it was away."""
    caught = await call.services.talk.sync(call.actor, call.body.cursors)
    return Synced([_caught(one, call.actor.person) for one in caught])


_ONE = "/conversations/{conversation}"
_OUTSIDE = (NotMember, Banned, Closed)
_HELD = (*_OUTSIDE, Muted)

ROUTES = (
    Route(
        method="POST",
        path="/accounts/{account}/conversation",
        summary="Open the caller's direct conversation with an account; made if it is new.",
        tag="talk",
        handler=open_,
        response=Opened,
        errors=(Forbidden, NotFollowing),
    ),
    Route(
        method="GET",
        path="/conversations",
        summary="The inbox: the caller's conversations, newest first.",
        tag="talk",
        handler=inbox,
        query=Page,
        response=ConversationPage,
    ),
    Route(
        method="POST",
        path="/conversations/sync",
        summary="Everything after each cursor, and what else is unread.",
        tag="talk",
        handler=sync,
        request=SyncRequest,
        response=Synced,
        rate=SYNCS,
    ),
    Route(
        method="GET",
        path=f"{_ONE}/messages",
        summary="Messages after or before a seq, ascending; the newest when neither is given.",
        tag="talk",
        handler=pull,
        query=Span,
        response=MessageList,
        errors=(Forbidden, *_OUTSIDE),
    ),
    Route(
        method="POST",
        path=f"{_ONE}/messages",
        summary="Send a message under the client's own key.",
        tag="talk",
        handler=send,
        request=MessageRequest,
        response=Placed,
        errors=(Forbidden, NotFollowing, Conflict, Invalid, *_HELD, SlowMode, Quota, Blocked),
    ),
    Route(
        method="DELETE",
        path=f"{_ONE}/messages/{{seq}}",
        summary="Recall one's own message within two minutes.",
        tag="talk",
        handler=recall,
        errors=(Forbidden, *_OUTSIDE),
    ),
    Route(
        method="GET",
        path=f"{_ONE}/messages/{{seq}}/trace",
        summary="Why a message was answered as it was, or not at all; the desk.",
        tag="rules",
        handler=trace,
        response=Trace,
        errors=(Forbidden, NotFound),
    ),
    Route(
        method="PUT",
        path=f"{_ONE}/read",
        summary="Move the caller's read mark forward.",
        tag="talk",
        handler=read,
        request=ReadRequest,
        errors=(Forbidden, *_OUTSIDE),
    ),
    Route(
        method="POST",
        path=f"{_ONE}/typing",
        summary="Tell the others that the caller is typing.",
        tag="talk",
        handler=typing,
        errors=(Forbidden, NotFollowing, *_HELD, SlowMode),
    ),
)
