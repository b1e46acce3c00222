"""The verbs of conversation, on a real store."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
import time_machine

from bot.actions.access import Access
from bot.actions.drafts import Said
from bot.actions.fitting import ANSWER_BYTES
from bot.live.local import LocalBus
from bot.live.ports import Rate
from bot.model.basics import Closed, Conflict, Forbidden, HubError, Invalid, NotFollowing, NotFound, RateLimited, new_id
from bot.model.facts import AccountChanged, FollowChanged, MessagePosted, MessageRecalled, ReadMoved, Ring, Typed, to_conversation, to_person
from bot.model.people import Actor, Role
from bot.model.talk import Auto, Body, CardBody, Change, ChatOpen, Choice, ChoicesBody, DeskState, ImageBody, TextBody, VideoBody, VoiceBody
from bot.store import people
from bot.store.cursor import Page, encode
from bot.store.tables import ACCOUNTS, FOLLOWS, MEDIA, MESSAGES, OUTBOX, PEOPLE
from tests.world import BUYER, MODERATOR, OPERATOR, OUTSIDER, OWNER, SECOND, SHOP, STRANGER, VISITOR, World, posting, world


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[World]:
    """A furnished world."""
    async with world(data_dir) as hub:
        yield hub


@pytest.fixture
async def room(hub: World) -> str:
    """The buyer's direct conversation with the shop."""
    return (await hub.talk.open(BUYER, "shop")).conversation


async def outbox(hub: World) -> list[str]:
    """The tokens of the work that waits."""
    async with hub.db.read() as conn:
        return [row[0] for row in await conn.execute(sa.select(OUTBOX.c.token).order_by(OUTBOX.c.id))]


async def test_opening_twice_gives_the_same_conversation(hub: World) -> None:
    """By handle or by id, one person and one account have one direct conversation."""
    first = await hub.talk.open(BUYER, "shop")
    again = await hub.talk.open(BUYER, SHOP)
    assert (first.conversation, first.head, first.read) == (again.conversation, 0, 0)


async def test_opening_at_once_from_two_devices_makes_one(hub: World) -> None:
    """Racing openers get the same conversation."""
    opened = await asyncio.gather(*(hub.talk.open(BUYER, "shop") for _ in range(8)))
    assert len({one.conversation for one in opened}) == 1


async def test_opening_remembers_who_it_is(hub: World) -> None:
    """The shop's staff see the name and picture of the buyer's latest token."""
    await hub.talk.open(BUYER, "shop")
    await hub.talk.open(Actor(person=BUYER.person, name="小张张", avatar="https://img.example/1.png"), "shop")
    async with hub.db.read() as conn:
        row = (await conn.execute(sa.select(PEOPLE.c.name, PEOPLE.c.avatar).where(PEOPLE.c.id == BUYER.person))).one()
    assert tuple(row) == ("小张张", "https://img.example/1.png")


async def test_a_visitor_cannot_open_where_only_followers_talk(hub: World) -> None:
    """Until the account is open to everyone."""
    with pytest.raises(NotFollowing):
        await hub.talk.open(VISITOR, "shop")
    async with hub.db.write() as conn:
        await conn.execute(sa.update(ACCOUNTS).where(ACCOUNTS.c.id == SHOP).values(chat_open=str(ChatOpen.EVERYONE)))
    assert (await hub.talk.open(VISITOR, "shop")).head == 0


async def test_staff_cannot_open_a_conversation_with_their_own_shop_and_nobody_with_none(hub: World) -> None:
    """Staff speak for the shop, not to it; an unknown handle is not found."""
    with pytest.raises(Forbidden):
        await hub.talk.open(OPERATOR, "shop")
    with pytest.raises(NotFound):
        await hub.talk.open(BUYER, "nobody")


async def test_a_message_reaches_the_buyer_those_who_look_and_whoever_holds_it(hub: World, room: str) -> None:
    """The ring of a message names all its topics, and carries what was stored."""
    await hub.desk(room, DeskState.OPERATOR, OPERATOR.person)
    hub.bus.subscribe(to_person(OPERATOR.person))
    seq = await hub.say(BUYER, room, "k1", "你好")
    (ring,) = hub.heard
    assert set(ring.topics) == {to_person(BUYER.person), to_person(OPERATOR.person), to_conversation(room)}
    assert isinstance(ring.fact, MessagePosted)
    message = ring.fact.message
    assert (message.seq, message.author, message.author_name, message.key, bytes(message.body)) == (
        seq,
        "buyer-1",
        "小张",
        "k1",
        '{"text":"你好"}'.encode(),
    )


