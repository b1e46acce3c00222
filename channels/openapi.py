"""The OpenAPI 3.1 document, made from the same routes and structs that serve the requests."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from bot.model.basics import HubError, Invalid, NotFound, RateLimited, TooLarge, Unauthenticated, Unavailable
from bot.model.talk import BODIES, SENDABLE
from channels.rest import API, COOKIE
from channels.route import GENERAL, PATH_TYPES, Route
from channels.wire import AccountView, MessageRequest, WireMessage
from replies.hours import Hours

_REF = "#/components/schemas/{name}"
_INTRO = (
    "Followers and operators of shop accounts talk; rules answer; nothing acknowledged is lost. Times are RFC 3339 in UTC with milliseconds, ids are "
    "opaque strings, unknown members are ignored. Lists page by an opaque cursor. `message` of an error is a sentence in the language of "
    "`Accept-Language` (zh-CN by default, or en)."
)
_TAGS = {
    "sessions": "Staff sign in and out; buyers bring a token of the shop app.",
    "people": "The caller, accounts, following.",
    "staff": "Who works for an account: roles, teams, canned replies.",
    "talk": "Conversations and messages.",
    "desk": "The operators' inbox.",
    "rules": "What an account says by itself.",
    "groups": "An account's groups: coming in, order, who did what.",
    "order": "Reports, cases, purges, appeals: how order is kept in groups.",
    "media": "Pictures, voice notes, videos.",
}


def document(routes: Sequence[Route], statuses: Mapping[type[HubError], int]) -> dict[str, Any]:
    """The whole document as JSON-able values."""
    schemas = schemas_of(routes)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(f"{API}{route.path}", {})[route.method.lower()] = _operation(route, schemas, statuses)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Weihub", "version": "1", "description": _INTRO, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "x-rate": msgspec.to_builtins(GENERAL),
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "responses": {_failure_name(codes): _failure(codes) for route in routes for codes in _failures(route, statuses).values()},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "refresh": {"type": "apiKey", "in": "cookie", "name": COOKIE},
            },
        },
    }


class Schemas:
    """The JSON Schemas of all types, shared ones as components."""

    def __init__(self, types: Iterable[Any]) -> None:
        self._keys: dict[Any, dict[str, Any]] = {}
        listed = list(types)
        schemas, self.components = _plainly_named(*msgspec.json.schema_components(listed, ref_template=_REF, schema_hook=_anything))
        for kind, schema in zip(listed, schemas, strict=True):
            self._keys[kind] = schema

    def of(self, kind: Any) -> dict[str, Any]:
        """The schema of a type, or a reference to it."""
        return self._keys[kind]

    def name_of(self, kind: Any) -> str:
        """The name of a struct among the components."""
        return str(self.of(kind)["$ref"]).rpartition("/")[2]

    def resolved(self, kind: Any) -> dict[str, Any]:
        """The schema of a struct itself, to be changed or taken apart."""
        found: dict[str, Any] = self.components[self.name_of(kind)]
        return found


def _plainly_named(schemas: Sequence[dict[str, Any]], components: dict[str, Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Where two structs have one name, msgspec tells them apart by their modules: `bot.model.talk.Choice` becomes `TalkChoice`."""
    text = msgspec.json.encode([schemas, components])
    for name in components:
        text = text.replace(f'"{_REF.format(name=name)}"'.encode(), f'"{_REF.format(name=_plain(name))}"'.encode())
    renamed, found = msgspec.json.decode(text, type=tuple[list[dict[str, Any]], dict[str, Any]])
    return renamed, {_plain(name): schema for name, schema in found.items()}


def _plain(name: str) -> str:
    module, _, struct = name.rpartition(".")
    return module.rpartition(".")[2].title() + struct


def _anything(kind: type) -> dict[str, Any]:
    """A JSON value of any kind."""
    if kind is not object:
        raise NotImplementedError(kind)
    return {"description": "Any JSON value."}


def schemas_of(routes: Sequence[Route], extra: Iterable[Any] = ()) -> Schemas:
    """The schemas of everything that goes in and out by these routes, and of more types."""
    told = (kind for route in routes for kind in (route.request, route.query, route.response) if kind is not None)
    types = dict.fromkeys([*BODIES.values(), MessageRequest, WireMessage, AccountView, Hours, *told, *extra])
    schemas = Schemas(types)  # members that stay raw on their way through are told here
    for shape, kinds in ((MessageRequest, SENDABLE), (WireMessage, BODIES)):
        schemas.resolved(shape)["properties"]["body"] = {"anyOf": [schemas.of(body) for body in kinds.values()]}
    schemas.resolved(WireMessage)["properties"]["at"]["format"] = "date-time"
    schemas.resolved(AccountView)["properties"]["hours"] = {"anyOf": [schemas.of(Hours), {"type": "null"}]}
    return schemas


