"""The rules of what a lesson is taught with, without a room: pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.protocol.codec import MessageError
from media.protocol.teaching import (
    NOTE_LIMIT,
    NOTES_MOST,
    LineItem,
    NoteSend,
    PenItem,
    ShapeItem,
    TextItem,
)
from server.classroom.teaching import board as boards
from server.classroom.teaching import notes as notebooks
from server.classroom.teaching.board import Board
from server.classroom.teaching.notes import PLACE_LIMIT, Author, Notes, StaleNote
from server.classroom.teaching.ordering import between
from server.classroom.teaching.pace import BURST, PER_S, Pace
from server.classroom.teaching.polls import Polls, view_of
from server.classroom.teaching.sketch import svg

NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)
ANN, BOB = Author(1, "Ann"), Author(2, "Bob")
LINE = LineItem(kind="line", x1=1, y1=2, x2=3, y2=4)


def put(notes: Notes, text: str, author: Author = ANN, **more: object) -> str:
    """Write a paragraph; its id."""
    wanted = NoteSend.model_validate({"op": "put", "id": str(uuid4()), "text": text, **more})
    notes.put(wanted, author, NOW)
    return wanted.id


def texts(notes: Notes) -> list[str]:
    return [one.text for one in notes.live()]


# --- places


@given(st.lists(st.integers(min_value=0, max_value=10_000), max_size=300))
def test_there_is_always_a_place_between_two_places(wishes: list[int]) -> None:
    places: list[str] = []
    for wish in wishes:
        number = wish % (len(places) + 1)
        low = places[number - 1] if number else ""
        high = places[number] if number < len(places) else ""
        made = between(low, high)
        assert low < made
        assert not high or made < high
        places.insert(number, made)


@pytest.mark.parametrize("where", ["top", "second", "last"])
def test_five_hundred_paragraphs_at_one_spot_fit_the_column(where: str) -> None:
    notes = Notes()
    first = put(notes, "first")
    after = {"top": "top", "second": first, "last": None}[where]
    for number in range(NOTES_MOST - 1):
        put(notes, str(number), after=after)
    assert len(notes.live()) == NOTES_MOST
    assert max(len(one.place) for one in notes.live()) <= PLACE_LIMIT


# --- notes


def test_paragraphs_stand_where_they_were_put() -> None:
    notes = Notes()
    first = put(notes, "first")
    put(notes, "last")
    put(notes, "second", after=first)
    put(notes, "title", after="top")
    assert texts(notes) == ["title", "first", "second", "last"]
    put(notes, "first", id=first, version=1, after=notes.live()[3].id)
    assert texts(notes) == ["title", "second", "last", "first"]


def test_who_writes_on_an_old_version_is_shown_the_newest() -> None:
    notes = Notes()
    one = put(notes, "a")
    put(notes, "a and b", BOB, id=one, version=1)
    with pytest.raises(StaleNote) as caught:
        put(notes, "a and c", ANN, id=one, version=1)
    assert (caught.value.newest.text, caught.value.newest.version) == ("a and b", 2)
    with pytest.raises(StaleNote):
        notes.remove(one, 1, ANN, NOW)
    assert texts(notes) == ["a and b"]


def test_what_is_said_again_after_a_lost_connection_is_no_conflict() -> None:
    notes = Notes()
    one = put(notes, "a")
    put(notes, "a", id=one, version=0)
    assert notes.live()[0].version == 1


def test_removed_paragraph_is_kept_and_comes_back() -> None:
    notes = Notes()
    one = put(notes, "a")
    gone = notes.remove(one, 1, BOB, NOW)
    assert (gone.text, gone.version, texts(notes)) == ("a", 2, [])
    put(notes, "a", BOB, id=one, version=2)
    assert texts(notes) == ["a"]


def test_notes_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    notes = Notes()
    for _ in range(16):
        put(notes, "x" * NOTE_LIMIT)
    with pytest.raises(MessageError) as caught:
        put(notes, "one more")
    assert caught.value.code == "notes_full"
    monkeypatch.setattr(notebooks, "ROWS_MOST", 3)
    notes = Notes()
    for _ in range(3):
        notes.remove(put(notes, "a"), 1, ANN, NOW)
    with pytest.raises(MessageError):
        put(notes, "one more")


# --- polls


def test_votes_change_until_the_poll_is_closed() -> None:
    polls = Polls()
    poll = polls.ask("Which key?", ["C", "F", "G"], False, NOW)
    for seat, chosen in ((1, [0]), (2, [1]), (1, [2])):
        polls.vote(poll.id, seat, chosen)
    assert poll.counts() == [0, 1, 1]
    polls.close(poll.id, NOW)
    with pytest.raises(MessageError) as caught:
        polls.vote(poll.id, 1, [0])
    assert caught.value.code == "poll_closed"
    assert polls.close(poll.id, NOW + timedelta(minutes=1)).closed_at == NOW


def test_only_as_many_answers_as_were_asked_for() -> None:
    polls = Polls()
    one = polls.ask("One?", ["a", "b"], False, NOW)
    many = polls.ask("Many?", ["a", "b"], True, NOW)
    polls.vote(many.id, 1, [1, 0, 1])
    assert (many.counts(), many.voters()) == ([1, 1], 1)
    polls.vote(many.id, 1, [])
    assert many.voters() == 0
    for poll, chosen in ((one, [0, 1]), (one, [2]), (many, [7])):
        with pytest.raises(MessageError):
            polls.vote(poll.id, 1, chosen)


def test_view_has_counts_only_for_those_who_may_see_them() -> None:
    polls = Polls()
    poll = polls.ask("Which?", ["a", "b"], False, NOW)
    polls.vote(poll.id, 1, [1])
    assert view_of(poll, (1,), counted=False).counts is None
    assert view_of(poll, (), counted=True).counts == [0, 1]


# --- whiteboard


def test_only_the_mentor_takes_away_what_others_drew() -> None:
    board = Board()
    one, two = str(uuid4()), str(uuid4())
    board.add(one, "ann", LINE, NOW)
    board.add(two, "bob", LINE, NOW)
    with pytest.raises(MessageError) as caught:
        board.remove(two, "ann", NOW, host=False)
    assert caught.value.code == "forbidden"
    board.remove(one, "ann", NOW, host=False)
    board.remove(two, "mia", NOW, host=True)
    assert board.live() == []
    board.restore(one, "ann", host=False)
    assert [each.id for each in board.live()] == [one]


def test_drawing_moves_where_its_owner_puts_it() -> None:
    board = Board()
    one, far = str(uuid4()), LINE.model_copy(update={"x1": 500.0})
    board.add(one, "ann", LINE, NOW)
    board.add(one, "ann", LINE, NOW)
    assert board.add(one, "ann", far, NOW).item == far
    with pytest.raises(MessageError) as caught:
        board.add(one, "bob", LINE, NOW)
    assert caught.value.code == "forbidden"
    board.add(one, "mia", LINE, NOW, host=True)
    board.remove(one, "ann", NOW, host=False)
    with pytest.raises(MessageError) as caught:
        board.add(one, "ann", far, NOW)
    assert caught.value.code == "no_item"


def test_clearing_is_undone_as_a_whole_and_alone() -> None:
    board = Board()
    ids = [str(uuid4()) for _ in range(3)]
    for id in ids:
        board.add(id, "ann", LINE, NOW)
    board.remove(ids[0], "ann", NOW, host=False)
    board.clear(NOW + timedelta(seconds=1))
    board.restore_last()
    assert [each.id for each in board.live()] == ids[1:]


def test_full_board_says_so_and_has_room_after_clearing(monkeypatch: pytest.MonkeyPatch) -> None:
    board = Board()
    monkeypatch.setattr(boards, "BYTES_MOST", 3 * boards.Drawing("", "", LINE, NOW).size)
    for _ in range(3):
        board.add(str(uuid4()), "ann", LINE, NOW)
    with pytest.raises(MessageError) as caught:
        board.add(str(uuid4()), "ann", LINE, NOW)
    assert caught.value.code == "board_full"
    board.clear(NOW)
    board.add(str(uuid4()), "ann", LINE, NOW)
    with pytest.raises(MessageError):
        board.restore_last()
    assert len(board.live()) == 1


def test_picture_holds_everything_and_no_markup_of_anybody() -> None:
    items = [
        PenItem(points=[1, 2, 30, 40]),
        PenItem(points=[5, 5]),
        LineItem(kind="arrow", x1=0, y1=0, x2=100, y2=0),
        ShapeItem(kind="ellipse", x1=10, y1=10, x2=0, y2=0),
        TextItem(kind="text", x=1, y=1, text="<script>\n&\uffff"),
    ]
    made = svg(items, 'A "b" <c>')
    assert made.count("<path") == 3
    assert 'cx="5" cy="5" rx="5" ry="5"' in made
    assert "<script" not in made
    assert "&lt;script&gt;" in made
    assert "\uffff" not in made


# --- pace


def test_pace_lets_a_burst_through_and_then_a_steady_stream() -> None:
    pace = Pace(0)
    assert sum(pace.allows(0) for _ in range(int(BURST) + 10)) == BURST
    assert sum(pace.allows(1) for _ in range(20)) == PER_S
