"""Events that go with mails: in, changed and out again, of exactly those who had them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.booking import service
from server.booking.requests import answering
from server.booking.rescheduling.answering import accept, decline
from server.booking.rescheduling.forms import MoveForm
from server.booking.rescheduling.proposing import propose
from server.calendar.events import event_for
from server.infra.mailer import kept_mails
from server.worker import run_due
from tests.databases import BOTH
from tests.server.booking.makers import mentor, person, published
from tests.server.booking.requesters import asked, teacher
from tests.server.calendar.lessons import START, lesson, moved
from tests.server.calendar.rules import addresses, method, one

pytestmark = pytest.mark.usefixtures("database", "time")
US = "no-reply@127.0.0.1"


async def files_to(address: str) -> list[str]:
    """The events mailed to it, the oldest first."""
    await run_due()
    mails = reversed([mail for mail in await kept_mails() if mail.to == address])
    return [file.text for mail in mails for file in mail.attachments]


@BOTH
async def test_both_get_the_event_and_nobody_elses_address() -> None:
    session_id, *_ = await lesson()
    jun = await person("jun")
    await service.book_session(session_id, jun)
    for name in ("mira", "lea", "jun"):
        for text in await files_to(f"{name}@example.com"):
            event = one(text)
            assert method(text) == "REQUEST"
            assert addresses(text) == {US, f"{name}@example.com"}
            assert event["UID"] == str(session_id)
            assert event.decoded("DTSTART") == START
    assert len(await files_to("lea@example.com")) == 1
    assert len(await files_to("mira@example.com")) == 2


@BOTH
async def test_who_leaves_and_comes_again_has_one_event_with_a_rising_sequence() -> None:
    session_id, _, lea = await lesson()
    for _ in range(2):
        await run_due()
        await service.leave_session(session_id, lea)
        await run_due()
        await service.book_session(session_id, lea)
    texts = await files_to("lea@example.com")
    assert [method(text) for text in texts] == ["REQUEST", "CANCEL", "REQUEST", "CANCEL", "REQUEST"]
    assert [one(text)["SEQUENCE"] for text in texts] == [0, 1, 2, 3, 4]
    assert {one(text)["UID"] for text in texts} == {str(session_id)}


@BOTH
async def test_called_off_session_is_taken_out_of_calendars_it_was_in() -> None:
    session_id, mira, _ = await lesson()
    jun = await person("jun")
    await service.book_session(session_id, jun)
    await run_due()
    await service.leave_session(session_id, jun)
    await run_due()
    await service.cancel_session(session_id, mira)
    for name in ("lea", "mira"):
        texts = await files_to(f"{name}@example.com")
        assert method(texts[-1]) == "CANCEL"
        assert one(texts[-1])["SEQUENCE"] > one(texts[0])["SEQUENCE"]
        assert addresses(texts[-1]) == {US, f"{name}@example.com"}
    assert [method(text) for text in await files_to("jun@example.com")] == ["REQUEST", "CANCEL"]


@BOTH
async def test_five_moves_change_the_event_that_programs_have() -> None:
    session_id, mira, lea = await lesson()
    jun = await person("jun")
    await service.book_session(session_id, jun)
    await run_due()
    for days in range(1, 6):
        when = MoveForm(starts_at=(START + timedelta(days=days)).isoformat())
        proposal = await propose(session_id, mira, when)
        await accept(proposal, lea)
        await (decline if days == 5 else accept)(proposal, jun)
        await run_due()
    for name in ("lea", "mira"):
        texts = await files_to(f"{name}@example.com")
        heard = {one(text)["SEQUENCE"]: one(text).decoded("DTSTART") for text in texts}
        assert heard == {days: START + timedelta(days=days) for days in range(6)}
        assert {method(text) for text in texts} == {"REQUEST"}
        assert {one(text)["UID"] for text in texts} == {str(session_id)}
    juns = await files_to("jun@example.com")
    assert [one(text)["SEQUENCE"] for text in juns] == [0, 1, 2, 3, 4, 6]
    assert [method(text) for text in juns] == ["REQUEST"] * 5 + ["CANCEL"]
    assert all(addresses(text) == {US, "jun@example.com"} for text in juns)


async def test_uid_stays_and_sequence_rises_over_five_moves() -> None:
    session_id, mira, lea = await lesson()
    seen = []
    for days in range(6):
        for who in (lea, mira):
            event = await event_for(session_id, who.user_id, "https://learn.example")
            assert event is not None
            seen.append((who.username, event.uid, event.sequence, event.starts_at))
        await moved(session_id, START + timedelta(days=days + 1))
    assert len({uid for _, uid, *_ in seen}) == 1
    for name in ("lea", "mira"):
        sequences = [sequence for who, _, sequence, _ in seen if who == name]
        assert sequences == sorted(set(sequences)) == list(range(6))
    assert [start for who, *_, start in seen if who == "lea"] == [
        START + timedelta(days=days) for days in range(6)
    ]


@BOTH
async def test_lesson_of_a_request_comes_with_its_event_and_moves_with_it() -> None:
    """To both when it is accepted and when it moves, with the same SEQUENCE."""
    mira, lea = await teacher(), await person("lea")
    session_id = await answering.accept(await asked(lea, mira, START), mira)
    for days in range(1, 3):
        await run_due()
        await moved(session_id, START + timedelta(days=days))
    learners, mentors = await files_to("lea@example.com"), await files_to("mira@example.com")
    heard = [(one(text)["SEQUENCE"], one(text).decoded("DTSTART")) for text in learners]
    assert heard == [(days, START + timedelta(days=days)) for days in range(3)]
    assert {(method(text), one(text)["UID"]) for text in learners} == {("REQUEST", str(session_id))}
    assert [one(text)["SEQUENCE"] for text in mentors] == [0, 1, 2]


async def test_mail_that_was_held_up_brings_what_is_true_by_then() -> None:
    session_id, *_ = await lesson()
    await moved(session_id, START + timedelta(days=1))
    event = one((await files_to("lea@example.com"))[0])
    assert event.decoded("DTSTART") == START + timedelta(days=1)
    assert event["SEQUENCE"] == 1


async def test_session_that_nobody_booked_was_in_no_calendar() -> None:
    mira = await mentor()
    session_id = await published(mira, START)
    await service.cancel_session(session_id, mira)
    assert await files_to("mira@example.com") == []
