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
Budget = Annotated[float, Meta(ge=0, le=3_600)]
Bytes = Annotated[int, Meta(ge=1, le=2**31)]
Burst = Annotated[int, Meta(ge=1, le=1_000_000)]
PerSecond = Annotated[float, Meta(gt=0, le=1_000_000)]


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """Where the hub listens and how it stops."""

    host: Annotated[str, _says("Address to listen on; `0.0.0.0` for every interface.", min_length=1)] = "127.0.0.1"
    port: Annotated[Port, _says("TCP port; 0 takes any free one and prints it.")] = 8080
    data: Annotated[str, _says("Directory of everything this hub keeps on disk; also the flag `--data`.", min_length=1)] = "data"
    production: Annotated[bool, _says("Refuse to start without a configured secret of at least 32 bytes, and mark cookies `Secure`.")] = False
    origins: Annotated[tuple[str, ...], _says("Origins of web pages that may call the hub from another host, such as `https://shop.example`.")] = ()
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


class Live(msgspec.Struct, frozen=True, kw_only=True):
    """What several hub processes share besides the database."""

    redis: Annotated[str, Meta(description="`redis://:PASSWORD@HOST:PORT/N`; empty means that this is the only process.", extra=SECRET)] = ""


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Who may sign in, and with what."""

    secret: Annotated[str, Meta(description="The hub's own secret; empty means the file `secret` of the data directory.", extra=SECRET)] = ""
    shop_secret: Annotated[
        str, Meta(description="HS256 secret the shop app signs buyers' tokens with; empty means that it uses `identity.secret`.", extra=SECRET)
    ] = ""
    public_key_file: Annotated[str, _says("PEM file of the RSA or P-256 key the shop app signs with, instead of a secret.")] = ""
    jwks_file: Annotated[str, _says("JSON key set (RFC 7517) of the keys the shop app signs with, instead of a secret.")] = ""


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
    logs: Logs = Logs()
