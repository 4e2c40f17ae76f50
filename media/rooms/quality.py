"""How well people's media reach each other: one number from 0 to 5, and the reason for less.

The number is the E-model's (ITU-T G.107, its simplified form for packet loss and delay), stretched to
5, less a fifth for each step that the picture lacks.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from media.protocol.messages import LayerName, QualityReason

REPORT_S = 2.0  # at most so often about one person
BEST_R = 93.2  # a connection without fault
BEST_MOS = 4.41
BUFFER_MS = 40.0  # of delay that a receiver adds
DELAY_KNEE_MS = 177.3  # from here on delay hurts a talk
LOSS_WORST, LOSS_HALF = 95.0, 0.10  # Opus with in-band FEC bears about 10 %
STEP = 0.8  # what is left of the score for each layer below the best of use
NOTHING = 0.4  # and without a picture that should be there
SCORE_STEP, LOSS_STEP, RTT_STEP_MS = 0.5, 0.02, 50  # smaller changes are not worth saying


@dataclass(frozen=True, slots=True)
class Quality:
    """Fields as in `protocol.control.PeerQuality`."""

    score: float
    loss: float
    rtt_ms: int | None = None
    layer: LayerName | None = None
    reason: QualityReason | None = None

    def differs(self, other: Quality) -> bool:
        """Worth saying after `other`."""
        if (self.layer, self.reason) != (other.layer, other.reason):
            return True
        if (self.rtt_ms is None) != (other.rtt_ms is None):
            return True
        return (
            abs(self.score - other.score) >= SCORE_STEP
            or abs(self.loss - other.loss) >= LOSS_STEP
            or abs((self.rtt_ms or 0) - (other.rtt_ms or 0)) >= max(RTT_STEP_MS, (other.rtt_ms or 0) / 2)
        )


class Said:
    """What one receiver was told of whom, so that only news is said, and not too often."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[Quality, float]] = {}

    def news(self, about: str, quality: Quality, now: float) -> bool:
        """True when it should be said now; it counts as said."""
        last, at = self._last.get(about, (None, 0.0))
        if last is not None and (now - at < REPORT_S or not quality.differs(last)):
            return False
        self._last[about] = (quality, now)
        return True

    def forget(self, about: str) -> None:
        self._last.pop(about, None)

    def keep(self, people: Container[str]) -> None:
        """Forget all others: they left."""
        self._last = {about: said for about, said in self._last.items() if about in people}


def score(loss: float, rtt: float | None, missing: int = 0, *, blank: bool = False) -> float:
    """0 to 5. `loss` is a fraction, `rtt` seconds between the two ends, `missing` how many layers below
    the best of use the picture is; `blank` when there is none though there should be."""
    delay = (rtt or 0.0) * 500 + BUFFER_MS
    factor = BEST_R - 0.024 * delay - 0.11 * max(0.0, delay - DELAY_KNEE_MS)
    factor = max(0.0, factor - LOSS_WORST * loss / (loss + LOSS_HALF))
    opinion = 1 + 0.035 * factor + 7e-6 * factor * (factor - 60) * (100 - factor)
    sound = min(1.0, max(0.0, (opinion - 1) / (BEST_MOS - 1))) * 5
    return round(sound * (NOTHING if blank else STEP**missing), 1)


def together(*losses: float) -> float:
    """The loss on a way of several parts."""
    arriving = 1.0
    for loss in losses:
        arriving *= 1 - min(1.0, max(0.0, loss))
    return round(1 - arriving, 3)
