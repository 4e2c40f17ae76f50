"""Taking up the other role with the same account; it works without scripts."""

from __future__ import annotations

from aiohttp import web

from server.accounts.values import OPEN_ROLES
from server.edge.access import Viewer, require_viewer
from server.edge.redirects import see_other
from server.edge.templates import render
from server.people.registering import take_role

PAGE = "/profile/edit/role"
DESKS = {"learner": "/dashboard/learner/overview", "mentor": "/profile/edit/mentor"}


def missing_role(person: Viewer) -> str:
    """The one of the two that somebody does not hold; learning comes first, empty is none."""
    return min(OPEN_ROLES - person.roles, default="")


async def role_page(request: web.Request) -> web.StreamResponse:
    """Who has both goes on to their desk."""
    role = missing_role(require_viewer(request))
    return render(request, "people/edit_role.html", {"role": role}) if role else see_other("/dashboard/")


async def take_up(request: web.Request) -> web.StreamResponse:
    """A second press changes nothing."""
    person = require_viewer(request)
    role = missing_role(person)
    if role:
        await take_role(person, role)
    return see_other(DESKS.get(role, "/dashboard/"))
