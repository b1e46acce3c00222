"""What the published rules would answer to what a buyer wrote last, for an operator who answers. Nothing is sent or remembered."""

from collections.abc import Sequence

import msgspec

from bot.actions.access import Access
from bot.actions.hearing import names_of, text_of
from bot.actions.outlook import Outlook
from bot.actions.rulesets import RuleSets, Voice
from bot.model.basics import NotFound, now_ms
from bot.model.people import Actor, Verb
from bot.model.talk import AuthorRole, DeskState, Message
from bot.store import answers, desk, people, tags, talk
from bot.store.desk import DeskRow
from bot.store.unit import Database
from replies.decision import Context, Heard, Memory
from replies.suggest import Suggestion, suggest

LOOKED_AT = 20
"""So far back is looked for what the buyer wrote last."""

MESSAGES_MOST = 3
"""So many of the buyer's latest messages are answered."""

SUGGESTIONS_MOST = 5

_MEMORY = msgspec.json.Decoder(Memory)


class Suggested(msgspec.Struct, frozen=True):
    """A suggestion, and the message it would answer."""

    seq: int
    suggestion: Suggestion


class Suggestions:
    """Asks the rules of an account on behalf of whoever answers for it."""

    def __init__(self, *, db: Database, access: Access, rulesets: RuleSets, outlook: Outlook) -> None:
        self._db = db
        self._access = access
        self._rulesets = rulesets
        self._outlook = outlook

    async def of(self, actor: Actor, conversation: str) -> list[Suggested]:
        """What the rules know about the buyer's messages since somebody answered, the latest first, at most 5.

        The guard that keeps the engine out while an operator holds the conversation is looked past; every other one holds.

        Raises:
            NotFound, Forbidden: see `Access.conversation`.
        """
        await self._access.conversation(actor, conversation, Verb.DESK_READ)
        async with self._db.read() as conn:
            row = await desk.desk_row(conn, conversation)
            if row is None:
                raise NotFound("没有这个会话。", "There is no such conversation.")
            asked = _unanswered(await talk.before(conn, conversation, 2**53, LOOKED_AT), row.person)
            memory = (await answers.memories(conn, [conversation])).get(conversation)
            buyer = await people.person(conn, row.person)
        if not asked:
            return []
        voice = await self._rulesets.of(row.account)
        now = now_ms()
        names = names_of(voice, "" if buyer is None else buyer.name, now, await self._outlook.of(row)) | {"operator": actor.name}
        context = Context(
            desk="waiting" if row.state is DeskState.WAITING else "bot",
            account_open=voice.is_open(now),
            buyer_tags=await self._tags(voice, row),
            names=names,
            memory=Memory() if memory is None else _MEMORY.decode(memory),
        )
        return _ranked(voice, asked, context, now)

    async def _tags(self, voice: Voice, row: DeskRow) -> frozenset[str]:
        if not voice.rules.asks_tags:
            return frozenset()
        async with self._db.read() as conn:
            return frozenset((await tags.of_many(conn, row.account, [row.person])).get(row.person, ()))


def _unanswered(found: Sequence[Message], buyer: str) -> list[Message]:
    """What the buyer wrote since somebody answered, the latest first. What the bot says unasked, as while they wait, answers nothing."""
    asked: list[Message] = []
    for message in reversed(found):
        if message.author == buyer:
            asked += [message] if message.recalled_by is None else []
        elif message.role is not AuthorRole.SYSTEM and (message.auto is None or message.auto.cause):
            break
    return asked[:MESSAGES_MOST]


def _ranked(voice: Voice, asked: Sequence[Message], context: Context, now: int) -> list[Suggested]:
    """Each rule once, for the latest message it fits."""
    found: dict[str, Suggested] = {}
    for message in asked:
        text = text_of(message.kind, bytes(message.body))
        heard = Heard(text=text, kind=message.kind, message_id=f"{message.conversation}:{message.seq}", seq=message.seq)
        for one in suggest(voice.rules, heard, context, now, SUGGESTIONS_MOST) if text else ():
            found.setdefault(one.rule, Suggested(message.seq, one))
    return list(found.values())[:SUGGESTIONS_MOST]
