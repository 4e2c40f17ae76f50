"""The administrators' pages of the books, and of disputes. They need no scripts."""

from __future__ import annotations

from aiohttp import web

from server.edge.api import read_query
from server.edge.paging import Part
from server.edge.templates import render
from server.infra.errors import Invalid, NotFound
from server.payments.disputes.listing import disputes
from server.payments.ledger.chart import CHART
from server.payments.reports.books import account_lines, latest_checks, trials
from server.payments.reports.forms import AccountQuery, DisputeFilter
from server.payments.reports.views import asked, filters_of

PER_PAGE = 50


async def books_page(request: web.Request) -> web.StreamResponse:
    """The trial balance, and the latest comparisons with the provider."""
    context = {"trials": await trials(), "checks": await latest_checks()}
    return render(request, "payments/books.html", context)


async def account_page(request: web.Request) -> web.StreamResponse:
    """`?account=&currency=&person=&page=`: its entries. There is no account of another name."""
    try:
        wanted = read_query(request, AccountQuery)
    except Invalid as error:
        raise NotFound from error
    part = Part.asked(request, PER_PAGE)
    found, total = await account_lines(
        wanted.account, wanted.currency, wanted.person, part.offset, part.per_page
    )
    context = {
        "account": CHART[wanted.account],
        "currency": wanted.currency,
        "lines": found,
        "page": part.of(total),
        "filters": filters_of(wanted),
    }
    return render(request, "payments/account.html", context)


async def disputes_page(request: web.Request) -> web.StreamResponse:
    """`?state=&page=`."""
    part = Part.asked(request, PER_PAGE)
    wanted, _ = asked(request, DisputeFilter)
    found, total = await disputes(part.offset, part.per_page, wanted.state)
    context = {
        "disputes": found,
        "page": part.of(total),
        "filters": filters_of(wanted),
    }
    return render(request, "payments/disputes.html", context)
