"""The register of media nodes in Redis: nodes write their card there, servers read all of them.

A card is a key that expires, and `INDEX` a set of the ids that there are cards of. PURE: what is written,
not how. The register only tells servers whom to dial; everything else goes over the control link.
"""

from __future__ import annotations

from pydantic import ValidationError

from media.protocol.codec import Message
from media.protocol.messages import Id

INDEX = "peerlearn:media-nodes"
LIFE_MS = 6_000  # three renewals
RENEW_S = 2.0


class Card(Message):
    """One node. `epoch` differs for each start of its process, `stress` is 0 (idle) to 1 (full)."""

    id: Id
    epoch: Id
    control_url: str
    udp_port: int
    rooms: int
    peers: int
    stress: float
    disk_free_bytes: int
    draining: bool = False


def key_of(node_id: str) -> str:
    return f"peerlearn:media-node:{node_id}"


def read_card(text: bytes | str) -> Card | None:
    """None for what is no card."""
    try:
        return Card.model_validate_json(text)
    except ValidationError:
        return None
