"""The page of a recording in all of its states: being made, ready, no film, gone, nothing there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from media.protocol.messages import ChatFile
from server.booking.values import SessionCard
from server.classroom.replay import SaidLine
from server.edge.access import Viewer
from server.recordings.films.service import Chapter, LessonFileView
from server.recordings.shelf import RecordingView, TrackView
from server.recordings.watching.playing import Missed, Playing, Replayed
from server.recordings.watching.service import Watch

IDENTITY = UUID("6a1f3a52-8a0e-4d0c-9a57-2f1f5ad0a0f1")
NOW = datetime(2026, 11, 23, 17, 20, tzinfo=UTC)
LENGTH_MS = 2_712_000
LONG_NAME = "Maximiliane-Théodora von Hohenschwangau-Featherstonehaugh"


def track(
    number: int, name: str, source: str, size: int, state: str = "ready", **changes: Any
) -> TrackView:
    ready = state == "ready"
    found = TrackView(
        id=UUID(int=number),
        participant=str(number),
        participant_name=name,
        source=source,
        kind="audio" if source == "microphone" else "video",
        start_ms=1_500 * number,
        duration_ms=LENGTH_MS,
        size=size,
        sha256="9f2c" * 16 if ready else "",
        state=state,
        salvaged=False,
        url=f"/api/v1/recordings/1/file?track={number}" if ready else None,
    )
    return replace(found, **changes)


TRACKS = (
    track(0, "Tomasz Wiśniewski", "camera", 81_300_000),
    track(1, "Tomasz Wiśniewski", "screen", 31_300_000),
    track(2, "Tomasz Wiśniewski", "microphone", 12_100_000),
    track(3, LONG_NAME, "camera", 0, "finalising"),
)
CHAPTERS = (
    Chapter(0, "Beginning", "start"),
    Chapter(311_000, "Tomasz shares the screen", "screen"),
    Chapter(754_000, "“Who has seen a report with no cash in it, and what was the matter?”", "poll"),
    Chapter(1_381_000, "Ines raised a hand", "hand"),
    Chapter(1_720_000, "Find the three lines that decide about the winter", "objective"),
    Chapter(2_402_000, "Marked: the bakery’s loan", "moment"),
)
FILE = ChatFile(
    id="f", name="bakery-2025.pdf", media_type="application/pdf", size=120_000, url="/api/v1/f"
)


def said(at_s: int, name: str, text: str, **more: Any) -> Replayed:
    usual: dict[str, Any] = {"own": False, "to": "", "answers": None, "files": ()}
    line = SaidLine(at=NOW + timedelta(seconds=at_s), name=name, text=text, **{**usual, **more})
    return Replayed(max(0, at_s) * 1000, "before" if at_s < 0 else "", line)


CHAT = (
    said(-30, "Ines Albers", "Good evening!", own=True),
    said(95, "Tomasz Wiśniewski", "Here is the report that we take apart.", files=(FILE,)),
    said(402, LONG_NAME, "Which page are we on?"),
    said(431, "Tomasz Wiśniewski", "14", answers=(LONG_NAME, "Which page are we on?")),
    said(1_502, "Tomasz Wiśniewski", "Shall I ask you next?", to="you"),
)


def film(state: str = "ready", **changes: Any) -> LessonFileView:
    ready = state == "ready"
    usual: dict[str, Any] = {
        "state": state,
        "done_ms": LENGTH_MS if ready else 0,
        "total_ms": LENGTH_MS,
        "left_s": None,
        "attempts": 1,
        "media_type": "video/mp4",
        "storage_key": "lesson.mp4" if ready else "",
        "size": 214_000_000,
        "sha256": "41d0" * 16,
        "duration_ms": LENGTH_MS if ready else 0,
        "poster_key": "lesson.jpg" if ready else "",
        "captions_key": "lesson.vtt" if ready else "",
        "chapters": CHAPTERS if ready else (),
        "unreadable": 0,
        "reason": "",
        "ready_at": NOW if ready else None,
    }
    return LessonFileView(**{**usual, **changes})


def recording(state: str = "ready", tracks: Sequence[TrackView] = TRACKS, **more: Any) -> RecordingView:
    usual: dict[str, Any] = {
        "id": IDENTITY,
        "started_at": NOW,
        "duration_ms": LENGTH_MS if tracks else 0,
        "size": 214_000_000,
        "sha256": "41d0" * 16,
        "film": film() if tracks else None,
        "expires_at": NOW + timedelta(days=88),
    }
    return RecordingView(state=state, tracks=tuple(tracks), **{**usual, **more})


def context(session: SessionCard, **changes: Any) -> dict[str, Any]:
    """What the view hands over; `begin_ms` and `resume_ms` may be among the changes."""
    given = {name: changes.pop(name, 0) for name in ("begin_ms", "resume_ms")}
    usual: dict[str, Any] = {
        "session": session,
        "role": "learner",
        "recording": recording(),
        "watch": None,
        "missed": (),
        "chat": CHAT,
    }
    return {"playing": Playing(**{**usual, **changes}), "session": session, **given}


def recording_pages(session: SessionCard, learner: Viewer, mentor: Viewer) -> dict[str, Any]:
    away = (Missed(0, 182_000), Missed(1_240_000, 1_395_000))
    watch = Watch(754_000, 700_000, False, NOW)
    finished = Watch(2_700_000, 2_600_000, True, NOW)
    making = film("composing", done_ms=1_100_000, left_s=170)
    failed = film("failed", reason="No picture could be read")
    bare = film(chapters=(), captions_key="", poster_key="")
    states: dict[str, tuple[dict[str, Any], Viewer]] = {
        "": ({"missed": away, "watch": watch, "resume_ms": 754_000}, learner),
        "-mentor": ({"role": "mentor", "watch": finished}, mentor),
        "-held": ({"role": "mentor", "recording": recording(held=True)}, mentor),
        "-bare": ({"recording": recording(film=bare), "chat": ()}, learner),
        "-making": ({"recording": recording(film=making)}, mentor),
        "-queued": ({"recording": recording(film=film("queued"))}, learner),
        "-failed": ({"recording": recording(film=failed)}, learner),
        "-tracks": ({"recording": recording(film=None)}, learner),
        "-pending": ({"recording": recording("finalising", ())}, learner),
        "-expired": ({"recording": recording("expired", ())}, learner),
        "-deleted": ({"recording": recording("deleted", ())}, mentor),
        "-none": ({"recording": recording("off", (), id=None)}, learner),
    }
    return {
        f"recordings{name}": ("recordings/list.html", context(session, **changes), viewer)
        for name, (changes, viewer) in states.items()
    }
