"""People object within 72 hours: the money waits, one of the staff decides, and it moves once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from aiohttp.test_utils import TestClient

from server.booking.models import Session
from server.edge.access import Viewer
from server.infra.clock import ManualClock
from server.infra.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from server.infra.models import AuditRow
from server.notifications.models import Notification
from server.payments import commission
from server.payments.books.invariants import broken
from server.payments.ledger.chart import (
    LEARNER_CREDIT,
    MENTOR_AVAILABLE,
    PLATFORM_GOODWILL,
    PLATFORM_REVENUE,
)
from server.payments.models import Payment
from server.payments.release.releasing import release_due
from server.payments.release.rule import ISSUES
from server.settlement import deciding
from server.settlement.deciding import NOT_YOURS, TAKEN_FOR, decide, leave, take
from server.settlement.forms import DecisionForm
from server.settlement.models import Issue
from server.settlement.opening import raise_issue
from server.settlement.settling import settle
from server.settlement.states import Category, Resolution
from tests.databases import BOTH
from tests.server.booking.makers import bearer, person
from tests.server.payments.provider import Provider
from tests.server.payments.stories import Seat, failing_once, paid_seat, pay_for_seat
from tests.server.settlement.lessons import ALL, Minutes, failed, hold, window_over

RunJobs = Callable[[], Awaitable[int]]
pytestmark = pytest.mark.usefixtures("database", "taking_payments")
PRICE, SAID = 6000, "The room stayed empty."


async def settled_seat(
    provider: Provider, moved_clock: ManualClock, mentor: Minutes | None = ALL
) -> Seat:
    seat = await paid_seat(provider, moved_clock, price=PRICE)
    await hold(seat, mentor=mentor)
    await settle(seat.session_id)
    return seat


async def object_to(seat: Seat, who: Viewer | None = None) -> Issue:
    number = (await seat.booking()).public_id
    return await raise_issue(number, who or seat.learner, Category.OTHER, SAID)


async def staff(name: str = "fred", role: str = "finance") -> Viewer:
    return await person(name, role)


def said(resolution: Resolution, amount: int | None = None) -> DecisionForm:
    return DecisionForm(resolution=resolution, amount_minor=amount, answer="We looked at it.")


@BOTH
@pytest.mark.parametrize("mentors", [False, True])
async def test_money_waits_until_an_issue_is_decided(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs, mentors: bool
) -> None:
    seat = await settled_seat(provider, moved_clock)
    issue = await object_to(seat, seat.mentor if mentors else seat.learner)
    await window_over(seat)
    moved_clock.advance(timedelta(days=2))
    assert await release_due() == 0
    fred = await staff()
    await take(issue.public_id, fred)
    await decide(issue.public_id, fred, said(Resolution.NONE))
    assert await release_due() == 1
    assert await seat.on(MENTOR_AVAILABLE) == 5100
    assert not await broken()


@BOTH
@pytest.mark.parametrize(
    ("resolution", "amount", "mentor", "commission", "refunded", "credit"),
    [
        (Resolution.NONE, None, 5100, 900, 0, 0),
        (Resolution.REFUND, 1000, 4250, 750, 1000, 0),
        (Resolution.REFUND, None, 0, 0, 6000, 0),
        (Resolution.CREDIT, 1000, 5100, 900, 0, 1000),
        (Resolution.CREDIT, None, 5100, 900, 0, 6000),
    ],
)
async def test_decision_is_entries_of_the_books(
    provider: Provider,
    moved_clock: ManualClock,
    run_jobs: RunJobs,
    resolution: Resolution,
    amount: int | None,
    mentor: int,
    commission: int,
    refunded: int,
    credit: int,
) -> None:
    seat, fred = await settled_seat(provider, moved_clock), await staff()
    issue = await object_to(seat)
    await take(issue.public_id, fred)
    await decide(issue.public_id, fred, said(resolution, amount))
    await run_jobs()
    await window_over(seat)
    await release_due()
    assert await seat.on(MENTOR_AVAILABLE) == mentor
    assert await seat.on(PLATFORM_REVENUE) == commission
    assert (await seat.payment()).refunded_minor == refunded
    assert await seat.on(LEARNER_CREDIT) == await seat.on(PLATFORM_GOODWILL) == credit
    assert (await seat.escrow(), await broken()) == (0, [])
    told = await Notification.filter(kind="issue_decided").values_list("user_id", flat=True)
    assert sorted(int(str(each)) for each in told) == sorted([seat.learner.user_id, seat.mentor.user_id])
    (row,) = await AuditRow.filter(action="issue.decided")
    assert (row.actor_id, row.subject_id) == (fred.user_id, str(issue.public_id))


@BOTH
async def test_two_reviewers_never_both_take_or_decide(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    seat, fred, anna = (
        await settled_seat(provider, moved_clock),
        await staff(),
        await staff("anna", "admin"),
    )
    issue = await object_to(seat)
    both = [fred, anna] * 4

    async def tried(work: Awaitable[object]) -> str:
        try:
            await work
        except Conflict:
            return "refused"
        return "done"

    taken = await asyncio.gather(*(tried(take(issue.public_id, who)) for who in (fred, anna)))
    assert Counter(taken) == {"done": 1, "refused": 1}
    outcomes = await asyncio.gather(
        *(tried(decide(issue.public_id, who, said(Resolution.REFUND, 1000))) for who in both)
    )
    assert Counter(outcomes) == {"done": 1, "refused": 7}
    await run_jobs()
    assert (await seat.payment()).refunded_minor == 1000
    assert not await broken()


async def test_case_that_nobody_works_on_can_be_taken_over(
    provider: Provider, moved_clock: ManualClock
) -> None:
    seat, fred, anna = (
        await settled_seat(provider, moved_clock),
        await staff(),
        await staff("anna", "admin"),
    )
    issue = await object_to(seat)
    with pytest.raises(Conflict, match=NOT_YOURS):  # first it is taken, then decided
        await decide(issue.public_id, fred, said(Resolution.NONE))
    await take(issue.public_id, fred)
    moved_clock.advance(TAKEN_FOR - timedelta(seconds=1))
    with pytest.raises(Conflict):
        await take(issue.public_id, anna)
    moved_clock.advance(timedelta(seconds=1))
    await take(issue.public_id, anna)
    with pytest.raises(Conflict):
        await decide(issue.public_id, fred, said(Resolution.NONE))
    await leave(issue.public_id, anna)
    await take(issue.public_id, fred)
    await decide(issue.public_id, fred, said(Resolution.NONE))


async def test_decision_that_is_killed_halfway_has_not_happened(
    provider: Provider, moved_clock: ManualClock
) -> None:
    seat, fred = await settled_seat(provider, moved_clock), await staff()
    issue = await object_to(seat)
    await take(issue.public_id, fred)
    for name in ("give_back", "let_go"):
        with failing_once(deciding, name), pytest.raises(RuntimeError):
            await decide(issue.public_id, fred, said(Resolution.REFUND, 1000))
        await issue.refresh_from_db()
        assert (issue.status, (await seat.payment()).refunded_minor) == ("open", 0)
        assert (await seat.payment()).held_for


async def test_issue_is_raised_until_72_hours_after_the_end_and_by_those_whom_it_concerns(
    provider: Provider, moved_clock: ManualClock
) -> None:
    seat = await paid_seat(provider, moved_clock, price=PRICE)
    with pytest.raises(Conflict) as early:
        await object_to(seat)
    await hold(seat)
    await settle(seat.session_id)
    for stranger in (await person("jun"), await person("other", "mentor"), await staff()):
        with pytest.raises(NotFound):
            await object_to(seat, stranger)
    moved_clock.set(await window_over(seat) - timedelta(microseconds=1))
    issue = await object_to(seat)
    with pytest.raises(Conflict) as twice:
        await object_to(seat, seat.mentor)
    assert (early.value.code, twice.value.code) == ("too_early", "issue_open")
    fred = await staff("fritz")
    await take(issue.public_id, fred)
    await decide(issue.public_id, fred, said(Resolution.NONE))
    with pytest.raises(Conflict) as again:
        await object_to(seat)
    assert again.value.code == "wrong_state"
    await object_to(seat, seat.mentor)  # theirs was not heard yet
    late = await pay_for_late(provider, moved_clock, seat)
    with pytest.raises(Conflict) as over:
        await object_to(late)
    assert over.value.code == "too_late"


async def pay_for_late(provider: Provider, moved_clock: ManualClock, seat: Seat) -> Seat:
    """The same seat, when the window is over."""
    session = await Session.get(id=seat.session_id)
    moved_clock.set(session.ends_at + ISSUES)
    await Issue.filter(status="open").update(status="decided", decided_at=moved_clock.now())
    return seat


@BOTH
async def test_of_twenty_objections_at_once_one_is_open(
    provider: Provider, moved_clock: ManualClock
) -> None:
    seat = await settled_seat(provider, moved_clock)

    async def tried(who: Viewer) -> str:
        try:
            await object_to(seat, who)
        except DomainError as refused:
            return refused.code
        return "opened"

    found = await asyncio.gather(*(tried(who) for who in (seat.learner, seat.mentor) * 10))
    assert Counter(found) == {"opened": 1, "issue_open": 19}


async def test_more_than_what_is_left_is_not_given_back(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    """What attendance gives back comes first, also while its job waits."""
    seat = await paid_seat(provider, moved_clock, price=PRICE)
    await failed(seat.session_id, seat.learner, "node", range(10))
    await hold(seat, mentor=(0, 40))
    await settle(seat.session_id)
    issue, fred = await object_to(seat), await staff()
    await take(issue.public_id, fred)
    for worked in (False, True):
        if worked:
            await run_jobs()
        for resolution in (Resolution.REFUND, Resolution.CREDIT):
            with pytest.raises(Invalid):
                await decide(issue.public_id, fred, said(resolution, 3001))
    await decide(issue.public_id, fred, said(Resolution.REFUND))
    await run_jobs()
    assert (await seat.payment()).refunded_minor == 5000
    await window_over(seat)
    await release_due()
    assert (await seat.on(MENTOR_AVAILABLE), await seat.on(LEARNER_CREDIT)) == (850, 1000)
    assert not await broken()


async def test_nobody_decides_before_it_is_settled_or_about_themselves(
    provider: Provider, moved_clock: ManualClock
) -> None:
    seat = await paid_seat(provider, moved_clock, price=PRICE)
    await hold(seat)
    issue, fred = await object_to(seat), await staff()
    await take(issue.public_id, fred)
    with pytest.raises(Conflict, match="not settled yet"):
        await decide(issue.public_id, fred, said(Resolution.REFUND))
    with pytest.raises(Forbidden):
        await take(issue.public_id, seat.learner)
    with pytest.raises(NotFound):
        await take(uuid4(), fred)


async def test_staff_is_told_at_once_and_again_a_day_before_it_is_due(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    seat, fred = await settled_seat(provider, moved_clock), await staff()
    await object_to(seat)
    await run_jobs()
    mine = Notification.filter(kind="issue_to_decide", user_id=fred.user_id)
    assert await mine.count() == 1
    moved_clock.advance(timedelta(days=4))
    await run_jobs()
    assert await mine.count() == 2
    assert await Notification.filter(kind="issue_raised", user_id=seat.mentor.user_id).count() == 1


async def test_commission_is_what_it_was_when_the_seat_was_paid(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often it changes before the refund, the decision and the release."""
    seat = await paid_seat(provider, moved_clock, price=PRICE)
    monkeypatch.setattr(commission, "RATE", 5000)
    jun = await person("jun")
    later = await pay_for_seat(provider, moved_clock, seat.mentor, jun, seat.session_id)
    assert (await seat.payment()).commission_minor == 900
    assert (await later.payment()).commission_minor == 3000
    await hold(seat, mentor=(0, 40))
    monkeypatch.setattr(commission, "RATE", 10_000)
    await settle(seat.session_id)
    await run_jobs()
    await window_over(seat)
    await release_due()
    kept = {row.id: row.commission_minor for row in await Payment.all()}
    assert kept == {seat.payment_id: 900, later.payment_id: 3000}
    # two thirds of one at 15 %; the other's learner never came, and the mentor waited
    assert await seat.on(MENTOR_AVAILABLE) == 3400 + 3000
    assert await seat.on(PLATFORM_REVENUE) == 600 + 3000
    assert not await broken()


