"""The addresses of payouts."""

from __future__ import annotations

from server.payments.payouts import api as payouts_api
from server.payments.payouts import views as payouts_views
from server.routes.table import API, MENTOR, OWN, PAYEE, Route

EARNINGS = "/dashboard/mentor/earnings"

ROUTES: tuple[Route, ...] = (
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
)
