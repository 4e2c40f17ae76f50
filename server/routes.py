"""The map: every address, what answers it, and who may enter. One line per address."""

from __future__ import annotations

from dataclasses import dataclass

from server.accounts import api as auth_api
from server.accounts import email_views, invitation_views, proof_views, security_views
from server.accounts import views as auth_views
from server.achievements import api as achievements_api
from server.achievements import views as achievements_views
from server.admin import api as admin_api
from server.admin import (
    audit_views,
    deliveries,
    invitations_api,
    invitations_views,
    reviews_api,
    reviews_views,
    users_api,
    users_views,
)
from server.admin import views as admin_views
from server.booking import api as booking_api
from server.booking import editor
from server.booking import views as booking_views
from server.booking.drafting import views as drafting_views
from server.booking.hours import slots_api
from server.booking.hours import views as hours_views
from server.booking.requests import api as requests_api
from server.booking.requests import views as requests_views
from server.booking.rescheduling import api as moves_api
from server.booking.rescheduling import views as moves_views
from server.booking.seats import api as seats_api
from server.booking.seats import views as seats_views
from server.calendar import files as calendar_files
from server.calendar import views as calendar_views
from server.classroom import api as classroom_api
from server.classroom import views as classroom_views
from server.classroom.socket import room_socket
from server.discovery import api as discovery_api
from server.discovery import mentors, portfolio, session_views
from server.discovery import views as discovery_views
from server.discovery.seats_socket import seats_socket
from server.edge import operations
from server.edge.access import Access, View, Whose
from server.edge.openapi import openapi_json
from server.materials import adding as materials_adding
from server.materials import api as materials_api
from server.materials import views as materials_views
from server.messages import api as messages_api
from server.messages import files as message_files
from server.messages import person_views as messages_persons
from server.messages import staff_views as messages_staff
from server.messages import views as messages_views
from server.messages.circles import PAGE as MESSAGES
from server.notifications import api as notification_api
from server.notifications import leaving_views, links
from server.notifications import views as notification_views
from server.notifications.push import api as push_api
from server.notifications.push import views as push_views
from server.notifications.socket import notifications_socket
from server.pages import development, installing, personal_views
from server.pages import views as pages
from server.pathways import api as pathways_api
from server.pathways import desk_views as pathways_desk
from server.pathways import views as pathways_views
from server.payments.checkout import api as checkout_api
from server.payments.checkout import views as checkout_views
from server.payments.disputes import api as disputes_api
from server.payments.payouts import api as payouts_api
from server.payments.payouts import views as payouts_views
from server.payments.receipts import api as receipts_api
from server.payments.receipts import views as receipts_views
from server.payments.refunds import api as refunds_api
from server.payments.refunds import views as refunds_views
from server.payments.reports import api as reports_api
from server.payments.reports import books_views
from server.payments.reports import views as reports_views
from server.payments.webhook import views as webhook_views
from server.people import api as people_api
from server.people import (
    availability_api,
    credential_api,
    credential_views,
    evidence,
    profile_views,
    role_views,
)
from server.people import editor as people_editor
from server.people import settings as people_settings
from server.people import views as people_views
from server.people.assessment import api as assessment_api
from server.people.assessment import views as assessment_views
from server.people.pictures import MAX_BYTES
from server.recordings import api as recordings_api
from server.recordings import views as recordings_views


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
PICTURE_BODY = MAX_BYTES + 64 * 1024  # a picture, and what a form puts around it
EVIDENCE_BODY = evidence.MAX_BYTES + 64 * 1024
CREATE = drafting_views.PAGE
CREDENTIALS = credential_views.PAGE
SECURITY = security_views.PAGE
REPORTS = messages_staff.PAGE
CONVERSATION, OF_SESSION = f"{API}/conversations/{{username}}", f"{API}/sessions/{{id}}/messages"
MATERIAL_BODY = materials_adding.MAX_BYTES + 64 * 1024
PATHWAYS = pathways_desk.PAGE
MESSAGE_BODY = message_files.MAX_BYTES + 64 * 1024
REQUEST = f"{API}/requests/{{id}}"
MOVE = f"{API}/reschedules/{{id}}"
ASSESSMENTS = f"{API}/users/me/assessments"
REVISIONS, EVIDENCE = f"{API}/admin/revisions", f"{API}/admin/credentials"
DESK = "/dashboard/admin"
MONEY = reports_views.PAGE
EARNINGS = "/dashboard/mentor/earnings"
USERS, INVITATIONS = users_views.PAGE, invitations_views.PAGE

ANYONE, SIGNED_IN, BY_CLOSE_CODE = Access.ANYONE, Access.SIGNED_IN, Access.BY_CLOSE_CODE
MENTOR, PAYEE, ADMIN = Access.MENTOR, Access.PAYEE, Access.ADMIN
FIGURES, PEOPLE, MEDIA = Access.FIGURES_VIEW, Access.PEOPLE_VIEW, Access.MEDIA_CONTROL
REVIEWS, STANDING = Access.REVIEWS_DECIDE, Access.PEOPLE_CHANGE
ROLES, STAFF, AUDIT = Access.PEOPLE_BAN, Access.ROLES_GRANT, Access.AUDIT_VIEW
EVERYBODYS, MENTORS, MEMBERS, OWN = Whose.EVERYBODYS, Whose.MENTORS, Whose.MEMBERS, Whose.OWN
MEMBERS_ONLY, MENTORS_ONLY = Whose.MEMBERS_ONLY, Whose.MENTORS_ONLY

