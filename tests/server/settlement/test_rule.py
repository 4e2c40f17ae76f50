"""Attendance decides money: the rule as a table, and what must hold whatever was measured."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.payments.shares import commission, kept_shares
from server.settlement.rule import Judged, Presence, Seat, judge, part
from server.settlement.spans import Span, Spans

START = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
PRICE = 6000  # 100 a minute


def at(*minutes: tuple[float, float]) -> Spans:
    """Minutes after the planned start."""
    return tuple(
        (START + timedelta(minutes=begin), START + timedelta(minutes=end)) for begin, end in minutes
    )


def there(*minutes: tuple[float, float], node: Spans = (), own: Spans = ()) -> Presence:
    """With media, and in the room."""
    return Presence(at(*minutes), at(*minutes), node, own)


def in_room(*minutes: tuple[float, float], node: Spans = ()) -> Presence:
    """Without media."""
    return Presence((), at(*minutes), node)


def seat(mentor: Presence, learner: Presence, length: int = 60, **money: int) -> Seat:
    paid = {"price_minor": PRICE, "left_minor": PRICE, **money}
    return Seat(
        starts_at=START,
        ends_at=START + timedelta(minutes=length),
        mentor=mentor,
        learner=learner,
        **paid,
    )


ALL, NOBODY = (0, 60), Presence()
TABLE = [
    # what was measured: mentor, learner -> verdict, refund out of the payment, credit by the platform
    ("all was well", there(ALL), there(ALL), "attended", 0, 0),
    ("it went on for longer", there((0, 75)), there((0, 75)), "attended", 0, 0),
    ("both were early", there((-10, 60)), there((-5, 60)), "attended", 0, 0),
    # --- the mentor
    ("the mentor never came", NOBODY, there(ALL), "mentor_absent", 6000, 0),
    ("nobody came", NOBODY, NOBODY, "mentor_absent", 6000, 0),
    ("the mentor came after 15 minutes", there((15, 60)), there(ALL), "mentor_absent", 6000, 0),
    ("the mentor came just before", there((14.5, 60)), there(ALL), "cut_short", 1400, 0),
    ("the mentor sat in the room without media", in_room(ALL), there(ALL), "mentor_absent", 6000, 0),
    ("the mentor was 5 minutes late", there((5, 60)), there(ALL), "attended", 0, 0),
    ("the mentor was 6 minutes late", there((6, 60)), there(ALL), "cut_short", 600, 0),
    ("late, and stayed on with the learner", there((6, 66)), there((0, 66)), "attended", 0, 0),
    ("late, and stayed on alone", there((6, 66)), there(ALL), "cut_short", 600, 0),
    ("the mentor left after 20 minutes", there((0, 20)), there(ALL), "cut_short", 4000, 0),
    ("the mentor ended it 4 minutes early", there((0, 56)), there((0, 56)), "attended", 0, 0),
    ("away in the middle", there((0, 20), (40, 60)), there(ALL), "cut_short", 2000, 0),
    ("back after a reload", there((0, 20), (20.1, 60)), there(ALL), "attended", 0, 0),
    ("half before the start, together", there((-15, 45)), there((-15, 45)), "attended", 0, 0),
    ("half before the start, alone", there((-15, 45)), there((0, 45)), "cut_short", 1500, 0),
    ("the mentor's line", there(ALL, own=at((10, 22))), there(ALL), "cut_short", 1200, 0),
    ("the mentor's line for a moment", there(ALL, own=at((10, 14))), there(ALL), "attended", 0, 0),
    # --- the learner
    ("the learner never came", there(ALL), NOBODY, "learner_absent", 0, 0),
    ("the mentor waited for 15 minutes", there((0, 15)), NOBODY, "learner_absent", 0, 0),
    ("the mentor waited for 6 minutes", there((0, 6)), NOBODY, "learner_absent", 3600, 0),
    ("the learner was late", there(ALL), there((30, 60)), "attended", 0, 0),
    ("the learner left at once", there(ALL), there((0, 1)), "attended", 0, 0),
    ("the learner's line was bad", there(ALL), there(ALL, own=at((0, 40))), "attended", 0, 0),
    ("the learner's media never came", there(ALL), in_room(ALL), "learner_line", 0, 0),
    # --- the platform
    ("the node failed", there(ALL), there(ALL, node=at((10, 25))), "platform_failed", 0, 1500),
    ("the node failed the mentor", there(ALL, node=at((10, 25))), there(ALL), "platform_failed", 0, 1500),
    ("for a minute", there(ALL), there(ALL, node=at((10, 11))), "attended", 0, 0),
    ("for half of it", there(ALL), there(ALL, node=at((10, 40))), "platform_failed", 0, 6000),
    (
        "the node took everybody's media",
        Presence(at((0, 20)), at(ALL), node=at((20, 60))),
        Presence(at((0, 20)), at(ALL), node=at((20, 60))),
        "platform_failed",
        0,
        6000,
    ),
    ("the node kept the mentor out", in_room(ALL, node=at(ALL)), there(ALL), "platform_failed", 0, 6000),
    ("while the learner was away", there(ALL, node=at((0, 20))), there((20, 60)), "attended", 0, 0),
    (
        "the node failed, and the mentor left early",
        there((0, 40)),
        there(ALL, node=at((10, 20))),
        "cut_short",
        2000,
        1000,
    ),
    (
        "the mentor's line was bad while the node failed",
        there(ALL, node=at((5, 20)), own=at((5, 20))),
        there(ALL),
        "platform_failed",
        0,
        1500,
    ),
    ("nobody ever had media", in_room(ALL), in_room(ALL), "unclear", 0, 0),
    ("nobody, for a moment", in_room((0, 3)), in_room(ALL), "mentor_absent", 6000, 0),
]


@pytest.mark.parametrize(
    ("mentor", "learner", "outcome", "refund", "credit"),
    [row[1:] for row in TABLE],
    ids=[row[0] for row in TABLE],
)
def test_attendance_decides_money(
    mentor: Presence, learner: Presence, outcome: str, refund: int, credit: int
) -> None:
    judged = judge(seat(mentor, learner))
    assert (judged.outcome, judged.refund_minor, judged.credit_minor) == (outcome, refund, credit)


def test_each_seat_of_a_group_is_judged_by_itself() -> None:
    mentor = there(ALL)
    seats = [there(ALL), NOBODY, in_room(ALL), there(ALL, node=at((0, 6)))]
    judged = [judge(seat(mentor, one)) for one in seats]
    assert [(one.outcome.value, one.credit_minor) for one in judged] == [
        ("attended", 0),
        ("learner_absent", 0),
        ("learner_line", 0),
        ("platform_failed", 600),
    ]


def test_of_a_moved_lesson_the_new_time_counts() -> None:
    at_the_old_time = there((-1440, -1380))
    judged = judge(seat(at_the_old_time, at_the_old_time))
    assert judged.outcome == "mentor_absent"


def test_short_lesson_is_waited_for_to_its_end() -> None:
    short = seat(there((14, 15)), there((0, 15)), 15)
    assert (judge(short).outcome, judge(short).refund_minor) == ("cut_short", 5600)
    assert judge(seat(there((1.5, 15)), there((0, 15)), 15)).outcome == "attended"
    assert judge(seat(there((15, 30)), there((0, 15)), 15)).outcome == "mentor_absent"


def test_free_lesson_has_a_verdict_and_no_money() -> None:
    judged = judge(seat(NOBODY, there(ALL), price_minor=0, left_minor=0))
    assert judged == Judged(outcome=judged.outcome, due_min=60)
    assert judged.outcome == "mentor_absent"


@pytest.mark.parametrize(
    ("left", "refund", "credit"), [(6000, 2000, 1000), (5000, 1000, 1000), (4000, 0, 1000), (500, 0, 500)]
)
def test_what_was_given_back_before_counts(left: int, refund: int, credit: int) -> None:
    judged = judge(seat(there((0, 40)), there(ALL, node=at((10, 20))), left_minor=left))
    assert (judged.refund_minor, judged.credit_minor) == (refund, credit)


def test_parts_are_rounded_half_up_once() -> None:
    assert [part(99, minutes, 60) for minutes in (0, 1, 20, 30, 59, 60)] == [0, 2, 33, 50, 97, 99]
    assert part(1, 30, 60) == 1


# --- whatever was measured

MINUTES = st.integers(-30, 90)
SPANS = st.lists(st.tuples(MINUTES, MINUTES).map(sorted).map(tuple), max_size=5).map(
    lambda found: tuple(one for span in found for one in at(span))  # type: ignore[arg-type]
)
PRESENCES = st.builds(Presence, SPANS, SPANS, SPANS, SPANS)


@st.composite
def seats(draw: st.DrawFn) -> Seat:
    price = draw(st.one_of(st.integers(0, 200), st.integers(0, 10**9)))
    return seat(
        draw(PRESENCES),
        draw(PRESENCES),
        draw(st.sampled_from((15, 25, 45, 60))),
        price_minor=price,
        left_minor=draw(st.integers(0, price)),
    )


@given(seats(), st.integers(0, 10_000))
def test_amounts_add_up_to_what_was_paid(one: Seat, rate: int) -> None:
    judged, fee = judge(one), commission(one.price_minor, rate)
    assert judged == judge(one)  # the same whenever it is asked
    assert min(judged.refund_minor, judged.credit_minor) >= 0
    assert judged.refund_minor + judged.credit_minor <= one.left_minor
    if one.price_minor:
        gone = one.price_minor - one.left_minor + judged.refund_minor
        kept = kept_shares(one.price_minor, fee, gone)
        assert kept.mentor + kept.platform + gone == one.price_minor
    assert 0 <= judged.taught_min <= judged.due_min


@given(seats(), SPANS)
def test_learners_own_line_changes_no_money(one: Seat, bad: Spans) -> None:
    learner = Presence(one.learner.media, one.learner.room, one.learner.node, bad)
    other = Seat(
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        mentor=one.mentor,
        learner=learner,
        price_minor=one.price_minor,
        left_minor=one.left_minor,
    )
    found, before = judge(other), judge(one)
    assert (found.refund_minor, found.credit_minor) == (before.refund_minor, before.credit_minor)


@given(SPANS, SPANS, st.tuples(st.integers(0, 59), st.integers(1, 60)))
def test_who_teaches_longer_never_gets_less(media: Spans, learner: Spans, more: tuple[int, int]) -> None:
    """While the learner is there and nothing fails."""
    extra: Span = at((more[0], more[0] + more[1]))[0]
    whole = Presence(at(ALL), at(ALL))
    some = judge(seat(Presence(media, media), whole))
    longer = judge(seat(Presence((*media, extra), (*media, extra)), whole))
    assert longer.refund_minor <= some.refund_minor
