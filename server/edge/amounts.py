"""Amounts of money as people write them, and as they are kept: whole minor units with a currency.

How many decimals a currency has is its own (ISO 4217: JPY 0, KWD 3)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated

from babel.numbers import get_currency_precision, is_currency
from pydantic import AfterValidator, StringConstraints

CURRENCIES = ("EUR", "USD", "GBP", "CHF", "JPY", "KWD")  # that forms offer; the API takes any
DEFAULT_CURRENCY = "EUR"
AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?")


def _known_currency(code: str) -> str:
    if not is_currency(code):
        raise ValueError("Write the currency as its three letters, such as EUR.")
    return code


Currency = Annotated[
    str, StringConstraints(to_upper=True, pattern=r"^[A-Za-z]{3}$"), AfterValidator(_known_currency)
]


def minor_units(text: str, currency: str) -> int | None:
    """`12.50` or `12,50` in minor units; None where it is no amount of this currency."""
    amount = text.strip().replace(",", ".")
    if not AMOUNT.fullmatch(amount):
        return None
    exponent = get_currency_precision(currency) if is_currency(currency) else 2
    minor = Decimal(amount).scaleb(exponent)
    return int(minor) if minor == int(minor) else None


def amount_text(minor: int, currency: str) -> str:
    """The same amount as a form shows it: `12.50`."""
    return f"{Decimal(minor).scaleb(-get_currency_precision(currency)):f}"