ROUTES: tuple[Route, ...] = (
    # --- accounts
    Route("GET", "/auth/login", auth_views.login_page, ANYONE),
    Route("POST", "/auth/login", auth_views.log_in, ANYONE, token_free=True),
    Route("POST", "/auth/logout", auth_views.log_out, ANYONE),
    Route("GET", "/auth/verify", auth_views.verify_page, ANYONE),
    Route("POST", "/auth/verify", auth_views.verify, ANYONE, token_free=True),
    Route("GET", "/auth/check-mail", auth_views.check_mail_page, ANYONE),
    Route("POST", "/auth/check-mail", auth_views.resend, ANYONE, token_free=True),
    Route("GET", "/auth/reset", auth_views.reset_page, ANYONE),
    Route("POST", "/auth/reset", auth_views.reset, ANYONE, token_free=True),
    Route("GET", "/auth/2fa", proof_views.code_page, ANYONE),
    Route("POST", "/auth/2fa", proof_views.give_code, ANYONE, token_free=True),
    Route("GET", invitation_views.PAGE, invitation_views.invitation_page, ANYONE),
    Route("POST", invitation_views.PAGE, invitation_views.accept_invitation, ANYONE),
    Route("GET", "/auth/confirm", proof_views.confirm_page, SIGNED_IN),
    Route("POST", "/auth/confirm", proof_views.confirm, SIGNED_IN),
    Route("GET", SECURITY, security_views.security_page, SIGNED_IN),
    Route("POST", f"{SECURITY}/password", security_views.change_my_password, SIGNED_IN),
    Route("GET", email_views.EMAIL_PAGE, email_views.email_page, SIGNED_IN, fresh=True),
    Route("POST", email_views.EMAIL_PAGE, email_views.change_email, SIGNED_IN, fresh=True),
    Route("GET", "/auth/email", email_views.confirm_page, ANYONE),
    Route("POST", "/auth/email", email_views.confirm, ANYONE, token_free=True),
    Route("GET", "/auth/email/undo", email_views.undo_page, ANYONE),
    Route("POST", "/auth/email/undo", email_views.undo, ANYONE, token_free=True),
    Route("POST", f"{SECURITY}/logins", security_views.end_others, SIGNED_IN),
    Route("POST", f"{SECURITY}/logins/{{id}}", security_views.end_login, SIGNED_IN, OWN),
    Route("GET", f"{SECURITY}/2fa", security_views.factor_page, SIGNED_IN, fresh=True),
    Route("POST", f"{SECURITY}/2fa", security_views.enable_factor, SIGNED_IN, fresh=True),
    Route("POST", f"{SECURITY}/2fa/setup", security_views.begin_factor, SIGNED_IN, fresh=True),
    Route("POST", f"{SECURITY}/2fa/disable", security_views.disable_factor, SIGNED_IN, fresh=True),
    Route("POST", f"{SECURITY}/2fa/codes", security_views.renew_codes, SIGNED_IN, fresh=True),
    Route("POST", f"{API}/auth/login", auth_api.log_in, ANYONE, token_free=True),
    Route("POST", f"{API}/auth/logout", auth_api.log_out, SIGNED_IN),
    Route("POST", f"{API}/auth/verify-email", auth_api.verify_email, ANYONE, token_free=True),
    Route("POST", f"{API}/auth/verify-email/resend", auth_api.resend, ANYONE, token_free=True),
    Route("POST", f"{API}/auth/password-reset", auth_api.ask_reset, ANYONE, token_free=True),
    Route("POST", f"{API}/auth/password-reset/confirm", auth_api.reset, ANYONE, token_free=True),
    Route("GET", f"{API}/auth/csrf", auth_api.csrf_token, ANYONE),
    Route("GET", f"{API}/auth/logins", auth_api.active_logins, SIGNED_IN),
    Route("DELETE", f"{API}/auth/logins/{{id}}", auth_api.revoke_login, SIGNED_IN, OWN),
    Route("POST", f"{API}/auth/2fa/setup", auth_api.set_up_factor, SIGNED_IN, fresh=True),
    Route("POST", f"{API}/auth/2fa/enable", auth_api.enable_factor, SIGNED_IN, fresh=True),
    Route("POST", f"{API}/auth/2fa/disable", auth_api.disable_factor, SIGNED_IN, fresh=True),
    # --- notifications
    Route("GET", notification_views.CENTRE, notification_views.centre_page, SIGNED_IN),
    Route("POST", notification_views.CENTRE, notification_views.mark, SIGNED_IN),
    Route("GET", notification_views.PREFERENCES, notification_views.preferences_page, SIGNED_IN),
    Route("POST", notification_views.PREFERENCES, notification_views.change_preferences, SIGNED_IN),
    Route("GET", f"{links.PATH}/{{token}}", leaving_views.unsubscribe_page, ANYONE, EVERYBODYS),
    Route(
        "POST",
        f"{links.PATH}/{{token}}",
        leaving_views.unsubscribe,
        ANYONE,
        EVERYBODYS,
        token_free=True,
    ),
    Route("GET", "/ws/notifications/", notifications_socket, BY_CLOSE_CODE),
    Route("POST", f"{push_views.PAGE}/trial", push_views.ask_for_trial, SIGNED_IN),
    Route("POST", f"{push_views.PAGE}/not-now", push_views.not_now, SIGNED_IN),
    Route("POST", f"{push_views.PAGE}/devices/{{id}}", push_views.remove, SIGNED_IN, OWN),
    Route("GET", f"{API}/push/subscriptions", push_api.subscriptions, SIGNED_IN),
    Route("POST", f"{API}/push/subscriptions", push_api.subscribe, SIGNED_IN),
    Route("DELETE", f"{API}/push/subscriptions", push_api.unsubscribe, SIGNED_IN),
    Route("GET", f"{API}/notifications", notification_api.list_notifications, SIGNED_IN),
    Route("POST", f"{API}/notifications/read", notification_api.mark_read, SIGNED_IN),
    Route("GET", f"{API}/users/me/preferences", notification_api.get_preferences, SIGNED_IN),
    Route("PUT", f"{API}/users/me/preferences", notification_api.change_preferences, SIGNED_IN),
    # --- people
    Route("GET", "/auth/register", people_views.register_page, ANYONE),
    Route("POST", "/auth/register", people_views.register, ANYONE, token_free=True),
    Route("POST", f"{API}/auth/register", people_api.register, ANYONE, token_free=True),
    Route("GET", "/profile/edit/mentor", people_editor.mentor_page, MENTOR),
    Route("POST", "/profile/edit/mentor", people_editor.change_mentor, MENTOR),
    Route("POST", "/profile/edit/mentor/withdraw", people_editor.withdraw_change, MENTOR),
    Route("GET", role_views.PAGE, role_views.role_page, SIGNED_IN),
    Route("POST", role_views.PAGE, role_views.take_up, SIGNED_IN),
    Route("GET", "/profile/edit/basic", people_settings.basic_page, SIGNED_IN),
    Route("POST", "/profile/edit/basic", people_settings.change_basic, SIGNED_IN),
    Route("GET", "/profile/edit/skills", people_settings.skills_page, SIGNED_IN),
    Route("POST", "/profile/edit/skills", people_settings.change_skills, SIGNED_IN),
    Route("GET", "/profile/edit/picture", people_settings.picture_page, SIGNED_IN),
    Route("POST", "/profile/edit/picture", people_settings.change_picture, SIGNED_IN, most=PICTURE_BODY),
    Route("GET", CREDENTIALS, credential_views.credentials_page, SIGNED_IN),
    Route("POST", CREDENTIALS, credential_views.add, SIGNED_IN, most=EVIDENCE_BODY),
    Route("POST", f"{CREDENTIALS}/{{id}}", credential_views.remove, SIGNED_IN, OWN),
    Route("GET", f"{CREDENTIALS}/{{id}}/file", credential_views.own_file, SIGNED_IN, OWN),
    Route("GET", "/profile/edit/privacy", people_settings.privacy_page, SIGNED_IN),
    Route("POST", "/profile/edit/privacy", people_settings.change_privacy, SIGNED_IN),
    Route("GET", "/profile/assess/{skill}", assessment_views.assessment_page, SIGNED_IN, EVERYBODYS),
    Route("POST", "/profile/assess/{skill}", assessment_views.change_assessment, SIGNED_IN, EVERYBODYS),
    Route("GET", "/profile/{username}", profile_views.profile_page, ANYONE, EVERYBODYS),
    Route("GET", "/profile/{username}/followers", profile_views.followers_page, ANYONE, EVERYBODYS),
    Route("GET", "/profile/{username}/following", profile_views.following_page, ANYONE, EVERYBODYS),
    Route("POST", "/profile/{username}/follow", profile_views.change_follow, SIGNED_IN, EVERYBODYS),
    Route("POST", "/profile/{username}/block", profile_views.change_block, SIGNED_IN, EVERYBODYS),
    Route("GET", "/media/pictures/{name}", profile_views.picture, ANYONE, EVERYBODYS),
    Route("POST", "/dashboard/learner/tour", profile_views.change_learner_tour, SIGNED_IN),
    Route("POST", "/dashboard/mentor/tour", profile_views.change_mentor_tour, MENTOR),
    Route("GET", f"{API}/users/me", people_api.me, SIGNED_IN),
    Route("PATCH", f"{API}/users/me", people_api.change_me, SIGNED_IN),
    Route("POST", f"{API}/users/me/roles", people_api.take_role, SIGNED_IN),
    Route("GET", f"{API}/users/me/skills", people_api.skills, SIGNED_IN),
    Route("PUT", f"{API}/users/me/skills", people_api.replace_skills, SIGNED_IN),
    Route("GET", f"{API}/users/me/availability", availability_api.availability, MENTOR),
    Route("PUT", f"{API}/users/me/availability", availability_api.change_availability, MENTOR),
    Route("PUT", f"{API}/users/me/avatar", people_api.replace_picture, SIGNED_IN, most=PICTURE_BODY),
    Route("DELETE", f"{API}/users/me/avatar", people_api.remove_picture, SIGNED_IN),
    Route("GET", f"{API}/users/me/credentials", credential_api.own_credentials, SIGNED_IN),
    Route(
        "POST",
        f"{API}/users/me/credentials",
        credential_api.add_credential,
        SIGNED_IN,
        most=EVIDENCE_BODY,
    ),
    Route(
        "DELETE", f"{API}/users/me/credentials/{{id}}", credential_api.remove_credential, SIGNED_IN, OWN
    ),
    Route("GET", f"{API}/users/me/privacy", people_api.privacy, SIGNED_IN),
    Route("PUT", f"{API}/users/me/privacy", people_api.change_privacy, SIGNED_IN),
    Route("GET", f"{API}/users/me/blocked", people_api.blocked, SIGNED_IN),
    Route("GET", f"{ASSESSMENTS}/{{skill}}", assessment_api.assessment, SIGNED_IN, EVERYBODYS),
    Route("POST", f"{ASSESSMENTS}/{{skill}}", assessment_api.start_assessment, SIGNED_IN, EVERYBODYS),
    Route(
        "PUT", f"{ASSESSMENTS}/{{skill}}/answers", assessment_api.answer_assessment, SIGNED_IN, EVERYBODYS
    ),
    Route(
        "POST", f"{ASSESSMENTS}/{{skill}}/finish", assessment_api.finish_assessment, SIGNED_IN, EVERYBODYS
    ),
    Route("GET", f"{API}/users/{{username}}", people_api.profile, ANYONE, EVERYBODYS),
    Route("GET", f"{API}/users/{{username}}/followers", people_api.followers, ANYONE, EVERYBODYS),
    Route("GET", f"{API}/users/{{username}}/following", people_api.following, ANYONE, EVERYBODYS),
    Route("POST", f"{API}/users/{{username}}/follow", people_api.follow, SIGNED_IN, EVERYBODYS),
    Route("DELETE", f"{API}/users/{{username}}/follow", people_api.unfollow, SIGNED_IN, EVERYBODYS),
    Route("POST", f"{API}/users/{{username}}/block", people_api.block, SIGNED_IN, EVERYBODYS),
    Route("DELETE", f"{API}/users/{{username}}/block", people_api.unblock, SIGNED_IN, EVERYBODYS),
    Route("GET", f"{API}/skills", people_api.taxonomy, ANYONE),
    # --- booking
    Route("GET", "/sessions/{id}/edit", editor.edit_page, SIGNED_IN, MENTORS),
    Route("POST", "/sessions/{id}/edit", editor.edit, SIGNED_IN, MENTORS),
    Route("GET", CREATE, drafting_views.start_page, MENTOR),
    Route("POST", CREATE, drafting_views.start, MENTOR),
    Route("GET", f"{CREATE}/{{id}}", drafting_views.resume, MENTOR, MENTORS_ONLY),
    Route("POST", f"{CREATE}/{{id}}", drafting_views.discard, MENTOR, MENTORS_ONLY),
    Route("GET", f"{CREATE}/{{id}}/{{step}}", drafting_views.step_page, MENTOR, MENTORS_ONLY),
    Route("POST", f"{CREATE}/{{id}}/{{step}}", drafting_views.change, MENTOR, MENTORS_ONLY),
    Route("POST", "/sessions/{id}/again", drafting_views.again, SIGNED_IN, MENTORS),
    Route("GET", "/profile/edit/availability", hours_views.hours_page, MENTOR),
    Route("POST", "/profile/edit/availability", hours_views.change_hours, MENTOR),
    Route("POST", "/profile/edit/availability/dates", hours_views.change_dates, MENTOR),
    Route("GET", "/dashboard/mentor/sessions", booking_views.mentor_sessions, MENTOR),
    Route("GET", "/dashboard/mentor/sessions.csv", booking_views.sessions_table, MENTOR),
    Route("GET", "/sessions/{id}/bookings", booking_views.session_bookings, SIGNED_IN, MENTORS),
    Route("GET", "/sessions/{id}/bookings.csv", booking_views.session_table, SIGNED_IN, MENTORS),
    Route("GET", "/dashboard/learner/bookings", booking_views.bookings, SIGNED_IN),
    Route("GET", "/dashboard/learner/bookings.csv", booking_views.bookings_table, SIGNED_IN),
    Route("GET", "/sessions/{id}/book", seats_views.book_page, SIGNED_IN, EVERYBODYS),
    Route("POST", "/sessions/{id}/book", seats_views.book, SIGNED_IN, EVERYBODYS),
    Route("POST", "/sessions/{id}/waitlist", seats_views.wait, SIGNED_IN, EVERYBODYS),
    Route("GET", "/bookings/{id}", seats_views.booking_page, SIGNED_IN, OWN),
    Route("GET", "/bookings/{id}/again", seats_views.book_again, SIGNED_IN, OWN),
    Route("POST", "/bookings/{id}/cancel", seats_views.cancel_booking, SIGNED_IN, OWN),
    Route("GET", "/bookings/{id}/pay", checkout_views.pay_page, SIGNED_IN, OWN),
    Route("POST", "/bookings/{id}/pay", checkout_views.pay_with_credit, SIGNED_IN, OWN),
    Route("POST", f"{API}/sessions", booking_api.create_session, MENTOR),
    Route("GET", f"{API}/sessions/{{id}}", booking_api.get_session, ANYONE, EVERYBODYS),
    Route("PATCH", f"{API}/sessions/{{id}}", booking_api.change_session, SIGNED_IN, MENTORS),
    Route("DELETE", f"{API}/sessions/{{id}}", booking_api.delete_session, SIGNED_IN, MENTORS),
    Route("POST", f"{API}/sessions/{{id}}/publish", booking_api.publish_session, SIGNED_IN, MENTORS),
    Route("POST", f"{API}/sessions/{{id}}/start", booking_api.start_session, SIGNED_IN, MENTORS),
    Route("POST", f"{API}/sessions/{{id}}/end", booking_api.end_session, SIGNED_IN, MENTORS),
    Route("POST", f"{API}/sessions/{{id}}/cancel", booking_api.cancel_session, SIGNED_IN, MENTORS),
    Route("POST", f"{API}/sessions/{{id}}/bookings", checkout_api.book_session, SIGNED_IN, EVERYBODYS),
    Route("GET", f"{API}/mentors/{{username}}/slots", slots_api.slots, ANYONE, EVERYBODYS),
    Route("POST", f"{API}/series", booking_api.create_series, MENTOR),
    Route("GET", f"{API}/bookings", seats_api.list_bookings, SIGNED_IN),
    Route("GET", f"{API}/bookings/{{id}}", seats_api.get_booking, SIGNED_IN, OWN),
    Route("GET", f"{API}/bookings/{{id}}/cancellation", seats_api.cancellation, SIGNED_IN, OWN),
    Route("POST", f"{API}/bookings/{{id}}/cancel", seats_api.cancel_booking, SIGNED_IN, OWN),
    Route("POST", f"{API}/bookings/{{id}}/payment", checkout_api.begin, SIGNED_IN, OWN),
    Route("POST", f"{API}/sessions/{{id}}/waitlist", seats_api.join_queue, SIGNED_IN, EVERYBODYS),
    Route("DELETE", f"{API}/sessions/{{id}}/waitlist", seats_api.leave_queue, SIGNED_IN, EVERYBODYS),
    # --- payouts
    Route("GET", EARNINGS, payouts_views.earnings_page, MENTOR),
    Route("GET", f"{EARNINGS}/account", payouts_views.go_to_provider, PAYEE, fresh=True),
    Route("POST", f"{EARNINGS}/payouts", payouts_views.ask_for_payout, PAYEE, fresh=True),
    Route("POST", f"{EARNINGS}/payouts/{{id}}", payouts_views.change_payout, PAYEE, OWN, fresh=True),
    Route("GET", f"{EARNINGS}/statement.pdf", payouts_views.statement_file, MENTOR),
    Route("GET", f"{EARNINGS}/statement.csv", payouts_views.statement_table, MENTOR),
    Route("GET", f"{API}/earnings", payouts_api.earnings, MENTOR),
    Route("GET", f"{API}/earnings/bookings", payouts_api.earned_lessons, MENTOR),
    Route("POST", f"{API}/payouts/onboarding", payouts_api.begin_onboarding, PAYEE, fresh=True),
    Route("GET", f"{API}/payouts", payouts_api.list_payouts, MENTOR),
    Route("POST", f"{API}/payouts", payouts_api.begin_payout, PAYEE, fresh=True),
    Route("POST", f"{API}/payouts/{{id}}/again", payouts_api.repeat_payout, PAYEE, OWN, fresh=True),
    Route("POST", f"{API}/payouts/{{id}}/take-back", payouts_api.undo_payout, PAYEE, OWN, fresh=True),
    # --- payments
    Route("GET", receipts_views.PAGE, receipts_views.transactions_page, SIGNED_IN),
    Route("GET", "/payments.csv", receipts_views.transactions_table, SIGNED_IN),
    Route("GET", "/payments/{id}", receipts_views.payment_page, SIGNED_IN, MEMBERS_ONLY),
    Route("GET", f"{API}/payments", receipts_api.list_payments, SIGNED_IN),
    Route("GET", f"{API}/payments/{{id}}", receipts_api.get_payment, SIGNED_IN, MEMBERS_ONLY),
    Route("GET", f"{API}/payments/{{id}}/receipt", receipts_api.get_receipt, SIGNED_IN, OWN),
    Route(
        "POST",
        f"{API}/payments/{{id}}/refund",
        refunds_api.refund,
        Access.REFUNDER,
        Whose.MENTORS_AND_STAFF,
        fresh=True,
    ),
    Route(
        "GET",
        "/bookings/{id}/refund",
        refunds_views.refund_page,
        Access.REFUNDER,
        Whose.MENTORS_AND_STAFF,
        fresh=True,
    ),
    Route(
        "POST",
        "/bookings/{id}/refund",
        refunds_views.refund,
        Access.REFUNDER,
        Whose.MENTORS_AND_STAFF,
        fresh=True,
    ),
    Route("GET", f"{API}/admin/disputes", disputes_api.list_disputes, Access.MONEY_VIEW),
    Route("POST", f"{API}/payments/{{id}}/check", checkout_api.check, SIGNED_IN, OWN),
    Route("POST", f"{API}/webhooks/stripe", webhook_views.told, ANYONE, token_free=True, own_limits=True),
    # --- materials
    Route("GET", "/sessions/{id}/materials", materials_views.materials_page, SIGNED_IN, MENTORS),
    Route(
        "POST",
        "/sessions/{id}/materials",
        materials_views.act,
        SIGNED_IN,
        MENTORS,
        most=MATERIAL_BODY,
    ),
    Route(
        "GET", f"{API}/sessions/{{id}}/materials", materials_api.list_materials, SIGNED_IN, MEMBERS_ONLY
    ),
    Route(
        "POST",
        f"{API}/sessions/{{id}}/materials",
        materials_api.add_material,
        SIGNED_IN,
        MENTORS,
        most=MATERIAL_BODY,
    ),
    Route("GET", f"{API}/materials/{{id}}/file", materials_api.file_content, SIGNED_IN, MEMBERS_ONLY),
    Route("PATCH", f"{API}/materials/{{id}}", materials_api.change_material, SIGNED_IN, MENTORS_ONLY),
    Route("DELETE", f"{API}/materials/{{id}}", materials_api.remove_material, SIGNED_IN, MENTORS_ONLY),
    # --- requests
    Route("GET", "/mentors/{username}/request", requests_views.request_form, SIGNED_IN, EVERYBODYS),
    Route("POST", "/mentors/{username}/request", requests_views.ask_mentor, SIGNED_IN, EVERYBODYS),
    Route("GET", requests_views.MENTORS_PAGE, requests_views.mentor_requests, MENTOR),
    Route("GET", "/requests/{id}", requests_views.request_page, SIGNED_IN, MEMBERS_ONLY),
    Route("POST", "/requests/{id}", requests_views.answer, SIGNED_IN, MEMBERS_ONLY),
    Route("POST", f"{API}/mentors/{{username}}/requests", requests_api.ask_mentor, SIGNED_IN, EVERYBODYS),
    Route("GET", f"{API}/requests", requests_api.list_requests, SIGNED_IN),
    Route("GET", REQUEST, requests_api.get_request, SIGNED_IN, MEMBERS_ONLY),
    Route("POST", f"{REQUEST}/accept", requests_api.accept_request, SIGNED_IN, MEMBERS_ONLY),
    Route("POST", f"{REQUEST}/decline", requests_api.decline_request, SIGNED_IN, MEMBERS_ONLY),
    Route("POST", f"{REQUEST}/propose", requests_api.propose_time, SIGNED_IN, MENTORS_ONLY),
    Route("POST", f"{REQUEST}/withdraw", requests_api.withdraw_request, SIGNED_IN, MEMBERS_ONLY),
    # --- rescheduling
    Route("GET", "/sessions/{id}/reschedule", moves_views.move_page, SIGNED_IN, MEMBERS),
    Route("POST", "/sessions/{id}/reschedule", moves_views.move, SIGNED_IN, MEMBERS),
    Route("POST", "/reschedules/{id}", moves_views.answer, SIGNED_IN, MEMBERS_ONLY),
    Route("POST", f"{API}/sessions/{{id}}/reschedule", moves_api.propose_move, SIGNED_IN, MEMBERS),
    Route("GET", MOVE, moves_api.get_move, SIGNED_IN, MEMBERS_ONLY),
    Route("POST", f"{MOVE}/accept", moves_api.accept_move, SIGNED_IN, MEMBERS_ONLY),
    Route("POST", f"{MOVE}/decline", moves_api.decline_move, SIGNED_IN, MEMBERS_ONLY),
    Route("POST", f"{MOVE}/withdraw", moves_api.withdraw_move, SIGNED_IN, MEMBERS_ONLY),
    # --- calendar
    Route("GET", calendar_views.PAGE, calendar_views.calendar_page, SIGNED_IN),
    Route("GET", calendar_views.FEED_PAGE, calendar_views.feed_page, SIGNED_IN),
    Route("POST", calendar_views.FEED_PAGE, calendar_views.change_feed, SIGNED_IN),
    Route("GET", "/calendar/{secret}.ics", calendar_files.feed, ANYONE, EVERYBODYS),
    Route("GET", f"{API}/sessions/{{id}}/calendar.ics", calendar_files.session_file, ANYONE, EVERYBODYS),
    # --- messages
    Route("GET", MESSAGES, messages_views.list_page, SIGNED_IN),
    Route("GET", f"{MESSAGES}/{{username}}", messages_views.thread_page, SIGNED_IN, EVERYBODYS),
    Route(
        "POST", f"{MESSAGES}/{{username}}", messages_views.act, SIGNED_IN, EVERYBODYS, most=MESSAGE_BODY
    ),
    Route("GET", "/sessions/{id}/messages", messages_views.thread_page, SIGNED_IN, MEMBERS_ONLY),
    Route(
        "POST", "/sessions/{id}/messages", messages_views.act, SIGNED_IN, MEMBERS_ONLY, most=MESSAGE_BODY
    ),
    Route("GET", "/profile/{username}/report", messages_persons.report_page, SIGNED_IN, EVERYBODYS),
    Route("POST", "/profile/{username}/report", messages_persons.report, SIGNED_IN, EVERYBODYS),
    Route("POST", f"{API}/users/{{username}}/report", messages_api.report_person, SIGNED_IN, EVERYBODYS),
    Route("GET", REPORTS, messages_staff.reports_page, REVIEWS),
    Route("GET", f"{REPORTS}/{{id}}", messages_staff.report_page, REVIEWS, EVERYBODYS),
    Route("POST", f"{REPORTS}/{{id}}", messages_staff.decide, REVIEWS, EVERYBODYS),
    Route("GET", f"{API}/conversations", messages_api.list_conversations, SIGNED_IN),
    Route("GET", f"{CONVERSATION}/messages", messages_api.messages_with, SIGNED_IN, EVERYBODYS),
    Route("POST", f"{CONVERSATION}/messages", messages_api.write_to, SIGNED_IN, EVERYBODYS),
    Route("POST", f"{CONVERSATION}/read", messages_api.read_with, SIGNED_IN, EVERYBODYS),
    Route("POST", f"{CONVERSATION}/typing", messages_api.typing_to, SIGNED_IN, EVERYBODYS),
    Route("GET", OF_SESSION, messages_api.messages_of_session, SIGNED_IN, MEMBERS_ONLY),
    Route("POST", OF_SESSION, messages_api.write_to_session, SIGNED_IN, MEMBERS_ONLY),
    Route("POST", f"{OF_SESSION}/read", messages_api.read_of_session, SIGNED_IN, MEMBERS_ONLY),
    Route("POST", f"{OF_SESSION}/typing", messages_api.typing_in_session, SIGNED_IN, MEMBERS_ONLY),
    Route("GET", f"{API}/messages", messages_api.search, SIGNED_IN),
    Route("DELETE", f"{API}/messages/{{id}}", messages_api.remove, SIGNED_IN, MENTORS_ONLY),
    Route("POST", f"{API}/messages/{{id}}/report", messages_api.report, SIGNED_IN, MEMBERS_ONLY),
    Route("POST", f"{API}/message-files", messages_api.upload, SIGNED_IN, most=MESSAGE_BODY),
    Route("GET", f"{API}/message-files/{{id}}", messages_api.file_content, SIGNED_IN, MEMBERS_ONLY),
    Route("DELETE", f"{API}/message-files/{{id}}", messages_api.give_up, SIGNED_IN, OWN),
    # --- classroom
    Route("GET", "/ws/session/{id}/", room_socket, BY_CLOSE_CODE, MEMBERS),
    Route("GET", "/sessions/{id}/room", classroom_views.room_page, SIGNED_IN, MEMBERS),
    Route("GET", "/sessions/{id}/summary", classroom_views.summary_page, SIGNED_IN, MEMBERS),
    Route("POST", f"{API}/sessions/{{id}}/ticket", classroom_api.issue_ticket, SIGNED_IN, MEMBERS),
    Route(
        "POST",
        f"{API}/sessions/{{id}}/recordings/consent",
        classroom_api.answer_consent,
        SIGNED_IN,
        MEMBERS,
    ),
    # --- recordings
    Route("GET", "/sessions/{id}/recordings", recordings_views.recording_page, SIGNED_IN, MEMBERS_ONLY),
    Route(
        "GET", f"{API}/sessions/{{id}}/recordings", recordings_api.get_recording, SIGNED_IN, MEMBERS_ONLY
    ),
    Route("GET", f"{API}/recordings/{{id}}/file", recordings_api.get_file, SIGNED_IN, MEMBERS_ONLY),
    Route("DELETE", f"{API}/recordings/{{id}}", recordings_api.delete_recording, SIGNED_IN, MENTORS_ONLY),
    # --- achievements
    Route(
        "GET",
        "/profile/{username}/achievements",
        achievements_views.achievements_page,
        ANYONE,
        EVERYBODYS,
    ),
    Route("GET", "/certificates/{code}", achievements_views.certificate_page, ANYONE, EVERYBODYS),
    Route("GET", "/certificates/{code}/pdf", achievements_views.certificate_file, ANYONE, EVERYBODYS),
    Route("POST", "/certificates/{code}/listed", achievements_views.change_listed, SIGNED_IN, OWN),
    Route("POST", "/certificates/{code}/revoke", achievements_views.revoke, REVIEWS, EVERYBODYS),
    Route(
        "GET", f"{API}/users/{{username}}/achievements", achievements_api.achievements, ANYONE, EVERYBODYS
    ),
    Route("GET", f"{API}/certificates/{{code}}", achievements_api.certificate, ANYONE, EVERYBODYS),
    Route(
        "POST",
        f"{API}/admin/certificates/{{code}}/revoke",
        achievements_api.revoke_certificate,
        REVIEWS,
        EVERYBODYS,
    ),
    # --- pathways
    Route("GET", "/pathways/{slug}", pathways_views.page, ANYONE, EVERYBODYS),
    Route("POST", "/pathways/{slug}/follow", pathways_views.change_follow, SIGNED_IN, EVERYBODYS),
    Route("GET", PATHWAYS, pathways_desk.list_page, MENTOR),
    Route("POST", PATHWAYS, pathways_desk.create, MENTOR),
    Route("GET", f"{PATHWAYS}/{{slug}}", pathways_desk.edit_page, MENTOR, MENTORS_ONLY),
    Route("POST", f"{PATHWAYS}/{{slug}}", pathways_desk.change, MENTOR, MENTORS_ONLY),
    Route("GET", f"{API}/pathways", pathways_api.list_pathways, ANYONE),
    Route("GET", f"{API}/pathways/{{slug}}", pathways_api.get_pathway, ANYONE, EVERYBODYS),
    Route("POST", f"{API}/pathways/{{slug}}/follow", pathways_api.follow, SIGNED_IN, EVERYBODYS),
    Route("DELETE", f"{API}/pathways/{{slug}}/follow", pathways_api.unfollow, SIGNED_IN, EVERYBODYS),
    # --- discovery
    Route("GET", "/sessions/", discovery_views.browse, ANYONE),
    Route("GET", "/sessions/{id}", session_views.session_page, ANYONE, EVERYBODYS),
    Route("POST", "/sessions/{id}/cancel", session_views.cancel, SIGNED_IN, MEMBERS_ONLY),
    Route("POST", "/sessions/{id}/publish", session_views.publish, SIGNED_IN, MENTORS),
    Route("POST", "/sessions/{id}/start", session_views.start, SIGNED_IN, MENTORS),
    Route("GET", "/ws/sessions/{id}/seats/", seats_socket, ANYONE, EVERYBODYS),
    Route("GET", f"{API}/sessions", discovery_api.list_sessions, ANYONE),
    Route("GET", "/mentors", mentors.mentors_page, ANYONE),
    Route("GET", f"{API}/mentors", mentors.list_mentors, ANYONE),
    Route("GET", "/profile/{username}/portfolio", portfolio.portfolio_page, ANYONE, EVERYBODYS),
    # --- pages
    Route("GET", "/", pages.landing, ANYONE),
    Route("GET", "/dashboard/", pages.dashboard, SIGNED_IN),
    Route("GET", "/dashboard/learner/overview", pages.learner_overview, SIGNED_IN),
    Route("GET", "/dashboard/learner/browse", pages.learner_browse, SIGNED_IN),
    Route("GET", "/dashboard/mentor/overview", pages.mentor_overview, MENTOR),
    Route("GET", "/terms", pages.terms_page, ANYONE),
    Route("GET", installing.OFFLINE, installing.offline_page, ANYONE),
    Route("GET", "/manifest.webmanifest", installing.manifest, ANYONE),
    Route("GET", "/service-worker.js", installing.service_worker, ANYONE),
    Route("GET", "/auth/goodbye", personal_views.goodbye_page, ANYONE),
    Route("GET", personal_views.PAGE, personal_views.data_page, SIGNED_IN),
    Route("GET", f"{personal_views.PAGE}/export", personal_views.export_page, SIGNED_IN, fresh=True),
    Route("POST", f"{personal_views.PAGE}/leave", personal_views.leave_by_page, SIGNED_IN, fresh=True),
    Route("GET", f"{API}/users/me/export", personal_views.export, SIGNED_IN, fresh=True),
    Route("DELETE", f"{API}/users/me", personal_views.leave_by_api, SIGNED_IN, fresh=True),
    # --- admin
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
    Route("GET", "/dashboard/admin/disputes", books_views.disputes_page, Access.MONEY_VIEW),
    Route("GET", f"{API}/admin/payments", reports_api.all_payments, Access.MONEY_VIEW),
    Route("GET", "/dashboard/admin/reviews", reviews_views.reviews, REVIEWS),
    Route("POST", f"{DESK}/mentors/{{username}}", reviews_views.review_mentor, REVIEWS, EVERYBODYS),
    Route("POST", f"{DESK}/revisions/{{revision}}", reviews_views.review_revision, REVIEWS, EVERYBODYS),
    Route("POST", f"{DESK}/credentials/{{id}}", reviews_views.review_credential, REVIEWS, EVERYBODYS),
    Route("GET", deliveries.PAGE, deliveries.deliveries_page, PEOPLE),
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
    # --- operations
    Route("GET", f"{API}/openapi.json", openapi_json, ANYONE),
    Route("GET", "/healthz", operations.healthz, ANYONE),
    Route("GET", "/readyz", operations.readyz, ANYONE),
    Route("GET", "/metrics", operations.metrics, ANYONE),
)

# Only where `ENV=development`.
DEVELOPMENT_ROUTES: tuple[Route, ...] = (
    Route("GET", "/dev/components", development.components_page, ANYONE),
    Route("GET", "/dev/mail", development.mail_page, ANYONE),
    Route("GET", "/dev/mail.json", development.mail_json, ANYONE),
    Route("GET", "/dev/info.json", development.info_json, ANYONE),
)
