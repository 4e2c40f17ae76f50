"""The pages of feedback, without scripts: giving, changing, answering, reporting; what staff decides."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from server.edge.access import Viewer
from server.feedback import service
from server.feedback.after import lesson_over
from server.feedback.rules import EDIT_FOR
from server.infra import clock
from server.infra.errors import Conflict, Forbidden, NotFound
from server.infra.models import AuditRow
from server.messages import cases
from server.messages.models import Report
from server.messages.states import ReportStatus, Subject
from server.notifications.models import Notification
from tests.server.booking.makers import bearer, mentor, person, published
from tests.server.feedback.makers import lesson, rating_of, reviewed

Jobs = Callable[[], Awaitable[int]]


async def page(http: TestClient, path: str, viewer: Viewer | None = None) -> str:
    answer = await http.get(path, headers=await bearer(viewer) if viewer else {})
    assert answer.status == 200, answer.status
    return await answer.text()


async def send(http: TestClient, path: str, viewer: Viewer, **sent: str) -> tuple[int, str]:
    """Status, and the page or where it leads."""
    answer = await http.post(path, data=sent, headers=await bearer(viewer), allow_redirects=False)
    return answer.status, answer.headers.get("Location") or await answer.text()


async def test_form_gives_a_review_and_shows_it(http: TestClient) -> None:
    mira, lea = await mentor(), await person("lea")
    path = f"/sessions/{await lesson(mira, lea)}/feedback"
    assert 'type="radio" name="rating" value="5"' in await page(http, path, lea)
    assert 'name="rating"' not in await page(http, path)
    sent = {"rating": "4", "clear": "5", "technical": "", "comment": "I laughed, and I can do it now."}
    assert await send(http, path, lea, **sent) == (303, f"{path}?done=given")
    for viewer in (None, lea, mira):
        assert "I laughed, and I can do it now." in await page(http, path, viewer)
    again = await send(http, path, lea, rating="3", comment="I laughed.")
    assert again == (303, f"{path}?done=changed")
    assert "edited" in await page(http, path)


async def test_form_loses_nothing_when_something_is_wrong(http: TestClient) -> None:
    mira, lea = await mentor(), await person("lea")
    path = f"/sessions/{await lesson(mira, lea)}/feedback"
    sent = {"clear": "2", "comment": "Call +49 30 1234567", "private_note": "Louder, please."}
    status, text = await send(http, path, lea, **sent)
    assert status == 422
    assert "Choose one to five stars." in text
    assert "Call +49 30 1234567" in text
    assert "Louder, please." in text
    assert 'name="clear" value="2" checked' in text
    status, text = await send(http, path, lea, rating="4", **sent)
    assert (status, "This looks like a phone number" in text) == (422, True)
    assert 'name="rating" value="4" checked' in text


async def test_pages_are_refused_to_who_was_not_there(http: TestClient) -> None:
    mira, lea, jun = await mentor(), await person("lea"), await person("jun")
    path = f"/sessions/{await lesson(mira, lea)}/feedback"
    assert (await send(http, path, jun, rating="1"))[0] == 403
    assert (await send(http, path, mira, rating="5"))[0] == 409
    coming = f"/sessions/{await published(mira)}/feedback"
    assert "Nobody has said anything yet" in await page(http, coming)


# --- answers


async def test_mentor_answers_once_and_may_put_it_otherwise(
    http: TestClient, moved_clock: Any, run_jobs: Jobs
) -> None:
    mira, lea, tomas = await mentor(), await person("lea"), await mentor("tomas")
    over = await lesson(mira, lea)
    review = await reviewed(over, lea, 3, comment="Quick.")
    path = f"/feedback/{review}/reply"
    for viewer in (lea, tomas):
        assert (await send(http, path, viewer, text="No."))[0] == 403
    assert (await send(http, path, mira, text=" "))[0] == 422
    there = f"/sessions/{over}/feedback?done=replied#review-{review}"
    assert await send(http, path, mira, text="I will go slower.") == (303, there)
    assert await send(http, path, mira, text="Next time I go slower.") == (303, there)
    assert "Next time I go slower." in await page(http, f"/sessions/{over}/feedback")
    moved_clock.advance(EDIT_FOR)
    assert (await send(http, path, mira, text="Late."))[0] == 409
    await run_jobs()
    assert await Notification.filter(user_id=lea.user_id, kind="review_reply").count() == 1
    assert await Notification.filter(user_id=mira.user_id, kind="review_received").count() == 1


async def test_api_answers_for_the_mentor_alone(http: TestClient) -> None:
    mira, lea = await mentor(), await person("lea")
    review = await reviewed(await lesson(mira, lea), lea)
    path = f"/api/v1/feedback/{review}/reply"
    answer = await http.post(path, json={"text": "Thank you."}, headers=await bearer(mira))
    assert (await answer.json())["data"]["reply"]["text"] == "Thank you."
    answer = await http.post(path, json={"text": ""}, headers=await bearer(mira))
    assert (answer.status, (await answer.json())["error"]["fields"].keys()) == (422, {"text"})


# --- what breaks the rules


async def decided(root: Viewer, verdict: ReportStatus) -> None:
    """On the report that is open."""
    report = await Report.get(status=ReportStatus.OPEN)
    assert (await cases.open_case(root, report.public_id)).review is not None
    await cases.decide(root, report.public_id, verdict, "We read it twice.")


async def test_reported_review_goes_when_staff_says_so(http: TestClient, run_jobs: Jobs) -> None:
    mira, lea, root = await mentor(), await person("lea"), await person("root", "admin")
    over = await lesson(mira, lea)
    review = await reviewed(over, lea, 1, comment="A word that one does not say.")
    path = f"/feedback/{review}/report"
    assert "A word that one does not say." in await page(http, path, mira)
    assert (await send(http, path, lea, reason="spam", of="review"))[0] == 409  # their own
    assert (await send(http, path, mira, reason="", of="review"))[0] == 422
    done = (303, f"{path}?done=reported")
    assert await send(http, path, mira, reason="harassment", of="review") == done
    assert await send(http, path, mira, reason="harassment", of="review") == done  # once is enough
    text = await page(http, f"/dashboard/admin/reports/{(await Report.get()).public_id}", root)
    assert "A word that one does not say." in text
    await decided(root, ReportStatus.UPHELD)
    await run_jobs()
    assert await rating_of(mira) == (None, 0)
    assert "A word that one" not in await page(http, f"/sessions/{over}/feedback", mira)
    assert "Nobody sees it any more" in await page(http, f"/sessions/{over}/feedback", lea)
    assert await AuditRow.filter(action="review.hidden", actor_id=root.user_id).count() == 1


async def test_low_rating_that_breaks_no_rule_stays(http: TestClient, run_jobs: Jobs) -> None:
    mira, lea, root = await mentor(), await person("lea"), await person("root", "admin")
    over = await lesson(mira, lea)
    review = await reviewed(over, lea, 1, comment="Not for me.")
    kept = await rating_of(mira)
    await send(http, f"/feedback/{review}/report", mira, reason="other", of="review")
    await decided(root, ReportStatus.DISMISSED)
    await run_jobs()
    assert await rating_of(mira) == kept
    assert "Not for me." in await page(http, f"/sessions/{over}/feedback")


async def test_answer_that_is_taken_off_leaves_the_review_and_no_other_answer(
    http: TestClient, run_jobs: Jobs
) -> None:
    mira, lea, root = await mentor(), await person("lea"), await person("root", "admin")
    over = await lesson(mira, lea)
    review = await reviewed(over, lea, 2, comment="Loud.")
    kept = await rating_of(mira)
    assert (await send(http, f"/feedback/{review}/report", lea, reason="spam", of="reply"))[0] == 404
    await service.reply(review, mira, "You are a fool.")
    await send(http, f"/feedback/{review}/report", lea, reason="harassment", of="reply")
    await decided(root, ReportStatus.UPHELD)
    await run_jobs()
    text = await page(http, f"/sessions/{over}/feedback", mira)
    assert ("Loud." in text, "fool" in text, "/reply" in text) == (True, False, False)
    assert await rating_of(mira) == kept
    with pytest.raises(Conflict):
        await service.reply(review, mira, "Sorry.")


async def test_hidden_review_is_nothing_to_answer_or_report(database: object) -> None:
    mira, lea, root = await mentor(), await person("lea"), await person("root", "admin")
    review = await reviewed(await lesson(mira, lea), lea)
    await service.take_off(review, Subject.REVIEW, root.user_id, "x")
    with pytest.raises(NotFound):
        await service.reply(review, mira, "Thank you.")
    assert await service.one_review(review, mira.user_id) is None
    with pytest.raises(Forbidden):
        await service.reply(await reviewed(await lesson(mira, lea, title="Two"), lea), lea, "Me.")


# --- being asked


async def test_who_was_there_is_asked_after_a_day_unless_they_said_it(
    database: object, moved_clock: Any, run_jobs: Jobs
) -> None:
    mira, lea, jun = await mentor(), await person("lea"), await person("jun")
    start = clock.now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    moved_clock.set(start + timedelta(hours=1))
    over = await lesson(mira, lea, jun, start=start)
    for _ in range(2):
        await lesson_over(over)
    await run_jobs()
    assert await Notification.filter(kind="rate_lesson").count() == 0
    await reviewed(over, jun)
    moved_clock.advance(timedelta(days=1))
    await run_jobs()
    asked = await Notification.filter(kind="rate_lesson")
    assert [one.user_id for one in asked] == [lea.user_id]
