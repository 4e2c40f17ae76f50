"""The addresses of admin."""

from __future__ import annotations

from server.admin import api as admin_api
from server.admin import (
    audit_views,
    deliveries,
    invitations_api,
    invitations_views,
    recordings_views,
    reviews_api,
    reviews_views,
    users_api,
    users_views,
)
from server.admin import views as admin_views
from server.edge.access import Access
from server.payments.reports import api as reports_api
from server.payments.reports import books_views
from server.payments.reports import views as reports_views
from server.people import credential_views
from server.routes.table import (
    API,
    AUDIT,
    EVERYBODYS,
    FIGURES,
    MEDIA,
    PEOPLE,
    REVIEWS,
    ROLES,
    STAFF,
    STANDING,
    Route,
)

REVISIONS, EVIDENCE = f"{API}/admin/revisions", f"{API}/admin/credentials"
DESK = "/dashboard/admin"
MONEY = reports_views.PAGE
USERS, INVITATIONS = users_views.PAGE, invitations_views.PAGE
RECORDINGS = recordings_views.PAGE

ROUTES: tuple[Route, ...] = (
    Route("GET", "/dashboard/admin/overview", admin_views.overview, FIGURES),
    Route("GET", USERS, users_views.users, PEOPLE),
    Route("GET", f"{USERS}/{{id}}", users_views.user_page, PEOPLE, EVERYBODYS),
    Route(
        "POST", f"{USERS}/{{id}}/standing", users_views.change_standing, STANDING, EVERYBODYS, fresh=True
    ),
    Route("POST", f"{USERS}/{{id}}/roles", users_views.change_roles, ROLES, EVERYBODYS, fresh=True),
    Route("GET", INVITATIONS, invitations_views.invitations, STAFF),
    Route("POST", INVITATIONS, invitations_views.invite, STAFF, fresh=True),
    Route("POST", f"{INVITATIONS}/{{id}}", invitations_views.revoke, STAFF, EVERYBODYS, fresh=True),
    Route("GET", "/dashboard/admin/audit", audit_views.audit_page, AUDIT),
    Route("GET", "/dashboard/admin/audit.csv", audit_views.audit_table, AUDIT),
    Route("GET", MONEY, reports_views.figures_page, Access.MONEY_VIEW),
    Route("GET", f"{MONEY}/figures.csv", reports_views.figures_table, Access.MONEY_VIEW),
    Route("GET", f"{MONEY}/list", reports_views.payments_page, Access.MONEY_VIEW),
    Route("GET", f"{MONEY}/list.csv", reports_views.payments_table, Access.MONEY_VIEW),
    Route("GET", f"{MONEY}/books", books_views.books_page, Access.MONEY_VIEW),
    Route("GET", f"{MONEY}/books/account", books_views.account_page, Access.MONEY_VIEW),
    Route("GET", f"{MONEY}/{{id}}", reports_views.payment_page, Access.MONEY_VIEW, EVERYBODYS),
    Route("GET", f"{MONEY}/{{id}}/receipt", reports_views.receipt_file, Access.MONEY_VIEW, EVERYBODYS),
    Route("GET", "/dashboard/admin/disputes", books_views.disputes_page, Access.MONEY_VIEW),
    Route("GET", f"{API}/admin/payments", reports_api.all_payments, Access.MONEY_VIEW),
    Route("GET", "/dashboard/admin/reviews", reviews_views.reviews, REVIEWS),
    Route("POST", f"{DESK}/mentors/{{username}}", reviews_views.review_mentor, REVIEWS, EVERYBODYS),
    Route("POST", f"{DESK}/revisions/{{revision}}", reviews_views.review_revision, REVIEWS, EVERYBODYS),
    Route("POST", f"{DESK}/credentials/{{id}}", reviews_views.review_credential, REVIEWS, EVERYBODYS),
    Route("GET", deliveries.PAGE, deliveries.deliveries_page, PEOPLE),
    Route("GET", RECORDINGS, recordings_views.recordings, Access.RECORDINGS_VIEW),
    Route(
        "GET", f"{RECORDINGS}/{{id}}", recordings_views.recording_page, Access.RECORDINGS_VIEW, EVERYBODYS
    ),
    Route(
        "POST",
        f"{RECORDINGS}/{{id}}/hold",
        recordings_views.change_hold,
        Access.RECORDINGS_HOLD,
        EVERYBODYS,
    ),
    Route("GET", "/dashboard/admin/control", admin_views.control, MEDIA),
    Route("POST", "/dashboard/admin/media-nodes/{id}", admin_views.switch_node, MEDIA, EVERYBODYS),
    Route("GET", f"{API}/admin/users", users_api.users, PEOPLE),
    Route("GET", f"{API}/admin/users/{{id}}", users_api.user, PEOPLE, EVERYBODYS),
    Route("PATCH", f"{API}/admin/users/{{id}}", users_api.change_user, STANDING, EVERYBODYS, fresh=True),
    Route(
        "POST", f"{API}/admin/users/{{id}}/warn", users_api.warn_user, STANDING, EVERYBODYS, fresh=True
    ),
    Route("GET", f"{API}/admin/invitations", invitations_api.invitations, STAFF),
    Route("POST", f"{API}/admin/invitations", invitations_api.invite, STAFF, fresh=True),
    Route(
        "DELETE",
        f"{API}/admin/invitations/{{id}}",
        invitations_api.revoke_invitation,
        STAFF,
        EVERYBODYS,
        fresh=True,
    ),
    Route("GET", f"{API}/admin/audit", audit_views.audit_api, AUDIT),
    Route(
        "GET",
        "/dashboard/admin/credentials/{id}/file",
        credential_views.file_for_reviewers,
        REVIEWS,
        EVERYBODYS,
    ),
    Route("GET", f"{API}/admin/mentors", admin_api.waiting_mentors, REVIEWS),
    Route("POST", f"{API}/admin/mentors/{{username}}/approve", admin_api.approve, REVIEWS, EVERYBODYS),
    Route("POST", f"{API}/admin/mentors/{{username}}/reject", admin_api.reject, REVIEWS, EVERYBODYS),
    Route(
        "POST",
        f"{API}/admin/mentors/{{username}}/request-changes",
        admin_api.send_back,
        REVIEWS,
        EVERYBODYS,
    ),
    Route("POST", f"{API}/admin/mentors/{{username}}/suspend", admin_api.suspend, REVIEWS, EVERYBODYS),
    Route("GET", REVISIONS, reviews_api.waiting_revisions, REVIEWS),
    Route("POST", f"{REVISIONS}/{{revision}}/approve", reviews_api.approve_revision, REVIEWS, EVERYBODYS),
    Route("POST", f"{REVISIONS}/{{revision}}/reject", reviews_api.reject_revision, REVIEWS, EVERYBODYS),
    Route("GET", EVIDENCE, reviews_api.waiting_credentials, REVIEWS),
    Route("POST", f"{EVIDENCE}/{{id}}/approve", reviews_api.approve_credential, REVIEWS, EVERYBODYS),
    Route("POST", f"{EVIDENCE}/{{id}}/reject", reviews_api.reject_credential, REVIEWS, EVERYBODYS),
    Route("GET", f"{API}/admin/media-nodes", admin_api.media_nodes, MEDIA),
    Route("POST", f"{API}/admin/media-nodes/{{id}}/drain", admin_api.drain_node, MEDIA, EVERYBODYS),
    Route("POST", f"{API}/admin/media-nodes/{{id}}/resume", admin_api.resume_node, MEDIA, EVERYBODYS),
)
