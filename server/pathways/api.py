"""REST of pathways (`/api/v1`): parse, call one function, answer."""

from __future__ import annotations

from aiohttp import web

from server.edge.access import require_viewer, viewer
from server.edge.api import ok, page_of, paging, read_query
from server.edge.openapi import described
from server.pathways import following
from server.pathways.forms import PathwaysQuery
from server.pathways.reading import find_pathways, pathway_page
from server.pathways.shapes import PathwayCardShape, PathwayShape, card_shape, pathway_shape


@described(query=PathwaysQuery, paged=True, item=PathwayCardShape)
async def list_pathways(request: web.Request) -> web.StreamResponse:
    """`GET /pathways`: what can be followed, the latest first."""
    asked, asking = paging(request), viewer(request)
    query = read_query(request, PathwaysQuery)
    found, total = await find_pathways(
        asking.user_id if asking else None, asked.offset, asked.per_page, mentor=query.mentor
    )
    return ok(page_of([card_shape(one) for one in found], asked.page, asked.per_page, total))


@described(data=PathwayShape)
async def get_pathway(request: web.Request) -> web.StreamResponse:
    """`GET /pathways/{slug}`: with the asker's own progress."""
    return ok(pathway_shape(await pathway_page(request.match_info["slug"], viewer(request))))


@described(data=PathwayShape)
async def follow(request: web.Request) -> web.StreamResponse:
    """`POST /pathways/{slug}/follow`."""
    await following.follow(request.match_info["slug"], require_viewer(request))
    return await get_pathway(request)


@described(data=PathwayShape)
async def unfollow(request: web.Request) -> web.StreamResponse:
    """`DELETE /pathways/{slug}/follow`."""
    slug, asking = request.match_info["slug"], require_viewer(request)
    before = await pathway_page(slug, asking)
    await following.unfollow(slug, asking)
    after = {**pathway_shape(before), "followed": False, "completed_at": None}
    return ok(after)
