"""Two rule sets side by side: what differs in the rules, and what that would have changed for messages that were really sent."""

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from intents.vocabulary import NOTHING, Vocabulary
from replies.compiled import RuleSet
from replies.decision import Context, Decision, Heard, Outcome
from replies.engine import decide
from replies.shapes import Rule

PAIRS_LIMIT = 5_000
"""Different changes of answer that are told apart; those that come later are only counted."""

EXAMPLES = 3
EXAMPLE_CHARACTERS = 200
"""Different messages kept for each change of answer, and how much of one."""

_KNOWN = 2
"""That a rule knew the answer, as opposed to silence and to what is said whatever was written."""

Change = Literal["newly_answered", "changed", "newly_silent"]


class Named(msgspec.Struct, frozen=True):
    """A rule by id and name."""

    id: str
    name: str


class MemberChange(msgspec.Struct, frozen=True):
    """A member of a rule that differs, such as `when.any`: its JSON in the one set and in the other."""

    member: str
    before: object
    after: object


class RuleChange(msgspec.Struct, frozen=True):
    """A rule that is in both sets and not the same; `name` as it is in the second."""

    id: str
    name: str
    members: tuple[MemberChange, ...]


class Diff(msgspec.Struct, frozen=True):
    """What one set has and another has not, by id, in the order of the rules. The order itself means nothing to the engine.

    `vocabulary`: the members of the account's vocabulary that differ.
    """

    added: tuple[Named, ...]
    removed: tuple[Named, ...]
    changed: tuple[RuleChange, ...]
    vocabulary: tuple[MemberChange, ...] = ()


def diff(before: Sequence[Rule], after: Sequence[Rule], words: tuple[Vocabulary, Vocabulary] = (NOTHING, NOTHING)) -> Diff:
    """What became of one set in another, and of the vocabulary of the one in that of the other."""
    old, new = {rule.id: rule for rule in before}, {rule.id: rule for rule in after}
    both = [(old[rule.id], rule) for rule in after if rule.id in old and old[rule.id] != rule]
    return Diff(
        added=tuple(Named(rule.id, rule.name) for rule in after if rule.id not in old),
        removed=tuple(Named(rule.id, rule.name) for rule in before if rule.id not in new),
        changed=tuple(RuleChange(rule.id, rule.name, tuple(_members(was, rule, ""))) for was, rule in both),
        vocabulary=tuple(_members(*words, "")),
    )


def _members(before: object, after: object, path: str) -> Iterator[MemberChange]:
    """The members that differ, as deep as both are objects."""
    if before == after:
        return
    if isinstance(before, msgspec.Struct) and type(before) is type(after):
        for field, member in zip(before.__struct_fields__, before.__struct_encode_fields__, strict=True):
            yield from _members(getattr(before, field), getattr(after, field), f"{path}.{member}" if path else member)
    else:
        yield MemberChange(path, _json(before), _json(after))


def _json(value: object) -> object:
    found: object = msgspec.json.decode(msgspec.json.encode(value))
    return found


class Answer(msgspec.Struct, frozen=True):
    """Who answered: the rules that spoke, or that were offered where it asked back; none where it was silent."""

    outcome: Outcome
    rules: tuple[str, ...]


class Example(msgspec.Struct, frozen=True):
    """A message that was really sent: the beginning of its text, its id, and when it was sent, in milliseconds UTC."""

    text: str
    message: str
    at: int


class Row(msgspec.Struct, frozen=True):
    """One change of answer, how often it happened, and some messages to which it did. The same rules with other words are a change too."""

    change: Change
    before: Answer
    after: Answer
    count: int
    examples: tuple[Example, ...]


class Report(msgspec.Struct, frozen=True):
    """What a replay came to, the commonest changes first. `answered_before` and `answered_after` count messages that a rule knew an answer to."""

    heard: int
    answered_before: int
    answered_after: int
    newly_answered: int
    changed: int
    newly_silent: int
    rows: tuple[Row, ...]
    more: int
    """Messages whose change has no row."""

    names: dict[str, str]
    """The names of the rules in the rows, by id: as in the second set, or else as in the first."""


