"""What the provider answers, as far as we read it. Amounts in minor units, currencies in capitals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.infra.errors import Unavailable

# The provider forgets our keys after a day. What is asked for again after so long is looked for first,
# by the key that we wrote into its metadata: else it would be done twice.
KEYS_LAST = timedelta(hours=20)


class GatewayDown(Unavailable):
    """No answer, or none that says whether it was done: ask again later, under the same key. `why` is for
    the log, the message for people."""

    default_message = "The payment service can't be reached right now. Please try again in a moment."

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why


class GatewayRefused(Exception):
    """The provider won't do it, now or later. `code` is its own, such as `charge_already_refunded`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Intent:
    """A PaymentIntent. `status` is the provider's; `charge_id` is there when it succeeded."""

    id: str
    status: str
    amount_minor: int
    received_minor: int
    currency: str
    client_secret: str
    charge_id: str | None
    failure: str
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Charge:
    """What was taken from a card. `transaction_id` is the movement of our balance that it made,
    `intent_id` what it was for."""

    id: str
    amount_minor: int
    refunded_minor: int
    card: str
    transaction_id: str | None
    fee_minor: int | None
    disputed: bool
    intent_id: str | None = None


@dataclass(frozen=True, slots=True)
class RefundSeen:
    """`status` is pending, requires_action, succeeded, failed or canceled."""

    id: str
    status: str
    amount_minor: int
    failure: str
    metadata: Mapping[str, str]
    intent_id: str = ""

    @property
    def came_to_nothing(self) -> bool:
        return self.status in ("failed", "canceled")


@dataclass(frozen=True, slots=True)
class AccountSeen:
    id: str
    details_submitted: bool
    payouts_enabled: bool
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TransferSeen:
    """`key` is the one under which it was asked for."""

    id: str
    amount_minor: int
    reversed_minor: int
    key: str = ""


@dataclass(frozen=True, slots=True)
class PayoutSeen:
    """`status` is pending, in_transit, paid, failed or canceled; `key` as of transfers."""

    id: str
    status: str
    amount_minor: int
    arrives_at: datetime | None
    failure: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class ReversalSeen:
    """A part of a transfer that came back."""

    id: str
    amount_minor: int
    key: str


@dataclass(frozen=True, slots=True)
class DisputeSeen:
    """`status` is the provider's; `won` and `lost` are final, `warning_…` are inquiries by which no money
    moved, and all others are open. `fees` are what it cost (negative: given back), by the movement of our
    balance in which it was taken."""

    id: str
    status: str
    amount_minor: int
    currency: str
    intent_id: str
    reason: str
    due_by: datetime | None
    opened_at: datetime
    fees: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement of our balance: `amount_minor` before the provider's fee."""

    id: str
    kind: str
    source: str
    amount_minor: int
    fee_minor: int
    currency: str
    moved_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """An event: `object_id` is what it is about, `account` whose it is where that is a mentor's."""

    id: str
    kind: str
    object_id: str
    account: str
    created_at: datetime
    metadata: Mapping[str, str]
