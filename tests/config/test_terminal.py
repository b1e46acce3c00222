"""The terminal reads lines from wherever they come, and shows other people's words without obeying them."""

import io
import os
import re
from pathlib import Path

import pytest

from channels.client import Heard
from channels.wire import Author, AutoMark
from config.terminal import Lines, Screen, language, printable


def _heard(text: str, name: str = "小林", auto: AutoMark | None = None) -> Heard:
    return Heard("c", 1, Author("p", name, "operator"), "text", {"text": text}, "", text, auto=auto)


async def _read(descriptor: int) -> list[str]:
    try:
        return [line async for line in Lines(descriptor)]
    finally:
        os.close(descriptor)


async def test_lines_come_from_a_pipe() -> None:
    """Empty ones are left out, a last one without an end counts, broken UTF-8 is replaced."""
    reading, writing = os.pipe()
    os.write(writing, "你好\n\n  在吗 \n".encode() + b"\xff\nlast")
    os.close(writing)

    assert await _read(reading) == ["你好", "在吗", "\ufffd", "last"]


async def test_lines_come_from_a_file(tmp_path: Path) -> None:
    """A file cannot be polled as a terminal can."""
    file = tmp_path / "lines"
    file.write_text("一\n二\n", encoding="utf-8")

    assert await _read(os.open(file, os.O_RDONLY)) == ["一", "二"]


async def test_a_character_cut_between_two_reads_is_whole() -> None:
    """Lines are decoded as a whole."""
    reading, writing = os.pipe()
    lines = aiter(Lines(reading))
    os.write(writing, "好".encode()[:1])
    os.write(writing, "好".encode()[1:] + b"\n")

    assert await anext(lines) == "好"
    os.close(writing)
    with pytest.raises(StopAsyncIteration):
        await anext(lines)
    os.close(reading)


def test_a_message_is_plain_text_in_a_pipe() -> None:
    """Name, mark and text; further lines are indented; square brackets of people are no markup."""
    out = io.StringIO()
    Screen(out).message(_heard("好的[bold]\n第二行", "小[red]林"), "自动·问候")

    assert out.getvalue() == "小[red]林 (自动·问候)  好的[bold]\n    第二行\n"


def test_control_characters_of_people_do_not_reach_the_terminal() -> None:
    """Neither escape sequences nor carriage returns nor marks that turn the direction of writing."""
    assert printable("a\x1b[2Jb\rc\u202ed\u200de\nf") == "a[2Jbcd\u200de\nf"


def test_a_note_is_marked() -> None:
    """What the program says by itself is not taken for a message."""
    out = io.StringIO()
    Screen(out).note("已重新连接 [x]")

    assert out.getvalue() == "· 已重新连接 [x]\n"


class _Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_message_takes_the_place_of_the_prompt_which_then_stands_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is one prompt at a time, and none before the first line is asked for."""
    monkeypatch.setenv("TERM", "xterm")
    out = _Tty()
    screen = Screen(out)
    screen.note("welcome")
    screen.ask()
    screen.ask()
    screen.note("one")
    screen.typed()
    screen.note("two")
    screen.ask()
    plain = re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue())

    assert plain == "· welcome\n› \r\x1b[K· one\n› · two\n› "


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_MESSAGES": "zh_TW"}, "zh"),
        ({}, "en"),
    ],
)
def test_the_language_is_that_of_the_locale(environ: dict[str, str], expected: str) -> None:
    """In the order in which locales are looked up."""
    assert language(environ) == expected