async def test_a_buyers_message_makes_work_for_the_reply_engine(hub: World, room: str) -> None:
    """With the bot and in the queue; not while an operator holds the conversation, which is noted on the message."""
    await hub.say(BUYER, room, "a")
    await hub.desk(room, DeskState.WAITING)
    await hub.say(BUYER, room, "b")
    await hub.desk(room, DeskState.OPERATOR, OPERATOR.person)
    await hub.say(BUYER, room, "c")
    await hub.say(OPERATOR, room, "d")
    assert await outbox(hub) == [f"answer:{room}:1", f"answer:{room}:2"]
    async with hub.db.read() as conn:
        assert [row[0] for row in await conn.execute(sa.select(MESSAGES.c.unheard).order_by(MESSAGES.c.seq))] == [None, None, "operator", None]


@pytest.mark.parametrize(
    ("actor", "state", "operator", "expected"),
    [
        (BUYER, DeskState.BOT, None, None),
        (BUYER, DeskState.CLOSED, None, None),
        (VISITOR, DeskState.BOT, None, NotFound),
        (OUTSIDER, DeskState.BOT, None, NotFound),
        (STRANGER, DeskState.BOT, None, NotFound),
        (MODERATOR, DeskState.BOT, None, NotFound),
        (OPERATOR, DeskState.OPERATOR, OPERATOR.person, None),
        (SECOND, DeskState.OPERATOR, OPERATOR.person, Forbidden),
        (OWNER, DeskState.OPERATOR, OPERATOR.person, None),
    ],
)
async def test_who_may_send(hub: World, room: str, actor: object, state: DeskState, operator: str | None, expected: type[HubError] | None) -> None:
    """The buyer and whoever holds the conversation speak; the owner anywhere; others learn nothing of it."""
    await hub.desk(room, state, operator)
    if expected is None:
        assert await hub.say(actor, room, "k") == 1  # type: ignore[arg-type] # parametrised actors
    else:
        with pytest.raises(expected):
            await hub.say(actor, room, "k")  # type: ignore[arg-type] # parametrised actors


async def test_an_unfollowed_buyer_is_refused_with_the_reason(hub: World, room: str) -> None:
    """They still see the conversation, so they are told to follow, not that it is gone."""
    async with hub.db.write() as conn:
        await conn.execute(sa.delete(FOLLOWS))
    hub.access.forget(room)
    with pytest.raises(NotFollowing):
        await hub.say(BUYER, room, "k")
    assert (await hub.talk.pull(BUYER, room)).messages == []


@pytest.mark.parametrize("state", [DeskState.BOT, DeskState.WAITING, DeskState.CLOSED])
async def test_an_operators_message_takes_a_conversation_that_nobody_holds(hub: World, room: str, state: DeskState) -> None:
    """Answering is claiming."""
    await hub.desk(room, state)
    await hub.say(OPERATOR, room, "k")
    assert hub.claims == [(OPERATOR.person, room)]


async def test_a_retry_is_answered_as_the_first_and_another_body_is_a_conflict(hub: World, room: str) -> None:
    """By the sender's own key, whatever the order of members in the JSON."""
    first = await hub.talk.send(BUYER, posting(room, "k", TextBody("在吗")))
    again = await hub.talk.send(BUYER, posting(room, "k", TextBody("在吗")))
    assert (again.seq, again.at, again.duplicate) == (first.seq, first.at, True)
    with pytest.raises(Conflict):
        await hub.talk.send(BUYER, posting(room, "k", TextBody("在么")))
    assert len([fact for fact in hub.facts() if isinstance(fact, MessagePosted)]) == 0  # nobody had subscribed


async def test_a_flood_is_told_how_long_to_wait(data_dir: Path) -> None:
    """The bucket of the person is empty: `rate_limited` with seconds."""
    async with world(data_dir, rate=Rate(3, 0.5)) as hub:
        room = (await hub.talk.open(BUYER, "shop")).conversation
        for number in range(3):
            await hub.say(BUYER, room, f"k{number}")
        with pytest.raises(RateLimited) as caught:
            await hub.say(BUYER, room, "k3")
    assert 1 <= int(str(caught.value.data["retry_after"])) <= 2


