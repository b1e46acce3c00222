"""How conversations and groups stand when somebody is to be answered, read for many at once."""

from collections.abc import Sequence

import msgspec

from bot.actions.duties import Message
from bot.actions.rulesets import Voice
from bot.actions.shared import Shared
from bot.model.basics import NotFound
from bot.model.groups import GroupStanding
from bot.store import answers, desk, groups, tags, talk
from bot.store.desk import DeskRow
from bot.store.unit import Database
from replies.decision import Memory

_MEMORY = msgspec.json.Decoder(Memory)


class Scene(msgspec.Struct, frozen=True):
    """A conversation's place on the desk, and what the reply engine remembers of it, as JSON."""

    row: DeskRow
    memory: str | None


class Scenes:
    """Reads scenes, all that are asked for at once in one transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._shared = Shared(self._read)

    async def of(self, conversation: str) -> Scene:
        """The scene of a conversation, as it is now or later.

        Raises:
            NotFound: there is no such conversation.
            Unavailable: the store cannot tell now.
        """
        scene = await self._shared.ask(conversation)
        if scene is None:
            raise NotFound("没有这个会话。", "There is no such conversation.")
        return scene

    async def _read(self, names: Sequence[str]) -> dict[str, Scene]:
        async with self._db.read() as conn:
            rows = await desk.desk_rows(conn, names)
            memories = await answers.memories(conn, names)
        return {name: Scene(row, memories.get(name)) for name, row in rows.items()}


class Room(msgspec.Struct, frozen=True):
    """A group, and what the reply engine remembers of it, as JSON."""

    standing: GroupStanding
    memory: str | None


class Rooms:
    """Reads rooms, as `Scenes` reads scenes."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._shared = Shared(self._read)

    async def of(self, group: str) -> Room | None:
        """The room of a group, as it is now or later; None where there is none any more.

        Raises:
            Unavailable: the store cannot tell now.
        """
        return await self._shared.ask(group)

    async def _read(self, names: Sequence[str]) -> dict[str, Room]:
        async with self._db.read() as conn:
            standings = {name: await groups.standing(conn, name) for name in names}
            memories = await answers.memories(conn, names)
        return {name: Room(one, memories.get(name)) for name, one in standings.items() if one is not None and not one.dissolved}


class Bearers:
    """Reads the tags of those who are to be answered, where a rule asks for any; all that are asked for at once in one transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._shared = Shared(self._read)

    async def of(self, voice: Voice, person: str) -> frozenset[str]:
        """The tags a person has from an account."""
        return (await self._shared.ask((voice.account.id, person)) or frozenset()) if voice.rules.asks_tags else frozenset()

    async def _read(self, buyers: Sequence[tuple[str, str]]) -> dict[tuple[str, str], frozenset[str]]:
        found: dict[tuple[str, str], frozenset[str]] = {}
        async with self._db.read() as conn:
            for account in sorted({account for account, _ in buyers}):
                tagged = await tags.of_many(conn, account, [person for of, person in buyers if of == account])
                found |= {(account, person): frozenset(has) for person, has in tagged.items()}
        return found


def remembered(memory: str | None) -> Memory:
    """What the reply engine remembers of a conversation; nothing of a new one."""
    return Memory() if memory is None else _MEMORY.decode(memory)


async def stored_message(db: Database, conversation: str, seq: int) -> Message | None:
    """A message from the store, or None."""
    async with db.read() as conn:
        found = await talk.message(conn, conversation, seq)
    if found is None:
        return None
    body, recalled = bytes(found.body).decode(), found.recalled_by is not None
    return Message(found.author, found.author_name, found.kind, body, found.at, found.reply_to, recalled)
