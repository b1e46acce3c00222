"""Working on rules: drafts, versions, trying, and why something was said."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from bot.actions.rulebook import Rulebook
from bot.model.basics import Conflict, Invalid, NotFound
from bot.model.facts import RulesPublished, to_account
from bot.model.people import Actor
from bot.model.talk import TEXT_LIMIT, DeskState
from bot.store import people
from bot.store.tables import MEDIA, MESSAGES, OUTBOX, REPLY_MEMORY, RULE_DRAFTS, RULE_VERSIONS, TRACES
from tests.shop import Shop, outcome, rule, shop, until
from tests.world import BUYER, MODERATOR, OPERATOR, OUTSIDER, OWNER, SHOP, STRANGER, VISITOR

FIRST = [rule("发货", "keyword", "24小时内发货")]
SECOND_SET = [rule("发货", "keyword", "已经发货")]
FAULTY: list[Any] = [
    rule("发货", "keyword", "好"),
    {**rule("运费", "keyword", "{{oops|x}}"), "priority": "high"},
    rule("坏", "keyword", "{{oops|x}}"),
]


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[Shop]:
    """A shop on SQLite that answers."""
    async with shop(f"sqlite:///{data_dir}/hub.db") as hub:
        hub.answers.start(hub.jobs)
        yield hub


async def answer(hub: Shop, key: str, text: str = "什么时候发货") -> list[str]:
    """What the bot has said in the buyer's conversation after one more question."""
    room = await hub.room()
    await hub.say(BUYER, room, key, text)
    await hub.settled()
    return [said[1:] for said in await hub.texts(room) if said.startswith(">")]


async def rows(hub: Shop) -> list[int]:
    """How many rows there are of all that an account may learn or say."""
    async with hub.db.read() as conn:
        return [
            int((await conn.execute(sa.select(sa.func.count()).select_from(table))).scalar_one())
            for table in (RULE_DRAFTS, RULE_VERSIONS, TRACES, MESSAGES, OUTBOX, REPLY_MEMORY)
        ]


async def test_a_draft_says_nothing_until_it_is_published(hub: Shop) -> None:
    """Saved under revision 1; published as version 1; spoken from then on."""
    saved = await hub.rulebook.put(OWNER, "shop", FIRST)
    assert (saved.revision, saved.author) == (1, OWNER.person)
    assert await answer(hub, "a") == []
    version = await hub.rulebook.publish(OWNER, "shop", "first rules")
    assert (version.version, version.author, version.note) == (1, OWNER.person, "first rules")
    await hub.desks.hand_back(OPERATOR, await hub.room())
    assert await answer(hub, "b") == ["24小时内发货"]


async def test_publishing_swaps_at_once(hub: Shop) -> None:
    """The next decision of this process is by the new version, and the fact names it."""
    await hub.rulebook.import_(OWNER, "shop", FIRST)
    assert await answer(hub, "a") == ["24小时内发货"]
    hub.heard.clear()
    await hub.rulebook.import_(OWNER, "shop", SECOND_SET)
    assert (await hub.rulesets.of(SHOP)).rules.version == 2
    assert [ring.fact for ring in hub.heard if to_account(SHOP) in ring.topics] == [RulesPublished(SHOP, 2)]
    assert await answer(hub, "b") == ["24小时内发货", "已经发货"]


async def test_a_saved_draft_is_what_the_next_one_begins_with(hub: Shop) -> None:
    """Before anybody began, that is what is published, under revision 0."""
    assert (await hub.rulebook.draft(OPERATOR, "shop")).rules == "[]"
    await hub.rulebook.import_(OWNER, "shop", FIRST)
    async with hub.db.write() as conn:
        await conn.execute(sa.delete(RULE_DRAFTS))
    begun = await hub.rulebook.draft(OPERATOR, "shop")
    assert begun.revision == 0
    assert [one["id"] for one in msgspec.json.decode(begun.rules)] == ["发货"]
    await hub.rulebook.put(OWNER, "shop", begun.rules, revision=0)
    assert (await hub.rulebook.draft(OPERATOR, "shop")).rules == begun.rules


