"""Bytes of the wire against the library's own reading of them."""

import json
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from socketio.packet import Packet as LibraryPacket

from channels import frames
from channels.frames import Fault

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(number=st.none() | st.integers(0, 10**15 - 1), name=st.text(), args=st.lists(json_values, max_size=3), ascii_only=st.booleans())
def test_an_event_is_read_as_the_library_wrote_it(number: int | None, name: str, args: list[object], *, ascii_only: bool) -> None:
    """Acknowledgement number, name and first argument survive, escaped or not."""
    packet = "42" + ("" if number is None else str(number)) + json.dumps([name, *args], ensure_ascii=ascii_only)
    found_number, found_name, data = frames.read_event(packet.encode())
    library = LibraryPacket(encoded_packet=packet[1:])
    assert [library.id, *library.data[:2]] == [number, name, *args[:1]]
    assert (found_number, found_name, msgspec.json.decode(data)) == (number, name, args[0] if args else None)


@given(name=st.text(), data=json_values)
def test_an_event_is_written_as_the_library_reads_it(name: str, data: object) -> None:
    """One whole text frame around `42[name,data]`."""
    wire = frames.encode_event(name, msgspec.json.encode(data))
    packet = frames.payload_of(wire)
    library = LibraryPacket(encoded_packet=packet[1:].decode())
    assert (packet[:1], library.packet_type, library.data) == (b"4", 2, [name, data])
    assert wire == frames.text_frame(packet)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 70_000])
def test_a_frame_says_its_length_as_the_rfc_wants(size: int) -> None:
    """In 7, 16 or 64 bits, the shortest that holds it (RFC 6455, 5.2)."""
    payload = b"x" * size
    wire = frames.text_frame(payload)
    assert wire[0] == 0x81
    if size < 126:
        assert (wire[1], len(wire)) == (size, size + 2)
    elif size < 65_536:
        assert (wire[1], int.from_bytes(wire[2:4], "big"), len(wire)) == (126, size, size + 4)
    else:
        assert (wire[1], int.from_bytes(wire[2:10], "big"), len(wire)) == (127, size, size + 10)
    assert frames.payload_of(wire) == payload


@given(reason=st.text(max_size=200), code=st.integers(1000, 1015))
def test_a_close_frame_fits_into_a_control_frame(reason: str, code: int) -> None:
    """At most 125 bytes of valid UTF-8, however long the reason."""
    wire = frames.close_frame(code, reason)
    assert (wire[0], wire[1]) == (0x88, len(wire) - 2)
    assert len(wire) <= 127
    assert int.from_bytes(wire[2:4], "big") == code
    assert reason.startswith(wire[4:].decode())


def test_acks_and_answers_to_connect() -> None:
    """The small packets, byte for byte."""
    assert frames.payload_of(frames.encode_ack(12, b'{"ok":true}')) == b'4312[{"ok":true}]'
    assert frames.payload_of(frames.encode_connected("abc")) == b'40{"sid":"abc"}'
    refused = frames.encode_refused("/", "no", {"code": "forbidden"})
    assert frames.payload_of(refused) == b'44{"message":"no","data":{"code":"forbidden"}}'
    assert frames.payload_of(frames.encode_refused("/a", "no", None)) == b'44/a,{"message":"no","data":null}'


@pytest.mark.parametrize(
    ("packet", "read"),
    [
        (b'0{"token":"t"}', (0, "/", b'{"token":"t"}')),
        (b"0", (0, "/", b"")),
        (b"0/admin,{}", (0, "/admin", b"{}")),
        (b"0/admin?x=1,{}", (0, "/admin", b"{}")),
        (b"1/admin", (1, "/admin", b"")),
        (b"312[1]", (3, "/", b"12[1]")),
    ],
)
def test_the_rare_packets(packet: bytes, read: tuple[int, str, bytes]) -> None:
    """Kind, namespace without its query, and the rest."""
    found = frames.read_packet(packet)
    assert (found.kind, found.namespace, found.data) == read


@pytest.mark.parametrize(
    ("escaped", "read"),
    [
        (rb"\ud83d\ude00", "\U0001f600"),
        (rb"\ud83d", "\ufffd"),
        (rb"\uDE00x", "\ufffdx"),
        (rb"\ud83d\ud83d\ude00", "\ufffd\U0001f600"),
        (rb"\ude00\ud83d", "\ufffd\ufffd"),
        (rb"\\ud83d\ud83d", "\\ud83d\ufffd"),
        (rb"\\\ud83d", "\\\ufffd"),
    ],
)
def test_half_an_emoji_costs_one_letter_and_not_the_connection(escaped: bytes, read: str) -> None:
    """As official clients send a text that was cut in the middle of one; whole pairs and escaped backslashes stay."""
    _, _, data = frames.read_event(b'421["send",{"text":"' + escaped + b'"}]')
    assert msgspec.json.decode(data) == {"text": read}


@given(st.text(alphabet=st.characters(codec=None, exclude_categories=[]), max_size=30))
def test_whatever_a_client_can_hold_in_a_text_is_read(text: str) -> None:
    """Escaped as the official clients do, halves of pairs included."""
    _, _, data = frames.read_event(b"42" + json.dumps(["send", text]).encode())
    assert msgspec.json.decode(data) == text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(noise: bytes) -> None:
    """Reading raises nothing but `Fault`, whatever comes."""
    for read in (frames.read_event, frames.read_packet, frames.read_json):
        for packet in (noise, b"42" + noise, b'42["' + noise, b"0" + noise):
            with suppress(Fault):
                read(packet)
