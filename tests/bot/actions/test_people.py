"""Accounts are read, found, made and changed; people follow them by their own act alone."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from bot.actions.duties import Following
from bot.actions.people import FOLLOWS, AccountChanges, NewAccount, People
from bot.live.local import LocalLimiter
from bot.model.basics import Conflict, Forbidden, Invalid, NotFollowing, NotFound, RateLimited
from bot.model.facts import AccountChanged, FollowChanged, to_account, to_person
from bot.model.people import Actor, Role
from bot.model.talk import ChatOpen
from bot.store.tables import ACCOUNTS, OUTBOX, PEOPLE
from replies.hours import Hours
from tests.world import BUYER, MODERATOR, OPERATOR, OUTSIDER, OWNER, SHOP, STRANGER, VISITOR, World, world

LONG_NIGHT = Hours(weekly={"mon-fri": ("20:00-02:00",)})


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[World]:
    async with world(data_dir) as hub:
        yield hub


@pytest.fixture
def people(hub: World) -> People:
    return People(db=hub.db, access=hub.access, bus=hub.bus, limiter=LocalLimiter())


async def greetings(hub: World) -> list[Following]:
    """The new followers that wait to be greeted."""
    async with hub.db.read() as conn:
        rows = await conn.execute(sa.select(OUTBOX.c.payload).where(OUTBOX.c.kind == "follow").order_by(OUTBOX.c.id))
        return [msgspec.json.decode(row[0], type=Following) for row in rows]


async def test_an_account_is_seen_as_what_one_is_to_it(people: People) -> None:
    """By handle or id; role and follow are the caller's own."""
    by_handle, by_id = await people.account(BUYER, "shop"), await people.account(OWNER, SHOP)

    assert (by_handle.row.id, by_handle.role, by_handle.follow is not None) == (SHOP, Role.FOLLOWER, True)
    assert (by_id.row.handle, by_id.role, by_id.follow) == ("shop", Role.OWNER, None)
    assert (await people.account(VISITOR, "shop")).role is Role.VISITOR
    with pytest.raises(NotFound):
        await people.account(BUYER, "nowhere")


async def test_a_handle_chosen_to_be_another_accounts_id_stands_for_nothing(people: People) -> None:
    """Whoever names an account by its id gets that one: followers, staff and rules do not go astray."""
    false = await people.create(OWNER, NewAccount(handle=SHOP, name="冒牌店"))

    assert (await people.account(BUYER, SHOP)).row.handle == "shop"
    assert (await people.account(BUYER, false.row.id)).row.name == "冒牌店"


async def test_accounts_are_found_by_name_or_handle(people: People) -> None:
    """A page at a time, in the order of handles; a wild-card is a letter like any other."""
    for number in range(5):
        await people.create(OWNER, NewAccount(handle=f"tea-{number}", name=f"茶铺 {number}"))

    first = await people.find(" 茶铺 ", None, 3)
    rest = await people.find("茶铺", first.cursor, 3)

    assert [row.handle for row in [*first.items, *rest.items]] == [f"tea-{number}" for number in range(5)]
    assert rest.cursor is None
    assert [row.handle for row in (await people.find("SHOP", None, 10)).items] == ["shop"]
    assert (await people.find("%", None, 10)).items == []
    with pytest.raises(Invalid):
        await people.find("", "not a cursor", 10)


async def test_an_owner_makes_another_account_and_owns_it(people: People) -> None:
    """Everything told is kept; the handle is taken from then on."""
    made = await people.create(OWNER, NewAccount(handle="tea", name=" 茶\u202e铺 ", kind="expert", hours=LONG_NIGHT, chat_open=ChatOpen.EVERYONE))

    assert (made.row.name, made.row.kind, made.row.chat_open, made.row.version) == ("茶铺", "expert", "everyone", 1)
    assert msgspec.json.decode(made.row.hours or "", type=Hours) == LONG_NIGHT
    assert (await people.account(OWNER, "tea")).role is Role.OWNER
    with pytest.raises(Conflict):
        await people.create(OWNER, NewAccount(handle="tea", name="另一家"))


