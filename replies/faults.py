"""What is wrong with a rule, told by where it is and a sentence in two languages."""

from typing import Self


class RuleFault(ValueError):
    """A rule set that cannot be saved. `path` names the member at fault, as in `[3].when.any[0].text`; `others` are further faults."""

    def __init__(self, path: str, zh: str, en: str, others: "tuple[RuleFault, ...]" = ()) -> None:
        super().__init__(f"{path}: {en}" if path else en)
        self.path = path
        self.zh = zh
        self.en = en
        self.others = others

    def under(self, path: str) -> Self:
        """The same fault seen from outside: its path continues the given one."""
        return type(self)(path + self.path, self.zh, self.en, self.others)

    @property
    def every(self) -> "tuple[RuleFault, ...]":
        """This fault and the others found with it, in the order of the text."""
        return (self, *self.others)
