"""Who is asking, and who may enter. Finding out who is asking is injected by `server/app.py`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from aiohttp import web

from server.edge.keys import SETTINGS
from server.edge.permissions import STAFF, Permission, holders, may
from server.infra import clock
from server.infra.errors import Forbidden, Unauthenticated

View = Callable[[web.Request], Awaitable[web.StreamResponse]]

FRESH_FOR = timedelta(minutes=10)  # since a password or code was given in the same login
DEMO_DOMAIN = "@peerlearn.example"  # nobody can have an address there but the demo's people


class SecondFactorMissing(Forbidden):
    """Whoever administers or is paid must prove themselves twice; this login did not."""

    default_code = "second_factor_setup_required"
    default_message = "Set up a second factor first: this asks for one."


class NotConfirmed(Forbidden):
    """The password or second factor was given too long ago for what is asked."""

    default_code = "confirmation_required"
    default_message = "This asks for a login of the last ten minutes. Please confirm that it is you."


@dataclass(frozen=True, slots=True)
class Viewer:
    """The signed-in person of a request. `login_id` is the row of the login in use.

    `second_factor`: this login gave one. `confirmed_at`: when it last gave the password or a code.
    `picture` is the name under which the person's picture is kept, or empty; `unread` counts what they
    were told and have not read. `mail_returns`: mails to the address come back."""

    user_id: int
    public_id: UUID
    username: str
    name: str
    email: str
    roles: frozenset[str]
    verified: bool
    timezone: str
    login_id: int
    second_factor: bool = False
    confirmed_at: datetime | None = None
    picture: str = ""
    unread: int = 0
    mail_returns: bool = False

    @property
    def is_staff(self) -> bool:
        return bool(self.roles & STAFF)

    def may(self, permission: str) -> bool:
        """Whether one of their roles has it; whether this login proved itself twice is for the door."""
        return may(self.roles, permission)


class Access(Enum):
    """Who may enter a route: anyone, anyone signed in, who holds a role, or whose role has a permission.

    A socket lets everybody in, and then says by its close code what a status would have said."""

    ANYONE = "anyone"
    BY_CLOSE_CODE = "told by a close code"
    SIGNED_IN = "signed in"
    LEARNER = "learner"
    MENTOR = "mentor"
    PAYEE = "mentor who is paid"  # where a mentor's money goes
    REFUNDER = "who gives money back"  # of their own lessons, or as one of the staff
    ADMIN = "admin"  # and owners: what no permission is named for
    FIGURES_VIEW = Permission.FIGURES_VIEW
    PEOPLE_VIEW = Permission.PEOPLE_VIEW
    PEOPLE_CHANGE = Permission.PEOPLE_CHANGE
    PEOPLE_BAN = Permission.PEOPLE_BAN
    ROLES_GRANT = Permission.ROLES_GRANT
    REVIEWS_DECIDE = Permission.REVIEWS_DECIDE
    MONEY_VIEW = Permission.MONEY_VIEW
    CASES_DECIDE = Permission.CASES_DECIDE
    MEDIA_CONTROL = Permission.MEDIA_CONTROL
    AUDIT_VIEW = Permission.AUDIT_VIEW
    RECORDINGS_VIEW = Permission.RECORDINGS_VIEW
    RECORDINGS_HOLD = Permission.RECORDINGS_HOLD

    @property
    def roles(self) -> frozenset[str]:
        """The roles that open the door; none where it opens without one."""
        if isinstance(self.value, Permission):
            return holders(self.value)
        return BY_ROLE.get(self.value, frozenset())

    def admits(self, viewer: Viewer | None) -> bool:
        """Raises Unauthenticated when nobody is signed in, where somebody must be."""
        if self in (Access.ANYONE, Access.BY_CLOSE_CODE):
            return True
        if viewer is None:
            raise Unauthenticated
        return self is Access.SIGNED_IN or bool(self.roles & viewer.roles)

    @property
    def asks_second_factor(self) -> bool:
        """Of anybody who enters here."""
        return self is Access.PAYEE or bool(self.roles & STAFF)

    def asks_second_factor_of(self, viewer: Viewer | None) -> bool:
        """Where some enter by a role of the staff and others by another one, it is asked of the staff."""
        own = viewer.roles if viewer else frozenset()
        return self.asks_second_factor and (self is Access.PAYEE or bool(own & STAFF))


BY_ROLE: Mapping[str, frozenset[str]] = {
    "learner": frozenset({"learner"}),
    "mentor": frozenset({"mentor"}),
    "mentor who is paid": frozenset({"mentor"}),
    "who gives money back": frozenset({"mentor"}) | holders(Permission.MONEY_REFUND),
    "admin": frozenset({"admin", "owner"}),
}


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
    MENTORS_AND_STAFF = "its mentor's and the staff's who may enter; 404 for others"
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


def guarded(view: View, access: Access, *, fresh: bool = False) -> View:
    """The view behind its door. `fresh`: for who has proven within the last minutes that it is them."""

    async def enter(request: web.Request) -> web.StreamResponse:
        asking = viewer(request)
        if not access.admits(asking):
            raise Forbidden
        if access.asks_second_factor_of(asking) and not proven_twice(request, asking):
            raise SecondFactorMissing
        if fresh and not is_fresh(require_viewer(request)):
            raise NotConfirmed
        return await view(request)

    return enter


def is_fresh(person: Viewer) -> bool:
    """Whether they gave a password or code a short while ago."""
    return person.confirmed_at is not None and clock.now() - person.confirmed_at <= FRESH_FOR


def proven_twice(request: web.Request, person: Viewer | None) -> bool:
    """Whether this login gave a second factor. The demo's people can't receive codes; their passwords are
    public, on this machine alone."""
    if person is None or person.second_factor:
        return person is not None
    settings = request.app[SETTINGS]
    return settings.development and settings.loopback and person.email.endswith(DEMO_DOMAIN)