async def test_of_two_who_save_over_the_same_revision_one_is_told(hub: Shop) -> None:
    """The loser reads again; without a revision the last one stands."""
    await hub.rulebook.put(OWNER, "shop", FIRST, revision=0)
    saves = [hub.rulebook.put(OWNER, "shop", FIRST, revision=1) for _ in range(4)]
    assert sorted([await outcome(one) for one in saves]) == ["conflict", "conflict", "conflict", "ok"]
    assert (await hub.rulebook.put(OWNER, "shop", SECOND_SET)).revision == 3
    with pytest.raises(Conflict) as refusal:
        await hub.rulebook.publish(OWNER, "shop", revision=2)
    assert refusal.value.data["path"] == "revision"
    assert (await hub.rulebook.publish(OWNER, "shop", revision=3)).version == 1


async def test_without_a_draft_there_is_nothing_to_publish(hub: Shop) -> None:
    """A conflict, not an empty version."""
    with pytest.raises(Conflict, match="no draft"):
        await hub.rulebook.publish(OWNER, "shop")


WORDS = '{"synonyms":[["发货","安排上"]]}'


async def test_a_vocabulary_is_part_of_the_draft_and_of_the_version(hub: Shop) -> None:
    """It counts once it is published, stays when the rules change, and comes back with the version it belonged to."""
    plain = [rule("发货", "keyword", "24小时内发货") | {"when": {"any": [{"mode": "words", "text": "发货"}]}}]
    await hub.rulebook.import_(OWNER, "shop", plain)
    saved = await hub.rulebook.put_vocabulary(OWNER, "shop", WORDS, revision=1)
    assert (saved.revision, saved.vocabulary, saved.rules) == (2, WORDS, (await hub.rulebook.version(OWNER, "shop", 1)).rules)
    assert (await hub.rulebook.try_(OWNER, "shop", "安排上")).outcome == "answer"
    assert (await hub.rulebook.try_(OWNER, "shop", "安排上", draft=False)).outcome != "answer"

    assert (await hub.rulebook.publish(OWNER, "shop")).version == 2
    assert await answer(hub, "a", "安排上") == ["24小时内发货"]
    assert (await hub.rulebook.put(OWNER, "shop", plain)).vocabulary == WORDS
    assert (await hub.rulebook.import_(OWNER, "shop", plain)).version == 3
    assert [(await hub.rulebook.version(OWNER, "shop", number)).vocabulary for number in (1, 2, 3)] == ["{}", WORDS, WORDS]

    await hub.rulebook.rollback(OWNER, "shop", 1)
    assert (await hub.rulebook.try_(OWNER, "shop", "安排上", draft=False)).outcome != "answer"


async def test_a_restarted_hub_speaks_by_the_published_vocabulary(hub: Shop) -> None:
    """It is read from the store with the rules."""
    plain = [rule("发货", "keyword", "24小时内发货") | {"when": {"any": [{"mode": "words", "text": "发货"}]}}]
    await hub.rulebook.put(OWNER, "shop", plain)
    await hub.rulebook.put_vocabulary(OWNER, "shop", WORDS)
    await hub.rulebook.publish(OWNER, "shop")
    hub.rulesets._known.clear()

    assert await answer(hub, "a", "安排上") == ["24小时内发货"]


async def test_a_faulty_or_late_vocabulary_changes_nothing(hub: Shop) -> None:
    """Every fault with its path; the loser of two savers is told; and only owners may."""
    await hub.rulebook.put(OWNER, "shop", FIRST)
    before = await hub.rulebook.draft(OWNER, "shop")
    with pytest.raises(Invalid) as refusal:
        await hub.rulebook.put_vocabulary(OWNER, "shop", '{"words": ["？"], "synonyms": [["毯", "毯"]]}')
    faults = refusal.value.data["faults"]
    assert isinstance(faults, list)
    assert [fault["path"] for fault in faults] == ["vocabulary.words[0]", "vocabulary.synonyms[0][1]"]
    assert await outcome(hub.rulebook.put_vocabulary(OWNER, "shop", WORDS, revision=7)) == "conflict"
    assert await outcome(hub.rulebook.put_vocabulary(OPERATOR, "shop", WORDS)) == "forbidden"
    assert await hub.rulebook.draft(OWNER, "shop") == before


