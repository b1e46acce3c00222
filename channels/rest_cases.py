"""REST: the moderators' workbench."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from bot.actions.workbench import Judgement, Opened, Shown
from bot.model.basics import Closed, Conflict, Forbidden
from bot.model.cases import Shown as Evidence
from bot.model.cases import SignalKind, State, Step, Verdict
from bot.store.docket import SignalRow
from channels.rest_groups import when
from channels.rest_reports import ReasonRequest
from channels.rest_sessions import PersonView, named
from channels.route import Call, Page, Route, Time
from channels.wire import rfc3339


class CasesQuery(Page, frozen=True):
    """Which cases: `open` are in nobody's hands; a group of those that the caller judges."""

    state: State = "open"
    group: Annotated[str, Meta(min_length=1, max_length=64)] | None = None


class OffenderView(msgspec.Struct, frozen=True):
    """Who is reported: a person, or the group itself. `posts` is counted up to 1,000, `sanctions` are those of the last 90 days here."""

    id: str
    kind: str
    name: str | None
    member_since: Time | None
    posts: int
    sanctions: int


class CaseSignal(msgspec.Struct, frozen=True):
    """Something that speaks against them. `by` is the reporter; `detail` is what the kind of signal tells, of a report `reason` and `note`."""

    id: int
    kind: SignalKind
    at: Time
    by: PersonView | None
    seq: int | None
    held: str | None
    text: str
    detail: dict[str, Any]


class EvidenceView(msgspec.Struct, frozen=True):
    """A message as it stood then. `body` is absent where it is long and beside the point."""

    seq: int
    author: PersonView
    role: str
    kind: str
    text: str
    body: dict[str, Any] | None
    at: Time
    recalled: bool


class ProvenSignal(CaseSignal, frozen=True, kw_only=True):
    """A signal with the messages around; the first signal of a message has them."""

    evidence: list[EvidenceView]


class ClaimView(msgspec.Struct, frozen=True):
    """In whose hands it is, and until when."""

    by: PersonView
    until: Time


class DecisionView(msgspec.Struct, frozen=True):
    """What was decided: `until` of the sanction; `purged`: messages were removed with it."""

    act: Verdict
    by: PersonView
    at: Time
    until: Time | None
    reason: str
    purged: bool
    undone_by: PersonView | None
    undone_at: Time | None


class CaseView(msgspec.Struct, frozen=True, kw_only=True):
    """A case. `reporters` are distinct; `counts` is by kind of signal; `suggested` is the next rung of the ladder.

    `waiting` are messages of theirs that wait for a moderator in the group, by their ids: the signals name them as `held`.
    """

    id: str
    group: str | None
    state: State
    offender: OffenderView
    reporters: int
    signals: int
    counts: dict[SignalKind, int]
    opened_at: Time
    latest_at: Time
    latest: list[CaseSignal]
    suggested: Step | None
    waiting: list[str]
    claim: ClaimView | None
    decision: DecisionView | None


class CasePage(msgspec.Struct, frozen=True):
    """A page of cases, the weightiest first."""

    items: list[CaseView]
    cursor: str | None


class CaseDetail(msgspec.Struct, frozen=True):
    """A case with a page of what is kept of it, the newest first."""

    case: CaseView
    signals: list[ProvenSignal]
    cursor: str | None


def _signal(one: SignalRow) -> CaseSignal:
    by = None if one.by is None else PersonView(one.by, one.by_name or "")
    return CaseSignal(one.id, one.kind, rfc3339(one.at), by, one.seq, one.held, one.text, one.detail)


def _proven(one: SignalRow) -> ProvenSignal:
    plain = _signal(one)
    values = {name: getattr(plain, name) for name in CaseSignal.__struct_fields__}
    return ProvenSignal(**values, evidence=[_evidence(shown) for shown in one.evidence])


def _evidence(one: Evidence) -> EvidenceView:
    return EvidenceView(one.seq, PersonView(one.author, one.author_name), one.role, one.kind, one.text, one.body, rfc3339(one.at), one.recalled)


