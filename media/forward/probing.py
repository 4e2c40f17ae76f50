"""Finding out whether a receiver's way takes more than what is sent: padding, at a rate that rises.

A probe begins at what is known to go through and rises by half every 200 ms, so that a network without
room shows a short queue long before it loses anything of value.
"""

from __future__ import annotations

import math

from media.forward.estimate import Estimate

OVER_NEED = 1.2  # what is wanted and a fifth: layers' bitrates swing
ENOUGH = 1.1  # over what is wanted: no probe is worth its packets
RISE, RISE_S = 1.5, 0.2
HOLD_S = 0.5  # at the top, until feedback on it is here
EVERY_S, LATER, LONGEST_S = 3.0, 1.5, 120.0  # seconds between probes, times that after each refusal
# A network that became slow a minute ago may recover soon; one that always was is asked seldom.
IMPATIENT_S, PATIENCE = 5.0, 0.05
MORE_LOSS = 0.08  # than before the probe: it was too much
CREDIT_S = 0.040  # of padding that may be made up for at once: two ticks


class Probing:
    """One receiver's probes."""

    __slots__ = (
        "_began",
        "_credit",
        "_every",
        "_loss",
        "_next",
        "_octets",
        "_padded",
        "_polled",
        "_refused_since",
        "_start",
        "_target",
    )

    def __init__(self, now: float) -> None:
        self._next = self._polled = now
        self._every = EVERY_S
        self._refused_since: float | None = None
        self._began: float | None = None
        self._start = self._target = self._loss = self._credit = 0.0
        self._octets = self._padded = 0

    @property
    def active(self) -> bool:
        return self._began is not None

    def poll(self, estimate: Estimate, need: float, octets: int, now: float) -> int:
        """How many octets of padding to send now.

        `need` is the bitrate of all that would be sent if the network took it, `octets` count what was
        sent so far, padding included."""
        if self._began is None:
            self._begin(estimate, need, octets, now)
        elif self._refused(estimate):
            self._fail(estimate, now)
        elif now - self._began > self._rise_s + HOLD_S:
            self._pass(estimate, now)
        return self._due(octets, now)

    def padded(self, octets: int) -> None:
        """So much of what was due could be sent."""
        self._padded += octets

    def _begin(self, estimate: Estimate, need: float, octets: int, now: float) -> None:
        if now < self._next or need * ENOUGH <= estimate.bitrate or not estimate.quiet:
            return
        self._began, self._loss, self._padded, self._credit = now, estimate.loss, 0, 0.0
        self._start, self._target = estimate.bitrate, need * OVER_NEED
        self._polled, self._octets = now, octets
        estimate.begin_probe()

    def _pass(self, estimate: Estimate, now: float) -> None:
        """What can't be padded is tried out by the layers themselves."""
        estimate.probed(self._target, measured=self._padded > 0)
        self._every, self._refused_since = EVERY_S, None
        self._began, self._next = None, now + self._every

    def _fail(self, estimate: Estimate, now: float) -> None:
        estimate.probe_refused(now)
        if self._refused_since is None:
            self._refused_since = now
        else:
            patience = max(IMPATIENT_S, (now - self._refused_since) * PATIENCE)
            self._every = min(self._every * LATER, patience, LONGEST_S)
        self._began, self._next = None, now + self._every

    def _refused(self, estimate: Estimate) -> bool:
        assert self._began is not None
        return estimate.cut_at >= self._began or estimate.loss > self._loss + MORE_LOSS

    @property
    def _rise_s(self) -> float:
        return math.log(self._target / self._start) / math.log(RISE) * RISE_S

    def _due(self, octets: int, now: float) -> int:
        """What is missing at the rate of this moment; media comes in bursts, so some is carried over."""
        elapsed, sent = now - self._polled, octets - self._octets
        self._polled, self._octets = now, octets
        if self._began is None:
            return 0
        rate = min(self._target, self._start * RISE ** ((now - self._began) / RISE_S)) / 8
        self._credit = min(self._credit + rate * elapsed - sent, rate * CREDIT_S)
        return max(0, int(self._credit))