async def test_a_fault_changes_nothing_and_says_where_it_is(hub: Shop) -> None:
    """The first fault's path, and all the others in one answer."""
    await hub.rulebook.import_(OWNER, "shop", FIRST)
    before = await rows(hub)
    for act in (hub.rulebook.put(OWNER, "shop", FAULTY), hub.rulebook.import_(OWNER, "shop", FAULTY)):
        with pytest.raises(Invalid) as refusal:
            await act
        assert refusal.value.data["path"] == "rules[1].priority"
        faults = refusal.value.data["faults"]
        assert isinstance(faults, list)
        assert [fault["path"] for fault in faults] == ["rules[1].priority", "rules[1].reply.messages[0].text", "rules[2].reply.messages[0].text"]
        assert all(fault["zh"] and fault["en"] for fault in faults)
    assert await rows(hub) == before
    assert await answer(hub, "a") == ["24小时内发货"]


async def test_a_rule_shows_the_pictures_of_its_own_account(hub: Shop) -> None:
    """What somebody of the staff uploaded, also after they left; nobody else's, no sound, and nothing that is not there."""
    async with hub.db.write() as conn:
        owners = {"ours": OPERATOR, "theirs": STRANGER, "buyers": BUYER, "sound": OWNER}
        rows = [
            {"id": name, "owner": who.person, "kind": "voice" if name == "sound" else "image", "type": "x/y", "size": 1, "thumbnail": False, "at": 0}
            for name, who in owners.items()
        ]
        await conn.execute(sa.insert(MEDIA), rows)

    def shows(picture: str) -> list[dict[str, Any]]:
        return [*FIRST, {**rule("图"), "reply": {"messages": [{"kind": "image", "media": picture, "width": 1, "height": 1}]}}]

    await hub.rulebook.put(OWNER, "shop", shows("ours"))
    for picture in ("theirs", "buyers", "sound", "nowhere"):
        for act in (hub.rulebook.put, hub.rulebook.import_):
            with pytest.raises(Invalid) as refused:
                await act(OWNER, "shop", shows(picture))
            assert refused.value.data["path"] == "rules[1].reply.messages[0].media"
    async with hub.db.write() as conn:
        await people.drop_role(conn, SHOP, OPERATOR.person)
    await hub.rulebook.put(OWNER, "shop", shows("ours"))


@pytest.mark.parametrize("source", [b"{", b"[1]", b"{}", '["\\ud800"]', b"\xff", [float("nan")], b"[" * 100_000])
async def test_what_is_no_rule_set_is_invalid(hub: Shop, source: Any) -> None:
    """Whatever bytes come."""
    with pytest.raises(Invalid) as refusal:
        await hub.rulebook.put(OWNER, "shop", source)
    assert str(refusal.value.data["path"]).startswith("rules")


async def test_too_long_a_note_is_invalid(hub: Shop) -> None:
    """By every verb that takes one."""
    note = "长" * 501
    acts = [
        hub.rulebook.publish(OWNER, "shop", note),
        hub.rulebook.import_(OWNER, "shop", FIRST, note),
        hub.rulebook.rollback(OWNER, "shop", 1, note),
    ]
    assert {await outcome(act) for act in acts} == {"invalid"}


async def test_an_earlier_version_can_be_taken_up_again(hub: Shop) -> None:
    """As a new version with its own author and note; the draft stays as it is."""
    await hub.rulebook.import_(OWNER, "shop", FIRST, "one")
    await hub.rulebook.import_(OWNER, "shop", SECOND_SET, "two")
    version = await hub.rulebook.rollback(OWNER, "shop", 1, "back to one")
    assert version.version == 3
    assert await answer(hub, "a") == ["24小时内发货"]
    assert "已经发货" in (await hub.rulebook.draft(OWNER, "shop")).rules
    page = await hub.rulebook.versions(OPERATOR, "shop", limit=2)
    assert [(one.version, one.note) for one in page.items] == [(3, "back to one"), (2, "two")]
    rest = await hub.rulebook.versions(OPERATOR, "shop", page.cursor)
    assert ([one.version for one in rest.items], rest.cursor) == ([1], None)
    assert (await hub.rulebook.version(OPERATOR, "shop", 3)).rules == (await hub.rulebook.version(OPERATOR, "shop", 1)).rules
    for number in (0, 4, 2**40):
        with pytest.raises((NotFound, Invalid)):
            await hub.rulebook.rollback(OWNER, "shop", number)


