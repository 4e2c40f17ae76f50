"""Who is asking, and who may enter. Finding out who is asking is injected by `server/app.py`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from aiohttp import web

from server.infra.errors import Forbidden, Unauthenticated

View = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Viewer:
    """The signed-in person of a request. `login_id` is the row of the login in use."""

    user_id: int
    public_id: UUID
    username: str
    name: str
    email: str
    roles: frozenset[str]
    verified: bool
    timezone: str
    login_id: int


class Access(Enum):
    """Who may enter a route: anyone, anyone signed in, or one who holds one of the roles.

    A socket lets everybody in, and then says by its close code what a status would have said."""

    ANYONE = frozenset[str]()
    BY_CLOSE_CODE = frozenset({"+"})
    SIGNED_IN = frozenset({"*"})
    LEARNER = frozenset({"learner"})
    MENTOR = frozenset({"mentor"})
    ADMIN = frozenset({"admin", "owner"})

    def admits(self, viewer: Viewer | None) -> bool:
        """Raises Unauthenticated when nobody is signed in, where somebody must be."""
        if self in (Access.ANYONE, Access.BY_CLOSE_CODE):
            return True
        if viewer is None:
            raise Unauthenticated
        return self is Access.SIGNED_IN or bool(self.value & viewer.roles)


class Whose(Enum):
    """Whose object an address names, and what others get who may enter but to whom it is foreign.

    The views' services decide; this says what they must decide, and `tests/server/test_policy.py`
    asks every address as everybody. What is not visible, such as a draft, is 404 for all others."""

    NO_OBJECT = "names no object, or only what is the asker's own"
    EVERYBODYS = "open to all who can see it"
    MENTORS = "its mentor's; 403 for others"
    MEMBERS = "its mentor's and booked learners'; 403 for others"
    MEMBERS_ONLY = "its mentor's and booked learners'; 404 for others"
    MENTORS_ONLY = "its mentor's; 403 for booked learners, 404 for others"
    OWN = "one person's; 404 for others"


VIEWER: web.RequestKey[Viewer] = web.RequestKey("viewer", Viewer)
COOKIE_LOGIN: web.RequestKey[str] = web.RequestKey("cookie_login", str)  # the cookie that signed in


def viewer(request: web.Request) -> Viewer | None:
    """The signed-in person, or None."""
    return request.get(VIEWER)


def require_viewer(request: web.Request) -> Viewer:
    """The signed-in person.

    Raises Unauthenticated."""
    found = viewer(request)
    if found is None:
        raise Unauthenticated
    return found


def guarded(view: View, access: Access) -> View:
    """The view behind its door."""

    async def enter(request: web.Request) -> web.StreamResponse:
        if not access.admits(viewer(request)):
            raise Forbidden
        return await view(request)

    return enter
