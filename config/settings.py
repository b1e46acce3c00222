"""Every setting of the hub, as frozen values: section, key, type, range, default and meaning, once.

The meaning of a key is its `Meta.description`; `docs/settings.md` is made from it. Where values come from is
`config.sources`; what is built from them is `config.wiring`.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

SECRET = {"secret": True}
"""Marks a setting whose value is never printed."""

MIN_SECRET_BYTES = 32


def _says(description: str, **limits: Any) -> Meta:
    return Meta(description=description, **limits)


Port = Annotated[int, Meta(ge=0, le=65_535)]
Origin = Annotated[str, Meta(pattern=r"^https?://[^/\s]+$")]
Budget = Annotated[float, Meta(ge=0, le=3_600)]


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """Where the hub listens and how it stops."""

    host: Annotated[str, _says("Address to listen on; `0.0.0.0` for every interface.", min_length=1)] = "127.0.0.1"
    port: Annotated[Port, _says("TCP port; 0 takes any free one and prints it.")] = 8080
    data: Annotated[str, _says("Directory of everything this hub keeps on disk; also the flag `--data`.", min_length=1)] = "data"
    pages: Annotated[str, _says("Directory of the built pages; empty means `web/dist` beside the program, where `make pages` puts them.")] = ""
    production: Annotated[bool, _says("Refuse to start without a configured secret of at least 32 bytes, and give cookies to https alone.")] = False
    origins: Annotated[
        tuple[Origin, ...],
        _says("Origins of web pages that may call the hub from another host and show its chat widget, such as `https://shop.example`."),
    ] = ()
    proxies: Annotated[
        tuple[str, ...], _says("Addresses or networks of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed, such as `10.0.0.0/8`.")
    ] = ()
    drain_s: Annotated[Budget, _says("Seconds between telling clients to go elsewhere (`drain`) and closing their sockets when the hub stops.")] = 2.0
    stop_s: Annotated[Budget, _says("Seconds all stages of a clean stop may take together.")] = 20.0


class Store(msgspec.Struct, frozen=True, kw_only=True):
    """The database."""

    database: Annotated[
        str,
        Meta(
            description="`sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME`; empty means `hub.db` in the data directory.",
            extra=SECRET,
        ),
    ] = ""
    pool: Annotated[int, _says("Connections to PostgreSQL this process holds at most.", ge=2, le=1_000)] = 10


class Live(msgspec.Struct, frozen=True, kw_only=True):
    """What several hub processes share besides the database."""

    redis: Annotated[str, Meta(description="`redis://:PASSWORD@HOST:PORT/N`; empty means that this is the only process.", extra=SECRET)] = ""
    prefix: Annotated[
        str,
        _says("Before every key and channel, so that several hubs can share one Redis.", min_length=1, max_length=32, pattern="^[A-Za-z0-9_.-]+$"),
    ] = "weihub"


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Who may sign in, and with what."""

    secret: Annotated[str, Meta(description="The hub's own secret; empty means the file `secret` of the data directory.", extra=SECRET)] = ""
    shop_secret: Annotated[
        str, Meta(description="HS256 secret the shop app signs buyers' tokens with; empty means that it uses `identity.secret`.", extra=SECRET)
    ] = ""
    public_key_file: Annotated[str, _says("PEM file of the RSA or P-256 key the shop app signs with, instead of a secret.")] = ""
    jwks_file: Annotated[str, _says("JSON key set (RFC 7517) of the keys the shop app signs with, instead of a secret.")] = ""


class Talk(msgspec.Struct, frozen=True, kw_only=True):
    """Sending messages."""

    send_burst: Annotated[int, _says("Messages one person may send at once.", ge=1, le=1_000_000)] = 60
    send_per_s: Annotated[float, _says("Messages a second one person may go on sending.", gt=0, le=1_000_000)] = 20.0
    queue: Annotated[int, _says("Messages that may wait for their commit; beyond them senders are told `unavailable`.", ge=1, le=1_000_000)] = 20_000
    batch: Annotated[int, _says("Messages that share one transaction at most.", ge=1, le=10_000)] = 512


class Sockets(msgspec.Struct, frozen=True, kw_only=True):
    """Connections of clients."""

    per_person: Annotated[int, _says("Connections of one person to this process.", ge=1, le=10_000)] = 10
    ping_interval_s: Annotated[float, _says("Seconds between pings.", ge=1, le=300)] = 25.0
    ping_timeout_s: Annotated[float, _says("Seconds a client has to answer one.", ge=1, le=300)] = 20.0
    frame_bytes: Annotated[int, _says("The largest frame a client may send.", ge=16_384, le=1_048_576)] = 65_536
    buffer_bytes: Annotated[
        int, _says("Bytes that may wait for one slow client; beyond them it is told to resync and cut.", ge=16_384, le=67_108_864)
    ] = 262_144


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """The operators' inbox."""

    grace_s: Annotated[int, _says("Seconds an operator may be away before their conversations go back to the queue.", ge=1, le=86_400)] = 60
    idle_close_s: Annotated[int, _says("Seconds of silence after which a conversation is closed.", ge=60, le=31_536_000)] = 86_400
    sweep_s: Annotated[float, _says("Seconds between two rounds that look for absent operators and idle conversations.", ge=0.1, le=3_600)] = 5.0


class Replies(msgspec.Struct, frozen=True, kw_only=True):
    """Automatic replies."""

    trace_days: Annotated[int, _says("Days for which it is kept why a message was answered or not.", ge=1, le=3_650)] = 30


class Logs(msgspec.Struct, frozen=True, kw_only=True):
    """What the process writes to standard error."""

    level: Annotated[Literal["debug", "info", "warning", "error"], _says("The least severe level that is written.")] = "info"
    format: Annotated[
        Literal["auto", "console", "json"], _says("`console` for people, `json` for machines; `auto` is console on a terminal, else JSON.")
    ] = "auto"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All sections."""

    server: Server = Server()
    store: Store = Store()
    live: Live = Live()
    identity: Identity = Identity()
    talk: Talk = Talk()
    sockets: Sockets = Sockets()
    desk: Desk = Desk()
    replies: Replies = Replies()
    logs: Logs = Logs()
