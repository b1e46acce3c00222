"""What is wrong with a rule, told by where it is and a sentence in two languages."""

from intents.faults import PlacedFault


class RuleFault(PlacedFault):
    """A rule set that cannot be saved."""
