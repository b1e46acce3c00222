"""Rule packs: starter sets of rules that an account takes into its draft. What is in them is given from outside."""

import asyncio
from collections.abc import Mapping
from typing import Literal

import msgspec

from bot.actions.access import Access
from bot.actions.rulebook import Rulebook
from bot.model.basics import Conflict, Forbidden, Invalid, NotFound
from bot.model.people import Actor, Verb
from bot.store.rules import RuleDraft
from replies.faults import RuleFault
from replies.merge import Merged, Skipped, merge
from replies.rules import parse_rules
from replies.shapes import Rule, Rules

Mode = Literal["merge", "replace"]
"""Beside what the draft has, or instead of it."""


class TwoTongues(msgspec.Struct, frozen=True):
    """A sentence in both languages."""

    zh: str
    en: str


class Note(msgspec.Struct, frozen=True):
    """What a shop should write into a rule of a pack: until it does, the rule says what is true of any shop."""

    rule: str
    zh: str
    en: str


class Pack(msgspec.Struct, frozen=True):
    """A starter set: a short id, its name, what it is about, what a shop should adapt, and the rules."""

    id: str
    name: TwoTongues
    about: TwoTongues
    notes: tuple[Note, ...]
    rules: tuple[Rule, ...]


class Installed(msgspec.Struct, frozen=True):
    """The draft that holds the pack now, what was added and left out, and what of the added the shop should adapt."""

    draft: RuleDraft
    added: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    notes: tuple[Note, ...]


class Packs:
    """The verbs of packs. Installing saves a draft; nothing is said by it until it is published."""

    def __init__(self, *, access: Access, rulebook: Rulebook, packs: Mapping[str, Pack]) -> None:
        self._access = access
        self._rulebook = rulebook
        self._packs = packs

    def listed(self, actor: Actor) -> list[Pack]:
        """Every pack there is; the same for all shops.

        Raises:
            Forbidden: the caller works for no shop.
        """
        if not actor.is_staff:
            raise Forbidden("你没有权限这样做。", "You may not do this.")
        return list(self._packs.values())

    async def install(self, actor: Actor, ref: str, pack: str, mode: Mode = "merge", revision: int | None = None) -> Installed:
        """Save a draft with the rules of a pack: beside those of the draft, whose own always stay, or instead of them.

        Raises:
            NotFound, Forbidden: see `Access.account`; or there is no such pack.
            Invalid: the rules would be too many, or the draft is of a release whose rules this one no longer takes.
            Conflict: somebody else saved in between, or the draft is not at `revision`.
        """
        await self._access.account(actor, ref, Verb.RULES_EDIT)
        found = self._packs.get(pack)
        if found is None:
            raise NotFound(f"没有“{pack}”这套规则。", f"There is no rule pack {pack!r}.", path="pack")
        draft = await self._rulebook.draft(actor, ref)
        if revision not in {None, draft.revision}:
            raise Conflict("草稿已被别人改过，请刷新。", "The draft was changed by somebody else; read it again.", path="revision")
        ours = await asyncio.to_thread(_parsed, draft.rules) if mode == "merge" else ()
        merged = await asyncio.to_thread(merge, ours, found.rules)
        saved = draft if mode == "merge" and not merged.added else await self._rulebook.put(actor, ref, _json(merged), draft.revision)
        notes = tuple(note for note in found.notes if note.rule in merged.added)
        return Installed(saved, merged.added, merged.skipped, notes)


def _json(merged: Merged) -> bytes:
    return msgspec.json.encode(merged.rules)


def _parsed(text: str) -> Rules:
    try:
        return parse_rules(text)
    except RuleFault as fault:
        raise Invalid(fault.zh, fault.en, path=f"rules{fault.path}") from None
