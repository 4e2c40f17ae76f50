"""What one participant receives: a sink per track, and the reports and requests that come back."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator

from media.forward.interfaces import NEVER, nothing
from media.forward.layers import Layers
from media.forward.rewriter import OutgoingStream
from media.forward.subscriber import TrackSink
from media.forward.viewing import Viewing
from media.metrics import Counters
from media.negotiation.events import Deliver
from media.rooms.adaptation import Adaptation, Key
from media.rtp.extensions import AUDIO_LEVEL, MID, TRANSPORT_WIDE_CC, VIDEO_ORIENTATION
from media.rtp.rtcp import (
    FullIntraRequest,
    Nack,
    PictureLossIndication,
    ReceiverEstimatedMaxBitrate,
    ReportBlock,
)
from media.rtp.twcc import TransportFeedback

PASSED_ON = (AUDIO_LEVEL, VIDEO_ORIENTATION)  # extensions that mean the same to every receiver
SENDER_REPORT_S = 1.0
UNIX_TO_NTP_S = 2_208_988_800  # RFC 5905 §6: seconds from 1900 to 1970


def ntp_time(wall_ms: int) -> int:
    """The 64-bit NTP timestamp of Unix milliseconds."""
    seconds, milliseconds = divmod(wall_ms, 1000)
    return (seconds + UNIX_TO_NTP_S) << 32 | (milliseconds << 32) // 1000


def extension_map(theirs: dict[str, int], ours: dict[str, int]) -> dict[int, int]:
    """From the publisher's extension ids to the subscriber's."""
    return {theirs[uri]: ours[uri] for uri in PASSED_ON if uri in theirs and uri in ours}


def outgoing_stream(delivery: Deliver) -> OutgoingStream:
    return OutgoingStream(
        delivery.ssrc,
        delivery.payload_type,
        delivery.rtx_ssrc,
        delivery.rtx_payload_type,
        delivery.mid,
        delivery.extensions.get(MID),
        delivery.extensions.get(TRANSPORT_WIDE_CC),
    )


class Sending:
    """`adaptation` numbers all packets to this participant and chooses their tracks' layers; `stir` is
    called when `next_poll` may be sooner than it was."""

    def __init__(
        self,
        send_rtp: Callable[[bytes], None],
        send_rtcp: Callable[[bytes], None],
        counters: Counters,
        adaptation: Adaptation,
        stir: Callable[[], None] = nothing,
    ) -> None:
        self.adaptation = adaptation
        self.round_trip: float | None = None
        self._send_rtp = send_rtp
        self._send_rtcp = send_rtcp
        self._counters = counters
        self._stir = stir
        self._deliveries: dict[Key, Deliver] = {}
        self._sinks: dict[Key, TrackSink] = {}
        self._by_ssrc: dict[int, TrackSink] = {}
        self._report_at = 0.0

    @property
    def sinks(self) -> Iterator[TrackSink]:
        return iter(self._sinks.values())

    @property
    def keys(self) -> Iterator[Key]:
        return iter(self._sinks)

    @property
    def tracks(self) -> ItemsView[Key, TrackSink]:
        return self._sinks.items()

    def sinks_of(self, participant: str) -> dict[str, TrackSink]:
        """What this one receives of `participant`, by source."""
        return {key[1]: sink for key, sink in self._sinks.items() if key[0] == participant}

    # --- tracks come and go

    def deliver(
        self, delivery: Deliver, layers: Layers | None, theirs: dict[str, int], now: float
    ) -> None:
        """The client takes the track: forward it from now on (from its start if it has no stream yet)."""
        key = _key(delivery)
        if self._deliveries.get(key) == delivery and key in self._sinks:
            return
        self._drop_sink(key, now)
        self._deliveries[key] = delivery
        if TRANSPORT_WIDE_CC in delivery.extensions:
            self.adaptation.expect_feedback(now)
        if layers is not None:
            self._attach(delivery, layers, theirs, now)

    def undeliver(self, key: Key, now: float) -> None:
        self._deliveries.pop(key, None)
        self._drop_sink(key, now)

    def source_changed(self, key: Key, layers: Layers | None, theirs: dict[str, int], now: float) -> None:
        """The publisher's track is another one now, or gone: keep our numbering over the change."""
        delivery, sink = self._deliveries.get(key), self._sinks.get(key)
        if layers is None or delivery is None:
            return
        if sink is None:
            self._attach(delivery, layers, theirs, now)
        else:
            sink.switch(layers, now, extension_map(theirs, delivery.extensions))

    def silence(self, key: Key, now: float) -> None:
        """Send nothing of the track from now on. Its numbering goes on if it comes back: under one SSRC
        no packet index may be used twice."""
        sink = self._sinks.get(key)
        if sink is not None:
            sink.switch(Layers(sink.layers.kind, sink.layers.clock_rate), now)

    def clear(self, now: float) -> None:
        """The transport is gone; another network may come with the next."""
        for key in tuple(self._deliveries):
            self.undeliver(key, now)
        self.adaptation = self.adaptation.anew(now)
        self.round_trip = None

    def view(self, key: Key, viewing: Viewing, now: float) -> None:
        """The client shows the track so, or not at all: nothing is sent meanwhile."""
        self.adaptation.view(key, viewing, self._sinks, now)

    def _attach(self, delivery: Deliver, layers: Layers, theirs: dict[str, int], now: float) -> None:
        sink = TrackSink(
            layers,
            self._send_rtp,
            outgoing_stream(delivery),
            extension_map(theirs, delivery.extensions),
            self.adaptation.numbers,
            stir=self._stir,
        )
        self._sinks[_key(delivery)] = sink
        self._by_ssrc[delivery.ssrc] = sink
        self.adaptation.choose(self._sinks, now)

    def _drop_sink(self, key: Key, now: float) -> None:
        sink = self._sinks.pop(key, None)
        if sink is not None:
            sink.close(now)
            self._by_ssrc.pop(sink.ssrc, None)
            self._counters.retired.add("out", sink.layers.kind, sink.packets, sink.octets)

    # --- what the receiver says of them

    def on_report(self, block: ReportBlock, now: float) -> float | None:
        """Gives the round trip to the participant in seconds, for its own tracks' sake."""
        sink = self._by_ssrc.get(block.ssrc)
        if sink is None:
            return None
        sink.on_receiver_report(block, now)
        self.adaptation.on_report(sink.fraction_lost, now)
        if block.last_sr:
            self.round_trip = sink.rtt
        return sink.rtt

    def on_feedback(self, feedback: TransportFeedback, now: float) -> None:
        self.adaptation.on_feedback(feedback, now)

    def on_remb(self, remb: ReceiverEstimatedMaxBitrate, now: float) -> None:
        self.adaptation.on_remb(remb.bitrate, now)

    def on_nack(self, nack: Nack, now: float) -> None:
        self._counters.nack_in += 1
        sink = self._by_ssrc.get(nack.media_ssrc)
        if sink is not None:
            before = sink.resent
            sink.on_nack(nack.sequence_numbers, now)
            self._counters.rtx_out += sink.resent - before

    def on_pli(self, pli: PictureLossIndication, now: float) -> None:
        self._request_keyframe(pli.media_ssrc, now)

    def on_fir(self, fir: FullIntraRequest, now: float) -> None:
        for ssrc, _ in fir.entries:
            self._request_keyframe(ssrc, now)

    def _request_keyframe(self, ssrc: int, now: float) -> None:
        self._counters.pli_in += 1
        sink = self._by_ssrc.get(ssrc)
        if sink is not None:
            sink.on_keyframe_request(now)

    def poll(self, now: float, wall_ms: int) -> None:
        """Keyframe requests of sinks that wait, layers and probes, and Sender Reports that are due."""
        for sink in self._sinks.values():
            sink.poll(now)
        self.adaptation.poll(self._sinks, now)
        if now >= self._report_at:
            self._report_at = now + SENDER_REPORT_S
            for sink in self._sinks.values():
                report = sink.sender_report(now, ntp_time(wall_ms))
                if report is not None:
                    self._send_rtcp(report)

    def next_poll(self, now: float) -> float:
        """When `poll` has something to do; `stir` tells when it is sooner."""
        if not self._sinks:
            return NEVER
        due = min(self._report_at, self.adaptation.next_poll(now))
        for sink in self._sinks.values():
            wants = sink.next_poll
            if wants is not None and wants < due:
                due = wants
        return due


def _key(delivery: Deliver) -> Key:
    """What the room named the track by."""
    key: Key = delivery.key  # type: ignore[assignment]
    return key
