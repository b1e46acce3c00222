"""Everything that happens, as small frozen values in the past tense, published after the commit.

A fact names what changed and carries enough for a client to be told without another read. `topics` of a `Ring` say who
is concerned: `p:<person>`, `c:<conversation>`, `d:<account>` (its desk), `a:<account>` (caches of the account),
`hub` (every process).
"""

import msgspec

from bot.model.desk import Desk
from bot.model.people import Verb, may
from bot.model.talk import Message, Standing


class MessagePosted(msgspec.Struct, frozen=True, gc=False, tag="message_posted"):
    """A message is durable."""

    message: Message


class MessageRecalled(msgspec.Struct, frozen=True, tag="message_recalled"):
    """An author took a message back."""

    conversation: str
    seq: int
    by: str


class MessagesChanged(msgspec.Struct, frozen=True, kw_only=True, tag="messages_changed"):
    """A moderator removed messages, or had them restored: `removed`, `restored`. `seqs` ascend; there is at least one."""

    conversation: str
    seqs: tuple[int, ...]
    change: str
    by: str


class ReadMoved(msgspec.Struct, frozen=True, tag="read_moved"):
    """A person's read mark went forward."""

    conversation: str
    person: str
    seq: int


class Typed(msgspec.Struct, frozen=True, tag="typed"):
    """Somebody is typing; never stored."""

    conversation: str
    person: str


class Onlooker(msgspec.Struct, frozen=True):
    """A member of staff who looks at a conversation."""

    id: str
    name: str


class Looked(msgspec.Struct, frozen=True, tag="looked"):
    """Somebody of the staff began or ceased to look at a conversation: all who look at it now. Never stored."""

    conversation: str
    looking: tuple[Onlooker, ...]


class DeskMoved(msgspec.Struct, frozen=True, tag="desk_moved"):
    """A conversation moved on the desk, or its place in the queue changed."""

    desk: Desk


class FollowChanged(msgspec.Struct, frozen=True, tag="follow_changed"):
    """A person followed or unfollowed an account."""

    account: str
    person: str
    following: bool


class AccountChanged(msgspec.Struct, frozen=True, tag="account_changed"):
    """An account, its staff or its teams changed: caches drop it."""

    account: str


class RulesPublished(msgspec.Struct, frozen=True, tag="rules_published"):
    """An account speaks by a new version of its rules."""

    account: str
    version: int


class MemberChanged(msgspec.Struct, frozen=True, kw_only=True, tag="member_changed"):
    """Somebody came into a group, went, or something was done to them: `joined`, `left`, `removed`, `banned`, `unbanned`, `muted`, `unmuted`, `role`."""

    group: str
    account: str
    person: str
    change: str
    by: str
    until: int | None = None
    reason: str = ""
    role: str | None = None


class GroupChanged(msgspec.Struct, frozen=True, kw_only=True, tag="group_changed"):
    """Something about a group as a whole changed: `edited`, `announced`, `silence`, `pins`, `dissolved`."""

    group: str
    account: str
    what: str


class FiltersChanged(msgspec.Struct, frozen=True, tag="filters_changed"):
    """Lists of words changed: those of one conversation of an account, or, without one, those of the account."""

    account: str
    conversation: str | None


class Noticed(msgspec.Struct, frozen=True, kw_only=True, tag="noticed"):
    """A person should look at something: `invited` into a group, `approved`, `declined`, `warned`, `pardoned`, a `mention` in a message, their message
    under this `key` `refused`; for those who keep order a `report`, whose case is `ref`, messages that are `held`, or a `raid`; an `appeal` that is `ref`,
    on both sides of it. `by` is empty where it is not to be told.
    """

    kind: str
    group: str
    by: str = ""
    seq: int | None = None
    reason: str = ""
    ref: str | None = None
    key: str | None = None


class SessionRevoked(msgspec.Struct, frozen=True, tag="session_revoked"):
    """A staff session ended: its sockets close."""

    session: str


Fact = (
    MessagePosted
    | MessageRecalled
    | MessagesChanged
    | ReadMoved
    | Typed
    | Looked
    | DeskMoved
    | FollowChanged
    | AccountChanged
    | RulesPublished
    | MemberChanged
    | GroupChanged
    | FiltersChanged
    | Noticed
    | SessionRevoked
)

HUB_TOPIC = "hub"


class Ring(msgspec.Struct, frozen=True, gc=False):
    """A fact on its way to those concerned. `id` lets a process that hears it on two topics deliver it once."""

    id: str
    topics: tuple[str, ...]
    fact: Fact


def of_direct(standing: Standing) -> tuple[str, ...]:
    """The topics of a direct conversation: the buyer, staff looking at it, and whoever holds it, unless they work here no more."""
    buyer, looking, holder = to_person(standing.buyer), to_conversation(standing.conversation), standing.operator
    return (buyer, looking, to_person(holder)) if holder is not None and _may_read(standing, holder) else (buyer, looking)


def _may_read(standing: Standing, staff: str) -> bool:
    role = standing.staff.get(staff)
    return role is not None and may(Verb.TALK_READ, role)


def to_person(person: str) -> str:
    """The topic of one person's devices."""
    return f"p:{person}"


def to_conversation(conversation: str) -> str:
    """The topic of those looking at a conversation."""
    return f"c:{conversation}"


def to_desk(account: str) -> str:
    """The topic of staff watching an account's queue."""
    return f"d:{account}"


def to_account(account: str) -> str:
    """The topic of those who keep something of the account in memory."""
    return f"a:{account}"
