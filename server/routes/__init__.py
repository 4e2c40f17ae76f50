"""The map: every address, what answers it, and who may enter. One line per address."""

from __future__ import annotations

from server.routes import (
    accounts,
    achievements,
    admin,
    booking,
    calendar,
    classroom,
    development,
    discovery,
    feedback,
    materials,
    measures,
    messages,
    notifications,
    operations,
    pages,
    pathways,
    payments,
    payouts,
    people,
    recordings,
    requests,
    rescheduling,
    settlement,
)
from server.routes.table import Route

__all__ = ["DEVELOPMENT_ROUTES", "ROUTES", "Route"]

ROUTES: tuple[Route, ...] = (
    *accounts.ROUTES,
    *notifications.ROUTES,
    *people.ROUTES,
    *booking.ROUTES,
    *payouts.ROUTES,
    *payments.ROUTES,
    *materials.ROUTES,
    *requests.ROUTES,
    *rescheduling.ROUTES,
    *calendar.ROUTES,
    *messages.ROUTES,
    *classroom.ROUTES,
    *measures.ROUTES,
    *settlement.ROUTES,
    *recordings.ROUTES,
    *feedback.ROUTES,
    *achievements.ROUTES,
    *pathways.ROUTES,
    *discovery.ROUTES,
    *pages.ROUTES,
    *admin.ROUTES,
    *operations.ROUTES,
)
DEVELOPMENT_ROUTES = development.ROUTES
