"""The estimate against networks made of numbers: how soon it is right, and that it stays sane."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.forward.estimate import HIGHEST, LOWEST, START, START_UNTOLD, Estimate
from media.forward.history import Acknowledged
from media.forward.probing import Probing
from tests.media.forward.link import Link, Receiving

CAP = 500e3


def layers(call: Receiving, since: float) -> list[int | None]:
    return [layer for at, layer, _ in call.seen if at > since]


def time_until(call: Receiving, since: float, layer: int) -> float:
    """Seconds from `since` until the video had `layer`, or a lower one if it began above, for good."""
    wrong = [at for at, seen, _ in call.seen if at > since and seen != layer]
    return (max(wrong) if wrong else since) - since


def capped(link: Link, seconds: float = 20.0, back: Link | None = None) -> Receiving:
    """A call of 10 s, then a cap of 500 kbit/s for `seconds`, then 12 s without it."""
    call = Receiving(link, back=back)
    call.run(10)
    free, link.capacity = link.capacity, CAP
    call.run(seconds)
    link.capacity = free
    call.run(12)
    return call


def test_a_good_network_shows_the_best_layer_within_three_seconds() -> None:
    call = Receiving(Link())
    call.run(10)
    assert time_until(call, call.seen[0][0], 2) < 3


@pytest.mark.parametrize(
    "link",
    [
        Link(queue=0.3),
        Link(queue=1.0),
        Link(queue=0.1),
        Link(queue=0.05),
        Link(jitter=0.030),
        Link(loss=0.05),
        Link(delay=0.150),
    ],
    ids=["queue", "long queue", "short queue", "hardly a queue", "jitter", "loss", "far"],
)
def test_a_cap_is_found_within_five_seconds_and_its_end_within_ten(link: Link) -> None:
    call = capped(link)
    began = call.seen[0][0] + 10
    during = [seen for seen in call.seen if began + 5 < seen[0] < began + 20]
    assert {layer for _, layer, _ in during} == {0}
    assert all(190e3 < bitrate < CAP * 1.1 for _, _, bitrate in during)
    assert time_until(call, began + 20, 2) < 10


def test_the_end_of_a_cap_is_found_after_a_minute_too() -> None:
    call = capped(Link(), seconds=60)
    assert time_until(call, call.seen[0][0] + 70, 2) < 10


def test_lost_feedback_changes_little() -> None:
    call = capped(Link(), back=Link(loss=0.2, seed=3))
    began = call.seen[0][0] + 10
    assert set(layers(call, began + 5)) == {0, 2}
    assert time_until(call, began + 20, 2) < 10


def test_a_policer_without_a_queue_is_found_by_loss() -> None:
    call = Receiving(Link(capacity=CAP, queue=0.02))
    call.run(20)
    assert set(layers(call, call.seen[0][0] + 5)) == {0}
    assert call.estimate.bitrate < CAP


def test_a_network_too_slow_for_video_is_left_to_audio() -> None:
    call = Receiving(Link(capacity=120e3))
    call.run(30)
    assert set(layers(call, call.seen[0][0] + 3)) == {None}
    assert call.longest_silence < 0.5


def test_the_lowest_layer_goes_on_where_it_fits() -> None:
    call = Receiving(Link(capacity=300e3))
    call.run(30)
    assert set(layers(call, call.seen[0][0] + 3)) == {0}


@pytest.mark.parametrize("loss", [0.01, 0.05, 0.08])
def test_random_loss_does_not_drive_to_the_lowest_layer(loss: float) -> None:
    call = Receiving(Link(loss=loss, jitter=0.030))
    call.run(40)
    assert not {0, None} & set(layers(call, call.seen[0][0] + 1))


def test_loss_that_is_not_ours_is_borne() -> None:
    call = Receiving(Link(loss=0.2))
    call.run(60)
    assert None not in layers(call, call.seen[0][0] + 1)


def test_jitter_alone_changes_nothing() -> None:
    call = Receiving(Link(jitter=0.060))
    call.run(30)
    assert set(layers(call, call.seen[0][0] + 6)) == {2}


def test_a_way_that_became_longer_is_soon_forgiven() -> None:
    link = Link()
    call = Receiving(link)
    call.run(8)
    link.delay = 0.150
    call.run(12)
    assert None not in layers(call, call.seen[0][0] + 1)
    assert time_until(call, call.seen[0][0] + 8, 2) < 10


def test_probes_of_a_slow_network_don_t_delay_audio() -> None:
    link = Link(capacity=CAP, queue=2.0)
    call = Receiving(link)
    call.run(5)
    call.longest_silence = 0.0
    call.run(40)
    assert call.longest_silence < 0.25


def test_it_stays_close_to_what_arrives_while_little_is_sent() -> None:
    call = Receiving(Link(), bitrates=(150e3,))
    call.run(60)
    assert call.estimate.bitrate < 1e6


def test_nothing_is_refused_before_the_network_has_refused_something() -> None:
    estimate = Estimate(0.0, told=True)
    assert (estimate.bitrate, estimate.limited) == (START, False)
    call = Receiving(Link(capacity=CAP))
    call.run(5)
    assert call.estimate.limited


# --- without transport-wide feedback


def test_one_that_tells_nothing_is_sent_much_until_it_reports_loss() -> None:
    estimate = Estimate(0.0, told=False)
    assert estimate.bitrate == START_UNTOLD
    for second in range(1, 11):
        estimate.on_report(0.5, 1e6, float(second))
    assert estimate.bitrate < START_UNTOLD / 4
    assert estimate.limited


def test_two_reports_of_one_loss_count_once() -> None:
    estimate = Estimate(0.0, told=False)
    estimate.on_report(0.2, 1e6, 1.0)
    estimate.on_report(0.2, 1e6, 1.1)
    assert estimate.bitrate == pytest.approx(START_UNTOLD * 0.9)


def test_its_own_estimate_is_believed() -> None:
    estimate = Estimate(0.0, told=False)
    estimate.on_remb(700e3, 1.0)
    assert estimate.bitrate == 700e3
    for second in range(2, 60):
        estimate.on_report(0.0, 600e3, float(second))
    assert estimate.bitrate == 700e3
    estimate.on_remb(2e6, 60.0)
    for second in range(61, 120):
        estimate.on_report(0.0, 600e3, float(second))
    assert 700e3 < estimate.bitrate <= 600e3 * 1.5 + 20e3


def test_one_that_tells_is_not_bound_by_it() -> None:
    estimate = Estimate(0.0, told=True)
    estimate.on_remb(100e3, 1.0)
    estimate.on_report(0.9, 1e6, 2.0)
    assert estimate.bitrate == START


def test_where_nothing_can_be_padded_the_layers_try() -> None:
    estimate, probing = Estimate(0.0, told=False), Probing(0.0)
    estimate.on_remb(100e3, 0.0)
    estimate.on_remb(50e6, 0.5)
    for tick in range(200):
        probing.poll(estimate, 1e6, 0, tick * 0.02)
    assert estimate.bitrate >= 1e6


# --- whatever happens


@settings(max_examples=40)
@given(
    st.lists(
        st.builds(
            Link,
            capacity=st.floats(20e3, 20e6),
            queue=st.floats(0.0, 2.0),
            loss=st.floats(0.0, 0.9),
            delay=st.floats(0.0, 0.4),
            jitter=st.floats(0.0, 0.1),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_any_network_gives_a_sane_estimate(links: list[Link]) -> None:
    call = Receiving(links[0])
    for link in links:
        call.down = link
        call.run(2)
    assert all(LOWEST <= bitrate <= HIGHEST for _, _, bitrate in call.seen)


reports = st.builds(
    Acknowledged,
    octets=st.integers(0, 10_000_000),
    packets=st.integers(1, 5000),
    lost=st.integers(0, 5000),
    found=st.integers(0, 5000),
    arrived=st.floats(-1e6, 1e6),
    delay=st.floats(-1e6, 1e6),
    round_trip=st.one_of(st.none(), st.floats(0, 100)),
)


@given(st.lists(st.tuples(st.floats(0, 5), reports, st.floats(0, 1e8)), max_size=60), st.booleans())
def test_any_feedback_gives_a_sane_estimate(
    turns: list[tuple[float, Acknowledged, float]], told: bool
) -> None:
    estimate, probing, now = Estimate(0.0, told=told), Probing(0.0), 0.0
    for elapsed, report, need in turns:
        now += elapsed
        estimate.on_acknowledged(report, now)
        estimate.on_remb(need, now)
        estimate.on_report(min(1.0, report.lost / 5000), need, now)
        assert probing.poll(estimate, need, 0, now) >= 0
        assert LOWEST <= estimate.bitrate <= HIGHEST
        assert not math.isnan(estimate.bitrate)
