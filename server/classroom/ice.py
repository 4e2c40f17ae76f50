"""The ICE servers a browser is told: TURN with credentials that expire (coturn's REST scheme). Pure.

Without TURN the list is empty: the media node's candidates are enough to reach it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Any

CREDENTIAL_TTL_S = 6 * 3600  # longer than the longest lesson


def ice_servers(urls: Sequence[str], secret: str, participant: str, now_s: int) -> list[dict[str, Any]]:
    """RTCIceServer dictionaries; the user name is `<Unix time of expiry>:<participant>`."""
    if not urls or not secret:
        return []
    username = f"{now_s + CREDENTIAL_TTL_S}:{participant}"
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return [{"urls": list(urls), "username": username, "credential": base64.b64encode(digest).decode()}]
