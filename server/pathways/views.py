"""The public page of a pathway; it works without scripts."""

from __future__ import annotations

from aiohttp import web

from server.edge.access import require_viewer, viewer
from server.edge.redirects import see_other
from server.edge.templates import read_form, render
from server.pathways import following
from server.pathways.reading import pathway_page
from server.pathways.values import path_of

SAID = {
    "followed": "You follow this pathway. It stands on your desk.",
    "unfollowed": "You don’t follow this pathway any more.",
}


async def page(request: web.Request) -> web.StreamResponse:
    found = await pathway_page(request.match_info["slug"], viewer(request))
    flash = SAID.get(request.query.get("done", ""))
    return render(request, "pathways/pathway.html", {"pathway": found, "flash": flash})


async def change_follow(request: web.Request) -> web.StreamResponse:
    """`do=unfollow` stops it."""
    asking, slug = require_viewer(request), request.match_info["slug"]
    if (await read_form(request)).get("do") == "unfollow":
        await following.unfollow(slug, asking)
        return see_other(f"{path_of(slug)}?done=unfollowed")
    await following.follow(slug, asking)
    return see_other(f"{path_of(slug)}?done=followed")
