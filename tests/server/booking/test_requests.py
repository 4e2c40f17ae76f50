"""Requests: who may ask whom for what, who answers, and that a lesson is made once and whole."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.accounts.models import User
from server.booking import paying, service
from server.booking.models import Booking, BusyCell, Offering, Session
from server.booking.requests import answering, ending
from server.booking.requests.asking import ask
from server.booking.requests.forms import Proposal
from server.booking.requests.listing import learners_requests, mentors_requests
from server.booking.requests.models import SessionRequest
from server.edge.access import Viewer
from server.infra import clock
from server.infra.clock import ManualClock
from server.infra.errors import Conflict, DomainError, NotFound
from server.infra.models import OutboxRow, StateTransition
from server.people.circle import block, follow
from server.people.models import MentorProfile
from server.worker import run_due
from tests.databases import BOTH
from tests.server.booking.makers import PAYABLE, mentor, person, published
from tests.server.booking.requesters import asked, first_free, row_of, start, status_of, teacher, wish

pytestmark = pytest.mark.usefixtures("database")


async def refused(doing: Any) -> DomainError:
    with pytest.raises(DomainError) as error:
        await doing
    return error.value


async def told(kind: str) -> list[int]:
    rows = await OutboxRow.filter(job="notifications.tell").order_by("id")
    return [row.payload["user_id"] for row in rows if row.payload["kind"] == kind]


async def nothing_made() -> bool:
    """No lesson, no seat, nobody's time."""
    tables = (Session, Booking, BusyCell, Offering)
    return not any([await table.all().exists() for table in tables])


# --- asking


async def test_asked_for_lesson_waits_for_the_mentor_and_takes_nobodys_time() -> None:
    mira, lea = await teacher(rate_minor=4500), await person("lea")
    request_id = await asked(lea, mira, duration_minutes=50)
    row = await row_of(request_id, mira)
    assert (row.status, row.role, row.price_minor) == ("requested", "mentor", 3750)
    assert row.expires_at == row.created_at + timedelta(hours=48)
    assert await told("request_received") == [mira.user_id]
    assert await nothing_made()


async def test_same_request_again_is_the_first_one() -> None:
    mira, lea = await teacher(), await person("lea")
    at = start()
    answers = [await ask(lea, mira.username, wish(at)) for _ in range(2)]
    assert [answer.created for answer in answers] == [True, False]
    assert len({answer.request_id for answer in answers}) == 1


@BOTH
async def test_twenty_parallel_posts_ask_once_and_ten_times_at_most() -> None:
    mira, lea = await teacher(), await person("lea")
    same = await asyncio.gather(*(ask(lea, mira.username, wish(start(72))) for _ in range(8)))
    assert sum(answer.created for answer in same) == 1
    others = [ask(lea, mira.username, wish(start(73 + number))) for number in range(12)]
    answers = await asyncio.gather(*others, return_exceptions=True)
    over = [answer for answer in answers if isinstance(answer, Conflict)]
    assert [error.code for error in over] == ["too_many_open"] * 3
    assert await SessionRequest.all().count() == 10


async def test_unverified_learner_asks_nobody() -> None:
    mira, lea = await teacher(), await person("lea", verified=False)
    assert (await refused(asked(lea, mira))).code == "unverified"


async def test_nobody_asks_themselves_nor_who_does_not_teach_here() -> None:
    mira, lea = await teacher(), await person("lea")
    await mentor("new", approved=False)
    assert (await refused(asked(mira, mira))).code == "yourself"
    for name in ("lea", "new", "nobody"):
        with pytest.raises(NotFound):
            await ask(await person(f"x{name}"), name, wish())
    await MentorProfile.filter(user_id=mira.user_id).update(status="suspended")
    with pytest.raises(NotFound):
        await asked(lea, mira)


@pytest.mark.parametrize("who", ["lea", "mira"])
async def test_blocked_either_way_there_is_nobody_to_ask_and_nothing_to_answer(who: str) -> None:
    mira, lea = await teacher(), await person("lea")
    request_id = await asked(lea, mira)
    one, other = (lea, mira) if who == "lea" else (mira, lea)
    await block(one, other.username)
    for refusing in (asked(lea, mira, start(80)), answering.accept(request_id, mira)):
        with pytest.raises(NotFound):
            await refusing
    assert await mentors_requests(mira.user_id, clock.now(), waiting=True) == []
    assert await learners_requests(lea.user_id, clock.now()) == ([], [])


