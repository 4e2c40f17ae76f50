"""Creating a session step by step: nothing that was typed is lost, and nothing half done is published."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from aiohttp.test_utils import TestClient

from server.booking import service
from server.booking.drafting.drafts import get_draft
from server.booking.models import Offering, Series, Session, SessionDraft
from server.booking.paying import Payments, paid_by
from server.edge.access import Viewer
from server.infra.clock import ManualClock
from server.infra.models import OutboxRow
from tests.server.booking.makers import PAYABLE, cookie, mentor, published, skill
from tests.server.booking.test_pages import Headers, get, post

PAGE = "/dashboard/mentor/create"
BASICS = {"title": "Closures by example", "description": "Bring a laptop.", "language": "en"}
LEARNERS = {
    "level": "beginner",
    "objectives": "Explain a closure\r\n\r\nUse one",
    "audience": "People who write functions",
    "prerequisites": "Python 3",
}
SCHEDULE = {
    "starts_at": "2030-05-14T18:00",
    "duration_minutes": "60",
    "timezone": "Europe/Berlin",
    "every_weeks": "",
    "count": "6",
}
TERMS = {
    "capacity": "2",
    "price": "0",
    "currency": "EUR",
    "policy": "flexible",
    "recording": "off",
}
ALL = {"basics": BASICS, "learners": LEARNERS, "schedule": SCHEDULE, "terms": TERMS}


@pytest.fixture(autouse=True)
def in_spring_2030(moved_clock: ManualClock) -> ManualClock:
    moved_clock.set(datetime(2030, 3, 1, 12, tzinfo=UTC))
    return moved_clock


async def seen(http: TestClient, path: str, headers: Headers) -> str:
    """The mark by which a step's form knows the draft."""
    _, page = await get(http, path, headers)
    found = re.search(r'name="seen" value="(\w+)"', page)
    assert found, page
    return found[1]


async def fill(
    http: TestClient,
    path: str,
    headers: Headers,
    values: dict[str, str],
    do: str = "next",
    mark: str = "",
) -> tuple[int, str]:
    mark = mark or await seen(http, path, headers)
    return await post(http, path, headers, [*{**values, "seen": mark, "do": do}.items()])


async def begun(http: TestClient, headers: Headers, **changes: dict[str, str]) -> str:
    """The address of a draft that is complete but for its publishing."""
    steps = {key: {**values, **changes.get(key, {})} for key, values in ALL.items()}
    status, place = await fill(http, PAGE, headers, steps.pop("basics"))
    assert status == 303, unescape(place)
    base = place.rpartition("/")[0]
    for key, values in steps.items():
        status, place = await fill(http, f"{base}/{key}", headers, values)
        assert status == 303, unescape(place)
    assert place == f"{base}/publish"
    return base


async def refused(http: TestClient, path: str, headers: Headers, values: dict[str, str]) -> str:
    status, page = await fill(http, path, headers, values)
    assert status == 422
    return unescape(page)


# --- the way from nothing to a published session


async def test_five_steps_lead_to_a_published_session(http: TestClient) -> None:
    await skill("python", "Python")
    mira = await mentor(zone="Europe/Berlin")
    headers = await cookie(mira)
    base = await begun(http, headers, basics={"skills": "python"})
    _, page = await get(http, f"{base}/publish", headers)
    assert "Everything is there" in page
    assert "Explain a closure" in page
    status, place = await post(http, f"{base}/publish", headers)
    session = await Session.get()
    assert (status, place) == (303, f"/sessions/{session.id}?done=published")
    assert (session.status, session.capacity, session.policy, session.recording) == (
        "published",
        2,
        "flexible",
        "off",
    )
    assert session.starts_at == datetime(2030, 5, 14, 16, tzinfo=UTC)
    found = await service.get_session(session.id, None)
    assert found.objectives == ("Explain a closure", "Use one")
    assert found.skill_slugs == ("python",)
    assert (found.audience, found.prerequisites) == ("People who write functions", "Python 3")
    assert (await Offering.get()).title == "Closures by example"


async def test_pressed_twice_it_is_published_once(http: TestClient) -> None:
    headers = await cookie(await mentor())
    base = await begun(http, headers)
    places = [(await post(http, f"{base}/publish", headers))[1] for _ in range(2)]
    assert {place.split("?")[0] for place in places} == {f"/sessions/{(await Session.get()).id}"}
    assert (await get(http, f"{base}/basics", headers))[0] == 303
    assert (await get(http, base, headers))[0] == 303


