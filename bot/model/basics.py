"""Identifiers, time, and the closed tree of errors a caller may meet.

    HubError
      Invalid 400        Unauthenticated 401   Forbidden 403      NotFound 404
      Conflict 409       TooLarge 413          RateLimited 429    SlowMode 429
      Muted 403          Banned 403            Blocked 422        NotFollowing 403
      NotMember 403      Closed 409            Quota 429          Unavailable 503

The numbers above are for the reader; the program keeps them in `channels.http` alone.
"""

import secrets
import time
from typing import ClassVar, Literal

Lang = Literal["zh", "en"]

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def now_ms() -> int:
    """Milliseconds since 1970 in UTC, the only clock of actions and store."""
    return time.time_ns() // 1_000_000


def new_id() -> str:
    """A 20-character identifier: 10 of time, 10 random (50 bits), so that rows made together lie together."""
    number = (now_ms() << 50) | secrets.randbits(50)
    letters = [_ALPHABET[(number >> shift) & 31] for shift in range(95, -5, -5)]
    return "".join(letters)


class HubError(Exception):
    """Something a caller did or met, told by a code, a sentence in two languages, and data (`path`, `retry_after`, …)."""

    code: ClassVar[str] = "invalid"

    def __init__(self, zh: str, en: str, **data: object) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en
        self.data = data

    def message(self, lang: Lang) -> str:
        """The sentence in the caller's language."""
        return self.en if lang == "en" else self.zh


class Invalid(HubError):
    """The input is not what the verb takes; `path` names the member at fault."""

    code = "invalid"


class Unauthenticated(HubError):
    """No token, a bad one, an expired one, or a revoked session."""

    code = "unauthenticated"


class Forbidden(HubError):
    """The caller may see this but not do it."""

    code = "forbidden"


class NotFound(HubError):
    """Absent, or not for this caller to see: the two answer alike."""

    code = "not_found"


class Conflict(HubError):
    """The state has moved on, or the same key came with another body."""

    code = "conflict"


class TooLarge(HubError):
    """Over a size limit; `limit` says which, in bytes or characters."""

    code = "too_large"


class RateLimited(HubError):
    """Too fast; `retry_after` in seconds."""

    code = "rate_limited"


class SlowMode(HubError):
    """The group takes one message per interval; `retry_after` in seconds."""

    code = "slow_mode"


class Muted(HubError):
    """The caller is muted; `until` and `reason`."""

    code = "muted"


class Banned(HubError):
    """The caller is banned."""

    code = "banned"


class Blocked(HubError):
    """A filter refused the message; the word is not told."""

    code = "blocked"


class NotFollowing(HubError):
    """The account talks with its followers only."""

    code = "not_following"


class NotMember(HubError):
    """The caller is not in the group."""

    code = "not_member"


class Closed(HubError):
    """The thing is closed to new acts."""

    code = "closed"


class Quota(HubError):
    """A quota is used up; `resets_at` says until when."""

    code = "quota"


class Unavailable(HubError):
    """The hub cannot do it now; `retry_after` in seconds."""

    code = "unavailable"


ERRORS: tuple[type[HubError], ...] = (
    Invalid,
    Unauthenticated,
    Forbidden,
    NotFound,
    Conflict,
    TooLarge,
    RateLimited,
    SlowMode,
    Muted,
    Banned,
    Blocked,
    NotFollowing,
    NotMember,
    Closed,
    Quota,
    Unavailable,
)