@pytest.mark.parametrize("field", ["topic", "message"])
async def test_request_gives_no_contact_away(field: str) -> None:
    mira, lea = await teacher(), await person("lea")
    error = await refused(asked(lea, mira, **{field: "Write to lea@example.com"}))
    assert list(error.fields) == [field]


async def test_time_has_to_be_within_the_mentors_hours_free_and_known_early_enough() -> None:
    mira, lea = await teacher(), await person("lea")
    assert "earlier" in (await refused(asked(lea, mira, start(0.5)))).fields["starts_at"]
    assert (await refused(asked(lea, mira, start(-1)))).code == "invalid"
    await published(mira, start(72))
    assert (await refused(asked(lea, mira, start(72.5)))).code == "overlap"
    away = await mentor("max")
    assert (await refused(asked(lea, away, start(72)))).code == "overlap"


async def test_learner_with_a_lesson_then_is_told_so() -> None:
    mira, lea = await teacher(), await person("lea")
    await service.book_session(await published(await mentor("max"), start(72)), lea)
    error = await refused(asked(lea, mira, start(72)))
    assert (error.code, error.message) == ("overlap", "You have another lesson at that time.")


async def test_wall_time_that_the_clocks_skip_is_refused(moved_clock: ManualClock) -> None:
    moved_clock.set(datetime(2027, 3, 20, 9, tzinfo=UTC))
    mira, lea = await teacher(), await person("lea", zone="Europe/Berlin")
    error = await refused(ask(lea, mira.username, wish(wall="2027-03-28T02:30")))
    assert error.code == "nonexistent_time"


# --- answering


@BOTH
async def test_accepted_request_is_a_lesson_for_one_that_nobody_else_finds() -> None:
    mira, lea, eve = await teacher(), await person("lea"), await person("eve")
    at = await first_free(mira, lea)
    request_id = await asked(lea, mira, at)
    session_id = await answering.accept(request_id, mira)
    session = await Session.get(id=session_id)
    assert (session.title, session.status, session.starts_at) == ("Closures, slowly", "published", at)
    assert (session.capacity, session.seats_taken, session.listed) == (1, 1, False)
    assert session.offering_id is not None
    booking = await Booking.get(session_id=session_id)
    assert (booking.learner_id, booking.status) == (lea.user_id, "confirmed")
    assert await BusyCell.filter(user_id=mira.user_id).count() == 12
    assert await BusyCell.filter(user_id=lea.user_id).count() == 12
    assert await service.find_sessions(service.SessionQuery(), clock.now(), 0, 9) == ([], 0)
    assert (await row_of(request_id, lea)).session_id == session_id
    assert sorted(await told("request_accepted")) == sorted([mira.user_id, lea.user_id])
    assert (await refused(service.book_session(session_id, eve))).code == "sold_out"


async def test_followers_hear_nothing_of_a_lesson_for_one() -> None:
    mira, lea, fan = await teacher(), await person("lea"), await person("fan")
    await follow(fan, "mira")
    session_id = await answering.accept(await asked(lea, mira), mira)
    await service.leave_session(session_id, lea)
    await run_due()
    assert await told("new_session") == await told("free_seat") == []


@BOTH
async def test_two_tabs_that_accept_two_requests_for_one_slot_make_one_lesson() -> None:
    mira, at = await teacher(), start()
    learners = [await person(f"learner{number}") for number in range(6)]
    requests = [await asked(learner, mira, at) for learner in learners]
    answers = await asyncio.gather(
        *(answering.accept(request_id, mira) for request_id in requests), return_exceptions=True
    )
    refusals = [answer for answer in answers if isinstance(answer, BaseException)]
    assert [getattr(error, "code", error) for error in refusals] == ["overlap"] * 5
    statuses = sorted([await status_of(request_id, mira) for request_id in requests])
    assert statuses == ["accepted", *["requested"] * 5]
    assert await Session.all().count() == await Booking.all().count() == 1
    assert await Offering.all().count() == 1
    assert await BusyCell.all().count() == 24


