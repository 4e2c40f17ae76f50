"""Other times: who may propose and take them, what happens to each seat, and that it happens once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from server.booking import paying, service
from server.booking.models import Booking, BusyCell, Session
from server.booking.requests import answering
from server.booking.rescheduling.answering import accept, decline, settle_overdue, withdraw
from server.booking.rescheduling.forms import MoveForm
from server.booking.rescheduling.models import RescheduleProposal
from server.booking.rescheduling.proposing import propose
from server.booking.rescheduling.shown import open_move
from server.booking.seats.cancelling import cancellation
from server.booking.seats.confirming import confirm
from server.booking.times import cell_of
from server.edge.access import Viewer
from server.infra.clock import ManualClock
from server.infra.errors import Conflict, NotFound
from server.infra.models import StateTransition
from server.worker import run_due
from tests.databases import BOTH
from tests.server.booking.makers import PAYABLE, mentor, person, published
from tests.server.booking.requesters import asked, start, teacher
from tests.server.booking.test_requests import refused, told

pytestmark = pytest.mark.usefixtures("database")
OLD, NEW = 72, 96  # hours from now


def to(hours: float = NEW, **more: Any) -> MoveForm:
    return MoveForm(starts_at=start(hours).isoformat(), **more)


async def seated(session_id: UUID, *learners: Viewer) -> None:
    for learner in learners:
        await service.book_session(session_id, learner)


async def times_agree(session_id: UUID) -> bool:
    """The mentor and all with a seat hold the session's time, and no other."""
    session = await Session.get(id=session_id)
    active = await Booking.filter(session_id=session_id, status__in=("held", "confirmed"))
    wanted = {session.mentor_id, *(booking.learner_id for booking in active)}
    cells = [cell_of(session.starts_at) + number for number in range(12)]
    held: dict[int, list[int]] = {}
    for cell in await BusyCell.all().order_by("cell"):
        held.setdefault(int(cell.user_id), []).append(cell.cell)  # type: ignore[attr-defined]
    assert held == dict.fromkeys(wanted, cells)
    return session.seats_taken == len(active)


async def starts(session_id: UUID) -> float:
    session = await Session.get(id=session_id)
    return round((session.starts_at - start(0)) / timedelta(hours=1), 2)


@BOTH
async def test_session_that_nobody_booked_moves_at_once() -> None:
    mira = await mentor()
    session_id = await published(mira, start(OLD))
    await propose(session_id, mira, to())
    session = await Session.get(id=session_id)
    assert (await starts(session_id), session.ics_sequence) == (NEW, 1)
    assert session.local_start == session.starts_at.strftime("%Y-%m-%dT%H:%M")
    assert await times_agree(session_id)
    moves = (
        await StateTransition.filter(entity="session").order_by("-id").values_list("reason", flat=True)
    )
    assert str(moves[0]).startswith("moved from ")


@BOTH
async def test_lesson_for_one_moves_when_its_learner_accepts() -> None:
    mira, lea = await mentor(), await person("lea")
    session_id = await published(mira, start(OLD))
    await seated(session_id, lea)
    proposal = await propose(session_id, mira, to())
    assert (await starts(session_id), await told("move_proposed")) == (OLD, [lea.user_id])
    assert (await refused(accept(proposal, mira))).code == "wrong_state"
    await accept(proposal, lea)
    assert await starts(session_id) == NEW
    assert await times_agree(session_id)
    assert sorted(await told("session_moved")) == sorted([mira.user_id, lea.user_id])
    assert await told("move_proposed") == []


@pytest.mark.parametrize("how", ["decline", "withdraw", "expire"])
async def test_lesson_for_one_stays_when_it_is_not_taken(how: str, moved_clock: ManualClock) -> None:
    mira, lea = await mentor(), await person("lea")
    before = start(0)
    session_id = await published(mira, start(OLD))
    await seated(session_id, lea)
    proposal = await propose(session_id, mira, to())
    if how == "decline":
        await decline(proposal, lea)
    elif how == "withdraw":
        await withdraw(proposal, mira)
    else:
        moved_clock.advance(timedelta(hours=48))
        await run_due()
    session = await Session.get(id=session_id)
    assert (session.starts_at, session.ics_sequence) == (before + timedelta(hours=OLD), 0)
    assert await times_agree(session_id)
    status = (await RescheduleProposal.get()).status
    assert status == {"decline": "declined", "withdraw": "withdrawn", "expire": "expired"}[how]
    assert (await refused(accept(proposal, lea))).code == "wrong_state"


