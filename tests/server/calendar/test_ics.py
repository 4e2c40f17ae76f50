"""Events as calendar programs read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.calendar import ics
from server.calendar.events import Seat, seat_of
from server.calendar.ics import Event
from tests.server.calendar.rules import addresses, events, method, one

AT = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
START = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # Berlin's clocks go forward half an hour later
LESSON = Event(
    uid="3f0c9f0e-6a66-4b1e-8b5e-0d3f7a3b1c11",
    sequence=0,
    title="Closures by example",
    text="With Mira\n\nhttps://learn.example/sessions/1",
    starts_at=START,
    ends_at=START + timedelta(hours=1),
    host="Mira",
    page="https://learn.example/sessions/1",
    room="https://learn.example/sessions/1/room",
)
US, ZOE = "no-reply@learn.example", "zoe@example.com"
ODD = 'R&D; "closures", back\\slash – ' + "Ünïcödé 日本語 👩🏽‍💻 " * 12


def test_invitation_has_its_reader_as_the_only_attendee_who_has_accepted() -> None:
    text = ics.invitation(LESSON, ZOE, US, AT)
    event = one(text)
    assert method(text) == "REQUEST"
    assert addresses(text) == {US, ZOE}
    assert event["ATTENDEE"].params == {"PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}
    assert event["ORGANIZER"].params["CN"] == "Mira"
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (START, START + timedelta(hours=1))
    assert event["UID"] == LESSON.uid
    assert str(event["LOCATION"]).endswith("/room")


def test_lesson_that_is_off_is_taken_out() -> None:
    off = replace(LESSON, cancelled=True, sequence=4)
    text = ics.invitation(off, ZOE, US, AT)
    event = one(text)
    assert (method(text), event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 4)
    assert event["UID"] == LESSON.uid


def test_file_and_feed_name_no_reader() -> None:
    file, feed = ics.published(LESSON, US, AT), ics.feed([LESSON, replace(LESSON, uid="2")], US, AT)
    assert addresses(file) == addresses(feed) == {US}
    assert method(file) == method(feed) == "PUBLISH"
    assert [event["UID"] for event in events(feed)] == [LESSON.uid, "2"]
    assert "X-PUBLISHED-TTL:PT1H\r\n" in feed


def test_empty_feed_is_a_calendar() -> None:
    assert events(ics.feed([], US, AT)) == []


def test_odd_names_come_back_as_they_were() -> None:
    event = one(ics.invitation(replace(LESSON, title=ODD, text=ODD, host=ODD), ZOE, US, AT))
    assert event["SUMMARY"] == ODD
    assert event["DESCRIPTION"] == ODD
    assert event["ORGANIZER"].params["CN"] == ODD.replace('"', "'").strip()


def test_title_writes_no_line_of_its_own() -> None:
    title = "Loops\r\nATTENDEE:mailto:eve@example.org\r\nEND:VEVENT"
    event = one(ics.invitation(replace(LESSON, title=title, host=title), ZOE, US, AT))
    assert not isinstance(event["ATTENDEE"], list)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=140))
def test_any_text_makes_a_file_that_keeps_the_rules(title: str) -> None:
    storable = "".join(letter for letter in title if not "\ud800" <= letter <= "\udfff")
    event = one(ics.invitation(replace(LESSON, title=storable, host=storable), ZOE, US, AT))
    assert event["SUMMARY"] == ics.plain(storable)


@pytest.mark.parametrize(
    ("history", "seat"),
    [
        (["confirmed"], Seat(0, False)),
        (["cancelled_by_learner"], Seat(1, True)),
        (["cancelled_by_learner", "confirmed"], Seat(2, False)),
        (["cancelled_by_learner", "cancelled_by_mentor"], Seat(3, True)),
        (["no_show_mentor"], Seat(0, False)),
    ],
)
def test_seat_that_comes_and_goes_raises_the_sequence(history: list[str], seat: Seat) -> None:
    assert seat_of(history) == seat