async def test_every_kind_can_be_sent_and_comes_back_as_it_was(hub: World, room: str) -> None:
    """Cards and choices; what is pulled equals what was sent."""
    bodies: list[Body] = [CardBody(title="白茶礼盒", price="¥128", url="https://shop.example/1"), ChoicesBody("想看哪款？", [Choice("白茶", "白茶")])]
    for number, body in enumerate(bodies):
        await hub.talk.send(BUYER, posting(room, f"k{number}", body))
    pulled = (await hub.talk.pull(BUYER, room)).messages
    assert [msgspec.json.decode(message.body, type=type(body)) for message, body in zip(pulled, bodies, strict=True)] == bodies


async def test_media_must_be_the_senders_own_or_shown_there_already(hub: World, room: str) -> None:
    """Somebody else's upload cannot be shown by guessing its id."""
    async with hub.db.write() as conn:
        rows = [{"id": "mine", "owner": BUYER.person}, {"id": "theirs", "owner": OPERATOR.person}]
        await conn.execute(sa.insert(MEDIA), [{"kind": "image", "type": "image/png", "size": 1, "thumbnail": False, "at": 0, **row} for row in rows])
    await hub.talk.send(BUYER, posting(room, "a", ImageBody("mine", 1, 1)))
    for body in (ImageBody("theirs", 1, 1), ImageBody("nowhere", 1, 1)):
        with pytest.raises(Invalid) as caught:
            await hub.talk.send(BUYER, posting(room, "b", body))
        assert caught.value.data == {"path": "body.media"}
    await hub.talk.send(OPERATOR, posting(room, "c", ImageBody("mine", 1, 1)))


async def test_media_must_be_of_the_kind_it_is_shown_as(hub: World, room: str) -> None:
    """By what its bytes were found to be; a video's poster is a picture."""
    async with hub.db.write() as conn:
        rows = [{"id": f"my-{kind}", "kind": kind} for kind in ("image", "voice", "video")]
        owned = {"owner": BUYER.person, "type": "x/y", "size": 1, "thumbnail": False, "at": 0}
        await conn.execute(sa.insert(MEDIA), [{**owned, **row} for row in rows])
    for body, path in (
        (ImageBody("my-voice", 1, 1), "body.media"),
        (VoiceBody("my-image", 1), "body.media"),
        (VideoBody("my-voice", 1), "body.media"),
        (VideoBody("my-video", 1, "my-video-2"), "body.poster"),
        (VideoBody("my-video", 1, "my-voice"), "body.poster"),
    ):
        with pytest.raises(Invalid) as caught:
            await hub.talk.send(BUYER, posting(room, "x", body))
        assert caught.value.data == {"path": path}
    await hub.talk.send(BUYER, posting(room, "good", VideoBody("my-video", 1, "my-image")))
    await hub.talk.send(BUYER, posting(room, "voice", VoiceBody("my-voice", 1)))


async def test_recall_is_for_ones_own_messages_within_two_minutes(hub: World, room: str) -> None:
    """Then everybody sees that it was recalled, once; the stored text stays."""
    hub.bus.subscribe(to_person(BUYER.person))
    with time_machine.travel("2030-01-01T08:00:00Z", tick=False) as clock:
        await hub.say(BUYER, room, "a")
        await hub.say(BUYER, room, "b")
        await hub.desk(room, DeskState.OPERATOR, OPERATOR.person)
        with pytest.raises(Forbidden):
            await hub.talk.recall(OPERATOR, room, 1)
        with pytest.raises(NotFound):
            await hub.talk.recall(BUYER, room, 3)
        with pytest.raises(NotFound):
            await hub.talk.recall(OUTSIDER, room, 1)
        clock.shift(119)
        await hub.talk.recall(BUYER, room, 1)
        await hub.talk.recall(BUYER, room, 1)
        clock.shift(2)
        with pytest.raises(Closed):
            await hub.talk.recall(BUYER, room, 2)
    assert [fact for fact in hub.facts() if isinstance(fact, MessageRecalled)] == [MessageRecalled(room, 1, BUYER.person)]
    assert (await hub.talk.pull(BUYER, room)).messages[0].recalled_by == BUYER.person