@pytest.mark.parametrize("actor", [OPERATOR, MODERATOR, STRANGER, BUYER, OUTSIDER])
async def test_only_who_owns_an_account_makes_another(people: People, actor: Actor) -> None:
    """The first one is made on the command line."""
    with pytest.raises(Forbidden):
        await people.create(actor, NewAccount(handle="tea", name="茶铺"))


@pytest.mark.parametrize(
    ("new", "path"),
    [
        (NewAccount(handle="tea\n", name="茶铺"), "handle"),
        (NewAccount(handle="tea", name="\u200f"), "name"),
        (NewAccount(handle="tea", name="茶铺", hours=Hours(weekly={"someday": ()})), "hours.weekly.someday"),
        (NewAccount(handle="tea", name="茶铺", hours=Hours(zone="Moon/Base")), "hours.zone"),
    ],
)
async def test_an_account_that_makes_no_sense_is_not_made(people: People, new: NewAccount, path: str) -> None:
    """The fault names the member."""
    with pytest.raises(Invalid) as refusal:
        await people.create(OWNER, new)
    assert refusal.value.data["path"] == path


async def test_an_owner_changes_what_they_name_and_nothing_else(people: People, hub: World) -> None:
    """The version grows, caches hear of it, null empties."""
    hub.bus.subscribe(to_account(SHOP))
    first = await people.edit(OWNER, "shop", 1, AccountChanges(about="好茶", avatar="https://shop.example/a.png", hours=LONG_NIGHT))
    second = await people.edit(OWNER, SHOP, 2, AccountChanges(avatar=None, hours=None))

    assert (first.row.version, first.row.about, first.row.name) == (2, "好茶", "shop 小店")
    assert (second.row.version, second.row.about, second.row.avatar, second.row.hours) == (3, "好茶", None, None)
    assert hub.facts() == [AccountChanged(SHOP)] * 2


async def test_a_stale_change_is_a_conflict(people: People) -> None:
    """Of two who read the same version one wins, and the other is told the version now."""
    results = await asyncio.gather(
        *(people.edit(OWNER, "shop", 1, AccountChanges(name=f"店 {number}")) for number in range(4)), return_exceptions=True
    )

    refusals = [result for result in results if isinstance(result, Conflict)]
    assert len(refusals) == 3
    assert {refusal.data["version"] for refusal in refusals} == {2}
    assert (await people.account(OWNER, "shop")).row.version == 2


@pytest.mark.parametrize("actor", [OPERATOR, MODERATOR, STRANGER, BUYER, OUTSIDER])
async def test_nobody_else_changes_an_account(people: People, actor: Actor) -> None:
    with pytest.raises(Forbidden):
        await people.edit(actor, "shop", 1, AccountChanges(name="被改了"))


async def test_a_new_follow_is_kept_told_and_greeted_once(people: People, hub: World) -> None:
    """With its source; the same transaction leaves the work to greet; again changes nothing."""
    for topic in (to_person(VISITOR.person), to_account(SHOP)):
        hub.bus.subscribe(topic)

    first = await people.follow(VISITOR, "shop", "qr-12")
    again = await people.follow(VISITOR, "shop", "elsewhere")

    assert (first.source, first.muted) == ("qr-12", False)
    assert again == first
    assert hub.facts() == [FollowChanged(account=SHOP, person=VISITOR.person, following=True)]
    assert await greetings(hub) == [Following(SHOP, VISITOR.person)]


async def test_following_remembers_the_name(people: People, hub: World) -> None:
    """So that the account sees who its followers are."""
    newcomer = Actor(person="buyer-77", name="新人", avatar="https://shop.example/n.png")

    await people.follow(newcomer, "shop")
    await people.follow(msgspec.structs.replace(newcomer, name="老友"), "shop")

    async with hub.db.read() as conn:
        row = (await conn.execute(sa.select(PEOPLE.c.name, PEOPLE.c.avatar).where(PEOPLE.c.id == "buyer-77"))).one()
    assert tuple(row) == ("老友", "https://shop.example/n.png")


