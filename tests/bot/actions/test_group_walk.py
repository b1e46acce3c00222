"""Whatever people do in a group, in whatever order: what is promised about it holds after every step."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
import time_machine
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from bot.actions.moderation import Ban, Mute
from bot.actions.purges import Purging
from bot.actions.workbench import Judgement
from bot.model.basics import Banned, Conflict, HubError, Muted, NotMember, now_ms
from bot.model.cases import PURGE_WINDOW_S, UNDO_MS, Signal
from bot.model.groups import Act, GroupRole, Joining, may_sanction
from bot.model.people import Actor
from bot.model.talk import TextBody
from bot.store import cases, groups, members, people, sanctions
from bot.store.case_tables import GROUP_LOG
from bot.store.purges import Purge
from bot.store.tables import MEMBERS, MESSAGES
from tests.circle import AMY, BOB, CAT, Circle, circle, reopened
from tests.world import MODERATOR, OWNER, SHOP, posting

T = TypeVar("T")
FANS = (AMY, BOB, CAT)
PEOPLE = (*FANS, OWNER, MODERATOR)
ACTORS = (OWNER, OWNER, MODERATOR, MODERATOR, AMY, BOB)
TARGETS = (*FANS, *FANS, OWNER, MODERATOR)
SPANS = (60, 600, 3_600)
DONE = "done"
STEPS = (
    *("join", "post") * 3,
    *("mute", "ban", "unmute", "unban", "remove", "set_role", "wait") * 2,
    "follow",
    "unfollow",
    "leave",
    "restart",
    "dismiss",
    "warn",
    "purge",
    "restore",
    "judge",
)
"""What may happen, as often as it should among the rest."""


class GroupWalk(RuleBasedStateMachine):
    """A hub beside a model of it that is as simple as the promises."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = time_machine.travel(1_800_000_000, tick=False)
        self.time = self.clock.start()
        self.keys = 0
        self.following: set[Actor] = set()
        self.inside: dict[Actor, GroupRole] = {}
        self.muted: dict[Actor, int] = {}
        self.banned: dict[Actor, int | None] = {}
        self.posts: list[str] = []
        self.acts = 0
        self.removed: set[int] = set()
        self.purges: list[Purge] = []
        self.undone: set[str] = set()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the hub."""
        return self.runner.run(work)

    @initialize()
    def open(self) -> None:
        """A group that only its owner is in."""
        self.room: Circle = self.run(self.stack.enter_async_context(circle(Path(self.folder.name))))
        self.following = set(FANS)
        self.group = self.run(self.room.make(Joining.OPEN, AMY, BOB))
        self.inside = {AMY: GroupRole.MEMBER, BOB: GroupRole.MEMBER}
        self.acts = 3

    # One rule for all: of several, hypothesis would leave some out in each walk, and these promises are about all of them together.
    @rule(
        step=st.sampled_from(STEPS),
        fan=st.sampled_from(FANS),
        actor=st.sampled_from(ACTORS),
        whom=st.sampled_from(TARGETS),
        span=st.sampled_from(SPANS),
    )
    def step(self, step: str, fan: Actor, actor: Actor, whom: Actor, span: int) -> None:
        """One thing happens."""
        match step:
            case "mute":
                self.mute(actor, whom, span)
            case "ban":
                self.ban(actor, whom, None if span == SPANS[0] else span)
            case "set_role":
                self.set_role(actor, whom, up=span != SPANS[1])
            case "judge":
                self.judge(actor, whom, span)
            case "restore":
                self.restore(actor)
            case "unmute" | "unban" | "remove" | "warn" | "purge":
                getattr(self, step)(actor, whom)
            case "wait":
                self.time.shift(span)
            case "post":
                self.post(MODERATOR if span == SPANS[1] else fan)
            case "restart" | "dismiss":
                getattr(self, step)()
            case _:
                getattr(self, step)(fan)

    def teardown(self) -> None:
        """Close it."""
        self.run(self.stack.aclose())
        self.runner.close()
        self.clock.stop()
        self.folder.cleanup()

    def role(self, actor: Actor) -> GroupRole:
        """What the model takes somebody for."""
        return {OWNER: GroupRole.OWNER, MODERATOR: GroupRole.MODERATOR}.get(actor) or self.inside.get(actor, GroupRole.OUTSIDER)

    def is_muted(self, actor: Actor) -> bool:
        return self.muted.get(actor, 0) > now_ms()

    def is_banned(self, actor: Actor) -> bool:
        return actor in self.banned and (self.banned[actor] is None or (self.banned[actor] or 0) > now_ms())

    def outcome(self, act: Awaitable[object]) -> str | type[HubError]:
        """How it ended."""

        async def attempt() -> str | type[HubError]:
            try:
                await act
            except HubError as error:
                return type(error)
            return DONE

        return self.run(attempt())

    def follow(self, fan: Actor) -> None:
        """Following joins nothing."""
        assert self.outcome(self.room.people.follow(fan, "shop")) == DONE
        self.following.add(fan)

    def unfollow(self, fan: Actor) -> None:
        """Leaves."""
        assert self.outcome(self.room.people.unfollow(fan, "shop")) == DONE
        self.following.discard(fan)
        self.acts += self.inside.pop(fan, None) is not None

    def join(self, fan: Actor) -> None:
        """Followers who are not banned."""
        allowed = fan in self.following and (fan in self.inside or not self.is_banned(fan))
        assert (self.outcome(self.room.memberships.join(fan, self.group)) == DONE) is allowed
        if allowed and fan not in self.inside:
            self.inside[fan] = GroupRole.MEMBER
            self.acts += 1

    def leave(self, fan: Actor) -> None:
        """Always possible."""
        assert self.outcome(self.room.memberships.leave(fan, self.group)) == DONE
        self.acts += self.inside.pop(fan, None) is not None

    def sanction(self, actor: Actor, act: Act, whom: Actor, verb: Callable[[], Awaitable[object]], *, possible: bool = True) -> bool:
        """Try it: it is done if the table allows it and there is something to do."""
        allowed = possible and may_sanction(self.role(actor), act, self.role(whom), oneself=actor is whom)
        assert (self.outcome(verb()) == DONE) is allowed
        self.acts += allowed
        return allowed

    def mute(self, actor: Actor, whom: Actor, seconds: int) -> None:
        """For a time."""
        mute = Mute(seconds=seconds, reason="刷屏")
        if self.sanction(actor, Act.MUTE, whom, lambda: self.room.moderation.mute(actor, self.group, whom.person, mute)):
            self.muted[whom] = now_ms() + seconds * 1_000

    def unmute(self, actor: Actor, whom: Actor) -> None:
        """Before its time."""
        verb = lambda: self.room.moderation.unmute(actor, self.group, whom.person)  # noqa: E731 - beside its only use
        if self.sanction(actor, Act.UNMUTE, whom, verb, possible=self.is_muted(whom)):
            del self.muted[whom]

    def ban(self, actor: Actor, whom: Actor, seconds: int | None) -> None:
        """For a time or for good."""
        ban = Ban(seconds=seconds, reason="广告")
        verb = lambda: self.room.moderation.ban(actor, self.group, whom.person, ban)  # noqa: E731 - beside its only use
        if self.sanction(actor, Act.BAN, whom, verb, possible=whom is not MODERATOR):
            self.banned[whom] = None if seconds is None else now_ms() + seconds * 1_000
            self.inside.pop(whom, None)

    def unban(self, actor: Actor, whom: Actor) -> None:
        """Let come again."""
        verb = lambda: self.room.moderation.unban(actor, self.group, whom.person)  # noqa: E731 - beside its only use
        if self.sanction(actor, Act.UNBAN, whom, verb, possible=self.is_banned(whom)):
            del self.banned[whom]

    def remove(self, actor: Actor, whom: Actor) -> None:
        """Put out."""
        verb = lambda: self.room.moderation.remove(actor, self.group, whom.person, "跑题")  # noqa: E731 - beside its only use
        if self.sanction(actor, Act.REMOVE, whom, verb, possible=whom is not MODERATOR):
            self.inside.pop(whom, None)

    def warn(self, actor: Actor, whom: Actor) -> None:
        """Changes nothing but the log."""
        self.sanction(actor, Act.WARN, whom, lambda: self.room.moderation.warn(actor, self.group, whom.person, "别这样"))

    def purge(self, actor: Actor, whom: Actor) -> None:
        """What they wrote is gone, if there is any."""
        theirs = {seq for seq, author in enumerate(self.posts, 1) if author == whom.person} - self.removed

        async def verb() -> None:
            purging = Purging(person=whom.person, seconds=PURGE_WINDOW_S, reason="广告")
            self.purges.append((await self.room.purges.purge(actor, self.group, purging)).purge)

        if self.sanction(actor, Act.PURGE, whom, verb, possible=bool(theirs)):
            self.removed |= theirs

    def restore(self, actor: Actor) -> None:
        """The last purge, once, within a day."""
        if not self.purges:
            return
        purge = self.purges[-1]
        whom = next(one for one in PEOPLE if one.person == purge.person)
        fresh = purge.id not in self.undone and now_ms() - purge.at <= UNDO_MS
        if self.sanction(actor, Act.RESTORE, whom, lambda: self.room.purges.undo(actor, purge.id, "看错了"), possible=fresh):
            self.undone.add(purge.id)
            self.removed -= set(purge.seqs)

    def judge(self, actor: Actor, whom: Actor, seconds: int) -> None:
        """A case is decided by a mute, as the table says."""

        async def verb() -> None:
            async with self.room.hub.db.write() as conn:
                signal = Signal(account=SHOP, conversation=self.group, offender=whom.person, kind="flood", at=now_ms())
                case = await cases.note(conn, signal)
            await self.room.workbench.decide(actor, case, Judgement(act="mute", seconds=seconds, reason="刷屏"))

        if self.sanction(actor, Act.MUTE, whom, verb):
            self.muted[whom] = now_ms() + seconds * 1_000

    def set_role(self, actor: Actor, whom: Actor, *, up: bool) -> None:
        """Appoint or demote; what staff are is set elsewhere."""
        verb = self.room.moderation.appoint if up else self.room.moderation.demote
        act = Act.APPOINT if up else Act.DEMOTE
        if self.sanction(actor, act, whom, lambda: verb(actor, self.group, whom.person), possible=whom in FANS):
            self.inside[whom] = GroupRole.MODERATOR if up else GroupRole.MEMBER

    def dismiss(self) -> None:
        """Not even by themselves."""
        assert self.outcome(self.room.staff.dismiss(OWNER, "shop", OWNER.person)) is Conflict

    def post(self, author: Actor) -> None:
        """The verdict is the model's; what is acknowledged is in the log."""
        self.keys += 1
        ended = self.outcome(self.room.hub.talk.send(author, posting(self.group, f"k{self.keys}", TextBody("大家好"))))
        assert ended == self.verdict(author)
        if ended == DONE:
            self.posts.append(author.person)

    def verdict(self, author: Actor) -> str | type[HubError]:
        if self.role(author) is GroupRole.OUTSIDER:
            return Banned if self.is_banned(author) else NotMember
        return Muted if self.is_muted(author) else DONE

    def restart(self) -> None:
        """The process ends; another one begins on the same file, with nothing in memory."""
        self.run(self.stack.aclose())
        self.stack = AsyncExitStack()
        self.room = self.run(self.stack.enter_async_context(reopened(Path(self.folder.name))))

    @invariant()
    def the_store_says_what_the_model_says(self) -> None:
        """Who is in, as what; the number in the row; sanctions by the clock; as many lines as acts; messages of none who could not write."""
        if hasattr(self, "group"):
            self.run(self._compare())

    async def _compare(self) -> None:
        async with self.room.hub.db.read() as conn:
            listed = {one.person: one.role for one in (await members.members(conn, self.group, None, 50)).items}
            counted = (await conn.execute(sa.select(sa.func.count()).select_from(MEMBERS))).scalar_one()
            row = await groups.get(conn, self.group)
            lines = (await conn.execute(sa.select(sa.func.count()).select_from(GROUP_LOG))).scalar_one()
            authors = list((await conn.execute(sa.select(MESSAGES.c.author).order_by(MESSAGES.c.seq))).scalars())
            gone = set((await conn.execute(sa.select(MESSAGES.c.seq).where(MESSAGES.c.recalled_by.is_not(None)))).scalars())
            followers = {fan for fan in FANS if await people.follow_of(conn, SHOP, fan.person) is not None}
            in_force = {(one.person, one.kind) for one in (await sanctions.sanctions(conn, self.group, now_ms(), None, 50)).items}
            assert await people.owners(conn, SHOP) == 1
        assert listed == {OWNER.person: GroupRole.MEMBER, **{fan.person: role for fan, role in self.inside.items()}}
        assert row is not None
        assert row.members == counted == len(listed)
        assert lines == self.acts
        assert authors == self.posts
        assert gone == self.removed
        assert followers == self.following
        assert set(self.inside) <= self.following
        assert not any(self.is_banned(fan) for fan in self.inside)
        muted = {(fan.person, "mute") for fan in PEOPLE if self.is_muted(fan)}
        assert in_force == muted | {(fan.person, "ban") for fan in PEOPLE if self.is_banned(fan)}


def test_after_any_walk_the_promises_hold() -> None:
    """Found by trying: a walk that breaks one would be told, as short as it can be made."""
    run_state_machine_as_test(
        GroupWalk,
        settings=settings(max_examples=6, stateful_step_count=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True),
    )
