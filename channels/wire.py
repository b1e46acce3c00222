"""The vocabulary of the wire: requests, answers and events, the same for the socket and for REST."""

import functools
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from bot.actions import talk
from bot.model.basics import HubError, Invalid, Lang, TooLarge
from bot.model.desk import Desk
from bot.model.facts import Onlooker
from bot.model.talk import BODIES, PULL_LIMIT, SENDABLE, Body, Change, Key, Message, Seq, SystemBody, change_of, fallback
from bot.store.people import AccountRow
from replies.misfits import misfit

Id = Annotated[str, Meta(min_length=1, max_length=64)]
Moment = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
Limit = Annotated[int, Meta(ge=1, le=PULL_LIMIT)]
Cursor = Annotated[str, Meta(max_length=200)]

CLIENT_EVENTS = (
    "open",
    "send",
    "recall",
    "pull",
    "sync",
    "inbox",
    "read",
    "typing",
    "look",
    "desk",
    "claim",
    "assign",
    "transfer",
    "hand_back",
    "close",
    "join",
    "leave",
)
HUB_EVENTS = ("message", "changed", "read", "typing", "looking", "desk", "member", "notice", "error", "resync", "drain")


class OpenRequest(msgspec.Struct, frozen=True):
    """`open`: an account by handle."""

    account: Id


class SendRequest(msgspec.Struct, frozen=True, gc=False):
    """`send`: a message under the client's own key; `body` is parsed by `kind`."""

    conversation: Id
    key: Key
    kind: Annotated[str, Meta(max_length=16)]
    body: msgspec.Raw
    reply_to: Annotated[int, Meta(ge=1, le=2**53)] | None = None


class MessageRequest(msgspec.Struct, frozen=True):
    """A message posted to `conversations/{c}/messages`."""

    key: Key
    kind: Annotated[str, Meta(max_length=16)]
    body: msgspec.Raw
    reply_to: Annotated[int, Meta(ge=1, le=2**53)] | None = None


class SeqRequest(msgspec.Struct, frozen=True):
    """`recall` and `read`: one message of a conversation."""

    conversation: Id
    seq: Seq


class PullRequest(msgspec.Struct, frozen=True):
    """`pull`: messages after or before a seq, ascending; the newest when neither is given."""

    conversation: Id
    after: Seq | None = None
    before: Seq | None = None
    limit: Limit = 50


class SyncRequest(msgspec.Struct, frozen=True):
    """`sync`: what the client has, by conversation."""

    cursors: Annotated[dict[Id, Seq], Meta(max_length=200)]


class InboxRequest(msgspec.Struct, frozen=True):
    """`inbox`: a page of the caller's conversations."""

    cursor: Cursor | None = None


class ConversationRequest(msgspec.Struct, frozen=True):
    """`typing`: a conversation."""

    conversation: Id


class LookRequest(msgspec.Struct, frozen=True):
    """`look`: look at a conversation for the next half minute, or no more."""

    conversation: Id
    look: bool


class WatchRequest(msgspec.Struct, frozen=True):
    """`desk`: hear an account's queue, or stop."""

    account: Id
    watch: bool


class MoveRequest(msgspec.Struct, frozen=True):
    """`claim`, `assign`, `transfer`, `hand_back`, `close`."""

    conversation: Id
    to: Id | None = None


class JoinRequest(msgspec.Struct, frozen=True):
    """`join`: a group, with the answer to its question where it asks one."""

    group: Id
    answer: Annotated[str, Meta(max_length=500)] = ""


class GroupRequest(msgspec.Struct, frozen=True):
    """`leave`: a group."""

    group: Id


class Joined(msgspec.Struct, frozen=True):
    """The answer to `join`: the caller is in, and since when; or waits to be let in."""

    group: str
    joined: bool
    joined_at: Moment | None


class Sent(msgspec.Struct, frozen=True, gc=False):
    """The answer to `send`."""

    conversation: str
    seq: int
    at: str
    duplicate: bool
    ok: bool = True


class SentToWait(msgspec.Struct, frozen=True):
    """The answer to `send` for a message that waits for a moderator: it stands nowhere yet."""

    conversation: str
    seq: None
    at: str
    duplicate: bool
    held: bool = True
    ok: bool = True


