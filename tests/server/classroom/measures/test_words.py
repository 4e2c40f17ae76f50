"""From minutes to plain words, and whose side a spoilt lesson is on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.protocol.control import QualityMinute, Way
from server.classroom.measures.legs import Leg, joined, leg_of, minute_of, summed
from server.classroom.measures.minutes import outage
from server.classroom.measures.words import Timed, cause_of, side_at_fault, spells, verdict

SIX = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


def leg(**faults: int) -> Leg:
    return Leg(parts=["x"], span_ms=60_000, faults=faults)


def course(*minutes: dict[str, int]) -> list[Timed]:
    return [Timed(SIX + timedelta(minutes=at), leg(**faults)) for at, faults in enumerate(minutes)]


def words(name: str, minutes: list[Timed]) -> list[str]:
    return [said for said, _ in verdict(name, len(minutes), spells(minutes))]


def test_a_lesson_without_bad_minutes_is_good() -> None:
    assert words("Lea", course({}, {"down": 5_000}, {"other": 11_000})) == ["Good"]


def test_a_weak_network_is_said_with_its_minutes_all_together() -> None:
    bad = {"up": 30_000}
    assert words("Lea", course(bad, bad, {}, {"down": 60_000}, bad)) == [
        "Weak network on Lea’s side for 4 min"
    ]


def test_a_failing_node_is_said_by_its_times() -> None:
    found = spells(course({}, {"node": 6_000}, {"node": 60_000}, {}))
    (said, spell), *rest = verdict("Lea", 4, found)
    assert (said, rest) == ("The media node was at fault", [])
    assert spell is not None
    assert (spell.since, spell.until) == (SIX + timedelta(minutes=1), SIX + timedelta(minutes=3))


def test_nothing_measured_is_not_called_good() -> None:
    assert verdict("Lea", 0, []) == [("Nothing was measured: no media ever connected", None)]


def test_a_node_that_fails_excuses_everybody_else() -> None:
    assert cause_of(leg(node=5_000, up=60_000, other=60_000)) == "node"
    assert cause_of(leg(up=12_000, other=60_000)) == "self"
    assert cause_of(leg(other=12_000)) == "other"
    assert cause_of(leg(up=11_999, down=11_999)) is None


@pytest.mark.parametrize(
    ("mira", "lea", "side"),
    [
        ({}, {}, None),
        ({}, {"self": 3}, "learner"),
        ({"self": 4}, {"self": 3, "other": 4}, "mentor"),
        ({"node": 3}, {"self": 3}, "node"),
        ({}, {"other": 5}, None),
    ],
)
def test_who_spoilt_a_lesson(mira: dict[str, int], lea: dict[str, int], side: str | None) -> None:
    assert side_at_fault({"m": "mentor", "l": "learner"}, {"m": mira, "l": lea}) == side  # type: ignore[dict-item]


def said_by_node(id: str = "one", **fields: object) -> QualityMinute:
    known = {"room": "r", "participant": "p", "begin_ms": 0, "span_ms": 30_000}
    way = Way(packets=90, lost=10, octets=1000, jitter_ms=4, layers={"f": 30_000})
    return QualityMinute.model_validate({**known, "id": id, "up": way, "down": Way(), **fields})


def test_a_part_said_twice_counts_once() -> None:
    one = leg_of(said_by_node())
    assert joined(one, one) == one
    assert joined(joined(one, leg_of(said_by_node("two"))), one).up.packets == 180


def test_two_parts_of_a_minute_add_up() -> None:
    one, two = said_by_node(rtt_ms=20, rtt_p95_ms=30), said_by_node("two", rtt_ms=40, rtt_p95_ms=90)
    both = joined(leg_of(one), leg_of(two))
    assert (both.span_ms, both.up.lost, both.rtt_ms, both.rtt_p95_ms) == (60_000, 20, 30, 90)
    assert both.up.layers == {"f": 60_000}
    assert both.parts == ["one", "two"]


@given(st.lists(st.integers(0, 60_000), max_size=20), st.integers(0, 20))
def test_however_parts_are_grouped_the_sum_is_the_same(spans: list[int], at: int) -> None:
    legs = [Leg(parts=[str(n)], span_ms=span, frozen_ms=span) for n, span in enumerate(spans)]
    whole = joined(summed(legs[:at]), summed(legs[at:]))
    assert (whole.span_ms, whole.frozen_ms) == (sum(spans), sum(spans))


@given(st.integers(-25_000, 25_000), st.integers(0, 3_600_000), st.integers(0, 59))
def test_a_minute_said_late_by_a_clock_that_is_off_is_the_same_minute(
    off: int, late: int, second: int
) -> None:
    """`off` is how far the node's clock is ahead."""
    begin = int(SIX.timestamp() * 1000) + off
    now = SIX + timedelta(seconds=60, milliseconds=late)
    said = said_by_node(begin_ms=begin, now_ms=int(now.timestamp() * 1000) + off)
    assert minute_of(said, now) == SIX


def test_a_time_without_node_is_cut_at_full_minutes() -> None:
    parts = outage(SIX + timedelta(seconds=50), SIX + timedelta(seconds=130), "id")
    assert [(at, part.faults["node"]) for at, part in parts] == [
        (SIX, 10_000),
        (SIX + timedelta(minutes=1), 60_000),
        (SIX + timedelta(minutes=2), 10_000),
    ]
