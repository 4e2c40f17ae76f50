"""The addresses of messages."""

from __future__ import annotations

from server.messages import api as messages_api
from server.messages import files as message_files
from server.messages import person_views as messages_persons
from server.messages import staff_views as messages_staff
from server.messages import views as messages_views
from server.messages.circles import PAGE as MESSAGES
from server.routes.table import (
    API,
    EVERYBODYS,
    MEMBERS_ONLY,
    MENTORS_ONLY,
    OWN,
    REVIEWS,
    SIGNED_IN,
    Route,
)

REPORTS = messages_staff.PAGE
CONVERSATION, OF_SESSION = f"{API}/conversations/{{username}}", f"{API}/sessions/{{id}}/messages"
MESSAGE_BODY = message_files.MAX_BYTES + 64 * 1024

ROUTES: tuple[Route, ...] = (
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
)
