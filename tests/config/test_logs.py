"""Log lines are structured, carry their context, and hold neither secrets nor people's words."""

import io
import json
import logging
from typing import Any

import pytest
import structlog

from config.logs import configure
from config.settings import Logs


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def _json(level: str = "info") -> io.StringIO:
    out = io.StringIO()
    configure(Logs(level=level, format="json"), out)  # type: ignore[arg-type]  # parametrised text, checked by msgspec in real life
    return out


def test_a_line_is_json_with_time_level_and_context() -> None:
    """What is bound by contextvars (request id, connection id) appears on every line of that context."""
    out = _json()
    with structlog.contextvars.bound_contextvars(request="r1"):
        structlog.get_logger().info("served", status=200, name="茶")
    (line,) = _lines(out)

    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "served", "level": "info", "request": "r1", "status": 200, "name": "茶"}


@pytest.mark.parametrize("key", ["password", "secret", "token", "refresh", "Authorization", "set_cookie", "access_token"])
def test_values_under_names_of_secrets_are_masked(key: str) -> None:
    """The name is enough, whatever the value looks like, also inside a mapping."""
    out = _json()
    structlog.get_logger().warning("odd", **{key: "hunter2"}, headers={key: "hunter2"})

    assert "hunter2" not in out.getvalue()
    assert _lines(out)[0][key] == "***"


@pytest.mark.parametrize(
    "leak",
    [
        "Authorization: Bearer abc.def",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl",
        "postgresql://hub:abc.def@db/hub is away",
    ],
)
def test_secrets_inside_sentences_are_masked(leak: str) -> None:
    """Bearer tokens, JWTs and passwords in addresses, in the event, in values, in lists and in objects."""
    out = _json()
    structlog.get_logger().error(leak, cause=leak, several=[leak], fault=ValueError(leak))

    assert "abc.def" not in out.getvalue()
    assert "eyJzdWIi" not in out.getvalue()
    assert "***" in _lines(out)[0]["cause"]


def test_a_traceback_is_told_without_the_secrets_in_it() -> None:
    """The exception's text goes through the same mask."""
    out = _json()
    structlog.get_logger().error("broken", exc_info=ConnectionError("postgresql://hub:pa55word@db/hub refused"))
    (line,) = _lines(out)

    assert "ConnectionError" in line["exception"]
    assert "pa55word" not in out.getvalue()


@pytest.mark.parametrize("level", ["info", "warning", "error"])
def test_message_text_is_withheld(level: str) -> None:
    """Only the length of people's words is told."""
    out = _json()
    getattr(structlog.get_logger(), level)("sent", text="我的手机号是123", body={"text": "x"})
    (line,) = _lines(out)

    assert line["text"] == "<9 withheld>"
    assert line["body"] == "<1 withheld>"


def test_debug_may_tell_the_text() -> None:
    """Whoever turns debug on asked for it."""
    out = _json("debug")
    structlog.get_logger().debug("sent", text="你好")

    assert _lines(out)[0]["text"] == "你好"


def test_the_level_keeps_lesser_lines_out() -> None:
    """A warning level writes no info."""
    out = _json("warning")
    structlog.get_logger().info("quiet")

    assert out.getvalue() == ""


def test_records_of_libraries_come_out_the_same_way() -> None:
    """Standard logging is adopted at warning and worse, masked, with a level."""
    out = _json()
    logging.getLogger("some.library").info("chatter")
    logging.getLogger("some.library").warning("Bearer abc.def was %s", "refused")
    (line,) = _lines(out)

    assert line["level"] == "warning"
    assert line["event"] == "Bearer *** was refused"


def test_a_terminal_gets_lines_for_people_and_a_pipe_gets_json() -> None:
    """`auto` looks at the stream."""
    terminal, pipe = _Terminal(), io.StringIO()
    configure(Logs(), terminal)
    structlog.get_logger().info("hello")
    configure(Logs(), pipe)
    structlog.get_logger().info("hello")

    assert "hello" in terminal.getvalue()
    with pytest.raises(json.JSONDecodeError):
        json.loads(terminal.getvalue())
    assert _lines(pipe)[0]["event"] == "hello"
