"""Sentences out of a grammar: `name = one | another`, and `> weight form | form` for the sentences themselves.

In a form `{name}` is a choice of that name. Some names are made here: `{digits:3-5}`, `{letters:3}`, `{LETTERS:3}`, `{mixed:6}` (letters and
digits), `{han}` (one Chinese character), `{words:2-4}` (common Chinese words, by how common they are), `{phone}`, `{cn}` (a Chinese digit).
"""

import random
import re
import string
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate

SLOT = re.compile(r"\{([A-Za-z]+)(?::(\d+)(?:-(\d+))?)?\}")
_ALPHABETS = {
    "digits": string.digits,
    "letters": string.ascii_lowercase,
    "LETTERS": string.ascii_uppercase,
    "mixed": string.ascii_letters + string.digits,
    "cn": "一二三四五六七八九十",
}


class Grammar:
    """One grammar with its words; every sentence is drawn with the chance that is handed in."""

    def __init__(self, text: str, words: Sequence[tuple[str, float]]) -> None:
        """Read the grammar.

        Raises:
            ValueError: a line that is neither, or a slot that no line explains.
        """
        self.names: dict[str, list[str]] = {}
        self.forms: list[tuple[float, list[str]]] = []
        self._words = [word for word, _ in words]
        self._totals = list(accumulate(weight for _, weight in words))
        self._characters = [char for word in self._words for char in word]
        for number, line in enumerate(text.splitlines(), 1):
            self._read(line, number)
        unknown = {slot[1] for form in self._every() for slot in SLOT.finditer(form)} - {*self.names, *_ALPHABETS, "han", "words", "phone"}
        if unknown:
            raise ValueError(f"no line explains {', '.join(sorted(unknown))}")

    def sentence(self, chance: random.Random) -> str:
        """One sentence."""
        (_, forms), *_ = chance.choices(self.forms, [weight for weight, _ in self.forms])
        return self._filled(chance.choice(forms), chance).strip()

    def _read(self, line: str, number: int) -> None:
        if not line or line.startswith("#"):
            return
        if line.startswith("> "):
            weight, _, forms = line[2:].partition(" ")
            self.forms.append((float(weight), forms.split(" | ")))
            return
        name, equals, forms = line.partition(" = ")
        if not equals:
            raise ValueError(f"line {number} is neither `name = …` nor `> weight …`")
        self.names.setdefault(name, []).extend(re.split(r" ?\| ?" if name != "sep" else r" \| ?", forms))

    def _every(self) -> Iterable[str]:
        yield from (form for forms in self.names.values() for form in forms)
        yield from (form for _, forms in self.forms for form in forms)

    def _filled(self, form: str, chance: random.Random) -> str:
        return SLOT.sub(lambda slot: self._slot(slot, chance), form)

    def _slot(self, slot: re.Match[str], chance: random.Random) -> str:
        name = slot[1]
        if name in self.names:
            return self._filled(chance.choice(self.names[name]), chance)
        size = chance.randint(int(slot[2] or 1), int(slot[3] or slot[2] or 1))
        if name == "words":
            return "".join(chance.choices(self._words, cum_weights=self._totals, k=size))
        if name == "han":
            return chance.choice(self._characters)
        if name == "phone":
            return "1" + chance.choice("35789") + "".join(chance.choices(string.digits, k=9))
        if name == "digits" and size > 3:
            return _number(size, chance)
        return "".join(chance.choices(_ALPHABETS[name], k=size))


def _number(size: int, chance: random.Random) -> str:
    """A long number as people have them: it begins with no nought."""
    return chance.choice("123456789") + "".join(chance.choices(string.digits, k=size - 1))


def distinct(grammar: Grammar, count: int, chance: random.Random) -> list[str]:
    """So many sentences, none more than thrice."""
    seen: Counter[str] = Counter()
    found: list[str] = []
    while len(found) < count:
        sentence = grammar.sentence(chance)
        if sentence and seen[sentence] < 3:
            seen[sentence] += 1
            found.append(sentence)
    return found
