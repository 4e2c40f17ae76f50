"""The administrators' pages of figures and payments, and both as CSV. They need no scripts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import BaseModel

from server.accounts.views import error_lines
from server.edge.access import require_viewer
from server.edge.amounts import settlement_currency
from server.edge.api import read_query, timestamp
from server.edge.keys import SETTINGS
from server.edge.paging import Part
from server.edge.paths import id_in_path
from server.edge.tables import MOST_ROWS, amount, table_file
from server.edge.templates import render
from server.infra.clock import now
from server.infra.errors import Invalid
from server.payments.receipts.content import receipt_name
from server.payments.receipts.printing import any_receipt_sheet
from server.payments.receipts.views import printed
from server.payments.reports.figures import change
from server.payments.reports.forms import PaymentFilter, PeriodQuery
from server.payments.reports.listing import STATES, PaymentRow, payments
from server.payments.reports.looks import note_look
from server.payments.reports.one import payment_file
from server.payments.reports.pictures import charts
from server.payments.reports.report import PartOf, Report, currencies, report

PAGE = "/dashboard/admin/payments"
PER_PAGE = 50
SHOWN = ("gross", "net", "commission", "fees", "refunds", "paid_out", "chargebacks")
FIGURE_COLUMNS = ("from", "to", "currency", *SHOWN, "goodwill", "promotions", "losses")
COLUMNS = (
    *("at", "payment", "title", "learner", "mentor", "status", "amount", "given_back", "fee"),
    *("commission", "currency", "paid_at", "released_at", "receipt", "provider_id"),
)
Query = TypeVar("Query", bound=BaseModel)


def asked(request: web.Request, model: type[Query]) -> tuple[Query, dict[str, str]]:
    """What can't be asked is left out, and said."""
    try:
        return read_query(request, model), {}
    except Invalid as error:
        return model.model_validate({}), error_lines(error)


def filters_of(wanted: BaseModel) -> dict[str, str]:
    """What is set, as it stands in the address."""
    sent = wanted.model_dump(by_alias=True, mode="json")
    return {name: value for name, value in sent.items() if value}


# --- figures


async def figures_page(request: web.Request) -> web.StreamResponse:
    """`?from=&to=&zone=&currency=`."""
    wanted, errors = asked(request, PeriodQuery)
    found, known = await _report(request, wanted)
    own = require_viewer(request).timezone
    context = {
        "report": found,
        "charts": charts(found),
        "changes": {
            name: change(getattr(found.total, name), getattr(found.before, name)) for name in SHOWN
        },
        "currencies": known,
        "zones": list(dict.fromkeys([found.period.zone.key, own, "UTC"])),
        "presets": _presets(_today(wanted.zone or own)),
        "filters": filters_of(wanted),
        "errors": errors,
    }
    return render(request, "payments/figures.html", context)


async def _report(request: web.Request, wanted: PeriodQuery) -> tuple[Report, list[str]]:
    known = await currencies() or [settlement_currency()]
    currency = wanted.currency if wanted.currency in known else known[0]
    zone = require_viewer(request).timezone
    return await report(wanted.period(zone, _today(wanted.zone or zone)), currency), known


def _today(zone: str) -> date:
    return now().astimezone(ZoneInfo(zone)).date()


def _presets(today: date) -> list[tuple[str, date, date]]:
    """Words, first and last day of what is often asked for."""
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    return [
        ("7 days", today - timedelta(days=6), today),
        ("30 days", today - timedelta(days=29), today),
        ("Last month", before.replace(day=1), before),
        ("12 weeks", today - timedelta(days=83), today),
        ("This year", today.replace(month=1, day=1), today),
    ]


async def figures_table(request: web.Request) -> web.StreamResponse:
    """A row for each part of the period, and one for the whole."""
    found, _ = await _report(request, read_query(request, PeriodQuery))
    whole = PartOf(found.period.first, found.period.last, found.total)
    rows = [_figure_row(part, found.currency) for part in (*found.parts, whole)]
    return table_file("figures.csv", FIGURE_COLUMNS, rows)


def _figure_row(part: PartOf, currency: str) -> tuple[object, ...]:
    names = FIGURE_COLUMNS[3:]
    values = [amount(getattr(part.figures, name), currency) for name in names]
    return (part.first.isoformat(), part.last.isoformat(), currency, *values)


# --- payments


async def payments_page(request: web.Request) -> web.StreamResponse:
    """`?q=&state=&from=&to=&currency=&page=`."""
    part = Part.asked(request, PER_PAGE)
    wanted, errors = asked(request, PaymentFilter)
    zone = ZoneInfo(require_viewer(request).timezone)
    found, total = await payments(wanted.wanted(zone), part.offset, part.per_page)
    context = {
        "payments": found,
        "page": part.of(total),
        "states": STATES,
        "filters": filters_of(wanted),
        "errors": errors,
    }
    return render(request, "payments/all.html", context)


async def payments_table(request: web.Request) -> web.StreamResponse:
    """What the page shows with the same filters, all pages of it."""
    wanted = read_query(request, PaymentFilter)
    zone = ZoneInfo(require_viewer(request).timezone)
    found, _ = await payments(wanted.wanted(zone), 0, MOST_ROWS)
    return table_file("payments.csv", COLUMNS, map(_row, found))


def _row(row: PaymentRow) -> tuple[object, ...]:
    money = [
        amount(minor, row.currency)
        for minor in (row.amount_minor, row.refunded_minor, row.fee_minor, row.commission_minor)
    ]
    moments = [timestamp(at) if at else "" for at in (row.succeeded_at, row.released_at)]
    receipt = receipt_name(row.receipt_number) if row.receipt_number else ""
    people = (row.learner_username, row.mentor_username)
    what = (timestamp(row.at), str(row.id), row.title, *people, row.status)
    return (*what, *money, row.currency, *moments, receipt, row.provider_id)


async def payment_page(request: web.Request) -> web.StreamResponse:
    """One payment from all sides."""
    found = await payment_file(id_in_path(request), require_viewer(request))
    return render(request, "payments/file.html", {"file": found})


async def receipt_file(request: web.Request) -> web.StreamResponse:
    """The receipt that its learner has; whoever looks at it is kept, since their address stands on it."""
    payment_id, asking = id_in_path(request), require_viewer(request)
    sheet = await any_receipt_sheet(payment_id, request.app[SETTINGS].base_url)
    await note_look(asking.user_id, payment_id)
    return await printed(sheet)
