"""What a receipt says. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from server.edge.api import timestamp

SELLER = "PeerLearn"


@dataclass(frozen=True, slots=True)
class Content:
    """As it was when the money came. Instants are UTC; `zone` is the buyer's, in which days are written.

    `method` is what it was paid with: a card's brand and last digits, or "credit"."""

    seller: str
    mentor: str
    buyer: str
    email: str
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    booking: str
    method: str
    amount_minor: int
    currency: str
    paid_at: datetime

    def written(self) -> dict[str, Any]:
        """As it is kept."""
        values = asdict(self)
        return {name: timestamp(value) if name in INSTANTS else value for name, value in values.items()}

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Content:
        """What `written` wrote."""
        instants = {name: datetime.fromisoformat(kept[name]) for name in INSTANTS}
        return cls(**{**kept, **instants})


INSTANTS = ("starts_at", "ends_at", "paid_at")


@dataclass(frozen=True, slots=True)
class Credit:
    """A part that was given back, on a line of its own below what was paid. `arrived_at` is None while it
    is on its way; `as_credit`: the bank refused it, and it can be spent here."""

    amount_minor: int
    at: datetime
    arrived_at: datetime | None
    as_credit: bool


def receipt_name(number: int) -> str:
    """`R-000017`."""
    return f"R-{number:06d}"


def card_words(card: str) -> str:
    """`visa 4242` as people read it: `Visa ending in 4242`."""
    brand, _, digits = card.rpartition(" ")
    if not digits.isdigit():
        return card.title() or "Card"
    return f"{BRANDS.get(brand, brand.title()) or 'Card'} ending in {digits}"


BRANDS = {"amex": "American Express", "mastercard": "Mastercard", "jcb": "JCB", "unionpay": "UnionPay"}
