"""Every role tries every verb through the real actions: let in or refused, as the table of roles says."""

import io
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image

from bot.actions.canned import Canned
from bot.actions.filterbook import Filterbook
from bot.actions.filters import Filters, ListDraft, Scope
from bot.actions.groups import Groups, NewGroup
from bot.actions.identity import Passwords
from bot.actions.lab import Lab
from bot.actions.media.library import Library
from bot.actions.notes import Notes
from bot.actions.people import AccountChanges, NewAccount, People
from bot.actions.staff import Staff
from bot.actions.stats import Stats
from bot.actions.tags import Tags
from bot.live.local import DiskMedia, LocalLimiter
from bot.model.basics import Forbidden, HubError, NotFollowing, NotFound
from bot.model.people import MAY, Actor, Role, Verb
from bot.store.tables import ACCOUNTS, FOLLOWS, PEOPLE
from intents.filters import Filter
from tests.shop import Shop, rule, shop
from tests.world import BUYER, CHEAP, MODERATOR, OPERATOR, OWNER, SECOND, SHOP

LAPSED = Actor(person="buyer-9", name="老客")
FRESH = Actor(person="buyer-8", name="新客")
ACTORS = {Role.OWNER: OWNER, Role.OPERATOR: OPERATOR, Role.MODERATOR: MODERATOR, Role.FOLLOWER: BUYER, Role.VISITOR: LAPSED}
REFUSALS = (Forbidden, NotFound, NotFollowing)


@dataclass
class Stage:
    """The actions, and a conversation that the one who tries is in, if they can be in one."""

    hub: Shop
    room: str
    people: People
    staff: Staff
    canned: Canned
    library: Library


async def png() -> AsyncIterator[bytes]:
    """A picture of one pixel."""
    buffer = io.BytesIO()
    Image.new("RGB", (1, 1)).save(buffer, "PNG")
    yield buffer.getvalue()


async def follow(stage: Stage, actor: Actor) -> None:
    """A buyer follows and is done with it; for a visitor, somebody who never did."""
    who = FRESH if actor is LAPSED else actor
    await stage.people.follow(who, "shop")


async def delete_tag(stage: Stage, actor: Actor) -> None:
    """A tag that an operator put."""
    tags = Tags(db=stage.hub.db, access=stage.hub.access)
    await tags.put(OPERATOR, "shop", BUYER.person, "老客")
    await tags.forget(actor, "shop", "老客")


async def trace(stage: Stage, actor: Actor) -> None:
    """The trace of a message that an operator heard."""
    await stage.hub.desks.claim(OPERATOR, stage.room)
    seq = await stage.hub.say(BUYER, stage.room, "heard")
    await stage.hub.rulebook.trace(actor, stage.room, seq)


async def recall(stage: Stage, actor: Actor) -> None:
    """One's own message, where one can write."""
    seq = await stage.hub.say(actor, stage.room, f"mine-{actor.person}") if actor is not MODERATOR else 1
    await stage.hub.talk.recall(actor, stage.room, seq)


async def replay(stage: Stage, actor: Actor) -> None:
    """The draft over what buyers wrote."""
    lab = Lab(db=stage.hub.db, access=stage.hub.access, rulebook=stage.hub.rulebook, rulesets=stage.hub.rulesets)
    async with aclosing(lab.replay(actor, "shop")) as steps:
        assert [step async for step in steps]


def groups(stage: Stage) -> Groups:
    """The verbs of groups."""
    return Groups(db=stage.hub.db, access=stage.hub.access, bus=stage.hub.bus, limiter=LocalLimiter())


def filters(stage: Stage) -> Filters:
    """The verbs of word lists."""
    hub, setup = stage.hub, Filter()
    book = Filterbook(db=hub.db, bus=hub.bus, setup=setup)
    return Filters(db=hub.db, access=hub.access, bus=hub.bus, limiter=LocalLimiter(), book=book, setup=setup)


def held(act: Callable[[Stage, Actor], Awaitable[object]]) -> Callable[[Stage, Actor], Awaitable[object]]:
    """The same, where the one who tries holds the conversation if they may hold one."""

    async def tried(stage: Stage, actor: Actor) -> None:
        await stage.hub.desks.claim(actor if actor in {OWNER, OPERATOR} else OPERATOR, stage.room)
        await act(stage, actor)

    return tried


