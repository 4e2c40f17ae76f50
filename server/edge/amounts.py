"""Amounts of money as people write them, and as they are kept: whole minor units with a currency.

How many decimals a currency has is its own (ISO 4217: JPY 0, KWD 3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Annotated

from babel.numbers import get_currency_precision, is_currency
from pydantic import AfterValidator, StringConstraints

AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?")


_settlement = "EUR"


def settlement_currency() -> str:
    """The one currency in which this installation is paid and pays out."""
    return _settlement


def use_settlement_currency(code: str) -> None:
    """Called once at the start of each process. Raises ValueError for what is no currency."""
    global _settlement
    _settlement = _known_currency(code)


@contextmanager
def settled_in(code: str) -> Iterator[None]:
    """Run the block in an installation of this currency."""
    before = settlement_currency()
    use_settlement_currency(code)
    try:
        yield
    finally:
        use_settlement_currency(before)


def _known_currency(code: str) -> str:
    if not is_currency(code):
        raise ValueError("Write the currency as its three letters, such as EUR.")
    return code


Currency = Annotated[
    str, StringConstraints(to_upper=True, pattern=r"^[A-Za-z]{3}$"), AfterValidator(_known_currency)
]


def _settled(code: str) -> str:
    if code != _settlement:
        raise ValueError(f"Prices here are in {_settlement}.")
    return code


SettlementCurrency = Annotated[Currency, AfterValidator(_settled)]


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
