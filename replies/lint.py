"""What is doubtful about a rule set that is otherwise sound. It asks the engine instead of guessing, and never says who is right.

The work grows with the number of patterns and not with its square: what is compared is looked up in the compiled index, and
the engine is asked within a budget (`replies.probes`).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from itertools import chain

from replies.compiled import RuleSet
from replies.faults import RuleFault
from replies.finding import SEVERITIES, Code, Finding
from replies.lint_patterns import of_patterns, of_questions
from replies.lint_winners import of_winners
from replies.probes import Asking
from replies.shapes import Layer

_DIRECT: frozenset[Layer] = frozenset({"follow", "first", "waiting"})
EACH_MOST = 5_000
"""Findings of one sort."""

__all__ = ["Code", "Finding", "faulty", "lint"]


def lint(rules: RuleSet, now: int, teams: Collection[str] | None = None, groups: Collection[str] | None = None) -> tuple[Finding, ...]:
    """Everything found, the worst first, then in the order of the rules. Takes seconds for large sets: run it in a thread.

    `now` in milliseconds UTC: hours that are past open no more. `teams`: ids and names that `then.team` may give, `groups`: ids
    that `then.invite` may give; None where they are not known.
    """
    asking = Asking(rules, now)
    checks = (
        _of_hours(rules, now),
        _of_teams(rules, teams),
        _of_groups(rules, groups),
        _of_places(rules),
        of_patterns(asking),
        of_questions(rules),
        of_winners(asking),
    )
    found = _bounded(chain.from_iterable(checks))
    places = {ready.rule.id: place for place, ready in enumerate(rules.rules)}
    return tuple(sorted(found, key=lambda one: (SEVERITIES.index(one.severity), places.get(one.rule or "", len(places)))))


def faulty(fault: RuleFault) -> tuple[Finding, ...]:
    """The faults of a set that cannot be read, as findings: first they, then the rest."""
    return tuple(Finding(code=Code.FAULT, severity="error", path=f"rules{one.path}", zh=one.zh, en=one.en) for one in fault.every)


def _bounded(findings: Iterable[Finding]) -> Iterator[Finding]:
    """As many findings of each sort as anybody would read, and how many more there are."""
    counts: Counter[Code] = Counter()
    for finding in findings:
        counts[finding.code] += 1
        if counts[finding.code] <= EACH_MOST:
            yield finding
    for code, count in counts.items():
        if count > EACH_MOST:
            zh, en = f"还有 {count - EACH_MOST} 条“{code}”没有列出。", f"{count - EACH_MOST} more of {code} are not told."
            yield Finding(code=Code.NOT_ALL_TOLD, severity="hint", path="rules", zh=zh, en=en)


def _of_hours(rules: RuleSet, now: int) -> Iterator[Finding]:
    """Rules that never speak for want of an hour."""
    for place, ready in enumerate(rules.rules):
        opening = ready.opening
        if opening is None or not ready.rule.enabled or opening.next_open(now) is not None:
            continue
        path, rule = f"rules[{place}].hours", ready.rule.id
        if opening.end is not None and opening.end <= now:
            zh, en = "这条规则的有效期已过，不会再回答。", "The time of this rule is over: it will not speak again."
            yield Finding(code=Code.HOURS_OVER, severity="hint", path=f"{path}.until", rule=rule, zh=zh, en=en)
        else:
            zh, en = "这条规则的时间段是空的，永远不会回答。", "These hours never open: the rule will never speak."
            yield Finding(code=Code.NEVER_OPEN, severity="warning", path=path, rule=rule, zh=zh, en=en)


def _of_teams(rules: RuleSet, teams: Collection[str] | None) -> Iterator[Finding]:
    """Rules that hand off to a team that is not there."""
    for place, ready in enumerate(rules.rules):
        team = ready.rule.then.team
        if teams is not None and team is not None and team not in teams and ready.rule.enabled:
            zh, en = f"没有客服分组“{team}”，会转给任意客服。", f"There is no team {team!r}: anybody would be called."
            yield Finding(code=Code.NO_TEAM, severity="warning", path=f"rules[{place}].then.team", rule=ready.rule.id, zh=zh, en=en)


def _of_groups(rules: RuleSet, groups: Collection[str] | None) -> Iterator[Finding]:
    """Rules that invite into a group that is not there."""
    for place, ready in enumerate(rules.rules):
        group = ready.rule.then.invite
        if groups is not None and group is not None and group not in groups:
            zh, en = "没有这个小组，或小组已解散，不能发布。", "There is no such group, or it was dissolved: this cannot be published."
            yield Finding(code=Code.NO_GROUP, severity="error", path=f"rules[{place}].then.invite", rule=ready.rule.id, zh=zh, en=en)


def _of_places(rules: RuleSet) -> Iterator[Finding]:
    """Rules of layers that belong to direct conversations, for groups alone."""
    for place, ready in enumerate(rules.rules):
        if ready.rule.enabled and ready.rule.layer in _DIRECT and "direct" not in ready.rule.where:
            zh, en = "这一层只在私聊里说话，永远不会在小组里回答。", "This layer speaks in direct conversations alone: never in a group."
            yield Finding(code=Code.NEVER_HERE, severity="warning", path=f"rules[{place}].where", rule=ready.rule.id, zh=zh, en=en)