def _decision(found: Shown) -> DecisionView | None:
    row = found.row
    if row.act is None or row.decided_by is None or row.decided_at is None:
        return None
    undone_by = None if row.undone_by is None else named(found.names, row.undone_by)
    by, until = named(found.names, row.decided_by), when(row.until)
    act = msgspec.convert(row.act, Verdict)
    return DecisionView(act, by, rfc3339(row.decided_at), until, row.reason, "purge" in row.did, undone_by, when(row.undone_at))


def show(found: Shown) -> CaseView:
    """A case as it goes out."""
    row, who = found.row, found.offender
    holder = row.claimant(found.now)
    kind = "group" if row.offender == row.conversation else "person"
    state: State = "decided" if row.decided_at is not None else "open" if holder is None else "claimed"
    return CaseView(
        id=row.id,
        group=row.conversation,
        state=state,
        offender=OffenderView(row.offender, kind, who.name, when(who.member_since), who.posts, len(found.earlier)),
        reporters=row.reporters,
        signals=row.signals,
        counts=row.counts,
        opened_at=rfc3339(row.opened_at),
        latest_at=rfc3339(row.latest_at),
        latest=[_signal(one) for one in found.latest],
        suggested=found.suggested,
        waiting=found.waiting,
        claim=None if holder is None or row.claimed_until is None else ClaimView(named(found.names, holder), rfc3339(row.claimed_until)),
        decision=_decision(found),
    )


def _detail(found: Opened) -> CaseDetail:
    return CaseDetail(show(found.shown), [_proven(one) for one in found.signals.items], found.signals.cursor)


async def cases(call: Call[None, CasesQuery]) -> CasePage:
    """Those that the caller judges."""
    query = call.query
    page = await call.services.workbench.cases(call.actor, call.at("account"), query.state, query.group, query.cursor, query.limit)
    return CasePage([show(one) for one in page.items], page.cursor)


async def case(call: Call[None, Page]) -> CaseDetail:
    """With the evidence."""
    return _detail(await call.services.workbench.case(call.actor, call.at("case"), call.query.cursor, call.query.limit))


async def claim(call: Call[None, None]) -> CaseView:
    """For fifteen minutes."""
    return show(await call.services.workbench.claim(call.actor, call.at("case")))


async def release(call: Call[None, None]) -> None:
    """Again changes nothing."""
    await call.services.workbench.release(call.actor, call.at("case"))


async def decide(call: Call[Judgement, None]) -> CaseView:
    """In one transaction; messages that wait are settled after it, and what could not be is among `waiting`."""
    return show(await call.services.workbench.decide(call.actor, call.at("case"), call.body))


async def undo(call: Call[ReasonRequest, None]) -> CaseView:
    """Within 24 hours."""
    return show(await call.services.workbench.undo(call.actor, call.at("case"), call.body.reason))


_ONE = "/cases/{case}"

ROUTES = (
    Route(
        method="GET",
        path="/accounts/{account}/cases",
        summary="Cases that the caller judges, the weightiest first, 50 at most on a page; decided ones by the latest decision.",
        tag="order",
        handler=cases,
        query=CasesQuery,
        response=CasePage,
        errors=(Forbidden,),
    ),
    Route(
        method="GET",
        path=_ONE,
        summary="Read a case with what is kept of it, page by page.",
        tag="order",
        handler=case,
        query=Page,
        response=CaseDetail,
    ),
    Route(
        method="POST",
        path=f"{_ONE}/claim",
        summary="Take a case in hand for fifteen minutes.",
        tag="order",
        handler=claim,
        response=CaseView,
        errors=(Conflict,),
    ),
    Route(method="POST", path=f"{_ONE}/release", summary="Let a case go again.", tag="order", handler=release),
    Route(
        method="POST",
        path=f"{_ONE}/decide",
        summary="Decide a case: dismiss, warn, mute, remove or ban, and remove what they wrote.",
        tag="order",
        handler=decide,
        request=Judgement,
        response=CaseView,
        errors=(Forbidden, Conflict, Closed),
    ),
    Route(
        method="POST",
        path=f"{_ONE}/undo",
        summary="Lift what a decision did, within 24 hours.",
        tag="order",
        handler=undo,
        request=ReasonRequest,
        response=CaseView,
        errors=(Forbidden, Conflict, Closed),
    ),
)
