"""The secret part of a feed's address: whose it is, and a signature that only we can write. Pure."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from uuid import UUID

PURPOSE = b"peerlearn: calendar feed"
ID_BYTES = 16
SIGNATURE_BYTES = 20  # 160 bits; with the id a multiple of three, so that nothing is padded
LENGTH = 48  # characters


def secret_of(key: str, feed_id: UUID) -> str:
    """The secret of this feed."""
    return urlsafe_b64encode(feed_id.bytes + _signature(key, feed_id.bytes)).decode()


def feed_named(key: str, secret: str) -> UUID | None:
    """Whose secret it is; None for one that we did not write."""
    if len(secret) != LENGTH or not secret.isascii():
        return None
    try:
        given = urlsafe_b64decode(secret)
    except Error:
        return None
    named, signature = given[:ID_BYTES], given[ID_BYTES:]
    return UUID(bytes=named) if hmac.compare_digest(signature, _signature(key, named)) else None


def _signature(key: str, named: bytes) -> bytes:
    return hmac.digest(key.encode(), PURPOSE + named, hashlib.sha256)[:SIGNATURE_BYTES]
