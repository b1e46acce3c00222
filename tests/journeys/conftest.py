"""One demo hub for the journeys that only need a hub that runs, and the official JavaScript client."""

import contextlib
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.journeys.hub import HubProcess
from tests.js import nodejs
from tests.js.driver import HERE, JsClient


@pytest.fixture(scope="package")
def demo_hub() -> Iterator[HubProcess]:
    """`weihub serve --demo` on an empty data directory."""
    with HubProcess(demo=True) as process:
        yield process


@pytest.fixture(scope="session")
def packages(request: pytest.FixtureRequest) -> None:
    """The official JavaScript client, installed from its lock file."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled() if capture else contextlib.nullcontext():
        if not nodejs.installed(HERE):
            print("\ninstalling socket.io-client from tests/js/package-lock.json …", flush=True)  # noqa: T201  # progress for a person
        nodejs.modules(HERE)


@pytest.fixture
async def js(packages: None) -> AsyncIterator[JsClient]:
    """A node process with the official client."""
    async with JsClient() as client:
        yield client
