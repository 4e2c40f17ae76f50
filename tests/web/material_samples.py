"""What the page of materials is rendered with, and what a session's page shows of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from server.booking.values import SessionDetail
from server.materials.values import MaterialFile, Phase, Shelf

NOTES = MaterialFile(
    id=UUID(int=21),
    name="What to read before we meet.pdf",
    content_type="application/pdf",
    size=812_000,
    sha256="9f2c" * 16,
    phase=Phase.BEFORE,
    created_at=datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
    url=f"/api/v1/materials/{UUID(int=21)}/file",
)
LONG_NAMED = replace(
    NOTES,
    id=UUID(int=22),
    name="Donaudampfschifffahrtsgesellschaftskapitaenspatentpruefungsfragenkatalog_final_2.xlsx",
    content_type="application/zip",
    size=24_100_000,
)
SOLUTIONS = replace(
    NOTES, id=UUID(int=23), name="Solutions.mp4", content_type="video/mp4", phase=Phase.AFTER
)
SHELF = Shelf("learner", (NOTES, LONG_NAMED), later=1, total=3)
STRANGERS_SHELF = Shelf("", total=3)
MENTORS_SHELF = Shelf("mentor", (NOTES, LONG_NAMED, SOLUTIONS), total=3)


def materials_pages(usual: SessionDetail, long: SessionDetail) -> dict[str, tuple[str, dict[str, Any]]]:
    """The page of a session's mentor: with files, with none, full, and after a refusal."""
    page: dict[str, Any] = {
        "session": usual,
        "phases": {"before": [NOTES, LONG_NAMED], "after": [SOLUTIONS]},
        "room": 17,
        "accept": ".pdf,.zip",
        "errors": {},
        "flash": "Added.",
    }
    none = {**page, "phases": {"before": [], "after": []}, "room": 20, "flash": None}
    wrong = {"after": "This file is empty.", f"name-{NOTES.id}": "Write a name."}
    return {
        "materials": ("materials/edit.html", page),
        "materials-none": ("materials/edit.html", none),
        "materials-full": ("materials/edit.html", {**page, "room": 0}),
        "materials-wrong": ("materials/edit.html", {**page, "session": long, "errors": wrong}),
    }
