"""What the pages about keeping recordings are rendered with: the staff's, and the mentor's access log."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from server.booking.service import SessionCard
from server.edge.paging import Part
from server.recordings.keeping.desk import Kept
from server.recordings.keeping.logbook import Line

NOW = datetime(2026, 11, 23, 17, 20, tzinfo=UTC)
IDENTITY = UUID("6a1f3a52-8a0e-4d0c-9a57-2f1f5ad0a007")
LONG = "Rechtsschutzversicherungsgesellschaftsangestelltenausbildungsnachweis"
MB = 1_000_000
LINE = Line("lea", "Lea", "lesson-file", "", NOW, NOW + timedelta(minutes=42), 31, 80 * MB, 240 * MB)
LINES = [
    LINE,
    replace(LINE, source="camera", participant_name="Mira", bytes=MB, size=MB, ended_at=NOW),
    replace(LINE, username="", name="", source="screen", participant_name=LONG, bytes=900, ended_at=NOW),
    replace(LINE, username="mira", name=LONG, bytes=500 * MB, begun_at=NOW - timedelta(days=400)),
]

Pages = dict[str, tuple[str, dict[str, Any], Any]]


def keeping_pages(session: SessionCard, mentor: Any, staff: Any) -> Pages:
    kept = Kept(
        id=IDENTITY,
        session=session,
        state="ready",
        finished_at=NOW,
        expires_at=NOW + timedelta(days=90),
        deleted_at=None,
        size=730 * MB,
        held_at=None,
        held_by="",
        hold_reason="",
    )
    held = replace(kept, held_at=NOW, held_by="olga", hold_reason=f"Case 12: {LONG}\nuntil it is decided")
    expired = replace(kept, state="expired", size=0)
    deleted = replace(kept, state="deleted", deleted_at=NOW, size=0)
    several = [kept, held, expired, deleted, replace(kept, state="recording", expires_at=None)]
    log: dict[str, Any] = {"lines": LINES, "page": Part(1, 4, 9), "form": {}, "errors": {}}
    none: dict[str, Any] = {**log, "lines": [], "page": Part(1, 50)}
    refused = {"form": {"reason": ""}, "errors": {"reason": "Say why: it is kept in the audit log."}}
    one, many, own = "admin/recording.html", "admin/recordings.html", "recordings/log.html"
    listed = {"page": Part(1, 5, 9), "filters": {"q": "x"}, "show": "held"}
    return {
        "admin-recording": (one, {**log, "recording": kept}, staff),
        "admin-recording-held": (one, {**none, "recording": held}, staff),
        "admin-recording-gone": (one, {**log, "recording": deleted}, staff),
        "admin-recording-refused": (one, {**log, **refused, "recording": held}, staff),
        "admin-recordings": (many, {**listed, "recordings": several}, staff),
        "admin-recordings-none": (many, {**listed, "recordings": []}, staff),
        "recording-log": (own, {**log, "session": session}, mentor),
        "recording-log-empty": (own, {**none, "session": session}, mentor),
    }
