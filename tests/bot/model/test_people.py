"""Roles, staff ids, and the table of who may do what (its cells are compared with docs/roles.md in tests/house)."""

import pytest

from bot.model.people import MAY, STAFF, STAFF_PREFIX, Actor, Role, Verb, may

BUYERS = frozenset({Role.FOLLOWER, Role.VISITOR})


@pytest.mark.parametrize(
    ("person", "staff"), [("staff:01h", True), ("buyer-1", False), ("Staff:01h", False), ("my-staff:1", False), ("staff", False)]
)
def test_staff_are_told_by_their_prefix(person: str, staff: bool) -> None:
    """Only an id that begins with the reserved prefix is staff."""
    assert Actor(person=person, name="某人").is_staff is staff
    assert person.startswith(STAFF_PREFIX) is staff


@pytest.mark.parametrize("role", Role)
def test_a_verb_that_is_not_in_the_table_is_refused(role: Role, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deny by default."""
    monkeypatch.delitem(MAY, Verb.ACCOUNT_READ)
    assert not may(Verb.ACCOUNT_READ, role)


@pytest.mark.parametrize("verb", [verb for verb in Verb if verb.value.endswith((".edit", ".create")) or verb.value.startswith("desk.")])
def test_buyers_run_nothing(verb: Verb) -> None:
    """Nothing that changes an account, or works its desk, is open to its followers and visitors."""
    assert not MAY[verb] & BUYERS


@pytest.mark.parametrize("verb", [Verb.FOLLOW, Verb.TALK_OPEN])
def test_nobody_follows_or_opens_for_another(verb: Verb) -> None:
    """Following and opening a conversation are a buyer's own acts: no staff role may do them."""
    assert not MAY[verb] & STAFF


def test_an_owner_may_do_whatever_other_staff_may() -> None:
    """No act of staff is out of the owner's reach."""
    assert [verb for verb in Verb if MAY[verb] & STAFF and Role.OWNER not in MAY[verb]] == []


def test_a_moderator_has_no_part_in_direct_conversations() -> None:
    """Looking after groups gives no key to the inbox."""
    assert [verb for verb in Verb if verb.value.startswith(("talk.", "desk.", "trace.")) and Role.MODERATOR in MAY[verb]] == []
