"""The map: every address, what answers it, and who may enter. One line per address."""

from __future__ import annotations

from dataclasses import dataclass

from server.accounts import api as auth_api
from server.accounts import views as auth_views
from server.admin import api as admin_api
from server.admin import views as admin_views
from server.booking import api as booking_api
from server.booking import editor
from server.booking import views as booking_views
from server.classroom import api as classroom_api
from server.classroom import views as classroom_views
from server.classroom.socket import room_socket
from server.discovery import api as discovery_api
from server.discovery import views as discovery_views
from server.edge import operations
from server.edge.access import Access, View
from server.pages import development
from server.pages import views as pages
from server.people import api as people_api
from server.people import views as people_views
from server.recordings import api as recordings_api
from server.recordings import views as recordings_views


@dataclass(frozen=True, slots=True)
class Route:
    """One address. `token_free`: it acts with no login's authority and asks for no CSRF token."""

    method: str
    path: str
    view: View
    access: Access
    token_free: bool = False


API = "/api/v1"

ROUTES: tuple[Route, ...] = (
    # --- accounts
    Route("GET", "/auth/login", auth_views.login_page, Access.ANYONE),
    Route("POST", "/auth/login", auth_views.log_in, Access.ANYONE, token_free=True),
    Route("POST", "/auth/logout", auth_views.log_out, Access.ANYONE),
    Route("GET", "/auth/verify", auth_views.verify_page, Access.ANYONE),
    Route("POST", "/auth/verify", auth_views.verify, Access.ANYONE, token_free=True),
    Route("GET", "/auth/check-mail", auth_views.check_mail_page, Access.ANYONE),
    Route("POST", "/auth/check-mail", auth_views.resend, Access.ANYONE, token_free=True),
    Route("GET", "/auth/reset", auth_views.reset_page, Access.ANYONE),
    Route("POST", "/auth/reset", auth_views.reset, Access.ANYONE, token_free=True),
    Route("POST", f"{API}/auth/login", auth_api.log_in, Access.ANYONE, token_free=True),
    Route("POST", f"{API}/auth/logout", auth_api.log_out, Access.SIGNED_IN),
    Route("POST", f"{API}/auth/verify-email", auth_api.verify_email, Access.ANYONE, token_free=True),
    Route(
        "POST",
        f"{API}/auth/verify-email/resend",
        auth_api.resend,
        Access.ANYONE,
        token_free=True,
    ),
    Route("POST", f"{API}/auth/password-reset", auth_api.ask_reset, Access.ANYONE, token_free=True),
    Route(
        "POST",
        f"{API}/auth/password-reset/confirm",
        auth_api.reset,
        Access.ANYONE,
        token_free=True,
    ),
    Route("GET", f"{API}/auth/csrf", auth_api.csrf_token, Access.ANYONE),
    Route("GET", f"{API}/auth/logins", auth_api.active_logins, Access.SIGNED_IN),
    Route("DELETE", f"{API}/auth/logins/{{id}}", auth_api.revoke_login, Access.SIGNED_IN),
    # --- people
    Route("GET", "/auth/register", people_views.register_page, Access.ANYONE),
    Route("POST", "/auth/register", people_views.register, Access.ANYONE, token_free=True),
    Route("POST", f"{API}/auth/register", people_api.register, Access.ANYONE, token_free=True),
    Route("GET", f"{API}/users/me", people_api.me, Access.SIGNED_IN),
    Route("PATCH", f"{API}/users/me", people_api.change_me, Access.SIGNED_IN),
    Route("POST", f"{API}/users/me/roles", people_api.take_role, Access.SIGNED_IN),
    Route("GET", f"{API}/users/me/skills", people_api.skills, Access.SIGNED_IN),
    Route("PUT", f"{API}/users/me/skills", people_api.replace_skills, Access.SIGNED_IN),
    Route("GET", f"{API}/users/{{username}}", people_api.profile, Access.ANYONE),
    Route("GET", f"{API}/skills", people_api.taxonomy, Access.ANYONE),
    # --- booking
    Route("GET", "/sessions/{id}", booking_views.session_page, Access.ANYONE),
    Route("GET", "/sessions/{id}/book", booking_views.book_again, Access.SIGNED_IN),
    Route("POST", "/sessions/{id}/book", booking_views.book, Access.SIGNED_IN),
    Route("POST", "/sessions/{id}/cancel", booking_views.cancel, Access.SIGNED_IN),
    Route("POST", "/sessions/{id}/publish", booking_views.publish, Access.SIGNED_IN),
    Route("POST", "/sessions/{id}/start", booking_views.start, Access.SIGNED_IN),
    Route("GET", "/sessions/{id}/edit", editor.edit_page, Access.SIGNED_IN),
    Route("POST", "/sessions/{id}/edit", editor.edit, Access.SIGNED_IN),
    Route("GET", "/dashboard/mentor/create", editor.create_page, Access.MENTOR),
    Route("POST", "/dashboard/mentor/create", editor.create, Access.MENTOR),
    Route("GET", "/dashboard/mentor/sessions", booking_views.mentor_sessions, Access.MENTOR),
    Route("GET", "/dashboard/learner/bookings", booking_views.bookings, Access.SIGNED_IN),
    Route("POST", f"{API}/sessions", booking_api.create_session, Access.MENTOR),
    Route("GET", f"{API}/sessions/{{id}}", booking_api.get_session, Access.ANYONE),
    Route("PATCH", f"{API}/sessions/{{id}}", booking_api.change_session, Access.SIGNED_IN),
    Route("DELETE", f"{API}/sessions/{{id}}", booking_api.delete_session, Access.SIGNED_IN),
    Route("POST", f"{API}/sessions/{{id}}/publish", booking_api.publish_session, Access.SIGNED_IN),
    Route("POST", f"{API}/sessions/{{id}}/start", booking_api.start_session, Access.SIGNED_IN),
    Route("POST", f"{API}/sessions/{{id}}/end", booking_api.end_session, Access.SIGNED_IN),
    Route("POST", f"{API}/sessions/{{id}}/cancel", booking_api.cancel_session, Access.SIGNED_IN),
    Route("POST", f"{API}/sessions/{{id}}/bookings", booking_api.book_session, Access.SIGNED_IN),
    Route("GET", f"{API}/bookings", booking_api.list_bookings, Access.SIGNED_IN),
    Route("GET", f"{API}/bookings/{{id}}", booking_api.get_booking, Access.SIGNED_IN),
    Route("POST", f"{API}/bookings/{{id}}/cancel", booking_api.cancel_booking, Access.SIGNED_IN),
    # --- classroom
    Route("GET", "/ws/session/{id}/", room_socket, Access.ANYONE),
    Route("GET", "/sessions/{id}/room", classroom_views.room_page, Access.SIGNED_IN),
    Route("GET", "/sessions/{id}/summary", classroom_views.summary_page, Access.SIGNED_IN),
    Route("POST", f"{API}/sessions/{{id}}/ticket", classroom_api.issue_ticket, Access.SIGNED_IN),
    Route(
        "POST",
        f"{API}/sessions/{{id}}/recordings/consent",
        classroom_api.answer_consent,
        Access.SIGNED_IN,
    ),
    # --- recordings
    Route("GET", "/sessions/{id}/recordings", recordings_views.recording_page, Access.SIGNED_IN),
    Route("GET", f"{API}/sessions/{{id}}/recordings", recordings_api.get_recording, Access.SIGNED_IN),
    Route("GET", f"{API}/recordings/{{id}}/file", recordings_api.get_file, Access.SIGNED_IN),
    Route("DELETE", f"{API}/recordings/{{id}}", recordings_api.delete_recording, Access.SIGNED_IN),
    # --- discovery
    Route("GET", "/sessions/", discovery_views.browse, Access.ANYONE),
    Route("GET", f"{API}/sessions", discovery_api.list_sessions, Access.ANYONE),
    # --- pages
    Route("GET", "/", pages.landing, Access.ANYONE),
    Route("GET", "/dashboard/", pages.dashboard, Access.SIGNED_IN),
    Route("GET", "/dashboard/learner/overview", pages.learner_overview, Access.SIGNED_IN),
    Route("GET", "/dashboard/learner/browse", pages.learner_browse, Access.SIGNED_IN),
    Route("GET", "/dashboard/mentor/overview", pages.mentor_overview, Access.MENTOR),
    # --- admin
    Route("GET", "/dashboard/admin/overview", admin_views.overview, Access.ADMIN),
    Route("GET", "/dashboard/admin/users", admin_views.users, Access.ADMIN),
    Route("POST", "/dashboard/admin/mentors/{username}", admin_views.review_mentor, Access.ADMIN),
    Route("GET", f"{API}/admin/users", admin_api.users, Access.ADMIN),
    Route("PATCH", f"{API}/admin/users/{{id}}", admin_api.change_user, Access.ADMIN),
    Route("GET", f"{API}/admin/mentors", admin_api.waiting_mentors, Access.ADMIN),
    Route("POST", f"{API}/admin/mentors/{{username}}/approve", admin_api.approve, Access.ADMIN),
    Route("POST", f"{API}/admin/mentors/{{username}}/reject", admin_api.reject, Access.ADMIN),
    Route(
        "POST",
        f"{API}/admin/mentors/{{username}}/request-changes",
        admin_api.send_back,
        Access.ADMIN,
    ),
    # --- operations
    Route("GET", "/healthz", operations.healthz, Access.ANYONE),
    Route("GET", "/readyz", operations.readyz, Access.ANYONE),
    Route("GET", "/metrics", operations.metrics, Access.ANYONE),
)

# Only where `ENV=development`.
DEVELOPMENT_ROUTES: tuple[Route, ...] = (
    Route("GET", "/dev/components", development.components_page, Access.ANYONE),
    Route("GET", "/dev/mail", development.mail_page, Access.ANYONE),
    Route("GET", "/dev/mail.json", development.mail_json, Access.ANYONE),
    Route("GET", "/dev/info.json", development.info_json, Access.ANYONE),
)
