"""How conversations stand when somebody is to be answered, read for many at once."""

from collections.abc import Sequence

import msgspec

from bot.actions.shared import Shared
from bot.model.basics import NotFound
from bot.store import answers, desk
from bot.store.desk import DeskRow
from bot.store.unit import Database


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
