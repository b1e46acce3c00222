"""Every verb of keeping order takes a turn of whoever acts, before anything is read: who acts too often is told to wait, and learns nothing."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.actions.appeals import Appealing, Ruling
from bot.actions.decisions import Decision
from bot.actions.footing import ACTS, COMINGS
from bot.actions.moderation import Ban, Mute
from bot.actions.purges import Purging
from bot.actions.reports import ATTEMPTS, AccountReport, Report
from bot.actions.workbench import Judgement
from bot.live.local import LocalLimiter
from bot.live.ports import Rate
from bot.model.basics import NotFound, RateLimited
from tests.circle import AMY, Circle, circle

Verb = Callable[[Circle], Awaitable[object]]

ACTING: dict[str, Verb] = {
    "claim": lambda room: room.workbench.claim(AMY, "none"),
    "let go": lambda room: room.workbench.release(AMY, "none"),
    "decide": lambda room: room.workbench.decide(AMY, "none", Judgement(act="dismiss", reason="x")),
    "undo": lambda room: room.workbench.undo(AMY, "none", "x"),
    "purge": lambda room: room.purges.purge(AMY, "none", Purging(person="x", seconds=60, reason="x")),
    "undo a purge": lambda room: room.purges.undo(AMY, "none", "x"),
    "answer an appeal": lambda room: room.appeals.say(AMY, "none", "x"),
    "decide an appeal": lambda room: room.appeals.decide(AMY, "none", Ruling(verdict="lift", reason="x")),
    "decide what waits": lambda room: room.decisions.decide(AMY, "none", "none", Decision(approve=True)),
    "warn": lambda room: room.moderation.warn(AMY, "none", "x", "x"),
    "mute": lambda room: room.moderation.mute(AMY, "none", "x", Mute(seconds=60, reason="x")),
    "ban": lambda room: room.moderation.ban(AMY, "none", "x", Ban(reason="x")),
    "remove": lambda room: room.moderation.remove(AMY, "none", "x", "x"),
}
COMING: dict[str, Verb] = {"appeal": lambda room: room.appeals.appeal(AMY, "none", Appealing(text="x"))}
REPORTING: dict[str, Verb] = {
    "report": lambda room: room.reports.report(AMY, "none", Report(reason="spam")),
    "report an account": lambda room: room.reports.report_account(AMY, "none", AccountReport(reason="spam")),
}
TURNS = [
    *((verb, ACTS) for verb in ACTING.values()),
    *((verb, COMINGS) for verb in COMING.values()),
    *((verb, ATTEMPTS) for verb in REPORTING.values()),
]


@pytest.mark.parametrize(("act", "rate"), TURNS, ids=[*ACTING, *COMING, *REPORTING])
async def test_who_acts_too_often_waits(data_dir: Path, act: Verb, rate: Rate) -> None:
    """And is told for how long; before, they are told that there is no such thing."""
    async with circle(data_dir, limiter=LocalLimiter(clock=lambda: 1_000.0)) as room:
        for _ in range(rate.burst):
            with pytest.raises(NotFound):
                await act(room)
        with pytest.raises(RateLimited) as refused:
            await act(room)
        assert refused.value.data["retry_after"] == round(1 / rate.per_s)
