"""Pages of what one paid: all of it, one payment, its receipt, and all as CSV. They need no scripts."""

from __future__ import annotations

import asyncio
from zoneinfo import ZoneInfo

from aiohttp import web

from server.accounts.views import error_lines
from server.edge.access import require_viewer
from server.edge.api import read_query, timestamp
from server.edge.keys import SETTINGS
from server.edge.paging import Part
from server.edge.paths import id_in_path
from server.edge.tables import MOST_ROWS, amount, table_file
from server.edge.templates import render
from server.infra.errors import Invalid
from server.payments.receipts.content import receipt_name
from server.payments.receipts.forms import TransactionFilter
from server.payments.receipts.listing import Line, credits_of, transactions
from server.payments.receipts.paper import Sheet, print_receipt
from server.payments.receipts.printing import receipt_sheet
from server.payments.receipts.seen import payment_seen

PAGE = "/payments"
PER_PAGE = 25
COLUMNS = ("at", "kind", "payment", "title", "mentor", "amount", "currency", "status", "receipt")


async def transactions_page(request: web.Request) -> web.StreamResponse:
    """`?state=&from=&to=&page=`."""
    asking, part = require_viewer(request), Part.asked(request, PER_PAGE)
    wanted, errors = _filter(request)
    zone = ZoneInfo(asking.timezone)
    found, total = await transactions(asking.user_id, wanted.wanted(zone), part.offset, part.per_page)
    sent = wanted.model_dump(by_alias=True, mode="json")
    context = {
        "lines": found,
        "page": part.of(total),
        "filters": {name: value for name, value in sent.items() if value},
        "errors": errors,
        "credits": await credits_of(asking.user_id),
    }
    return render(request, "payments/transactions.html", context)


def _filter(request: web.Request) -> tuple[TransactionFilter, dict[str, str]]:
    """What can't be looked for is left out, and said."""
    try:
        return read_query(request, TransactionFilter), {}
    except Invalid as error:
        return TransactionFilter.model_validate({}), error_lines(error)


async def transactions_table(request: web.Request) -> web.StreamResponse:
    """What the page shows with the same filters, all pages of it."""
    asking = require_viewer(request)
    wanted = read_query(request, TransactionFilter).wanted(ZoneInfo(asking.timezone))
    found, _ = await transactions(asking.user_id, wanted, 0, MOST_ROWS)
    return table_file("transactions.csv", COLUMNS, map(_row, found))


def _row(line: Line) -> tuple[object, ...]:
    receipt = receipt_name(line.receipt_number) if line.receipt_number else ""
    what = (line.kind, str(line.payment_id), line.title, line.mentor.name)
    money = (amount(line.amount_minor, line.currency), line.currency)
    return (timestamp(line.at), *what, *money, line.status, receipt)


async def payment_page(request: web.Request) -> web.StreamResponse:
    """For its learner, and for the mentor of the lesson."""
    found = await payment_seen(id_in_path(request), require_viewer(request))
    return render(request, "payments/payment.html", {"payment": found})


async def receipt_file(request: web.Request) -> web.StreamResponse:
    """The receipt to print, for its learner."""
    settings = request.app[SETTINGS]
    return await printed(
        await receipt_sheet(id_in_path(request), require_viewer(request), settings.base_url)
    )


async def printed(sheet: Sheet) -> web.Response:
    pdf = await asyncio.to_thread(print_receipt, sheet)
    name = f'inline; filename="receipt-{receipt_name(sheet.number)}.pdf"'
    return web.Response(body=pdf, content_type="application/pdf", headers={"Content-Disposition": name})