async def test_publishers_at_once_get_versions_of_their_own(hub: Shop) -> None:
    """And the account speaks by the highest."""
    sets = [[rule("发货", "keyword", f"第{number}套")] for number in range(6)]
    versions = await asyncio.gather(
        *(hub.rulebook.import_(OWNER, "shop", one, str(number)) for number, one in enumerate(sets)), return_exceptions=True
    )
    numbers = sorted(one.version for one in versions if not isinstance(one, BaseException))
    assert numbers == list(range(1, len(numbers) + 1))
    voice = await hub.rulesets.of(SHOP)
    assert voice.rules.version == numbers[-1]
    newest = await hub.rulebook.version(OWNER, "shop", numbers[-1])
    assert await answer(hub, "a") == [f"第{newest.note}套"]


async def test_trying_runs_the_production_code_and_writes_nothing(hub: Shop) -> None:
    """The draft or what is published; with its trace; no message, memory or trace is kept."""
    await hub.rulebook.import_(OWNER, "shop", FIRST)
    await hub.rulebook.put(OWNER, "shop", [*SECOND_SET, rule("欢迎", "first", "您好{{name|}}")])
    before = await rows(hub)
    draft = await hub.rulebook.try_(OPERATOR, "shop", "发货了吗", first=True)
    assert [message.body["text"] for said in draft.says for message in said.messages] == ["您好小王", "已经发货"]
    assert draft.trace.winners == ("欢迎", "发货")
    assert draft.trace.us > 0
    published = await hub.rulebook.try_(OPERATOR, "shop", "发货了吗", draft=False)
    assert [message.body["text"] for said in published.says for message in said.messages] == ["24小时内发货"]
    assert published.trace.version == 1
    assert await rows(hub) == before
    with pytest.raises(Invalid):
        await hub.rulebook.try_(OPERATOR, "shop", "长" * (TEXT_LIMIT + 1))


async def test_trying_as_somebody_with_a_tag(hub: Shop) -> None:
    """A rule for those who have it speaks, and what it would tag is told and not put."""
    guarded = rule("发货", "keyword", "老客优先发", audience={"tags": ["老客"]}, then={"tag": ["催单"]})
    await hub.rulebook.put(OWNER, "shop", [guarded])
    before = await rows(hub)
    tried = [await hub.rulebook.try_(OPERATOR, "shop", "发货", tags=tags) for tags in ((), ("新客",), ("新客", "老客"))]
    assert [(one.outcome, one.tags) for one in tried] == [("silent", {}), ("silent", {}), ("answer", {"催单": "发货"})]
    assert await rows(hub) == before


async def test_trying_as_in_a_group(hub: Shop) -> None:
    """Who calls the account by its name is answered, who does not is told why not."""
    await hub.rulebook.put(OWNER, "shop", [rule("发货", "keyword", "今天发", where=["group"])])
    tried = [await hub.rulebook.try_(OPERATOR, "shop", text, group=True) for text in ("@shop 小店 发货", "发货")]
    assert [(one.outcome, one.reason, one.trace.place) for one in tried] == [("answer", None, "group"), ("silent", "not_addressed", "group")]


@pytest.mark.parametrize(
    ("actor", "reads", "edits"),
    [(OPERATOR, "ok", "forbidden"), (MODERATOR, "forbidden", "forbidden"), (STRANGER, "forbidden", "forbidden"), (BUYER, "forbidden", "forbidden")],
)
async def test_rules_are_read_by_the_desk_and_changed_by_the_owner(hub: Shop, actor: Actor, reads: str, edits: str) -> None:
    """Every verb asks."""
    book: Rulebook = hub.rulebook
    await book.import_(OWNER, "shop", FIRST)
    reading = [book.draft(actor, "shop"), book.versions(actor, "shop"), book.version(actor, "shop", 1), book.try_(actor, "shop", "在吗")]
    assert {await outcome(act) for act in reading} == {reads}
    editing = [book.put(actor, "shop", []), book.publish(actor, "shop"), book.import_(actor, "shop", []), book.rollback(actor, "shop", 1)]
    assert {await outcome(act) for act in editing} == {edits}
    assert await outcome(book.draft(actor, "nowhere")) == "not_found"


