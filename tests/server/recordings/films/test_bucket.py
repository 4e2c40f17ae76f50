"""A film of tracks that are in a bucket, and into it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from config.settings import Settings
from server.infra.storage import S3Storage
from server.recordings.depot import depot
from server.recordings.films.service import keys_of, lesson_file
from tests.buckets import ACCESS_KEY, SECRET_KEY, TOGETHER, ObjectServer
from tests.conftest import QUICK, settings_for
from tests.server.classroom.stage import Stage
from tests.server.recordings.composing import watching
from tests.server.recordings.films.reel import filmed, left_over
from tests.server.recordings.lesson import stored

pytestmark = TOGETHER


@pytest.fixture
def settings(tmp_path: Path, objects: ObjectServer) -> Settings:
    """As everywhere, but for the storage."""
    made = settings_for(tmp_path, f"sqlite://{tmp_path}/peerlearn.sqlite3{QUICK}")
    url = objects.url(uuid4().hex, links="yes")
    return replace(made, storage_url=url, s3_access_key=ACCESS_KEY, s3_secret_key=SECRET_KEY)


async def test_a_film_is_made_from_a_bucket_and_kept_in_it(stage: Stage, tmp_path: Path) -> None:
    assert isinstance(depot().storage, S3Storage)
    found = await filmed(stage, tmp_path)
    await found.ask()
    await stage.run_jobs()
    view = await lesson_file(found.id)
    assert view is not None
    assert (view.state, view.unreadable) == ("ready", 0)
    film = tmp_path / f"film{Path(view.storage_key).suffix}"
    film.write_bytes(await stored(view.storage_key))
    assert film.stat().st_size == view.size
    assert watching.flashes(film) == pytest.approx([600], abs=80)
    assert left_over() == []
    assert {view.storage_key, view.poster_key} < set(await keys_of(found.id))