async def test_pull_pages_both_ways_in_ascending_order(hub: World, room: str) -> None:
    """After, before, the newest by default; `more` says whether there is more in that direction."""
    for number in range(7):
        await hub.say(BUYER, room, f"k{number}")

    async def seqs(**where: int) -> tuple[list[int], bool]:
        found = await hub.talk.pull(BUYER, room, **where)
        return [message.seq for message in found.messages], found.more

    assert await seqs(after=0, limit=3) == ([1, 2, 3], True)
    assert await seqs(after=4, limit=3) == ([5, 6, 7], False)
    assert await seqs(before=5, limit=3) == ([2, 3, 4], True)
    assert await seqs(before=3, limit=3) == ([1, 2], False)
    assert await seqs(limit=2) == ([6, 7], True)
    with pytest.raises(Invalid):
        await hub.talk.pull(BUYER, room, after=1, before=3)
    with pytest.raises(NotFound):
        await hub.talk.pull(OUTSIDER, room)


async def test_an_answer_is_bounded_in_bytes_too(hub: World, room: str) -> None:
    """Long messages make a shorter page, in both directions, and `more` says so; one alone always comes."""
    for number in range(20):
        await hub.say(BUYER, room, f"k{number}", "啊" * 4_000)
    onward = await hub.talk.pull(BUYER, room, after=0, limit=200)
    assert ([message.seq for message in onward.messages], onward.more) == (list(range(1, 7)), True)
    back = await hub.talk.pull(BUYER, room, before=21, limit=200)
    assert ([message.seq for message in back.messages], back.more) == (list(range(15, 21)), True)
    (caught,) = await hub.talk.sync(BUYER, {room: 0})
    assert ([message.seq for message in caught.messages], caught.limited) == (list(range(1, 7)), True)


async def test_unread_counts_the_messages_of_others_after_the_mark(hub: World, room: str) -> None:
    """Own sends never count, and the mark never goes back nor past the head."""
    await hub.say(BUYER, room, "a")
    for number in range(3):
        await hub.say(OPERATOR, room, f"o{number}")

    async def unread() -> tuple[int, int]:
        (listed,) = (await hub.talk.inbox(BUYER)).items
        return listed.summary.read, listed.summary.unread

    assert await unread() == (0, 3)
    await hub.talk.read(BUYER, room, 2)
    assert await unread() == (2, 2)
    await hub.talk.read(BUYER, room, 1)
    assert await unread() == (2, 2)
    await hub.talk.read(BUYER, room, 999)
    assert await unread() == (4, 0)


async def test_a_moved_mark_is_heard_once_by_all_devices(hub: World, room: str) -> None:
    """A mark that does not move rings nobody."""
    hub.bus.subscribe(to_person(BUYER.person))
    await hub.say(OPERATOR, room, "a")
    await hub.talk.read(BUYER, room, 1)
    await hub.talk.read(BUYER, room, 1)
    assert [fact for fact in hub.facts() if isinstance(fact, ReadMoved)] == [ReadMoved(room, BUYER.person, 1)]


async def test_each_side_finds_how_far_the_other_has_read(hub: World, room: str) -> None:
    """Also who opens a page anew; to a colleague it is the buyer's mark that counts, not that of who answered, nor one's own."""
    for number in range(4):
        await hub.say(BUYER, room, f"k{number}")
    await hub.desk(room, DeskState.OPERATOR, OPERATOR.person)
    await hub.talk.read(OPERATOR, room, 2)
    await hub.talk.read(OWNER, room, 3)

    async def seen(actor: Actor) -> list[int]:
        listed = [one.summary.seen for one in (await hub.talk.inbox(actor)).items]
        return [*listed, *(one.summary.seen for one in await hub.talk.sync(actor, {room: 0}))]

    assert (await hub.talk.open(BUYER, "shop")).seen == 3
    assert (await seen(BUYER), await seen(OPERATOR)) == ([3, 3], [0, 0])
    await hub.talk.read(BUYER, room, 1)
    assert (await seen(BUYER), await seen(OPERATOR)) == ([3, 3], [1, 1])


async def test_a_mark_beyond_the_end_is_told_where_it_came_to_stand(hub: World, room: str) -> None:
    """What the devices hear is what a fresh client would be told, not the number somebody made up."""
    hub.bus.subscribe(to_person(BUYER.person))
    await hub.say(OPERATOR, room, "a")
    await hub.talk.read(BUYER, room, 2**53)
    await hub.talk.read(BUYER, room, 2**53)
    assert [fact for fact in hub.facts() if isinstance(fact, ReadMoved)] == [ReadMoved(room, BUYER.person, 1)]
    assert (await hub.talk.open(BUYER, "shop")).read == 1


