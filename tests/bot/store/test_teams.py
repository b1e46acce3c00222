"""Teams and their people."""

import pytest
import sqlalchemy as sa

from bot.model.basics import Conflict
from bot.store import talk, teams
from bot.store.tables import CONVERSATIONS
from bot.store.teams import TeamRow
from bot.store.unit import Database

SALES = TeamRow(id="t1", account="a1", name="售前")
CARE = TeamRow(id="t2", account="a1", name="售后")


async def test_teams_belong_to_their_account(db: Database) -> None:
    """Names are unique there; another account's team is not found."""
    async with db.write() as conn:
        await teams.create_team(conn, SALES)
        await teams.create_team(conn, CARE)
        with pytest.raises(Conflict) as refused:
            await teams.create_team(conn, TeamRow(id="t3", account="a1", name="售后"))
        await teams.create_team(conn, TeamRow(id="t3", account="a2", name="售后"))

        assert await teams.teams_of(conn, "a1") == sorted([SALES, CARE], key=lambda team: team.name)
        assert await teams.team(conn, "a1", "t1") == SALES
        assert await teams.team(conn, "a2", "t1") is None
    assert refused.value.data == {"path": "name"}


async def test_a_team_is_renamed(db: Database) -> None:
    """To its own name too, but not to another's, and only by its account."""
    async with db.write() as conn:
        await teams.create_team(conn, SALES)
        await teams.create_team(conn, CARE)

        assert await teams.rename_team(conn, "a1", "t1", "咨询")
        assert await teams.rename_team(conn, "a1", "t1", "咨询")
        assert not await teams.rename_team(conn, "a2", "t1", "别人")
        with pytest.raises(Conflict):
            await teams.rename_team(conn, "a1", "t1", "售后")


async def test_members_come_and_go(db: Database) -> None:
    """One by one or all at once, and each is told from the person's side."""
    async with db.write() as conn:
        await teams.create_team(conn, SALES)
        await teams.create_team(conn, CARE)

        assert await teams.add_member(conn, "t1", "amy")
        assert not await teams.add_member(conn, "t1", "amy")
        await teams.set_members(conn, "t2", ["bob", "amy", "bob"])
        assert await teams.members(conn, "t2") == ["amy", "bob"]
        assert {team.id for team in await teams.teams_of_person(conn, "a1", "amy")} == {"t1", "t2"}
        assert await teams.drop_member(conn, "t2", "amy")
        assert not await teams.drop_member(conn, "t2", "amy")
        await teams.set_members(conn, "t2", [])
        assert await teams.members(conn, "t2") == []


async def test_whoever_waits_for_a_dissolved_team_waits_for_anybody(db: Database) -> None:
    """Nobody is left in a queue that no longer exists."""
    async with db.write() as conn:
        await teams.create_team(conn, SALES)
        await teams.add_member(conn, "t1", "amy")
        conversation = await talk.make_direct(conn, "a1", "u1", 1)
        await conn.execute(sa.update(CONVERSATIONS).values(desk="waiting", team="t1", waiting_since=5))

        assert not await teams.drop_team(conn, "a2", "t1")
        assert await teams.drop_team(conn, "a1", "t1")
        assert not await teams.drop_team(conn, "a1", "t1")

        assert await teams.members(conn, "t1") == []
        row = (await conn.execute(sa.select(CONVERSATIONS.c.team, CONVERSATIONS.c.desk).where(CONVERSATIONS.c.id == conversation))).one()
        assert tuple(row) == (None, "waiting")
