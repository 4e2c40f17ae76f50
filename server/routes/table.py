"""What a line of the map says: one address, what answers it, and who may enter."""

from __future__ import annotations

from dataclasses import dataclass

from server.edge.access import Access, View, Whose


@dataclass(frozen=True, slots=True)
class Route:
    """One address, and its policy: who may enter, and whose object it names.

    `token_free`: it acts with no login's authority and asks for no CSRF token.
    `own_limits`: it counts its senders itself, apart from everybody who writes.
    `fresh`: only for who gave their password or a code in the last minutes.
    `most`: bytes of a body with a file, which may be larger than others."""

    method: str
    path: str
    view: View
    access: Access
    whose: Whose = Whose.NO_OBJECT
    token_free: bool = False
    own_limits: bool = False
    fresh: bool = False
    most: int = 0


API = "/api/v1"
ANYONE, SIGNED_IN, BY_CLOSE_CODE = Access.ANYONE, Access.SIGNED_IN, Access.BY_CLOSE_CODE
MENTOR, PAYEE, ADMIN = Access.MENTOR, Access.PAYEE, Access.ADMIN
FIGURES, PEOPLE, MEDIA = Access.FIGURES_VIEW, Access.PEOPLE_VIEW, Access.MEDIA_CONTROL
REVIEWS, STANDING = Access.REVIEWS_DECIDE, Access.PEOPLE_CHANGE
ROLES, STAFF, AUDIT = Access.PEOPLE_BAN, Access.ROLES_GRANT, Access.AUDIT_VIEW
EVERYBODYS, MENTORS, MEMBERS, OWN = Whose.EVERYBODYS, Whose.MENTORS, Whose.MEMBERS, Whose.OWN
MEMBERS_ONLY, MENTORS_ONLY = Whose.MEMBERS_ONLY, Whose.MENTORS_ONLY
