"""Conversations and messages: bodies, limits, and who may speak."""

from enum import StrEnum
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from bot.model.basics import Closed, Forbidden, HubError, NotFollowing
from bot.model.people import Role

TEXT_LIMIT = 4_000
KEY_LIMIT = 64
PULL_LIMIT = 200
SYNC_LIMIT = 200
MENTIONS_LIMIT = 20
RECALL_WINDOW_MS = 120_000
VOICE_LIMIT_S = 60

Text = Annotated[str, Meta(min_length=1, max_length=TEXT_LIMIT)]
Title = Annotated[str, Meta(min_length=1, max_length=200)]
Media = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$(?!\n)")]
Link = Annotated[str, Meta(max_length=2_000, pattern=r"^https?://")]
Pixels = Annotated[int, Meta(ge=1, le=20_000)]
Seconds = Annotated[float, Meta(gt=0, le=VOICE_LIMIT_S)]
Mention = Annotated[str, Meta(min_length=1, max_length=64)]
Key = Annotated[str, Meta(min_length=1, max_length=KEY_LIMIT)]
Seq = Annotated[int, Meta(ge=0, le=2**53)]


class TextBody(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Plain text, at most 4,000 characters. In a group it may call people: by their ids, beside the `@name` in the text, or everyone."""

    kind: ClassVar[str] = "text"
    text: Text
    mentions: Annotated[tuple[Mention, ...], Meta(max_length=MENTIONS_LIMIT)] = ()
    mention_all: bool = False


class ImageBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """A picture of the media store, with its size in pixels."""

    kind: ClassVar[str] = "image"
    media: Media
    width: Pixels
    height: Pixels
    alt: Annotated[str, Meta(max_length=200)] | None = None


class VoiceBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """A voice note of at most 60 seconds."""

    kind: ClassVar[str] = "voice"
    media: Media
    seconds: Seconds
    transcript: Annotated[str, Meta(max_length=TEXT_LIMIT)] | None = None


class VideoBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """A video of the media store; `poster` is a picture of it."""

    kind: ClassVar[str] = "video"
    media: Media
    seconds: Annotated[float, Meta(gt=0, le=600)]
    poster: Media | None = None


class CardBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """A product, an order or a link."""

    kind: ClassVar[str] = "card"
    title: Title
    text: Annotated[str, Meta(max_length=1_000)] | None = None
    image: Link | None = None
    url: Link | None = None
    price: Annotated[str, Meta(max_length=40)] | None = None
    ref: Annotated[str, Meta(max_length=200)] | None = None


class Choice(msgspec.Struct, frozen=True):
    """One tappable answer: what it shows and what tapping it sends."""

    label: Annotated[str, Meta(min_length=1, max_length=80)]
    send: Annotated[str, Meta(min_length=1, max_length=500)]


class ChoicesBody(msgspec.Struct, frozen=True):
    """A question with tappable answers."""

    kind: ClassVar[str] = "choices"
    text: Text
    choices: Annotated[list[Choice], Meta(min_length=1, max_length=10)]


class SystemBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the hub itself says; nobody else may send it."""

    kind: ClassVar[str] = "system"
    event: str
    by: str | None = None


Body = TextBody | ImageBody | VoiceBody | VideoBody | CardBody | ChoicesBody | SystemBody

SENDABLE: dict[str, type[Body]] = {body.kind: body for body in (TextBody, ImageBody, VoiceBody, VideoBody, CardBody, ChoicesBody)}
"""Kinds a person or a rule may send."""

BODIES: dict[str, type[Body]] = {**SENDABLE, SystemBody.kind: SystemBody}


def fallback(body: Body) -> str:
    """Plain text for a client that does not know the kind."""
    match body:
        case TextBody(text=text):
            return text
        case ImageBody(alt=alt):
            return f"[图片] {alt}" if alt else "[图片]"
        case VoiceBody(seconds=seconds, transcript=transcript):
            return f"[语音 {seconds:.0f}″] {transcript or ''}".rstrip()
        case VideoBody():
            return "[视频]"
        case CardBody(title=title, url=url):
            return f"[卡片] {title} {url or ''}".rstrip()
        case ChoicesBody(text=text, choices=choices):
            return "\n".join([text, *(f"{number}. {choice.label}" for number, choice in enumerate(choices, 1))])
        case SystemBody(event="recalled"):
            return "[消息已撤回]"
        case SystemBody(event="removed"):
            return "[消息已移除]"
        case SystemBody(event=event):
            return f"[{event}]"


def media_of(body: Body) -> tuple[str, ...]:
    """Ids of the stored media a body shows."""
    if isinstance(body, TextBody):  # nearly all of them
        return ()
    match body:
        case ImageBody(media=media) | VoiceBody(media=media):
            return (media,)
        case VideoBody(media=media, poster=poster):
            return (media, poster) if poster else (media,)
        case _:
            return ()


def kind_of_media(body: Body, media: str) -> tuple[str, str]:
    """Which member of a body shows this media, and of what kind it must be."""
    if isinstance(body, VideoBody) and media != body.media:
        return "poster", ImageBody.kind
    return "media", body.kind


class Auto(msgspec.Struct, frozen=True, gc=False):
    """Marks an automatic message: the rule, its name, the seq it answers, the rule set's version."""

    rule: str
    rule_name: str
    cause: int
    version: int


class AuthorRole(StrEnum):
    """In what capacity a message was written."""

    FOLLOWER = "follower"
    OPERATOR = "operator"
    MODERATOR = "moderator"
    OWNER = "owner"
    BOT = "bot"
    SYSTEM = "system"


class Message(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A stored message. `body` is the JSON of its kind, kept as it was stored; `at` in milliseconds."""

    conversation: str
    seq: int
    author: str
    author_name: str
    role: AuthorRole
    key: str
    kind: str
    body: msgspec.Raw
    at: int
    reply_to: int | None = None
    auto: Auto | None = None
    recalled_by: str | None = None


class Change(msgspec.Struct, frozen=True, gc=False):
    """What became of messages after they were posted: `recalled` by their author, `removed` by a moderator, `restored`. `seqs` ascend."""

    seqs: tuple[int, ...]
    change: str
    by: str


def change_of(author: str, by: str) -> str:
    """What it is called when somebody took a message away."""
    return "recalled" if by == author else "removed"


class DeskState(StrEnum):
    """Who looks after a direct conversation."""

    BOT = "bot"
    WAITING = "waiting"
    OPERATOR = "operator"
    CLOSED = "closed"


class ChatOpen(StrEnum):
    """With whom an account talks."""

    FOLLOWERS = "followers"
    EVERYONE = "everyone"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """All that decides whether somebody may speak in a direct conversation, as one value."""

    conversation: str
    account: str
    account_name: str
    buyer: str
    following: bool
    chat_open: ChatOpen
    staff: dict[str, Role]
    desk: DeskState
    operator: str | None

    def role_of(self, person: str) -> Role | None:
        """What this person is here, or None for somebody who may not even know of the conversation."""
        if person == self.buyer:
            return Role.FOLLOWER if self.following else Role.VISITOR
        return self.staff.get(person)


def may_speak(standing: Standing, person: str, role: Role | None) -> HubError | None:
    """The verdict on a message by a person with this role in a conversation (`Standing.role_of`), without I/O; None allows it.

    A buyer speaks while following, or always where the account is open to everyone. An operator speaks where nobody
    else holds the conversation; the owner speaks anywhere.
    """
    if role is Role.FOLLOWER or (role is Role.VISITOR and standing.chat_open is ChatOpen.EVERYONE):
        return None
    if role is Role.VISITOR:
        return NotFollowing("关注后才能和这个账号聊天。", "Follow the account to chat with it.")
    if role is Role.OWNER or (role is Role.OPERATOR and standing.operator in {None, person}):
        return None
    if role is Role.OPERATOR:
        return Forbidden("这个会话由其他客服接待中，请先转接。", "Another operator holds this conversation; ask for a transfer.")
    return Forbidden("你不能在这个会话里发言。", "You may not speak in this conversation.")


def may_recall(message: Message, person: str, now: int) -> HubError | None:
    """The verdict on recalling a message: one's own, within two minutes."""
    if message.author != person:
        return Forbidden("只能撤回自己的消息。", "Only your own messages can be recalled.")
    if now - message.at > RECALL_WINDOW_MS:
        return Closed("超过两分钟，不能撤回了。", "The two minutes for recalling it are over.")
    return None
