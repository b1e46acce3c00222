"""What is wrong with something that people wrote for the hub to work by, told by where it is and a sentence in two languages."""

from collections.abc import Sequence
from typing import Self


class PlacedFault(ValueError):
    """Something that cannot be compiled or saved. `path` names the member at fault, as in `[3].when.any[0].text`; `others` are further faults."""

    def __init__(self, path: str, zh: str, en: str, others: tuple[Self, ...] = ()) -> None:
        super().__init__(f"{path}: {en}" if path else en)
        self.path = path
        self.zh = zh
        self.en = en
        self.others = others

    @classmethod
    def of(cls, faults: Sequence[Self]) -> Self:
        """The first of some faults, with the others."""
        first, *others = faults
        return cls(first.path, first.zh, first.en, tuple(others))

    def under(self, path: str) -> Self:
        """The same fault seen from outside: its path continues the given one."""
        return type(self)(path + self.path, self.zh, self.en, self.others)

    @property
    def every(self) -> tuple[Self, ...]:
        """This fault and the others found with it, in order."""
        return (self, *self.others)
