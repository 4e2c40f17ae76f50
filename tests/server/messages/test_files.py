"""Files: what is taken, what becomes of it, who gets it, and when it is forgotten."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestClient
from PIL import Image

from server.booking import service as booking
from server.edge.access import Viewer
from server.edge.file_names import clean_name
from server.edge.sniffing import media_type
from server.infra.clock import ManualClock
from server.infra.errors import Invalid
from server.infra.storage import Missing
from server.messages import files, writing
from server.messages.files import MAX_BYTES, drop_unsent
from server.messages.models import MessageFile
from server.people import circle as people_circle
from server.people.photographs import reencoded
from tests.server.booking.makers import bearer, mentor, person
from tests.server.messages.makers import lesson, say

GPS = b"GPS 48.1N 11.5E"


def photograph() -> bytes:
    """A JPEG that says where it was taken."""
    exif = Image.Exif()
    exif[0x010E] = GPS.decode()
    written = BytesIO()
    Image.new("RGB", (300, 200), "teal").save(written, "JPEG", exif=exif, comment=GPS)
    return written.getvalue() + GPS


async def upload(http: TestClient, viewer: Viewer, content: bytes, name: str = "notes.txt") -> str:
    form = FormData()
    form.add_field("file", content, filename=name, content_type="text/html")
    answer = await http.post("/api/v1/message-files", data=form, headers=await bearer(viewer))
    assert answer.status == 201, await answer.text()
    return str((await answer.json())["data"]["id"])


async def fetched(http: TestClient, viewer: Viewer, file_id: str) -> int:
    answer = await http.get(f"/api/v1/message-files/{file_id}", headers=await bearer(viewer))
    return answer.status


async def test_file_is_its_uploaders_until_it_is_sent_and_the_readers_from_then_on(
    http: TestClient,
) -> None:
    lea, mira, eve = await person("lea"), await mentor(), await person("eve")
    sent = await upload(http, lea, b"hello")
    assert [await fetched(http, each, sent) for each in (lea, mira, eve)] == [200, 404, 404]
    line = await say(lea, "mira", "", files=[UUID(sent)])
    assert [file.name for file in line.files] == ["notes.txt"]
    assert [await fetched(http, each, sent) for each in (lea, mira, eve)] == [200, 200, 404]
    await people_circle.block(mira, "lea")
    assert [await fetched(http, each, sent) for each in (lea, mira)] == [404, 404]


async def test_file_of_a_session_is_for_its_people(http: TestClient) -> None:
    mira, lea, jun = await mentor(), await person("lea"), await person("jun")
    session = await lesson(mira, [lea, jun])
    sent = await upload(http, mira, b"%PDF-1.7 slides", "slides.pdf")
    await say(mira, session, "", files=[UUID(sent)])
    await people_circle.block(jun, "lea")
    assert [await fetched(http, each, sent) for each in (lea, jun)] == [200, 200]
    await booking.leave_session(session, jun)
    assert await fetched(http, jun, sent) == 404


async def test_whatever_a_file_is_it_is_nothing_of_our_page(http: TestClient) -> None:
    lea = await person("lea")
    hostile = await upload(http, lea, b"<html><script>alert(1)</script>", '../..\\e"vil.html')
    answer = await http.get(f"/api/v1/message-files/{hostile}", headers=await bearer(lea))
    assert answer.headers["Content-Type"] == "text/plain"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    row = await MessageFile.get()
    assert not set('/\\"\r\n') & set(row.name)


async def test_picture_is_written_anew_without_what_it_tells(http: TestClient) -> None:
    lea = await person("lea")
    sent = await upload(http, lea, photograph(), "holiday.png")
    answer = await http.get(f"/api/v1/message-files/{sent}", headers=await bearer(lea))
    content = await answer.read()
    assert (answer.headers["Content-Type"], (await MessageFile.get()).name) == (
        "image/jpeg",
        "holiday.jpg",
    )
    assert answer.headers["Content-Disposition"].startswith("inline;")
    assert GPS not in content
    assert Image.open(BytesIO(content)).size == (300, 200)


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP"])
def test_every_kind_of_picture_is_read(kind: str) -> None:
    source = BytesIO()
    Image.new("P" if kind == "GIF" else "RGBA", (30, 20)).save(source, kind)
    content, media = reencoded(BytesIO(source.getvalue() + GPS))
    assert GPS not in content
    assert media == ("image/webp" if kind == "WEBP" else "image/png")


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.4", "application/pdf"),
        (b"PK\x03\x04docx", "application/zip"),
        ("Grüße".encode(), "text/plain"),
        (b"MZ\x90\x00", "application/octet-stream"),
        (b"\xff\xfe\x00", "application/octet-stream"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        (b"<svg xmlns='x'>", "text/plain"),
    ],
)
def test_first_bytes_say_what_a_file_is(head: bytes, kind: str) -> None:
    assert media_type(head) == kind


@pytest.mark.parametrize("head", [b"\x00\x00\x00\x18ftypheic", b"II*\x00", b"MM\x00*"])
def test_pictures_that_we_cant_clean_are_refused(head: bytes) -> None:
    with pytest.raises(Invalid):
        media_type(head)


@pytest.mark.parametrize(
    ("name", "clean"),
    [("a.tar.gz", "a.tar.gz"), ("", "file"), ("..", "file"), ("x" * 300 + ".pdf", "x" * 120 + ".pdf")],
)
def test_names_are_what_every_system_takes(name: str, clean: str) -> None:
    assert clean_name(name, "application/pdf") == clean


async def test_broken_or_empty_or_too_large_is_refused(http: TestClient) -> None:
    lea = await person("lea")
    headers = await bearer(lea)
    for content in (b"", b"\xff\xd8\xff broken"):
        form = FormData()
        form.add_field("file", content, filename="a.jpg")
        answer = await http.post("/api/v1/message-files", data=form, headers=headers)
        assert answer.status == 422
    form = FormData()
    form.add_field("file", b"x" * (MAX_BYTES + 70_000), filename="a.bin")
    assert (await http.post("/api/v1/message-files", data=form, headers=headers)).status == 413
    assert await MessageFile.all().count() == 0


async def test_files_of_others_or_sent_ones_cant_be_sent(http: TestClient) -> None:
    lea, _ = await person("lea"), await mentor()
    foreign = await upload(http, await person("eve"), b"mine")
    sent = await upload(http, lea, b"hello")
    await say(lea, "mira", "", files=[UUID(sent)])
    for each in (foreign, sent):
        with pytest.raises(Invalid) as refused:
            await say(lea, "mira", "look", files=[UUID(each)])
        assert refused.value.fields.keys() == {"files"}


async def test_what_was_never_sent_is_forgotten_after_a_day(
    http: TestClient, moved_clock: ManualClock, run_jobs: Callable[[], Awaitable[int]]
) -> None:
    lea, _ = await person("lea"), await mentor()
    kept, lost = await upload(http, lea, b"kept"), await upload(http, lea, b"lost")
    await say(lea, "mira", "", files=[UUID(kept)])
    key = (await MessageFile.get(public_id=lost)).storage_key
    moved_clock.advance(timedelta(hours=25))
    assert await drop_unsent() == 1
    await run_jobs()
    assert [str(row.public_id) for row in await MessageFile.all()] == [kept]
    with pytest.raises(Missing):
        await files.storage().size(key)


async def test_message_taken_back_takes_its_files_along(
    http: TestClient, run_jobs: Callable[[], Awaitable[int]]
) -> None:
    lea, _ = await person("lea"), await mentor()
    sent = await upload(http, lea, b"oops")
    line = await say(lea, "mira", "", files=[UUID(sent)])
    await writing.remove(lea, line.id)
    await run_jobs()
    assert await fetched(http, lea, sent) == 404
