"""The built pages as the hub serves them: policy, caching, the demo's door."""

import gzip
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.model.people import Role
from channels.built import Demo, DemoPerson, read_pages
from channels.http import build_app
from channels.services import Edge
from tests.channels.door import Door, door

SHOP = "https://shop.example"
DEMO = Demo("demo", "小满衣橱", (DemoPerson("operator", "客服小林", Role.OPERATOR, "a password"),))
DOCUMENT = '<meta name="weihub-demo" content="%demo%"><meta name="weihub-origins" content="%origins%"><meta name="weihub-nonce" content="%nonce%">'
SCRIPT = "console.log('x');" * 100

Client = TestClient[Any, Any]


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A directory as the build leaves it."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    for name in ("index.html", "console.html", "demo.html"):
        (folder / name).write_text(DOCUMENT, "utf-8")
    (folder / "widget.js").write_text(SCRIPT, "utf-8")
    (folder / "assets" / "buyer-1a2b.js").write_text(SCRIPT, "utf-8")
    (folder / "assets" / "dot-3c4d.png").write_bytes(b"\x89PNG" * 400)
    return folder


@asynccontextmanager
async def _serving(data_dir: Path, built: Path, *, demo: Demo | None = None) -> AsyncIterator[tuple[Client, Door]]:
    async with door(data_dir, edge=Edge(origins=frozenset({SHOP}))) as opened:
        services = replace(opened.services, pages=read_pages(built), demo=demo)
        async with TestClient(TestServer(build_app(services)), auto_decompress=False) as client:
            yield client, opened


def _policy(headers: Any) -> dict[str, str]:
    return {name: rest for name, _, rest in (part.strip().partition(" ") for part in headers["Content-Security-Policy"].split(";"))}


async def test_documents_let_nothing_inline_run_and_nobody_frame_them(data_dir: Path, built: Path) -> None:
    """Scripts and styles come from the hub alone; the browser asks again each time."""
    async with _serving(data_dir, built) as (client, _):
        response = await client.get("/")
        policy = _policy(response.headers)

        assert (response.status, response.content_type, response.headers["Cache-Control"]) == (200, "text/html", "no-cache")
        assert (policy["default-src"], policy["script-src"], policy["style-src"]) == ("'none'", "'self'", "'self'")
        assert (policy["frame-ancestors"], response.headers["X-Frame-Options"]) == ("'none'", "DENY")
        assert (policy["base-uri"], policy["form-action"]) == ("'none'", "'none'")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "microphone=(self)" in response.headers["Permissions-Policy"]


async def test_only_the_widgets_document_may_be_framed_by_the_listed_origins(data_dir: Path, built: Path) -> None:
    """The same list that may call REST; and its script may be loaded from there."""
    async with _serving(data_dir, built) as (client, _):
        framed = await client.get("/widget")
        script = await client.get("/widget.js")

        assert _policy(framed.headers)["frame-ancestors"] == f"'self' {SHOP}"
        assert "X-Frame-Options" not in framed.headers
        assert f'name="weihub-origins" content="{SHOP}"' in await framed.text()
        assert script.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert script.content_type == "text/javascript"
        assert "immutable" not in script.headers["Cache-Control"]


async def test_the_console_has_a_nonce_for_styles_that_is_used_once(data_dir: Path, built: Path) -> None:
    """In the policy and in the document alike, another one in each answer, and none for scripts; deeper addresses are the same document."""
    async with _serving(data_dir, built) as (client, _):
        seen = set()
        for path in ("/console", "/console/rules/shipping"):
            response = await client.get(path)
            (nonce,) = re.findall(r'name="weihub-nonce" content="([^"]{20,})"', await response.text())
            assert _policy(response.headers)["style-src"] == f"'self' 'nonce-{nonce}'"
            assert _policy(response.headers)["script-src"] == "'self'"
            seen.add(nonce)
        assert len(seen) == 2


async def test_hashed_files_are_kept_for_ever_and_packed_for_who_takes_it(data_dir: Path, built: Path) -> None:
    """Their names change with their content; what is small already is left as it is."""
    async with _serving(data_dir, built) as (client, _):
        plain = await client.get("/assets/buyer-1a2b.js", headers={"Accept-Encoding": "identity"})
        packed = await client.get("/assets/buyer-1a2b.js", headers={"Accept-Encoding": "gzip, br"})
        picture = await client.get("/assets/dot-3c4d.png", headers={"Accept-Encoding": "gzip"})

        assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert (await plain.text(), "Content-Encoding" in plain.headers) == (SCRIPT, False)
        assert (packed.headers["Content-Encoding"], gzip.decompress(await packed.read()).decode()) == ("gzip", SCRIPT)
        assert (picture.content_type, "Content-Encoding" in picture.headers) == ("image/png", False)


@pytest.mark.parametrize("path", ["/assets/none.js", "/assets/../index.html", "/assets/%2e%2e/%2e%2e/secret", "/index.html", "/demo", "/demo/enter"])
async def test_nothing_else_is_there(data_dir: Path, built: Path, path: str) -> None:
    """Not outside the built files, not by their bare names, and no demo where there is none."""
    async with _serving(data_dir, built) as (client, _):
        assert (await client.get(path)).status == 404
        assert (await client.post("/demo/enter", json={})).status == 404


async def test_the_demo_gives_a_buyer_and_the_staff(data_dir: Path, built: Path) -> None:
    """A new buyer each time, whose token the hub takes."""
    async with _serving(data_dir, built, demo=DEMO) as (client, opened):
        tokens = []
        for _ in range(2):
            entered = await (await client.post("/demo/enter", json={}, headers={"Accept-Encoding": "identity"})).json()
            tokens.append(entered["token"])
            actor = await opened.services.identity.authenticate(entered["token"])
            assert actor.person == entered["person"]
        assert len(set(tokens)) == 2
        assert (entered["account"], [person["login"] for person in entered["staff"]]) == ("demo", ["operator"])
        assert 'name="weihub-demo" content="yes"' in await (await client.get("/", headers={"Accept-Encoding": "identity"})).text()


async def test_the_demo_is_closed_to_who_comes_from_afar_or_by_another_page(data_dir: Path, built: Path) -> None:
    """Through a proxy there is nothing; a form of another site cannot send JSON unasked."""
    async with _serving(data_dir, built, demo=DEMO) as (client, _):
        assert (await client.post("/demo/enter", json={}, headers={"X-Forwarded-For": "9.9.9.9"})).status == 404
        assert (await client.post("/demo/enter", data={"a": "b"})).status == 400


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("evil.example", 404),
        ("127.0.0.1.evil.example:8080", 404),
        ("evil.example.", 404),
        ("[evil.example]", 404),
        ("127.0.0.1:8080", 200),
        ("[::1]:8080", 200),
        ("localhost:8080", 200),
        ("workshop.local", 200),
    ],
)
async def test_the_demo_is_closed_to_a_site_whose_name_points_here(data_dir: Path, built: Path, host: str, status: int) -> None:
    """Its page would be of our origin; the names that open the door are given out by the network itself."""
    async with _serving(data_dir, built, demo=DEMO) as (client, _):
        assert (await client.post("/demo/enter", json={}, headers={"Host": host})).status == status


async def test_a_hub_without_pages_says_so(data_dir: Path, tmp_path: Path) -> None:
    """In words, with the command, where the pages would be."""
    assert read_pages(tmp_path / "nothing") is None
    async with _serving(data_dir, tmp_path / "nothing") as (client, _):
        for path in ("/", "/console"):
            assert "make pages" in await (await client.get(path)).text()
