"""A mentor lays a pathway: words, steps in an order, and who sees it."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest
from aiohttp.test_utils import TestClient

from server.accounts.models import User
from server.edge.access import Viewer
from server.infra.errors import Conflict, Forbidden, Invalid, NotFound
from server.pathways import editing
from server.pathways.editing import Words
from server.pathways.models import Pathway, PathwayStep
from server.pathways.reading import find_pathways, own_pathways, pathway_page, pathways_of
from server.pathways.slugs import slug_of
from server.people import circle
from server.people import service as people
from server.people.states import MentorStatus
from tests.databases import BOTH
from tests.factories import Api
from tests.server.booking.makers import bearer, mentor, person
from tests.server.pathways.makers import drafted, offering, shown

PAGE = "/dashboard/mentor/pathways"


async def titles(slug: str, viewer: Viewer) -> list[str]:
    return [step.title for step in (await pathway_page(slug, viewer)).steps]


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("From Sheets to SQL!", "from-sheets-to-sql"),
        ("Übung macht Öl", "ubung-macht-ol"),
        ("日本語", "pathway"),
        ("New", "new-pathway"),
        ("x" * 200, "x" * 60),
    ],
)
def test_address_is_made_of_the_title(title: str, slug: str) -> None:
    assert slug_of(title) == slug


@BOTH
async def test_address_is_given_once_and_stays_when_the_title_changes(database: object) -> None:
    mira, tomas = await mentor(), await mentor("tomas")
    words = Words("From sheets to SQL", "", "beginner")
    slugs = await asyncio.gather(*(editing.create(each, words) for each in (mira, tomas, mira)))
    assert len(set(slugs)) == 3
    await editing.rewrite(slugs[0], mira, Words("Quite another", "", "advanced"))
    page = await pathway_page(slugs[0], mira)
    assert (page.title, page.level) == ("Quite another", "advanced")


@BOTH
async def test_steps_are_put_into_an_order(database: object) -> None:
    mira = await mentor()
    one, two, three = [await offering(mira, name) for name in ("One", "Two", "Three")]
    slug = await drafted(mira, one, two, three)
    await editing.add_step(slug, mira, two)
    await editing.move_step(slug, mira, three, "up")
    await editing.move_step(slug, mira, one, "up")
    await editing.move_step(slug, mira, two, "down")
    assert await titles(slug, mira) == ["One", "Three", "Two"]
    await editing.remove_step(slug, mira, one)
    assert [row.position for row in await PathwayStep.all().order_by("position")] == [0, 1]
    assert [choice.title for choice in await editing.choices(slug, mira)] == ["One"]


@BOTH
async def test_parallel_changes_of_the_order_lose_no_step(database: object) -> None:
    mira = await mentor()
    ids = [await offering(mira, f"No {number}") for number in range(5)]
    slug = await drafted(mira)
    await asyncio.gather(*(editing.add_step(slug, mira, each) for each in ids))
    await asyncio.gather(*(editing.move_step(slug, mira, each, "up") for each in ids))
    assert sorted(await titles(slug, mira)) == [f"No {number}" for number in range(5)]


async def test_steps_are_what_the_mentor_teaches(database: object) -> None:
    mira, tomas = await mentor(), await mentor("tomas")
    slug = await drafted(mira)
    for foreign in (await offering(tomas, "His"), uuid4()):
        with pytest.raises(Invalid):
            await editing.add_step(slug, mira, foreign)
    with pytest.raises(NotFound):
        await editing.add_step(slug, tomas, await offering(tomas, "Also his"))


async def test_what_others_see_has_two_steps_by_an_approved_mentor(database: object) -> None:
    mira, new = await mentor(), await mentor("new", approved=False)
    one, two = await offering(mira, "One"), await offering(mira, "Two")
    slug = await drafted(mira, one)
    with pytest.raises(Conflict):
        await editing.publish(slug, mira)
    await editing.add_step(slug, mira, two)
    await editing.publish(slug, mira)
    with pytest.raises(Conflict):
        await editing.remove_step(slug, mira, two)
    own = await drafted(new, await offering(new, "A"), await offering(new, "B"))
    with pytest.raises(Forbidden):
        await editing.publish(own, new)


@BOTH
async def test_drafts_archived_blocked_and_suspended_are_hidden(database: object) -> None:
    mira, lea, eve = await mentor(), await person("lea"), await person("eve")
    draft, slug = await drafted(mira), await shown(mira)

    async def seen(viewer: Viewer | None) -> int:
        listed, total = await find_pathways(viewer.user_id if viewer else None, 0, 20)
        assert len(listed) == total
        assert await pathways_of(mira.user_id, viewer.user_id if viewer else None, 6) == listed
        try:
            assert (await pathway_page(slug, viewer)).title == "From sheets to SQL"
        except NotFound:
            assert total == 0
        return total

    assert [await seen(each) for each in (None, lea, eve)] == [1, 1, 1]
    with pytest.raises(NotFound):
        await pathway_page(draft, lea)
    assert {card.slug for card in await own_pathways(mira.user_id)} == {draft, slug}
    await circle.block(mira, "eve")
    assert [await seen(each) for each in (None, lea, eve)] == [1, 1, 0]
    await editing.archive(slug, mira)
    assert [await seen(each) for each in (None, lea, eve)] == [0, 0, 0]
    await editing.publish(slug, mira)
    await User.filter(id=mira.user_id).update(status="suspended")
    assert [await seen(each) for each in (None, lea)] == [0, 0]
    await User.filter(id=mira.user_id).update(status="active")
    await people.review_mentor(None, "mira", MentorStatus.SUSPENDED, "x")
    assert [await seen(each) for each in (None, lea)] == [0, 0]


async def test_draft_is_deleted_and_what_was_seen_is_archived(database: object) -> None:
    mira = await mentor()
    draft, slug = await drafted(mira), await shown(mira)
    await editing.archive(draft, mira)
    await editing.archive(slug, mira)
    assert [(row.slug, row.status) for row in await Pathway.all()] == [(slug, "archived")]


async def test_pages_do_it_without_scripts(http: TestClient) -> None:
    mira = await mentor()
    headers = await bearer(mira)
    one, two = await offering(mira, "One"), await offering(mira, "Two")

    async def post(path: str, **sent: str) -> tuple[int, str, str]:
        async with http.post(path, data=sent, headers=headers, allow_redirects=False) as answer:
            return answer.status, answer.headers.get("Location", ""), await answer.text()

    status, _, text = await post(PAGE, title="x", description="Kept", level="advanced")
    assert (status, 'id="title-error"' in text, "Kept" in text) == (422, True, True)
    status, place, _ = await post(PAGE, title="Slow SQL", description="", level="beginner")
    assert (status, place) == (303, f"{PAGE}/slow-sql?done=created")
    here = f"{PAGE}/slow-sql"
    for each in (one, two):
        assert (await post(here, do="add", offering=str(each)))[0] == 303
    assert (await post(here, do="down", offering=str(one)))[0] == 303
    status, _, text = await post(here, do="save", title="y", description="", level="beginner")
    assert (status, 'id="title-error"' in text) == (422, True)
    assert (await post(here, do="publish"))[1] == f"{here}?done=published"
    status, _, text = await post(here, do="remove", offering=str(one))
    assert (status, "at least two steps" in text) == (409, True)
    async with http.get("/pathways/slow-sql") as answer:
        text = await answer.text()
        assert (answer.status, text.index("Two") < text.index("One")) == (200, True)
        assert '<meta property="og:title" content="Slow SQL">' in text
    assert (await post(here, do="archive"))[1] == f"{here}?done=archived"


async def test_api_lists_shows_and_follows(http: TestClient) -> None:
    mira, lea = await mentor(), await person("lea")
    slug = await shown(mira)
    guest, api = Api(http), Api(http, headers=await bearer(lea))
    assert [one["slug"] for one in (await guest.get("/pathways")).data["items"]] == [slug]
    assert (await guest.get("/pathways?mentor=tomas")).data["total"] == 0
    assert (await guest.get("/pathways/nothing")).status == 404
    followed = await api.post(f"/pathways/{slug}/follow")
    assert (followed.data["followed"], followed.data["percent"]) == (True, 0)
    assert [step["title"] for step in followed.data["steps"]] == ["Sheets", "SQL"]
    assert (await api.call("DELETE", f"/pathways/{slug}/follow")).data["followed"] is False
    own = Api(http, headers=await bearer(mira))
    assert (await own.post(f"/pathways/{slug}/follow")).code == "yourself"
