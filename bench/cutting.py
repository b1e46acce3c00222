"""How often rjieba, which is in the hot path, cuts a text as jieba does, which it was ported from."""

import logging
from collections.abc import Callable, Iterable, Sequence

import jieba
import rjieba

from intents.text import normal

Cut = Callable[[str], Sequence[str]]


def alike(texts: Iterable[str], ours: Cut, theirs: Cut) -> tuple[float, float]:
    """The share of texts that both cut alike, and of the borders between characters on which they agree."""
    same = count = agreed = borders = 0
    for text in texts:
        one, other = _borders(ours(text)), _borders(theirs(text))
        same += one == other
        count += 1
        agreed += len(text) - 1 - len(one ^ other) if text else 0
        borders += max(0, len(text) - 1)
    return same / max(1, count), agreed / max(1, borders)


def compared(turns: Sequence[str]) -> dict[str, tuple[float, float]]:
    """`alike` for normal forms of messages, without and with the guesser of unknown words."""
    jieba.setLogLevel(logging.ERROR)
    texts = [form for form in map(normal, turns) if form]
    return {
        "dictionary alone (what Weihub uses)": alike(texts, lambda text: rjieba.cut(text, False), lambda text: list(jieba.cut(text, HMM=False))),
        "with the guesser of unknown words": alike(texts, lambda text: rjieba.cut(text, True), lambda text: list(jieba.cut(text))),
    }


def _borders(words: Iterable[str]) -> set[int]:
    found: set[int] = set()
    end = 0
    for word in words:
        end += len(word)
        found.add(end)
    return found
