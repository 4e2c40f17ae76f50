"""One participant's offer/answer state (RFC 3264, RFC 9429), sans-IO.

The owner calls a method for each thing that happens and acts on the returned events in order; when
`next_timeout` has come it calls `timeout`. Times are seconds of one monotonic clock.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from random import Random
from typing import Any

from media.negotiation.agreement import Agreement
from media.negotiation.description import BadDescription, Description
from media.negotiation.events import (
    Answer,
    Deliver,
    Event,
    LocalTransport,
    Outgoing,
    Publish,
    Refused,
    RemoteParameters,
    Undeliver,
    Unpublish,
)
from media.negotiation.reader import parse_description
from media.negotiation.schedule import OfferSchedule
from media.protocol.messages import TrackLabel
from media.transport.parameters import RemoteTransport


class NegotiationSession:
    """The server's half of one participant's negotiation.

    We never offer before the client's first offer is answered, unless it makes none; we offer only
    when stable; on glare we are impolite. A client's sections we answer recvonly; what we send comes
    in our own offers.

    `transport_factory` is called for a client's new RTCPeerConnection: make a fresh transport and
    return our side of it. `restart_ice` is called when the client restarts ICE: keep the transport,
    give it new credentials and return them."""

    def __init__(
        self,
        transport: LocalTransport,
        random: Random,
        *,
        transport_factory: Callable[[], LocalTransport],
        restart_ice: Callable[[], LocalTransport],
    ) -> None:
        self._random = random
        self._transport_factory = transport_factory
        self._restart_ice = restart_ice
        self._agreement = Agreement(transport, random)
        self._schedule = OfferSchedule()
        self._wanted: dict[Hashable, Outgoing] = {}
        self._retell = False  # our side changed, or an offer was forgotten: offer even without new tracks
        self._remote: RemoteTransport | None = None  # as last told to the owner, like the next two
        self._published: dict[str, Publish] = {}
        self._delivered: dict[Hashable, Deliver] = {}
        self.next_timeout: float | None = None  # when to call `timeout`

    # --- what happens

    def joined(self, now: float) -> list[Event]:
        """The room socket (re)connected: an offer of ours without an answer is forgotten."""
        self._retell |= self._schedule.outstanding
        self._schedule.joined(now)
        return self._done([])

    def receive_offer(
        self,
        sdp: str,
        tracks: Mapping[str, TrackLabel] | None,
        connection: str | None,
        now: float,
    ) -> list[Event]:
        """The client's offer; gives an Answer, or Refused and nothing else."""
        try:
            offer = parse_description(sdp)
            client = self._agreement.client
            fresh = client is not None and client.is_other(offer, connection)
            if not fresh and self._schedule.glares(now):
                return [Refused("glare", "The server's own offer waits for its answer.", "offer")]
            ended = self._take_offer(offer, tracks or {}, connection, fresh)
        except BadDescription as error:
            return [Refused("bad_description", str(error), "offer")]
        self._retell |= self._schedule.outstanding and not fresh
        self._schedule.stable(now)
        answer = Answer(self._agreement.answer())
        return self._done([*ended, *self._incoming_changes(), answer, *self._outgoing_changes()])

    def receive_answer(self, sdp: str, now: float) -> list[Event]:
        """The client's answer to our offer."""
        if not self._schedule.outstanding:
            return [
                Refused("unexpected_answer", "No offer of the server's waits for an answer.", "answer")
            ]
        try:
            ended = self._take_answer(parse_description(sdp))
        except BadDescription as error:
            return [Refused("bad_description", str(error), "answer")]
        self._schedule.stable(now)
        return self._done([*ended, *self._incoming_changes(), *self._outgoing_changes()])

    def receive_candidate(self, candidate: Mapping[str, Any] | None, now: float) -> list[Event]:
        """An ICE-lite agent waits to be found (RFC 8445 §2.5): the client's candidates are not used."""
        return []

    def want(self, tracks: Sequence[Outgoing], now: float) -> list[Event]:
        """The full set of tracks that the client should receive from now on.

        What is gone is stopped when the batch ends: a track that comes back at once, because its
        publisher connected again, goes on under the same SSRC, and nothing is negotiated."""
        needed = self._needs_offer()
        self._wanted = {track.key: track for track in tracks}
        self._agreement.reconsider(self._wanted)
        if not needed:
            self._schedule.changed(now)
        return self._done([])

    def set_transport(self, transport: LocalTransport, now: float) -> list[Event]:
        """The owner restarted ICE on its own: the next offer tells the new credentials."""
        self._agreement.local = transport
        self._retell = True
        self._schedule.changed(now)
        return self._done([])

    def timeout(self, now: float) -> list[Event]:
        """Do what is due: Undeliver what is no longer wanted, and at most one Offer."""
        if now >= self._schedule.batch_ends:
            self._agreement.stop(self._wanted)
        events = self._outgoing_changes()
        due = self._schedule.due
        if due is not None and now >= due and self._needs_offer():
            events.append(self._agreement.offer(self._wanted))
            self._retell = False
            self._schedule.offered(now)
        return self._done(events)

    def _done(self, events: list[Event]) -> list[Event]:
        """Work out what is due next; the owner looks at it far more often than anything happens."""
        offer = self._schedule.due if self._needs_offer() else None
        stop = self._schedule.batch_ends if self._agreement.sends_unwanted(self._wanted) else None
        self.next_timeout = min((at for at in (offer, stop) if at is not None), default=None)
        return events

    # --- how it is taken

    def _take_offer(
        self, offer: Description, tracks: Mapping[str, TrackLabel], connection: str | None, fresh: bool
    ) -> list[Event]:
        """Agree with the client's offer, on a fresh transport or restarted ICE where it asks for one."""
        if fresh:
            agreement = Agreement(self._agreement.local, self._random)
            agreement.take_offer(offer, tracks, connection)
            self._agreement = agreement
            return self._replace_transport()
        before = self._agreement.remote
        self._agreement.take_offer(offer, tracks, connection)
        if _restarts_ice(before, self._agreement.remote):
            self._agreement.local = self._restart_ice()
        return []

    def _take_answer(self, answer: Description) -> list[Event]:
        """Agree with the client's answer. One of another RTCPeerConnection (a page loaded again that
        doesn't offer) needs a fresh transport, of which the next offer tells."""
        before = self._agreement.remote
        self._agreement.take_answer(answer)
        after = self._agreement.remote
        if before is None or after is None or before.fingerprints == after.fingerprints:
            return []
        ended = self._replace_transport()
        self._retell = True
        return ended

    def _replace_transport(self) -> list[Event]:
        """Nothing of what flowed goes on."""
        self._agreement.local = self._transport_factory()
        self._retell = False
        self._remote = None
        ended = [Unpublish(mid) for mid in self._published]
        stopped = [Undeliver(key) for key in self._delivered]
        self._published, self._delivered = {}, {}
        return [*ended, *stopped]

    def _needs_offer(self) -> bool:
        return self._retell or self._agreement.needs_offer(self._wanted)

    # --- what the owner has not been told yet

    def _incoming_changes(self) -> list[Event]:
        """The client's transport and what it sends, as far as they changed."""
        events: list[Event] = []
        remote = self._agreement.remote
        if remote is not None and remote != self._remote:
            events.append(RemoteParameters(remote))
        published = self._agreement.publications()
        events += [Unpublish(mid) for mid in self._published if mid not in published]
        events += [publish for mid, publish in published.items() if publish != self._published.get(mid)]
        self._remote, self._published = remote, published
        return events

    def _outgoing_changes(self) -> list[Event]:
        """What the client receives, as far as it changed."""
        delivered = self._agreement.deliveries()
        events: list[Event] = [Undeliver(key) for key in self._delivered if key not in delivered]
        events += [deliver for key, deliver in delivered.items() if deliver != self._delivered.get(key)]
        self._delivered = delivered
        return events


def _restarts_ice(before: RemoteTransport | None, after: RemoteTransport | None) -> bool:
    """New credentials on the same connection (RFC 8839 §4.4.1.1.1)."""
    return (
        before is not None
        and after is not None
        and (before.ufrag, before.pwd) != (after.ufrag, after.pwd)
    )
