"""REST: an account's groups as wholes, and the log of what was done in them."""

from typing import Annotated

import msgspec
from msgspec import Meta

from bot.actions.groups import GroupChanges, NewGroup, OrderChanges, Seen, Silence
from bot.model.basics import Closed, Conflict, Forbidden
from bot.model.groups import GroupRole, Joining, Reason
from bot.model.order import LinkPolicy, Newcomers, Order
from bot.model.tempo import Flood, Raid, Repeat
from bot.store.groups import GroupRow
from bot.store.sanctions import Logged
from channels.route import Call, Page, Route, Time
from channels.wire import rfc3339


class GroupCard(msgspec.Struct, frozen=True):
    """A group in a list; `account` is an id. A group's id is that of its conversation."""

    id: str
    account: str
    name: str
    about: str
    cover: str | None
    joining: Joining
    members: int
    capacity: int


class Announcement(msgspec.Struct, frozen=True):
    """What is announced, by whom and when."""

    text: str
    by: str
    at: Time


class OrderView(msgspec.Struct, frozen=True):
    """The order of a group; `filters`: those that come with the hub are asked too; `guarded_until`:
    because of a raid, whoever comes until then has to be let in; `silent_until`: until then only moderators speak.
    """

    slow_s: int
    newcomers: Newcomers
    links: LinkPolicy
    media: bool
    cards: bool
    filters: bool
    flood: Flood
    repeat: Repeat
    raid: Raid
    guarded_until: Time | None
    silent_until: Time | None
    silent_reason: str


class Mine(msgspec.Struct, frozen=True):
    """The caller's membership, with their own mute."""

    joined_at: Time
    hushed: bool
    muted_until: Time | None
    mute_reason: str


class GroupView(msgspec.Struct, frozen=True, kw_only=True):
    """A group as the caller finds it. `version` is for `If-Match`; `invited`, `waiting`: whether they may just come, or wait to be let in."""

    id: str
    account: str
    name: str
    about: str
    cover: str | None
    rules: str
    announcement: Announcement | None
    joining: Joining
    question: str
    members: int
    capacity: int
    order: OrderView
    version: int
    created_at: Time
    dissolved_at: Time | None
    role: GroupRole
    membership: Mine | None
    invited: bool
    waiting: bool


class GroupPage(msgspec.Struct, frozen=True):
    """A page of groups."""

    items: list[GroupCard]
    cursor: str | None


class MyGroups(msgspec.Struct, frozen=True):
    """The groups the caller is in, at most 200."""

    items: list[GroupView]


class AnnounceRequest(msgspec.Struct, frozen=True):
    """An announcement; an empty one takes down what stands there."""

    text: Annotated[str, Meta(max_length=2_000)]


class DissolveRequest(msgspec.Struct, frozen=True):
    """Why the group ends."""

    reason: Reason


class PinView(msgspec.Struct, frozen=True):
    """A message kept at the top."""

    seq: int
    by: str
    at: Time


class Pins(msgspec.Struct, frozen=True):
    """What is pinned, the newest first; at most ten."""

    items: list[PinView]


class LogLine(msgspec.Struct, frozen=True):
    """Who did what to whom, why, until when; `ref` names what else it was about."""

    id: int
    at: Time
    act: str
    actor: str
    target: str | None
    until: Time | None
    reason: str
    ref: str


class LogPage(msgspec.Struct, frozen=True):
    """A page of the log, the newest line first."""

    items: list[LogLine]
    cursor: str | None


def when(ms: int | None) -> str | None:
    """A time of the wire, where there is one."""
    return None if ms is None else rfc3339(ms)


def card(row: GroupRow) -> GroupCard:
    """A group in a list."""
    return GroupCard(row.id, row.account, row.name, row.about, row.cover, row.joining, row.members, row.capacity)


def _order(order: Order) -> OrderView:
    told = {name: getattr(order, name) for name in OrderView.__struct_fields__ if not name.endswith("_until")}
    return OrderView(**told, silent_until=when(order.silent_until), guarded_until=when(order.guarded_until))


def view(seen: Seen) -> GroupView:
    """A group as somebody finds it; what is announced in it is for those who are in it."""
    row, mine = seen.row, seen.membership
    announced = None
    if seen.role is not GroupRole.OUTSIDER and row.announcement and row.announced_by is not None and row.announced_at is not None:
        announced = Announcement(row.announcement, row.announced_by, rfc3339(row.announced_at))
    return GroupView(
        **{name: getattr(row, name) for name in ("id", "account", "name", "about", "cover", "rules", "joining", "question", "members", "capacity")},
        announcement=announced,
        order=_order(row.order),
        version=row.version,
        created_at=rfc3339(row.created_at),
        dissolved_at=when(row.dissolved_at),
        role=seen.role,
        membership=None if mine is None else Mine(rfc3339(mine.joined_at), mine.hushed, when(mine.muted_until), mine.mute_reason),
        invited=seen.invited,
        waiting=seen.waiting,
    )


def show_line(line: Logged) -> LogLine:
    """A line as it goes out."""
    return LogLine(line.id, rfc3339(line.at), line.act, line.actor, line.target, when(line.until), line.reason, line.ref)


async def of_account(call: Call[None, Page]) -> GroupPage:
    """Those to be entered by invitation only for whom they concern."""
    page = await call.services.groups.of_account(call.actor, call.at("account"), call.query.cursor, call.query.limit)
    return GroupPage([card(row) for row in page.items], page.cursor)


async def create(call: Call[NewGroup, None]) -> GroupView:
    """The creator is in it."""
    return view(await call.services.groups.create(call.actor, call.at("account"), call.body))


