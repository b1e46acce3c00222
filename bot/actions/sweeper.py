"""Keeps the promise that every open conversation is with the bot, in a queue, or with a person who is there."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC

import msgspec
import structlog

from bot.actions.desk import Desks
from bot.actions.outlook import desk_staff
from bot.live.metrics import Metrics
from bot.live.ports import Presence
from bot.model.basics import HubError, now_ms
from bot.model.desk import Desk
from bot.model.talk import DeskState
from bot.store import answers, counts
from bot.store import desk as store
from bot.store.unit import Connection, Database
from replies.tally import day_of

PAGE = 200
PURGE = 1_000
PURGE_PAGES = 20
PURGE_EVERY_MS = 600_000
"""What is too old is deleted a thousand rows at a time, at most twenty times in one round, so that nothing else waits long."""

DAY_MS = 24 * 3_600_000

_log = structlog.get_logger(__name__)


class Rhythm(msgspec.Struct, frozen=True, kw_only=True):
    """How long the desk waits before it acts by itself, in milliseconds.

    `grace_ms`: from missing an operator to giving their conversations back. `idle_ms`: from the last message to closing.
    `traces_ms`: how long traces are kept. `counts_ms`: how long the counts of a day are.
    """

    grace_ms: int = 60_000
    idle_ms: int = 24 * 3_600_000
    traces_ms: int = 30 * DAY_MS
    counts_ms: int = 400 * DAY_MS


class _Held(msgspec.Struct, frozen=True):
    """A conversation somebody holds: since when they are missed, whether they still work here, whether they are here now."""

    conversation: str
    operator: str
    away_since: int | None
    employed: bool
    present: bool


class Sweeper:
    """Walks over the desks again and again. Several processes may do so at once: every act is a compare-and-set."""

    def __init__(self, *, db: Database, desks: Desks, presence: Presence, metrics: Metrics, rhythm: Rhythm | None = None) -> None:
        self._db = db
        self._desks = desks
        self._presence = presence
        self._metrics = metrics
        self._rhythm = rhythm or Rhythm()
        self._purge_at = 0

    async def sweep(self) -> None:
        """One round, as `Jobs.every` runs it."""
        now = now_ms()
        await self.release_absent(now)
        await self.close_idle(now)
        await self.purge(now)
        async with self._db.read() as conn:
            self._metrics.desk_waiting.set(await store.all_waiting(conn))

    async def release_absent(self, now: int) -> None:
        """Note who is missed and who is back; after the grace time, give back what the missed ones held.

        While presence cannot tell of other processes, absence proves nothing and nobody is missed.
        """
        if not self._presence.healthy:
            return
        after = ""
        while True:
            async with self._db.read() as conn:
                rows = await store.held_by_operators(conn, after, PAGE)
                staff = {account: set(await desk_staff(conn, account, None)) for account in sorted({row.account for row in rows})}
            present = await self._presence.present({row.operator for row in rows if row.operator is not None})
            held = [
                _Held(row.conversation, row.operator, row.away_since, row.operator in staff[row.account], row.operator in present)
                for row in rows
                if row.operator is not None
            ]
            await self._note(held, now)
            for one in held:
                await self._release(one, now)
            if len(rows) < PAGE:
                return
            after = rows[-1].conversation

    async def _note(self, held: Sequence[_Held], now: int) -> None:
        changed = [one for one in held if one.present == (one.away_since is not None)]
        if not changed:
            return
        async with self._db.write() as conn:
            for one in changed:
                if one.present:
                    await store.back(conn, one.conversation, one.operator)
                else:
                    await store.missed(conn, one.conversation, one.operator, now)

    async def _release(self, held: _Held, now: int) -> None:
        due = now - self._rhythm.grace_ms
        if not held.employed:
            await _quietly(self._desks.release(held.conversation, operator=held.operator, reason="operator left"))
        elif not held.present and held.away_since is not None and held.away_since <= due:
            await _quietly(self._desks.release(held.conversation, operator=held.operator, reason="operator away", away_before=due))

    async def close_idle(self, now: int) -> None:
        """Close what is held or waits and where nobody has written for a long time."""
        before = now - self._rhythm.idle_ms
        for state in (DeskState.OPERATOR, DeskState.WAITING):
            after = ""
            while True:
                async with self._db.read() as conn:
                    rows = await store.idle(conn, before, PAGE, state=state, after=after)
                for row in rows:
                    await _quietly(self._desks.close_idle(row.conversation, before))
                if len(rows) < PAGE:
                    break
                after = rows[-1].conversation

    async def purge(self, now: int) -> None:
        """Every ten minutes, delete traces and counts that are older than they are kept; where there is much, go on in the next round."""
        if now < self._purge_at:
            return
        traces, counted = now - self._rhythm.traces_ms, day_of(UTC, now - self._rhythm.counts_ms)
        asked = day_of(UTC, now - counts.UNANSWERED_KEPT_DAYS * 86_400_000)
        done = [
            await self._delete(lambda conn: answers.purge_traces(conn, traces, PURGE)),
            await self._delete(lambda conn: counts.purge(conn, counted, PURGE)),
            await self._delete(lambda conn: counts.purge_unanswered(conn, asked, PURGE)),
        ]
        if all(done):
            self._purge_at = now + PURGE_EVERY_MS

    async def _delete(self, page: Callable[[Connection], Awaitable[int]]) -> bool:
        """Delete page after page; whether that was all."""
        for _ in range(PURGE_PAGES):
            async with self._db.write() as conn:
                if await page(conn) < PURGE:
                    return True
        return False


async def _quietly(act: Awaitable[Desk]) -> None:
    """One conversation that cannot be moved (somebody was faster, the store is busy) holds up no other; the next round tries again."""
    try:
        await act
    except HubError as error:
        _log.info("sweeper.refused", code=error.code)
