from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from media.recording.reorder import Ordered, ReorderBuffer


def plain(out: Iterable[Ordered[int]]) -> list[tuple[bool, int]]:
    return [(gap, number) for gap, number in out]


def pushed(buffer: ReorderBuffer[int], *numbers: int, now: float = 0.0) -> list[tuple[bool, int]]:
    return plain(out for number in numbers for out in buffer.push(number & 0xFFFF, number, now))


def test_what_is_in_order_leaves_at_once() -> None:
    assert pushed(ReorderBuffer(0.5), 65535, 65536, 65537) == [
        (False, 65535),
        (False, 65536),
        (False, 65537),
    ]


def test_a_late_packet_takes_its_place() -> None:
    buffer: ReorderBuffer[int] = ReorderBuffer(0.5)
    assert pushed(buffer, 1, 3, 4) == [(False, 1)]
    assert pushed(buffer, 2) == [(False, 2), (False, 3), (False, 4)]


def test_a_missing_packet_is_waited_for_and_then_given_up() -> None:
    buffer: ReorderBuffer[int] = ReorderBuffer(0.5)
    pushed(buffer, 1, 3, now=10.0)
    assert list(buffer.release(10.49)) == []
    assert plain(buffer.release(10.5)) == [(True, 3)]
    assert pushed(buffer, 2, 4, now=11.0) == [(False, 4)]


def test_later_packets_give_up_a_missing_one_too() -> None:
    buffer: ReorderBuffer[int] = ReorderBuffer(0.5)
    pushed(buffer, 1, 3, now=10.0)
    assert pushed(buffer, 4, now=10.6) == [(True, 3), (False, 4)]


def test_a_restart_far_back_gives_out_what_is_held_and_begins_anew() -> None:
    buffer: ReorderBuffer[int] = ReorderBuffer(0.5)
    pushed(buffer, 30000, 30002)
    assert pushed(buffer, 100, 101) == [(True, 30002), (True, 100), (False, 101)]


def test_the_end_gives_out_all_that_is_held() -> None:
    buffer: ReorderBuffer[int] = ReorderBuffer(0.5)
    pushed(buffer, 1, 3, 5)
    assert plain(buffer.flush()) == [(True, 3), (True, 5)]


@given(st.permutations(range(30)), st.sets(st.integers(1, 28), max_size=8))
def test_any_order_with_any_loss_comes_out_in_order(order: list[int], lost: set[int]) -> None:
    buffer: ReorderBuffer[int] = ReorderBuffer(1.0)
    start = 65520
    out = pushed(buffer, start)
    for number in order:
        if number not in lost:
            out += pushed(buffer, start + number)
    out += plain(buffer.flush())
    assert [number for _, number in out] == [start + n for n in range(30) if n not in lost]
    gaps = [number - start for gap, number in out if gap]
    assert gaps == [n for n in range(1, 30) if n not in lost and n - 1 in lost]
