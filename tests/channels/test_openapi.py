"""The document says what the server does: every route, every parameter, every limit."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Annotated, Any

import jsonschema_rs
import msgspec
import pytest
from msgspec import Meta

from bot.model.basics import ERRORS
from channels.http import STATUS
from channels.openapi import document
from channels.rest import API
from channels.route import Route
from channels.routes import ROUTES
from channels.wire import SendRequest
from replies.misfits import FORMS, misfit
from tests.channels.door import Door, door
from tests.world import BUYER

DOCUMENT: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(document(ROUTES, STATUS)))
REFERENCE = re.compile(r'"\$ref":"#/(components/\w+)/([^"]+)"')


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[Door]:
    async with door(data_dir) as opened:
        yield opened


def operation(route: Route) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][f"{API}{route.path}"][route.method.lower()]
    return found


async def test_the_document_is_served_to_everybody(hub: Door) -> None:
    """Without a token, as it was made."""
    response = await hub.client.get("/api/openapi.json")
    assert (response.status, response.content_type, await response.json()) == (200, "application/json", DOCUMENT)


async def test_every_documented_operation_is_served(hub: Door) -> None:
    """No address of the document answers that it is not there, or not by this method."""
    for route in ROUTES:
        path = re.sub(r"\{\w+\}", "1", route.path)
        response = await hub.ask(BUYER, route.method, path)
        answer = await response.text()
        assert response.status != 405, route.name
        assert "There is nothing at this address" not in answer, route.name


async def test_everything_served_below_the_api_is_documented(hub: Door) -> None:
    """Whoever adds a route adds it to the table."""
    app = hub.client.app
    assert app is not None
    served = {(route.method, route.resource.canonical) for route in app.router.routes() if route.resource is not None}
    api = {(method, path) for method, path in served if path.startswith(API) and method != "HEAD"}

    assert api == {(method.upper(), path) for path, item in DOCUMENT["paths"].items() for method in item}


def test_every_reference_leads_somewhere() -> None:
    """And no component is there for nothing."""
    found = set(REFERENCE.findall(msgspec.json.encode(DOCUMENT).decode()))
    components = {(f"components/{kind}", name) for kind in ("schemas", "responses") for name in DOCUMENT["components"][kind]}

    assert found <= components
    assert {name for kind, name in components - found if kind == "components/responses"} == set()


def test_every_schema_is_one() -> None:
    """By the meta-schema of JSON Schema 2020-12, which OpenAPI 3.1 uses."""
    for name, schema in DOCUMENT["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}), name


def test_names_are_plain_and_unique() -> None:
    """No module of ours in a name; no two operations of one name."""
    assert [name for name in DOCUMENT["components"]["schemas"] if not re.fullmatch(r"[A-Za-z]+", name)] == []
    names = [item[method]["operationId"] for item in DOCUMENT["paths"].values() for method in item]
    assert len(names) == len(set(names)) == len(ROUTES)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_an_operation_tells_all_that_its_route_does(route: Route) -> None:
    """Parameters of path, query and head; body and its limit; rate; who may call; how it may be refused."""
    told = operation(route)
    names = {(one["in"], one["name"]) for one in told["parameters"]}

    assert {name for place, name in names if place == "path"} == set(re.findall(r"\{(\w+)\}", route.path))
    assert {name for place, name in names if place == "query"} == set(route.query.__struct_encode_fields__ if route.query else ())
    assert (("header", "If-Match") in names) == (route.versioned or route.match_optional)
    assert ("requestBody" in told) == (route.request is not None or route.upload)
    assert told.get("x-body-limit") == (route.body_limit if "requestBody" in told else None)
    assert told.get("x-rate") == (None if route.rate is None else msgspec.to_builtins(route.rate))
    assert told["security"] == ([{"token": []}] if route.signed_in else [{"refresh": []}] if route.cookie else [])
    assert {str(STATUS[error]) for error in route.errors} <= set(told["responses"])
    assert told["summary"].endswith(".")


def test_every_error_that_is_named_is_of_the_closed_set() -> None:
    """And each response of the document names at least one."""
    codes = {error.code for error in ERRORS}
    for name, response in DOCUMENT["components"]["responses"].items():
        told = response["content"]["application/json"]["schema"]["properties"]["error"]["properties"]["code"]["enum"]
        assert told, name
        assert set(told) <= codes


def test_a_message_is_described_kind_by_kind() -> None:
    """The body of a message is told, though the program parses it later."""
    schema = DOCUMENT["components"]["schemas"]["MessageRequest"]["properties"]["body"]

    kinds = {one["$ref"].rpartition("/")[2] for one in schema["anyOf"]}
    assert kinds == {"TextBody", "ImageBody", "VoiceBody", "VideoBody", "CardBody", "ChoicesBody"}


def test_rest_and_socket_take_the_same_message() -> None:
    """`send` is the message of REST with its conversation."""
    rest = set(DOCUMENT["components"]["schemas"]["MessageRequest"]["properties"])
    assert set(SendRequest.__struct_encode_fields__) == rest | {"conversation"}


def test_all_times_are_told_to_be_times() -> None:
    """Whoever makes a client from the document gets moments, not words."""
    for name, schema in DOCUMENT["components"]["schemas"].items():
        for member, told in schema.get("properties", {}).items():
            if member == "at" or member.endswith(("_at", "_since")):
                assert "date-time" in str(told), f"{name}.{member}"


def _patterns(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node["pattern"]
        for part in node.values():
            yield from _patterns(part)
    elif isinstance(node, list):
        for part in node:
            yield from _patterns(part)


def test_every_form_the_hub_asks_for_has_its_words() -> None:
    """Of each regular expression in the shapes of the whole door, msgspec's own sentence is understood."""
    asked = set(_patterns(DOCUMENT["components"]))
    assert asked
    for form in asked:
        with pytest.raises(msgspec.ValidationError) as error:
            msgspec.convert("\n", Annotated[str, Meta(pattern=form)])
        assert misfit(str(error.value)).zh == f"应为文字（{FORMS[form][0]}）。"
