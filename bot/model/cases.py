"""Cases: what is said against somebody in one place, and what came of it."""

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

SIGNALS_KEPT = 200
"""Signals of one case that are kept; more are counted."""

EXCERPT_LIMIT = 4_000
AROUND = 5
"""Messages before and after the one that is reported, kept as evidence."""

KEPT_MS = 180 * 86_400_000
"""How long a case is kept after it was decided."""

IDLE_MS = 30 * 86_400_000
"""After so long without anything new, and in nobody's hands, a case is closed by the hub."""

TOLD_EVERY_MS = 60_000
"""Moderators are told of a case at most this often."""

UNDO_MS = 86_400_000
"""How long a decision and a purge may be undone."""

PURGE_LIMIT = 1_000
"""Messages that one purge removes."""

PURGE_WINDOW_S = 7 * 86_400
"""How far back a purge reaches."""

CLAIM_MS = 15 * 60_000
"""After so long a claim lapses by itself."""

REPORT_LIMITS = ((1, 5), (3, 300), (10, 3_600), (24, 86_400))
"""How many reports of one person in how many seconds; all of them hold."""

LADDER_DAYS = 90
"""Decisions older than this weigh no more."""

HUB_QUEUE = "hub"
"""The queue of reports about accounts: the operator of the hub reads it."""

SignalKind = Literal["report", "filter", "flood", "repeat", "raid"]
Why = Literal["spam", "abuse", "fraud", "adult", "other"]
Verdict = Literal["dismiss", "warn", "mute", "remove", "ban"]
State = Literal["open", "claimed", "decided"]


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """Something that speaks against somebody: a report, a hit of a filter, a flood, the same text again and again, a raid.

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


class Earlier(msgspec.Struct, frozen=True):
    """Something that was done to somebody before. `seconds`: for how long, None where it has no end; `at` in milliseconds."""

    act: str
    seconds: int | None
    at: int


class Step(msgspec.Struct, frozen=True):
    """A rung of the ladder: what to do, and for how many seconds."""

    act: Verdict
    seconds: int | None = None


LADDER = (Step("warn"), Step("mute", 3_600), Step("mute", 86_400), Step("ban", 30 * 86_400), Step("ban"))


def suggested(earlier: Sequence[Earlier], now: int) -> Step:
    """The rung above the highest that somebody stood on in the last 90 days; the lowest for who did nothing, the highest again for who was there."""
    since = now - LADDER_DAYS * 86_400_000
    highest = max((_rung(one) for one in earlier if one.at > since), default=-1)
    return LADDER[min(highest + 1, len(LADDER) - 1)]


def _rung(one: Earlier) -> int:
    match one.act:
        case "warn":
            return 0
        case "mute":
            return 1 if one.seconds is not None and one.seconds <= 3_600 else 2
        case "remove":
            return 2
        case "ban":
            return 4 if one.seconds is None else 3
        case _:
            return -1


def report_wait_s(earlier: Sequence[int], now: int) -> int:
    """After how many seconds somebody may report again who reported at these moments, the latest first; 0 for now."""
    waits = [(earlier[count - 1] + seconds * 1_000 - now + 999) // 1_000 for count, seconds in REPORT_LIMITS if len(earlier) >= count]
    return max(0, *waits) if waits else 0
