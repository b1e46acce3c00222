"""The check after a replay finds every way in which a log can break its promises, and none in a log that keeps them."""

from pathlib import Path
from typing import Any

import pytest

from channels.client import Heard
from channels.replay import Acked, DialogueFault, Plan, Played, read_dialogues
from channels.replay_check import Faults, compare, spread
from channels.wire import Author, AutoMark

BUYER, OPERATOR, BOT = Author("b", "b", "follower"), Author("staff:1", "o", "operator"), Author("bot:a", "shop", "bot")


def _stored(seq: int, author: Author = BUYER, text: str | None = None, auto: AutoMark | None = None) -> Heard:
    said = f"text {seq}" if text is None else text
    return Heard("c", seq, author, "text", {"text": said}, "2026-01-01T00:00:00.000Z", said, auto=auto)


def _acked(seq: int, author: str = "b") -> Acked:
    return Acked(seq, author, f"k{seq}", f"text {seq}")


def _faults(acked: list[Acked], stored: list[Heard], unsure: int = 0) -> dict[str, int]:
    found = compare(Played("b", "c", acked, unsure=unsure), stored)
    names = ("missing", "doubled", "disordered", "gaps", "doubled_answers")
    return {name: getattr(found, name) for name in names if getattr(found, name)}


def _answer(seq: int, cause: int, text: str = "hello") -> Heard:
    return _stored(seq, BOT, text, AutoMark("r", "greeting", cause, 1))


def test_a_log_that_keeps_its_promises_has_no_faults() -> None:
    """Two people, answers between, two messages of one rule for one cause."""
    stored = [_stored(1), _answer(2, 1), _answer(3, 1, "more"), _stored(4, OPERATOR), _stored(5), _answer(6, 5)]

    assert _faults([_acked(1), _acked(4, "staff:1"), _acked(5)], stored) == {}


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ([_stored(1)], {"missing": 1}),
        ([_stored(1), _stored(2, text="something else")], {"missing": 1, "doubled": 1}),
        ([_stored(1), _stored(2, OPERATOR)], {"missing": 1, "doubled": 1}),
        ([_stored(1), _stored(2), _stored(3, text="text 2")], {"doubled": 1}),
        ([_stored(1), _stored(2), _stored(4, BOT)], {"gaps": 1}),
        ([_stored(2), _stored(1)], {"gaps": 2}),
        ([_stored(1), _stored(2), _answer(3, 2), _answer(4, 2)], {"doubled_answers": 1}),
    ],
    ids=["lost", "another text", "another author", "twice", "gap", "disorder in the log", "answered twice"],
)
def test_every_breach_is_found(stored: list[Heard], expected: dict[str, int]) -> None:
    """Two messages of the buyer were acknowledged at 1 and 2."""
    assert _faults([_acked(1), _acked(2)], stored) == expected


def test_acknowledged_in_another_order_than_said_is_disorder() -> None:
    """The client waited for each acknowledgement, so the later message must have the later place."""
    assert _faults([_acked(2), _acked(1)], [_stored(1), _stored(2)]) == {"disordered": 1}


def test_a_turn_without_an_answer_may_have_been_stored_once() -> None:
    """It explains one message more than was acknowledged, and no more."""
    assert _faults([_acked(1)], [_stored(1), _stored(2)], unsure=1) == {}
    assert _faults([_acked(1)], [_stored(1), _stored(2), _stored(3)], unsure=1) == {"doubled": 1}


def test_faults_add_up_and_keep_a_few_examples() -> None:
    """A report of a thousand faults is readable."""
    total = Faults()
    for number in range(20):
        total.add(Faults(missing=1, examples=[str(number)]))

    assert (total.missing, total.total, total.examples) == (20, 20, ["0", "1", "2", "3", "4"])


def test_spread_takes_the_nearest_rank() -> None:
    """Milliseconds; nothing measured is zero."""
    measured = spread([number / 1000 for number in range(1, 101)])

    assert (measured.count, measured.p50, measured.p99) == (100, 51.0, 100.0)
    assert spread([]).count == 0


def test_clients_spread_over_the_addresses() -> None:
    """Each begins with another one and knows them all."""
    plan = Plan(urls=("a", "b"), account="demo", run="r")

    assert [plan.urls_from(number) for number in range(3)] == [("a", "b"), ("b", "a"), ("a", "b")]


def _file(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "dialogues.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


GOOD = '{"id": "d1", "turns": [{"role": "buyer", "text": "在吗", "intent": "x"}, {"role": "seller", "text": "在的"}], "source": "s"}'


def test_dialogues_are_read_up_to_a_limit(tmp_path: Path) -> None:
    """Members that replay does not need are ignored, as are empty lines."""
    path = _file(tmp_path, GOOD, "", GOOD, GOOD)

    assert [turn.text for turn in read_dialogues(path)[0].turns] == ["在吗", "在的"]
    assert len(read_dialogues(path, 2)) == 2


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{", ":2: Input data was truncated"),
        ('{"id": "d", "turns": [{"role": "cat", "text": "x"}]}', ":2: Invalid enum value 'cat' - at `$.turns[0].role`"),
        ('{"id": "d", "turns": [{"role": "buyer", "text": ""}]}', ":2: turns[0].text has 0 characters"),
        ('{"id": "d"}', ":2: Object missing required field `turns`"),
    ],
)
def test_a_line_that_is_no_dialogue_is_named(tmp_path: Path, line: str, expected: str) -> None:
    """The fault tells file, line and member."""
    with pytest.raises(DialogueFault) as caught:
        read_dialogues(_file(tmp_path, GOOD, line))

    assert expected in str(caught.value)


@pytest.mark.parametrize("content", [None, ""])
def test_no_file_or_an_empty_one_is_a_fault(tmp_path: Path, content: Any) -> None:
    """A replay of nothing would prove nothing."""
    path = tmp_path / "absent.jsonl" if content is None else _file(tmp_path, content)

    with pytest.raises(DialogueFault, match=str(path)):
        read_dialogues(path)
