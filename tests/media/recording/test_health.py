from __future__ import annotations

from media.recording.health import Look, TrackWatch

EVERY_S = 2.0


class Watched:
    """A track that is looked at every other second."""

    def __init__(self) -> None:
        self.watch = TrackWatch()
        self.packets = self.octets = 0
        self.now = 100.0

    def look(self, packets: int, octets: int, *, awaits_keyframe: bool = False) -> str:
        """So much came, and got onto the disk, since the look before."""
        self.packets += packets
        self.octets += octets
        self.now += EVERY_S
        return self.watch.look(Look(self.packets, self.octets, awaits_keyframe), self.now)


def test_a_file_that_grows_is_well() -> None:
    track = Watched()
    assert [track.look(100, 5000) for _ in range(5)] == [""] * 5


def test_packets_that_leave_nothing_on_disk_are_told_of_within_seconds() -> None:
    track = Watched()
    track.look(100, 5000)
    assert [track.look(100, 0) for _ in range(3)] == ["", "stalled", "stalled"]
    assert track.look(100, 1) == ""


def test_a_track_that_sends_nothing_is_well_however_long() -> None:
    track = Watched()
    track.look(100, 5000)
    assert [track.look(0, 0) for _ in range(30)] == [""] * 30
    assert [track.look(100, 0), track.look(100, 0)] == ["", "stalled"]


def test_a_silent_microphone_is_well() -> None:
    """Discontinuous transmission: a packet in 400 ms, and each is written."""
    track = Watched()
    assert [track.look(5, 50) for _ in range(10)] == [""] * 10


def test_a_picture_that_waits_for_a_keyframe_says_so() -> None:
    track = Watched()
    assert [track.look(50, 0, awaits_keyframe=True) for _ in range(3)] == ["", "", "no_keyframe"]
