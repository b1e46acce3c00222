"""What people are in groups, and what they may do (every cell is compared with docs/groups.md in tests/house)."""

import pytest

from bot.model.groups import (
    DEEDS,
    SANCTIONS,
    Act,
    Deed,
    GroupRole,
    GroupStanding,
    Joining,
    Membership,
    may_do,
    may_sanction,
    role_in,
    visible_after,
)
from bot.model.order import Order
from bot.model.people import Role

RANK = {GroupRole.OWNER: 3, GroupRole.MODERATOR: 2, GroupRole.MEMBER: 1, GroupRole.BOT: 0, GroupRole.OUTSIDER: -1}
STANDING = GroupStanding(
    conversation="g",
    account="a",
    account_name="小店",
    name="茶友",
    joining=Joining.OPEN,
    members=3,
    order=Order(),
    dissolved=False,
    staff={"staff:o": Role.OWNER, "staff:m": Role.MODERATOR, "staff:p": Role.OPERATOR},
)


def member(person: str, role: GroupRole = GroupRole.MEMBER) -> Membership:
    """Somebody who joined after the seventh message."""
    return Membership(group="g", person=person, role=role, joined_at=5, joined_seq=7, visible_after=7, muted_until=9, mute_reason="刷屏")


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("actor", GroupRole)
@pytest.mark.parametrize("target", GroupRole)
def test_nobody_acts_upwards_or_on_themselves(act: Act, actor: GroupRole, target: GroupRole) -> None:
    """Whoever may do something to somebody stands above them, moderates, and is somebody else; no act reaches an owner or the bot. The bot invites, no more."""
    assert not may_sanction(actor, act, target, oneself=True)
    if may_sanction(actor, act, target):
        assert RANK[actor] > RANK[target]
        assert actor in {GroupRole.OWNER, GroupRole.MODERATOR} or (actor, act) == (GroupRole.BOT, Act.INVITE)
        assert target not in {GroupRole.OWNER, GroupRole.BOT}


@pytest.mark.parametrize("act", Act)
def test_an_owner_may_do_whatever_a_moderator_may(act: Act) -> None:
    """And every act can be done by somebody to somebody."""
    mine, theirs = SANCTIONS[act].get(GroupRole.OWNER, frozenset()), SANCTIONS[act].get(GroupRole.MODERATOR, frozenset())
    assert theirs <= mine
    assert mine


def test_what_is_not_in_the_tables_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deny by default."""
    monkeypatch.delitem(SANCTIONS, Act.MUTE)
    monkeypatch.delitem(DEEDS, Deed.READ)
    assert not may_sanction(GroupRole.OWNER, Act.MUTE, GroupRole.MEMBER)
    assert not may_do(GroupRole.OWNER, Deed.READ)


@pytest.mark.parametrize(
    ("person", "staff", "said", "role"),
    [
        ("staff:o", Role.OWNER, None, GroupRole.OWNER),
        ("staff:m", Role.MODERATOR, None, GroupRole.MODERATOR),
        ("staff:p", Role.OPERATOR, None, GroupRole.OUTSIDER),
        ("staff:p", Role.OPERATOR, GroupRole.MEMBER, GroupRole.MEMBER),
        ("staff:x", None, GroupRole.MODERATOR, GroupRole.OUTSIDER),
        ("buyer", None, None, GroupRole.OUTSIDER),
        ("bot:a", None, None, GroupRole.BOT),
        ("buyer", None, GroupRole.MEMBER, GroupRole.MEMBER),
        ("buyer", None, GroupRole.MODERATOR, GroupRole.MODERATOR),
        ("staff:o", Role.OWNER, GroupRole.MEMBER, GroupRole.OWNER),
    ],
)
def test_what_somebody_is_follows_from_the_account_first(person: str, staff: Role | None, said: GroupRole | None, role: GroupRole) -> None:
    """Owners and moderators of the account are that in its groups; who was dismissed is nothing, whatever a row says."""
    assert role_in(person, staff, said) is role


def test_a_member_is_a_poster_with_their_mute() -> None:
    """What their membership knows of them is what the verdict asks."""
    poster = STANDING.place("buyer", member("buyer")).poster()

    assert (poster.inside, poster.trusted, poster.since, poster.muted_until, poster.mute_reason) == (True, False, 5, 9, "刷屏")
    assert STANDING.place("staff:o", None).poster().trusted
    assert not STANDING.place("outsider", None).poster().inside


def test_moderators_see_everything_members_what_came_after_them() -> None:
    """The floor of what is shown."""
    assert STANDING.place("buyer", member("buyer")).visible_after == 7
    assert STANDING.place("buyer", member("buyer", GroupRole.MODERATOR)).visible_after == 0
    assert STANDING.place("staff:m", None).visible_after == 0


@pytest.mark.parametrize(
    ("joining", "head", "after"),
    [(Joining.OPEN, 0, 0), (Joining.OPEN, 100, 0), (Joining.OPEN, 250, 150), (Joining.APPROVAL, 250, 250), (Joining.INVITATION, 3, 3)],
)
def test_an_open_group_shows_its_last_hundred_messages(joining: Joining, head: int, after: int) -> None:
    """The others show what comes from then on."""
    assert visible_after(joining, head) == after
