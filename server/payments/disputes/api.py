"""REST of disputes (`/api/v1/admin/disputes`), for the staff."""

from __future__ import annotations

from typing import Literal

from aiohttp import web

from server.edge.api import ok, page_of, paging, read_query
from server.edge.forms import Form
from server.edge.openapi import described
from server.payments.disputes.listing import DisputeRow, disputes


class DisputeFilter(Form):
    status: Literal["", "open", "won", "lost"] = ""


@described(query=DisputeFilter, paged=True, item=DisputeRow)
async def list_disputes(request: web.Request) -> web.StreamResponse:
    """`?status=open|won|lost`, the latest first."""
    wanted, part = read_query(request, DisputeFilter), paging(request)
    found, total = await disputes(part.offset, part.per_page, wanted.status)
    return ok(page_of(found, part.page, part.per_page, total))
