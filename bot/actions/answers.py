"""Answering by itself: every duty of the outbox is done once, in order within its conversation, and survives a crash.

The process that stored a message answers it from memory; the row is only looked for by others when its lease ends. What
is said carries a key derived from the duty, so saying it twice is saying it once. A plan of more than one step is kept in
the row before the first step, so whoever goes on after a crash carries out the same plan.
"""

import asyncio
import contextlib
import random
import time
import traceback
from collections.abc import Sequence
from dataclasses import replace

import msgspec
import structlog

from bot.actions import duties
from bot.actions.desk import Desks
from bot.actions.drafts import Said
from bot.actions.duties import FOLLOW, GROUP, HEARING, KINDS, Duty, Following, Line, Message, Plan
from bot.actions.hearing import body_of
from bot.actions.lanes import Lanes
from bot.actions.shared import Shared
from bot.actions.talk import Talk
from bot.actions.thinking import Thinker
from bot.live.jobs import Jobs
from bot.live.metrics import Metrics
from bot.model.basics import Closed, Conflict, HubError, NotFound, Unavailable, now_ms
from bot.store import outbox
from bot.store.batch import Appended, Draft, Settled, work_token
from bot.store.log import Log
from bot.store.outbox import MAX_ATTEMPTS, Job, Note
from bot.store.unit import Connection, Database

CLAIM_LIMIT = 100
GAUGE_EVERY_S = 5.0
OUTAGE_FIRST_S = 0.1
OUTAGE_MOST_S = 5.0

_log = structlog.get_logger(__name__)


class _SupersededError(Exception):
    """Somebody else does this duty, or has done it."""


