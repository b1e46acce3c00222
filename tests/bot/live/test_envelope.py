"""Rings in their envelopes."""

import msgspec
import pytest

from bot.live.envelope import ring_in, seal, unseal
from bot.model.facts import Fact
from tests.contracts.rings import FACTS, ring


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
def test_a_ring_comes_out_as_it_went_in(fact: Fact) -> None:
    """With who sent it and when, readable before the ring is."""
    sealed = seal("here", 1_700_000_000_000, ring(1, "c:talk", "p:王小二", fact=fact))
    envelope = unseal(sealed)

    assert (envelope.origin, envelope.sent_at, envelope.id) == ("here", 1_700_000_000_000, "ring-1")
    assert ring_in(envelope) == ring(1, "c:talk", "p:王小二", fact=fact)


@pytest.mark.parametrize("data", [b"", b"null", b"[]", b'["a","b","c",{}]', b"\xff", b'{"origin":"a"}'])
def test_what_is_no_envelope_is_told(data: bytes) -> None:
    """One kind of error for all of it."""
    with pytest.raises(msgspec.MsgspecError):
        unseal(data)


@pytest.mark.parametrize("inner", ["1", "{}", '{"id":"r","topics":["a"],"fact":{"type":"moon_rose"}}'])
def test_an_envelope_with_an_unknown_ring_is_told_when_it_is_read(inner: str) -> None:
    """The envelope itself is readable."""
    envelope = unseal(f'["a",1,"r",{inner}]'.encode())

    with pytest.raises(msgspec.MsgspecError):
        ring_in(envelope)
