"""The one error of this package: bytes from a peer that are not what they claim to be."""

from __future__ import annotations


class MalformedPacket(ValueError):
    """A packet lies about its lengths or its format: count it, drop it, go on."""
