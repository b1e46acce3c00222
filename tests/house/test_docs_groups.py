"""docs/groups.md tells exactly what the program asks."""

import pytest

from bot.model.groups import DEEDS, SANCTIONS, Act, Deed, GroupRole, Joining, may_do, may_sanction
from tests.house.tables import page, table
from tests.house.test_docs_delivery import PROOF

ACTS = {row["act on a person"]: row for row in table(page("docs/groups.md"), "act on a person")}
ON_GROUP = {row["act on the group"]: row for row in table(page("docs/groups.md"), "act on the group")}


def test_every_act_has_one_line_in_order() -> None:
    """The page lists acts, roles and ways of joining as the program does, none missing, none made up."""
    assert list(ACTS) == [str(act) for act in Act]
    assert list(ON_GROUP) == [str(deed) for deed in Deed]
    assert set(SANCTIONS) == set(Act)
    assert set(DEEDS) == set(Deed)
    assert [row["in a group"] for row in table(page("docs/groups.md"), "in a group")] == [str(role) for role in GroupRole]
    assert [row["joining"] for row in table(page("docs/groups.md"), "joining")] == [str(joining) for joining in Joining]


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("role", GroupRole)
@pytest.mark.parametrize("target", GroupRole)
def test_every_pair_is_what_the_program_answers(act: Act, role: GroupRole, target: GroupRole) -> None:
    """Each actor, act and target is allowed or refused as the page says."""
    told = {name.strip() for name in ACTS[act][role].split(",")} - {"–"}
    assert told <= set(GroupRole)
    assert may_sanction(role, act, target) is (target in told)


@pytest.mark.parametrize("deed", Deed)
@pytest.mark.parametrize("role", GroupRole)
def test_every_cell_about_the_group_is_what_the_program_answers(deed: Deed, role: GroupRole) -> None:
    """Each pair of deed and role is allowed or refused as the page says."""
    assert {"yes": True, "–": False}[ON_GROUP[deed][role]] is may_do(role, deed)


def test_every_test_that_is_named_is_there() -> None:
    """The page points at proofs that exist."""
    named = PROOF.findall(page("docs/groups.md"))
    assert len(named) >= 3
    assert [f"{file}::{name}" for file, name in named if f"def {name}(" not in page(file)] == []
