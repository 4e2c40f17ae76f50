"""Drafts become sessions all at once or not at all, whoever else publishes meanwhile."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from server.booking.drafting.drafts import Draft, add_draft
from server.booking.drafting.publishing import publish_draft
from server.booking.drafting.steps import LAST
from server.booking.models import BusyCell, Offering, Series, Session, SessionDraft
from server.edge.access import Viewer
from server.infra.clock import ManualClock
from server.infra.errors import Conflict
from tests.databases import BOTH
from tests.server.booking.makers import mentor

pytestmark = [pytest.mark.usefixtures("database", "in_spring_2030"), BOTH]
COMPLETE = {
    "title": "Closures by example",
    "level": "beginner",
    "language": "en",
    "objectives": "Explain a closure",
    "starts_at": "2030-05-14T18:00",
    "duration_minutes": "60",
    "timezone": "Europe/Berlin",
    "capacity": "1",
    "price": "0",
    "currency": "EUR",
    "policy": "standard",
    "recording": "auto",
}
WEEKLY = {"every_weeks": "1", "count": "4"}


@pytest.fixture
def in_spring_2030(moved_clock: ManualClock) -> None:
    moved_clock.set(datetime(2030, 3, 1, tzinfo=UTC))


async def complete(viewer: Viewer, **changes: Any) -> Draft:
    return await add_draft(viewer, {**COMPLETE, **changes}, LAST)


async def test_one_of_two_drafts_gets_the_time() -> None:
    mira = await mentor()
    drafts = [await complete(mira, title=f"Closures {number}") for number in range(4)]
    made = await asyncio.gather(
        *(publish_draft(draft.id, mira) for draft in drafts), return_exceptions=True
    )
    refused = [each for each in made if isinstance(each, Conflict)]
    assert [each.code for each in refused] == ["overlap"] * 3
    assert await Session.all().count() == 1
    assert await SessionDraft.filter(session_id=None).count() == 3


async def test_one_draft_published_many_times_at_once_is_one_session() -> None:
    mira = await mentor()
    draft = await complete(mira)
    made = await asyncio.gather(*(publish_draft(draft.id, mira) for _ in range(8)))
    assert set(made) == {(await Session.get()).id}


async def test_series_leaves_nothing_behind_where_one_date_clashes() -> None:
    mira = await mentor()
    third = await complete(mira, title="Decorators", starts_at="2030-05-28T18:30")
    await publish_draft(third.id, mira)
    cells = await BusyCell.all().count()
    draft = await complete(mira, **WEEKLY)
    with pytest.raises(Conflict) as refused:
        await publish_draft(draft.id, mira)
    assert refused.value.code == "overlap"
    assert "Tue 28 May 2030" in refused.value.message
    assert await Session.all().count() == await Offering.all().count() == 1
    assert (await Series.all().count(), await BusyCell.all().count()) == (0, cells)
    await publish_draft(draft.id, mira, ["2030-05-28T18:00"])
    dates = await Session.exclude(series_id=None).order_by("starts_at")
    assert [each.series_position for each in dates] == [0, 1, 3]
    assert (await Series.get()).count == 4
