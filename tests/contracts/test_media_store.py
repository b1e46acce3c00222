"""The contract of the media store, on the disk."""

import asyncio
import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.live.local import DiskMedia
from bot.live.ports import MediaStore
from bot.model.basics import Unavailable

BAD_KEYS = ["", ".", "..", "../x", "a/b", "/etc/passwd", "a\\b", "a.jpg", "x.thumb.thumb", ".thumb", "a\0b", "a\n", "媒体", "a" * 65, "a b"]


@pytest.fixture
def store(data_dir: Path) -> MediaStore:
    """A store below the data directory."""
    return DiskMedia(data_dir)


def files(folder: Path) -> list[Path]:
    """Every file below a folder."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def open_to_others(folder: Path) -> list[Path]:
    """What group or world may do anything with."""
    return [path for path in folder.rglob("*") if path.stat().st_mode & 0o077]


@contextmanager
def nearly_full_disk() -> Iterator[None]:
    """No file may grow over 1,000 bytes: the kernel refuses the write, as it does when a disk is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_what_was_put_is_got(store: MediaStore) -> None:
    """Byte for byte, pictures and thumbnails apart, also by a store opened later."""
    data = bytes(range(256)) * 4_000
    await store.put("m-1", data)
    await store.put("m-1.thumb", b"small")
    await store.put("_", b"")

    assert await store.get("m-1") == data
    assert await store.get("m-1.thumb") == b"small"
    assert await store.get("_") == b""


async def test_putting_again_replaces_the_whole(store: MediaStore) -> None:
    """A shorter one leaves nothing of the longer."""
    await store.put("m-1", b"long" * 1_000)
    await store.put("m-1", b"short")

    assert await store.get("m-1") == b"short"


async def test_what_is_not_there_is_a_key_error(store: MediaStore) -> None:
    """Before it was put, and after it was deleted; deleting it twice is no fault."""
    with pytest.raises(KeyError, match="m-1"):
        await store.get("m-1")
    await store.put("m-1", b"x")
    await store.delete("m-1")
    await store.delete("m-1")

    with pytest.raises(KeyError, match="m-1"):
        await store.get("m-1")


@pytest.mark.parametrize("key", BAD_KEYS)
async def test_a_key_that_is_not_one_is_refused(store: MediaStore, data_dir: Path, key: str) -> None:
    """No key leads out of the store; the text does not repeat it."""
    for act in (store.put(key, b"x"), store.get(key), store.delete(key)):
        with pytest.raises(ValueError, match=r"^A media key is 1 to 64 of A-Z a-z 0-9 _ -, with \.thumb behind it for a thumbnail\.$"):
            await act
    assert files(data_dir) == []


async def test_readers_never_see_half_a_file(store: MediaStore) -> None:
    """While it is replaced again and again, each read gives one version whole."""
    versions = [bytes([number]) * 200_000 for number in range(10)]
    await store.put("m-1", versions[0])

    async def write() -> None:
        for version in versions:
            await store.put("m-1", version)

    async def read() -> None:
        for _ in range(30):
            assert await store.get("m-1") in versions

    await asyncio.gather(write(), read(), read())


async def test_writers_of_one_key_do_not_disturb_each_other(store: MediaStore) -> None:
    """One of them is last, and whole."""
    versions = [bytes([number]) * 100_000 for number in range(10)]
    await asyncio.gather(*(store.put("m-1", version) for version in versions))

    assert await store.get("m-1") in versions


async def test_a_full_disk_is_unavailable_and_keeps_what_was_there(store: MediaStore, data_dir: Path) -> None:
    """The old bytes stay, the half-written file goes, and afterwards it works again."""
    await store.put("m-1", b"old")
    with nearly_full_disk():
        with pytest.raises(Unavailable, match="cannot do it now") as refusal:
            await store.put("m-1", b"new" * 1_000)
        await store.put("m-2", b"small")

    assert refusal.value.data == {"retry_after": 5}
    assert await store.get("m-1") == b"old"
    assert len(files(data_dir)) == 2
    await store.put("m-1", b"new" * 1_000)
    assert await store.get("m-1") == b"new" * 1_000


async def test_others_may_not_read_the_files(store: MediaStore, data_dir: Path) -> None:
    """People's pictures are open to the hub's own user alone."""
    await store.put("m-1", b"x")

    assert open_to_others(data_dir) == []


async def test_opening_clears_what_a_crash_left_half_written(data_dir: Path) -> None:
    """Old drafts go; a young one may be another process's that is just being written, and media are not touched."""
    async with DiskMedia(data_dir / "new") as store:
        await store.put("m-1", b"x")
        folder = data_dir / "new" / "tmp"
        for name, age_s in (("old", 4_000), ("young", 60)):
            (folder / name).write_bytes(b"half")
            os.utime(folder / name, (time.time() - age_s,) * 2)

    async with DiskMedia(data_dir / "new") as store:
        assert await store.get("m-1") == b"x"

    assert [path.name for path in files(folder)] == ["young"]
