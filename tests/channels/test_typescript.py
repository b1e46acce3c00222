"""The pages speak the hub's own types."""

import re

from bot.model.talk import BODIES
from channels import typescript
from channels.route import Route
from channels.routes import ROUTES
from channels.wire import CLIENT_EVENTS, HUB_EVENTS, OpenRequest


def test_the_pages_types_are_those_of_the_hub() -> None:
    """`make wire` was run after the last change of a request, an answer or an event."""
    assert typescript.FILE.read_text(encoding="utf-8") == typescript.document()


def test_no_name_is_told_twice() -> None:
    """A struct called like one of the file's own types would make both useless."""
    names = re.findall(r"^export (?:type|interface) (\w+)", typescript.document(), re.MULTILINE)
    assert len(names) > 100
    assert sorted(names) == sorted(set(names))


def test_every_event_has_its_types() -> None:
    """What may be asked and what may be heard on the socket is what the generator knows."""
    assert set(typescript.ASKS) == set(CLIENT_EVENTS)
    assert {*typescript.PUSHES, "error"} == set(HUB_EVENTS)


def test_every_operation_and_every_kind_of_message_is_told() -> None:
    """By method and path, and by kind."""
    text = typescript.document()
    assert [route.name for route in ROUTES if f'"{route.method} {route.path}": {{' not in text] == []
    assert [kind for kind in BODIES if f"  {kind}: " not in text] == []


def test_another_operation_makes_another_file() -> None:
    """The comparison would notice what is new."""
    new = Route(
        method="POST", path="/novelties/{seq}", summary="", tag="talk", handler=ROUTES[0].handler, request=OpenRequest, produces=("image/webp",)
    )
    assert '"POST /novelties/{seq}": { body: OpenRequest; answer: Blob };' in typescript.document([*ROUTES, new])
