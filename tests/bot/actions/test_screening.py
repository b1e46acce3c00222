"""Messages that filters look at: what becomes of each, what is kept of it, and that a retry changes nothing."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from bot.actions import screening as module
from bot.actions.filters import ListDraft, Scope
from bot.actions.groups import OrderChanges
from bot.actions.screening import AT_ONCE, Where, scanned
from bot.live.ports import Rate
from bot.model.basics import Blocked, Conflict, RateLimited
from bot.model.facts import MessagePosted, Noticed
from bot.model.talk import Body, CardBody, Choice, ChoicesBody, TextBody
from bot.model.wording import words_of
from bot.store.batch import Appended
from intents.filters import Action, Filter, FilterList
from intents.lexicon import Words
from tests.circle import AMY, BOB, CAT
from tests.screens import WORDS, Screens, screens
from tests.world import MODERATOR, OWNER, SHOP

SETUP = Filter([FilterList("house", Action.REVIEW, Words(("代开发票",)))])


@pytest.fixture
async def room(data_dir: Path) -> AsyncIterator[Screens]:
    async with screens(data_dir, setup=SETUP) as room:
        yield room


def told(room: Screens) -> list[str]:
    """The texts that anybody heard."""
    bodies = [msgspec.json.decode(ring.fact.message.body) for ring in room.room.hub.heard if isinstance(ring.fact, MessagePosted)]
    return [body["text"] for body in bodies]


async def test_what_becomes_of_a_message(room: Screens) -> None:
    """Clean and counted ones pass, masked ones pass with their spans hidden, held and refused ones are nowhere."""
    room.room.hub.bus.subscribe(f"c:{room.group}")
    passed = await room.post(AMY, "今天天气不错")
    assert (passed.seq, passed.held) == (1, None)
    assert (await room.post(AMY, "发优惠券了")).seq == 2
    assert (await room.post(AMY, "你这个笨-蛋呀")).seq == 3
    held = await room.post(AMY, "来刷单吧")
    assert (held.seq, held.duplicate, held.held is not None) == (0, False, True)
    with pytest.raises(Blocked) as refused:
        await room.post(AMY, "出售枪支")

    assert await room.texts() == told(room) == ["今天天气不错", "发优惠券了", "你这个***呀"]
    assert "枪" not in str(refused.value.zh) + str(refused.value.data)
    assert [row.body for row in await room.waits()] == ['{"text":"来刷单吧"}']


async def test_what_was_found_is_kept_as_it_was_written(room: Screens) -> None:
    """One row a message with list, span and text, counted by list and day; those that hold or refuse are handed on, those that count are not."""
    for text in ("你好", "发优惠券了", "笨蛋笨蛋", "来刷单吧"):
        await room.post(AMY, text)
    with pytest.raises(Blocked):
        await room.post(CAT, "枪支")

    hits = await room.hits()
    assert [(hit.action, hit.author, hit.text, hit.seq) for hit in hits] == [
        ("shadow", AMY.person, "发优惠券了", 2),
        ("mask", AMY.person, "笨蛋笨蛋", 3),
        ("review", AMY.person, "来刷单吧", None),
        ("block", CAT.person, "枪支", None),
    ]
    first = hits[0].signals[0]
    assert (first.list, first.name, first.word, first.start, first.end) == (room.lists["shadow"], "shadow 词", "优惠券", 1, 4)
    assert hits[2].held == (await room.waits())[0].id
    assert await room.signals() == [("filter", "来刷单吧"), ("filter", "枪支")]
    counted = {one.head.id: one.hits for one in await room.filters.lists(OWNER, Scope("group", room.group))}
    assert counted == dict.fromkeys(room.lists.values(), 1)


@pytest.mark.parametrize("actor", [OWNER, MODERATOR, BOB])
async def test_moderators_are_not_asked(room: Screens, actor: object) -> None:
    """Of the account, or appointed."""
    for word in WORDS.values():
        await room.post(actor, word)  # type: ignore[arg-type]  # one of the actors above
    assert await room.texts() == list(WORDS.values())
    assert await room.hits() == []


async def test_the_hubs_own_filters_are_asked_unless_the_order_says_no(room: Screens) -> None:
    """At the next message; own lists go on."""
    assert (await room.post(AMY, "代开发票")).held is not None
    row = await room.room.row(room.group)
    await room.room.groups.set_order(OWNER, room.group, row.version, OrderChanges(filters=False))
    assert (await room.post(AMY, "代开发票")).held is None
    assert (await room.post(AMY, "刷单")).held is not None


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (CardBody(title="刷单"), True),
        (CardBody(title="好", text="刷单"), True),
        (CardBody(title="好", price="刷 单"), True),
        (CardBody(title="刷", text="单"), True),
        (CardBody(title="好", url="https://a.example/刷单"), True),
        (ChoicesBody("好", [Choice("刷单", "好")]), True),
        (ChoicesBody("好", [Choice("好", "刷单")]), True),
        (ChoicesBody("好" * 3_990, [Choice("好" * 80, "刷单") for _ in range(3)]), True),
        (ChoicesBody("好", [Choice("是", "好")]), False),
    ],
)
async def test_every_word_of_a_message_is_looked_at(room: Screens, body: Body, *, found: bool) -> None:
    """Of cards and choices too, and beyond what is read at once."""
    assert ((await room.post(AMY, body)).held is not None) is found


async def test_a_card_is_masked_in_all_its_parts(room: Screens) -> None:
    """An address with such a word in it is left out: half of it leads elsewhere."""
    await room.post(AMY, CardBody(title="笨蛋价", text="不要笨蛋", url="https://a.example/笨蛋"))
    (stored,) = (await room.talk.pull(OWNER, room.group)).messages
    assert msgspec.json.decode(stored.body) == {"title": "**价", "text": "不要**"}


async def test_a_long_message_is_looked_at_in_a_thread(room: Screens) -> None:
    """With the same end: what is too long for the calling thread is prepared."""
    where = Where(SHOP, room.group)
    await room.book.of(SHOP, room.group, setup=True)
    assert room.screening.passes(where, AMY.person, "k", TextBody("好" * AT_ONCE))
    assert not room.screening.passes(where, AMY.person, "k", TextBody("好" * (AT_ONCE + 1)))
    assert (await room.post(AMY, "好" * AT_ONCE + "刷单")).held is not None
    assert (await room.post(AMY, "好" * (AT_ONCE + 1))).held is None


async def test_pieces_read_apart_are_the_whole(room: Screens) -> None:
    """Spans of a message that is read in pieces are those of its joined text."""
    compiled = await room.book.of(SHOP, room.group, setup=True)
    words = words_of(ChoicesBody("好" * 3_999, [Choice("笨蛋", "好" * 500) for _ in range(8)]))
    found = scanned(compiled, words)
    assert found.verdict.action is Action.MASK
    assert [found.text[start:end] for start, end in found.verdict.spans] == ["笨蛋"] * 8


@pytest.mark.parametrize("action", ["block", "review", "mask"])
async def test_a_retry_is_answered_as_the_first_time(room: Screens, action: str) -> None:
    """And counted once; another body under the same key is a conflict where something waits or stands."""
    text = f"这是{WORDS[action]}"
    if action == "block":
        for _ in range(2):
            with pytest.raises(Blocked):
                await room.post(AMY, text, "same")
    else:
        first, again = await room.post(AMY, text, "same"), await room.post(AMY, text, "same")
        assert (again.seq, again.at, again.held) == (first.seq, first.at, first.held)
        assert (first.duplicate, again.duplicate) == (False, True)
        for other in ("别的话", text + "!"):
            with pytest.raises(Conflict):
                await room.post(AMY, other, "same")
    assert len(await room.hits()) == 1
    assert len(await room.signals()) == (action != "mask")


async def test_a_message_that_stands_is_not_held_when_it_is_sent_again(room: Screens) -> None:
    """Its answer was lost, and the list made meanwhile comes too late."""
    first = await room.post(AMY, "高仿手表", "same")
    await room.filters.create(OWNER, Scope("group", room.group), ListDraft(name="仿", action="review", words=("高仿",)))
    again = await room.post(AMY, "高仿手表", "same")
    assert (again.seq, again.duplicate, again.held) == (first.seq, True, None)
    assert await room.waits() == []


async def test_what_is_refused_under_one_key_is_all_kept(room: Screens) -> None:
    """Each text once, for a key that stands for nothing; and none of it is what is posted under the key in the end."""
    for text in ("枪支", "卖枪支", "枪支", "枪支弹药"):
        with pytest.raises(Blocked):
            await room.post(AMY, text, "same")
    assert (await room.post(AMY, "算了", "same")).seq == 1
    assert [(hit.text, hit.seq) for hit in await room.hits()] == [("枪支", None), ("卖枪支", None), ("枪支弹药", None)]
    assert len(await room.signals()) == 3


async def test_two_who_send_under_the_same_key_hold_one_message(room: Screens) -> None:
    """However they meet: one waits, the others are told of it."""
    answers = await asyncio.gather(*(room.post(AMY, "刷单日结", "same") for _ in range(8)))
    assert len({answer.held for answer in answers}) == 1
    assert [answer.duplicate for answer in answers].count(False) == 1
    assert len(await room.waits()) == 1
    assert len(await room.hits()) == 1


async def test_what_waits_is_bounded(room: Screens, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one author, and in one place: then it is too much, and nothing is kept; a decided one makes room."""
    monkeypatch.setattr(module, "HELD_EACH", 2)
    monkeypatch.setattr(module, "HELD_HERE", 3)
    ended = await asyncio.gather(*(room.post(AMY, f"刷单{number}") for number in range(4)), return_exceptions=True)
    assert sum(isinstance(one, Appended) for one in ended) == 2
    assert sum(isinstance(one, RateLimited) for one in ended) == 2
    await room.post(CAT, "刷单一")
    with pytest.raises(RateLimited):
        await room.post(CAT, "刷单二")
    assert (len(await room.waits()), len(await room.hits())) == (3, 3)
    await room.decide(OWNER, (await room.waits())[0].id, "广告", approve=False)
    assert (await room.post(AMY, "刷单五")).held is not None


async def test_moderators_are_told_that_something_waits(room: Screens) -> None:
    """Once for a swarm; neither the author nor the room."""
    room.room.hub.bus.subscribe(f"c:{room.group}")
    for number in range(5):
        await room.post(AMY, f"刷单{number}")
    rings = [ring for ring in room.room.hub.heard if isinstance(ring.fact, Noticed)]
    assert [(ring.fact.kind, ring.fact.group) for ring in rings if isinstance(ring.fact, Noticed)] == [("held", room.group)]
    assert set(rings[0].topics) == {f"p:{one.person}" for one in (OWNER, MODERATOR, BOB)}


async def test_what_is_refused_costs_its_authors_turn(data_dir: Path) -> None:
    """Nobody makes the hub write without bound by sending what is refused."""
    async with screens(data_dir, rate=Rate(burst=3, per_s=0.001)) as room:
        for _ in range(3):
            with pytest.raises(Blocked):
                await room.post(AMY, "枪支")
        with pytest.raises(RateLimited):
            await room.post(AMY, "枪支")
        assert len(await room.hits()) == 3
