"""The next free times of mentors, from their hours, their lessons and their notice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from aiohttp.test_utils import TestClient

from server.booking import service as booking
from server.booking.hours.slots import next_slots
from server.edge.access import Viewer
from server.infra.clock import ManualClock, now
from server.infra.errors import Conflict
from server.people import circle
from server.people.models import AvailabilityOverride, AvailabilityRule, MentorProfile
from tests.databases import BOTH
from tests.factories import Answer, Api
from tests.server.booking.makers import bearer, mentor, person, published
from tests.server.queries import counted

pytestmark = pytest.mark.usefixtures("database")
MONDAY = datetime(2030, 5, 13, 6, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_monday(moved_clock: ManualClock) -> None:
    moved_clock.set(MONDAY)


async def opened(viewer: Viewer, *spans: tuple[int, int, int], buffer: int = 0, notice: int = 0) -> None:
    """Hours of a week (weekday, from, to), in whole hours."""
    for weekday, start, end in spans:
        await AvailabilityRule.create(
            user_id=viewer.user_id, weekday=weekday, start_minute=60 * start, end_minute=60 * end
        )
    profile = MentorProfile.filter(user_id=viewer.user_id)
    await profile.update(buffer_minutes=buffer, notice_minutes=notice)


async def starts(viewer: Viewer, minutes: int = 60, limit: int = 3) -> list[str]:
    found = await next_slots([viewer.user_id], minutes=minutes, now=now(), limit=limit)
    return [f"{slot.starts_at:%a %d %H:%M}" for slot in found[viewer.user_id]]


@BOTH
async def test_free_times_are_in_the_mentors_hours_and_beside_their_lessons() -> None:
    mira = await mentor(zone="Europe/Berlin")
    await opened(mira, (0, 10, 12))
    await published(mira, MONDAY.replace(hour=9))
    assert await starts(mira) == ["Mon 13 08:00", "Mon 20 08:00", "Mon 20 08:30"]


@BOTH
async def test_what_a_mentor_learns_elsewhere_is_not_free_either() -> None:
    mira, tomas = await mentor(), await mentor("tomas")
    await opened(mira, (0, 10, 11))
    await booking.book_session(await published(tomas, MONDAY.replace(hour=10)), mira)
    assert await starts(mira) == ["Mon 20 10:00", "Mon 27 10:00", "Mon 03 10:00"]


async def test_notice_and_vacation_are_kept() -> None:
    mira = await mentor()
    await opened(mira, (0, 9, 10), (1, 9, 10), (2, 9, 10), notice=24 * 60)
    await AvailabilityOverride.create(
        user_id=mira.user_id, first_date=date(2030, 5, 15), last_date=date(2030, 5, 20)
    )
    assert await starts(mira) == ["Tue 14 09:00", "Tue 21 09:00", "Wed 22 09:00"]


async def test_nothing_is_free_with_somebody_who_may_not_teach() -> None:
    waiting, lea = await mentor(approved=False), await person("lea")
    await opened(waiting, (0, 9, 10))
    found = await next_slots([waiting.user_id, lea.user_id, 77], minutes=30, now=now(), limit=5)
    assert found == {waiting.user_id: [], lea.user_id: [], 77: []}


async def test_many_mentors_take_as_many_queries_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    mentors = [await mentor(f"mentor{number}") for number in range(6)]
    for viewer in mentors:
        await opened(viewer, (0, 9, 12))
        await published(viewer, MONDAY + timedelta(hours=4))
    ids = [viewer.user_id for viewer in mentors]
    with counted(monkeypatch) as statements:
        found = await next_slots(ids, minutes=60, now=now(), limit=2)
    assert [len(found[mentor_id]) for mentor_id in ids] == [2] * 6
    assert len(statements) == 4


@BOTH
async def test_the_pause_after_a_lesson_is_taken_with_it() -> None:
    mira = await mentor()
    await opened(mira, (0, 9, 13), buffer=15)
    await published(mira, MONDAY.replace(hour=10, minute=30), duration_minutes=45)
    assert await starts(mira, limit=4) == [
        "Mon 13 09:00",
        "Mon 13 11:30",
        "Mon 13 12:00",
        "Mon 20 09:00",
    ]
    for start in (MONDAY.replace(hour=11, minute=20), MONDAY.replace(hour=9, minute=30)):
        with pytest.raises(Conflict) as refused:
            await published(mira, start)
        assert (refused.value.code, "pause" in refused.value.message) == ("overlap", True)
    await published(mira, MONDAY.replace(hour=11, minute=30))


async def test_the_pause_is_the_mentors_alone() -> None:
    mira, tomas, lea = await mentor(), await mentor("tomas"), await person("lea")
    await opened(mira, buffer=30)
    await booking.book_session(await published(mira, MONDAY.replace(hour=9)), lea)
    later = await published(tomas, MONDAY.replace(hour=10), capacity=2)
    await booking.book_session(later, lea)
    with pytest.raises(Conflict):
        await booking.book_session(later, mira)


# --- the API


@pytest.fixture
async def teacher(http: TestClient) -> Viewer:
    """Open on Monday from nine to eleven in Berlin."""
    mira = await mentor(zone="Europe/Berlin")
    await opened(mira, (0, 9, 11))
    return mira


async def asked(http: TestClient, query: str, viewer: Viewer | None = None) -> Answer:
    api = Api(http, headers=await bearer(viewer) if viewer else {})
    return await api.get(f"/mentors/mira/slots{query}")


async def local_starts(http: TestClient, query: str, viewer: Viewer | None = None) -> list[str]:
    answer = await asked(http, query, viewer)
    assert answer.status == 200
    return [slot["local_start"] for slot in answer.data["slots"]]


@pytest.mark.usefixtures("teacher")
async def test_anybody_is_told_free_times_on_the_clock_they_ask_for(http: TestClient) -> None:
    answer = await asked(http, "?from=2030-05-13&to=2030-05-13&minutes=90&timezone=Asia/Kathmandu")
    assert answer.data == {
        "timezone": "Asia/Kathmandu",
        "minutes": 90,
        "slots": [
            {
                "starts_at": f"2030-05-13T07:{minute}:00Z",
                "ends_at": f"2030-05-13T0{end}:00Z",
                "local_start": f"2030-05-13T{local}",
            }
            for minute, end, local in (("00", "8:30", "12:45"), ("30", "9:00", "13:15"))
        ],
    }
    assert await local_starts(http, "") == [
        f"2030-05-{day}T{hour}" for day in (13, 20) for hour in ("07:00", "07:30", "08:00")
    ]
    lea = await person("lea", zone="America/New_York")
    assert await local_starts(http, "?minutes=120", lea) == ["2030-05-13T03:00", "2030-05-20T03:00"]


@pytest.mark.usefixtures("teacher")
async def test_days_are_those_of_the_zone_that_is_asked_for(http: TestClient) -> None:
    """Nine o'clock on Monday in Berlin is Sunday in Honolulu."""
    sunday = "?from=2030-05-19&to=2030-05-19&minutes=120&timezone=Pacific/Honolulu"
    assert await local_starts(http, sunday) == ["2030-05-19T21:00"]
    assert await local_starts(http, sunday.replace("-19", "-20")) == []


@pytest.mark.usefixtures("teacher")
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?from=today", "from"),
        ("?from=1970-01-01", "from"),
        ("?from=9999-12-31", "from"),
        ("?from=0001-01-01&timezone=Asia/Tokyo", "from"),
        ("?from=2030-05-14&to=2030-05-13", "to"),
        ("?from=2030-05-14&to=2030-06-14", "to"),
        ("?minutes=10", "minutes"),
        ("?minutes=33", "minutes"),
        ("?minutes=x", "minutes"),
        ("?timezone=Europe/Nowhere", "timezone"),
    ],
)
async def test_what_cannot_be_asked_is_refused(http: TestClient, query: str, field: str) -> None:
    answer = await asked(http, query)
    assert (answer.status, list(answer.fields)) == (422, [field])


async def test_who_does_not_teach_has_no_times(http: TestClient, teacher: Viewer) -> None:
    lea, blocked = await person("lea"), await person("blocked")
    await mentor("waiting", approved=False)
    await circle.block(teacher, "blocked")
    for name in ("lea", "waiting", "nobody"):
        assert (await Api(http).get(f"/mentors/{name}/slots")).status == 404
    assert [(await asked(http, "", viewer)).status for viewer in (lea, blocked)] == [200, 404]
