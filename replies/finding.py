"""What the lab finds in a rule set: where it is, how bad it is, and a sentence in two languages."""

from enum import StrEnum
from typing import Literal

import msgspec

Severity = Literal["error", "warning", "hint"]
"""`error`: the set cannot be saved; `warning`: it will hardly do what was meant; `hint`: worth a look."""

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "hint")


class Code(StrEnum):
    """What kind of finding it is."""

    FAULT = "fault"
    NEVER_WINS = "never_wins"
    SAME_PATTERN = "same_pattern"
    SAME_QUESTION = "same_question"
    REPEATED = "repeated"
    ONE_CHARACTER = "one_character"
    SPLIT_WORD = "split_word"
    MATCHES_EVERYTHING = "matches_everything"
    NONE_CANCELS = "none_cancels"
    NEARER_TO_OTHER = "nearer_to_other"
    ANSWERED_BY_OTHER = "answered_by_other"
    NEVER_OPEN = "never_open"
    HOURS_OVER = "hours_over"
    NO_TEAM = "no_team"
    NO_GROUP = "no_group"
    NEVER_HERE = "never_here"
    NOT_ALL_CHECKED = "not_all_checked"
    NOT_ALL_TOLD = "not_all_told"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One finding. `path` names the member, as in `rules[3].when.any[0]`; `rule` and `other` are ids of rules.

    `words`: what an account might add to its own words, so that the segmenter keeps it whole.
    """

    code: Code
    severity: Severity
    path: str
    rule: str | None = None
    other: str | None = None
    zh: str
    en: str
    words: tuple[str, ...] = ()
