"""One message to one browser by its push service (RFC 8030)."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import Enum

from aiohttp import ClientError, ClientResponse, ClientSession
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from server.infra import clock
from server.notifications.models import PushSubscription
from server.notifications.push.base64url import decoded
from server.notifications.push.encryption import SALT_BYTES, encrypt
from server.notifications.push.endpoints import NotPublic
from server.notifications.push.office import PushOffice

GONE = frozenset({404, 410})
BUSY = frozenset({408, 425, 429})
LONGEST_WAIT_S = 3600.0


class Fate(Enum):
    """What became of a message."""

    TAKEN = "taken"
    GONE = "gone"  # there is no such subscription any more
    REFUSED = "refused"
    LATER = "later"  # the service asks for patience, or does not answer


@dataclass(frozen=True, slots=True)
class Message:
    """What a service worker is told, and what its service may know of it: how long it is worth anything
    (`ttl`, seconds), how urgent it is, and which message it replaces (`topic`)."""

    title: str
    body: str
    path: str
    topic: str
    ttl: int
    urgency: str = "normal"

    def plaintext(self) -> bytes:
        told = {"title": self.title, "body": self.body, "path": self.path, "tag": self.topic}
        return json.dumps(told, ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Outcome:
    """`after_s`: how long the service wants us to wait."""

    fate: Fate
    detail: str = ""
    after_s: float = 0.0


async def push(
    office: PushOffice, client: ClientSession, to: PushSubscription, message: Message
) -> Outcome:
    """Hand it over. Says what became of it, and raises nothing that a service could cause."""
    try:
        office.checked(to.endpoint)
    except ValueError as error:
        return Outcome(Fate.REFUSED, str(error))
    try:
        async with client.post(
            to.endpoint,
            data=_encrypted(to, message),
            headers=_headers(office, to, message),
            allow_redirects=False,
        ) as answer:
            return _outcome(answer, clock.now())
    except (ClientError, OSError) as error:
        if isinstance(getattr(error, "os_error", error), NotPublic):
            return Outcome(Fate.REFUSED, str(error))
        return Outcome(Fate.LATER, repr(error))


def _encrypted(to: PushSubscription, message: Message) -> bytes:
    return encrypt(
        message.plaintext(),
        decoded(to.p256dh),
        decoded(to.auth),
        sender=generate_private_key(SECP256R1()),
        salt=os.urandom(SALT_BYTES),
    )


def _headers(office: PushOffice, to: PushSubscription, message: Message) -> dict[str, str]:
    return {
        "Authorization": office.vapid.authorization(to.endpoint, clock.now()),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(message.ttl),
        "Topic": message.topic,
        "Urgency": message.urgency,
    }


def _outcome(answer: ClientResponse, now: datetime) -> Outcome:
    if answer.status in GONE:
        return Outcome(Fate.GONE, str(answer.status))
    if answer.status in BUSY or answer.status >= 500:
        wait = _seconds(answer.headers.get("Retry-After", ""), now)
        return Outcome(Fate.LATER, str(answer.status), min(wait, LONGEST_WAIT_S))
    taken = 200 <= answer.status < 300
    return Outcome(Fate.TAKEN if taken else Fate.REFUSED, str(answer.status))


def _seconds(retry_after: str, now: datetime) -> float:
    """A number or a date (RFC 9110 §10.2.3); 0 for anything else."""
    if retry_after.isdigit():
        return float(retry_after[:9])
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - now).total_seconds())
    except (ValueError, TypeError):
        return 0.0
