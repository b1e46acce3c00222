"""Tables between two marks of a page, and nothing else of the page touched; and the machine they come from."""

import os
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown: the first column to the left, the others to the right."""
    lines = [f"| {' | '.join(head)} |", f"| {' | '.join(['---', *['--:'] * (len(head) - 1)])} |"]
    return "\n".join([*lines, *(f"| {' | '.join(cells)} |" for cells in rows)]) + "\n"


def put(page: Path, name: str, text: str) -> None:
    """Put a text between the marks of a page that have this name.

    Raises:
        ValueError: the page has lost its marks.
    """
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, opened, rest = page.read_text(encoding="utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not opened or not closed:
        raise ValueError(f"{page} must hold {begin} and {end}")
    page.write_text(f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}", encoding="utf-8")


def machine(*libraries: str) -> str:
    """Where figures were taken, and with what."""
    model = next((line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "?")
    used = ", ".join(f"{name} {version(name)}" for name in libraries)
    return f"{os.cpu_count()} cores of {model}, Linux {platform.release()}, Python {platform.python_version()}, {used}"
