"""Who sees and fetches which files of a session, and until when."""

from __future__ import annotations

from uuid import UUID

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient

from server.booking import service as booking
from server.booking.models import Booking, Session
from server.edge.access import Viewer
from server.infra import clock
from server.materials.values import MaterialFile, Phase
from server.people import circle
from tests.databases import BOTH
from tests.factories import Api
from tests.server.booking.makers import bearer, draft, mentor, person, published
from tests.server.materials.makers import PDF, added


async def end(session: UUID) -> None:
    now = clock.now()
    await Session.filter(id=session).update(status="ended", started_at=now, ended_at=now)


async def listed(http: TestClient, viewer: Viewer, session: UUID) -> list[str] | int:
    """The names that somebody gets, or the status that refused."""
    answer = await Api(http, headers=await bearer(viewer)).get(f"/sessions/{session}/materials")
    return [one["name"] for one in answer.data] if answer.status == 200 else answer.status


async def fetched(
    http: TestClient, viewer: Viewer | None, file: MaterialFile, **more: str
) -> ClientResponse:
    headers = await bearer(viewer) if viewer else {}
    return await http.get(file.url, headers={**headers, **more})


async def page(http: TestClient, viewer: Viewer | None, session: UUID) -> str:
    headers = await bearer(viewer) if viewer else {}
    async with http.get(f"/sessions/{session}", headers=headers) as answer:
        return await answer.text()


@BOTH
async def test_seat_opens_what_is_for_before_and_the_end_what_is_for_after(http: TestClient) -> None:
    mira, lea, eve = await mentor(), await person("lea"), await person("eve")
    session = await published(mira, capacity=3)
    early, late = await added(session, mira), await added(session, mira, Phase.AFTER, "Solutions.pdf")
    assert await listed(http, lea, session) == 404
    await booking.book_session(session, lea)
    assert await listed(http, lea, session) == ["Exercises.pdf"]
    assert await listed(http, mira, session) == ["Exercises.pdf", "Solutions.pdf"]
    assert [(await fetched(http, lea, file)).status for file in (early, late)] == [200, 404]
    await end(session)
    assert await listed(http, lea, session) == ["Exercises.pdf", "Solutions.pdf"]
    assert [(await fetched(http, lea, file)).status for file in (early, late)] == [200, 200]
    for stranger in (eve, None):
        assert [(await fetched(http, stranger, file)).status for file in (early, late)] == (
            [404, 404] if stranger else [401, 401]
        )


@BOTH
@pytest.mark.parametrize(
    "status",
    ["held", "expired", "cancelled_by_learner", "cancelled_by_mentor", "no_show_mentor"],
)
async def test_who_has_no_valid_seat_any_more_gets_nothing(http: TestClient, status: str) -> None:
    mira, lea = await mentor(), await person("lea")
    session = await published(mira)
    file = await added(session, mira)
    await booking.book_session(session, lea)
    assert (await fetched(http, lea, file)).status == 200
    await Booking.all().update(status=status, hold_expires_at=clock.now())
    assert (await fetched(http, lea, file)).status == 404
    assert await listed(http, lea, session) == 404
    shown = await page(http, lea, session)
    assert "1 file for those who have a seat." in shown
    assert file.name not in shown


async def test_seat_that_is_given_back_takes_the_files_along(http: TestClient) -> None:
    mira, lea = await mentor(), await person("lea")
    session = await published(mira)
    file = await added(session, mira)
    await booking.book_session(session, lea)
    await booking.leave_session(session, lea)
    assert (await fetched(http, lea, file)).status == 404


async def test_page_says_how_many_there_are_and_to_who_may_which(http: TestClient) -> None:
    mira, lea = await mentor(), await person("lea")
    session = await published(mira)
    await added(session, mira)
    await added(session, mira, Phase.AFTER, "Solutions.pdf")
    guest = await page(http, None, session)
    assert ("2 files for those who have a seat." in guest, "Exercises" in guest) == (True, False)
    await booking.book_session(session, lea)
    seated = await page(http, lea, session)
    assert "Exercises.pdf" in seated
    assert "1 more file comes after the lesson." in seated
    assert "Solutions" not in seated
    own = await page(http, mira, session)
    assert "Solutions.pdf" in own
    assert f"/sessions/{session}/materials" in own


async def test_lesson_that_was_booked_before_a_block_keeps_its_files(http: TestClient) -> None:
    mira, lea = await mentor(), await person("lea")
    session = await published(mira)
    file = await added(session, mira)
    await booking.book_session(session, lea)
    await circle.block(mira, "lea")
    assert (await fetched(http, lea, file)).status == 200


async def test_files_of_a_draft_are_its_mentors(http: TestClient) -> None:
    mira, tomas = await mentor(), await mentor("tomas")
    session = await draft(mira)
    file = await added(session, mira)
    assert await listed(http, mira, session) == ["Exercises.pdf"]
    assert await listed(http, tomas, session) == 404
    assert (await fetched(http, tomas, file)).status == 404


async def test_download_is_locked_down_and_can_be_taken_up_again(http: TestClient) -> None:
    mira = await mentor()
    file = await added(await published(mira), mira, name='Übung "eins".pdf')
    whole = await fetched(http, mira, file)
    assert await whole.read() == PDF
    assert whole.headers["Content-Disposition"] == (
        "attachment; filename=\"Ubung _eins_.pdf\"; filename*=UTF-8''%C3%9Cbung%20_eins_.pdf"
    )
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert whole.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
    assert whole.headers["Content-Type"] == "application/pdf"
    rest = await fetched(http, mira, file, Range="bytes=5-")
    assert (rest.status, await rest.read()) == (206, PDF[5:])
    assert rest.headers["ETag"] == whole.headers["ETag"] == f'"{file.sha256}"'
    same = await fetched(http, mira, file, **{"If-None-Match": rest.headers["ETag"]})
    assert same.status == 304
    beyond = await fetched(http, mira, file, Range=f"bytes={len(PDF)}-")
    assert beyond.status == 416
