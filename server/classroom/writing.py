"""What a media node says of one room's recording: which tracks it can't write, and how the others go."""

from __future__ import annotations

from media.protocol import control
from media.protocol.messages import RecordingHealth

# A codec that can't be kept, or a picture that begins late, is its owner's alone: the rest is written.
OF_ONE_TRACK = frozenset({"", "codec", "no_keyframe"})
UNNAMED = ("", "")

Key = tuple[str, str]  # participant, source


class Writing:
    """Trouble is told at once; every other second all of it is told anew, so that nothing sticks."""

    def __init__(self) -> None:
        self._troubled: dict[Key, str] = {}

    @property
    def interrupted(self) -> bool:
        return not OF_ONE_TRACK.issuperset(self._troubled.values())

    def failed(self, trouble: control.RecordingTrouble) -> None:
        self._troubled[trouble.participant, trouble.source] = trouble.reason

    def opened(self, participant: str, source: str) -> None:
        """Something of this track is on disk (again)."""
        for key in (UNNAMED, (participant, source)):
            self._troubled.pop(key, None)

    def heard(self, health: control.RecordingHealth) -> RecordingHealth:
        """What is told to who leads the lesson."""
        self._troubled = {
            (track.participant, track.source): track.alarm for track in health.tracks if track.alarm
        }
        return RecordingHealth(tracks=health.tracks)

    def forget(self) -> None:
        """Another node writes from now on."""
        self._troubled.clear()
