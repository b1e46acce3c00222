"""Whose signatures the hub takes for buyers."""

from pathlib import Path

from bot.actions.tokens import BuyerTokens, key_set, public_key, shared_secret
from config.secret import signing_secret, strength
from config.settings import Settings
from config.sources import SettingsFault


def buyer_tokens(settings: Settings) -> BuyerTokens:
    """Verifies, and signs where the key is a shared secret, the tokens of buyers.

    Raises:
        SettingsFault: more than one sort of key, one that cannot be used, or one too weak for production.
    """
    identity = settings.identity
    named = [key for key in ("shop_secret", "public_key_file", "jwks_file") if getattr(identity, key)]
    if len(named) > 1:
        raise SettingsFault(f"identity.{named[0]} and identity.{named[1]} exclude each other: the shop app signs with one sort of key.")
    weakness = strength(identity.shop_secret) if identity.shop_secret else None
    if weakness and settings.server.production:
        raise SettingsFault(f"identity.shop_secret is too weak for production: {weakness}. Make one with: openssl rand -hex 32")
    try:
        if identity.public_key_file:
            return public_key(_content(identity.public_key_file, "public_key_file"))
        if identity.jwks_file:
            return key_set(_content(identity.jwks_file, "jwks_file"))
        return shared_secret(identity.shop_secret or signing_secret(settings))
    except ValueError as fault:
        key = named[0] if named else "secret"
        raise SettingsFault(str(fault) if isinstance(fault, SettingsFault) else f"identity.{key}: {fault}") from None


def _content(path: str, key: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as fault:
        raise SettingsFault(f"identity.{key}: {fault}") from None
