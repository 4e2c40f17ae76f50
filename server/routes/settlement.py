"""The addresses of who was there, of issues, and of the staff's cases."""

from __future__ import annotations

from server.edge.access import Access
from server.routes.table import API, EVERYBODYS, MEMBERS_ONLY, SIGNED_IN, Route
from server.settlement import api, staff_views, views
from server.settlement.telling import CASES

OF_BOOKING, CASE = "/bookings/{id}", f"{CASES}/{{id}}"
DECIDING = Access.CASES_DECIDE

ROUTES: tuple[Route, ...] = (
    Route("GET", f"{OF_BOOKING}/attendance", views.attendance_page, SIGNED_IN, MEMBERS_ONLY),
    Route("POST", f"{OF_BOOKING}/issue", views.object_to, SIGNED_IN, MEMBERS_ONLY),
    Route("GET", f"{API}{OF_BOOKING}/attendance", api.get_attendance, SIGNED_IN, MEMBERS_ONLY),
    Route("POST", f"{API}{OF_BOOKING}/issue", api.post_issue, SIGNED_IN, MEMBERS_ONLY),
    Route("GET", CASES, staff_views.cases_page, DECIDING),
    Route("GET", CASE, staff_views.case_page, DECIDING, EVERYBODYS),
    Route("POST", CASE, staff_views.decide_case, DECIDING, EVERYBODYS, fresh=True),
    Route("POST", f"{CASE}/take", staff_views.take_case, DECIDING, EVERYBODYS),
    Route("POST", f"{CASE}/leave", staff_views.leave_case, DECIDING, EVERYBODYS),
    Route("GET", f"{API}/admin/cases", api.list_cases, DECIDING),
    Route("POST", f"{API}/admin/cases/{{id}}/take", api.take_case, DECIDING, EVERYBODYS),
    Route("POST", f"{API}/admin/cases/{{id}}/leave", api.leave_case, DECIDING, EVERYBODYS),
    Route("POST", f"{API}/admin/disputes/{{id}}/resolve", api.resolve, DECIDING, EVERYBODYS, fresh=True),
)
