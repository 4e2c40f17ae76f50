from __future__ import annotations

import pytest

from media.forward.recent import Loss, QueueingDelay, Throughput


def test_throughput_is_what_arrived_in_a_time() -> None:
    throughput = Throughput()
    for step in range(21):
        throughput.add(1250, 5 + step * 0.1)
    assert throughput.bitrate(0.4) == pytest.approx(100e3)
    assert throughput.bitrate(1.0) == pytest.approx(100e3)


def test_throughput_is_not_known_at_once() -> None:
    throughput = Throughput()
    throughput.add(9999, 5.0)
    throughput.add(1250, 5.1)
    assert throughput.bitrate(0.4) == 0.0


def test_messages_far_apart_say_no_more_than_one_each_moment() -> None:
    throughput = Throughput()
    for step in range(5):
        throughput.add(12_500, 5 + step * 1.0)
    assert throughput.bitrate(0.4) == pytest.approx(100e3)


def test_loss_needs_some_packets_to_be_told() -> None:
    loss = Loss()
    loss.add(10, 5, 1.0)
    assert loss.fraction is None
    loss.add(10, 0, 1.1)
    assert loss.fraction == pytest.approx(0.2)


def test_loss_looks_back_further_where_little_is_sent() -> None:
    many, few = Loss(), Loss()
    for second in range(4):
        many.add(200, 100 if second == 0 else 0, float(second))
        few.add(20, 10 if second == 0 else 0, float(second))
    assert many.fraction == 0.0
    assert few.fraction == pytest.approx(10 / 90)


def test_what_was_found_again_was_not_lost() -> None:
    loss = Loss()
    loss.add(40, 10, 1.0)
    loss.add(10, -10, 1.1)
    assert loss.fraction == 0.0


def test_loss_that_had_its_effect_is_forgotten() -> None:
    loss = Loss()
    loss.add(40, 10, 1.0)
    loss.clear()
    assert loss.fraction is None


def test_a_queue_stands_when_even_the_quickest_wait() -> None:
    delay = QueueingDelay()
    delay.add(7.000, 1.0)
    for step in range(1, 5):
        delay.add(7.080, 1 + step * 0.1)
    assert delay.standing == pytest.approx(0.080)
    delay.add(7.010, 1.5)
    assert delay.standing == pytest.approx(0.010)


def test_a_keyframes_queue_does_not_stand() -> None:
    delay = QueueingDelay()
    for step in range(20):
        delay.add(7.000 if step % 3 else 7.200, step * 0.1)
        assert delay.standing == 0.0


def test_a_clock_that_drifts_is_no_queue() -> None:
    delay = QueueingDelay()
    for step in range(6000):
        delay.add(7.0 + step * 0.1 * 100e-6, step * 0.1)
        assert delay.standing < 0.005


def test_a_longer_way_may_be_accepted() -> None:
    delay = QueueingDelay()
    delay.add(7.0, 1.0)
    for step in range(1, 5):
        delay.add(7.3, 1 + step * 0.1)
    delay.accept()
    delay.add(7.3, 1.6)
    assert delay.standing == 0.0
