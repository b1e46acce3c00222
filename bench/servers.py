"""The servers that are measured: each a process of its own, alone on one core."""

import os
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.js import nodejs
from tests.servers import HOST, Server

ROOT = Path(__file__).parents[1]
PEERS = Path(__file__).parent / "peers"
SERVER_CORE, LOAD_CORE = 0, 1

ON_CORE = (sys.executable, "-c", "import os,sys; os.sched_setaffinity(0, {int(sys.argv[1])}); os.execvp(sys.argv[2], sys.argv[2:])", str(SERVER_CORE))
"""Prefix of a command that runs it on the servers' core."""


@dataclass(frozen=True)
class Kind:
    """One of the servers; `title` names it in the table, `durable` says whether it keeps what it relays."""

    name: str
    title: str
    durable: bool = False
    command: Callable[[], list[str]] = list
    environment: Callable[[], dict[str, str]] = field(default=dict)


def _python(module: str) -> Callable[[], list[str]]:
    return lambda: [sys.executable, "-m", f"bench.peers.{module}"]


def _node() -> list[str]:
    return [nodejs.node(), str(PEERS / "relay.cjs")]


HUB = Kind("hub", "Weihub, every message on disk", durable=True)
NODE = Kind("node", "Node.js socket.io 4.8", command=_node, environment=lambda: nodejs.environment(PEERS))
CEILING = Kind("ceiling", "(load client's ceiling: picows)", command=_python("ceiling"))
KINDS = {
    kind.name: kind
    for kind in (
        HUB,
        Kind("lean", "Weihub's transport alone", command=_python("lean")),
        NODE,
        Kind("plain", "python-socketio as it comes", command=_python("plain")),
        Kind("raw", "aiohttp websocket, no Socket.IO", command=_python("raw")),
        CEILING,
    )
}


class Peer(Server):
    """A peer's process, ready when its port is open."""

    def __init__(self, kind: Kind) -> None:
        super().__init__()
        self._kind = kind

    @property
    def url(self) -> str:
        """Where its websockets are."""
        return f"ws://{HOST}:{self.port}"

    def command(self) -> list[str]:
        """On the servers' core, in the foreground."""
        environment = {"PYTHONPATH": str(ROOT), **self._kind.environment()}
        words = [f"{name}={value}" for name, value in environment.items() if os.environ.get(name) != value]
        return ["env", *words, *ON_CORE, *self._kind.command(), str(self.port)]

    def ready(self) -> bool:
        """Whether somebody listens."""
        with socket.socket() as probe:
            return probe.connect_ex((HOST, self.port)) == 0
