"""What filters say to a message before it is stored, and what is kept of that. Free of what the place is: comments will come through here too."""

import asyncio
import hashlib
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence

import msgspec

from bot.actions.filterbook import Compiled, Filterbook
from bot.actions.filters import day_of
from bot.actions.shared import Shared
from bot.model.basics import Blocked, Conflict, HubError, RateLimited, Unavailable, new_id, now_ms
from bot.model.cases import Signal, SignalKind
from bot.model.talk import Body, TextBody
from bot.model.wording import with_words, words_of
from bot.store import cases, talk
from bot.store import held as store
from bot.store.batch import Appended
from bot.store.held import HeldRow, HitRow, Spoke
from bot.store.unit import Connection, Database
from intents.disguise import READ_LIMIT
from intents.filters import NOTHING, Action, Sign, Verdict, masked

AT_ONCE = 1_000
"""Characters that are looked through in the calling thread, in 3 ms at most; longer messages are for a thread."""

HELD_EACH, HELD_HERE = 20, 1_000
"""Messages that wait for a moderator at once: of one author, and in one place."""

EVIDENCE_LIMIT = 4_000
"""Characters of a message that are kept with what was found in it."""

LATELY = 10_000
"""Keys of messages that wait, remembered by a process so that another body under one of them is noticed though it is clean."""

NOTED = frozenset({Action.REVIEW, Action.BLOCK})
"""What happens to a message that goes into the case against its author."""

ADVERTS = "adverts"
"""Under which name the hits of the classifier are counted."""


class Where(msgspec.Struct, frozen=True):
    """Where a message is to stand. `setup`: the filters that come with the hub are asked there too."""

    account: str
    conversation: str
    setup: bool = True


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A message on its way, as it would be stored."""

    author: str
    author_name: str
    role: str
    key: str
    body: Body
    reply_to: int | None = None

    def encoded(self, body: Body | None = None) -> str:
        """A body as the log has it: this one's, or another in its place."""
        return msgspec.json.encode(self.body if body is None else body).decode()


class Screened(msgspec.Struct, frozen=True):
    """What was found in a message: the verdict on all its words, which are `text`, and the lists by the ids that signs name."""

    verdict: Verdict
    text: str = ""
    compiled: Compiled | None = None

    @property
    def is_clean(self) -> bool:
        """Nothing to do and nothing to keep: what contacts alone say is no hit."""
        return self.verdict.action is Action.PASS and not any(sign.kind == "list" for sign in self.verdict.signals)

    @property
    def waits(self) -> bool:
        """Whether it is held or refused, whatever else may be said of it."""
        return self.verdict.action in NOTED


CLEAN = Screened(NOTHING)


class _Kept(msgspec.Struct, frozen=True):
    """One hit to be kept, with the message if it is to wait."""

    hit: HitRow
    held: HeldRow | None


