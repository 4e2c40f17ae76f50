"""The page on which a mentor says when they teach, without a script."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from aiohttp.test_utils import TestClient

from server.booking.hours.form import Row, WeekForm, form_sent, minute_of, pressed
from server.booking.hours.openings import Slot
from server.booking.hours.preview import FreeDay, FreeTime, free_days
from server.edge.access import Viewer
from server.infra.clock import ManualClock
from server.people.availability import Override, Weekly
from server.people.models import MentorProfile
from server.people.timetable import add_override, keep_week, own_availability
from tests.server.booking.makers import cookie, mentor, published

PAGE = "/profile/edit/availability"
MONDAY = datetime(2030, 5, 13, 6, 0, tzinfo=UTC)
AROUND = [("buffer_minutes", "15"), ("notice_minutes", "0")]
Sent = list[tuple[str, str]]


@pytest.fixture
async def mira(http: TestClient, moved_clock: ManualClock) -> Viewer:
    moved_clock.set(MONDAY)
    viewer = await mentor(zone="Europe/Berlin")
    await MentorProfile.filter(user_id=viewer.user_id).update(notice_minutes=0)
    return viewer


async def seen(http: TestClient, viewer: Viewer, query: str = "") -> str:
    async with http.get(PAGE + query, headers=await cookie(viewer)) as page:
        assert page.status == 200
        return await page.text()


async def send(http: TestClient, viewer: Viewer, fields: Sent, path: str = PAGE) -> tuple[int, str]:
    """The status and the page, or where it leads."""
    headers = await cookie(viewer)
    async with http.get(PAGE, headers=headers) as page:
        token = re.search(r'name="csrf_token" value="([^"]+)"', await page.text())
    assert token
    data = [("csrf_token", token[1]), *fields]
    async with http.post(path, headers=headers, data=data, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location", await answer.text())


def rows(text: str) -> dict[str, str]:
    """The hours of a page by their fields."""
    found = re.findall(r'name="((?:start|end)-\d-\d)" type="time" step="300" value="([^"]*)"', text)
    return dict(found)


def free(text: str) -> list[str]:
    """The free times of the preview."""
    return re.findall(r"\d\d:\d\d–\d\d:\d\d", text[text.index("data-look-days") :])


async def test_hours_are_kept_with_pause_and_notice(http: TestClient, mira: Viewer) -> None:
    fields = [("start-0-0", "09:00"), ("end-0-0", "12:00"), ("start-4-0", "18:00"), ("end-4-0", "00:00")]
    nothing = [("start-6-0", ""), ("end-6-0", "")]
    status, where = await send(http, mira, [*fields, *nothing, *AROUND])
    assert (status, where.split("&")[0]) == (303, f"{PAGE}?done=saved")
    kept = await own_availability(mira)
    assert kept.weekly == (Weekly(0, 540, 720), Weekly(4, 1080, 1440))
    assert (kept.buffer_minutes, kept.notice_minutes) == (15, 0)
    text = await seen(http, mira, "?done=saved")
    assert rows(text) == dict(fields)
    assert "Your hours are saved" in text


async def test_what_is_wrong_is_said_beside_its_row_and_everything_typed_stays(
    http: TestClient, mira: Viewer
) -> None:
    await keep_week(mira, [Weekly(0, 540, 600)])
    typed = {
        "start-1-0": "12:00",
        "end-1-0": "09:00",
        "start-2-0": "10:00",
        "end-2-0": "",
        "start-3-0": "09:00",
        "end-3-0": "11:00",
        "start-3-1": "10:00",
        "end-3-1": "12:00",
    }
    status, text = await send(http, mira, [*typed.items(), *AROUND])
    assert (status, rows(text)) == (422, typed)
    assert re.findall(r'id="(start-\d-\d)-error"', text) == ["start-2-0"]
    del typed["start-2-0"], typed["end-2-0"]
    status, text = await send(http, mira, [*typed.items(), *AROUND])
    assert re.findall(r'id="(start-\d-\d)-error"', text) == ["start-1-0", "start-3-1"]
    assert "Thursday: These hours overlap with 09:00–11:00 on Thursday." in text
    assert "Put your hours right" in text
    assert (await own_availability(mira)).weekly == (Weekly(0, 540, 600),)


async def test_buttons_change_rows_and_save_nothing(http: TestClient, mira: Viewer) -> None:
    typed = [("start-0-0", "09:00"), ("end-0-0", "12:00"), *AROUND]
    _, text = await send(http, mira, [*typed, ("do", "add:0")])
    assert rows(text) == dict(typed[:2]) | {"start-0-1": "13:00", "end-0-1": "15:00"}
    assert "Not saved yet" in text
    _, text = await send(http, mira, [*typed, ("do", "copy:0")])
    assert list(rows(text).values()) == ["09:00", "12:00"] * 5
    _, text = await send(http, mira, [*typed, ("do", "remove:0:0")])
    assert rows(text) == {}
    assert (await own_availability(mira)).weekly == ()


async def test_preview_is_of_what_is_typed_on_a_learners_clock(http: TestClient, mira: Viewer) -> None:
    typed = [("start-0-0", "18:00"), ("end-0-0", "21:00"), *AROUND, ("do", "preview")]
    _, text = await send(http, mira, typed, f"{PAGE}?zone=Asia/Kathmandu&minutes=60")
    assert free(text) == ["21:45–24:00", "00:00–00:45"] * 2
    _, text = await send(http, mira, typed, f"{PAGE}?zone=Nowhere&minutes=7")
    assert free(text) == ["18:00–21:00"] * 2


async def test_preview_leaves_out_what_is_booked_and_the_pause_after_it(
    http: TestClient, mira: Viewer
) -> None:
    await keep_week(mira, [Weekly(0, 600, 840)], buffer_minutes=15)
    await published(mira, MONDAY.replace(hour=9))
    text = await seen(http, mira, "?zone=America/New_York&minutes=60")
    assert free(text) == ["06:30–08:00", "04:00–08:00"]


async def test_nothing_free_says_what_to_do(http: TestClient, mira: Viewer) -> None:
    text = await seen(http, mira)
    assert "Nothing is free in the next two weeks." in text


# --- other days


async def test_a_vacation_is_added_and_removed(http: TestClient, mira: Viewer) -> None:
    fields = [
        ("kind", "away"),
        ("first_date", "2030-05-20"),
        ("last_date", "2030-05-24"),
        ("note", "<Sea>"),
    ]
    ignored = [("start", "09:00"), ("end", "")]
    look = "zone=Asia%2FKathmandu&minutes=30"
    added = await send(http, mira, [*fields, *ignored], f"{PAGE}/dates?{look}")
    assert added == (303, f"{PAGE}?done=added&{look}#dates")
    [away] = (await own_availability(mira)).overrides
    assert away == Override(date(2030, 5, 20), date(2030, 5, 24), note="<Sea>", id=away.id)
    assert "Mon 20 May – Fri 24 May" in (text := await seen(http, mira))
    assert "&lt;Sea&gt;" in text
    removal = [("remove", str(away.id))]
    removed = await send(http, mira, removal, f"{PAGE}/dates?{look}")
    assert removed == (303, f"{PAGE}?done=removed&{look}#dates")
    assert (await own_availability(mira)).overrides == ()


async def test_other_hours_are_of_one_day_if_no_last_is_named(http: TestClient, mira: Viewer) -> None:
    fields = [("kind", "hours"), ("first_date", "2030-05-20"), ("start", "18:00"), ("end", "00:00")]
    assert (await send(http, mira, fields, f"{PAGE}/dates"))[0] == 303
    [evening] = (await own_availability(mira)).overrides
    assert evening == Override(date(2030, 5, 20), date(2030, 5, 20), 1080, 1440, id=evening.id)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"first_date": ""}, "first_date"),
        ({"first_date": "2030-05-20", "last_date": "20.5."}, "last_date"),
        ({"first_date": "2030-05-20", "last_date": "2030-05-19"}, "last_date"),
        ({"first_date": "2030-05-20", "kind": "hours", "start": "18:00"}, "end"),
        ({"first_date": "2030-05-20", "kind": "hours", "start": "x", "end": "20:00"}, "start"),
        ({"first_date": "2030-05-16"}, "first_date"),
    ],
)
async def test_wrong_days_are_said_and_what_was_typed_stays(
    http: TestClient, mira: Viewer, fields: dict[str, str], wrong: str
) -> None:
    await add_override(mira, Override(date(2030, 5, 15), date(2030, 5, 17)))
    status, text = await send(http, mira, [*fields.items(), ("note", "Typed")], f"{PAGE}/dates")
    assert (status, re.findall(r'id="(\w+)-error"', text)) == (422, [wrong])
    assert 'value="Typed"' in text
    assert len((await own_availability(mira)).overrides) == 1


async def test_lessons_that_are_planned_on_other_days_are_counted(http: TestClient, mira: Viewer) -> None:
    await published(mira, datetime(2030, 5, 20, 22, 30, tzinfo=UTC))  # the 21st in Berlin
    await add_override(mira, Override(date(2030, 5, 20), date(2030, 5, 20)))
    assert "planned on" not in await seen(http, mira)
    await add_override(mira, Override(date(2030, 5, 21), date(2030, 5, 22)))
    assert re.search(r">1 lesson</a> of yours is planned on these days", await seen(http, mira))


async def test_somebody_elses_day_stays(http: TestClient, mira: Viewer) -> None:
    tomas = await mentor("tomas")
    theirs = Override(date(2030, 5, 20), date(2030, 5, 20))
    await add_override(tomas, theirs)
    await send(http, mira, [("remove", str(theirs.id))], f"{PAGE}/dates")
    assert (await own_availability(tomas)).overrides == (theirs,)


# --- the parts by themselves

EMPTY_WEEK = WeekForm(((),) * 7, "0", "0")


def week(*monday: Row) -> WeekForm:
    return WeekForm((monday, *((),) * 6), "0", "0")


@pytest.mark.parametrize(
    ("rows", "added"),
    [
        ((), Row("09:00", "17:00")),
        ((Row("09:00", "12:00"),), Row("13:00", "15:00")),
        ((Row("09:00", "21:00"),), Row("22:00", "00:00")),
        ((Row("09:00", "21:30"),), Row()),
        ((Row("18:00", "00:00"),), Row()),
        ((Row("x", "y"),), Row()),
    ],
)
def test_hours_are_added_after_those_that_are_there(rows: tuple[Row, ...], added: Row) -> None:
    assert pressed(week(*rows), "add:0").days[0] == (*rows, added)


def test_no_more_hours_are_added_than_a_day_can_have() -> None:
    form = EMPTY_WEEK
    for _ in range(12):
        form = pressed(form, "add:0")
    assert len(form.days[0]) == 8


@pytest.mark.parametrize(
    "button", ["", "add", "add:7", "add:x", "add:²", "remove:0", "copy:0:0", "drop:0"]
)
def test_button_that_does_not_exist_changes_nothing(button: str) -> None:
    form = week(Row("09:00", "10:00"))
    assert pressed(form, button) == form


def test_rows_are_read_in_their_order_and_fields_of_none_are_left_out() -> None:
    sent = {
        "end-0-1": "12:00",
        "start-0-1": "11:00",
        "start-0-0": " 9:00 ",
        "start-9-0": "1",
        "start-0-x": "1",
    }
    assert form_sent(sent).days[0] == (Row("9:00", ""), Row("11:00", "12:00"))


@pytest.mark.parametrize(
    ("text", "minute"), [("00:00", 0), ("9:05", 545), ("09.05", 545), ("23:59", 1439), ("24:00", 1440)]
)
def test_clock_is_read(text: str, minute: int) -> None:
    assert minute_of(text) == minute


@pytest.mark.parametrize("text", ["", "9", "25:00", "24:05", "9:60", "٠٩:٠٠", "09:00:00"])
def test_what_is_no_clock_is_not_read(text: str) -> None:
    assert minute_of(text) is None


def test_free_times_are_cut_at_a_learners_midnights() -> None:
    slots = [Slot(MONDAY.replace(hour=hour), MONDAY.replace(hour=hour + 2)) for hour in (8, 9, 17, 18)]
    assert free_days(slots, "Asia/Kathmandu", MONDAY.date(), 3) == [
        FreeDay(date(2030, 5, 13), (FreeTime(825, 1005), FreeTime(1365, 1440))),
        FreeDay(date(2030, 5, 14), (FreeTime(0, 105),)),
        FreeDay(date(2030, 5, 15), ()),
    ]