async def test_draft_is_there_from_the_first_words_and_goes_on_where_it_was_left(
    http: TestClient,
) -> None:
    mira = await mentor()
    _, place = await fill(http, PAGE, await cookie(mira), BASICS)
    other_login = await cookie(mira)
    _, page = await get(http, PAGE, other_login)
    assert "Go on with a draft" in page
    assert "Closures by example" in page
    base = place.rpartition("/")[0]
    assert await get(http, base, other_login) == (303, f"{base}/learners")
    _, page = await get(http, f"{base}/basics", other_login)
    assert 'value="Closures by example"' in page


async def test_nothing_is_kept_of_an_empty_form(http: TestClient) -> None:
    headers = await cookie(await mentor())
    assert "Write a title" in await refused(http, PAGE, headers, {"title": " ", "language": "en"})
    assert (await fill(http, PAGE, headers, {"title": "", "language": "en"}, "keep"))[0] == 200
    assert await SessionDraft.all().count() == 0


async def test_step_ahead_opens_only_after_those_before(http: TestClient) -> None:
    headers = await cookie(await mentor())
    _, place = await fill(http, PAGE, headers, BASICS)
    base = place.rpartition("/")[0]
    for key in ("schedule", "terms", "publish"):
        assert await get(http, f"{base}/{key}", headers) == (303, f"{base}/learners")
    assert (await get(http, f"{base}/nonsense", headers))[0] == 404


async def test_way_back_keeps_what_was_typed_right_or_wrong(http: TestClient) -> None:
    headers = await cookie(await mentor())
    _, place = await fill(http, PAGE, headers, BASICS)
    base = place.rpartition("/")[0]
    wrong = {**LEARNERS, "objectives": "x" * 301}
    assert await fill(http, f"{base}/learners", headers, wrong, "back") == (303, f"{base}/basics")
    assert "x" * 301 in (await get(http, f"{base}/learners", headers))[1]
    assert (await fill(http, f"{base}/learners", headers, LEARNERS, "go:basics"))[1] == f"{base}/basics"
    assert (await fill(http, f"{base}/learners", headers, LEARNERS, "later"))[1] == f"{PAGE}?done=kept"


@pytest.mark.parametrize(
    ("step", "wrong", "said"),
    [
        ("basics", {"title": "ab"}, "title of at least three letters"),
        ("basics", {"description": "Write to me@example.org"}, "e-mail address"),
        ("learners", {"objectives": " \n "}, "at least one thing"),
        ("learners", {"level": "wizard"}, "Choose a level"),
        ("schedule", {"starts_at": ""}, "Choose a day and a time"),
        ("schedule", {"starts_at": "2020-01-01T10:00"}, "still to come"),
        ("schedule", {"starts_at": "2030-05-14T18:03"}, "five-minute mark"),
        ("schedule", {"starts_at": "99999-99-99"}, "Write a date and time"),
        ("schedule", {"timezone": "Mars/Olympus"}, "time zone"),
        ("schedule", {"count": "1", "every_weeks": "1"}, "from 2 to 52"),
        ("schedule", {"every_weeks": "9"}, "Choose how often"),
        ("schedule", {"duration_minutes": "soon"}, "Choose how long"),
        ("terms", {"capacity": "-1"}, "from 1 to 200"),
        ("terms", {"capacity": "9" * 5000}, "from 1 to 200"),
        ("terms", {"price": "1.005"}, "such as 12.50"),
        ("terms", {"price": "a lot"}, "such as 12.50"),
        ("terms", {"policy": "mine"}, "Choose a policy"),
    ],
)
async def test_wrong_field_is_marked_and_what_was_typed_is_kept(
    http: TestClient, step: str, wrong: dict[str, str], said: str
) -> None:
    mira = await mentor()
    headers = await cookie(mira)
    base = await begun(http, headers)
    page = await refused(http, f"{base}/{step}", headers, {**ALL[step], **wrong})
    field = next(iter(wrong))
    assert f'id="{field}-error"' in page
    assert said in page
    assert f'href="#{field}"' in page
    draft = await SessionDraft.get()
    assert draft.data[field] == wrong[field]
    _, page = await get(http, f"{base}/publish", headers)
    assert "Still missing" in page
    status, page = await post(http, f"{base}/publish", headers)
    assert status == 422
    assert await Session.all().count() == 0


# --- times that the clocks skip or show twice


