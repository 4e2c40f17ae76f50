"""One participant's seat on this node: joins transport, negotiation and forwarding."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Protocol

from media.forward.interfaces import NEVER
from media.forward.layers import Layers
from media.forward.viewing import Viewing
from media.metrics import LATENCY_SAMPLE
from media.negotiation.events import (
    Answer,
    Deliver,
    Event,
    LocalTransport,
    Offer,
    Outgoing,
    Publish,
    Refused,
    RemoteParameters,
    Undeliver,
    Unpublish,
)
from media.negotiation.session import NegotiationSession
from media.protocol.control import (
    PeerAnswer,
    PeerCandidate,
    PeerConnected,
    PeerDisconnected,
    PeerError,
    PeerOffer,
    PeerSubscribe,
)
from media.protocol.messages import Description
from media.rooms.adaptation import Adaptation, Standing
from media.rooms.receiving import Receiving, Section
from media.rooms.sending import Sending
from media.rooms.services import Services
from media.rtp.errors import MalformedPacket
from media.rtp.rtcp import (
    FullIntraRequest,
    Nack,
    PictureLossIndication,
    ReceiverEstimatedMaxBitrate,
    ReceiverReport,
    SenderReport,
    parse_compound,
)
from media.rtp.twcc import TransportFeedback
from media.transport.connection import CloseReason, Connection

CHECK_S = 1.0  # between two looks at ICE
AT_ONCE = float("-inf")


class Tracks(Protocol):
    """The room, as a seat sees it."""

    def source_changed(self, participant: str, section: Section, now: float) -> None:
        """A track of `participant` is there, is another one, or is gone."""

    def layers(self, key: Hashable) -> tuple[Layers | None, dict[str, int]]:
        """A track's layers and its publisher's header extension ids."""

    def standing(self) -> Standing:
        """Whose tracks come first where not all can be sent."""


class Peer:
    """Implements `ConnectionEvents`. Its transport changes with the client's RTCPeerConnection; the
    seat stays. `next_poll` is when `poll` has something to do: a look at everything costs more than most
    packets do, so whatever may make something due sooner says so (`_stir`)."""

    def __init__(self, room: str, participant: str, tracks: Tracks, services: Services) -> None:
        self.room = room
        self.participant = participant
        self._tracks = tracks
        self._services = services
        self._made_at = services.clock()
        self._check_at = 0.0
        self.next_poll = AT_ONCE
        self._sampled = 0
        self._connection = self._connect()
        counters = services.metrics.counters
        self.receiving = Receiving(
            services.random.getrandbits(32), self._send_rtcp, self._source_changed, counters, self._stir
        )
        adaptation = Adaptation(tracks.standing, self._made_at)
        self.sending = Sending(self._send_rtp, self._send_rtcp, counters, adaptation, self._stir)
        self._session = NegotiationSession(
            self._local_transport(),
            services.random,
            transport_factory=self._fresh_transport,
            restart_ice=self._restart_ice,
        )
        self._events = self._event_table()
        self._rtcp: dict[type[Any], Callable[[Any, float], None]] = {
            SenderReport: self._on_sender_report,
            ReceiverReport: self._on_reports,
            Nack: self.sending.on_nack,
            PictureLossIndication: self.sending.on_pli,
            FullIntraRequest: self.sending.on_fir,
            TransportFeedback: self.sending.on_feedback,
            ReceiverEstimatedMaxBitrate: self.sending.on_remb,
        }

    @property
    def connected(self) -> bool:
        """Media can flow."""
        return self._connection.connected

    @property
    def heard_at(self) -> float | None:
        """When anything came from the client last."""
        return self._connection.heard_at

    # --- what the server says

    def joined(self) -> None:
        now = self._services.clock()
        self._act(self._session.joined(now), now)

    def receive_offer(self, message: PeerOffer) -> None:
        now = self._services.clock()
        events = self._session.receive_offer(message.offer.sdp, message.tracks, message.connection, now)
        self._act(events, now)

    def receive_answer(self, message: PeerAnswer) -> None:
        now = self._services.clock()
        self._act(self._session.receive_answer(message.answer.sdp, now), now)

    def receive_candidate(self, message: PeerCandidate) -> None:
        now = self._services.clock()
        self._act(self._session.receive_candidate(message.candidate, now), now)

    def subscribe(self, message: PeerSubscribe) -> None:
        self._stir()
        viewing = Viewing(message.quality, message.width)
        self.sending.view((message.publisher, message.source), viewing, self._services.clock())

    # --- what the room says

    def want(self, tracks: Sequence[Outgoing], now: float) -> None:
        """The full set of tracks that this participant should receive."""
        self._act(self._session.want(tracks, now), now)

    def poll(self, now: float) -> None:
        """Do what is due; called within milliseconds of `next_poll`."""
        self.next_poll = NEVER
        timeout = self._session.next_timeout
        if timeout is not None and now >= timeout:
            self._act(self._session.timeout(now), now)
        if now >= self._check_at:
            self._check_at = now + CHECK_S
            self._connection.check(now)
        if self._connection.connected:
            self.receiving.poll(now)
            self.sending.poll(now, self._services.wall_ms())
        self.next_poll = min(self.next_poll, self._next_poll(now))

    def close(self, now: float) -> None:
        """Give everything back; the transport says goodbye in the background."""
        self.sending.clear(now)
        self.receiving.clear(now)
        self._services.spawn(self._connection.close())

    # --- what the transport says

    def on_rtp(self, packet: bytes, now: float) -> None:
        self._sampled += 1
        if self._sampled % LATENCY_SAMPLE:
            self.receiving.receive(packet, now)
            return
        began = time.perf_counter()
        self.receiving.receive(packet, now)
        self._services.metrics.forward_latency.observe(time.perf_counter() - began)

    def on_rtcp(self, packet: bytes, now: float) -> None:
        try:
            reports = parse_compound(packet)
        except MalformedPacket:
            self._services.metrics.counters.drop("malformed")
            return
        for report in reports:
            take = self._rtcp.get(type(report))
            if take is not None:
                take(report, now)

    def on_connected(self) -> None:
        self._stir()
        elapsed = self._services.clock() - self._made_at
        self._services.metrics.join.labels("connected").observe(elapsed)
        self._services.say(PeerConnected(room=self.room, participant=self.participant))

    def on_closed(self, reason: CloseReason) -> None:
        """Tracks end; the seat waits for the client's next RTCPeerConnection."""
        self.receiving.clear(self._services.clock())
        self._services.say(PeerDisconnected(room=self.room, participant=self.participant, reason=reason))

    # --- inside

    def _next_poll(self, now: float) -> float:
        timeout = self._session.next_timeout
        due = self._check_at if timeout is None else min(self._check_at, timeout)
        if self._connection.connected:
            due = min(due, self.receiving.next_poll(), self.sending.next_poll(now))
        return due

    def _stir(self) -> None:
        """Something may be due sooner than it was."""
        self.next_poll = AT_ONCE

    def _connect(self) -> Connection:
        services = self._services
        return Connection(services.endpoint, services.certificate, self, services.clock)

    def _local_transport(self) -> LocalTransport:
        connection = self._connection
        return LocalTransport(
            ufrag=connection.ufrag,
            pwd=connection.pwd,
            fingerprints=tuple(connection.fingerprints),
            candidates=self._services.candidates,
        )

    def _fresh_transport(self) -> LocalTransport:
        """The client made a new RTCPeerConnection: the old transport and all that ran on it are over."""
        now = self._services.clock()
        self.sending.clear(now)
        self.receiving.clear(now)
        self._services.spawn(self._connection.close())
        self._connection = self._connect()
        self._made_at = now
        return self._local_transport()

    def _restart_ice(self) -> LocalTransport:
        self._connection.restart_ice()
        return self._local_transport()

    def _send_rtp(self, packet: bytes) -> None:
        self._connection.send_rtp(packet)

    def _send_rtcp(self, packet: bytes) -> None:
        self._connection.send_rtcp(packet)

    def _source_changed(self, section: Section, now: float) -> None:
        self._tracks.source_changed(self.participant, section, now)

    def _on_sender_report(self, report: SenderReport, now: float) -> None:
        self.receiving.on_sender_report(report, now)
        self._on_reports(report, now)

    def _on_reports(self, report: SenderReport | ReceiverReport, now: float) -> None:
        for block in report.reports:
            self.receiving.set_round_trip(self.sending.on_report(block, now))

    def _event_table(self) -> dict[type[Any], Callable[[Any, float], None]]:
        """What to do for each thing that the negotiation returns."""
        return {
            Answer: self._say_answer,
            Offer: self._say_offer,
            Refused: self._say_refused,
            RemoteParameters: lambda event, _: self._connection.set_remote(event.transport),
            Publish: lambda event, now: self.receiving.publish(event, now),
            Unpublish: lambda event, now: self.receiving.unpublish(event.mid, now),
            Deliver: self._deliver,
            Undeliver: lambda event, now: self.sending.undeliver(event.key, now),
        }

    def _act(self, events: Sequence[Event], now: float) -> None:
        for event in events:
            self._events[type(event)](event, now)
        self._stir()

    def _deliver(self, event: Deliver, now: float) -> None:
        layers, extensions = self._tracks.layers(event.key)
        self.sending.deliver(event, layers, extensions, now)

    def _say_answer(self, event: Answer, _: float) -> None:
        answer = Description(type="answer", sdp=event.sdp)
        self._services.say(PeerAnswer(room=self.room, participant=self.participant, answer=answer))

    def _say_offer(self, event: Offer, _: float) -> None:
        offer = Description(type="offer", sdp=event.sdp)
        self._services.say(
            PeerOffer(room=self.room, participant=self.participant, offer=offer, tracks=event.tracks)
        )

    def _say_refused(self, event: Refused, _: float) -> None:
        self._services.say(
            PeerError(
                room=self.room,
                participant=self.participant,
                code=event.code,
                message=event.message,
                re=event.re,
            )
        )
