"""Deciding in a group, where many write and most of it is not said to the bot.

It speaks when it is addressed, or by a rule that says it need not be. What was said to one member counts as said to them alone.
There is no desk here, so nobody is called for want of an answer: only a rule calls people.
"""

from replies import guards, memory
from replies.case import Case
from replies.compiled import ReadyRule
from replies.decision import Decision, Reason
from replies.layers import best_keyword, first_of


def answer_in_company(case: Case) -> Decision:
    """Somebody wrote in a group."""
    case.read()
    if case.heard.addressed:
        case.note()
    if guard := _guard(case):
        return case.silent(guard, guard=guard)
    case.match()
    winner, cooling, unsure = best_keyword(case)
    if unsure and not case.heard.addressed:
        return case.silent(Reason.UNSURE)
    if winner is None and not unsure:
        winner, cooling = _without_keyword(case, cooling=cooling)
        if winner is None:
            return case.silent(_why_silent(case, cooling=cooling))
    if not case.heard.addressed:
        case.note()
    if case.memory.pair >= guards.PAIR_TURNS:
        return case.silent(Reason.PAIR_BREAKER, guard=Reason.PAIR_BREAKER)
    if winner is None:
        return case.ask(None, unsure)
    return case.silent(Reason.REPEATED) if case.repeats([winner]) else case.speak([winner])


def _guard(case: Case) -> Reason | None:
    """What silences every rule: none is for groups, nobody spoke to the bot, or it speaks too much."""
    if not case.rules.hears_groups:
        return Reason.NO_RULES
    if not case.heard.addressed and not case.rules.hears_all:
        return Reason.NOT_ADDRESSED
    return guards.of_rate(case.memory, case.now)


def _without_keyword(case: Case, *, cooling: bool) -> tuple[ReadyRule | None, bool]:
    """What speaks where no keyword does: `offhours`, else `default`, each only where a rule of it is for groups."""
    if cooling:
        return None, True
    if case.context.account_open is False:
        winner, cooling = first_of(case, "offhours")
        if winner is not None or cooling:
            return winner, cooling
    if memory.default_is_recent(case.memory, case.now):
        return None, False
    return first_of(case, "default")


def _why_silent(case: Case, *, cooling: bool) -> Reason:
    if cooling:
        return Reason.COOLDOWN
    if not case.heard.addressed:
        return Reason.NOT_ADDRESSED
    return Reason.DEFAULT_LIMIT if memory.default_is_recent(case.memory, case.now) else Reason.NO_ANSWER
