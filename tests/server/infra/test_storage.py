"""Stored files: there whole or not at all, and never outside of their place. One contract, both kinds."""

from __future__ import annotations

import asyncio
import hashlib
import resource
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import aiohttp
import obstore
import pytest
from aiohttp.test_utils import unused_port
from hypothesis import given
from hypothesis import strategies as st

from config.settings import Settings, SettingsError
from server.infra.storage import FileStorage, Missing, S3Storage, Storage, StorageDown, open_storage
from server.infra.storage_keys import checked
from server.infra.storage_s3 import PART_SIZE
from tests.buckets import ACCESS_KEY, SECRET_KEY, TOGETHER, ObjectServer

ROOT = Path("/srv/storage")
BIG = 5 * PART_SIZE + 12_345  # bytes: six parts, the last one short
HOSTILE = ["", "/", "/a", "a/", "a//b", ".", "..", "a/../b", ".a", "a\\b", "a b", "ä", "a\x00", "a\n"]
HOSTILE += ["%2e%2e/a", "a?b", "a#b", "-a", "~", "a" * 201]

pytestmark = TOGETHER


@pytest.fixture(params=["files", "s3"])
def storage(request: pytest.FixtureRequest, settings: Settings) -> Storage:
    """An empty storage of each kind; the bucket has links."""
    if request.param == "files":
        return open_storage(settings)
    server: ObjectServer = request.getfixturevalue("objects")
    return open_storage(in_bucket(settings, server.url(uuid4().hex, links="yes")))


@pytest.fixture
def bucket(objects: ObjectServer, settings: Settings) -> Storage:
    """An empty storage in a bucket, without links."""
    return open_storage(in_bucket(settings, objects.url(uuid4().hex)))


def in_bucket(settings: Settings, url: str) -> Settings:
    return replace(settings, storage_url=url, s3_access_key=ACCESS_KEY, s3_secret_key=SECRET_KEY)


