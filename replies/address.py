"""Whether a text in a group speaks to the account, by its name; and the text without the name, every other character where it was."""

import re

from intents.text import normalise
from intents.words import Segmenter, places

BARE_LEAST = 2
"""A name of fewer characters is only an address after an `@`: one character stands in too much else."""

_CALL = "@"
_HOST = re.compile(r"[.@][a-z0-9]")
"""What goes on like this is an address on the net."""


def addressed(text: str, name: str, segmenter: Segmenter) -> str | None:
    """The text with each `@name` or bare name at word boundaries blanked out; None where it is not there.

    Compared in normal form, so width, case and traditional characters do not matter. What was blanked keeps its length: whatever
    is found in the rest is found at its place in what was written.
    """
    form, wanted = normalise(text), normalise(name).text
    if not wanted or wanted not in form.text:
        return None
    edges = set(places(segmenter.cut(form.text)))
    blanked = text
    at = form.text.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        called = _is_called(form.text, at)
        named = at in edges and len(wanted) >= BARE_LEAST and form.text[at - 1 : at] != _CALL
        if end in edges and (called or named) and _HOST.match(form.text, end) is None:
            start, stop = form.span(at - called, end)
            blanked = f"{blanked[:start]}{' ' * (stop - start)}{blanked[stop:]}"
        at = form.text.find(wanted, end)
    return None if blanked == text else blanked


def _is_called(form: str, at: int) -> bool:
    """Whether an `@` stands before a place, and not as in an address of electronic mail."""
    if form[at - 1 : at] != _CALL:
        return False
    before = form[max(0, at - 2) : at - 1]
    return not (before.isascii() and before.isalnum())
