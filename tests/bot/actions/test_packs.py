"""Taking a starter pack into an account's draft: what was there stays, and nothing is said by it yet."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.actions.packs import Note, Pack, Packs, TwoTongues
from bot.model.basics import Conflict, Forbidden, Invalid, NotFound
from bot.store.tables import RULE_DRAFTS
from replies.merge import Skipped
from replies.shapes import RULES_LIMIT, Rule
from tests.shop import Shop, rule, shop
from tests.world import BUYER, MODERATOR, OPERATOR, OUTSIDER, OWNER, STRANGER

PACK = Pack(
    id="tea",
    name=TwoTongues("茶", "Tea"),
    about=TwoTongues("卖茶的店", "For tea shops"),
    notes=(Note("p-ship", "写上几点前发货。", "Say until when."), Note("p-back", "写上几天。", "Say how many days.")),
    rules=tuple(
        msgspec.convert({**rule(text, "keyword", text), "id": id_, "name": text}, Rule)
        for id_, text in (("p-ship", "发货"), ("p-back", "退货"), ("p-post", "运费"))
    ),
)


def ids(text: str) -> list[str]:
    return [one["id"] for one in msgspec.json.decode(text, type=list[dict[str, Any]])]


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[Shop]:
    """A shop on SQLite."""
    async with shop(f"sqlite:///{data_dir}/hub.db") as opened:
        yield opened


@pytest.fixture
def packs(hub: Shop) -> Packs:
    """One pack to choose from."""
    return Packs(access=hub.access, rulebook=hub.rulebook, packs={"tea": PACK})


async def test_a_pack_becomes_the_draft_and_says_nothing(hub: Shop, packs: Packs) -> None:
    """Under the next revision, with what to adapt; published rules stay as they are."""
    done = await packs.install(OWNER, "shop", "tea")

    assert (done.added, done.skipped, done.notes) == (("p-ship", "p-back", "p-post"), (), PACK.notes)
    assert (done.draft.revision, done.draft.author, ids(done.draft.rules)) == (1, OWNER.person, ["p-ship", "p-back", "p-post"])
    assert (await hub.rulebook.versions(OWNER, "shop")).items == []


async def test_what_the_shop_has_stays(hub: Shop, packs: Packs) -> None:
    """Its rule for the same keyword keeps the pack's out, and no note is given for that one."""
    ours = {**rule("发货", "keyword", "我们自己的话"), "id": "ours"}
    await hub.rulebook.put(OWNER, "shop", [ours])

    done = await packs.install(OWNER, "shop", "tea")

    assert done.skipped == (Skipped("p-ship", "pattern", "ours"),)
    assert done.notes == PACK.notes[1:]
    assert ids(done.draft.rules) == ["ours", "p-back", "p-post"]


async def test_a_second_time_saves_nothing(packs: Packs) -> None:
    """All of it is there: the draft keeps its revision."""
    first = await packs.install(OWNER, "shop", "tea")
    second = await packs.install(OWNER, "shop", "tea")

    assert (second.added, [one.why for one in second.skipped]) == ((), ["id"] * 3)
    assert second.draft == first.draft


async def test_it_can_take_the_place_of_the_draft(hub: Shop, packs: Packs) -> None:
    """Whatever stood there."""
    await hub.rulebook.put(OWNER, "shop", [{**rule("发货", "keyword", "旧"), "id": "old"}])

    done = await packs.install(OWNER, "shop", "tea", "replace")

    assert (ids(done.draft.rules), done.skipped) == (["p-ship", "p-back", "p-post"], ())


async def test_published_rules_are_where_a_draft_begins(hub: Shop, packs: Packs) -> None:
    """Without a draft, the pack comes beside what the account says now."""
    await hub.rulebook.import_(OWNER, "shop", [{**rule("发票", "keyword", "能开"), "id": "bill"}])

    assert ids((await packs.install(OWNER, "shop", "tea")).draft.rules)[0] == "bill"


async def test_another_revision_is_a_conflict(hub: Shop, packs: Packs) -> None:
    """Somebody saved since the caller looked: nothing is changed."""
    await hub.rulebook.put(OWNER, "shop", [])

    for mode in ("merge", "replace"):
        with pytest.raises(Conflict):
            await packs.install(OWNER, "shop", "tea", mode, revision=7)
    assert (await hub.rulebook.draft(OWNER, "shop")).rules == "[]"
    assert (await packs.install(OWNER, "shop", "tea", revision=1)).draft.revision == 2


async def test_only_an_owner_installs(hub: Shop, packs: Packs) -> None:
    """Everybody else is refused before anything is looked up, and nothing is saved."""
    for actor in (OPERATOR, MODERATOR, STRANGER, BUYER, OUTSIDER):
        for pack in ("tea", "none"):
            with pytest.raises(Forbidden):
                await packs.install(actor, "shop", pack)
    with pytest.raises(NotFound):
        await packs.install(OWNER, "nowhere", "tea")
    assert (await hub.rulebook.draft(OWNER, "shop")).revision == 0


async def test_an_unknown_pack_is_named(packs: Packs) -> None:
    """With the member that is wrong."""
    with pytest.raises(NotFound, match="coffee") as caught:
        await packs.install(OWNER, "shop", "coffee")

    assert caught.value.data["path"] == "pack"


async def test_staff_see_what_there_is(packs: Packs) -> None:
    """Of any shop and in any role; buyers have no use for it."""
    assert packs.listed(STRANGER) == packs.listed(MODERATOR) == [PACK]
    with pytest.raises(Forbidden):
        packs.listed(BUYER)


async def test_a_full_set_takes_no_more(hub: Shop, packs: Packs) -> None:
    """The limit of an account holds for packs too, and the draft stays."""
    many = [{**rule(f"词{number}", "keyword", "好"), "id": f"r{number}"} for number in range(RULES_LIMIT)]
    await hub.rulebook.put(OWNER, "shop", many)

    with pytest.raises(Invalid, match=str(RULES_LIMIT)):
        await packs.install(OWNER, "shop", "tea")
    assert (await hub.rulebook.draft(OWNER, "shop")).revision == 1


async def test_a_draft_of_another_release_is_told_and_can_be_replaced(hub: Shop, packs: Packs) -> None:
    """What cannot be read cannot be merged with."""
    await hub.rulebook.put(OWNER, "shop", [])
    async with hub.db.write() as conn:
        await conn.execute(RULE_DRAFTS.update().values(rules='[{"id": "old"}]'))

    with pytest.raises(Invalid) as caught:
        await packs.install(OWNER, "shop", "tea")
    assert str(caught.value.data["path"]).startswith("rules[0]")
    assert len(ids((await packs.install(OWNER, "shop", "tea", "replace")).draft.rules)) == 3