def source(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "source"
    path.write_bytes(content)
    return path


async def content(storage: Storage, key: str, first: int = 0, count: int | None = None) -> bytes:
    count = await storage.size(key) - first if count is None else count
    return b"".join([piece async for piece in storage.read(key, first, count)])


def noise(size: int) -> bytes:
    return hashlib.shake_128(b"a lesson").digest(size)


# --- the contract


async def test_a_file_is_taken_over_and_read_back(storage: Storage, tmp_path: Path) -> None:
    path = source(tmp_path, b"lesson")
    await storage.put("recordings/a1/track.webm", path)
    assert await storage.size("recordings/a1/track.webm") == 6
    assert await content(storage, "recordings/a1/track.webm") == b"lesson"
    assert not path.exists()


@pytest.mark.parametrize(("first", "count"), [(0, 1), (5, 10), (299_999, 1), (0, 300_000), (7, 0)])
async def test_any_range_is_read(storage: Storage, tmp_path: Path, first: int, count: int) -> None:
    whole = noise(300_000)
    await storage.put("a", source(tmp_path, whole))
    assert await content(storage, "a", first, count) == whole[first : first + count]


async def test_an_empty_file_is_a_file(storage: Storage, tmp_path: Path) -> None:
    await storage.put("a", source(tmp_path, b""))
    assert await storage.size("a") == 0
    assert await content(storage, "a") == b""


async def test_newer_file_replaces_the_older(storage: Storage, tmp_path: Path) -> None:
    await storage.put("a", source(tmp_path, b"older"))
    await storage.put("a", source(tmp_path, b"new"))
    assert await content(storage, "a") == b"new"


async def test_a_large_file_goes_in_parts_and_tells_how_far_it_is(
    storage: Storage, tmp_path: Path
) -> None:
    whole, told = noise(BIG), []
    await storage.put("a", source(tmp_path, whole), progress=told.append)
    assert sum(told) == BIG
    found = hashlib.sha256()
    async for piece in storage.read("a", 0, BIG):
        assert len(piece) < PART_SIZE
        found.update(piece)
    assert found.digest() == hashlib.sha256(whole).digest()
    assert await content(storage, "a", PART_SIZE - 5, 10) == whole[PART_SIZE - 5 : PART_SIZE + 5]


async def test_missing_source_leaves_nothing(storage: Storage, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await storage.put("a", tmp_path / "nothing")
    with pytest.raises(Missing):
        await storage.size("a")


async def test_what_is_not_there_is_missing(storage: Storage) -> None:
    with pytest.raises(Missing):
        await storage.size("a/b")
    for count in (0, 1):
        with pytest.raises(Missing):
            await content(storage, "a/b", 0, count)


async def test_deleting_twice_is_fine(storage: Storage, tmp_path: Path) -> None:
    await storage.put("a", source(tmp_path, b"x"))
    await storage.delete("a")
    await storage.delete("a")
    with pytest.raises(Missing):
        await storage.size("a")


@pytest.mark.parametrize("key", HOSTILE)
async def test_hostile_keys_ask_nothing(storage: Storage, tmp_path: Path, key: str) -> None:
    path = source(tmp_path, b"x")
    for asked in (
        storage.put(key, path),
        storage.size(key),
        anext(storage.read(key, 0, 1)),
        anext(storage.read(key, 0, 0)),
        storage.delete(key),
        storage.link(key, timedelta(minutes=1)),
    ):
        with pytest.raises(ValueError, match="not a storage key"):
            await asked
    assert path.exists()


async def test_many_at_once_do_not_mix(storage: Storage, tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"{number}").write_bytes(b"%d" % number)
    await asyncio.gather(*(storage.put(f"n/{n}", tmp_path / f"{n}") for n in range(20)))
    found = await asyncio.gather(*(content(storage, f"n/{n}") for n in range(20)))
    assert found == [b"%d" % n for n in range(20)]


async def test_a_link_where_there_are_links(storage: Storage, tmp_path: Path) -> None:
    await storage.put("a.webm", source(tmp_path, b"0123456789"), media_type="video/webm")
    link = await storage.link("a.webm", timedelta(minutes=1))
    if isinstance(storage, FileStorage):
        assert link is None
        return
    assert link
    async with aiohttp.ClientSession() as http:
        async with http.get(link, headers={"Range": "bytes=2-4"}) as answer:
            assert (answer.status, await answer.read()) == (206, b"234")
            assert answer.headers["Content-Type"] == "video/webm"
            assert answer.headers["Content-Disposition"].startswith("attachment")
        async with http.get(link.partition("?")[0]) as answer:
            assert answer.status == 403
        async with http.put(link, data=b"evil") as answer:
            assert answer.status == 403


# --- keys


@given(st.text(alphabet=st.sampled_from("ab./\\~%\x00 -_é")) | st.text())
def test_no_key_leads_out_of_the_root(key: str) -> None:
    try:
        path = ROOT / checked(key)
    except ValueError:
        return
    assert path.is_relative_to(ROOT)
    assert ".." not in path.parts


# --- files


async def test_nothing_but_the_file_is_left_in_the_folder(settings: Settings, tmp_path: Path) -> None:
    storage = FileStorage(tmp_path / "storage")
    await storage.put("a", source(tmp_path, b"old"))
    await storage.put("a", source(tmp_path, b"new"))
    with pytest.raises(FileNotFoundError):
        await storage.put("b", tmp_path / "nothing")
    assert [path.name for path in (tmp_path / "storage").iterdir()] == ["a"]


# --- buckets


async def test_the_prefix_keeps_storages_apart(
    objects: ObjectServer, settings: Settings, tmp_path: Path
) -> None:
    first = open_storage(in_bucket(settings, objects.url("one/deep")))
    await first.put("a", source(tmp_path, b"x"))
    with pytest.raises(Missing):
        await open_storage(in_bucket(settings, objects.url("two"))).size("a")
    assert (await obstore.head_async(objects.client(), "one/deep/a"))["size"] == 1


async def test_there_are_no_links_unless_asked_for(bucket: Storage, tmp_path: Path) -> None:
    await bucket.put("a", source(tmp_path, b"x"))
    assert await bucket.link("a", timedelta(minutes=1)) is None


async def test_an_upload_that_breaks_leaves_the_older_file(bucket: Storage, tmp_path: Path) -> None:
    class Broken(Exception):
        pass

    def progress(count: int) -> None:
        raise Broken

    await bucket.put("a", source(tmp_path, b"old"))
    path = source(tmp_path, noise(BIG))
    with pytest.raises(Broken):
        await bucket.put("a", path, progress=progress)
    assert path.exists()
    assert await content(bucket, "a") == b"old"


async def test_uploading_takes_no_more_memory_for_a_larger_file(bucket: Storage, tmp_path: Path) -> None:
    await bucket.put("warm", source(tmp_path, noise(BIG)))
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.truncate(24 * PART_SIZE)
    used = [resident()]
    await bucket.put("huge", path, progress=lambda _: used.append(resident()))
    assert len(used) == 25
    assert max(used) - used[0] < 8 * PART_SIZE


def resident() -> int:
    """Bytes of memory that this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


async def test_wrong_credentials_are_not_a_missing_file(
    objects: ObjectServer, settings: Settings, tmp_path: Path
) -> None:
    asked = replace(in_bucket(settings, objects.url()), s3_secret_key="another")
    storage, path = open_storage(asked), source(tmp_path, b"x")
    with pytest.raises(StorageDown):
        await storage.size("a")
    with pytest.raises(StorageDown):
        await storage.put("a", path)
    assert path.exists()


async def test_a_storage_that_does_not_answer_says_so(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path
) -> None:
    monkeypatch.setattr("server.infra.storage_s3.RETRY_FOR", timedelta(milliseconds=100))
    url = f"s3://lessons?endpoint=http://127.0.0.1:{unused_port()}"
    storage = open_storage(in_bucket(settings, url))
    with pytest.raises(StorageDown) as caught:
        await storage.size("a")
    assert "127.0.0.1" not in caught.value.message


# --- the address


@pytest.mark.parametrize(
    "url", ["s3:///prefix", "s3://user@bucket", "s3://bucket:9000", "s3://bucket?endpont=http://x"]
)
def test_a_bad_address_is_named(settings: Settings, url: str) -> None:
    with pytest.raises(SettingsError, match="STORAGE_URL"):
        open_storage(in_bucket(settings, url))


@pytest.mark.parametrize("name", ["s3_access_key", "s3_secret_key"])
def test_missing_credentials_are_named(settings: Settings, name: str) -> None:
    asked = replace(in_bucket(settings, "s3://bucket"), **{name: ""})
    with pytest.raises(SettingsError, match=f"PEERLEARN_{name.upper()}"):
        open_storage(asked)


def test_the_address_chooses_the_kind(settings: Settings) -> None:
    assert isinstance(open_storage(settings), FileStorage)
    assert isinstance(open_storage(in_bucket(settings, "s3://bucket/prefix?region=eu-1")), S3Storage)
