"""docs/events.md tells exactly the events of the socket, and what each carries."""

import re

import msgspec
import pytest

from bot.model.talk import BODIES
from channels.typescript import ASKS, PUSHES
from channels.wire import CLIENT_EVENTS, HUB_EVENTS
from tests.house.tables import page, table

REQUESTS = {event: asked for event, (asked, _) in ASKS.items()}
BARE = {"resync", "drain"}
"""What is told of these two stands in a sentence."""


def cells(heading: str) -> dict[str, str]:
    """The second column of the table under this heading, by event, with its backquotes."""
    part = page("docs/events.md").partition(f"| {heading} |")[2].partition("\n\n")[0]
    return dict(re.findall(r"^\| `(\w+)` \| ([^|]*) \|", part, re.MULTILINE))


def members(cell: str) -> dict[str, bool]:
    """Members named in a cell, and whether each may be left out; what stands in parentheses explains and is no member."""
    return {name: bool(mark) for name, mark in re.findall(r"`([a-z_]+)`(\?)?", re.sub(r"\([^)]*\)", "", cell))}


def fields(struct: type[msgspec.Struct]) -> dict[str, bool]:
    """Fields of a struct, and whether each may be left out."""
    return {field.encode_name: not field.required for field in msgspec.structs.fields(struct)}


def test_the_page_lists_what_a_client_may_send() -> None:
    """In the order of the wire, none missing, none made up."""
    assert [row["client → hub"] for row in table(page("docs/events.md"), "client → hub")] == list(CLIENT_EVENTS) == list(REQUESTS)


def test_the_page_lists_what_the_hub_may_send() -> None:
    """In the order of the wire, none missing, none made up."""
    assert [row["hub → client"] for row in table(page("docs/events.md"), "hub → client")] == list(HUB_EVENTS)
    assert set(PUSHES) | {"error"} == set(HUB_EVENTS)


@pytest.mark.parametrize("event", CLIENT_EVENTS)
def test_a_request_is_told_with_its_members(event: str) -> None:
    """Every member that is needed is named as needed, and none that is not there. Moves share one form: `to` is for some."""
    told, there = members(cells("client → hub")[event]), fields(REQUESTS[event])
    assert set(told) <= set(there)
    assert [name for name, optional in there.items() if not optional and told.get(name, True)] == []
    assert event in {"claim", "transfer", "hand_back", "close"} or told == there


@pytest.mark.parametrize("event", sorted(PUSHES.keys() - BARE))
def test_a_push_is_told_with_its_members(event: str) -> None:
    """All of them, and which may be absent."""
    assert members(cells("hub → client")[event]) == fields(PUSHES[event])


@pytest.mark.parametrize("kind", BODIES)
def test_a_kind_of_message_is_told_with_its_members(kind: str) -> None:
    """All of them, and which may be absent."""
    told = members(cells("kind")[kind])
    if kind == "choices":
        # The members of one choice stand beside the list of them.
        assert {name: told.pop(name) for name in ("label", "send")} == {"label": False, "send": False}
    assert told == fields(BODIES[kind])


def test_the_page_knows_every_kind() -> None:
    """In the order of the model."""
    assert list(cells("kind")) == list(BODIES)
