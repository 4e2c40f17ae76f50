"""One subscriber over the layers of a track: what it gets must read as one stream."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.forward.layers import TOP_LAYER, Layers
from media.forward.subscriber import State
from media.rtp.header import parse_header
from media.rtp.rtx import restore
from tests.media.forward.simulcast import FRAME_S, OUT, Camera, Got, Simulcast
from tests.media.packets import FRAME_UNITS

LOW, MIDDLE, HIGH = 0, 1, 2
TICKS = 90  # of the 90 kHz clock: a millisecond


def running(layer: int | None = TOP_LAYER, **options: bool) -> Simulcast:
    """Three layers that are alive, one of them shown."""
    call = Simulcast(**options)
    call.seconds(2.5)
    call.sink.select(layer, call.now)
    call.run(10)
    return call


def check_one_stream(packets: list[Got]) -> None:
    """Nothing jumps, and what can't be decoded without a keyframe begins with one."""
    assert packets[0].starts_keyframe
    for old, new in pairwise(packets):
        if new.layer == old.layer and new.frame == old.frame:
            assert (new.timestamp, new.picture_id) == (old.timestamp, old.picture_id)
            assert new.number - old.number == new.place - old.place
            continue
        frames = new.made - old.made if new.layer == old.layer else 1
        begins = new.starts_keyframe and new.number == old.number + 1
        assert new.timestamp > old.timestamp
        if new.layer != old.layer:
            assert begins
        ids = ((new.picture_id - old.picture_id) & 0x7FFF, (new.tl0picidx - old.tl0picidx) & 0xFF)
        assert ids == (frames, frames & 0xFF) or (begins and ids == (1, 1))


def lag(packets: list[Got]) -> list[int]:
    """How far each timestamp is from the time of capture, against the first one."""
    first = packets[0]
    return [
        packet.timestamp - first.timestamp - (packet.frame - first.frame) * FRAME_UNITS
        for packet in packets
    ]


# --- which layer


def test_nothing_comes_before_a_layer_is_wanted() -> None:
    call = Simulcast()
    call.seconds(1)
    assert call.packets == []
    assert call.sink.layer is None


def test_a_fresh_track_begins_low_and_goes_up_after_two_seconds() -> None:
    call = Simulcast()
    call.sink.select(TOP_LAYER, call.now)
    call.seconds(1.9)
    assert call.shown == [LOW]
    call.seconds(0.5)
    assert call.shown == [LOW, HIGH]
    check_one_stream(call.packets)


def test_the_best_layer_that_is_alive_is_chosen() -> None:
    call = Simulcast()
    call.cameras[HIGH].muted = True
    call.seconds(2.5)
    call.sink.select(TOP_LAYER, call.now)
    call.run(5)
    assert call.shown == [MIDDLE]
    call.cameras[HIGH].muted = False
    call.seconds(1.9)
    assert call.sink.layer == MIDDLE
    call.seconds(0.5)
    assert call.sink.layer == HIGH


def test_a_layer_that_dies_is_left_for_the_next_one_below() -> None:
    call = running()
    call.cameras[HIGH].muted = True
    call.seconds(0.9)
    assert call.sink.layer == HIGH
    call.seconds(0.4)
    assert call.sink.layer == MIDDLE
    check_one_stream(call.packets)
    assert max(map(abs, lag(call.packets))) <= 2


def test_only_what_lies_above_is_better_than_nothing() -> None:
    call = running(LOW)
    call.cameras[LOW].muted = True
    call.seconds(1.5)
    assert call.sink.layer == MIDDLE


def test_a_track_that_falls_silent_keeps_its_layer() -> None:
    call = running()
    for camera in call.cameras:
        camera.muted = True
    call.seconds(5)
    assert (call.sink.layer, call.sink.next_poll) == (HIGH, None)
    for camera in call.cameras:
        camera.muted = False
    call.run(5)
    assert call.shown == [HIGH]


def test_a_slow_screen_is_not_taken_for_dead() -> None:
    """A frame in about a second is all that browsers send of a screen that stands still."""
    call = Simulcast()
    call.sink.select(TOP_LAYER, call.now)
    call.seconds(3)
    asked = call.cameras[LOW].source.plis
    for frame in range(600):
        call.cameras[MIDDLE].muted = True
        call.cameras[LOW].muted = frame % 27 != 0
        call.cameras[HIGH].muted = frame % (10 if frame < 198 else 33) != 0
        call.run(1)
        assert (call.sink.layer, call.cameras[LOW].source.plis) == (HIGH, asked)


