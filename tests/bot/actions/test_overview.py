"""An account at a glance."""

from collections.abc import AsyncIterator

import pytest

from bot.actions.overview import Glance, Overview
from bot.model.basics import Forbidden
from tests.bot.actions.test_answers import PEOPLE, SHIPPING
from tests.shop import Shop, shop
from tests.world import BUYER, MODERATOR, OPERATOR, OWNER, VISITOR


@pytest.fixture
async def hub(each_url: str) -> AsyncIterator[Shop]:
    """A shop that answers."""
    async with shop(each_url) as hub:
        hub.answers.start(hub.jobs)
        yield hub


async def glance(hub: Shop) -> Glance:
    """What the shop's operator sees."""
    return await Overview(db=hub.db, access=hub.access, rulesets=hub.rulesets).read(OPERATOR, "shop")


async def test_a_new_shop_has_a_week_of_nothing(hub: Shop) -> None:
    """Seven days, today the last, and no times that nobody waited."""
    seen = await glance(hub)
    assert (seen.desk.waiting, seen.desk.held, seen.desk.waiting_since, seen.followed) == (0, 0, None, 0)
    assert (seen.waits.taken, seen.waits.median_s, seen.waits.longest_s) == (0, None, None)
    assert len(seen.days) == 7
    assert (seen.days[-1].day, {day.heard for day in seen.days}, seen.unanswered) == (seen.today, {0}, [])


async def test_what_happens_today_is_seen_today(hub: Shop) -> None:
    """Who waits, who was taken over and after how long, what was answered, what was asked in vain."""
    await hub.publish([SHIPPING, PEOPLE])
    room = await hub.room()
    for text in ("发货", "有蓝色的吗", "请问有蓝色的吗？", "转人工"):  # what is asked in vain twice calls people; the last is answered in the queue
        await hub.say(BUYER, room, text, text)
        await hub.settled()
    waiting = await glance(hub)
    assert (waiting.desk.waiting, waiting.desk.held) == (1, 0)
    assert waiting.desk.waiting_since is not None
    assert waiting.desk.waiting_since <= waiting.at

    await hub.desks.claim(OPERATOR, room)
    taken = await glance(hub)
    assert (taken.desk.waiting, taken.desk.held, taken.waits.taken) == (0, 1, 1)
    assert taken.waits.median_s == taken.waits.longest_s
    assert (taken.waits.longest_s or 0) >= 0
    today = taken.days[-1]
    assert (today.heard, today.answered, today.handed_off, today.unanswered) == (4, 2, 1, 2)
    assert [(one.question, one.asked) for one in taken.unanswered] == [("有蓝色", 2)]


@pytest.mark.parametrize("actor", [MODERATOR, BUYER, VISITOR])
async def test_it_is_for_the_desk(hub: Shop, actor: object) -> None:
    """Moderators of groups and buyers are refused; the owner is not."""
    verb = Overview(db=hub.db, access=hub.access, rulesets=hub.rulesets)
    with pytest.raises(Forbidden):
        await verb.read(actor, "shop")  # type: ignore[arg-type] # an actor, by the table above
    await verb.read(OWNER, "shop")
