"""Time-based one-time codes (RFC 6238), and codes that stand in for them. Time is an argument."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime

import pyotp

from server.accounts.names import same

ISSUER = "PeerLearn"
STEPS_OFF = (0, -1, 1)  # how far a device's clock may be off, in steps of 30 s (RFC 6238 §5.2)
DIGITS = 6
RECOVERY_CODES = 10
RECOVERY_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # what nobody mistakes for another
RECOVERY_GROUPS = 4  # of four: 79 bits, so that an unsalted hash can't be guessed


def new_secret() -> str:
    """A secret to share with an authenticator, base32."""
    return pyotp.random_base32()


def otpauth_url(secret: str, account: str) -> str:
    """What the QR code holds; `account` tells several entries of one device apart."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=ISSUER)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is; None when it is of none near `now`."""
    if not is_totp(code):
        return None
    totp = pyotp.TOTP(secret)
    steps = [totp.timecode(now) + off for off in STEPS_OFF]
    return next((step for step in steps if hmac.compare_digest(totp.generate_otp(step), code)), None)


def is_totp(code: str) -> bool:
    """Whether it looks like an authenticator's code, and not like a recovery code."""
    return len(code) == DIGITS and code.isascii() and code.isdigit()


def cleaned(code: str) -> str:
    """A code as people type it, without what they put between."""
    return "".join(letter for letter in same(code) if letter.isalnum())


def new_recovery_codes() -> list[str]:
    """Ten codes to be written down, such as `abcd-efgh-jkmn-pqrs`."""
    return [_recovery_code() for _ in range(RECOVERY_CODES)]


def _recovery_code() -> str:
    groups = (
        "".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(4)) for _ in range(RECOVERY_GROUPS)
    )
    return "-".join(groups)
