"""Who deserves a certificate, which badges are earned, and how codes are spelled."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.achievements.badges import (
    BADGES,
    BY_SLUG,
    Attended,
    Deeds,
    deeds,
    earned,
    longest_run,
    reached,
)
from server.achievements.codes import ALPHABET, BITS, LETTERS, canonical, spelled
from server.achievements.rules import deserved
from server.classroom.service import Share
from web import STATIC

numbers = st.integers(0, 2**BITS - 1)
counts = st.integers(0, 200)
some_deeds = st.builds(Deeds, counts, counts, counts, counts, counts, counts, counts)


def share(present: int, held: int) -> Share:
    return Share(present, held, present / held if held else 0.0)


def attended(session: UUID, hour: int = 18, zone: str = "UTC", **values: object) -> Attended:
    start = datetime(2030, 5, 14, hour, tzinfo=UTC)
    kept: dict[str, object] = {"seconds": 3600, "skills": (), **values}
    return Attended(session, start, zone, **kept)  # type: ignore[arg-type]


# --- certificates


@given(st.integers(1, 20_000).flatmap(lambda held: st.tuples(st.integers(0, held), st.just(held))))
def test_certificate_is_for_four_fifths_of_a_lesson(times: tuple[int, int]) -> None:
    present, held = times
    assert deserved(share(present, held), taught=False, seated=True) == (5 * present >= 4 * held)


def test_certificate_is_for_learners_with_a_seat_who_were_there() -> None:
    whole = share(3600, 3600)
    assert deserved(whole, taught=False, seated=True)
    assert not deserved(whole, taught=True, seated=True)
    assert not deserved(whole, taught=False, seated=False)
    assert not deserved(None, taught=False, seated=True)
    assert not deserved(share(0, 0), taught=False, seated=True)


# --- badges


@given(st.lists(st.booleans()))
def test_longest_run_has_no_miss_in_it_and_none_is_longer(hits: list[bool]) -> None:
    length = longest_run(hits)
    runs = [len(run) for run in "".join(map("nh".__getitem__, hits)).split("n")]
    assert length == max(runs)


@given(some_deeds, some_deeds)
def test_who_does_more_keeps_every_badge(done: Deeds, more: Deeds) -> None:
    both = Deeds(*(getattr(done, name) + getattr(more, name) for name in Deeds.__slots__))
    assert earned(done) <= earned(both)


@given(some_deeds)
def test_badge_is_earned_exactly_when_its_goal_is_reached(done: Deeds) -> None:
    for badge in BADGES:
        assert 0 <= reached(badge, done) <= badge.goal
        assert (badge.slug in earned(done)) == (getattr(done, badge.deed) >= badge.goal)


def test_deeds_are_counted_from_what_certificates_say() -> None:
    one, two, missed = uuid4(), uuid4(), uuid4()
    lessons = [
        attended(one, hour=7, skills=("Python", "SQL")),
        attended(two, hour=7, zone="Asia/Tokyo", seconds=5400, skills=("SQL",)),
    ]
    taught = [(one, 1), (one, 2), (two, 1)]
    assert deeds(lessons, [one, missed, two], taught) == Deeds(
        lessons=2, hours=2, streak=1, early=1, skills=2, taught=2, learners=2
    )


def test_nobody_earns_anything_by_nothing() -> None:
    assert earned(deeds([], [uuid4()], [])) == frozenset()


def test_every_badge_has_a_name_of_its_own_a_goal_and_a_picture() -> None:
    assert len(BY_SLUG) == len(BADGES)
    drawn = (STATIC / "badges.svg").read_text()
    for badge in BADGES:
        assert badge.goal > 0
        assert f'id="{badge.slug}"' in drawn, badge.slug


# --- codes


def test_code_can_not_be_guessed() -> None:
    assert BITS >= 80
    assert len(set(ALPHABET)) == 32


@given(numbers, numbers)
def test_each_number_has_a_code_of_its_own(one: int, other: int) -> None:
    assert (spelled(one) == spelled(other)) == (one == other)
    assert len(spelled(one).replace("-", "")) == LETTERS


@given(numbers, st.sampled_from(["", " ", "-", " - "]))
def test_code_is_known_however_it_was_copied(number: int, gap: str) -> None:
    code = spelled(number)
    copied = code.replace("-", gap).lower().replace("0", "o").replace("1", "l")
    assert canonical(copied) == canonical(code) == code


@given(st.text(max_size=80))
def test_what_is_no_code_is_none(text: str) -> None:
    found = canonical(text)
    assert found == "" or canonical(found) == found


@pytest.mark.parametrize("text", ["", "K7Q2M", "U" * 20, "A" * 21, "\0" * 20, "é" * 20, "A" * 20_000])
def test_wrong_letters_and_lengths_are_no_code(text: str) -> None:
    assert canonical(text) == ""