async def test_skipped_time_is_refused_with_the_next_one_as_a_button(http: TestClient) -> None:
    headers = await cookie(await mentor())
    base = await begun(http, headers)
    path = f"{base}/schedule"
    page = await refused(http, path, headers, {**SCHEDULE, "starts_at": "2030-03-31T02:30"})
    assert "The next one is 03:00" in page
    assert 'value="use:2030-03-31T03:00"' in page
    typed = {**SCHEDULE, "starts_at": "2030-03-31T02:30"}
    status, page = await fill(http, path, headers, typed, "use:2030-03-31T03:00")
    assert status == 200
    assert 'value="2030-03-31T03:00"' in page
    assert (await post(http, f"{base}/publish", headers))[0] == 303
    assert (await Session.get()).starts_at == datetime(2030, 3, 31, 1, tzinfo=UTC)


@pytest.mark.parametrize(("which", "hour"), [("+02:00", 0), ("+01:00", 1)])
async def test_time_that_comes_twice_is_asked_for(http: TestClient, which: str, hour: int) -> None:
    headers = await cookie(await mentor())
    base = await begun(http, headers)
    twice = {**SCHEDULE, "starts_at": "2030-10-27T02:30"}
    page = await refused(http, f"{base}/schedule", headers, twice)
    assert "Which of both?" in page
    assert 'id="which-error"' in page
    chosen = {**twice, "which": f"2030-10-27T02:30:00{which}"}
    assert (await fill(http, f"{base}/schedule", headers, chosen))[1] == f"{base}/terms"
    assert (await post(http, f"{base}/publish", headers))[0] == 303
    session = await Session.get()
    assert session.starts_at == datetime(2030, 10, 27, hour, 30, tzinfo=UTC)
    assert session.local_start == "2030-10-27T02:30"


async def test_choice_of_another_night_does_not_count(http: TestClient) -> None:
    headers = await cookie(await mentor())
    base = await begun(http, headers)
    twice = {**SCHEDULE, "starts_at": "2030-10-27T02:30", "which": "2029-10-28T02:30:00+02:00"}
    assert "Which of both?" in await refused(http, f"{base}/schedule", headers, twice)


# --- clashes and series


async def test_clash_is_shown_before_publishing_and_refused_by_it(http: TestClient) -> None:
    mira = await mentor()
    await published(mira, datetime(2030, 5, 14, 16, 30, tzinfo=UTC), title="Decorators")
    headers = await cookie(mira)
    base = await begun(http, headers)
    _, page = await get(http, f"{base}/schedule", headers)
    assert "Clashes with “Decorators”" in unescape(page)
    _, page = await get(http, f"{base}/publish", headers)
    assert "You have “Decorators” then" in unescape(page)
    assert "Everything is there" not in page
    status, page = await post(http, f"{base}/publish", headers)
    assert status == 409
    assert "You have another lesson at that time" in page
    assert await Session.all().count() == 1
    assert (await SessionDraft.get()).session_id is None


WEEKLY = {"every_weeks": "1", "count": "4", "starts_at": "2030-03-17T02:30"}


async def test_series_is_published_whole_and_followers_hear_of_it_once(http: TestClient) -> None:
    mira = await mentor()
    headers = await cookie(mira)
    base = await begun(http, headers, schedule=WEEKLY)
    _, page = await get(http, f"{base}/schedule", headers)
    assert "The clocks skip 02:30: begins 03:00" in page
    _, page = await get(http, f"{base}/publish", headers)
    assert "Publish all 4 dates" in page
    assert (await post(http, f"{base}/publish", headers))[0] == 303
    sessions = await Session.all().order_by("starts_at")
    assert [session.local_start[11:] for session in sessions] == ["02:30", "02:30", "03:00", "02:30"]
    assert [session.series_position for session in sessions] == [0, 1, 2, 3]
    assert {session.status for session in sessions} == {"published"}
    assert {session.series_id for session in sessions} == {(await Series.get()).id}
    assert {session.offering_id for session in sessions} == {(await Offering.get()).id}
    assert await OutboxRow.filter(job="booking.session_over").count() == 4
    assert await OutboxRow.filter(job="people.tell_followers").count() <= 1


