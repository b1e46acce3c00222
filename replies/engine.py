"""Deciding what to say to one event: guards, layers, one winner, and the reasons for all of it.

Pure and deterministic: the same rules, event, context and moment give the same decision. First what silences every rule,
then the layers follow · first · keyword · offhours · default (`waiting` comes by time); in `keyword` one winner by a total
order: priority, mode, longest text matched, score, id. Where only a question is resembled, and not surely or two equally, it asks
back, with up to three names. What a buyer asks twice, and what nobody answers, goes to people.
"""

from replies import guards, memory
from replies.case import Case
from replies.company import answer_in_company
from replies.compiled import ReadyRule, RuleSet, compile_rules
from replies.decision import Candidate, Context, Decision, Heard, Memory, Outgoing, Reason, Said, Trace, trace_json
from replies.layers import best_keyword, first_of, first_that_may

__all__ = [
    "Candidate",
    "Context",
    "Decision",
    "Heard",
    "Memory",
    "Outgoing",
    "Reason",
    "RuleSet",
    "Said",
    "Trace",
    "compile_rules",
    "decide",
    "trace_json",
]


def decide(rules: RuleSet, heard: Heard, context: Context, now: int) -> Decision:
    """What to do about one event, at a moment in milliseconds UTC. Never raises, whatever the text."""
    case = Case(rules, heard, context, now)
    guard = guards.of_author(heard) or guards.of_standing(heard, context)
    if guard is not None:
        return case.silent(guard, guard=guard)
    if heard.event == "follow":
        return _greet(case)
    if heard.event == "waiting":
        return _remind(case)
    return answer_in_company(case) if heard.place == "group" else _answer(case)


def _greet(case: Case) -> Decision:
    """Somebody followed: the one `follow` rule that may speak, and not the same words again to who comes and goes."""
    if guard := guards.of_rate(case.memory, case.now):
        return case.silent(guard, guard=guard)
    winner, _ = first_of(case, "follow")
    if winner is None:
        return case.silent(Reason.NO_ANSWER)
    return case.silent(Reason.REPEATED) if case.repeats([winner]) else case.speak([winner])


def _remind(case: Case) -> Decision:
    """Time passed in the queue: the latest reminder that is due, once in each wait; earlier ones are then past."""
    since = case.context.waiting_since
    if not case.queued or since is None:
        return case.silent(Reason.NOT_WAITING)
    if guard := guards.of_rate(case.memory, case.now):
        return case.silent(guard, guard=guard)
    case.memory = memory.waiting(case.memory, since)
    due = [ready for ready in case.rules.layers.get("waiting", ()) if (ready.rule.after_s or 0) * 1_000 <= case.now - since]
    fresh = [ready for ready in due if ready.rule.id not in case.memory.waited]
    winner, _ = first_that_may(case, fresh)
    if winner is None:
        return case.silent(Reason.SAID if due and not fresh else Reason.NO_ANSWER)
    case.memory = memory.reminding(case.memory, [ready.rule.id for ready in fresh])
    return case.speak([winner])


def _answer(case: Case) -> Decision:
    """A buyer wrote."""
    case.read()
    case.note()
    if case.memory.pair >= guards.PAIR_TURNS:
        return case.people(Reason.PAIR_BREAKER, guard=Reason.PAIR_BREAKER)
    if guard := guards.of_rate(case.memory, case.now):
        return case.silent(guard, guard=guard)
    if not case.rules.hears_messages:
        return case.people(Reason.NO_RULES)
    case.match()
    first, _ = first_of(case, "first") if case.heard.first and not case.queued else (None, False)
    keyword, cooling, unsure = best_keyword(case)
    if unsure and _may_ask(case, first):
        return case.ask(first, unsure)
    winners = [ready for ready in (first, keyword) if ready is not None]
    if not winners and not cooling and not case.queued and case.context.account_open is False:
        offhours, cooling = first_of(case, "offhours")
        winners = [offhours] if offhours is not None else []
    if not winners:
        return _unanswered(case, cooling=cooling)
    return case.people(Reason.REPEATED) if case.repeats(winners) else case.speak(winners)


def _unanswered(case: Case, *, cooling: bool) -> Decision:
    """No layer answered: `default` the first time, people the second. `cooling`: a rule knew the answer, and gave it just now."""
    if case.queued:
        return case.silent(Reason.COOLDOWN if cooling else Reason.IN_QUEUE)
    if case.memory.unanswered + 1 >= memory.UNANSWERED_LIMIT:
        return case.people(Reason.UNANSWERED)
    limited = memory.default_is_recent(case.memory, case.now)
    if not cooling and not limited:
        winner, _ = first_of(case, "default")
        if winner is not None:
            return case.speak([winner])
    reason = Reason.COOLDOWN if cooling else Reason.NO_ANSWER
    if reason is Reason.NO_ANSWER and limited:
        reason = Reason.DEFAULT_LIMIT
    case.memory = memory.missing(case.memory)
    return case.silent(reason)


def _may_ask(case: Case, first: ReadyRule | None) -> bool:
    """Whether to ask which question is meant: not where people are called or are about to be."""
    handed = first is not None and bool(first.rule.then.hand_off)
    return not case.queued and not handed and case.memory.unanswered + 1 < memory.UNANSWERED_LIMIT
