"""The addresses of classroom."""

from __future__ import annotations

from server.classroom import api as classroom_api
from server.classroom import views as classroom_views
from server.classroom.check.api import keep_check
from server.classroom.check.socket import check_socket
from server.classroom.check.views import check_page
from server.classroom.conduct import api as conduct_api
from server.classroom.conduct import files as room_files
from server.classroom.socket import room_socket
from server.classroom.teaching import api as teaching_api
from server.routes.table import API, BY_CLOSE_CODE, MEMBERS, SIGNED_IN, Route

FILES = f"{API}/sessions/{{id}}/room/files"
FILE_BODY = room_files.MAX_BYTES + 64 * 1024

ROUTES: tuple[Route, ...] = (
    Route("GET", "/ws/session/{id}/", room_socket, BY_CLOSE_CODE, MEMBERS),
    Route("GET", "/ws/check/{id}/", check_socket, BY_CLOSE_CODE, MEMBERS),
    Route("GET", "/sessions/{id}/check", check_page, SIGNED_IN, MEMBERS),
    Route("POST", f"{API}/sessions/{{id}}/check", keep_check, SIGNED_IN, MEMBERS),
    Route("GET", "/sessions/{id}/room", classroom_views.room_page, SIGNED_IN, MEMBERS),
    Route("GET", "/sessions/{id}/notes.md", teaching_api.notes_markdown, SIGNED_IN, MEMBERS),
    Route("GET", "/sessions/{id}/notes.txt", teaching_api.notes_plain, SIGNED_IN, MEMBERS),
    Route("GET", "/sessions/{id}/whiteboard.svg", teaching_api.board_picture, SIGNED_IN, MEMBERS),
    Route(
        "GET",
        f"{API}/sessions/{{id}}/artefacts",
        teaching_api.lesson_artefacts,
        SIGNED_IN,
        MEMBERS,
    ),
    Route("POST", f"{API}/sessions/{{id}}/ticket", classroom_api.issue_ticket, SIGNED_IN, MEMBERS),
    Route("POST", FILES, conduct_api.upload, SIGNED_IN, MEMBERS, most=FILE_BODY),
    Route("GET", f"{FILES}/{{file}}", conduct_api.file_content, SIGNED_IN, MEMBERS),
    Route(
        "POST",
        f"{API}/sessions/{{id}}/recordings/consent",
        classroom_api.answer_consent,
        SIGNED_IN,
        MEMBERS,
    ),
)