@BOTH
async def test_one_request_accepted_in_ten_tabs_is_one_lesson() -> None:
    mira, lea = await teacher(), await person("lea")
    request_id = await asked(lea, mira)
    answers = await asyncio.gather(
        *(answering.accept(request_id, mira) for _ in range(10)), return_exceptions=True
    )
    assert sum(not isinstance(answer, Conflict) for answer in answers) == 1
    assert await Session.all().count() == 1


@BOTH
async def test_learner_who_is_busy_by_now_is_said_so_and_nothing_is_left() -> None:
    mira, lea = await teacher(), await person("lea")
    request_id = await asked(lea, mira)
    await service.book_session(await published(await mentor("max"), start()), lea)
    before = await BusyCell.all().count()
    assert (await refused(answering.accept(request_id, mira))).code == "learner_busy"
    assert await Session.all().count() == await Booking.all().count() == 1
    assert await BusyCell.all().count() == before
    assert await status_of(request_id, mira) == "requested"


@BOTH
async def test_two_mentors_who_ask_one_another_can_both_accept_at_once() -> None:
    mira, max_ = await teacher(), await teacher("max")
    of_max, of_mira = await asked(mira, max_, start(72)), await asked(max_, mira, start(75))
    await asyncio.gather(answering.accept(of_max, max_), answering.accept(of_mira, mira))
    assert await Session.all().count() == 2


async def test_proposed_time_is_the_learners_to_accept() -> None:
    mira, lea = await teacher(), await person("lea")
    request_id = await asked(lea, mira)
    await answering.propose(request_id, mira, Proposal(starts_at=start(96).isoformat(), message="Later?"))
    assert await told("request_proposed") == [lea.user_id]
    assert (await refused(answering.accept(request_id, mira))).code == "wrong_state"
    session_id = await answering.accept(request_id, lea)
    assert (await Session.get(id=session_id)).starts_at == start(96)
    assert sorted(await told("request_accepted")) == sorted([mira.user_id, lea.user_id])


async def test_who_may_answer_what() -> None:
    mira, lea, eve = await teacher(), await person("lea"), await person("eve")
    request_id = await asked(lea, mira)
    assert (await refused(answering.accept(request_id, lea))).code == "wrong_state"
    assert (await refused(answering.decline(request_id, lea))).code == "wrong_state"
    assert (await refused(answering.withdraw(request_id, mira))).code == "wrong_state"
    proposal = Proposal(starts_at=start(96).isoformat())
    assert (await refused(answering.propose(request_id, lea, proposal))).code == "forbidden"
    for doing in (answering.accept, answering.decline, answering.withdraw):
        with pytest.raises(NotFound):
            await doing(request_id, eve)


@pytest.mark.parametrize("how", ["decline", "withdraw"])
async def test_request_that_is_over_stays_over(how: str) -> None:
    mira, lea = await teacher(), await person("lea")
    request_id = await asked(lea, mira)
    if how == "decline":
        await answering.decline(request_id, mira, "I am away that week.")
        assert await told("request_declined") == [lea.user_id]
    else:
        await answering.withdraw(request_id, lea)
        assert await told("request_received") == []
    for doing, who in ((answering.accept, mira), (answering.decline, mira), (answering.withdraw, lea)):
        assert (await refused(doing(request_id, who))).code == "wrong_state"
    assert (await asked(lea, mira)) != request_id
    moves = await StateTransition.filter(entity="request").order_by("id").values_list("old", "new")
    ended = "declined" if how == "decline" else "withdrawn"
    assert moves == [("", "requested"), ("requested", ended), ("", "requested")]


