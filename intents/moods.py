"""What a sentence does: whether it asks, or only tells.

Chinese marks both by small words (Li and Thompson, Mandarin Chinese: A Functional Reference Grammar, 1981, chapters 7 and 18): a
question by 吗 or 呢, a question word, or A-not-A; a report of what is so or has happened by 了, 的, 着 or 过 at its end.
"""

import re

_ASKING = re.compile(r"[?吗么嘛呢咋啥谁几哪怎]|什么|多[久少长大]|如何|为何|能否|可否|是否|(.)[不没]\1")
_REPORTING = frozenset("了的着过")
_CLOSING = " ,.!;:~…"


def asks(text: str) -> bool:
    """Whether a text in normal form asks something."""
    return _ASKING.search(text) is not None


def tells(text: str) -> bool:
    """Whether a text in normal form reports something and asks nothing: 已经退了, not 退了吗."""
    end = text.rstrip(_CLOSING)
    return end[-1:] in _REPORTING and not asks(text)
