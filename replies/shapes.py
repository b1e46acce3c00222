"""Rules as frozen values: exactly the JSON a seller saves, with the limit of every size, list and string.

Shapes and limits are in the types; `replies.rules` adds what a type cannot say. Members nobody knows are ignored, as
everywhere on the wire; a member that is known and not honoured by this release is refused, never dropped.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from intents.keywords import Keyword, Mode
from replies.hours import Hours

RULES_LIMIT = 10_000
PATTERNS_LIMIT = 200
SIMILAR_LIMIT = 200
MESSAGES_LIMIT = 5
BYTES_LIMIT = 16 * 1_024 * 1_024
PATTERN_CHARACTERS_LIMIT = 1_000_000
"""Characters of all patterns of one set together: what bounds the memory of a compiled set."""

TEXT_LIMIT = 4_000
TITLE_LIMIT = 200
CARD_TEXT_LIMIT = 1_000

# `$(?!\n)` and not `\Z`: it means the end to Python and to the JavaScript that OpenAPI speaks.
Id = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\s\x00-\x1f\x7f]+$(?!\n)")]
Name = Annotated[str, Meta(min_length=1, max_length=80)]
Tag = Annotated[str, Meta(min_length=1, max_length=20, pattern=r"^[^\s\x00-\x1f\x7f./\\]([^\x00-\x1f\x7f/\\]*[^\s\x00-\x1f\x7f/\\])?$(?!\n)")]
"""A word that an account sorts its followers by. It may stand in an address: no slashes, no dot first, no blank at either end."""

Tags = Annotated[tuple[Tag, ...], Meta(max_length=20)]
ChannelName = Annotated[str, Meta(min_length=1, max_length=32)]
PatternText = Annotated[str, Meta(min_length=1, max_length=200)]
Seconds = Annotated[int, Meta(ge=0, le=2_678_400)]
Text = Annotated[str, Meta(min_length=1, max_length=TEXT_LIMIT)]
Media = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$(?!\n)")]
Pixels = Annotated[int, Meta(ge=1, le=20_000)]

Layer = Literal["follow", "first", "keyword", "offhours", "waiting", "default"]
Place = Literal["direct", "group"]
Choose = Literal["all", "random", "rotate"]
Visible = Literal["room", "asker"]


class Pattern(msgspec.Struct, frozen=True):
    """One pattern of a rule; `Mode` says how it is compared."""

    mode: Mode
    text: PatternText

    def keyword(self) -> Keyword:
        """The pattern as the index takes it."""
        return Keyword(self.mode, self.text)


class When(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a message must say: any of `any` or like one of `similar`, and none of `none`."""

    any: Annotated[tuple[Pattern, ...], Meta(max_length=PATTERNS_LIMIT)] = ()
    none: Annotated[tuple[Pattern, ...], Meta(max_length=PATTERNS_LIMIT)] = ()
    similar: Annotated[tuple[PatternText, ...], Meta(max_length=SIMILAR_LIMIT)] = ()


class Audience(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whom a rule is for: buyers with any of these tags; no tags means everyone."""

    tags: Tags = ()


class TextMessage(msgspec.Struct, frozen=True, tag_field="kind", tag="text"):
    """Text, a template."""

    text: Text


class ImageMessage(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="kind", tag="image"):
    """A stored picture, with its size in pixels."""

    media: Media
    width: Pixels
    height: Pixels
    alt: Annotated[str, Meta(max_length=200)] | None = None


class CardMessage(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="kind", tag="card"):
    """A product, an order or a link; `title` and `text` are templates."""

    title: Annotated[str, Meta(min_length=1, max_length=TITLE_LIMIT)]
    text: Annotated[str, Meta(max_length=CARD_TEXT_LIMIT)] | None = None
    image: Annotated[str, Meta(max_length=2_000, pattern=r"^https?://")] | None = None
    url: Annotated[str, Meta(max_length=2_000, pattern=r"^https?://")] | None = None
    price: Annotated[str, Meta(max_length=40)] | None = None
    ref: Annotated[str, Meta(max_length=200)] | None = None


class Choice(msgspec.Struct, frozen=True):
    """One tappable answer: what it shows and what tapping it sends."""

    label: Annotated[str, Meta(min_length=1, max_length=80)]
    send: Annotated[str, Meta(min_length=1, max_length=500)]


class ChoicesMessage(msgspec.Struct, frozen=True, tag_field="kind", tag="choices"):
    """A question with tappable answers; `text` is a template."""

    text: Text
    choices: Annotated[tuple[Choice, ...], Meta(min_length=1, max_length=10)]


Message = TextMessage | ImageMessage | CardMessage | ChoicesMessage

TEMPLATED: dict[type[Message], dict[str, int]] = {
    TextMessage: {"text": TEXT_LIMIT},
    ImageMessage: {},
    CardMessage: {"title": TITLE_LIMIT, "text": CARD_TEXT_LIMIT},
    ChoicesMessage: {"text": TEXT_LIMIT},
}
"""The members of each kind that are templates, and how long they may come out."""


class Reply(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a rule says: all its messages in order, one drawn by the message heard, or one after the other in turn.

    `visible`: of what is said to somebody in a group, whether everyone in the room sees it, or whoever asked alone.
    """

    choose: Choose = "all"
    visible: Visible = "room"
    messages: Annotated[tuple[Message, ...], Meta(max_length=MESSAGES_LIMIT)] = ()


class Then(msgspec.Struct, frozen=True, omit_defaults=True):
    """What follows the reply: hand the conversation to people (of a team), invite the buyer into a group, put tags on them."""

    hand_off: bool | None = None
    team: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    invite: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    tag: Tags = ()


class Rule(msgspec.Struct, frozen=True, omit_defaults=True):
    """One rule. `cooldown_s` and `after_s` in seconds; `priority` high first."""

    id: Id
    name: Name
    layer: Layer
    enabled: bool = True
    priority: Annotated[int, Meta(ge=-1_000, le=1_000)] = 0
    when: When = When()
    where: Annotated[tuple[Place, ...], Meta(min_length=1, max_length=2)] = ("direct",)
    unaddressed: bool = False
    channels: Annotated[tuple[ChannelName, ...], Meta(max_length=20)] = ()
    audience: Audience = Audience()
    hours: Hours | None = None
    cooldown_s: Seconds = 0
    after_s: Annotated[int, Meta(ge=1, le=86_400)] | None = None
    reply: Reply = Reply()
    then: Then = Then()


Rules = tuple[Rule, ...]