@BOTH
async def test_group_moves_with_who_accepts_and_gives_the_others_all_back() -> None:
    mira, max_ = await mentor(), await mentor("max")
    people = [await person(name) for name in ("yes", "no", "clash")]
    yes, no, clash = people
    with paying.paid_by(PAYABLE):
        session_id = await published(mira, start(OLD), capacity=5, price_minor=2000)
        await seated(session_id, *people)
        for booking in await Booking.all():
            await confirm(booking.id, None)
        await seated(await published(max_, start(NEW), capacity=1), clash)
        proposal = await propose(session_id, mira, to())
        await accept(proposal, yes)
        assert (await refused(accept(proposal, clash))).code == "overlap"
        await decline(proposal, no)
        assert await starts(session_id) == OLD
        await decline(proposal, clash)
    assert await starts(session_id) == NEW
    rows = await Booking.filter(session_id=session_id).order_by("id")
    assert [row.status for row in rows] == ["confirmed", "cancelled_by_mentor", "cancelled_by_mentor"]
    assert [row.refund_minor for row in rows] == [None, 2000, 2000]
    assert (await Session.get(id=session_id)).seats_taken == 1
    assert await told("moved_without_you") == [no.user_id, clash.user_id]
    assert await BusyCell.filter(user_id=no.user_id).count() == 0


@BOTH
async def test_who_does_not_answer_in_time_is_not_taken_along(moved_clock: ManualClock) -> None:
    mira, lea, silent = await mentor(), await person("lea"), await person("silent")
    new = start(NEW)
    session_id = await published(mira, start(OLD), capacity=5)
    await seated(session_id, lea, silent)
    proposal = await propose(session_id, mira, to(answer_within_hours=12))
    await accept(proposal, lea)
    moved_clock.advance(timedelta(hours=11))
    await run_due()
    assert (await RescheduleProposal.get()).status == "open"
    moved_clock.advance(timedelta(hours=1))
    await run_due()
    assert (await Session.get(id=session_id)).starts_at == new
    assert await times_agree(session_id)
    assert await told("moved_without_you") == [silent.user_id]
    assert await settle_overdue() == 0


async def test_nobody_new_is_let_in_while_a_group_decides() -> None:
    mira, lea, eve = await mentor(), await person("lea"), await person("eve")
    session_id = await published(mira, start(OLD), capacity=5)
    await seated(session_id, lea)
    proposal = await propose(session_id, mira, to())
    assert (await refused(service.book_session(session_id, eve))).code == "wrong_state"
    await accept(proposal, lea)
    assert (await service.book_session(session_id, eve)).created


@BOTH
async def test_learner_of_a_lesson_for_one_may_propose_and_keeps_the_clock_of_the_policy(
    moved_clock: ManualClock,
) -> None:
    mira, lea = await mentor(), await person("lea")
    with paying.paid_by(PAYABLE):
        session_id = await published(mira, start(20), price_minor=1000)
        booked = await service.book_session(session_id, lea)
        await confirm((await Booking.get()).id, None)
        assert (await cancellation(booked.booking_id, lea)).percent == 50
        proposal = await propose(session_id, lea, to())
        assert await told("move_proposed") == [mira.user_id]
        await accept(proposal, mira)
        assert await starts(session_id) == NEW
        assert (await cancellation(booked.booking_id, lea)).percent == 50
        moved_clock.advance(timedelta(hours=10))
        assert (await cancellation(booked.booking_id, lea)).percent == 0
        again = await propose(session_id, mira, to(120))
        await accept(again, lea)
        assert (await cancellation(booked.booking_id, lea)).percent == 100
    assert await times_agree(session_id)


async def test_who_may_propose() -> None:
    mira, lea, eve = await mentor(), await person("lea"), await person("eve")
    alone, group = await published(mira, start(OLD)), await published(mira, start(48), capacity=3)
    await seated(alone, lea)
    await seated(group, lea)
    assert (await refused(propose(alone, eve, to()))).code == "forbidden"
    assert (await refused(propose(group, lea, to()))).code == "wrong_state"
    proposal = await propose(alone, lea, to())
    with pytest.raises(NotFound):
        await accept(proposal, eve)
    assert (await refused(propose(alone, mira, to(100)))).code == "wrong_state"
    assert (await refused(accept(proposal, lea))).code == "wrong_state"
    assert (await refused(withdraw(proposal, mira))).code == "wrong_state"


