"""The seller's guide cannot lie: its examples are rules, its tables are the code's."""

import re
from pathlib import Path
from typing import get_args

import msgspec

from intents.keywords import MATCHED, STRENGTH, Mode
from replies import memory, shapes
from replies.engine import Reason
from replies.finding import Code
from replies.guards import CAP, PAIR_TURNS
from replies.hours import Hours, compile_hours
from replies.lab import Change
from replies.rules import parse_rules
from replies.templates import NAMES
from tests.replies.shop import Talk

GUIDE = (Path(__file__).parents[2] / "docs/rules.md").read_text("utf-8")
BLOCKS = re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)


def table(heading: str) -> list[str]:
    """The names in backticks in the first column of the table under a heading."""
    section = GUIDE.split(f"\n## {heading}", 1)[1].split("\n## ", 1)[0]
    return [name for row in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)]


def test_the_first_example_does_what_it_says() -> None:
    """It is read, answers the question beside it, and leaves the other alone."""
    rules = parse_rules(BLOCKS[0])

    assert Talk(*rules).hear("亲，什麼時候能發貨呀？").outcome == "answer"
    assert Talk(*rules).hear("发票什么时候发").outcome == "silent"


def test_the_example_of_similar_questions_does_what_it_says() -> None:
    """It answers other words for the same, and is silent to something else."""
    rules = parse_rules(BLOCKS[1])

    assert Talk(*rules).hear("请问多久可以送到呀").outcome == "answer"
    assert Talk(*rules).hear("衣服会缩水吗").outcome == "silent"


def test_the_example_of_hours_is_hours() -> None:
    """As it stands."""
    assert compile_hours(msgspec.json.decode(BLOCKS[2], type=Hours)) is not None


def test_the_modes_are_those_that_match() -> None:
    """In order of strength; the others are named as refused."""
    assert table("Modes") == [str(mode) for mode in sorted(MATCHED, key=STRENGTH.__getitem__)]
    assert all(f"`{mode}`" in GUIDE for mode in Mode)


def test_layers_names_and_reasons_are_those_of_the_code() -> None:
    """No more and no fewer."""
    assert sorted(table("Layers")) == sorted(get_args(shapes.Layer))
    assert sorted(table("What a rule says")) == sorted(NAMES)
    assert sorted(table("When people are called")) == sorted(Reason)


def test_what_lint_finds_and_replay_counts_is_all_in_the_tables() -> None:
    """No more and no fewer."""
    assert sorted(table("Working on rules")) == sorted([*Code, *get_args(Change)])


def test_the_limits_are_those_of_the_code() -> None:
    """Figures of the last section, and those in the sentences."""
    limits = GUIDE.split("\n## Limits", 1)[1]

    for figure in (shapes.RULES_LIMIT, shapes.PATTERNS_LIMIT, shapes.PATTERN_CHARACTERS_LIMIT, shapes.TEXT_LIMIT):
        assert f"{figure:,}" in limits
    assert f"{shapes.BYTES_LIMIT // 1_048_576} MiB" in limits
    assert f"{shapes.MESSAGES_LIMIT} messages" in limits
    assert (CAP, PAIR_TURNS, memory.UNANSWERED_LIMIT) == (10, 5, 2)
    assert memory.REPEAT_WINDOW_MS == memory.DEFAULT_EVERY_MS == 3_600_000
