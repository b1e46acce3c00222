"""Fixtures of the actions' tests."""

from pathlib import Path

import pytest


@pytest.fixture
def url(data_dir: Path) -> str:
    """The address of a SQLite database to be."""
    return f"sqlite:///{data_dir}/hub.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def each_url(request: pytest.FixtureRequest, url: str) -> str:
    """The address of an empty database of each kind."""
    found: str = url if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    return found
