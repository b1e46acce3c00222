"""Tokens: good ones are read, forged, foreign and stale ones are refused, whatever they pretend."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from bot.actions.tokens import (
    BuyerTokens,
    StaffTokens,
    clean_name,
    derived_key,
    is_staff_token,
    key_set,
    public_key,
    shared_secret,
)
from bot.model.basics import Invalid, Unauthenticated, now_ms

SECRET = "an-hs256-secret-of-more-than-32-bytes!"
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def claims(**changes: Any) -> dict[str, Any]:
    """The claims of a good buyer's token; a change to None leaves one out."""
    told = {"sub": "buyer-1", "name": "小明", "aud": "weihub", "exp": int(time.time()) + 600, **changes}
    return {name: value for name, value in told.items() if value is not None}


def signed(**changes: Any) -> str:
    return jwt.encode(claims(**changes), SECRET, algorithm="HS256")


def raw_token(header: dict[str, Any], payload: dict[str, Any], key: bytes | None) -> str:
    """A token made by hand, as an attacker would, without a library that knows better."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, payload)]
    mac = b"" if key is None else hmac.digest(key, b".".join(parts), "sha256")
    return b".".join([*parts, base64.urlsafe_b64encode(mac).rstrip(b"=")]).decode()


def test_a_good_token_is_read() -> None:
    """Subject, name, avatar and end come out as they were signed."""
    told = shared_secret(SECRET).verify(signed(avatar="https://shop.example/a.png"))

    assert (told.sub, told.name, told.avatar) == ("buyer-1", "小明", "https://shop.example/a.png")


def test_a_minted_token_is_a_good_one() -> None:
    """What the command line prints is what the shop app would sign."""
    tokens = shared_secret(SECRET)

    told = tokens.verify(tokens.mint("buyer-9", "小红", 60))

    assert (told.sub, told.name) == ("buyer-9", "小红")
    assert 50 < told.exp - time.time() <= 60


@pytest.mark.parametrize(
    ("key", "tokens", "algorithm"),
    [(RSA_KEY, public_key(pem(RSA_KEY)), "RS256"), (EC_KEY, public_key(pem(EC_KEY)), "ES256")],
)
def test_a_public_key_verifies_its_private_half(key: Any, tokens: BuyerTokens, algorithm: str) -> None:
    """RSA keys take RS256, P-256 keys take ES256, and such a hub cannot sign by itself."""
    told = tokens.verify(jwt.encode(claims(), key, algorithm=algorithm))

    assert told.sub == "buyer-1"
    with pytest.raises(Invalid, match="only public keys"):
        tokens.mint("buyer-1", "小明", 60)


def test_a_key_set_is_asked_by_kid() -> None:
    """Each key of a set verifies the tokens that name it, and no other."""
    tokens = key_set(json.dumps({"keys": [jwk_of(RSA_KEY, "one"), jwk_of(EC_KEY, "two")]}).encode())

    assert tokens.verify(jwt.encode(claims(), RSA_KEY, algorithm="RS256", headers={"kid": "one"})).sub == "buyer-1"
    assert tokens.verify(jwt.encode(claims(), EC_KEY, algorithm="ES256", headers={"kid": "two"})).sub == "buyer-1"
    for wrong in ({"kid": "two"}, {"kid": "three"}, {}):
        with pytest.raises(Unauthenticated):
            tokens.verify(jwt.encode(claims(), RSA_KEY, algorithm="RS256", headers=wrong))


def jwk_of(key: Any, kid: str, **more: Any) -> dict[str, Any]:
    maker = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
    return {**maker.to_jwk(key.public_key(), as_dict=True), "kid": kid, **more}


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        ([], "no key"),
        ([{"kty": "oct", "k": "c2VjcmV0", "kid": "a"}], "not a public RSA or EC key"),
        ([{**jwk_of(RSA_KEY, "a"), "d": "AQAB"}], "not a public RSA or EC key"),
        ([{name: value for name, value in jwk_of(RSA_KEY, "a").items() if name != "kid"}], "no kid"),
        ([jwk_of(RSA_KEY, "a", alg="PS512")], "takes RS256 and ES256"),
        ([jwk_of(ec.generate_private_key(ec.SECP384R1()), "a")], "neither RSA nor on the curve P-256"),
        ([{"kty": "RSA", "n": "!", "e": "AQAB", "kid": "a"}], "cannot be read"),
        (["not a key"], "cannot be read"),
    ],
)
def test_a_key_set_that_is_not_sound_is_refused(keys: list[Any], fault: str) -> None:
    """Secrets, private halves, nameless and unknown keys are told apart at the start, not at the first token."""
    with pytest.raises(ValueError, match=fault):
        key_set(json.dumps({"keys": keys}).encode())


def test_keys_for_encryption_are_passed_over() -> None:
    """A set may hold keys for other uses."""
    listed = [jwk_of(EC_KEY, "enc", use="enc"), jwk_of(RSA_KEY, "sig", use="sig")]

    tokens = key_set(json.dumps({"keys": listed}).encode())

    with pytest.raises(Unauthenticated):
        tokens.verify(jwt.encode(claims(), EC_KEY, algorithm="ES256", headers={"kid": "enc"}))


@pytest.mark.parametrize(
    "file",
    [
        b"not a key",
        RSA_KEY.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
        pem(rsa.generate_private_key(public_exponent=65537, key_size=1024)),
    ],
)
def test_a_key_file_that_is_not_sound_is_refused(file: bytes) -> None:
    """Rubbish, a private key and a short one."""
    with pytest.raises(ValueError, match="key"):
        public_key(file)


def test_a_key_file_as_a_shared_secret_is_refused() -> None:
    """The setting was mixed up; anybody who has the public key could sign."""
    with pytest.raises(ValueError, match="key file"):
        shared_secret(pem(RSA_KEY).decode())
    with pytest.raises(ValueError, match="empty"):
        shared_secret("")


def test_an_unsigned_token_is_refused() -> None:
    """`alg: none`, however it is spelt, opens nothing, with an empty signature or one made with the secret."""
    for tokens in (shared_secret(SECRET), public_key(pem(RSA_KEY))):
        for name in ("none", "None", "NONE", ""):
            for key in (None, SECRET.encode()):
                with pytest.raises(Unauthenticated):
                    tokens.verify(raw_token({"alg": name, "typ": "JWT"}, claims(), key))


def test_a_public_key_is_not_an_hmac_secret() -> None:
    """HS256 over the PEM text of the public key is the classic confusion; the key's type fixes the algorithm."""
    for key in (RSA_KEY, EC_KEY):
        with pytest.raises(Unauthenticated):
            public_key(pem(key)).verify(raw_token({"alg": "HS256", "typ": "JWT"}, claims(), pem(key)))


