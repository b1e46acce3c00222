"""One REST operation as a value: what it takes, what it gives, and who handles it.

The aiohttp routes and the OpenAPI document are both made from these, so neither can say what the other does not.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar

import msgspec
from aiohttp import web
from msgspec import Meta

from bot.live.ports import Rate
from bot.model.basics import HubError, Invalid, NotFound
from bot.model.groups import Deed
from bot.model.people import Actor, Verb
from channels.services import Services
from replies.shapes import Tag

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Time = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
B_co = TypeVar("B_co", covariant=True)
Q_co = TypeVar("Q_co", covariant=True)

JSON_LIMIT = 65_536
GENERAL = Rate(burst=120, per_s=30)
"""What one caller may ask of all REST operations together."""

PATH_TYPES: dict[str, Any] = {
    "account": Annotated[str, Meta(min_length=1, max_length=64, description="An account, by handle or id.")],
    "conversation": Annotated[str, Meta(min_length=1, max_length=64, description="A conversation.")],
    "seq": Annotated[int, Meta(ge=1, le=2**53, description="The sequence number of a message.")],
    "session": Annotated[str, Meta(min_length=1, max_length=64, description="A session of the caller.")],
    "person": Annotated[str, Meta(min_length=1, max_length=64, description="A person.")],
    "note": Annotated[str, Meta(min_length=1, max_length=64, description="A note about a buyer.")],
    "tag": Annotated[Tag, Meta(description="A tag of the account's followers.")],
    "group": Annotated[str, Meta(min_length=1, max_length=64, description="A group: the id of its conversation.")],
    "purge": Annotated[str, Meta(min_length=1, max_length=64, description="A purge.")],
    "case": Annotated[str, Meta(min_length=1, max_length=64, description="A case of the account.")],
    "appeal": Annotated[str, Meta(min_length=1, max_length=64, description="An appeal.")],
    "team": Annotated[str, Meta(min_length=1, max_length=64, description="A team of the account.")],
    "canned": Annotated[str, Meta(min_length=1, max_length=64, description="A canned reply of the account.")],
    "held": Annotated[str, Meta(min_length=1, max_length=64, description="A message that waits for a moderator.")],
    "list": Annotated[str, Meta(min_length=1, max_length=64, description="A word list.")],
    "media": Annotated[str, Meta(min_length=1, max_length=64, description="A stored picture, voice note or video.")],
    "version": Annotated[int, Meta(ge=1, le=2**31 - 1, description="A published version of the rules.")],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[B_co, Q_co]):
    """One request, parsed: who calls, the members of the path, the body and the query."""

    services: Services
    actor: Actor
    path: Mapping[str, str]
    body: B_co
    query: Q_co
    client: str
    version: int | None
    http: web.Request

    def at(self, name: str) -> str:
        """A member of the path."""
        return self.path[name]

    def number(self, name: str) -> int:
        """A member of the path that is a number.

        Raises:
            NotFound: it is not a number of the declared range.
        """
        try:
            number: int = msgspec.convert(self.path[name], PATH_TYPES[name], strict=False)
        except msgspec.ValidationError:
            raise NotFound("没有这个内容。", "There is no such thing.", path=name) from None
        return number

    def expected_version(self) -> int:
        """The version that the caller saw, from `If-Match`.

        Raises:
            Invalid: the header is missing.
        """
        if self.version is None:
            raise Invalid("缺少 If-Match，请先读取最新版本。", "If-Match is missing: send the version you read.", path="If-Match")
        return self.version


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that needs more than its value: headers and a cookie."""

    value: object
    headers: Mapping[str, str] | None = None
    cookie: str | None = None
    drop_cookie: bool = False


Handler = Callable[[Call[Any, Any]], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """An operation below `/api/v1`.

    `request` and `response` are the types of the JSON bodies; without a response the answer is 204. `query` is a struct
    whose fields are the parameters. `versioned`: the caller must send `If-Match`, or may with `match_optional`; `etag`: the
    answer carries `ETag`. `raw_body`: the handler parses the bytes itself. `upload`: the body is a file in a part named `file`, or
    the file itself in one of the types of `accepts`. `cookie`: the refresh cookie says who calls.
    `body_optional`: an empty body stands for `{}`. A handler may also return a finished `web.StreamResponse`, which `produces` then describes;
    with a `response` it has one of these a line. `asks`: what the caller must be allowed to do to the account, or to the
    group, before a large body is read.
    """

    method: Method
    path: str
    summary: str
    tag: str
    handler: Handler
    request: Any = None
    query: type[msgspec.Struct] | None = None
    response: Any = None
    status: int = 200
    errors: tuple[type[HubError], ...] = ()
    signed_in: bool = True
    body_optional: bool = False
    cookie: bool = False
    raw_body: bool = False
    versioned: bool = False
    match_optional: bool = False
    etag: bool = False
    body_limit: int = JSON_LIMIT
    rate: Rate | None = None
    upload: bool = False
    accepts: tuple[str, ...] = ()
    produces: tuple[str, ...] = ()
    asks: Verb | Deed | None = None

    @property
    def name(self) -> str:
        """A name for this operation, unique among all."""
        words = self.path.replace("{", "").replace("}", "").replace(":", "/").strip("/").split("/")
        return "_".join([self.method.lower(), *words])


class Page(msgspec.Struct, frozen=True):
    """Where a page of a list begins, and how long it is."""

    cursor: Annotated[str, Meta(max_length=400, description="Where to go on, as the page before told.")] | None = None
    limit: Annotated[int, Meta(ge=1, le=200, description="How many items at most.")] = 50
