"""A session description (RFC 8866) as values: what `reader` makes of a client's text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Direction = Literal["sendrecv", "sendonly", "recvonly", "inactive"]


class BadDescription(ValueError):
    """The client's description can't be used; the message says why, in words for its developer."""


@dataclass(frozen=True, slots=True)
class Codec:
    """One `a=rtpmap` with its `a=fmtp` and `a=rtcp-fb` lines."""

    payload_type: int
    name: str
    clock_rate: int
    channels: int
    parameters: str
    feedback: frozenset[str]

    def parameter(self, key: str) -> str | None:
        """The value of `key=value` in the format parameters."""
        for part in self.parameters.split(";"):
            name, _, value = part.strip().partition("=")
            if name.lower() == key:
                return value
        return None


@dataclass(frozen=True, slots=True)
class MediaSection:
    """One `m=` section. `setup`, `ufrag`, `pwd` fall back to the session's level."""

    kind: str
    port: int
    protocol: str
    formats: tuple[str, ...]
    mid: str
    direction: Direction
    bundle_only: bool
    rtcp_mux: bool
    codecs: tuple[Codec, ...]
    extensions: dict[str, int]  # URI to id of those that both sides may send
    uplink_extensions: dict[str, int]  # URI to id of those that only the client sends
    extension_ids: frozenset[int]  # of all that are named
    ssrcs: tuple[int, ...]
    repairs: dict[int, int]  # SSRC to the SSRC of its retransmissions (RFC 4588 §8.8)
    rids: dict[str, str]  # streams that the client names, and what restricts each (RFC 8851)
    simulcast: tuple[tuple[str, ...], ...]  # layers that it sends, each with its alternatives (RFC 8853)
    ufrag: str | None
    pwd: str | None
    fingerprints: tuple[tuple[str, str], ...]
    setup: str | None

    @property
    def rejected(self) -> bool:
        """Port zero, unless it only waits to be bundled (RFC 9143 §6)."""
        return self.port == 0 and not self.bundle_only

    @property
    def sends(self) -> bool:
        return self.direction in ("sendrecv", "sendonly")

    @property
    def receives(self) -> bool:
        return self.direction in ("sendrecv", "recvonly")


@dataclass(frozen=True, slots=True)
class Description:
    """A whole description; `bundle` lists the mids of the BUNDLE group in its order."""

    session_id: str
    bundle: tuple[str, ...]
    sections: tuple[MediaSection, ...]

    def carries(self, section: MediaSection) -> bool:
        """Whether media can flow in `section` on the one transport that we have."""
        bundled = section.mid in self.bundle if self.bundle else section is self.sections[0]
        rtp = section.kind in ("audio", "video") and section.protocol.endswith("RTP/SAVPF")
        return bundled and rtp and section.rtcp_mux and not section.rejected
