"""One published track: its simulcast layers, or the one stream it has (RFC 8853).

The track stays while layers come, die and change their SSRC; those who follow it are told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Protocol

from media.forward.interfaces import NEVER, Kind
from media.forward.source import TrackSource

TOP_LAYER = 255  # whatever is the highest
CHECK_S = 0.1  # between two looks at which layers are alive


class Life(Enum):
    SILENT = "silent"
    FLOWING = "flowing"  # packets come, but not for long enough
    ALIVE = "alive"


class Follower(Protocol):
    """Told when another layer may be the better one to forward."""

    def layers_changed(self, now: float) -> None: ...


class Layers:
    """`sources` holds the streams from the lowest layer to the highest, None where none is known yet.

    `rids` names them in the same order; it is empty for a plain stream, which is one layer."""

    def __init__(self, kind: Kind, clock_rate: int, rids: Sequence[str] = ()) -> None:
        self.kind = kind
        self.clock_rate = clock_rate
        self.rids = tuple(rids)
        self.sources: list[TrackSource | None] = [None] * max(1, len(rids))
        self._lives = [Life.SILENT] * len(self.sources)
        self._followers: tuple[Follower, ...] = ()
        self._check_at = 0.0

    @property
    def known(self) -> Iterator[TrackSource]:
        """The streams there are, from the lowest layer up."""
        return (source for source in self.sources if source is not None)

    def index(self, source: TrackSource) -> int | None:
        """Which layer `source` is; None when it is none of them any more."""
        return self.sources.index(source) if source in self.sources else None

    # --- who follows

    def attach(self, follower: Follower) -> None:
        self._followers = (*self._followers, follower)

    def detach(self, follower: Follower) -> None:
        self._followers = tuple(other for other in self._followers if other is not follower)

    def _tell(self, now: float) -> None:
        for follower in self._followers:
            follower.layers_changed(now)

    # --- what comes and goes

    def put(self, index: int, source: TrackSource, now: float) -> None:
        """A layer's stream is known, or is another one now; the old one ends after all moved away."""
        old, self.sources[index] = self.sources[index], source
        self._lives[index] = Life.SILENT
        self._tell(now)
        if old is not None:
            old.end(now)

    def end(self, now: float) -> None:
        """The track is gone."""
        for source in self.known:
            source.end(now)

    def poll(self, now: float) -> None:
        """Notice layers that died or live again."""
        if now < self._check_at or len(self.sources) == 1:
            return
        self._check_at = now + CHECK_S
        lives = [_life(source, now) for source in self.sources]
        if lives != self._lives:
            self._lives = lives
            self._tell(now)

    @property
    def next_poll(self) -> float:
        """When `poll` has something to do; never for a plain stream."""
        return self._check_at if len(self.sources) > 1 else NEVER

    # --- which to forward

    def choose(self, wanted: int, current: int | None) -> int | None:
        """The best layer up to `wanted` that is alive, else the lowest above it that is.

        The one that is forwarded already counts as alive while it flows. When none is, it stays, and
        one who has none gets the lowest there is. None when no stream is known at all."""
        fit = [
            index
            for index, life in enumerate(self._lives)
            if life is Life.ALIVE or (index == current and life is Life.FLOWING)
        ]
        below = [index for index in fit if index <= wanted]
        if below:
            return below[-1]
        if fit:
            return fit[0]
        if current is not None:
            return current
        return next((index for index, source in enumerate(self.sources) if source is not None), None)


def _life(source: TrackSource | None, now: float) -> Life:
    if source is None or not source.flowing(now):
        return Life.SILENT
    return Life.ALIVE if source.alive(now) else Life.FLOWING
