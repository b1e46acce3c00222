"""Faults of settings that only their use would show, found without using them: nothing is made, opened or asked."""

from collections.abc import Callable
from pathlib import Path

from bot.live.redis import RedisLink
from bot.model.basics import HubError
from bot.store.unit import Database
from config.keys import buyer_tokens
from config.secret import FILE_NAME, signing_secret, strength
from config.settings import Settings
from config.sources import SettingsFault
from config.wiring import edge_of


def faults(settings: Settings) -> list[str]:
    """A sentence for each fault."""
    checks: tuple[Callable[[Settings], object], ...] = (edge_of, _secret, _buyers, _database, _redis)
    found: list[str] = []
    for check in checks:
        try:
            check(settings)
        except SettingsFault as fault:
            found += fault.lines
    return found


def _secret(settings: Settings) -> None:
    """Also before production is switched on: a weak secret is no better for being early."""
    configured = settings.identity.secret
    weakness = strength(configured) if configured else None
    if weakness:
        raise SettingsFault(f"identity.secret is too weak for production: {weakness}.")
    if configured or settings.server.production or (Path(settings.server.data) / FILE_NAME).exists():
        signing_secret(settings)


def _buyers(settings: Settings) -> None:
    identity = settings.identity
    weakness = strength(identity.shop_secret) if identity.shop_secret else None
    if weakness:
        raise SettingsFault(f"identity.shop_secret is too weak for production: {weakness}.")
    if identity.shop_secret or identity.public_key_file or identity.jwks_file:
        buyer_tokens(settings)


def _database(settings: Settings) -> None:
    if settings.store.database:
        try:
            Database.at(settings.store.database)
        except HubError as fault:
            raise SettingsFault(f"store.database: {fault}") from None


def _redis(settings: Settings) -> None:
    if settings.live.redis:
        try:
            RedisLink(settings.live.redis, prefix=settings.live.prefix)
        except ValueError as fault:
            raise SettingsFault(f"live.redis: {fault}.") from None
