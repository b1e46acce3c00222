"""Cases: what is said against somebody in one place, and what came of it."""

from typing import Any, Literal

import msgspec

SIGNALS_KEPT = 200
"""Signals of one case that are kept; more are counted."""

EXCERPT_LIMIT = 4_000
AROUND = 5
"""Messages before and after the one that is reported, kept as evidence."""

KEPT_MS = 180 * 86_400_000
"""How long a case is kept after it was decided."""

TOLD_EVERY_MS = 60_000
"""Moderators are told of a case at most this often."""

HUB_QUEUE = "hub"
"""The queue of reports about accounts: the operator of the hub reads it."""

SignalKind = Literal["report", "filter", "flood", "raid"]


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """Something that speaks against somebody: a report, a hit of a filter, a flood, a raid.

    `conversation` is where, None for an account or a person outside of conversations. `offender` is a person, the group's own id for a
    group, the account's own id for an account. `by` is the reporter. `seq` is the message it is about, `held` the id of one that waits for
    a moderator. `text` is an excerpt of at most 4,000 characters; `at` in milliseconds.
    """

    account: str
    conversation: str | None
    offender: str
    kind: SignalKind
    at: int
    by: str | None = None
    seq: int | None = None
    held: str | None = None
    text: str = ""
    detail: dict[str, Any] = {}

    @property
    def queue(self) -> str:
        """Whose matter it is: the account's, or the hub's where the account itself is reported."""
        return HUB_QUEUE if self.offender == self.account else self.account

    @property
    def place(self) -> str | None:
        """The conversation of the case: reports of an account are one case, wherever they come from."""
        return None if self.offender == self.account else self.conversation


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it stood when it became evidence. `body` is that of its kind, absent where it is long and only beside the point."""

    seq: int
    author: str
    author_name: str
    role: str
    kind: str
    text: str
    at: int
    body: dict[str, Any] | None = None
    recalled: bool = False
