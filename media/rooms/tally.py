"""What one participant's media were like in a minute, summed up from a look each second. PURE."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from media.protocol.control import Fault, QualityMinute, Way
from media.protocol.messages import LayerName

UNSTEADY_LOSS = 0.05  # of one way, within a few seconds: speech suffers
SLOW_S = 0.4  # a round trip from which on people talk into each other
SETTLED = 0.3  # of a second's loss in the smoothed one


@dataclass(frozen=True, slots=True)
class WaySample:
    """One way, one look: what came since the one before. `jitter` is in seconds, None without packets;
    `layers` has what is forwarded of each camera."""

    packets: int = 0
    lost: int = 0
    octets: int = 0
    jitter: float | None = None
    layers: Sequence[LayerName] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """One look. `span` is the time since the one before and `rtt` the round trip, in seconds. `silent`:
    nothing at all came from them for a while. `starved`: a shown picture is left out since their network
    has no room for it. `frozen`: one should go on and does not; `other`: by somebody else's network.
    `strained`: the node has more to do than it can."""

    span: float
    up: WaySample = WaySample()
    down: WaySample = WaySample()
    rtt: float | None = None
    silent: bool = False
    starved: bool = False
    frozen: bool = False
    other: bool = False
    strained: bool = False


@dataclass(slots=True)
class _WayTally:
    packets: int = 0
    lost: int = 0
    octets: int = 0
    jitters: list[float] = field(default_factory=list)
    layers: Counter[LayerName] = field(default_factory=Counter)

    def add(self, sample: WaySample, milliseconds: int) -> None:
        self.packets += sample.packets
        self.lost += sample.lost
        self.octets += sample.octets
        if sample.jitter is not None:
            self.jitters.append(sample.jitter)
        for layer in sample.layers:
            self.layers[layer] += milliseconds

    def way(self) -> Way:
        jitter = sum(self.jitters) / len(self.jitters) * 1000 if self.jitters else 0.0
        return Way(
            packets=self.packets,
            lost=self.lost,
            octets=self.octets,
            jitter_ms=round(jitter, 1),
            layers=dict(self.layers),
        )


class Loss:
    """One way's loss as people notice it: a packet or two within a second are chance."""

    def __init__(self) -> None:
        self._smoothed = 0.0

    def add(self, sample: WaySample) -> bool:
        """Whether it is one that is heard."""
        passed = sample.packets + sample.lost
        share = sample.lost / passed if passed > 0 else 0.0
        self._smoothed += (share - self._smoothed) * SETTLED
        return self._smoothed > UNSTEADY_LOSS


class Tally:
    """One participant's minute."""

    def __init__(self) -> None:
        self._up, self._down = _WayTally(), _WayTally()
        self._span_ms = self._freezes = self._frozen_ms = 0
        self._rtts: list[float] = []
        self._faults: Counter[Fault] = Counter()

    @property
    def empty(self) -> bool:
        return self._span_ms == 0

    def add(self, sample: Sample, faults: Sequence[Fault], *, freezes: bool) -> None:
        """`freezes` when what is frozen was not at the look before."""
        milliseconds = round(sample.span * 1000)
        self._span_ms += milliseconds
        self._up.add(sample.up, milliseconds)
        self._down.add(sample.down, milliseconds)
        if sample.rtt is not None:
            self._rtts.append(sample.rtt)
        self._freezes += freezes
        self._frozen_ms += milliseconds * sample.frozen
        for fault in faults:
            self._faults[fault] += milliseconds

    def report(self, room: str, participant: str, id: str, begin_ms: int) -> QualityMinute:
        rtts = sorted(self._rtts)
        return QualityMinute(
            room=room,
            participant=participant,
            id=id,
            begin_ms=begin_ms,
            span_ms=self._span_ms,
            up=self._up.way(),
            down=self._down.way(),
            rtt_ms=round(sum(rtts) / len(rtts) * 1000) if rtts else None,
            rtt_p95_ms=round(rtts[int(0.95 * (len(rtts) - 1))] * 1000) if rtts else None,
            freezes=self._freezes,
            frozen_ms=self._frozen_ms,
            faults=dict(self._faults),
        )


def faults_of(sample: Sample, *, lossy_up: bool, lossy_down: bool) -> list[Fault]:
    """Whose it is that something is wrong now; nobody's where nothing is. A node that is late makes
    everything look bad, and somebody's own network makes others look bad: so in this order."""
    if sample.strained:
        return ["node"]
    slow = sample.rtt is not None and sample.rtt > SLOW_S
    own: list[Fault] = []
    if lossy_up or sample.silent:
        own.append("up")
    if lossy_down or sample.starved or slow:
        own.append("down")
    if own:
        return own
    return ["other"] if sample.other else []
