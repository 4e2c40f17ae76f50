"""What leaves the accounts: values that travel between the service, pages and answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.edge.permissions import STAFF_ROLES

ROLES = ("learner", "mentor", *STAFF_ROLES)
OPEN_ROLES = frozenset({"learner", "mentor"})  # what people may choose for themselves


@dataclass(frozen=True, slots=True)
class Registration:
    """What someone sends to get an account. `role` is "learner" or "mentor", and `also` the other one
    where somebody wants both."""

    email: str
    username: str
    password: str
    role: str
    timezone: str = "UTC"
    name: str = ""
    also: str = ""


@dataclass(frozen=True, slots=True)
class Client:
    """Where a request comes from; limits count by `network` (an IPv6 /64, or the address)."""

    address: str
    network: str
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class NewLogin:
    """The two secrets of a fresh login: known to the client alone from now on."""

    user_id: int
    cookie: str
    token: str


@dataclass(frozen=True, slots=True)
class LoginView:
    """One active login, as its owner sees it."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    user_agent: str
    device: str
    address: str
    place: str
    current: bool


@dataclass(frozen=True, slots=True)
class Challenge:
    """A login that waits for its second factor: the secret is known to the browser alone."""

    secret: str


@dataclass(frozen=True, slots=True)
class AuthenticatorSetup:
    """What an authenticator needs to know; `otpauth_url` is what the QR code holds."""

    secret: str
    otpauth_url: str


@dataclass(frozen=True, slots=True)
class RecoveryCodes:
    """What stands in for the authenticator; each works once, and they are shown once."""

    recovery_codes: list[str]


@dataclass(frozen=True, slots=True)
class FactorState:
    """Since when codes are asked for (None: they are not), and the recovery codes that are left."""

    enabled_at: datetime | None
    codes_left: int


@dataclass(frozen=True, slots=True)
class Account:
    """An account as its owner and administrators see it."""

    id: UUID
    username: str
    email: str
    name: str
    roles: tuple[str, ...]
    verified: bool
    timezone: str
    status: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class InvitationView:
    """An invitation as those see it who invite; `status` is open, accepted, revoked or expired."""

    id: UUID
    email: str
    roles: list[str]
    invited_by: str
    status: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class InvitationLetter:
    """What its mail says, and to whom."""

    email: str
    name: str
    timezone: str
    inviter: str
    roles: list[str]
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class InvitationOffer:
    """What its link offers. `known`: its address has an account; `yours`: that of who asks."""

    email: str
    roles: list[str]
    inviter: str
    expires_at: datetime
    known: bool
    yours: bool


@dataclass(frozen=True, slots=True)
class StandingStep:
    """Something that happened to an account's standing: `what` is user, user_roles or user_warning. `by`
    is a username, empty where nobody of the staff did it."""

    at: datetime
    what: str
    old: str
    new: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class AccountFile:
    """What staff see of one account. `number` is what the log calls it; `protected`: its logins ask for a
    second factor."""

    number: int
    account: Account
    protected: bool
    logins: list[LoginView]
    history: list[StandingStep]
