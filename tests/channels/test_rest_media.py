"""Uploading and fetching through the door."""

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from PIL import Image

from tests.bot.actions.media.test_containers import FILES
from tests.bot.actions.media.test_library import png
from tests.bot.actions.media.test_pictures import png_bomb
from tests.channels.door import Door, door
from tests.world import BUYER, OPERATOR, OUTSIDER


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[Door]:
    async with door(data_dir) as opened:
        yield opened


def form(data: bytes, name: str = "file", filename: str = "cat.png") -> aiohttp.FormData:
    made = aiohttp.FormData()
    made.add_field("comment", "看")
    made.add_field(name, io.BytesIO(data), filename=filename, content_type="image/png")
    return made


async def upload(hub: Door, data: bytes, **names: str) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {await hub.token(BUYER)}", "Accept-Language": "en"}
    response = await hub.client.post("/api/v1/media", data=form(data, **names), headers=headers)
    return response.status, await response.json()


async def fetch(hub: Door, media: str, query: str = "", **headers: str) -> aiohttp.ClientResponse:
    return await hub.ask(BUYER, "GET", f"/media/{media}{query}", headers=headers)


async def test_a_picture_goes_up_and_comes_down(hub: Door) -> None:
    """Its name and claimed type are not believed; the answer is what a message needs."""
    status, stored = await upload(hub, png(500), filename="../../etc/passwd.exe")
    whole, small = await fetch(hub, stored["media"]), await fetch(hub, stored["media"], "?size=thumb")

    assert (status, stored["kind"], stored["type"], stored["width"], stored["height"]) == (201, "image", "image/png", 500, 500)
    assert (whole.status, whole.content_type, len(await whole.read())) == (200, "image/png", stored["size"])
    with Image.open(io.BytesIO(await small.read())) as image:
        assert (small.content_type, image.size) == ("image/webp", (320, 320))


async def test_a_file_comes_with_headers_that_keep_it_harmless(hub: Door) -> None:
    """No sniffing, no script, no place but the caller's own cache, a name of the hub's own making."""
    _, stored = await upload(hub, png())
    headers = (await fetch(hub, stored["media"])).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert headers["Content-Disposition"] == f'inline; filename="{stored["media"]}.png"'
    assert headers["Cache-Control"] == "private, max-age=86400"


async def test_a_player_may_ask_for_a_part(hub: Door) -> None:
    """One range; what is not understood gets everything; what is known gets nothing."""
    _, stored = await upload(hub, FILES["clip.mp4"])
    data, media = FILES["clip.mp4"], stored["media"]
    assert (stored["kind"], stored["seconds"]) == ("video", 1.0)

    for asked, part in (("bytes=0-99", data[:100]), ("bytes=1600-", data[1600:]), ("bytes=-10", data[-10:]), ("bytes=1600-99999", data[1600:])):
        response = await fetch(hub, media, Range=asked)
        assert (response.status, await response.read()) == (206, part)
        assert response.headers["Content-Range"].endswith(f"/{len(data)}")
    for asked in ("bytes=5000-6000", "lines=1-2", "bytes=b-a"):
        response = await fetch(hub, media, Range=asked)
        assert (response.status, await response.read()) == (200, data)
    known = (await fetch(hub, media)).headers["ETag"]
    assert (await fetch(hub, media, **{"If-None-Match": known})).status == 304


async def test_a_file_is_for_those_who_may_see_it(hub: Door) -> None:
    """Once a message shows it, the desk sees it too; strangers never; nobody without a token."""
    _, stored = await upload(hub, png())
    media = stored["media"]
    assert await hub.refusal(OPERATOR, "GET", f"/media/{media}") == (404, "not_found")
    room = (await hub.get(BUYER, "POST", "/accounts/shop/conversation"))["conversation"]
    body = {"key": "k1", "kind": "image", "body": {"media": media, "width": stored["width"], "height": stored["height"]}}
    await hub.get(BUYER, "POST", f"/conversations/{room}/messages", body)

    assert (await hub.ask(OPERATOR, "GET", f"/media/{media}")).status == 200
    assert await hub.refusal(OUTSIDER, "GET", f"/media/{media}") == (404, "not_found")
    assert await hub.refusal(None, "GET", f"/media/{media}") == (401, "unauthenticated")


@pytest.mark.parametrize(
    "data", [b"", b"<script>alert(1)</script>", png_bomb(50_000, 50_000), FILES["clip.webm"]], ids=["nothing", "a script", "a bomb", "a film"]
)
async def test_what_is_no_media_is_invalid(hub: Door, data: bytes) -> None:
    status, answer = await upload(hub, data)
    assert (status, answer["error"]["code"], answer["error"]["path"]) == (400, "invalid", "file")


async def test_an_upload_over_the_limit_is_too_large(hub: Door) -> None:
    """By what it announces, and by its kind."""
    assert (await upload(hub, b"OggS" + b"\0" * (2 * 1024 * 1024)))[1]["error"]["code"] == "too_large"
    assert (await upload(hub, b"\0\0\0\x20ftyp" + b"\0" * (21 * 1024 * 1024)))[0] == 413


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b"--x--"),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b"--x--\r\n"),
        ("multipart/form-data; boundary=x", b"--y\r\n\r\nno"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=other\r\n\r\nno\r\n--x--\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=file\r\n\r\ncut sh"),
        ("multipart/form-data; boundary=x", b"--x\r\n" + b"A: " + b"b" * 100_000 + b"\r\n\r\nno\r\n--x--\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Type: multipart/mixed; boundary=z\r\n\r\n--z\r\n\r\nno\r\n--z--\r\n--x--\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\n\xff\xfe\r\n\r\nno\r\n--x--\r\n"),
        ("multipart/form-data; boundary=" + "x" * 80, b"--x"),
    ],
    ids=range(11),
)
async def test_a_form_that_is_broken_is_invalid(hub: Door, content_type: str, body: bytes) -> None:
    """Whatever is wrong with its parts, the answer is one error and the server goes on."""
    headers = {"Authorization": f"Bearer {await hub.token(BUYER)}", "Content-Type": content_type}
    response = await hub.client.post("/api/v1/media", data=body, headers=headers)
    assert (response.status, (await response.json())["error"]["code"]) == (400, "invalid")


async def test_a_form_of_many_parts_is_given_up(hub: Door) -> None:
    """The file must be among the first."""
    part = b"--x\r\nContent-Disposition: form-data; name=other\r\n\r\nno\r\n"
    last = b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n' + png() + b"\r\n--x--\r\n"
    headers = {"Authorization": f"Bearer {await hub.token(BUYER)}", "Content-Type": "multipart/form-data; boundary=x"}
    for count, status in ((3, 201), (50, 400)):
        response = await hub.client.post("/api/v1/media", data=part * count + last, headers=headers)
        assert response.status == status


async def test_parts_beside_the_file_cannot_go_on_for_ever(hub: Door) -> None:
    """An upload without an announced length is held to the same limit while it comes."""
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b"--x\r\nContent-Disposition: form-data; name=other\r\n\r\n"
        while sent < 100_000_000:
            sent += 1_000_000
            yield b"n" * 1_000_000
            await asyncio.sleep(0)

    headers = {"Authorization": f"Bearer {await hub.token(BUYER)}", "Content-Type": "multipart/form-data; boundary=x"}
    status = 413
    with contextlib.suppress(aiohttp.ClientError):
        status = (await hub.client.post("/api/v1/media", data=endless(), headers=headers)).status
    assert status == 413
    assert sent < 40_000_000
    assert (await hub.ask(BUYER, "GET", "/me")).status == 200
