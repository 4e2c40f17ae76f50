"""One participant's offer/answer state (RFC 3264, JSEP RFC 9429), sans-IO.

The owner calls a method for each thing that happens and acts on the returned events in order; when
`next_timeout` has come it calls `timeout`. Times are seconds of one monotonic clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from media.negotiation.events import Event, LocalTransport, Outgoing
from media.protocol.messages import TrackLabel


class NegotiationSession:
    """The server's half of one participant's negotiation; rules in contract "Negotiation".

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
        raise NotImplementedError

    @property
    def next_timeout(self) -> float | None:
        """When to call `timeout`, or None."""
        raise NotImplementedError

    def joined(self, now: float) -> list[Event]:
        """The room socket (re)connected: an offer of ours without an answer is forgotten."""
        raise NotImplementedError

    def receive_offer(
        self,
        sdp: str,
        tracks: Mapping[str, TrackLabel] | None,
        connection: str | None,
        now: float,
    ) -> list[Event]:
        """The client's offer; gives an Answer, or Refused and nothing else."""
        raise NotImplementedError

    def receive_answer(self, sdp: str, now: float) -> list[Event]:
        """The client's answer to our offer."""
        raise NotImplementedError

    def receive_candidate(self, candidate: Mapping[str, Any] | None, now: float) -> list[Event]:
        """An ICE-lite agent waits to be found (RFC 8445 §2.5): the client's candidates are not used."""
        raise NotImplementedError

    def want(self, tracks: Sequence[Outgoing], now: float) -> list[Event]:
        """The full set of tracks that the client should receive from now on."""
        raise NotImplementedError

    def set_transport(self, transport: LocalTransport, now: float) -> list[Event]:
        """The owner restarted ICE on its own: the next offer tells the new credentials."""
        raise NotImplementedError

    def timeout(self, now: float) -> list[Event]:
        """Do what is due: at most one Offer."""
        raise NotImplementedError