async def mine(call: Call[None, None]) -> MyGroups:
    """With one's own mute."""
    return MyGroups([view(seen) for seen in await call.services.groups.mine(call.actor)])


async def read(call: Call[None, None]) -> GroupView:
    """Members, and whoever may join."""
    return view(await call.services.groups.read(call.actor, call.at("group")))


async def edit(call: Call[GroupChanges, None]) -> GroupView:
    """Members of the body that are absent stay as they are."""
    return view(await call.services.groups.edit(call.actor, call.at("group"), call.expected_version(), call.body))


async def set_order(call: Call[OrderChanges, None]) -> GroupView:
    """Members of the body that are absent stay as they are."""
    return view(await call.services.groups.set_order(call.actor, call.at("group"), call.expected_version(), call.body))


async def announce(call: Call[AnnounceRequest, None]) -> GroupView:
    """In the place of the one before."""
    return view(await call.services.groups.announce(call.actor, call.at("group"), call.body.text))


async def silence(call: Call[Silence, None]) -> GroupView:
    """It ends by itself."""
    return view(await call.services.groups.silence(call.actor, call.at("group"), call.body))


async def end_silence(call: Call[None, None]) -> None:
    """Before its time."""
    await call.services.groups.silence(call.actor, call.at("group"), None)


async def pins(call: Call[None, None]) -> Pins:
    """For members."""
    return Pins([PinView(pin.seq, pin.by, rfc3339(pin.at)) for pin in await call.services.groups.pins(call.actor, call.at("group"))])


async def pin(call: Call[None, None]) -> None:
    """Again changes nothing."""
    await call.services.groups.pin(call.actor, call.at("group"), call.number("seq"))


async def unpin(call: Call[None, None]) -> None:
    """Again changes nothing."""
    await call.services.groups.unpin(call.actor, call.at("group"), call.number("seq"))


async def dissolve(call: Call[DissolveRequest, None]) -> None:
    """Its history is kept for 30 days, for staff who moderate."""
    await call.services.groups.dissolve(call.actor, call.at("group"), call.body.reason)


async def log(call: Call[None, Page]) -> LogPage:
    """Append-only."""
    page = await call.services.groups.log(call.actor, call.at("group"), call.query.cursor, call.query.limit)
    return LogPage([show_line(line) for line in page.items], page.cursor)


ONE = "/groups/{group}"

ROUTES = (
    Route(
        method="GET",
        path="/accounts/{account}/groups",
        summary="List an account's groups, oldest first.",
        tag="groups",
        handler=of_account,
        query=Page,
        response=GroupPage,
    ),
    Route(
        method="POST",
        path="/accounts/{account}/groups",
        summary="Make a group; owners.",
        tag="groups",
        handler=create,
        request=NewGroup,
        response=GroupView,
        status=201,
        errors=(Forbidden, Conflict),
        etag=True,
    ),
    Route(method="GET", path="/groups", summary="List the groups the caller is in.", tag="groups", handler=mine, response=MyGroups),
    Route(method="GET", path=ONE, summary="Read a group.", tag="groups", handler=read, response=GroupView, etag=True),
    Route(
        method="PATCH",
        path=ONE,
        summary="Change a group's name, cover, rules, joining or capacity; its owners.",
        tag="groups",
        handler=edit,
        request=GroupChanges,
        response=GroupView,
        errors=(Forbidden, Conflict, Closed),
        versioned=True,
        etag=True,
    ),
    Route(
        method="PATCH",
        path=f"{ONE}/order",
        summary="Change slow mode, newcomers' limits, links, media; its moderators.",
        tag="groups",
        handler=set_order,
        request=OrderChanges,
        response=GroupView,
        errors=(Forbidden, Conflict, Closed),
        versioned=True,
        etag=True,
    ),
    Route(
        method="PUT",
        path=f"{ONE}/announcement",
        summary="Announce something; its moderators.",
        tag="groups",
        handler=announce,
        request=AnnounceRequest,
        response=GroupView,
        errors=(Forbidden, Closed),
        etag=True,
    ),
    Route(
        method="PUT",
        path=f"{ONE}/silence",
        summary="Mute everyone but moderators for a time; its moderators.",
        tag="groups",
        handler=silence,
        request=Silence,
        response=GroupView,
        errors=(Forbidden, Closed),
        etag=True,
    ),
    Route(
        method="DELETE",
        path=f"{ONE}/silence",
        summary="Let everyone speak again before the time; its moderators.",
        tag="groups",
        handler=end_silence,
        errors=(Forbidden, Closed),
    ),
    Route(method="GET", path=f"{ONE}/pins", summary="List what is pinned.", tag="groups", handler=pins, response=Pins, errors=(Forbidden,)),
    Route(
        method="PUT",
        path=f"{ONE}/pins/{{seq}}",
        summary="Pin a message; its moderators.",
        tag="groups",
        handler=pin,
        errors=(Forbidden, Conflict, Closed),
    ),
    Route(
        method="DELETE",
        path=f"{ONE}/pins/{{seq}}",
        summary="Take a pinned message down; its moderators.",
        tag="groups",
        handler=unpin,
        errors=(Forbidden, Closed),
    ),
    Route(
        method="PUT",
        path=f"{ONE}/dissolution",
        summary="End a group; its owners.",
        tag="groups",
        handler=dissolve,
        request=DissolveRequest,
        errors=(Forbidden, Closed),
    ),
    Route(
        method="GET",
        path=f"{ONE}/log",
        summary="Everything that was done in a group, newest first; its moderators.",
        tag="groups",
        handler=log,
        query=Page,
        response=LogPage,
        errors=(Forbidden,),
    ),
)