async def test_staff_learn_why_a_message_was_answered(hub: Shop) -> None:
    """By the seq of the question, and of the answer."""
    await hub.rulebook.import_(OWNER, "shop", FIRST)
    await answer(hub, "a")
    room = await hub.room()
    asked, said = [await hub.rulebook.trace(OPERATOR, room, seq) for seq in (1, 2)]
    assert asked == said
    assert (asked.outcome, asked.winners) == ("answer", ("发货",))


async def test_a_message_that_was_not_heard_says_which_guard_kept_it(hub: Shop) -> None:
    """While an operator holds the conversation, and what staff write themselves."""
    room = await hub.room()
    await hub.desks.claim(OPERATOR, room)
    await hub.say(BUYER, room, "a")
    await hub.say(OPERATOR, room, "b")
    guards = [(await hub.rulebook.trace(OPERATOR, room, seq)).guard for seq in (1, 2)]
    assert guards == ["operator", "author_staff"]


@pytest.mark.parametrize("actor", [BUYER, VISITOR, OUTSIDER, MODERATOR, STRANGER])
async def test_nobody_else_learns_that_there_is_a_trace(hub: Shop, actor: Actor) -> None:
    """The buyer too is told that there is none."""
    await hub.rulebook.import_(OWNER, "shop", FIRST)
    await answer(hub, "a")
    with pytest.raises(NotFound):
        await hub.rulebook.trace(actor, await hub.room(), 1)


async def test_the_trace_of_a_message_taken_back_does_not_tell_what_was_said(hub: Shop) -> None:
    """What was decided stays; the words are gone, also from the trace of the answer to it."""
    await hub.rulebook.import_(OWNER, "shop", FIRST)
    await answer(hub, "发货")
    room = await hub.room()
    before = await hub.rulebook.trace(OPERATOR, room, 1)
    await hub.talk.recall(BUYER, room, 1)

    assert before.normal == "什么时候发货"
    assert before.candidates[0].spans
    for seq in (1, 2):
        trace = await hub.rulebook.trace(OPERATOR, room, seq)
        assert (trace.winners, trace.normal, trace.words, trace.candidates[0].spans) == (before.winners, "", (), ())


async def test_a_trace_that_is_not_there_is_not_found(hub: Shop) -> None:
    """No such message; or not decided yet."""
    room = await hub.room()
    with pytest.raises(NotFound):
        await hub.rulebook.trace(OPERATOR, room, 7)
    with pytest.raises(NotFound):
        await hub.rulebook.trace(OPERATOR, "nowhere", 1)
    await hub.jobs.stop(0)
    await hub.say(BUYER, room, "a")
    with pytest.raises(NotFound):
        await hub.rulebook.trace(OPERATOR, room, 1)


async def test_rules_an_older_release_took_do_not_silence_the_hub(hub: Shop) -> None:
    """A stored set that can no longer be read says nothing; people are called instead."""
    async with hub.db.write() as conn:
        await conn.execute(
            sa.insert(RULE_VERSIONS).values(account=SHOP, version=1, rules='[{"id": 1}]', author="x", note="", at=0),
        )
        await conn.execute(sa.text("UPDATE accounts SET rules_version = 1"))
    assert await answer(hub, "a") == []
    assert (await hub.stands(await hub.room()))[0] is DeskState.WAITING


async def test_another_process_speaks_by_the_new_version_after_a_while(data_dir: Path) -> None:
    """It hears of it, or asks again when its copy is old."""
    url = f"sqlite:///{data_dir}/hub.db"
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(shop(url))
        second = await stack.enter_async_context(shop(url, fresh=False))
        await first.rulebook.import_(OWNER, "shop", FIRST)
        assert (await second.rulesets.of(SHOP)).rules.version == 1
        await first.rulebook.import_(OWNER, "shop", SECOND_SET)
        ring = first.heard[-1]
        assert (await second.rulesets.of(SHOP)).rules.version == 1
        second.bus.publish([ring])

        async def swapped() -> bool:
            return (await second.rulesets.of(SHOP)).rules.version == 2

        await until(swapped)
