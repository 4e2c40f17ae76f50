"""One participant's media, looked at each second: only counters are read that the packet path keeps
anyway."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from media.forward.layers import Layers
from media.forward.source import TrackSource
from media.forward.subscriber import TrackSink
from media.protocol.messages import LayerName
from media.rooms.assessment import layer_named, layer_of
from media.rooms.peer import Peer
from media.rooms.tally import Sample, WaySample

SILENT_S = 5.0  # a browser that is there is heard more often: reports, checks
FEW = 3  # packets between two looks that make no picture move

Counts = tuple[int, ...]


class Sampler:
    """One participant's. `look` gives what happened since the look before; None while nothing can flow,
    and at the first look."""

    def __init__(self) -> None:
        self._looked_at: float | None = None
        self._sources: dict[TrackSource, Counts] = {}
        self._sinks: dict[TrackSink, Counts] = {}

    def look(self, peer: Peer, now: float, *, strained: bool, troubled: Iterable[str]) -> Sample | None:
        """`troubled` are those whose own network fails them just now."""
        if not peer.connected:
            self._looked_at = None
            return None
        up, down, frozen = self._up(peer, now), self._down(peer), self._frozen(peer)
        self._keep(peer)
        before, self._looked_at = self._looked_at, now
        if before is None:
            return None
        shown = {key[0] for key in peer.sending.keys if not peer.sending.adaptation.hides(key)}
        return Sample(
            span=now - before,
            up=up,
            down=down,
            rtt=peer.sending.round_trip,
            silent=peer.heard_at is not None and now - peer.heard_at > SILENT_S,
            starved=_starved(peer),
            frozen=frozen,
            other=not shown.isdisjoint(troubled),
            strained=strained,
        )

    def _up(self, peer: Peer, now: float) -> WaySample:
        packets = lost = octets = 0
        jitter: float | None = None
        for source in peer.receiving.sources:
            before = self._sources.get(source, (source.packets, source.lost, source.bytes))
            packets += max(0, source.packets - before[0])
            lost += max(0, source.lost - before[1])
            octets += source.bytes - before[2]
            if source.packets != before[0]:
                jitter = max(jitter or 0.0, source.jitter / source.clock_rate)
        cameras = [
            section.layers for section in peer.receiving.sections if _is_camera(section.publish.source)
        ]
        layers = tuple(_best_sent(each, now) for each in cameras if each is not None)
        return WaySample(packets, lost, octets, jitter, layers)

    def _down(self, peer: Peer) -> WaySample:
        packets = lost = octets = 0
        layers: list[LayerName] = []
        for key, sink in peer.sending.tracks:
            before = self._sinks.get(sink, (sink.packets, sink.packets_lost, sink.octets))
            packets += sink.packets - before[0]
            lost += max(0, sink.packets_lost - before[1])
            octets += sink.octets - before[2]
            if _is_camera(key[1]) and not peer.sending.adaptation.hides(key):
                layers.append(layer_of(sink))
        arrived = max(0, packets - lost)
        return WaySample(arrived, lost, octets, None, layers)

    def _frozen(self, peer: Peer) -> bool:
        """Whether a picture that began and is wanted stood still since the last look, though it came."""
        return any(
            sink.wanted is not None and self._stood_still(sink)
            for sink in peer.sending.sinks
            if sink.packets and sink.layers.kind == "video"
        )

    def _stood_still(self, sink: TrackSink) -> bool:
        before = self._sinks.get(sink)
        return before is not None and before[0] == sink.packets and _came(sink) - before[3] > FEW

    def _keep(self, peer: Peer) -> None:
        self._sources = {
            source: (source.packets, source.lost, source.bytes) for source in peer.receiving.sources
        }
        self._sinks = {
            sink: (sink.packets, sink.packets_lost, sink.octets, _came(sink))
            for sink in peer.sending.sinks
        }


def _came(sink: TrackSink) -> int:
    """Packets of the track that the node has received, of all layers."""
    return sum(source.packets for source in sink.layers.known)


def _is_camera(source: str) -> bool:
    return source == "camera"


def _best_sent(layers: Layers, now: float) -> LayerName:
    """The best layer that comes of somebody's camera."""
    found: Iterator[int] = (
        index
        for index in reversed(range(len(layers.sources)))
        if (source := layers.sources[index]) is not None and source.flowing(now)
    )
    best = next(found, None)
    return "none" if best is None else layer_named(layers, best)


def _starved(peer: Peer) -> bool:
    """A picture is left out since this one's network takes no more."""
    adaptation = peer.sending.adaptation
    return any(
        sink.layers.kind == "video" and sink.wanted is None and adaptation.lacks(key)
        for key, sink in peer.sending.tracks
        if not adaptation.hides(key)
    )
