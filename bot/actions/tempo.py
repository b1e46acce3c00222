"""Floods: who writes too fast waits, and who goes on is muted, by the hub and with a line in the log.

The first messages of a burst are counted within the process alone, so that ordinary talk asks nobody. What comes faster is counted by the limiter, over all
processes: somebody with sockets at several gets those first messages at each of them. While Redis is away each process counts by itself.
"""

from bot.actions.repeats import Repeats
from bot.live.local import LocalLimiter
from bot.live.ports import Bus, Limiter, Rate
from bot.model.basics import HubError, Muted, RateLimited, new_id, now_ms
from bot.model.cases import Signal
from bot.model.facts import HUB_TOPIC, MemberChanged, Ring, to_person
from bot.model.groups import SYSTEM, Place
from bot.model.tempo import Flood
from bot.store import cases, groups, members, sanctions
from bot.store.sanctions import Line, Sanction
from bot.store.unit import Connection, Database

FREE = 3
"""Messages of a burst that a process counts alone, where that is not more than a flood takes."""

STRIKES_S = 3_600
REASON = "刷屏 (flooding)"


class Tempo:
    """Counts who writes how fast. `repeats`: and who the same."""

    def __init__(self, *, db: Database, bus: Bus, limiter: Limiter) -> None:
        self._db = db
        self._bus = bus
        self._limiter = limiter
        self._near = LocalLimiter()
        self.repeats = Repeats(db=db, limiter=limiter)

    def is_calm(self, place: Place) -> bool:
        """Whether somebody writes at leisure; False says nothing: `pace`."""
        flood = place.standing.order.flood
        if not flood.messages or place.trusted:
            return True
        return self._near_wait(place, flood) <= 0

    def _near_wait(self, place: Place, flood: Flood) -> float:
        """Of what a flood takes, a process and all of them together each give a part."""
        return self._near.try_take(_key(place), Rate(burst=_free(flood), per_s=_free(flood) / flood.seconds))

    async def pace(self, place: Place) -> None:
        """Nothing, if somebody does not write too fast.

        Raises:
            RateLimited: they do; `retry_after`. Muted: they did so too often, and are muted from now on.
        """
        flood = place.standing.order.flood
        if not flood.messages or place.trusted:
            return
        wait = self._near_wait(place, flood)
        shared = flood.messages - _free(flood)
        if wait > 0 and shared:
            wait = min(wait, await self._limiter.take(f"flood:{_key(place)}", Rate(burst=shared, per_s=shared / flood.seconds)))
        if wait > 0:
            raise await self._flooded(place, flood) or _too_fast(wait)

    async def _flooded(self, place: Place, flood: Flood) -> HubError | None:
        """Note a flood, once for all its messages; the mute, if it was one too many."""
        key = _key(place)
        if await self._limiter.take(f"floods:{key}", Rate(burst=1, per_s=1 / flood.seconds)) > 0:
            return None
        patience = flood.mute_after - 1
        struck = patience == 0 or (patience > 0 and await self._limiter.take(f"strikes:{key}", Rate(burst=patience, per_s=patience / STRIKES_S)) > 0)
        now, standing = now_ms(), place.standing
        async with self._db.write() as conn:
            await groups.lock(conn, standing.conversation)
            until = await self._mute(conn, place, now, flood.mute_s) if struck else None
            detail = {"messages": flood.messages, "seconds": flood.seconds, "muted_until": until}
            signal = Signal(account=standing.account, conversation=standing.conversation, offender=place.person, kind="flood", at=now, detail=detail)
            await cases.note(conn, signal)
        if until is None:
            return None
        fact = MemberChanged(
            group=standing.conversation, account=standing.account, person=place.person, change="muted", by=SYSTEM, until=until, reason=REASON
        )
        self._bus.publish([Ring(new_id(), (HUB_TOPIC, to_person(place.person)), fact)])
        return Muted("你被禁言了。", "You are muted.", until=until, reason=REASON)

    @staticmethod
    async def _mute(conn: Connection, place: Place, now: int, seconds: int) -> int | None:
        """Mute a member; a mute that lasts longer stays, and whoever has left or moderates meanwhile is not muted."""
        group, person, until = place.standing.conversation, place.person, now + seconds * 1_000
        mine = await members.membership(conn, group, person)
        known = await sanctions.sanction(conn, group, person, "mute", now)
        if mine is None or mine.role != place.role or (known is not None and (known.until is None or known.until >= until)):
            return None
        await sanctions.impose(conn, group, Sanction(person=person, kind="mute", until=until, reason=REASON, by=SYSTEM, at=now))
        line = Line(
            account=place.standing.account,
            conversation=group,
            at=now,
            act="mute",
            actor=SYSTEM,
            target=person,
            until=until,
            reason=REASON,
            ref="flood",
        )
        await sanctions.write(conn, line)
        return until


def _key(place: Place) -> str:
    return f"{place.standing.conversation}:{place.person}"


def _free(flood: Flood) -> int:
    return min(FREE, flood.messages)


def _too_fast(wait: float) -> RateLimited:
    return RateLimited("发得太快了，请稍等。", "Too fast; wait a moment.", retry_after=max(1, round(wait)))
