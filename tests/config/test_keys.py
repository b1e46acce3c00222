"""Buyers' tokens are checked with the one sort of key that is configured."""

from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.model.basics import Invalid, Unauthenticated, now_ms
from config.keys import buyer_tokens
from config.settings import Identity, Server, Settings
from config.sources import SettingsFault

SHOP = "shop-kJ3nQv8ZpX1rT6wYbC4mH9sL2dF7gA0e"
HUB = "hub-kJ3nQv8ZpX1rT6wYbC4mH9sL2dF7gA0e"


def _settings(tmp_path: Path, **identity: str) -> Settings:
    return Settings(server=Server(data=str(tmp_path)), identity=Identity(**identity))


def _signed(key: object, algorithm: str) -> str:
    claims = {"sub": "buyer-1", "name": "小红", "aud": "weihub", "exp": now_ms() // 1000 + 60}
    return jwt.encode(claims, key, algorithm=algorithm)  # type: ignore[arg-type]  # any key the test makes


@pytest.fixture
def key() -> ec.EllipticCurvePrivateKey:
    """A key of the shop app."""
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture
def pem(tmp_path: Path, key: ec.EllipticCurvePrivateKey) -> Path:
    """Its public half, in a file."""
    path = tmp_path / "shop.pem"
    path.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return path


def test_the_shop_may_have_a_secret_of_its_own(tmp_path: Path) -> None:
    """Then the hub's own secret signs nothing for buyers."""
    tokens = buyer_tokens(_settings(tmp_path, secret=HUB, shop_secret=SHOP))

    assert tokens.verify(_signed(SHOP, "HS256")).sub == "buyer-1"
    with pytest.raises(Unauthenticated):
        tokens.verify(_signed(HUB, "HS256"))


def test_a_public_key_verifies_and_cannot_sign(tmp_path: Path, pem: Path, key: ec.EllipticCurvePrivateKey) -> None:
    """`weihub token` says that the shop app signs."""
    tokens = buyer_tokens(_settings(tmp_path, public_key_file=str(pem)))

    assert tokens.verify(_signed(key, "ES256")).sub == "buyer-1"
    with pytest.raises(Invalid, match="only public keys"):
        tokens.mint("buyer-1", "小红", 60)


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        ({"shop_secret": SHOP, "public_key_file": "x.pem"}, r"identity\.shop_secret and identity\.public_key_file exclude each other"),
        ({"public_key_file": "absent.pem"}, r"identity\.public_key_file: .*absent\.pem"),
        ({"jwks_file": "absent.json"}, r"identity\.jwks_file: .*absent\.json"),
        ({"shop_secret": "-----BEGIN PUBLIC KEY-----"}, r"identity\.shop_secret: a key file was given"),
    ],
)
def test_a_key_that_cannot_be_used_is_told_by_its_setting(tmp_path: Path, identity: dict[str, str], expected: str) -> None:
    """Before the hub starts."""
    with pytest.raises(SettingsFault, match=expected):
        buyer_tokens(_settings(tmp_path, **identity))


def test_production_takes_no_weak_secret_of_the_shop(tmp_path: Path) -> None:
    """Whoever guesses it signs as any buyer; elsewhere it may be short, for trials."""
    identity = Identity(secret=HUB, shop_secret="guessme")

    buyer_tokens(Settings(server=Server(data=str(tmp_path)), identity=identity))
    with pytest.raises(SettingsFault, match=r"identity\.shop_secret is too weak") as refused:
        buyer_tokens(Settings(server=Server(data=str(tmp_path), production=True), identity=identity))
    assert "guessme" not in str(refused.value)


def test_a_private_key_in_the_place_of_the_public_one_is_refused(tmp_path: Path) -> None:
    """The hub must not hold it."""
    path = tmp_path / "private.pem"
    path.write_text("-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n", encoding="utf-8")

    with pytest.raises(SettingsFault, match="private key"):
        buyer_tokens(_settings(tmp_path, public_key_file=str(path)))
