"""Tables for other programs: CSV (RFC 4180) in which a spreadsheet computes nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from aiohttp import web
from babel.numbers import get_currency_precision

MOST_ROWS = 10_000  # of one table
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would compute


def table_file(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> web.Response:
    """The table as a file of that name; None is an empty cell."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(columns)
    table.writerows([_cell(value) for value in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(
        text=written.getvalue(), content_type="text/csv", charset="utf-8", headers=headers
    )


def amount(minor: int | None, currency: str) -> Decimal | None:
    """Minor units as a number of the currency, exactly: 4500 EUR is 45.00."""
    return None if minor is None else Decimal(minor).scaleb(-get_currency_precision(currency))


def _cell(value: object) -> object:
    """As a spreadsheet shows it, and does not compute it."""
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return "" if value is None else value
