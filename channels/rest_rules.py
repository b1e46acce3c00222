"""REST: an account's automatic replies, from the draft to the versions."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from bot.actions.rulebook import NOTE_LIMIT
from bot.live.ports import Rate
from bot.model.basics import Conflict, Forbidden
from bot.model.people import Verb
from bot.model.talk import Text
from bot.store.rules import RuleDraft, Version
from channels.route import Call, Page, Route, Time
from channels.wire import rfc3339
from intents.vocabulary import Vocabulary
from replies.decision import Outcome, Place, Reason, Said, Trace
from replies.shapes import BYTES_LIMIT, RULES_LIMIT, Rule, Tags
from replies.vocabulary import VOCABULARY_BYTES

COMPILING = Rate(burst=10, per_s=0.5)
"""Compiling ten thousand rules takes a second of a core."""

Note = Annotated[str, Meta(max_length=NOTE_LIMIT)]


class RulesView(msgspec.Struct, frozen=True):
    """The draft, or the published rules under version 0 where nobody has begun one. `version` is for `If-Match`."""

    version: int
    rules: Annotated[list[Rule], Meta(max_length=RULES_LIMIT)]
    author: str
    at: Time | None


class VocabularyView(msgspec.Struct, frozen=True):
    """The draft's vocabulary. `version` is that of the draft, for `If-Match`."""

    version: int
    vocabulary: Vocabulary


class DraftView(msgspec.Struct, frozen=True):
    """The draft as it was saved."""

    version: int
    author: str
    at: Time


class PublishRequest(msgspec.Struct, frozen=True):
    """What is new, for those who read the list of versions."""

    note: Note = ""


class RollbackRequest(msgspec.Struct, frozen=True):
    """Which version to speak by again, and why."""

    version: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    note: Note = ""


class VersionView(msgspec.Struct, frozen=True):
    """A published version."""

    version: int
    author: str
    note: str
    at: Time


class VersionPage(msgspec.Struct, frozen=True):
    """A page of versions, newest first."""

    items: list[VersionView]
    cursor: str | None


class PublishedView(msgspec.Struct, frozen=True):
    """A published version with its rules and its vocabulary."""

    version: int
    author: str
    note: str
    at: Time
    rules: list[Rule]
    vocabulary: Vocabulary


class TryRequest(msgspec.Struct, frozen=True):
    """What a buyer with these tags might write; to the draft, or to what is published. `first`: as the first message of a conversation.

    `place`: in a direct conversation, or in a group, where a text that names the account is addressed to it.
    """

    text: Text
    draft: bool = True
    first: bool = False
    tags: Tags = ()
    place: Place = "direct"


class Tried(msgspec.Struct, frozen=True):
    """What would be said and done, and why. Nothing was."""

    outcome: Outcome
    reason: Reason | None
    says: tuple[Said, ...]
    hand_off: bool
    team: str | None
    tags: tuple[str, ...]
    trace: Trace


def _version(version: Version) -> VersionView:
    return VersionView(version.version, version.author, version.note, rfc3339(version.at))


def _saved(draft: RuleDraft) -> DraftView:
    return DraftView(draft.revision, draft.author, rfc3339(draft.at))


def _as_stored(rules: str) -> Any:
    """Rules go out as they were stored: they were checked when they came in, and ten thousand take long to parse."""
    return msgspec.Raw(rules.encode())


async def read(call: Call[None, None]) -> RulesView:
    """For the desk."""
    draft = await call.services.rulebook.draft(call.actor, call.at("account"))
    return RulesView(draft.revision, _as_stored(draft.rules), draft.author, rfc3339(draft.at) if draft.at else None)


async def put(call: Call[bytes, None]) -> DraftView:
    """All or nothing: a fault names the rule and the member."""
    return _saved(await call.services.rulebook.put(call.actor, call.at("account"), call.body, call.expected_version()))


async def publish(call: Call[PublishRequest, None]) -> VersionView:
    """With `If-Match`, only the draft at that version."""
    return _version(await call.services.rulebook.publish(call.actor, call.at("account"), call.body.note, call.version))


async def rollback(call: Call[RollbackRequest, None]) -> VersionView:
    """As the next version; the draft stays."""
    return _version(await call.services.rulebook.rollback(call.actor, call.at("account"), call.body.version, call.body.note))


