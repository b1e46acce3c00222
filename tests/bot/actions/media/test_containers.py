"""What bytes are and how long they last, by files of real encoders and by files bent on purpose."""

import io
import struct
import wave
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.actions.media.sniff import SNIFF_BYTES, measure, sniff
from bot.actions.media.values import Sniffed, Unreadable

SAMPLES = Path(__file__).parent / "samples"
FILES = {path.name: path.read_bytes() for path in SAMPLES.iterdir() if path.suffix != ".md"}


def wav(seconds: float, rate: int = 8_000) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"\0\0" * round(seconds * rate))
    return out.getvalue()


def read(data: bytes) -> tuple[Sniffed, float]:
    """What `measure` finds, by the type that `sniff` finds."""
    media_type = sniff(data[:SNIFF_BYTES])
    assert media_type is not None
    return measure(data, media_type)


@pytest.mark.parametrize(
    ("name", "kind", "media_type", "seconds"),
    [
        ("opus.ogg", "voice", "audio/ogg", 1.5065),
        ("opus.webm", "voice", "audio/webm", 1.508),
        ("live.webm", "voice", "audio/webm", 1.508),
        ("tone.mp3", "voice", "audio/mpeg", 1.097),
        ("tone.aac", "voice", "audio/aac", 1.088),
        ("tone.m4a", "voice", "audio/mp4", 1.0),
        ("fragments.mp4", "voice", "audio/mp4", 1.064),
        ("clip.mp4", "video", "video/mp4", 1.0),
    ],
)
def test_files_of_real_encoders_are_measured(name: str, kind: str, media_type: str, seconds: float) -> None:
    """Kind and length agree with what FFmpeg reads, also for live recordings that do not state their length."""
    found, lasts = read(FILES[name])

    assert (found.kind, found.type) == (kind, media_type)
    assert lasts == pytest.approx(seconds, abs=0.01)


def test_a_wav_file_is_measured_by_its_data() -> None:
    """Bytes over the byte rate; a streamed file that claims four gigabytes is as long as what is there."""
    whole = wav(0.5)
    streamed = whole[:40] + b"\xff\xff\xff\xff" + whole[44:]

    assert read(whole)[1] == pytest.approx(0.5)
    assert read(streamed)[1] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"ID3\x04", "audio/mpeg"),
        (b"\xff\xfb\x90\x64", "audio/mpeg"),
        (b"\xff\xf1\x50\x80", "audio/aac"),
        (b"RIFF\0\0\0\0AVI LIST", None),
        (b"<svg xmlns=", None),
        (b"%PDF-1.7", None),
        (b"MZ\x90\0", None),
        (b"<!doctype html>", None),
        (b"PK\x03\x04", None),
        (b"#!AMR\n", None),
        (b"", None),
    ],
)
def test_the_first_bytes_tell_the_type(head: bytes, media_type: str | None) -> None:
    """Only what the hub takes has a name; documents, programs, archives and drawings have none."""
    assert sniff(head) == media_type


def test_a_webm_with_pictures_is_refused() -> None:
    """WebM is taken for voice notes only."""
    with pytest.raises(Unreadable, match="sound alone"):
        read(FILES["clip.webm"])


@pytest.mark.parametrize("name", ["opus.ogg", "opus.webm", "tone.m4a", "clip.mp4"])
def test_a_file_cut_short_is_refused(name: str) -> None:
    """Half a file is no file: its length cannot be believed."""
    data = FILES[name]
    with pytest.raises(Unreadable):
        read(data[: len(data) // 2])


def test_frames_followed_by_something_else_are_refused() -> None:
    """An MP3 with another file hidden behind it is not a chain of frames; a tag at its end is usual."""
    assert read(FILES["tone.mp3"] + b"TAG" + b"\0" * 125)[1] > 1
    with pytest.raises(Unreadable, match="chain of frames"):
        read(FILES["tone.mp3"] + b"<html>" * 1_000)
    with pytest.raises(Unreadable, match="chain of frames"):
        read(b"ID3\x04\0\0\0\0\0\0" + b"no sound here" * 10)


def test_a_length_that_is_understated_is_found_out() -> None:
    """A header may say one tenth of a second: the blocks and fragments behind it count too."""
    webm = FILES["opus.webm"]
    at = webm.index(b"\x44\x89") + 3
    lying = webm[:at] + struct.pack(">d", 100.0) + webm[at + 8 :]

    assert read(lying)[1] == pytest.approx(1.5, abs=0.01)


def test_a_length_that_is_no_number_is_refused() -> None:
    """NaN, infinity and nothing at all are not lengths."""
    webm = FILES["opus.webm"]
    at = webm.index(b"\x44\x89") + 3
    with pytest.raises(Unreadable, match="how long"):
        read(webm[:at] + struct.pack(">d", float("inf")) + webm[at + 8 :])
    mp4 = FILES["tone.m4a"]
    at = mp4.index(b"mvhd") + 4 + 12
    with pytest.raises(Unreadable, match="how long"):
        read(mp4[:at] + struct.pack(">II", 1_000, 0) + mp4[at + 8 :])
    with pytest.raises(Unreadable, match="cut short"):
        read(b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0" + b"\0" * 16 + b"data\x04\0\0\0\0\0\0\0")


def test_two_streams_in_one_ogg_file_are_refused() -> None:
    """A second stream could hold a film."""
    with pytest.raises(Unreadable, match="more than one stream"):
        read(FILES["opus.ogg"] * 2)


def test_an_ogg_file_of_another_codec_is_refused() -> None:
    """Theora and friends are not sound."""
    with pytest.raises(Unreadable, match="neither Opus nor Vorbis"):
        read(FILES["opus.ogg"].replace(b"OpusHead", b"\x80theora\0"))


def test_boxes_without_end_are_refused() -> None:
    """A megabyte of empty boxes is not walked to its end."""
    with pytest.raises(Unreadable, match="too many boxes"):
        read(b"\0\0\0\x08ftyp" + b"\0\0\0\x08free" * 60_000)


def test_a_run_of_samples_cannot_ask_for_more_than_it_holds() -> None:
    """A count of four thousand million samples is refused before anything is summed."""
    data = FILES["fragments.mp4"]
    at = data.index(b"trun") + 4
    flags = struct.unpack_from(">I", data, at)[0] | 0x100
    with pytest.raises(Unreadable):
        read(data[:at] + struct.pack(">II", flags, 2**32 - 1) + data[at + 8 :])


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(FILES)), st.integers(0, 4_000), st.binary(max_size=12), st.integers(0, 12))
def test_bent_files_are_measured_or_refused(name: str, at: int, patch: bytes, gap: int) -> None:
    """Whatever is overwritten, cut out or put in, the answer is a length or `Unreadable`, never another error."""
    data = FILES[name]
    at %= len(data)
    bent = data[:at] + patch + data[at + gap :]
    media_type = sniff(bent[:SNIFF_BYTES])
    if media_type is None or media_type.startswith("image/"):
        return
    try:
        _, seconds = measure(bent, media_type)
    except Unreadable:
        return
    assert 0 < seconds < 86_400
