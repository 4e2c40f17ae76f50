"""The map: every address, what answers it, and who may enter. One line per address."""

from __future__ import annotations

from dataclasses import dataclass

from server.edge.access import Access, View


@dataclass(frozen=True, slots=True)
class Route:
    """One address."""

    method: str
    path: str
    view: View
    access: Access


API = "/api/v1"

ROUTES: tuple[Route, ...] = (
    # --- accounts
    # --- people
    # --- booking
    # --- classroom
    # --- recordings
    # --- discovery
    # --- pages
    # --- admin
)
