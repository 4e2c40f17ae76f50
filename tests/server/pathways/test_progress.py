"""How far a learner is: by what they attended, never by what they booked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from aiohttp.test_utils import TestClient

from server.achievements import service as achievements
from server.booking import service as booking
from server.booking.models import Session
from server.edge.access import Viewer
from server.notifications.models import Notification
from server.pathways import editing, following
from server.pathways.export import erase, export
from server.pathways.models import Pathway, PathwayEnrolment
from server.pathways.progress import followed
from server.pathways.reading import pathway_page
from tests.databases import BOTH
from tests.server.achievements.lessons import held
from tests.server.booking.makers import bearer, mentor, person, published
from tests.server.pathways.makers import offering, shown

Run = Callable[[], Awaitable[int]]


async def taught(mira: Viewer, offering_id: UUID, **stayed: tuple[Viewer, float]) -> UUID:
    """A lesson of this offering that was held, with its certificates."""
    session = await held(mira, dict(stayed.values()), capacity=9)
    await Session.filter(id=session).update(offering_id=offering_id)
    await achievements.issue(session)
    return session


async def dated(mira: Viewer, offering_id: UUID, **values: object) -> UUID:
    session = await published(mira, **values)
    await Session.filter(id=session).update(offering_id=offering_id)
    return session


@BOTH
async def test_step_is_done_by_attending_and_not_by_booking(http: TestClient, run_jobs: Run) -> None:
    mira, lea, jun = await mentor(), await person("lea"), await person("jun")
    sheets, sql = await offering(mira, "Sheets"), await offering(mira, "SQL")
    slug = await shown(mira, sheets, sql)
    for each in (lea, jun):
        await following.follow(slug, each)
    await taught(mira, sheets, lea=(lea, 60.0), jun=(jun, 20.0))
    await booking.book_session(await dated(mira, sql, capacity=2), lea)
    await run_jobs()
    page = await pathway_page(slug, lea)
    assert [(step.done, step.current) for step in page.steps] == [(True, False), (False, True)]
    assert (page.percent, page.completed_at) == (50, None)
    late = await pathway_page(slug, jun)
    assert [(step.done, step.current) for step in late.steps] == [(False, True), (False, False)]
    assert [(one.done, one.next) for one in await followed(lea.user_id, 3)] == [(1, "SQL")]


@BOTH
async def test_completing_is_written_once_and_told_once(http: TestClient, run_jobs: Run) -> None:
    mira, lea = await mentor(), await person("lea")
    sheets, sql = await offering(mira, "Sheets"), await offering(mira, "SQL")
    slug = await shown(mira, sheets, sql)
    await following.follow(slug, lea)
    for each in (sheets, sql, sql):
        await taught(mira, each, lea=(lea, 60.0))
        await run_jobs()
    page = await pathway_page(slug, lea)
    assert (page.percent, page.completed_at is not None) == (100, True)
    told = Notification.filter(kind="pathway_completed")
    assert [(row.user_id, row.path) for row in await told] == [(lea.user_id, page.url)]
    await editing.add_step(slug, mira, await offering(mira, "More"))
    await following.unfollow(slug, lea)
    await following.follow(slug, lea)
    await run_jobs()
    assert (await told.count(), (await pathway_page(slug, lea)).percent) == (1, 66)


async def test_what_was_attended_before_counts_and_a_revoked_certificate_does_not(
    http: TestClient, run_jobs: Run
) -> None:
    mira, lea = await mentor(), await person("lea")
    sheets, sql = await offering(mira, "Sheets"), await offering(mira, "SQL")
    slug = await shown(mira, sheets, sql)
    for each in (sheets, sql):
        session = await taught(mira, each, lea=(lea, 60.0))
    await following.follow(slug, lea)
    assert (await PathwayEnrolment.get()).completed_at is not None
    seat = (await booking.all_bookings(lea.user_id, (await Session.get(id=session)).ends_at, 0, 9)).items
    last = next(row for row in seat if row.session.id == session)
    await achievements.revoke_for_booking(last.id, "refunded")
    assert (await pathway_page(slug, lea)).percent == 50


async def test_each_step_shows_its_next_date_with_a_seat(http: TestClient) -> None:
    mira, tomas, lea = await mentor(), await mentor("tomas"), await person("lea")
    sheets, sql = await offering(mira, "Sheets"), await offering(mira, "SQL")
    slug = await shown(mira, sheets, sql)
    full = await dated(mira, sheets)
    await booking.book_session(full, lea)
    page = await pathway_page(slug, None)
    assert [step.next for step in page.steps] == [None, None]
    booked = (await pathway_page(slug, lea)).steps[0]
    assert (booked.seated, booked.next is not None) == (True, True)
    async with http.get(f"/sessions/{full}") as answer:
        assert "Step 1 of 2 in" in await answer.text()
    await Session.filter(id=full).update(capacity=3, listed=False)
    assert (await pathway_page(slug, tomas)).steps[0].next is None
    await Session.filter(id=full).update(listed=True)
    found = (await pathway_page(slug, tomas)).steps[0].next
    assert found is not None
    assert found.id == full


async def test_archived_pathway_stays_with_its_followers(http: TestClient) -> None:
    mira, lea = await mentor(), await person("lea")
    slug = await shown(mira)
    await following.follow(slug, lea)
    await editing.archive(slug, mira)
    assert (await pathway_page(slug, lea)).status == "archived"
    assert [one.slug for one in await followed(lea.user_id, 3)] == [slug]


async def test_page_and_desk_of_a_learner(http: TestClient) -> None:
    mira, lea = await mentor(), await person("lea")
    slug, headers = await shown(mira), await bearer(lea)
    async with http.post(
        f"/pathways/{slug}/follow", data={"do": "follow"}, headers=headers, allow_redirects=False
    ) as answer:
        assert answer.headers["Location"] == f"/pathways/{slug}?done=followed"
    async with http.get("/dashboard/learner/overview", headers=headers) as answer:
        text = await answer.text()
    assert ("Your pathways" in text, "next: Sheets" in text) == (True, True)
    async with http.post(
        f"/pathways/{slug}/follow", data={"do": "unfollow"}, headers=headers, allow_redirects=False
    ) as answer:
        assert answer.headers["Location"] == f"/pathways/{slug}?done=unfollowed"
    assert not await PathwayEnrolment.exists()


@BOTH
async def test_who_leaves_takes_it_along(http: TestClient) -> None:
    mira, lea = await mentor(), await person("lea")
    slug = await shown(mira)
    await following.follow(slug, lea)
    assert [row["slug"] for row in (await export(mira.user_id))["pathways"]] == [slug]
    assert len((await export(lea.user_id))["pathways_followed"]) == 1
    for each in (lea, mira):
        await erase(each.user_id)
    assert not await PathwayEnrolment.exists()
    assert [row.status for row in await Pathway.all()] == ["archived"]