def test_nothing_wanted_sends_nothing_and_asks_for_nothing() -> None:
    call = running()
    call.sink.select(None, call.now)
    count = len(call.got)
    call.seconds(1)
    assert (len(call.got), call.sink.state, call.sink.next_poll) == (count, State.PAUSED, None)
    call.sink.select(LOW, call.now)
    call.run(5)
    assert call.sink.layer == LOW
    check_one_stream(call.packets)
    assert max(map(abs, lag(call.packets))) <= 2


# --- changing


def test_the_old_layer_goes_on_until_the_keyframe_of_the_new_one() -> None:
    call = running(LOW)
    keyframes = [packet for packet in call.packets if packet.starts_keyframe]
    call.sink.select(HIGH, call.now)
    frames = call.make()
    call.arrive(frames[LOW])
    assert call.sink.layer == LOW
    call.arrive(frames[HIGH])
    assert call.sink.layer == HIGH
    call.run(10)
    check_one_stream(call.packets)
    assert [packet.layer for packet in call.packets if packet.starts_keyframe] == [
        *[packet.layer for packet in keyframes],
        HIGH,
    ]


def test_a_lost_keyframe_is_asked_for_again() -> None:
    call = running(LOW)
    call.sink.select(HIGH, call.now)
    for _ in range(40):
        frames = call.make()
        call.arrive(frames[LOW] + (frames[HIGH] if call.frame % 40 else []))
        if call.cameras[HIGH].asked:
            break
    call.cameras[HIGH].asked = False
    asked = call.cameras[HIGH].source.plis
    call.seconds(2.5)
    assert call.cameras[HIGH].source.plis > asked
    assert call.sink.layer == HIGH
    check_one_stream(call.packets)


def test_a_change_of_mind_asks_for_nothing_more() -> None:
    call = running(LOW)
    call.cameras[HIGH].asked = False
    call.sink.select(HIGH, call.now)
    call.sink.select(LOW, call.now)
    assert call.sink.next_poll is None
    call.run(10)
    assert call.shown == [LOW]


def test_a_keyframe_whose_start_comes_late_is_whole() -> None:
    call = running(LOW)
    call.sink.select(HIGH, call.now)
    frames = call.make()
    call.arrive(frames[HIGH][1:] + frames[HIGH][:1])
    call.run(2)
    check_one_stream(call.packets)
    key = next(packet for packet in call.packets if packet.layer == HIGH)
    assert [packet.place for packet in call.packets if packet.frame == key.frame][-3:] == [0, 1, 2]


def test_layers_that_share_a_size_and_differ_in_rate_are_told_apart() -> None:
    call = Simulcast(sizes=(1, 3))
    call.sink.select(LOW, call.now)
    for step in range(90):
        call.cameras[LOW].muted = step % 6 != 0
        call.run(1)
    rates = [camera.source.bitrate(call.now) for camera in call.cameras]
    assert 10 < rates[HIGH - 1] / rates[LOW] < 25
    call.sink.select(TOP_LAYER, call.now)
    call.run(5)
    assert call.sink.layer == 1
    check_one_stream(call.packets)


def test_keyframes_tell_the_size_of_a_layer() -> None:
    call = running()
    assert [camera.source.size for camera in call.cameras] == [(160, 90), (320, 180), (640, 360)]


def test_another_stream_of_the_same_layer_goes_on_as_one() -> None:
    call = running()
    old = call.cameras[HIGH]
    new = call.cameras[HIGH] = Camera(HIGH, 3)
    new.number, new.first_timestamp, new.picture_id = 5, 77, 9
    call.report(new)
    call.layers.put(HIGH, new.source, call.now)
    assert call.sink.layer is None
    call.run(5)
    assert old.source is not new.source
    call.seconds(2.5)
    assert call.sink.layer == HIGH
    check_one_stream(call.packets)


def test_a_layer_whose_sender_begins_anew_goes_on_as_one() -> None:
    call = running()
    camera = call.cameras[HIGH]
    camera.number += 30_000
    camera.first_timestamp -= 1 << 30
    camera.picture_id += 500
    camera.asked = False
    call.seconds(1.5)
    assert camera.source.restarts == 1
    assert call.sink.layer == HIGH
    check_one_stream(call.packets)


def test_a_joiner_is_served_from_the_ring_of_its_layer() -> None:
    call = Simulcast()
    call.seconds(2.5)
    for camera in call.cameras:
        camera.asked = True
    call.run(5)
    asked = [camera.source.plis for camera in call.cameras]
    call.sink.select(HIGH, call.now)
    assert {packet.layer for packet in call.packets} == {HIGH}
    assert len({packet.frame for packet in call.packets}) == 5
    call.run(5)
    check_one_stream(call.packets)
    assert [camera.source.plis for camera in call.cameras] == asked


# --- time