async def test_sync_tells_of_recalls_that_were_missed(hub: World, room: str) -> None:
    """A device that was away comes to show what a fresh one would; of what it never had, the messages themselves tell."""
    for key in "abc":
        await hub.say(BUYER, room, key)
    for seq in (1, 3):
        await hub.talk.recall(BUYER, room, seq)

    async def changes(cursors: dict[str, int]) -> list[Change]:
        (caught,) = await hub.talk.sync(BUYER, cursors)
        return caught.changes

    first, third = (Change((seq,), "recalled", BUYER.person) for seq in (1, 3))
    assert await changes({room: 2}) == [first]
    assert await changes({room: 3}) == [first, third]
    assert await changes({room: 0}) == []


async def test_a_dismissed_operator_hears_nothing_of_what_they_still_hold(hub: World, room: str) -> None:
    """Before the sweeper has given their conversations back."""
    hub.bus.subscribe(to_person(OPERATOR.person))
    await hub.desk(room, DeskState.OPERATOR, OPERATOR.person)
    await hub.say(BUYER, room, "a")
    assert len(hub.heard) == 1
    async with hub.db.write() as conn:
        await people.set_role(conn, SHOP, OPERATOR.person, Role.MODERATOR, 0)
    hub.access.forget_all()
    await hub.say(BUYER, room, "b")
    await hub.talk.typing(BUYER, room)
    assert len(hub.heard) == 1


async def test_typing_is_passed_on_at_most_once_in_three_seconds(hub: World, room: str) -> None:
    """And only by somebody who may speak."""
    hub.bus.subscribe(to_person(BUYER.person))
    for _ in range(3):
        await hub.talk.typing(BUYER, room)
    assert [fact for fact in hub.facts() if isinstance(fact, Typed)] == [Typed(room, BUYER.person)]
    await hub.desk(room, DeskState.OPERATOR, OPERATOR.person)
    with pytest.raises(Forbidden):
        await hub.talk.typing(SECOND, room)


async def test_the_inbox_lists_own_and_held_conversations_newest_first(hub: World, room: str) -> None:
    """A buyer sees the shop's name, the operator the buyer's; pages follow one another without a gap."""
    await hub.say(BUYER, room, "a", "最后一句")
    (mine,) = (await hub.talk.inbox(BUYER)).items
    assert (mine.summary.title, mine.summary.handle, mine.last is not None and mine.last.seq) == ("shop 小店", "shop", 1)
    assert (await hub.talk.inbox(OPERATOR)).items == []
    await hub.desk(room, DeskState.OPERATOR, OPERATOR.person)
    (held,) = (await hub.talk.inbox(OPERATOR)).items
    assert (held.summary.title, held.summary.unread) == ("小张", 1)
    assert await hub.talk.inbox(OPERATOR, encode(held.summary.last_at, room)) == Page([], None)


async def test_an_inbox_of_long_messages_comes_in_more_pages(hub: World) -> None:
    """An answer is bounded in bytes, and nothing is left out between the pages."""
    rooms = []
    for number in range(9):
        visitor = Actor(person=f"wordy-{number}", name="话多")
        async with hub.db.write() as conn:
            await people.follow(conn, SHOP, visitor.person, "", 0)
        rooms.append((await hub.talk.open(visitor, "shop")).conversation)
        await hub.say(visitor, rooms[-1], "k", "长" * 4_000)
        await hub.desk(rooms[-1], DeskState.OPERATOR, OPERATOR.person)
    first = await hub.talk.inbox(OPERATOR)
    rest = await hub.talk.inbox(OPERATOR, first.cursor)
    assert (len(first.items), rest.cursor) == (6, None)
    assert sorted(one.summary.conversation for one in first.items + rest.items) == sorted(rooms)


