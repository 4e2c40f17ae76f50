"""How much one receiver's way takes: a send-side estimate from its transport-wide feedback.

Loss first (draft-ietf-rmcat-gcc-02 §6): below 2 % it grows, above 10 % it shrinks by half of the loss. A
queue that stands shrinks it to less than what gets through. By itself it grows slowly and never far
beyond what arrives; it is `probing` that finds out quickly what more there is.

A receiver that gives no such feedback is believed its own estimate (REMB), less what its reports say is
lost.
"""

from __future__ import annotations

from media.forward.history import Acknowledged
from media.forward.recent import Loss, QueueingDelay, Throughput

START = 800_000.0  # bit/s
START_UNTOLD = 5_000_000.0  # bit/s, towards one of whom nothing but loss is known
LOWEST, HIGHEST = 50_000.0, 50_000_000.0  # bit/s
LOW_LOSS, HIGH_LOSS = 0.02, 0.10
GROWTH = 1.06  # a second
HEADROOM, HEADROOM_BITRATE = 1.25, 20_000.0  # how far beyond what arrives it may grow
QUEUE_S = 0.050  # a queue this long that stands is ours to shorten
LONG_QUEUE_S = 0.150  # one that is more than a keyframe's
SHORT_QUEUE_S = 0.020  # mostly jitter; with loss, perhaps a network that keeps no longer ones
GENTLY = 0.7  # at least so much is left where that is not sure
SHRINKS = 0.95  # of its length between two looks
BACK_OFF = 0.85  # of what arrives, so that the queue empties
SETTLE_S = 0.5  # and a round trip, until a change has shown its effect
RATE_S = 0.4  # over which arrivals are measured while a queue stands
FELL = 0.75  # of what was sent: loss and delay should have fallen, too, the loss below
HALF = 0.5
LOSS_MARGIN = 1.3  # over a loss that is the network's own
NO_LOSS = (0.0, 0.0)
FORGIVEN_LOSS = 0.05  # below it, the network is another than the one that lost more