class Screening:
    """Asks the filters, and keeps what they found: many at once in one transaction, so that a raid costs few commits."""

    def __init__(self, *, db: Database, book: Filterbook) -> None:
        self._db = db
        self._book = book
        self._lately: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._keeping: Shared[_Kept, Appended | HubError] = Shared(self._keep_all)

    def passes(self, where: Where, author: str, key: str, body: Body) -> bool:
        """Whether a message is known to be clean here and now; False says nothing: `look`."""
        compiled = self._book.peek(where.account, where.conversation, setup=where.setup)
        if compiled is None or (author, key) in self._lately:
            return False
        if not compiled.asks:
            return True
        words = words_of(body)
        return not words or (sum(map(len, words)) <= AT_ONCE and scanned(compiled, words).is_clean)

    async def look(self, where: Where, body: Body) -> Screened:
        """What is found in a message.

        Raises:
            Unavailable: the store cannot tell which words are forbidden here.
        """
        words = words_of(body)
        compiled = await self._book.of(where.account, where.conversation, setup=where.setup)
        if not compiled.asks or not any(words):
            return CLEAN
        if sum(map(len, words)) <= AT_ONCE:
            return scanned(compiled, words)
        return await asyncio.to_thread(scanned, compiled, words)

    async def act(self, where: Where, letter: Letter, found: Screened) -> Body | Appended:
        """Do what the filters say: the body to be stored, or where the message waits. What they found is kept before this returns.

        A message that is stored already, sent again, is answered as the log says, whatever the filters say now.

        Raises:
            Blocked: it is refused, also where a moderator has refused it. Conflict: another message waits under this key.
            RateLimited: too many wait, of this author or here. Unavailable: the store cannot take it now.
        """
        action = found.verdict.action
        body = _masked(letter.body, found) if action is Action.MASK else letter.body
        if found.is_clean and (letter.author, letter.key) not in self._lately:
            return body
        async with self._db.read() as conn:
            stored = await talk.stored_body(conn, letter.author, letter.key)
            known = await store.by_key(conn, letter.author, letter.key)
        if stored is not None:
            return body if stored == letter.encoded(body) else letter.body
        if known is not None:
            return _answer(_again(_row(where, letter, found, known.id), known))
        if found.is_clean:
            return body
        outcome = await self._keeping.ask(_kept(where, letter, found))
        if action is Action.BLOCK:
            raise _blocked()
        if outcome is None:
            return body
        answer = _answer(outcome)
        self._lately[letter.author, letter.key] = None
        while len(self._lately) > LATELY:
            self._lately.popitem(last=False)
        return answer

    async def _keep_all(self, entries: Sequence[_Kept]) -> Mapping[_Kept, Appended | HubError]:
        """In one transaction, in an order that is the same in every process, so that no two wait for each other."""
        ordered = sorted(entries, key=lambda one: (one.hit.conversation, one.hit.author, one.hit.key))
        try:
            # Everybody who writes waits for this: in a raid it is long, and must not be longer for hops between threads.
            return await self._db.at_once(lambda conn: self._keep_these(conn, ordered))
        except Unavailable as error:
            return dict.fromkeys(entries, error)

    async def _keep_these(self, conn: Connection, ordered: Sequence[_Kept]) -> dict[_Kept, Appended | HubError]:
        answers: dict[_Kept, Appended | HubError] = {}
        counted: Counter[tuple[str, str, str]] = Counter()
        if places := [one.held.conversation for one in ordered if one.held is not None]:
            await store.lock(conn, places)
        for entry in ordered:
            answer = await self._keep(conn, entry, counted)
            if answer is not None:
                answers[entry] = answer
        await store.count(conn, counted)
        return answers

    async def _keep(self, conn: Connection, entry: _Kept, counted: Counter[tuple[str, str, str]]) -> Appended | HubError | None:
        held, hit = entry.held, entry.hit
        if held is not None:
            known = await store.by_key(conn, held.author, held.key)
            if known is not None:
                return _again(held, known)
            if await store.waiting(conn, held.conversation, held.author) >= HELD_EACH or await store.waiting(conn, held.conversation) >= HELD_HERE:
                return RateLimited("待审核的消息太多，请等管理员处理。", "Too many messages wait for a moderator.", retry_after=60)
            if not await store.hold(conn, held):
                # The same key at the same time in another conversation: it has been used.
                return Conflict("同一个 key 已经用于另一条消息。", "This key was used for another message.", path="key")
        if await store.hit(conn, hit):
            counted.update({(name, hit.conversation, day_of(hit.at)): 1 for name in _names(hit.signals)})
            if hit.action in NOTED:
                await cases.note(conn, _signal(hit))
        return None if held is None else Appended(0, held.at, duplicate=False, held=held.id)


def scanned(compiled: Compiled, words: Sequence[str]) -> Screened:
    """All words of a message looked through. What is longer than a filter reads at once is read in pieces, part by part."""
    text = words[0] if len(words) == 1 else "\n".join(words)
    if len(text) <= READ_LIMIT:
        verdict = compiled.filter.scan(text)
    else:
        verdict = _together([(start, compiled.filter.scan(text[start:end])) for start, end in _pieces(words)])
    return Screened(verdict, text, compiled)


def repeated(found: Screened, body: Body, who: str) -> Screened:
    """What was found in a message that is to wait because the same was said too often, by one `member` or by `newcomers` together."""
    sign = Sign("repeat", who, "", Action.REVIEW, None, 0.0)
    verdict = msgspec.structs.replace(found.verdict, action=Action.REVIEW, signals=(*found.verdict.signals, sign))
    return msgspec.structs.replace(found, verdict=verdict, text=found.text or "\n".join(words_of(body)))


def _pieces(words: Sequence[str]) -> list[tuple[int, int]]:
    """Neighbouring parts of the joined text, each piece as long as one reading."""
    found, start, end = [], 0, 0
    for word in words:
        if end - start + len(word) + 1 > READ_LIMIT and end > start:
            found.append((start, end))
            start = end
        end += len(word) + 1
    return [*found, (start, end)]


def _together(verdicts: Sequence[tuple[int, Verdict]]) -> Verdict:
    """The strictest of several, with spans of the whole."""
    worst = max((verdict for _, verdict in verdicts), key=lambda verdict: list(Action).index(verdict.action))
    spans = tuple((start + offset, end + offset) for offset, verdict in verdicts for start, end in verdict.spans)
    signs = tuple(_moved(sign, offset) for offset, verdict in verdicts for sign in verdict.signals)
    return Verdict(worst.action, max(verdict.score for _, verdict in verdicts), spans, signs)


