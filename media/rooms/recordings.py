"""What of a room is written: whose tracks, whether they really get onto the disk, again after trouble.

Looked at every other second, from counters that are kept anyway; packets pass by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from media.forward.layers import Layers
from media.negotiation.events import Publish
from media.protocol.control import Record, RecordingHealth, RecordingTrouble
from media.protocol.messages import TrackHealth
from media.recording.best_layer import BestLayer
from media.recording.events import TrackKey
from media.recording.health import Alarm, Look, TrackWatch
from media.recording.recorder import STALLED_S
from media.recording.track import TrackRecorder
from media.rooms.services import Services

HEALTH_S = 2.0
RETRY_S = 10.0  # after trouble; what the disk allows then begins a new segment
RECORDED_VIDEO = "VP8"  # what a WebM file holds without transcoding

Key = tuple[str, str]  # participant, source


@dataclass(slots=True)
class Written:
    """A track that is to be written. `recorder` is None where its codec can't be; `octets` and
    `keyframes` are those of recorders it had before."""

    order: Record
    publish: Publish
    layers: Layers
    recorder: TrackRecorder | None = None
    watch: TrackWatch = field(default_factory=TrackWatch)
    begun_at: float = 0.0
    octets: int = 0
    keyframes: int = 0

    @property
    def failure(self) -> str:
        return self.recorder.failure if self.recorder else "codec"

    def alarm(self, now: float) -> Alarm:
        if self.recorder is None or self.recorder.failed:
            return self.failure  # type: ignore[return-value]
        pipeline = self.recorder.pipeline
        packets = sum(source.packets for source in self.layers.known)
        keeps_up = self.recorder.lag(now) < STALLED_S
        look = Look(packets, pipeline.octets_on_disk, keeps_up and pipeline.needs_keyframe)
        return self.watch.look(look, now)


class Recordings:
    """`publish`ed tracks of those for whom there is an order are written until either ends."""

    def __init__(self, room: str, services: Services) -> None:
        self._room = room
        self._services = services
        self._orders: dict[str, Record] = {}
        self._written: dict[Key, Written] = {}
        self._look_at = 0.0
        self.alarms = 0  # tracks that are in trouble now

    # --- what is to be written

    def order(self, order: Record, tracks: Mapping[Key, tuple[Publish, Layers]]) -> None:
        """Write the participant's tracks from now on, those of later too; or close what is open.

        A server that comes back says it again: what runs goes on."""
        running = self._orders.get(order.participant)
        if order.on and running is not None and running.recording == order.recording:
            return
        if order.on:
            self._orders[order.participant] = order
        else:
            self._orders.pop(order.participant, None)
        for key, (publish, layers) in tracks.items():
            if key[0] == order.participant:
                self.drop(key)
                self.add(key, publish, layers)

    def add(self, key: Key, publish: Publish, layers: Layers) -> None:
        """A track is there."""
        order = self._orders.get(key[0])
        if order is not None:
            written = self._written[key] = Written(order, publish, layers)
            self._begin(key, written)

    def drop(self, key: Key) -> None:
        """A track is gone, or is not to be written any more."""
        written = self._written.pop(key, None)
        if written is not None:
            self._end(written)

    def forget(self, participant: str) -> None:
        """They are gone: whoever comes back is written when a server says so again."""
        self._orders.pop(participant, None)

    def clear(self) -> None:
        self._orders.clear()

    def _begin(self, key: Key, written: Written) -> None:
        services, order, publish = self._services, written.order, written.publish
        now = written.begun_at = services.clock()
        written.watch = TrackWatch()
        if publish.kind == "video" and publish.codec != RECORDED_VIDEO:
            self._refuse(key, order.recording)
            return
        name = TrackKey(self._room, order.recording, key[0], publish.source, publish.kind)
        start_ms = max(0, services.wall_ms() - order.origin_ms)
        written.recorder = services.recorder.start(name, BestLayer(written.layers), start_ms, now)

    def _refuse(self, key: Key, recording: str) -> None:
        self._services.metrics.counters.troubles["codec"] += 1
        who, source = key
        self._services.say(
            RecordingTrouble(
                room=self._room, recording=recording, reason="codec", participant=who, source=source
            )
        )

    def _end(self, written: Written) -> None:
        recorder, written.recorder = written.recorder, None
        if recorder is not None:
            written.octets += recorder.pipeline.octets_on_disk
            written.keyframes += recorder.pipeline.keyframes
            self._services.recorder.stop(recorder)

    # --- how it goes

    def poll(self, now: float) -> None:
        """Begin again what failed, and tell how the rest is."""
        if not self._orders:
            self.alarms = 0
        elif now >= self._look_at:
            self._look(now)

    def _look(self, now: float) -> None:
        self._look_at = now + HEALTH_S
        self._retry(now)
        told = [self._health(key, written, now) for key, written in self._written.items()]
        self.alarms = sum(bool(one.alarm) for one in told)
        for recording in {order.recording for order in self._orders.values()}:
            health = RecordingHealth(room=self._room, recording=recording, tracks=told)
            self._services.say(health)

    def _retry(self, now: float) -> None:
        due = [(key, one) for key, one in self._written.items() if _is_due(one, now)]
        if due and self._services.recorder.able:
            for key, written in due:
                self._end(written)
                self._begin(key, written)

    def _health(self, key: Key, written: Written, now: float) -> TrackHealth:
        octets, keyframes, last_write_ms, lag_ms = written.octets, written.keyframes, None, 0
        recorder = written.recorder
        if recorder is not None:
            pipeline = recorder.pipeline
            octets, keyframes = octets + pipeline.octets_on_disk, keyframes + pipeline.keyframes
            lag_ms = round(recorder.lag(now) * 1000)
            if pipeline.written_at is not None:
                last_write_ms = max(0, round((now - pipeline.written_at) * 1000))
        return TrackHealth(
            participant=key[0],
            source=written.publish.source,
            bytes=octets,
            keyframes=keyframes,
            last_write_ms=last_write_ms,
            lag_ms=lag_ms,
            alarm=written.alarm(now),
        )


def _is_due(written: Written, now: float) -> bool:
    failed = written.recorder is not None and written.recorder.failed
    return failed and now - written.begun_at >= RETRY_S
