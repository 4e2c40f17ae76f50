"""A mentor's hours: what may be said of them, by the service and by the API."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from aiohttp.test_utils import TestClient
from hypothesis import given
from hypothesis import strategies as st

from server.edge.access import Viewer
from server.infra.clock import ManualClock
from server.infra.errors import Conflict, Invalid
from server.people.availability import Availability, Override, Weekly
from server.people.hour_rules import MAX_A_DAY, MAX_OVERRIDES, clock_text, week_problems
from server.people.models import AvailabilityOverride
from server.people.timetable import add_override, keep_week, own_availability, remove_override
from tests.databases import BOTH
from tests.factories import Api
from tests.server.booking.makers import bearer, mentor, person

pytestmark = pytest.mark.usefixtures("database")

MONDAY = date(2030, 5, 13)
DAY = timedelta(days=1)
NINE, NOON, SIX, EIGHT = 540, 720, 1080, 1200


@pytest.fixture(autouse=True)
def on_monday(moved_clock: ManualClock) -> None:
    moved_clock.set(datetime(2030, 5, 13, 6, 0, tzinfo=UTC))


def week(*hours: tuple[int, int, int]) -> list[Weekly]:
    return [Weekly(*each) for each in hours]


async def refused(viewer: Viewer, *hours: tuple[int, int, int], **rest: Any) -> dict[str, str]:
    """What is said of these hours; those before stay."""
    before = await own_availability(viewer)
    with pytest.raises(Invalid) as error:
        await keep_week(viewer, week(*hours), **rest)
    assert await own_availability(viewer) == before
    return error.value.fields


# --- the week


@BOTH
async def test_a_week_is_kept_with_its_pause_and_notice() -> None:
    mira = await mentor(zone="Europe/Berlin")
    await keep_week(mira, week((4, SIX, 1440), (0, NINE, NOON), (0, NOON, 1000)), buffer_minutes=15)
    await keep_week(mira, week((4, SIX, 1440), (0, NINE, NOON), (0, NOON, 1000)), notice_minutes=60)
    assert await own_availability(mira) == Availability(
        "Europe/Berlin",
        True,
        buffer_minutes=15,
        notice_minutes=60,
        weekly=(Weekly(0, NINE, NOON), Weekly(0, NOON, 1000), Weekly(4, SIX, 1440)),
    )


@BOTH
async def test_hours_that_overlap_are_refused_and_those_before_stay() -> None:
    mira = await mentor()
    await keep_week(mira, week((2, NINE, NOON)))
    said = await refused(mira, (0, NINE, NOON), (1, NINE, NOON), (0, NOON - 5, SIX))
    assert said == {"weekly.2": "These hours overlap with 09:00–12:00 on Monday."}


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ((0, NOON, NINE), "after the start"),
        ((0, NINE, NINE), "after the start"),
        ((0, 1440, 1440), "after the start"),
        ((0, NINE + 1, NOON), "five minutes"),
        ((0, NINE, NOON + 2), "five minutes"),
    ],
)
async def test_hours_that_make_no_sense_are_refused(hours: tuple[int, int, int], words: str) -> None:
    assert words in (await refused(await mentor(), hours))["weekly.0"]


async def test_a_day_has_so_many_stretches_at_most() -> None:
    hours = [(0, 60 * hour, 60 * hour + 30) for hour in range(MAX_A_DAY + 1)]
    assert set(await refused(await mentor(), *hours)) == {f"weekly.{MAX_A_DAY}"}


@given(
    st.lists(st.builds(Weekly, st.integers(0, 2), st.sampled_from(range(0, 1441, 60)), st.just(0)))
    .flatmap(lambda rules: st.tuples(*(_lasting(rule) for rule in rules)))
    .filter(lambda rules: len(rules) <= MAX_A_DAY)
)
def test_a_week_is_refused_exactly_when_two_of_its_hours_meet(rules: tuple[Weekly, ...]) -> None:
    meeting = [
        (one, other)
        for place, one in enumerate(rules)
        for other in rules[place + 1 :]
        if one.weekday == other.weekday
        and one.start_minute < other.end_minute
        and other.start_minute < one.end_minute
    ]
    assert bool(week_problems(rules)) == bool(meeting)


def _lasting(rule: Weekly) -> st.SearchStrategy[Weekly]:
    lengths = st.integers(1, 36).map(lambda steps: min(1440, rule.start_minute % 1440 + 5 * steps))
    return lengths.map(lambda end: Weekly(rule.weekday, rule.start_minute % 1440, end))


@pytest.mark.parametrize(
    ("name", "wrong"), [("buffer_minutes", (7, -5, 245)), ("notice_minutes", (-1, 14 * 1440 + 1))]
)
async def test_pause_and_notice_have_bounds(name: str, wrong: tuple[int, ...]) -> None:
    mira = await mentor()
    for minutes in wrong:
        assert set(await refused(mira, **{name: minutes})) == {name}


async def test_who_is_no_mentor_has_no_hours() -> None:
    lea = await person("lea")
    for action in (
        keep_week(lea, []),
        add_override(lea, Override(MONDAY, MONDAY)),
        own_availability(lea),
    ):
        with pytest.raises(Conflict) as error:
            await action
        assert error.value.code == "no_mentor"


# --- overrides


@BOTH
async def test_overrides_are_kept_until_they_are_over_or_removed(moved_clock: ManualClock) -> None:
    mira, tomas = await mentor(), await mentor("tomas")
    away = Override(MONDAY + 7 * DAY, MONDAY + 20 * DAY, note="The sea")
    special = Override(MONDAY, MONDAY, SIX, EIGHT)
    for override in (away, special):
        await add_override(mira, override)
    await remove_override(tomas, away.id)
    assert (await own_availability(mira)).overrides == (special, away)
    moved_clock.set(datetime(2030, 5, 14, 1, 0, tzinfo=UTC))
    assert (await own_availability(mira)).overrides == (away,)
    await remove_override(mira, away.id)
    await remove_override(mira, away.id)
    assert (await own_availability(mira)).overrides == ()


@pytest.mark.parametrize(
    ("override", "field", "words"),
    [
        (Override(MONDAY, MONDAY - DAY), "last_date", "before the first"),
        (Override(MONDAY - DAY, MONDAY - DAY), "first_date", "still to come"),
        (Override(MONDAY, MONDAY + 731 * DAY), "last_date", "two years"),
        (Override(MONDAY, MONDAY, SIX), "end", "both"),
        (Override(MONDAY, MONDAY, None, SIX), "start", "both"),
        (Override(MONDAY, MONDAY, EIGHT, SIX), "end", "after the start"),
        (Override(MONDAY, MONDAY, note="x" * 141), "note", "140"),
        (Override(MONDAY + 6 * DAY, MONDAY + 8 * DAY), "first_date", "away on 20 May already"),
        (Override(MONDAY + 7 * DAY, MONDAY + 7 * DAY, SIX, EIGHT), "first_date", "away on 20 May"),
        (Override(MONDAY + 2 * DAY, MONDAY + 4 * DAY), "first_date", "from 15 May to 16 May"),
        (Override(MONDAY + 3 * DAY, MONDAY + 3 * DAY, EIGHT - 5, 1300), "start", "18:00–20:00"),
    ],
)
async def test_override_that_makes_no_sense_is_refused(
    override: Override, field: str, words: str
) -> None:
    mira = await mentor()
    await add_override(mira, Override(MONDAY + 7 * DAY, MONDAY + 7 * DAY))
    await add_override(mira, Override(MONDAY + 2 * DAY, MONDAY + 3 * DAY, SIX, EIGHT))
    await add_override(mira, Override(MONDAY + 3 * DAY, MONDAY + 3 * DAY, EIGHT, 1300))
    with pytest.raises(Invalid) as error:
        await add_override(mira, override)
    assert words in error.value.fields[field]
    assert await AvailabilityOverride.all().count() == 3


async def test_a_vacation_that_has_begun_can_still_be_entered() -> None:
    mira = await mentor()
    await add_override(mira, Override(MONDAY - 3 * DAY, MONDAY))
    assert len((await own_availability(mira)).overrides) == 1


async def test_overrides_have_a_number_that_is_the_most() -> None:
    mira = await mentor()
    rows = [
        AvailabilityOverride(user_id=mira.user_id, public_id=uuid4(), first_date=day, last_date=day)
        for day in (MONDAY + place * DAY for place in range(MAX_OVERRIDES))
    ]
    await AvailabilityOverride.bulk_create(rows)
    with pytest.raises(Invalid) as error:
        await add_override(mira, Override(MONDAY + 300 * DAY, MONDAY + 300 * DAY))
    assert "remove some" in error.value.fields["first_date"]


# --- the API


@pytest.fixture
async def mira(http: TestClient) -> Viewer:
    return await mentor(zone="Asia/Kathmandu")


@pytest.fixture
async def api(http: TestClient, mira: Viewer) -> Api:
    return Api(http, headers=await bearer(mira))


async def test_hours_are_put_and_got_by_the_api(api: Api) -> None:
    put = {
        "weekly": [{"weekday": 6, "start": "20:30", "end": "24:00"}],
        "overrides": [
            {"first_date": "2030-06-01", "last_date": "2030-06-14", "note": "Away"},
            {"first_date": "2030-06-20", "last_date": "2030-06-20", "start": "07:00", "end": "08:00"},
        ],
        "buffer_minutes": 10,
        "notice_minutes": 0,
    }
    answer = await api.call("PUT", "/users/me/availability", put)
    assert answer.status == 200
    ids = [override.pop("id") for override in answer.data["overrides"]]
    assert len(set(ids)) == 2
    nothing = {"start": None, "end": None, "note": ""}
    overrides = [{**nothing, **each} for each in put["overrides"]]  # type: ignore[dict-item,attr-defined]
    assert answer.data == {"timezone": "Asia/Kathmandu", **put, "overrides": overrides}
    await api.call("PUT", "/users/me/availability", {"weekly": []})
    kept = (await api.get("/users/me/availability")).data
    assert (kept["weekly"], [each["id"] for each in kept["overrides"]], kept["buffer_minutes"]) == (
        [],
        ids,
        10,
    )


@pytest.mark.parametrize(
    ("put", "field"),
    [
        ({}, "weekly"),
        ({"weekly": [{"weekday": 7, "start": "09:00", "end": "10:00"}]}, "weekly.0.weekday"),
        ({"weekly": [{"weekday": 0, "start": "9:00", "end": "10:00"}]}, "weekly.0.start"),
        ({"weekly": [{"weekday": 0, "start": "09:00", "end": "24:05"}]}, "weekly.0.end"),
        ({"weekly": [{"weekday": 0, "start": "11:00", "end": "10:00"}]}, "weekly.0"),
        ({"weekly": [], "buffer_minutes": 3}, "buffer_minutes"),
        ({"weekly": [], "notice_minutes": True}, "notice_minutes"),
        (
            {"weekly": [], "overrides": [{"first_date": 5, "last_date": "2030-06-01"}]},
            "overrides.0.first_date",
        ),
        (
            {"weekly": [], "overrides": 2 * [{"first_date": "2030-06-01", "last_date": "2030-06-01"}]},
            "overrides.1.first_date",
        ),
    ],
)
async def test_wrong_hours_are_named_by_their_place(api: Api, put: dict[str, Any], field: str) -> None:
    answer = await api.call("PUT", "/users/me/availability", put)
    assert (answer.status, list(answer.fields)) == (422, [field])


def test_a_clock_shows_the_end_of_the_day() -> None:
    assert [clock_text(minute) for minute in (0, 65, 1440)] == ["00:00", "01:05", "24:00"]
