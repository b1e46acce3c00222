"""REST: the rule packs that come with the program, and taking one into an account's draft."""

from typing import Annotated

import msgspec
from msgspec import Meta

from bot.actions.packs import Mode, Note, Pack, TwoTongues
from bot.model.basics import Conflict, Forbidden
from channels.rest_rules import COMPILING
from channels.route import Call, Route, Time
from channels.wire import rfc3339
from replies.merge import Skipped


class PackView(msgspec.Struct, frozen=True):
    """A pack: how it is asked for, what it is called and about, and how many rules, keywords and similar questions it has."""

    id: str
    name: TwoTongues
    about: TwoTongues
    rules: int
    keywords: int
    questions: int


class PackList(msgspec.Struct, frozen=True):
    """Every pack."""

    items: list[PackView]


class PackRequest(msgspec.Struct, frozen=True):
    """Which pack, and whether it comes beside the rules of the draft or instead of them."""

    pack: Annotated[str, Meta(min_length=1, max_length=64)]
    mode: Mode = "merge"


class PackInstalled(msgspec.Struct, frozen=True):
    """The draft as it is now; the rules that were added and left out, and what of the added the shop should write into them."""

    version: int
    author: str
    at: Time | None
    added: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    notes: tuple[Note, ...]


def _view(pack: Pack) -> PackView:
    keywords, questions = (sum(len(part) for part in parts) for parts in zip(*((one.when.any, one.when.similar) for one in pack.rules), strict=True))
    return PackView(pack.id, pack.name, pack.about, len(pack.rules), keywords, questions)


async def listed(call: Call[None, None]) -> PackList:
    """For whoever works for a shop."""
    return PackList([_view(pack) for pack in call.services.packs.listed(call.actor)])


async def install(call: Call[PackRequest, None]) -> PackInstalled:
    """Into the draft; with `If-Match`, only into the one at that version."""
    done = await call.services.packs.install(call.actor, call.at("account"), call.body.pack, call.body.mode, call.version)
    draft = done.draft
    return PackInstalled(draft.revision, draft.author, rfc3339(draft.at) if draft.at else None, done.added, done.skipped, done.notes)


ROUTES = (
    Route(
        method="GET",
        path="/rule-packs",
        summary="List the starter sets of rules; whoever works for a shop.",
        tag="rules",
        handler=listed,
        response=PackList,
        errors=(Forbidden,),
    ),
    Route(
        method="POST",
        path="/accounts/{account}/rules:pack",
        summary="Take a starter set into the draft; owners. Publishes nothing.",
        tag="rules",
        handler=install,
        request=PackRequest,
        response=PackInstalled,
        errors=(Forbidden, Conflict),
        match_optional=True,
        etag=True,
        rate=COMPILING,
    ),
)
