"""From a duty to a plan: read how things stand and ask the reply engine what to do."""

import msgspec

from bot.actions.desk import Desks
from bot.actions.duties import ANSWER, FOLLOW, GROUP, WAITING, Answering, Duty, Following, Plan, StillWaiting, lines_of, plan_of, taggings
from bot.actions.hearing import names_of, text_of, timed, zone_of
from bot.actions.inviting import Inviting
from bot.actions.membership import Memberships
from bot.actions.outlook import Outlook
from bot.actions.overhearing import Overhearing
from bot.actions.rulesets import RuleSets, Voice
from bot.actions.scenes import Bearers, Scene, Scenes, remembered, stored_message
from bot.model.basics import NotFound, now_ms
from bot.model.talk import DeskState
from bot.store import answers as store
from bot.store import people
from bot.store.desk import DeskRow
from bot.store.unit import Database
from replies.decision import Context, Desk, Heard, Memory
from replies.tally import tally

_DESKS: dict[DeskState, Desk] = {DeskState.BOT: "bot", DeskState.WAITING: "waiting", DeskState.OPERATOR: "operator", DeskState.CLOSED: "closed"}


class Thinker:
    """Makes plans. A buyer's message into a closed conversation opens it again first."""

    def __init__(self, *, db: Database, desks: Desks, rulesets: RuleSets, outlook: Outlook, memberships: Memberships) -> None:
        self._db = db
        self._desks = desks
        self._rulesets = rulesets
        self._outlook = outlook
        self._scenes = Scenes(db)
        self._bearers = Bearers(db)
        self._inviting = Inviting(memberships)
        self._overhearing = Overhearing(db=db, desks=desks, rulesets=rulesets, bearers=self._bearers, inviting=self._inviting)

    async def plan(self, duty: Duty) -> Plan | None:
        """What to do; None when there is nothing left to decide about.

        Raises:
            NotFound: the conversation is gone.
            Unavailable: the store cannot tell now.
        """
        if duty.kind == ANSWER:
            return await self._answer(duty, msgspec.json.decode(duty.payload, type=Answering).seq)
        if duty.kind == GROUP:
            return await self._overhearing.plan(duty, msgspec.json.decode(duty.payload, type=Answering).seq)
        if duty.kind == WAITING:
            return await self._remind(duty, msgspec.json.decode(duty.payload, type=StillWaiting))
        if duty.kind == FOLLOW:
            return await self._greet(duty)
        raise NotFound("没有这种任务。", "There is no such kind of work.")

    async def wants_to_greet(self, follow: Following) -> bool:
        """Whether the account has anything to say to a new follower, who still follows it."""
        voice = await self._rulesets.of(follow.account)
        if "follow" not in voice.rules.layers:
            return False
        async with self._db.read() as conn:
            return await people.follow_of(conn, follow.account, follow.person) is not None

    async def _answer(self, duty: Duty, seq: int) -> Plan | None:
        scene = await self._scenes.of(duty.lane)
        message = duty.message or await stored_message(self._db, duty.lane, seq)
        if message is None:
            return None
        row, memory = scene.row, remembered(scene.memory)
        if message.recalled:
            heard = Heard(kind=message.kind, recalled=True, message_id=f"{duty.lane}:{seq}", seq=seq)
            return await self._decide(await self._rulesets.of(row.account), row, heard, memory, message.author_name, message.at)
        if row.state is DeskState.CLOSED:
            await self._desks.reopen(duty.lane)
            row = msgspec.structs.replace(row, state=DeskState.BOT)
        voice = await self._rulesets.of(row.account)
        first = "first" in voice.rules.layers and await self._is_first(row, seq, memory)
        heard = Heard(text=text_of(message.kind, message.body), kind=message.kind, first=first, message_id=f"{duty.lane}:{seq}", seq=seq)
        return await self._decide(voice, row, heard, memory, message.author_name, message.at)

    async def _remind(self, duty: Duty, wait: StillWaiting) -> Plan | None:
        scene = await self._scenes.of(duty.lane)
        if scene.row.state is not DeskState.WAITING or scene.row.waiting_since != wait.since:
            return None
        return await self._unasked(scene, Heard(event="waiting", message_id=duty.token), now_ms())

    async def _greet(self, duty: Duty) -> Plan:
        return await self._unasked(await self._scenes.of(duty.lane), Heard(event="follow", message_id=duty.token), duty.created_at)

    async def _unasked(self, scene: Scene, heard: Heard, now: int) -> Plan:
        async with self._db.read() as conn:
            buyer = await people.person(conn, scene.row.person)
            follow = await people.follow_of(conn, scene.row.account, scene.row.person)
        voice = await self._rulesets.of(scene.row.account)
        muted = follow is not None and follow.muted
        return await self._decide(voice, scene.row, heard, remembered(scene.memory), "" if buyer is None else buyer.name, now, muted=muted)

    async def _is_first(self, row: DeskRow, seq: int, memory: Memory) -> bool:
        """Whether the buyer wrote nothing before; what was said while an operator held the conversation counts too."""
        if seq == 1 or memory.heard_at:
            return seq == 1
        async with self._db.read() as conn:
            return not await store.wrote_before(conn, row.conversation, row.person, seq)

    async def _decide(self, voice: Voice, row: DeskRow, heard: Heard, memory: Memory, buyer: str, now: int, *, muted: bool = False) -> Plan:
        context = Context(
            desk=_DESKS[row.state],
            account_open=voice.is_open(now),
            buyer_muted=muted,
            waiting_since=row.waiting_since,
            buyer_tags=await self._bearers.of(voice, row.person),
            names=await self._names(voice, row, buyer, now),
            memory=memory,
        )
        decision, card = await self._inviting.after(row.account, row.person, timed(voice.rules, heard, context, now))
        counted, remembered = tally(row.account, zone_of(voice), voice.rules, heard, decision, memory, now)
        return plan_of(
            row.conversation,
            heard.seq,
            decision,
            memory=None if remembered is memory else remembered,
            tally=counted,
            tags=taggings(row.account, row.person, decision, now),
            lines=(*lines_of(decision), *card),
        )

    async def _names(self, voice: Voice, row: DeskRow, buyer: str, now: int) -> dict[str, str]:
        """The place in the queue is looked up for those who have one."""
        return names_of(voice, buyer, now, await self._outlook.of(row) if row.state is DeskState.WAITING else None)