async def test_unfollowing_is_told_once_and_may_be_undone(people: People, hub: World) -> None:
    """A person who comes back is a new follower."""
    hub.bus.subscribe(to_person(BUYER.person))

    await people.unfollow(BUYER, "shop")
    await people.unfollow(BUYER, "shop")
    await people.follow(BUYER, "shop")

    assert [fact.following for fact in hub.facts() if isinstance(fact, FollowChanged)] == [False, True]
    assert len(await greetings(hub)) == 1


@pytest.mark.parametrize("actor", [OWNER, OPERATOR, MODERATOR])
async def test_staff_do_not_follow_their_own_account(people: People, actor: Actor) -> None:
    """They may follow another shop's."""
    for refused in (people.follow(actor, "shop"), people.unfollow(actor, "shop"), people.mute(actor, "shop", muted=True)):
        with pytest.raises(Forbidden):
            await refused
    assert (await people.follow(actor, "other")).person == actor.person


async def test_following_in_a_hurry_is_limited(people: People) -> None:
    """Follow and unfollow count together."""
    for _ in range(FOLLOWS.burst // 2):
        await people.follow(VISITOR, "shop")
        await people.unfollow(VISITOR, "shop")

    with pytest.raises(RateLimited):
        await people.follow(VISITOR, "shop")
    assert (await people.follow(OUTSIDER, "shop")).person == OUTSIDER.person


async def test_a_follower_mutes_an_account(people: People) -> None:
    """And unmutes it; without following there is nothing to mute."""
    await people.mute(BUYER, "shop", muted=True)
    muted = (await people.account(BUYER, "shop")).follow
    await people.mute(BUYER, "shop", muted=False)
    unmuted = (await people.account(BUYER, "shop")).follow

    assert muted is not None
    assert unmuted is not None
    assert (muted.muted, unmuted.muted) == (True, False)
    with pytest.raises(NotFollowing):
        await people.mute(VISITOR, "shop", muted=True)


async def test_followers_are_listed_newest_first_with_their_source(people: People, hub: World) -> None:
    """Page by page, none twice and none missing, though all came in the same millisecond."""
    for number in range(7):
        await people.follow(Actor(person=f"fan-{number}", name=f"粉丝 {number}"), "shop", f"link-{number}")

    found, cursor = [], None
    for _ in range(9):
        page = await people.followers(OPERATOR, "shop", cursor, 3)
        found += page.items
        cursor = page.cursor
        if cursor is None:
            break

    assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)
    assert {(one.person, one.name, one.source) for one in found} == {
        ("buyer-1", "小张", ""),
        *((f"fan-{number}", f"粉丝 {number}", f"link-{number}") for number in range(7)),
    }
    assert len(found) == 8


@pytest.mark.parametrize("actor", [MODERATOR, STRANGER, BUYER, OUTSIDER])
async def test_followers_are_for_the_desk_alone(people: People, actor: Actor) -> None:
    with pytest.raises(Forbidden):
        await people.followers(actor, "shop", None, 10)


async def test_a_person_sees_what_they_follow(people: People) -> None:
    """Newest first, with whether it is muted."""
    await people.follow(BUYER, "other")
    await people.mute(BUYER, "other", muted=True)

    page = await people.following(BUYER, None, 10)

    assert [(one.account.handle, one.muted) for one in page.items] == [("other", True), ("shop", False)]


async def test_who_am_i(people: People, hub: World) -> None:
    """A buyer by their token; staff with the accounts they work for."""
    buyer, nothing = await people.me(Actor(person="buyer-9", name="新名字", avatar=None))
    owner, accounts = await people.me(OWNER)

    assert (buyer.id, buyer.name, nothing) == ("buyer-9", "新名字", [])
    assert (owner.id, [(row.handle, role) for row, role in accounts]) == (OWNER.person, [("shop", Role.OWNER)])
    async with hub.db.read() as conn:
        assert (await conn.execute(sa.select(sa.func.count()).select_from(ACCOUNTS))).scalar() == 2
