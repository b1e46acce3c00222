"""Regular expressions that cannot run away: RE2 (Cox, Regular Expression Matching in the Wild, 2010), all of them in one pass.

A set of RE2 tells in one linear pass over the message which expressions hold; only those are then asked where. They are
compared with the normal form, whose letters are small and whose marks are half-width; case is ignored besides.
"""

from collections.abc import Mapping

import re2

REGEX_LIMIT = 200
"""Characters of one expression."""

_MEMORY = 1 << 20
"""Bytes that one compiled expression may take: what keeps `(a{1000}){1000}` out."""

_SET_MEMORY = 64 << 20


def fault_of(expression: str) -> str | None:
    """What is wrong with an expression, in the words of RE2, or None. One that holds in an empty message is wrong too."""
    if len(expression) > REGEX_LIMIT:
        return f"longer than {REGEX_LIMIT} characters"
    try:
        compiled = re2.compile(expression, _options(_MEMORY))
    except UnicodeEncodeError:
        return "half a character"
    except re2.error as error:
        return str(error.args[0].decode(errors="replace") if isinstance(error.args[0], bytes) else error)
    return "it holds in every message" if compiled.search("") is not None else None


class RegexIndex:
    """Numbered expressions."""

    def __init__(self, expressions: Mapping[int, str]) -> None:
        """Compile.

        Raises:
            ValueError: an expression with a `fault_of`.
        """
        self._numbers = list(expressions)
        self._set = re2.Set.SearchSet(_options(_SET_MEMORY))
        self._compiled = []
        for number, expression in expressions.items():
            if fault := fault_of(expression):
                raise ValueError(f"expression {number} cannot be indexed: {fault}")
            self._set.Add(expression)
            self._compiled.append(re2.compile(expression, _options(_MEMORY)))
        if self._numbers:
            self._set.Compile()

    def __bool__(self) -> bool:
        return bool(self._numbers)

    def find(self, text: str) -> list[tuple[int, int, int]]:
        """The expressions that hold in a text: number, start and end of the first place, which is not empty."""
        found: list[tuple[int, int, int]] = []
        for place in self._set.Match(text) or ():
            match = self._compiled[place].search(text)
            if match is not None and match.end() > match.start():
                found.append((self._numbers[place], match.start(), match.end()))
        return found


def _options(memory: int) -> re2.Options:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = memory
    return options