@pytest.mark.parametrize("how", ["suspended account", "suspended profile", "learner suspended"])
async def test_nobody_is_booked_with_who_was_put_out(how: str) -> None:
    mira, lea = await teacher(), await person("lea")
    request_id = await asked(lea, mira)
    await answering.propose(request_id, mira, Proposal(starts_at=start(96).isoformat()))
    if how == "suspended profile":
        await MentorProfile.filter(user_id=mira.user_id).update(status="suspended")
    else:
        out: Viewer = lea if how.startswith("learner") else mira
        await User.filter(id=out.user_id).update(status="suspended")
    assert (await refused(answering.accept(request_id, lea))).code == "wrong_state"
    assert await nothing_made()


async def test_lesson_for_one_is_off_when_its_learner_gives_it_back() -> None:
    mira, lea = await teacher(), await person("lea")
    session_id = await answering.accept(await asked(lea, mira), mira)
    await service.leave_session(session_id, lea)
    assert (await Session.get(id=session_id)).status == "cancelled"
    assert not await BusyCell.exists()


# --- money


async def test_priced_lesson_waits_to_be_paid(moved_clock: ManualClock) -> None:
    mira, lea = await teacher(rate_minor=4500), await person("lea")
    with paying.paid_by(PAYABLE):
        session_id = await answering.accept(await asked(lea, mira), mira)
    booking = await Booking.get(session_id=session_id)
    assert (booking.status, booking.price_minor) == ("held", 4500)
    assert booking.hold_expires_at == moved_clock.now() + timedelta(hours=24)


async def test_where_nothing_can_be_paid_a_mentor_can_only_give_the_lesson_away() -> None:
    mira, lea = await teacher(rate_minor=4500), await person("lea")
    request_id = await asked(lea, mira)
    assert (await refused(answering.accept(request_id, mira))).code == "payments_closed"
    assert await nothing_made()
    session_id = await answering.accept(request_id, mira, free=True)
    assert (await Session.get(id=session_id)).price_minor == 0
    assert (await row_of(request_id, lea)).price_minor == 0


# --- the end of waiting


@BOTH
async def test_request_expires_after_two_days(moved_clock: ManualClock) -> None:
    mira, lea = await teacher(), await person("lea")
    request_id = await asked(lea, mira, start(96))
    moved_clock.advance(timedelta(hours=48) - timedelta(seconds=1))
    await run_due()
    assert await status_of(request_id, mira) == "requested"
    moved_clock.advance(timedelta(seconds=1))
    assert (await refused(answering.accept(request_id, mira))).code == "wrong_state"
    await run_due()
    assert await status_of(request_id, mira) == "expired"
    assert await told("request_expired") == [lea.user_id]
    assert await nothing_made()


async def test_request_expires_when_it_would_have_begun(moved_clock: ManualClock) -> None:
    mira, lea = await teacher(), await person("lea")
    request_id = await asked(lea, mira, start(3))
    assert (await row_of(request_id, lea)).expires_at == start(3)
    moved_clock.set(start(3))
    assert await ending.expire_overdue() == 1
    assert await ending.expire_overdue() == 0
    assert await status_of(request_id, lea) == "expired"


async def test_proposal_has_a_time_of_its_own_and_the_mentor_hears_of_its_end(
    moved_clock: ManualClock,
) -> None:
    mira, lea = await teacher(), await person("lea")
    request_id = await asked(lea, mira, start(96))
    moved_clock.advance(timedelta(hours=40))
    await answering.propose(request_id, mira, Proposal(starts_at=start(96).isoformat()))
    moved_clock.advance(timedelta(hours=47))
    await run_due()
    assert await status_of(request_id, lea) == "proposed"
    moved_clock.advance(timedelta(hours=1))
    await run_due()
    assert await status_of(request_id, lea) == "expired"
    assert await told("request_expired") == [mira.user_id]


async def test_expired_request_of_which_no_job_knew_is_in_nobodys_way(moved_clock: ManualClock) -> None:
    mira, lea = await teacher(), await person("lea")
    at = start(96)
    await asked(lea, mira, at)
    moved_clock.advance(timedelta(hours=49))
    assert (await ask(lea, "mira", wish(at))).created


async def test_who_leaves_waits_for_nobody() -> None:
    mira, lea = await teacher(), await person("lea")
    request_id = await asked(lea, mira)
    await ending.end_all_of(lea.user_id)
    assert await status_of(request_id, mira) == "withdrawn"
