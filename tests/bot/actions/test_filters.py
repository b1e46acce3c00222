"""Working on word lists: who may, what is refused and why, and that two who change at once do not overwrite each other."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.actions import filters as module
from bot.actions.filterbook import Filterbook
from bot.actions.filters import LISTS_EACH, Filters, ListDraft, Scope
from bot.actions.groups import OrderChanges
from bot.model.basics import Closed, Conflict, Forbidden, HubError, Invalid, NotFound
from bot.model.facts import FiltersChanged
from bot.model.people import Actor
from intents.filters import Action, Filter, FilterList
from intents.lexicon import PATTERNS_LIMIT, WORDS_LIMIT, Words, looks_like_pattern
from tests.circle import AMY, BOB, DAN, Circle, Generous, circle
from tests.world import MODERATOR, OPERATOR, OWNER, SHOP, STRANGER

SETUP = Filter([FilterList("house", Action.REVIEW, Words(("代开发票",)))])
ACCOUNT = Scope("account", "shop")
DRAFT = ListDraft(name="黄牛", action="block", words=("黄牛", "倒票"), note="票务")


class Desk:
    """The verbs, and a group whose appointed moderator is Bob."""

    def __init__(self, room: Circle, group: str) -> None:
        self.room = room
        self.group = Scope("group", group)
        book = Filterbook(db=room.hub.db, bus=room.hub.bus, setup=SETUP)
        self.filters = Filters(db=room.hub.db, access=room.hub.access, bus=room.hub.bus, limiter=Generous(), book=book, setup=SETUP)

    def changed(self) -> list[FiltersChanged]:
        """What was told of filters."""
        return [ring.fact for ring in self.room.hub.heard if isinstance(ring.fact, FiltersChanged)]


@pytest.fixture
async def desk(data_dir: Path) -> AsyncIterator[Desk]:
    async with circle(data_dir) as room:
        group = await room.make()
        for fan in (AMY, BOB):
            await room.memberships.join(fan, group)
        await room.moderation.appoint(OWNER, group, BOB.person)
        room.hub.heard.clear()
        yield Desk(room, group)


async def tries(desk: Desk, actor: Actor, scope: Scope, made: str) -> list[type[HubError] | None]:
    """How each verb ends for somebody: read and try, then change."""
    found: list[type[HubError] | None] = []
    for verb in (
        desk.filters.lists(actor, scope),
        desk.filters.read(actor, scope, made),
        desk.filters.attempt(actor, scope, "黄牛"),
        desk.filters.create(actor, scope, DRAFT),
        desk.filters.change(actor, scope, made, 1, DRAFT),
        desk.filters.delete(actor, scope, made, 2),
    ):
        try:
            await verb
            found.append(None)
        except HubError as error:
            found.append(type(error))
    return found


@pytest.mark.parametrize(
    ("actor", "account", "group"),
    [
        (OWNER, None, None),
        (MODERATOR, None, None),
        (BOB, Forbidden, None),
        (AMY, Forbidden, Forbidden),
        (DAN, Forbidden, Forbidden),
        (OPERATOR, Forbidden, Forbidden),
        (STRANGER, Forbidden, Forbidden),
    ],
)
async def test_who_may_work_on_which_lists(desk: Desk, actor: Actor, account: type[HubError] | None, group: type[HubError] | None) -> None:
    """Those of the account its owners and moderators; those of a group also whom it has appointed; nobody else sees or changes any."""
    for scope, refused in ((ACCOUNT, account), (desk.group, group)):
        made = (await desk.filters.create(OWNER, scope, DRAFT)).head.id
        assert await tries(desk, actor, scope, made) == [refused] * 6


async def test_a_list_is_of_one_place_only(desk: Desk) -> None:
    """Through another address it is not there."""
    made = (await desk.filters.create(OWNER, desk.group, DRAFT)).head.id
    for scope in (ACCOUNT, Scope("group", await desk.room.make())):
        for verb in (
            desk.filters.read(OWNER, scope, made),
            desk.filters.change(OWNER, scope, made, 1, DRAFT),
            desk.filters.delete(OWNER, scope, made),
        ):
            with pytest.raises(NotFound):
                await verb


async def test_every_change_is_told_and_in_the_log_of_its_group(desk: Desk) -> None:
    """Lists of the account are in no group's log."""
    made = (await desk.filters.create(BOB, desk.group, DRAFT)).head
    changed = await desk.filters.change(MODERATOR, desk.group, made.id, 1, ListDraft(name="票贩", action="mask", words=("倒票",)))
    await desk.filters.delete(OWNER, desk.group, made.id)
    await desk.filters.create(OWNER, ACCOUNT, DRAFT)

    assert (made.version, changed.head.version, changed.head.by) == (1, 2, MODERATOR.person)
    assert desk.changed() == [FiltersChanged(SHOP, desk.group.ref)] * 3 + [FiltersChanged(SHOP, None)]
    lines = [(line.act, line.actor, line.ref) for line in (await desk.room.log(desk.group.ref))[-3:]]
    assert lines == [("list_add", BOB.person, "黄牛"), ("list_change", MODERATOR.person, "票贩"), ("list_drop", OWNER.person, "票贩")]