class Answers:
    """Does the duties of all accounts, as far as this process holds them.

    Args:
        lease_ms: how long a duty is this process's before others may claim it; renewed while it is in hand.
        workers: duties thought about and carried out at once; what they wait for together is read and committed together.
        queue_limit: duties in hand; more are left in the outbox until there is room.
        poll_s: how often the outbox is asked for duties that nobody holds.
        patience: scales the delays before a duty that failed is tried again.
    """

    def __init__(
        self,
        *,
        db: Database,
        log: Log,
        talk: Talk,
        desks: Desks,
        thinker: Thinker,
        metrics: Metrics,
        lease_ms: int = 30_000,
        queue_limit: int = 5_000,
        workers: int = 256,
        poll_s: float = 0.5,
        patience: float = 1.0,
    ) -> None:
        self._db = db
        self._log = log
        self._talk = talk
        self._desks = desks
        self._thinker = thinker
        self._metrics = metrics
        self._lease_ms = lease_ms
        self._workers = workers
        self._poll_s = poll_s
        self._patience = patience
        self._lanes: Lanes[Duty] = Lanes(queue_limit)
        self._room = queue_limit
        self._notes: Shared[Note, bool] = Shared(lambda notes: outbox.keep_all(db, notes))
        self._held: dict[str, Duty] = {}
        self._gauge_at = 0.0
        self._bell = asyncio.Event()
        log.on_committed(self._committed)

    async def take_over(self) -> None:
        """For a process that is alone on its database, before it starts: what another one left when it died comes before anything new."""
        # With the store away the leases end by themselves, only later.
        with contextlib.suppress(Unavailable):
            await outbox.take_back(self._db, kinds=(*HEARING, FOLLOW), now=now_ms(), lease_ms=self._lease_ms)
            while await self._claim():
                pass

    def start(self, jobs: Jobs) -> None:
        """Run the workers and the look-out for duties nobody holds."""
        for number in range(self._workers):
            jobs.start(f"answers.{number}", self._work)
        jobs.start("answers.claim", self._look_out)

    def wake(self) -> None:
        """Look for duties nobody holds now, not only at the next turn: one was just put into the outbox."""
        self._bell.set()

    @property
    def in_hand(self) -> int:
        """Duties this process holds."""
        return len(self._held)

    async def drain(self, budget_s: float) -> None:
        """Let what is in hand be finished, and leave the rest to others at once."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(budget_s):
                await self._lanes.empty()
        if self._held:
            # With the store away the leases end by themselves, only later.
            with contextlib.suppress(Unavailable):
                await outbox.let_go(self._db, list(self._held), now_ms())

    def _committed(self, fresh: Sequence[tuple[Draft, Appended]]) -> None:
        """Take up what was just stored here, without asking the outbox."""
        now = now_ms()
        for draft, place in fresh:
            if draft.work in HEARING and place.unheard is None:
                self._take(
                    Duty(
                        kind=draft.work,
                        token=work_token(draft.work, draft.conversation, place.seq),
                        lane=draft.conversation,
                        payload=f'{{"seq":{place.seq}}}',
                        created_at=place.at,
                        message=Message(draft.author, draft.author_name, draft.kind, draft.body, place.at, draft.reply_to),
                        leased_at=now,
                    )
                )

    def _take(self, duty: Duty) -> None:
        """Put a duty into its lane; what is held already, or finds no room, is left to its lease."""
        if duty.token not in self._held and self._lanes.put(duty.lane, duty):
            self._held[duty.token] = duty

    async def _look_out(self) -> None:
        while True:
            more = False
            try:
                await self._renew()
                more = await self._claim()
                await self._gauge()
            except Unavailable:
                _log.info("answers.store_away")
            if not more:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._poll_s):
                        await self._bell.wait()
                self._bell.clear()

    async def _renew(self) -> None:
        """Prolong the leases of what takes long, before they end."""
        now = now_ms()
        old = [duty for duty in self._held.values() if now - duty.leased_at > self._lease_ms // 3]
        if old:
            await outbox.renew(self._db, [duty.token for duty in old], now + self._lease_ms)
            for duty in old:
                duty.leased_at = now

    async def _claim(self) -> bool:
        """Take what nobody holds; whether there may be more, and room for it."""
        room = min(CLAIM_LIMIT, self._room - len(self._lanes))
        if room <= 0:
            return False
        now = now_ms()
        jobs = await outbox.claim(self._db, kinds=KINDS, now=now, lease_ms=self._lease_ms, limit=room)
        for job in jobs:
            plan = duties.planned(job.payload)
            duty = Duty(
                kind=job.kind,
                token=job.token,
                lane=_lane(job, plan),
                payload=job.payload,
                created_at=job.created_at,
                attempts=job.attempts,
                plan=plan,
                sure=plan is not None,
                leased_at=now,
            )
            self._take(duty)
        return len(jobs) == room

    async def _gauge(self) -> None:
        if time.monotonic() < self._gauge_at:
            return
        self._gauge_at = time.monotonic() + GAUGE_EVERY_S
        backlog = await outbox.gauge(self._db, now_ms())
        self._metrics.outbox_waiting.set(backlog.waiting)
        self._metrics.outbox_age_seconds.set(backlog.oldest_age_ms / 1_000)
        self._metrics.outbox_failed.set(backlog.failed)

    async def _work(self) -> None:
        while True:
            lane, duty = await self._lanes.take()
            delay = 0.0
            try:
                delay = await self._attempt(duty)
            finally:
                # Also when the worker is cancelled: the lane must never stay busy without one.
                self._end(lane, duty, delay)

    def _end(self, lane: str, duty: Duty, delay: float) -> None:
        if delay > 0:
            self._lanes.again(lane, delay)
        else:
            self._lanes.done(lane)
            if self._held.get(duty.token) is duty:
                del self._held[duty.token]

    async def _attempt(self, duty: Duty) -> float:
        """Do a duty; 0 when that is the end of it here, else the seconds until it is tried again."""
        try:
            await self._do(duty)
        except _SupersededError:
            outcome, delay = "superseded", 0.0
        except Unavailable:
            duty.refusals += 1
            most = min(OUTAGE_MOST_S, OUTAGE_FIRST_S * 2 ** min(duty.refusals, 10))
            outcome, delay = "postponed", _spread(most * self._patience)
        except Exception as error:
            outcome, delay = await self._failed(duty, error)
        else:
            outcome, delay = "done", 0.0
        self._metrics.work.labels(duty.kind, outcome).inc()
        return delay

    async def _failed(self, duty: Duty, error: Exception) -> tuple[str, float]:
        duty.attempts += 1
        _log.error("answers.failed", kind=duty.kind, token=duty.token, attempts=duty.attempts, error=type(error).__name__, where=_where(error))
        parked = duty.attempts >= MAX_ATTEMPTS
        delay = 0.0 if parked else _spread(outbox.backoff_ms(duty.attempts) / 1_000 * self._patience)
        try:
            await outbox.fail(
                self._db, duty.token, attempts=duty.attempts, due_at=now_ms() + round(delay * 1_000) + self._lease_ms, error=type(error).__name__
            )
        except HubError:
            # It could not be noted; the lease goes on, and the next attempt notes it.
            return "failed", delay or OUTAGE_MOST_S
        return ("parked" if parked else "failed"), delay

    async def _do(self, duty: Duty) -> None:
        if duty.kind == FOLLOW and duty.plan is None and duty.lane == duty.token:
            await self._meet(duty)
            return
        if duty.plan is None:
            duty.plan = await self._plan(duty)
        if duty.plan is None:
            await self._log.settle(Settled(conversation=duty.lane, tokens=(duty.token,)))
            return
        if not duty.sure:
            await self._make_sure(duty, duty.plan)
            duty.sure = True
        await self._carry_out(duty, duty.plan)

    async def _plan(self, duty: Duty) -> Plan | None:
        try:
            plan = await self._thinker.plan(duty)
        except NotFound:
            return None
        if plan is not None:
            self._metrics.replies.labels(plan.outcome).inc()
        return plan

    async def _make_sure(self, duty: Duty, plan: Plan) -> None:
        """From here on a crash leads to the same steps. One message alone is stored with all it settles, so it needs no care."""
        if plan.hand_off is None and len(plan.lines) <= 1 and plan.aside is None:
            return
        payload = duties.with_plan(duty.payload, plan)

        async def keep(conn: Connection) -> None:
            if not await outbox.keep(conn, duty.token, payload, expect=duty.payload):
                raise _SupersededError

        if plan.hand_off is not None:
            await self._desks.hand_off(plan.aside or plan.conversation, reason=plan.hand_off, team=plan.team, also=keep)
        elif not await self._notes.ask(Note(duty.token, payload, duty.payload)):
            raise _SupersededError

    async def _carry_out(self, duty: Duty, plan: Plan) -> None:
        told = Settled(conversation=plan.conversation, traces=((plan.cause, plan.trace),))
        done = msgspec.structs.replace(told, tokens=(duty.token,), memory=plan.memory, tally=plan.tally, taggings=plan.tags)
        last = len(plan.lines) if plan.aside is None else 0
        try:
            for number, line in enumerate(plan.lines, 1):
                settles = done if number == last else _explained(plan, line)
                reply_to = plan.cause if duty.kind == GROUP and not line.aside else None
                said = Said(key=_key(duty, plan, number), body=body_of(line.message), auto=plan.auto(line), reply_to=reply_to, settles=settles)
                await self._talk.say(plan.place(line), said)
        except Conflict:
            # The key was used with other words: whoever used it does this duty.
            raise _SupersededError from None
        except (NotFound, Closed):
            if duty.kind != GROUP:
                raise
            # The group was dissolved meanwhile: what is left is to be done with it.
            await self._log.settle(done)
            return
        if not last:
            await self._log.settle(done)

    async def _meet(self, duty: Duty) -> None:
        """A new follower: find their conversation, and go on in its lane. Where there is nothing to say, none is made."""
        follow = msgspec.json.decode(duty.payload, type=Following)
        if not await self._thinker.wants_to_greet(follow):
            await self._log.settle(Settled(conversation="", tokens=(duty.token,)))
            return
        lane = await self._talk.greet(follow.account, follow.person)
        del self._held[duty.token]
        self._take(replace(duty, lane=lane))


def _lane(job: Job, plan: Plan | None) -> str:
    """A conversation's duties share a lane; a follow whose conversation is not known yet has one of its own."""
    if plan is not None:
        return plan.conversation
    return job.token if job.kind == FOLLOW else job.subject


def _explained(plan: Plan, line: Line) -> Settled | None:
    """What nobody wrote, or not there, has no seq to hang its trace on: it stands with each message that is said."""
    return None if plan.cause and not line.aside else Settled(conversation=plan.place(line), traces=((0, plan.trace),))


def _key(duty: Duty, plan: Plan, number: int) -> str:
    """The key of the n-th message of a duty, the same in every attempt."""
    return f"a:{plan.conversation}:{plan.cause}:{number}" if duty.kind in HEARING else f"{duty.token}:{number}"


def _spread(most: float) -> float:
    """A delay between half of the most and the most, so that what failed together does not come back together."""
    return most * random.uniform(0.5, 1.0)  # noqa: S311 - spreading load is no secret


def _where(error: Exception) -> list[str]:
    """The innermost places of an error, without its text: that may hold what people wrote."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}:{frame.name}" for frame in frames]
