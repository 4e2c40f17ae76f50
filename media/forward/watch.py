"""Waiting for a keyframe of the wanted layer, while its sink goes on with another."""

from __future__ import annotations

from collections.abc import Callable

from media.forward.keyframes import STARTS_KEYFRAME
from media.forward.source import TrackSource
from media.rtp.header import Header


class KeyframeWatch:
    """Implements `Sink`. `found` gets the first packet of a keyframe; any other is `still_waiting`."""

    def __init__(
        self,
        source: TrackSource,
        found: Callable[[TrackSource, bytes, Header, float], None],
        still_waiting: Callable[[float], None],
    ) -> None:
        self.source = source
        self._found = found
        self._still_waiting = still_waiting
        self._starts_keyframe = STARTS_KEYFRAME[source.codec]

    def forward(self, packet: bytes, header: Header, now: float) -> None:
        if self._starts_keyframe(packet, header):
            self._found(self.source, packet, header, now)
        else:
            self._still_waiting(now)

    def ended(self, now: float) -> None:
        """The sink hears of it from its own source, or from its layers."""
