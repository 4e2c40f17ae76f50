"""Who may say what a lesson was like, how often and until when; and what it does to ratings."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from server.booking import service as booking
from server.booking.models import Booking, Offering, Session
from server.booking.times import next_mark
from server.classroom.models import AttendanceInterval
from server.edge.access import Viewer
from server.feedback import service
from server.feedback.forms import ReviewForm
from server.feedback.models import Review
from server.feedback.rating import bayesian_mean
from server.feedback.rules import EDIT_FOR
from server.infra import clock
from server.infra.errors import Conflict, Forbidden, Invalid, NotFound
from server.messages.states import Subject
from server.people import circle
from server.people.models import MentorProfile
from tests.databases import BOTH
from tests.server.achievements.lessons import held
from tests.server.booking.makers import bearer, draft, mentor, person, published
from tests.server.feedback.makers import lesson, rating_of, reviewed

FORM = ReviewForm(rating=5)


@BOTH
async def test_review_of_who_was_there_counts_at_once_for_mentor_and_offering(database: object) -> None:
    mira, lea, jun = await mentor(), await person("lea"), await person("jun")
    one, other = await lesson(mira, lea, jun), await lesson(mira, lea, title="Another thing")
    await reviewed(one, lea, 5)
    await reviewed(one, jun, 3)
    await reviewed(other, lea, 1)
    assert await rating_of(mira) == (bayesian_mean(9, 3), 3)
    of_one, of_other = [await Session.get(id=each).prefetch_related("offering") for each in (one, other)]
    assert (of_one.offering.rating, of_one.offering.rating_count) == (bayesian_mean(8, 2), 2)  # type: ignore[union-attr]
    assert (of_other.offering.rating, of_other.offering.rating_count) == (bayesian_mean(1, 1), 1)  # type: ignore[union-attr]


async def refused(session_id: Any, viewer: Viewer) -> str:
    with pytest.raises((Conflict, Forbidden, NotFound)) as error:
        await service.give(session_id, viewer, FORM)
    return error.value.code


async def test_review_asks_for_a_seat_presence_and_an_end(database: object) -> None:
    mira, (lea, jun, amara) = await mentor(), [await person(name) for name in ("lea", "jun", "amara")]
    over = await held(mira, {lea: 60.0, jun: 4.0}, capacity=2)
    coming = await published(mira)
    await booking.book_session(coming, lea)
    missed = await published(mira, next_mark(clock.now()) + timedelta(hours=9))
    await booking.book_session(missed, lea)
    await booking.cancel_session(missed, mira)
    assert await refused(over, jun) == "not_attended"  # four minutes of an hour
    assert await refused(over, amara) == "forbidden"
    assert await refused(over, mira) == "own_session"
    assert await refused(coming, lea) == "too_early"
    assert await refused(await draft(mira), lea) == "not_found"
    assert await refused(missed, lea) == "forbidden"  # the seat is not theirs any more
    await Booking.filter(session_id=missed).update(status="confirmed")
    assert await refused(missed, lea) == "wrong_state"
    assert await rating_of(mira) == (None, 0)


async def test_a_third_of_a_short_lesson_is_enough(database: object) -> None:
    mira, lea, jun = await mentor(), await person("lea"), await person("jun")
    short = await held(mira, {lea: 60.0, jun: 60.0}, capacity=2, duration_minutes=15)
    begin = (await Session.get(id=short)).started_at
    assert begin is not None
    for person_, minutes in ((mira, 9.0), (lea, 3.0), (jun, 2.9)):
        of = AttendanceInterval.filter(session_id=short, user_id=person_.user_id)
        await of.update(ended_at=begin + timedelta(minutes=minutes))
    await Session.filter(id=short).update(ended_at=begin + timedelta(minutes=9))
    await reviewed(short, lea)
    assert await refused(short, jun) == "not_attended"


@BOTH
async def test_twenty_at_once_give_one_review(database: object) -> None:
    mira, lea = await mentor(), await person("lea")
    over = await lesson(mira, lea)
    given = await asyncio.gather(*(service.give(over, lea, FORM) for _ in range(20)))
    assert sorted(one.created for one in given) == [False] * 19 + [True]
    assert len({one.review_id for one in given}) == 1
    assert (await Review.get(session_id=over)).edited_at is None  # the same again is no edit
    assert await rating_of(mira) == (bayesian_mean(5, 1), 1)


@BOTH
async def test_twenty_learners_at_once_are_all_counted(database: object) -> None:
    mira = await mentor()
    learners = [await person(f"l{number}") for number in range(20)]
    over = await lesson(mira, *learners)
    stars = [1 + number % 5 for number in range(20)]
    pairs = zip(learners, stars, strict=True)
    await asyncio.gather(*(reviewed(over, who, given) for who, given in pairs))
    assert await rating_of(mira) == (bayesian_mean(sum(stars), 20), 20)
    offering = await Offering.get(mentor_id=mira.user_id)
    assert (offering.rating, offering.rating_count) == await rating_of(mira)


async def test_review_changes_for_two_weeks_and_says_so(database: object, moved_clock: Any) -> None:
    mira, lea = await mentor(), await person("lea")
    over = await lesson(mira, lea)
    review_id = await reviewed(over, lea, 2, technical=1, comment="Too fast.")
    moved_clock.advance(EDIT_FOR - timedelta(seconds=1))
    assert await reviewed(over, lea, 4, comment="Slower the second time I read my notes.") == review_id
    now = await Review.get(public_id=review_id)
    assert (now.rating, now.technical, now.edited_at) == (4, None, clock.now())
    assert await rating_of(mira) == (bayesian_mean(4, 1), 1)
    moved_clock.advance(timedelta(seconds=1))
    assert await refused(over, lea) == "wrong_state"


async def test_rating_of_the_connection_touches_nobody(database: object) -> None:
    mira, lea, jun = await mentor(), await person("lea"), await person("jun")
    over = await lesson(mira, lea, jun)
    await reviewed(over, lea, 5, technical=1)
    without = await rating_of(mira)
    await reviewed(over, lea, 5, technical=5)
    assert await rating_of(mira) == without == (bayesian_mean(5, 1), 1)


async def test_contacts_do_not_go_into_what_everybody_reads(database: object) -> None:
    mira, lea = await mentor(), await person("lea")
    over = await lesson(mira, lea)
    with pytest.raises(Invalid) as error:
        await reviewed(over, lea, comment="Write me: lea@example.com")
    assert error.value.fields.keys() == {"comment"}
    await reviewed(over, lea, private_note="Write me: lea@example.com")


# --- what staff takes off, and the nightly count


@BOTH
async def test_what_is_taken_off_counts_for_nothing_and_stays_so(database: object) -> None:
    mira, lea, jun = await mentor(), await person("lea"), await person("jun")
    root, over = await person("root", "admin"), await lesson(mira, lea, jun)
    bad, _ = await reviewed(over, lea, 1, comment="Nonsense."), await reviewed(over, jun, 5)
    await service.take_off(bad, Subject.REVIEW, root.user_id, "Nonsense.")
    assert await rating_of(mira) == (bayesian_mean(5, 1), 1)
    left = await service.reviews_of(None, 0, 9, session_id=over)
    assert [one.author.username for one in left.items] == ["jun"]
    own = await service.own_review(over, lea.user_id)
    assert own is not None
    assert own.hidden
    assert not own.editable
    assert await refused(over, lea) == "wrong_state"
    assert await service.write_all() == 0


@BOTH
async def test_nightly_count_puts_right_what_is_wrong(database: object) -> None:
    mira, tomas, lea = await mentor(), await mentor("tomas"), await person("lea")
    over = await lesson(mira, lea)
    await lesson(tomas, lea, title="Unrated")
    await reviewed(over, lea, 4)
    assert await service.write_all() == 0  # kept and counted are the same
    right = await rating_of(mira)
    await MentorProfile.all().update(rating=5.0, rating_count=9)
    await Offering.all().update(rating=None, rating_count=0)
    assert await service.write_all() == 3
    assert await rating_of(mira) == right
    assert await rating_of(tomas) == (None, 0)
    assert (await Offering.get(title="Closures by example")).rating == right[0]


# --- by the API


async def test_api_gives_changes_and_shows(http: TestClient) -> None:
    mira, lea, jun = await mentor(), await person("lea"), await person("jun")
    over = await lesson(mira, lea)
    path, headers = f"/api/v1/sessions/{over}/feedback", await bearer(lea)
    words = {"comment": " Good. ", "private_note": "Louder."}
    sent = {"rating": 4, "aspects": {"clear": 5}, "technical": 2, **words}
    first = await http.post(path, json=sent, headers=headers)
    assert first.status == 201
    again = await http.post(path, json={**sent, "rating": 5}, headers=headers)
    assert (again.status, (await again.json())["data"]["rating"]) == (200, 5)
    for viewer, concerned in ((None, False), (jun, False), (lea, True), (mira, True)):
        answer = await http.get(path, headers=await bearer(viewer) if viewer else {})
        data = (await answer.json())["data"]
        assert (data["total"], data["rating_count"], data["stars"]["5"]) == (1, 1, 1)
        assert data["rating"] == bayesian_mean(5, 1)
        (item,) = data["items"]
        assert (item["comment"], item["aspects"]) == ("Good.", {"clear": 5})
        assert item["private_note"] == ("Louder." if concerned else "")
        assert item["technical"] == (2 if concerned else None)
        assert (data["own"] is not None) == (viewer is lea)


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "rating"),
        ({"rating": 0}, "rating"),
        ({"rating": 6}, "rating"),
        ({"rating": "5"}, "rating"),
        ({"rating": True}, "rating"),
        ({"rating": 5, "technical": 0}, "technical"),
        ({"rating": 5, "aspects": {"clear": 9}}, "aspects.clear"),
        ({"rating": 5, "aspects": []}, "aspects"),
        ({"rating": 5, "comment": "x" * 2001}, "comment"),
        ({"rating": 5, "private_note": "x" * 2001}, "private_note"),
    ],
)
async def test_api_says_which_field_is_wrong(http: TestClient, sent: dict[str, Any], field: str) -> None:
    mira, lea = await mentor(), await person("lea")
    path = f"/api/v1/sessions/{await lesson(mira, lea)}/feedback"
    answer = await http.post(path, json=sent, headers=await bearer(lea))
    assert answer.status == 422
    assert (await answer.json())["error"]["fields"].keys() == {field}


async def test_key_gives_the_same_answer_again(http: TestClient) -> None:
    mira, lea = await mentor(), await person("lea")
    path = f"/api/v1/sessions/{await lesson(mira, lea)}/feedback"
    headers = {**await bearer(lea), "Idempotency-Key": "once"}
    answers = [await http.post(path, json={"rating": 4}, headers=headers) for _ in range(2)]
    assert [answer.status for answer in answers] == [201, 201]
    for one, other in pairwise([await answer.text() for answer in answers]):
        assert one == other


# --- who reads whom


async def test_blocked_people_do_not_read_each_other_and_stars_stay_the_same(database: object) -> None:
    mira, lea, jun = await mentor(), await person("lea"), await person("jun")
    over = await lesson(mira, lea, jun)
    await reviewed(over, lea, 5)
    await reviewed(over, jun, 4)
    await circle.block(jun, "lea")
    for viewer, seen in ((jun, ["jun"]), (lea, ["lea"]), (mira, ["jun", "lea"])):
        found = await service.reviews_of(viewer.user_id, 0, 9, session_id=over)
        assert [one.author.username for one in found.items] == seen
        assert found.total == len(seen)
    assert (await service.rating_of(session_id=over)).count == 2