def _operation(route: Route, schemas: Schemas, statuses: Mapping[type[HubError], int]) -> dict[str, Any]:
    codes = _failures(route, statuses)
    failures = {str(status): {"$ref": f"#/components/responses/{_failure_name(codes[status])}"} for status in sorted(codes)}
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "tags": [route.tag],
        "parameters": [*_path_parameters(route), *_query_parameters(route, schemas), *_header_parameters(route)],
        "responses": {str(route.status if route.response or route.produces else 204): _success(route, schemas), **failures},
        "security": [{"token": []}] if route.signed_in else [{"refresh": []}] if route.cookie else [],
    }
    if route.request is not None:
        operation["requestBody"] = {"required": not route.body_optional, "content": {"application/json": {"schema": schemas.of(route.request)}}}
    if route.upload:
        part = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}}}
        whole = {kind: {"schema": {"type": "string", "contentMediaType": kind}} for kind in route.accepts}
        operation["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": part}, **whole}}
    if "requestBody" in operation:
        operation["x-body-limit"] = route.body_limit
    if route.rate is not None:
        operation["x-rate"] = msgspec.to_builtins(route.rate)
    return operation


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    names = [part[1:].split("}")[0] for part in route.path.replace("/", " ").split() if part.startswith("{")]
    return [{"name": name, "in": "path", "required": True, "schema": msgspec.json.schema(PATH_TYPES[name])} for name in names]


def _query_parameters(route: Route, schemas: Schemas) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    schema = schemas.resolved(route.query)
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _without_null(member)} for name, member in schema["properties"].items()
    ]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter is absent, never null."""
    kept = [option for option in schema.get("anyOf", []) if option != {"type": "null"}]
    return schema if len(kept) != 1 else {**kept[0], **{name: value for name, value in schema.items() if name == "description"}}


def _header_parameters(route: Route) -> list[dict[str, Any]]:
    if not route.versioned and not route.match_optional:
        return []
    text = "The version that was read; a stale one is a conflict."
    return [
        {
            "name": "If-Match",
            "in": "header",
            "required": route.versioned,
            "description": text,
            "schema": {"type": "string", "pattern": '^"?[0-9]{1,10}"?$'},
        }
    ]


def _success(route: Route, schemas: Schemas) -> dict[str, Any]:
    if route.produces:
        lines = route.response is not None
        schema = schemas.of(route.response) if lines else {}
        return {"description": "One of these a line." if lines else "The file.", "content": {kind: {"schema": schema} for kind in route.produces}}
    if route.response is None:
        return {"description": "Done."}
    answer: dict[str, Any] = {"description": "Done.", "content": {"application/json": {"schema": schemas.of(route.response)}}}
    if route.etag:
        answer["headers"] = {"ETag": {"description": "The version, for `If-Match`.", "schema": {"type": "string"}}}
    return answer


def _failures(route: Route, statuses: Mapping[type[HubError], int]) -> dict[int, list[str]]:
    """The codes an operation may answer with, by status."""
    common: list[type[HubError]] = [Invalid, RateLimited, Unavailable, *route.errors]
    if route.signed_in:
        common.append(Unauthenticated)
    if "{" in route.path:
        common.append(NotFound)
    if route.request is not None or route.upload:
        common.append(TooLarge)
    by_status: dict[int, list[str]] = {}
    for error in dict.fromkeys(common):
        by_status.setdefault(statuses[error], []).append(error.code)
    return by_status


def _failure_name(codes: list[str]) -> str:
    return "-".join(sorted(codes))


def _failure(codes: list[str]) -> dict[str, Any]:
    detail = {
        "code": {"enum": sorted(codes)},
        "message": {"type": "string"},
        "path": {"type": "string"},
        "retry_after": {"type": "integer"},
        "limit": {"type": "integer"},
    }
    schema = {
        "type": "object",
        "required": ["error"],
        "properties": {"error": {"type": "object", "required": ["code", "message"], "properties": detail}},
    }
    return {"description": ", ".join(sorted(codes)), "content": {"application/json": {"schema": schema}}}