async def try_(call: Call[TryRequest, None]) -> Tried:
    """By the production code; writes nothing."""
    asked = call.body
    decision = await call.services.rulebook.try_(
        call.actor, call.at("account"), asked.text, draft=asked.draft, first=asked.first, tags=asked.tags, group=asked.place == "group"
    )
    return Tried(decision.outcome, decision.reason, decision.says, decision.hand_off, decision.team, tuple(decision.tags), decision.trace)


async def versions(call: Call[None, Page]) -> VersionPage:
    """Newest first."""
    page = await call.services.rulebook.versions(call.actor, call.at("account"), call.query.cursor, call.query.limit)
    return VersionPage([_version(version) for version in page.items], page.cursor)


async def version(call: Call[None, None]) -> PublishedView:
    """With its rules."""
    found = await call.services.rulebook.version(call.actor, call.at("account"), call.number("version"))
    return PublishedView(found.version, found.author, found.note, rfc3339(found.at), _as_stored(found.rules), _as_stored(found.vocabulary))


async def read_vocabulary(call: Call[None, None]) -> VocabularyView:
    """For the desk."""
    draft = await call.services.rulebook.draft(call.actor, call.at("account"))
    return VocabularyView(draft.revision, _as_stored(draft.vocabulary))


async def put_vocabulary(call: Call[bytes, None]) -> DraftView:
    """A new version of the draft with the same rules; it counts once that is published."""
    return _saved(await call.services.rulebook.put_vocabulary(call.actor, call.at("account"), call.body, call.expected_version()))


_OF = "/accounts/{account}/rules"

ROUTES = (
    Route(
        method="GET",
        path=_OF,
        summary="The draft of the rules; the desk.",
        tag="rules",
        handler=read,
        response=RulesView,
        errors=(Forbidden,),
        etag=True,
    ),
    Route(
        method="PUT",
        path=_OF,
        summary="Save the draft as a whole; owners.",
        tag="rules",
        handler=put,
        request=Annotated[list[Rule], Meta(max_length=RULES_LIMIT)],
        raw_body=True,
        response=DraftView,
        errors=(Forbidden, Conflict),
        versioned=True,
        etag=True,
        body_limit=BYTES_LIMIT,
        asks=Verb.RULES_EDIT,
        rate=COMPILING,
    ),
    Route(
        method="GET",
        path=f"{_OF}/vocabulary",
        summary="The words and synonyms of the draft; the desk.",
        tag="rules",
        handler=read_vocabulary,
        response=VocabularyView,
        errors=(Forbidden,),
        etag=True,
    ),
    Route(
        method="PUT",
        path=f"{_OF}/vocabulary",
        summary="Save the draft with other words and synonyms; owners.",
        tag="rules",
        handler=put_vocabulary,
        request=Vocabulary,
        raw_body=True,
        response=DraftView,
        errors=(Forbidden, Conflict),
        versioned=True,
        etag=True,
        body_limit=VOCABULARY_BYTES,
        asks=Verb.RULES_EDIT,
        rate=COMPILING,
    ),
    Route(
        method="POST",
        path=f"{_OF}:publish",
        summary="Speak by the draft from now on, as the next version; owners.",
        tag="rules",
        handler=publish,
        request=PublishRequest,
        body_optional=True,
        response=VersionView,
        errors=(Forbidden, Conflict),
        match_optional=True,
        rate=COMPILING,
    ),
    Route(
        method="POST",
        path=f"{_OF}:rollback",
        summary="Speak by an earlier version again; owners.",
        tag="rules",
        handler=rollback,
        request=RollbackRequest,
        response=VersionView,
        errors=(Forbidden,),
        rate=COMPILING,
    ),
    Route(
        method="POST",
        path=f"{_OF}:try",
        summary="What would be said to a text; the desk. Writes nothing.",
        tag="rules",
        handler=try_,
        request=TryRequest,
        response=Tried,
        errors=(Forbidden,),
        rate=COMPILING,
    ),
    Route(
        method="GET",
        path=f"{_OF}/versions",
        summary="List published versions, newest first; the desk.",
        tag="rules",
        handler=versions,
        query=Page,
        response=VersionPage,
        errors=(Forbidden,),
    ),
    Route(
        method="GET",
        path=f"{_OF}/versions/{{version}}",
        summary="Read a published version with its rules; the desk.",
        tag="rules",
        handler=version,
        response=PublishedView,
        errors=(Forbidden,),
    ),
)
