"""What the rules would answer, offered to a person who answers instead.

Pure, and by the engine's own parts: the same guards, the same matches, the same total order. Only nothing is decided:
several rules are offered, the doubtful behind the sure, and nothing is remembered.
"""

import msgspec

from intents.keywords import Mode
from replies import guards
from replies.case import Case, drawn, rank
from replies.compiled import Match, RuleSet
from replies.decision import Context, Heard, Outgoing


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """A rule, how it was found, and its messages as they would be sent. `sure`: the engine might answer by it; else it would ask."""

    rule: str
    rule_name: str
    mode: Mode
    score: float
    sure: bool
    messages: tuple[Outgoing, ...]


def suggest(rules: RuleSet, heard: Heard, context: Context, now: int, most: int) -> tuple[Suggestion, ...]:
    """What the keyword rules have to say to a message, the likeliest first; nothing where a guard would silence them all."""
    case = Case(rules, heard, context, now)
    if guards.of_author(heard) or guards.of_standing(heard, context) or guards.of_rate(context.memory, now) or not rules.hears_messages:
        return ()
    case.read()
    if case.memory.pair >= guards.PAIR_TURNS:
        return ()
    case.match()
    ranked = [*sorted(case.found.sure.values(), key=rank), *sorted(case.found.doubtful.values(), key=rank)]
    may = [match for match in ranked if match.ready.rule.layer == "keyword" and match.ready.messages and case.why_not(match.ready) is None]
    return tuple(_suggestion(match, heard, context, sure=match.ready.rule.id in case.found.sure) for match in may[:most])


def _suggestion(match: Match, heard: Heard, context: Context, *, sure: bool) -> Suggestion:
    rule = match.ready.rule
    messages = tuple(message.outgoing(context.names) for message in drawn(match.ready, heard, context.memory))
    return Suggestion(rule=rule.id, rule_name=rule.name, mode=match.hit.mode, score=round(match.score, 3), sure=sure, messages=messages)
