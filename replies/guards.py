"""What keeps the bot silent, each with its own name: guards of a message, and guards of one rule."""

from replies.compiled import ReadyRule
from replies.decision import Context, Heard, Memory, Reason

MAX_DEPTH = 5
"""Automatic messages that may have led to the one heard."""

PAIR_TURNS = 5
"""Turns in a row in which the other side only repeats itself before the bot takes it for another bot."""

CAP = 10
CAP_WINDOW_MS = 60_000
"""Automatic answers in one conversation, in a minute."""

_AUTHORS = {"staff": Reason.AUTHOR_STAFF, "bot": Reason.AUTHOR_BOT, "auto": Reason.AUTHOR_AUTO}


def of_author(heard: Heard) -> Reason | None:
    """Only what a buyer writes is ever answered, and does not take back: a rule must never hear a rule, nor correct a colleague."""
    if heard.author_kind in _AUTHORS:
        return _AUTHORS[heard.author_kind]
    if heard.recalled:
        return Reason.RECALLED
    return Reason.DEPTH if heard.depth >= MAX_DEPTH else None


def of_standing(heard: Heard, context: Context) -> Reason | None:
    """An operator holds the conversation, or the buyer muted the account and asked nothing."""
    if context.desk == "operator":
        return Reason.OPERATOR
    return Reason.BUYER_MUTED if context.buyer_muted and heard.event != "message" else None


def of_rate(memory: Memory, now: int) -> Reason | None:
    """Too many automatic answers in the last minute."""
    recent = sum(now - at < CAP_WINDOW_MS for at in memory.said_at)
    return Reason.CAP if recent >= CAP else None


def of_rule(ready: ReadyRule, heard: Heard, context: Context, now: int) -> Reason | None:
    """Why this rule may not speak here and now, to this buyer; None lets it."""
    rule = ready.rule
    if not rule.enabled:
        return Reason.RULE_MUTED
    if heard.place not in rule.where:
        return Reason.PLACE
    if heard.place == "group" and not (heard.addressed or (rule.unaddressed and ready.listens)):
        return Reason.NOT_ADDRESSED
    if rule.channels and context.channel not in rule.channels:
        return Reason.CHANNEL
    if ready.tags and ready.tags.isdisjoint(context.buyer_tags):
        return Reason.AUDIENCE
    if ready.opening is not None and not ready.opening.is_open(now):
        return Reason.HOURS
    return Reason.COOLDOWN if context.memory.cooldowns.get(rule.id, 0) > now else None
