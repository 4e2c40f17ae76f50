"""What booking offers to its own edges and to other features; the parts have one idea each."""

from server.booking.cards import cards_by_id, objectives_of
from server.booking.catalogue import (
    MentorTab,
    also_taught,
    featured_sessions,
    find_details,
    find_sessions,
    get_session,
    mentor_sessions,
    next_taught,
)
from server.booking.diary import (
    BookingPage,
    BookingTab,
    all_bookings,
    booking_for,
    get_booking,
    learner_bookings,
    tab_of_bookings,
    terms_of,
)
from server.booking.figures import figures
from server.booking.forms import LANGUAGES, LEVELS, SessionForm
from server.booking.history import record_past_session
from server.booking.lifecycle import (
    cancel_session,
    close_overdue,
    end_session,
    mark_live,
    publish_session,
    start_session,
    tell_recorded,
)
from server.booking.policy import Refund
from server.booking.rights import abilities, room_access
from server.booking.searching import SessionQuery, Sort
from server.booking.seats.bookings import Booked, book_session
from server.booking.seats.cancelling import cancel_booking, cancellation, leave_session
from server.booking.seats.confirming import confirm
from server.booking.seats.retaking import retake
from server.booking.sessions import change_session, create_session, delete_session
from server.booking.shapes import SessionShape, booking_shape, session_shape
from server.booking.similar import similar_sessions
from server.booking.values import (
    Abilities,
    BookingRow,
    Figures,
    Person,
    RoomAccess,
    SessionCard,
    SessionDetail,
)

__all__ = [
    "LANGUAGES",
    "LEVELS",
    "Abilities",
    "Booked",
    "BookingPage",
    "BookingRow",
    "BookingTab",
    "Figures",
    "MentorTab",
    "Person",
    "Refund",
    "RoomAccess",
    "SessionCard",
    "SessionDetail",
    "SessionForm",
    "SessionQuery",
    "SessionShape",
    "Sort",
    "abilities",
    "all_bookings",
    "also_taught",
    "book_session",
    "booking_for",
    "booking_shape",
    "cancel_booking",
    "cancel_session",
    "cancellation",
    "cards_by_id",
    "change_session",
    "close_overdue",
    "confirm",
    "create_session",
    "delete_session",
    "end_session",
    "featured_sessions",
    "figures",
    "find_details",
    "find_sessions",
    "get_booking",
    "get_session",
    "learner_bookings",
    "leave_session",
    "mark_live",
    "mentor_sessions",
    "next_taught",
    "objectives_of",
    "publish_session",
    "record_past_session",
    "retake",
    "room_access",
    "session_shape",
    "similar_sessions",
    "start_session",
    "tab_of_bookings",
    "tell_recorded",
    "terms_of",
]
