"""Message encryption for Web Push (RFC 8291): only the browser that subscribed can read what it is told,
not the push service in between. Pure."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SALT_BYTES = 16
RECORD_SIZE = 4096  # no service has to take more (RFC 8030 §7.2); what we say is one record
LAST_RECORD = b"\x02"  # the padding delimiter of RFC 8188 §2


def encrypt(
    plaintext: bytes, p256dh: bytes, auth: bytes, *, sender: EllipticCurvePrivateKey, salt: bytes
) -> bytes:
    """The body of a push message with the content coding `aes128gcm`.

    `p256dh` and `auth` are the subscription's; `sender` and `salt` are new for each message."""
    receiver = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), p256dh)
    own = uncompressed(sender.public_key())
    shared = _derived(sender.exchange(ECDH(), receiver), auth, b"WebPush: info\0" + p256dh + own, 32)
    key = _derived(shared, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(shared, salt, b"Content-Encoding: nonce\0", 12)
    header = salt + RECORD_SIZE.to_bytes(4, "big") + bytes([len(own)]) + own
    return header + AESGCM(key).encrypt(nonce, plaintext + LAST_RECORD, None)


def uncompressed(key: EllipticCurvePublicKey) -> bytes:
    """The 65 bytes of a point on P-256, as browsers write it."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)
