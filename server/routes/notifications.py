"""The addresses of notifications."""

from __future__ import annotations

from server.notifications import api as notification_api
from server.notifications import leaving_views, links
from server.notifications import views as notification_views
from server.notifications.push import api as push_api
from server.notifications.push import views as push_views
from server.notifications.socket import notifications_socket
from server.routes.table import ANYONE, API, BY_CLOSE_CODE, EVERYBODYS, OWN, SIGNED_IN, Route

ROUTES: tuple[Route, ...] = (
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
)
