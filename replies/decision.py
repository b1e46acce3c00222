"""What the engine is told, what it remembers, and what it answers: plain frozen values that can be stored as JSON."""

from enum import StrEnum
from typing import Literal

import msgspec

from intents.keywords import Mode

Place = Literal["direct", "group"]
AuthorKind = Literal["buyer", "staff", "bot", "auto"]
Event = Literal["message", "follow", "waiting"]
Desk = Literal["bot", "waiting", "operator", "closed"]
Outcome = Literal["answer", "choices", "hand_off", "silent"]


class Reason(StrEnum):
    """Why a rule did not speak, why nothing was said, or why people were called."""

    AUTHOR_STAFF = "author_staff"
    AUTHOR_BOT = "author_bot"
    AUTHOR_AUTO = "author_auto"
    DEPTH = "depth"
    OPERATOR = "operator"
    RECALLED = "recalled"
    BUYER_MUTED = "buyer_muted"
    PAIR_BREAKER = "pair_breaker"
    CAP = "cap"
    NOT_ADDRESSED = "not_addressed"

    RULE_MUTED = "rule_muted"
    PLACE = "place"
    CHANNEL = "channel"
    AUDIENCE = "audience"
    HOURS = "hours"
    COOLDOWN = "cooldown"
    NONE = "none"
    DEFAULT_LIMIT = "default_limit"
    SAID = "said"
    NOT_WAITING = "not_waiting"

    ASKED = "asked"
    NO_RULES = "no_rules"
    NO_ANSWER = "no_answer"
    UNSURE = "unsure"
    REPEATED = "repeated"
    UNANSWERED = "unanswered"
    IN_QUEUE = "in_queue"


class Memory(msgspec.Struct, frozen=True, omit_defaults=True):
    """What must be remembered of one conversation; times in milliseconds UTC.

    `cooldowns`: rule to the end of its cooldown. `turns`: rule to how often it spoke in rotation. `said_at`: when it was
    answered automatically in the last minute. `last`, `last_at`: fingerprint and time of the last automatic answer.
    `heard`, `heard_at`: fingerprints of the latest different messages, and when the last came. `pair`: turns in a row in
    which the other side only repeated itself; `pair_at`: the `last_at` of the turn counted last. `waited`: waiting rules
    said since `waiting_since`. `answered`, `answered_at`: the rules that answered last, as long as what the buyer says next
    tells whether that helped.
    """

    cooldowns: dict[str, int] = {}
    turns: dict[str, int] = {}
    said_at: tuple[int, ...] = ()
    default_at: int = 0
    unanswered: int = 0
    last: str = ""
    last_at: int = 0
    heard: tuple[str, ...] = ()
    heard_at: int = 0
    pair: int = 0
    pair_at: int = 0
    waiting_since: int = 0
    waited: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    answered_at: int = 0


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What happened: a message (`text` is empty for a picture), a follow, or time passing in the queue.

    `first`: the conversation's first message. `recalled`: taken back before it could be answered; then without its text.
    `addressed`: the bot is named, in a group, where `text` is without the name. `author` tells those in a group apart. `depth`: how many automatic
    messages led to this one, where a channel tells. `message_id` seeds what is drawn, so a decision can be repeated.
    """

    text: str = ""
    kind: str = "text"
    place: Place = "direct"
    event: Event = "message"
    first: bool = False
    recalled: bool = False
    addressed: bool = False
    author: str = ""
    author_kind: AuthorKind = "buyer"
    depth: int = 0
    message_id: str = ""
    seq: int = 0


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """How things stand. `account_open` is None where the account has no opening hours; `names` fills templates.

    `buyer_muted`: they want to hear nothing that they did not ask. `waiting_since` in milliseconds UTC, for the event `waiting`. `channel` is the way the buyer came in.
    """

    desk: Desk = "bot"
    account_open: bool | None = None
    buyer_muted: bool = False
    buyer_tags: frozenset[str] = frozenset()
    channel: str = "app"
    waiting_since: int | None = None
    names: dict[str, str] = {}
    memory: Memory = Memory()


class Outgoing(msgspec.Struct, frozen=True):
    """One message to send: its kind and the JSON of its body, as the wire has them."""

    kind: str
    body: dict[str, object]


class Said(msgspec.Struct, frozen=True):
    """What one rule says."""

    rule: str
    rule_name: str
    messages: tuple[Outgoing, ...]


class Invite(msgspec.Struct, frozen=True):
    """Into which group a rule invites whoever it answers."""

    group: str
    rule: str
    rule_name: str


class Invited(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of an invitation: a card was shown, or it was left out because of this."""

    group: str
    left_out: Literal["no_group", "not_following", "banned", "inside", "full"] | None = None


class Candidate(msgspec.Struct, frozen=True, omit_defaults=True):
    """A rule that was considered. `spans` are half-open, in code points of the text as it was written.

    `blocked` names the guard that kept it silent; otherwise `beaten_by` and `beaten_on` (priority, mode, length, score,
    id) say what spoke instead, and neither stands for a rule that spoke.
    """

    rule: str
    name: str
    layer: str
    priority: int = 0
    mode: Mode | None = None
    pattern: str = ""
    length: int = 0
    score: float = 0.0
    spans: tuple[tuple[int, int], ...] = ()
    blocked: Reason | None = None
    beaten_by: str | None = None
    beaten_on: str | None = None


class Trace(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why it was decided so. `guard` is what stopped the message before any rule; `us` microseconds, stamped by the caller.

    At most 20 candidates are kept; `more` counts the rest. `choices`: the rules that were offered, where it asked back.
    `addressed`: the bot was named, in a group. `invited`: what became of the invitation that a rule gives.
    """

    version: int
    outcome: Outcome
    event: Event = "message"
    place: Place = "direct"
    addressed: bool = False
    reason: Reason | None = None
    guard: Reason | None = None
    normal: str = ""
    words: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    more: int = 0
    winners: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    invited: Invited | None = None
    us: float = 0.0


class Decision(msgspec.Struct, frozen=True):
    """What to do. `says` in order; then, where `hand_off`, the conversation goes to people (of `team`).

    `outcome` is `hand_off` whenever people are called, whether or not something is said first. `memory` is what to
    remember next; the very same object as was given where nothing changed. `tags`: what to tag the buyer with, each with
    the rule that asks for it. `private`: what is said, in a group, is for the eyes of whoever asked alone.
    """

    outcome: Outcome
    memory: Memory
    trace: Trace
    says: tuple[Said, ...] = ()
    hand_off: bool = False
    team: str | None = None
    tags: dict[str, str] = {}
    invite: Invite | None = None
    private: bool = False

    @property
    def reason(self) -> Reason | None:
        """Why it is silent or calls people; None for a plain answer."""
        return self.trace.reason


def trace_json(trace: Trace) -> bytes:
    """The trace as it is stored."""
    return msgspec.json.encode(trace)
