"""The least that can be paid, by currency: Stripe refuses less, since it costs more than it brings.

Source: Stripe's documentation, "Minimum and maximum charge amounts".
"""

from __future__ import annotations

# in minor units
LEAST = {
    "AUD": 50,
    "BRL": 50,
    "CAD": 50,
    "CHF": 50,
    "CZK": 1500,
    "DKK": 250,
    "EUR": 50,
    "GBP": 30,
    "HKD": 400,
    "HUF": 17_500,
    "INR": 50,
    "JPY": 50,
    "KWD": 150,
    "MXN": 1000,
    "NOK": 300,
    "NZD": 50,
    "PLN": 200,
    "SEK": 300,
    "SGD": 50,
    "USD": 50,
}


def least_minor(currency: str) -> int:
    """1 where Stripe names no minimum."""
    return LEAST.get(currency, 1)
