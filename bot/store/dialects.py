"""Statements that the two dialects spell differently, built once for both."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T", bound=sa.Executable)

_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def both(build: Callable[[Any], T]) -> Mapping[str, T]:
    """A statement for each dialect, by its name; `build` is given the dialect's own `insert`, the one with ON CONFLICT."""
    return {name: build(insert) for name, insert in _INSERTS.items()}
