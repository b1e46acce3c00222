"""A real Chromium: the one of the machine, else Debian's package, else Playwright's own build."""

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
INSTALL_BUDGET_S = 600
FLAGS = (
    "--no-sandbox",  # as root, in containers, Chromium does not start otherwise; it only sees pages of ours
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--force-color-profile=srgb",
    "--autoplay-policy=no-user-gesture-required",
)


class BrowserError(RuntimeError):
    """There is no browser to be had; the text says what to do."""


def found() -> str | None:
    """The Chromium on PATH, if there is one."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


def ensure() -> str | None:
    """The program to launch; None for the one that Playwright brought itself.

    Raises:
        BrowserError: there is none, and none could be installed.
    """
    program = found()
    if program is not None:
        return program
    print("\ninstalling Chromium for the tests of the pages …", flush=True)  # noqa: T201 - progress for a person
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _run("apt-get", "update", "-qq")
        _run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium")
        program = found()
        if program is not None:
            return program
    if _run(sys.executable, "-m", "playwright", "install", "chromium"):
        return None
    raise BrowserError("The tests of the pages need Chromium: install it (Debian, Ubuntu: sudo apt install chromium), then run them again.")


def _run(*command: str) -> bool:
    done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_BUDGET_S, check=False)
    return done.returncode == 0


@asynccontextmanager
async def chromium(program: str | None) -> AsyncIterator[Browser]:
    """A browser that runs, without a window."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        try:
            yield browser
        finally:
            await browser.close()
