"""Which hosts a text links to, however the links are written, and whether a host is listed."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.links import hosts_in, is_listed, may_link, shows_nothing


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("看这里 https://Shop.Example.com/a?b=1 吧", ("shop.example.com",)),
        ("看shop.example.com吧", ("shop.example.com",)),
        ("www.例子.中国 好用", ("例子.中国",)),
        ("加我ｔａｏｂａｏ．ｃｏｍ", ("taobao.com",)),
        ("去taobao。com看", ("taobao.com",)),
        ("a.com a.com b.cn", ("a.com", "b.cn")),
        ("http://10.0.0.1:8080/x", ("10.0.0.1",)),
        ("价格 3.14 元，v1.2.3 版", ()),
        ("好的...明天见。谢谢", ()),
        ("发我邮箱 me@mail.com", ()),
        ("readme.md 和 index.html", ()),
        ("comcom.computer", ()),
    ],
)
def test_links_are_found_in_what_people_write(text: str, hosts: tuple[str, ...]) -> None:
    """With or without a scheme, in wide letters, with the ideographic full stop; prices, versions, files and mail addresses are none."""
    assert hosts_in(text) == hosts


@given(st.text(max_size=300))
def test_any_text_has_its_traits(text: str) -> None:
    """Whatever is written is looked at without a fault, and its hosts are spelt in one way."""
    assert all(host == host.lower() and is_listed(host, (host,)) for host in hosts_in(text))


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("https://a.com@evil.net/x", ("a.com", "evil.net")),
        ("https://user:pass@evil.net/x", ("evil.net",)),
        ("https://a.com（@张三 看）", ("a.com",)),
        ("https://a.b.c.d.e.f.g.a.com.evil.net/", ("a.b.c.d.e.f.g.a.com.evil.net",)),
        ("a.b.c.d.e.f.g.h.i.j.evil.com", ("a.b.c.d.e.f.g.h.i.j.evil.com",)),
        ("https://_x.evil.museum", ("_x.evil.museum",)),
        ("my_x.evil.com", ("my_x.evil.com",)),
        ("https://ev\u200bil.net 和 evi\ufe0fl.com", ("evil.net", "evil.com")),
        ("http://evil%2Enet/", ("evil.net",)),
        ("http://3232235777/", ("3232235777",)),
        ("http://[2001:db8::1]:80/", ("[2001:db8::1]",)),
        ("ftp:\\\\evil.museum", ("evil.museum",)),
        ("来了。evil.com", ("evil.com",)),
        ("戳...evil.com", ("evil.com",)),
        ("evil\u2024com", ("evil.com",)),
        ("http：／／evil.museum", ("evil.museum",)),
        ("https://a.com看这里", ("a.com",)),
        ("https://www.a.com，好用", ("www.a.com",)),
        ("https://a.com看.例子.中国", ("a.com", "a.com看.例子.中国")),
        ("http:// 和 http://。。 和 http://看这里", ()),
    ],
)
def test_a_link_in_disguise_is_where_it_leads(text: str, hosts: tuple[str, ...]) -> None:
    """Names before an `@`, many labels, underscores, hidden characters, percent signs, numbers, a sentence before or behind."""
    assert may_link(text)
    assert hosts_in(text) == hosts


def test_whatever_becomes_a_dot_or_a_slash_is_looked_at() -> None:
    """Of all characters, those whose wide or narrow form is none of these make no address."""
    for char in map(chr, range(0x110000)):
        form = "" if "\ud800" <= char <= "\udfff" else unicodedata.normalize("NFKC", char).lower()
        assert may_link(char) or not set(form) & set("./\\。"), hex(ord(char))


@pytest.mark.parametrize(
    ("host", "domain"), [("m.例子.中国", "xn--fsqu00a.xn--fiqs8s"), ("xn--fsqu00a.xn--fiqs8s", "例子.中国"), ("A.com", "a.COM.")]
)
def test_a_domain_is_the_same_however_it_is_spelt(host: str, domain: str) -> None:
    """In letters of its own or in IDNA's, in capitals, with a dot at its end."""
    assert is_listed(host, (domain,))
    assert not is_listed(host, (f"b{domain}", ""))


@pytest.mark.parametrize(
    "text",
    [
        "a." * 2_000 + "!",
        "https://" + "a-" * 2_000,
        "www." * 1_000,
        "a" * 4_000,
        "a.com看" * 600,
        "x://a@" * 600,
        "https://" + ".a好" * 1_300,
        "http://" + "%2e" * 1_300,
    ],
)
def test_no_text_is_looked_through_twice(text: str) -> None:
    """Each takes a few milliseconds; what goes back over what it has seen took thirty and more."""
    began = time.perf_counter()
    hosts_in(text)
    assert time.perf_counter() - began < 0.02


@pytest.mark.parametrize(("text", "nothing"), [("", True), (" \n", True), ("\u200b\u3164\ufe0f\U000e0041", True), ("\u200b。", False), ("好", False)])
def test_what_shows_as_nothing_is_known(text: str, nothing: bool) -> None:
    """White space, zero-width characters and fillers; a mark is something."""
    assert shows_nothing(text) is nothing
