"""From a message in a group to a plan: whether it speaks to the account, what is said to it, and to whom that is shown.

What only whoever asked may see is said in their direct conversation, after a card that tells what it answers: the log of a
group is one dense order that all its members see, and has no room for messages that some do not (docs/adr/0018).
"""

import msgspec

from bot.actions.desk import Desks
from bot.actions.duties import Duty, Line, Message, Plan, lines_of, plan_of, taggings
from bot.actions.hearing import mentions_of, names_of, text_of, timed, zone_of
from bot.actions.inviting import Inviting
from bot.actions.rulesets import RuleSets, Voice
from bot.actions.scenes import Bearers, Rooms, remembered, stored_message
from bot.model.basics import now_ms
from bot.model.groups import BOT_PREFIX, GroupStanding
from bot.model.talk import DeskState
from bot.store import desk, talk
from bot.store.unit import Database
from replies.address import addressed
from replies.decision import Context, Decision, Heard, Memory, Outgoing, Reason
from replies.tally import Tally, tally

QUOTED = 200
"""Characters of a question that the card before a private answer shows."""


class Overhearing:
    """Makes plans for what is written in groups."""

    def __init__(self, *, db: Database, desks: Desks, rulesets: RuleSets, bearers: Bearers, inviting: Inviting) -> None:
        self._db = db
        self._desks = desks
        self._rulesets = rulesets
        self._bearers = bearers
        self._inviting = inviting
        self._rooms = Rooms(db)

    async def plan(self, duty: Duty, seq: int) -> Plan | None:
        """What to do about a message; None when there is nothing left to decide about.

        Raises:
            Unavailable: the store cannot tell now.
        """
        room = await self._rooms.of(duty.lane)
        message = duty.message or await stored_message(self._db, duty.lane, seq)
        if room is None or message is None:
            return None
        voice = await self._rulesets.of(room.standing.account)
        heard = await self._heard(voice, duty.lane, seq, message)
        memory = remembered(room.memory)
        context = Context(
            account_open=voice.is_open(message.at),
            buyer_tags=await self._bearers.of(voice, message.author),
            names=names_of(voice, message.author_name, message.at),
            memory=memory,
        )
        decision = timed(voice.rules, heard, context, message.at)
        counted = _counted(voice, heard, decision, message.at)
        decision, lines, aside = await self._said(room.standing, seq, message, decision)
        return plan_of(
            duty.lane,
            seq,
            decision,
            memory=None if decision.memory is memory else decision.memory,
            tally=counted,
            tags=taggings(room.standing.account, message.author, decision, message.at),
            lines=lines,
            aside=aside,
        )

    async def _heard(self, voice: Voice, group: str, seq: int, message: Message) -> Heard:
        if message.recalled:
            return Heard(kind=message.kind, place="group", recalled=True, author=message.author, message_id=f"{group}:{seq}", seq=seq)
        text = text_of(message.kind, message.body)
        rest = addressed(text, voice.account.name, voice.rules.index.segmenter) if voice.rules.hears_groups else None
        return Heard(
            text=text if rest is None else rest,
            kind=message.kind,
            place="group",
            addressed=rest is not None or (voice.rules.hears_groups and await self._is_called(voice, group, message)),
            author=message.author,
            message_id=f"{group}:{seq}",
            seq=seq,
        )

    async def _is_called(self, voice: Voice, group: str, message: Message) -> bool:
        """Whether the account is called by its id, or something it said here is replied to."""
        bot = f"{BOT_PREFIX}{voice.account.id}"
        if bot in mentions_of(message.kind, message.body):
            return True
        if message.reply_to is None:
            return False
        async with self._db.read() as conn:
            before = await talk.message(conn, group, message.reply_to)
        return before is not None and before.author == bot

    async def _said(self, standing: GroupStanding, seq: int, message: Message, decision: Decision) -> tuple[Decision, tuple[Line, ...], str | None]:
        """What is said in the room and what aside, and the direct conversation for that, where it is needed."""
        if not (decision.private or decision.hand_off or decision.invite):
            return decision, lines_of(decision), None
        aside, held = await self._aside(standing.account, message.author)
        question = _question(standing, seq, message, decision)
        if held and decision.private:
            # Nobody speaks where a person does: whoever holds the conversation is shown the question instead.
            return _left_to_people(decision), question, aside
        decision, card = await self._inviting.after(standing.account, message.author, decision, aside=True)
        said = lines_of(decision, aside=decision.private)
        return decision, ((*question, *said, *card) if decision.private else (*said, *question, *card)), aside

    async def _aside(self, account: str, person: str) -> tuple[str, bool]:
        """The direct conversation of somebody, open, and whether a person of the staff holds it."""
        async with self._db.write() as conn:
            conversation = await talk.make_direct(conn, account, person, now_ms())
            row = await desk.desk_row(conn, conversation)
        if row is not None and row.state is DeskState.CLOSED:
            await self._desks.reopen(conversation)
        return conversation, row is not None and row.state is DeskState.OPERATOR


def _question(standing: GroupStanding, seq: int, message: Message, decision: Decision) -> tuple[Line, ...]:
    """The card that tells, in the direct conversation, what was asked and where."""
    rule = next(iter(decision.trace.winners), "")
    name = next((said.rule_name for said in decision.says), rule)
    body: dict[str, object] = {"title": f"来自小组「{standing.name}」的提问", "ref": f"message:{standing.conversation}:{seq}"}
    text = text_of(message.kind, message.body)[:QUOTED]
    return (Line(rule, name, Outgoing("card", {**body, "text": text} if text else body), aside=True),)


def _left_to_people(decision: Decision) -> Decision:
    trace = msgspec.structs.replace(decision.trace, outcome="hand_off", reason=Reason.OPERATOR)
    return msgspec.structs.replace(decision, outcome="hand_off", says=(), hand_off=False, team=None, invite=None, trace=trace)


def _counted(voice: Voice, heard: Heard, decision: Decision, now: int) -> Tally | None:
    """What it adds to the statistics: nothing where nobody spoke to the account and it said nothing. Who asks again is not followed up in a room of many."""
    if not heard.addressed and decision.outcome == "silent":
        return None
    counted, _ = tally(voice.account.id, zone_of(voice), voice.rules, heard, decision, Memory(), now)
    return counted