async def test_series_with_a_clash_is_published_without_it_or_not_at_all(http: TestClient) -> None:
    mira = await mentor()
    taken = await published(mira, datetime(2030, 3, 31, 1, tzinfo=UTC), title="Decorators")
    headers = await cookie(mira)
    base = await begun(http, headers, schedule=WEEKLY)
    status, page = await post(http, f"{base}/publish", headers)
    assert status == 409
    assert "Sun 31 Mar 2030" in page
    assert await Session.all().count() == 1
    _, page = await get(http, f"{base}/publish", headers)
    assert "Publish the 3 free dates" in page
    left_out = re.findall(r'name="leave_out" value="([^"]+)"', page)
    assert left_out == ["2030-03-31T03:00"]
    fields = [("leave_out", each) for each in left_out]
    assert (await post(http, f"{base}/publish", headers, fields))[0] == 303
    made = await Session.exclude(id=taken).order_by("starts_at")
    assert [session.series_position for session in made] == [0, 1, 3]


async def test_dates_can_be_left_out_but_not_all(http: TestClient) -> None:
    headers = await cookie(await mentor())
    base = await begun(http, headers, schedule={**WEEKLY, "count": "2", "leave_out": "2030-03-24T02:30"})
    path = f"{base}/schedule"
    mark = await seen(http, path, headers)
    both = [("leave_out", "2030-03-17T02:30"), ("leave_out", "2030-03-24T02:30")]
    fields = [*{**SCHEDULE, **WEEKLY, "count": "2", "seen": mark}.items(), *both]
    status, page = await post(http, path, headers, fields)
    assert status == 422
    assert "Leave at least one date in" in page
    await fill(http, path, headers, {**SCHEDULE, **WEEKLY, "count": "2", "leave_out": both[0][1]})
    assert (await post(http, f"{base}/publish", headers))[0] == 303
    assert (await Session.get()).local_start == "2030-03-24T02:30"


# --- what has to be so first


async def test_mentor_who_may_not_publish_reads_why_and_keeps_the_draft(http: TestClient) -> None:
    mira = await mentor(approved=False, verified=False)
    headers = await cookie(mira)
    base = await begun(http, headers)
    _, page = await get(http, f"{base}/publish", headers)
    assert "We still have to read it." in page
    assert "Open the link in the mail that we sent you." in page
    assert (await post(http, f"{base}/publish", headers))[0] == 403
    assert await Session.all().count() == 0
    assert await SessionDraft.filter(session_id=None).count() == 1


@pytest.mark.parametrize(
    ("payments", "price", "said"),
    [
        (None, "12.50", "Paid sessions are not open yet"),
        (replace(PAYABLE, least_minor=50), "0.49", "The lowest price that can be paid is 0.50."),
        (PAYABLE, "0.49", ""),
        (None, "0", ""),
    ],
)
async def test_price_is_one_that_can_be_paid(
    http: TestClient, payments: Payments | None, price: str, said: str
) -> None:
    headers = await cookie(await mentor())
    base = await begun(http, headers, terms={"price": price})
    with paid_by(payments):
        _, page = await get(http, f"{base}/publish", headers)
        assert said in page
        assert (await post(http, f"{base}/publish", headers))[0] == (422 if said else 303)


# --- two tabs, and whose draft it is


async def test_two_tabs_lose_no_words_silently(http: TestClient) -> None:
    mira = await mentor()
    headers = await cookie(mira)
    base = await begun(http, headers)
    path = f"{base}/basics"
    mark = await seen(http, path, headers)
    assert (await fill(http, path, headers, {**BASICS, "title": "From the first tab"}))[0] == 303
    typed = {**BASICS, "title": "From the second tab"}
    status, page = await fill(http, path, headers, typed, mark=mark)
    assert status == 409
    assert "changed in another tab" in page
    assert "From the first tab" in page
    assert 'value="From the second tab"' in page
    assert (await SessionDraft.get()).data["title"] == "From the first tab"
    found = re.search(r'name="seen" value="(\w+)"', page)
    assert found
    assert (await fill(http, path, headers, typed, mark=found[1]))[0] == 303
    assert (await SessionDraft.get()).data["title"] == "From the second tab"


async def test_tabs_on_two_steps_are_in_nobodys_way(http: TestClient) -> None:
    headers = await cookie(await mentor())
    base = await begun(http, headers)
    mark = await seen(http, f"{base}/terms", headers)
    await fill(http, f"{base}/basics", headers, {**BASICS, "title": "From the first tab"})
    assert (await fill(http, f"{base}/terms", headers, {**TERMS, "capacity": "9"}, mark=mark))[0] == 303
    data = (await SessionDraft.get()).data
    assert (data["title"], data["capacity"]) == ("From the first tab", "9")


