"""REST of requests (`/api/v1`): parse, call one function, answer."""

from __future__ import annotations

from uuid import UUID

from aiohttp import web
from tortoise.expressions import Q

from server.booking.requests import answering, listing
from server.booking.requests.asking import ask
from server.booking.requests.forms import (
    Acceptance,
    Declining,
    Proposal,
    RequestForm,
    RequestsQuery,
)
from server.booking.requests.shapes import RequestShape, request_shape
from server.edge.access import require_viewer
from server.edge.api import ok, page_of, paging, read_json, read_query
from server.edge.openapi import described
from server.edge.paths import id_in_path
from server.infra.clock import now


@described(body=RequestForm, data=RequestShape, statuses=(200, 201))
async def ask_mentor(request: web.Request) -> web.StreamResponse:
    """201 with a new request, 200 with the one that was there for this mentor and time."""
    form = await read_json(request, RequestForm)
    asked = await ask(require_viewer(request), request.match_info["username"], form)
    if asked.created:
        return await _request(request, asked.request_id, "The mentor is asked.", 201)
    return await _request(request, asked.request_id, "You have asked for this already.")


@described(query=RequestsQuery, paged=True, item=RequestShape)
async def list_requests(request: web.Request) -> web.StreamResponse:
    asking, asked, query = require_viewer(request), paging(request), read_query(request, RequestsQuery)
    still_open = listing.still_open(now())
    only = Q() if query.open is None else still_open if query.open else ~still_open
    found, total = await listing.find_requests(
        asking.user_id, query.role, only, asked.offset, asked.per_page
    )
    return ok(page_of([request_shape(row) for row in found], asked.page, asked.per_page, total))


@described(data=RequestShape)
async def get_request(request: web.Request) -> web.StreamResponse:
    return await _request(request, id_in_path(request))


@described(body=Acceptance, data=RequestShape)
async def accept_request(request: web.Request) -> web.StreamResponse:
    request_id, yes = id_in_path(request), await read_json(request, Acceptance)
    await answering.accept(request_id, require_viewer(request), free=yes.free)
    return await _request(request, request_id, "The lesson is booked.")


@described(body=Declining, data=RequestShape)
async def decline_request(request: web.Request) -> web.StreamResponse:
    request_id, no = id_in_path(request), await read_json(request, Declining)
    await answering.decline(request_id, require_viewer(request), no.message)
    return await _request(request, request_id, "The request is declined.")


@described(body=Proposal, data=RequestShape)
async def propose_time(request: web.Request) -> web.StreamResponse:
    request_id, asking = id_in_path(request), require_viewer(request)
    await listing.require_mentor(request_id, asking)
    await answering.propose(request_id, asking, await read_json(request, Proposal))
    return await _request(request, request_id, "The other time is proposed.")


@described(data=RequestShape)
async def withdraw_request(request: web.Request) -> web.StreamResponse:
    request_id = id_in_path(request)
    await answering.withdraw(request_id, require_viewer(request))
    return await _request(request, request_id, "The request is taken back.")


async def _request(
    request: web.Request, request_id: UUID, message: str = "OK", status: int = 200
) -> web.Response:
    found = await listing.get_request(request_id, require_viewer(request))
    return ok(request_shape(found), message, status)
