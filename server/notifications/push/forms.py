"""What browsers send about their subscriptions: what `PushSubscription.toJSON()` gives (Push API §8)."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from pydantic import Field, field_validator

from server.edge.forms import Form
from server.notifications.push.base64url import decoded, encoded
from server.notifications.push.devices import Subscription

AUTH_BYTES = 16
NO_KEY = "This is no key of a browser."


class Keys(Form):
    """The point and the secret that messages to it are encrypted for, as base64url."""

    p256dh: str = Field(max_length=200)
    auth: str = Field(max_length=100)

    @field_validator("p256dh")
    @classmethod
    def _is_a_point(cls, given: str) -> str:
        raw = _raw(given)
        try:
            EllipticCurvePublicKey.from_encoded_point(SECP256R1(), raw)
        except ValueError as error:
            raise ValueError(NO_KEY) from error
        return encoded(raw)

    @field_validator("auth")
    @classmethod
    def _has_its_length(cls, given: str) -> str:
        raw = _raw(given)
        if len(raw) != AUTH_BYTES:
            raise ValueError(NO_KEY)
        return encoded(raw)


def _raw(given: str) -> bytes:
    try:
        return decoded(given.rstrip("="))
    except ValueError as error:
        raise ValueError(NO_KEY) from error


class SubscribeForm(Form):
    """`POST /push/subscriptions {endpoint, keys: {p256dh, auth}}`"""

    endpoint: str = Field(max_length=2000)
    keys: Keys

    @property
    def subscription(self) -> Subscription:
        return Subscription(self.endpoint, self.keys.p256dh, self.keys.auth)


class UnsubscribeForm(Form):
    """`DELETE /push/subscriptions {endpoint}`"""

    endpoint: str = Field(max_length=2000)
