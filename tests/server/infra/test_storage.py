"""Stored files: there whole or not at all, and never outside of their folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import Settings, SettingsError
from server.infra.storage import FileStorage, open_storage

ROOT = Path("/srv/storage")


@pytest.fixture
def storage(tmp_path: Path) -> FileStorage:
    return FileStorage(tmp_path / "storage")


def source(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "source"
    path.write_bytes(content)
    return path


async def test_file_is_moved_into_the_storage(storage: FileStorage, tmp_path: Path) -> None:
    path = source(tmp_path, b"lesson")
    await storage.put("recordings/a1/track.webm", path)
    assert storage.path("recordings/a1/track.webm").read_bytes() == b"lesson"
    assert not path.exists()


async def test_newer_file_replaces_the_older(storage: FileStorage, tmp_path: Path) -> None:
    await storage.put("a", source(tmp_path, b"old"))
    await storage.put("a", source(tmp_path, b"new"))
    assert storage.path("a").read_bytes() == b"new"
    assert [path.name for path in storage.path("a").parent.iterdir()] == ["a"]


async def test_missing_source_leaves_nothing(storage: FileStorage, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await storage.put("a", tmp_path / "nothing")
    assert list(storage.path("a").parent.iterdir()) == []


async def test_deleting_twice_is_fine(storage: FileStorage, tmp_path: Path) -> None:
    await storage.put("a", source(tmp_path, b"x"))
    await storage.delete("a")
    await storage.delete("a")
    assert not storage.path("a").exists()


@given(st.text(alphabet=st.sampled_from("ab./\\~%\x00 -_é")) | st.text())
def test_no_key_leads_out_of_the_root(key: str) -> None:
    try:
        path = FileStorage(ROOT).path(key)
    except ValueError:
        return
    assert path.is_relative_to(ROOT)
    assert ".." not in path.parts


def test_unsupported_storage_is_named(settings: Settings) -> None:
    with pytest.raises(SettingsError, match="STORAGE_URL"):
        open_storage(replace(settings, storage_url="s3://bucket"))
    assert isinstance(open_storage(settings), FileStorage)
