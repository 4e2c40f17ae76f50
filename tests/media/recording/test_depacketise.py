from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from media.recording.depacketise import AudioDepacketiser, Frame, VideoDepacketiser
from media.rtp.errors import MalformedPacket
from tests.media.packets import OPUS, parsed, rtp, vp8_delta, vp8_keyframe

KEY = vp8_keyframe(data=b"key")


class Feed:
    """Pushes packets numbered from 1, all at one moment."""

    def __init__(self) -> None:
        self.depacketiser = VideoDepacketiser()
        self.number = 0

    def send(
        self, payload: bytes, timestamp: int, *, marker: bool = False, padding: int = 0
    ) -> list[Frame]:
        self.number += 1
        packet = rtp(self.number, timestamp, payload, marker=marker, padding=padding)
        return list(self.depacketiser.push(*parsed(packet), 5.0))


def test_a_frame_is_put_together_from_its_packets() -> None:
    feed = Feed()
    assert feed.send(KEY, 3000) == []
    (frame,) = feed.send(b"\x00more", 3000, marker=True)
    assert frame.data == KEY[1:] + b"more"
    assert (frame.timestamp, frame.arrival, frame.keyframe) == (3000, 5.0, True)
    assert (frame.width, frame.height) == (320, 240)


def test_a_missing_marker_is_made_good_by_the_next_frame() -> None:
    feed = Feed()
    feed.send(KEY, 3000)
    (frame,) = feed.send(vp8_delta(b"delta"), 6000)
    assert frame.keyframe
    (frame,) = feed.send(vp8_delta(b"other"), 9000)
    assert (frame.timestamp, frame.keyframe) == (6000, False)


def test_padding_between_packets_of_a_frame_is_no_loss() -> None:
    feed = Feed()
    feed.send(KEY, 3000)
    feed.send(b"", 3000, padding=200)
    (frame,) = feed.send(b"\x00more", 3000, marker=True, padding=10)
    assert frame.data == KEY[1:] + b"more"


def test_nothing_leaves_before_a_keyframe() -> None:
    feed = Feed()
    assert feed.depacketiser.needs_keyframe
    assert feed.send(vp8_delta(), 3000, marker=True) == []
    assert feed.depacketiser.needs_keyframe
    assert len(feed.send(KEY, 6000, marker=True)) == 1
    assert not feed.depacketiser.needs_keyframe


def test_a_loss_drops_frames_until_the_next_keyframe() -> None:
    feed = Feed()
    feed.send(KEY, 0, marker=True)
    feed.number += 1
    feed.send(vp8_delta(), 6000, marker=True)
    assert list(feed.depacketiser.release(5.6)) == []
    assert feed.depacketiser.needs_keyframe
    assert feed.send(vp8_delta(), 9000, marker=True) == []
    assert len(feed.send(KEY, 12000, marker=True)) == 1


def test_a_frame_that_changes_its_timestamp_is_dropped() -> None:
    feed = Feed()
    feed.send(KEY, 0, marker=True)
    feed.send(vp8_delta(), 3000)
    assert feed.send(b"\x00more", 6000, marker=True) == []
    assert feed.depacketiser.needs_keyframe


def test_timestamps_never_wrap() -> None:
    feed = Feed()
    (first,) = feed.send(KEY, 0xFFFFFFFF, marker=True)
    (second,) = feed.send(vp8_delta(), 2999, marker=True)
    assert second.timestamp - first.timestamp == 3000


def test_sound_packets_are_frames_with_their_duration() -> None:
    depacketiser = AudioDepacketiser()
    packet = rtp(1, 960, b"\xfc\xff\xfe", payload_type=OPUS, padding=4)
    (frame,) = depacketiser.push(*parsed(packet), 5.0)
    assert (frame.data, frame.duration, frame.keyframe) == (b"\xfc\xff\xfe", 960, True)
    assert list(depacketiser.push(*parsed(rtp(2, 1920, b"", payload_type=OPUS)), 5.0)) == []


@given(st.lists(st.tuples(st.integers(0, 20), st.binary(max_size=30), st.booleans()), max_size=30))
def test_any_packets_in_any_order_raise_nothing(packets: list[tuple[int, bytes, bool]]) -> None:
    video, audio = VideoDepacketiser(), AudioDepacketiser()
    for place, (number, payload, marker) in enumerate(packets):
        packet, header = parsed(rtp(number, number // 3 * 3000, payload, marker=marker))
        for depacketiser in (video, audio):
            list(depacketiser.push(packet, header, place / 10))
    frames = [*video.flush(), *audio.flush()]
    assert all(frame.data for frame in frames)


@given(st.binary(max_size=60))
def test_mutated_packets_raise_nothing(data: bytes) -> None:
    try:
        packet, header = parsed(b"\xb0\x60" + data)
    except MalformedPacket:
        return
    list(VideoDepacketiser().push(packet, header, 0.0))
    list(AudioDepacketiser().push(packet, header, 0.0))
