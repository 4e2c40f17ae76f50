"""The addresses of accounts."""

from __future__ import annotations

from server.accounts import api as auth_api
from server.accounts import email_views, invitation_views, proof_views, security_views
from server.accounts import views as auth_views
from server.routes.table import ANYONE, API, OWN, SIGNED_IN, Route

SECURITY = security_views.PAGE

ROUTES: tuple[Route, ...] = (
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
)
