"""The table of Chinese cases, each decided by the engine as a buyer's only message."""

from collections import Counter

import pytest

from intents.keywords import Mode
from replies.decision import Decision
from replies.shapes import Rule
from tests.intents.test_cases import CASES
from tests.replies.chinese_cases import SECTIONS, Row
from tests.replies.shop import Talk, rule, strongest

ROWS = [(section, row) for section, rows in SECTIONS.items() for row in rows]


def rules_of(text: str) -> list[Rule]:
    """The rules a row is about."""
    return [_rule("abcdefgh"[number], patterns.split(" ; ")) for number, patterns in enumerate(text.split(" / "))]


def _rule(id_: str, patterns: list[str]) -> Rule:
    """One rule: `mode text`, `-mode text`, `?question`, `!priority`."""
    when: dict[str, list[object]] = {"any": [], "none": [], "similar": []}
    priority = 0
    for pattern in patterns:
        mode, _, text = pattern.partition(" ")
        if pattern.startswith("!"):
            priority = int(pattern[1:])
        elif pattern.startswith("?"):
            when["similar"].append(pattern[1:])
        else:
            when["none" if mode.startswith("-") else "any"].append({"mode": mode.removeprefix("-"), "text": text})
    return rule(id_, when=when, priority=priority)


def outcome(decision: Decision) -> str:
    """In the words of the table."""
    trace = decision.trace
    if trace.choices:
        return " ".join(("choices", *trace.choices))
    return f"{trace.winners[0]} {strongest(decision)}" if trace.winners else ""


def marked(decision: Decision, message: str) -> str:
    """The characters the trace marks for the rule that answered, as they were written; what touches is one piece."""
    best = next((one for one in decision.trace.candidates if one.rule in decision.trace.winners), None)
    joined: list[tuple[int, int]] = []
    for start, end in best.spans if best else ():
        if joined and joined[-1][1] == start:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
    return "|".join(message[start:end] for start, end in joined)


@pytest.mark.parametrize(("section", "row"), ROWS, ids=[f"{section} {number}" for section, rows in SECTIONS.items() for number in range(len(rows))])
def test_a_message_is_answered_as_the_table_says(section: str, row: Row) -> None:
    """By that rule, in that mode, with those characters marked; or not at all."""
    rules, message, expected, marks = row
    decision = Talk(*rules_of(rules)).hear(message)

    assert (outcome(decision), marked(decision, message)) == (expected, marks), section


def test_the_table_is_large_and_repeats_nothing() -> None:
    """Neither itself nor the table of single patterns."""
    single = {(f"{mode} {pattern}", message) for mode, pattern, message, _ in CASES}
    rows = Counter((row[0], row[1]) for _, row in ROWS)

    assert len(rows) >= 200
    assert [row for row, times in rows.items() if times > 1 or row in single] == []


def test_every_mode_answers_and_is_silent_in_the_table() -> None:
    """At least four times each."""
    answering = Counter(row[2].split()[1] for _, row in ROWS if row[2] and not row[2].startswith("choices"))
    silent = Counter("similar" if row[0].startswith("?") else row[0].split()[0] for _, row in ROWS if not row[2])

    assert {mode for mode in map(str, Mode) if answering[mode] < 4} == set()
    assert {mode for mode in map(str, Mode) if mode != "all" and silent[mode] < 4} == set()