async def test_same_words_sent_twice_are_no_conflict(http: TestClient) -> None:
    headers = await cookie(await mentor())
    base = await begun(http, headers)
    path = f"{base}/basics"
    mark = await seen(http, path, headers)
    for _ in range(2):
        assert (await fill(http, path, headers, {**BASICS, "title": "Said twice"}, mark=mark))[0] == 303


async def test_draft_is_its_mentors_alone(http: TestClient) -> None:
    mira, max_ = await mentor(), await mentor("max")
    base = await begun(http, await cookie(mira))
    foreign = await cookie(max_)
    for path in (base, f"{base}/basics", f"{base}/publish"):
        assert (await get(http, path, foreign))[0] == 404
        assert (await post(http, path, foreign))[0] == 404
    assert "Closures by example" not in (await get(http, PAGE, foreign))[1]
    assert await SessionDraft.all().count() == 1


async def test_draft_is_thrown_away(http: TestClient) -> None:
    headers = await cookie(await mentor())
    base = await begun(http, headers)
    assert await post(http, base, headers) == (303, f"{PAGE}?done=thrown")
    assert await SessionDraft.all().count() == 0


async def test_nobody_fills_the_database_with_drafts(
    http: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.booking.drafting.drafts.MOST_DRAFTS", 2)
    headers = await cookie(await mentor())
    for _ in range(2):
        await fill(http, PAGE, headers, BASICS)
    status, page = await fill(http, PAGE, headers, BASICS)
    assert status == 409
    assert "Throw one away first" in page
    assert 'value="Closures by example"' in page


# --- once more


async def again(http: TestClient, session: Session, who: Viewer, kind: str) -> str:
    status, place = await post(http, f"/sessions/{session.id}/again", await cookie(who), [("as", kind)])
    assert status == 303
    return place


async def test_another_date_is_of_the_same_offering(
    http: TestClient, in_spring_2030: ManualClock
) -> None:
    mira = await mentor(zone="Europe/Berlin")
    headers = await cookie(mira)
    await post(http, f"{await begun(http, headers)}/publish", headers)
    first = await Session.get()
    in_spring_2030.set(first.starts_at + timedelta(days=10))
    headers = await cookie(mira)
    place = await again(http, first, mira, "date")
    base, _, step = place.rpartition("/")
    assert step == "schedule"
    _, page = await get(http, place, headers)
    assert 'value="2030-05-28T18:00"' in page
    await fill(http, f"{base}/basics", headers, {**BASICS, "title": "Closures again"})
    assert (await post(http, f"{base}/publish", headers))[0] == 303
    second = await Session.exclude(id=first.id).get()
    assert (second.title, second.offering_id) == ("Closures again", first.offering_id)
    assert second.policy == "flexible"


async def test_session_used_again_under_another_title_is_something_new(http: TestClient) -> None:
    mira = await mentor()
    headers = await cookie(mira)
    await post(http, f"{await begun(http, headers)}/publish", headers)
    first = await Session.get()
    place = await again(http, first, mira, "new")
    base = place.rpartition("/")[0]
    assert place == f"{base}/basics"
    await fill(http, place, headers, {**BASICS, "title": "Decorators by example"})
    assert (await post(http, f"{base}/publish", headers))[0] == 303
    assert await Offering.all().count() == 2


async def test_sessions_of_others_cannot_be_used_again(http: TestClient) -> None:
    session_id = await published(await mentor())
    headers = await cookie(await mentor("max"))
    assert (await post(http, f"/sessions/{session_id}/again", headers))[0] == 403
    assert await SessionDraft.all().count() == 0


async def test_draft_outlives_the_login(http: TestClient) -> None:
    mira = await mentor()
    base = await begun(http, await cookie(mira))
    draft_id = (await SessionDraft.get()).id
    draft = await get_draft(draft_id, mira)
    assert draft.reached == 5
    assert (await get(http, f"{base}/terms", await cookie(mira)))[0] == 200


async def test_drafts_stand_among_a_mentors_sessions(http: TestClient) -> None:
    headers = await cookie(await mentor())
    base = await begun(http, headers)
    _, page = await get(http, "/dashboard/mentor/sessions?tab=drafts", headers)
    assert f'href="{base}"' in page
    assert "Closures by example" in page
    assert base not in (await get(http, "/dashboard/mentor/sessions", headers))[1]
