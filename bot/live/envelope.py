"""Rings as they cross between processes, and the memory that lets each be heard once."""

from collections import OrderedDict

import msgspec

from bot.model.facts import Ring


class Envelope(msgspec.Struct, frozen=True, array_like=True):
    """What is published: who sends, when (milliseconds, the sender's clock), and the ring, readable by id before it is decoded.

    JSON and not MessagePack, for the body of a message is JSON already and goes in as it is.
    """

    origin: str
    sent_at: int
    id: str
    ring: msgspec.Raw


class _Outgoing(msgspec.Struct, frozen=True, array_like=True):
    origin: str
    sent_at: int
    id: str
    ring: Ring


_encoder = msgspec.json.Encoder()
_envelopes = msgspec.json.Decoder(Envelope)
_rings = msgspec.json.Decoder(Ring)


def seal(origin: str, sent_at: int, ring: Ring) -> bytes:
    """The bytes of one ring; encoded in one pass."""
    return _encoder.encode(_Outgoing(origin, sent_at, ring.id, ring))


def unseal(data: bytes) -> Envelope:
    """Read an envelope without its ring.

    Raises:
        msgspec.DecodeError: it is not one of ours.
    """
    return _envelopes.decode(data)


def ring_in(envelope: Envelope) -> Ring:
    """Read the ring.

    Raises:
        msgspec.DecodeError: it is not one that this version knows.
    """
    return _rings.decode(envelope.ring)


class Recent:
    """The last `limit` ids, oldest forgotten first."""

    def __init__(self, limit: int = 20_000) -> None:
        self._limit = limit
        self._ids: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, ring_id: str) -> bool:
        """Whether the id is among them."""
        return ring_id in self._ids

    def first_time(self, ring_id: str) -> bool:
        """Whether this id is new; it is known from now on."""
        if ring_id in self._ids:
            return False
        self._ids[ring_id] = None
        if len(self._ids) > self._limit:
            self._ids.popitem(last=False)
        return True