async def test_of_two_who_change_at_once_one_is_told_to_read_again(desk: Desk) -> None:
    """The list is what the one wrote, and its version tells of one change."""
    made = (await desk.filters.create(OWNER, desk.group, DRAFT)).head.id
    drafts = [ListDraft(name=name, action="block", words=(name,)) for name in ("甲", "乙")]
    ended = await asyncio.gather(*(desk.filters.change(OWNER, desk.group, made, 1, draft) for draft in drafts), return_exceptions=True)
    stale = [one for one in ended if isinstance(one, Conflict)]
    assert len(stale) == 1
    row = await desk.filters.read(OWNER, desk.group, made)
    assert row.head.version == 2
    assert row.content.words == (row.head.name,)
    with pytest.raises(Conflict):
        await desk.filters.delete(OWNER, desk.group, made, 1)


async def test_a_version_that_no_list_has_is_stale(each_url: str) -> None:
    """However large: a store that keeps small numbers is not asked."""
    async with circle(each_url) as room:
        desk = Desk(room, await room.make())
        made = (await desk.filters.create(OWNER, ACCOUNT, DRAFT)).head.id
        for version in (2, 9_999_999_999):
            for act in (desk.filters.change(OWNER, ACCOUNT, made, version, DRAFT), desk.filters.delete(OWNER, ACCOUNT, made, version)):
                with pytest.raises(Conflict) as refused:
                    await act
                assert refused.value.data == {"version": 1}


FAULTS: list[tuple[dict[str, Any], list[str]]] = [
    ({"words": ("好", "\u200b\u200c", "坏")}, ["words[1]"]),
    ({"words": ("x" * 65,), "allow": (" ",)}, ["words[0]", "allow[0]"]),
    ({"words": ("微信", r"加\d+群", "[a-z]群", "(买|卖)票")}, ["words[1]", "words[2]", "words[3]"]),
    ({"patterns": ("(", "a*", "好" * 201)}, ["patterns[0]", "patterns[1]", "patterns[2]"]),
    ({"words": ("\ufeff",) * 150}, [f"words[{place}]" for place in range(100)]),
    ({}, ["words"]),
    ({"words": tuple(map(str, range(WORDS_LIMIT + 50_000)))}, ["words"]),
    ({"patterns": tuple(f"a{number}" for number in range(PATTERNS_LIMIT + 1))}, ["patterns"]),
]


@pytest.mark.parametrize(("draft", "paths"), FAULTS)
async def test_a_list_with_faults_changes_nothing(desk: Desk, draft: dict[str, Any], paths: list[str]) -> None:
    """Every fault is told by its place, in both languages, up to a hundred."""
    with pytest.raises(Invalid) as refused:
        await desk.filters.create(OWNER, desk.group, ListDraft(name="词", action="block", **draft))
    error = refused.value
    assert error.data["path"] == paths[0]
    faults: Any = error.data.get("faults", [{"path": error.data["path"], "zh": error.zh, "en": error.en}])
    assert [fault["path"] for fault in faults] == paths
    assert all(fault["zh"] and fault["en"] for fault in faults)
    assert await desk.filters.lists(OWNER, desk.group) == []
    assert desk.changed() == []


