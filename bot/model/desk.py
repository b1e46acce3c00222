"""The desk: the legal moves of a direct conversation between bot, queue, operator and closed."""

from enum import StrEnum

import msgspec

from bot.model.basics import Conflict
from bot.model.talk import DeskState


class Move(StrEnum):
    """What may happen to a conversation on the desk."""

    HAND_OFF = "hand_off"
    CLAIM = "claim"
    ASSIGN = "assign"
    TRANSFER = "transfer"
    REQUEUE = "requeue"
    RELEASE = "release"
    HAND_BACK = "hand_back"
    CLOSE = "close"
    REOPEN = "reopen"


MOVES: dict[tuple[DeskState, Move], DeskState] = {
    (DeskState.BOT, Move.HAND_OFF): DeskState.WAITING,
    (DeskState.BOT, Move.CLAIM): DeskState.OPERATOR,
    (DeskState.BOT, Move.ASSIGN): DeskState.OPERATOR,
    (DeskState.BOT, Move.CLOSE): DeskState.CLOSED,
    (DeskState.WAITING, Move.CLAIM): DeskState.OPERATOR,
    (DeskState.WAITING, Move.ASSIGN): DeskState.OPERATOR,
    (DeskState.WAITING, Move.REQUEUE): DeskState.WAITING,
    (DeskState.WAITING, Move.HAND_BACK): DeskState.BOT,
    (DeskState.WAITING, Move.CLOSE): DeskState.CLOSED,
    (DeskState.OPERATOR, Move.ASSIGN): DeskState.OPERATOR,
    (DeskState.OPERATOR, Move.TRANSFER): DeskState.OPERATOR,
    (DeskState.OPERATOR, Move.REQUEUE): DeskState.WAITING,
    (DeskState.OPERATOR, Move.RELEASE): DeskState.WAITING,
    (DeskState.OPERATOR, Move.HAND_BACK): DeskState.BOT,
    (DeskState.OPERATOR, Move.CLOSE): DeskState.CLOSED,
    (DeskState.CLOSED, Move.CLAIM): DeskState.OPERATOR,
    (DeskState.CLOSED, Move.REOPEN): DeskState.BOT,
}
"""Every legal move; `REQUEUE` puts a conversation into a team's queue, `RELEASE` takes it from an absent operator."""


def after(state: DeskState, move: Move) -> DeskState:
    """The state a move leads to.

    Raises:
        Conflict: the move is not legal from this state.
    """
    result = MOVES.get((state, move))
    if result is None:
        raise Conflict(
            f"会话现在是“{state}”，不能这样操作。", f"The conversation is {state!s}; {move!s} is not possible from there.", state=str(state)
        )
    return result


class Desk(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a conversation stands, as people are told it. `account` is the handle, `expected_wait_s` in seconds."""

    conversation: str
    account: str
    state: DeskState
    operator: str | None = None
    operator_name: str | None = None
    team: str | None = None
    position: int | None = None
    expected_wait_s: int | None = None


class Waiting(msgspec.Struct, frozen=True):
    """One place in a queue: since when, in milliseconds."""

    conversation: str
    since: int


def position(queue: list[Waiting], conversation: str) -> int | None:
    """The place in the queue, from 1, oldest first."""
    ordered = sorted(queue, key=lambda place: (place.since, place.conversation))
    return next((number for number, place in enumerate(ordered, 1) if place.conversation == conversation), None)


def expected_wait_s(place: int, recent_waits_s: list[float], present: int) -> int | None:
    """Seconds until an operator, from recent history: the median recent wait, scaled by the place and who is there.

    None when nobody is present or nothing is known yet: an honest hub does not guess.
    """
    if present <= 0 or not recent_waits_s:
        return None
    ordered = sorted(recent_waits_s)
    median = ordered[len(ordered) // 2]
    return max(1, round(median * (1 + (place - 1) / present)))


def least_loaded(loads: dict[str, int], *, exclude: str | None = None) -> str | None:
    """The present operator with the fewest open conversations; ties go to the smaller id, so the choice is repeatable."""
    candidates = [(load, person) for person, load in loads.items() if person != exclude]
    return min(candidates)[1] if candidates else None
