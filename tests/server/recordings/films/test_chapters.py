"""Which moments become chapters."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from server.recordings.films.chapters import (
    APART_MS,
    HANDS_APART_MS,
    LONGEST_TITLE,
    Chapter,
    Hand,
    chapters,
    of_hands,
    titled,
)

HOUR = 3_600_000
times = st.integers(-HOUR, 2 * HOUR)
marks = st.builds(
    Chapter,
    times,
    st.text(min_size=1),
    st.sampled_from(["screen", "hand", "poll", "objective", "moment"]),
)
spans = st.tuples(times, st.integers(1, HOUR)).map(lambda span: (span[0], span[0] + span[1]))
hands = st.builds(
    lambda up, long, name: Hand(up, up + long, name),
    times,
    st.integers(0, HOUR),
    st.sampled_from(["", "Lea", "Jun", "Amara", "Tomas"]),
)


@given(st.lists(marks, max_size=60), st.lists(spans, max_size=5), st.integers(0, HOUR))
def test_chapters_are_in_order_apart_within_the_film_and_outside_of_pauses(
    marks: list[Chapter], pauses: list[tuple[int, int]], total_ms: int
) -> None:
    found = chapters(marks, pauses, total_ms)
    places = [one.at_ms for one in found]
    assert all(later - earlier >= APART_MS for earlier, later in pairwise(places))
    assert all(0 <= place < total_ms for place in places)
    marked = {(mark.at_ms, titled(mark.title), mark.kind) for mark in marks}
    for one in found[1:]:
        assert (one.at_ms, one.title, one.kind) in marked
        assert not any(first <= one.at_ms < end for first, end in pauses)
    assert not found or found[0].at_ms == 0


@given(st.lists(marks, max_size=60), st.integers(1, HOUR))
def test_nothing_is_left_out_without_something_weightier_near(
    marks: list[Chapter], total_ms: int
) -> None:
    places = [one.at_ms for one in chapters(marks, [], total_ms)]
    for mark in marks:
        if 0 <= mark.at_ms < total_ms:
            place = mark.at_ms if mark.at_ms >= APART_MS else 0
            assert any(abs(place - at) < APART_MS for at in places)


@given(st.lists(hands, max_size=40))
def test_hands_within_a_minute_are_one_chapter(hands: list[Hand]) -> None:
    found = of_hands(hands)
    places = [one.at_ms for one in found]
    assert all(later - earlier >= HANDS_APART_MS for earlier, later in pairwise(places))
    reach = len(hands) * HANDS_APART_MS
    assert all(any(at <= hand.at_ms <= at + reach for at in places) for hand in hands)


@given(st.text())
def test_a_title_is_one_line(text: str) -> None:
    line = titled(text)
    assert len(line) <= LONGEST_TITLE
    assert line.isprintable()
    assert line == line.strip()


def test_of_two_at_one_moment_what_the_mentor_marked_stays() -> None:
    near = [Chapter(60_000, "Lea shares a screen", "screen"), Chapter(70_000, "Remember", "moment")]
    assert chapters(near, [], HOUR) == (
        Chapter(0, "Start", "start"),
        Chapter(70_000, "Remember", "moment"),
    )


def test_what_is_marked_in_the_first_seconds_is_the_start() -> None:
    assert chapters([Chapter(4000, "Welcome", "moment")], [], HOUR) == (Chapter(0, "Welcome", "moment"),)


def test_nothing_marked_is_no_chapter() -> None:
    assert chapters([], [], HOUR) == ()


def test_a_hand_that_waited_long_is_found_where_it_was_answered() -> None:
    assert of_hands([Hand(0, 600_000, "Lea")]) == [Chapter(570_000, "A question from Lea", "hand")]


def test_hands_together_name_those_whom_the_recording_shows() -> None:
    raised = [Hand(0, 9000, "Lea"), Hand(5000, 9000, ""), Hand(50_000, 55_000, "Jun")]
    assert [one.title for one in of_hands(raised)] == ["Questions from Lea and Jun"]
    assert [one.title for one in of_hands([Hand(0, 9000, "")])] == ["A question"]
