"""What is wrong with a rule, told by where it is and a sentence in two languages."""

from intents.faults import PlacedFault

FAULTS_LIMIT = 50
"""Faults told at once; a file with more is mended in rounds."""


class RuleFault(PlacedFault):
    """A rule set that cannot be saved."""