class Author(msgspec.Struct, frozen=True, gc=False):
    """Who wrote a message."""

    id: str
    name: str
    role: str


class Person(msgspec.Struct, frozen=True):
    """A person as others see them."""

    id: str
    name: str


class AutoMark(msgspec.Struct, frozen=True):
    """On automatic replies: the rule, the seq it answers, the version of the rule set."""

    rule: str
    rule_name: str
    cause: int
    version: int


class WireMessage(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A message as it is pushed and pulled; `key` only to the author's own devices."""

    conversation: str
    seq: int
    author: Author
    kind: str
    body: msgspec.Raw
    at: str
    fallback: str
    key: str | None = None
    auto: AutoMark | None = None
    reply_to: int | None = None


class Changed(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message was recalled or removed, or is there again: `restored`, to be pulled anew. `seqs`: all of them where they are several."""

    conversation: str
    seq: int
    change: str
    by: str
    seqs: tuple[int, ...] | None = None


class ReadMark(msgspec.Struct, frozen=True):
    """A read mark moved."""

    conversation: str
    person: str
    seq: int


class Typing(msgspec.Struct, frozen=True):
    """Somebody is typing."""

    conversation: str
    person: str


class LookingView(msgspec.Struct, frozen=True):
    """Who of the staff looks at a conversation."""

    conversation: str
    looking: list[Person]


class DeskView(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a conversation stands on the desk."""

    conversation: str
    account: str
    state: str
    operator: Person | None = None
    team: str | None = None
    position: int | None = None
    expected_wait_s: int | None = None


class MemberView(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody came into a group or went, or something was done to them."""

    group: str
    person: str
    change: str
    until: Moment | None = None
    reason: str | None = None
    role: str | None = None


class Notice(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something to look at: `invited`, `approved`, `declined`, `warned`, `pardoned`, `mention` (`seq`), `refused` (one's message of this `key`), `report` and
    `appeal` (`ref`), or `group` (`what` changed). For moderators: `held` (a message waits for them), `raid` (joining is by approval for a while).
    """

    kind: str
    group: str
    by: str | None = None
    seq: int | None = None
    what: str | None = None
    reason: str | None = None
    ref: str | None = None
    key: str | None = None


class Pulled(msgspec.Struct, frozen=True):
    """The answer to `pull`."""

    messages: list[WireMessage]
    more: bool
    ok: bool = True


@functools.lru_cache(maxsize=4_096)
def rfc3339(ms: int) -> str:
    """A time of the wire: UTC with milliseconds. The messages of one batch share theirs, hence the cache."""
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03d}Z"


def fault(error: msgspec.MsgspecError | UnicodeDecodeError | RecursionError, prefix: str = "") -> Invalid:
    """What msgspec found wrong, with the path of the member at fault: for people in the sentence, for programs in `path`."""
    found = misfit(str(error))
    where = ".".join(part for part in (prefix, found.path.removeprefix(".")) if part)
    missing = str(error).partition("missing required field `")[2].partition("`")[0]
    path = ".".join(part for part in (where, missing) if part)
    zh, en = f"{where} " if where else "请求格式", where or "The request"
    return Invalid(f"{zh}不对：{found.zh}", f"{en} is not right: {found.en}", path=path or "$")


_BODY_DECODERS: dict[str, msgspec.json.Decoder[Body]] = {kind: msgspec.json.Decoder(body) for kind, body in SENDABLE.items()}
_STORED_DECODERS: dict[str, msgspec.json.Decoder[Body]] = {kind: msgspec.json.Decoder(body) for kind, body in BODIES.items()}


def parse_body(kind: str, raw: bytes | msgspec.Raw) -> Body:
    """The body of a sendable kind.

    Raises:
        Invalid: an unknown kind (path `kind`) or a body that does not fit it.
        TooLarge: a text over its limit.
    """
    decoder = _BODY_DECODERS.get(kind)
    if decoder is None:
        raise Invalid(f"不支持的消息类型：{kind}", f"There is no such kind of message to send: {kind}", path="kind")
    try:
        return decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        if "length <=" in str(error):
            found = fault(error, "body")
            raise TooLarge("内容太长。", "The content is too long.", path=found.data["path"]) from error
        raise fault(error, "body") from error


def show(message: Message, *, own: bool = False) -> WireMessage:
    """A stored message as it goes out; `own` adds the key. One that was recalled or removed shows only that."""
    kind, body = message.kind, message.body
    if message.recalled_by is not None:
        event = change_of(message.author, message.recalled_by)
        kind, body = SystemBody.kind, msgspec.Raw(msgspec.json.encode(SystemBody(event=event, by=message.recalled_by)))
    auto = message.auto
    return WireMessage(
        conversation=message.conversation,
        seq=message.seq,
        author=Author(message.author, message.author_name, str(message.role)),
        kind=kind,
        body=body,
        at=rfc3339(message.at),
        fallback=fallback(_STORED_DECODERS[kind].decode(body)),
        key=message.key if own else None,
        auto=None if auto is None else AutoMark(auto.rule, auto.rule_name, auto.cause, auto.version),
        reply_to=message.reply_to,
    )


def show_changes(conversation: str, changes: Sequence[Change]) -> list[Changed]:
    """Changes that a client may have missed, each as it was pushed."""
    return [show_changed(conversation, one.seqs, one.change, one.by) for one in changes]


def show_changed(conversation: str, seqs: tuple[int, ...], change: str, by: str) -> Changed:
    """A change of one message, or of several."""
    return Changed(conversation, seqs[0], change, by, seqs if len(seqs) > 1 else None)


def show_joined(group: str, joined_at: int | None) -> Joined:
    """What became of somebody's wish to come into a group."""
    return Joined(group, joined_at is not None, None if joined_at is None else rfc3339(joined_at))


def show_looking(conversation: str, looking: Iterable[Onlooker]) -> LookingView:
    """Who looks at a conversation, as it goes out."""
    return LookingView(conversation, [Person(one.id, one.name) for one in looking])


def show_desk(desk: Desk) -> DeskView:
    """A place on the desk as it goes out."""
    operator = None if desk.operator is None else Person(desk.operator, desk.operator_name or "")
    return DeskView(desk.conversation, desk.account, str(desk.state), operator, desk.team, desk.position, desk.expected_wait_s)


_MOMENTS = frozenset({"until", "resets_at"})


def error_object(error: HubError, lang: Lang) -> dict[str, Any]:
    """The one shape of an error; the moments among its data as times of the wire."""
    data = {name: rfc3339(value) if name in _MOMENTS and isinstance(value, int) else value for name, value in error.data.items()}
    return {"code": error.code, "message": error.message(lang), **data}


class AccountView(msgspec.Struct, frozen=True, omit_defaults=True):
    """An account as everyone sees it."""

    id: str
    handle: str
    name: str
    kind: str
    about: str
    chat_open: str
    version: int
    avatar: str | None = None
    cover: str | None = None
    hours: msgspec.Raw | None = None


class Opened(msgspec.Struct, frozen=True):
    """The answer to `open`."""

    conversation: str
    head: int
    read: int
    seen: int
    desk: DeskView
    account: AccountView
    ok: bool = True


def show_account(account: AccountRow) -> AccountView:
    """An account as it goes out."""
    return AccountView(
        id=account.id,
        handle=account.handle,
        name=account.name,
        kind=account.kind,
        about=account.about,
        chat_open=account.chat_open,
        version=account.version,
        avatar=account.avatar,
        cover=account.cover,
        hours=None if account.hours is None else msgspec.Raw(account.hours.encode()),
    )


def show_opened(opened: talk.Opened, desk: Desk) -> Opened:
    """The answer to `open`."""
    return Opened(opened.conversation, opened.head, opened.read, opened.seen, show_desk(desk), show_account(opened.account))


def lang_of(wished: str) -> Lang:
    """The language of an `Accept-Language` header or a bare tag: the first of zh and en that it names, else Chinese."""
    for part in wished.lower().split(","):
        tag = part.strip()[:2]
        if tag in {"zh", "en"}:
            return "en" if tag == "en" else "zh"
    return "zh"
