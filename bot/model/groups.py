"""Groups of an account: what people are in them, and the one table of who may do what, to whom."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from bot.model.order import Order, Poster
from bot.model.people import STAFF_PREFIX, Role

CAPACITY = 500
CAPACITY_LIMIT = 20_000
HISTORY = 100
"""Messages before their joining that a member of an open group sees."""

PINS_LIMIT = 10
MUTE_LIMIT_S = 30 * 86_400
SANCTION_LIMIT_S = 366 * 86_400
CALLS_A_DAY = 3
"""How often in 24 hours a group's moderators may call everyone."""

BOT_PREFIX = "bot:"
SYSTEM = "system"
"""Who acts where nobody did: the hub itself. Nobody can sign in under this id."""

KEPT_MS = 30 * 86_400_000
"""How long moderators keep the history of a group that was dissolved."""

Reason = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S", description="Why; the log keeps it, and whoever is concerned is told.")]


class GroupRole(StrEnum):
    """What somebody is in one group. Owners are the account's own; an outsider is anybody who is not in it."""

    OWNER = "owner"
    MODERATOR = "moderator"
    MEMBER = "member"
    BOT = "bot"
    OUTSIDER = "outsider"


class Joining(StrEnum):
    """How a follower comes in."""

    OPEN = "open"
    APPROVAL = "approval"
    INVITATION = "invitation"


class Act(StrEnum):
    """What may be done to a person of a group, or to one outside of it."""

    INVITE = "invite"
    APPROVE = "approve"
    DECLINE = "decline"
    REMOVE = "remove"
    BAN = "ban"
    UNBAN = "unban"
    MUTE = "mute"
    UNMUTE = "unmute"
    APPOINT = "appoint"
    DEMOTE = "demote"
    WARN = "warn"
    PURGE = "purge"
    RESTORE = "restore"


class Deed(StrEnum):
    """What may be done to a group as a whole."""

    READ = "read"
    POST = "post"
    CALL_ALL = "call_all"
    PIN = "pin"
    ANNOUNCE = "announce"
    SILENCE = "silence"
    ORDER = "order"
    OVERSEE = "oversee"
    EDIT = "edit"
    DISSOLVE = "dissolve"


_NOBODY: frozenset[GroupRole] = frozenset()
_OUTSIDER = frozenset({GroupRole.OUTSIDER})
_MEMBER = frozenset({GroupRole.MEMBER})
_BELOW_OWNER = frozenset({GroupRole.MODERATOR, GroupRole.MEMBER})
_MODERATORS = frozenset({GroupRole.OWNER, GroupRole.MODERATOR})
_INSIDE = _MODERATORS | {GroupRole.MEMBER}

SANCTIONS: dict[Act, dict[GroupRole, frozenset[GroupRole]]] = {
    Act.INVITE: {GroupRole.OWNER: _OUTSIDER, GroupRole.MODERATOR: _OUTSIDER, GroupRole.BOT: _OUTSIDER},
    Act.APPROVE: {GroupRole.OWNER: _OUTSIDER, GroupRole.MODERATOR: _OUTSIDER},
    Act.DECLINE: {GroupRole.OWNER: _OUTSIDER, GroupRole.MODERATOR: _OUTSIDER},
    Act.REMOVE: {GroupRole.OWNER: _BELOW_OWNER, GroupRole.MODERATOR: _MEMBER},
    Act.BAN: {GroupRole.OWNER: _BELOW_OWNER | _OUTSIDER, GroupRole.MODERATOR: _MEMBER | _OUTSIDER},
    Act.UNBAN: {GroupRole.OWNER: _OUTSIDER, GroupRole.MODERATOR: _OUTSIDER},
    Act.MUTE: {GroupRole.OWNER: _BELOW_OWNER, GroupRole.MODERATOR: _MEMBER},
    Act.UNMUTE: {GroupRole.OWNER: _BELOW_OWNER | _OUTSIDER, GroupRole.MODERATOR: _MEMBER | _OUTSIDER},
    Act.APPOINT: {GroupRole.OWNER: _MEMBER},
    Act.DEMOTE: {GroupRole.OWNER: frozenset({GroupRole.MODERATOR})},
    Act.WARN: {GroupRole.OWNER: _BELOW_OWNER, GroupRole.MODERATOR: _MEMBER},
    Act.PURGE: {GroupRole.OWNER: _BELOW_OWNER | _OUTSIDER, GroupRole.MODERATOR: _MEMBER | _OUTSIDER},
    Act.RESTORE: {GroupRole.OWNER: _BELOW_OWNER | _OUTSIDER, GroupRole.MODERATOR: _MEMBER | _OUTSIDER},
}
"""Who may do an act, and to whom; what is not here is refused. No act reaches an owner, so the last one always stays."""

