"""The vocabulary of the wire as TypeScript, made from the structs that serve the requests.

`python -m channels.typescript` writes `web/src/wire.ts` anew; a test compares the two.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from bot.model.basics import ERRORS
from bot.model.talk import BODIES, SENDABLE
from channels import openapi, rest_talk, wire
from channels.route import Route
from channels.routes import ROUTES

FILE = Path(__file__).parent.parent / "web" / "src" / "wire.ts"

_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_HEAD = """\
// The vocabulary of the wire, made from the hub's own types by `python -m channels.typescript` (`make wire`). Not to be edited by hand.

/** The codes of errors; what else belongs to one is told in docs/errors.md. */
"""


_FAULT = """\
/** What the hub refuses with; `message` is a sentence for a person, in their language. */
export interface Fault {
  code: ErrorCode;
  message: string;
  path?: string;
  retry_after?: number;
  [more: string]: unknown;
}
"""


class Inbox(msgspec.Struct, frozen=True):
    """The answer to `inbox`: the caller's conversations, newest first."""

    conversations: list[rest_talk.ConversationView]
    cursor: str | None


class Watched(msgspec.Struct, frozen=True):
    """The answer to `desk`: who waits now; absent when the caller stopped listening."""

    waiting: list[wire.DeskView] | msgspec.UnsetType = msgspec.UNSET


class Seen(msgspec.Struct, frozen=True):
    """The answer to `look`: who looks at the conversation now; nobody, to who looks no more."""

    looking: list[wire.Person]


class Moved(msgspec.Struct, frozen=True):
    """The answer to a move on the desk."""

    desk: wire.DeskView


class Drain(msgspec.Struct, frozen=True):
    """The process goes away: reconnect after this, with jitter."""

    retry_after_ms: int


class Nothing(msgspec.Struct, frozen=True):
    """Nothing but that it is done."""


ASKS: dict[str, tuple[type[msgspec.Struct], type[msgspec.Struct]]] = {
    "open": (wire.OpenRequest, rest_talk.Opened),
    "send": (wire.SendRequest, rest_talk.Placed),
    "recall": (wire.SeqRequest, Nothing),
    "pull": (wire.PullRequest, rest_talk.MessageList),
    "sync": (rest_talk.SyncRequest, rest_talk.Synced),
    "inbox": (wire.InboxRequest, Inbox),
    "read": (wire.SeqRequest, Nothing),
    "typing": (wire.ConversationRequest, Nothing),
    "look": (wire.LookRequest, Seen),
    "desk": (wire.WatchRequest, Watched),
    "claim": (wire.MoveRequest, Moved),
    "assign": (wire.MoveRequest, Moved),
    "transfer": (wire.MoveRequest, Moved),
    "hand_back": (wire.MoveRequest, Moved),
    "close": (wire.MoveRequest, Moved),
    "join": (wire.JoinRequest, wire.Joined),
    "leave": (wire.GroupRequest, Nothing),
}
"""What a client asks on the socket, and what it is answered."""

PUSHES: dict[str, type[msgspec.Struct]] = {
    "message": wire.WireMessage,
    "changed": wire.Changed,
    "read": wire.ReadMark,
    "typing": wire.Typing,
    "looking": wire.LookingView,
    "desk": wire.DeskView,
    "member": wire.MemberView,
    "notice": wire.Notice,
    "resync": Nothing,
    "drain": Drain,
}
"""What the hub says by itself, besides `error`, which is a `Fault`."""


def document(routes: Iterable[Route] = ROUTES) -> str:
    """The whole file."""
    listed = list(routes)
    schemas = openapi.schemas_of(listed, extra=[*(kind for pair in ASKS.values() for kind in pair), *PUSHES.values()])
    parts = [
        f"{_HEAD}{_union('ErrorCode', sorted(error.code for error in ERRORS))}",
        _FAULT,
        *(_struct(name, schema) for name, schema in sorted(schemas.components.items())),
        _interface("Bodies", "The bodies of messages by kind.", ((kind, schemas.name_of(body)) for kind, body in BODIES.items())),
        _union("Sendable", list(SENDABLE)),
        _interface("Asks", "What a client asks on the socket: [request, answer].", _asks(schemas)),
        _interface(
            "Pushes", "What the hub says by itself on the socket.", [*((e, schemas.name_of(k)) for e, k in PUSHES.items()), ("error", "Fault")]
        ),
        _interface("Rest", "Every REST operation below /api/v1.", ((f"{r.method} {r.path}", _operation(r, schemas)) for r in listed)),
    ]
    return "\n".join(parts)


