"""Reading what the provider sends us by itself: whose it is, how old it is, and what it tells.

Stripe, "Check the webhook signatures": `t=SECONDS,v1=HMAC` over the raw body. Pure."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import stripe

from server.edge.text import require_storable
from server.infra.errors import Malformed
from server.payments.gateway.answers import Told
from server.payments.gateway.reading import told_of

HEADER = "Stripe-Signature"
TOLERANCE = timedelta(minutes=5)  # of its clock and ours, in both directions
MAX_NAME = 80  # characters of ids and kinds, as our columns have them


def read_event(payload: bytes, header: str, secret: str, now: datetime) -> Told:
    """An event that the provider signed a moment ago. Raises Malformed."""
    _check_signature(payload, header, secret)
    if abs(now.timestamp() - _signed_at(header)) > TOLERANCE.total_seconds():
        raise Malformed("stale", "The signature is too old, or from the future.")
    return _told(payload)


def _check_signature(payload: bytes, header: str, secret: str) -> None:
    """The library looks at the age only where it lies in the past: that is for us."""
    try:
        header.encode("ascii")  # what is not can't be compared in constant time
        stripe.WebhookSignature.verify_header(payload.decode(), header, secret)
    except (stripe.SignatureVerificationError, UnicodeError) as error:
        raise Malformed("signature", "The signature is missing or wrong.") from error


def _signed_at(header: str) -> int:
    """Seconds since 1970, which the library has read already."""
    items = (item.partition("=") for item in header.split(","))
    return int(next(value for name, _, value in items if name == "t"))


def _told(payload: bytes) -> Told:
    try:
        found: dict[str, Any] = json.loads(payload)
        told = told_of(found)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise Malformed(message="The body is no event.") from error
    names = (told.id, told.kind, told.object_id, told.account)
    require_storable([str(name) for name in names])
    if not told.id or any(not isinstance(name, str) or len(name) > MAX_NAME for name in names):
        raise Malformed(message="The body is no event.")
    return told
