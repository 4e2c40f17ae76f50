"""Who we are to push services (VAPID, RFC 8292): a signed word in each request, by a key that browsers
are given when they subscribe."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

from server.notifications.push.base64url import decoded, encoded
from server.notifications.push.encryption import uncompressed

GOOD_FOR = timedelta(hours=12)  # services take a day at most (RFC 8292 §2)


class Vapid:
    """Our key; `subject` is where a push service finds us, `mailto:` or `https:`."""

    def __init__(self, private_key: str, subject: str) -> None:
        self._key = derive_private_key(int.from_bytes(decoded(private_key)), SECP256R1())
        self._subject = subject
        self.public_key = encoded(uncompressed(self._key.public_key()))

    def authorization(self, endpoint: str, now: datetime) -> str:
        """The header of a request to `endpoint`."""
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int((now + GOOD_FOR).timestamp()),
            "sub": self._subject,
        }
        return f"vapid t={jwt.encode(claims, self._key, algorithm='ES256')}, k={self.public_key}"
