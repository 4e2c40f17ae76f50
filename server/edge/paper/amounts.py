"""Amounts of money on paper, whose fonts lack some signs. Pure."""

from __future__ import annotations

from server.edge.amounts import amount_text
from server.edge.paper.letters import printable
from server.edge.templates import money


def printed_amount(minor: int, currency: str) -> str:
    """With the currency's letters where the fonts lack its sign."""
    said = money(minor, currency).replace("-", "−")
    return printable(said) or f"{currency} {amount_text(minor, currency)}"
