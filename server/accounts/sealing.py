"""Secrets that must be read again, such as an authenticator's: encrypted with the platform's key
(AES-256-GCM, key by HKDF, RFC 5869), and bound to the row they belong to."""

from __future__ import annotations

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from config.settings import Settings

NONCE_BYTES = 12  # NIST SP 800-38D §8.2
KEY_BYTES = 32
PURPOSE = b"peerlearn: authenticator secrets"


class Broken(Exception):
    """Sealed with another key, for another owner, or changed since."""


class Seal:
    """Seals and opens with a key made from `secret_key`."""

    def __init__(self, secret_key: str) -> None:
        derive = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=PURPOSE)
        self._cipher = AESGCM(derive.derive(secret_key.encode()))

    def close(self, text: str, owner: str) -> str:
        """`text` sealed; it opens for the same owner alone."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, text.encode(), owner.encode())
        return base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, sealed: str, owner: str) -> str:
        """Raises Broken."""
        try:
            raw = base64.urlsafe_b64decode(sealed)
            return self._cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], owner.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise Broken from error


_seal: Seal | None = None


def open_seal(settings: Settings) -> None:
    """Say which key the platform seals with from now on."""
    global _seal
    _seal = Seal(settings.secret_key)


def seal() -> Seal:
    """Raises RuntimeError when nobody has said the key."""
    if _seal is None:
        raise RuntimeError("no key to seal with: call open_seal first")
    return _seal