@pytest.mark.parametrize("reports", [True, False])
def test_time_goes_on_over_many_changes(reports: bool) -> None:
    call = running(LOW, reports=reports)
    for layer in (HIGH, LOW, MIDDLE, HIGH, MIDDLE, LOW) * 5:
        call.sink.select(layer, call.now)
        call.seconds(1.1)
        assert call.sink.layer == layer
    check_one_stream(call.packets)
    assert max(map(abs, lag(call.packets))) <= (2 if reports else 60)


def test_a_keyframe_that_comes_late_keeps_the_captured_time() -> None:
    """The new layer is 150 ms behind: by the clock of arrival it would be shown too late."""
    call = running(LOW)
    call.cameras[LOW].muted = True
    call.sink.select(HIGH, call.now)
    frames = call.make()
    call.now += 0.150
    call.arrive(frames[HIGH])
    call.now -= 0.150
    call.run(3)
    assert max(map(abs, lag(call.packets))) <= 2


@pytest.mark.parametrize("wrong_s", [-3600, -2.5, 0.3, 3600])
def test_reports_that_cannot_be_true_move_no_picture(wrong_s: float) -> None:
    call = running(LOW)
    source = call.cameras[HIGH].source
    clock = source.sender_clock()
    assert clock is not None
    source.on_sender_report(source.ssrc, clock[0] + round(wrong_s * (1 << 32)), clock[1], call.now)
    call.sink.select(HIGH, call.now)
    call.run(10)
    assert call.sink.layer == HIGH
    assert max(map(abs, lag(call.packets))) <= TICKS


def test_a_picture_from_the_past_goes_behind_the_last_and_leaves_no_error() -> None:
    """The keyframe is 100 ms late for once; after one more change nothing is left of that."""
    call = running(LOW)
    call.sink.select(HIGH, call.now)
    keyframe = call.make()[HIGH]
    call.cameras[HIGH].muted = True
    call.run(3)
    call.arrive(keyframe)
    assert call.sink.layer == HIGH
    assert lag(call.packets)[-1] == pytest.approx(3 * FRAME_UNITS, abs=2)
    call.sink.select(LOW, call.now)
    call.seconds(1)
    assert call.sink.layer == LOW
    check_one_stream(call.packets)
    assert abs(lag(call.packets)[-1]) <= 2


def test_reports_to_the_subscriber_follow_the_change() -> None:
    call = running(LOW)
    before = call.sink.sender_clock()
    call.sink.select(HIGH, call.now)
    call.run(5)
    after = call.sink.sender_clock()
    assert before is not None
    assert after is not None
    assert before[0] == after[0]
    assert abs(after[1] - before[1]) <= 2


# --- what was lost


def test_what_was_sent_before_a_change_is_repeated_after_it() -> None:
    call = running(HIGH)
    call.sink.select(LOW, call.now)
    call.run(2)
    sent = {packet.number & 0xFFFF: packet for packet in call.packets[-40:]}
    call.sink.on_nack(list(sent), call.now)
    assert call.sink.layer == LOW
    assert len(call.repeats) == len(sent)
    for repeat in call.repeats:
        restored, header = restore(repeat, parse_header(repeat), OUT, 120)
        assert restored == sent[header.sequence_number].data


def test_what_came_to_the_node_after_the_change_is_sent_when_asked_for() -> None:
    call = running(HIGH)
    first, lost, last = call.make()[HIGH]
    call.arrive([first, last])
    call.sink.select(LOW, call.now)
    call.run(2)
    (gap,) = set(range(min(call.got), max(call.got))) - set(call.got)
    call.sink.on_nack([gap & 0xFFFF], call.now)
    assert call.repeats == []
    call.arrive([lost])
    call.sink.on_nack([gap & 0xFFFF], call.now)
    (repeat,) = call.repeats
    restored, header = restore(repeat, parse_header(repeat), OUT, 120)
    assert header.sequence_number == gap & 0xFFFF
    assert restored[-10:] == lost[-10:]


def test_a_packet_from_long_ago_is_not_repeated() -> None:
    call = running(HIGH)
    number = call.packets[-1].number & 0xFFFF
    call.sink.select(LOW, call.now)
    call.seconds(2.5)
    call.sink.on_nack([number], call.now)
    assert call.repeats == []


def test_what_a_restarted_sender_sent_before_is_not_mixed_up() -> None:
    """It uses the numbers again that it had before the change."""
    call = running(HIGH)
    camera = call.cameras[HIGH]
    numbers = [packet.number & 0xFFFF for packet in call.packets[-10:]]
    call.sink.select(LOW, call.now)
    call.run(1)
    for elsewhere in (30_000, -30_020):
        camera.number += elsewhere
        call.run(3)
    call.sink.on_nack(numbers, call.now)
    assert camera.source.restarts == 2
    assert call.repeats == []


