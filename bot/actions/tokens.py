"""Tokens: what the shop app signs for buyers, and what the hub signs for staff.

The two never meet: each verifier knows its own keys, its own audience and the one algorithm that a key's type allows, so
neither `alg: none` nor a public key used as an HMAC secret opens anything.
"""

import hmac
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from bot.model.basics import Invalid, Unauthenticated, now_ms
from bot.model.people import STAFF_PREFIX

AUDIENCE = "weihub"
STAFF_AUDIENCE = "weihub-staff"
ISSUER = "weihub"
STAFF_TYPE = "weihub-staff+jwt"
RESERVED = (STAFF_PREFIX, "bot:", "system")
TOKEN_LIMIT = 4_096
PERSON_LIMIT = 64
NAME_LIMIT = 64
AVATAR_LIMIT = 2_000
LEEWAY_S = 10
MAX_AGE_S = 30 * 86_400
ACCESS_S = 15 * 60
MIN_RSA_BITS = 2_048

_Key = tuple[Any, str]
_Claims = TypeVar("_Claims")
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
_JWT = jwt.PyJWT()
_STAFF_TYPED = {"typ": STAFF_TYPE}
_STAFF_HEADER = _JWT.encode({}, bytes(32), algorithm="HS256", headers=_STAFF_TYPED).partition(".")[0] + "."
"""Every staff token of ours begins with these bytes, so that a token need not be parsed to see whose it is."""


class BuyerClaims(msgspec.Struct, frozen=True):
    """What a buyer's token says. `exp` in seconds since 1970."""

    sub: str
    name: str
    exp: float
    avatar: str | None = None
    iat: float | None = None


class StaffClaims(msgspec.Struct, frozen=True):
    """What a staff access token says: person, session, and the end in seconds since 1970."""

    sub: str
    sid: str
    exp: float


def clean_name(name: str) -> str:
    """A name to show: no control characters, no marks that turn the direction of writing, runs of white space to one.

    Raises:
        ValueError: nothing is left, or more than 64 characters.
    """
    kept = "".join(" " if char.isspace() else char for char in name if char.isspace() or _shows(char))
    text = " ".join(kept.split())
    if not text or len(text) > NAME_LIMIT:
        raise ValueError(f"a name has 1 to {NAME_LIMIT} characters")
    return text


