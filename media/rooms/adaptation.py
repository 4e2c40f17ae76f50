"""How what one participant receives follows what its network takes: estimate, probe, choose layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from media.forward.allocation import TOLERANCE, Allocation, Demand, need
from media.forward.estimate import Estimate
from media.forward.history import SentPackets
from media.forward.layers import TOP_LAYER, Layers
from media.forward.probing import Probing
from media.forward.source import TrackSource
from media.forward.subscriber import TrackSink
from media.forward.viewing import Viewing
from media.rtp.twcc import TransportFeedback

LOOK_S = 0.2  # between two looks at what the layers take
SMOOTHING = 0.25  # of a layer's bitrate, per look
MUTE_S = 5.0  # a receiver that agreed to give feedback and gave none by then gives none
LEAST_PROBE = 100  # octets
ALREADY = float("inf")  # told, or no longer expected to
SCREEN_TOLERANCE = 1.5  # what a lesson is about goes on through a dip; its encoder needs less soon again
SCREEN, LEADER, MENTOR, OTHER = range(4)  # ranks: who is served first

Key = tuple[str, str]  # participant, source
Sinks = Mapping[Key, TrackSink]


@dataclass(frozen=True, slots=True)
class Standing:
    """Whose pictures come first in a room: of who leads the talk, and of the mentors."""

    leader: str | None = None
    mentors: frozenset[str] = field(default_factory=frozenset)

    def rank(self, key: Key) -> int:
        participant, source = key
        if source == "screen":
            return SCREEN
        if participant == self.leader:
            return LEADER
        return MENTOR if participant in self.mentors else OTHER


class Adaptation:
    """One receiver's. `numbers` counts what is sent to it; `standing` is asked who comes first."""

    def __init__(self, standing: Callable[[], Standing], now: float) -> None:
        self.numbers = SentPackets()
        self.estimate = Estimate(now, told=False)
        self._standing = standing
        self._probing = Probing(now)
        self._allocation = Allocation()
        self._viewing: dict[Key, Viewing] = {}
        self._demands: dict[Key, Demand] = {}
        self._bitrates: dict[TrackSource, float] = {}
        self._need = 0.0
        self._look_at = now
        self._octets, self._sent, self._sent_at = 0, 0.0, now
        self._tells_since: float | None = None

    def anew(self, now: float) -> Adaptation:
        """For another transport of the same receiver: nothing is known but what it shows."""
        adaptation = Adaptation(self._standing, now)
        adaptation._viewing = self._viewing
        return adaptation

    # --- what the receiver says

    def expect_feedback(self, now: float) -> None:
        """It agreed to tell of each packet's arrival."""
        if self._tells_since is None:
            self._tells_since = now
            self.estimate = Estimate(now, told=True)

    def on_feedback(self, feedback: TransportFeedback, now: float) -> None:
        self._tells_since = ALREADY
        if not self.estimate.told:
            self.estimate = Estimate(now, told=True)
        self.estimate.on_acknowledged(self.numbers.acknowledge(feedback, now), now)

    def on_remb(self, bitrate: float, now: float) -> None:
        self.estimate.on_remb(bitrate, now)

    def on_report(self, fraction_lost: float, now: float) -> None:
        self.estimate.on_report(fraction_lost, self._sent, now)

    def view(self, key: Key, viewing: Viewing, sinks: Sinks, now: float) -> None:
        """It shows the track in another size, or not at all."""
        if self._viewing.get(key) != viewing:
            self._viewing[key] = viewing
            self.choose(sinks, now)

    # --- what follows

    def poll(self, sinks: Sinks, now: float) -> None:
        if now >= self._look_at:
            self._look_at = now + LOOK_S
            self._measure(sinks, now)
            self.choose(sinks, now)
        due = self._probing.poll(self.estimate, self._need, self.numbers.octets, now)
        if due >= LEAST_PROBE and self.estimate.told:
            self._pad(sinks, due, now)

    def next_poll(self, now: float) -> float:
        """When `poll` has something to do: often while it probes."""
        return now if self._probing.active else self._look_at

    def choose(self, sinks: Sinks, now: float) -> None:
        """Select a layer of every track."""
        rank = self._standing().rank
        shown = {key: sink for key, sink in sinks.items() if not self.hides(key)}
        self._demands = {
            key: self._demand(key, sink.layers, rank(key), now)
            for key, sink in shown.items()
            if sink.layers.kind == "video"
        }
        demands, audio = list(self._demands.values()), self._audio(shown, now)
        estimate = self.estimate
        wanted = self._allocation.update(demands, audio, estimate.bitrate, now, limited=estimate.limited)
        self._need = need(demands, audio, wanted)
        for key, sink in sinks.items():
            layer = wanted[key] if key in self._demands else TOP_LAYER if key in shown else None
            if sink.wanted != layer:
                sink.select(layer, now)

    def hides(self, key: Key) -> bool:
        return key in self._viewing and self._viewing[key].hidden

    def most(self, key: Key) -> int:
        """The best layer of use at the size that is shown."""
        demand = self._demands.get(key)
        return 0 if demand is None else demand.most

    def lacks(self, key: Key) -> int:
        """How many steps better the track would be if this receiver's network took it."""
        demand = self._demands.get(key)
        if demand is None:
            return 0
        layer = self._allocation.wanted.get(key)
        return sum(1 for index, _ in demand.choices if layer is None or index > layer)

    # --- inside

    def _demand(self, key: Key, layers: Layers, rank: int, now: float) -> Demand:
        widths = [source.size[0] if source and source.size else None for source in layers.sources]
        most = self._viewing.get(key, Viewing()).most(widths, sized=key[1] != "screen")
        plain = len(layers.sources) == 1
        bitrates = tuple(
            self._bitrates.get(source, source.bitrate(now))
            if source is not None and (plain or source.alive(now))
            else None
            for source in layers.sources
        )
        return Demand(key, rank, bitrates, most, SCREEN_TOLERANCE if rank == SCREEN else TOLERANCE)

    def _audio(self, shown: Sinks, now: float) -> float:
        audible = [sink.layers for sink in shown.values() if sink.layers.kind == "audio"]
        return sum(source.bitrate(now) for layers in audible for source in layers.known)

    def _measure(self, sinks: Sinks, now: float) -> None:
        """Smoothed bitrates of all layers, and what goes out in all."""
        before, self._bitrates = self._bitrates, {}
        for sink in sinks.values():
            for source in sink.layers.known:
                rate = source.bitrate(now)
                known = before.get(source, rate)
                self._bitrates[source] = known + (rate - known) * SMOOTHING
        octets = sum(sink.octets for sink in sinks.values())
        elapsed = max(now - self._sent_at, LOOK_S)
        rate = max(0, octets - self._octets) * 8 / elapsed
        self._sent += (rate - self._sent) * SMOOTHING
        self._octets, self._sent_at = octets, now
        if self._tells_since is not None and now - self._tells_since > MUTE_S and octets:
            self._tells_since = ALREADY
            self.estimate = Estimate(now, told=False)

    def _pad(self, sinks: Sinks, due: int, now: float) -> None:
        for sink in sinks.values():
            while due >= LEAST_PROBE:
                octets = sink.probe(due, now) if sink.layers.kind == "video" else 0
                if not octets:
                    break
                due -= octets
                self._probing.padded(octets)