def _asks(schemas: openapi.Schemas) -> Iterator[tuple[str, str]]:
    for event, (request, answer) in ASKS.items():
        yield event, f"[{schemas.name_of(request)}, {schemas.name_of(answer)}]"


def _operation(route: Route, schemas: openapi.Schemas) -> str:
    members = []
    if route.query is not None:
        members.append(f"query: {_object(schemas.resolved(route.query))}")
    if route.request is not None:
        members.append(f"body{'?' if route.body_optional else ''}: {_type(schemas.of(route.request))}")
    answer = "Blob" if route.produces else "undefined" if route.response is None else _type(schemas.of(route.response))
    return f"{{ {'; '.join([*members, f'answer: {answer}'])} }}"


def _union(name: str, values: Iterable[str]) -> str:
    return f"export type {name} =\n" + "\n".join(f"  | {json.dumps(value)}" for value in values) + ";\n"


def _interface(name: str, says: str, members: Iterable[tuple[str, str]]) -> str:
    lines = "".join(f"  {_member(member)}: {kind};\n" for member, kind in members)
    return f"/** {says} */\nexport interface {name} {{\n{lines}}}\n"


def _struct(name: str, schema: Mapping[str, Any]) -> str:
    """One struct. A message's `body` goes by its `kind`, which a plain interface cannot say."""
    says = " ".join(str(schema.get("description", "")).split()).replace("*/", "* /")
    comment = f"/** {says} */\n" if says else ""
    if schema.get("type") != "object":
        return f"{comment}export type {name} = {_type(schema)};\n"
    members = _members(schema)
    if {"kind", "body"} <= members.keys():
        kinds = "Sendable" if "at" not in members else "keyof Bodies"
        rest = "".join(f"  {member}: {kind};\n" for member, kind in members.items() if member not in {"kind", "body"})
        return f"{comment}export type {name} = {{ [K in {kinds}]: {{ kind: K; body: Bodies[K] }} }}[{kinds}] & {{\n{rest}}};\n"
    if not members:
        return f"{comment}export type {name} = {_object(schema)};\n"
    return f"{comment}export interface {name} {{\n" + "".join(f"  {member}: {kind};\n" for member, kind in members.items()) + "}\n"


def _members(schema: Mapping[str, Any]) -> dict[str, str]:
    required = schema.get("required", [])
    properties = schema.get("properties", {})
    return {_member(name) + ("" if name in required else "?"): _type(member) for name, member in properties.items()}


def _member(name: str) -> str:
    return name if _NAME.fullmatch(name) else json.dumps(name)


def _object(schema: Mapping[str, Any]) -> str:
    members = _members(schema)
    if members:
        return "{ " + "; ".join(f"{name}: {kind}" for name, kind in members.items()) + " }"
    return f"Record<string, {_type(schema.get('additionalProperties') or {})}>"


def _type(schema: Mapping[str, Any]) -> str:
    """A JSON Schema of the kinds that msgspec makes."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema or "oneOf" in schema:
        return " | ".join(dict.fromkeys(_type(option) for option in (schema.get("anyOf") or schema["oneOf"])))
    if "enum" in schema or "const" in schema:
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in schema.get("enum", [schema.get("const")]))
    match schema.get("type"):
        case "array":
            return _array(schema)
        case "object":
            return _object(schema)
        case "integer" | "number":
            return "number"
        case str(plain):
            return plain
        case _:
            return "unknown"


def _array(schema: Mapping[str, Any]) -> str:
    if "prefixItems" in schema:
        return f"[{', '.join(_type(item) for item in schema['prefixItems'])}]"
    item = _type(schema.get("items") or {})
    return f"({item})[]" if "|" in item else f"{item}[]"


if __name__ == "__main__":
    FILE.write_text(document(), encoding="utf-8")
