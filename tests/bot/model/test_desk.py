"""The desk's table of legal moves, places in the queue, and who is least loaded."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.basics import Conflict
from bot.model.desk import MOVES, Move, Waiting, after, expected_wait_s, least_loaded, position
from bot.model.talk import DeskState

LEGAL = {
    DeskState.BOT: {
        Move.HAND_OFF: DeskState.WAITING,
        Move.CLAIM: DeskState.OPERATOR,
        Move.ASSIGN: DeskState.OPERATOR,
        Move.CLOSE: DeskState.CLOSED,
    },
    DeskState.WAITING: {
        Move.CLAIM: DeskState.OPERATOR,
        Move.ASSIGN: DeskState.OPERATOR,
        Move.REQUEUE: DeskState.WAITING,
        Move.HAND_BACK: DeskState.BOT,
        Move.CLOSE: DeskState.CLOSED,
    },
    DeskState.OPERATOR: {
        Move.ASSIGN: DeskState.OPERATOR,
        Move.TRANSFER: DeskState.OPERATOR,
        Move.REQUEUE: DeskState.WAITING,
        Move.RELEASE: DeskState.WAITING,
        Move.HAND_BACK: DeskState.BOT,
        Move.CLOSE: DeskState.CLOSED,
    },
    DeskState.CLOSED: {Move.CLAIM: DeskState.OPERATOR, Move.REOPEN: DeskState.BOT},
}

PLACES = st.lists(st.tuples(st.integers(0, 50), st.uuids().map(str)), unique_by=lambda place: place[1], max_size=30)


@pytest.mark.parametrize(("state", "move"), list(itertools.product(DeskState, Move)))
def test_a_move_leads_where_the_table_says_or_is_a_conflict(state: DeskState, move: Move) -> None:
    """Every pair of state and move is either legal with one result, or refused with both words in the sentence."""
    expected = LEGAL[state].get(move)
    if expected is not None:
        assert after(state, move) is expected
        return
    with pytest.raises(Conflict) as refusal:
        after(state, move)
    assert str(state) in refusal.value.en
    assert str(move) in refusal.value.en
    assert refusal.value.data == {"state": str(state)}


def test_no_state_is_a_dead_end() -> None:
    """From every state every other one can be reached."""
    for start in DeskState:
        reached = {start}
        for _ in DeskState:
            reached |= {result for (state, _), result in MOVES.items() if state in reached}
        assert reached == set(DeskState)


@given(PLACES)
def test_positions_are_dense_from_one_and_oldest_first(places: list[tuple[int, str]]) -> None:
    """Whatever order the queue is read in, who waits longest is first and no place is missing or shared."""
    queue = [Waiting(conversation, since) for since, conversation in places]
    found = {place.conversation: position(queue, place.conversation) for place in queue}
    assert sorted(number for number in found.values() if number is not None) == list(range(1, len(queue) + 1))
    by_place = sorted(queue, key=lambda place: found[place.conversation] or 0)
    assert [place.since for place in by_place] == sorted(place.since for place in queue)
    assert position(queue, "somebody else") is None


def test_the_expected_wait_is_not_guessed() -> None:
    """Nobody present or no history: no number."""
    assert expected_wait_s(1, [30.0], 0) is None
    assert expected_wait_s(1, [], 3) is None


def test_the_expected_wait_is_the_median_scaled_by_the_place() -> None:
    """The first in line waits the median; those behind wait more, less so the more operators are present."""
    waits = [10.0, 600.0, 30.0]
    assert expected_wait_s(1, waits, 2) == 30
    assert expected_wait_s(3, waits, 2) == 60
    assert expected_wait_s(3, waits, 1) == 90
    assert expected_wait_s(1, [0.0], 1) == 1


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 9), min_size=1), st.sampled_from("abcdefg"))
def test_the_least_loaded_is_never_the_excluded_one(loads: dict[str, int], excluded: str) -> None:
    """Nobody else has fewer conversations; a tie goes to the smaller id; the excluded one is never chosen."""
    chosen = least_loaded(loads, exclude=excluded)
    others = {person: load for person, load in loads.items() if person != excluded}
    assert chosen == (min(others, key=lambda person: (others[person], person)) if others else None)