def test_another_hash_of_the_same_secret_is_refused() -> None:
    """HS512 with the right secret is still not what was agreed."""
    with pytest.raises(Unauthenticated):
        shared_secret(SECRET).verify(jwt.encode(claims(), SECRET * 2, algorithm="HS512"))


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another-shop"},
        {"aud": "weihub-staff"},
        {"aud": None},
        {"exp": None},
        {"exp": int(time.time()) - 60},
        {"exp": int(time.time()) + 40 * 86_400},
        {"exp": "tomorrow"},
        {"exp": 1e400},
        {"iat": int(time.time()) - 40 * 86_400},
        {"nbf": int(time.time()) + 600},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 65},
        {"sub": "staff:1"},
        {"sub": "Staff:1"},
        {"sub": "bot:1"},
        {"sub": "system"},
        {"sub": "two\nlines"},
        {"sub": " buyer"},
        {"name": None},
        {"name": ""},
        {"name": "\u202e\u200f"},
        {"name": "x" * 65},
        {"name": ["小明"]},
        {"avatar": "javascript:alert(1)"},
        {"avatar": "https://shop.example/" + "a" * 2_000},
    ],
    ids=lambda changes: next(iter(changes)),  # not the values: some are moments, and those who test side by side must agree on names
)
def test_claims_the_hub_cannot_take_are_refused(changes: dict[str, Any]) -> None:
    """Wrong audience, no end, expired, too long a life, the hub's own names, control characters."""
    body = json.dumps(claims(**changes)) if changes.get("exp") != 1e400 else json.dumps(claims()).replace(str(claims()["exp"]), "1e400")
    header = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=")
    payload = base64.urlsafe_b64encode(body.encode()).rstrip(b"=")
    mac = base64.urlsafe_b64encode(hmac.digest(SECRET.encode(), header + b"." + payload, "sha256")).rstrip(b"=")

    with pytest.raises(Unauthenticated):
        shared_secret(SECRET).verify(b".".join([header, payload, mac]).decode())