TRIALS: dict[Verb, Callable[[Stage, Actor], Awaitable[object]]] = {
    Verb.ACCOUNT_READ: lambda on, who: on.people.account(who, "shop"),
    Verb.ACCOUNT_CREATE: lambda on, who: on.people.create(who, NewAccount(handle="second-shop", name="二店")),
    Verb.ACCOUNT_EDIT: lambda on, who: on.people.edit(who, "shop", 1, AccountChanges(name="新名")),
    Verb.STAFF_READ: lambda on, who: on.staff.members(who, "shop"),
    Verb.STAFF_EDIT: lambda on, who: on.staff.hire(who, "shop", "newcomer", "新人", Role.OPERATOR),
    Verb.FOLLOW: follow,
    Verb.FOLLOWERS_READ: lambda on, who: on.people.followers(who, "shop", None, 10),
    Verb.TAGS_EDIT: lambda on, who: Tags(db=on.hub.db, access=on.hub.access).put(who, "shop", BUYER.person, "老客"),
    Verb.TAGS_DELETE: delete_tag,
    Verb.NOTES_EDIT: lambda on, who: Notes(db=on.hub.db, access=on.hub.access).add(who, "shop", BUYER.person, "要发票"),
    Verb.TALK_OPEN: lambda on, who: on.hub.talk.open(who, "shop"),
    Verb.TALK_READ: lambda on, who: on.hub.talk.pull(who, on.room),
    Verb.TALK_SEND: lambda on, who: on.hub.say(who, on.room, "k"),
    Verb.TALK_RECALL: recall,
    Verb.TRACE_READ: trace,
    Verb.MEDIA_UPLOAD: lambda on, who: on.library.upload(who, png()),
    Verb.DESK_READ: lambda on, who: on.hub.desks.queue(who, "shop"),
    Verb.DESK_CLAIM: lambda on, who: on.hub.desks.claim(who, on.room),
    Verb.DESK_ASSIGN: lambda on, who: on.hub.desks.assign(who, on.room),
    Verb.DESK_TRANSFER: held(lambda on, who: on.hub.desks.transfer(who, on.room, SECOND.person)),
    Verb.DESK_HAND_BACK: held(lambda on, who: on.hub.desks.hand_back(who, on.room)),
    Verb.DESK_CLOSE: held(lambda on, who: on.hub.desks.close(who, on.room)),
    Verb.TEAMS_EDIT: lambda on, who: on.staff.create_team(who, "shop", "售前", []),
    Verb.CANNED_READ: lambda on, who: on.canned.listed(who, "shop", None, 10),
    Verb.CANNED_EDIT: lambda on, who: on.canned.create(who, "shop", "运费", "满 99 包邮"),
    Verb.STATS_READ: lambda on, who: Stats(db=on.hub.db, access=on.hub.access, rulesets=on.hub.rulesets).read(who, "shop"),
    Verb.FILTERS_READ: lambda on, who: filters(on).lists(who, Scope("account", "shop")),
    Verb.FILTERS_EDIT: lambda on, who: filters(on).create(who, Scope("account", "shop"), ListDraft(name="违禁", action="block", words=("代开发票",))),
    Verb.RULES_READ: lambda on, who: on.hub.rulebook.draft(who, "shop"),
    Verb.RULES_EDIT: lambda on, who: on.hub.rulebook.put(who, "shop", [rule("运费", "keyword", "包邮")]),
    Verb.RULES_REPLAY: replay,
    Verb.GROUPS_READ: lambda on, who: groups(on).of_account(who, "shop", None, 10),
    Verb.GROUPS_CREATE: lambda on, who: groups(on).create(who, "shop", NewGroup(name="老客群")),
}


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[Shop]:
    """A shop that talks with everyone, with a buyer who followed once and one who never did."""
    async with shop(f"sqlite:///{data_dir}/hub.db") as hub:
        async with hub.db.write() as conn:
            await conn.execute(sa.update(ACCOUNTS).where(ACCOUNTS.c.id == SHOP).values(chat_open="everyone"))
            await conn.execute(sa.insert(PEOPLE), [{"id": one.person, "name": one.name, "created_at": 0} for one in (LAPSED, FRESH)])
        await hub.arrive(OPERATOR, SECOND)
        yield hub


def test_every_verb_is_tried() -> None:
    """A new verb needs a trial here."""
    assert set(TRIALS) == set(Verb) == set(MAY)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("verb", Verb)
async def test_a_role_is_let_in_or_refused_as_the_table_says(hub: Shop, data_dir: Path, verb: Verb, role: Role) -> None:
    """Refused means told that it is forbidden, or that there is no such thing; nothing else."""
    actor = ACTORS[role]
    room = await hub.room(LAPSED.person if role is Role.VISITOR and verb is not Verb.TRACE_READ else BUYER.person)
    await hub.say(LAPSED if role is Role.VISITOR and verb is not Verb.TRACE_READ else BUYER, room, "first")
    limiter = LocalLimiter()
    stage = Stage(
        hub,
        room,
        People(db=hub.db, access=hub.access, bus=hub.bus, limiter=limiter),
        Staff(db=hub.db, access=hub.access, bus=hub.bus, passwords=Passwords(hasher=CHEAP)),
        Canned(db=hub.db, access=hub.access),
        Library(hub.db, DiskMedia(data_dir), limiter, hub.metrics),
    )
    refused: HubError | None = None
    try:
        await TRIALS[verb](stage, actor)
    except REFUSALS as error:
        refused = error
    assert (refused is None) is (role in MAY[verb]), refused


async def test_an_unknown_verb_is_refused_to_everyone(hub: Shop) -> None:
    """Deny by default: what is not in the table nobody may do."""
    known = MAY.pop(Verb.CANNED_EDIT)
    try:
        with pytest.raises(Forbidden):
            await Canned(db=hub.db, access=hub.access).create(OWNER, "shop", "运费", "包邮")
    finally:
        MAY[Verb.CANNED_EDIT] = known


async def test_following_is_the_persons_own(hub: Shop) -> None:
    """There is no way to follow for somebody else: the verb takes nobody but the caller."""
    async with hub.db.read() as conn:
        before = (await conn.execute(sa.select(sa.func.count()).select_from(FOLLOWS))).scalar()
    await People(db=hub.db, access=hub.access, bus=hub.bus, limiter=LocalLimiter()).follow(FRESH, "shop")
    async with hub.db.read() as conn:
        rows = [row[0] for row in await conn.execute(sa.select(FOLLOWS.c.person))]
    assert len(rows) == int(before or 0) + 1
    assert FRESH.person in rows
