"""Who people are to an account, and the one table of who may do what."""

from enum import StrEnum

import msgspec


class Role(StrEnum):
    """What a person is to one account. `FOLLOWER` and `VISITOR` are buyers; the first three are staff."""

    OWNER = "owner"
    OPERATOR = "operator"
    MODERATOR = "moderator"
    FOLLOWER = "follower"
    VISITOR = "visitor"


STAFF = frozenset({Role.OWNER, Role.OPERATOR, Role.MODERATOR})
STAFF_PREFIX = "staff:"


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """An authenticated caller. Staff ids begin with `staff:`, which no shop token may claim."""

    person: str
    name: str
    avatar: str | None = None
    session: str | None = None
    expires_at: int = 0
    lang: str = "zh"

    @property
    def is_staff(self) -> bool:
        """Signed in with a password, as opposed to a buyer of the shop app."""
        return self.person.startswith(STAFF_PREFIX)


class Verb(StrEnum):
    """Every act that touches an account or a conversation of it."""

    ACCOUNT_READ = "account.read"
    ACCOUNT_CREATE = "account.create"
    ACCOUNT_EDIT = "account.edit"
    STAFF_READ = "staff.read"
    STAFF_EDIT = "staff.edit"
    FOLLOW = "follow"
    FOLLOWERS_READ = "followers.read"
    TAGS_EDIT = "tags.edit"
    TAGS_DELETE = "tags.delete"
    NOTES_EDIT = "notes.edit"
    TALK_OPEN = "talk.open"
    TALK_READ = "talk.read"
    TALK_SEND = "talk.send"
    TALK_RECALL = "talk.recall"
    TRACE_READ = "trace.read"
    MEDIA_UPLOAD = "media.upload"
    DESK_READ = "desk.read"
    DESK_CLAIM = "desk.claim"
    DESK_ASSIGN = "desk.assign"
    DESK_TRANSFER = "desk.transfer"
    DESK_HAND_BACK = "desk.hand_back"
    DESK_CLOSE = "desk.close"
    TEAMS_EDIT = "teams.edit"
    CANNED_READ = "canned.read"
    CANNED_EDIT = "canned.edit"
    STATS_READ = "stats.read"
    GROUPS_READ = "groups.read"
    GROUPS_CREATE = "groups.create"
    FILTERS_READ = "filters.read"
    FILTERS_EDIT = "filters.edit"
    RULES_READ = "rules.read"
    RULES_EDIT = "rules.edit"
    RULES_REPLAY = "rules.replay"


_ALL = frozenset(Role)
_BUYERS = frozenset({Role.FOLLOWER, Role.VISITOR})
_DESK = frozenset({Role.OWNER, Role.OPERATOR})
_OWNER = frozenset({Role.OWNER})
_MODERATORS = frozenset({Role.OWNER, Role.MODERATOR})

MAY: dict[Verb, frozenset[Role]] = {
    Verb.ACCOUNT_READ: _ALL,
    Verb.ACCOUNT_CREATE: _OWNER,
    Verb.ACCOUNT_EDIT: _OWNER,
    Verb.STAFF_READ: STAFF,
    Verb.STAFF_EDIT: _OWNER,
    Verb.FOLLOW: _BUYERS,
    Verb.FOLLOWERS_READ: _DESK,
    Verb.TAGS_EDIT: _DESK,
    Verb.TAGS_DELETE: _OWNER,
    Verb.NOTES_EDIT: _DESK,
    Verb.TALK_OPEN: _BUYERS,
    Verb.TALK_READ: _BUYERS | _DESK,
    Verb.TALK_SEND: _BUYERS | _DESK,
    Verb.TALK_RECALL: _BUYERS | _DESK,
    Verb.TRACE_READ: _DESK,
    Verb.MEDIA_UPLOAD: _ALL,
    Verb.DESK_READ: _DESK,
    Verb.DESK_CLAIM: _DESK,
    Verb.DESK_ASSIGN: _DESK,
    Verb.DESK_TRANSFER: _DESK,
    Verb.DESK_HAND_BACK: _DESK,
    Verb.DESK_CLOSE: _DESK,
    Verb.TEAMS_EDIT: _OWNER,
    Verb.CANNED_READ: _DESK,
    Verb.CANNED_EDIT: _DESK,
    Verb.STATS_READ: _DESK,
    Verb.GROUPS_READ: _ALL,
    Verb.GROUPS_CREATE: _OWNER,
    Verb.FILTERS_READ: _MODERATORS,
    Verb.FILTERS_EDIT: _MODERATORS,
    Verb.RULES_READ: _DESK,
    Verb.RULES_EDIT: _OWNER,
    Verb.RULES_REPLAY: _DESK,
}


def may(verb: Verb, role: Role) -> bool:
    """Whether a person of this role may do this; a verb that is not in the table is refused."""
    return role in MAY.get(verb, frozenset())
