"""The pages and lists that are measured: who looks, and where. `{…}` is filled from `Visitors`."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from scripts.benchmarks.site.town import Visitors


@dataclass(frozen=True)
class Sight:
    """One address as somebody asks for it."""

    role: str
    path: str

    @property
    def is_page(self) -> bool:
        return not self.path.startswith("/api/")

    def address(self, visitors: Visitors) -> str:
        return self.path.format(**asdict(visitors))

    def headers(self, visitors: Visitors) -> dict[str, str]:
        cookie = visitors.cookie(self.role)
        return {"Cookie": f"peerlearn={cookie}"} if cookie else {}


_PATHS = {
    "anonymous": (
        "/",
        "/sessions/",
        "/sessions/?q=flame+graph&level=beginner",
        "/sessions/?skill=python&sort=price&has_seats=1",
        "/sessions/{coming}",
        "/auth/login",
        "/auth/register",
        "/api/v1/sessions",
        "/api/v1/sessions?page=2&per_page=8",
        "/api/v1/sessions?q=flame+graph&sort=popular",
        "/api/v1/sessions?per_page=100",
        "/api/v1/sessions/{coming}",
        "/api/v1/skills",
        "/api/v1/users/{mentor_name}",
    ),
    "learner": (
        "/dashboard/learner/overview",
        "/dashboard/learner/browse",
        "/dashboard/learner/bookings",
        "/dashboard/learner/bookings?tab=past",
        "/sessions/{coming}",
        "/sessions/{past}/summary",
        "/api/v1/bookings",
        "/api/v1/users/me",
        "/api/v1/auth/logins",
    ),
    "mentor": (
        "/dashboard/mentor/overview",
        "/dashboard/mentor/sessions",
        "/dashboard/mentor/sessions?tab=past",
        "/dashboard/mentor/create",
        "/profile/edit/mentor",
    ),
    "admin": (
        "/dashboard/admin/overview",
        "/dashboard/admin/users",
        "/api/v1/admin/users",
        "/api/v1/admin/mentors",
    ),
}

SIGHTS = tuple(Sight(role, path) for role, paths in _PATHS.items() for path in paths)
