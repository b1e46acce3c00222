"""Rules as they come in: read, with every fault told in the caller's words, and compiled."""

from collections.abc import Sequence

import msgspec

from bot.model.basics import Invalid
from intents.vocabulary import Vocabulary
from replies.compiled import RuleSet, compile_rules
from replies.faults import RuleFault
from replies.rules import Rules, parse_rules
from replies.vocabulary import parse_vocabulary

NO_WORDS = "{}"
"""The vocabulary of an account that calls things as everybody does."""

Source = bytes | str | Sequence[object]
"""Rules as JSON text or as JSON already decoded."""


def parsed(source: Source) -> Rules:
    """The rules. Takes a while for a large set: run it in a thread.

    Raises:
        Invalid: a fault in the rules; `path` says where, `faults` lists them all.
    """
    try:
        return parse_rules(source)
    except RuleFault as fault:
        faults = [{"path": f"rules{one.path}", "zh": one.zh, "en": one.en} for one in fault.every]
        raise Invalid(fault.zh, fault.en, path=f"rules{fault.path}", faults=faults) from None


def checked(source: Source, vocabulary: str = NO_WORDS) -> tuple[str, RuleSet]:
    """The rules as they are stored, and compiled with a stored vocabulary. Raises as `parsed`; run it in a thread."""
    rules = parsed(source)
    return msgspec.json.encode(rules).decode(), compile_rules(rules, worded(vocabulary))


def worded(source: bytes | str) -> Vocabulary:
    """A vocabulary from JSON text.

    Raises:
        Invalid: a fault in it; `path` says where, `faults` lists them all.
    """
    try:
        return parse_vocabulary(source)
    except RuleFault as fault:
        faults = [{"path": f"vocabulary{one.path}", "zh": one.zh, "en": one.en} for one in fault.every]
        raise Invalid(fault.zh, fault.en, path=f"vocabulary{fault.path}", faults=faults) from None
