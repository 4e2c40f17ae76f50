"""What each role of the staff may do: one table. Who holds several roles may do what any of them may."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum

# From the highest rank down. Nobody of the staff changes somebody of their own rank or above, but owners.
STAFF_ROLES = ("owner", "admin", "support", "finance", "ops")
STAFF = frozenset(STAFF_ROLES)  # roles that ask for a second factor
RANKS: Mapping[str, int] = {"owner": 3, "admin": 2, "support": 1, "finance": 1, "ops": 1}


class Permission(StrEnum):
    """Something that is not for everybody; routes ask for it by the `Access` of the same name."""

    FIGURES_VIEW = "figures.view"  # the overview of the administration
    PEOPLE_VIEW = "people.view"
    PEOPLE_CHANGE = "people.change"  # warn, suspend, and let in again
    PEOPLE_BAN = "people.ban"  # ban for good, and make or unmake learners and mentors
    ROLES_GRANT = "roles.grant"  # make or unmake staff, by invitation or by hand
    REVIEWS_DECIDE = "reviews.decide"
    MONEY_VIEW = "money.view"
    MONEY_REFUND = "money.refund"  # give payments back to their learners
    CASES_DECIDE = "cases.decide"  # issues that learners and mentors raise, and their money
    MEDIA_CONTROL = "media.control"
    AUDIT_VIEW = "audit.view"
    RECORDINGS_VIEW = "recordings.view"  # which there are, and who fetched them; never what is in them
    RECORDINGS_HOLD = "recordings.hold"  # keep one for longer than anybody may delete it


_ALL = frozenset(Permission)

GRANTED: Mapping[str, frozenset[Permission]] = {
    "owner": _ALL,
    "admin": _ALL - {Permission.ROLES_GRANT},
    "support": frozenset(
        {
            Permission.FIGURES_VIEW,
            Permission.PEOPLE_VIEW,
            Permission.PEOPLE_CHANGE,
            Permission.REVIEWS_DECIDE,
            Permission.MONEY_REFUND,
            Permission.RECORDINGS_VIEW,
        }
    ),
    "finance": frozenset(
        {
            Permission.FIGURES_VIEW,
            Permission.MONEY_VIEW,
            Permission.MONEY_REFUND,
            Permission.CASES_DECIDE,
        }
    ),
    "ops": frozenset({Permission.FIGURES_VIEW, Permission.MEDIA_CONTROL}),
}


def holders(permission: Permission) -> frozenset[str]:
    """The roles that have it."""
    return frozenset(role for role, granted in GRANTED.items() if permission in granted)


def may(roles: Collection[str], permission: str) -> bool:
    """Whether one of the roles has it."""
    return any(permission in GRANTED.get(role, ()) for role in roles)


def rank(roles: Collection[str]) -> int:
    """How high somebody with these roles stands; 0 is nobody of the staff."""
    return max((RANKS.get(role, 0) for role in roles), default=0)