class Estimate:
    """`bitrate` is in bit/s. `limited` is True once the network has refused something: before, nothing
    is known that would forbid more. `cut_at` is when it last did."""

    __slots__ = (
        "_accepted_loss",
        "_floor",
        "_grown_at",
        "_loss",
        "_lossy",
        "_queue",
        "_queue_before",
        "_queued_rate",
        "_remb",
        "_settled_at",
        "_throughput",
        "bitrate",
        "cut_at",
        "limited",
        "round_trip",
        "told",
    )

    def __init__(self, now: float, *, told: bool) -> None:
        """`told` when the receiver gives transport-wide feedback."""
        self.told = told
        self.bitrate = START if told else START_UNTOLD
        self.limited = False
        self.cut_at = float("-inf")
        self.round_trip = 0.1
        self._throughput = Throughput()
        self._loss = Loss()
        self._queue = QueueingDelay()
        self._queue_before: float | None = None  # how long it was when looked at last
        self._queued_rate = 0.0  # what arrived when the queue was noticed
        self._lossy = NO_LOSS  # what was sent when loss was noticed, and how much was lost
        self._accepted_loss = 0.0
        self._remb = HIGHEST
        self._floor = LOWEST
        self._grown_at = self._settled_at = now

    # --- what the receiver tells

    def on_acknowledged(self, report: Acknowledged, now: float) -> None:
        """One transport-wide feedback packet."""
        self._loss.add(report.packets, report.lost - report.found, now)
        if report.round_trip is not None:
            self.round_trip += (report.round_trip - self.round_trip) / 8
            self._throughput.add(report.octets, report.arrived)
            self._queue.add(report.delay, now)
        if now >= self._settled_at:
            self._judge(now)

    def on_remb(self, bitrate: float, now: float) -> None:
        """The receiver's own estimate counts where it doesn't tell what ours is made of."""
        if not self.told:
            self._remb = min(max(bitrate, LOWEST), HIGHEST)
            self._set(min(self.bitrate, self._remb))

    def on_report(self, fraction_lost: float, sent: float, now: float) -> None:
        """A Receiver Report on one of the streams; `sent` bit/s go to the receiver in all."""
        if self.told or now < self._settled_at:
            return
        if fraction_lost > HIGH_LOSS:
            self._cut(self.bitrate * (1 - fraction_lost / 2), now)
        elif fraction_lost < LOW_LOSS:
            self._grow(HEADROOM * sent + HEADROOM_BITRATE, now)
            self._set(min(self.bitrate, self._remb))

    # --- what a probe does

    @property
    def loss(self) -> float:
        return self._loss.fraction or 0.0

    @property
    def quiet(self) -> bool:
        """No queue, no loss of our doing: there may be room for more."""
        standing = self._queue.standing
        return standing < SHORT_QUEUE_S and self.loss < max(HIGH_LOSS, self._accepted_loss)

    def begin_probe(self) -> None:
        """What is sent to probe may be refused without doubt about what went through before."""
        self._floor = self.bitrate

    def probed(self, reached: float, *, measured: bool) -> None:
        """`reached` bit/s were sent without being refused; where that can be, what arrived is taken."""
        self._floor = LOWEST
        if measured and self.told:
            reached = min(reached, self._throughput.bitrate(RATE_S))
        self._set(max(self.bitrate, min(reached, self._remb)))

    def probe_refused(self, now: float) -> None:
        """The queue and the loss that it made will soon be over, and are nobody's fault."""
        self._floor = LOWEST
        self._settle(now)

    # --- inside

    def _judge(self, now: float) -> None:
        loss = self._loss.fraction
        if self._queue.standing > QUEUE_S:
            self._on_queue(now)
            return
        self._queue_before = None
        if loss is None:
            return
        if loss < FORGIVEN_LOSS:
            self._accepted_loss, self._lossy = 0.0, NO_LOSS
        if loss > (HIGH_LOSS if self._queue.standing < SHORT_QUEUE_S else FORGIVEN_LOSS):
            self._on_loss(loss, now)
        elif loss < LOW_LOSS:
            self._grow(HEADROOM * self._throughput.bitrate(1.0) + HEADROOM_BITRATE, now)

    def _on_queue(self, now: float) -> None:
        """Let it empty, unless it already does: a keyframe makes a queue, too. One that neither grows nor
        shrinks nor overflows, though much less is sent, is none: the way became longer."""
        arriving, standing = self._arriving, self._queue.standing
        before, self._queue_before = self._queue_before, standing
        if before is None:
            self._queued_rate = arriving
            if standing < LONG_QUEUE_S:
                return
        elif standing < SHRINKS * before:
            return
        elif self._is_longer(arriving, standing * SHRINKS < before):
            self._queue.accept()
            return
        self._cut(max(BACK_OFF * arriving, HALF * self.bitrate), now)

    def _is_longer(self, arriving: float, steady: bool) -> bool:
        loss = self._loss.fraction
        return steady and arriving < FELL * self._queued_rate and loss is not None and loss < LOW_LOSS

    @property
    def _arriving(self) -> float:
        """While a queue stands this is what the network takes; one that stood still for a moment takes no
        less than what it took within a second."""
        return max(self._throughput.bitrate(RATE_S), self._throughput.bitrate(1.0))

    def _on_loss(self, loss: float, now: float) -> None:
        """Loss that stays though much less is sent is not from our sending: bear it."""
        arriving = self._throughput.bitrate(1.0)
        sent = arriving / max(1 - loss, 0.01)
        rate_before, loss_before = self._lossy
        if self._queue.standing >= SHORT_QUEUE_S:
            self._cut(max(BACK_OFF * arriving, GENTLY * self.bitrate), now)
        elif loss <= self._accepted_loss:
            return
        elif sent < FELL * rate_before and loss > HALF * loss_before:
            self._accepted_loss, self._lossy = loss * LOSS_MARGIN, NO_LOSS
        else:
            if not rate_before or sent < FELL * rate_before:
                self._lossy = sent, loss
            self._cut(max(self.bitrate * (1 - loss / 2), arriving), now)

    def _cut(self, bitrate: float, now: float) -> None:
        self._set(min(self.bitrate, max(bitrate, self._floor)))
        self.limited = True
        self.cut_at = self._grown_at = now
        self._settle(now)

    def _settle(self, now: float) -> None:
        self._settled_at = now + SETTLE_S + self.round_trip
        self._loss.clear()

    def _grow(self, most: float, now: float) -> None:
        factor = GROWTH ** min(now - self._grown_at, 1.0)
        self._grown_at = now
        self._set(max(self.bitrate, min(self.bitrate * factor, most)))

    def _set(self, bitrate: float) -> None:
        self.bitrate = min(max(bitrate, LOWEST), HIGHEST)