@BOTH
async def test_times_that_can_not_be_had_are_refused_and_nothing_is_left() -> None:
    mira, lea = await mentor(), await person("lea")
    session_id = await published(mira, start(OLD))
    await seated(session_id, lea)
    other = await published(mira, start(NEW))
    cells = await BusyCell.all().count()
    assert (await refused(propose(session_id, mira, to(NEW + 0.5)))).code == "overlap"
    assert (await refused(propose(session_id, mira, to(1)))).code == "too_late"
    assert (await refused(propose(session_id, mira, to(-1)))).code == "invalid"
    assert (await refused(propose(session_id, mira, to(OLD)))).code == "invalid"
    assert await BusyCell.all().count() == cells
    assert not await RescheduleProposal.exists()
    await propose(session_id, mira, to(OLD + 0.5))
    assert (await refused(propose(other, mira, to(OLD + 1)))).code == "overlap"


@BOTH
async def test_two_accept_at_once_and_both_come_along() -> None:
    mira = await mentor()
    people = [await person(f"learner{number}") for number in range(4)]
    session_id = await published(mira, start(OLD), capacity=4)
    await seated(session_id, *people)
    proposal = await propose(session_id, mira, to())
    answers = await asyncio.gather(
        *(accept(proposal, who) for who in people for _ in range(2)), return_exceptions=True
    )
    assert sum(isinstance(answer, Conflict) for answer in answers) == 4
    session = await Session.get(id=session_id)
    assert (session.ics_sequence, session.seats_taken) == (1, 4)
    assert await times_agree(session_id)


@BOTH
@pytest.mark.parametrize("how", ["cancelled", "missed", "ended", "left"])
async def test_end_of_the_session_ends_what_is_proposed(how: str, moved_clock: ManualClock) -> None:
    """Nobody is asked any more, and everybody's time is free; also of a lesson of one's own, which is
    off when its learner leaves."""
    mira, lea = await teacher(), await person("lea")
    session_id = await answering.accept(await asked(lea, mira, start(OLD)), mira)
    proposal = await propose(session_id, mira, to())
    session = await service.get_session(session_id, mira)
    assert await open_move(session, lea)
    if how == "cancelled":
        await service.cancel_session(session_id, mira)
    elif how == "left":
        await service.leave_session(session_id, lea)
    else:
        moved_clock.advance(timedelta(hours=OLD))
        if how == "ended":
            await service.start_session(session_id, mira)
            await service.end_session(session_id, mira)
        else:
            moved_clock.advance(timedelta(hours=2))
            await service.close_overdue(session_id)
    assert await open_move(session, lea) is await open_move(session, mira) is None
    row = await RescheduleProposal.get(public_id=proposal)
    assert row.status == ("withdrawn" if how == "cancelled" else "expired")
    assert (await refused(accept(proposal, mira))).code in ("wrong_state", "not_found")
    assert not await BusyCell.exists()
    assert await settle_overdue() == 0


@BOTH
@pytest.mark.parametrize("against", ["cancel", "leave", "deadline"])
async def test_acceptance_against_what_ends_it(against: str) -> None:
    """One of both is first; the other is refused, or finds it as it is."""
    mira, lea = await mentor(), await person("lea")
    session_id = await published(mira, start(OLD), capacity=1 if against != "deadline" else 2)
    await seated(session_id, lea)
    proposal = await propose(session_id, mira, to())
    ending = {
        "cancel": lambda: service.cancel_session(session_id, mira),
        "leave": lambda: service.leave_session(session_id, lea),
        "deadline": lambda: settle_overdue(),
    }[against]
    await asyncio.gather(accept(proposal, lea), ending(), return_exceptions=True)
    session = await Session.get(id=session_id)
    active = await Booking.filter(session_id=session_id, status="confirmed").count()
    assert session.seats_taken == active
    if against == "cancel":
        assert (session.status, active) == ("cancelled", 0)
        assert not await BusyCell.exists()
        assert not await RescheduleProposal.filter(status="open").exists()
    elif against == "leave":
        assert active == 0
        assert not await BusyCell.filter(user_id=lea.user_id).exists()
    else:
        assert await starts(session_id) == NEW
        assert await times_agree(session_id)


@BOTH
async def test_start_against_a_move(moved_clock: ManualClock) -> None:
    mira = await mentor()
    session_id = await published(mira, start(0.25))
    await asyncio.gather(
        service.start_session(session_id, mira), propose(session_id, mira, to()), return_exceptions=True
    )
    session = await Session.get(id=session_id)
    moved = session.starts_at == start(NEW)
    assert session.status == ("published" if moved else "live")
    assert await BusyCell.all().count() == 12


async def test_sequence_rises_with_every_move_and_the_uid_stays() -> None:
    mira = await mentor()
    session_id = await published(mira, start(OLD))
    uid = (await Session.get(id=session_id)).ics_uid
    for number in range(1, 6):
        await propose(session_id, mira, to(OLD + number))
        session = await Session.get(id=session_id)
        assert (session.ics_sequence, session.ics_uid) == (number, uid)