def test_numbers_that_came_round_are_not_mixed_up() -> None:
    call = running(HIGH)
    camera = call.cameras[HIGH]
    numbers = [packet.number & 0xFFFF for packet in call.packets[-10:]]
    call.sink.select(LOW, call.now)
    call.run(1)
    for _ in range(30):
        camera.number += 2181
        call.run(1)
    call.sink.on_nack(numbers, call.now)
    assert camera.source.restarts == 0
    assert camera.source.cached(camera.number - 1 & 0xFFFF) is not None
    assert call.repeats == []


# --- probes


def test_a_probe_repeats_the_newest_packet_or_is_padding() -> None:
    call = running(HIGH)
    newest = call.packets[-1].data
    size = call.sink.probe(1200, call.now)
    (probe,) = call.repeats
    assert size == len(probe)
    assert restore(probe, parse_header(probe), OUT, 120)[0] == newest
    assert call.sink.probe(10, call.now) == len(call.repeats[1])
    header = parse_header(call.repeats[1])
    assert header.payload_end == header.payload_offset
    assert call.sink.resent == 0


def test_before_the_first_packet_a_probe_is_padding() -> None:
    call = Simulcast()
    assert call.sink.probe(500, call.now) > 200


def test_one_without_rtx_is_not_probed() -> None:
    call = running(HIGH, rtx=False)
    count = len(call.got)
    assert call.sink.probe(1200, call.now) == 0
    assert len(call.got) == count


# --- whatever happens

ACTIONS = st.one_of(
    st.tuples(st.just("run"), st.integers(1, 40)),
    st.tuples(st.just("select"), st.sampled_from([LOW, MIDDLE, HIGH, TOP_LAYER, None])),
    st.tuples(st.just("mute"), st.integers(0, 2)),
    st.tuples(st.just("lose"), st.integers(0, 5)),
    st.tuples(st.just("swap"), st.integers(0, 4)),
    st.tuples(st.just("late"), st.integers(0, 5)),
    st.tuples(st.just("ask"), st.integers(0, 2)),
)


class Weather(Simulcast):
    """What may happen to the packets of one frame."""

    def act(self, action: str, value: int | None) -> None:
        getattr(self, f"_{action}")(value)

    def _run(self, frames: int) -> None:
        self.run(frames)

    def _select(self, layer: int | None) -> None:
        self.sink.select(layer, self.now)

    def _mute(self, layer: int) -> None:
        self.cameras[layer].muted ^= True

    def _ask(self, layer: int) -> None:
        self.cameras[layer].asked = True

    def _next(self) -> list[bytes]:
        return [packet for packets in self.make() for packet in packets]

    def _lose(self, place: int) -> None:
        packets = self._next()
        del packets[place : place + 1]
        self.arrive(packets)

    def _swap(self, place: int) -> None:
        packets = self._next()
        packets[place : place + 2] = packets[place : place + 2][::-1]
        self.arrive(packets)

    def _late(self, place: int) -> None:
        packets = self._next()
        late = packets[place : place + 1]
        del packets[place : place + 1]
        self.arrive(packets)
        self.run(2)
        self.arrive(late)


@settings(max_examples=150, deadline=None)
@given(st.lists(ACTIONS, min_size=5, max_size=40), st.booleans())
def test_whatever_happens_it_is_one_stream(actions: list[tuple[str, int | None]], reports: bool) -> None:
    call = Weather(reports=reports)
    call.seconds(2.2)
    call.sink.select(TOP_LAYER, call.now)
    call.run(3)
    for action, value in actions:
        call.act(action, value)
    check_one_stream(call.packets)
    assert all(camera.source.sink_errors == 0 for camera in call.cameras)
    if reports:
        assert max(map(abs, lag(call.packets))) <= 4 * FRAME_UNITS


def test_followers_are_told_only_of_changes() -> None:
    told: list[float] = []

    class Follower:
        def layers_changed(self, now: float) -> None:
            told.append(now)

    call = Simulcast()
    call.layers.attach(Follower())
    call.seconds(4)
    assert len(told) <= 4
    call.cameras[HIGH].muted = True
    call.seconds(3)
    assert len(told) <= 5


def test_a_plain_stream_is_its_only_layer() -> None:
    layers = Layers("video", 90000)
    assert layers.choose(TOP_LAYER, None) is None
    layers.put(0, Camera(0, 1).source, 1.0)
    assert [layers.choose(wanted, None) for wanted in (0, 1, TOP_LAYER)] == [0, 0, 0]
    layers.poll(FRAME_S)
