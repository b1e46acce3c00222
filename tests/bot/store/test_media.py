"""Rows of stored files, and who may see them."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.groups import GroupRole, Joining, Membership
from bot.model.people import Role
from bot.store import groups, media, members, people, talk
from bot.store.groups import GroupRow
from bot.store.media import MediaRow
from bot.store.tables import MEDIA_USES
from bot.store.unit import Database

PICTURE = MediaRow(id="m1", owner="u1", kind="image", type="image/png", size=99, at=5, width=10, height=20, thumbnail=True)
VOICE = MediaRow(id="m2", owner="u1", kind="voice", type="audio/ogg", size=99, at=5, seconds=3.5)


async def show(conn: AsyncConnection, conversation: str, name: str = "m1") -> None:
    """A message of the conversation shows it, as the log records."""
    await conn.execute(sa.insert(MEDIA_USES).values(media=name, conversation=conversation))


async def test_a_file_keeps_what_was_measured(db: Database) -> None:
    """Every column comes back as it went."""
    async with db.write() as conn:
        await media.add(conn, PICTURE)
        await media.add(conn, VOICE)

        assert [await media.get(conn, name) for name in ("m1", "m2", "m3")] == [PICTURE, VOICE, None]


async def test_where_a_file_is_shown(db: Database) -> None:
    """Conversation by conversation, in a bounded list."""
    async with db.write() as conn:
        for name in ("c2", "c1", "c3"):
            await show(conn, name)

        assert await media.shown_in(conn, "m1", "c1")
        assert not await media.shown_in(conn, "m1", "c9")
        assert not await media.shown_in(conn, "m2", "c1")
        assert await media.conversations_showing(conn, "m1", 2) == ["c1", "c2"]


async def test_a_file_is_visible_to_the_people_of_a_conversation_that_shows_it(db: Database) -> None:
    """Its buyer, and staff of its account in the given roles; nobody else."""
    desk = {Role.OWNER, Role.OPERATOR}
    async with db.write() as conn:
        await show(conn, await talk.make_direct(conn, "a1", "buyer", 1))
        await talk.make_direct(conn, "a2", "buyer-2", 1)
        await people.set_role(conn, "a1", "amy", Role.OPERATOR, 1)
        await people.set_role(conn, "a1", "mod", Role.MODERATOR, 1)
        await people.set_role(conn, "a2", "bob", Role.OWNER, 1)

        seen = {person: await media.visible_to(conn, "m1", person, desk) for person in ("buyer", "buyer-2", "amy", "mod", "bob", "nobody")}
        assert not await media.visible_to(conn, "m2", "buyer", desk)

    assert seen == {"buyer": True, "buyer-2": False, "amy": True, "mod": False, "bob": False, "nobody": False}


async def test_a_file_of_a_group_is_visible_to_who_is_in_it_or_moderates_it(db: Database) -> None:
    """Not to operators of the account, nor to other followers; when the group is dissolved, to its moderators."""
    desk = {Role.OWNER, Role.OPERATOR}
    everybody = ("fan", "amy", "mod", "own", "bob", "nobody")
    async with db.write() as conn:
        await people.create_account(conn, people.AccountRow(id="a1", handle="a1", name="小店", kind="seller", chat_open="followers", created_at=1))
        await groups.create(conn, GroupRow(id="g1", account="a1", name="茶友", joining=Joining.OPEN, capacity=9, created_at=1))
        joined = Membership(group="g1", person="fan", role=GroupRole.MEMBER, joined_at=1, joined_seq=0, visible_after=0)
        await members.add(conn, joined)
        await show(conn, "g1")
        for person, role in (("amy", Role.OPERATOR), ("mod", Role.MODERATOR), ("own", Role.OWNER)):
            await people.set_role(conn, "a1", person, role, 1)
        await people.set_role(conn, "a2", "bob", Role.OWNER, 1)

        seen = [person for person in everybody if await media.visible_to(conn, "m1", person, desk)]
        await groups.dissolve(conn, "g1", 5)
        later = [person for person in everybody if await media.visible_to(conn, "m1", person, desk)]

    assert (seen, later) == (["fan", "mod", "own"], ["mod", "own"])


async def test_a_picture_of_an_account_is_visible_to_its_staff_however_often_it_is_shown(db: Database) -> None:
    """The first conversations that show it may be another account's; looking on is bounded."""
    async with db.write() as conn:
        await people.set_role(conn, "a2", "bob", Role.OWNER, 1)
        await people.set_role(conn, "a3", "eve", Role.OWNER, 1)
        for number in range(120):
            await show(conn, await talk.make_direct(conn, "a1", f"u{number}", 1))
        await show(conn, await talk.make_direct(conn, "a2", "last", 1))

        assert await media.visible_to(conn, "m1", "bob", {Role.OWNER})
        assert not await media.visible_to(conn, "m1", "eve", {Role.OWNER})
