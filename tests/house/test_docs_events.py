"""docs/events.md tells exactly the events of the socket."""

from channels.wire import CLIENT_EVENTS, HUB_EVENTS
from tests.house.tables import page, table


def test_the_page_lists_what_a_client_may_send() -> None:
    """In the order of the wire, none missing, none made up."""
    assert [row["client → hub"] for row in table(page("docs/events.md"), "client → hub")] == list(CLIENT_EVENTS)


def test_the_page_lists_what_the_hub_may_send() -> None:
    """In the order of the wire, none missing, none made up."""
    assert [row["hub → client"] for row in table(page("docs/events.md"), "hub → client")] == list(HUB_EVENTS)
