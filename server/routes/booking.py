"""The addresses of booking."""

from __future__ import annotations

from server.booking import api as booking_api
from server.booking import editor
from server.booking import views as booking_views
from server.booking.drafting import views as drafting_views
from server.booking.hours import slots_api
from server.booking.hours import views as hours_views
from server.booking.seats import api as seats_api
from server.booking.seats import views as seats_views
from server.payments.checkout import api as checkout_api
from server.payments.checkout import views as checkout_views
from server.routes.table import (
    ANYONE,
    API,
    EVERYBODYS,
    MENTOR,
    MENTORS,
    MENTORS_ONLY,
    OWN,
    SIGNED_IN,
    Route,
)

CREATE = drafting_views.PAGE

ROUTES: tuple[Route, ...] = (
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
)
