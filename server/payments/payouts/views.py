"""The page of a mentor's earnings, and what can be done there. It needs no scripts."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from server.accounts.views import error_lines
from server.edge.access import is_fresh, proven_twice, require_viewer
from server.edge.amounts import amount_text, minor_units, settlement_currency
from server.edge.api import read_query, timestamp
from server.edge.errors import status_of
from server.edge.keys import SETTINGS
from server.edge.paging import Part
from server.edge.paths import id_in_path
from server.edge.redirects import see_other
from server.edge.tables import amount, table_file
from server.edge.templates import read_form, render
from server.infra.clock import now
from server.infra.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, Unavailable
from server.payments.gateway.answers import GatewayRefused
from server.payments.payouts.accounts import PAGE, onboarding_link, refresh
from server.payments.payouts.again import have_back, send_again
from server.payments.payouts.forms import LessonsFilter
from server.payments.payouts.lessons import earned_by
from server.payments.payouts.listing import payouts_of
from server.payments.payouts.page import earnings_page as whole_page
from server.payments.payouts.paper import Sheet, print_statement
from server.payments.payouts.requesting import request_payout
from server.payments.payouts.statements import Statement, statement

PER_PAGE = 15
TABS = (("lessons", "Lessons"), ("payouts", "Payouts"), ("statements", "Statements"))
SAID = {
    "asked": "Your payout is on its way.",
    "again": "Your payout is on its way again.",
    "back": "The amount comes back to your available earnings.",
}
MONTH = re.compile(r"(2\d{3})-(0[1-9]|1[0-2])")
COLUMNS = ("at", "what", "lesson", "amount", "balance", "currency")


# --- the page


async def earnings_page(request: web.Request) -> web.StreamResponse:
    """`?tab=&page=`, and of lessons `?state=&from=&to=`. `?account=`: back from the provider."""
    if "account" in request.query:
        with suppress(Unavailable, GatewayRefused):  # then it is shown as it was
            await refresh(require_viewer(request).user_id)
    return await _page(request, {}, {})


async def _page(
    request: web.Request, form: Mapping[str, Any], errors: Mapping[str, str], status: int = 200
) -> web.Response:
    asking = require_viewer(request)
    tab = request.query.get("tab", "")
    tab = tab if tab in dict(TABS) else TABS[0][0]
    page = await whole_page(asking)
    context = {
        "earnings": page,
        "tab": tab,
        "tabs": [(key, words, f"{PAGE}?tab={key}") for key, words in TABS],
        "form": form or {"amount": amount_text(page.main.payable, page.main.currency)},
        "errors": errors,
        "flash": SAID.get(request.query.get("done", "")),
        "proven": proven_twice(request, asking),
        "fresh": is_fresh(asking),
        **await _listed(request, tab),
    }
    return render(request, "payments/earnings.html", context, status)


async def _listed(request: web.Request, tab: str) -> dict[str, Any]:
    asking, part = require_viewer(request), Part.asked(request, PER_PAGE)
    if tab == "payouts":
        payouts, total = await payouts_of(asking.user_id, part.offset, part.per_page)
        return {"payouts": payouts, "page": part.of(total)}
    if tab == "statements":
        return {}
    wanted, wrong = _filter(request)
    found, total = await earned_by(
        asking.user_id, wanted.wanted(ZoneInfo(asking.timezone)), part.offset, part.per_page
    )
    sent = wanted.model_dump(by_alias=True, mode="json")
    filters = {name: value for name, value in sent.items() if value}
    return {"lessons": found, "page": part.of(total), "filters": filters, "wrong_filters": wrong}


def _filter(request: web.Request) -> tuple[LessonsFilter, dict[str, str]]:
    """What can't be looked for is left out, and said."""
    try:
        return read_query(request, LessonsFilter), {}
    except Invalid as error:
        return LessonsFilter.model_validate({}), error_lines(error)


# --- what can be done


async def go_to_provider(request: web.Request) -> web.StreamResponse:
    """Their account is completed on the provider's own page: a link leads there, since forms of ours
    lead nowhere else."""
    try:
        url = await onboarding_link(require_viewer(request), request.app[SETTINGS].base_url)
    except (Conflict, Forbidden, Unavailable) as refused:
        return await _page(request, {}, error_lines(refused), status_of(refused))
    return see_other(url)


async def ask_for_payout(request: web.Request) -> web.StreamResponse:
    sent = await read_form(request)
    currency = str(sent.get("currency") or settlement_currency())
    try:
        await request_payout(require_viewer(request), _amount(sent, currency), currency)
    except (Conflict, Invalid, Unavailable) as refused:
        return await _page(request, sent, _beside_field(refused), status_of(refused))
    return see_other(f"{PAGE}?tab=payouts&done=asked")


def _amount(sent: Mapping[str, Any], currency: str) -> int:
    """Raises Invalid."""
    minor = minor_units(str(sent.get("amount", "")), currency)
    if minor is None:
        raise Invalid(fields={"amount": "Write the amount as a number."})
    return minor


def _beside_field(refused: DomainError) -> dict[str, str]:
    """The field of the page has another name than that of the API."""
    found = error_lines(refused)
    return {"amount" if name == "amount_minor" else name: words for name, words in found.items()}


async def change_payout(request: web.Request) -> web.StreamResponse:
    """`do` is again or back: what becomes of a payout that failed."""
    sent, mentor_id = await read_form(request), require_viewer(request).user_id
    does = "back" if sent.get("do") == "back" else "again"
    try:
        await (have_back if does == "back" else send_again)(id_in_path(request), mentor_id)
    except Conflict as refused:
        return await _page(request, {}, error_lines(refused), status_of(refused))
    return see_other(f"{PAGE}?tab=payouts&done={does}")


# --- statements


async def statement_file(request: web.Request) -> web.StreamResponse:
    asking, found = require_viewer(request), await _statement(request)
    address = request.app[SETTINGS].base_url + PAGE
    sheet = Sheet(found, asking.name, asking.username, address, now())
    pdf = await asyncio.to_thread(print_statement, sheet)
    headers = {"Content-Disposition": f'inline; filename="statement-{found.number}.pdf"'}
    return web.Response(body=pdf, content_type="application/pdf", headers=headers)


async def statement_table(request: web.Request) -> web.StreamResponse:
    found = await _statement(request)
    return table_file(f"statement-{found.number}.csv", COLUMNS, _rows(found))


def _rows(found: Statement) -> list[tuple[object, ...]]:
    """From the opening to the closing balance."""

    def row(at: str, what: str, title: str, moved: int | None, balance: int) -> tuple[object, ...]:
        amounts = (amount(each, found.currency) for each in (moved, balance))
        return (at, what, title, *amounts, found.currency)

    lines = [
        row(timestamp(line.at), line.what, line.title, line.amount_minor, line.balance_minor)
        for line in found.lines
    ]
    return [
        row("", "Opening balance", "", None, found.opening_minor),
        *lines,
        row("", "Closing balance", "", None, found.closing_minor),
    ]


async def _statement(request: web.Request) -> Statement:
    """`?month=2030-05&currency=EUR`, or of this month. Raises NotFound for what is no month."""
    asking, asked = require_viewer(request), request.query.get("month", "")
    this_month = now().astimezone(ZoneInfo(asking.timezone)).strftime("%Y-%m")
    told = MONTH.fullmatch(asked or this_month)
    if told is None:
        raise NotFound
    currency = request.query.get("currency", settlement_currency())[:3]
    month = date(int(told[1]), int(told[2]), 1)
    return await statement(asking.user_id, currency, month, asking.timezone)