def test_words_of_honest_writing_look_like_no_pattern() -> None:
    """Marks alone make no expression."""
    assert not any(map(looks_like_pattern, ("C++", "(笑)", "100$", "^_^", "[广告]", "a.b", "加微信...", "50%|60%", "{爱}", "\\o/")))


async def test_lists_that_hold_together_stay_within_one_filter(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the hub, of the account, and of whichever group has most: words and patterns are counted together, each way round."""
    monkeypatch.setattr(module, "WORDS_LIMIT", 6)
    await desk.filters.create(OWNER, ACCOUNT, DRAFT)
    made = (await desk.filters.create(OWNER, desk.group, DRAFT)).head.id
    one = ListDraft(name="一", action="block", words=("一个", "两个"))
    for scope in (ACCOUNT, desk.group):
        with pytest.raises(Invalid) as refused:
            await desk.filters.create(OWNER, scope, one)
        assert refused.value.data["path"] == "words"
    with pytest.raises(Invalid):
        await desk.filters.change(OWNER, desk.group, made, 1, ListDraft(name="四", action="block", words=("一一", "二二", "三三", "四四")))
    await desk.filters.change(OWNER, desk.group, made, 1, ListDraft(name="三", action="block", words=("一一", "二二"), allow=("三三",)))
    await desk.filters.create(OWNER, Scope("group", await desk.room.make()), one)


async def test_lists_are_bounded_in_number(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one place, and in the account; also where two come at once."""
    monkeypatch.setattr(module, "LISTS_EACH", 2)
    await desk.filters.create(OWNER, desk.group, DRAFT)
    ended = await asyncio.gather(*(desk.filters.create(OWNER, desk.group, DRAFT) for _ in range(3)), return_exceptions=True)
    assert sum(isinstance(one, Conflict) for one in ended) == 2
    monkeypatch.setattr(module, "LISTS_LIMIT", 2)
    with pytest.raises(Conflict):
        await desk.filters.create(OWNER, ACCOUNT, DRAFT)
    assert LISTS_EACH == 40


async def test_a_text_is_tried_as_the_place_would_take_it(desk: Desk) -> None:
    """With the account's lists and the group's, and the hub's unless the group's order says no."""
    made = (await desk.filters.create(OWNER, desk.group, DRAFT)).head
    tried = await desk.filters.attempt(BOB, desk.group, "黄,牛")
    assert (tried.verdict.action, [sign.name for sign in tried.verdict.signals]) == (Action.BLOCK, [made.id])
    assert tried.heads[made.id].name == "黄牛"
    assert (await desk.filters.attempt(OWNER, ACCOUNT, "黄牛")).verdict.action is Action.PASS
    assert (await desk.filters.attempt(OWNER, desk.group, "代开发票")).verdict.action is Action.REVIEW

    await desk.room.groups.set_order(OWNER, desk.group.ref, 1, OrderChanges(filters=False))
    assert (await desk.filters.attempt(OWNER, desk.group, "代开发票")).verdict.action is Action.PASS
    assert (await desk.filters.attempt(OWNER, ACCOUNT, "代开发票")).verdict.action is Action.REVIEW


async def test_a_dissolved_group_takes_no_lists(desk: Desk) -> None:
    """Those who moderated it still read them."""
    made = (await desk.filters.create(OWNER, desk.group, DRAFT)).head.id
    await desk.room.groups.dissolve(OWNER, desk.group.ref, "散了")
    assert await desk.filters.read(MODERATOR, desk.group, made)
    with pytest.raises(Closed):
        await desk.filters.create(OWNER, desk.group, DRAFT)
