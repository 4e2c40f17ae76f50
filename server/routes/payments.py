"""The addresses of payments."""

from __future__ import annotations

from server.edge.access import Access, Whose
from server.payments.checkout import api as checkout_api
from server.payments.disputes import api as disputes_api
from server.payments.receipts import api as receipts_api
from server.payments.receipts import views as receipts_views
from server.payments.refunds import api as refunds_api
from server.payments.refunds import views as refunds_views
from server.payments.webhook import views as webhook_views
from server.routes.table import ANYONE, API, MEMBERS_ONLY, OWN, SIGNED_IN, Route

ROUTES: tuple[Route, ...] = (
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
)
