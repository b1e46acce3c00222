"""REST: the tags of an account's followers."""

import msgspec

from bot.live.ports import Rate
from bot.model.basics import Conflict, Forbidden
from channels.route import Call, Route, Time
from channels.wire import rfc3339

CLEARING = Rate(burst=5, per_s=0.1)
"""A tag may have to be taken off very many."""


class TagView(msgspec.Struct, frozen=True):
    """A tag that the account knows, and since when."""

    tag: str
    at: Time


class TagList(msgspec.Struct, frozen=True):
    """The account's tags in alphabetical order, at most 200."""

    items: list[TagView]


class FollowerTagView(msgspec.Struct, frozen=True):
    """A tag of a follower: since when, and by whom: a member of staff, or `rule:` and the id of the rule."""

    tag: str
    at: Time
    by: str


class FollowerTagList(msgspec.Struct, frozen=True):
    """A follower's tags in alphabetical order, at most 50."""

    items: list[FollowerTagView]


async def listed(call: Call[None, None]) -> TagList:
    """For the desk."""
    found = await call.services.tags.listed(call.actor, call.at("account"))
    return TagList([TagView(one.tag, rfc3339(one.at)) for one in found])


async def forget(call: Call[None, None]) -> None:
    """Off everybody who has it."""
    await call.services.tags.forget(call.actor, call.at("account"), call.at("tag"))


async def of(call: Call[None, None]) -> FollowerTagList:
    """For the desk."""
    found = await call.services.tags.of(call.actor, call.at("account"), call.at("person"))
    return FollowerTagList([FollowerTagView(one.tag, rfc3339(one.at), one.author) for one in found])


async def put(call: Call[None, None]) -> None:
    """Again changes nothing."""
    await call.services.tags.put(call.actor, call.at("account"), call.at("person"), call.at("tag"))


async def drop(call: Call[None, None]) -> None:
    """Again changes nothing."""
    await call.services.tags.drop(call.actor, call.at("account"), call.at("person"), call.at("tag"))


_OF = "/accounts/{account}/followers/{person}/tags"

ROUTES = (
    Route(
        method="GET",
        path="/accounts/{account}/tags",
        summary="List the tags of an account's followers; the desk.",
        tag="people",
        handler=listed,
        response=TagList,
        errors=(Forbidden,),
    ),
    Route(
        method="DELETE",
        path="/accounts/{account}/tags/{tag}",
        summary="Take a tag off the account and every follower; owners.",
        tag="people",
        handler=forget,
        errors=(Forbidden,),
        rate=CLEARING,
    ),
    Route(
        method="GET",
        path=_OF,
        summary="List a follower's tags; the desk.",
        tag="people",
        handler=of,
        response=FollowerTagList,
        errors=(Forbidden,),
    ),
    Route(
        method="PUT",
        path=f"{_OF}/{{tag}}",
        summary="Put a tag on a follower; the desk.",
        tag="people",
        handler=put,
        errors=(Forbidden, Conflict),
    ),
    Route(
        method="DELETE",
        path=f"{_OF}/{{tag}}",
        summary="Take a tag off a follower; the desk.",
        tag="people",
        handler=drop,
        errors=(Forbidden,),
    ),
)
