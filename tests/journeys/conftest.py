"""One demo hub for the journeys that only need a hub that runs."""

from collections.abc import Iterator

import pytest

from tests.journeys.hub import HubProcess


@pytest.fixture(scope="package")
def demo_hub() -> Iterator[HubProcess]:
    """`weihub serve --demo` on an empty data directory."""
    with HubProcess(demo=True) as process:
        yield process
