"""What is taken, how much of it, what becomes of it, and who hears of it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestClient
from PIL import Image

from server.booking import service as booking
from server.booking.drafting.copying import draft_from
from server.booking.drafting.publishing import publish_draft
from server.booking.models import Session
from server.edge.access import Viewer
from server.infra.clock import ManualClock
from server.infra.errors import Conflict, Forbidden, Invalid, NotFound
from server.infra.storage import Missing
from server.materials import adding, changing, jobs, telling
from server.materials.changing import Changes
from server.materials.export import erase, export, files
from server.materials.models import Material
from server.materials.types import looked_at, named
from server.materials.values import Phase
from server.notifications.models import Notification
from server.people.gallery import gallery
from tests.databases import BOTH
from tests.server.booking.makers import bearer, draft, mentor, person, published
from tests.server.materials.makers import PDF, added

Run = Callable[[], Awaitable[int]]


async def stored(key: str) -> bool:
    try:
        await gallery().storage.size(key)
    except Missing:
        return False
    return True


async def posted(http: TestClient, viewer: Viewer, session: UUID, field: str, content: bytes) -> str:
    form = FormData()
    form.add_field(field, content, filename="a.pdf")
    async with http.post(
        f"/sessions/{session}/materials", data=form, headers=await bearer(viewer)
    ) as answer:
        return f"{answer.status} {await answer.text()}"


# --- what is taken


@pytest.mark.parametrize(
    ("head", "name", "kept"),
    [
        (PDF, "Exercises.pdf", "Exercises.pdf"),
        (PDF, "run.exe", "run.exe.pdf"),
        (b"PK\x03\x04", "Numbers.XLSX", "Numbers.XLSX"),
        (b"PK\x03\x04", "game.jar", "game.jar.zip"),
        (b"echo hello", "setup.bat", "setup.bat.txt"),
        (b"a,b\n", "../table.csv", "table.csv"),
        (b"import this", "lesson.py", "lesson.py"),
        (b"GIF89a", "", "file.gif"),
    ],
)
def test_name_ends_as_what_the_file_is(head: bytes, name: str, kept: str) -> None:
    assert named(name, looked_at(head)) == kept


@pytest.mark.parametrize("head", [b"MZ\x90\x00", b"\x7fELF\x02\x01\x00", b"\x00\x00\x00\x18ftypheic"])
def test_programs_and_telltale_pictures_are_not_taken(head: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        looked_at(head)
    assert refused.value.fields.keys() == {"file"}


@BOTH
async def test_file_is_kept_as_it_is_with_its_checksum(http: TestClient) -> None:
    mira = await mentor()
    file = await added(await draft(mira), mira)
    assert (file.size, file.sha256) == (len(PDF), hashlib.sha256(PDF).hexdigest())


async def test_photograph_is_written_anew(http: TestClient) -> None:
    mira, source = await mentor(), BytesIO()
    Image.new("RGB", (60, 60), "teal").save(source, "JPEG", comment=b"GPS 48.1N")
    await added(await draft(mira), mira, name="board.png", content=source.getvalue())
    row = await Material.get()
    pieces = [piece async for piece in gallery().storage.read(row.storage_key, 0, row.size)]
    assert (row.name, b"GPS" in b"".join(pieces)) == ("board.jpg", False)


async def test_page_takes_files_of_each_phase_and_says_what_is_wrong(http: TestClient) -> None:
    mira, tomas = await mentor(), await mentor("tomas")
    session = await published(mira)
    assert (await posted(http, mira, session, "after", PDF)).startswith("200")
    assert (await Material.get()).phase == "after"
    refused = await posted(http, mira, session, "before", b"MZ\x90\x00")
    assert refused.startswith("422")
    assert 'id="before-error"' in refused
    assert (await posted(http, tomas, session, "before", PDF)).startswith("403")
    too_large = b"x" * (adding.MAX_BYTES + 70_000)
    assert (await posted(http, mira, session, "before", too_large)).startswith("413")
    assert await Material.all().count() == 1


async def test_page_renames_moves_and_removes(http: TestClient) -> None:
    mira = await mentor()
    session = await published(mira)
    file = await added(session, mira)
    own = {"headers": await bearer(mira), "allow_redirects": False}
    place, chosen = f"/sessions/{session}/materials", {"material": str(file.id)}
    sent = {**chosen, "do": "change", "name": "Sheet one", "phase": "after"}
    async with http.post(place, data=sent, **own) as answer:
        assert answer.status == 303
    row = await Material.get()
    assert (row.name, row.phase) == ("Sheet one.pdf", "after")
    async with http.post(place, data={**chosen, "do": "change", "name": " "}, **own) as answer:
        assert (answer.status, f'id="name-{file.id}-error"' in await answer.text()) == (422, True)
    async with http.post(place, data={**chosen, "do": "remove"}, **own) as answer:
        assert answer.headers["Location"].endswith("?done=removed")
    assert not await Material.exists()


# --- how much


@BOTH
async def test_session_takes_twenty_files_however_many_come_at_once(
    http: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adding, "MAX_FILES", 3)
    mira = await mentor()
    session = await published(mira)
    done = await asyncio.gather(*(added(session, mira) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(one, Invalid) for one in done) == 5
    assert await Material.all().count() == 3


async def test_mentor_adds_so_much_a_day(
    http: TestClient, moved_clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adding, "MAX_BYTES_A_DAY", 3 * len(PDF))
    mira = await mentor()
    first, second = await draft(mira), await draft(mira)
    await added(first, mira)
    await added(first, mira)
    assert await changing.copy(first, second) == 2
    await added(second, mira)
    with pytest.raises(Invalid):
        await added(second, mira)
    moved_clock.advance(timedelta(days=1))
    await added(second, mira)


async def test_session_that_was_called_off_takes_none(http: TestClient) -> None:
    mira = await mentor()
    session = await published(mira)
    await booking.cancel_session(session, mira)
    with pytest.raises(Conflict):
        await added(session, mira)


# --- what becomes of it


@BOTH
async def test_removed_file_is_forgotten_when_nothing_names_it(http: TestClient, run_jobs: Run) -> None:
    mira = await mentor()
    first, second = await published(mira), await draft(mira)
    file = await added(first, mira)
    key = (await Material.get()).storage_key
    assert [await changing.copy(first, second) for _ in range(2)] == [1, 0]
    await changing.remove(file.id, mira)
    await run_jobs()
    assert await stored(key)
    await changing.remove((await Material.get()).public_id, mira)
    await run_jobs()
    assert not await stored(key)


@BOTH
async def test_draft_that_is_deleted_takes_its_files_along(http: TestClient, run_jobs: Run) -> None:
    mira = await mentor()
    session = await draft(mira)
    await added(session, mira)
    key = (await Material.get()).storage_key
    await booking.delete_session(session, mira)
    assert await changing.drop_orphans() == 1
    await run_jobs()
    assert (await Material.exists(), await stored(key)) == (False, False)


async def test_upload_that_dies_half_way_leaves_nothing(
    http: TestClient, moved_clock: ManualClock, run_jobs: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    mira = await mentor()
    session, keys = await published(mira), ["materials/" + "ab" * 16]
    monkeypatch.setattr(adding, "new_key", lambda folder: keys[0])

    async def die(*arguments: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as broken:
        broken.setattr(adding, "_write", die)
        with pytest.raises(RuntimeError):
            await added(session, mira)
    assert await stored(keys[0])
    moved_clock.advance(adding.UNCLAIMED_AFTER)
    await run_jobs()
    assert not await stored(keys[0])


async def test_only_its_mentor_changes_a_file(http: TestClient) -> None:
    mira, lea, eve = await mentor(), await person("lea"), await person("eve")
    session = await published(mira)
    file = await added(session, mira)
    await booking.book_session(session, lea)
    for viewer, refusal in ((lea, Forbidden), (eve, NotFound)):
        with pytest.raises(refusal):
            await changing.change(file.id, viewer, Changes(name="mine"))
        with pytest.raises(refusal):
            await changing.remove(file.id, viewer)
    with pytest.raises(NotFound):
        await changing.remove(uuid4(), mira)


async def test_copies_go_to_sessions_of_the_same_mentor(http: TestClient) -> None:
    mira, tomas = await mentor(), await mentor("tomas")
    first, foreign = await published(mira), await draft(tomas)
    await added(first, mira)
    with pytest.raises(Forbidden):
        await changing.copy(first, foreign)
    own = await draft(mira)
    await jobs.copy({"from_session": str(first), "to_session": str(own)})
    assert await Material.filter(session_id=own).count() == 1


@BOTH
async def test_session_that_is_made_after_another_takes_its_files_along(
    http: TestClient, run_jobs: Run
) -> None:
    mira = await mentor()
    first = await published(mira)
    await added(first, mira)
    made = await draft_from(first, mira, same_offering=True)
    second = await publish_draft(made.id, mira)
    await run_jobs()
    assert await Material.filter(session_id=second).count() == 1


# --- who hears of it


@BOTH
async def test_those_with_a_seat_hear_of_a_handful_of_files_once(
    http: TestClient, moved_clock: ManualClock, run_jobs: Run
) -> None:
    mira, lea, _ = await mentor(), await person("lea"), await person("eve")
    session = await published(mira, capacity=2)
    await booking.book_session(session, lea)
    for name in ("One.pdf", "Two.pdf"):
        await added(session, mira, name=name)
        moved_clock.advance(telling.QUIET / 2)
    await added(session, mira, Phase.AFTER, "Solutions.pdf")
    await run_jobs()
    told = Notification.filter(kind="material_added")
    assert await told.count() == 0
    moved_clock.advance(telling.QUIET / 2)
    await run_jobs()
    assert [(row.user_id, row.about["files"]) for row in await told] == [
        (lea.user_id, ["One.pdf", "Two.pdf"])
    ]
    moved_clock.set((await Session.get(id=session)).starts_at)
    await booking.start_session(session, mira)
    await booking.end_session(session, mira)
    await run_jobs()
    await jobs.tell({"session_id": str(session)})
    await run_jobs()
    assert [row.about["files"] for row in await told.order_by("id")][1:] == [["Solutions.pdf"]]


# --- leaving


@BOTH
async def test_mentor_takes_them_along_and_learners_keep_what_they_were_taught(
    http: TestClient, run_jobs: Run
) -> None:
    mira = await mentor()
    held, never = await published(mira), await draft(mira)
    kept, gone = await added(held, mira), await added(never, mira)
    await Session.filter(id=held).update(status="ended")
    assert [row["name"] for row in (await export(mira.user_id))["materials"]] == ["Exercises.pdf"] * 2
    assert len(await files(mira.user_id)) == 2
    assert "materials/" not in str(await export(mira.user_id))
    for _ in range(2):
        await erase(mira.user_id)
    await run_jobs()
    assert [row.public_id for row in await Material.all()] == [kept.id]
    assert gone.id != kept.id