# --- over HTTP


async def test_pages_and_addresses_of_both_sides(
    http: TestClient, provider: Provider, moved_clock: ManualClock
) -> None:
    seat = await settled_seat(provider, moved_clock, (0, 40))
    number = (await seat.booking()).public_id
    page, api = f"/bookings/{number}/attendance", f"/api/v1/bookings/{number}"
    for who, words in ((seat.learner, "go back to you"), (seat.mentor, "go back to the learner")):
        async with http.get(page, headers=await bearer(who)) as answer:
            text = await answer.text()
            assert answer.status == 200
            assert "40 of 60 minutes were taught" in text
            assert words in text
    async with http.get(page, headers=await bearer(await person("jun"))) as answer:
        assert answer.status == 404
    learner = await bearer(seat.learner)
    async with http.get(f"{api}/attendance", headers=learner) as answer:
        found = (await answer.json())["data"]
        assert (found["verdict"]["outcome"], found["verdict"]["refund_minor"]) == ("cut_short", 2000)
        assert [one["there_min"] for one in found["people"]] == [40, 60]
    async with http.post(
        f"{api}/issue", json={"reason": "unclear", "text": "x"}, headers=learner
    ) as answer:
        assert answer.status == 422
    body = {"reason": "technical", "text": "I heard nothing."}
    async with http.post(f"{api}/issue", json=body, headers=learner) as answer:
        assert (answer.status, (await answer.json())["data"]["status"]) == (201, "open")
    async with http.post(f"{api}/issue", json=body, headers=learner) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (409, "issue_open")
    async with http.get(page, headers=await bearer(seat.mentor)) as answer:
        assert "I heard nothing." not in await answer.text()  # the staff alone reads it


async def test_case_is_decided_by_its_page_of_evidence(
    http: TestClient, provider: Provider, moved_clock: ManualClock
) -> None:
    seat = await settled_seat(provider, moved_clock, (0, 40))
    issue, anna = await object_to(seat), await person("anna", "admin")
    headers = await bearer(anna)
    page = f"/dashboard/admin/cases/{issue.public_id}"
    async with http.get("/api/v1/admin/cases", headers=headers) as answer:
        items = (await answer.json())["data"]["items"]
        assert [UUID(row["id"]) for row in items] == [issue.public_id]
    async with http.get(page, headers=headers) as answer:
        text = await answer.text()
        assert SAID in text
        assert "Who was there when" in text
    assert await AuditRow.filter(action="issue.opened").count() == 1
