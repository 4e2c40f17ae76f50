"""Lines of chat in the database: numbered by room, many at once, and no line twice."""

from __future__ import annotations

from uuid import UUID

import pytest

from server.classroom import seats, state
from server.classroom.chat import NewLine, recent_lines
from server.classroom.room import Member
from server.infra import clock
from tests.databases import BOTH
from tests.server.booking import makers

pytestmark = [BOTH, pytest.mark.usefixtures("database")]


async def room(mentor: str = "mira") -> tuple[UUID, Member]:
    """A session's id, and its mentor in their seat."""
    person = await makers.mentor(mentor)
    session_id = await makers.published(person)
    await state.open_state(session_id)
    seat = await seats.take_seat(session_id, person.user_id, "Mira", "mentor")
    return session_id, Member(seat.participant_id, seat.seat_id, person.user_id, "Mira", "mentor")


def line(room: tuple[UUID, Member], text: str) -> NewLine:
    session_id, sender = room
    return NewLine(
        session_id, sender, None, text, clock.now(), say=lambda said: None, refuse=lambda: None
    )


async def test_lines_that_are_stored_together_are_numbered_in_order() -> None:
    here = await room()
    for _ in range(2):
        await NewLine.store([line(here, text) for text in "abc"])
    assert [(one.seq, one.text) for one in await recent_lines(here[0])] == list(
        enumerate("abcabc", start=1)
    )


async def test_each_room_has_numbers_of_its_own() -> None:
    here, there = await room(), await room("nora")
    batch = [line(here, "a"), line(there, "b"), line(here, "c"), line(there, "d"), line(there, "e")]
    await NewLine.store(batch)
    assert [one.seq for one in batch] == [1, 1, 2, 2, 3]


async def test_a_line_that_is_stored_again_keeps_its_number() -> None:
    here = await room()
    batch = [line(here, text) for text in "ab"]
    await NewLine.store(batch)
    late = line(here, "c")
    await NewLine.store([*batch, late])
    stored = await recent_lines(here[0])
    assert [(one.seq, one.text) for one in stored[:2]] == [(1, "a"), (2, "b")]
    assert [one.seq for one in batch] == [1, 2]
    assert (stored[2].text, stored[2].seq) == ("c", late.seq) and late.seq > 2
