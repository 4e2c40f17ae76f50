"""What a peer's description says about its side of the transport (RFC 8839, RFC 8122)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RemoteTransport:
    """The peer's ICE credentials, its certificates' hashes and who begins DTLS.

    `fingerprints` are (hash function, colon-separated hex) pairs as in `a=fingerprint`; `setup` is
    "active", "passive" or "actpass" (RFC 4145 §4).
    """

    ufrag: str
    pwd: str
    fingerprints: tuple[tuple[str, str], ...]
    setup: str
