"""How each participant's media reach each other one: looked at each second, told as it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from media.forward.layers import Layers
from media.forward.subscriber import TrackSink
from media.protocol.codec import Message
from media.protocol.control import PeerQuality
from media.protocol.messages import LayerName, QualityReason
from media.rooms.peer import Peer
from media.rooms.quality import Quality, Said, score, together

LOOK_S = 1.0
SMOOTHING = 0.25  # of loss, per look
BAD_LOSS = 0.05  # on one's own part of the way: speech suffers
LAYER_NAMES: tuple[LayerName, ...] = ("q", "h", "f")


class Assessment:
    """A room's. `say` tells the participant's server."""

    def __init__(self, room: str, say: Callable[[Message], None]) -> None:
        self._room = room
        self._say = say
        self._said: dict[str, Said] = {}
        self._counted: dict[str, tuple[int, int]] = {}
        self._losses: dict[tuple[str, str], float] = {}  # reader, about: smoothed
        self._look_at = 0.0

    def poll(self, peers: Mapping[str, Peer], now: float) -> None:
        if now < self._look_at:
            return
        self._look_at = now + LOOK_S
        self._said = {name: self._said.get(name, Said()) for name in peers}
        for said in self._said.values():
            said.keep(peers)
        uplinks = {name: self._uplink(name, peer) for name, peer in peers.items()}
        self._counted = {name: self._counted[name] for name in peers}
        self._losses = {pair: loss for pair, loss in self._losses.items() if peers.keys() >= set(pair)}
        for reader, peer in peers.items():
            if peer.connected:
                loss = self._smooth(reader, reader, max(uplinks[reader], _downlink(peer.sending.sinks)))
                self._tell(reader, reader, _own(peer, loss), now)
                for about in peers.keys() - {reader}:
                    self._assess(peer, peers[about], uplinks[about], now)

    def _assess(self, reader: Peer, about: Peer, uplink: float, now: float) -> None:
        sinks = reader.sending.sinks_of(about.participant)
        if not sinks:
            self._said[reader.participant].forget(about.participant)
            return
        loss = together(uplink, _downlink(sinks.values()))
        loss = self._smooth(reader.participant, about.participant, loss)
        quality = _between(reader, about, sinks, loss, uplink, now)
        begun = any(sink.packets for sink in sinks.values())
        if begun or quality.reason != "waiting":
            self._tell(reader.participant, about.participant, quality, now)

    def _tell(self, reader: str, about: str, quality: Quality, now: float) -> None:
        if self._said[reader].news(about, quality, now):
            self._say(
                PeerQuality(
                    room=self._room,
                    participant=reader,
                    about=about,
                    score=quality.score,
                    loss=quality.loss,
                    rtt_ms=quality.rtt_ms,
                    layer=quality.layer,
                    reason=quality.reason,
                )
            )

    def _smooth(self, reader: str, about: str, loss: float) -> float:
        """A report covers a second, in which a packet more or less is lost by chance."""
        before = self._losses.get((reader, about), loss)
        smoothed = self._losses[reader, about] = before + (loss - before) * SMOOTHING
        return round(smoothed, 3)

    def _uplink(self, name: str, peer: Peer) -> float:
        """The lost part of what it published since the last look."""
        sources = list(peer.receiving.sources)
        packets = sum(source.packets for source in sources)
        lost = sum(source.lost for source in sources)
        before = self._counted.get(name, (packets, lost))
        self._counted[name] = packets, lost
        came, missed = packets - before[0], max(0, lost - before[1])
        return missed / (came + missed) if came > 0 else 0.0


def _own(peer: Peer, loss: float) -> Quality:
    """How one's own media leave and the others' come: the worse of both."""
    rtt = peer.sending.round_trip
    slow = any(peer.sending.adaptation.lacks(key) for key in peer.sending.keys)
    reason: QualityReason | None = "your_network" if slow or loss > BAD_LOSS else None
    return Quality(score(loss, rtt), loss, _milliseconds(rtt), None, reason)


def _between(
    reader: Peer,
    about: Peer,
    sinks: Mapping[str, TrackSink],
    loss: float,
    uplink: float,
    now: float,
) -> Quality:
    ways = [peer.sending.round_trip for peer in (reader, about)]
    rtt = None if ways[0] is None else ways[0] + (ways[1] or 0.0)
    camera = sinks.get("camera")
    if camera is None:
        reason: QualityReason | None = "their_network" if uplink > BAD_LOSS else None
        return Quality(score(loss, rtt), loss, _milliseconds(rtt), None, reason)
    key = (about.participant, "camera")
    layer, lacking = layer_of(camera), reader.sending.adaptation.lacks(key)
    reason = _reason(reader, key, camera, uplink, now)
    blank = layer == "none" and reason in ("your_network", "their_network", "waiting")
    points = score(loss, rtt, lacking, blank=blank)
    return Quality(points, loss, _milliseconds(rtt), layer, reason)


def layer_of(camera: TrackSink) -> LayerName:
    """What is forwarded of it."""
    return "none" if camera.layer is None else layer_named(camera.layers, camera.layer)


def layer_named(layers: Layers, index: int) -> LayerName:
    """The wire's word for a layer, whatever its publisher calls it."""
    rids = layers.rids
    if not rids:
        return "f"
    return next((name for name in LAYER_NAMES if name == rids[index]), LAYER_NAMES[min(index, 2)])


def _reason(
    reader: Peer, key: tuple[str, str], camera: TrackSink, uplink: float, now: float
) -> QualityReason | None:
    """Why the picture is not the best one."""
    adaptation = reader.sending.adaptation
    if adaptation.hides(key):
        return "hidden"
    if not any(source.flowing(now) for source in camera.layers.known):
        return "paused"
    if adaptation.lacks(key):
        return "your_network"
    if camera.layer is None:
        return "waiting"
    died = _died(camera, adaptation.most(key), now)
    return "their_network" if uplink > BAD_LOSS or died else None


def _died(camera: TrackSink, most: int, now: float) -> bool:
    """A better layer that is of use, and was sent once by its publisher, comes no more."""
    better = camera.layers.sources[(camera.layer or 0) + 1 : most + 1]
    return any(source is not None and not source.flowing(now) for source in better)


def _downlink(sinks: Iterable[TrackSink]) -> float:
    """By the receiver's reports on what it is sent."""
    told = [sink.fraction_lost for sink in sinks if sink.packets]
    return sum(told) / len(told) if told else 0.0


def _milliseconds(rtt: float | None) -> int | None:
    return None if rtt is None else round(rtt * 1000)
