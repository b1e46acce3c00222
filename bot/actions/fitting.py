"""How much of a list fits into one answer."""

from collections.abc import Iterable

from bot.model.talk import Message

ANSWER_BYTES = 131_072
"""How much of messages one answer carries, however long they are: half of what may wait for a client that reads slowly."""

ENVELOPE_BYTES = 300


def weight(message: Message) -> int:
    """About how many bytes a message is on the wire: its body, that again as the fallback, and what stands around them."""
    return 2 * len(message.body) + ENVELOPE_BYTES


def fitting_count(weights: Iterable[int], room: int) -> int:
    """How many of the first ones fill the room. The last one may stick out, so that a long one is never stuck."""
    count = 0
    for weight in weights:
        if room <= 0:
            break
        room -= weight
        count += 1
    return count
