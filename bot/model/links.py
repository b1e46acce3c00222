"""Which hosts a text links to, as whoever follows the links gets there, and whether a host is one of some domains."""

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

_BARE_ENDINGS = (
    "com|cn|net|org|top|xyz|vip|cc|shop|club|info|io|me|co|tv|site|online|store|app|link|live|ltd|pro|wang|xin|biz|mobi|asia|hk|tw|jp|us|uk|ru"
)
_SIGNS = re.compile(r"[./\\。․‥…｡．／＼︒﹒﹨︙︰℀℁℅℆㏂㏇㏘⒈-⒛🄀]")
"""Of a text without any of these, whatever form it takes, nothing is an address."""

_LINK = re.compile(
    r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*:[/\\]{2,}(?P<authority>[^\s/\\?#]+)"
    r"|www\.(?P<named>[\w-]+(?:\.[\w-]+)+)"
    rf"|(?<![a-z0-9_@-])(?<![a-z0-9_-]\.)(?P<bare>(?:[a-z0-9_-]+\.)+(?:{_BARE_ENDINGS}))(?![a-z0-9_-])"
)
"""What stands after a scheme, up to a slash; a host after `www.`; or a bare one of letters that ends as addresses do, unless an `@` stands before it."""

_HOST = re.compile(r"\[[0-9a-f:.]+\]|[\w-]+(?:\.[\w-]+)*")
_MIXED = re.compile(r"[a-z0-9_-](?=[^\x00-\x7f.])")
"""Where Latin goes over into something else without a dot between: Chinese needs no space after an address."""

_FILLERS = frozenset(
    [0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), 0x3164, 0xFFA0, *range(0xFE00, 0xFE10), *range(0xE0000, 0xE1000)]
)


def may_link(text: str) -> bool:
    """Whether there may be a link in a text at all; nearly every one is told apart by this look."""
    return _SIGNS.search(text) is not None


def hosts_in(text: str) -> tuple[str, ...]:
    """The hosts that a text links to, in lower case, each once. Wide letters, other full stops and hidden characters are read as browsers read them.

    Of `https://a.com@b.com` these are both, though only the second is gone to. A number is an address too.
    """
    found: dict[str, None] = {}
    for link in _LINK.finditer(_plain(text)):
        if link["authority"] is not None:
            found.update(dict.fromkeys(_of_authority(link["authority"])))
        else:
            found.update(dict.fromkeys(_readings(link["named"] or link["bare"])))
    return tuple(found)


def is_listed(host: str, domains: tuple[str, ...]) -> bool:
    """Whether a host is one of the domains or lies below one."""
    spelt = _spelt(host)
    return any(spelt == domain or spelt.endswith(f".{domain}") for domain in map(_spelt, domains))


def shows_nothing(text: str) -> bool:
    """Whether there is nothing to see in a text: white space, zero-width characters, fillers."""
    return all(char.isspace() or _hides(char) for char in text)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).lower().replace("。", ".")
    return folded if folded.isascii() else "".join(char for char in folded if not _hides(char))


def _hides(char: str) -> bool:
    return ord(char) in _FILLERS or (unicodedata.category(char) in {"Cc", "Cf"} and not char.isspace())


def _of_authority(written: str) -> Iterator[str]:
    """What stands before an `@` is no host, but looks like one to whoever reads it."""
    *before, last = (_plain(unquote(written)) if "%" in written else written).split("@")
    for part in before:
        named = _HOST.match(part)
        if named is not None and "." in named[0]:
            yield from _readings(named[0])
    named = _HOST.match(last)
    if named is not None and ("." in named[0] or named[0].isascii()):
        yield from _readings(named[0])


def _readings(host: str) -> Iterator[str]:
    """A host; one that goes over into Chinese without a dot is what stands before that, and if more dots follow it may be either."""
    mixed = None if host.isascii() else _MIXED.search(host, host.find(".") + 1)
    if mixed is None:
        yield host
        return
    yield host[: mixed.end()]
    if "." in host[mixed.end() :]:
        yield host


def _spelt(domain: str) -> str:
    """As it is asked for: without a dot at its end, other letters than Latin ones as IDNA spells them."""
    plain = unicodedata.normalize("NFKC", domain).lower().strip(".")
    if plain.isascii():
        return plain
    try:
        return plain.encode("idna").decode()
    except UnicodeError:
        return plain
