"""REST: what the desk knows of a buyer: their profile, and what staff noted about them."""

from typing import Annotated

import msgspec
from msgspec import Meta

from bot.model.basics import Conflict, Forbidden
from bot.store.notes import Note
from channels.rest_sessions import PersonView
from channels.route import Call, Page, Route, Time
from channels.wire import Person, rfc3339


class ProfileView(msgspec.Struct, frozen=True):
    """A buyer as the desk sees them.

    `following_since`: null where they do not follow (any more). `messages`: of both sides. `calls`: how often the bot handed them to people.
    """

    person: PersonView
    following_since: Time | None
    source: str
    tags: tuple[str, ...]
    conversation: str | None
    first_at: Time | None
    last_at: Time | None
    messages: int
    calls: int
    notes: int


class NoteRequest(msgspec.Struct, frozen=True):
    """What to keep in mind."""

    text: Annotated[str, Meta(min_length=1, max_length=1_000, pattern=r"\S")]


class NoteView(msgspec.Struct, frozen=True):
    """A note about a buyer, by whom, and when."""

    id: str
    by: Person
    text: str
    at: Time
    edited_at: Time | None


class NotePage(msgspec.Struct, frozen=True):
    """A page of notes, the newest first."""

    items: list[NoteView]
    cursor: str | None


def _time(ms: int | None) -> Time | None:
    return None if ms is None else rfc3339(ms)


def _note(note: Note) -> NoteView:
    return NoteView(note.id, Person(note.author, note.author_name), note.text, rfc3339(note.at), _time(note.edited_at))


async def profile(call: Call[None, None]) -> ProfileView:
    """For the desk."""
    found = await call.services.profiles.of(call.actor, call.at("account"), call.at("person"))
    return ProfileView(
        person=PersonView(found.person, found.name, found.avatar),
        following_since=_time(found.following_since),
        source=found.source,
        tags=found.tags,
        conversation=found.conversation,
        first_at=_time(found.first_at),
        last_at=_time(found.last_at),
        messages=found.messages,
        calls=found.calls,
        notes=found.notes,
    )


async def listed(call: Call[None, Page]) -> NotePage:
    """For the desk; buyers never see them."""
    page = await call.services.notes.listed(call.actor, call.at("account"), call.at("person"), call.query.cursor, call.query.limit)
    return NotePage([_note(note) for note in page.items], page.cursor)


async def add(call: Call[NoteRequest, None]) -> NoteView:
    """At most 200 about one buyer."""
    return _note(await call.services.notes.add(call.actor, call.at("account"), call.at("person"), call.body.text))


async def edit(call: Call[NoteRequest, None]) -> NoteView:
    """One's own."""
    return _note(await call.services.notes.edit(call.actor, call.at("account"), call.at("person"), call.at("note"), call.body.text))


async def drop(call: Call[None, None]) -> None:
    """One's own; the owner any."""
    await call.services.notes.drop(call.actor, call.at("account"), call.at("person"), call.at("note"))


_OF = "/accounts/{account}/followers/{person}"

ROUTES = (
    Route(
        method="GET",
        path=f"{_OF}/profile",
        summary="Who a buyer is: since when, from where, with which tags, how much was said; the desk.",
        tag="people",
        handler=profile,
        response=ProfileView,
        errors=(Forbidden,),
    ),
    Route(
        method="GET",
        path=f"{_OF}/notes",
        summary="What staff noted about a buyer, the newest first; the desk.",
        tag="people",
        handler=listed,
        query=Page,
        response=NotePage,
        errors=(Forbidden,),
    ),
    Route(
        method="POST",
        path=f"{_OF}/notes",
        summary="Note something about a buyer; the desk.",
        tag="people",
        handler=add,
        request=NoteRequest,
        response=NoteView,
        status=201,
        errors=(Forbidden, Conflict),
    ),
    Route(
        method="PUT",
        path=f"{_OF}/notes/{{note}}",
        summary="Change one's own note; the desk.",
        tag="people",
        handler=edit,
        request=NoteRequest,
        response=NoteView,
        errors=(Forbidden,),
    ),
    Route(
        method="DELETE",
        path=f"{_OF}/notes/{{note}}",
        summary="Delete one's own note, or as the owner any; the desk.",
        tag="people",
        handler=drop,
        errors=(Forbidden,),
    ),
)
