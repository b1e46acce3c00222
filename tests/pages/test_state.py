"""The state of a page is what a fresh page would fetch."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from tests.journeys.hub import ROOT, HubProcess
from tests.pages.record import record, write


async def test_facts_of_a_real_hub_lead_to_what_a_fresh_page_fetches(hub: HubProcess, tmp_path: Path) -> None:
    """A journey is recorded now, and the pages' own `apply` is tried on it: in order, doubled, shuffled, and with all that can be lost lost."""
    write(await record(hub), tmp_path / "journey.json")
    command = [sys.executable, str(ROOT / "web" / "build.py"), "run", "test", "--", "tests/recorded.test.ts"]
    environment = {**os.environ, "WEIHUB_RECORDED": str(tmp_path / "journey.json")}
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=100, env=environment, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 passed" in done.stdout
