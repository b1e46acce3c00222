"""How the process tells what it does: structured lines on standard error, without secrets and without people's words."""

import contextlib
import io
import logging
import re
import sys
from collections.abc import Mapping
from typing import TextIO, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from config.settings import Logs

MASK = "***"

_SECRET_KEYS = ("password", "secret", "token", "refresh", "authorization", "cookie", "credential")
_WORDS_OF_PEOPLE = frozenset({"text", "body", "messages", "says", "alt", "transcript"})
_SECRETS = re.compile(
    r"""(?P<scheme>\bBearer\s+)\S+                        # a header
      | \beyJ[\w-]+\.[\w-]+\.[\w-]*                       # a JSON web token
      | (?P<before>://[^\s:/@]*:)[^\s@/]+(?P<after>@)     # a password in an address
    """,
    re.VERBOSE,
)


def _mask(match: re.Match[str]) -> str:
    return f"{match['scheme'] or match['before'] or ''}{MASK}{match['after'] or ''}"


def _clean(value: object) -> object:
    if isinstance(value, str):
        return _SECRETS.sub(_mask, value)
    if isinstance(value, Mapping):
        return {key: MASK if _is_secret(str(key)) else _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(item) for item in value]
    if isinstance(value, int | float | bool | None):
        return value
    return _SECRETS.sub(_mask, repr(value))


def _is_secret(key: str) -> bool:
    return any(word in key.lower() for word in _SECRET_KEYS)


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Mask values under names of secrets, and bearer tokens, JWTs and passwords in addresses anywhere."""
    for key, value in event.items():
        event[key] = MASK if _is_secret(key) else _clean(value)
    return event


def withhold(_logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Above `debug`, tell only how long people's words are."""
    if method == "debug":
        return event
    for key in _WORDS_OF_PEOPLE & event.keys():
        value = event[key]
        event[key] = f"<{len(value)} withheld>" if isinstance(value, str | bytes | list | tuple | dict) else "<withheld>"
    return event


class _Tolerant(io.TextIOBase):
    """A stream whose failures are nobody else's: when the disk that holds the log is full, messages still travel."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.flush()

    def isatty(self) -> bool:
        return self._stream.isatty()


def configure(settings: Logs, stream: TextIO | None = None) -> None:
    """Set up structlog, and send the records of libraries (warnings and worse) the same way. Called once, by the wiring."""
    out = cast("TextIO", _Tolerant(stream or sys.stderr))
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    console = settings.format == "console" or (settings.format == "auto" and out.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        withhold,
        redact,
    ]
    renderer: Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if console:
        renderer = structlog.dev.ConsoleRenderer(colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=False,
    )
    _adopt_libraries(shared, renderer, out, max(level, logging.WARNING))


def _adopt_libraries(shared: list[Processor], renderer: Processor, out: TextIO, level: int) -> None:
    handler = logging.StreamHandler(out)
    processors = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=processors, foreign_pre_chain=shared))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
