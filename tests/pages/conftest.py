"""What the tests of the pages stand on: built pages, a browser, a hub with the demo."""

import contextlib
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.journeys.hub import ROOT, HubProcess
from tests.pages import browser as browsers
from tests.pages.people import People


@pytest.fixture(scope="session")
def chromium_program(request: pytest.FixtureRequest) -> str | None:
    """The browser, installed if need be; and the pages, built if they changed."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled() if capture else contextlib.nullcontext():
        subprocess.run([sys.executable, str(ROOT / "web" / "build.py")], check=True, timeout=600)
        return browsers.ensure()


@pytest.fixture(scope="package")
def hub(chromium_program: str | None) -> Iterator[HubProcess]:
    """`weihub serve --demo`, for all tests that only need a hub that runs."""
    generous = {"WEIHUB_TALK__SEND_PER_S": "10000", "WEIHUB_TALK__SEND_BURST": "100000"}
    with HubProcess(demo=True, env={**generous, "WEIHUB_SERVER__PROXIES": "127.0.0.1"}) as process:
        yield process


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop for all of them, because they share a browser, and that lives in the loop that started it."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium_program: str | None) -> AsyncIterator[Browser]:
    """One browser; each page has a profile of its own in it."""
    async with browsers.chromium(chromium_program) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def mortals(browser: Browser, chromium_program: str | None) -> AsyncIterator[People]:
    """Buyers of a hub of their own, which may be killed."""
    with HubProcess(demo=True) as process:
        async with People(browser, process) as everybody:
            yield everybody


@pytest_asyncio.fixture(loop_scope="session")
async def people(browser: Browser, hub: HubProcess) -> AsyncIterator[People]:
    """Buyers and staff at their pages; nothing may be written to the console but what a test expects."""
    async with People(browser, hub) as everybody:
        yield everybody
        assert everybody.complaints == []