class _Pair:
    """One change of answer while it is counted."""

    __slots__ = ("count", "examples")

    def __init__(self) -> None:
        self.count = 0
        self.examples: list[Example] = []


class Replay:
    """Hears messages one by one, and asks two rule sets about each. Nothing is remembered from one message to the next.

    A rule that listens for nothing (a greeting, a `default`) is less than an answer, and more than silence: a message that goes up
    from one of these to the next is newly answered, one that goes down newly silent.
    """

    def __init__(self, before: RuleSet, after: RuleSet) -> None:
        self._before = before
        self._after = after
        self._pairs: dict[tuple[Change, Answer, Answer], _Pair] = {}
        self._counts: dict[Change, int] = {"newly_answered": 0, "changed": 0, "newly_silent": 0}
        self._heard = 0
        self._answered = [0, 0]
        self._listening = [_listening(before), _listening(after)]
        self._untold = 0

    def hear(self, heard: Heard, context: Context, now: int) -> None:
        """One message, as things stood at a moment in milliseconds UTC."""
        decisions = [decide(rules, heard, context, now) for rules in (self._before, self._after)]
        before, after = map(_answer, decisions)
        self._heard += 1
        was, would_be = (_level(answer, listening) for answer, listening in zip((before, after), self._listening, strict=True))
        self._answered[0] += was == _KNOWN
        self._answered[1] += would_be == _KNOWN
        change = _change(would_be - was, same=before == after and _words(decisions[0]) == _words(decisions[1]))
        if change is not None:
            self._counts[change] += 1
            self._note((change, before, after), heard, now)

    def report(self, rows: int = 200) -> Report:
        """What was found so far, with so many rows at most."""
        order = sorted(self._pairs.items(), key=lambda item: (-item[1].count, item[0][0], item[0][1].rules, item[0][2].rules))
        told = {rule for (_, before, after), _ in order[:rows] for rule in (*before.rules, *after.rules)}
        known = (ready.rule for rules in (self._before, self._after) for ready in rules.rules)
        return Report(
            heard=self._heard,
            answered_before=self._answered[0],
            answered_after=self._answered[1],
            newly_answered=self._counts["newly_answered"],
            changed=self._counts["changed"],
            newly_silent=self._counts["newly_silent"],
            rows=tuple(Row(*key, pair.count, tuple(pair.examples)) for key, pair in order[:rows]),
            more=sum(pair.count for _, pair in order[rows:]) + self._untold,
            names={rule.id: rule.name for rule in known if rule.id in told},
        )

    def _note(self, key: tuple[Change, Answer, Answer], heard: Heard, now: int) -> None:
        if key not in self._pairs and len(self._pairs) >= PAIRS_LIMIT:
            self._untold += 1
            return
        pair = self._pairs.setdefault(key, _Pair())
        pair.count += 1
        example = Example(heard.text[:EXAMPLE_CHARACTERS], heard.message_id, now)
        if len(pair.examples) < EXAMPLES and example.text not in {one.text for one in pair.examples}:
            pair.examples.append(example)


def _answer(decision: Decision) -> Answer:
    return Answer(decision.outcome, (*decision.trace.winners, *decision.trace.choices))


def _words(decision: Decision) -> list[object]:
    """What the buyer sees of it."""
    return [decision.outcome, decision.team, *(said.messages for said in decision.says)]


def _listening(rules: RuleSet) -> frozenset[str]:
    """The rules that wait for something to be said."""
    return frozenset(ready.rule.id for ready in rules.rules if ready.rule.when.any or ready.rule.when.similar)


def _level(answer: Answer, listening: frozenset[str]) -> int:
    """Silence, something said whatever was written, or an answer."""
    return _KNOWN if not listening.isdisjoint(answer.rules) else int(bool(answer.rules))


def _change(rise: int, *, same: bool) -> Change | None:
    """What became of an answer; None where the buyer sees no difference."""
    if rise:
        return "newly_answered" if rise > 0 else "newly_silent"
    return None if same else "changed"