def _shows(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cs"} and char not in _BIDI


def clean_person(person: str) -> str:
    """The id of a buyer, unchanged.

    Raises:
        ValueError: empty, too long, not printable, or in the hub's own name space.
    """
    if not 1 <= len(person) <= PERSON_LIMIT or not person.isprintable() or person != person.strip():
        raise ValueError(f"a person id has 1 to {PERSON_LIMIT} printable characters")
    if person.casefold().startswith(RESERVED):
        raise ValueError("this person id is in the hub's own name space")
    return person


class BuyerTokens:
    """Verifies the tokens of buyers against the shop app's keys, and signs them where the key is a shared secret."""

    def __init__(self, keys: Mapping[str | None, _Key], *, secret: str | None = None, max_age_s: int = MAX_AGE_S) -> None:
        self._keys = dict(keys)
        self._secret = secret
        self._max_age_s = max_age_s

    def verify(self, token: str) -> BuyerClaims:
        """The claims of a good token.

        Raises:
            Unauthenticated: a bad signature, another audience, expired, too long a life, or claims the hub cannot take.
        """
        _check_length(token)
        key, algorithm = self._keys[None] if None in self._keys else self._key_of(_guarded(lambda: jwt.get_unverified_header(token)))
        claims = _decode(token, key, algorithm, BuyerClaims, audience=AUDIENCE)
        try:
            clean_person(claims.sub)
            name = clean_name(claims.name)
            _check_avatar(claims.avatar)
            self._check_age(claims)
        except ValueError as fault:
            raise _refused(str(fault)) from None
        return msgspec.structs.replace(claims, name=name)

    def mint(self, person: str, name: str, ttl_s: int, avatar: str | None = None) -> str:
        """A token as the shop app would sign it, for the command line and for trials.

        Raises:
            Invalid: the hub holds only a public key, or the person, name, avatar or time is not acceptable.
        """
        if self._secret is None:
            raise Invalid("这里只有公钥，不能签发令牌。", "The hub holds only public keys: tokens are signed by the shop app.")
        try:
            _check_life(ttl_s, self._max_age_s)
            claims = {"sub": clean_person(person), "name": clean_name(name), "aud": AUDIENCE}
            _check_avatar(avatar)
        except ValueError as fault:
            raise Invalid(f"不能签发令牌：{fault}。", f"No token can be made: {fault}.") from None
        now = now_ms() // 1000
        optional = {} if avatar is None else {"avatar": avatar}
        return _JWT.encode({**claims, **optional, "iat": now, "exp": now + ttl_s}, self._secret, algorithm="HS256")

    def _key_of(self, header: dict[str, Any]) -> _Key:
        kid = header.get("kid")
        if kid is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        if kid not in self._keys:
            raise _refused("no key of the key set has its kid")
        return self._keys[kid]

    def _check_age(self, claims: BuyerClaims) -> None:
        now = now_ms() / 1000
        if claims.exp - now > self._max_age_s + LEEWAY_S or (claims.iat is not None and now - claims.iat > self._max_age_s + LEEWAY_S):
            raise ValueError(f"a token lives {self._max_age_s} seconds at most")


def shared_secret(secret: str, *, max_age_s: int = MAX_AGE_S) -> BuyerTokens:
    """Buyers' tokens signed with HS256 and a secret that the shop app and the hub share.

    Raises:
        ValueError: the secret is empty or is a public key.
    """
    if not secret:
        raise ValueError("the secret of buyers' tokens is empty")
    if "-----BEGIN" in secret or secret.startswith("ssh-"):
        raise ValueError("a key file was given as the secret of buyers' tokens; set it as the public key instead")
    return BuyerTokens({None: (secret, "HS256")}, secret=secret, max_age_s=max_age_s)


def public_key(pem: bytes, *, max_age_s: int = MAX_AGE_S) -> BuyerTokens:
    """Buyers' tokens signed with the private half of one RSA (RS256) or P-256 (ES256) key, given as PEM.

    Raises:
        ValueError: not a public key, or not one of these.
    """
    if b"PRIVATE KEY" in pem:
        raise ValueError("the file holds a private key; the hub needs the public one only")
    try:
        key = load_pem_public_key(pem)
    except Exception as fault:  # the library raises several unrelated types for a bad file
        raise ValueError(f"the public key cannot be read: {fault}") from None
    return BuyerTokens({None: (key, _algorithm_of(key))}, max_age_s=max_age_s)


def key_set(jwks: bytes, *, max_age_s: int = MAX_AGE_S) -> BuyerTokens:
    """Buyers' tokens signed with one of a set of public keys, chosen by `kid` (RFC 7517).

    Raises:
        ValueError: not a key set, a secret or private key in it, a key without `kid`, or no key for signatures.
    """
    try:
        listed = msgspec.json.decode(jwks, type=dict[str, Any])["keys"]
        keys = dict(_from_jwk(number, jwk) for number, jwk in enumerate(listed) if jwk.get("use", "sig") == "sig")
    except (msgspec.MsgspecError, KeyError, TypeError, AttributeError) as fault:
        raise ValueError(f"the key set cannot be read: {fault!r}") from None
    if not keys:
        raise ValueError("the key set holds no key for signatures")
    return BuyerTokens(keys, max_age_s=max_age_s)


def _from_jwk(number: int, jwk: dict[str, Any]) -> tuple[str | None, _Key]:
    if jwk.get("kty") not in {"RSA", "EC"} or "d" in jwk:
        raise ValueError(f"keys[{number}] is not a public RSA or EC key")
    if not (kid := jwk.get("kid")) or kid != str(kid):
        raise ValueError(f"keys[{number}] has no kid")
    try:
        key = jwt.PyJWK({name: value for name, value in jwk.items() if name != "alg"}).key
    except (jwt.PyJWTError, ValueError) as fault:
        raise ValueError(f"keys[{number}] cannot be read: {fault}") from None
    algorithm = _algorithm_of(key)
    if jwk.get("alg", algorithm) != algorithm:
        raise ValueError(f"keys[{number}] says alg {jwk['alg']!r}; the hub takes RS256 and ES256")
    return str(kid), (key, algorithm)


def _algorithm_of(key: object) -> str:
    if isinstance(key, RSAPublicKey):
        if key.key_size < MIN_RSA_BITS:
            raise ValueError(f"the RSA key has {key.key_size} bits; at least {MIN_RSA_BITS} are needed")
        return "RS256"
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return "ES256"
    raise ValueError("the key is neither RSA nor on the curve P-256")


class StaffTokens:
    """Access tokens of staff, signed with a key that is derived from the hub's secret and used for nothing else."""

    def __init__(self, hub_secret: str) -> None:
        self._key = derived_key(hub_secret, "weihub staff access token v1")

    def mint(self, person: str, session: str, now: int) -> tuple[str, int]:
        """A token of one session and the moment it ends, in milliseconds."""
        end = now // 1000 + ACCESS_S
        claims = {"iss": ISSUER, "aud": STAFF_AUDIENCE, "sub": person, "sid": session, "iat": now // 1000, "exp": end}
        return _JWT.encode(claims, self._key, algorithm="HS256", headers=_STAFF_TYPED), end * 1000

    def verify(self, token: str) -> StaffClaims:
        """The claims of a good token; whether its session still lives is the caller's question.

        Raises:
            Unauthenticated: not one of the hub's own tokens, or expired.
        """
        _check_length(token)
        claims = _decode(token, self._key, "HS256", StaffClaims, audience=STAFF_AUDIENCE, issuer=ISSUER)
        if not claims.sub.startswith(STAFF_PREFIX):
            raise _refused("it is not a staff token")
        return claims


def derived_key(hub_secret: str, label: str) -> bytes:
    """A 32-byte key for one purpose: HMAC-SHA-256 of its label under the hub's secret."""
    return hmac.digest(hub_secret.encode(), label.encode(), "sha256")


def is_staff_token(token: str) -> bool:
    """Which verifier to ask, from the first part of the token; the verifier alone decides whether the token is good."""
    return token.startswith(_STAFF_HEADER)


def _check_length(token: str) -> None:
    if not token or len(token) > TOKEN_LIMIT:
        raise Unauthenticated("需要登录凭证。", "A token is needed." if not token else "The token is too long.")


def _decode(token: str, key: Any, algorithm: str, shape: type[_Claims], **expect: str) -> _Claims:
    options: jwt.types.Options = {"require": ["exp", "sub", "aud"]}
    claims = _guarded(lambda: _JWT.decode(token, key, algorithms=[algorithm], options=options, leeway=LEEWAY_S, **expect))  # type: ignore[arg-type]  # audience and issuer
    try:
        return msgspec.convert(claims, shape)
    except msgspec.ValidationError as fault:
        raise _refused(str(fault)) from None


def _guarded(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return work()
    except jwt.ExpiredSignatureError:
        raise Unauthenticated("登录已过期，请重新登录。", "The token has expired.") from None
    except jwt.PyJWTError as fault:
        raise _refused(str(fault)) from None
    except (ValueError, OverflowError, RecursionError, TypeError):
        raise _refused("it is not a JWT the hub can read") from None


def _check_life(seconds: float, most: int) -> None:
    if not 1 <= seconds <= most:
        raise ValueError(f"a token lives 1 to {most} seconds")


def _check_avatar(avatar: str | None) -> None:
    if avatar is not None and (len(avatar) > AVATAR_LIMIT or not avatar.startswith(("https://", "http://")) or not avatar.isprintable()):
        raise ValueError(f"an avatar is an http(s) address of at most {AVATAR_LIMIT} characters")


def _refused(reason: str) -> Unauthenticated:
    return Unauthenticated("登录凭证无效，请重新登录。", f"The token is not valid: {reason.rstrip('.')}.")