@pytest.mark.parametrize(
    "token", ["", "x", "a.b.c", "....", "\ud800", "é.é.é", "A" * 5_000, signed()[:-2], signed() + "x", "eyJhbGciOiJIUzI1NiJ9." * 2 + "x"]
)
def test_rubbish_is_unauthenticated_and_nothing_else(token: str) -> None:
    """Nothing that can be written in a header makes a verifier fail in another way."""
    for verify in (shared_secret(SECRET).verify, public_key(pem(RSA_KEY)).verify, StaffTokens(SECRET).verify):
        with pytest.raises(Unauthenticated):
            verify(token)


def test_a_deeply_nested_token_is_refused() -> None:
    """Four kilobytes of brackets do not exhaust the parser."""
    nested = base64.urlsafe_b64encode(b"[" * 2_900).decode().rstrip("=")
    for tokens in (shared_secret(SECRET), key_set(json.dumps({"keys": [jwk_of(RSA_KEY, "a"), jwk_of(EC_KEY, "b")]}).encode())):
        for forged in (f"{nested}.e30.x", f"eyJhbGciOiJIUzI1NiJ9.{nested}.x"):
            with pytest.raises(Unauthenticated):
                tokens.verify(forged)


def test_a_clock_that_is_a_little_off_is_forgiven() -> None:
    """Five seconds past the end is within the leeway; a minute is not."""
    tokens = shared_secret(SECRET)

    assert tokens.verify(signed(exp=int(time.time()) - 5)).sub == "buyer-1"


@pytest.mark.parametrize(("person", "name", "ttl"), [("staff:1", "小明", 60), ("buyer", "", 60), ("buyer", "小明", 0), ("buyer", "小明", 10**9)])
def test_a_token_nobody_could_use_is_not_minted(person: str, name: str, ttl: int) -> None:
    """The command line says so at once."""
    with pytest.raises(Invalid):
        shared_secret(SECRET).mint(person, name, ttl)


def test_names_are_shown_without_tricks() -> None:
    """Control characters and marks that turn the direction of writing go; emoji joined from several stay whole."""
    assert clean_name("  小\u202e明 \n\t 👩‍👧 ") == "小明 👩‍👧"


def test_a_staff_token_is_read_by_the_hub_that_made_it() -> None:
    """Person and session come back; another hub's key does not open it."""
    staff = StaffTokens(SECRET)
    token, ends = staff.mint("staff:1", "session-1", now_ms())

    told = staff.verify(token)

    assert (told.sub, told.sid, int(told.exp * 1000)) == ("staff:1", "session-1", ends)
    assert is_staff_token(token)
    assert not is_staff_token(signed())
    with pytest.raises(Unauthenticated):
        StaffTokens("another secret of more than 32 bytes ....").verify(token)


def test_the_shops_secret_cannot_make_a_staff_token() -> None:
    """Whoever may sign for buyers may not sign for staff, though both secrets come from one setting."""
    staff = {"iss": "weihub", "aud": "weihub-staff", "sub": "staff:1", "sid": "s", "exp": int(time.time()) + 60}
    forged = jwt.encode(staff, SECRET, algorithm="HS256", headers={"typ": "weihub-staff+jwt"})

    assert is_staff_token(forged)
    with pytest.raises(Unauthenticated):
        StaffTokens(SECRET).verify(forged)


def test_a_staff_token_is_not_a_buyers_and_the_reverse() -> None:
    """The keys differ by their label, so neither verifier takes the other's tokens."""
    token, _ = StaffTokens(SECRET).mint("staff:1", "s", now_ms())

    with pytest.raises(Unauthenticated):
        shared_secret(SECRET).verify(token)
    with pytest.raises(Unauthenticated):
        StaffTokens(SECRET).verify(signed(sid="s", iss="weihub"))


def test_derived_keys_differ_by_label() -> None:
    """Each is HMAC-SHA-256 of its label under the secret."""
    assert derived_key(SECRET, "a") == hmac.new(SECRET.encode(), b"a", hashlib.sha256).digest()
    assert derived_key(SECRET, "a") != derived_key(SECRET, "b")
