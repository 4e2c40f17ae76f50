"""The log as JSON, as a page, and as a table for other programs."""

from __future__ import annotations

import json
from zoneinfo import ZoneInfo

from aiohttp import web

from server.accounts.views import error_lines
from server.admin.audit import AuditEntry, AuditFilter, audit_entries
from server.edge.access import require_viewer
from server.edge.api import ok, page_of, paging, read_query, timestamp
from server.edge.openapi import described
from server.edge.paging import Part
from server.edge.tables import MOST_ROWS, table_file
from server.edge.templates import render
from server.infra.errors import Invalid

PER_PAGE = 50
COLUMNS = ("at", "actor", "action", "subject", "subject_id", "subject_name", "detail", "reason")


@described(query=AuditFilter, paged=True, item=AuditEntry)
async def audit_api(request: web.Request) -> web.Response:
    """`GET /admin/audit?actor=&person=&subject=&subject_id=&action=&from=&to=`: days of UTC."""
    wanted, part = read_query(request, AuditFilter), paging(request)
    found, total = await audit_entries(wanted, ZoneInfo("UTC"), part.offset, part.per_page)
    return ok(page_of(found, part.page, part.per_page, total))


async def audit_page(request: web.Request) -> web.StreamResponse:
    part, errors = Part.asked(request, PER_PAGE), {}
    try:
        wanted = read_query(request, AuditFilter)
    except Invalid as error:
        wanted, errors = AuditFilter.model_validate({}), error_lines(error)
    found, total = await audit_entries(wanted, _zone(request), part.offset, part.per_page)
    sent = wanted.model_dump(by_alias=True, mode="json")
    context = {
        "entries": found,
        "page": part.of(total),
        "filters": {name: value for name, value in sent.items() if value},
        "errors": errors,
    }
    return render(request, "admin/audit.html", context)


async def audit_table(request: web.Request) -> web.StreamResponse:
    """What the page shows with the same filters, all pages of it, as CSV (RFC 4180)."""
    wanted = read_query(request, AuditFilter)
    found, _ = await audit_entries(wanted, _zone(request), 0, MOST_ROWS)
    return table_file("audit.csv", COLUMNS, map(_row, found))


def _row(entry: AuditEntry) -> tuple[str, ...]:
    detail = json.dumps(entry.detail, ensure_ascii=False) if entry.detail else ""
    texts = (entry.actor, entry.action, entry.subject, entry.subject_id, entry.subject_name)
    return (timestamp(entry.at), *texts, detail, entry.reason)


def _zone(request: web.Request) -> ZoneInfo:
    return ZoneInfo(require_viewer(request).timezone)