def _moved(sign: Sign, by: int) -> Sign:
    return sign if sign.span is None else msgspec.structs.replace(sign, span=(sign.span[0] + by, sign.span[1] + by))


def _masked(body: Body, found: Screened) -> Body:
    hidden = masked(found.text, found.verdict)
    if isinstance(body, TextBody):
        return msgspec.structs.replace(body, text=hidden)
    parts, start = [], 0
    for word in words_of(body):
        parts.append(hidden[start : start + len(word)])
        start += len(word) + 1
    return with_words(body, tuple(parts))


def _kept(where: Where, letter: Letter, found: Screened) -> _Kept:
    verdict = found.verdict
    held = _row(where, letter, found, new_id()) if verdict.action is Action.REVIEW else None
    hit = HitRow(
        id=new_id(),
        account=where.account,
        conversation=where.conversation,
        author=letter.author,
        key=_refused_key(letter.key, found.text) if verdict.action is Action.BLOCK else letter.key,
        action=str(Action.SHADOW if verdict.action is Action.PASS else verdict.action),
        score=verdict.score,
        text=found.text[:EVIDENCE_LIMIT],
        signals=spoken(found),
        at=now_ms(),
        held=None if held is None else held.id,
    )
    return _Kept(hit, held)


def _refused_key(key: str, text: str) -> str:
    """What is refused uses up no key, so under one there may be much of it, and none of it is the message that stands under that key later."""
    return hashlib.blake2b(f"{key}\0{text}".encode(), digest_size=16).hexdigest()


def _row(where: Where, letter: Letter, found: Screened, held: str) -> HeldRow:
    return HeldRow(
        id=held,
        account=where.account,
        conversation=where.conversation,
        author=letter.author,
        author_name=letter.author_name,
        role=letter.role,
        key=letter.key,
        kind=letter.body.kind,
        body=letter.encoded(),
        reply_to=letter.reply_to,
        text=found.text[:EVIDENCE_LIMIT],
        signals=spoken(found),
        score=found.verdict.score,
        at=now_ms(),
    )


def spoken(found: Screened) -> tuple[Spoke, ...]:
    """What spoke, as it is kept."""
    return tuple(_spoke(sign, found.compiled) for sign in found.verdict.signals)


def _spoke(sign: Sign, compiled: Compiled | None) -> Spoke:
    """A sign as it is kept: own lists by the name they have now, and by their id."""
    head = None if compiled is None or sign.kind != "list" else compiled.heads.get(sign.name)
    start, end = sign.span or (None, None)
    name, own = (sign.name, None) if head is None else (head.name, head.id)
    return Spoke(kind=sign.kind, name=name, word=sign.word, action=str(sign.action), evidence=sign.evidence, list=own, start=start, end=end)


def _names(signals: Sequence[Spoke]) -> set[str]:
    """What a message counts for: each list once, and the classifier."""
    lists = {spoke.list or spoke.name for spoke in signals if spoke.kind == "list"}
    return lists | {ADVERTS if spoke.kind == "advert" else spoke.kind for spoke in signals if spoke.kind in {"advert", "repeat"}}


def _again(sent: HeldRow, known: HeldRow) -> Appended | HubError:
    """What somebody hears who sends again what waits or waited."""
    if (sent.conversation, sent.kind, sent.body, sent.reply_to) != (known.conversation, known.kind, known.body, known.reply_to):
        return Conflict("同一个 key 已经用于另一条消息。", "This key was used for another message.", path="key")
    if known.state == "refused":
        return _blocked()
    return Appended(known.seq or 0, known.at, duplicate=True, held=None if known.seq else known.id)


def _answer(outcome: Appended | HubError) -> Appended:
    if isinstance(outcome, HubError):
        raise outcome
    return outcome


def _blocked() -> Blocked:
    return Blocked("这条消息不能发送，请修改后再试。", "This message cannot be posted; please rewrite it.")


def _signal(hit: HitRow) -> Signal:
    signals = [msgspec.to_builtins(spoke) for spoke in hit.signals]
    kind: SignalKind = "repeat" if any(spoke.kind == "repeat" for spoke in hit.signals) else "filter"
    detail = {"action": hit.action, "score": hit.score, "signals": signals}
    return Signal(
        account=hit.account, conversation=hit.conversation, offender=hit.author, kind=kind, at=hit.at, held=hit.held, text=hit.text, detail=detail
    )