DEEDS: dict[Deed, frozenset[GroupRole]] = {
    Deed.READ: _INSIDE | {GroupRole.BOT},
    Deed.POST: _INSIDE | {GroupRole.BOT},
    Deed.CALL_ALL: _MODERATORS,
    Deed.PIN: _MODERATORS,
    Deed.ANNOUNCE: _MODERATORS,
    Deed.SILENCE: _MODERATORS,
    Deed.ORDER: _MODERATORS,
    Deed.OVERSEE: _MODERATORS,
    Deed.EDIT: frozenset({GroupRole.OWNER}),
    Deed.DISSOLVE: frozenset({GroupRole.OWNER}),
}


def may_sanction(actor: GroupRole, act: Act, target: GroupRole, *, oneself: bool = False) -> bool:
    """Whether somebody may do this to somebody: never upwards, never to oneself, never to an owner."""
    return not oneself and target in SANCTIONS.get(act, {}).get(actor, _NOBODY)


def may_do(role: GroupRole, deed: Deed) -> bool:
    """Whether somebody of this role may do this to the group."""
    return role in DEEDS.get(deed, _NOBODY)


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """A person in a group: since when, from where on they see its messages, and their mute, which ends by itself.

    `visible_after`: the seq after which they see messages. `posts` and `last_at`: see `Poster`. `hushed`: they want no notices of it.
    """

    group: str
    person: str
    role: GroupRole
    joined_at: int
    joined_seq: int
    visible_after: int
    posts: int = 0
    last_at: int | None = None
    muted_until: int | None = None
    mute_reason: str = ""
    hushed: bool = False


class Muting(msgspec.Struct, frozen=True):
    """Until when somebody may not post, and why."""

    until: int | None
    reason: str


class GroupStanding(msgspec.Struct, frozen=True, kw_only=True):
    """All that decides about a group as a whole; what concerns one person is their `Membership`."""

    conversation: str
    account: str
    account_name: str
    name: str
    joining: Joining
    members: int
    order: Order
    dissolved: bool
    staff: dict[str, Role]

    def place(self, person: str, membership: Membership | None, mute: Muting | None = None) -> "Place":
        """What a person is here. `mute`: of staff who moderate without having joined; that of others is in their membership."""
        role = role_in(person, self.staff.get(person), None if membership is None else membership.role)
        return Place(self, person, membership, role, _poster(role, membership, mute))


class Place(msgspec.Struct, frozen=True):
    """A person before a group: what they are in it, and what they are as somebody who wants to post."""

    standing: GroupStanding
    person: str
    membership: Membership | None
    role: GroupRole
    as_poster: Poster

    @property
    def trusted(self) -> bool:
        """Whether they moderate it."""
        return self.as_poster.trusted

    @property
    def may_post(self) -> bool:
        """Whether they are somebody who may post here at all; `order.may_post` tells whether now."""
        return self.as_poster.inside and not self.standing.dissolved

    @property
    def visible_after(self) -> int:
        """After which seq they see messages: moderators see all."""
        return 0 if self.trusted or self.membership is None else self.membership.visible_after

    def poster(self) -> Poster:
        """Them as somebody who wants to post."""
        return self.as_poster


def _poster(role: GroupRole, mine: Membership | None, mute: Muting | None) -> Poster:
    trusted, inside = role in _MODERATORS, role in DEEDS[Deed.POST]
    if mine is None:
        until, reason = (None, "") if mute is None else (mute.until, mute.reason)
        return Poster(trusted=trusted, inside=inside, muted_until=until, mute_reason=reason)
    return Poster(
        trusted=trusted,
        inside=inside,
        since=mine.joined_at,
        posts=mine.posts,
        last_at=mine.last_at,
        muted_until=mine.muted_until,
        mute_reason=mine.mute_reason,
    )


def role_in(person: str, staff: Role | None, member: GroupRole | None) -> GroupRole:
    """What somebody is in a group: the account's owners own it, its moderators moderate it, others are what their membership says, if they have one.

    Staff of no such account are outsiders whatever a row says: who was dismissed is out.
    """
    if staff is Role.OWNER:
        return GroupRole.OWNER
    if staff is Role.MODERATOR:
        return GroupRole.MODERATOR
    if person.startswith(BOT_PREFIX):
        return GroupRole.BOT
    if member is None or (staff is None and person.startswith(STAFF_PREFIX)):
        return GroupRole.OUTSIDER
    return GroupRole.MEMBER if staff is not None else member


def moderators_of(staff: Mapping[str, Role]) -> list[str]:
    """Who of an account's staff moderates all its groups."""
    return [person for person, role in staff.items() if role in {Role.OWNER, Role.MODERATOR}]


def visible_after(joining: Joining, head: int) -> int:
    """After which seq somebody sees messages who joins now: the last hundred of an open group, else only what comes."""
    return max(0, head - HISTORY) if joining is Joining.OPEN else head
