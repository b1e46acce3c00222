"""docs/roles.md tells exactly what the program asks."""

import pytest

from bot.model.people import MAY, Role, Verb, may
from tests.house.tables import page, table

ROWS = {row["verb"]: row for row in table(page("docs/roles.md"), "verb")}


def test_every_verb_has_one_line_in_order() -> None:
    """The page lists the verbs as the program does, none missing, none made up."""
    assert list(ROWS) == [str(verb) for verb in Verb]
    assert set(MAY) == set(Verb)


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("role", Role)
def test_every_cell_is_what_the_program_answers(verb: Verb, role: Role) -> None:
    """Each pair of verb and role is allowed or refused as the page says."""
    assert {"yes": True, "–": False}[ROWS[verb][role]] is may(verb, role)


def test_the_roles_are_those_of_the_page() -> None:
    """The table has a column for each role, and the page explains each."""
    assert [heading for heading in ROWS["follow"] if heading not in {"verb", ""}] == [str(role) for role in Role]
    assert [row["role"] for row in table(page("docs/roles.md"), "role")] == [str(role) for role in Role]
