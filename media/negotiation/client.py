"""The client's side as its descriptions tell it: its transport, and which RTCPeerConnection it is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from media.negotiation.description import BadDescription, Description
from media.transport.parameters import RemoteTransport


@dataclass(frozen=True, slots=True)
class Client:
    """One RTCPeerConnection: the client's name for it, the id in its `o=` line, its transport.

    `transport` is None while no section was accepted."""

    connection: str | None
    session_id: str
    transport: RemoteTransport | None

    def is_other(self, offer: Description, connection: str | None) -> bool:
        """Whether `offer` comes from another RTCPeerConnection than this one.

        A certificate belongs to one RTCPeerConnection, so new fingerprints tell always. Without a
        name for it, the `o=` line alone doesn't: aiortc writes a new id each time."""
        named = connection is not None and self.connection is not None
        if named and connection != self.connection:
            return True
        theirs = read_transport(offer)
        if theirs is None or self.transport is None:
            return not named and offer.session_id != self.session_id
        if theirs.fingerprints != self.transport.fingerprints:
            return True
        return not named and offer.session_id != self.session_id and theirs.ufrag != self.transport.ufrag

    def seen_again(self, description: Description, connection: str | None) -> Client:
        """The same RTCPeerConnection by its newest description."""
        return replace(
            self,
            connection=connection or self.connection,
            session_id=description.session_id,
            transport=read_transport(description) or self.transport,
        )


def read_transport(description: Description) -> RemoteTransport | None:
    """The transport of the first section that can carry media, in the order of BUNDLE (RFC 9143 §7.1.3).

    None when there is no such section. Raises BadDescription when something of it is missing."""
    order = {mid: index for index, mid in enumerate(description.bundle)}
    usable = [section for section in description.sections if description.carries(section)]
    if not usable:
        return None
    tagged = min(usable, key=lambda section: order.get(section.mid, 0))
    if tagged.ufrag is None or tagged.pwd is None or not tagged.fingerprints:
        raise BadDescription("ICE credentials or a SHA-2 fingerprint are missing.")
    setup = tagged.setup or "active"  # RFC 4145 §4
    return RemoteTransport(tagged.ufrag, tagged.pwd, tagged.fingerprints, setup)