async def test_sync_brings_everything_after_each_cursor_and_what_is_unread_elsewhere(hub: World, room: str) -> None:
    """Another person's conversation in the cursors is left out."""
    async with hub.db.write() as conn:
        await conn.execute(sa.insert(FOLLOWS).values(account="other-id", person=BUYER.person, at=0, source="", muted=False))
    elsewhere = (await hub.talk.open(BUYER, "other")).conversation
    for number in range(4):
        await hub.say(BUYER, room, f"k{number}")
    await hub.talk.say(elsewhere, Said(key="a:1", body=TextBody("欢迎"), auto=Auto("r", "欢迎", 0, 1)))
    caught = {one.summary.conversation: one for one in await hub.talk.sync(BUYER, {room: 2})}
    assert [message.seq for message in caught[room].messages] == [3, 4]
    assert not caught[room].limited
    assert [message.seq for message in caught[elsewhere].messages] == [1]
    assert await hub.talk.sync(OUTSIDER, {room: 0}) == []


async def test_sync_is_limited_to_two_hundred_a_conversation(hub: World, room: str) -> None:
    """`limited` says that the rest is to be pulled."""
    await asyncio.gather(*(hub.say(BUYER, room, f"k{number}") for number in range(206)))
    (one,) = await hub.talk.sync(BUYER, {room: 3})
    assert ([one.messages[0].seq, one.messages[-1].seq], one.limited) == ([4, 203], True)


async def test_an_answer_stays_small_however_long_the_messages_are(hub: World, room: str) -> None:
    """Fewer than were asked for, at least one, and `more` or `limited` says so: following it brings everything, in both directions."""
    for number in range(20):
        await hub.say(BUYER, room, f"k{number}", "长" * 4_000)

    forth: list[int] = []
    while (found := await hub.talk.pull(BUYER, room, after=forth[-1] if forth else 0, limit=200)).messages:
        assert sum(len(message.body) for message in found.messages) < ANSWER_BYTES
        forth += [message.seq for message in found.messages]
        assert found.more == (forth[-1] < 20)
    back: list[int] = []
    while (found := await hub.talk.pull(BUYER, room, before=back[0] if back else 21, limit=200)).messages:
        assert sum(len(message.body) for message in found.messages) < ANSWER_BYTES
        back = [*(message.seq for message in found.messages), *back]
        assert found.more == (back[0] > 1)
    (caught,) = await hub.talk.sync(BUYER, {room: 3})

    assert forth == back == list(range(1, 21))
    assert 1 < len(caught.messages) < 17
    assert (caught.messages[0].seq, caught.limited) == (4, True)


async def test_what_was_pushed_equals_what_is_pulled(hub: World, room: str) -> None:
    """A fresh client sees the very messages that the live one heard."""
    hub.bus.subscribe(to_person(BUYER.person))
    await hub.say(BUYER, room, "a")
    await hub.say(OPERATOR, room, "b", "您好", reply_to=1)
    await hub.talk.say(room, Said(key="c", body=TextBody("自动"), auto=Auto("r", "规则", 1, 3)))
    pushed = [fact.message for fact in hub.facts() if isinstance(fact, MessagePosted)]
    assert (await hub.talk.pull(BUYER, room)).messages == pushed


async def test_a_standing_is_forgotten_when_a_fact_says_so(hub: World, room: str) -> None:
    """The cache follows the facts of follows and accounts, also of a standing that is being read just then."""
    hub.bus.subscribe("hub")
    for fact in (FollowChanged(SHOP, BUYER.person, following=False), AccountChanged(SHOP)):
        await hub.access.load(room)
        assert hub.access.peek(room) is not None
        hub.bus.publish([Ring(new_id(), ("hub",), fact)])
        assert hub.access.peek(room) is None
        reading = asyncio.create_task(hub.access.load(room))
        await asyncio.sleep(0)
        hub.bus.publish([Ring(new_id(), ("hub",), fact)])
        await reading
        assert hub.access.peek(room) is None


async def test_a_standing_is_stale_sooner_while_other_processes_are_not_heard(data_dir: Path) -> None:
    """While the bus is away a shorter time bounds how wrong the cache may be."""

    class Deaf(LocalBus):
        healthy = False

    async with world(data_dir) as hub:
        room = (await hub.talk.open(BUYER, "shop")).conversation
        for bus, kept in ((hub.bus, True), (Deaf(), False)):
            access = Access(hub.db, bus, ttl_s=60, blind_s=0)
            await access.load(room)
            assert (access.peek(room) is not None) is kept
        short = Access(hub.db, hub.bus, ttl_s=0)
        await short.load(room)
        assert short.peek(room) is None
