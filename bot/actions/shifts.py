"""What each verb of the desk makes of a conversation's row: a move, nothing to do, or a refusal. Pure."""

from collections.abc import Callable

import msgspec

from bot.model.basics import Conflict, Forbidden
from bot.model.desk import Move
from bot.model.people import Actor, Role
from bot.model.talk import DeskState
from bot.store.desk import DeskRow

SYSTEM = "system"


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """One move to be made: by whom, and who holds the conversation or which team waits for it afterwards."""

    move: Move
    by: str
    operator: str | None = None
    team: str | None = None
    reason: str = ""


Plan = Callable[[DeskRow], Shift | None]
"""Looks at the row as it is inside the transaction: a move, None for nothing to do, or an error that refuses it."""


def moved() -> Conflict:
    """Somebody else was faster."""
    return Conflict("会话刚刚被别人处理了，请刷新。", "The conversation has just been moved by somebody else.")


def check_holder(row: DeskRow, actor: Actor, role: Role | None) -> None:
    """What an operator holds is theirs to move, or the owner's."""
    if row.state is DeskState.OPERATOR and row.operator != actor.person and role is not Role.OWNER:
        raise Forbidden(
            "这个会话由其他客服接待中，只有对方或掌柜可以操作。", "Another operator holds this conversation; only they or the owner may move it."
        )


def claim(row: DeskRow, actor: Actor, reason: str) -> Shift | None:
    """Take what nobody holds; one's own again changes nothing. Raises Conflict where another holds it."""
    if row.state is DeskState.OPERATOR:
        if row.operator == actor.person:
            return None
        raise Conflict("这个会话已由其他客服接待。", "Another operator already holds this conversation.", state=str(row.state))
    return Shift(move=Move.CLAIM, by=actor.person, operator=actor.person, team=row.team, reason=reason)


def assign(row: DeskRow, seen: DeskRow, actor: Actor, to: str) -> Shift | None:
    """Give it to an operator, if it still stands as it was seen. Raises Conflict otherwise."""
    _check_unmoved(row, seen)
    if row.operator == to:
        return None
    return Shift(move=Move.ASSIGN, by=actor.person, operator=to, team=row.team)


def pass_on(row: DeskRow, seen: DeskRow, actor: Actor, *, operator: str | None = None, team: str | None = None) -> Shift | None:
    """Pass on what is held, if it still stands as it was seen, to an operator or a team. Raises Conflict otherwise."""
    _check_unmoved(row, seen)
    if row.state is not DeskState.OPERATOR:
        raise Conflict("没有客服在接待这个会话，请改用接待或分配。", "Nobody holds this conversation; claim or assign it.", state=str(row.state))
    if operator is None:
        return Shift(move=Move.REQUEUE, by=actor.person, team=team)
    if row.operator == operator:
        return None
    return Shift(move=Move.TRANSFER, by=actor.person, operator=operator, team=row.team)


def _check_unmoved(row: DeskRow, seen: DeskRow) -> None:
    if (row.state, row.operator) != (seen.state, seen.operator):
        raise moved()


def end(row: DeskRow, actor: Actor, role: Role | None, move: Move) -> Shift:
    """Hand back or close. Raises Forbidden for what another operator holds."""
    check_holder(row, actor, role)
    return Shift(move=move, by=actor.person)


def hand_off(row: DeskRow, team: str | None, reason: str) -> Shift | None:
    """Give what the bot has to the queue."""
    return Shift(move=Move.HAND_OFF, by=SYSTEM, team=team, reason=reason) if row.state is DeskState.BOT else None


def reopen(row: DeskRow) -> Shift | None:
    """Give what is closed to the bot."""
    return Shift(move=Move.REOPEN, by=SYSTEM, reason="buyer wrote") if row.state is DeskState.CLOSED else None


def release(row: DeskRow, operator: str, team: str | None, reason: str, away_before: int | None) -> Shift | None:
    """Take it from this operator, unless they were seen since `away_before`."""
    if row.state is not DeskState.OPERATOR or row.operator != operator:
        return None
    if away_before is not None and (row.away_since is None or row.away_since > away_before):
        return None
    return Shift(move=Move.RELEASE, by=SYSTEM, team=team, reason=reason)


def close_idle(row: DeskRow, before: int) -> Shift | None:
    """Close what is held or waits and where nobody wrote since `before`."""
    if row.state not in {DeskState.WAITING, DeskState.OPERATOR} or row.last_at >= before:
        return None
    return Shift(move=Move.CLOSE, by=SYSTEM, reason="idle")
