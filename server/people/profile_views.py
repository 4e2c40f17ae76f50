"""A person's page, who follows them, and the buttons there; served pictures. It works without scripts."""

from __future__ import annotations

from aiohttp import web

from server.edge.access import require_viewer
from server.edge.paging import Part
from server.edge.redirects import safe_next, see_other
from server.edge.templates import read_form, render
from server.people import circle, profiles
from server.people.api import asker
from server.people.gallery import picture_for
from server.people.onboarding import Role, end_tour, replay_tour

PER_PAGE = 24  # faces of a list
DAY_S = 86_400
YEAR_S = 31_536_000


async def profile_page(request: web.Request) -> web.StreamResponse:
    found = await profiles.public_profile(request.match_info["username"], asker(request))
    return render(request, "people/profile.html", {"profile": found})


async def followers_page(request: web.Request) -> web.StreamResponse:
    return await _circle(request, "followers")


async def following_page(request: web.Request) -> web.StreamResponse:
    return await _circle(request, "following")


async def _circle(request: web.Request, direction: circle.Direction) -> web.Response:
    username, viewer_id = request.match_info["username"], asker(request)
    part = Part.asked(request, PER_PAGE)
    faces, total = await circle.circle(username, direction, viewer_id, part.offset, PER_PAGE)
    context = {
        "owner": await circle.owner(username, viewer_id),
        "direction": direction,
        "faces": faces,
        "page": part.of(total),
    }
    return render(request, "people/circle.html", context)


async def change_follow(request: web.Request) -> web.StreamResponse:
    """`do` is follow or unfollow."""
    username, person = request.match_info["username"], require_viewer(request)
    undo = (await read_form(request)).get("do") == "unfollow"
    await (circle.unfollow if undo else circle.follow)(person, username)
    return see_other(f"/profile/{username}")


async def change_block(request: web.Request) -> web.StreamResponse:
    """`do` is block or unblock; both lead to the list of who is blocked."""
    username, person = request.match_info["username"], require_viewer(request)
    undo = (await read_form(request)).get("do") == "unblock"
    await (circle.unblock if undo else circle.block)(person, username)
    return see_other(f"/profile/edit/privacy?done={'unblocked' if undo else 'blocked'}")


async def picture(request: web.Request) -> web.StreamResponse:
    """`GET /media/pictures/{name}`. A new picture has a new name, so that it never changes."""
    content, everybodys = await picture_for(asker(request), request.match_info["name"])
    keep = f"public, max-age={YEAR_S}" if everybodys else f"private, max-age={DAY_S}"
    headers = {"Cache-Control": f"{keep}, immutable", "Content-Security-Policy": "default-src 'none'"}
    if not everybodys:
        headers["Vary"] = "Cookie, Authorization"
    return web.Response(body=content, content_type="image/webp", headers=headers)


async def change_learner_tour(request: web.Request) -> web.StreamResponse:
    return await _change_tour(request, "learner")


async def change_mentor_tour(request: web.Request) -> web.StreamResponse:
    return await _change_tour(request, "mentor")


async def _change_tour(request: web.Request, role: Role) -> web.Response:
    """Dismiss the tour of a desk, or show it again: `do` is end or replay."""
    sent, person = await read_form(request), require_viewer(request)
    change = replay_tour if sent.get("do") == "replay" else end_tour
    await change(person.user_id, role)
    return see_other(safe_next(sent.get("next"), f"/dashboard/{role}/overview"))
